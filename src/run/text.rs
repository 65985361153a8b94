//! The result of a run as text for a terminal.

use std::fmt::Write as _;

use super::dark_rock::DarkRock;
use super::model_run::ModelRun;
use super::predictive::Predictive;
use super::setup::Setup;
use crate::report::summary::Summary;
use crate::report::tables::{elpd_table, evidence_table, parameter_table, prior_table};
use crate::units::{M_PER_UM, RATIO_PER_PPM};

/// Tables of the bins, the parameters of every model and the evidences.
pub fn outcome_text(
    setup: &Setup,
    runs: &[ModelRun<'_>],
    summaries: &[Summary],
    predictives: &[Predictive],
    dark: &DarkRock,
) -> String {
    let mut text = String::new();
    if !setup.config.title.is_empty() {
        let _ = writeln!(text, "{}\n", setup.config.title);
    }
    text.push_str(&bin_table(setup, runs, predictives, dark));
    for summary in summaries {
        let _ = writeln!(text, "\nPosterior of {}", summary.model.replace('_', " "));
        text.push_str(&parameter_table(
            (summary.parameters.iter().chain(&summary.derived))
                .filter(|(_, entry)| entry.q025 != entry.q975),
        ));
    }
    for run in runs {
        text.push_str(&dependence_text(run));
    }
    if let Some(main) = summaries.first().filter(|main| main.ln_evidence.is_some()) {
        let _ = writeln!(text, "\nEvidence");
        text.push_str(&evidence_table(&main.model_comparison));
    }
    text.push_str(&comparison_text(summaries));
    text
}

/// How the evidences hang on the priors, and what the models predict of bins that they have not seen.
fn comparison_text(summaries: &[Summary]) -> String {
    let mut text = String::new();
    for summary in summaries.iter().filter(|one| one.ln_evidence.is_some()) {
        let table = prior_table(&summary.prior_sensitivity);
        if !table.is_empty() {
            let name = summary.model.replace('_', " ");
            let _ = write!(
                text,
                "\nChange of ln Z of {name} with narrower flat priors\n{table}"
            );
        }
    }
    let table = summaries
        .first()
        .map(|main| elpd_table(&main.model_comparison));
    if let Some(table) = table.filter(|table| !table.is_empty()) {
        let _ = write!(text, "\nBins left out one by one [nats]\n{table}");
    }
    for summary in summaries {
        if let Some(reason) = &summary.leave_one_out.refused {
            let name = summary.model.replace('_', " ");
            let _ = writeln!(text, "\n{name} has no leave-one-out estimate: {reason}");
        }
    }
    text
}

/// What the oxygen fugacity depends on.
fn dependence_text(run: &ModelRun<'_>) -> String {
    let table = run.dependence();
    let mut text = String::new();
    if table.is_empty() {
        return text;
    }
    let _ = writeln!(
        text,
        "\nWhat delta_iw of {} depends on: each held at the median of its prior to a quarter of its width\n\
         {:<26} {:>10} {:>10} {:>12} {:>10} {:>10}",
        run.name().replace('_', " "),
        "held",
        "at",
        "delta_iw",
        "shift [1σ]",
        "width",
        "samples"
    );
    for held in table {
        let _ = writeln!(
            text,
            "{:<26} {:>10.4} {:>10.2} {:>12.2} {:>10.2} {:>10.0}",
            held.name,
            held.value,
            held.median,
            held.shift_sigma,
            held.width_ratio,
            held.effective_samples
        );
    }
    text
}

fn bin_table(
    setup: &Setup,
    runs: &[ModelRun<'_>],
    predictives: &[Predictive],
    dark: &DarkRock,
) -> String {
    let mut text = String::from(
        "Eclipse depths [ppm]; dark rock: zero albedo, no heat redistribution, no free parameter\n",
    );
    let _ = write!(
        text,
        "{:>17} {:>18} {:>16}",
        "bin [um]", "observed", "dark rock"
    );
    for run in runs {
        let _ = write!(text, " {:>18}", run.name().replace('_', " "));
    }
    text.push('\n');
    let ppm = |ratio: f64| ratio / RATIO_PER_PPM;
    for (bin, row) in setup.observation.rows.iter().enumerate() {
        let edges = format!("{:.3} - {:.3}", row.low_m / M_PER_UM, row.high_m / M_PER_UM);
        let observed = format!(
            "{:.1} +{:.1} -{:.1}",
            ppm(row.depth),
            ppm(row.error_plus),
            ppm(row.error_minus)
        );
        let rock = format!("{:.1} +- {:.1}", ppm(dark.depth[bin]), ppm(dark.error[bin]));
        let _ = write!(text, "{edges:>17} {observed:>18} {rock:>16}");
        for predictive in predictives {
            let [_, low, median, high, _] = predictive.bins[bin].map(ppm);
            let shown = format!("{median:.1} +{:.1} -{:.1}", high - median, median - low);
            let _ = write!(text, " {shown:>18}");
        }
        text.push('\n');
    }
    text
}
