//! Opacities: lines generated from spectroscopic constants, cross sections, and the tables that
//! the atmosphere reads.
//!
//! # Units
//! Spectroscopy speaks in wavenumbers: \[cm⁻¹\], cross sections in \[cm²\] per molecule of the
//! gas, pressures of tables in \[bar\]; every name says so. Extinction leaves this module in SI.

pub mod alo;
pub mod asymmetric_top;
pub mod atom;
pub mod build;
pub mod cao;
pub mod co2;
pub mod co;
pub mod codec;
pub mod collision_induced;
pub mod compare;
pub mod continuum;
pub mod diatomic;
pub mod embedded;
pub mod gases;
pub mod grid;
pub mod h2o;
pub mod kdistribution;
pub mod line;
pub mod line_by_line;
pub mod linear_triatomic;
pub mod mgo;
pub mod mgo_triplet;
pub mod mixing;
pub mod molecular_partition;
mod multiplet;
pub mod partition;
pub mod provenance;
pub mod rayleigh;
pub mod read;
pub mod selection;
pub mod set;
pub mod sio2;
pub mod sio;
pub mod so2;
pub mod source;
pub mod table;
mod tabulated;
pub mod tio;
pub mod voigt;

pub use line::{Line, LineList};
pub use partition::PartitionFunction;
pub use provenance::{Provenance, Tier};
pub use set::OpacitySet;
pub use source::LineGas;
pub use table::{CrossSectionTable, SpectralAxis};
