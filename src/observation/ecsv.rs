//! ECSV tables: Eureka! stage 6 and exoTEDRF / ExoTEP.

use std::collections::BTreeMap;

use super::number::{At, power_of, quoted};
use super::width::{self, CentredBin};
use super::{Labels, Parsed, Row, refuse_transmission};
use crate::config::{FileConfig, TableFormat};
use crate::error::InputError;
use crate::units::{DepthUnit, WidthKind};

/// An ECSV file cut into cells.
pub(super) struct Table {
    names: Vec<String>,
    units: BTreeMap<String, String>,
    rows: Vec<(usize, Vec<String>)>,
}

impl Table {
    /// Cuts the text of a file.
    pub fn from_text(text: &str, file: &FileConfig) -> Result<Self, InputError> {
        let mut head = String::new();
        let mut names = Vec::new();
        let mut rows = Vec::new();
        let mut comma = false;
        for (index, line) in text.lines().enumerate() {
            if let Some(comment) = line.strip_prefix('#') {
                if let Some((_, word)) = comment.split_once("delimiter:") {
                    comma = word.contains(',');
                }
                head.push_str(comment);
                head.push('\n');
                continue;
            }
            if line.trim().is_empty() {
                continue;
            }
            let cells = cut(line, comma);
            if names.is_empty() {
                names = cells;
            } else if cells.len() == names.len() {
                rows.push((index + 1, cells));
            } else {
                return Err(InputError::value(
                    format!(
                        "`{}`, row {} (line {})",
                        file.path.display(),
                        rows.len() + 1,
                        index + 1
                    ),
                    format!("{} cells", cells.len()),
                    format!("{}, one per column", names.len()),
                ));
            }
        }
        for (position, name) in names.iter().enumerate() {
            if names[..position].contains(name) {
                return Err(InputError::parse(
                    &file.path,
                    format!("column `{name}` stands twice"),
                ));
            }
        }
        let units = units(&head);
        Ok(Self { names, units, rows })
    }

    fn column(&self, name: &str, file: &FileConfig) -> Result<usize, InputError> {
        self.position(name).ok_or_else(|| {
            InputError::value(
                format!("`{}`, header", file.path.display()),
                format!("the columns {}", quoted(&self.names.join(", "))),
                format!("column `{name}`"),
            )
        })
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|found| found == name)
    }

    /// Refuses a wavelength column whose header names another unit than µm.
    fn check_um(&self, name: &str, file: &FileConfig) -> Result<(), InputError> {
        match self.units.get(name).map(String::as_str) {
            None | Some("um" | "micron" | "micrometer") => Ok(()),
            Some(other) => Err(InputError::value(
                format!("`{}`, unit of column `{name}`", file.path.display()),
                quoted(other),
                "um",
            )),
        }
    }
}

/// Cells of one line; a cell in double quotes may hold the delimiter, a doubled quote stands for one.
fn cut(line: &str, comma: bool) -> Vec<String> {
    let mut cells = Vec::new();
    let mut cell = String::new();
    let (mut quoted, mut started) = (false, false);
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => {
                quoted = !quoted;
                started = true;
            }
            ',' if comma && !quoted => {
                cells.push(std::mem::take(&mut cell).trim().to_owned());
                started = false;
            }
            blank if !comma && !quoted && blank.is_whitespace() => {
                if started {
                    cells.push(std::mem::take(&mut cell));
                    started = false;
                }
            }
            other => {
                cell.push(other);
                started = true;
            }
        }
    }
    if comma || started {
        cells.push(cell.trim().to_owned());
    }
    cells
}

/// `name: ... unit: ...` pairs of the YAML head, whether an entry stands in one line or in several.
fn units(head: &str) -> BTreeMap<String, String> {
    let columns = head.find("datatype:").map_or("", |start| &head[start..]);
    let word = |text: &str| {
        let text = text.trim_start();
        let end = text.find([',', '}', '\n']).unwrap_or(text.len());
        text[..end].trim().trim_matches(['\'', '"']).to_owned()
    };
    columns
        .split("name:")
        .skip(1)
        .filter_map(|entry| {
            let unit = &entry[entry.find("unit:")? + "unit:".len()..];
            Some((word(entry), word(unit)))
        })
        .collect()
}

