//! The progress bar: on a terminal only, on stderr.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

use crate::run::RunObserver;
use crate::sampler::Progress;

/// Steps of the bar: fractions are shown to 0.1 %.
const STEPS: u64 = 1_000;

/// Shows where the sampler stands and passes on Ctrl-C.
pub struct Terminal {
    bar: ProgressBar,
    interrupted: Arc<AtomicBool>,
}

impl Terminal {
    /// A bar if stderr is a terminal, silence otherwise; Ctrl-C asks the run to stop at the next
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
        Ok(Self { bar, interrupted })
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
    }

    fn on_message(&mut self, message: &str) {
        self.bar.suspend(|| eprintln!("{message}"));
    }

    fn on_progress(&mut self, progress: &Progress) -> bool {
        self.bar
            .set_position((progress.fraction_done * STEPS as f64) as u64);
        let calls = progress.likelihood_calls;
        if progress.ln_evidence.is_nan() {
            self.bar.set_message(format!("{calls} calls"));
        } else {
            self.bar.set_message(format!(
                "{calls} calls, ln Z {:.2}, remaining {:.3}",
                progress.ln_evidence, progress.remaining_ln_evidence
            ));
        }
        !self.interrupted.load(Ordering::SeqCst)
    }
}
