//! Probability of the measured depths given a model spectrum.
//!
//! Every form is normalised over the data, constants included, so that evidences of different
//! noise models compare. Depths are ratios; nuisance parameters are in the units of their names.
//!
//! The model depth of a row is first calibrated, μ = `depth_scale` · model + `offset_ppm` · 1e-6
//! (a positive offset raises the prediction), and the quoted error σ inflated to σ′. Then, with
//! r = y - μ:
//!
//! * `gaussian`: -½ (r/σ′)² - ln σ′ - ½ ln 2π. Asymmetric errors enter as their mean.
//! * `two_piece_normal`: ½ ln(2/π) - ln(σ₋′ + σ₊′) - ½ (r/σ)², with σ₊′ where the model lies
//!   above the datum and σ₋′ where it lies below: the quoted y₋σ₋⁺σ₊ bounds the true depth, so
//!   that a model at y + σ₊ is one σ away.
//! * `student_t`: t density of ν degrees of freedom with scale σ′ (not its standard deviation).
//! * A row that is an upper limit L has the probability ln Φ((L - μ)/σ₊′) that a measurement would
//!   have stayed below L (for `student_t` the distribution function of t); a lower limit likewise
//!   with (μ - L)/σ₋′.
//! * A covariance matrix from a file stands in place of the quoted errors:
//!   -½ rᵀ C⁻¹ r - ½ ln det C - n/2 ln 2π, inflated as s_i s_j C_ij or on the diagonal.
//! * A Gaussian process adds a² k(|Δλ|/l) between the bin centres (midpoints of the edges) of one
//!   instrument, mode and visit to the diagonal of σ′².

mod build;
mod correlated;
mod independent;
mod matrix_file;
#[cfg(test)]
mod tests;

use crate::config::{InflationKind, LikelihoodConfig, ParameterConfig};
use crate::error::{InputError, ModelError, RejectReason};
use crate::observation::{Limit, Row};
use crate::units::RATIO_PER_PPM;
use correlated::Covariance;
use independent::Shape;

/// Inflation of the quoted errors: which parameter rules which row.
#[derive(Clone, Debug, PartialEq)]
struct Inflation {
    kind: InflationKind,
    /// Nuisance index of the first inflation parameter, and how many there are.
    first: usize,
    count: usize,
    /// Group of each row, from 0.
    group: Vec<usize>,
}

/// The noise model of a set of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct NoiseModel {
    observed: Vec<f64>,
    /// Error of the symmetric forms; of a limit, the one on its far side.
    sigma: Vec<f64>,
    sigma_minus: Vec<f64>,
    sigma_plus: Vec<f64>,
    limit: Vec<Limit>,
    shape: Shape,
    /// Nuisance index of each row's offset \[ppm\].
    offset: Option<Vec<usize>>,
    /// Nuisance index of each row's factor on the model.
    scale: Option<Vec<usize>>,
    inflation: Option<Inflation>,
    covariance: Covariance,
    /// 1/σ and Σ(-ln σ - ½ ln 2π) where nothing but residuals changes between calls.
    plain: Option<(Vec<f64>, f64)>,
    names: Vec<String>,
    defaults: Vec<(String, ParameterConfig)>,
    warnings: Vec<String>,
}

/// Working memory of one thread; from [`NoiseModel::workspace`].
#[derive(Clone, Debug, Default)]
pub struct NoiseWorkspace {
    residual: Vec<f64>,
    /// Per inflation group: the factor s, or the variance that is added.
    inflation: Vec<f64>,
    /// Residuals of one correlated block, in its order.
    vector: Vec<f64>,
    /// Correlations or columns of an inverse, for one row.
    row: Vec<f64>,
    /// Factors on the errors of one block.
    factor_of_error: Vec<f64>,
    matrix: Vec<f64>,
}

impl NoiseModel {
    /// Builds the noise model of `rows` from `[likelihood]`.
    ///
    /// # Errors
    /// [`InputError`] naming the row or the key: no rows; errors that are not positive; labels
    /// that cannot be told apart; combinations that have no likelihood here; a covariance file
    /// that is not square, symmetric, positive definite or of the right size.
    pub fn build(rows: &[Row], config: &LikelihoodConfig) -> Result<Self, InputError> {
        build::noise_model(rows, config)
    }

