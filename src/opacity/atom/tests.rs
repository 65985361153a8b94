use super::*;

fn gas(atom: &str) -> LineGas {
    lines(atom, &Options::default()).expect("an atom of the table")
}

/// The strongest line within 0.05 Å of a wavelength in air.
fn find(gas: &LineGas, air_angstrom: f64) -> (Line, f64) {
    let wanted = 1.0e8 / vacuum_wavelength_angstrom(air_angstrom);
    let tolerance = wanted * 0.05 / air_angstrom;
    gas.lists
        .iter()
        .flat_map(|list| list.lines.iter().map(|l| (*l, gas.wing_cutoff_of(list))))
        .filter(|(line, _)| (line.wavenumber_per_cm - wanted).abs() < tolerance)
        .max_by(|a, b| a.0.weight_cm.total_cmp(&b.0.weight_cm))
        .expect("a line at this wavelength")
}

#[test]
fn no_row_of_the_table_is_lost() {
    assert_eq!(data::records().count(), data::rows().count());
    let listed: usize = ATOMS
        .iter()
        .flat_map(|atom| gas(atom).lists)
        .map(|list| list.lines.len())
        .sum();
    assert_eq!(listed, data::rows().count());
    for atom in ATOMS {
        for line in gas(atom).lists.iter().flat_map(|list| &list.lines) {
            assert!((200.0..=100_001.0).contains(&line.wavenumber_per_cm));
            assert!(line.weight_cm > 0.0 && line.lower_energy_per_cm >= 0.0);
            assert!(
                (0.01..20.0).contains(&line.half_width_per_cm_bar),
                "{line:?}"
            );
        }
    }
}

#[test]
fn strength_constant() {
    // pi e^2/(m_e c^2) of the textbooks.
    assert!((STRENGTH_PER_GF_CM / 8.852_8e-13 - 1.0).abs() < 1e-5);
}

/// Vacuum wavelength and f of a second source: Morton (2003), ApJS 149, 205; K: NIST ASD.
const SECOND_SOURCE: [(&str, f64, f64, f64, f64); 13] = [
    // atom, air wavelength, vacuum wavelength, lower statistical weight, f
    ("Na", 5889.951, 5891.5833, 2.0, 0.6408),
    ("Na", 5895.924, 5897.5581, 2.0, 0.3201),
    ("K", 7664.899, 7667.0089, 2.0, 0.670),
    ("K", 7698.965, 7701.0835, 2.0, 0.3327),
    ("Mg", 2852.126, 2852.9631, 1.0, 1.83),
    ("Ca", 4226.728, 4227.918, 1.0, 1.77),
    ("Al", 3944.006, 3945.1224, 2.0, 0.123),
    ("Al", 3961.520, 3962.6410, 4.0, 0.123),
    ("Ca+", 3933.663, 3934.775, 2.0, 0.6267),
    ("Ca+", 3968.469, 3969.5901, 2.0, 0.3116),
    ("Mg+", 2795.528, 2796.3543, 2.0, 0.6155),
    ("Fe", 3719.934, 3720.9928, 9.0, 0.0411),
    ("O", 1302.168, 1302.1685, 5.0, 0.0480),
];

#[test]
fn resonance_lines_agree_with_a_second_source() {
    for (atom, air, vacuum, weight, f) in SECOND_SOURCE {
        let (line, cutoff) = find(&gas(atom), air);
        let found = 1.0e8 / line.wavenumber_per_cm;
        // Measured 0.004 A at worst (mean of the hyperfine components of K).
        assert!((found - vacuum).abs() < 0.006, "{atom} {vacuum}: {found}");
        let gf = f64::from(line.weight_cm) / STRENGTH_PER_GF_CM;
        // Measured: O +8 %, Al -6 %, Mg -5 %, the others 3 % or less.
        assert!(
            (gf / (weight * f) - 1.0).abs() < 0.09,
            "{atom} {vacuum}: {}",
            gf / weight
        );
        assert!(line.lower_energy_per_cm < 120.0);
        let far = !["Fe", "O"].contains(&atom);
        assert_eq!(cutoff, if far { 4500.0 } else { 100.0 }, "{atom} {vacuum}");
    }
}

