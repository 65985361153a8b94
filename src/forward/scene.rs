//! What every null model shares: the star, the bins, and the checks of the geometry.

use crate::constants::STEFAN_BOLTZMANN;
use crate::error::{InputError, ModelError, RejectReason};
use crate::forward::Spectrum;
use crate::instrument::{BinIntegrator, BinSpec};
use crate::spectrum::Star;

/// Planet temperatures for which the null models are defined \[K\].
pub const PLANET_RANGE_K: (f64, f64) = (50.0, 10_000.0);
/// Stellar effective temperatures for which the null models are defined \[K\].
pub const STAR_RANGE_K: (f64, f64) = (1_000.0, 20_000.0);

/// Working memory of one thread of a null model.
#[derive(Clone, Debug)]
pub struct Workspace {
    pub(super) planet_flux: Vec<f64>,
    pub(super) star_flux: Vec<f64>,
    star_temperature_k: f64,
    pub(super) rings: Vec<(f64, f64)>,
}

/// Star, bins and nodes.
#[derive(Clone, Debug)]
pub struct Scene {
    pub(super) star: Star,
    pub(super) integrator: BinIntegrator,
    /// Star over black body of the same temperature, per node; `None` for a black-body star.
    shape: Option<Vec<f64>>,
}

/// Dayside temperature of a black surface without heat redistribution \[K\],
/// T_max = T_* (a/R_*)^-1/2 (2/3)^1/4.
pub fn maximum_dayside_temperature_k(
    stellar_temperature_k: f64,
    scaled_semi_major_axis: f64,
) -> f64 {
    grey_temperature(2.0 / 3.0 * irradiation(stellar_temperature_k, scaled_semi_major_axis))
}

/// Power that reaches unit area at the substellar point, σ T_*⁴ (a/R_*)⁻² \[W m⁻²\].
///
/// The plane-parallel limit a ≫ R_*; at a/R_* = 2.4 the penumbra beyond 90° is left out.
fn irradiation(stellar_temperature_k: f64, scaled_semi_major_axis: f64) -> f64 {
    STEFAN_BOLTZMANN * stellar_temperature_k.powi(4) / scaled_semi_major_axis.powi(2)
}

/// Sizes and stellar temperature of one point of parameter space.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Geometry {
    pub radius_ratio: f64,
    pub scaled_semi_major_axis: f64,
    pub stellar_temperature_k: f64,
}

