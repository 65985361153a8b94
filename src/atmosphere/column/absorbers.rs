//! What absorbs and scatters in a gas: tables of its species, continua and pairs.

use super::scattering::Scattering;
use super::tables::{Weight, continuum_tables, pair_table};
use crate::error::InputError;
use crate::opacity::collision_induced::CollisionInduced;
use crate::opacity::mixing::GasTable;
use crate::opacity::set::{BandNodes, Sort};
use crate::opacity::table::{CrossSectionTable, SpectralAxis};
use crate::opacity::{OpacitySet, Tier};
use crate::species::{Formula, GasSet};

/// What takes part besides the tables.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AbsorberOptions {
    /// Rayleigh scattering of every gas that has a polarisability
    /// ([`SCATTERERS`](crate::opacity::rayleigh::SCATTERERS)).
    pub rayleigh: bool,
    /// H⁻ bound-free and free-free, if the gas has H and electrons.
    pub hydride_ion: bool,
    /// Schumann-Runge continuum of O₂, if the gas has O₂.
    pub oxygen_continuum: bool,
}

impl Default for AbsorberOptions {
    fn default() -> Self {
        Self {
            rayleigh: true,
            hydride_ion: true,
            oxygen_continuum: true,
        }
    }
}

/// An absorber, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Absorber {
    /// Gas, pair of gases, or continuum.
    pub name: String,
    /// Quality.
    pub tier: Tier,
    /// Sources.
    pub citation: Vec<String>,
    /// Lowest and highest temperature \[K\] of its table; beyond them it keeps the value of the end.
    pub range_k: (f64, f64),
    /// Lowest and highest pressure \[bar\] of its table; `None` where it has no pressure in it.
    pub range_bar: Option<(f64, f64)>,
}

/// Absorbers and scatterers of a gas; read only, shared by threads.
#[derive(Clone, Debug)]
pub struct Absorbers {
    species: Vec<String>,
    wavenumber_per_cm: Vec<f64>,
    /// Tables with their weights and descriptions, in one order.
    pub(super) tables: Vec<GasTable>,
    pub(super) weights: Vec<Weight>,
    list: Vec<Absorber>,
    pub(super) scattering: Scattering,
    not_in_gas: Vec<String>,
}

impl Absorbers {
    /// Every gas and pair of an opacity set that the gas can hold, from its sampled tables.
    ///
    /// # Arguments
    /// * `nodes` - indices of the nodes of the set that become spectral points, ascending: those of
    ///   [`balance_nodes`] for the energy balance, all of them or a range of wavelength for a spectrum.
    ///
    /// # Errors
    /// A set without sampled tables of weighted nodes; a node beyond them; a block that is damaged; those of
    /// [`Absorbers::from_tables`].
    pub fn new(
        set: &OpacitySet,
        gas: &GasSet,
        nodes: &[usize],
        options: AbsorberOptions,
    ) -> Result<Self, InputError> {
        let all = band_nodes(set)?.wavenumber_per_cm;
        if let Some(beyond) = nodes.iter().find(|node| **node >= all.len()) {
            let expected = format!("below {}", all.len());
            return Err(InputError::value(
                "node of the opacity set",
                beyond,
                expected,
            ));
        }
        let wavenumber_per_cm: Vec<f64> = nodes.iter().map(|i| all[*i]).collect();
        let mut tables = Vec::new();
        let mut not_in_gas = Vec::new();
        for name in set.gases().filter(|name| set.has(name, Sort::Sampled)) {
            match find_species(gas, name)? {
                Some(_) => tables.push(at_nodes(&set.table(name, Sort::Sampled)?, nodes)),
                None => not_in_gas.push(name.to_owned()),
            }
        }
        let mut pairs = Vec::new();
        for pair in set.pairs() {
            pairs.push(set.pair(&pair.name())?);
        }
        let mut absorbers = Self::from_tables(&wavenumber_per_cm, tables, gas, &pairs, options)?;
        absorbers.not_in_gas.extend(not_in_gas);
        Ok(absorbers)
    }

    /// From tables at hand, all at the same wavenumbers \[cm⁻¹\].
    ///
    /// # Errors
    /// A table on another axis or on bins; one that does not validate.
    pub fn from_tables(
        wavenumber_per_cm: &[f64],
        tables: Vec<CrossSectionTable>,
        gas: &GasSet,
        pairs: &[CollisionInduced],
        options: AbsorberOptions,
    ) -> Result<Self, InputError> {
        SpectralAxis::Points(wavenumber_per_cm.to_vec()).validate("wavenumbers of the column")?;
        let mut absorbers = Self {
            species: gas.names().map(str::to_owned).collect(),
            wavenumber_per_cm: wavenumber_per_cm.to_vec(),
            tables: Vec::new(),
            weights: Vec::new(),
            list: Vec::new(),
            scattering: Scattering::new(wavenumber_per_cm, gas, options.rayleigh)?,
            not_in_gas: Vec::new(),
        };
        for table in tables {
            match find_species(gas, &table.gas)? {
                Some(species) => absorbers.push_gas(&table, species)?,
                None => absorbers.not_in_gas.push(table.gas),
            }
        }
        for (table, weight) in continuum_tables(wavenumber_per_cm, gas, options)? {
            absorbers.push(&table, weight)?;
        }
        for pair in pairs {
            let first = find_species(gas, &pair.pair.0)?;
            let second = find_species(gas, &pair.pair.1)?;
            if let (Some(first), Some(second)) = (first, second) {
                let table = pair_table(wavenumber_per_cm, pair)?;
                absorbers.push(&table, Weight::Pair(first, second))?;
            }
        }
        Ok(absorbers)
    }

