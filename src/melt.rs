//! Silicate melt.

pub mod buffer;
pub mod solubility;
