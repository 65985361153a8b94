//! Bounds: a union of ellipsoids in some coordinates times a box in the others.
//!
//! A coordinate that the data leave free fills its side of the cube, and an ellipsoid around a box
//! is far larger than the box: such coordinates are bounded by their sides alone.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::sampler::ellipsoid::EllipsoidUnion;
use crate::sampler::stream::StreamAddress;

/// Draws of one parallel piece of a volume estimate, and pieces between two looks at the sum.
const PIECE: usize = 4_096;
const PIECES: usize = 8;
/// Rounds of pieces before an estimate is left as it is.
const MAX_ROUNDS: usize = 32;
/// Draws that must count for a bound's volume and for a shell's, each to about 1 %.
pub(super) const HITS_OF_BOUND: u64 = 10_000;
pub(super) const HITS_OF_SHELL: u64 = 20_000;

/// Distance between the distribution of a coordinate and a uniform one (Kolmogorov) below which
/// a box is tried; it is 0.25 for a half-normal that reaches its 3 σ point.
const MAX_DISTANCE_FROM_UNIFORM: f64 = 0.2;
/// A box must make the bound this much smaller; below lies the noise of the volumes.
const WORTH_A_BOX: f64 = 0.97;
/// Sides lie beyond the outermost of n points by this many times the range over n: the chance
/// that a uniform coordinate reaches beyond is e⁻⁵.
const SIDE_MARGIN: f64 = 5.0;

/// Working memory of one thread.
#[derive(Clone, Debug)]
pub(super) struct Scratch {
    normals: Vec<f64>,
    reduced: Vec<f64>,
}

impl Scratch {
    pub fn new(dim: usize) -> Self {
        Self {
            normals: vec![0.0; dim],
            reduced: vec![0.0; dim],
        }
    }
}

/// A volume and the relative variance of its estimate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Volume {
    pub ln_volume: f64,
    pub relative_variance: f64,
}

/// A region of the unit cube that can be drawn from uniformly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Bound {
    /// Coordinates of the ellipsoids, ascending.
    bounded: Vec<u32>,
    /// `None` when every coordinate is bounded by its sides.
    union: Option<EllipsoidUnion>,
    /// Sides; those of the coordinates in `bounded` are 0 and 1.
    low: Vec<f64>,
    high: Vec<f64>,
    /// Volume within the cube.
    pub volume: Volume,
}

impl Bound {
    /// The whole cube.
    pub fn cube(dim: usize) -> Self {
        Self {
            bounded: Vec::new(),
            union: None,
            low: vec![0.0; dim],
            high: vec![1.0; dim],
            volume: Volume {
                ln_volume: 0.0,
                relative_variance: 0.0,
            },
        }
    }

    /// Around the rows `members` of `unit`, which lie in a region of volume e^`ln_prior_volume`.
    /// `None` when no ellipsoid can be fitted.
    pub fn around(
        unit: &[f64],
        dim: usize,
        members: &[usize],
        ln_prior_volume: f64,
        address: StreamAddress,
    ) -> Option<Self> {
        let sides = Sides::of(unit, dim, members);
        let mut flat: Vec<usize> = (0..dim)
            .filter(|&k| sides.distance[k] < MAX_DISTANCE_FROM_UNIFORM)
            .collect();
        flat.sort_by(|&a, &b| sides.distance[a].total_cmp(&sides.distance[b]));
        let mut in_box = vec![false; dim];
        let fit = |in_box: &[bool]| {
            Self::with_box(unit, members, &sides, in_box, ln_prior_volume, address)
        };
        let mut best = fit(&in_box);
        for k in flat {
            in_box[k] = true;
            let trial = fit(&in_box);
            let least = best.as_ref().map_or(f64::INFINITY, |bound| {
                bound.volume.ln_volume + WORTH_A_BOX.ln()
            });
            match trial {
                Some(trial) if trial.volume.ln_volume < least => best = Some(trial),
                _ => in_box[k] = false,
            }
        }
        best
    }

