//! `magmaret opacity compare`: two small sets, as a table and as JSON.
#![cfg(feature = "cli")]

use std::path::Path;

use assert_cmd::Command;
use magmaret::opacity::codec::Precision;
use magmaret::opacity::set::SetWriter;
use magmaret::opacity::{CrossSectionTable, Provenance, SpectralAxis, Tier};
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

/// k-distributions of 30 bins from 4.9 to 12.5 µm, the same in all of them.
fn write(path: &Path, gases: &[(&str, f32)]) {
    let mut writer = SetWriter::new(Vec::new());
    for (gas, sigma_cm2) in gases {
        let edges_per_cm: Vec<f64> = (0..=30)
            .map(|i| 800.0 * (2040.0_f64 / 800.0).powf(f64::from(i) / 30.0))
            .collect();
        let table = CrossSectionTable {
            gas: (*gas).to_owned(),
            molar_mass_g_mol: 44.0,
            temperature_k: vec![1000.0, 2000.0, 4000.0],
            pressure_bar: vec![1e-5, 1.0],
            axis: SpectralAxis::Bins {
                edges_per_cm,
                g: vec![0.25, 0.75],
                weights: vec![0.5, 0.5],
            },
            sigma_cm2: vec![*sigma_cm2; 2 * 3 * 30 * 2],
            provenance: Provenance {
                tier: Tier::C,
                citation: vec!["made for this test".to_owned()],
                method: "constant".to_owned(),
                caveat: String::new(),
            },
        };
        let tables = [table];
        writer.add_gas(&tables, None, Precision::default()).unwrap();
    }
    writer.write(path).unwrap();
}

fn compare(folder: &Path, arguments: &[&str]) -> assert_cmd::assert::Assert {
    Command::new(env!("CARGO_BIN_EXE_magmaret"))
        .current_dir(folder)
        .args(["opacity", "compare"])
        .args(arguments)
        .assert()
}

#[test]
fn ratios_gases_and_what_is_out_of_reach() {
    let folder = tempfile::tempdir().unwrap();
    write(
        &folder.path().join("a.opk"),
        &[("SiO", 1e-20), ("MgO", 1e-20), ("CO", 1e-20)],
    );
    write(
        &folder.path().join("b.opk"),
        &[("SiO", 2e-20), ("MgO", 1e-20), ("TiO", 1e-20)],
    );
    let output = compare(folder.path(), &["a.opk", "b.opk", "--json"])
        .code(0)
        .get_output()
        .stdout
        .clone();
    let json: serde_json::Value = serde_json::from_slice(&output).unwrap();
    assert_eq!(json["only_in_a"][0], "CO");
    assert_eq!(json["only_in_b"][0], "TiO");
    // Two gases at three temperatures and two pressures; nothing in the ultraviolet.
    let rows = json["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 12);
    for row in rows {
        let ratio = row["mean_ratio"].as_f64().unwrap();
        let expected = if row["gas"] == "SiO" { 2.0 } else { 1.0 };
        assert!((ratio / expected - 1.0).abs() < 0.02, "{row}");
    }
    assert_eq!(json["skipped"].as_array().unwrap().len(), 2);
    let arguments = [
        "a.opk",
        "b.opk",
        "--gas",
        "SiO",
        "--temperature-k",
        "2000",
        "--pressure-bar",
        "0.01",
        "--range-um",
        "5:12",
    ];
    compare(folder.path(), &arguments).code(0).stdout(
        contains("SiO")
            .and(contains("only in B: TiO"))
            .and(contains("MgO").not()),
    );
}

#[test]
fn what_cannot_be_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("a.opk"), &[("SiO", 1e-20)]);
    compare(folder.path(), &["a.opk", "none.opk"])
        .code(2)
        .stderr(contains("none.opk"));
    compare(folder.path(), &["a.opk", "a.opk", "--range-um", "5-12"])
        .code(2)
        .stderr(contains("LOW:HIGH"));
    compare(folder.path(), &["a.opk", "a.opk", "--gas", "SIO"])
        .code(2)
        .stderr(contains("did you mean `SiO`?"));
}
