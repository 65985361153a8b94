//! Where dynamic nested sampling adds live points (Higson et al. 2019, Speagle 2020).

use super::NestedSettings;
use super::segment::Segment;
use super::volume::Sweep;
use crate::sampler::point::{Contour, Points};

/// Points whose weight is above this fraction of the largest are refined.
const WEIGHT_FRACTION: f64 = 0.7;

/// A part of the run to be sampled again with more live points.
pub(super) struct ContourRange {
    birth: Contour,
    end: Contour,
    ln_prior_volume: f64,
}

/// The contours around the bulk of the posterior, or `None` if `target` effective samples are
/// reached (or there is no posterior yet).
pub(super) fn range_to_refine(points: &Points, target: usize) -> Option<ContourRange> {
    let sweep = Sweep::new(points);
    if sweep.effective_samples() >= target as f64 {
        return None;
    }
    let highest = sweep
        .ln_weight
        .iter()
        .copied()
        .fold(f64::NEG_INFINITY, f64::max);
    if !highest.is_finite() {
        return None;
    }
    let bulk = |weight: &f64| *weight > highest + WEIGHT_FRACTION.ln();
    let first = sweep.ln_weight.iter().position(bulk)?;
    let last = sweep.ln_weight.iter().rposition(bulk)?;
    let (birth, ln_prior_volume) = if first == 0 {
        (Contour::WHOLE_PRIOR, 0.0)
    } else {
        (
            points.place[sweep.order[first - 1]],
            sweep.ln_prior_volume[first - 1],
        )
    };
    Some(ContourRange {
        birth,
        end: points.place[sweep.order[last]],
        ln_prior_volume,
    })
}

/// A segment that covers `range`, started from the points that were alive at its birth contour.
pub(super) fn new_segment(
    points: &Points,
    range: &ContourRange,
    settings: &NestedSettings,
) -> Segment {
    let mut seeds = Points::new(points.dim);
    if range.birth != Contour::WHOLE_PRIOR {
        for index in 0..points.len() {
            let born_below = !points.birth[index].is_above(&range.birth);
            if born_below && points.place[index].is_above(&range.birth) {
                seeds.push_from(points, index);
            }
        }
    }
    Segment::between(
        seeds,
        settings.live_points,
        settings.batch,
        range.birth,
        range.end,
        range.ln_prior_volume,
    )
}
