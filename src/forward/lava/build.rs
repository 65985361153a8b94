//! From the run file to the model.

use super::magma::Magma;
use super::{GivenProfile, Lava, LavaParameters};
use crate::atmosphere::column::VapourColumn;
use crate::chemistry::vaporise::Settings;
use crate::config::{MeltConfig, PointsKind, RunConfig};
use crate::error::InputError;
use crate::forward::Conventions;
use crate::forward::points::{NodeChoice, Points, Sketch, diffusivity, opacity_set};
use crate::melt::population::STARS;
use crate::opacity::OpacitySet;
use crate::spectrum::Star;
use crate::transfer::{Angles, Column, ColumnModel};

/// Temperatures of a bare surface \[K\] and oxygen fugacities \[dex\] of the columns that a sketch is made for.
const SKETCHED: [(f64, f64); 18] = [
    (1650.0, -2.0),
    (1650.0, 3.0),
    (1900.0, -4.0),
    (1900.0, 0.0),
    (1900.0, 4.0),
    (2300.0, -5.0),
    (2300.0, -2.0),
    (2300.0, 0.0),
    (2300.0, 2.0),
    (2300.0, 5.0),
    (2700.0, -4.0),
    (2700.0, -1.0),
    (2700.0, 3.0),
    (3100.0, -5.5),
    (3100.0, -3.0),
    (3100.0, 0.0),
    (3100.0, 4.0),
    (3400.0, 1.0),
];
/// Elemental pressures of H, C, N and S in them, one after the other, where there may be any \[bar\].
const SKETCHED_VOLATILES_BAR: [[f64; 4]; 5] = [
    [0.0; 4],
    [1.0; 4],
    [10.0, 0.01, 0.1, 0.001],
    [0.001, 1.0, 0.0, 0.1],
    [0.01, 0.001, 10.0, 1.0],
];
/// Their layers.
const SKETCH_LAYERS: usize = 20;

impl Lava {
    /// Reads melt and opacities and brings them together.
    ///
    /// # Arguments
    /// * `volatiles` - whether the gas may hold H, C, N and S.
    /// * `ranges_um` - wavelengths of the spectra \[µm\]; none for all of the set.
    ///
    /// # Errors
    /// Names that are not known; a profile that cannot be; an opacity set without the nodes of the energy balance, or that
    /// cannot be read; a composition that does not add up.
    pub fn new(
        config: &RunConfig,
        star: Star,
        volatiles: bool,
        ranges_um: Option<&[[f64; 2]]>,
    ) -> Result<Self, InputError> {
        let magma = Magma::new(&config.melt, volatiles)?;
        let gas = magma.gas_set();
        let (set, nodes) = opacity_set(&config.opacity)?;
        let diffusivity = diffusivity(config.atmosphere.diffusivity);
        let without: Vec<&str> = config.opacity.without.iter().map(String::as_str).collect();
        let points = |choice: &NodeChoice| {
            Points::new(&set, gas, &config.opacity, choice, diffusivity)?.without(&without)
        };
        let balance = match config.atmosphere.points {
            PointsKind::All => NodeChoice::all(&nodes),
            PointsKind::Balance => NodeChoice::of_balance(&nodes),
        };
        let spectra = match ranges_um {
            None => NodeChoice::all(&nodes),
            Some(ranges_um) => NodeChoice::within(&nodes, ranges_um),
        };
        let spectra = points(&spectra)?;
        let mut conventions = conventions(config, &set, &star, magma.vaporiser.settings());
        conventions.insert("opacity_tiers".to_owned(), spectra.tiers());
        conventions.insert("composition".to_owned(), composition_name(&config.melt));
        if let Some(words) = config.atmosphere.convection.convention() {
            conventions.insert("convection".to_owned(), words.to_owned());
        }
        let profile = config.atmosphere.profile.as_ref();
        if profile.is_some() {
            let words = "given, not in radiative equilibrium".to_owned();
            conventions.insert("temperatures".to_owned(), words);
        }
        let mut lava = Self {
            given: profile.map(GivenProfile::new).transpose()?,
            balance: points(&balance)?,
            sketch: None,
            spectra,
            conventions,
            atmosphere: config.atmosphere.clone(),
            magma,
            star,
            angles: Angles::new(Angles::DEFAULT)?,
        };
        if lava.given.is_none() {
            lava.sketch = Some(Sketch::new(&lava.balance, &lava.likely_columns(volatiles))?);
        }
        Ok(lava)
    }

