//! Surfaces and made-up opacities for the tests of the column.

use std::sync::Arc;

use magmaret::atmosphere::column::{AbsorberOptions, Absorbers, ColumnOptions, VapourColumn};
use magmaret::atmosphere::surface_gas::{SurfaceGas, Volatiles};
use magmaret::chemistry::vaporise::{Preset, Redox, Vaporiser};
use magmaret::chemistry::volatiles::inventory::{Amount, Inventory};
use magmaret::melt::PerOxide;
use magmaret::melt::buffer::Buffer;
use magmaret::melt::composition::Composition;
use magmaret::opacity::{CrossSectionTable, Provenance, SpectralAxis, Tier};
use magmaret::species::GasSet;

pub const POINTS: usize = 40;

pub fn vaporiser() -> Arc<Vaporiser> {
    Arc::new(Preset::MeltsNasa9.settings().build().unwrap())
}

/// Bulk silicate Earth.
pub fn earth(vaporiser: &Vaporiser) -> PerOxide {
    Composition::named("bse", vaporiser.molar_masses())
        .unwrap()
        .moles_all_ferrous()
}

pub const fn iron_wustite(dex: f64) -> Redox {
    Redox::Delta(Buffer::IwHirschmann2008, dex)
}

pub fn dry(redox: Redox) -> SurfaceGas {
    let vaporiser = vaporiser();
    let moles = earth(&vaporiser);
    SurfaceGas::dry(vaporiser, moles, redox)
}

/// With 1 bar of hydrogen atoms and 0.1 bar of carbon.
pub fn wet(redox: Redox) -> SurfaceGas {
    let vaporiser = vaporiser();
    let moles = earth(&vaporiser);
    let inventory = Inventory {
        hydrogen: Amount::PressureBar(1.0),
        carbon: Amount::PressureBar(0.1),
        ..Inventory::default()
    };
    let volatiles = Volatiles::partial_pressures(inventory);
    SurfaceGas::with_volatiles(vaporiser, moles, redox, &volatiles).unwrap()
}

/// From 200 to 78 000 cm⁻¹.
pub fn wavenumbers() -> Vec<f64> {
    (0..POINTS).map(|i| 200.0 + 1994.0 * i as f64).collect()
}

/// A table whose cross sections are linear in T and ln p between nodes, from `sigma(p, T, point)`.
pub fn table(gas: &str, sigma: impl Fn(f64, f64, usize) -> f64) -> CrossSectionTable {
    let temperature_k: Vec<f64> = (0..12).map(|i| 1000.0 + 300.0 * f64::from(i)).collect();
    let pressure_bar: Vec<f64> = (-8..3).map(|i| 10_f64.powi(i)).collect();
    let mut sigma_cm2 = Vec::new();
    for p in &pressure_bar {
        for t in &temperature_k {
            sigma_cm2.extend((0..POINTS).map(|i| sigma(*p, *t, i) as f32));
        }
    }
    CrossSectionTable {
        gas: gas.to_owned(),
        molar_mass_g_mol: 40.0,
        temperature_k,
        pressure_bar,
        axis: SpectralAxis::Points(wavenumbers()),
        sigma_cm2,
        provenance: Provenance {
            tier: Tier::User,
            citation: Vec::new(),
            method: "made up".to_owned(),
            caveat: String::new(),
        },
    }
}

/// A smooth table, another for every seed.
pub fn smooth(gas: &str, seed: f64) -> CrossSectionTable {
    table(gas, |p, t, i| {
        let wave = (0.3 * i as f64 + seed).sin();
        1e-21 * (2.0 * wave + 1e-3 * t + 0.05 * p.ln()).exp()
    })
}

/// Gases of the made-up set; H2O and CO are not in a dry vapour.
pub const GASES: [&str; 8] = ["SiO", "Na", "O2", "MgO", "Fe", "Ti+", "H2O", "CO"];

pub fn absorbers(gas: &GasSet, options: AbsorberOptions) -> Arc<Absorbers> {
    let tables = GASES.iter().enumerate();
    let tables = tables.map(|(i, gas)| smooth(gas, i as f64)).collect();
    Arc::new(Absorbers::from_tables(&wavenumbers(), tables, gas, &[], options).unwrap())
}

pub fn column(surface: SurfaceGas, layers: usize) -> VapourColumn {
    let absorbers = absorbers(surface.gas_set(), AbsorberOptions::default());
    let options = ColumnOptions {
        layers,
        ..ColumnOptions::default()
    };
    VapourColumn::new(surface, absorbers, options).unwrap()
}

/// Temperatures \[K\] with an inversion: `top` at the top, 2300 K in the middle, 2600 K at the base.
pub fn profile(layers: usize, top: f64) -> Vec<f64> {
    let height = |i: usize| 1.0 - (i as f64 + 0.5) / layers as f64;
    let at = |h: f64| 2600.0 - 1200.0 * h + (top - 1400.0) * h * h * h;
    (0..layers).map(|i| at(height(i))).collect()
}
