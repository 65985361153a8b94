//! Affine-invariant ensemble sampling by stretch moves (Goodman & Weare 2010).
//!
//! The walkers live in the unit cube; points outside are rejected. One half of the walkers moves
//! at a time, against the other half (Foreman-Mackey et al. 2013, algorithm 3), so that all moves
//! of a half run in parallel. The posterior only: there is no evidence.

use std::collections::BTreeMap;
use std::sync::Mutex;

use rand::RngExt;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::convergence::{autocorrelation_time, split_r_hat};
use super::nested::Status;
use super::point::{Evaluator, check_dim, with_workspace};
use super::state::{decode, encode, inconsistent};
use super::stream::StreamAddress;
use super::{Observer, Progress, SampleSet, Stage, Target};
use crate::config::SamplerConfig;
use crate::error::{InputError, ModelError, RejectReason};

/// Name of the state in messages.
const STATE: &str = "ensemble state";
/// Stretch parameter a: z is drawn from g(z) ∝ 1/√z on \[1/a, a\] (Goodman & Weare 2010, eq. 9).
const STRETCH: f64 = 2.0;
/// Draws from the prior for one walker before the start counts as stuck.
const MAX_START_DRAWS: u64 = 200_000;
/// Converged chains are at least this many autocorrelation times long.
const LENGTH_IN_TIMES: f64 = 50.0;
/// Converged chains have a split R-hat below this (Gelman et al. 2013 advise 1.1).
const MAX_R_HAT: f64 = 1.1;

/// What the user decides about the ensemble.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnsembleSettings {
    /// Walkers, an even number.
    pub walkers: usize,
    /// Steps of each walker, the first half of which is dropped.
    pub steps: usize,
    /// Likelihood calls after which the run stops unfinished.
    pub max_likelihood_calls: u64,
}

impl EnsembleSettings {
    /// From the section `[sampler]` of the run file.
    pub fn from_config(config: &SamplerConfig) -> Self {
        Self {
            walkers: config.walkers,
            steps: config.ensemble_steps,
            max_likelihood_calls: config.max_likelihood_calls,
        }
    }

    fn check(&self, dim: usize) -> Result<(), InputError> {
        let least = (2 * (dim + 1)).max(4);
        if !(least..=100_000).contains(&self.walkers) || self.walkers % 2 == 1 {
            return Err(InputError::value(
                "sampler.walkers",
                self.walkers,
                format!(
                    "an even number, {least} (twice the free parameters and two more) to 100000"
                ),
            ));
        }
        if !(10..=100_000_000).contains(&self.steps) {
            return Err(InputError::value(
                "sampler.ensemble_steps",
                self.steps,
                "10 to 100000000",
            ));
        }
        Ok(())
    }
}

/// How well an ensemble has converged.
#[derive(Clone, Debug, PartialEq)]
pub struct EnsembleDiagnostics {
    /// Integrated autocorrelation time of each coordinate \[steps\], of the kept half.
    pub autocorrelation_time: Vec<f64>,
    /// Split R-hat of each coordinate.
    pub r_hat: Vec<f64>,
    /// Effective samples: kept samples over the longest autocorrelation time.
    pub effective_samples: f64,
    /// Accepted fraction of all moves.
    pub acceptance: f64,
}

/// An ensemble run: all of its state, between two steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnsembleRun {
    settings: EnsembleSettings,
    dim: usize,
    seed: u64,
    /// Steps done; the walkers are drawn from the prior at step 0.
    steps_done: usize,
    /// Coordinates of all walkers, step after step, the start included.
    history: Vec<f64>,
    ln_likelihood: Vec<f64>,
    likelihood_calls: u64,
    accepted: u64,
    rejected: BTreeMap<RejectReason, u64>,
}

/// Where one walker went.
struct Move {
    unit: Vec<f64>,
    ln_likelihood: f64,
    accepted: bool,
    calls: u64,
    rejected: BTreeMap<RejectReason, u64>,
    found: bool,
}

