//! 100,000 mutated run files, observation files and checkpoints: an answer or an error, never a
//! panic. The seeds are `configs/`, `observations/` and `tests/fuzz/corpus`.

#[path = "fuzz/mutate.rs"]
mod mutate;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rayon::prelude::*;

use magmaret::config::{FileConfig, Kernel, ModelKind, RunConfig, TableFormat};
use magmaret::error::{ModelError, RejectReason};
use magmaret::observation::{System, parse};
use magmaret::run::Setup;
use magmaret::sampler::{
    EnsembleRun, EnsembleSettings, NestedRun, NestedSettings, Observer, Progress, Target,
    checkpoint,
};
use magmaret::units::{DepthUnit, WidthKind};
use mutate::mutate;

const RUN_FILES: u64 = 40_000;
const OBSERVATION_FILES: u64 = 40_000;
const SYSTEM_FILES: u64 = 5_000;
const STATES: u64 = 10_000;
const CHECKPOINT_FILES: u64 = 5_000;

type Seeds = Vec<(PathBuf, Vec<u8>)>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_in(folder: &str) -> Seeds {
    let mut files: Vec<PathBuf> = fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{folder} is empty");
    files
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

/// Runs `try_one` on `cases` mutations of the seeds; a panic names the mutation that did it.
fn fuzz(seeds: &Seeds, cases: u64, try_one: impl Fn(&[u8], &Path) + Sync) {
    (0..cases).into_par_iter().for_each(|case| {
        let (path, bytes) = &seeds[case as usize % seeds.len()];
        let mut rng = ChaCha8Rng::seed_from_u64(case);
        let mutated = mutate(bytes, &mut rng);
        assert!(
            catch_unwind(AssertUnwindSafe(|| try_one(&mutated, path))).is_ok(),
            "case {case} of {} panicked on:\n{}",
            path.display(),
            String::from_utf8_lossy(&mutated)
        );
    });
}

#[test]
fn mutated_run_files_never_panic() {
    let mut seeds = files_in("configs");
    seeds.extend(files_in("tests/fuzz/corpus/run"));
    let reached = std::sync::atomic::AtomicU64::new(0);
    fuzz(&seeds, RUN_FILES, |bytes, path| {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return;
        };
        if let Ok(mut config) = RunConfig::from_text(text, path) {
            // The files must be there for the later stages to be reached.
            for file in config.paths_mut() {
                let folder = path.parent().unwrap_or(Path::new(""));
                let there = folder.join(&*file);
                let name = file.file_name().unwrap_or_default();
                *file = if there.exists() {
                    there
                } else {
                    root().join("observations").join(name)
                };
            }
            // A model with a gas reads its opacities, which takes most of a second.
            let models = &mut config.model;
            models.compare_with.retain(|kind| !kind.has_gas());
            if models.kind.has_gas() {
                models.kind = ModelKind::BareRock;
            }
            if Setup::new(&config).is_ok() {
                reached.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
        }
    });
    let reached = reached.into_inner();
    assert!(
        reached > RUN_FILES / 100,
        "only {reached} mutations were valid: the fuzz is too shallow"
    );
}

/// Every way to read a file: format recognised, and each format declared.
fn ways() -> Vec<FileConfig> {
    let recognised = FileConfig::from_path(PathBuf::from("fuzz"));
    let formats = [
        TableFormat::Magmaret,
        TableFormat::NasaArchive,
        TableFormat::Eureka,
        TableFormat::Sparta,
        TableFormat::Exotedrf,
        TableFormat::Columns,
    ];
    let mut ways = vec![recognised.clone()];
    ways.extend(formats.map(|format| FileConfig {
        format: Some(format),
        depth_unit: Some(DepthUnit::Ppm),
        bin_width: Some(WidthKind::Half),
        ..recognised.clone()
    }));
    ways
}

#[test]
fn mutated_observation_files_never_panic() {
    let mut seeds = files_in("observations");
    seeds.extend(files_in("tests/fuzz/corpus/observation"));
    let ways = ways();
    fuzz(&seeds, OBSERVATION_FILES, |bytes, _| {
        for way in &ways {
            let _ = parse(bytes, way);
        }
    });
}

#[test]
fn mutated_system_files_never_panic() {
    fuzz(
        &files_in("observations/systems"),
        SYSTEM_FILES,
        |bytes, path| {
            if let Ok(text) = std::str::from_utf8(bytes) {
                let _ = System::from_text(text, path);
            }
        },
    );
}

/// A normal with a forbidden corner.
struct Hill;

impl Target for Hill {
    type Workspace = ();

    fn dim(&self) -> usize {
        2
    }

    fn workspace(&self) {}

    fn ln_likelihood(&self, unit: &[f64], (): &mut ()) -> Result<f64, ModelError> {
        if unit.iter().sum::<f64>() < 0.3 {
            return Err(ModelError::Rejected(RejectReason::Forbidden));
        }
        Ok(unit.iter().map(|u| -50.0 * (u - 0.5).powi(2)).sum())
    }
}

struct StopAfter(u32);

impl Observer for StopAfter {
    fn on_batch(&mut self, _: &Progress) -> bool {
        self.0 = self.0.saturating_sub(1);
        self.0 > 0
    }
}

/// States of both samplers in mid-run.
fn states() -> Seeds {
    let settings = NestedSettings {
        live_points: 40,
        batch: 4,
        delta_ln_z: 0.1,
        kernel: Kernel::Auto,
        steps: None,
        target_effective_samples: None,
        max_likelihood_calls: 20_000,
    };
    let mut seeds = Seeds::new();
    for (name, batches) in [("early", 3), ("middle", 40), ("done", u32::MAX)] {
        let mut run = NestedRun::new(settings.clone(), 2, 1).unwrap();
        run.advance(&Hill, &mut StopAfter(batches)).unwrap();
        seeds.push((
            PathBuf::from(format!("nested {name}")),
            run.to_bytes().unwrap(),
        ));
    }
    let settings = EnsembleSettings {
        walkers: 8,
        steps: 30,
        max_likelihood_calls: 20_000,
    };
    let mut run = EnsembleRun::new(settings, 2, 1).unwrap();
    run.advance(&Hill, &mut StopAfter(10)).unwrap();
    seeds.push((PathBuf::from("ensemble"), run.to_bytes().unwrap()));
    seeds
}

/// A mutated state is refused, or it is a state like any other: it goes on and ends.
#[test]
fn mutated_sampler_states_never_panic() {
    fuzz(&states(), STATES, |bytes, path| {
        if path.starts_with("ensemble") {
            if let Ok(mut run) = EnsembleRun::from_bytes(bytes) {
                let _ = run.advance(&Hill, &mut StopAfter(3));
                let _ = run.finish();
            }
        } else if let Ok(mut run) = NestedRun::from_bytes(bytes) {
            let _ = run.advance(&Hill, &mut StopAfter(3));
            let _ = run.finish();
        }
    });
}

#[test]
fn mutated_checkpoint_files_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    let fingerprint = [7; 32];
    let (_, state) = states().swap_remove(1);
    checkpoint::write(folder.path(), &fingerprint, &state).unwrap();
    let whole = fs::read(folder.path().join(checkpoint::CURRENT)).unwrap();
    let seeds = vec![(PathBuf::from("checkpoint"), whole.clone())];
    fuzz(&seeds, CHECKPOINT_FILES, |bytes, _| {
        let thread = rayon::current_thread_index().unwrap_or(0).to_string();
        let folder = folder.path().join(thread);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(checkpoint::CURRENT), bytes).unwrap();
        fs::write(folder.join(checkpoint::PREVIOUS), &whole).unwrap();
        let read = checkpoint::read(&folder, &fingerprint, NestedRun::from_bytes).unwrap();
        assert!(
            bytes == whole || read.passed_over.is_some(),
            "damage went unnoticed"
        );
    });
}
