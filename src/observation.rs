//! Measured eclipse depths: what ships, how the formats that users bring are read, and the checks.
//!
//! # What real data exist
//!
//! Two spectra with exact binned figures could be had: LTT 1445 A b (MIRI LRS, SPARTA, three eclipses)
//! and WASP-43 b (MIRI LRS, four phases, asymmetric errors; a hot Jupiter, for tests). Neither is a
//! lava planet. For lava planets and other hot rocks only white-light and photometric depths stand
//! in text that could be reached, all from abstracts: GJ 367 b, GJ 1132 b, K2-141 b, 55 Cnc e,
//! TRAPPIST-1 b, GJ 3473 b. They ship in `observations/`, one file per planet and visit.
//!
//! Not to be had, and therefore absent: the binned spectra of 55 Cnc e (Hu et al. 2024), GJ 367 b
//! (Zhang et al. 2024), TOI-561 b and TOI-1685 b; any JWST result of K2-141 b, TOI-431 b, TOI-2431 b
//! and TOI-6255 b; the band of the 2.1 µm photometry of 55 Cnc e; the depths known only from
//! machine-written digests of papers (Connors et al. 2025). Whoever owns such a table reads it with
//! one of the formats below.
//!
//! # Conventions
//!
//! Depths are F_planet / F_star, errors 1σ and positive, wavelengths bin edges in metres. A model is
//! integrated over the edges, never sampled at a centre. Units are converted in decimal on the text,
//! so the same spectrum gives the same bits in every format. Nothing is sorted, averaged or dropped
//! in silence: rows ascend within one group of instrument, mode, visit and reduction, bins of a group
//! do not overlap by more than 1 % of the narrower one (rounded edges), and what was left out is said in the
//! summary.

mod archive;
mod columns;
mod ecsv;
mod format;
mod number;
mod own;
mod select;
mod sparta;
pub mod system;
mod width;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::{FileConfig, ObservationConfig, TableFormat};
use crate::error::{InputError, nearest};
use crate::units::{DepthUnit, M_PER_UM, WidthKind};

pub use system::{Quantity, System};

/// Instrument and mode labels for which the product holds a throughput curve or a band.
pub const KNOWN_MODES: [(&str, &str); 14] = [
    ("miri", "lrs_slitless"),
    ("miri", "f560w"),
    ("miri", "f770w"),
    ("miri", "f1000w"),
    ("miri", "f1130w"),
    ("miri", "f1280w"),
    ("miri", "f1500w"),
    ("nircam", "f322w2"),
    ("nircam", "f444w"),
    ("nirspec", "g395h"),
    ("irac", "channel2"),
    ("tess", "tess"),
    ("cheops", "cheops"),
    ("user", "user"),
];

/// Overlap of two bins of one group, as a fraction of the narrower, that rounding may cause.
const OVERLAP_TOLERANCE: f64 = 0.01;
/// Largest median depth that an eclipse can have; above, the unit slipped.
const LARGEST_MEDIAN_DEPTH: f64 = 0.05;
/// Smallest median of depth or error that a table can mean; below, the unit slipped.
const SMALLEST_MEDIAN_DEPTH: f64 = 1.0e-7;

/// Whether a row is a measurement or a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// A measurement with errors.
    #[default]
    None,
    /// The depth is an upper limit.
    Upper,
    /// The depth is a lower limit.
    Lower,
}

/// How a figure reached the file.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// A table of the paper or of its authors.
    Table,
    /// The abstract of the paper.
    Abstract,
    /// A summary by others, not checked against the paper.
    Digest,
    /// A press release.
    Outreach,
    /// A file of the user's own.
    #[default]
    User,
}

impl Quality {
    /// The words of the column `quality`.
    pub const ACCEPTED: &'static str = "table, abstract, digest, outreach, user";
    const ALL: [Self; 5] = [
        Self::Table,
        Self::Abstract,
        Self::Digest,
        Self::Outreach,
        Self::User,
    ];

    /// Word in the column `quality`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Abstract => "abstract",
            Self::Digest => "digest",
            Self::Outreach => "outreach",
            Self::User => "user",
        }
    }

    /// The quality of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|quality| quality.name() == name)
    }

    /// Whether a row of this quality carries a warning.
    pub const fn is_doubtful(self) -> bool {
        matches!(self, Self::Digest | Self::Outreach)
    }
}

