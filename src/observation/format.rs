//! Which format a file has, from its content.

use std::path::Path;

use super::{columns, own, sparta};
use crate::config::{FileConfig, TableFormat};
use crate::error::InputError;

/// The words of `format`, for messages.
pub(super) const ACCEPTED: &str = "magmaret, nasa_archive, eureka, sparta, exotedrf, columns";

/// Word of a format in a run file.
pub(super) const fn name(format: TableFormat) -> &'static str {
    match format {
        TableFormat::Magmaret => "magmaret",
        TableFormat::NasaArchive => "nasa_archive",
        TableFormat::Eureka => "eureka",
        TableFormat::Sparta => "sparta",
        TableFormat::Exotedrf => "exotedrf",
        TableFormat::Columns => "columns",
    }
}

/// The declared format, or the one that the content shows beyond doubt.
pub(super) fn recognise(text: &str, file: &FileConfig) -> Result<TableFormat, InputError> {
    if let Some(format) = file.format {
        return Ok(format);
    }
    let first = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or("");
    if first.trim_start_matches('#').trim().starts_with("%ECSV") {
        return recognise_ecsv(text, &file.path);
    }
    let starts = |mark: char| text.lines().any(|line| line.starts_with(mark));
    if starts('|') {
        return Ok(TableFormat::NasaArchive);
    }
    if starts('\\') {
        return Err(unknown(&file.path, "`\\` keywords without a `|` header"));
    }
    if text
        .lines()
        .any(|line| sparta::header_names(line).is_some())
    {
        return Ok(TableFormat::Sparta);
    }
    let data = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'));
    match data {
        None => Err(InputError::parse(&file.path, "the file holds no data")),
        // A header with most of the product's names is the product's, if with a slip.
        Some(line) if own_names(line) > own::COLUMNS.len() / 2 => Ok(TableFormat::Magmaret),
        Some(_) if file.columns.is_some() || columns::has_header(text) => Ok(TableFormat::Columns),
        Some(line) => {
            let short: String = line.chars().take(60).collect();
            Err(unknown(
                &file.path,
                &format!("a first line of data {:?}", short),
            ))
        }
    }
}

fn recognise_ecsv(text: &str, path: &Path) -> Result<TableFormat, InputError> {
    let header = text
        .lines()
        .find(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .unwrap_or("");
    let eureka = header.contains("bin_width") && header.contains("_value");
    let exotedrf = header.contains("waveMin") && header.contains("yval");
    match (eureka, exotedrf) {
        (true, false) => Ok(TableFormat::Eureka),
        (false, true) => Ok(TableFormat::Exotedrf),
        _ => Err(unknown(
            path,
            "an ECSV table whose columns are neither those of Eureka! nor of exoTEDRF",
        )),
    }
}

/// How many names of the product's CSV stand in a line.
fn own_names(line: &str) -> usize {
    line.split(',')
        .filter(|name| own::COLUMNS.contains(&name.trim()))
        .count()
}

fn unknown(path: &Path, found: &str) -> InputError {
    InputError::value(
        format!("format of `{}`", path.display()),
        found,
        format!(
            "`format` of the file declared as one of {ACCEPTED} (and `columns = [...]` for the last)"
        ),
    )
}
