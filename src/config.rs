//! The run file: what the user wrote, checked for shape before anything is computed.
//!
//! These are plain data, one struct per section. Each stage builds itself from its section and
//! refuses what it cannot use; here only syntax, unknown keys and ranges that need no context are
//! checked. Paths are relative to the file in which they stand and are resolved on reading.

mod lava;
mod model;
mod parameter;
mod profile;
mod sections;
mod spectrum;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use lava::{
    AtmosphereConfig, ConvectionKind, DaysideKind, MeltConfig, OpacityConfig, PointsKind,
    PopulationKind, StarlightKind,
};
pub use model::{ModelConfig, ModelKind, SurfaceConfig};
pub use parameter::{ParameterConfig, PriorKind};
pub use profile::{ProfileConfig, ProfileKind};
pub use sections::{
    FigureFormat, FileConfig, GaussianProcessKind, GroupBy, InflationKind, Kernel,
    LikelihoodConfig, LikelihoodKind, ObservationConfig, OutputConfig, SamplerConfig, SamplerKind,
    SelectConfig, StarConfig, StarKind, SystemConfig, TableFormat,
};

pub use spectrum::SpectrumConfig;

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
    #[serde(default, skip_serializing_if = "ObservationConfig::is_empty")]
    pub observation: ObservationConfig,
    /// The stellar spectrum.
    #[serde(default)]
    pub star: StarConfig,
    /// The planet model and those it is compared with.
    pub model: ModelConfig,
    /// Magma of the lava model.
    #[serde(default, skip_serializing_if = "is_default")]
    pub melt: MeltConfig,
    /// Atmosphere of the models with a gas.
    #[serde(default, skip_serializing_if = "is_default")]
    pub atmosphere: AtmosphereConfig,
    /// Opacities of the models with a gas.
    #[serde(default, skip_serializing_if = "is_default")]
    pub opacity: OpacityConfig,
    /// A spectrum of `forward` that is finer than the bands of the opacity set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spectrum: Option<SpectrumConfig>,
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
        let mut config: Self =
            toml::from_str(text).map_err(|source| InputError::parse(path, source))?;
        if config.model.kind.is_lava() {
            config.sampler.for_costly_models(&given_sampler_keys(text));
        }
        config.sampler.check()?;
        config.melt.check()?;
        config.atmosphere.check()?;
        config.spectrum.iter().try_for_each(SpectrumConfig::check)?;
        config.check_model()?;
        Ok(config)
    }

    /// Data where they are needed, and the sections of the models that use them.
    fn check_model(&self) -> Result<(), InputError> {
        let lava = self.model.kinds().any(ModelKind::is_lava);
        let gas = self.model.kinds().any(ModelKind::has_gas);
        let free = self
            .model
            .kinds()
            .any(|kind| kind == ModelKind::FreeChemistry);
        if !(lava && self.observation.is_empty()) {
            self.observation.check()?;
        }
        let any = "`lava` or `free_chemistry`";
        let sections = [
            ("[melt]", is_default(&self.melt), lava, "`lava`"),
            ("[atmosphere]", is_default(&self.atmosphere), gas, any),
            ("[opacity]", is_default(&self.opacity), gas, any),
            ("[spectrum]", self.spectrum.is_none(), lava, "`lava`"),
            (
                "model.free_gases",
                self.model.has_default_gases(),
                free,
                "`free_chemistry`",
            ),
        ];
        match sections
            .iter()
            .find(|(_, absent, used, _)| !absent && !used)
        {
            Some((place, _, _, models)) => Err(InputError::value(
                place,
                "what none of the models of the run uses",
                format!("{models} among the models of `[model]`"),
            )),
            None => Ok(()),
        }
    }

    /// Refuses what `forward` alone takes: a given profile and a fine spectrum.
    ///
    /// # Errors
    /// [`InputError::Value`] if there is one.
    pub fn without_forward_sections(&self) -> Result<(), InputError> {
        let place = match (&self.atmosphere.profile, &self.spectrum) {
            (None, None) => return Ok(()),
            (Some(_), _) => "[atmosphere.profile]",
            (None, Some(_)) => "[spectrum]",
        };
        let expected = "none here: `forward` alone takes one";
        Err(InputError::value(place, "a section", expected))
    }

    /// Every file that the run file names.
    pub fn paths_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let files = self.observation.files.iter_mut().map(|file| &mut file.path);
        let single = [
            &mut self.system.file,
            &mut self.observation.throughput_file,
            &mut self.star.file,
            &mut self.likelihood.covariance_file,
            &mut self.model.surface.emissivity_file,
            &mut self.opacity.set,
        ];
        let profile = self.atmosphere.profile.iter_mut();
        let profile = profile.map(|profile| &mut profile.file);
        let priors = self
            .parameters
            .values_mut()
            .map(|parameter| &mut parameter.file);
        files.chain(single.into_iter().chain(priors).chain(profile).flatten())
    }

    fn resolve_paths(&mut self, folder: &Path) {
        for path in self.paths_mut() {
            if path.is_relative() {
                *path = folder.join(&*path);
            }
        }
    }
}

