//! Fluxes and heating of a column.

mod kernels;

pub(super) use kernels::interfaces;
use kernels::{add_fluxes, add_layers, beam, emission, heat, scatters, sweep};

use super::Column;
use super::lanes::Lanes;
use super::layer::{Operators, Slopes, scattered_beam};
use super::planck::{COLDEST_K, HOTTEST_K};
use super::points::{Boundary, Illumination, SpectralPoints};
use crate::error::{ModelError, RejectReason};
use crate::opacity::mixing::LANES;

/// Single-scattering albedo below which a column is taken as absorbing alone.
pub const SCATTERING_ALBEDO: f64 = 1e-3;
/// Scattering optical depth of the whole column below which it is: no more than this share of the
/// light is turned back.
pub const SCATTERING_DEPTH: f64 = 1e-4;

/// Ratio of neighbouring temperatures up to which there is no front between them, and from which there is.
const FRONT: [f64; 2] = [1.2, 1.5];

/// Mean slant of diffuse light, D.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Diffusivity {
    /// D = 2: hemispheric mean, exact in the thin limit and for an isothermal source.
    #[default]
    Hemispheric,
    /// D = 1.66: Elsasser (1942), the usual fit to band transmissions.
    Elsasser,
    /// D = √3: quadrature, exact in the diffusion limit.
    Quadrature,
}

impl Diffusivity {
    /// The number.
    pub fn value(self) -> f64 {
        match self {
            Self::Hemispheric => 2.0,
            Self::Elsasser => 1.66,
            Self::Quadrature => 3.0_f64.sqrt(),
        }
    }
}

/// Fluxes of all wavelengths together \[W m⁻²\].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fluxes {
    /// Upward at the interfaces.
    pub up_w_m2: Vec<f64>,
    /// Downward at the interfaces, the beam with it.
    pub down_w_m2: Vec<f64>,
    /// Absorbed less emitted by each layer.
    pub heating_w_m2: Vec<f64>,
    /// Emitted by each layer to both sides: the scale of its heating.
    pub emission_w_m2: Vec<f64>,
    /// Internal flux and absorbed light less emission of the surface.
    pub surface_heating_w_m2: f64,
    /// Emitted by the surface.
    pub surface_emission_w_m2: f64,
    /// Upward by convection at the interfaces; empty without.
    pub convective_w_m2: Vec<f64>,
}

impl Fluxes {
    /// Largest difference of the net upward flux from the internal one at any interface \[W m⁻²\].
    pub fn imbalance_w_m2(&self, internal_flux_w_m2: f64) -> f64 {
        let convective = |i: usize| self.convective_w_m2.get(i).unwrap_or(&0.0);
        (self.up_w_m2.iter().zip(&self.down_w_m2).enumerate())
            .map(|(i, (up, down))| (up - down + convective(i) - internal_flux_w_m2).abs())
            .fold(0.0, f64::max)
    }
}

/// Scratch of the transfer; one per thread, reused.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// D Δm/2 of each layer, lane by lane.
    pub(super) half: Vec<f64>,
    /// Share of the upper node in interface i (1 to n - 1).
    pub(super) upper: Vec<f64>,
    /// Its derivatives by the temperatures above and below \[K⁻¹\].
    pub(super) upper_per_k: Vec<[f64; 2]>,
    /// How the temperature at the base follows the last two nodes.
    pub(super) base: Base,
    /// πB \[row\]\[band\]: nodes, base of the gas, surface.
    pub(super) planck: Vec<f64>,
    pub(super) planck_per_k: Vec<f64>,
    pub(super) operators: Operators,
    pub(super) slopes: Slopes,
    pub(super) fields: Fields,
    heating: Vec<Lanes>,
    emitted: Vec<Lanes>,
    up: Vec<Lanes>,
    down: Vec<Lanes>,
    surface: Lanes,
    surface_emits: Lanes,
}

/// Sources and light of one block, each times the weight of its point.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    /// πB at the nodes.
    pub node: Vec<Lanes>,
    /// πB at the interfaces.
    pub interface: Vec<Lanes>,
    /// Emission up and down of the layers, scattered beam included.
    pub emit_up: Vec<Lanes>,
    pub emit_down: Vec<Lanes>,
    /// Fluxes at the interfaces.
    pub up: Vec<Lanes>,
    pub down: Vec<Lanes>,
    /// The beam at the interfaces.
    pub beam: Vec<Lanes>,
    /// Transmission and absorptance of the layers for the beam.
    pub beam_through: Vec<Lanes>,
    pub beam_lost: Vec<Lanes>,
    /// Reflectance and emission of all below the interfaces.
    pub below: Vec<Lanes>,
    pub below_emits: Vec<Lanes>,
    pub star: Lanes,
    pub albedo: Lanes,
    /// πB of the surface.
    pub surface: Lanes,
}

