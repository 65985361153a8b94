//! Black-body emission and its inverse.

use std::f64::consts::PI;

use crate::constants::{BOLTZMANN, PLANCK, SPEED_OF_LIGHT};

/// Spectral radiance of a black body per unit wavelength, B_λ(T) \[W m⁻² sr⁻¹ m⁻¹\].
///
/// B_λ = (2 h c² / λ⁵) / (exp(h c / λ k T) - 1)
///
/// # Arguments
/// * `wavelength_m`: λ \[m\], > 0
/// * `temperature_k`: T \[K\], > 0
///
/// # Accuracy
/// `exp_m1` keeps full relative precision in the Rayleigh-Jeans limit (hc/λkT → 0); the Wien
/// limit underflows smoothly to 0.
///
/// # Source
/// Rybicki & Lightman (1979), *Radiative Processes in Astrophysics*, section 1.5.
#[inline]
pub fn planck_radiance(wavelength_m: f64, temperature_k: f64) -> f64 {
    debug_assert!(wavelength_m > 0.0 && temperature_k > 0.0);
    radiance_scale(wavelength_m) / (photon_temperature(wavelength_m) / temperature_k).exp_m1()
}

/// Flux through the surface of a black body, π B_λ(T) \[W m⁻² m⁻¹\].
#[inline]
pub fn planck_flux(wavelength_m: f64, temperature_k: f64) -> f64 {
    PI * planck_radiance(wavelength_m, temperature_k)
}

/// Brightness temperature T_b \[K\] of a spectral radiance: the inverse of [`planck_radiance`].
#[inline]
pub fn brightness_temperature(wavelength_m: f64, radiance: f64) -> f64 {
    photon_temperature(wavelength_m) / (radiance_scale(wavelength_m) / radiance).ln_1p()
}

/// 2 h c² / λ⁵ \[W m⁻² sr⁻¹ m⁻¹\].
#[inline]
fn radiance_scale(wavelength_m: f64) -> f64 {
    2.0 * PLANCK * SPEED_OF_LIGHT * SPEED_OF_LIGHT / wavelength_m.powi(5)
}

/// h c / (λ k) \[K\].
#[inline]
fn photon_temperature(wavelength_m: f64) -> f64 {
    PLANCK * SPEED_OF_LIGHT / (BOLTZMANN * wavelength_m)
}

/// π B_λ(T) on fixed wavelengths: everything but the temperature is computed once.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanckGrid {
    flux_scale: Vec<f64>,
    photon_temperature_k: Vec<f64>,
}

impl PlanckGrid {
    /// `wavelengths_m`: λ \[m\], each > 0, in any order.
    pub fn new(wavelengths_m: &[f64]) -> Self {
        Self {
            flux_scale: (wavelengths_m.iter())
                .map(|&wavelength_m| PI * radiance_scale(wavelength_m))
                .collect(),
            photon_temperature_k: (wavelengths_m.iter())
                .map(|&wavelength_m| photon_temperature(wavelength_m))
                .collect(),
        }
    }

    /// Number of wavelengths.
    pub fn len(&self) -> usize {
        self.flux_scale.len()
    }

    /// Whether there is no wavelength.
    pub fn is_empty(&self) -> bool {
        self.flux_scale.is_empty()
    }

    /// π B at the wavelength of index `i` \[W m⁻² m⁻¹\].
    #[inline]
    pub fn flux_at(&self, i: usize, temperature_k: f64) -> f64 {
        self.flux_scale[i] / (self.photon_temperature_k[i] / temperature_k).exp_m1()
    }

    /// Writes π B at every wavelength \[W m⁻² m⁻¹\].
    pub fn flux(&self, temperature_k: f64, out: &mut [f64]) {
        let per_temperature = temperature_k.recip();
        for ((scale, photon_k), out) in (self.flux_scale.iter())
            .zip(&self.photon_temperature_k)
            .zip(out)
        {
            *out = scale / (photon_k * per_temperature).exp_m1();
        }
    }

    /// Adds `weight` π B at every wavelength to `out` \[W m⁻² m⁻¹\].
    pub fn add_flux(&self, temperature_k: f64, weight: f64, out: &mut [f64]) {
        let per_temperature = temperature_k.recip();
        for ((scale, photon_k), out) in (self.flux_scale.iter())
            .zip(&self.photon_temperature_k)
            .zip(out)
        {
            *out += weight * scale / (photon_k * per_temperature).exp_m1();
        }
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    use super::*;
    use crate::constants::STEFAN_BOLTZMANN;

    /// π ∫ B_λ dλ = σ T⁴.
    ///
    /// Source: σ of CODATA 2022, truncated at ten digits. Tolerance 1e-10: the measured
    /// difference is 3e-11, all of it that truncation. Fails with λ⁴ or λ⁶ in the prefactor.
    #[test]
    fn hemispheric_flux_is_stefan_boltzmann() {
        for temperature_k in [50.0, 500.0, 2_500.0, 6_000.0] {
            let (ln_min, ln_max, steps) = (1.0e-8_f64.ln(), 10.0_f64.ln(), 6_000);
            let step = (ln_max - ln_min) / f64::from(steps);
            let flux: f64 = (0..steps)
                .map(|i| (ln_min + (f64::from(i) + 0.5) * step).exp())
                .map(|wavelength_m| planck_flux(wavelength_m, temperature_k) * wavelength_m * step)
                .sum();
            assert_relative_eq!(
                flux,
                STEFAN_BOLTZMANN * temperature_k.powi(4),
                max_relative = 1e-10
            );
        }
    }

    /// B → 2 c k T / λ⁴ for hc ≪ λkT; the next term of the series is -hc/2λkT = 7.2e-5 here.
    #[test]
    fn long_wavelengths_follow_rayleigh_and_jeans() {
        let (wavelength_m, temperature_k) = (0.1_f64, 1_000.0_f64);
        let limit = 2.0 * SPEED_OF_LIGHT * BOLTZMANN * temperature_k / wavelength_m.powi(4);
        let x = photon_temperature(wavelength_m) / temperature_k;
        assert_relative_eq!(
            planck_radiance(wavelength_m, temperature_k),
            limit * (1.0 - 0.5 * x),
            max_relative = 1e-8
        );
    }

    #[test]
    fn the_grid_is_the_function() {
        let wavelengths_m = [4.0e-7, 5.0e-6, 1.5e-5];
        let grid = PlanckGrid::new(&wavelengths_m);
        let mut flux = [0.0; 3];
        grid.flux(1_800.0, &mut flux);
        let mut doubled = flux;
        grid.add_flux(1_800.0, 1.0, &mut doubled);
        for (i, &wavelength_m) in wavelengths_m.iter().enumerate() {
            assert_relative_eq!(
                flux[i],
                planck_flux(wavelength_m, 1_800.0),
                max_relative = 1e-13
            );
            assert_relative_eq!(doubled[i], 2.0 * flux[i], max_relative = 1e-13);
            assert_relative_eq!(grid.flux_at(i, 1_800.0), flux[i], max_relative = 1e-13);
        }
    }

    proptest! {
        /// T_b(B(T)) = T over the whole range the retrieval can reach.
        #[test]
        fn brightness_temperature_inverts_planck(
            wavelength_um in 0.5..30.0_f64,
            temperature_k in 100.0..10_000.0_f64,
        ) {
            let wavelength_m = wavelength_um * 1e-6;
            let back_k =
                brightness_temperature(wavelength_m, planck_radiance(wavelength_m, temperature_k));
            prop_assert!((back_k / temperature_k - 1.0).abs() < 1e-12);
        }
    }
}
