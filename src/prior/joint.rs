//! Distributions of several parameters at once.

use super::correlated_normal::CorrelatedNormal;
use super::dirichlet::Dirichlet;
use super::log_ratio::CentredLogRatio;
use super::samples::Rows;
use super::univariate::Univariate;

/// How far the fractions of a composition may be from summing to one and still count as one:
/// rounding, and files that give twelve digits.
const SUM_TOLERANCE: f64 = 1.0e-9;

/// A unit coordinate inside the open interval: at least the least positive normal number, at most
/// the greatest number below one.
pub fn clamp_unit(coordinate: f64) -> f64 {
    coordinate.clamp(f64::MIN_POSITIVE, 1.0 - 0.5 * f64::EPSILON)
}

/// Whether the fractions are not negative and sum to one.
pub fn on_simplex(fractions: &[f64]) -> bool {
    fractions.iter().all(|fraction| *fraction >= 0.0)
        && (fractions.iter().sum::<f64>() - 1.0).abs() <= SUM_TOLERANCE
}

/// The distribution of one block of parameters.
#[derive(Clone, Debug, PartialEq)]
pub enum Law {
    /// One parameter.
    One(Univariate),
    /// Fractions.
    Dirichlet(Dirichlet),
    /// Fractions.
    CentredLogRatio(CentredLogRatio),
    /// Any parameters.
    CorrelatedNormal(CorrelatedNormal),
    /// Any parameters, from a file.
    Rows(Rows),
}

impl Law {
    /// Number of unit coordinates.
    pub fn unit_dim(&self) -> usize {
        match self {
            Self::One(_) | Self::Rows(_) => 1,
            Self::Dirichlet(law) => law.unit_dim(),
            Self::CentredLogRatio(law) => law.unit_dim(),
            Self::CorrelatedNormal(law) => law.unit_dim(),
        }
    }

    /// Writes the parameters of the block to `theta[indices[..]]`.
    pub fn transform(&self, unit: &[f64], indices: &[usize], theta: &mut [f64]) {
        match self {
            Self::One(law) => theta[indices[0]] = law.quantile(clamp_unit(unit[0])),
            Self::Rows(law) => law.transform(unit[0], indices, theta),
            Self::Dirichlet(law) => law.transform(unit, indices, theta),
            Self::CentredLogRatio(law) => law.transform(unit, indices, theta),
            Self::CorrelatedNormal(law) => law.transform(unit, indices, theta),
        }
    }

    /// The unit coordinates of `values`; false where there are none.
    pub fn unit_of(&self, values: &[f64], unit: &mut [f64]) -> bool {
        match self {
            Self::One(law) => unit[0] = law.cdf(values[0]),
            Self::Rows(law) => unit[0] = law.unit_of(values).unwrap_or(f64::NAN),
            Self::Dirichlet(law) => return law.unit_of(values, unit),
            Self::CentredLogRatio(law) => return law.unit_of(values, unit),
            Self::CorrelatedNormal(law) => law.unit_of(values, unit),
        }
        self.ln_density(values) > f64::NEG_INFINITY
    }

    /// ln density of the block.
    pub fn ln_density(&self, values: &[f64]) -> f64 {
        match self {
            Self::One(law) => law.ln_density(values[0]),
            Self::Rows(law) => law.ln_density(values),
            Self::Dirichlet(law) => law.ln_density(values),
            Self::CentredLogRatio(law) => law.ln_density(values),
            Self::CorrelatedNormal(law) => law.ln_density(values),
        }
    }

    /// Least and greatest value of one member of the block.
    pub fn support(&self, member: usize) -> (f64, f64) {
        match self {
            Self::One(law) => law.support(),
            Self::Rows(law) => law.support(member),
            Self::Dirichlet(_) | Self::CentredLogRatio(_) => (0.0, 1.0),
            Self::CorrelatedNormal(_) => (f64::NEG_INFINITY, f64::INFINITY),
        }
    }

    /// Density of one member whatever the others, where there is a formula for it.
    pub fn marginal_density(&self, member: usize, value: f64) -> Option<f64> {
        match self {
            Self::One(Univariate::Discrete(_) | Univariate::Samples(_)) => None,
            Self::One(law) => Some(law.ln_density(value).exp()),
            Self::CorrelatedNormal(law) => Some(law.marginal_density(member, value)),
            Self::Dirichlet(_) | Self::CentredLogRatio(_) | Self::Rows(_) => None,
        }
    }

    /// The distribution in words, for `check`.
    pub fn describe(&self) -> String {
        match self {
            Self::One(law) => law.describe(),
            Self::Rows(law) => law.describe(),
            Self::Dirichlet(law) => law.describe(),
            Self::CentredLogRatio(law) => law.describe(),
            Self::CorrelatedNormal(law) => law.describe(),
        }
    }
}
