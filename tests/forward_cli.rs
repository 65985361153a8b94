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
        let sum: f64 = row[6..].iter().sum();
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

/// A run file of the shipped planet with a section of its own.
fn with_section(folder: &Path, section: &str) -> PathBuf {
    let path = folder.join("run.toml");
    let text = std::fs::read_to_string(run_file()).unwrap();
    std::fs::write(&path, format!("{text}\n{section}\n")).unwrap();
    path
}

fn forward_of(run: &Path, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("magmaret").unwrap();
    command
        .args(["forward", run.to_str().unwrap(), "--out"])
        .arg(folder)
        .args(arguments);
    command
}

/// dz = R T/(M g(z)) d ln p between neighbours of a profile, with gravity and molar mass of their middle. Measured
/// 1e-4 (layers are of one mass each); a gravity that does not fall is 15 % off at the top.
fn altitudes_are_hydrostatic(rows: &[Vec<f64>]) {
    assert!(rows[0][4] > 300.0 && rows[0][5] < 0.97 * rows[79][5]);
    for pair in rows.windows(2) {
        let (up, low) = (&pair[0], &pair[1]);
        let mean = |i: usize| 0.5 * (up[i] + low[i]);
        let scale_km = 8.314_462_6 * mean(2) / mean(3) / mean(5);
        let expected = scale_km * (low[1] / up[1]).ln();
        let found = up[4] - low[4];
        assert!((found / expected - 1.0).abs() < 5e-3, "{found} {expected}");
    }
}

