//! The free atmosphere: limits that are known exactly, what SiO does, refusals, a retrieval.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Instant;

use assert_cmd::Command;
use magmaret::config::RunConfig;
use magmaret::error::{ModelError, RejectReason};
use magmaret::forward::{ForwardModel, PlanetModel};
use magmaret::run::Setup;
use magmaret::sampler::Target;

const GASES: [&str; 8] = ["sio", "sio2", "mgo", "tio", "na", "co", "co2", "h2o"];
const HEADER: &str = "wave_lo_um,wave_hi_um,depth_ppm,err_minus_ppm,err_plus_ppm,instrument,mode,visit,\
                      n_eclipses,reduction,quality,source\n";

/// Seven bins from 5 to 12 µm.
fn write_bins(path: &Path) {
    let mut text = HEADER.to_owned();
    for low in 5..12 {
        let high = low + 1;
        text += &format!("{low}.0,{high}.0,100,20,20,miri,lrs_slitless,one,1,none,user,none\n");
    }
    fs::write(path, text).unwrap();
}

/// K2-141 b in these bins, with more sections of the run file.
fn setup_with(model: &str, sections: &str) -> Result<Setup, String> {
    let folder = tempfile::tempdir().unwrap();
    let bins = folder.path().join("bins.csv");
    write_bins(&bins);
    let text = format!(
        "seed = 1\n[system]\nname = 'K2-141 b'\n[observation]\nfiles = ['{}']\n[model]\n{model}\n{sections}",
        bins.display()
    );
    let config = RunConfig::from_text(&text, Path::new("run.toml")).map_err(|e| e.to_string())?;
    Setup::new(&config).map_err(|e| e.to_string())
}

fn setup() -> Setup {
    let model = "kind = 'free_chemistry'\ncompare_with = ['black_body', 'bare_rock']\n\
                 [model.surface]\nreflected_light = true";
    setup_with(model, "[atmosphere]\nlayers = 40\n").unwrap()
}

