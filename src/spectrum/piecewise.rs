//! Curves given by points and straight lines between them.

/// Whether these are two or more finite points of strictly ascending abscissa.
pub(crate) fn are_knots(x: &[f64], y: &[f64]) -> bool {
    x.len() == y.len()
        && x.len() >= 2
        && x.iter().chain(y).all(|value| value.is_finite())
        && x.windows(2).all(|pair| pair[0] < pair[1])
}

/// A curve of straight lines between points of ascending abscissa.
#[derive(Clone, Debug, PartialEq)]
pub struct PiecewiseLinear {
    x: Vec<f64>,
    y: Vec<f64>,
}

impl PiecewiseLinear {
    /// The curve through the points, or `None` unless there are two or more finite points of
    /// strictly ascending abscissa.
    pub fn new(x: Vec<f64>, y: Vec<f64>) -> Option<Self> {
        are_knots(&x, &y).then_some(Self { x, y })
    }

    /// Abscissae of the points.
    pub fn x(&self) -> &[f64] {
        &self.x
    }

    /// Ordinates of the points.
    pub fn y(&self) -> &[f64] {
        &self.y
    }

    /// First and last abscissa.
    pub fn range(&self) -> (f64, f64) {
        (self.x[0], self.x[self.x.len() - 1])
    }

    /// Whether the curve is defined from `low` to `high`.
    pub fn covers(&self, low: f64, high: f64) -> bool {
        let (first, last) = self.range();
        first <= low && high <= last
    }

    /// Value at `x`; outside its range the curve keeps its end value.
    pub fn value(&self, x: f64) -> f64 {
        let after = self.x.partition_point(|&knot| knot <= x);
        if after == 0 {
            return self.y[0];
        }
        if after == self.x.len() {
            return self.y[after - 1];
        }
        let (x0, x1) = (self.x[after - 1], self.x[after]);
        let part = (x - x0) / (x1 - x0);
        self.y[after - 1] * (1.0 - part) + self.y[after] * part
    }

    /// Abscissae of the points strictly between `low` and `high`.
    pub fn knots_between(&self, low: f64, high: f64) -> &[f64] {
        let first = self.x.partition_point(|&knot| knot <= low);
        let last = self.x.partition_point(|&knot| knot < high);
        &self.x[first..last.max(first)]
    }

    /// Integral from `low` to `high`, both within the range of the curve.
    pub fn integral(&self, low: f64, high: f64) -> f64 {
        pieces(&[self], low, high)
            .map(|(a, b)| 0.5 * (b - a) * (self.value(a) + self.value(b)))
            .sum()
    }

    /// Integral over the whole curve.
    pub fn total(&self) -> f64 {
        (self.x.windows(2).zip(self.y.windows(2)))
            .map(|(x, y)| 0.5 * (x[1] - x[0]) * (y[0] + y[1]))
            .sum()
    }
}

/// Pieces between `low` and `high` on each of which every one of `curves` is a straight line.
pub(crate) fn pieces(
    curves: &[&PiecewiseLinear],
    low: f64,
    high: f64,
) -> impl Iterator<Item = (f64, f64)> + use<> {
    let mut edges = vec![low];
    for curve in curves {
        edges.extend_from_slice(curve.knots_between(low, high));
    }
    edges.push(high);
    edges.sort_by(f64::total_cmp);
    edges.dedup();
    let upper: Vec<f64> = edges[1..].to_vec();
    edges.into_iter().zip(upper)
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    fn tent() -> PiecewiseLinear {
        PiecewiseLinear::new(vec![1.0, 2.0, 4.0], vec![0.0, 2.0, 0.0]).unwrap()
    }

    #[test]
    fn values_and_integrals_are_those_of_the_lines() {
        let curve = tent();
        assert_relative_eq!(curve.value(1.5), 1.0);
        assert_relative_eq!(curve.value(3.0), 1.0);
        assert_relative_eq!(curve.value(9.0), 0.0);
        assert_relative_eq!(curve.total(), 3.0);
        assert_relative_eq!(curve.integral(1.5, 3.0), 0.75 + 1.5);
        assert_relative_eq!(curve.integral(2.5, 2.75), 0.25 * 0.5 * (1.5 + 1.25));
    }

    #[test]
    fn disorder_and_nan_are_refused() {
        assert!(PiecewiseLinear::new(vec![1.0, 1.0], vec![0.0, 0.0]).is_none());
        assert!(PiecewiseLinear::new(vec![1.0, 2.0], vec![0.0, f64::NAN]).is_none());
        assert!(PiecewiseLinear::new(vec![1.0], vec![0.0]).is_none());
    }

    #[test]
    fn pieces_join_the_knots_of_all_curves() {
        let other = PiecewiseLinear::new(vec![0.0, 2.5, 5.0], vec![1.0, 1.0, 1.0]).unwrap();
        let found: Vec<_> = pieces(&[&tent(), &other], 1.5, 3.0).collect();
        assert_eq!(found, [(1.5, 2.0), (2.0, 2.5), (2.5, 3.0)]);
    }
}
