//! What the posterior predicts: depths in the bins and between them.

use rayon::prelude::*;

use super::problem::Problem;
use crate::error::ModelError;
use crate::forward::{ForwardModel, Spectrum};
use crate::posterior::{Posterior, WeightedSample};

/// Draws behind the bands.
const DRAWS: usize = 1_000;
/// Points of the monochromatic spectrum.
const NATIVE_POINTS: usize = 300;
/// The spectrum reaches this far beyond the outermost bins, as a factor of wavelength.
const MARGIN: f64 = 1.05;
/// Probabilities of the bands: median, 68.3 % and 95.4 %.
pub(super) const PROBABILITIES: [f64; 5] = [0.022_75, 0.158_66, 0.5, 0.841_34, 0.977_25];

/// Quantiles of a quantity at several places: `[place]` of -2σ, -1σ, median, +1σ, +2σ.
pub type Bands = Vec<[f64; 5]>;

/// Posterior predictions of one model.
#[derive(Clone, Debug)]
pub struct Predictive {
    /// Rows of the posterior behind the bands.
    pub rows: Vec<usize>,
    /// Depth per draw and bin (ratio), row-major; calibration offsets are not part of it.
    pub depth_draws: Vec<f64>,
    /// ln p of each bin given all others, of depths as ratios, per draw and bin; or why there is none.
    pub pointwise: Result<Vec<f64>, ModelError>,
    /// Depth per bin.
    pub bins: Bands,
    /// Wavelengths of the monochromatic bands \[m\].
    pub wavelengths_m: Vec<f64>,
    /// Monochromatic depth.
    pub native: Bands,
    /// Median fluxes through the surfaces of planet and star \[W m⁻² m⁻¹\].
    pub planet_flux: Vec<f64>,
    /// See `planet_flux`.
    pub star_flux: Vec<f64>,
}

/// Evaluates the model at equally weighted draws of its posterior. The monochromatic spectrum
/// reaches a little beyond `range_m`, the span of the bins, but not beyond `limits_m`, that of the
/// stellar spectrum.
///
/// # Errors
/// [`ModelError`] if the model fails where its likelihood did not.
pub fn predict<M: ForwardModel>(
    problem: &Problem<M>,
    posterior: &Posterior,
    range_m: (f64, f64),
    limits_m: (f64, f64),
    seed: u64,
) -> Result<Predictive, ModelError> {
    let rows = posterior.equal_weight_rows(DRAWS.min(posterior.len()), seed);
    let low_m = (range_m.0 / MARGIN).max(limits_m.0);
    let high_m = (range_m.1 * MARGIN).min(limits_m.1);
    let wavelengths_m = log_grid(low_m, high_m);
    // A row that stands for several draws is evaluated once.
    let mut distinct = rows.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let evaluated: Vec<(Vec<f64>, Spectrum)> = distinct
        .par_iter()
        .map_init(
            || problem.model.workspace(),
            |workspace, row| {
                let theta = &posterior.row(*row)[..problem.model_parameters()];
                let mut depth = vec![0.0; problem.bins];
                problem.model.eclipse_depth(theta, workspace, &mut depth)?;
                let mut spectrum = Spectrum::default();
                problem
                    .model
                    .spectrum(theta, &wavelengths_m, &mut spectrum)?;
                Ok((depth, spectrum))
            },
        )
        .collect::<Result<_, ModelError>>()?;
    let draws: Vec<&(Vec<f64>, Spectrum)> = rows
        .iter()
        .filter_map(|row| distinct.binary_search(row).ok())
        .map(|place| &evaluated[place])
        .collect();
    let depth_draws: Vec<f64> = draws
        .iter()
        .flat_map(|draw| draw.0.iter().copied())
        .collect();
    let median_of = |pick: fn(&Spectrum) -> &[f64]| -> Vec<f64> {
        bands(wavelengths_m.len(), &draws, |draw| pick(&draw.1))
            .iter()
            .map(|band| band[2])
            .collect()
    };
    Ok(Predictive {
        bins: bands(problem.bins, &draws, |draw| &draw.0),
        native: bands(wavelengths_m.len(), &draws, |draw| &draw.1.eclipse_depth),
        planet_flux: median_of(|spectrum| &spectrum.planet_flux),
        star_flux: median_of(|spectrum| &spectrum.star_flux),
        pointwise: pointwise(problem, posterior, &rows, &depth_draws),
        depth_draws,
        rows,
        wavelengths_m,
    })
}

/// ln p of each bin given all others, of depths as ratios: `[draw][bin]`.
fn pointwise<M: ForwardModel>(
    problem: &Problem<M>,
    posterior: &Posterior,
    rows: &[usize],
    depth_draws: &[f64],
) -> Result<Vec<f64>, ModelError> {
    let noise = &problem.noise;
    let mut workspace = noise.workspace();
    let of_noise = problem.model_parameters()..posterior.parameter_count();
    let mut ln_likelihood = vec![0.0; depth_draws.len()];
    let draws = (rows.iter())
        .zip(depth_draws.chunks_exact(problem.bins))
        .zip(ln_likelihood.chunks_exact_mut(problem.bins));
    for ((row, depth), out) in draws {
        let nuisance = &posterior.row(*row)[of_noise.clone()];
        noise.ln_likelihood_pointwise(depth, nuisance, &mut workspace, out)?;
    }
    Ok(ln_likelihood)
}

fn log_grid(low: f64, high: f64) -> Vec<f64> {
    let step = (high / low).ln() / (NATIVE_POINTS - 1) as f64;
    (0..NATIVE_POINTS)
        .map(|i| low * (step * i as f64).exp())
        .collect()
}

/// Quantiles over the draws, which weigh the same, at each of `places` places.
fn bands<D>(places: usize, draws: &[D], values: impl Fn(&D) -> &[f64]) -> Bands {
    let weights = vec![1.0; draws.len()];
    (0..places)
        .map(|place| {
            let column: Vec<f64> = draws.iter().map(|draw| values(draw)[place]).collect();
            let sample = WeightedSample::new(&column, &weights);
            PROBABILITIES.map(|probability| sample.quantile(probability))
        })
        .collect()
}
