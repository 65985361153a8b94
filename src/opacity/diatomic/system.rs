//! Transitions between the levels of two states.

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::dipole::Dipole;
use super::line_factor::{Branch, line_strength_factor};
use super::state::{Component, Levels};
use super::{EINSTEIN_A_DEBYE, LIGHT_CM_S};
use crate::error::InputError;

/// Smallest wavenumber of a transition \[cm⁻¹\]: 0.5 mm, far beyond what a spectrum here shows.
const LOWEST_PER_CM: f64 = 20.0;

/// One transition, parity components of the same energy summed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transition {
    /// Wavenumber \[cm⁻¹\].
    pub wavenumber_per_cm: f64,
    /// Energy of the lower level above the zero of the potentials \[cm⁻¹\].
    pub lower_energy_per_cm: f64,
    /// Einstein coefficient, mean over the parity components of the upper level \[s⁻¹\].
    pub einstein_a_per_s: f64,
    /// Statistical weight of the upper level with its parity components.
    pub upper_degeneracy: f64,
    /// 2J of the upper level.
    pub two_j_upper: i32,
    /// 2J of the lower level.
    pub two_j_lower: i32,
    /// Index of the upper level at its J, v for a single well.
    pub v_upper: usize,
    /// Index of the lower level at its J.
    pub v_lower: usize,
}

impl Transition {
    /// A g'/(8π c ν̃²) \[cm\]: the weight of a [`crate::opacity::Line`].
    pub fn weight_cm(&self) -> f64 {
        self.einstein_a_per_s * self.upper_degeneracy
            / (8.0 * std::f64::consts::PI * LIGHT_CM_S * self.wavenumber_per_cm.powi(2))
    }
}

/// Two states and the moment that joins them. The upper state is the one named first; pairs in
/// which its level lies below belong to the system with the states exchanged.
#[derive(Clone, Debug)]
pub struct System<'a> {
    name: String,
    upper: &'a Levels,
    lower: &'a Levels,
    /// ⟨upper function|μ|lower function⟩ \[D\] for the functions of J = 0.
    moment: DMatrix<f64>,
    two_omega_upper: i32,
    two_omega_lower: i32,
    /// Signed pairs of states times squared spherical over squared Cartesian moment.
    pairs: f64,
    scale: f64,
    max_delta_v: usize,
}

impl<'a> System<'a> {
    /// A system; upper and lower may be the same levels (rotation-vibration spectrum).
    ///
    /// # Errors
    /// States on different grids, of different spin or spin projection, or with |ΔΛ| > 1.
    pub fn new(
        name: impl Into<String>,
        upper: &'a Levels,
        lower: &'a Levels,
        dipole: &Dipole,
    ) -> Result<Self, InputError> {
        let name = name.into();
        let refuse = |found: String, expected: &str| {
            Err(InputError::value(format!("system {name}"), found, expected))
        };
        if upper.grid != lower.grid {
            return refuse("two radial grids".into(), "states solved on the same grid");
        }
        let (tu, tl) = (upper.term, lower.term);
        if tu.two_spin != tl.two_spin || (tu.lambda - tl.lambda).abs() > 1 {
            return refuse(
                format!("{tu:?} and {tl:?}"),
                "equal spins, lambda differing by at most one",
            );
        }
        // The sign of sigma is free where lambda is zero.
        let (mut su, mut sl) = (tu.two_sigma, tl.two_sigma);
        if su == -sl && tl.lambda == 0 {
            sl = su;
        } else if su == -sl && tu.lambda == 0 {
            su = sl;
        }
        if su != sl {
            return refuse(format!("2 sigma = {su} and {sl}"), "equal spin projections");
        }
        let mut weighted = lower.functions.clone();
        for (mut row, r) in weighted.row_iter_mut().zip(lower.grid.r_angstrom()) {
            row *= dipole.value(*r);
        }
        Ok(Self {
            moment: upper.functions.tr_mul(&weighted),
            two_omega_upper: 2 * tu.lambda + su,
            two_omega_lower: 2 * tl.lambda + sl,
            pairs: pair_factor(upper, lower),
            scale: 1.0,
            max_delta_v: usize::MAX,
            name,
            upper,
            lower,
        })
    }

    /// Multiplies every strength (and Einstein coefficient), e.g. by an uncertain factor; on top of
    /// what earlier calls multiplied with.
    #[must_use]
    pub fn scaled(mut self, scale: f64) -> Self {
        self.scale *= scale;
        self
    }

    /// Drops transitions with |v' - v''| above a limit. Moments of high overtones are tiny
    /// differences of large products, and an interpolated dipole fills them with noise.
    #[must_use]
    pub fn with_max_delta_v(mut self, max_delta_v: usize) -> Self {
        self.max_delta_v = max_delta_v;
        self
    }

