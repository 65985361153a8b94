use super::*;

fn block(pair: &str, temperature: f64, rows: &[(f64, f64)]) -> String {
    let (low, high) = (rows[0].0, rows[rows.len() - 1].0);
    let max = rows.iter().map(|r| r.1).fold(0.0, f64::max);
    let mut text = format!(
        "{pair:>20}{low:>10.3}{high:>10.3}{:>7}{temperature:>7.1}{max:>10.3E}{:>6.3}{:>27}{:>3}\n",
        rows.len(),
        -0.999,
        "synthetic",
        1
    );
    for (nu, k) in rows {
        text += &format!("{nu:>10.4} {k:>10.3E}\n");
    }
    text
}

fn two_temperatures() -> String {
    let cold = [(100.0, 1.0e-45), (110.0, 3.0e-45), (10_000.0, 2.0e-45)];
    let hot = [(100.0, 2.0e-45), (110.0, 5.0e-45), (10_000.0, 4.0e-45)];
    let other = [(20_000.0, 1.0e-46), (20_001.0, 2.0e-46)];
    block("N2-N2", 300.0, &cold) + &block("N2-N2", 200.0, &hot) + &block("N2-N2", 250.0, &other)
}

#[test]
fn a_file_comes_back_and_is_interpolated() {
    let table = CollisionInduced::parse("x.cia", &two_temperatures()).expect("a good file");
    assert_eq!(table.pair, ("N2".to_owned(), "N2".to_owned()));
    assert_eq!(table.bands.len(), 2);
    assert_eq!(table.bands[0].temperature_k, [200.0, 300.0]);
    let at = |nu, t| table.coefficient_cm5(nu, t);
    for (nu, t, expected) in [
        (100.0, 300.0, 1.0e-45),
        (105.0, 300.0, 2.0e-45),
        (105.0, 250.0, 2.75e-45),
        (105.0, 1000.0, 2.0e-45),
        (10_000.0, 200.0, 4.0e-45),
        (99.0, 300.0, 0.0),
        (15_000.0, 300.0, 0.0),
        (20_000.5, 250.0, 1.5e-46),
    ] {
        assert!((at(nu, t) - expected).abs() < 1e-9 * 1e-45, "{nu} {t}");
    }
    assert_eq!(table.range_k(), (250.0, 250.0));
}

#[test]
fn extinction_is_k_times_both_densities() {
    let table = CollisionInduced::parse("x.cia", &two_temperatures()).expect("a good file");
    // 1e5 Pa at 300 K: 2.41432e19 cm-3; 1e-45 * 2.41432e19^2 = 5.8289e-7 cm-1 = 5.8289e-5 m-1.
    let found = table.extinction_per_m(100.0, 300.0, (1.0e5, 1.0e5));
    assert!((found / 5.828_94e-5 - 1.0).abs() < 1e-5, "{found:e}");
}

#[test]
fn small_negatives_are_counted_large_ones_refused() {
    let noisy = block(
        "O2-O2",
        300.0,
        &[(1.0, -1.0e-47), (2.0, 1.0e-45), (3.0, 1.0e-46)],
    );
    let table = CollisionInduced::parse("x.cia", &noisy).expect("noise");
    assert_eq!(table.negative_set_to_zero, 1);
    assert_eq!(table.coefficient_cm5(1.0, 300.0), 0.0);
    let wrong = block("O2-O2", 300.0, &[(1.0, -1.0e-45), (2.0, 1.0e-45)]);
    let message = CollisionInduced::parse("x.cia", &wrong)
        .unwrap_err()
        .to_string();
    assert!(message.contains("x.cia, line 2"), "{message}");
}

#[test]
fn bad_files_name_the_line() {
    let good = two_temperatures();
    let lines: Vec<&str> = good.lines().collect();
    let truncated = lines[..7].join("\n");
    let nan = good.replacen("3.000E-45", "NaN", 1);
    let falling = good.replacen("110.0000", " 90.0000", 1);
    let mislabelled = good.replacen("3.000E-45", "3.000E-44", 1);
    let other_pair = good.clone() + &block("O2-O2", 300.0, &[(1.0, 1.0e-45), (2.0, 2.0e-45)]);
    let twice = good.clone() + &good;
    for (text, place) in [
        (truncated.as_str(), "line 7"),
        (nan.as_str(), "line"),
        (falling.as_str(), "line 3"),
        (mislabelled.as_str(), "line 4"),
        (other_pair.as_str(), "line 12"),
        (twice.as_str(), "line"),
        ("", "x.cia"),
        ("# not a table\n1 2\n", "line 1"),
        (
            "α-β weiß nicht was das ist, sechzig Zeichen und mehr davon αααααααα",
            "line 1",
        ),
    ] {
        let message = CollisionInduced::parse("x.cia", text)
            .unwrap_err()
            .to_string();
        assert!(message.contains(place), "{place}: {message}");
    }
}

#[test]
fn no_mutation_panics() {
    let good = two_temperatures().into_bytes();
    for seed in 0..2000_usize {
        let mut bytes = good.clone();
        let at = seed.wrapping_mul(2_654_435_761) % bytes.len();
        bytes[at] = (seed % 96 + 32) as u8;
        if seed % 3 == 0 {
            bytes.truncate(at);
        }
        let _ = CollisionInduced::parse("x", &String::from_utf8_lossy(&bytes));
    }
}
