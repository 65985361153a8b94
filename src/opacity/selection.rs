//! Which wavenumbers stand for a band, and with which weights: optimal spectral sampling (Moncet,
//! Uymin, Lipton & Snell 2008, J. Atmos. Sci. 65, 3917).
//!
//! The mean transmission of a band is written as Σ w_c T(ν̃_c) over a few real wavenumbers ν̃_c, with
//! weights that are positive and sum to one, such that it holds for every gas, temperature,
//! pressure and column of a training set and for mixtures of the gases. Because the nodes are
//! monochromatic, gases add exactly and a column may be as inhomogeneous as it likes.
//!
//! Each candidate wavenumber is a vector b_c of differences between its transmissions and the band
//! means; wanted is the point of smallest norm in the convex hull of these vectors, made of few of
//! them. It is found as by Wolfe (1976, Math. Programming 11, 128): add the candidate that descends
//! most steeply, minimise over the affine hull of the chosen ones, step back to the simplex where a
//! weight would turn negative. Nodes are added until the tolerance is met; then nodes are exchanged
//! as long as that lowers the error.
//!
//! For the energy balance, which sums over hundreds of bands, fewer nodes do: a part of the chosen
//! ones gets a second set of weights under a looser tolerance.

use nalgebra::{DMatrix, DVector};

/// What the weights have to reproduce in one band.
#[derive(Clone, Debug, Default)]
pub struct Training {
    candidates: usize,
    /// \[case\]\[candidate\]: transmission minus band mean, times the weight of the case.
    differences: Vec<f32>,
    /// Weights of the cases.
    case_weights: Vec<f64>,
}

impl Training {
    /// For this number of candidates.
    pub fn new(candidates: usize) -> Self {
        Self {
            candidates,
            ..Self::default()
        }
    }

    /// Adds a case: transmissions (or anything else that is to be averaged) at the candidates and
    /// its mean over the band. A case of weight 2 counts as one whose errors were twice as large.
    pub fn push(&mut self, transmissions: impl IntoIterator<Item = f32>, mean: f64, weight: f64) {
        let before = self.differences.len();
        self.differences.extend(
            transmissions
                .into_iter()
                .map(|t| (weight * (f64::from(t) - mean)) as f32),
        );
        debug_assert_eq!(self.differences.len() - before, self.candidates);
        self.case_weights.push(weight);
    }

    /// Number of cases.
    pub fn cases(&self) -> usize {
        self.case_weights.len()
    }

    /// Vectors of the candidates one after the other: \[candidate\]\[case\].
    fn by_candidate(&self) -> Vec<f32> {
        let (n, m) = (self.candidates, self.cases());
        let mut columns = vec![0.0; n * m];
        for (case, row) in self.differences.chunks_exact(n).enumerate() {
            for (candidate, value) in row.iter().enumerate() {
                columns[candidate * m + case] = *value;
            }
        }
        columns
    }
}

/// When to stop adding nodes.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Tolerance {
    /// Rms error of the transmissions of the training.
    pub rms: f64,
    /// Largest error of a transmission of the training.
    pub worst: f64,
    /// Fewest nodes.
    pub least_nodes: usize,
    /// Most nodes.
    pub most_nodes: usize,
    /// Most nodes of a band in the range of the spectra.
    pub most_nodes_of_spectra: usize,
    /// Rms error with the nodes of the energy balance.
    pub balance_rms: f64,
    /// Most nodes of the energy balance.
    pub most_balance_nodes: usize,
}

impl Default for Tolerance {
    fn default() -> Self {
        Self {
            rms: 0.007,
            worst: 0.025,
            least_nodes: 6,
            most_nodes: 16,
            most_nodes_of_spectra: 34,
            balance_rms: 0.015,
            most_balance_nodes: 8,
        }
    }
}

/// Nodes of one band.
#[derive(Clone, Debug, PartialEq)]
pub struct Nodes {
    /// Indices of the candidates, ascending.
    pub candidates: Vec<usize>,
    /// Their weights, positive, summing to one.
    pub weights: Vec<f64>,
    /// Weights for the energy balance: zero for most, summing to one.
    pub balance_weights: Vec<f64>,
    /// Rms error over the training.
    pub rms_error: f64,
    /// Largest error over the training.
    pub worst_error: f64,
}

