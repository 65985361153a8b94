//! When and to what a mixture is fitted.

use serde::{Deserialize, Serialize};

use super::ImportanceRun;
use super::mixture::{Cloud, Mixture, probit};
use super::points::Census;

/// Effective samples that a mixture is fitted to on the way, over the dimensions and one: the likelihood is
/// raised to the power at which the points so far have as many.
const SAMPLES_TO_FIT: f64 = 10.0;
/// Exploration ends when there are so many times more of the posterior itself,
const SAMPLES_TO_END: f64 = 2.0;
/// and the live points hold less than this part of the evidence.
pub(super) const LIVE_PART: f64 = 0.5;
/// Growth of the effective samples at which the mixture is fitted anew.
const GROWTH: f64 = 1.5;
/// Effective samples for one component more, over the dimensions and one.
const SAMPLES_OF_COMPONENT: f64 = 4.0;
/// Most components.
const MOST: usize = 40;
/// Most on the way.
const MOST_ON_THE_WAY: usize = 12;
/// Points of less weight, relative to the largest, shape no mixture.
const LEAST_WEIGHT: f64 = 1e-7;
/// Halvings of the interval of the power.
const HALVINGS: usize = 24;

/// A mixture and how often it was drawn from, while exploring and since.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Learned {
    pub mixture: Mixture,
    pub explored: u64,
    pub drawn: u64,
}

/// Σ l_j g_j at a point, of the draws while exploring and since, and the latest g.
#[derive(Clone, Copy, Default)]
pub(super) struct LearnedDensity {
    pub explored: f64,
    pub drawn: f64,
    pub latest: f64,
}

impl ImportanceRun {
    /// Densities of the mixtures at a point.
    pub(super) fn learned_density(&self, unit: &[f64]) -> LearnedDensity {
        let mut sums = LearnedDensity::default();
        if self.learned.is_empty() {
            return sums;
        }
        let x: Vec<f64> = unit.iter().map(|u| probit(*u)).collect();
        for one in &self.learned {
            sums.latest = one.mixture.ln_density(&x).exp();
            sums.explored += one.explored as f64 * sums.latest;
            sums.drawn += one.drawn as f64 * sums.latest;
        }
        sums
    }

    /// Fits a mixture to the likelihood, raised to a power of up to one. True when exploration may end.
    pub(super) fn learn_on_the_way(&mut self, ln_volume: &[f64]) -> bool {
        let wanted = SAMPLES_TO_FIT * (self.dim + 1) as f64;
        let samples = |power: f64| self.effective_samples(ln_volume, power);
        let of_posterior = samples(1.0);
        let is_enough = of_posterior >= SAMPLES_TO_END * wanted && self.live_fraction < LIVE_PART;
        if is_enough || samples(0.0) < wanted {
            return is_enough;
        }
        let (mut low, mut high) = (0.0, 1.0);
        if of_posterior >= wanted {
            low = 1.0;
        } else {
            for _ in 0..HALVINGS {
                let middle = 0.5 * (low + high);
                if samples(middle) >= wanted {
                    low = middle;
                } else {
                    high = middle;
                }
            }
        }
        self.power = low;
        self.learn(ln_volume, MOST_ON_THE_WAY);
        false
    }

    /// Fits a mixture to the posterior where there are enough new samples; true if there is a new one.
    pub(super) fn learn_again(&mut self, census: &Census) -> bool {
        if census.effective_samples < GROWTH * self.samples_at_fit {
            return false;
        }
        self.samples_at_fit = census.effective_samples;
        self.power = 1.0;
        self.learn(&census.ln_volume, MOST)
    }

    fn learn(&mut self, ln_volume: &[f64], most: usize) -> bool {
        let cloud = self.cloud(ln_volume);
        let squares: f64 = cloud.weight.iter().map(|w| w * w).sum();
        let count = squares.recip() / (SAMPLES_OF_COMPONENT * (self.dim + 1) as f64);
        let Some(mixture) = Mixture::fit(&cloud, (count as usize).clamp(1, most)) else {
            return false;
        };
        let rows = self.points.unit.chunks_exact(self.dim);
        let latest = rows.map(|row| {
            let x: Vec<f64> = row.iter().map(|u| probit(*u)).collect();
            mixture.ln_density(&x).exp()
        });
        self.points.latest = latest.collect();
        let without = mixture.ln_density_without_each(&cloud);
        for (&index, ln_density) in cloud.index.iter().zip(without) {
            self.points.latest[index] = ln_density.exp();
        }
        if (self.learned.last()).is_some_and(|last| last.explored + last.drawn == 0) {
            self.learned.pop();
        }
        self.learned.push(Learned {
            mixture,
            explored: 0,
            drawn: 0,
        });
        true
    }

    /// Effective samples (Kish) of the likelihood to a power.
    fn effective_samples(&self, ln_volume: &[f64], power: f64) -> f64 {
        let logarithms = self.ln_weights(ln_volume, power);
        let highest = logarithms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if highest == f64::NEG_INFINITY {
            return 0.0;
        }
        let (mut sum, mut squares) = (0.0, 0.0);
        for ln in logarithms {
            let weight = (ln - highest).exp();
            sum += weight;
            squares += weight * weight;
        }
        sum * sum / squares
    }

    /// ln of volume times likelihood to a power; -∞ for what does not count.
    fn ln_weights(&self, ln_volume: &[f64], power: f64) -> Vec<f64> {
        let points = ln_volume.iter().zip(&self.points.place);
        points
            .map(|(ln_volume, place)| {
                if place.is_rejected() {
                    f64::NEG_INFINITY
                } else {
                    power.mul_add(place.ln_likelihood, *ln_volume)
                }
            })
            .collect()
    }

    /// What a mixture is fitted to.
    fn cloud(&self, ln_volume: &[f64]) -> Cloud {
        let logarithms = self.ln_weights(ln_volume, self.power);
        let highest = logarithms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = logarithms.iter().map(|ln| (ln - highest).exp()).sum();
        let ln_sum = highest + sum.ln();
        let counted = (ln_volume.iter()).filter(|ln| **ln > f64::NEG_INFINITY);
        let ln_count = (counted.count() as f64).ln();
        let mut cloud = Cloud {
            dim: self.dim,
            ..Cloud::default()
        };
        for (index, ln) in logarithms.iter().enumerate() {
            if *ln < highest + LEAST_WEIGHT.ln() {
                continue;
            }
            let row = self.points.row(index).iter();
            cloud.probit.extend(row.map(|u| probit(*u)));
            cloud.index.push(index);
            cloud.weight.push((ln - ln_sum).exp());
            cloud.ln_target.push(ln - ln_volume[index] - ln_sum);
            cloud.ln_drawn.push(-ln_volume[index] - ln_count);
        }
        cloud
    }
}
