//! `magmaret opacity` from the outside, with a set of one small gas made for the test.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use magmaret::opacity::build::{NodeSource, Options, build};
use magmaret::opacity::grid::{BandGrid, Bins};
use magmaret::opacity::{Line, LineGas, LineList, PartitionFunction, Provenance, Tier};
use predicates::prelude::*;
use serde_json::Value;

/// Two thousand lines between 800 and 2000 cm⁻¹.
fn gas(name: &str) -> LineGas {
    let lines = (0..2000)
        .map(|i| Line {
            wavenumber_per_cm: 800.0 + 0.6 * f64::from(i) + 0.2 * f64::from(i).sin(),
            lower_energy_per_cm: 4000.0 * (1.0 + f64::from(i).cos()) as f32,
            weight_cm: 1e-18,
            half_width_per_cm_bar: 0.07,
            width_exponent: 0.5,
            natural_half_width_per_cm: 0.0,
        })
        .collect();
    let partition = PartitionFunction::sampled(|t| t).unwrap();
    LineGas {
        gas: name.to_owned(),
        molar_mass_g_mol: 44.0,
        lists: vec![LineList::new(name, 44.0, 1.0, partition, lines)],
        wing_cutoff_per_cm: 25.0,
        provenance: Provenance {
            tier: Tier::C,
            citation: vec!["made for this test".to_owned()],
            method: "formula".to_owned(),
            caveat: "not a real gas".to_owned(),
        },
    }
}

/// Writes the set of SiO and CO into a folder.
fn small_set(folder: &Path) -> PathBuf {
    let options = Options {
        grid: BandGrid {
            range_per_cm: [900.0, 1800.0],
            bands: 60,
            points_per_band: 400,
        },
        bins: Bins {
            per_band: 4,
            ..Bins::default()
        },
        temperature_k: vec![1500.0, 2500.0, 3500.0],
        pressure_bar: vec![1e-4, 1e-2, 1.0],
        training: vec![(2500.0, 1e-2)],
        ..Options::default()
    };
    let gases = [gas("SiO"), gas("CO")];
    let built = build(&gases, None, NodeSource::Select, &options, &mut |_| {}).unwrap();
    let path = folder.join("small.opk");
    built.writer.write(&path).unwrap();
    path
}

fn opacity(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("magmaret").unwrap();
    command.arg("opacity").args(arguments);
    command
}

fn json(mut command: Command) -> Value {
    let output = command.assert().success().get_output().stdout.clone();
    serde_json::from_slice(&output).unwrap()
}

#[test]
fn info_lists_gases_grids_and_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let set = small_set(folder.path());
    let info = json(opacity(&["info", "--json", "--set", set.to_str().unwrap()]));
    assert_eq!(info["bytes"], std::fs::metadata(&set).unwrap().len());
    let gas = &info["gases"][1];
    assert_eq!(gas["name"], "SiO");
    assert_eq!(gas["tier"], "C");
    assert_eq!(gas["citation"], "made for this test");
    assert_eq!(
        gas["temperature_range_k"],
        serde_json::json!([1500.0, 3500.0])
    );
    assert_eq!(gas["pressure_range_bar"], serde_json::json!([1e-4, 1.0]));
    let missing: Vec<&str> = info["without_opacity"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    assert!(
        missing.contains(&"FeO") && missing.contains(&"CH4"),
        "{missing:?}"
    );
    assert!(!missing.contains(&"SiO") && !missing.contains(&"e-"));
    opacity(&["info", "--set", set.to_str().unwrap()])
        .assert()
        .success()
        .stdout(predicate::str::contains("k-distribution"));
}

