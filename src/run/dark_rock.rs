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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::RunConfig;
    use crate::run::Setup;

    /// GJ 367 b in MIRI LRS white light: 77 ppm from the archive values of 2026-10-18 (tolerance
    /// their rounding; measured 77.3). The error is that of shifts by one σ of each of the three
    /// quantities, in quadrature, to the 5 % that 2000 draws and the curvature leave.
    #[test]
    fn gj_367_b_as_a_dark_rock() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let config = RunConfig::from_path(&root.join("configs/gj367b_rock.toml")).unwrap();
        let setup = Setup::new(&config).unwrap();
        let found = dark_rock(&setup.dark_rock, &setup.orbit, 1).unwrap();
        assert!((found.depth[0] * 1e6 - 77.0).abs() < 0.7, "{found:?}");
        let orbit = &setup.orbit;
        let centre = [
            orbit.radius_ratio.value,
            orbit.scaled_semi_major_axis.value,
            orbit.stellar_temperature_k.value,
        ];
        let model = &setup.dark_rock.model;
        let depth_at = |[radius_ratio, distance, star_k]: [f64; 3]| {
            let temperature_k = maximum_dayside_temperature_k(star_k, distance);
            let theta = [temperature_k, radius_ratio, distance, star_k];
            let mut depth = [0.0];
            model
                .eclipse_depth(&theta, &mut model.workspace(), &mut depth)
                .unwrap();
            depth[0]
        };
        // The assumed widths of R_p/R_*, a/R_* and T_eff.
        let variance: f64 = [0.025, 0.025, 0.02]
            .iter()
            .enumerate()
            .map(|(index, width)| {
                let shifted = |sign: f64| {
                    let mut at = centre;
                    at[index] *= 1.0 + sign * width;
                    depth_at(at)
                };
                (0.5 * (shifted(1.0) - shifted(-1.0))).powi(2)
            })
            .sum();
        let ratio = found.error[0] / variance.sqrt();
        assert!((ratio - 1.0).abs() < 0.05, "{ratio}");
    }
}
