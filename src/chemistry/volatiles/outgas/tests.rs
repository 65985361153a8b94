use super::*;
use crate::chemistry::volatiles::inventory::Amount;

fn reference(name: &str) -> Option<Vec<BTreeMap<String, String>>> {
    let Some(folder) = std::env::var_os("MAGMARET_REFERENCE_DIR") else {
        println!("MAGMARET_REFERENCE_DIR is not set: {name} skipped");
        return None;
    };
    let path = std::path::Path::new(&folder).join(name);
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(path).unwrap();
    Some(reader.deserialize().map(Result::unwrap).collect())
}

fn number(row: &BTreeMap<String, String>, key: &str) -> f64 {
    row[key].parse().unwrap()
}

fn request(mode: Mode, row: &BTreeMap<String, String>) -> Request {
    Request {
        inventory: Inventory {
            hydrogen: Amount::Kilograms(number(row, "H_kg")),
            carbon: Amount::Kilograms(number(row, "C_kg")),
            nitrogen: Amount::Kilograms(number(row, "N_kg")),
            sulfur: Amount::Kilograms(number(row, "S_kg")),
            ..Inventory::default()
        },
        melt_fraction: number(row, "phi"),
        ..Request::earth(mode, number(row, "T_K"), number(row, "dIW"))
    }
}

#[test]
fn calliope_cases() {
    let Some(rows) = reference("volatiles/calliope_26.5.3_cases.csv") else { return };
    let mut worst: BTreeMap<String, f64> = BTreeMap::new();
    for row in &rows {
        let result = outgas(Mode::Calliope, &request(Mode::Calliope, row)).unwrap();
        for (name, p) in &result.partial_pressure_bar {
            let expected = number(row, &format!("p_{name}"));
            let error = (p / expected - 1.0).abs();
            let entry = worst.entry(name.clone()).or_insert(0.0);
            *entry = entry.max(error);
        }
        println!("case {} P {} closure {:e}", row["case"], result.total_pressure_bar / number(row, "P_surf_bar") - 1.0, result.closure);
    }
    println!("{worst:?}");
}

#[test]
fn atmodeller_cases() {
    let Some(rows) = reference("volatiles/atmodeller_1.0.2_cases.csv") else { return };
    for row in &rows {
        let result = outgas(Mode::Atmodeller, &request(Mode::Atmodeller, row)).unwrap();
        println!("case {} P {:.6} closure {:e}", row["case"], result.total_pressure_bar / number(row, "P_bar") - 1.0, result.closure);
        for (name, p) in &result.partial_pressure_bar {
            let expected = number(row, &format!("p_{name}"));
            if expected > 1e-3 {
                print!(" {name} {:.2e}", p / expected - 1.0);
            }
        }
        println!();
    }
}
