//! From names to numbers: a set of gases, a set of solubility laws and their conventions, made into
//! the [`System`] of one temperature and oxygen fugacity.

use serde::{Deserialize, Serialize};

use super::calliope;
use super::inventory::{VOLATILES, element_kg_mol};
use super::system::{Dissolved, Gas, OXYGEN, System, UNKNOWNS};
use crate::error::{InputError, nearest};
use crate::melt::buffer::Buffer;
use crate::melt::solubility::Law;
use crate::species::{Element, GasSet, Ions, MgoGas};

/// Rise of the iron-wüstite buffer with pressure times T \[dex K bar⁻¹\] (Hirschmann et al. 2008), for
/// solubility laws that count ΔIW at the pressure of the melt.
const IW_PRESSURE_TERM: f64 = 0.055;

/// Conventions of a calculation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mode {
    /// NASA-9 for every gas of the elements present; the default.
    #[default]
    Nasa9,
    /// CALLIOPE 26.5.3: eleven gases, straight-line equilibrium constants, its laws and masses.
    Calliope,
    /// Eleven gases from NASA-9 with the laws and the buffer of the atmodeller reference cases.
    Atmodeller,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Nasa9, Self::Calliope, Self::Atmodeller];

    /// Name on the command line and in results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nasa9 => "nasa9",
            Self::Calliope => "calliope",
            Self::Atmodeller => "atmodeller",
        }
    }

    /// The mode called `name`.
    ///
    /// # Errors
    /// An unknown name, with the nearest known one.
    pub fn from_name(name: &str) -> Result<Self, InputError> {
        let found = Self::ALL.into_iter().find(|mode| mode.name() == name.to_lowercase());
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name);
            let hint = nearest(name, names)
                .map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
            InputError::value("mode", format!("`{name}`{hint}"), names.join(", "))
        })
    }

    /// Iron-wüstite buffer that goes with the mode.
    pub const fn buffer(self) -> Buffer {
        match self {
            Self::Nasa9 => Buffer::IwHirschmann2008,
            Self::Calliope => Buffer::IwOneillEggins2002,
            Self::Atmodeller => Buffer::IwHirschmann2021,
        }
    }

    /// Solubility laws that go with the mode.
    pub const fn laws(self) -> &'static [&'static str] {
        match self {
            Self::Nasa9 => &[
                "h2o_peridotite_sossi2023",
                "h2_basalt_hirschmann2012",
                "co2_basalt_dixon1995",
                "co_basalt_armstrong2015",
                "ch4_basalt_ardia2013",
                "n2_dasgupta2022",
                "s2_basalt_boulliung2023",
                "cl2_basalt_thomas2021",
            ],
            Self::Calliope => &[
                "h2o_peridotite_sossi2023",
                "co2_basalt_dixon1995_partial",
                "co_basalt_armstrong2015",
                "ch4_basalt_ardia2013",
                "n2_dasgupta2022",
                "s2_gaillard2022",
            ],
            Self::Atmodeller => &[
                "h2o_peridotite_glass_sossi2023",
                "h2_basalt_hirschmann2012",
                "co2_basalt_dixon1995",
                "co_basalt_armstrong2015",
                "ch4_basalt_ardia2013",
                "n2_dasgupta2022",
                "s2_basalt_boulliung2023",
            ],
        }
    }
}

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
#[derive(Clone, Debug, PartialEq)]
pub struct RockPotentials {
    /// Temperature of the surface \[K\].
    pub temperature_k: f64,
    /// ln fO2 (bar) at which the potentials hold.
    pub ln_fo2: f64,
    /// The rock elements.
    pub elements: Vec<RockElement>,
}

/// A law with the indices it needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct LawUse {
    pub(super) law: &'static Law,
    pub(super) gas: usize,
}

/// Gases, laws and conventions; made once, used for many solves.
#[derive(Clone, Debug)]
pub struct VolatileModel {
    mode: Mode,
    set: GasSet,
    molar_masses: Vec<f64>,
    pub(super) laws: Vec<LawUse>,
    /// Index of O2 in the set.
    o2: usize,
    /// Columns of VOLATILES in the set.
    columns: [Option<usize>; OXYGEN],
    oxygen_column: usize,
}

impl VolatileModel {
    /// Volatiles alone, or with the vapour of `rock` elements (mode `nasa9` only), with the laws of
    /// the mode.
    ///
    /// # Errors
    /// Rock elements in a mode that has none.
    pub fn new(mode: Mode, rock: &[Element], mgo: MgoGas) -> Result<Self, InputError> {
        Self::with_laws(mode, rock, mgo, mode.laws())
    }

    /// The same with the named solubility laws; none at all makes every volatile insoluble.
    ///
    /// # Errors
    /// Rock elements in a mode that has none; an unknown law, a law of a gas that the mode has not,
    /// two laws of one gas.
    pub fn with_laws(mode: Mode, rock: &[Element], mgo: MgoGas, laws: &[&str]) -> Result<Self, InputError> {
        if mode != Mode::Nasa9 && !rock.is_empty() {
            let found = format!("rock vapour in mode {}", mode.name());
            return Err(InputError::value("mode", found, "mode nasa9 for a gas with rock vapour"));
        }
        let set = match mode {
            Mode::Nasa9 => {
                let mut elements = VOLATILES.to_vec();
                elements.push(Element::O);
                elements.extend_from_slice(rock);
                GasSet::for_elements(&elements, Ions::Exclude, mgo)?
            }
            Mode::Calliope => calliope::gas_set()?,
            Mode::Atmodeller => GasSet::from_names(
                &["H2O", "CO2", "O2", "H2", "CH4", "CO", "N2", "S2", "SO2", "H2S", "NH3"],
                mgo,
            )?,
        };
        Self::from_gas_set(mode, set, laws)
    }

