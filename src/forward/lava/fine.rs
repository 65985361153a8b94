//! Spectra finer than the bands of the sampled nodes: a pass of its own over the bins of the
//! k-distributions of the opacity set, at the temperatures and mole fractions of a dayside that is known.

use super::ring::{Gas, RingState, Sky};
use super::{Dayside, Lava, LavaParameters};
use crate::atmosphere::column::{AbsorberOptions, BinnedAbsorbers, KnownLayers};
use crate::config::{OpacityConfig, SpectrumConfig};
use crate::error::{InputError, ModelError};
use crate::forward::points::{bare_emission, diffusivity, opacity_set};
use crate::spectrum::FluxScale;
use crate::transfer::{
    Angles, Boundary, Column, Emission, SpectralPoints, Transfer, View, Workspace,
};

/// Bins that are this much wider than what was asked for are as good.
const SLACK: f64 = 1e-3;

/// A spectrum in bins that are parts of the bands.
#[derive(Clone, Debug, PartialEq)]
pub struct FineSpectrum {
    /// Edges of the bins \[cm⁻¹\], ascending, one more than bins.
    pub edges_per_cm: Vec<f64>,
    /// Spectral points (bins of the opacity set times abscissae) in each.
    pub points: Vec<usize>,
    /// Flux of the disc per bin \[W m⁻²\].
    pub planet_w_m2: Vec<f64>,
    /// Flux through the surface of the star per bin \[W m⁻²\].
    pub star_w_m2: Vec<f64>,
    /// (R_p/R_*)².
    pub area_ratio: f64,
    /// Emission angles.
    pub angles: usize,
    /// Gases of the dayside that have no k-distributions: they absorb nothing here.
    pub without_table: Vec<String>,
}

impl FineSpectrum {
    /// Resolving power of each bin, 1/Δ ln ν.
    pub fn resolving_power(&self) -> impl Iterator<Item = f64> {
        let edges = self.edges_per_cm.windows(2);
        edges.map(|edges| (edges[1] / edges[0]).ln().recip())
    }

    /// Eclipse depth of each bin.
    pub fn depth(&self) -> impl Iterator<Item = f64> {
        let fluxes = self.planet_w_m2.iter().zip(&self.star_w_m2);
        fluxes.map(|(planet, star)| self.area_ratio * planet / star)
    }
}

/// Bins of the set with the transfer through them.
struct Bins {
    absorbers: BinnedAbsorbers,
    transfer: Transfer,
    angles: Angles,
}

impl Lava {
    /// The spectrum of a dayside in bins of the opacity set, joined to the resolving power that is asked
    /// for. Where the set has wider bins they stay as they are.
    ///
    /// # Errors
    /// [`InputError`] for a set without k-distributions, a range that it does not have, or a resolving power
    /// that it has nowhere in the range.
    pub fn fine_spectrum(
        &self,
        parameters: &LavaParameters,
        dayside: &Dayside,
        config: &SpectrumConfig,
        opacity: &OpacityConfig,
    ) -> Result<FineSpectrum, FineError> {
        let bins = self.fine_bins(config, opacity)?;
        let points = bins.transfer.points();
        let joined = join(points.edges_per_cm(), config.resolution);
        if joined.finest < (1.0 - SLACK) * config.resolution {
            let [low, high] = config.range_um;
            let finest = joined.finest;
            return Err(FineError::Input(InputError::value(
                "spectrum.resolution",
                config.resolution,
                format!("at most {finest:.0}: what the opacity set has from {low} to {high} um"),
            )));
        }
        let starlight_w_m2 = self.star_in(parameters, points, FluxScale::Bolometric)?;
        let mut planet_w_m2 = vec![0.0; points.bands()];
        let mut scratch = Scratch::default();
        for ring in &dayside.rings {
            let boundary = self.boundary(parameters, &starlight_w_m2, &ring.ring)?;
            self.fine_ring(&bins, parameters, ring, &boundary, &mut scratch)?;
            for (sum, flux) in planet_w_m2.iter_mut().zip(&scratch.emission.band_w_m2) {
                *sum += ring.ring.disc_weight * flux;
            }
        }
        let star_w_m2 = self.star_in(parameters, points, FluxScale::AsIs)?;
        let per_bin = bins.absorbers.weights().len();
        let groups = || joined.first.windows(2).map(|pair| pair[0]..pair[1]);
        let sum = |w_m2: &[f64]| groups().map(|group| w_m2[group].iter().sum()).collect();
        Ok(FineSpectrum {
            edges_per_cm: (joined.first.iter())
                .map(|bin| points.edges_per_cm()[*bin])
                .collect(),
            points: groups().map(|group| group.len() * per_bin).collect(),
            planet_w_m2: sum(&planet_w_m2),
            star_w_m2: sum(&star_w_m2),
            area_ratio: dayside.area_ratio,
            angles: config.angles,
            without_table: bins.absorbers.without_table().to_vec(),
        })
    }

