//! A chosen list of gas species, by index.

use super::element::Element;
use super::formula::Formula;
use super::thermo::{
    MgoGas, Phase, Species, TERMS, evaluate, gibbs_terms, gibbs_terms_dt, heat_capacity_terms,
};
use crate::constants::GAS_CONSTANT;
use crate::error::InputError;

/// Where the two intervals of every gas of the NASA-9 table meet \[K\].
const BREAK_K: f64 = 1000.0;

/// Whether ions and the electron belong to a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ions {
    /// With ions and electrons.
    Include,
    /// Neutral species only.
    Exclude,
}

/// One gas species with its G/RT below and above 1000 K, in the form of [`super::thermo`].
#[derive(Clone, Debug, PartialEq)]
pub struct GasRecord {
    /// Name at the borders.
    pub name: String,
    /// Atoms and charge.
    pub formula: Formula,
    /// a1..a7, b1, b2 below 1000 K.
    pub low: [f64; TERMS],
    /// a1..a7, b1, b2 from 1000 K.
    pub high: [f64; TERMS],
    /// Temperatures at which the data are declared valid \[K\].
    pub range_k: (f64, f64),
}

impl From<Species> for GasRecord {
    fn from(species: Species) -> Self {
        Self {
            name: species.name().to_owned(),
            formula: species.formula().clone(),
            low: *species.coefficients(0.5 * BREAK_K),
            high: *species.coefficients(BREAK_K),
            range_k: species.range_k(),
        }
    }
}

/// Gas species with their matrix of element counts and their Gibbs energies.
#[derive(Clone, Debug, PartialEq)]
pub struct GasSet {
    records: Vec<GasRecord>,
    elements: Vec<Element>,
    /// Row per species, column per element.
    counts: Vec<f64>,
    charges: Vec<f64>,
    molar_masses_g_mol: Vec<f64>,
    range_k: (f64, f64),
}

impl GasSet {
    /// A set of any records (another table of constants, say).
    ///
    /// # Errors
    /// An empty list; a name that stands twice.
    pub fn from_records(records: Vec<GasRecord>) -> Result<Self, InputError> {
        if records.is_empty() {
            return Err(InputError::value("gas species", "none", "at least one"));
        }
        for (index, record) in records.iter().enumerate() {
            if records[..index].iter().any(|r| r.name == record.name) {
                let found = format!("`{}` twice", record.name);
                return Err(InputError::value("gas species", found, "each once"));
            }
        }
        let mut elements: Vec<Element> = records
            .iter()
            .flat_map(|r| r.formula.counts().iter().map(|(element, _)| *element))
            .collect();
        elements.sort_unstable();
        elements.dedup();
        let counts = records
            .iter()
            .flat_map(|r| elements.iter().map(|e| r.formula.count(*e)))
            .collect();
        let range_k = records
            .iter()
            .fold((0.0_f64, f64::INFINITY), |(low, high), r| {
                (low.max(r.range_k.0), high.min(r.range_k.1))
            });
        Ok(Self {
            charges: records
                .iter()
                .map(|r| f64::from(r.formula.charge()))
                .collect(),
            molar_masses_g_mol: records
                .iter()
                .map(|r| r.formula.molar_mass_g_mol())
                .collect(),
            records,
            elements,
            counts,
            range_k,
        })
    }

    /// A set of species of the NASA-9 table.
    ///
    /// # Errors
    /// A condensed species; an empty list; a species that stands twice.
    pub fn from_species(species: impl IntoIterator<Item = Species>) -> Result<Self, InputError> {
        let mut records = Vec::new();
        for one in species {
            if one.phase() != Phase::Gas {
                return Err(InputError::value("gas species", one.name(), "a gas"));
            }
            records.push(one.into());
        }
        Self::from_records(records)
    }

    /// The named species of the NASA-9 table.
    ///
    /// # Errors
    /// An unknown name (with the nearest known one) and those of [`GasSet::from_species`].
    pub fn from_names(names: &[&str], mgo: MgoGas) -> Result<Self, InputError> {
        let species: Result<Vec<_>, _> = names.iter().map(|n| Species::find_with(n, mgo)).collect();
        Self::from_species(species?)
    }

