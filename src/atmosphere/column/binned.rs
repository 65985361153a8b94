//! Extinction of given layers in bins of k-distributions, gases mixed by random overlap.
//!
//! For spectra finer than the bands of the sampled nodes, as a pass of its own: temperatures and mole
//! fractions are known by then. Continua, pairs and Rayleigh scattering are those of the middle of a bin.

use super::absorbers::{AbsorberOptions, find_species};
use super::scattering::Scattering;
use super::tables::{Weight, continuum_tables, pair_table};
use crate::error::InputError;
use crate::opacity::OpacitySet;
use crate::opacity::mixing::overlap::{OverlapMixture, RandomOverlap};
use crate::opacity::mixing::{Extinction, GasTable, Layers, Mixture};
use crate::opacity::set::Sort;
use crate::opacity::table::{CrossSectionTable, SpectralAxis};
use crate::species::GasSet;

/// Bins with a quadrature in g.
#[derive(Clone, Debug, PartialEq)]
struct Bins {
    edges_per_cm: Vec<f64>,
    g: Vec<f64>,
    weights: Vec<f64>,
}

/// Layers whose temperatures and composition are known, from the top.
#[derive(Clone, Copy, Debug)]
pub struct KnownLayers<'a> {
    /// Temperature \[K\].
    pub temperature_k: &'a [f64],
    /// Pressure \[bar\].
    pub pressure_bar: &'a [f64],
    /// Mean molar mass \[g mol⁻¹\].
    pub mean_molar_mass_g_mol: &'a [f64],
    /// Mole fractions \[layer\]\[species\].
    pub mole_fraction: &'a [f64],
}

/// Tables, and what the abundance of each is made of.
#[derive(Clone, Debug, Default)]
struct Weighted {
    tables: Vec<GasTable>,
    weights: Vec<Weight>,
}

/// What absorbs and scatters in part of the bins of an opacity set.
#[derive(Clone, Debug)]
pub struct BinnedAbsorbers {
    bins: Bins,
    species: usize,
    gases: Weighted,
    continua: Weighted,
    scattering: Scattering,
    without_table: Vec<String>,
}

impl BinnedAbsorbers {
    /// Every gas and pair of the set that the gas can hold, in the bins whose middle lies within a range,
    /// and one more at either end if there is one.
    ///
    /// # Arguments
    /// * `range_per_cm` - wavenumbers \[cm⁻¹\], ascending.
    /// * `without` - names of absorbers that are left out.
    ///
    /// # Errors
    /// A set without k-distributions, or with several sorts of bins; no bin in the range; a block that is
    /// damaged.
    pub fn new(
        set: &OpacitySet,
        gas: &GasSet,
        range_per_cm: [f64; 2],
        options: AbsorberOptions,
        without: &[String],
    ) -> Result<Self, InputError> {
        let (all, tables, without_table) = k_tables(set, gas, without)?;
        let chosen = all.within(set, range_per_cm)?;
        let bins = all.part(&chosen);
        let mut gases = Weighted::default();
        for (table, species) in tables {
            gases.push(&bins.cut(&table, &chosen), Weight::Gas(species))?;
        }
        let middles = bins.middles_per_cm();
        let mut grey = continuum_tables(&middles, gas, options)?;
        for pair in set.pairs() {
            let pair = set.pair(&pair.name())?;
            let members = (
                find_species(gas, &pair.pair.0)?,
                find_species(gas, &pair.pair.1)?,
            );
            if let (Some(one), Some(two)) = members {
                grey.push((pair_table(&middles, &pair)?, Weight::Pair(one, two)));
            }
        }
        let mut continua = Weighted::default();
        for (table, weight) in grey
            .iter()
            .filter(|(table, _)| !without.contains(&table.gas))
        {
            continua.push(&bins.spread(table), *weight)?;
        }
        let points = bins.each(&middles);
        Ok(Self {
            scattering: Scattering::new(&points, gas, options.rayleigh)?,
            species: gas.len(),
            bins,
            gases,
            continua,
            without_table,
        })
    }

