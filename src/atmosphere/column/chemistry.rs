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
    /// What the layers were solved for last.
    abundances: Vec<f64>,
    known: Vec<Known>,
}

/// What is known of a layer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Known {
    #[default]
    Nothing,
    /// Its gas at this temperature \[K\] and pressure \[bar\], and whether its derivatives too.
    At([f64; 2], bool),
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
            abundances: Vec::new(),
            known: vec![Known::Nothing; layers],
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
        self.known.fill(Known::Nothing);
    }

    /// Whether it is of as many layers of the same gases.
    pub fn is_like(&self, other: &Self) -> bool {
        self.known.len() == other.known.len() && self.gas_set() == other.gas_set()
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

    /// Solves all layers, with the derivatives if they are wanted. What is known is not solved again.
    pub fn solve(
        &mut self,
        abundances: &[f64],
        temperature_k: &[f64],
        pressure_bar: &[f64],
        slopes: bool,
    ) -> Result<(), ModelError> {
        let (low, high) = TEMPERATURE_RANGE_K;
        if !temperature_k.iter().all(|t| (low..=high).contains(t)) {
            return Err(ModelError::Rejected(RejectReason::TemperatureOutOfRange));
        }
        if self.abundances != abundances {
            self.abundances.clear();
            self.abundances.extend_from_slice(abundances);
            self.known.fill(Known::Nothing);
        }
        for (layer, place) in temperature_k.iter().zip(pressure_bar).enumerate() {
            let place = [*place.0, *place.1];
            self.solve_layer(layer, place, slopes)
                .map_err(|error| match error {
                    GasError::NotConverged { .. } => {
                        ModelError::Rejected(RejectReason::NoGasEquilibrium)
                    }
                    other => ModelError::Fatal {
                        message: other.to_string(),
                    },
                })?;
        }
        Ok(())
    }

    fn solve_layer(&mut self, layer: usize, place: [f64; 2], slopes: bool) -> Result<(), GasError> {
        let [solved, differentiated] = match self.known[layer] {
            Known::At(known, differentiated) if known == place => [true, differentiated],
            _ => [false, false],
        };
        if !solved {
            self.known[layer] = Known::Nothing;
            self.speciate(layer, place)?;
        }
        if slopes && !differentiated {
            self.differentiate(layer)?;
        }
        self.known[layer] = Known::At(place, slopes || differentiated);
        Ok(())
    }

    fn speciate(
        &mut self,
        layer: usize,
        [temperature_k, pressure_bar]: [f64; 2],
    ) -> Result<(), GasError> {
        let workspace = &mut self.workspaces[layer];
        (self.system).solve(&self.abundances, temperature_k, pressure_bar, workspace)?;
        let masses = self.system.set().molar_masses_g_mol();
        let range = layer * masses.len()..(layer + 1) * masses.len();
        let logarithms = workspace.ln_mole_fractions();
        let mut mass = 0.0;
        for (s, x) in self.mole_fraction[range].iter_mut().enumerate() {
            *x = logarithms[s].exp();
            mass += masses[s] * *x;
        }
        self.mean_molar_mass[layer] = mass;
        Ok(())
    }

    fn differentiate(&mut self, layer: usize) -> Result<(), GasError> {
        let masses = self.system.set().molar_masses_g_mol();
        let range = layer * masses.len()..(layer + 1) * masses.len();
        let slopes = &mut self.ln_fraction_per_k[range.clone()];
        let workspace = &mut self.workspaces[layer];
        (self.system).derivatives(workspace, slopes, &mut self.scratch)?;
        let terms = masses.iter().zip(&self.mole_fraction[range]).zip(slopes);
        let mass_slope: f64 = terms.map(|((mass, x), slope)| mass * x * *slope).sum();
        self.ln_mean_mass_per_k[layer] = mass_slope / self.mean_molar_mass[layer];
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chemistry::vaporise::Preset;

    /// A vapour of potassium oxide with 2e-18 of silicon, for which no gas equilibrium is found, as it
    /// stopped a retrieval: the silicon is left out.
    #[test]
    fn traces_do_not_stop_a_column() {
        let vaporiser = Preset::MeltsNasa9.settings().build().unwrap();
        let system = Arc::new(GasSystem::new(vaporiser.gas().clone()).unwrap());
        let of = |symbol: &str| match symbol {
            "O" => 0.957_880_224_801_761,
            "Na" => 2.888_374_719_793_561_2e-5,
            "Mg" => 2.627_811_741_198_643e-8,
            "Al" => 6.134_288_689_550_921e-13,
            "Si" => 1.920_015_314_088_666_6e-18,
            "K" => 1.973_186_172_409_488_6,
            "Ca" => 1.427_014_171_407_738_6e-7,
            "Ti" => 3.716_426_210_363_695e-13,
            "Fe" => 3.818_489_435_144_245e-6,
            _ => 0.0,
        };
        let elements = system.set().elements().iter();
        let abundances: Vec<f64> = elements.map(|element| of(element.symbol())).collect();
        let mut gas = Composition::new(system.clone(), 1);
        let (t_k, p_bar) = (3_366.150_255_709_247_6, 1.436_177_456_861_276_8e-8);
        gas.solve(&abundances, &[t_k], &[p_bar], true).unwrap();
        let sum: f64 = gas.layer(0).iter().sum();
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
        assert!(gas.ln_fraction_per_k.iter().all(|slope| slope.is_finite()));
        let amounts: Vec<(&str, f64)> = system
            .set()
            .names()
            .zip(gas.layer(0).iter().copied())
            .collect();
        let potassium: f64 = (amounts.iter())
            .filter(|(name, _)| name.starts_with('K'))
            .map(|(_, x)| x)
            .sum();
        assert!(potassium > 0.3, "{potassium}");
    }
}
