//! Opacity files of every format: written by the libraries that define the formats
//! (`make_fixtures.py`), read back to single precision, refused where they cannot be meant, and
//! mutated ten thousand times without a panic.

#[path = "../fuzz/mutate.rs"]
mod mutate;

mod formulae;
mod fuzz;
mod import;
mod refusals;
mod round_trip;

use std::path::PathBuf;

/// A file or folder of `fixtures/`.
fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/opacity_readers/fixtures")
        .join(name)
}
