//! Which keys each kind of prior takes, and messages that name the key.

use std::fmt::{Debug, Display};
use std::path::PathBuf;

use crate::config::{ParameterConfig, PriorKind};
use crate::error::InputError;

/// An entry of `[parameters]` after its prior file, if any, was read.
pub struct Entry<'a> {
    /// The key under `[parameters]`.
    pub key: &'a str,
    /// The prior file in which the numbers stand.
    pub file: Option<PathBuf>,
    /// What is written.
    pub config: ParameterConfig,
}

/// The word of a kind in the run file, and the keys it needs and may have.
fn keys(
    kind: PriorKind,
) -> (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
) {
    match kind {
        PriorKind::Uniform => ("uniform", &["low", "high"], &[]),
        PriorKind::LogUniform => ("log_uniform", &["low", "high"], &[]),
        PriorKind::Normal => ("normal", &["mean", "std"], &[]),
        PriorKind::TruncatedNormal => ("truncated_normal", &["mean", "std"], &["low", "high"]),
        PriorKind::HalfNormal => ("half_normal", &["std"], &["low"]),
        PriorKind::LogNormal => ("log_normal", &["mean", "std"], &[]),
        PriorKind::Beta => ("beta", &["alpha", "beta"], &["low", "high"]),
        PriorKind::Discrete => ("discrete", &["values"], &["weights"]),
        PriorKind::Dirichlet => ("dirichlet", &["names", "concentration"], &[]),
        PriorKind::CentredLogRatio => ("centred_log_ratio", &["names", "means", "stds"], &[]),
        PriorKind::CorrelatedNormal => (
            "correlated_normal",
            &["names", "means", "covariance"],
            &["retained"],
        ),
        PriorKind::Samples => ("samples", &["file"], &["names"]),
    }
}

/// The keys that are present, with what they hold.
fn present(config: &ParameterConfig) -> Vec<(&'static str, String)> {
    fn text<T: Debug>(value: Option<&T>) -> Option<String> {
        value.map(|value| format!("{value:?}"))
    }
    [
        ("fixed", text(config.fixed.as_ref())),
        ("equal_to", text(config.equal_to.as_ref())),
        ("file", text(config.file.as_ref())),
        ("low", text(config.low.as_ref())),
        ("high", text(config.high.as_ref())),
        ("mean", text(config.mean.as_ref())),
        ("std", text(config.std.as_ref())),
        ("alpha", text(config.alpha.as_ref())),
        ("beta", text(config.beta.as_ref())),
        ("values", text(config.values.as_ref())),
        ("weights", text(config.weights.as_ref())),
        ("names", text(config.names.as_ref())),
        ("concentration", text(config.concentration.as_ref())),
        ("means", text(config.means.as_ref())),
        ("stds", text(config.stds.as_ref())),
        ("covariance", text(config.covariance.as_ref())),
        ("retained", text(config.retained.as_ref())),
    ]
    .into_iter()
    .filter_map(|(key, value)| value.map(|value| (key, value)))
    .collect()
}

fn quoted(keys: &[&str]) -> String {
    let words: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    words.join(", ")
}