/// Temperature at the base of the gas from the last two nodes: T⁴ goes on linearly in mass, the
/// gradient of a thick grey gas, bounded so that it stays positive.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Base {
    pub temperature_k: f64,
    /// Derivatives by the last node and the one above.
    pub per_last: f64,
    pub per_upper: f64,
}

impl Base {
    /// `reach` is half the mass of the last layer over the distance of the last two nodes.
    fn new(upper_k: f64, last_k: f64, reach: f64) -> Self {
        let ratio = (upper_k / last_k).powi(4);
        let excess = reach * (1.0 - ratio);
        // 1 + e for a base that is hotter, 1/(1 - e) for one that is colder.
        let (factor, slope) = if excess > 0.0 {
            (1.0 + excess, 1.0)
        } else {
            (
                1.0 / (1.0 - excess),
                1.0 / ((1.0 - excess) * (1.0 - excess)),
            )
        };
        let root = factor.sqrt().sqrt();
        // dT/dx = T_last (factor^(1/4))' = T_last root/(4 factor) slope dexcess
        let common = root / factor * slope * reach * ratio;
        Self {
            temperature_k: last_k * root,
            per_last: root + common,
            per_upper: -common * last_k / upper_k,
        }
    }
}

/// Radiative transfer on fixed spectral points.
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    pub(super) points: SpectralPoints,
    pub(super) diffusivity: f64,
}

impl Transfer {
    /// On these points.
    pub fn new(points: SpectralPoints, diffusivity: Diffusivity) -> Self {
        Self {
            points,
            diffusivity: diffusivity.value(),
        }
    }

    /// The same on other points.
    pub fn on(&self, points: SpectralPoints) -> Self {
        Self { points, ..*self }
    }

    /// The points.
    pub fn points(&self) -> &SpectralPoints {
        &self.points
    }

    /// D.
    pub fn diffusivity(&self) -> f64 {
        self.diffusivity
    }

    /// Fluxes at the interfaces and heating of the layers.
    ///
    /// # Arguments
    /// * `column`: pressures, masses and extinction, from the top
    /// * `temperature_k`: of the layers \[K\]
    /// * `surface_temperature_k`: of the surface \[K\]
    ///
    /// # Errors
    /// [`RejectReason::TemperatureOutOfRange`] outside 20 to 30 000 K; [`ModelError::Fatal`] where
    /// the column does not fit the points or a flux is not finite.
    pub fn fluxes(
        &self,
        column: &Column,
        temperature_k: &[f64],
        surface_temperature_k: f64,
        boundary: &Boundary,
        workspace: &mut Workspace,
        fluxes: &mut Fluxes,
    ) -> Result<(), ModelError> {
        self.prepare(
            column,
            temperature_k,
            surface_temperature_k,
            boundary,
            workspace,
        )?;
        workspace.clear_sums();
        for block in 0..self.points.blocks.len() {
            self.solve_block(column, boundary, block, false, workspace);
            workspace.add_block();
        }
        workspace.collect(boundary.internal_flux_w_m2, fluxes)
    }

    /// Everything that the blocks share.
    pub(super) fn prepare(
        &self,
        column: &Column,
        temperature_k: &[f64],
        surface_temperature_k: f64,
        boundary: &Boundary,
        workspace: &mut Workspace,
    ) -> Result<(), ModelError> {
        let layers = temperature_k.len();
        self.fits(column, layers, boundary)?;
        let inside = |t: &f64| (COLDEST_K..=HOTTEST_K).contains(t);
        if !(temperature_k.iter().all(inside) && inside(&surface_temperature_k)) {
            return Err(ModelError::Rejected(RejectReason::TemperatureOutOfRange));
        }
        workspace.resize(layers);
        workspace.grid(&column.mass_kg_m2, self.diffusivity, temperature_k);
        let bands = self.points.bands();
        workspace.planck.resize((layers + 2) * bands, 0.0);
        workspace.planck_per_k.resize((layers + 2) * bands, 0.0);
        let extra = [
            workspace.base.temperature_k.clamp(COLDEST_K, HOTTEST_K),
            surface_temperature_k,
        ];
        let rows = (workspace.planck.chunks_exact_mut(bands))
            .zip(workspace.planck_per_k.chunks_exact_mut(bands));
        for (temperature, (flux, per_k)) in temperature_k.iter().chain(&extra).zip(rows) {
            self.points.planck.fill(*temperature, flux, per_k);
        }
        Ok(())
    }

