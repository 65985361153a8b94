//! All points of a run, what drew them, and their weights.
//!
//! Exploration draws n_k points uniformly from each bound k while it is the innermost one, sampling
//! draws m_s points uniformly from each shell s, and both draw l_j points from learned mixtures g_j. The
//! density of all draws at x is
//! D(x) = Σ_{k: x in bound k} n_k / V_k + m_s / W_s + Σ_j l_j g_j(x),
//! V and W being the volumes of bounds and shells. Each point stands for a prior volume of 1/D, whatever
//! drew it (the balance heuristic: Veach & Guibas 1995; Owen & Zhou 2000), so that Z = Σ L/D; no call is
//! discarded or moved.

use std::collections::BTreeMap;

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
    /// Density of the draws of the exploration: Σ n_k / V_k over the bounds that hold the point and are
    /// complete, and Σ l_j g_j.
    pub density: Vec<f64>,
    /// Σ l_j g_j of the draws since.
    pub learned: Vec<f64>,
    /// Density of the latest mixture.
    pub latest: Vec<f64>,
    /// What drew the point.
    pub source: Vec<Source>,
}

/// What draws points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Source {
    /// A bound, while it was the innermost.
    Bound(u32),
    /// A shell.
    Shell(u32),
    /// A mixture.
    Mixture(u32),
}

/// A point before its bookkeeping.
pub(super) struct NewPoint<'a> {
    pub unit: &'a [f64],
    pub place: Contour,
    pub shell: u32,
    pub density: f64,
    pub learned: f64,
    pub latest: f64,
    pub source: Source,
}

/// What the points say, shell by shell and together.
pub(super) struct Census {
    /// ln of the prior volume that each point stands for; -∞ for a point that is left out.
    pub ln_volume: Vec<f64>,
    /// Points of each shell that count, rejected ones included.
    pub counts: Vec<u64>,
    /// How much one more point of each shell, and of the latest mixture, lowers the inverse of the
    /// effective samples, up to a common factor: ∫ L² q/D² of a draw from q.
    pub gain: Vec<f64>,
    pub gain_of_mixture: f64,
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

    pub fn push(&mut self, point: &NewPoint<'_>) {
        self.unit.extend_from_slice(point.unit);
        self.place.push(point.place);
        self.shell.push(point.shell);
        self.density.push(point.density);
        self.learned.push(point.learned);
        self.latest.push(point.latest);
        self.source.push(point.source);
    }

    /// Adds the density of a bound that is complete to the points of its shell, the innermost.
    pub fn close_shell(&mut self, shell: u32, density: f64) {
        for (value, _) in self.of_shell(shell) {
            *value += density;
        }
    }

    /// Counts draws from the latest mixture, of the exploration or since.
    pub fn count_mixture(&mut self, count: f64, exploring: bool) {
        let column = if exploring {
            &mut self.density
        } else {
            &mut self.learned
        };
        for (value, density) in column.iter_mut().zip(&self.latest) {
            *value += count * density;
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
            || self.learned.len() != count
            || self.latest.len() != count
            || self.source.len() != count
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
        let mut densities = (self.density.iter().chain(&self.learned)).chain(&self.latest);
        (!densities.all(sound)).then_some("an impossible density of points")
    }

    /// Weighs the points from `first` on. `added[s]` is what the density of draws at the points of
    /// shell s has beyond their own, and `volumes` are those of the shells.
    ///
    /// Z = Σ v with v = L/D; its variance is Σ (v - ⟨v⟩)² · n/(n - 1) over the n points of each source, and
    /// that of the volumes of shells, as far as their density is one of bounds and shells.
    pub fn census(&self, first: usize, added: &[f64], volumes: &[Volume]) -> Census {
        let mut ln_volume = vec![f64::NEG_INFINITY; self.len()];
        let mut counts = vec![0; volumes.len()];
        for (index, ln_volume) in ln_volume.iter_mut().enumerate().skip(first) {
            let own = if first == 0 { self.density[index] } else { 0.0 };
            let shell = self.shell[index] as usize;
            *ln_volume = -(own + self.learned[index] + added[shell]).ln();
            counts[shell] += 1;
        }
        let ln_value = |index: usize| ln_volume[index] + self.place[index].ln_likelihood;
        let highest = (first..self.len())
            .map(ln_value)
            .fold(f64::NEG_INFINITY, f64::max);
        let mut sums = Sums::new(volumes.len());
        if highest > f64::NEG_INFINITY {
            for (index, ln_volume) in ln_volume.iter().enumerate().skip(first) {
                let value = (ln_value(index) - highest).exp();
                self.count(index, value, *ln_volume, volumes, &mut sums);
            }
        }
        let mut variance: f64 = sums.sources.values().map(Spread::variance).sum();
        for (share, volume) in sums.share.iter().zip(volumes) {
            variance += share * share * volume.relative_variance;
        }
        let (sum, squares) = (sums.whole.sum, sums.whole.squares);
        let is_empty = sum == 0.0;
        Census {
            ln_volume,
            counts,
            gain: sums.gain,
            gain_of_mixture: sums.gain_of_mixture,
            ln_evidence: if is_empty {
                highest
            } else {
                highest + sum.ln()
            },
            variance: if is_empty {
                0.0
            } else {
                variance / (sum * sum)
            },
            effective_samples: if is_empty { 0.0 } else { sum * sum / squares },
        }
    }

    /// Adds what a point of relative L/D `value` says.
    fn count(&self, index: usize, value: f64, ln_volume: f64, volumes: &[Volume], sums: &mut Sums) {
        let shell = self.shell[index] as usize;
        let one_over_density = ln_volume.exp();
        sums.whole.add(value);
        sums.sources
            .entry(self.source[index])
            .or_default()
            .add(value);
        sums.share[shell] += value * (1.0 - self.learned[index] * one_over_density).max(0.0);
        sums.gain[shell] += value * value * (ln_volume - volumes[shell].ln_volume).exp();
        sums.gain_of_mixture += value * value * self.latest[index] * one_over_density;
    }
}

/// Sums over the points, of L/D relative to the largest.
struct Sums {
    whole: Spread,
    sources: BTreeMap<Source, Spread>,
    /// By shell, what is not weighed by mixtures.
    share: Vec<f64>,
    gain: Vec<f64>,
    gain_of_mixture: f64,
}

impl Sums {
    fn new(shells: usize) -> Self {
        Self {
            whole: Spread::default(),
            sources: BTreeMap::new(),
            share: vec![0.0; shells],
            gain: vec![0.0; shells],
            gain_of_mixture: 0.0,
        }
    }
}

/// Number, sum and sum of squares.
#[derive(Clone, Copy, Default)]
struct Spread {
    count: u64,
    sum: f64,
    squares: f64,
}

impl Spread {
    fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
        self.squares += value * value;
    }

    /// Variance of the sum.
    fn variance(&self) -> f64 {
        let count = self.count as f64;
        let squares = (self.squares - self.sum * self.sum / count).max(0.0);
        squares * count / (count - 1.0).max(1.0)
    }
}
