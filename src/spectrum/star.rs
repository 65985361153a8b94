//! The star: a black body or a table.

use std::path::Path;

use crate::config::{StarConfig, StarKind};
use crate::constants::{SPEED_OF_LIGHT, STEFAN_BOLTZMANN};
use crate::error::{InputError, nearest};
use crate::spectrum::columns::Columns;
use crate::spectrum::{PiecewiseLinear, planck_flux};

/// Units of wavelength: name and metres per unit.
const WAVELENGTH_UNITS: [(&str, f64); 5] = [
    ("um", 1.0e-6),
    ("nm", 1.0e-9),
    ("angstrom", 1.0e-10),
    ("cm", 1.0e-2),
    ("m", 1.0),
];

/// Units of flux per wavelength: name and W m⁻² m⁻¹ per unit.
const FLUX_UNITS: [(&str, f64); 5] = [
    ("w_m2_m", 1.0),
    ("w_m2_um", 1.0e6),
    ("w_m2_nm", 1.0e9),
    ("erg_s_cm2_cm", 1.0e-1),
    ("erg_s_cm2_angstrom", 1.0e7),
];

/// W m⁻² Hz⁻¹ per jansky (exact, by definition).
const W_PER_M2_HZ_PER_JANSKY: f64 = 1.0e-26;

/// Largest difference of the integrated table from σ T⁴ that passes without a warning.
const BOLOMETRIC_TOLERANCE: f64 = 0.1;

/// Spectrum of the star at its surface.
///
/// A black body follows its temperature. A table holds for one temperature T₀; at another, T, it
/// is scaled by B_λ(T)/B_λ(T₀), which keeps its lines and moves its continuum as a black body
/// would: good for the few per cent of an effective-temperature prior, no substitute for a grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Star {
    effective_temperature_k: f64,
    table: Option<PiecewiseLinear>,
    source: String,
}

impl Star {
    /// A black body of the given effective temperature \[K\].
    ///
    /// # Accuracy
    /// Against real spectra 5 to 20 % in the mid-infrared for M dwarfs, a few per cent for FGK.
    pub fn black_body(effective_temperature_k: f64) -> Self {
        Self {
            effective_temperature_k,
            table: None,
            source: "black body".to_owned(),
        }
    }

    /// A table: flux through the surface \[W m⁻² m⁻¹\] against wavelength \[m\], taken at
    /// `effective_temperature_k`.
    pub fn from_table(
        table: PiecewiseLinear,
        effective_temperature_k: f64,
        source: impl Into<String>,
    ) -> Self {
        Self {
            effective_temperature_k,
            table: Some(table),
            source: source.into(),
        }
    }

    /// The star of a run file. `radius_m` is needed where the fluxes were taken at a distance.
    ///
    /// # Errors
    /// [`InputError`] where a unit is missing or unknown, or the file is not a spectrum.
    pub fn from_config(
        config: &StarConfig,
        effective_temperature_k: f64,
        radius_m: Option<f64>,
    ) -> Result<Self, InputError> {
        if !(effective_temperature_k > 0.0 && effective_temperature_k.is_finite()) {
            let place = "effective temperature of the star";
            let expected = "a temperature above 0 K";
            return Err(InputError::value(place, effective_temperature_k, expected));
        }
        if config.spectrum == StarKind::BlackBody {
            if config.file.is_some() {
                let expected = "`spectrum = \"file\"` beside `file`";
                return Err(InputError::value("star.spectrum", "`black_body`", expected));
            }
            return Ok(Self::black_body(effective_temperature_k));
        }
        let Some(path) = &config.file else {
            return Err(InputError::value("star.file", "nothing", "a path"));
        };
        let wavelength_unit = unit(
            "star.wavelength_unit",
            config.wavelength_unit.as_deref(),
            &WAVELENGTH_UNITS,
            &[],
        )?;
        let flux_unit = unit(
            "star.flux_unit",
            config.flux_unit.as_deref(),
            &FLUX_UNITS,
            &["jy"],
        )?;
        let dilution = dilution(config.flux_distance_m, radius_m)?;
        let table = read_table(path, wavelength_unit.unwrap_or(1.0), flux_unit, dilution)?;
        Ok(Self::from_table(
            table,
            effective_temperature_k,
            path.display().to_string(),
        ))
    }

