//! Readers of observation files, the shipped observations and the shipped systems.

mod formats;
mod fuzz;
mod refusals;
mod selection;
mod shipped;
mod systems;

use std::path::{Path, PathBuf};

use magmaret::config::{FileConfig, ObservationConfig, SelectConfig, TableFormat};
use magmaret::observation::{Observation, Row};

/// The folder of the shipped observations.
fn observations() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("observations")
}

/// `[observation]` with one file and no selection.
fn one_file(path: PathBuf) -> ObservationConfig {
    ObservationConfig {
        files: vec![FileConfig::from_path(path)],
        select: SelectConfig::default(),
        wavelength_range_um: None,
        throughput_file: None,
    }
}

/// A shipped file, read whole.
fn shipped(name: &str) -> Observation {
    Observation::read(&one_file(observations().join(name))).unwrap()
}

/// A file of this name about which nothing is declared.
fn undeclared(name: &str) -> FileConfig {
    FileConfig::from_path(PathBuf::from(name))
}

/// A file of a declared format.
fn declared(format: TableFormat) -> FileConfig {
    FileConfig {
        format: Some(format),
        ..undeclared("test.txt")
    }
}

/// The numbers of the rows, bit by bit.
fn bits(rows: &[Row]) -> Vec<[u64; 5]> {
    rows.iter()
        .map(|row| {
            [
                row.low_m,
                row.high_m,
                row.depth,
                row.error_minus,
                row.error_plus,
            ]
            .map(f64::to_bits)
        })
        .collect()
}
