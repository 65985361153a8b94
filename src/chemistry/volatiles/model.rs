//! From names to numbers: a set of gases, a set of solubility laws and their conventions, made into
//! the [`System`] of one temperature and oxygen fugacity.

use serde::{Deserialize, Serialize};

use super::calliope;
use super::inventory::{VOLATILES, element_kg_mol};
use super::rock::RockPotentials;
use super::system::{Dissolved, Gas, OXYGEN, System, UNKNOWNS};
use crate::error::{InputError, nearest};
use crate::melt::buffer::Buffer;
use crate::melt::solubility::Law;
use crate::species::{Element, GasSet, Ions, MgoGas};

/// Rise of the iron-wüstite buffer with pressure times T \[dex K bar⁻¹\] (Hirschmann et al. 2008), for
/// solubility laws that count ΔIW at the pressure of the melt.
const IW_PRESSURE_TERM: f64 = 0.055;

/// The gases of CALLIOPE 26.5.3 and of the atmodeller reference cases.
const ELEVEN_GASES: [&str; 11] = [
    "H2O", "CO2", "O2", "H2", "CH4", "CO", "N2", "S2", "SO2", "H2S", "NH3",
];

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
        let found = Self::ALL
            .into_iter()
            .find(|mode| mode.name() == name.to_lowercase());
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

/// Scratch memory of [`VolatileModel::fill`].
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    gibbs: Vec<f64>,
    lambda: Vec<f64>,
    /// Oxygen per atom in the element's oxide; -1 for oxygen itself.
    oxide_oxygen: Vec<f64>,
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
    /// Volatiles alone, without rock vapour (see [`VolatileModel::above`]), with the laws of the mode.
    ///
    /// # Errors
    /// Never with the embedded tables.
    pub fn new(mode: Mode) -> Result<Self, InputError> {
        Self::with_laws(mode, mode.laws())
    }

    /// The same with the named solubility laws; none at all makes every volatile insoluble.
    ///
    /// # Errors
    /// An unknown law, a law of a gas that the mode has not, two laws of one gas.
    pub fn with_laws(mode: Mode, laws: &[&str]) -> Result<Self, InputError> {
        let mgo = MgoGas::default();
        let set = match mode {
            Mode::Nasa9 => {
                let mut elements = VOLATILES.to_vec();
                elements.push(Element::O);
                GasSet::for_elements(&elements, Ions::Exclude, mgo)?
            }
            Mode::Calliope => calliope::gas_set()?,
            Mode::Atmodeller => GasSet::from_names(&ELEVEN_GASES, mgo)?,
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
                InputError::value(
                    "solubility law",
                    name,
                    format!("laws of the gases of mode {}", mode.name()),
                )
            })?;
            if let Some(other) = uses.iter().find(|u| u.gas == gas) {
                let found = format!("`{name}` and `{}` for {}", other.law.name, law.gas);
                return Err(InputError::value(
                    "solubility law",
                    found,
                    "one law per gas",
                ));
            }
            uses.push(LawUse { law, gas });
        }
        let masses = |(i, grams): (usize, &f64)| match mode {
            Mode::Calliope => calliope::molar_mass(set.name(i)).unwrap_or(grams * 1.0e-3),
            _ => grams * 1.0e-3,
        };
        Ok(Self {
            molar_masses: set
                .molar_masses_g_mol()
                .iter()
                .enumerate()
                .map(masses)
                .collect(),
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

    /// The same with the enthalpy of formation of a gas raised by `gas_j_mol` \[J mol⁻¹\]; see
    /// [`crate::chemistry::vaporise::Vaporiser::altered`].
    pub fn altered(&self, (gas, gas_j_mol): (&str, f64)) -> Self {
        let mut altered = self.clone();
        altered.set.raise_enthalpy(gas, gas_j_mol);
        altered
    }

    /// The gases.
    pub const fn gas_set(&self) -> &GasSet {
        &self.set
    }

    /// Whether some gas holds `element`.
    pub fn knows(&self, element: Element) -> bool {
        self.set.element_index(element).is_some()
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
    pub fn fill(
        &self,
        t_k: f64,
        ln_fo2: f64,
        rock: Option<&RockPotentials>,
        scratch: &mut Scratch,
        system: &mut System,
    ) {
        scratch.gibbs.resize(self.set.len(), 0.0);
        self.set.gibbs_rt(t_k, &mut scratch.gibbs);
        self.element_potentials(ln_fo2, rock, scratch);
        system.ln_fo2 = ln_fo2;
        // Dasgupta et al. count from the buffer of Hirschmann et al. 2008, whatever the user names.
        system.log10_iw = self.mode.buffer().log10_fo2_bar(t_k);
        let follows_pressure = self.mode != Mode::Calliope;
        system.iw_slope_per_bar = if follows_pressure {
            IW_PRESSURE_TERM / t_k
        } else {
            0.0
        };
        let electron = rock.and_then(|r| r.electron);
        system.gases.clear();
        for index in 0..self.set.len() {
            system.gases.push(self.gas(index, scratch, electron));
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

    /// Potentials of the columns of the set: 0 for volatiles, minus infinity for what is not there.
    fn element_potentials(
        &self,
        ln_fo2: f64,
        rock: Option<&RockPotentials>,
        scratch: &mut Scratch,
    ) {
        scratch.lambda.clear();
        scratch.oxide_oxygen.clear();
        for (column, element) in self.set.elements().iter().enumerate() {
            let known = rock.and_then(|r| r.elements.iter().find(|r| r.element == *element));
            let (lambda, oxygen) = if column == self.oxygen_column {
                (0.5 * (ln_fo2 + scratch.gibbs[self.o2]), -1.0)
            } else if VOLATILES.contains(element) {
                (0.0, 0.0)
            } else {
                known.map_or((f64::NEG_INFINITY, 0.0), |r| (r.lambda, r.oxygen_per_atom))
            };
            scratch.lambda.push(lambda);
            scratch.oxide_oxygen.push(oxygen);
        }
    }

    /// The gas's own molar mass where the gas itself dissolves (its conventions may be CALLIOPE's).
    fn dissolved_mass(&self, gas: usize, parts: &[(Element, f64)]) -> f64 {
        if self.set.formula(gas).counts() == parts {
            return self.molar_masses[gas];
        }
        parts
            .iter()
            .map(|(element, n)| n * element_kg_mol(*element))
            .sum()
    }

    fn gas(&self, index: usize, scratch: &Scratch, electron: Option<f64>) -> Gas {
        let row = self.set.counts_of(index);
        let mut counts = [0.0; UNKNOWNS];
        let mut ln_p = 0.0;
        for (column, n) in row.iter().enumerate() {
            if *n != 0.0 {
                ln_p += n * scratch.lambda[column];
                counts[OXYGEN] -= n * scratch.oxide_oxygen[column];
            }
        }
        for (count, column) in counts.iter_mut().zip(self.columns) {
            *count = column.map_or(0.0, |c| row[c]);
        }
        ln_p -= scratch.gibbs[index];
        let charge = self.set.charges()[index];
        if charge != 0.0 {
            // Ions stand at the electron potential of the dry gas; they take no part in a balance.
            ln_p = electron.map_or(f64::NEG_INFINITY, |phi| ln_p - charge * phi);
            counts = [0.0; UNKNOWNS];
        }
        Gas {
            base: ln_p,
            counts,
            molar_mass: self.molar_masses[index],
        }
    }
}
