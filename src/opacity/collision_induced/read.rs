//! The HITRAN `.cia` text format: Karman et al. (2019), Icarus 328, 160; header of 100 columns, then
//! one line per wavenumber.

use super::{Band, CollisionInduced};
use crate::error::InputError;

/// Most rows that a header may announce.
const MAX_ROWS: usize = 10_000_000;
/// Negative values down to this share of the maximum of the block are noise.
const NOISE: f64 = 0.05;

struct Header {
    pair: (String, String),
    wavenumber_per_cm: (f64, f64),
    rows: usize,
    temperature_k: f64,
    maximum_cm5: f64,
}

struct Reader<'a> {
    place: &'a str,
    lines: std::iter::Enumerate<std::str::Lines<'a>>,
    line: usize,
    zeroed: usize,
}

pub(super) fn parse(place: &str, text: &str) -> Result<CollisionInduced, InputError> {
    let mut reader = Reader {
        place,
        lines: text.lines().enumerate(),
        line: 0,
        zeroed: 0,
    };
    let mut pair: Option<(String, String)> = None;
    let mut bands: Vec<Band> = Vec::new();
    while let Some(line) = reader.next_line() {
        if line.trim().is_empty() {
            continue;
        }
        let header = reader.header(line)?;
        let known = pair.get_or_insert_with(|| header.pair.clone());
        if *known != header.pair {
            let expected = format!("{}-{} as in the first block", known.0, known.1);
            let found = format!("{}-{}", header.pair.0, header.pair.1);
            return Err(reader.refuse(found, expected));
        }
        let first_line = reader.line;
        let (wavenumber, coefficient) = reader.block(&header)?;
        add(&mut bands, wavenumber, coefficient, header.temperature_k).map_err(|()| {
            InputError::value(
                format!("{place}, line {first_line}"),
                format!("a second block at {} K", header.temperature_k),
                "one block per temperature and wavenumber grid",
            )
        })?;
    }
    match pair {
        Some(pair) => Ok(CollisionInduced {
            pair,
            bands,
            negative_set_to_zero: reader.zeroed,
        }),
        None => Err(InputError::value(place, "no block", "a HITRAN .cia file")),
    }
}

/// Puts a block into the band with its grid, temperatures ascending.
fn add(
    bands: &mut Vec<Band>,
    wavenumber_per_cm: Vec<f64>,
    coefficient: Vec<f64>,
    temperature_k: f64,
) -> Result<(), ()> {
    let Some(band) = bands
        .iter_mut()
        .find(|band| band.wavenumber_per_cm == wavenumber_per_cm)
    else {
        bands.push(Band {
            wavenumber_per_cm,
            temperature_k: vec![temperature_k],
            coefficient_cm5: coefficient,
        });
        return Ok(());
    };
    if band.temperature_k.contains(&temperature_k) {
        return Err(());
    }
    let at = band.temperature_k.partition_point(|t| *t < temperature_k);
    band.temperature_k.insert(at, temperature_k);
    let offset = at * band.wavenumber_per_cm.len();
    band.coefficient_cm5.splice(offset..offset, coefficient);
    Ok(())
}

