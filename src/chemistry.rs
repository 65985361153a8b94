//! Chemistry of the gas.

pub mod vaporise;
