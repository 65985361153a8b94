//! `magmaret vaporise`: output shape and refusals.
#![cfg(feature = "cli")]

use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

fn vaporise(arguments: &[&str]) -> assert_cmd::assert::Assert {
    Command::new(env!("CARGO_BIN_EXE_magmaret"))
        .arg("vaporise")
        .args(arguments)
        .assert()
}

#[test]
fn one_point_is_an_object_and_a_sweep_an_array() {
    let point = [
        "--melt",
        "bse",
        "--temperature-k",
        "2500",
        "--delta-iw",
        "0",
        "--json",
    ];
    let output = vaporise(&point).code(0).get_output().stdout.clone();
    let json: serde_json::Value = serde_json::from_slice(&output).unwrap();
    assert!(json["log10_pressure_bar"]["SiO"].is_f64());
    assert!(json["activity"]["SiO2"].is_f64());
    assert_eq!(json["metal_saturated"], false);
    assert!(json["warnings"].as_array().unwrap().is_empty());
    let sweep = [
        "--melt",
        "bse",
        "--temperature-k",
        "2500",
        "--delta-iw",
        "-6:6:0.5",
        "--json",
    ];
    let output = vaporise(&sweep).code(0).get_output().stdout.clone();
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&output).unwrap();
    assert_eq!(rows.len(), 25);
    assert_eq!(rows[0]["metal_saturated"], true);
}

#[test]
fn a_table_has_a_row_per_point() {
    let arguments = [
        "--melt",
        "terra",
        "--temperature-k",
        "2000:3000:500",
        "--congruent",
    ];
    vaporise(&arguments)
        .code(0)
        .stdout(
            contains("2000.0")
                .and(contains("2500.0"))
                .and(contains("3000.0")),
        )
        .stderr(contains("metal saturation is off"));
}

#[test]
fn bad_input_is_refused_with_the_reason() {
    let at = ["--temperature-k", "2500", "--delta-iw", "0"];
    for (given, reason) in [
        (vec!["--melt", "trra"], "did you mean `terra`"),
        (vec!["--melt", "ars"], "component SiO2"),
        (vec!["--wt-percent", "SiO=100"], "did you mean `SiO2`"),
        (vec!["--wt-percent", "SiO2=45,MgO=30"], "sum to 75"),
        (vec!["--wt-percent", "SiO2=-45,MgO=145"], "SiO2"),
        (vec!["--melt", "bse", "--congruent"], "cannot be used with"),
        (vec!["--melt", "bse", "--preset", "melts"], "melts_nasa9"),
        (vec!["--melt", "bse", "--buffer", "qfm"], "iron-wüstite"),
        (vec!["--melt", "bse", "--gamma", "FeO=1.7"], "user_gamma"),
    ] {
        let arguments: Vec<&str> = given.into_iter().chain(at).collect();
        vaporise(&arguments).code(2).stderr(contains(reason));
    }
    vaporise(&["--melt", "bse", "--temperature-k", "500", "--delta-iw", "0"])
        .code(2)
        .stderr(contains("500 K"));
    vaporise(&["--melt", "bse", "--temperature-k", "2500"]).code(2);
}
