//! The files of a forward model.

use std::fmt::Write as _;
use std::path::Path;

use super::altitude::Altitudes;
use super::{ForwardSummary, LEAST_FRACTION, gas_of};
use crate::config::RunConfig;
use crate::error::{InputError, ModelError};
use crate::forward::{Dayside, Lava, LavaParameters};
use crate::instrument::{BinIntegrator, BinSpec};
use crate::observation::Observation;
use crate::report::write_atomic;
use crate::run::RunError;
use crate::run::setup::passbands_of;
use crate::spectrum::{brightness_temperature, planck_flux};
use crate::units::{M_PER_UM, PA_PER_BAR, RATIO_PER_PPM};

/// `bins.csv`, if there are data.
pub(super) fn bins(
    config: &RunConfig,
    lava: &Lava,
    dayside: &Dayside,
    parameters: &LavaParameters,
) -> Result<Option<String>, RunError> {
    if config.observation.is_empty() {
        return Ok(None);
    }
    let observation = Observation::read(&config.observation)?;
    let (passbands, _) = passbands_of(config, &observation)?;
    let specs: Vec<BinSpec<'_>> = (observation.rows.iter().zip(&passbands))
        .map(|(row, passband)| BinSpec {
            low_m: row.low_m,
            high_m: row.high_m,
            passband,
        })
        .collect();
    let integrator = BinIntegrator::new(&specs)?;
    let (mut planet, mut star) = (Vec::new(), Vec::new());
    for wavelength_m in integrator.wavelengths_m() {
        planet.push(planet_flux(lava, dayside, *wavelength_m));
        let flux = lava
            .star()
            .flux(*wavelength_m, parameters.stellar_temperature_k);
        star.push(flux.ok_or_else(|| ModelError::Fatal {
            message: format!("the star has no flux at {} um", wavelength_m / M_PER_UM),
        })?);
    }
    let mut depth = vec![0.0; integrator.bins()];
    integrator.depths(&planet, &star, dayside.area_ratio, &mut depth);
    let mut text = String::from("wavelength_low_um,wavelength_high_um,model_ppm,observed_ppm\n");
    for (row, model) in observation.rows.iter().zip(&depth) {
        let _ = writeln!(
            text,
            "{},{},{:.3},{:.3}",
            row.low_m / M_PER_UM,
            row.high_m / M_PER_UM,
            model / RATIO_PER_PPM,
            row.depth / RATIO_PER_PPM
        );
    }
    Ok(Some(text))
}

/// Flux of the disc \[W m⁻² m⁻¹\]: within a band that of one brightness temperature.
fn planet_flux(lava: &Lava, dayside: &Dayside, wavelength_m: f64) -> f64 {
    let per_cm = 1e-2 / wavelength_m;
    let edges = &dayside.edges_per_cm;
    let last = edges.len() - 2;
    let band = edges
        .partition_point(|edge| *edge <= per_cm)
        .saturating_sub(1)
        .min(last);
    planck_flux(wavelength_m, band_temperature(lava, dayside, band))
}

pub(super) fn centre_m(dayside: &Dayside, band: usize) -> f64 {
    1e-2 / (dayside.edges_per_cm[band] * dayside.edges_per_cm[band + 1]).sqrt()
}

/// Brightness temperature of a band \[K\].
pub(super) fn band_temperature(lava: &Lava, dayside: &Dayside, band: usize) -> f64 {
    let flux = dayside.planet_w_m2[band] / lava.points().width_m(band);
    brightness_temperature(centre_m(dayside, band), flux / std::f64::consts::PI)
}

pub(super) fn write(
    folder: &Path,
    lava: &Lava,
    dayside: &Dayside,
    summary: &ForwardSummary,
    bins: Option<String>,
) -> Result<(), RunError> {
    std::fs::create_dir_all(folder).map_err(|source| InputError::write(folder, source))?;
    let put = |name: &str, text: &str| write_atomic(&folder.join(name), text.as_bytes());
    put("spectrum.csv", &spectrum(lava, dayside))?;
    put("contribution.csv", &contribution(dayside))?;
    put("gases.csv", &gases(lava, dayside, &summary.parameters)?)?;
    if let Some(bins) = bins {
        put("bins.csv", &bins)?;
    }
    let json = serde_json::to_string_pretty(summary)
        .map_err(|error| InputError::value("summary.json", error, "numbers"))?;
    put("summary.json", &(json + "\n"))?;
    Ok(())
}

/// Bands from short to long wavelengths, without the outermost two, which carry the tails.
pub(super) fn inner_bands(dayside: &Dayside) -> impl Iterator<Item = usize> {
    (1..dayside.planet_w_m2.len() - 1).rev()
}

