//! The program as a user meets it: exit codes, messages, and what is on disk afterwards.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::time::Duration;

use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn magmaret(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_magmaret"));
    command.current_dir(folder);
    command
}

/// A run file of the two null models on the eight bins of LTT 1445 A b, quick to sample.
fn run_text(extra: &str) -> String {
    format!(
        "seed = 5\n[system]\nname = 'LTT 1445 A b'\n[observation]\nfiles = ['{}']\n\
         [model]\nkind = 'bare_rock'\ncompare_with = ['black_body']\n[output]\nfigures = []\n{extra}",
        root()
            .join("observations/ltt1445ab_miri_lrs_8bin.csv")
            .display()
    )
}

fn write_run(folder: &Path, extra: &str) -> PathBuf {
    let path = folder.join("run.toml");
    fs::write(&path, run_text(extra)).unwrap();
    path
}

fn samples(run: &Path) -> BTreeMap<&'static str, Vec<u8>> {
    [
        "samples.csv",
        "post_equal_weights.dat",
        "models/black_body/samples.csv",
    ]
    .map(|name| (name, fs::read(run.join(name)).unwrap()))
    .into()
}

fn summary(run: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(run.join("summary.json")).unwrap()).unwrap()
}

#[test]
fn every_shipped_run_file_passes_check() {
    let mut checked = 0;
    for entry in fs::read_dir(root().join("configs")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        magmaret(root())
            .args(["check", path.to_str().unwrap()])
            .assert()
            .code(0)
            .stdout(
                (contains("eclipse_depth:").and(contains("[sampler]")))
                    .or(contains("oxygen_fugacity").and(contains("heat_redistribution"))),
            );
        checked += 1;
    }
    assert!(checked >= 3, "{checked} run files");
}

#[test]
fn a_misspelt_key_is_refused_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = write_run(folder.path(), "[sampler]\nlive_point = 400\n");
    for command in ["check", "retrieve"] {
        magmaret(folder.path())
            .args([command, path.to_str().unwrap()])
            .assert()
            .code(2)
            .stderr(contains("line 12").and(contains("live_points")));
    }
    assert!(
        !folder.path().join("runs").exists(),
        "nothing may be written"
    );
}

#[test]
fn bad_input_says_where_what_and_what_else_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for (extra, place, expected) in [
        (
            "[parameters]\nbond_albdo = 0.1\n",
            "bond_albdo",
            "bond_albedo",
        ),
        (
            "[parameters]\nbond_albedo = { prior = 'uniform', low = 0.5 }\n",
            "bond_albedo",
            "high",
        ),
        (
            "[parameters]\nbond_albedo = { prior = 'uniform', low = 0.5, high = 0.1 }\n",
            "bond_albedo",
            "0.1",
        ),
        ("[sampler]\nlive_points = 2\n", "sampler.live_points", "20"),
        ("[star]\nspectrum = 'file'\n", "star.file", "path"),
        (
            "[likelihood]\nkind = 'student_t'\ngaussian_process = 'matern32'\n",
            "likelihood",
            "gaussian",
        ),
    ] {
        let path = write_run(folder.path(), extra);
        magmaret(folder.path())
            .args(["retrieve", path.to_str().unwrap()])
            .assert()
            .code(2)
            .stderr(
                contains(place)
                    .and(contains(expected))
                    .and(contains("panicked").not()),
            );
        assert!(!folder.path().join("runs").exists(), "{extra}");
    }
    magmaret(folder.path())
        .args(["retrieve", "absent.toml"])
        .assert()
        .code(2)
        .stderr(contains("absent.toml"));
    magmaret(folder.path()).args(["retriev"]).assert().code(2);
}

