//! Elementary functions written for vectors: no branch. Multiply-add is written out where it is meant,
//! so that every instruction set gives the same bits; processors without the instruction take long.

use crate::opacity::mixing::LANES;
pub(super) use crate::opacity::mixing::vectorised;

/// A number for each spectral point of a block.
pub(super) type Lanes = [f64; LANES];
/// The same in single precision.
pub(super) type Lanes32 = [f32; LANES];

/// 1.5 · 2⁵²: adding it rounds to an integer, which then stands in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// Largest argument: e^(-700) is still a normal number.
const LARGEST: f64 = 700.0;

/// (e^f - 1)/f for |f| <= ln 2 / 2: Taylor series, remainder below 1e-17.
#[inline(always)]
fn expm1_ratio(f: f64) -> f64 {
    const C: [f64; 13] = [
        1.0 / 6_227_020_800.0,
        1.0 / 479_001_600.0,
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
    ];
    // Estrin's scheme: shorter chains than Horner's.
    let f2 = f * f;
    let f4 = f2 * f2;
    let pair = |i: usize| C[i].mul_add(f, C[i + 1]);
    let low = pair(9).mul_add(f2, pair(11));
    let middle = pair(5).mul_add(f2, pair(7));
    let high = pair(1).mul_add(f2, pair(3));
    C[0].mul_add(f4, high).mul_add(f4, middle).mul_add(f4, low)
}

/// e^y; zero below -700, and the value of 700 above.
#[inline(always)]
pub(super) fn exp(y: f64) -> f64 {
    let scaled = y.clamp(-LARGEST, LARGEST) * std::f64::consts::LOG2_E;
    let shifted = scaled + ROUND;
    let f = (scaled - (shifted - ROUND)) * std::f64::consts::LN_2;
    let power = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    let value = power.mul_add(f * expm1_ratio(f), power);
    if y < -LARGEST { 0.0 } else { value }
}

/// e^(-x) and 1 - e^(-x), both to full relative precision, for x >= 0.
#[inline(always)]
pub(super) fn transmission(x: f64) -> (f64, f64) {
    let scaled = x.min(LARGEST) * std::f64::consts::LOG2_E;
    let shifted = scaled + ROUND;
    let f = ((shifted - ROUND) - scaled) * std::f64::consts::LN_2;
    let power = f64::from_bits(1023_u64.wrapping_sub(shifted.to_bits()) << 52);
    let rest = power * (f * expm1_ratio(f));
    (power + rest, (1.0 - power) - rest)
}

/// The same in single precision, for 0 <= x: e^(-x) to 1e-7 (1 + x) of itself, and that of 80 beyond;
/// 1 - e^(-x) to 2e-7 of itself.
#[inline(always)]
pub(super) fn transmission32(x: f32) -> (f32, f32) {
    /// 1.5 · 2²³.
    const ROUND: f32 = 12_582_912.0;
    // (e^f - 1)/f: remainder below 2e-8.
    const C: [f32; 7] = [
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
    ];
    let scaled = x.min(80.0) * std::f32::consts::LOG2_E;
    let shifted = scaled + ROUND;
    let f = ((shifted - ROUND) - scaled) * std::f32::consts::LN_2;
    let mut series = C[0];
    for c in &C[1..] {
        series = series.mul_add(f, *c);
    }
    let power = f32::from_bits(127_u32.wrapping_sub(shifted.to_bits()) << 23);
    let rest = power * (f * series);
    (power + rest, (1.0 - power) - rest)
}

/// Depth below which the weights are series.
pub(super) const SERIES: f64 = 0.03;
/// In single precision.
pub(super) const SERIES32: f32 = 0.5;

/// a(x)/x with a = 1 - (1 - e^(-x))/x, the weight of the near side of a slab with a source linear
/// in optical depth; `absorbed` is 1 - e^(-x).
#[inline(always)]
pub(super) fn near_weight_ratio(x: f64, absorbed: f64) -> f64 {
    near_weight_ratio_with(x, absorbed, 1.0 / x.max(SERIES))
}

