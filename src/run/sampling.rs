//! Sampling one model: the loop around the sampler that writes checkpoints and knows how to go on.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::config::{SamplerConfig, SamplerKind};
use crate::error::InputError;
use crate::sampler::checkpoint::{self, CheckpointError};
use crate::sampler::{
    EnsembleRun, EnsembleSettings, Extension, ImportanceRun, ImportanceSettings, NestedRun,
    NestedSettings, Observer, Progress, SampleSet, Status, Target,
};

use super::directory::Existing;
use super::{RunError, RunObserver};

/// A sampler's state, of whichever kind.
enum State {
    Nested(NestedRun),
    Importance(Box<ImportanceRun>),
    Ensemble(EnsembleRun),
}

impl State {
    fn new(config: &SamplerConfig, dim: usize, seed: u64) -> Result<Self, InputError> {
        Ok(match config.kind {
            SamplerKind::Nested | SamplerKind::DynamicNested => Self::Nested(NestedRun::new(
                NestedSettings::from_config(config),
                dim,
                seed,
            )?),
            SamplerKind::Importance => {
                let settings = ImportanceSettings::from_config(config);
                Self::Importance(Box::new(ImportanceRun::new(settings, dim, seed)?))
            }
            SamplerKind::Ensemble => Self::Ensemble(EnsembleRun::new(
                EnsembleSettings::from_config(config),
                dim,
                seed,
            )?),
        })
    }

    fn from_bytes(config: &SamplerConfig, bytes: &[u8]) -> Result<Self, InputError> {
        Ok(match config.kind {
            SamplerKind::Nested | SamplerKind::DynamicNested => {
                Self::Nested(NestedRun::from_bytes(bytes)?)
            }
            SamplerKind::Importance => {
                Self::Importance(Box::new(ImportanceRun::from_bytes(bytes)?))
            }
            SamplerKind::Ensemble => Self::Ensemble(EnsembleRun::from_bytes(bytes)?),
        })
    }

    fn to_bytes(&self) -> Result<Vec<u8>, InputError> {
        match self {
            Self::Nested(run) => run.to_bytes(),
            Self::Importance(run) => run.to_bytes(),
            Self::Ensemble(run) => run.to_bytes(),
        }
    }

    fn advance<T: Target>(
        &mut self,
        target: &T,
        observer: &mut dyn Observer,
    ) -> Result<Status, RunError> {
        Ok(match self {
            Self::Nested(run) => run.advance(target, observer)?,
            Self::Importance(run) => run.advance(target, observer)?,
            Self::Ensemble(run) => run.advance(target, observer)?,
        })
    }

    fn finish(&self) -> SampleSet {
        match self {
            Self::Nested(run) => run.finish(),
            Self::Importance(run) => run.finish(),
            Self::Ensemble(run) => run.finish(),
        }
    }

    /// Compares the stored stopping rule with that of the run file: `extend` takes over the new
    /// one, `resume` insists on the old.
    fn adopt(&mut self, config: &SamplerConfig, existing: Existing) -> Result<(), InputError> {
        match self {
            Self::Nested(run) => adopt_nested(run, config, existing),
            Self::Importance(run) => adopt_importance(run, config, existing),
            Self::Ensemble(run) => adopt_ensemble(run, config, existing),
        }
    }
}

fn adopt_nested(
    run: &mut NestedRun,
    config: &SamplerConfig,
    existing: Existing,
) -> Result<(), InputError> {
    let wanted = NestedSettings::from_config(config);
    let stored_live_points = run.live_points();
    let stored = run.settings().clone();
    let changed = wanted.live_points != stored_live_points
        || wanted.delta_ln_z != stored.delta_ln_z
        || wanted.target_effective_samples != stored.target_effective_samples;
    if changed && existing != Existing::Extend {
        return Err(InputError::value(
            "[sampler]",
            format!(
                "live_points = {}, delta_ln_z = {} where the run has {stored_live_points} and {}",
                wanted.live_points, wanted.delta_ln_z, stored.delta_ln_z
            ),
            "the values of the run with --resume, or --extend to go beyond them",
        ));
    }
    if wanted.live_points < stored_live_points {
        return Err(InputError::value(
            "sampler.live_points",
            wanted.live_points,
            format!("at least {stored_live_points}, those of the run"),
        ));
    }
    let added = wanted.live_points - stored_live_points;
    run.extend(&Extension {
        live_points: (added > 0).then_some(added),
        delta_ln_z: Some(wanted.delta_ln_z),
        target_effective_samples: wanted.target_effective_samples,
        max_likelihood_calls: Some(wanted.max_likelihood_calls),
    })
}

