//! `summary.json`: the result of a run in one file that a program can read.
//!
//! Numbers that are not finite (ln Z of an ensemble, the quantiles of a column without values)
//! are `null`, since JSON has no name for them.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::write_atomic;
use crate::error::{InputError, RejectReason};
use crate::posterior::{ColumnSummary, ElpdDifference, LeaveOneOut, Posterior, PriorWidth};

/// The whole of `summary.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// What the run is for, in the user's words.
    pub title: String,
    /// Model whose posterior this is.
    pub model: String,
    /// Sampler.
    pub sampler: String,
    /// ln Z.
    pub ln_evidence: Option<f64>,
    /// 1σ error of ln Z.
    pub ln_evidence_error: Option<f64>,
    /// Kullback-Leibler divergence of posterior from prior \[nats\].
    pub information_nats: Option<f64>,
    /// Kish effective sample size.
    pub effective_sample_size: Option<f64>,
    /// Weighted samples.
    pub samples: u64,
    /// Likelihood calls, those of rejected points included.
    pub likelihood_calls: u64,
    /// Wall time of sampling \[s\].
    pub wall_seconds: Option<f64>,
    /// Largest ln L of the samples.
    pub max_ln_likelihood: Option<f64>,
    /// Moments and quantiles of each parameter.
    pub parameters: BTreeMap<String, SummaryColumn>,
    /// Moments and quantiles of each derived quantity.
    pub derived: BTreeMap<String, SummaryColumn>,
    /// Whether the run may be believed.
    pub diagnostics: Diagnostics,
    /// Evidences of the models that were compared, the best first.
    pub model_comparison: Vec<ModelEvidence>,
    /// How well the model predicts a bin that it has not seen.
    #[serde(default)]
    pub leave_one_out: LeaveOneOutSummary,
    /// What narrower priors would do to ln Z, for each parameter with a flat prior.
    #[serde(default)]
    pub prior_sensitivity: Vec<PriorSensitivity>,
    /// What words and signs mean here: name -> sentence.
    pub conventions: BTreeMap<String, String>,
    /// What was observed.
    pub observation: ObservationSummary,
}

/// Moments and quantiles of a column, in its unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SummaryColumn {
    /// Weighted mean.
    pub mean: Option<f64>,
    /// Weighted standard deviation.
    pub std: Option<f64>,
    /// 2.5 % quantile.
    pub q025: Option<f64>,
    /// 16 % quantile.
    pub q16: Option<f64>,
    /// Median.
    pub q50: Option<f64>,
    /// 84 % quantile.
    pub q84: Option<f64>,
    /// 97.5 % quantile.
    pub q975: Option<f64>,
    /// Kullback-Leibler divergence of the posterior of this column from its (implied) prior
    /// \[nats\]; null where no prior sample was given.
    pub information_gain_nats: Option<f64>,
    /// Whether that gain is above [`crate::posterior::CONSTRAINED_NATS`].
    pub constrained: Option<bool>,
}

/// What speaks for and against the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Diagnostics {
    /// Whether the stopping rule was met.
    pub converged: bool,
    /// p-value of the insertion-rank test over the whole run (Fowlie, Handley & Su 2020); null
    /// where there is none.
    pub insertion_test_p_value: Option<f64>,
    /// p-values of the test in windows of the run, in their order.
    pub insertion_test_window_p_values: Vec<Option<f64>>,
    /// Rejected points by reason.
    pub rejected: BTreeMap<String, u64>,
    /// Rejected points per likelihood call.
    pub rejected_fraction: Option<f64>,
    /// Sentences for the user; empty for a clean run.
    pub warnings: Vec<String>,
}