    /// Columns all over the range of temperatures and oxygen fugacities, as they may be in equilibrium, with the
    /// temperatures of their layers \[K\].
    fn likely_columns(&self, volatiles: bool) -> Vec<(Column, Vec<f64>)> {
        let mut slot = None;
        let columns = (SKETCHED.iter().enumerate()).filter_map(|(index, (bare_k, delta_iw))| {
            let [hydrogen_bar, carbon_bar, nitrogen_bar, sulfur_bar] = match volatiles {
                true => SKETCHED_VOLATILES_BAR[index % SKETCHED_VOLATILES_BAR.len()],
                false => [0.0; 4],
            };
            let parameters = LavaParameters {
                delta_iw: *delta_iw,
                alkali_depletion_dex: if index % 2 == 1 { -1.5 } else { 0.0 },
                gravity_m_s2: 12.0,
                stellar_temperature_k: 5500.0,
                hydrogen_bar,
                carbon_bar,
                nitrogen_bar,
                sulfur_bar,
                ..LavaParameters::default()
            };
            self.likely_column(&parameters, *bare_k, &mut slot)
        });
        columns.collect()
    }

    fn likely_column(
        &self,
        parameters: &LavaParameters,
        bare_k: f64,
        slot: &mut Option<VapourColumn>,
    ) -> Option<(Column, Vec<f64>)> {
        let (layers_k, surface_k) = self.likely_start(parameters, bare_k, SKETCH_LAYERS)?;
        let surface = self.surface_gas(parameters).ok()?;
        let model = self.column_of(SKETCH_LAYERS, slot, &surface, &self.balance, parameters);
        let mut column = Column::default();
        (model.ok()?).fill(&layers_k, surface_k, &mut column).ok()?;
        Some((column, layers_k))
    }
}

fn composition_name(melt: &MeltConfig) -> String {
    let own = |unit: &str, amounts: &std::collections::BTreeMap<String, f64>| {
        let amounts = amounts
            .iter()
            .map(|(oxide, amount)| format!("{oxide} {amount}"));
        format!("{} {unit}", amounts.collect::<Vec<_>>().join(", "))
    };
    if melt.population.is_some() {
        let [low, high] = melt.core_iron_or_any();
        return format!(
            "population of the mantles of {STARS} nearby stars (Hypatia), {low} to {high} of the iron in the core; factors count \
             from its mean with all iron in the mantle"
        );
    }
    match (melt.wt_percent.is_empty(), melt.mol_percent.is_empty()) {
        (false, _) => own("wt %", &melt.wt_percent),
        (true, false) => own("mol %", &melt.mol_percent),
        (true, true) => melt.composition.clone(),
    }
}

fn conventions(
    config: &RunConfig,
    set: &OpacitySet,
    star: &Star,
    settings: &Settings,
) -> Conventions {
    let melt = &config.melt;
    let atmosphere = &config.atmosphere;
    let oxygen = if melt.congruent {
        "congruent evaporation".to_owned()
    } else {
        format!("relative to {}", melt.buffer)
    };
    [
        ("oxygen_fugacity", oxygen),
        ("melt_model", settings.melt.name().to_owned()),
        ("gas_data", settings.gas.name().to_owned()),
        ("mgo_gas", settings.mgo.name().to_owned()),
        ("opacity_set", set.place().to_owned()),
        (
            "dayside",
            format!("{:?}", atmosphere.dayside).to_lowercase(),
        ),
        (
            "starlight",
            format!("{:?}", atmosphere.starlight).to_lowercase(),
        ),
        ("diffusivity", atmosphere.diffusivity.to_string()),
        (
            "points_of_the_balance",
            format!("{:?}", atmosphere.points).to_lowercase(),
        ),
        ("star", star.description()),
        ("starts", super::library::description()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect()
}
