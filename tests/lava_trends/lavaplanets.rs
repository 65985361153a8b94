//! 55 Cnc e above bulk silicate Earth as published by Zilinskas et al. (2022, A&A 661, A126; arXiv:2202.04759).

use std::path::PathBuf;

use magmaret::chemistry::vaporise::Preset;
use magmaret::spectrum::{Star, planck_flux};

use super::common::{Case, model_with};
use super::vapour::{Change, Vapour};

/// Radius of the planet over that of the star, and orbit over radius of the star (`55 Cnc e` of the program).
const RADIUS_RATIO: f64 = 0.018_28;
const SCALED_ORBIT: f64 = 3.512;
const STAR_K: f64 = 5172.0;
/// Surface gravity of 8.0 Earth masses and 1.88 Earth radii \[m s⁻²\].
const GRAVITY: f64 = 22.2;
/// Some of the published temperatures \[bar, K\], from `TP/BSE/F00` of their archive.
pub const PROFILE: [(f64, f64); 10] = [
    (0.0721, 2879.5),
    (2.016e-2, 2833.3),
    (9.009e-3, 2790.6),
    (4.027e-3, 2733.6),
    (1.8e-3, 2675.0),
    (8.044e-4, 2640.4),
    (1.607e-4, 2905.8),
    (3.21e-5, 3028.6),
    (2.866e-6, 3222.0),
    (1.144e-7, 3354.8),
];
/// Published depths \[µm, ppm\], means over R = 30.
pub const DEPTH: [(f64, f64); 7] = [
    (5.02, 159.3),
    (6.01, 163.9),
    (7.20, 163.2),
    (7.65, 176.7),
    (8.12, 189.0),
    (8.62, 191.6),
    (10.96, 192.2),
];

fn star() -> Star {
    Star::embedded(Some("55_cnc_g8"), STAR_K).unwrap()
}

/// 55 Cnc e with congruent vapour of MAGMA.
pub fn planet(starlight: &str, heat_redistribution: f64) -> Case {
    let atmosphere = format!("layers = 40\nstarlight = '{starlight}'");
    let melt = "preset = 'magma2004'\ncongruent = true";
    let lava = model_with(&atmosphere, "bse", melt, "", star());
    let parameters = magmaret::forward::LavaParameters {
        heat_redistribution,
        radius_ratio: RADIUS_RATIO,
        scaled_semi_major_axis: SCALED_ORBIT,
        gravity_m_s2: GRAVITY,
        ..super::common::earth(2500.0, STAR_K, 0.0)
    };
    Case::new(&lava, &parameters)
}

fn depths(case: &Case) -> Vec<f64> {
    (DEPTH.iter())
        .map(|(um, _)| case.depth_ppm([um * (1.0 - 0.5 / 30.0), um * (1.0 + 0.5 / 30.0)]))
        .collect()
}

#[test]
fn depths_of_the_published_55_cancri_e() {
    let overhead = planet("beam", 1.0);
    for (bar, published) in PROFILE {
        let here = overhead.temperature_k(bar);
        println!("{bar:9.2e} bar {published:6.0} K, here {here:.0?}");
    }
    let (found, diffuse) = (depths(&overhead), depths(&planet("diffuse", 1.0)));
    let two_thirds = depths(&planet("beam", 2.0 / 3.0));
    for (i, (um, published)) in DEPTH.into_iter().enumerate() {
        println!(
            "{um:6.2} um {published:5.1} ppm, here {:5.1}, diffuse {:5.1}, f = 2/3 {:5.1}",
            found[i], diffuse[i], two_thirds[i]
        );
        // Measured -8.3, -8.8, 1.0, -3.6, -6.8, -7.8, -6.8 ppm.
        assert!((found[i] - published).abs() < 10.0, "{um} um: {}", found[i]);
        // Light from every direction: up to 20 ppm too little; two thirds of the irradiation: 20 and more.
        assert!(published - diffuse[i] < 22.0 && published - two_thirds[i] > 15.0);
    }
}

/// With the light and the gases of the published model, below the vapour of its surface.
#[test]
fn temperatures_of_the_published_55_cancri_e() {
    let change = Change {
        without: &["Al", "AlO", "Ca", "CaO"],
        mgo_from_um: 0.41,
        overhead: true,
    };
    let vapour = Vapour::new(
        Preset::Magma2004,
        &change,
        &star(),
        SCALED_ORBIT.powi(-2),
        60,
    );
    let found = vapour.respond(PROFILE[0].1).unwrap();
    // The congruent vapour has the published pressure, 0.0721 bar, within 8 %.
    let base = found.base_bar;
    println!("base {base:.4} bar, surface {:.0} K", found.surface_k);
    assert!((base / PROFILE[0].0 - 1.0).abs() < 0.1, "{base}");
    for (bar, published) in PROFILE {
        let layer = found.pressure_bar.partition_point(|p| *p < bar).min(59);
        let here = found.temperature_k[layer];
        println!("{bar:9.2e} bar {published:6.0} K, here {here:6.0}");
        assert!((here - published).abs() < 110.0, "{bar} bar: {here}");
    }
}

