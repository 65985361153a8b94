//! From parameters to the eclipse depths that an instrument would see.

mod bands;
mod bare_rock;
mod black_body;
mod defaults;
mod free_chemistry;
mod lava;
mod null_model;
mod planet_model;
mod points;
mod scene;
mod surface;

pub use bands::CONTRAST_BANDS_UM;
pub use bare_rock::{BareRock, BareRockOptions, Surface};
pub use black_body::BlackBody;
pub use defaults::{Measured, Orbit, default_parameters};
pub use free_chemistry::{FreeChemistry, FreeChemistryWorkspace, free_chemistry_parameters};
pub use lava::{
    Dayside, DescribedLava, FineError, FineSpectrum, Gas, GivenProfile, LOG10_NONE, Lava,
    LavaModel, LavaParameters, LavaWorkspace, NoDayside, OtherStart, POPULATION_KEY, RingState,
    SecondEquilibrium, Sky, VOLATILE_NAMES, lava_parameters, mantle_population,
};
pub use null_model::NullModel;
pub use planet_model::{PlanetModel, PlanetWorkspace};
pub use scene::{PLANET_RANGE_K, STAR_RANGE_K, Scene, Workspace, maximum_dayside_temperature_k};
pub use surface::TabulatedSurface;

use crate::error::ModelError;

/// Conventions that move the answer, by name.
pub type Conventions = std::collections::BTreeMap<String, String>;

/// A planet model.
///
/// Implemented by the physics chain, its emulator and the null models alike; nothing downstream
/// can tell which. A call allocates nothing: the caller owns workspace and output.
pub trait ForwardModel: Sync {
    /// Working memory of one thread.
    type Workspace: Send;

    /// Names of the parameters, in the order of `theta`.
    fn parameter_names(&self) -> &[String];

    /// Names of the derived quantities, in the order [`ForwardModel::derived`] writes them.
    fn derived_names(&self) -> &[String];

    /// Fresh working memory.
    fn workspace(&self) -> Self::Workspace;

    /// Whether a call takes milliseconds: draws beside those of the sampler are then few.
    fn is_costly(&self) -> bool {
        false
    }

    /// Writes the eclipse depth of each bin (F_planet / F_star, dimensionless) to `depth`.
    ///
    /// # Errors
    /// [`ModelError::Rejected`] for an unphysical point.
    fn eclipse_depth(
        &self,
        theta: &[f64],
        workspace: &mut Self::Workspace,
        depth: &mut [f64],
    ) -> Result<(), ModelError>;

    /// Writes the derived quantities of one point.
    ///
    /// # Errors
    /// [`ModelError::Rejected`] for an unphysical point.
    fn derived(
        &self,
        theta: &[f64],
        workspace: &mut Self::Workspace,
        values: &mut [f64],
    ) -> Result<(), ModelError>;

    /// Writes the monochromatic eclipse depth at `wavelengths_m` (any grid), and the flux through
    /// the planet's surface and through the star's surface \[W m⁻² m⁻¹\], for figures and files.
    ///
    /// # Errors
    /// [`ModelError::Rejected`] for an unphysical point.
    fn spectrum(
        &self,
        theta: &[f64],
        wavelengths_m: &[f64],
        out: &mut Spectrum,
    ) -> Result<(), ModelError>;
}

/// The column of a point: what stands above its surface.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ColumnProfile {
    /// Pressure at the surface \[bar\].
    pub base_pressure_bar: f64,
    /// Pressures of the layers \[bar\], from the top.
    pub pressure_bar: Vec<f64>,
    /// Temperatures of the layers \[K\].
    pub temperature_k: Vec<f64>,
    /// Mole fractions of all gases in the layers.
    pub mole_fraction: Vec<(String, Vec<f64>)>,
}

/// A monochromatic spectrum on a given grid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spectrum {
    /// Eclipse depth F_planet R_p² / (F_star R_*²) per wavelength.
    pub eclipse_depth: Vec<f64>,
    /// Flux through the planet's surface, averaged over the visible disc \[W m⁻² m⁻¹\].
    pub planet_flux: Vec<f64>,
    /// Flux through the star's surface \[W m⁻² m⁻¹\].
    pub star_flux: Vec<f64>,
}
