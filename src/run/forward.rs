//! One model at given parameters: `magmaret forward`.

mod altitude;
mod figures;
mod files;
mod fine;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use altitude::Altitudes;
pub use fine::FineSummary;

use super::setup::{orbit_of, star_of};
use crate::config::{
    ModelKind, OpacityConfig, ParameterConfig, ProfileKind, RunConfig, SpectrumConfig,
};
use crate::error::{InputError, ModelError};
use crate::forward::{
    Conventions, Dayside, FineSpectrum, Lava, LavaParameters, RingState, SecondEquilibrium, Sky,
};
use crate::observation::System;
use crate::report::write_atomic;

/// Gases of a profile file reach this mole fraction somewhere.
const LEAST_FRACTION: f64 = 1e-12;

/// Share of the largest convective flux from which on an interface is said to convect.
const CONVECTS: f64 = 1e-6;

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
    /// Steps of the equilibrium with all points and layers, the most of any ring.
    pub iterations: usize,
    /// Steps before with fewer points or layers, the most of any ring.
    pub sketched_iterations: usize,
    /// Largest imbalance of any ring over its irradiation.
    pub residual: f64,
    /// Temperatures that were given, if they were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_profile: Option<GivenProfileSummary>,
    /// The spectrum that is finer than the bands, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fine_spectrum: Option<FineSummary>,
    /// Altitude of the top layer above the surface \[km\], of the first ring; none where the radius of the planet
    /// is not known, or the gas is not bound.
    pub top_altitude_km: Option<f64>,
    /// Gravity there \[m s⁻²\].
    pub top_gravity_m_s2: Option<f64>,
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

/// A column whose temperatures were given.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct GivenProfileSummary {
    /// Kind of the profile.
    pub kind: ProfileKind,
    /// Whether the column is in radiative equilibrium: never, its temperatures are what they are.
    pub radiative_equilibrium: bool,
    /// Largest |F_net - F_int| at any interface over the irradiation; none of a bare surface.
    pub largest_net_flux_over_irradiation: Option<f64>,
}

impl GivenProfileSummary {
    fn of(lava: &Lava, dayside: &Dayside) -> Option<Self> {
        let last = |gas: &crate::forward::Gas| gas.history.last().map(|last| last.imbalance);
        lava.given_profile().map(|given| Self {
            kind: given.kind(),
            radiative_equilibrium: false,
            largest_net_flux_over_irradiation: gas_of(&dayside.rings[0]).and_then(last),
        })
    }
}

impl std::fmt::Display for GivenProfileSummary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "profile given, not in radiative equilibrium")?;
        match self.largest_net_flux_over_irradiation {
            Some(ratio) => write!(f, "; largest |F_net|/F_irr {ratio:.2e}"),
            None => write!(f, "; bare surface"),
        }
    }
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
    /// Where it convects, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub convection: Option<ConvectionSummary>,
}

/// Convection in a ring.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ConvectionSummary {
    /// Highest and lowest interface through which gas convects \[bar\]; there may be stable layers between.
    pub from_to_bar: [f64; 2],
    /// Largest convective flux over the irradiation.
    pub largest_flux_over_irradiation: f64,
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
    let second = match lava.given_profile() {
        None => lava.from_other_start(&parameters, &dayside).second(),
        Some(_) => None,
    };
    warnings.extend(second.map(|second| second.to_string()));
    let mut summary = summary(&lava, &dayside, parameters, warnings);
    summary.second_equilibrium = second;
    let altitudes = altitudes(config, &dayside, &mut summary)?;
    let fine = (config.spectrum.as_ref())
        .map(|section| fine_spectrum(&lava, &dayside, section, &config.opacity, &mut summary))
        .transpose()?;
    if let Some(folder) = &request.directory {
        let bins = files::bins(config, &lava, &dayside, &summary.parameters)?;
        files::write(folder, &lava, &dayside, &summary, bins)?;
        let profile = files::profile(&dayside, &altitudes);
        write_atomic(&folder.join("profile.csv"), profile.as_bytes())?;
        let (figures_folder, formats) = (folder.join("figures"), &config.output.figures);
        if let Some(fine) = fine {
            write_atomic(&folder.join(fine::FILE), fine::table(&fine).as_bytes())?;
            figures::draw_fine(&figures_folder, formats, &dayside, &fine)?;
        }
        figures::draw(&figures_folder, formats, &lava, &dayside)?;
    }
    Ok(ForwardOutcome {
        summary,
        dayside,
        lava,
    })
}

