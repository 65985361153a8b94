//! Checkpoint files: written whole or not at all, and known to be whole when read.
//!
//! Layout, integers little-endian: magic (8 bytes), format version (u32), fingerprint of the run
//! (32 bytes), length of the payload (u64), payload, BLAKE3 hash of all that precedes it
//! (32 bytes). A new checkpoint is written beside the current one and flushed to the disk; the
//! current one is then renamed to `checkpoint.previous` and the new one to `checkpoint`. Whenever
//! the process dies, at least one whole file is left.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::error::InputError;

/// File name of the current checkpoint in the run directory.
pub const CURRENT: &str = "checkpoint";
/// File name of the one before it.
pub const PREVIOUS: &str = "checkpoint.previous";
/// File name while it is being written.
const UNFINISHED: &str = "checkpoint.unfinished";

const MAGIC: [u8; 8] = *b"magmaret";
/// Raised whenever the meaning of the payload changes.
const FORMAT_VERSION: u32 = 1;
const HEADER_BYTES: usize = 8 + 4 + 32 + 8;
const HASH_BYTES: usize = 32;

/// What is wrong with one checkpoint file.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CheckpointFault {
    /// It is not there.
    #[error("there is no such file")]
    Missing,
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(std::io::Error),
    /// It is shorter than it says, or than any checkpoint.
    #[error("is cut short: {found} bytes of {expected}")]
    Truncated {
        /// Bytes found.
        found: u64,
        /// Bytes it should have.
        expected: u64,
    },
    /// It is longer than it says.
    #[error("has {found} bytes and should have {expected}")]
    TooLong {
        /// Bytes found.
        found: u64,
        /// Bytes it should have.
        expected: u64,
    },
    /// It does not begin like a checkpoint.
    #[error("is not a checkpoint of magmaret")]
    NotACheckpoint,
    /// It was written by another version of the format.
    #[error("has format version {found}; this program reads version {FORMAT_VERSION}")]
    Version {
        /// The version found.
        found: u32,
    },
    /// Its contents were altered.
    #[error("is damaged: its hash does not match its contents")]
    Hash,
    /// It belongs to another run.
    #[error("belongs to another run: the resolved run file differs from the one it was made with")]
    Fingerprint,
    /// Its payload is whole, but not a state that the sampler accepts.
    #[error("holds an unusable state: {0}")]
    State(InputError),
}

/// No checkpoint could be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// Neither file exists.
    #[error("there is no checkpoint in `{}`", directory.display())]
    None {
        /// The run directory.
        directory: PathBuf,
    },
    /// The newest readable file belongs to another run; the previous one is then not tried.
    #[error(
        "`{}` belongs to another run: the resolved run file differs from the one it was made with",
        path.display()
    )]
    OtherRun {
        /// The file.
        path: PathBuf,
    },
    /// Both files have faults.
    #[error(
        "no usable checkpoint in `{}`: `{CURRENT}` {current}; `{PREVIOUS}` {previous}",
        directory.display()
    )]
    Unusable {
        /// The run directory.
        directory: PathBuf,
        /// What is wrong with the current one.
        current: Box<CheckpointFault>,
        /// What is wrong with the previous one.
        previous: Box<CheckpointFault>,
    },
}

/// A state read back.
#[derive(Debug)]
pub struct Restored<S> {
    /// The state.
    pub state: S,
    /// The file that it came from.
    pub path: PathBuf,
    /// Why the current file was not used, if it was not.
    pub passed_over: Option<CheckpointFault>,
}

/// Writes `payload` as the current checkpoint of `directory` and keeps the one before it.
///
/// # Errors
/// [`InputError::Write`] names the file that could not be written or renamed; the checkpoints
/// that were there are then still there.
pub fn write(directory: &Path, fingerprint: &[u8; 32], payload: &[u8]) -> Result<(), InputError> {
    let unfinished = directory.join(UNFINISHED);
    let current = directory.join(CURRENT);
    let bytes = encode(fingerprint, payload);
    let written = File::create(&unfinished).and_then(|mut file| {
        file.write_all(&bytes)?;
        file.sync_all()
    });
    written.map_err(|source| failed(&unfinished, source))?;
    match fs::rename(&current, directory.join(PREVIOUS)) {
        Ok(()) => {}
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => {}
        Err(source) => return Err(failed(&current, source)),
    }
    fs::rename(&unfinished, &current).map_err(|source| failed(&current, source))?;
    sync_directory(directory)
}

