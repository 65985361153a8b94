//! Temperatures and gases of the column in the posterior of a model with a gas.

use std::fmt::Write as _;

use rayon::prelude::*;

use super::RunError;
use super::model_run::ModelRun;
use super::predictive::{Bands, PROBABILITIES};
use crate::error::{InputError, ModelError};
use crate::forward::{ColumnProfile, ForwardModel};
use crate::posterior::WeightedSample;
use crate::report::write_atomic;

/// Draws behind the bands.
const DRAWS: usize = 200;
/// Pressures at which they are taken.
const POINTS: usize = 80;
/// Gases that are told: the most abundant anywhere, by the median.
const MOST_GASES: usize = 12;
/// Share of the draws that must have gas at a pressure for a band there.
const LEAST_SHARE: f64 = 0.05;

/// Bands of temperature and mole fractions against pressure; empty without gas.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profiles {
    /// Pressures \[bar\], from the top.
    pub pressure_bar: Vec<f64>,
    /// Share of the draws whose column reaches down to each.
    pub share_with_gas: Vec<f64>,
    /// Temperatures \[K\] of the draws that do.
    pub temperature_k: Bands,
    /// Mole fractions by gas, the most abundant first.
    pub mole_fraction: Vec<(String, Bands)>,
}

/// Columns of equally weighted draws of the posterior; `None` for a model without a gas.
///
/// # Errors
/// [`ModelError`] if the model fails where its likelihood did not.
pub fn profiles(run: &ModelRun<'_>) -> Result<Option<Profiles>, RunError> {
    let problem = &run.model.problem;
    let model = &problem.model;
    if !model.has_profile() {
        return Ok(None);
    }
    let rows = run
        .posterior
        .equal_weight_rows(DRAWS.min(run.posterior.len()), run.seed);
    let columns: Vec<Option<ColumnProfile>> = rows
        .par_iter()
        .map_init(
            || model.workspace(),
            |workspace, row| {
                let theta = &run.posterior.row(*row)[..problem.model_parameters()];
                model.profile(theta, workspace)
            },
        )
        .collect::<Result<_, ModelError>>()?;
    Ok(Some(bands(&columns)))
}

fn bands(columns: &[Option<ColumnProfile>]) -> Profiles {
    let gases: Vec<&ColumnProfile> = columns.iter().flatten().collect();
    let ends = |pick: fn(&ColumnProfile) -> Option<f64>, fold: fn(f64, f64) -> f64| {
        gases.iter().filter_map(|gas| pick(gas)).reduce(fold)
    };
    let top = ends(|gas| gas.pressure_bar.first().copied(), f64::max);
    let base = ends(|gas| gas.pressure_bar.last().copied(), f64::max);
    let (Some(top), Some(base)) = (top, base) else {
        return Profiles::default();
    };
    let step = (base / top).ln() / (POINTS - 1) as f64;
    let mut found = Profiles::default();
    let mut kept = Vec::new();
    for point in 0..POINTS {
        let bar = top * (step * point as f64).exp();
        let reaching = gases.iter().filter(|gas| reaches(gas, bar)).count();
        let share = reaching as f64 / columns.len() as f64;
        if share >= LEAST_SHARE {
            kept.push(bar);
            found.share_with_gas.push(share);
        }
    }
    found.temperature_k = quantiles(&gases, &kept, |gas| gas.temperature_k.clone());
    let names = gases[0].mole_fraction.iter().map(|(name, _)| name);
    let mut all: Vec<(String, Bands)> = (names.enumerate())
        .map(|(s, name)| {
            let ln = |x: &f64| x.max(1e-99).ln();
            let of = |gas: &ColumnProfile| gas.mole_fraction[s].1.iter().map(ln).collect();
            let mut bands = quantiles(&gases, &kept, of);
            bands.iter_mut().flatten().for_each(|x| *x = x.exp());
            (name.clone(), bands)
        })
        .collect();
    let most = |bands: &Bands| bands.iter().map(|band| band[2]).fold(0.0, f64::max);
    all.sort_by(|a, b| most(&b.1).total_cmp(&most(&a.1)));
    all.truncate(MOST_GASES);
    found.mole_fraction = all;
    found.pressure_bar = kept;
    found
}

