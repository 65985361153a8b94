//! One model at given parameters: `magmaret forward`.

mod figures;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::setup::{orbit_of, passbands_of, star_of};
use crate::config::{ModelKind, ParameterConfig, RunConfig};
use crate::error::{InputError, ModelError};
use crate::forward::{
    Conventions, Dayside, Lava, LavaParameters, RingState, SecondEquilibrium, Sky,
};
use crate::instrument::{BinIntegrator, BinSpec};
use crate::observation::{Observation, System};
use crate::report::write_atomic;
use crate::spectrum::{brightness_temperature, planck_flux};
use crate::units::{M_PER_UM, RATIO_PER_PPM};

/// Gases of a profile file reach this mole fraction somewhere.
const LEAST_FRACTION: f64 = 1e-12;

/// What to compute and where to put it.
#[derive(Clone, Debug)]
pub struct ForwardRequest {
    /// The run file.
    pub config: RunConfig,
    /// `name=value` on top of it.
    pub set: Vec<(String, f64)>,
    /// Folder of the results; none writes nothing.
    pub directory: Option<PathBuf>,
}

/// Numbers of a forward model; `summary.json`.
#[derive(Clone, Debug, Serialize)]
pub struct ForwardSummary {
    /// Surface temperature \[K\], of the substellar ring if there are rings.
    pub surface_temperature_k: f64,
    /// Pressure at the surface \[bar\]; 0 for bare rock.
    pub base_pressure_bar: f64,
    /// log10 fO2 at the surface \[bar\].
    pub log10_fo2_bar: Option<f64>,
    /// The same relative to the buffer.
    pub delta_iw: Option<f64>,
    /// Lowest temperature of any layer \[K\].
    pub minimum_temperature_k: Option<f64>,
    /// Temperature of the top layer \[K\].
    pub top_temperature_k: Option<f64>,
    /// Mean depth of the SiO band over that of the MgO band.
    pub band_contrast_psi: f64,
    /// Steps of the equilibrium, the most of any ring.
    pub iterations: usize,
    /// Largest imbalance of any ring over its irradiation.
    pub residual: f64,
    /// Another solution, if one was found.
    pub second_equilibrium: Option<SecondEquilibrium>,
    /// What stands above each ring: `gas`, `bare_rock` or `bare_melt`.
    pub rings: Vec<RingSummary>,
    /// Parameters.
    pub parameters: LavaParameters,
    /// Conventions that move the answer.
    pub conventions: Conventions,
    /// What the reader should know.
    pub warnings: Vec<String>,
    /// Layers in which the table of a gas was left, by gas: colder, hotter, thinner, denser.
    pub extrapolated: BTreeMap<String, [u32; 4]>,
}

/// One ring of the dayside.
#[derive(Clone, Debug, Serialize)]
pub struct RingSummary {
    /// Angles from the substellar point \[degrees\].
    pub from_to_degrees: [f64; 2],
    /// Share of the disc.
    pub disc_weight: f64,
    /// What it is.
    pub state: &'static str,
    /// Stellar flux through it \[W m⁻²\].
    pub irradiation_w_m2: f64,
    /// Surface temperature \[K\].
    pub surface_temperature_k: f64,
    /// Pressure at the surface \[bar\].
    pub base_pressure_bar: f64,
}

/// A forward model with what it was made from.
pub struct ForwardOutcome {
    /// Its numbers.
    pub summary: ForwardSummary,
    /// The dayside.
    pub dayside: Dayside,
    /// The model.
    pub lava: Lava,
}

