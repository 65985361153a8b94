//! The adiabat of gas whose rock vapour condenses.
//!
//! Let x = p_v/p be the share of the vapour in a saturated layer, p_v(T) its vapour pressure, l = d ln p_v/d ln T,
//! which is L/RT of an ideal vapour (Clausius and Clapeyron), and c the C_p/R of the gas. A parcel keeps its
//! entropy while the condensate falls out without taking heat along. For one mole of what does not condense,
//! at p_n = (1 - x) p, with r = x/(1 - x) moles of vapour (Pierrehumbert 2010, Principles of Planetary Climate,
//! eq. 2.33, in moles):
//!
//! (c_n + r c_v) d ln T - d ln p_n - r d ln p_v + l dr = 0, dr = r (d ln p_v - d ln p_n), d ln p_v = l d ln T,
//!
//! so that (c_n + r c_v - r l + r l²) d ln T = (1 + r l) d ln p_n. With d ln p = (1 - x) d ln p_n + x l d ln T the
//! total pressure takes the place of p_n, the terms in r l cancel, and with c = (1 - x) c_n + x c_v
//!
//! ∇ = d ln T/d ln p = (1 + r l)/(c + r l²) = (1 - x + x l)/((1 - x) c + x l²).
//!
//! It is 1/c without vapour and 1/l, the slope of the vapour pressure curve, without anything else (as in Leconte
//! et al. 2017, A&A 598, A98); l is above c for rock, so it lies below the dry one.
//!
//! A layer is saturated where p_v(T) lies below x_b p, the pressure that the vapour would have with the share of
//! the base. Where it is not its adiabat is the dry one. The change is spread over the first per cent of
//! temperature below saturation, over which x stays x_b, so that the adiabat is a smooth function; colder layers hold
//! the vapour that is saturated one per cent above their temperature. What convection exceeds the adiabat by adds to
//! that ([`SLIP`]): vapour that is lost to it would count as gas that does not condense, and a column of vapour alone
//! would leave its curve.

use crate::atmosphere::surface_gas::SurfaceGas;
use crate::error::{ModelError, RejectReason};
use crate::melt::TEMPERATURE_RANGE_K;

/// Intervals of the vapour pressure curve, of equal width in 1/T over the range of the melt models: 125 K at
/// 3000 K.
const INTERVALS: usize = 60;
/// Cooling below saturation, relative, over which the adiabat becomes moist.
const ONSET: f64 = 0.01;
/// ln of supersaturation per unit of ln p that an ascent one per cent steeper than the adiabat gathers, and a little more.
const SLIP: f64 = 0.012;
/// Relative step of temperature for the derivative of the adiabat.
const STEP: f64 = 1e-6;

/// ln p_v of the vapour above a melt against 1/T: cubic between nodes, continuous with its slope, and straight
/// beyond the nodes. Below the liquidus it is that of a melt that has not frozen; beyond 1000 to 6000 K,
/// or where the melt model has no answer, the slope of the last nodes goes on.
#[derive(Clone, Debug, Default)]
pub(super) struct VapourCurve {
    /// 1/T \[K⁻¹\] of the first node, and their distance.
    first: f64,
    step: f64,
    /// From hot to cold.
    ln_pressure: Vec<f64>,
}

impl VapourCurve {
    /// Forgets the curve.
    pub fn clear(&mut self) {
        self.ln_pressure.clear();
    }

    /// The curve of a surface; nothing is done where it is at hand. Allocates nothing but once.
    ///
    /// # Errors
    /// [`RejectReason::TemperatureOutOfRange`] where the melt has a vapour pressure nowhere.
    pub fn of(&mut self, surface: &mut SurfaceGas) -> Result<&Self, ModelError> {
        if self.ln_pressure.len() > 1 {
            return Ok(self);
        }
        let (coldest_k, hottest_k) = TEMPERATURE_RANGE_K;
        let (low, high) = (hottest_k.recip(), coldest_k.recip());
        self.step = (high - low) / INTERVALS as f64;
        self.ln_pressure.clear();
        self.ln_pressure.reserve(INTERVALS + 1);
        for node in 0..=INTERVALS {
            let inverse = low + self.step * node as f64;
            let t_k = inverse.recip().clamp(coldest_k, hottest_k);
            match surface.condensable_pressure_bar(t_k) {
                Ok(bar) if bar > 0.0 => {
                    if self.ln_pressure.is_empty() {
                        self.first = inverse;
                    }
                    self.ln_pressure.push(bar.ln());
                }
                // A gap at the hot end is passed over, at the cold one it ends the curve.
                _ if self.ln_pressure.is_empty() => {}
                _ => break,
            }
        }
        if self.ln_pressure.len() > 1 {
            return Ok(self);
        }
        Err(ModelError::Rejected(RejectReason::TemperatureOutOfRange))
    }