    fn fits(&self, column: &Column, layers: usize, boundary: &Boundary) -> Result<(), ModelError> {
        let bands = self.points.bands();
        let extinction = &column.extinction;
        let good = layers >= 2
            && column.mass_kg_m2.len() == layers
            && extinction.layers() == layers
            && extinction.points() == self.points.points()
            && boundary.stellar_flux_w_m2.len() == bands
            && boundary.surface_albedo.len() == bands;
        if good {
            return Ok(());
        }
        Err(ModelError::Fatal {
            message: format!(
                "a column of {} layers and {} points for {layers} temperatures, {} points and \
                 {bands} bands (two layers at least)",
                extinction.layers(),
                extinction.points(),
                self.points.points(),
            ),
        })
    }

    /// Light in a block; returns whether it scatters. With `derivatives` the slopes of the operators
    /// are written too where it does not.
    pub(super) fn solve_block(
        &self,
        column: &Column,
        boundary: &Boundary,
        block: usize,
        derivatives: bool,
        workspace: &mut Workspace,
    ) -> bool {
        let scatters = self.enter_block(column, boundary, block, workspace);
        self.solve_entered(column, boundary, block, [scatters, derivatives], workspace);
        scatters
    }

    /// Planck functions and boundary of a block into the workspace; returns whether the block scatters.
    fn enter_block(
        &self,
        column: &Column,
        boundary: &Boundary,
        block: usize,
        workspace: &mut Workspace,
    ) -> bool {
        let range = range_of(block, column);
        let absorption = &column.extinction.absorption[range.clone()];
        let scattering = &column.extinction.scattering[range];
        self.gather(boundary, block, workspace);
        scatters(absorption, scattering, &workspace.half)
    }

    /// The two streams of a block that was entered.
    fn solve_entered(
        &self,
        column: &Column,
        boundary: &Boundary,
        block: usize,
        [scatters, derivatives]: [bool; 2],
        workspace: &mut Workspace,
    ) {
        let range = range_of(block, column);
        let absorption = &column.extinction.absorption[range.clone()];
        let scattering = &column.extinction.scattering[range.clone()];
        let half = &workspace.half;
        if scatters {
            workspace.operators.scattering(absorption, scattering, half);
        } else if derivatives {
            let per_k = &column.extinction.absorption_per_k[range];
            let (operators, slopes) = (&mut workspace.operators, &mut workspace.slopes);
            slopes.absorbing(operators, absorption, per_k, half);
        } else {
            workspace.operators.absorbing(absorption, half);
        }
        emission(
            &workspace.operators,
            &workspace.fields.node,
            &workspace.fields.interface,
            &mut workspace.fields.emit_up,
            &mut workspace.fields.emit_down,
        );
        if let Illumination::Beam { cosine } = boundary.illumination {
            let ratio = 2.0 / (self.diffusivity * cosine);
            let scattering = scatters.then_some(scattering);
            beam(absorption, scattering, half, ratio, &mut workspace.fields);
            if let Some(scattering) = scattering {
                let both = (absorption, scattering);
                self.scatter_beam(both, cosine, workspace);
            }
        }
        if scatters {
            add_layers(&workspace.operators, &mut workspace.fields);
        } else {
            sweep(&workspace.operators, &mut workspace.fields);
        }
    }

    /// What the emission of a block needs: sources, and the light that leaves the surface. The two
    /// streams are solved where gas scatters or the surface reflects. Returns whether gas scatters.
    pub(super) fn light_of_block(
        &self,
        column: &Column,
        boundary: &Boundary,
        block: usize,
        workspace: &mut Workspace,
    ) -> bool {
        let scatters = self.enter_block(column, boundary, block, workspace);
        let black = workspace.fields.albedo.iter().all(|albedo| *albedo == 0.0);
        if black && !scatters {
            workspace.fields.up[column.mass_kg_m2.len()] = workspace.fields.surface;
        } else {
            self.solve_entered(column, boundary, block, [scatters, false], workspace);
        }
        scatters
    }