impl EnsembleRun {
    /// A run that has not begun.
    ///
    /// # Errors
    /// [`InputError::Value`] for settings that do not fit `dim`.
    pub fn new(settings: EnsembleSettings, dim: usize, seed: u64) -> Result<Self, InputError> {
        settings.check(dim)?;
        if dim == 0 {
            return Err(InputError::value(
                "number of free parameters",
                dim,
                "at least 1",
            ));
        }
        Ok(Self {
            settings,
            dim,
            seed,
            steps_done: 0,
            history: Vec::new(),
            ln_likelihood: Vec::new(),
            likelihood_calls: 0,
            accepted: 0,
            rejected: BTreeMap::new(),
        })
    }

    /// Runs until all steps are done, or the call limit or the observer says stop.
    ///
    /// # Errors
    /// [`ModelError::Fatal`] from the target, or for a ln L of NaN or +∞.
    pub fn advance<T: Target>(
        &mut self,
        target: &T,
        observer: &mut dyn Observer,
    ) -> Result<Status, ModelError> {
        check_dim(target, self.dim)?;
        let workspaces = Mutex::new(Vec::new());
        loop {
            if !self.ln_likelihood.is_empty() && self.steps_done >= self.settings.steps {
                return Ok(Status::Finished);
            }
            if self.likelihood_calls >= self.settings.max_likelihood_calls {
                return Ok(Status::CallLimit);
            }
            if self.ln_likelihood.is_empty() {
                if !self.start(target, &workspaces)? {
                    return Ok(Status::Stuck);
                }
            } else {
                self.step(target, &workspaces)?;
            }
            if !observer.on_batch(&self.progress()) {
                return Ok(Status::Interrupted);
            }
        }
    }

    /// Raises the number of steps; advance to carry it out.
    ///
    /// # Errors
    /// [`InputError::Value`] for fewer steps than before, or too many.
    pub fn extend(&mut self, steps: usize, max_likelihood_calls: u64) -> Result<(), InputError> {
        if steps < self.settings.steps {
            return Err(InputError::value(
                "sampler.ensemble_steps",
                steps,
                format!("at least {}, that of the run", self.settings.steps),
            ));
        }
        let settings = EnsembleSettings {
            steps,
            max_likelihood_calls,
            ..self.settings.clone()
        };
        settings.check(self.dim)?;
        self.settings = settings;
        Ok(())
    }

    /// The samples so far: the second half of each walker, with equal weights.
    ///
    /// `converged` says that all steps were done, that the kept chains are longer than 50
    /// autocorrelation times, and that every split R-hat is below 1.1.
    pub fn finish(&self) -> SampleSet {
        let diagnostics = self.diagnostics();
        let kept = self.kept_steps();
        let count = kept.len() * self.settings.walkers;
        let longest = diagnostics
            .autocorrelation_time
            .iter()
            .copied()
            .fold(1.0, f64::max);
        let mut samples = SampleSet {
            dim: self.dim,
            likelihood_calls: self.likelihood_calls,
            rejected: self.rejected.clone(),
            converged: self.steps_done >= self.settings.steps
                && kept.len() as f64 > LENGTH_IN_TIMES * longest
                && diagnostics.r_hat.iter().all(|value| *value < MAX_R_HAT),
            ln_weight: vec![-(count.max(1) as f64).ln(); count],
            birth_ln_likelihood: vec![f64::NEG_INFINITY; count],
            effective_samples: Some(diagnostics.effective_samples),
            ..SampleSet::default()
        };
        for walker in 0..self.settings.walkers {
            for step in kept.clone() {
                samples.unit.extend_from_slice(self.row(step, walker));
                samples
                    .ln_likelihood
                    .push(self.ln_likelihood[step * self.settings.walkers + walker]);
            }
        }
        samples
    }

