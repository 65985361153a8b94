//! Importance nested sampling (Lange 2023): every likelihood call counts in the result.
//!
//! Exploration draws uniformly from a bound, builds a smaller bound around the highest points, and
//! goes on until those hold a small part of the evidence. Shell i is bound i less all later
//! bounds; volumes of shells need no likelihood. Two blocks of three come from a mixture of normal
//! distributions that was fitted to the likelihood raised to a power, such that the points so far have enough
//! effective samples of it; when they have enough of the posterior itself, exploration ends early. Sampling
//! then draws from the shells and from a mixture fitted to the posterior again and again, from whatever adds
//! most to the effective samples, until there are enough of them.
//!
//! Departures from nautilus: bounds are ellipsoids and boxes, with no network inside; the mixtures (adaptive
//! multiple importance sampling: Cornuet et al. 2012, Scand. J. Statist. 39, 798); and all points are weighted
//! by the density of all draws instead of being moved (see `points`).

mod bound;
mod draw;
mod learn;
mod mixture;
mod points;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use self::bound::{Bound, Volume};
use self::learn::Learned;
use self::points::Points;
use super::linear::ln_add_exp;
use super::nested::Status;
use super::point::{Contour, check_dim};
use super::state::{decode, encode, inconsistent};
use super::{Evidence, Observer, SampleSet, Target};
use crate::config::SamplerConfig;
use crate::error::{InputError, ModelError, RejectReason};

/// Name of the state in messages.
const STATE: &str = "importance sampling state";
/// Most dimensions accepted, far above any use; bounds what a damaged state can ask for.
const MAX_DIM: usize = 1_000;
/// Likelihood calls of one block, unless the run file says otherwise.
const DEFAULT_BATCH: usize = 100;

/// Exploration ends when the live points hold less than this part of the evidence (Lange 2023).
const LIVE_FRACTION: f64 = 0.01;
/// It also ends when ln L differs by less than this among the live points: on a plateau smaller
/// bounds gain nothing.
const FLAT: f64 = 0.1;
/// New points above the contour of a bound, over the number of live points, after which the next
/// bound is tried. Small steps cost fewest calls for the same depth.
const UPDATE: f64 = 0.4;
/// Calls in one bound, over the number of live points, after which the next is tried anyway.
const MAX_STAGE: u64 = 10;
/// A new bound must be smaller than the last by this factor.
const WORTH_A_BOUND: f64 = 0.85;
/// Nothing smaller is bounded: densities of points must stay finite.
const LEAST_LN_VOLUME: f64 = -600.0;
/// A shell that holds less than this part of its bound is never drawn from.
const LEAST_PART: f64 = 1e-3;

/// Parts of the run that have streams of their own.
const STREAM_POINTS: u64 = 0;
const STREAM_BOUNDS: u64 = 1;
const STREAM_SHELLS: u64 = 2;

/// What the user decides about importance nested sampling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportanceSettings {
    /// Live points: the highest points, around which the next bound is built.
    pub live_points: usize,
    /// Likelihood calls between two decisions; part of the result, unlike the number of threads.
    pub batch: usize,
    /// Effective samples (Kish) at which the run is finished.
    pub target_effective_samples: usize,
    /// Leave the points of the exploration out of the result: bounds that were built around points
    /// bias what those points say (how much: `tests/sampler_zoo/RESULTS.md`).
    pub discard_exploration: bool,
    /// Likelihood calls after which the run stops unfinished.
    pub max_likelihood_calls: u64,
}

impl ImportanceSettings {
    /// From the section `[sampler]` of the run file.
    pub fn from_config(config: &SamplerConfig) -> Self {
        Self {
            live_points: config.live_points,
            batch: (config.batch).unwrap_or(DEFAULT_BATCH.min(config.live_points / 2)),
            target_effective_samples: config.target_effective_samples,
            discard_exploration: config.discard_exploration,
            max_likelihood_calls: config.max_likelihood_calls,
        }
    }

    fn check(&self, dim: usize) -> Result<(), InputError> {
        let refuse = |key: &str, found: usize, expected: String| {
            Err(InputError::value(format!("sampler.{key}"), found, expected))
        };
        let least = (10 * (dim + 1)).max(50);
        if !(least..=1_000_000).contains(&self.live_points) {
            return refuse(
                "live_points",
                self.live_points,
                format!("{least} (ten for each free parameter, ten more, at least 50) to 1000000"),
            );
        }
        if !(1..=self.live_points / 2).contains(&self.batch) {
            return refuse("batch", self.batch, "1 to half the live points".to_owned());
        }
        if !(1..=100_000_000).contains(&self.target_effective_samples) {
            return refuse(
                "target_effective_samples",
                self.target_effective_samples,
                "1 to 100000000".to_owned(),
            );
        }
        Ok(())
    }
}

