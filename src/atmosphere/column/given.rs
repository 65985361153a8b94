//! Column of a gas whose mole fractions and temperatures are given and not solved for.

use std::sync::Arc;

use super::stack::{Fractions, Stack};
use super::{Absorbers, ColumnOptions, MOST_PRESSURE_BAR};
use crate::atmosphere::grid::Base;
use crate::atmosphere::profile::Profile;
use crate::error::{InputError, ModelError, RejectReason};
use crate::species::GasSet;
use crate::transfer::Column;

/// Column with given mole fractions and profile of temperature; with the memory of one thread.
///
/// κ = Σᵢ xᵢ σᵢ(T, p) / m̄ as in [`VapourColumn`](super::VapourColumn); the derivative of κ is at constant
/// mole fractions.
#[derive(Clone, Debug)]
pub struct GivenColumn {
    stack: Stack,
    molar_masses_g_mol: Vec<f64>,
    /// \[layer\]\[species\].
    mole_fraction: Vec<f64>,
    mean_molar_mass: Vec<f64>,
    /// Nothing changes with T: as many zeros as mole fractions.
    zeros: Vec<f64>,
}

impl GivenColumn {
    /// Layers of a gas with absorbers that were made for it.
    ///
    /// # Errors
    /// Options that cannot be; absorbers of another gas, or none.
    pub fn new(
        gas: &GasSet,
        absorbers: Arc<Absorbers>,
        options: ColumnOptions,
    ) -> Result<Self, InputError> {
        let stack = Stack::new(gas, absorbers, options)?;
        let count = options.layers * gas.len();
        Ok(Self {
            stack,
            molar_masses_g_mol: gas.molar_masses_g_mol().to_vec(),
            mole_fraction: vec![0.0; count],
            mean_molar_mass: vec![0.0; options.layers],
            zeros: vec![0.0; count],
        })
    }

    /// Writes the column; allocates nothing once it has run with the same `column`.
    ///
    /// # Arguments
    /// * `base_pressure_bar` - pressure at the surface \[bar\], up to [`MOST_PRESSURE_BAR`].
    /// * `gravity_m_s2` - gravity \[m s⁻²\].
    /// * `mole_fraction` - mole fractions in the order of the gases: one row for all layers, or a row
    ///   for each from the top. They should sum to one.
    /// * `profile` - temperatures of the layers at their pressures.
    ///
    /// # Errors
    /// [`ModelError::Rejected`] with [`RejectReason::PressureOutOfRange`] for a base that is not between
    /// the top of the grid and [`MOST_PRESSURE_BAR`]. [`ModelError::Fatal`] for a gravity that is not
    /// positive and for another number of mole fractions.
    pub fn fill(
        &mut self,
        base_pressure_bar: f64,
        gravity_m_s2: f64,
        mole_fraction: &[f64],
        profile: &Profile,
        column: &mut Column,
    ) -> Result<(), ModelError> {
        let outside = ModelError::Rejected(RejectReason::PressureOutOfRange);
        if base_pressure_bar.is_nan() || base_pressure_bar > MOST_PRESSURE_BAR {
            return Err(outside);
        }
        self.compose(mole_fraction)?;
        self.stack.options.gravity_m_s2 = gravity_m_s2;
        if self.stack.write_grid(base_pressure_bar, column)? == Base::BelowTop {
            return Err(outside);
        }
        let temperature_k = &mut self.stack.temperature_k;
        profile.fill(&column.pressure_pa, gravity_m_s2, temperature_k);
        let fractions = Fractions {
            mole_fraction: &self.mole_fraction,
            ln_fraction_per_k: &self.zeros,
            mean_molar_mass: &self.mean_molar_mass,
            ln_mean_mass_per_k: &self.zeros[..self.mean_molar_mass.len()],
        };
        self.stack
            .extinction(&fractions, false, &mut column.extinction);
        Ok(())
    }

    /// Temperatures of the layers at the last filling \[K\], from the top.
    pub fn temperature_k(&self) -> &[f64] {
        &self.stack.temperature_k
    }

    /// Pressures of the layers at the last filling \[bar\], from the top.
    pub fn pressure_bar(&self) -> &[f64] {
        self.stack.pressure_bar()
    }

    /// Takes mole fractions over.
    fn compose(&mut self, mole_fraction: &[f64]) -> Result<(), ModelError> {
        let species = self.molar_masses_g_mol.len();
        if mole_fraction.len() == species {
            for row in self.mole_fraction.chunks_exact_mut(species) {
                row.copy_from_slice(mole_fraction);
            }
        } else if mole_fraction.len() == self.mole_fraction.len() {
            self.mole_fraction.copy_from_slice(mole_fraction);
        } else {
            return Err(ModelError::Fatal {
                message: format!(
                    "{} mole fractions for {species} gases in {} layers",
                    mole_fraction.len(),
                    self.mean_molar_mass.len()
                ),
            });
        }
        let rows = self.mole_fraction.chunks_exact(species);
        for (mean, row) in self.mean_molar_mass.iter_mut().zip(rows) {
            let parts = self.molar_masses_g_mol.iter().zip(row);
            *mean = parts.map(|(mass, x)| mass * x).sum();
        }
        Ok(())
    }
}
