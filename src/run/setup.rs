//! Everything a run needs, built from its run file before anything is written.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use super::problem::Problem;
use crate::config::{Kernel, LikelihoodKind, ModelKind, ParameterConfig, RunConfig, SamplerKind};
use crate::constants::SOLAR_RADIUS;
use crate::error::InputError;
use crate::forward::{
    Measured, NullModel, Orbit, POPULATION_KEY, PlanetModel, default_parameters,
    free_chemistry_parameters, lava_parameters, mantle_population,
};
use crate::instrument::{BinSpec, Passband};
use crate::likelihood::NoiseModel;
use crate::observation::{Observation, Quantity, System};
use crate::prior::JointPrior;
use crate::report::citations::keys_in;
use crate::report::summary::statistical_conventions;
use crate::spectrum::Star;

/// Works behind nested sampling with ellipsoids and the test of its ranks.
const NESTED_KEYS: [&str; 5] = [
    "skilling2004",
    "skilling2006",
    "feroz2008",
    "feroz2009",
    "fowlie2020",
];

/// Priors by parameter name or by the name of a block.
type Entries = BTreeMap<String, ParameterConfig>;

/// A run, ready to be sampled.
pub struct Setup {
    /// The run file with every default filled in.
    pub config: RunConfig,
    /// The data.
    pub observation: Observation,
    /// Star and planet.
    pub system: System,
    /// What the models need of them.
    pub orbit: Orbit,
    /// The models, that of `model.kind` first.
    pub models: Vec<ModelSetup>,
    /// The black body that says how deep the eclipse of a dark rock would be.
    pub dark_rock: Problem<NullModel>,
    /// Every file read.
    pub inputs: Vec<PathBuf>,
    /// Conventions that move the answer, by name.
    pub conventions: BTreeMap<String, String>,
    /// What the user should know before trusting the answer.
    pub warnings: Vec<String>,
}

/// One model against the data.
pub struct ModelSetup {
    /// Which.
    pub kind: ModelKind,
    /// Prior, model and noise.
    pub problem: Problem<PlanetModel>,
}

impl Setup {
    /// Reads the data and builds every model. Nothing is written.
    ///
    /// # Errors
    /// [`InputError`] for anything in the run file or the files it names that cannot be used.
    pub fn new(config: &RunConfig) -> Result<Self, InputError> {
        let observation = Observation::read(&config.observation)?;
        let system = System::load(&config.system)?;
        let orbit = orbit_of(&system)?;
        let star = star_of(config, &system, &orbit)?;
        let mut warnings = observation.warnings.clone();
        warnings.extend(star.warnings());
        let (passbands, flat) = passbands_of(config, &observation)?;
        warnings.extend(flat);
        let bins: Vec<BinSpec<'_>> = (observation.rows.iter().zip(&passbands))
            .map(|(row, passband)| BinSpec {
                low_m: row.low_m,
                high_m: row.high_m,
                passband,
            })
            .collect();
        let mut kinds = vec![config.model.kind];
        for kind in &config.model.compare_with {
            if !kinds.contains(kind) {
                kinds.push(*kind);
            }
        }
        let parts = Parts {
            config,
            observation: &observation,
            orbit: &orbit,
            star: &star,
            bins: &bins,
        };
        let (models, entries) = parts.models(&kinds)?;
        let dark_rock = parts.dark_rock(&kinds)?;
        if let Some(model) = models.first() {
            warnings.extend(model.problem.noise.warnings().iter().cloned());
        }
        warnings.extend(assumed_widths(&entries));
        let mut resolved = config.clone();
        resolved.model.compare_with = kinds[1..].to_vec();
        resolved.parameters = entries;
        let mut conventions = conventions(config, &system, &star, &passbands);
        // Of several lava models the first.
        for (prefix, own) in models.iter().filter_map(|m| m.problem.model.conventions()) {
            for (name, text) in own {
                let name = format!("{prefix}_{name}");
                conventions.entry(name).or_insert_with(|| text.clone());
            }
        }
        Ok(Self {
            inputs: inputs_of(&resolved),
            config: resolved,
            observation,
            system,
            orbit,
            models,
            dark_rock,
            conventions,
            warnings,
        })
    }

