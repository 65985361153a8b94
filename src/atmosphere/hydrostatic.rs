//! Altitude, gravity and mass of layers in hydrostatic equilibrium, from the surface up.
//!
//! dp/dz = -ρ g, ρ = p M/(R_gas T), g(z) = g_s (R/(R + z))². Within a layer T and M are constant.
//! With s = R/(R + z) and k = R_gas T/(M g_s R) the equation is ds = k d ln p, so that s is linear in
//! ln p and the altitude of the interfaces is exact, however thick the layer.

use crate::constants::GAS_CONSTANT;
use crate::error::{ModelError, RejectReason};
use crate::spectrum::quadrature::{LEGENDRE_3, integrate};

/// The solid or molten surface on which the column stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ground {
    /// Radius of the planet at its surface R \[m\], > 0.
    pub radius_m: f64,
    /// Gravity there g_s \[m s⁻²\], > 0.
    pub gravity_m_s2: f64,
}

/// What [`hydrostatic`] writes, in slices of the caller, top first.
#[derive(Debug)]
pub struct Heights<'a> {
    /// Altitude of the interfaces above the surface z \[m\], one more than layers; that of index 0
    /// belongs to the top of the grid.
    pub altitude_m: &'a mut [f64],
    /// Mean gravity of the layers, weighted by mass \[m s⁻²\]: (p_{l+1} - p_l)/m_l.
    pub gravity_m_s2: &'a mut [f64],
    /// Mass of the layers per unit area of the layer, ∫ dp/g \[kg m⁻²\].
    pub mass_kg_m2: &'a mut [f64],
}

/// Writes altitudes, gravities and masses for interface pressures \[Pa\] (top first, ascending, one
/// more than layers), temperatures \[K\] and mean molar masses \[kg mol⁻¹\] of the layers.
///
/// As in the grid, the top layer reaches to zero pressure; the gas above its upper interface is
/// taken at the gravity of that interface. So Σ m g = p_s.
///
/// # Accuracy
/// Altitudes exact but for rounding. Masses by three Gauss points in ln p: 2e-11 at ten layers per
/// decade, against the differential equation.
///
/// # Errors
/// [`ModelError::Rejected`] with [`RejectReason::ImpossibleGeometry`] where the gas is not bound:
/// at that temperature it would reach to infinity at a finite pressure.
/// [`ModelError::Fatal`] for values that are not positive numbers.
///
/// # Panics
/// If a slice has another length.
///
/// # Source
/// The barometric formula in the geopotential g_s z R/(R + z): U.S. Standard Atmosphere (1976),
/// equations 17, 18 and 33.
pub fn hydrostatic(
    ground: &Ground,
    interface_pressure_pa: &[f64],
    temperature_k: &[f64],
    molar_mass_kg_mol: &[f64],
    out: &mut Heights<'_>,
) -> Result<(), ModelError> {
    let layers = temperature_k.len();
    assert_eq!(interface_pressure_pa.len(), layers + 1);
    assert_eq!(molar_mass_kg_mol.len(), layers);
    assert_eq!(out.altitude_m.len(), layers + 1);
    assert_eq!(out.gravity_m_s2.len(), layers);
    assert_eq!(out.mass_kg_m2.len(), layers);
    let &Ground {
        radius_m,
        gravity_m_s2,
    } = ground;
    positive("the radius of the planet", radius_m)?;
    positive("the gravity of the planet", gravity_m_s2)?;
    // 1 - s of the interface below; the difference itself is kept, so that low altitudes have all
    // their digits.
    let mut fallen = 0.0;
    out.altitude_m[layers] = 0.0;
    for l in (0..layers).rev() {
        let (above_pa, below_pa) = (interface_pressure_pa[l], interface_pressure_pa[l + 1]);
        let specific = GAS_CONSTANT * temperature_k[l] / molar_mass_kg_mol[l];
        let rate = specific / (gravity_m_s2 * radius_m);
        let span = (below_pa / above_pa).ln();
        positive("a temperature", temperature_k[l])?;
        positive("a molar mass", molar_mass_kg_mol[l])?;
        positive("the step of ln p of a layer", span)?;
        let here = fallen;
        fallen += rate * span;
        if fallen >= 1.0 {
            return Err(ModelError::Rejected(RejectReason::ImpossibleGeometry));
        }
        out.altitude_m[l] = radius_m * fallen / (1.0 - fallen);
        // ∫ dp/g over the layer, y = ln(p_below/p) from 0 to the span.
        let mut mass = integrate(&LEGENDRE_3, 0.0, span, |y| {
            (-y).exp() / (1.0 - here - rate * y).powi(2)
        }) * below_pa
            / gravity_m_s2;
        let mut weight_pa = below_pa - above_pa;
        if l == 0 {
            mass += above_pa / (gravity_m_s2 * (1.0 - fallen).powi(2));
            weight_pa = below_pa;
        }
        out.mass_kg_m2[l] = mass;
        out.gravity_m_s2[l] = weight_pa / mass;
    }
    Ok(())
}

