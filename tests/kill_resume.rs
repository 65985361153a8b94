//! `kill -9` at any moment, then `--resume`: the samples are the same bytes as those of a run that
//! was left alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

const KILLS: usize = 20;

fn retrieve(run_file: &Path, out: &Path, resume: bool) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_magmaret"));
    command.arg("retrieve").arg(run_file).arg("--out").arg(out);
    if resume {
        command.arg("--resume");
    }
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Every file that holds samples, by its path in the run directory.
fn sample_files(run: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fn visit(folder: &Path, root: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, root, found);
            } else if matches!(
                path.file_name().unwrap().to_str().unwrap(),
                "samples.csv" | "post_equal_weights.dat"
            ) {
                let relative = path.strip_prefix(root).unwrap().to_owned();
                found.insert(relative, fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    visit(run, run, &mut found);
    found
}

#[test]
fn twenty_kills_resume_to_identical_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let run_file = folder.path().join("run.toml");
    let data =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("observations/ltt1445ab_miri_lrs_8bin.csv");
    fs::write(
        &run_file,
        format!(
            "seed = 9\n[system]\nname = 'LTT 1445 A b'\n[observation]\nfiles = ['{}']\n\
             [model]\nkind = 'bare_rock'\ncompare_with = ['black_body']\n\
             [likelihood]\nerror_inflation = 'multiplicative'\n\
             [sampler]\nlive_points = 400\nkernel = 'slice'\ncheckpoint_interval_s = 0.0\n\
             [output]\nfigures = []\n",
            data.display()
        ),
    )
    .unwrap();

    let reference = folder.path().join("reference");
    let mut whole_run = Duration::MAX;
    for _ in 0..2 {
        // The quicker of two, so that the kills fall inside a run.
        let _ = fs::remove_dir_all(&reference);
        let started = Instant::now();
        let status = retrieve(&run_file, &reference, false).status().unwrap();
        assert!(status.success());
        whole_run = whole_run.min(started.elapsed());
    }
    let expected = sample_files(&reference);
    assert_eq!(
        expected.len(),
        4,
        "two models, two files each: {:?}",
        expected.keys()
    );

    let mut rng = ChaCha8Rng::seed_from_u64(20);
    let mut killed_midway = 0;
    for kill in 0..KILLS {
        let out = folder.path().join(format!("killed_{kill}"));
        let mut child = retrieve(&run_file, &out, false).spawn().unwrap();
        std::thread::sleep(Duration::from_secs_f64(
            whole_run.as_secs_f64() * rng.random::<f64>(),
        ));
        killed_midway += usize::from(child.try_wait().unwrap().is_none());
        // SIGKILL on Unix; an error means that it has ended by itself.
        let _ = child.kill();
        child.wait().unwrap();
        let resumed = retrieve(&run_file, &out, true)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        assert!(
            resumed.status.success(),
            "kill {kill}: {}",
            String::from_utf8_lossy(&resumed.stderr)
        );
        assert!(
            sample_files(&out) == expected,
            "kill {kill}: the samples differ"
        );
        fs::remove_dir_all(&out).unwrap();
    }
    assert!(
        killed_midway >= KILLS / 2,
        "only {killed_midway} of {KILLS} kills hit a running program"
    );
}

/// The same with magma in the likelihood, whose starts are computed anew before a run goes on.
#[test]
fn a_killed_run_of_lava_resumes_to_identical_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let run_file = folder.path().join("run.toml");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("observations/k2141b_spitzer_45.csv");
    fs::write(
        &run_file,
        format!(
            "seed = 9\n[system]\nname = 'K2-141 b'\n[observation]\nfiles = ['{}']\n\
             [model]\nkind = 'lava'\n[atmosphere]\nlayers = 12\nanchors = 6\n\
             [parameters]\nradius_ratio = 0.0203\nscaled_semi_major_axis = 2.368\n\
             stellar_temperature_k = 4570\nsurface_albedo = 0.05\nalkali_depletion_dex = -1\n\
             [sampler]\nkind = 'nested'\nlive_points = 20\ndelta_ln_z = 1.0\ncheckpoint_interval_s = 0.0\n\
             [output]\nfigures = []\n",
            data.display()
        ),
    )
    .unwrap();
    let reference = folder.path().join("reference");
    let started = Instant::now();
    assert!(
        retrieve(&run_file, &reference, false)
            .status()
            .unwrap()
            .success()
    );
    let whole_run = started.elapsed();
    let expected = sample_files(&reference);
    assert_eq!(expected.len(), 2);
    for share in [0.3, 0.6] {
        let out = folder.path().join(format!("killed_{share}"));
        let mut child = retrieve(&run_file, &out, false).spawn().unwrap();
        std::thread::sleep(whole_run.mul_f64(share));
        let _ = child.kill();
        child.wait().unwrap();
        assert!(retrieve(&run_file, &out, true).status().unwrap().success());
        assert!(
            sample_files(&out) == expected,
            "{share}: the samples differ"
        );
    }
}
