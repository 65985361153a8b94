//! Gas equilibrium against FastChem 4.0.3 with FastChem's own constants.
//!
//! Needs the folder named by MAGMARET_REFERENCE_DIR (its files are not ours to ship); skipped with
//! a line of output without it.

use std::path::PathBuf;

use magmaret::chemistry::gas::{GasSystem, fastchem};
use magmaret::species::{Element, GasSet, Ions};

/// The reference folder's subfolder for this part, if it is there.
fn reference() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("MAGMARET_REFERENCE_DIR") else {
        println!("skipped: MAGMARET_REFERENCE_DIR is not set");
        return None;
    };
    Some(PathBuf::from(folder).join("vaporisation"))
}

/// A FastChem table: species names, elements with abundances, rows of (T, p, log10 x).
struct Table {
    names: Vec<String>,
    abundances: Vec<(Element, f64)>,
    rows: Vec<(f64, f64, Vec<f64>)>,
}

fn read_table(path: &std::path::Path) -> Table {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().skip(1);
    let abundances = lines.next().unwrap().split_once("(O=12):").unwrap().1;
    let abundances = abundances
        .split_whitespace()
        .map(|word| {
            let (symbol, value) = word.split_once('=').unwrap();
            let log10: f64 = value.parse().unwrap();
            (
                Element::from_symbol(symbol).unwrap(),
                10_f64.powf(log10 - 12.0),
            )
        })
        .collect();
    let header = lines.next().unwrap().split(',');
    let names = header
        .skip(3)
        .map(|n| n.strip_prefix("log10_").unwrap().to_owned())
        .collect();
    let rows = lines
        .map(|line| {
            let values: Vec<f64> = line.split(',').map(|v| v.parse().unwrap()).collect();
            (values[0], values[1], values[3..].to_vec())
        })
        .collect();
    Table {
        names,
        abundances,
        rows,
    }
}

/// Abundances in the order of the set.
fn ordered(set: &GasSet, abundances: &[(Element, f64)]) -> Vec<f64> {
    let find = |e: &Element| abundances.iter().find(|(known, _)| known == e).unwrap().1;
    set.elements().iter().map(find).collect()
}

#[test]
fn mole_fractions_are_those_of_fastchem() {
    let Some(folder) = reference() else { return };
    let records = fastchem::read(&folder.join("fastchem_logK.dat")).unwrap();
    for name in ["vapIW", "vapIWm4", "CHONS"] {
        let table = read_table(&folder.join(format!("fastchem4_{name}.csv")));
        let elements: Vec<Element> = table.abundances.iter().map(|(e, _)| *e).collect();
        let set = fastchem::gas_set(&records, &elements, Ions::Include).unwrap();
        let abundances = ordered(&set, &table.abundances);
        let system = GasSystem::new(set).unwrap();
        let mut workspace = system.workspace();
        let (mut worst, mut iterations) = ((0.0, String::new()), 0);
        for (t_k, p_bar, expected) in &table.rows {
            workspace.forget();
            let solved = system.solve(&abundances, *t_k, *p_bar, &mut workspace);
            iterations += solved.unwrap().iterations;
            for (species, log10_x) in table.names.iter().zip(expected) {
                let index = system.set().index_of(species).unwrap();
                let found = workspace.ln_mole_fractions()[index] / std::f64::consts::LN_10;
                let difference = (found - log10_x).abs();
                if *log10_x > -9.0 && difference > worst.0 {
                    worst = (difference, format!("{species} at {t_k} K, {p_bar:e} bar"));
                }
            }
        }
        println!(
            "{name}: {} species, {} points, {:.1} iterations; worst {worst:?}",
            system.set().len(),
            table.rows.len(),
            f64::from(iterations) / table.rows.len() as f64
        );
    }
}
