//! Lines of calcium monoxide: the A-X and A'-X systems, A-A', and the vibration bands.

pub use super::multiplet::Options;

use super::multiplet;
use super::source::LineGas;
use crate::error::InputError;

/// Model of Yurchenko et al. (2016), MNRAS 456, 4524.
const MODEL: &str = include_str!("data/cao.toml");

/// The lines of ⁴⁰Ca¹⁶O.
///
/// # Errors
/// Options outside their range.
pub fn lines(options: &Options) -> Result<LineGas, InputError> {
    multiplet::lines("cao.toml", MODEL, options)
}

#[cfg(test)]
mod tests;
