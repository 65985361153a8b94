//! Gaussian noise with a covariance between rows.

use super::{InflationKind, NOT_POSITIVE, NoiseModel, NoiseWorkspace};
use crate::config::GaussianProcessKind;
use crate::error::ModelError;
use crate::prior::cholesky;
use crate::prior::normal::LN_SQRT_2PI;
use crate::units::RATIO_PER_PPM;

/// Where the covariance comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Covariance {
    /// Independent rows.
    None,
    /// Given by the user, in place of the quoted errors.
    Matrix(Matrix),
    /// Quoted errors and a Gaussian process in wavelength.
    Process(Process),
}

/// A covariance matrix of all rows (row-major; squared depths) and its factor.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    pub rows: Vec<usize>,
    pub values: Vec<f64>,
    pub factor: Vec<f64>,
}

/// A Gaussian process within each instrument, mode and visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    pub kind: GaussianProcessKind,
    /// Nuisance index of the amplitude \[ppm\]; the length \[µm\] follows it.
    pub first: usize,
    pub blocks: Vec<ProcessBlock>,
}

/// Rows that share a Gaussian process, in the order of wavelength.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcessBlock {
    pub rows: Vec<usize>,
    /// Bin centres.
    pub centre_um: Vec<f64>,
}

impl Matrix {
    /// Standard deviation of one row.
    pub fn std(&self, row: usize) -> f64 {
        self.values[row * self.rows.len() + row].sqrt()
    }
}

impl Covariance {
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Rows of the largest block that is factorised at once.
    pub fn largest_block(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Matrix(matrix) => matrix.rows.len(),
            Self::Process(process) => process
                .blocks
                .iter()
                .map(|block| block.rows.len())
                .max()
                .unwrap_or(0),
        }
    }

    fn block_count(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Matrix(_) => 1,
            Self::Process(process) => process.blocks.len(),
        }
    }

    fn block_rows(&self, block: usize) -> &[usize] {
        match self {
            Self::None => &[],
            Self::Matrix(matrix) => &matrix.rows,
            Self::Process(process) => &process.blocks[block].rows,
        }
    }
}

impl NoiseModel {
    /// -½ rᵀ C⁻¹ r - ½ ln det C - n/2 ln 2π, block by block.
    pub(super) fn correlated_ln_likelihood(
        &self,
        nuisance: &[f64],
        workspace: &mut NoiseWorkspace,
    ) -> Result<f64, ModelError> {
        let mut ln_likelihood = 0.0;
        for block in 0..self.covariance.block_count() {
            self.factorise(block, nuisance, workspace)?;
            let dim = self.covariance.block_rows(block).len();
            let factor = self.stored_factor().unwrap_or(&workspace.matrix);
            let vector = &mut workspace.vector[..dim];
            cholesky::solve_transposed(factor, dim, vector);
            let ln_factors: f64 = workspace.factor_of_error[..dim]
                .iter()
                .map(|factor| factor.ln())
                .sum();
            ln_likelihood -= 0.5 * cholesky::dot(vector, vector)
                + cholesky::half_ln_determinant(factor, dim)
                + ln_factors
                + dim as f64 * LN_SQRT_2PI;
        }
        Ok(ln_likelihood)
    }

    /// ln density of each row given all others of its block. With g = C⁻¹ r and c = diag C⁻¹ it is
    /// normal with mean y - g/c and variance 1/c.
    ///
    /// This follows from completing the square in one residual of rᵀ C⁻¹ r; the test checks it
    /// against the conditional of a two-by-two normal.
    pub(super) fn correlated_pointwise(
        &self,
        nuisance: &[f64],
        workspace: &mut NoiseWorkspace,
        out: &mut [f64],
    ) -> Result<(), ModelError> {
        for block in 0..self.covariance.block_count() {
            self.factorise(block, nuisance, workspace)?;
            let rows = self.covariance.block_rows(block);
            let dim = rows.len();
            let factor = self.stored_factor().unwrap_or(&workspace.matrix);
            let vector = &mut workspace.vector[..dim];
            cholesky::solve_transposed(factor, dim, vector);
            cholesky::solve(factor, dim, vector);
            let column = &mut workspace.row[..dim];
            for (member, row) in rows.iter().enumerate() {
                column.fill(0.0);
                column[member] = 1.0;
                cholesky::solve_transposed(factor, dim, column);
                let precision = cholesky::dot(column, column);
                out[*row] = 0.5 * (precision.ln() - vector[member].powi(2) / precision)
                    - LN_SQRT_2PI
                    - workspace.factor_of_error[member].ln();
            }
        }
        Ok(())
    }

