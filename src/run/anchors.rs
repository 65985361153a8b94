//! Starts of the lava models, computed before the first likelihood call.

use rand::seq::SliceRandom;

use super::setup::Setup;
use super::{RunError, RunObserver};
use crate::sampler::Target;
use crate::sampler::stream::StreamAddress;

/// A prior of which the model refuses more than this part is worth a warning before the run.
const MOST_REFUSED: f64 = 0.5;
/// Segment of the points in the address of their stream; samplers count from 0.
const STREAM: u64 = u64::MAX - 3;

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
        let points: Vec<Vec<f64>> = even_points(count, dim, setup.config.seed)
            .iter()
            .map(|unit| {
                problem.prior.transform(unit, &mut theta);
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

/// Points of the unit cube that are even in every coordinate: a Latin hypercube (McKay, Beckman & Conover
/// 1979, Technometrics 21, 239) with each point in the middle of its cell.
fn even_points(count: usize, dim: usize, seed: u64) -> Vec<Vec<f64>> {
    let address = StreamAddress {
        seed,
        segment: STREAM,
        batch: 0,
        chain: 0,
    };
    let mut rng = address.generator();
    let mut points = vec![vec![0.0; dim]; count];
    let mut order: Vec<usize> = (0..count).collect();
    for coordinate in 0..dim {
        order.shuffle(&mut rng);
        for (point, place) in points.iter_mut().zip(&order) {
            point[coordinate] = (*place as f64 + 0.5) / count as f64;
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every coordinate takes every cell once; no two are tied to each other.
    #[test]
    fn the_points_are_even() {
        let points = even_points(2000, 6, 1);
        for i in 0..6 {
            let mut column: Vec<f64> = points.iter().map(|x| x[i]).collect();
            column.sort_by(f64::total_cmp);
            for (place, x) in column.iter().enumerate() {
                assert!((x * 2000.0 - place as f64 - 0.5).abs() < 1e-9);
            }
            for j in 0..i {
                let sum: f64 = points.iter().map(|x| (x[i] - 0.5) * (x[j] - 0.5)).sum();
                // Of independent coordinates 1/12 / √2000 = 0.0019.
                assert!((sum / 2000.0).abs() < 0.008, "{i} {j}: {sum}");
            }
        }
    }
}
