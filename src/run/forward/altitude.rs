//! Altitudes of the layers, with a gravity that falls with them, for the files.
//!
//! The columns of the model have the gravity of the ground, m = Δp/g, as every plane-parallel model has:
//! with g(z) the mass of a layer would depend on the temperatures of all below, and the share by which
//! it grows, (1 + z/R)², is the one by which the area of the layer does, which plane-parallel transfer
//! leaves out as well.

use crate::atmosphere::hydrostatic::{Ground, Heights, hydrostatic};
use crate::constants::{EARTH_RADIUS, SOLAR_RADIUS};
use crate::error::ModelError;
use crate::forward::{Gas, LavaParameters};
use crate::observation::System;
use crate::units::PA_PER_BAR;

/// Altitude and gravity of the layers of a column, from the top.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Altitudes {
    /// Of the pressure of the layer above the surface \[m\].
    pub altitude_m: Vec<f64>,
    /// There \[m s⁻²\].
    pub gravity_m_s2: Vec<f64>,
}

/// Radius of the planet \[m\]: R_p/R_* times the radius of the star, else that of the system; `None` where
/// neither is known.
pub(super) fn radius_m(system: &System, parameters: &LavaParameters) -> Option<f64> {
    let star = system.stellar_radius_rsun.as_ref();
    let planet = system.planet_radius_rearth.as_ref();
    star.map(|star| parameters.radius_ratio * star.value * SOLAR_RADIUS)
        .or_else(|| planet.map(|planet| planet.value * EARTH_RADIUS))
}

/// Altitudes of a column above a surface of this radius \[m\] and gravity \[m s⁻²\].
///
/// # Errors
/// As [`hydrostatic`]: a gas that is not bound.
pub(super) fn altitudes(
    gas: &Gas,
    radius_m: f64,
    gravity_m_s2: f64,
) -> Result<Altitudes, ModelError> {
    let ground = Ground {
        radius_m,
        gravity_m_s2,
    };
    let layers = gas.temperature_k.len();
    // Every layer twice, so that its own pressure is an interface.
    let (mut pressures, mut temperature_k, mut mass_kg_mol) = (Vec::new(), Vec::new(), Vec::new());
    for layer in 0..layers {
        pressures.push(PA_PER_BAR * gas.interface_pressure_bar[layer]);
        pressures.push(PA_PER_BAR * gas.pressure_bar[layer]);
        temperature_k.extend([gas.temperature_k[layer]; 2]);
        mass_kg_mol.extend([1e-3 * gas.mean_molar_mass_g_mol[layer]; 2]);
    }
    pressures.push(PA_PER_BAR * gas.interface_pressure_bar[layers]);
    let zeros = || vec![0.0; 2 * layers];
    let (mut altitude_m, mut gravity, mut mass) = (vec![0.0; 2 * layers + 1], zeros(), zeros());
    let mut out = Heights {
        altitude_m: &mut altitude_m,
        gravity_m_s2: &mut gravity,
        mass_kg_m2: &mut mass,
    };
    hydrostatic(&ground, &pressures, &temperature_k, &mass_kg_mol, &mut out)?;
    let altitude_m: Vec<f64> = (0..layers).map(|layer| altitude_m[2 * layer + 1]).collect();
    let fallen = |z: &f64| gravity_m_s2 * (radius_m / (radius_m + z)).powi(2);
    Ok(Altitudes {
        gravity_m_s2: altitude_m.iter().map(fallen).collect(),
        altitude_m,
    })
}