/// Writes the near weight for one precision.
macro_rules! near_weight {
    ($(#[$doc:meta])* $float:ty, $name:ident, $switch:expr) => {
        $(#[$doc])*
        #[inline(always)]
        pub(super) fn $name(x: $float, absorbed: $float, inverse: $float) -> $float {
            const C: [$float; 6] = [
                -1.0 / 5040.0,
                1.0 / 720.0,
                -1.0 / 120.0,
                1.0 / 24.0,
                -1.0 / 6.0,
                0.5,
            ];
            let mut series = 1.0 / 40320.0;
            for c in C {
                series = x.mul_add(series, c);
            }
            let direct = absorbed.mul_add(-inverse, 1.0) * inverse;
            if x < $switch { series } else { direct }
        }
    };
}

near_weight!(
    /// The same with the inverse of x, or of 0.03 where x is less, at hand: below, the seventh term of the
    /// series is 1e-15 of the first.
    f64, near_weight_ratio_with, SERIES
);
near_weight!(
    /// In single precision, to 5e-7: at the switch the next term of the series is 5e-8 of the first.
    f32, near_weight_ratio_with32, SERIES32
);

#[cfg(test)]
mod tests {
    use super::*;

    /// Measured 1.3e-7 (transmission, of 1 + x), 1.2e-7 (absorption) and 4e-7 (weight).
    #[test]
    fn single_precision_is_enough() {
        let (mut of_t, mut of_u, mut of_w) = (0.0_f64, 0.0_f64, 0.0_f64);
        for i in 0..20_000 {
            let x = 1e-9 * 1.0012_f32.powi(i);
            let exact = f64::from(x);
            let (t, u) = transmission32(x);
            if x < 80.0 {
                let off = (f64::from(t) / (-exact).exp() - 1.0).abs();
                of_t = of_t.max(off / (1.0 + exact));
            }
            of_u = of_u.max((f64::from(u) / -(-exact).exp_m1() - 1.0).abs());
            let weight = near_weight_ratio_with32(x, u, 1.0 / x.max(SERIES32));
            let expected = near_weight_ratio(exact, transmission(exact).1);
            of_w = of_w.max((f64::from(weight) / expected - 1.0).abs());
        }
        println!("{of_t:.1e} {of_u:.1e} {of_w:.1e}");
        assert!(
            of_t < 2e-7 && of_u < 2e-7 && of_w < 8e-7,
            "{of_t} {of_u} {of_w}"
        );
        assert_eq!(transmission32(0.0), (1.0, 0.0));
        assert!(transmission32(1e9).0 < 1e-30);
    }

    /// Measured 3e-16.
    #[test]
    fn the_functions_agree_with_the_library() {
        for i in 0..4000 {
            let x = 1e-14 * 1.0099_f64.powi(i);
            let (t, u) = transmission(x);
            assert!(
                (t / (-x).exp() - 1.0).abs() < 2e-13 || x > 700.0,
                "{x}: {t}"
            );
            assert!((u / -(-x).exp_m1() - 1.0).abs() < 1e-15, "{x}: {u}");
            assert!(
                (exp(-x) / (-x).exp() - 1.0).abs() < 2e-13 || x > 700.0,
                "{x}"
            );
        }
        assert_eq!(transmission(0.0), (1.0, 0.0));
        assert_eq!(exp(-1e4), 0.0);
    }

    /// Both sides of the switch, against the series with more terms. Measured 2e-14.
    #[test]
    fn the_near_weight_is_smooth() {
        for x in [0.0, 1e-9, 1e-3, 0.029_99, 0.03, 0.05, 0.4, 3.0, 60.0_f64] {
            let mut sum = 0.0;
            let mut term = 0.5;
            for k in 0..300 {
                sum += term;
                term *= -x / f64::from(k + 3);
            }
            let exact = if x > 20.0 { (1.0 - 1.0 / x) / x } else { sum };
            let found = near_weight_ratio(x, transmission(x).1);
            assert!((found / exact - 1.0).abs() < 1e-12, "{x}: {found} {exact}");
        }
    }
}