    /// Number of rows.
    pub fn bins(&self) -> usize {
        self.observed.len()
    }

    /// Names of the nuisance parameters, in the order of `nuisance`.
    pub fn parameter_names(&self) -> &[String] {
        &self.names
    }

    /// The prior of each nuisance parameter where the run file gives none; all are conventions
    /// and say so (`assumed`).
    pub fn default_parameters(&self) -> Vec<(String, ParameterConfig)> {
        self.defaults.clone()
    }

    /// What the user should know of how the errors are used.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Fresh working memory.
    pub fn workspace(&self) -> NoiseWorkspace {
        let block = self.covariance.largest_block();
        NoiseWorkspace {
            residual: vec![0.0; self.bins()],
            inflation: vec![
                0.0;
                self.inflation
                    .as_ref()
                    .map_or(0, |inflation| inflation.count)
            ],
            vector: vec![0.0; block],
            row: vec![0.0; block],
            factor_of_error: vec![1.0; block],
            matrix: vec![0.0; block * block],
        }
    }

    /// ln L of the model depths `depth` (ratios, one per row) with the nuisance parameters in the
    /// order of [`NoiseModel::parameter_names`]. Allocates nothing.
    ///
    /// # Errors
    /// [`ModelError::Rejected`] where the nuisance parameters give no valid covariance;
    /// [`ModelError::Fatal`] for a depth that is not finite or a wrong number of depths.
    pub fn ln_likelihood(
        &self,
        depth: &[f64],
        nuisance: &[f64],
        workspace: &mut NoiseWorkspace,
    ) -> Result<f64, ModelError> {
        self.prepare(depth, nuisance, workspace)?;
        let ln_likelihood = if let Some((inverse_sigma, ln_norm)) = &self.plain {
            let chi_squared: f64 = workspace
                .residual
                .iter()
                .zip(inverse_sigma)
                .map(|(residual, inverse)| (residual * inverse).powi(2))
                .sum();
            ln_norm - 0.5 * chi_squared
        } else if self.covariance.is_none() {
            (0..self.bins())
                .map(|row| self.row_ln_density(row, workspace))
                .sum()
        } else {
            self.correlated_ln_likelihood(nuisance, workspace)?
        };
        finite(ln_likelihood, depth, nuisance)
    }

    /// The contribution of each row to `out`, for leave-one-out diagnostics: the row's own ln
    /// density where rows are independent (their sum is ln L), and its density conditional on all
    /// other rows of its block where they are correlated (the sum is then not ln L).
    ///
    /// # Errors
    /// As [`NoiseModel::ln_likelihood`].
    pub fn ln_likelihood_pointwise(
        &self,
        depth: &[f64],
        nuisance: &[f64],
        workspace: &mut NoiseWorkspace,
        out: &mut [f64],
    ) -> Result<(), ModelError> {
        self.prepare(depth, nuisance, workspace)?;
        if out.len() != self.bins() {
            return Err(wrong_count("places for rows", self.bins(), out.len()));
        }
        if self.covariance.is_none() {
            for (row, value) in out.iter_mut().enumerate() {
                *value = self.row_ln_density(row, workspace);
            }
        } else {
            self.correlated_pointwise(nuisance, workspace, out)?;
        }
        for value in out {
            *value = finite(*value, depth, nuisance)?;
        }
        Ok(())
    }

    /// Each row's residual y - μ in units of its own error, to `out`: inflated as the likelihood
    /// inflates it, on the side of the model for `two_piece_normal`, and with the variance of a
    /// covariance matrix or a Gaussian process. For figures, χ² per row and outliers; a limit's
    /// entry is negative where an upper limit is exceeded, positive where a lower one is.
    ///
    /// # Errors
    /// As [`NoiseModel::ln_likelihood`].
    pub fn standardised_residuals(
        &self,
        depth: &[f64],
        nuisance: &[f64],
        workspace: &mut NoiseWorkspace,
        out: &mut [f64],
    ) -> Result<(), ModelError> {
        self.prepare(depth, nuisance, workspace)?;
        if out.len() != self.bins() {
            return Err(wrong_count("places for rows", self.bins(), out.len()));
        }
        for (row, value) in out.iter_mut().enumerate() {
            let residual = workspace.residual[row];
            let error = match &self.covariance {
                Covariance::None => self.error_towards(row, residual, &workspace.inflation),
                Covariance::Matrix(matrix) => {
                    self.inflated(matrix.std(row), row, &workspace.inflation)
                }
                Covariance::Process(process) => self
                    .inflated(self.sigma[row], row, &workspace.inflation)
                    .hypot(nuisance[process.first] * RATIO_PER_PPM),
            };
            *value = finite(residual / error, depth, nuisance)?;
        }
        Ok(())
    }

