//! Nested sampling (Skilling 2006), static and dynamic (Higson et al. 2019).
//!
//! A run is a list of segments. Each is a nested sampling run of its own that starts at a birth
//! contour: at the whole prior for the first segment and for added live points, at a higher
//! contour for the batches of dynamic nested sampling. All points keep the contour in which they
//! were drawn, so segments are merged exactly: the number of live points at any death is the
//! number of points born below it that have not died yet.

mod dynamic;
mod lineage;
mod segment;
mod volume;

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use self::segment::{Segment, SegmentSettings, StepOutcome};
use super::point::{Contour, Points, check_dim};
use super::state::{decode, encode, inconsistent};
use super::{Evidence, Observer, Progress, SampleSet, Stage, Target};
use crate::config::{Kernel, SamplerConfig, SamplerKind};
use crate::error::{InputError, ModelError, RejectReason};

/// Name of the state in messages.
const STATE: &str = "nested sampling state";
/// Most dimensions accepted, far above any use; bounds what a damaged state can ask for.
const MAX_DIM: usize = 1_000;

/// Lineages are followed from the contour below which this fraction of the posterior lies: late
/// enough to see most of the drift, early enough for a full set of live points.
const LINEAGE_QUANTILE: f64 = 0.7;

/// What the user decides about nested sampling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NestedSettings {
    /// Live points.
    pub live_points: usize,
    /// Points removed and replaced at a time; part of the result, unlike the number of threads.
    pub batch: usize,
    /// Stop when the live points could still add less than this to ln Z.
    pub delta_ln_z: f64,
    /// Kernel; `Auto` takes the cheaper of ellipsoids and random walk, batch by batch.
    pub kernel: Kernel,
    /// Steps of a random walk or slice chain; by dimension when absent.
    pub steps: Option<usize>,
    /// Add batches of live points where the posterior lies until this many effective samples are
    /// reached; `None` for static nested sampling.
    pub target_effective_samples: Option<usize>,
    /// Likelihood calls after which the run stops unfinished.
    pub max_likelihood_calls: u64,
}

impl NestedSettings {
    /// From the section `[sampler]` of the run file.
    pub fn from_config(config: &SamplerConfig) -> Self {
        Self {
            live_points: config.live_points,
            batch: config.batch.unwrap_or(default_batch(config.live_points)),
            delta_ln_z: config.delta_ln_z,
            kernel: config.kernel,
            steps: config.steps,
            target_effective_samples: (config.kind == SamplerKind::DynamicNested)
                .then_some(config.target_effective_samples),
            max_likelihood_calls: config.max_likelihood_calls,
        }
    }

    fn check(&self, dim: usize) -> Result<(), InputError> {
        let refuse = |key: &str, found: String, expected: String| {
            Err(InputError::value(format!("sampler.{key}"), found, expected))
        };
        let least = (2 * (dim + 1)).max(20);
        if !(least..=1_000_000).contains(&self.live_points) {
            return refuse(
                "live_points",
                self.live_points.to_string(),
                format!("{least} (twice the free parameters and two more, at least 20) to 1000000"),
            );
        }
        if !(1..=self.live_points / 2).contains(&self.batch) {
            return refuse(
                "batch",
                self.batch.to_string(),
                "1 to half the live points".to_owned(),
            );
        }
        if !(self.delta_ln_z > 0.0 && self.delta_ln_z <= 10.0) {
            return refuse(
                "delta_ln_z",
                self.delta_ln_z.to_string(),
                "above 0, at most 10".to_owned(),
            );
        }
        if let Some(steps) = self.steps
            && !(1..=100_000).contains(&steps)
        {
            return refuse("steps", steps.to_string(), "1 to 100000".to_owned());
        }
        Ok(())
    }
}

/// A tenth of the live points: costs 0.1 % over removing one at a time, and keeps many threads busy.
const fn default_batch(live_points: usize) -> usize {
    let batch = live_points / 10;
    if batch == 0 { 1 } else { batch }
}

/// Why [`NestedRun::advance`] returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The stopping rule is met.
    Finished,
    /// The observer asked to stop; advance again to go on.
    Interrupted,
    /// The limit on likelihood calls is reached.
    CallLimit,
    /// A point above the contour could not be found within 200 000 calls (importance sampling: no
    /// point of a shell within a million draws).
    Stuck,
}

/// What to add to a run, finished or not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extension {
    /// Live points to add, as a further independent run that is merged.
    pub live_points: Option<usize>,
    /// A lower stopping value of the evidence still to come.
    pub delta_ln_z: Option<f64>,
    /// A new target of effective samples (makes a static run dynamic).
    pub target_effective_samples: Option<usize>,
    /// A new limit on likelihood calls.
    pub max_likelihood_calls: Option<u64>,
}

