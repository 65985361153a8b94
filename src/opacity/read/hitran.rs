//! HITRAN and HITEMP lines, 160 characters each (`.par`, `.par.bz2`).
//!
//! # Layout
//! Columns (counted from 1): molecule 1-2, isotopologue 3, ν̃ 4-15 \[cm⁻¹\], S(296 K) 16-25
//! \[cm per molecule, terrestrial abundance included\], A 26-35 \[s⁻¹\], γ_air 36-40 \[cm⁻¹ atm⁻¹\],
//! γ_self 41-45, E'' 46-55 \[cm⁻¹\], n_air 56-59, δ_air 60-67, quanta and references, g' 147-153,
//! g'' 154-160 (Rothman et al. 2005, JQSRT 96, 139, table 1).
//!
//! # Strengths
//! The temperature-free part comes from S(296 K) and Q(296 K), so that a partition function with
//! another convention for nuclear spin gives the same strengths. Where A and g' are listed, the
//! Q(296 K) that they imply must be that of the table times or over a small whole number; a
//! partition function of another gas is refused so. One partition function serves all isotopologues.

use std::path::Path;
use std::sync::LazyLock;

use super::reduce::Reducer;
use super::text::{Lines, number, partition_function};
use super::{Options, file_name};
use crate::constants::{SECOND_RADIATION_CM_K, SPEED_OF_LIGHT};
use crate::error::InputError;
use crate::opacity::h2o::{self, HitranRecord};
use crate::opacity::line::WIDTH_REFERENCE_K;
use crate::opacity::molecular_partition;
use crate::opacity::{Line, LineGas, LineList, PartitionFunction, Provenance, Tier};
use crate::species::Formula;

/// Standard atmosphere \[bar\].
const BAR_PER_ATMOSPHERE: f64 = 1.013_25;
/// Characters of a row.
const ROW_LENGTH: usize = 160;
/// Wing cut-off \[cm⁻¹\], as for all molecules (Seidler et al. 2024, section 2.3).
const WING_CUTOFF_PER_CM: f64 = 100.0;

/// One row, in the units of the format.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record {
    /// Number of the molecule in HITRAN.
    pub molecule: u8,
    /// Local number of the isotopologue, 1 the most abundant.
    pub isotopologue: u8,
    /// Transition wavenumber in vacuum \[cm⁻¹\].
    pub wavenumber_per_cm: f64,
    /// Strength at 296 K \[cm per molecule\], terrestrial abundance included.
    pub strength_296_cm: f64,
    /// Einstein coefficient A \[s⁻¹\], zero where unknown.
    pub einstein_a_per_s: f64,
    /// Half width in air at 296 K \[cm⁻¹ atm⁻¹\].
    pub air_half_width_per_cm_atm: f64,
    /// Exponent n of the width.
    pub width_exponent: f64,
    /// Energy of the lower level \[cm⁻¹\]; negative where unknown.
    pub lower_energy_per_cm: f64,
    /// Statistical weight of the upper level, zero where unknown.
    pub upper_weight: f64,
}

impl Record {
    /// Reads a row; the error is what stands in the first field that cannot be read.
    fn parse(row: &str) -> Result<Self, String> {
        if row.len() != ROW_LENGTH || !row.is_ascii() {
            return Err(format!("{} bytes", row.len()));
        }
        let field = |name: &str, from: usize, to: usize| -> Result<f64, String> {
            let text = row[from - 1..to].trim();
            if text.is_empty() {
                return Ok(0.0);
            }
            match text.parse() {
                Ok(value) if f64::is_finite(value) => Ok(value),
                _ => Err(format!("{name} `{text}`")),
            }
        };
        let isotopologue = match &row[2..3] {
            "0" => 10,
            "A" => 11,
            "B" => 12,
            digit => digit
                .parse()
                .map_err(|_| format!("isotopologue `{digit}`"))?,
        };
        let record = Self {
            molecule: field("molecule", 1, 2)? as u8,
            isotopologue,
            wavenumber_per_cm: field("wavenumber", 4, 15)?,
            strength_296_cm: field("strength", 16, 25)?,
            einstein_a_per_s: field("Einstein coefficient", 26, 35)?,
            air_half_width_per_cm_atm: field("air width", 36, 40)?,
            width_exponent: field("width exponent", 56, 59)?,
            lower_energy_per_cm: field("lower energy", 46, 55)?,
            upper_weight: field("upper weight", 147, 153)?,
        };
        let wrong = if record.wavenumber_per_cm <= 0.0 {
            format!("wavenumber {}", record.wavenumber_per_cm)
        } else if !(0.0..1e-10).contains(&record.strength_296_cm) {
            format!("strength {:e}", record.strength_296_cm)
        } else if record.einstein_a_per_s < 0.0 || record.upper_weight < 0.0 {
            "a negative Einstein coefficient or weight".to_owned()
        } else if !(0.0..10.0).contains(&record.air_half_width_per_cm_atm) {
            format!("air width {}", record.air_half_width_per_cm_atm)
        } else {
            return Ok(record);
        };
        Err(wrong)
    }
}

