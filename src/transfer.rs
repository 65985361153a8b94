//! Radiative transfer in a plane-parallel column, and its radiative equilibrium.
//!
//! Layers are numbered from the top; interface i lies above layer i, the last one at the surface.

mod emission;
mod equilibrium;
mod flux;
mod jacobian;
mod lanes;
mod layer;
mod linear;
mod planck;
mod points;

pub use emission::{Angles, Emission, View};
pub use equilibrium::{Effort, Equilibrium, EquilibriumOptions, Residual};
pub use flux::{Diffusivity, Fluxes, SCATTERING_ALBEDO, SCATTERING_DEPTH, Transfer, Workspace};
pub use jacobian::{Derivatives, JacobianWorkspace};
pub use planck::band_flux_w_m2;
pub use points::{Boundary, Illumination, SpectralPoints};

use crate::error::ModelError;
use crate::opacity::mixing::Extinction;

/// A column of gas at given temperatures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    /// Pressure at the interfaces \[Pa\], one more than layers.
    pub interface_pressure_pa: Vec<f64>,
    /// Pressure of the layers \[Pa\].
    pub pressure_pa: Vec<f64>,
    /// Mass of the layers \[kg m⁻²\].
    pub mass_kg_m2: Vec<f64>,
    /// ∂ ln T/∂ ln p along the adiabat of each layer; empty where nobody asks for it.
    pub adiabat: Vec<f64>,
    /// Its derivative by the temperature of the layer at constant pressure \[K⁻¹\]; empty where it is taken as none.
    pub adiabat_per_k: Vec<f64>,
    /// Absorption with its derivative, and scattering. The derivative is the whole one at constant
    /// pressure: that of the cross sections and that of the mole fractions.
    pub extinction: Extinction,
}

/// What stands above the surface: gives the column that belongs to temperatures.
pub trait ColumnModel {
    /// Number of layers.
    fn layers(&self) -> usize;

    /// Number of spectral points.
    fn points(&self) -> usize;

    /// Whether pressures or composition follow the temperature of the surface (a vapour does).
    fn follows_surface(&self) -> bool;

    /// Whether the next fillings need the derivative of the absorption; without a word they do. A model may give it
    /// all the same.
    fn want_slopes(&mut self, _wanted: bool) {}

    /// Writes the column for the temperatures of layers and surface \[K\].
    ///
    /// # Errors
    /// [`ModelError::Rejected`] for temperatures at which there is no such column.
    fn fill(
        &mut self,
        temperature_k: &[f64],
        surface_temperature_k: f64,
        column: &mut Column,
    ) -> Result<(), ModelError>;
}