    /// Effective temperature at which the spectrum is taken \[K\].
    pub fn effective_temperature_k(&self) -> f64 {
        self.effective_temperature_k
    }

    /// The table \[m, W m⁻² m⁻¹\], if the star has one.
    pub fn table(&self) -> Option<&PiecewiseLinear> {
        self.table.as_ref()
    }

    /// Where the spectrum comes from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Flux of the table over all its wavelengths, nothing cut off, over σ T_eff⁴; 1 for a black
    /// body. A sanity figure: units or distance are wrong where it is far from 1.
    pub fn bolometric_ratio(&self) -> f64 {
        let sigma_t4 = STEFAN_BOLTZMANN * self.effective_temperature_k.powi(4);
        self.table
            .as_ref()
            .map_or(1.0, |table| table.total() / sigma_t4)
    }

    /// What the user ought to know of this spectrum.
    pub fn warnings(&self) -> Vec<String> {
        let ratio = self.bolometric_ratio();
        if (ratio - 1.0).abs() <= BOLOMETRIC_TOLERANCE {
            return Vec::new();
        }
        vec![format!(
            "the stellar spectrum `{}` integrates to {ratio:.3} σT⁴ at T_eff = {:.0} K; check its \
             units, its distance and the temperature",
            self.source, self.effective_temperature_k
        )]
    }

    /// Flux through the surface \[W m⁻² m⁻¹\] at one wavelength and effective temperature, or
    /// `None` outside the table.
    pub fn flux(&self, wavelength_m: f64, temperature_k: f64) -> Option<f64> {
        let planck = planck_flux(wavelength_m, temperature_k);
        let Some(table) = &self.table else {
            return Some(planck);
        };
        table.covers(wavelength_m, wavelength_m).then(|| {
            let reference = planck_flux(wavelength_m, self.effective_temperature_k);
            table.value(wavelength_m) * ratio(planck, reference)
        })
    }

    /// Mean flux \[W m⁻² m⁻¹\] from `low_m` to `high_m` at T₀: the integral of the table over its
    /// width, so that cells that tile a range conserve the flux in it. `None` outside the table
    /// and for a black body.
    pub fn mean_flux(&self, low_m: f64, high_m: f64) -> Option<f64> {
        let table = self.table.as_ref()?;
        (low_m < high_m && table.covers(low_m, high_m))
            .then(|| table.integral(low_m, high_m) / (high_m - low_m))
    }
}

/// (d/R_*)², which takes a flux at distance d to the surface; 1 for a flux at the surface.
fn dilution(distance_m: Option<f64>, radius_m: Option<f64>) -> Result<f64, InputError> {
    let key = "star.flux_distance_m";
    match (distance_m, radius_m) {
        (None, _) => Ok(1.0),
        (Some(distance_m), Some(radius_m))
            if distance_m.is_finite() && distance_m > radius_m && radius_m > 0.0 =>
        {
            Ok((distance_m / radius_m).powi(2))
        }
        (Some(distance_m), Some(radius_m)) => {
            let expected = format!("more than the stellar radius, {radius_m} m");
            Err(InputError::value(key, distance_m, expected))
        }
        (Some(_), None) => {
            let found = "no stellar radius in the system";
            Err(InputError::value(
                key,
                found,
                "a system with the stellar radius",
            ))
        }
    }
}

/// `a / b`, and 0 where both have underflowed (far in the Wien tail).
pub(crate) fn ratio(a: f64, b: f64) -> f64 {
    if b > 0.0 { a / b } else { 0.0 }
}

