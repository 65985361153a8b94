//! `magmaret opacity compare`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::open;
use crate::cli::{Common, emit, emit_json};
use crate::error::InputError;
use crate::opacity::OpacitySet;
use crate::opacity::compare::{Choices, Comparison, compare};

/// Ratios of the mean cross sections of two sets.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Opacity set, or `embedded` for the one that the program carries.
    #[arg(value_name = "A")]
    a: PathBuf,
    /// Another; ratios are B over A.
    #[arg(value_name = "B")]
    b: PathBuf,
    /// Gases [default: all that both have].
    #[arg(long, value_name = "NAME", num_args = 1.., value_delimiter = ',')]
    gas: Vec<String>,
    /// Temperatures.
    #[arg(long, value_name = "K", num_args = 1.., value_delimiter = ',',
          default_values_t = [1500.0, 2500.0, 3500.0])]
    temperature_k: Vec<f64>,
    /// Pressures.
    #[arg(long, value_name = "BAR", num_args = 1.., value_delimiter = ',',
          default_values_t = [1e-4, 1e-1])]
    pressure_bar: Vec<f64>,
    /// Ranges of wavelength, as 5:12.
    #[arg(long, value_name = "LOW:HIGH", num_args = 1.., value_delimiter = ',',
          default_values = ["5:12", "0.1:0.4"])]
    range_um: Vec<String>,
    /// Resolving power of the bins, λ/Δλ.
    #[arg(long, value_name = "R", default_value_t = 100.0)]
    resolution: f64,
    /// Share of the strongest bin of a range below which a bin does not count.
    #[arg(long, value_name = "SHARE", default_value_t = 1e-6)]
    faint: f64,
}

impl CompareArgs {
    pub(super) fn run(&self, common: Common) -> anyhow::Result<ExitCode> {
        let choices = Choices {
            gases: self.gas.clone(),
            ranges_um: self
                .range_um
                .iter()
                .map(|text| range(text))
                .collect::<Result<_, _>>()?,
            resolution: self.resolution,
            temperature_k: self.temperature_k.clone(),
            pressure_bar: self.pressure_bar.clone(),
            faint: self.faint,
        };
        let comparison = compare(&set(&self.a)?, &set(&self.b)?, &choices)?;
        if common.json {
            emit_json(&comparison)?;
        } else {
            emit(&table(&comparison))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn set(path: &PathBuf) -> anyhow::Result<OpacitySet> {
    open((path.as_path() != Path::new("embedded")).then_some(path))
}

fn range(text: &str) -> Result<[f64; 2], InputError> {
    let number = |part: &str| part.trim().parse::<f64>().ok();
    text.split_once(':')
        .and_then(|(low, high)| Some([number(low)?, number(high)?]))
        .ok_or_else(|| InputError::value("--range-um", format!("`{text}`"), "LOW:HIGH in µm"))
}

fn table(comparison: &Comparison) -> String {
    let mut out = String::from(
        "ratio B/A of mean cross sections in bins\n\
         gas             um      K      bar   bins one-sided  mean|log10|   max|log10|    at um  mean ratio\n",
    );
    let number = |value: Option<f64>, digits: usize| match value {
        Some(value) => format!("{value:.digits$}"),
        None => "-".to_owned(),
    };
    for row in &comparison.rows {
        let range = format!("{}-{}", row.range_um[0], row.range_um[1]);
        let _ = writeln!(
            out,
            "{:<8} {range:>9} {:>6} {:>8.0e} {:>6} {:>9} {:>12} {:>12} {:>8} {:>11}",
            row.gas,
            row.temperature_k,
            row.pressure_bar,
            row.bins,
            row.one_sided_bins,
            number(row.mean_abs_log10, 4),
            number(row.largest_abs_log10, 4),
            number(row.largest_at_um, 3),
            number(row.mean_ratio, 4),
        );
    }
    for (label, gases) in [("A", &comparison.only_in_a), ("B", &comparison.only_in_b)] {
        if !gases.is_empty() {
            let _ = writeln!(out, "only in {label}: {}", gases.join(", "));
        }
    }
    for reason in &comparison.skipped {
        let _ = writeln!(out, "not compared: {reason}");
    }
    out
}
