//! The order of events of a run.

use std::path::Path;
use std::time::Instant;

use super::anchors::prepare_starts;
use super::dark_rock::{DarkRock, dark_rock};
use super::directory::{RUN_FILE, RunDirectory, fingerprint};
use super::figures::{write_figures, write_preference, write_profiles};
use super::inference_data::write_inference_data_of;
use super::model_run::{ModelRun, folder_name};
use super::model_set::ModelSet;
use super::profiles::profiles;
use super::provenance::{InputFile, Provenance, cpu_seconds, unix_seconds};
use super::sampling::{Job, sample};
use super::setup::{ModelSetup, Setup};
use super::text::outcome_text;
use super::{Existing, Outcome, Request, RunError, RunObserver, RunStatus};
use crate::error::InputError;
use crate::report::citations::write_references;
use crate::report::summary::Summary;
use crate::report::write_atomic;

/// Runs a retrieval: every model is sampled and its samples written; then come summaries, figures
/// and the rest.
///
/// # Errors
/// [`RunError::Input`] before anything is written for whatever the user gave; [`RunError::Model`]
/// for a fault that more sampling cannot mend (the last checkpoint stays).
pub fn retrieve(request: &Request, observer: &mut dyn RunObserver) -> Result<Outcome, RunError> {
    let clock = Clock::start();
    let mut setup = Setup::new(&request.config)?;
    let fingerprint = fingerprint(&setup.config, &setup.inputs)?;
    let directory = RunDirectory::open(&request.directory, request.existing, &fingerprint)?;
    write_inputs(&setup, &directory)?;
    observer.on_message(&setup.observation.summary);
    for warning in &setup.warnings {
        observer.on_message(&format!("warning: {warning}"));
    }
    prepare_starts(&mut setup, observer)?;
    let mut runs = Vec::new();
    let mut resumed = false;
    for (index, model) in setup.models.iter().enumerate() {
        let job = ModelJob {
            setup: &setup,
            model,
            main: index == 0,
            directory: &directory,
            fingerprint: &fingerprint,
            existing: request.existing,
        };
        let Some((run, from_checkpoint)) = job.run(observer)? else {
            return Ok(Outcome::interrupted());
        };
        resumed |= from_checkpoint;
        runs.push(run);
    }
    let dark = dark_rock(&setup.dark_rock, &setup.orbit, setup.config.seed)?;
    let (summary, text) = write_results(&setup, &runs, &dark)?;
    let calls = runs.iter().map(|run| run.samples.likelihood_calls).sum();
    write_provenance(&setup, &directory, &clock, &fingerprint, resumed, calls)?;
    Ok(Outcome {
        status: RunStatus::Finished,
        text,
        failed_diagnostics: runs.iter().flat_map(ModelRun::failures).collect(),
        summary: Some(summary),
    })
}

/// Seed of a model's own streams: models must not share random numbers.
fn model_seed(seed: u64, name: &str) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.update(name.as_bytes());
    let mut bytes = [0_u8; 8];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_le_bytes(bytes)
}

/// One model to be sampled in its folder.
struct ModelJob<'a> {
    setup: &'a Setup,
    model: &'a ModelSetup,
    main: bool,
    directory: &'a RunDirectory,
    fingerprint: &'a blake3::Hash,
    existing: Existing,
}

impl<'a> ModelJob<'a> {
    /// The sampled model and whether it went on from a checkpoint; `None` when interrupted.
    fn run(
        &self,
        observer: &mut dyn RunObserver,
    ) -> Result<Option<(ModelRun<'a>, bool)>, RunError> {
        let name = self.model.kind.name();
        let folder = self.directory.subfolder(folder_name(self.main, name))?;
        let seed = model_seed(self.setup.config.seed, name);
        observer.on_model(name);
        let started = Instant::now();
        let job = Job {
            config: &self.setup.config.sampler,
            seed,
            folder: &folder,
            fingerprint: self.fingerprint,
            existing: self.existing,
        };
        let sampled = sample(&self.model.problem, &job, observer)?;
        let Some(samples) = sampled.samples else {
            return Ok(None);
        };
        let wall_seconds = started.elapsed().as_secs_f64();
        let run = ModelRun {
            shortfall: sampled.shortfall,
            wall_seconds,
            ..ModelRun::new(self.setup, self.model, folder, samples, seed)?
        };
        run.write_samples()?;
        Ok(Some((run, sampled.resumed)))
    }
}

