//! One nested sampling run from a birth contour upwards, batch by batch.

use std::collections::BTreeMap;
use std::sync::Mutex;

use rand::RngExt;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::lineage::{FOUNDER, excess_variance};
use crate::config::Kernel;
use crate::error::{ModelError, RejectReason};
use crate::sampler::Target;
use crate::sampler::ellipsoid::EllipsoidUnion;
use crate::sampler::kernel::{Batch, Clusters, Draw, Mode, covariance_factor, neighbour_order};
use crate::sampler::kernel::{SLICE_SCALE_RANGE, TARGET_ACCEPTANCE, WALK_SCALE_RANGE};
use crate::sampler::linear::ln_add_exp;
use crate::sampler::point::{Contour, Evaluator, Points, with_workspace};
use crate::sampler::stream::StreamAddress;

/// Ellipsoids are rebuilt when this fraction of the live points has been replaced.
const REBUILD_FRACTION: f64 = 0.2;

/// ln of the largest union of ellipsoids that is used instead of the whole cube. Where the region is
/// still large, walls and necks give it corners that ellipsoids cut, and there is little to save.
const LN_WORTH_BOUNDING: f64 = -std::f64::consts::LN_2 * 2.0;

/// What a segment takes from its run.
pub(super) struct SegmentSettings {
    pub seed: u64,
    pub segment: u64,
    pub kernel: Kernel,
    pub steps: Option<usize>,
}

/// What one batch did.
pub(super) enum StepOutcome {
    Stepped {
        calls: u64,
        rejected: BTreeMap<RejectReason, u64>,
    },
    /// A point could not be found; the state is unchanged.
    Stuck,
}

/// State of one segment between two batches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Segment {
    live_points: usize,
    batch: usize,
    /// Contour from which the first points are drawn.
    birth: Contour,
    /// Where the segment ends; `None` ends it by the evidence still to come.
    end: Option<Contour>,
    batches: u64,
    pub live: Points,
    pub dead: Points,
    /// Known points above `birth`, from which the first chains start; empty for the whole prior.
    seeds: Points,
    /// By number of creation: the number of the point whose chain made this one, or [`FOUNDER`].
    pub parent: Vec<u32>,
    pub insertion_rank: Vec<f64>,
    pub ln_prior_volume: f64,
    pub ln_evidence: f64,
    /// Relative lengths of proposals, as in [`Batch::scales`].
    scales: [f64; 2],
    union: Option<EllipsoidUnion>,
    /// Points to be removed before the ellipsoids are looked at again.
    rebuild_in: usize,
}

impl Segment {
    pub fn new(dim: usize, live_points: usize, batch: usize, birth: Contour) -> Self {
        Self {
            live_points,
            batch,
            birth,
            end: None,
            batches: 0,
            live: Points::new(dim),
            dead: Points::new(dim),
            seeds: Points::new(dim),
            parent: Vec::new(),
            insertion_rank: Vec::new(),
            ln_prior_volume: 0.0,
            ln_evidence: f64::NEG_INFINITY,
            scales: [1.0; 2],
            union: None,
            rebuild_in: 0,
        }
    }

    /// A segment between two contours, whose chains start from `seeds`.
    pub fn between(
        seeds: Points,
        live_points: usize,
        batch: usize,
        birth: Contour,
        end: Contour,
        ln_prior_volume: f64,
    ) -> Self {
        Self {
            end: Some(end),
            ln_prior_volume,
            seeds: seeds.clone(),
            ..Self::new(seeds.dim, live_points, batch, birth)
        }
    }

    /// Live points when complete.
    pub fn live_points(&self) -> usize {
        self.live_points
    }

    /// Whether the segment is a whole run from the prior.
    pub fn is_from_prior(&self) -> bool {
        self.birth == Contour::WHOLE_PRIOR && self.end.is_none()
    }

