//! `magmaret opacity build`.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

use super::open;
use crate::cli::{Common, emit_json};
use crate::error::InputError;
use crate::opacity::build::{GasReport, NodeSource, Options, Step, build};
use crate::opacity::gases::{self, Choices, WATER};
use crate::opacity::{LineGas, OpacitySet};

/// Steps of the bar: fractions are shown to 0.1 %.
const STEPS: u64 = 1_000;

/// Where the wavenumbers of the sampled tables come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Nodes {
    /// Those of the base set: gases can be taken over from it.
    Keep,
    /// Chosen anew for the gases that are built.
    Select,
}

/// Makes an opacity set.
#[derive(Debug, Args)]
pub struct BuildArgs {
    /// File to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Gases [default: all].
    #[arg(long, value_name = "NAME", num_args = 1.., value_delimiter = ',')]
    gas: Vec<String>,
    /// Lines of water vapour: a HITRAN file of your own. Without it the water of the base set is
    /// taken over byte for byte.
    #[arg(long, value_name = "FILE.par")]
    water_lines: Option<PathBuf>,
    /// Set from which nodes and water are taken [default: the one that the program carries].
    #[arg(long, value_name = "FILE")]
    base: Option<PathBuf>,
    /// Nodes of the sampled tables [default: keep if the base set has any].
    #[arg(long, value_name = "WHICH")]
    nodes: Option<Nodes>,
    /// Wing cut-off of all lines [default: that of each gas].
    #[arg(long, value_name = "CM-1")]
    wing_cutoff_per_cm: Option<f64>,
    /// Share of the strength of every R = 50 bin that weak lines may hold which are left out at a
    /// temperature. Gases of less than two and a half million lines keep all of them.
    #[arg(long, value_name = "SHARE", default_value_t = crate::opacity::build::STRENGTH_CUT)]
    strength_cut: f64,
    /// Factor on the strength of SiO A-X in the ultraviolet [default: 1.7].
    #[arg(long, value_name = "FACTOR")]
    sio_uv_scale: Option<f64>,
}

impl BuildArgs {
    pub(super) fn run(&self, common: Common) -> anyhow::Result<ExitCode> {
        let start = Instant::now();
        let base = open(self.base.as_ref())?;
        let lines = self.lines()?;
        let mut options = Options::default();
        options.lines.wing_cutoff_per_cm = self.wing_cutoff_per_cm;
        options.lines.strength_cut = self.strength_cut;
        self.check()?;
        let nodes = self.nodes(&base)?;
        let carried = self.carried(&base, &nodes);
        let bar = progress_bar();
        print_head();
        let built = build(
            &lines,
            Some((&base, &carried)),
            nodes,
            &options,
            &mut |step| match step {
                Step::Progress(gas, fraction) => {
                    bar.set_message(gas.to_owned());
                    bar.set_position((fraction * STEPS as f64) as u64);
                }
                Step::Gas(report) => bar.suspend(|| print_row(report)),
                Step::Nodes(selected) => bar.suspend(|| {
                    eprintln!(
                        "{} nodes in {} bands; training error rms {:.4}, worst {:.3}; \
                         {} bands with the most nodes and short of the tolerance",
                        selected.nodes.wavenumber_per_cm.len(),
                        selected.nodes.bands(),
                        selected.rms_error,
                        selected.worst_error,
                        selected.short_bands
                    );
                }),
            },
        )?;
        bar.finish_and_clear();
        let mut writer = built.writer;
        if let Some(scale) = self.sio_uv_scale {
            writer.note("sio_uv_scale", scale);
        }
        let bytes = writer.write(&self.out)?;
        eprintln!(
            "written: {}, {bytes} bytes, {:.0} s",
            self.out.display(),
            start.elapsed().as_secs_f64()
        );
        if common.json {
            emit_json(&serde_json::json!({
                "file": self.out.display().to_string(),
                "bytes": bytes,
                "gases": built.gases,
            }))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn check(&self) -> Result<(), InputError> {
        if !(0.0..1.0).contains(&self.strength_cut) {
            return Err(InputError::value(
                "--strength-cut",
                self.strength_cut,
                "0 (keep all) to below 1",
            ));
        }
        match self.wing_cutoff_per_cm {
            Some(cutoff) if !(cutoff > 0.0 && cutoff.is_finite()) => Err(InputError::value(
                "--wing-cutoff-per-cm",
                cutoff,
                "a positive number",
            )),
            _ => Ok(()),
        }
    }

    fn wants(&self, gas: &str) -> bool {
        self.gas.is_empty() || self.gas.iter().any(|name| name == gas)
    }

    /// Lines of all gases, made side by side.
    fn lines(&self) -> Result<Vec<LineGas>, InputError> {
        let choices = Choices {
            sio_uv_scale: self.sio_uv_scale,
        };
        let made: Vec<_> = gases::named(&self.gas)?
            .par_iter()
            .map(|generator| generator.lines(&choices))
            .collect();
        let mut lines = made.into_iter().collect::<Result<Vec<_>, _>>()?;
        if let Some(path) = &self.water_lines
            && self.wants(WATER)
        {
            lines.push(gases::water_lines(path)?);
        }
        Ok(lines)
    }

    fn nodes(&self, base: &OpacitySet) -> Result<NodeSource, InputError> {
        let known = base.band_nodes()?;
        match (self.nodes, known) {
            (Some(Nodes::Keep), None) => Err(InputError::value(
                "--nodes",
                "keep",
                format!("select: {} has no nodes", base.place()),
            )),
            (Some(Nodes::Select), _) | (None, None) => Ok(NodeSource::Select),
            (_, Some(nodes)) => Ok(NodeSource::Reuse(nodes)),
        }
    }

    /// Gases taken over from the base set: water if its lines are not given and the nodes stay.
    fn carried(&self, base: &OpacitySet, nodes: &NodeSource) -> Vec<String> {
        if self.water_lines.is_some() || !self.wants(WATER) {
            return Vec::new();
        }
        let there = base.gas(WATER).is_ok();
        match nodes {
            NodeSource::Reuse(_) if there => {
                eprintln!(
                    "{WATER}: taken over byte for byte from {}; its HITRAN lines are not shipped",
                    base.place()
                );
                vec![WATER.to_owned()]
            }
            _ => {
                eprintln!(
                    "warning: {WATER} is left out: its lines are not shipped and the nodes are \
                     chosen anew or the base set has none (give --water-lines FILE.par)"
                );
                Vec::new()
            }
        }
    }
}

fn progress_bar() -> ProgressBar {
    let bar = if std::io::stderr().is_terminal() {
        ProgressBar::new(STEPS)
    } else {
        ProgressBar::hidden()
    };
    if let Ok(style) =
        ProgressStyle::with_template("[{bar:30}] {percent:>3}% {msg} {elapsed} < {eta}")
    {
        bar.set_style(style);
    }
    bar
}

fn print_head() {
    eprintln!(
        "{:<6} {:>4} {:>9} {:>9} {:>13} {:>9} {:>7}",
        "gas", "tier", "lines", "kept", "strength lost", "bytes", "s"
    );
}

fn print_row(gas: &GasReport) {
    let seconds = match gas.seconds {
        Some(seconds) => format!("{seconds:.1}"),
        None => "taken".to_owned(),
    };
    eprintln!(
        "{:<6} {:>4} {:>9} {:>9} {:>13.1e} {:>9} {seconds:>7}",
        gas.gas,
        format!("{:?}", gas.tier),
        gas.lines,
        gas.kept,
        gas.strength_lost,
        gas.bytes
    );
}
