//! Reads the weighted samples of a prior from CSV.

use std::path::Path;

use crate::error::{InputError, nearest};

/// The samples of some columns, row by row, and their weights.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleTable {
    /// Row by row, in the order of the names asked for.
    pub values: Vec<f64>,
    /// One per row; ones where the file has no column `weight`.
    pub weights: Vec<f64>,
}

/// Reads the columns `names` and, if there is one, `weight`. Lines that begin with `#` are
/// comments; the first other line is the header.
///
/// # Errors
/// [`InputError::Read`]; [`InputError::Parse`] for a line with another number of fields;
/// [`InputError::Value`] with file, line and column for a missing column or an unusable number.
pub fn read(path: &Path, names: &[String]) -> Result<SampleTable, InputError> {
    let text = std::fs::read_to_string(path).map_err(|source| InputError::read(path, source))?;
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let headers = reader
        .headers()
        .map_err(|error| InputError::parse(path, error))?
        .clone();
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        columns.push(column(path, &headers, name)?);
    }
    let weight_column = headers.iter().position(|header| header == "weight");

    let mut table = SampleTable {
        values: Vec::new(),
        weights: Vec::new(),
    };
    for record in reader.records() {
        let record = record.map_err(|error| InputError::parse(path, error))?;
        let number = |index: usize, expected: &str, accepted: fn(f64) -> bool| {
            let field = record.get(index).unwrap_or("");
            match field.parse::<f64>() {
                Ok(value) if accepted(value) => Ok(value),
                _ => Err(InputError::value(
                    format!(
                        "`{}` line {}, column `{}`",
                        path.display(),
                        record.position().map_or(0, csv::Position::line),
                        headers.get(index).unwrap_or("")
                    ),
                    format!("`{field}`"),
                    expected,
                )),
            }
        };
        for index in &columns {
            table
                .values
                .push(number(*index, "a finite number", f64::is_finite)?);
        }
        table.weights.push(match weight_column {
            Some(index) => number(index, "a finite weight, 0 or more", |value| {
                value.is_finite() && value >= 0.0
            })?,
            None => 1.0,
        });
    }
    Ok(table)
}

fn column(path: &Path, headers: &csv::StringRecord, name: &str) -> Result<usize, InputError> {
    if let Some(index) = headers.iter().position(|header| header == name) {
        return Ok(index);
    }
    let mut expected = format!("a column `{name}`");
    if let Some(known) = nearest(name, headers.iter()) {
        expected.push_str(&format!(" (did you mean `{known}`?)"));
    }
    let found: Vec<&str> = headers.iter().collect();
    Err(InputError::value(
        format!("`{}` header", path.display()),
        format!("columns {}", found.join(", ")),
        expected,
    ))
}
