//! The `magmaret` binary: parse, run, exit code; nothing else.

use std::process::ExitCode;

use clap::Parser;
use magmaret::cli::Cli;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}
