//! Flux of a star in bands of wavenumber.

use std::f64::consts::PI;

use super::{Star, ratio};
use crate::constants::{SECOND_RADIATION_CM_K, STEFAN_BOLTZMANN};
use crate::error::InputError;
use crate::spectrum::planck_flux;
use crate::spectrum::quadrature::{LEGENDRE_2, integrate};

/// How the fluxes of the bands add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FluxScale {
    /// As the spectrum has them: for the ratio of planet to star.
    AsIs,
    /// Times one factor, so that they add up to σ T_eff⁴: for the energy balance, whose
    /// irradiation must not depend on how complete a table is.
    Bolometric,
}

/// 2 ζ(2k)/(2π)^(2k) up to sign is B_2k/(2k)!; the values of ζ from k = 1. Abramowitz & Stegun
/// (1964), table 23.3.
const ZETA_EVEN: [f64; 12] = [
    1.644_934_066_848_226_4,
    1.082_323_233_711_138_2,
    1.017_343_061_984_449,
    1.004_077_356_197_944_3,
    1.000_994_575_127_818_1,
    1.000_246_086_553_308,
    1.000_061_248_135_058_7,
    1.000_015_282_259_408_6,
    1.000_003_817_293_265,
    1.000_000_953_962_033_9,
    1.000_000_238_450_502_7,
    1.000_000_059_608_189,
];
/// Photon energy in kT above which the exponential series is used.
const SERIES_SWITCH: f64 = 1.5;
/// 15/π⁴.
const NORM: f64 = 15.0 / (PI * PI * PI * PI);

/// Share of the light of a black body in photons of less than x kT, for x up to 1.5 (relative error
/// 1e-14): (15/π⁴) ∫₀ˣ u³/(eᵘ - 1) du by the Bernoulli series of u/(eᵘ - 1).
fn fraction_below(x: f64) -> f64 {
    let square = (x / (2.0 * PI)).powi(2);
    let mut power = 1.0;
    let mut sum = 1.0 / 3.0 - x / 8.0;
    for (k, zeta) in (1_i32..).zip(ZETA_EVEN) {
        power *= -square;
        sum -= 2.0 * zeta * power / f64::from(2 * k + 3);
    }
    NORM * x.powi(3) * sum
}

/// Share in photons of more than x kT, for x from 1.5 on (relative error 1e-14):
/// (15/π⁴) Σ e^(-nx) (x³/n + 3x²/n² + 6x/n³ + 6/n⁴).
fn fraction_above(x: f64) -> f64 {
    let mut sum = 0.0;
    let step = (-x).exp();
    let mut power = 1.0;
    for n in 1..=40 {
        power *= step;
        let r = f64::from(n).recip();
        let term = power * r * (x * x * x + r * (3.0 * x * x + r * (6.0 * x + r * 6.0)));
        sum += term;
        if term <= 1e-17 * sum {
            break;
        }
    }
    NORM * sum
}

/// Share of σT⁴ between two wavenumbers \[cm⁻¹\], 0 <= low <= high <= ∞.
fn planck_fraction(low_per_cm: f64, high_per_cm: f64, temperature_k: f64) -> f64 {
    let x = |per_cm: f64| SECOND_RADIATION_CM_K * per_cm / temperature_k;
    let (low, high) = (x(low_per_cm), x(high_per_cm));
    // No difference is taken of numbers that are both near one.
    let above = |x: f64| {
        if x.is_finite() {
            fraction_above(x)
        } else {
            0.0
        }
    };
    if high <= SERIES_SWITCH {
        fraction_below(high) - fraction_below(low)
    } else if low >= SERIES_SWITCH {
        above(low) - above(high)
    } else {
        1.0 - fraction_below(low) - above(high)
    }
}

