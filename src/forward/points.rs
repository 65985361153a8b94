//! Transfer and opacities at the nodes of an opacity set, as the models with a gas use them.

mod nodes;
mod sketch;

use std::sync::Arc;

pub(super) use nodes::NodeChoice;
pub(super) use sketch::Sketch;

use crate::atmosphere::column::{AbsorberOptions, Absorbers};
use crate::config::OpacityConfig;
use crate::error::{InputError, ModelError, RejectReason};
use crate::opacity::set::BandNodes;
use crate::opacity::{OpacitySet, Tier};
use crate::species::GasSet;
use crate::spectrum::{FluxScale, Star};
use crate::transfer::{Boundary, Diffusivity, Emission, SpectralPoints, Transfer};

/// Transfer and opacities on one choice of points.
#[derive(Clone, Debug)]
pub(super) struct Points {
    pub transfer: Transfer,
    pub absorbers: Arc<Absorbers>,
}

impl Points {
    /// Points and absorbers of a gas at chosen nodes of a set, none left out.
    ///
    /// # Errors
    /// As [`Absorbers::new`].
    pub fn new(
        set: &OpacitySet,
        gas: &GasSet,
        config: &OpacityConfig,
        choice: &NodeChoice,
        diffusivity: Diffusivity,
    ) -> Result<Self, InputError> {
        let options = AbsorberOptions {
            rayleigh: config.rayleigh,
            hydride_ion: config.hydride_ion,
            ..AbsorberOptions::default()
        };
        let absorbers = Absorbers::new(set, gas, &choice.node, options)?;
        let (edges, band, weight) = (&choice.edges_per_cm, &choice.band, &choice.weight);
        let points = SpectralPoints::from_parts(edges, band, weight)?;
        Ok(Self {
            transfer: Transfer::new(points, diffusivity),
            absorbers: Arc::new(absorbers),
        })
    }

    /// The same without some absorbers.
    ///
    /// # Errors
    /// As [`Absorbers::without`].
    pub fn without(&self, names: &[&str]) -> Result<Self, InputError> {
        Ok(Self {
            transfer: self.transfer.clone(),
            absorbers: Arc::new(self.absorbers.without(names)?),
        })
    }

    /// Flux through the surface of the star per band \[W m⁻²\].
    ///
    /// # Errors
    /// [`ModelError::Rejected`] for a temperature of the star that cannot be.
    pub fn star_bands(
        &self,
        star: &Star,
        star_k: f64,
        scale: FluxScale,
    ) -> Result<Vec<f64>, ModelError> {
        star_bands(self.transfer.points(), star, star_k, scale)
    }

    /// Light of a surface without gas: its own and what it reflects of the star.
    pub fn bare_emission(&self, surface_temperature_k: f64, boundary: &Boundary) -> Emission {
        bare_emission(self.transfer.points(), surface_temperature_k, boundary)
    }

    /// How good the opacity of each gas is, in words.
    pub fn tiers(&self) -> String {
        let names = |tier: Tier| -> Vec<&str> {
            (self.absorbers.list().iter())
                .filter(|absorber| absorber.tier == tier)
                .map(|absorber| absorber.name.as_str())
                .collect()
        };
        [
            ("A", Tier::A),
            ("B", Tier::B),
            ("C", Tier::C),
            ("user's", Tier::User),
        ]
        .map(|(label, tier)| (label, names(tier)))
        .iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(label, names)| format!("{label}: {}", names.join(" ")))
        .collect::<Vec<_>>()
        .join("; ")
    }
}

/// Flux through the surface of the star per band \[W m⁻²\].
///
/// # Errors
/// As [`Points::star_bands`].
pub(super) fn star_bands(
    points: &SpectralPoints,
    star: &Star,
    star_k: f64,
    scale: FluxScale,
) -> Result<Vec<f64>, ModelError> {
    let mut out = vec![0.0; points.bands()];
    match star.band_fluxes(star_k, points.edges_per_cm(), scale, &mut out) {
        Ok(()) => Ok(out),
        Err(_) => Err(ModelError::Rejected(RejectReason::TemperatureOutOfRange)),
    }
}

/// Light of a surface without gas in any bands: its own and what it reflects of the star.
pub(super) fn bare_emission(
    points: &SpectralPoints,
    surface_temperature_k: f64,
    boundary: &Boundary,
) -> Emission {
    let black = points.black_body_w_m2(surface_temperature_k);
    let band_w_m2: Vec<f64> = black
        .iter()
        .zip(&boundary.surface_albedo)
        .zip(&boundary.stellar_flux_w_m2)
        .map(|((black, albedo), star)| (1.0 - albedo) * black + albedo * star)
        .collect();
    Emission::of_surface(band_w_m2)
}

/// The opacity set of a run file with its nodes.
///
/// # Errors
/// A set that cannot be read or has no sampled nodes.
pub(super) fn opacity_set(config: &OpacityConfig) -> Result<(OpacitySet, BandNodes), InputError> {
    let set = match &config.set {
        Some(path) => OpacitySet::read(path)?,
        None => OpacitySet::embedded()?,
    };
    let nodes = set
        .band_nodes()?
        .ok_or_else(|| InputError::value(set.place(), "no sampled nodes", "a set that has them"))?;
    Ok((set, nodes))
}

/// The mean slant of a run file, which was checked to be one of three.
pub(super) fn diffusivity(value: f64) -> Diffusivity {
    if value == 1.66 {
        Diffusivity::Elsasser
    } else if value == 2.0 {
        Diffusivity::Hemispheric
    } else {
        Diffusivity::Quadrature
    }
}