/// One model of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelEvidence {
    /// Its name.
    pub model: String,
    /// Number of free parameters.
    pub free_parameters: u64,
    /// ln Z.
    pub ln_evidence: Option<f64>,
    /// 1σ error of ln Z.
    pub ln_evidence_error: Option<f64>,
    /// ln Z minus that of the best model: 0 for the best, negative for the others.
    pub delta_ln_evidence: Option<f64>,
    /// 1σ error of that difference, of two independent runs of the sampler; 0 for the best.
    #[serde(default)]
    pub delta_ln_evidence_error: Option<f64>,
    /// Largest ln L found.
    pub max_ln_likelihood: Option<f64>,
    /// elpd_loo \[nats\].
    #[serde(default)]
    pub elpd_loo: Option<f64>,
    /// elpd_loo minus that of the model with the largest \[nats\].
    #[serde(default)]
    pub delta_elpd_loo: Option<f64>,
    /// Standard error of that difference.
    #[serde(default)]
    pub delta_elpd_loo_error: Option<f64>,
    /// Number of bins that no other model predicts better.
    #[serde(default)]
    pub bins_won: Option<u64>,
    /// Number of bins whose elpd cannot be trusted.
    #[serde(default)]
    pub unreliable_bins: Option<u64>,
}

/// Leave-one-bin-out cross-validation of a model; the bins are in `loo.csv`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LeaveOneOutSummary {
    /// elpd_loo, the sum of ln p(bin | all others) \[nats\].
    pub elpd_loo: Option<f64>,
    /// Its standard error over the bins.
    pub elpd_loo_error: Option<f64>,
    /// p_loo, the effective number of parameters.
    pub effective_parameters: Option<f64>,
    /// Draws of the posterior behind it.
    pub draws: u64,
    /// Largest k of the Pareto tails.
    pub pareto_k_max: Option<f64>,
    /// k up to which an estimate from so many draws is reliable.
    pub pareto_k_reliable: Option<f64>,
    /// Bins above it.
    pub unreliable_bins: u64,
    /// Why there is no such estimate, where there is none.
    pub refused: Option<String>,
}

/// What narrower priors of one parameter would do to ln Z.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PriorSensitivity {
    /// Name of the parameter.
    pub parameter: String,
    /// Its prior, in words.
    pub prior: String,
    /// Changes of ln Z, and densities at the limits.
    #[serde(flatten)]
    pub width: PriorWidth,
}

/// What was observed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ObservationSummary {
    /// Bins used.
    pub bins: u64,
    /// blake3 of edges, depths, errors and limits in their order; empty in runs before it was kept.
    #[serde(default)]
    pub blake3: String,
    /// Shortest edge of a bin \[µm\].
    pub wavelength_min_um: Option<f64>,
    /// Longest edge of a bin \[µm\].
    pub wavelength_max_um: Option<f64>,
    /// Instrument and mode labels.
    pub instruments: Vec<String>,
    /// Visit labels.
    pub visits: Vec<String>,
    /// Files read.
    pub files: Vec<String>,
}

/// Sentences for [`Summary::conventions`] about the numbers that are computed here; whoever models
/// adds those about the model.
pub fn statistical_conventions() -> BTreeMap<String, String> {
    [
        (
            "quantiles",
            "q025, q16, q50, q84, q975: weighted samples sorted, each at the middle of its own \
             weight, linear between neighbours (Hazen's definition for equal weights)",
        ),
        (
            "std",
            "weighted standard deviation about the mean, without a correction for size",
        ),
        (
            "effective_sample_size",
            "Kish: (sum of weights)^2 / sum of squared weights",
        ),
        (
            "ln_evidence",
            "natural logarithm of the evidence, normalised likelihood and prior",
        ),
        ("ln_evidence_error", "1 sigma"),
        (
            "information_gain_nats",
            "Kullback-Leibler divergence of the posterior of one quantity from its (implied) \
             prior, histogram estimate less its mean excess",
        ),
        (
            "constrained",
            "information gain above ln 2 - 3/8 nats, that of a normal prior halved in width",
        ),
        (
            "delta_ln_evidence",
            "ln Z of a model minus ln Z of the best model of the run",
        ),
        (
            "elpd_loo",
            "sum over the bins of ln p(bin | all other bins), depths as ratios, by Pareto-smoothed \
             importance sampling of the posterior (Vehtari, Gelman & Gabry 2017); differences between \
             models carry the standard error of the sum of the differences",
        ),
        (
            "prior_sensitivity",
            "ln_ratio: change of ln Z were the prior cut to its central, lower or upper half, and ln of \
             the density at a limit over that of the prior, all from the samples; error null: an \
             upper bound at 95 %. A wider prior on the side of a limit raises ln Z where that density \
             is above that of the prior",
        ),
        ("null", "a number that does not exist or is not finite"),
    ]
    .into_iter()
    .map(|(name, sentence)| (name.to_owned(), sentence.to_owned()))
    .collect()
}