fn adopt_importance(
    run: &mut ImportanceRun,
    config: &SamplerConfig,
    existing: Existing,
) -> Result<(), InputError> {
    let wanted = ImportanceSettings::from_config(config);
    let stored = run.settings();
    if wanted.live_points != stored.live_points {
        return Err(InputError::value(
            "sampler.live_points",
            wanted.live_points,
            format!(
                "{}, those of the run: its bounds hang on them",
                stored.live_points
            ),
        ));
    }
    if wanted.target_effective_samples != stored.target_effective_samples
        && existing != Existing::Extend
    {
        return Err(InputError::value(
            "sampler.target_effective_samples",
            wanted.target_effective_samples,
            format!(
                "{} as in the run with --resume, or --extend to go beyond it",
                stored.target_effective_samples
            ),
        ));
    }
    run.extend(wanted.target_effective_samples, wanted.max_likelihood_calls)
}

fn adopt_ensemble(
    run: &mut EnsembleRun,
    config: &SamplerConfig,
    existing: Existing,
) -> Result<(), InputError> {
    let stored = run.settings().steps;
    let wanted = EnsembleSettings::from_config(config).steps;
    if wanted != stored && existing != Existing::Extend {
        return Err(InputError::value(
            "sampler.ensemble_steps",
            wanted,
            format!("{stored} as in the run with --resume, or --extend to go beyond it"),
        ));
    }
    run.extend(wanted, config.max_likelihood_calls)
}

/// How sampling ended.
pub struct Sampled {
    /// The samples, or none if it was interrupted.
    pub samples: Option<SampleSet>,
    /// Whether it went on from a checkpoint.
    pub resumed: bool,
    /// What stopped it short of its stopping rule, in words.
    pub shortfall: Option<String>,
}

/// Passes progress on and asks the sampler to pause when a checkpoint is due.
struct Paced<'a> {
    observer: &'a mut dyn RunObserver,
    interval: Duration,
    last_checkpoint: Instant,
    interrupted: bool,
}

impl Observer for Paced<'_> {
    fn on_batch(&mut self, progress: &Progress) -> bool {
        self.interrupted |= !self.observer.on_progress(progress);
        !self.interrupted && self.last_checkpoint.elapsed() < self.interval
    }
}

/// What to sample with and where to keep it.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// Sampler and stopping rule.
    pub config: &'a SamplerConfig,
    /// Seed of the sampler's streams.
    pub seed: u64,
    /// Folder of the checkpoints.
    pub folder: &'a Path,
    /// Identity of the inputs.
    pub fingerprint: &'a blake3::Hash,
    /// Whether the stopping rule may have moved.
    pub existing: Existing,
}

/// Samples `target` to its stopping rule, keeping checkpoints.
///
/// # Errors
/// [`RunError::Input`] for settings that do not fit or checkpoints that cannot be used or written;
/// [`RunError::Model`] for a fault of the model.
pub fn sample<T: Target>(
    target: &T,
    job: &Job<'_>,
    observer: &mut dyn RunObserver,
) -> Result<Sampled, RunError> {
    let (mut state, resumed) = begin(target.dim(), job, observer)?;
    loop {
        let mut paced = Paced {
            observer,
            interval: Duration::from_secs_f64(job.config.checkpoint_interval_s),
            last_checkpoint: Instant::now(),
            interrupted: false,
        };
        let status = state.advance(target, &mut paced)?;
        let interrupted = paced.interrupted;
        checkpoint::write(job.folder, job.fingerprint.as_bytes(), &state.to_bytes()?)?;
        let shortfall = match status {
            Status::Interrupted if interrupted => {
                return Ok(Sampled {
                    samples: None,
                    resumed,
                    shortfall: None,
                });
            }
            Status::Interrupted => continue,
            Status::Finished => None,
            Status::CallLimit => Some(format!(
                "the limit of {} likelihood calls was reached before the stopping rule",
                job.config.max_likelihood_calls
            )),
            Status::Stuck => {
                Some("the sampler found no point above its contour and stopped early".to_owned())
            }
        };
        return Ok(Sampled {
            samples: Some(state.finish()),
            resumed,
            shortfall,
        });
    }
}

/// The state of the last checkpoint, or a fresh one.
fn begin(
    dim: usize,
    job: &Job<'_>,
    observer: &mut dyn RunObserver,
) -> Result<(State, bool), RunError> {
    let decode = |bytes: &[u8]| State::from_bytes(job.config, bytes);
    let restored = match checkpoint::read(job.folder, job.fingerprint.as_bytes(), decode) {
        Ok(restored) => restored,
        Err(CheckpointError::None { .. }) => {
            return Ok((State::new(job.config, dim, job.seed)?, false));
        }
        Err(error) => {
            let expected = "a checkpoint of this run; --force starts anew";
            return Err(InputError::value(job.folder.display(), error, expected).into());
        }
    };
    if let Some(fault) = &restored.passed_over {
        observer.on_message(&format!(
            "warning: `{}` {fault}; `{}` is used instead",
            job.folder.join(checkpoint::CURRENT).display(),
            restored.path.display()
        ));
    }
    let mut state = restored.state;
    state.adopt(job.config, job.existing)?;
    Ok((state, true))
}