    /// Every gas of the NASA-9 table that is made of these elements alone.
    ///
    /// # Errors
    /// No such species (an empty list of elements without ions).
    pub fn for_elements(elements: &[Element], ions: Ions, mgo: MgoGas) -> Result<Self, InputError> {
        Self::from_species(Species::all(mgo).filter(|species| {
            let formula = species.formula();
            species.phase() == Phase::Gas
                && (ions == Ions::Include || formula.charge() == 0)
                && formula.counts().iter().all(|(e, _)| elements.contains(e))
        }))
    }

    /// The species of this set that satisfy `keep`.
    ///
    /// # Errors
    /// None of them do.
    pub fn filtered(&self, keep: impl Fn(&GasRecord) -> bool) -> Result<Self, InputError> {
        Self::from_records(self.records.iter().filter(|r| keep(r)).cloned().collect())
    }

    /// Raises the enthalpy of one species by `offset_j_mol` (an uncertain enthalpy of formation as a
    /// nuisance parameter). A species that is not in the set changes nothing.
    pub fn raise_enthalpy(&mut self, name: &str, offset_j_mol: f64) {
        let Some(index) = self.index_of(name) else {
            return;
        };
        let record = &mut self.records[index];
        record.low[7] += offset_j_mol / GAS_CONSTANT;
        record.high[7] += offset_j_mol / GAS_CONSTANT;
    }

    /// The species with their data.
    pub fn records(&self) -> &[GasRecord] {
        &self.records
    }

    /// Number of species.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is no species (never, by construction).
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Elements of the set, by atomic number.
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// Column of an element in the matrix of counts.
    pub fn element_index(&self, element: Element) -> Option<usize> {
        self.elements.iter().position(|e| *e == element)
    }

    /// Index of a species by name.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.records.iter().position(|r| r.name == name)
    }

    /// Name of a species.
    pub fn name(&self, index: usize) -> &str {
        &self.records[index].name
    }

    /// Names in the order of the set.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.records.iter().map(|r| r.name.as_str())
    }

    /// Atoms and charge of a species.
    pub fn formula(&self, index: usize) -> &Formula {
        &self.records[index].formula
    }

    /// Atoms per molecule: row per species, column per element of [`GasSet::elements`].
    pub fn counts(&self) -> &[f64] {
        &self.counts
    }

    /// Atoms per molecule of one species, in the order of [`GasSet::elements`].
    pub fn counts_of(&self, index: usize) -> &[f64] {
        let width = self.elements.len();
        &self.counts[index * width..(index + 1) * width]
    }

    /// Charges in units of the elementary charge.
    pub fn charges(&self) -> &[f64] {
        &self.charges
    }

    /// Molar masses \[g mol⁻¹\].
    pub fn molar_masses_g_mol(&self) -> &[f64] {
        &self.molar_masses_g_mol
    }

    /// Temperatures at which the data of every species are declared valid \[K\].
    pub const fn range_k(&self) -> (f64, f64) {
        self.range_k
    }

    /// Whether `t_k` is inside [`GasSet::range_k`].
    pub fn in_range(&self, t_k: f64) -> bool {
        (self.range_k.0..=self.range_k.1).contains(&t_k)
    }

    /// Writes G°/RT of every species at `t_k` \[K\].
    pub fn gibbs_rt(&self, t_k: f64, out: &mut [f64]) {
        self.evaluate(t_k, &gibbs_terms(t_k), out);
    }

    /// Writes d(G°/RT)/dT of every species \[K⁻¹\].
    pub fn d_gibbs_rt_dt(&self, t_k: f64, out: &mut [f64]) {
        self.evaluate(t_k, &gibbs_terms_dt(t_k), out);
    }

    /// Writes Cp°/R of every species at constant composition.
    pub fn heat_capacity_r(&self, t_k: f64, out: &mut [f64]) {
        self.evaluate(t_k, &heat_capacity_terms(t_k), out);
    }

    fn evaluate(&self, t_k: f64, terms: &[f64; TERMS], out: &mut [f64]) {
        debug_assert_eq!(out.len(), self.len());
        if t_k < BREAK_K {
            for (value, record) in out.iter_mut().zip(&self.records) {
                *value = evaluate(&record.low, terms);
            }
        } else {
            for (value, record) in out.iter_mut().zip(&self.records) {
                *value = evaluate(&record.high, terms);
            }
        }
    }
}