/// A nested sampling run: all of its state, between two batches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NestedRun {
    settings: NestedSettings,
    dim: usize,
    seed: u64,
    segments: Vec<Segment>,
    likelihood_calls: u64,
    rejected: BTreeMap<RejectReason, u64>,
}

impl NestedRun {
    /// A run that has not begun.
    ///
    /// # Errors
    /// [`InputError::Value`] for settings that do not fit `dim` or each other.
    pub fn new(settings: NestedSettings, dim: usize, seed: u64) -> Result<Self, InputError> {
        if !(1..=MAX_DIM).contains(&dim) {
            return Err(InputError::value(
                "number of free parameters",
                dim,
                format!("1 to {MAX_DIM}"),
            ));
        }
        settings.check(dim)?;
        let first = Segment::new(
            dim,
            settings.live_points,
            settings.batch,
            Contour::WHOLE_PRIOR,
        );
        Ok(Self {
            settings,
            dim,
            seed,
            segments: vec![first],
            likelihood_calls: 0,
            rejected: BTreeMap::new(),
        })
    }

    /// Runs until the stopping rule, the call limit or the observer says stop.
    ///
    /// The result depends on settings, seed and target alone: not on the number of threads, and
    /// not on where the run was interrupted.
    ///
    /// # Errors
    /// [`ModelError::Fatal`] from the target, or for a ln L of NaN or +∞; the state stays as it
    /// was before the batch.
    pub fn advance<T: Target>(
        &mut self,
        target: &T,
        observer: &mut dyn Observer,
    ) -> Result<Status, ModelError> {
        check_dim(target, self.dim)?;
        let workspaces = Mutex::new(Vec::new());
        loop {
            let Some(index) = self.current_segment() else {
                return Ok(Status::Finished);
            };
            if self.likelihood_calls >= self.settings.max_likelihood_calls {
                return Ok(Status::CallLimit);
            }
            let settings = self.segment_settings(index);
            match self.segments[index].step(&settings, target, &workspaces)? {
                StepOutcome::Stuck => return Ok(Status::Stuck),
                StepOutcome::Stepped { calls, rejected } => {
                    self.likelihood_calls += calls;
                    for (reason, count) in rejected {
                        *self.rejected.entry(reason).or_insert(0) += count;
                    }
                }
            }
            if !observer.on_batch(&self.progress(index)) {
                return Ok(Status::Interrupted);
            }
        }
    }

    /// Adds live points, lowers the stop, or raises the limits; advance to carry it out.
    ///
    /// # Errors
    /// [`InputError::Value`] for a value out of range, or a stop that is not lower.
    pub fn extend(&mut self, extension: &Extension) -> Result<(), InputError> {
        let mut settings = self.settings.clone();
        if let Some(delta_ln_z) = extension.delta_ln_z {
            if delta_ln_z > settings.delta_ln_z {
                return Err(InputError::value(
                    "sampler.delta_ln_z",
                    delta_ln_z,
                    format!("at most {}, that of the run", settings.delta_ln_z),
                ));
            }
            settings.delta_ln_z = delta_ln_z;
        }
        if let Some(calls) = extension.max_likelihood_calls {
            settings.max_likelihood_calls = calls;
        }
        if let Some(samples) = extension.target_effective_samples {
            settings.target_effective_samples = Some(samples);
        }
        settings.check(self.dim)?;
        if let Some(live_points) = extension.live_points {
            let added = NestedSettings {
                live_points,
                batch: default_batch(live_points),
                ..settings.clone()
            };
            added.check(self.dim)?;
            self.segments.push(Segment::new(
                self.dim,
                added.live_points,
                added.batch,
                Contour::WHOLE_PRIOR,
            ));
        }
        self.settings = settings;
        Ok(())
    }

    /// The samples so far, those still alive included; the run can go on afterwards.
    pub fn finish(&self) -> SampleSet {
        let merged = self.merged_points();
        let sweep = volume::Sweep::new(&merged);
        let mut samples = SampleSet {
            dim: self.dim,
            insertion_rank: self
                .segments
                .iter()
                .flat_map(|segment| segment.insertion_rank.iter().copied())
                .collect(),
            evidence: Some(self.evidence(&merged, &sweep)),
            likelihood_calls: self.likelihood_calls,
            rejected: self.rejected.clone(),
            converged: self.is_finished(),
            ..SampleSet::default()
        };
        for (rank, &index) in sweep.order.iter().enumerate() {
            let place = merged.place[index];
            if place.is_rejected() {
                continue;
            }
            samples.unit.extend_from_slice(merged.row(index));
            samples.ln_likelihood.push(place.ln_likelihood);
            samples
                .birth_ln_likelihood
                .push(merged.birth[index].ln_likelihood);
            samples.ln_weight.push(sweep.ln_weight[rank]);
            samples.ln_prior_volume.push(sweep.ln_prior_volume[rank]);
        }
        samples
    }

