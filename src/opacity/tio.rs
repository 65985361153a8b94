//! Lines of titanium monoxide, all five isotopologues: the γ, γ', ε, α systems of the triplets,
//! the β, δ, φ and f-a systems of the singlets, and the infrared bands.

pub use super::multiplet::Options;

use super::multiplet;
use super::source::LineGas;
use crate::error::InputError;

/// Model of McKemmish et al. (2019), MNRAS 488, 2836.
const MODEL: &str = include_str!("data/tio.toml");

/// The lines of TiO.
///
/// # Errors
/// Options outside their range.
pub fn lines(options: &Options) -> Result<LineGas, InputError> {
    multiplet::lines("tio.toml", MODEL, options)
}

#[cfg(test)]
mod tests;
