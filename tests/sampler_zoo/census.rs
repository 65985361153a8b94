//! Many runs of one problem, and what they say of bias and quoted error.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use magmaret::config::{SamplerConfig, SamplerKind};
use magmaret::sampler::insertion::insertion_test;
use magmaret::sampler::{
    ImportanceRun, ImportanceSettings, NestedRun, NestedSettings, Observer, Progress, SampleSet,
    Status,
};
use rayon::prelude::*;

use crate::problems::Problem;

/// Says nothing and never stops.
pub struct Silent;

impl Observer for Silent {
    fn on_batch(&mut self, _: &Progress) -> bool {
        true
    }
}

/// What a cell is held to, beside |bias| < 3 s/√n, no pull above 6 and no run stuck.
pub struct Limits {
    pub calls_per_effective_sample: f64,
    pub scatter_ratio: [f64; 2],
}

/// Summary of the runs of one problem.
pub struct Cell {
    pub name: &'static str,
    runs: usize,
    bias: f64,
    scatter: f64,
    /// Scatter over the mean quoted error.
    ratio: f64,
    worst_pull: f64,
    calls: f64,
    pub effective_samples: f64,
    insertion_failures: usize,
    calls_per_effective_sample: f64,
    /// Which limits were missed; empty for a pass.
    pub failures: Vec<String>,
}

struct Outcome {
    deviation: f64,
    error: f64,
    calls: f64,
    effective_samples: f64,
    insertion_p_value: f64,
    finished: bool,
}

fn sampled(problem: &Problem, config: &SamplerConfig, seed: u64) -> (Status, SampleSet) {
    if config.kind == SamplerKind::Importance {
        let settings = ImportanceSettings::from_config(config);
        let mut run = ImportanceRun::new(settings, problem.dim, seed).unwrap();
        let status = run.advance(problem, &mut Silent).unwrap();
        return (status, run.finish());
    }
    let settings = NestedSettings::from_config(config);
    let mut run = NestedRun::new(settings, problem.dim, seed).unwrap();
    let status = run.advance(problem, &mut Silent).unwrap();
    (status, run.finish())
}

fn one_run(problem: &Problem, config: &SamplerConfig, seed: u64) -> Outcome {
    let (status, samples) = sampled(problem, config, seed);
    let evidence = samples.evidence.unwrap();
    let square: f64 = samples.ln_weight.iter().map(|w| (2.0 * w).exp()).sum();
    Outcome {
        deviation: evidence.ln_evidence - problem.ln_evidence,
        error: evidence.ln_evidence_error,
        calls: samples.likelihood_calls as f64,
        effective_samples: square.recip(),
        insertion_p_value: if samples.insertion_rank.is_empty() {
            1.0
        } else {
            insertion_test(&samples.insertion_rank, config.live_points).p_value()
        },
        finished: status == Status::Finished,
    }
}

/// Runs a problem with `runs` seeds from `first_seed` on.
pub fn run_cell(
    problem: &Problem,
    config: &SamplerConfig,
    first_seed: u64,
    runs: usize,
    limits: &Limits,
) -> Cell {
    let outcomes: Vec<Outcome> = (0..runs as u64)
        .into_par_iter()
        .map(|run| one_run(problem, config, first_seed + run))
        .collect();
    let count = runs as f64;
    let mean = |value: &dyn Fn(&Outcome) -> f64| outcomes.iter().map(value).sum::<f64>() / count;
    let bias = mean(&|o| o.deviation);
    let scatter = (mean(&|o| (o.deviation - bias).powi(2)) * count / (count - 1.0)).sqrt();
    let mut cell = Cell {
        name: problem.name,
        runs,
        bias,
        scatter,
        ratio: scatter / mean(&|o| o.error),
        worst_pull: outcomes
            .iter()
            .map(|o| (o.deviation / o.error).abs())
            .fold(0.0, f64::max),
        calls: mean(&|o| o.calls),
        effective_samples: mean(&|o| o.effective_samples),
        insertion_failures: outcomes
            .iter()
            .filter(|o| o.insertion_p_value < 0.01)
            .count(),
        calls_per_effective_sample: mean(&|o| o.calls) / mean(&|o| o.effective_samples),
        failures: Vec::new(),
    };
    cell.judge(limits, &outcomes);
    cell
}

