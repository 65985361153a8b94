//! The curves of a molecule as they stand in its data file.

use serde::Deserialize;

use super::potential::{Emo, Potential};
use crate::error::InputError;
use crate::opacity::provenance::Tier;

/// One extended Morse potential with its source.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmoRecord {
    /// Quality of the levels.
    pub tier: Tier,
    /// Where the constants behind it come from.
    pub citation: String,
    /// V₀ \[cm⁻¹\].
    pub minimum_per_cm: f64,
    /// D \[cm⁻¹\].
    pub depth_per_cm: f64,
    /// rₑ \[Å\].
    pub equilibrium_angstrom: f64,
    /// p.
    pub power: i32,
    /// b_k \[Å⁻¹\].
    pub coefficients: Vec<f64>,
}

impl From<&EmoRecord> for Potential {
    fn from(record: &EmoRecord) -> Self {
        Self::Emo(Emo {
            minimum_per_cm: record.minimum_per_cm,
            depth_per_cm: record.depth_per_cm,
            equilibrium_angstrom: record.equilibrium_angstrom,
            power: record.power,
            coefficients: record.coefficients.clone(),
            terms_inside: None,
        })
    }
}

/// Reads a data file of the crate.
///
/// # Errors
/// The message of the TOML reader, with line and column.
pub fn parse_data<T: serde::de::DeserializeOwned>(
    place: &str,
    text: &str,
) -> Result<T, InputError> {
    toml::from_str(text).map_err(|error| InputError::parse(std::path::Path::new(place), error))
}
