use super::super::multiplet::tests::{air_angstrom, mean_cm2, small_model};
use super::super::multiplet::{Molecule, lines_of};
use super::*;

/// Lifetimes, oscillator strengths and Franck-Condon factors against an independent solution of the
/// same model made for this project (another program, sinc grid without the J dependence), and the
/// vibration of the ground state.
#[test]
fn strengths_of_the_systems() {
    let model = small_model(MODEL, 12);
    let tio = Molecule::solve(&model, &model.isotopologues[0]).expect("levels");
    // State, component, 2J, lifetime in ns, system, f00, spherical Franck-Condon factor.
    // Measured: A 109.12, B 62.15, C 53.36 ns; f00 0.05674, 0.07746, 0.03776, 0.00270.
    for (state, two_j, lifetime_ns, f, overlap) in [
        ("A", 6, 109.0, 0.057, 2.0 * 0.72),
        ("B", 2, 62.0, 0.078, 2.0 * 0.73),
        ("C", 4, 53.0, 0.038, 0.41),
    ] {
        let lifetime = tio.lifetime_ns(state, 1, 0, two_j);
        assert!(
            (lifetime / lifetime_ns - 1.0).abs() < 0.02,
            "{state} {lifetime}"
        );
        let (f00, fc00) = tio.band((state, 1, 0, two_j), ("X", 0));
        assert!((f00 / f - 1.0).abs() < 0.02, "{state} f {f00}");
        assert!((fc00 / overlap - 1.0).abs() < 0.02, "{state} FC {fc00}");
    }
    let (f00, fc00) = tio.band(("E", 1, 0, 2), ("X", 0));
    assert!((f00 / 0.0027 - 1.0).abs() < 0.03 && (fc00 / 1.72 - 1.0).abs() < 0.02);
}

/// Whatever its component, an upper level reaches all of the spin-free factor: 2 for a
/// perpendicular Cartesian moment between states with Lambda > 0, 1 for a parallel one.
#[test]
fn the_components_share_the_spin_free_factor() {
    let model = small_model(MODEL, 12);
    let tio = Molecule::solve(&model, &model.isotopologues[0]).expect("levels");
    for (state, lower, k, two_j, expected) in [
        ("A", "X", 0, 10, 2.0),
        ("A", "X", 2, 10, 2.0),
        ("B", "X", 0, 6, 2.0),
        ("B", "X", 2, 6, 2.0),
        ("C", "X", 0, 8, 1.0),
        ("C", "X", 2, 8, 1.0),
        ("b", "d", 0, 8, 1.0),
    ] {
        let sum: f64 = (0..12)
            .map(|v| tio.band((state, k, 0, two_j), (lower, v)).1)
            .sum();
        // Measured within 3e-4 (lower levels beyond v = 11).
        println!("{state} {k} {sum}");
        assert!((sum / expected - 1.0).abs() < 2e-3, "{state} {k}: {sum}");
    }
}

/// Vibration of X: 1000.02 = we - 2 wexe with 1009.02 and 4.498 (Huber & Herzberg 1979); spin-orbit
/// splitting; heads of the gamma system, of which the shortest lies at 7054 angstrom.
#[test]
fn positions() {
    let model = small_model(MODEL, 60);
    let tio = Molecule::solve(&model, &model.isotopologues[0]).expect("levels");
    let vibration = tio.energy("X", 0, 1, 2) - tio.energy("X", 0, 0, 2);
    println!("w01 {vibration}");
    assert!((vibration - 1000.0).abs() < 0.6, "{vibration}");
    let head = |(upper, lower): (&str, &str), k: usize, first: i32| {
        let peak = (first..58)
            .map(|j| tio.energy(upper, k, 0, 2 * j + 2) - tio.energy(lower, k, 0, 2 * j))
            .fold(0.0, f64::max);
        air_angstrom(peak)
    };
    for k in 0..3 {
        println!(
            "gamma {:.1} gamma' {:.1} alpha {:.1} eps {:.1}",
            head(("A", "X"), k, 4),
            head(("B", "X"), k, 4),
            head(("C", "X"), k, 4),
            head(("E", "X"), k, 4)
        );
    }
    println!(
        "beta {:.1} delta {:.1} phi {:.1} f-a {:.1}",
        head(("c", "a"), 0, 4),
        head(("b", "a"), 0, 4),
        head(("b", "d"), 0, 4),
        head(("f", "a"), 0, 4)
    );
    assert!((head(("A", "X"), 2, 4) - 7054.0).abs() < 5.0);
}

/// Cross sections of the main isotopologue in bins at R = 200, regression; and Q against Barklem &
/// Collet (2016), A&A 588, A96.
#[test]
fn cross_sections() {
    let mut model = small_model(MODEL, 230);
    model.isotopologues.truncate(1);
    let gas = lines_of(&model, &Options::default()).expect("lines");
    println!("{} lines", gas.lists[0].lines.len());
    for t in [300.0, 1000.0, 2000.0, 3000.0, 5000.0, 6000.0] {
        println!("Q {t} {}", gas.lists[0].partition.value(t));
    }
    for um in [0.4,0.5, 0.52, 0.56, 0.62, 0.71, 0.76, 0.85, 0.9, 1.0, 1.2, 1.5,2.0,2.5, 3.0, 4.0,5.0,6.0, 8.0, 10.0, 12.0, 15.0] {
        println!("{um} {:.3e} {:.3e} {:.3e}", mean_cm2(&gas, um, 1500.0), mean_cm2(&gas, um, 2500.0), mean_cm2(&gas, um, 4000.0));
    }
}

/// The whole list: at most a million lines.
#[test]
#[ignore = "half a minute"]
fn the_whole_list_is_small_enough() {
    let gas = lines(&Options::default()).expect("lines");
    let lines: usize = gas.lists.iter().map(|list| list.lines.len()).sum();
    println!("{lines}");
    assert!(lines < 1_000_000, "{lines}");
    let abundance: f64 = gas.lists.iter().map(|list| list.abundance).sum();
    assert!((abundance - 1.0).abs() < 1e-9);
}
