//! Chains and netCDF: the text by hand, and (ignored by default) the tools that are to read them.

use std::path::Path;

use magmaret::report::Label;
use magmaret::report::chains::{write_chains, write_post_equal_weights, write_samples_csv};
use magmaret::report::netcdf::{Dimension, Group, Variable, write_inference_data};

use crate::synthetic::{self, Run};

fn groups(run: &Run, rows: &[usize]) -> Vec<Group> {
    let posterior = &run.posterior;
    let bin = Dimension {
        name: "wavelength_um".to_owned(),
        coordinates: vec![5.5, 6.5, 7.5],
        unit: "µm".to_owned(),
    };
    let by_bin = |name: &str, values: Vec<f64>| Variable::new(name, "ppm", &[&bin.name], values);
    let chosen: Vec<&[f64]> = rows.iter().map(|row| posterior.row(*row)).collect();
    let prior: Vec<&[f64]> = run.prior.iter().map(Vec::as_slice).collect();
    let depths: Vec<f64> = chosen
        .iter()
        .flat_map(|r| [r[0] / 20.0, r[0] / 15.0, r[0] / 12.0])
        .collect();
    let with_bins = |name: &str, draws: Option<usize>, variable: Variable| Group {
        name: name.to_owned(),
        draws,
        dimensions: vec![bin.clone()],
        variables: vec![variable],
    };
    let lp = rows
        .iter()
        .map(|row| posterior.ln_likelihood()[*row])
        .collect();
    let count = Some(rows.len());
    vec![
        Group::from_rows("posterior", posterior.names(), &chosen),
        Group {
            name: "sample_stats".to_owned(),
            draws: count,
            dimensions: vec![],
            variables: vec![Variable::new("lp", "", &[], lp)],
        },
        Group::from_rows("prior", posterior.names(), &prior),
        with_bins(
            "posterior_predictive",
            count,
            by_bin("depth_ppm", depths.clone()),
        ),
        with_bins(
            "log_likelihood",
            count,
            by_bin(
                "depth_ppm",
                depths
                    .iter()
                    .map(|depth| -0.5 * (depth / 100.0).powi(2))
                    .collect(),
            ),
        ),
        with_bins(
            "observed_data",
            None,
            by_bin("depth_ppm", vec![104.0, 141.0, 176.0]),
        ),
    ]
}

fn write_all(run: &Run, folder: &Path) {
    let posterior = &run.posterior;
    let rows = posterior.equal_weight_rows(2000, 1);
    let labels: Vec<Label> = posterior
        .names()
        .iter()
        .map(|name| Label::from_name(name))
        .collect();
    let mut limits = vec![[None, None]; labels.len()];
    limits[2] = [Some(0.0), None];
    write_samples_csv(posterior, &folder.join("samples.csv")).unwrap();
    write_post_equal_weights(posterior, &rows, &folder.join("post_equal_weights.dat")).unwrap();
    write_chains(
        posterior,
        &labels,
        &limits,
        true,
        &folder.join("chains"),
        "run",
    )
    .unwrap();
    let path = folder.join("posterior.nc");
    write_inference_data(&groups(run, &rows), "2026-01-01T00:00:00Z", &path).unwrap();
}

#[test]
fn text_files_have_the_stated_columns_and_exact_numbers() {
    let run = synthetic::run(1);
    let folder = tempfile::tempdir().unwrap();
    write_all(&run, folder.path());
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();

    let csv = read("samples.csv");
    let mut lines = csv.lines();
    assert!(lines.next().unwrap().starts_with(
        "weight,ln_likelihood,birth_ln_likelihood,dayside_temperature_k,log10_surface_pressure_pa"
    ));
    let mut rows = 0;
    for (row, line) in lines.enumerate() {
        let numbers: Vec<f64> = line
            .split(',')
            .map(|field| field.parse().unwrap())
            .collect();
        assert_eq!(numbers[0], run.posterior.weights()[row]);
        assert_eq!(&numbers[3..], run.posterior.row(row));
        rows += 1;
    }
    assert_eq!(rows, run.posterior.len());

    let first = |text: &str| -> Vec<f64> {
        text.lines()
            .next()
            .unwrap()
            .split(' ')
            .map(|field| field.parse().unwrap())
            .collect()
    };
    assert_eq!(first(&read("post_equal_weights.dat")).len(), 6);
    let getdist = first(&read("chains/run.txt"));
    assert_eq!(getdist.len(), 7);
    assert_eq!(getdist[1], -run.posterior.ln_likelihood()[0]);
    let birth = first(&read("chains/run_dead-birth.txt"));
    assert_eq!(birth[5..], [run.posterior.ln_likelihood()[0], -1e30]);
    let names = read("chains/run.paramnames");
    assert!(
        names.contains("\nbrightness_temperature_k*\t\\mathrm{"),
        "{names}"
    );
    assert!(read("chains/run.ranges").contains("bond_albedo 0 N\n"));
}

/// The synthetic run itself: ln Z within 3 of its own errors of the exact value.
#[test]
fn synthetic_run_has_the_exact_evidence() {
    let evidence = synthetic::run(1).posterior.evidence().unwrap();
    let off = evidence.ln_evidence - synthetic::exact_ln_evidence();
    assert!(off.abs() < 3.0 * evidence.ln_evidence_error, "{off}");
}

/// Reads everything back with `ArviZ` (both netCDF engines), getdist and anesthetic.
/// `MAGMARET_PYTHON` names a Python that has arviz, netCDF4, h5netcdf, h5py, getdist, anesthetic.
#[test]
#[ignore = "needs Python with arviz, netCDF4, h5netcdf, getdist and anesthetic"]
fn other_tools_read_what_is_written() {
    let run = synthetic::run(1);
    let folder = tempfile::tempdir().unwrap();
    write_all(&run, folder.path());
    let python = std::env::var("MAGMARET_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report/read_back.py");
    let output = std::process::Command::new(python)
        .arg(script)
        .arg(folder.path())
        .output()
        .unwrap();
    println!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
