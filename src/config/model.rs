//! `[model]`: which models, and what their numbers do not say.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The planet models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// One dayside temperature, free.
    BlackBody,
    /// Dayside temperature from the energy balance of an airless surface.
    BareRock,
    /// Magma with its vapour in radiative equilibrium.
    Lava,
    /// The same with H, C and S in the gas.
    LavaVolatiles,
    /// The same below an atmosphere of a bar of carbon or more.
    ThickAtmosphere,
    /// Free mole fractions, constant with height, and a free profile of temperature.
    FreeChemistry,
}

impl ModelKind {
    /// Name as in the run file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BlackBody => "black_body",
            Self::BareRock => "bare_rock",
            Self::Lava => "lava",
            Self::LavaVolatiles => "lava_volatiles",
            Self::ThickAtmosphere => "thick_atmosphere",
            Self::FreeChemistry => "free_chemistry",
        }
    }

    /// Whether it has a magma.
    pub const fn is_lava(self) -> bool {
        matches!(
            self,
            Self::Lava | Self::LavaVolatiles | Self::ThickAtmosphere
        )
    }

    /// Whether it may have a gas, and so takes an opacity set.
    pub const fn has_gas(self) -> bool {
        self.is_lava() || matches!(self, Self::FreeChemistry)
    }

    /// Whether its gas may hold H, C, N and S.
    pub const fn has_volatiles(self) -> bool {
        matches!(self, Self::LavaVolatiles | Self::ThickAtmosphere)
    }
}

/// `[model]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// The model whose posterior is the result of the run.
    pub kind: ModelKind,
    /// Models whose evidence is set beside it.
    #[serde(default)]
    pub compare_with: Vec<ModelKind>,
    /// Surface of the bare-rock model.
    #[serde(default)]
    pub surface: SurfaceConfig,
    /// Gases of `free_chemistry` whose mole fractions are parameters, as the opacity set names them.
    #[serde(
        default = "default_free_gases",
        skip_serializing_if = "is_default_free_gases"
    )]
    pub free_gases: Vec<String>,
}

impl ModelConfig {
    /// Whether `free_gases` is as it is without the key.
    pub(super) fn has_default_gases(&self) -> bool {
        is_default_free_gases(&self.free_gases)
    }

    /// All models of the run, that of `kind` first.
    pub fn kinds(&self) -> impl Iterator<Item = ModelKind> {
        [self.kind]
            .into_iter()
            .chain(self.compare_with.iter().copied())
    }
}

/// Vapours of magma and the volatiles that telescopes look for.
fn default_free_gases() -> Vec<String> {
    ["SiO", "SiO2", "MgO", "TiO", "Na", "CO", "CO2", "H2O"]
        .map(str::to_owned)
        .to_vec()
}

fn is_default_free_gases(gases: &[String]) -> bool {
    *gases == default_free_gases()
}

/// `[model.surface]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SurfaceConfig {
    /// Tabulated hemispherical reflectance (`wavelength_um,albedo`): emissivity is 1 - albedo
    /// (Kirchhoff). Without it the surface is grey and the parameters `bond_albedo` and
    /// `emissivity` rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emissivity_file: Option<PathBuf>,
    /// Adds the starlight that the surface reflects.
    pub reflected_light: bool,
    /// Integrates the local equilibrium temperature over the disc (no redistribution) instead of
    /// one temperature for the whole dayside.
    pub local_equilibrium: bool,
}
