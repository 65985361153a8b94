//! The fine spectral grid and its coarser levels.

use crate::error::InputError;

/// Ratio of the steps of neighbouring levels.
pub(super) const COARSENING: usize = 4;
/// Nodes that the sums of a level keep beyond either end of the grid, for the interpolation.
pub(super) const MARGIN: usize = 8;
/// Nodes that the scratch of a chunk of a level has beyond either end of the chunk, so that the
/// window of a line near the end never leaves it.
pub(super) const REACH: usize = 136;
/// Nodes that the wavenumbers of a level keep beyond either end of the grid.
const EDGE: usize = MARGIN + REACH;

/// Wavenumbers uniform in their logarithm: ln ν̃ᵢ = ln ν̃₀ + i·step.
#[derive(Clone, Debug, PartialEq)]
pub struct FineGrid {
    ln_start: f64,
    step: f64,
    len: usize,
    levels: Vec<Level>,
}

/// Every 4ˡ-th point of the grid, and some beyond its ends.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Level {
    /// Step in ln ν̃.
    pub step: f64,
    /// Nodes from the first point of the grid to at least the last.
    pub len: usize,
    /// Wavenumbers of the nodes from `-EDGE` on.
    nu: Vec<f64>,
}

impl Level {
    /// Wavenumbers of `count` nodes from node `first - REACH` on, where `first` counts from
    /// `-MARGIN`.
    pub fn wavenumbers(&self, first: usize, count: usize) -> &[f64] {
        &self.nu[first..first + count]
    }
}

impl FineGrid {
    /// From `low_per_cm` up to at least `high_per_cm` with ν̃/Δν̃ = `resolution`.
    ///
    /// Doppler cores are resolved from about 3e5 on (√(2RT/M)/c is 2.6e-6 for SiO at 1600 K). The
    /// grid keeps 11 bytes per point.
    ///
    /// # Errors
    /// Limits that are not positive, finite and ascending; a resolution outside 1e4 to 1e8.
    pub fn new(low_per_cm: f64, high_per_cm: f64, resolution: f64) -> Result<Self, InputError> {
        if !(low_per_cm > 0.0 && high_per_cm > low_per_cm && high_per_cm.is_finite()) {
            return Err(InputError::value(
                "fine grid, limits [cm-1]",
                format!("{low_per_cm} to {high_per_cm}"),
                "positive finite wavenumbers in ascending order",
            ));
        }
        if !(1e4..=1e8).contains(&resolution) {
            return Err(InputError::value(
                "fine grid, resolution",
                resolution,
                "1e4 to 1e8",
            ));
        }
        let step = 1.0 / resolution;
        let ln_start = low_per_cm.ln();
        let len = ((high_per_cm / low_per_cm).ln() / step).ceil() as usize + 1;
        let mut levels = Vec::new();
        let (mut nodes, mut stride) = (len, 1.0);
        loop {
            let nu = (0..nodes + 2 * EDGE)
                .map(|i| (ln_start + step * (stride * (i as f64 - EDGE as f64))).exp())
                .collect();
            levels.push(Level {
                step: step * stride,
                len: nodes,
                nu,
            });
            // Coarser nodes would lie a tenth of the wavenumber apart.
            if nodes <= COARSENING || step * stride > 0.02 {
                break;
            }
            nodes = nodes.div_ceil(COARSENING) + 1;
            stride *= COARSENING as f64;
        }
        Ok(Self {
            ln_start,
            step,
            len,
            levels,
        })
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Never: a grid has at least two points.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Step in ln ν̃.
    pub fn step(&self) -> f64 {
        self.step
    }

    /// Wavenumber of a point \[cm⁻¹\].
    pub fn wavenumber_per_cm(&self, index: usize) -> f64 {
        self.levels[0].nu[index + EDGE]
    }

    /// Position of a wavenumber \[cm⁻¹\] in units of the step from the first point.
    pub fn position(&self, wavenumber_per_cm: f64) -> f64 {
        (wavenumber_per_cm.ln() - self.ln_start) / self.step
    }

    /// The levels, finest first.
    pub(super) fn levels(&self) -> &[Level] {
        &self.levels
    }
}