    fn push_gas(&mut self, table: &CrossSectionTable, species: usize) -> Result<(), InputError> {
        let place = format!("opacity of {}", table.gas);
        table.validate(&place)?;
        if table.axis != SpectralAxis::Points(self.wavenumber_per_cm.clone()) {
            return Err(InputError::value(
                place,
                "cross sections at other wavenumbers, or in bins",
                "cross sections at the wavenumbers of the column",
            ));
        }
        self.push(table, Weight::Gas(species))
    }

    fn push(&mut self, table: &CrossSectionTable, weight: Weight) -> Result<(), InputError> {
        self.tables.push(GasTable::new(table)?);
        self.weights.push(weight);
        let ends = |axis: &[f64]| (axis[0], axis[axis.len() - 1]);
        let pressures = table.pressure_bar.len() > 1;
        self.list.push(Absorber {
            name: table.gas.clone(),
            tier: table.provenance.tier,
            citation: table.provenance.citation.clone(),
            range_k: ends(&table.temperature_k),
            range_bar: pressures.then(|| ends(&table.pressure_bar)),
        });
        Ok(())
    }

    /// The same without the absorbers of these names: one left out, or those too rare to matter.
    /// Scattering stays.
    ///
    /// # Errors
    /// A name that is not among them.
    pub fn without(&self, names: &[&str]) -> Result<Self, InputError> {
        let known = |name: &&&str| !self.list.iter().any(|one| one.name == **name);
        if let Some(unknown) = names.iter().find(known) {
            let all: Vec<&str> = self.list.iter().map(|one| one.name.as_str()).collect();
            return Err(InputError::value("absorber", unknown, all.join(", ")));
        }
        let kept = |i: &usize| !names.contains(&self.list[*i].name.as_str());
        let indices: Vec<usize> = (0..self.list.len()).filter(kept).collect();
        Ok(Self {
            species: self.species.clone(),
            wavenumber_per_cm: self.wavenumber_per_cm.clone(),
            tables: indices.iter().map(|&i| self.tables[i].clone()).collect(),
            weights: indices.iter().map(|&i| self.weights[i]).collect(),
            list: indices.iter().map(|&i| self.list[i].clone()).collect(),
            scattering: self.scattering.clone(),
            not_in_gas: self.not_in_gas.clone(),
        })
    }

    /// The same at some of the spectral points, ascending.
    ///
    /// # Panics
    /// They must be points of these absorbers.
    pub fn at(&self, points: &[usize]) -> Self {
        Self {
            wavenumber_per_cm: points.iter().map(|i| self.wavenumber_per_cm[*i]).collect(),
            tables: self.tables.iter().map(|table| table.at(points)).collect(),
            scattering: self.scattering.at(points),
            species: self.species.clone(),
            weights: self.weights.clone(),
            list: self.list.clone(),
            not_in_gas: self.not_in_gas.clone(),
        }
    }

    /// Wavenumbers of the spectral points \[cm⁻¹\], ascending.
    pub fn wavenumber_per_cm(&self) -> &[f64] {
        &self.wavenumber_per_cm
    }

    /// The absorbers.
    pub fn list(&self) -> &[Absorber] {
        &self.list
    }

    /// Gases with a table that the gas cannot hold.
    pub fn not_in_gas(&self) -> &[String] {
        &self.not_in_gas
    }

    /// Names of the species that it was made for.
    pub fn species(&self) -> &[String] {
        &self.species
    }

    /// Whether a species has an absorber of its own.
    pub(super) fn covers(&self, species: usize) -> bool {
        self.weights
            .iter()
            .any(|weight| matches!(weight, Weight::Gas(s) if *s == species))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }
}

fn band_nodes(set: &OpacitySet) -> Result<BandNodes, InputError> {
    set.band_nodes()?.ok_or_else(|| {
        let expected = "an opacity set with sampled cross sections";
        InputError::value(set.place(), "no weighted nodes", expected)
    })
}

/// Indices of the nodes that have a weight in the energy balance.
pub fn balance_nodes(nodes: &BandNodes) -> Vec<usize> {
    let weights = &nodes.balance_weight;
    (0..weights.len()).filter(|i| weights[*i] > 0.0).collect()
}

/// A table at some of its points.
fn at_nodes(table: &CrossSectionTable, nodes: &[usize]) -> CrossSectionTable {
    let SpectralAxis::Points(wavenumber) = &table.axis else {
        // Refused by `push_gas`.
        return table.clone();
    };
    let rows = table.sigma_cm2.chunks_exact(wavenumber.len());
    CrossSectionTable {
        gas: table.gas.clone(),
        molar_mass_g_mol: table.molar_mass_g_mol,
        temperature_k: table.temperature_k.clone(),
        pressure_bar: table.pressure_bar.clone(),
        axis: SpectralAxis::Points(nodes.iter().map(|i| wavenumber[*i]).collect()),
        sigma_cm2: rows.flat_map(|row| nodes.iter().map(|i| row[*i])).collect(),
        provenance: table.provenance.clone(),
    }
}

/// Species with this formula: by name, else by its atoms and charge.
pub(super) fn find_species(gas: &GasSet, formula: &str) -> Result<Option<usize>, InputError> {
    if let Some(index) = gas.index_of(formula) {
        return Ok(Some(index));
    }
    let wanted = Formula::parse("opacity", formula)?;
    Ok((0..gas.len()).find(|s| *gas.formula(*s) == wanted))
}
