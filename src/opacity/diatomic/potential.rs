//! Potential curves.

use std::fmt;
use std::sync::Arc;

use super::curve::Curve;

/// Extended Morse oscillator:
/// V = V₀ + D (1 - exp(-φ(r)(r - rₑ)))², φ = Σ b_k z^k, z = (r^p - rₑ^p)/(r^p + rₑ^p).
#[derive(Clone, Debug, PartialEq)]
pub struct Emo {
    /// Energy of the minimum V₀ \[cm⁻¹\].
    pub minimum_per_cm: f64,
    /// Depth D \[cm⁻¹\]: asymptote minus minimum.
    pub depth_per_cm: f64,
    /// Equilibrium distance rₑ \[Å\].
    pub equilibrium_angstrom: f64,
    /// Power p of z; 1 gives z = (r - rₑ)/(r + rₑ).
    pub power: i32,
    /// Coefficients b_k \[Å⁻¹\].
    pub coefficients: Vec<f64>,
    /// How many of the coefficients hold for r < rₑ; all of them if none is given.
    pub terms_inside: Option<usize>,
}

impl Emo {
    /// A Morse curve: one coefficient \[Å⁻¹\].
    pub fn morse(minimum_per_cm: f64, depth_per_cm: f64, re_angstrom: f64, b: f64) -> Self {
        Self {
            minimum_per_cm,
            depth_per_cm,
            equilibrium_angstrom: re_angstrom,
            power: 1,
            coefficients: vec![b],
            terms_inside: None,
        }
    }

    /// V at a distance \[Å\], in cm⁻¹.
    pub fn value(&self, r_angstrom: f64) -> f64 {
        let re = self.equilibrium_angstrom;
        let (a, b) = (r_angstrom.powi(self.power), re.powi(self.power));
        let z = (a - b) / (a + b);
        let all = self.coefficients.len();
        let terms = match self.terms_inside {
            Some(inside) if r_angstrom < re => inside.min(all),
            _ => all,
        };
        let phi = horner(&self.coefficients[..terms], z);
        let morse = -(-phi * (r_angstrom - re)).exp_m1();
        self.minimum_per_cm + self.depth_per_cm * morse * morse
    }
}

/// A potential curve.
#[derive(Clone)]
pub enum Potential {
    /// Extended Morse oscillator.
    Emo(Emo),
    /// Simons, Parr & Finlan (1973), J. Chem. Phys. 59, 3229:
    /// V = V₀ + B₀ x² (1 + Σ b_k x^k), x = (r - rₑ)/r, k from one.
    Spf {
        /// Energy of the minimum V₀ \[cm⁻¹\].
        minimum_per_cm: f64,
        /// Scale B₀ \[cm⁻¹\].
        scale_per_cm: f64,
        /// Equilibrium distance rₑ \[Å\].
        equilibrium_angstrom: f64,
        /// Coefficients b₁, b₂, ...
        coefficients: Vec<f64>,
    },
    /// A table \[cm⁻¹\].
    Tabulated(Curve),
    /// Any other form: distance \[Å\] to energy \[cm⁻¹\].
    Function(Arc<dyn Fn(f64) -> f64 + Send + Sync>),
}

impl Potential {
    /// V at a distance \[Å\], in cm⁻¹.
    pub fn value(&self, r_angstrom: f64) -> f64 {
        match self {
            Self::Emo(emo) => emo.value(r_angstrom),
            Self::Spf {
                minimum_per_cm,
                scale_per_cm,
                equilibrium_angstrom,
                coefficients,
            } => {
                let x = (r_angstrom - equilibrium_angstrom) / r_angstrom;
                minimum_per_cm + scale_per_cm * x * x * (1.0 + x * horner(coefficients, x))
            }
            Self::Tabulated(curve) => curve.value(r_angstrom),
            Self::Function(function) => function(r_angstrom),
        }
    }
}

impl fmt::Debug for Potential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Emo(emo) => emo.fmt(f),
            Self::Spf { .. } => f.write_str("Spf"),
            Self::Tabulated(_) => f.write_str("Tabulated"),
            Self::Function(_) => f.write_str("Function"),
        }
    }
}

/// Σ c_k x^k.
pub(super) fn horner(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}