    /// The inflated error of an independent row that is compared with this residual.
    fn error_towards(&self, row: usize, residual: f64, terms: &[f64]) -> f64 {
        let two_piece = self.shape == Shape::TwoPieceNormal && self.limit[row] == Limit::None;
        // A model above the datum has a negative residual.
        let sigma = match (two_piece, residual < 0.0) {
            (false, _) => self.sigma[row],
            (true, true) => self.sigma_plus[row],
            (true, false) => self.sigma_minus[row],
        };
        self.inflated(sigma, row, terms)
    }

    /// Residuals and inflation terms of this call.
    fn prepare(
        &self,
        depth: &[f64],
        nuisance: &[f64],
        workspace: &mut NoiseWorkspace,
    ) -> Result<(), ModelError> {
        let count = self.bins();
        if depth.len() != count {
            return Err(wrong_count("model depths", count, depth.len()));
        }
        if nuisance.len() != self.names.len() {
            return Err(wrong_count(
                "nuisance parameters",
                self.names.len(),
                nuisance.len(),
            ));
        }
        let residuals = workspace.residual.iter_mut().zip(&self.observed);
        for ((residual, observed), model) in residuals.zip(depth) {
            *residual = observed - model;
        }
        if let Some(scale) = &self.scale {
            for (row, residual) in workspace.residual.iter_mut().enumerate() {
                *residual = self.observed[row] - nuisance[scale[row]] * depth[row];
            }
        }
        if let Some(offset) = &self.offset {
            for (residual, index) in workspace.residual.iter_mut().zip(offset) {
                *residual -= nuisance[*index] * RATIO_PER_PPM;
            }
        }
        if let Some(inflation) = &self.inflation {
            let values = &nuisance[inflation.first..inflation.first + inflation.count];
            for (term, value) in workspace.inflation.iter_mut().zip(values) {
                *term = inflation_term(inflation.kind, *value)?;
            }
        }
        Ok(())
    }

    /// The inflated error of a row whose quoted error is `sigma`.
    fn inflated(&self, sigma: f64, row: usize, terms: &[f64]) -> f64 {
        match &self.inflation {
            None => sigma,
            Some(inflation) => {
                let term = terms[inflation.group[row]];
                match inflation.kind {
                    InflationKind::None => sigma,
                    InflationKind::Multiplicative => term * sigma,
                    InflationKind::Quadrature | InflationKind::TenToB => {
                        (sigma * sigma + term).sqrt()
                    }
                }
            }
        }
    }
}

/// The factor on the error (multiplicative), or the variance that is added to its square.
fn inflation_term(kind: InflationKind, value: f64) -> Result<f64, ModelError> {
    let term = match kind {
        InflationKind::None => 1.0,
        InflationKind::Multiplicative => value,
        InflationKind::Quadrature => (value * RATIO_PER_PPM).powi(2),
        InflationKind::TenToB => 10.0_f64.powf(value),
    };
    let allowed = term.is_finite() && (kind != InflationKind::Multiplicative || term > 0.0);
    if allowed { Ok(term) } else { Err(NOT_POSITIVE) }
}

const NOT_POSITIVE: ModelError = ModelError::Rejected(RejectReason::CovarianceNotPositive);

fn wrong_count(what: &str, expected: usize, found: usize) -> ModelError {
    ModelError::Fatal {
        message: format!("the likelihood needs {expected} {what} but was given {found}"),
    }
}

fn finite(value: f64, depth: &[f64], nuisance: &[f64]) -> Result<f64, ModelError> {
    if value.is_finite() {
        return Ok(value);
    }
    Err(ModelError::Fatal {
        message: format!(
            "ln L is {value} for the model depths {depth:?} and the nuisance parameters \
             {nuisance:?}"
        ),
    })
}
