//! Outgassing as a user asks for it: a planet, an inventory, a temperature and a redox state in; what
//! stands in the gas and what stays in the melt out.

use std::collections::BTreeMap;
use std::f64::consts::LN_10;
use std::fmt::Write;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::inventory::{Inventory, VOLATILES, element_kg_mol};
use super::model::{Mode, Scratch, VolatileModel};
use super::planet::{GRAVITATIONAL_CONSTANT_2006, Planet};
use super::rock::RockPotentials;
use super::solver::{self, Solution};
use super::system::{IronBuffer, OXYGEN, OxygenBalance, System, Target, UNKNOWNS, Workspace};
use crate::chemistry::vaporise::VaporiseError;
use crate::error::InputError;
use crate::melt::buffer::Buffer;
use crate::species::thermo::{T_MAX_K, T_MIN_K};

/// log10 fO2 \[bar\] that is accepted.
pub const LOG10_FO2_RANGE: (f64, f64) = (-60.0, 5.0);
/// Total pressure above which the gas is no longer ideal to a few per cent \[bar\].
const IDEAL_GAS_LIMIT_BAR: f64 = 1000.0;

/// The redox state as given.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Redox {
    /// Distance to a named buffer at the same T and 1 bar \[dex\].
    DeltaBuffer {
        /// Distance \[dex\].
        dex: f64,
        /// From which buffer.
        buffer: Buffer,
    },
    /// log10 fO2 in bar.
    Log10Fo2(f64),
    /// ln fO2 in bar, as a vaporised surface holds it.
    LnFo2(f64),
}

impl Redox {
    /// The buffer named, or that of the mode.
    pub const fn buffer(self, mode: Mode) -> Buffer {
        match self {
            Self::DeltaBuffer { buffer, .. } => buffer,
            Self::Log10Fo2(_) | Self::LnFo2(_) => mode.buffer(),
        }
    }

    /// ln fO2 (bar) at `t_k`.
    pub fn ln_fo2(self, t_k: f64) -> f64 {
        match self {
            Self::DeltaBuffer { dex, buffer } => (buffer.log10_fo2_bar(t_k) + dex) * LN_10,
            Self::Log10Fo2(value) => value * LN_10,
            Self::LnFo2(value) => value,
        }
    }
}

/// How oxygen is closed. In the last two the redox state given is a starting point only.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum OxygenClosure {
    /// fO2 is imposed by an infinite reservoir.
    #[default]
    Imposed,
    /// Oxygen of gas and dissolved volatiles = oxygen of the oxides evaporated + what the volatiles
    /// brought along.
    Congruent(Carriers),
    /// The same, with the ferric and ferrous iron of the melt taking part.
    Conserved(Carriers, IronBuffer),
}

/// O atoms that come with one atom of H, C, N, S and Cl.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Carriers {
    /// In the order H, C, N, S, Cl.
    pub oxygen_per_atom: [f64; OXYGEN],
}

impl Carriers {
    /// H2, C, N2, S2, Cl2: no oxygen with the volatiles.
    pub const REDUCED: Self = Self {
        oxygen_per_atom: [0.0; OXYGEN],
    };
    /// H2O, CO2, N2, SO2, Cl2.
    pub const OXIDISED: Self = Self {
        oxygen_per_atom: [0.5, 2.0, 0.0, 2.0, 0.0],
    };
}

/// One question.
#[derive(Clone, Debug)]
pub struct Request {
    /// Temperature of melt and gas at the surface \[K\].
    pub temperature_k: f64,
    /// Redox state.
    pub redox: Redox,
    /// What closes oxygen.
    pub closure: OxygenClosure,
    /// The volatiles.
    pub inventory: Inventory,
    /// The planet.
    pub planet: Planet,
    /// Molten part of the mantle, 0-1.
    pub melt_fraction: f64,
    /// Potentials of the rock elements at this T and fO2, for a gas with rock vapour.
    pub rock: Option<RockPotentials>,
}