    /// Name of the system, e.g. `A-X`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Levels of the upper state.
    pub fn upper(&self) -> &'a Levels {
        self.upper
    }

    /// Levels of the lower state.
    pub fn lower(&self) -> &'a Levels {
        self.lower
    }

    /// Every transition that `keep` accepts, by upper J, then branch P, Q, R, then v.
    pub fn transitions(&self, keep: impl Fn(&Transition) -> bool + Sync) -> Vec<Transition> {
        let parts: Vec<Vec<Transition>> = (0..self.upper.blocks.len())
            .into_par_iter()
            .map(|block| {
                let mut kept = Vec::new();
                self.each_of_block(block, |transition| {
                    if keep(&transition) {
                        kept.push(transition);
                    }
                });
                kept
            })
            .collect();
        parts.concat()
    }

    /// Decay rates Σ A of the upper levels through this system \[s⁻¹\], by block and v.
    pub(super) fn decay_per_s(&self) -> Vec<Vec<f64>> {
        (0..self.upper.blocks.len())
            .into_par_iter()
            .map(|block| {
                let mut rate = vec![0.0; self.upper.blocks[block].energy_per_cm.len()];
                self.each_of_block(block, |transition| {
                    rate[transition.v_upper] += transition.einstein_a_per_s;
                });
                rate
            })
            .collect()
    }

    fn each_of_block(&self, block: usize, mut visit: impl FnMut(Transition)) {
        let upper = &self.upper.blocks[block];
        if upper.energy_per_cm.is_empty() {
            return;
        }
        let two_j_upper = self.upper.two_j(block);
        let degeneracy = self.upper.degeneracy(two_j_upper);
        let projected = upper.vectors.tr_mul(&self.moment);
        for branch in Branch::ALL {
            let two_j_lower = two_j_upper - branch.two_delta_j();
            let Some((_, lower)) = self.lower.block(two_j_lower) else {
                continue;
            };
            let strength = self.strength(branch, two_j_lower);
            if strength == 0.0 || lower.energy_per_cm.is_empty() {
                continue;
            }
            let factor = EINSTEIN_A_DEBYE * self.scale * strength / degeneracy;
            let moment = &projected * &lower.vectors;
            for (v_upper, high) in upper.energy_per_cm.iter().enumerate() {
                for (v_lower, low) in lower.energy_per_cm.iter().enumerate() {
                    let wavenumber = high - low;
                    if wavenumber < LOWEST_PER_CM {
                        break;
                    }
                    if v_upper.abs_diff(v_lower) > self.max_delta_v {
                        continue;
                    }
                    visit(Transition {
                        wavenumber_per_cm: wavenumber,
                        lower_energy_per_cm: *low,
                        einstein_a_per_s: factor
                            * wavenumber.powi(3)
                            * moment[(v_upper, v_lower)].powi(2),
                        upper_degeneracy: degeneracy,
                        two_j_upper,
                        two_j_lower,
                        v_upper,
                        v_lower,
                    });
                }
            }
        }
    }

    /// What multiplies the squared Cartesian moment: the line factor summed over the parity
    /// components that both states have.
    pub(super) fn strength(&self, branch: Branch, two_j_lower: i32) -> f64 {
        use Component::{Both, E, F};
        let straight = branch != Branch::Q;
        let components = match (self.upper.term.component, self.lower.term.component) {
            (Both, Both) => 2.0,
            (Both, _) | (_, Both) => 1.0,
            (E, E) | (F, F) if straight => 1.0,
            (E, F) | (F, E) if !straight => 1.0,
            _ => 0.0,
        };
        components
            * self.pairs
            * line_strength_factor(
                branch,
                two_j_lower,
                self.two_omega_upper,
                self.two_omega_lower,
            )
    }
}

/// Squared spherical over squared Cartesian moment, per parity component.
///
/// ΔΛ = 0: 1. A perpendicular moment between Σ and Π has ⟨Σ|μ₊|Π⟩² = μ_x²; with Λ ≥ 1 on both
/// sides it is 2 μ_x². If exactly one of the states is its own mirror image (Λ = Σ = 0), the parity
/// combination of the other brings a factor 2.
fn pair_factor(upper: &Levels, lower: &Levels) -> f64 {
    let (tu, tl) = (upper.term, lower.term);
    let perpendicular = tu.lambda != tl.lambda;
    let spherical = if perpendicular && tu.lambda > 0 && tl.lambda > 0 {
        2.0
    } else {
        1.0
    };
    let mirrored = if tu.is_own_mirror() == tl.is_own_mirror() {
        1.0
    } else {
        2.0
    };
    spherical * mirrored
}

/// Radiative decay of the levels of one state through all its systems.
#[derive(Clone, Debug)]
pub struct Lifetimes {
    first_two_j: i32,
    /// Σ A by block and v \[s⁻¹\].
    rate_per_s: Vec<Vec<f64>>,
}

impl Lifetimes {
    /// Sums the decay of `levels` through those of `systems` that have them as the upper state.
    pub fn of(levels: &Levels, systems: &[System<'_>]) -> Self {
        let mut rate_per_s: Vec<Vec<f64>> = levels
            .blocks
            .iter()
            .map(|block| vec![0.0; block.energy_per_cm.len()])
            .collect();
        for system in systems {
            if !std::ptr::eq(system.upper, levels) {
                continue;
            }
            for (total, part) in rate_per_s.iter_mut().zip(system.decay_per_s()) {
                for (sum, rate) in total.iter_mut().zip(part) {
                    *sum += rate;
                }
            }
        }
        Self {
            first_two_j: levels.two_j(0),
            rate_per_s,
        }
    }

    /// Σ A of a level (v, 2J) \[s⁻¹\], zero if there is no such level or no way down.
    pub fn rate_per_s(&self, v: usize, two_j: i32) -> f64 {
        let block = (two_j - self.first_two_j) / 2;
        usize::try_from(block)
            .ok()
            .and_then(|block| self.rate_per_s.get(block)?.get(v).copied())
            .unwrap_or(0.0)
    }

    /// Radiative lifetime of a level (v, 2J) \[s\], infinite without a way down.
    pub fn lifetime_s(&self, v: usize, two_j: i32) -> f64 {
        self.rate_per_s(v, two_j).recip()
    }
}