#[test]
fn a_run_leaves_what_the_readme_promises_and_is_never_overwritten_by_accident() {
    let folder = tempfile::tempdir().unwrap();
    let text = run_text("").replace("figures = []", "figures = ['svg']");
    fs::write(folder.path().join("run.toml"), text).unwrap();
    let run = folder.path().join("runs/run");
    magmaret(folder.path())
        .args(["retrieve", "run.toml"])
        .assert()
        .code(0)
        .stdout(contains("dark rock").and(contains("Evidence")));
    for name in [
        "run.toml",
        "provenance.json",
        "samples.csv",
        "post_equal_weights.dat",
        "posterior.nc",
        "summary.json",
        "checkpoint",
        "references.bib",
        "bins.csv",
        "spectrum.csv",
        "observation.txt",
        "chains/bare_rock.txt",
        "chains/bare_rock.paramnames",
        "figures/corner.svg",
        "figures/spectrum.svg",
        "figures/brightness_temperature.svg",
        "figures/prior_posterior.svg",
        "figures/trace.svg",
        "figures/insertion_rank.svg",
        "models/black_body/summary.json",
    ] {
        let length = fs::metadata(run.join(name))
            .unwrap_or_else(|e| panic!("{name}: {e}"))
            .len();
        assert!(length > 0, "{name} is empty");
    }
    // What leave-one-out cross-validation takes elsewhere.
    let posterior = fs::read(run.join("posterior.nc")).unwrap();
    let group = b"log_likelihood";
    assert!(posterior.windows(group.len()).any(|bytes| bytes == group));
    let found = summary(&run);
    for key in [
        "ln_evidence",
        "ln_evidence_error",
        "effective_sample_size",
        "likelihood_calls",
        "wall_seconds",
    ] {
        assert!(found[key].is_number(), "{key}: {}", found[key]);
    }
    assert!(found["parameters"]["bond_albedo"]["q50"].is_number());
    assert_eq!(found["model_comparison"].as_array().unwrap().len(), 2);
    let before = samples(&run);
    magmaret(folder.path())
        .args(["retrieve", "run.toml"])
        .assert()
        .code(2)
        .stderr(contains("--resume").and(contains("--force")));
    assert_eq!(samples(&run), before);
    // The resolved run file is itself a run file, and gives the same samples.
    magmaret(folder.path())
        .args(["retrieve", "runs/run/run.toml", "--out", "again"])
        .assert()
        .code(0);
    assert!(
        samples(&folder.path().join("again")) == before,
        "the resolved run file gives other samples"
    );
}

#[test]
fn samples_are_the_same_bytes_for_1_2_and_8_threads() {
    let folder = tempfile::tempdir().unwrap();
    write_run(folder.path(), "");
    let mut found = Vec::new();
    for threads in ["1", "2", "8"] {
        let out = folder.path().join(threads);
        magmaret(folder.path())
            .args([
                "retrieve",
                "run.toml",
                "--threads",
                threads,
                "--out",
                out.to_str().unwrap(),
            ])
            .assert()
            .code(0);
        found.push(samples(&out));
    }
    assert!(found[0] == found[1] && found[0] == found[2]);
}

#[test]
fn json_on_stdout_is_the_summary() {
    let folder = tempfile::tempdir().unwrap();
    write_run(folder.path(), "");
    let output = magmaret(folder.path())
        .args(["retrieve", "run.toml", "--json"])
        .assert()
        .code(0)
        .get_output()
        .clone();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json, summary(&folder.path().join("runs/run")));
}

#[test]
fn extend_adds_live_points_and_resume_insists_on_the_old_ones() {
    let folder = tempfile::tempdir().unwrap();
    write_run(folder.path(), "[sampler]\nlive_points = 200\n");
    magmaret(folder.path())
        .args(["retrieve", "run.toml"])
        .assert()
        .code(0);
    let run = folder.path().join("runs/run");
    let before = summary(&run);
    write_run(folder.path(), "[sampler]\nlive_points = 800\n");
    magmaret(folder.path())
        .args(["retrieve", "run.toml", "--resume"])
        .assert()
        .code(2)
        .stderr(contains("--extend"));
    magmaret(folder.path())
        .args(["retrieve", "run.toml", "--extend"])
        .assert()
        .code(0);
    let after = summary(&run);
    let error = |summary: &serde_json::Value| summary["ln_evidence_error"].as_f64().unwrap();
    let gain = error(&before) / error(&after);
    assert!(
        (1.4..2.9).contains(&gain),
        "error fell by {gain}, expected about 2"
    );
    // Extending again to the same number changes nothing.
    let bytes = samples(&run);
    magmaret(folder.path())
        .args(["retrieve", "run.toml", "--extend"])
        .assert()
        .code(0);
    assert!(samples(&run) == bytes);
}

