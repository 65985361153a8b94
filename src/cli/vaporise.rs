//! `magmaret vaporise`.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{ArgGroup, Args};

use super::{Common, emit, emit_json, sweep};
use crate::chemistry::vaporise::table::Row;
use crate::chemistry::vaporise::{MeltChoice, Preset, Redox, Settings};
use crate::config::FigureFormat;
use crate::error::InputError;
use crate::melt::buffer::Buffer;
use crate::melt::composition::{Basis, Composition, oxide_named, shipped};
use crate::melt::ferric::FerricIron;
use crate::melt::iron::Metal;
use crate::report::figures::{Destination, PressureAxis, partial_pressures};
use crate::species::{MgoGas, Oxide};

/// Partial pressures above a melt.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("redox").required(true).args(["delta_iw", "log10_fo2_bar", "congruent"])))]
#[command(group(ArgGroup::new("composition").required(true).args(["melt", "wt_percent", "mol_percent"])))]
pub(super) struct VaporiseArgs {
    /// Shipped melt composition; an unknown name lists them.
    #[arg(long, value_name = "NAME")]
    melt: Option<String>,
    /// Own composition in wt%, as `SiO2=45,MgO=38,FeO=8`.
    #[arg(long, value_name = "LIST")]
    wt_percent: Option<String>,
    /// Own composition in mol%, as `SiO2=38,MgO=48,FeO=6`.
    #[arg(long, value_name = "LIST")]
    mol_percent: Option<String>,
    /// Accept amounts that do not sum to 100 % and scale them.
    #[arg(long)]
    normalise: bool,
    /// Depletion of oxides in dex, as `Na2O=-2,K2O=-2`.
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    deplete: Option<String>,
    /// Surface temperature, one value or start:stop:step.
    #[arg(long, value_name = "K")]
    temperature_k: String,
    /// Distance from the iron-wüstite buffer, one value or start:stop:step.
    #[arg(long, value_name = "DEX", allow_hyphen_values = true)]
    delta_iw: Option<String>,
    /// Absolute oxygen fugacity, one value or start:stop:step.
    #[arg(long, value_name = "LOG10_BAR", allow_hyphen_values = true)]
    log10_fo2_bar: Option<String>,
    /// The vapour has the oxygen of its oxides.
    #[arg(long)]
    congruent: bool,
    /// Buffer of `--delta-iw` and of the output.
    #[arg(long, value_name = "NAME", default_value = "iw_hirschmann2008")]
    buffer: String,
    /// Named set of choices.
    #[arg(long, value_name = "NAME", default_value = "melts_nasa9")]
    preset: String,
    /// Activity model: melts, imcc or user_gamma [default: the preset's].
    #[arg(long, value_name = "NAME")]
    melt_model: Option<String>,
    /// Activity coefficients of user_gamma, as `FeO=1.7,SiO2=0.8`; 1 where none is given.
    #[arg(long, value_name = "LIST")]
    gamma: Option<String>,
    /// Offsets of log10 activity, as `SiO2=0.3,K2O=-1`.
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    activity_offset: Option<String>,
    /// MgO(g) enthalpy: bc16, nasa or janaf [default: the preset's].
    #[arg(long, value_name = "NAME")]
    mgo: Option<String>,
    /// Ferric iron: off, melt_model, kress_carmichael1991, borisov2018, hirschmann2022, oneill2018.
    #[arg(long, value_name = "NAME")]
    ferric_iron: Option<String>,
    /// Leave metallic iron out.
    #[arg(long)]
    no_metal: bool,
    /// Draw the sweep: `partial_pressures.svg` and `.png` in this folder.
    #[arg(long, value_name = "DIR")]
    figure: Option<std::path::PathBuf>,
}

impl VaporiseArgs {
    pub(super) fn run(&self, common: Common) -> anyhow::Result<ExitCode> {
        let buffer = Buffer::from_name(&self.buffer)?;
        if buffer == Buffer::Qfm {
            return Err(InputError::value("--buffer", "`qfm`", "an iron-wüstite buffer").into());
        }
        let vaporiser = self.settings()?.build()?;
        let melt = self.composition(vaporiser.molar_masses())?;
        let temperatures_k = sweep::values("--temperature-k", &self.temperature_k)?;
        let redox = self.redox(buffer)?;
        let moles = *melt.mole_fractions();
        let rows = vaporiser
            .sweep(&moles, &temperatures_k, &redox, buffer)
            .context("vaporise")?;
        if common.json {
            let single = [&self.delta_iw, &self.log10_fo2_bar]
                .into_iter()
                .flatten()
                .chain([&self.temperature_k])
                .all(|text| !text.contains([':', ',']));
            match (single, rows.as_slice()) {
                (true, [row]) => emit_json(row)?,
                _ => emit_json(&rows)?,
            }
        } else {
            emit(&table(&rows))?;
        }
        if let Some(folder) = &self.figure {
            let destination = Destination {
                folder,
                formats: &[FigureFormat::Svg, FigureFormat::Png],
            };
            for path in partial_pressures(&rows, PressureAxis::of(&rows), destination)? {
                eprintln!("written: {}", path.display());
            }
        }
        let mut warnings: Vec<&str> = rows
            .iter()
            .flat_map(|row| &row.warnings)
            .map(String::as_str)
            .collect();
        warnings.sort_unstable();
        warnings.dedup();
        for warning in warnings {
            eprintln!("warning: {warning}");
        }
        Ok(ExitCode::SUCCESS)
    }

