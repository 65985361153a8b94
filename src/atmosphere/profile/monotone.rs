//! Monotone cubic interpolation.

use crate::spectrum::are_knots;

/// A curve of cubics through points, with a continuous slope, that has no extremum between them.
#[derive(Clone, Debug, PartialEq)]
pub struct MonotoneCubic {
    x: Vec<f64>,
    y: Vec<f64>,
    slope: Vec<f64>,
}

impl MonotoneCubic {
    /// The curve through the points, or `None` unless there are two or more finite points of
    /// strictly ascending abscissa.
    ///
    /// The slope at a point is the weighted harmonic mean of those of its two intervals, zero at an
    /// extremum; at the ends it is that of the parabola through three points, cut so that the curve
    /// keeps its direction.
    ///
    /// # Source
    /// Fritsch & Carlson (1980), SIAM J. Numer. Anal. 17, 238 (condition of monotony); Fritsch &
    /// Butland (1984), SIAM J. Sci. Stat. Comput. 5, 300, equation 5 (the slopes).
    pub fn new(x: Vec<f64>, y: Vec<f64>) -> Option<Self> {
        if !are_knots(&x, &y) {
            return None;
        }
        let slope = slopes(&x, &y);
        Some(Self { x, y, slope })
    }

    /// Value at `x`; beyond the points the curve keeps its end value.
    pub fn value(&self, x: f64) -> f64 {
        let after = self.x.partition_point(|&knot| knot <= x);
        if after == 0 {
            return self.y[0];
        }
        if after == self.x.len() {
            return self.y[after - 1];
        }
        let i = after - 1;
        let width = self.x[after] - self.x[i];
        let t = (x - self.x[i]) / width;
        let u = 1.0 - t;
        // The Hermite basis.
        self.y[i] * u * u * (1.0 + 2.0 * t)
            + self.y[after] * t * t * (1.0 + 2.0 * u)
            + width * t * u * (self.slope[i] * u - self.slope[after] * t)
    }
}

fn slopes(x: &[f64], y: &[f64]) -> Vec<f64> {
    let n = x.len();
    let width = |i: usize| x[i + 1] - x[i];
    let secant = |i: usize| (y[i + 1] - y[i]) / width(i);
    if n == 2 {
        return vec![secant(0); 2];
    }
    let mut slope = vec![0.0; n];
    for (i, slope) in slope.iter_mut().enumerate().take(n - 1).skip(1) {
        let (before, after) = (secant(i - 1), secant(i));
        if before * after > 0.0 {
            let (h0, h1) = (width(i - 1), width(i));
            let (w0, w1) = (2.0 * h1 + h0, h1 + 2.0 * h0);
            *slope = (w0 + w1) / (w0 / before + w1 / after);
        }
    }
    slope[0] = end_slope(width(0), width(1), secant(0), secant(1));
    slope[n - 1] = end_slope(width(n - 2), width(n - 3), secant(n - 2), secant(n - 3));
    slope
}

/// Slope at the end of the interval of width `h0` and secant `d0`, whose neighbour has `h1`, `d1`.
fn end_slope(h0: f64, h1: f64, d0: f64, d1: f64) -> f64 {
    let parabola = ((2.0 * h0 + h1) * d0 - h0 * d1) / (h0 + h1);
    if parabola * d0 <= 0.0 {
        0.0
    } else if d0 * d1 <= 0.0 && parabola.abs() > 3.0 * d0.abs() {
        3.0 * d0
    } else {
        parabola
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_lines_and_points_are_met() {
        let line = MonotoneCubic::new(vec![0.0, 1.0, 4.0], vec![1.0, 3.0, 9.0]).unwrap();
        for x in [0.0, 0.3, 1.0, 2.2, 4.0] {
            assert_relative_eq!(line.value(x), 1.0 + 2.0 * x, max_relative = 1e-14);
        }
        let two = MonotoneCubic::new(vec![0.0, 2.0], vec![4.0, 0.0]).unwrap();
        assert_relative_eq!(two.value(0.5), 3.0);
        assert_eq!((two.value(-1.0), two.value(9.0)), (4.0, 0.0));
        assert!(MonotoneCubic::new(vec![0.0, 0.0], vec![1.0, 2.0]).is_none());
        assert!(MonotoneCubic::new(vec![0.0], vec![1.0]).is_none());
        assert!(MonotoneCubic::new(vec![0.0, 1.0], vec![f64::NAN, 2.0]).is_none());
    }

    /// The harmonic mean at the middle of equal intervals: secants 1 and 3 give 2/(1 + 1/3) = 1.5;
    /// the ends have 0 (the parabola's slope) and 4. Halfway through the first interval the Hermite
    /// cubic is 0.5 + (0 - 1.5)/8.
    #[test]
    fn the_slopes_are_those_worked_out_by_hand() {
        let curve = MonotoneCubic::new(vec![0.0, 1.0, 2.0], vec![0.0, 1.0, 4.0]).unwrap();
        assert_eq!(curve.slope, [0.0, 1.5, 4.0]);
        assert_relative_eq!(curve.value(0.5), 0.3125, max_relative = 1e-15);
    }

    proptest! {
        /// No overshoot: between two points the curve stays between their values and does not turn.
        #[test]
        fn the_curve_does_not_turn_between_points(
            steps in prop::collection::vec((0.01..3.0_f64, -500.0..500.0_f64), 2..9),
        ) {
            let (mut x, mut y) = (vec![0.0], vec![2_000.0]);
            for (dx, dy) in steps {
                x.push(x[x.len() - 1] + dx);
                y.push(y[y.len() - 1] + dy);
            }
            let curve = MonotoneCubic::new(x.clone(), y.clone()).unwrap();
            for i in 0..x.len() - 1 {
                let sign = (y[i + 1] - y[i]).signum();
                let mut last = y[i];
                for j in 1..=40 {
                    let here = curve.value(x[i] + (x[i + 1] - x[i]) * f64::from(j) / 40.0);
                    prop_assert!((here - last) * sign >= -1e-9);
                    last = here;
                }
                prop_assert!((last - y[i + 1]).abs() < 1e-9);
            }
        }
    }
}
