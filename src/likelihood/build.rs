//! From rows and `[likelihood]` to a [`NoiseModel`].

use std::collections::BTreeMap;

use super::correlated::{Covariance, Matrix, Process, ProcessBlock};
use super::independent::{Shape, StudentT, plain};
use super::{Inflation, NoiseModel, matrix_file};
use crate::config::{
    GaussianProcessKind, GroupBy, InflationKind, LikelihoodConfig, LikelihoodKind, ParameterConfig,
    PriorKind,
};
use crate::error::InputError;
use crate::observation::{Limit, Row};
use crate::units::{M_PER_UM, RATIO_PER_PPM};

/// Groups of rows that share a parameter, in the order of their first rows.
struct Groups {
    slugs: Vec<String>,
    of_row: Vec<usize>,
}

/// See [`NoiseModel::build`].
pub fn noise_model(rows: &[Row], config: &LikelihoodConfig) -> Result<NoiseModel, InputError> {
    check_rows(rows)?;
    check_combination(rows, config)?;
    let sigma: Vec<f64> = rows.iter().map(symmetric_error).collect();
    let mut parameters = Vec::new();
    let offset = grouped(
        rows,
        config.offset_by,
        &sigma,
        &mut parameters,
        offset_prior,
    )?;
    let scale = grouped(rows, config.scale_by, &sigma, &mut parameters, scale_prior)?;
    let inflation = inflation(rows, config, &sigma, &mut parameters)?;
    let covariance = covariance(rows, config, &sigma, &mut parameters)?;
    let any_limit = rows.iter().any(|row| row.limit != Limit::None);
    let is_plain = config.kind == LikelihoodKind::Gaussian
        && inflation.is_none()
        && covariance.is_none()
        && !any_limit;
    Ok(NoiseModel {
        observed: rows.iter().map(|row| row.depth).collect(),
        sigma_minus: rows.iter().map(|row| row.error_minus).collect(),
        sigma_plus: rows.iter().map(|row| row.error_plus).collect(),
        limit: rows.iter().map(|row| row.limit).collect(),
        shape: match config.kind {
            LikelihoodKind::Gaussian => Shape::Gaussian,
            LikelihoodKind::TwoPieceNormal => Shape::TwoPieceNormal,
            LikelihoodKind::StudentT => Shape::StudentT(StudentT::new(config.degrees_of_freedom)),
        },
        offset,
        scale,
        inflation,
        plain: is_plain.then(|| plain(&sigma)),
        warnings: warnings(rows, config),
        sigma,
        covariance,
        names: parameters.iter().map(|(name, _)| name.clone()).collect(),
        defaults: parameters,
    })
}

fn check_rows(rows: &[Row]) -> Result<(), InputError> {
    if rows.is_empty() {
        return Err(InputError::value(
            "observation",
            "no rows",
            "at least one row after the selection",
        ));
    }
    for (index, row) in rows.iter().enumerate() {
        let refuse = |what: &str, found: f64, expected: &str| {
            InputError::value(
                format!("observation, row {} of those used, {what}", index + 1),
                found,
                expected,
            )
        };
        if !row.depth.is_finite() {
            return Err(refuse("depth", row.depth, "a finite depth"));
        }
        for (what, error) in [
            ("error towards smaller depths", row.error_minus),
            ("error towards greater depths", row.error_plus),
        ] {
            // Squares of errors must neither overflow nor vanish.
            if !(error > 1.0e-100 && error < 1.0e100) {
                return Err(refuse(what, error, "an error above 0"));
            }
        }
        if !(row.low_m > 0.0 && row.low_m < row.high_m && row.high_m.is_finite()) {
            return Err(refuse(
                "lower bin edge",
                row.low_m,
                "positive edges, the lower first",
            ));
        }
    }
    Ok(())
}

