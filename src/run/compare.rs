//! Finished runs side by side, from the files that they left.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::directory::RUN_FILE;
use super::model_run::folder_name;
use crate::error::InputError;
use crate::posterior::elpd_differences;
use crate::report::summary::{ModelEvidence, PriorSensitivity, Summary, rank_by_evidence};

/// Columns of `bins.csv` that say what was measured.
const DATA_COLUMNS: [&str; 5] = [
    "wave_lo_um",
    "wave_hi_um",
    "depth_ppm",
    "err_minus_ppm",
    "err_plus_ppm",
];
/// Sections and keys of a run file that are no part of what a model assumes: data are compared by
/// their values, and samplers have a table of their own.
const NOT_ASSUMED: [&str; 7] = [
    "title",
    "seed",
    "output",
    "sampler",
    "observation",
    "model.kind",
    "model.compare_with",
];

/// Models of one or more runs against each other.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunComparison {
    /// The runs, in the order in which they were given.
    pub runs: Vec<ComparedRun>,
    /// Every model of every run, that of the largest ln Z first.
    pub models: Vec<ComparedModel>,
    /// What the runs assume that is not the same in all: settings of the run file (priors among
    /// them) and conventions.
    pub differing: Vec<Difference>,
}

/// One run directory.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ComparedRun {
    /// Its place.
    pub directory: PathBuf,
    /// What it was for.
    pub title: String,
    /// Live points of nested sampling, where the run has them.
    pub live_points: Option<i64>,
    /// Bins of the data.
    pub bins: usize,
}

/// One model of one run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ComparedModel {
    /// Position of its run, from 0.
    pub run: usize,
    /// ln Z and elpd_loo, and their differences to the best of all runs.
    #[serde(flatten)]
    pub evidence: ModelEvidence,
    /// Sampler.
    pub sampler: String,
    /// Likelihood calls.
    pub likelihood_calls: u64,
    /// Effective sample size.
    pub effective_sample_size: Option<f64>,
    /// Whether the stopping rule was met.
    pub converged: bool,
    /// What narrower priors would do to ln Z.
    pub prior_sensitivity: Vec<PriorSensitivity>,
}

/// A setting or convention that is not the same in all runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Key of the run file, or `conventions.` and its name.
    pub name: String,
    /// As it stands in each run; null where it does not.
    pub values: Vec<Option<String>>,
}

impl AsRef<ModelEvidence> for ComparedModel {
    fn as_ref(&self) -> &ModelEvidence {
        &self.evidence
    }
}

impl AsMut<ModelEvidence> for ComparedModel {
    fn as_mut(&mut self) -> &mut ModelEvidence {
        &mut self.evidence
    }
}

/// Reads finished runs of the same data and sets their models against each other.
///
/// # Errors
/// [`InputError`] for a folder that holds no finished run, a file that cannot be read or understood,
/// and runs of other data than those of the first.
pub fn compare(directories: &[PathBuf]) -> Result<RunComparison, InputError> {
    let folders = (directories.iter())
        .map(|directory| RunFolder::read(directory))
        .collect::<Result<Vec<_>, _>>()?;
    if let Some((first, others)) = folders.split_first() {
        for other in others {
            other.same_data(first)?;
        }
    }
    let mut models = Vec::new();
    let mut by_bin = Vec::new();
    for (run, folder) in folders.iter().enumerate() {
        for (model, elpd) in &folder.models {
            models.push(ComparedModel {
                run,
                ..model.clone()
            });
            by_bin.push(elpd.clone());
        }
    }
    for (model, difference) in models.iter_mut().zip(elpd_differences(&by_bin)) {
        model.evidence.set_elpd_difference(difference.as_ref());
    }
    rank_by_evidence(&mut models);
    Ok(RunComparison {
        differing: differing(&folders),
        runs: folders.into_iter().map(|folder| folder.run).collect(),
        models,
    })
}

