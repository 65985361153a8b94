//! `magmaret opacity`.

mod import;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Common;

/// Opacity sets.
#[derive(Debug, Args)]
pub(super) struct OpacityArgs {
    #[command(subcommand)]
    command: OpacityCommand,
}

#[derive(Debug, Subcommand)]
enum OpacityCommand {
    /// Put tables or lines of your own into an opacity set.
    Import(Box<import::ImportArgs>),
}

impl OpacityArgs {
    pub(super) fn run(self, common: Common) -> anyhow::Result<ExitCode> {
        match self.command {
            OpacityCommand::Import(args) => args.run(common),
        }
    }
}