/// Keys of an eclipse depth in Eureka! stage 6.
const EUREKA_ECLIPSE: [&str; 5] = ["fp", "fpfs", "fp_fs", "fp/fs", "eclipse_depth"];
/// Keys of a transit depth there.
const EUREKA_TRANSIT: [&str; 6] = ["rp", "rp^2", "rprs", "rprs^2", "rp_rs", "transit_depth"];
/// Stage 6 writes (wave_hi - wave_low) / 2 as `bin_width`, the middle of the edges as `wavelength` and
/// the fitted value unscaled (Eureka!, `S6_planet_spectra/s6_spectra.py`, function `save_table`).
const EUREKA_WIDTH: WidthKind = WidthKind::Half;

/// Reads a Eureka! stage 6 table: `wavelength` \[µm\], `bin_width`, `<key>_value`,
/// `<key>_errorneg`, `<key>_errorpos`, as fractions unless the run file declares another unit.
pub(super) fn read_eureka(text: &str, file: &FileConfig) -> Result<Parsed, InputError> {
    let table = Table::from_text(text, file)?;
    let key = eureka_key(&table, file)?;
    let unit = file.depth_unit.unwrap_or(DepthUnit::Fraction);
    let power = power_of(unit);
    let mut parsed = Parsed::new(TableFormat::Eureka);
    if file.depth_unit.is_none() {
        parsed
            .notes
            .push("depths taken as fractions, as Eureka! writes them".to_owned());
    }
    table.check_um("wavelength", file)?;
    let columns = ["wavelength", "bin_width"]
        .map(str::to_owned)
        .into_iter()
        .chain(["value", "errorneg", "errorpos"].map(|part| format!("{key}_{part}")));
    let names: Vec<String> = columns.collect();
    let mut positions = [0; 5];
    for (position, name) in positions.iter_mut().zip(&names) {
        *position = table.column(name, file)?;
    }
    let labels = Labels::of(file, "eureka");
    let mut bins = Vec::new();
    let mut rows: Vec<(usize, Row)> = Vec::new();
    for (index, (line, cells)) in table.rows.iter().enumerate() {
        let at = At {
            path: &file.path,
            row: index + 1,
            line: *line,
        };
        let cell = |column: usize| cells[positions[column]].as_str();
        bins.push(CentredBin {
            at,
            centre_um: at.number(&names[0], cell(0), 0)?,
            width_um: at.width(&names[1], cell(1), 0)?,
        });
        rows.push((
            *line,
            Row {
                depth: at.number(&names[2], cell(2), power)?,
                error_minus: at.error(&names[3], cell(3), power)?,
                error_plus: at.error(&names[4], cell(4), power)?,
                ..labels.row(0.0, 0.0)
            },
        ));
    }
    note_flagged(&table, &mut parsed);
    let kind = width::resolve(
        file.bin_width,
        &bins,
        Some(EUREKA_WIDTH),
        "bin_width",
        &mut parsed,
    )?;
    for (bin, (line, mut row)) in bins.iter().zip(rows) {
        [row.low_m, row.high_m] = width::edges(bin, kind, "bin_width")?;
        parsed.push(line, row);
    }
    Ok(parsed)
}

fn note_flagged(table: &Table, parsed: &mut Parsed) {
    let Some(flag) = table.position("upper_limit?") else {
        return;
    };
    let flagged = table
        .rows
        .iter()
        .filter(|(_, cells)| cells[flag].eq_ignore_ascii_case("true"));
    let count = flagged.count();
    if count > 0 {
        parsed.warnings.push(format!(
            "{count} rows flagged `upper_limit?` are used as measurements with their quoted errors"
        ));
    }
}

fn eureka_key(table: &Table, file: &FileConfig) -> Result<String, InputError> {
    let keys: Vec<&str> = table
        .names
        .iter()
        .filter_map(|name| name.strip_suffix("_value"))
        .collect();
    let eclipse: Vec<&str> = keys
        .iter()
        .copied()
        .filter(|key| EUREKA_ECLIPSE.contains(&key.to_lowercase().as_str()))
        .collect();
    match eclipse[..] {
        [key] => Ok(key.to_owned()),
        [] => {
            let transit = keys
                .iter()
                .find(|key| EUREKA_TRANSIT.contains(&key.to_lowercase().as_str()));
            Err(match transit {
                Some(key) => refuse_transmission(&file.path, &format!("{key}_value")),
                None => InputError::value(
                    format!("`{}`, header", file.path.display()),
                    format!("the columns {}", quoted(&table.names.join(", "))),
                    format!(
                        "a column `<key>_value` with key {}",
                        EUREKA_ECLIPSE.join(", ")
                    ),
                ),
            })
        }
        _ => Err(InputError::value(
            format!("`{}`, header", file.path.display()),
            format!("several eclipse depths: {}", eclipse.join(", ")),
            "one; drop the others",
        )),
    }
}