/// Reads the rows of a file one by one.
///
/// # Errors
/// File and line of a row that is not 160 characters or has a field that is not a number in its
/// range; whatever `take` refuses.
pub fn for_each_record(
    path: &Path,
    mut take: impl FnMut(Record) -> Result<(), InputError>,
) -> Result<(), InputError> {
    let mut lines = Lines::open(path)?;
    while let Some(row) = lines.next_line()? {
        if row.trim().is_empty() {
            continue;
        }
        match Record::parse(row) {
            Ok(record) => take(record)?,
            Err(found) => {
                return Err(lines.refuse(
                    &found,
                    "a HITRAN row of 160 characters with numbers in their columns",
                ));
            }
        }
    }
    Ok(())
}

/// An isotopologue of HITRAN.
struct Isotopologue {
    molecule: u8,
    number: u8,
    gas: String,
    abundance: f64,
    molar_mass_g_mol: f64,
}

static ISOTOPOLOGUES: LazyLock<Vec<Isotopologue>> = LazyLock::new(|| {
    include_str!("../data/hitran_isotopologues.csv")
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
        .filter_map(|line| {
            let mut field = line.split(',');
            Some(Isotopologue {
                molecule: number(field.next())?,
                number: number(field.next())?,
                gas: field.next()?.to_owned(),
                abundance: number(field.next())?,
                molar_mass_g_mol: number(field.next())?,
            })
        })
        .collect()
});

/// Reads the lines of a gas.
///
/// # Errors
/// File and line of a bad row; rows of another gas; no partition function in the options, or one
/// that does not fit the strengths; no usable row.
pub fn read(path: &Path, options: &Options) -> Result<LineGas, InputError> {
    let (partition, name) = match (&options.partition_function, options.gas.as_str()) {
        (Some(table), _) => (partition_function(table)?, file_name(table)),
        // Water has its own partition function and isotopologues.
        (None, "H2O") => return h2o::from_hitran(&water_records(path)?),
        (None, gas) => match molecular_partition::barklem_collet(gas) {
            Some(partition) => (partition, "Barklem & Collet 2016".to_owned()),
            None => {
                return Err(InputError::value(
                    format!("`{}`", path.display()),
                    "no partition function",
                    "a file of T [K] and Q for the gas (HITRAN has them as q*.txt)",
                ));
            }
        },
    };
    let (first, last) = partition.range_k();
    if !(first <= WIDTH_REFERENCE_K && WIDTH_REFERENCE_K <= last) {
        return Err(InputError::value(
            format!("`{name}`"),
            format!("{first:.0} to {last:.0} K"),
            "a table that holds 296 K, where HITRAN lists strengths",
        ));
    }
    let mut reading = Reading {
        place: format!("`{}`", path.display()),
        wanted: Formula::parse("name of the gas", &options.gas)?,
        gas: &options.gas,
        partition: &partition,
        reducers: Vec::new(),
        implied: Vec::new(),
        skipped: 0,
        options,
    };
    for_each_record(path, |record| reading.take(record))?;
    reading.finish(path, &name)
}

