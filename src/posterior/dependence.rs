//! What the answer depends on: a quantity with one other held.
//!
//! Samples are weighed again with a normal density of the held quantity about its central prior value,
//! of a width of a quarter of its prior's: the posterior as it would be were the quantity known that
//! well. No new likelihood call is needed; the effective number of samples says how far it can be
//! trusted.

use super::{Posterior, WeightedSample, kish_sample_size};

/// Width of the hold over half the central 68 % of the prior.
const HOLD: f64 = 0.25;

/// The target with one quantity held.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// Name of the quantity that is held.
    pub name: String,
    /// Where it is held: the median of its prior.
    pub value: f64,
    /// Median of the target then.
    pub median: f64,
    /// Its shift over the standard deviation of the target with nothing held.
    pub shift_sigma: f64,
    /// Half the central 68 % of the target then, over that with nothing held.
    pub width_ratio: f64,
    /// Effective number of samples behind it.
    pub effective_samples: f64,
}

/// Median and half the central 68 % of a sample.
fn spread(sample: &WeightedSample) -> (f64, f64) {
    let half = 0.5 * (sample.quantile(0.841_34) - sample.quantile(0.158_66));
    (sample.quantile(0.5), half)
}

/// The `target` column with each of the `others` held in turn.
///
/// # Arguments
/// * `prior` - draws of the prior, by column
///
/// Quantities without width in prior or posterior are left out.
pub fn dependence(
    posterior: &Posterior,
    prior: &[Vec<f64>],
    target: usize,
    others: &[usize],
) -> Vec<Held> {
    let values = posterior.column(target);
    let (median, width) = spread(&WeightedSample::new(&values, posterior.weights()));
    let mut table = Vec::new();
    for other in others.iter().filter(|other| **other != target) {
        let equal = vec![1.0; prior[*other].len()];
        let (centre, prior_width) = spread(&WeightedSample::new(&prior[*other], &equal));
        let hold = HOLD * prior_width;
        if hold.is_nan() || hold <= 0.0 || width.is_nan() || width <= 0.0 {
            continue;
        }
        let weights: Vec<f64> = (posterior.column(*other).iter())
            .zip(posterior.weights())
            .map(|(x, weight)| weight * (-0.5 * ((x - centre) / hold).powi(2)).exp())
            .collect();
        let (held_median, held_width) = spread(&WeightedSample::new(&values, &weights));
        table.push(Held {
            name: posterior.names()[*other].clone(),
            value: centre,
            median: held_median,
            shift_sigma: (held_median - median) / width,
            width_ratio: held_width / width,
            effective_samples: kish_sample_size(&weights),
        });
    }
    table
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;
    use rand_distr::{Distribution, StandardNormal};

    use super::*;
    use crate::posterior::PosteriorParts;

    /// x and y normal with correlation 0.8 and z apart; y about 0.5. Held at 0 with a width h of a quarter,
    /// x | y has the mean ρ ȳ' and the variance 1 - ρ² + ρ² v', with y' of variance v' = 1/(1 + 1/h²).
    #[test]
    fn holding_a_correlated_quantity_narrows_and_shifts() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
        let (count, rho) = (40_000, 0.8_f64);
        let mut values = Vec::new();
        let mut prior = vec![Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..count {
            let (y, apart, z) = (normal(), normal(), normal());
            values.extend([rho * y + (1.0 - rho * rho).sqrt() * apart, y + 0.5, z]);
            for column in &mut prior {
                column.push(normal());
            }
        }
        let posterior = Posterior::new(PosteriorParts {
            names: ["x", "y", "z"].map(str::to_owned).to_vec(),
            parameter_count: 3,
            values,
            ln_weight: vec![0.0; count],
            ln_likelihood: vec![0.0; count],
            birth_ln_likelihood: vec![f64::NEG_INFINITY; count],
            evidence: None,
        })
        .unwrap();
        let table = dependence(&posterior, &prior, 0, &[0, 1, 2]);
        let [y, z] = &table[..] else {
            panic!("{table:?}")
        };
        let v = 1.0 / (1.0 + 16.0);
        // The mean of y' is 0.5 (1 - v) below that of y.
        let shift = -rho * 0.5 * (1.0 - v);
        assert!((y.shift_sigma - shift).abs() < 0.03, "{y:?}");
        let width = (1.0 - rho * rho + rho * rho * v).sqrt();
        assert!((y.width_ratio - width).abs() < 0.03, "{y:?}");
        assert!(z.shift_sigma.abs() < 0.03 && (z.width_ratio - 1.0).abs() < 0.03);
        assert!(y.effective_samples < 0.5 * count as f64);
    }
}
