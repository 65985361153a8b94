//! Random walk with proposals learnt from the live points.
//!
//! Four kinds of steps are mixed:
//! * differences of two live points (differential evolution: ter Braak 2006), of all coordinates
//!   or of a subset (Vrugt et al. 2009); at full length they jump between separate modes;
//! * Gaussian steps with the covariance of all live points, which reach every direction;
//! * Gaussian steps with the covariance of the cluster that the point lies in, which follow
//!   curved regions;
//! * jumps from one cluster to another that keep the place relative to centre and covariance.

use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use super::{Batch, Walked};
use crate::error::ModelError;
use crate::sampler::Target;
use crate::sampler::linear::{multiply_lower, squared_distance};
use crate::sampler::point::{Contour, Evaluator};

/// 2.38/√d is the optimal scale of a random walk on a Gaussian (Roberts, Gelman & Gilks 1997);
/// the adapted scales are relative to it.
const OPTIMAL: f64 = 2.38;
/// Smallest and largest relative scale.
pub(in crate::sampler) const SCALE_RANGE: [f64; 2] = [0.05, 3.0];
/// Acceptance that the scales are steered to.
pub(in crate::sampler) const TARGET_ACCEPTANCE: f64 = 0.25;

/// Working memory of one walk.
struct Scratch {
    normal: Vec<f64>,
    step: Vec<f64>,
    trial: Vec<f64>,
}

/// What was proposed.
struct Proposal {
    /// Which adapted scale it follows: 0 all points, 1 cluster.
    scale: Option<usize>,
    /// ln of the ratio of the proposal densities, backwards over forwards.
    ln_ratio: f64,
}

impl Proposal {
    fn symmetric(scale: Option<usize>) -> Self {
        Self {
            scale,
            ln_ratio: 0.0,
        }
    }
}

