//! Opacities: lines generated from spectroscopic constants, cross sections, and the tables that
//! the atmosphere reads.
//!
//! # Units
//! Spectroscopy speaks in wavenumbers: \[cm⁻¹\], cross sections in \[cm²\] per molecule of the
//! gas, pressures of tables in \[bar\]; every name says so. Extinction leaves this module in SI.

pub mod alo;
pub mod atom;
pub mod cao;
pub mod co;
pub mod collision_induced;
pub mod continuum;
pub mod diatomic;
pub mod line;
pub mod mgo;
pub mod molecular_partition;
mod multiplet;
pub mod partition;
pub mod provenance;
pub mod rayleigh;
pub mod sio;
pub mod source;
pub mod table;
mod tabulated;
pub mod tio;

pub use line::{Line, LineList};
pub use partition::PartitionFunction;
pub use provenance::{Provenance, Tier};
pub use source::LineGas;
pub use table::{CrossSectionTable, SpectralAxis};
