//! One sampled model and the files that say what it found.

use std::path::{Path, PathBuf};

use super::RunError;
use super::columns::{posterior_of, prior_columns};
use super::dark_rock::DarkRock;
use super::predictive::{Predictive, predict};
use super::setup::{ModelSetup, Setup};
use crate::config::SamplerKind;
use crate::error::{InputError, RejectReason};
use crate::observation::Row;
use crate::posterior::{Held, Posterior, dependence, information_gain};
use crate::report::chains::{write_chains, write_post_equal_weights, write_samples_csv};
use crate::report::summary::{Diagnostics, ModelEvidence, ObservationSummary, Summary, finite};
use crate::report::{Label, write_atomic};
use crate::sampler::SampleSet;
use crate::sampler::insertion::insertion_test;
use crate::spectrum::brightness_temperature;
use crate::units::{M_PER_UM, RATIO_PER_PPM};

/// A run whose insertion test has a p-value below this is reported as failed.
const INSERTION_P_MIN: f64 = 1.0e-3;
/// More points without a solution than this part of the calls make the run a failed one.
const NUMERICAL_FRACTION_MAX: f64 = 0.01;
/// More rejected points than this part of the calls is worth a warning.
const REJECTED_FRACTION_MAX: f64 = 0.01;

/// One model, sampled.
pub struct ModelRun<'a> {
    /// The run it belongs to.
    pub setup: &'a Setup,
    /// The model.
    pub model: &'a ModelSetup,
    /// Where its files go.
    pub folder: PathBuf,
    /// The samples as the sampler gave them.
    pub samples: SampleSet,
    /// Parameters and derived quantities.
    pub posterior: Posterior,
    /// Draws of the prior, by column.
    pub prior_columns: Vec<Vec<f64>>,
    /// Rows of equal weight, as in `post_equal_weights.dat`.
    pub equal_rows: Vec<usize>,
    /// p-value of the insertion-rank test; `None` where the sampler inserts no points.
    pub insertion_p_value: Option<f64>,
    /// What stopped the sampler short, if anything.
    pub shortfall: Option<String>,
    /// Wall time of sampling in this process \[s\].
    pub wall_seconds: f64,
    /// Seed of the model's own draws.
    pub seed: u64,
}

impl<'a> ModelRun<'a> {
    /// Derived quantities and prior draws of finished samples.
    ///
    /// # Errors
    /// As the model.
    pub fn new(
        setup: &'a Setup,
        model: &'a ModelSetup,
        folder: PathBuf,
        samples: SampleSet,
        seed: u64,
    ) -> Result<Self, RunError> {
        let posterior = posterior_of(&model.problem, &samples)?;
        let draws = effective_samples(&samples, &posterior).max(1.0) as usize;
        let live_points = setup.config.sampler.live_points;
        let insertion_p_value = (!samples.insertion_rank.is_empty())
            .then(|| insertion_test(&samples.insertion_rank, live_points).p_value());
        Ok(Self {
            insertion_p_value,
            prior_columns: prior_columns(&model.problem, seed),
            equal_rows: posterior.equal_weight_rows(draws, seed),
            setup,
            model,
            folder,
            samples,
            posterior,
            shortfall: None,
            wall_seconds: 0.0,
            seed,
        })
    }

