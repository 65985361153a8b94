use super::*;

fn harmonic() -> Constants {
    Constants {
        omega_per_cm: [900.0, 300.0, 1400.0],
        x_per_cm: [0.0; 6],
        g22_per_cm: 0.0,
        fermi_per_cm: 0.0,
        b0_per_cm: 0.25,
        alpha_per_cm: [0.0; 3],
        d_per_cm: 0.0,
    }
}

const NU3: DipoleTerm = DipoleTerm {
    change: [0, 0, 1],
    moment_debye: 0.1,
};
const NU2: DipoleTerm = DipoleTerm {
    change: [0, 1, 0],
    moment_debye: 0.1,
};

fn cuts() -> Cuts {
    Cuts {
        partition_per_cm: 20_000.0,
        lower_per_cm: 20_000.0,
        single_per_cm: 600.0,
        energy_class_per_cm: 250.0,
        origin_class_per_cm: 4.0,
        stride: 8,
        rotation_per_cm: 15_000.0,
        lost_strength: 0.0,
    }
}

const WIDTH: Width = Width {
    half_width_per_cm_bar: 0.07,
    exponent: 0.5,
};

fn net_strength(made: &LinearLines, constants: &Constants, t: f64) -> f64 {
    let beta = SECOND_RADIATION_CM_K / t;
    let q = constants.partition(&made.levels, t);
    made.lines
        .iter()
        .map(|l| {
            f64::from(l.weight_cm)
                * (-beta * f64::from(l.lower_energy_per_cm)).exp()
                * -(-beta * l.wavenumber_per_cm).exp_m1()
        })
        .sum::<f64>()
        / q
}

#[test]
fn branches_of_a_level_sum_to_its_weight() {
    for l in 0..5_i32 {
        for dl in [-1, 0, 1] {
            if l + dl < 0 {
                continue;
            }
            for j in l..12 {
                let sum: f64 = [-1, 0, 1]
                    .iter()
                    .map(|dj| hoenl_london(f64::from(j), f64::from(l), f64::from(dl), *dj))
                    .sum();
                assert!(
                    (sum - f64::from(2 * j + 1)).abs() < 1e-12,
                    "{j} {l} {dl} {sum}"
                );
            }
        }
    }
}

#[test]
fn factors_are_symmetric_between_absorption_and_emission() {
    // Detailed balance: the strength of a line is the same seen from either level.
    for (j, l, dl, dj) in [(5.0, 1.0, 1.0, 1), (7.0, 2.0, -1.0, 0), (6.0, 3.0, 0.0, -1)] {
        let up = hoenl_london(j, l, dl, dj);
        let down = hoenl_london(j + f64::from(dj), l + dl, -dl, -dj);
        assert!((up - down).abs() < 1e-12, "{up} {down}");
    }
}

#[test]
fn net_strength_of_a_harmonic_mode_does_not_depend_on_temperature() {
    let constants = harmonic();
    for (term, expected) in [
        (NU3, line_weight_cm(1400.0, 0.01)),
        (NU2, 2.0 * line_weight_cm(300.0, 0.01)),
    ] {
        let made = lines("test", &constants, &[term], &cuts(), WIDTH).expect("good constants");
        for t in [296.0, 1000.0, 2000.0] {
            // Measured 0.4 % (nu2, 296 K: missing J and the wavenumbers of P and R), 0.2 % else.
            let s = net_strength(&made, &constants, t);
            assert!(
                (s / expected - 1.0).abs() < 0.008,
                "{:?} {t} {s:e} {expected:e}",
                term.change
            );
        }
    }
}

#[test]
fn gathering_keeps_strength_and_contour() {
    let mut constants = harmonic();
    constants.x_per_cm = [-2.0, -2.0, -6.0, 0.0, -3.0, -5.0];
    constants.alpha_per_cm = [0.0006, -0.0006, 0.0018];
    // As shipped for SiO2.
    let few = Cuts {
        lower_per_cm: 4000.0,
        energy_class_per_cm: 150.0,
        origin_class_per_cm: 2.0,
        stride: 5,
        ..cuts()
    };
    let all_single = Cuts {
        single_per_cm: 1e9,
        ..few
    };
    let gathered = lines("test", &constants, &[NU3], &few, WIDTH).expect("good constants");
    let single = lines("test", &constants, &[NU3], &all_single, WIDTH).expect("good constants");
    assert!(gathered.lines.len() * 3 < single.lines.len());
    for t in [800.0, 2000.0] {
        let ratio = net_strength(&gathered, &constants, t) / net_strength(&single, &constants, t);
        assert!((ratio - 1.0).abs() < 2e-3, "{t} {ratio}");
        // In bins of 10 cm-1 (R = 140): rms of the difference over rms of the contour.
        let contour = |made: &LinearLines| {
            let mut bins = vec![0.0; 60];
            let beta = SECOND_RADIATION_CM_K / t;
            for l in &made.lines {
                let bin = ((l.wavenumber_per_cm - 1000.0) / 10.0) as usize;
                if l.wavenumber_per_cm > 1000.0 && bin < bins.len() {
                    bins[bin] +=
                        f64::from(l.weight_cm) * (-beta * f64::from(l.lower_energy_per_cm)).exp();
                }
            }
            bins
        };
        let (a, b) = (contour(&gathered), contour(&single));
        let rms = |x: &[f64]| x.iter().map(|v| v * v).sum::<f64>().sqrt();
        let difference: Vec<f64> = a.iter().zip(&b).map(|(x, y)| x - y).collect();
        let relative = rms(&difference) / rms(&b);
        assert!(relative < 0.03, "{t} {relative}");
    }
}

