//! The sections of a run file other than `[model]`, those of its models and `[parameters]`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::de::{self, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::InputError;
use crate::units::{DepthUnit, WidthKind};

/// `[system]`: a shipped system by name, with values of the user's own on top.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemConfig {
    /// Planet name, as `magmaret targets` lists it ("GJ 367 b"), or any name if every needed
    /// value is given below.
    pub name: String,
    /// Own system file in the format of `observations/systems/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// Values that replace the shipped ones: key of a system file -> number.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, f64>,
    /// 1σ errors that replace the shipped ones: key of a system file -> number.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub errors: BTreeMap<String, f64>,
}

/// `[observation]`: files and which of their rows to use.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObservationConfig {
    /// The files, each a path or a table that also declares format and units.
    pub files: Vec<FileConfig>,
    /// Which rows to keep; all by default.
    #[serde(default, skip_serializing_if = "SelectConfig::is_empty")]
    pub select: SelectConfig,
    /// Keep only bins that lie wholly inside this range \[µm\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wavelength_range_um: Option<[f64; 2]>,
    /// Own throughput curve (`wavelength_um,throughput`) for every row instead of the built-in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throughput_file: Option<PathBuf>,
}

impl ObservationConfig {
    /// Whether no file is named.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    pub(super) fn check(&self) -> Result<(), InputError> {
        if self.files.is_empty() {
            return Err(InputError::value(
                "observation.files",
                "an empty list",
                "at least one file",
            ));
        }
        if let Some([low, high]) = self.wavelength_range_um
            && !(low.is_finite() && high.is_finite() && 0.0 < low && low < high)
        {
            return Err(InputError::value(
                "observation.wavelength_range_um",
                format!("[{low}, {high}]"),
                "two positive numbers, the lower first",
            ));
        }
        Ok(())
    }
}

/// Which rows of the files to keep: a row passes when each list is empty or contains its label.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SelectConfig {
    /// Instruments to keep.
    pub instrument: Vec<String>,
    /// Modes to keep.
    pub mode: Vec<String>,
    /// Visits to keep.
    pub visit: Vec<String>,
    /// Reductions to keep.
    pub reduction: Vec<String>,
    /// Qualities to drop, such as `outreach`.
    pub drop_quality: Vec<String>,
}

impl SelectConfig {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Format of an observation file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableFormat {
    /// The product's own CSV with the twelve columns of `observations/`.
    Magmaret,
    /// NASA Exoplanet Archive spectroscopy table (`.tbl`, IPAC).
    NasaArchive,
    /// Eureka! stage 6 ECSV.
    Eureka,
    /// SPARTA text.
    Sparta,
    /// exoTEDRF / ExoTEP ECSV.
    Exotedrf,
    /// Three- or four-column text as petitRADTRANS and TauREx read it.
    Columns,
}

/// One observation file. In a run file either a path alone or a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct FileConfig {
    /// The file.
    pub path: PathBuf,
    /// Format; recognised from the content when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<TableFormat>,
    /// Unit of depth and error, where the format does not fix it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depth_unit: Option<DepthUnit>,
    /// Meaning of the width column, where the format does not fix it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bin_width: Option<WidthKind>,
    /// Instrument label for formats that carry none (`miri`, `nircam`, `nirspec`, `irac`, ...).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instrument: Option<String>,
    /// Mode label for formats that carry none (`lrs_slitless`, `f1500w`, ...).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Visit label for formats that carry none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit: Option<String>,
    /// Order of the columns of a `columns` file: `wavelength`, `width`, `depth`, `error`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
}

impl FileConfig {
    /// A file about which nothing else is declared.
    pub fn from_path(path: PathBuf) -> Self {
        Self {
            path,
            format: None,
            depth_unit: None,
            bin_width: None,
            instrument: None,
            mode: None,
            visit: None,
            columns: None,
        }
    }
}

impl Serialize for FileConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for FileConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FileVisitor;
        impl<'de> Visitor<'de> for FileVisitor {
            type Value = FileConfig;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a path or a table with `path`")
            }
            fn visit_str<E: de::Error>(self, path: &str) -> Result<FileConfig, E> {
                Ok(FileConfig::from_path(PathBuf::from(path)))
            }
            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<FileConfig, M::Error> {
                // The derived reader of the table form (`remote = "Self"`).
                FileConfig::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_any(FileVisitor)
    }
}

/// Where the stellar spectrum comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StarKind {
    /// Planck at the stellar effective temperature.
    #[default]
    BlackBody,
    /// A two-column file.
    File,
    /// One of the spectra that the program carries, by `name`.
    Embedded,
}

