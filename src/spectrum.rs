//! Light of star and planet before any instrument: black bodies, stellar tables, quadrature.
//!
//! Conventions: wavelengths in metres, ascending; a flux is the power through unit area of the
//! emitting surface per unit wavelength, π I for isotropic intensity \[W m⁻² m⁻¹\].

pub mod columns;
mod piecewise;
mod planck;
pub mod quadrature;
mod star;

pub use piecewise::PiecewiseLinear;
pub(crate) use piecewise::{are_knots, pieces};
pub use planck::{PlanckGrid, brightness_temperature, planck_flux, planck_radiance};
pub use star::{EMBEDDED_STARS, EmbeddedStar, FluxScale, Star, UV_EDGE_M, UV_SCALE_RANGE};
