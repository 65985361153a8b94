//! Vaporisation against reference files of independent prototypes and published tables. The files
//! are found through MAGMARET_REFERENCE_DIR; without it these tests say so and pass (small fixtures of
//! the same numbers stand in `vaporise.rs`).

use std::collections::HashMap;
use std::path::PathBuf;

use magmaret::chemistry::vaporise::gas::GasData;
use magmaret::chemistry::vaporise::{Preset, Redox, Settings, Surface, Vaporiser};
use magmaret::melt::buffer::Buffer;
use magmaret::melt::composition::MolarMasses;
use magmaret::melt::ferric::FerricIron;
use magmaret::melt::iron::{IronOptions, Metal};
use magmaret::melt::Composition;
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
        .map(|line| header.iter().map(ToString::to_string).zip(line.split(',').map(ToString::to_string)).collect())
        .collect()
}

fn melt(name: &str) -> Composition {
    let name = if name.starts_with("BSE") { "bse".to_owned() } else { name.to_lowercase() };
    Composition::named(&name, MolarMasses::Magma).unwrap()
}

fn log10_p(vaporiser: &Vaporiser, surface: &Surface, species: &str) -> f64 {
    surface.ln_pressure[vaporiser.gas().index_of(species).unwrap()] / std::f64::consts::LN_10
}

/// Largest difference of every `logp_` column \[dex\], with its species.
fn worst_pressure(vaporiser: &Vaporiser, surface: &Surface, row: &HashMap<String, String>) -> (f64, String) {
    let mut worst = (0.0, String::new());
    for (column, text) in row {
        let Some(species) = column.strip_prefix("logp_") else { continue };
        if text.is_empty() {
            continue;
        }
        let difference = (log10_p(vaporiser, surface, species) - text.parse::<f64>().unwrap()).abs();
        if difference > worst.0 || difference.is_nan() {
            worst = (difference, species.to_owned());
        }
    }
    worst
}

#[test]
fn imcc_at_fixed_fo2() {
    let Some(text) = reference("ref_magma_fixed_fO2.csv") else { return };
    let vaporiser = Preset::Magma2004.settings().build().unwrap();
    let mut surface = vaporiser.surface();
    let (mut worst_activity, mut worst_p, mut worst_metal) = (0.0_f64, 0.0_f64, 0.0_f64);
    for row in rows(&text) {
        let number = |name: &str| row[name].parse::<f64>().unwrap();
        let redox = Redox::Delta(Buffer::IwHirschmann2008, number("dIW"));
        let moles = *melt(&row["comp"]).mole_fractions();
        vaporiser.evaluate(&moles, number("T_K"), redox, &mut surface).unwrap();
        for oxide in Oxide::ALL {
            let Some(value) = row.get(&format!("lna_{}", oxide.name())).and_then(|t| t.parse::<f64>().ok()) else {
                continue;
            };
            let difference = (surface.melt.potentials.ln_activity[oxide.index()] - value).abs();
            if difference > 1e-6 { println!("{} {} {} {} {}", row["comp"], row["T_K"], row["dIW"], oxide.name(), difference); }
            worst_activity = worst_activity.max(difference);
        }
        let (difference, species) = worst_pressure(&vaporiser, &surface, &row);
        if difference > 1e-5 { println!("{} {} {} {} {}", row["comp"], row["T_K"], row["dIW"], species, difference); }
        worst_p = worst_p.max(difference);
        worst_metal = worst_metal.max((surface.iron.metal_mole_fraction - number("metal_mole_frac_of_oxide_total")).abs());
    }
    println!("fixed: ln a {worst_activity:e}, log10 p {worst_p:e}, metal {worst_metal:e}");
}

