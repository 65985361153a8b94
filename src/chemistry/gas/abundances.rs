//! Element abundances from a CSV file with the columns `element,log10_abundance`.
//!
//! The scale is free (H = 12, O = 12, or any other offset): only differences count. Lines that
//! start with `#` are comments.

use std::path::Path;

use crate::error::InputError;
use crate::species::Element;

const HEADER: [&str; 2] = ["element", "log10_abundance"];
/// Accepted span of log10 abundances: beyond it a typing error is likelier than a trace.
const LOG10_SPAN: f64 = 30.0;

/// Reads a file of abundances: atoms per element, the most abundant one = 1.
///
/// # Errors
/// An unreadable file; a wrong header; an unknown element (with the nearest known one), one that
/// stands twice, a value that is not a finite number; values that span more than 30 dex; no row.
pub fn read(path: &Path) -> Result<Vec<(Element, f64)>, InputError> {
    let text = std::fs::read_to_string(path).map_err(|source| InputError::read(path, source))?;
    parse(&path.display().to_string(), &text)
}

/// Parses the text of a file of abundances; `place` names it in errors.
///
/// # Errors
/// As [`read`].
pub fn parse(place: &str, text: &str) -> Result<Vec<(Element, f64)>, InputError> {
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let header: Vec<&str> = lines
        .next()
        .map(|(_, line)| line.split(',').map(str::trim).collect())
        .unwrap_or_default();
    if header != HEADER {
        let found = format!("header `{}`", header.join(","));
        return Err(InputError::value(place, found, HEADER.join(",")));
    }
    let mut log10 = Vec::new();
    for (number, line) in lines {
        let here = format!("{place} line {number}");
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let [symbol, value] = fields[..] else {
            return Err(InputError::value(
                here,
                format_args!("`{line}`"),
                "two fields: element,log10_abundance",
            ));
        };
        let element = Element::parse(&format!("{here}, column element"), symbol)?;
        if log10.iter().any(|(known, _)| *known == element) {
            return Err(InputError::value(
                here,
                format!("{element} again"),
                "each once",
            ));
        }
        let number = value.parse().ok().filter(|v: &f64| v.is_finite());
        let number = number.ok_or_else(|| {
            InputError::value(
                format_args!("{here}, column log10_abundance"),
                format_args!("`{value}`"),
                "a finite number (leave an absent element out)",
            )
        })?;
        log10.push((element, number));
    }
    relative(place, &log10)
}

/// Abundances relative to the largest.
fn relative(place: &str, log10: &[(Element, f64)]) -> Result<Vec<(Element, f64)>, InputError> {
    let values = log10.iter().map(|(_, value)| *value);
    let largest = values.clone().fold(f64::NEG_INFINITY, f64::max);
    let smallest = values.fold(f64::INFINITY, f64::min);
    if log10.is_empty() {
        return Err(InputError::value(place, "no rows", "at least one element"));
    }
    if largest - smallest > LOG10_SPAN {
        return Err(InputError::value(
            place,
            format!("abundances from {smallest} to {largest}"),
            format!("log10 abundances within {LOG10_SPAN} of each other"),
        ));
    }
    let to_ratio = |(element, value): &(Element, f64)| (*element, 10_f64.powf(value - largest));
    Ok(log10.iter().map(to_ratio).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abundances_are_relative_to_the_largest() {
        let text = "# a comment\nelement, log10_abundance\nO,12\n\nSi,11\n";
        let read = parse("a.csv", text).unwrap();
        assert_eq!(read[0], (Element::O, 1.0));
        approx::assert_relative_eq!(read[1].1, 0.1, max_relative = 1e-12);
    }

    #[test]
    fn bad_files_are_refused_with_their_line() {
        for (text, words) in [
            ("", "header"),
            ("O,12\n", "header"),
            ("element,log10_abundance\n", "no rows"),
            ("element,log10_abundance\nO,12\nO,11\n", "line 3"),
            ("element,log10_abundance\nSI,12\n", "`Si`"),
            (
                "element,log10_abundance\nO,nan\n",
                "line 2, column log10_abundance",
            ),
            ("element,log10_abundance\nO,-inf\n", "line 2"),
            ("element,log10_abundance\nO\n", "line 2"),
            ("element,log10_abundance\nO,12\nSi,-40\n", "within 30"),
        ] {
            let error = parse("a.csv", text).unwrap_err().to_string();
            assert!(
                error.contains("a.csv") && error.contains(words),
                "{text}: {error}"
            );
        }
    }

    #[test]
    fn damaged_bytes_give_an_error_or_a_value_but_no_panic() {
        use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        for _ in 0..5000 {
            let mut bytes = "element,log10_abundance\nO,12\nSi,11.5\nNa,-3e0\n"
                .as_bytes()
                .to_vec();
            for _ in 0..rng.random_range(1..5) {
                let at = rng.random_range(0..bytes.len());
                match rng.random_range(0..3) {
                    0 => bytes[at] = rng.random(),
                    1 => bytes.truncate(at + 1),
                    _ => bytes.insert(at, b":,-+e9 \n#"[rng.random_range(0..9)]),
                }
            }
            let _ = parse("x", &String::from_utf8_lossy(&bytes));
        }
    }
}
