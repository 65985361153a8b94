//! Levels and lines of a diatomic molecule from its potential and dipole curves.
//!
//! The radial Schrödinger equation is solved for J = 0 on a sinc grid (Colbert & Miller 1992,
//! J. Chem. Phys. 96, 1982). Its lowest functions are the basis in which every J is a small matrix,
//! so centrifugal distortion and Herman-Wallis effects come out by themselves. A level is a state
//! of Hund's case (a) with projection Ω = Λ + Σ, or one parity component of it; sub-bands of a
//! multiplet are systems between such states, spin-orbit splitting enters as an energy offset.
//!
//! # Units and conventions
//! r in Å, energies in cm⁻¹ above the zero of the potentials, dipoles in Debye, reduced mass in u.
//! A perpendicular moment is Cartesian: ⟨Σ|μ_x|Π_x⟩, ⟨Π_x|μ_x|Δ_xx⟩ and so on; a parallel one is
//! ⟨Λ|μ_z|Λ⟩.
//!
//! ```
//! use magmaret::opacity::diatomic::{
//!     Dipole, Emo, Potential, RadialGrid, State, System, Term, reduced_mass_u,
//! };
//! # fn main() -> Result<(), magmaret::error::InputError> {
//! let grid = RadialGrid::new(1.25, 2.1, 150)?;
//! let mass = reduced_mass_u(27.976_926_535, 15.994_914_619);
//! let ground = State {
//!     name: "X".into(),
//!     potential: Potential::Emo(Emo::morse(0.0, 66_800.0, 1.5097, 1.8663)),
//!     term: Term::singlet(0),
//!     offset_per_cm: 0.0,
//!     j_max: 20,
//!     basis: 30,
//!     ceiling_per_cm: 12_000.0,
//! };
//! let levels = ground.solve(&grid, mass)?;
//! let dipole = Dipole::polynomial(1.5097, &[3.098, 2.902, -0.95], 1.3, 1.9);
//! let system = System::new("X-X", &levels, &levels, &dipole)?;
//! let bright = system.transitions(|t| t.einstein_a_per_s > 1.0);
//! assert!(!bright.is_empty());
//! # Ok(())
//! # }
//! ```

mod curve;
mod dipole;
pub mod isotope;
mod line_factor;
mod list;
mod potential;
mod record;
mod state;
mod system;

pub use curve::{Boundary, Curve, End};
pub use dipole::Dipole;
pub use isotope::Isotopologue;
pub use line_factor::{Branch, line_strength_factor};
pub use list::{
    PRESSURE_HALF_WIDTH_PER_CM_BAR, PRESSURE_WIDTH_EXPONENT, Recipe, WING_CUTOFF_PER_CM, line_list,
};
pub use potential::{Emo, Potential};
pub use record::{EmoRecord, parse_data};
pub use state::{Component, Levels, RadialGrid, State, Term};
pub use system::{Lifetimes, System, Transition};

/// ħ²/2 in u Å² cm⁻¹: h/(8π²c u), CODATA 2022.
pub const ROTATION_U_ANGSTROM2_PER_CM: f64 = 16.857_629_2;

/// A \[s⁻¹\] = this · ν̃³ \[cm⁻³\] · μ² \[D²\] · S/g': 64π⁴/(3h) · 10⁻³⁶ in CGS units.
pub const EINSTEIN_A_DEBYE: f64 = 3.136_189e-7;

/// Speed of light \[cm s⁻¹\], for spectroscopy.
pub const LIGHT_CM_S: f64 = 100.0 * crate::constants::SPEED_OF_LIGHT;

/// Reduced mass of two atoms \[u\].
pub fn reduced_mass_u(first_u: f64, second_u: f64) -> f64 {
    first_u * second_u / (first_u + second_u)
}

#[cfg(test)]
mod tests;
