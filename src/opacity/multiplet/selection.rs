//! Which lines of a dense list stay lines, and the broad lines that stand for the rest.
//!
//! TiO has millions of lines, hundreds within one Doppler width: the weak ones are a continuum. They
//! are gathered: all weak lines of a narrow range of ν̃ and of lower energy become one line with
//! their strength and the width of the range. No strength is lost, at any temperature.

use std::collections::BTreeMap;

use crate::constants::SECOND_RADIATION_CM_K;
use crate::opacity::partition::PartitionFunction;

/// Temperatures at which a line may prove itself strong enough \[K\].
pub(in crate::opacity) const PROBE_K: [f64; 4] = [1000.0, 2500.0, 4000.0, 6000.0];
/// Temperature at which gathering is exact \[K\].
const GATHER_K: f64 = 2500.0;
/// Width of the bins of the census in ln ν̃: resolving power 200.
const BIN: f64 = 1.0 / 200.0;
/// Width of the range of one gathered line in ln ν̃.
const GATHER_BIN: f64 = 1.0 / 1000.0;
/// Width of its range of lower energies \[cm⁻¹\]: a uniform spread of it changes the gathered
/// part by 0.2 % at 2000 K, 1 % at 6000 K and 7 % at 1000 K.
const GATHER_ENERGY_PER_CM: f64 = 1500.0;
/// Lowest wavenumber of a bin \[cm⁻¹\].
const FIRST_PER_CM: f64 = 20.0;
/// Mean cross section of a bin below which nothing in it matters \[cm²\]: a share of 1e-4 of these
/// molecules in 1e27 molecules cm⁻² has an optical depth of 0.01.
const DARK_CM2: f64 = 1e-25;
/// Steps of the strength histogram per decade, and its range in log10 of the strength \[cm\].
const STEPS: f64 = 10.0;
const WEAKEST: f64 = -36.0;
const STRONGEST: f64 = -12.0;

/// A line before the choice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::opacity) struct Candidate {
    pub wavenumber_per_cm: f64,
    pub lower_energy_per_cm: f32,
    pub weight_cm: f32,
    pub natural_half_width_per_cm: f32,
}

/// Abundance / Q at each probe temperature.
#[derive(Clone, Copy, Debug)]
pub(in crate::opacity) struct Probe {
    scale: [f64; PROBE_K.len()],
    gather: f64,
}

impl Probe {
    /// Of one isotopologue.
    pub fn new(partition: &PartitionFunction, abundance: f64) -> Self {
        Self {
            scale: PROBE_K.map(|t| abundance / partition.value(t)),
            gather: abundance / partition.value(GATHER_K),
        }
    }