/// Rows of a list of water.
///
/// # Errors
/// File and line of a bad row; rows of another molecule.
pub fn water_records(path: &Path) -> Result<Vec<HitranRecord>, InputError> {
    let mut records = Vec::new();
    for_each_record(path, |record| {
        if record.molecule != 1 {
            return Err(InputError::value(
                format!("`{}`", path.display()),
                format!("molecule {}", record.molecule),
                "lines of H2O, molecule 1",
            ));
        }
        records.push(HitranRecord {
            isotopologue: record.isotopologue,
            wavenumber_per_cm: record.wavenumber_per_cm,
            strength_296_cm: record.strength_296_cm,
            einstein_a_per_s: record.einstein_a_per_s,
            air_half_width_per_cm_atm: record.air_half_width_per_cm_atm,
            width_exponent: record.width_exponent,
            lower_energy_per_cm: record.lower_energy_per_cm,
            upper_weight: record.upper_weight,
        });
        Ok(())
    })?;
    Ok(records)
}

/// State while the rows go by.
struct Reading<'a> {
    place: String,
    wanted: Formula,
    gas: &'a str,
    partition: &'a PartitionFunction,
    reducers: Vec<(&'static Isotopologue, Reducer)>,
    /// Strength and the Q(296 K) that it implies with A and g'.
    implied: Vec<(f64, f64)>,
    skipped: u64,
    options: &'a Options,
}

impl Reading<'_> {
    fn take(&mut self, record: Record) -> Result<(), InputError> {
        let index = self.isotopologue(&record)?;
        let abundance = self.reducers[index].0.abundance;
        if record.lower_energy_per_cm < 0.0 || record.strength_296_cm == 0.0 {
            self.skipped += 1;
            return Ok(());
        }
        let beta = SECOND_RADIATION_CM_K / WIDTH_REFERENCE_K;
        let population = (-beta * record.lower_energy_per_cm).exp()
            * -(-beta * record.wavenumber_per_cm).exp_m1();
        let weight = record.strength_296_cm * self.partition.value(WIDTH_REFERENCE_K)
            / (abundance * population);
        if !(weight > 0.0 && weight < 1e-5) {
            return Err(InputError::value(
                &self.place,
                format!(
                    "strength {:e} cm at 296 K from a level at {} cm-1",
                    record.strength_296_cm, record.lower_energy_per_cm
                ),
                "a strength that a line can have",
            ));
        }
        let from_a = record.einstein_a_per_s * record.upper_weight
            / (8.0
                * std::f64::consts::PI
                * 100.0
                * SPEED_OF_LIGHT
                * record.wavenumber_per_cm.powi(2));
        if from_a > 0.0 && record.isotopologue == 1 && self.implied.len() < MOST_IMPLIED {
            self.implied.push((
                record.strength_296_cm,
                from_a * abundance * population / record.strength_296_cm,
            ));
        }
        self.reducers[index].1.push(Line {
            wavenumber_per_cm: record.wavenumber_per_cm,
            lower_energy_per_cm: record.lower_energy_per_cm as f32,
            weight_cm: weight as f32,
            half_width_per_cm_bar: (record.air_half_width_per_cm_atm / BAR_PER_ATMOSPHERE) as f32,
            width_exponent: record.width_exponent as f32,
            natural_half_width_per_cm: 0.0,
        });
        Ok(())
    }

    /// Index of the reducer of an isotopologue, after the gas has been compared.
    fn isotopologue(&mut self, record: &Record) -> Result<usize, InputError> {
        let same = |known: &Isotopologue| {
            known.molecule == record.molecule && known.number == record.isotopologue
        };
        if let Some(index) = self.reducers.iter().position(|(known, _)| same(known)) {
            return Ok(index);
        }
        let found = ISOTOPOLOGUES.iter().find(|known| same(known));
        let fits = match found {
            Some(known) => Formula::parse("HITRAN", &known.gas)? == self.wanted,
            None => false,
        };
        match found {
            Some(known) if fits => {
                let reducer = Reducer::new(
                    self.partition,
                    self.options.strength_cut,
                    self.options.most_lines,
                );
                self.reducers.push((known, reducer));
                Ok(self.reducers.len() - 1)
            }
            _ => Err(InputError::value(
                &self.place,
                format!(
                    "molecule {} ({}), isotopologue {}",
                    record.molecule,
                    found.map_or("not known here", |known| known.gas.as_str()),
                    record.isotopologue
                ),
                format!("lines of {}", self.gas),
            )),
        }
    }

    fn finish(mut self, path: &Path, table: &str) -> Result<LineGas, InputError> {
        check_implied(&self.place, &mut self.implied, self.partition, table)?;
        self.reducers.sort_by_key(|(known, _)| known.number);
        let mut words = Vec::new();
        let mut lists = Vec::new();
        for (known, reducer) in self.reducers {
            let (lines, reduction) = reducer.finish();
            words.push(format!(
                "isotopologue {}: {}",
                known.number,
                reduction.in_words()
            ));
            lists.push(LineList::new(
                format!("{} HITRAN isotopologue {}", known.gas, known.number),
                known.molar_mass_g_mol,
                known.abundance,
                self.partition.clone(),
                lines,
            ));
        }
        if lists.iter().all(|list| list.lines.is_empty()) {
            return Err(InputError::value(
                self.place,
                "no line with a strength and a lower energy",
                "at least one",
            ));
        }
        if self.skipped > 0 {
            words.push(format!(
                "{} rows without lower energy or strength left out",
                self.skipped
            ));
        }
        let (first, last) = self.partition.range_k();
        words.push(format!(
            "widths in air; partition function of {first:.0} to {last:.0} K"
        ));
        Ok(LineGas {
            gas: self.gas.to_owned(),
            molar_mass_g_mol: self.wanted.molar_mass_g_mol(),
            lists,
            wing_cutoff_per_cm: WING_CUTOFF_PER_CM,
            provenance: Provenance {
                tier: Tier::User,
                citation: Vec::new(),
                method: format!("HITRAN lines `{}` with Q(T) of `{table}`", file_name(path)),
                caveat: words.join("; "),
            },
        })
    }
}

