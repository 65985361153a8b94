//! 100,000 mutated run files, observation files and checkpoints: an answer or an error, never a
//! panic. The corpus is in `tests/fuzz/corpus` beside what `configs/` and `observations/` hold.

#[path = "fuzz/mutate.rs"]
mod mutate;

use std::fs;
use std::path::{Path, PathBuf};

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rayon::prelude::*;

use magmaret::config::{FileConfig, ObservationConfig, RunConfig, SelectConfig};
use magmaret::observation::Observation;
use magmaret::run;
use mutate::mutate;

const CASES: u64 = 100_000;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_in(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{folder} is empty");
    files
}

/// Runs `try_one` on `cases` mutations of the seeds; a panic names the mutation that did it.
fn fuzz(seeds: &[PathBuf], cases: u64, try_one: impl Fn(&[u8], &Path) + Sync) {
    let seeds: Vec<(PathBuf, Vec<u8>)> = seeds
        .iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    (0..cases).into_par_iter().for_each(|case| {
        let (path, bytes) = &seeds[case as usize % seeds.len()];
        let mut rng = ChaCha8Rng::seed_from_u64(case);
        let mutated = mutate(bytes, &mut rng);
        let outcome =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| try_one(&mutated, path)));
        assert!(
            outcome.is_ok(),
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
    fuzz(&seeds, 4 * CASES / 10, |bytes, path| {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return;
        };
        if let Ok(mut config) = RunConfig::from_text(text, path) {
            // The data must be there for the later stages to be reached; other paths may be gone.
            for file in &mut config.observation.files {
                file.path = root()
                    .join("observations")
                    .join(file.path.file_name().unwrap_or_default());
            }
            let _ = run::Setup::new(&config);
        }
    });
}

#[test]
fn mutated_observation_files_never_panic() {
    let mut seeds = files_in("observations");
    seeds.extend(files_in("tests/fuzz/corpus/observation"));
    let folder = tempfile::tempdir().unwrap();
    fuzz(&seeds, 5 * CASES / 10, |bytes, path| {
        let thread = rayon::current_thread_index().unwrap_or(0);
        let copy = folder
            .path()
            .join(format!("{thread}_{}", path.file_name().unwrap().display()));
        fs::write(&copy, bytes).unwrap();
        let _ = Observation::read(&ObservationConfig {
            files: vec![FileConfig::from_path(copy)],
            select: SelectConfig::default(),
            wavelength_range_um: None,
            throughput_file: None,
        });
    });
}