/// Reads the current checkpoint of `directory`, or the previous one if that is damaged.
///
/// `decode` turns the payload into a state; its refusal counts as damage.
///
/// # Errors
/// [`CheckpointError`]: there is none, it belongs to another run, or both are damaged, and how.
pub fn read<S>(
    directory: &Path,
    fingerprint: &[u8; 32],
    decode: impl Fn(&[u8]) -> Result<S, InputError>,
) -> Result<Restored<S>, CheckpointError> {
    let read_one = |name: &str| {
        let path = directory.join(name);
        read_file(&path, fingerprint)
            .and_then(|payload| decode(&payload).map_err(CheckpointFault::State))
            .map(|state| (state, path))
    };
    let current = match read_one(CURRENT) {
        Ok((state, path)) => {
            return Ok(Restored {
                state,
                path,
                passed_over: None,
            });
        }
        Err(CheckpointFault::Fingerprint) => {
            return Err(CheckpointError::OtherRun {
                path: directory.join(CURRENT),
            });
        }
        Err(fault) => fault,
    };
    match read_one(PREVIOUS) {
        Ok((state, path)) => Ok(Restored {
            state,
            path,
            passed_over: Some(current),
        }),
        Err(CheckpointFault::Fingerprint) => Err(CheckpointError::OtherRun {
            path: directory.join(PREVIOUS),
        }),
        Err(CheckpointFault::Missing) if matches!(current, CheckpointFault::Missing) => {
            Err(CheckpointError::None {
                directory: directory.to_owned(),
            })
        }
        Err(previous) => Err(CheckpointError::Unusable {
            directory: directory.to_owned(),
            current: Box::new(current),
            previous: Box::new(previous),
        }),
    }
}

fn encode(fingerprint: &[u8; 32], payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + payload.len() + HASH_BYTES);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
    bytes.extend_from_slice(fingerprint);
    bytes.extend_from_slice(&(payload.len() as u64).to_le_bytes());
    bytes.extend_from_slice(payload);
    let hash = blake3::hash(&bytes);
    bytes.extend_from_slice(hash.as_bytes());
    bytes
}

fn read_file(path: &Path, fingerprint: &[u8; 32]) -> Result<Vec<u8>, CheckpointFault> {
    let bytes = fs::read(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => CheckpointFault::Missing,
        _ => CheckpointFault::Unreadable(source),
    })?;
    decode(&bytes, fingerprint).map(<[u8]>::to_vec)
}

fn decode<'a>(bytes: &'a [u8], fingerprint: &[u8; 32]) -> Result<&'a [u8], CheckpointFault> {
    let found = bytes.len() as u64;
    let least = (HEADER_BYTES + HASH_BYTES) as u64;
    if !bytes.starts_with(&MAGIC[..bytes.len().min(MAGIC.len())]) {
        return Err(CheckpointFault::NotACheckpoint);
    }
    if found < least {
        return Err(CheckpointFault::Truncated {
            found,
            expected: least,
        });
    }
    let (header, rest) = bytes.split_at(HEADER_BYTES);
    let version = u32::from_le_bytes([header[8], header[9], header[10], header[11]]);
    if version != FORMAT_VERSION {
        return Err(CheckpointFault::Version { found: version });
    }
    let mut length = [0_u8; 8];
    length.copy_from_slice(&header[44..52]);
    let expected = u64::from_le_bytes(length).saturating_add(least);
    if found < expected {
        return Err(CheckpointFault::Truncated { found, expected });
    }
    if found > expected {
        return Err(CheckpointFault::TooLong { found, expected });
    }
    let (payload, hash) = rest.split_at(rest.len() - HASH_BYTES);
    if blake3::hash(&bytes[..bytes.len() - HASH_BYTES]).as_bytes()[..] != *hash {
        return Err(CheckpointFault::Hash);
    }
    if header[12..44] != fingerprint[..] {
        return Err(CheckpointFault::Fingerprint);
    }
    Ok(payload)
}

