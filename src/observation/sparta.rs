//! SPARTA text tables, both variants: fitted parameters by bin (fractions) and the hand-made table
//! `bins_short bins_long bins_center eclipse_depth depth_err` (ppm).
//!
//! In the fitted variant (`extract_eclipse.py`, `extract_transit.py` of SPARTA) the edges are the
//! wavelengths of the first and the last detector column of a bin, in the order of the detector, so
//! they may fall; and the table of a transit has the same header as that of an eclipse.

use super::number::{At, power_of, quoted};
use super::{Labels, Parsed, Row, refuse_transmission};
use crate::config::{FileConfig, TableFormat};
use crate::error::InputError;
use crate::units::DepthUnit;

/// First two columns of the variants.
const FITTED: [&str; 2] = ["min_wavelength", "max_wavelength"];
/// See [`FITTED`].
const HAND_MADE: [&str; 2] = ["bins_short", "bins_long"];
/// Prefixes that the eclipse depth may have in the fitted variant.
const KEYS: [&str; 4] = ["depth", "eclipse_depth", "fp", "fpfs"];

/// Where low edge, high edge, depth, lower and upper error stand, and their names.
struct Layout<'a> {
    columns: [(usize, &'a str); 5],
    count: usize,
    unit: DepthUnit,
}

/// Reads the text of one table.
pub(super) fn read(text: &str, file: &FileConfig) -> Result<Parsed, InputError> {
    let mut parsed = Parsed::new(TableFormat::Sparta);
    let labels = Labels::of(file, "sparta");
    let wrong = |line: usize, what: &str| {
        Err(InputError::parse(
            &file.path,
            format!("line {line}: {what}"),
        ))
    };
    let mut header = None;
    let mut falling = 0;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(names) = header_names(line) {
            // Bins are appended one by one, so the header may return.
            match &header {
                None => header = Some((names, find_layout(names, file)?)),
                Some((first, _)) if *first == names => {}
                Some(_) => return wrong(index + 1, "a second header that differs from the first"),
            }
            continue;
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((_, layout)) = &header else {
            return wrong(
                index + 1,
                "data before the header `min_wavelength max_wavelength ...`",
            );
        };
        let at = At {
            path: &file.path,
            row: parsed.rows.len() + 1,
            line: index + 1,
        };
        let (row, was_falling) = layout.row(&at, line, &labels, file)?;
        falling += usize::from(was_falling);
        parsed.push(index + 1, row);
    }
    let Some((_, layout)) = header else {
        let expected = format!("{} ...` or `{} ...", FITTED.join(" "), HAND_MADE.join(" "));
        return Err(InputError::parse(
            &file.path,
            format!("no header `{expected}`"),
        ));
    };
    layout.explain(falling, file, &mut parsed);
    Ok(parsed)
}

/// The names of a header line of either variant, with or without `#`.
pub(super) fn header_names(line: &str) -> Option<&str> {
    let names = line.trim().trim_start_matches('#').trim();
    (names.starts_with(FITTED[0]) || names.starts_with(HAND_MADE[0])).then_some(names)
}

fn find_layout<'a>(header: &'a str, file: &FileConfig) -> Result<Layout<'a>, InputError> {
    let names: Vec<&str> = header.split_whitespace().collect();
    let find = |wanted: &str| -> Result<(usize, &'a str), InputError> {
        names
            .iter()
            .position(|name| *name == wanted)
            .map(|position| (position, names[position]))
            .ok_or_else(|| {
                InputError::value(
                    format!("`{}`, header", file.path.display()),
                    format!("the columns {}", quoted(header)),
                    format!("column `{wanted}`"),
                )
            })
    };
    if names.first() == Some(&HAND_MADE[0]) {
        if names.contains(&"transit_depth") {
            return Err(refuse_transmission(&file.path, "transit_depth"));
        }
        let error = find("depth_err")?;
        return Ok(Layout {
            columns: [
                find(HAND_MADE[0])?,
                find(HAND_MADE[1])?,
                find("eclipse_depth")?,
                error,
                error,
            ],
            count: names.len(),
            unit: DepthUnit::Ppm,
        });
    }
    let present = |key: &&&str| names.contains(&format!("{key}_med").as_str());
    let Some(key) = KEYS.iter().find(present) else {
        if let Some(name) = names
            .iter()
            .find(|name| name.starts_with("rp") && name.ends_with("_med"))
        {
            return Err(refuse_transmission(&file.path, name));
        }
        return Err(InputError::value(
            format!("`{}`, header", file.path.display()),
            format!("the columns {}", quoted(header)),
            format!("`<key>_med` with key {}", KEYS.join(", ")),
        ));
    };
    Ok(Layout {
        columns: [
            find(FITTED[0])?,
            find(FITTED[1])?,
            find(&format!("{key}_med"))?,
            find(&format!("{key}_lower_err"))?,
            find(&format!("{key}_upper_err"))?,
        ],
        count: names.len(),
        unit: DepthUnit::Fraction,
    })
}

impl Layout<'_> {
    /// Says in the summary and the warnings what was taken for granted.
    fn explain(&self, falling: usize, file: &FileConfig, parsed: &mut Parsed) {
        if falling > 0 {
            parsed
                .notes
                .push(format!("{falling} bins gave their edges in falling order"));
        }
        if self.columns[0].1 == FITTED[0] {
            parsed.warnings.push(format!(
                "`{}`: SPARTA writes transits and eclipses under one header; read as eclipse depths",
                file.path.display()
            ));
        }
        if file.depth_unit.is_none() {
            let word = if self.unit == DepthUnit::Ppm {
                "ppm"
            } else {
                "fractions"
            };
            parsed.notes.push(format!(
                "depths taken as {word}, as this SPARTA variant writes them"
            ));
        }
    }

    /// The row of a line, and whether its edges stood in falling order.
    fn row(
        &self,
        at: &At,
        line: &str,
        labels: &Labels,
        file: &FileConfig,
    ) -> Result<(Row, bool), InputError> {
        let cells: Vec<&str> = line.split_whitespace().collect();
        if cells.len() != self.count {
            return Err(InputError::value(
                at.row_place(),
                format!("{} cells", cells.len()),
                format!("{}, one per column", self.count),
            ));
        }
        let power = power_of(file.depth_unit.unwrap_or(self.unit));
        let cell = |index: usize| (self.columns[index].1, cells[self.columns[index].0]);
        let number = |index: usize, power: i32| {
            let (name, text) = cell(index);
            at.number(name, text, power)
        };
        let error = |index: usize| {
            let (name, text) = cell(index);
            at.error(name, text, power)
        };
        let edges = [number(0, 0)?, number(1, 0)?];
        let [low_um, high_um] = [edges[0].min(edges[1]), edges[0].max(edges[1])];
        let names = format!("{}, {}", self.columns[0].1, self.columns[1].1);
        let [low_m, high_m] = at.bin(&names, low_um, high_um)?;
        let row = Row {
            depth: number(2, power)?,
            error_minus: error(3)?,
            error_plus: error(4)?,
            ..labels.row(low_m, high_m)
        };
        Ok((row, edges[0] > edges[1]))
    }
}