    fn with_box(
        unit: &[f64],
        members: &[usize],
        sides: &Sides,
        in_box: &[bool],
        ln_prior_volume: f64,
        address: StreamAddress,
    ) -> Option<Self> {
        let dim = in_box.len();
        let mut bound = Self::cube(dim);
        bound.bounded = (0..dim as u32).filter(|&k| !in_box[k as usize]).collect();
        for k in (0..dim).filter(|&k| in_box[k]) {
            (bound.low[k], bound.high[k]) = (sides.low[k], sides.high[k]);
        }
        let kept = bound.bounded.len();
        if kept > 0 {
            let mut reduced = Vec::with_capacity(members.len() * kept);
            for &member in members {
                reduced.extend(
                    bound
                        .bounded
                        .iter()
                        .map(|&k| unit[member * dim + k as usize]),
                );
            }
            let rows: Vec<usize> = (0..members.len()).collect();
            let ln_section = (ln_prior_volume - bound.ln_box()).min(0.0);
            bound.union = Some(EllipsoidUnion::build(&reduced, kept, &rows, ln_section)?);
        }
        bound.volume = bound.measure(address, HITS_OF_BOUND, |_, _| true);
        Some(bound)
    }

    /// ln of the volume of the box.
    fn ln_box(&self) -> f64 {
        self.low
            .iter()
            .zip(&self.high)
            .map(|(low, high)| (high - low).ln())
            .sum()
    }

    /// Draws uniformly; false when that fails.
    pub fn draw(&self, generator: &mut ChaCha8Rng, scratch: &mut Scratch, out: &mut [f64]) -> bool {
        if let Some(union) = &self.union {
            let kept = self.bounded.len();
            let (normals, reduced) = (&mut scratch.normals[..kept], &mut scratch.reduced[..kept]);
            if !union.draw(generator, normals, reduced) {
                return false;
            }
        }
        self.fill(generator, scratch, out);
        true
    }

    /// Puts the coordinates of the ellipsoids in their places and draws the others.
    fn fill(&self, generator: &mut ChaCha8Rng, scratch: &Scratch, out: &mut [f64]) {
        let mut done = 0;
        for (k, value) in out.iter_mut().enumerate() {
            if self
                .bounded
                .get(done)
                .is_some_and(|&next| next as usize == k)
            {
                *value = scratch.reduced[done];
                done += 1;
            } else {
                *value = self.low[k] + (self.high[k] - self.low[k]) * generator.random::<f64>();
            }
        }
    }

    /// Whether the bound holds the point.
    pub fn contains(&self, point: &[f64], scratch: &mut Scratch) -> bool {
        let in_box = point
            .iter()
            .zip(&self.low)
            .zip(&self.high)
            .all(|((value, low), high)| low <= value && value <= high);
        if !in_box {
            return false;
        }
        let Some(union) = &self.union else {
            return true;
        };
        if self.bounded.len() == point.len() {
            return union.contains(point);
        }
        let reduced = &mut scratch.reduced[..self.bounded.len()];
        for (value, &k) in reduced.iter_mut().zip(&self.bounded) {
            *value = point[k as usize];
        }
        union.contains(reduced)
    }

