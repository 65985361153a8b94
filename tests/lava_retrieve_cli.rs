//! `magmaret mock` and a retrieval with lava, from the outside.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn magmaret() -> Command {
    Command::new(env!("CARGO_BIN_EXE_magmaret"))
}

/// Seven broad bins of a bright planet, few layers: quick to sample.
fn write_inputs(folder: &Path, observation: &str) -> (PathBuf, PathBuf) {
    let errors = folder.join("errors.csv");
    let mut text = String::from(
        "wave_lo_um,wave_hi_um,depth_ppm,err_minus_ppm,err_plus_ppm,instrument,mode,visit,\
         n_eclipses,reduction,quality,source\n",
    );
    for low in 5..12 {
        let high = low + 1;
        text += &format!("{low}.0,{high}.0,0,20,20,miri,lrs_slitless,one,1,none,user,none\n");
    }
    fs::write(&errors, text).unwrap();
    let run = folder.join("run.toml");
    fs::write(
        &run,
        format!(
            "seed = 7\n[system]\nname = 'K2-141 b'\n[observation]\nfiles = ['{observation}']\n\
             [model]\nkind = 'lava'\n[atmosphere]\nlayers = 20\nanchors = 4\n\
             [parameters]\nradius_ratio = 0.0203\nscaled_semi_major_axis = 2.368\n\
             stellar_temperature_k = 4570\nsurface_albedo = 0.05\nalkali_depletion_dex = -1\n\
             delta_iw = {{ prior = 'uniform', low = -4, high = 2 }}\n\
             [sampler]\nkind = 'nested'\nlive_points = 20\ndelta_ln_z = 2.0\n[output]\nfigures = []\n"
        ),
    )
    .unwrap();
    (run, errors)
}

fn mock(run: &Path, errors: &Path, out: &Path, more: &[&str]) -> Command {
    let mut command = magmaret();
    command.arg("mock").arg(run).arg("--errors").arg(errors);
    command.args(["--eclipses", "4", "--inflation", "2"]);
    command.args(more).arg("--out").arg(out);
    command
}

#[test]
fn a_mock_is_read_back_and_retrieved_the_same_by_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let (run, errors) = write_inputs(folder.path(), "mock.csv");
    let observation = folder.path().join("mock.csv");
    let truth = ["--set", "delta_iw=-3", "heat_redistribution=0.5"];
    mock(&run, &errors, &observation, &truth).assert().success();
    let text = fs::read_to_string(folder.path().join("mock.truth.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    assert_eq!(table["truth"]["delta_iw"].as_float(), Some(-3.0));
    let clean = table["depth_ppm"].as_array().unwrap();
    // 20 ppm, twice as much, four eclipses.
    for (line, clean) in fs::read_to_string(&observation)
        .unwrap()
        .lines()
        .skip(3)
        .zip(clean)
    {
        let fields: Vec<&str> = line.split(',').collect();
        assert_eq!(fields[3], "20.000");
        let noise = fields[2].parse::<f64>().unwrap() - clean.as_float().unwrap();
        assert!(noise != 0.0 && noise.abs() < 100.0, "{noise}");
    }
    // Not again over the same files.
    mock(&run, &errors, &observation, &truth)
        .assert()
        .code(2)
        .stderr(contains("there already"));
    let mut samples = Vec::new();
    for threads in ["1", "2"] {
        let out = folder.path().join(format!("run_{threads}"));
        magmaret()
            .args(["--threads", threads, "retrieve"])
            .arg(&run)
            .arg("--out")
            .arg(&out)
            .assert()
            .success()
            .stdout(contains("What delta_iw of lava depends on"));
        samples.push(fs::read(out.join("samples.csv")).unwrap());
        let table = fs::read_to_string(out.join("dependence.csv")).unwrap();
        assert!(
            table
                .lines()
                .nth(1)
                .unwrap()
                .starts_with("heat_redistribution,")
        );
    }
    assert_eq!(samples[0], samples[1]);
}

#[test]
fn a_truth_that_cannot_be_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (run, errors) = write_inputs(folder.path(), "mock.csv");
    let observation = folder.path().join("mock.csv");
    mock(&run, &errors, &observation, &["--set", "delta_wi=-3"])
        .assert()
        .code(2)
        .stderr(contains("delta_iw"));
    mock(&run, &errors, &observation, &["--set", "mgo_dex=0.4"])
        .assert()
        .code(2)
        .stderr(contains("melt_outside_domain"));
    mock(
        &run,
        &errors,
        &observation,
        &["--draw", "--set", "delta_iw=1"],
    )
    .assert()
    .code(2)
    .stderr(contains("either a draw"));
    let text = fs::read_to_string(&run).unwrap();
    let both = "[parameters]\nirradiation_temperature_k = 2300\nheat_redistribution = 0.5\n";
    let contradictory = folder.path().join("both.toml");
    fs::write(&contradictory, text.replace("[parameters]\n", both)).unwrap();
    mock(&contradictory, &errors, &observation, &[])
        .assert()
        .code(2)
        .stderr(contains("heat_redistribution").and(contains("irradiation_temperature_k")));
    assert!(!observation.exists());
    let missing = root().join("observations/errors/none.csv");
    mock(&run, &missing, &observation, &[]).assert().code(2);
}