/// Computes and writes.
///
/// # Errors
/// [`super::RunError::Input`] for what the user gave; [`super::RunError::Model`] for a state that
/// cannot be, with the parameters.
pub fn forward(request: &ForwardRequest) -> Result<ForwardOutcome, super::RunError> {
    let config = &request.config;
    let (lava, parameters, mut warnings) = prepare(request)?;
    let dayside = lava.dayside(&parameters)?;
    warnings.extend(warnings_of(&dayside));
    let second = lava.from_other_start(&parameters, &dayside).second();
    warnings.extend(second.map(|second| second.to_string()));
    let mut summary = summary(&lava, &dayside, parameters, warnings);
    summary.second_equilibrium = second;
    if let Some(folder) = &request.directory {
        let bins = bins(config, &lava, &dayside, &summary.parameters)?;
        write(folder, &lava, &dayside, &summary, bins)?;
        let figures_folder = folder.join("figures");
        figures::draw(&figures_folder, &config.output.figures, &lava, &dayside)?;
    }
    Ok(ForwardOutcome {
        summary,
        dayside,
        lava,
    })
}

/// The model and the parameters of a request, nothing computed; warnings about the star.
///
/// # Errors
/// Anything in the run file that cannot be used.
pub fn prepare(
    request: &ForwardRequest,
) -> Result<(Lava, LavaParameters, Vec<String>), InputError> {
    let config = &request.config;
    if config.model.kind != ModelKind::Lava {
        return Err(InputError::value(
            "model.kind",
            format!("`{}`", config.model.kind.name()),
            "`lava`",
        ));
    }
    let system = System::load(&config.system)?;
    let orbit = orbit_of(&system)?;
    let star = star_of(config, &system, &orbit)?;
    let parameters = parameters(request, &system, &orbit)?;
    let warnings = star.warnings();
    let lava = Lava::new(config, star, parameters.has_volatiles(), None)?;
    Ok((lava, parameters, warnings))
}

/// Values of system, run file and command line, later ones on top.
fn parameters(
    request: &ForwardRequest,
    system: &System,
    orbit: &crate::forward::Orbit,
) -> Result<LavaParameters, InputError> {
    let mut parameters = LavaParameters::of_orbit(orbit);
    for (name, entry) in &request.config.parameters {
        if LavaParameters::names().any(|known| known == name) {
            parameters.set("parameters", name, central(name, entry)?)?;
        }
    }
    for (name, value) in &request.set {
        parameters.set("--set", name, *value)?;
    }
    if parameters.gravity_m_s2.is_nan() {
        return Err(InputError::value(
            format!("system `{}`", system.name),
            "no mass or radius of the planet",
            "the gravity in `parameters.gravity_m_s2`",
        ));
    }
    Ok(parameters)
}

/// The value that stands for a prior: fixed, mean, or the middle of its range.
fn central(name: &str, entry: &ParameterConfig) -> Result<f64, InputError> {
    let middle = entry
        .low
        .zip(entry.high)
        .map(|(low, high)| 0.5 * (low + high));
    entry.fixed.or(entry.mean).or(middle).ok_or_else(|| {
        InputError::value(
            format!("parameters.{name}"),
            "a prior without mean and limits",
            "a number, or --set on the command line",
        )
    })
}

fn gas_of(ring: &RingState) -> Option<&crate::forward::Gas> {
    match &ring.sky {
        Sky::Gas(gas) => Some(gas),
        Sky::Bare { .. } => None,
    }
}

fn state_of(ring: &RingState) -> &'static str {
    match &ring.sky {
        Sky::Gas(_) => "gas",
        Sky::Bare {
            vapour_pressure_bar: Some(_),
        } => "bare_melt",
        Sky::Bare { .. } => "bare_rock",
    }
}

fn warnings_of(dayside: &Dayside) -> Vec<String> {
    let mut warnings = Vec::new();
    for gas in dayside.rings.iter().filter_map(gas_of) {
        for missing in gas
            .report
            .without_opacity
            .iter()
            .filter(|gas| gas.share > 0.05)
        {
            let warning = format!(
                "{} has no opacity: {:.0} % of the particles of the column",
                missing.name,
                100.0 * missing.share
            );
            if !warnings
                .iter()
                .any(|known: &String| known.starts_with(&format!("{} ", missing.name)))
            {
                warnings.push(warning);
            }
        }
    }
    warnings
}

