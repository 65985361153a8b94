//! `magmaret opacity import`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use crate::cli::{Common, emit, emit_json};
use crate::error::InputError;
use crate::file::write_atomic;
use crate::opacity::build::{self, NodeSource};
use crate::opacity::codec::Precision;
use crate::opacity::collision_induced::CollisionInduced;
use crate::opacity::read::import::{ImportReport, add_table};
use crate::opacity::read::{self, Content, CrossSectionUnit, Format, Options, PressureUnit};
use crate::opacity::set::SetWriter;
use crate::opacity::{LineGas, OpacitySet};

/// Put a table or a line list into an opacity set.
///
/// Reads ExoMol line lists, ExoMolOP / TauREx / petitRADTRANS / Exo_k tables, HELIOS-K, DACE and
/// HELIOS files, HITRAN lines, photochem and clima k-tables; collision-induced absorption of a pair
/// of gases from HITRAN .cia or Exo_k files. The format is recognised by content.
/// The new set has the spectral grid of the old one; of the gas only what you bring, of the other
/// gases what was there.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// File, or folder of files, of the gas.
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Formula of the gas, e.g. SiO. Files of a pair name their gases themselves.
    #[arg(long, value_name = "FORMULA")]
    gas: Option<String>,
    /// The opacity set to write (.opk).
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The opacity set whose spectral grid and other gases are taken [default: the one that comes
    /// with the program].
    #[arg(long, value_name = "FILE")]
    set: Option<PathBuf>,
    /// Leave the other gases out.
    #[arg(long)]
    alone: bool,
    /// Molar mass of the isotopologue [default: of the formula].
    #[arg(long, value_name = "G_MOL")]
    molar_mass_g_mol: Option<f64>,
    /// Unit of the pressures, for files that do not say: bar, mbar, Pa, atm, dyn/cm2.
    #[arg(long, value_name = "UNIT")]
    pressure_unit: Option<String>,
    /// Unit of the cross sections, for files that do not say: cm2/molecule, m2/molecule, cm2/g, m2/kg.
    #[arg(long, value_name = "UNIT")]
    cross_section_unit: Option<String>,
    /// Partition function of a HITRAN list: a file with columns T in K and Q.
    #[arg(long, value_name = "FILE")]
    partition_function: Option<PathBuf>,
    /// Broadener of an ExoMol list, naming its .broad file.
    #[arg(long, value_name = "NAME")]
    broadener: Option<String>,
    /// Drop lines weaker than this part of the strongest at R = 200.
    #[arg(long, value_name = "SHARE", default_value_t = 1.0e-6)]
    strength_cut: f64,
}

