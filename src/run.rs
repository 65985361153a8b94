//! One retrieval end to end: inputs, sampling with checkpoints, results, run directory.

mod anchors;
mod columns;
mod compare;
mod dark_rock;
mod directory;
mod execute;
mod figures;
mod forward;
mod inference_data;
mod mock;
mod model_run;
mod model_set;
mod predictive;
mod problem;
mod profiles;
mod provenance;
mod sampling;
mod setup;
mod targets;
mod text;

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::config::RunConfig;
use crate::error::{InputError, ModelError};
use crate::report::summary::Summary;
use crate::sampler::Progress;

pub use anchors::prepare_starts;
pub use compare::{ComparedModel, ComparedRun, Difference, RunComparison, compare};
pub use directory::Existing;
pub use execute::retrieve;
pub use forward::{
    ConvectionSummary, FineSummary, ForwardOutcome, ForwardRequest, ForwardSummary,
    GivenProfileSummary, RingSummary, forward, prepare,
};
pub use mock::{MockRequest, MockTruth, mock, truth_path};
pub use problem::Problem;
pub use setup::Setup;
pub use targets::{Target, targets};

/// What to run and where.
#[derive(Clone, Debug)]
pub struct Request {
    /// The run file, as read.
    pub config: RunConfig,
    /// Where it was read from.
    pub run_file: PathBuf,
    /// Run directory.
    pub directory: PathBuf,
    /// What to do with results that are already there.
    pub existing: Existing,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunStatus {
    /// All models sampled, all results written.
    Finished,
    /// Asked to stop; a checkpoint is kept.
    Interrupted,
}

/// What a run gives back, beside its directory.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How it ended.
    pub status: RunStatus,
    /// The content of `summary.json`.
    pub summary: Option<Summary>,
    /// The tables for a terminal.
    pub text: String,
    /// Diagnostics that failed, in words.
    pub failed_diagnostics: Vec<String>,
}

impl Outcome {
    fn interrupted() -> Self {
        Self {
            status: RunStatus::Interrupted,
            summary: None,
            text: String::new(),
            failed_diagnostics: Vec::new(),
        }
    }
}

/// Why a run could not go on.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunError {
    /// Something that the user gave.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A fault of the model that more sampling cannot mend.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A spectrum that the opacity set does not have.
    #[error(transparent)]
    Fine(#[from] crate::forward::FineError),
    /// A lava planet that has no atmosphere in equilibrium at these parameters.
    #[error(transparent)]
    NoDayside(#[from] crate::forward::NoDayside),
}

/// Told of a run's progress; the terminal's side of it.
pub trait RunObserver {
    /// A model begins.
    fn on_model(&mut self, name: &str);
    /// Something the user should read: what was read, a warning, a damaged checkpoint.
    fn on_message(&mut self, message: &str);
    /// After every batch; `false` asks for a stop there.
    fn on_progress(&mut self, progress: &Progress) -> bool;
}

/// The run directory of a run file: `out`, else `output.directory`, else `runs/<name>`.
pub fn directory_for(config: &RunConfig, run_file: &Path, out: Option<&Path>) -> PathBuf {
    out.map(Path::to_owned)
        .or_else(|| config.output.directory.clone())
        .unwrap_or_else(|| {
            Path::new("runs").join(run_file.file_stem().unwrap_or_else(|| "run".as_ref()))
        })
}
