//! `magmaret forward` from the outside.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use predicates::prelude::*;
use serde_json::Value;

fn run_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("configs/55cnce_forward.toml")
}

fn forward(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("magmaret").unwrap();
    command
        .args(["forward", run_file().to_str().unwrap(), "--json", "--out"])
        .arg(folder)
        .args(arguments);
    command
}

fn columns(folder: &Path, name: &str) -> Vec<Vec<f64>> {
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    (text.lines().skip(1))
        .map(|line| line.split(',').map(|x| x.parse().unwrap()).collect())
        .collect()
}

#[test]
fn the_shipped_planet_is_in_equilibrium_and_shines_in_silicon_monoxide() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("first");
    let output = forward(&out, &[])
        .assert()
        .success()
        .get_output()
        .stdout
        .clone();
    let summary: Value = serde_json::from_slice(&output).unwrap();
    assert!(summary["residual"].as_f64().unwrap() < 1e-6);
    assert_eq!(summary["rings"][0]["state"], "gas");
    // Starlight is taken up high above: hotter there than at the surface, SiO in emission.
    let number = |name: &str| summary[name].as_f64().unwrap();
    assert!(number("top_temperature_k") > number("surface_temperature_k") + 500.0);
    assert!(number("band_contrast_psi") > 1.2);
    assert!((number("delta_iw") - 0.0).abs() < 1e-9);
    // 1.88 Earth radii, all of the light: depths of 100 to 250 ppm from 5 to 12 um.
    for row in columns(&out, "spectrum.csv") {
        if (5.0..12.0).contains(&row[0]) {
            assert!((80.0..250.0).contains(&row[1]), "{row:?}");
        }
    }
    // Mole fractions of every layer add up to one, but for the gases left out of the file.
    for row in columns(&out, "profile.csv") {
        let sum: f64 = row[4..].iter().sum();
        assert!((sum - 1.0).abs() < 1e-3, "{sum}");
    }
    let again = folder.path().join("again");
    forward(&again, &["--threads", "1"]).assert().success();
    for name in [
        "spectrum.csv",
        "profile.csv",
        "contribution.csv",
        "gases.csv",
    ] {
        let [a, b] = [&out, &again].map(|run| std::fs::read(run.join(name)).unwrap());
        assert_eq!(a, b, "{name}");
    }
    assert!(out.join("figures/profile.svg").exists());
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    for (set, expected) in [
        ("delta_ie=1", "delta_iw"),
        ("heat_redistribution=-1", "0.001 to 1"),
        ("surface_albedo=-0.1", "0 to 0.99"),
        ("delta_iw", "NAME=NUMBER"),
    ] {
        forward(folder.path(), &["--set", set])
            .assert()
            .code(2)
            .stderr(predicate::str::contains(expected));
    }
}

#[test]
fn a_cold_planet_is_bare_rock() {
    let folder = tempfile::tempdir().unwrap();
    let set = ["--set", "scaled_semi_major_axis=40"];
    let output = forward(folder.path(), &set)
        .assert()
        .success()
        .get_output()
        .stdout
        .clone();
    let summary: Value = serde_json::from_slice(&output).unwrap();
    assert_eq!(summary["rings"][0]["state"], "bare_rock");
    // T_max of a dark rock: T_* (a/R_*)^-1/2 (2/3)^1/4.
    let star_k = summary["parameters"]["stellar_temperature_k"]
        .as_f64()
        .unwrap();
    let expected = star_k * 40.0_f64.sqrt().recip() * (2.0_f64 / 3.0).powf(0.25);
    let found = summary["surface_temperature_k"].as_f64().unwrap();
    assert!((found / expected - 1.0).abs() < 1e-6, "{found} {expected}");
}
