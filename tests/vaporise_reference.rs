//! Vaporisation against reference files of independent prototypes and published tables. The files
//! are found through MAGMARET_REFERENCE_DIR; without it these tests say so and pass (small fixtures of
//! the same numbers stand in `vaporise.rs`).

use std::collections::HashMap;
use std::path::PathBuf;

use magmaret::chemistry::vaporise::{Preset, Redox, Settings, Surface, Vaporiser};
use magmaret::melt::Composition;
use magmaret::melt::buffer::Buffer;
use magmaret::melt::composition::MolarMasses;
use magmaret::melt::ferric::FerricIron;
use magmaret::melt::iron::{IronOptions, Metal};
use magmaret::species::{Ions, MgoGas, Oxide};

fn reference(name: &str) -> Option<String> {
    let Ok(folder) = std::env::var("MAGMARET_REFERENCE_DIR") else {
        println!("skipped: MAGMARET_REFERENCE_DIR is not set ({name})");
        return None;
    };
    Some(std::fs::read_to_string(PathBuf::from(folder).join("vaporisation").join(name)).unwrap())
}

/// Rows as name -> text.
fn rows(text: &str) -> Vec<HashMap<String, String>> {
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    lines
        .map(|line| {
            header
                .iter()
                .map(ToString::to_string)
                .zip(line.split(',').map(ToString::to_string))
                .collect()
        })
        .collect()
}

fn melt(name: &str) -> Composition {
    let name = if name.starts_with("BSE") {
        "bse".to_owned()
    } else {
        name.to_lowercase()
    };
    Composition::named(&name, MolarMasses::Magma).unwrap()
}

fn log10_p(vaporiser: &Vaporiser, surface: &Surface, species: &str) -> f64 {
    surface.ln_pressure[vaporiser.gas().index_of(species).unwrap()] / std::f64::consts::LN_10
}

/// Largest difference of every `logp_` column \[dex\].
fn worst_pressure(vaporiser: &Vaporiser, surface: &Surface, row: &HashMap<String, String>) -> f64 {
    let mut worst = 0.0;
    for (column, text) in row {
        let Some(species) = column.strip_prefix("logp_") else {
            continue;
        };
        if text.is_empty() {
            continue;
        }
        let difference =
            (log10_p(vaporiser, surface, species) - text.parse::<f64>().unwrap()).abs();
        if difference > worst || difference.is_nan() {
            worst = difference;
        }
    }
    worst
}

#[test]
fn imcc_at_fixed_fo2() {
    let Some(text) = reference("ref_magma_fixed_fO2.csv") else {
        return;
    };
    let vaporiser = Preset::Magma2004.settings().build().unwrap();
    let mut surface = vaporiser.surface();
    let (mut worst_activity, mut worst_p, mut worst_metal) = (0.0_f64, 0.0_f64, 0.0_f64);
    for row in rows(&text) {
        let number = |name: &str| row[name].parse::<f64>().unwrap();
        let redox = Redox::Delta(Buffer::IwHirschmann2008, number("dIW"));
        let moles = *melt(&row["comp"]).mole_fractions();
        vaporiser
            .evaluate(&moles, number("T_K"), redox, &mut surface)
            .unwrap();
        for oxide in Oxide::ALL {
            let Some(value) = row
                .get(&format!("lna_{}", oxide.name()))
                .and_then(|t| t.parse::<f64>().ok())
            else {
                continue;
            };
            let difference = (surface.melt.potentials.ln_activity[oxide.index()] - value).abs();
            worst_activity = worst_activity.max(difference);
        }
        let difference = worst_pressure(&vaporiser, &surface, &row);
        worst_p = worst_p.max(difference);
        worst_metal = worst_metal.max(
            (surface.iron.metal_mole_fraction - number("metal_mole_frac_of_oxide_total")).abs(),
        );
    }
    // Measured 5.0e-9, 5.0e-7 dex and 4.4e-10: half of the last printed digit of each.
    assert!(worst_activity < 1e-8, "ln a {worst_activity:e}");
    assert!(worst_p < 6e-7, "log10 p {worst_p:e}");
    assert!(worst_metal < 1e-9, "metal {worst_metal:e}");
}

#[test]
fn imcc_congruent() {
    let Some(text) = reference("ref_magma_congruent.csv") else {
        return;
    };
    let settings = Preset::Magma2004.settings();
    let vaporiser = settings.build().unwrap();
    let mut surface = vaporiser.surface();
    let (mut worst_fo2, mut worst_p) = (0.0_f64, 0.0_f64);
    for row in rows(&text) {
        let number = |name: &str| row[name].parse::<f64>().unwrap();
        let moles = *melt(&row["comp"]).mole_fractions();
        vaporiser
            .evaluate(&moles, number("T_K"), Redox::Congruent, &mut surface)
            .unwrap();
        worst_fo2 = worst_fo2.max((surface.log10_fo2_bar() - number("log10fO2")).abs());
        let difference = worst_pressure(&vaporiser, &surface, &row);
        worst_p = worst_p.max(difference);
    }
    // Measured 4.9e-7 and 5.0e-7 dex: half of the last printed digit.
    assert!(worst_fo2 < 6e-7, "log10 fO2 {worst_fo2:e}");
    assert!(worst_p < 6e-7, "log10 p {worst_p:e}");
}

