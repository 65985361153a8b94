//! All points of a run, the shells they lie in, and their weights.
//!
//! Exploration draws n_k points uniformly from each bound k while it is the innermost one, and
//! sampling draws m_s points uniformly from each shell s, so the density of draws at x is
//! D(x) = Σ_{k: x in bound k} n_k / V_k + m_s / W_s, V and W being the volumes of bounds and shells.
//! Each point stands for a prior volume of 1/D, scaled so that the points of a shell together
//! stand for W_s. Where bounds lie strictly inside each other D is constant in a shell and that
//! volume is W_s / N_s, as in nautilus (Lange 2023); no call is discarded or moved.

use serde::{Deserialize, Serialize};

use super::bound::{Bound, Scratch, Volume};
use crate::sampler::point::Contour;

/// Points by column, in the order in which they were drawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Points {
    pub dim: usize,
    pub unit: Vec<f64>,
    pub place: Vec<Contour>,
    /// The last bound that holds the point.
    pub shell: Vec<u32>,
    /// Σ n_k / V_k over the bounds that hold the point and are complete.
    pub density: Vec<f64>,
}

/// What the points say, shell by shell and together.
pub(super) struct Census {
    /// ln of the prior volume that each point stands for; -∞ for a point that is left out.
    pub ln_volume: Vec<f64>,
    /// Points of each shell that count, rejected ones included.
    pub counts: Vec<u64>,
    /// What one more point in each shell would add to the inverse of the effective samples, up to
    /// a common factor: the sum of squared weights over the number of points.
    pub gain: Vec<f64>,
    pub ln_evidence: f64,
    /// Variance of ln Z, of the points and of the volumes.
    pub variance: f64,
    /// Effective samples (Kish).
    pub effective_samples: f64,
}

impl Points {
    pub fn new(dim: usize) -> Self {
        Self {
            dim,
            ..Self::default()
        }
    }

    pub fn len(&self) -> usize {
        self.place.len()
    }

    pub fn row(&self, index: usize) -> &[f64] {
        &self.unit[index * self.dim..(index + 1) * self.dim]
    }

    pub fn push(&mut self, unit: &[f64], place: Contour, shell: u32, density: f64) {
        self.unit.extend_from_slice(unit);
        self.place.push(place);
        self.shell.push(shell);
        self.density.push(density);
    }

    /// Adds the density of a bound that is complete to the points of its shell, the innermost.
    pub fn close_shell(&mut self, shell: u32, density: f64) {
        for (value, _) in self.of_shell(shell) {
            *value += density;
        }
    }

    fn of_shell(&mut self, shell: u32) -> impl Iterator<Item = (&mut f64, &u32)> {
        (self.density.iter_mut().zip(&self.shell)).filter(move |(_, of)| **of == shell)
    }

    /// Moves the points within a new innermost bound to its shell.
    pub fn enter_bound(&mut self, bound: &Bound, shell: u32) {
        let mut scratch = Scratch::new(self.dim);
        let rows = self.unit.chunks_exact(self.dim);
        for (row, of) in rows.zip(&mut self.shell) {
            if bound.contains(row, &mut scratch) {
                *of = shell;
            }
        }
    }

    /// Indices from the highest point to the lowest.
    pub fn sorted_down(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_unstable_by(|&a, &b| self.place[b].order(&self.place[a]).then(a.cmp(&b)));
        order
    }

