//! Light that leaves the column at the top, where it comes from, and optical depths.
//!
//! A pass of its own after the temperatures are known: the formal solution along a few angles with
//! the source of each layer,
//!
//! F = ∫ 2µ πI(µ) dµ, I(µ) = Σ (emission of a layer towards µ) × (transmission to the top).
//!
//! Where layers scatter, the source is (1 - ω)B + ωJ with the mean intensity J of the two streams
//! (Toon et al. 1989, JGR 94, 16287, the source-function technique), J = D(U + V)/4π and, of the
//! beam, F/4πµ. Light of the star that surface or gas send back is in the flux; a boundary without
//! star leaves it out.
//!
//! The sums along the angles are in single precision, good to 1e-6 of a flux.

use super::flux::{Transfer, Workspace, range_of};
use super::lanes::{Lanes, Lanes32, exp, vectorised};
use super::layer::absorbing_layer;
use super::points::{Boundary, Illumination};
use super::{Column, SpectralPoints};
use crate::error::{InputError, ModelError};
use crate::opacity::mixing::LANES;
use crate::spectrum::quadrature::gauss_power_law;

/// Optical depth of the photosphere.
const PHOTOSPHERE: f64 = 2.0 / 3.0;
/// What comes through below which no more is looked for, and after how many layers it is looked at.
const DARK: f32 = 1e-12;
const STRIP: usize = 8;

/// Angles of the emission: cosines with weights of ∫ 2µ f(µ) dµ from 0 to 1, which sum to one.
#[derive(Clone, Debug, PartialEq)]
pub struct Angles(Vec<(f64, f64)>);

impl Angles {
    /// The default number.
    pub const DEFAULT: usize = 4;

    /// Gauss-Jacobi rule with the weight µ: exact for polynomials of degree 2 `count` - 1.
    ///
    /// # Errors
    /// Outside 1 to 32.
    pub fn new(count: usize) -> Result<Self, InputError> {
        if (1..=32).contains(&count) {
            return Ok(Self(gauss_power_law(count, 1.0)));
        }
        Err(InputError::value("emission angles", count, "1 to 32"))
    }
}

/// Emission of a column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Emission {
    /// Flux at the top of each point \[W m⁻² per band\]: that of its band if all of it were as the
    /// point is. Zero where the weight is.
    pub point_w_m2: Vec<f64>,
    /// Flux at the top of each band \[W m⁻² per band\]; over
    /// [`SpectralPoints::width_m`] it is one per metre of wavelength.
    pub band_w_m2: Vec<f64>,
    /// Part of the flux that was sent last by each layer, and by the surface \[W m⁻² per band\],
    /// \[band\]\[layer, surface\]: the contribution function times the flux.
    pub contribution_w_m2: Vec<f64>,
    /// Vertical optical depth of extinction from the top to each interface, \[band\]\[interface\]:
    /// -ln of the mean transmission of the band.
    pub optical_depth: Vec<f64>,
    /// Pressure at which that depth is 2/3 \[Pa\]; `None` where the surface shines through.
    pub photosphere_pa: Vec<Option<f64>>,
    scratch: Scratch,
}

