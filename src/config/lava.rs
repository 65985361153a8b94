//! Sections of the lava model: `[melt]`, `[volatiles]`, `[atmosphere]`, `[opacity]`. Its numbers (oxygen
//! fugacity, redistribution, albedo, ...) are parameters and stand in `[parameters]`. The free atmosphere
//! has layers, top, starlight, diffusivity and opacities from them too.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ProfileConfig;
use crate::error::InputError;

/// `[melt]`: composition and conventions of the magma.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MeltConfig {
    /// Shipped composition; of no account where amounts are given.
    pub composition: String,
    /// Own composition: oxides in per cent by mass.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub wt_percent: BTreeMap<String, f64>,
    /// Own composition: oxides in mol per cent.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub mol_percent: BTreeMap<String, f64>,
    /// Population of mantles that is the prior of the composition, whose mean takes its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population: Option<PopulationKind>,
    /// Least and greatest part of the iron of such a planet that is in its core; flat between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub core_iron: Option<[f64; 2]>,
    /// Buffer that `delta_iw` counts from.
    pub buffer: String,
    /// The vapour has the oxygen of the oxides that evaporate; no `delta_iw` then.
    pub congruent: bool,
    /// Named set of choices of melt and gas data.
    pub preset: String,
    /// Activity model: `melts` or `imcc`; the preset's when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Enthalpy of MgO(g): `bc16`, `nasa` or `janaf`; the preset's when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mgo_gas: Option<String>,
}

impl Default for MeltConfig {
    fn default() -> Self {
        Self {
            composition: "bse".to_owned(),
            wt_percent: BTreeMap::new(),
            mol_percent: BTreeMap::new(),
            population: None,
            core_iron: None,
            buffer: "iw_hirschmann2008".to_owned(),
            congruent: false,
            preset: "melts_nasa9".to_owned(),
            model: None,
            mgo_gas: None,
        }
    }
}

impl MeltConfig {
    /// Least and greatest part of the iron in the core: 0 to 1 unless it is given.
    pub fn core_iron_or_any(&self) -> [f64; 2] {
        self.core_iron.unwrap_or([0.0, 1.0])
    }

    pub(super) fn check(&self) -> Result<(), InputError> {
        let refuse = |key: &str, found: String, expected: &str| {
            let place = format!("melt.{key}");
            Err(InputError::value(place, found, expected))
        };
        let own = !self.wt_percent.is_empty() || !self.mol_percent.is_empty();
        if self.population.is_some() && (own || self.composition != Self::default().composition) {
            let found = "a population beside a composition".to_owned();
            let expected = "one of them: the mean of the population is the composition";
            return refuse("population", found, expected);
        }
        let Some([low, high]) = self.core_iron else {
            return Ok(());
        };
        if self.population.is_none() {
            let found = format!("[{low}, {high}]");
            return refuse("core_iron", found, "`population` beside it");
        }
        if !(0.0 <= low && low < high && high <= 1.0) {
            let found = format!("[{low}, {high}]");
            return refuse(
                "core_iron",
                found,
                "two numbers from 0 to 1, the lower first",
            );
        }
        Ok(())
    }
}

/// A population of mantles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PopulationKind {
    /// Of the elements of nearby stars: the Hypatia catalogue.
    NearbyStars,
}

/// How the light of the star arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StarlightKind {
    /// From the whole upper hemisphere.
    #[default]
    Diffuse,
    /// From the direction of the star.
    Beam,
}

/// The dayside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DaysideKind {
    /// One column stands for the disc, irradiated with the factor `heat_redistribution`.
    #[default]
    Uniform,
    /// Rings from the substellar point to the terminator, each with its own irradiation and nothing
    /// carried between them.
    Rings,
}

/// Which spectral points the energy balance uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointsKind {
    /// Those with a weight for the balance.
    #[default]
    Balance,
    /// All.
    All,
}

/// What a column does where it is steeper than an adiabat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConvectionKind {
    /// Nothing: radiative equilibrium.
    #[default]
    Off,
    /// It convects, at constant composition: radiative-convective equilibrium.
    Dry,
    /// It convects, and rock vapour that is saturated gives off its latent heat.
    Moist,
}