impl Star {
    /// Writes the flux through the surface of the star in each band of wavenumber \[W m⁻²\], at an
    /// effective temperature \[K\]. What lies below the first edge goes to the first band, what lies
    /// above the last edge to the last, so that nothing is lost.
    ///
    /// Bands of a black body are exact (1e-12 of σT⁴); those of a table are the integrals of its
    /// straight lines. Beyond its ends a table goes on as a black body, in proportion to its end
    /// value.
    ///
    /// # Errors
    /// [`InputError::Value`] unless the edges ascend from 0 or more and are one more than the
    /// bands, one band or more, and the temperature is positive.
    pub fn band_fluxes(
        &self,
        temperature_k: f64,
        edges_per_cm: &[f64],
        scale: FluxScale,
        out: &mut [f64],
    ) -> Result<(), InputError> {
        check_edges(edges_per_cm, out.len())?;
        if !(temperature_k > 0.0 && temperature_k.is_finite()) {
            let place = "effective temperature of the star";
            return Err(InputError::value(place, temperature_k, "above 0 K"));
        }
        let last = out.len() - 1;
        for (i, out) in out.iter_mut().enumerate() {
            let low = if i == 0 { 0.0 } else { edges_per_cm[i] };
            let high = if i == last {
                f64::INFINITY
            } else {
                edges_per_cm[i + 1]
            };
            *out = self.flux_between(low, high, temperature_k);
        }
        if scale == FluxScale::Bolometric {
            let total: f64 = out.iter().sum();
            let factor = ratio(STEFAN_BOLTZMANN * temperature_k.powi(4), total);
            for out in out {
                *out *= factor;
            }
        }
        Ok(())
    }

    /// Flux between two wavenumbers \[cm⁻¹\], 0 to ∞ \[W m⁻²\].
    fn flux_between(&self, low_per_cm: f64, high_per_cm: f64, temperature_k: f64) -> f64 {
        let planck = |low: f64, high: f64| {
            STEFAN_BOLTZMANN * temperature_k.powi(4) * planck_fraction(low, high, temperature_k)
        };
        let Some(table) = &self.table else {
            return planck(low_per_cm, high_per_cm);
        };
        // 0.01 m per cm⁻¹; the ends of the table in wavenumbers.
        let (first_m, last_m) = table.range();
        let (table_low, table_high) = (0.01 / last_m, 0.01 / first_m);
        // The table over the black body at one of its ends.
        let end = |x: f64, flux: f64| {
            let share = ratio(flux, planck_flux(x, self.effective_temperature_k));
            if share.is_finite() { share } else { 0.0 }
        };
        let mut flux = 0.0;
        if low_per_cm < table_low {
            let share = end(last_m, table.value(last_m));
            flux += share * planck(low_per_cm, high_per_cm.min(table_low));
        }
        if high_per_cm > table_high {
            let share = end(first_m, table.value(first_m));
            flux += share * planck(low_per_cm.max(table_high), high_per_cm);
        }
        let low_m = (0.01 / high_per_cm).max(first_m);
        let high_m = (0.01 / low_per_cm).min(last_m);
        if low_m < high_m {
            flux += self.table_between(low_m, high_m, temperature_k);
        }
        flux
    }

    /// Integral of the table between two wavelengths inside it \[m\], scaled to a temperature.
    fn table_between(&self, low_m: f64, high_m: f64, temperature_k: f64) -> f64 {
        let Some(table) = &self.table else { return 0.0 };
        let own_k = self.effective_temperature_k;
        let knots = table.knots_between(low_m, high_m);
        let ends = knots.iter().copied().chain([high_m]);
        let mut sum = 0.0;
        let (mut x0, mut y0) = (low_m, table.value(low_m));
        for x1 in ends {
            let y1 = table.value(x1);
            sum += if temperature_k == own_k {
                0.5 * (x1 - x0) * (y0 + y1)
            } else {
                integrate(&LEGENDRE_2, x0, x1, |x| {
                    let flux = y0 + (y1 - y0) * (x - x0) / (x1 - x0);
                    flux * ratio(planck_flux(x, temperature_k), planck_flux(x, own_k))
                })
            };
            (x0, y0) = (x1, y1);
        }
        sum
    }
}

fn check_edges(edges_per_cm: &[f64], bands: usize) -> Result<(), InputError> {
    let place = "edges of stellar bands";
    if bands == 0 || edges_per_cm.len() != bands + 1 {
        let found = format!("{} edges for {bands} bands", edges_per_cm.len());
        return Err(InputError::value(place, found, "one edge more than bands"));
    }
    let ascending = edges_per_cm.windows(2).all(|pair| pair[0] < pair[1]);
    if !(ascending && edges_per_cm[0] >= 0.0 && edges_per_cm[bands].is_finite()) {
        let expected = "ascending wavenumbers in cm⁻¹ from 0 or more";
        return Err(InputError::value(place, "others", expected));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
