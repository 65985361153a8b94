//! Normal prior of several parameters with a full covariance.

use super::cholesky;
use super::joint::clamp_unit;
use super::normal::{self, LN_SQRT_2PI};

/// x = μ + Uᵀ n with Uᵀ U the covariance and n independent standard normal deviates.
#[derive(Clone, Debug, PartialEq)]
pub struct CorrelatedNormal {
    means: Vec<f64>,
    factor: Vec<f64>,
    ln_norm: f64,
}

impl CorrelatedNormal {
    /// `covariance`: row-major, symmetric, as the builder has checked.
    ///
    /// # Errors
    /// The row at which the covariance turns out not to be positive definite.
    pub fn new(means: Vec<f64>, mut covariance: Vec<f64>) -> Result<Self, usize> {
        let dim = means.len();
        cholesky::factorise(&mut covariance, dim)?;
        let ln_norm = -(dim as f64) * LN_SQRT_2PI - cholesky::half_ln_determinant(&covariance, dim);
        Ok(Self {
            means,
            factor: covariance,
            ln_norm,
        })
    }

    /// Number of unit coordinates.
    pub fn unit_dim(&self) -> usize {
        self.means.len()
    }

    /// Writes the parameters to `theta[indices[..]]`.
    pub fn transform(&self, unit: &[f64], indices: &[usize], theta: &mut [f64]) {
        let dim = self.unit_dim();
        for (coordinate, index) in unit.iter().zip(indices) {
            theta[*index] = normal::quantile(clamp_unit(*coordinate));
        }
        // From the last row up, so that the deviates still needed stay in place.
        for i in (0..dim).rev() {
            let shift = cholesky::transposed_row(&self.factor, dim, i, |j| theta[indices[j]]);
            theta[indices[i]] = self.means[i] + shift;
        }
    }

    fn deviates(&self, values: &[f64], out: &mut [f64]) {
        for ((deviate, value), mean) in out.iter_mut().zip(values).zip(&self.means) {
            *deviate = value - mean;
        }
        cholesky::solve_transposed(&self.factor, self.unit_dim(), out);
    }

    /// The unit coordinates of `values`.
    pub fn unit_of(&self, values: &[f64], unit: &mut [f64]) {
        self.deviates(values, unit);
        for coordinate in unit {
            *coordinate = normal::cdf(*coordinate);
        }
    }

    /// ln density.
    pub fn ln_density(&self, values: &[f64]) -> f64 {
        let mut deviates = vec![0.0; self.unit_dim()];
        self.deviates(values, &mut deviates);
        self.ln_norm - 0.5 * cholesky::dot(&deviates, &deviates)
    }

    /// The distribution in words, for `check`.
    pub fn describe(&self) -> String {
        let dim = self.unit_dim();
        let stds: Vec<f64> = (0..dim)
            .map(|i| {
                (0..=i)
                    .map(|j| self.factor[j * dim + i].powi(2))
                    .sum::<f64>()
                    .sqrt()
            })
            .collect();
        format!("correlated normal, means {:?}, stds {stds:?}", self.means)
    }
}