impl<'a> Reader<'a> {
    fn next_line(&mut self) -> Option<&'a str> {
        let (index, line) = self.lines.next()?;
        self.line = index + 1;
        Some(line)
    }

    fn refuse(
        &self,
        found: impl std::fmt::Display,
        expected: impl std::fmt::Display,
    ) -> InputError {
        InputError::value(
            format!("{}, line {}", self.place, self.line),
            found,
            expected,
        )
    }

    /// Columns: pair 20, lowest and highest wavenumber 10 each, rows 7, temperature 7, maximum 10.
    fn header(&self, line: &str) -> Result<Header, InputError> {
        let number = |from: usize, to: usize, what: &str| -> Result<f64, InputError> {
            let cell = line.get(from..to.min(line.len())).unwrap_or("").trim();
            match cell.parse::<f64>() {
                Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
                _ => Err(self.refuse(
                    format!("`{cell}` in columns {} to {to}", from + 1),
                    format!("a block header with {what} there"),
                )),
            }
        };
        let name = line.get(..20).unwrap_or("").trim();
        let Some((first, second)) = name.split_once('-').filter(|(a, b)| {
            let formula = |s: &str| !s.is_empty() && s.chars().all(char::is_alphanumeric);
            formula(a) && formula(b)
        }) else {
            return Err(self.refuse(format!("`{name}`"), "a pair of gases, e.g. N2-N2"));
        };
        let wavenumber_per_cm = (
            number(20, 30, "the lowest wavenumber")?,
            number(30, 40, "the highest wavenumber")?,
        );
        let rows = number(40, 47, "the number of rows")?;
        let temperature_k = number(47, 54, "the temperature")?;
        let maximum_cm5 = number(54, 64, "the maximum")?;
        if !(rows >= 1.0 && rows <= MAX_ROWS as f64 && rows.fract() == 0.0) {
            return Err(self.refuse(format!("{rows} rows"), format!("1 to {MAX_ROWS} rows")));
        }
        if temperature_k <= 0.0 {
            return Err(self.refuse(format!("{temperature_k} K"), "a positive temperature"));
        }
        Ok(Header {
            pair: (first.to_owned(), second.to_owned()),
            wavenumber_per_cm,
            rows: rows as usize,
            temperature_k,
            maximum_cm5,
        })
    }

    fn row(&self, line: &str) -> Result<(f64, f64), InputError> {
        let mut cells = line.split_whitespace();
        let mut number = || cells.next()?.parse::<f64>().ok().filter(|x| x.is_finite());
        match (number(), number()) {
            (Some(wavenumber), Some(k)) => Ok((wavenumber, k)),
            _ => Err(self.refuse(
                format!("`{}`", line.trim()),
                "a wavenumber [cm-1] and a coefficient [cm5 molecule-2], both finite",
            )),
        }
    }

    fn block(&mut self, header: &Header) -> Result<(Vec<f64>, Vec<f64>), InputError> {
        let mut wavenumber: Vec<f64> = Vec::new();
        let mut coefficient = Vec::new();
        for row in 0..header.rows {
            let Some(line) = self.next_line() else {
                return Err(self.refuse(
                    format!("the end of the file after {row} rows"),
                    format!("{} rows as the header says", header.rows),
                ));
            };
            let (nu, k) = self.row(line)?;
            if nu <= 0.0 && row > 0 || wavenumber.last().is_some_and(|before| nu <= *before) {
                return Err(self.refuse(format!("{nu} cm-1"), "ascending wavenumbers"));
            }
            let noise = NOISE * header.maximum_cm5;
            if k < -noise {
                return Err(self.refuse(
                    format!("{k:e}"),
                    format!("no coefficient below {:e}", -noise),
                ));
            }
            self.zeroed += usize::from(k < 0.0);
            wavenumber.push(nu);
            coefficient.push(k.max(0.0));
        }
        self.check(header, &wavenumber, &coefficient)?;
        Ok((wavenumber, coefficient))
    }

    /// Whether the block is what its header says: 0.01 cm⁻¹ and 1 % are its digits.
    fn check(&self, header: &Header, nu: &[f64], k: &[f64]) -> Result<(), InputError> {
        let (low, high) = header.wavenumber_per_cm;
        let (first, last) = (nu[0], nu[nu.len() - 1]);
        if (first - low).abs() > 0.01 || (last - high).abs() > 0.01 {
            return Err(self.refuse(
                format!("a block from {first} to {last} cm-1"),
                format!("{low} to {high} cm-1 as its header says"),
            ));
        }
        let maximum = k.iter().copied().fold(0.0, f64::max);
        if (maximum - header.maximum_cm5).abs() > 0.01 * header.maximum_cm5 {
            return Err(self.refuse(
                format!("a block with maximum {maximum:e}"),
                format!("{:e} as its header says", header.maximum_cm5),
            ));
        }
        Ok(())
    }
}
