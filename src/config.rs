//! The run file: what the user wrote, checked for shape before anything is computed.
//!
//! These are plain data, one struct per section. Each stage builds itself from its section and
//! refuses what it cannot use; here only syntax, unknown keys and ranges that need no context are
//! checked. Paths are relative to the file in which they stand and are resolved on reading.

mod parameter;
mod sections;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use parameter::{ParameterConfig, PriorKind};
pub use sections::{
    FigureFormat, FileConfig, GaussianProcessKind, GroupBy, InflationKind, Kernel,
    LikelihoodConfig, LikelihoodKind, ModelConfig, ModelKind, ObservationConfig, OutputConfig,
    SamplerConfig, SamplerKind, SelectConfig, StarConfig, StarKind, SurfaceConfig, SystemConfig,
    TableFormat,
};

use crate::error::InputError;

/// A whole run file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// What the run is for, in the user's words; copied to the output.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Root seed of every random number of the run.
    pub seed: u64,
    /// Star and planet.
    pub system: SystemConfig,
    /// The measured depths.
    pub observation: ObservationConfig,
    /// The stellar spectrum.
    #[serde(default)]
    pub star: StarConfig,
    /// The planet model and those it is compared with.
    pub model: ModelConfig,
    /// Priors, by parameter name; a parameter that is not named takes its model's default.
    #[serde(default)]
    pub parameters: BTreeMap<String, ParameterConfig>,
    /// The noise model.
    #[serde(default)]
    pub likelihood: LikelihoodConfig,
    /// The sampler and its stopping rule.
    #[serde(default)]
    pub sampler: SamplerConfig,
    /// Where results go and in which form.
    #[serde(default)]
    pub output: OutputConfig,
}

impl RunConfig {
    /// Reads a run file, refuses unknown keys, and resolves every path against the file's folder.
    ///
    /// # Errors
    /// [`InputError::Read`], [`InputError::Parse`] with line and column, or
    /// [`InputError::Value`] for a number outside its range.
    pub fn from_path(path: &Path) -> Result<Self, InputError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| InputError::read(path, source))?;
        let mut config = Self::from_text(&text, path)?;
        config.resolve_paths(path.parent().unwrap_or(Path::new("")));
        Ok(config)
    }

    /// Parses the text of a run file; `path` is named in messages only, and paths stay as written.
    ///
    /// # Errors
    /// As [`RunConfig::from_path`].
    pub fn from_text(text: &str, path: &Path) -> Result<Self, InputError> {
        let config: Self =
            toml::from_str(text).map_err(|source| InputError::parse(path, source))?;
        config.sampler.check()?;
        config.observation.check()?;
        Ok(config)
    }

    fn resolve_paths(&mut self, folder: &Path) {
        let resolve = |path: &mut PathBuf| {
            if path.is_relative() {
                *path = folder.join(&*path);
            }
        };
        for file in &mut self.observation.files {
            resolve(&mut file.path);
        }
        for path in [
            &mut self.system.file,
            &mut self.observation.throughput_file,
            &mut self.star.file,
            &mut self.likelihood.covariance_file,
            &mut self.model.surface.emissivity_file,
        ]
        .into_iter()
        .flatten()
        {
            resolve(path);
        }
        for parameter in self.parameters.values_mut() {
            if let Some(path) = &mut parameter.file {
                resolve(path);
            }
        }
    }
}
