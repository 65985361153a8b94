//! Lines of one isotopologue or atom, ready for any temperature.

use super::partition::PartitionFunction;
use crate::constants::SECOND_RADIATION_CM_K;

/// Temperature at which half widths are tabulated \[K\] (HITRAN and ExoMol convention).
pub const WIDTH_REFERENCE_K: f64 = 296.0;

/// One spectral line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Transition wavenumber in vacuum ν̃ \[cm⁻¹\], positive.
    pub wavenumber_per_cm: f64,
    /// Energy of the lower level above the zero of the partition function \[cm⁻¹\].
    pub lower_energy_per_cm: f32,
    /// Temperature-free part of the strength \[cm\]: A g' / (8π c ν̃²) of a transition with Einstein
    /// coefficient A \[s⁻¹\] and upper statistical weight g' (c in cm s⁻¹), or (π e²/m_e c²) g f.
    pub weight_cm: f32,
    /// Pressure half width at half maximum at 296 K \[cm⁻¹ bar⁻¹\].
    pub half_width_per_cm_bar: f32,
    /// Exponent n of the pressure width: γ = γ₂₉₆ p (296 K/T)ⁿ.
    pub width_exponent: f32,
    /// Natural half width at half maximum \[cm⁻¹\].
    pub natural_half_width_per_cm: f32,
}

/// Lines of one isotopologue, sorted by wavenumber, with what turns them into strengths.
#[derive(Clone, Debug)]
pub struct LineList {
    /// What it is, e.g. `24Mg16O A-X`.
    pub label: String,
    /// Molar mass of the isotopologue \[g mol⁻¹\]: sets the Doppler width.
    pub molar_mass_g_mol: f64,
    /// Share of the gas that is this isotopologue, 0 to 1.
    pub abundance: f64,
    /// Q(T) of the isotopologue, with the degeneracies that the weights of the lines use.
    pub partition: PartitionFunction,
    /// The lines, wavenumber ascending.
    pub lines: Vec<Line>,
    /// Distance from the line centre beyond which these lines add nothing \[cm⁻¹\]; without one the
    /// distance of the gas holds ([`super::LineGas::wing_cutoff_per_cm`]). Resonance lines of atoms
    /// stand in a list of their own because their wings reach further.
    pub wing_cutoff_per_cm: Option<f64>,
}

impl LineList {
    /// Sorts the lines by wavenumber (ties by lower energy, then weight, so that the order never
    /// depends on how they were made).
    pub fn new(
        label: impl Into<String>,
        molar_mass_g_mol: f64,
        abundance: f64,
        partition: PartitionFunction,
        mut lines: Vec<Line>,
    ) -> Self {
        lines.sort_unstable_by(|a, b| {
            a.wavenumber_per_cm
                .total_cmp(&b.wavenumber_per_cm)
                .then(a.lower_energy_per_cm.total_cmp(&b.lower_energy_per_cm))
                .then(a.weight_cm.total_cmp(&b.weight_cm))
        });
        Self {
            label: label.into(),
            molar_mass_g_mol,
            abundance,
            partition,
            lines,
            wing_cutoff_per_cm: None,
        }
    }

    /// The same lines with a wing cut-off of their own \[cm⁻¹\].
    #[must_use]
    pub fn with_wing_cutoff_per_cm(mut self, wing_cutoff_per_cm: f64) -> Self {
        self.wing_cutoff_per_cm = Some(wing_cutoff_per_cm);
        self
    }

    /// Factor common to all lines at a temperature \[K\]: abundance / Q(T).
    pub fn strength_factor(&self, temperature_k: f64) -> f64 {
        self.abundance / self.partition.value(temperature_k)
    }

    /// Integrated strength of a line per molecule of the gas \[cm\]:
    /// S = abundance · weight · exp(-c₂E''/T) (1 - exp(-c₂ν̃/T)) / Q(T).
    pub fn strength_cm(&self, line: &Line, temperature_k: f64) -> f64 {
        let beta = SECOND_RADIATION_CM_K / temperature_k;
        self.strength_factor(temperature_k)
            * f64::from(line.weight_cm)
            * (-beta * f64::from(line.lower_energy_per_cm)).exp()
            * -(-beta * line.wavenumber_per_cm).exp_m1()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strength_is_the_textbook_formula() {
        // A = 1 s^-1, g' = 3, nu = 1000 cm^-1, E'' = 500 cm^-1, Q = 10, 1000 K, worked out by hand:
        // 3/(8 pi 2.99792458e10 1e6) = 3.9816e-18 cm; c2/T = 1.438777e-3; exp(-0.719388) = 0.487050;
        // 1 - exp(-1.438777) = 0.762782; / 10 -> 1.479228e-19 cm.
        let weight = 3.0 / (8.0 * std::f64::consts::PI * 2.997_924_58e10 * 1.0e6);
        let line = Line {
            wavenumber_per_cm: 1000.0,
            lower_energy_per_cm: 500.0,
            weight_cm: weight as f32,
            half_width_per_cm_bar: 0.07,
            width_exponent: 0.5,
            natural_half_width_per_cm: 0.0,
        };
        let partition = PartitionFunction::new(&[500.0, 1000.0, 2000.0], &[10.0, 10.0, 10.0])
            .expect("three ascending temperatures");
        let list = LineList::new("test", 44.0, 1.0, partition, vec![line]);
        let strength = list.strength_cm(&line, 1000.0);
        assert!(
            (strength / 1.479_228e-19 - 1.0).abs() < 1e-5,
            "{strength:e}"
        );
    }
}