fn spectrum(lava: &Lava, dayside: &Dayside) -> String {
    let mut text = String::from(
        "wavelength_um,eclipse_depth_ppm,planet_flux_w_m2_um,star_flux_w_m2_um,brightness_temperature_k\n",
    );
    let depth = dayside.depth();
    for band in inner_bands(dayside) {
        let width_um = lava.points().width_m(band) / M_PER_UM;
        let _ = writeln!(
            text,
            "{:.6},{:.5},{:.6e},{:.6e},{:.3}",
            centre_m(dayside, band) / M_PER_UM,
            depth[band] / RATIO_PER_PPM,
            dayside.planet_w_m2[band] / width_um,
            dayside.star_w_m2[band] / width_um,
            band_temperature(lava, dayside, band)
        );
    }
    text
}

pub(super) fn profile(dayside: &Dayside, altitudes: &[Option<Altitudes>]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for (name, x) in dayside
        .rings
        .iter()
        .filter_map(gas_of)
        .flat_map(|gas| &gas.mole_fraction)
    {
        if x.iter().any(|x| *x > LEAST_FRACTION) && !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let mut text = String::from(
        "ring,pressure_bar,temperature_k,mean_molar_mass_g_mol,altitude_km,gravity_m_s2",
    );
    for name in &names {
        let _ = write!(text, ",{name}");
    }
    text.push('\n');
    for (index, ring) in dayside.rings.iter().enumerate() {
        let Some(gas) = gas_of(ring) else { continue };
        for layer in 0..gas.temperature_k.len() {
            let _ = write!(
                text,
                "{index},{:.6e},{:.4},{:.4}",
                gas.pressure_bar[layer], gas.temperature_k[layer], gas.mean_molar_mass_g_mol[layer]
            );
            let _ = match &altitudes[index] {
                Some(Altitudes {
                    altitude_m,
                    gravity_m_s2,
                }) => write!(
                    text,
                    ",{:.4},{:.5}",
                    1e-3 * altitude_m[layer],
                    gravity_m_s2[layer]
                ),
                None => write!(text, ",,"),
            };
            for name in &names {
                let column = gas.mole_fraction.iter().find(|(known, _)| known == name);
                let _ = write!(text, ",{:.4e}", column.map_or(0.0, |(_, x)| x[layer]));
            }
            text.push('\n');
        }
    }
    text
}

/// Contribution function of the first ring: its share of the flux by layer, the surface last.
fn contribution(dayside: &Dayside) -> String {
    let ring = &dayside.rings[0];
    let mut text = String::from("wavelength_um,photosphere_pressure_bar");
    let pressures = gas_of(ring).map_or(&[][..], |gas| &gas.pressure_bar);
    for pressure in pressures {
        let _ = write!(text, ",{pressure:.4e}_bar");
    }
    text.push_str(",surface\n");
    for band in inner_bands(dayside) {
        let photosphere = ring.emission.photosphere_pa[band]
            .map_or(String::new(), |pa| format!("{:.4e}", pa / PA_PER_BAR));
        let _ = write!(
            text,
            "{:.6},{photosphere}",
            centre_m(dayside, band) / M_PER_UM
        );
        for share in ring.emission.contribution(band) {
            let _ = write!(text, ",{share:.3e}");
        }
        text.push('\n');
    }
    text
}

/// What each absorber does to the depth at the same temperatures: depth with it minus without it.
fn gases(
    lava: &Lava,
    dayside: &Dayside,
    parameters: &LavaParameters,
) -> Result<String, ModelError> {
    let mut change: Vec<(String, Vec<f64>)> = Vec::new();
    for ring in &dayside.rings {
        for (name, flux) in lava.without_each(parameters, ring)? {
            let weight = ring.ring.disc_weight;
            let more = flux
                .iter()
                .zip(&ring.emission.band_w_m2)
                .map(|(w, f)| weight * (f - w));
            match change.iter_mut().find(|(known, _)| *known == name) {
                Some((_, sum)) => sum
                    .iter_mut()
                    .zip(more)
                    .for_each(|(sum, more)| *sum += more),
                None => change.push((name, more.collect())),
            }
        }
    }
    let mut text = String::from("wavelength_um");
    for (name, _) in &change {
        let _ = write!(text, ",{name}_ppm");
    }
    text.push('\n');
    for band in inner_bands(dayside) {
        let _ = write!(text, "{:.6}", centre_m(dayside, band) / M_PER_UM);
        let scale = dayside.area_ratio / dayside.star_w_m2[band] / RATIO_PER_PPM;
        for (_, flux) in &change {
            let _ = write!(text, ",{:.4}", scale * flux[band]);
        }
        text.push('\n');
    }
    Ok(text)
}
