//! Layers on their pressure grid, and the extinction of the gas in them.

use std::sync::Arc;

use super::ColumnOptions;
use super::absorbers::Absorbers;
use crate::atmosphere::grid::{Base, Grid};
use crate::error::{InputError, ModelError};
use crate::opacity::mixing::{Clamped, Extinction, Layers, Mixture};
use crate::species::GasSet;
use crate::transfer::Column;
use crate::units::PA_PER_BAR;

/// Composition of the layers; the first two are \[layer\]\[species\].
#[derive(Clone, Copy, Debug)]
pub(super) struct Fractions<'a> {
    /// Mole fractions.
    pub mole_fraction: &'a [f64],
    /// ∂ ln x/∂T at constant pressure \[K⁻¹\].
    pub ln_fraction_per_k: &'a [f64],
    /// Mean molar mass \[g mol⁻¹\], per layer.
    pub mean_molar_mass: &'a [f64],
    /// ∂ ln m̄/∂T at constant pressure \[K⁻¹\], per layer.
    pub ln_mean_mass_per_k: &'a [f64],
}

impl<'a> Fractions<'a> {
    fn of_layer(&self, array: &'a [f64], layer: usize) -> &'a [f64] {
        let species = array.len() / self.mean_molar_mass.len();
        &array[layer * species..(layer + 1) * species]
    }
}

/// Grid, tables and what they gave last; with the memory of one thread.
#[derive(Clone, Debug)]
pub(super) struct Stack {
    pub options: ColumnOptions,
    grid: Grid,
    pub absorbers: Arc<Absorbers>,
    mixture: Mixture,
    pub temperature_k: Vec<f64>,
    pressure_bar: Vec<f64>,
    pub mass_kg_m2: Vec<f64>,
    /// \[absorber\]\[layer\]: weights of the tables, and ∂ ln(weight/m̄)/∂T.
    weight: Vec<f64>,
    ln_weight_per_k: Vec<f64>,
    /// Factor on the opacity of each absorber.
    pub factor: Vec<f64>,
    /// Layers that left the table of each absorber.
    pub clamped: Vec<Clamped>,
    scattering_scratch: Vec<f32>,
}

impl Stack {
    /// Layers of a gas with absorbers that were made for it.
    ///
    /// # Errors
    /// Options that cannot be; absorbers of another gas, or none.
    pub fn new(
        gas: &GasSet,
        absorbers: Arc<Absorbers>,
        options: ColumnOptions,
    ) -> Result<Self, InputError> {
        options.check()?;
        let names = absorbers.species().iter().map(String::as_str);
        if !gas.names().eq(names) {
            return Err(InputError::value(
                "absorbers of the column",
                "absorbers made for other gases",
                "those made for the gases of the column",
            ));
        }
        if absorbers.is_empty() {
            return Err(InputError::value(
                "absorbers of the column",
                "none",
                "an opacity for at least one of its gases",
            ));
        }
        let layers = options.layers;
        let weights = vec![0.0; layers * absorbers.list().len()];
        Ok(Self {
            grid: Grid::of_layers(options.top_pressure_bar * PA_PER_BAR, layers)?,
            options,
            mixture: Mixture::default(),
            temperature_k: vec![0.0; layers],
            pressure_bar: vec![0.0; layers],
            mass_kg_m2: vec![0.0; layers],
            weight: weights.clone(),
            ln_weight_per_k: weights,
            factor: vec![1.0; absorbers.list().len()],
            clamped: vec![Clamped::default(); absorbers.list().len()],
            absorbers,
            scattering_scratch: Vec::new(),
        })
    }

    /// Pressures of the layers at the last filling \[bar\].
    pub fn pressure_bar(&self) -> &[f64] {
        &self.pressure_bar
    }

    /// Pressures and masses of the layers down to a base pressure \[bar\].
    pub fn write_grid(&mut self, base_bar: f64, column: &mut Column) -> Result<Base, ModelError> {
        let layers = self.options.layers;
        column.adiabat.clear();
        column.interface_pressure_pa.resize(layers + 1, 0.0);
        column.pressure_pa.resize(layers, 0.0);
        column.mass_kg_m2.resize(layers, 0.0);
        let base = self.grid.fill(
            base_bar * PA_PER_BAR,
            self.options.gravity_m_s2,
            &mut column.interface_pressure_pa,
            &mut column.pressure_pa,
            &mut column.mass_kg_m2,
        )?;
        for (bar, pa) in self.pressure_bar.iter_mut().zip(&column.pressure_pa) {
            *bar = pa / PA_PER_BAR;
        }
        self.mass_kg_m2.copy_from_slice(&column.mass_kg_m2);
        Ok(base)
    }

    /// Extinction of the layers at their temperatures, with its derivative if that is wanted.
    pub fn extinction(&mut self, gas: &Fractions<'_>, slopes: bool, out: &mut Extinction) {
        self.weigh(gas);
        let layers = Layers {
            temperature_k: &self.temperature_k,
            pressure_bar: &self.pressure_bar,
            mean_molar_mass_g_mol: gas.mean_molar_mass,
            mole_fraction: &self.weight,
        };
        let tables = &self.absorbers.tables;
        let changes = &self.ln_weight_per_k;
        let mixture = &mut self.mixture;
        let clamped = if slopes {
            mixture.extinction_following(tables, &layers, changes, out)
        } else {
            mixture.absorption(tables, &layers, out)
        };
        self.clamped.copy_from_slice(clamped);
        self.absorbers.scattering.write(
            &mut self.scattering_scratch,
            |layer| gas.of_layer(gas.mole_fraction, layer),
            gas.mean_molar_mass,
            out,
        );
    }

    /// Weights of the tables and their change with T.
    fn weigh(&mut self, gas: &Fractions<'_>) {
        let layers = self.options.layers;
        for layer in 0..layers {
            let fractions = gas.of_layer(gas.mole_fraction, layer);
            let slopes = gas.of_layer(gas.ln_fraction_per_k, layer);
            let mass_slope = gas.ln_mean_mass_per_k[layer];
            let (t, p) = (self.temperature_k[layer], self.pressure_bar[layer]);
            for (absorber, weight) in self.absorbers.weights.iter().enumerate() {
                let (value, slope) = weight.at(fractions, slopes, t, p);
                self.weight[absorber * layers + layer] = self.factor[absorber] * value;
                self.ln_weight_per_k[absorber * layers + layer] = slope - mass_slope;
            }
        }
    }
}
