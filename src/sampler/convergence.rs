//! Convergence of Markov chains: autocorrelation time, split R-hat.

/// The window is the smallest that holds this many autocorrelation times (Sokal 1997).
const WINDOW_TIMES: f64 = 5.0;

/// Integrated autocorrelation time τ = 1 + 2 Σ ρ(t), in steps, of chains of one quantity.
///
/// The chains' autocovariances are averaged before normalising (Goodman & Weare 2010), about the
/// common mean, and the sum is cut at the first t ≥ 5 τ(t) (Sokal). At least 1; NaN for fewer than
/// two steps; the number of steps for chains that never move.
pub fn autocorrelation_time(chains: &[Vec<f64>]) -> f64 {
    let steps = chains.iter().map(Vec::len).min().unwrap_or(0);
    if steps < 2 {
        return f64::NAN;
    }
    let count = (chains.len() * steps) as f64;
    let mean = chains.iter().flat_map(|c| &c[..steps]).sum::<f64>() / count;
    let covariance = |lag: usize| -> f64 {
        let sum: f64 = chains
            .iter()
            .map(|chain| {
                (chain[..steps - lag].iter().zip(&chain[lag..steps]))
                    .map(|(a, b)| (a - mean) * (b - mean))
                    .sum::<f64>()
            })
            .sum();
        sum / (chains.len() * (steps - lag)) as f64
    };
    let variance = covariance(0);
    if variance <= 0.0 {
        return steps as f64;
    }
    let mut time = 1.0;
    for lag in 1..steps {
        time += 2.0 * covariance(lag) / variance;
        if lag as f64 >= WINDOW_TIMES * time {
            break;
        }
    }
    time.max(1.0)
}

/// Split R-hat: each chain is cut in halves, and their means are compared with their variances
/// (Gelman et al. 2013, eq. 11.3-11.4). 1 at convergence; NaN for fewer than four steps.
pub fn split_r_hat(chains: &[Vec<f64>]) -> f64 {
    let half = chains.iter().map(Vec::len).min().unwrap_or(0) / 2;
    if half < 2 {
        return f64::NAN;
    }
    let halves: Vec<&[f64]> = chains
        .iter()
        .flat_map(|chain| [&chain[..half], &chain[chain.len() - half..]])
        .collect();
    let count = half as f64;
    let means: Vec<f64> = halves
        .iter()
        .map(|part| part.iter().sum::<f64>() / count)
        .collect();
    let within = halves
        .iter()
        .zip(&means)
        .map(|(part, mean)| part.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (count - 1.0))
        .sum::<f64>()
        / halves.len() as f64;
    let grand = means.iter().sum::<f64>() / means.len() as f64;
    let between =
        means.iter().map(|mean| (mean - grand).powi(2)).sum::<f64>() / (means.len() - 1) as f64;
    if within <= 0.0 {
        return if between > 0.0 { f64::INFINITY } else { 1.0 };
    }
    ((count - 1.0) / count + between / within).sqrt()
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;
    use rand_distr::{Distribution, StandardNormal};

    use super::*;
    use crate::sampler::stream::StreamAddress;

    fn autoregressive(coefficient: f64, chains: u64, steps: usize) -> Vec<Vec<f64>> {
        (0..chains)
            .map(|chain| {
                let mut generator = StreamAddress {
                    seed: 11,
                    segment: 0,
                    batch: 0,
                    chain,
                }
                .generator();
                let mut value: f64 = StandardNormal.sample(&mut generator);
                (0..steps)
                    .map(|_| {
                        let noise: f64 = StandardNormal.sample(&mut generator);
                        value =
                            coefficient * value + (1.0 - coefficient * coefficient).sqrt() * noise;
                        value
                    })
                    .collect()
            })
            .collect()
    }

    /// τ of a first-order autoregression is (1 + φ)/(1 - φ).
    #[test]
    fn autocorrelation_time_of_an_autoregression() {
        for coefficient in [0.0, 0.5, 0.9] {
            let time = autocorrelation_time(&autoregressive(coefficient, 16, 4_000));
            // Measured deviations: 0.9 %, 1.1 % and 1.0 %.
            assert_relative_eq!(
                time,
                (1.0 + coefficient) / (1.0 - coefficient),
                max_relative = 0.06
            );
        }
    }

    #[test]
    fn r_hat_is_one_for_equal_chains_and_large_for_separate_ones() {
        let mut chains = autoregressive(0.5, 8, 2_000);
        assert!((split_r_hat(&chains) - 1.0).abs() < 0.01);
        chains[3].iter_mut().for_each(|value| *value += 5.0);
        assert!(split_r_hat(&chains) > 1.2);
        // A trend within the chains is seen because they are cut in halves.
        let trend: Vec<Vec<f64>> = (0..4).map(|_| (0..100).map(f64::from).collect()).collect();
        assert!(split_r_hat(&trend) > 1.5);
    }
}