    /// Autocorrelation times, R-hat and what follows from them, of the kept half.
    pub fn diagnostics(&self) -> EnsembleDiagnostics {
        let kept = self.kept_steps();
        let (mut times, mut r_hats) = (Vec::new(), Vec::new());
        for k in 0..self.dim {
            let chains: Vec<Vec<f64>> = (0..self.settings.walkers)
                .map(|walker| kept.clone().map(|step| self.row(step, walker)[k]).collect())
                .collect();
            times.push(autocorrelation_time(&chains));
            r_hats.push(split_r_hat(&chains));
        }
        let longest = times.iter().copied().fold(1.0, f64::max);
        EnsembleDiagnostics {
            effective_samples: (kept.len() * self.settings.walkers) as f64 / longest,
            acceptance: self.accepted as f64
                / (self.steps_done * self.settings.walkers).max(1) as f64,
            autocorrelation_time: times,
            r_hat: r_hats,
        }
    }

    /// The settings, extensions included.
    pub fn settings(&self) -> &EnsembleSettings {
        &self.settings
    }

    /// Likelihood calls so far.
    pub fn likelihood_calls(&self) -> u64 {
        self.likelihood_calls
    }

    /// The state as bytes, for a checkpoint.
    ///
    /// # Errors
    /// [`InputError::Value`] when the encoder fails (out of memory).
    pub fn to_bytes(&self) -> Result<Vec<u8>, InputError> {
        encode(STATE, self)
    }

