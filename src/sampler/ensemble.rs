//! Affine-invariant ensemble sampling with the stretch move (Goodman & Weare 2010), as a check of
//! nested sampling by an algorithm that shares nothing with it.
//!
//! Walkers live in the unit cube, where the prior is flat. They move in two halves, each drawn
//! along lines to walkers of the other (Foreman-Mackey et al. 2013), so the moves of a half are
//! independent and run in parallel. Every move has a random stream of its own address.

mod correlation;

use std::sync::Mutex;

use rand::RngExt;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::nested::Status;
use super::stream::StreamAddress;
use super::{Observer, Progress, SampleSet, Target};
use crate::config::SamplerConfig;
use crate::error::{InputError, ModelError, RejectReason};
use std::collections::BTreeMap;

pub use correlation::{integrated_correlation_time, split_r_hat};

/// Scale a of the stretch move: z is drawn from 1/√z on \[1/a, a\] (Goodman & Weare 2010).
const STRETCH: f64 = 2.0;
/// Chains shorter than this many correlation times do not count as converged (Sokal's rule of
/// thumb as Foreman-Mackey et al. 2013 use it).
const CONVERGED_CORRELATION_TIMES: f64 = 50.0;
/// Split R-hat above which the halves of the chains disagree.
const CONVERGED_R_HAT: f64 = 1.05;
/// Draws of the prior that a walker may need until one has a likelihood.
const START_DRAWS: u64 = 10_000;
/// Samples kept in memory; longer chains are thinned.
const MOST_SAMPLES: usize = 1_000_000;
/// Segment of the starting points in the address of their streams.
const START_SEGMENT: u64 = 2;

/// What the user decides about the ensemble.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnsembleSettings {
    /// Walkers, an even number.
    pub walkers: usize,
    /// Steps, the first half of which is dropped.
    pub steps: usize,
}

impl EnsembleSettings {
    /// From the section `[sampler]` of the run file.
    pub fn from_config(config: &SamplerConfig) -> Self {
        Self {
            walkers: config.walkers,
            steps: config.ensemble_steps,
        }
    }

    /// Every how many steps the walkers are recorded.
    fn thinning(&self) -> usize {
        (self.steps.div_ceil(2) * self.walkers).div_ceil(MOST_SAMPLES)
    }

    /// First step that is recorded.
    fn burn_in(&self) -> usize {
        self.steps / 2
    }
}

/// An ensemble between two steps: all of its state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnsembleRun {
    settings: EnsembleSettings,
    dim: usize,
    seed: u64,
    step: usize,
    /// Positions, walker by walker; empty before the start.
    unit: Vec<f64>,
    ln_likelihood: Vec<f64>,
    /// Recorded positions, step by step, then walker by walker.
    chain: Vec<f64>,
    chain_ln_likelihood: Vec<f64>,
    likelihood_calls: u64,
    rejected: BTreeMap<RejectReason, u64>,
}

/// Result of one walker's move or start.
struct Move {
    accepted: Option<(Vec<f64>, f64)>,
    calls: u64,
    rejected: BTreeMap<RejectReason, u64>,
}

impl Move {
    fn none() -> Self {
        Self {
            accepted: None,
            calls: 0,
            rejected: BTreeMap::new(),
        }
    }

