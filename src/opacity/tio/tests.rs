use super::*;
use crate::opacity::molecular_partition::barklem_collet;
use crate::opacity::multiplet::tests::{air_angstrom, mean_cm2, small_model};
use crate::opacity::multiplet::{Molecule, lines_of};

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
        // Measured within 1e-12.
        assert!((sum / expected - 1.0).abs() < 1e-6, "{state} {k}: {sum}");
    }
}

/// Vibration of X, spin-orbit splitting, and the R heads of the 0-0 bands; their sharpest, the
/// shortest of the gamma system, is observed at 7054 angstrom.
#[test]
fn positions() {
    let model = small_model(MODEL, 60);
    let tio = Molecule::solve(&model, &model.isotopologues[0]).expect("levels");
    let vibration = tio.energy("X", 0, 1, 2) - tio.energy("X", 0, 0, 2);
    // Measured 999.98; the independent solution of the note has 999.5.
    assert!((vibration - 1000.0).abs() < 0.6, "{vibration}");
    let head = |upper: &str, lower: &str, k: usize| {
        let peak = (4..58)
            .map(|j| tio.energy(upper, k, 0, 2 * j + 2) - tio.energy(lower, k, 0, 2 * j))
            .fold(0.0, f64::max);
        air_angstrom(peak)
    };
    assert!((head("A", "X", 2) - 7054.0).abs() < 3.0);
    // Regression, air wavelengths.
    for (upper, lower, k, angstrom) in [
        ("A", "X", 0, 7124.0),
        ("A", "X", 1, 7088.5),
        ("A", "X", 2, 7053.2),
        ("B", "X", 0, 6159.6),
        ("B", "X", 1, 6188.5),
        ("B", "X", 2, 6215.5),
        ("C", "X", 0, 5167.3),
        ("c", "a", 0, 5598.1),
        ("b", "a", 0, 8859.4),
        ("b", "d", 0, 11033.9),
    ] {
        let found = head(upper, lower, k);
        assert!(
            (found - angstrom).abs() < 0.1,
            "{upper}-{lower} {k}: {found}"
        );
    }
}

/// The permanent moment of X at r_e.
#[test]
fn the_permanent_moment() {
    let model = small_model(MODEL, 3);
    let record = model
        .systems
        .iter()
        .find(|system| system.upper == "X" && system.lower == "X");
    let dipole = record.expect("the system").dipole().expect("a moment");
    // By hand: x = 1.533 * 0.62027859 * 1.12972141 = 1.074237, q = 3.344476^2 = 11.18552,
    // w = 0.736591, t0 r + l1/r + l2/r^3 = -4.342347 - 4.066585 + 4.030823 = -4.378109.
    let moment = dipole.value(1.620_278_59);
    assert!((moment + 3.224_876).abs() < 2e-5, "{moment}");
}

/// Mean cross sections of the main isotopologue in bins at R = 200, cm^2 per molecule, at 1500, 2500
/// and 4000 K: regression.
const BINS: [(f64, [f64; 3]); 13] = [
    (0.50, [3.762e-17, 2.877e-17, 1.852e-17]),
    (0.52, [4.653e-17, 3.166e-17, 1.996e-17]),
    (0.56, [1.905e-17, 2.487e-17, 2.756e-17]),
    (0.62, [1.241e-16, 7.296e-17, 4.161e-17]),
    (0.71, [8.645e-17, 4.998e-17, 2.728e-17]),
    (0.76, [5.250e-18, 4.585e-18, 4.183e-18]),
    (0.85, [7.048e-18, 6.419e-18, 6.168e-18]),
    (0.90, [7.986e-19, 3.146e-18, 4.928e-18]),
    (1.00, [6.905e-20, 6.535e-19, 1.679e-18]),
    (2.00, [1.771e-24, 1.265e-22, 2.251e-21]),
    (5.00, [4.357e-21, 4.156e-21, 3.137e-21]),
    (10.0, [8.136e-20, 7.572e-20, 6.040e-20]),
    (12.0, [1.189e-21, 1.115e-20, 2.622e-20]),
];

/// And Q against Barklem & Collet (2016), A&A 588, A96, whose levels come from older constants.
#[test]
fn cross_sections() {
    let mut model = small_model(MODEL, 230);
    model.isotopologues.truncate(1);
    let gas = lines_of(&model, &Options::default()).expect("lines");
    for (um, expected) in BINS {
        for (t, expected) in [1500.0, 2500.0, 4000.0].into_iter().zip(expected) {
            let found = mean_cm2(&gas, um, t);
            assert!((found / expected - 1.0).abs() < 0.02, "{um} {t}: {found:e}");
        }
    }
    // Measured ratios: 0.986, 0.956, 0.972, 1.019.
    let tabulated = barklem_collet("TiO").expect("a table");
    for t in [300.0, 1000.0, 2000.0, 3000.0] {
        let ratio = gas.lists[0].partition.value(t) / tabulated.value(t);
        assert!((ratio - 1.0).abs() < 0.05, "{t} K: {ratio}");
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
    let isotopologues = &gas.lists[..5];
    let abundance: f64 = isotopologues.iter().map(|list| list.abundance).sum();
    assert!((abundance - 1.0).abs() < 1e-9);
}
