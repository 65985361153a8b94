//! The gases that the product generates lines for.

use std::path::Path;

use super::source::LineGas;
use super::{alo, atom, cao, co, co2, h2o, mgo, multiplet, read, sio, sio2, so2, tio};
use crate::error::{InputError, nearest};

/// What a user may choose about the lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choices {
    /// Factor on the strength of SiO A-X; none for the default of the generator.
    pub sio_uv_scale: Option<f64>,
}

/// A gas and how its lines are made.
#[derive(Clone, Copy, Debug)]
pub struct Generator {
    /// Formula.
    pub gas: &'static str,
    lines: fn(&Choices) -> Result<LineGas, InputError>,
}

impl Generator {
    /// Makes the lines.
    ///
    /// # Errors
    /// Choices that cannot be; data of the generator that do not parse.
    pub fn lines(&self, choices: &Choices) -> Result<LineGas, InputError> {
        (self.lines)(choices)
    }
}

/// Water vapour, the one gas whose lines are not the product's own.
pub const WATER: &str = "H2O";

macro_rules! atom_generator {
    ($name:literal) => {
        Generator {
            gas: $name,
            lines: |_| atom::lines($name, &atom::Options::default()),
        }
    };
}

/// All gases with lines of the product's own, molecules first.
pub const GENERATORS: &[Generator] = &[
    Generator {
        gas: "SiO",
        lines: |choices| {
            let mut options = sio::Options::default();
            if let Some(scale) = choices.sio_uv_scale {
                options.uv_scale = scale;
            }
            sio::lines(&options)
        },
    },
    Generator {
        gas: "MgO",
        lines: |_| mgo::lines(&mgo::Options::default()),
    },
    Generator {
        gas: "CO",
        lines: |_| co::lines(&co::Options::default()),
    },
    Generator {
        gas: "TiO",
        lines: |_| tio::lines(&multiplet::Options::default()),
    },
    Generator {
        gas: "AlO",
        lines: |_| alo::lines(&multiplet::Options::default()),
    },
    Generator {
        gas: "CaO",
        lines: |_| cao::lines(&multiplet::Options::default()),
    },
    Generator {
        gas: "SiO2",
        lines: |_| sio2::lines(&sio2::Options::default()),
    },
    Generator {
        gas: "CO2",
        lines: |_| co2::lines(&co2::Options::default()),
    },
    Generator {
        gas: "SO2",
        lines: |_| so2::lines(&so2::Options::default()),
    },
    atom_generator!("O"),
    atom_generator!("Na"),
    atom_generator!("Mg"),
    atom_generator!("Mg+"),
    atom_generator!("Al"),
    atom_generator!("Si"),
    atom_generator!("K"),
    atom_generator!("Ca"),
    atom_generator!("Ca+"),
    atom_generator!("Ti"),
    atom_generator!("Ti+"),
    atom_generator!("Fe"),
    atom_generator!("Fe+"),
];

/// Lines of water vapour from a HITRAN list.
///
/// # Errors
/// As [`read::hitran::for_each_record`] and [`h2o::from_hitran`]; rows of another molecule.
pub fn water_lines(path: &Path) -> Result<LineGas, InputError> {
    let mut records = Vec::new();
    read::hitran::for_each_record(path, |row| {
        if row.molecule != 1 {
            return Err(InputError::value(
                path.display(),
                format!("a row of molecule {}", row.molecule),
                "rows of water, molecule 1 of HITRAN",
            ));
        }
        records.push(h2o::HitranRecord {
            isotopologue: row.isotopologue,
            wavenumber_per_cm: row.wavenumber_per_cm,
            strength_296_cm: row.strength_296_cm,
            einstein_a_per_s: row.einstein_a_per_s,
            air_half_width_per_cm_atm: row.air_half_width_per_cm_atm,
            width_exponent: row.width_exponent,
            lower_energy_per_cm: row.lower_energy_per_cm,
            upper_weight: row.upper_weight,
        });
        Ok(())
    })?;
    h2o::from_hitran(&records)
}

/// Partial pressure \[bar\] that a gas hardly exceeds in the atmosphere of a lava planet: some ten
/// times what `magmaret vaporise --melt bse --temperature-k 3000 --delta-iw=-4:4:2` gives (ions: a
/// hundredth of the atom or more, for the upper layers); 100 bar for volatiles and unknown gases.
/// Columns above it are not trained for.
pub fn largest_partial_pressure_bar(gas: &str) -> f64 {
    match gas {
        "O" | "Na" | "Mg" | "Fe" => 10.0,
        "SiO2" | "Si" | "Al" | "K" => 1.0,
        "MgO" => 0.1,
        "AlO" | "Ca" => 0.03,
        "TiO" | "Mg+" | "Ca+" | "Fe+" => 0.01,
        "CaO" | "Ti" | "Ti+" => 0.001,
        _ => 100.0,
    }
}

/// Generators of these gases in the order of [`GENERATORS`]; all of them for no names. Water is
/// accepted and not among them.
///
/// # Errors
/// A gas without a generator, with the nearest name.
pub fn named(names: &[String]) -> Result<Vec<Generator>, InputError> {
    let known = || GENERATORS.iter().map(|one| one.gas).chain([WATER]);
    for name in names {
        if !known().any(|gas| gas == name) {
            let list: Vec<&str> = known().collect();
            let hint = match nearest(name, known()) {
                Some(near) => format!("; did you mean `{near}`?"),
                None => String::new(),
            };
            return Err(InputError::value(
                "--gas",
                format!("`{name}`"),
                format!("one of {}{hint}", list.join(", ")),
            ));
        }
    }
    let wanted = |one: &&Generator| names.is_empty() || names.iter().any(|name| name == one.gas);
    Ok(GENERATORS.iter().filter(wanted).copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::species::Formula;

    #[test]
    fn names_are_formulas_and_each_stands_once() {
        for (index, generator) in GENERATORS.iter().enumerate() {
            assert!(Formula::parse("gas", generator.gas).is_ok());
            assert!(
                GENERATORS[..index]
                    .iter()
                    .all(|other| other.gas != generator.gas)
            );
        }
        assert_eq!(named(&[]).unwrap().len(), GENERATORS.len());
        assert_eq!(named(&["H2O".to_owned()]).unwrap().len(), 0);
        let message = named(&["SIO".to_owned()]).unwrap_err().to_string();
        assert!(message.contains("`SiO`"), "{message}");
    }
}
