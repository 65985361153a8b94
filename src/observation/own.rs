//! The product's own CSV: twelve named columns, and optionally `limit`.

use std::path::Path;

use super::number::{At, quoted};
use super::{Limit, Parsed, Quality, Row};
use crate::config::TableFormat;
use crate::error::{InputError, nearest};

/// The columns, in their order.
pub(super) const COLUMNS: [&str; 12] = [
    "wave_lo_um",
    "wave_hi_um",
    "depth_ppm",
    "err_minus_ppm",
    "err_plus_ppm",
    "instrument",
    "mode",
    "visit",
    "n_eclipses",
    "reduction",
    "quality",
    "source",
];
/// Optional thirteenth column: empty, `upper` or `lower`.
const LIMIT: &str = "limit";
/// Power of ten of a depth in ppm.
const PPM: i32 = -6;

/// Reads the text of one file.
pub(super) fn read(text: &str, path: &Path) -> Result<Parsed, InputError> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = reader
        .headers()
        .map_err(|error| InputError::parse(path, error))?
        .clone();
    check_header(&header, path)?;

    let mut parsed = Parsed::new(TableFormat::Magmaret);
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|error| InputError::parse(path, error))?;
        let line = record
            .position()
            .map_or(0, |position| position.line() as usize);
        let at = At {
            path,
            row: index + 1,
            line,
        };
        let cell = |column: usize| record.get(column).unwrap_or("");
        let quality = quality(&at, cell(10))?;
        if cell(3).is_empty() && cell(4).is_empty() && quality.is_doubtful() {
            parsed.warnings.push(format!(
                "{}: quoted without an error ({}); the row is not used",
                at.row_place(),
                quality.name()
            ));
            parsed.unusable += 1;
            continue;
        }
        let low_um = at.number(COLUMNS[0], cell(0), 0)?;
        let high_um = at.number(COLUMNS[1], cell(1), 0)?;
        let [low_m, high_m] = at.bin("wave_lo_um, wave_hi_um", low_um, high_um)?;
        parsed.push(
            line,
            Row {
                low_m,
                high_m,
                depth: at.number(COLUMNS[2], cell(2), PPM)?,
                error_minus: at.error(COLUMNS[3], cell(3), PPM)?,
                error_plus: at.error(COLUMNS[4], cell(4), PPM)?,
                limit: limit(&at, cell(12))?,
                instrument: label(&at, COLUMNS[5], cell(5))?,
                mode: label(&at, COLUMNS[6], cell(6))?,
                visit: cell(7).to_owned(),
                n_eclipses: eclipses(&at, cell(8))?,
                reduction: cell(9).to_owned(),
                quality,
                source: cell(11).to_owned(),
            },
        );
    }
    Ok(parsed)
}

fn check_header(header: &csv::StringRecord, path: &Path) -> Result<(), InputError> {
    let expected = COLUMNS.iter().copied().chain([LIMIT]);
    for (position, wanted) in expected.enumerate() {
        let found = header.get(position);
        if found == Some(wanted) || (wanted == LIMIT && found.is_none()) {
            continue;
        }
        let hint = found
            .and_then(|found| nearest(found, [wanted]))
            .map(|name| format!(" (did you mean `{name}`?)"))
            .unwrap_or_default();
        return Err(InputError::value(
            format!("`{}`, header, column {}", path.display(), position + 1),
            found.map_or("no column".to_owned(), quoted),
            format!(
                "`{wanted}`{hint}; the columns are {} and optionally {LIMIT}",
                COLUMNS.join(",")
            ),
        ));
    }
    if header.len() > COLUMNS.len() + 1 {
        return Err(InputError::value(
            format!("`{}`, header", path.display()),
            format!("{} columns", header.len()),
            format!("{} and optionally {LIMIT}", COLUMNS.join(",")),
        ));
    }
    Ok(())
}

fn label(at: &At, column: &str, text: &str) -> Result<String, InputError> {
    if text.is_empty() {
        return Err(at.refuse(
            column,
            "nothing",
            "a label such as miri, nircam, irac or user",
        ));
    }
    Ok(text.to_owned())
}

fn limit(at: &At, text: &str) -> Result<Limit, InputError> {
    match text {
        "" => Ok(Limit::None),
        "upper" => Ok(Limit::Upper),
        "lower" => Ok(Limit::Lower),
        _ => Err(at.refuse(LIMIT, quoted(text), "nothing, upper or lower")),
    }
}

fn quality(at: &At, text: &str) -> Result<Quality, InputError> {
    Quality::from_name(text).ok_or_else(|| at.refuse(COLUMNS[10], quoted(text), Quality::ACCEPTED))
}

fn eclipses(at: &At, text: &str) -> Result<Option<u32>, InputError> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse() {
        Ok(number) if number > 0 => Ok(Some(number)),
        _ => Err(at.refuse(
            COLUMNS[8],
            quoted(text),
            "a whole number above 0, or nothing",
        )),
    }
}