/// What sampling knows beyond exploration: the final shells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Sampling {
    volumes: Vec<Volume>,
    /// Points drawn from each shell since.
    drawn: Vec<u64>,
    /// Points of the exploration.
    explored: usize,
}

/// An importance nested sampling run: all of its state, between two blocks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportanceRun {
    settings: ImportanceSettings,
    dim: usize,
    seed: u64,
    blocks: u64,
    bounds: Vec<Bound>,
    /// n_k / V_k of the bounds whose exploration is over.
    densities: Vec<f64>,
    points: Points,
    /// Mixtures, the latest last.
    learned: Vec<Learned>,
    /// Power of the likelihood that the latest was fitted to, and effective samples of the posterior then.
    power: f64,
    samples_at_fit: f64,
    /// Points drawn from the innermost bound during exploration.
    in_bound: u64,
    /// Calls since the last try at a bound, and how many gave a point above `contour`.
    stage_calls: u64,
    stage_above: u64,
    contour: Contour,
    /// ln Z, and the part of Z in the live points, at the last try at a bound.
    ln_evidence: f64,
    live_fraction: f64,
    sampling: Option<Sampling>,
    rejected: BTreeMap<RejectReason, u64>,
}

impl ImportanceRun {
    /// A run that has not begun.
    ///
    /// # Errors
    /// [`InputError::Value`] for settings that do not fit `dim` or each other.
    pub fn new(settings: ImportanceSettings, dim: usize, seed: u64) -> Result<Self, InputError> {
        if !(1..=MAX_DIM).contains(&dim) {
            return Err(InputError::value(
                "number of free parameters",
                dim,
                format!("1 to {MAX_DIM}"),
            ));
        }
        settings.check(dim)?;
        Ok(Self {
            settings,
            dim,
            seed,
            blocks: 0,
            bounds: vec![Bound::cube(dim)],
            densities: Vec::new(),
            points: Points::new(dim),
            learned: Vec::new(),
            power: 0.0,
            samples_at_fit: 0.0,
            in_bound: 0,
            stage_calls: 0,
            stage_above: 0,
            contour: Contour::WHOLE_PRIOR,
            ln_evidence: f64::NEG_INFINITY,
            live_fraction: 1.0,
            sampling: None,
            rejected: BTreeMap::new(),
        })
    }

    /// Runs until there are enough effective samples, or the call limit or the observer says stop.
    ///
    /// The result depends on settings, seed and target alone: not on the number of threads, and
    /// not on where the run was interrupted.
    ///
    /// # Errors
    /// [`ModelError::Fatal`] from the target, or for a ln L of NaN or +∞; the state stays as it
    /// was before the block.
    pub fn advance<T: Target>(
        &mut self,
        target: &T,
        observer: &mut dyn Observer,
    ) -> Result<Status, ModelError> {
        check_dim(target, self.dim)?;
        let workspaces = Mutex::new(Vec::new());
        loop {
            let (mut census, mut source) = self.survey();
            // A new mixture changes what is best to draw from.
            if source.is_some() && census.as_ref().is_some_and(|found| self.learn_again(found)) {
                (census, source) = self.survey();
            }
            let Some(source) = source else {
                return Ok(Status::Finished);
            };
            if self.likelihood_calls() >= self.settings.max_likelihood_calls {
                return Ok(Status::CallLimit);
            }
            let Some(draws) = self.draw_block(source, target, &workspaces)? else {
                return Ok(Status::Stuck);
            };
            self.absorb(source, draws);
            if !observer.on_batch(&self.progress(census.as_ref())) {
                return Ok(Status::Interrupted);
            }
        }
    }

    /// Raises the number of effective samples; advance to carry it out.
    ///
    /// # Errors
    /// [`InputError::Value`] for fewer than before, or a value out of range.
    pub fn extend(
        &mut self,
        target_effective_samples: usize,
        max_likelihood_calls: u64,
    ) -> Result<(), InputError> {
        if target_effective_samples < self.settings.target_effective_samples {
            return Err(InputError::value(
                "sampler.target_effective_samples",
                target_effective_samples,
                format!(
                    "at least {}, that of the run",
                    self.settings.target_effective_samples
                ),
            ));
        }
        let settings = ImportanceSettings {
            target_effective_samples,
            max_likelihood_calls,
            ..self.settings.clone()
        };
        settings.check(self.dim)?;
        self.settings = settings;
        Ok(())
    }

