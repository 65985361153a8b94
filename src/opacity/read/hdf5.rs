//! Datasets of an HDF5 file, with their shape, unit and place in every refusal.

use std::path::{Path, PathBuf};

use hdf5_pure::{DType, Dataset, File};

use crate::error::InputError;

/// Deflate shrinks by a factor of 1032 at most; nothing larger can have been stored.
const LARGEST_COMPRESSION: u64 = 1032;
/// Bytes that every file may decode to, however small.
const FREE_BYTES: u64 = 1 << 16;
/// Longest axis.
const LONGEST_AXIS: u64 = 100_000_000;

/// An open file.
pub(super) struct Hdf5 {
    path: PathBuf,
    file: File,
    bytes: u64,
    names: Vec<String>,
}

/// One dataset in memory.
pub(super) struct Array<T> {
    /// File and dataset, for messages.
    pub place: String,
    /// Values, C order.
    pub values: Vec<T>,
    /// Attribute `units`.
    pub unit: Option<String>,
}

impl Hdf5 {
    pub(super) fn open(path: &Path) -> Result<Self, InputError> {
        let bytes = std::fs::metadata(path)
            .map_err(|source| InputError::read(path, source))?
            .len();
        let failed = |error: hdf5_pure::Error| InputError::parse(path, error);
        let file = File::open_streaming(path).map_err(failed)?;
        let names = file.root().datasets().map_err(failed)?;
        Ok(Self {
            path: path.to_owned(),
            file,
            bytes,
            names,
        })
    }

    /// File and dataset, for messages.
    pub(super) fn place(&self, name: &str) -> String {
        format!("`{}`, dataset `{name}`", self.path.display())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    fn dataset(&self, name: &str) -> Result<Dataset, InputError> {
        if !self.has(name) {
            return Err(InputError::value(
                self.place(name),
                format!("no such dataset; the file holds {}", self.names.join(", ")),
                "the dataset",
            ));
        }
        self.file
            .dataset(name)
            .map_err(|error| InputError::parse(&self.path, format!("dataset `{name}`: {error}")))
    }

    /// Shape of a dataset, refused where the file cannot hold it.
    pub(super) fn shape(&self, name: &str) -> Result<Vec<usize>, InputError> {
        let dataset = self.dataset(name)?;
        self.checked_shape(name, &dataset)
    }

    fn checked_shape(&self, name: &str, dataset: &Dataset) -> Result<Vec<usize>, InputError> {
        let failed = |error: hdf5_pure::Error| {
            InputError::parse(&self.path, format!("dataset `{name}`: {error}"))
        };
        let shape = dataset.shape().map_err(failed)?;
        let size = dataset.element_size().map_err(failed)?.max(1);
        let most = (self.bytes.saturating_mul(LARGEST_COMPRESSION)).saturating_add(FREE_BYTES);
        let fits = shape
            .iter()
            .try_fold(size, |total: u64, n| total.checked_mul(*n))
            .filter(|total| *total <= most);
        if fits.is_none() {
            return Err(InputError::value(
                self.place(name),
                format!("shape {shape:?} in a file of {} bytes", self.bytes),
                "a shape whose values the file can hold",
            ));
        }
        Ok(shape.iter().map(|n| *n as usize).collect())
    }

    /// Attribute `units`, if it is text.
    fn unit(&self, name: &str, dataset: &Dataset) -> Result<Option<String>, InputError> {
        let attributes = dataset.attrs().map_err(|error| {
            InputError::parse(&self.path, format!("attributes of `{name}`: {error}"))
        })?;
        Ok(attributes
            .get("units")
            .and_then(|value| value.as_str())
            .map(|text| text.trim_matches(['\0', ' ']).to_owned()))
    }

    /// An axis: one dimension, at least one value.
    pub(super) fn axis(&self, name: &str) -> Result<Array<f64>, InputError> {
        let dataset = self.dataset(name)?;
        let shape = self.checked_shape(name, &dataset)?;
        let count: u64 = shape.iter().map(|n| *n as u64).product();
        let one_dimension = shape.iter().filter(|n| **n != 1).count() <= 1;
        if !one_dimension || count == 0 || count > LONGEST_AXIS {
            return Err(InputError::value(
                self.place(name),
                format!("shape {shape:?}"),
                "one dimension with at least one value",
            ));
        }
        let values = dataset
            .read_f64()
            .map_err(|error| InputError::parse(&self.path, format!("dataset `{name}`: {error}")))?;
        if values.len() as u64 != count {
            return Err(InputError::value(
                self.place(name),
                format!("{} values", values.len()),
                format!("{count}, as its shape says"),
            ));
        }
        Ok(Array {
            place: self.place(name),
            unit: self.unit(name, &dataset)?,
            values,
        })
    }

    /// A dataset as single precision after `convert` (in double precision).
    pub(super) fn table(
        &self,
        name: &str,
        convert: impl Fn(f64) -> f64,
    ) -> Result<Array<f32>, InputError> {
        let dataset = self.dataset(name)?;
        let shape = self.checked_shape(name, &dataset)?;
        let failed = |error: hdf5_pure::Error| {
            InputError::parse(&self.path, format!("dataset `{name}`: {error}"))
        };
        let values: Vec<f32> = match dataset.dtype().map_err(failed)? {
            DType::F32 => (dataset.read_f32().map_err(failed)?.into_iter())
                .map(|value| convert(f64::from(value)) as f32)
                .collect(),
            DType::F64 => (dataset.read_f64().map_err(failed)?.into_iter())
                .map(|value| convert(value) as f32)
                .collect(),
            other => {
                return Err(InputError::value(
                    self.place(name),
                    format!("values of type {other}"),
                    "floating-point values",
                ));
            }
        };
        if values.len() != shape.iter().product::<usize>() {
            return Err(InputError::value(
                self.place(name),
                format!("{} values", values.len()),
                format!("the product of {shape:?}"),
            ));
        }
        Ok(Array {
            place: self.place(name),
            unit: self.unit(name, &dataset)?,
            values,
        })
    }

    /// Attribute `units` of a dataset.
    pub(super) fn unit_of(&self, name: &str) -> Result<Option<String>, InputError> {
        self.unit(name, &self.dataset(name)?)
    }

    /// First string of a dataset, or the attribute of that name at the root; `None` where there
    /// is neither.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, InputError> {
        if self.has(name) {
            let strings = self.dataset(name)?.read_string().map_err(|error| {
                InputError::parse(&self.path, format!("dataset `{name}`: {error}"))
            })?;
            return Ok(strings.into_iter().next());
        }
        let attributes = (self.file.root().attrs())
            .map_err(|error| InputError::parse(&self.path, format!("attributes: {error}")))?;
        Ok(attributes
            .get(name)
            .and_then(|value| value.as_str())
            .map(str::to_owned))
    }

    /// The file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Names of the datasets at the root.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }
}
