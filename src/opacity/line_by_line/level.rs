//! The part of every line that one level of the grid carries.
//!
//! Outside a window of half width W a line is smooth, and continued inward by a polynomial in d²
//! ([`Edge`]) it is smooth everywhere. Level l of step s carries the difference between the line
//! as the window W(l) leaves it and as W(l+1) leaves it, which is nothing beyond W(l+1) = 30 s;
//! the sum over levels is the line. At the cut-off the last continuation stays behind as a step,
//! which [`super::pedestal`] adds with its sharp edges.

use super::grid::{COARSENING, Level, REACH};
use super::profile::{
    Edge, GROUP, Profile, SMALL_Y, WING_SQUARED, Wing, core_rational, core_small_y,
    squared_distances,
};

/// Half width of the window in nodes of its level: within a group of nodes on either side.
pub(super) const WINDOW: usize = 30;
/// Doppler widths beyond which a line is a wing.
pub(super) const CORE: f32 = 7.0;

/// Finest and coarsest level that a line needs: the finest resolves its core (a quarter of the
/// Doppler and a sixth of the Lorentz width: interpolation error 1e-4), the window of the coarsest
/// holds the cut-off.
pub(super) fn level_range(
    levels: &[Level],
    centre: f64,
    alpha: f64,
    gamma: f64,
    cutoff: f64,
) -> (u8, u8) {
    let last = levels.len() - 1;
    let coarsest = levels
        .iter()
        .position(|l| widest(l.step) * centre >= cutoff)
        .unwrap_or(last);
    if cutoff < f64::from(CORE) * alpha {
        return (0, 0);
    }
    let resolved = (alpha / 4.0).max(gamma / 6.0);
    let finest = levels[..=coarsest]
        .iter()
        .rposition(|l| l.step * centre <= resolved)
        .unwrap_or(0);
    (finest as u8, coarsest as u8)
}

/// Largest cut-off over the wavenumber whose window a coarsest level of some step holds.
pub(super) fn widest(step: f64) -> f64 {
    2.0 * WINDOW as f64 * step
}

/// What the sum over lines has in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct Task<'a> {
    pub level: &'a Level,
    pub index: usize,
    /// First node of the scratch, from the first point of the grid.
    pub origin: i64,
    /// Wavenumbers of the scratch.
    pub nu: &'a [f64],
    pub cutoff: f64,
    /// Whether the grid has no coarser level.
    pub coarsest: bool,
}

impl Profile {
    /// Half width of the window that level `index` of step `step` leaves to the next.
    fn window(&self, index: usize, step: f64, cutoff: f64) -> f32 {
        if index >= usize::from(self.coarsest) {
            cutoff as f32
        } else {
            ((WINDOW as f64 * step * self.centre) as f32).max(CORE * self.alpha)
        }
    }

    /// The continuation at the cut-off, which the levels leave out.
    pub fn pedestal(&self, cutoff: f64) -> Edge {
        if (cutoff as f32) < CORE * self.alpha {
            Edge::nothing(cutoff as f32)
        } else {
            Wing::new(self).taylor(cutoff as f32)
        }
    }
}

/// Adds the parts of the lines.
pub(super) fn add_lines(task: &Task, lines: &[Profile], scratch: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has the instructions that the function is compiled for.
        unsafe { add_lines_avx2(task, lines, scratch) };
        return;
    }
    add_lines_any(task, lines, scratch);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn add_lines_avx2(task: &Task, lines: &[Profile], scratch: &mut [f32]) {
    add_lines_any(task, lines, scratch);
}

#[inline(always)]
fn add_lines_any(task: &Task, lines: &[Profile], scratch: &mut [f32]) {
    let stride = COARSENING.pow(task.index as u32) as f64;
    for line in lines {
        if task.index < usize::from(line.finest) || task.index > usize::from(line.coarsest) {
            continue;
        }
        let centre = (line.position / stride).ceil() as i64 - task.origin;
        if task.index == usize::from(line.finest) {
            add_core(task, line, centre, scratch);
        } else {
            add_wing(task, line, centre, scratch);
        }
    }
}

/// First node and number of the groups that hold `left` nodes before a centre and `right` from it
/// on, clipped to a scratch of whole groups.
#[inline(always)]
fn groups(centre: i64, left: f64, right: f64, len: usize) -> (usize, usize) {
    let group = GROUP as i64;
    let bounded = |n: f64| (n.min(1e9).ceil() as i64).max(group);
    let low = (centre - bounded(left)).clamp(0, len as i64);
    let high = (centre + bounded(right)).clamp(low, len as i64);
    let count = (high - low + group - 1) / group;
    (low.min(len as i64 - count * group) as usize, count as usize)
}