    /// Planck functions and boundary of a block, times the weights.
    fn gather(&self, boundary: &Boundary, block: usize, workspace: &mut Workspace) {
        let bands = self.points.bands();
        let block = &self.points.blocks[block];
        let fields = &mut workspace.fields;
        let layers = fields.node.len();
        let pick = |row: &[f64], out: &mut Lanes| {
            for ((out, band), weight) in out.iter_mut().zip(&block.band).zip(&block.weight) {
                *out = row[*band] * weight;
            }
        };
        let row = |i: usize| &workspace.planck[i * bands..(i + 1) * bands];
        for (i, node) in fields.node.iter_mut().enumerate() {
            pick(row(i), node);
        }
        pick(row(layers), &mut fields.interface[layers]);
        pick(row(layers + 1), &mut fields.surface);
        interfaces(&fields.node, &workspace.upper, &mut fields.interface);
        let mut star = [0.0; LANES];
        pick(&boundary.stellar_flux_w_m2, &mut star);
        match boundary.illumination {
            Illumination::Diffuse => (fields.star, fields.beam[0]) = (star, [0.0; LANES]),
            Illumination::Beam { .. } => (fields.star, fields.beam[0]) = ([0.0; LANES], star),
        }
        for (albedo, band) in fields.albedo.iter_mut().zip(&block.band) {
            *albedo = boundary.surface_albedo[*band];
        }
    }

    /// Adds the scattered beam to the emission of the layers.
    fn scatter_beam(&self, both: (&[f32], &[f32]), cosine: f64, workspace: &mut Workspace) {
        let fields = &mut workspace.fields;
        for i in 0..workspace.half.len() {
            let (layer, lane) = (i / LANES, i % LANES);
            let (a, s) = (f64::from(both.0[i]), f64::from(both.1[i]));
            let omega = if s > 0.0 { s / (a + s) } else { 0.0 };
            let depth = (a + s) * workspace.half[i] * 2.0 / self.diffusivity;
            let operators = [
                workspace.operators.t[layer][lane],
                workspace.operators.r[layer][lane],
            ];
            let [up, down] =
                scattered_beam(depth, omega, 1.0 / cosine, self.diffusivity, operators);
            fields.emit_up[layer][lane] += fields.beam[layer][lane] * up;
            fields.emit_down[layer][lane] += fields.beam[layer][lane] * down;
        }
    }
}

/// Whether two neighbouring nodes stand on two sides of a front, 0 to 1, and the derivative by the logarithm of the
/// ratio of the hotter to the colder. Between molecules and atoms temperatures may jump from one layer to the next.
/// A Planck function that is linear across such a jump would let an opaque cold layer shine with the temperature of
/// a transparent hot one beside it, and cool without end; at a front the interface has that of the colder side.
fn front(above_k: f64, below_k: f64) -> (f64, f64) {
    let jump = above_k.max(below_k) / above_k.min(below_k);
    let width = FRONT[1] - FRONT[0];
    let x = ((jump - FRONT[0]) / width).clamp(0.0, 1.0);
    (x * x * (3.0 - 2.0 * x), 6.0 * x * (1.0 - x) * jump / width)
}

/// Where a block stands in the arrays of an extinction.
pub(super) fn range_of(block: usize, column: &Column) -> std::ops::Range<usize> {
    let per_block = column.mass_kg_m2.len() * LANES;
    block * per_block..(block + 1) * per_block
}

impl Workspace {
    fn resize(&mut self, layers: usize) {
        self.operators.resize(layers);
        self.slopes.resize(layers);
        self.half.resize(layers * LANES, 0.0);
        self.upper.resize(layers + 1, 0.0);
        self.upper_per_k.resize(layers + 1, [0.0; 2]);
        let fields = &mut self.fields;
        for array in [
            &mut fields.node,
            &mut fields.emit_up,
            &mut fields.emit_down,
            &mut fields.beam_through,
            &mut fields.beam_lost,
            &mut self.heating,
            &mut self.emitted,
        ] {
            array.resize(layers, Default::default());
        }
        for array in [
            &mut fields.interface,
            &mut fields.up,
            &mut fields.down,
            &mut fields.beam,
            &mut fields.below,
            &mut fields.below_emits,
            &mut self.up,
            &mut self.down,
        ] {
            array.resize(layers + 1, Default::default());
        }
        // Without a beam nothing writes these.
        fields.beam.fill([0.0; LANES]);
    }

