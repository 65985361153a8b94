//! Throughput curves: embedded tables, files of the user, and the flat stand-in.

use std::path::Path;

use crate::error::{InputError, nearest};
use crate::spectrum::PiecewiseLinear;
use crate::spectrum::columns::Columns;
use crate::units::M_PER_UM;

/// Header of a throughput file.
const HEADER: [&str; 2] = ["wavelength_um", "throughput"];

/// Label `instrument/mode` and table of every embedded curve. Each table names its source and what
/// its thinning costs.
const EMBEDDED: [(&str, &str); 11] = [
    (
        "miri/lrs_slitless",
        include_str!("data/miri_lrs_slitless.csv"),
    ),
    ("miri/f560w", include_str!("data/miri_f560w.csv")),
    ("miri/f770w", include_str!("data/miri_f770w.csv")),
    ("miri/f1000w", include_str!("data/miri_f1000w.csv")),
    ("miri/f1130w", include_str!("data/miri_f1130w.csv")),
    ("miri/f1280w", include_str!("data/miri_f1280w.csv")),
    ("miri/f1500w", include_str!("data/miri_f1500w.csv")),
    ("nircam/f322w2", include_str!("data/nircam_f322w2.csv")),
    ("nircam/f444w", include_str!("data/nircam_f444w.csv")),
    ("nirspec/g395h", include_str!("data/nirspec_g395h.csv")),
    ("irac/channel2", include_str!("data/irac_channel2.csv")),
];

/// Photon-to-electron efficiency against wavelength. Its scale has no effect on a depth.
#[derive(Clone, Debug, PartialEq)]
pub struct Passband {
    name: String,
    curve: Option<PiecewiseLinear>,
    source: String,
}