/// Nodes to the left and right of the centre within a distance of it.
#[inline(always)]
fn extent(distance: f64, line: &Profile, step: f64) -> (f64, f64) {
    let x = distance / line.centre;
    let left = if x < 0.9 {
        // A bound of -ln(1 - x).
        x * (1.0 - 0.5 * x) / (1.0 - x)
    } else {
        f64::INFINITY
    };
    (left / step + 1.0, x / step + 1.0)
}

#[inline(always)]
fn add_core(task: &Task, line: &Profile, centre: i64, scratch: &mut [f32]) {
    let window = line.window(task.index, task.level.step, task.cutoff);
    let wing = Wing::new(line);
    let last = task.index == usize::from(line.coarsest);
    let outer = if last {
        line.pedestal(task.cutoff)
    } else {
        wing.taylor(window)
    };
    let (left, right) = extent(f64::from(window), line, task.level.step);
    let (low, count) = groups(centre, left, right, scratch.len());
    let inverse = 1.0 / line.alpha;
    let (y, scale) = (line.gamma * inverse, inverse * inverse);
    let peak = line.strength * inverse * 0.5 * std::f32::consts::FRAC_2_SQRT_PI;
    for g in 0..count {
        let at = low + g * GROUP;
        let (nu, out) = group(task.nu, scratch, at);
        let d2 = squared_distances(nu, line.centre);
        let near = (d2[0].min(d2[GROUP - 1]) * scale < WING_SQUARED)
            || (nu[0] < line.centre && nu[GROUP - 1] > line.centre);
        let mut value = [0.0_f32; GROUP];
        if y * y >= WING_SQUARED || !near {
            for i in 0..GROUP {
                value[i] = wing.at(d2[i]);
            }
        } else if y <= SMALL_Y {
            for i in 0..GROUP {
                let (x2, far) = (d2[i] * scale, wing.at(d2[i]));
                let core = peak * core_small_y(x2, y);
                value[i] = if x2 > WING_SQUARED { far } else { core };
            }
        } else {
            for i in 0..GROUP {
                let (x2, far) = (d2[i] * scale, wing.at(d2[i]));
                let core = peak * core_rational(x2, y);
                value[i] = if x2 > WING_SQUARED { far } else { core };
            }
        }
        for i in 0..GROUP {
            let part = value[i] - outer.at(d2[i]);
            out[i] += if d2[i] <= outer.squared { part } else { 0.0 };
        }
    }
}

#[inline(always)]
fn add_wing(task: &Task, line: &Profile, centre: i64, scratch: &mut [f32]) {
    let step = task.level.step;
    let finer = line.window(task.index - 1, step / COARSENING as f64, task.cutoff);
    let window = line.window(task.index, step, task.cutoff);
    let wing = Wing::new(line);
    let inner = wing.taylor(finer);
    let last = task.index == usize::from(line.coarsest);
    let outer = if last {
        line.pedestal(task.cutoff)
    } else {
        wing.taylor(window)
    };
    let (left, right) = extent(f64::from(window), line, step);
    let (low, count) = groups(centre, left, right, scratch.len());
    for g in 0..count {
        let (nu, out) = group(task.nu, scratch, low + g * GROUP);
        let d2 = squared_distances(nu, line.centre);
        for i in 0..GROUP {
            let (far, near) = (wing.at(d2[i]), inner.at(d2[i]));
            let value = if d2[i] < inner.squared { near } else { far };
            let part = value - outer.at(d2[i]);
            out[i] += if d2[i] <= outer.squared { part } else { 0.0 };
        }
    }
}

/// The group of nodes at an offset.
#[inline(always)]
fn group<'a>(
    nu: &'a [f64],
    scratch: &'a mut [f32],
    at: usize,
) -> (&'a [f64; GROUP], &'a mut [f32; GROUP]) {
    let nu = nu[at..at + GROUP].first_chunk().expect("a whole group");
    let out = scratch[at..at + GROUP]
        .first_chunk_mut()
        .expect("a whole group");
    (nu, out)
}

/// Scratch nodes of a chunk of `nodes`: whole groups.
pub(super) fn scratch_len(nodes: usize) -> usize {
    (nodes + 2 * REACH).next_multiple_of(GROUP)
}
