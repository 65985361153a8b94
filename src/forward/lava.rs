//! Magma with its vapour: the dayside of a lava planet and the light that leaves it.
//!
//! For every ring of the dayside (or the one column that stands for all of it) the temperatures of
//! layers and surface are found in radiative equilibrium, the vapour above the melt following the
//! temperature of the surface ([`crate::atmosphere::column`], [`crate::transfer`]). The spectrum is a
//! pass of its own with all points of the opacity set. Where the melt gives off less than the pressure
//! at the top of the grid, or is solid, the ring is bare rock.

mod anchors;
mod build;
mod described;
mod fine;
mod forecast;
mod given;
mod library;
mod magma;
mod model;
mod parameters;
mod priors;
mod quantities;
mod ring;
mod second;

pub use described::DescribedLava;
pub use fine::{FineError, FineSpectrum};
pub use given::GivenProfile;
pub use model::{LOG10_NONE, LavaModel, LavaWorkspace, VOLATILE_NAMES};
pub use parameters::LavaParameters;
pub use priors::{POPULATION_KEY, lava_parameters, mantle_population};
pub use ring::{Gas, RingState, Sky};
pub use second::{OtherStart, SecondEquilibrium};

use magma::Magma;
use ring::{Scratch, Start};

use super::Conventions;
use super::bands::{band_contrast, mean_ratio};
use super::points::{Points, Sketch, star_bands};
use crate::atmosphere::illumination::{Illumination as Geometry, Ring, uniform};
use crate::config::{AtmosphereConfig, DaysideKind};
use crate::constants::STEFAN_BOLTZMANN;
use crate::error::{InputError, ModelError, RejectReason};
use crate::melt::buffer::Buffer;
use crate::spectrum::{FluxScale, Star, UV_EDGE_M};
use crate::transfer::{Angles, Residual, SpectralPoints};

/// The model: everything that does not change from point to point.
#[derive(Clone, Debug)]
pub struct Lava {
    magma: Magma,
    atmosphere: AtmosphereConfig,
    star: Star,
    balance: Points,
    /// Fewer points, for the way to an equilibrium; none where none is sought.
    sketch: Option<Sketch>,
    spectra: Points,
    angles: Angles,
    /// Temperatures that are not sought.
    given: Option<GivenProfile>,
    conventions: Conventions,
}

/// Why there is no dayside.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{error}{}", told(.history))]
pub struct NoDayside {
    /// The reason.
    pub error: ModelError,
    /// Steps of the equilibrium that was not found, if it came to that.
    pub history: Vec<Residual>,
}

impl From<ModelError> for NoDayside {
    fn from(error: ModelError) -> Self {
        Self {
            error,
            history: Vec::new(),
        }
    }
}

/// The way of an iteration, in words.
fn told(history: &[Residual]) -> String {
    if history.is_empty() {
        return String::new();
    }
    let steps = history.iter().map(|step| {
        let Residual {
            imbalance,
            correction_k,
            damping,
        } = step;
        format!("{imbalance:.1e} ({correction_k:.1} K, damping {damping:.1e})")
    });
    let steps: Vec<String> = steps.collect();
    format!("; imbalance of the flux step by step: {}", steps.join(", "))
}

/// The dayside at one point of parameter space.
#[derive(Clone, Debug)]
pub struct Dayside {
    /// The rings, from the substellar point; one for a uniform disc.
    pub rings: Vec<RingState>,
    /// Flux of the disc per band \[W m⁻²\]: ∫ I µ dµ over it, as if it were a surface element.
    pub planet_w_m2: Vec<f64>,
    /// Flux through the surface of the star per band \[W m⁻²\].
    pub star_w_m2: Vec<f64>,
    /// (R_p/R_*)².
    pub area_ratio: f64,
    /// Edges of the bands \[cm⁻¹\], ascending.
    pub edges_per_cm: Vec<f64>,
}

impl Dayside {
    /// Eclipse depth per band.
    pub fn depth(&self) -> Vec<f64> {
        let fluxes = self.planet_w_m2.iter().zip(&self.star_w_m2);
        fluxes.map(|(p, s)| self.area_ratio * p / s).collect()
    }

    /// Mean eclipse depth between two wavelengths \[µm\], by photons.
    pub fn mean_depth(&self, range_um: [f64; 2]) -> f64 {
        let (planet, star) = (&self.planet_w_m2, &self.star_w_m2);
        self.area_ratio * mean_ratio(&self.edges_per_cm, planet, star, range_um)
    }

    /// Band contrast Ψ: the mean depth in the SiO band at 9 µm over that in the MgO band at 6 µm
    /// ([`CONTRAST_BANDS_UM`](super::CONTRAST_BANDS_UM)); Seidler et al. (2024), equation 21, with limits
    /// of our own.
    pub fn band_contrast(&self) -> f64 {
        band_contrast(&self.edges_per_cm, &self.planet_w_m2, &self.star_w_m2)
    }
}

impl Lava {
    /// Conventions that move the answer, by name.
    pub const fn conventions(&self) -> &Conventions {
        &self.conventions
    }

    /// Bands of the spectrum.
    pub fn points(&self) -> &SpectralPoints {
        self.spectra.transfer.points()
    }

    /// The star.
    pub const fn star(&self) -> &Star {
        &self.star
    }

    /// Buffer that `delta_iw` counts from.
    pub const fn buffer(&self) -> Buffer {
        self.magma.buffer
    }

