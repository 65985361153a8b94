//! k-tables of ExoMolOP, petitRADTRANS and Exo_k in HDF5: `p`, `t`, `bin_edges`, `samples`,
//! `weights`, `kcoeff`.
//!
//! # Layout
//! `kcoeff` (pressure, temperature, bin, g); `bin_edges` one more than bins, `samples` and
//! `weights` the quadrature on (0, 1).

use std::path::Path;

use super::Options;
use super::exomolop::{Header, wavenumber_axis};
use super::hdf5::Hdf5;
use super::raw::{RawTable, axis_order, transpose};
use crate::error::InputError;
use crate::opacity::CrossSectionTable;

/// Reads a table.
///
/// # Errors
/// File, dataset and index of whatever is missing, ambiguous or not what the units say.
pub fn read(path: &Path, options: &Options) -> Result<CrossSectionTable, InputError> {
    let file = Hdf5::open(path)?;
    let mut header = Header::read(&file, options, "kcoeff")?;
    let mut edges = file.axis("bin_edges")?;
    if edges.unit.is_none() && file.has("bin_centers") {
        edges.unit = file.unit_of("bin_centers")?;
    }
    let edges = wavenumber_axis(edges)?;
    let samples = file.axis("samples")?;
    let weights = file.axis("weights")?;
    let shape = file.shape("kcoeff")?;
    let order = axis_order(
        &file.place("kcoeff"),
        &shape,
        &[
            ("pressure", header.pressure.values.len()),
            ("temperature", header.temperature.values.len()),
            ("bin", edges.values.len().saturating_sub(1)),
            ("g", samples.values.len()),
        ],
    )?;
    if file.has("bin_centers") {
        check_centres(&file, &edges.values)?;
    }
    header.note_order(&order);
    let factor = header.factor_cm2;
    let data = file.table("kcoeff", |value| value * factor)?;
    let raw = RawTable {
        place: data.place,
        pressure: header.pressure,
        temperature: header.temperature,
        wavenumber: edges,
        quadrature: Some((samples.values, weights.values)),
        sigma_cm2: transpose(data.values, &shape, &order),
    };
    raw.finish(options, header.molar_mass_g_mol, header.source)
}

/// Every centre lies within its bin.
fn check_centres(file: &Hdf5, edges: &[f64]) -> Result<(), InputError> {
    let mut array = file.axis("bin_centers")?;
    if array.unit.is_none() {
        array.unit = file.unit_of("bin_edges")?;
    }
    let centres = wavenumber_axis(array)?;
    let inside = |i: usize| {
        let (a, b) = (edges[i], edges[i + 1]);
        centres.values[i] > a.min(b) && centres.values[i] < a.max(b)
    };
    if centres.values.len() + 1 != edges.len() {
        return Err(InputError::value(
            &centres.place,
            format!("{} centres", centres.values.len()),
            format!("{}, one per bin", edges.len().saturating_sub(1)),
        ));
    }
    match (0..centres.values.len()).find(|&i| !inside(i)) {
        Some(i) => Err(InputError::value(
            format!("{}, index {i}", centres.place),
            format!("{} cm-1", centres.values[i]),
            format!("between the edges {} and {} cm-1", edges[i], edges[i + 1]),
        )),
        None => Ok(()),
    }
}
