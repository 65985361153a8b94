use super::*;
use crate::opacity::molecular_partition::barklem_collet;
use crate::opacity::multiplet::Molecule;
use crate::opacity::multiplet::tests::{mean_cm2, small_model};

/// Levels and lifetimes: regression (vibration 722.4 cm^-1, A-X origin 11 541 cm^-1).
#[test]
fn levels_and_lifetimes() {
    let model = small_model(MODEL, 20);
    let cao = Molecule::solve(&model, &model.isotopologues[0]).expect("levels");
    for (state, two_j, v, expected) in [
        ("X", 0, 1, 722.36),
        ("X", 0, 2, 1435.19),
        ("A'", 2, 0, 8599.05),
        ("A", 0, 0, 11_541.42),
        ("A", 0, 1, 12_257.28),
    ] {
        let energy = cao.energy(state, 0, v, two_j);
        assert!((energy - expected).abs() < 0.1, "{state} {v}: {energy}");
    }
    let lifetime = cao.lifetime_ns("A", 0, 0, 0);
    assert!((lifetime / 94.6 - 1.0).abs() < 0.01, "{lifetime}");
}

/// Mean cross sections in bins at R = 200 at 1500, 2500 and 4000 K, cm^2 per molecule: regression;
/// Q against Barklem & Collet (2016), A&A 588, A96.
#[test]
fn cross_sections() {
    let gas = lines(&Options::default()).expect("lines");
    for (um, expected) in [
        (0.866, [1.468e-16, 6.819e-17, 2.438e-17]),
        (1.0, [1.397e-17, 2.516e-17, 2.083e-17]),
        (2.0, [1.864e-20, 4.008e-20, 3.587e-20]),
        (5.0, [1.187e-20, 1.550e-20, 1.068e-20]),
        (8.0, [2.485e-21, 6.063e-21, 4.520e-21]),
        (13.7, [2.320e-19, 1.862e-19, 1.057e-19]),
    ] {
        for (t, expected) in [1500.0, 2500.0, 4000.0].into_iter().zip(expected) {
            let found = mean_cm2(&gas, um, t);
            assert!((found / expected - 1.0).abs() < 0.02, "{um} {t}: {found:e}");
        }
    }
    // Measured ratios: 1.006, 1.013, 1.028, 1.063.
    let tabulated = barklem_collet("CaO").expect("a table");
    for t in [300.0, 1000.0, 2000.0, 3000.0] {
        let ratio = gas.lists[0].partition.value(t) / tabulated.value(t);
        assert!((ratio - 1.0).abs() < 0.08, "{t} K: {ratio}");
    }
}
