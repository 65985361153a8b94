//! Two opacity sets side by side: ratios of mean cross sections in bands.
//!
//! Both sets are averaged over the same bins, uniform in ln λ. A bin counts where both sets cover it
//! and where it is not faint: below [`Choices::faint`] of the strongest bin of the range in both sets,
//! a ratio says nothing about a spectrum. Ratios are B over A.

use super::set::{OpacitySet, Sort, mean_in_bins, row_at};
use super::table::CrossSectionTable;
use crate::error::InputError;

/// Most bins of one range.
const MOST_BINS: f64 = 1e5;

/// Where two sets are compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Choices {
    /// Gases; none for all that both sets have.
    pub gases: Vec<String>,
    /// Ranges of wavelength, low and high \[µm\].
    pub ranges_um: Vec<[f64; 2]>,
    /// Resolving power λ/Δλ of the bins.
    pub resolution: f64,
    /// Temperatures \[K\].
    pub temperature_k: Vec<f64>,
    /// Pressures \[bar\].
    pub pressure_bar: Vec<f64>,
    /// Share of the strongest bin of a range below which a bin does not count, 0 to below 1.
    pub faint: f64,
}

impl Default for Choices {
    /// The mid infrared and the ultraviolet of a lava planet's dayside.
    fn default() -> Self {
        Self {
            gases: Vec::new(),
            ranges_um: vec![[5.0, 12.0], [0.1, 0.4]],
            resolution: 100.0,
            temperature_k: vec![1500.0, 2500.0, 3500.0],
            pressure_bar: vec![1e-4, 1e-1],
            faint: 1e-6,
        }
    }
}

/// What the comparison found.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Comparison {
    /// Gases of the first set alone.
    pub only_in_a: Vec<String>,
    /// Gases of the second set alone.
    pub only_in_b: Vec<String>,
    /// One row for each gas, range, temperature and pressure.
    pub rows: Vec<Row>,
    /// What could not be compared, in words.
    pub skipped: Vec<String>,
}

/// A gas in one range at one temperature and pressure.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Row {
    /// Formula.
    pub gas: String,
    /// Wavelengths \[µm\].
    pub range_um: [f64; 2],
    /// Temperature \[K\].
    pub temperature_k: f64,
    /// Pressure \[bar\].
    pub pressure_bar: f64,
    /// Bins that count and absorb in both sets.
    pub bins: usize,
    /// Bins that count and absorb in one set alone.
    pub one_sided_bins: usize,
    /// Mean of |log10(B/A)| over the bins; none without bins.
    pub mean_abs_log10: Option<f64>,
    /// Largest |log10(B/A)|.
    pub largest_abs_log10: Option<f64>,
    /// Middle of the bin of the largest \[µm\].
    pub largest_at_um: Option<f64>,
    /// Mean cross section of B over that of A, over all bins that both cover.
    pub mean_ratio: Option<f64>,
}

/// Compares two sets.
///
/// # Errors
/// Choices out of range, a gas that a set lacks, a block that is damaged. Temperatures, pressures and
/// wavelengths that a table does not reach are no errors but stand in [`Comparison::skipped`].
pub fn compare(
    a: &OpacitySet,
    b: &OpacitySet,
    choices: &Choices,
) -> Result<Comparison, InputError> {
    check(choices)?;
    let missing = |one: &OpacitySet, other: &OpacitySet| -> Vec<String> {
        let known: Vec<&str> = other.gases().collect();
        let alone = one.gases().filter(|gas| !known.contains(gas));
        alone.map(str::to_owned).collect()
    };
    let mut result = Comparison {
        only_in_a: missing(a, b),
        only_in_b: missing(b, a),
        rows: Vec::new(),
        skipped: Vec::new(),
    };
    let gases: Vec<String> = if choices.gases.is_empty() {
        let alone = &result.only_in_a;
        let common = a.gases().filter(|gas| !alone.iter().any(|one| one == gas));
        common.map(str::to_owned).collect()
    } else {
        choices.gases.clone()
    };
    for gas in &gases {
        let tables = [Source::open(a, gas)?, Source::open(b, gas)?];
        for range_um in &choices.ranges_um {
            let edges_um = edges_um(*range_um, choices.resolution);
            for temperature_k in &choices.temperature_k {
                for pressure_bar in &choices.pressure_bar {
                    let point = (*temperature_k, *pressure_bar);
                    match row(&tables, &edges_um, point, choices.faint) {
                        Ok(row) => result.rows.push(row),
                        Err(reason) => result.skipped.push(reason.to_string()),
                    }
                }
            }
        }
    }
    result.skipped.dedup();
    Ok(result)
}

