//! What follows from a point of the lava model beside its light.

use std::collections::BTreeMap;
use std::path::Path;

use magmaret::config::RunConfig;
use magmaret::constants::SOLAR_RADIUS;
use magmaret::forward::{ForwardModel, LOG10_NONE, PlanetModel};
use magmaret::melt::core_formation::{self, Core};
use magmaret::melt::{Basis, Composition, composition::MolarMasses};
use magmaret::run::Setup;

/// Gravitational constant, CODATA 2022.
const G: f64 = 6.6743e-11;

fn setup(kind: &str, more: &str) -> Setup {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = format!(
        "seed = 1\n[system]\nname = 'K2-141 b'\n[observation]\nfiles = ['{}']\n[model]\nkind = '{kind}'\n{more}",
        root.join("observations/mock/k2141b_miri_lrs.csv").display(),
    );
    let config = RunConfig::from_text(&text, Path::new("run.toml")).unwrap();
    Setup::new(&config).unwrap()
}

const THIN: &str = "[atmosphere]\nlayers = 40\n";

/// Derived quantities by name; what is not `set` is dry lava of K2-141 b with a black surface.
fn derived(model: &PlanetModel, set: &[(&str, f64)]) -> BTreeMap<String, f64> {
    let usual = BTreeMap::from([
        ("heat_redistribution", 2.0 / 3.0),
        ("internal_temperature_k", 30.0),
        ("gravity_m_s2", 21.8),
        ("radius_ratio", 0.0203),
        ("scaled_semi_major_axis", 2.368),
        ("stellar_temperature_k", 4570.0),
    ]);
    let value = |name: &str| {
        let own = set.iter().find(|(own, _)| *own == name).map(|(_, x)| *x);
        let none = if name.starts_with("log10_") {
            LOG10_NONE
        } else {
            0.0
        };
        own.or(usual.get(name).copied()).unwrap_or(none)
    };
    let names = model.parameter_names().iter();
    let theta: Vec<f64> = names.map(|name| value(name)).collect();
    let mut values = vec![f64::NAN; model.derived_names().len()];
    model
        .derived(&theta, &mut model.workspace(), &mut values)
        .unwrap();
    model.derived_names().iter().cloned().zip(values).collect()
}

fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() < tolerance, "{found}, {expected}");
}

/// Masses from the column by hand; the depth of the oxygen of a gas of O and O2; what oxidised and reduced
/// gases ask of the melt; black-body temperatures between the coldest and the hottest of
/// surface and layers.
#[test]
fn masses_depths_and_temperatures_of_dry_lava() {
    let setup = setup("lava", THIN);
    let model = &setup.models[0].problem.model;
    let [reduced, oxidised] = [-4.0, 5.0].map(|dex| derived(model, &[("delta_iw", dex)]));
    for point in [&reduced, &oxidised] {
        let column_kg_m2 = 10_f64.powf(point["log10_column_mass_kg_m2"]);
        let star = setup.system.stellar_radius_rsun.as_ref().unwrap().value;
        let radius_m = 0.0203 * star * SOLAR_RADIUS;
        let mass_kg = 4.0 * std::f64::consts::PI * radius_m.powi(2) * column_kg_m2;
        close(point["log10_atmosphere_mass_kg"], mass_kg.log10(), 1e-9);
        let planet_kg = 21.8 * radius_m.powi(2) / G;
        let fraction = (mass_kg / planet_kg).log10();
        close(point["log10_atmosphere_mass_fraction"], fraction, 1e-9);
        assert!(!point.contains_key("log10_volatile_pressure_bar"));
        for name in ["", "sio_band_", "mgo_band_"] {
            let brightness_k = point[&format!("{name}brightness_temperature_k")];
            let surface_k = point["surface_temperature_k"];
            let hottest_k = surface_k.max(point["top_temperature_k"]);
            let coldest_k = surface_k.min(point["minimum_temperature_k"]);
            assert!(brightness_k > coldest_k - 1.0, "{point:?}");
            assert!(brightness_k < hottest_k + 1.0, "{point:?}");
        }
        // The SiO band is hotter than the MgO band where the contrast exceeds that of a black body.
        assert!(
            point["sio_band_brightness_temperature_k"] > point["mgo_band_brightness_temperature_k"]
        );
    }
    // Oxygen alone (16 g a mole of atoms) above rock of 27.7 mol of them a kilogram (`bse`) and 2.6 t m⁻³.
    let column_mol_m2 = 10_f64.powf(oxidised["log10_column_mass_kg_m2"]) / 0.016;
    let depth_m = 10_f64.powf(oxidised["log10_minimum_ocean_depth_m"]);
    let expected_m = column_mol_m2 / (27.7 * 2600.0);
    assert!(
        (depth_m / expected_m - 1.0).abs() < 0.1,
        "{depth_m}, {expected_m}"
    );
    // More of it is needed than of its ferric iron is there.
    assert!(oxidised["log10_redox_ocean_depth_m"] > oxidised["log10_minimum_ocean_depth_m"] + 1.0);
    // Oxidised lava must be deeper (Seidler et al. 2024, App. G).
    assert!(oxidised["log10_minimum_ocean_depth_m"] > reduced["log10_minimum_ocean_depth_m"] + 1.0);
}

/// The gas of congruent evaporation has just the oxygen of its oxides.
#[test]
fn congruent_vapour_asks_nothing_of_the_iron() {
    let congruent = setup("lava", &format!("{THIN}[melt]\ncongruent = true\n"));
    let point = derived(&congruent.models[0].problem.model, &[]);
    assert!(point["log10_minimum_ocean_depth_m"] > -3.0);
    assert!(point["log10_redox_ocean_depth_m"] < point["log10_minimum_ocean_depth_m"] - 5.0);
}