/// One measured depth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Lower edge of the bin \[m\].
    pub low_m: f64,
    /// Upper edge of the bin \[m\].
    pub high_m: f64,
    /// Depth, F_planet / F_star.
    pub depth: f64,
    /// 1σ error downwards, a ratio above 0.
    pub error_minus: f64,
    /// 1σ error upwards, a ratio above 0.
    pub error_plus: f64,
    /// Measurement or limit.
    pub limit: Limit,
    /// Instrument label (`miri`, ..., `user`).
    pub instrument: String,
    /// Mode label (`lrs_slitless`, ...).
    pub mode: String,
    /// Visit label, empty where the file has none.
    pub visit: String,
    /// Number of eclipses behind the figure, where the source says so.
    pub n_eclipses: Option<u32>,
    /// Reduction label, empty where the file has none.
    pub reduction: String,
    /// How the figure reached the file.
    pub quality: Quality,
    /// Citation, or the name of the user's file.
    pub source: String,
}

impl Row {
    /// Instrument, mode, visit and reduction: rows that agree in all four are one spectrum.
    pub fn group(&self) -> [&str; 4] {
        [&self.instrument, &self.mode, &self.visit, &self.reduction]
    }

    /// Mean of the two errors.
    pub fn mean_error(&self) -> f64 {
        0.5 * (self.error_minus + self.error_plus)
    }
}

/// Rows as one file gave them, before any selection.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The rows, in the order of the file.
    pub rows: Vec<Row>,
    /// Format that was declared or recognised.
    pub format: TableFormat,
    /// What was concluded while reading, for the summary.
    pub notes: Vec<String>,
    /// What the user should look at.
    pub warnings: Vec<String>,
    /// Rows of the file that were left out (marked `ignore`, or without an error).
    pub unusable: usize,
    /// Data row and line of each row, counted from 1.
    places: Vec<(usize, usize)>,
}

impl Parsed {
    fn new(format: TableFormat) -> Self {
        Self {
            rows: Vec::new(),
            format,
            notes: Vec::new(),
            warnings: Vec::new(),
            unusable: 0,
            places: Vec::new(),
        }
    }

    fn push(&mut self, line: usize, row: Row) {
        self.push_numbered(self.rows.len() + self.unusable + 1, line, row);
    }

    fn push_numbered(&mut self, number: usize, line: usize, row: Row) {
        self.places.push((number, line));
        self.rows.push(row);
    }
}

/// Labels for formats that carry none.
struct Labels {
    instrument: String,
    mode: String,
    visit: String,
    reduction: String,
    source: String,
}

impl Labels {
    fn of(file: &FileConfig, reduction: &str) -> Self {
        let or_user = |label: &Option<String>| label.clone().unwrap_or_else(|| "user".to_owned());
        Self {
            instrument: or_user(&file.instrument),
            mode: or_user(&file.mode),
            visit: file.visit.clone().unwrap_or_default(),
            reduction: reduction.to_owned(),
            source: file_name(&file.path),
        }
    }

