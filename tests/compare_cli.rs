//! Models of one run and of several against each other, as a user meets them.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

fn magmaret(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_magmaret"));
    command.current_dir(folder);
    command
}

/// Samples the null models on eight bins of LTT 1445 A b to the folder `name`.
fn retrieve(folder: &Path, name: &str, file: &str, extra: &str) {
    let data = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("observations")
        .join(file);
    let text = format!(
        "seed = 5\ntitle = 'run {name}'\n[system]\nname = 'LTT 1445 A b'\n[observation]\n\
         files = ['{}']\n[model]\nkind = 'bare_rock'\ncompare_with = ['black_body']\n[output]\n\
         figures = ['svg']\n[sampler]\nlive_points = 200\n{extra}",
        data.display()
    );
    fs::write(folder.join(format!("{name}.toml")), text).unwrap();
    magmaret(folder)
        .args(["retrieve", &format!("{name}.toml"), "--out", name])
        .assert()
        .code(0);
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// A column of a CSV without quotes.
fn column(path: &Path, name: &str) -> Vec<f64> {
    let text = fs::read_to_string(path).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let place = header.iter().position(|own| own == name).unwrap();
    (reader.records())
        .map(|record| record.unwrap()[place].parse().unwrap())
        .collect()
}

const BINS: &str = "ltt1445ab_miri_lrs_8bin.csv";

/// Sums over the bins are those of the summary, and the prior of the albedo has an entry.
#[test]
fn a_run_leaves_the_comparison_of_its_models() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("a");
    retrieve(folder.path(), "a", BINS, "");
    let summary = json(&run.join("summary.json"));
    let elpd = |path: &str| column(&run.join(path), "elpd_nats");
    let (rock, body) = (elpd("loo.csv"), elpd("models/black_body/loo.csv"));
    let total: f64 = rock.iter().sum();
    let of_summary = summary["leave_one_out"]["elpd_loo"].as_f64().unwrap();
    assert!((total - of_summary).abs() < 1e-4, "{total} {of_summary}");
    assert_eq!(rock.len(), 8);
    let bins = run.join("comparison_bins.csv");
    let against = |name: &str| column(&bins, &format!("delta_elpd_nats_{name}"));
    for bin in 0..8 {
        let difference = against("bare_rock")[bin] - against("black_body")[bin];
        assert!(
            (difference - (rock[bin] - body[bin])).abs() < 3e-5,
            "bin {bin}"
        );
    }
    let won: u64 = (summary["model_comparison"].as_array().unwrap().iter())
        .map(|model| model["bins_won"].as_u64().unwrap())
        .sum();
    assert_eq!(won, 8);
    let widths = summary["prior_sensitivity"].as_array().unwrap();
    assert!(
        widths
            .iter()
            .any(|entry| entry["parameter"] == "bond_albedo")
    );
    for name in [
        "prior_sensitivity.csv",
        "comparison.csv",
        "figures/bin_preference.svg",
    ] {
        assert!(run.join(name).is_file(), "{name}");
    }
    let references = fs::read_to_string(run.join("references.bib")).unwrap();
    assert!(references.contains("vehtari2017"));
}

/// The change of ln Z that the samples give for a prior of half the width, against a run with that prior.
/// Measured: -0.960 against -0.979 ± 0.162.
#[test]
fn half_the_prior_gives_the_evidence_of_a_run_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let prior = |low, high| {
        format!("[parameters]\nbond_albedo = {{ prior = 'uniform', low = {low}, high = {high} }}\n")
    };
    retrieve(folder.path(), "wide", BINS, &prior(0.0, 0.8));
    retrieve(folder.path(), "narrow", BINS, &prior(0.2, 0.6));
    let [wide, narrow] =
        ["wide", "narrow"].map(|n| json(&folder.path().join(n).join("summary.json")));
    let ln_z = |summary: &serde_json::Value| summary["ln_evidence"].as_f64().unwrap();
    let error = |summary: &serde_json::Value| summary["ln_evidence_error"].as_f64().unwrap();
    let widths = wide["prior_sensitivity"].as_array().unwrap();
    let albedo = (widths
        .iter()
        .find(|entry| entry["parameter"] == "bond_albedo"))
    .unwrap();
    let predicted = albedo["central_half"]["ln_ratio"].as_f64().unwrap();
    let found = ln_z(&narrow) - ln_z(&wide);
    let sigma = error(&narrow).hypot(error(&wide));
    assert!(
        (found - predicted).abs() < 3.5 * sigma,
        "{found} {predicted} {sigma}"
    );

    let output = magmaret(folder.path())
        .args(["compare", "wide", "narrow", "--json"])
        .output()
        .unwrap();
    assert!(output.status.success());
    let comparison: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let models = comparison["models"].as_array().unwrap();
    assert_eq!(models.len(), 4);
    assert_eq!(models[0]["delta_ln_evidence"], 0.0);
    for model in models {
        assert_eq!(model["run"].as_u64().unwrap() / 2, 0);
        assert!(model["likelihood_calls"].as_u64().unwrap() > 100);
        assert!(model["delta_elpd_loo"].as_f64().unwrap() <= 0.0);
    }
    let names: Vec<&str> = (comparison["differing"].as_array().unwrap().iter())
        .filter_map(|entry| entry["name"].as_str())
        .collect();
    assert_eq!(names, ["parameters.bond_albedo"]);
    magmaret(folder.path())
        .args(["compare", "wide", "narrow"])
        .assert()
        .code(0)
        .stdout(contains("bare_rock [2]").and(contains("parameters.bond_albedo")))
        .stdout(contains("run wide").and(contains("live points")));
}