fn reaches(gas: &ColumnProfile, bar: f64) -> bool {
    gas.base_pressure_bar >= bar * (1.0 - 1e-12)
}

/// Quantiles at each pressure over the columns that reach it; the values of the layers are linear in
/// ln p.
fn quantiles(
    gases: &[&ColumnProfile],
    at_bar: &[f64],
    of_layers: impl Fn(&ColumnProfile) -> Vec<f64>,
) -> Bands {
    let values: Vec<Vec<f64>> = gases.iter().map(|gas| of_layers(gas)).collect();
    at_bar
        .iter()
        .map(|bar| {
            let column: Vec<f64> = (gases.iter().zip(&values))
                .filter(|(gas, _)| reaches(gas, *bar))
                .map(|(gas, values)| interpolate(&gas.pressure_bar, values, *bar))
                .collect();
            let weights = vec![1.0; column.len()];
            let sample = WeightedSample::new(&column, &weights);
            PROBABILITIES.map(|probability| sample.quantile(probability))
        })
        .collect()
}

/// The value at a pressure, linear in ln p between ascending pressures, constant beyond them.
fn interpolate(pressure_bar: &[f64], values: &[f64], bar: f64) -> f64 {
    let last = pressure_bar.len() - 1;
    let above = pressure_bar.partition_point(|p| *p <= bar);
    if above == 0 || above > last {
        return values[above.min(last)];
    }
    let (low, high) = (pressure_bar[above - 1].ln(), pressure_bar[above].ln());
    let share = (bar.ln() - low) / (high - low);
    values[above - 1] + share * (values[above] - values[above - 1])
}

impl Profiles {
    /// Writes `profiles.csv` (temperature) and `mole_fractions.csv` into the folder of a model.
    ///
    /// # Errors
    /// [`InputError::Write`].
    pub fn write(&self, run: &ModelRun<'_>) -> Result<(), InputError> {
        let mut text = String::from("pressure_bar,share_with_gas");
        for name in QUANTILE_NAMES {
            let _ = write!(text, ",temperature_{name}_k");
        }
        text.push('\n');
        let rows = self.pressure_bar.iter().zip(&self.share_with_gas);
        for ((bar, share), band) in rows.zip(&self.temperature_k) {
            let _ = write!(text, "{bar:.6e},{share:.4}");
            for t in band {
                let _ = write!(text, ",{t:.2}");
            }
            text.push('\n');
        }
        write_atomic(&run.folder.join("profiles.csv"), text.as_bytes())?;
        let mut text = String::from("gas,pressure_bar");
        for name in QUANTILE_NAMES {
            let _ = write!(text, ",mole_fraction_{name}");
        }
        text.push('\n');
        for (gas, bands) in &self.mole_fraction {
            for (bar, band) in self.pressure_bar.iter().zip(bands) {
                let _ = write!(text, "{gas},{bar:.6e}");
                for x in band {
                    let _ = write!(text, ",{x:.4e}");
                }
                text.push('\n');
            }
        }
        write_atomic(&run.folder.join("mole_fractions.csv"), text.as_bytes())
    }
}

/// Names of [`PROBABILITIES`] in columns.
const QUANTILE_NAMES: [&str; 5] = ["q025", "q16", "q50", "q84", "q975"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_linear_in_the_logarithm_of_the_pressure() {
        let (bar, values) = ([1e-4, 1e-2, 1.0], [1000.0, 2000.0, 1800.0]);
        assert!((interpolate(&bar, &values, 1e-3) - 1500.0).abs() < 1e-9);
        assert!((interpolate(&bar, &values, 0.1) - 1900.0).abs() < 1e-9);
        assert_eq!(interpolate(&bar, &values, 1e-8), 1000.0);
        assert_eq!(interpolate(&bar, &values, 10.0), 1800.0);
    }
}