    /// A row with these labels, to be filled.
    fn row(&self, low_m: f64, high_m: f64) -> Row {
        Row {
            low_m,
            high_m,
            depth: 0.0,
            error_minus: 0.0,
            error_plus: 0.0,
            limit: Limit::None,
            instrument: self.instrument.clone(),
            mode: self.mode.clone(),
            visit: self.visit.clone(),
            n_eclipses: None,
            reduction: self.reduction.clone(),
            quality: Quality::User,
            source: self.source.clone(),
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// The measured depths of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// The rows that passed the selection, in the order of the files.
    pub rows: Vec<Row>,
    /// One paragraph: what was read, in which units, what was concluded and what was kept.
    pub summary: String,
    /// What the user should look at, one sentence each.
    pub warnings: Vec<String>,
    /// The files, in the order of the run file.
    pub files: Vec<PathBuf>,
}

impl Observation {
    /// Reads the files of `[observation]` and selects rows.
    ///
    /// # Errors
    /// [`InputError`] with file, row and column for anything that cannot be meant: a missing or
    /// ambiguous unit or width, a number that is not finite, an error that is not positive, rows out
    /// of order, overlapping or empty bins, a transmission table, a selection that keeps nothing.
    pub fn read(config: &ObservationConfig) -> Result<Self, InputError> {
        let mut files = Vec::with_capacity(config.files.len());
        for file in &config.files {
            let bytes =
                std::fs::read(&file.path).map_err(|source| InputError::read(&file.path, source))?;
            files.push((file, parse(&bytes, file)?));
        }
        check_groups(files.iter().map(|(file, parsed)| (*file, parsed)))?;

        let mut sentences = Vec::new();
        let mut warnings = Vec::new();
        let mut rows = Vec::new();
        for (file, parsed) in files {
            sentences.push(describe(file, &parsed));
            warnings.extend(parsed.warnings);
            rows.extend(parsed.rows);
        }
        let total = rows.len();
        let rows = select::select(rows, config)?;
        if rows.len() < total {
            sentences.push(format!(
                "The selection keeps {} of {total} bins.",
                rows.len()
            ));
        }
        warnings.extend(select::warnings(&rows));
        Ok(Self {
            rows,
            summary: sentences.join(" "),
            warnings,
            files: config.files.iter().map(|file| file.path.clone()).collect(),
        })
    }
}

/// Reads the bytes of one file; `file.path` is named in messages only.
///
/// # Errors
/// As [`Observation::read`].
pub fn parse(bytes: &[u8], file: &FileConfig) -> Result<Parsed, InputError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        InputError::parse(
            &file.path,
            format!("not UTF-8 text at byte {}", error.valid_up_to()),
        )
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let parsed = match format::recognise(text, file)? {
        TableFormat::Magmaret => {
            refuse_declarations(file)?;
            own::read(text, &file.path)?
        }
        TableFormat::NasaArchive => archive::read(text, file)?,
        TableFormat::Eureka => ecsv::read_eureka(text, file)?,
        TableFormat::Sparta => sparta::read(text, file)?,
        TableFormat::Exotedrf => ecsv::read_exotedrf(text, file)?,
        TableFormat::Columns => columns::read(text, file)?,
    };
    if parsed.rows.is_empty() && parsed.unusable == 0 {
        return Err(InputError::parse(&file.path, "the file holds no data rows"));
    }
    check_groups([(file, &parsed)])?;
    guard_unit(&parsed, file)?;
    Ok(parsed)
}

/// Our CSV names its units and labels, so a declaration beside it is a mistake.
fn refuse_declarations(file: &FileConfig) -> Result<(), InputError> {
    known_unit(file, DepthUnit::Ppm, "a magmaret CSV")?;
    let declared = [
        ("bin_width", file.bin_width.is_some()),
        ("instrument", file.instrument.is_some()),
        ("mode", file.mode.is_some()),
        ("visit", file.visit.is_some()),
        ("columns", file.columns.is_some()),
    ];
    match declared.iter().find(|(_, is_declared)| *is_declared) {
        Some((key, _)) => Err(InputError::value(
            format!("`{key}` of `{}`", file.path.display()),
            "a declaration",
            "none: a magmaret CSV carries it in its columns",
        )),
        None => Ok(()),
    }
}

/// Refuses a declared unit other than the one the format fixes.
fn known_unit(file: &FileConfig, known: DepthUnit, format: &str) -> Result<(), InputError> {
    match file.depth_unit {
        Some(declared) if declared != known => Err(InputError::value(
            format!("`depth_unit` of `{}`", file.path.display()),
            format!("{declared:?}"),
            format!("nothing: {format} is in {known:?}"),
        )),
        _ => Ok(()),
    }
}

/// Refuses a declared width other than the one the format fixes.
fn known_width(file: &FileConfig, known: WidthKind, format: &str) -> Result<(), InputError> {
    match file.bin_width {
        Some(declared) if declared != known => Err(InputError::value(
            format!("`bin_width` of `{}`", file.path.display()),
            format!("{declared:?}"),
            format!("nothing: {format} has the {known:?} width"),
        )),
        _ => Ok(()),
    }
}

fn refuse_transmission(path: &Path, found: &str) -> InputError {
    InputError::value(
        format!("`{}`", path.display()),
        format!("a transmission spectrum ({found})"),
        "an eclipse (emission) spectrum",
    )
}

fn unsorted(place: &str, found_um: f64, before_um: f64) -> InputError {
    InputError::value(
        place,
        format!("{found_um} µm after {before_um} µm"),
        "rows (and files) in order of rising wavelength within one instrument, mode, visit and \
         reduction; give each visit its own `visit`",
    )
}

/// Rows of a group must ascend and their bins must not overlap, across all files.
fn check_groups<'a>(
    files: impl IntoIterator<Item = (&'a FileConfig, &'a Parsed)>,
) -> Result<(), InputError> {
    let mut last: BTreeMap<[&str; 4], (&Row, String)> = BTreeMap::new();
    for (file, parsed) in files {
        for (row, &(number, line)) in parsed.rows.iter().zip(&parsed.places) {
            let place = number::row_place(&file.path, number, line);
            if let Some((before, before_place)) = last.get(&row.group()) {
                if row.low_m < before.low_m {
                    return Err(unsorted(
                        &place,
                        row.low_m / M_PER_UM,
                        before.low_m / M_PER_UM,
                    ));
                }
                let narrower = (row.high_m - row.low_m).min(before.high_m - before.low_m);
                if before.high_m - row.low_m > OVERLAP_TOLERANCE * narrower {
                    return Err(overlap(&place, row, before, before_place));
                }
            }
            last.insert(row.group(), (row, place));
        }
    }
    Ok(())
}