#[test]
fn imcc_congruent() {
    let Some(text) = reference("ref_magma_congruent.csv") else { return };
    let settings = Preset::Magma2004.settings();
    let vaporiser = settings.build().unwrap();
    let mut surface = vaporiser.surface();
    let (mut worst_fo2, mut worst_p) = (0.0_f64, 0.0_f64);
    for row in rows(&text) {
        let number = |name: &str| row[name].parse::<f64>().unwrap();
        let moles = *melt(&row["comp"]).mole_fractions();
        vaporiser.evaluate(&moles, number("T_K"), Redox::Congruent, &mut surface).unwrap();
        worst_fo2 = worst_fo2.max((surface.log10_fo2_bar() - number("log10fO2")).abs());
        let (difference, species) = worst_pressure(&vaporiser, &surface, &row);
        if difference > 1e-5 { println!("{} {} {} {} {}", row["comp"], row["T_K"], species, difference, number("log10fO2")-surface.log10_fo2_bar()); }
        worst_p = worst_p.max(difference);
    }
    println!("congruent: fO2 {worst_fo2:e}, log10 p {worst_p:e}");
}

fn melts_reference() -> Settings {
    Settings {
        mgo: MgoGas::Nasa,
        ions: Ions::Exclude,
        iron: IronOptions { ferric: FerricIron::Off, metal: Metal::Off },
        ..Preset::MeltsNasa9.settings()
    }
}

#[test]
fn melts_with_nasa9_gases() {
    let Some(text) = reference("ref_melts_nasa9.csv") else { return };
    let vaporiser = melts_reference().build().unwrap();
    let mut surface = vaporiser.surface();
    let (mut worst_mu, mut worst_p, mut worst_fo2) = (0.0_f64, 0.0_f64, 0.0_f64);
    for row in rows(&text) {
        let number = |name: &str| row[name].parse::<f64>().unwrap();
        let t_k = number("T_K");
        let redox = if row["mode"] == "fixed" { Redox::Delta(Buffer::IwHirschmann2008, number("dIW")) } else { Redox::Congruent };
        let moles = *melt(&row["comp"]).mole_fractions();
        vaporiser.evaluate(&moles, t_k, redox, &mut surface).unwrap();
        let rt = magmaret::constants::GAS_CONSTANT * t_k;
        for oxide in Oxide::ALL {
            let Some(value) = row.get(&format!("mu_kJ_{}", oxide.name())).and_then(|t| t.parse::<f64>().ok()) else { continue };
            worst_mu = worst_mu.max((surface.melt.potentials.mu_rt[oxide.index()] * rt - 1000.0 * value).abs());
        }
        let (difference, species) = worst_pressure(&vaporiser, &surface, &row);
        if difference > 1e-5 { println!("{} {} {} {} {} {}", row["comp"], row["T_K"], row["mode"], row["dIW"], species, difference); }
        worst_p = worst_p.max(difference);
        worst_fo2 = worst_fo2.max((surface.log10_fo2_bar() - number("log10fO2")).abs());
    }
    println!("melts: mu {worst_mu} J/mol, log10 p {worst_p:e}, fO2 {worst_fo2:e}");
}

#[test]
fn seidler_2024_table() {
    let Some(text) = reference("phaethon_logP_TERRA_dIW-4.csv") else { return };
    let vaporiser = Preset::Seidler2024.settings().build().unwrap();
    let mut surface = vaporiser.surface();
    let moles = *melt("terra").mole_fractions();
    let mut lines = text.lines();
    let temperatures: Vec<f64> = lines.next().unwrap().split(',').skip(1).map(|t| t.parse().unwrap()).collect();
    for line in lines {
        let mut cells = line.split(',');
        let species = cells.next().unwrap();
        let mut worst = 0.0_f64;
        for (t_k, cell) in temperatures.iter().zip(cells) {
            vaporiser.evaluate(&moles, *t_k, Redox::Delta(Buffer::IwHirschmann2008, -4.0), &mut surface).unwrap();
            let d = log10_p(&vaporiser, &surface, species) - cell.parse::<f64>().unwrap();
            if d.abs() > worst.abs() { worst = d; }
        }
        println!("{species}: {worst:e}");
    }
    let _ = GasData::Nasa9;
}
