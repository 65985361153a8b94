//! Statistics of one weighted column.

use super::ColumnSummary;

/// Finite values in rising order with weights that sum to 1, and the cumulative probability of
/// each (half of its own weight included).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WeightedSample {
    values: Vec<f64>,
    weights: Vec<f64>,
    cumulative: Vec<f64>,
}

impl WeightedSample {
    /// Sorts the finite values of positive weight.
    pub fn new(values: &[f64], weights: &[f64]) -> Self {
        let mut pairs: Vec<(f64, f64)> = (values.iter().copied())
            .zip(weights.iter().copied())
            .filter(|(value, weight)| value.is_finite() && *weight > 0.0)
            .collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: f64 = pairs.iter().map(|pair| pair.1).sum();
        let mut sample = Self::default();
        let mut below = 0.0;
        for (value, weight) in pairs {
            let weight = weight / total;
            sample.values.push(value);
            sample.weights.push(weight);
            sample.cumulative.push(below + 0.5 * weight);
            below += weight;
        }
        sample
    }

    /// Sorted values.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Weights in the order of the sorted values.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Quantile at `probability` in \[0, 1\]; NaN for an empty sample.
    pub fn quantile(&self, probability: f64) -> f64 {
        let above = self.cumulative.partition_point(|c| *c < probability);
        match (self.values.first(), self.values.get(above)) {
            (None, _) => f64::NAN,
            (Some(first), _) if above == 0 => *first,
            (_, None) => self.values[self.values.len() - 1],
            (_, Some(high)) => {
                let (low, c_low) = (self.values[above - 1], self.cumulative[above - 1]);
                let fraction = (probability - c_low) / (self.cumulative[above] - c_low);
                // Between equal values no rounding may leave them.
                if low == *high {
                    low
                } else {
                    low + fraction * (high - low)
                }
            }
        }
    }

    /// Weighted mean; NaN for an empty sample.
    pub fn mean(&self) -> f64 {
        match self.values.first() {
            None => f64::NAN,
            // About the first value: a constant column gives exactly that constant.
            Some(first) => {
                let pairs = self.values.iter().zip(&self.weights);
                first
                    + pairs
                        .map(|(value, weight)| weight * (value - first))
                        .sum::<f64>()
            }
        }
    }

    /// Weighted standard deviation about the mean; NaN for an empty sample.
    pub fn std(&self) -> f64 {
        if self.values.is_empty() {
            return f64::NAN;
        }
        let mean = self.mean();
        let pairs = self.values.iter().zip(&self.weights);
        pairs
            .map(|(value, weight)| weight * (value - mean).powi(2))
            .sum::<f64>()
            .sqrt()
    }

    /// Moments and the five quantiles.
    pub fn summary(&self) -> ColumnSummary {
        ColumnSummary {
            mean: self.mean(),
            std: self.std(),
            q025: self.quantile(0.025),
            q16: self.quantile(0.16),
            q50: self.quantile(0.5),
            q84: self.quantile(0.84),
            q975: self.quantile(0.975),
        }
    }
}

/// The narrowest interval between two samples that holds at least `mass` (0 to 1) of the weight;
/// one interval even where the density has several modes. NaN for an empty sample.
pub fn highest_density_interval(sample: &WeightedSample, mass: f64) -> [f64; 2] {
    let mut best = [f64::NAN; 2];
    let (mut end, mut held) = (0, 0.0);
    for start in 0..sample.values.len() {
        // Rounding of the sum must not lose the interval that holds everything.
        while end < sample.values.len() && held < mass - 1e-12 {
            held += sample.weights[end];
            end += 1;
        }
        if held < mass - 1e-12 {
            break;
        }
        let interval = [sample.values[start], sample.values[(end - 1).max(start)]];
        if best[0].is_nan() || interval[1] - interval[0] < best[1] - best[0] {
            best = interval;
        }
        held -= sample.weights[start];
    }
    best
}

/// Kish effective sample size, (Σ w)² / Σ w²; 0 without weights.
pub fn kish_sample_size(weights: &[f64]) -> f64 {
    let sum: f64 = weights.iter().sum();
    let squares: f64 = weights.iter().map(|weight| weight * weight).sum();
    if squares > 0.0 {
        sum * sum / squares
    } else {
        0.0
    }
}

/// Weighted covariance over the rows in which both values are finite.
pub(super) fn covariance(first: &[f64], second: &[f64], weights: &[f64]) -> f64 {
    let rows = || {
        (first.iter().zip(second).zip(weights)).filter(|((x, y), _)| x.is_finite() && y.is_finite())
    };
    let total: f64 = rows().map(|(_, weight)| weight).sum();
    let mean_x = rows().map(|((x, _), weight)| weight * x).sum::<f64>() / total;
    let mean_y = rows().map(|((_, y), weight)| weight * y).sum::<f64>() / total;
    rows()
        .map(|((x, y), weight)| weight * (x - mean_x) * (y - mean_y))
        .sum::<f64>()
        / total
}

/// ln Σ exp of the values; -∞ for none.
pub(super) fn ln_sum_exp(values: &[f64]) -> f64 {
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY {
        return largest;
    }
    let sum: f64 = values.iter().map(|value| (value - largest).exp()).sum();
    largest + sum.ln()
}
