//! Rayleigh scattering of a gas mixture.

use super::absorbers::find_species;
use crate::error::InputError;
use crate::opacity::mixing::{Extinction, LANES, M2_PER_CM2, molecule_kg, vectorised};
use crate::opacity::rayleigh::SCATTERERS;
use crate::species::GasSet;

/// Cross sections of the scatterers of a gas at the spectral points.
#[derive(Clone, Debug)]
pub(super) struct Scattering {
    /// Index in the gas.
    species: Vec<usize>,
    /// \[block\]\[scatterer\]\[lane\], cm² per molecule.
    sigma: Vec<f32>,
}

impl Scattering {
    pub fn new(
        wavenumber_per_cm: &[f64],
        gas: &GasSet,
        included: bool,
    ) -> Result<Self, InputError> {
        let mut scatterers = Vec::new();
        for scatterer in SCATTERERS.iter().filter(|_| included) {
            if let Some(species) = find_species(gas, scatterer.gas)? {
                scatterers.push((species, scatterer));
            }
        }
        let count = scatterers.len();
        let mut sigma = vec![0.0; wavenumber_per_cm.len().div_ceil(LANES) * count * LANES];
        for (point, nu) in wavenumber_per_cm.iter().enumerate() {
            for (i, (_, scatterer)) in scatterers.iter().enumerate() {
                let index = ((point / LANES) * count + i) * LANES + point % LANES;
                sigma[index] = scatterer.cross_section_cm2(*nu) as f32;
            }
        }
        Ok(Self {
            species: scatterers.into_iter().map(|(s, _)| s).collect(),
            sigma,
        })
    }

    /// The same at some of the points.
    pub fn at(&self, points: &[usize]) -> Self {
        let per_block = self.species.len() * LANES;
        let mut sigma = vec![0.0; points.len().div_ceil(LANES) * per_block];
        for (to, from) in points.iter().enumerate() {
            let own = self.sigma[from / LANES * per_block..].chunks_exact(LANES);
            let rows = sigma[to / LANES * per_block..].chunks_exact_mut(LANES);
            for (row, own) in rows.zip(own).take(self.species.len()) {
                row[to % LANES] = own[from % LANES];
            }
        }
        Self {
            species: self.species.clone(),
            sigma,
        }
    }

    /// Writes the scattering of all layers.
    ///
    /// # Arguments
    /// * `per_cm2` - scratch, \[layer\]\[scatterer\]: x/m̄ \[m² kg⁻¹ per cm²\].
    /// * `layer` - mole fractions of the gas in a layer.
    pub fn write<'a>(
        &self,
        per_cm2: &mut Vec<f32>,
        layer: impl Fn(usize) -> &'a [f64],
        mean_molar_mass_g_mol: &[f64],
        out: &mut Extinction,
    ) {
        if self.species.is_empty() {
            return;
        }
        per_cm2.clear();
        for (l, mass) in mean_molar_mass_g_mol.iter().enumerate() {
            let molecule_kg = molecule_kg(*mass);
            let fractions = layer(l);
            let factor = |s: &usize| (fractions[*s] * M2_PER_CM2 / molecule_kg) as f32;
            per_cm2.extend(self.species.iter().map(factor));
        }
        let layers = mean_molar_mass_g_mol.len();
        let blocks = out.scattering.chunks_exact_mut(layers * LANES);
        let sigma = self.sigma.chunks_exact(self.species.len() * LANES);
        for (block, sigma) in blocks.zip(sigma) {
            sum_block(block, sigma, per_cm2);
        }
    }
}

vectorised! {
    fn sum_block(out: &mut [f32], sigma: &[f32], per_cm2: &[f32]) {
        let (out, _) = out.as_chunks_mut::<LANES>();
        let (sigma, _) = sigma.as_chunks::<LANES>();
        for (out, factors) in out.iter_mut().zip(per_cm2.chunks_exact(sigma.len())) {
            let mut sum = [0.0_f32; LANES];
            for (factor, sigma) in factors.iter().zip(sigma) {
                for i in 0..LANES {
                    sum[i] += factor * sigma[i];
                }
            }
            *out = sum;
        }
    }
}