    /// The samples so far; the run can go on afterwards.
    ///
    /// The error of ln Z holds the variance of L/D among the draws of each bound, shell and mixture, and that
    /// of the volumes of shells; the bias of kept exploration points is not in it.
    pub fn finish(&self) -> SampleSet {
        let census = match &self.sampling {
            Some(sampling) => self.weigh(sampling),
            None => self.weigh_exploration(&self.shell_volumes()),
        };
        let mut samples = SampleSet {
            dim: self.dim,
            likelihood_calls: self.likelihood_calls(),
            rejected: self.rejected.clone(),
            converged: self.sampling.is_some() && self.neediest(&census).is_none(),
            ..SampleSet::default()
        };
        let mut order = self.points.sorted_down();
        order.retain(|&index| {
            census.ln_volume[index] > f64::NEG_INFINITY && !self.points.place[index].is_rejected()
        });
        let mut ln_enclosed = f64::NEG_INFINITY;
        let mut enclosed = Vec::with_capacity(order.len());
        for &index in &order {
            ln_enclosed = ln_add_exp(ln_enclosed, census.ln_volume[index]);
            enclosed.push(ln_enclosed);
        }
        let mut information = 0.0;
        for (&index, ln_enclosed) in order.iter().zip(enclosed).rev() {
            let ln_likelihood = self.points.place[index].ln_likelihood;
            let ln_weight = census.ln_volume[index] + ln_likelihood - census.ln_evidence;
            information += ln_weight.exp() * (ln_likelihood - census.ln_evidence);
            samples.unit.extend_from_slice(self.points.row(index));
            samples.ln_likelihood.push(ln_likelihood);
            samples.birth_ln_likelihood.push(f64::NEG_INFINITY);
            samples.ln_weight.push(ln_weight);
            samples.ln_prior_volume.push(ln_enclosed);
        }
        samples.evidence = (!order.is_empty()).then(|| Evidence {
            ln_evidence: census.ln_evidence,
            ln_evidence_error: census.variance.sqrt(),
            information,
        });
        samples
    }

    /// Likelihood calls so far: one for each point.
    pub fn likelihood_calls(&self) -> u64 {
        self.points.len() as u64
    }

    /// Bounds so far, the whole cube included.
    pub fn bounds(&self) -> usize {
        self.bounds.len()
    }

    /// Likelihood calls of the exploration, once that is over.
    pub fn explored(&self) -> Option<usize> {
        self.sampling.as_ref().map(|sampling| sampling.explored)
    }

    /// The settings, extensions included.
    pub fn settings(&self) -> &ImportanceSettings {
        &self.settings
    }

    /// The state as bytes, for a checkpoint.
    ///
    /// # Errors
    /// [`InputError::Value`] when the encoder fails (out of memory).
    pub fn to_bytes(&self) -> Result<Vec<u8>, InputError> {
        encode(STATE, self)
    }

    /// Reads the bytes of [`ImportanceRun::to_bytes`].
    ///
    /// # Errors
    /// [`InputError::Value`] for bytes that are not a run or contradict themselves.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InputError> {
        let run: Self = decode(
            STATE,
            "the state of an importance nested sampling run",
            bytes,
        )?;
        run.validate()?;
        Ok(run)
    }

    /// Checks a state that was read from outside.
    ///
    /// # Errors
    /// [`InputError::Value`] that names the first contradiction.
    pub fn validate(&self) -> Result<(), InputError> {
        let refuse = |found: &str| inconsistent(STATE, found);
        if !(1..=MAX_DIM).contains(&self.dim) {
            return refuse("an impossible number of parameters");
        }
        self.settings.check(self.dim)?;
        let shells = self.bounds.len();
        if shells == 0 {
            return refuse("no bound");
        }
        if let Some(fault) = (self.bounds.iter()).find_map(|bound| bound.fault(self.dim)) {
            return refuse(fault);
        }
        if let Some(fault) = self.points.fault(self.dim, shells) {
            return refuse(fault);
        }
        if !self.contour.is_valid() || !(0.0..=1.0).contains(&self.live_fraction) {
            return refuse("an impossible contour");
        }
        let mut mixtures = self.learned.iter();
        if let Some(fault) = mixtures.find_map(|one| one.mixture.fault(self.dim)) {
            return refuse(fault);
        }
        if !((0.0..=1.0).contains(&self.power) && self.samples_at_fit >= 0.0) {
            return refuse("an impossible power");
        }
        let sound = self.sampling.as_ref().is_none_or(|sampling| {
            sampling.volumes.len() == shells
                && sampling.volumes.iter().all(Volume::is_valid)
                && sampling.drawn.len() == shells
                && sampling.explored <= self.points.len()
        });
        let closed = if self.sampling.is_some() {
            shells
        } else {
            shells - 1
        };
        let densities = self.densities.iter();
        if !sound
            || self.densities.len() != closed
            || !densities
                .clone()
                .all(|density| *density >= 0.0 && density.is_finite())
        {
            return refuse("shells that do not fit the bounds");
        }
        Ok(())
    }
}