/// Values by name; the rest is a black surface at 2400 K below as hot an air without any absorber.
fn theta(model: &PlanetModel, set: &[(&str, f64)]) -> Vec<f64> {
    let mut values: BTreeMap<String, f64> = [
        ("log10_base_pressure_bar", 0.0),
        ("surface_temperature_k", 2400.0),
        ("base_temperature_k", 2400.0),
        ("middle_temperature_k", 2400.0),
        ("top_temperature_k", 2400.0),
        ("surface_albedo", 0.0),
        ("gravity_m_s2", 21.8),
        ("radius_ratio", 0.0203),
        ("scaled_semi_major_axis", 2.368),
        ("stellar_temperature_k", 4570.0),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    values.extend(GASES.map(|gas| (format!("log10_{gas}"), -30.0)));
    for (name, value) in set {
        assert!(
            values.insert((*name).to_owned(), *value).is_some(),
            "{name}"
        );
    }
    let names = model.parameter_names().iter();
    names.map(|name| values[name]).collect()
}

fn depths(model: &PlanetModel, theta: &[f64]) -> Result<Vec<f64>, ModelError> {
    let mut depth = vec![0.0; 7];
    model.eclipse_depth(theta, &mut model.workspace(), &mut depth)?;
    Ok(depth)
}

fn derived(model: &PlanetModel, theta: &[f64]) -> BTreeMap<String, f64> {
    let mut values = vec![0.0; model.derived_names().len()];
    model
        .derived(theta, &mut model.workspace(), &mut values)
        .unwrap();
    model.derived_names().iter().cloned().zip(values).collect()
}

/// Largest relative difference.
fn difference(a: &[f64], b: &[f64]) -> f64 {
    let each = a.iter().zip(b).map(|(a, b)| (a / b - 1.0).abs());
    each.fold(0.0, f64::max)
}

/// Much of every gas, from thin to thick, at the temperature of the surface: a black body. Measured 9e-8: the
/// emission is summed in single precision.
#[test]
fn a_gas_as_hot_as_its_surface_is_a_black_body() {
    let setup = setup();
    let model = &setup.models[0].problem.model;
    let black = depths(
        &setup.models[1].problem.model,
        &[2400.0, 0.0203, 2.368, 4570.0],
    )
    .unwrap();
    for log10_bar in [-4.0, -1.0, 1.0] {
        let mut set: Vec<(String, f64)> = GASES.map(|gas| (format!("log10_{gas}"), -1.2)).to_vec();
        set.push(("log10_base_pressure_bar".to_owned(), log10_bar));
        let set: Vec<(&str, f64)> = set.iter().map(|(name, x)| (name.as_str(), *x)).collect();
        let theta = theta(model, &set);
        let found = difference(&depths(model, &theta).unwrap(), &black);
        println!("isothermal, 1e{log10_bar} bar: {found:.1e}");
        assert!(found < 1e-6, "{found:e}");
        let derived = derived(model, &theta);
        for name in [
            "brightness_temperature_k",
            "sio_band_brightness_temperature_k",
            "mgo_band_brightness_temperature_k",
        ] {
            assert!((derived[name] / 2400.0 - 1.0).abs() < 1e-6, "{derived:?}");
        }
    }
}

/// Without absorbers the air is not seen, however cold: the surface is a black body, or with an albedo the
/// bare rock with emissivity 1 - A and Lambert reflection. Measured 1.5e-8 and, with reflected light, whose colour
/// within a band is that of the planet, 7e-5. A base above the top of the grid is no gas at all.
#[test]
fn a_transparent_gas_shows_the_surface() {
    let setup = setup();
    let [model, black, rock] = [0, 1, 2].map(|i| &setup.models[i].problem.model);
    let cold = [
        ("base_temperature_k", 900.0),
        ("middle_temperature_k", 700.0),
        ("top_temperature_k", 600.0),
    ];
    let black = depths(black, &[2400.0, 0.0203, 2.368, 4570.0]).unwrap();
    let found = difference(&depths(model, &theta(model, &cold)).unwrap(), &black);
    println!("transparent: {found:.1e}");
    assert!(found < 1e-6, "{found:e}");

    let of_rock = [0.5, 0.2, 0.8, 0.0203, 2.368, 4570.0];
    let surface_k = derived(rock, &of_rock)["dayside_temperature_k"];
    let mut grey = cold.to_vec();
    grey.extend([
        ("surface_albedo", 0.2),
        ("surface_temperature_k", surface_k),
    ]);
    let with_gas = depths(model, &theta(model, &grey)).unwrap();
    let found = difference(&with_gas, &depths(rock, &of_rock).unwrap());
    println!("grey surface: {found:.1e}");
    assert!(found < 2e-4, "{found:e}");
    grey.push(("log10_base_pressure_bar", -8.5));
    grey.push(("log10_sio", -0.1));
    let bare = depths(model, &theta(model, &grey)).unwrap();
    assert!(difference(&with_gas, &bare) < 1e-5);
    let mut workspace = model.workspace();
    let profile = model.profile(&theta(model, &grey), &mut workspace).unwrap();
    assert_eq!(profile, None);
}

/// SiO in air hotter than the surface brightens its band from 8 to 9 µm, in colder air it darkens it, and
/// more of it does more; the bins from 5 to 7 µm change by a tenth of that at most.
#[test]
fn sio_follows_the_temperature_of_its_air() {
    let setup = setup();
    let model = &setup.models[0].problem.model;
    let none = depths(model, &theta(model, &[])).unwrap();
    for (middle_k, top_k, sign) in [(3000.0, 3400.0, 1.0), (1900.0, 1500.0, -1.0)] {
        let mut last = 0.0;
        for log10_sio in [-4.0, -3.0, -2.0] {
            let set = [
                ("log10_base_pressure_bar", -2.0),
                ("middle_temperature_k", middle_k),
                ("top_temperature_k", top_k),
                ("log10_sio", log10_sio),
            ];
            let theta = theta(model, &set);
            let found = depths(model, &theta).unwrap();
            let change: Vec<f64> = found.iter().zip(&none).map(|(a, b)| a / b - 1.0).collect();
            println!("SiO 1e{log10_sio}, {top_k} K: {change:.4?}");
            assert!(sign * change[3] > last, "{change:?}");
            assert!(change[..2].iter().all(|x| x.abs() < 0.1 * change[3].abs()));
            last = sign * change[3];
            let derived = derived(model, &theta);
            let excess_k = derived["sio_band_brightness_temperature_k"]
                - derived["mgo_band_brightness_temperature_k"];
            assert!(
                sign * excess_k > 0.0 && sign * (derived["band_contrast_psi"] - psi(model)) > 0.0
            );
        }
        assert!(last > 0.02, "{last}");
    }
}

/// Band contrast of a black body.
fn psi(model: &PlanetModel) -> f64 {
    derived(model, &theta(model, &[]))["band_contrast_psi"]
}

/// The temperatures stand at top, middle and base; what the gases leave is N2; the mass is p/g.
#[test]
fn the_column_is_what_the_parameters_say() {
    let setup = setup();
    let model = &setup.models[0].problem.model;
    let set = [
        ("log10_base_pressure_bar", 0.0),
        ("base_temperature_k", 2200.0),
        ("middle_temperature_k", 1500.0),
        ("top_temperature_k", 3100.0),
        ("log10_sio", -1.0),
        ("log10_h2o", -2.0),
    ];
    let theta = theta(model, &set);
    let column = model.profile(&theta, &mut model.workspace()).unwrap();
    let column = column.unwrap();
    let t = &column.temperature_k;
    // Layers 19 and 20 lie on either side of 1e-4 bar; the outermost are half a layer from the ends.
    assert!(
        (t[19] - 1500.0).abs() < 10.0 && (t[20] - 1500.0).abs() < 10.0,
        "{t:?}"
    );
    assert!(
        t[0] > 2900.0 && t[0] < 3100.0 && t[39] < 2200.0 && t[39] > 2150.0,
        "{t:?}"
    );
    assert!((column.pressure_bar[19] * column.pressure_bar[20]).log10() + 8.0 < 1e-9);
    let (name, n2) = column.mole_fraction.last().unwrap();
    assert!(name == "N2" && n2.iter().all(|x| (x - 0.89).abs() < 1e-9));
    let derived = derived(model, &theta);
    let mass = derived["mean_molar_mass_g_mol"];
    let expected = 0.1 * 44.0845 + 0.01 * 18.0153 + 0.89 * 28.0134;
    assert!((mass / expected - 1.0).abs() < 1e-4, "{mass} {expected}");
    let kg_m2 = 10_f64.powf(derived["log10_column_mass_kg_m2"]);
    assert!((kg_m2 * 21.8 / 1e5 - 1.0).abs() < 1e-12);
}

/// The priors stand in the order of the parameters; K2-141 b has T_max = 2684 K.
#[test]
fn default_priors_fit_the_model() {
    let setup = setup();
    let problem = &setup.models[0].problem;
    assert_eq!(problem.prior.names(), problem.model.parameter_names());
    let prior = |name: &str| &setup.config.parameters[name];
    for name in ["surface", "base", "middle", "top"] {
        let prior = prior(&format!("{name}_temperature_k"));
        let ratios = [prior.low, prior.high].map(|t| t.unwrap() / 2684.0);
        let error = (ratios[0] - 0.2).abs() + (ratios[1] - 1.8).abs();
        assert!(error < 1e-2, "{ratios:?}");
    }
    let sio = prior("log10_sio");
    assert_eq!((sio.low, sio.high), (Some(-8.0), Some(0.0)));
    let convention = &setup.conventions["free_chemistry_filler"];
    assert!(convention.starts_with("N2 makes up the rest"));
}

#[test]
fn points_that_cannot_be_are_refused() {
    let setup = setup();
    let model = &setup.models[0].problem.model;
    let refused = |set: &[(&str, f64)]| depths(model, &theta(model, set)).unwrap_err();
    assert_eq!(
        refused(&[("log10_sio", -0.2), ("log10_co", -0.2)]),
        ModelError::Rejected(RejectReason::MoleFractionsAboveOne)
    );
    // One gas alone is a gas.
    assert!(depths(model, &theta(model, &[("log10_co", 0.0)])).is_ok());
    assert_eq!(
        refused(&[("log10_base_pressure_bar", 6.0)]),
        ModelError::Rejected(RejectReason::PressureOutOfRange)
    );
    for name in ["surface_temperature_k", "top_temperature_k"] {
        assert_eq!(
            refused(&[(name, 11_000.0)]),
            ModelError::Rejected(RejectReason::TemperatureOutOfRange)
        );
    }
    for (name, value) in [
        ("surface_albedo", 1.2),
        ("gravity_m_s2", 0.0),
        ("log10_sio", f64::NAN),
    ] {
        assert!(
            matches!(refused(&[(name, value)]), ModelError::Fatal { .. }),
            "{name}"
        );
    }
    assert!(matches!(
        depths(model, &[0.0; 4]),
        Err(ModelError::Rejected(_))
    ));
    let few = &theta(model, &[])[8..];
    assert!(matches!(depths(model, few), Err(ModelError::Fatal { .. })));
}

#[test]
fn gases_that_cannot_be_are_refused() {
    let names = |sections: &str, gases: &str| {
        let model = format!("kind = 'free_chemistry'\n{gases}");
        let setup = setup_with(&model, sections)?;
        Ok::<_, String>(setup.models[0].problem.model.parameter_names().to_vec())
    };
    let own = names("", "free_gases = ['SO2', 'Fe']").unwrap();
    assert_eq!(own[5..7], ["log10_so2", "log10_fe"]);
    // A gas without absorption has no parameter; what another model of the run has is of no account.
    let without = names("[opacity]\nwithout = ['TiO', 'Fe', 'H-']\n", "").unwrap();
    let fewer = [
        "log10_sio",
        "log10_sio2",
        "log10_mgo",
        "log10_na",
        "log10_co",
    ];
    assert_eq!(without[5..10], fewer);
    for (sections, gases, word) in [
        ("", "free_gases = []", "one or more"),
        ("", "free_gases = ['SiO', 'N2']", "what they leave"),
        ("", "free_gases = ['SiO', 'SiO']", "twice"),
        ("", "free_gases = ['Na+']", "neutral"),
        ("", "free_gases = ['FeO']", "does not have"),
        (
            "",
            "free_gases = ['Sio']",
            "model.free_gases: found `Sio`; expected a species of the NASA-9 table (nearest",
        ),
        ("[opacity]\nwithout = ['Xx']\n", "", "opacity.without"),
        ("[melt]\ncongruent = true\n", "", "`lava` among"),
    ] {
        let message = names(sections, gases).unwrap_err();
        assert!(message.contains(word), "{message}");
    }
    let message = setup_with("kind = 'black_body'\nfree_gases = ['SiO']", "")
        .err()
        .unwrap();
    assert!(message.contains("`free_chemistry` among"), "{message}");
}

/// A mock of hot SiO is read back, retrieved beside a black body, and told of in tables and figures.
#[test]
fn a_free_atmosphere_is_retrieved_beside_another_model() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    write_bins(&path("errors.csv"));
    let others = "log10_sio2 = -8\nlog10_mgo = -8\nlog10_tio = -8\nlog10_na = -8\nlog10_co = -8\n\
                  log10_co2 = -8\nlog10_h2o = -8\nsurface_albedo = 0\nlog10_base_pressure_bar = -1\n\
                  base_temperature_k = 2400\ntop_temperature_k = 3300\nradius_ratio = 0.0203\n\
                  scaled_semi_major_axis = 2.368\nstellar_temperature_k = 4570\n";
    let run = |name: &str, model: &str| {
        let text = format!(
            "seed = 3\n[system]\nname = 'K2-141 b'\n[observation]\nfiles = ['mock.csv']\n[model]\n{model}\n\
             [atmosphere]\nlayers = 20\n[parameters]\n{others}[sampler]\nlive_points = 40\n\
             delta_ln_z = 1.0\n[output]\nfigures = ['svg']\n"
        );
        fs::write(path(name), text).unwrap();
    };
    run("mock.toml", "kind = 'free_chemistry'");
    run(
        "run.toml",
        "kind = 'black_body'\ncompare_with = ['free_chemistry']",
    );
    let magmaret = || Command::new(env!("CARGO_BIN_EXE_magmaret"));
    magmaret()
        .args(["mock", path("mock.toml").to_str().unwrap(), "--errors"])
        .arg(path("errors.csv"))
        .args(["--eclipses", "40", "--noise-free", "--set", "log10_sio=-2"])
        .args([
            "middle_temperature_k=3000",
            "surface_temperature_k=2400",
            "--out",
        ])
        .arg(path("mock.csv"))
        .assert()
        .success();
    let out = path("out");
    let began = Instant::now();
    let run = magmaret()
        .args(["--threads", "2", "retrieve"])
        .arg(path("run.toml"))
        .arg("--out")
        .arg(&out)
        .output()
        .unwrap();
    println!("{:.1} s", began.elapsed().as_secs_f64());
    // 1: a diagnostic failed, which so few live points may bring about.
    assert!(
        matches!(run.status.code(), Some(0 | 1)),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    let table = fs::read_to_string(out.join("comparison.csv")).unwrap();
    let ln_evidence = |model: &str| -> f64 {
        let row = table.lines().find(|line| line.starts_with(model)).unwrap();
        row.split(',').nth(2).unwrap().parse().unwrap()
    };
    println!("{table}");
    assert!(ln_evidence("free_chemistry,") > ln_evidence("black_body,") + 3.0);
    let own = out.join("models/free_chemistry");
    for name in ["samples.csv", "profiles.csv", "spectrum.csv"] {
        assert!(own.join(name).exists(), "{name}");
    }
    let gases = fs::read_to_string(own.join("mole_fractions.csv")).unwrap();
    assert!(
        gases.contains("\nN2,") && gases.contains("\nSiO,"),
        "{gases}"
    );
    let summary = fs::read_to_string(own.join("summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    let of = |name: &str| &summary["parameters"][name];
    let sio = ["q025", "q975"].map(|q| of("log10_sio")[q].as_f64().unwrap());
    assert!(sio[0] < -2.0 && sio[1] > -2.0, "{sio:?}");
    let surface_k = of("surface_temperature_k")["q50"].as_f64().unwrap();
    assert!((surface_k - 2400.0).abs() < 200.0, "{surface_k}");
}

#[test]
#[ignore = "prints what a call costs"]
fn cost_of_a_call() {
    for layers in [40, 80] {
        let atmosphere = format!("[atmosphere]\nlayers = {layers}\n");
        let setup = setup_with("kind = 'free_chemistry'", &atmosphere).unwrap();
        let problem = &setup.models[0].problem;
        let mut workspace = problem.workspace();
        let mut rejected = 0;
        let calls = 300;
        let began = Instant::now();
        for i in 0..calls {
            let unit: Vec<f64> = (0..problem.dim())
                .map(|d| (0.31 + 0.618_034 * (i * 7 + d * 3 + i * d) as f64).fract())
                .collect();
            rejected += usize::from(problem.ln_likelihood(&unit, &mut workspace).is_err());
        }
        let ms = 1e3 * began.elapsed().as_secs_f64() / f64::from(calls as u32);
        println!(
            "{layers} layers, {} free parameters: {ms:.2} ms a call, {rejected} of {calls} rejected",
            problem.dim()
        );
    }
}
