//! One entry of `[parameters]`: a number, or a table that names a prior.

use std::fmt;
use std::path::PathBuf;

use serde::de::{self, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The distributions a prior may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriorKind {
    /// `low`, `high`.
    Uniform,
    /// `low`, `high`, both positive; flat in ln x.
    LogUniform,
    /// `mean`, `std`.
    Normal,
    /// `mean`, `std`, `low` and/or `high`.
    TruncatedNormal,
    /// `std`, from `low` (0) upwards.
    HalfNormal,
    /// `mean`, `std` of ln x.
    LogNormal,
    /// `alpha`, `beta`, on `low` (0) to `high` (1).
    Beta,
    /// `values` and, if not equal, `weights`.
    Discrete,
    /// `names` and `concentration` (one per name).
    Dirichlet,
    /// `names`, `mean` and `std` of the centred log-ratios.
    CentredLogRatio,
    /// `names`, `means`, `covariance` (rows) and, if wanted, `retained`.
    CorrelatedNormal,
    /// `file` with a column per name of `names`, and optionally `weight`.
    Samples,
}

/// One entry of `[parameters]`, as written. Which fields a kind needs is checked when the prior is
/// built, so that a message can name them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields, default)]
pub struct ParameterConfig {
    /// Distribution; absent for a fixed or tied parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prior: Option<PriorKind>,
    /// A constant (also written as a bare number).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed: Option<f64>,
    /// Name of the parameter whose value this one shares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub equal_to: Option<String>,
    /// Prior file (`priors/*.toml`) or, for `samples`, the CSV.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// Lower limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Upper limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// Mean (of ln x for `log_normal`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// Standard deviation (of ln x for `log_normal`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub std: Option<f64>,
    /// First shape of `beta`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpha: Option<f64>,
    /// Second shape of `beta`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beta: Option<f64>,
    /// Values of `discrete`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<f64>>,
    /// Weights of `discrete`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<Vec<f64>>,
    /// Parameters that a joint prior rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub names: Option<Vec<String>>,
    /// Concentrations of `dirichlet`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concentration: Option<Vec<f64>>,
    /// Means of `correlated_normal` or `centred_log_ratio`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub means: Option<Vec<f64>>,
    /// Standard deviations of `centred_log_ratio`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stds: Option<Vec<f64>>,
    /// Rows of the covariance of `correlated_normal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covariance: Option<Vec<Vec<f64>>>,
    /// Least and greatest share that is left of the last amount of a `correlated_normal` in dex: log10
    /// of a share that is flat between them is added to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retained: Option<[f64; 2]>,
    /// Where the numbers come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// True where the width is a convention and no measurement.
    #[serde(skip_serializing_if = "is_false")]
    pub assumed: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature serde asks for"
)]
fn is_false(value: &bool) -> bool {
    !*value
}

impl ParameterConfig {
    /// A constant.
    pub fn fixed(value: f64) -> Self {
        Self {
            fixed: Some(value),
            ..Self::default()
        }
    }

    /// Flat between two limits.
    pub fn uniform(low: f64, high: f64) -> Self {
        Self {
            prior: Some(PriorKind::Uniform),
            low: Some(low),
            high: Some(high),
            ..Self::default()
        }
    }

    /// Normal.
    pub fn normal(mean: f64, std: f64) -> Self {
        Self {
            prior: Some(PriorKind::Normal),
            mean: Some(mean),
            std: Some(std),
            ..Self::default()
        }
    }
}

impl Serialize for ParameterConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for ParameterConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ParameterVisitor;
        impl<'de> Visitor<'de> for ParameterVisitor {
            type Value = ParameterConfig;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, or a table with `prior`, `fixed`, `equal_to` or `file`")
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<ParameterConfig, E> {
                Ok(ParameterConfig::fixed(value))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<ParameterConfig, E> {
                Ok(ParameterConfig::fixed(value as f64))
            }
            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<ParameterConfig, M::Error> {
                // The derived reader of the table form (`remote = "Self"`).
                ParameterConfig::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_any(ParameterVisitor)
    }
}
