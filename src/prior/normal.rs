//! The standard normal distribution, accurate in both tails.
//!
//! Φ and φ are the cumulative distribution and the density; `ln_` forms hold where the plain ones
//! underflow (below about -37 σ).

use statrs::function::erf::{erfc, erfc_inv};
use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2};

/// ln √(2π).
pub const LN_SQRT_2PI: f64 = 0.918_938_533_204_672_8;

/// Below this argument Φ is taken from the continued fraction of Mills' ratio.
const TAIL: f64 = -10.0;
/// Levels of the continued fraction; at 10 σ the last one is far below the rounding error.
const MILLS_LEVELS: u32 = 60;

/// ln φ(x) = -x²/2 - ln √(2π).
pub fn ln_pdf(x: f64) -> f64 {
    -0.5 * x * x - LN_SQRT_2PI
}

/// Φ(x) = ½ erfc(-x/√2).
pub fn cdf(x: f64) -> f64 {
    0.5 * erfc(-x * FRAC_1_SQRT_2)
}

/// Mills' ratio (1 - Φ(t)) / φ(t) for t ≥ 10: 1/(t + 1/(t + 2/(t + 3/...))).
///
/// # Source
/// Abramowitz & Stegun (1964), eq. 26.2.14.
fn mills(t: f64) -> f64 {
    let tail = (1..=MILLS_LEVELS)
        .rev()
        .fold(t, |below, level| t + f64::from(level) / below);
    tail.recip()
}

/// ln Φ(x) for any x.
///
/// # Accuracy
/// Relative error below 1e-14 from -1e5 to 8 (measured against 40-digit values).
pub fn ln_cdf(x: f64) -> f64 {
    if x > 0.0 {
        (-0.5 * erfc(x * FRAC_1_SQRT_2)).ln_1p()
    } else if x > TAIL {
        cdf(x).ln()
    } else if x == f64::NEG_INFINITY {
        x
    } else {
        ln_pdf(x) + mills(-x).ln()
    }
}

/// x with Φ(x) = p; 0 and 1 give the infinities.
pub fn quantile(p: f64) -> f64 {
    if p <= 0.5 {
        -SQRT_2 * erfc_inv(2.0 * p)
    } else {
        SQRT_2 * erfc_inv(2.0 * (1.0 - p))
    }
}

/// x with ln Φ(x) = `ln_p`, for `ln_p` ≤ ln ½ however far below.
pub fn quantile_of_ln(ln_p: f64) -> f64 {
    if ln_p == f64::NEG_INFINITY {
        return ln_p;
    }
    // Above this the plain probability has not lost a digit to underflow.
    if ln_p > -650.0 {
        return quantile(ln_p.exp());
    }
    // Leading terms of the tail; Newton's rule on the concave ln Φ then doubles the digits.
    let square = -2.0 * (ln_p + LN_SQRT_2PI);
    let mut x = -(square - square.ln()).sqrt();
    for _ in 0..6 {
        let step = (ln_cdf(x) - ln_p) * mills(-x);
        x -= step;
        if step.abs() <= f64::EPSILON * x.abs() {
            break;
        }
    }
    x
}

/// ln (Φ(b) - Φ(a)) for a < b, without cancellation in the tails or in narrow intervals.
pub fn ln_mass(a: f64, b: f64) -> f64 {
    if a > 0.0 {
        return ln_mass(-b, -a);
    }
    if (b - a) * a.abs().max(b.abs()).max(1.0) < 0.5 {
        return ln_mass_narrow(a, b);
    }
    if b <= 0.0 {
        let (ln_a, ln_b) = (ln_cdf(a), ln_cdf(b));
        ln_b + (-(ln_a - ln_b).exp()).ln_1p()
    } else {
        (-(cdf(a) + cdf(-b))).ln_1p()
    }
}

/// Nodes and weights of the eight-point Gauss-Legendre rule on (-1, 1), positive half.
///
/// # Source
/// Abramowitz & Stegun (1964), table 25.4.
const GAUSS_LEGENDRE_8: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];

/// ∫ φ over an interval in which φ changes by less than a factor e^½: φ at the middle times an
/// integral of exp(-(t - m)(t + m)/2).
fn ln_mass_narrow(a: f64, b: f64) -> f64 {
    let (middle, half) = (0.5 * (a + b), 0.5 * (b - a));
    let ratio = |shift: f64| (-0.5 * shift * (2.0 * middle + shift)).exp();
    let mean: f64 = GAUSS_LEGENDRE_8
        .iter()
        .map(|(node, weight)| 0.5 * weight * (ratio(node * half) + ratio(-node * half)))
        .sum();
    ln_pdf(middle) + (2.0 * half * mean).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    /// mpmath 1.3.0 at 40 digits: `log(ncdf(x))`, `log(erfc(-x/sqrt(2))/2)` in the tail.
    /// Tolerance 1e-14: the measured difference is at most 2e-15.
    #[test]
    fn ln_cdf_matches_forty_digit_values() {
        for (x, expected) in LN_CDF {
            assert_relative_eq!(ln_cdf(x), expected, max_relative = 1e-14);
        }
    }

    /// mpmath 1.3.0 at 40 digits: root of Phi(x) = p. Tolerance 1e-14; measured 1e-15.
    #[test]
    fn quantile_matches_forty_digit_values() {
        for (p, expected) in QUANTILE {
            assert_relative_eq!(quantile(p), expected, max_relative = 1e-14);
        }
        assert_eq!(quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(quantile(1.0), f64::INFINITY);
    }

    #[test]
    fn quantile_of_ln_inverts_ln_cdf_down_to_ten_thousand_sigma() {
        for x in [-0.5, -3.0, -20.0, -36.0, -37.5, -60.0, -1e3, -1e4] {
            assert_relative_eq!(quantile_of_ln(ln_cdf(x)), x, max_relative = 1e-13);
        }
    }

    /// The mass of neighbouring intervals adds up, whichever formula each takes.
    #[test]
    fn mass_of_an_interval_is_the_sum_of_its_parts() {
        for (a, b, c) in [
            (-1.0, 0.3, 2.0),
            (29.0, 30.0, 31.0),
            (-40.0, -39.995, -39.0),
            (-0.1, 0.0, 0.1),
            (5.0, 5.01, 5.5),
        ] {
            let (left, right, whole) = (ln_mass(a, b), ln_mass(b, c), ln_mass(a, c));
            assert_relative_eq!(
                (left - whole).exp() + (right - whole).exp(),
                1.0,
                max_relative = 1e-12
            );
        }
    }

    const LN_CDF: [(f64, f64); 9] = [
        (-10000.0, -50000010.129278915),
        (-100.0, -5005.5242086942051),
        (-40.0, -804.60844201375379),
        (-10.5, -58.404187061073243),
        (-9.5, -48.306019298965230),
        (-5.0, -15.064998393988726),
        (-1.0, -1.8410216450092635),
        (0.5, -0.36894641528865639),
        (6.0, -9.8658764552437573e-10),
    ];
    const QUANTILE: [(f64, f64); 9] = [
        (1e-300, -37.047096299361199),
        (1e-100, -21.273453560965324),
        (1e-20, -9.2623400897984076),
        (1e-06, -4.7534243088228990),
        (0.01, -2.3263478740408411),
        (0.3, -0.52440051270804082),
        (0.7, 0.52440051270804066),
        (0.975, 1.9599639845400539),
        (0.9999999999990905, 7.0477002566644087),
    ];
}
