//! How much of each volatile there is.

use serde::{Deserialize, Serialize};

use super::planet::Planet;
use super::system::{OXYGEN, Target};
use crate::error::InputError;
use crate::species::Element;

/// The volatile elements, in the order of the unknowns.
pub const VOLATILES: [Element; OXYGEN] =
    [Element::H, Element::C, Element::N, Element::S, Element::Cl];

/// Moles of H2 (or H2O) in one ocean of the present Earth: 1.55e20 kg of H. As in CALLIOPE 26.5.3.
pub const OCEAN_MOL_H2: f64 = 7.688_949_739_071_77e22;
/// Molar mass of H2 that goes with it \[kg mol⁻¹\].
const OCEAN_H2_KG_MOL: f64 = 0.002_015_88;

/// An amount of one element, gas and melt together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// None.
    #[default]
    Absent,
    /// Earth oceans (hydrogen only): 1.55e20 kg of H each.
    Oceans(f64),
    /// Kilograms of the element.
    Kilograms(f64),
    /// Kilograms per kilogram of hydrogen (a ratio of masses, not of atoms).
    MassPerHydrogen(f64),
    /// Parts per million of the mass of the mantle.
    MantlePpmw(f64),
    /// Elemental partial pressure Σ n p over the gas \[bar\].
    PressureBar(f64),
}

/// The volatile inventory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Inventory {
    /// H.
    pub hydrogen: Amount,
    /// C.
    pub carbon: Amount,
    /// N.
    pub nitrogen: Amount,
    /// S.
    pub sulfur: Amount,
    /// Cl.
    pub chlorine: Amount,
}

impl Amount {
    fn value(self) -> f64 {
        match self {
            Self::Absent => 0.0,
            Self::Oceans(v)
            | Self::Kilograms(v)
            | Self::MassPerHydrogen(v)
            | Self::MantlePpmw(v)
            | Self::PressureBar(v) => v,
        }
    }

    const fn unit(self) -> &'static str {
        match self {
            Self::Absent => "",
            Self::Oceans(_) => "oceans",
            Self::Kilograms(_) => "kg",
            Self::MassPerHydrogen(_) => "kg per kg of H",
            Self::MantlePpmw(_) => "ppmw of the mantle",
            Self::PressureBar(_) => "bar",
        }
    }
}

impl Inventory {
    /// In the order of [`VOLATILES`].
    pub const fn amounts(&self) -> [Amount; OXYGEN] {
        [
            self.hydrogen,
            self.carbon,
            self.nitrogen,
            self.sulfur,
            self.chlorine,
        ]
    }

    /// Amounts as targets of the balances.
    ///
    /// # Errors
    /// A negative amount or one that is no number; oceans of anything but hydrogen; a ratio to
    /// hydrogen that is itself a pressure; more than the mass of the planet.
    pub fn targets(&self, planet: &Planet) -> Result<[Target; OXYGEN], InputError> {
        let mut targets = [Target::Absent; OXYGEN];
        for (index, amount) in self.amounts().into_iter().enumerate() {
            let element = VOLATILES[index];
            let place = format!("amount of {element} [{}]", amount.unit());
            let value = amount.value();
            if !(value.is_finite() && value >= 0.0) {
                return Err(InputError::value(
                    place,
                    value,
                    "a finite number, 0 or above",
                ));
            }
            if let Amount::PressureBar(bar) = amount
                && bar > 0.0
            {
                targets[index] = Target::PressureBar(bar);
                continue;
            }
            let kg = self.kilograms(index, planet)?;
            if kg > planet.mass_kg {
                let found = format!("{value} ({kg:.3e} kg)");
                let expected = format!(
                    "less than the mass of the planet, {:.3e} kg",
                    planet.mass_kg
                );
                return Err(InputError::value(place, found, expected));
            }
            if kg > 0.0 {
                targets[index] = Target::Moles(kg / element_kg_mol(element));
            }
        }
        Ok(targets)
    }