fn write_inputs(setup: &Setup, directory: &RunDirectory) -> Result<(), InputError> {
    let resolved = toml::to_string_pretty(&setup.config)
        .map_err(|error| InputError::value("run file", error, "a run file that can be written"))?;
    let head = "# Resolved run file: every default filled in, every path as it was read.\n";
    write_atomic(
        &directory.path().join(RUN_FILE),
        format!("{head}{resolved}").as_bytes(),
    )?;
    let text = format!("{}\n", setup.observation.summary);
    write_atomic(&directory.path().join("observation.txt"), text.as_bytes())
}

/// Everything but the samples. The summary of the main model, with the comparison, and the tables
/// for the terminal are returned.
fn write_results(
    setup: &Setup,
    runs: &[ModelRun<'_>],
    dark: &DarkRock,
) -> Result<(Summary, String), RunError> {
    let mut summaries: Vec<Summary> = runs.iter().map(ModelRun::summary).collect();
    let predictives = runs
        .iter()
        .map(ModelRun::predict)
        .collect::<Result<Vec<_>, RunError>>()?;
    let set = ModelSet::new(runs, &predictives);
    let comparison = set.evidences(&summaries);
    set.write(&comparison)?;
    for (index, run) in runs.iter().enumerate() {
        let summary = &mut summaries[index];
        set.describe(index, summary);
        summary.set_model_comparison(comparison.clone());
        summary.write(&run.folder.join("summary.json"))?;
        run.write_spectra(&predictives[index], dark)?;
        run.write_dependence()?;
        if let Some(profiles) = profiles(run)? {
            profiles.write(run)?;
            write_profiles(&profiles, run, &setup.config.output.figures)?;
        }
        write_inference_data_of(run, &predictives[index])?;
    }
    let keys = setup.citation_keys();
    let main_folder = runs
        .first()
        .map_or(Path::new(""), |run| run.folder.as_path());
    write_references(keys.iter().copied(), &main_folder.join("references.bib"))?;
    for index in 0..runs.len() {
        write_figures(runs, &predictives, index, &setup.config.output.figures)?;
    }
    if let Some(main) = runs.first() {
        write_preference(&set, main, &setup.config.output.figures)?;
    }
    let text = outcome_text(setup, runs, &summaries, &predictives, dark);
    Ok((summaries.swap_remove(0), text))
}

/// Start of this process's part of the run.
struct Clock {
    wall: Instant,
    cpu: Option<f64>,
    started_unix_s: f64,
}

impl Clock {
    fn start() -> Self {
        Self {
            wall: Instant::now(),
            cpu: cpu_seconds(),
            started_unix_s: unix_seconds(),
        }
    }
}

fn write_provenance(
    setup: &Setup,
    directory: &RunDirectory,
    clock: &Clock,
    fingerprint: &blake3::Hash,
    resumed: bool,
    likelihood_calls: u64,
) -> Result<(), InputError> {
    let inputs = setup
        .inputs
        .iter()
        .map(|path| InputFile::of(path))
        .collect::<Result<_, _>>()?;
    let provenance = Provenance {
        program: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        commit: option_env!("GIT_COMMIT"),
        target: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
        seed: setup.config.seed,
        threads: rayon::current_num_threads(),
        fingerprint: fingerprint.to_hex().to_string(),
        inputs,
        started_unix_s: clock.started_unix_s,
        finished_unix_s: unix_seconds(),
        wall_seconds: clock.wall.elapsed().as_secs_f64(),
        cpu_seconds: cpu_seconds().zip(clock.cpu).map(|(now, then)| now - then),
        resumed,
        likelihood_calls,
    };
    let path = directory.path().join("provenance.json");
    let mut text = serde_json::to_string_pretty(&provenance)
        .map_err(|error| InputError::write(&path, std::io::Error::other(error)))?;
    text.push('\n');
    write_atomic(&path, text.as_bytes())
}
