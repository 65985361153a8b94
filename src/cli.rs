//! Command line: parsing here, work in the library.

mod check;
mod compare;
mod forward;
mod mock;
mod opacity;
mod outgas;
mod progress;
mod retrieve;
mod speciate;
mod sweep;
mod targets;
mod vaporise;

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Bayesian retrieval of lava-planet eclipse spectra.
#[derive(Debug, Parser)]
#[command(version, about, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// Options that every command takes.
#[derive(Clone, Copy, Debug, Args)]
struct Common {
    /// Machine-readable output on stdout; progress and warnings stay on stderr.
    #[arg(long, global = true)]
    json: bool,
    /// Worker threads [default: all cores]. Results do not depend on it.
    #[arg(short = 'j', long, global = true, value_name = "N",
          value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Infer parameters from an observed eclipse spectrum.
    Retrieve(retrieve::RetrieveArgs),
    /// Check a run file: resolve it, list every convention and its source; run nothing.
    Check(check::CheckArgs),
    /// Atmosphere and eclipse spectrum of one lava planet.
    Forward(forward::ForwardArgs),
    /// An observation made from a model, with the truth beside it.
    Mock(Box<mock::MockArgs>),
    /// Evidences of finished runs on the same data side by side.
    Compare(compare::CompareArgs),
    /// List the systems shipped, with the depth of a dark bare rock.
    Targets,
    /// Partial pressures above a silicate melt.
    Vaporise(Box<vaporise::VaporiseArgs>),
    /// Partition of volatiles between a magma ocean and its gas.
    Outgas(Box<outgas::OutgasArgs>),
    /// Equilibrium composition of a gas.
    Speciate(Box<speciate::SpeciateArgs>),
    /// Make, describe and look at opacity sets.
    #[command(subcommand)]
    Opacity(Box<opacity::OpacityCommand>),
}

impl Cli {
    /// Runs the command. Exit codes: 0 done, 1 finished but a diagnostic failed or interrupted
    /// (a checkpoint is kept), 2 could not run.
    ///
    /// # Errors
    /// Whatever kept the command from running, with place, found and expected.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.common.threads.map_or(0, usize::from))
            .build()?;
        pool.install(|| match self.command {
            Command::Retrieve(args) => args.run(self.common),
            Command::Check(args) => args.run(self.common),
            Command::Forward(args) => args.run(self.common),
            Command::Mock(args) => args.run(self.common),
            Command::Compare(args) => args.run(self.common),
            Command::Targets => targets::run(self.common),
            Command::Vaporise(args) => args.run(self.common),
            Command::Outgas(args) => args.run(self.common),
            Command::Speciate(args) => args.run(self.common),
            Command::Opacity(command) => command.run(self.common),
        })
    }
}

/// Writes to stdout. A reader that has gone (`| head`) is no error.
fn emit(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Writes JSON to stdout.
fn emit_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    emit(&(serde_json::to_string_pretty(value)? + "\n"))
}