impl Passband {
    /// A curve of the user's own making: wavelengths \[m\] and throughput (0 or more).
    pub fn new(name: impl Into<String>, curve: PiecewiseLinear, source: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            curve: Some(curve),
            source: source.into(),
        }
    }

    /// Unit throughput over whatever edges a bin has.
    pub fn flat(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            curve: None,
            source: "none: unit throughput between the edges of each bin".to_owned(),
        }
    }

    /// The labels `instrument/mode` of the embedded curves.
    pub fn labels() -> impl Iterator<Item = &'static str> {
        EMBEDDED.iter().map(|(label, _)| *label)
    }

    /// The embedded curve of a label such as `miri/lrs_slitless`.
    pub fn embedded(label: &str) -> Option<Self> {
        let (label, text) = EMBEDDED.iter().find(|(known, _)| *known == label)?;
        let passband = Self::from_text(text, label)
            .expect("a test reads every embedded table with the reader of user files");
        Some(Self {
            name: (*label).to_owned(),
            ..passband
        })
    }

    /// The curve of an instrument and mode as a row of an observation names them, and a warning
    /// where there is none and unit throughput stands in (TESS and CHEOPS among others).
    pub fn of_mode(instrument: &str, mode: &str) -> (Self, Option<String>) {
        let label = format!(
            "{}/{}",
            instrument.trim().to_lowercase(),
            mode.trim().to_lowercase()
        );
        if let Some(passband) = Self::embedded(&label) {
            return (passband, None);
        }
        let hint = nearest(&label, Self::labels()).map_or_else(String::new, |known| {
            format!("; the nearest known is `{known}`")
        });
        let warning = format!(
            "no throughput curve for `{label}`: unit throughput between the edges of its bins \
             stands in{hint}"
        );
        (Self::flat(label), Some(warning))
    }

    /// Reads a file with the header `wavelength_um,throughput`; `#` opens a comment, and a line
    /// `# source: ...` is kept.
    ///
    /// # Errors
    /// [`InputError`] with the line for anything but positive, strictly monotonic wavelengths and
    /// throughputs of 0 or more, one of them above 0.
    pub fn from_path(path: &Path) -> Result<Self, InputError> {
        Self::from_columns(Columns::from_path(path, Some(HEADER))?)
    }

    fn from_text(text: &str, place: &str) -> Result<Self, InputError> {
        Self::from_columns(Columns::from_text(text, place, Some(HEADER))?)
    }

    fn from_columns(columns: Columns) -> Result<Self, InputError> {
        let columns = columns.ascending()?;
        columns.second_within(0.0, f64::MAX, "a throughput of 0 or more")?;
        let place = columns.place;
        if columns.rows.iter().all(|row| row.second == 0.0) {
            let expected = "a throughput above 0 somewhere";
            return Err(InputError::value(place, "zeros only", expected));
        }
        let x = (columns.rows.iter())
            .map(|row| row.first * M_PER_UM)
            .collect();
        let y = columns.rows.iter().map(|row| row.second).collect();
        let curve = PiecewiseLinear::new(x, y).ok_or_else(|| {
            InputError::value(&place, "wavelengths out of range", "wavelengths in µm")
        })?;
        let source = columns.source.unwrap_or_else(|| place.clone());
        Ok(Self::new(place, curve, source))
    }

    /// Label or file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the curve comes from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The curve \[m, electrons per photon\]; `None` for unit throughput.
    pub fn curve(&self) -> Option<&PiecewiseLinear> {
        self.curve.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn every_embedded_table_reads_and_names_its_source() {
        for label in Passband::labels() {
            let passband = Passband::embedded(label).unwrap();
            let curve = passband.curve().unwrap();
            assert!(
                passband.source().contains("20"),
                "{label}: {}",
                passband.source()
            );
            assert!(curve.x().len() <= 60, "{label}");
            assert!(curve.y().iter().all(|&eta| eta < 1.0), "{label}");
            let (found, warning) = {
                let (instrument, mode) = label.split_once('/').unwrap();
                Passband::of_mode(instrument, &mode.to_uppercase())
            };
            assert_eq!(found, passband);
            assert!(warning.is_none());
        }
    }

    /// Efficiencies of MIRI LRS and NIRSpec G395H as tabulated on a coarse grid for this project
    /// (gen_tso 1.5.3, Pandeia 2026.7). Tolerance 6 %: the curve ripples by that much on the
    /// 0.05 µm of its own sampling.
    #[test]
    fn embedded_curves_have_the_published_efficiency() {
        let value = |label: &str, um: f64| {
            Passband::embedded(label)
                .unwrap()
                .curve()
                .unwrap()
                .value(um * 1e-6)
        };
        for (um, eta) in [(6.0, 0.277), (8.0, 0.412), (10.0, 0.444), (12.0, 0.129)] {
            assert_relative_eq!(value("miri/lrs_slitless", um), eta, max_relative = 0.06);
        }
        for (um, eta) in [(3.2, 0.616), (4.5, 0.515), (5.1, 0.400)] {
            assert_relative_eq!(value("nirspec/g395h", um), eta, max_relative = 0.01);
        }
        assert_eq!(value("nirspec/g395h", 3.77), 0.0);
    }

    #[test]
    fn unknown_modes_are_flat_and_say_so() {
        let (passband, warning) = Passband::of_mode("TESS", "photometry");
        assert!(passband.curve().is_none());
        assert!(warning.unwrap().contains("tess/photometry"));
        let (_, warning) = Passband::of_mode("miri", "lrs_slitles");
        assert!(warning.unwrap().contains("miri/lrs_slitless"));
    }

    #[test]
    fn user_files_are_checked_line_by_line() {
        let read = |body: &str| Passband::from_text(body, "own.csv").map_err(|e| e.to_string());
        let good = read("# source: bench test\nwavelength_um,throughput\n5,0.1\n6,0.2\n").unwrap();
        assert_eq!(good.source(), "bench test");
        assert_relative_eq!(good.curve().unwrap().value(5.5e-6), 0.15, epsilon = 1e-12);
        for (body, wanted) in [
            (
                "wavelength_nm,throughput\n5,1\n6,1\n",
                "`wavelength_um,throughput`",
            ),
            ("wavelength_um,throughput\n5,1\n6,-1\n", "line 3"),
            ("wavelength_um,throughput\n5,0\n6,0\n", "zeros only"),
            ("wavelength_um,throughput\n5,1\n5,1\n", "monotonic"),
        ] {
            let message = read(body).unwrap_err();
            assert!(message.contains(wanted), "{message}");
        }
    }
}
