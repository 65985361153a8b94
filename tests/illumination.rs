//! The penumbra of close-in planets against an evaluation of the published equations in another
//! language. The whole table is found through MAGMARET_REFERENCE_DIR; some of its rows stand here.

use magmaret::atmosphere::illumination::Illumination;

/// T_* \[K\], a/R_* and R_p/R_* of the three cases of the table. It gives M_*, the temperature of the
/// substellar point and M_p; distance and radius were fitted to its J at 0 to 60°, where the star is
/// wholly above the horizon, so that the rows of the penumbra test the equations.
const CASES: [(&str, &str, f64, f64, f64); 3] = [
    ("1", "2000", 5_755.094_28, 8.283_096_064, 2.818_520_991e-3),
    ("1", "4000", 5_755.094_28, 2.072_887_885, 2.818_497_753e-3),
    (
        "10",
        "3000",
        12_398.974_76,
        17.082_033_203,
        4.137_467_469e-4,
    ),
];

/// Angle \[degrees\], temperature \[K\] and J of `penumbra_reference.csv` (own evaluation of A1 to A13 of
/// Kang, Nimmo & Ding, R_* = R_sun (M/M_sun)^(5/6)), case M_* = 1, T_s0 = 2000 K.
const ROWS: [(f64, f64, f64); 6] = [
    (0.0, 2_000.0, 1.458_512_69e-2),
    (60.0, 1_681.435_0, 7.286_359_29e-3),
    (80.0, 1_290.268_0, 2.526_445_27e-3),
    (85.0, 1_089.173_9, 1.282_859_51e-3),
    (90.0, 799.569_3, 3.725_757_54e-4),
    (95.0, 367.040_4, 1.654_419_49e-5),
];

#[test]
fn the_penumbra_of_the_published_equations() {
    let (_, _, stellar_k, distance, radius) = CASES[0];
    let light = Illumination::new(distance, radius).unwrap();
    for (degrees, temperature_k, flux) in ROWS {
        let found = light.incident(f64::to_radians(degrees)).flux;
        // Measured 2e-7: the digits of the table and of the fitted distance.
        assert!((found / flux - 1.0).abs() < 1e-6, "{degrees}: {found}");
        let found_k = stellar_k * found.powf(0.25);
        assert!(
            (found_k - temperature_k).abs() < 1e-3,
            "{degrees}: {found_k}"
        );
    }
    assert!((light.dark_rad().to_degrees() - 96.914_47).abs() < 1e-4);
}

#[test]
fn the_whole_table_of_the_penumbra() {
    let Ok(folder) = std::env::var("MAGMARET_REFERENCE_DIR") else {
        println!("skipped: MAGMARET_REFERENCE_DIR is not set");
        return;
    };
    let path = std::path::Path::new(&folder).join("volatiles/penumbra_reference.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let mut rows = 0;
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let (_, _, stellar_k, distance, radius) = *(CASES.iter())
            .find(|case| case.0 == fields[0] && case.1 == fields[1])
            .unwrap();
        let number = |i: usize| fields[i].parse::<f64>().unwrap();
        let light = Illumination::new(distance, radius).unwrap();
        let found = light.incident(number(3).to_radians()).flux;
        let expected = number(5);
        // Measured 2e-7 of J.
        assert!(
            (found - expected).abs() <= 1e-6 * expected,
            "{line}: {found}"
        );
        assert!(
            (stellar_k * found.powf(0.25) - number(4)).abs() < 1e-3,
            "{line}"
        );
        rows += 1;
    }
    assert_eq!(rows, 111);
}