/// Chooses nodes and weights. Deterministic: ties go to the candidate of lower index.
pub fn select(training: &Training, tolerance: Tolerance) -> Nodes {
    let candidates = training.candidates;
    if training.cases() == 0 {
        return evenly(candidates, tolerance.least_nodes);
    }
    let mut hull = Hull::new(training);
    let most = tolerance.most_nodes.min(candidates);
    let enough = |hull: &Hull| {
        let (rms, worst) = hull.errors(&training.case_weights);
        rms <= tolerance.rms
            && worst <= tolerance.worst
            && hull.chosen.len() >= tolerance.least_nodes
    };
    hull.grow(most, Some(6), enough);
    hull.exchange();
    let (rms_error, worst_error) = hull.errors(&training.case_weights);
    let mut pairs: Vec<(usize, f64)> = (hull.chosen.iter().copied())
        .zip(hull.weights.iter().copied())
        .collect();
    pairs.sort_unstable_by_key(|pair| pair.0);
    let (candidates, weights): (Vec<usize>, Vec<f64>) = pairs.into_iter().unzip();
    let balance_weights = hull.balance(&candidates, &training.case_weights, tolerance);
    Nodes {
        candidates,
        weights,
        balance_weights,
        rms_error,
        worst_error,
    }
}

/// Candidates that stand for all of them to an rms error `rms` of the weighted cases, at most `most`, with their
/// weights; in ascending order.
pub fn few(training: &Training, rms: f64, most: usize) -> Vec<(usize, f64)> {
    if training.cases() == 0 {
        return vec![(training.candidates / 2, 1.0)];
    }
    let mut hull = Hull::new(training);
    let enough = |hull: &Hull| hull.norm2() <= rms * rms * hull.cases as f64;
    hull.grow(most.min(training.candidates), None, enough);
    hull.exchange();
    let pairs = hull.chosen.iter().zip(&hull.weights);
    let mut pairs: Vec<(usize, f64)> = pairs.map(|(c, w)| (*c, *w)).collect();
    pairs.sort_unstable_by_key(|pair| pair.0);
    pairs
}

/// Nodes of a band in which nothing absorbs.
fn evenly(candidates: usize, count: usize) -> Nodes {
    let count = count.clamp(1, candidates);
    Nodes {
        candidates: (0..count)
            .map(|i| (2 * i + 1) * candidates / (2 * count))
            .collect(),
        weights: vec![1.0 / count as f64; count],
        balance_weights: (0..count)
            .map(|i| f64::from(u8::from(i == count / 2)))
            .collect(),
        rms_error: 0.0,
        worst_error: 0.0,
    }
}

/// Chosen candidates, their weights, and the point of the convex hull that they make.
struct Hull {
    cases: usize,
    /// \[candidate\]\[case\].
    columns: Vec<f32>,
    chosen: Vec<usize>,
    weights: Vec<f64>,
    /// Scalar products of the chosen with one another.
    gram: Vec<Vec<f64>>,
    point: Vec<f64>,
}

impl Hull {
    fn new(training: &Training) -> Self {
        Self {
            cases: training.cases(),
            columns: training.by_candidate(),
            chosen: Vec::new(),
            weights: Vec::new(),
            gram: Vec::new(),
            point: vec![0.0; training.cases()],
        }
    }

    fn column(&self, candidate: usize) -> &[f32] {
        &self.columns[candidate * self.cases..(candidate + 1) * self.cases]
    }

    /// The candidate nearest to the mean.
    fn central(&self) -> usize {
        let norm = |column: &[f32]| column.iter().map(|v| v * v).sum::<f32>();
        let norms = self.columns.chunks_exact(self.cases).map(norm);
        let least = norms.enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
        least.map_or(0, |(candidate, _)| candidate)
    }

    /// The candidate whose vector points most against the current point and would lower its norm.
    fn steepest(&self, except: Option<usize>) -> Option<usize> {
        let point: Vec<f32> = self.point.iter().map(|v| *v as f32).collect();
        let mut best = (0.999_999 * self.norm2() as f32, None);
        for (candidate, column) in self.columns.chunks_exact(self.cases).enumerate() {
            let along = dot(column, &point);
            if along < best.0 && !self.chosen.contains(&candidate) && except != Some(candidate) {
                best = (along, Some(candidate));
            }
        }
        best.1
    }

    fn norm2(&self) -> f64 {
        self.point.iter().map(|v| v * v).sum()
    }

    fn add(&mut self, candidate: usize) {
        let products: Vec<f64> = self
            .chosen
            .iter()
            .map(|other| dot64(self.column(*other), self.column(candidate)))
            .collect();
        for (row, product) in self.gram.iter_mut().zip(&products) {
            row.push(*product);
        }
        let own = dot64(self.column(candidate), self.column(candidate));
        self.gram.push(products.into_iter().chain([own]).collect());
        self.chosen.push(candidate);
        let first = self.chosen.len() == 1;
        self.weights.push(if first { 1.0 } else { 0.0 });
        self.minimise();
    }