impl Request {
    /// One Earth, all molten, volatile-free, on the default buffer of `mode`.
    pub fn earth(mode: Mode, temperature_k: f64, delta_iw: f64) -> Self {
        Self {
            temperature_k,
            redox: Redox::DeltaBuffer {
                dex: delta_iw,
                buffer: mode.buffer(),
            },
            closure: OxygenClosure::Imposed,
            inventory: Inventory::default(),
            planet: Planet::EARTH,
            melt_fraction: 1.0,
            rock: None,
        }
    }
}

/// Where an element is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reservoirs {
    /// In the gas \[kg\].
    pub gas: f64,
    /// In the melt \[kg\].
    pub melt: f64,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outgassing {
    /// Temperature of the surface \[K\].
    pub temperature_k: f64,
    /// Sum of all partial pressures, rock vapour included \[bar\].
    pub total_pressure_bar: f64,
    /// Every gas \[bar\].
    pub partial_pressure_bar: BTreeMap<String, f64>,
    /// Dissolved mass by the gas it came from (N2: mass of N, S2: mass of S) \[kg\].
    pub dissolved_kg: BTreeMap<String, f64>,
    /// Volatile elements in gas and melt.
    pub element_kg: BTreeMap<String, Reservoirs>,
    /// log10 of the oxygen fugacity \[bar\].
    pub log10_fo2_bar: f64,
    /// Distance to `buffer` \[dex\].
    pub delta_iw: f64,
    /// Name of the buffer of `delta_iw`.
    pub buffer: String,
    /// Mean molar mass of the gas \[g mol⁻¹\].
    pub mean_molar_mass_g_mol: f64,
    /// Largest relative error of a balance.
    pub closure: f64,
    /// Conventions: thermodynamic data, laws.
    pub mode: String,
    /// Solubility laws in use.
    pub laws: Vec<String>,
    /// Every use of data outside their range, in words.
    pub extrapolated: Vec<String>,
}

/// Why there is no answer.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VolatileError {
    /// The question cannot be meant.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The melt has no potentials.
    #[error(transparent)]
    Melt(Box<VaporiseError>),
    /// Metallic iron where oxygen is balanced.
    #[error(
        "the melt is saturated in metallic iron at log10 fO2 = {log10_fo2_bar} bar; with oxygen balanced the metal must be switched off"
    )]
    Metal {
        /// log10 fO2 \[bar\] at which metal forms.
        log10_fo2_bar: f64,
    },
    /// The balances did not close; the residuals are ln(found/target).
    #[error(
        "the volatile balance did not close after {evaluations} evaluations: residuals {residuals:?}; inputs: {inputs}"
    )]
    NotClosed {
        /// Element and ln(found/target).
        residuals: Vec<(String, f64)>,
        /// Evaluations of the equations.
        evaluations: u32,
        /// The question.
        inputs: String,
    },
}

impl From<VaporiseError> for VolatileError {
    fn from(error: VaporiseError) -> Self {
        Self::Melt(Box::new(error))
    }
}

/// Memory of one thread, reused between calls.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// The equations of the last call.
    pub system: System,
    /// The partial pressures of the last call.
    pub workspace: Workspace,
    scratch: Scratch,
}

/// Answers one question about volatiles alone, with a new model and the laws of the mode.
///
/// # Errors
/// Bad input; balances that do not close, with residuals and inputs.
pub fn outgas(mode: Mode, request: &Request) -> Result<Outgassing, VolatileError> {
    let model = VolatileModel::new(mode)?;
    outgas_with(&model, request, &mut Memory::default())
}

/// Answers one question; the model and the memory can be used again.
///
/// # Errors
/// As [`outgas`].
pub fn outgas_with(
    model: &VolatileModel,
    request: &Request,
    memory: &mut Memory,
) -> Result<Outgassing, VolatileError> {
    let solution = solve(model, request, memory)?;
    Ok(collect(model, request, memory, &solution))
}

