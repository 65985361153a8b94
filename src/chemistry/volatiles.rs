//! Volatiles between melt and gas: H, C, N, S and Cl in one surface gas with the rock vapour.
//!
//! A melt gives the potentials of the rock elements ([`rock::RockPotentials`]), a redox state gives
//! that of oxygen, and the inventory gives one balance per volatile element: gas column plus
//! dissolved mass = budget, or an elemental partial pressure. All gases follow from the same
//! potentials, the cross species (NaOH, KOH, Mg(OH)2, SiS, SiH4, NaCl) with them; the column uses the
//! pressure and the mean molar mass of the whole gas. Without volatiles the gas is the dry one, bit
//! for bit, and with fO2 imposed volatiles move no partial pressure of a volatile-free gas.
//!
//! Oxygen: fO2 imposed (default), balanced as in congruent evaporation, or balanced with the iron of
//! the melt ([`outgas::OxygenClosure`]).
//!
//! Limits: ideal gas; nothing dissolves into solids; a thin column (mass = P 4πR²/g); the melt is an
//! infinite reservoir of rock elements; ions of volatiles are left out.
//!
//! Order of reading: [`inventory`] and [`planet`] (what there is), [`model`] (gases, laws, conventions),
//! [`system`] (the equations), [`solver`], [`outgas`] (question and answer), [`rock`] (with a melt).

mod calliope;
mod fallback;
pub mod inventory;
pub mod model;
pub mod outgas;
pub mod planet;
pub mod rock;
pub mod solver;
pub mod system;

#[cfg(test)]
mod tests;
