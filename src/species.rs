//! Elements, formulae, oxides, and the thermodynamic data of gases and condensed phases.
//!
//! Everything hot works by index: a [`GasSet`] is a chosen list of gas species with its matrix of
//! element counts and its coefficients; names matter at the borders only.

pub mod element;
pub mod formula;
pub mod gas_set;
pub mod oxide;
pub mod thermo;

pub use element::Element;
pub use formula::Formula;
pub use gas_set::{GasRecord, GasSet, Ions};
pub use oxide::Oxide;
pub use thermo::{MgoGas, Phase, Species};
