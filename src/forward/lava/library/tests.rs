//! The shipped forecast, and how it is made.

use std::path::Path;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;

use super::*;
use crate::config::RunConfig;
use crate::forward::lava::forecast::{Features, Forecast, Kernel};
use crate::forward::lava::{Sky, effective_temperature_k};
use crate::spectrum::Star;

/// Layers of the columns it is made from.
const LAYERS: usize = 40;
/// Columns of one star, melt model and choice of volatiles.
const COLUMNS: u64 = 96;
const STARS_K: [f64; 4] = [3300.0, 4500.0, 5500.0, 6400.0];
const KERNEL: Kernel = Kernel {
    width: 12.0,
    ridge: 1e-2,
};

#[test]
fn the_shipped_forecast_is_one() {
    let forecast = shipped().unwrap();
    assert!(forecast.solutions().unwrap() > 500);
}

#[test]
fn a_profile_is_resampled_linearly() {
    let values: Vec<f64> = (0..40).map(f64::from).collect();
    assert_eq!(resampled(&values, 40), values);
    let fine = resampled(&values, 80);
    assert!((fine[10] - 4.75).abs() < 1e-12 && fine[0] == 0.0 && fine[79] == 39.0);
    assert_eq!(resampled(&[7.0], 3), [7.0; 3]);
}

fn lava(melt: &str, star_k: f64, volatiles: bool) -> Lava {
    let text = format!(
        "seed = 1\n[system]\nname = '55 Cnc e'\n[model]\nkind = 'lava'\n\
         [melt]\nmodel = '{melt}'\n[atmosphere]\nlayers = {LAYERS}\n"
    );
    let config = RunConfig::from_text(&text, Path::new("library.toml")).unwrap();
    Lava::new(&config, Star::black_body(star_k), volatiles, None).unwrap()
}

/// A planet anywhere in the space, with the temperature of its bare surface \[K\].
fn random(rng: &mut ChaCha8Rng, star_k: f64, volatiles: bool) -> LavaParameters {
    let mut between = |low: f64, high: f64| low + (high - low) * rng.random::<f64>();
    let bare_k = between(1350.0, 3700.0);
    let mut volatile = || {
        let log10_bar = between(-8.0, 2.3);
        if volatiles && log10_bar > -6.0 {
            10_f64.powf(log10_bar)
        } else {
            0.0
        }
    };
    let [hydrogen_bar, carbon_bar, nitrogen_bar, sulfur_bar] =
        [volatile(), volatile(), volatile(), volatile()];
    LavaParameters {
        delta_iw: between(-6.5, 6.5),
        heat_redistribution: 2.0 / 3.0,
        surface_albedo: between(0.0, 0.2),
        internal_temperature_k: 30.0,
        alkali_depletion_dex: between(-4.0, 0.0),
        sio2_dex: between(-0.2, 0.2),
        tio2_dex: between(-1.0, 1.0),
        al2o3_dex: between(-0.7, 0.7),
        feo_dex: between(-1.5, 0.7),
        mgo_dex: between(-0.6, 0.2),
        cao_dex: between(-0.7, 0.7),
        hydrogen_bar,
        carbon_bar,
        nitrogen_bar,
        sulfur_bar,
        radius_ratio: 0.01,
        scaled_semi_major_axis: ((2.0 / 3.0_f64).sqrt() * (star_k / bare_k).powi(2)).max(1.02),
        stellar_temperature_k: star_k,
        gravity_m_s2: between(5.0, 30.0),
        ..LavaParameters::default()
    }
}

type Solved = (Features, Vec<f64>);

/// Columns of one star, melt model and choice of volatiles.
fn columns(melt: &str, star_k: f64, volatiles: bool) -> Vec<Solved> {
    let lava = lava(melt, star_k, volatiles);
    let started = std::time::Instant::now();
    let solved: Vec<Option<Solved>> = (0..COLUMNS)
        .into_par_iter()
        .map(|case| {
            let seed = case + COLUMNS * (star_k as u64 + 10_000 * u64::from(volatiles));
            let mut rng = ChaCha8Rng::seed_from_u64(seed + 10_000_000 * melt.len() as u64);
            let parameters = random(&mut rng, star_k, volatiles);
            let dayside = lava.dayside(&parameters).ok()?;
            let ring = dayside.rings.first()?;
            let Sky::Gas(gas) = &ring.sky else {
                return None;
            };
            let albedo = parameters.surface_albedo;
            let boundary_w_m2 = ring.irradiation_w_m2;
            let internal_w_m2 = crate::constants::STEFAN_BOLTZMANN * 30_f64.powi(4);
            let bare_k = effective_temperature_k(boundary_w_m2 + internal_w_m2 / (1.0 - albedo));
            let features = lava.features(&parameters, bare_k).ok()?;
            let all = gas
                .temperature_k
                .iter()
                .chain([&ring.surface_temperature_k]);
            Some((features, all.map(|t| (t / bare_k).ln()).collect()))
        })
        .collect();
    let solved: Vec<Solved> = solved.into_iter().flatten().collect();
    println!(
        "{melt} {star_k} K, volatiles {volatiles}: {} of {COLUMNS} in {:.0} s",
        solved.len(),
        started.elapsed().as_secs_f64()
    );
    solved
}

/// Rms of ln T of layers and surface where every eighth column is foretold by the others.
fn left_out(solved: &[Solved], kernel: Kernel) -> (f64, f64) {
    let part = |keep: bool| -> Vec<Solved> {
        (solved.iter().enumerate())
            .filter(|(i, _)| (i % 8 == 0) != keep)
            .map(|(_, one)| one.clone())
            .collect()
    };
    let forecast = Forecast::learn(part(true), kernel).unwrap();
    let (mut layers, mut surface, mut count) = (0.0, 0.0, 0.0);
    let mut found_k = Vec::new();
    for (features, ratios) in part(false) {
        let surface_k = forecast.temperatures(&features, 1.0, &mut found_k).unwrap();
        surface += (surface_k.ln() - ratios[LAYERS]).powi(2);
        let squares = found_k
            .iter()
            .zip(&ratios)
            .map(|(found, ratio)| (found.ln() - ratio).powi(2));
        layers += squares.sum::<f64>() / LAYERS as f64;
        count += 1.0;
    }
    ((layers / count).sqrt(), (surface / count).sqrt())
}

#[test]
#[ignore = "minutes: writes the library of starts"]
fn write() {
    let mut solved = Vec::new();
    for star_k in STARS_K {
        for (melt, volatiles) in [("melts", false), ("imcc", false), ("imcc", true)] {
            solved.extend(columns(melt, star_k, volatiles));
        }
    }
    for width in [8.0, 12.0, 16.0, 24.0] {
        for ridge in [1e-3, 1e-2, 1e-1] {
            let (layers, surface) = left_out(&solved, Kernel { width, ridge });
            println!("width {width}, ridge {ridge}: {layers:.4} {surface:.4}");
        }
    }
    let forecast = Forecast::learn(solved, KERNEL).unwrap();
    let bytes = postcard::to_stdvec(&forecast).unwrap();
    println!(
        "{} columns, {} bytes",
        forecast.solutions().unwrap(),
        bytes.len()
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/forward/lava/library/starts.bin");
    std::fs::write(path, bytes).unwrap();
}