    /// The factor of a user's matrix that no parameter changes but by factors on the errors.
    fn stored_factor(&self) -> Option<&[f64]> {
        match &self.covariance {
            Covariance::Matrix(matrix) if !self.adds_to_diagonal() => Some(&matrix.factor),
            _ => None,
        }
    }

    fn adds_to_diagonal(&self) -> bool {
        self.inflation.as_ref().is_some_and(|inflation| {
            matches!(
                inflation.kind,
                InflationKind::Quadrature | InflationKind::TenToB
            )
        })
    }

    /// Residuals (divided by the factors on the errors) and covariance factor of one block.
    fn factorise(
        &self,
        block: usize,
        nuisance: &[f64],
        workspace: &mut NoiseWorkspace,
    ) -> Result<(), ModelError> {
        let rows = self.covariance.block_rows(block);
        let dim = rows.len();
        for (member, row) in rows.iter().enumerate() {
            workspace.vector[member] = workspace.residual[*row];
        }
        match &self.covariance {
            Covariance::None => return Ok(()),
            Covariance::Matrix(matrix) => {
                if let Some(inflation) = &self.inflation {
                    if !self.adds_to_diagonal() {
                        for (member, group) in inflation.group.iter().enumerate() {
                            let factor = workspace.inflation[*group];
                            workspace.factor_of_error[member] = factor;
                            workspace.vector[member] /= factor;
                        }
                        return Ok(());
                    }
                    workspace.matrix.copy_from_slice(&matrix.values);
                    for (member, group) in inflation.group.iter().enumerate() {
                        workspace.matrix[member * dim + member] += workspace.inflation[*group];
                    }
                } else {
                    return Ok(());
                }
            }
            Covariance::Process(process) => {
                process.fill(block, nuisance, workspace)?;
                for (member, row) in rows.iter().enumerate() {
                    let sigma = self.inflated(self.sigma[*row], *row, &workspace.inflation);
                    workspace.matrix[member * dim + member] += sigma * sigma;
                }
            }
        }
        cholesky::factorise(&mut workspace.matrix[..dim * dim], dim).map_err(|_| NOT_POSITIVE)
    }
}

impl Process {
    /// Writes the upper triangle of a² k(|Δλ|/l) of one block.
    ///
    /// Both kernels fall as exp(-c |Δλ|/l) (c = 1 or √3), which factorises along the ordered
    /// wavelengths: one exponential per row instead of one per pair.
    fn fill(
        &self,
        block: usize,
        nuisance: &[f64],
        workspace: &mut NoiseWorkspace,
    ) -> Result<(), ModelError> {
        let variance = (nuisance[self.first] * RATIO_PER_PPM).powi(2);
        let length_um = nuisance[self.first + 1];
        if !(variance.is_finite() && length_um > 0.0 && length_um.is_finite()) {
            return Err(NOT_POSITIVE);
        }
        let matern = self.kind == GaussianProcessKind::Matern32;
        let decay_per_um = if matern { 3.0_f64.sqrt() } else { 1.0 } / length_um;
        let centre_um = &self.blocks[block].centre_um;
        let dim = centre_um.len();
        let step = &mut workspace.row[..dim - 1];
        for (step, pair) in step.iter_mut().zip(centre_um.windows(2)) {
            *step = (-(pair[1] - pair[0]) * decay_per_um).exp();
        }
        for i in 0..dim {
            let entries = &mut workspace.matrix[i * dim + i..(i + 1) * dim];
            let mut decay = variance;
            entries[0] = variance;
            for (entry, step) in entries[1..].iter_mut().zip(&step[i..]) {
                decay *= step;
                *entry = decay;
            }
            if matern {
                for (entry, centre) in entries.iter_mut().zip(&centre_um[i..]) {
                    *entry *= 1.0 + (centre - centre_um[i]) * decay_per_um;
                }
            }
        }
        Ok(())
    }
}