impl Entry<'_> {
    /// `parameters.NAME.key`, with the prior file where the value stands there.
    pub fn place(&self, key: &str) -> String {
        let key = if key.is_empty() {
            format!("parameters.{}", self.key)
        } else {
            format!("parameters.{}.{key}", self.key)
        };
        match &self.file {
            Some(file) => format!("{key} (`{}`)", file.display()),
            None => key,
        }
    }

    /// A refusal that names the key.
    pub fn refuse(&self, key: &str, found: impl Display, expected: impl Display) -> InputError {
        InputError::value(self.place(key), found, expected)
    }

    /// That the entry has every key its kind needs and none that it does not take.
    ///
    /// # Errors
    /// [`InputError::Value`] for the first key at fault.
    pub fn check_keys(&self) -> Result<(), InputError> {
        let present = present(&self.config);
        let Some(kind) = self.config.prior else {
            return self.check_keys_without_prior(&present);
        };
        let (word, needed, optional) = keys(kind);
        let accepted = || {
            let mut text = format!("the keys of `{word}`: {}", quoted(needed));
            if !optional.is_empty() {
                text.push_str(&format!(" and, if wanted, {}", quoted(optional)));
            }
            text
        };
        for (key, value) in &present {
            if !needed.contains(key) && !optional.contains(key) {
                return Err(self.refuse(key, value, accepted()));
            }
        }
        for key in needed {
            if !present.iter().any(|(name, _)| name == key) {
                return Err(self.refuse(key, "nothing", accepted()));
            }
        }
        Ok(())
    }

    /// Without `prior` an entry has just one of `fixed`, `equal_to` and `file`.
    fn check_keys_without_prior(&self, present: &[(&str, String)]) -> Result<(), InputError> {
        const ALONE: [&str; 3] = ["fixed", "equal_to", "file"];
        let Some((lone, _)) = present.iter().find(|(key, _)| ALONE.contains(key)) else {
            return Err(self.refuse(
                "prior",
                "nothing",
                "a distribution, or one of `fixed`, `equal_to`, `file`",
            ));
        };
        match present.iter().find(|(key, _)| key != lone) {
            Some((key, value)) => {
                Err(self.refuse(key, value, format!("no other key beside `{lone}`")))
            }
            None => Ok(()),
        }
    }

    /// A finite number.
    ///
    /// # Errors
    /// [`InputError::Value`] if it is missing or not finite.
    pub fn number(&self, key: &str, value: Option<f64>) -> Result<f64, InputError> {
        match value {
            Some(value) if value.is_finite() => Ok(value),
            Some(value) => Err(self.refuse(key, value, "a finite number")),
            None => Err(self.refuse(key, "nothing", "a number")),
        }
    }

    /// A finite number above 0.
    ///
    /// # Errors
    /// [`InputError::Value`] otherwise.
    pub fn positive(&self, key: &str, value: Option<f64>) -> Result<f64, InputError> {
        let value = self.number(key, value)?;
        if value > 0.0 {
            Ok(value)
        } else {
            Err(self.refuse(key, value, "a number above 0"))
        }
    }

    /// A shape of a beta or Dirichlet distribution.
    ///
    /// # Errors
    /// [`InputError::Value`] outside 1e-6 to 1e6, where the continued fraction holds.
    pub fn shape(&self, key: &str, value: Option<f64>) -> Result<f64, InputError> {
        let value = self.number(key, value)?;
        if (1.0e-6..=1.0e6).contains(&value) {
            Ok(value)
        } else {
            Err(self.refuse(key, value, "a number from 1e-6 to 1e6"))
        }
    }

    /// `low` and `high`, finite and in order.
    ///
    /// # Errors
    /// [`InputError::Value`] otherwise.
    pub fn limits(&self, low: Option<f64>, high: Option<f64>) -> Result<(f64, f64), InputError> {
        let (low, high) = (self.number("low", low)?, self.number("high", high)?);
        if low < high && (high - low).is_finite() {
            Ok((low, high))
        } else {
            Err(self.refuse("high", high, format!("a number above `low` ({low})")))
        }
    }

    /// A list of `count` finite numbers.
    ///
    /// # Errors
    /// [`InputError::Value`] for another length, or for the member at fault.
    pub fn list(
        &self,
        key: &str,
        values: Option<&Vec<f64>>,
        count: usize,
        positive: bool,
    ) -> Result<Vec<f64>, InputError> {
        let values = values.cloned().unwrap_or_default();
        if values.len() != count {
            return Err(self.refuse(
                key,
                format!("{} numbers", values.len()),
                format!("{count} numbers, one for each member"),
            ));
        }
        for (index, value) in values.iter().enumerate() {
            if !value.is_finite() || (positive && *value <= 0.0) {
                return Err(self.refuse(
                    key,
                    format!("{value} (member {})", index + 1),
                    if positive {
                        "finite numbers above 0"
                    } else {
                        "finite numbers"
                    },
                ));
            }
        }
        Ok(values)
    }
}