/// What is read of one run directory.
struct RunFolder {
    run: ComparedRun,
    /// Each model, and its elpd by bin where the run has it.
    models: Vec<(ComparedModel, Option<Vec<f64>>)>,
    /// [`DATA_COLUMNS`] of every bin.
    data: Vec<Vec<f64>>,
    /// Hash of the data; empty in runs before it was kept.
    blake3: String,
    settings: BTreeMap<String, String>,
}

impl RunFolder {
    fn read(directory: &Path) -> Result<Self, InputError> {
        if !directory.join("summary.json").is_file() || !directory.join(RUN_FILE).is_file() {
            return Err(InputError::value(
                directory.display(),
                "no finished run",
                format!("a folder that `magmaret retrieve` left, with {RUN_FILE} and summary.json"),
            ));
        }
        let main = read_summary(&directory.join("summary.json"))?;
        if main.model_comparison.is_empty() {
            let place = format!(
                "{}: model_comparison",
                directory.join("summary.json").display()
            );
            return Err(InputError::value(place, "no model", "one or more"));
        }
        let data = columns(&directory.join("bins.csv"), &DATA_COLUMNS)?;
        let mut models = Vec::new();
        for evidence in &main.model_comparison {
            let is_main = evidence.model == main.model;
            let folder = directory.join(model_folder(directory, is_main, &evidence.model)?);
            let own = if is_main {
                main.clone()
            } else {
                read_summary(&folder.join("summary.json"))?
            };
            let elpd = elpd_by_bin(&folder.join("loo.csv"), data.len())?;
            models.push((compared(evidence, own), elpd));
        }
        let (mut settings, live_points) = read_settings(&directory.join(RUN_FILE))?;
        for (name, sentence) in &main.conventions {
            settings.insert(format!("conventions.{name}"), sentence.clone());
        }
        let run = ComparedRun {
            directory: directory.to_owned(),
            title: main.title,
            live_points,
            bins: data.len(),
        };
        Ok(Self {
            run,
            models,
            data,
            blake3: main.observation.blake3,
            settings,
        })
    }

    /// Refuses data that are not those of `first`, and says where they part.
    fn same_data(&self, first: &Self) -> Result<(), InputError> {
        let place = self.run.directory.join("bins.csv");
        let of_first = format!("as in {}", first.run.directory.display());
        let refuse = |place: String, found: String, expected: String| {
            let expected = format!("{expected}: only runs of the same data can be compared");
            Err(InputError::value(place, found, expected))
        };
        if self.data.len() != first.data.len() {
            return refuse(
                place.display().to_string(),
                format!("{} bins", self.data.len()),
                format!("{} {of_first}", first.data.len()),
            );
        }
        for (bin, (own, other)) in self.data.iter().zip(&first.data).enumerate() {
            for (column, (own, other)) in DATA_COLUMNS.iter().zip(own.iter().zip(other)) {
                if own != other {
                    return refuse(
                        format!("{}, bin {}", place.display(), bin + 1),
                        format!("{column} = {own}"),
                        format!("{other} {of_first}"),
                    );
                }
            }
        }
        let hashes = [&self.blake3, &first.blake3];
        if hashes.iter().all(|hash| !hash.is_empty()) && hashes[0] != hashes[1] {
            return refuse(
                self.run.directory.display().to_string(),
                "limits or digits beyond those of bins.csv".to_owned(),
                of_first,
            );
        }
        Ok(())
    }
}

fn compared(evidence: &ModelEvidence, own: Summary) -> ComparedModel {
    ComparedModel {
        run: 0,
        evidence: ModelEvidence {
            elpd_loo: own.leave_one_out.elpd_loo,
            ..evidence.clone()
        },
        sampler: own.sampler,
        likelihood_calls: own.likelihood_calls,
        effective_sample_size: own.effective_sample_size,
        converged: own.diagnostics.converged,
        prior_sensitivity: own.prior_sensitivity,
    }
}

