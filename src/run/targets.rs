//! The shipped systems as targets: how hot, how bright, how deep.

use serde::Serialize;

use super::setup::orbit_of;
use crate::config::{ModelKind, SurfaceConfig};
use crate::error::{InputError, ModelError};
use crate::forward::{ForwardModel, NullModel, maximum_dayside_temperature_k};
use crate::instrument::{BinSpec, Passband};
use crate::observation::System;
use crate::spectrum::{Star, planck_radiance};
use crate::units::{M_PER_UM, RATIO_PER_PPM};

/// White-light band of MIRI LRS \[µm\].
const LRS_UM: (f64, f64) = (5.0, 12.0);
/// Factor of the emission spectroscopy metric. Kempton et al. (2018), PASP 130, 114401, eq. 4.
const ESM_FACTOR: f64 = 4.29e6;
/// Dayside temperature over equilibrium temperature in the same equation.
const ESM_DAYSIDE: f64 = 1.10;
/// Wavelength of the same equation \[m\].
const ESM_WAVELENGTH_M: f64 = 7.5e-6;

/// One shipped system.
#[derive(Clone, Debug, Serialize)]
pub struct Target {
    /// Planet.
    pub name: String,
    /// Effective temperature of the star \[K\].
    pub stellar_temperature_k: f64,
    /// R_p/R_*.
    pub radius_ratio: f64,
    /// a/R_*.
    pub scaled_semi_major_axis: f64,
    /// Ks of the star.
    pub ks_magnitude: Option<f64>,
    /// Dayside temperature of a black surface without redistribution \[K\].
    pub maximum_dayside_temperature_k: f64,
    /// Emission spectroscopy metric; `None` without a Ks magnitude.
    pub emission_metric: Option<f64>,
    /// Eclipse depth of such a rock in MIRI LRS white light, black-body star \[ppm\].
    pub bare_rock_depth_ppm: f64,
}

/// Every shipped system.
///
/// # Errors
/// [`InputError`] if a shipped file were damaged.
pub fn targets() -> Result<Vec<Target>, InputError> {
    System::shipped().iter().map(target).collect()
}

fn target(system: &System) -> Result<Target, InputError> {
    let name = &system.name;
    let orbit = orbit_of(system)?;
    let stellar_temperature_k = orbit.stellar_temperature_k.value;
    let radius_ratio = orbit.radius_ratio.value;
    let scaled_semi_major_axis = orbit.scaled_semi_major_axis.value;
    let maximum = maximum_dayside_temperature_k(stellar_temperature_k, scaled_semi_major_axis);
    let ks_magnitude = system
        .ks_magnitude
        .as_ref()
        .map(|magnitude| magnitude.value);
    let emission_metric = ks_magnitude.map(|magnitude| {
        let equilibrium =
            stellar_temperature_k * 0.25_f64.powf(0.25) / scaled_semi_major_axis.sqrt();
        ESM_FACTOR * planck_radiance(ESM_WAVELENGTH_M, ESM_DAYSIDE * equilibrium)
            / planck_radiance(ESM_WAVELENGTH_M, stellar_temperature_k)
            * radius_ratio.powi(2)
            * 10.0_f64.powf(-magnitude / 5.0)
    });
    let (passband, _) = Passband::of_mode("miri", "lrs_slitless");
    let bins = [BinSpec {
        low_m: LRS_UM.0 * M_PER_UM,
        high_m: LRS_UM.1 * M_PER_UM,
        passband: &passband,
    }];
    let star = Star::black_body(stellar_temperature_k);
    let rock = NullModel::new(ModelKind::BlackBody, &SurfaceConfig::default(), star, &bins)?;
    let theta = [
        maximum,
        radius_ratio,
        scaled_semi_major_axis,
        stellar_temperature_k,
    ];
    let mut depth = [0.0];
    rock.eclipse_depth(&theta, &mut rock.workspace(), &mut depth)
        .map_err(|error| match error {
            ModelError::Rejected(reason) => InputError::value(
                format!("system `{name}`"),
                reason.name(),
                "a possible system",
            ),
            ModelError::Fatal { message } => {
                InputError::value(format!("system `{name}`"), message, "a possible system")
            }
        })?;
    Ok(Target {
        name: name.clone(),
        stellar_temperature_k,
        radius_ratio,
        scaled_semi_major_axis,
        ks_magnitude,
        maximum_dayside_temperature_k: maximum,
        emission_metric,
        bare_rock_depth_ppm: depth[0] / RATIO_PER_PPM,
    })
}