impl ImportArgs {
    pub(super) fn run(&self, common: Common) -> anyhow::Result<ExitCode> {
        let options = self.options()?;
        let base = super::open(self.set.as_ref())?;
        if !matches!(
            read::detect(&self.path)?,
            Format::ExoKCia | Format::HitranCia
        ) && self.gas.is_none()
        {
            return Err(InputError::value("--gas", "nothing", "the formula of the gas").into());
        }
        let content = read::open(&self.path, &options)
            .with_context(|| format!("cannot import `{}`", self.path.display()))?;
        let (writer, report) = match content {
            Content::Table(table) => {
                let mut writer = SetWriter::new(base.manifest().options.clone());
                self.keep_others(&mut writer, &base)?;
                let report = add_table(&mut writer, &base, &table, Precision::default())?;
                (writer, report)
            }
            Content::Lines(lines) => self.sum_lines(lines, &base)?,
            Content::Pair(pair) => return self.add_pair(&pair, &base, common),
        };
        write(&self.out, writer)?;
        if common.json {
            emit_json(&report)?;
        } else {
            emit(&in_words(&report, &self.out))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn options(&self) -> Result<Options, InputError> {
        let unknown = |name: &str, found: &str, expected: &str| {
            InputError::value(name, format!("`{found}`"), expected)
        };
        let pressure_unit = match &self.pressure_unit {
            Some(text) => Some(PressureUnit::parse(text).ok_or_else(|| {
                unknown("--pressure-unit", text, "bar, mbar, Pa, atm or dyn/cm2")
            })?),
            None => None,
        };
        let cross_section_unit = match &self.cross_section_unit {
            Some(text) => Some(CrossSectionUnit::parse(text).ok_or_else(|| {
                let known = "cm2/molecule, m2/molecule, cm2/g or m2/kg";
                unknown("--cross-section-unit", text, known)
            })?),
            None => None,
        };
        if !(0.0..1.0).contains(&self.strength_cut) {
            return Err(InputError::value(
                "--strength-cut",
                self.strength_cut,
                "0 to 1",
            ));
        }
        Ok(Options {
            molar_mass_g_mol: self.molar_mass_g_mol,
            pressure_unit,
            cross_section_unit,
            partition_function: self.partition_function.clone(),
            broadener: self.broadener.clone(),
            strength_cut: self.strength_cut,
            ..Options::new(self.gas.as_deref().unwrap_or_default())
        })
    }

    /// A pair is kept as it came; all gases stay unless they are not wanted.
    fn add_pair(
        &self,
        pair: &CollisionInduced,
        base: &OpacitySet,
        common: Common,
    ) -> anyhow::Result<ExitCode> {
        let mut writer = SetWriter::new(base.manifest().options.clone());
        let source = self.path.file_name().unwrap_or_default().to_string_lossy();
        let bytes = writer.add_pair(pair, &source);
        self.keep_others(&mut writer, base)?;
        write(&self.out, writer)?;
        let (low, high) = pair.range_k();
        let name = format!("{}-{}", pair.pair.0, pair.pair.1);
        if common.json {
            emit_json(&serde_json::json!({
                "pair": name,
                "bands": pair.bands.len(),
                "temperature_range_k": [low, high],
                "negative_set_to_zero": pair.negative_set_to_zero,
                "bytes": bytes,
            }))?;
        } else {
            emit(&format!(
                "{name}: {} bands, {low} to {high} K, {} negative values set to zero\n{bytes} bytes in `{}`\n",
                pair.bands.len(),
                pair.negative_set_to_zero,
                self.out.display()
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Carries gases and pairs of the old set over.
    fn keep_others(&self, writer: &mut SetWriter, base: &OpacitySet) -> Result<(), InputError> {
        for gas in self.others(base) {
            writer.carry_over(base, &gas)?;
        }
        if self.alone {
            return Ok(());
        }
        if let Some(nodes) = base.band_nodes()? {
            writer.add_nodes(&nodes);
        }
        writer.carry_over_pairs(base)
    }

    /// Gases of the old set that stay.
    fn others(&self, base: &OpacitySet) -> Vec<String> {
        base.gases()
            .filter(|gas| !self.alone && Some(*gas) != self.gas.as_deref())
            .map(str::to_owned)
            .collect()
    }

    /// Lines are summed on the nodes and bins of the set.
    fn sum_lines(
        &self,
        lines: LineGas,
        base: &OpacitySet,
    ) -> anyhow::Result<(SetWriter, ImportReport)> {
        let nodes = base.band_nodes()?.ok_or_else(|| {
            InputError::value(base.place(), "no sampled nodes", "a set that has them")
        })?;
        let options = build::Options::default();
        let others = self.others(base);
        let built = build::build(
            std::slice::from_ref(&lines),
            Some((base, &others)),
            NodeSource::Reuse(nodes),
            &options,
            &mut |_| {},
        )?;
        let row = built.gases.iter().find(|row| row.gas == lines.gas);
        let report = ImportReport {
            gas: lines.gas.clone(),
            method: lines.provenance.method.clone(),
            caveat: lines.provenance.caveat.clone(),
            temperature_k: options.temperature_k,
            pressure_bar: options.pressure_bar,
            share_of_nodes_without_data: 0.0,
            share_of_bins_without_data: 0.0,
            bytes: row.map_or(0, |row| row.bytes),
        };
        let mut writer = built.writer;
        if !self.alone {
            writer.carry_over_pairs(base)?;
        }
        Ok((writer, report))
    }
}

fn write(path: &Path, writer: SetWriter) -> Result<(), InputError> {
    write_atomic(path, &writer.finish()?)
}

fn in_words(report: &ImportReport, path: &Path) -> String {
    let range = |axis: &[f64]| match axis {
        [] => "none".to_owned(),
        [one] => one.to_string(),
        [first, .., last] => format!("{first} to {last} ({} nodes)", axis.len()),
    };
    let mut text = format!(
        "{} from {}\ntemperature [K]  {}\npressure [bar]   {}\n",
        report.gas,
        report.method,
        range(&report.temperature_k),
        range(&report.pressure_bar),
    );
    let without = report
        .share_of_nodes_without_data
        .max(report.share_of_bins_without_data);
    if without > 0.0 {
        text += &format!(
            "no data          {:.2} % of the spectrum: zero there\n",
            100.0 * without
        );
    }
    if !report.caveat.is_empty() {
        text += &format!("note             {}\n", report.caveat);
    }
    text + &format!("{} bytes in `{}`\n", report.bytes, path.display())
}