impl Batch<'_> {
    pub(super) fn random_walk<T: Target>(
        &self,
        start: usize,
        generator: &mut impl Rng,
        evaluator: &mut Evaluator<'_, T>,
    ) -> Result<Walked, ModelError> {
        let dim = self.live.dim;
        let mut unit = self.live.row(start).to_vec();
        let mut place = self.live.place[start];
        let mut scratch = Scratch {
            normal: vec![0.0; dim],
            step: vec![0.0; dim],
            trial: vec![0.0; dim],
        };
        // Accepted and proposed, for each of the two scales.
        let mut counts = [0; 4];
        for _ in 0..self.steps {
            let proposal = self.propose(&unit, generator, &mut scratch);
            if let Some(scale) = proposal.scale {
                counts[2 * scale + 1] += 1;
            }
            let inside = scratch.trial.iter().all(|x| (0.0..1.0).contains(x));
            if !inside || generator.random::<f64>().ln() >= proposal.ln_ratio {
                // A step that stays where it is, without a call.
                continue;
            }
            let candidate = Contour {
                ln_likelihood: evaluator.ln_likelihood(&scratch.trial)?,
                label: generator.random(),
            };
            if candidate.is_above(&self.contour) {
                std::mem::swap(&mut unit, &mut scratch.trial);
                place = candidate;
                if let Some(scale) = proposal.scale {
                    counts[2 * scale] += 1;
                }
            }
        }
        place.label = self.refreshed_label(place.ln_likelihood, generator);
        Ok((unit, place, counts, true))
    }

    /// Writes a trial point.
    fn propose(&self, unit: &[f64], generator: &mut impl Rng, scratch: &mut Scratch) -> Proposal {
        let kind: f64 = generator.random();
        if let Some(clusters) = self.clusters {
            if kind < MIX[0] {
                return self.cluster_step(clusters, unit, generator, scratch);
            }
            if kind < MIX[1] && clusters.len() > 1 {
                return cluster_jump(clusters, unit, generator, scratch);
            }
        }
        let scale = if kind < MIX[2] {
            self.gaussian_step(self.factor, self.scales[0], generator, scratch);
            Some(0)
        } else {
            self.difference_step(kind > MIX[3], generator, &mut scratch.step)
        };
        for ((trial, x), step) in scratch.trial.iter_mut().zip(unit).zip(&scratch.step) {
            *trial = x + step;
        }
        Proposal::symmetric(scale)
    }

    fn gaussian_step(
        &self,
        factor: &[f64],
        scale: f64,
        generator: &mut impl Rng,
        scratch: &mut Scratch,
    ) {
        scratch
            .normal
            .fill_with(|| StandardNormal.sample(generator));
        multiply_lower(factor, &scratch.normal, &mut scratch.step);
        let length = scale * OPTIMAL / (self.live.dim as f64).sqrt();
        scratch.step.iter_mut().for_each(|value| *value *= length);
    }

    /// A Gaussian step of the point's cluster, with the ratio of densities if it leaves the cluster.
    fn cluster_step(
        &self,
        clusters: &super::Clusters,
        unit: &[f64],
        generator: &mut impl Rng,
        scratch: &mut Scratch,
    ) -> Proposal {
        let from = clusters.index_of(unit, &mut scratch.normal);
        self.gaussian_step(
            &clusters.part(from).factor,
            self.scales[1],
            generator,
            scratch,
        );
        for ((trial, x), step) in scratch.trial.iter_mut().zip(unit).zip(&scratch.step) {
            *trial = x + step;
        }
        let to = clusters.index_of(&scratch.trial, &mut scratch.normal);
        let mut proposal = Proposal::symmetric(Some(1));
        if to != from {
            let (from, to) = (clusters.part(from), clusters.part(to));
            let length = self.scales[1] * OPTIMAL / (self.live.dim as f64).sqrt();
            let chi_squared = |inverse: &[f64]| {
                squared_distance(inverse, &scratch.trial, unit) / (length * length)
            };
            proposal.ln_ratio = 0.5 * (chi_squared(&from.inverse) - chi_squared(&to.inverse))
                + from.ln_determinant
                - to.ln_determinant;
        }
        proposal
    }

    /// The difference of two live points; true when its length follows the adapted scale.
    fn difference_step(
        &self,
        subset: bool,
        generator: &mut impl Rng,
        step: &mut [f64],
    ) -> Option<usize> {
        let dim = step.len();
        let (a, b) = self.pair(generator);
        for ((value, x), y) in step.iter_mut().zip(self.live.row(a)).zip(self.live.row(b)) {
            *value = x - y;
        }
        let mut moved = dim;
        if subset && dim > 1 {
            let keep: f64 = generator.random();
            let forced = generator.random_range(0..dim);
            for (k, value) in step.iter_mut().enumerate() {
                if k != forced && generator.random::<f64>() >= keep {
                    *value = 0.0;
                    moved -= 1;
                }
            }
        }
        // One in five at full length, to jump between modes.
        if generator.random::<f64>() < 0.2 {
            return None;
        }
        let length = self.scales[0] * OPTIMAL / (2.0 * moved as f64).sqrt();
        step.iter_mut().for_each(|value| *value *= length);
        Some(0)
    }
}

/// Running sums of the probabilities: cluster step, cluster jump, Gaussian step, full difference;
/// the rest are differences of a subset.
const MIX: [f64; 4] = [0.35, 0.45, 0.6, 0.8];

/// The same place relative to the centre and covariance of another cluster.
fn cluster_jump(
    clusters: &super::Clusters,
    unit: &[f64],
    generator: &mut impl Rng,
    scratch: &mut Scratch,
) -> Proposal {
    let from = clusters.index_of(unit, &mut scratch.normal);
    let mut to = generator.random_range(0..clusters.len() - 1);
    to += usize::from(to >= from);
    let (source, goal) = (clusters.part(from), clusters.part(to));
    for ((value, x), centre) in scratch.step.iter_mut().zip(unit).zip(&source.centre) {
        *value = x - centre;
    }
    multiply_lower(&source.inverse, &scratch.step, &mut scratch.normal);
    multiply_lower(&goal.factor, &scratch.normal, &mut scratch.trial);
    for (trial, centre) in scratch.trial.iter_mut().zip(&goal.centre) {
        *trial += centre;
    }
    // The way back must start in the cluster that was jumped to.
    let back = clusters.index_of(&scratch.trial, &mut scratch.normal) == to;
    Proposal {
        scale: None,
        ln_ratio: if back {
            goal.ln_determinant - source.ln_determinant
        } else {
            f64::NEG_INFINITY
        },
    }
}