#[test]
fn a_damaged_checkpoint_is_named_and_the_one_before_it_used() {
    let folder = tempfile::tempdir().unwrap();
    write_run(
        folder.path(),
        "[sampler]\nlive_points = 100\ncheckpoint_interval_s = 0.0\n",
    );
    magmaret(folder.path())
        .args(["retrieve", "run.toml"])
        .assert()
        .code(0);
    let run = folder.path().join("runs/run");
    let before = samples(&run);
    let checkpoint = run.join("checkpoint");
    let mut bytes = fs::read(&checkpoint).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&checkpoint, &bytes).unwrap();
    magmaret(folder.path())
        .args(["retrieve", "run.toml", "--resume"])
        .assert()
        .code(0)
        .stderr(contains("checkpoint` ").and(contains("checkpoint.previous")));
    assert!(samples(&run) == before);
}

#[test]
fn other_inputs_cannot_be_resumed() {
    let folder = tempfile::tempdir().unwrap();
    write_run(folder.path(), "");
    magmaret(folder.path())
        .args(["retrieve", "run.toml"])
        .assert()
        .code(0);
    write_run(folder.path(), "[parameters]\nbond_albedo = 0.3\n");
    magmaret(folder.path())
        .args(["retrieve", "run.toml", "--resume"])
        .assert()
        .code(2)
        .stderr(contains("other inputs"));
}

#[test]
fn the_samplers_agree_on_a_real_spectrum() {
    let folder = tempfile::tempdir().unwrap();
    let mut means = Vec::new();
    for (kind, extra) in [
        ("nested", "kernel = 'ellipsoids'"),
        ("nested", "kernel = 'slice'"),
        ("nested", "kernel = 'random_walk'"),
        ("dynamic_nested", "target_effective_samples = 5000"),
        ("importance", "target_effective_samples = 5000"),
        ("ensemble", "ensemble_steps = 20000"),
    ] {
        write_run(
            folder.path(),
            &format!("[sampler]\nkind = '{kind}'\n{extra}\n"),
        );
        let out = folder.path().join("out");
        magmaret(folder.path())
            .args([
                "retrieve",
                "run.toml",
                "--force",
                "--out",
                out.to_str().unwrap(),
            ])
            .assert()
            .code(0);
        let found = summary(&out.join("models/black_body"));
        let column = &found["parameters"]["dayside_temperature_k"];
        let samples = found["effective_sample_size"].as_f64().unwrap();
        let std = column["std"].as_f64().unwrap();
        means.push((column["mean"].as_f64().unwrap(), std / samples.sqrt(), std));
    }
    let (reference, reference_error, reference_std) = means[0];
    for (mean, error, std) in &means[1..] {
        let allowed = 4.5 * error.hypot(reference_error);
        assert!((mean - reference).abs() < allowed, "{means:?}");
        assert!((std / reference_std - 1.0).abs() < 0.15, "{means:?}");
    }
}

/// Ctrl-C finishes the batch, writes a checkpoint and says how to go on; the resumed run ends with
/// the samples of one that was left alone.
#[cfg(unix)]
#[test]
fn an_interrupted_run_can_be_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let extra = "[sampler]\nlive_points = 20000\nkernel = 'slice'\n";
    write_run(folder.path(), extra);
    let mut child = Process::new(env!("CARGO_BIN_EXE_magmaret"))
        .current_dir(folder.path())
        .args(["retrieve", "run.toml"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(700));
    assert!(
        child.try_wait().unwrap().is_none(),
        "the run ended before it was interrupted"
    );
    let id = child.id().to_string();
    assert!(
        Process::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("--resume"), "{text}");
    let run = folder.path().join("runs/run");
    assert!(run.join("checkpoint").exists() && !run.join("models/black_body/samples.csv").exists());
}

#[test]
fn targets_lists_every_system_with_the_depth_of_a_dark_rock() {
    let output = magmaret(root())
        .args(["targets", "--json"])
        .assert()
        .code(0)
        .get_output()
        .clone();
    let targets: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let targets = targets.as_array().unwrap();
    assert!(targets.len() >= 30, "{} systems", targets.len());
    let find = |name: &str| {
        targets
            .iter()
            .find(|target| target["name"] == name)
            .unwrap()
    };
    // 77 ppm: GJ 367 b, zero albedo, no redistribution (design table of observations, from the
    // archive values of 2026-10-18).
    let depth = find("GJ 367 b")["bare_rock_depth_ppm"].as_f64().unwrap();
    assert!((depth - 77.0).abs() < 1.0, "{depth}");
    // ESM of 55 Cnc e with the dayside factor of Kempton et al. (2018): 69.8.
    let esm = find("55 Cnc e")["emission_metric"].as_f64().unwrap();
    assert!((esm / 69.8 - 1.0).abs() < 0.01, "{esm}");
}