#[test]
fn show_gives_bin_means_and_a_figure() {
    let folder = tempfile::tempdir().unwrap();
    let set = small_set(folder.path());
    let set = set.to_str().unwrap();
    let arguments = [
        "--temperature-k",
        "2500",
        "--pressure-bar",
        "1e-2",
        "--range-um",
        "6:10",
    ];
    let mut command = opacity(&[
        "show",
        "--json",
        "--set",
        set,
        "--gas",
        "SiO",
        "--resolution",
        "50",
    ]);
    command.args(arguments);
    let shown = json(command);
    let values = shown["cross_section_cm2"].as_array().unwrap();
    let wavelengths = shown["wavelength_um"].as_array().unwrap();
    assert_eq!(values.len(), wavelengths.len());
    assert_eq!(
        values.len(),
        (50.0 * (10.0_f64 / 6.0).ln()).round() as usize
    );
    // Line strengths by hand: 1e-18 cm x mean of exp(-E/kT) x (1 - exp(-1.25/1.74)) / 2500 per 0.6 cm-1.
    assert!(
        values
            .iter()
            .all(|v| (1e-23..1e-21).contains(&v.as_f64().unwrap())),
        "{values:?}"
    );
    let figures = folder.path().join("figures");
    let mut command = opacity(&[
        "show",
        "--set",
        set,
        "--gas",
        "SiO,CO",
        "--resolution",
        "100",
    ]);
    command.args(arguments).arg("--figure").arg(&figures);
    command
        .assert()
        .success()
        .stdout(predicate::str::contains("CO"));
    let text = std::fs::read_to_string(figures.join("cross_sections.svg")).unwrap();
    assert!(text.contains("SiO (C)"));
    assert!(figures.join("cross_sections.png").exists());
}

#[test]
fn what_cannot_be_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let set = small_set(folder.path());
    let refused = |arguments: &[&str], words: &str| {
        let mut command = opacity(&["show", "--set", set.to_str().unwrap()]);
        command
            .args(arguments)
            .assert()
            .code(2)
            .stderr(predicate::str::contains(words));
    };
    let good = ["--pressure-bar", "1e-2", "--range-um", "6:10"];
    let with = |more: &[&'static str]| -> Vec<&'static str> { [&good[..], more].concat() };
    refused(
        &with(&["--gas", "SIO", "--temperature-k", "2500"]),
        "did you mean `SiO`",
    );
    refused(
        &with(&["--gas", "SiO", "--temperature-k", "9000"]),
        "1500 to 3500",
    );
    refused(
        &[
            "--gas",
            "SiO",
            "--temperature-k",
            "2500",
            "--pressure-bar",
            "1e-2",
            "--range-um",
            "10:6",
        ],
        "--range-um",
    );
    refused(
        &[
            "--gas",
            "SiO",
            "--temperature-k",
            "2500",
            "--pressure-bar",
            "1e-2",
            "--range-um",
            "1:10",
        ],
        "wavelengths that the set covers",
    );
    let bytes = std::fs::read(&set).unwrap();
    let cut = folder.path().join("cut.opk");
    std::fs::write(&cut, &bytes[..bytes.len() - 7]).unwrap();
    opacity(&["info", "--set", cut.to_str().unwrap()])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("cut.opk"));
    opacity(&["build", "--out", "x.opk", "--gas", "Xe"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("--gas"));
}

#[test]
fn import_keeps_collision_induced_absorption_beside_the_gases() {
    let folder = tempfile::tempdir().unwrap();
    let set = small_set(folder.path());
    let (cia, out) = (
        folder.path().join("N2-N2.cia"),
        folder.path().join("with.opk"),
    );
    let header = format!(
        "{:>20}{:>10.3}{:>10.3}{:>7}{:>7.1}{:>10.3E}{:>6.3}{:>27}{:>3}\n",
        "N2-N2", 100.0, 300.0, 2, 300.0, 3e-45, -0.999, "made for this test", 1
    );
    let text = format!("{header}  100.0000  1.000E-45\n  300.0000  3.000E-45\n");
    std::fs::write(&cia, text).unwrap();
    let (cia, out) = (cia.to_str().unwrap(), out.to_str().unwrap());
    let set = set.to_str().unwrap();
    let report = json(opacity(&[
        "import", "--json", cia, "--set", set, "--out", out,
    ]));
    assert_eq!(report["pair"], "N2-N2");
    let info = json(opacity(&["info", "--json", "--set", out]));
    assert_eq!(info["pairs"][0]["range_per_cm"][0][1], 300.0);
    assert_eq!(info["gases"].as_array().unwrap().len(), 2);
    // A table of a gas needs its name.
    opacity(&["import", set, "--set", set, "--out", out])
        .assert()
        .code(2);
}
