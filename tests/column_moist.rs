//! The moist adiabat of a column above a melt.

#[path = "column/common.rs"]
mod common;

use common::*;
use magmaret::atmosphere::column::{Adiabat, VapourColumn};
use magmaret::atmosphere::surface_gas::SurfaceGas;
use magmaret::chemistry::vaporise::Redox;
use magmaret::opacity::set::BandNodes;
use magmaret::transfer::{
    Boundary, Column, ColumnModel, Diffusivity, Equilibrium, EquilibriumOptions, SpectralPoints,
    Transfer,
};

const SURFACE_K: f64 = 2700.0;
const LAYERS: usize = 40;

fn filled(model: &mut VapourColumn, named: Adiabat, temperature_k: &[f64]) -> Column {
    let mut column = Column::default();
    model.name_adiabat(named);
    model.forget();
    model.fill(temperature_k, SURFACE_K, &mut column).unwrap();
    column
}

/// Colder upwards by `gradient` per decade of pressure, from some kelvin above the surface.
fn falling(column: &Column, gradient: f64) -> Vec<f64> {
    let base = column.interface_pressure_pa[LAYERS];
    (column.pressure_pa.iter())
        .map(|pa| (SURFACE_K + 5.0) * (1.0 + gradient * (pa / base).log10()))
        .collect()
}

fn surfaces() -> [SurfaceGas; 4] {
    [
        dry(Redox::Congruent),
        dry(iron_wustite(-2.0)),
        dry(Redox::Log10Fo2Bar(-3.0)),
        wet(iron_wustite(2.0)),
    ]
}

/// Against the formula with vapour pressures and latent heats taken straight from the melt at the temperature of each
/// layer: measured 1.1e-3 off at most (the curve between its nodes). What is hotter than saturated is dry to the last
/// bit; nothing lies above dry.
#[test]
fn saturated_layers_have_the_adiabat_of_their_latent_heat() {
    for surface in surfaces() {
        let mut direct = surface.clone();
        let mut model = column(surface, LAYERS);
        let hot = profile(LAYERS, 3500.0);
        let first = filled(&mut model, Adiabat::Unnamed, &hot);
        assert!(first.adiabat.is_empty() && first.adiabat_per_k.is_empty());
        let (mut moist_layers, mut worst) = (0, 0.0_f64);
        for gradient in [0.0, 0.01, 0.03, 0.1] {
            let temperature_k = falling(&first, gradient);
            let dry = filled(&mut model, Adiabat::Dry, &temperature_k);
            let moist = filled(&mut model, Adiabat::Moist, &temperature_k);
            direct.evaluate(SURFACE_K).unwrap();
            let share = direct.condensable_at_surface_bar() / direct.pressure_bar();
            for (layer, t_k) in temperature_k.iter().enumerate() {
                // The melt models begin at 1000 K.
                if *t_k < 1010.0 {
                    continue;
                }
                let bar = 1e-5 * moist.pressure_pa[layer];
                let vapour_bar = direct.condensable_pressure_bar(*t_k).unwrap();
                let (found, dry) = (moist.adiabat[layer], dry.adiabat[layer]);
                assert!(found <= dry && found > 0.01, "{layer} {found}");
                if vapour_bar >= share * bar * 1.001 {
                    assert_eq!((found, moist.adiabat_per_k[layer]), (dry, 0.0));
                    continue;
                }
                let mut ln_vapour = |t_k: f64| direct.condensable_pressure_bar(t_k).unwrap().ln();
                let l = (ln_vapour(1.001 * t_k) - ln_vapour(0.999 * t_k)) / 1.001_f64.ln() / 2.0;
                if (share * bar / vapour_bar).ln()
                    < 0.0101 * l + 0.013 * (direct.pressure_bar() / bar).ln()
                {
                    continue;
                }
                // Saturated one per cent above its temperature.
                let lag = 0.01 * l + 0.012 * (direct.pressure_bar() / bar).ln();
                let x = vapour_bar / bar * lag.exp();
                let exact = ((1.0 - x + x * l) / ((1.0 - x) / dry + x * l * l)).min(dry);
                worst = worst.max((found / exact - 1.0).abs());
                moist_layers += 1;
            }
        }
        println!("{moist_layers} moist layers, worst {worst:.1e}");
        assert!(moist_layers > 5 && worst < 2e-3, "{moist_layers} {worst}");
    }
}

/// Another surface has another curve, and an adiabat that is no longer asked for is gone.
#[test]
fn the_curve_is_that_of_the_surface() {
    let [congruent, reduced, ..] = surfaces();
    let mut model = column(congruent, LAYERS);
    let first = filled(&mut model, Adiabat::Unnamed, &profile(LAYERS, 3500.0));
    let cold = falling(&first, 0.03);
    filled(&mut model, Adiabat::Moist, &cold);
    model.stand_on(reduced.clone(), 9.81).unwrap();
    let moved = filled(&mut model, Adiabat::Moist, &cold);
    assert_eq!(
        moved,
        filled(&mut column(reduced, LAYERS), Adiabat::Moist, &cold)
    );
    assert_eq!(moved.adiabat_per_k.len(), LAYERS);
    let mut reused = moved;
    model.name_adiabat(Adiabat::Dry);
    model.fill(&cold, SURFACE_K, &mut reused).unwrap();
    assert!(reused.adiabat_per_k.is_empty() && reused.adiabat.len() == LAYERS);
}

