//! The bare-rock null model: an airless surface in energy balance with its star.

use crate::constants::STEFAN_BOLTZMANN;
use crate::error::{InputError, ModelError, RejectReason};
use crate::forward::scene::{
    Geometry, PLANET_RANGE_K, Scene, Workspace, finite, grey_temperature, within,
};
use crate::forward::surface::TabulatedSurface;
use crate::forward::{ForwardModel, Spectrum};
use crate::instrument::BinSpec;
use crate::spectrum::quadrature::gauss_power_law;
use crate::spectrum::{Star, planck_flux};

/// Points of the disc integral of the local equilibrium.
///
/// With μ = u⁴ the disc mean ∫ 2 μ B(T_ss μ^1/4) dμ is ∫ 8 u⁷ B(T_ss u) du, smooth in u. Measured
/// against 64 points: below 3e-8 of the flux for hc/λkT_ss up to 3 (5 µm and 1000 K, say).
const RING_POINTS: usize = 6;

/// A_g / A_S of a diffusely reflecting (Lambert) sphere: 2/3.
///
/// At full phase a ring of the disc at μ = cos θ receives μ of the normal irradiation and reflects
/// it isotropically, so the mean over the disc is A ∫ 2 μ² dμ = (2/3) A of a flat white disc.
///
/// # Source
/// Standard; Seager (2010), *Exoplanet Atmospheres*, chapter 3.
const LAMBERT_GEOMETRIC_PER_SPHERICAL: f64 = 2.0 / 3.0;

/// What the surface does with light.
#[derive(Clone, Debug)]
pub enum Surface {
    /// Bond albedo and emissivity are the parameters `bond_albedo` and `emissivity`, independent
    /// of each other: reflectance in the visible and emissivity in the infrared are different
    /// properties of a real surface. A grey surface in the strict sense has ε = 1 - A; its
    /// temperature then does not depend on A, and only its flux falls.
    Grey,
    /// Reflectance by wavelength, emissivity 1 - A(λ).
    Tabulated(TabulatedSurface),
}

/// Choices that are no parameters.
#[derive(Clone, Debug)]
pub struct BareRockOptions {
    /// The surface.
    pub surface: Surface,
    /// Adds the reflected starlight at full phase, A_g F_* (a/R_*)⁻², with A_g = (2/3) A of a
    /// Lambert sphere (by wavelength for a tabulated surface).
    pub reflected_light: bool,
    /// Local equilibrium all over the disc, T(θ) = T_ss cos^1/4 θ, instead of one temperature;
    /// there is then no parameter `heat_redistribution`.
    pub local_equilibrium: bool,
}

impl Default for BareRockOptions {
    fn default() -> Self {
        Self {
            surface: Surface::Grey,
            reflected_light: false,
            local_equilibrium: false,
        }
    }
}

/// An airless planet: ∫ ε π B_λ(T_day) dλ = (1 - A_B) f σ T_*⁴ (a/R_*)⁻², and
/// depth = (R_p/R_*)² ∫ (ε π B(T_day) + A_g F_* (a/R_*)⁻²) η λ dλ / ∫ F_* η λ dλ.
///
/// Parameters, in order: `heat_redistribution` f (2/3 none, 1/4 full; any value above 0 to 1;
/// absent with local equilibrium), `bond_albedo` (0 to below 1) and `emissivity` (above 0 to 1),
/// both absent for a tabulated surface, then `radius_ratio`, `scaled_semi_major_axis`,
/// `stellar_temperature_k` (1000 to 20 000 K).
///
/// Derived: `dayside_temperature_k` (fourth-power mean over the disc), `temperature_ratio`
/// T_day/T_max, `maximum_dayside_temperature_k` (black surface, f = 2/3),
/// `equilibrium_temperature_k` (zero albedo, f = 1/4), and `bond_albedo` for a tabulated surface.
///
/// # Source
/// Redistribution factor f: Hansen (2008), ApJS 179, 484. Its limits are geometry: 1/4 is the
/// cross-section over the surface of a sphere, 2/3 the mean ∫ 2 μ² dμ of a disc in local balance.
#[derive(Clone, Debug)]
pub struct BareRock {
    scene: Scene,
    options: BareRockOptions,
    /// Albedo of a tabulated surface, averaged over the part of the bin of each node.
    node_albedo: Vec<f64>,
    rings: Vec<(f64, f64)>,
    parameters: Vec<String>,
    derived: Vec<String>,
}

