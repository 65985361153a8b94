//! Observations made from a model: `magmaret mock`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use serde::Serialize;

use super::RunError;
use super::setup::{ModelSetup, Setup};
use crate::config::{FileConfig, RunConfig};
use crate::error::{InputError, ModelError};
use crate::forward::ForwardModel;
use crate::observation::Row;
use crate::report::write_atomic;
use crate::sampler::Target;
use crate::sampler::stream::StreamAddress;
use crate::units::{M_PER_UM, RATIO_PER_PPM};

/// Draws of the prior until one has a model.
const MOST_DRAWS: u64 = 1_000;

/// What to observe and where to put it.
#[derive(Clone, Debug)]
pub struct MockRequest {
    /// The run file; its observation is of no account.
    pub config: RunConfig,
    /// Bins and their errors of one eclipse, in the format of an observation; its depths are of no
    /// account.
    pub errors: PathBuf,
    /// Number of eclipses, by whose root the errors shrink.
    pub eclipses: u32,
    /// Factor on the errors.
    pub inflation: f64,
    /// Error that no number of eclipses undercuts \[ppm\].
    pub floor_ppm: f64,
    /// Parameters of the truth, by name; the others stand at the median of their prior.
    pub set: Vec<(String, f64)>,
    /// Whether the truth is a draw of the prior instead.
    pub draw: bool,
    /// Seed of truth and noise.
    pub seed: u64,
    /// Whether the depths are those of the model, without noise.
    pub noise_free: bool,
    /// File of the observation; the truth is written beside it.
    pub out: PathBuf,
}

/// What was observed; `<out>.truth.toml`.
#[derive(Clone, Debug, Serialize)]
pub struct MockTruth {
    /// Model.
    pub model: String,
    /// Seed of truth and noise.
    pub seed: u64,
    /// Number of eclipses.
    pub eclipses: u32,
    /// Factor on the errors of one eclipse.
    pub inflation: f64,
    /// Least error \[ppm\].
    pub floor_ppm: f64,
    /// Whether there is no noise.
    pub noise_free: bool,
    /// Parameters.
    pub truth: BTreeMap<String, f64>,
    /// Derived quantities.
    pub derived: BTreeMap<String, f64>,
    /// Depths without noise \[ppm\].
    pub depth_ppm: Vec<f64>,
}

/// Observes the model of a run file and writes observation and truth.
///
/// # Errors
/// [`RunError::Input`] for what the user gave, files that are there already among it;
/// [`RunError::Model`] where the truth has no model.
pub fn mock(request: &MockRequest) -> Result<MockTruth, RunError> {
    check(request)?;
    let mut config = request.config.clone();
    config.observation.files = vec![FileConfig::from_path(request.errors.clone())];
    config.observation.select = Default::default();
    config.model.compare_with.clear();
    let setup = Setup::new(&config)?;
    let model = &setup.models[0];
    let (theta, derived, depth) = truth(request, model)?;
    let rows = &setup.observation.rows;
    let names = model.problem.prior.names().iter().cloned();
    let truth = MockTruth {
        model: model.kind.name().to_owned(),
        seed: request.seed,
        eclipses: request.eclipses,
        inflation: request.inflation,
        floor_ppm: request.floor_ppm,
        noise_free: request.noise_free,
        truth: names.zip(theta).collect(),
        derived: (model.problem.model.derived_names().iter().cloned())
            .zip(derived)
            .collect(),
        depth_ppm: depth.iter().map(|depth| depth / RATIO_PER_PPM).collect(),
    };
    let text = toml::to_string_pretty(&truth)
        .map_err(|error| InputError::value("truth", error, "numbers that can be written"))?;
    write_atomic(&request.out, observation(request, rows, &truth).as_bytes())?;
    write_atomic(&truth_path(&request.out), text.as_bytes())?;
    Ok(truth)
}

/// Where the truth of an observation lies.
pub fn truth_path(out: &Path) -> PathBuf {
    out.with_extension("truth.toml")
}