    fn settings(&self) -> anyhow::Result<Settings> {
        let mut settings = Preset::from_name(&self.preset)?.settings();
        if let Some(name) = &self.melt_model {
            settings.melt = choice("--melt-model", name, &MeltChoice::ALL, MeltChoice::name)?;
        }
        if let Some(name) = &self.ferric_iron {
            settings.iron.ferric =
                choice("--ferric-iron", name, &FerricIron::ALL, FerricIron::name)?;
        }
        if let Some(name) = &self.mgo {
            settings.mgo = choice("--mgo", name, &MgoGas::ALL, MgoGas::name)?;
        }
        if self.no_metal {
            settings.iron.metal = Metal::Off;
        }
        if let Some(list) = &self.gamma {
            settings.gamma = oxide_list("--gamma", list)?;
        }
        if let Some(list) = &self.activity_offset {
            for (oxide, dex) in oxide_list("--activity-offset", list)? {
                settings.log10_activity_offset[oxide.index()] += dex;
            }
        }
        Ok(settings)
    }

    fn composition(
        &self,
        masses: crate::melt::composition::MolarMasses,
    ) -> anyhow::Result<Composition> {
        let given = |list: &str, basis| -> anyhow::Result<Composition> {
            let amounts = pairs("composition", list)?;
            Ok(Composition::from_amounts(
                amounts,
                basis,
                self.normalise,
                masses,
            )?)
        };
        let melt = match (&self.melt, &self.wt_percent, &self.mol_percent) {
            (Some(name), _, _) => Composition::named(name, masses)?,
            (_, Some(list), _) => given(list, Basis::WtPercent)?,
            (_, _, Some(list)) => given(list, Basis::MolPercent)?,
            (None, None, None) => {
                let names: Vec<&str> = shipped().iter().map(|row| row.name).collect();
                return Err(InputError::value("--melt", "nothing", names.join(", ")).into());
            }
        };
        Ok(match &self.deplete {
            Some(list) => melt.depleted(&oxide_list("--deplete", list)?)?,
            None => melt,
        })
    }

    fn redox(&self, buffer: Buffer) -> anyhow::Result<Vec<Redox>> {
        if let Some(text) = &self.delta_iw {
            let values = sweep::values("--delta-iw", text)?;
            return Ok(values
                .into_iter()
                .map(|dex| Redox::Delta(buffer, dex))
                .collect());
        }
        if let Some(text) = &self.log10_fo2_bar {
            let values = sweep::values("--log10-fo2-bar", text)?;
            return Ok(values.into_iter().map(Redox::Log10Fo2Bar).collect());
        }
        Ok(vec![Redox::Congruent])
    }
}

/// The member of `all` that is called `name`.
fn choice<T: Copy>(
    place: &str,
    name: &str,
    all: &[T],
    name_of: impl Fn(T) -> &'static str,
) -> Result<T, InputError> {
    let found = all.iter().copied().find(|one| name_of(*one) == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = all.iter().copied().map(name_of).collect();
        InputError::value(place, format!("`{name}`"), names.join(", "))
    })
}

/// `A=1,B=2` as names and numbers.
fn pairs<'a>(place: &str, list: &'a str) -> Result<Vec<(&'a str, f64)>, InputError> {
    list.split(',')
        .map(|entry| {
            let parsed = entry
                .split_once('=')
                .and_then(|(name, value)| Some((name.trim(), value.trim().parse::<f64>().ok()?)));
            parsed.ok_or_else(|| {
                InputError::value(
                    place,
                    format!("`{entry}`"),
                    "NAME=NUMBER, separated by commas",
                )
            })
        })
        .collect()
}

fn oxide_list(place: &str, list: &str) -> Result<Vec<(Oxide, f64)>, InputError> {
    pairs(place, list)?
        .into_iter()
        .map(|(name, value)| Ok((oxide_named(name)?, value)))
        .collect()
}

/// Columns of gases in the printed table.
const GAS_COLUMNS: usize = 12;

/// A table with the gases that are most abundant anywhere in the sweep.
fn table(rows: &[Row]) -> String {
    use std::fmt::Write as _;
    let mut gases: Vec<(&str, f64)> = Vec::new();
    for row in rows {
        for (name, log10_p) in &row.log10_pressure_bar.0 {
            match gases.iter_mut().find(|(known, _)| known == name) {
                Some(entry) => entry.1 = entry.1.max(*log10_p),
                None => gases.push((name, *log10_p)),
            }
        }
    }
    gases.sort_by(|a, b| b.1.total_cmp(&a.1));
    gases.truncate(GAS_COLUMNS);
    let mut text = String::from("log10 of bar; dIW in dex\n");
    let _ = write!(
        text,
        "{:>8} {:>7} {:>8} {:>8} {:>5}",
        "T_K", "dIW", "fO2", "total", "metal"
    );
    for (name, _) in &gases {
        let _ = write!(text, " {name:>8}");
    }
    text.push('\n');
    for row in rows {
        let metal = if row.metal_saturated { "yes" } else { "no" };
        let _ = write!(
            text,
            "{:>8.1} {:>7.3} {:>8.3} {:>8.3} {metal:>5}",
            row.temperature_k,
            row.delta_iw,
            row.log10_fo2_bar,
            row.total_pressure_bar.log10()
        );
        for (name, _) in &gases {
            match row.log10_pressure_bar.get(name) {
                Some(log10_p) => {
                    let _ = write!(text, " {log10_p:>8.3}");
                }
                None => text.push_str("        -"),
            }
        }
        text.push('\n');
    }
    if let Some(row) = rows.first() {
        let c = &row.conventions;
        let _ = writeln!(
            text,
            "melt {}, gas {}, ferric iron {}, buffer {}",
            c.melt_model, c.gas_data, c.ferric_iron, c.buffer
        );
    }
    text
}
