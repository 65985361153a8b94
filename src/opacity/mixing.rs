//! Extinction of a gas mixture from the tables of its gases.
//!
//! Sampled cross sections add ([`Mixture`]); k-distributions mix by random overlap ([`overlap`]).
//! What leaves here is the mass extinction κ \[m² kg⁻¹\] of the mixture, so that dτ = κ dp/g:
//!
//! κ = Σᵢ xᵢ σᵢ(T, p) / m̄, with the mole fractions xᵢ and the mean mass m̄ of a molecule,
//!
//! and ∂κ/∂T at fixed mole fractions and pressure. Arrays are \[block\]\[layer\]\[lane\] with
//! [`LANES`] spectral points to a block; the lanes beyond the last point are zero.
//!
//! Between the nodes of a table ln σ is linear in 1/T and in ln p: Boltzmann factors and pressure-
//! broadened wings come out exactly. Beyond them it keeps the value of the end (∂κ/∂T = 0) and the
//! layer is counted, per gas ([`Clamped`]).

pub mod overlap;
mod sampled;
mod vectorised;

pub use sampled::{GasTable, Mixture};
pub(crate) use sampled::{M2_PER_CM2, molecule_kg};
#[cfg(target_arch = "x86_64")]
pub(crate) use vectorised::has_wide_vectors;
pub(crate) use vectorised::vectorised;

/// Spectral points to a block.
pub const LANES: usize = 16;

/// State of the layers, from the top.
#[derive(Clone, Copy, Debug)]
pub struct Layers<'a> {
    /// Temperature \[K\].
    pub temperature_k: &'a [f64],
    /// Pressure \[bar\].
    pub pressure_bar: &'a [f64],
    /// Mean molar mass \[g mol⁻¹\].
    pub mean_molar_mass_g_mol: &'a [f64],
    /// Mole fractions \[gas\]\[layer\], the gases in the order of the tables.
    pub mole_fraction: &'a [f64],
}

/// Layers in which a gas left its table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clamped {
    /// Colder than the first temperature.
    pub cold: u32,
    /// Hotter than the last.
    pub hot: u32,
    /// Below the lowest pressure.
    pub thin: u32,
    /// Above the highest.
    pub dense: u32,
}

impl Clamped {
    /// Whether every layer was inside.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// Mass extinction of the layers, \[block\]\[layer\]\[lane\].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extinction {
    points: usize,
    layers: usize,
    /// Absorption \[m² kg⁻¹\].
    pub absorption: Vec<f32>,
    /// ∂(absorption)/∂T \[m² kg⁻¹ K⁻¹\].
    pub absorption_per_k: Vec<f32>,
    /// Scattering \[m² kg⁻¹\], without absorption.
    pub scattering: Vec<f32>,
}

impl Extinction {
    /// Sets the shape and everything to zero; allocates only when it grows.
    pub fn reset(&mut self, points: usize, layers: usize) {
        (self.points, self.layers) = (points, layers);
        let len = points.div_ceil(LANES) * layers * LANES;
        for array in [
            &mut self.absorption,
            &mut self.absorption_per_k,
            &mut self.scattering,
        ] {
            array.clear();
            array.resize(len, 0.0);
        }
    }

    /// Sets the shape, and scattering to zero; absorption keeps values of no meaning.
    fn reset_but_absorption(&mut self, points: usize, layers: usize) {
        (self.points, self.layers) = (points, layers);
        let len = points.div_ceil(LANES) * layers * LANES;
        self.absorption.resize(len, 0.0);
        self.absorption_per_k.resize(len, 0.0);
        self.scattering.clear();
        self.scattering.resize(len, 0.0);
    }

    /// Number of spectral points.
    pub fn points(&self) -> usize {
        self.points
    }

    /// Number of layers.
    pub fn layers(&self) -> usize {
        self.layers
    }

    /// Where a point of a layer stands in the arrays.
    pub fn index(&self, point: usize, layer: usize) -> usize {
        ((point / LANES) * self.layers + layer) * LANES + point % LANES
    }

    /// Adds absorption \[m² kg⁻¹\] and its derivative \[m² kg⁻¹ K⁻¹\] to a layer, point by point:
    /// continua and pairs.
    ///
    /// # Panics
    /// Both slices must have one value per point.
    pub fn add_absorption(&mut self, layer: usize, absorption: &[f32], per_k: &[f32]) {
        add(
            &mut self.absorption,
            absorption,
            self.points,
            self.layers,
            layer,
        );
        add(
            &mut self.absorption_per_k,
            per_k,
            self.points,
            self.layers,
            layer,
        );
    }

    /// Adds scattering \[m² kg⁻¹\] to a layer, point by point.
    ///
    /// # Panics
    /// The slice must have one value per point.
    pub fn add_scattering(&mut self, layer: usize, scattering: &[f32]) {
        add(
            &mut self.scattering,
            scattering,
            self.points,
            self.layers,
            layer,
        );
    }
}

fn add(array: &mut [f32], values: &[f32], points: usize, layers: usize, layer: usize) {
    assert_eq!(values.len(), points, "one value per spectral point");
    for (block, values) in values.chunks(LANES).enumerate() {
        let start = (block * layers + layer) * LANES;
        for (sum, value) in array[start..start + values.len()].iter_mut().zip(values) {
            *sum += value;
        }
    }
}

#[cfg(test)]
mod tests;
