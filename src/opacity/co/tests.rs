//! CO against measured levels and HITEMP.

use super::*;

fn model() -> Model {
    Model::solve(isotopologues(false)[0]).expect("the data of the crate")
}

#[test]
fn levels_of_the_vibrations_are_the_measured_ones() {
    let model = model();
    let zero = model.x.lowest_per_cm();
    // Observed term values of J = 0 listed with the potential (see the data file).
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
    let line = |v, two_j_lower, step| {
        system.transitions(|t| {
            (t.v_upper, t.v_lower) == (v, 0)
                && (t.two_j_lower, t.two_j_upper) == (two_j_lower, two_j_lower + step)
        })[0]
    };
    let close = |found: f64, golden: f64, relative: f64| {
        let error = found / golden - 1.0;
        assert!(
            error.abs() < relative,
            "{found} against {golden}: {error:.2e}"
        );
    };
    // HITEMP: 2-0 P(7) at 4231.685 cm-1, A = 0.5291 1/s; measured 4e-3 off.
    let p7 = line(2, 14, -2);
    assert!((p7.wavenumber_per_cm - 4231.685).abs() < 5e-3);
    close(p7.einstein_a_per_s, 0.5291, 0.01);
    // List of Li et al. (2015): 1-0 R(0) 2147.0811 cm-1, A = 11.95; R(7) 2172.7588 cm-1, A = 17.52.
    for (two_j, wavenumber, a) in [(0, 2147.0811, 11.95), (14, 2172.7588, 17.52)] {
        let found = line(1, two_j, 2);
        assert!((found.wavenumber_per_cm - wavenumber).abs() < 2e-3);
        close(found.einstein_a_per_s, a, 0.002);
    }
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
    // Band origin of 13C16O; scaling of the reduced mass only.
    assert!((found - 2096.067).abs() < 0.05, "{found}");
    assert!((all.iter().map(|i| i.abundance).sum::<f64>() - 1.0).abs() < 1e-12);
}

/// Every number of the data file comes with a citation.
#[test]
fn the_data_file_names_its_sources() {
    let data = Data::read().expect("the data of the crate");
    assert!(data.potential.citation.len() > 20 && data.potential.tier == Tier::A);
    assert!(data.dipole.citation.contains("Li et al. (2015)") && data.dipole.tier == Tier::A);
}
