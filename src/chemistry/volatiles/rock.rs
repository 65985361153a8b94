//! The link to the dry part: potentials of the rock elements from a vaporised surface.

use super::model::{Mode, VolatileModel};
use super::inventory::VOLATILES;
use crate::chemistry::vaporise::{Surface, Vaporiser};
use crate::error::InputError;
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
                lambda: if *lambda < -1.0e100 { f64::NEG_INFINITY } else { *lambda },
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

#[cfg(test)]
mod tests;
