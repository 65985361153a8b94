use super::*;
use crate::opacity::molecular_partition::barklem_collet;
use crate::opacity::multiplet::Molecule;
use crate::opacity::multiplet::tests::{air_angstrom, mean_cm2, small_model};

/// Levels, the head of the blue-green system at 484 nm, and lifetimes.
#[test]
fn levels_and_lifetimes() {
    let model = small_model(MODEL, 40);
    let alo = Molecule::solve(&model, &model.isotopologues[0]).expect("levels");
    let levels: Vec<f64> = (0..3).map(|v| alo.energy("X", 0, v, 1)).collect();
    // we = G(1) - G(0) + 2 wexe, wexe from the second difference: measured 979.6 and 7.0.
    let anharmonicity = levels[1] - 0.5 * levels[2];
    let harmonic = levels[1] + 2.0 * anharmonicity;
    assert!((harmonic - 979.5).abs() < 1.0, "{harmonic}");
    let peak = (1..38)
        .map(|j| alo.energy("B", 0, 0, 2 * j + 3) - alo.energy("X", 0, 0, 2 * j + 1))
        .fold(0.0, f64::max);
    // Measured 4842.4.
    assert!((air_angstrom(peak) - 4842.4).abs() < 0.5);
    // Measured 92.4, 94.5, 96.7 ns.
    for (v, expected_ns) in [(0, 92.4), (1, 94.5), (2, 96.7)] {
        let lifetime = alo.lifetime_ns("B", 0, v, 1);
        assert!(
            (lifetime / expected_ns - 1.0).abs() < 0.01,
            "{v}: {lifetime}"
        );
    }
    // The e and f levels of B decay alike.
    let ratio = alo.lifetime_ns("B", 0, 0, 21) / alo.lifetime_ns("B", 1, 0, 21);
    assert!((ratio - 1.0).abs() < 1e-3, "{ratio}");
}

/// Each component reaches the whole spin-free factor of 1.
#[test]
fn the_components_share_the_spin_free_factor() {
    let model = small_model(MODEL, 12);
    let alo = Molecule::solve(&model, &model.isotopologues[0]).expect("levels");
    for k in 0..2 {
        let sum: f64 = (0..14).map(|v| alo.band(("B", k, 0, 11), ("X", v)).1).sum();
        assert!((sum - 1.0).abs() < 1e-6, "{k}: {sum}");
    }
    // From A(v = 0) only lower levels count: 2 % of the overlap lies above.
    let sums = [0, 1].map(|k| {
        (0..14)
            .map(|v| alo.band(("A", k, 0, 11), ("X", v)).1)
            .sum::<f64>()
    });
    for sum in sums {
        assert!((sum - 0.979).abs() < 1e-3, "{sum}");
    }
}

/// Mean cross sections in bins at R = 200 at 1500, 2500 and 4000 K, cm^2 per molecule: regression.
const BINS: [(f64, [f64; 3]); 9] = [
    (0.450, [8.383e-18, 6.041e-18, 3.791e-18]),
    (0.484, [6.459e-17, 2.932e-17, 1.171e-17]),
    (0.507, [4.510e-18, 2.833e-18, 1.665e-18]),
    (0.534, [4.981e-19, 5.438e-19, 5.199e-19]),
    (1.00, [3.037e-19, 2.432e-19, 1.600e-19]),
    (1.65, [4.721e-19, 2.636e-19, 1.366e-19]),
    (3.00, [4.874e-20, 5.533e-20, 4.070e-20]),
    (5.00, [3.688e-21, 1.067e-20, 1.240e-20]),
    (10.0, [8.509e-22, 3.329e-21, 4.405e-21]),
];

/// Also: gathering loses no strength, and Q against Barklem & Collet (2016), A&A 588, A96.
#[test]
fn cross_sections() {
    let gas = lines(&Options::default()).expect("lines");
    let whole = lines(&Options {
        gathered: Some(0.0),
        ..Options::default()
    })
    .expect("lines");
    let count = |gas: &LineGas| gas.lists.iter().map(|list| list.lines.len()).sum::<usize>();
    assert!(count(&gas) < 1_000_000 && count(&gas) * 5 < count(&whole));
    for (um, expected) in BINS {
        for (t, expected) in [1500.0, 2500.0, 4000.0].into_iter().zip(expected) {
            let (found, reference) = (mean_cm2(&gas, um, t), mean_cm2(&whole, um, t));
            assert!((found / expected - 1.0).abs() < 0.02, "{um} {t}: {found:e}");
            // Measured: within 0.7 %, from broad lines at the edges of the bins.
            assert!(
                (found / reference - 1.0).abs() < 0.02,
                "{um} {t}: {found:e}"
            );
        }
    }
    // Measured ratios: 1.001, 1.001, 1.003, 1.007, 1.018.
    let tabulated = barklem_collet("AlO").expect("a table");
    for t in [300.0, 1000.0, 2000.0, 3000.0, 6000.0] {
        let ratio = gas.lists[0].partition.value(t) / tabulated.value(t);
        assert!((ratio - 1.0).abs() < 0.03, "{t} K: {ratio}");
    }
}
