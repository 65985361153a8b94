//! Parameters of the free atmosphere and their default priors.

use super::{FIRST, LAST};
use crate::config::{ParameterConfig, RunConfig};
use crate::forward::Orbit;
use crate::forward::defaults::{gravity_prior, surface_albedo_prior};
use crate::forward::scene::{PLANET_RANGE_K, maximum_dayside_temperature_k};

/// Default limits of log10 of the base pressure \[bar\].
const LOG10_BASE_BAR: (f64, f64) = (-5.0, 2.0);
/// Default limits of log10 of a mole fraction.
const LOG10_FRACTION: (f64, f64) = (-8.0, 0.0);
/// Default limits of the temperatures over T_max, that of a black dayside without redistribution:
/// from the coldest layers to the thermospheres of vapour that ultraviolet light heats.
const TEMPERATURE_RATIO: (f64, f64) = (0.2, 1.8);

/// Gases whose mole fraction is free: those of `model.free_gases` that are not made transparent.
pub(super) fn free_gases(config: &RunConfig) -> Vec<&str> {
    (config.model.free_gases.iter())
        .filter(|gas| !config.opacity.without.contains(gas))
        .map(String::as_str)
        .collect()
}

/// Name of the parameter of a gas.
fn fraction_name(gas: &str) -> String {
    format!("log10_{}", gas.to_lowercase())
}

/// Names of all parameters, in the order of `theta`.
pub(super) fn parameter_names(config: &RunConfig) -> Vec<String> {
    let gases = free_gases(config).into_iter().map(fraction_name);
    (FIRST.map(str::to_owned).into_iter())
        .chain(gases)
        .chain(LAST.map(str::to_owned))
        .collect()
}

/// The default prior of every parameter that is the free atmosphere's own, in the order of its `theta`.
///
/// `log10_base_pressure_bar`: uniform, -5 to 2. The four temperatures: uniform, 0.2 to 1.8 T_max of
/// the system. `log10_<gas>`: uniform, -8 to 0. `surface_albedo` and `gravity_m_s2` as
/// [`lava_parameters`](crate::forward::lava_parameters) has them.
pub fn free_chemistry_parameters(
    config: &RunConfig,
    orbit: &Orbit,
) -> Vec<(String, ParameterConfig)> {
    let uniform = |(low, high)| ParameterConfig::uniform(low, high);
    let maximum_k = maximum_dayside_temperature_k(
        orbit.stellar_temperature_k.value,
        orbit.scaled_semi_major_axis.value,
    );
    let (coldest, hottest) = PLANET_RANGE_K;
    let low_k = (TEMPERATURE_RATIO.0 * maximum_k).clamp(coldest, 0.1 * hottest);
    let high_k = (TEMPERATURE_RATIO.1 * maximum_k).clamp(2.0 * low_k, hottest);
    let mut all: Vec<(String, ParameterConfig)> = (FIRST.iter().enumerate())
        .map(|(i, name)| {
            let limits = if i == 0 {
                LOG10_BASE_BAR
            } else {
                (low_k, high_k)
            };
            ((*name).to_owned(), uniform(limits))
        })
        .collect();
    for gas in free_gases(config) {
        all.push((fraction_name(gas), uniform(LOG10_FRACTION)));
    }
    all.push(("surface_albedo".to_owned(), surface_albedo_prior()));
    all.push(("gravity_m_s2".to_owned(), gravity_prior(orbit)));
    all
}