    /// Shortest and longest edge of the bins used \[m\].
    pub fn wavelength_range_m(&self) -> (f64, f64) {
        let rows = &self.observation.rows;
        (
            rows.iter()
                .map(|row| row.low_m)
                .fold(f64::INFINITY, f64::min),
            rows.iter().map(|row| row.high_m).fold(0.0, f64::max),
        )
    }

    /// Keys of the works that the run rests on, for `references.bib`.
    pub fn citation_keys(&self) -> Vec<&'static str> {
        let sampler = &self.config.sampler;
        let mut keys = vec!["prsa2016", "kumar2019"];
        match sampler.kind {
            SamplerKind::Nested => keys.extend(NESTED_KEYS),
            SamplerKind::DynamicNested => {
                keys.extend(NESTED_KEYS);
                keys.push("higson2019");
            }
            SamplerKind::Importance => keys.extend(["lange2023", "feroz2009"]),
            SamplerKind::Ensemble => keys.push("goodman2010"),
        }
        if sampler.kernel == Kernel::Slice {
            keys.extend(["neal2003", "handley2015"]);
        }
        keys.extend(["zhang2009", "vehtari2017", "vehtari2024"]);
        if self.config.likelihood.is_correlated() {
            keys.push("burkner2021");
        }
        match self.config.likelihood.kind {
            LikelihoodKind::Gaussian => {}
            LikelihoodKind::TwoPieceNormal => keys.push("wallis2014"),
            LikelihoodKind::StudentT => keys.push("lange1989"),
        }
        if self.config.melt.population.is_some() {
            keys.extend(["hinkel2014", "hinkel2019"]);
        }
        let sources = (self.observation.rows.iter().map(|row| row.source.as_str()))
            .chain(
                self.config
                    .parameters
                    .values()
                    .filter_map(|entry| entry.source.as_deref()),
            )
            .chain(self.conventions.values().map(String::as_str));
        keys.extend(sources.flat_map(keys_in));
        keys
    }

    /// What `magmaret check` prints.
    pub fn description(&self) -> Description<'_> {
        Description {
            run_file: toml::to_string_pretty(&self.config).unwrap_or_default(),
            observation: &self.observation.summary,
            conventions: &self.conventions,
            priors: (self.models.iter())
                .map(|model| (model.kind.name(), model.problem.prior.describe().to_vec()))
                .collect(),
            warnings: &self.warnings,
        }
    }
}

/// The resolved run in words, for `magmaret check`.
#[derive(Debug, Serialize)]
pub struct Description<'a> {
    run_file: String,
    observation: &'a str,
    conventions: &'a BTreeMap<String, String>,
    priors: BTreeMap<&'static str, Vec<String>>,
    warnings: &'a [String],
}

impl fmt::Display for Description<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.run_file)?;
        writeln!(f, "# {}\n", self.observation.replace('\n', "\n# "))?;
        writeln!(f, "# Conventions")?;
        for (name, convention) in self.conventions {
            writeln!(f, "# {name}: {convention}")?;
        }
        for (model, priors) in &self.priors {
            writeln!(f, "#\n# Priors of {model}")?;
            for line in priors {
                writeln!(f, "# {line}")?;
            }
        }
        Ok(())
    }
}

/// What every model of a run shares.
struct Parts<'a> {
    config: &'a RunConfig,
    observation: &'a Observation,
    orbit: &'a Orbit,
    star: &'a Star,
    bins: &'a [BinSpec<'a>],
}