fn overlap(place: &str, row: &Row, before: &Row, before_place: &str) -> InputError {
    let um = |row: &Row| {
        format!(
            "{:.6}-{:.6} µm",
            row.low_m / M_PER_UM,
            row.high_m / M_PER_UM
        )
    };
    InputError::value(
        place,
        format!("{} overlaps {} of {before_place}", um(row), um(before)),
        "bins that do not overlap within one instrument, mode, visit and reduction; give each visit \
         its own `visit`, and check half or full width",
    )
}

/// Depths that no eclipse has: the unit slipped by a factor of 100, 10⁴ or 10⁶.
fn guard_unit(parsed: &Parsed, file: &FileConfig) -> Result<(), InputError> {
    let median_of =
        |value: fn(&Row) -> f64| number::median(parsed.rows.iter().map(value).collect());
    let (Some(depth), Some(error)) = (median_of(|row| row.depth.abs()), median_of(Row::mean_error))
    else {
        return Ok(());
    };
    let slip = if depth > LARGEST_MEDIAN_DEPTH {
        "ppm or per cent read as a fraction, or ppm read as per cent"
    } else if depth.max(error) < SMALLEST_MEDIAN_DEPTH {
        "a fraction or per cent read as ppm, or a fraction read as per cent"
    } else {
        return Ok(());
    };
    Err(InputError::value(
        format!("`{}`", file.path.display()),
        format!("a median depth of {} ppm", depth / DepthUnit::Ppm.ratio()),
        format!("0.1 ppm to 5 per cent; likely {slip}: check `depth_unit`"),
    ))
}

/// "Read N bins from ...": one sentence for the summary.
fn describe(file: &FileConfig, parsed: &Parsed) -> String {
    let ppm = |value: fn(&Row) -> f64| {
        let values = parsed.rows.iter().map(value).collect();
        number::median(values).map_or("none".to_owned(), |ratio| {
            format!("{:.1} ppm", ratio / DepthUnit::Ppm.ratio())
        })
    };
    let low = parsed
        .rows
        .iter()
        .map(|row| row.low_m)
        .fold(f64::INFINITY, f64::min);
    let high = parsed
        .rows
        .iter()
        .map(|row| row.high_m)
        .fold(f64::NEG_INFINITY, f64::max);
    let mut modes: Vec<String> = Vec::new();
    for row in &parsed.rows {
        let mode = format!("{}/{}", row.instrument, row.mode);
        if !modes.contains(&mode) {
            modes.push(mode);
        }
    }
    let mut sentence = format!(
        "Read {} bins from `{}` (format {}): {}, {:.4}-{:.4} µm, median depth {}, median error {}",
        parsed.rows.len(),
        file.path.display(),
        format::name(parsed.format),
        modes.join(", "),
        low / M_PER_UM,
        high / M_PER_UM,
        ppm(|row| row.depth),
        ppm(Row::mean_error),
    );
    if parsed.unusable > 0 {
        sentence.push_str(&format!("; rows left out: {}", parsed.unusable));
    }
    for note in &parsed.notes {
        sentence.push_str("; ");
        sentence.push_str(note);
    }
    sentence.push('.');
    sentence
}