    /// Takes a node away and leaves the other weights as they are.
    fn take(&mut self, position: usize) {
        self.chosen.remove(position);
        self.weights.remove(position);
        self.gram.remove(position);
        for row in &mut self.gram {
            row.remove(position);
        }
    }

    fn remove(&mut self, position: usize) {
        self.take(position);
        let sum: f64 = self.weights.iter().sum();
        let count = self.weights.len() as f64;
        for weight in &mut self.weights {
            *weight = if sum > 0.0 {
                *weight / sum
            } else {
                1.0 / count
            };
        }
        self.minimise();
    }

    /// Moves the weights to the minimum over the simplex of the chosen; drops those that reach zero.
    fn minimise(&mut self) {
        while self.chosen.len() > 1 {
            let Some(wanted) = self.affine_minimum() else {
                // The newest is a combination of the others.
                self.take(self.chosen.len() - 1);
                break;
            };
            let mut step = 1.0_f64;
            for (weight, target) in self.weights.iter().zip(&wanted) {
                if *target <= 1e-9 {
                    step = step.min(weight / (weight - target));
                }
            }
            for (weight, target) in self.weights.iter_mut().zip(&wanted) {
                *weight += step * (target - *weight);
            }
            if step >= 1.0 {
                break;
            }
            for position in (0..self.weights.len()).rev() {
                if self.weights[position] <= 1e-9 {
                    self.take(position);
                }
            }
        }
        let sum: f64 = self.weights.iter().sum();
        self.weights.iter_mut().for_each(|w| *w /= sum);
        self.update_point();
    }

    fn update_point(&mut self) {
        let mut point = vec![0.0; self.cases];
        for (candidate, weight) in self.chosen.iter().zip(&self.weights) {
            for (sum, value) in point.iter_mut().zip(self.column(*candidate)) {
                *sum += weight * f64::from(*value);
            }
        }
        self.point = point;
    }

    /// Weights of the smallest norm in the affine hull: G w = 1, scaled to sum to one.
    fn affine_minimum(&self) -> Option<Vec<f64>> {
        let n = self.chosen.len();
        let mut gram = DMatrix::from_fn(n, n, |i, j| self.gram[i][j]);
        let ridge = 1e-9 * gram.trace() / n as f64;
        for i in 0..n {
            gram[(i, i)] += ridge;
        }
        let solved = gram.cholesky()?.solve(&DVector::repeat(n, 1.0));
        let sum: f64 = solved.iter().sum();
        (sum > 0.0).then(|| solved.iter().map(|w| w / sum).collect())
    }

    /// Replaces nodes one by one as long as that lowers the error.
    fn exchange(&mut self) {
        for _ in 0..2 {
            let mut better = false;
            let before: Vec<usize> = self.chosen.clone();
            for candidate in before {
                let Some(position) = self.chosen.iter().position(|c| *c == candidate) else {
                    continue;
                };
                if self.chosen.len() < 2 {
                    return;
                }
                let old = (
                    self.chosen.clone(),
                    self.weights.clone(),
                    self.gram.clone(),
                    self.point.clone(),
                );
                let norm = self.norm2();
                self.remove(position);
                if let Some(other) = self.steepest(Some(candidate)) {
                    self.add(other);
                }
                if self.norm2() < norm * (1.0 - 1e-3) {
                    better = true;
                } else {
                    (self.chosen, self.weights, self.gram, self.point) = old;
                }
            }
            if !better {
                return;
            }
        }
    }

    /// Adds the steepest candidates until there are enough or `most`, or nothing is gained;
    /// exchanges nodes at every multiple of `exchange_every`.
    fn grow(&mut self, most: usize, exchange_every: Option<usize>, enough: impl Fn(&Self) -> bool) {
        self.add(self.central());
        while self.chosen.len() < most && !enough(self) {
            let Some(best) = self.steepest(None) else {
                break;
            };
            let before = self.norm2();
            self.add(best);
            if self.norm2() >= before * (1.0 - 1e-9) {
                break;
            }
            if exchange_every.is_some_and(|every| self.chosen.len().is_multiple_of(every)) {
                self.exchange();
            }
        }
    }

    /// Weights of a part of the chosen `candidates` that serves the energy balance.
    fn balance(
        &self,
        candidates: &[usize],
        case_weights: &[f64],
        tolerance: Tolerance,
    ) -> Vec<f64> {
        let columns = candidates.iter().flat_map(|c| self.column(*c)).copied();
        let mut part = Self {
            cases: self.cases,
            columns: columns.collect(),
            chosen: Vec::new(),
            weights: Vec::new(),
            gram: Vec::new(),
            point: vec![0.0; self.cases],
        };
        let enough = |part: &Self| part.errors(case_weights).0 <= tolerance.balance_rms;
        part.grow(tolerance.most_balance_nodes, None, enough);
        part.exchange();
        let mut weights = vec![0.0; candidates.len()];
        for (chosen, weight) in part.chosen.iter().zip(&part.weights) {
            weights[*chosen] = *weight;
        }
        weights
    }