/// The section `[sampler]` as it is written; the text is known to be a run file.
fn given_sampler_keys(text: &str) -> toml::Table {
    #[derive(Default, Deserialize)]
    struct Given {
        #[serde(default)]
        sampler: toml::Table,
    }
    toml::from_str(text)
        .unwrap_or_else(|_| Given::default())
        .sampler
}

fn is_default<T: Default + PartialEq>(section: &T) -> bool {
    *section == T::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: &str = r#"
seed = 1
[system]
name = "GJ 367 b"
[observation]
files = ["a.csv"]
[model]
kind = "bare_rock"
"#;

    fn refusal(text: &str) -> String {
        RunConfig::from_text(text, Path::new("run.toml"))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_minimal_run_file_is_filled_with_defaults_and_comes_back_from_its_own_text() {
        let config = RunConfig::from_text(MINIMAL, Path::new("run.toml")).unwrap();
        assert_eq!(config.sampler, SamplerConfig::default());
        let text = toml::to_string_pretty(&config).unwrap();
        assert_eq!(
            RunConfig::from_text(&text, Path::new("run.toml")).unwrap(),
            config
        );
    }

    /// What a run file says of the sampler stands; the rest follows the cost of the model.
    #[test]
    fn costly_models_have_a_sampler_of_their_own() {
        let lava = MINIMAL.replace("bare_rock", "lava");
        let of = |sampler: &str| {
            let text = format!("{lava}[sampler]\n{sampler}\n");
            let config = RunConfig::from_text(&text, Path::new("run.toml")).unwrap();
            let sampler = &config.sampler;
            let text = toml::to_string_pretty(&config).unwrap();
            assert_eq!(
                RunConfig::from_text(&text, Path::new("run.toml")).unwrap(),
                config
            );
            (
                sampler.kind,
                sampler.live_points,
                sampler.target_effective_samples,
            )
        };
        let importance = SamplerKind::Importance;
        assert_eq!(of(""), (importance, 200, 1000));
        assert_eq!(of("live_points = 300"), (importance, 300, 1000));
        assert_eq!(
            of("kind = 'nested'"),
            (SamplerKind::Nested, 500, 10_000),
            "another sampler keeps its defaults"
        );
    }

    #[test]
    fn a_misspelt_key_is_named_with_line_column_and_the_accepted_keys() {
        let message = refusal(&format!("{MINIMAL}[sampler]\nlive_point = 400\n"));
        assert!(
            message.contains("line 10") && message.contains("column 1"),
            "{message}"
        );
        assert!(
            message.contains("live_point`") && message.contains("live_points"),
            "{message}"
        );
    }

    #[test]
    fn a_misspelt_key_of_a_prior_is_named() {
        let message = refusal(&format!(
            "{MINIMAL}[parameters]\nx = {{ prior = 'uniform', hihg = 1 }}\n"
        ));
        assert!(
            message.contains("hihg") && message.contains("high"),
            "{message}"
        );
    }

    #[test]
    fn a_parameter_is_a_number_or_a_table() {
        let text = format!("{MINIMAL}[parameters]\na = 2\nb = 0.5\nc = {{ fixed = 1.0 }}\n");
        let config = RunConfig::from_text(&text, Path::new("run.toml")).unwrap();
        assert_eq!(config.parameters["a"], ParameterConfig::fixed(2.0));
        assert_eq!(config.parameters["b"].fixed, Some(0.5));
        assert_eq!(config.parameters["c"].fixed, Some(1.0));
        assert!(
            refusal(&format!("{MINIMAL}[parameters]\na = 'x'\n")).contains("a number, or a table")
        );
    }

    #[test]
    fn numbers_outside_their_range_are_refused_with_the_range() {
        for (section, expected) in [
            ("live_points = 3", "20 to 1000000"),
            ("delta_ln_z = -0.5", "above 0"),
            ("delta_ln_z = nan", "above 0"),
            ("walkers = 7", "even"),
            ("batch = 400", "half the live points"),
        ] {
            let message = refusal(&format!("{MINIMAL}[sampler]\n{section}\n"));
            assert!(message.contains(expected), "{section}: {message}");
        }
    }

    #[test]
    fn paths_are_relative_to_the_run_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.toml");
        std::fs::write(&path, MINIMAL).unwrap();
        let config = RunConfig::from_path(&path).unwrap();
        assert_eq!(
            config.observation.files[0].path,
            folder.path().join("a.csv")
        );
    }
}