/// Refuses what has no likelihood here.
fn check_combination(rows: &[Row], config: &LikelihoodConfig) -> Result<(), InputError> {
    let degrees = config.degrees_of_freedom;
    if config.kind == LikelihoodKind::StudentT && !(degrees > 0.0 && degrees <= 1.0e6) {
        return Err(InputError::value(
            "likelihood.degrees_of_freedom",
            degrees,
            "a number above 0, at most 1000000 (there the normal is the same)",
        ));
    }
    if config.error_inflation != InflationKind::None && config.error_inflation_by == GroupBy::None {
        return Err(InputError::value(
            "likelihood.error_inflation_by",
            "`none`",
            "`instrument` or `visit`, since `likelihood.error_inflation` is set",
        ));
    }
    let has_process = config.gaussian_process != GaussianProcessKind::None;
    let correlation = match (&config.covariance_file, has_process) {
        (Some(_), true) => {
            return Err(InputError::value(
                "likelihood.gaussian_process",
                "a Gaussian process beside `likelihood.covariance_file`",
                "one of the two: a covariance matrix already says how the rows are correlated",
            ));
        }
        (Some(_), false) => "likelihood.covariance_file",
        (None, true) => "likelihood.gaussian_process",
        (None, false) => return Ok(()),
    };
    if config.kind != LikelihoodKind::Gaussian {
        let word = match config.kind {
            LikelihoodKind::StudentT => "student_t",
            _ => "two_piece_normal",
        };
        return Err(InputError::value(
            "likelihood.kind",
            format!("`{word}` with `{correlation}`"),
            "`gaussian`: a covariance between rows is defined here for normal noise only",
        ));
    }
    if let Some(index) = rows.iter().position(|row| row.limit != Limit::None) {
        return Err(InputError::value(
            correlation,
            format!("a limit in row {} of those used", index + 1),
            "measurements only: a limit has no place in a covariance; drop the row or the key",
        ));
    }
    Ok(())
}

/// The error of the symmetric forms: the mean of the two, for a limit the one on its far side.
fn symmetric_error(row: &Row) -> f64 {
    match row.limit {
        Limit::None => 0.5 * (row.error_minus + row.error_plus),
        Limit::Upper => row.error_plus,
        Limit::Lower => row.error_minus,
    }
}

fn warnings(rows: &[Row], config: &LikelihoodConfig) -> Vec<String> {
    let mut warnings = Vec::new();
    let asymmetric = rows
        .iter()
        .filter(|row| row.limit == Limit::None && row.error_minus != row.error_plus)
        .count();
    if let Some(path) = &config.covariance_file {
        warnings.push(format!(
            "the covariance of `{}` stands in place of the quoted errors",
            path.display()
        ));
    } else if asymmetric > 0 && config.kind != LikelihoodKind::TwoPieceNormal {
        warnings.push(format!(
            "{asymmetric} of {} rows have asymmetric errors; the mean of the two is used \
             (likelihood.kind = \"two_piece_normal\" keeps both)",
            rows.len()
        ));
    }
    warnings
}

/// Lower case, with one `_` for each run of other characters.
fn slug(label: &str) -> String {
    let words: Vec<String> = label
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    words.join("_")
}

/// `instrument_mode` or `instrument_mode_visit_label`; labels that are empty are left out.
fn group_slug(row: &Row, by_visit: bool) -> String {
    let mut parts = vec![slug(&row.instrument), slug(&row.mode)];
    if by_visit {
        let visit = slug(&row.visit);
        if visit.is_empty() || visit.starts_with("visit") {
            parts.push(visit);
        } else {
            parts.push(format!("visit_{visit}"));
        }
    }
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() {
        "all".to_owned()
    } else {
        parts.join("_")
    }
}

