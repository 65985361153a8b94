//! `magmaret check`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Common, emit, emit_json};
use crate::config::RunConfig;
use crate::run::Setup;

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Run file (TOML).
    run_file: PathBuf,
}

impl CheckArgs {
    pub(super) fn run(&self, common: Common) -> anyhow::Result<ExitCode> {
        let config = RunConfig::from_path(&self.run_file)?;
        let setup = Setup::new(&config)?;
        if common.json {
            emit_json(&setup.description())?;
        } else {
            emit(&setup.description().to_string())?;
        }
        for warning in &setup.warnings {
            eprintln!("warning: {warning}");
        }
        Ok(ExitCode::SUCCESS)
    }
}
