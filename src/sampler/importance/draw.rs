//! What a run does between two looks from outside: blocks of calls, bounds, and decisions.

use std::collections::BTreeMap;
use std::sync::Mutex;

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rayon::prelude::*;

use super::bound::{Bound, HITS_OF_SHELL, Scratch, Volume};
use super::learn::LIVE_PART;
use super::points::{Census, NewPoint, Source};
use super::{
    FLAT, ImportanceRun, LEAST_LN_VOLUME, LEAST_PART, LIVE_FRACTION, MAX_STAGE, STREAM_BOUNDS,
    STREAM_POINTS, STREAM_SHELLS, Sampling, UPDATE, WORTH_A_BOUND,
};
use crate::error::{ModelError, RejectReason};
use crate::sampler::linear::ln_add_exp;
use crate::sampler::point::{Contour, Evaluator, with_workspace};
use crate::sampler::stream::StreamAddress;
use crate::sampler::{Progress, Stage, Target};

/// Draws from a bound for one point of its shell, before giving up.
const MAX_DRAWS: usize = 1_000_000;

/// Of so many blocks of the exploration one comes from the innermost bound, the others from mixtures.
const BLOCKS_PER_BOUND: u64 = 3;

/// Part of the exploration that may be told as done while it goes on.
const MOST_EXPLORED: f64 = 0.99;

/// One point with its bookkeeping.
pub(super) struct Draw {
    unit: Vec<f64>,
    place: Contour,
    rejected: BTreeMap<RejectReason, u64>,
}

impl ImportanceRun {
    /// Draws one block of points; `None` when no point of a shell can be found.
    ///
    /// # Errors
    /// [`ModelError::Fatal`] from the target.
    pub(super) fn draw_block<T: Target>(
        &self,
        source: Source,
        target: &T,
        workspaces: &Mutex<Vec<T::Workspace>>,
    ) -> Result<Option<Vec<Draw>>, ModelError> {
        let draws: Vec<Result<Option<Draw>, ModelError>> = (0..self.settings.batch)
            .into_par_iter()
            .map(|chain| {
                let mut generator = self.stream(STREAM_POINTS, self.blocks, chain).generator();
                let Some(unit) = self.place_one(source, &mut generator) else {
                    return Ok(None);
                };
                let label = generator.random();
                with_workspace(target, workspaces, |workspace| {
                    let mut evaluator = Evaluator::new(target, workspace);
                    let ln_likelihood = evaluator.ln_likelihood(&unit)?;
                    Ok(Some(Draw {
                        place: Contour {
                            ln_likelihood,
                            label,
                        },
                        rejected: std::mem::take(&mut evaluator.rejected),
                        unit,
                    }))
                })
            })
            .collect();
        draws.into_iter().collect()
    }

    /// One point of the cube from a source.
    fn place_one(&self, source: Source, generator: &mut ChaCha8Rng) -> Option<Vec<f64>> {
        let (mut scratch, mut unit) = (Scratch::new(self.dim), vec![0.0; self.dim]);
        let shell = match source {
            Source::Bound(shell) | Source::Shell(shell) => shell as usize,
            Source::Mixture(index) => {
                let mixture = &self.learned.get(index as usize)?.mixture;
                mixture.draw(generator, &mut vec![0.0; self.dim], &mut unit);
                return Some(unit);
            }
        };
        let later = &self.bounds[shell + 1..];
        for _ in 0..MAX_DRAWS {
            if !self.bounds[shell].draw(generator, &mut scratch, &mut unit) {
                return None;
            }
            if !later
                .iter()
                .any(|bound| bound.contains(&unit, &mut scratch))
            {
                return Some(unit);
            }
        }
        None
    }

