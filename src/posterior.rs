//! The posterior as weighted samples of parameters and derived quantities, and its statistics.
//!
//! Quantiles: the weighted samples are sorted, sample i is given the cumulative probability
//! C_i - w_i/2 (half its own weight below it), and between neighbours the value is interpolated
//! linearly; outside the first and last point the value is theirs. With equal weights this is
//! Hazen's definition (type 5 of Hyndman & Fan 1996, Am. Stat. 50, 361).

mod dependence;
mod information;
mod loo;
mod pareto;
mod prior_width;
mod statistics;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

use crate::error::InputError;
use crate::sampler::Evidence;

pub use dependence::{Held, dependence};
pub use information::{CONSTRAINED_NATS, information_gain, is_constrained};
pub use loo::{
    ElpdDifference, LeaveOneOut, LeftOut, elpd_differences, error_of_sum, leave_one_out,
};
pub use prior_width::{MassRatio, PriorWidth, prior_width};
pub use statistics::{WeightedSample, highest_density_interval, kish_sample_size};

/// Weighted samples of the posterior, parameters first and derived quantities after them.
#[derive(Clone, Debug, PartialEq)]
pub struct Posterior {
    names: Vec<String>,
    parameter_count: usize,
    values: Vec<f64>,
    weights: Vec<f64>,
    ln_likelihood: Vec<f64>,
    birth_ln_likelihood: Vec<f64>,
    evidence: Option<Evidence>,
}

/// Moments and quantiles of one column, in the column's unit. NaN where no value is finite.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnSummary {
    /// Weighted mean.
    pub mean: f64,
    /// Weighted standard deviation, √(Σ w (x - mean)²): no correction for the sample size.
    pub std: f64,
    /// 2.5 % quantile.
    pub q025: f64,
    /// 16 % quantile.
    pub q16: f64,
    /// Median.
    pub q50: f64,
    /// 84 % quantile.
    pub q84: f64,
    /// 97.5 % quantile.
    pub q975: f64,
}

/// The pieces of a [`Posterior`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PosteriorParts {
    /// Names of the columns, parameters first.
    pub names: Vec<String>,
    /// How many of the columns are parameters.
    pub parameter_count: usize,
    /// Values row by row, in the units that the names carry.
    pub values: Vec<f64>,
    /// ln of the weight of each row, up to a common constant.
    pub ln_weight: Vec<f64>,
    /// ln L of each row.
    pub ln_likelihood: Vec<f64>,
    /// ln L of the contour in which the row was drawn; -∞ for draws from the whole prior, and for
    /// samplers without contours.
    pub birth_ln_likelihood: Vec<f64>,
    /// ln Z where the sampler gives it.
    pub evidence: Option<Evidence>,
}

impl Posterior {
    /// Checks the shapes and normalises the weights to Σ w = 1.
    ///
    /// # Errors
    /// [`InputError::Value`] when a length does not fit, when there is no sample, or when a weight
    /// is not a number or none is positive.
    pub fn new(parts: PosteriorParts) -> Result<Self, InputError> {
        let rows = parts.ln_weight.len();
        let columns = parts.names.len();
        let lengths = [
            ("values", parts.values.len(), rows * columns),
            ("ln_likelihood", parts.ln_likelihood.len(), rows),
            ("birth_ln_likelihood", parts.birth_ln_likelihood.len(), rows),
        ];
        for (what, found, expected) in lengths {
            if found != expected {
                return Err(InputError::value(
                    format!("posterior {what}"),
                    format!("{found} numbers"),
                    format!("{expected} for {rows} samples of {columns} columns"),
                ));
            }
        }
        if parts.parameter_count > columns {
            return Err(InputError::value(
                "posterior parameter_count",
                parts.parameter_count,
                format!("at most the {columns} columns"),
            ));
        }
        Ok(Self {
            weights: normalised_weights(&parts.ln_weight)?,
            names: parts.names,
            parameter_count: parts.parameter_count,
            values: parts.values,
            ln_likelihood: parts.ln_likelihood,
            birth_ln_likelihood: parts.birth_ln_likelihood,
            evidence: parts.evidence,
        })
    }