/// Sorts models (or what holds one) by ln Z, the best first and those without one last, and sets the
/// difference of each to the best, with its error.
pub fn rank_by_evidence<T: AsRef<ModelEvidence> + AsMut<ModelEvidence>>(models: &mut [T]) {
    let key = |model: &T| model.as_ref().ln_evidence.unwrap_or(f64::NEG_INFINITY);
    models.sort_by(|a, b| key(b).total_cmp(&key(a)));
    let Some(best) = models.first().map(|model| model.as_ref().clone()) else {
        return;
    };
    for (index, model) in models.iter_mut().enumerate() {
        let model = model.as_mut();
        let difference = model.ln_evidence.zip(best.ln_evidence);
        model.delta_ln_evidence = difference.and_then(|(ln_z, best)| finite(ln_z - best));
        let errors = model.ln_evidence_error.zip(best.ln_evidence_error);
        let error = |(own, best): (f64, f64)| if index == 0 { 0.0 } else { own.hypot(best) };
        model.delta_ln_evidence_error = errors.map(error).and_then(finite);
    }
}

impl ModelEvidence {
    /// What sets the model apart from the best in elpd_loo; nothing for a model without an estimate.
    pub fn set_elpd_difference(&mut self, difference: Option<&ElpdDifference>) {
        self.delta_elpd_loo = difference.map(|difference| difference.total);
        self.delta_elpd_loo_error = difference.and_then(|difference| finite(difference.error));
        self.bins_won = difference.map(|difference| difference.bins_won as u64);
    }
}

/// `Some` of a finite number.
pub fn finite(number: f64) -> Option<f64> {
    number.is_finite().then_some(number)
}

impl From<ColumnSummary> for SummaryColumn {
    fn from(column: ColumnSummary) -> Self {
        Self {
            mean: finite(column.mean),
            std: finite(column.std),
            q025: finite(column.q025),
            q16: finite(column.q16),
            q50: finite(column.q50),
            q84: finite(column.q84),
            q975: finite(column.q975),
            information_gain_nats: None,
            constrained: None,
        }
    }
}

impl AsRef<Self> for ModelEvidence {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl AsMut<Self> for ModelEvidence {
    fn as_mut(&mut self) -> &mut Self {
        self
    }
}

impl From<&LeaveOneOut> for LeaveOneOutSummary {
    fn from(loo: &LeaveOneOut) -> Self {
        Self {
            elpd_loo: finite(loo.elpd()),
            elpd_loo_error: finite(loo.elpd_error()),
            effective_parameters: finite(loo.effective_parameters()),
            draws: loo.draws as u64,
            pareto_k_max: finite(loo.largest_shape()),
            pareto_k_reliable: finite(loo.reliable_shape),
            unreliable_bins: loo.unreliable() as u64,
            refused: None,
        }
    }
}

impl SummaryColumn {
    /// Adds the information gain \[nats\] and whether it counts as a constraint.
    #[must_use]
    pub fn with_information_gain(mut self, nats: f64) -> Self {
        self.information_gain_nats = finite(nats);
        self.constrained = finite(nats).map(crate::posterior::is_constrained);
        self
    }
}

impl Diagnostics {
    /// Sets the counts of rejected points, and their fraction of the calls.
    pub fn set_rejected(&mut self, rejected: &BTreeMap<RejectReason, u64>, likelihood_calls: u64) {
        let total: u64 = rejected.values().sum();
        self.rejected = (rejected.iter())
            .map(|(reason, count)| (reason.name().to_owned(), *count))
            .collect();
        self.rejected_fraction = finite(total as f64 / likelihood_calls as f64);
    }
}

impl Summary {
    /// A summary with everything that the posterior itself says; the rest is empty.
    pub fn from_posterior(posterior: &Posterior) -> Self {
        let (mut parameters, mut derived) = (BTreeMap::new(), BTreeMap::new());
        for (column, name) in posterior.names().iter().enumerate() {
            let group = if column < posterior.parameter_count() {
                &mut parameters
            } else {
                &mut derived
            };
            group.insert(name.clone(), posterior.column_summary(column).into());
        }
        let evidence = posterior.evidence();
        let largest = posterior
            .ln_likelihood()
            .iter()
            .copied()
            .fold(f64::NEG_INFINITY, f64::max);
        Self {
            ln_evidence: evidence.and_then(|evidence| finite(evidence.ln_evidence)),
            ln_evidence_error: evidence.and_then(|evidence| finite(evidence.ln_evidence_error)),
            information_nats: evidence.and_then(|evidence| finite(evidence.information)),
            effective_sample_size: finite(posterior.effective_sample_size()),
            samples: posterior.len() as u64,
            max_ln_likelihood: finite(largest),
            parameters,
            derived,
            ..Self::default()
        }
    }