    /// Adds a block of points, and tries the next bound where one is due.
    pub(super) fn absorb(&mut self, source: Source, draws: Vec<Draw>) {
        self.blocks += 1;
        let count = draws.len() as u64;
        for draw in draws {
            self.stage_above +=
                u64::from(draw.place.is_above(&self.contour) && !draw.place.is_rejected());
            self.add_point(source, &draw);
            for (reason, count) in draw.rejected {
                *self.rejected.entry(reason).or_insert(0) += count;
            }
        }
        self.count_draws(source, count);
        if self.sampling.is_none() {
            self.stage_calls += count;
            if self.stage_is_complete() {
                self.end_stage();
            } else if matches!(source, Source::Mixture(_)) {
                let ln_volume = self.ln_volumes();
                if self.learn_on_the_way(&ln_volume) {
                    self.begin_sampling();
                }
            }
        }
    }

    /// Puts a point into the lists, with the density of the draws before this block.
    fn add_point(&mut self, source: Source, draw: &Draw) {
        // Where bounds overlap without being nested a point of a shell may lie in some earlier bound and
        // not in another.
        let mut scratch = Scratch::new(self.dim);
        let bounds = self.bounds.iter();
        let holds: Vec<bool> = bounds
            .map(|bound| bound.contains(&draw.unit, &mut scratch))
            .collect();
        let shell = match source {
            Source::Bound(shell) | Source::Shell(shell) => shell as usize,
            Source::Mixture(_) => holds.iter().rposition(|holds| *holds).unwrap_or(0),
        };
        let mut density: f64 = (holds[..shell].iter().zip(&self.densities))
            .map(|(holds, density)| if *holds { *density } else { 0.0 })
            .sum();
        density += self.densities.get(shell).copied().unwrap_or(0.0);
        let learned = self.learned_density(&draw.unit);
        self.points.push(&NewPoint {
            unit: &draw.unit,
            place: draw.place,
            shell: shell as u32,
            density: density + learned.explored,
            learned: learned.drawn,
            latest: learned.latest,
            source,
        });
    }

    fn count_draws(&mut self, source: Source, count: u64) {
        let sampling = self.sampling.as_mut();
        let exploring = sampling.is_none();
        match source {
            Source::Bound(_) => self.in_bound += count,
            Source::Shell(shell) => {
                if let Some(sampling) = sampling {
                    sampling.drawn[shell as usize] += count;
                }
            }
            Source::Mixture(index) => {
                self.points.count_mixture(count as f64, exploring);
                let mixture = &mut self.learned[index as usize];
                if exploring {
                    mixture.explored += count;
                } else {
                    mixture.drawn += count;
                }
            }
        }
    }

    /// What the points say once exploration is over, and where to draw next; from nowhere when there are
    /// enough effective samples.
    pub(super) fn survey(&self) -> (Option<Census>, Option<Source>) {
        match &self.sampling {
            None => (None, Some(self.next_of_exploration())),
            Some(sampling) => {
                let census = self.weigh(sampling);
                let source = self.neediest(&census);
                (Some(census), source)
            }
        }
    }

    /// Where the exploration draws next: from the innermost bound once, then from the mixture that it has
    /// led to.
    fn next_of_exploration(&self) -> Source {
        let mixtures = self.learned.len() as u32;
        if mixtures == 0 || self.blocks.is_multiple_of(BLOCKS_PER_BOUND) {
            Source::Bound(self.bounds.len() as u32 - 1)
        } else {
            Source::Mixture(mixtures - 1)
        }
    }

    fn stage_is_complete(&self) -> bool {
        let live = self.settings.live_points as u64;
        if self.contour == Contour::WHOLE_PRIOR {
            let least = 4 * (self.dim as u64 + 1);
            return self.stage_above >= live
                || (self.stage_calls >= MAX_STAGE * live && self.stage_above >= least);
        }
        self.stage_above as f64 >= UPDATE * live as f64 || self.stage_calls >= MAX_STAGE * live
    }