    fn fine_bins(
        &self,
        config: &SpectrumConfig,
        opacity: &OpacityConfig,
    ) -> Result<Bins, InputError> {
        let (set, _) = opacity_set(opacity)?;
        let options = AbsorberOptions {
            rayleigh: opacity.rayleigh,
            hydride_ion: opacity.hydride_ion,
            ..AbsorberOptions::default()
        };
        let gas = self.magma.gas_set();
        let [low_um, high_um] = config.range_um;
        let range_per_cm = [1e4 / high_um, 1e4 / low_um];
        let without = &opacity.without;
        let absorbers = BinnedAbsorbers::new(&set, gas, range_per_cm, options, without)?;
        let (edges, weights) = (absorbers.edges_per_cm(), absorbers.weights());
        let count = edges.len() - 1;
        let band = (0..count).flat_map(|bin| std::iter::repeat_n(bin, weights.len()));
        let points =
            SpectralPoints::from_parts(edges, &band.collect::<Vec<_>>(), &weights.repeat(count))?;
        Ok(Bins {
            transfer: Transfer::new(points, diffusivity(self.atmosphere.diffusivity)),
            angles: Angles::new(config.angles)?,
            absorbers,
        })
    }

    /// Light of a ring into the scratch.
    fn fine_ring(
        &self,
        bins: &Bins,
        parameters: &LavaParameters,
        ring: &RingState,
        boundary: &Boundary,
        scratch: &mut Scratch,
    ) -> Result<(), FineError> {
        let surface_k = ring.surface_temperature_k;
        let Sky::Gas(gas) = &ring.sky else {
            scratch.emission = bare_emission(bins.transfer.points(), surface_k, boundary);
            return Ok(());
        };
        let mole_fraction = by_layer(gas);
        let layers = KnownLayers {
            temperature_k: &gas.temperature_k,
            pressure_bar: &gas.pressure_bar,
            mean_molar_mass_g_mol: &gas.mean_molar_mass_g_mol,
            mole_fraction: &mole_fraction,
        };
        let column = &mut scratch.column;
        let known = gas.column();
        column
            .interface_pressure_pa
            .clone_from(&known.interface_pressure_pa);
        column.pressure_pa.clone_from(&known.pressure_pa);
        column.mass_kg_m2.clone_from(&known.mass_kg_m2);
        let factor = |name: &str| parameters.opacity_factor(name);
        (bins.absorbers).extinction(&layers, factor, &mut column.extinction)?;
        let view = View {
            column,
            temperature_k: &gas.temperature_k,
            surface_temperature_k: surface_k,
            boundary,
            angles: &bins.angles,
        };
        let (workspace, emission) = (&mut scratch.workspace, &mut scratch.emission);
        bins.transfer.outgoing(&view, workspace, emission)?;
        Ok(())
    }
}

/// Why there is no fine spectrum.
#[derive(Debug, thiserror::Error)]
pub enum FineError {
    /// Something that the user gave.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The model.
    #[error(transparent)]
    Model(#[from] ModelError),
}

#[derive(Default)]
struct Scratch {
    column: Column,
    workspace: Workspace,
    emission: Emission,
}

/// Mole fractions \[layer\]\[species\].
fn by_layer(gas: &Gas) -> Vec<f64> {
    (0..gas.temperature_k.len())
        .flat_map(|layer| gas.mole_fraction.iter().map(move |(_, x)| x[layer]))
        .collect()
}

/// Bins that are joined.
struct Joined {
    /// First bin of each group, and the one behind the last.
    first: Vec<usize>,
    /// Largest resolving power of a group.
    finest: f64,
}

/// Joins neighbours, without the outermost bins, which hold the ends of the Planck function: as many as leave
/// the resolving power asked for.
fn join(edges_per_cm: &[f64], resolution: f64) -> Joined {
    let last = edges_per_cm.len() - 2;
    let most = (1.0 + SLACK) / resolution;
    let width = |first: usize, end: usize| (edges_per_cm[end] / edges_per_cm[first]).ln();
    let mut first = vec![1];
    let mut finest = 0.0_f64;
    while let Some(&begin) = first.last().filter(|begin| **begin < last) {
        let mut end = begin + 1;
        while end < last && width(begin, end + 1) <= most {
            end += 1;
        }
        finest = finest.max(width(begin, end).recip());
        first.push(end);
    }
    Joined { first, finest }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many bins as fit, no gap, the outermost left out; a bin that is too wide stays alone.
    #[test]
    fn bins_are_joined_to_what_is_asked_for_and_never_beyond() {
        let mut edges: Vec<f64> = (0..=20)
            .map(|i| 1000.0 * (1e-3 * f64::from(i)).exp())
            .collect();
        edges.push(1000.0 * 0.03_f64.exp());
        edges.push(1000.0 * 0.04_f64.exp());
        let fine = join(&edges, 1000.0);
        assert_eq!(fine.first.len(), 21);
        assert_eq!((fine.first[0], fine.first[20]), (1, 21));
        assert!((fine.finest - 1000.0).abs() < 1e-6);
        let coarse = join(&edges, 250.0);
        assert_eq!(coarse.first, [1, 5, 9, 13, 17, 20, 21]);
        assert!(join(&edges, 3000.0).finest < 1001.0);
    }
}
