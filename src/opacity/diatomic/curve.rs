//! Cubic splines through the points of a table.

use crate::error::InputError;

/// What a spline does at its outermost knots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boundary {
    /// The third derivative is continuous at the second and the last but one knot.
    NotAKnot,
    /// The second derivative is zero at the ends.
    Natural,
}

/// What a curve does beyond its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Keeps the value of the outermost knot.
    Hold,
    /// Goes on as a straight line with the slope of the spline at the outermost knot.
    Linear,
    /// Goes on with the outermost cubic.
    Cubic,
}

/// A function of r given by a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    r_angstrom: Vec<f64>,
    value: Vec<f64>,
    slope: Vec<f64>,
    low: End,
    high: End,
}

impl Curve {
    /// A spline through a table of r \[Å\] and a quantity.
    ///
    /// # Errors
    /// Names `place`: fewer than four rows, lengths that differ, values that are not finite, r that
    /// does not ascend.
    pub fn new(
        place: &str,
        r_angstrom: &[f64],
        value: &[f64],
        boundary: Boundary,
        (low, high): (End, End),
    ) -> Result<Self, InputError> {
        if r_angstrom.len() != value.len() || value.len() < 4 {
            return Err(InputError::value(
                place,
                format!("{} distances, {} values", r_angstrom.len(), value.len()),
                "as many values as distances, at least four",
            ));
        }
        let bad = (0..value.len()).find(|&i| {
            let ascends = i == 0 || r_angstrom[i] > r_angstrom[i - 1];
            !(ascends && r_angstrom[i].is_finite() && value[i].is_finite())
        });
        if let Some(row) = bad {
            return Err(InputError::value(
                format!("{place}, row {} (first row of numbers is 1)", row + 1),
                format!("r = {}, value = {}", r_angstrom[row], value[row]),
                "finite numbers with r ascending",
            ));
        }
        Ok(Self {
            slope: slopes(r_angstrom, value, boundary),
            r_angstrom: r_angstrom.to_vec(),
            value: value.to_vec(),
            low,
            high,
        })
    }

    /// A not-a-knot spline, held beyond its ends, from CSV text: one line of headings, then r \[Å\]
    /// and the quantity. Lines that start with `#` are comments.
    ///
    /// # Errors
    /// Names `place` and the line; as [`Curve::new`] for the numbers.
    pub fn from_csv(place: &str, text: &str) -> Result<Self, InputError> {
        let rows = text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
            .skip(1);
        let (mut r_angstrom, mut value) = (Vec::new(), Vec::new());
        for (index, line) in rows {
            let mut fields = line.split(',').map(|field| field.trim().parse::<f64>());
            match (fields.next(), fields.next()) {
                (Some(Ok(r)), Some(Ok(v))) => {
                    r_angstrom.push(r);
                    value.push(v);
                }
                _ => {
                    return Err(InputError::value(
                        format!("{place}, line {}", index + 1),
                        line,
                        "two numbers separated by a comma",
                    ));
                }
            }
        }
        Self::new(
            place,
            &r_angstrom,
            &value,
            Boundary::NotAKnot,
            (End::Hold, End::Hold),
        )
    }

    /// The same curve with other ends.
    #[must_use]
    pub fn with_ends(mut self, low: End, high: End) -> Self {
        (self.low, self.high) = (low, high);
        self
    }

    /// First and last distance of the table \[Å\].
    pub fn range_angstrom(&self) -> (f64, f64) {
        (self.r_angstrom[0], self.r_angstrom[self.last()])
    }

    /// The knots: distance \[Å\] and quantity.
    pub fn knots(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.r_angstrom
            .iter()
            .copied()
            .zip(self.value.iter().copied())
    }

    /// The quantity at a distance \[Å\].
    pub fn value(&self, r_angstrom: f64) -> f64 {
        let last = self.last();
        if r_angstrom < self.r_angstrom[0] {
            return self.beyond(r_angstrom, 0, self.low);
        }
        if r_angstrom > self.r_angstrom[last] {
            return self.beyond(r_angstrom, last, self.high);
        }
        self.cubic(r_angstrom)
    }

    fn last(&self) -> usize {
        self.r_angstrom.len() - 1
    }

    fn beyond(&self, r_angstrom: f64, knot: usize, end: End) -> f64 {
        match end {
            End::Hold => self.value[knot],
            End::Linear => {
                self.value[knot] + self.slope[knot] * (r_angstrom - self.r_angstrom[knot])
            }
            End::Cubic => self.cubic(r_angstrom),
        }
    }

