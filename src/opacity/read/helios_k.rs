//! HELIOS-K and DACE: one file per temperature, pressure and stretch of wavenumbers.
//!
//! # Layout
//! `Out_[name_]MIN_MAX_TTTTT_pNNN.bin` with MIN, MAX the range \[cm⁻¹\], T the temperature \[K\] and
//! `pNNN` / `nNNN` 100 log10 of the pressure \[bar\] (n800 is 1e-8 bar; thirds of a decade are cut
//! to two decimals: n766 is 10^-7.6667). Content: little-endian 4-byte floats, cm² g⁻¹, on a
//! uniform grid that starts at MIN with step (MAX - MIN)/count. `.dat`: two columns, wavenumber
//! and the same quantity. (Naming and layout as the k-table program of HELIOS reads them.)
//!
//! A step that is not a round number betrays a truncated file. Values that make sense only with
//! their bytes reversed are refused as big-endian.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::raw::{Axis, RawTable, Source};
use super::units::CrossSectionUnit;
use super::{Options, file_name, files_in, label};
use crate::error::InputError;
use crate::opacity::CrossSectionTable;

/// Opacities beyond this \[cm² g⁻¹\] do not exist.
const LARGEST_CM2_G: f32 = 1.0e16;

/// What a file name says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Name {
    /// First wavenumber \[cm⁻¹\].
    pub low_per_cm: f64,
    /// End of the range \[cm⁻¹\].
    pub high_per_cm: f64,
    /// Temperature \[K\].
    pub temperature_k: f64,
    /// 100 log10 of the pressure in bar, as written.
    pub pressure_code: i32,
}

impl Name {
    /// Reads `Out_[name_]MIN_MAX_TTTTT_pNNN.bin`; `None` for other names.
    pub fn parse(name: &str) -> Option<Self> {
        let stem = name
            .strip_suffix(".bin")
            .or_else(|| name.strip_suffix(".dat"))?;
        let mut fields = stem.strip_prefix("Out_")?.rsplit('_');
        let pressure = fields.next()?;
        let temperature = number(fields.next()?)?;
        let high = number(fields.next()?)?;
        let low = number(fields.next()?)?;
        let sign = match pressure.as_bytes().first()? {
            b'p' => 1,
            b'n' => -1,
            _ => return None,
        };
        let code = number(&pressure[1..])? as i32;
        let usable = high > low && temperature > 0.0 && code <= 1200;
        usable.then_some(Self {
            low_per_cm: low,
            high_per_cm: high,
            temperature_k: temperature,
            pressure_code: sign * code,
        })
    }

    /// Pressure \[bar\]; codes that end in 33, 66 or 67 are thirds of a decade.
    pub fn pressure_bar(self) -> f64 {
        let hundredths = f64::from(self.pressure_code);
        let thirds = (hundredths * 0.03).round();
        let exponent = if (hundredths - thirds / 0.03).abs() < 1.0 {
            thirds / 3.0
        } else {
            hundredths / 100.0
        };
        10.0_f64.powf(exponent)
    }
}

