//! NASA Exoplanet Archive spectroscopy tables (`.tbl`, IPAC fixed width).
//!
//! Lines that start with `\` hold keywords, lines that start with `|` name the columns, their types,
//! units and null words, and data stand between the positions of the bars. Depths are per cent,
//! the bandwidth is the full width, the lower error carries a minus sign.

use std::collections::BTreeMap;
use std::path::Path;

use super::number::{At, quoted};
use super::{Labels, Limit, Parsed, Row, refuse_transmission};
use crate::config::{FileConfig, TableFormat};
use crate::error::InputError;
use crate::units::{DepthUnit, WidthKind};

const WAVELENGTH: &str = "CENTRALWAVELNG";
const WIDTH: &str = "BANDWIDTH";
const DEPTH: &str = "ESPECLIPDEP";
const ERROR_PLUS: &str = "ESPECLIPDEPERR1";
const ERROR_MINUS: &str = "ESPECLIPDEPERR2";
const LIMIT: &str = "ESPECLIPDEPLIM";
/// Power of ten of a depth in per cent.
const PERCENT: i32 = -2;

/// Column name (upper case) and the characters between its bars.
type Layout = BTreeMap<String, std::ops::Range<usize>>;

/// Reads the text of one table.
pub(super) fn read(text: &str, file: &FileConfig) -> Result<Parsed, InputError> {
    let path = &file.path;
    super::known_unit(file, DepthUnit::Percent, "a NASA archive table")?;
    super::known_width(file, WidthKind::Full, "a NASA archive table")?;
    let mut parsed = Parsed::new(TableFormat::NasaArchive);
    let labels = Labels::of(file, "archive");
    let mut layout: Option<Layout> = None;
    let mut bars = Vec::new();
    let mut row = 0;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_end();
        if let Some(keyword) = line.strip_prefix('\\') {
            check_keyword(keyword, path, &mut parsed)?;
        } else if line.starts_with('|') {
            // Only the first of the four header lines names columns.
            if layout.is_none() {
                bars = bar_positions(line);
                layout = Some(name_columns(line, &bars, path)?);
            }
        } else if !line.is_empty() {
            let Some(layout) = &layout else {
                return Err(InputError::parse(
                    path,
                    format!("line {}: data before the `|` header", index + 1),
                ));
            };
            row += 1;
            let at = At {
                path,
                row,
                line: index + 1,
            };
            let cells = Cells {
                characters: line.chars().collect(),
                layout,
                bars: &bars,
            };
            let row = cells.row(&at, &labels, &mut parsed)?;
            parsed.push(index + 1, row);
        }
    }
    if layout.is_none() {
        return Err(InputError::parse(path, "no `|` header line"));
    }
    Ok(parsed)
}

fn check_keyword(keyword: &str, path: &Path, parsed: &mut Parsed) -> Result<(), InputError> {
    let Some((name, value)) = keyword.split_once('=') else {
        return Ok(());
    };
    let value = plain_text(value);
    match name.trim().to_uppercase().as_str() {
        "SPEC_TYPE" if value.to_lowercase().starts_with("trans") => {
            Err(refuse_transmission(path, &format!("SPEC_TYPE = {value}")))
        }
        "SPEC_TYPE" if !value.to_lowercase().starts_with("eclipse") => Err(InputError::value(
            format!("`{}`, keyword SPEC_TYPE", path.display()),
            quoted(&value),
            "Eclipse",
        )),
        "INSTRUMENT" | "FACILITY" | "REFERENCE" if !value.is_empty() => {
            parsed
                .notes
                .push(format!("{} in the file: {value}", name.trim()));
            Ok(())
        }
        _ => Ok(()),
    }
}

fn bar_positions(line: &str) -> Vec<usize> {
    line.chars()
        .enumerate()
        .filter(|(_, character)| *character == '|')
        .map(|(position, _)| position)
        .collect()
}

fn name_columns(line: &str, bars: &[usize], path: &Path) -> Result<Layout, InputError> {
    let characters: Vec<char> = line.chars().collect();
    let mut layout = Layout::new();
    for pair in bars.windows(2) {
        let range = pair[0] + 1..pair[1];
        let name: String = characters[range.clone()].iter().collect();
        let name = name.trim().to_uppercase();
        if layout.insert(name.clone(), range).is_some() {
            return Err(InputError::parse(
                path,
                format!("column `{name}` stands twice"),
            ));
        }
    }
    if !layout.contains_key(DEPTH) {
        for transmission in ["PL_TRANDEP", "PL_RATROR", "PLNTRANDEP", "SPECTRANDEP"] {
            if layout.contains_key(transmission) {
                return Err(refuse_transmission(path, transmission));
            }
        }
    }
    for wanted in [WAVELENGTH, WIDTH, DEPTH, ERROR_PLUS, ERROR_MINUS] {
        if !layout.contains_key(wanted) {
            let found: Vec<&str> = layout.keys().map(String::as_str).collect();
            return Err(InputError::value(
                format!("`{}`, header", path.display()),
                format!("the columns {}", quoted(&found.join(", "))),
                format!("column `{wanted}` of an eclipse table"),
            ));
        }
    }
    Ok(layout)
}