/// Solves without collecting names: the state is left in `memory`. Allocates nothing once warm.
///
/// # Errors
/// As [`outgas`].
pub fn solve(
    model: &VolatileModel,
    request: &Request,
    memory: &mut Memory,
) -> Result<Solution, VolatileError> {
    check(model, request)?;
    let t_k = request.temperature_k;
    let ln_fo2 = request.redox.ln_fo2(t_k);
    let mut planet = request.planet;
    if model.mode() == Mode::Calliope {
        planet.gravitational_constant = GRAVITATIONAL_CONSTANT_2006;
    }
    let system = &mut memory.system;
    model.fill(
        t_k,
        ln_fo2,
        request.rock.as_ref(),
        &mut memory.scratch,
        system,
    );
    system.targets = request.inventory.targets(&planet)?;
    for (e, element) in VOLATILES.into_iter().enumerate() {
        if system.targets[e] != Target::Absent && !model.knows(element) {
            let found = format!("some, in mode {}", model.mode().name());
            return Err(InputError::value(
                format!("amount of {element}"),
                found,
                "none: no gas of this mode holds it",
            )
            .into());
        }
    }
    system.oxygen = balance_of(request.closure);
    system.column_kg_per_bar = planet.column_kg_per_bar();
    system.melt_kg = planet.mantle_kg() * request.melt_fraction;
    let solution = solver::solve(system, None, &mut memory.workspace);
    if solution.is_closed() {
        Ok(solution)
    } else {
        Err(not_closed(request, memory, &solution))
    }
}

fn balance_of(closure: OxygenClosure) -> Option<OxygenBalance> {
    let carrier = |c: Carriers| {
        let mut all = [0.0; UNKNOWNS];
        all[..OXYGEN].copy_from_slice(&c.oxygen_per_atom);
        all
    };
    match closure {
        OxygenClosure::Imposed => None,
        OxygenClosure::Congruent(c) => Some(OxygenBalance {
            carrier: carrier(c),
            iron: None,
        }),
        OxygenClosure::Conserved(c, iron) => Some(OxygenBalance {
            carrier: carrier(c),
            iron: Some(iron),
        }),
    }
}

fn check(model: &VolatileModel, request: &Request) -> Result<(), InputError> {
    let t_k = request.temperature_k;
    if !(T_MIN_K..=T_MAX_K).contains(&t_k) {
        return Err(InputError::value(
            "temperature [K]",
            t_k,
            format!("{T_MIN_K} to {T_MAX_K}"),
        ));
    }
    let ln_fo2 = request.redox.ln_fo2(t_k);
    let log10_fo2 = ln_fo2 / LN_10;
    let (low, high) = LOG10_FO2_RANGE;
    if !(low..=high).contains(&log10_fo2) {
        return Err(InputError::value(
            "log10 fO2 [bar]",
            log10_fo2,
            format!("{low} to {high}"),
        ));
    }
    if !(0.0..=1.0).contains(&request.melt_fraction) {
        return Err(InputError::value(
            "melt fraction",
            request.melt_fraction,
            "0 to 1",
        ));
    }
    request.planet.check()?;
    if let Some(rock) = &request.rock {
        if model.mode() != Mode::Nasa9 {
            return Err(InputError::value(
                "mode",
                model.mode().name(),
                "nasa9 for a gas with rock vapour",
            ));
        }
        if (rock.temperature_k - t_k).abs() > 1.0e-9 * t_k
            || (rock.ln_fo2 - ln_fo2).abs() > 1.0e-9 * rock.ln_fo2.abs().max(1.0)
        {
            let found = format!("T {} K, ln fO2 {}", rock.temperature_k, rock.ln_fo2);
            let expected = format!("those of the request, {t_k} K and {ln_fo2}");
            return Err(InputError::value("rock potentials", found, expected));
        }
    }
    if let OxygenClosure::Conserved(_, iron) = request.closure {
        let fraction = (0.0..=1.0).contains(&iron.initial_ferric_fraction);
        if !(iron.iron_mol > 0.0
            && iron.iron_mol.is_finite()
            && iron.slope > 0.0
            && iron.intercept.is_finite()
            && fraction)
        {
            return Err(InputError::value(
                "iron of the melt",
                format!("{iron:?}"),
                "iron above 0 mol, a positive slope, a ferric fraction in 0-1",
            ));
        }
    }
    Ok(())
}