/// The factor of a declared unit; `None` for one of `special`.
fn unit(
    key: &str,
    declared: Option<&str>,
    known: &[(&str, f64)],
    special: &[&str],
) -> Result<Option<f64>, InputError> {
    let names = || known.iter().map(|(name, _)| *name).chain(special.to_vec());
    let accepted = || names().collect::<Vec<_>>().join(", ");
    let Some(declared) = declared else {
        return Err(InputError::value(
            key,
            "nothing",
            format!("one of {}", accepted()),
        ));
    };
    if let Some((_, factor)) = known.iter().find(|(name, _)| *name == declared) {
        return Ok(Some(*factor));
    }
    if special.contains(&declared) {
        return Ok(None);
    }
    let hint = nearest(declared, names())
        .map_or_else(String::new, |name| format!(" (did you mean `{name}`?)"));
    Err(InputError::value(
        key,
        format!("`{declared}`{hint}"),
        format!("one of {}", accepted()),
    ))
}

/// Reads a spectrum; `flux_unit` is `None` for jansky.
fn read_table(
    path: &Path,
    wavelength_unit: f64,
    flux_unit: Option<f64>,
    dilution: f64,
) -> Result<PiecewiseLinear, InputError> {
    let columns = Columns::from_path(path, None)?.ascending()?;
    columns.second_within(0.0, f64::MAX, "a flux of 0 or more")?;
    let wavelengths_m: Vec<f64> = (columns.rows.iter())
        .map(|row| row.first * wavelength_unit)
        .collect();
    let flux = (columns.rows.iter().zip(&wavelengths_m))
        .map(|(row, &wavelength_m)| {
            // F_λ = F_ν c / λ²
            let factor =
                flux_unit.unwrap_or(W_PER_M2_HZ_PER_JANSKY * SPEED_OF_LIGHT / wavelength_m.powi(2));
            row.second * factor * dilution
        })
        .collect();
    let place = &columns.place;
    let table = PiecewiseLinear::new(wavelengths_m, flux).ok_or_else(|| {
        InputError::value(place, "wavelengths or fluxes out of range", "finite ones")
    })?;
    if table.total() <= 0.0 {
        return Err(InputError::value(
            place,
            "a spectrum of zeros",
            "some light",
        ));
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use approx::assert_relative_eq;

    use super::*;

    fn planck_table(temperature_k: f64, points: u32) -> PiecewiseLinear {
        let x: Vec<f64> = (0..points)
            .map(|i| 1.0e-7 * (1.0e4_f64).powf(f64::from(i) / f64::from(points - 1)))
            .collect();
        let y = x.iter().map(|&x| planck_flux(x, temperature_k)).collect();
        PiecewiseLinear::new(x, y).unwrap()
    }

    fn config(file: &tempfile::NamedTempFile) -> StarConfig {
        StarConfig {
            spectrum: StarKind::File,
            file: Some(file.path().to_owned()),
            wavelength_unit: Some("um".to_owned()),
            flux_unit: Some("w_m2_um".to_owned()),
            flux_distance_m: None,
        }
    }

    fn write(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    /// The same black body written in every unit, and at a distance, is the same star.
    #[test]
    fn every_unit_leads_to_the_same_flux() {
        let table = planck_table(4_000.0, 300);
        let radius_m = 5.0e8;
        for (unit_m, wavelength_unit) in WAVELENGTH_UNITS.map(|(name, m)| (m, name)) {
            for flux_unit in FLUX_UNITS.map(|(name, _)| name).into_iter().chain(["jy"]) {
                for distance_m in [None, Some(1.5e11)] {
                    let dilution = distance_m.map_or(1.0, |d: f64| (radius_m / d).powi(2));
                    let text: String = (table.x().iter().zip(table.y()))
                        .map(|(&x, &y)| {
                            let si = match flux_unit {
                                "w_m2_m" => y,
                                "w_m2_um" => y * 1e-6,
                                "w_m2_nm" => y * 1e-9,
                                "erg_s_cm2_cm" => y * 1e7 * 1e-4 * 1e-2,
                                "erg_s_cm2_angstrom" => y * 1e7 * 1e-4 * 1e-10,
                                _ => y * x * x / SPEED_OF_LIGHT * 1e26,
                            };
                            format!("{:e} {:e}\n", x / unit_m, si * dilution)
                        })
                        .collect();
                    let file = write(&text);
                    let config = StarConfig {
                        wavelength_unit: Some(wavelength_unit.to_owned()),
                        flux_unit: Some(flux_unit.to_owned()),
                        flux_distance_m: distance_m,
                        ..config(&file)
                    };
                    let star = Star::from_config(&config, 4_000.0, Some(radius_m)).unwrap();
                    assert_relative_eq!(
                        star.flux(table.x()[150], 4_000.0).unwrap(),
                        table.y()[150],
                        max_relative = 1e-9
                    );
                    assert!(star.warnings().is_empty(), "{:?}", star.warnings());
                }
            }
        }
    }

    /// 0.1 to 1000 µm holds all of a 4000 K black body; measured 1.0003 with 300 points.
    #[test]
    fn the_whole_table_is_integrated() {
        let star = Star::from_table(planck_table(4_000.0, 300), 4_000.0, "test");
        assert_relative_eq!(star.bolometric_ratio(), 1.0, max_relative = 1e-3);
        let hotter = Star::from_table(planck_table(4_000.0, 300), 4_400.0, "test");
        assert!(hotter.warnings()[0].contains("0.683"));
    }

    /// Cells that tile the table hold its whole flux.
    #[test]
    fn resampling_conserves_flux() {
        let star = Star::from_table(planck_table(3_000.0, 77), 3_000.0, "test");
        let table = star.table().unwrap();
        let (low, high) = table.range();
        let edges: Vec<f64> = (0..=13)
            .map(|i| low + (high - low) * (f64::from(i) / 13.0).powi(3))
            .collect();
        let sum: f64 = (edges.windows(2))
            .map(|cell| star.mean_flux(cell[0], cell[1]).unwrap() * (cell[1] - cell[0]))
            .sum();
        assert_relative_eq!(sum, table.total(), max_relative = 1e-13);
        assert!(star.mean_flux(0.5 * low, high).is_none());
    }

    /// A tabulated black body scaled to another temperature is the black body there.
    #[test]
    fn a_table_follows_its_temperature_as_a_black_body() {
        let star = Star::from_table(planck_table(4_000.0, 50), 4_000.0, "test");
        let wavelength_m = star.table().unwrap().x()[20];
        assert_relative_eq!(
            star.flux(wavelength_m, 4_200.0).unwrap(),
            planck_flux(wavelength_m, 4_200.0),
            max_relative = 1e-12
        );
    }

    #[test]
    fn errors_say_what_is_accepted() {
        let file = write("1 2\n2 3\n");
        let good = config(&file);
        let refused = |config: &StarConfig, radius_m| {
            Star::from_config(config, 4_000.0, radius_m)
                .unwrap_err()
                .to_string()
        };
        let mut bad = good.clone();
        bad.wavelength_unit = Some("nn".to_owned());
        assert!(refused(&bad, None).contains("um, nm, angstrom, cm, m"));
        let mut bad = good.clone();
        bad.flux_unit = None;
        assert!(refused(&bad, None).contains("erg_s_cm2_cm"));
        let mut bad = good.clone();
        bad.flux_distance_m = Some(1.5e11);
        assert!(refused(&bad, None).contains("radius"));
        assert!(refused(&bad, Some(2.0e11)).contains("flux_distance_m"));
        let negative = write("1 2\n2 -3\n");
        assert!(refused(&config(&negative), None).contains("line 2"));
        let dark = write("1 0\n2 0\n");
        assert!(refused(&config(&dark), None).contains("some light"));
        let mut bad = good.clone();
        bad.file = None;
        assert!(refused(&bad, None).contains("star.file"));
        let mut bad = good;
        bad.spectrum = StarKind::BlackBody;
        assert!(refused(&bad, None).contains("spectrum"));
    }
}
