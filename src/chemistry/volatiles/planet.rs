//! The planet as far as outgassing needs it: gravity, area, mass of the mantle.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

use crate::constants::{EARTH_MASS_PARAMETER, EARTH_RADIUS};
use crate::error::{InputError, nearest};
use crate::units::PA_PER_BAR;

/// Newtonian constant of gravitation \[m³ kg⁻¹ s⁻²\]. CODATA 2022.
pub const GRAVITATIONAL_CONSTANT: f64 = 6.674_30e-11;
/// The value of CODATA 2006, in which CALLIOPE works.
pub const GRAVITATIONAL_CONSTANT_2006: f64 = 6.674_28e-11;

/// Mass, radius and core of a planet.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planet {
    /// Mass \[kg\].
    pub mass_kg: f64,
    /// Radius of the surface \[m\].
    pub radius_m: f64,
    /// Radius of the core over that of the planet, in [0, 1).
    pub core_radius_fraction: f64,
    /// Constant of gravitation that turns the mass into a weight \[m³ kg⁻¹ s⁻²\].
    #[serde(default = "default_gravitational_constant")]
    pub gravitational_constant: f64,
}

const fn default_gravitational_constant() -> f64 {
    GRAVITATIONAL_CONSTANT
}

impl Planet {
    /// Names that [`Planet::named`] knows.
    pub const NAMES: [&'static str; 1] = ["earth"];

    /// The Earth as PROTEUS and CALLIOPE take it: 5.972e24 kg, 6371 km, core at 0.55 of the radius.
    pub const EARTH: Self = Self {
        mass_kg: 5.972e24,
        radius_m: 6.371e6,
        core_radius_fraction: 0.55,
        gravitational_constant: GRAVITATIONAL_CONSTANT,
    };

    /// A planet by mass and radius in units of the Earth's (IAU 2015 nominal values).
    pub fn from_earth_units(mass: f64, radius: f64, core_radius_fraction: f64) -> Self {
        Self {
            mass_kg: mass * EARTH_MASS_PARAMETER / GRAVITATIONAL_CONSTANT,
            radius_m: radius * EARTH_RADIUS,
            core_radius_fraction,
            gravitational_constant: GRAVITATIONAL_CONSTANT,
        }
    }

    /// A shipped planet.
    ///
    /// # Errors
    /// An unknown name, with the nearest known one.
    pub fn named(name: &str) -> Result<Self, InputError> {
        match name.to_lowercase().as_str() {
            "earth" => Ok(Self::EARTH),
            _ => {
                let hint = nearest(name, Self::NAMES)
                    .map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
                Err(InputError::value(
                    "planet",
                    format!("`{name}`{hint}"),
                    "earth, or mass and radius",
                ))
            }
        }
    }

    /// Refuses what cannot be a planet with a mantle.
    ///
    /// # Errors
    /// A mass or radius that is not positive, a core fraction outside [0, 1), a core heavier than
    /// the planet.
    pub fn check(&self) -> Result<(), InputError> {
        let positive = [
            ("planet mass [kg]", self.mass_kg),
            ("planet radius [m]", self.radius_m),
        ];
        for (place, value) in positive {
            if !(value.is_finite() && value > 0.0) {
                return Err(InputError::value(place, value, "a finite number above 0"));
            }
        }
        if !(0.0..1.0).contains(&self.core_radius_fraction) {
            let place = "core radius fraction";
            return Err(InputError::value(
                place,
                self.core_radius_fraction,
                "at least 0 and below 1",
            ));
        }
        if self.mantle_kg() <= 0.0 {
            return Err(InputError::value(
                "core radius fraction",
                format!(
                    "{} (core {:.3e} kg in a planet of {:.3e} kg)",
                    self.core_radius_fraction,
                    self.core_kg(),
                    self.mass_kg
                ),
                "a core lighter than the planet",
            ));
        }
        Ok(())
    }

    /// Surface gravity \[m s⁻²\].
    pub fn gravity(&self) -> f64 {
        self.gravitational_constant * self.mass_kg / (self.radius_m * self.radius_m)
    }

    /// Mass of a thin atmosphere per bar of surface pressure, 4πR²/g \[kg bar⁻¹\].
    pub fn column_kg_per_bar(&self) -> f64 {
        4.0 * PI * self.radius_m * self.radius_m * PA_PER_BAR / self.gravity()
    }

    /// Mass of the core at the mean density of the Earth's core.
    ///
    /// # Source
    /// CALLIOPE 26.5.3: 0.325 of 5.972e24 kg inside 0.55 of 6.335439e6 m, 1.095e4 kg m⁻³. The radius
    /// is closer to the polar one: a core of 0.55 R makes a mantle of 3.998e24 kg for the Earth.
    pub fn core_kg(&self) -> f64 {
        const CORE_MASS_KG: f64 = 0.325 * 5.972e24;
        const CORE_RADIUS_M: f64 = 0.55 * 6.335_439e6;
        CORE_MASS_KG * (self.radius_m * self.core_radius_fraction / CORE_RADIUS_M).powi(3)
    }

    /// Mass of the mantle, molten or not \[kg\].
    pub fn mantle_kg(&self) -> f64 {
        self.mass_kg - self.core_kg()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CALLIOPE 26.5.3: mantle 3.998233224901847e24 kg. Measured margin 2e-16.
    #[test]
    fn the_mantle_of_the_earth() {
        assert!((Planet::EARTH.mantle_kg() / 3.998_233_224_901_847e24 - 1.0).abs() < 1e-14);
        assert!((Planet::EARTH.gravity() - 9.82).abs() < 0.01);
    }

    #[test]
    fn impossible_planets_are_refused_with_the_reason() {
        let refuse = |planet: Planet, word: &str| {
            let message = planet.check().unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        };
        refuse(
            Planet {
                mass_kg: -1.0,
                ..Planet::EARTH
            },
            "mass",
        );
        refuse(
            Planet {
                radius_m: f64::NAN,
                ..Planet::EARTH
            },
            "radius",
        );
        refuse(
            Planet {
                core_radius_fraction: 1.0,
                ..Planet::EARTH
            },
            "below 1",
        );
        refuse(
            Planet {
                core_radius_fraction: 0.95,
                ..Planet::EARTH
            },
            "lighter",
        );
        assert!(
            Planet::named("erth")
                .unwrap_err()
                .to_string()
                .contains("did you mean `earth`")
        );
    }
}