/// Digits alone, at most seven.
fn number(text: &str) -> Option<f64> {
    let digits = !text.is_empty() && text.len() <= 7 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Reads all files of a folder, or one file, into a table.
///
/// # Errors
/// File and index: a truncated or big-endian file, stretches that do not join, nodes of the grid
/// that are missing, values that are not finite or negative.
pub fn read(path: &Path, options: &Options) -> Result<CrossSectionTable, InputError> {
    let molar_mass_g_mol = label::molar_mass(&options.gas, options.molar_mass_g_mol)?;
    let files = if path.is_dir() {
        files_in(path)?
    } else {
        vec![path.to_owned()]
    };
    let nodes = Nodes::collect(path, &files)?;
    let unit = options
        .cross_section_unit
        .unwrap_or(CrossSectionUnit::Cm2PerGram);
    let factor = unit.cm2(molar_mass_g_mol);
    let mut grid: Option<Vec<f64>> = None;
    let mut sigma_cm2 = Vec::new();
    for pressure in &nodes.pressures {
        for temperature in &nodes.temperatures {
            let spectrum = spectrum(&nodes.files[&(*pressure, *temperature)])?;
            check_grid(&mut grid, &spectrum)?;
            sigma_cm2.extend(
                spectrum
                    .values
                    .iter()
                    .map(|k| (f64::from(*k) * factor) as f32),
            );
        }
    }
    let place = format!("`{}`", path.display());
    let axis = |what: &str, values: Vec<f64>| Axis {
        place: format!("{place}, {what} in the file names"),
        values,
    };
    let raw = RawTable {
        pressure: axis(
            "pressure",
            nodes.pressures.iter().map(|p| code_bar(*p)).collect(),
        ),
        temperature: axis(
            "temperature",
            nodes.temperatures.iter().map(|t| f64::from(*t)).collect(),
        ),
        wavenumber: Axis {
            place: format!("{place}, wavenumber"),
            values: grid.unwrap_or_default(),
        },
        place,
        quadrature: None,
        sigma_cm2,
    };
    let source = Source {
        format: "HELIOS-K or DACE",
        name: file_name(path),
        citation: Vec::new(),
        notes: Vec::new(),
    };
    raw.finish(options, molar_mass_g_mol, source)
}

fn code_bar(code: i32) -> f64 {
    Name {
        low_per_cm: 0.0,
        high_per_cm: 1.0,
        temperature_k: 1.0,
        pressure_code: code,
    }
    .pressure_bar()
}

/// Files of the grid, by pressure code and temperature \[K\].
struct Nodes {
    pressures: Vec<i32>,
    temperatures: Vec<u32>,
    files: BTreeMap<(i32, u32), Vec<(Name, PathBuf)>>,
}

impl Nodes {
    fn collect(path: &Path, paths: &[PathBuf]) -> Result<Self, InputError> {
        let mut files: BTreeMap<(i32, u32), Vec<(Name, PathBuf)>> = BTreeMap::new();
        for file in paths {
            if let Some(name) = Name::parse(&file_name(file)) {
                let key = (name.pressure_code, name.temperature_k as u32);
                files.entry(key).or_default().push((name, file.clone()));
            }
        }
        let sorted = |keys: Vec<i64>| {
            let mut keys = keys;
            keys.sort_unstable();
            keys.dedup();
            keys
        };
        let pressures: Vec<i32> = sorted(files.keys().map(|key| i64::from(key.0)).collect())
            .iter()
            .map(|p| *p as i32)
            .collect();
        let temperatures: Vec<u32> = sorted(files.keys().map(|key| i64::from(key.1)).collect())
            .iter()
            .map(|t| *t as u32)
            .collect();
        let place = format!("`{}`", path.display());
        if files.is_empty() {
            return Err(InputError::value(
                place,
                "no file named Out_[name_]MIN_MAX_TTTTT_pNNN.bin or .dat",
                "at least one",
            ));
        }
        for p in &pressures {
            if let Some(t) = temperatures
                .iter()
                .find(|t| !files.contains_key(&(*p, **t)))
            {
                return Err(InputError::value(
                    place,
                    format!("no file for {t} K and pressure code {p}"),
                    "a file for every temperature with every pressure",
                ));
            }
        }
        for stretches in files.values_mut() {
            stretches.sort_by(|a, b| a.0.low_per_cm.total_cmp(&b.0.low_per_cm));
        }
        Ok(Self {
            pressures,
            temperatures,
            files,
        })
    }
}

/// One spectrum.
struct Spectrum {
    place: String,
    wavenumber_per_cm: Vec<f64>,
    values: Vec<f32>,
}

/// Joins the stretches of a node.
fn spectrum(stretches: &[(Name, PathBuf)]) -> Result<Spectrum, InputError> {
    let mut all = Spectrum {
        place: String::new(),
        wavenumber_per_cm: Vec::new(),
        values: Vec::new(),
    };
    let mut end = None;
    for (name, path) in stretches {
        let place = format!("`{}`", path.display());
        if end.is_some_and(|end| end != name.low_per_cm) {
            return Err(InputError::value(
                place,
                format!("a stretch from {} cm-1", name.low_per_cm),
                format!(
                    "one from {} cm-1, where the one before ends",
                    end.unwrap_or(0.0)
                ),
            ));
        }
        end = Some(name.high_per_cm);
        let one = if path.extension().is_some_and(|e| e == "dat") {
            text(path, &place, name)?
        } else {
            binary(path, &place, name)?
        };
        if all.place.is_empty() {
            all.place = place;
        }
        for (nu, value) in one.0.into_iter().zip(one.1) {
            let repeats = all.wavenumber_per_cm.last() == Some(&nu);
            // A line has no strength at zero wavenumber, and the axis must be positive.
            if nu > 0.0 && !repeats {
                all.wavenumber_per_cm.push(nu);
                all.values.push(value);
            }
        }
    }
    Ok(all)
}

/// The grid of the first spectrum holds for all.
fn check_grid(grid: &mut Option<Vec<f64>>, spectrum: &Spectrum) -> Result<(), InputError> {
    let Some(first) = grid else {
        *grid = Some(spectrum.wavenumber_per_cm.clone());
        return Ok(());
    };
    if *first == spectrum.wavenumber_per_cm {
        return Ok(());
    }
    let index = (first.iter().zip(&spectrum.wavenumber_per_cm))
        .position(|(a, b)| a != b)
        .unwrap_or_else(|| first.len().min(spectrum.wavenumber_per_cm.len()));
    Err(InputError::value(
        &spectrum.place,
        format!(
            "{} wavenumbers, other than the first file's from index {index} on",
            spectrum.wavenumber_per_cm.len()
        ),
        format!("the same {} wavenumbers in every file", first.len()),
    ))
}

fn binary(path: &Path, place: &str, name: &Name) -> Result<(Vec<f64>, Vec<f32>), InputError> {
    let bytes = std::fs::read(path).map_err(|source| InputError::read(path, source))?;
    if bytes.is_empty() || bytes.len() % 4 != 0 {
        return Err(InputError::value(
            place,
            format!("{} bytes", bytes.len()),
            "4-byte floats",
        ));
    }
    let little: Vec<f32> = words(&bytes).map(f32::from_le_bytes).collect();
    let possible = |value: &f32| {
        *value >= 0.0 && *value < LARGEST_CM2_G && (*value == 0.0 || value.is_normal())
    };
    if let Some(index) = little.iter().position(|value| !possible(value)) {
        let big_endian = words(&bytes).map(f32::from_be_bytes).all(|v| possible(&v));
        return Err(InputError::value(
            format!("{place}, value {index}"),
            format!(
                "{:e} cm2/g{}",
                little[index],
                if big_endian {
                    "; the bytes are big-endian"
                } else {
                    ""
                }
            ),
            "finite opacities below 1e16 cm2/g, not negative, as little-endian 4-byte floats",
        ));
    }
    let step = step_per_cm(place, name, little.len())?;
    let wavenumber = (0..little.len())
        .map(|i| name.low_per_cm + i as f64 * step)
        .collect();
    Ok((wavenumber, little))
}

fn words(bytes: &[u8]) -> impl Iterator<Item = [u8; 4]> + '_ {
    bytes
        .chunks_exact(4)
        .map(|word| [word[0], word[1], word[2], word[3]])
}