    fn kilograms(&self, index: usize, planet: &Planet) -> Result<f64, InputError> {
        let element = VOLATILES[index];
        match self.amounts()[index] {
            Amount::Absent | Amount::PressureBar(_) => Ok(0.0),
            Amount::Kilograms(kg) => Ok(kg),
            Amount::MantlePpmw(ppmw) => Ok(ppmw * 1.0e-6 * planet.mantle_kg()),
            Amount::Oceans(oceans) if element == Element::H => {
                Ok(oceans * OCEAN_MOL_H2 * OCEAN_H2_KG_MOL)
            }
            Amount::Oceans(_) => Err(InputError::value(
                format!("amount of {element}"),
                "oceans",
                "oceans for hydrogen only; here kg, a mass ratio to hydrogen, ppmw or bar",
            )),
            Amount::MassPerHydrogen(0.0) => Ok(0.0),
            Amount::MassPerHydrogen(ratio) => match self.hydrogen {
                Amount::MassPerHydrogen(_) | Amount::PressureBar(_) => Err(InputError::value(
                    format!("amount of {element}"),
                    "a ratio to hydrogen, which is no mass itself",
                    "hydrogen as oceans, kg or ppmw",
                )),
                _ => Ok(ratio * self.kilograms(0, planet)?),
            },
        }
    }
}

/// Molar mass of an element \[kg mol⁻¹\].
pub fn element_kg_mol(element: Element) -> f64 {
    element.molar_mass_g_mol() * 1.0e-3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moles(target: Target) -> f64 {
        match target {
            Target::Moles(moles) => moles,
            _ => 0.0,
        }
    }

    /// CALLIOPE 26.5.3 case 0: 1.55e20 kg of H and of C, 7.996466449803694e18 kg of N. Margin 2e-16.
    #[test]
    fn one_ocean_in_kilograms() {
        let inventory = Inventory {
            hydrogen: Amount::Oceans(1.0),
            carbon: Amount::MassPerHydrogen(1.0),
            nitrogen: Amount::MantlePpmw(2.0),
            ..Inventory::default()
        };
        let targets = inventory.targets(&Planet::EARTH).unwrap();
        let kg = |i: usize| moles(targets[i]) * element_kg_mol(VOLATILES[i]);
        assert!((kg(0) / 1.55e20 - 1.0).abs() < 1e-9);
        assert!((kg(1) / 1.55e20 - 1.0).abs() < 1e-9);
        assert!((kg(2) / 7.996_466_449_803_694e18 - 1.0).abs() < 1e-14);
        assert_eq!(targets[3], Target::Absent);
        let none_of_a_pressure = Inventory {
            hydrogen: Amount::PressureBar(1.0),
            carbon: Amount::MassPerHydrogen(0.0),
            ..Inventory::default()
        };
        assert_eq!(
            none_of_a_pressure.targets(&Planet::EARTH).unwrap()[1],
            Target::Absent
        );
    }

    #[test]
    fn impossible_amounts_are_refused_with_place_and_reason() {
        let refuse = |inventory: Inventory, words: &str| {
            let message = inventory.targets(&Planet::EARTH).unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
        };
        let none = Inventory::default();
        refuse(
            Inventory {
                hydrogen: Amount::Oceans(-1.0),
                ..none
            },
            "found -1",
        );
        refuse(
            Inventory {
                sulfur: Amount::MantlePpmw(f64::NAN),
                ..none
            },
            "amount of S",
        );
        refuse(
            Inventory {
                carbon: Amount::Oceans(1.0),
                ..none
            },
            "for hydrogen only",
        );
        refuse(
            Inventory {
                nitrogen: Amount::MantlePpmw(1e7),
                ..none
            },
            "mass of the planet",
        );
        let pressure = Amount::PressureBar(1.0);
        refuse(
            Inventory {
                hydrogen: pressure,
                carbon: Amount::MassPerHydrogen(1.0),
                ..none
            },
            "no mass itself",
        );
    }
}
