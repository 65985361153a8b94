//! `.def` and `.def.json`: what a list says about itself.

use std::path::Path;

use serde_json::Value;

use crate::error::InputError;
use crate::opacity::read::text::{Lines, number};

/// Width of a line without better data \[cm⁻¹ bar⁻¹\]: the default that ExoMol's definition files carry.
const DEFAULT_WIDTH: f64 = 0.07;
/// Its exponent.
const DEFAULT_EXPONENT: f64 = 0.5;

/// What is used of a definition.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Definition {
    pub molar_mass_g_mol: Option<f64>,
    pub width_per_cm_bar: f64,
    pub width_exponent: f64,
    /// Column of the lifetime in `.states`, counted from zero.
    pub lifetime_column: Option<usize>,
    pub citation: Vec<String>,
}

impl Default for Definition {
    fn default() -> Self {
        Self {
            molar_mass_g_mol: None,
            width_per_cm_bar: DEFAULT_WIDTH,
            width_exponent: DEFAULT_EXPONENT,
            lifetime_column: None,
            citation: Vec::new(),
        }
    }
}

impl Definition {
    pub(super) fn read(path: &Path) -> Result<Self, InputError> {
        let definition = if path.extension().is_some_and(|e| e == "json") {
            Self::from_json(path)?
        } else {
            Self::from_text(path)?
        };
        let width_fits = definition.width_per_cm_bar > 0.0 && definition.width_per_cm_bar < 10.0;
        if width_fits && (-1.0..3.0).contains(&definition.width_exponent) {
            return Ok(definition);
        }
        Err(InputError::value(
            format!("`{}`", path.display()),
            format!(
                "default width {} and exponent {}",
                definition.width_per_cm_bar, definition.width_exponent
            ),
            "a width of 0 to 10 cm-1/bar and an exponent of -1 to 3",
        ))
    }

    /// Lines `value # meaning`.
    fn from_text(path: &Path) -> Result<Self, InputError> {
        let mut definition = Self::default();
        let (mut uncertainty, mut lifetime) = (false, false);
        let mut lines = Lines::open(path)?;
        while let Some(line) = lines.next_line()? {
            let Some((value, meaning)) = line.split_once('#') else {
                continue;
            };
            let (value, meaning) = (value.trim(), meaning.trim());
            let parsed = || number::<f64>(value.split_whitespace().next());
            let wanted = if meaning.starts_with("Isotopologue mass") {
                definition.molar_mass_g_mol = parsed();
                definition.molar_mass_g_mol.is_some()
            } else if meaning.starts_with("Default value of Lorentzian half-width") {
                parsed().map(|v| definition.width_per_cm_bar = v).is_some()
            } else if meaning.starts_with("Default value of temperature exponent") {
                parsed().map(|v| definition.width_exponent = v).is_some()
            } else if meaning.starts_with("Uncertainty availability") {
                parsed().map(|v| uncertainty = v == 1.0).is_some()
            } else if meaning.starts_with("Lifetime availability") {
                parsed().map(|v| lifetime = v == 1.0).is_some()
            } else {
                true
            };
            if !wanted {
                let found = format!("`{value}` for {meaning}");
                return Err(lines.refuse(&found, "a number"));
            }
        }
        definition.lifetime_column = lifetime.then_some(4 + usize::from(uncertainty));
        Ok(definition)
    }

    fn from_json(path: &Path) -> Result<Self, InputError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| InputError::read(path, source))?;
        let json: Value =
            serde_json::from_str(&text).map_err(|error| InputError::parse(path, error))?;
        let mut definition = Self {
            molar_mass_g_mol: json["isotopologue"]["mass_in_Da"].as_f64(),
            ..Self::default()
        };
        let broad = &json["broad"];
        if let Some(width) = broad["default_Lorentzian_half-width"].as_f64() {
            definition.width_per_cm_bar = width;
        }
        if let Some(exponent) = broad["default_temperature_exponent"].as_f64() {
            definition.width_exponent = exponent;
        }
        let states = &json["dataset"]["states"];
        if states["lifetime_available"].as_bool() == Some(true) {
            let uncertainty = states["uncertainties_available"].as_bool() == Some(true);
            definition.lifetime_column = Some(4 + usize::from(uncertainty));
        }
        if let Some(doi) = json["dataset"]["doi"].as_str() {
            definition.citation.push(doi.to_owned());
        }
        Ok(definition)
    }
}
