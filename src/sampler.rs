//! Samplers: what each takes and gives. They know the unit cube and ln L, and nothing of planets.

pub mod checkpoint;
pub mod convergence;
mod ellipsoid;
mod ensemble;
mod importance;
pub mod insertion;
mod kernel;
mod linear;
mod nested;
mod point;
mod state;
pub mod stream;

pub use ensemble::{EnsembleDiagnostics, EnsembleRun, EnsembleSettings};
pub use importance::{ImportanceRun, ImportanceSettings};
pub use nested::{Extension, NestedRun, NestedSettings, Status};

use std::collections::BTreeMap;

use crate::error::{ModelError, RejectReason};

/// What a sampler needs to know of a problem: the unit cube and ln L on it.
pub trait Target: Sync {
    /// Working memory of one thread.
    type Workspace: Send;

    /// Number of unit-cube coordinates.
    fn dim(&self) -> usize;

    /// Fresh working memory.
    fn workspace(&self) -> Self::Workspace;

    /// ln L at a point of the unit cube.
    ///
    /// # Errors
    /// [`ModelError::Rejected`] marks the point as impossible (a state, never a magic number);
    /// [`ModelError::Fatal`] ends the run.
    fn ln_likelihood(
        &self,
        unit: &[f64],
        workspace: &mut Self::Workspace,
    ) -> Result<f64, ModelError>;
}

/// ln Z and what is known of its error.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Evidence {
    /// ln Z.
    pub ln_evidence: f64,
    /// 1σ error of ln Z; calibrated by the sampler zoo (`tests/sampler_zoo/RESULTS.md`).
    pub ln_evidence_error: f64,
    /// Information H \[nats\]: the Kullback-Leibler divergence of posterior from prior.
    pub information: f64,
}

/// What a sampler gives back. Sample `i` is `unit[i * dim..(i + 1) * dim]`.
///
/// Rejected points are counted, and take part in the prior volume, but are no samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SampleSet {
    /// Number of unit-cube coordinates.
    pub dim: usize,
    /// Unit-cube coordinates, row by row, in the order of increasing ln L for nested sampling and
    /// importance sampling, and by walker and step for an ensemble.
    pub unit: Vec<f64>,
    /// ln L.
    pub ln_likelihood: Vec<f64>,
    /// ln L of the contour in which the sample was drawn; -∞ for draws from the whole prior, and
    /// for importance sampling, which has no contours.
    pub birth_ln_likelihood: Vec<f64>,
    /// Normalised ln posterior weight: Σ exp = 1.
    pub ln_weight: Vec<f64>,
    /// ln of the prior volume inside the sample's contour; empty for an ensemble.
    pub ln_prior_volume: Vec<f64>,
    /// Rank of each new point among the live points at its insertion, scaled to (0, 1), in the
    /// order of insertion; empty for an ensemble.
    pub insertion_rank: Vec<f64>,
    /// ln Z; `None` for samplers that do not estimate it.
    pub evidence: Option<Evidence>,
    /// Likelihood calls, those of rejected points included.
    pub likelihood_calls: u64,
    /// Rejected points by reason.
    pub rejected: BTreeMap<RejectReason, u64>,
    /// Effective samples of correlated chains; `None` where the weights alone tell (Kish).
    pub effective_samples: Option<f64>,
    /// Whether the stopping rule was met (false: the call limit, or an interruption).
    pub converged: bool,
}

/// Told of progress; owns bars, logs and the wish to stop, so that samplers print nothing.
pub trait Observer {
    /// Called after every batch; `false` asks the sampler to stop there.
    fn on_batch(&mut self, progress: &Progress) -> bool;
}

/// What a sampler is at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stage {
    /// Finds where the likelihood is: live points move up, bounds are drawn around them, or walkers move.
    Exploring,
    /// Adds live points where samples are wanting (dynamic nested sampling), for the n-th time.
    Refining(u64),
    /// Draws from what was found until there are enough effective samples.
    Sampling {
        /// Effective samples so far.
        effective_samples: f64,
        /// How many there shall be.
        wanted: f64,
    },
}

/// Where a sampler stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// What it is at.
    pub stage: Stage,
    /// Points removed (nested sampling) or drawn (importance sampling), or steps done (ensemble).
    pub iteration: u64,
    /// Likelihood calls so far.
    pub likelihood_calls: u64,
    /// ln Z of what has been removed so far; NaN for an ensemble.
    pub ln_evidence: f64,
    /// What the live points could still add to ln Z; NaN for an ensemble.
    pub remaining_ln_evidence: f64,
    /// The value of `remaining_ln_evidence` at which the sampler stops.
    pub stop_ln_evidence: f64,
    /// Fraction of the stage done as far as it can be told, 0 to 1. What a stage costs beside the others is not
    /// known before.
    pub fraction_done: f64,
}
