//! What is left of a normal deviate when only a part of the amount remains.
//!
//! t = s n + log10 q, with n a standard normal deviate and q uniform from a to b (0 ≤ a < b): the logarithm of
//! an amount, scattered by s dex, of which the share q stays. With L = ln 10 and
//!
//! G(t) = ∫ 10^w N(w; t, s²) dw from log10 a to log10 b
//!      = exp(L t + L² s²/2) \[Φ((log10 b - t - L s²)/s) - Φ((log10 a - t - L s²)/s)\],
//!
//! the density is L G(t)/(b - a) and the probability below t is
//! \[b Φ((t - log10 b)/s) - a Φ((t - log10 a)/s) + G(t)\]/(b - a).

use std::f64::consts::LN_10;

use super::joint::clamp_unit;
use super::normal;

/// Standard deviations \[dex\] for which the closed forms keep their digits.
pub const STD_RANGE_DEX: (f64, f64) = (1e-3, 2.0);
/// Steps of a quantile at the latest.
const STEPS: usize = 200;
/// Change of a quantile \[dex\] at which it stands.
const CHANGE_DEX: f64 = 1e-13;

/// Distribution of t; see the module.
#[derive(Clone, Debug, PartialEq)]
pub struct Retained {
    std_dex: f64,
    low: f64,
    high: f64,
}

impl Retained {
    /// `std_dex` within [`STD_RANGE_DEX`], 0 ≤ `low` < `high`, as the builder has checked.
    pub const fn new(std_dex: f64, low: f64, high: f64) -> Self {
        Self { std_dex, low, high }
    }

    /// The same share with another scatter \[dex\].
    pub const fn with_std(&self, std_dex: f64) -> Self {
        Self { std_dex, ..*self }
    }

    /// s \[dex\].
    pub const fn std_dex(&self) -> f64 {
        self.std_dex
    }

    /// a and b.
    pub const fn shares(&self) -> [f64; 2] {
        [self.low, self.high]
    }

    /// G(t).
    fn share_near(&self, t: f64) -> f64 {
        let s = self.std_dex;
        let below = |share: f64| normal::cdf((share.log10() - t) / s - LN_10 * s);
        let tilt = LN_10 * t + 0.5 * (LN_10 * s).powi(2);
        tilt.exp() * (below(self.high) - below(self.low))
    }

    /// Probability below `t`.
    pub fn cdf(&self, t: f64) -> f64 {
        let part = |share: f64| {
            if share == 0.0 {
                return 0.0;
            }
            share * normal::cdf((t - share.log10()) / self.std_dex)
        };
        let sum = part(self.high) - part(self.low) + self.share_near(t);
        (sum / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// Density \[dex⁻¹\].
    pub fn density(&self, t: f64) -> f64 {
        LN_10 * self.share_near(t) / (self.high - self.low)
    }

    /// The t below which the probability is `unit`: Newton's steps inside a bracket that only closes.
    pub fn quantile(&self, unit: f64) -> f64 {
        let unit = clamp_unit(unit);
        let reach = 40.0 * self.std_dex;
        let mut high = self.high.log10() + reach;
        let mut low = self.high.log10() - reach - 1.0;
        while self.cdf(low) > unit {
            (low, high) = (low - 2.0 * (high - low), low);
        }
        let mut t = 0.5 * (low + high);
        for _ in 0..STEPS {
            let excess = self.cdf(t) - unit;
            if excess > 0.0 {
                high = t;
            } else {
                low = t;
            }
            let newton = t - excess / self.density(t);
            let next = if newton > low && newton < high {
                newton
            } else {
                0.5 * (low + high)
            };
            let change = (next - t).abs();
            t = next;
            if change < CHANGE_DEX {
                break;
            }
        }
        t
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against Φ averaged over q by the midpoint rule, and the slope of the probability.
    #[test]
    fn closed_forms_against_sums() {
        for (s, low, high) in [(0.12, 0.0, 1.0), (0.05, 0.1, 0.4), (1.5, 0.0, 1.0)] {
            let law = Retained::new(s, low, high);
            for t in [-2.0, -0.7, -0.3, 0.0, 0.2] {
                let count = 200_000;
                let sum: f64 = (0..count)
                    .map(|i| low + (high - low) * (f64::from(i) + 0.5) / f64::from(count))
                    .map(|q| normal::cdf((t - q.log10()) / s))
                    .sum();
                let expected = sum / f64::from(count);
                assert!((law.cdf(t) - expected).abs() < 1e-6, "{law:?} {t}");
                let h = 1e-4;
                let slope = (law.cdf(t + h) - law.cdf(t - h)) / (2.0 * h);
                assert!((law.density(t) - slope).abs() < 1e-5 * (1.0 + slope));
            }
        }
    }

    /// By hand: log10 of a uniform share has mean -1/ln 10 and variance 1/ln² 10 (an exponential), so t has mean
    /// -0.43429 and variance s² + 0.18861.
    #[test]
    fn moments_of_a_uniform_share() {
        let law = Retained::new(0.12, 0.0, 1.0);
        let count = 100_000;
        let draws: Vec<f64> = (0..count)
            .map(|i| law.quantile((f64::from(i) + 0.5) / f64::from(count)))
            .collect();
        let mean = draws.iter().sum::<f64>() / f64::from(count);
        let variance = draws.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / f64::from(count);
        let expected = -std::f64::consts::LOG10_E;
        assert!((mean - expected).abs() < 2e-5, "{mean}");
        assert!((variance - (0.0144 + 0.188_61)).abs() < 2e-4, "{variance}");
    }

    /// Far below, where the whole range of shares takes part, digits cancel unless it begins at 0.
    #[test]
    fn quantile_and_probability_are_inverse() {
        for (law, least) in [
            (Retained::new(0.12, 0.0, 1.0), 1e-300),
            (Retained::new(0.3, 0.2, 0.9), 1e-6),
        ] {
            for unit in [1e-300, 1e-12, 1e-6, 1e-3, 0.2, 0.5, 0.9, 0.999, 1.0 - 1e-9] {
                let t = law.quantile(unit);
                assert!(t.is_finite());
                if unit >= least {
                    let back = law.cdf(t);
                    let off = (back / unit - 1.0).abs();
                    assert!(off < 1e-9, "{law:?} {unit} {t} {back}");
                }
            }
            assert!(law.quantile(0.0).is_finite() && law.quantile(1.0).is_finite());
        }
    }
}
