//! Volatiles between melt and gas.
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
