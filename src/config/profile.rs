//! `[atmosphere.profile]`: temperatures that are given and not solved for.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Kinds of given profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfileKind {
    /// One temperature.
    Isothermal,
    /// Guillot (2010), equation 29.
    Guillot,
    /// Temperatures at pressures, joined by monotone cubics in log pressure.
    Nodes,
    /// The same from a file.
    File,
}

/// A given profile: its kind and the keys of that kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileConfig {
    /// Which profile.
    pub kind: ProfileKind,
    /// `isothermal`: the temperature \[K\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature_k: Option<f64>,
    /// `guillot`: T_irr = T_* (R_*/a)^(1/2) \[K\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub irradiation_temperature_k: Option<f64>,
    /// `guillot`: T_int \[K\], 30 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internal_temperature_k: Option<f64>,
    /// `guillot`: grey infrared absorption \[m² kg⁻¹\] (0.1 of the value in cm² g⁻¹).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub infrared_opacity_m2_kg: Option<f64>,
    /// `guillot`: absorption of starlight over infrared absorption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gamma: Option<f64>,
    /// `guillot`: share of the irradiation f, 2/3 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flux_factor: Option<f64>,
    /// `nodes`: ascending pressures \[bar\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pressure_bar: Option<Vec<f64>>,
    /// `nodes`: temperatures there \[K\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_temperature_k: Option<Vec<f64>>,
    /// `file`: a table with the header `pressure_bar,temperature_k`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// Temperature of the surface \[K\]; that of the profile at its foot when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surface_temperature_k: Option<f64>,
}
