//! HELIOS tables in HDF5: k-distributions (`*_ip_kdistr.h5`) and the sampled variant.
//!
//! # Layout
//! `pressures` \[dyn cm⁻²\], `temperatures` \[K\]; k-table: `interface wavelengths` and
//! `center wavelengths` \[cm\], `ypoints` (abscissae of Gauss-Legendre on (0, 1); the weights are
//! not stored and follow from their number), `kpoints` flat; samples: `wavelengths` \[cm\],
//! `opacities` flat. Index y + ny (x + nx (p + np t)); cm² g⁻¹; floor 1e-15.

use std::path::Path;

use super::hdf5::Hdf5;
use super::raw::{Axis, RawTable, Source, transpose};
use super::units::CrossSectionUnit;
use super::{Options, PressureUnit, file_name, label};
use crate::error::InputError;
use crate::opacity::CrossSectionTable;

/// Most abscissae of a quadrature.
const MOST_ABSCISSAE: usize = 256;

/// Reads a k-table or a table of samples.
///
/// # Errors
/// File, dataset and index of whatever is missing or cannot be in the units of the format.
pub fn read(path: &Path, options: &Options) -> Result<CrossSectionTable, InputError> {
    let file = Hdf5::open(path)?;
    let molar_mass_g_mol = label::molar_mass(&options.gas, options.molar_mass_g_mol)?;
    let sampled = file.has("opacities");
    let (axis_name, data_name) = if sampled {
        ("wavelengths", "opacities")
    } else {
        ("interface wavelengths", "kpoints")
    };
    let wavelength = file.axis(axis_name)?;
    let pressure = file.axis("pressures")?;
    let temperature = file.axis("temperatures")?;
    let quadrature = if sampled {
        None
    } else {
        Some(quadrature(&file)?)
    };
    let (np, nt) = (pressure.values.len(), temperature.values.len());
    let nx = wavelength.values.len() - usize::from(!sampled);
    let ny = quadrature.as_ref().map_or(1, |(g, _)| g.len());
    check_count(&file, data_name, [nt, np, nx, ny])?;
    let unit = options
        .cross_section_unit
        .unwrap_or(CrossSectionUnit::Cm2PerGram);
    let factor = unit.cm2(molar_mass_g_mol);
    let data = file.table(data_name, |value| value * factor)?;
    let unit = options
        .pressure_unit
        .unwrap_or(PressureUnit::DynePerSquareCm);
    let raw = RawTable {
        place: data.place,
        pressure: Axis {
            place: pressure.place,
            values: pressure.values.iter().map(|p| p * unit.bar()).collect(),
        },
        temperature: Axis {
            place: temperature.place,
            values: temperature.values,
        },
        wavenumber: Axis {
            place: wavelength.place,
            values: wavelength.values.iter().map(|cm| 1.0 / cm).collect(),
        },
        quadrature,
        sigma_cm2: transpose(data.values, &[nt, np, nx, ny], &[1, 0, 2, 3]),
    };
    let source = Source {
        format: if sampled {
            "HELIOS samples"
        } else {
            "HELIOS k-table"
        },
        name: file_name(path),
        citation: Vec::new(),
        notes: vec!["values at the floor of the format, 1e-15 cm2/g, are kept".to_owned()],
    };
    raw.finish(options, molar_mass_g_mol, source)
}

/// The flat table has as many values as its axes ask for.
fn check_count(file: &Hdf5, name: &str, axes: [usize; 4]) -> Result<(), InputError> {
    let count: usize = file.shape(name)?.iter().product();
    let expected = (axes.iter()).try_fold(1, |total: usize, n| total.checked_mul(*n));
    if expected == Some(count) {
        return Ok(());
    }
    let [nt, np, nx, ny] = axes;
    Err(InputError::value(
        file.place(name),
        format!("{count} values"),
        format!("{nt} temperatures x {np} pressures x {nx} wavelengths x {ny}"),
    ))
}

/// Abscissae of the file and the weights of Gauss-Legendre, after the two agree.
fn quadrature(file: &Hdf5) -> Result<(Vec<f64>, Vec<f64>), InputError> {
    let points = file.axis("ypoints")?;
    let n = points.values.len();
    if n > MOST_ABSCISSAE {
        return Err(InputError::value(
            &points.place,
            format!("{n} abscissae"),
            format!("at most {MOST_ABSCISSAE}"),
        ));
    }
    let (g, weights) = gauss_legendre(n);
    match (0..n).find(|&i| (points.values[i] - g[i]).abs() > 1e-5) {
        Some(i) => Err(InputError::value(
            format!("{}, index {i}", points.place),
            points.values[i],
            format!(
                "{}, an abscissa of {n}-point Gauss-Legendre on (0, 1)",
                g[i]
            ),
        )),
        None => Ok((points.values, weights)),
    }
}

/// Abscissae, ascending, and weights of Gauss-Legendre on (0, 1): Newton's method on P_n.
pub(super) fn gauss_legendre(n: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut g, mut weights) = (vec![0.0; n], vec![0.0; n]);
    for i in 0..n {
        let mut x = -(std::f64::consts::PI * (i as f64 + 0.75) / (n as f64 + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..50 {
            let (mut last, mut value) = (1.0, x);
            for k in 2..=n {
                let k = k as f64;
                (last, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * last) / k);
            }
            slope = n as f64 * (x * value - last) / (x * x - 1.0);
            let step = value / slope;
            x -= step;
            if step.abs() < 1e-15 {
                break;
            }
        }
        g[i] = 0.5 * (1.0 + x);
        weights[i] = 1.0 / ((1.0 - x * x) * slope * slope);
    }
    (g, weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gauss_legendre_integrates_polynomials() {
        for n in [1, 2, 8, 20] {
            let (g, weights) = gauss_legendre(n);
            for power in 0..2 * n {
                let sum: f64 = (g.iter().zip(&weights))
                    .map(|(g, w)| w * g.powi(power as i32))
                    .sum();
                // Exact up to degree 2n - 1; measured 4e-15 at worst.
                assert!(
                    (sum * (power as f64 + 1.0) - 1.0).abs() < 1e-12,
                    "{n} {power} {sum}"
                );
            }
        }
    }
}
