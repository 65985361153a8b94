//! Star and planet: the shipped systems, the user's own values on top, derived ratios.
//!
//! Central values are those of the NASA Exoplanet Archive composite table (snapshot 2026-10-18) unless
//! a value names another source. The snapshot has no errors; an error that could not be had from an
//! abstract or from public code is absent, never assumed. Papers differ by several per cent in radius
//! and mass: compare with a published depth only with the values behind it.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::config::SystemConfig;
use crate::constants::{ASTRONOMICAL_UNIT, EARTH_MASS_PARAMETER, EARTH_RADIUS, SOLAR_RADIUS};
use crate::error::{InputError, nearest};

/// The shipped files, in the order of the research note.
const SHIPPED: [&str; 32] = [
    include_str!("../../observations/systems/55_cnc_e.toml"),
    include_str!("../../observations/systems/k2_141_b.toml"),
    include_str!("../../observations/systems/toi_431_b.toml"),
    include_str!("../../observations/systems/hd_213885_b.toml"),
    include_str!("../../observations/systems/toi_561_b.toml"),
    include_str!("../../observations/systems/gj_367_b.toml"),
    include_str!("../../observations/systems/lhs_3844_b.toml"),
    include_str!("../../observations/systems/gj_1252_b.toml"),
    include_str!("../../observations/systems/toi_1685_b.toml"),
    include_str!("../../observations/systems/toi_2431_b.toml"),
    include_str!("../../observations/systems/toi_6255_b.toml"),
    include_str!("../../observations/systems/hd_3167_b.toml"),
    include_str!("../../observations/systems/hd_20329_b.toml"),
    include_str!("../../observations/systems/toi_1807_b.toml"),
    include_str!("../../observations/systems/toi_500_b.toml"),
    include_str!("../../observations/systems/toi_1416_b.toml"),
    include_str!("../../observations/systems/toi_1075_b.toml"),
    include_str!("../../observations/systems/kepler_10_b.toml"),
    include_str!("../../observations/systems/wasp_47_e.toml"),
    include_str!("../../observations/systems/hd_80653_b.toml"),
    include_str!("../../observations/systems/k2_22_b.toml"),
    include_str!("../../observations/systems/gj_1132_b.toml"),
    include_str!("../../observations/systems/gj_486_b.toml"),
    include_str!("../../observations/systems/ltt_1445_a_b.toml"),
    include_str!("../../observations/systems/trappist_1_b.toml"),
    include_str!("../../observations/systems/trappist_1_c.toml"),
    include_str!("../../observations/systems/lhs_1140_c.toml"),
    include_str!("../../observations/systems/lhs_1478_b.toml"),
    include_str!("../../observations/systems/toi_1468_b.toml"),
    include_str!("../../observations/systems/gj_3473_b.toml"),
    include_str!("../../observations/systems/gj_3929_b.toml"),
    include_str!("../../observations/systems/wasp_43_b.toml"),
];

/// A value with its 1σ errors, where they are known, and its source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    /// The value, in the unit of its key.
    pub value: f64,
    /// 1σ error downwards; absent where unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_minus: Option<f64>,
    /// 1σ error upwards; absent where unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_plus: Option<f64>,
    /// Where the value comes from.
    pub source: String,
    /// Computed from other values of the system.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub derived: bool,
}

impl Quantity {
    /// Mean of the two errors, if both are known.
    pub fn mean_error(&self) -> Option<f64> {
        Some(0.5 * (self.error_minus? + self.error_plus?))
    }

    /// numerator / denominator × `scale`; first-order errors, only if all four are known:
    /// (σ₋/q)² = (σ₋ₙ/n)² + (σ₊ₐ/d)², and the other way round upwards.
    fn ratio(numerator: &Self, denominator: &Self, scale: f64) -> Self {
        let value = scale * numerator.value / denominator.value;
        let combine = |above: Option<f64>, below: Option<f64>| {
            Some(value * (above? / numerator.value).hypot(below? / denominator.value))
        };
        let both = numerator.mean_error().is_some() && denominator.mean_error().is_some();
        let known = |error: Option<f64>| error.filter(|_| both);
        Self {
            value,
            error_minus: known(combine(numerator.error_minus, denominator.error_plus)),
            error_plus: known(combine(numerator.error_plus, denominator.error_minus)),
            source: format!("derived from: {}; {}", numerator.source, denominator.source),
            derived: true,
        }
    }
}

