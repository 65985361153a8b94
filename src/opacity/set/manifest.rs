//! What an opacity set says of itself.

use serde::{Deserialize, Serialize};

use super::Sort;
use super::pair::PairRecord;
use crate::error::InputError;
use crate::opacity::codec::Precision;
use crate::opacity::provenance::Provenance;
use crate::species::Formula;

/// Content of an opacity set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Program and version that made it.
    pub generator: String,
    /// Options that it was made with, name and value.
    pub options: Vec<(String, String)>,
    /// Spectral axes.
    pub axes: Vec<AxisRecord>,
    /// Gases.
    pub gases: Vec<GasRecord>,
    /// Pairs of gases with collision-induced absorption.
    #[serde(default)]
    pub pairs: Vec<PairRecord>,
}

/// A spectral axis; the numbers are in the block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AxisRecord {
    /// Sort and sizes.
    pub kind: AxisKind,
    /// Lowest and highest wavenumber \[cm⁻¹\].
    pub range_per_cm: [f64; 2],
    /// Where the numbers are.
    pub block: BlockRecord,
}

/// Sort of an axis, with its sizes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AxisKind {
    /// Monochromatic points of a table of others.
    Points {
        /// How many.
        points: usize,
    },
    /// Monochromatic nodes with weights in bands.
    Nodes {
        /// Number of nodes.
        points: usize,
        /// Number of bands.
        bands: usize,
    },
    /// Bins of k-distributions.
    Bins {
        /// Number of bins.
        bins: usize,
        /// Abscissae.
        g: Vec<f64>,
        /// Weights, summing to one.
        weights: Vec<f64>,
    },
}

impl AxisKind {
    /// Sort of the tables on this axis.
    pub const fn sort(&self) -> Sort {
        match self {
            Self::Points { .. } | Self::Nodes { .. } => Sort::Sampled,
            Self::Bins { .. } => Sort::KDistribution,
        }
    }

    /// Numbers in the block: wavenumbers, weights and edges of bands, or edges of bins.
    pub(super) fn numbers(&self) -> Option<usize> {
        match self {
            Self::Points { points } => Some(*points),
            Self::Nodes { points, bands } => {
                points.checked_mul(3)?.checked_add(*bands)?.checked_add(1)
            }
            Self::Bins { bins, .. } => bins.checked_add(1),
        }
    }
}

/// A gas with its tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GasRecord {
    /// Formula.
    pub gas: String,
    /// Molar mass \[g mol⁻¹\].
    pub molar_mass_g_mol: f64,
    /// Source and quality.
    pub provenance: Provenance,
    /// Lines that it was made of; tables of others have none.
    pub lines: Option<LineRecord>,
    /// Tables.
    pub tables: Vec<TableRecord>,
}

/// Lines behind a table.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineRecord {
    /// Lines summed at the temperature that needs most.
    pub kept: u64,
    /// Lines left out there.
    pub dropped: u64,
    /// Largest share of the strength that was left out at any temperature of the table.
    pub lost_strength: f64,
}

/// A table of cross sections.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableRecord {
    /// Index of its spectral axis.
    pub axis: usize,
    /// Temperatures \[K\].
    pub temperature_k: Vec<f64>,
    /// Pressures \[bar\].
    pub pressure_bar: Vec<f64>,
    /// How finely it is kept.
    pub precision: Precision,
    /// Rms relative error of the compression.
    pub rms_error: f64,
    /// Largest relative error of the compression.
    pub worst_error: f64,
    /// Where the values are.
    pub block: BlockRecord,
}

/// A stretch of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockRecord {
    /// Distance from the first block \[bytes\].
    pub offset: u64,
    /// Length \[bytes\].
    pub bytes: u64,
    /// Hash, in hexadecimal.
    pub blake3: String,
}

impl Manifest {
    /// All blocks in the order of the file.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &BlockRecord> {
        let axes = self.axes.iter().map(|axis| &axis.block);
        let tables = self.gases.iter().flat_map(|gas| &gas.tables);
        let bands = self.pairs.iter().flat_map(|pair| &pair.bands);
        axes.chain(tables.map(|table| &table.block))
            .chain(bands.map(|band| &band.block))
    }

    /// Whether it fits together and its blocks fill `available` bytes.
    pub(super) fn check(&self, place: &str, available: u64) -> Result<(), InputError> {
        let mut end = 0_u64;
        for (index, block) in self.blocks().enumerate() {
            let next = end.checked_add(block.bytes);
            match next {
                Some(next) if block.offset == end && next <= available => end = next,
                _ => {
                    return Err(InputError::value(
                        format!("{place}, block {index}"),
                        format!("{} bytes from {}", block.bytes, block.offset),
                        format!("a block from {end} within {available} bytes: cut off or damaged"),
                    ));
                }
            }
        }
        if end != available {
            return Err(InputError::value(
                place,
                format!("{available} bytes of blocks"),
                format!("{end}: bytes were added"),
            ));
        }
        for (index, axis) in self.axes.iter().enumerate() {
            axis.check(&format!("{place}, spectral axis {index}"))?;
        }
        for (index, gas) in self.gases.iter().enumerate() {
            let place = format!("{place}, gas {}", gas.gas);
            Formula::parse(&place, &gas.gas)?;
            if self.gases[..index].iter().any(|other| other.gas == gas.gas) {
                return Err(InputError::value(place, "the gas twice", "every gas once"));
            }
            gas.check(&place, self.axes.len())?;
        }
        for pair in &self.pairs {
            pair.check(place)?;
        }
        Ok(())
    }
}

impl AxisRecord {
    fn check(&self, place: &str) -> Result<(), InputError> {
        // Eight bytes a number, deflated by less than a factor 1100.
        let most = self.block.bytes.saturating_mul(1100) / 8;
        let fits = |count: usize| count > 0 && count as u64 <= most;
        let sized = match &self.kind {
            AxisKind::Points { points } => fits(*points),
            AxisKind::Nodes { points, bands } => fits(*points) && fits(*bands),
            AxisKind::Bins { bins, g, weights } => {
                fits(*bins) && !g.is_empty() && g.len() == weights.len() && g.len() < 1000
            }
        };
        if sized {
            return Ok(());
        }
        Err(InputError::value(
            place,
            format!("{:?} in {} bytes", self.kind, self.block.bytes),
            "sizes that the block can hold, as many weights as abscissae",
        ))
    }
}

impl GasRecord {
    fn check(&self, place: &str, axes: usize) -> Result<(), InputError> {
        if !(self.molar_mass_g_mol > 0.0 && self.molar_mass_g_mol.is_finite()) {
            return Err(InputError::value(
                place,
                format!("molar mass {}", self.molar_mass_g_mol),
                "a positive number",
            ));
        }
        for table in &self.tables {
            let usable = table.axis < axes && table.precision.is_usable();
            if !(usable && ascending(&table.temperature_k) && ascending(&table.pressure_bar)) {
                return Err(InputError::value(
                    place,
                    "a table whose axes or precision cannot be",
                    "positive ascending temperatures and pressures, an axis of the set",
                ));
            }
        }
        Ok(())
    }
}

fn ascending(axis: &[f64]) -> bool {
    !axis.is_empty()
        && axis.len() < 10_000
        && axis.iter().all(|x| *x > 0.0 && x.is_finite())
        && axis.windows(2).all(|pair| pair[0] < pair[1])
}
