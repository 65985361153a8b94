//! The insertion-index test of nested sampling (Fowlie, Handley & Su 2020).
//!
//! If new points are independent draws from the prior above the contour, their ranks among the
//! live points are uniform. A failed test proves a fault; a passed one proves little: points that
//! stay in the right proportions at wrong volumes pass.

/// Result of the test on one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InsertionTest {
    /// p-value of the Kolmogorov-Smirnov test over the whole run.
    pub whole_run: f64,
    /// Smallest p-value among windows of N insertions, times the number of windows, at most 1.
    pub windows: f64,
    /// Number of windows.
    pub window_count: usize,
}

impl InsertionTest {
    /// p-value of both looks together: twice the smaller, at most 1.
    pub fn p_value(&self) -> f64 {
        (2.0 * self.whole_run.min(self.windows)).min(1.0)
    }
}

/// Tests ranks in (0, 1), in the order of insertion, over the run and in windows of `live_points`.
///
/// The ranks of [`super::SampleSet::insertion_rank`] are broken by the random labels, so plateaus
/// need no special care. No ranks at all give p = 1.
pub fn insertion_test(insertion_rank: &[f64], live_points: usize) -> InsertionTest {
    let windows: Vec<f64> = insertion_rank
        .chunks_exact(live_points.max(1))
        .map(uniform_p_value)
        .collect();
    let smallest = windows.iter().copied().fold(1.0, f64::min);
    InsertionTest {
        whole_run: uniform_p_value(insertion_rank),
        windows: (smallest * windows.len().max(1) as f64).min(1.0),
        window_count: windows.len(),
    }
}

/// Kolmogorov-Smirnov p-value of values against the uniform distribution on (0, 1).
///
/// With Stephens' (1970) correction of the asymptotic distribution for a finite number of values:
/// λ = D (√n + 0.12 + 0.11/√n), p = 2 Σ (-1)^(k-1) exp(-2 k² λ²).
pub fn uniform_p_value(values: &[f64]) -> f64 {
    if values.is_empty() {
        return 1.0;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let count = sorted.len() as f64;
    let distance = sorted
        .iter()
        .enumerate()
        .map(|(i, value)| (value - i as f64 / count).max((i + 1) as f64 / count - value))
        .fold(0.0, f64::max);
    let root = count.sqrt();
    let lambda = distance * (root + 0.12 + 0.11 / root);
    if lambda < 0.2 {
        // The alternating series does not converge there, and p differs from 1 by < 1e-12.
        return 1.0;
    }
    let sum: f64 = (1..=100)
        .map(|k| {
            let term = (-2.0 * f64::from(k * k) * lambda * lambda).exp();
            if k % 2 == 1 { term } else { -term }
        })
        .sum();
    (2.0 * sum).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;
    use crate::sampler::stream::StreamAddress;

    /// Known answers: Q(1.3581) = 0.05 and Q(1.6276) = 0.01, the tabulated critical values of the
    /// Kolmogorov distribution (Smirnov 1948).
    #[test]
    fn kolmogorov_distribution_has_its_tabulated_quantiles() {
        for (lambda, p) in [(1.3581, 0.05), (1.6276, 0.01)] {
            // n values evenly spread, then all moved by D.
            let count = 10_000;
            let root = f64::from(count).sqrt();
            let distance = lambda / (root + 0.12 + 0.11 / root);
            let values: Vec<f64> = (0..count)
                .map(|i| (f64::from(i) / f64::from(count) + distance).min(1.0))
                .collect();
            let found = uniform_p_value(&values);
            // Measured deviation: 2e-5.
            assert!((found - p).abs() < 2e-4, "{lambda}: {found}");
        }
    }

    #[test]
    fn uniform_ranks_pass_and_a_skewed_window_fails() {
        let mut generator = StreamAddress {
            seed: 5,
            segment: 0,
            batch: 0,
            chain: 0,
        }
        .generator();
        let mut ranks: Vec<f64> = (0..20_000).map(|_| generator.random()).collect();
        assert!(insertion_test(&ranks, 500).p_value() > 0.01);
        ranks[5_000..5_500]
            .iter_mut()
            .for_each(|rank| *rank = rank.powf(1.5));
        let test = insertion_test(&ranks, 500);
        assert!(test.windows < 1e-3 && test.window_count == 40);
        assert_eq!(insertion_test(&[], 500).p_value(), 1.0);
    }
}