fn check(choices: &Choices) -> Result<(), InputError> {
    for [low, high] in &choices.ranges_um {
        if !(*low > 0.0 && high > low && high.is_finite()) {
            let found = format!("{low} to {high} µm");
            let expected = "positive and ascending wavelengths";
            return Err(InputError::value("range_um", found, expected));
        }
        if !(choices.resolution > 0.0 && (high / low).ln() * choices.resolution <= MOST_BINS) {
            let expected = format!("a positive number that gives at most {MOST_BINS} bins");
            return Err(InputError::value(
                "resolution",
                choices.resolution,
                expected,
            ));
        }
    }
    if !(0.0..1.0).contains(&choices.faint) {
        return Err(InputError::value("faint", choices.faint, "0 to below 1"));
    }
    Ok(())
}

/// Edges of bins uniform in ln λ \[µm\], ascending.
fn edges_um([low, high]: [f64; 2], resolution: f64) -> Vec<f64> {
    let count = ((high / low).ln() * resolution).round().max(1.0) as usize;
    let edge = |i: usize| match i {
        0 => low,
        last if last == count => high,
        _ => low * (high / low).powf(i as f64 / count as f64),
    };
    (0..=count).map(edge).collect()
}

/// A table with what its means need.
struct Source {
    set: String,
    table: CrossSectionTable,
    nodes: Option<super::set::BandNodes>,
}

impl Source {
    /// The k-distributions of a gas, or the sampled cross sections of a gas that has none.
    fn open(set: &OpacitySet, gas: &str) -> Result<Self, InputError> {
        set.gas(gas)?;
        let sort = if set.has(gas, Sort::KDistribution) {
            Sort::KDistribution
        } else {
            Sort::Sampled
        };
        let table = set.table(gas, sort)?;
        // Tables of others stand on points without weights; the nodes belong to tables as long.
        let nodes = match sort {
            Sort::KDistribution => None,
            Sort::Sampled => set
                .band_nodes()?
                .filter(|nodes| nodes.wavenumber_per_cm.len() == table.axis.len()),
        };
        Ok(Self {
            set: set.place().to_owned(),
            table,
            nodes,
        })
    }

    /// Means over bins given by ascending wavelengths; NaN where the table does not reach.
    fn means(&self, edges_um: &[f64], (t_k, p_bar): (f64, f64)) -> Result<Vec<f64>, InputError> {
        let row = row_at(&self.table, t_k, p_bar)
            .map_err(|error| InputError::value(&self.set, error, "a point that both sets reach"))?;
        let edges_per_cm: Vec<f64> = edges_um.iter().rev().map(|um| 1e4 / um).collect();
        let nodes = self.nodes.as_ref();
        let mut means = mean_in_bins(&self.table.axis, nodes, &row, &edges_per_cm);
        means.reverse();
        Ok(means)
    }
}

fn row(
    tables: &[Source; 2],
    edges_um: &[f64],
    point: (f64, f64),
    faint: f64,
) -> Result<Row, InputError> {
    let (a, b) = (
        tables[0].means(edges_um, point)?,
        tables[1].means(edges_um, point)?,
    );
    let covered: Vec<(usize, f64, f64)> = (0..a.len())
        .map(|i| (i, a[i], b[i]))
        .filter(|(_, a, b)| a.is_finite() && b.is_finite())
        .collect();
    let range_um = [edges_um[0], edges_um[edges_um.len() - 1]];
    let gas = &tables[0].table.gas;
    if covered.is_empty() {
        let found = format!("no bin of {} to {} µm in common", range_um[0], range_um[1]);
        return Err(InputError::value(
            gas,
            found,
            "a range that both sets reach",
        ));
    }
    let strongest = covered
        .iter()
        .fold(0.0_f64, |s, (_, a, b)| s.max(*a).max(*b));
    let counts = |x: f64| x > 0.0 && x >= faint * strongest;
    let (mut bins, mut one_sided_bins, mut sum) = (0, 0, 0.0);
    let mut largest: Option<(f64, f64)> = None;
    for (i, a, b) in covered.iter().copied() {
        if !counts(a.max(b)) {
            continue;
        }
        if a <= 0.0 || b <= 0.0 {
            one_sided_bins += 1;
            continue;
        }
        let size = (b / a).log10().abs();
        bins += 1;
        sum += size;
        if largest.is_none_or(|(most, _)| size > most) {
            largest = Some((size, 0.5 * (edges_um[i] + edges_um[i + 1])));
        }
    }
    let total = |of: fn(&(usize, f64, f64)) -> f64| covered.iter().map(of).sum::<f64>();
    let (all_a, all_b) = (total(|bin| bin.1), total(|bin| bin.2));
    Ok(Row {
        gas: gas.clone(),
        range_um,
        temperature_k: point.0,
        pressure_bar: point.1,
        bins,
        one_sided_bins,
        mean_abs_log10: (bins > 0).then(|| sum / bins as f64),
        largest_abs_log10: largest.map(|(size, _)| size),
        largest_at_um: largest.map(|(_, um)| um),
        mean_ratio: (all_a > 0.0).then(|| all_b / all_a),
    })
}

#[cfg(test)]
mod tests;