fn not_closed(request: &Request, memory: &Memory, solution: &Solution) -> VolatileError {
    let name = |row: usize| VOLATILES.get(row).map_or("O", |e| e.symbol()).to_owned();
    let active = memory.workspace.active();
    VolatileError::NotClosed {
        residuals: active
            .iter()
            .map(|&row| (name(row), solution.balance.residual(row)))
            .collect(),
        evaluations: solution.evaluations,
        inputs: format!("{request:?}"),
    }
}

fn collect(
    model: &VolatileModel,
    request: &Request,
    memory: &Memory,
    solution: &Solution,
) -> Outgassing {
    let system = &memory.system;
    let pressures = &memory.workspace.pressure;
    let total = solution.balance.pressure_bar;
    let names = model.gas_set().names();
    let present = names.zip(pressures).filter(|(_, p)| **p > 0.0);
    let log10_fo2_bar = system.ln_fo2_at(&solution.x) / LN_10;
    let buffer = request.redox.buffer(model.mode());
    let (dissolved_kg, melt_moles) = in_the_melt(model, memory, solution);
    let (element_kg, closure) = by_element(memory, solution, &melt_moles);
    Outgassing {
        temperature_k: request.temperature_k,
        total_pressure_bar: total,
        partial_pressure_bar: present.map(|(name, p)| (name.to_owned(), *p)).collect(),
        dissolved_kg,
        element_kg,
        log10_fo2_bar,
        delta_iw: log10_fo2_bar - buffer.log10_fo2_bar(request.temperature_k),
        buffer: buffer.name().to_owned(),
        mean_molar_mass_g_mol: solution.balance.mean_molar_mass * 1.0e3,
        closure: closure.max(solution.residual),
        mode: model.mode().name().to_owned(),
        laws: model.law_names().map(str::to_owned).collect(),
        extrapolated: extrapolations(model, request.temperature_k, pressures, total, system),
    }
}

/// Dissolved mass by gas \[kg\] and dissolved atoms by volatile element \[mol\].
fn in_the_melt(
    model: &VolatileModel,
    memory: &Memory,
    solution: &Solution,
) -> (BTreeMap<String, f64>, [f64; OXYGEN]) {
    let system = &memory.system;
    let mut dissolved_kg = BTreeMap::new();
    let mut melt_moles = [0.0; OXYGEN];
    for &index in memory.workspace.melt() {
        let part = &system.dissolved[index];
        let ppmw = system.ppmw(index, &solution.x, solution.balance.pressure_bar);
        let kg = 1.0e-6 * system.melt_kg * ppmw;
        let gas = model.gas_set().name(part.gas).to_owned();
        *dissolved_kg.entry(gas).or_insert(0.0) += kg;
        for (moles, count) in melt_moles.iter_mut().zip(&part.counts) {
            *moles += count * kg / part.molar_mass;
        }
    }
    (dissolved_kg, melt_moles)
}