#[test]
fn strong_lines_agree_with_laboratory_strengths() {
    // Laboratory log gf as compiled in linemake (Placco et al. 2021): Den Hartog et al. (2023) for Si,
    // Lawler et al. (2013) for Ti, O'Brian et al. (1991) for Fe, Den Hartog et al. (2021) for Ca,
    // Magg et al. (2022) for O. Lower levels in eV.
    for (atom, air, level, log10_gf) in [
        ("Si", 2516.112, 0.028, -0.098),
        ("Ti", 3653.494, 0.048, 0.28),
        ("Ti", 4981.731, 0.848, 0.57),
        ("Fe", 3719.935, 0.000, -0.42),
        ("Ca", 4226.728, 0.000, 0.239),
        ("O", 7771.944, 9.146, 0.35),
        ("Mg", 5183.604, 2.717, -0.168),
    ] {
        let (line, _) = find(&gas(atom), air);
        let found = (f64::from(line.weight_cm) / STRENGTH_PER_GF_CM).log10();
        assert!((found - log10_gf).abs() < 0.025, "{atom} {air}: {found}");
        let found = f64::from(line.lower_energy_per_cm) / ELECTRONVOLT_PER_CM;
        assert!((found - level).abs() < 0.002, "{atom} {air}: {found} eV");
    }
}

#[test]
fn lifetimes_follow_from_the_strengths() {
    // A = 8 pi c nu^2 (gf weight) / g': with one way down it is the measured decay rate.
    for (atom, air, upper_weight, decay) in [
        ("Na", 5889.951, 4.0, 6.157e7),
        ("K", 7664.899, 4.0, 3.80e7),
        ("Mg", 2852.126, 3.0, 5.00e8),
        ("Ca", 4226.728, 3.0, 2.20e8),
        ("Mg+", 2795.528, 4.0, 2.625e8),
    ] {
        let (line, _) = find(&gas(atom), air);
        let c = crate::constants::SPEED_OF_LIGHT * 100.0;
        let a = 8.0 * PI * c * line.wavenumber_per_cm.powi(2) * f64::from(line.weight_cm)
            / upper_weight;
        // Measured: Mg -5 %, the others 2 % or less.
        assert!((a / decay - 1.0).abs() < 0.06, "{atom}: {a:e}");
        let natural = decay / (4.0 * PI * c);
        assert!((f64::from(line.natural_half_width_per_cm) / natural - 1.0).abs() < 1e-5);
    }
}

#[test]
fn hyperfine_components_are_one_line() {
    // The distributed list repeats Na D2 six times with the full strength.
    let sodium = gas("Na");
    let near: Vec<_> = sodium
        .lists
        .iter()
        .flat_map(|list| &list.lines)
        .filter(|line| (line.wavenumber_per_cm - 16_973.366).abs() < 1.0)
        .collect();
    assert_eq!(near.len(), 1);
    // Ground state of Na holds nearly all: the sum of f over the D lines is 0.96 of one electron.
    let sum: f64 = sodium.lists[1]
        .lines
        .iter()
        .map(|l| f64::from(l.weight_cm))
        .sum();
    assert!((sum / STRENGTH_PER_GF_CM / 2.0 - 0.961).abs() < 0.01);
}

#[test]
fn partition_functions_of_the_ground_terms() {
    for atom in ATOMS {
        assert!(partition_function(atom).is_some(), "{atom}");
    }
    // Direct sums over the levels of NIST ASD (also in the NIST Handbook of Basic Atomic Spectroscopic
    // Data) [cm-1]: O 2p4 and Fe a5D terms, 1000 K.
    let sum = |levels: &[(f64, f64)]| -> f64 {
        levels
            .iter()
            .map(|(g, e)| g * (-1.438_776_9 * e / 1000.0).exp())
            .sum()
    };
    let oxygen = sum(&[(5.0, 0.0), (3.0, 158.265), (1.0, 226.977)]);
    let iron = sum(&[
        (9.0, 0.0),
        (7.0, 415.933),
        (5.0, 704.007),
        (3.0, 888.132),
        (1.0, 978.074),
    ]);
    for (atom, expected) in [("O", oxygen), ("Fe", iron), ("Na", 2.0), ("Mg", 1.0)] {
        let found = partition_function(atom).map_or(f64::NAN, |q| q.value(1000.0));
        assert!(
            (found / expected - 1.0).abs() < 1e-3,
            "{atom}: {found} {expected}"
        );
    }
}

#[test]
fn bad_options_are_refused() {
    assert!(lines("Xe", &Options::default()).is_err());
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let options = Options {
            wing_cutoff_per_cm: bad,
            ..Options::default()
        };
        assert!(lines("Na", &options).is_err());
    }
}