impl Scene {
    /// The star seen through the bins of an observation.
    ///
    /// # Errors
    /// As [`BinIntegrator::new`]; [`InputError::Value`] where a stellar table does not cover a
    /// bin.
    pub fn new(star: Star, bins: &[BinSpec<'_>]) -> Result<Self, InputError> {
        let integrator = BinIntegrator::new(bins)?;
        let shape = match star.table() {
            None => None,
            Some(table) => {
                if let Some(bin) = integrator.first_bin_outside(table) {
                    let (low_m, high_m) = integrator.edges_m(bin);
                    let (first_m, last_m) = table.range();
                    return Err(InputError::value(
                        format!("stellar spectrum `{}`", star.source()),
                        format!("{} to {} µm", first_m * 1e6, last_m * 1e6),
                        format!(
                            "a table that covers bin {}, {} to {} µm",
                            bin + 1,
                            low_m * 1e6,
                            high_m * 1e6
                        ),
                    ));
                }
                let planck = integrator.planck();
                let temperature_k = star.effective_temperature_k();
                let means = integrator.cell_means(table);
                Some(
                    (means.iter().enumerate())
                        .map(|(i, mean)| mean / planck.flux_at(i, temperature_k))
                        .collect(),
                )
            }
        };
        Ok(Self {
            star,
            integrator,
            shape,
        })
    }

    /// The integrals over the bins.
    pub fn integrator(&self) -> &BinIntegrator {
        &self.integrator
    }

    /// The star.
    pub fn star(&self) -> &Star {
        &self.star
    }

    /// Writes the flux of the star \[W m⁻² m⁻¹\] at the nodes of [`Scene::integrator`], for
    /// brightness temperatures.
    pub fn star_flux(&self, stellar_temperature_k: f64, out: &mut [f64]) {
        self.integrator.planck().flux(stellar_temperature_k, out);
        if let Some(shape) = &self.shape {
            for (out, shape) in out.iter_mut().zip(shape) {
                *out *= shape;
            }
        }
    }

    pub(super) fn workspace(&self, rings: usize) -> Workspace {
        let nodes = self.integrator.wavelengths_m().len();
        Workspace {
            planet_flux: vec![0.0; nodes],
            star_flux: vec![0.0; nodes],
            star_temperature_k: f64::NAN,
            rings: Vec::with_capacity(rings),
        }
    }

    /// Brings the star in the workspace to the temperature of this point.
    pub(super) fn light_star(&self, temperature_k: f64, workspace: &mut Workspace) {
        // A fixed temperature is common, and the star is half of the work.
        if workspace.star_temperature_k != temperature_k {
            self.star_flux(temperature_k, &mut workspace.star_flux);
            workspace.star_temperature_k = temperature_k;
        }
    }

    pub(super) fn depths(&self, geometry: &Geometry, workspace: &Workspace, depth: &mut [f64]) {
        self.integrator.depths(
            &workspace.planet_flux,
            &workspace.star_flux,
            geometry.radius_ratio.powi(2),
            depth,
        );
    }

    /// Fills the monochromatic spectrum from the planet's flux at each wavelength.
    pub(super) fn spectrum(
        &self,
        geometry: &Geometry,
        wavelengths_m: &[f64],
        out: &mut Spectrum,
        mut planet_flux: impl FnMut(f64, f64) -> f64,
    ) -> Result<(), ModelError> {
        out.eclipse_depth.clear();
        out.planet_flux.clear();
        out.star_flux.clear();
        for (i, &wavelength_m) in wavelengths_m.iter().enumerate() {
            let star = self.star_at(wavelengths_m, i, geometry.stellar_temperature_k)?;
            let planet = planet_flux(wavelength_m, star);
            out.star_flux.push(star);
            out.planet_flux.push(planet);
            out.eclipse_depth
                .push(geometry.radius_ratio.powi(2) * planet / star);
        }
        Ok(())
    }

    /// Flux of the star at one wavelength of a grid: of a table the mean between the midpoints to
    /// its neighbours, so that lines finer than the grid keep their flux.
    fn star_at(&self, grid_m: &[f64], i: usize, temperature_k: f64) -> Result<f64, ModelError> {
        let wavelength_m = grid_m[i];
        let star = &self.star;
        let point = (wavelength_m > 0.0)
            .then(|| star.flux(wavelength_m, temperature_k))
            .flatten();
        let Some(point) = point else {
            return Err(ModelError::Fatal {
                message: format!(
                    "the stellar spectrum `{}` does not reach {} µm",
                    star.source(),
                    wavelength_m * 1e6
                ),
            });
        };
        let before = i.checked_sub(1).map_or(wavelength_m, |j| grid_m[j]);
        let after = grid_m.get(i + 1).map_or(wavelength_m, |&next| next);
        let (low_m, high_m) = (0.5 * (before + wavelength_m), 0.5 * (wavelength_m + after));
        let reference_k = star.effective_temperature_k();
        let cell = (before <= wavelength_m && wavelength_m <= after)
            .then(|| star.mean_flux(low_m, high_m))
            .flatten();
        Ok(match (cell, star.flux(wavelength_m, reference_k)) {
            (Some(mean), Some(at_reference)) if at_reference > 0.0 => mean * point / at_reference,
            _ => point,
        })
    }
}

impl Geometry {
    /// Checks the last three of `theta`: radius ratio, a/R_*, stellar temperature.
    pub(super) fn new(theta: &[f64]) -> Result<Self, ModelError> {
        if theta.iter().any(|value| !value.is_finite()) {
            return Err(ModelError::Fatal {
                message: format!("parameters that are no numbers: {theta:?}"),
            });
        }
        let &[
            ..,
            radius_ratio,
            scaled_semi_major_axis,
            stellar_temperature_k,
        ] = theta
        else {
            return Err(ModelError::Fatal {
                message: format!("too few parameters: {theta:?}"),
            });
        };
        if radius_ratio <= 0.0 || scaled_semi_major_axis <= 1.0 + radius_ratio {
            return Err(ModelError::Rejected(RejectReason::ImpossibleGeometry));
        }
        within(stellar_temperature_k, STAR_RANGE_K)?;
        Ok(Self {
            radius_ratio,
            scaled_semi_major_axis,
            stellar_temperature_k,
        })
    }

    /// See [`irradiation`].
    pub(super) fn irradiation(&self) -> f64 {
        irradiation(self.stellar_temperature_k, self.scaled_semi_major_axis)
    }

    /// See [`maximum_dayside_temperature_k`].
    pub(super) fn maximum_dayside_temperature(&self) -> f64 {
        maximum_dayside_temperature_k(self.stellar_temperature_k, self.scaled_semi_major_axis)
    }

    /// Zero-albedo equilibrium temperature with full redistribution \[K\],
    /// T_eq = T_* (a/R_*)^-1/2 (1/4)^1/4.
    pub(super) fn equilibrium_temperature(&self) -> f64 {
        grey_temperature(0.25 * self.irradiation())
    }
}

/// Temperature of a black body that emits `power` \[W m⁻²\].
pub(super) fn grey_temperature(power: f64) -> f64 {
    (power / STEFAN_BOLTZMANN).sqrt().sqrt()
}

/// Rejects a temperature outside `range`.
pub(super) fn within(temperature_k: f64, range: (f64, f64)) -> Result<f64, ModelError> {
    if (range.0..=range.1).contains(&temperature_k) {
        Ok(temperature_k)
    } else {
        Err(ModelError::Rejected(RejectReason::TemperatureOutOfRange))
    }
}

/// Checks that a model gave numbers.
pub(super) fn finite(depth: &[f64], theta: &[f64]) -> Result<(), ModelError> {
    if depth.iter().all(|value| value.is_finite()) {
        return Ok(());
    }
    Err(ModelError::Fatal {
        message: format!("a depth is no number at {theta:?}"),
    })
}
