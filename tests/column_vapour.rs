//! The column above a melt: conservation, limits, derivatives, history, refusals.

#[path = "column/common.rs"]
mod common;

use std::sync::Arc;

use common::*;
use magmaret::atmosphere::column::{
    AbsorberOptions, Absorbers, Adiabat, ColumnOptions, GivenColumn, SurfaceState, VapourColumn,
};
use magmaret::atmosphere::profile::{MonotoneCubic, Profile};
use magmaret::atmosphere::surface_gas::{SurfaceGas, Volatiles};
use magmaret::chemistry::vaporise::Redox;
use magmaret::chemistry::volatiles::inventory::{Amount, Inventory};
use magmaret::error::{ModelError, RejectReason};
use magmaret::opacity::collision_induced::{Band, CollisionInduced};
use magmaret::opacity::rayleigh::scatterer;
use magmaret::opacity::{CrossSectionTable, Tier};
use magmaret::transfer::{Column, ColumnModel};

const SURFACE_K: f64 = 2700.0;
const AVOGADRO: f64 = 6.022_140_76e23;
const BOLTZMANN: f64 = 1.380_649e-23;

fn filled(model: &mut VapourColumn, temperature_k: &[f64]) -> Column {
    let mut column = Column::default();
    model.fill(temperature_k, SURFACE_K, &mut column).unwrap();
    column
}

/// A column that is given the mole fractions and temperatures of a vapour has its extinction, bit for
/// bit, and its masses.
#[test]
fn given_mole_fractions_make_the_same_column() {
    let (layers, temperature_k) = (40, profile(40, 3000.0));
    let mut model = column(wet(iron_wustite(2.0)), layers);
    let expected = filled(&mut model, &temperature_k);
    let SurfaceState::Gas { pressure_bar } = model.state().unwrap() else {
        panic!("no gas");
    };
    let ln_pa = expected.pressure_pa.iter().map(|pa| pa.ln()).collect();
    let nodes = Profile::Nodes(MonotoneCubic::new(ln_pa, temperature_k.clone()).unwrap());
    let gas = model.surface().gas_set();
    let absorbers = Arc::new(model.absorbers().clone());
    let mut given = GivenColumn::new(gas, absorbers, *model.options()).unwrap();
    let rows = (0..layers).flat_map(|layer| model.mole_fractions(layer).to_vec());
    let rows: Vec<f64> = rows.collect();
    let gravity = model.options().gravity_m_s2;
    let mut found = Column::default();
    given
        .fill(pressure_bar, gravity, &rows, &nodes, &mut found)
        .unwrap();
    assert_eq!(given.temperature_k(), temperature_k);
    assert_eq!(found.mass_kg_m2, expected.mass_kg_m2);
    assert_eq!(found.extinction.absorption, expected.extinction.absorption);
    assert_eq!(found.extinction.scattering, expected.extinction.scattering);
    // One row stands for all layers; another number of fractions for nothing.
    let row = model.mole_fractions(0).to_vec();
    given
        .fill(pressure_bar, gravity, &row, &nodes, &mut found)
        .unwrap();
    let of_column = |column: &Column, layer: usize| {
        let extinction = &column.extinction;
        (0..extinction.points())
            .map(|point| extinction.absorption[extinction.index(point, layer)])
            .collect::<Vec<f32>>()
    };
    assert_eq!(of_column(&found, 0), of_column(&expected, 0));
    assert_ne!(of_column(&found, 39), of_column(&expected, 39));
    let few = given.fill(pressure_bar, gravity, &row[1..], &nodes, &mut found);
    assert!(matches!(few, Err(ModelError::Fatal { .. })));
    for outside in [1e-9, 1e6, f64::NAN] {
        let refused = given.fill(outside, gravity, &row, &nodes, &mut found);
        let expected = ModelError::Rejected(RejectReason::PressureOutOfRange);
        assert_eq!(refused, Err(expected));
    }
}