impl Parts<'_> {
    /// The models and the union of their parameter entries.
    fn models(&self, kinds: &[ModelKind]) -> Result<(Vec<ModelSetup>, Entries), InputError> {
        let mut models = Vec::new();
        let mut union = Entries::new();
        for kind in kinds {
            let (model, entries) = self.model(*kind, kinds)?;
            union.extend(entries);
            models.push(model);
        }
        Ok((models, union))
    }

    /// One model and its parameter entries.
    fn model(
        &self,
        kind: ModelKind,
        kinds: &[ModelKind],
    ) -> Result<(ModelSetup, Entries), InputError> {
        let model = PlanetModel::new(kind, self.config, self.star.clone(), self.bins)?;
        let (problem, entries) = self.problem(model, kind, kinds)?;
        Ok((ModelSetup { kind, problem }, entries))
    }

    /// The black body behind [`Setup::dark_rock`].
    fn dark_rock(&self, kinds: &[ModelKind]) -> Result<Problem<NullModel>, InputError> {
        let kind = ModelKind::BlackBody;
        let surface = &self.config.model.surface;
        let model = NullModel::new(kind, surface, self.star.clone(), self.bins)?;
        Ok(self.problem(model, kind, kinds)?.0)
    }

    /// A model with its noise and prior; entries of the other `kinds` of the run may stand in the run
    /// file beside its own.
    fn problem<M>(
        &self,
        model: M,
        kind: ModelKind,
        kinds: &[ModelKind],
    ) -> Result<(Problem<M>, Entries), InputError> {
        let rows = &self.observation.rows;
        let noise = NoiseModel::build(rows, &self.config.likelihood)?;
        let mut defaults = self.defaults(kind);
        if let Some((name, _)) = defaults.iter().find(|(name, entry)| {
            *entry == ParameterConfig::default() && !self.config.parameters.contains_key(name)
        }) {
            return Err(InputError::value(
                format!("parameters.{name}"),
                "nothing, and no mass or radius of the planet",
                "a number or a prior",
            ));
        }
        defaults.extend(noise.default_parameters());
        let wanted: Vec<String> = defaults.iter().map(|(name, _)| name.clone()).collect();
        let others: Vec<String> = (kinds.iter())
            .flat_map(|other| self.defaults(*other))
            .map(|(name, _)| name)
            .collect();
        let user = self.written_entries(kinds);
        let entries = JointPrior::entries_with_defaults(&wanted, &others, &user, &defaults)?;
        let prior = JointPrior::build(&wanted, &entries)?;
        let problem = Problem {
            model,
            noise,
            prior,
            bins: rows.len(),
        };
        Ok((problem, entries))
    }

    /// The entries of the run file, and the joint prior of the composition that `[melt]` asks for.
    fn written_entries(&self, kinds: &[ModelKind]) -> Entries {
        let mut entries = self.config.parameters.clone();
        let population = mantle_population(&self.config.melt);
        if let Some(prior) = population.filter(|_| kinds.iter().any(|kind| kind.is_lava())) {
            entries.entry(POPULATION_KEY.to_owned()).or_insert(prior);
        }
        entries
    }

    /// Default priors of a model, in the order of its parameters.
    fn defaults(&self, kind: ModelKind) -> Vec<(String, ParameterConfig)> {
        let mut own = match kind {
            ModelKind::FreeChemistry => free_chemistry_parameters(self.config, self.orbit),
            kind if kind.is_lava() => lava_parameters(kind, self.config, self.orbit),
            _ => Vec::new(),
        };
        let surface = &self.config.model.surface;
        own.extend(default_parameters(kind, surface, self.orbit));
        own
    }
}

fn measured(quantity: &Quantity) -> Measured {
    Measured {
        value: quantity.value,
        sigma: quantity.mean_error(),
        source: quantity.source.clone(),
    }
}

