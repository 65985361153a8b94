//! What a column was made of: absorbers in use, gases without opacity, tables exceeded.

use serde::Serialize;

use super::VapourColumn;
use crate::opacity::Tier;
use crate::opacity::mixing::Clamped;

/// An absorber and its use in a column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AbsorberUse {
    /// Gas, pair of gases, or continuum.
    pub name: String,
    /// Quality.
    pub tier: Tier,
    /// Largest mole fraction of a gas in any layer; of a pair or of H⁻ the largest product.
    pub largest_mole_fraction: f64,
    /// Layers colder than the table.
    pub cold_layers: u32,
    /// Layers hotter than the table.
    pub hot_layers: u32,
    /// Layers at lower pressure than the table.
    pub thin_layers: u32,
    /// Layers at higher pressure than the table.
    pub dense_layers: u32,
}

/// A gas that absorbs nothing here because no opacity of it is at hand.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WithoutOpacity {
    /// Name of the gas.
    pub name: String,
    /// Its share of the particles of the column.
    pub share: f64,
}

/// What the last filling was made of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnReport {
    /// Absorbers, in the order of the opacity set, continua and pairs last.
    pub absorbers: Vec<AbsorberUse>,
    /// Gases without opacity, the largest share first.
    pub without_opacity: Vec<WithoutOpacity>,
    /// Gases of the opacity set that the gas above the melt cannot hold.
    pub not_in_gas: Vec<String>,
    /// Layers at temperatures outside the data of the gas equilibrium.
    pub layers_outside_gas_data: u32,
}

impl VapourColumn {
    /// Report on the last filling, with the gases without opacity whose share of the column's particles is
    /// `least_share` or more.
    pub fn report(&self, least_share: f64) -> ColumnReport {
        let gas = self.surface.gas_set();
        let outside = self
            .stack
            .temperature_k
            .iter()
            .filter(|t| !gas.in_range(**t));
        let absorbers = self.stack.absorbers.list().iter().enumerate();
        ColumnReport {
            absorbers: absorbers
                .map(|(i, one)| {
                    let pressures = one.range_bar.is_some();
                    let clamped = &self.stack.clamped[i];
                    let of_pressure = |count: u32| if pressures { count } else { 0 };
                    AbsorberUse {
                        name: one.name.clone(),
                        tier: one.tier,
                        largest_mole_fraction: self.largest_fraction(i),
                        cold_layers: clamped.cold,
                        hot_layers: clamped.hot,
                        thin_layers: of_pressure(clamped.thin),
                        dense_layers: of_pressure(clamped.dense),
                    }
                })
                .collect(),
            without_opacity: self.without_opacity(least_share),
            not_in_gas: self.stack.absorbers.not_in_gas().to_vec(),
            layers_outside_gas_data: outside.count() as u32,
        }
    }

    /// Layers of the last filling that left the table of each absorber, in the order of
    /// [`Absorbers::list`](super::Absorbers::list). Absorbers without pressure in them count as thin or dense.
    pub fn clamped(&self) -> &[Clamped] {
        &self.stack.clamped
    }

    /// Absorbers whose mole fraction stays below `least` in every layer of the last filling: candidates for
    /// [`Absorbers::without`](super::Absorbers::without). A mole fraction says nothing of a cross
    /// section: strong lines of a trace (Al, Ca, Ti) still take light.
    pub fn rare_absorbers(&self, least: f64) -> Vec<&str> {
        let list = self.stack.absorbers.list().iter().enumerate();
        list.filter(|(i, _)| self.largest_fraction(*i) < least)
            .map(|(_, one)| one.name.as_str())
            .collect()
    }

    fn largest_fraction(&self, absorber: usize) -> f64 {
        let weight = self.stack.absorbers.weights[absorber];
        let of_layer = |layer| weight.fraction(self.composition.layer(layer));
        (0..self.stack.options.layers)
            .map(of_layer)
            .fold(0.0, f64::max)
    }

    fn without_opacity(&self, least_share: f64) -> Vec<WithoutOpacity> {
        let gas = self.surface.gas_set();
        // Particles per area of a layer, up to a constant.
        let masses = &self.composition.mean_molar_mass;
        let particles: Vec<f64> = self
            .stack
            .mass_kg_m2
            .iter()
            .zip(masses)
            .map(|(m, mu)| m / mu)
            .collect();
        let total: f64 = particles.iter().sum();
        let mut found: Vec<WithoutOpacity> = (0..gas.len())
            .filter(|s| !self.stack.absorbers.covers(*s))
            .map(|s| {
                let sum = particles
                    .iter()
                    .enumerate()
                    .map(|(layer, n)| n * self.composition.layer(layer)[s]);
                WithoutOpacity {
                    name: gas.name(s).to_owned(),
                    share: sum.sum::<f64>() / total,
                }
            })
            .filter(|one| one.share >= least_share && one.share > 0.0)
            .collect();
        found.sort_by(|a, b| b.share.total_cmp(&a.share));
        found
    }
}
