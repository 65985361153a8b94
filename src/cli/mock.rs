//! `magmaret mock`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::forward::pair;
use super::{Common, emit, emit_json};
use crate::config::RunConfig;
use crate::error::InputError;
use crate::run::{MockRequest, mock, truth_path};

/// An observation made from a model, with the truth beside it.
#[derive(Debug, Args)]
pub(super) struct MockArgs {
    /// Run file (TOML); its first model is observed, its observation is of no account.
    run_file: PathBuf,
    /// Bins and the errors of one eclipse: a CSV like those of `observations/`.
    #[arg(long, value_name = "CSV")]
    errors: PathBuf,
    /// Number of eclipses.
    #[arg(long, default_value_t = 1)]
    eclipses: u32,
    /// Factor on the errors.
    #[arg(long, default_value_t = 1.0)]
    inflation: f64,
    /// Error that no number of eclipses undercuts \[ppm\].
    #[arg(long, default_value_t = 0.0)]
    floor_ppm: f64,
    /// Parameters of the truth, as `delta_iw=2`; the others stand at the median of their prior.
    #[arg(long, value_name = "NAME=VALUE", num_args = 1..)]
    set: Vec<String>,
    /// The truth is a draw of the prior.
    #[arg(long)]
    draw: bool,
    /// Seed of truth and noise [default: that of the run file].
    #[arg(long)]
    seed: Option<u64>,
    /// Depths of the model without noise.
    #[arg(long)]
    noise_free: bool,
    /// File of the observation (CSV).
    #[arg(long, value_name = "CSV")]
    out: PathBuf,
}

impl MockArgs {
    pub(super) fn run(&self, common: Common) -> anyhow::Result<ExitCode> {
        let config = RunConfig::from_path(&self.run_file)?;
        let set = self.set.iter().map(|text| pair(text));
        let request = MockRequest {
            seed: self.seed.unwrap_or(config.seed),
            config,
            errors: self.errors.clone(),
            eclipses: self.eclipses,
            inflation: self.inflation,
            floor_ppm: self.floor_ppm,
            set: set.collect::<Result<_, InputError>>()?,
            draw: self.draw,
            noise_free: self.noise_free,
            out: self.out.clone(),
        };
        let truth = mock(&request)?;
        if common.json {
            emit_json(&truth)?;
        } else {
            for (name, value) in truth.truth.iter().chain(&truth.derived) {
                emit(&format!("{name:<32} {value}\n"))?;
            }
        }
        eprintln!(
            "observation: {}; truth: {}",
            self.out.display(),
            truth_path(&self.out).display()
        );
        Ok(ExitCode::SUCCESS)
    }
}
