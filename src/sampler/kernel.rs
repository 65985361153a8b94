//! Drawing one point above a contour.
//!
//! Each kernel leaves the prior, cut at the contour, unchanged. On a plateau the cut runs through
//! points of equal ln L by their labels; chains therefore move in the space of (point, label).

mod clusters;
mod random_walk;
mod slice;

pub(super) use clusters::Clusters;
pub(super) use random_walk::{SCALE_RANGE as WALK_SCALE_RANGE, TARGET_ACCEPTANCE};
pub(super) use slice::SCALE_RANGE as SLICE_SCALE_RANGE;

use std::collections::BTreeMap;

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use super::Target;
use super::ellipsoid::EllipsoidUnion;
use super::linear::{cholesky, covariance};
use super::point::{Contour, Evaluator, Points};
use crate::error::{ModelError, RejectReason};

/// Calls after which one point is given up and the run stops as stuck.
const MAX_CALLS_PER_POINT: u64 = 200_000;

/// How the points of one batch are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Mode {
    /// From the whole prior, until one lies above the contour.
    Prior,
    /// From the union of ellipsoids, until one lies above the contour.
    Ellipsoids,
    /// By a random walk from a live point.
    RandomWalk,
    /// By slice sampling from a live point.
    Slice,
}

/// What one chain gave.
pub(super) struct Draw {
    pub unit: Vec<f64>,
    pub place: Contour,
    pub calls: u64,
    pub rejected: BTreeMap<RejectReason, u64>,
    /// Random walk: accepted and proposed steps of each of the two scales; slice: shrinks and
    /// steps out.
    pub counts: [u64; 4],
    /// Whether the point was found within the limits.
    pub found: bool,
}

/// What all chains of a batch share.
pub(super) struct Batch<'a> {
    pub mode: Mode,
    pub contour: Contour,
    /// Points above the contour, and others.
    pub live: &'a Points,
    /// The points above the contour from which no chain of the batch starts; proposals are
    /// learnt from them.
    pub others: &'a [usize],
    pub union: Option<&'a EllipsoidUnion>,
    /// Cholesky factor of the covariance of `others`.
    pub factor: &'a [f64],
    /// Clusters of `others`, for the random walk.
    pub clusters: Option<&'a Clusters>,
    /// Relative lengths of steps: from all points, and from a cluster.
    pub scales: [f64; 2],
    pub steps: usize,
}

impl Batch<'_> {
    /// Draws a point above the contour; chains start from the live point `start`.
    ///
    /// # Errors
    /// [`ModelError::Fatal`] from the target.
    pub fn draw<T: Target>(
        &self,
        start: usize,
        generator: &mut impl Rng,
        evaluator: &mut Evaluator<'_, T>,
    ) -> Result<Draw, ModelError> {
        let (unit, place, counts, found) = match self.mode {
            Mode::Prior | Mode::Ellipsoids => self.reject_until_above(generator, evaluator)?,
            Mode::RandomWalk => self.random_walk(start, generator, evaluator)?,
            Mode::Slice => self.slice(start, generator, evaluator)?,
        };
        Ok(Draw {
            unit,
            place,
            calls: evaluator.calls,
            rejected: std::mem::take(&mut evaluator.rejected),
            counts,
            found,
        })
    }

    fn reject_until_above<T: Target>(
        &self,
        generator: &mut impl Rng,
        evaluator: &mut Evaluator<'_, T>,
    ) -> Result<Walked, ModelError> {
        let dim = self.live.dim;
        let mut unit = vec![0.0; dim];
        let mut scratch = vec![0.0; dim];
        while evaluator.calls < MAX_CALLS_PER_POINT {
            match self.union {
                Some(union) if self.mode == Mode::Ellipsoids => {
                    if !union.draw(generator, &mut scratch, &mut unit) {
                        break;
                    }
                }
                _ => unit.fill_with(|| generator.random()),
            }
            let place = Contour {
                ln_likelihood: evaluator.ln_likelihood(&unit)?,
                label: generator.random(),
            };
            if place.is_above(&self.contour) {
                return Ok((unit, place, [0; 4], true));
            }
        }
        Ok((unit, Contour::WHOLE_PRIOR, [0; 4], false))
    }

    /// A label for a point of this ln L, given that it lies above the contour.
    fn refreshed_label(&self, ln_likelihood: f64, generator: &mut impl Rng) -> f64 {
        let uniform: f64 = generator.random();
        if ln_likelihood == self.contour.ln_likelihood {
            let low = self.contour.label.max(0.0);
            // Rounding must not put the label on the contour itself.
            (low + (1.0 - low) * uniform).max(low.next_up())
        } else {
            uniform
        }
    }

    /// Two different points of `others`.
    fn pair(&self, generator: &mut impl Rng) -> (usize, usize) {
        let count = self.others.len();
        let first = generator.random_range(0..count);
        let mut second = generator.random_range(0..count - 1);
        second += usize::from(second >= first);
        (self.others[first], self.others[second])
    }
}

/// Point, place, counters, found.
type Walked = (Vec<f64>, Contour, [u64; 4], bool);

/// Cholesky factor of the covariance of the rows `members` of `live`.
pub(super) fn covariance_factor(live: &Points, members: &[usize]) -> Vec<f64> {
    let dim = live.dim;
    let (_, mut factor) = covariance(&live.unit, dim, members);
    let diagonal: Vec<f64> = (0..dim).map(|i| factor[i * dim + i].sqrt()).collect();
    if !cholesky(&mut factor, dim) {
        factor.fill(0.0);
        for (i, sigma) in diagonal.iter().enumerate() {
            factor[i * dim + i] = *sigma;
        }
    }
    factor
}

/// Orders `members` so that neighbours in the list are neighbours in the cube: halves by the
/// median along the coordinate of the largest spread (in units of the cube), again and again.
///
/// Chains that start from an evenly spaced choice along this order keep each region's share of
/// the live points; an unordered choice lets the shares drift.
pub(super) fn neighbour_order(live: &Points, members: &mut [usize]) {
    if members.len() <= 2 {
        return;
    }
    let dim = live.dim;
    let mut widest = (0, -1.0);
    for k in 0..dim {
        let (mut sum, mut square) = (0.0, 0.0);
        for &member in members.iter() {
            let value = live.unit[member * dim + k];
            sum += value;
            square += value * value;
        }
        let spread = square - sum * sum / members.len() as f64;
        if spread > widest.1 {
            widest = (k, spread);
        }
    }
    let middle = members.len() / 2;
    members.select_nth_unstable_by(middle, |&a, &b| {
        live.unit[a * dim + widest.0]
            .total_cmp(&live.unit[b * dim + widest.0])
            .then(a.cmp(&b))
    });
    let (low, high) = members.split_at_mut(middle);
    neighbour_order(live, low);
    neighbour_order(live, high);
}