    /// The evidence of the merged run, its error raised by what drift the lineages show.
    ///
    /// Segments from the whole prior are independent, so their excess variances add with the
    /// squares of their shares of the live points.
    fn evidence(&self, merged: &Points, sweep: &volume::Sweep) -> Evidence {
        let mut evidence = sweep.evidence;
        let Some(contour) = sweep.quantile(merged, LINEAGE_QUANTILE) else {
            return evidence;
        };
        let from_prior = || {
            self.segments
                .iter()
                .filter(|segment| segment.is_from_prior())
        };
        let total: usize = from_prior().map(|segment| segment.live.len()).sum();
        let excess: f64 = from_prior()
            .map(|segment| {
                let share = segment.live.len() as f64 / total.max(1) as f64;
                share * share * segment.excess_variance(&contour)
            })
            .sum();
        evidence.ln_evidence_error = (evidence.ln_evidence_error.powi(2) + excess.max(0.0)).sqrt();
        evidence
    }

    /// Whether the stopping rule is met.
    pub fn is_finished(&self) -> bool {
        self.segments
            .iter()
            .all(|segment| segment.is_done(self.settings.delta_ln_z))
            && self.effective_samples_wanted().is_none()
    }

    /// Number of free parameters.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Live points of the segments that start at the whole prior, added ones included: the window
    /// of the insertion-index test and the N of the evidence error.
    pub fn live_points(&self) -> usize {
        self.segments
            .iter()
            .filter(|segment| segment.is_from_prior())
            .map(Segment::live_points)
            .sum()
    }

    /// Likelihood calls so far.
    pub fn likelihood_calls(&self) -> u64 {
        self.likelihood_calls
    }

    /// The settings, extensions included.
    pub fn settings(&self) -> &NestedSettings {
        &self.settings
    }

    /// The state as bytes, for a checkpoint.
    ///
    /// # Errors
    /// [`InputError::Value`] when the encoder fails (out of memory).
    pub fn to_bytes(&self) -> Result<Vec<u8>, InputError> {
        encode(STATE, self)
    }

    /// Reads the bytes of [`NestedRun::to_bytes`].
    ///
    /// # Errors
    /// [`InputError::Value`] for bytes that are not a run or contradict themselves.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InputError> {
        let run: Self = decode(STATE, "the state of a nested sampling run", bytes)?;
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
        if self.segments.is_empty() {
            return refuse("no segment");
        }
        for segment in &self.segments {
            if let Some(fault) = segment.fault(self.dim) {
                return refuse(fault);
            }
        }
        Ok(())
    }

    /// The segment to work on: the first that is not done, or a new one if samples are wanting.
    fn current_segment(&mut self) -> Option<usize> {
        let open = self
            .segments
            .iter()
            .position(|segment| !segment.is_done(self.settings.delta_ln_z));
        if open.is_some() {
            return open;
        }
        let range = self.effective_samples_wanted()?;
        let segment = dynamic::new_segment(&self.merged_points(), &range, &self.settings);
        self.segments.push(segment);
        Some(self.segments.len() - 1)
    }

    /// Where live points should be added, if the target of effective samples is not reached.
    fn effective_samples_wanted(&self) -> Option<dynamic::ContourRange> {
        let target = self.settings.target_effective_samples?;
        dynamic::range_to_refine(&self.merged_points(), target)
    }

    fn merged_points(&self) -> Points {
        let mut merged = Points::new(self.dim);
        for segment in &self.segments {
            for points in [&segment.dead, &segment.live] {
                merged.extend_from(points);
            }
        }
        merged
    }

    fn segment_settings(&self, index: usize) -> SegmentSettings {
        SegmentSettings {
            seed: self.seed,
            segment: index as u64,
            kernel: self.settings.kernel,
            steps: self.settings.steps,
        }
    }

    fn progress(&self, index: usize) -> Progress {
        let segment = &self.segments[index];
        let removed: usize = self.segments.iter().map(|segment| segment.dead.len()).sum();
        let remaining = segment.remaining_ln_evidence();
        // E-folds of prior volume still to go if the largest ln L stays as it is; ln(e^r - 1) = r
        // beyond 30.
        let ln_ratio = if remaining > 30.0 {
            remaining
        } else {
            remaining.exp_m1().ln()
        };
        let to_go = (ln_ratio - self.settings.delta_ln_z.exp_m1().ln()).max(0.0);
        let gone = -segment.ln_prior_volume;
        let fraction_done = if to_go.is_finite() && gone + to_go > 0.0 {
            gone / (gone + to_go)
        } else {
            0.0
        };
        let stage = match index {
            0 => Stage::Exploring,
            added => Stage::Refining(added as u64),
        };
        Progress {
            stage,
            iteration: removed as u64,
            likelihood_calls: self.likelihood_calls,
            ln_evidence: segment.ln_evidence,
            remaining_ln_evidence: remaining,
            stop_ln_evidence: self.settings.delta_ln_z,
            fraction_done,
        }
    }
}
