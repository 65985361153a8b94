//! Photoabsorption of O₂ in the Schumann-Runge continuum, 0.13 to 0.25 µm.
//!
//! Absorption into the repulsive wall of the B state mirrors the vibrational wave functions of the
//! ground state. Summed over a Boltzmann distribution of an oscillator, whose density is a Gaussian of a
//! variance ∝ 1/t (Sulzer & Wieland 1952, Helvetica Physica Acta 25, 653; the paper was not read, the formula
//! follows), it is
//!
//! σ(ν̃, T) = σ₀ √t exp(-t ((ν̃ - ν̃₀)/Δ)²),  t = tanh(c₂ ω/2T),
//!
//! whose integral does not depend on the temperature while the band grows wider: at 3000 K it reaches
//! 0.22 µm, where cold O₂ is transparent. σ₀, ν̃₀ and Δ, one to either side of the maximum, are fitted to
//! the cross sections of Heays et al. (2017), A&A 602, A105, at 295 K.
//!
//! The discrete Schumann-Runge bands between 0.175 and 0.205 µm are smeared into the same curve, too
//! strong below 1000 K; the Herzberg continuum (1e-23 cm²) and the bands below 0.13 µm are left out.

use crate::constants::SECOND_RADIATION_CM_K;
use crate::opacity::provenance::{Provenance, Tier};

/// σ₀ \[cm²\].
const PEAK_CM2: f64 = 1.567e-17;
/// ν̃₀ \[cm⁻¹\].
const CENTRE_PER_CM: f64 = 70_250.0;
/// Δ below and above ν̃₀ \[cm⁻¹\].
const WIDTH_PER_CM: (f64, f64) = (7_107.0, 4_068.0);
/// Vibrational wavenumber of O₂ X ³Σg⁻ \[cm⁻¹\], Huber & Herzberg (1979).
const VIBRATION_PER_CM: f64 = 1_580.193;
/// Wavenumbers where the formula holds \[cm⁻¹\]; it gives zero outside.
pub const RANGE_PER_CM: (f64, f64) = (40_000.0, 77_000.0);

/// Cross section per O₂ molecule \[cm²\].
///
/// # Accuracy
/// 8 % against the fitted values at 295 K from 0.135 to 0.175 µm; at high temperature the formula is
/// that of a harmonic oscillator: from 1500 to 3500 K within a factor of two of a quantum calculation from 0.135 to
/// 0.21 µm, beyond too low, by up to five at 0.25 µm (anharmonic ground state, hot Schumann-Runge bands).
pub fn cross_section_cm2(wavenumber_per_cm: f64, temperature_k: f64) -> f64 {
    let (low, high) = RANGE_PER_CM;
    if !(low..=high).contains(&wavenumber_per_cm) {
        return 0.0;
    }
    let offset = wavenumber_per_cm - CENTRE_PER_CM;
    let width = if offset < 0.0 {
        WIDTH_PER_CM.0
    } else {
        WIDTH_PER_CM.1
    };
    let t = (SECOND_RADIATION_CM_K * VIBRATION_PER_CM / (2.0 * temperature_k)).tanh();
    PEAK_CM2 * t.sqrt() * (-t * (offset / width).powi(2)).exp()
}

/// Source and quality.
pub fn provenance() -> Provenance {
    Provenance {
        tier: Tier::C,
        citation: vec![
            "Heays et al. (2017), A&A 602, A105".to_owned(),
            "Sulzer & Wieland (1952), Helvetica Physica Acta 25, 653".to_owned(),
        ],
        method: "Schumann-Runge continuum of O2, fitted at 295 K, harmonic temperature dependence"
            .to_owned(),
        caveat: "The Schumann-Runge bands are smeared; measured at room temperature only."
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_temperature_is_the_leiden_database() {
        // Heays et al. (2017): wavelength [nm], cross section [1e-18 cm2]. Measured 8 % at worst.
        for (wavelength_nm, expected) in [
            (135.0, 6.46),
            (142.0, 15.2),
            (150.0, 12.0),
            (160.0, 4.44),
            (170.0, 1.27),
            (175.0, 0.485),
        ] {
            let found = cross_section_cm2(1.0e7 / wavelength_nm, 295.0) * 1.0e18;
            assert!(
                (found / expected - 1.0).abs() < 0.09,
                "{wavelength_nm}: {found}"
            );
        }
    }

    #[test]
    fn heat_widens_the_continuum_and_keeps_its_integral() {
        let integral = |t_k: f64| -> f64 {
            (0..3700)
                .map(|i| cross_section_cm2(40_000.0 + 10.0 * f64::from(i), t_k))
                .sum()
        };
        // The blue end is cut at 77 000 cm-1: 4 % at 1500 K.
        assert!((integral(1500.0) / integral(300.0) - 1.0).abs() < 0.06);
        let tail = 1.0e7 / 200.0;
        assert!(cross_section_cm2(tail, 3000.0) > 100.0 * cross_section_cm2(tail, 300.0));
        assert_eq!(cross_section_cm2(30_000.0, 3000.0), 0.0);
    }
}