/// What the models need of the system.
///
/// # Errors
/// [`InputError::Value`] that names what is missing and how to give it.
pub(super) fn orbit_of(system: &System) -> Result<Orbit, InputError> {
    let required = |quantity: Option<Quantity>, key: &str| {
        quantity.map(|quantity| measured(&quantity)).ok_or_else(|| {
            InputError::value(
                format!("system `{}`", system.name),
                format!("no `{key}`"),
                format!("the value in `system.values.{key}` of the run file"),
            )
        })
    };
    Ok(Orbit {
        radius_ratio: required(system.radius_ratio(), "radius_ratio")?,
        scaled_semi_major_axis: required(
            system.scaled_semi_major_axis(),
            "scaled_semi_major_axis",
        )?,
        stellar_temperature_k: required(
            system.stellar_temperature_k.clone(),
            "stellar_temperature_k",
        )?,
        gravity_m_s2: system.gravity_m_s2(),
    })
}

pub(super) fn star_of(
    config: &RunConfig,
    system: &System,
    orbit: &Orbit,
) -> Result<Star, InputError> {
    let radius_m = system
        .stellar_radius_rsun
        .as_ref()
        .map(|radius| radius.value * SOLAR_RADIUS);
    Star::from_config(&config.star, orbit.stellar_temperature_k.value, radius_m)
}

/// The throughput curve of every row, and a warning for each label that has none.
pub(super) fn passbands_of(
    config: &RunConfig,
    observation: &Observation,
) -> Result<(Vec<Passband>, Vec<String>), InputError> {
    if let Some(path) = &config.observation.throughput_file {
        return Ok((
            vec![Passband::from_path(path)?; observation.rows.len()],
            Vec::new(),
        ));
    }
    let mut warnings = Vec::new();
    let mut passbands = Vec::new();
    for row in &observation.rows {
        let (passband, warning) = Passband::of_mode(&row.instrument, &row.mode);
        passbands.push(passband);
        warnings.extend(warning.filter(|warning| !warnings.contains(warning)));
    }
    Ok((passbands, warnings))
}

fn assumed_widths(entries: &Entries) -> Option<String> {
    let names: Vec<&str> = (entries.iter())
        .filter(|(_, entry)| entry.assumed)
        .map(|(name, _)| name.as_str())
        .collect();
    (!names.is_empty()).then(|| {
        format!(
            "no measured error is known for {}: the width of the prior is a convention \
             (see its `source` in run.toml)",
            names.join(", ")
        )
    })
}

fn inputs_of(config: &RunConfig) -> Vec<PathBuf> {
    config
        .clone()
        .paths_mut()
        .map(|path| path.clone())
        .collect()
}

fn conventions(
    config: &RunConfig,
    system: &System,
    star: &Star,
    passbands: &[Passband],
) -> BTreeMap<String, String> {
    let mut throughputs: Vec<String> = (passbands.iter())
        .map(|passband| format!("{} ({})", passband.name(), passband.source()))
        .collect();
    throughputs.dedup();
    let dayside = if config.model.surface.local_equilibrium {
        "local equilibrium temperature over the disc, no redistribution"
    } else {
        "one temperature for the whole dayside disc"
    };
    let mut conventions = statistical_conventions();
    conventions.extend(
        [
            (
                "eclipse_depth",
                "photon-weighted integral of the planet over that of the star between the bin \
                 edges, through the throughput curve"
                    .to_owned(),
            ),
            ("system", system.name.clone()),
            ("star", star.description()),
            ("throughput", throughputs.join("; ")),
            ("dayside", dayside.to_owned()),
            (
                "temperature_ratio",
                "R = T_day / T_max, T_max = T_star (a/R_star)^(-1/2) (2/3)^(1/4): zero albedo, no \
                 redistribution"
                    .to_owned(),
            ),
            ("ln_likelihood", "normalised, natural logarithm".to_owned()),
        ]
        .map(|(name, text)| (name.to_owned(), text)),
    );
    if config.sampler.kind == SamplerKind::Ensemble {
        conventions.insert(
            "effective_sample_size".to_owned(),
            "kept samples over the longest autocorrelation time".to_owned(),
        );
    }
    conventions
}