/// Masses of the volatile elements, and the largest relative error of their balances as recomputed
/// from the pressures themselves.
fn by_element(
    memory: &Memory,
    solution: &Solution,
    melt_moles: &[f64; OXYGEN],
) -> (BTreeMap<String, Reservoirs>, f64) {
    let system = &memory.system;
    let moles_per_bar = system.column_kg_per_bar / solution.balance.mean_molar_mass;
    let mut element_kg = BTreeMap::new();
    let mut closure = 0.0_f64;
    for (e, element) in VOLATILES.into_iter().enumerate() {
        let gases = system.gases.iter().zip(&memory.workspace.pressure);
        let bar: f64 = gases.map(|(gas, p)| gas.counts[e] * p).sum();
        let error = match system.targets[e] {
            Target::Absent => continue,
            Target::Moles(moles) => (moles_per_bar * bar + melt_moles[e]) / moles - 1.0,
            Target::PressureBar(target) => bar / target - 1.0,
        };
        closure = closure.max(error.abs());
        let kg = element_kg_mol(element);
        let reservoirs = Reservoirs {
            gas: moles_per_bar * bar * kg,
            melt: melt_moles[e] * kg,
        };
        element_kg.insert(element.symbol().to_owned(), reservoirs);
    }
    (element_kg, closure)
}

fn extrapolations(
    model: &VolatileModel,
    t_k: f64,
    pressures: &[f64],
    total: f64,
    system: &System,
) -> Vec<String> {
    let mut found = Vec::new();
    if system.melt_kg > 0.0 {
        for use_ in &model.laws {
            let f = pressures[use_.gas];
            if f > 0.0 {
                found.extend(use_.law.extrapolations(t_k, f, total));
            }
        }
    }
    let (low, high) = model.gas_set().range_k();
    if !model.gas_set().in_range(t_k) {
        found.push(format!("gas data: T = {t_k} K, valid {low}-{high} K"));
    }
    if total > IDEAL_GAS_LIMIT_BAR {
        found.push(format!(
            "ideal gas: P = {total:.1} bar, good to a few per cent up to {IDEAL_GAS_LIMIT_BAR} bar"
        ));
    }
    found
}

impl Outgassing {
    /// Gives ΔIW from the buffer of `redox`.
    pub(super) fn refer_to(&mut self, redox: Redox, mode: Mode) {
        let buffer = redox.buffer(mode);
        self.delta_iw = self.log10_fo2_bar - buffer.log10_fo2_bar(self.temperature_k);
        buffer.name().clone_into(&mut self.buffer);
    }

    /// The answer as a table for people.
    pub fn table(&self) -> String {
        let mut text = String::new();
        let _ = writeln!(
            text,
            "total pressure {:.6} bar, mean molar mass {:.3} g/mol, log10 fO2 {:.4} bar ({:+.3} from {})",
            self.total_pressure_bar,
            self.mean_molar_mass_g_mol,
            self.log10_fo2_bar,
            self.delta_iw,
            self.buffer
        );
        let _ = writeln!(
            text,
            "\n{:<8} {:>14} {:>14}",
            "gas", "pressure_bar", "dissolved_kg"
        );
        let mut gases: Vec<_> = self.partial_pressure_bar.iter().collect();
        gases.sort_by(|a, b| b.1.total_cmp(a.1));
        let shown = |(name, p): &(&String, &f64)| {
            **p > 1.0e-12 * self.total_pressure_bar || self.dissolved_kg.contains_key(*name)
        };
        for (name, p) in gases.into_iter().filter(shown) {
            let kg = self
                .dissolved_kg
                .get(name)
                .map_or("-".to_owned(), |kg| format!("{kg:.6e}"));
            let _ = writeln!(text, "{name:<8} {p:>14.6e} {kg:>14}");
        }
        let _ = writeln!(
            text,
            "\n{:<8} {:>14} {:>14}",
            "element", "gas_kg", "melt_kg"
        );
        for (name, kg) in &self.element_kg {
            let _ = writeln!(text, "{name:<8} {:>14.6e} {:>14.6e}", kg.gas, kg.melt);
        }
        let _ = writeln!(
            text,
            "\nmode {}; laws: {}; balances closed to {:.0e}",
            self.mode,
            self.laws.join(", "),
            self.closure
        );
        text
    }
}

#[cfg(test)]
mod tests;
