//! Starts of the lava models, computed before the first likelihood call.

use super::setup::Setup;
use super::{RunError, RunObserver};
use crate::sampler::Target;

/// A prior of which the model refuses more than this part is worth a warning before the run.
const MOST_REFUSED: f64 = 0.5;

/// Solves every lava model of the run at points spread evenly over its prior.
///
/// # Errors
/// As [`crate::forward::LavaModel::prepare`].
pub fn prepare_starts(setup: &mut Setup, observer: &mut dyn RunObserver) -> Result<(), RunError> {
    let count = setup.config.atmosphere.anchors;
    let mut warnings = Vec::new();
    for model in &mut setup.models {
        let problem = &mut model.problem;
        if problem.model.lava().is_none() {
            continue;
        }
        let (dim, of_model) = (problem.dim(), problem.model_parameters());
        let mut theta = vec![0.0; problem.prior.names().len()];
        let points: Vec<Vec<f64>> = (0..count)
            .map(|index| {
                problem.prior.transform(&even_point(index, dim), &mut theta);
                theta[..of_model].to_vec()
            })
            .collect();
        let name = model.kind.name();
        observer.on_message(&format!("{name}: {count} starts over the prior"));
        if let Some(lava) = problem.model.lava_mut() {
            let refused = lava.prepare(&points)?;
            let part = refused as f64 / count.max(1) as f64;
            let text = format!("{name}: {:.0} % of the prior has no model", 100.0 * part);
            if part > MOST_REFUSED {
                warnings.push(text);
            } else if refused > 0 {
                observer.on_message(&text);
            }
        }
    }
    for warning in &warnings {
        observer.on_message(&format!("warning: {warning}"));
    }
    setup.warnings.extend(warnings);
    Ok(())
}

/// Point of the additive sequence of the generalised golden ratio, even in any number of dimensions:
/// xᵢ = ½ + n φ⁻ⁱ modulo one with φ^(d+1) = φ + 1 (Roberts 2018, "The unreasonable effectiveness of
/// quasirandom sequences").
fn even_point(index: usize, dim: usize) -> Vec<f64> {
    let mut ratio = 2.0_f64;
    for _ in 0..60 {
        ratio = (1.0 + ratio).powf(1.0 / (dim as f64 + 1.0));
    }
    let steps = (1..=dim).map(|i| ratio.powi(-(i as i32)));
    steps
        .map(|step| (0.5 + (index as f64 + 1.0) * step).fract())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Means of each coordinate and of products: even to a few parts in a thousand.
    #[test]
    fn the_points_are_even() {
        let points: Vec<Vec<f64>> = (0..2000).map(|i| even_point(i, 6)).collect();
        for i in 0..6 {
            for j in 0..6 {
                let sum: f64 = points.iter().map(|x| x[i] * x[j]).sum();
                let expected = if i == j { 1.0 / 3.0 } else { 0.25 };
                assert!((sum / 2000.0 - expected).abs() < 5e-3, "{i} {j}: {sum}");
            }
        }
    }
}