fn groups(rows: &[Row], by_visit: bool) -> Result<Groups, InputError> {
    let mut labels: BTreeMap<String, (usize, [&str; 3])> = BTreeMap::new();
    let mut groups = Groups {
        slugs: Vec::new(),
        of_row: Vec::with_capacity(rows.len()),
    };
    for row in rows {
        let visit = if by_visit { row.visit.as_str() } else { "" };
        let own = [row.instrument.as_str(), row.mode.as_str(), visit];
        let slug = group_slug(row, by_visit);
        let (index, first) = *labels.entry(slug.clone()).or_insert_with(|| {
            groups.slugs.push(slug.clone());
            (groups.slugs.len() - 1, own)
        });
        if first != own {
            return Err(InputError::value(
                "observation",
                format!(
                    "the labels {own:?} and {first:?}, which both make the parameter name `{slug}`"
                ),
                "labels of instrument, mode and visit that differ in letters or digits",
            ));
        }
        groups.of_row.push(index);
    }
    Ok(groups)
}

/// Adds one parameter per group and returns each row's nuisance index.
fn grouped(
    rows: &[Row],
    by: GroupBy,
    sigma: &[f64],
    parameters: &mut Vec<(String, ParameterConfig)>,
    prior: fn(&str, f64) -> (String, ParameterConfig),
) -> Result<Option<Vec<usize>>, InputError> {
    if by == GroupBy::None {
        return Ok(None);
    }
    let groups = groups(rows, by == GroupBy::Visit)?;
    let first = parameters.len();
    for (index, slug) in groups.slugs.iter().enumerate() {
        let errors = errors_of_group(&groups, index, sigma);
        parameters.push(prior(slug, median(errors) / RATIO_PER_PPM));
    }
    Ok(Some(
        groups.of_row.iter().map(|group| first + group).collect(),
    ))
}

fn errors_of_group(groups: &Groups, wanted: usize, sigma: &[f64]) -> Vec<f64> {
    groups
        .of_row
        .iter()
        .zip(sigma)
        .filter(|(group, _)| **group == wanted)
        .map(|(_, error)| *error)
        .collect()
}

/// Median of a list that is not empty (the upper of the middle two).
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn convention(prior: PriorKind, source: &str) -> ParameterConfig {
    ParameterConfig {
        prior: Some(prior),
        source: Some(format!("convention: {source}")),
        assumed: true,
        ..ParameterConfig::default()
    }
}

fn offset_prior(slug: &str, median_ppm: f64) -> (String, ParameterConfig) {
    (
        format!("offset_ppm_{slug}"),
        ParameterConfig {
            mean: Some(0.0),
            std: Some(median_ppm),
            ..convention(PriorKind::Normal, "std is the median error of these bins")
        },
    )
}

fn scale_prior(slug: &str, _median_ppm: f64) -> (String, ParameterConfig) {
    (
        format!("depth_scale_{slug}"),
        ParameterConfig {
            mean: Some(1.0),
            std: Some(0.05),
            low: Some(0.0),
            ..convention(
                PriorKind::TruncatedNormal,
                "calibration trusted to five per cent",
            )
        },
    )
}

fn inflation(
    rows: &[Row],
    config: &LikelihoodConfig,
    sigma: &[f64],
    parameters: &mut Vec<(String, ParameterConfig)>,
) -> Result<Option<Inflation>, InputError> {
    if config.error_inflation == InflationKind::None {
        return Ok(None);
    }
    let groups = groups(rows, config.error_inflation_by == GroupBy::Visit)?;
    let first = parameters.len();
    for (index, slug) in groups.slugs.iter().enumerate() {
        let errors = errors_of_group(&groups, index, sigma);
        parameters.push(inflation_prior(config.error_inflation, slug, errors));
    }
    Ok(Some(Inflation {
        kind: config.error_inflation,
        first,
        count: groups.slugs.len(),
        group: groups.of_row,
    }))
}