    /// Whether nothing is left to do, for a stop at `delta_ln_z`.
    pub fn is_done(&self, delta_ln_z: f64) -> bool {
        if self.live.len() < self.live_points {
            return false;
        }
        match &self.end {
            Some(end) => self.live.place.iter().all(|place| place.is_above(end)),
            None => self.remaining_ln_evidence() < delta_ln_z,
        }
    }

    /// ln((Z + L_max X) / Z): what the live points could still add to ln Z.
    pub fn remaining_ln_evidence(&self) -> f64 {
        let highest = self
            .live
            .place
            .iter()
            .map(|place| place.ln_likelihood)
            .fold(f64::NEG_INFINITY, f64::max);
        if self.live.len() < self.live_points || self.ln_evidence == f64::NEG_INFINITY {
            return f64::INFINITY;
        }
        ln_add_exp(0.0, highest + self.ln_prior_volume - self.ln_evidence)
    }

    /// Draws one batch: of first points while the live set is not full, then of replacements.
    ///
    /// # Errors
    /// [`ModelError::Fatal`] from the target; the state is then unchanged but for the bounds.
    pub fn step<T: Target>(
        &mut self,
        settings: &SegmentSettings,
        target: &T,
        workspaces: &Mutex<Vec<T::Workspace>>,
    ) -> Result<StepOutcome, ModelError> {
        let missing = self.live_points - self.live.len().min(self.live_points);
        let outcome = if missing > 0 {
            self.seed(missing.min(self.batch), settings, target, workspaces)?
        } else {
            self.replace(settings, target, workspaces)?
        };
        if matches!(outcome, StepOutcome::Stepped { .. }) {
            self.batches += 1;
        }
        Ok(outcome)
    }

    fn seed<T: Target>(
        &mut self,
        count: usize,
        settings: &SegmentSettings,
        target: &T,
        workspaces: &Mutex<Vec<T::Workspace>>,
    ) -> Result<StepOutcome, ModelError> {
        let survivors: Vec<usize> = (0..self.seeds.len()).collect();
        let mode = if survivors.is_empty() {
            Mode::Prior
        } else {
            self.choose_mode(&self.birth.clone(), &survivors, true, settings)
        };
        // Twice the usual length: the first points of a segment must forget points that are
        // part of the same result.
        let steps = 2 * chain_steps(mode, settings.steps, self.seeds.dim);
        let (starts, others) = self.starts(&self.seeds, &survivors, count, settings);
        let (factor, clusters) = shape(mode, &self.seeds, &others);
        let batch = Batch {
            mode,
            contour: self.birth,
            live: &self.seeds,
            others: &others,
            union: self.union.as_ref(),
            factor: &factor,
            clusters: clusters.as_ref(),
            scales: self.scales,
            steps,
        };
        let draws = draw_all(&batch, &starts, settings, self.batches, target, workspaces)?;
        if draws.iter().any(|draw| !draw.found) {
            return Ok(StepOutcome::Stuck);
        }
        for draw in &draws {
            let number = self.parent.len() as u32;
            self.parent.push(FOUNDER);
            self.live.push(&draw.unit, draw.place, self.birth, number);
        }
        self.adapt(mode, steps, &draws);
        if self.live.len() == self.live_points {
            self.seeds = Points::new(self.seeds.dim);
            self.rebuild_in = 0;
        }
        Ok(totals(draws))
    }

