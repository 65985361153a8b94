//! Progress on stderr: a bar on a terminal, else (a batch job, a log file) a line a minute.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::run::RunObserver;
use crate::sampler::Progress;

/// Steps of the bar: fractions are shown to 0.1 %.
const STEPS: u64 = 1_000;
/// Time between two lines where there is no terminal.
const BETWEEN_LINES: Duration = Duration::from_secs(60);

/// Shows where the sampler stands and passes on Ctrl-C.
pub struct Terminal {
    bar: ProgressBar,
    model: String,
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
    }

    fn on_message(&mut self, message: &str) {
        self.bar.suspend(|| eprintln!("{message}"));
    }

    fn on_progress(&mut self, progress: &Progress) -> bool {
        self.bar
            .set_position((progress.fraction_done * STEPS as f64) as u64);
        let message = described(progress);
        if self.bar.is_hidden() && self.last_line.elapsed() >= BETWEEN_LINES {
            let percent = 100.0 * progress.fraction_done;
            eprintln!("{}: {percent:.0} %, {message}", self.model);
            self.last_line = Instant::now();
        }
        self.bar.set_message(message);
        !self.interrupted.load(Ordering::SeqCst)
    }
}

/// Where a sampler stands, in words.
fn described(progress: &Progress) -> String {
    let calls = progress.likelihood_calls;
    if progress.ln_evidence.is_nan() {
        return format!("{calls} calls");
    }
    format!(
        "{calls} calls, ln Z {:.2}, remaining {:.3}",
        progress.ln_evidence, progress.remaining_ln_evidence
    )
}
