//! `magmaret speciate`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::{Common, emit, emit_json, sweep};
use crate::chemistry::gas::abundances;
use crate::chemistry::gas::speciate::{Constants, Request, Row, speciate};
use crate::species::{Ions, MgoGas};

/// Columns of species in the printed table.
const SPECIES_COLUMNS: usize = 12;

/// Enthalpy of formation of MgO(g).
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Mgo {
    /// NASA-9 + 111.7 kJ/mol (Barklem & Collet 2016).
    Bc16,
    /// NASA-9 as tabulated.
    Nasa,
    /// NASA-9 + 23.25 kJ/mol (JANAF second edition).
    Janaf,
}

/// Equilibrium composition of a gas.
#[derive(Debug, Args)]
pub(super) struct SpeciateArgs {
    /// CSV file `element,log10_abundance`, any common offset.
    #[arg(long, value_name = "FILE")]
    abundances: PathBuf,
    /// One value, a comma list, or start:stop:step.
    #[arg(long, value_name = "K")]
    temperature_k: String,
    /// One value, a comma list, or start:stop:step.
    #[arg(long, value_name = "BAR")]
    pressure_bar: String,
    /// Equilibrium constants in FastChem's logK format [default: the NASA-9 table].
    #[arg(long, value_name = "FILE", conflicts_with = "mgo")]
    thermo: Option<PathBuf>,
    /// Enthalpy of formation of MgO(g).
    #[arg(long, value_enum, default_value = "bc16")]
    mgo: Mgo,
    /// Leave ions and electrons out.
    #[arg(long)]
    neutral: bool,
}

impl SpeciateArgs {
    pub(super) fn run(&self, common: Common) -> anyhow::Result<ExitCode> {
        let mgo = match self.mgo {
            Mgo::Bc16 => MgoGas::Bc16,
            Mgo::Nasa => MgoGas::Nasa,
            Mgo::Janaf => MgoGas::Janaf,
        };
        let result = speciate(&Request {
            abundances: abundances::read(&self.abundances)?,
            temperatures_k: sweep::values("--temperature-k", &self.temperature_k)?,
            pressures_bar: sweep::values("--pressure-bar", &self.pressure_bar)?,
            constants: self
                .thermo
                .clone()
                .map_or(Constants::Nasa9(mgo), Constants::FastChem),
            ions: if self.neutral {
                Ions::Exclude
            } else {
                Ions::Include
            },
        })?;
        if common.json {
            emit_json(&result.rows)?;
        } else {
            emit(&table(&result.rows))?;
        }
        for warning in &result.warnings {
            eprintln!("warning: {warning}");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The species that are most abundant anywhere in the sweep.
fn leading(rows: &[Row]) -> Vec<&str> {
    let mut species: Vec<(&str, f64)> = Vec::new();
    for row in rows {
        for (name, log10_x) in &row.log10_mole_fraction {
            match species.iter_mut().find(|(known, _)| known == name) {
                Some((_, most)) => *most = most.max(*log10_x),
                None => species.push((name, *log10_x)),
            }
        }
    }
    species.sort_by(|a, b| b.1.total_cmp(&a.1));
    species.truncate(SPECIES_COLUMNS);
    species.into_iter().map(|(name, _)| name).collect()
}

fn table(rows: &[Row]) -> String {
    let names = leading(rows);
    let mut text = String::from("log10 mole fractions of the leading species\n");
    // Writing to a String cannot fail.
    let _ = write!(text, "{:>8} {:>10} {:>8}", "T_K", "p_bar", "g_mol");
    for name in &names {
        let _ = write!(text, " {name:>8}");
    }
    text.push_str("  condensates\n");
    for row in rows {
        let _ = write!(
            text,
            "{:>8.1} {:>10.3e} {:>8.3}",
            row.temperature_k, row.pressure_bar, row.mean_molar_mass_g_mol
        );
        for name in &names {
            match row.log10_mole_fraction.get(*name) {
                Some(log10_x) => {
                    let _ = write!(text, " {log10_x:>8.3}");
                }
                None => text.push_str("        -"),
            }
        }
        let condensates: Vec<&str> = row.supersaturated.iter().map(|c| c.name).collect();
        let _ = writeln!(text, "  {}", condensates.join(" "));
    }
    text
}
