//! `magmaret compare`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Common, emit, emit_json};
use crate::report::summary::ModelEvidence;
use crate::report::tables::{elpd_table, evidence_table, prior_table};
use crate::run::{ComparedModel, RunComparison, compare};

/// Longest value of a setting in the table; `--json` has them whole.
const WIDEST_VALUE: usize = 100;

#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// Directories of finished runs on the same data.
    #[arg(required = true, value_name = "RUN_DIR")]
    directories: Vec<PathBuf>,
}

impl CompareArgs {
    pub(super) fn run(&self, common: Common) -> anyhow::Result<ExitCode> {
        let comparison = compare(&self.directories)?;
        if common.json {
            emit_json(&comparison)?;
        } else {
            emit(&text(&comparison))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// "lava \[2\]": a model and the number of its run.
fn label(comparison: &RunComparison, model: &ComparedModel) -> String {
    if comparison.runs.len() == 1 {
        model.evidence.model.clone()
    } else {
        format!("{} [{}]", model.evidence.model, model.run + 1)
    }
}

fn text(comparison: &RunComparison) -> String {
    let mut out = String::new();
    for (index, run) in comparison.runs.iter().enumerate() {
        let title = if run.title.is_empty() { "" } else { ": " };
        let directory = run.directory.display();
        let _ = writeln!(
            out,
            "[{}] {directory}{title}{}; {} bins",
            index + 1,
            run.title,
            run.bins
        );
    }
    let labelled: Vec<ModelEvidence> = (comparison.models.iter())
        .map(|model| ModelEvidence {
            model: label(comparison, model),
            ..model.evidence.clone()
        })
        .collect();
    let _ = write!(out, "\nEvidence\n{}", evidence_table(&labelled));
    let elpd = elpd_table(&labelled);
    if !elpd.is_empty() {
        let _ = write!(out, "\nBins left out one by one [nats]\n{elpd}");
    }
    out.push_str(&sampling(comparison));
    for model in &comparison.models {
        let table = prior_table(&model.prior_sensitivity);
        if !table.is_empty() && model.evidence.ln_evidence.is_some() {
            let name = label(comparison, model);
            let _ = write!(
                out,
                "\nChange of ln Z of {name} with narrower flat priors\n{table}"
            );
        }
    }
    out.push_str(&differences(comparison));
    out
}

fn sampling(comparison: &RunComparison) -> String {
    let mut out = format!(
        "\nSampling\n{:<28} {:>15} {:>11} {:>11} {:>11} {:>10}\n",
        "", "sampler", "live points", "calls", "effective", "converged"
    );
    for model in &comparison.models {
        let live = (comparison.runs.get(model.run))
            .and_then(|run| run.live_points)
            .filter(|_| model.sampler != "ensemble");
        let effective = model.effective_sample_size;
        let _ = writeln!(
            out,
            "{:<28} {:>15} {:>11} {:>11} {:>11} {:>10}",
            label(comparison, model),
            model.sampler,
            live.map_or("-".to_owned(), |n| n.to_string()),
            model.likelihood_calls,
            effective.map_or("-".to_owned(), |n| format!("{n:.0}")),
            if model.converged { "yes" } else { "no" },
        );
    }
    out
}

fn differences(comparison: &RunComparison) -> String {
    let mut out = String::new();
    if comparison.runs.len() > 1 {
        let head = if comparison.differing.is_empty() {
            "The runs assume the same."
        } else {
            "What the runs assume differently"
        };
        let _ = writeln!(out, "\n{head}");
    }
    for entry in &comparison.differing {
        let _ = writeln!(out, "{}", entry.name);
        for (run, value) in entry.values.iter().enumerate() {
            let value = value.as_deref().unwrap_or("(default, or none)");
            let mut short: String = value.chars().take(WIDEST_VALUE).collect();
            if short.len() < value.len() {
                short.push('…');
            }
            let _ = writeln!(out, "  [{}] {}", run + 1, short.replace('\n', " "));
        }
    }
    out
}
