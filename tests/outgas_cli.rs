//! `magmaret outgas`: output shape and refusals.
#![cfg(feature = "cli")]

use assert_cmd::Command;
use predicates::str::contains;

const BUDGET: [&str; 8] = [
    "--hydrogen-oceans",
    "1",
    "--carbon-to-hydrogen-mass",
    "1",
    "--nitrogen-ppmw",
    "2",
    "--sulfur-ppmw",
    "200",
];

fn outgas(arguments: &[&str]) -> assert_cmd::assert::Assert {
    Command::new(env!("CARGO_BIN_EXE_magmaret"))
        .arg("outgas")
        .args(arguments)
        .assert()
}

fn json(arguments: &[&str]) -> serde_json::Value {
    let all: Vec<&str> = arguments
        .iter()
        .copied()
        .chain(BUDGET)
        .chain(["--json"])
        .collect();
    let output = outgas(&all).code(0).get_output().stdout.clone();
    serde_json::from_slice(&output).unwrap()
}

/// CALLIOPE 26.5.3 case 2: 69.26347376 bar, p(CO) 57.83164574 bar. Measured margin 4e-11.
#[test]
fn one_point_is_an_object_with_the_keys_of_the_contract() {
    let point = [
        "--temperature-k",
        "2000",
        "--delta-iw",
        "0",
        "--mode",
        "calliope",
    ];
    let answer = json(&point);
    let close = |key: &serde_json::Value, value: f64| {
        assert!((key.as_f64().unwrap() / value - 1.0).abs() < 1e-5);
    };
    close(&answer["total_pressure_bar"], 69.263_473_76);
    close(&answer["partial_pressure_bar"]["CO"], 57.831_645_74);
    close(&answer["dissolved_kg"]["H2O"], 1.381_720_746e21);
    close(&answer["element_kg"]["H"]["gas"], 3.785_328_498e17);
    close(&answer["element_kg"]["S"]["melt"], 7.996_332_640e20);
    close(&answer["log10_fo2_bar"], -7.407_823_842);
    assert!(!answer["extrapolated"].as_array().unwrap().is_empty());
}

#[test]
fn a_sweep_is_an_array() {
    let answer = json(&["--temperature-k", "2000:3000:500", "--delta-iw", "-4,0"]);
    assert_eq!(answer.as_array().unwrap().len(), 6);
}

#[test]
fn rock_vapour_joins_the_gas_and_oxygen_can_be_balanced() {
    let rock = [
        "--temperature-k",
        "2600",
        "--delta-iw",
        "1",
        "--melt",
        "bse",
    ];
    let answer = json(&rock);
    assert!(answer["partial_pressure_bar"]["NaOH"].as_f64().unwrap() > 0.0);
    assert_eq!(answer["buffer"], "iw_hirschmann2008");
    let balanced: Vec<&str> = rock.into_iter().chain(["--oxygen", "conserved"]).collect();
    let moved = json(&balanced)["delta_iw"].as_f64().unwrap();
    assert!(moved < 0.99, "hydrogen and carbon reduce the melt: {moved}");
}

#[test]
fn the_table_names_gases_elements_and_conventions() {
    let arguments = [
        "--temperature-k",
        "2000",
        "--log10-fo2-bar",
        "-7",
        "--element-pressure-bar",
        "H=10",
    ];
    for word in ["H2O", "element", "mode nasa9", "from iw_hirschmann2008"] {
        outgas(&arguments).code(0).stdout(contains(word));
    }
    outgas(&arguments)
        .code(0)
        .stderr(contains("extrapolated: h2o_peridotite_sossi2023"));
}

#[test]
fn bad_input_ends_with_code_2_and_a_reason() {
    let cases: [(&[&str], &str); 12] = [
        (
            &["--temperature-k", "100", "--delta-iw", "0"],
            "500 to 6000",
        ),
        (
            &["--temperature-k", "hot", "--delta-iw", "0"],
            "start:stop:step",
        ),
        (&["--temperature-k", "2000"], "--delta-iw"),
        (
            &["--temperature-k", "2000", "--delta-iw", "20"],
            "log10 fO2",
        ),
        (
            &[
                "--temperature-k",
                "2000",
                "--delta-iw",
                "0",
                "--hydrogen-oceans",
                "-1",
            ],
            "found -1",
        ),
        (
            &[
                "--temperature-k",
                "2000",
                "--delta-iw",
                "0",
                "--law",
                "h2o_basalt_dixon",
            ],
            "did you mean",
        ),
        (
            &[
                "--temperature-k",
                "2000",
                "--delta-iw",
                "0",
                "--mode",
                "caliope",
            ],
            "calliope",
        ),
        (
            &[
                "--temperature-k",
                "2000",
                "--delta-iw",
                "0",
                "--planet",
                "erth",
            ],
            "earth",
        ),
        (
            &[
                "--temperature-k",
                "2000",
                "--delta-iw",
                "0",
                "--oxygen",
                "congruent",
            ],
            "--melt",
        ),
        (
            &[
                "--temperature-k",
                "2000",
                "--delta-iw",
                "0",
                "--buffer",
                "qfm",
            ],
            "iron-wüstite",
        ),
        (
            &[
                "--temperature-k",
                "2000",
                "--delta-iw",
                "0",
                "--element-pressure-bar",
                "X=1",
            ],
            "`X=1`",
        ),
        (
            &[
                "--temperature-k",
                "2000",
                "--delta-iw",
                "0",
                "--melt",
                "corl",
            ],
            "SiO2",
        ),
    ];
    for (arguments, words) in cases {
        outgas(arguments).code(2).stderr(contains(words));
    }
}