fn melts_reference() -> Settings {
    Settings {
        mgo: MgoGas::Nasa,
        ions: Ions::Exclude,
        iron: IronOptions {
            ferric: FerricIron::Off,
            metal: Metal::Off,
        },
        ..Preset::MeltsNasa9.settings()
    }
}

#[test]
fn melts_with_nasa9_gases() {
    let Some(text) = reference("ref_melts_nasa9.csv") else {
        return;
    };
    let vaporiser = melts_reference().build().unwrap();
    let mut surface = vaporiser.surface();
    let (mut worst_mu, mut worst_p, mut worst_fo2) = (0.0_f64, 0.0_f64, 0.0_f64);
    for row in rows(&text) {
        let number = |name: &str| row[name].parse::<f64>().unwrap();
        let t_k = number("T_K");
        let redox = if row["mode"] == "fixed" {
            Redox::Delta(Buffer::IwHirschmann2008, number("dIW"))
        } else {
            Redox::Congruent
        };
        let moles = *melt(&row["comp"]).mole_fractions();
        vaporiser
            .evaluate(&moles, t_k, redox, &mut surface)
            .unwrap();
        let rt = magmaret::constants::GAS_CONSTANT * t_k;
        for oxide in Oxide::ALL {
            let Some(value) = row
                .get(&format!("mu_kJ_{}", oxide.name()))
                .and_then(|t| t.parse::<f64>().ok())
            else {
                continue;
            };
            worst_mu = worst_mu
                .max((surface.melt.potentials.mu_rt[oxide.index()] * rt - 1000.0 * value).abs());
        }
        let difference = worst_pressure(&vaporiser, &surface, &row);
        worst_p = worst_p.max(difference);
        worst_fo2 = worst_fo2.max((surface.log10_fo2_bar() - number("log10fO2")).abs());
    }
    // Measured 5.0e-4 J/mol and 5.0e-7 dex: half of the last printed digit.
    assert!(worst_mu < 6e-4, "mu {worst_mu} J/mol");
    assert!(worst_p < 6e-7, "log10 p {worst_p:e}");
    assert!(worst_fo2 < 6e-7, "log10 fO2 {worst_fo2:e}");
}

#[test]
fn seidler_2024_table() {
    let Some(text) = reference("phaethon_logP_TERRA_dIW-4.csv") else {
        return;
    };
    let vaporiser = Preset::Seidler2024.settings().build().unwrap();
    let mut surface = vaporiser.surface();
    let moles = *melt("terra").mole_fractions();
    let mut lines = text.lines();
    let temperatures: Vec<f64> = lines
        .next()
        .unwrap()
        .split(',')
        .skip(1)
        .map(|t| t.parse().unwrap())
        .collect();
    for line in lines {
        let mut cells = line.split(',');
        let species = cells.next().unwrap();
        let mut worst = 0.0_f64;
        for (t_k, cell) in temperatures.iter().zip(cells) {
            vaporiser
                .evaluate(
                    &moles,
                    *t_k,
                    Redox::Delta(Buffer::IwHirschmann2008, -4.0),
                    &mut surface,
                )
                .unwrap();
            let d = log10_p(&vaporiser, &surface, species) - cell.parse::<f64>().unwrap();
            if d.abs() > worst.abs() {
                worst = d;
            }
        }
        // Measured: Mg and MgO 0.0163, Al2O and Al2O2 0.0104, SiO 0.0088, Fe and FeO 0.0025, O2 5e-5.
        let limit = if species.starts_with("Fe") {
            0.003
        } else {
            0.02
        };
        assert!(worst.abs() < limit, "{species}: {worst}");
    }
}

/// Points of a digitised curve: temperature \[K\] and log10 of the value.
fn curve(text: &str, source: &str, quantity: &str, species: &str) -> Vec<(f64, f64)> {
    rows(text)
        .into_iter()
        .filter(|row| {
            row["source"] == source && row["quantity"] == quantity && row["species"] == species
        })
        .map(|row| {
            (
                row["T_K"].parse().unwrap(),
                row["log10_value"].parse().unwrap(),
            )
        })
        .collect()
}

