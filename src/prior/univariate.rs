//! Distributions of one parameter.

use std::f64::consts::SQRT_2;

use statrs::function::erf::erf_inv;

use super::beta::Beta;
use super::normal;
use super::samples::Quantiles;
use super::truncated_normal::TruncatedNormal;

/// The distribution of one parameter. Its numbers were checked by the builder.
#[derive(Clone, Debug, PartialEq)]
pub enum Univariate {
    /// Flat from `low` to `high`.
    Uniform {
        /// Lower limit.
        low: f64,
        /// Upper limit.
        high: f64,
    },
    /// Flat in ln x from `low` to `high`.
    LogUniform {
        /// Lower limit, above 0.
        low: f64,
        /// Upper limit.
        high: f64,
    },
    /// Normal.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        std: f64,
    },
    /// Normal between limits.
    Truncated(TruncatedNormal),
    /// `low` plus the magnitude of a normal deviate.
    HalfNormal {
        /// Standard deviation of the whole normal distribution.
        std: f64,
        /// Lower limit, where the density is greatest.
        low: f64,
    },
    /// ln x is normal.
    LogNormal {
        /// Mean of ln x.
        mean: f64,
        /// Standard deviation of ln x.
        std: f64,
    },
    /// Beta, stretched over `low`..`high`.
    Beta {
        /// The distribution on (0, 1).
        beta: Beta,
        /// Lower limit.
        low: f64,
        /// Upper limit.
        high: f64,
        /// The shapes, for [`Univariate::describe`].
        shapes: (f64, f64),
    },
    /// A few values with weights.
    Discrete(Discrete),
    /// The piecewise-linear quantile function of weighted samples.
    Samples(Quantiles),
}

impl Univariate {
    /// The value below which the probability is `unit`, for 0 < `unit` < 1.
    pub fn quantile(&self, unit: f64) -> f64 {
        match self {
            Self::Uniform { low, high } => (low + (high - low) * unit).clamp(*low, *high),
            // From the nearer limit, so that neither end loses digits.
            Self::LogUniform { low, high } => {
                let width = (high / low).ln();
                let x = if unit <= 0.5 {
                    low * (unit * width).exp()
                } else {
                    high * (-(1.0 - unit) * width).exp()
                };
                x.clamp(*low, *high)
            }
            Self::Normal { mean, std } => mean + std * normal::quantile(unit),
            Self::Truncated(truncated) => truncated.quantile(unit),
            Self::HalfNormal { std, low } => low + std * SQRT_2 * erf_inv(unit),
            Self::LogNormal { mean, std } => (mean + std * normal::quantile(unit)).exp(),
            Self::Beta {
                beta, low, high, ..
            } => {
                let (x, one_minus_x) = beta.quantile_pair(unit);
                if x <= 0.5 {
                    low + (high - low) * x
                } else {
                    high - (high - low) * one_minus_x
                }
            }
            Self::Discrete(discrete) => discrete.quantile(unit),
            Self::Samples(samples) => samples.quantile(unit),
        }
    }

    /// Probability below `x`; for [`Univariate::Discrete`] the middle of the value's interval.
    pub fn cdf(&self, x: f64) -> f64 {
        match self {
            Self::Uniform { low, high } => ((x - low) / (high - low)).clamp(0.0, 1.0),
            Self::LogUniform { low, high } => {
                ((x.max(*low) / low).ln() / (high / low).ln()).clamp(0.0, 1.0)
            }
            Self::Normal { mean, std } => normal::cdf((x - mean) / std),
            Self::Truncated(truncated) => truncated.cdf(x),
            Self::HalfNormal { std, low } => normal::within((x - low).max(0.0) / std),
            Self::LogNormal { mean, std } => normal::cdf((x.max(0.0).ln() - mean) / std),
            Self::Beta {
                beta, low, high, ..
            } => beta.cdf((x - low) / (high - low), (high - x) / (high - low)),
            Self::Discrete(discrete) => discrete.cdf(x),
            Self::Samples(samples) => samples.cdf(x),
        }
    }