    /// ln L at `unit`; a rejected point is counted and gives `None`.
    fn evaluate<T: Target>(
        &mut self,
        target: &T,
        unit: &[f64],
        workspace: &mut T::Workspace,
    ) -> Result<Option<f64>, ModelError> {
        self.calls += 1;
        match target.ln_likelihood(unit, workspace) {
            Ok(ln_likelihood) if ln_likelihood.is_nan() => Err(ModelError::Fatal {
                message: format!("ln L is not a number at {unit:?} of the unit cube"),
            }),
            Ok(ln_likelihood) => Ok(Some(ln_likelihood).filter(|value| value.is_finite())),
            Err(ModelError::Rejected(reason)) => {
                *self.rejected.entry(reason).or_insert(0) += 1;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

impl EnsembleRun {
    /// An ensemble that has not begun.
    ///
    /// # Errors
    /// [`InputError::Value`] for fewer walkers than twice the parameters and two, or an odd number.
    pub fn new(settings: EnsembleSettings, dim: usize, seed: u64) -> Result<Self, InputError> {
        let least = 2 * (dim + 1);
        if dim == 0 || settings.walkers < least || settings.walkers % 2 == 1 {
            return Err(InputError::value(
                "sampler.walkers",
                format!("{} for {dim} free parameters", settings.walkers),
                format!("an even number, at least {least}, and a free parameter"),
            ));
        }
        Ok(Self {
            settings,
            dim,
            seed,
            step: 0,
            unit: Vec::new(),
            ln_likelihood: Vec::new(),
            chain: Vec::new(),
            chain_ln_likelihood: Vec::new(),
            likelihood_calls: 0,
            rejected: BTreeMap::new(),
        })
    }

    /// Runs until the last step or until the observer says stop.
    ///
    /// # Errors
    /// [`ModelError::Fatal`] from the target, for a ln L of NaN, or if no starting point can be
    /// found in 10 000 draws of the prior.
    pub fn advance<T: Target>(
        &mut self,
        target: &T,
        observer: &mut dyn Observer,
    ) -> Result<Status, ModelError> {
        let workspaces = Mutex::new(Vec::new());
        if self.unit.is_empty() {
            self.start(target, &workspaces)?;
        }
        while self.step < self.settings.steps {
            for half in 0..2 {
                self.move_half(half, target, &workspaces)?;
            }
            self.record();
            self.step += 1;
            if !observer.on_batch(&self.progress()) {
                return Ok(Status::Interrupted);
            }
        }
        Ok(Status::Finished)
    }

    /// Draws every walker from the prior, again until it has a likelihood.
    fn start<T: Target>(
        &mut self,
        target: &T,
        workspaces: &Mutex<Vec<T::Workspace>>,
    ) -> Result<(), ModelError> {
        let walkers: Vec<Move> = (0..self.settings.walkers)
            .into_par_iter()
            .map(|walker| {
                let mut drawn = Move::none();
                let mut rng = self.stream(START_SEGMENT, walker).generator();
                with_workspace(target, workspaces, |workspace| {
                    for _ in 0..START_DRAWS {
                        let unit: Vec<f64> = (0..self.dim).map(|_| rng.random()).collect();
                        if let Some(value) = drawn.evaluate(target, &unit, workspace)? {
                            drawn.accepted = Some((unit, value));
                            return Ok(drawn);
                        }
                    }
                    Err(ModelError::Fatal {
                        message: format!(
                            "none of {START_DRAWS} draws of the prior has a likelihood: the prior \
                             and the model exclude each other"
                        ),
                    })
                })
            })
            .collect::<Result<_, ModelError>>()?;
        for walker in walkers {
            self.count(&walker);
            if let Some((unit, value)) = walker.accepted {
                self.unit.extend(unit);
                self.ln_likelihood.push(value);
            }
        }
        Ok(())
    }

    /// Moves the walkers of one half against the other, as it stands.
    fn move_half<T: Target>(
        &mut self,
        half: usize,
        target: &T,
        workspaces: &Mutex<Vec<T::Workspace>>,
    ) -> Result<(), ModelError> {
        let size = self.settings.walkers / 2;
        let own = half * size;
        let moves: Vec<Move> = (0..size)
            .into_par_iter()
            .map(|index| {
                with_workspace(target, workspaces, |workspace| {
                    self.stretch(own + index, (1 - half) * size, target, workspace)
                })
            })
            .collect::<Result<_, ModelError>>()?;
        for (index, moved) in moves.into_iter().enumerate() {
            self.count(&moved);
            if let Some((unit, value)) = moved.accepted {
                let walker = own + index;
                self.unit[walker * self.dim..(walker + 1) * self.dim].copy_from_slice(&unit);
                self.ln_likelihood[walker] = value;
            }
        }
        Ok(())
    }

    /// One stretch move of `walker` along the line to a walker of the half that begins at `other`.
    fn stretch<T: Target>(
        &self,
        walker: usize,
        other: usize,
        target: &T,
        workspace: &mut T::Workspace,
    ) -> Result<Move, ModelError> {
        let mut rng = self.stream((walker >= self.settings.walkers / 2).into(), walker).generator();
        let partner = other + rng.random_range(0..self.settings.walkers / 2);
        let z = ((STRETCH - 1.0) * rng.random::<f64>() + 1.0).powi(2) / STRETCH;
        let ln_threshold = rng.random::<f64>().ln();
        let position = |walker: usize| &self.unit[walker * self.dim..(walker + 1) * self.dim];
        let unit: Vec<f64> = (position(partner).iter().zip(position(walker)))
            .map(|(partner, own)| partner + z * (own - partner))
            .collect();
        let mut moved = Move::none();
        if !unit.iter().all(|coordinate| (0.0..1.0).contains(coordinate)) {
            return Ok(moved);
        }
        if let Some(value) = moved.evaluate(target, &unit, workspace)? {
            let ln_ratio =
                (self.dim as f64 - 1.0) * z.ln() + value - self.ln_likelihood[walker];
            if ln_threshold < ln_ratio {
                moved.accepted = Some((unit, value));
            }
        }
        Ok(moved)
    }

    fn stream(&self, segment: u64, walker: usize) -> StreamAddress {
        StreamAddress {
            seed: self.seed,
            segment,
            batch: self.step as u64,
            chain: walker as u64,
        }
    }

    fn count(&mut self, moved: &Move) {
        self.likelihood_calls += moved.calls;
        for (reason, count) in &moved.rejected {
            *self.rejected.entry(*reason).or_insert(0) += count;
        }
    }

    fn record(&mut self) {
        let burn_in = self.settings.burn_in();
        if self.step >= burn_in && (self.step - burn_in).is_multiple_of(self.settings.thinning()) {
            self.chain.extend_from_slice(&self.unit);
            self.chain_ln_likelihood.extend_from_slice(&self.ln_likelihood);
        }
    }

    fn progress(&self) -> Progress {
        Progress {
            iteration: self.step as u64,
            likelihood_calls: self.likelihood_calls,
            ln_evidence: f64::NAN,
            remaining_ln_evidence: f64::NAN,
            stop_ln_evidence: f64::NAN,
            fraction_done: self.step as f64 / self.settings.steps as f64,
        }
    }

    /// The recorded samples, of equal weight, with their correlation time.
    pub fn finish(&self) -> SampleSet {
        let count = self.chain_ln_likelihood.len();
        let times = self.correlation_times();
        let slowest = times.iter().copied().fold(1.0, f64::max);
        let recorded_steps = count / self.settings.walkers;
        let mixed = recorded_steps as f64 > CONVERGED_CORRELATION_TIMES * slowest
            && self.r_hats().iter().all(|r_hat| *r_hat < CONVERGED_R_HAT);
        SampleSet {
            dim: self.dim,
            unit: self.chain.clone(),
            ln_likelihood: self.chain_ln_likelihood.clone(),
            birth_ln_likelihood: vec![f64::NEG_INFINITY; count],
            ln_weight: vec![-(count as f64).ln(); count],
            likelihood_calls: self.likelihood_calls,
            rejected: self.rejected.clone(),
            converged: self.step >= self.settings.steps && mixed,
            correlation_time: Some(slowest),
            ..SampleSet::default()
        }
    }

    /// Integrated correlation time of every coordinate, in recorded steps.
    pub fn correlation_times(&self) -> Vec<f64> {
        (0..self.dim)
            .map(|k| integrated_correlation_time(&self.coordinate(k), self.settings.walkers))
            .collect()
    }

    /// Split R-hat of every coordinate.
    pub fn r_hats(&self) -> Vec<f64> {
        (0..self.dim).map(|k| split_r_hat(&self.coordinate(k), self.settings.walkers)).collect()
    }

    /// One coordinate, step by step and walker by walker.
    fn coordinate(&self, k: usize) -> Vec<f64> {
        self.chain.iter().skip(k).step_by(self.dim).copied().collect()
    }

    /// Accepts the settings of the run file: the same, or with `extend` more steps.
    ///
    /// # Errors
    /// [`InputError::Value`] for other settings.
    pub fn adopt(&mut self, settings: &EnsembleSettings, extend: bool) -> Result<(), InputError> {
        if *settings == self.settings {
            return Ok(());
        }
        Err(InputError::value(
            "[sampler] of an ensemble",
            format!("walkers = {}, ensemble_steps = {}", settings.walkers, settings.steps),
            format!(
                "walkers = {}, ensemble_steps = {} as the run began{}",
                self.settings.walkers,
                self.settings.steps,
                if extend { " (its burn-in follows from them: a longer one is a new run)" } else { "" }
            ),
        ))
    }

    /// The state as bytes, for a checkpoint.
    ///
    /// # Errors
    /// [`InputError::Value`] when the encoder fails (out of memory).
    pub fn to_bytes(&self) -> Result<Vec<u8>, InputError> {
        postcard::to_stdvec(self)
            .map_err(|error| InputError::value("ensemble state", error, "encodable state"))
    }

    /// Reads the bytes of [`EnsembleRun::to_bytes`].
    ///
    /// # Errors
    /// [`InputError::Value`] for bytes that are not an ensemble or contradict themselves.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InputError> {
        let refuse = |found: String| {
            InputError::value("ensemble state", found, "a state that is consistent with itself")
        };
        let run: Self = postcard::from_bytes(bytes).map_err(|error| refuse(error.to_string()))?;
        match run.fault() {
            Some(fault) => Err(refuse(fault.to_owned())),
            None => Ok(run),
        }
    }

    fn fault(&self) -> Option<&'static str> {
        let walkers = self.settings.walkers;
        let numbers = |values: &[f64]| values.iter().all(|value| (0.0..1.0).contains(value));
        let started = !self.unit.is_empty();
        let checks = [
            ((1..=1_000).contains(&self.dim), "a number of parameters out of range"),
            ((4..=100_000).contains(&walkers) && walkers.is_multiple_of(2), "odd walkers"),
            ((1..=100_000_000).contains(&self.settings.steps), "steps out of range"),
            (self.step <= self.settings.steps, "more steps than planned"),
            (started || self.step == 0, "steps without walkers"),
            (
                !started || self.ln_likelihood.len() == walkers,
                "another number of likelihoods than walkers",
            ),
            (
                !started || Some(self.unit.len()) == walkers.checked_mul(self.dim),
                "another number of coordinates than walkers have",
            ),
            (
                self.chain_ln_likelihood.len().is_multiple_of(walkers.max(1)),
                "a step that is not whole",
            ),
            (
                Some(self.chain.len()) == self.chain_ln_likelihood.len().checked_mul(self.dim),
                "another number of recorded coordinates than likelihoods",
            ),
            (numbers(&self.unit) && numbers(&self.chain), "a point outside the unit cube"),
            (
                self.ln_likelihood.iter().chain(&self.chain_ln_likelihood).all(|v| v.is_finite()),
                "a likelihood that is no number",
            ),
        ];
        checks.into_iter().find(|(holds, _)| !holds).map(|(_, fault)| fault)
    }
}

/// Lends a workspace of the pool to `work`.
fn with_workspace<T: Target, R>(
    target: &T,
    workspaces: &Mutex<Vec<T::Workspace>>,
    work: impl FnOnce(&mut T::Workspace) -> R,
) -> R {
    let lock = || workspaces.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut workspace = lock().pop().unwrap_or_else(|| target.workspace());
    let result = work(&mut workspace);
    lock().push(workspace);
    result
}

#[cfg(test)]
mod tests;