/// log10 mole fraction of `species`, or log10 of the total pressure for `BSE`, of congruent vapour.
fn congruent_value(
    vaporiser: &Vaporiser,
    surface: &mut Surface,
    moles: &[f64; 13],
    t_k: f64,
    species: &str,
) -> f64 {
    vaporiser
        .evaluate(moles, t_k, Redox::Congruent, surface)
        .unwrap();
    let total = surface.total_pressure_bar().log10();
    if species == "BSE" {
        total
    } else {
        log10_p(vaporiser, surface, species) - total
    }
}

#[test]
fn melts_against_ito_2015() {
    let Some(text) = reference("digitised_mole_fractions_long.csv") else {
        return;
    };
    let vaporiser = melts_reference().build().unwrap();
    let mut surface = vaporiser.surface();
    let moles = *Composition::named("bse_ito2015", MolarMasses::Magma)
        .unwrap()
        .mole_fractions();
    for (quantity, species, limit) in [
        ("Ptot_bar", "BSE", 0.015),
        ("mole_fraction", "Na", 0.08),
        ("mole_fraction", "K", 0.08),
        ("mole_fraction", "O2", 0.08),
        ("mole_fraction", "O", 0.08),
        ("mole_fraction", "Mg", 0.08),
        ("mole_fraction", "SiO", 0.08),
    ] {
        let points = curve(&text, "Ito15_BSE", quantity, species);
        let differences: Vec<f64> = points
            .iter()
            .filter(|(t_k, _)| (1550.0..=3000.0).contains(t_k))
            .map(|(t_k, value)| {
                congruent_value(&vaporiser, &mut surface, &moles, *t_k, species) - value
            })
            .collect();
        assert!(differences.len() > 30, "{species}");
        let mean = differences.iter().sum::<f64>() / differences.len() as f64;
        let worst = differences.iter().fold(0.0_f64, |m, d| m.max(d.abs()));
        println!("Ito 2015 {species}: mean {mean:.4}, worst {worst:.4} dex");
        assert!(worst < limit, "{species}: {worst}");
    }
}

/// Visscher & Fegley 2013: the metal ratios agree at every temperature, absolute mole fractions above 3000 K;
/// their oxygen below is not that of the oxides (x(O2)/x(Na) = 0.9 at 1812 K against 0.25).
#[test]
fn imcc_against_visscher_fegley_2013() {
    let Some(text) = reference("digitised_mole_fractions_long.csv") else {
        return;
    };
    let vaporiser = Preset::Magma2004.settings().build().unwrap();
    let mut surface = vaporiser.surface();
    let moles = *melt("bse").mole_fractions();
    let mut differences = |species: &str, low: f64, high: f64| {
        let points = curve(&text, "VF13_BSE", "mole_fraction", species);
        let all: Vec<f64> = points
            .iter()
            .filter(|(t_k, _)| (low..high).contains(t_k))
            .map(|(t_k, value)| {
                value - congruent_value(&vaporiser, &mut surface, &moles, *t_k, species)
            })
            .collect();
        assert!(all.len() > 4, "{species} {low}");
        all.iter().sum::<f64>() / all.len() as f64
    };
    for low in [1800.0, 2100.0, 2400.0, 2700.0, 3000.0, 3300.0, 3600.0] {
        let [silicon, magnesium, iron] =
            ["SiO", "Mg", "Fe"].map(|s| differences(s, low, low + 300.0));
        println!("VF13 {low}: SiO {silicon:.3} Mg {magnesium:.3} Fe {iron:.3} dex");
        // Ratios: measured 0.005 dex.
        for d in [silicon - magnesium, iron - magnesium] {
            assert!(d.abs() < 0.03, "metal ratio at {low} K: {d}");
        }
        // Absolute: measured 0.049-0.051 dex at 3000-3300 K, 0.020 above.
        if low >= 3000.0 {
            assert!(magnesium.abs() < 0.055, "{low}: {magnesium}");
        }
    }
}

/// LavAtmos (MELTS 1.0.2 engine, JANAF gases) for congruent BSE: within 0.25 dex for what does not hang on the gas
/// data, as the design note states; measured 0.224 (K).
#[test]
fn melts_against_lavatmos() {
    let Some(text) = reference("lavatmos_example1_output.csv") else {
        return;
    };
    let vaporiser = melts_reference().build().unwrap();
    let mut surface = vaporiser.surface();
    let moles = *melt("bse").mole_fractions();
    for row in rows(&text) {
        let t_k: f64 = row[""].parse().unwrap();
        vaporiser
            .evaluate(&moles, t_k, Redox::Congruent, &mut surface)
            .unwrap();
        for species in ["O2", "O", "Na", "K", "SiO", "Mg", "Fe"] {
            let value: f64 = row[&format!("{species}(g)")].parse().unwrap();
            let difference = log10_p(&vaporiser, &surface, species) - value.log10();
            println!("LavAtmos {t_k} K {species}: {difference:+.3} dex");
            assert!(difference.abs() < 0.25, "{species}: {difference}");
        }
    }
}
