//! ExoMolOP / TauREx cross sections in HDF5: `p`, `t`, `bin_edges`, `xsecarr`.
//!
//! # Layout
//! `xsecarr` (pressure, temperature, wavenumber); `bin_edges` is the sampling grid itself, as many
//! values as `xsecarr` has (TauREx 3.3.2 and Exo_k 1.3.2 read it so). Units stand in the attribute
//! `units` of each dataset; a file without them is refused unless the user names them.

use std::path::Path;

use super::hdf5::{Array, Hdf5};
use super::raw::{Axis, RawTable, Source, axis_order, checked_mass, transpose};
use super::units::{CrossSectionUnit, PressureUnit, SpectralUnit};
use super::{Options, file_name};
use crate::error::InputError;
use crate::opacity::CrossSectionTable;

/// Reads a table.
///
/// # Errors
/// File, dataset and index of whatever is missing, ambiguous or not what the units say.
pub fn read(path: &Path, options: &Options) -> Result<CrossSectionTable, InputError> {
    let file = Hdf5::open(path)?;
    let mut header = Header::read(&file, options, "xsecarr")?;
    let wavenumber = wavenumber_axis(file.axis("bin_edges")?)?;
    let shape = file.shape("xsecarr")?;
    let order = axis_order(
        &file.place("xsecarr"),
        &shape,
        &[
            ("pressure", header.pressure.values.len()),
            ("temperature", header.temperature.values.len()),
            ("wavenumber", wavenumber.values.len()),
        ],
    )?;
    header.note_order(&order);
    let factor = header.factor_cm2;
    let data = file.table("xsecarr", |value| value * factor)?;
    let raw = RawTable {
        place: data.place,
        pressure: header.pressure,
        temperature: header.temperature,
        wavenumber,
        quadrature: None,
        sigma_cm2: transpose(data.values, &shape, &order),
    };
    raw.finish(options, header.molar_mass_g_mol, header.source)
}

/// What cross sections and k-tables of this family share.
pub(super) struct Header {
    pub pressure: Axis,
    pub temperature: Axis,
    pub molar_mass_g_mol: f64,
    pub factor_cm2: f64,
    pub source: Source,
}

impl Header {
    pub(super) fn read(file: &Hdf5, options: &Options, data: &str) -> Result<Self, InputError> {
        let label = file.text("mol_name")?;
        let mass = if file.has("mol_mass") {
            file.axis("mol_mass")?.values.first().copied()
        } else {
            None
        };
        let (name_place, mass_place) = (file.place("mol_name"), file.place("mol_mass"));
        let molar_mass_g_mol = checked_mass(
            options,
            label.as_deref().map(|text| (name_place.as_str(), text)),
            mass.map(|found| (mass_place.as_str(), found)),
        )?;
        let place = file.place(data);
        let unit = match options.cross_section_unit {
            Some(unit) => unit,
            None => {
                let text = file.unit_of(data)?;
                known(
                    &place,
                    text,
                    CrossSectionUnit::parse,
                    "cm^2/molecule, m^2/molecule, cm^2/g or m^2/kg",
                )?
            }
        };
        let temperature = file.axis("t")?;
        if let Some(unit) = temperature.unit.as_deref().filter(|unit| *unit != "K") {
            return Err(InputError::value(
                &temperature.place,
                format!("attribute units `{unit}`"),
                "K",
            ));
        }
        let mut citation: Vec<String> = file.text("DOI")?.into_iter().collect();
        citation.retain(|doi| !doi.trim_matches('\0').trim().is_empty());
        Ok(Self {
            pressure: pressure_axis(file.axis("p")?, options)?,
            temperature: Axis {
                place: temperature.place,
                values: temperature.values,
            },
            molar_mass_g_mol,
            factor_cm2: unit.cm2(molar_mass_g_mol),
            source: Source {
                format: if data == "kcoeff" {
                    "k-table (ExoMolOP, petitRADTRANS)"
                } else {
                    "cross sections (ExoMolOP, TauREx)"
                },
                name: file_name(file.path()),
                citation,
                notes: Vec::new(),
            },
        })
    }

    pub(super) fn note_order(&mut self, order: &[usize]) {
        if order.windows(2).any(|pair| pair[0] > pair[1]) {
            self.source.notes.push(format!(
                "axes stand in the order {order:?} of the documented one, told by their lengths"
            ));
        }
    }
}

/// Unit of a dataset: its attribute, which must be there and known.
fn known<T>(
    place: &str,
    text: Option<String>,
    parse: impl Fn(&str) -> Option<T>,
    expected: &str,
) -> Result<T, InputError> {
    match text {
        Some(text) => parse(&text)
            .ok_or_else(|| InputError::value(place, format!("attribute units `{text}`"), expected)),
        None => Err(InputError::value(
            place,
            "no attribute `units`",
            format!("{expected}; name the unit in the options if you know it"),
        )),
    }
}

/// Pressures in bar.
pub(super) fn pressure_axis(axis: Array<f64>, options: &Options) -> Result<Axis, InputError> {
    let unit = match options.pressure_unit {
        Some(unit) => unit,
        None => known(
            &axis.place,
            axis.unit,
            PressureUnit::parse,
            "bar, mbar, Pa, atm or dyn/cm2",
        )?,
    };
    Ok(Axis {
        place: axis.place,
        values: axis.values.iter().map(|p| p * unit.bar()).collect(),
    })
}

/// Wavenumbers, by the attribute or, without it, when no wavelength axis could hold the numbers.
pub(super) fn wavenumber_axis(axis: Array<f64>) -> Result<Axis, InputError> {
    /// An axis without a unit that reaches beyond this is in cm⁻¹: no table ends at 2 mm.
    const SURELY_PER_CM: f64 = 2000.0;
    let unit = match &axis.unit {
        Some(text) => SpectralUnit::parse(text).ok_or_else(|| {
            InputError::value(
                &axis.place,
                format!("attribute units `{text}`"),
                "cm^-1, micron or cm",
            )
        })?,
        None if axis.values.iter().any(|value| *value > SURELY_PER_CM) => SpectralUnit::PerCm,
        None => {
            return Err(InputError::value(
                &axis.place,
                "no attribute `units`, and numbers that may be cm-1 or micron",
                "a unit",
            ));
        }
    };
    Ok(Axis {
        place: axis.place,
        values: axis
            .values
            .iter()
            .map(|value| unit.per_cm(*value))
            .collect(),
    })
}
