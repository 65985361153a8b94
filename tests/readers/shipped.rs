//! The shipped observations against figures typed independently.

use magmaret::observation::{Observation, Quality, Row};

use crate::{observations, shipped};

/// Depth, lower and upper error \[ppm\] to 1e-9 of the typed figures, edges to 1e-9 µm.
fn check(row: &Row, [low_um, high_um, depth_ppm, minus_ppm, plus_ppm]: [f64; 5]) {
    for (found, wanted) in [
        (row.low_m * 1.0e6, low_um),
        (row.high_m * 1.0e6, high_um),
        (row.depth * 1.0e6, depth_ppm),
        (row.error_minus * 1.0e6, minus_ppm),
        (row.error_plus * 1.0e6, plus_ppm),
    ] {
        // Measured: at most 2e-12 of rounding.
        assert!(
            (found - wanted).abs() < 1.0e-9,
            "{found} for {wanted} in {row:?}"
        );
    }
}

fn modes(rows: &[Row]) -> Vec<(&str, &str)> {
    rows.iter()
        .map(|row| (row.instrument.as_str(), row.mode.as_str()))
        .collect()
}

#[test]
fn ltt_1445_a_b_has_the_eight_bins_of_sparta() {
    // Wachiraphan et al., arXiv:2410.10987, SPARTA: research note 1.1.
    let typed = [
        [5.0759, 5.7683, 49.0, 13.0],
        [5.7683, 6.4607, 29.0, 13.0],
        [6.4607, 7.1531, 30.0, 14.0],
        [7.1531, 7.8455, 49.0, 15.0],
        [7.8455, 8.5379, 70.0, 16.0],
        [8.5379, 9.2304, 39.0, 18.0],
        [9.2304, 9.9228, 78.0, 20.0],
        [9.9228, 10.6152, 74.0, 25.0],
    ];
    let rows = shipped("ltt1445ab_miri_lrs_8bin.csv").rows;
    assert_eq!(rows.len(), typed.len());
    for (row, [low, high, depth, error]) in rows.iter().zip(typed) {
        check(row, [low, high, depth, error, error]);
        assert_eq!((row.quality, row.n_eclipses), (Quality::Table, Some(3)));
        assert_eq!(row.group(), ["miri", "lrs_slitless", "mean", "sparta"]);
    }
}

#[test]
fn wasp_43_b_has_the_dayside_of_the_note_and_four_phases() {
    // Bell et al. 2024, SPARTA, as the research note 1.1 rounds it to 0.1 ppm: centre, depth, +, -.
    let typed = [
        [5.25, 4737.9, 31.4, 43.4],
        [5.75, 5061.0, 43.8, 32.9],
        [6.25, 5367.6, 32.4, 34.2],
        [6.75, 5113.1, 42.6, 38.2],
        [7.25, 5410.9, 54.1, 57.9],
        [7.75, 6006.2, 42.0, 45.1],
        [8.25, 6260.9, 83.1, 78.4],
        [8.75, 6381.4, 60.9, 62.8],
        [9.25, 7222.0, 85.7, 54.4],
        [9.75, 7481.5, 138.4, 75.9],
        [10.25, 7288.1, 117.5, 81.4],
        [10.75, 7678.9, 80.2, 160.3],
        [11.25, 7803.0, 287.1, 115.7],
        [11.75, 7549.1, 155.1, 151.4],
    ];
    let rows = shipped("wasp43b_miri_lrs_phases.csv").rows;
    assert_eq!(rows.len(), 56);
    for phase in ["phase_0.00", "phase_0.25", "phase_0.50", "phase_0.75"] {
        assert_eq!(rows.iter().filter(|row| row.visit == phase).count(), 14);
    }
    let dayside = rows.iter().filter(|row| row.visit == "phase_0.50");
    for (row, [centre, depth, plus, minus]) in dayside.zip(typed) {
        let close = |found: f64, wanted: f64| (found * 1.0e6 - wanted).abs() < 0.0501;
        assert!(
            close(row.depth, depth) && close(row.error_plus, plus) && close(row.error_minus, minus),
            "{row:?}"
        );
        assert!(((row.low_m + row.high_m) * 0.5e6 - centre).abs() < 1e-9);
        assert!(((row.high_m - row.low_m) * 1e6 - 0.5).abs() < 1e-9);
    }
}

#[test]
fn wasp_43_b_has_the_sums_of_the_deposited_phases() {
    let rows = shipped("wasp43b_miri_lrs_phases.csv").rows;
    // Sums over each phase of depth, lower and upper error \[ppm\], from the deposited file.
    for (phase, wanted) in [
        ("phase_0.00", [28874.40, 2144.26, 2087.99]),
        ("phase_0.25", [60131.80, 1333.69, 1731.48]),
        ("phase_0.50", [89361.51, 1032.07, 1254.05]),
        ("phase_0.75", [53939.97, 1582.89, 1728.70]),
    ] {
        let sum = |value: fn(&Row) -> f64| -> f64 {
            rows.iter()
                .filter(|row| row.visit == phase)
                .map(value)
                .sum()
        };
        let found = [
            sum(|row| row.depth),
            sum(|row| row.error_minus),
            sum(|row| row.error_plus),
        ];
        for (found, wanted) in found.iter().zip(wanted) {
            assert!(
                (found * 1.0e6 - wanted).abs() < 1.0e-6,
                "{phase}: {found} for {wanted}"
            );
        }
    }
    // First and last bin of the other phases.
    check(&rows[0], [5.0, 5.5, 1102.25, 58.67, 63.59]);
    check(&rows[13], [11.5, 12.0, 3475.31, 384.53, 435.27]);
    check(&rows[14], [5.0, 5.5, 2906.69, 57.46, 72.4]);
    check(&rows[55], [11.5, 12.0, 5486.01, 168.58, 368.75]);
}

