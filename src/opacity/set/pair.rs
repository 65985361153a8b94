//! Collision-induced absorption in a set: the tables of the file it came from, kept exactly.

use serde::{Deserialize, Serialize};

use super::axis::{pack, unpack};
use super::manifest::BlockRecord;
use super::{OpacitySet, SetWriter};
use crate::error::{InputError, nearest};
use crate::opacity::collision_induced::{Band, CollisionInduced};

/// A pair of gases.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairRecord {
    /// The two gases.
    pub pair: (String, String),
    /// File it came from.
    pub source: String,
    /// Coefficients that were negative in the file and count as zero.
    pub negative_set_to_zero: usize,
    /// Its bands.
    pub bands: Vec<PairBandRecord>,
}

/// One band of a pair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairBandRecord {
    /// Number of wavenumbers.
    pub points: usize,
    /// Lowest and highest wavenumber \[cm⁻¹\].
    pub range_per_cm: [f64; 2],
    /// Temperatures \[K\].
    pub temperature_k: Vec<f64>,
    /// Wavenumbers \[cm⁻¹\], then coefficients \[cm⁵\] in the order \[temperature\]\[wavenumber\].
    pub block: BlockRecord,
}

impl PairBandRecord {
    fn numbers(&self) -> Option<usize> {
        let rows = self.temperature_k.len().checked_add(1)?;
        self.points.checked_mul(rows)
    }
}

impl PairRecord {
    /// Name, as `N2-CO2`.
    pub fn name(&self) -> String {
        name_of(&self.pair)
    }

    pub(super) fn check(&self, place: &str) -> Result<(), InputError> {
        for band in &self.bands {
            // Eight bytes a number, deflated by less than a factor 1100.
            let most = band.block.bytes.saturating_mul(1100) / 8;
            let fits = band.numbers().is_some_and(|n| n > 0 && n as u64 <= most);
            if !fits || band.temperature_k.is_empty() {
                return Err(InputError::value(
                    format!("{place}, {}", self.name()),
                    format!("{} wavenumbers in {} bytes", band.points, band.block.bytes),
                    "a band that its block can hold",
                ));
            }
        }
        Ok(())
    }
}

fn name_of(pair: &(String, String)) -> String {
    format!("{}-{}", pair.0, pair.1)
}

impl OpacitySet {
    /// Pairs of gases with collision-induced absorption.
    pub fn pairs(&self) -> &[PairRecord] {
        &self.manifest().pairs
    }

    /// Decodes a pair, by its name (`N2-CO2`).
    ///
    /// # Errors
    /// No such pair; a block that is damaged.
    pub fn pair(&self, name: &str) -> Result<CollisionInduced, InputError> {
        let place = format!("{}, pair {name}", self.place());
        let names = self.pairs().iter().map(PairRecord::name);
        let known: Vec<String> = names.collect();
        let Some(index) = known.iter().position(|other| other == name) else {
            let hint = match nearest(name, known.iter().map(String::as_str)) {
                Some(near) => format!("; did you mean `{near}`?"),
                None => String::new(),
            };
            let expected = format!("one of {}{hint}", known.join(", "));
            return Err(InputError::value(place, "no such pair", expected));
        };
        let record = &self.pairs()[index];
        let mut bands = Vec::new();
        for band in &record.bands {
            let count = band.numbers().unwrap_or(0);
            let mut numbers = unpack(count, self.block(&band.block, &place)?, &place)?;
            let coefficient_cm5 = numbers.split_off(band.points);
            let usable = numbers.windows(2).all(|pair| pair[0] < pair[1])
                && band.temperature_k.windows(2).all(|pair| pair[0] < pair[1])
                && coefficient_cm5.iter().all(|k| *k >= 0.0 && k.is_finite());
            if !usable {
                let expected = "ascending axes, finite coefficients that are not negative";
                return Err(InputError::value(place, "damaged numbers", expected));
            }
            bands.push(Band {
                wavenumber_per_cm: numbers,
                temperature_k: band.temperature_k.clone(),
                coefficient_cm5,
            });
        }
        Ok(CollisionInduced {
            pair: record.pair.clone(),
            bands,
            negative_set_to_zero: record.negative_set_to_zero,
        })
    }
}

impl SetWriter {
    /// Adds a pair, or replaces it; `source` names its file. Gives its length \[bytes\].
    pub fn add_pair(&mut self, pair: &CollisionInduced, source: &str) -> usize {
        let mut record = PairRecord {
            pair: pair.pair.clone(),
            source: source.to_owned(),
            negative_set_to_zero: pair.negative_set_to_zero,
            bands: Vec::new(),
        };
        let mut blocks = Vec::new();
        for band in &pair.bands {
            let numbers = band.wavenumber_per_cm.iter().chain(&band.coefficient_cm5);
            let numbers: Vec<f64> = numbers.copied().collect();
            let bytes = pack(&numbers);
            let ends = [
                band.wavenumber_per_cm.first(),
                band.wavenumber_per_cm.last(),
            ];
            record.bands.push(PairBandRecord {
                points: band.wavenumber_per_cm.len(),
                range_per_cm: ends.map(|end| end.copied().unwrap_or(f64::NAN)),
                temperature_k: band.temperature_k.clone(),
                block: super::write::unplaced(&bytes),
            });
            blocks.push(bytes);
        }
        let length = blocks.iter().map(Vec::len).sum();
        self.pairs.retain(|(other, _)| other.pair != record.pair);
        self.pairs.push((record, blocks));
        length
    }

    /// Takes the pairs of another set that are not here yet.
    ///
    /// # Errors
    /// Damaged blocks.
    pub fn carry_over_pairs(&mut self, from: &OpacitySet) -> Result<(), InputError> {
        for record in from.pairs() {
            if self
                .pairs
                .iter()
                .all(|(other, _)| other.pair != record.pair)
            {
                self.add_pair(&from.pair(&record.name())?, &record.source);
            }
        }
        Ok(())
    }
}