    /// ln p_v \[bar\] and d ln p_v/d ln T at a temperature \[K\].
    pub fn at(&self, t_k: f64) -> (f64, f64) {
        let last = self.ln_pressure.len() - 1;
        let value = |node: usize| self.ln_pressure[node.min(last)];
        // Per interval, by centred differences.
        let slope = |node: usize| {
            let (before, after) = (node.saturating_sub(1), (node + 1).min(last));
            (value(after) - value(before)) / (after - before).max(1) as f64
        };
        let at = (t_k.recip() - self.first) / self.step;
        let (ln_p, per_interval) = if at <= 0.0 {
            (value(0) + at * slope(0), slope(0))
        } else if at >= last as f64 {
            let beyond = at - last as f64;
            (value(last) + beyond * slope(last), slope(last))
        } else {
            let node = (at as usize).min(last - 1);
            hermite(
                at - node as f64,
                [value(node), value(node + 1)],
                [slope(node), slope(node + 1)],
            )
        };
        (ln_p, -per_interval / (self.step * t_k))
    }
}

/// Cubic through two values with two slopes, at 0 to 1, and its slope.
fn hermite(x: f64, [from, to]: [f64; 2], [slope_from, slope_to]: [f64; 2]) -> (f64, f64) {
    let rise = to - from;
    let square = 3.0 * rise - 2.0 * slope_from - slope_to;
    let cube = slope_from + slope_to - 2.0 * rise;
    let value = from + x * (slope_from + x * (square + x * cube));
    (value, slope_from + x * (2.0 * square + 3.0 * x * cube))
}

/// What a layer is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parcel {
    /// Its dry adiabat, R/C_p.
    pub dry: f64,
    /// ln of the pressure that the vapour would have with the share of the base \[bar\].
    pub ln_unsaturated_bar: f64,
    /// ln of its pressure \[bar\].
    pub ln_pressure_bar: f64,
    /// ln of the pressure at the base over its own.
    pub ln_below: f64,
}

impl Parcel {
    /// ∇_ad at a temperature \[K\] and its derivative at constant pressure \[K⁻¹\].
    pub fn adiabat(&self, curve: &VapourCurve, t_k: f64) -> (f64, f64) {
        let [hot, cold] = [1.0 + STEP, 1.0 - STEP].map(|share| self.gradient(curve, share * t_k));
        (self.gradient(curve, t_k), (hot - cold) / (2.0 * STEP * t_k))
    }

    fn gradient(&self, curve: &VapourCurve, t_k: f64) -> f64 {
        let dry = self.dry;
        let (ln_vapour, l) = curve.at(t_k);
        let excess = self.ln_unsaturated_bar - ln_vapour;
        if excess.is_nan() || excess <= 0.0 || l <= 0.0 {
            return dry;
        }
        let lag = excess.min(ONSET * l + SLIP * self.ln_below);
        let share = (ln_vapour + lag - self.ln_pressure_bar).exp().min(1.0);
        let moist = pseudoadiabat(dry.recip(), share, l).min(dry);
        let at = (excess / (ONSET * l)).min(1.0);
        dry + at * at * (3.0 - 2.0 * at) * (moist - dry)
    }
}

/// ∇ of saturated gas with C_p/R of `heat_capacity_r` and a share of vapour with L/RT = `l`.
fn pseudoadiabat(heat_capacity_r: f64, share: f64, l: f64) -> f64 {
    (1.0 - share + share * l) / ((1.0 - share) * heat_capacity_r + share * l * l)
}

#[cfg(test)]
mod tests;