    /// Name of the model.
    pub fn name(&self) -> &'static str {
        self.model.kind.name()
    }

    /// Independent samples that the posterior stands for.
    pub fn effective_samples(&self) -> f64 {
        effective_samples(&self.samples, &self.posterior)
    }

    /// `samples.csv`, `post_equal_weights.dat` and `chains/`: written before anything else.
    ///
    /// # Errors
    /// [`InputError::Write`].
    pub fn write_samples(&self) -> Result<(), InputError> {
        write_samples_csv(&self.posterior, &self.folder.join("samples.csv"))?;
        let path = self.folder.join("post_equal_weights.dat");
        write_post_equal_weights(&self.posterior, &self.equal_rows, &path)?;
        let labels: Vec<Label> = self
            .posterior
            .names()
            .iter()
            .map(|name| Label::from_name(name))
            .collect();
        let prior = &self.model.problem.prior;
        let limits: Vec<[Option<f64>; 2]> = (0..self.posterior.names().len())
            .map(|column| {
                if column >= self.posterior.parameter_count() {
                    return [None, None];
                }
                let (low, high) = prior.support(column);
                [low, high].map(|limit| Some(limit).filter(|limit| limit.is_finite()))
            })
            .collect();
        let folder = self.folder.join("chains");
        std::fs::create_dir_all(&folder).map_err(|source| InputError::write(&folder, source))?;
        let with_birth = !self.samples.insertion_rank.is_empty();
        write_chains(
            &self.posterior,
            &labels,
            &limits,
            with_birth,
            &folder,
            self.name(),
        )
    }

    /// What the posterior predicts.
    ///
    /// # Errors
    /// As the model.
    pub fn predict(&self) -> Result<Predictive, RunError> {
        let star = self.model.problem.model.scene().star();
        let table = star
            .table()
            .map_or((0.0, f64::INFINITY), |table| table.range());
        Ok(predict(
            &self.model.problem,
            &self.posterior,
            self.setup.wavelength_range_m(),
            table,
            self.seed,
        )?)
    }

    /// The content of `summary.json`, without the comparison.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::from_posterior(&self.posterior);
        summary.title.clone_from(&self.setup.config.title);
        summary.model = self.name().to_owned();
        summary.sampler = sampler_name(self.setup.config.sampler.kind).to_owned();
        summary.effective_sample_size = finite(self.effective_samples());
        summary.likelihood_calls = self.samples.likelihood_calls;
        summary.wall_seconds = Some(self.wall_seconds);
        summary.conventions.clone_from(&self.setup.conventions);
        summary.observation = observation_summary(self.setup);
        for (column, name) in self.posterior.names().iter().enumerate() {
            let gain = information_gain(
                &self.posterior.weighted_sample(column),
                &self.prior_columns[column],
            );
            let group = if column < self.posterior.parameter_count() {
                &mut summary.parameters
            } else {
                &mut summary.derived
            };
            if let Some(entry) = group.get_mut(name) {
                *entry = entry.with_information_gain(gain);
            }
        }
        summary.diagnostics = self.diagnostics();
        summary
    }

    /// The line of this model in the comparison.
    pub fn evidence(&self, summary: &Summary) -> ModelEvidence {
        ModelEvidence {
            model: self.name().to_owned(),
            free_parameters: self.model.problem.prior.unit_dim() as u64,
            ln_evidence: summary.ln_evidence,
            ln_evidence_error: summary.ln_evidence_error,
            max_ln_likelihood: summary.max_ln_likelihood,
            ..ModelEvidence::default()
        }
    }

    fn diagnostics(&self) -> Diagnostics {
        let mut diagnostics = Diagnostics {
            converged: self.samples.converged && self.shortfall.is_none(),
            insertion_test_p_value: self.insertion_p_value,
            warnings: self.setup.warnings.clone(),
            ..Diagnostics::default()
        };
        diagnostics.set_rejected(&self.samples.rejected, self.samples.likelihood_calls);
        if diagnostics
            .rejected_fraction
            .is_some_and(|part| part > REJECTED_FRACTION_MAX)
        {
            diagnostics.warnings.push(format!(
                "{:.1} % of the likelihood calls of {} were rejected as unphysical",
                100.0 * diagnostics.rejected_fraction.unwrap_or(0.0),
                self.name()
            ));
        }
        diagnostics
    }

    /// Diagnostics that failed, in words.
    pub fn failures(&self) -> Vec<String> {
        let mut failures = Vec::new();
        let name = self.name();
        match &self.shortfall {
            Some(shortfall) => failures.push(format!("{name}: {shortfall}")),
            None if !self.samples.converged => {
                failures.push(format!(
                    "{name}: the sampler did not meet its stopping rule"
                ));
            }
            None => {}
        }
        let numerical: u64 = [
            RejectReason::NoRadiativeEquilibrium,
            RejectReason::NoGasEquilibrium,
        ]
        .iter()
        .filter_map(|reason| self.samples.rejected.get(reason))
        .sum();
        let part = numerical as f64 / self.samples.likelihood_calls as f64;
        if part > NUMERICAL_FRACTION_MAX {
            failures.push(format!(
                "{name}: {:.1} % of the calls found no equilibrium: the posterior lacks what \
                 lies there",
                100.0 * part
            ));
        }
        if let Some(p_value) = self.insertion_p_value.filter(|p| *p < INSERTION_P_MIN) {
            failures.push(format!(
                "{name}: insertion ranks are not uniform (p = {p_value:.1e}): new points were no \
                 independent draws; try more `steps` or `live_points`"
            ));
        }
        failures
    }

    /// What the oxygen fugacity depends on: the free parameters held one by one. Empty for a model
    /// without it.
    pub fn dependence(&self) -> Vec<Held> {
        let names = self.posterior.names();
        let Some(target) = names.iter().position(|name| name == "delta_iw") else {
            return Vec::new();
        };
        let free = self.model.problem.prior.free_names();
        let others: Vec<usize> = (0..self.posterior.parameter_count())
            .filter(|column| free.contains(&names[*column]))
            .collect();
        dependence(&self.posterior, &self.prior_columns, target, &others)
    }

    /// `dependence.csv`, where there is a table of what the answer depends on.
    ///
    /// # Errors
    /// [`InputError::Write`].
    pub fn write_dependence(&self) -> Result<(), InputError> {
        let table = self.dependence();
        if table.is_empty() {
            return Ok(());
        }
        let mut text =
            String::from("held,at,delta_iw_q50,shift_over_sigma,width_ratio,effective_samples\n");
        for held in table {
            text.push_str(&format!(
                "{},{:.6},{:.4},{:.4},{:.4},{:.1}\n",
                held.name,
                held.value,
                held.median,
                held.shift_sigma,
                held.width_ratio,
                held.effective_samples
            ));
        }
        write_atomic(&self.folder.join("dependence.csv"), text.as_bytes())
    }

    /// `bins.csv` and `spectrum.csv`.
    ///
    /// # Errors
    /// [`InputError::Write`].
    pub fn write_spectra(
        &self,
        predictive: &Predictive,
        dark: &DarkRock,
    ) -> Result<(), InputError> {
        let mut bins = format!(
            "{BIN_COLUMNS},depth_ppm,err_minus_ppm,err_plus_ppm,dark_rock_ppm,dark_rock_err_ppm,\
             model_q025_ppm,model_q16_ppm,model_q50_ppm,model_q84_ppm,model_q975_ppm\n"
        );
        for (index, row) in self.setup.observation.rows.iter().enumerate() {
            let ppm = |ratio: f64| ratio / RATIO_PER_PPM;
            let numbers: Vec<String> = [
                row.depth,
                row.error_minus,
                row.error_plus,
                dark.depth[index],
                dark.error[index],
            ]
            .iter()
            .chain(&predictive.bins[index])
            .map(|ratio| format!("{:.4}", ppm(*ratio)))
            .collect();
            bins.push_str(&format!("{},{}\n", bin_cells(row), numbers.join(",")));
        }
        write_atomic(&self.folder.join("bins.csv"), bins.as_bytes())?;
        write_atomic(
            &self.folder.join("spectrum.csv"),
            spectrum_csv(predictive).as_bytes(),
        )
    }
}

