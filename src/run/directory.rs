//! The run directory: who may write there, and what belongs to which inputs.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::config::{RunConfig, SamplerConfig};
use crate::error::InputError;
use crate::report::write_atomic;

/// What to do with results that are already there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Existing {
    /// Refuse: results are never overwritten by accident.
    #[default]
    Refuse,
    /// Go on from the last checkpoint.
    Resume,
    /// Go on beyond the end: more live points or a lower stop.
    Extend,
    /// Delete the earlier run and start anew.
    Replace,
}

/// A locked run directory. The lock goes with the process, however it ends.
#[derive(Debug)]
pub struct RunDirectory {
    path: PathBuf,
    _lock: File,
}

/// File that marks a folder as a run directory, and holds the resolved run file.
pub const RUN_FILE: &str = "run.toml";
const FINGERPRINT_FILE: &str = "fingerprint";
/// The first file that a run makes: what holds it is a run directory, however early the run died.
const LOCK_FILE: &str = ".magmaret.lock";

impl RunDirectory {
    /// Opens or makes the directory `path`.
    ///
    /// # Errors
    /// A run that is already there and `existing` does not allow for; a folder that is no run
    /// directory; another process at work in it; inputs that differ from those the run began with.
    pub fn open(
        path: &Path,
        existing: Existing,
        fingerprint: &blake3::Hash,
    ) -> Result<Self, InputError> {
        let occupied = fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some());
        let is_run = [LOCK_FILE, RUN_FILE]
            .iter()
            .any(|name| path.join(name).exists());
        if path.exists() && !path.is_dir() {
            return Err(InputError::value(
                path.display(),
                "a file",
                "a folder or a new name",
            ));
        }
        if occupied && !is_run {
            return Err(InputError::value(
                path.display(),
                "a folder that holds other things",
                "a run directory, an empty folder or a new name (--out)",
            ));
        }
        if occupied && existing == Existing::Refuse {
            return Err(InputError::value(
                path.display(),
                "an earlier run",
                "--resume to go on with it, --extend to go beyond its end, --force to replace it, \
                 or another folder with --out",
            ));
        }
        fs::create_dir_all(path).map_err(|source| InputError::write(path, source))?;
        let lock = lock(path)?;
        if existing == Existing::Replace {
            clear(path)?;
        }
        let directory = Self {
            path: path.to_owned(),
            _lock: lock,
        };
        directory.match_fingerprint(fingerprint)?;
        Ok(directory)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A folder of its own for a model of the comparison.
    ///
    /// # Errors
    /// [`InputError::Write`] if it cannot be made.
    pub fn subfolder(&self, name: impl AsRef<Path>) -> Result<PathBuf, InputError> {
        let path = self.path.join(name);
        fs::create_dir_all(&path).map_err(|source| InputError::write(&path, source))?;
        Ok(path)
    }

    fn match_fingerprint(&self, fingerprint: &blake3::Hash) -> Result<(), InputError> {
        let path = self.path.join(FINGERPRINT_FILE);
        match fs::read_to_string(&path) {
            Ok(found) if found.trim() == fingerprint.to_hex().as_str() => Ok(()),
            Ok(_) => Err(InputError::value(
                self.path.display(),
                "a run of other inputs (run file, data, priors or program version have changed)",
                "the inputs it began with, or --force, or another folder with --out",
            )),
            Err(_) => write_atomic(&path, format!("{}\n", fingerprint.to_hex()).as_bytes()),
        }
    }
}