/// Reads an exoTEDRF / ExoTEP table: `waveMin`, `waveMax` \[µm\], `yval`, `yerrLow`, `yerrUpp` in
/// the unit that the header declares; rows with `ignore` true are left out.
pub(super) fn read_exotedrf(text: &str, file: &FileConfig) -> Result<Parsed, InputError> {
    let table = Table::from_text(text, file)?;
    let names = ["waveMin", "waveMax", "yval", "yerrLow", "yerrUpp"];
    let mut positions = [0; 5];
    for (position, name) in positions.iter_mut().zip(names) {
        *position = table.column(name, file)?;
    }
    table.check_um("waveMin", file)?;
    table.check_um("waveMax", file)?;
    let powers = ["yval", "yerrLow", "yerrUpp"].map(|name| exotedrf_unit(&table, name, file));
    let [depth_power, minus_power, plus_power] = powers;
    let (depth_power, minus_power, plus_power) = (depth_power?, minus_power?, plus_power?);
    let ignore = table.position("ignore");
    let labels = Labels::of(file, "exotedrf");
    let mut parsed = Parsed::new(TableFormat::Exotedrf);
    let mut ignored = 0;
    for (index, (line, cells)) in table.rows.iter().enumerate() {
        if ignore.is_some_and(|column| cells[column].eq_ignore_ascii_case("true")) {
            ignored += 1;
            continue;
        }
        let at = At {
            path: &file.path,
            row: index + 1,
            line: *line,
        };
        let cell = |column: usize| cells[positions[column]].as_str();
        let low_um = at.number(names[0], cell(0), 0)?;
        let high_um = at.number(names[1], cell(1), 0)?;
        let [low_m, high_m] = at.bin("waveMin, waveMax", low_um, high_um)?;
        let row = Row {
            depth: at.number(names[2], cell(2), depth_power)?,
            error_minus: at.error(names[3], cell(3), minus_power)?,
            error_plus: at.error(names[4], cell(4), plus_power)?,
            ..labels.row(low_m, high_m)
        };
        parsed.push_numbered(index + 1, *line, row);
    }
    if ignored > 0 {
        parsed.notes.push(format!(
            "{ignored} rows marked `ignore` in the file left out"
        ));
        parsed.unusable += ignored;
    }
    Ok(parsed)
}

/// Power of ten of a depth column, from the header or the run file; both must agree.
fn exotedrf_unit(table: &Table, name: &str, file: &FileConfig) -> Result<i32, InputError> {
    let place = || format!("`{}`, unit of column `{name}`", file.path.display());
    let stated = match table.units.get(name).map(String::as_str) {
        None => None,
        Some("ppm") => Some(DepthUnit::Ppm),
        Some("%" | "percent" | "pct") => Some(DepthUnit::Percent),
        Some("" | "fraction" | "1") => Some(DepthUnit::Fraction),
        Some(other) => {
            return Err(InputError::value(
                place(),
                quoted(other),
                DepthUnit::ACCEPTED,
            ));
        }
    };
    match (stated, file.depth_unit) {
        (Some(stated), Some(declared)) if stated != declared => Err(InputError::value(
            place(),
            format!("{stated:?} in the header and {declared:?} in the run file"),
            "one unit",
        )),
        (Some(unit), _) | (None, Some(unit)) => Ok(power_of(unit)),
        (None, None) => Err(InputError::value(
            place(),
            "no unit",
            format!(
                "`depth_unit` of the file declared as one of {}",
                DepthUnit::ACCEPTED
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_may_be_quoted() {
        assert_eq!(cut("a \"rp^2 value\"  c", false), ["a", "rp^2 value", "c"]);
        assert_eq!(
            cut("a,\"b, \"\"c\"\"\",,d", true),
            ["a", "b, \"c\"", "", "d"]
        );
        assert_eq!(cut("\"open", false), ["open"]);
    }

    #[test]
    fn units_stand_in_one_line_or_several() {
        let head = "datatype:\n - {name: wave, unit: um, datatype: float64}\n - name: yval\n   unit: ppm\n - {name: ignore,\n   datatype: bool}\n";
        let found = units(head);
        assert_eq!(found["wave"], "um");
        assert_eq!(found["yval"], "ppm");
        assert_eq!(found.len(), 2);
    }
}
