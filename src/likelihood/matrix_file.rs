//! Reads a covariance matrix.

use std::path::Path;

use crate::error::InputError;
use crate::prior::cholesky;
use crate::units::RATIO_PER_PPM;

/// How far C_ij and C_ji may differ, relative to √(C_ii C_jj): files with ten digits.
const SYMMETRY: f64 = 1.0e-9;

/// The matrix (row-major, squared depths) and its Cholesky factor, from a CSV without header
/// in ppm², `dim` × `dim`. Lines that begin with `#` are comments.
///
/// # Errors
/// [`InputError`] with file, row and column.
pub fn read(path: &Path, dim: usize) -> Result<(Vec<f64>, Vec<f64>), InputError> {
    let text = std::fs::read_to_string(path).map_err(|source| InputError::read(path, source))?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut values = Vec::with_capacity(dim * dim);
    let mut rows = 0;
    for record in reader.records() {
        let record = record.map_err(|error| InputError::parse(path, error))?;
        rows += 1;
        if record.len() != dim {
            return Err(InputError::value(
                format!("`{}` row {rows}", path.display()),
                format!("{} numbers", record.len()),
                format!("{dim}, one for each row of data used"),
            ));
        }
        for (column, field) in record.iter().enumerate() {
            match field.parse::<f64>() {
                Ok(value) if value.is_finite() => {
                    values.push(value * RATIO_PER_PPM * RATIO_PER_PPM);
                }
                _ => {
                    return Err(InputError::value(
                        place(path, rows - 1, column),
                        format!("`{field}`"),
                        "a finite covariance in ppm² (no header line)",
                    ));
                }
            }
        }
    }
    if rows != dim {
        return Err(InputError::value(
            format!("`{}`", path.display()),
            format!("{rows} rows"),
            format!("{dim}, one for each row of data used"),
        ));
    }
    check_symmetry(path, &values, dim)?;
    let mut factor = values.clone();
    cholesky::factorise(&mut factor, dim).map_err(|row| {
        InputError::value(
            format!("`{}` row {}", path.display(), row + 1),
            "a matrix that is not positive definite from this row on",
            "a positive definite covariance matrix",
        )
    })?;
    Ok((values, factor))
}

fn place(path: &Path, row: usize, column: usize) -> String {
    format!(
        "`{}` row {}, column {}",
        path.display(),
        row + 1,
        column + 1
    )
}

fn check_symmetry(path: &Path, values: &[f64], dim: usize) -> Result<(), InputError> {
    for i in 0..dim {
        if values[i * dim + i] <= 0.0 {
            return Err(InputError::value(
                place(path, i, i),
                format!("a variance of {} ppm²", ppm2(values[i * dim + i])),
                "a number above 0",
            ));
        }
        for j in 0..i {
            let (below, above) = (values[i * dim + j], values[j * dim + i]);
            let scale = (values[i * dim + i] * values[j * dim + j]).sqrt();
            if (below - above).abs() > SYMMETRY * scale {
                return Err(InputError::value(
                    place(path, i, j),
                    format!("{} ppm²", ppm2(below)),
                    format!(
                        "a symmetric matrix (row {}, column {} is {} ppm²)",
                        j + 1,
                        i + 1,
                        ppm2(above)
                    ),
                ));
            }
        }
    }
    Ok(())
}

/// ppm² to nine digits, so that a message shows what the file holds.
fn ppm2(value: f64) -> f64 {
    let value = value / (RATIO_PER_PPM * RATIO_PER_PPM);
    format!("{value:.9e}").parse().unwrap_or(value)
}
