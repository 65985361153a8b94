//! The reference of every figure: how deep the eclipse of a dark rock without air would be.

use rand::RngExt;

use super::problem::Problem;
use crate::error::ModelError;
use crate::forward::{ForwardModel, NullModel, Orbit, maximum_dayside_temperature_k};
use crate::sampler::Target;
use crate::sampler::stream::StreamAddress;

/// Draws of the orbit behind the error.
const DRAWS: usize = 2_000;
/// Segment of these draws in the address of their stream; samplers count from 0.
const STREAM: u64 = u64::MAX - 1;

/// Depths of a rock of zero albedo without heat redistribution (f = 2/3).
#[derive(Clone, Debug, PartialEq)]
pub struct DarkRock {
    /// Depth per bin (ratio) at the central values of star and orbit.
    pub depth: Vec<f64>,
    /// Standard deviation per bin (ratio) from the priors of star and orbit.
    pub error: Vec<f64>,
}

/// Depths and errors; `problem` is the black body of the run.
///
/// # Errors
/// [`ModelError`] if the central values themselves are impossible.
pub fn dark_rock(
    problem: &Problem<NullModel>,
    orbit: &Orbit,
    seed: u64,
) -> Result<DarkRock, ModelError> {
    let mut workspace = problem.model.workspace();
    let mut depth = vec![0.0; problem.bins];
    let mut evaluate = |radius_ratio: f64, distance: f64, star_k: f64, depth: &mut [f64]| {
        let temperature_k = maximum_dayside_temperature_k(star_k, distance);
        let theta = [temperature_k, radius_ratio, distance, star_k];
        problem.model.eclipse_depth(&theta, &mut workspace, depth)
    };
    evaluate(
        orbit.radius_ratio.value,
        orbit.scaled_semi_major_axis.value,
        orbit.stellar_temperature_k.value,
        &mut depth,
    )?;
    let address = StreamAddress {
        seed,
        segment: STREAM,
        batch: 0,
        chain: 0,
    };
    let mut rng = address.generator();
    let mut unit = vec![0.0; problem.dim()];
    let mut theta = vec![0.0; problem.prior.names().len()];
    let mut drawn = vec![0.0; problem.bins];
    let (mut sum, mut squares, mut count) =
        (vec![0.0; problem.bins], vec![0.0; problem.bins], 0.0_f64);
    for _ in 0..DRAWS {
        unit.fill_with(|| rng.random());
        problem.prior.transform(&unit, &mut theta);
        if evaluate(theta[1], theta[2], theta[3], &mut drawn).is_err() {
            continue;
        }
        count += 1.0;
        for ((sum, squares), (drawn, centre)) in sum
            .iter_mut()
            .zip(&mut squares)
            .zip(drawn.iter().zip(&depth))
        {
            *sum += drawn - centre;
            *squares += (drawn - centre).powi(2);
        }
    }
    let variance = |sum: &f64, squares: &f64| squares / count - (sum / count).powi(2);
    let error = sum
        .iter()
        .zip(&squares)
        .map(|(a, b)| variance(a, b).max(0.0).sqrt())
        .collect();
    Ok(DarkRock { depth, error })
}