    /// Puts a bound around the live points if it is worth while, or ends the exploration.
    fn end_stage(&mut self) {
        let ln_volume = self.ln_volumes();
        let mut live = self.points.sorted_down();
        let place = &self.points.place;
        let ln_sum = |members: &[usize], value: &dyn Fn(usize) -> f64| {
            (members.iter()).fold(f64::NEG_INFINITY, |sum, &index| {
                ln_add_exp(sum, ln_volume[index] + value(index))
            })
        };
        let ln_likelihood = |index: usize| place[index].ln_likelihood;
        self.ln_evidence = ln_sum(&live, &ln_likelihood);
        let next = live.get(self.settings.live_points).copied();
        live.truncate(self.settings.live_points);
        live.retain(|&index| !place[index].is_rejected());
        let (Some(&highest), Some(&lowest)) = (live.first(), live.last()) else {
            return;
        };
        self.live_fraction = (ln_sum(&live, &ln_likelihood) - self.ln_evidence)
            .exp()
            .min(1.0);
        let is_flat = ln_likelihood(highest) - ln_likelihood(lowest) < FLAT;
        if next.is_some_and(|next| ln_likelihood(next) == ln_likelihood(lowest)) {
            // A plateau that is cut by the choice of live points says nothing of where to go.
            let above = live.partition_point(|&i| ln_likelihood(i) > ln_likelihood(lowest));
            if above >= self.settings.live_points / 4 {
                live.truncate(above);
            }
        }
        let ln_live_volume = ln_sum(&live, &|_| 0.0).min(0.0);
        self.contour = place[live[live.len() - 1]];
        self.stage_calls = 0;
        self.stage_above = 0;
        let last = self.bounds[self.bounds.len() - 1].volume.ln_volume;
        let is_over = self.live_fraction < LIVE_FRACTION || last < LEAST_LN_VOLUME;
        let is_over = self.learn_on_the_way(&ln_volume) || is_over;
        if is_over || (!self.add_bound(&live, ln_live_volume) && is_flat) {
            self.begin_sampling();
        }
    }

    /// Builds a bound around the live points; false if it is not worth having.
    fn add_bound(&mut self, live: &[usize], ln_live_volume: f64) -> bool {
        let last = self.bounds[self.bounds.len() - 1].volume.ln_volume;
        let least = last + WORTH_A_BOUND.ln();
        if ln_live_volume > least {
            return false;
        }
        let address = self.stream(STREAM_BOUNDS, self.blocks, 0);
        let bound = Bound::around(&self.points.unit, self.dim, live, ln_live_volume, address);
        let Some(bound) = bound
            .filter(|bound| bound.volume.ln_volume.is_finite() && bound.volume.ln_volume < least)
        else {
            return false;
        };
        self.close_bound();
        self.points.enter_bound(&bound, self.bounds.len() as u32);
        self.bounds.push(bound);
        true
    }

    /// Gives the points of the innermost bound the density of its draws.
    fn close_bound(&mut self) {
        let shell = self.bounds.len() - 1;
        let density = self.innermost_density();
        self.points.close_shell(shell as u32, density);
        self.densities.push(density);
        self.in_bound = 0;
    }

    fn innermost_density(&self) -> f64 {
        let volume = self.bounds[self.bounds.len() - 1].volume.ln_volume;
        self.in_bound as f64 * (-volume).exp()
    }

    /// ln of the prior volume that each point of the exploration stands for, 1/D.
    fn ln_volumes(&self) -> Vec<f64> {
        let innermost = self.bounds.len() as u32 - 1;
        let added = self.innermost_density();
        (self.points.density.iter().zip(&self.points.shell))
            .map(|(density, &shell)| -(density + if shell == innermost { added } else { 0.0 }).ln())
            .collect()
    }

    fn begin_sampling(&mut self) {
        let volumes = self.shell_volumes();
        self.close_bound();
        self.sampling = Some(Sampling {
            volumes,
            drawn: vec![0; self.bounds.len()],
            explored: self.points.len(),
        });
    }