/// `[star]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StarConfig {
    /// Black body, file or embedded.
    pub spectrum: StarKind,
    /// Which embedded spectrum: `sun_g2`, `55_cnc_g8`, `toi_1807_k3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Factor on the flux below 0.3 µm, of whichever spectrum: 0 to 1000.
    pub uv_scale: f64,
    /// Two-column text file: wavelength and flux at the stellar surface (or at any distance, see
    /// `flux_unit`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// Unit of the first column: `um`, `nm`, `angstrom`, `cm`, `m`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wavelength_unit: Option<String>,
    /// Unit of the second column: `w_m2_m`, `w_m2_um`, `w_m2_nm`, `erg_s_cm2_cm`,
    /// `erg_s_cm2_angstrom`, `jy`. Flux through the stellar surface (π I).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flux_unit: Option<String>,
    /// `surface`, or the distance in metres at which the fluxes were taken (then `stellar_radius`
    /// of the system scales them to the surface).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flux_distance_m: Option<f64>,
}

impl Default for StarConfig {
    fn default() -> Self {
        Self {
            spectrum: StarKind::BlackBody,
            name: None,
            uv_scale: 1.0,
            file: None,
            wavelength_unit: None,
            flux_unit: None,
            flux_distance_m: None,
        }
    }
}

/// Shape of the noise of one bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LikelihoodKind {
    /// Normal; asymmetric errors are averaged (and the output says so).
    #[default]
    Gaussian,
    /// Two half-normals of the quoted widths joined at the measured value.
    TwoPieceNormal,
    /// Student t with `degrees_of_freedom`.
    StudentT,
}

/// How the quoted errors may be too small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InflationKind {
    /// Errors as quoted.
    #[default]
    None,
    /// σ' = s σ, parameter `error_scale_<group>`.
    Multiplicative,
    /// σ'² = σ² + j², parameter `jitter_ppm_<group>`.
    Quadrature,
    /// σ'² = σ² + 10^b (b of the squared depth), parameter `log10_variance_b_<group>`.
    TenToB,
}

/// Which rows share a nuisance parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// No such parameter.
    #[default]
    None,
    /// One per instrument and mode.
    Instrument,
    /// One per instrument, mode and visit.
    Visit,
}

/// Correlated noise in wavelength.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GaussianProcessKind {
    /// Independent bins.
    #[default]
    None,
    /// a² exp(-|Δλ|/l), parameters `gp_amplitude_ppm`, `gp_length_um`.
    Exponential,
    /// a² (1+√3|Δλ|/l) exp(-√3|Δλ|/l), the same parameters.
    Matern32,
}

/// `[likelihood]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LikelihoodConfig {
    /// Shape of the noise.
    pub kind: LikelihoodKind,
    /// Degrees of freedom of `student_t`.
    pub degrees_of_freedom: f64,
    /// Error inflation.
    pub error_inflation: InflationKind,
    /// Which rows share an inflation parameter.
    pub error_inflation_by: GroupBy,
    /// Additive calibration offset \[ppm\], parameters `offset_ppm_<group>`.
    pub offset_by: GroupBy,
    /// Multiplicative calibration of the model, parameters `depth_scale_<group>`.
    pub scale_by: GroupBy,
    /// Square matrix \[ppm²\] as CSV without a header, in the order of the rows used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covariance_file: Option<PathBuf>,
    /// Correlated noise in wavelength, within each instrument and visit.
    pub gaussian_process: GaussianProcessKind,
}

impl LikelihoodConfig {
    /// Whether the noise of one bin says something of that of another.
    pub fn is_correlated(&self) -> bool {
        self.covariance_file.is_some() || self.gaussian_process != GaussianProcessKind::None
    }
}

impl Default for LikelihoodConfig {
    fn default() -> Self {
        Self {
            kind: LikelihoodKind::Gaussian,
            degrees_of_freedom: 4.0,
            error_inflation: InflationKind::None,
            error_inflation_by: GroupBy::Instrument,
            offset_by: GroupBy::None,
            scale_by: GroupBy::None,
            covariance_file: None,
            gaussian_process: GaussianProcessKind::None,
        }
    }
}

/// Which sampler.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SamplerKind {
    /// Static nested sampling.
    #[default]
    Nested,
    /// Dynamic nested sampling: a static run, then batches where the posterior mass lies.
    DynamicNested,
    /// Importance nested sampling: every likelihood call counts, for expensive models.
    Importance,
    /// Affine-invariant ensemble (stretch) MCMC: posterior only, no evidence.
    Ensemble,
}

/// How nested sampling draws a point above the current likelihood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kernel {
    /// By the number of dimensions.
    #[default]
    Auto,
    /// Uniform in a union of bounding ellipsoids.
    Ellipsoids,
    /// Random walk.
    RandomWalk,
    /// Slice sampling in random directions.
    Slice,
}

