//! Figures of a forward model.

use std::path::Path;

use super::files::{band_temperature, centre_m, inner_bands};
use super::gas_of;
use crate::config::FigureFormat;
use crate::error::InputError;
use crate::forward::{Dayside, FineSpectrum, Lava};
use crate::report::figures::{
    BinnedDepth, Destination, EmissionSpectrum, LayerMap, ProfileCurve, emission, fine_spectrum,
    layer_map, profile,
};
use crate::units::{M_PER_UM, PA_PER_BAR, RATIO_PER_PPM};

/// Wavelengths of the spectrum \[µm\].
const SPECTRUM_UM: [f64; 2] = [0.4, 20.0];
/// Wavelengths of the maps \[µm\].
const MAP_UM: [f64; 2] = [0.12, 20.0];

/// Draws all figures into `folder`.
pub(super) fn draw(
    folder: &Path,
    formats: &[FigureFormat],
    lava: &Lava,
    dayside: &Dayside,
) -> Result<(), InputError> {
    let destination = Destination { folder, formats };
    let depth = dayside.depth();
    let mut spectrum = EmissionSpectrum::default();
    for band in inner_bands(dayside) {
        spectrum
            .wavelength_um
            .push(centre_m(dayside, band) / M_PER_UM);
        spectrum.depth_ppm.push(depth[band] / RATIO_PER_PPM);
        let temperature_k = band_temperature(lava, dayside, band);
        spectrum.brightness_temperature_k.push(temperature_k);
    }
    emission(&spectrum, SPECTRUM_UM, destination)?;
    let columns: Vec<ProfileCurve> = (dayside.rings.iter())
        .filter_map(|ring| {
            let gas = gas_of(ring)?;
            Some(ProfileCurve {
                name: format!("{:.0}°", ring.ring.outer_rad.to_degrees()),
                pressure_bar: gas.pressure_bar.clone(),
                temperature_k: gas.temperature_k.clone(),
                surface_temperature_k: ring.surface_temperature_k,
                mole_fraction: gas.mole_fraction.clone(),
            })
        })
        .collect();
    if columns.is_empty() {
        return Ok(());
    }
    profile(&columns, destination)?;
    let Some(maps) = maps(dayside) else {
        return Ok(());
    };
    let words = "contribution to the flux per decade of pressure over its largest in the band; line: photosphere";
    layer_map("contribution", &maps[0], MAP_UM, words, destination)?;
    let words = "vertical optical depth from the top, 0.001 (white) to 100; line: photosphere";
    layer_map("optical_depth", &maps[1], MAP_UM, words, destination)?;
    Ok(())
}

/// Draws the fine spectrum with the bands over it.
pub(super) fn draw_fine(
    folder: &Path,
    formats: &[FigureFormat],
    dayside: &Dayside,
    fine: &FineSpectrum,
) -> Result<(), InputError> {
    // Both run from short to long wavenumbers; the figure the other way. The bands at the ends hold the tails.
    let inner = 1..dayside.planet_w_m2.len() - 1;
    let fine_depth: Vec<f64> = fine.depth().collect();
    let curves = [
        (&fine.edges_per_cm[..], &fine_depth[..]),
        (
            &dayside.edges_per_cm[inner.start..=inner.end],
            &dayside.depth()[inner],
        ),
    ]
    .map(|(edges_per_cm, depth)| BinnedDepth {
        name: powers(edges_per_cm),
        edges_um: edges_per_cm.iter().rev().map(|edge| 1e4 / edge).collect(),
        depth_ppm: depth.iter().rev().map(|d| d / RATIO_PER_PPM).collect(),
    });
    fine_spectrum(&curves[0], &curves[1], Destination { folder, formats })?;
    Ok(())
}

/// Resolving powers of bins in words, to two digits; one bin in twenty at either end, which may be cut short, is
/// passed over.
fn powers(edges_per_cm: &[f64]) -> String {
    let rounded = |power: f64| {
        let unit = 10_f64.powf(power.log10().floor() - 1.0);
        (power / unit).round() * unit
    };
    let edges = edges_per_cm.windows(2);
    let mut powers: Vec<f64> = edges
        .map(|edges| rounded((edges[1] / edges[0]).ln().recip()))
        .collect();
    powers.sort_by(f64::total_cmp);
    let aside = powers.len() / 20;
    let (Some(low), Some(high)) = (powers.get(aside), powers.iter().rev().nth(aside)) else {
        return String::new();
    };
    if high > low {
        format!("R = {low:.0} to {high:.0}")
    } else {
        format!("R = {low:.0}")
    }
}

/// Contribution and optical depth of the first ring that has gas.
fn maps(dayside: &Dayside) -> Option<[LayerMap; 2]> {
    let ring = dayside.rings.iter().find(|ring| gas_of(ring).is_some())?;
    let gas = gas_of(ring)?;
    let layers = gas.pressure_bar.len();
    let edges_bar: Vec<f64> = (gas.interface_pressure_bar.iter())
        .map(|p| p.max(f64::MIN_POSITIVE))
        .collect();
    let bands: Vec<usize> = inner_bands(dayside).collect();
    let um = |per_cm: f64| 1e4 / per_cm;
    let mut edges_um: Vec<f64> = bands
        .iter()
        .map(|b| um(dayside.edges_per_cm[b + 1]))
        .collect();
    edges_um.push(um(dayside.edges_per_cm[*bands.last()?]));
    let photosphere: Vec<Option<f64>> = (bands.iter())
        .map(|band| ring.emission.photosphere_pa[*band].map(|pa| pa / PA_PER_BAR))
        .collect();
    let (mut contribution, mut depth) = (Vec::new(), Vec::new());
    for band in &bands {
        let row = &ring.emission.contribution_w_m2[band * (layers + 1)..][..layers];
        let per_dex: Vec<f64> = (row.iter().zip(edges_bar.windows(2)))
            .map(|(flux, edges)| flux / (edges[1] / edges[0]).log10())
            .collect();
        let most = per_dex.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        contribution.extend(per_dex.iter().map(|flux| flux / most));
        let taus = &ring.emission.optical_depth[band * (layers + 1)..][1..=layers];
        depth.extend(taus.iter().map(|tau| (tau.max(1e-9).log10() + 3.0) / 5.0));
    }
    let map = |shade| LayerMap {
        edges_um: edges_um.clone(),
        edges_bar: edges_bar.clone(),
        shade,
        line_bar: photosphere.clone(),
    };
    Some([map(contribution), map(depth)])
}
