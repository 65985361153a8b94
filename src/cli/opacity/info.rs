//! `magmaret opacity info`: reads the manifest only.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::open;
use crate::cli::{Common, emit, emit_json};
use crate::opacity::set::{
    AxisKind, AxisRecord, GasRecord, LineRecord, PairBandRecord, PairRecord,
};
use crate::opacity::{OpacitySet, Tier};
use crate::species::{MgoGas, Phase, Species};

/// What an opacity set holds.
#[derive(Debug, Args)]
pub struct InfoArgs {
    /// Opacity set [default: the one that the program carries].
    #[arg(long, value_name = "FILE")]
    set: Option<PathBuf>,
}

#[derive(Serialize)]
struct Info {
    set: String,
    bytes: usize,
    generator: String,
    options: Vec<(String, String)>,
    grids: Vec<GridInfo>,
    gases: Vec<GasInfo>,
    pairs: Vec<PairInfo>,
    without_opacity: Vec<&'static str>,
}

#[derive(Serialize)]
struct GridInfo {
    kind: &'static str,
    points: usize,
    range_um: [f64; 2],
    bands: Option<usize>,
    g_points: Option<usize>,
}

#[derive(Serialize)]
struct GasInfo {
    name: String,
    tier: Tier,
    citation: String,
    temperature_range_k: [f64; 2],
    pressure_range_bar: [f64; 2],
    method: String,
    caveat: String,
    bytes: u64,
    lines: Option<LineRecord>,
    worst_compression_error: f64,
}

#[derive(Serialize)]
struct PairInfo {
    name: String,
    source: String,
    range_per_cm: Vec<[f64; 2]>,
    temperature_range_k: Vec<[f64; 2]>,
    bytes: u64,
}

impl InfoArgs {
    pub(super) fn run(&self, common: Common) -> anyhow::Result<ExitCode> {
        let set = open(self.set.as_ref())?;
        let info = describe(&set);
        if common.json {
            emit_json(&info)?;
        } else {
            emit(&text(&info))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn describe(set: &OpacitySet) -> Info {
    let manifest = set.manifest();
    let without_opacity = Species::all(MgoGas::default())
        .filter(|species| species.phase() == Phase::Gas)
        .map(Species::name)
        .filter(|name| *name != "e-" && !manifest.gases.iter().any(|gas| gas.gas == *name))
        .collect();
    Info {
        set: set.place().to_owned(),
        bytes: set.len_bytes(),
        generator: manifest.generator.clone(),
        options: manifest.options.clone(),
        grids: manifest.axes.iter().map(grid_info).collect(),
        gases: manifest.gases.iter().map(gas_info).collect(),
        pairs: manifest.pairs.iter().map(pair_info).collect(),
        without_opacity,
    }
}

fn grid_info(axis: &AxisRecord) -> GridInfo {
    let (kind, points, bands, g_points) = match &axis.kind {
        AxisKind::Points { points } => ("points", *points, None, None),
        AxisKind::Nodes { points, bands } => ("sampled", *points, Some(*bands), None),
        AxisKind::Bins { bins, g, .. } => ("k-distribution", *bins, None, Some(g.len())),
    };
    let [low, high] = axis.range_per_cm;
    GridInfo {
        kind,
        points,
        range_um: [1e4 / high, 1e4 / low],
        bands,
        g_points,
    }
}

fn gas_info(gas: &GasRecord) -> GasInfo {
    let ends = |axes: Vec<&Vec<f64>>| {
        let low = axes.iter().filter_map(|axis| axis.first()).copied();
        let high = axes.iter().filter_map(|axis| axis.last()).copied();
        [low.fold(f64::INFINITY, f64::min), high.fold(0.0, f64::max)]
    };
    GasInfo {
        name: gas.gas.clone(),
        tier: gas.provenance.tier,
        citation: gas.provenance.citation.join("; "),
        temperature_range_k: ends(gas.tables.iter().map(|t| &t.temperature_k).collect()),
        pressure_range_bar: ends(gas.tables.iter().map(|t| &t.pressure_bar).collect()),
        method: gas.provenance.method.clone(),
        caveat: gas.provenance.caveat.clone(),
        bytes: gas.tables.iter().map(|table| table.block.bytes).sum(),
        lines: gas.lines,
        worst_compression_error: (gas.tables.iter()).fold(0.0, |w, t| t.worst_error.max(w)),
    }
}

fn pair_info(pair: &PairRecord) -> PairInfo {
    let temperatures = |band: &PairBandRecord| {
        let ends = [band.temperature_k.first(), band.temperature_k.last()];
        ends.map(|end| end.copied().unwrap_or(f64::NAN))
    };
    PairInfo {
        name: pair.name(),
        source: pair.source.clone(),
        range_per_cm: pair.bands.iter().map(|band| band.range_per_cm).collect(),
        temperature_range_k: pair.bands.iter().map(temperatures).collect(),
        bytes: pair.bands.iter().map(|band| band.block.bytes).sum(),
    }
}

fn write_gas(out: &mut String, gas: &GasInfo) {
    let _ = writeln!(
        out,
        "\n{} (tier {:?}), {:.0} to {:.0} K, {:.0e} to {:.0e} bar, {} bytes",
        gas.name,
        gas.tier,
        gas.temperature_range_k[0],
        gas.temperature_range_k[1],
        gas.pressure_range_bar[0],
        gas.pressure_range_bar[1],
        gas.bytes
    );
    if let Some(lines) = gas.lines {
        let _ = writeln!(
            out,
            "  {} lines, {} left out, {:.1e} of the strength lost",
            lines.kept, lines.dropped, lines.lost_strength
        );
    }
    for part in [&gas.method, &gas.citation, &gas.caveat] {
        if !part.is_empty() {
            let _ = writeln!(out, "  {part}");
        }
    }
}

fn text(info: &Info) -> String {
    let mut out = format!(
        "{}: {} bytes, made by {}\n",
        info.set, info.bytes, info.generator
    );
    for (name, value) in &info.options {
        let _ = writeln!(out, "  {name} = {value}");
    }
    for grid in &info.grids {
        let [low, high] = grid.range_um;
        let parts = match (grid.bands, grid.g_points) {
            (Some(bands), _) => format!(" in {bands} bands"),
            (_, Some(g)) => format!(" of {g} values of g"),
            _ => String::new(),
        };
        let what = if grid.g_points.is_some() {
            "bins"
        } else {
            "points"
        };
        let _ = writeln!(
            out,
            "{}: {} {what}{parts}, {low:.3} to {high:.3} µm",
            grid.kind, grid.points
        );
    }
    for gas in &info.gases {
        write_gas(&mut out, gas);
    }
    for pair in &info.pairs {
        let _ = writeln!(out, "\n{} (collision-induced, {})", pair.name, pair.source);
        for ([low, high], [cold, hot]) in pair.range_per_cm.iter().zip(&pair.temperature_range_k) {
            let _ = writeln!(out, "  {low:.0} to {high:.0} cm-1, {cold:.0} to {hot:.0} K");
        }
    }
    let _ = writeln!(
        out,
        "\nwithout opacity ({}): {}",
        info.without_opacity.len(),
        info.without_opacity.join(" ")
    );
    out
}
