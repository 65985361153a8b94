//! The models of one run side by side: what each predicts of a bin that it has not seen, how each
//! evidence hangs on the prior, and which bins prefer which model.

use std::fmt::Write as _;
use std::path::Path;

use super::model_run::{BIN_COLUMNS, ModelRun, bin_cells};
use super::predictive::Predictive;
use crate::error::InputError;
use crate::posterior::{ElpdDifference, LeaveOneOut, elpd_differences, leave_one_out, prior_width};
use crate::report::summary::{LeaveOneOutSummary, ModelEvidence, PriorSensitivity, Summary};
use crate::report::write_atomic;

/// What the comparison knows of each model, in the order of the runs.
pub struct ModelSet<'a> {
    runs: &'a [ModelRun<'a>],
    /// Or why there is none.
    loo: Vec<Result<LeaveOneOut, String>>,
    differences: Vec<Option<ElpdDifference>>,
    widths: Vec<Vec<PriorSensitivity>>,
}

impl<'a> ModelSet<'a> {
    /// Leaves every bin out of every model and halves every flat prior; no model is called.
    pub fn new(runs: &'a [ModelRun<'a>], predictives: &[Predictive]) -> Self {
        let loo: Vec<Result<LeaveOneOut, String>> = (runs.iter().zip(predictives))
            .map(|(run, predictive)| leave_one_out_of(run, predictive))
            .collect();
        let by_bin: Vec<Option<Vec<f64>>> = (loo.iter())
            .map(|loo| loo.as_ref().ok().map(LeaveOneOut::elpd_by_bin))
            .collect();
        Self {
            differences: elpd_differences(&by_bin),
            widths: runs.iter().map(prior_sensitivity).collect(),
            loo,
            runs,
        }
    }

    /// The line of each model in the comparison.
    pub fn evidences(&self, summaries: &[Summary]) -> Vec<ModelEvidence> {
        (self.runs.iter().zip(summaries).enumerate())
            .map(|(index, (run, summary))| {
                let loo = self.loo[index].as_ref().ok();
                let mut evidence = ModelEvidence {
                    elpd_loo: loo.map(LeaveOneOut::elpd),
                    unreliable_bins: loo.map(|loo| loo.unreliable() as u64),
                    ..run.evidence(summary)
                };
                evidence.set_elpd_difference(self.differences[index].as_ref());
                evidence
            })
            .collect()
    }

    /// Adds what is known of the model `index` to its summary.
    pub fn describe(&self, index: usize, summary: &mut Summary) {
        let name = self.runs[index].name();
        let warnings = &mut summary.diagnostics.warnings;
        summary.leave_one_out = match &self.loo[index] {
            Ok(loo) => {
                if loo.unreliable() > 0 {
                    warnings.push(format!(
                        "{name}: {} of {} bins decide so much of the posterior that it says little of \
                         itself without them (Pareto k above {:.2}; `pareto_k` in loo.csv)",
                        loo.unreliable(),
                        loo.bins.len(),
                        loo.reliable_shape
                    ));
                }
                LeaveOneOutSummary::from(loo)
            }
            Err(reason) => LeaveOneOutSummary {
                refused: Some(reason.clone()),
                ..LeaveOneOutSummary::default()
            },
        };
        summary.prior_sensitivity.clone_from(&self.widths[index]);
    }

    /// `loo.csv` and `prior_sensitivity.csv` of every model, and in the run directory `comparison.csv`
    /// (a row per model) and `comparison_bins.csv` (a row per bin). What a run before this left and
    /// this one has nothing for is taken away.
    ///
    /// # Errors
    /// [`InputError::Write`].
    pub fn write(&self, evidences: &[ModelEvidence]) -> Result<(), InputError> {
        for (index, run) in self.runs.iter().enumerate() {
            let loo = self.loo[index].as_ref().ok();
            write_or_remove(
                &run.folder.join("loo.csv"),
                loo.map(|loo| loo_csv(run, loo)),
            )?;
            let widths = &self.widths[index];
            let table = (!widths.is_empty()).then(|| width_csv(widths));
            write_or_remove(&run.folder.join("prior_sensitivity.csv"), table)?;
        }
        let Some(main) = self.runs.first() else {
            return Ok(());
        };
        let table = comparison_csv(evidences, &self.widths);
        write_atomic(&main.folder.join("comparison.csv"), table.as_bytes())?;
        let bins = (self.differences.iter().flatten().count() > 1).then(|| self.bins_csv(main));
        write_or_remove(&main.folder.join("comparison_bins.csv"), bins)
    }

    /// Names and differences to the best, bin by bin, of every model that has them, and the places in
    /// which they can be trusted.
    pub fn preferences(&self) -> Vec<(&'static str, &ElpdDifference, Vec<bool>)> {
        let models = self.runs.iter().zip(&self.differences).zip(&self.loo);
        models
            .filter_map(|((run, difference), loo)| {
                let loo = loo.as_ref().ok()?;
                let reliable = loo.bins.iter().map(|bin| loo.trusts(bin)).collect();
                Some((run.name(), difference.as_ref()?, reliable))
            })
            .collect()
    }

    fn bins_csv(&self, main: &ModelRun<'_>) -> String {
        let models = self.preferences();
        let mut text = format!("{BIN_COLUMNS},preferred,reliable");
        for (name, ..) in &models {
            let _ = write!(text, ",delta_elpd_nats_{name}");
        }
        text.push('\n');
        for (bin, row) in main.setup.observation.rows.iter().enumerate() {
            let at = |model: &(&'static str, &ElpdDifference, Vec<bool>)| model.1.by_bin[bin];
            let preferred = models.iter().max_by(|a, b| at(a).total_cmp(&at(b)));
            let name = preferred.map_or("", |model| model.0);
            let reliable = u8::from(models.iter().all(|model| model.2[bin]));
            let _ = write!(text, "{},{name},{reliable}", bin_cells(row));
            for model in &models {
                let _ = write!(text, ",{:.5}", at(model));
            }
            text.push('\n');
        }
        text
    }
}