impl Cell {
    fn judge(&mut self, limits: &Limits, outcomes: &[Outcome]) {
        let mut note = |failed: bool, text: String| {
            if failed {
                self.failures.push(text);
            }
        };
        let allowed = 3.0 * self.scatter / (self.runs as f64).sqrt();
        note(
            self.bias.abs() >= allowed,
            format!("bias {:+.3} beyond {allowed:.3}", self.bias),
        );
        let [low, high] = limits.scatter_ratio;
        note(
            !(low..=high).contains(&self.ratio),
            format!("scatter over quoted {:.2}", self.ratio),
        );
        note(
            self.worst_pull > 6.0,
            format!("pull {:.1}", self.worst_pull),
        );
        note(
            self.calls_per_effective_sample > limits.calls_per_effective_sample,
            format!("{:.0} calls per sample", self.calls_per_effective_sample),
        );
        let median_of = |value: &dyn Fn(&Outcome) -> f64| {
            let mut values: Vec<f64> = outcomes.iter().map(value).collect();
            values.sort_unstable_by(f64::total_cmp);
            values[values.len() / 2]
        };
        let calls = median_of(&|o| o.calls);
        let samples = median_of(&|o| o.effective_samples);
        let stuck = outcomes
            .iter()
            .filter(|o| !o.finished || o.calls > 5.0 * calls || o.effective_samples < 0.2 * samples)
            .count();
        note(stuck > 0, format!("{stuck} stuck"));
        // 1 % are expected; above 5 of 100 (or 3 of 20) the chance is below 1 in 1000.
        let insertions = if self.runs >= 100 { 5 } else { 3 };
        note(
            self.insertion_failures > insertions,
            format!("{} insertion failures", self.insertion_failures),
        );
    }

    /// One row of the table.
    pub fn row(&self, remark: &str) -> String {
        let verdict = if self.failures.is_empty() {
            "pass".to_owned()
        } else {
            format!("FAIL: {}", self.failures.join("; "))
        };
        format!(
            "| {}{remark} | {} | {:+.3} | {:.3} | {:.2} | {:.1} | {:.0} | {:.0} | {:.1} | {} | {verdict} |",
            self.name,
            self.runs,
            self.bias,
            self.scatter,
            self.ratio,
            self.worst_pull,
            self.calls,
            self.effective_samples,
            self.calls_per_effective_sample,
            self.insertion_failures,
        )
    }
}

/// Date of a Unix time as YYYY-MM-DD (civil calendar; Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms").
fn date(seconds: u64) -> String {
    let days = i64::try_from(seconds / 86_400).unwrap() + 719_468;
    let era = days / 146_097;
    let day_of_era = days - era * 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year}-{month:02}-{day:02}")
}

/// Writes `tests/sampler_zoo/RESULTS.md`.
pub fn write_results(config: &SamplerConfig, seed: u64, retest_seed: u64, rows: &[String]) {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let mut text = format!(
        "# Sampler zoo\n\n\
         Written by `cargo test --release --test sampler_zoo -- --ignored` on {}.\n\
         Settings: static nested sampling, {} live points (2000 for d ≥ 10), batches of a \
         tenth, kernel {:?}, stop at delta ln Z = {}, steps by dimension.\n\
         Seeds {seed} and up, fixed before the run and not used for tuning; a cell that misses a \
         limit is run once more with seeds {retest_seed} and up, and both rows stand.\n\n\
         Bias: mean of ln Z less the truth. s: measured scatter of ln Z. ESS: Kish. Insertion: runs \
         whose insertion-index test fails at 1 %.\n\
         Limits: |bias| < 3 s/√n; s/quoted in [0.79, 1.21] (3 σ for n = 100; for n = 20 an honest \
         error misses it in one case of five); no pull above 6; no run stuck; calls per effective sample at \
         most 10 (d ≤ 5), 110 (gauss10), 125 (rosen10), 80 (loggamma10); at most 5 insertion \
         failures of 100, 3 of 20.\n\n\
         | problem | n | bias | s | s/quoted | worst pull | calls | ESS | calls/ESS | insertion | verdict |\n\
         |---|---|---|---|---|---|---|---|---|---|---|\n",
        date(now),
        config.live_points,
        config.kernel,
        config.delta_ln_z,
    );
    for row in rows {
        writeln!(text, "{row}").unwrap();
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sampler_zoo/RESULTS.md");
    std::fs::write(path, text).unwrap();
}

#[test]
fn sampler_zoo_dates_are_those_of_the_calendar() {
    assert_eq!(date(0), "1970-01-01");
    assert_eq!(date(951_782_400), "2000-02-29");
    assert_eq!(date(1_795_219_200), "2026-11-21");
}
