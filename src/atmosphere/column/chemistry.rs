//! Gas equilibrium of every layer, with its derivative in temperature.

use std::sync::Arc;

use super::stack::Fractions;
use crate::chemistry::gas::{GasError, GasSystem, GasWorkspace, TEMPERATURE_RANGE_K};
use crate::error::{ModelError, RejectReason};
use crate::species::GasSet;

/// Composition of the layers; arrays are \[layer\]\[species\].
#[derive(Clone, Debug)]
pub(super) struct Composition {
    system: Arc<GasSystem>,
    workspaces: Vec<GasWorkspace>,
    /// Mole fractions.
    mole_fraction: Vec<f64>,
    /// ∂ ln x/∂T at constant pressure \[K⁻¹\].
    ln_fraction_per_k: Vec<f64>,
    /// \[g mol⁻¹\], per layer.
    pub mean_molar_mass: Vec<f64>,
    /// ∂ ln m̄/∂T at constant pressure \[K⁻¹\], per layer.
    ln_mean_mass_per_k: Vec<f64>,
    scratch: Vec<f64>,
}

impl Composition {
    pub fn new(system: Arc<GasSystem>, layers: usize) -> Self {
        let species = system.set().len();
        Self {
            workspaces: (0..layers).map(|_| system.workspace()).collect(),
            mole_fraction: vec![0.0; layers * species],
            ln_fraction_per_k: vec![0.0; layers * species],
            mean_molar_mass: vec![0.0; layers],
            ln_mean_mass_per_k: vec![0.0; layers],
            scratch: vec![0.0; species],
            system,
        }
    }

    /// The gases.
    pub fn gas_set(&self) -> &GasSet {
        self.system.set()
    }

    /// Forgets all solutions.
    pub fn forget(&mut self) {
        self.workspaces.iter_mut().for_each(GasWorkspace::forget);
    }

    /// Mole fractions of a layer.
    pub fn layer(&self, layer: usize) -> &[f64] {
        let species = self.system.set().len();
        &self.mole_fraction[layer * species..(layer + 1) * species]
    }

    /// All of it, as the extinction reads it.
    pub fn fractions(&self) -> Fractions<'_> {
        Fractions {
            mole_fraction: &self.mole_fraction,
            ln_fraction_per_k: &self.ln_fraction_per_k,
            mean_molar_mass: &self.mean_molar_mass,
            ln_mean_mass_per_k: &self.ln_mean_mass_per_k,
        }
    }

    /// Solves all layers.
    pub fn solve(
        &mut self,
        abundances: &[f64],
        temperature_k: &[f64],
        pressure_bar: &[f64],
    ) -> Result<(), ModelError> {
        let (low, high) = TEMPERATURE_RANGE_K;
        if !temperature_k.iter().all(|t| (low..=high).contains(t)) {
            return Err(ModelError::Rejected(RejectReason::TemperatureOutOfRange));
        }
        for layer in 0..self.workspaces.len() {
            self.solve_layer(layer, abundances, temperature_k[layer], pressure_bar[layer])
                .map_err(|error| ModelError::Fatal {
                    message: error.to_string(),
                })?;
        }
        Ok(())
    }

    fn solve_layer(
        &mut self,
        layer: usize,
        abundances: &[f64],
        temperature_k: f64,
        pressure_bar: f64,
    ) -> Result<(), GasError> {
        let workspace = &mut self.workspaces[layer];
        self.system
            .solve(abundances, temperature_k, pressure_bar, workspace)?;
        let masses = self.system.set().molar_masses_g_mol();
        let range = layer * masses.len()..(layer + 1) * masses.len();
        let slopes = &mut self.ln_fraction_per_k[range.clone()];
        self.system
            .derivatives(workspace, slopes, &mut self.scratch)?;
        let fractions = &mut self.mole_fraction[range];
        let (mut mass, mut mass_slope) = (0.0, 0.0);
        let logarithms = workspace.ln_mole_fractions();
        for (s, x) in fractions.iter_mut().enumerate() {
            *x = logarithms[s].exp();
            mass += masses[s] * *x;
            mass_slope += masses[s] * *x * slopes[s];
        }
        self.mean_molar_mass[layer] = mass;
        self.ln_mean_mass_per_k[layer] = mass_slope / mass;
        Ok(())
    }
}
