//! Densities of a single row.

use std::f64::consts::{FRAC_2_PI, LN_2};

use super::{Limit, NoiseModel, NoiseWorkspace};
use crate::prior::Beta;
use crate::prior::gamma::ln_beta;
use crate::prior::normal::{self, LN_SQRT_2PI};

/// Shape of the noise of one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Normal.
    Gaussian,
    /// Two half-normals of different widths.
    TwoPieceNormal,
    /// Student t.
    StudentT(StudentT),
}

/// Student t distribution with unit scale.
#[derive(Clone, Debug, PartialEq)]
pub struct StudentT {
    degrees: f64,
    /// ln Γ((ν+1)/2) - ln Γ(ν/2) - ½ ln(νπ) = -ln B(ν/2, ½) - ½ ln ν.
    ln_norm: f64,
    /// The tail is an incomplete beta function: P(|T| > t) = I_x(ν/2, ½) at x = ν/(ν+t²).
    tail: Beta,
}

impl StudentT {
    /// `degrees` > 0.
    pub fn new(degrees: f64) -> Self {
        Self {
            degrees,
            ln_norm: -ln_beta(0.5 * degrees, 0.5) - 0.5 * degrees.ln(),
            tail: Beta::new(0.5 * degrees, 0.5),
        }
    }

    /// ln density at `t`.
    pub fn ln_pdf(&self, t: f64) -> f64 {
        self.ln_norm - 0.5 * (self.degrees + 1.0) * (t * t / self.degrees).ln_1p()
    }

    /// ln P(T < t).
    ///
    /// # Source
    /// Abramowitz & Stegun (1964), eq. 26.7.1 and 26.5.27.
    pub fn ln_cdf(&self, t: f64) -> f64 {
        let ratio = t * t / self.degrees;
        let ln_tail = self.tail.ln_cdf(1.0 / (1.0 + ratio), ratio / (1.0 + ratio)) - LN_2;
        if t < 0.0 {
            ln_tail
        } else {
            (-ln_tail.exp()).ln_1p()
        }
    }
}

impl NoiseModel {
    /// ln density (of a limit: ln probability) of one row with independent noise.
    pub(super) fn row_ln_density(&self, row: usize, workspace: &NoiseWorkspace) -> f64 {
        let residual = workspace.residual[row];
        let terms = &workspace.inflation;
        match self.limit[row] {
            Limit::None => {}
            Limit::Upper => {
                let sigma = self.inflated(self.sigma_plus[row], row, terms);
                return self.ln_tail(residual / sigma);
            }
            Limit::Lower => {
                let sigma = self.inflated(self.sigma_minus[row], row, terms);
                return self.ln_tail(-residual / sigma);
            }
        }
        match &self.shape {
            Shape::Gaussian => {
                let sigma = self.inflated(self.sigma[row], row, terms);
                normal::ln_pdf(residual / sigma) - sigma.ln()
            }
            Shape::StudentT(student) => {
                let sigma = self.inflated(self.sigma[row], row, terms);
                student.ln_pdf(residual / sigma) - sigma.ln()
            }
            Shape::TwoPieceNormal => {
                let minus = self.inflated(self.sigma_minus[row], row, terms);
                let plus = self.inflated(self.sigma_plus[row], row, terms);
                // A model above the datum has a negative residual.
                let sigma = if residual < 0.0 { plus } else { minus };
                0.5 * FRAC_2_PI.ln() - (minus + plus).ln() - 0.5 * (residual / sigma).powi(2)
            }
        }
    }

    /// ln of the probability below `z` errors.
    fn ln_tail(&self, z: f64) -> f64 {
        match &self.shape {
            Shape::StudentT(student) => student.ln_cdf(z),
            Shape::Gaussian | Shape::TwoPieceNormal => normal::ln_cdf(z),
        }
    }
}

/// 1/σ and the constant part of ln L of independent Gaussian rows.
pub fn plain(sigma: &[f64]) -> (Vec<f64>, f64) {
    (
        sigma.iter().map(|sigma| sigma.recip()).collect(),
        -sigma
            .iter()
            .map(|sigma| sigma.ln() + LN_SQRT_2PI)
            .sum::<f64>(),
    )
}
