//! Which pure liquids and solids the gas is supersaturated with.
//!
//! ln S = Σ n (ln p_atom + G_atom/RT) - G_condensate/RT, with the free atoms' partial pressures
//! in bar and the NASA-9 energies of atom and condensate, so it holds for any set of gas
//! constants. A check, not an equilibrium: the gas is not depleted.

use super::{GasSystem, GasWorkspace};
use crate::species::thermo::{gibbs_rt, in_range};
use crate::species::{MgoGas, Phase, Species};

/// A condensate that the gas would form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Supersaturation {
    /// The liquid or solid.
    pub species: Species,
    /// ln of the saturation ratio, above zero.
    pub ln_saturation: f64,
    /// Whether the data are used outside their range (a liquid below its melting point, say).
    pub extrapolated: bool,
}

/// The pure condensates of the NASA-9 table that a gas system can form.
#[derive(Clone, Debug)]
pub struct Condensates {
    species: Vec<Species>,
    /// Row per condensate, column per element of the set.
    counts: Vec<f64>,
    /// NASA-9 atom per element of the set.
    atoms: Vec<Species>,
}

impl Condensates {
    /// Lists what the elements of `system` can form. Elements without a NASA-9 atom form nothing.
    pub fn new(system: &GasSystem) -> Self {
        let elements = system.set().elements();
        // An element without data keeps its column; no condensate refers to it.
        let atom = |symbol: &str| Species::find(symbol).or_else(|_| Species::find("O"));
        let known = |e: &crate::species::Element| Species::find(e.symbol()).is_ok();
        let species: Vec<Species> = Species::all(MgoGas::default())
            .filter(|s| {
                s.phase() != Phase::Gas
                    && s.formula()
                        .counts()
                        .iter()
                        .all(|(e, _)| elements.contains(e) && known(e))
            })
            .collect();
        Self {
            counts: species
                .iter()
                .flat_map(|s| elements.iter().map(|e| s.formula().count(*e)))
                .collect(),
            atoms: elements
                .iter()
                .filter_map(|e| atom(e.symbol()).ok())
                .collect(),
            species,
        }
    }

    /// The condensates, in the order of [`Condensates::ln_saturation`].
    pub fn species(&self) -> &[Species] {
        &self.species
    }

    /// Writes ln S of every condensate at the workspace's solution; -∞ where an element is absent.
    pub fn ln_saturation(&self, system: &GasSystem, workspace: &GasWorkspace, out: &mut [f64]) {
        let t_k = workspace.t_k;
        out.iter_mut().zip(&self.species).for_each(|(value, s)| {
            *value = -gibbs_rt(*s, t_k);
        });
        let width = self.atoms.len();
        for (e, &atom) in self.atoms.iter().enumerate() {
            let ln_x = workspace.ln_mole_fractions()[system.atoms[e]];
            let potential = ln_x + workspace.ln_p_bar + gibbs_rt(atom, t_k);
            for (value, counts) in out.iter_mut().zip(self.counts.chunks_exact(width)) {
                if counts[e] != 0.0 {
                    *value += counts[e] * potential;
                }
            }
        }
    }

    /// The supersaturated condensates, most supersaturated first.
    ///
    /// Of the phases of one substance those whose data hold at this temperature speak; where none
    /// does, the most supersaturated one, marked as extrapolated.
    pub fn supersaturated(
        &self,
        system: &GasSystem,
        workspace: &GasWorkspace,
    ) -> Vec<Supersaturation> {
        let t_k = workspace.t_k;
        let mut values = vec![0.0; self.species.len()];
        self.ln_saturation(system, workspace, &mut values);
        let mut found: Vec<Supersaturation> = self
            .species
            .iter()
            .zip(values)
            // Above its range a phase has melted or boiled: its energies mean nothing there.
            .filter(|(s, value)| *value > 0.0 && t_k <= s.range_k().1)
            .map(|(&species, ln_saturation)| Supersaturation {
                species,
                ln_saturation,
                extrapolated: !in_range(species, t_k),
            })
            .collect();
        found.sort_by(|a, b| b.ln_saturation.total_cmp(&a.ln_saturation));
        let substance = |one: &Supersaturation| one.species.formula();
        let all = found.clone();
        found.retain(|one| {
            let mut phases = all
                .iter()
                .filter(|other| substance(other) == substance(one));
            // An in-range phase that is not supersaturated also speaks against the others.
            let known = self
                .species
                .iter()
                .any(|s| s.formula() == substance(one) && in_range(*s, t_k));
            !one.extrapolated || (!known && phases.next() == Some(one))
        });
        found
    }
}
