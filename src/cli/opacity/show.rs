//! `magmaret opacity show`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::open;
use crate::cli::{Common, emit, emit_json};
use crate::config::FigureFormat;
use crate::error::InputError;
use crate::opacity::OpacitySet;
use crate::opacity::set::{Sort, mean_in_bins, row_at};
use crate::report::figures::{CrossSectionCurve, Destination, cross_sections};

/// Most bins of one answer.
const MOST_BINS: f64 = 1e6;

/// Mean cross sections.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Gases; several are drawn in one figure.
    #[arg(long, value_name = "NAME", required = true, num_args = 1.., value_delimiter = ',')]
    gas: Vec<String>,
    /// Temperature.
    #[arg(long, value_name = "K")]
    temperature_k: f64,
    /// Pressure.
    #[arg(long, value_name = "BAR")]
    pressure_bar: f64,
    /// Wavelengths, as 5:12.
    #[arg(long, value_name = "LOW:HIGH", default_value = "0.1:50")]
    range_um: String,
    /// Resolving power of the bins, λ/Δλ.
    #[arg(long, value_name = "R", default_value_t = 100.0)]
    resolution: f64,
    /// Take the means of the sampled nodes (bands of R = 100) in place of the k-distributions.
    #[arg(long)]
    sampled: bool,
    /// Opacity set [default: the one that the program carries].
    #[arg(long, value_name = "FILE")]
    set: Option<PathBuf>,
    /// Draw `cross_sections.svg` and `.png` in this folder.
    #[arg(long, value_name = "DIR")]
    figure: Option<PathBuf>,
}

#[derive(Serialize)]
struct Shown {
    gas: String,
    tier: crate::opacity::Tier,
    temperature_k: f64,
    pressure_bar: f64,
    wavelength_um: Vec<f64>,
    cross_section_cm2: Vec<f64>,
}

impl ShowArgs {
    pub(super) fn run(&self, common: Common) -> anyhow::Result<ExitCode> {
        let set = open(self.set.as_ref())?;
        let edges_um = self.edges_um()?;
        let shown: Vec<Shown> = self
            .gas
            .iter()
            .map(|gas| self.mean(&set, gas, &edges_um))
            .collect::<Result<_, _>>()?;
        if common.json {
            match shown.as_slice() {
                [one] => emit_json(one)?,
                all => emit_json(&all)?,
            }
        } else {
            emit(&table(&shown))?;
        }
        if let Some(folder) = &self.figure {
            let curves: Vec<CrossSectionCurve> = shown
                .iter()
                .map(|gas| CrossSectionCurve {
                    name: format!("{} ({:?})", gas.gas, gas.tier),
                    wavelength_um: gas.wavelength_um.clone(),
                    cross_section_cm2: gas.cross_section_cm2.clone(),
                })
                .collect();
            let conditions = format!(
                "{} K, {} bar, R = {}; tier in brackets",
                self.temperature_k, self.pressure_bar, self.resolution
            );
            let destination = Destination {
                folder,
                formats: &[FigureFormat::Svg, FigureFormat::Png],
            };
            for path in cross_sections(&curves, &conditions, destination)? {
                eprintln!("written: {}", path.display());
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Edges of the bins \[µm\], ascending, uniform in ln λ.
    fn edges_um(&self) -> Result<Vec<f64>, InputError> {
        let parsed = self.range_um.split_once(':').and_then(|(low, high)| {
            Some((
                low.trim().parse::<f64>().ok()?,
                high.trim().parse::<f64>().ok()?,
            ))
        });
        let (low, high) = match parsed {
            Some((low, high)) if low > 0.0 && high > low && high.is_finite() => (low, high),
            _ => {
                let found = format!("`{}`", self.range_um);
                let expected = "LOW:HIGH in µm, positive and ascending";
                return Err(InputError::value("--range-um", found, expected));
            }
        };
        let bins = ((high / low).ln() * self.resolution).round().max(1.0);
        if !(self.resolution > 0.0 && bins <= MOST_BINS) {
            return Err(InputError::value(
                "--resolution",
                self.resolution,
                format!("a positive number that gives at most {MOST_BINS} bins"),
            ));
        }
        let count = bins as usize;
        let edge = |i: usize| match i {
            0 => low,
            last if last == count => high,
            _ => low * ((high / low).ln() * i as f64 / bins).exp(),
        };
        Ok((0..=count).map(edge).collect())
    }

    fn mean(&self, set: &OpacitySet, gas: &str, edges_um: &[f64]) -> Result<Shown, InputError> {
        let sort = if self.sampled || !set.has(gas, Sort::KDistribution) {
            Sort::Sampled
        } else {
            Sort::KDistribution
        };
        let table = set.table(gas, sort)?;
        let row = row_at(&table, self.temperature_k, self.pressure_bar)?;
        let nodes = match sort {
            Sort::Sampled => set.band_nodes()?,
            Sort::KDistribution => None,
        };
        let edges_per_cm: Vec<f64> = edges_um.iter().rev().map(|um| 1e4 / um).collect();
        let mut means = mean_in_bins(&table.axis, nodes.as_ref(), &row, &edges_per_cm);
        means.reverse();
        if let Some(index) = means.iter().position(|mean| mean.is_nan()) {
            return Err(InputError::value(
                format!("--range-um, {gas}"),
                format!("{} to {} µm", edges_um[index], edges_um[index + 1]),
                "wavelengths that the set covers (see `magmaret opacity info`)",
            ));
        }
        Ok(Shown {
            gas: gas.to_owned(),
            tier: table.provenance.tier,
            temperature_k: self.temperature_k,
            pressure_bar: self.pressure_bar,
            wavelength_um: edges_um.windows(2).map(|e| 0.5 * (e[0] + e[1])).collect(),
            cross_section_cm2: means,
        })
    }
}

fn table(shown: &[Shown]) -> String {
    let mut out = String::from("mean cross section in cm2 per molecule\n     um");
    for gas in shown {
        let _ = write!(out, " {:>10}", gas.gas);
    }
    out.push('\n');
    let rows = shown.first().map_or(0, |gas| gas.wavelength_um.len());
    for row in 0..rows {
        let _ = write!(out, "{:>7.4}", shown[0].wavelength_um[row]);
        for gas in shown {
            let _ = write!(out, " {:>10.3e}", gas.cross_section_cm2[row]);
        }
        out.push('\n');
    }
    out
}
