//! How a quantity is written on an axis, derived from the units in its name.

/// Words and unit of a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// What it is, in words ("dayside temperature").
    pub text: String,
    /// Its unit ("K"); empty for a plain number.
    pub unit: String,
}

/// Suffix of a name, and the unit it stands for.
const UNIT_SUFFIXES: [(&str, &str); 19] = [
    ("_k", "K"),
    ("_ppm", "ppm"),
    ("_um", "µm"),
    ("_km", "km"),
    ("_m", "m"),
    ("_pa", "Pa"),
    ("_bar", "bar"),
    ("_kg", "kg"),
    ("_au", "au"),
    ("_deg", "deg"),
    ("_day", "d"),
    ("_days", "d"),
    ("_percent", "%"),
    ("_dex", "dex"),
    ("_kj_mol", "kJ mol⁻¹"),
    ("_g_mol", "g mol⁻¹"),
    ("_w_m2", "W m⁻²"),
    ("_kg_m3", "kg m⁻³"),
    ("_kg_m2", "kg m⁻²"),
];

impl Label {
    /// A label from its two parts.
    pub fn new(text: impl Into<String>, unit: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            unit: unit.into(),
        }
    }

    /// Reads the unit off the suffix of a column name (`_k`, `_ppm`, `_um`, ...; the longest that
    /// fits, also before a group as in `jitter_ppm_miri`) and turns the rest into words. A leading
    /// `log10_` becomes log₁₀ of the rest.
    pub fn from_name(name: &str) -> Self {
        let (log, rest) = match name.strip_prefix("log10_") {
            Some(rest) => ("log₁₀ ", rest),
            None => ("", name),
        };
        let (words, unit) = match split_unit(rest) {
            Some((words, unit)) => (words, unit),
            None => (rest.to_owned(), ""),
        };
        let words = words.replace('_', " ");
        Self::new(format!("{log}{words}"), unit)
    }

    /// "dayside temperature \[K\]", or the words alone for a plain number.
    pub fn axis(&self) -> String {
        if self.unit.is_empty() {
            self.text.clone()
        } else {
            format!("{} [{}]", self.text, self.unit)
        }
    }

    /// The same in LaTeX mathematics without the dollar signs, on one line and free of the signs
    /// that `.paramnames` files give a meaning to.
    pub fn latex(&self) -> String {
        let roman = |words: &str| {
            let mut out = String::from("\\mathrm{");
            for sign in words.chars() {
                match sign {
                    ' ' | '\t' | '\n' | '\r' => out.push_str("\\ "),
                    '%' => out.push_str("\\%"),
                    '_' => out.push_str("\\_"),
                    '₁' => out.push_str("_1"),
                    '₀' => out.push_str("{}_0"),
                    'µ' => out.push_str("\\mu "),
                    '⁻' => out.push_str("^-"),
                    '²' => out.push_str("{}^2"),
                    '³' => out.push_str("{}^3"),
                    '*' | '?' | '$' | '#' | '&' | '\\' | '{' | '}' | '^' | '~' => out.push(' '),
                    other => out.push(other),
                }
            }
            out.push('}');
            out
        };
        if self.unit.is_empty() {
            roman(&self.text)
        } else {
            format!("{}\\ [{}]", roman(&self.text), roman(&self.unit))
        }
    }
}

/// Words without the unit, and the unit, if a suffix (or an inner part before a group) is one.
fn split_unit(name: &str) -> Option<(String, &'static str)> {
    let longest = |matches: &dyn Fn(&str) -> bool| {
        UNIT_SUFFIXES
            .iter()
            .filter(|(suffix, _)| matches(suffix))
            .max_by_key(|(suffix, _)| suffix.len())
    };
    if let Some((suffix, unit)) = longest(&|suffix| name.ends_with(suffix)) {
        return Some((name[..name.len() - suffix.len()].to_owned(), unit));
    }
    // Only units that cannot be the first letters of an ordinary word part.
    let inner = ["_ppm_", "_um_", "_bar_", "_pa_"];
    let found = inner.iter().find(|part| name.contains(**part))?;
    let (_, unit) = longest(&|suffix| suffix == found.trim_end_matches('_'))?;
    Some((name.replacen(found, "_", 1), unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_come_from_names() {
        for (name, axis) in [
            ("dayside_temperature_k", "dayside temperature [K]"),
            ("bond_albedo", "bond albedo"),
            ("log10_surface_pressure_pa", "log₁₀ surface pressure [Pa]"),
            ("jitter_ppm_miri_lrs", "jitter miri lrs [ppm]"),
            ("flux_w_m2", "flux [W m⁻²]"),
            ("radius_km", "radius [km]"),
            ("mean_molar_mass_g_mol", "mean molar mass [g mol⁻¹]"),
        ] {
            assert_eq!(Label::from_name(name).axis(), axis);
        }
    }

    #[test]
    fn latex_has_no_sign_with_a_meaning_of_its_own() {
        let latex = Label::new("a*b?\nc", "%").latex();
        assert_eq!(latex, "\\mathrm{a b \\ c}\\ [\\mathrm{\\%}]");
    }
}
