//! Sampling one model with checkpoints: the loop around the sampler.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::config::{SamplerConfig, SamplerKind};
use crate::error::{InputError, ModelError};
use crate::sampler::checkpoint::{self, Checkpoint};
use crate::sampler::ensemble::EnsembleRun;
use crate::sampler::nested::NestedRun;
use crate::sampler::{Observer, Progress, SampleSet, Status, Target};

use super::{RunError, RunObserver};

/// A sampler's state, of whichever kind.
enum State {
    Nested(NestedRun),
    Ensemble(EnsembleRun),
}