    /// Edges of the bins \[cm⁻¹\], ascending.
    pub fn edges_per_cm(&self) -> &[f64] {
        &self.bins.edges_per_cm
    }

    /// Weights of the points of a bin, which sum to one.
    pub fn weights(&self) -> &[f64] {
        &self.bins.weights
    }

    /// Gases that have sampled cross sections but no k-distributions.
    pub fn without_table(&self) -> &[String] {
        &self.without_table
    }

    /// Extinction of the layers, the points being bins times abscissae; its derivative is at constant mole
    /// fractions and without that of the continua.
    ///
    /// # Arguments
    /// * `factor` - factor on the absorption of an absorber, by its name.
    ///
    /// # Panics
    /// The slices of `layers` must fit each other and the gas.
    pub fn extinction(
        &self,
        layers: &KnownLayers<'_>,
        factor: impl Fn(&str) -> f64,
        out: &mut Extinction,
    ) -> Result<(), InputError> {
        let count = layers.temperature_k.len();
        assert_eq!(layers.mole_fraction.len(), count * self.species);
        let abundances = |list: &Weighted| -> Vec<f64> {
            let pairs = list.tables.iter().zip(&list.weights);
            let of_layers = pairs.flat_map(|(table, weight)| {
                let factor = factor(table.gas());
                (0..count).map(move |layer| factor * self.weight(*weight, layers, layer))
            });
            of_layers.collect()
        };
        let state = |mole_fraction| Layers {
            temperature_k: layers.temperature_k,
            pressure_bar: layers.pressure_bar,
            mean_molar_mass_g_mol: layers.mean_molar_mass_g_mol,
            mole_fraction,
        };
        let overlap = RandomOverlap::new(&self.bins.weights)?;
        let of_gases = abundances(&self.gases);
        OverlapMixture::new(overlap).extinction(&self.gases.tables, &state(&of_gases), out);
        if !self.continua.tables.is_empty() {
            let (of_continua, mut grey) = (abundances(&self.continua), Extinction::default());
            let tables = &self.continua.tables;
            Mixture::default().extinction(tables, &state(&of_continua), &mut grey);
            for (sum, grey) in out.absorption.iter_mut().zip(&grey.absorption) {
                *sum += grey;
            }
        }
        self.scattering.write(
            &mut Vec::new(),
            |layer| self.fractions(layers, layer),
            layers.mean_molar_mass_g_mol,
            out,
        );
        Ok(())
    }

    fn fractions<'a>(&self, layers: &KnownLayers<'a>, layer: usize) -> &'a [f64] {
        &layers.mole_fraction[layer * self.species..(layer + 1) * self.species]
    }

    fn weight(&self, weight: Weight, layers: &KnownLayers<'_>, layer: usize) -> f64 {
        let fractions = self.fractions(layers, layer);
        let (t_k, bar) = (layers.temperature_k[layer], layers.pressure_bar[layer]);
        // The slopes are of no account for the weight.
        weight.at(fractions, fractions, t_k, bar).0
    }
}

impl Weighted {
    fn push(&mut self, table: &CrossSectionTable, weight: Weight) -> Result<(), InputError> {
        self.tables.push(GasTable::new(table)?);
        self.weights.push(weight);
        Ok(())
    }
}

/// Bins, tables with the species of the gas, and names of gases that have none.
type KTables = (Bins, Vec<(CrossSectionTable, usize)>, Vec<String>);

/// The k-distributions of the gases, all in the same bins.
fn k_tables(set: &OpacitySet, gas: &GasSet, without: &[String]) -> Result<KTables, InputError> {
    let (mut tables, mut without_table) = (Vec::new(), Vec::new());
    let mut bins: Option<Bins> = None;
    let wanted = |name: &&str| !without.iter().any(|one| one == name);
    for name in set.gases().filter(wanted) {
        let Some(species) = find_species(gas, name)? else {
            continue;
        };
        if !set.has(name, Sort::KDistribution) {
            without_table.push(name.to_owned());
            continue;
        }
        let table = set.table(name, Sort::KDistribution)?;
        let own = Bins::of(&table);
        if *bins.get_or_insert_with(|| own.clone()) != own {
            let found = format!("k-distributions of {name} in bins of their own");
            return Err(InputError::value(set.place(), found, "one sort of bins"));
        }
        tables.push((table, species));
    }
    match bins {
        Some(bins) => Ok((bins, tables, without_table)),
        None => {
            let expected = "a set that has them, for a spectrum finer than its bands";
            Err(InputError::value(
                set.place(),
                "no k-distributions",
                expected,
            ))
        }
    }
}

