//! Three- to six-column text as petitRADTRANS and TauREx read it, and CSV with named columns.
//!
//! Column roles come from the run file (`columns = ["wavelength", "width", "depth", "error"]`) or from
//! a header; the unit of depth from the run file or a suffix (`depth_ppm`); half or full width from
//! the run file or the name (`half_width`). Nothing is guessed.

use super::number::{At, decimal, power_of, quoted};
use super::width::{self, CentredBin};
use super::{Labels, Parsed, Row, refuse_transmission};
use crate::config::{FileConfig, TableFormat};
use crate::error::InputError;
use crate::units::{DepthUnit, WidthKind};

/// The words of `columns`, for messages.
const ROLES: &str = "wavelength, wavelength_low, wavelength_high, width, half_width, full_width, \
                     depth, error, error_minus, error_plus, ignore";

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Centre,
    Low,
    High,
    Width(Option<WidthKind>),
    Depth,
    Error,
    ErrorMinus,
    ErrorPlus,
    Transit,
    Ignore,
}

impl Role {
    /// The role of a name without its unit suffix, in lower case.
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "wavelength" | "wave" | "wl" | "lambda" | "wavelength_centre" | "wavelength_center"
            | "wave_centre" | "wave_center" => Self::Centre,
            "wavelength_low" | "wave_low" | "wave_lo" | "wl_lo" | "wave_min" | "wavelength_min" => {
                Self::Low
            }
            "wavelength_high" | "wave_high" | "wave_hi" | "wl_hi" | "wave_max"
            | "wavelength_max" => Self::High,
            "width" | "bin_width" | "binwidth" | "dwave" | "d_wave" => Self::Width(None),
            "half_width" | "bin_half_width" | "half_bin_width" => {
                Self::Width(Some(WidthKind::Half))
            }
            "full_width" | "bin_full_width" | "full_bin_width" => {
                Self::Width(Some(WidthKind::Full))
            }
            "depth" | "eclipse_depth" | "fp" | "fpfs" | "fp_fs" | "spectrum" => Self::Depth,
            "error"
            | "err"
            | "sigma"
            | "depth_err"
            | "depth_error"
            | "eclipse_depth_err"
            | "eclipse_depth_error"
            | "fp_err"
            | "fpfs_err"
            | "fp_fs_err" => Self::Error,
            "error_minus" | "err_minus" | "error_neg" | "err_neg" | "depth_err_neg"
            | "depth_err_minus" | "depth_error_neg" => Self::ErrorMinus,
            "error_plus" | "err_plus" | "error_pos" | "err_pos" | "depth_err_pos"
            | "depth_err_plus" | "depth_error_pos" => Self::ErrorPlus,
            "transit_depth" | "rp_rs" | "rprs" | "rp" | "rp^2" => Self::Transit,
            "ignore" => Self::Ignore,
            _ => return None,
        })
    }
}

/// A unit that a name may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Suffix {
    /// Power of ten to µm.
    Length(i32),
    Depth(DepthUnit),
}

const SUFFIXES: [(&str, Suffix); 9] = [
    ("um", Suffix::Length(0)),
    ("micron", Suffix::Length(0)),
    ("microns", Suffix::Length(0)),
    ("nm", Suffix::Length(-3)),
    ("angstrom", Suffix::Length(-4)),
    ("ppm", Suffix::Depth(DepthUnit::Ppm)),
    ("percent", Suffix::Depth(DepthUnit::Percent)),
    ("fraction", Suffix::Depth(DepthUnit::Fraction)),
    ("frac", Suffix::Depth(DepthUnit::Fraction)),
];

/// One column: its role, its name as written and its unit.
#[derive(Clone, Debug)]
struct Column {
    role: Role,
    name: String,
    suffix: Option<Suffix>,
}

impl Column {
    /// The column of a header name, or `None` if the name says nothing.
    fn from_name(written: &str) -> Option<Self> {
        let lower = written.trim().to_lowercase();
        let (base, suffix) = SUFFIXES
            .iter()
            .find_map(|(word, suffix)| {
                let bare = [format!("_{word}"), format!("[{word}]"), format!("({word})")]
                    .iter()
                    .find_map(|ending| lower.strip_suffix(ending.as_str()).map(str::to_owned))?;
                Some((bare.trim_end_matches(['_', ' ']).to_owned(), Some(*suffix)))
            })
            .unwrap_or((lower, None));
        Some(Self {
            role: Role::from_name(&base)?,
            name: written.trim().to_owned(),
            suffix,
        })
    }
}

