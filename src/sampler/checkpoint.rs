//! Checkpoints: a sampler's state in a file that is whole or not there.
//!
//! Layout: magic, format version, 32-byte fingerprint of the run's inputs, length of the payload
//! (u64, little-endian), payload, blake3 of all that precedes. A new checkpoint is written beside
//! the old one, flushed to the disk, and takes its place by renaming; the one before is kept. A
//! process that dies at any moment therefore leaves a readable state.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::error::InputError;

/// Name of the newest checkpoint in a folder.
pub const CURRENT: &str = "checkpoint";
/// Name of the one before.
pub const PREVIOUS: &str = "checkpoint.previous";
const PENDING: &str = "checkpoint.pending";

const MAGIC: &[u8; 8] = b"MAGMARET";
const VERSION: u32 = 1;
const HASH_BYTES: usize = 32;
const HEAD_BYTES: usize = MAGIC.len() + 4 + HASH_BYTES + 8;

/// A checkpoint that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The sampler's state.
    pub payload: Vec<u8>,
    /// What was wrong with the newest file where the one before had to serve.
    pub damage: Option<String>,
}

/// Why the bytes of a file are no checkpoint of this run.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fault {
    Damaged(String),
    OtherRun,
}

/// The bytes of a checkpoint file.
pub fn encode(fingerprint: &blake3::Hash, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD_BYTES + payload.len() + HASH_BYTES);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(fingerprint.as_bytes());
    bytes.extend_from_slice(&(payload.len() as u64).to_le_bytes());
    bytes.extend_from_slice(payload);
    let hash = blake3::hash(&bytes);
    bytes.extend_from_slice(hash.as_bytes());
    bytes
}

fn decode(bytes: &[u8], fingerprint: &blake3::Hash) -> Result<Vec<u8>, Fault> {
    let damaged = |what: String| Err(Fault::Damaged(what));
    if bytes.len() < HEAD_BYTES + HASH_BYTES {
        return damaged(format!("{} bytes, too short for a checkpoint", bytes.len()));
    }
    let (content, hash) = bytes.split_at(bytes.len() - HASH_BYTES);
    if content[..MAGIC.len()] != *MAGIC {
        return damaged("no checkpoint of magmaret".to_owned());
    }
    if blake3::hash(content).as_bytes() != hash {
        return damaged("its checksum does not fit its content".to_owned());
    }
    let (head, payload) = content.split_at(HEAD_BYTES);
    let version = &head[MAGIC.len()..MAGIC.len() + 4];
    if version != VERSION.to_le_bytes() {
        return damaged(format!("format {version:?} where this program writes {VERSION}"));
    }
    if head[HEAD_BYTES - 8..] != (payload.len() as u64).to_le_bytes() {
        return damaged("its length is not the one it states".to_owned());
    }
    if head[MAGIC.len() + 4..HEAD_BYTES - 8] != *fingerprint.as_bytes() {
        return Err(Fault::OtherRun);
    }
    Ok(payload.to_vec())
}

/// Writes a checkpoint to `folder`; the former one is kept as [`PREVIOUS`].
///
/// # Errors
/// [`InputError::Write`]; the former checkpoint then still stands.
pub fn write(folder: &Path, fingerprint: &blake3::Hash, payload: &[u8]) -> Result<(), InputError> {
    let [pending, current, previous] = [PENDING, CURRENT, PREVIOUS].map(|name| folder.join(name));
    let bytes = encode(fingerprint, payload);
    write_flushed(&pending, &bytes).map_err(|source| InputError::write(&pending, source))?;
    if current.exists() {
        // Between the two renames only the previous one stands, and it is whole.
        fs::rename(&current, &previous).map_err(|source| InputError::write(&previous, source))?;
    }
    fs::rename(&pending, &current).map_err(|source| InputError::write(&current, source))?;
    flush_folder(folder);
    Ok(())
}

fn write_flushed(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes the renames last through a loss of power, where the system can flush a folder.
fn flush_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Reads the newest checkpoint of `folder` that is whole; `None` where there is none at all.
///
/// # Errors
/// [`InputError::Value`] when every checkpoint is damaged, or belongs to a run of other inputs.
pub fn read(folder: &Path, fingerprint: &blake3::Hash) -> Result<Option<Checkpoint>, InputError> {
    let mut damage = None;
    for name in [CURRENT, PREVIOUS] {
        let path = folder.join(name);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(source) => return Err(InputError::read(&path, source)),
        };
        match decode(&bytes, fingerprint) {
            Ok(payload) => return Ok(Some(Checkpoint { payload, damage })),
            Err(Fault::OtherRun) => {
                return Err(InputError::value(
                    format!("`{}`", path.display()),
                    "a checkpoint of a run with other inputs",
                    "that of this run; --force starts anew",
                ));
            }
            Err(Fault::Damaged(what)) => {
                damage = Some(format!(
                    "`{}` is damaged ({what}); the checkpoint before it is used",
                    path.display()
                ));
            }
        }
    }
    match damage {
        None => Ok(None),
        Some(_) => Err(InputError::value(
            format!("checkpoints in `{}`", folder.display()),
            "none that is whole",
            "a whole checkpoint; --force starts anew",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(text: &str) -> blake3::Hash {
        blake3::hash(text.as_bytes())
    }

    #[test]
    fn a_checkpoint_comes_back_and_the_one_before_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path(), &hash("run")).unwrap(), None);
        write(folder.path(), &hash("run"), b"first").unwrap();
        write(folder.path(), &hash("run"), b"second").unwrap();
        let found = read(folder.path(), &hash("run")).unwrap().unwrap();
        assert_eq!((found.payload.as_slice(), found.damage), (&b"second"[..], None));
        // A death between the two renames leaves the former one only.
        fs::remove_file(folder.path().join(CURRENT)).unwrap();
        let found = read(folder.path(), &hash("run")).unwrap().unwrap();
        assert_eq!(found.payload, b"first");
    }

    #[test]
    fn every_single_damaged_byte_is_noticed_named_and_survived() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &hash("run"), b"first").unwrap();
        write(folder.path(), &hash("run"), b"second").unwrap();
        let path = folder.path().join(CURRENT);
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            fs::write(&path, &bytes).unwrap();
            let found = read(folder.path(), &hash("run")).unwrap().unwrap();
            assert_eq!(found.payload, b"first");
            assert!(found.damage.unwrap().contains("checkpoint` is damaged"));
        }
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            assert_eq!(read(folder.path(), &hash("run")).unwrap().unwrap().payload, b"first");
        }
    }

    #[test]
    fn no_whole_checkpoint_or_that_of_another_run_is_an_error_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(CURRENT), b"garbage").unwrap();
        let error = read(folder.path(), &hash("run")).unwrap_err().to_string();
        assert!(error.contains("none that is whole"), "{error}");
        write(folder.path(), &hash("run"), b"state").unwrap();
        let error = read(folder.path(), &hash("other")).unwrap_err().to_string();
        assert!(error.contains("other inputs"), "{error}");
    }
}
