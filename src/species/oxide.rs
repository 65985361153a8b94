//! The oxides in which a melt composition is written.

use std::fmt;

use super::element::{Element, expected_name};
use crate::error::{InputError, nearest};

/// A melt oxide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Oxide {
    SiO2,
    TiO2,
    Al2O3,
    Fe2O3,
    Cr2O3,
    FeO,
    MnO,
    MgO,
    NiO,
    CaO,
    Na2O,
    K2O,
    P2O5,
}

impl Oxide {
    /// Every oxide, in the order of the enumeration: `Oxide::ALL[o.index()] == o`.
    pub const ALL: [Self; 13] = [
        Self::SiO2,
        Self::TiO2,
        Self::Al2O3,
        Self::Fe2O3,
        Self::Cr2O3,
        Self::FeO,
        Self::MnO,
        Self::MgO,
        Self::NiO,
        Self::CaO,
        Self::Na2O,
        Self::K2O,
        Self::P2O5,
    ];

    /// Position in [`Oxide::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Formula, as `Al2O3`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SiO2 => "SiO2",
            Self::TiO2 => "TiO2",
            Self::Al2O3 => "Al2O3",
            Self::Fe2O3 => "Fe2O3",
            Self::Cr2O3 => "Cr2O3",
            Self::FeO => "FeO",
            Self::MnO => "MnO",
            Self::MgO => "MgO",
            Self::NiO => "NiO",
            Self::CaO => "CaO",
            Self::Na2O => "Na2O",
            Self::K2O => "K2O",
            Self::P2O5 => "P2O5",
        }
    }

    /// The metal (or Si, P) of the oxide.
    pub const fn cation(self) -> Element {
        match self {
            Self::SiO2 => Element::Si,
            Self::TiO2 => Element::Ti,
            Self::Al2O3 => Element::Al,
            Self::Fe2O3 | Self::FeO => Element::Fe,
            Self::Cr2O3 => Element::Cr,
            Self::MnO => Element::Mn,
            Self::MgO => Element::Mg,
            Self::NiO => Element::Ni,
            Self::CaO => Element::Ca,
            Self::Na2O => Element::Na,
            Self::K2O => Element::K,
            Self::P2O5 => Element::P,
        }
    }

    /// Cations per formula unit.
    pub const fn cations(self) -> f64 {
        match self {
            Self::SiO2 | Self::TiO2 | Self::FeO | Self::MnO | Self::MgO | Self::NiO | Self::CaO => {
                1.0
            }
            Self::Al2O3 | Self::Fe2O3 | Self::Cr2O3 | Self::Na2O | Self::K2O | Self::P2O5 => 2.0,
        }
    }

    /// Oxygen atoms per formula unit.
    pub const fn oxygens(self) -> f64 {
        match self {
            Self::FeO | Self::MnO | Self::MgO | Self::NiO | Self::CaO | Self::Na2O | Self::K2O => {
                1.0
            }
            Self::SiO2 | Self::TiO2 => 2.0,
            Self::Al2O3 | Self::Fe2O3 | Self::Cr2O3 => 3.0,
            Self::P2O5 => 5.0,
        }
    }

    /// Molar mass \[g mol⁻¹\] from the elements' (see [`Element::molar_mass_g_mol`]).
    pub const fn molar_mass_g_mol(self) -> f64 {
        self.cations() * self.cation().molar_mass_g_mol()
            + self.oxygens() * Element::O.molar_mass_g_mol()
    }

    /// The oxide with this formula, or an error that names the nearest known one.
    ///
    /// # Errors
    /// An unknown name; `place` says where it stands.
    pub fn parse(place: &str, name: &str) -> Result<Self, InputError> {
        Self::ALL
            .into_iter()
            .find(|oxide| oxide.name() == name)
            .ok_or_else(|| {
                let known = Self::ALL.iter().map(|oxide| oxide.name());
                InputError::value(
                    place,
                    format_args!("`{name}`"),
                    expected_name("a melt oxide", nearest(name, known)),
                )
            })
    }
}

impl fmt::Display for Oxide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::species::Formula;

    #[test]
    fn stoichiometry_and_mass_are_those_of_the_formula() {
        for oxide in Oxide::ALL {
            let formula = Formula::parse("test", oxide.name()).unwrap();
            assert_eq!(Oxide::ALL[oxide.index()], oxide);
            assert_eq!(formula.count(oxide.cation()), oxide.cations());
            assert_eq!(formula.count(Element::O), oxide.oxygens());
            approx::assert_relative_eq!(
                formula.molar_mass_g_mol(),
                oxide.molar_mass_g_mol(),
                max_relative = 1e-14
            );
        }
    }

    #[test]
    fn an_unknown_oxide_names_the_nearest() {
        let error = Oxide::parse("melt.csv row 2", "SiO")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("melt.csv row 2") && error.contains("`SiO2`"),
            "{error}"
        );
    }
}