/// Makes the renames themselves durable, where the system can.
fn sync_directory(directory: &Path) -> Result<(), InputError> {
    if cfg!(unix) {
        File::open(directory)
            .and_then(|folder| folder.sync_all())
            .map_err(|source| failed(directory, source))?;
    }
    Ok(())
}

fn failed(path: &Path, source: std::io::Error) -> InputError {
    InputError::Write {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: [u8; 32] = [7; 32];

    fn keep(bytes: &[u8]) -> Result<Vec<u8>, InputError> {
        Ok(bytes.to_vec())
    }

    #[test]
    fn the_newest_is_read_and_the_previous_one_kept() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            read(folder.path(), &RUN, keep),
            Err(CheckpointError::None { .. })
        ));
        write(folder.path(), &RUN, b"first").unwrap();
        write(folder.path(), &RUN, b"second").unwrap();
        let restored = read(folder.path(), &RUN, keep).unwrap();
        assert_eq!(restored.state, b"second");
        assert!(restored.passed_over.is_none());
        assert!(!folder.path().join(UNFINISHED).exists());
    }

    /// Each damage is named, and the previous checkpoint used.
    #[test]
    fn a_damaged_checkpoint_is_named_and_the_previous_one_used() {
        let folder = tempfile::tempdir().unwrap();
        let current = folder.path().join(CURRENT);
        write(folder.path(), &RUN, b"first").unwrap();
        write(folder.path(), &RUN, b"second").unwrap();
        let whole = fs::read(&current).unwrap();
        let mut flipped = whole.clone();
        flipped[HEADER_BYTES] ^= 1;
        let mut version = whole.clone();
        version[8] = 9;
        let damages: [(Vec<u8>, &str); 6] = [
            (whole[..whole.len() - 1].to_vec(), "cut short"),
            (Vec::new(), "cut short"),
            (flipped, "hash does not match"),
            (version, "format version 9"),
            (
                b"something else that is long enough".to_vec(),
                "not a checkpoint",
            ),
            ([&whole[..], b"x"].concat(), "should have"),
        ];
        for (bytes, message) in damages {
            fs::write(&current, bytes).unwrap();
            let restored = read(folder.path(), &RUN, keep).unwrap();
            assert_eq!(restored.state, b"first");
            let fault = restored.passed_over.unwrap().to_string();
            assert!(fault.contains(message), "{fault}");
        }
        fs::remove_file(&current).unwrap();
        assert_eq!(read(folder.path(), &RUN, keep).unwrap().state, b"first");
        fs::write(folder.path().join(PREVIOUS), b"").unwrap();
        let error = read(folder.path(), &RUN, keep).unwrap_err().to_string();
        assert!(
            error.contains("no such file") && error.contains("cut short"),
            "{error}"
        );
    }

    #[test]
    fn a_state_that_the_sampler_refuses_counts_as_damage() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &RUN, b"good").unwrap();
        write(folder.path(), &RUN, b"bad").unwrap();
        let decode = |bytes: &[u8]| {
            (bytes == b"good")
                .then_some(())
                .ok_or_else(|| InputError::value("state", "bad", "good"))
        };
        let restored = read(folder.path(), &RUN, decode).unwrap();
        assert!(restored.path.ends_with(PREVIOUS));
    }

    #[test]
    fn another_runs_checkpoint_is_its_own_error() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &RUN, b"state").unwrap();
        assert!(matches!(
            read(folder.path(), &[8; 32], keep),
            Err(CheckpointError::OtherRun { .. })
        ));
    }

    /// A process that dies between the two renames leaves only the previous file.
    #[test]
    fn death_at_any_step_of_a_write_leaves_a_whole_checkpoint() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &RUN, b"first").unwrap();
        fs::write(folder.path().join(UNFINISHED), b"half a file").unwrap();
        assert_eq!(read(folder.path(), &RUN, keep).unwrap().state, b"first");
        fs::rename(folder.path().join(CURRENT), folder.path().join(PREVIOUS)).unwrap();
        assert_eq!(read(folder.path(), &RUN, keep).unwrap().state, b"first");
        write(folder.path(), &RUN, b"second").unwrap();
        assert_eq!(read(folder.path(), &RUN, keep).unwrap().state, b"second");
    }
}
