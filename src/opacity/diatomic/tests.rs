//! The engine against problems with known answers.

use super::*;

const MASS_U: f64 = 10.176_698_4;

fn state(term: Term) -> State {
    State {
        name: "test".into(),
        potential: Potential::Emo(Emo::morse(0.0, 66_800.0, 1.509_737, 1.866_297)),
        term,
        offset_per_cm: 0.0,
        j_max: 12,
        basis: 24,
        ceiling_per_cm: 15_000.0,
    }
}

fn grid() -> RadialGrid {
    RadialGrid::new(1.2, 2.2, 160).expect("ascending")
}

#[test]
fn morse_levels_are_the_textbook_ones() {
    let levels = state(Term::singlet(0))
        .solve(&grid(), MASS_U)
        .expect("sound");
    let (depth, b) = (66_800.0, 1.866_297_f64);
    let wexe = b * b * ROTATION_U_ANGSTROM2_PER_CM / MASS_U;
    let we = 2.0 * (depth * wexe).sqrt();
    for v in 0..10 {
        let half = v as f64 + 0.5;
        let exact = we * half - wexe * half * half;
        let found = levels.energy_per_cm(v, 0).expect("below the ceiling");
        // Measured 1e-7 at worst.
        assert!((found - exact).abs() < 1e-5, "{v}: {found} {exact}");
    }
}

/// Every kind of pair: each level's decay through all partners is 3.136e-7 nu^3 mu^2 times the
/// number of ways (Σ→Π has two, Π→Σ one; Π→Δ and Δ→Π carry the Cartesian factor 2).
#[test]
fn total_strengths_follow_the_sum_rules() {
    let solve = |term| state(term).solve(&grid(), MASS_U).expect("sound");
    let dipole = Dipole::polynomial(1.5, &[1.0], 1.0, 3.0);
    let cases = [
        (Term::singlet(0), Term::singlet(0), 1.0),
        (Term::singlet(0), Term::singlet(1), 2.0),
        (Term::singlet(1), Term::singlet(0), 1.0),
        (Term::singlet(1), Term::singlet(1), 1.0),
        (Term::singlet(2), Term::singlet(1), 2.0),
        (Term::case_a(3, 2, -1 - 1), Term::case_a(2, 2, -2), 2.0),
        // One of the two spin-orbit partners of a doublet Σ.
        (Term::case_a(0, 1, 1), Term::case_a(1, 1, 1), 1.0),
        (Term::case_a(1, 1, -1), Term::case_a(0, 1, 1), 1.0),
        (
            Term::doublet_sigma(Component::E),
            Term::case_a(1, 1, 1),
            1.0,
        ),
        (
            Term::doublet_sigma(Component::F),
            Term::case_a(1, 1, -1),
            1.0,
        ),
        // Triplet Σ with Σ = 0 goes to both reflections of Ω = 1.
        (Term::case_a(0, 2, 0), Term::case_a(1, 2, 0), 2.0),
        (Term::case_a(1, 2, 0), Term::case_a(0, 2, 0), 1.0),
    ];
    for (upper, lower, ways) in cases {
        let (up, low) = (solve(upper), solve(lower));
        let system = System::new("test", &up, &low, &dipole).expect("allowed");
        let parity = upper.two_omega().rem_euclid(2);
        for two_j in (10 + parity..20).step_by(2) {
            let sum: f64 = Branch::ALL
                .iter()
                .map(|b| system.strength(*b, two_j - b.two_delta_j()))
                .sum();
            let found = sum / up.degeneracy(two_j);
            assert!((found - ways).abs() < 1e-9, "{upper:?} {lower:?}: {found}");
        }
    }
}

#[test]
fn forbidden_pairs_and_bad_states_are_refused() {
    let solve = |term| state(term).solve(&grid(), MASS_U);
    let dipole = Dipole::polynomial(1.5, &[1.0], 1.0, 3.0);
    let sigma = solve(Term::singlet(0)).expect("sound");
    for other in [Term::singlet(2), Term::case_a(1, 2, 0)] {
        let other = solve(other).expect("sound");
        assert!(System::new("test", &other, &sigma, &dipole).is_err());
    }
    let mut both = Term::singlet(0);
    both.component = Component::Both;
    assert!(solve(both).is_err());
    assert!(solve(Term::case_a(1, 1, 0)).is_err());
    assert!(state(Term::singlet(0)).solve(&grid(), -1.0).is_err());
    assert!(RadialGrid::new(2.0, 1.0, 100).is_err());
}

/// B N(N+1) of case (b) against the mean of case (a) for a doublet Σ.
#[test]
fn doublet_sigma_levels_straddle_those_of_case_a() {
    let solve = |term| state(term).solve(&grid(), MASS_U).expect("sound");
    let e = solve(Term::doublet_sigma(Component::E));
    let f = solve(Term::doublet_sigma(Component::F));
    let a = solve(Term::case_a(0, 1, 1));
    let n = solve(Term::singlet(0));
    for two_j in [3, 9, 15] {
        let level = |l: &Levels, j| l.energy_per_cm(0, j).expect("low J");
        assert!((level(&e, two_j) - level(&n, two_j - 1)).abs() < 1e-8);
        assert!((level(&f, two_j) - level(&n, two_j + 1)).abs() < 1e-8);
        let mean = 0.5 * (level(&e, two_j) + level(&f, two_j));
        assert!((level(&a, two_j) - mean).abs() < 1e-3);
    }
}

#[test]
fn factors_on_the_strength_multiply() {
    let levels = state(Term::singlet(0))
        .solve(&grid(), MASS_U)
        .expect("sound");
    let dipole = Dipole::polynomial(1.5, &[3.1, 2.9], 1.0, 3.0);
    let system = System::new("test", &levels, &levels, &dipole).expect("allowed");
    let plain = system.transitions(|_| true);
    let scaled = system.scaled(2.0).scaled(1.5).transitions(|_| true);
    for (one, three) in plain.iter().zip(&scaled) {
        let ratio = three.einstein_a_per_s / one.einstein_a_per_s;
        assert!((ratio - 3.0).abs() < 1e-12, "{ratio}");
    }
    assert!(!plain.is_empty() && plain.len() == scaled.len());
}

#[test]
fn the_result_does_not_depend_on_the_number_of_threads() {
    let lines = || {
        let levels = state(Term::singlet(0))
            .solve(&grid(), MASS_U)
            .expect("sound");
        let dipole = Dipole::polynomial(1.5, &[3.1, 2.9], 1.0, 3.0);
        System::new("test", &levels, &levels, &dipole)
            .expect("allowed")
            .transitions(|_| true)
    };
    let pool = |n| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(n)
            .build()
            .expect("a pool")
    };
    assert_eq!(pool(1).install(lines), pool(3).install(lines));
}