/// One point of parameter space, checked.
struct Point {
    geometry: Geometry,
    heat_redistribution: f64,
    bond_albedo: f64,
    emissivity: f64,
}

impl BareRock {
    /// The model for a star and the bins of an observation.
    ///
    /// # Errors
    /// As [`Scene::new`].
    pub fn new(
        star: Star,
        bins: &[BinSpec<'_>],
        options: BareRockOptions,
    ) -> Result<Self, InputError> {
        let scene = Scene::new(star, bins)?;
        let mut parameters = Vec::new();
        let mut derived = vec![
            "dayside_temperature_k",
            "temperature_ratio",
            "maximum_dayside_temperature_k",
            "equilibrium_temperature_k",
        ];
        if !options.local_equilibrium {
            parameters.push("heat_redistribution");
        }
        let node_albedo = match &options.surface {
            Surface::Grey => {
                parameters.extend(["bond_albedo", "emissivity"]);
                Vec::new()
            }
            Surface::Tabulated(surface) => {
                derived.push("bond_albedo");
                scene.integrator.cell_means(surface.albedo())
            }
        };
        parameters.extend([
            "radius_ratio",
            "scaled_semi_major_axis",
            "stellar_temperature_k",
        ]);
        let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
        Ok(Self {
            scene,
            rings: if options.local_equilibrium {
                gauss_power_law(RING_POINTS, 7.0)
            } else {
                vec![(1.0, 1.0)]
            },
            options,
            node_albedo,
            parameters: owned(parameters),
            derived: owned(derived),
        })
    }

    /// Star and bins.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    fn point(&self, theta: &[f64]) -> Result<Point, ModelError> {
        let geometry = Geometry::new(theta)?;
        let mut values = theta.iter().copied();
        let mut next = || values.next().unwrap_or(f64::NAN);
        let heat_redistribution = if self.options.local_equilibrium {
            1.0
        } else {
            next()
        };
        let (bond_albedo, emissivity) = match &self.options.surface {
            Surface::Grey => (next(), next()),
            Surface::Tabulated(surface) => {
                (surface.bond_albedo(geometry.stellar_temperature_k), 1.0)
            }
        };
        let balanced = heat_redistribution > 0.0
            && heat_redistribution <= 1.0
            && (0.0..1.0).contains(&bond_albedo)
            && emissivity > 0.0
            && emissivity <= 1.0;
        if !balanced {
            return Err(ModelError::Rejected(RejectReason::NoEnergyBalance));
        }
        Ok(Point {
            geometry,
            heat_redistribution,
            bond_albedo,
            emissivity,
        })
    }

    /// Writes (weight, temperature) of each ring of the disc; one for a uniform dayside.
    fn temperatures(&self, point: &Point, rings: &mut Vec<(f64, f64)>) -> Result<(), ModelError> {
        let absorbed =
            (1.0 - point.bond_albedo) * point.heat_redistribution * point.geometry.irradiation();
        rings.clear();
        for &(u, weight) in &self.rings {
            let power = absorbed * u.powi(4);
            let temperature_k = match &self.options.surface {
                Surface::Grey => grey_temperature(power / point.emissivity),
                Surface::Tabulated(surface) => surface
                    .temperature(power)
                    .ok_or(ModelError::Rejected(RejectReason::TemperatureOutOfRange))?,
            };
            rings.push((weight, within(temperature_k, PLANET_RANGE_K)?));
        }
        Ok(())
    }