fn inflation_prior(kind: InflationKind, slug: &str, errors: Vec<f64>) -> (String, ParameterConfig) {
    let least = errors.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = errors.iter().copied().fold(0.0, f64::max);
    match kind {
        InflationKind::None | InflationKind::Multiplicative => (
            format!("error_scale_{slug}"),
            ParameterConfig {
                low: Some((-1.0_f64).exp()),
                high: Some(1.0_f64.exp()),
                ..convention(PriorKind::LogUniform, "a factor e either way, flat in ln s")
            },
        ),
        InflationKind::Quadrature => (
            format!("jitter_ppm_{slug}"),
            ParameterConfig {
                std: Some(median(errors) / RATIO_PER_PPM),
                ..convention(
                    PriorKind::HalfNormal,
                    "std is the median error of these bins",
                )
            },
        ),
        InflationKind::TenToB => (
            format!("log10_variance_b_{slug}"),
            ParameterConfig {
                low: Some((0.01 * least * least).log10()),
                high: Some((100.0 * greatest * greatest).log10()),
                ..convention(
                    PriorKind::Uniform,
                    "from a hundredth of the least squared error of these bins to a hundred \
                     times the greatest",
                )
            },
        ),
    }
}

fn covariance(
    rows: &[Row],
    config: &LikelihoodConfig,
    sigma: &[f64],
    parameters: &mut Vec<(String, ParameterConfig)>,
) -> Result<Covariance, InputError> {
    if let Some(path) = &config.covariance_file {
        let (values, factor) = matrix_file::read(path, rows.len())?;
        return Ok(Covariance::Matrix(Matrix {
            rows: (0..rows.len()).collect(),
            values,
            factor,
        }));
    }
    if config.gaussian_process == GaussianProcessKind::None {
        return Ok(Covariance::None);
    }
    let process = Process {
        kind: config.gaussian_process,
        first: parameters.len(),
        blocks: process_blocks(rows)?,
    };
    let (nearest_um, span_um) = separations(&process)?;
    parameters.push((
        "gp_amplitude_ppm".to_owned(),
        ParameterConfig {
            std: Some(median(sigma.to_vec()) / RATIO_PER_PPM),
            ..convention(PriorKind::HalfNormal, "std is the median error of all bins")
        },
    ));
    parameters.push((
        "gp_length_um".to_owned(),
        ParameterConfig {
            low: Some(nearest_um),
            high: Some(2.0 * span_um),
            ..convention(
                PriorKind::LogUniform,
                "from the least distance between bin centres of one visit to twice the greatest",
            )
        },
    ));
    Ok(Covariance::Process(process))
}

/// One block per instrument, mode and visit, its rows in the order of wavelength.
fn process_blocks(rows: &[Row]) -> Result<Vec<ProcessBlock>, InputError> {
    let groups = groups(rows, true)?;
    let centre_um = |row: &usize| 0.5 * (rows[*row].low_m + rows[*row].high_m) / M_PER_UM;
    Ok((0..groups.slugs.len())
        .map(|wanted| {
            let mut members: Vec<usize> = (0..rows.len())
                .filter(|row| groups.of_row[*row] == wanted)
                .collect();
            members.sort_by(|left, right| centre_um(left).total_cmp(&centre_um(right)));
            ProcessBlock {
                centre_um: members.iter().map(centre_um).collect(),
                rows: members,
            }
        })
        .collect())
}

/// Least and greatest distance between bin centres of one block \[µm\].
fn separations(process: &Process) -> Result<(f64, f64), InputError> {
    let (mut nearest_um, mut span_um) = (f64::INFINITY, 0.0_f64);
    for block in &process.blocks {
        for pair in block.centre_um.windows(2) {
            let gap_um = pair[1] - pair[0];
            if gap_um > 0.0 {
                nearest_um = nearest_um.min(gap_um);
            }
        }
        if let (Some(first), Some(last)) = (block.centre_um.first(), block.centre_um.last()) {
            span_um = span_um.max(last - first);
        }
    }
    if span_um > 0.0 {
        Ok((nearest_um, span_um))
    } else {
        Err(InputError::value(
            "likelihood.gaussian_process",
            "no instrument and visit with bins at two wavelengths",
            "a spectrum, or no Gaussian process",
        ))
    }
}