/// ∇_ad = R/C_p, with C_p from differences of the enthalpies of the gases; all else is as without.
#[test]
fn a_column_names_its_dry_adiabat_when_asked() {
    let temperature_k = profile(40, 3000.0);
    let mut model = column(wet(iron_wustite(2.0)), 40);
    let without = filled(&mut model, &temperature_k);
    assert!(without.adiabat.is_empty());
    model.name_adiabat(Adiabat::Dry);
    model.forget();
    let mut with = filled(&mut model, &temperature_k);
    let gas = model.surface().gas_set().clone();
    let mut slope = vec![0.0; gas.len()];
    for (layer, t_k) in temperature_k.iter().enumerate() {
        let mut enthalpy_k = |t_k: f64| {
            gas.d_gibbs_rt_dt(t_k, &mut slope);
            let parts = model.mole_fractions(layer).iter().zip(&slope);
            parts.map(|(x, slope)| -t_k * t_k * x * slope).sum::<f64>()
        };
        let capacity = (enthalpy_k(t_k + 0.5) - enthalpy_k(t_k - 0.5)).recip();
        assert!(
            (with.adiabat[layer] / capacity - 1.0).abs() < 1e-4,
            "{layer}"
        );
        assert!((0.1..0.4).contains(&with.adiabat[layer]));
    }
    with.adiabat.clear();
    assert_eq!(with, without);
}

