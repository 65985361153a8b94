//! Chemistry of the gas: what stands over a melt, and what a mixture of elements speciates into at
//! given temperature and pressure.

pub mod gas;
pub mod vaporise;
pub mod volatiles;