    /// Takes over the compared models, sorted and set against the best by [`rank_by_evidence`].
    pub fn set_model_comparison(&mut self, mut models: Vec<ModelEvidence>) {
        rank_by_evidence(&mut models);
        self.model_comparison = models;
    }

    /// Writes the file, indented.
    ///
    /// # Errors
    /// [`InputError::Write`].
    pub fn write(&self, path: &Path) -> Result<(), InputError> {
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|error| InputError::write(path, std::io::Error::other(error)))?;
        text.push('\n');
        write_atomic(path, text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posterior::PosteriorParts;

    fn posterior() -> Posterior {
        Posterior::new(PosteriorParts {
            names: vec!["x".to_owned(), "y".to_owned()],
            parameter_count: 1,
            values: vec![1.0, f64::NAN, 2.0, f64::NAN],
            ln_weight: vec![0.0, 0.0],
            ln_likelihood: vec![f64::NEG_INFINITY, -3.0],
            birth_ln_likelihood: vec![f64::NEG_INFINITY; 2],
            evidence: None,
        })
        .unwrap()
    }

    #[test]
    fn numbers_that_are_not_finite_become_null_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.json");
        let mut summary = Summary::from_posterior(&posterior());
        summary
            .diagnostics
            .set_rejected(&BTreeMap::from([(RejectReason::Forbidden, 0)]), 0);
        summary.write(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(json["ln_evidence"].is_null() && json["derived"]["y"]["q50"].is_null());
        assert_eq!(json["parameters"]["x"]["q50"], 1.5);
        assert_eq!(json["max_ln_likelihood"], -3.0);
        assert!(json["diagnostics"]["rejected_fraction"].is_null());
        assert_eq!(serde_json::from_str::<Summary>(&text).unwrap(), summary);
    }

    #[test]
    fn compared_models_are_sorted_and_set_against_the_best() {
        let model = |name: &str, ln_evidence| ModelEvidence {
            model: name.to_owned(),
            ln_evidence,
            ln_evidence_error: Some(if name == "best" { 0.3 } else { 0.4 }),
            ..ModelEvidence::default()
        };
        let mut summary = Summary::default();
        summary.set_model_comparison(vec![
            model("none", None),
            model("worse", Some(-12.5)),
            model("best", Some(-10.0)),
        ]);
        let found: Vec<_> = (summary.model_comparison.iter())
            .map(|model| (model.model.as_str(), model.delta_ln_evidence))
            .collect();
        assert_eq!(
            found,
            [("best", Some(0.0)), ("worse", Some(-2.5)), ("none", None)]
        );
        let errors: Vec<_> = (summary.model_comparison.iter())
            .map(|model| model.delta_ln_evidence_error)
            .collect();
        assert_eq!(errors[..2], [Some(0.0), Some(0.5)]);
    }
}
