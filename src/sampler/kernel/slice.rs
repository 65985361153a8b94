//! Slice sampling along random directions (Neal 2003, figs 3 and 5; Handley et al. 2015).
//!
//! The label is refreshed before every slice and held along it, so that membership of the slice
//! is a fixed property of each point, plateaus included. Widths, steps out and shrinks are all
//! bounded: no slice can run away.

use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use super::{Batch, Walked};
use crate::error::ModelError;
use crate::sampler::Target;
use crate::sampler::linear::multiply_lower;
use crate::sampler::point::{Contour, Evaluator};

/// Smallest and largest relative width.
pub(in crate::sampler) const SCALE_RANGE: [f64; 2] = [0.05, 20.0];
/// Steps out, both sides together.
const MAX_STEPS_OUT: u32 = 12;
/// Shrinks before the slice is left where it is.
const MAX_SHRINKS: u32 = 100;

/// A slice in progress: the point is `from + t · direction`.
struct Line<'a, 'b, T: Target> {
    from: &'a [f64],
    direction: &'a [f64],
    label: f64,
    contour: Contour,
    trial: &'a mut [f64],
    evaluator: &'a mut Evaluator<'b, T>,
}

impl<T: Target> Line<'_, '_, T> {
    /// ln L at `t` if that lies on the slice.
    fn at(&mut self, t: f64) -> Result<Option<f64>, ModelError> {
        let mut inside = true;
        for ((value, from), direction) in self.trial.iter_mut().zip(self.from).zip(self.direction) {
            *value = from + t * direction;
            inside &= (0.0..1.0).contains(value);
        }
        if !inside {
            return Ok(None);
        }
        let place = Contour {
            ln_likelihood: self.evaluator.ln_likelihood(self.trial)?,
            label: self.label,
        };
        Ok(place.is_above(&self.contour).then_some(place.ln_likelihood))
    }
}

/// Where the line through `unit` along `direction` leaves the cube, below and above 0.
fn leaves_cube(unit: &[f64], direction: &[f64]) -> (f64, f64) {
    let (mut first, mut last) = (f64::NEG_INFINITY, f64::INFINITY);
    for (x, slope) in unit.iter().zip(direction) {
        if *slope != 0.0 {
            let (a, b) = (-x / slope, (1.0 - x) / slope);
            first = first.max(a.min(b));
            last = last.min(a.max(b));
        }
    }
    (first, last)
}

impl Batch<'_> {
    pub(super) fn slice<T: Target>(
        &self,
        start: usize,
        generator: &mut impl Rng,
        evaluator: &mut Evaluator<'_, T>,
    ) -> Result<Walked, ModelError> {
        let dim = self.live.dim;
        let mut unit = self.live.row(start).to_vec();
        let mut ln_likelihood = self.live.place[start].ln_likelihood;
        let mut direction = vec![0.0; dim];
        let mut scratch = vec![0.0; dim];
        let mut counts = [0; 4];
        for _ in 0..self.steps {
            self.direction(generator, &mut scratch, &mut direction);
            let label = self.refreshed_label(ln_likelihood, generator);
            let mut line = Line {
                from: &unit,
                direction: &direction,
                label,
                contour: self.contour,
                trial: &mut scratch,
                evaluator,
            };
            let (first, last) = leaves_cube(&unit, &direction);
            let mut low = -generator.random::<f64>();
            let mut high = low + 1.0;
            let mut below = generator.random_range(0..=MAX_STEPS_OUT);
            let mut above = MAX_STEPS_OUT - below;
            while below > 0 && low > first && line.at(low)?.is_some() {
                low -= 1.0;
                below -= 1;
                counts[1] += 1;
            }
            while above > 0 && high < last && line.at(high)?.is_some() {
                high += 1.0;
                above -= 1;
                counts[1] += 1;
            }
            (low, high) = (low.max(first), high.min(last));
            for _ in 0..MAX_SHRINKS {
                let t = low + (high - low) * generator.random::<f64>();
                if let Some(value) = line.at(t)? {
                    ln_likelihood = value;
                    unit.copy_from_slice(&scratch);
                    break;
                }
                counts[0] += 1;
                if t < 0.0 { low = t } else { high = t }
            }
        }
        let place = Contour {
            ln_likelihood,
            label: self.refreshed_label(ln_likelihood, generator),
        };
        Ok((unit, place, counts, true))
    }

    /// Half of the directions are whitened by the live points' covariance, a quarter join two
    /// live points, and a quarter run along one coordinate.
    fn direction(&self, generator: &mut impl Rng, scratch: &mut [f64], direction: &mut [f64]) {
        let dim = direction.len();
        let width = 2.0 * self.scales[0];
        let kind: f64 = generator.random();
        if kind < 0.5 {
            let mut norm = 0.0;
            for value in scratch.iter_mut() {
                *value = StandardNormal.sample(generator);
                norm += *value * *value;
            }
            multiply_lower(self.factor, scratch, direction);
            let length = width * (dim as f64 / norm).sqrt();
            direction.iter_mut().for_each(|value| *value *= length);
        } else if kind < 0.75 {
            let (a, b) = self.pair(generator);
            for ((value, x), y) in direction
                .iter_mut()
                .zip(self.live.row(a))
                .zip(self.live.row(b))
            {
                *value = width * std::f64::consts::FRAC_1_SQRT_2 * (x - y);
            }
        } else {
            let axis = generator.random_range(0..dim);
            direction.fill(0.0);
            let row = &self.factor[axis * dim..=axis * dim + axis];
            direction[axis] = width * row.iter().map(|v| v * v).sum::<f64>().sqrt();
        }
    }
}