/// Rows that take part in the check of the partition function.
const MOST_IMPLIED: usize = 20_000;

/// The Q(296 K) that A, g' and S imply is that of the table, up to the convention for nuclear spin.
fn check_implied(
    place: &str,
    implied: &mut Vec<(f64, f64)>,
    partition: &PartitionFunction,
    table: &str,
) -> Result<(), InputError> {
    /// Largest ratio of two conventions (16O13CO to HDO stay below).
    const LARGEST: f64 = 12.4;
    implied.sort_by(|a, b| b.0.total_cmp(&a.0));
    implied.truncate(200);
    implied.sort_by(|a, b| a.1.total_cmp(&b.1));
    let Some((_, q)) = implied.get(implied.len() / 2) else {
        return Ok(());
    };
    let own = partition.value(WIDTH_REFERENCE_K);
    let ratio = (q / own).max(own / q);
    if ratio < LARGEST && (ratio / ratio.round() - 1.0).abs() < 0.04 {
        return Ok(());
    }
    Err(InputError::value(
        place,
        format!("Q(296 K) = {q:.4} implied by strengths and Einstein coefficients"),
        format!("{own:.4}, the value of `{table}`, or a small multiple (nuclear spin)"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_isotopologue_has_the_mass_of_its_gas() {
        assert_eq!(ISOTOPOLOGUES.len(), 96);
        for known in ISOTOPOLOGUES.iter() {
            let mean = Formula::parse("t", &known.gas)
                .expect(&known.gas)
                .molar_mass_g_mol();
            let heavier = known.molar_mass_g_mol - mean;
            // Deuterium and 18O at most: 5 g/mol.
            assert!(
                (-3.0..5.5).contains(&heavier),
                "{} {}",
                known.gas,
                known.number
            );
            assert!(known.abundance > 0.0 && known.abundance < 1.0);
        }
    }

    #[test]
    fn a_row_is_read_by_its_columns() {
        assert_eq!(Record::parse(" 51 2147").expect_err("short"), "8 bytes");
        let row = format!(
            "{:<146}{:7.1}{:7.1}",
            " 51 2147.081134 3.300E-19 3.450E+01.07000.076    1.00000.75-.001000", 3.0, 1.0
        );
        let record = Record::parse(&row).expect("a row");
        assert_eq!((record.molecule, record.isotopologue), (5, 1));
        assert_eq!(record.wavenumber_per_cm, 2147.081134);
        assert_eq!(record.strength_296_cm, 3.3e-19);
        assert_eq!(record.einstein_a_per_s, 34.5);
        assert_eq!(record.air_half_width_per_cm_atm, 0.07);
        assert_eq!(record.lower_energy_per_cm, 1.0);
        assert_eq!(record.width_exponent, 0.75);
        assert_eq!(record.upper_weight, 3.0);
    }
}
