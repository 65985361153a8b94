//! Chemical formulae: `SiO2`, `Mg(OH)2`, `Fe.947O`, `Na+`, `e-`.

use super::element::Element;
use crate::error::InputError;

/// Molar mass of the electron \[g mol⁻¹\]. CODATA 2022.
pub const ELECTRON_MOLAR_MASS_G_MOL: f64 = 5.485_799_096_2e-4;

/// What a species is made of: atoms per formula unit and charge.
///
/// Counts are real numbers because of non-stoichiometric solids and liquids (Fe₀.₉₄₇O).
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    /// Sorted by element, every count above zero.
    counts: Vec<(Element, f64)>,
    charge: i8,
}

impl Formula {
    /// A formula from its parts; counts of one element are summed, zero counts dropped.
    pub fn from_counts(counts: impl IntoIterator<Item = (Element, f64)>, charge: i8) -> Self {
        let mut merged: Vec<(Element, f64)> = Vec::new();
        for (element, count) in counts {
            match merged.iter_mut().find(|(known, _)| *known == element) {
                Some((_, sum)) => *sum += count,
                None => merged.push((element, count)),
            }
        }
        merged.retain(|(_, count)| *count > 0.0);
        merged.sort_by_key(|(element, _)| *element);
        Self {
            counts: merged,
            charge,
        }
    }

    /// Reads a formula: element symbols with optional counts, parentheses, trailing charge signs.
    /// `e-` is the electron.
    ///
    /// # Errors
    /// [`InputError::Value`] with `place`, what was found and what is accepted: an unknown symbol
    /// (with the nearest known one), an unbalanced parenthesis, an empty formula.
    pub fn parse(place: &str, text: &str) -> Result<Self, InputError> {
        let body = text.trim_end_matches(['+', '-']);
        let mut charge = 0_i8;
        for sign in text[body.len()..].chars() {
            charge = charge.saturating_add(if sign == '+' { 1 } else { -1 });
        }
        if body == "e" && charge == -1 {
            return Ok(Self::from_counts([], -1));
        }
        let mut reader = Reader {
            place,
            text,
            rest: body,
        };
        let mut counts = Vec::new();
        reader.group(1.0, &mut counts, 0)?;
        if !reader.rest.is_empty() || counts.is_empty() {
            return Err(reader.error());
        }
        Ok(Self::from_counts(counts, charge))
    }

    /// Atoms of `element` per formula unit.
    pub fn count(&self, element: Element) -> f64 {
        self.counts
            .iter()
            .find(|(known, _)| *known == element)
            .map_or(0.0, |(_, count)| *count)
    }

    /// Elements with their counts, sorted by element.
    pub fn counts(&self) -> &[(Element, f64)] {
        &self.counts
    }

    /// Charge in units of the elementary charge.
    pub const fn charge(&self) -> i8 {
        self.charge
    }

    /// Molar mass \[g mol⁻¹\], electrons included.
    pub fn molar_mass_g_mol(&self) -> f64 {
        let atoms: f64 = self
            .counts
            .iter()
            .map(|(element, count)| element.molar_mass_g_mol() * count)
            .sum();
        atoms - f64::from(self.charge) * ELECTRON_MOLAR_MASS_G_MOL
    }
}

/// Recursive-descent reader of a formula's body.
struct Reader<'a> {
    place: &'a str,
    text: &'a str,
    rest: &'a str,
}

impl Reader<'_> {
    /// Deepest nesting of parentheses accepted: bounds the recursion for any input.
    const MAX_DEPTH: usize = 8;

    fn error(&self) -> InputError {
        InputError::value(
            self.place,
            format_args!("`{}`", self.text),
            "a formula such as SiO2, Mg(OH)2, Na+ or e-",
        )
    }

    /// Reads up to the end or the closing parenthesis of this group.
    fn group(
        &mut self,
        factor: f64,
        counts: &mut Vec<(Element, f64)>,
        depth: usize,
    ) -> Result<(), InputError> {
        while let Some(first) = self.rest.chars().next() {
            if first == ')' {
                return Ok(());
            }
            if first == '(' {
                if depth == Self::MAX_DEPTH {
                    return Err(self.error());
                }
                self.rest = &self.rest[1..];
                let start = counts.len();
                self.group(factor, counts, depth + 1)?;
                let Some(rest) = self.rest.strip_prefix(')') else {
                    return Err(self.error());
                };
                self.rest = rest;
                let repeat = self.number()?;
                for (_, count) in &mut counts[start..] {
                    *count *= repeat;
                }
            } else {
                let element = self.element()?;
                let count = self.number()?;
                counts.push((element, factor * count));
            }
        }
        Ok(())
    }

    fn element(&mut self) -> Result<Element, InputError> {
        let mut length = 0;
        for (index, letter) in self.rest.char_indices() {
            let belongs = if index == 0 {
                letter.is_ascii_uppercase()
            } else {
                letter.is_ascii_lowercase()
            };
            if !belongs {
                break;
            }
            length = index + 1;
        }
        if length == 0 {
            return Err(self.error());
        }
        let (symbol, rest) = self.rest.split_at(length);
        self.rest = rest;
        Element::parse(&format!("{}, formula `{}`", self.place, self.text), symbol)
    }

    /// The number that follows, 1 if there is none.
    fn number(&mut self) -> Result<f64, InputError> {
        let length = self
            .rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(length);
        if digits.is_empty() {
            return Ok(1.0);
        }
        let value: f64 = digits.parse().map_err(|_| self.error())?;
        if !(value > 0.0 && value < 1000.0) {
            return Err(self.error());
        }
        self.rest = rest;
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Formula {
        Formula::parse("test", text).unwrap()
    }

    #[test]
    fn formulae_give_counts_charge_and_mass() {
        let brucite = parse("Mg(OH)2");
        assert_eq!(
            (brucite.count(Element::O), brucite.count(Element::H)),
            (2.0, 2.0)
        );
        assert_eq!(parse("Al2O3").count(Element::Al), 2.0);
        assert_eq!(parse("Fe.947O").count(Element::Fe), 0.947);
        assert_eq!((parse("Na+").charge(), parse("O2-").charge()), (1, -1));
        let electron = parse("e-");
        assert!(electron.counts().is_empty() && electron.charge() == -1);
        // MAGMA's SiO2 is 60.084 g/mol with older weights.
        approx::assert_relative_eq!(parse("SiO2").molar_mass_g_mol(), 60.083, epsilon = 1e-9);
        assert!(parse("Na+").molar_mass_g_mol() < parse("Na").molar_mass_g_mol());
    }

    #[test]
    fn nonsense_is_refused_with_its_place() {
        for text in [
            "",
            "si",
            "Mg(OH",
            "MgOH)2",
            "Si0",
            "2",
            "e+",
            "Si..2",
            "((((((((((O",
            "Sä",
        ] {
            let error = Formula::parse("x.csv row 2", text).unwrap_err().to_string();
            assert!(error.contains("x.csv row 2"), "{text}: {error}");
        }
        let error = Formula::parse("here", "SI2").unwrap_err().to_string();
        assert!(error.contains("found"), "{error}");
    }
}
