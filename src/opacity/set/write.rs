//! Making an opacity set.

use std::path::Path;

use super::axis::{self, BandNodes};
use super::manifest::{
    AxisKind, AxisRecord, BlockRecord, GasRecord, LineRecord, Manifest, TableRecord,
};
use super::pair::PairRecord;
use super::{MAGIC, OpacitySet, VERSION};
use crate::error::InputError;
use crate::opacity::codec::{self, Precision, Shape};
use crate::opacity::table::{CrossSectionTable, SpectralAxis};

/// Collects axes and tables, then gives the file.
#[derive(Clone, Debug, Default)]
pub struct SetWriter {
    options: Vec<(String, String)>,
    axes: Vec<(AxisKind, Vec<f64>)>,
    gases: Vec<(GasRecord, Vec<Vec<u8>>)>,
    pub(super) pairs: Vec<(PairRecord, Vec<Vec<u8>>)>,
}

impl SetWriter {
    /// An empty set made with these options (name and value), which the manifest repeats.
    pub fn new(options: Vec<(String, String)>) -> Self {
        Self {
            options,
            ..Self::default()
        }
    }

    /// Adds an option to the manifest.
    pub fn note(&mut self, name: &str, value: impl std::fmt::Display) {
        self.options.push((name.to_owned(), value.to_string()));
    }

    /// The sampled nodes; gives the index of the axis.
    pub fn add_nodes(&mut self, nodes: &BandNodes) -> usize {
        let kind = AxisKind::Nodes {
            points: nodes.wavenumber_per_cm.len(),
            bands: nodes.bands(),
        };
        let parts = [
            &nodes.wavenumber_per_cm,
            &nodes.weight,
            &nodes.balance_weight,
            &nodes.edges_per_cm,
        ];
        let numbers = parts.into_iter().flatten().copied().collect();
        self.add(kind, numbers)
    }

    /// An axis of a table; gives its index. An axis that is there already is used again, the nodes
    /// of [`SetWriter::add_nodes`] too.
    pub fn add_axis(&mut self, axis: &SpectralAxis) -> usize {
        match axis {
            SpectralAxis::Points(wavenumber) => {
                let known = self.axes.iter().position(|(kind, numbers)| {
                    matches!(kind, AxisKind::Nodes { points, .. } if numbers[..*points] == **wavenumber)
                });
                let points = wavenumber.len();
                known.unwrap_or_else(|| self.add(AxisKind::Points { points }, wavenumber.clone()))
            }
            SpectralAxis::Bins {
                edges_per_cm,
                g,
                weights,
            } => {
                let kind = AxisKind::Bins {
                    bins: edges_per_cm.len() - 1,
                    g: g.clone(),
                    weights: weights.clone(),
                };
                self.add(kind, edges_per_cm.clone())
            }
        }
    }

    fn add(&mut self, kind: AxisKind, numbers: Vec<f64>) -> usize {
        let same = |axis: &(AxisKind, Vec<f64>)| axis.0 == kind && axis.1 == numbers;
        if let Some(known) = self.axes.iter().position(same) {
            return known;
        }
        self.axes.push((kind, numbers));
        self.axes.len() - 1
    }

    /// Adds the tables of one gas, compressed; gives their length \[bytes\].
    ///
    /// # Errors
    /// No table; tables of different gases; one that [`CrossSectionTable::validate`] refuses; a gas
    /// that is there already; no tables.
    pub fn add_gas(
        &mut self,
        tables: &[CrossSectionTable],
        lines: Option<LineRecord>,
        precision: Precision,
    ) -> Result<usize, InputError> {
        let first = tables.first().ok_or_else(|| {
            InputError::value("opacity set", "a gas without tables", "one or more")
        })?;
        let mut record = GasRecord {
            gas: first.gas.clone(),
            molar_mass_g_mol: first.molar_mass_g_mol,
            provenance: first.provenance.clone(),
            lines,
            tables: Vec::new(),
        };
        let mut blocks = Vec::new();
        for table in tables {
            let place = format!("opacity set, {}", table.gas);
            table.validate(&place)?;
            if table.gas != record.gas {
                return Err(InputError::value(place, "tables of two gases", &record.gas));
            }
            let (encoded, axes) = (
                encode(table, precision, &place)?,
                self.add_axis(&table.axis),
            );
            record.tables.push(TableRecord {
                axis: axes,
                temperature_k: table.temperature_k.clone(),
                pressure_bar: table.pressure_bar.clone(),
                precision,
                rms_error: encoded.rms_error,
                worst_error: encoded.worst_error,
                block: unplaced(&encoded.bytes),
            });
            blocks.push(encoded.bytes);
        }
        self.insert(record, blocks)
    }