fn check(request: &MockRequest) -> Result<(), InputError> {
    let refuse =
        |place: &str, found: String, expected| Err(InputError::value(place, found, expected));
    if !(1..=10_000).contains(&request.eclipses) {
        return refuse("--eclipses", request.eclipses.to_string(), "1 to 10000");
    }
    if !(request.inflation > 0.0 && request.inflation.is_finite()) {
        return refuse(
            "--inflation",
            request.inflation.to_string(),
            "a number above 0",
        );
    }
    if !(request.floor_ppm >= 0.0 && request.floor_ppm.is_finite()) {
        return refuse("--floor-ppm", request.floor_ppm.to_string(), "0 or more");
    }
    if request.draw && !request.set.is_empty() {
        return refuse(
            "--draw",
            "with --set".to_owned(),
            "either a draw of the prior or named values",
        );
    }
    match [&request.out, &truth_path(&request.out)]
        .iter()
        .find(|path| path.exists())
    {
        Some(path) => Err(InputError::value(
            path.display(),
            "a file that is there already",
            "another name for --out",
        )),
        None => Ok(()),
    }
}

fn stream(seed: u64, batch: u64) -> StreamAddress {
    StreamAddress {
        seed,
        segment: u64::MAX - 2,
        batch,
        chain: 0,
    }
}

/// Parameters, derived quantities and depths (ratios) of the truth.
type Truth = (Vec<f64>, Vec<f64>, Vec<f64>);

fn truth(request: &MockRequest, model: &ModelSetup) -> Result<Truth, RunError> {
    let problem = &model.problem;
    let names = problem.prior.names();
    let mut theta = vec![0.0; names.len()];
    let mut derived = vec![0.0; problem.model.derived_names().len()];
    let mut depth = vec![0.0; problem.bins];
    let mut workspace = problem.model.workspace();
    let draws = if request.draw { MOST_DRAWS } else { 1 };
    let mut refused = None;
    for draw in 1..=draws {
        let mut rng = stream(request.seed, draw).generator();
        let unit: Vec<f64> = (0..problem.dim())
            .map(|_| if request.draw { rng.random() } else { 0.5 })
            .collect();
        problem.prior.transform(&unit, &mut theta);
        for (name, value) in &request.set {
            let Some(place) = names.iter().position(|known| known == name) else {
                let expected = names.join(", ");
                return Err(InputError::value("--set", format!("`{name}`"), expected).into());
            };
            theta[place] = *value;
        }
        let of_model = &theta[..problem.model_parameters()];
        let found = (problem.model)
            .eclipse_depth(of_model, &mut workspace, &mut depth)
            .and_then(|()| (problem.model).derived(of_model, &mut workspace, &mut derived));
        match found {
            Ok(()) => return Ok((theta, derived, depth)),
            Err(ModelError::Rejected(reason)) => refused = Some(reason),
            Err(fatal) => return Err(fatal.into()),
        }
    }
    let reason = refused.map_or("", |reason| reason.name());
    let expected = "a truth that has a model";
    Err(InputError::value("truth", format!("rejected: {reason}"), expected).into())
}

/// The observation as `retrieve` reads it.
fn observation(request: &MockRequest, rows: &[Row], truth: &MockTruth) -> String {
    let mut rng = stream(request.seed, 0).generator();
    let mut text = format!(
        "# Not measured: {} of this program at the values of `{}`, {} eclipses, errors of one eclipse times {}\n\
         # and a floor of {} ppm, seed {}{}.\n\
         wave_lo_um,wave_hi_um,depth_ppm,err_minus_ppm,err_plus_ppm,instrument,mode,visit,n_eclipses,\
         reduction,quality,source\n",
        truth.model,
        truth_path(&request.out)
            .file_name()
            .unwrap_or_default()
            .to_string_lossy(),
        request.eclipses,
        request.inflation,
        request.floor_ppm,
        request.seed,
        if request.noise_free { ", no noise" } else { "" },
    );
    for (row, depth_ppm) in rows.iter().zip(&truth.depth_ppm) {
        let one_ppm = 0.5 * (row.error_minus + row.error_plus) / RATIO_PER_PPM;
        let white_ppm = request.inflation * one_ppm / f64::from(request.eclipses).sqrt();
        let error_ppm = white_ppm.hypot(request.floor_ppm);
        let noise: f64 = StandardNormal.sample(&mut rng);
        let drawn = if request.noise_free { 0.0 } else { noise };
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{:.4},{:.4},{:.3},{error_ppm:.3},{error_ppm:.3},{},{},{},{},mock,user,mock",
            row.low_m / M_PER_UM,
            row.high_m / M_PER_UM,
            depth_ppm + drawn * error_ppm,
            row.instrument,
            row.mode,
            row.visit,
            request.eclipses,
        );
    }
    text
}