    fn replace<T: Target>(
        &mut self,
        settings: &SegmentSettings,
        target: &T,
        workspaces: &Mutex<Vec<T::Workspace>>,
    ) -> Result<StepOutcome, ModelError> {
        let order = self.live.sorted();
        let (removed, survivors) = order.split_at(self.batch);
        let contour = self.live.place[removed[self.batch - 1]];
        let mode = self.choose_mode(&contour, survivors, false, settings);
        let steps = chain_steps(mode, settings.steps, self.live.dim);
        let (starts, others) = self.starts(&self.live, survivors, removed.len(), settings);
        let (factor, clusters) = shape(mode, &self.live, &others);
        let batch = Batch {
            mode,
            contour,
            live: &self.live,
            others: &others,
            union: self.union.as_ref(),
            factor: &factor,
            clusters: clusters.as_ref(),
            scales: self.scales,
            steps,
        };
        let draws = draw_all(&batch, &starts, settings, self.batches, target, workspaces)?;
        if draws.iter().any(|draw| !draw.found) {
            return Ok(StepOutcome::Stuck);
        }
        // Before the slots are overwritten.
        let parents: Vec<u32> = match mode {
            Mode::Prior | Mode::Ellipsoids => vec![FOUNDER; draws.len()],
            Mode::RandomWalk | Mode::Slice => starts
                .iter()
                .map(|&start| self.live.number[start])
                .collect(),
        };
        self.bury(removed);
        self.insert(&order, contour, &draws, settings);
        self.parent.extend(parents);
        self.adapt(mode, steps, &draws);
        self.rebuild_in = self.rebuild_in.saturating_sub(self.batch);
        Ok(totals(draws))
    }

    /// Moves the points `removed` (sorted upwards) to the dead, and shrinks the prior volume.
    fn bury(&mut self, removed: &[usize]) {
        for (already, &index) in removed.iter().enumerate() {
            let place = self.live.place[index];
            let shrink = -1.0 / (self.live.len() - already) as f64;
            let ln_shell = self.ln_prior_volume + (-shrink.exp_m1()).ln();
            self.ln_evidence = ln_add_exp(self.ln_evidence, place.ln_likelihood + ln_shell);
            self.ln_prior_volume += shrink;
            self.dead.push_from(&self.live, index);
        }
    }

    /// Puts the new points in the places of the removed ones and notes their ranks.
    ///
    /// The rank is taken among the survivors and the points of this batch that came before, which
    /// are all independent draws from the same region, so ranks are uniform and independent.
    fn insert(
        &mut self,
        order: &[usize],
        contour: Contour,
        draws: &[Draw],
        settings: &SegmentSettings,
    ) {
        let mut generator = self.whole_batch(settings, 1).generator();
        let mut sorted: Vec<Contour> = order[self.batch..]
            .iter()
            .map(|&index| self.live.place[index])
            .collect();
        let first_number = self.parent.len() as u32;
        for ((draw, &index), number) in draws.iter().zip(order).zip(first_number..) {
            let rank = sorted.partition_point(|place| draw.place.is_above(place));
            let jitter: f64 = generator.random();
            self.insertion_rank
                .push((rank as f64 + jitter) / (sorted.len() + 1) as f64);
            sorted.insert(rank, draw.place);
            self.live
                .replace(index, &draw.unit, draw.place, contour, number);
        }
    }

    /// Starting points of `count` chains, and the other survivors, from which proposals learn.
    ///
    /// A chain must not start from a point that shaped its own proposals: with a few dozen points
    /// in a cluster that biases short chains by several tenths in ln Z. Starts are evenly spaced
    /// along the order of neighbours, from a random offset; at most half of the survivors serve.
    fn starts(
        &self,
        points: &Points,
        survivors: &[usize],
        count: usize,
        settings: &SegmentSettings,
    ) -> (Vec<usize>, Vec<usize>) {
        if survivors.is_empty() {
            return (vec![0; count], Vec::new());
        }
        let mut ordered = survivors.to_vec();
        neighbour_order(points, &mut ordered);
        let mut generator = self.whole_batch(settings, 0).generator();
        let offset: f64 = generator.random();
        let used = count.min(ordered.len() / 2).max(1);
        let stride = ordered.len() as f64 / used as f64;
        let mut is_start = vec![false; ordered.len()];
        let chosen: Vec<usize> = (0..used)
            .map(|chain| {
                let place = (((chain as f64 + offset) * stride) as usize).min(ordered.len() - 1);
                is_start[place] = true;
                ordered[place]
            })
            .collect();
        let starts = chosen.iter().copied().cycle().take(count).collect();
        let others = (ordered.iter().zip(&is_start))
            .filter(|(_, is_start)| !**is_start)
            .map(|(index, _)| *index)
            .collect();
        (starts, others)
    }