#[test]
fn white_light_and_photometric_rows_are_those_of_the_abstracts() {
    // arXiv:2401.01400 (79 +- 4), arXiv:2408.13340 (140 +- 17), A&A 664 A79 (142.9 +38.5 -39.0; band of
    // the IRAC handbook, table 2.2: 4.493 -+ 0.505), arXiv:2412.11627 (452 +- 86, 775 +- 90) and
    // arXiv:2604.02332 (186 +- 45), bands: half-power ranges of research note 4.4.
    let one = |name: &str| shipped(name).rows;
    let rows = one("gj367b_miri_lrs_white.csv");
    check(&rows[0], [5.0, 12.0, 79.0, 4.0, 4.0]);
    assert_eq!((rows.len(), modes(&rows)[0]), (1, ("miri", "lrs_slitless")));
    let rows = one("gj1132b_miri_lrs_white.csv");
    check(&rows[0], [5.0, 12.0, 140.0, 17.0, 17.0]);
    assert_eq!((rows.len(), rows[0].n_eclipses), (1, Some(1)));
    let rows = one("k2141b_spitzer_45.csv");
    check(&rows[0], [3.988, 4.998, 142.9, 39.0, 38.5]);
    assert_eq!((rows.len(), modes(&rows)[0]), (1, ("irac", "channel2")));
    let rows = one("trappist1b_f1280w_f1500w.csv");
    check(&rows[0], [11.59, 14.12, 452.0, 86.0, 86.0]);
    check(&rows[1], [13.53, 16.64, 775.0, 90.0, 90.0]);
    assert_eq!(modes(&rows), [("miri", "f1280w"), ("miri", "f1500w")]);
    assert!(rows.iter().all(|row| row.n_eclipses == Some(5)));
    let rows = one("gj3473b_f1500w.csv");
    check(&rows[0], [13.53, 16.64, 186.0, 45.0, 45.0]);
    assert_eq!(
        (modes(&rows)[0], rows[0].n_eclipses),
        (("miri", "f1500w"), Some(4))
    );
}

#[test]
fn the_broadband_file_of_55_cnc_e_never_uses_the_outreach_row() {
    // arXiv:2211.03582 (12 +- 3), arXiv:2205.08560 (8 +- 2.5), arXiv:2407.12898 (7 +- 9; 119 +34 -19).
    let observation = shipped("55cnce_broadband.csv");
    let rows = &observation.rows;
    assert_eq!(
        modes(rows),
        [
            ("cheops", "cheops"),
            ("tess", "tess"),
            ("nircam", "f444w"),
            ("nircam", "f444w")
        ]
    );
    check(&rows[0], [0.33, 1.1, 12.0, 3.0, 3.0]);
    check(&rows[1], [0.6, 1.0, 8.0, 2.5, 2.5]);
    check(&rows[2], [3.9, 5.0, 7.0, 9.0, 9.0]);
    check(&rows[3], [3.9, 5.0, 119.0, 19.0, 34.0]);
    let warning = &observation.warnings[0];
    assert!(
        warning.contains("outreach") && warning.contains("row 5"),
        "{warning}"
    );
    assert!(
        observation.summary.contains("rows left out: 1"),
        "{}",
        observation.summary
    );
}

#[test]
fn every_shipped_file_reads_and_has_a_full_head() {
    let mut count = 0;
    for entry in std::fs::read_dir(observations()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "csv") {
            continue;
        }
        count += 1;
        let observation = Observation::read(&crate::one_file(path.clone())).unwrap();
        assert!(
            observation
                .rows
                .iter()
                .all(|row| !row.source.is_empty() && row.quality <= Quality::Abstract)
        );
        let text = std::fs::read_to_string(&path).unwrap();
        let head: String = text
            .lines()
            .take_while(|line| line.starts_with('#'))
            .collect();
        for word in [
            "arXiv",
            "Programme",
            "eduction",
            "System parameters used",
            "Licence",
            "Retrieved",
            "Quality",
        ] {
            assert!(
                head.contains(word),
                "{}: no {word} in the head",
                path.display()
            );
        }
    }
    assert_eq!(count, 8);
}

#[test]
fn the_tables_agree_with_the_reference_files_where_those_are_at_hand() {
    let Ok(folder) = std::env::var("MAGMARET_REFERENCE_DIR") else {
        println!("skipped: MAGMARET_REFERENCE_DIR is not set");
        return;
    };
    let folder = std::path::Path::new(&folder).join("observations");
    let file = folder.join("LTT1445Ab_Sparta_8.txt");
    let reference = Observation::read(&crate::one_file(file)).unwrap().rows;
    assert_eq!(
        crate::bits(&shipped("ltt1445ab_miri_lrs_8bin.csv").rows),
        crate::bits(&reference)
    );

    let text = std::fs::read_to_string(folder.join("wasp43b_miri_lrs_sparta.csv")).unwrap();
    let rows = shipped("wasp43b_miri_lrs_phases.csv").rows;
    let lines: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!(lines.len(), rows.len());
    for (line, row) in lines.iter().zip(&rows) {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        let [phase, centre, half, depth, plus, minus] = cells[..] else {
            panic!("{line}")
        };
        check(row, [centre - half, centre + half, depth, minus, plus]);
        assert_eq!(row.visit, format!("phase_{phase:.2}"));
    }
}