/// Leaves each bin out of one model, from the draws behind its bands.
fn leave_one_out_of(run: &ModelRun<'_>, predictive: &Predictive) -> Result<LeaveOneOut, String> {
    let ln_likelihood = (predictive.pointwise.as_ref()).map_err(ToString::to_string)?;
    let effective = run.effective_samples().min(predictive.rows.len() as f64);
    let bins = run.model.problem.bins;
    leave_one_out(ln_likelihood, bins, effective).map_err(|error| error.to_string())
}

/// Every free parameter with a flat prior, and what a narrower one would do to ln Z.
fn prior_sensitivity(run: &ModelRun<'_>) -> Vec<PriorSensitivity> {
    let prior = &run.model.problem.prior;
    (0..run.posterior.parameter_count())
        .filter_map(|column| {
            let flat = prior.flat(column)?;
            let values = run.posterior.column(column);
            let unit: Vec<f64> = values.iter().map(|x| flat.unit(*x)).collect();
            let weights = run.posterior.weights();
            Some(PriorSensitivity {
                parameter: run.posterior.names()[column].clone(),
                prior: flat.describe(),
                width: prior_width(&unit, weights, run.effective_samples()),
            })
        })
        .collect()
}

fn write_or_remove(path: &Path, content: Option<String>) -> Result<(), InputError> {
    match content {
        Some(text) => write_atomic(path, text.as_bytes()),
        None => match std::fs::remove_file(path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(InputError::write(path, source))
            }
            _ => Ok(()),
        },
    }
}

fn loo_csv(run: &ModelRun<'_>, loo: &LeaveOneOut) -> String {
    let mut text = format!(
        "{BIN_COLUMNS},elpd_nats,elpd_mc_error_nats,effective_parameters,pareto_k,reliable\n"
    );
    for (row, bin) in run.setup.observation.rows.iter().zip(&loo.bins) {
        let _ = writeln!(
            text,
            "{},{:.6},{:.6},{:.6},{:.4},{}",
            bin_cells(row),
            bin.elpd,
            bin.monte_carlo_error,
            bin.effective_parameters,
            bin.pareto_shape,
            u8::from(loo.trusts(bin))
        );
    }
    text
}

fn width_csv(widths: &[PriorSensitivity]) -> String {
    let mut text = String::from("parameter,prior");
    for part in ["half_width", "lower_half", "upper_half"] {
        let _ = write!(text, ",delta_ln_z_{part},delta_ln_z_{part}_error");
    }
    for limit in ["lower", "upper"] {
        let _ = write!(
            text,
            ",ln_density_ratio_at_{limit}_limit,ln_density_ratio_at_{limit}_limit_error,\
             ln_z_with_room_beyond_{limit}_limit"
        );
    }
    text.push('\n');
    for entry in widths {
        let width = &entry.width;
        let _ = write!(text, "{},\"{}\"", entry.parameter, entry.prior);
        let error = |error: Option<f64>| error.map_or(String::new(), |e| format!("{e:.5}"));
        for part in [width.central_half, width.lower_half, width.upper_half] {
            let _ = write!(text, ",{:.5},{}", part.ln_ratio, error(part.error));
        }
        for limit in [width.lower_edge, width.upper_edge] {
            let room = match limit.favours_room() {
                Some(true) => "rises",
                Some(false) => "falls",
                None => "unclear",
            };
            let _ = write!(text, ",{:.5},{},{room}", limit.ln_ratio, error(limit.error));
        }
        text.push('\n');
    }
    text
}

fn comparison_csv(evidences: &[ModelEvidence], widths: &[Vec<PriorSensitivity>]) -> String {
    let mut text = String::from(
        "model,free_parameters,ln_evidence,ln_evidence_error,max_ln_likelihood,elpd_loo_nats,\
         delta_elpd_loo_nats,delta_elpd_loo_error_nats,bins_won,unreliable_bins,\
         most_sensitive_parameter,delta_ln_z_half_width,delta_ln_z_half_width_error\n",
    );
    let number = |number: Option<f64>| number.map_or(String::new(), |n| format!("{n:.5}"));
    let count = |count: Option<u64>| count.map_or(String::new(), |n| n.to_string());
    for (model, widths) in evidences.iter().zip(widths) {
        let most = widths.iter().max_by(|a, b| {
            let change = |entry: &PriorSensitivity| entry.width.central_half.ln_ratio.abs();
            change(a).total_cmp(&change(b))
        });
        let _ = writeln!(
            text,
            "{},{},{},{},{},{},{},{},{},{},{},{},{}",
            model.model,
            model.free_parameters,
            number(model.ln_evidence),
            number(model.ln_evidence_error),
            number(model.max_ln_likelihood),
            number(model.elpd_loo),
            number(model.delta_elpd_loo),
            number(model.delta_elpd_loo_error),
            count(model.bins_won),
            count(model.unreliable_bins),
            most.map_or("", |entry| &entry.parameter),
            number(most.map(|entry| entry.width.central_half.ln_ratio)),
            number(most.and_then(|entry| entry.width.central_half.error)),
        );
    }
    text
}
