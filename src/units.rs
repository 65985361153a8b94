//! Conversions at the borders: files, the command line and tables. Inside, everything is SI and a
//! depth is a plain ratio.

/// Metres per micrometre.
pub const M_PER_UM: f64 = 1.0e-6;
/// Depth (a ratio) per part per million.
pub const RATIO_PER_PPM: f64 = 1.0e-6;
/// Pascals per bar.
pub const PA_PER_BAR: f64 = 1.0e5;

/// Unit in which a file gives an eclipse depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DepthUnit {
    /// Parts per million.
    Ppm,
    /// Per cent.
    Percent,
    /// Plain ratio F_planet / F_star.
    Fraction,
}

impl DepthUnit {
    /// The words a run file or a column suffix may use.
    pub const ACCEPTED: &'static str = "ppm, percent, fraction";

    /// Depth (a ratio) of one unit.
    pub const fn ratio(self) -> f64 {
        match self {
            Self::Ppm => RATIO_PER_PPM,
            Self::Percent => 1.0e-2,
            Self::Fraction => 1.0,
        }
    }
}

/// Whether a width column holds the half or the full width of a bin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WidthKind {
    /// Centre ± width.
    Half,
    /// Centre ± width / 2.
    Full,
}

impl WidthKind {
    /// The words a run file may use.
    pub const ACCEPTED: &'static str = "half, full";
}