fn summary(
    lava: &Lava,
    dayside: &Dayside,
    parameters: LavaParameters,
    warnings: Vec<String>,
) -> ForwardSummary {
    let first = &dayside.rings[0];
    let gas = gas_of(first);
    let gases = || dayside.rings.iter().filter_map(gas_of);
    let mut extrapolated = BTreeMap::new();
    for used in gases().flat_map(|gas| &gas.report.absorbers) {
        let counts = [
            used.cold_layers,
            used.hot_layers,
            used.thin_layers,
            used.dense_layers,
        ];
        if counts.iter().any(|n| *n > 0) && used.largest_mole_fraction > LEAST_FRACTION {
            let sum: &mut [u32; 4] = extrapolated.entry(used.name.clone()).or_default();
            for (sum, count) in sum.iter_mut().zip(counts) {
                *sum += count;
            }
        }
    }
    let surface_k = first.surface_temperature_k;
    ForwardSummary {
        surface_temperature_k: surface_k,
        base_pressure_bar: gas.map_or(0.0, |gas| gas.base_pressure_bar),
        log10_fo2_bar: gas.map(|gas| gas.log10_fo2_bar),
        delta_iw: gas.map(|gas| gas.log10_fo2_bar - lava.buffer().log10_fo2_bar(surface_k)),
        minimum_temperature_k: gas.map(|gas| {
            gas.temperature_k
                .iter()
                .copied()
                .fold(f64::INFINITY, f64::min)
        }),
        top_temperature_k: gas.map(|gas| gas.temperature_k[0]),
        band_contrast_psi: dayside.band_contrast(),
        iterations: gases().map(|gas| gas.effort.iterations).max().unwrap_or(0),
        residual: gases()
            .filter_map(|gas| gas.history.last().map(|last| last.imbalance))
            .fold(0.0, f64::max),
        second_equilibrium: None,
        rings: dayside.rings.iter().map(ring_summary).collect(),
        parameters,
        conventions: lava.conventions().clone(),
        warnings,
        extrapolated,
    }
}

fn ring_summary(ring: &RingState) -> RingSummary {
    RingSummary {
        from_to_degrees: [
            ring.ring.inner_rad.to_degrees(),
            ring.ring.outer_rad.to_degrees(),
        ],
        disc_weight: ring.ring.disc_weight,
        state: state_of(ring),
        irradiation_w_m2: ring.irradiation_w_m2,
        surface_temperature_k: ring.surface_temperature_k,
        base_pressure_bar: gas_of(ring).map_or(0.0, |gas| gas.base_pressure_bar),
    }
}

/// `bins.csv`, if there are data.
fn bins(
    config: &RunConfig,
    lava: &Lava,
    dayside: &Dayside,
    parameters: &LavaParameters,
) -> Result<Option<String>, super::RunError> {
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

fn centre_m(dayside: &Dayside, band: usize) -> f64 {
    1e-2 / (dayside.edges_per_cm[band] * dayside.edges_per_cm[band + 1]).sqrt()
}

/// Brightness temperature of a band \[K\].
fn band_temperature(lava: &Lava, dayside: &Dayside, band: usize) -> f64 {
    let flux = dayside.planet_w_m2[band] / lava.points().width_m(band);
    brightness_temperature(centre_m(dayside, band), flux / std::f64::consts::PI)
}

fn write(
    folder: &Path,
    lava: &Lava,
    dayside: &Dayside,
    summary: &ForwardSummary,
    bins: Option<String>,
) -> Result<(), super::RunError> {
    std::fs::create_dir_all(folder).map_err(|source| InputError::write(folder, source))?;
    let put = |name: &str, text: &str| write_atomic(&folder.join(name), text.as_bytes());
    put("spectrum.csv", &spectrum(lava, dayside))?;
    put("profile.csv", &profile(dayside))?;
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
fn inner_bands(dayside: &Dayside) -> impl Iterator<Item = usize> {
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

fn profile(dayside: &Dayside) -> String {
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
    let mut text = String::from("ring,pressure_bar,temperature_k,mean_molar_mass_g_mol");
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
        let photosphere = ring.emission.photosphere_pa[band].map_or(String::new(), |pa| {
            format!("{:.4e}", pa / crate::units::PA_PER_BAR)
        });
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
