//! What the section of a run file means.

use super::{Guillot, temperature_within};
use crate::config::{ProfileConfig, ProfileKind};
use crate::error::InputError;

impl ProfileKind {
    /// Name as in the run file, and the keys that go with it.
    pub(super) const fn keys(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Isothermal => ("isothermal", &["temperature_k"]),
            Self::Guillot => (
                "guillot",
                &[
                    "irradiation_temperature_k",
                    "internal_temperature_k",
                    "infrared_opacity_m2_kg",
                    "gamma",
                    "flux_factor",
                ],
            ),
            Self::Nodes => ("nodes", &["pressure_bar", "node_temperature_k"]),
            Self::File => ("file", &["file"]),
        }
    }
}

impl ProfileConfig {
    /// A profile of a kind, its keys yet to be given.
    pub fn new(kind: ProfileKind) -> Self {
        Self {
            kind,
            temperature_k: None,
            irradiation_temperature_k: None,
            internal_temperature_k: None,
            infrared_opacity_m2_kg: None,
            gamma: None,
            flux_factor: None,
            pressure_bar: None,
            node_temperature_k: None,
            file: None,
            surface_temperature_k: None,
        }
    }

    /// Refuses a key that stands there but belongs to another kind: it would be passed over.
    pub(super) fn check_keys(&self) -> Result<(), InputError> {
        let given = [
            ("temperature_k", self.temperature_k.is_some()),
            (
                "irradiation_temperature_k",
                self.irradiation_temperature_k.is_some(),
            ),
            (
                "internal_temperature_k",
                self.internal_temperature_k.is_some(),
            ),
            (
                "infrared_opacity_m2_kg",
                self.infrared_opacity_m2_kg.is_some(),
            ),
            ("gamma", self.gamma.is_some()),
            ("flux_factor", self.flux_factor.is_some()),
            ("pressure_bar", self.pressure_bar.is_some()),
            ("node_temperature_k", self.node_temperature_k.is_some()),
            ("file", self.file.is_some()),
        ];
        let (name, keys) = self.kind.keys();
        match (given.iter()).find(|(key, is_given)| *is_given && !keys.contains(key)) {
            None => Ok(()),
            Some((key, _)) => Err(InputError::value(
                format!("atmosphere.profile.{key}"),
                format!("a key that `kind = \"{name}\"` does not use"),
                keys.join(", "),
            )),
        }
    }

    /// The value of a key that this kind cannot do without.
    pub(super) fn required<T>(&self, key: &str, value: Option<T>) -> Result<T, InputError> {
        let (name, keys) = self.kind.keys();
        value.ok_or_else(|| {
            let expected = format!("`kind = \"{name}\"` with {}", keys.join(", "));
            InputError::value(format!("atmosphere.profile.{key}"), "nothing", expected)
        })
    }

    /// The profile of Guillot with the values and defaults of this section.
    pub(super) fn guillot(&self) -> Result<Guillot, InputError> {
        let within = |key: &str, value: f64, low: f64, high: f64| {
            if (low..=high).contains(&value) {
                return Ok(value);
            }
            let expected = format!("{low} to {high}");
            Err(InputError::value(
                format!("atmosphere.profile.{key}"),
                value,
                expected,
            ))
        };
        let irradiation_temperature_k =
            self.required("irradiation_temperature_k", self.irradiation_temperature_k)?;
        temperature_within(
            "atmosphere.profile.irradiation_temperature_k",
            irradiation_temperature_k,
        )?;
        let opacity = self.required("infrared_opacity_m2_kg", self.infrared_opacity_m2_kg)?;
        let gamma = self.required("gamma", self.gamma)?;
        Ok(Guillot {
            irradiation_temperature_k,
            internal_temperature_k: within(
                "internal_temperature_k",
                self.internal_temperature_k.unwrap_or(30.0),
                0.0,
                10_000.0,
            )?,
            infrared_opacity_m2_kg: within("infrared_opacity_m2_kg", opacity, 1e-12, 1e12)?,
            gamma: within("gamma", gamma, 1e-6, 1e6)?,
            flux_factor: within(
                "flux_factor",
                self.flux_factor.unwrap_or(2.0 / 3.0),
                0.0,
                1.0,
            )?,
        })
    }
}
