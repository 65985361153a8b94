//! The spectrum that is finer than the bands: its file and what is said of it.

use std::fmt::Write as _;

use serde::Serialize;

use crate::config::SpectrumConfig;
use crate::forward::FineSpectrum;
use crate::spectrum::brightness_temperature;
use crate::units::{M_PER_UM, RATIO_PER_PPM};

/// Name of the file.
pub(super) const FILE: &str = "spectrum_fine.csv";

/// What the fine spectrum is made of.
#[derive(Clone, Debug, Serialize)]
pub struct FineSummary {
    /// The file.
    pub file: &'static str,
    /// Number of bins.
    pub bins: usize,
    /// Wavelengths \[µm\].
    pub range_um: [f64; 2],
    /// Least and largest resolving power of a bin.
    pub resolving_power: [f64; 2],
    /// Least and largest number of spectral points of a bin.
    pub points_per_bin: [usize; 2],
    /// Emission angles.
    pub emission_angles: usize,
}

pub(super) fn summary(spectrum: &FineSpectrum) -> FineSummary {
    let least_most = |low: f64, high: f64, x: f64| (low.min(x), high.max(x));
    let power = (spectrum.resolving_power()).fold((f64::INFINITY, 0.0), |(low, high), x| {
        least_most(low, high, x)
    });
    let edge_um = |edge: Option<&f64>| edge.map_or(f64::NAN, |per_cm| 1e4 / per_cm);
    let points = spectrum.points.iter().copied();
    FineSummary {
        file: FILE,
        bins: spectrum.points.len(),
        range_um: [
            edge_um(spectrum.edges_per_cm.last()),
            edge_um(spectrum.edges_per_cm.first()),
        ],
        resolving_power: [power.0, power.1],
        points_per_bin: [points.clone().min().unwrap_or(0), points.max().unwrap_or(0)],
        emission_angles: spectrum.angles,
    }
}

/// What the reader should know: where the set has less than was asked for, and which gases are missing.
pub(super) fn warnings(spectrum: &FineSpectrum, config: &SpectrumConfig) -> Vec<String> {
    let mut warnings = Vec::new();
    let edges = spectrum.edges_per_cm.windows(2);
    let coarse: Vec<(&[f64], f64)> = (edges.zip(spectrum.resolving_power()))
        .filter(|(_, power)| *power < 0.99 * config.resolution)
        .collect();
    // The last group of a range may be cut short, never be wider: all of these are bins of the set.
    if let (Some((first, _)), Some((last, power))) = (coarse.first(), coarse.last()) {
        warnings.push(format!(
            "{FILE}: the k-distributions of the opacity set have R = {power:.0} between {:.3} and {:.3} um, less than the \
             {} asked for: {} bins are wider",
            1e4 / last[1],
            1e4 / first[0],
            config.resolution,
            coarse.len()
        ));
    }
    if !spectrum.without_table.is_empty() {
        warnings.push(format!(
            "{FILE}: no k-distributions of {}, which absorb nothing there",
            spectrum.without_table.join(", ")
        ));
    }
    warnings
}

/// The file, from short to long wavelengths.
pub(super) fn table(spectrum: &FineSpectrum) -> String {
    let mut text = String::from(
        "wavelength_um,wavelength_low_um,wavelength_high_um,eclipse_depth_ppm,planet_flux_w_m2_um,star_flux_w_m2_um,\
         brightness_temperature_k,points\n",
    );
    let depth: Vec<f64> = spectrum.depth().collect();
    for bin in (0..depth.len()).rev() {
        let edges = &spectrum.edges_per_cm;
        let [low_um, high_um] = [1e4 / edges[bin + 1], 1e4 / edges[bin]];
        let (centre_um, width_um) = ((low_um * high_um).sqrt(), high_um - low_um);
        let planet = spectrum.planet_w_m2[bin] / width_um;
        let radiance = planet / M_PER_UM / std::f64::consts::PI;
        let _ = writeln!(
            text,
            "{centre_um:.6},{low_um:.6},{high_um:.6},{:.5},{planet:.6e},{:.6e},{:.3},{}",
            depth[bin] / RATIO_PER_PPM,
            spectrum.star_w_m2[bin] / width_um,
            brightness_temperature(centre_um * M_PER_UM, radiance),
            spectrum.points[bin]
        );
    }
    text
}
