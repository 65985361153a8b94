//! Gas that a melt gives off: pressure at the base of the column and its elements.
//!
//! The melt is an infinite reservoir. At the temperature of its surface the vaporisation gives the partial
//! pressure p_s of every gas, with volatiles through the same element potentials. The base pressure is
//! p = Σ p_s, and the column has the elements of the gas at its base,
//!
//! b_e = Σ_s n_es p_s / p,
//!
//! atoms of element e per particle of gas at the surface, with n_es atoms of e in species s.

use std::sync::Arc;

use crate::chemistry::vaporise::{Redox, Surface, Vaporiser};
use crate::chemistry::volatiles::inventory::Inventory;
use crate::chemistry::volatiles::model::{Scratch, VolatileModel};
use crate::chemistry::volatiles::outgas::LOG10_FO2_RANGE;
use crate::chemistry::volatiles::planet::Planet;
use crate::chemistry::volatiles::rock::RockPotentials;
use crate::chemistry::volatiles::solver;
use crate::chemistry::volatiles::system::{System, Workspace};
use crate::error::{InputError, ModelError, RejectReason};
use crate::melt::PerOxide;
use crate::species::{Element, GasSet};

/// Volatiles above and in the melt; fO2 stays imposed by the melt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Volatiles<'a> {
    /// How much of each element: [`Amount::PressureBar`](crate::chemistry::volatiles::inventory::Amount)
    /// names its partial pressure in the gas \[bar\], the others count gas and melt together.
    pub inventory: Inventory,
    /// Planet that turns masses into pressures; of no account for partial pressures.
    pub planet: Planet,
    /// Molten part of the mantle, 0 to 1; of no account for partial pressures.
    pub melt_fraction: f64,
    /// Names of the solubility laws; none makes every volatile insoluble.
    pub laws: &'a [&'a str],
}

impl Volatiles<'static> {
    /// Elemental partial pressures \[bar\] alone: `inventory` in
    /// [`Amount::PressureBar`](crate::chemistry::volatiles::inventory::Amount).
    pub const fn partial_pressures(inventory: Inventory) -> Self {
        Self {
            inventory,
            planet: Planet::EARTH,
            melt_fraction: 1.0,
            laws: &[],
        }
    }
}

/// The wet part: gases with volatiles, and the memory of its solver.
#[derive(Clone, Debug)]
struct Wet {
    model: Arc<VolatileModel>,
    rock: RockPotentials,
    system: System,
    scratch: Scratch,
    workspace: Workspace,
}

/// Gas above a melt of given composition and redox state, as a function of the temperature; with
/// the memory of one thread.
#[derive(Clone, Debug)]
pub struct SurfaceGas {
    vaporiser: Arc<Vaporiser>,
    moles: PerOxide,
    redox: Redox,
    wet: Option<Wet>,
    surface: Surface,
    /// The melt at other temperatures than that of the surface.
    elsewhere: Surface,
    partial_pressure_bar: Vec<f64>,
    abundances: Vec<f64>,
    pressure_bar: f64,
}

impl SurfaceGas {
    /// Vapour of the melt alone.
    ///
    /// # Arguments
    /// * `moles` - oxides of the melt, any scale; all iron counts.
    /// * `redox` - absolute fO2, distance to a buffer, or congruent.
    pub fn dry(vaporiser: Arc<Vaporiser>, moles: PerOxide, redox: Redox) -> Self {
        let surface = vaporiser.surface();
        Self {
            partial_pressure_bar: vec![0.0; vaporiser.gas().len()],
            abundances: vec![0.0; vaporiser.gas().elements().len()],
            pressure_bar: 0.0,
            wet: None,
            vaporiser,
            moles,
            redox,
            elsewhere: surface.clone(),
            surface,
        }
    }

    /// Vapour and volatiles in one gas.
    ///
    /// # Errors
    /// Congruent evaporation, which does not fix the fO2 of a gas with volatiles; an unknown solubility law; an
    /// inventory that cannot be meant; a vaporiser whose gas data are not NASA-9.
    pub fn with_volatiles(
        vaporiser: Arc<Vaporiser>,
        moles: PerOxide,
        redox: Redox,
        volatiles: &Volatiles,
    ) -> Result<Self, InputError> {
        check_gas_data(&vaporiser)?;
        let model = Arc::new(VolatileModel::above(&vaporiser, volatiles.laws)?);
        Self::with_model(vaporiser, model, moles, redox, volatiles)
    }

    /// The same with a model made before by [`VolatileModel::above`] with the laws of `volatiles`: making
    /// one reads all gases.
    ///
    /// # Errors
    /// As [`SurfaceGas::with_volatiles`].
    pub fn with_model(
        vaporiser: Arc<Vaporiser>,
        model: Arc<VolatileModel>,
        moles: PerOxide,
        redox: Redox,
        volatiles: &Volatiles,
    ) -> Result<Self, InputError> {
        if redox == Redox::Congruent {
            return Err(InputError::value(
                "redox state of a gas with volatiles",
                "congruent evaporation",
                "log10 fO2 or the distance to a buffer",
            ));
        }
        check_gas_data(&vaporiser)?;
        volatiles.planet.check()?;
        let fraction = volatiles.melt_fraction;
        if !(0.0..=1.0).contains(&fraction) {
            return Err(InputError::value("melt fraction", fraction, "0 to 1"));
        }
        let mut gas = Self::dry(vaporiser, moles, redox);
        gas.partial_pressure_bar = vec![0.0; model.gas_set().len()];
        gas.abundances = vec![0.0; model.gas_set().elements().len()];
        let system = System {
            targets: volatiles.inventory.targets(&volatiles.planet)?,
            column_kg_per_bar: volatiles.planet.column_kg_per_bar(),
            melt_kg: volatiles.planet.mantle_kg() * fraction,
            ..System::default()
        };
        gas.wet = Some(Wet {
            model,
            rock: RockPotentials::default(),
            system,
            scratch: Scratch::default(),
            workspace: Workspace::default(),
        });
        Ok(gas)
    }

