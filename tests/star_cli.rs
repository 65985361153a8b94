//! `[star]` as a user meets it.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

fn write_run(folder: &Path, system: &str, star: &str) -> PathBuf {
    let observation =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("observations/ltt1445ab_miri_lrs_8bin.csv");
    let text = format!(
        "seed = 5\n[system]\nname = '{system}'\n[observation]\nfiles = ['{}']\n\
         [model]\nkind = 'bare_rock'\n[star]\n{star}\n[output]\nfigures = []\n\
         [sampler]\nlive_points = 50\n",
        observation.display()
    );
    let path = folder.join("run.toml");
    fs::write(&path, text).unwrap();
    path
}

fn magmaret(folder: &Path, command: &str, run: &Path) -> assert_cmd::assert::Assert {
    Command::new(env!("CARGO_BIN_EXE_magmaret"))
        .current_dir(folder)
        .args([command, run.to_str().unwrap()])
        .assert()
}

#[test]
fn check_says_which_star_was_used_and_what_was_done_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let run = write_run(folder.path(), "LTT 1445 A b", "");
    magmaret(folder.path(), "check", &run)
        .code(0)
        .stdout(
            contains("star: black body at stellar_temperature_k\n").and(contains("uv_scale = 1.0")),
        )
        .stderr(contains("uv_scale").not());

    let run = write_run(folder.path(), "LTT 1445 A b", "uv_scale = 4.0");
    magmaret(folder.path(), "check", &run)
        .code(0)
        .stdout(contains("stellar_temperature_k, times 4 below 0.3"))
        .stderr(contains(
            "warning: the flux of the star below 0.3 µm is 4 times",
        ));

    let run = write_run(
        folder.path(),
        "55 Cnc e",
        "spectrum = 'embedded'\nname = '55_cnc_g8'",
    );
    magmaret(folder.path(), "check", &run)
        .code(0)
        .stdout(contains(
            "star: 55 Cnc (G8): host spectrum of Zilinskas et al. (2022, arXiv:2202.04759)",
        ))
        .stderr(contains("stands for").not());

    let run = write_run(
        folder.path(),
        "LTT 1445 A b",
        "spectrum = 'embedded'\nname = 'sun_g2'",
    );
    magmaret(folder.path(), "check", &run)
        .code(0)
        .stderr(contains("warning: the spectrum `sun_g2`").and(contains("stands for one of")));
}

#[test]
fn stars_that_are_not_known_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (star, expected) in [
        ("spectrum = 'embedded'", "sun_g2, 55_cnc_g8, toi_1807_k3"),
        (
            "spectrum = 'embedded'\nname = 'sun'",
            "sun_g2, 55_cnc_g8, toi_1807_k3",
        ),
        ("name = 'sun_g2'", "embedded"),
        ("uv_scale = -1.0", "0 to 1000"),
        ("uv_factor = 1.0", "uv_scale"),
    ] {
        let run = write_run(folder.path(), "55 Cnc e", star);
        magmaret(folder.path(), "retrieve", &run)
            .code(2)
            .stderr(contains(expected).and(contains("panicked").not()));
        assert!(!folder.path().join("runs").exists(), "{star}");
    }
}

/// An embedded star goes the whole way to an evidence.
#[test]
fn a_retrieval_runs_with_an_embedded_star() {
    let folder = tempfile::tempdir().unwrap();
    let star = "spectrum = 'embedded'\nname = '55_cnc_g8'\nuv_scale = 2.0";
    let run = write_run(folder.path(), "55 Cnc e", star);
    magmaret(folder.path(), "retrieve", &run)
        .code(predicates::function::function(|code: &i32| *code < 2));
    let summary = fs::read_to_string(folder.path().join("runs/run/summary.json")).unwrap();
    assert!(summary.contains("ln_evidence"));
}
