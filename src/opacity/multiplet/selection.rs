//! Which lines of a dense list matter.

use crate::constants::SECOND_RADIATION_CM_K;
use crate::opacity::partition::PartitionFunction;

/// Temperatures at which a line may prove itself strong enough \[K\].
pub(in crate::opacity) const PROBE_K: [f64; 4] = [1000.0, 2500.0, 4000.0, 6000.0];
/// Width of the bins in ln ν̃: resolving power 200.
const BIN: f64 = 1.0 / 200.0;
/// Lowest wavenumber of a bin \[cm⁻¹\].
const FIRST_PER_CM: f64 = 20.0;
/// Mean cross section of a bin below which nothing in it matters \[cm²\]: 1e-27, below the Rayleigh
/// scattering of any gas at 1 um.
const DARK_CM2: f64 = 1e-27;

/// A line before the choice: what depends on the isotopologue is in the weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::opacity) struct Candidate {
    pub wavenumber_per_cm: f64,
    pub lower_energy_per_cm: f32,
    pub weight_cm: f32,
    pub natural_half_width_per_cm: f32,
}

/// Boltzmann and stimulated-emission factor with abundance / Q at each probe temperature.
#[derive(Clone, Copy, Debug)]
pub(in crate::opacity) struct Probe {
    scale: [f64; PROBE_K.len()],
}

impl Probe {
    /// Of one isotopologue.
    pub fn new(partition: &PartitionFunction, abundance: f64) -> Self {
        Self {
            scale: PROBE_K.map(|t| abundance / partition.value(t)),
        }
    }

    /// Strengths per molecule of the gas \[cm\].
    pub fn strengths_cm(&self, wavenumber: f64, lower: f64, weight: f64) -> [f64; PROBE_K.len()] {
        let mut strengths = [0.0; PROBE_K.len()];
        for ((strength, t), scale) in strengths.iter_mut().zip(PROBE_K).zip(self.scale) {
            let beta = SECOND_RADIATION_CM_K / t;
            *strength =
                scale * weight * (-beta * lower).exp() * -(-beta * wavenumber).exp_m1();
        }
        strengths
    }

    fn of(&self, line: &Candidate) -> [f64; PROBE_K.len()] {
        self.strengths_cm(
            line.wavenumber_per_cm,
            f64::from(line.lower_energy_per_cm),
            f64::from(line.weight_cm),
        )
    }
}

/// Sums over the lines of one bin.
#[derive(Clone, Copy, Debug, Default)]
struct Bin {
    lines: f64,
    strength_cm: [f64; PROBE_K.len()],
}

/// Totals by bin of all isotopologues together.
#[derive(Clone, Debug, Default)]
pub(in crate::opacity) struct Census {
    bins: Vec<Bin>,
}

impl Census {
    /// Counts the lines of one isotopologue.
    pub fn add(&mut self, probe: &Probe, lines: &[Candidate]) {
        for line in lines {
            let index = bin(line.wavenumber_per_cm);
            if index >= self.bins.len() {
                self.bins.resize(index + 1, Bin::default());
            }
            let bin = &mut self.bins[index];
            bin.lines += 1.0;
            for (sum, strength) in bin.strength_cm.iter_mut().zip(probe.of(line)) {
                *sum += strength;
            }
        }
    }

    /// Whether a line stays. At no probe temperature does a bin at R = 200 lose more than the share
    /// `loss` of its strength: a line goes only if it is, at each of them, weaker than `loss` times
    /// the mean of its bin (or the bin is dark).
    pub fn keeps(&self, probe: &Probe, line: &Candidate, loss: f64) -> bool {
        let index = bin(line.wavenumber_per_cm);
        let Some(bin) = self.bins.get(index) else {
            return false;
        };
        let width = FIRST_PER_CM * (index as f64 * BIN).exp() * BIN;
        probe
            .of(line)
            .iter()
            .zip(bin.strength_cm)
            .any(|(strength, total)| {
                total > DARK_CM2 * width && *strength >= loss * total / bin.lines
            })
    }
}

fn bin(wavenumber_per_cm: f64) -> usize {
    ((wavenumber_per_cm / FIRST_PER_CM).ln() / BIN).max(0.0) as usize
}