/// Surfaces and layers below vapours that are held at one temperature of the melt: where the surface comes to
/// that temperature is the equilibrium.
#[test]
#[ignore = "prints a table for RESULTS.md; half a minute"]
fn surface_below_a_held_vapour() {
    const FEWER: &[&str] = &["Al", "AlO", "Ca", "CaO"];
    const NO_TIO: &[&str] = &["Al", "AlO", "Ca", "CaO", "TiO"];
    let change = |overhead, mgo_from_um, without| Change {
        without,
        mgo_from_um,
        overhead,
    };
    let changes = [
        ("diffuse", change(false, 0.0, &[][..])),
        ("diffuse, MgO from 0.41 um", change(false, 0.41, &[])),
        ("overhead", change(true, 0.0, &[])),
        ("overhead, MgO from 0.41 um", change(true, 0.41, &[])),
        (
            "overhead, MgO from 0.41 um, no Al, Ca, AlO, CaO",
            change(true, 0.41, FEWER),
        ),
        ("the same without TiO", change(true, 0.41, NO_TIO)),
    ];
    let irradiation = SCALED_ORBIT.powi(-2);
    for (name, change) in changes {
        let vapour = Vapour::new(Preset::Magma2004, &change, &star(), irradiation, 40);
        for melt_k in [2500.0, 2600.0, 2700.0, 2800.0, 2870.0, 2950.0, 3100.0] {
            let Ok(found) = vapour.respond(melt_k) else {
                println!("{name}: melt {melt_k} K: no equilibrium");
                continue;
            };
            println!(
                "{name}: melt {melt_k} K, {:.4} bar: surface {:.0} K",
                found.base_bar, found.surface_k
            );
            if melt_k == 2870.0 {
                for (bar, published) in PROFILE {
                    let layer = found.pressure_bar.partition_point(|p| *p < bar).min(39);
                    println!(
                        "  {bar:.2e} bar {published} K, here {:.0} K",
                        found.temperature_k[layer]
                    );
                }
            }
        }
    }
}

fn columns(path: PathBuf) -> Vec<[f64; 2]> {
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let number = |field: Option<&str>| field.unwrap().parse::<f64>().unwrap();
    (text.lines())
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| {
            let mut fields = line.split_whitespace();
            [number(fields.next()), number(fields.next())]
        })
        .collect()
}

/// What the published planet sends out, from its depths and its star: the irradiation that went in.
#[test]
#[ignore = "reads MAGMARET_REFERENCE_DIR"]
fn irradiation_of_the_published_55_cancri_e() {
    let Some(folder) = std::env::var_os("MAGMARET_REFERENCE_DIR").map(PathBuf::from) else {
        println!("skipped: MAGMARET_REFERENCE_DIR is not set");
        return;
    };
    for (row, (bar, kelvin)) in columns(folder.join("lavaplanets/55Cnce_TP.txt"))
        .iter()
        .zip(PROFILE)
        .take(1)
    {
        assert!((row[0] * 1e-6 / bar - 1.0).abs() < 1e-2 && (row[1] - kelvin).abs() < 0.1);
    }
    // [cm, erg s⁻¹ cm⁻³] to [µm, W m⁻² µm⁻¹].
    let star: Vec<[f64; 2]> = columns(folder.join("stars/55Cnc_stel_spec.dat"))
        .iter()
        .map(|[cm, flux]| [cm * 1e4, flux * 1e-7])
        .collect();
    let at = |um: f64| {
        let i = star
            .partition_point(|row| row[0] < um)
            .clamp(1, star.len() - 1);
        let share = (um - star[i - 1][0]) / (star[i][0] - star[i - 1][0]);
        star[i - 1][1] + share * (star[i][1] - star[i - 1][1])
    };
    let ratio = columns(folder.join("lavaplanets/55Cnce_FpFs.dat"));
    let area = |x: [f64; 2], y: [f64; 2]| 0.5 * (x[1] + y[1]) * (y[0] - x[0]);
    let planet: Vec<[f64; 2]> = (ratio.iter())
        .map(|[um, ppm]| [*um, 1e-6 * ppm * at(*um) / RADIUS_RATIO.powi(2)])
        .collect();
    let out: f64 = planet.windows(2).map(|pair| area(pair[0], pair[1])).sum();
    let all: f64 = star.windows(2).map(|pair| area(pair[0], pair[1])).sum();
    // Beyond the file.
    let last = planet[planet.len() - 1][0];
    let beyond: f64 = (0..4000)
        .map(|i| last + 0.1 * (f64::from(i) + 0.5))
        .map(|um| 0.1 * 1e-6 * planck_flux(um * 1e-6, 2750.0))
        .sum();
    let share = (out + beyond) / all * SCALED_ORBIT.powi(2);
    println!(
        "planet {out:.4e} W/m2 (+ {beyond:.1e}), star {all:.4e} W/m2, share of the irradiation {share:.3}"
    );
    // Two thirds would be no redistribution over the disc, one is the substellar point.
    assert!((0.93..1.05).contains(&share), "{share}");
}
