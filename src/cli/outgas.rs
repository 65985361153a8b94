//! `magmaret outgas`.

use std::process::ExitCode;

use clap::{ArgGroup, Args, ValueEnum};

use super::sweep::values;
use super::{Common, emit, emit_json};
use crate::chemistry::vaporise::{Preset, Vaporiser};
use crate::chemistry::volatiles::inventory::{Amount, Inventory};
use crate::chemistry::volatiles::model::{Mode, VolatileModel};
use crate::chemistry::volatiles::outgas::{
    Carriers, Memory, Outgassing, OxygenClosure, Redox, Request, outgas_with,
};
use crate::chemistry::volatiles::planet::Planet;
use crate::chemistry::volatiles::rock::outgas_above;
use crate::chemistry::volatiles::system::IronBuffer;
use crate::error::InputError;
use crate::melt::buffer::Buffer;
use crate::melt::ferric::FerricIron;
use crate::melt::iron::Metal;
use crate::melt::solubility::Law;
use crate::melt::{Composition, Conditions, PerOxide};

/// Volatiles between melt and gas.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("oxygen_fugacity").required(true).args(["delta_iw", "log10_fo2_bar"])))]
pub(super) struct OutgasArgs {
    /// Temperature of the surface [K], 500-6000; one value, a comma list or start:stop:step.
    #[arg(long, value_name = "K")]
    temperature_k: String,
    /// Distance from the iron-wüstite buffer [dex]; one value, a comma list or start:stop:step.
    #[arg(long, value_name = "DEX", allow_hyphen_values = true)]
    delta_iw: Option<String>,
    /// Absolute oxygen fugacity; one value, a comma list or start:stop:step.
    #[arg(long, value_name = "LOG10_BAR", allow_hyphen_values = true)]
    log10_fo2_bar: Option<String>,
    /// Buffer of --delta-iw and of the output [default: that of the mode].
    #[arg(long, value_name = "NAME")]
    buffer: Option<String>,
    /// Hydrogen in oceans of the Earth (1.55e20 kg of H each).
    #[arg(
        long,
        value_name = "H",
        default_value_t = 0.0,
        allow_hyphen_values = true
    )]
    hydrogen_oceans: f64,
    /// Carbon over hydrogen, by mass.
    #[arg(
        long,
        value_name = "R",
        default_value_t = 0.0,
        allow_hyphen_values = true
    )]
    carbon_to_hydrogen_mass: f64,
    /// Carbon in ppm of the mantle's mass.
    #[arg(
        long,
        value_name = "C",
        allow_hyphen_values = true,
        conflicts_with = "carbon_to_hydrogen_mass"
    )]
    carbon_ppmw: Option<f64>,
    /// Nitrogen in ppm of the mantle's mass.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0.0,
        allow_hyphen_values = true
    )]
    nitrogen_ppmw: f64,
    /// Sulfur in ppm of the mantle's mass.
    #[arg(
        long,
        value_name = "S",
        default_value_t = 0.0,
        allow_hyphen_values = true
    )]
    sulfur_ppmw: f64,
    /// Chlorine in ppm of the mantle's mass.
    #[arg(
        long,
        value_name = "CL",
        default_value_t = 0.0,
        allow_hyphen_values = true
    )]
    chlorine_ppmw: f64,
    /// Elemental partial pressures that replace budgets, as `H=10,C=0.1` (bar of atoms).
    #[arg(long, value_name = "LIST")]
    element_pressure_bar: Option<String>,
    /// Planet by name.
    #[arg(long, value_name = "NAME", default_value = "earth")]
    planet: String,
    /// Own planet: mass in Earth masses (with --radius-earths).
    #[arg(
        long,
        value_name = "M",
        requires = "radius_earths",
        conflicts_with = "planet"
    )]
    mass_earths: Option<f64>,
    /// Own planet: radius in Earth radii (with --mass-earths).
    #[arg(
        long,
        value_name = "R",
        requires = "mass_earths",
        conflicts_with = "planet"
    )]
    radius_earths: Option<f64>,
    /// Radius of the core over that of the planet.
    #[arg(long, value_name = "F", default_value_t = 0.55)]
    core_radius_fraction: f64,
    /// Molten part of the mantle, 0-1.
    #[arg(
        long,
        value_name = "PHI",
        default_value_t = 1.0,
        allow_hyphen_values = true
    )]
    melt_fraction: f64,
    /// Conventions: nasa9, calliope or atmodeller.
    #[arg(long, value_name = "NAME", default_value = "nasa9")]
    mode: String,
    /// Solubility law in place of the mode's for the same gas; may be repeated. An unknown name lists them.
    #[arg(long, value_name = "NAME")]
    law: Vec<String>,
    /// Add the rock vapour of this shipped melt composition.
    #[arg(long, value_name = "NAME")]
    melt: Option<String>,
    /// Choices of the vaporisation.
    #[arg(
        long,
        value_name = "NAME",
        default_value = "melts_nasa9",
        requires = "melt"
    )]
    preset: String,
    /// What closes oxygen; without `imposed` the fO2 given is where the melt starts.
    #[arg(long, value_enum, default_value = "imposed")]
    oxygen: Closure,
    /// What the volatiles bring along where oxygen is balanced: H2, C, S2 or H2O, CO2, SO2.
    #[arg(long, value_enum, default_value = "reduced")]
    carriers: CarrierSet,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Closure {
    /// fO2 stays as given.
    Imposed,
    /// Oxygen of the gas = oxygen of the oxides evaporated and of the carriers (needs --melt).
    Congruent,
    /// The same with the iron of the melt, Kress & Carmichael 1991 (needs --melt).
    Conserved,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CarrierSet {
    /// No oxygen with the volatiles.
    Reduced,
    /// H2O, CO2, SO2.
    Oxidised,
}

/// A melt whose vapour joins the gas.
struct Rock {
    vaporiser: Vaporiser,
    moles: PerOxide,
}

impl OutgasArgs {
    pub(super) fn run(&self, common: Common) -> anyhow::Result<ExitCode> {
        let mode = Mode::from_name(&self.mode)?;
        let rock = self.rock(mode)?;
        let laws = self.laws(mode)?;
        let model = match &rock {
            Some(rock) => VolatileModel::above(&rock.vaporiser, &laws)?,
            None => VolatileModel::with_laws(mode, &laws)?,
        };
        let planet = self.planet()?;
        let inventory = self.inventory()?;
        let mut memory = Memory::default();
        let mut answers: Vec<Outgassing> = Vec::new();
        for temperature_k in values("--temperature-k", &self.temperature_k)? {
            for redox in self.redox(mode)? {
                let mut request = Request {
                    temperature_k,
                    redox,
                    closure: OxygenClosure::Imposed,
                    inventory,
                    planet,
                    melt_fraction: self.melt_fraction,
                    rock: None,
                };
                answers.push(match &rock {
                    Some(rock) => {
                        request.closure = self.closure(&request, rock)?;
                        outgas_above(&rock.vaporiser, &rock.moles, &model, &request, &mut memory)?
                    }
                    None => outgas_with(&model, &request, &mut memory)?,
                });
            }
        }
        self.print(&answers, common)?;
        Ok(ExitCode::SUCCESS)
    }

    fn print(&self, answers: &[Outgassing], common: Common) -> anyhow::Result<()> {
        let sweep = [
            Some(&self.temperature_k),
            self.delta_iw.as_ref(),
            self.log10_fo2_bar.as_ref(),
        ];
        let single = sweep
            .into_iter()
            .flatten()
            .all(|text| !text.contains([':', ',']));
        if common.json {
            match (single, answers) {
                (true, [answer]) => emit_json(answer)?,
                _ => emit_json(&answers)?,
            }
        } else {
            for answer in answers {
                if !single {
                    emit(&format!("T = {} K\n", answer.temperature_k))?;
                }
                emit(&format!("{}\n", answer.table()))?;
            }
        }
        let mut notes: Vec<&String> = answers.iter().flat_map(|a| &a.extrapolated).collect();
        notes.dedup();
        for note in notes {
            eprintln!("extrapolated: {note}");
        }
        Ok(())
    }

    /// The laws of the mode, with those named in place of theirs for the same gas.
    fn laws(&self, mode: Mode) -> Result<Vec<&str>, InputError> {
        let mut laws: Vec<&str> = mode.laws().to_vec();
        for name in &self.law {
            let wanted = Law::find(name)?;
            laws.retain(|known| Law::find(known).is_ok_and(|law| law.gas != wanted.gas));
            laws.push(&wanted.name);
        }
        Ok(laws)
    }

    fn planet(&self) -> Result<Planet, InputError> {
        let mut planet = match (self.mass_earths, self.radius_earths) {
            (Some(mass), Some(radius)) => {
                Planet::from_earth_units(mass, radius, self.core_radius_fraction)
            }
            _ => Planet::named(&self.planet)?,
        };
        planet.core_radius_fraction = self.core_radius_fraction;
        planet.check()?;
        Ok(planet)
    }

    fn inventory(&self) -> Result<Inventory, InputError> {
        let carbon = self.carbon_ppmw.map(Amount::MantlePpmw);
        let mut inventory = Inventory {
            hydrogen: Amount::Oceans(self.hydrogen_oceans),
            carbon: carbon.unwrap_or(Amount::MassPerHydrogen(self.carbon_to_hydrogen_mass)),
            nitrogen: Amount::MantlePpmw(self.nitrogen_ppmw),
            sulfur: Amount::MantlePpmw(self.sulfur_ppmw),
            chlorine: Amount::MantlePpmw(self.chlorine_ppmw),
        };
        for entry in self
            .element_pressure_bar
            .iter()
            .flat_map(|list| list.split(','))
        {
            let parsed = entry
                .split_once('=')
                .and_then(|(e, p)| Some((e.trim(), p.trim().parse().ok()?)));
            let amount = match parsed {
                Some(("H", _)) => &mut inventory.hydrogen,
                Some(("C", _)) => &mut inventory.carbon,
                Some(("N", _)) => &mut inventory.nitrogen,
                Some(("S", _)) => &mut inventory.sulfur,
                Some(("Cl", _)) => &mut inventory.chlorine,
                _ => {
                    let place = "--element-pressure-bar";
                    return Err(InputError::value(
                        place,
                        format!("`{entry}`"),
                        "H, C, N, S or Cl = bar, separated by commas",
                    ));
                }
            };
            *amount = parsed.map_or(Amount::Absent, |(_, bar)| Amount::PressureBar(bar));
        }
        Ok(inventory)
    }

    fn redox(&self, mode: Mode) -> Result<Vec<Redox>, InputError> {
        let buffer = match &self.buffer {
            Some(name) => Buffer::from_name(name)?,
            None => mode.buffer(),
        };
        if buffer == Buffer::Qfm {
            return Err(InputError::value(
                "--buffer",
                "`qfm`",
                "an iron-wüstite buffer",
            ));
        }
        if let Some(text) = &self.delta_iw {
            let list = values("--delta-iw", text)?.into_iter();
            return Ok(list.map(|dex| Redox::DeltaBuffer { dex, buffer }).collect());
        }
        let text = self.log10_fo2_bar.as_deref().unwrap_or_default();
        Ok(values("--log10-fo2-bar", text)?
            .into_iter()
            .map(Redox::Log10Fo2)
            .collect())
    }

    fn rock(&self, mode: Mode) -> Result<Option<Rock>, InputError> {
        let Some(name) = &self.melt else {
            if self.oxygen == Closure::Imposed {
                return Ok(None);
            }
            return Err(InputError::value(
                "--oxygen",
                "a balance without a melt",
                "--melt NAME, or --oxygen imposed",
            ));
        };
        if mode != Mode::Nasa9 {
            return Err(InputError::value(
                "--melt",
                format!("mode {}", mode.name()),
                "--mode nasa9",
            ));
        }
        let mut settings = Preset::from_name(&self.preset)?.settings();
        if self.oxygen != Closure::Imposed {
            // The oxygen that metal sets free is not in the balance.
            settings.iron.metal = Metal::Off;
        }
        let vaporiser = settings.build()?;
        let moles = *Composition::named(name, vaporiser.molar_masses())?.mole_fractions();
        Ok(Some(Rock { vaporiser, moles }))
    }

    fn closure(&self, request: &Request, rock: &Rock) -> Result<OxygenClosure, InputError> {
        let carriers = match self.carriers {
            CarrierSet::Reduced => Carriers::REDUCED,
            CarrierSet::Oxidised => Carriers::OXIDISED,
        };
        Ok(match self.oxygen {
            Closure::Imposed => OxygenClosure::Imposed,
            Closure::Congruent => OxygenClosure::Congruent(carriers),
            Closure::Conserved => {
                let t_k = request.temperature_k;
                let at = Conditions {
                    t_k,
                    ln_fo2: request.redox.ln_fo2(t_k),
                };
                let melt_kg = request.planet.mantle_kg() * request.melt_fraction;
                let iron =
                    IronBuffer::of_melt(FerricIron::KressCarmichael1991, &rock.moles, melt_kg, at)?;
                OxygenClosure::Conserved(carriers, iron)
            }
        })
    }
}
