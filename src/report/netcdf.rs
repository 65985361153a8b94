//! `posterior.nc`: ArviZ `InferenceData` as netCDF-4.
//!
//! The groups are those of the ArviZ schema. Its leading dimensions are `chain` (one here) and
//! `draw`. netCDF-4 is HDF5 with dimension scales: every dimension of a group is a dataset
//! with `CLASS = DIMENSION_SCALE`, `NAME` and `_Netcdf4Dimid`, and every variable refers to its
//! dimensions in `DIMENSION_LIST`. The back references (`REFERENCE_LIST`) that the HDF5 library
//! adds to a scale are not written; neither netCDF nor h5netcdf reads them.
//!
//! Read back with ArviZ 0.23.4 through netCDF4 1.7.5 and h5netcdf 1.8.2 by the ignored test
//! `other_tools_read_what_is_written`, values, dimensions, coordinates and attributes, and
//! `arviz.loo` and `arviz.summary` run on the result.

mod dimension_list;

use std::path::Path;

use hdf5_pure::{AttrValue, FileBuilder, GroupBuilder};

use super::{Label, write_atomic};
use crate::error::InputError;

/// A variable of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its unit, written as the attribute `units` where it is not empty.
    pub unit: String,
    /// Names of its dimensions beyond `chain` and `draw`, each with an entry in
    /// [`Group::dimensions`].
    pub dimensions: Vec<String>,
    /// Values, row-major; draws first where the group has them.
    pub values: Vec<f64>,
}

/// A dimension with its coordinate values.
#[derive(Clone, Debug, PartialEq)]
pub struct Dimension {
    /// Its name.
    pub name: String,
    /// The coordinate of each element.
    pub coordinates: Vec<f64>,
    /// Unit of the coordinates, or empty.
    pub unit: String,
}

/// One group of an `InferenceData`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// `posterior`, `sample_stats`, `prior`, `observed_data`, `posterior_predictive`,
    /// `log_likelihood`, `constant_data`, ...
    pub name: String,
    /// Number of draws; `None` for a group without chains (`observed_data`, `constant_data`).
    pub draws: Option<usize>,
    /// Dimensions other than `chain` and `draw`.
    pub dimensions: Vec<Dimension>,
    /// The variables.
    pub variables: Vec<Variable>,
}

impl Variable {
    /// A variable from its parts.
    pub fn new(name: &str, unit: &str, dimensions: &[&str], values: Vec<f64>) -> Self {
        Self {
            name: name.to_owned(),
            unit: unit.to_owned(),
            dimensions: dimensions.iter().map(|name| (*name).to_owned()).collect(),
            values,
        }
    }
}

impl Group {
    /// A group of draws, `posterior` or `prior` say: one variable for each column of `rows`, with
    /// the unit that its name carries.
    ///
    /// # Panics
    /// If a row is shorter than `names`.
    pub fn from_rows(name: &str, names: &[String], rows: &[&[f64]]) -> Self {
        let variables = (names.iter().enumerate())
            .map(|(column, name)| {
                let values = rows.iter().map(|row| row[column]).collect();
                Variable::new(name, &Label::from_name(name).unit, &[], values)
            })
            .collect();
        Self {
            name: name.to_owned(),
            draws: Some(rows.len()),
            dimensions: Vec::new(),
            variables,
        }
    }
}

/// Writes the groups with the attributes of the ArviZ schema. `created_at` is a time in ISO 8601.
///
/// # Errors
/// [`InputError::Value`] when the length of a variable is not the product of its dimensions, a
/// dimension is unknown, or a name comes twice; [`InputError::Write`].
pub fn write_inference_data(
    groups: &[Group],
    created_at: &str,
    path: &Path,
) -> Result<(), InputError> {
    let failed = |error: hdf5_pure::Error| InputError::write(path, std::io::Error::other(error));
    let mut file = FileBuilder::new();
    for (name, value) in schema_attributes(created_at) {
        file.set_attr(name, value);
    }
    let mut next_id = 0;
    for group in groups {
        let dimensions = numbered_dimensions(group, &mut next_id);
        check(group, &dimensions)?;
        let mut builder = file.create_group(&group.name);
        for (name, value) in schema_attributes(created_at) {
            builder.set_attr(name, value);
        }
        add_scales(&mut builder, &dimensions);
        for variable in &group.variables {
            add_variable(&mut builder, group, variable, &dimensions);
        }
        file.add_group(builder.finish());
    }
    let mut image = file.finish().map_err(failed)?;
    dimension_list::link(&mut image)
        .map_err(|message| InputError::write(path, std::io::Error::other(message)))?;
    write_atomic(path, &image)
}

