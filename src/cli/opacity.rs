//! `magmaret opacity`.

mod build;
mod compare;
mod import;
mod info;
mod show;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;

use super::Common;
use crate::opacity::OpacitySet;

/// What to do with opacity sets.
#[derive(Debug, Subcommand)]
pub enum OpacityCommand {
    /// Make an opacity set from spectroscopic constants.
    Build(build::BuildArgs),
    /// Ratios of the mean cross sections of two opacity sets.
    Compare(compare::CompareArgs),
    /// Put a table or a line list of your own into an opacity set.
    Import(Box<import::ImportArgs>),
    /// Gases, tiers, citations, grids and sizes of an opacity set.
    Info(info::InfoArgs),
    /// Mean cross sections in bins, as numbers and as a figure.
    Show(show::ShowArgs),
}

impl OpacityCommand {
    pub(super) fn run(&self, common: Common) -> anyhow::Result<ExitCode> {
        match self {
            Self::Build(args) => args.run(common),
            Self::Compare(args) => args.run(common),
            Self::Import(args) => args.run(common),
            Self::Info(args) => args.run(common),
            Self::Show(args) => args.run(common),
        }
    }
}

/// The set of `--set`, or the one that the program carries.
fn open(path: Option<&PathBuf>) -> anyhow::Result<OpacitySet> {
    Ok(match path {
        Some(path) => OpacitySet::read(Path::new(path))?,
        None => OpacitySet::embedded()?,
    })
}