/// A band around each wavenumber of the made-up opacities.
fn bands() -> Transfer {
    let wavenumber_per_cm = wavenumbers();
    let edges_per_cm = std::iter::once(100.0)
        .chain(wavenumber_per_cm.iter().map(|nu| nu + 997.0))
        .collect();
    let nodes = BandNodes {
        edges_per_cm,
        weight: vec![1.0; POINTS],
        balance_weight: vec![1.0; POINTS],
        wavenumber_per_cm,
    };
    Transfer::new(
        SpectralPoints::new(&nodes).unwrap(),
        Diffusivity::Hemispheric,
    )
}

/// Lit from below alone, above a melt that is held at `surface_k`.
fn lit_from_below(
    surface: SurfaceGas,
    named: Adiabat,
    surface_k: f64,
    flux_w_m2: f64,
) -> Equilibrium {
    let mut model = column(surface, LAYERS);
    model.name_adiabat(named);
    let boundary = Boundary {
        internal_flux_w_m2: flux_w_m2,
        ..Boundary::dark(POINTS)
    };
    let options = EquilibriumOptions {
        convection: true,
        fixed_surface_k: Some(surface_k),
        ..EquilibriumOptions::default()
    };
    let mut equilibrium = Equilibrium::default();
    let start: Vec<f64> = (0..LAYERS)
        .map(|i| surface_k * (0.8 + 0.2 * i as f64 / LAYERS as f64))
        .collect();
    equilibrium
        .solve(&bands(), &mut model, &boundary, &start, surface_k, options)
        .unwrap_or_else(|error| panic!("{error}: {:?}", equilibrium.history().last()));
    println!("{named:?} {:.0?}", equilibrium.temperature_k());
    equilibrium
}

/// Where gas convects its lapse is the adiabat that the column names, to one per cent and a half; the moist one is warmer
/// than the dry one from the first saturated layer up. With 1 bar of hydrogen and 0.1 bar of carbon at 2900 K.
#[test]
fn moist_air_convects_along_its_adiabat_and_is_warmer() {
    let wet = || wet(iron_wustite(2.0));
    let dry = lit_from_below(wet(), Adiabat::Dry, 2900.0, 1e5);
    let moist = lit_from_below(wet(), Adiabat::Moist, 2900.0, 1e5);
    let (t_k, column) = (moist.temperature_k(), moist.column());
    let convective = &moist.fluxes().convective_w_m2;
    let mut convecting = 0;
    for lower in 1..LAYERS {
        if convective[lower] < 1e-3 * convective[LAYERS] {
            continue;
        }
        let lapse = (t_k[lower] / t_k[lower - 1]).ln()
            / (column.pressure_pa[lower] / column.pressure_pa[lower - 1]).ln();
        let adiabat = 0.5 * (column.adiabat[lower] + column.adiabat[lower - 1]);
        assert!(
            (lapse / adiabat - 1.0).abs() < 0.015,
            "{lower}: {lapse} {adiabat}"
        );
        assert!(t_k[lower] > dry.temperature_k()[lower], "{lower}");
        convecting += 1;
    }
    // Measured: 22 interfaces; the middle layer 797 K in the place of 605 K.
    println!("{convecting} interfaces");
    assert!(convecting > 15, "{convecting}");
    assert!(t_k[20] > dry.temperature_k()[20] + 100.0);
}

/// Vapour and nothing else has the slope of its own vapour pressure curve, 1/l, wherever it is a per cent colder than
/// saturated: measured 7e-4 off.
#[test]
fn pure_vapour_has_the_slope_of_its_vapour_pressure_curve() {
    let mut melt = dry(Redox::Congruent);
    melt.evaluate(SURFACE_K).unwrap();
    assert_eq!(melt.condensable_at_surface_bar(), melt.pressure_bar());
    let mut model = column(melt.clone(), LAYERS);
    let grid = filled(&mut model, Adiabat::Unnamed, &profile(LAYERS, 3500.0));
    let mut ln_vapour = |t_k: f64| melt.condensable_pressure_bar(t_k).unwrap().ln();
    let saturated = |ln_bar: f64, ln_vapour: &mut dyn FnMut(f64) -> f64| {
        let (mut low, mut high) = (1000.0, SURFACE_K);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if ln_vapour(middle) < ln_bar {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    };
    let temperature_k: Vec<f64> = (grid.pressure_pa.iter())
        .map(|pa| (1.0 - 0.0101) * saturated((1e-5 * pa).ln(), &mut ln_vapour))
        .collect();
    let moist = filled(&mut model, Adiabat::Moist, &temperature_k);
    let mut worst = 0.0_f64;
    for (layer, t_k) in temperature_k
        .iter()
        .enumerate()
        .filter(|(_, t)| **t > 1030.0)
    {
        let l = (ln_vapour(1.001 * t_k) - ln_vapour(0.999 * t_k)) / 0.002;
        let off = moist.adiabat[layer] * l - 1.0;
        worst = worst.max(off.abs());
    }
    println!("{:.0?} worst {worst:.1e}", temperature_k);
    assert!(temperature_k[0] > 1030.0 && worst < 3e-3, "{worst}");
}