#[test]
fn a_fermi_pair_repels_as_two_levels_do() {
    let mut constants = harmonic();
    constants.omega_per_cm = [610.0, 300.0, 1400.0];
    constants.fermi_per_cm = 10.0;
    // (1,0,0) at 610, (0,2,0) at 600, coupled by 10 sqrt(1 (4 - 0)) = 20.
    let levels = constants.levels_per_cm(2, 0, 0);
    let half = (5.0_f64.powi(2) + 400.0).sqrt();
    assert!((levels[0] - (605.0 - half)).abs() < 1e-9, "{levels:?}");
    assert!((levels[1] - (605.0 + half)).abs() < 1e-9, "{levels:?}");
}

#[test]
fn the_high_temperature_rotor_is_the_sum_over_j() {
    let constants = harmonic();
    let t = 296.0;
    let beta = SECOND_RADIATION_CM_K / t;
    for l in [0, 1, 2] {
        let sum: f64 = (l..200)
            .filter(|j| l != 0 || j % 2 == 0)
            .map(|j| {
                let x = f64::from(j);
                let energy = constants.rotation_per_cm(0.25, x, f64::from(l));
                (2.0 * x + 1.0) * (-beta * energy).exp()
            })
            .sum();
        let level = PartitionLevel {
            energy_per_cm: 0.0,
            b_per_cm: 0.25,
            share: if l == 0 { 0.5 } else { 1.0 },
        };
        let q = constants.partition(&[level], t);
        // l > 0 leaves out J < l and its correction: below 0.2 %.
        assert!((q / sum - 1.0).abs() < 2e-3, "{l}: {q} {sum}");
    }
}

#[test]
fn every_second_j_is_missing_in_the_cold_band() {
    let only_cold = Cuts {
        lower_per_cm: 1.0,
        ..cuts()
    };
    let made = lines("test", &harmonic(), &[NU3], &only_cold, WIDTH).expect("good constants");
    for line in &made.lines {
        // Lower J even: E = 0.25 J (J + 1).
        let j = ((1.0 + 16.0 * f64::from(line.lower_energy_per_cm)).sqrt() - 1.0) / 2.0;
        assert!((j / 2.0 - (j / 2.0).round()).abs() < 1e-3, "{j}");
    }
}

#[test]
fn unknown_dipole_terms_and_empty_constants_are_refused() {
    let odd = DipoleTerm {
        change: [1, 1, 0],
        moment_debye: 0.1,
    };
    assert!(lines("test", &harmonic(), &[odd], &cuts(), WIDTH).is_err());
    let mut flat = harmonic();
    flat.b0_per_cm = 0.0;
    assert!(lines("test", &flat, &[NU3], &cuts(), WIDTH).is_err());
}

#[test]
fn pruning_costs_no_more_than_it_may() {
    let constants = harmonic();
    let made = lines("test", &constants, &[NU3], &cuts(), WIDTH).expect("good constants");
    let pruned_cuts = Cuts {
        lost_strength: 0.01,
        ..cuts()
    };
    let pruned = lines("test", &constants, &[NU3], &pruned_cuts, WIDTH).expect("good constants");
    assert!(pruned.lines.len() < made.lines.len());
    for t in [300.0, 1000.0, 3000.0] {
        let kept = net_strength(&pruned, &constants, t) / net_strength(&made, &constants, t);
        assert!(kept > 0.99 && kept <= 1.0 + 1e-9, "{t} {kept}");
    }
}

#[test]
fn bending_steps_split_between_the_two_ways_of_l() {
    // Two-dimensional oscillator (Herzberg 1945, section II,5): from (1, l = 1) up to l = 2 with 2, down to
    // l = 0 with 1 in squares; a stretch gives v + 1.
    let square = |term: &DipoleTerm, v: [i32; 3], l, dl| {
        element(term, v, l, dl).map_or(0.0, |e| (e * e * 1e9).round() / 1e9)
    };
    assert_eq!(square(&NU2, [0, 1, 0], 1, 1), 2.0);
    assert_eq!(square(&NU2, [0, 1, 0], 1, -1), 1.0);
    assert_eq!(square(&NU2, [0, 0, 0], 0, 1), 1.0);
    assert_eq!(square(&NU2, [0, 2, 0], 0, -1), 0.0);
    assert_eq!(square(&NU3, [0, 1, 2], 1, 0), 3.0);
    let both = DipoleTerm {
        change: [1, 0, 1],
        moment_debye: 0.1,
    };
    assert_eq!(square(&both, [1, 0, 1], 0, 0), 4.0);
}

#[test]
fn a_line_of_one_debye_has_the_textbook_weight() {
    // 8 pi^3 nu mu^2/(3 h c) by hand in cgs: nu = 1000 cm-1, mu = 1 D = 1e-18 statC cm,
    // h = 6.62607015e-27 erg s: 248.0502 x 1e3 x 1e-36 / (3 x 6.62607015e-27 x 2.99792458e10) = 4.16238e-16 cm.
    let weight = line_weight_cm(1000.0, 1.0);
    assert!((weight / 4.162_38e-16 - 1.0).abs() < 1e-4, "{weight:e}");
}