    /// Reads the bytes of [`EnsembleRun::to_bytes`].
    ///
    /// # Errors
    /// [`InputError::Value`] for bytes that are not a run or contradict themselves.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InputError> {
        let run: Self = decode(STATE, "the state of an ensemble run", bytes)?;
        run.validate()?;
        Ok(run)
    }

    /// Checks a state that was read from outside.
    ///
    /// # Errors
    /// [`InputError::Value`] that names the first contradiction.
    pub fn validate(&self) -> Result<(), InputError> {
        let refuse = |found: &str| inconsistent(STATE, found);
        if !(1..=1_000).contains(&self.dim) {
            return refuse("an impossible number of parameters");
        }
        self.settings.check(self.dim)?;
        let states = if self.ln_likelihood.is_empty() {
            0
        } else {
            self.steps_done.saturating_add(1)
        };
        let values = states.checked_mul(self.settings.walkers);
        if values != Some(self.ln_likelihood.len())
            || values.and_then(|count| count.checked_mul(self.dim)) != Some(self.history.len())
            || (states == 0 && self.steps_done > 0)
        {
            return refuse("columns of different lengths");
        }
        if !self.history.iter().all(|x| (0.0..=1.0).contains(x))
            || !self.ln_likelihood.iter().all(|value| value.is_finite())
        {
            return refuse("a number out of range");
        }
        Ok(())
    }

    fn kept_steps(&self) -> std::ops::Range<usize> {
        if self.ln_likelihood.is_empty() {
            return 0..0;
        }
        self.steps_done / 2 + 1..self.steps_done + 1
    }

    fn row(&self, step: usize, walker: usize) -> &[f64] {
        let first = (step * self.settings.walkers + walker) * self.dim;
        &self.history[first..first + self.dim]
    }

    /// Draws the walkers from the prior; false when no possible point is found.
    fn start<T: Target>(
        &mut self,
        target: &T,
        workspaces: &Mutex<Vec<T::Workspace>>,
    ) -> Result<bool, ModelError> {
        let walkers = 0..self.settings.walkers;
        let moves = self.in_parallel(walkers, 2, target, workspaces, |_, random, evaluator| {
            let mut unit = vec![0.0; self.dim];
            let mut ln_likelihood = f64::NEG_INFINITY;
            while ln_likelihood == f64::NEG_INFINITY && evaluator.calls < MAX_START_DRAWS {
                unit.fill_with(|| random.random());
                ln_likelihood = evaluator.ln_likelihood(&unit)?;
            }
            Ok((unit, ln_likelihood, false))
        })?;
        self.count(&moves);
        let found = moves.iter().all(|walker| walker.found);
        if found {
            for walker in moves {
                self.history.extend_from_slice(&walker.unit);
                self.ln_likelihood.push(walker.ln_likelihood);
            }
        }
        Ok(found)
    }

    fn step<T: Target>(
        &mut self,
        target: &T,
        workspaces: &Mutex<Vec<T::Workspace>>,
    ) -> Result<(), ModelError> {
        let (walkers, dim) = (self.settings.walkers, self.dim);
        let half = walkers / 2;
        let mut now = self.history[self.history.len() - walkers * dim..].to_vec();
        let mut values = self.ln_likelihood[self.ln_likelihood.len() - walkers..].to_vec();
        let mut all = Vec::new();
        for side in 0..2 {
            let moving = side * half..(side + 1) * half;
            let resting = (1 - side) * half;
            let moves = self.in_parallel(
                moving.clone(),
                side as u64,
                target,
                workspaces,
                |walker, random, evaluator| {
                    let other = resting + random.random_range(0..half);
                    let (from, anchor) = (&now[walker * dim..][..dim], &now[other * dim..][..dim]);
                    // Inverse of the distribution function of g.
                    let root = STRETCH.sqrt().recip()
                        + random.random::<f64>() * (STRETCH.sqrt() - STRETCH.sqrt().recip());
                    let stretch = root * root;
                    let trial: Vec<f64> = anchor
                        .iter()
                        .zip(from)
                        .map(|(a, x)| a + stretch * (x - a))
                        .collect();
                    let ln_height = random.random::<f64>().ln();
                    if trial.iter().all(|x| (0.0..1.0).contains(x)) {
                        let value = evaluator.ln_likelihood(&trial)?;
                        let ln_ratio = (dim as f64 - 1.0) * stretch.ln() + value - values[walker];
                        if ln_height < ln_ratio {
                            return Ok((trial, value, true));
                        }
                    }
                    Ok((from.to_vec(), values[walker], false))
                },
            )?;
            for (walker, moved) in moving.zip(&moves) {
                now[walker * dim..(walker + 1) * dim].copy_from_slice(&moved.unit);
                values[walker] = moved.ln_likelihood;
            }
            all.extend(moves);
        }
        // Only now, so that an error in either half leaves the state of the step before.
        self.count(&all);
        self.history.extend_from_slice(&now);
        self.ln_likelihood.extend_from_slice(&values);
        self.steps_done += 1;
        Ok(())
    }

    fn count(&mut self, moves: &[Move]) {
        for moved in moves {
            self.likelihood_calls += moved.calls;
            self.accepted += u64::from(moved.accepted);
            for (reason, count) in &moved.rejected {
                *self.rejected.entry(*reason).or_insert(0) += count;
            }
        }
    }

    /// Moves each of `walkers` with a stream and a workspace of its own, in the order of walkers.
    fn in_parallel<T: Target>(
        &self,
        walkers: std::ops::Range<usize>,
        half: u64,
        target: &T,
        workspaces: &Mutex<Vec<T::Workspace>>,
        make: impl Fn(
            usize,
            &mut rand::rngs::ChaCha8Rng,
            &mut Evaluator<'_, T>,
        ) -> Result<(Vec<f64>, f64, bool), ModelError>
        + Sync,
    ) -> Result<Vec<Move>, ModelError> {
        let results: Vec<Result<Move, ModelError>> = walkers
            .into_par_iter()
            .map(|walker| {
                let address = StreamAddress {
                    seed: self.seed,
                    segment: half,
                    batch: self.steps_done as u64,
                    chain: walker as u64,
                };
                with_workspace(target, workspaces, |workspace| {
                    let mut evaluator = Evaluator::new(target, workspace);
                    let moved = make(walker, &mut address.generator(), &mut evaluator);
                    moved.map(|(unit, ln_likelihood, accepted)| Move {
                        unit,
                        ln_likelihood,
                        accepted,
                        calls: evaluator.calls,
                        rejected: std::mem::take(&mut evaluator.rejected),
                        found: ln_likelihood > f64::NEG_INFINITY,
                    })
                })
            })
            .collect();
        results.into_iter().collect()
    }

    fn progress(&self) -> Progress {
        Progress {
            stage: Stage::Exploring,
            iteration: self.steps_done as u64,
            likelihood_calls: self.likelihood_calls,
            ln_evidence: f64::NAN,
            remaining_ln_evidence: f64::NAN,
            stop_ln_evidence: f64::NAN,
            fraction_done: self.steps_done as f64 / self.settings.steps as f64,
        }
    }
}
