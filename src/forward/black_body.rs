//! The black-body null model: one dayside temperature, free.

use crate::error::{InputError, ModelError};
use crate::forward::scene::{Geometry, PLANET_RANGE_K, Scene, Workspace, finite, within};
use crate::forward::{ForwardModel, Spectrum};
use crate::instrument::BinSpec;
use crate::spectrum::{Star, planck_flux};

const PARAMETERS: [&str; 4] = [
    "dayside_temperature_k",
    "radius_ratio",
    "scaled_semi_major_axis",
    "stellar_temperature_k",
];

/// `temperature_ratio` is T_day/T_max, T_max that of a black surface without redistribution.
const DERIVED: [&str; 3] = [
    "temperature_ratio",
    "maximum_dayside_temperature_k",
    "equilibrium_temperature_k",
];

/// A planet that emits as a black body of one temperature over its whole dayside:
/// depth = (R_p/R_*)² ∫ B(T_day) η λ dλ / ∫ F_* η λ dλ.
///
/// Parameters, in order: `dayside_temperature_k` (50 to 10 000 K), `radius_ratio` R_p/R_*,
/// `scaled_semi_major_axis` a/R_* (it enters the derived quantities alone),
/// `stellar_temperature_k` (1000 to 20 000 K).
#[derive(Clone, Debug)]
pub struct BlackBody {
    scene: Scene,
    parameters: Vec<String>,
    derived: Vec<String>,
}

impl BlackBody {
    /// The model for a star and the bins of an observation.
    ///
    /// # Errors
    /// As [`Scene::new`].
    pub fn new(star: Star, bins: &[BinSpec<'_>]) -> Result<Self, InputError> {
        Ok(Self {
            scene: Scene::new(star, bins)?,
            parameters: PARAMETERS.map(str::to_owned).to_vec(),
            derived: DERIVED.map(str::to_owned).to_vec(),
        })
    }

    /// Star and bins.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    fn point(theta: &[f64]) -> Result<(f64, Geometry), ModelError> {
        let geometry = Geometry::new(theta)?;
        Ok((within(theta[0], PLANET_RANGE_K)?, geometry))
    }
}

impl ForwardModel for BlackBody {
    type Workspace = Workspace;

    fn parameter_names(&self) -> &[String] {
        &self.parameters
    }

    fn derived_names(&self) -> &[String] {
        &self.derived
    }

    fn workspace(&self) -> Workspace {
        self.scene.workspace(0)
    }

    fn eclipse_depth(
        &self,
        theta: &[f64],
        workspace: &mut Workspace,
        depth: &mut [f64],
    ) -> Result<(), ModelError> {
        let (temperature_k, geometry) = Self::point(theta)?;
        self.scene
            .light_star(geometry.stellar_temperature_k, workspace);
        let planck = self.scene.integrator.planck();
        planck.flux(temperature_k, &mut workspace.planet_flux);
        self.scene.depths(&geometry, workspace, depth);
        finite(depth, theta)
    }

    fn derived(
        &self,
        theta: &[f64],
        _workspace: &mut Workspace,
        values: &mut [f64],
    ) -> Result<(), ModelError> {
        let (temperature_k, geometry) = Self::point(theta)?;
        let maximum_k = geometry.maximum_dayside_temperature();
        values.copy_from_slice(&[
            temperature_k / maximum_k,
            maximum_k,
            geometry.equilibrium_temperature(),
        ]);
        Ok(())
    }

    fn spectrum(
        &self,
        theta: &[f64],
        wavelengths_m: &[f64],
        out: &mut Spectrum,
    ) -> Result<(), ModelError> {
        let (temperature_k, geometry) = Self::point(theta)?;
        self.scene
            .spectrum(&geometry, wavelengths_m, out, |wavelength_m, _| {
                planck_flux(wavelength_m, temperature_k)
            })
    }
}
