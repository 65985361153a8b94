//! From a level to the next finer one.

use super::grid::{COARSENING, MARGIN};

/// Nodes of the interpolation polynomial, of degree five.
const TAPS: usize = 6;

/// Lagrange weights of the nodes -2 to 3 at 0, 1/4, 1/2 and 3/4: `[node][phase]`.
const WEIGHTS: [[f32; COARSENING]; TAPS] = weights();

const fn weights() -> [[f32; COARSENING]; TAPS] {
    let mut table = [[0.0; COARSENING]; TAPS];
    let mut phase = 0;
    while phase < COARSENING {
        let x = phase as f64 / COARSENING as f64;
        let mut node = 0;
        while node < TAPS {
            let mut weight = 1.0;
            let mut other = 0;
            while other < TAPS {
                if other != node {
                    weight *= (x + 2.0 - other as f64) / (node as f64 - other as f64);
                }
                other += 1;
            }
            table[node][phase] = weight as f32;
            node += 1;
        }
        phase += 1;
    }
    table
}

/// Adds the coarse level at the nodes `first..` of the finer one; `first`, a multiple of four,
/// counts from node `-MARGIN` of the finer level, as `coarse` begins at its own.
pub(super) fn add_interpolated(coarse: &[f32], first: usize, fine: &mut [f32]) {
    // Node k of the finer level has the coarse neighbour k / 4 below it.
    let base = first / COARSENING + MARGIN - MARGIN / COARSENING - 2;
    let (whole, rest) = fine.as_chunks_mut::<COARSENING>();
    for (j, out) in whole.iter_mut().enumerate() {
        let value = interpolate(&coarse[base + j..base + j + TAPS]);
        for (out, value) in out.iter_mut().zip(value) {
            *out += value;
        }
    }
    if !rest.is_empty() {
        let j = base + whole.len();
        for (out, value) in rest.iter_mut().zip(interpolate(&coarse[j..j + TAPS])) {
            *out += value;
        }
    }
}

#[inline(always)]
fn interpolate(nodes: &[f32]) -> [f32; COARSENING] {
    let mut value = [0.0_f32; COARSENING];
    for (node, weights) in nodes.iter().zip(&WEIGHTS) {
        for (value, weight) in value.iter_mut().zip(weights) {
            *value += weight * node;
        }
    }
    value
}
