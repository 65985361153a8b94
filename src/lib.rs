#![deny(missing_docs)]
//! placeholder
pub mod config;
pub mod constants;
pub mod error;
pub mod forward;
pub mod instrument;
pub mod sampler;
pub mod spectrum;
pub mod units;
