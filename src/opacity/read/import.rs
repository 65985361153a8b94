//! Puts a table of others into an opacity set, on the spectral grid of that set.
//!
//! Temperatures and pressures are those of the set within the range of the source, and the ends of
//! the source where they lie inside the set: nothing is extrapolated, and the axes of the table in
//! the manifest are the range in which it may be used.

use super::regrid::{Regridded, Target, distributed, sampled};
use crate::error::InputError;
use crate::opacity::codec::Precision;
use crate::opacity::grid;
use crate::opacity::set::{AxisKind, OpacitySet, SetWriter};
use crate::opacity::{CrossSectionTable, SpectralAxis};

/// An end of the source this close to a node of the set (relative) is that node.
const SAME: f64 = 1.0e-6;

/// What an import did.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ImportReport {
    /// Formula.
    pub gas: String,
    /// Format and file.
    pub method: String,
    /// What the reader noted.
    pub caveat: String,
    /// Temperatures of the table \[K\].
    pub temperature_k: Vec<f64>,
    /// Pressures of the table \[bar\].
    pub pressure_bar: Vec<f64>,
    /// Share of the nodes of the set without data in the source.
    pub share_of_nodes_without_data: f64,
    /// Share of ln ν̃ of the bins without data in the source.
    pub share_of_bins_without_data: f64,
    /// Length in the file \[bytes\].
    pub bytes: usize,
}

/// Converts a table to the axes of `set` and adds it to `writer`.
///
/// # Errors
/// Samples too coarse for the set; no temperature or pressure, or no wavenumber, in common; a set
/// without axes; a gas that `writer` has already.
pub fn add_table(
    writer: &mut SetWriter,
    set: &OpacitySet,
    source: &CrossSectionTable,
    precision: Precision,
) -> Result<ImportReport, InputError> {
    let (temperature_k, pressure_bar) = grid_in_common(set, source)?;
    let target = Target {
        temperature_k: &temperature_k,
        pressure_bar: &pressure_bar,
    };
    let nodes = set.band_nodes()?;
    let bins =
        (set.manifest().axes.iter()).position(|axis| matches!(axis.kind, AxisKind::Bins { .. }));
    let mut tables: Vec<Regridded> = Vec::new();
    let mut shares = [0.0; 2];
    if let Some(nodes) = &nodes {
        writer.add_nodes(nodes);
        tables.push(sampled(source, nodes, target)?);
        shares[0] = tables[0].share_without_data;
    }
    let bins = bins.map(|index| set.axis(index)).transpose()?;
    if let Some(SpectralAxis::Bins {
        edges_per_cm,
        g,
        weights,
    }) = &bins
    {
        let table = distributed(source, edges_per_cm, g, weights, target)?;
        shares[1] = table.share_without_data;
        tables.push(table);
    }
    if tables.is_empty() || tables.iter().all(|table| table.share_without_data >= 1.0) {
        return Err(InputError::value(
            format!("{} in {}", source.gas, set.place()),
            "no wavenumber in common",
            "a table and a set that overlap",
        ));
    }
    let mut tables: Vec<CrossSectionTable> = tables.into_iter().map(|one| one.table).collect();
    let caveat = note(source, shares);
    for table in &mut tables {
        table.provenance.caveat.clone_from(&caveat);
    }
    let bytes = writer.add_gas(&tables, None, precision)?;
    Ok(ImportReport {
        gas: source.gas.clone(),
        method: source.provenance.method.clone(),
        caveat,
        temperature_k,
        pressure_bar,
        share_of_nodes_without_data: shares[0],
        share_of_bins_without_data: shares[1],
        bytes,
    })
}

/// The caveat of the source with what the conversion did.
fn note(source: &CrossSectionTable, shares: [f64; 2]) -> String {
    let mut notes = Vec::new();
    if !source.provenance.caveat.is_empty() {
        notes.push(source.provenance.caveat.clone());
    }
    if let SpectralAxis::Bins { .. } = source.axis {
        notes.push(
            "sampled cross sections dealt from k-distributions (random overlap within a band)"
                .to_owned(),
        );
    }
    let share = shares[0].max(shares[1]);
    if share > 0.0 {
        notes.push(format!(
            "zero on {:.1} % of the spectrum, where the source has no data",
            100.0 * share
        ));
    }
    notes.join("; ")
}

/// Temperatures and pressures of the table of the set with the most nodes; those of the default
/// set where it has no gas.
fn widest_grid(set: &OpacitySet) -> (Vec<f64>, Vec<f64>) {
    let tables = set.manifest().gases.iter().flat_map(|gas| &gas.tables);
    tables
        .max_by_key(|table| table.temperature_k.len() * table.pressure_bar.len())
        .map_or_else(
            || (grid::TEMPERATURE_K.to_vec(), grid::PRESSURE_BAR.to_vec()),
            |table| (table.temperature_k.clone(), table.pressure_bar.clone()),
        )
}

/// Temperatures \[K\] and pressures \[bar\] of the new table.
fn grid_in_common(
    set: &OpacitySet,
    source: &CrossSectionTable,
) -> Result<(Vec<f64>, Vec<f64>), InputError> {
    let (temperatures, pressures) = widest_grid(set);
    let own = &source.temperature_k;
    let temperature_k = common(&source.gas, "temperature [K]", &temperatures, own)?;
    let own = &source.pressure_bar;
    // One pressure holds for all.
    let pressure_bar = match own.len() {
        1 => own.clone(),
        _ => common(&source.gas, "pressure [bar]", &pressures, own)?,
    };
    Ok((temperature_k, pressure_bar))
}

/// Nodes of the set within the source, and the ends of the source within the set.
fn common(gas: &str, what: &str, set: &[f64], source: &[f64]) -> Result<Vec<f64>, InputError> {
    let (low, high) = (source[0], source[source.len() - 1]);
    let (first, last) = (set[0], set[set.len() - 1]);
    let inside = |x: f64, low: f64, high: f64| x >= low * (1.0 - SAME) && x <= high * (1.0 + SAME);
    let mut nodes: Vec<f64> = set
        .iter()
        .copied()
        .filter(|x| inside(*x, low, high))
        .collect();
    for end in [low, high] {
        let known = nodes
            .iter()
            .any(|node| (node / end - 1.0).abs() < 2.0 * SAME);
        if inside(end, first, last) && !known {
            nodes.push(end);
        }
    }
    nodes.sort_unstable_by(f64::total_cmp);
    if nodes.is_empty() {
        return Err(InputError::value(
            format!("{gas}, {what}"),
            format!("{low} to {high}"),
            format!("values within the set, {first} to {last}"),
        ));
    }
    Ok(nodes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_in_common_and_the_ends_of_the_source() {
        let set = [800.0, 1000.0, 2000.0, 4000.0];
        let of = |source: &[f64]| common("SiO", "T", &set, source).ok();
        assert_eq!(
            of(&[50.0, 3000.0]),
            Some(vec![800.0, 1000.0, 2000.0, 3000.0])
        );
        assert_eq!(of(&[900.0, 950.0]), Some(vec![900.0, 950.0]));
        assert_eq!(of(&[1000.0, 9000.0]), Some(vec![1000.0, 2000.0, 4000.0]));
        assert_eq!(of(&[50.0, 700.0]), None);
    }
}