/// Cells of a line: by commas if it holds one, else by blanks.
fn cut(line: &str) -> Vec<&str> {
    if line.contains(',') {
        line.split(',').map(str::trim).collect()
    } else {
        line.split_whitespace().collect()
    }
}

/// Whether a line names columns: at least a wavelength and a depth (or transit depth).
fn names_columns(line: &str) -> bool {
    let roles: Vec<Role> = cut(line)
        .into_iter()
        .filter_map(Column::from_name)
        .map(|column| column.role)
        .collect();
    roles
        .iter()
        .any(|role| matches!(role, Role::Centre | Role::Low))
        && roles
            .iter()
            .any(|role| matches!(role, Role::Depth | Role::Transit))
}

/// The header: the last line before the numbers that names columns, with or without `#`.
fn header(text: &str) -> Option<&str> {
    let mut found = None;
    for line in text.lines().map(str::trim) {
        let bare = line.trim_start_matches('#').trim();
        if names_columns(bare) {
            found = Some(bare);
        } else if !line.is_empty() && !line.starts_with('#') {
            break;
        }
    }
    found
}

/// Whether the text has a header that names its columns.
pub(super) fn has_header(text: &str) -> bool {
    header(text).is_some()
}

/// The columns of a file and what they need.
struct Layout {
    columns: Vec<Column>,
    depth_unit: DepthUnit,
}

impl Layout {
    fn find(text: &str, file: &FileConfig, parsed: &mut Parsed) -> Result<Self, InputError> {
        let place = format!("`{}`", file.path.display());
        let columns: Vec<Column> = match (&file.columns, header(text)) {
            (Some(declared), _) => declared
                .iter()
                .map(|word| {
                    Column::from_name(word).ok_or_else(|| {
                        InputError::value(format!("`columns` of {place}"), quoted(word), ROLES)
                    })
                })
                .collect::<Result<_, _>>()?,
            (None, Some(header)) => cut(header)
                .into_iter()
                .map(|name| {
                    Column::from_name(name).unwrap_or_else(|| {
                        parsed.notes.push(format!("column `{name}` not used"));
                        Column {
                            role: Role::Ignore,
                            name: name.to_owned(),
                            suffix: None,
                        }
                    })
                })
                .collect(),
            (None, None) => {
                return Err(InputError::value(
                    format!("header of {place}"),
                    "no line that names the columns",
                    format!("`columns` of the file declared, in order, with the words {ROLES}"),
                ));
            }
        };
        let mut layout = Self {
            columns,
            depth_unit: DepthUnit::Ppm,
        };
        layout.check_roles(file)?;
        layout.depth_unit = layout.unit(Role::Depth, None, file)?;
        Ok(layout)
    }

    fn position(&self, role: Role) -> Option<usize> {
        self.columns.iter().position(|column| column.role == role)
    }

    fn width(&self) -> Option<(usize, Option<WidthKind>)> {
        self.columns
            .iter()
            .enumerate()
            .find_map(|(position, column)| match column.role {
                Role::Width(kind) => Some((position, kind)),
                _ => None,
            })
    }

    fn check_roles(&self, file: &FileConfig) -> Result<(), InputError> {
        let refuse = |found: String, expected: String| {
            Err(InputError::value(
                format!("columns of `{}`", file.path.display()),
                found,
                expected,
            ))
        };
        for (position, column) in self.columns.iter().enumerate() {
            let same = |other: &Column| {
                std::mem::discriminant(&other.role) == std::mem::discriminant(&column.role)
            };
            if column.role != Role::Ignore && self.columns[..position].iter().any(same) {
                return refuse(
                    format!("`{}` as a second column of its kind", column.name),
                    "one of each kind".to_owned(),
                );
            }
        }
        if self.position(Role::Depth).is_none() {
            if let Some(position) = self.position(Role::Transit) {
                return Err(refuse_transmission(
                    &file.path,
                    &self.columns[position].name,
                ));
            }
            return refuse(
                "no depth column".to_owned(),
                format!("a column `depth`; the words are {ROLES}"),
            );
        }
        let edges = self.position(Role::Low).is_some() && self.position(Role::High).is_some();
        if !edges && self.position(Role::Centre).is_none() {
            return refuse(
                "no wavelength column".to_owned(),
                format!(
                    "`wavelength`, or `wavelength_low` and `wavelength_high`; the words are {ROLES}"
                ),
            );
        }
        let pair =
            self.position(Role::ErrorMinus).is_some() && self.position(Role::ErrorPlus).is_some();
        if !pair && self.position(Role::Error).is_none() {
            return refuse(
                "no error column".to_owned(),
                format!("`error`, or `error_minus` and `error_plus`; the words are {ROLES}"),
            );
        }
        Ok(())
    }

