use super::*;
use crate::species::thermo::gibbs_rt;
use crate::species::{Ions, MgoGas, Species};

fn system(names: &[&str]) -> GasSystem {
    GasSystem::new(GasSet::from_names(names, MgoGas::default()).unwrap()).unwrap()
}

fn rock_and_volatiles() -> (GasSystem, Vec<f64>) {
    use Element::{Al, C, Ca, Fe, H, K, Mg, N, Na, O, S, Si, Ti};
    let elements = [H, C, N, O, Na, Mg, Al, Si, S, K, Ca, Ti, Fe];
    let set = GasSet::for_elements(&elements, Ions::Include, MgoGas::default()).unwrap();
    let abundances = vec![
        0.5, 0.4, 0.03, 4.0, 2.0, 0.3, 3e-5, 0.8, 0.06, 2e-3, 3e-5, 1e-5, 0.3,
    ];
    (GasSystem::new(set).unwrap(), abundances)
}

fn g(name: &str, t_k: f64) -> f64 {
    gibbs_rt(Species::find(name).unwrap(), t_k)
}

fn solve(system: &GasSystem, abundances: &[f64], t_k: f64, p_bar: f64) -> GasWorkspace {
    let mut workspace = system.workspace();
    system
        .solve(abundances, t_k, p_bar, &mut workspace)
        .unwrap();
    workspace
}

#[test]
fn oxygen_dissociates_as_the_closed_form_says() {
    // O2 = 2 O: x² p/(1 - x) = K. Tolerance 1e-12 relative; measured 2e-14.
    let system = system(&["O", "O2"]);
    for (t_k, p_bar) in [(900.0, 1e3), (2500.0, 1e-3), (4000.0, 1.0), (6000.0, 1e-10)] {
        let workspace = solve(&system, &[1.0], t_k, p_bar);
        let k = (g("O2", t_k) - 2.0 * g("O", t_k)).exp() / p_bar;
        let x = 2.0 / (1.0 + (1.0 + 4.0 / k).sqrt());
        approx::assert_relative_eq!(
            workspace.ln_mole_fractions()[0],
            x.ln(),
            max_relative = 1e-12,
            epsilon = 1e-12
        );
    }
}

#[test]
fn sodium_ionises_as_saha_says() {
    // Na = Na+ + e-: x² p/(1 - 2x) = K.
    let system = system(&["e-", "Na", "Na+"]);
    for (t_k, p_bar) in [(800.0, 10.0), (2500.0, 1e-3), (6000.0, 1e-10)] {
        let workspace = solve(&system, &[1.0], t_k, p_bar);
        let k = (g("Na", t_k) - g("Na+", t_k) - g("e-", t_k)).exp() / p_bar;
        let x = 1.0 / (1.0 + (1.0 + 1.0 / k).sqrt());
        for ion in [0, 2] {
            approx::assert_relative_eq!(
                workspace.ln_mole_fractions()[ion],
                x.ln(),
                max_relative = 1e-11,
                epsilon = 1e-11
            );
        }
    }
}

#[test]
fn elements_in_exact_proportion_converge() {
    // All Si and O in SiO: the free oxygen comes from the dissociation alone.
    let elements = [Element::O, Element::Si];
    let set = GasSet::for_elements(&elements, Ions::Include, MgoGas::default()).unwrap();
    let system = GasSystem::new(set).unwrap();
    for t_k in [800.0, 1500.0, 3000.0] {
        let workspace = solve(&system, &[1.0, 1.0], t_k, 1.0);
        let sio = system.set().index_of("SiO").unwrap();
        assert!(workspace.ln_mole_fractions()[sio].exp() > 0.9);
    }
}

