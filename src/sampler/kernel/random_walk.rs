//! Random walk with proposals made of differences between live points.
//!
//! Differences of two live points (differential evolution: ter Braak 2006; by subsets of the
//! coordinates: Vrugt et al. 2009) follow curved and stretched regions without being told of
//! them, and at full length they jump between separate modes. A quarter of the steps are drawn
//! from the live points' covariance, which reaches every direction however few points there are.

use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use super::{Batch, Walked};
use crate::error::ModelError;
use crate::sampler::Target;
use crate::sampler::linear::multiply_lower;
use crate::sampler::point::{Contour, Evaluator};

/// 2.38/√d is the optimal scale of a random walk on a Gaussian (Roberts, Gelman & Gilks 1997);
/// the adapted `scale` is relative to it.
const OPTIMAL: f64 = 2.38;
/// Smallest and largest relative scale.
pub(in crate::sampler) const SCALE_RANGE: [f64; 2] = [0.05, 3.0];
/// Acceptance that the scale is steered to.
pub(in crate::sampler) const TARGET_ACCEPTANCE: f64 = 0.25;

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
        let mut step = vec![0.0; dim];
        let mut scratch = vec![0.0; dim];
        let mut trial = vec![0.0; dim];
        // Counts of the moves that follow `scale`: accepted, proposed.
        let mut counts = [0, 0];
        for _ in 0..self.steps {
            let scaled = self.propose(start, generator, &mut scratch, &mut step);
            counts[1] += u64::from(scaled);
            let mut inside = true;
            for k in 0..dim {
                trial[k] = unit[k] + step[k];
                inside &= (0.0..1.0).contains(&trial[k]);
            }
            if !inside {
                // Outside the cube: a step that stays where it is, without a call.
                continue;
            }
            let candidate = Contour {
                ln_likelihood: evaluator.ln_likelihood(&trial)?,
                label: generator.random(),
            };
            if candidate.is_above(&self.contour) {
                std::mem::swap(&mut unit, &mut trial);
                place = candidate;
                counts[0] += u64::from(scaled);
            }
        }
        place.label = self.refreshed_label(place.ln_likelihood, generator);
        Ok((unit, place, counts, true))
    }

    /// Writes a step; true when its length follows the adapted scale.
    fn propose(
        &self,
        start: usize,
        generator: &mut impl Rng,
        scratch: &mut [f64],
        step: &mut [f64],
    ) -> bool {
        let dim = step.len();
        let kind: f64 = generator.random();
        if kind < 0.25 {
            for value in scratch.iter_mut() {
                *value = StandardNormal.sample(generator);
            }
            multiply_lower(self.factor, scratch, step);
            let length = self.scale * OPTIMAL / (dim as f64).sqrt();
            step.iter_mut().for_each(|value| *value *= length);
            return true;
        }
        let (a, b) = self.pair(start, generator);
        for ((value, x), y) in step.iter_mut().zip(self.live.row(a)).zip(self.live.row(b)) {
            *value = x - y;
        }
        // Half of the differences move a subset of the coordinates, at least one.
        let mut moved = dim;
        if kind > 0.6 && dim > 1 {
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
            return false;
        }
        let length = self.scale * OPTIMAL / (2.0 * moved as f64).sqrt();
        step.iter_mut().for_each(|value| *value *= length);
        true
    }
}
