//! Collision-induced absorption as Exo_k writes it in HDF5.
//!
//! # Layout
//! `bin_centers` \[cm⁻¹\], `t` \[K\], `abs_coeff` (temperature, wavenumber) with its unit in the
//! attribute `units`, `cia_pair` (`N2-CO2`). Only absorption per pair of molecules is taken
//! (cm⁵ or m⁵); coefficients per amagat depend on a convention that the file does not state.

use std::path::Path;

use super::hdf5::Hdf5;
use super::raw::{axis_order, transpose};
use super::units::{check_temperature, check_wavenumber};
use crate::error::InputError;
use crate::opacity::collision_induced::{Band, CollisionInduced};
use crate::species::Formula;

/// Absorption per pair of molecules lies below this \[cm⁵\].
const LARGEST_CM5: f64 = 1.0e-38;
/// cm⁵ reach 1e-48, below the smallest single-precision number: values are scaled up to be read.
const SCALE: f64 = 1.0e40;

/// Reads a table.
///
/// # Errors
/// File, dataset and index of whatever is missing, not ascending, negative or not finite; a unit
/// other than cm⁵ or m⁵.
pub fn read(path: &Path) -> Result<CollisionInduced, InputError> {
    let file = Hdf5::open(path)?;
    let wavenumber = file.axis("bin_centers")?;
    let temperature = file.axis("t")?;
    ascending(&wavenumber.place, &wavenumber.values)?;
    ascending(&temperature.place, &temperature.values)?;
    check_wavenumber(&wavenumber.place, &wavenumber.values)?;
    check_temperature(&temperature.place, &temperature.values)?;
    let unit = file.unit_of("abs_coeff")?.unwrap_or_default();
    let factor = match unit.replace(['^', ' '], "").as_str() {
        "cm5" | "cm5/molecule2" => 1.0,
        "m5" | "m5/molecule2" => 1.0e10,
        _ => {
            return Err(InputError::value(
                file.place("abs_coeff"),
                format!("attribute units `{unit}`"),
                "cm^5 or m^5",
            ));
        }
    };
    let shape = file.shape("abs_coeff")?;
    let order = axis_order(
        &file.place("abs_coeff"),
        &shape,
        &[
            ("temperature", temperature.values.len()),
            ("wavenumber", wavenumber.values.len()),
        ],
    )?;
    let scaled = file.table("abs_coeff", |value| value * factor * SCALE)?;
    check_values(&scaled.place, &scaled.values)?;
    let coefficients = transpose(scaled.values, &shape, &order).into_iter();
    Ok(CollisionInduced {
        pair: pair(&file)?,
        bands: vec![Band {
            wavenumber_per_cm: wavenumber.values,
            temperature_k: temperature.values,
            coefficient_cm5: coefficients.map(|k| f64::from(k) / SCALE).collect(),
        }],
        negative_set_to_zero: 0,
    })
}

fn pair(file: &Hdf5) -> Result<(String, String), InputError> {
    let text = file.text("cia_pair")?.unwrap_or_default();
    let place = file.place("cia_pair");
    let gases: Vec<&str> = text.trim_matches(['\0', ' ']).split('-').collect();
    let [first, second] = gases[..] else {
        return Err(InputError::value(
            place,
            format!("`{text}`"),
            "two gases, e.g. N2-CO2",
        ));
    };
    Formula::parse(&place, first)?;
    Formula::parse(&place, second)?;
    Ok((first.to_owned(), second.to_owned()))
}

fn check_values(place: &str, scaled: &[f32]) -> Result<(), InputError> {
    let largest = (LARGEST_CM5 * SCALE) as f32;
    match scaled
        .iter()
        .position(|value| !(0.0..=largest).contains(value))
    {
        Some(index) => Err(InputError::value(
            format!("{place}, value {index}"),
            format!("{:e} cm5", f64::from(scaled[index]) / SCALE),
            "finite values of 0 to 1e-38 cm5",
        )),
        None => Ok(()),
    }
}

fn ascending(place: &str, values: &[f64]) -> Result<(), InputError> {
    let wrong = (0..values.len()).find(|&i| {
        !(values[i] > 0.0 && values[i].is_finite() && (i == 0 || values[i] > values[i - 1]))
    });
    match wrong {
        Some(i) => Err(InputError::value(
            format!("{place}, index {i}"),
            values[i],
            "positive finite values in ascending order",
        )),
        None => Ok(()),
    }
}