    /// Rms and largest error of the transmissions.
    fn errors(&self, case_weights: &[f64]) -> (f64, f64) {
        let (mut square, mut worst) = (0.0, 0.0_f64);
        for (value, weight) in self.point.iter().zip(case_weights) {
            let error = value / weight;
            square += error * error;
            worst = worst.max(error.abs());
        }
        ((square / self.cases as f64).sqrt(), worst)
    }
}

/// Scalar product in single precision, in sixteen sums so that it vectorises the same way always.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 16];
    let (whole_a, rest_a) = a.as_chunks::<16>();
    let (whole_b, rest_b) = b.as_chunks::<16>();
    for (a, b) in whole_a.iter().zip(whole_b) {
        for lane in 0..16 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f32 = rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

fn dot64(a: &[f32], b: &[f32]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(a, b)| f64::from(*a) * f64::from(*b))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    const CANDIDATES: usize = 400;

    /// Optical depths of three gases, each a few random lines, at the candidates.
    fn gases() -> Vec<Vec<f64>> {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        (0..3)
            .map(|_| {
                let lines: Vec<(f64, f64)> = (0..25)
                    .map(|_| (rng.random::<f64>(), (-7.0 * rng.random::<f64>()).exp()))
                    .collect();
                (0..CANDIDATES)
                    .map(|i| {
                        let x = (i as f64 + 0.5) / CANDIDATES as f64;
                        let width = 2e-3;
                        let line = |(at, strength): &(f64, f64)| {
                            strength * width / ((x - at).powi(2) + width * width)
                        };
                        lines.iter().map(line).sum()
                    })
                    .collect()
            })
            .collect()
    }

    fn case(columns: [f64; 3], gases: &[Vec<f64>]) -> (Vec<f32>, f64) {
        let transmission: Vec<f32> = (0..CANDIDATES)
            .map(|i| {
                let tau: f64 = columns.iter().zip(gases).map(|(n, s)| n * s[i]).sum();
                (-tau).exp() as f32
            })
            .collect();
        let mean = transmission.iter().map(|t| f64::from(*t)).sum::<f64>() / CANDIDATES as f64;
        (transmission, mean)
    }

    fn training(gases: &[Vec<f64>]) -> Training {
        let mut training = Training::new(CANDIDATES);
        for gas in 0..3 {
            for step in 0..8 {
                let mut columns = [0.0; 3];
                columns[gas] = 10_f64.powf(-3.0 + 0.6 * f64::from(step));
                let (transmission, mean) = case(columns, gases);
                training.push(transmission, mean, 1.0);
            }
        }
        training
    }

    #[test]
    fn few_nodes_give_the_transmissions_of_unseen_columns() {
        let gases = gases();
        let tolerance = Tolerance {
            rms: 0.004,
            worst: 0.012,
            ..Tolerance::default()
        };
        let nodes = select(&training(&gases), tolerance);
        assert!(nodes.candidates.len() <= 20, "{}", nodes.candidates.len());
        assert!((nodes.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(nodes.weights.iter().all(|w| *w > 0.0));
        let used = nodes.balance_weights.iter().filter(|w| **w > 0.0).count();
        assert!(used >= 2 && used <= tolerance.most_balance_nodes, "{used}");
        assert!((nodes.balance_weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let mut rng = ChaCha8Rng::seed_from_u64(6);
        let mut worst = 0.0_f64;
        for _ in 0..100 {
            let mut columns = [0.0; 3];
            columns[rng.random_range(0..3)] = 10_f64.powf(-3.0 + 4.2 * rng.random::<f64>());
            let (transmission, mean) = case(columns, &gases);
            let sum: f64 = nodes
                .candidates
                .iter()
                .zip(&nodes.weights)
                .map(|(c, w)| w * f64::from(transmission[*c]))
                .sum();
            worst = worst.max((sum - mean).abs());
        }
        assert!(worst < 0.015, "{worst}");
    }

    #[test]
    fn the_choice_is_repeatable_and_needs_no_gas() {
        let gases = gases();
        let first = select(&training(&gases), Tolerance::default());
        assert_eq!(first, select(&training(&gases), Tolerance::default()));
        let empty = select(&Training::new(10), Tolerance::default());
        assert_eq!(empty.candidates.len(), Tolerance::default().least_nodes);
        assert_eq!(empty.balance_weights.iter().sum::<f64>(), 1.0);
    }
}
