//! From points of the unit cube to columns of parameters and derived quantities.

use rand::RngExt;
use rayon::prelude::*;

use super::problem::Problem;
use crate::error::{InputError, ModelError};
use crate::forward::ForwardModel;
use crate::posterior::{Posterior, PosteriorParts};
use crate::sampler::stream::StreamAddress;
use crate::sampler::{SampleSet, Target};

/// Draws of the prior behind every implied-prior curve.
const PRIOR_DRAWS: usize = 10_000;
/// The same of a model whose calls take milliseconds.
const COSTLY_PRIOR_DRAWS: usize = 400;
/// Segment of the prior draws in the address of their stream; samplers count from 0.
const PRIOR_STREAM: u64 = u64::MAX;

/// Names of all columns: parameters, then derived quantities.
pub fn column_names<M: ForwardModel>(problem: &Problem<M>) -> Vec<String> {
    problem
        .prior
        .names()
        .iter()
        .chain(problem.model.derived_names())
        .cloned()
        .collect()
}

/// Parameters and derived quantities of points of the unit cube, row by row; `None` where the
/// model rejects a point.
fn rows<M: ForwardModel>(problem: &Problem<M>, unit: &[f64]) -> Vec<Option<Vec<f64>>> {
    let parameters = problem.prior.names().len();
    let width = parameters + problem.model.derived_names().len();
    unit.par_chunks_exact(problem.dim())
        .map_init(
            || problem.model.workspace(),
            |workspace, unit| {
                let mut row = vec![0.0; width];
                let (theta, derived) = row.split_at_mut(parameters);
                problem.prior.transform(unit, theta);
                let of_model = &theta[..problem.model_parameters()];
                problem.model.derived(of_model, workspace, derived).ok()?;
                Some(row)
            },
        )
        .collect()
}

/// The posterior of a finished sampling.
///
/// # Errors
/// [`ModelError::Fatal`] if a sample has no derived quantities, which its likelihood would have
/// shown; [`InputError`] never for a sampler's own samples.
pub fn posterior_of<M: ForwardModel>(
    problem: &Problem<M>,
    samples: &SampleSet,
) -> Result<Posterior, super::RunError> {
    let mut values = Vec::new();
    for row in rows(problem, &samples.unit) {
        let row = row.ok_or_else(|| ModelError::Fatal {
            message: "a sample with a likelihood has no derived quantities".to_owned(),
        })?;
        values.extend(row);
    }
    let parts = PosteriorParts {
        names: column_names(problem),
        parameter_count: problem.prior.names().len(),
        values,
        ln_weight: samples.ln_weight.clone(),
        ln_likelihood: samples.ln_likelihood.clone(),
        birth_ln_likelihood: samples.birth_ln_likelihood.clone(),
        evidence: samples.evidence,
    };
    let posterior: Result<Posterior, InputError> = Posterior::new(parts);
    Ok(posterior?)
}

/// Draws of the prior, column by column: parameters and what they imply for derived quantities.
/// Points that the model rejects are left out, as they are of the posterior.
pub fn prior_columns<M: ForwardModel>(problem: &Problem<M>, seed: u64) -> Vec<Vec<f64>> {
    let address = StreamAddress {
        seed,
        segment: PRIOR_STREAM,
        batch: 0,
        chain: 0,
    };
    let mut rng = address.generator();
    let draws = if problem.model.is_costly() {
        COSTLY_PRIOR_DRAWS
    } else {
        PRIOR_DRAWS
    };
    let unit: Vec<f64> = (0..draws * problem.dim()).map(|_| rng.random()).collect();
    let mut columns = vec![Vec::with_capacity(PRIOR_DRAWS); column_names(problem).len()];
    for row in rows(problem, &unit).into_iter().flatten() {
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    columns
}