/// Star and planet of a run. Units are in the names; every quantity may be absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// Planet.
    pub name: String,
    /// Star.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Effective temperature of the star \[K\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stellar_temperature_k: Option<Quantity>,
    /// Radius of the star \[nominal solar radii\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stellar_radius_rsun: Option<Quantity>,
    /// Mass of the star \[solar masses\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stellar_mass_msun: Option<Quantity>,
    /// log10 of the surface gravity of the star \[cm s⁻²\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stellar_log10_gravity_cgs: Option<Quantity>,
    /// Metallicity \[Fe/H\] \[dex\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metallicity_dex: Option<Quantity>,
    /// Distance \[pc\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_pc: Option<Quantity>,
    /// 2MASS Ks magnitude.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ks_magnitude: Option<Quantity>,
    /// Transit duration, first to fourth contact \[h\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transit_duration_h: Option<Quantity>,
    /// Radius of the planet \[nominal equatorial Earth radii\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planet_radius_rearth: Option<Quantity>,
    /// Mass of the planet \[Earth masses\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planet_mass_mearth: Option<Quantity>,
    /// Semi-major axis \[au\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub semi_major_axis_au: Option<Quantity>,
    /// Semi-major axis / stellar radius; see [`System::scaled_semi_major_axis`].
    #[serde(
        default,
        rename = "scaled_semi_major_axis",
        skip_serializing_if = "Option::is_none"
    )]
    given_scaled_semi_major_axis: Option<Quantity>,
    /// Planet radius / stellar radius; see [`System::radius_ratio`].
    #[serde(
        default,
        rename = "radius_ratio",
        skip_serializing_if = "Option::is_none"
    )]
    given_radius_ratio: Option<Quantity>,
    /// Orbital period \[d\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period_d: Option<Quantity>,
}

/// Keys of a system file, in the order of the fields.
const KEYS: [&str; 14] = [
    "stellar_temperature_k",
    "stellar_radius_rsun",
    "stellar_mass_msun",
    "stellar_log10_gravity_cgs",
    "metallicity_dex",
    "distance_pc",
    "ks_magnitude",
    "transit_duration_h",
    "planet_radius_rearth",
    "planet_mass_mearth",
    "semi_major_axis_au",
    "scaled_semi_major_axis",
    "radius_ratio",
    "period_d",
];
/// Keys whose value may be zero or negative.
const SIGNED: [&str; 3] = [
    "stellar_log10_gravity_cgs",
    "metallicity_dex",
    "ks_magnitude",
];

impl System {
    /// Reads the text of a system file; `path` is named in messages only.
    ///
    /// # Errors
    /// [`InputError::Parse`] with line and column, or [`InputError::Value`] for a value or error that
    /// cannot be meant.
    pub fn from_text(text: &str, path: &Path) -> Result<Self, InputError> {
        let system: Self = toml::from_str(text).map_err(|error| InputError::parse(path, error))?;
        system.check(&format!("`{}`", path.display()))?;
        Ok(system)
    }

    /// Every shipped system.
    pub fn shipped() -> Vec<Self> {
        SHIPPED
            .iter()
            .filter_map(|text| Self::from_text(text, Path::new("shipped system")).ok())
            .collect()
    }

    /// Planet names of the shipped systems.
    pub fn names() -> Vec<String> {
        Self::shipped()
            .into_iter()
            .map(|system| system.name)
            .collect()
    }

