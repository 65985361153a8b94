//! Dirichlet prior of a composition.

use super::beta::{Beta, power_ln};
use super::gamma::ln_gamma;
use super::joint::{clamp_unit, on_simplex};

/// Dirichlet distribution of K fractions that sum to one: density
/// Γ(Σα) / ΠΓ(α) · Π x^(α-1) with respect to dx₁ … dx_(K-1).
///
/// The cube is mapped by breaking a stick (K - 1 coordinates): x₁ is Beta(α₁, α₂ + … + α_K), the
/// rest of the stick is broken in the same way, and the last fraction is what remains.
#[derive(Clone, Debug, PartialEq)]
pub struct Dirichlet {
    concentration: Vec<f64>,
    breaks: Vec<Beta>,
    ln_norm: f64,
}

impl Dirichlet {
    /// At least two positive concentrations, as the builder has checked.
    pub fn new(concentration: Vec<f64>) -> Self {
        let mut rest: f64 = concentration.iter().sum();
        let ln_norm = ln_gamma(rest) - concentration.iter().map(|a| ln_gamma(*a)).sum::<f64>();
        let count = concentration.len();
        let mut breaks = Vec::with_capacity(count - 1);
        for (index, alpha) in concentration[..count - 1].iter().enumerate() {
            rest = concentration[index + 1..].iter().sum();
            breaks.push(Beta::new(*alpha, rest));
        }
        Self {
            concentration,
            breaks,
            ln_norm,
        }
    }

    /// Number of unit coordinates, K - 1.
    pub fn unit_dim(&self) -> usize {
        self.breaks.len()
    }

    /// Writes the fractions to `theta[indices[..]]`.
    pub fn transform(&self, unit: &[f64], indices: &[usize], theta: &mut [f64]) {
        let mut rest = 1.0;
        for ((beta, coordinate), index) in self.breaks.iter().zip(unit).zip(indices) {
            let (share, remaining) = beta.quantile_pair(clamp_unit(*coordinate));
            theta[*index] = rest * share;
            rest *= remaining;
        }
        theta[indices[self.breaks.len()]] = rest;
    }

    /// The unit coordinates of a composition; false if it is none.
    pub fn unit_of(&self, fractions: &[f64], unit: &mut [f64]) -> bool {
        for (index, beta) in self.breaks.iter().enumerate() {
            // The later fractions are added up rather than subtracted from one, to keep digits.
            let rest: f64 = fractions[index + 1..].iter().sum();
            let whole = fractions[index] + rest;
            unit[index] = beta.cdf(fractions[index] / whole, rest / whole);
        }
        on_simplex(fractions)
    }

    /// ln density; -∞ off the simplex.
    pub fn ln_density(&self, fractions: &[f64]) -> f64 {
        if !on_simplex(fractions) {
            return f64::NEG_INFINITY;
        }
        let powers: f64 = self
            .concentration
            .iter()
            .zip(fractions)
            .map(|(alpha, fraction)| power_ln(alpha - 1.0, *fraction))
            .sum();
        self.ln_norm + powers
    }

    /// The distribution in words, for `check`.
    pub fn describe(&self) -> String {
        format!("Dirichlet, concentrations {:?}", self.concentration)
    }
}