/// Folder of a model within the run directory, for a name that is no path.
fn model_folder(directory: &Path, main: bool, name: &str) -> Result<PathBuf, InputError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(InputError::value(
            format!(
                "{}: model_comparison",
                directory.join("summary.json").display()
            ),
            format!("the model `{name}`"),
            "the name of a model",
        ));
    }
    Ok(folder_name(main, name))
}

fn read_text(path: &Path) -> Result<String, InputError> {
    std::fs::read_to_string(path).map_err(|source| InputError::read(path, source))
}

fn read_summary(path: &Path) -> Result<Summary, InputError> {
    serde_json::from_str(&read_text(path)?).map_err(|error| InputError::parse(path, error))
}

/// Numbers of the named columns, row by row.
fn columns(path: &Path, names: &[&str]) -> Result<Vec<Vec<f64>>, InputError> {
    let text = read_text(path)?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = (reader.headers().cloned()).map_err(|error| InputError::parse(path, error))?;
    let places = (names.iter())
        .map(|name| {
            (header.iter().position(|column| column == *name)).ok_or_else(|| {
                InputError::value(path.display(), "no such column", format!("`{name}`"))
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mut rows = Vec::new();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|error| InputError::parse(path, error))?;
        let number = |place: &usize| {
            let cell = record.get(*place).unwrap_or_default();
            let number = cell.parse::<f64>().ok().filter(|x| x.is_finite());
            number.ok_or_else(|| {
                let place = format!("{}, row {}", path.display(), row + 1);
                InputError::value(place, format!("`{cell}`"), "a number")
            })
        };
        rows.push(places.iter().map(number).collect::<Result<_, _>>()?);
    }
    Ok(rows)
}

/// elpd of every bin; `None` for a run before there was `loo.csv`, or a model that has none.
fn elpd_by_bin(path: &Path, bins: usize) -> Result<Option<Vec<f64>>, InputError> {
    if !path.exists() {
        return Ok(None);
    }
    let rows = columns(path, &["elpd_nats"])?;
    if rows.len() != bins {
        let found = format!("{} bins", rows.len());
        let expected = format!("{bins} as in bins.csv");
        return Err(InputError::value(path.display(), found, expected));
    }
    Ok(Some(rows.into_iter().flatten().collect()))
}

/// Settings of a resolved run file by dotted key, and its live points.
fn read_settings(path: &Path) -> Result<(BTreeMap<String, String>, Option<i64>), InputError> {
    let table: toml::Table =
        (read_text(path)?.parse()).map_err(|error| InputError::parse(path, error))?;
    let sampler = table.get("sampler");
    let live_points = sampler.and_then(|sampler| sampler.get("live_points")?.as_integer());
    let mut settings = BTreeMap::new();
    for (key, value) in &table {
        flatten(key, value, &mut settings);
    }
    Ok((settings, live_points))
}

fn flatten(key: &str, value: &toml::Value, settings: &mut BTreeMap<String, String>) {
    if NOT_ASSUMED.contains(&key) {
        return;
    }
    match value {
        // A prior is one thing, and read as one.
        toml::Value::Table(table) if !key.starts_with("parameters.") => {
            for (name, value) in table {
                flatten(&format!("{key}.{name}"), value, settings);
            }
        }
        other => {
            settings.insert(key.to_owned(), other.to_string());
        }
    }
}

fn differing(folders: &[RunFolder]) -> Vec<Difference> {
    let names: BTreeSet<&String> = (folders.iter())
        .flat_map(|folder| folder.settings.keys())
        .collect();
    (names.into_iter())
        .map(|name| Difference {
            name: name.clone(),
            values: (folders.iter())
                .map(|folder| folder.settings.get(name).cloned())
                .collect(),
        })
        .filter(|entry| {
            // A parameter of a model that one run alone has is no difference of assumptions.
            let own = entry.values.iter().flatten().count() < 2;
            let parameter = entry.name.starts_with("parameters.");
            entry.values.windows(2).any(|pair| pair[0] != pair[1]) && !(parameter && own)
        })
        .collect()
}
