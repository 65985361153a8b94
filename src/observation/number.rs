//! Numbers as they stand in a file, and the checks that every reader applies to them.
//!
//! Units are converted in decimal, on the text: "100" ppm, "0.01" per cent and "1e-4" become the
//! same bits, which a multiplication by 1e-6 or 1e-2 would not give.

use std::path::Path;

use crate::error::InputError;
use crate::units::{DepthUnit, M_PER_UM};

/// Shortest and longest wavelength \[µm\] that an eclipse table can mean; outside, the unit slipped.
const WAVELENGTH_RANGE_UM: [f64; 2] = [0.05, 1000.0];

/// Where a data row stands: file, data row and line, both counted from 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    pub path: &'a Path,
    pub row: usize,
    pub line: usize,
}

impl At<'_> {
    /// "file, row r (line l)".
    pub fn row_place(&self) -> String {
        row_place(self.path, self.row, self.line)
    }

    /// "file, row r (line l), column `c`".
    pub fn place(&self, column: &str) -> String {
        format!("{}, column `{column}`", self.row_place())
    }

    /// A finite number times 10^`power`.
    pub fn number(&self, column: &str, text: &str, power: i32) -> Result<f64, InputError> {
        match decimal(text, power) {
            Some(value) if value.is_finite() => Ok(value),
            Some(value) if value.is_nan() => Err(self.refuse(
                column,
                "NaN",
                "a finite number; drop the row or give a value",
            )),
            _ => Err(self.refuse(column, quoted(text), "a finite number")),
        }
    }

    /// A finite 1σ error above zero, times 10^`power`.
    pub fn error(&self, column: &str, text: &str, power: i32) -> Result<f64, InputError> {
        let value = self.number(column, text, power)?;
        if value > 0.0 {
            return Ok(value);
        }
        let kind = if value < 0.0 { "negative" } else { "zero" };
        Err(self.refuse(
            column,
            format!("{} ({kind})", quoted(text)),
            "a 1σ error above 0, without its sign",
        ))
    }

    /// A finite width above zero, times 10^`power`.
    pub fn width(&self, column: &str, text: &str, power: i32) -> Result<f64, InputError> {
        let value = self.number(column, text, power)?;
        if value > 0.0 {
            return Ok(value);
        }
        let kind = if value < 0.0 { "negative" } else { "zero" };
        Err(self.refuse(
            column,
            format!("a bin of {kind} width, {}", quoted(text)),
            "a width above 0",
        ))
    }

    /// Edges \[m\] of a bin given in µm, after the checks of order, width and unit.
    pub fn bin(&self, column: &str, low_um: f64, high_um: f64) -> Result<[f64; 2], InputError> {
        let found = || format!("{low_um} to {high_um}");
        if low_um == high_um {
            return Err(self.refuse(
                column,
                format!("a bin of zero width, {}", found()),
                "low < high",
            ));
        }
        if low_um > high_um || low_um.is_nan() || high_um.is_nan() {
            return Err(self.refuse(column, format!("edges {}", found()), "low < high"));
        }
        let [shortest, longest] = WAVELENGTH_RANGE_UM;
        if !(low_um >= shortest && high_um <= longest) {
            return Err(self.refuse(
                column,
                format!("a bin from {}", found()),
                format!(
                    "micrometres between {shortest} and {longest}; is the column in nm, Å or m?"
                ),
            ));
        }
        Ok([low_um * M_PER_UM, high_um * M_PER_UM])
    }

    /// An error about one cell.
    pub fn refuse(
        &self,
        column: &str,
        found: impl std::fmt::Display,
        expected: impl std::fmt::Display,
    ) -> InputError {
        InputError::value(self.place(column), found, expected)
    }
}

/// "file, row r (line l)".
pub(super) fn row_place(path: &Path, row: usize, line: usize) -> String {
    format!("`{}`, row {row} (line {line})", path.display())
}

/// The text in quotes, shortened so that a message stays readable.
pub(super) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("\"{}{dots}\"", short.escape_debug())
}

/// Power of ten by which a depth of this unit becomes a ratio.
pub(super) const fn power_of(unit: DepthUnit) -> i32 {
    match unit {
        DepthUnit::Ppm => -6,
        DepthUnit::Percent => -2,
        DepthUnit::Fraction => 0,
    }
}

/// The decimal number `text` times 10^`power`, rounded once; `None` if it is no number.
pub(super) fn decimal(text: &str, power: i32) -> Option<f64> {
    let text = text.trim();
    let plain: f64 = text.parse().ok()?;
    if power == 0 || !plain.is_finite() {
        return Some(plain);
    }
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()),
        None => (text, Some(0)),
    };
    match exponent {
        Some(exponent) => format!("{mantissa}e{}", exponent.saturating_add(power))
            .parse()
            .ok(),
        // An exponent beyond i32 that is still finite can only be a zero or an underflow.
        None => Some(plain),
    }
}

/// Median of a list, or `None` of an empty one.
pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[middle]),
        _ => Some(0.5 * (values[middle - 1] + values[middle])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_in_three_units_has_one_bit_pattern() {
        for (ppm, percent, fraction) in [
            ("100", "0.01", "1e-4"),
            ("49", "0.0049", "0.000049"),
            ("-3.7e1", "-37e-4", "-3.7E-05"),
        ] {
            let wanted: f64 = fraction.parse().unwrap();
            assert_eq!(decimal(ppm, -6).unwrap().to_bits(), wanted.to_bits());
            assert_eq!(decimal(percent, -2).unwrap().to_bits(), wanted.to_bits());
        }
    }

    #[test]
    fn odd_texts_are_no_numbers_and_do_not_panic() {
        assert_eq!(decimal("", -6), None);
        assert_eq!(decimal("ppm", -6), None);
        assert_eq!(decimal("1e400", -6), Some(f64::INFINITY));
        assert_eq!(decimal("0e99999999999", -6), Some(0.0));
        assert_eq!(decimal("1e-99999999999", -6), Some(0.0));
        assert_eq!(decimal("1e-2147483648", -6), Some(0.0));
        assert!(decimal("NaN", -6).unwrap().is_nan());
    }
}
