//! Absorbers that are no gas with a table, as tables: H⁻, the continuum of O₂, pairs.
//!
//! A table is cross section per unit of a weight; for a gas the weight is its mole fraction x.
//! H⁻ has κ \[cm⁴ dyn⁻¹\] per x_H x_e p, a pair k \[cm⁵\] per x₁ x₂ n, n = p/kT.

use super::absorbers::AbsorberOptions;
use crate::constants::BOLTZMANN;
use crate::error::InputError;
use crate::opacity::collision_induced::CollisionInduced;
use crate::opacity::continuum::{bound_free_cm4_dyn, free_free_cm4_dyn, schumann_runge};
use crate::opacity::provenance::{Provenance, Tier};
use crate::opacity::table::{CrossSectionTable, SpectralAxis};
use crate::species::GasSet;
use crate::units::PA_PER_BAR;

/// dyn cm⁻² to the bar.
const DYN_CM2_PER_BAR: f64 = 1.0e6;
/// Number density \[cm⁻³\] that pairs are counted in: k of 1e-46 cm⁵ would not fit a 32-bit number.
const PAIR_DENSITY_PER_CM3: f64 = 1.0e20;
/// Names of the continua.
pub const CONTINUA: [&str; 2] = ["H-", "O2 continuum"];
/// Temperatures of the continua \[K\] and the largest ratio of neighbours: ln σ is linear in 1/T between
/// them, which is exact for a Boltzmann factor and misses powers of T by 1e-4.
const CONTINUUM_RANGE_K: (f64, f64) = (1000.0, 8000.0);
const CONTINUUM_RATIO: f64 = 1.05;

/// What a table is multiplied with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Weight {
    /// Mole fraction of a species.
    Gas(usize),
    /// Product of two mole fractions and the pressure \[dyn cm⁻²\]: hydrogen and electrons.
    Ion(usize, usize),
    /// Product of two mole fractions and the number density [`PAIR_DENSITY_PER_CM3`].
    Pair(usize, usize),
}

impl Weight {
    /// Mole fraction, or product of two.
    pub fn fraction(self, fractions: &[f64]) -> f64 {
        match self {
            Self::Gas(s) => fractions[s],
            Self::Ion(a, b) | Self::Pair(a, b) => fractions[a] * fractions[b],
        }
    }

    /// The weight and the derivative of its logarithm in T \[K⁻¹\] at constant pressure.
    pub fn at(
        self,
        fractions: &[f64],
        slopes: &[f64],
        temperature_k: f64,
        pressure_bar: f64,
    ) -> (f64, f64) {
        match self {
            Self::Gas(s) => (fractions[s], slopes[s]),
            Self::Ion(a, b) => {
                let pressure = DYN_CM2_PER_BAR * pressure_bar;
                (
                    fractions[a] * fractions[b] * pressure,
                    slopes[a] + slopes[b],
                )
            }
            Self::Pair(a, b) => {
                let per_m3 = PA_PER_BAR * pressure_bar / (BOLTZMANN * temperature_k);
                let density = 1e-6 * per_m3 / PAIR_DENSITY_PER_CM3;
                let slope = slopes[a] + slopes[b] - temperature_k.recip();
                (fractions[a] * fractions[b] * density, slope)
            }
        }
    }
}

/// Tables of the continua that the options and the gas have.
pub(super) fn continuum_tables(
    wavenumber_per_cm: &[f64],
    gas: &GasSet,
    options: AbsorberOptions,
) -> Result<Vec<(CrossSectionTable, Weight)>, InputError> {
    let mut found = Vec::new();
    if let (true, Some(h), Some(e)) = (options.hydride_ion, gas.index_of("H"), gas.index_of("e-")) {
        let table = table_of(
            CONTINUA[0],
            hydride_provenance(),
            wavenumber_per_cm,
            |nu, t| bound_free_cm4_dyn(nu, t) + free_free_cm4_dyn(nu, t),
        );
        found.push((table, Weight::Ion(h, e)));
    }
    if let (true, Some(o2)) = (options.oxygen_continuum, gas.index_of("O2")) {
        let provenance = schumann_runge::provenance();
        let cross_section = schumann_runge::cross_section_cm2;
        let table = table_of(CONTINUA[1], provenance, wavenumber_per_cm, cross_section);
        // Nothing to add where the points end short of it.
        if table.sigma_cm2.iter().any(|sigma| *sigma > 0.0) {
            found.push((table, Weight::Gas(o2)));
        }
    }
    Ok(found)
}