/// The fine spectrum; what is to be said of it goes into the summary.
fn fine_spectrum(
    lava: &Lava,
    dayside: &Dayside,
    section: &SpectrumConfig,
    opacity: &OpacityConfig,
    summary: &mut ForwardSummary,
) -> Result<FineSpectrum, super::RunError> {
    let spectrum = lava.fine_spectrum(&summary.parameters, dayside, section, opacity)?;
    summary.warnings.extend(fine::warnings(&spectrum, section));
    summary.fine_spectrum = Some(fine::summary(&spectrum));
    Ok(spectrum)
}

/// Altitudes of the rings; none of a bare ring, and nowhere where the radius of the planet is not known.
fn altitudes(
    config: &RunConfig,
    dayside: &Dayside,
    summary: &mut ForwardSummary,
) -> Result<Vec<Option<Altitudes>>, super::RunError> {
    let system = System::load(&config.system)?;
    let Some(radius_m) = altitude::radius_m(&system, &summary.parameters) else {
        return Ok(vec![None; dayside.rings.len()]);
    };
    let gravity_m_s2 = summary.parameters.gravity_m_s2;
    let of_ring = |ring| {
        let found = gas_of(ring).map(|gas| altitude::altitudes(gas, radius_m, gravity_m_s2));
        match found.transpose() {
            // Not bound: it has no altitude.
            Err(ModelError::Rejected(_)) => Ok(None),
            other => other,
        }
    };
    let found: Vec<_> = (dayside.rings.iter())
        .map(of_ring)
        .collect::<Result<_, ModelError>>()?;
    if let Some(Some(first)) = found.first() {
        summary.top_altitude_km = first.altitude_m.first().map(|m| 1e-3 * m);
        summary.top_gravity_m_s2 = first.gravity_m_s2.first().copied();
    } else if gas_of(&dayside.rings[0]).is_some() {
        let words = "the gas is not bound at the top of the grid: no altitudes";
        summary.warnings.push(words.to_owned());
    }
    Ok(found)
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
        sketched_iterations: gases().map(|gas| gas.effort.sketched).max().unwrap_or(0),
        residual: gases()
            .filter_map(|gas| gas.history.last().map(|last| last.imbalance))
            .fold(0.0, f64::max),
        given_profile: GivenProfileSummary::of(lava, dayside),
        fine_spectrum: None,
        top_altitude_km: None,
        top_gravity_m_s2: None,
        second_equilibrium: None,
        rings: dayside.rings.iter().map(ring_summary).collect(),
        parameters,
        conventions: lava.conventions().clone(),
        warnings,
        extrapolated,
    }
}

fn convection(ring: &RingState) -> Option<ConvectionSummary> {
    let gas = gas_of(ring)?;
    let flux = &gas.convective_w_m2;
    let most = flux.iter().copied().fold(0.0, f64::max);
    let moves = |flux: &f64| *flux > CONVECTS * most;
    let bar = |interface: usize| gas.interface_pressure_bar.get(interface).copied();
    Some(ConvectionSummary {
        from_to_bar: [
            bar(flux.iter().position(moves)?)?,
            bar(flux.iter().rposition(moves)?)?,
        ],
        largest_flux_over_irradiation: most / ring.irradiation_w_m2,
    })
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
        convection: convection(ring),
    }
}
