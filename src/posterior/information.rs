//! How much the data say of one quantity: the Kullback-Leibler divergence of its posterior from
//! its (implied) prior.

use super::{WeightedSample, kish_sample_size};

/// Information gain above which a quantity counts as constrained \[nats\]: ln 2 - 3/8, what
/// halving the standard deviation of a normal prior about the same mean gives.
pub const CONSTRAINED_NATS: f64 = std::f64::consts::LN_2 - 0.375;

/// Whether the data constrain a quantity: its gain is above [`CONSTRAINED_NATS`].
pub fn is_constrained(information_gain_nats: f64) -> bool {
    information_gain_nats > CONSTRAINED_NATS
}

/// ∫ p ln(p/π) dx \[nats\] of a weighted posterior sample against prior draws of equal weight.
///
/// Histogram estimate: bin edges at quantiles of the posterior (4 to 32 bins and the two tails
/// outside them, so that a narrow posterior is resolved as well as a broad one), half a count in
/// every prior bin so that none is empty, and the mean excess (bins - 1)/2 · (1/N_post + 1/N_prior)
/// of such an estimate taken off; never below 0. What it can reach is limited by the number of
/// prior draws to about ln(2 N_prior). NaN when either sample has no finite value.
pub fn information_gain(posterior: &WeightedSample, prior: &[f64]) -> f64 {
    let prior: Vec<f64> = prior
        .iter()
        .copied()
        .filter(|value| value.is_finite())
        .collect();
    if posterior.values().is_empty() || prior.is_empty() {
        return f64::NAN;
    }
    let size = kish_sample_size(posterior.weights());
    let edges = posterior_edges(posterior, size);
    let bins = edges.len() + 1;
    let bin_of = |value: f64| edges.partition_point(|edge| *edge <= value);

    let mut posterior_mass = vec![0.0; bins];
    for (value, weight) in posterior.values().iter().zip(posterior.weights()) {
        posterior_mass[bin_of(*value)] += weight;
    }
    let mut prior_count = vec![0.5; bins];
    for value in &prior {
        prior_count[bin_of(*value)] += 1.0;
    }
    let prior_total = prior.len() as f64 + 0.5 * bins as f64;
    let divergence: f64 = (posterior_mass.iter().zip(&prior_count))
        .filter(|(mass, _)| **mass > 0.0)
        .map(|(mass, count)| mass * (mass * prior_total / count).ln())
        .sum();
    let excess = 0.5 * (bins - 1) as f64 * (1.0 / size + 1.0 / prior.len() as f64);
    (divergence - excess).max(0.0)
}

/// Distinct inner edges between bins of equal posterior mass, with the extremes of the sample as
/// the outermost so that prior mass outside them falls in bins of its own.
fn posterior_edges(posterior: &WeightedSample, size: f64) -> Vec<f64> {
    let bins = ((0.5 * size.sqrt()) as usize).clamp(4, 32);
    let mut edges = vec![posterior.values()[0]];
    edges.extend((1..bins).map(|k| posterior.quantile(k as f64 / bins as f64)));
    // An edge belongs to the bin above it; the largest sample belongs to the last bin inside.
    edges.push(posterior.values()[posterior.values().len() - 1].next_up());
    edges.dedup();
    edges
}
