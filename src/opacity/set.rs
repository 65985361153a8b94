//! Opacity sets: the product's own file format `.opk`.
//!
//! # Layout
//! | bytes | content |
//! |---|---|
//! | 8 | `magmaopk` |
//! | 4 | format version, little endian |
//! | 8 | length of the manifest |
//! | 32 | blake3 of the manifest |
//! | | manifest: JSON of [`Manifest`] |
//! | | blocks: axes and compressed cross sections ([`super::codec`]), without gaps, in the order of the manifest |
//!
//! Every block has its blake3 in the manifest; a block is checked and decoded when it is asked for.
//! A file that is cut off, damaged or too new is refused with file, block and what was expected.

mod axis;
mod manifest;
mod pair;
mod resample;
mod write;

use std::borrow::Cow;
use std::path::Path;

pub use axis::BandNodes;
pub use manifest::{
    AxisKind, AxisRecord, BlockRecord, GasRecord, LineRecord, Manifest, TableRecord,
};
pub use pair::{PairBandRecord, PairRecord};
pub use resample::{mean_in_bins, row_at};
pub use write::SetWriter;

use super::codec::{self, Shape};
use super::table::{CrossSectionTable, SpectralAxis};
use crate::error::{InputError, nearest};

/// First bytes of a file.
pub const MAGIC: [u8; 8] = *b"magmaopk";
/// Version of the format that is written; others are not read.
pub const VERSION: u32 = 1;
/// Bytes before the manifest.
const HEAD: usize = 8 + 4 + 8 + 32;

/// Sort of a spectral axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Monochromatic nodes with weights in bands: cross sections of gases add.
    Sampled,
    /// k-distributions in bins.
    KDistribution,
}

impl Sort {
    /// Name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sampled => "sampled cross sections",
            Self::KDistribution => "k-distributions",
        }
    }
}

/// An opacity set: the manifest at hand, the cross sections still compressed.
#[derive(Clone, Debug)]
pub struct OpacitySet {
    place: String,
    manifest: Manifest,
    bytes: Cow<'static, [u8]>,
    /// Where the blocks begin.
    start: usize,
}

impl OpacitySet {
    /// Reads a file.
    ///
    /// # Errors
    /// [`InputError::Read`]; [`InputError::Value`] as [`OpacitySet::from_bytes`].
    pub fn read(path: &Path) -> Result<Self, InputError> {
        let bytes = std::fs::read(path).map_err(|source| InputError::read(path, source))?;
        Self::from_bytes(path.display().to_string(), bytes)
    }

    /// From the content of a file; `place` names it in messages.
    ///
    /// # Errors
    /// Not such a file, another version, a manifest that is cut off, damaged or contradicts itself,
    /// blocks that do not fill the file.
    pub fn from_bytes(
        place: impl Into<String>,
        bytes: impl Into<Cow<'static, [u8]>>,
    ) -> Result<Self, InputError> {
        let (place, bytes) = (place.into(), bytes.into());
        let (manifest, start) = open(&place, &bytes)?;
        Ok(Self {
            place,
            manifest,
            bytes,
            start,
        })
    }

    /// What is in it.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Name in messages: the path of the file, say.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Length of the file \[bytes\].
    pub fn len_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Names of the gases.
    pub fn gases(&self) -> impl Iterator<Item = &str> {
        self.manifest.gases.iter().map(|gas| gas.gas.as_str())
    }

    /// Record of a gas.
    ///
    /// # Errors
    /// A gas that is not in the set, with the nearest name.
    pub fn gas(&self, name: &str) -> Result<&GasRecord, InputError> {
        let found = self.manifest.gases.iter().find(|gas| gas.gas == name);
        found.ok_or_else(|| {
            let known: Vec<&str> = self.gases().collect();
            let hint = match nearest(name, known.iter().copied()) {
                Some(near) => format!("; did you mean `{near}`?"),
                None => String::new(),
            };
            InputError::value(
                format!("{}, gas", self.place),
                format!("`{name}`"),
                format!("one of {}{hint}", known.join(", ")),
            )
        })
    }

    /// Whether a gas has a table of this sort.
    pub fn has(&self, gas: &str, sort: Sort) -> bool {
        self.gas(gas)
            .is_ok_and(|gas| self.find_table(gas, sort).is_some())
    }