    /// Names of the columns: parameters, then derived quantities.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many columns are parameters.
    pub fn parameter_count(&self) -> usize {
        self.parameter_count
    }

    /// Number of samples, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "a posterior is never empty")]
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// Normalised weights, Σ w = 1.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// ln L of each sample.
    pub fn ln_likelihood(&self) -> &[f64] {
        &self.ln_likelihood
    }

    /// ln L of the contour in which each sample was drawn.
    pub fn birth_ln_likelihood(&self) -> &[f64] {
        &self.birth_ln_likelihood
    }

    /// ln Z where the sampler gave it.
    pub fn evidence(&self) -> Option<Evidence> {
        self.evidence
    }

    /// Values of one sample.
    ///
    /// # Panics
    /// If `row` is not below [`Posterior::len`].
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.names.len()..(row + 1) * self.names.len()]
    }

    /// All values of one column, in the order of the samples.
    pub fn column(&self, column: usize) -> Vec<f64> {
        (0..self.len()).map(|row| self.row(row)[column]).collect()
    }

    /// Position of a column by name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// Kish effective sample size, (Σ w)² / Σ w² (Kish 1965, Survey Sampling, section 11.7).
    pub fn effective_sample_size(&self) -> f64 {
        kish_sample_size(&self.weights)
    }

    /// One column with its weights, sorted and ready for quantiles; rows whose value is not finite
    /// are left out and the weights of the others normalised again.
    pub fn weighted_sample(&self, column: usize) -> WeightedSample {
        WeightedSample::new(&self.column(column), &self.weights)
    }

    /// Moments and quantiles of one column.
    pub fn column_summary(&self, column: usize) -> ColumnSummary {
        self.weighted_sample(column).summary()
    }

    /// Weighted covariance of two columns, Σ w (x - x̄)(y - ȳ), over the rows in which both are
    /// finite.
    pub fn covariance(&self, first: usize, second: usize) -> f64 {
        statistics::covariance(&self.column(first), &self.column(second), &self.weights)
    }

    /// Pearson correlation of two columns; NaN where one of them does not vary.
    pub fn correlation(&self, first: usize, second: usize) -> f64 {
        let scale = (self.covariance(first, first) * self.covariance(second, second)).sqrt();
        if scale > 0.0 {
            self.covariance(first, second) / scale
        } else {
            f64::NAN
        }
    }

    /// `count` rows of equal weight by systematic resampling: one random offset u in \[0, 1) and
    /// the rows in which the cumulative weight passes (u + k) / count (Kitagawa 1996, J. Comput.
    /// Graph. Stat. 5, 1). A row of weight w comes ⌊count w⌋ or ⌈count w⌉ times. The order of the
    /// rows is kept, and the same seed gives the same rows.
    pub fn equal_weight_rows(&self, count: usize, seed: u64) -> Vec<usize> {
        let offset = ChaCha8Rng::seed_from_u64(seed).random::<f64>();
        let mut rows = Vec::with_capacity(count);
        let mut row = 0;
        let mut cumulative = self.weights[0];
        for k in 0..count {
            let target = (k as f64 + offset) / count as f64;
            while cumulative <= target && row + 1 < self.len() {
                row += 1;
                cumulative += self.weights[row];
            }
            rows.push(row);
        }
        rows
    }
}

/// exp of ln weights, normalised to a sum of 1.
fn normalised_weights(ln_weight: &[f64]) -> Result<Vec<f64>, InputError> {
    let largest = ln_weight.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !largest.is_finite() || ln_weight.iter().any(|ln| ln.is_nan()) {
        return Err(InputError::value(
            "posterior ln_weight",
            format!(
                "{} samples, the largest ln weight {largest}",
                ln_weight.len()
            ),
            "at least one sample of positive weight, and no NaN",
        ));
    }
    let mut weights: Vec<f64> = ln_weight.iter().map(|ln| (ln - largest).exp()).collect();
    let sum: f64 = weights.iter().sum();
    for weight in &mut weights {
        *weight /= sum;
    }
    Ok(weights)
}

#[cfg(test)]
mod tests;