impl Emission {
    /// A surface without gas that sends out this flux per band \[W m⁻² per band\].
    pub fn of_surface(band_w_m2: Vec<f64>) -> Self {
        Self {
            contribution_w_m2: band_w_m2.clone(),
            optical_depth: vec![0.0; band_w_m2.len()],
            photosphere_pa: vec![None; band_w_m2.len()],
            band_w_m2,
            ..Self::default()
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Scratch {
    extinction: Vec<f32>,
    node: Vec<Lanes>,
    interface: Vec<Lanes>,
    node32: Vec<Lanes32>,
    interface32: Vec<Lanes32>,
    /// \[layer, surface\], or the sum of all.
    sent: Vec<Lanes32>,
    through: Vec<Lanes>,
    /// Weight times what comes through towards each angle.
    towards: Vec<Lanes32>,
}

/// What is looked at, and how.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// Absorbers and masses.
    pub column: &'a Column,
    /// Temperatures of the layers \[K\].
    pub temperature_k: &'a [f64],
    /// That of the surface \[K\].
    pub surface_temperature_k: f64,
    /// Light from outside and from below.
    pub boundary: &'a Boundary,
    /// Directions.
    pub angles: &'a Angles,
}

impl Transfer {
    /// Emission at given temperatures, and where it comes from.
    ///
    /// # Errors
    /// As [`Transfer::fluxes`].
    pub fn emission(
        &self,
        view: &View<'_>,
        workspace: &mut Workspace,
        emission: &mut Emission,
    ) -> Result<(), ModelError> {
        self.emit(view, workspace, emission, true)?;
        emission.finish(&self.points, &view.column.interface_pressure_pa);
        Ok(())
    }

    /// The fluxes of [`Transfer::emission`] alone, in half the time: contributions, optical depths and
    /// photospheres stay empty.
    ///
    /// # Errors
    /// As [`Transfer::fluxes`].
    pub fn outgoing(
        &self,
        view: &View<'_>,
        workspace: &mut Workspace,
        emission: &mut Emission,
    ) -> Result<(), ModelError> {
        self.emit(view, workspace, emission, false)
    }

    /// All blocks, with or without the `detail` of where light comes from.
    fn emit(
        &self,
        view: &View<'_>,
        workspace: &mut Workspace,
        emission: &mut Emission,
        detail: bool,
    ) -> Result<(), ModelError> {
        let View {
            column,
            temperature_k,
            surface_temperature_k,
            boundary,
            angles,
        } = *view;
        self.prepare(
            column,
            temperature_k,
            surface_temperature_k,
            boundary,
            workspace,
        )?;
        let layers = temperature_k.len();
        emission.clear(&self.points, layers, detail);
        for block in 0..self.points.blocks.len() {
            let scatters = self.light_of_block(column, boundary, block, workspace);
            let scratch = &mut emission.scratch;
            self.sources(column, boundary, block, scatters, workspace, scratch);
            let surface = workspace.fields.up[layers];
            send(&column.mass_kg_m2, &angles.0, &surface, scratch);
            if detail {
                transmissions(&column.mass_kg_m2, scratch);
                emission.add(&self.points, block);
            } else {
                emission.add_sum(&self.points, block);
            }
        }
        Ok(())
    }

    /// Extinction and sources of a block that was solved.
    fn sources(
        &self,
        column: &Column,
        boundary: &Boundary,
        block: usize,
        scatters: bool,
        workspace: &Workspace,
        scratch: &mut Scratch,
    ) {
        let layers = column.mass_kg_m2.len();
        let range = range_of(block, column);
        scratch.extinction.clear();
        scratch
            .extinction
            .extend_from_slice(&column.extinction.absorption[range.clone()]);
        scratch.node.clone_from(&workspace.fields.node);
        scratch.interface.clone_from(&workspace.fields.interface);
        if !scatters {
            return;
        }
        let slope = match boundary.illumination {
            Illumination::Diffuse => 0.0,
            Illumination::Beam { cosine } => 0.25 / cosine,
        };
        let fields = &workspace.fields;
        let mean = |interface: usize, lane: usize| {
            let both = fields.up[interface][lane] + fields.down[interface][lane];
            0.25 * self.diffusivity * both + slope * fields.beam[interface][lane]
        };
        let scattering = &column.extinction.scattering[range];
        for (i, (extinction, scattering)) in
            scratch.extinction.iter_mut().zip(scattering).enumerate()
        {
            let (layer, lane) = (i / LANES, i % LANES);
            *extinction += scattering;
            let omega = if *scattering > 0.0 {
                f64::from(*scattering) / f64::from(*extinction)
            } else {
                0.0
            };
            let light = 0.5 * (mean(layer, lane) + mean(layer + 1, lane));
            let node = &mut scratch.node[layer][lane];
            *node += omega * (light - *node);
            if layer + 1 == layers {
                let base = &mut scratch.interface[layers][lane];
                *base += omega * (mean(layers, lane) - *base);
            }
        }
        super::flux::interfaces(&scratch.node, &workspace.upper, &mut scratch.interface);
    }
}

vectorised! {
    wide
    /// Light towards all angles, from the top down: what is sent times what comes through. Into a row
    /// for each layer and the surface where `sent` has them, else into one.
    fn send(mass: &[f64], angles: &[(f64, f64)], surface: &Lanes, scratch: &mut Scratch) {
        let layers = mass.len();
        let extinction = &scratch.extinction.as_chunks::<LANES>().0[..layers];
        narrow(&scratch.node, &mut scratch.node32);
        narrow(&scratch.interface, &mut scratch.interface32);
        let (node, interface) = (&scratch.node32[..layers], &scratch.interface32[..layers + 1]);
        let stride = usize::from(scratch.sent.len() > 1);
        let sent = &mut scratch.sent[..stride * layers + 1];
        let towards = &mut scratch.towards;
        towards.clear();
        towards.extend(angles.iter().map(|(_, weight)| [*weight as f32; LANES]));
        for l in 0..layers {
            if l % STRIP == 0 && towards.iter().all(dark) {
                return;
            }
            let (top, node, bottom) = (&interface[l], &node[l], &interface[l + 1]);
            let (extinction, sum) = (&extinction[l], &mut sent[stride * l]);
            for ((cosine, _), through) in angles.iter().zip(towards.iter_mut()) {
                let half = (0.5 * mass[l] / cosine) as f32;
                for i in 0..LANES {
                    let (t, [e1, e2, e3]) = absorbing_layer(extinction[i] * half);
                    let own = e1 * top[i] + e2 * node[i] + e3 * bottom[i];
                    sum[i] += through[i] * own;
                    through[i] *= t;
                }
            }
        }
        for through in towards.iter() {
            for i in 0..LANES {
                sent[stride * layers][i] += through[i] * surface[i] as f32;
            }
        }
    }
}

/// Single precision of the same.
#[inline(always)]
fn narrow(from: &[Lanes], to: &mut Vec<Lanes32>) {
    to.resize(from.len(), [0.0; LANES]);
    for (to, from) in to.iter_mut().zip(from) {
        for (to, from) in to.iter_mut().zip(from) {
            *to = *from as f32;
        }
    }
}

/// Whether nothing comes through any more.
#[inline(always)]
fn dark(through: &Lanes32) -> bool {
    let mut any = false;
    for x in through {
        any |= *x > DARK;
    }
    !any
}

vectorised! {
    /// Vertical transmissions from the top to the interfaces.
    fn transmissions(mass: &[f64], scratch: &mut Scratch) {
        let mut depth = [0.0; LANES];
        let extinction = scratch.extinction.as_chunks::<LANES>().0;
        let rows = mass.iter().zip(extinction).zip(&mut scratch.through[1..]);
        for ((mass, extinction), through) in rows {
            for i in 0..LANES {
                depth[i] += mass * f64::from(extinction[i]);
                through[i] = exp(-depth[i]);
            }
        }
    }
}

impl Emission {
    /// Contribution function of a band, normalised to a sum of one over layers and surface; zeros
    /// for a dark band.
    ///
    /// # Panics
    /// `band` must be one of the bands of the last pass.
    pub fn contribution(&self, band: usize) -> Vec<f64> {
        let width = self.contribution_w_m2.len() / self.band_w_m2.len();
        let row = &self.contribution_w_m2[band * width..(band + 1) * width];
        let sum: f64 = row.iter().sum();
        let inverse = if sum > 0.0 { 1.0 / sum } else { 0.0 };
        row.iter().map(|part| part * inverse).collect()
    }

    fn clear(&mut self, points: &SpectralPoints, layers: usize, detail: bool) {
        let zero = |values: &mut Vec<f64>, len: usize| {
            values.clear();
            values.resize(len, 0.0);
        };
        let bands = points.bands();
        zero(&mut self.point_w_m2, points.points());
        zero(&mut self.band_w_m2, bands);
        let rows = if detail { layers + 1 } else { 0 };
        zero(&mut self.contribution_w_m2, bands * rows);
        zero(&mut self.optical_depth, bands * rows);
        self.photosphere_pa.clear();
        let scratch = &mut self.scratch;
        scratch.sent.clear();
        scratch.sent.resize(rows.max(1), [0.0; LANES]);
        scratch.through.resize(layers + 1, [1.0; LANES]);
        scratch.through[0] = [1.0; LANES];
    }

    /// Adds a block to its bands.
    fn add(&mut self, points: &SpectralPoints, index: usize) {
        let block = &points.blocks[index];
        let width = self.scratch.sent.len();
        for lane in 0..LANES.min(points.points() - index * LANES) {
            let (band, weight) = (block.band[lane], block.weight[lane]);
            let contribution = &mut self.contribution_w_m2[band * width..(band + 1) * width];
            let depth = &mut self.optical_depth[band * width..(band + 1) * width];
            let mut sum = 0.0;
            for row in 0..width {
                let sent = f64::from(self.scratch.sent[row][lane]);
                sum += sent;
                contribution[row] += sent;
                depth[row] += weight * self.scratch.through[row][lane];
            }
            self.band_w_m2[band] += sum;
            if weight > 0.0 {
                self.point_w_m2[index * LANES + lane] = sum / weight;
            }
        }
        self.scratch.sent.fill([0.0; LANES]);
    }

    /// Adds the sum of a block to its bands.
    fn add_sum(&mut self, points: &SpectralPoints, index: usize) {
        let block = &points.blocks[index];
        let lanes = points.points() - index * LANES;
        let sent = self.scratch.sent[0];
        for (lane, sent) in sent.iter().enumerate().take(lanes) {
            let (band, weight) = (block.band[lane], block.weight[lane]);
            let sum = f64::from(*sent);
            self.band_w_m2[band] += sum;
            if weight > 0.0 {
                self.point_w_m2[index * LANES + lane] = sum / weight;
            }
        }
        self.scratch.sent[0] = [0.0; LANES];
    }

    /// Depths from the mean transmissions, and the photospheres.
    fn finish(&mut self, points: &SpectralPoints, pressure_pa: &[f64]) {
        for through in &mut self.optical_depth {
            *through = -through.clamp(f64::MIN_POSITIVE, 1.0).ln();
        }
        let width = self.scratch.sent.len();
        self.photosphere_pa.extend(
            (self.optical_depth.chunks_exact(width).take(points.bands()))
                .map(|depth| photosphere(depth, pressure_pa)),
        );
    }
}

/// Pressure at depth 2/3: linear in ln p between the interfaces, linear in p above the first.
fn photosphere(depth: &[f64], pressure_pa: &[f64]) -> Option<f64> {
    let below = depth.iter().position(|depth| *depth >= PHOTOSPHERE)?;
    let above = below.checked_sub(1)?;
    let share = (PHOTOSPHERE - depth[above]) / (depth[below] - depth[above]);
    let (low, high) = (*pressure_pa.get(above)?, *pressure_pa.get(below)?);
    Some(if low > 0.0 {
        low * (high / low).powf(share)
    } else {
        share * high
    })
}