    /// Unit of a depth or error column: its suffix and the run file must agree; an error without
    /// a suffix has the unit of the depth.
    fn unit(
        &self,
        role: Role,
        depth: Option<DepthUnit>,
        file: &FileConfig,
    ) -> Result<DepthUnit, InputError> {
        let Some(column) = self.position(role).map(|position| &self.columns[position]) else {
            return Ok(self.depth_unit);
        };
        let place = || {
            format!(
                "`{}`, unit of column `{}`",
                file.path.display(),
                column.name
            )
        };
        let stated = match column.suffix {
            Some(Suffix::Depth(unit)) => Some(unit),
            Some(Suffix::Length(_)) => {
                return Err(InputError::value(place(), "a length", DepthUnit::ACCEPTED));
            }
            None => None,
        };
        match (stated, depth.or(file.depth_unit)) {
            (Some(stated), _)
                if depth.is_none() && file.depth_unit.is_some_and(|unit| unit != stated) =>
            {
                Err(InputError::value(
                    place(),
                    format!("`{}` and a `depth_unit` that differs", column.name),
                    "one unit",
                ))
            }
            (Some(unit), _) | (None, Some(unit)) => Ok(unit),
            (None, None) => Err(InputError::value(
                place(),
                "no unit",
                format!(
                    "`depth_unit` of the file declared as one of {0}, or a suffix in the name (_ppm, _percent, _fraction)",
                    DepthUnit::ACCEPTED
                ),
            )),
        }
    }

    /// Power of ten by which a length column becomes µm (the unit without a suffix).
    fn length_power(&self, position: usize, file: &FileConfig) -> Result<i32, InputError> {
        match self.columns[position].suffix {
            None => Ok(0),
            Some(Suffix::Length(power)) => Ok(power),
            Some(Suffix::Depth(_)) => Err(InputError::value(
                format!(
                    "`{}`, unit of column `{}`",
                    file.path.display(),
                    self.columns[position].name
                ),
                "a unit of depth",
                "_um, _nm or _angstrom",
            )),
        }
    }
}

/// A line of numbers with its place.
struct Line<'a> {
    at: At<'a>,
    cells: Vec<&'a str>,
}

fn data_lines<'a>(
    text: &'a str,
    file: &'a FileConfig,
    count: usize,
) -> Result<Vec<Line<'a>>, InputError> {
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        let is_header = lines.is_empty() && (names_columns(line) || all_words(line));
        if line.is_empty() || line.starts_with('#') || is_header {
            continue;
        }
        let at = At {
            path: &file.path,
            row: lines.len() + 1,
            line: index + 1,
        };
        let cells = cut(line);
        if cells.len() != count {
            return Err(InputError::value(
                at.row_place(),
                format!("{} cells", cells.len()),
                format!("{count}, one per column"),
            ));
        }
        lines.push(Line { at, cells });
    }
    Ok(lines)
}

/// Whether no cell of a line is a number, as in a header.
fn all_words(line: &str) -> bool {
    cut(line).iter().all(|cell| decimal(cell, 0).is_none())
}

/// Reads the text of one file.
pub(super) fn read(text: &str, file: &FileConfig) -> Result<Parsed, InputError> {
    let mut parsed = Parsed::new(TableFormat::Columns);
    let layout = Layout::find(text, file, &mut parsed)?;
    let labels = Labels::of(file, "");
    let lines = data_lines(text, file, layout.columns.len())?;
    let edges = if layout.position(Role::Low).is_some() && layout.position(Role::High).is_some() {
        given_edges(&layout, &lines, file)?
    } else if let Some((position, known)) = layout.width() {
        widths(&layout, &lines, file, position, known, &mut parsed)?
    } else {
        midpoints(&layout, &lines, file, &mut parsed)?
    };
    let depth_power = power_of(layout.depth_unit);
    let depth = layout.position(Role::Depth).unwrap_or(0);
    let (minus, plus) = match layout.position(Role::Error) {
        Some(error) => ((error, Role::Error), (error, Role::Error)),
        None => (
            (
                layout.position(Role::ErrorMinus).unwrap_or(0),
                Role::ErrorMinus,
            ),
            (
                layout.position(Role::ErrorPlus).unwrap_or(0),
                Role::ErrorPlus,
            ),
        ),
    };
    let minus_power = power_of(layout.unit(minus.1, Some(layout.depth_unit), file)?);
    let plus_power = power_of(layout.unit(plus.1, Some(layout.depth_unit), file)?);
    for (line, [low_m, high_m]) in lines.iter().zip(edges) {
        let name = |position: usize| layout.columns[position].name.as_str();
        let row = Row {
            depth: line
                .at
                .number(name(depth), line.cells[depth], depth_power)?,
            error_minus: line
                .at
                .error(name(minus.0), line.cells[minus.0], minus_power)?,
            error_plus: line
                .at
                .error(name(plus.0), line.cells[plus.0], plus_power)?,
            ..labels.row(low_m, high_m)
        };
        parsed.push(line.at.line, row);
    }
    Ok(parsed)
}

