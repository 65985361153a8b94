#![deny(missing_docs)]
//! placeholder
pub mod chemistry;
pub mod config;
pub mod constants;
pub mod error;
pub mod forward;
pub mod melt;
pub mod sampler;
pub mod species;
pub mod units;