    /// Any set of gases that holds O2.
    ///
    /// # Errors
    /// As [`VolatileModel::with_laws`]; no O2 in the set.
    pub fn from_gas_set(mode: Mode, set: GasSet, laws: &[&str]) -> Result<Self, InputError> {
        let o2 = set.index_of("O2");
        let oxygen_column = set.element_index(Element::O);
        let (Some(o2), Some(oxygen_column)) = (o2, oxygen_column) else {
            return Err(InputError::value("gas species", "no O2", "a set with O2"));
        };
        let mut uses: Vec<LawUse> = Vec::with_capacity(laws.len());
        for name in laws {
            let law = Law::find(name)?;
            let gas = set.index_of(&law.gas).ok_or_else(|| {
                InputError::value("solubility law", name, format!("laws of the gases of mode {}", mode.name()))
            })?;
            if let Some(other) = uses.iter().find(|u| u.gas == gas) {
                let found = format!("`{name}` and `{}` for {}", other.law.name, law.gas);
                return Err(InputError::value("solubility law", found, "one law per gas"));
            }
            uses.push(LawUse { law, gas });
        }
        let masses = |(i, grams): (usize, &f64)| match mode {
            Mode::Calliope => calliope::molar_mass(set.name(i)).unwrap_or(grams * 1.0e-3),
            _ => grams * 1.0e-3,
        };
        Ok(Self {
            molar_masses: set.molar_masses_g_mol().iter().enumerate().map(masses).collect(),
            columns: VOLATILES.map(|e| set.element_index(e)),
            mode,
            laws: uses,
            o2,
            oxygen_column,
            set,
        })
    }

    /// Conventions of the model.
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// The gases.
    pub const fn gas_set(&self) -> &GasSet {
        &self.set
    }

    /// Molar masses in the conventions of the mode \[kg mol⁻¹\].
    pub fn molar_masses_kg_mol(&self) -> &[f64] {
        &self.molar_masses
    }

    /// Names of the laws in use.
    pub fn law_names(&self) -> impl Iterator<Item = &'static str> {
        self.laws.iter().map(|u| u.law.name.as_str())
    }

    /// Writes gases and melt of one temperature into `system`; targets, oxygen closure, column and
    /// melt mass stay as they are. No allocation once the vectors have grown.
    ///
    /// # Arguments
    /// * `t_k` - temperature \[K\]; `ln_fo2` - ln of the oxygen fugacity in bar.
    /// * `rock` - potentials at the same T and fO2; rock elements that are not among them are absent.
    /// * `gibbs` - scratch.
    pub fn fill(&self, t_k: f64, ln_fo2: f64, rock: &[RockElement], gibbs: &mut Vec<f64>, system: &mut System) {
        gibbs.resize(self.set.len(), 0.0);
        self.set.gibbs_rt(t_k, gibbs);
        let lambda_oxygen = 0.5 * (ln_fo2 + gibbs[self.o2]);
        system.ln_fo2 = ln_fo2;
        system.log10_iw = self.mode.buffer().log10_fo2_bar(t_k);
        if self.mode == Mode::Nasa9 {
            // Dasgupta et al. count from the buffer of Hirschmann et al. 2008, whatever the user names.
            system.log10_iw = Buffer::IwHirschmann2008.log10_fo2_bar(t_k);
        }
        let follows_pressure = self.mode != Mode::Calliope;
        system.iw_slope_per_bar = if follows_pressure { IW_PRESSURE_TERM / t_k } else { 0.0 };
        system.gases.clear();
        for (index, g) in gibbs.iter().enumerate() {
            system.gases.push(self.gas(index, *g, lambda_oxygen, rock));
        }
        system.dissolved.clear();
        for use_ in &self.laws {
            for component in &use_.law.components {
                let mut counts = [0.0; UNKNOWNS];
                for (count, element) in counts.iter_mut().zip(VOLATILES) {
                    *count = component.dissolved.count(element);
                }
                counts[OXYGEN] = component.oxygen;
                system.dissolved.push(Dissolved {
                    law: component.at(t_k),
                    gas: use_.gas,
                    counts,
                    molar_mass: self.dissolved_mass(use_.gas, component.dissolved.counts()),
                });
            }
        }
    }

    /// The gas's own molar mass where the gas itself dissolves (its conventions may be CALLIOPE's).
    fn dissolved_mass(&self, gas: usize, parts: &[(Element, f64)]) -> f64 {
        if self.set.formula(gas).counts() == parts {
            return self.molar_masses[gas];
        }
        parts.iter().map(|(element, n)| n * element_kg_mol(*element)).sum()
    }

    fn gas(&self, index: usize, gibbs: f64, lambda_oxygen: f64, rock: &[RockElement]) -> Gas {
        let row = self.set.counts_of(index);
        let mut counts = [0.0; UNKNOWNS];
        let mut ln_p = 0.0;
        counts[OXYGEN] = row[self.oxygen_column];
        for (column, element) in self.set.elements().iter().enumerate() {
            let n = row[column];
            if n == 0.0 || self.columns.contains(&Some(column)) {
                continue;
            }
            if column == self.oxygen_column {
                ln_p += n * lambda_oxygen;
                continue;
            }
            match rock.iter().find(|r| r.element == *element) {
                Some(known) => {
                    ln_p += n * known.lambda;
                    counts[OXYGEN] -= n * known.oxygen_per_atom;
                }
                None => ln_p = f64::NEG_INFINITY,
            }
        }
        for (count, column) in counts.iter_mut().zip(self.columns) {
            *count = column.map_or(0.0, |c| row[c]);
        }
        Gas {
            base: ln_p - gibbs,
            counts,
            molar_mass: self.molar_masses[index],
        }
    }
}