    /// Strengths per molecule of the gas \[cm\].
    pub fn strengths_cm(&self, wavenumber: f64, lower: f64, weight: f64) -> [f64; PROBE_K.len()] {
        let mut strengths = [0.0; PROBE_K.len()];
        for ((strength, t), scale) in strengths.iter_mut().zip(PROBE_K).zip(self.scale) {
            let beta = SECOND_RADIATION_CM_K / t;
            *strength = scale * weight * (-beta * lower).exp() * -(-beta * wavenumber).exp_m1();
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

/// Strength by bin of wavenumber, probe temperature and step of strength, of all isotopologues.
#[derive(Clone, Debug, Default)]
pub(in crate::opacity) struct Census {
    bins: Vec<[Vec<f64>; PROBE_K.len()]>,
}

impl Census {
    /// Counts the lines of one isotopologue.
    pub fn add(&mut self, probe: &Probe, lines: &[Candidate]) {
        for line in lines {
            let index = bin(line.wavenumber_per_cm, BIN);
            if index >= self.bins.len() {
                let steps = (STEPS * (STRONGEST - WEAKEST)) as usize;
                let empty = std::array::from_fn(|_| vec![0.0; steps]);
                self.bins.resize(index + 1, empty);
            }
            for (histogram, strength) in self.bins[index].iter_mut().zip(probe.of(line)) {
                let step = (STEPS * (strength.log10() - WEAKEST)).max(0.0) as usize;
                let last = histogram.len() - 1;
                histogram[step.min(last)] += strength;
            }
        }
    }

    /// The thresholds with which the weaker lines hold at most the share `gathered` of the strength
    /// of each bin at R = 200, at each probe temperature.
    pub fn cut(&self, gathered: f64) -> Cut {
        let threshold_cm = self
            .bins
            .iter()
            .enumerate()
            .map(|(index, histograms)| {
                let width = FIRST_PER_CM * (index as f64 * BIN).exp() * BIN;
                std::array::from_fn(|k| {
                    let total: f64 = histograms[k].iter().sum();
                    if total < DARK_CM2 * width {
                        return f64::INFINITY;
                    }
                    let mut below = 0.0;
                    let step = histograms[k]
                        .iter()
                        .position(|strength| {
                            below += strength;
                            below > gathered * total
                        })
                        .unwrap_or(0);
                    10.0_f64.powf(WEAKEST + step as f64 / STEPS)
                })
            })
            .collect();
        Cut { threshold_cm }
    }
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::opacity) enum Fate {
    /// Stays a line.
    Kept,
    /// Becomes part of a broad one.
    Gathered,
    /// Its bin is dark at all probe temperatures.
    Dropped,
}

/// Thresholds of strength by bin and probe temperature \[cm\], infinite in dark bins.
#[derive(Clone, Debug)]
pub(in crate::opacity) struct Cut {
    threshold_cm: Vec<[f64; PROBE_K.len()]>,
}

impl Cut {
    /// A line stays if it passes the threshold of its bin at any probe temperature.
    pub fn fate(&self, probe: &Probe, line: &Candidate) -> Fate {
        let Some(thresholds) = self.threshold_cm.get(bin(line.wavenumber_per_cm, BIN)) else {
            return Fate::Dropped;
        };
        if thresholds.iter().all(|t| t.is_infinite()) {
            return Fate::Dropped;
        }
        let strengths = probe.of(line);
        if strengths.iter().zip(thresholds).any(|(s, t)| s >= t) {
            Fate::Kept
        } else {
            Fate::Gathered
        }
    }
}

/// Sums over the gathered lines of one range, weighted by strength at [`GATHER_K`].
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    strength: f64,
    wavenumber: f64,
    energy: f64,
}

/// Gathered lines of all isotopologues, by range of wavenumber and lower energy.
#[derive(Clone, Debug, Default)]
pub(in crate::opacity) struct Gathering {
    ranges: BTreeMap<(usize, usize), Sums>,
}

impl Gathering {
    /// Adds a line.
    pub fn add(&mut self, probe: &Probe, line: &Candidate) {
        let energy = f64::from(line.lower_energy_per_cm);
        let key = (
            bin(line.wavenumber_per_cm, GATHER_BIN),
            (energy / GATHER_ENERGY_PER_CM).max(0.0) as usize,
        );
        let boltzmann = (-SECOND_RADIATION_CM_K * energy / GATHER_K).exp();
        let strength = probe.gather * f64::from(line.weight_cm) * boltzmann;
        let sums = self.ranges.entry(key).or_default();
        sums.strength += strength;
        sums.wavenumber += strength * line.wavenumber_per_cm;
        sums.energy += strength * energy;
    }

    /// The broad lines, with weights for the isotopologue of `probe`: the ratios of the partition
    /// functions of isotopologues hardly depend on temperature.
    pub fn lines(&self, probe: &Probe) -> Vec<Candidate> {
        let of = |sums: &Sums| {
            let wavenumber = sums.wavenumber / sums.strength;
            let energy = sums.energy / sums.strength;
            let boltzmann = (SECOND_RADIATION_CM_K * energy / GATHER_K).exp();
            Candidate {
                wavenumber_per_cm: wavenumber,
                lower_energy_per_cm: energy as f32,
                weight_cm: (sums.strength * boltzmann / probe.gather) as f32,
                natural_half_width_per_cm: (0.5 * GATHER_BIN * wavenumber) as f32,
            }
        };
        self.ranges
            .values()
            .filter(|sums| sums.strength > 0.0)
            .map(of)
            .collect()
    }
}

fn bin(wavenumber_per_cm: f64, width: f64) -> usize {
    ((wavenumber_per_cm / FIRST_PER_CM).ln() / width).max(0.0) as usize
}