fn positive(what: &str, value: f64) -> Result<(), ModelError> {
    if value > 0.0 && value.is_finite() {
        return Ok(());
    }
    Err(ModelError::Fatal {
        message: format!("hydrostatic equilibrium: {what} is no positive number"),
    })
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    use super::*;
    use crate::atmosphere::grid::Grid;

    struct Column {
        altitude: Vec<f64>,
        gravity: Vec<f64>,
        mass: Vec<f64>,
    }

    fn column(
        ground: &Ground,
        interface: &[f64],
        temperature: &[f64],
        molar_mass: &[f64],
    ) -> Result<Column, ModelError> {
        let n = temperature.len();
        let (mut altitude, mut gravity, mut mass) = (vec![0.0; n + 1], vec![0.0; n], vec![0.0; n]);
        let mut out = Heights {
            altitude_m: &mut altitude,
            gravity_m_s2: &mut gravity,
            mass_kg_m2: &mut mass,
        };
        hydrostatic(ground, interface, temperature, molar_mass, &mut out)?;
        Ok(Column {
            altitude,
            gravity,
            mass,
        })
    }

    fn interfaces(surface_pa: f64) -> Vec<f64> {
        let grid = Grid::new(1.0e6).unwrap();
        let (mut interface, mut layer) = (vec![0.0; grid.layers() + 1], vec![0.0; grid.layers()]);
        grid.fill_pressures(surface_pa, &mut interface, &mut layer)
            .unwrap();
        interface
    }

    const EARTH: Ground = Ground {
        radius_m: 6.371e6,
        gravity_m_s2: 9.81,
    };

    /// A planet of a billion kilometres has a constant gravity: z = (R T/M g) ln(p_s/p), m = Δp/g.
    /// The rest is z/R, 1e-7.
    #[test]
    fn a_huge_planet_has_the_scale_height_of_constant_gravity() {
        let ground = Ground {
            radius_m: 1.0e12,
            ..EARTH
        };
        let p = interfaces(1.0e5);
        let n = p.len() - 1;
        let found = column(&ground, &p, &vec![2_000.0; n], &vec![0.044; n]).unwrap();
        let scale_height = GAS_CONSTANT * 2_000.0 / (0.044 * 9.81);
        for (i, z) in found.altitude.iter().enumerate() {
            let exact = scale_height * (p[n] / p[i]).ln();
            assert_relative_eq!(*z, exact, max_relative = 1e-6);
        }
        for l in 1..n {
            assert_relative_eq!(found.mass[l], (p[l + 1] - p[l]) / 9.81, max_relative = 3e-6);
        }
        assert_relative_eq!(found.mass[0], p[1] / 9.81, max_relative = 3e-6);
    }

    /// Against the differential equations in z, 20 000 steps of Runge and Kutta through layers of
    /// different temperature and molar mass. Measured 9e-14 in ln p and 2e-11 in the mass; a
    /// gravity that falls as R/(R + z) instead of its square fails.
    #[test]
    fn altitudes_and_masses_solve_the_differential_equations() {
        let ground = Ground {
            radius_m: 4.0e6,
            gravity_m_s2: 6.0,
        };
        let p = interfaces(2.0e4);
        let n = p.len() - 1;
        let temperature: Vec<f64> = (0..n)
            .map(|l| 2_600.0 + 900.0 * (l as f64 * 0.3).sin())
            .collect();
        let molar_mass: Vec<f64> = (0..n).map(|l| 0.025 + 0.02 * l as f64 / n as f64).collect();
        let found = column(&ground, &p, &temperature, &molar_mass).unwrap();
        let mut mass_above = vec![0.0; n];
        let mut ln_p = p[n].ln();
        for l in (0..n).rev() {
            let (low, high) = (found.altitude[l + 1], found.altitude[l]);
            let steps = 20_000 / n;
            let h = (high - low) / steps as f64;
            let slope = |z: f64| {
                let gravity =
                    ground.gravity_m_s2 * (ground.radius_m / (ground.radius_m + z)).powi(2);
                -molar_mass[l] * gravity / (GAS_CONSTANT * temperature[l])
            };
            let density = |ln_p: f64| ln_p.exp() * molar_mass[l] / (GAS_CONSTANT * temperature[l]);
            for step in 0..steps {
                let z = low + h * step as f64;
                let middle = ln_p + 0.5 * h * slope(z + 0.25 * h);
                let next = ln_p + h * (slope(z) + 4.0 * slope(z + 0.5 * h) + slope(z + h)) / 6.0;
                mass_above[l] += h * (density(ln_p) + 4.0 * density(middle) + density(next)) / 6.0;
                ln_p = next;
            }
            assert!((ln_p - p[l].ln()).abs() < 1e-9, "{l}: {}", ln_p - p[l].ln());
            if l > 0 {
                assert_relative_eq!(found.mass[l], mass_above[l], max_relative = 1e-8);
            }
        }
    }

    /// Hydrogen at 5000 K leaves a small planet.
    #[test]
    fn gas_that_is_not_bound_is_rejected_and_nonsense_is_fatal() {
        let p = interfaces(1.0e5);
        let n = p.len() - 1;
        let small = Ground {
            radius_m: 3.0e6,
            gravity_m_s2: 4.0,
        };
        let of =
            |ground: &Ground, t: f64, m: f64| column(ground, &p, &vec![t; n], &vec![m; n]).err();
        assert_eq!(
            of(&small, 5_000.0, 0.002),
            Some(ModelError::Rejected(RejectReason::ImpossibleGeometry))
        );
        assert_eq!(of(&small, 3_000.0, 0.04), None);
        for (t, m) in [(f64::NAN, 0.04), (0.0, 0.04), (3_000.0, 0.0), (-1.0, -1.0)] {
            assert!(
                matches!(of(&small, t, m), Some(ModelError::Fatal { .. })),
                "{t} {m}"
            );
        }
    }

    proptest! {
        /// Σ m g = p_s, altitude falls with pressure, gravity lies between that of the interfaces.
        /// The tolerance is rounding.
        #[test]
        fn weight_is_the_surface_pressure(
            log10_pa in -2.5..6.0_f64,
            temperature in 300.0..4_000.0_f64,
            molar_mass in 0.02..0.08_f64,
            gravity in 8.0..30.0_f64,
        ) {
            let ground = Ground { gravity_m_s2: gravity, ..EARTH };
            let p = interfaces(10_f64.powf(log10_pa));
            let n = p.len() - 1;
            let found = column(&ground, &p, &vec![temperature; n], &vec![molar_mass; n]).unwrap();
            let weight: f64 = found.mass.iter().zip(&found.gravity).map(|(m, g)| m * g).sum();
            prop_assert!((weight / p[n] - 1.0).abs() < 1e-13);
            prop_assert!(found.altitude.windows(2).all(|pair| pair[0] > pair[1]));
            let at = |z: f64| gravity * (ground.radius_m / (ground.radius_m + z)).powi(2);
            for l in 1..n {
                let (low, high) = (at(found.altitude[l]), at(found.altitude[l + 1]));
                let inside = low * (1.0 - 1e-12)..=high * (1.0 + 1e-12);
                prop_assert!(inside.contains(&found.gravity[l]));
            }
        }
    }
}
