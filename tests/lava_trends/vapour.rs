//! Parts of the lava model put together by hand: a vapour that is held at one temperature of the melt.

use std::sync::Arc;

use magmaret::atmosphere::column::{
    AbsorberOptions, Absorbers, ColumnOptions, VapourColumn, balance_nodes,
};
use magmaret::atmosphere::surface_gas::SurfaceGas;
use magmaret::chemistry::vaporise::{Preset, Redox};
use magmaret::constants::STEFAN_BOLTZMANN;
use magmaret::error::ModelError;
use magmaret::melt::composition::Composition;
use magmaret::opacity::set::Sort;
use magmaret::opacity::{CrossSectionTable, OpacitySet, SpectralAxis};
use magmaret::spectrum::{FluxScale, Star};
use magmaret::transfer::{
    Boundary, Column, ColumnModel, Diffusivity, Equilibrium, EquilibriumOptions, Illumination,
    SpectralPoints, Transfer,
};

/// Temperature inside the planet \[K\].
const INTERNAL_K: f64 = 30.0;

/// A column whose vapour stays that of one temperature of the melt.
pub struct Held {
    pub column: VapourColumn,
    pub melt_k: f64,
}

impl ColumnModel for Held {
    fn layers(&self) -> usize {
        self.column.layers()
    }

    fn points(&self) -> usize {
        self.column.points()
    }

    fn follows_surface(&self) -> bool {
        false
    }

    fn fill(
        &mut self,
        temperature_k: &[f64],
        _surface_temperature_k: f64,
        column: &mut Column,
    ) -> Result<(), ModelError> {
        self.column.fill(temperature_k, self.melt_k, column)
    }
}

/// What is taken out of the opacities.
#[derive(Clone, Copy, Debug, Default)]
pub struct Change<'a> {
    /// Gases that are made transparent.
    pub without: &'a [&'a str],
    /// MgO is made transparent below this wavelength \[µm\], as in line lists that hold no more than its
    /// five lowest electronic states (LiTY: Li, Tennyson & Yurchenko 2019, MNRAS 486, 2351).
    pub mgo_from_um: f64,
    /// The star stands overhead in place of shining from every direction.
    pub overhead: bool,
}

/// What a held vapour comes to.
pub struct Response {
    pub base_bar: f64,
    pub surface_k: f64,
    pub pressure_bar: Vec<f64>,
    pub temperature_k: Vec<f64>,
}

/// Bulk silicate Earth that evaporates congruently, under a star.
pub struct Vapour {
    gas: SurfaceGas,
    transfer: Transfer,
    absorbers: Arc<Absorbers>,
    boundary: Boundary,
    gravity_m_s2: f64,
    layers: usize,
}

/// The absorbers of the embedded set at some of its nodes, with a change.
fn absorbers(
    set: &OpacitySet,
    gas: &SurfaceGas,
    chosen: &[usize],
    change: &Change<'_>,
) -> Absorbers {
    let all = set.band_nodes().unwrap().unwrap().wavenumber_per_cm;
    let nodes: Vec<f64> = chosen.iter().map(|i| all[*i]).collect();
    let mut tables = Vec::new();
    for name in set.gases().filter(|name| set.has(name, Sort::Sampled)) {
        if gas.gas_set().index_of(name).is_none() {
            continue;
        }
        let table = set.table(name, Sort::Sampled).unwrap();
        let seen = |i: &usize| name != "MgO" || all[*i] * change.mgo_from_um < 1e4;
        let rows = table.sigma_cm2.chunks_exact(all.len());
        let sigma_cm2 = rows.flat_map(|row| {
            chosen
                .iter()
                .map(|i| if seen(i) { row[*i] } else { 0.0 })
                .collect::<Vec<f32>>()
        });
        tables.push(CrossSectionTable {
            sigma_cm2: sigma_cm2.collect(),
            axis: SpectralAxis::Points(nodes.clone()),
            ..table
        });
    }
    let options = AbsorberOptions::default();
    Absorbers::from_tables(&nodes, tables, gas.gas_set(), &[], options)
        .and_then(|absorbers| absorbers.without(change.without))
        .unwrap()
}

impl Vapour {
    /// `irradiation` is the share of the flux through the surface of the star.
    pub fn new(
        preset: Preset,
        change: &Change<'_>,
        star: &Star,
        irradiation: f64,
        layers: usize,
    ) -> Self {
        let vaporiser = Arc::new(preset.settings().build().unwrap());
        let melt = Composition::named("bse", vaporiser.molar_masses()).unwrap();
        let gas = SurfaceGas::dry(vaporiser, *melt.mole_fractions(), Redox::Congruent);
        let set = OpacitySet::embedded().unwrap();
        let nodes = set.band_nodes().unwrap().unwrap();
        let chosen = balance_nodes(&nodes);
        let band_of: Vec<usize> = (0..nodes.bands())
            .flat_map(|band| nodes.nodes(band).map(move |_| band))
            .collect();
        let bands: Vec<usize> = chosen.iter().map(|node| band_of[*node]).collect();
        let weights: Vec<f64> = chosen
            .iter()
            .map(|node| nodes.balance_weight[*node])
            .collect();
        let points = SpectralPoints::from_parts(&nodes.edges_per_cm, &bands, &weights).unwrap();
        let absorbers = absorbers(&set, &gas, &chosen, change);
        let mut flux = vec![0.0; points.bands()];
        star.band_fluxes(
            star.effective_temperature_k(),
            points.edges_per_cm(),
            FluxScale::Bolometric,
            &mut flux,
        )
        .unwrap();
        let boundary = Boundary {
            stellar_flux_w_m2: flux.iter().map(|w_m2| irradiation * w_m2).collect(),
            illumination: if change.overhead {
                Illumination::Beam { cosine: 1.0 }
            } else {
                Illumination::Diffuse
            },
            internal_flux_w_m2: STEFAN_BOLTZMANN * INTERNAL_K.powi(4),
            surface_albedo: vec![0.0; flux.len()],
        };
        Self {
            gas,
            transfer: Transfer::new(points, Diffusivity::Hemispheric),
            absorbers: Arc::new(absorbers),
            boundary,
            gravity_m_s2: 22.0,
            layers,
        }
    }

    /// Radiative equilibrium below a vapour of `melt_k`.
    pub fn respond(&self, melt_k: f64) -> Result<Response, ModelError> {
        let options = ColumnOptions {
            layers: self.layers,
            top_pressure_bar: 1e-8,
            gravity_m_s2: self.gravity_m_s2,
        };
        let column = VapourColumn::new(self.gas.clone(), self.absorbers.clone(), options).unwrap();
        let mut held = Held { column, melt_k };
        let mut equilibrium = Equilibrium::default();
        equilibrium.solve(
            &self.transfer,
            &mut held,
            &self.boundary,
            &vec![melt_k; self.layers],
            melt_k,
            EquilibriumOptions::default(),
        )?;
        let mut column = Column::default();
        let surface_k = equilibrium.surface_temperature_k();
        held.fill(equilibrium.temperature_k(), surface_k, &mut column)?;
        Ok(Response {
            base_bar: held.column.surface().pressure_bar(),
            surface_k,
            pressure_bar: column.pressure_pa.iter().map(|pa| 1e-5 * pa).collect(),
            temperature_k: equilibrium.temperature_k().to_vec(),
        })
    }
}