impl Bins {
    fn of(table: &CrossSectionTable) -> Self {
        match &table.axis {
            SpectralAxis::Bins {
                edges_per_cm,
                g,
                weights,
            } => Self {
                edges_per_cm: edges_per_cm.clone(),
                g: g.clone(),
                weights: weights.clone(),
            },
            // Not of a table of k-distributions: a single bin that fits no other.
            SpectralAxis::Points(points) => Self {
                edges_per_cm: points.clone(),
                g: Vec::new(),
                weights: Vec::new(),
            },
        }
    }

    fn middles_per_cm(&self) -> Vec<f64> {
        let edges = self.edges_per_cm.windows(2);
        edges.map(|edges| (edges[0] * edges[1]).sqrt()).collect()
    }

    /// Bins with their middle in the range, and one more at either end.
    fn within(
        &self,
        set: &OpacitySet,
        [low, high]: [f64; 2],
    ) -> Result<std::ops::Range<usize>, InputError> {
        let middles = self.middles_per_cm();
        let first = middles.partition_point(|nu| *nu < low);
        let last = middles.partition_point(|nu| *nu <= high);
        if first < last {
            return Ok(first.saturating_sub(1)..(last + 1).min(middles.len()));
        }
        let um = |nu: f64| 1e4 / nu;
        let ends = (self.edges_per_cm.first()).zip(self.edges_per_cm.last());
        let (longest, shortest) = ends.map_or((0.0, 0.0), |(low, high)| (um(*low), um(*high)));
        Err(InputError::value(
            format!("{}, k-distributions", set.place()),
            format!("no bin from {:.4} to {:.4} um", um(high), um(low)),
            format!("a range within {shortest:.4} to {longest:.4} um, wider than a bin"),
        ))
    }

    fn part(&self, chosen: &std::ops::Range<usize>) -> Self {
        Self {
            edges_per_cm: self.edges_per_cm[chosen.start..=chosen.end].to_vec(),
            ..self.clone()
        }
    }

    fn axis(&self) -> SpectralAxis {
        SpectralAxis::Bins {
            edges_per_cm: self.edges_per_cm.clone(),
            g: self.g.clone(),
            weights: self.weights.clone(),
        }
    }

    /// A table in the bins of this part of its own.
    fn cut(&self, table: &CrossSectionTable, chosen: &std::ops::Range<usize>) -> CrossSectionTable {
        let n = self.g.len();
        let rows = table.sigma_cm2.chunks_exact(table.axis.len());
        let part = |row: &[f32]| row[chosen.start * n..chosen.end * n].to_vec();
        CrossSectionTable {
            axis: self.axis(),
            sigma_cm2: rows.flat_map(part).collect(),
            gas: table.gas.clone(),
            molar_mass_g_mol: table.molar_mass_g_mol,
            temperature_k: table.temperature_k.clone(),
            pressure_bar: table.pressure_bar.clone(),
            provenance: table.provenance.clone(),
        }
    }

    /// The same for every abscissa of a bin.
    fn each<T: Copy>(&self, values: &[T]) -> Vec<T> {
        let n = self.g.len();
        let repeated = values.iter().map(|value| std::iter::repeat_n(*value, n));
        repeated.flatten().collect()
    }

    /// A table of one value for each bin.
    fn spread(&self, table: &CrossSectionTable) -> CrossSectionTable {
        CrossSectionTable {
            axis: self.axis(),
            sigma_cm2: self.each(&table.sigma_cm2),
            ..table.clone()
        }
    }
}