/// `[sampler]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SamplerConfig {
    /// The algorithm.
    pub kind: SamplerKind,
    /// Live points of nested sampling; importance sampling builds its bounds around as many.
    pub live_points: usize,
    /// Stop when the live points could still add less than this to ln Z.
    pub delta_ln_z: f64,
    /// Kernel of nested sampling.
    pub kernel: Kernel,
    /// Steps of a random walk or slice chain; by dimension when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<usize>,
    /// Live points replaced, or points of importance sampling drawn, at a time (fixes the result, so it does not follow the threads); by
    /// the number of live points when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<usize>,
    /// Effective samples at which dynamic nested sampling and importance sampling stop.
    pub target_effective_samples: usize,
    /// Leave the exploration of importance sampling out of its result.
    pub discard_exploration: bool,
    /// Give up after this many likelihood calls, with what there is and a failed diagnostic.
    pub max_likelihood_calls: u64,
    /// Seconds between checkpoints.
    pub checkpoint_interval_s: f64,
    /// Walkers of the ensemble.
    pub walkers: usize,
    /// Steps of the ensemble, the first half of which is dropped.
    pub ensemble_steps: usize,
}

impl Default for SamplerConfig {
    fn default() -> Self {
        Self {
            kind: SamplerKind::Nested,
            live_points: 500,
            delta_ln_z: 0.1,
            kernel: Kernel::Auto,
            steps: None,
            batch: None,
            target_effective_samples: 10_000,
            discard_exploration: false,
            max_likelihood_calls: 50_000_000,
            checkpoint_interval_s: 30.0,
            walkers: 64,
            ensemble_steps: 4_000,
        }
    }
}

impl SamplerConfig {
    /// The defaults of a model whose calls take long, for every key that is not among `given`:
    /// importance sampling around 200 points to 1000 effective samples.
    pub(super) fn for_costly_models(&mut self, given: &toml::Table) {
        let absent = |key: &str| !given.contains_key(key);
        if absent("kind") {
            self.kind = SamplerKind::Importance;
        }
        if self.kind != SamplerKind::Importance {
            return;
        }
        if absent("live_points") {
            self.live_points = 200;
        }
        if absent("target_effective_samples") {
            self.target_effective_samples = 1_000;
        }
    }

    pub(super) fn check(&self) -> Result<(), InputError> {
        let refuse = |key: &str, found: String, expected: &str| {
            Err(InputError::value(format!("sampler.{key}"), found, expected))
        };
        if !(20..=1_000_000).contains(&self.live_points) {
            return refuse("live_points", self.live_points.to_string(), "20 to 1000000");
        }
        if !(self.delta_ln_z > 0.0 && self.delta_ln_z <= 10.0) {
            return refuse(
                "delta_ln_z",
                self.delta_ln_z.to_string(),
                "above 0, at most 10",
            );
        }
        if self
            .steps
            .is_some_and(|steps| !(1..=100_000).contains(&steps))
        {
            return refuse("steps", format!("{:?}", self.steps), "1 to 100000");
        }
        if let Some(batch) = self.batch
            && !(1..=self.live_points / 2).contains(&batch)
        {
            return refuse("batch", batch.to_string(), "1 to half the live points");
        }
        if !(1..=100_000_000).contains(&self.target_effective_samples) {
            return refuse(
                "target_effective_samples",
                self.target_effective_samples.to_string(),
                "1 to 100000000",
            );
        }
        if self.max_likelihood_calls == 0 {
            return refuse("max_likelihood_calls", "0".to_owned(), "at least 1");
        }
        if !(self.checkpoint_interval_s >= 0.0 && self.checkpoint_interval_s.is_finite()) {
            return refuse(
                "checkpoint_interval_s",
                self.checkpoint_interval_s.to_string(),
                "0 (after every batch) or more",
            );
        }
        if !(4..=100_000).contains(&self.walkers) || self.walkers % 2 == 1 {
            return refuse(
                "walkers",
                self.walkers.to_string(),
                "an even number, 4 to 100000",
            );
        }
        if !(10..=100_000_000).contains(&self.ensemble_steps) {
            return refuse(
                "ensemble_steps",
                self.ensemble_steps.to_string(),
                "10 to 100000000",
            );
        }
        Ok(())
    }
}

/// Format of the figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureFormat {
    /// Vector graphics.
    Svg,
    /// Pixels.
    Png,
}

/// `[output]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OutputConfig {
    /// Run directory; `runs/<name of the run file>` in the current folder when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<PathBuf>,
    /// Formats of the figures.
    pub figures: Vec<FigureFormat>,
}

impl Default for OutputConfig {
    fn default() -> Self {
        Self {
            directory: None,
            figures: vec![FigureFormat::Svg, FigureFormat::Png],
        }
    }
}
