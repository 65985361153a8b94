//! Names of gases and isotopologues as opacity files write them.

use crate::error::InputError;
use crate::species::Formula;

/// Isotopologues differ from the mean molar mass by less than this (deuterated gases excepted).
const MASS_TOLERANCE: f64 = 0.06;

/// Formula behind `28Si-16O2__OYT3`, `(1H)2(16O)`, `Ti-O-NatAbund__Plez`, `H2O`, `40Ca-1H_p`;
/// `None` where the label is none of these.
pub(super) fn formula_of_label(label: &str) -> Option<Formula> {
    let isotopologue = label.trim_matches('\0').trim().split("__").next()?;
    let (body, charge) = match isotopologue.strip_suffix("_p") {
        Some(body) => (body, "+"),
        None => (isotopologue, ""),
    };
    let body = body.replace("-NatAbund", "");
    let plain = if body.contains('(') {
        unbracket(&body)
    } else if body.contains('-') || body.starts_with(|c: char| c.is_ascii_digit()) {
        body.split('-')
            .map(|atom| atom.trim_start_matches(|c: char| c.is_ascii_digit()))
            .collect()
    } else {
        body
    };
    Formula::parse("label", &(plain + charge)).ok()
}

/// `(1H)2(16O)` without brackets and mass numbers.
fn unbracket(text: &str) -> String {
    let mut plain = String::new();
    let mut mass_number = false;
    for c in text.chars() {
        match c {
            '(' => mass_number = true,
            ')' => mass_number = false,
            c if mass_number && c.is_ascii_digit() => {}
            c => {
                mass_number = false;
                plain.push(c);
            }
        }
    }
    plain
}

/// Refuses a file whose own label is another gas. A label that is no formula says nothing.
pub(super) fn check_label(place: &str, gas: &str, label: &str) -> Result<(), InputError> {
    let wanted = Formula::parse("name of the gas", gas)?;
    match formula_of_label(label) {
        Some(found) if found != wanted => Err(InputError::value(
            place,
            format!("`{}`", label.trim_matches('\0')),
            format!("the gas asked for, {gas}"),
        )),
        _ => Ok(()),
    }
}

/// Molar mass \[g mol⁻¹\] of a gas, or the one given by the user.
pub(super) fn molar_mass(gas: &str, given_g_mol: Option<f64>) -> Result<f64, InputError> {
    let formula = Formula::parse("name of the gas", gas)?;
    let own = formula.molar_mass_g_mol();
    match given_g_mol {
        Some(given) => check_mass(&format!("molar mass of {gas}"), own, given).map(|()| given),
        None => Ok(own),
    }
}

/// Refuses a molar mass \[g mol⁻¹\] that is not one of the gas.
pub(super) fn check_mass(place: &str, formula_g_mol: f64, found: f64) -> Result<(), InputError> {
    if (found / formula_g_mol - 1.0).abs() < MASS_TOLERANCE {
        return Ok(());
    }
    Err(InputError::value(
        place,
        format!("{found} g/mol"),
        format!("an isotopologue of the gas asked for, {formula_g_mol:.3} g/mol within 6 %"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_the_archives_give_formulae() {
        for (label, gas) in [
            ("28Si-16O__SiOUVenIR", "SiO"),
            ("28Si-16O2__OYT3", "SiO2"),
            ("Ti-O-NatAbund__Plez", "TiO"),
            ("(1H)2(16O)", "H2O"),
            ("1H2-16O", "H2O"),
            ("40Ca-1H_p", "CaH+"),
            ("56Fe__Kurucz", "Fe"),
            ("CO2", "CO2"),
        ] {
            let found = formula_of_label(label).expect(label);
            assert_eq!(found, Formula::parse("t", gas).expect(gas), "{label}");
        }
        assert!(check_label("t", "SiO", "24Mg-16O__LiTY").is_err());
        assert!(check_label("t", "SiO", "some table").is_ok());
        assert!(check_mass("t", 44.08, 43.97).is_ok());
        assert!(check_mass("t", 44.08, 40.3).is_err());
    }
}