    fn whole_batch(&self, settings: &SegmentSettings, purpose: u64) -> StreamAddress {
        StreamAddress {
            seed: settings.seed,
            segment: settings.segment,
            batch: self.batches,
            chain: StreamAddress::WHOLE_BATCH - purpose,
        }
    }

    /// The kernel for this batch, with the ellipsoids rebuilt when they are due.
    fn choose_mode(
        &mut self,
        contour: &Contour,
        survivors: &[usize],
        seeding: bool,
        settings: &SegmentSettings,
    ) -> Mode {
        // While the contour is a rejected point, other rejected points lie above it, anywhere.
        if contour.is_rejected() {
            return Mode::Prior;
        }
        let dim = self.dead.dim;
        let chain = match settings.kernel {
            Kernel::Slice => Mode::Slice,
            _ => Mode::RandomWalk,
        };
        let chain_cost = expected_calls(chain, chain_steps(chain, settings.steps, dim));
        let prior_cost = (-self.ln_prior_volume).exp();
        if matches!(settings.kernel, Kernel::RandomWalk | Kernel::Slice) {
            return if prior_cost <= chain_cost {
                Mode::Prior
            } else {
                chain
            };
        }
        if self.rebuild_in == 0 {
            let points = if seeding { &self.seeds } else { &self.live };
            self.union = EllipsoidUnion::build(&points.unit, dim, survivors, self.ln_prior_volume);
            self.rebuild_in = (REBUILD_FRACTION * self.live_points as f64).ceil() as usize;
        }
        let ln_volume = self
            .union
            .as_ref()
            .map_or(f64::INFINITY, EllipsoidUnion::ln_volume);
        let union_cost = (ln_volume - self.ln_prior_volume).exp();
        if settings.kernel == Kernel::Auto && chain_cost < union_cost.min(prior_cost) {
            // Not worth a look for another e-fold.
            self.rebuild_in = self.rebuild_in.max(self.live_points / 2);
            return chain;
        }
        if ln_volume >= LN_WORTH_BOUNDING {
            Mode::Prior
        } else {
            Mode::Ellipsoids
        }
    }

    /// Excess variance of ln Z that the lineages of the points alive at `contour` show.
    pub fn excess_variance(&self, contour: &Contour) -> f64 {
        let mut alive = Vec::new();
        for points in [&self.live, &self.dead] {
            for index in 0..points.len() {
                if points.place[index].is_above(contour) && !points.birth[index].is_above(contour) {
                    alive.push(points.number[index]);
                }
            }
        }
        excess_variance(&self.parent, self.live_points, &alive)
    }

    /// Steers the scale of the proposals by what this batch saw.
    fn adapt(&mut self, mode: Mode, steps: usize, draws: &[Draw]) {
        let mut counts = [0_u64; 4];
        for draw in draws {
            for (sum, count) in counts.iter_mut().zip(draw.counts) {
                *sum += count;
            }
        }
        let range = match mode {
            Mode::Prior | Mode::Ellipsoids => return,
            Mode::RandomWalk => {
                for (scale, pair) in self.scales.iter_mut().zip(counts.chunks_exact(2)) {
                    if pair[1] > 0 {
                        let acceptance = pair[0] as f64 / pair[1] as f64;
                        *scale *= (acceptance / TARGET_ACCEPTANCE).powf(0.3).clamp(0.7, 1.4);
                    }
                }
                WALK_SCALE_RANGE
            }
            Mode::Slice => {
                let updates = (steps * draws.len()) as f64;
                let excess = (counts[1] as f64 - 0.5 * counts[0] as f64) / updates;
                self.scales[0] *= (0.3 * excess).clamp(-0.3, 0.3).exp();
                SLICE_SCALE_RANGE
            }
        };
        for scale in &mut self.scales {
            *scale = scale.clamp(range[0], range[1]);
        }
    }

