//! How the evidence hangs on the width of a flat prior.
//!
//! Where the prior of one parameter is flat in u (0 to 1 over its range) and that of the others does not
//! depend on it, a prior cut to a part A of the range has Z_A / Z = P(A | data) / P(A), the posterior over
//! the prior mass of that part: a Savage-Dickey ratio, from samples alone (Dickey 1971, Ann. Math. Stat.
//! 42, 204; Trotta 2007, MNRAS 378, 72). Of a prior that reaches further no sample is at hand, but moving
//! one limit changes ln Z by d ln Z / d ln(width) = r - 1 with r the posterior over the prior density at
//! that limit: above 1 a wider prior has the larger evidence, below 1 the smaller.

use serde::{Deserialize, Serialize};

use super::kish_sample_size;

/// Part of the range at either limit over which the density there is measured.
const EDGE: f64 = 0.05;
/// A density at a limit counts as above or below the prior's from so many errors on.
const CLEAR: f64 = 2.0;
/// Without a sample in a part its mass is below this over the number of samples, at 95 %: -ln 0.05.
const NONE_FOUND: f64 = 3.0;
/// A mass of a larger relative error rests on fewer than four samples and is given as a bound.
const LARGEST_ERROR: f64 = 0.5;

/// ln of a posterior mass over the prior mass of the same part.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MassRatio {
    /// ln Z_A - ln Z; an upper bound at 95 % where the part holds too few samples.
    pub ln_ratio: f64,
    /// Its Monte-Carlo error; `None` for a bound.
    pub error: Option<f64>,
}

/// What narrower priors of one parameter would do to ln Z.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PriorWidth {
    /// The prior half as wide about the same centre.
    pub central_half: MassRatio,
    /// The lower half of the range alone.
    pub lower_half: MassRatio,
    /// The upper half alone.
    pub upper_half: MassRatio,
    /// Density at the lower limit over that of the prior: the mean over the outermost 5 % of the range.
    pub lower_edge: MassRatio,
    /// The same at the upper limit.
    pub upper_edge: MassRatio,
}

impl MassRatio {
    /// `Some(true)` where ln Z rises when the prior gives more room here, `Some(false)` where it falls;
    /// `None` where the samples do not tell.
    pub fn favours_room(&self) -> Option<bool> {
        match self.error {
            None => (self.ln_ratio < 0.0).then_some(false),
            Some(error) if self.ln_ratio.abs() > CLEAR * error => Some(self.ln_ratio > 0.0),
            Some(_) => None,
        }
    }
}

/// Reads the masses off a weighted sample.
///
/// # Arguments
/// * `unit` - the prior's cumulative probability at each sample, 0 to 1
/// * `weights` - weights of any sum
/// * `effective` - independent samples that they stand for
///
/// The error of a mass P̂ is that of a self-normalised mean, √(Σ w² (1_A - P̂)²), raised by
/// √(Kish / effective) for correlated chains.
pub fn prior_width(unit: &[f64], weights: &[f64], effective: f64) -> PriorWidth {
    let part = |low: f64, high: f64| mass_ratio(unit, weights, effective, [low, high]);
    PriorWidth {
        central_half: part(0.25, 0.75),
        lower_half: part(0.0, 0.5),
        upper_half: part(0.5, 1.0),
        lower_edge: part(0.0, EDGE),
        upper_edge: part(1.0 - EDGE, 1.0),
    }
}

fn mass_ratio(unit: &[f64], weights: &[f64], effective: f64, [low, high]: [f64; 2]) -> MassRatio {
    let total: f64 = weights.iter().sum();
    let inside = |u: &f64| f64::from(u8::from((low..=high).contains(u)));
    let samples = || unit.iter().zip(weights);
    let mass = samples().map(|(u, w)| inside(u) * w).sum::<f64>() / total;
    let variance: f64 = samples()
        .map(|(u, w)| (w / total * (inside(u) - mass)).powi(2))
        .sum();
    let correlation = (kish_sample_size(weights) / effective).max(1.0);
    let error = (variance * correlation).sqrt() / mass;
    if error <= LARGEST_ERROR {
        return MassRatio {
            ln_ratio: (mass / (high - low)).ln(),
            error: Some(error),
        };
    }
    let bound = (mass + NONE_FOUND / effective).min(1.0);
    MassRatio {
        ln_ratio: (bound / (high - low)).ln(),
        error: None,
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    /// A posterior of density 2u on a flat prior: masses ½ (a half as wide: ln Z the same), ¼ and ¾ of the
    /// halves, 0.05² and 1 - 0.95² at the limits; d ln Z = r - 1 is negative below and positive above.
    #[test]
    fn a_rising_density_by_hand() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let unit: Vec<f64> = (0..20_000).map(|_| rng.random::<f64>()).collect();
        let weights: Vec<f64> = unit.iter().map(|u| 2.0 * u).collect();
        let width = prior_width(&unit, &weights, kish_sample_size(&weights));
        let (low, high): (f64, f64) = (0.05 * 0.05 / 0.05, (1.0 - 0.95 * 0.95) / 0.05);
        for (found, expected) in [
            (width.central_half, 1.0_f64),
            (width.lower_half, 0.5),
            (width.upper_half, 1.5),
            (width.lower_edge, low),
            (width.upper_edge, high),
        ] {
            let error = found.error.unwrap();
            let off = (found.ln_ratio - expected.ln()).abs();
            assert!(off < 3.5 * error && error < 0.07, "{found:?}, {expected}");
        }
        assert_eq!(width.lower_edge.favours_room(), Some(false));
        assert_eq!(width.upper_edge.favours_room(), Some(true));
        assert_eq!(width.central_half.favours_room(), None);
    }

    /// The error against the scatter of 400 samples of 500 draws: a mass of ¼ has √(¾/¼/500) = 0.0775.
    #[test]
    fn the_error_is_the_scatter() {
        let mut found = Vec::new();
        let mut quoted = 0.0;
        let mut rng = ChaCha8Rng::seed_from_u64(8);
        for _ in 0..400 {
            let unit: Vec<f64> = (0..500).map(|_| rng.random::<f64>().sqrt()).collect();
            let ratio = prior_width(&unit, &[1.0; 500], 500.0).lower_half;
            found.push(ratio.ln_ratio);
            quoted += ratio.error.unwrap() / 400.0;
        }
        let mean = found.iter().sum::<f64>() / 400.0;
        let scatter = (found.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 399.0).sqrt();
        assert!((quoted - 0.0775).abs() < 0.002, "{quoted}");
        assert!((scatter / quoted - 1.0).abs() < 0.12, "{scatter}, {quoted}");
    }

    /// No sample of 300 in the lower half: its mass is below 0.01 at 95 %, so ln Z falls by at least
    /// -ln(0.01/0.5).
    #[test]
    fn an_empty_part_has_a_bound() {
        let width = prior_width(&[0.9; 300], &[1.0; 300], 300.0);
        assert_eq!(width.lower_half.error, None);
        assert!((width.lower_half.ln_ratio - 0.02_f64.ln()).abs() < 1e-12);
        assert!((width.upper_half.ln_ratio - 2.0_f64.ln()).abs() < 1e-12);
        assert_eq!(width.lower_edge.favours_room(), Some(false));
        // A single sample of next to no weight says no more than none.
        let (mut unit, mut weights) = ([0.9; 301], [1.0; 301]);
        (unit[0], weights[0]) = (0.1, 1e-9);
        let alone = prior_width(&unit, &weights, 300.0).lower_half;
        assert_eq!(alone.error, None);
        assert!((alone.ln_ratio - width.lower_half.ln_ratio).abs() < 1e-9);
    }
}