    /// ln of the density with respect to dx (for [`Univariate::Discrete`], of the probability);
    /// -∞ outside the support.
    pub fn ln_density(&self, x: f64) -> f64 {
        let (lowest, highest) = self.support();
        if !(lowest <= x && x <= highest) {
            return f64::NEG_INFINITY;
        }
        match self {
            Self::Uniform { low, high } => -(high - low).ln(),
            Self::LogUniform { low, high } => -x.ln() - (high / low).ln().ln(),
            Self::Normal { mean, std } => normal::ln_pdf((x - mean) / std) - std.ln(),
            Self::Truncated(truncated) => truncated.ln_density(x),
            Self::HalfNormal { std, low } => {
                std::f64::consts::LN_2 + normal::ln_pdf((x - low) / std) - std.ln()
            }
            Self::LogNormal { .. } if x == 0.0 => f64::NEG_INFINITY,
            Self::LogNormal { mean, std } => {
                normal::ln_pdf((x.ln() - mean) / std) - std.ln() - x.ln()
            }
            Self::Beta {
                beta, low, high, ..
            } => {
                let width = high - low;
                beta.ln_density((x - low) / width, (high - x) / width) - width.ln()
            }
            Self::Discrete(discrete) => discrete.ln_probability(x),
            Self::Samples(samples) => samples.ln_density(x),
        }
    }

    /// Least and greatest value, infinite where there is none.
    pub fn support(&self) -> (f64, f64) {
        match self {
            Self::Uniform { low, high }
            | Self::LogUniform { low, high }
            | Self::Beta { low, high, .. } => (*low, *high),
            Self::Normal { .. } => (f64::NEG_INFINITY, f64::INFINITY),
            Self::Truncated(truncated) => truncated.support(),
            Self::HalfNormal { low, .. } => (*low, f64::INFINITY),
            Self::LogNormal { .. } => (0.0, f64::INFINITY),
            Self::Discrete(discrete) => discrete.support(),
            Self::Samples(samples) => samples.support(),
        }
    }

    /// The distribution in words, for `check`.
    pub fn describe(&self) -> String {
        match self {
            Self::Uniform { low, high } => format!("uniform, {low} .. {high}"),
            Self::LogUniform { low, high } => format!("log-uniform, {low} .. {high}"),
            Self::Normal { mean, std } => format!("normal, mean {mean}, std {std}"),
            Self::Truncated(truncated) => truncated.describe(),
            Self::HalfNormal { std, low } => format!("half-normal above {low}, std {std}"),
            Self::LogNormal { mean, std } => {
                format!("log-normal, ln x has mean {mean}, std {std}")
            }
            Self::Beta {
                low,
                high,
                shapes: (a, b),
                ..
            } => {
                format!("beta({a}, {b}), {low} .. {high}")
            }
            Self::Discrete(discrete) => discrete.describe(),
            Self::Samples(samples) => samples.describe(),
        }
    }
}

/// A few values with weights; each takes an interval of the unit coordinate as wide as its share.
#[derive(Clone, Debug, PartialEq)]
pub struct Discrete {
    values: Vec<f64>,
    weights: Vec<f64>,
    /// Upper edge of each interval; the last is 1.
    edges: Vec<f64>,
}

impl Discrete {
    /// Distinct `values` with positive `weights` of any sum.
    pub fn new(values: Vec<f64>, weights: &[f64]) -> Self {
        let total: f64 = weights.iter().sum();
        let weights: Vec<f64> = weights.iter().map(|weight| weight / total).collect();
        Self {
            values,
            edges: cumulative(&weights),
            weights,
        }
    }

    fn quantile(&self, unit: f64) -> f64 {
        self.values[interval(&self.edges, unit)]
    }

    fn position(&self, x: f64) -> Option<usize> {
        self.values.iter().position(|value| *value == x)
    }

    fn cdf(&self, x: f64) -> f64 {
        self.position(x).map_or(f64::NAN, |index| {
            self.edges[index] - 0.5 * self.weights[index]
        })
    }

    fn ln_probability(&self, x: f64) -> f64 {
        self.position(x)
            .map_or(f64::NEG_INFINITY, |index| self.weights[index].ln())
    }

    fn support(&self) -> (f64, f64) {
        self.values
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(*value), high.max(*value))
            })
    }

    fn describe(&self) -> String {
        let parts: Vec<String> = self
            .values
            .iter()
            .zip(&self.weights)
            .map(|(value, weight)| format!("{value} (probability {weight:.3})"))
            .collect();
        format!("discrete: {}", parts.join(", "))
    }
}

/// Upper edges of consecutive intervals as wide as the weights, the last exactly 1.
pub(super) fn cumulative(weights: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut edges: Vec<f64> = weights
        .iter()
        .map(|weight| {
            sum += weight;
            sum
        })
        .collect();
    if let Some(last) = edges.last_mut() {
        *last = 1.0;
    }
    edges
}

/// Which interval holds `unit`.
pub(super) fn interval(edges: &[f64], unit: f64) -> usize {
    edges
        .partition_point(|edge| *edge <= unit)
        .min(edges.len() - 1)
}