#[test]
fn warm_cold_and_convex_starts_meet() {
    let (system, abundances) = rock_and_volatiles();
    let mut warm = system.workspace();
    for step in 0..40_u32 {
        let t_k = 4000.0 - 75.0 * f64::from(step);
        let p_bar = 10_f64.powf(1.0 - 0.2 * f64::from(step));
        let solved = system.solve(&abundances, t_k, p_bar, &mut warm).unwrap();
        assert_eq!(solved.start == Start::Warm, step > 0);
        let cold = solve(&system, &abundances, t_k, p_bar);
        let mut convex = solve(&system, &abundances, t_k, p_bar);
        assert!(convex.start_cold());
        convex.solve_convex().unwrap();
        convex.newton(20).unwrap();
        for (index, (a, b)) in warm.ln_x.iter().zip(&cold.ln_x).enumerate() {
            assert!((a - b).abs() < 1e-10, "{t_k} {}", system.set().name(index));
            assert!((a - convex.ln_x[index]).abs() < 1e-10, "{t_k} K: convex");
        }
    }
}

#[test]
fn derivatives_are_those_of_the_solution() {
    let (system, abundances) = rock_and_volatiles();
    let count = system.set().len();
    let (mut dt, mut dp) = (vec![0.0; count], vec![0.0; count]);
    let mut worst = 0.0_f64;
    for (t_k, p_bar) in [
        (1200.0, 1e-3),
        (2000.0, 10.0),
        (2500.0, 1e-6),
        (4500.0, 1.0),
    ] {
        let mut workspace = solve(&system, &abundances, t_k, p_bar);
        system
            .derivatives(&mut workspace, &mut dt, &mut dp)
            .unwrap();
        let at = |t: f64, p: f64| solve(&system, &abundances, t, p).ln_mole_fraction;
        // Central differences of fourth order.
        let (ht, hp) = (2e-4 * t_k, 1e-3_f64);
        let slope = |f: &dyn Fn(f64) -> Vec<f64>| -> Vec<f64> {
            let (a, b, c, d) = (f(-2.0), f(-1.0), f(1.0), f(2.0));
            (0..count)
                .map(|s| (8.0 * (c[s] - b[s]) - (d[s] - a[s])) / 12.0)
                .collect()
        };
        let by_t = slope(&|k| at(t_k + k * ht, p_bar));
        let by_p = slope(&|k| at(t_k, p_bar * (k * hp).exp()));
        for s in 0..count {
            let error_t = (by_t[s] / ht - dt[s]).abs() / (dt[s].abs() + 1e-3 / t_k);
            let error_p = (by_p[s] / hp - dp[s]).abs() / (dp[s].abs() + 1e-3);
            worst = worst.max(error_t).max(error_p);
            assert!(
                error_t < 1e-5 && error_p < 1e-5,
                "{} at {t_k}: {error_t:.1e} {error_p:.1e}",
                system.set().name(s)
            );
        }
    }
    println!("largest relative error of a derivative: {worst:.1e}");
}

#[test]
fn an_absent_element_is_as_if_it_were_not_in_the_set() {
    let (full, mut abundances) = rock_and_volatiles();
    abundances[..3].fill(0.0);
    let sulfur = full.set().element_index(Element::S).unwrap();
    abundances[sulfur] = 0.0;
    let kept: Vec<Element> = full
        .set()
        .elements()
        .iter()
        .zip(&abundances)
        .filter(|(_, a)| **a > 0.0)
        .map(|(e, _)| *e)
        .collect();
    let set = GasSet::for_elements(&kept, Ions::Include, MgoGas::default()).unwrap();
    let dry = GasSystem::new(set).unwrap();
    let present: Vec<f64> = abundances.iter().copied().filter(|a| *a > 0.0).collect();
    let with = solve(&full, &abundances, 2200.0, 1e-2);
    let without = solve(&dry, &present, 2200.0, 1e-2);
    for (s, name) in full.set().names().enumerate() {
        let ln_x = with.ln_mole_fractions()[s];
        match dry.set().index_of(name) {
            Some(index) => assert_eq!(ln_x, without.ln_mole_fractions()[index], "{name}"),
            None => assert_eq!(ln_x, f64::NEG_INFINITY, "{name}"),
        }
    }
}

