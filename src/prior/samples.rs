//! Priors made of weighted samples, such as the posterior of an earlier run.

use std::cmp::Ordering;

use super::univariate::{cumulative, interval};

/// One column of weighted samples as a continuous distribution.
///
/// The samples are put in order (equal ones merged); between neighbours x_i and x_(i+1) lies the
/// probability (w_i + w_(i+1)) / 2, spread evenly, all divided by its sum. The quantile function
/// is therefore piecewise linear and the density piecewise constant.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantiles {
    values: Vec<f64>,
    /// Probability below each value: 0 at the first, 1 at the last.
    below: Vec<f64>,
    samples: usize,
}

impl Quantiles {
    /// `None` unless at least two different values have weight.
    pub fn new(values: &[f64], weights: &[f64]) -> Option<Self> {
        let samples = values.len();
        let mut pairs: Vec<(f64, f64)> = values
            .iter()
            .copied()
            .zip(weights.iter().copied())
            .filter(|(_, weight)| *weight > 0.0)
            .collect();
        pairs.sort_by(|left, right| left.0.total_cmp(&right.0));
        pairs.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 += later.1;
            }
            same
        });
        if pairs.len() < 2 {
            return None;
        }
        let mut below = Vec::with_capacity(pairs.len());
        let mut sum = 0.0;
        below.push(0.0);
        for neighbours in pairs.windows(2) {
            sum += 0.5 * (neighbours[0].1 + neighbours[1].1);
            below.push(sum);
        }
        for probability in &mut below {
            *probability /= sum;
        }
        Some(Self {
            values: pairs.into_iter().map(|pair| pair.0).collect(),
            below,
            samples,
        })
    }

    /// The value below which the probability is `unit`.
    pub fn quantile(&self, unit: f64) -> f64 {
        let right = self.right_of(&self.below, unit);
        let (left_p, right_p) = (self.below[right - 1], self.below[right]);
        let (left, value) = (self.values[right - 1], self.values[right]);
        let share = (unit - left_p) / (right_p - left_p);
        (left + (value - left) * share).clamp(left, value)
    }

    /// Index of the upper node of the segment that holds `position`, at least 1.
    fn right_of(&self, nodes: &[f64], position: f64) -> usize {
        nodes
            .partition_point(|node| *node <= position)
            .clamp(1, self.values.len() - 1)
    }

    /// Probability below `x`.
    pub fn cdf(&self, x: f64) -> f64 {
        let right = self.right_of(&self.values, x);
        let share = (x - self.values[right - 1]) / (self.values[right] - self.values[right - 1]);
        self.below[right - 1] + (self.below[right] - self.below[right - 1]) * share.clamp(0.0, 1.0)
    }

    /// ln of the density of the segment that holds `x`.
    pub fn ln_density(&self, x: f64) -> f64 {
        let right = self.right_of(&self.values, x);
        let probability = self.below[right] - self.below[right - 1];
        (probability / (self.values[right] - self.values[right - 1])).ln()
    }

    /// Least and greatest sample.
    pub fn support(&self) -> (f64, f64) {
        (self.values[0], self.values[self.values.len() - 1])
    }

    /// The distribution in words, for `check`.
    pub fn describe(&self) -> String {
        let (low, high) = self.support();
        format!("{} weighted samples, {low} .. {high}", self.samples)
    }
}

/// Several columns of weighted samples, drawn row by row, which keeps every correlation.
///
/// One unit coordinate picks a row: the rows are ordered by their first column (then the second,
/// and so on) and each takes an interval as wide as its share of the weight. The distribution is
/// discrete: the density is the probability of a row, and other points have none.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    width: usize,
    /// Ordered rows, one after another.
    values: Vec<f64>,
    weights: Vec<f64>,
    edges: Vec<f64>,
}

fn compare(left: &[f64], right: &[f64]) -> Ordering {
    left.iter()
        .zip(right)
        .map(|(a, b)| a.total_cmp(b))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

impl Rows {
    /// `values`: row by row, `width` columns; `None` when no row has weight.
    pub fn new(width: usize, values: &[f64], weights: &[f64]) -> Option<Self> {
        let mut rows: Vec<(&[f64], f64)> = values
            .chunks_exact(width)
            .zip(weights.iter().copied())
            .filter(|(_, weight)| *weight > 0.0)
            .collect();
        rows.sort_by(|left, right| compare(left.0, right.0));
        rows.dedup_by(|later, kept| {
            let same = compare(later.0, kept.0).is_eq();
            if same {
                kept.1 += later.1;
            }
            same
        });
        let total: f64 = rows.iter().map(|row| row.1).sum();
        if rows.is_empty() {
            return None;
        }
        let weights: Vec<f64> = rows.iter().map(|row| row.1 / total).collect();
        Some(Self {
            width,
            values: rows.iter().flat_map(|row| row.0).copied().collect(),
            edges: cumulative(&weights),
            weights,
        })
    }

    /// Writes the row that `unit` picks to `theta[indices[..]]`.
    pub fn transform(&self, unit: f64, indices: &[usize], theta: &mut [f64]) {
        let row = interval(&self.edges, unit);
        for (index, value) in indices.iter().zip(self.row(row)) {
            theta[*index] = *value;
        }
    }

    fn row(&self, index: usize) -> &[f64] {
        &self.values[index * self.width..(index + 1) * self.width]
    }

    fn position(&self, values: &[f64]) -> Option<usize> {
        let (mut low, mut high) = (0, self.weights.len());
        while low < high {
            let middle = low.midpoint(high);
            match compare(self.row(middle), values) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    /// The middle of the interval of the row equal to `values`.
    pub fn unit_of(&self, values: &[f64]) -> Option<f64> {
        self.position(values)
            .map(|index| self.edges[index] - 0.5 * self.weights[index])
    }

    /// ln of the probability of the row equal to `values`.
    pub fn ln_density(&self, values: &[f64]) -> f64 {
        self.position(values)
            .map_or(f64::NEG_INFINITY, |index| self.weights[index].ln())
    }

    /// Least and greatest value of a column.
    pub fn support(&self, column: usize) -> (f64, f64) {
        self.values
            .chunks_exact(self.width)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), row| {
                (low.min(row[column]), high.max(row[column]))
            })
    }

    /// The distribution in words, for `check`.
    pub fn describe(&self) -> String {
        format!("one of {} weighted rows", self.weights.len())
    }
}
