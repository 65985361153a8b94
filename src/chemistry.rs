//! Chemistry of the gas: what a mixture of elements speciates into at given temperature and
//! pressure.

pub mod gas;
pub mod vaporise;
