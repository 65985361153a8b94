//! `magmaret forward`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::{Common, emit, emit_json};
use crate::config::RunConfig;
use crate::error::InputError;
use crate::run::{ForwardRequest, ForwardSummary, forward};

/// Atmosphere and eclipse spectrum of one lava planet.
#[derive(Debug, Args)]
pub(super) struct ForwardArgs {
    /// Run file (TOML) with `model.kind = "lava"`.
    run_file: PathBuf,
    /// Parameters on top of those of the run file, as `delta_iw=2`.
    #[arg(long, value_name = "NAME=VALUE", num_args = 1..)]
    set: Vec<String>,
    /// Folder of the results [default: `runs/<name of the run file>_forward`].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl ForwardArgs {
    pub(super) fn run(&self, common: Common) -> anyhow::Result<ExitCode> {
        let name = self.run_file.file_stem().unwrap_or_default();
        let mut folder = name.to_os_string();
        folder.push("_forward");
        let directory = self
            .out
            .clone()
            .unwrap_or_else(|| Path::new("runs").join(folder));
        let request = ForwardRequest {
            config: RunConfig::from_path(&self.run_file)?,
            set: self
                .set
                .iter()
                .map(|text| pair(text))
                .collect::<Result<_, _>>()?,
            directory: Some(directory.clone()),
        };
        let outcome = forward(&request)?;
        for warning in &outcome.summary.warnings {
            eprintln!("warning: {warning}");
        }
        if common.json {
            emit_json(&outcome.summary)?;
        } else {
            emit(&text(&outcome.summary))?;
        }
        eprintln!("results: {}", directory.display());
        Ok(ExitCode::SUCCESS)
    }
}

pub(super) fn pair(text: &str) -> Result<(String, f64), InputError> {
    let parsed = text.split_once('=').and_then(|(name, value)| {
        let value = value.trim().parse::<f64>().ok()?;
        value.is_finite().then(|| (name.trim().to_owned(), value))
    });
    parsed.ok_or_else(|| InputError::value("--set", format!("`{text}`"), "NAME=NUMBER"))
}

fn text(summary: &ForwardSummary) -> String {
    let optional = |value: Option<f64>, digits: usize| {
        value.map_or("-".to_owned(), |value| format!("{value:.digits$}"))
    };
    let equilibrium = match &summary.given_profile {
        Some(given) => given.to_string(),
        None => format!(
            "{} steps, imbalance {:.1e}",
            summary.iterations, summary.residual
        ),
    };
    let mut out = format!(
        "surface          {:.1} K, {:.3e} bar\nlog10 fO2        {} bar, dIW {}\n\
         temperature      least {} K, top {} K\nband contrast    {:.4}\n\
         equilibrium      {}\n",
        summary.surface_temperature_k,
        summary.base_pressure_bar,
        optional(summary.log10_fo2_bar, 3),
        optional(summary.delta_iw, 3),
        optional(summary.minimum_temperature_k, 1),
        optional(summary.top_temperature_k, 1),
        summary.band_contrast_psi,
        equilibrium,
    );
    if let (Some(km), Some(gravity)) = (summary.top_altitude_km, summary.top_gravity_m_s2) {
        out += &format!("top layer        {km:.1} km up, gravity {gravity:.3} m/s2\n");
    }
    if let Some(fine) = &summary.fine_spectrum {
        let ([low, high], [least, most]) = (fine.resolving_power, fine.points_per_bin);
        out += &format!(
            "{:<16} {} bins, R {low:.0} to {high:.0}, {least} to {most} points each, {} angles\n",
            fine.file, fine.bins, fine.emission_angles
        );
    }
    for ring in &summary.rings {
        let [from, to] = ring.from_to_degrees;
        out += &format!(
            "{from:>5.1} to {to:>5.1} deg {:<10} {:>7.1} K {:>10.3e} bar\n",
            ring.state, ring.surface_temperature_k, ring.base_pressure_bar
        );
    }
    for found in summary.rings.iter().filter_map(|ring| ring.convection) {
        let [high, low] = found.from_to_bar;
        let flux = found.largest_flux_over_irradiation;
        out += &format!(
            "convects         between {high:.3e} and {low:.3e} bar, at most {flux:.1e} of the irradiation\n"
        );
    }
    for (name, value) in &summary.conventions {
        out += &format!("{name:<22} {value}\n");
    }
    out
}
