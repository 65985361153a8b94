//! Equilibrium constants in FastChem's logK format.
//!
//! ```text
//! # comment lines
//! Al1O1 Aluminum_Oxide : Al 1 O 1 # source
//!    a1  a2  a3  a4  a5
//! ```
//! ln K = a1/T + a2 ln T + a3 + a4 T + a5 T², of formation from neutral atoms and electrons,
//! pressures in bar (Kitzmann, Stock & Patzer 2024, MNRAS 527, 7263). An electron in the
//! list of elements is `e-`. In the form of [`crate::species::thermo`] -ln K is a polynomial with
//! a3 = a2', a4 = 2 a4', a5 = 6 a5', b1 = -a1', b2 = a2' + a3' (primes: FastChem's), so nothing
//! downstream knows the difference.

use std::path::Path;

use crate::error::InputError;
use crate::species::thermo::{T_MAX_K, T_MIN_K, TERMS};
use crate::species::{Element, Formula, GasRecord, GasSet, Ions};

/// Reads a logK file. Species of elements that [`Element`] does not know are refused.
///
/// # Errors
/// An unreadable file; a line that is not of the format, with its number.
pub fn read(path: &Path) -> Result<Vec<GasRecord>, InputError> {
    let text = std::fs::read_to_string(path).map_err(|source| InputError::read(path, source))?;
    parse(&path.display().to_string(), &text)
}

/// Parses the text of a logK file; `place` names it in errors.
///
/// # Errors
/// As [`read`].
pub fn parse(place: &str, text: &str) -> Result<Vec<GasRecord>, InputError> {
    let mut records = Vec::new();
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    while let Some((number, header)) = lines.next() {
        let here = format!("{place} line {number}");
        let (name, formula) = parse_header(&here, header)?;
        let (number, row) = lines.next().ok_or_else(|| {
            InputError::value(&here, "the end of the file", "a line of coefficients")
        })?;
        let coefficients = parse_coefficients(&format!("{place} line {number}"), row)?;
        records.push(record(name, formula, coefficients));
    }
    if records.is_empty() {
        return Err(InputError::value(
            place,
            "no species",
            "a file in FastChem's logK format",
        ));
    }
    Ok(records)
}

/// The set of all species of `records` that these elements can form, with their atoms and, with
/// ions, the electron.
///
/// # Errors
/// No element.
pub fn gas_set(
    records: &[GasRecord],
    elements: &[Element],
    ions: Ions,
) -> Result<GasSet, InputError> {
    let mut chosen = Vec::new();
    if ions == Ions::Include {
        chosen.push(record(
            "e-".to_owned(),
            Formula::from_counts([], -1),
            [0.0; 5],
        ));
    }
    for &element in elements {
        let formula = Formula::from_counts([(element, 1.0)], 0);
        chosen.push(record(element.symbol().to_owned(), formula, [0.0; 5]));
    }
    let possible = |r: &&GasRecord| {
        let known = |(element, _): &(Element, f64)| elements.contains(element);
        (ions == Ions::Include || r.formula.charge() == 0) && r.formula.counts().iter().all(known)
    };
    chosen.extend(records.iter().filter(possible).cloned());
    GasSet::from_records(chosen)
}

fn parse_header(place: &str, line: &str) -> Result<(String, Formula), InputError> {
    let wrong = || {
        InputError::value(
            place,
            format_args!("`{line}`"),
            "NAME Words : Element count ... # source",
        )
    };
    let (names, rest) = line.split_once(':').ok_or_else(wrong)?;
    let name = names.split_whitespace().next().ok_or_else(wrong)?;
    let composition = rest.split('#').next().unwrap_or(rest);
    let mut words = composition.split_whitespace();
    let mut counts = Vec::new();
    let mut charge = 0_i8;
    while let Some(symbol) = words.next() {
        let count: i8 = words
            .next()
            .and_then(|word| word.parse().ok())
            .ok_or_else(wrong)?;
        if symbol == "e-" {
            charge = count.checked_neg().ok_or_else(wrong)?;
        } else if count > 0 {
            counts.push((Element::parse(place, symbol)?, f64::from(count)));
        } else {
            return Err(wrong());
        }
    }
    if counts.is_empty() {
        return Err(wrong());
    }
    Ok((name.to_owned(), Formula::from_counts(counts, charge)))
}

fn parse_coefficients(place: &str, line: &str) -> Result<[f64; 5], InputError> {
    let mut values = [0.0; 5];
    let mut words = line.split_whitespace();
    for value in &mut values {
        *value = words
            .next()
            .and_then(|word| word.parse().ok())
            .filter(|number: &f64| number.is_finite())
            .ok_or_else(|| InputError::value(place, format_args!("`{line}`"), "five numbers"))?;
    }
    Ok(values)
}

fn record(name: String, formula: Formula, ln_k: [f64; 5]) -> GasRecord {
    let mut coefficients = [0.0; TERMS];
    coefficients[2] = ln_k[1];
    coefficients[3] = 2.0 * ln_k[3];
    coefficients[4] = 6.0 * ln_k[4];
    coefficients[7] = -ln_k[0];
    coefficients[8] = ln_k[1] + ln_k[2];
    GasRecord {
        name,
        formula,
        low: coefficients,
        high: coefficients,
        range_k: (T_MIN_K, T_MAX_K),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# head\nO1Si1 Silicon_Oxide : O 1 Si 1 # made up\n 1e4 -2 3.5 1e-4 -2e-9\n\n\
                        Na1+ Ion : Na 1 e- -1 # made up\n -6e4 1 2 0 0\n";

    #[test]
    fn constants_are_those_of_the_file() {
        let records = parse("x.dat", TEXT).unwrap();
        let set = gas_set(&records, &[Element::O, Element::Si], Ions::Include).unwrap();
        assert_eq!(set.names().collect::<Vec<_>>(), ["e-", "O", "Si", "O1Si1"]);
        for t in [700.0_f64, 2500.0] {
            let mut gibbs = [1.0; 4];
            set.gibbs_rt(t, &mut gibbs);
            let ln_k = 1e4 / t - 2.0 * t.ln() + 3.5 + 1e-4 * t - 2e-9 * t * t;
            assert_eq!(gibbs[..3], [0.0; 3]);
            approx::assert_relative_eq!(-gibbs[3], ln_k, max_relative = 1e-13);
        }
        assert_eq!(records[1].formula.charge(), 1);
    }

    #[test]
    fn a_damaged_file_is_refused_with_its_line() {
        for (text, line) in [
            ("SiO nothing here\n1 2 3 4 5\n", "line 1"),
            ("SiO x : Si 1 O\n1 2 3 4 5\n", "line 1"),
            ("SiO x : Xx 1 O 1\n1 2 3 4 5\n", "line 1"),
            ("SiO x : Si 1 O 1\n1 2 three 4 5\n", "line 2"),
            ("\n\nSiO x : Si 1 O 1\n", "line 3"),
            ("SiO x : e- -128\n1 2 3 4 5\n", "line 1"),
            ("# only comments\n", "no species"),
        ] {
            let error = parse("x.dat", text).unwrap_err().to_string();
            assert!(error.contains(line), "{text}: {error}");
        }
    }

    #[test]
    fn damaged_bytes_give_an_error_or_a_value_but_no_panic() {
        use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        for _ in 0..5000 {
            let mut bytes = TEXT.as_bytes().to_vec();
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
