#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

pub mod constants;
pub mod units;
pub mod error;
pub mod file;
pub mod species;
pub mod config;
pub mod prior;
pub mod melt;
pub mod chemistry;
pub mod spectrum;
pub mod opacity;
pub mod transfer;
pub mod atmosphere;
pub mod instrument;
pub mod observation;
pub mod forward;
pub mod likelihood;
pub mod sampler;
pub mod posterior;
pub mod report;
pub mod run;
#[cfg(feature = "cli")]
pub mod cli;
