//! Dipole moments and transition moments as functions of the distance.

use std::f64::consts::PI;
use std::fmt;
use std::sync::Arc;

use super::curve::Curve;
use super::potential::horner;

/// A dipole moment or transition moment \[D\]; perpendicular ones are Cartesian.
#[derive(Clone)]
pub enum Dipole {
    /// A table.
    Tabulated(Curve),
    /// Σ c_k (r - r₀)^k, held outside a range.
    Polynomial {
        /// Distance of expansion r₀ \[Å\].
        centre_angstrom: f64,
        /// Coefficients c_k \[D Å⁻ᵏ\].
        coefficients: Vec<f64>,
        /// Range in which the polynomial holds \[Å\].
        range_angstrom: (f64, f64),
    },
    /// -(s₀/2 + (s₀/π) atan(k (r - r₀))): a moment that fades as the bond opens.
    Arctan {
        /// Position of the step r₀ \[Å\].
        centre_angstrom: f64,
        /// Height of the step s₀ \[D\].
        step_debye: f64,
        /// Steepness k \[Å⁻¹\].
        steepness_per_angstrom: f64,
    },
    /// Any other form: distance \[Å\] to moment \[D\].
    Function(Arc<dyn Fn(f64) -> f64 + Send + Sync>),
}

impl Dipole {
    /// A polynomial about `centre_angstrom`, held outside `low_angstrom..high_angstrom`.
    pub fn polynomial(
        centre_angstrom: f64,
        coefficients: &[f64],
        low_angstrom: f64,
        high_angstrom: f64,
    ) -> Self {
        Self::Polynomial {
            centre_angstrom,
            coefficients: coefficients.to_vec(),
            range_angstrom: (low_angstrom, high_angstrom),
        }
    }

    /// The moment at a distance \[Å\], in D.
    pub fn value(&self, r_angstrom: f64) -> f64 {
        match self {
            Self::Tabulated(curve) => curve.value(r_angstrom),
            Self::Polynomial {
                centre_angstrom,
                coefficients,
                range_angstrom: (low, high),
            } => horner(
                coefficients,
                r_angstrom.max(*low).min(*high) - centre_angstrom,
            ),
            Self::Arctan {
                centre_angstrom,
                step_debye,
                steepness_per_angstrom,
            } => {
                let angle = (steepness_per_angstrom * (r_angstrom - centre_angstrom)).atan();
                -step_debye * (0.5 + angle / PI)
            }
            Self::Function(function) => function(r_angstrom),
        }
    }
}

impl fmt::Debug for Dipole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tabulated(_) => "Tabulated",
            Self::Polynomial { .. } => "Polynomial",
            Self::Arctan { .. } => "Arctan",
            Self::Function(_) => "Function",
        })
    }
}
