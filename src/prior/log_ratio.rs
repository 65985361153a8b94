//! Logistic-normal prior of a composition, stated in centred log-ratios.

use super::cholesky;
use super::joint::{clamp_unit, on_simplex};
use super::normal::{self, LN_SQRT_2PI};

/// K fractions x_i = exp(y_i) / Σ exp(y_j) with independent y_i ~ N(m_i, s_i²).
///
/// The centred log-ratios c_i = ln x_i - mean(ln x) are then y_i less their mean: normal, with
/// means m_i less their mean, and covariance H diag(s²) H (H centres). Where all s_i are equal the
/// distribution is isotropic in the geometry of the simplex, as an orthonormal (isometric)
/// log-ratio basis would make it; the basis itself does not matter, for any whitening of the same
/// normal differs by a rotation only. Here the K - 1 coordinates are those of ln(x_i / x_K),
/// whose covariance s_i² δ_ij + s_K² is factorised, so that the map works in place.
///
/// Density with respect to dx₁ … dx_(K-1), as for the Dirichlet prior:
/// N(ln(x_i / x_K)) / Π_(i ≤ K) x_i.
#[derive(Clone, Debug, PartialEq)]
pub struct CentredLogRatio {
    means: Vec<f64>,
    stds: Vec<f64>,
    /// Upper Cholesky factor of the covariance of ln(x_i / x_K), row-major.
    factor: Vec<f64>,
    ln_norm: f64,
}

impl CentredLogRatio {
    /// As many `means` as positive `stds`, two or more, as the builder has checked.
    pub fn new(means: Vec<f64>, stds: Vec<f64>) -> Option<Self> {
        let dim = means.len() - 1;
        let last = stds[dim] * stds[dim];
        let mut factor = vec![last; dim * dim];
        for (i, std) in stds[..dim].iter().enumerate() {
            factor[i * dim + i] += std * std;
        }
        cholesky::factorise(&mut factor, dim).ok()?;
        let ln_norm = -(dim as f64) * LN_SQRT_2PI - cholesky::half_ln_determinant(&factor, dim);
        Some(Self {
            means,
            stds,
            factor,
            ln_norm,
        })
    }

    /// Number of unit coordinates, K - 1.
    pub fn unit_dim(&self) -> usize {
        self.means.len() - 1
    }

    /// Writes the fractions to `theta[indices[..]]`.
    pub fn transform(&self, unit: &[f64], indices: &[usize], theta: &mut [f64]) {
        let dim = self.unit_dim();
        for (coordinate, index) in unit.iter().zip(indices) {
            theta[*index] = normal::quantile(clamp_unit(*coordinate));
        }
        // ln(x_i / x_K), from the last row up, so that the deviates still needed stay in place.
        let mut greatest: f64 = 0.0;
        for i in (0..dim).rev() {
            let shift = cholesky::transposed_row(&self.factor, dim, i, |j| theta[indices[j]]);
            let ratio = self.means[i] - self.means[dim] + shift;
            theta[indices[i]] = ratio;
            greatest = greatest.max(ratio);
        }
        theta[indices[dim]] = 0.0;
        let mut total = 0.0;
        for index in indices {
            theta[*index] = (theta[*index] - greatest).exp();
            total += theta[*index];
        }
        for index in indices {
            theta[*index] /= total;
        }
    }

    /// The independent standard normal deviates that make `fractions`.
    fn deviates(&self, fractions: &[f64], out: &mut [f64]) {
        let dim = self.unit_dim();
        for (i, deviate) in out.iter_mut().enumerate() {
            *deviate = (fractions[i] / fractions[dim]).ln() - (self.means[i] - self.means[dim]);
        }
        cholesky::solve_transposed(&self.factor, dim, out);
    }

    /// The unit coordinates of a composition; false if it is none.
    pub fn unit_of(&self, fractions: &[f64], unit: &mut [f64]) -> bool {
        self.deviates(fractions, unit);
        for coordinate in unit {
            *coordinate = normal::cdf(*coordinate);
        }
        on_simplex(fractions)
    }

    /// ln density; -∞ off the simplex and at its edge.
    pub fn ln_density(&self, fractions: &[f64]) -> f64 {
        if !on_simplex(fractions) || fractions.contains(&0.0) {
            return f64::NEG_INFINITY;
        }
        let mut deviates = vec![0.0; self.unit_dim()];
        self.deviates(fractions, &mut deviates);
        self.ln_norm
            - 0.5 * cholesky::dot(&deviates, &deviates)
            - fractions.iter().map(|fraction| fraction.ln()).sum::<f64>()
    }

    /// The distribution in words, for `check`.
    pub fn describe(&self) -> String {
        format!(
            "logistic-normal (centred log-ratios), means {:?}, stds {:?}",
            self.means, self.stds
        )
    }
}
