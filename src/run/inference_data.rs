//! `posterior.nc` of a model.

use chrono::{DateTime, SecondsFormat, Utc};

use super::model_run::ModelRun;
use super::predictive::Predictive;
use super::provenance::unix_seconds;
use crate::error::InputError;
use crate::report::Label;
use crate::report::netcdf::{Dimension, Group, Variable, write_inference_data};
use crate::units::{M_PER_UM, RATIO_PER_PPM};

const BIN: &str = "bin";

/// Writes the groups posterior, sample_stats, prior, posterior_predictive, observed_data and, where every
/// bin has a likelihood of its own, log_likelihood. Draws are the equally weighted rows of
/// `post_equal_weights.dat`; those of the prediction and of log_likelihood are a part of them of its own.
///
/// # Errors
/// [`InputError::Write`].
pub fn write_inference_data_of(
    run: &ModelRun<'_>,
    predictive: &Predictive,
) -> Result<(), InputError> {
    let mut groups = vec![
        posterior(run),
        sample_stats(run),
        prior(run),
        prediction(run, predictive),
        observed(run),
    ];
    groups.extend(pointwise(run, predictive));
    let now = DateTime::<Utc>::from_timestamp(unix_seconds() as i64, 0).unwrap_or_default();
    let created_at = now.to_rfc3339_opts(SecondsFormat::Secs, true);
    write_inference_data(&groups, &created_at, &run.folder.join("posterior.nc"))
}

fn variable(name: &str, dimensions: &[&str], values: Vec<f64>) -> Variable {
    Variable {
        name: name.to_owned(),
        unit: Label::from_name(name).unit,
        dimensions: dimensions
            .iter()
            .map(|dimension| (*dimension).to_owned())
            .collect(),
        values,
    }
}

fn posterior(run: &ModelRun<'_>) -> Group {
    let rows: Vec<&[f64]> = (run.equal_rows.iter())
        .map(|row| run.posterior.row(*row))
        .collect();
    Group::from_rows("posterior", run.posterior.names(), &rows)
}

fn sample_stats(run: &ModelRun<'_>) -> Group {
    let ln_likelihood = run.posterior.ln_likelihood();
    let values = run
        .equal_rows
        .iter()
        .map(|row| ln_likelihood[*row])
        .collect();
    Group {
        name: "sample_stats".to_owned(),
        draws: Some(run.equal_rows.len()),
        dimensions: Vec::new(),
        variables: vec![variable("ln_likelihood", &[], values)],
    }
}

fn prior(run: &ModelRun<'_>) -> Group {
    let variables = (run.posterior.names().iter().zip(&run.prior_columns))
        .map(|(name, values)| variable(name, &[], values.clone()))
        .collect();
    Group {
        name: "prior".to_owned(),
        draws: Some(run.prior_columns.first().map_or(0, Vec::len)),
        dimensions: Vec::new(),
        variables,
    }
}

fn prediction(run: &ModelRun<'_>, predictive: &Predictive) -> Group {
    let values = predictive
        .depth_draws
        .iter()
        .map(|depth| depth / RATIO_PER_PPM)
        .collect();
    Group {
        name: "posterior_predictive".to_owned(),
        draws: Some(predictive.rows.len()),
        dimensions: vec![bins(run)],
        variables: vec![variable("eclipse_depth_ppm", &[BIN], values)],
    }
}

/// ln p of each bin given all others, of depths as ratios: what leave-one-out cross-validation takes.
fn pointwise(run: &ModelRun<'_>, predictive: &Predictive) -> Option<Group> {
    let values = predictive.pointwise.clone().ok()?;
    Some(Group {
        name: "log_likelihood".to_owned(),
        draws: Some(predictive.rows.len()),
        dimensions: vec![bins(run)],
        variables: vec![variable("eclipse_depth", &[BIN], values)],
    })
}

fn observed(run: &ModelRun<'_>) -> Group {
    let rows = &run.setup.observation.rows;
    let column = |name: &str, value: &dyn Fn(&crate::observation::Row) -> f64| {
        variable(name, &[BIN], rows.iter().map(value).collect())
    };
    Group {
        name: "observed_data".to_owned(),
        draws: None,
        dimensions: vec![bins(run)],
        variables: vec![
            column("eclipse_depth_ppm", &|row| row.depth / RATIO_PER_PPM),
            column("error_minus_ppm", &|row| row.error_minus / RATIO_PER_PPM),
            column("error_plus_ppm", &|row| row.error_plus / RATIO_PER_PPM),
            column("wavelength_low_um", &|row| row.low_m / M_PER_UM),
            column("wavelength_high_um", &|row| row.high_m / M_PER_UM),
        ],
    }
}

fn bins(run: &ModelRun<'_>) -> Dimension {
    let count = run.setup.observation.rows.len();
    Dimension {
        name: BIN.to_owned(),
        coordinates: (0..count).map(|bin| bin as f64).collect(),
        unit: String::new(),
    }
}
