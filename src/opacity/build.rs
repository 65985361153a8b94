//! Building an opacity set from lines.
//!
//! 1. Nodes: cross sections of every gas at a few temperatures and pressures on the fine grid train
//!    the choice of wavenumbers and weights of each band ([`super::selection`]); or the nodes of
//!    another set are used again.
//! 2. Tables: for each gas, temperature and pressure the fine grid is summed once; the nodes are
//!    read off and the bins reduced to k-distributions.
//!
//! The bytes depend on lines and options only, not on the number of threads.

mod tables;
mod training;

use std::time::Instant;

use super::codec::Precision;
use super::grid::{self, BandGrid, Bins};
use super::kdistribution::Quadrature;
use super::line_by_line::{self, Pruning, Workspace};
use super::provenance::Tier;
use super::selection::Tolerance;
use super::set::{BandNodes, LineRecord, OpacitySet, SetWriter};
use super::source::LineGas;
use crate::error::InputError;

pub use training::{COLUMN_PER_CM2_BAR, Selected, largest_column_per_cm2};

/// Share of the strength of every R = 50 bin that weak lines may hold which are left out at a
/// temperature. Where strong lines are saturated it is weak ones that fill the gaps: with 1e-3 some
/// bands of the largest columns were off by tens of per cent.
pub const STRENGTH_CUT: f64 = 1e-4;

/// Gases of fewer lines keep all of them.
pub const WHOLE_LIST: usize = 2_500_000;

/// Optical depth of the largest column that can stand above a pressure
/// ([`largest_column_per_cm2`]) below which cross sections fade to zero in the compression.
pub const FADING_DEPTH: f64 = 1e-4;

/// Everything that a build can be told.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bands and fine points.
    pub grid: BandGrid,
    /// Bins of the k-distributions.
    pub bins: Bins,
    /// Quadrature in g.
    pub quadrature: Quadrature,
    /// Temperatures of the tables \[K\].
    pub temperature_k: Vec<f64>,
    /// Pressures of the tables \[bar\].
    pub pressure_bar: Vec<f64>,
    /// Temperatures and pressures of the training.
    pub training: Vec<(f64, f64)>,
    /// How lines are cut.
    pub lines: line_by_line::Options,
    /// Accuracy of the sampled set.
    pub tolerance: Tolerance,
    /// Accuracy of the compression.
    pub precision: Precision,
}

impl Default for Options {
    fn default() -> Self {
        let training = [1090.0, 2030.0, 3770.0]
            .into_iter()
            .flat_map(|t| [1e-6, 1e-3, 0.1, 10.0].map(|p| (t, p)))
            .collect();
        Self {
            grid: BandGrid::default(),
            bins: Bins::default(),
            quadrature: Quadrature::default(),
            temperature_k: grid::TEMPERATURE_K.to_vec(),
            pressure_bar: grid::PRESSURE_BAR.to_vec(),
            training,
            lines: line_by_line::Options {
                strength_cut: STRENGTH_CUT,
                ..line_by_line::Options::default()
            },
            tolerance: Tolerance::default(),
            precision: Precision::default(),
        }
    }
}

