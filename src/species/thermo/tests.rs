use std::f64::consts::LN_10;

use super::*;

fn g(name: &str, t_k: f64) -> f64 {
    gibbs_rt(Species::find_with(name, MgoGas::Nasa).unwrap(), t_k)
}

/// log10 K of Mg + ½O2 = MgO(g).
fn mgo_log10_k(choice: MgoGas, t_k: f64) -> f64 {
    let mgo = gibbs_rt(Species::mgo_gas(choice), t_k);
    (g("Mg", t_k) + 0.5 * g("O2", t_k) - mgo) / LN_10
}

#[test]
fn every_row_of_the_table_is_read() {
    let rows = NASA9.lines().filter(|l| !l.starts_with('#')).count() - 1;
    let intervals: usize = Table::parse(NASA9)
        .unwrap()
        .records
        .iter()
        .map(|r| r.intervals.len())
        .sum();
    // Two more MgO(g), of two intervals each.
    assert_eq!(intervals, rows + 4);
    assert_eq!(
        Species::all(MgoGas::Bc16).count(),
        Species::all(MgoGas::Nasa).count()
    );
}

#[test]
fn liquids_have_the_gibbs_energies_of_the_reference_evaluation() {
    // Independent evaluation of the same polynomials [J/mol]; tolerance: the printed digits
    // (0.1 and 1 J/mol), measured: below 0.5.
    for (name, t_k, expected, tolerance) in [
        ("SiO2(L)", 2000.0, -1_126_578.6, 0.6),
        ("SiO2(L)", 3000.0, -1_317_510.8, 0.6),
        ("Al2O3(L)", 2000.0, -1_993_019.0, 1.0),
        ("Al2O3(L)", 3000.0, -2_344_716.0, 1.0),
        ("TiO2(L)", 2000.0, -1_181_275.0, 1.0),
        ("TiO2(L)", 3000.0, -1_418_272.0, 1.0),
    ] {
        let found = g(name, t_k) * GAS_CONSTANT * t_k;
        println!("{name} {t_k}: {found:.2} (expected {expected})");
        assert!(
            (found - expected).abs() < tolerance,
            "{name} {t_k} K: {found}"
        );
    }
}

#[test]
fn mgo_gas_has_the_three_dissociation_constants() {
    // NASA-9: printed to 0.001; Bc16 and Janaf: the differences of the FastChem (Barklem &
    // Collet) and Schaefer & Fegley constants, which a constant enthalpy meets to 0.02 dex.
    for (t_k, nasa, bc16, janaf) in [
        (2000.0, 1.311, -1.607, -1.19 + 3794.0 / 2000.0),
        (3000.0, 0.482, -1.474, -1.19 + 3794.0 / 3000.0),
    ] {
        assert!((mgo_log10_k(MgoGas::Nasa, t_k) - nasa).abs() < 0.001);
        assert!((mgo_log10_k(MgoGas::Bc16, t_k) - bc16).abs() < 0.02);
        assert!((mgo_log10_k(MgoGas::Janaf, t_k) - janaf).abs() < 0.006);
    }
    assert_eq!(
        Species::find("MgO").unwrap(),
        Species::mgo_gas(MgoGas::Bc16)
    );
}

#[test]
fn derivatives_are_those_of_the_values() {
    for species in Species::all(MgoGas::Bc16) {
        for t_k in [700.0, 1800.0, 2500.0, 4000.0] {
            // Inside one interval whatever the species.
            let coefficients = species.coefficients(t_k);
            let at = |t: f64| evaluate(coefficients, &gibbs_terms(t));
            let h = 1e-3 * t_k;
            let numeric = (8.0 * (at(t_k + h) - at(t_k - h))
                - (at(t_k + 2.0 * h) - at(t_k - 2.0 * h)))
                / (12.0 * h);
            let exact = d_gibbs_rt_dt(species, t_k);
            let scale = exact.abs().max(1e-3);
            assert!(
                (numeric - exact).abs() < 1e-6 * scale,
                "{} {t_k}: {numeric} {exact}",
                species.name()
            );
        }
    }
}

/// Measured: 3e-7 for gases; 1.6e-4 for Na2S(cr) at 700 K, the largest of the solids.
#[test]
fn intervals_meet() {
    for species in Species::all(MgoGas::Bc16) {
        for pair in species.record().intervals.windows(2) {
            let t_k = pair[0].t_max_k;
            assert_eq!(t_k, pair[1].t_min_k, "{}", species.name());
            let gas = species.phase() == Phase::Gas;
            assert!(!gas || t_k == 1000.0, "{}", species.name());
            let terms = gibbs_terms(t_k);
            let jump =
                evaluate(&pair[0].coefficients, &terms) - evaluate(&pair[1].coefficients, &terms);
            let tolerance = if gas { 1e-6 } else { 3e-4 };
            assert!(
                jump.abs() < tolerance,
                "{} {t_k} K: {jump:.1e}",
                species.name()
            );
        }
    }
}

#[test]
fn liquids_have_a_constant_heat_capacity() {
    let liquids = Species::all(MgoGas::Bc16).filter(|s| s.phase() == Phase::Liquid);
    for species in liquids.filter(|s| !["Na(L)", "K(L)"].contains(&s.name())) {
        let c = species.coefficients(2000.0);
        assert!(
            c[0] == 0.0 && c[1] == 0.0 && c[3..7] == [0.0; 4],
            "{}",
            species.name()
        );
    }
}

#[test]
fn ranges_are_declared_and_unknown_names_get_a_neighbour() {
    let sio = Species::find("SiO").unwrap();
    assert!(in_range(sio, 500.0) && in_range(sio, 6000.0));
    assert!(!in_range(sio, 499.0) && !in_range(sio, 6001.0));
    assert!(!in_range(Species::find("MgO(L)").unwrap(), 2000.0));
    let error = Species::find("SIO").unwrap_err().to_string();
    assert!(
        error.contains("`SIO`") && error.contains("nearest known"),
        "{error}"
    );
}

/// Cp/R = d(H/R)/dT, by differences of the enthalpy: 1e-6; O2 at 2500 K has 38.9 J/mol/K (JANAF).
#[test]
fn heat_capacities_are_slopes_of_the_enthalpy() {
    for name in ["SiO", "O2", "Mg", "SiO2", "CO2"] {
        let species = Species::find(name).unwrap();
        for t_k in [600.0, 1500.0, 2500.0, 5000.0] {
            let enthalpy_k = |t_k: f64| t_k * enthalpy_rt(species, t_k);
            let slope = (enthalpy_k(t_k + 0.1) - enthalpy_k(t_k - 0.1)) / 0.2;
            let found = evaluate(species.coefficients(t_k), &heat_capacity_terms(t_k));
            assert!(
                (found / slope - 1.0).abs() < 1e-5,
                "{name} {t_k}: {found} {slope}"
            );
        }
    }
    let oxygen = Species::find("O2").unwrap();
    let found = evaluate(oxygen.coefficients(2500.0), &heat_capacity_terms(2500.0));
    assert!((8.314_46 * found - 38.9).abs() < 0.3, "{found}");
}