    /// Takes a gas from another set byte for byte; gives its length \[bytes\].
    ///
    /// # Errors
    /// No such gas there; damaged blocks; a gas that is here already.
    pub fn carry_over(&mut self, from: &OpacitySet, gas: &str) -> Result<usize, InputError> {
        let mut record = from.gas(gas)?.clone();
        let place = format!("{}, {gas}", from.place());
        let mut blocks = Vec::new();
        for table in &mut record.tables {
            blocks.push(from.block(&table.block, &place)?.to_vec());
            let nodes = match from.manifest().axes[table.axis].kind {
                AxisKind::Nodes { .. } => from.band_nodes()?,
                _ => None,
            };
            table.axis = match nodes {
                Some(nodes) => self.add_nodes(&nodes),
                None => self.add_axis(&from.axis(table.axis)?),
            };
        }
        self.insert(record, blocks)
    }

    fn insert(&mut self, record: GasRecord, blocks: Vec<Vec<u8>>) -> Result<usize, InputError> {
        if self.gases.iter().any(|(gas, _)| gas.gas == record.gas) {
            return Err(InputError::value(
                format!("opacity set, {}", record.gas),
                "the gas twice",
                "every gas once",
            ));
        }
        let bytes = blocks.iter().map(Vec::len).sum();
        self.gases.push((record, blocks));
        Ok(bytes)
    }

    /// The file. Gases and pairs stand in alphabetical order, whatever the order they came in.
    ///
    /// # Errors
    /// None that a set made here can have; the checks of reading are run.
    pub fn finish(mut self) -> Result<Vec<u8>, InputError> {
        self.gases.sort_by(|a, b| a.0.gas.cmp(&b.0.gas));
        self.pairs.sort_by(|a, b| a.0.pair.cmp(&b.0.pair));
        let mut content = Vec::new();
        let mut place = |bytes: &[u8]| {
            let block = BlockRecord {
                offset: content.len() as u64,
                ..unplaced(bytes)
            };
            content.extend_from_slice(bytes);
            block
        };
        let mut axes = Vec::new();
        for (kind, numbers) in &self.axes {
            axes.push(AxisRecord {
                range_per_cm: range_per_cm(kind, numbers),
                kind: kind.clone(),
                block: place(&axis::pack(numbers)),
            });
        }
        let mut gases = Vec::new();
        for (mut gas, blocks) in self.gases {
            for (table, bytes) in gas.tables.iter_mut().zip(&blocks) {
                table.block = place(bytes);
            }
            gases.push(gas);
        }
        let mut pairs = Vec::new();
        for (mut pair, blocks) in self.pairs {
            for (band, bytes) in pair.bands.iter_mut().zip(&blocks) {
                band.block = place(bytes);
            }
            pairs.push(pair);
        }
        let manifest = Manifest {
            generator: concat!("magmaret ", env!("CARGO_PKG_VERSION")).to_owned(),
            options: self.options,
            axes,
            gases,
            pairs,
        };
        manifest.check("opacity set", content.len() as u64)?;
        let text = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| InputError::value("opacity set, manifest", error, "JSON"))?;
        let mut file = MAGIC.to_vec();
        file.extend_from_slice(&VERSION.to_le_bytes());
        file.extend_from_slice(&(text.len() as u64).to_le_bytes());
        file.extend_from_slice(blake3::hash(&text).as_bytes());
        file.extend_from_slice(&text);
        file.extend_from_slice(&content);
        Ok(file)
    }

    /// Writes the file, whole or not at all; gives its length \[bytes\].
    ///
    /// # Errors
    /// As [`SetWriter::finish`]; [`InputError::Write`].
    pub fn write(self, path: &Path) -> Result<usize, InputError> {
        let bytes = self.finish()?;
        crate::file::write_atomic(path, &bytes)?;
        Ok(bytes.len())
    }
}

pub(super) fn unplaced(bytes: &[u8]) -> BlockRecord {
    BlockRecord {
        offset: 0,
        bytes: bytes.len() as u64,
        blake3: blake3::hash(bytes).to_hex().to_string(),
    }
}

fn encode(
    table: &CrossSectionTable,
    precision: Precision,
    place: &str,
) -> Result<codec::Encoded, InputError> {
    let shape = Shape {
        pressure_bar: &table.pressure_bar,
        temperatures: table.temperature_k.len(),
        columns: table.axis.len(),
    };
    codec::encode(shape, &table.sigma_cm2, precision)
        .map_err(|found| InputError::value(place, found, "a table that can be kept"))
}

fn range_per_cm(kind: &AxisKind, numbers: &[f64]) -> [f64; 2] {
    let part = match kind {
        AxisKind::Nodes { points, .. } => &numbers[3 * points..],
        AxisKind::Points { .. } | AxisKind::Bins { .. } => numbers,
    };
    [
        part.first().copied().unwrap_or(f64::NAN),
        part.last().copied().unwrap_or(f64::NAN),
    ]
}