/// Step of the uniform grid \[cm⁻¹\]: a number of at most two digits, with or without the last
/// point.
fn step_per_cm(place: &str, name: &Name, count: usize) -> Result<f64, InputError> {
    let range = name.high_per_cm - name.low_per_cm;
    for intervals in [count, count.saturating_sub(1)] {
        if intervals == 0 {
            continue;
        }
        let step = range / intervals as f64;
        let decade = 10.0_f64.powf(step.log10().floor() - 1.0);
        let digits = step / decade;
        if (digits - digits.round()).abs() < 1e-9 * digits {
            return Ok(step);
        }
    }
    Err(InputError::value(
        place,
        format!(
            "{count} values over {range} cm-1, a step of {} cm-1",
            range / count as f64
        ),
        "a step of one or two digits such as 0.01 cm-1; is the file truncated?",
    ))
}

fn text(path: &Path, place: &str, name: &Name) -> Result<(Vec<f64>, Vec<f32>), InputError> {
    let content = std::fs::read_to_string(path).map_err(|source| InputError::read(path, source))?;
    let (mut wavenumber, mut values) = (Vec::new(), Vec::new());
    for (row, line) in content.lines().enumerate() {
        let line = line.split('#').next().unwrap_or("").trim();
        if line.is_empty() {
            continue;
        }
        let mut fields = line.split_whitespace().map(str::parse::<f64>);
        let (Some(Ok(nu)), Some(Ok(value)), None) = (fields.next(), fields.next(), fields.next())
        else {
            return Err(InputError::value(
                format!("{place}, line {}", row + 1),
                format!("`{line}`"),
                "two numbers: wavenumber [cm-1] and opacity [cm2/g]",
            ));
        };
        if wavenumber.last().is_some_and(|last| *last >= nu) || !nu.is_finite() || nu < 0.0 {
            return Err(InputError::value(
                format!("{place}, line {}", row + 1),
                format!("wavenumber {nu}"),
                "wavenumbers in ascending order",
            ));
        }
        wavenumber.push(nu);
        values.push(value as f32);
    }
    check_cover(place, name, &wavenumber)?;
    Ok((wavenumber, values))
}

