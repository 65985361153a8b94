//! Normal prior of several parameters with a full covariance.

use super::cholesky;
use super::joint::clamp_unit;
use super::normal::{self, LN_SQRT_2PI};
use super::retained::Retained;

/// x = μ + Uᵀ n with Uᵀ U the covariance and n independent standard normal deviates.
///
/// Where only a share q of the last amount remains, log10 q is added to the last x; q is uniform and
/// independent of all else. Its deviate is then n + log10(q)/U_kk, k the last ([`Retained`]).
#[derive(Clone, Debug, PartialEq)]
pub struct CorrelatedNormal {
    means: Vec<f64>,
    factor: Vec<f64>,
    ln_norm: f64,
    /// U_kk n + log10 q, where there is a q.
    last: Option<Retained>,
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
            last: None,
        })
    }

    /// The same with a share of the last amount left, uniform between two limits.
    pub fn with_retained(mut self, [low, high]: [f64; 2]) -> Self {
        let std_dex = self.last_std_dex();
        self.last = Some(Retained::new(std_dex, low, high));
        self
    }

    /// Standard deviation of the last given all others, U_kk.
    pub fn last_std_dex(&self) -> f64 {
        self.factor[self.factor.len() - 1]
    }

    /// Standard deviation of one member, without the share that is left.
    pub fn std(&self, member: usize) -> f64 {
        let dim = self.unit_dim();
        let column = (0..=member).map(|j| self.factor[j * dim + member].powi(2));
        column.sum::<f64>().sqrt()
    }

    /// Density of one member whatever the others.
    pub fn marginal_density(&self, member: usize, value: f64) -> f64 {
        let (std, away) = (self.std(member), value - self.means[member]);
        match &self.last {
            Some(last) if member + 1 == self.unit_dim() => last.with_std(std).density(away),
            _ => normal::ln_pdf(away / std).exp() / std,
        }
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
        if let Some(last) = &self.last {
            theta[indices[dim - 1]] = last.quantile(unit[dim - 1]) / last.std_dex();
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
        let of_last = self.last.as_ref().zip(unit.last().copied());
        for coordinate in unit.iter_mut() {
            *coordinate = normal::cdf(*coordinate);
        }
        if let (Some((law, deviate)), Some(coordinate)) = (of_last, unit.last_mut()) {
            *coordinate = law.cdf(deviate * law.std_dex());
        }
    }

    /// ln density.
    pub fn ln_density(&self, values: &[f64]) -> f64 {
        let mut deviates = vec![0.0; self.unit_dim()];
        self.deviates(values, &mut deviates);
        let normal = self.ln_norm - 0.5 * cholesky::dot(&deviates, &deviates);
        let Some((law, deviate)) = self.last.as_ref().zip(deviates.last()) else {
            return normal;
        };
        // The factor 1/U_kk of the last deviate is in the norm.
        let instead = (law.density(deviate * law.std_dex()) * law.std_dex()).ln();
        normal - normal::ln_pdf(*deviate) + instead
    }

    /// The distribution in words, for `check`.
    pub fn describe(&self) -> String {
        let stds: Vec<f64> = (0..self.unit_dim()).map(|i| self.std(i)).collect();
        let mut words = format!("correlated normal, means {:?}, stds {stds:?}", self.means);
        if let Some(last) = &self.last {
            let [low, high] = last.shares();
            words.push_str(&format!(
                ", of the last amount a share of {low} to {high} left"
            ));
        }
        words
    }
}