    /// Gases, in the order of [`SurfaceGas::partial_pressures_bar`]; its elements are in the order of
    /// [`SurfaceGas::abundances`].
    pub fn gas_set(&self) -> &GasSet {
        match &self.wet {
            Some(wet) => wet.model.gas_set(),
            None => self.vaporiser.gas(),
        }
    }

    /// The melt below, at the last evaluation.
    pub const fn surface(&self) -> &Surface {
        &self.surface
    }

    /// Pressure at the base of the column \[bar\], at the last evaluation.
    pub const fn pressure_bar(&self) -> f64 {
        self.pressure_bar
    }

    /// Atoms per particle of gas at the surface, per element, at the last evaluation.
    pub fn abundances(&self) -> &[f64] {
        &self.abundances
    }

    /// Partial pressures at the surface \[bar\], at the last evaluation.
    pub fn partial_pressures_bar(&self) -> &[f64] {
        &self.partial_pressure_bar
    }

    /// Gas above a surface of `temperature_k` (1000 to 6000 K). Allocates nothing once it has run.
    ///
    /// # Errors
    /// [`ModelError::Rejected`]: temperature, composition or fO2 outside the range of the melt model;
    /// [`RejectReason::NoGasEquilibrium`]: a balance of volatiles that does not close.
    pub fn evaluate(&mut self, temperature_k: f64) -> Result<(), ModelError> {
        self.vaporiser
            .evaluate(&self.moles, temperature_k, self.redox, &mut self.surface)?;
        match &mut self.wet {
            Some(wet) => {
                wet.evaluate(&self.vaporiser, &self.surface)?;
                let pressures = &wet.workspace.pressure;
                self.partial_pressure_bar.copy_from_slice(pressures);
            }
            None => {
                let pressures = self.partial_pressure_bar.iter_mut();
                for (p, ln_p) in pressures.zip(&self.surface.ln_pressure) {
                    *p = ln_p.exp();
                }
            }
        }
        self.pressure_bar = self.partial_pressure_bar.iter().sum();
        self.count_elements();
        Ok(())
    }

    /// Pressure \[bar\] at `temperature_k` of the vapour that can condense, without volatiles, with the redox state of
    /// the surface: all gases of a melt that evaporates congruently, where oxygen condenses with the metals, and else
    /// those that hold more than oxygen. The last evaluation stays.
    ///
    /// # Errors
    /// Those of the melt in [`SurfaceGas::evaluate`].
    pub fn condensable_pressure_bar(&mut self, temperature_k: f64) -> Result<f64, ModelError> {
        let at = &mut self.elsewhere;
        self.vaporiser
            .evaluate(&self.moles, temperature_k, self.redox, at)?;
        Ok(self.condensable_bar(&self.elsewhere))
    }

    /// The same at the surface, at the last evaluation.
    pub fn condensable_at_surface_bar(&self) -> f64 {
        self.condensable_bar(&self.surface)
    }

    fn condensable_bar(&self, surface: &Surface) -> f64 {
        let gas = self.vaporiser.gas();
        let condenses = |s: usize| {
            let mut counts = gas.elements().iter().zip(gas.counts_of(s));
            self.redox == Redox::Congruent
                || counts.any(|(element, count)| *element != Element::O && *count > 0.0)
        };
        (surface.ln_pressure.iter().enumerate())
            .filter(|(s, _)| condenses(*s))
            .map(|(_, ln_p)| ln_p.exp())
            .sum()
    }

    fn count_elements(&mut self) {
        let set = match &self.wet {
            Some(wet) => wet.model.gas_set(),
            None => self.vaporiser.gas(),
        };
        self.abundances.fill(0.0);
        for (s, p) in self.partial_pressure_bar.iter().enumerate() {
            for (sum, count) in self.abundances.iter_mut().zip(set.counts_of(s)) {
                *sum += count * p;
            }
        }
        for sum in &mut self.abundances {
            *sum /= self.pressure_bar;
        }
    }
}

fn check_gas_data(vaporiser: &Vaporiser) -> Result<(), InputError> {
    let gas_data = vaporiser.settings().gas;
    if gas_data == crate::chemistry::vaporise::gas::GasData::Nasa9 {
        return Ok(());
    }
    Err(InputError::value(
        "gas data of a gas with volatiles",
        gas_data.name(),
        "nasa9",
    ))
}

impl Wet {
    fn evaluate(&mut self, vaporiser: &Vaporiser, surface: &Surface) -> Result<(), ModelError> {
        let (low, high) = LOG10_FO2_RANGE;
        if !(low..=high).contains(&surface.log10_fo2_bar()) {
            return Err(ModelError::Rejected(RejectReason::OxygenFugacityOutOfRange));
        }
        self.rock.read(vaporiser, surface);
        self.model.fill(
            surface.t_k,
            surface.ln_fo2,
            Some(&self.rock),
            &mut self.scratch,
            &mut self.system,
        );
        let solution = solver::solve(&self.system, None, &mut self.workspace);
        if solution.is_closed() {
            return Ok(());
        }
        // The balance of the volatiles did not close.
        Err(ModelError::Rejected(RejectReason::NoGasEquilibrium))
    }
}