fn hydride_provenance() -> Provenance {
    Provenance {
        tier: Tier::A,
        citation: vec!["John (1988), A&A 193, 189".to_owned()],
        method: "bound-free and free-free absorption of H-, per H atom and electron pressure"
            .to_owned(),
        caveat: String::new(),
    }
}

fn table_of(
    gas: &str,
    provenance: Provenance,
    wavenumber_per_cm: &[f64],
    sigma: impl Fn(f64, f64) -> f64,
) -> CrossSectionTable {
    let (low, high) = CONTINUUM_RANGE_K;
    let temperature_k = refined(&[low, high]);
    let row = |t: &f64| {
        let t = *t;
        wavenumber_per_cm
            .iter()
            .map(move |nu| (*nu, t))
            .map(|(nu, t)| sigma(nu, t) as f32)
            .collect::<Vec<f32>>()
    };
    CrossSectionTable {
        gas: gas.to_owned(),
        // Of no account for absorption.
        molar_mass_g_mol: 1.0,
        sigma_cm2: temperature_k.iter().flat_map(row).collect(),
        temperature_k,
        pressure_bar: vec![1.0],
        axis: SpectralAxis::Points(wavenumber_per_cm.to_vec()),
        provenance,
    }
}

/// Temperatures \[K\] with more in between, evenly in ln T, up to [`CONTINUUM_RATIO`] apart.
fn refined(temperature_k: &[f64]) -> Vec<f64> {
    let mut nodes = Vec::new();
    for pair in temperature_k.windows(2) {
        let width = (pair[1] / pair[0]).ln();
        let parts = (width / CONTINUUM_RATIO.ln()).ceil().max(1.0);
        nodes.push(pair[0]);
        let between = 1..parts as usize;
        nodes.extend(between.map(|k| pair[0] * (width * k as f64 / parts).exp()));
    }
    nodes.extend(temperature_k.last());
    nodes
}

/// Collision-induced absorption at the points and at the temperatures of its bands and some in between.
pub(super) fn pair_table(
    wavenumber_per_cm: &[f64],
    pair: &CollisionInduced,
) -> Result<CrossSectionTable, InputError> {
    let mut temperature_k: Vec<f64> = pair
        .bands
        .iter()
        .flat_map(|band| band.temperature_k.iter().copied())
        .collect();
    temperature_k.sort_by(f64::total_cmp);
    temperature_k.dedup();
    // The coefficient is linear in T between those of the file.
    let temperature_k = refined(&temperature_k);
    let row = |t: &f64| {
        let t = *t;
        wavenumber_per_cm
            .iter()
            .map(|nu| (pair.coefficient_cm5(*nu, t) * PAIR_DENSITY_PER_CM3) as f32)
            .collect::<Vec<f32>>()
    };
    let table = CrossSectionTable {
        gas: format!("{}-{}", pair.pair.0, pair.pair.1),
        molar_mass_g_mol: 1.0,
        sigma_cm2: temperature_k.iter().flat_map(row).collect(),
        temperature_k,
        pressure_bar: vec![1.0],
        axis: SpectralAxis::Points(wavenumber_per_cm.to_vec()),
        provenance: Provenance {
            tier: Tier::User,
            citation: Vec::new(),
            method: "collision-induced absorption".to_owned(),
            caveat: String::new(),
        },
    };
    table.validate(&format!("collision-induced absorption of {}", table.gas))?;
    Ok(table)
}
