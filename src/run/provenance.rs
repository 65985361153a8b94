//! What a referee needs to repeat a run: versions, inputs with their hashes, seed, times.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::error::InputError;

/// `provenance.json`.
#[derive(Clone, Debug, Serialize)]
pub struct Provenance {
    /// Program and version.
    pub program: &'static str,
    /// Version of the program.
    pub version: &'static str,
    /// Commit of the source, where the build knew it (`GIT_COMMIT`).
    pub commit: Option<&'static str>,
    /// Target of the build.
    pub target: String,
    /// Root seed.
    pub seed: u64,
    /// Worker threads (they change the time and nothing else).
    pub threads: usize,
    /// blake3 of all that decides the samples.
    pub fingerprint: String,
    /// Every file read.
    pub inputs: Vec<InputFile>,
    /// Seconds since 1970 at the start and at the end of this process's part of the run.
    pub started_unix_s: f64,
    /// See `started_unix_s`.
    pub finished_unix_s: f64,
    /// Wall time of this process's part.
    pub wall_seconds: f64,
    /// CPU time of this process's part, all threads, where the system tells it.
    pub cpu_seconds: Option<f64>,
    /// Whether this process went on from a checkpoint.
    pub resumed: bool,
    /// Likelihood calls of all models over the whole run.
    pub likelihood_calls: u64,
}

/// One input.
#[derive(Clone, Debug, Serialize)]
pub struct InputFile {
    /// Path as read.
    pub path: PathBuf,
    /// Size.
    pub bytes: u64,
    /// blake3 of its content.
    pub blake3: String,
}

impl InputFile {
    /// Reads and hashes a file.
    ///
    /// # Errors
    /// [`InputError::Read`].
    pub fn of(path: &Path) -> Result<Self, InputError> {
        let bytes = std::fs::read(path).map_err(|source| InputError::read(path, source))?;
        Ok(Self {
            path: path.to_owned(),
            bytes: bytes.len() as u64,
            blake3: blake3::hash(&bytes).to_hex().to_string(),
        })
    }
}

/// Seconds since 1970.
pub fn unix_seconds() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |elapsed| elapsed.as_secs_f64())
}

/// CPU seconds of this process, user and system, all threads (Linux only).
pub fn cpu_seconds() -> Option<f64> {
    // Fields 14 and 15 of proc(5) stat, in clock ticks of 1/100 s; the command name may hold
    // blanks, so counting starts behind its closing bracket.
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) / TICKS_PER_SECOND)
}