    /// The system of a run: the file or the shipped system of that name, with the user's values and
    /// errors on top. Any name will do if `file` or `values` are given.
    ///
    /// # Errors
    /// [`InputError`] for a name that is not shipped, a key that does not exist, or a value that
    /// cannot be meant.
    pub fn load(config: &SystemConfig) -> Result<Self, InputError> {
        let mut system = match &config.file {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|source| InputError::read(path, source))?;
                Self::from_text(&text, path)?
            }
            None => Self::find(config)?,
        };
        for (key, &value) in &config.values {
            let error = config.errors.get(key).copied();
            *system.entry(key, "values")? = Some(Quantity {
                value,
                error_minus: error,
                error_plus: error,
                source: "run file".to_owned(),
                derived: false,
            });
        }
        system.drop_stale_ratios(config);
        for (key, &error) in &config.errors {
            let place = format!("system.errors.{key}");
            let Some(quantity) = system.entry(key, "errors")? else {
                return Err(InputError::value(
                    place,
                    "an error without a value",
                    "system.values too",
                ));
            };
            quantity.error_minus = Some(error);
            quantity.error_plus = Some(error);
            if !config.values.contains_key(key) {
                quantity.source.push_str("; error from the run file");
            }
        }
        system.check("system")?;
        Ok(system)
    }

    /// Ratios of the file no longer hold once the run file replaces a length behind them. A new
    /// stellar radius leaves the radius ratio, which transits measure directly.
    fn drop_stale_ratios(&mut self, config: &SystemConfig) {
        let replaced = |key: &str| config.values.contains_key(key);
        if replaced("planet_radius_rearth") && !replaced("radius_ratio") {
            self.given_radius_ratio = None;
        }
        if (replaced("semi_major_axis_au") || replaced("stellar_radius_rsun"))
            && !replaced("scaled_semi_major_axis")
        {
            self.given_scaled_semi_major_axis = None;
        }
    }

    fn find(config: &SystemConfig) -> Result<Self, InputError> {
        let shipped = Self::shipped();
        let wanted = plain(&config.name);
        if let Some(found) = shipped.iter().find(|system| plain(&system.name) == wanted) {
            return Ok(found.clone());
        }
        if !config.values.is_empty() {
            return Ok(Self::empty(&config.name));
        }
        let names = || shipped.iter().map(|system| system.name.as_str());
        let hint = nearest(&config.name, names())
            .map(|name| format!("did you mean `{name}`? "))
            .unwrap_or_default();
        Err(InputError::value(
            "system.name",
            format!("`{}`", config.name),
            format!(
                "{hint}a shipped system ({}), or any name with system.file or system.values",
                names().collect::<Vec<_>>().join(", ")
            ),
        ))
    }

    fn empty(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            host: None,
            stellar_temperature_k: None,
            stellar_radius_rsun: None,
            stellar_mass_msun: None,
            stellar_log10_gravity_cgs: None,
            metallicity_dex: None,
            distance_pc: None,
            ks_magnitude: None,
            transit_duration_h: None,
            planet_radius_rearth: None,
            planet_mass_mearth: None,
            semi_major_axis_au: None,
            given_scaled_semi_major_axis: None,
            given_radius_ratio: None,
            period_d: None,
        }
    }

    /// The field of a key, for reading and for writing.
    fn entry(&mut self, key: &str, table: &str) -> Result<&mut Option<Quantity>, InputError> {
        Ok(match key {
            "stellar_temperature_k" => &mut self.stellar_temperature_k,
            "stellar_radius_rsun" => &mut self.stellar_radius_rsun,
            "stellar_mass_msun" => &mut self.stellar_mass_msun,
            "stellar_log10_gravity_cgs" => &mut self.stellar_log10_gravity_cgs,
            "metallicity_dex" => &mut self.metallicity_dex,
            "distance_pc" => &mut self.distance_pc,
            "ks_magnitude" => &mut self.ks_magnitude,
            "transit_duration_h" => &mut self.transit_duration_h,
            "planet_radius_rearth" => &mut self.planet_radius_rearth,
            "planet_mass_mearth" => &mut self.planet_mass_mearth,
            "semi_major_axis_au" => &mut self.semi_major_axis_au,
            "scaled_semi_major_axis" => &mut self.given_scaled_semi_major_axis,
            "radius_ratio" => &mut self.given_radius_ratio,
            "period_d" => &mut self.period_d,
            _ => {
                let hint = nearest(key, KEYS)
                    .map(|name| format!("did you mean `{name}`? "))
                    .unwrap_or_default();
                return Err(InputError::value(
                    format!("system.{table}"),
                    format!("`{key}`"),
                    format!("{hint}one of {}", KEYS.join(", ")),
                ));
            }
        })
    }

    fn check(&self, place: &str) -> Result<(), InputError> {
        let mut system = self.clone();
        for key in KEYS {
            let Some(quantity) = system.entry(key, "values")?.clone() else {
                continue;
            };
            let value = quantity.value;
            let positive = SIGNED.contains(&key) || value > 0.0;
            if !value.is_finite() || !positive {
                let expected = if SIGNED.contains(&key) {
                    "a finite number"
                } else {
                    "a finite number above 0"
                };
                return Err(InputError::value(
                    format!("{place}: {key}"),
                    value,
                    expected,
                ));
            }
            for error in [quantity.error_minus, quantity.error_plus]
                .into_iter()
                .flatten()
            {
                if !(error.is_finite() && error > 0.0) {
                    return Err(InputError::value(
                        format!("{place}: error of {key}"),
                        error,
                        "a finite number above 0, or nothing where it is unknown",
                    ));
                }
            }
        }
        Ok(())
    }

    /// Gravity at the surface of the planet \[m s⁻²\], GM/R².
    pub fn gravity_m_s2(&self) -> Option<f64> {
        let (mass, radius) = (
            self.planet_mass_mearth.as_ref()?,
            self.planet_radius_rearth.as_ref()?,
        );
        Some(EARTH_MASS_PARAMETER * mass.value / (EARTH_RADIUS * radius.value).powi(2))
    }

    /// Planet radius / stellar radius: as given, or from the two radii.
    pub fn radius_ratio(&self) -> Option<Quantity> {
        self.given_radius_ratio.clone().or_else(|| {
            let (planet, star) = (
                self.planet_radius_rearth.as_ref()?,
                self.stellar_radius_rsun.as_ref()?,
            );
            Some(Quantity::ratio(planet, star, EARTH_RADIUS / SOLAR_RADIUS))
        })
    }

    /// Semi-major axis / stellar radius: as given, or from the two lengths.
    pub fn scaled_semi_major_axis(&self) -> Option<Quantity> {
        self.given_scaled_semi_major_axis.clone().or_else(|| {
            let (axis, star) = (
                self.semi_major_axis_au.as_ref()?,
                self.stellar_radius_rsun.as_ref()?,
            );
            Some(Quantity::ratio(
                axis,
                star,
                ASTRONOMICAL_UNIT / SOLAR_RADIUS,
            ))
        })
    }
}

/// A name without case, blanks, dashes and underscores.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|character| !character.is_whitespace() && !"-_–".contains(*character))
        .flat_map(char::to_lowercase)
        .collect()
}