    /// What is wrong with points read from a file, if anything.
    pub fn fault(&self, dim: usize, shells: usize) -> Option<&'static str> {
        let count = self.len();
        if self.dim != dim
            || self.shell.len() != count
            || self.density.len() != count
            || Some(self.unit.len()) != count.checked_mul(dim)
        {
            return Some("columns of different lengths");
        }
        if !self.unit.iter().all(|value| (0.0..=1.0).contains(value)) {
            return Some("a coordinate outside the unit cube");
        }
        if !self.place.iter().all(Contour::is_valid) {
            return Some("an impossible ln L or label");
        }
        if !self.shell.iter().all(|&shell| (shell as usize) < shells) {
            return Some("a point in no shell");
        }
        let sound = |density: &f64| *density >= 0.0 && density.is_finite();
        (!self.density.iter().all(sound)).then_some("an impossible density of points")
    }

    /// Weighs the points from `first` on. `added[s]` is what the density of draws at the points of
    /// shell s has beyond their own, and `volumes` are those of the shells.
    ///
    /// Z = Σ_s W_s μ_s, where μ_s is the mean of L over the points of a shell weighted by 1/D;
    /// its variance is that of a ratio, Σ (1/D)² (L - μ_s)² / (Σ 1/D)² · N/(N - 1).
    pub fn census(&self, first: usize, added: &[f64], volumes: &[Volume]) -> Census {
        let weigh = |index: usize| {
            let own = if first == 0 { self.density[index] } else { 0.0 };
            (own + added[self.shell[index] as usize]).recip()
        };
        let mut shells = vec![Sums::default(); volumes.len()];
        let highest = (self.place[first..].iter()).fold(f64::NEG_INFINITY, |high, place| {
            high.max(place.ln_likelihood)
        });
        let likelihood = |index: usize| {
            let value = self.place[index].ln_likelihood;
            if value == f64::NEG_INFINITY {
                0.0
            } else {
                (value - highest).exp()
            }
        };
        for index in first..self.len() {
            shells[self.shell[index] as usize].add(weigh(index), likelihood(index));
        }
        let total = Total::of(&shells, volumes);
        let mut ln_volume = vec![f64::NEG_INFINITY; self.len()];
        for (index, value) in ln_volume.iter_mut().enumerate().skip(first) {
            let shell = self.shell[index] as usize;
            *value = weigh(index).ln() + volumes[shell].ln_volume - shells[shell].weight.ln();
        }
        Census {
            ln_volume,
            counts: shells.iter().map(|sums| sums.count).collect(),
            gain: total.gain,
            ln_evidence: highest + total.ln_sum,
            variance: total.variance,
            effective_samples: total.effective_samples,
        }
    }
}

/// Sums over the points of a shell, with w = 1/D and L relative to the highest.
#[derive(Clone, Default)]
struct Sums {
    count: u64,
    weight: f64,
    weight_squared: f64,
    /// Σ w L, Σ w² L, Σ w² L².
    first: f64,
    mixed: f64,
    second: f64,
}

impl Sums {
    fn add(&mut self, weight: f64, likelihood: f64) {
        self.count += 1;
        self.weight += weight;
        self.weight_squared += weight * weight;
        self.first += weight * likelihood;
        self.mixed += weight * weight * likelihood;
        self.second += weight * weight * likelihood * likelihood;
    }

    /// Variance of Σ w L where Σ w is held.
    fn variance(&self) -> f64 {
        let mean = self.first / self.weight;
        let squares = self.second - 2.0 * mean * self.mixed + mean * mean * self.weight_squared;
        let count = self.count as f64;
        squares.max(0.0) * count / (count - 1.0).max(1.0)
    }
}

/// The shells together.
struct Total {
    ln_sum: f64,
    variance: f64,
    effective_samples: f64,
    gain: Vec<f64>,
}

impl Total {
    fn of(shells: &[Sums], volumes: &[Volume]) -> Self {
        let ln_shares: Vec<f64> = (shells.iter().zip(volumes))
            .map(|(sums, volume)| {
                if sums.first > 0.0 {
                    volume.ln_volume + (sums.first / sums.weight).ln()
                } else {
                    f64::NEG_INFINITY
                }
            })
            .collect();
        let largest = ln_shares.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut total = Self {
            ln_sum: f64::NEG_INFINITY,
            variance: 0.0,
            effective_samples: 0.0,
            gain: vec![0.0; shells.len()],
        };
        if largest == f64::NEG_INFINITY {
            return total;
        }
        let (mut sum, mut squares) = (0.0, 0.0);
        for (((sums, volume), ln_share), gain) in (shells.iter().zip(volumes))
            .zip(&ln_shares)
            .zip(&mut total.gain)
        {
            if *ln_share > f64::NEG_INFINITY {
                let share = (ln_share - largest).exp();
                // No square of Σ w L alone: far out in the prior it underflows.
                let factor = (volume.ln_volume - largest).exp() / sums.weight;
                let square = factor * factor * sums.second;
                sum += share;
                squares += square;
                *gain = square / sums.count as f64;
                total.variance +=
                    factor * factor * sums.variance() + share * share * volume.relative_variance;
            }
        }
        total.ln_sum = largest + sum.ln();
        total.variance /= sum * sum;
        total.effective_samples = sum * sum / squares;
        total
    }
}