/// At one temperature of gas and ground the depth is that of a black body in every band, whatever the gas.
#[test]
fn a_given_profile_is_kept_and_said_to_be_no_equilibrium() {
    let folder = tempfile::tempdir().unwrap();
    let section = "[atmosphere.profile]\nkind = 'isothermal'\ntemperature_k = 2700.0";
    let run = with_section(folder.path(), section);
    let out = folder.path().join("out");
    forward_of(&run, &out, &[])
        .assert()
        .success()
        .stdout(predicate::str::contains(
            "profile given, not in radiative equilibrium; largest |F_net|/F_irr",
        ));
    let text = std::fs::read_to_string(out.join("summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&text).unwrap();
    let given = &summary["given_profile"];
    assert_eq!(given["kind"], "isothermal");
    assert_eq!(given["radiative_equilibrium"], false);
    assert!(given["largest_net_flux_over_irradiation"].as_f64().unwrap() > 1e-2);
    assert_eq!(summary["second_equilibrium"], Value::Null);
    assert!((summary["surface_temperature_k"].as_f64().unwrap() - 2700.0).abs() < 1e-6);
    let rows = columns(&out, "profile.csv");
    for row in &rows {
        assert!((row[2] - 2700.0).abs() < 1e-3, "{row:?}");
    }
    altitudes_are_hydrostatic(&rows);
    for row in columns(&out, "spectrum.csv") {
        // The flux of a band is told at its middle; Rayleigh scattering sends starlight back at short wavelengths.
        if row[0] > 2.0 {
            assert!((row[4] - 2700.0).abs() < 1.0, "{row:?}");
        }
    }
    for name in ["contribution.csv", "gases.csv", "figures/profile.svg"] {
        assert!(out.join(name).exists(), "{name}");
    }
}

/// The foot of a profile lies where it meets the vapour pressure of the melt; a surface of its own does not.
#[test]
fn the_surface_below_a_given_profile_is_its_foot_or_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let nodes = "[atmosphere.profile]\nkind = 'nodes'\npressure_bar = [1e-6, 10.0]\n\
                 node_temperature_k = [2200.0, 3250.0]\n";
    let summary = |section: &str| -> Value {
        let run = with_section(folder.path(), section);
        let out = folder.path().join("out");
        forward_of(&run, &out, &[]).assert().success();
        let text = std::fs::read_to_string(out.join("summary.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let foot = summary(nodes);
    let number = |value: &Value, key: &str| value[key].as_f64().unwrap();
    let decades = number(&foot, "base_pressure_bar").log10();
    // Linear in log p between two nodes.
    let expected = 3100.0 + 150.0 * decades;
    assert!((number(&foot, "surface_temperature_k") - expected).abs() < 0.01);
    let own = summary(&format!("{nodes}surface_temperature_k = 2500.0"));
    assert_eq!(number(&own, "surface_temperature_k"), 2500.0);
}

#[test]
fn a_profile_that_contradicts_the_run_file_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    for (section, expected) in [
        ("kind = 'isothermal'", "atmosphere.profile.temperature_k"),
        (
            "kind = 'isothermal'\ntemperature_k = 2500.0\ngamma = 1.0",
            "atmosphere.profile.gamma",
        ),
        ("kind = 'isothermal'\ntemperature = 2500.0", "temperature_k"),
        ("kind = 'adiabat'", "isothermal"),
        (
            "kind = 'isothermal'\ntemperature_k = 2500.0\nsurface_temperature_k = 9e9",
            "10 to 6000 K",
        ),
        ("kind = 'isothermal'\ntemperature_k = nan", "10 to 20000 K"),
        ("kind = 'file'\nfile = 'absent.csv'", "absent.csv"),
        (
            "kind = 'isothermal'\ntemperature_k = 2500.0\n[atmosphere]\ndayside = 'rings'",
            "one column",
        ),
        (
            "kind = 'isothermal'\ntemperature_k = 2500.0\n[atmosphere]\nconvection = 'dry'",
            "nothing moves",
        ),
    ] {
        let section = match section.split_once("\n[atmosphere]\n") {
            None => format!("[atmosphere.profile]\n{section}"),
            Some((profile, keys)) => {
                format!("[atmosphere]\n{keys}\n[atmosphere.profile]\n{profile}")
            }
        };
        let run = with_section(folder.path(), &section);
        forward_of(&run, folder.path(), &[])
            .assert()
            .code(2)
            .stderr(predicate::str::contains(expected));
    }
    let section = "[observation]\nfiles = ['x.csv']\n[atmosphere.profile]\nkind = 'isothermal'\n\
                   temperature_k = 2500.0";
    let run = with_section(folder.path(), section);
    let mut retrieve = Command::cargo_bin("magmaret").unwrap();
    retrieve.args(["check", run.to_str().unwrap()]);
    std::fs::write(
        folder.path().join("x.csv"),
        "wavelength_low_um,wavelength_high_um,eclipse_depth_ppm,error_ppm\n5,6,100,10\n",
    )
    .unwrap();
    retrieve
        .assert()
        .code(2)
        .stderr(predicate::str::contains("atmosphere.profile"));
}

/// Rows of the fine spectrum: wavelengths and their bins, depth, fluxes, temperature, points.
fn fine_of(folder: &Path, keys: &str) -> (Value, Vec<Vec<f64>>) {
    let profile = "[atmosphere.profile]\nkind = 'nodes'\npressure_bar = [1e-7, 8e-4, 0.07]\n\
                   node_temperature_k = [3400.0, 2600.0, 2900.0]\n";
    let run = with_section(folder, &format!("{profile}[spectrum]\n{keys}"));
    let out = folder.join("fine");
    forward_of(&run, &out, &["--threads", "1"])
        .assert()
        .success();
    let text = std::fs::read_to_string(out.join("summary.json")).unwrap();
    let rows = columns(&out, "spectrum_fine.csv");
    (serde_json::from_str(&text).unwrap(), rows)
}

/// Bins of R = 1000 from k-distributions by random overlap, against bands of R = 100 from sampled nodes: another
/// quadrature, another way to mix. Measured: 1.1 % at worst, -0.1 % in the mean.
#[test]
fn the_fine_spectrum_has_the_bands_as_its_means() {
    let folder = tempfile::tempdir().unwrap();
    let (summary, fine) = fine_of(folder.path(), "range_um = [4.0, 12.0]");
    let told = &summary["fine_spectrum"];
    assert_eq!(told["points_per_bin"], serde_json::json!([6, 6]));
    let figure = folder.path().join("fine/figures/spectrum_fine.svg");
    let figure = std::fs::read_to_string(figure).unwrap();
    for words in [">R = 1000<", ">R = 100<", "eclipse depth (ppm)"] {
        assert!(figure.contains(words), "{words}");
    }
    assert_eq!(told["emission_angles"], 4);
    assert!(told["resolving_power"][0].as_f64().unwrap() > 1000.0);
    assert_eq!(told["bins"].as_u64().unwrap() as usize, fine.len());
    assert!(fine.len() > 1090 && fine[0][0] < 4.01 && fine[fine.len() - 1][0] > 11.98);
    for pair in fine.windows(2) {
        assert!(
            (pair[1][1] / pair[0][2] - 1.0).abs() < 1e-6,
            "no gap, ascending"
        );
    }
    let (mut worst, mut sum, mut count) = (0.0_f64, 0.0, 0);
    for band in columns(&folder.path().join("fine"), "spectrum.csv") {
        let [low, high] = [-0.005, 0.005].map(|half: f64| band[0] * half.exp());
        if low < 4.02 || high > 11.95 {
            continue;
        }
        let (mut planet, mut width) = (0.0, 0.0);
        for bin in &fine {
            let overlap = bin[2].min(high) - bin[1].max(low);
            if overlap > 0.0 {
                planet += overlap * bin[4];
                width += overlap;
            }
        }
        let off = planet / width / band[2] - 1.0;
        worst = worst.max(off.abs());
        sum += off;
        count += 1;
    }
    println!(
        "{count} bands: worst {worst:.4}, mean {:.5}",
        sum / f64::from(count)
    );
    assert!(count > 90);
    assert!(worst < 0.02 && (sum / f64::from(count)).abs() < 0.003);
}

/// What the set does not have is refused, or said where it has it in part; coarser bins are joined.
#[test]
fn the_fine_spectrum_promises_no_more_than_the_opacities_have() {
    let folder = tempfile::tempdir().unwrap();
    let (summary, fine) = fine_of(folder.path(), "range_um = [1.5, 2.5]\nresolution = 900");
    let warnings = summary["warnings"].to_string();
    assert!(
        warnings.contains("R = 200") && warnings.contains("900"),
        "{warnings}"
    );
    assert!(fine.iter().any(|bin| bin[7] == 6.0));
    let (_, coarse) = fine_of(folder.path(), "range_um = [8.0, 10.0]\nresolution = 200");
    assert!(coarse[1..].iter().all(|bin| bin[7] == 30.0), "{coarse:?}");
    for (keys, expected) in [
        ("resolution = 5000", "at most 1001"),
        ("resolution = 5", "10 to 1000000"),
        ("range_um = [12.0, 5.0]", "two ascending"),
        ("range_um = [60.0, 80.0]", "0.1000 to 50.0000 um"),
        ("angles = 2", "4 to 32"),
        ("angle = 8", "angles"),
    ] {
        let run = with_section(folder.path(), &format!("[spectrum]\n{keys}"));
        forward_of(&run, &folder.path().join("out"), &[])
            .assert()
            .code(2)
            .stderr(predicate::str::contains(expected));
    }
}

/// A column of 1000 bar of carbon at IW+4 convects in part and stays in balance; vapour alone does not, and the files are the
/// same bytes as without.
#[test]
fn convection_is_off_unless_asked_for_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let of = |convection: &str, set: &[&str]| -> (Value, Vec<u8>) {
        let section = format!("[atmosphere]\n{convection}\n[output]\nfigures = []\n");
        let run = with_section(folder.path(), &section);
        let out = folder.path().join("out");
        forward_of(&run, &out, set).assert().success();
        let text = std::fs::read_to_string(out.join("summary.json")).unwrap();
        let summary = serde_json::from_str(&text).unwrap();
        (summary, std::fs::read(out.join("profile.csv")).unwrap())
    };
    let thick = ["--set", "carbon_bar=1000", "delta_iw=4"];
    let (summary, _) = of("convection = 'dry'", &thick);
    assert_eq!(summary["conventions"]["convection"], "dry");
    assert!(summary["residual"].as_f64().unwrap() < 1e-6);
    let found = &summary["rings"][0]["convection"];
    assert!(found["from_to_bar"][0].as_f64().unwrap() < 1.0, "{found}");
    let flux = found["largest_flux_over_irradiation"].as_f64().unwrap();
    assert!(flux > 1e-4 && flux < 1.0, "{flux}");
    // The vapour of so cold a melt is too little to tell.
    let (moist, _) = of("convection = 'moist'", &thick);
    let words = moist["conventions"]["convection"].as_str().unwrap();
    assert!(
        words.starts_with("moist: latent heat") && words.contains("no opacity"),
        "{words}"
    );
    assert!(moist["residual"].as_f64().unwrap() < 1e-6);
    let kelvin = |summary: &Value| summary["surface_temperature_k"].as_f64().unwrap();
    assert!((kelvin(&moist) - kelvin(&summary)).abs() < 0.1);
    let (without, _) = of("", &thick);
    assert_eq!(without["rings"][0]["convection"], Value::Null);
    assert_eq!(without["conventions"]["convection"], Value::Null);
    let starts = without["conventions"]["starts"].as_str().unwrap();
    assert!(starts.starts_with("forecast from "), "{starts}");
    let of_vapour = of("", &[]).1;
    assert_eq!(of("convection = 'dry'", &[]).1, of_vapour);
    assert_eq!(of("convection = 'moist'", &[]).1, of_vapour);
}
