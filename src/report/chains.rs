//! Samples as text, in the layouts that other tools read.
//!
//! | File | Columns | Read by |
//! |---|---|---|
//! | `samples.csv` | weight, ln_likelihood, birth_ln_likelihood, parameters, derived | anything |
//! | `post_equal_weights.dat` | parameters, derived, ln L | PyMultiNest, numpy |
//! | `chains/<root>.txt` | weight, -ln L, parameters, derived | getdist, anesthetic |
//! | `chains/<root>.paramnames` | name (`*` marks derived), LaTeX label | getdist, anesthetic |
//! | `chains/<root>.ranges` | name, lower limit, upper limit (`N`: none) | getdist |
//! | `chains/<root>_dead-birth.txt` | parameters, derived, ln L, birth ln L | anesthetic (PolyChord) |
//!
//! `post_equal_weights.dat` follows MultiNest, whose README says of it "Columns have parameter
//! values followed by loglike value": the last column is ln L, not -2 ln L (which is the second
//! column of MultiNest's `<root>.txt`). Numbers are the shortest that read back to the same f64.

use std::fmt::Write as _;
use std::path::Path;

use super::{Label, write_atomic};
use crate::error::InputError;
use crate::posterior::Posterior;

/// What PolyChord writes for the birth contour of a draw from the whole prior; readers take
/// anything this low for -∞.
const POLYCHORD_LN_ZERO: f64 = -1.0e30;

/// Limits of a parameter's prior, for `.ranges`; `None` where it is not bounded.
pub type PriorLimits = [Option<f64>; 2];

/// `samples.csv`: one header row, then every weighted sample.
///
/// # Errors
/// [`InputError::Write`].
pub fn write_samples_csv(posterior: &Posterior, path: &Path) -> Result<(), InputError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let to_error = |error: csv::Error| InputError::write(path, std::io::Error::other(error));
    let fixed = ["weight", "ln_likelihood", "birth_ln_likelihood"];
    let names = posterior.names().iter().map(String::as_str);
    writer
        .write_record(fixed.into_iter().chain(names))
        .map_err(to_error)?;
    for row in 0..posterior.len() {
        let fixed = [
            posterior.weights()[row],
            posterior.ln_likelihood()[row],
            posterior.birth_ln_likelihood()[row],
        ];
        let numbers = fixed
            .iter()
            .chain(posterior.row(row))
            .copied()
            .map(shortest);
        writer.write_record(numbers).map_err(to_error)?;
    }
    let content = (writer.into_inner())
        .map_err(|error| InputError::write(path, std::io::Error::other(error.to_string())))?;
    write_atomic(path, &content)
}

/// `post_equal_weights.dat`: the rows `rows` of the posterior (see
/// [`Posterior::equal_weight_rows`]), parameters and derived quantities and then ln L.
///
/// # Errors
/// [`InputError::Write`].
pub fn write_post_equal_weights(
    posterior: &Posterior,
    rows: &[usize],
    path: &Path,
) -> Result<(), InputError> {
    let mut text = String::new();
    for &row in rows {
        let ln_likelihood = [posterior.ln_likelihood()[row]];
        push_row(
            &mut text,
            posterior.row(row).iter().chain(&ln_likelihood).copied(),
        );
    }
    write_atomic(path, text.as_bytes())
}

/// The getdist set and the PolyChord birth file, `<folder>/<root>*`. `labels` and `limits` go with
/// the columns; a missing limit is written `N`. Samples of zero weight are left out of `.txt`,
/// which getdist could not use, and kept in `_dead-birth.txt`. The birth file is written only where
/// `with_birth` says that the sampler has contours.
///
/// # Errors
/// [`InputError::Write`], or [`InputError::Value`] when the labels do not go with the columns.
pub fn write_chains(
    posterior: &Posterior,
    labels: &[Label],
    limits: &[PriorLimits],
    with_birth: bool,
    folder: &Path,
    root: &str,
) -> Result<(), InputError> {
    let columns = posterior.names().len();
    if labels.len() != columns {
        return Err(InputError::value(
            "labels of the chains",
            labels.len(),
            format!("one for each of the {columns} columns"),
        ));
    }
    let file = |suffix: &str| folder.join(format!("{root}{suffix}"));
    write_atomic(&file(".txt"), getdist_text(posterior).as_bytes())?;
    write_atomic(
        &file(".paramnames"),
        paramnames_text(posterior, labels).as_bytes(),
    )?;
    write_atomic(&file(".ranges"), ranges_text(posterior, limits).as_bytes())?;
    if with_birth {
        write_atomic(
            &file("_dead-birth.txt"),
            dead_birth_text(posterior).as_bytes(),
        )?;
    }
    Ok(())
}

fn getdist_text(posterior: &Posterior) -> String {
    let mut text = String::new();
    for row in (0..posterior.len()).filter(|row| posterior.weights()[*row] > 0.0) {
        let fixed = [posterior.weights()[row], -posterior.ln_likelihood()[row]];
        push_row(&mut text, fixed.iter().chain(posterior.row(row)).copied());
    }
    text
}

fn paramnames_text(posterior: &Posterior, labels: &[Label]) -> String {
    let mut text = String::new();
    for (column, (name, label)) in posterior.names().iter().zip(labels).enumerate() {
        let derived = if column < posterior.parameter_count() {
            ""
        } else {
            "*"
        };
        let _ = writeln!(text, "{name}{derived}\t{}", label.latex());
    }
    text
}

fn ranges_text(posterior: &Posterior, limits: &[PriorLimits]) -> String {
    let shown = |limit: Option<f64>| match limit {
        Some(value) if value.is_finite() => shortest(value),
        _ => "N".to_owned(),
    };
    let mut text = String::new();
    for (name, [low, high]) in posterior.names().iter().zip(limits) {
        let _ = writeln!(text, "{name} {} {}", shown(*low), shown(*high));
    }
    text
}

fn dead_birth_text(posterior: &Posterior) -> String {
    let mut text = String::new();
    for row in 0..posterior.len() {
        let last = [
            posterior.ln_likelihood()[row],
            posterior.birth_ln_likelihood()[row].max(POLYCHORD_LN_ZERO),
        ];
        push_row(&mut text, posterior.row(row).iter().chain(&last).copied());
    }
    text
}

fn push_row(text: &mut String, numbers: impl Iterator<Item = f64>) {
    for (position, number) in numbers.enumerate() {
        if position > 0 {
            text.push(' ');
        }
        text.push_str(&shortest(number));
    }
    text.push('\n');
}

/// The shortest decimal that reads back to the same f64, with an exponent where that is shorter;
/// `nan`, `inf` and `-inf` as numpy and C read them.
fn shortest(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let (plain, scientific) = (format!("{number}"), format!("{number:e}"));
    if scientific.len() < plain.len() {
        scientific
    } else {
        plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn shortest_reads_back_to_the_same_number(bits in any::<u64>()) {
            let number = f64::from_bits(bits);
            let back: f64 = shortest(number).parse().unwrap();
            prop_assert!(back.to_bits() == bits || (back.is_nan() && number.is_nan()));
        }
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(shortest(-1.0e30), "-1e30");
        assert_eq!(shortest(0.25), "0.25");
        assert_eq!(shortest(f64::NEG_INFINITY), "-inf");
    }
}
