//! `magmaret speciate` as a user runs it.
#![cfg(feature = "cli")]

use std::path::PathBuf;

use assert_cmd::Command;
use predicates::prelude::*;

/// A file of abundances in a folder that goes when dropped.
fn abundances(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("abundances.csv");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

fn speciate(path: &PathBuf, arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("magmaret").unwrap();
    command
        .arg("speciate")
        .arg("--abundances")
        .arg(path)
        .args(arguments);
    command
}

const ROCK: &str = "element,log10_abundance\nO,12\nSi,11.6\nMg,11.5\nFe,10.6\nNa,10.2\n";

#[test]
fn json_is_an_array_over_the_sweep() {
    let (_folder, path) = abundances(ROCK);
    let sweep = [
        "--temperature-k",
        "2000:3000:500",
        "--pressure-bar",
        "1e-4,1",
        "--json",
    ];
    let output = speciate(&path, &sweep)
        .assert()
        .success()
        .get_output()
        .clone();
    let rows: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 6);
    assert_eq!(rows[1]["temperature_k"], 2000.0);
    assert_eq!(rows[1]["pressure_bar"], 1.0);
    for row in rows {
        let fractions = row["log10_mole_fraction"].as_object().unwrap();
        let sum: f64 = fractions
            .values()
            .map(|v| 10_f64.powf(v.as_f64().unwrap()))
            .sum();
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
        assert!(row["mean_molar_mass_g_mol"].as_f64().unwrap() > 10.0);
    }
}

#[test]
fn the_table_names_species_and_condensates() {
    let (_folder, path) = abundances(ROCK);
    speciate(&path, &["--temperature-k", "1500", "--pressure-bar", "1"])
        .assert()
        .success()
        .stdout(predicate::str::contains("SiO").and(predicate::str::contains("MgSiO3")));
}

#[test]
fn constants_of_another_file_are_read() {
    let (folder, path) = abundances("element,log10_abundance\nO,12\nSi,12\n");
    let thermo = folder.path().join("logK.dat");
    std::fs::write(
        &thermo,
        "# made up\nO1Si1 Silicon_Oxide : O 1 Si 1 # here\n 9e4 0 -12 0 0\n",
    )
    .unwrap();
    let thermo = thermo.to_str().unwrap();
    let point = [
        "--temperature-k",
        "2000",
        "--pressure-bar",
        "1",
        "--json",
        "--thermo",
        thermo,
    ];
    let output = speciate(&path, &point)
        .assert()
        .success()
        .get_output()
        .clone();
    let rows: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    // x p/(x_O x_Si p²) = K with x_O = x_Si = (1 - x)/2, and ln K = 33.
    let log10_sio = rows[0]["log10_mole_fraction"]["O1Si1"].as_f64().unwrap();
    let log10_o = rows[0]["log10_mole_fraction"]["O"].as_f64().unwrap();
    assert!((log10_sio - 2.0 * log10_o - 33.0 / std::f64::consts::LN_10).abs() < 1e-9);
}

#[test]
fn bad_input_is_refused_with_exit_code_2() {
    let point = ["--temperature-k", "2000", "--pressure-bar", "1"];
    for (text, arguments, words) in [
        (
            "element,log10_abundance\nSI,12\n",
            &point[..],
            "nearest known: `Si`",
        ),
        ("element,log10_abundance\nO,lots\n", &point[..], "line 2"),
        (
            ROCK,
            &["--temperature-k", "1:2", "--pressure-bar", "1"][..],
            "start:stop:step",
        ),
        (
            ROCK,
            &["--temperature-k", "2000", "--pressure-bar=-1"][..],
            "pressure in bar",
        ),
        (
            ROCK,
            &[
                "--temperature-k",
                "2000",
                "--pressure-bar",
                "1",
                "--thermo",
                "none.dat",
            ][..],
            "none.dat",
        ),
    ] {
        let (_folder, path) = abundances(text);
        speciate(&path, arguments)
            .assert()
            .code(2)
            .stderr(predicate::str::contains(words));
    }
}

#[test]
fn extrapolation_is_said_on_stderr() {
    let (_folder, path) = abundances(ROCK);
    speciate(&path, &["--temperature-k", "400", "--pressure-bar", "1"])
        .assert()
        .success()
        .stderr(predicate::str::contains("1 temperatures outside"));
}
