//! k-tables of photochem and clima in HDF5.
//!
//! # Layout
//! `wavelengths` (edges, µm), `weights`, `T` \[K\], `log10P` \[bar\], `log10k` \[log10 cm²\] with the
//! measured shape (wavelength, temperature, pressure, g); the notes that come with the files name
//! the reverse order (Fortran), and either is told by the lengths.

use std::path::Path;

use super::hdf5::Hdf5;
use super::raw::{Axis, RawTable, Source, axis_order, transpose};
use super::{Options, file_name, label};
use crate::error::InputError;
use crate::opacity::CrossSectionTable;

/// Reads a table.
///
/// # Errors
/// File, dataset and index of whatever is missing or cannot be in the units of the format.
pub fn read(path: &Path, options: &Options) -> Result<CrossSectionTable, InputError> {
    let file = Hdf5::open(path)?;
    let molar_mass_g_mol = label::molar_mass(&options.gas, options.molar_mass_g_mol)?;
    let wavelength = file.axis("wavelengths")?;
    let weights = file.axis("weights")?;
    let temperature = file.axis("T")?;
    let pressure = file.axis("log10P")?;
    let nx = wavelength.values.len().saturating_sub(1);
    let (nt, np, ny) = (
        temperature.values.len(),
        pressure.values.len(),
        weights.values.len(),
    );
    let shape = file.shape("log10k")?;
    let order = axis_order(
        &file.place("log10k"),
        &shape,
        &[
            ("wavelength", nx),
            ("temperature", nt),
            ("pressure", np),
            ("g", ny),
        ],
    )?;
    let data = file.table("log10k", |value| 10.0_f64.powf(value))?;
    // From the documented axes to [pressure][temperature][wavelength][g].
    let own_order: Vec<usize> = [2, 1, 0, 3].iter().map(|axis| order[*axis]).collect();
    let mut g = Vec::with_capacity(ny);
    let mut below = 0.0;
    for weight in &weights.values {
        g.push(below + 0.5 * weight);
        below += weight;
    }
    let raw = RawTable {
        place: data.place,
        pressure: Axis {
            place: pressure.place,
            values: pressure.values.iter().map(|p| 10.0_f64.powf(*p)).collect(),
        },
        temperature: Axis {
            place: temperature.place,
            values: temperature.values,
        },
        wavenumber: Axis {
            place: wavelength.place,
            values: wavelength.values.iter().map(|um| 1.0e4 / um).collect(),
        },
        quadrature: Some((g, weights.values)),
        sigma_cm2: transpose(data.values, &shape, &own_order),
    };
    let source = Source {
        format: "k-table (photochem, clima)",
        name: file_name(path),
        citation: Vec::new(),
        notes: vec!["abscissae are the middles of the weights".to_owned()],
    };
    raw.finish(options, molar_mass_g_mol, source)
}
