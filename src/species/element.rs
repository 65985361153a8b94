//! Chemical elements and their molar masses.

use std::fmt;

use crate::error::{InputError, nearest};

macro_rules! elements {
    ($($symbol:ident $mass:literal),+ $(,)?) => {
        /// A chemical element of the tables, in the order of atomic number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        #[allow(missing_docs)]
        pub enum Element { $($symbol),+ }

        impl Element {
            /// Every element, in the order of atomic number.
            pub const ALL: &[Self] = &[$(Self::$symbol),+];

            /// Symbol, as `Si`.
            pub const fn symbol(self) -> &'static str {
                match self { $(Self::$symbol => stringify!($symbol)),+ }
            }

            /// Molar mass \[g mol⁻¹\].
            ///
            /// Source: IUPAC/CIAAW standard atomic weights 2021, abridged to five figures
            /// (Prohaska et al. 2022, Pure Appl. Chem. 94, 573).
            pub const fn molar_mass_g_mol(self) -> f64 {
                match self { $(Self::$symbol => $mass),+ }
            }
        }
    };
}

elements! {
    H 1.0080, He 4.0026, Li 6.94, C 12.011, N 14.007, O 15.999, F 18.998, Ne 20.180,
    Na 22.990, Mg 24.305, Al 26.982, Si 28.085, P 30.974, S 32.06, Cl 35.45, Ar 39.95,
    K 39.098, Ca 40.078, Sc 44.956, Ti 47.867, V 50.942, Cr 51.996, Mn 54.938, Fe 55.845,
    Co 58.933, Ni 58.693, Cu 63.546, Zn 65.38, Ga 69.723, Ge 72.630, Rb 85.468, Sr 87.62,
    Zr 91.224,
}

impl Element {
    /// The element with this symbol.
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|e| e.symbol() == symbol)
    }

    /// The element with this symbol, or an error that names the nearest known one.
    ///
    /// # Errors
    /// An unknown symbol; `place` says where it stands.
    pub fn parse(place: &str, symbol: &str) -> Result<Self, InputError> {
        Self::from_symbol(symbol).ok_or_else(|| {
            let known = Self::ALL.iter().map(|e| e.symbol());
            InputError::value(
                place,
                format_args!("`{symbol}`"),
                expected_name("the symbol of an element", nearest(symbol, known)),
            )
        })
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

/// What an error says is expected, with the nearest known name if there is one.
pub(super) fn expected_name(what: &str, nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || what.to_owned(),
        |name| format!("{what} (nearest known: `{name}`)"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_round_trip_and_masses_rise_as_they_do_in_nature() {
        for &element in Element::ALL {
            assert_eq!(Element::from_symbol(element.symbol()), Some(element));
        }
        let inversions = Element::ALL
            .windows(2)
            .filter(|w| w[0].molar_mass_g_mol() > w[1].molar_mass_g_mol())
            .count();
        // Ar > K and Co > Ni: the only inversions among these.
        assert_eq!(inversions, 2);
    }

    #[test]
    fn an_unknown_symbol_names_the_place_and_a_neighbour() {
        let error = Element::parse("a.csv row 3", "SI").unwrap_err().to_string();
        assert!(
            error.contains("a.csv row 3") && error.contains("`Si`"),
            "{error}"
        );
    }
}