#[test]
fn runs_of_other_data_and_damaged_ones_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    retrieve(folder.path(), "a", BINS, "");
    let copy = |name: &str| {
        let to = folder.path().join(name);
        fs::create_dir_all(to.join("models/black_body")).unwrap();
        for file in ["run.toml", "summary.json", "bins.csv", "loo.csv"] {
            fs::copy(folder.path().join("a").join(file), to.join(file)).unwrap();
        }
        let file = "models/black_body/summary.json";
        fs::copy(folder.path().join("a").join(file), to.join(file)).unwrap();
        to
    };
    let refused = |name: &str, words: [&str; 2]| {
        magmaret(folder.path())
            .args(["compare", "a", name])
            .assert()
            .code(2)
            .stderr(
                contains(words[0])
                    .and(contains(words[1]))
                    .and(contains("panicked").not()),
            );
    };
    let same = copy("same");
    magmaret(folder.path())
        .args(["compare", "a", "same"])
        .assert()
        .code(0);
    fs::remove_file(same.join("loo.csv")).unwrap();
    magmaret(folder.path())
        .args(["compare", "a", "same"])
        .assert()
        .code(0);

    let text = fs::read_to_string(folder.path().join("a/bins.csv")).unwrap();
    let depth = text.lines().nth(3).unwrap().split(',').nth(5).unwrap();
    let other = copy("other");
    fs::write(other.join("bins.csv"), text.replacen(depth, "77.7", 1)).unwrap();
    refused(
        "other",
        [
            "bin 3: found depth_ppm = 77.7",
            &format!(
                "expected {}",
                depth.trim_end_matches('0').trim_end_matches('.')
            ),
        ],
    );
    let fewer: Vec<&str> = text.lines().take(8).collect();
    let short = copy("short");
    fs::write(short.join("bins.csv"), fewer.join("\n")).unwrap();
    refused("short", ["loo.csv: found 8 bins", "7 as in bins.csv"]);
    fs::remove_file(short.join("loo.csv")).unwrap();
    refused("short", ["found 7 bins", "expected 8 as in a"]);

    let damaged = copy("damaged");
    for (file, content) in [
        ("summary.json", "{ \"title\": 3"),
        ("summary.json", "{}"),
        ("run.toml", "seed = "),
        ("bins.csv", "wave_lo_um\n1\n"),
        ("loo.csv", "elpd_nats\nnan\n"),
        ("models/black_body/summary.json", ""),
    ] {
        let path = damaged.join(file);
        let before = fs::read(&path).unwrap();
        fs::write(&path, content).unwrap();
        refused("damaged", ["damaged", file]);
        fs::write(&path, before).unwrap();
    }
    let path = damaged.join("summary.json");
    let text = fs::read_to_string(&path).unwrap();
    let mut summary: serde_json::Value = serde_json::from_str(&text).unwrap();
    summary["observation"]["blake3"] = "0".into();
    fs::write(&path, summary.to_string()).unwrap();
    refused("damaged", ["found limits or digits", "as in a"]);
    summary["model_comparison"] = serde_json::json!([]);
    fs::write(&path, summary.to_string()).unwrap();
    refused(
        "damaged",
        ["model_comparison: found no model", "one or more"],
    );
    fs::write(&path, text.replace("\"black_body\"", "\"../../a\"")).unwrap();
    refused("damaged", ["`../../a`", "the name of a model"]);
    refused("absent", ["absent", "no finished run"]);
    magmaret(folder.path()).args(["compare"]).assert().code(2);
}