    /// Weights of the interfaces: B linear in mass between the nodes.
    fn grid(&mut self, mass: &[f64], diffusivity: f64, temperature_k: &[f64]) {
        for (half, mass) in self.half.chunks_exact_mut(LANES).zip(mass) {
            half.fill(0.5 * diffusivity * mass);
        }
        for i in 1..mass.len() {
            let weight = mass[i] / (mass[i - 1] + mass[i]);
            let (above_k, below_k) = (temperature_k[i - 1], temperature_k[i]);
            let (front, slope) = front(above_k, below_k);
            let (colder, sign) = if above_k < below_k {
                (1.0, -1.0)
            } else {
                (0.0, 1.0)
            };
            self.upper[i] = weight + front * (colder - weight);
            let slope = sign * slope * (colder - weight);
            self.upper_per_k[i] = [slope / above_k, -slope / below_k];
        }
        let last = mass.len() - 1;
        let reach = mass[last] / (mass[last - 1] + mass[last]);
        self.base = Base::new(temperature_k[last - 1], temperature_k[last], reach);
    }

    pub(super) fn clear_sums(&mut self) {
        for array in [
            &mut self.heating,
            &mut self.emitted,
            &mut self.up,
            &mut self.down,
        ] {
            array.fill([0.0; LANES]);
        }
        self.surface = [0.0; LANES];
        self.surface_emits = [0.0; LANES];
    }

    /// Adds the block that was solved last.
    pub(super) fn add_block(&mut self) {
        let (heating, emitted) = (&mut self.heating, &mut self.emitted);
        heat(&self.operators, &self.fields, heating, emitted);
        add_fluxes(&self.fields, &mut self.up, &mut self.down);
        let fields = &self.fields;
        let last = fields.down.len() - 1;
        for i in 0..LANES {
            let light = fields.down[last][i] + fields.beam[last][i];
            let emissivity = 1.0 - fields.albedo[i];
            self.surface[i] += emissivity * (light - fields.surface[i]);
            self.surface_emits[i] += emissivity * fields.surface[i];
        }
    }

    pub(super) fn collect(&self, internal: f64, fluxes: &mut Fluxes) -> Result<(), ModelError> {
        let sums = |from: &[Lanes], to: &mut Vec<f64>| {
            to.clear();
            to.extend(from.iter().map(|lanes| lanes.iter().sum::<f64>()));
        };
        sums(&self.up, &mut fluxes.up_w_m2);
        sums(&self.down, &mut fluxes.down_w_m2);
        sums(&self.heating, &mut fluxes.heating_w_m2);
        sums(&self.emitted, &mut fluxes.emission_w_m2);
        fluxes.convective_w_m2.clear();
        fluxes.surface_emission_w_m2 = self.surface_emits.iter().sum();
        fluxes.surface_heating_w_m2 = internal + self.surface.iter().sum::<f64>();
        let finite = |values: &[f64]| values.iter().all(|x| x.is_finite());
        if finite(&fluxes.heating_w_m2) && fluxes.surface_heating_w_m2.is_finite() {
            return Ok(());
        }
        Err(ModelError::Fatal {
            message: "a flux is not finite: extinction or boundary of the column is not".into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_front_begins_where_temperatures_jump() {
        assert_eq!(front(2000.0, 2300.0), (0.0, 0.0));
        assert_eq!(front(2300.0, 2000.0), (0.0, 0.0));
        assert_eq!(front(4000.0, 1000.0), (1.0, 0.0));
        let half = front(2700.0, 2000.0);
        assert!((half.0 - 0.5).abs() < 1e-12 && half == front(2000.0, 2700.0));
        let further = front(2700.0 * 1.000_001, 2000.0).0;
        assert!(((further - half.0) / 1e-6 / half.1 - 1.0).abs() < 1e-4);
        // The interface has the Planck function of the colder side.
        let mut workspace = Workspace::default();
        workspace.resize(3);
        workspace.grid(&[1.0, 2.0, 4.0], 2.0, &[4000.0, 500.0, 4000.0]);
        assert_eq!(workspace.upper[1..3], [0.0, 1.0]);
        workspace.grid(&[1.0, 2.0, 6.0], 2.0, &[2000.0, 2000.0, 2100.0]);
        assert_eq!(workspace.upper[1..3], [2.0 / 3.0, 0.75]);
    }
}
