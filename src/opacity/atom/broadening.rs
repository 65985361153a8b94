//! Natural and van der Waals widths.

use std::f64::consts::PI;

use crate::constants::{BOLTZMANN, CLASSICAL_ELECTRON_RADIUS, SPEED_OF_LIGHT};
use crate::opacity::line::WIDTH_REFERENCE_K;

/// n of γ = γ₂₉₆ p (296 K/T)ⁿ that Unsöld's theory implies: γ ∝ N v̄^(3/5), N ∝ p/T, v̄ ∝ T^(1/2).
pub(super) const WIDTH_EXPONENT: f64 = 0.7;

/// Temperature of the widths in Kurucz's list \[K\].
const GAMMA6_TEMPERATURE_K: f64 = 10_000.0;
/// Polarisability of the hydrogen atom, 9/2 Bohr radii cubed \[Å³\].
const HYDROGEN_POLARISABILITY: f64 = 0.666_8;
/// Molar mass of the hydrogen atom \[g mol⁻¹\].
const HYDROGEN_MASS: f64 = 1.008;

/// What broadens the lines.
///
/// Kurucz tabulates full widths γ₆ per hydrogen atom. Unsöld's theory, γ = 17 C₆^(2/5) v̄^(3/5) N, with
/// C₆ proportional to the polarisability α of the perturber, carries them over to another gas:
/// γ ∝ α^(2/5) μ^(-3/10) with the reduced mass μ of the pair.
///
/// # Accuracy
/// For H₂ this gives 0.10 cm⁻¹ bar⁻¹ at 2000 K for the Na D lines, where measurements (Nefedov et al.
/// 1999, as used by Burrows et al. 2000) give 0.070 and the same temperature dependence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Perturber {
    /// Mean static polarisability α \[Å³\].
    pub polarisability_cubic_angstrom: f64,
    /// Molar mass \[g mol⁻¹\].
    pub molar_mass_g_mol: f64,
}

impl Perturber {
    /// A gas of O₂, SiO, O and metal vapour, for which N₂ stands in (α from CRC Handbook): the width
    /// goes as α^0.4 μ^-0.3, so that O₂ gives 6 % less, and a gas with twice the α 30 % more.
    pub const MINERAL: Self = Self {
        polarisability_cubic_angstrom: 1.7403,
        molar_mass_g_mol: 28.014,
    };
    /// Molecular hydrogen.
    pub const HYDROGEN: Self = Self {
        polarisability_cubic_angstrom: 0.804,
        molar_mass_g_mol: 2.016,
    };
    /// Helium.
    pub const HELIUM: Self = Self {
        polarisability_cubic_angstrom: 0.205_052_2,
        molar_mass_g_mol: 4.002_6,
    };

    /// Half width at 296 K \[cm⁻¹ bar⁻¹\] from the full width γ₆ per hydrogen atom at 10 000 K
    /// \[rad s⁻¹ cm³\] of an atom of given molar mass \[g mol⁻¹\].
    pub fn half_width_per_cm_bar(&self, gamma6: f64, atom_g_mol: f64) -> f64 {
        let reduced = |partner: f64| atom_g_mol * partner / (atom_g_mol + partner);
        let polarisability =
            (self.polarisability_cubic_angstrom / HYDROGEN_POLARISABILITY).powf(0.4);
        let speed = (reduced(HYDROGEN_MASS) / reduced(self.molar_mass_g_mol)).powf(0.3)
            * (WIDTH_REFERENCE_K / GAMMA6_TEMPERATURE_K).powf(0.3);
        // Particles per cm³ at 1 bar and 296 K.
        let density = 1.0e5 / (BOLTZMANN * WIDTH_REFERENCE_K) * 1.0e-6;
        half_width_per_cm(gamma6 * polarisability * speed * density)
    }
}

/// Half width at half maximum \[cm⁻¹\] of a level pair that decays at a rate Γ \[s⁻¹\]: Γ/(4πc).
pub(super) fn half_width_per_cm(decay_rate_per_s: f64) -> f64 {
    decay_rate_per_s / (4.0 * PI * SPEED_OF_LIGHT * 100.0)
}

/// Half width of a classical oscillator \[cm⁻¹\]: (2π/3) r_e ν̃².
pub(super) fn classical_half_width_per_cm(wavenumber_per_cm: f64) -> f64 {
    2.0 * PI / 3.0 * CLASSICAL_ELECTRON_RADIUS * 100.0 * wavenumber_per_cm * wavenumber_per_cm
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sodium_in_hydrogen() {
        // gamma6 of Kurucz, log10 = -7.69: at 2000 K 0.10 against 0.071 cm-1 per atmosphere measured.
        let width = Perturber::HYDROGEN.half_width_per_cm_bar(10.0_f64.powf(-7.69), 22.99);
        let at_2000 = width * (296.0_f64 / 2000.0).powf(WIDTH_EXPONENT);
        // Worked by hand: 2.042e-8 * 1.0776 * 0.8220 * 0.34793 * 2.4470e19 / 3.76730e11 = 0.40877.
        assert!((width - 0.4088).abs() < 1e-3, "{width}");
        assert!((at_2000 / (0.071 / 1.013) - 1.0).abs() < 0.6, "{at_2000}");
    }

    #[test]
    fn classical_damping() {
        // gamma = 8 pi^2 e^2/(3 m c lambda^2) = 0.2223e16 / lambda^2 [A] s-1, as Gray (2005) and codes of
        // stellar spectra have it: 5890 A -> 6.408e7 s-1.
        let wavenumber = 1.0e8 / 5890.0;
        let expected = half_width_per_cm(0.2223e16 / (5890.0 * 5890.0));
        assert!((classical_half_width_per_cm(wavenumber) / expected - 1.0).abs() < 1e-3);
    }
}