    /// Volume of the part of the bound that `counts`, by draws until `hits` of them counted.
    ///
    /// Each draw from the ellipsoids' mixture gives g = 1 / (number of ellipsoids that hold it) if
    /// it lies in the cube and counts, else 0; volume = ⟨g⟩ · sum of volumes, with the relative
    /// variance (⟨g²⟩/⟨g⟩² - 1)/n.
    pub fn measure(
        &self,
        address: StreamAddress,
        hits: u64,
        counts: impl Fn(&[f64], &mut Scratch) -> bool + Sync,
    ) -> Volume {
        let dim = self.low.len();
        let piece = |chain: usize| {
            let mut generator = StreamAddress {
                chain: chain as u64,
                ..address
            }
            .generator();
            let (mut scratch, mut point) = (Scratch::new(dim), vec![0.0; dim]);
            let (mut sum, mut square, mut found) = (0.0, 0.0, 0_u64);
            for _ in 0..PIECE {
                let overlap = self.propose(&mut generator, &mut scratch, &mut point);
                if overlap > 0 && counts(&point, &mut scratch) {
                    let share = (overlap as f64).recip();
                    sum += share;
                    square += share * share;
                    found += 1;
                }
            }
            (sum, square, found)
        };
        let (mut sum, mut square, mut found, mut draws) = (0.0, 0.0, 0, 0.0);
        for round in 0..MAX_ROUNDS {
            let first = round * PIECES;
            let pieces: Vec<_> = (first..first + PIECES).into_par_iter().map(piece).collect();
            for (piece_sum, piece_square, piece_found) in pieces {
                sum += piece_sum;
                square += piece_square;
                found += piece_found;
                draws += PIECE as f64;
            }
            if found >= hits {
                break;
            }
        }
        let ln_total = self.ln_box() + self.union.as_ref().map_or(0.0, EllipsoidUnion::ln_volume);
        Volume {
            ln_volume: ln_total + (sum / draws).ln(),
            relative_variance: if found == 0 {
                0.0
            } else {
                (square / (sum * sum) - draws.recip()).max(0.0)
            },
        }
    }

    fn propose(&self, generator: &mut ChaCha8Rng, scratch: &mut Scratch, out: &mut [f64]) -> usize {
        let overlap = self.union.as_ref().map_or(1, |union| {
            let kept = self.bounded.len();
            let (normals, reduced) = (&mut scratch.normals[..kept], &mut scratch.reduced[..kept]);
            union.propose(generator, normals, reduced)
        });
        if overlap > 0 {
            self.fill(generator, scratch, out);
        }
        overlap
    }

    /// What is wrong with a bound read from a file, if anything.
    pub fn fault(&self, dim: usize) -> Option<&'static str> {
        let kept = self.bounded.len();
        let sound = self.low.len() == dim
            && self.high.len() == dim
            && (self.low.iter().zip(&self.high))
                .all(|(low, high)| (0.0..1.0).contains(low) && *high > *low && *high <= 1.0)
            && self.bounded.is_sorted_by(|a, b| a < b)
            && self.bounded.iter().all(|&k| (k as usize) < dim)
            && self.union.is_some() == (kept > 0)
            && self.volume.is_valid();
        if !sound {
            return Some("an ill-formed bound");
        }
        self.union.as_ref().and_then(|union| union.fault(kept))
    }
}

impl Volume {
    /// A volume up to that of the cube, with the room of its error, or none at all.
    pub fn is_valid(&self) -> bool {
        self.ln_volume < 1.0 && self.relative_variance >= 0.0 && self.relative_variance.is_finite()
    }
}

/// The box around points, by coordinate, and how far each is from uniform in it.
struct Sides {
    low: Vec<f64>,
    high: Vec<f64>,
    distance: Vec<f64>,
}

impl Sides {
    fn of(unit: &[f64], dim: usize, members: &[usize]) -> Self {
        let count = members.len().max(1) as f64;
        let mut sides = Self {
            low: Vec::new(),
            high: Vec::new(),
            distance: Vec::new(),
        };
        for k in 0..dim {
            let mut values: Vec<f64> = members.iter().map(|&m| unit[m * dim + k]).collect();
            values.sort_unstable_by(f64::total_cmp);
            let (first, last) = match (values.first(), values.last()) {
                (Some(first), Some(last)) if last > first => (*first, *last),
                _ => (0.0, 1.0),
            };
            let range = last - first;
            let distance = (values.iter().enumerate())
                .map(|(rank, value)| ((value - first) / range - (rank as f64 + 0.5) / count).abs())
                .fold(0.0, f64::max);
            let margin = SIDE_MARGIN * range / count;
            sides.low.push((first - margin).max(0.0));
            sides.high.push((last + margin).min(1.0));
            sides.distance.push(distance);
        }
        sides
    }
}
