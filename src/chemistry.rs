//! Chemistry of the gas.

pub mod volatiles;
