//! CO against measured levels and HITEMP.

use super::*;

fn model() -> Model {
    Model::solve(isotopologues(false)[0]).expect("the data of the crate")
}

#[test]
fn levels_of_the_vibrations_are_the_measured_ones() {
    let model = model();
    let zero = model.x.lowest_per_cm();
    // Li et al. (2015), term values of v = 1..4, J = 0.
    for (v, golden) in [2143.2714, 4260.0625, 6350.4394, 8414.4698]
        .into_iter()
        .enumerate()
    {
        let found = model.x.energy_per_cm(v + 1, 0).expect("low v") - zero;
        assert!((found - golden).abs() < 1e-3, "v = {}: {found}", v + 1);
    }
}

#[test]
fn strengths_are_those_of_hitemp() {
    let model = model();
    let system = model.system().expect("the state of the model");
    let line = |v, two_j_lower| {
        system.transitions(|t| {
            (t.v_upper, t.v_lower, t.two_j_lower, t.two_j_upper)
                == (v, 0, two_j_lower, two_j_lower - 2)
        })[0]
    };
    // HITEMP: 2-0 P(7) at 4231.685 cm-1, A = 0.5291 1/s.
    let p7 = line(2, 14);
    assert!(
        (p7.wavenumber_per_cm - 4231.685).abs() < 5e-3,
        "{}",
        p7.wavenumber_per_cm
    );
    assert!(
        (p7.einstein_a_per_s / 0.5291 - 1.0).abs() < 0.02,
        "{}",
        p7.einstein_a_per_s
    );
    // Fundamental: sum of both branches from J' = 1, about 34 1/s.
    let sum: f64 = system
        .transitions(|t| (t.v_upper, t.v_lower, t.two_j_upper) == (1, 0, 2))
        .iter()
        .map(|t| t.einstein_a_per_s)
        .sum();
    assert!((sum / 34.0 - 1.0).abs() < 0.03, "{sum}");
}

#[test]
fn the_partition_function_is_that_of_barklem_and_collet() {
    let model = model();
    for (t, golden) in [
        (300.0, 108.852),
        (1000.0, 380.242),
        (3000.0, 1717.06),
        (5000.0, 4065.93),
    ] {
        let found = model.partition(t);
        assert!((found / golden - 1.0).abs() < 2e-3, "{t} K: {found}");
    }
}

#[test]
fn a_heavier_carbon_lowers_the_fundamental() {
    let all = isotopologues(true);
    let model = Model::solve(all[1]).expect("the data of the crate");
    let found = model.x.energy_per_cm(1, 0).expect("low v") - model.x.lowest_per_cm();
    // 13C16O, v = 1: 2096.067 cm-1 (Guelachvili et al. 1983); reduced-mass scaling, 0.05 allowed.
    assert!((found - 2096.067).abs() < 0.05, "{found}");
    assert!((all.iter().map(|i| i.abundance).sum::<f64>() - 1.0).abs() < 1e-12);
}