/// Without gas: no mass to speak of, no depth, and every band has the temperature of the black surface.
#[test]
fn a_bare_surface() {
    let setup = setup(
        "lava_volatiles",
        "[atmosphere]\nlayers = 40\ntop_pressure_bar = 100.0\n",
    );
    let point = derived(&setup.models[0].problem.model, &[]);
    assert_eq!(point["log10_minimum_ocean_depth_m"], -12.0);
    assert_eq!(point["log10_volatile_pressure_bar"], -12.0);
    assert!(point["log10_atmosphere_mass_fraction"] < -20.0);
    for name in ["", "sio_band_", "mgo_band_"] {
        let name = format!("{name}brightness_temperature_k");
        close(point[&name], point["surface_temperature_k"], 0.01);
    }
}

/// Every gas with carbon has one atom of it (C2 and the like are parts in a million), so that they have the
/// elemental partial pressure; gases with hydrogen have one or two.
#[test]
fn volatile_pressures_by_element() {
    let setup = setup("lava_volatiles", THIN);
    let model = &setup.models[0].problem.model;
    let none = derived(model, &[]);
    assert_eq!(none["log10_volatile_pressure_bar"], -12.0);
    assert!(!none.contains_key("log10_redox_ocean_depth_m"));
    let carbon = derived(model, &[("log10_carbon_bar", -2.0)]);
    close(carbon["log10_volatile_pressure_bar"], -2.0, 1e-4);
    let hydrogen = derived(model, &[("log10_hydrogen_bar", -2.0)]);
    let found = hydrogen["log10_volatile_pressure_bar"];
    assert!(found < -2.0 && found > -2.0 - 2.0_f64.log10(), "{found}");
    assert!(hydrogen["log10_minimum_ocean_depth_m"] > none["log10_minimum_ocean_depth_m"]);
}

/// By hand from Eq. 24 of Seidler et al. 2024: ten times the FeO raises dIW by 2 dex, but for what it takes
/// from the other fractions; a melt without iron has no such number.
#[test]
fn core_formation_of_the_composition() {
    let melt = "[melt.mol_percent]\nSiO2 = 40.0\nMgO = 50.0\nFeO = 5.0\nAl2O3 = 2.0\nCaO = 3.0\n";
    let iron = setup("lava", &format!("{THIN}{melt}"));
    let model = &iron.models[0].problem.model;
    let point = derived(model, &[]);
    let amounts = [
        ("SiO2", 40.0),
        ("MgO", 50.0),
        ("FeO", 5.0),
        ("Al2O3", 2.0),
        ("CaO", 3.0),
    ];
    let mantle =
        Composition::from_amounts(amounts, Basis::MolPercent, false, MolarMasses::Iupac).unwrap();
    let pure_iron = Core {
        silicon_wt_percent: 0.0,
    };
    let expected = core_formation::delta_iw(&mantle, pure_iron).unwrap();
    close(point["core_formation_delta_iw"], expected, 1e-12);
    close(expected, 2.0 * (1.367 * 0.05_f64).log10(), 1e-12);
    // 0.5 of 9.5 in ten: x_FeO from 0.05 to 0.005/0.955.
    let poorer = derived(model, &[("feo_dex", -1.0)]);
    close(
        poorer["core_formation_delta_iw"] - expected,
        -2.0 + 2.0 * (1.0 / 0.955_f64).log10(),
        1e-9,
    );
    let herm = setup("lava", &format!("{THIN}[melt]\ncomposition = 'herm'\n"));
    let names = herm.models[0].problem.model.derived_names();
    assert!(!names.iter().any(|name| name == "core_formation_delta_iw"));
    assert!(!names.iter().any(|name| name == "log10_redox_ocean_depth_m"));
}

/// The prior of the mantles of nearby stars: mean and covariance of its draws, and iron lost to the core.
#[test]
fn the_population_of_mantles() {
    let setup = setup(
        "lava",
        &format!("{THIN}[melt]\npopulation = 'nearby_stars'\ncore_iron = [0.5, 1.0]\n"),
    );
    let prior = &setup.models[0].problem.prior;
    let place = |name: &str| prior.names().iter().position(|own| own == name).unwrap();
    let [silica, lime, iron] = ["sio2_dex", "cao_dex", "feo_dex"].map(place);
    assert!(!prior.free_names().contains(&"mgo_dex".to_owned()));
    let (mut theta, count) = (vec![0.0; prior.names().len()], 40_000);
    let mut moments = [0.0; 5];
    for draw in 0..count {
        // A lattice of irrational steps.
        let unit: Vec<f64> = (0..prior.unit_dim())
            .map(|d| (0.5 + (draw + 1) as f64 * (2.0 + d as f64).sqrt().fract() * 7.31).fract())
            .collect();
        prior.transform(&unit, &mut theta);
        let terms = [
            theta[silica],
            theta[silica].powi(2),
            theta[silica] * theta[lime],
            theta[iron],
            theta[iron].powi(2),
        ];
        for (sum, term) in moments.iter_mut().zip(terms) {
            *sum += term / f64::from(count);
        }
        let mut back = vec![0.0; unit.len()];
        assert!(prior.unit_of(&theta, &mut back));
        for (a, b) in unit.iter().zip(&back) {
            assert!((a - b).abs() < 1e-8, "{unit:?} {back:?}");
        }
    }
    close(moments[0], 0.0, 2e-3);
    close(moments[1], 0.013_78, 4e-4);
    close(moments[2], 0.004_86, 4e-4);
    // log10 of a share flat from 0 to ½ has mean -0.30103 - 0.43429 and variance 0.18861.
    close(moments[3], -0.735_32, 5e-3);
    let variance = moments[4] - moments[3].powi(2);
    close(variance, 0.013_87 + 0.188_61, 6e-3);
}
