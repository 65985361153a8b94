//! `magmaret retrieve`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::progress::Terminal;
use super::{Common, emit, emit_json};
use crate::config::RunConfig;
use crate::run::{self, Existing, Request, RunStatus};

#[derive(Debug, Args)]
pub(super) struct RetrieveArgs {
    /// Run file (TOML).
    run_file: PathBuf,
    /// Run directory [default: `output.directory` of the run file, else `runs/<its name>`].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Go on from the last checkpoint (starts the run if there is none).
    #[arg(long, conflicts_with_all = ["extend", "force"])]
    resume: bool,
    /// Go on beyond the end, after `live_points` was raised or `delta_ln_z` lowered in the run file.
    #[arg(long, conflicts_with = "force")]
    extend: bool,
    /// Replace an earlier run in the same directory.
    #[arg(long)]
    force: bool,
}

impl RetrieveArgs {
    pub(super) fn run(&self, common: Common) -> anyhow::Result<ExitCode> {
        let config = RunConfig::from_path(&self.run_file)?;
        let request = Request {
            directory: run::directory_for(&config, &self.run_file, self.out.as_deref()),
            config,
            run_file: self.run_file.clone(),
            existing: self.existing(),
        };
        let mut terminal = Terminal::new()?;
        let outcome = run::retrieve(&request, &mut terminal);
        terminal.finish();
        let outcome = outcome?;
        if outcome.status == RunStatus::Interrupted {
            eprintln!(
                "stopped; a checkpoint is kept. Go on with: magmaret retrieve {} --out {} --resume",
                self.run_file.display(),
                request.directory.display()
            );
            return Ok(ExitCode::from(1));
        }
        if common.json {
            emit_json(&outcome.summary)?;
        } else {
            emit(&outcome.text)?;
        }
        for failed in &outcome.failed_diagnostics {
            eprintln!("diagnostic failed: {failed}");
        }
        eprintln!("results: {}", request.directory.display());
        Ok(ExitCode::from(u8::from(
            !outcome.failed_diagnostics.is_empty(),
        )))
    }

    fn existing(&self) -> Existing {
        if self.resume {
            Existing::Resume
        } else if self.extend {
            Existing::Extend
        } else if self.force {
            Existing::Replace
        } else {
            Existing::Refuse
        }
    }
}