fn lock(path: &Path) -> Result<File, InputError> {
    let lock_path = path.join(LOCK_FILE);
    let file = File::create(&lock_path).map_err(|source| InputError::write(&lock_path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(InputError::value(
            path.display(),
            "another magmaret at work in it",
            "to be alone: wait for it, or choose another folder with --out",
        )),
        Err(TryLockError::Error(source)) => Err(InputError::write(&lock_path, source)),
    }
}

/// Deletes everything but the lock.
fn clear(path: &Path) -> Result<(), InputError> {
    let entries = fs::read_dir(path).map_err(|source| InputError::read(path, source))?;
    for entry in entries {
        let entry = entry
            .map_err(|source| InputError::read(path, source))?
            .path();
        if entry.file_name().is_some_and(|name| name == LOCK_FILE) {
            continue;
        }
        let removed = if entry.is_dir() {
            fs::remove_dir_all(&entry)
        } else {
            fs::remove_file(&entry)
        };
        removed.map_err(|source| InputError::write(&entry, source))?;
    }
    Ok(())
}

/// Hash of all that decides the samples, apart from where a run stops: a run may be resumed or
/// extended only with the same one.
///
/// # Errors
/// [`InputError::Read`] for an input file that has gone.
pub fn fingerprint(config: &RunConfig, inputs: &[PathBuf]) -> Result<blake3::Hash, InputError> {
    let mut essential = config.clone();
    let defaults = SamplerConfig::default();
    essential.title.clear();
    essential.output = Default::default();
    // A file counts by its content, below; where it lies may change between calls.
    for path in essential.paths_mut() {
        *path = path.file_name().map(PathBuf::from).unwrap_or_default();
    }
    essential.sampler.live_points = defaults.live_points;
    essential.sampler.delta_ln_z = defaults.delta_ln_z;
    essential.sampler.target_effective_samples = defaults.target_effective_samples;
    essential.sampler.max_likelihood_calls = defaults.max_likelihood_calls;
    essential.sampler.checkpoint_interval_s = defaults.checkpoint_interval_s;
    let mut hasher = blake3::Hasher::new();
    hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
    // The debug form holds every field and no path that serialisation could refuse.
    hasher.update(format!("{essential:?}").as_bytes());
    for path in inputs {
        let bytes = fs::read(path).map_err(|source| InputError::read(path, source))?;
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(&bytes);
    }
    Ok(hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(text: &str) -> blake3::Hash {
        blake3::hash(text.as_bytes())
    }

    #[test]
    fn an_earlier_run_is_refused_resumed_or_replaced_as_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        drop(RunDirectory::open(&path, Existing::Refuse, &hash("a")).unwrap());
        fs::write(path.join("samples.csv"), "1").unwrap();
        let refused = RunDirectory::open(&path, Existing::Refuse, &hash("a")).unwrap_err();
        assert!(refused.to_string().contains("--resume"), "{refused}");
        assert!(path.join("samples.csv").exists());
        drop(RunDirectory::open(&path, Existing::Resume, &hash("a")).unwrap());
        let other = RunDirectory::open(&path, Existing::Resume, &hash("b")).unwrap_err();
        assert!(other.to_string().contains("other inputs"), "{other}");
        drop(RunDirectory::open(&path, Existing::Replace, &hash("b")).unwrap());
        assert!(!path.join("samples.csv").exists());
    }

    #[test]
    fn a_folder_of_other_things_is_never_cleared() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thesis.tex"), "x").unwrap();
        let refused = RunDirectory::open(folder.path(), Existing::Replace, &hash("a")).unwrap_err();
        assert!(refused.to_string().contains("other things"), "{refused}");
        assert!(folder.path().join("thesis.tex").exists());
    }

    #[test]
    fn a_run_that_died_before_its_first_file_can_be_resumed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        fs::create_dir(&path).unwrap();
        fs::write(path.join(LOCK_FILE), "").unwrap();
        drop(RunDirectory::open(&path, Existing::Resume, &hash("a")).unwrap());
        drop(RunDirectory::open(&path, Existing::Resume, &hash("a")).unwrap());
    }

    #[test]
    fn two_processes_cannot_share_a_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        let _first = RunDirectory::open(&path, Existing::Refuse, &hash("a")).unwrap();
        let second = RunDirectory::open(&path, Existing::Resume, &hash("a")).unwrap_err();
        assert!(second.to_string().contains("another magmaret"), "{second}");
    }
}
