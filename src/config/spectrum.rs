//! `[spectrum]`: a spectrum of `forward` that is finer than the bands of the opacity set.

use serde::{Deserialize, Serialize};

use crate::error::InputError;

/// `[spectrum]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SpectrumConfig {
    /// Shortest and longest wavelength \[µm\].
    pub range_um: [f64; 2],
    /// Resolving power λ/Δλ of the bins, as far as the k-distributions of the opacity set have it.
    pub resolution: f64,
    /// Emission angles.
    pub angles: usize,
}

impl Default for SpectrumConfig {
    fn default() -> Self {
        Self {
            range_um: [2.0, 20.0],
            resolution: 1000.0,
            angles: 4,
        }
    }
}

impl SpectrumConfig {
    pub(super) fn check(&self) -> Result<(), InputError> {
        let refuse = |key: &str, found: String, expected: &str| {
            let place = format!("spectrum.{key}");
            Err(InputError::value(place, found, expected))
        };
        let [low, high] = self.range_um;
        if !(low >= 0.01 && low < high && high <= 1000.0) {
            let expected = "two ascending wavelengths from 0.01 to 1000 um";
            return refuse("range_um", format!("{low} to {high}"), expected);
        }
        if !(10.0..=1e6).contains(&self.resolution) {
            return refuse("resolution", self.resolution.to_string(), "10 to 1000000");
        }
        if !(4..=32).contains(&self.angles) {
            return refuse("angles", self.angles.to_string(), "4 to 32");
        }
        Ok(())
    }
}
