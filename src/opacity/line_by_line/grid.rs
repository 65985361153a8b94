//! The fine spectral grid.

use crate::error::InputError;

/// Wavenumbers uniform in their logarithm: ln ν̃ᵢ = ln ν̃₀ + i·step.
#[derive(Clone, Debug, PartialEq)]
pub struct FineGrid {
    ln_start: f64,
    step: f64,
    len: usize,
}

impl FineGrid {
    /// From `low_per_cm` up to at least `high_per_cm` with ν̃/Δν̃ = `resolution`.
    ///
    /// # Errors
    /// Limits that are not positive, finite and ascending; a resolution outside 10 to 1e8.
    pub fn new(low_per_cm: f64, high_per_cm: f64, resolution: f64) -> Result<Self, InputError> {
        if !(low_per_cm > 0.0 && high_per_cm > low_per_cm && high_per_cm.is_finite()) {
            return Err(InputError::value(
                "fine grid, limits [cm-1]",
                format!("{low_per_cm} to {high_per_cm}"),
                "positive finite wavenumbers in ascending order",
            ));
        }
        if !(10.0..=1e8).contains(&resolution) {
            return Err(InputError::value(
                "fine grid, resolution",
                resolution,
                "10 to 1e8",
            ));
        }
        let step = 1.0 / resolution;
        let len = ((high_per_cm / low_per_cm).ln() / step).ceil() as usize + 1;
        Ok(Self {
            ln_start: low_per_cm.ln(),
            step,
            len,
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
        (self.ln_start + self.step * index as f64).exp()
    }

    /// Position of a wavenumber \[cm⁻¹\] in units of the step from the first point.
    pub fn position(&self, wavenumber_per_cm: f64) -> f64 {
        (wavenumber_per_cm.ln() - self.ln_start) / self.step
    }
}
