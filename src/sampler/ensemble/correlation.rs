//! How far apart independent samples lie in a chain.

/// Window of the sum in correlation times (Sokal 1997, as in Foreman-Mackey et al. 2013).
const WINDOW: f64 = 5.0;

/// Integrated autocorrelation time in steps, τ = 1 + 2 Σ ρ(k), of `values` step by step and walker
/// by walker; the autocorrelation is averaged over the walkers, and the sum ends at the first k
/// above 5 τ. 1 for independent steps; the number of steps where it cannot be told.
///
/// # Source
/// Goodman & Weare (2010), eq. 26 and section 5; Sokal (1997), section 3.
pub fn integrated_correlation_time(values: &[f64], walkers: usize) -> f64 {
    let steps = values.len() / walkers.max(1);
    if steps < 4 {
        return steps as f64;
    }
    let series: Vec<Vec<f64>> = (0..walkers).map(|walker| deviations(values, walkers, walker)).collect();
    let autocovariance = |lag: usize| -> f64 {
        let products = series.iter().map(|s| {
            s[..steps - lag].iter().zip(&s[lag..]).map(|(a, b)| a * b).sum::<f64>()
        });
        products.sum::<f64>() / (walkers * (steps - lag)) as f64
    };
    let variance = autocovariance(0);
    if variance <= 0.0 {
        return steps as f64;
    }
    let mut time = 1.0;
    for lag in 1..steps / 2 {
        time += 2.0 * autocovariance(lag) / variance;
        if lag as f64 >= WINDOW * time {
            return time.max(1.0);
        }
    }
    steps as f64
}

/// One walker's values less the mean of all: a walker that stays away from the others then shows
/// as correlation that does not end.
fn deviations(values: &[f64], walkers: usize, walker: usize) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().skip(walker).step_by(walkers).map(|value| value - mean).collect()
}

/// Split R-hat: √((n-1)/n + B/(n W)) of the halves of every walker's chain; 1 when all halves agree.
///
/// # Source
/// Gelman et al. (2013), *Bayesian Data Analysis*, 3rd edition, section 11.4.
pub fn split_r_hat(values: &[f64], walkers: usize) -> f64 {
    let steps = values.len() / walkers.max(1);
    let half = steps / 2;
    if half < 2 {
        return f64::INFINITY;
    }
    let mut means = Vec::with_capacity(2 * walkers);
    let mut within = 0.0;
    for walker in 0..walkers {
        for first in [0, steps - half] {
            let part: Vec<f64> =
                (first..first + half).map(|step| values[step * walkers + walker]).collect();
            let mean = part.iter().sum::<f64>() / half as f64;
            within += part.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (half - 1) as f64;
            means.push(mean);
        }
    }
    let chains = means.len() as f64;
    within /= chains;
    let centre = means.iter().sum::<f64>() / chains;
    let between = means.iter().map(|m| (m - centre).powi(2)).sum::<f64>() / (chains - 1.0);
    if within <= 0.0 {
        return if between > 0.0 { f64::INFINITY } else { 1.0 };
    }
    let n = half as f64;
    ((n - 1.0) / n + between / within).sqrt()
}
