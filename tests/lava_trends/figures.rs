//! Figures of `configs/figures`, drawn by the program's own code: `cargo test --release --test lava_trends --
//! --ignored draw`.

use std::path::Path;

use magmaret::config::FigureFormat;
use magmaret::forward::{Lava, LavaParameters};
use magmaret::report::figures::{AtmosphereCurve, Destination, atmospheres};
use magmaret::spectrum::Star;

use super::common::{Case, DELTA_IW, model_with};
use super::lavaplanets::{self, DEPTH, PROFILE};

/// Wavelengths that are drawn \[µm\].
const RANGE_UM: [f64; 2] = [3.0, 15.0];

/// 55 Cnc e as `configs/55cnce_forward.toml` has it.
pub fn planet(delta_iw: f64) -> LavaParameters {
    LavaParameters {
        delta_iw,
        heat_redistribution: 2.0 / 3.0,
        radius_ratio: 0.018_28,
        scaled_semi_major_axis: 3.512,
        gravity_m_s2: 22.2,
        ..super::common::earth(2500.0, 5172.0, 0.0)
    }
}

pub fn curve(name: &str, case: &Case) -> AtmosphereCurve {
    let gas = case.gas();
    let dayside = &case.dayside;
    let depth = dayside.depth();
    let mut curve = AtmosphereCurve {
        name: name.to_owned(),
        pressure_bar: gas.pressure_bar.clone(),
        temperature_k: gas.temperature_k.clone(),
        surface_temperature_k: case.surface_k(),
        ..AtmosphereCurve::default()
    };
    for band in (1..depth.len() - 1).rev() {
        let centre = (dayside.edges_per_cm[band] * dayside.edges_per_cm[band + 1]).sqrt();
        curve.wavelength_um.push(1e4 / centre);
        curve.depth_ppm.push(1e6 * depth[band]);
    }
    curve
}

pub fn draw(name: &'static str, curves: &[AtmosphereCurve]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs/figures");
    let formats: &[FigureFormat] = match std::env::var_os("MAGMARET_PNG") {
        Some(_) => &[FigureFormat::Svg, FigureFormat::Png],
        None => &[FigureFormat::Svg],
    };
    let destination = Destination {
        folder: &folder,
        formats,
    };
    atmospheres(name, curves, RANGE_UM, destination).unwrap();
}

fn host() -> Star {
    Star::embedded(Some("55_cnc_g8"), 5172.0).unwrap()
}

fn solved(lava: &Lava, name: &str, parameters: &LavaParameters) -> AtmosphereCurve {
    curve(name, &Case::new(lava, parameters))
}

fn buffer(delta_iw: f64) -> String {
    match delta_iw {
        0.0 => "IW".to_owned(),
        below if below < 0.0 => format!("IW−{:.0}", -below),
        above => format!("IW+{above:.0}"),
    }
}

#[test]
#[ignore = "draws figures into configs/figures"]
fn draw_oxygen_fugacity() {
    for (name, melt) in [
        ("55cnce_fo2", ""),
        ("55cnce_fo2_mgo_of_tables", "mgo_gas = 'janaf'"),
    ] {
        let lava = model_with("layers = 80", "bse", melt, "", host());
        let curves: Vec<AtmosphereCurve> = (DELTA_IW[1..].iter())
            .map(|delta_iw| solved(&lava, &buffer(*delta_iw), &planet(*delta_iw)))
            .collect();
        draw(name, &curves);
    }
}

#[test]
#[ignore = "draws figures into configs/figures"]
fn draw_star() {
    let curves = [
        ("G8 spectrum", host()),
        ("black body", Star::black_body(5172.0)),
    ]
    .map(|(name, star)| {
        solved(
            &model_with("layers = 80", "bse", "", "", star),
            name,
            &planet(-2.0),
        )
    });
    draw("55cnce_star", &curves);
}

#[test]
#[ignore = "draws figures into configs/figures"]
fn draw_published() {
    let mut published = AtmosphereCurve {
        name: "published".to_owned(),
        surface_temperature_k: PROFILE[0].1,
        wavelength_um: DEPTH.map(|(um, _)| um).to_vec(),
        depth_ppm: DEPTH.map(|(_, ppm)| ppm).to_vec(),
        ..AtmosphereCurve::default()
    };
    for (bar, kelvin) in PROFILE.iter().rev() {
        published.pressure_bar.push(*bar);
        published.temperature_k.push(*kelvin);
    }
    let overhead = curve("star overhead", &lavaplanets::planet("beam", 1.0));
    let diffuse = curve("diffuse light", &lavaplanets::planet("diffuse", 1.0));
    draw("55cnce_published", &[published, overhead, diffuse]);
}
