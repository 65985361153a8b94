//! Progress on stderr: a bar on a terminal, else (a batch job, a log file) a line a minute.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::run::RunObserver;
use crate::sampler::{Progress, Stage};

/// Steps of the bar: fractions are shown to 0.1 %.
const STEPS: u64 = 1_000;
/// Time between two lines where there is no terminal.
const BETWEEN_LINES: Duration = Duration::from_secs(60);

/// Shows where the sampler stands and passes on Ctrl-C.
pub struct Terminal {
    bar: ProgressBar,
    model: String,
    /// What the bar measures.
    stage: String,
    last_line: Instant,
    interrupted: Arc<AtomicBool>,
}

impl Terminal {
    /// A bar if stderr is a terminal, lines otherwise; Ctrl-C asks the run to stop at the next
    /// batch, a second one ends the process at once.
    ///
    /// # Errors
    /// When the signal handler cannot be set.
    pub fn new() -> Result<Self, ctrlc::Error> {
        let bar = if std::io::stderr().is_terminal() {
            ProgressBar::new(STEPS)
        } else {
            ProgressBar::hidden()
        };
        let style = "{prefix} [{bar:30}] {percent:>3}% {msg} {elapsed} < {eta}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        let interrupted = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&interrupted);
        ctrlc::set_handler(move || {
            if flag.swap(true, Ordering::SeqCst) {
                // The conventional status of a process ended by SIGINT.
                std::process::exit(130);
            }
        })?;
        Ok(Self {
            bar,
            model: String::new(),
            stage: String::new(),
            last_line: Instant::now(),
            interrupted,
        })
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl RunObserver for Terminal {
    fn on_model(&mut self, name: &str) {
        self.bar.reset();
        self.bar.set_prefix(name.to_owned());
        name.clone_into(&mut self.model);
        self.stage.clear();
    }

    fn on_message(&mut self, message: &str) {
        self.bar.suspend(|| eprintln!("{message}"));
    }

    fn on_progress(&mut self, progress: &Progress) -> bool {
        let stage = name_of(progress.stage);
        if stage != self.stage {
            // A bar for each stage, with the time that it takes: another stage has another pace.
            self.bar.reset();
            self.bar.set_prefix(format!("{}, {stage}", self.model));
            self.stage = stage;
        }
        self.bar
            .set_position((progress.fraction_done * STEPS as f64) as u64);
        let message = described(progress);
        if self.bar.is_hidden() && self.last_line.elapsed() >= BETWEEN_LINES {
            let percent = 100.0 * progress.fraction_done;
            eprintln!("{}, {}: {percent:.0} %, {message}", self.model, self.stage);
            self.last_line = Instant::now();
        }
        self.bar.set_message(message);
        !self.interrupted.load(Ordering::SeqCst)
    }
}

/// What the bar measures, in words.
fn name_of(stage: Stage) -> String {
    match stage {
        Stage::Exploring => "exploring".to_owned(),
        Stage::Refining(count) => format!("adding live points ({count})"),
        Stage::Sampling { .. } => "sampling".to_owned(),
    }
}

/// Where a sampler stands, in words.
fn described(progress: &Progress) -> String {
    let calls = progress.likelihood_calls;
    let mut words = format!("{calls} calls");
    if let Stage::Sampling {
        effective_samples,
        wanted,
    } = progress.stage
    {
        words.push_str(&format!(
            ", {effective_samples:.0} of {wanted:.0} effective samples"
        ));
    }
    if !progress.ln_evidence.is_nan() {
        words.push_str(&format!(", ln Z {:.2}", progress.ln_evidence));
    }
    // Of points that are drawn anew nothing remains to be found.
    if progress.remaining_ln_evidence > 0.0 {
        words.push_str(&format!(
            ", remaining {:.3}",
            progress.remaining_ln_evidence
        ));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPLORING: Progress = Progress {
        stage: Stage::Exploring,
        iteration: 100,
        likelihood_calls: 1200,
        ln_evidence: -3.21,
        remaining_ln_evidence: 0.5,
        stop_ln_evidence: 0.01,
        fraction_done: 0.4,
    };

    #[test]
    fn words_tell_the_stage_and_how_far_it_is() {
        assert_eq!(name_of(EXPLORING.stage), "exploring");
        assert_eq!(
            described(&EXPLORING),
            "1200 calls, ln Z -3.21, remaining 0.500"
        );
        let stage = Stage::Sampling {
            effective_samples: 120.4,
            wanted: 400.0,
        };
        let sampling = Progress {
            stage,
            remaining_ln_evidence: 0.0,
            ..EXPLORING
        };
        assert_eq!(name_of(stage), "sampling");
        assert_eq!(
            described(&sampling),
            "1200 calls, 120 of 400 effective samples, ln Z -3.21"
        );
        let walkers = Progress {
            ln_evidence: f64::NAN,
            remaining_ln_evidence: f64::NAN,
            ..EXPLORING
        };
        assert_eq!(described(&walkers), "1200 calls");
    }
}
