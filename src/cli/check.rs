//! `magmaret check`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Common, emit, emit_json};
use crate::config::{ModelKind, RunConfig};
use crate::run::{ForwardRequest, Setup, prepare};

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Run file (TOML).
    run_file: PathBuf,
}

impl CheckArgs {
    pub(super) fn run(&self, common: Common) -> anyhow::Result<ExitCode> {
        let config = RunConfig::from_path(&self.run_file)?;
        if config.model.kind == ModelKind::Lava && config.observation.files.is_empty() {
            return check_lava(config, common);
        }
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

/// The lava model: its parameters and conventions.
fn check_lava(config: RunConfig, common: Common) -> anyhow::Result<ExitCode> {
    let request = ForwardRequest {
        config,
        set: Vec::new(),
        directory: None,
    };
    let (lava, parameters, warnings) = prepare(&request)?;
    let described = serde_json::json!({
        "parameters": parameters,
        "conventions": lava.conventions(),
    });
    if common.json {
        emit_json(&described)?;
    } else {
        for (title, values) in described.as_object().into_iter().flatten() {
            emit(&format!("{title}\n"))?;
            for (name, value) in values.as_object().into_iter().flatten() {
                let text = value.as_str().map_or(value.to_string(), str::to_owned);
                emit(&format!("  {name:<24} {text}\n"))?;
            }
        }
    }
    for warning in warnings {
        eprintln!("warning: {warning}");
    }
    Ok(ExitCode::SUCCESS)
}
