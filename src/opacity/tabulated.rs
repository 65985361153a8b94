//! Partition functions from tables with few temperatures.

use super::partition::PartitionFunction;
use crate::error::InputError;

/// Rows of a table: text after a `#` line is skipped, the first row gives the temperatures.
fn rows(table: &str) -> impl Iterator<Item = (&str, &str)> {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(','))
}

fn numbers(row: &str) -> Option<Vec<f64>> {
    row.split(',')
        .map(|cell| cell.trim().parse().ok())
        .collect()
}

/// Names in the first column, without the header.
pub(super) fn names(table: &'static str) -> impl Iterator<Item = &'static str> {
    rows(table).skip(1).map(|(name, _)| name)
}

/// The partition function of one row, joined by [`spline`].
pub(super) fn partition_function(table: &str, name: &str) -> Option<PartitionFunction> {
    let mut rows = rows(table);
    let temperature_k = numbers(rows.next()?.1)?;
    let value = numbers(rows.find(|row| row.0 == name)?.1)?;
    spline(&temperature_k, &value).ok()
}

/// Joins a table of T \[K\] and Q by a natural cubic spline in ln Q against ln T and samples it at
/// steps of 1 % in T; beyond its ends the spline goes on straight.
///
/// # Errors
/// As [`PartitionFunction::new`].
pub(super) fn spline(
    temperature_k: &[f64],
    value: &[f64],
) -> Result<PartitionFunction, InputError> {
    PartitionFunction::new(temperature_k, value)?;
    let x: Vec<f64> = temperature_k.iter().map(|t| t.ln()).collect();
    let y: Vec<f64> = value.iter().map(|q| q.ln()).collect();
    let curvature = curvatures(&x, &y);
    PartitionFunction::sampled(|t_k| {
        let at = t_k.ln();
        let high = x.partition_point(|node| *node < at).clamp(1, x.len() - 1);
        let low = high - 1;
        let h = x[high] - x[low];
        let (a, b) = ((x[high] - at) / h, (at - x[low]) / h);
        let straight = a * y[low] + b * y[high];
        let bend = if (0.0..=1.0).contains(&b) {
            (a * a * a - a) * curvature[low] + (b * b * b - b) * curvature[high]
        } else {
            0.0
        };
        (straight + bend * h * h / 6.0).exp()
    })
}

/// Second derivatives of the natural cubic spline at its nodes (Thomas algorithm).
fn curvatures(x: &[f64], y: &[f64]) -> Vec<f64> {
    let n = x.len();
    let mut upper = vec![0.0; n];
    let mut second = vec![0.0; n];
    for i in 1..n - 1 {
        let (h0, h1) = (x[i] - x[i - 1], x[i + 1] - x[i]);
        let slope_change = (y[i + 1] - y[i]) / h1 - (y[i] - y[i - 1]) / h0;
        let pivot = 2.0 * (h0 + h1) - h0 * upper[i - 1];
        upper[i] = h1 / pivot;
        second[i] = (6.0 * slope_change - h0 * second[i - 1]) / pivot;
    }
    for i in (1..n - 1).rev() {
        second[i] -= upper[i] * second[i + 1];
    }
    second
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_power_law_is_exact_and_a_bad_table_refused() {
        let t = [50.0, 100.0, 300.0, 1000.0, 3000.0, 10_000.0];
        let table = spline(&t, &t.map(|t: f64| 0.3 * t.powf(1.5))).expect("positive");
        for t_k in [100.0, 777.0, 5000.0] {
            assert!((table.value(t_k) / (0.3 * t_k.powf(1.5)) - 1.0).abs() < 1e-12);
        }
        assert!(spline(&t, &[1.0; 5]).is_err());
        assert!(spline(&t, &[1.0, 1.0, -1.0, 1.0, 1.0, 1.0]).is_err());
    }
}
