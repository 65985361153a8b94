//! The link to the dry part: potentials of the rock elements from a vaporised surface.

use std::f64::consts::LN_10;

use super::inventory::VOLATILES;
use super::model::{Mode, VolatileModel};
use super::outgas::{
    Memory, Outgassing, OxygenClosure, Redox, Request, VolatileError, outgas_with,
};
use super::system::IronBuffer;
use crate::chemistry::vaporise::{Redox as MeltRedox, Surface, Vaporiser};
use crate::error::InputError;
use crate::melt::composition::MolarMasses;
use crate::melt::ferric::FerricIron;
use crate::melt::{Conditions, PerOxide};
use crate::species::{Element, GasRecord, GasSet, Oxide, Phase, Species};

/// Potential of a rock element above a melt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RockElement {
    /// The element.
    pub element: Element,
    /// λ = μ/RT in the convention of NASA-9 (H(elements, 298.15 K) = 0, 1 bar); minus infinity where
    /// the melt has none of it.
    pub lambda: f64,
    /// Oxygen atoms per atom in its oxide (2 for Si, 1 for Mg and Fe²⁺, 1.5 for Al, 0.5 for Na).
    pub oxygen_per_atom: f64,
}

/// What a melt tells the gas: plain numbers, from any melt model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RockPotentials {
    /// Temperature of the surface \[K\].
    pub temperature_k: f64,
    /// ln fO2 (bar) at which the potentials hold.
    pub ln_fo2: f64,
    /// The rock elements, oxygen not among them.
    pub elements: Vec<RockElement>,
    /// Potential of the electron over RT, for the ions of the rock vapour; `None` leaves ions out.
    /// It stays that of the dry gas: ions of volatiles (OH⁻, Cl⁻) are not part of this gas.
    pub electron: Option<f64>,
}

impl RockPotentials {
    /// Potentials of an evaluated surface.
    pub fn from_surface(vaporiser: &Vaporiser, surface: &Surface) -> Self {
        let mut potentials = Self::default();
        potentials.read(vaporiser, surface);
        potentials
    }

    /// The same without a new allocation.
    pub fn read(&mut self, vaporiser: &Vaporiser, surface: &Surface) {
        self.temperature_k = surface.t_k;
        self.ln_fo2 = surface.ln_fo2;
        self.electron = surface.electron.is_finite().then_some(surface.electron);
        self.elements.clear();
        for (element, lambda) in vaporiser.gas().elements().iter().zip(&surface.lambda) {
            let oxide = Oxide::ALL
                .into_iter()
                .find(|oxide| oxide.cation() == *element && *oxide != Oxide::Fe2O3);
            let Some(oxide) = oxide else { continue };
            self.elements.push(RockElement {
                element: *element,
                // The dry part marks what is absent by a huge negative number.
                lambda: if *lambda < -1.0e100 {
                    f64::NEG_INFINITY
                } else {
                    *lambda
                },
                oxygen_per_atom: oxide.oxygens() / oxide.cations(),
            });
        }
    }
}

impl VolatileModel {
    /// The gas of a vaporiser, unchanged and in its order, and every neutral NASA-9 gas that holds
    /// a volatile element and otherwise only O and elements of the vaporiser.
    ///
    /// # Errors
    /// Unknown or contradictory solubility laws.
    pub fn above(vaporiser: &Vaporiser, laws: &[&str]) -> Result<Self, InputError> {
        let dry = vaporiser.gas();
        let mut records: Vec<GasRecord> = dry.records().to_vec();
        let known = |e: Element| VOLATILES.contains(&e) || dry.elements().contains(&e);
        let wet = Species::all(vaporiser.settings().mgo).filter(|species| {
            let formula = species.formula();
            species.phase() == Phase::Gas
                && formula.charge() == 0
                && formula.counts().iter().all(|(e, _)| known(*e))
                && formula.counts().iter().any(|(e, _)| VOLATILES.contains(e))
        });
        records.extend(wet.map(GasRecord::from));
        Self::from_gas_set(Mode::Nasa9, GasSet::from_records(records)?, laws)
    }
}