/// The wavenumbers reach from one end of the range in the name to the other, within two steps.
fn check_cover(place: &str, name: &Name, wavenumber: &[f64]) -> Result<(), InputError> {
    let found = match wavenumber {
        [] => "no row".to_owned(),
        [one] => format!("one row, at {one} cm-1"),
        [first, second, .., before, last]
            if {
                let low = (first - name.low_per_cm).abs() <= 2.0 * (second - first);
                low && (last - name.high_per_cm).abs() <= 2.0 * (last - before)
            } =>
        {
            return Ok(());
        }
        [first, .., last] => format!("{first} to {last} cm-1"),
    };
    Err(InputError::value(
        place,
        found,
        format!(
            "{} to {} cm-1, as the name says",
            name.low_per_cm, name.high_per_cm
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_range_temperature_and_pressure() {
        let name = Name::parse("Out_00000_42000_01500_n766.bin").expect("a name");
        assert_eq!(
            (name.low_per_cm, name.high_per_cm, name.temperature_k),
            (0.0, 42_000.0, 1500.0)
        );
        assert!((name.pressure_bar() / 10.0_f64.powf(-23.0 / 3.0) - 1.0).abs() < 1e-12);
        let named = Name::parse("Out_SiO_e2b_00000_05000_00050_p300.dat").expect("a name");
        assert!((named.pressure_bar() / 1000.0 - 1.0).abs() < 1e-12);
        assert_eq!(named.high_per_cm, 5000.0);
        for bad in [
            "Out_1_2_3.bin",
            "Out_00010_00000_01500_p000.bin",
            "x.bin",
            "Out_0_1_2_z1.bin",
        ] {
            assert!(Name::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn pressures_between_the_decades() {
        for (code, exponent) in [
            (-750, -7.5),
            (-733, -22.0 / 3.0),
            (66, 2.0 / 3.0),
            (0, 0.0),
            (33, 1.0 / 3.0),
        ] {
            let found: f64 = code_bar(code);
            assert!((found.log10() - exponent).abs() < 1e-12, "{code}");
        }
    }

    #[test]
    fn a_step_that_is_not_round_is_a_truncated_file() {
        let name = Name::parse("Out_00000_01000_01500_p000.bin").expect("a name");
        assert_eq!(step_per_cm("t", &name, 100_000).expect("round"), 0.01);
        assert!(step_per_cm("t", &name, 100_001).is_ok());
        assert!(step_per_cm("t", &name, 99_000).is_err());
    }
}