impl Options {
    /// Names and values for the manifest.
    pub fn record(&self) -> Vec<(String, String)> {
        let wing = match self.lines.wing_cutoff_per_cm {
            Some(cutoff) => cutoff.to_string(),
            None => "of the gas".to_owned(),
        };
        [
            ("bands", self.grid.bands.to_string()),
            (
                "fine_points_per_band",
                self.grid.points_per_band.to_string(),
            ),
            ("wing_cutoff_per_cm", wing),
            ("strength_cut", self.lines.strength_cut.to_string()),
            ("sampling_rms_tolerance", self.tolerance.rms.to_string()),
            ("sampling_worst_tolerance", self.tolerance.worst.to_string()),
            ("most_nodes", self.tolerance.most_nodes.to_string()),
            (
                "most_nodes_of_spectra",
                self.tolerance.most_nodes_of_spectra.to_string(),
            ),
            ("step_dex", self.precision.step_dex.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }
}

/// Where the wavenumbers of the sampled tables come from.
#[derive(Clone, Debug)]
pub enum NodeSource {
    /// Chosen anew by training with all gases at hand.
    Select,
    /// Those of another set.
    Reuse(BandNodes),
}

/// What a build tells while it works.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// A gas at one more temperature and pressure: gas, fraction of the whole work.
    Progress(&'a str, f64),
    /// A gas is done.
    Gas(&'a GasReport),
    /// The nodes are chosen.
    Nodes(&'a Selected),
}

/// Row of the table that a build prints.
#[derive(Clone, Debug, serde::Serialize)]
pub struct GasReport {
    /// Formula.
    pub gas: String,
    /// Quality.
    pub tier: Tier,
    /// Lines of the generator.
    pub lines: usize,
    /// Lines kept.
    pub kept: usize,
    /// Largest share of the strength that was lost.
    pub strength_lost: f64,
    /// Length in the file \[bytes\].
    pub bytes: usize,
    /// Wall time \[s\]; none if carried over.
    pub seconds: Option<f64>,
}

/// A built set, not yet written.
#[derive(Debug)]
pub struct Built {
    /// The set; [`SetWriter::write`] makes the file.
    pub writer: SetWriter,
    /// One row per gas.
    pub gases: Vec<GasReport>,
}

/// Builds a set from the lines of gases, and takes others (by name) from a set that exists.
///
/// # Errors
/// Options that cannot be, a gas twice, nodes that do not fit the grid, a set that is damaged.
pub fn build(
    gases: &[LineGas],
    carried: Option<(&OpacitySet, &[String])>,
    nodes: NodeSource,
    options: &Options,
    observe: &mut dyn FnMut(Step<'_>),
) -> Result<Built, InputError> {
    let fine = options.grid.fine()?;
    let mut work = Work::new(gases, options, matches!(nodes, NodeSource::Select));
    let nodes = match nodes {
        NodeSource::Reuse(nodes) => nodes,
        NodeSource::Select => {
            let selected = training::select_nodes(gases, &fine, options, &mut |gas| {
                observe(Step::Progress(gas, work.advance()));
            })?;
            observe(Step::Nodes(&selected));
            selected.nodes
        }
    };
    let mut writer = SetWriter::new(options.record());
    writer.add_nodes(&nodes);
    let mut reports = Vec::new();
    let mut scratch = Workspace::default();
    for gas in gases {
        let start = Instant::now();
        let plan = tables::Plan::new(gas, &nodes, options)?;
        let (tables, pruning) = plan.run(&fine, &mut scratch, &mut || {
            observe(Step::Progress(&gas.gas, work.advance()));
        })?;
        let precision = precision_of(&gas.gas, options);
        let bytes = writer.add_gas(&tables, Some(record_of(&pruning)), precision)?;
        let report = GasReport {
            gas: gas.gas.clone(),
            tier: gas.provenance.tier,
            lines: pruning.lines,
            kept: pruning.kept,
            strength_lost: pruning.strength_lost,
            bytes,
            seconds: Some(start.elapsed().as_secs_f64()),
        };
        observe(Step::Gas(&report));
        reports.push(report);
    }
    if let Some((set, names)) = carried {
        for name in names {
            let report = carry_over(&mut writer, set, name)?;
            observe(Step::Gas(&report));
            reports.push(report);
        }
    }
    Ok(Built {
        writer,
        gases: reports,
    })
}

/// How the lines of a gas are cut.
fn lines_of(gas: &LineGas, options: &Options) -> line_by_line::Options {
    let count: usize = gas.lists.iter().map(|list| list.lines.len()).sum();
    let mut lines = options.lines.clone();
    if count < WHOLE_LIST {
        lines.strength_cut = 0.0;
    }
    lines
}

/// The floor of a gas: what no column above a pressure can show need not be kept.
fn precision_of(gas: &str, options: &Options) -> Precision {
    Precision {
        floor_cm2_bar: FADING_DEPTH / COLUMN_PER_CM2_BAR,
        least_floor_cm2: FADING_DEPTH / largest_column_per_cm2(gas, f64::INFINITY),
        ..options.precision
    }
}

fn record_of(pruning: &Pruning) -> LineRecord {
    LineRecord {
        kept: pruning.kept as u64,
        dropped: (pruning.lines - pruning.kept) as u64,
        lost_strength: pruning.strength_lost,
    }
}

fn carry_over(
    writer: &mut SetWriter,
    set: &OpacitySet,
    name: &str,
) -> Result<GasReport, InputError> {
    let record = set.gas(name)?;
    let bytes = writer.carry_over(set, name)?;
    let (kept, dropped, strength_lost) = match record.lines {
        Some(lines) => (lines.kept, lines.dropped, lines.lost_strength),
        None => (0, 0, 0.0),
    };
    Ok(GasReport {
        gas: name.to_owned(),
        tier: record.provenance.tier,
        lines: (kept + dropped) as usize,
        kept: kept as usize,
        strength_lost,
        bytes,
        seconds: None,
    })
}

/// Sums over the fine grid that are done and to do.
struct Work {
    done: usize,
    total: usize,
}

impl Work {
    fn new(gases: &[LineGas], options: &Options, train: bool) -> Self {
        let nodes = options.pressure_bar.len() * options.temperature_k.len();
        let tables = gases.len() * nodes;
        let training = if train {
            gases.len() * options.training.len()
        } else {
            0
        };
        Self {
            done: 0,
            total: (tables + training).max(1),
        }
    }

    /// One more; gives the fraction done.
    fn advance(&mut self) -> f64 {
        self.done += 1;
        self.done as f64 / self.total as f64
    }
}

#[cfg(test)]
mod tests;