#[test]
fn every_layer_has_the_elements_of_the_surface() {
    for surface in [
        dry(iron_wustite(0.0)),
        dry(iron_wustite(6.0)),
        dry(Redox::Congruent),
        wet(iron_wustite(2.0)),
    ] {
        let mut model = column(surface, 40);
        filled(&mut model, &profile(40, 3000.0));
        let gas = model.surface().gas_set().clone();
        let width = gas.elements().len();
        let surface = model.surface().abundances().to_vec();
        let whole: f64 = surface.iter().sum();
        for layer in 0..40 {
            let fractions = model.mole_fractions(layer);
            assert!((fractions.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            let mut atoms = vec![0.0; width];
            for (s, x) in fractions.iter().enumerate() {
                for (sum, n) in atoms.iter_mut().zip(gas.counts_of(s)) {
                    *sum += n * x;
                }
            }
            let sum: f64 = atoms.iter().sum();
            for (e, atoms) in atoms.iter().enumerate() {
                // Measured 8e-13 at worst.
                let error = atoms / sum - surface[e] / whole;
                assert!(
                    error.abs() <= 1e-11 * surface[e] / whole,
                    "layer {layer}, {}: {error:e}",
                    gas.elements()[e]
                );
            }
        }
    }
}

#[test]
fn the_base_is_the_vapour_of_the_melt() {
    let mut model = column(dry(iron_wustite(1.0)), 30);
    // One temperature everywhere: the gas at the base is that of the surface itself.
    let mut filled = Column::default();
    model
        .fill(&[SURFACE_K; 30], SURFACE_K, &mut filled)
        .unwrap();
    let vaporiser = vaporiser();
    let mut surface = vaporiser.surface();
    let moles = earth(&vaporiser);
    vaporiser
        .evaluate(&moles, SURFACE_K, iron_wustite(1.0), &mut surface)
        .unwrap();
    let total = surface.total_pressure_bar();
    let pressure = filled.interface_pressure_pa[30];
    assert!((pressure / (1e5 * total) - 1.0).abs() < 1e-14);
    let mass: f64 = filled.mass_kg_m2.iter().sum();
    assert!((mass * 9.81 / pressure - 1.0).abs() < 1e-12);
    // The equilibrium of the elements at the base pressure gives the partial pressures back.
    let system = magmaret::chemistry::gas::GasSystem::new(vaporiser.gas().clone()).unwrap();
    let mut workspace = system.workspace();
    let abundances = model.surface().abundances();
    system
        .solve(abundances, SURFACE_K, total, &mut workspace)
        .unwrap();
    let fractions = workspace.ln_mole_fractions().iter();
    for (ln_x, ln_p) in fractions.zip(&surface.ln_pressure) {
        // Measured 2e-14 at worst.
        if *ln_p > -60.0 {
            assert!((ln_x + total.ln() - ln_p).abs() < 1e-10, "{ln_x} {ln_p}");
        }
    }
}

#[test]
fn partial_pressures_of_volatiles_are_those_asked_for() {
    let mut surface = wet(iron_wustite(2.0));
    surface.evaluate(SURFACE_K).unwrap();
    let gas = surface.gas_set();
    for (symbol, expected) in [("H", 1.0), ("C", 0.1)] {
        let e = gas
            .elements()
            .iter()
            .position(|e| e.symbol() == symbol)
            .unwrap();
        let bar = surface.abundances()[e] * surface.pressure_bar();
        assert!((bar / expected - 1.0).abs() < 1e-9, "{symbol}: {bar}");
    }
    // The rock vapour does not notice.
    let mut bare = dry(iron_wustite(2.0));
    bare.evaluate(SURFACE_K).unwrap();
    for name in ["SiO", "Na", "O2", "Fe", "Mg"] {
        let wet = surface.partial_pressures_bar()[gas.index_of(name).unwrap()];
        let dry = bare.partial_pressures_bar()[bare.gas_set().index_of(name).unwrap()];
        assert!((wet / dry - 1.0).abs() < 1e-12, "{name}");
    }
}

#[test]
fn one_gas_of_constant_cross_section_is_the_product() {
    let surface = dry(iron_wustite(0.0));
    let options = AbsorberOptions {
        oxygen_continuum: false,
        ..AbsorberOptions::default()
    };
    let grey = vec![table("SiO", |_, _, _| 3e-20)];
    let absorbers =
        Absorbers::from_tables(&wavenumbers(), grey, surface.gas_set(), &[], options).unwrap();
    let shape = ColumnOptions {
        layers: 20,
        ..ColumnOptions::default()
    };
    let mut model = VapourColumn::new(surface, Arc::new(absorbers), shape).unwrap();
    let column = filled(&mut model, &profile(20, 2500.0));
    let gas = model.surface().gas_set().clone();
    let sio = gas.index_of("SiO").unwrap();
    for layer in 0..20 {
        let molecule_kg = 1e-3 * model.mean_molar_mass_g_mol()[layer] / AVOGADRO;
        let fractions = model.mole_fractions(layer);
        let expected = fractions[sio] * 3e-24 / molecule_kg;
        let scattered = |nu: f64| -> f64 {
            let of = |(s, x): (usize, &f64)| {
                scatterer(gas.name(s)).map_or(0.0, |one| 1e-4 * x * one.cross_section_cm2(nu))
            };
            fractions.iter().enumerate().map(of).sum::<f64>() / molecule_kg
        };
        for (point, nu) in wavenumbers().into_iter().enumerate() {
            let at = column.extinction.index(point, layer);
            let absorption = f64::from(column.extinction.absorption[at]);
            // The table holds 32-bit logarithms: measured 5e-6.
            assert!((absorption / expected - 1.0).abs() < 1e-5);
            let scattering = f64::from(column.extinction.scattering[at]);
            assert!((scattering / scattered(nu) - 1.0).abs() < 3e-6);
        }
    }
}

/// Largest error of dκ/dT against central differences over ±2 K, relative to κ/T.
fn worst_slope(
    surface: SurfaceGas,
    tables: Vec<CrossSectionTable>,
    pairs: &[CollisionInduced],
) -> f64 {
    // Slopes of the continuum step at temperatures of its own.
    let options = AbsorberOptions {
        oxygen_continuum: pairs.is_empty(),
        ..AbsorberOptions::default()
    };
    let gas = surface.gas_set();
    let absorbers = Absorbers::from_tables(&wavenumbers(), tables, gas, pairs, options).unwrap();
    let shape = ColumnOptions {
        layers: 30,
        ..ColumnOptions::default()
    };
    let mut model = VapourColumn::new(surface, Arc::new(absorbers), shape).unwrap();
    let centre = profile(30, 3100.0);
    let column = filled(&mut model, &centre);
    let at = |model: &mut VapourColumn, shift: f64| {
        let shifted: Vec<f64> = centre.iter().map(|t| t + shift).collect();
        filled(model, &shifted)
    };
    let warm = at(&mut model, 2.0);
    let cold = at(&mut model, -2.0);
    let mut worst = 0.0_f64;
    for (layer, t) in centre.iter().enumerate() {
        // A step within reach of a node of the tables would straddle it.
        let beyond = (t - 1000.0).rem_euclid(300.0);
        if !(3.0..297.0).contains(&beyond) {
            continue;
        }
        for point in 0..POINTS {
            let i = column.extinction.index(point, layer);
            let difference =
                f64::from(warm.extinction.absorption[i]) - f64::from(cold.extinction.absorption[i]);
            let slope = f64::from(column.extinction.absorption_per_k[i]);
            let scale = f64::from(column.extinction.absorption[i]) / t;
            worst = worst.max((0.25 * difference - slope).abs() / scale);
        }
    }
    worst
}

/// Coefficients that grow by `growth` from 500 to 5000 K.
fn pair(growth: f64) -> CollisionInduced {
    CollisionInduced {
        pair: ("O2".to_owned(), "SiO".to_owned()),
        bands: vec![Band {
            wavenumber_per_cm: vec![100.0, 40_000.0],
            temperature_k: vec![500.0, 5000.0],
            coefficient_cm5: vec![1e-38, 2e-38, 1e-38 * growth, 2e-38 * growth],
        }],
        negative_set_to_zero: 0,
    }
}

#[test]
fn the_derivative_is_the_whole_one() {
    let tables = || -> Vec<CrossSectionTable> {
        let gases = GASES.iter().enumerate();
        gases.map(|(i, gas)| smooth(gas, i as f64)).collect()
    };
    // Measured 1e-2 at worst: 32-bit logarithms of the cross sections, and the cube of 30 where metals
    // ionise.
    for (surface, tables, pairs) in [
        (dry(iron_wustite(0.0)), tables(), vec![]),
        (wet(iron_wustite(1.0)), tables(), vec![]),
        (dry(iron_wustite(0.0)), vec![], vec![pair(1.0)]),
    ] {
        let worst = worst_slope(surface, tables, &pairs);
        assert!(worst < 0.02, "{worst}");
    }
}

#[test]
fn pairs_and_the_hydride_ion_are_their_own_formulae() {
    use magmaret::opacity::continuum::extinction_per_m;
    let only = |hydride_ion| AbsorberOptions {
        hydride_ion,
        oxygen_continuum: false,
        rayleigh: false,
    };
    let shape = ColumnOptions {
        layers: 10,
        ..ColumnOptions::default()
    };
    let temperature_k = profile(10, 2500.0);
    for hydride_ion in [true, false] {
        let surface = wet(iron_wustite(0.0));
        let gas = surface.gas_set().clone();
        let pairs = if hydride_ion { vec![] } else { vec![pair(3.0)] };
        let absorbers =
            Absorbers::from_tables(&wavenumbers(), vec![], &gas, &pairs, only(hydride_ion))
                .unwrap();
        let mut model = VapourColumn::new(surface, Arc::new(absorbers), shape).unwrap();
        let column = filled(&mut model, &temperature_k);
        let mut compared = 0;
        for (layer, t) in temperature_k.iter().enumerate() {
            let x = |name| model.mole_fractions(layer)[gas.index_of(name).unwrap()];
            let pressure = column.pressure_pa[layer];
            let density = pressure / (BOLTZMANN * t);
            let mass = 1e-3 * model.mean_molar_mass_g_mol()[layer] / AVOGADRO;
            for (point, nu) in wavenumbers().into_iter().enumerate() {
                let per_m = if hydride_ion {
                    extinction_per_m(nu, *t, x("H") * density, x("e-") * density)
                } else {
                    pair(3.0).extinction_per_m(nu, *t, (x("O2") * pressure, x("SiO") * pressure))
                };
                let expected = per_m / (density * mass);
                let found = column.extinction.absorption[column.extinction.index(point, layer)];
                // Interpolation in T: measured 0.12 % at worst, for H-.
                if expected > 1e-30 {
                    assert!((f64::from(found) / expected - 1.0).abs() < 0.002);
                    compared += 1;
                }
            }
        }
        assert!(compared > 100, "{compared}");
    }
}

#[test]
fn the_past_of_a_column_leaves_no_trace() {
    let layers = 40;
    let target = profile(layers, 3000.0);
    for surface in [dry(iron_wustite(0.0)), wet(iron_wustite(2.0))] {
        let mut fresh = column(surface.clone(), layers);
        let expected = filled(&mut fresh, &target);
        let fractions = |model: &VapourColumn| -> Vec<f64> {
            (0..layers)
                .flat_map(|l| model.mole_fractions(l).to_vec())
                .collect()
        };
        let reference = fractions(&fresh);
        let mut used = column(surface, layers);
        let mut worst = 0.0_f64;
        for top in [1500.0, 4000.0, 2900.0, 2999.0] {
            let mut out = Column::default();
            used.fill(&profile(layers, top), SURFACE_K - 150.0, &mut out)
                .unwrap();
            filled(&mut used, &target);
            for (a, b) in fractions(&used).iter().zip(&reference) {
                if *b > 1e-30 {
                    worst = worst.max((a / b - 1.0).abs());
                }
            }
        }
        // Measured 2e-11.
        assert!(worst < 1e-10, "{worst:e}");
        // Forgetting, to the last bit.
        used.forget();
        assert_eq!(filled(&mut used, &target), expected);
        assert_eq!(fractions(&used), reference);
    }
}

/// Gas that another column has solved for the same temperatures is taken as it is; the derivative comes when it is
/// wanted. Absorbers of some points have the extinction of these points.
#[test]
fn gas_goes_from_column_to_column() {
    let layers = 20;
    let t_k = profile(layers, 3000.0);
    let mut first = column(dry(iron_wustite(0.0)), layers);
    let mut second = first.clone();
    let mut expected = Column::default();
    // Another temperature before, so that the gas bears a mark of its past.
    (first.fill(&profile(layers, 2900.0), SURFACE_K, &mut expected)).unwrap();
    first.want_slopes(false);
    first.fill(&t_k, SURFACE_K, &mut expected).unwrap();
    let past = first.clone();
    second.take_gas(&mut first);
    let found = filled(&mut second, &t_k);
    assert_eq!(found.extinction.absorption, expected.extinction.absorption);
    for layer in 0..layers {
        assert_eq!(second.mole_fractions(layer), past.mole_fractions(layer));
    }
    let mut fresh = column(dry(iron_wustite(0.0)), layers);
    let slopes = filled(&mut fresh, &t_k).extinction.absorption_per_k;
    let scale = slopes.iter().fold(0.0_f32, |a, b| a.max(b.abs()));
    for (a, b) in found.extinction.absorption_per_k.iter().zip(&slopes) {
        assert!((a - b).abs() < 1e-6 * scale, "{a} {b}");
    }
    // Nothing is taken from a column of other layers.
    let mut other = column(dry(iron_wustite(0.0)), 10);
    second.take_gas(&mut other);
    assert_eq!(filled(&mut second, &t_k), found);

    let chosen: Vec<usize> = (0..expected.extinction.points()).step_by(3).collect();
    let part = Arc::new(first.absorbers().at(&chosen));
    let mut few = VapourColumn::new(dry(iron_wustite(0.0)), part, *first.options()).unwrap();
    let (few, all) = (filled(&mut few, &t_k), filled(&mut fresh, &t_k));
    for layer in 0..layers {
        for (to, from) in chosen.iter().enumerate() {
            let own = few.extinction.index(to, layer);
            let other = all.extinction.index(*from, layer);
            assert_eq!(
                few.extinction.absorption[own],
                all.extinction.absorption[other]
            );
            assert_eq!(
                few.extinction.scattering[own],
                all.extinction.scattering[other]
            );
        }
    }
}

#[test]
fn a_cold_melt_is_bare_and_says_so() {
    let mut model = column(dry(iron_wustite(4.0)), 20);
    let mut out = Column::default();
    let t_k = [1200.0; 20];
    let refused = model.fill(&t_k, 1200.0, &mut out);
    let reason = ModelError::Rejected(RejectReason::TemperatureOutOfRange);
    assert_eq!(refused, Err(reason.clone()));
    assert!(
        matches!(model.state(), Some(SurfaceState::Bare { pressure_bar }) if pressure_bar < 1e-8)
    );
    // Beyond the melt model, and a layer beyond the gas: rejected, and not as bare.
    assert_eq!(
        model.fill(&[2000.0; 20], 900.0, &mut out),
        Err(reason.clone())
    );
    assert_eq!(model.state(), None);
    let mut hot = [2000.0; 20];
    hot[3] = f64::NAN;
    assert_eq!(model.fill(&hot, 2500.0, &mut out), Err(reason));
    assert!(matches!(model.state(), Some(SurfaceState::Gas { .. })));
    // And it works again.
    filled(&mut model, &[2400.0; 20]);
}

#[test]
fn what_cannot_be_combined_is_refused() {
    let gas = dry(iron_wustite(0.0));
    let wrong = absorbers(wet(iron_wustite(0.0)).gas_set(), AbsorberOptions::default());
    let error = VapourColumn::new(gas.clone(), wrong, ColumnOptions::default());
    assert!(error.unwrap_err().to_string().contains("other gases"));
    let right = absorbers(gas.gas_set(), AbsorberOptions::default());
    for options in [
        ColumnOptions {
            layers: 0,
            ..ColumnOptions::default()
        },
        ColumnOptions {
            gravity_m_s2: f64::NAN,
            ..ColumnOptions::default()
        },
        ColumnOptions {
            top_pressure_bar: -1.0,
            ..ColumnOptions::default()
        },
    ] {
        assert!(VapourColumn::new(gas.clone(), right.clone(), options).is_err());
    }
    assert!(right.without(&["SiO", "XeF2"]).is_err());
    let mut other = smooth("SiO", 0.0);
    other.axis = magmaret::opacity::SpectralAxis::Points((1..=POINTS).map(|i| i as f64).collect());
    let options = AbsorberOptions::default();
    assert!(
        Absorbers::from_tables(&wavenumbers(), vec![other], gas.gas_set(), &[], options).is_err()
    );
    let inventory = Inventory {
        hydrogen: Amount::PressureBar(1.0),
        ..Inventory::default()
    };
    let volatiles = Volatiles::partial_pressures(inventory);
    let vaporiser = vaporiser();
    let moles = earth(&vaporiser);
    let error = SurfaceGas::with_volatiles(vaporiser, moles, Redox::Congruent, &volatiles);
    assert!(error.unwrap_err().to_string().contains("congruent"));
}

#[test]
fn the_report_names_what_is_used_and_what_is_missing() {
    let mut model = column(dry(iron_wustite(0.0)), 30);
    let mut t_k = profile(30, 3000.0);
    t_k[0] = 4500.0;
    t_k[1] = 4400.0;
    filled(&mut model, &t_k);
    let report = model.report(1e-3);
    let sio = &report.absorbers[0];
    assert_eq!((sio.name.as_str(), sio.tier), ("SiO", Tier::User));
    assert_eq!(
        (sio.cold_layers, sio.hot_layers, sio.thin_layers),
        (0, 2, 0)
    );
    assert_eq!(report.not_in_gas, ["H2O", "CO"]);
    let names: Vec<&str> = report
        .without_opacity
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert!(
        names.contains(&"Mg") && !names.contains(&"SiO"),
        "{names:?}"
    );
    let shares: f64 = model
        .report(0.0)
        .without_opacity
        .iter()
        .map(|one| one.share)
        .sum();
    assert!(shares > 0.0 && shares < 1.0);
    let by_name: Vec<(&str, Vec<f64>)> = model.mole_fractions_by_name().collect();
    let sodium = by_name.iter().find(|(name, _)| *name == "Na").unwrap();
    assert_eq!(sodium.1.len(), 30);
    assert!(sodium.1[29] > 0.1);
    // Those too rare can go, and the rest is as before.
    let rare: Vec<String> = model
        .rare_absorbers(1e-5)
        .iter()
        .map(|s| (*s).to_owned())
        .collect();
    assert!(
        rare.contains(&"Ti+".to_owned()) && !rare.contains(&"Na".to_owned()),
        "{rare:?}"
    );
    let rare: Vec<&str> = rare.iter().map(String::as_str).collect();
    let fewer = model.absorbers().without(&rare).unwrap();
    assert_eq!(
        fewer.list().len() + rare.len(),
        model.absorbers().list().len()
    );
}