impl IronBuffer {
    /// Iron of `melt_kg` of melt in a ferric model: every published one is linear in ln fO2, so two
    /// values give slope and intercept.
    ///
    /// # Arguments
    /// * `moles` - oxides, any scale; all iron counts.
    /// * `at` - temperature, and the fO2 that sets the ferric iron before any exchange.
    ///
    /// # Errors
    /// A melt without iron; a model without ferric iron.
    pub fn of_melt(
        model: FerricIron,
        moles: &PerOxide,
        melt_kg: f64,
        at: Conditions,
    ) -> Result<Self, InputError> {
        let ln_ratio = |ln_fo2: f64| {
            let f = model.fraction(moles, Conditions { ln_fo2, ..at });
            f.ln() - (1.0 - f).ln()
        };
        // Two points around the state of the melt, where the fraction is far from rounding to 0 or 1.
        let slope = (ln_ratio(at.ln_fo2 + 1.0) - ln_ratio(at.ln_fo2 - 1.0)) / 2.0;
        let iron = moles[Oxide::FeO.index()] + 2.0 * moles[Oxide::Fe2O3.index()];
        let grams: f64 = Oxide::ALL
            .iter()
            .map(|o| moles[o.index()] * MolarMasses::Iupac.of(*o))
            .sum();
        let intercept = ln_ratio(at.ln_fo2) - slope * at.ln_fo2;
        if !(iron > 0.0 && slope > 0.0 && intercept.is_finite()) {
            let found = format!("ferric model {}, {iron} mol of FeO", model.name());
            return Err(InputError::value(
                "iron of the melt",
                found,
                "a melt with iron and an empirical ferric model",
            ));
        }
        Ok(Self {
            iron_mol: iron / (grams * 1.0e-3) * melt_kg,
            slope,
            intercept,
            initial_ferric_fraction: model.fraction(moles, at),
        })
    }
}

/// Steps of fO2 until melt and gas agree.
const MAX_ROUNDS: u32 = 60;
/// Agreement in ln fO2.
const FO2_TOLERANCE: f64 = 1.0e-10;

/// Outgassing of a melt: its rock vapour and the volatiles in one gas. `request.rock` is replaced.
///
/// With fO2 imposed the melt is asked once. Where oxygen is balanced the potentials of the oxides hold
/// inside a solve and the melt is asked again at the new fO2 until both agree (the ferric iron moves
/// the activity of FeO a little).
///
/// # Errors
/// Bad input; a melt without potentials; balances that do not close; metallic iron where oxygen is
/// balanced, because the oxygen that metal sets free is not in the balance.
pub fn outgas_above(
    vaporiser: &Vaporiser,
    moles: &PerOxide,
    model: &VolatileModel,
    request: &Request,
    memory: &mut Memory,
) -> Result<Outgassing, VolatileError> {
    let mut surface = vaporiser.surface();
    let mut request = request.clone();
    let t_k = request.temperature_k;
    let mut ln_fo2 = request.redox.ln_fo2(t_k);
    let named = request.redox;
    for _ in 0..MAX_ROUNDS {
        vaporiser.evaluate(
            moles,
            t_k,
            MeltRedox::Log10Fo2Bar(ln_fo2 / LN_10),
            &mut surface,
        )?;
        let rock = request.rock.get_or_insert_default();
        rock.read(vaporiser, &surface);
        request.redox = Redox::LnFo2(surface.ln_fo2);
        let mut result = outgas_with(model, &request, memory)?;
        result.refer_to(named, model.mode());
        if request.closure == OxygenClosure::Imposed {
            return Ok(result);
        }
        if surface.iron.metal_saturated {
            return Err(VolatileError::Metal {
                log10_fo2_bar: surface.log10_fo2_bar(),
            });
        }
        let found = result.log10_fo2_bar * LN_10;
        if (found - ln_fo2).abs() < FO2_TOLERANCE {
            return Ok(result);
        }
        ln_fo2 = found;
    }
    Err(VolatileError::NotClosed {
        residuals: vec![("ln fO2 of the melt".to_owned(), ln_fo2 - surface.ln_fo2)],
        evaluations: MAX_ROUNDS,
        inputs: format!("{request:?}"),
    })
}

#[cfg(test)]
mod tests;