    /// Reflected over incident flux of the star at the planet's disc, A_g (a/R_*)⁻².
    fn reflection(&self, albedo: f64, geometry: &Geometry) -> f64 {
        if self.options.reflected_light {
            LAMBERT_GEOMETRIC_PER_SPHERICAL * albedo / geometry.scaled_semi_major_axis.powi(2)
        } else {
            0.0
        }
    }
}

/// Fourth-power mean \[K\].
fn effective_temperature(rings: &[(f64, f64)]) -> f64 {
    let power: f64 = rings.iter().map(|(weight, t)| weight * t.powi(4)).sum();
    grey_temperature(power * STEFAN_BOLTZMANN)
}

impl ForwardModel for BareRock {
    type Workspace = Workspace;

    fn parameter_names(&self) -> &[String] {
        &self.parameters
    }

    fn derived_names(&self) -> &[String] {
        &self.derived
    }

    fn workspace(&self) -> Workspace {
        self.scene.workspace(self.rings.len())
    }

    fn eclipse_depth(
        &self,
        theta: &[f64],
        workspace: &mut Workspace,
        depth: &mut [f64],
    ) -> Result<(), ModelError> {
        let point = self.point(theta)?;
        self.temperatures(&point, &mut workspace.rings)?;
        self.scene
            .light_star(point.geometry.stellar_temperature_k, workspace);
        let Workspace {
            planet_flux,
            star_flux,
            rings,
            ..
        } = workspace;
        let planck = self.scene.integrator.planck();
        planet_flux.fill(0.0);
        for &(weight, temperature_k) in rings.iter() {
            planck.add_flux(temperature_k, weight * point.emissivity, planet_flux);
        }
        match &self.options.surface {
            Surface::Grey => {
                let reflection = self.reflection(point.bond_albedo, &point.geometry);
                for (planet, star) in planet_flux.iter_mut().zip(star_flux.iter()) {
                    *planet += reflection * star;
                }
            }
            Surface::Tabulated(_) => {
                for ((planet, star), &albedo) in
                    (planet_flux.iter_mut().zip(star_flux.iter())).zip(&self.node_albedo)
                {
                    *planet =
                        *planet * (1.0 - albedo) + self.reflection(albedo, &point.geometry) * star;
                }
            }
        }
        self.scene.depths(&point.geometry, workspace, depth);
        finite(depth, theta)
    }

    fn derived(
        &self,
        theta: &[f64],
        workspace: &mut Workspace,
        values: &mut [f64],
    ) -> Result<(), ModelError> {
        let point = self.point(theta)?;
        self.temperatures(&point, &mut workspace.rings)?;
        let dayside_k = effective_temperature(&workspace.rings);
        let maximum_k = point.geometry.maximum_dayside_temperature();
        let all = [
            dayside_k,
            dayside_k / maximum_k,
            maximum_k,
            point.geometry.equilibrium_temperature(),
            point.bond_albedo,
        ];
        values.copy_from_slice(&all[..self.derived.len()]);
        Ok(())
    }

    fn spectrum(
        &self,
        theta: &[f64],
        wavelengths_m: &[f64],
        out: &mut Spectrum,
    ) -> Result<(), ModelError> {
        let point = self.point(theta)?;
        let mut rings = Vec::with_capacity(self.rings.len());
        self.temperatures(&point, &mut rings)?;
        self.scene.spectrum(
            &point.geometry,
            wavelengths_m,
            out,
            |wavelength_m, star_flux| {
                let (albedo, emissivity) = match &self.options.surface {
                    Surface::Grey => (point.bond_albedo, point.emissivity),
                    Surface::Tabulated(surface) => {
                        let albedo = surface.albedo().value(wavelength_m);
                        (albedo, 1.0 - albedo)
                    }
                };
                let black: f64 = (rings.iter())
                    .map(|&(weight, t)| weight * planck_flux(wavelength_m, t))
                    .sum();
                emissivity * black + self.reflection(albedo, &point.geometry) * star_flux
            },
        )
    }
}

#[cfg(test)]
mod tests;