    fn find_table<'a>(&self, gas: &'a GasRecord, sort: Sort) -> Option<&'a TableRecord> {
        gas.tables
            .iter()
            .find(|table| self.manifest.axes[table.axis].kind.sort() == sort)
    }

    /// Decodes the table of a gas.
    ///
    /// # Errors
    /// No such gas or sort; a block that is damaged.
    pub fn table(&self, gas: &str, sort: Sort) -> Result<CrossSectionTable, InputError> {
        let gas = self.gas(gas)?;
        let place = format!("{}, {}, {}", self.place, gas.gas, sort.name());
        let record = self
            .find_table(gas, sort)
            .ok_or_else(|| InputError::value(&place, "no such table", "a gas that has one"))?;
        let axis = self.axis(record.axis)?;
        let shape = Shape {
            pressure_bar: &record.pressure_bar,
            temperatures: record.temperature_k.len(),
            columns: axis.len(),
        };
        let block = self.block(&record.block, &place)?;
        let sigma_cm2 = codec::decode(shape, block, record.precision)
            .map_err(|found| InputError::value(&place, found, "an undamaged block"))?;
        let table = CrossSectionTable {
            gas: gas.gas.clone(),
            molar_mass_g_mol: gas.molar_mass_g_mol,
            temperature_k: record.temperature_k.clone(),
            pressure_bar: record.pressure_bar.clone(),
            axis,
            sigma_cm2,
            provenance: gas.provenance.clone(),
        };
        table.validate(&place)?;
        Ok(table)
    }

    /// A spectral axis, by its index in the manifest.
    ///
    /// # Errors
    /// No such axis; a block that is damaged.
    pub fn axis(&self, index: usize) -> Result<SpectralAxis, InputError> {
        let (record, place) = self.axis_record(index)?;
        axis::read_axis(record, self.block(&record.block, &place)?, &place)
    }

    /// Bands and weights of the nodes of the sampled tables; `None` if the set has none.
    ///
    /// # Errors
    /// A block that is damaged.
    pub fn band_nodes(&self) -> Result<Option<BandNodes>, InputError> {
        let weighted = |axis: &AxisRecord| matches!(axis.kind, AxisKind::Nodes { .. });
        match self.manifest.axes.iter().position(weighted) {
            Some(index) => {
                let (record, place) = self.axis_record(index)?;
                axis::read_nodes(record, self.block(&record.block, &place)?, &place).map(Some)
            }
            None => Ok(None),
        }
    }

    fn axis_record(&self, index: usize) -> Result<(&AxisRecord, String), InputError> {
        let place = format!("{}, spectral axis {index}", self.place);
        match self.manifest.axes.get(index) {
            Some(record) => Ok((record, place)),
            None => Err(InputError::value(
                place,
                "none",
                format!("below {}", self.manifest.axes.len()),
            )),
        }
    }

    /// The bytes of a block, checked against their blake3.
    pub(super) fn block(&self, record: &BlockRecord, place: &str) -> Result<&[u8], InputError> {
        // `open` has seen that every block lies within the file.
        let begin = self.start + record.offset as usize;
        let block = &self.bytes[begin..begin + record.bytes as usize];
        let found = blake3::hash(block).to_hex();
        if found.as_str() == record.blake3 {
            Ok(block)
        } else {
            let expected = format!("{}: the file is damaged", record.blake3);
            Err(InputError::value(
                place,
                format!("blake3 {found}"),
                expected,
            ))
        }
    }
}

/// Manifest and start of the blocks.
fn open(place: &str, bytes: &[u8]) -> Result<(Manifest, usize), InputError> {
    let refuse = |found: String, expected: String| Err(InputError::value(place, found, expected));
    if !bytes.starts_with(&MAGIC) {
        return refuse(
            "other first bytes".to_owned(),
            "an opacity set, which begins with `magmaopk`".to_owned(),
        );
    }
    if bytes.len() < HEAD {
        return refuse(format!("{} bytes", bytes.len()), format!("{HEAD} or more"));
    }
    let mut version = [0; 4];
    version.copy_from_slice(&bytes[8..12]);
    let version = u32::from_le_bytes(version);
    if version != VERSION {
        return refuse(
            format!("format version {version}"),
            format!("version {VERSION}; a newer file needs a newer magmaret"),
        );
    }
    let mut length = [0; 8];
    length.copy_from_slice(&bytes[12..20]);
    let length = u64::from_le_bytes(length);
    let rest = &bytes[HEAD..];
    if length > rest.len() as u64 {
        return refuse(
            format!("{} bytes after the head", rest.len()),
            format!("a manifest of {length} bytes: the file is cut off"),
        );
    }
    let (text, blocks) = rest.split_at(length as usize);
    if blake3::hash(text).as_bytes() != &bytes[20..HEAD] {
        return refuse(
            "a manifest with another blake3".to_owned(),
            "the one that was written: the file is damaged".to_owned(),
        );
    }
    let manifest: Manifest = serde_json::from_slice(text)
        .map_err(|error| InputError::value(format!("{place}, manifest"), error, "valid JSON"))?;
    manifest.check(place, blocks.len() as u64)?;
    Ok((manifest, HEAD + text.len()))
}

#[cfg(test)]
mod tests;