    /// Hermite cubic of the interval that holds r, or of the outermost one.
    fn cubic(&self, r_angstrom: f64) -> f64 {
        let high = self
            .r_angstrom
            .partition_point(|knot| *knot < r_angstrom)
            .clamp(1, self.last());
        let low = high - 1;
        let h = self.r_angstrom[high] - self.r_angstrom[low];
        let t = (r_angstrom - self.r_angstrom[low]) / h;
        let (y0, y1) = (self.value[low], self.value[high]);
        let (d0, d1) = (h * self.slope[low], h * self.slope[high]);
        let c2 = 3.0 * (y1 - y0) - 2.0 * d0 - d1;
        let c3 = d0 + d1 - 2.0 * (y1 - y0);
        y0 + t * (d0 + t * (c2 + t * c3))
    }
}

/// Slopes at the knots that make the second derivative continuous: a tridiagonal system.
fn slopes(x: &[f64], y: &[f64], boundary: Boundary) -> Vec<f64> {
    let n = x.len();
    let step: Vec<f64> = x.windows(2).map(|w| w[1] - w[0]).collect();
    let secant: Vec<f64> = (0..n - 1).map(|i| (y[i + 1] - y[i]) / step[i]).collect();
    let (mut below, mut diagonal, mut above, mut right) =
        (vec![0.0; n], vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    for i in 1..n - 1 {
        below[i] = step[i];
        diagonal[i] = 2.0 * (step[i - 1] + step[i]);
        above[i] = step[i - 1];
        right[i] = 3.0 * (step[i] * secant[i - 1] + step[i - 1] * secant[i]);
    }
    // At an end: h0 is the outermost interval, h1 its neighbour, s0 and s1 their secants.
    let end_row = |h0: f64, h1: f64, s0: f64, s1: f64| match boundary {
        Boundary::NotAKnot => {
            let d = h0 + h1;
            (h1, d, ((h0 + 2.0 * d) * h1 * s0 + h0 * h0 * s1) / d)
        }
        Boundary::Natural => (2.0, 1.0, 3.0 * s0),
    };
    (diagonal[0], above[0], right[0]) = end_row(step[0], step[1], secant[0], secant[1]);
    (diagonal[n - 1], below[n - 1], right[n - 1]) =
        end_row(step[n - 2], step[n - 3], secant[n - 2], secant[n - 3]);
    for i in 1..n {
        let factor = below[i] / diagonal[i - 1];
        diagonal[i] -= factor * above[i - 1];
        right[i] -= factor * right[i - 1];
    }
    let mut slope = right;
    slope[n - 1] /= diagonal[n - 1];
    for i in (0..n - 1).rev() {
        slope[i] = (slope[i] - above[i] * slope[i + 1]) / diagonal[i];
    }
    slope
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_not_a_knot_spline_is_exact_for_a_cubic_and_a_natural_one_for_a_line() {
        let x = [0.5, 0.9, 1.1, 1.7, 2.0, 2.9];
        let cubic = |r: f64| 1.0 + r * (-2.0 + r * (0.5 + 0.7 * r));
        let y = x.map(cubic);
        let held = (End::Hold, End::Cubic);
        let curve = Curve::new("test", &x, &y, Boundary::NotAKnot, held).expect("ascending");
        for r in [0.5, 0.7, 1.05, 1.9, 2.4, 2.9, 3.3] {
            assert!((curve.value(r) - cubic(r)).abs() < 1e-12, "{r}");
        }
        assert_eq!(curve.value(0.1), y[0]);
        let line = x.map(|r| 3.0 - 2.0 * r);
        let ends = (End::Linear, End::Linear);
        let curve = Curve::new("test", &x, &line, Boundary::Natural, ends).expect("ascending");
        for r in [0.0, 0.6, 1.3, 2.5, 4.0] {
            assert!((curve.value(r) - (3.0 - 2.0 * r)).abs() < 1e-12, "{r}");
        }
    }

    #[test]
    fn bad_tables_are_refused_with_their_line() {
        let message = Curve::from_csv("a.csv", "r,v\n1,2\n2,x\n")
            .expect_err("a word")
            .to_string();
        assert!(message.contains("line 3"), "{message}");
        assert!(Curve::from_csv("a.csv", "r,v\n1,2\n2,3\n1.5,3\n3,4\n").is_err());
        assert!(Curve::from_csv("a.csv", "r,v\n1,2\n2,3\n").is_err());
        assert!(Curve::from_csv("a.csv", "# c\nr,v\n1,2\n2,3\n3,3\n4,4\n").is_ok());
    }
}