    /// Volumes of all shells, without a likelihood call.
    pub(super) fn shell_volumes(&self) -> Vec<Volume> {
        (0..self.bounds.len())
            .map(|shell| {
                let later = &self.bounds[shell + 1..];
                if later.is_empty() {
                    return self.bounds[shell].volume;
                }
                let address = self.stream(STREAM_SHELLS, shell as u64, 0);
                self.bounds[shell].measure(address, HITS_OF_SHELL, |point, scratch| {
                    !later.iter().any(|bound| bound.contains(point, scratch))
                })
            })
            .collect()
    }

    pub(super) fn weigh(&self, sampling: &Sampling) -> Census {
        let first = if self.settings.discard_exploration {
            sampling.explored
        } else {
            0
        };
        let added: Vec<f64> = (sampling.drawn.iter().zip(&sampling.volumes))
            .map(|(&drawn, volume)| {
                if drawn > 0 {
                    drawn as f64 * (-volume.ln_volume).exp()
                } else {
                    0.0
                }
            })
            .collect();
        self.points.census(first, &added, &sampling.volumes)
    }

    pub(super) fn weigh_exploration(&self, volumes: &[Volume]) -> Census {
        let mut added = vec![0.0; self.bounds.len()];
        added[self.bounds.len() - 1] = self.innermost_density();
        self.points.census(0, &added, volumes)
    }

    /// What to draw from: first the shells with less than a block of points, then what adds most to the
    /// effective samples; `None` when there are enough of them.
    pub(super) fn neediest(&self, census: &Census) -> Option<Source> {
        let sampling = self.sampling.as_ref()?;
        let eligible = |&shell: &usize| {
            sampling.volumes[shell].ln_volume - self.bounds[shell].volume.ln_volume
                > LEAST_PART.ln()
        };
        let shells = 0..self.bounds.len();
        let poor = (shells.clone())
            .filter(eligible)
            .find(|&shell| census.counts[shell] < self.settings.batch as u64);
        if let Some(poor) = poor {
            return Some(Source::Shell(poor as u32));
        }
        if census.effective_samples >= self.settings.target_effective_samples as f64 {
            return None;
        }
        let best = shells
            .filter(eligible)
            .max_by(|&a, &b| census.gain[a].total_cmp(&census.gain[b]))?;
        Some(match self.learned.len() {
            count if count > 0 && census.gain_of_mixture >= census.gain[best] => {
                Source::Mixture(count as u32 - 1)
            }
            _ => Source::Shell(best as u32),
        })
    }

    /// Progress, from the weights before the last block where there are any.
    pub(super) fn progress(&self, census: Option<&Census>) -> Progress {
        let remaining_of = |end: f64| (self.live_fraction.ln() / end.ln()).clamp(0.0, 1.0);
        // Over when the live points hold little, or when they hold less than LIVE_PART and there are samples enough.
        let early = self.power.sqrt() * 0.5 * (1.0 + remaining_of(LIVE_PART));
        // + 0: no minus before a zero.
        let explored = remaining_of(LIVE_FRACTION).max(early).min(MOST_EXPLORED) + 0.0;
        let wanted = self.settings.target_effective_samples as f64;
        let (stage, fraction_done) = match census.map(|census| census.effective_samples) {
            None => (Stage::Exploring, explored),
            Some(effective_samples) => {
                let stage = Stage::Sampling {
                    effective_samples,
                    wanted,
                };
                (stage, (effective_samples / wanted).min(1.0))
            }
        };
        let remaining = -(-self.live_fraction).ln_1p();
        Progress {
            stage,
            iteration: self.points.len() as u64,
            likelihood_calls: self.likelihood_calls(),
            ln_evidence: census.map_or(self.ln_evidence, |census| census.ln_evidence),
            remaining_ln_evidence: if census.is_some() { 0.0 } else { remaining },
            stop_ln_evidence: LIVE_FRACTION,
            fraction_done,
        }
    }

    fn stream(&self, segment: u64, batch: u64, chain: usize) -> StreamAddress {
        StreamAddress {
            seed: self.seed,
            segment,
            batch,
            chain: chain as u64,
        }
    }
}
