//! Default priors of the lava model.

use super::LavaParameters;
use super::model::VOLATILE_NAMES;
use crate::config::{
    DaysideKind, MeltConfig, ModelKind, ParameterConfig, PopulationKind, PriorKind, RunConfig,
};
use crate::forward::Orbit;
use crate::forward::defaults::{gravity_prior, surface_albedo_prior};
use crate::melt::population::{POPULATION_OXIDES, STARS, nearby_stars};

/// Depletion of sodium and potassium that the default prior reaches \[dex\].
const MOST_DEPLETION_DEX: f64 = -4.0;

/// The default prior of every parameter that is the lava model's own, in the order of its `theta`.
///
/// `delta_iw`: uniform, -6 to 6. `heat_redistribution`: uniform, 1/4 to 2/3; `irradiation_temperature_k` in its place if the
/// run file has a prior for it. `surface_albedo`: uniform,
/// 0 to 0.2 (twice the upper limit for lava and its glass: Essack et al. 2020, ApJ 898, 160, abstract),
/// `assumed`.
/// `alkali_depletion_dex`: uniform, -4 to 0. The oxides, the interior, the gravity and the nuisances
/// ([`LavaParameters::nuisances`]) are fixed.
/// Volatiles, log10 of the partial pressure of the element \[bar\]: with `lava_volatiles` H, C and S
/// uniform from -8 to 1, with `thick_atmosphere` C from 0 to 2 and H, N, S from -3 to 2.
pub fn lava_parameters(
    kind: ModelKind,
    config: &RunConfig,
    orbit: &Orbit,
) -> Vec<(String, ParameterConfig)> {
    let mut all = Vec::new();
    let mut push = |name: &str, entry: ParameterConfig| all.push((name.to_owned(), entry));
    if !config.melt.congruent {
        push("delta_iw", ParameterConfig::uniform(-6.0, 6.0));
    }
    if config.atmosphere.dayside == DaysideKind::Uniform {
        // A default of the irradiation temperature is never taken: the name stands in the run file.
        push(
            redistribution_name(config),
            ParameterConfig::uniform(0.25, 2.0 / 3.0),
        );
    }
    push("surface_albedo", surface_albedo_prior());
    push("internal_temperature_k", ParameterConfig::fixed(30.0));
    push(
        "alkali_depletion_dex",
        ParameterConfig::uniform(MOST_DEPLETION_DEX, 0.0),
    );
    for oxide in ["sio2", "tio2", "al2o3", "feo", "mgo", "cao"] {
        push(&format!("{oxide}_dex"), ParameterConfig::fixed(0.0));
    }
    for name in LavaParameters::nuisances() {
        push(name, ParameterConfig::fixed(0.0));
    }
    if kind.has_volatiles() {
        for name in VOLATILE_NAMES {
            push(&format!("log10_{name}_bar"), volatile_prior(kind, name));
        }
    }
    push("gravity_m_s2", gravity_prior(orbit));
    all
}

/// Key of the entry of [`mantle_population`] among the parameters.
pub const POPULATION_KEY: &str = "mantle_population";

/// The joint prior of the composition where `[melt]` names a population; its mean is then the composition
/// from which the factors on the oxides count, and MgO, to which the ratios refer, keeps its own.
///
/// Of [`crate::melt::population`]: \[X/Mg\] less their means, normal with their covariance; to the factor on FeO
/// log10 of the part of the iron is added that is not in the core.
pub fn mantle_population(melt: &MeltConfig) -> Option<ParameterConfig> {
    let PopulationKind::NearbyStars = melt.population?;
    let names = POPULATION_OXIDES.map(|oxide| format!("{}_dex", oxide.name().to_lowercase()));
    let covariance = nearby_stars().covariance_dex2;
    let [low, high] = melt.core_iron_or_any();
    Some(ParameterConfig {
        prior: Some(PriorKind::CorrelatedNormal),
        means: Some(vec![0.0; names.len()]),
        names: Some(names.to_vec()),
        covariance: Some(covariance.iter().map(|row| row.to_vec()).collect()),
        retained: Some([1.0 - high, 1.0 - low]),
        source: Some(format!(
            "[X/Mg] of {STARS} stars of the Hypatia catalogue (Hinkel et al. 2014, 2019), statistics computed here; \
             iron in the core: {low} to {high}, flat by convention"
        )),
        ..ParameterConfig::default()
    })
}

/// The parameter that says how much light a uniform dayside takes up: of the two the one that the run file names.
pub(super) fn redistribution_name(config: &RunConfig) -> &'static str {
    let other = "irradiation_temperature_k";
    if config.parameters.contains_key(other) {
        other
    } else {
        "heat_redistribution"
    }
}

fn volatile_prior(kind: ModelKind, name: &str) -> ParameterConfig {
    match (kind, name) {
        (ModelKind::ThickAtmosphere, "carbon") => ParameterConfig::uniform(0.0, 2.0),
        (ModelKind::ThickAtmosphere, _) => ParameterConfig::uniform(-3.0, 2.0),
        (_, "nitrogen") => ParameterConfig::fixed(super::LOG10_NONE),
        _ => ParameterConfig::uniform(-8.0, 1.0),
    }
}