/// Columns that say which bin a row is.
pub const BIN_COLUMNS: &str = "wave_lo_um,wave_hi_um,instrument,mode,visit";

/// The cells of [`BIN_COLUMNS`].
pub fn bin_cells(row: &Row) -> String {
    format!(
        "{:.6},{:.6},{},{},{}",
        row.low_m / M_PER_UM,
        row.high_m / M_PER_UM,
        row.instrument,
        row.mode,
        row.visit
    )
}

fn spectrum_csv(predictive: &Predictive) -> String {
    let mut text = String::from(
        "wavelength_um,eclipse_depth_ppm,q025_ppm,q16_ppm,q84_ppm,q975_ppm,\
         planet_flux_w_m2_m,star_flux_w_m2_m,brightness_temperature_k\n",
    );
    for (index, wavelength_m) in predictive.wavelengths_m.iter().enumerate() {
        let [q025, q16, q50, q84, q975] =
            predictive.native[index].map(|depth| depth / RATIO_PER_PPM);
        let flux = predictive.planet_flux[index];
        text.push_str(&format!(
            "{:.6},{q50:.4},{q025:.4},{q16:.4},{q84:.4},{q975:.4},{:.6e},{:.6e},{:.2}\n",
            wavelength_m / M_PER_UM,
            flux,
            predictive.star_flux[index],
            brightness_temperature(*wavelength_m, flux / std::f64::consts::PI),
        ));
    }
    text
}

/// Those of the chains where they are correlated, else those of the weights.
fn effective_samples(samples: &SampleSet, posterior: &Posterior) -> f64 {
    samples
        .effective_samples
        .unwrap_or_else(|| posterior.effective_sample_size())
}

/// blake3 of what was measured, whatever file it came from: runs of the same data have the same.
fn data_hash(rows: &[Row]) -> String {
    let mut hasher = blake3::Hasher::new();
    for row in rows {
        for number in [
            row.low_m,
            row.high_m,
            row.depth,
            row.error_minus,
            row.error_plus,
        ] {
            hasher.update(&number.to_le_bytes());
        }
        hasher.update(format!("{:?};", row.limit).as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

fn sampler_name(kind: SamplerKind) -> &'static str {
    match kind {
        SamplerKind::Nested => "nested",
        SamplerKind::DynamicNested => "dynamic_nested",
        SamplerKind::Importance => "importance",
        SamplerKind::Ensemble => "ensemble",
    }
}

fn observation_summary(setup: &Setup) -> ObservationSummary {
    let rows = &setup.observation.rows;
    let distinct = |label: &dyn Fn(&Row) -> String| {
        let mut labels: Vec<String> = rows.iter().map(label).filter(|l| !l.is_empty()).collect();
        labels.sort();
        labels.dedup();
        labels
    };
    let (low, high) = setup.wavelength_range_m();
    ObservationSummary {
        bins: rows.len() as u64,
        blake3: data_hash(rows),
        wavelength_min_um: Some(low / M_PER_UM),
        wavelength_max_um: Some(high / M_PER_UM),
        instruments: distinct(&|row| format!("{}/{}", row.instrument, row.mode)),
        visits: distinct(&|row| row.visit.clone()),
        files: setup
            .observation
            .files
            .iter()
            .map(|file| file.display().to_string())
            .collect(),
    }
}

/// Folder of a model's files in the run directory: the main model's are at its top.
pub fn folder_name(main: bool, name: &str) -> PathBuf {
    if main {
        PathBuf::new()
    } else {
        Path::new("models").join(name)
    }
}