fn schema_attributes(created_at: &str) -> [(&'static str, AttrValue); 4] {
    [
        ("created_at", AttrValue::VarLenString(created_at.to_owned())),
        (
            "inference_library",
            AttrValue::VarLenString(env!("CARGO_PKG_NAME").to_owned()),
        ),
        (
            "inference_library_version",
            AttrValue::VarLenString(env!("CARGO_PKG_VERSION").to_owned()),
        ),
        (
            "arviz_schema",
            AttrValue::VarLenString("InferenceData".to_owned()),
        ),
    ]
}

/// A dimension and its number in the file.
struct Numbered {
    id: i32,
    dimension: Dimension,
    /// `chain` and `draw` have whole numbers as coordinates.
    counts: bool,
}

fn numbered_dimensions(group: &Group, next_id: &mut i32) -> Vec<Numbered> {
    let counting = |name: &str, length: usize| Dimension {
        name: name.to_owned(),
        coordinates: (0..length).map(|index| index as f64).collect(),
        unit: String::new(),
    };
    let leading = group
        .draws
        .map(|draws| [counting("chain", 1), counting("draw", draws)]);
    let leading_count = if leading.is_some() { 2 } else { 0 };
    (leading.into_iter().flatten())
        .chain(group.dimensions.iter().cloned())
        .enumerate()
        .map(|(position, dimension)| {
            let id = *next_id;
            *next_id += 1;
            Numbered {
                id,
                dimension,
                counts: position < leading_count,
            }
        })
        .collect()
}

/// The dimensions of a variable, the leading ones included.
fn dimensions_of<'a>(
    group: &Group,
    variable: &Variable,
    dimensions: &'a [Numbered],
) -> Vec<&'a Numbered> {
    let leading = if group.draws.is_some() { 2 } else { 0 };
    let own = (variable.dimensions.iter()).filter_map(|name| {
        dimensions
            .iter()
            .find(|known| known.dimension.name == *name)
    });
    dimensions.iter().take(leading).chain(own).collect()
}

fn check(group: &Group, dimensions: &[Numbered]) -> Result<(), InputError> {
    let place = |name: &str| format!("netCDF group `{}`, variable `{name}`", group.name);
    let mut names: Vec<&str> = (dimensions.iter())
        .map(|numbered| numbered.dimension.name.as_str())
        .chain(
            group
                .variables
                .iter()
                .map(|variable| variable.name.as_str()),
        )
        .collect();
    names.sort_unstable();
    if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(InputError::value(
            place(twice[0]),
            "the name twice",
            "each name once",
        ));
    }
    for variable in &group.variables {
        let own = dimensions_of(group, variable, dimensions);
        let leading = if group.draws.is_some() { 2 } else { 0 };
        let expected: usize = own
            .iter()
            .map(|known| known.dimension.coordinates.len())
            .product();
        if own.len() != leading + variable.dimensions.len()
            || expected != variable.values.len()
            || expected == 0
        {
            return Err(InputError::value(
                place(&variable.name),
                format!(
                    "{} values along {:?}",
                    variable.values.len(),
                    variable.dimensions
                ),
                format!("{expected} values (at least one) along dimensions of the group"),
            ));
        }
    }
    Ok(())
}

fn add_scales(builder: &mut GroupBuilder, dimensions: &[Numbered]) {
    for numbered in dimensions {
        let Dimension {
            name,
            coordinates,
            unit,
        } = &numbered.dimension;
        let dataset = builder.create_dataset(name);
        if numbered.counts {
            let counts: Vec<i64> = (0..coordinates.len() as i64).collect();
            dataset.with_i64_data(&counts);
        } else {
            dataset.with_f64_data(coordinates);
        }
        dataset
            .set_attr(
                "CLASS",
                AttrValue::AsciiString("DIMENSION_SCALE\0".to_owned()),
            )
            .set_attr("NAME", AttrValue::AsciiString(format!("{name}\0")))
            .set_attr("_Netcdf4Dimid", AttrValue::I32(numbered.id));
        if !unit.is_empty() {
            dataset.set_attr("units", AttrValue::VarLenString(unit.clone()));
        }
    }
}

fn add_variable(
    builder: &mut GroupBuilder,
    group: &Group,
    variable: &Variable,
    dimensions: &[Numbered],
) {
    let own = dimensions_of(group, variable, dimensions);
    let shape: Vec<u64> = own
        .iter()
        .map(|known| known.dimension.coordinates.len() as u64)
        .collect();
    let markers = own
        .iter()
        .map(|known| dimension_list::marker(known.id))
        .collect();
    let dataset = builder.create_dataset(&variable.name);
    dataset
        .with_f64_data(&variable.values)
        .with_shape(&shape)
        .set_attr("DIMENSION_LIST", AttrValue::VarLenAsciiCharArray(markers))
        .set_attr("_FillValue", AttrValue::F64Array(vec![f64::NAN]));
    if !variable.unit.is_empty() {
        dataset.set_attr("units", AttrValue::VarLenString(variable.unit.clone()));
    }
}

#[cfg(test)]
mod tests;