fn given_edges(
    layout: &Layout,
    lines: &[Line],
    file: &FileConfig,
) -> Result<Vec<[f64; 2]>, InputError> {
    let low = layout.position(Role::Low).unwrap_or(0);
    let high = layout.position(Role::High).unwrap_or(0);
    let (low_power, high_power) = (
        layout.length_power(low, file)?,
        layout.length_power(high, file)?,
    );
    let [low_name, high_name] = [low, high].map(|position| layout.columns[position].name.as_str());
    lines
        .iter()
        .map(|line| {
            let low_um = line.at.number(low_name, line.cells[low], low_power)?;
            let high_um = line.at.number(high_name, line.cells[high], high_power)?;
            line.at
                .bin(&format!("{low_name}, {high_name}"), low_um, high_um)
        })
        .collect()
}

fn widths(
    layout: &Layout,
    lines: &[Line],
    file: &FileConfig,
    position: usize,
    known: Option<WidthKind>,
    parsed: &mut Parsed,
) -> Result<Vec<[f64; 2]>, InputError> {
    let centre = layout.position(Role::Centre).unwrap_or(0);
    let (centre_power, width_power) = (
        layout.length_power(centre, file)?,
        layout.length_power(position, file)?,
    );
    let name = layout.columns[position].name.as_str();
    if let (Some(known), Some(declared)) = (known, file.bin_width)
        && known != declared
    {
        return Err(InputError::value(
            format!("`{}`, column `{name}`", file.path.display()),
            "a `bin_width` that differs from the name",
            "one meaning",
        ));
    }
    let mut bins = Vec::with_capacity(lines.len());
    for line in lines {
        bins.push(CentredBin {
            at: line.at,
            centre_um: line.at.number(
                &layout.columns[centre].name,
                line.cells[centre],
                centre_power,
            )?,
            width_um: line.at.width(name, line.cells[position], width_power)?,
        });
    }
    let kind = width::resolve(known.or(file.bin_width), &bins, None, name, parsed)?;
    bins.iter()
        .map(|bin| width::edges(bin, kind, name))
        .collect()
}

/// Without widths the bins are taken to touch: edges halfway between the centres, as TauREx does;
/// the outer bins are symmetric.
fn midpoints(
    layout: &Layout,
    lines: &[Line],
    file: &FileConfig,
    parsed: &mut Parsed,
) -> Result<Vec<[f64; 2]>, InputError> {
    let centre = layout.position(Role::Centre).unwrap_or(0);
    let power = layout.length_power(centre, file)?;
    let name = layout.columns[centre].name.as_str();
    let mut centres_um = Vec::with_capacity(lines.len());
    for line in lines {
        centres_um.push(line.at.number(name, line.cells[centre], power)?);
    }
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    if let [_] = centres_um[..] {
        return Err(InputError::value(
            lines[0].at.row_place(),
            "one bin without a width",
            format!("a width column; the words are {ROLES}"),
        ));
    }
    for (pair, line) in centres_um.windows(2).zip(&lines[1..]) {
        if pair[0] >= pair[1] {
            return Err(super::unsorted(&line.at.place(name), pair[1], pair[0]));
        }
    }
    parsed.warnings.push(format!(
        "`{}` has no width column: the bins are taken to touch, with edges halfway between the centres",
        file.path.display()
    ));
    let last = centres_um.len().saturating_sub(1);
    let between = |i: usize| 0.5 * (centres_um[i] + centres_um[i + 1]);
    lines
        .iter()
        .enumerate()
        .map(|(i, line)| {
            let low = if i == 0 {
                2.0 * centres_um[0] - between(0)
            } else {
                between(i - 1)
            };
            let high = if i == last {
                2.0 * centres_um[last] - between(last - 1)
            } else {
                between(i)
            };
            line.at.bin(name, low, high)
        })
        .collect()
}