    /// The dayside at `parameters`.
    ///
    /// # Errors
    /// [`NoDayside`] with the reason: a geometry that cannot be, a melt outside the range of its model,
    /// no radiative equilibrium (with the way of the iteration).
    pub fn dayside(&self, parameters: &LavaParameters) -> Result<Dayside, NoDayside> {
        self.dayside_from(parameters, None)
    }

    /// The same with temperatures of the layers and of the surface \[K\] from which the first ring with
    /// gas is sought.
    ///
    /// # Errors
    /// As [`Lava::dayside`].
    pub fn dayside_from(
        &self,
        parameters: &LavaParameters,
        first: Option<(&[f64], f64)>,
    ) -> Result<Dayside, NoDayside> {
        let starlight = self.starlight(parameters)?;
        let mut planet_w_m2 = vec![0.0; starlight[1].len()];
        let mut rings = Vec::new();
        let mut scratch = Scratch::default();
        for geometry in self.rings(parameters)? {
            let near = rings.last().and_then(RingState::temperatures);
            let start = match near {
                Some((layers_k, surface_k)) => Some(Start::Near(layers_k, surface_k)),
                None => first.map(|(layers_k, surface_k)| Start::Far(layers_k, surface_k)),
            };
            let state = self.ring(parameters, &starlight, geometry, start, &mut scratch)?;
            for (sum, flux) in planet_w_m2.iter_mut().zip(&state.emission.band_w_m2) {
                *sum += geometry.disc_weight * flux;
            }
            rings.push(state);
        }
        Ok(Dayside {
            rings,
            planet_w_m2,
            star_w_m2: self.star_bands(parameters, &self.spectra, FluxScale::AsIs)?,
            area_ratio: parameters.radius_ratio.powi(2),
            edges_per_cm: self.points().edges_per_cm().to_vec(),
        })
    }

    /// Rings of the visible disc.
    fn rings(&self, parameters: &LavaParameters) -> Result<Vec<Ring>, ModelError> {
        let impossible = |_| ModelError::Rejected(RejectReason::ImpossibleGeometry);
        // Refuses a planet inside its star, whatever the dayside.
        let geometry = Geometry::new(parameters.scaled_semi_major_axis, parameters.radius_ratio)?;
        match self.atmosphere.dayside {
            DaysideKind::Uniform => {
                Ok(vec![uniform(parameters.flux_factor()).map_err(impossible)?])
            }
            DaysideKind::Rings => {
                let mut rings = geometry
                    .ring_vector(self.atmosphere.rings)
                    .map_err(impossible)?;
                rings.retain(|ring| ring.disc_weight > 0.0);
                Ok(rings)
            }
        }
    }

    /// What the planet is lit with: flux through the surface of the star in the bands of the balance
    /// and of the spectra \[W m⁻²\].
    fn starlight(&self, parameters: &LavaParameters) -> Result<[Vec<f64>; 2], ModelError> {
        let light = |points| self.star_bands(parameters, points, FluxScale::Bolometric);
        Ok([light(&self.balance)?, light(&self.spectra)?])
    }

    /// Flux through the surface of the star per band \[W m⁻²\].
    fn star_bands(
        &self,
        parameters: &LavaParameters,
        points: &Points,
        scale: FluxScale,
    ) -> Result<Vec<f64>, ModelError> {
        self.star_in(parameters, points.transfer.points(), scale)
    }

    /// The same in any bands.
    fn star_in(
        &self,
        parameters: &LavaParameters,
        points: &SpectralPoints,
        scale: FluxScale,
    ) -> Result<Vec<f64>, ModelError> {
        let star_k = parameters.stellar_temperature_k;
        let mut out = star_bands(points, &self.star, star_k, scale)?;
        if parameters.stellar_uv_dex != 0.0 {
            let factor = 10_f64.powf(parameters.stellar_uv_dex);
            let edges = points.edges_per_cm();
            scale_ultraviolet(edges, factor, scale, &mut out);
        }
        Ok(out)
    }
}

/// Multiplies the light of a star below 0.3 µm in bands; bolometric fluxes keep their sum.
fn scale_ultraviolet(edges_per_cm: &[f64], factor: f64, scale: FluxScale, bands_w_m2: &mut [f64]) {
    let sum = |bands: &[f64]| bands.iter().sum::<f64>();
    let before = sum(bands_w_m2);
    let edge_per_cm = 0.01 / UV_EDGE_M;
    for (flux, band) in bands_w_m2.iter_mut().zip(edges_per_cm.windows(2)) {
        let beyond =
            (band[1] / edge_per_cm.clamp(band[0], band[1])).ln() / (band[1] / band[0]).ln();
        *flux *= 1.0 + beyond * (factor - 1.0);
    }
    if scale == FluxScale::Bolometric {
        let restore = before / sum(bands_w_m2);
        bands_w_m2.iter_mut().for_each(|flux| *flux *= restore);
    }
}

/// σT⁴ of this flux \[W m⁻²\] as a temperature \[K\].
fn effective_temperature_k(flux_w_m2: f64) -> f64 {
    (flux_w_m2 / STEFAN_BOLTZMANN).powf(0.25)
}

/// A convention of the run file that does not parse.
fn refuse(place: &str, found: &str, expected: String) -> InputError {
    InputError::value(place, format!("`{found}`"), expected)
}
