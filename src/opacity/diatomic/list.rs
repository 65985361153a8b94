//! From systems to a list of lines.

use std::f64::consts::PI;

use super::LIGHT_CM_S;
use super::state::Levels;
use super::system::{Lifetimes, System, Transition};
use crate::constants::SECOND_RADIATION_CM_K;
use crate::opacity::line::{Line, LineList};
use crate::opacity::partition::PartitionFunction;

/// Temperatures at which a line may prove itself strong enough \[K\].
const PROBE_K: [f64; 4] = [1000.0, 2500.0, 4500.0, 6000.0];

/// Pressure half width at 296 K where no measurement is known \[cm⁻¹ bar⁻¹\]: default of ExoMol as
/// the documentation of PyExoCross (section Broadeners) gives it, with n = 0.5.
pub const PRESSURE_HALF_WIDTH_PER_CM_BAR: f64 = 0.07;
/// Exponent that goes with [`PRESSURE_HALF_WIDTH_PER_CM_BAR`].
pub const PRESSURE_WIDTH_EXPONENT: f64 = 0.5;
/// Where the wings of molecular lines end \[cm⁻¹\]: Seidler et al. (2024), section 2.3.
pub const WING_CUTOFF_PER_CM: f64 = 100.0;

/// What a list needs beyond the transitions.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// Label of the list, e.g. `28Si16O`.
    pub label: String,
    /// Molar mass of the isotopologue \[g mol⁻¹\].
    pub molar_mass_g_mol: f64,
    /// Share of the gas that is this isotopologue, 0 to 1.
    pub abundance: f64,
    /// Partition function, with the statistical weights of the levels (no nuclear spin).
    pub partition: PartitionFunction,
    /// Energy that counts as zero in the partition function \[cm⁻¹\].
    pub zero_per_cm: f64,
    /// Lines weaker than this \[cm per molecule of the isotopologue\] at each of 1000, 2500, 4500
    /// and 6000 K are left out; zero keeps all.
    pub floor_cm: f64,
    /// Pressure half width at 296 K \[cm⁻¹ bar⁻¹\].
    pub half_width_per_cm_bar: f64,
    /// Exponent of the pressure width.
    pub width_exponent: f64,
}

impl Recipe {
    /// Strongest of the strengths at the probe temperatures \[cm per molecule of the
    /// isotopologue\].
    fn peak_strength_cm(&self, transition: &Transition, partition: &[f64]) -> f64 {
        let lower = transition.lower_energy_per_cm - self.zero_per_cm;
        let weight = transition.weight_cm();
        PROBE_K
            .iter()
            .zip(partition)
            .map(|(t, q)| {
                let beta = SECOND_RADIATION_CM_K / t;
                let emission = -(-beta * transition.wavenumber_per_cm).exp_m1();
                weight * (-beta * lower).exp() * emission / q
            })
            .fold(0.0, f64::max)
    }
}

/// All lines of `systems` of one isotopologue, with natural widths from the decay of both levels
/// through these same systems.
pub fn line_list(recipe: Recipe, systems: &[System<'_>]) -> LineList {
    let mut states: Vec<(&Levels, Lifetimes)> = Vec::new();
    for levels in systems.iter().flat_map(|s| [s.upper(), s.lower()]) {
        if !states.iter().any(|(known, _)| std::ptr::eq(*known, levels)) {
            states.push((levels, Lifetimes::of(levels, systems)));
        }
    }
    let rate = |levels: &Levels, v: usize, two_j: i32| {
        states
            .iter()
            .find(|(known, _)| std::ptr::eq(*known, levels))
            .map_or(0.0, |(_, lifetimes)| lifetimes.rate_per_s(v, two_j))
    };
    let partition: Vec<f64> = PROBE_K.iter().map(|t| recipe.partition.value(*t)).collect();
    let mut lines = Vec::new();
    for system in systems {
        let kept = system.transitions(|transition| {
            let peak = recipe.peak_strength_cm(transition, &partition);
            peak > 0.0 && peak >= recipe.floor_cm
        });
        lines.extend(kept.iter().map(|t| {
            let decay = rate(system.upper(), t.v_upper, t.two_j_upper)
                + rate(system.lower(), t.v_lower, t.two_j_lower);
            Line {
                wavenumber_per_cm: t.wavenumber_per_cm,
                lower_energy_per_cm: (t.lower_energy_per_cm - recipe.zero_per_cm) as f32,
                weight_cm: t.weight_cm() as f32,
                half_width_per_cm_bar: recipe.half_width_per_cm_bar as f32,
                width_exponent: recipe.width_exponent as f32,
                natural_half_width_per_cm: (decay / (4.0 * PI * LIGHT_CM_S)) as f32,
            }
        }));
    }
    LineList::new(
        recipe.label,
        recipe.molar_mass_g_mol,
        recipe.abundance,
        recipe.partition,
        lines,
    )
}
