//! From fluxes per band of an opacity set to what an instrument sees.
//!
//! A spectrum is one flux per band (R = 100); within a band it has the shape of a black body of one
//! temperature, so that bins much narrower than a band are not resolved.

use crate::error::ModelError;
use crate::forward::Spectrum;
use crate::forward::scene::{self, Geometry, Scene};
use crate::instrument::BinSpec;
use crate::spectrum::planck_flux;
use crate::transfer::SpectralPoints;
use crate::units::M_PER_UM;

/// Wavelengths of the SiO and MgO bands of the band contrast \[µm\].
pub const CONTRAST_BANDS_UM: [[f64; 2]; 2] = [[8.5, 9.5], [5.5, 6.5]];
/// The spectra reach this far beyond the outermost bins, as a factor of wavelength.
const MARGIN: f64 = 1.06;

/// Wavelengths of the spectra that bins and the band contrast need \[µm\].
pub(super) fn ranges_um(bins: &[BinSpec<'_>]) -> Vec<[f64; 2]> {
    let mut ranges_um = CONTRAST_BANDS_UM.to_vec();
    ranges_um.extend(bins.iter().map(|bin| {
        [
            bin.low_m / M_PER_UM / MARGIN,
            bin.high_m / M_PER_UM * MARGIN,
        ]
    }));
    ranges_um
}

/// Light of a disc as its bands have it.
#[derive(Clone, Debug)]
pub(super) struct BandLight {
    /// Flux over that of a black body, per band.
    shape: Vec<f64>,
    /// Temperature of that black body \[K\].
    temperature_k: f64,
}

impl BandLight {
    /// Fluxes per band \[W m⁻²\], with the shape of a black body of `temperature_k` within each.
    pub fn new(points: &SpectralPoints, band_w_m2: &[f64], temperature_k: f64) -> Self {
        let black = points.black_body_w_m2(temperature_k);
        Self {
            shape: (band_w_m2.iter().zip(&black))
                .map(|(flux, black)| flux / black)
                .collect(),
            temperature_k,
        }
    }
}

/// Star and bins, and the bands that stand behind the bins.
#[derive(Clone, Debug)]
pub(super) struct BandScene {
    scene: Scene,
    edges_per_cm: Vec<f64>,
    /// Band of each node of the bins.
    band_of_node: Vec<usize>,
}

impl BandScene {
    /// The scene seen in the bands of `points`.
    pub fn new(scene: Scene, points: &SpectralPoints) -> Self {
        let edges_per_cm = points.edges_per_cm().to_vec();
        let band_of_node = (scene.integrator().wavelengths_m().iter())
            .map(|wavelength_m| band_at(&edges_per_cm, *wavelength_m))
            .collect();
        Self {
            scene,
            edges_per_cm,
            band_of_node,
        }
    }

    /// Star and bins.
    pub const fn scene(&self) -> &Scene {
        &self.scene
    }

    /// Eclipse depth per bin.
    pub fn depths(
        &self,
        geometry: &Geometry,
        light: &BandLight,
        workspace: &mut scene::Workspace,
    ) -> Vec<f64> {
        self.scene
            .light_star(geometry.stellar_temperature_k, workspace);
        let planck = self.scene.integrator().planck();
        planck.flux(light.temperature_k, &mut workspace.planet_flux);
        for (flux, band) in (workspace.planet_flux.iter_mut()).zip(&self.band_of_node) {
            *flux *= light.shape[*band];
        }
        let mut depth = vec![0.0; self.scene.integrator().bins()];
        self.scene.depths(geometry, workspace, &mut depth);
        depth
    }

    /// The monochromatic spectrum, as [`ForwardModel::spectrum`](crate::forward::ForwardModel::spectrum)
    /// writes it.
    pub fn spectrum(
        &self,
        geometry: &Geometry,
        light: &BandLight,
        wavelengths_m: &[f64],
        out: &mut Spectrum,
    ) -> Result<(), ModelError> {
        self.scene
            .spectrum(geometry, wavelengths_m, out, |wavelength_m, _| {
                light.shape[band_at(&self.edges_per_cm, wavelength_m)]
                    * planck_flux(wavelength_m, light.temperature_k)
            })
    }
}

/// Band of a wavelength; the outermost beyond the ends.
fn band_at(edges_per_cm: &[f64], wavelength_m: f64) -> usize {
    let wavenumber_per_cm = 0.01 / wavelength_m;
    let above = edges_per_cm.partition_point(|edge| *edge <= wavenumber_per_cm);
    above.clamp(1, edges_per_cm.len() - 1) - 1
}

/// Planet over star between two wavelengths \[µm\], by photons, from fluxes per band.
pub(super) fn mean_ratio(
    edges_per_cm: &[f64],
    planet_w_m2: &[f64],
    star_w_m2: &[f64],
    range_um: [f64; 2],
) -> f64 {
    let (mut planet, mut star) = (0.0, 0.0);
    for (band, edges) in edges_per_cm.windows(2).enumerate() {
        let overlap = overlap(edges, range_um);
        if overlap > 0.0 {
            // Photons: energy over wavenumber.
            let share = overlap / (edges[1] / edges[0]).ln() / edges[0];
            planet += share * planet_w_m2[band];
            star += share * star_w_m2[band];
        }
    }
    planet / star
}

/// Band contrast Ψ from fluxes per band: the mean depth in the SiO band at 9 µm over that in the MgO
/// band at 6 µm ([`CONTRAST_BANDS_UM`]).
pub(super) fn band_contrast(edges_per_cm: &[f64], planet_w_m2: &[f64], star_w_m2: &[f64]) -> f64 {
    let [sio, mgo] = CONTRAST_BANDS_UM;
    let ratio = |range_um| mean_ratio(edges_per_cm, planet_w_m2, star_w_m2, range_um);
    ratio(sio) / ratio(mgo)
}

/// What a band shares with wavelengths \[µm\], in ln ν; negative where they are apart.
fn overlap(edges_per_cm: &[f64], [low_um, high_um]: [f64; 2]) -> f64 {
    (1e4 / low_um).min(edges_per_cm[1]).ln() - (1e4 / high_um).max(edges_per_cm[0]).ln()
}

/// Bands that share wavelengths with any of the ranges \[µm\], each with the largest part of it that does.
pub(super) fn bands_within(edges_per_cm: &[f64], ranges_um: &[[f64; 2]]) -> Vec<(usize, f64)> {
    (edges_per_cm.windows(2).enumerate())
        .map(|(band, edges)| {
            let shares = ranges_um.iter().map(|range| overlap(edges, *range));
            let most = shares.fold(0.0, f64::max);
            (band, most / (edges[1] / edges[0]).ln())
        })
        .filter(|(_, share)| *share > 0.0)
        .collect()
}

/// Steps in which a brightness temperature is found at the latest.
const BRIGHTNESS_STEPS: usize = 60;
/// Relative change of a brightness temperature at which it stands.
const BRIGHTNESS_CHANGE: f64 = 1e-12;

/// Temperature \[K\] of the black body with the same flux in these shares of bands, from a guess.
pub(super) fn brightness_temperature_k(
    points: &SpectralPoints,
    bands: &[(usize, f64)],
    band_w_m2: &[f64],
    guess_k: f64,
) -> f64 {
    let sum = |flux: &dyn Fn(usize) -> f64| -> f64 {
        bands.iter().map(|(band, share)| share * flux(*band)).sum()
    };
    let black_body = |t_k: f64| sum(&|band| points.band_black_body_w_m2(band, t_k));
    temperature_of_flux_k(sum(&|band| band_w_m2[band]), black_body, guess_k)
}

/// Temperature \[K\] at which a black body has this flux, from a guess.
///
/// Secants of the logarithm of the flux in 1/T, of which it is nearly linear.
pub(super) fn temperature_of_flux_k(
    flux: f64,
    black_body: impl Fn(f64) -> f64,
    guess_k: f64,
) -> f64 {
    let wanted = flux.ln();
    let excess = |inverse: f64| black_body(inverse.recip()).ln() - wanted;
    let (mut before, mut here) = (guess_k.recip(), 1.01 / guess_k);
    let mut of_before = excess(before);
    for _ in 0..BRIGHTNESS_STEPS {
        let of_here = excess(here);
        if of_here == of_before {
            break;
        }
        let next = here - of_here * (here - before) / (of_here - of_before);
        // Where the tail of the Planck function bends, a secant may lead below zero.
        let next = next.clamp(0.5 * here, 2.0 * here);
        (before, of_before) = (here, of_here);
        here = next;
        if (here / before - 1.0).abs() < BRIGHTNESS_CHANGE {
            break;
        }
    }
    here.recip()
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    fn points() -> SpectralPoints {
        let edges: Vec<f64> = (0..60).map(|i| 800.0 * 1.02_f64.powi(i)).collect();
        let band: Vec<usize> = (0..59).collect();
        SpectralPoints::from_parts(&edges, &band, &[1.0; 59]).unwrap()
    }

    /// A black body has its own temperature, whatever the guess and the bands.
    #[test]
    fn the_brightness_temperature_of_a_black_body_is_its_own() {
        let points = points();
        for temperature_k in [60.0, 700.0, 2_800.0, 9_500.0] {
            let flux = points.black_body_w_m2(temperature_k);
            for ranges in [vec![[5.0, 12.0]], vec![[8.5, 9.5], [5.5, 6.0]]] {
                let bands = bands_within(points.edges_per_cm(), &ranges);
                for guess_k in [100.0, 2_000.0, 8_000.0] {
                    let found = brightness_temperature_k(&points, &bands, &flux, guess_k);
                    assert_relative_eq!(found, temperature_k, max_relative = 1e-9);
                }
            }
        }
    }

    /// Half a band counts half, and what two ranges share counts once.
    #[test]
    fn bands_are_shared_by_wavelength() {
        let edges = [1000.0, 1010.0, 1020.1];
        let half_um = 1e4 / (1000.0 * 1.01_f64.sqrt());
        let of = |ranges: &[[f64; 2]]| bands_within(&edges, ranges);
        let found = of(&[[half_um, 11.0]]);
        assert_eq!(found.len(), 1);
        assert_relative_eq!(found[0].1, 0.5, max_relative = 1e-9);
        let found = of(&[[half_um, 11.0], [half_um, 10.5], [1.0, 2.0]]);
        assert_eq!(found.len(), 1);
        assert_relative_eq!(found[0].1, 0.5, max_relative = 1e-9);
        assert!(of(&[[1.0, 2.0]]).is_empty());
    }
}