    /// What is wrong with a segment read from a file, if anything.
    pub fn fault(&self, dim: usize) -> Option<&'static str> {
        for points in [&self.live, &self.dead, &self.seeds] {
            if let Some(fault) = points.fault(dim) {
                return Some(fault);
            }
        }
        if !(2 * (dim + 1)..=1_000_000).contains(&self.live_points)
            || self.live.len() > self.live_points
            || !(1..=self.live_points / 2).contains(&self.batch)
        {
            return Some("an impossible number of live points");
        }
        if !(self.birth.is_valid() && self.end.as_ref().is_none_or(Contour::is_valid)) {
            return Some("an impossible contour");
        }
        if self.birth != Contour::WHOLE_PRIOR
            && self.live.len() < self.live_points
            && self.seeds.len() < 4
        {
            return Some("a segment without points to start from");
        }
        if self.parent.len() != self.live.len() + self.dead.len()
            || !(self.parent.iter().enumerate())
                .all(|(number, &parent)| parent == FOUNDER || (parent as usize) < number)
            || !(self.live.number.iter().chain(&self.dead.number))
                .all(|&number| (number as usize) < self.parent.len())
        {
            return Some("an impossible ancestor");
        }
        if !(self.ln_prior_volume <= 0.0 && self.ln_prior_volume.is_finite())
            || self.ln_evidence.is_nan()
            || self.ln_evidence == f64::INFINITY
            || !self
                .scales
                .iter()
                .all(|&scale| scale > 0.0 && scale <= 20.0)
            || !self
                .insertion_rank
                .iter()
                .all(|rank| (0.0..=1.0).contains(rank))
        {
            return Some("a number out of range");
        }
        self.union.as_ref().and_then(|union| union.fault(dim))
    }
}

/// Steps of a chain when the run file names none; measured by the sampler zoo.
fn chain_steps(mode: Mode, chosen: Option<usize>, dim: usize) -> usize {
    chosen.unwrap_or(match mode {
        Mode::Slice => 2 * dim,
        _ => 24 + dim + 10 * dim.saturating_sub(10),
    })
}

/// Likelihood calls that a chain is expected to take.
fn expected_calls(mode: Mode, steps: usize) -> f64 {
    match mode {
        Mode::Slice => 4.5 * steps as f64,
        _ => steps as f64,
    }
}

/// What the chains learn from the survivors: the Cholesky factor of their covariance, and clusters.
fn shape(mode: Mode, points: &Points, survivors: &[usize]) -> (Vec<f64>, Option<Clusters>) {
    match mode {
        Mode::Prior | Mode::Ellipsoids => (Vec::new(), None),
        Mode::Slice => (covariance_factor(points, survivors), None),
        Mode::RandomWalk => {
            let factor = covariance_factor(points, survivors);
            let clusters = Clusters::new(points, survivors, &factor);
            (factor, Some(clusters))
        }
    }
}

/// Draws from all starts in parallel; the first error in the order of the chains is returned.
fn draw_all<T: Target>(
    batch: &Batch<'_>,
    starts: &[usize],
    settings: &SegmentSettings,
    batch_number: u64,
    target: &T,
    workspaces: &Mutex<Vec<T::Workspace>>,
) -> Result<Vec<Draw>, ModelError> {
    let results: Vec<Result<Draw, ModelError>> = starts
        .par_iter()
        .enumerate()
        .map(|(chain, &start)| {
            let address = StreamAddress {
                seed: settings.seed,
                segment: settings.segment,
                batch: batch_number,
                chain: chain as u64,
            };
            with_workspace(target, workspaces, |workspace| {
                let mut evaluator = Evaluator::new(target, workspace);
                batch.draw(start, &mut address.generator(), &mut evaluator)
            })
        })
        .collect();
    results.into_iter().collect()
}

fn totals(draws: Vec<Draw>) -> StepOutcome {
    let mut calls = 0;
    let mut rejected = BTreeMap::new();
    for draw in draws {
        calls += draw.calls;
        for (reason, count) in draw.rejected {
            *rejected.entry(reason).or_insert(0) += count;
        }
    }
    StepOutcome::Stepped { calls, rejected }
}
