//! Lines of aluminium monoxide: the blue-green B-X and infrared A-X systems and the vibration
//! bands.

pub use super::multiplet::Options;

use super::multiplet;
use super::source::LineGas;
use crate::error::InputError;

/// Model of Patrascu et al. (2014, 2015).
const MODEL: &str = include_str!("data/alo.toml");

/// The lines of ²⁷Al¹⁶O.
///
/// # Errors
/// Options outside their range.
pub fn lines(options: &Options) -> Result<LineGas, InputError> {
    multiplet::lines("alo.toml", MODEL, options)
}

#[cfg(test)]
mod tests;
