//! Voigt profile.
//!
//! The Voigt function K(x, y) = (y/π) ∫ exp(-t²) / (y² + (x - t)²) dt is the real part of the
//! Faddeeva function w(x + iy); x is the distance from the line centre and y the Lorentz half
//! width, both in units of the Doppler width α (1/e half width). The profile, of area one, is
//! φ(d) = K(d/α, γ/α) / (α √π).

use std::f64::consts::PI;

use crate::constants::{GAS_CONSTANT, SPEED_OF_LIGHT};

/// Terms of the sums, less one.
const TERMS: usize = 11;
/// Step of the sums, √(π/(N + 1)).
const STEP: f64 = 0.511_663_353_973_244_3;

/// Voigt function K(x, y) for y ≥ 0, to about 1e-13 relative (tests).
///
/// Modified midpoint and trapezoidal rules: Al Azah & Chandler-Wilde (2021), SIAM J. Numer. Anal.
/// 59, 2346, equations 1.6 to 1.9 with N = 11, real part. Every term of the sums is positive, so
/// that nothing cancels in the wings however small y is.
pub fn voigt(x: f64, y: f64) -> f64 {
    let x = x.abs();
    if y <= 0.0 {
        return (-x * x).exp();
    }
    let corrected = y < PI / STEP;
    let phase = (x / STEP).fract();
    if corrected && y < x && (0.25..=0.75).contains(&phase) {
        let centre = y / (x * x + y * y);
        STEP / PI * (centre + node_sum(x, y, 1.0)) + correction(x, y, -1.0)
    } else {
        let sum = STEP / PI * node_sum(x, y, 0.5);
        if corrected {
            sum + correction(x, y, 1.0)
        } else {
            sum
        }
    }
}

/// Sum over the nodes (k + offset) h of exp(-t²) y [1/((x-t)² + y²) + 1/((x+t)² + y²)].
fn node_sum(x: f64, y: f64, offset: f64) -> f64 {
    (0..=TERMS)
        .map(|k| {
            let t = (k as f64 + offset) * STEP;
            let (near, far) = (x - t, x + t);
            (-t * t).exp() * (y / (near * near + y * y) + y / (far * far + y * y))
        })
        .sum()
}

/// Real part of 2 exp(-z²) / (1 ± exp(-2πi z/h)), the pole that the sum has stepped over.
fn correction(x: f64, y: f64, sign: f64) -> f64 {
    let (sin_2xy, cos_2xy) = (2.0 * x * y).sin_cos();
    let (sin_pole, cos_pole) = (2.0 * PI * x / STEP).sin_cos();
    let growth = sign * (2.0 * PI * y / STEP).exp();
    // 1 ± e^{2πy/h} (cos - i sin), inverted.
    let (re, im) = (1.0 + growth * cos_pole, -growth * sin_pole);
    2.0 * (y * y - x * x).exp() * (cos_2xy * re - sin_2xy * im) / (re * re + im * im)
}

/// Doppler 1/e half width over the wavenumber, √(2RT/M)/c.
pub fn doppler_ratio(temperature_k: f64, molar_mass_g_mol: f64) -> f64 {
    (2.0 * GAS_CONSTANT * temperature_k / (molar_mass_g_mol * 1e-3)).sqrt() / SPEED_OF_LIGHT
}

#[cfg(test)]
mod tests;