/// One data line, cut at the bars.
struct Cells<'a> {
    characters: Vec<char>,
    layout: &'a Layout,
    bars: &'a [usize],
}

impl Cells<'_> {
    fn row(&self, at: &At, labels: &Labels, parsed: &mut Parsed) -> Result<Row, InputError> {
        for bar in self.bars {
            if self
                .characters
                .get(*bar)
                .is_some_and(|character| !character.is_whitespace())
            {
                return Err(InputError::value(
                    at.row_place(),
                    format!("text under the `|` in character {}", bar + 1),
                    "columns aligned with the bars of the header (spaces, no tabs)",
                ));
            }
        }
        let centre_um = at.number(WAVELENGTH, &self.needed(at, WAVELENGTH)?, 0)?;
        let width_um = at.width(WIDTH, &self.needed(at, WIDTH)?, 0)?;
        let half_um = 0.5 * width_um;
        let [low_m, high_m] = at.bin(WIDTH, centre_um - half_um, centre_um + half_um)?;
        let minus = self.needed(at, ERROR_MINUS)?;
        let Some(minus) = minus.strip_prefix('-') else {
            return Err(at.refuse(
                ERROR_MINUS,
                quoted(&minus),
                "a negative number, as the archive writes lower errors",
            ));
        };
        Ok(Row {
            depth: at.number(DEPTH, &self.needed(at, DEPTH)?, PERCENT)?,
            error_minus: at.error(ERROR_MINUS, minus, PERCENT)?,
            error_plus: at.error(ERROR_PLUS, &self.needed(at, ERROR_PLUS)?, PERCENT)?,
            limit: self.limit(at, parsed)?,
            ..labels.row(low_m, high_m)
        })
    }

    /// The text of a column without HTML entities; empty where the line is short.
    fn text(&self, column: &str) -> String {
        let Some(range) = self.layout.get(column) else {
            return String::new();
        };
        let end = range.end.min(self.characters.len());
        let start = range.start.min(end);
        let raw: String = self.characters[start..end].iter().collect();
        plain_text(&raw)
    }

    fn needed(&self, at: &At, column: &str) -> Result<String, InputError> {
        let text = self.text(column);
        if text.is_empty() || text.eq_ignore_ascii_case("null") {
            return Err(at.refuse(column, "null", "a number; drop the row or give a value"));
        }
        Ok(text)
    }

    /// Archive flags: 1 upper limit, -1 lower limit, 0 or null a measurement.
    fn limit(&self, at: &At, parsed: &mut Parsed) -> Result<Limit, InputError> {
        let text = self.text(LIMIT);
        let limit = match text.as_str() {
            "" | "null" | "0" => return Ok(Limit::None),
            "1" => Limit::Upper,
            "-1" => Limit::Lower,
            _ => return Err(at.refuse(LIMIT, quoted(&text), "0, 1, -1 or null")),
        };
        parsed.warnings.push(format!(
            "{}: {LIMIT} = {text} is read as {}",
            at.row_place(),
            if limit == Limit::Upper {
                "an upper limit"
            } else {
                "a lower limit"
            }
        ));
        Ok(limit)
    }
}

/// Text with the HTML entities that archive files hold (`&plusmn;`, `&eacute;`, `&#233;`) resolved;
/// an entity that is not known stays as it stands.
fn plain_text(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text.trim();
    while let Some(start) = rest.find('&') {
        plain.push_str(&rest[..start]);
        let tail = &rest[start..];
        let entity = tail
            .find(';')
            .filter(|end| *end <= 10)
            .and_then(|end| entity(&tail[1..end]).map(|character| (character, end)));
        match entity {
            Some((character, end)) => {
                plain.push(character);
                rest = &tail[end + 1..];
            }
            None => {
                plain.push('&');
                rest = &tail[1..];
            }
        }
    }
    plain.push_str(rest);
    plain.trim().to_owned()
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "nbsp" => ' ',
        "minus" => '-',
        "plusmn" => '±',
        "eacute" => 'é',
        "Eacute" => 'É',
        "egrave" => 'è',
        "aacute" => 'á',
        "iacute" => 'í',
        "oacute" => 'ó',
        "uacute" => 'ú',
        "ntilde" => 'ñ',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "ccedil" => 'ç',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_resolved_and_unknown_ones_stay() {
        assert_eq!(plain_text(" D&eacute;sert &amp; al. "), "Désert & al.");
        assert_eq!(
            plain_text("a &unknown; b &; c & d &#233; &#x110000;"),
            "a &unknown; b &; c & d é &#x110000;"
        );
    }
}