impl ConvectionKind {
    /// What the output says of it; nothing where there is none.
    pub const fn convention(self) -> Option<&'static str> {
        match self {
            Self::Off => None,
            Self::Dry => Some("dry"),
            Self::Moist => Some(
                "moist: latent heat of rock vapour; layers keep the composition of the base, condensate has no opacity",
            ),
        }
    }
}

/// `[atmosphere]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AtmosphereConfig {
    /// Number of layers.
    pub layers: usize,
    /// Pressure at the top \[bar\].
    pub top_pressure_bar: f64,
    /// Uniform disc or rings.
    pub dayside: DaysideKind,
    /// Number of rings.
    pub rings: usize,
    /// Diffuse or beam.
    pub starlight: StarlightKind,
    /// Diffusivity of the two-stream fluxes: 2, 1.66 or 1.732 (√3).
    pub diffusivity: f64,
    /// Points of the energy balance.
    pub points: PointsKind,
    /// Convection: off, dry or moist.
    #[serde(skip_serializing_if = "is_off")]
    pub convection: ConvectionKind,
    /// Imbalance of the flux, as a part of the irradiation, at which the equilibrium is found.
    pub tolerance: f64,
    /// Solutions computed before a retrieval, from which its calls start.
    pub anchors: usize,
    /// Temperatures that are given: `forward` then seeks no equilibrium.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<ProfileConfig>,
}

// By reference, as serde calls it.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_off(kind: &ConvectionKind) -> bool {
    *kind == ConvectionKind::Off
}

impl Default for AtmosphereConfig {
    fn default() -> Self {
        Self {
            layers: 80,
            top_pressure_bar: 1e-8,
            dayside: DaysideKind::Uniform,
            rings: 6,
            starlight: StarlightKind::Diffuse,
            diffusivity: 2.0,
            points: PointsKind::Balance,
            convection: ConvectionKind::Off,
            tolerance: 1e-6,
            anchors: 128,
            profile: None,
        }
    }
}

impl AtmosphereConfig {
    pub(super) fn check(&self) -> Result<(), InputError> {
        let refuse = |key: &str, found: String, expected: &str| {
            let place = format!("atmosphere.{key}");
            Err(InputError::value(place, found, expected))
        };
        if !(10..=400).contains(&self.layers) {
            return refuse("layers", self.layers.to_string(), "10 to 400");
        }
        if !(1e-12..1e3).contains(&self.top_pressure_bar) {
            let found = self.top_pressure_bar.to_string();
            return refuse("top_pressure_bar", found, "1e-12 to 1e3");
        }
        if !(1..=100).contains(&self.rings) {
            return refuse("rings", self.rings.to_string(), "1 to 100");
        }
        if ![2.0, 1.66, 1.732].contains(&self.diffusivity) {
            let found = self.diffusivity.to_string();
            return refuse(
                "diffusivity",
                found,
                "2, 1.66 or 1.732 (the square root of 3)",
            );
        }
        if self.anchors > 10_000 {
            return refuse("anchors", self.anchors.to_string(), "0 to 10000");
        }
        if !(1e-10..=1e-3).contains(&self.tolerance) {
            return refuse("tolerance", self.tolerance.to_string(), "1e-10 to 1e-3");
        }
        if self.profile.is_some() && self.convection != ConvectionKind::Off {
            let found = "convection in a profile that is given".to_owned();
            return refuse("convection", found, "\"off\": nothing moves such a profile");
        }
        if self.profile.is_some() && self.dayside == DaysideKind::Rings {
            let found = "\"rings\" with a profile that is given".to_owned();
            return refuse(
                "dayside",
                found,
                "\"uniform\": a given profile is that of one column",
            );
        }
        Ok(())
    }
}

/// `[opacity]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OpacityConfig {
    /// Opacity set (`.opk`); the one that the program carries when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<PathBuf>,
    /// Gases that are made transparent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// Rayleigh scattering.
    pub rayleigh: bool,
    /// Continuum of H⁻.
    pub hydride_ion: bool,
}

impl Default for OpacityConfig {
    fn default() -> Self {
        Self {
            set: None,
            without: Vec::new(),
            rayleigh: true,
            hydride_ion: true,
        }
    }
}