#[test]
fn a_metal_vapour_saturates_at_its_vapour_pressure() {
    // p = exp(G(l) - G(g)); at twice that pressure ln S = ln 2.
    let system = system(&["Fe"]);
    let t_k = 2500.0;
    let p_bar = 2.0 * (g("Fe(L)", t_k) - g("Fe", t_k)).exp();
    let workspace = solve(&system, &[1.0], t_k, p_bar);
    let condensates = Condensates::new(&system);
    let found = condensates.supersaturated(&system, &workspace);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].species.name(), "Fe(L)");
    assert!(!found[0].extrapolated);
    approx::assert_relative_eq!(found[0].ln_saturation, 2.0_f64.ln(), epsilon = 1e-10);
    let below = solve(&system, &[1.0], t_k, 0.4 * p_bar);
    assert!(condensates.supersaturated(&system, &below).is_empty());
}

#[test]
fn an_oxidised_gas_has_silicate_clouds_in_the_cold() {
    let (system, abundances) = rock_and_volatiles();
    let condensates = Condensates::new(&system);
    let names = |t_k: f64| -> Vec<&str> {
        let workspace = solve(&system, &abundances, t_k, 1e-3);
        let found = condensates.supersaturated(&system, &workspace);
        found.iter().map(|c| c.species.name()).collect()
    };
    let cold = names(1400.0);
    assert!(cold.contains(&"Mg2SiO4(cr)"), "{cold:?}");
    // Forsterite's liquid is out of range at this temperature and its solid is not.
    assert!(!cold.contains(&"Mg2SiO4(L)"), "{cold:?}");
    assert_eq!(names(4000.0), [""; 0]);
}

#[test]
fn bad_input_is_named() {
    let system = system(&["O", "O2"]);
    let mut workspace = system.workspace();
    for (abundances, t_k, p_bar, words) in [
        (&[1.0, 1.0][..], 2000.0, 1.0, "one per element"),
        (&[-1.0][..], 2000.0, 1.0, "abundance of O"),
        (&[f64::NAN][..], 2000.0, 1.0, "abundance of O"),
        (&[0.0][..], 2000.0, 1.0, "all zero"),
        (&[1.0][..], f64::NAN, 1.0, "temperature"),
        (&[1.0][..], 100.0, 1.0, "temperature"),
        (&[1.0][..], 2000.0, 0.0, "pressure"),
        (&[1.0][..], 2000.0, 1e9, "pressure"),
    ] {
        let error = system.solve(abundances, t_k, p_bar, &mut workspace);
        let text = error.unwrap_err().to_string();
        assert!(text.contains(words), "{text}");
    }
    let mut none = [0.0; 2];
    let error = system.derivatives(&mut workspace, &mut none.clone(), &mut none);
    assert!(
        error
            .unwrap_err()
            .to_string()
            .contains("without a solution")
    );
    for (names, words) in [(&["O2"][..], "free O"), (&["Na", "Na+"][..], "`e-`")] {
        let set = GasSet::from_names(names, MgoGas::default()).unwrap();
        let text = GasSystem::new(set).unwrap_err().to_string();
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn a_failure_carries_its_inputs_and_residuals() {
    let system = system(&["O", "O2"]);
    let mut workspace = solve(&system, &[1.0], 2500.0, 1e-3);
    workspace.x[0] *= 1.5;
    let text = system.not_converged(1e-3, 7, &mut workspace).to_string();
    for part in [
        "T = 2500 K",
        "1e-3 bar",
        "7 iterations",
        "[(O, 1.0)]",
        "O off by",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn abundances_may_have_any_scale_and_change_between_solves() {
    let (system, mut abundances) = rock_and_volatiles();
    let mut workspace = solve(&system, &abundances, 2000.0, 1.0);
    abundances.iter_mut().for_each(|a| *a *= 1e-7);
    abundances[0] *= 2.0;
    let solved = system
        .solve(&abundances, 2000.0, 1.0, &mut workspace)
        .unwrap();
    assert_eq!(solved.start, Start::Warm);
    let fresh = solve(&system, &abundances, 2000.0, 1.0);
    for (a, b) in workspace.ln_x.iter().zip(&fresh.ln_x) {
        assert!((a - b).abs() < 1e-10);
    }
}
