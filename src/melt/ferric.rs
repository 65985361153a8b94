//! Ferric iron of a silicate melt at given temperature, fO2 and composition.

use serde::{Deserialize, Serialize};

use super::buffer::Buffer;
use super::{Conditions, PerOxide};
use crate::constants::GAS_CONSTANT;
use crate::species::Oxide;

/// How much of the oxidised iron is ferric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FerricIron {
    /// All iron of the silicate is FeO.
    Off,
    /// The complexes of the melt model itself (IMCC only; elsewhere the same as `Off`).
    MeltModel,
    /// Kress & Carmichael 1991 CMP 108:82; the default.
    #[default]
    KressCarmichael1991,
    /// Borisov et al. 2018 CMP 173:98.
    Borisov2018,
    /// Hirschmann 2022 GCA 328:221 at 1 bar.
    Hirschmann2022,
    /// O'Neill et al. 2018 EPSL 504:152.
    Oneill2018,
}

impl FerricIron {
    /// Every choice.
    pub const ALL: [Self; 6] = [
        Self::Off,
        Self::MeltModel,
        Self::KressCarmichael1991,
        Self::Borisov2018,
        Self::Hirschmann2022,
        Self::Oneill2018,
    ];

    /// Name in run files and outputs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::MeltModel => "melt_model",
            Self::KressCarmichael1991 => "kress_carmichael1991",
            Self::Borisov2018 => "borisov2018",
            Self::Hirschmann2022 => "hirschmann2022",
            Self::Oneill2018 => "oneill2018",
        }
    }

    /// Fe³⁺/(Fe²⁺ + Fe³⁺) of the melt; 0 for [`Self::Off`] and [`Self::MeltModel`].
    ///
    /// # Arguments
    /// * `moles` - oxides, any scale; all iron counts (FeO + 2 Fe2O3).
    /// * `at` - T 1000-6000 K (calibrated below about 1900 K: extrapolated above), ln fO2 in bar.
    pub fn fraction(self, moles: &PerOxide, at: Conditions) -> f64 {
        let ratio = match self {
            Self::Off | Self::MeltModel => return 0.0,
            Self::KressCarmichael1991 => kress_carmichael_1991(moles, at),
            Self::Borisov2018 => borisov_2018(moles, at),
            Self::Hirschmann2022 => hirschmann_2022(moles, at),
            Self::Oneill2018 => oneill_2018(moles, at),
        };
        if ratio.is_infinite() {
            1.0
        } else {
            ratio / (1.0 + ratio)
        }
    }
}

/// Oxide mole fractions with all iron as FeO.
fn oxide_fractions(moles: &PerOxide) -> impl Fn(Oxide) -> f64 {
    let mut fractions = *moles;
    fractions[Oxide::FeO.index()] += 2.0 * fractions[Oxide::Fe2O3.index()];
    fractions[Oxide::Fe2O3.index()] = 0.0;
    let total: f64 = fractions.iter().sum();
    move |oxide| fractions[oxide.index()] / total
}

/// Cation fractions with all iron as FeO.
fn cation_fractions(moles: &PerOxide) -> impl Fn(Oxide) -> f64 {
    let mut cations: PerOxide = std::array::from_fn(|i| moles[i] * Oxide::ALL[i].cations());
    cations[Oxide::FeO.index()] += cations[Oxide::Fe2O3.index()];
    cations[Oxide::Fe2O3.index()] = 0.0;
    let total: f64 = cations.iter().sum();
    move |oxide| cations[oxide.index()] / total
}

/// Fe³⁺/Fe²⁺: ln(x_Fe2O3/x_FeO) = 0.196 ln fO2 + 11492/T - 6.675 + sum d_i x_i
/// - 3.36 [1 - 1673/T - ln(T/1673)], pressure terms dropped (1e-5 at 1 bar).
fn kress_carmichael_1991(moles: &PerOxide, at: Conditions) -> f64 {
    let x = oxide_fractions(moles);
    let t_k = at.t_k;
    let composition = -2.243 * x(Oxide::Al2O3) - 1.828 * x(Oxide::FeO)
        + 3.201 * x(Oxide::CaO)
        + 5.854 * x(Oxide::Na2O)
        + 6.215 * x(Oxide::K2O);
    let ln_oxide_ratio = 0.196 * at.ln_fo2 + 11_492.0 / t_k - 6.675 + composition
        - 3.36 * (1.0 - 1673.0 / t_k - (t_k / 1673.0).ln());
    2.0 * ln_oxide_ratio.exp()
}

/// Fe³⁺/Fe²⁺ with oxide mole fractions, all iron as FeO.
fn borisov_2018(moles: &PerOxide, at: Conditions) -> f64 {
    let x = oxide_fractions(moles);
    let silica = x(Oxide::SiO2);
    let composition = -0.445 * silica - 0.900 * x(Oxide::TiO2)
        + 1.532 * x(Oxide::MgO)
        + 0.314 * x(Oxide::CaO)
        + 2.030 * x(Oxide::Na2O)
        + 3.355 * x(Oxide::K2O)
        - 4.851 * x(Oxide::P2O5)
        - 3.081 * silica * x(Oxide::Al2O3)
        - 4.370 * silica * x(Oxide::MgO);
    let log10_fo2 = at.ln_fo2 / std::f64::consts::LN_10;
    10f64.powf(0.207 * log10_fo2 + 4633.3 / at.t_k + composition - 1.852)
}

/// Fe³⁺/Fe²⁺ with cation fractions; dCp = 33.25 J/K, T0 = 1673.15 K; volume term dropped.
fn hirschmann_2022(moles: &PerOxide, at: Conditions) -> f64 {
    const T0_K: f64 = 1673.15;
    let x = cation_fractions(moles);
    let t_k = at.t_k;
    let silicon = x(Oxide::SiO2);
    let composition = -520.46 * silicon - 185.37 * x(Oxide::TiO2)
        + 494.39 * x(Oxide::MgO)
        + 1838.34 * x(Oxide::CaO)
        + 2888.48 * x(Oxide::Na2O)
        + 3473.68 * x(Oxide::K2O)
        - 4473.6 * x(Oxide::P2O5)
        - 1245.09 * silicon * x(Oxide::Al2O3)
        - 1156.86 * silicon * x(Oxide::MgO);
    let heat_capacity =
        33.25 / (GAS_CONSTANT * std::f64::consts::LN_10) * (1.0 - T0_K / t_k - (t_k / T0_K).ln());
    let log10_fo2 = at.ln_fo2 / std::f64::consts::LN_10;
    10f64.powf(0.1917 * log10_fo2 - 1.961 + 4158.1 / t_k - heat_capacity + composition / t_k)
}

/// Fe³⁺/Fe²⁺: log10 = 0.25 dQFM - 1.36 + 2.4 Ca + 2.0 Na + 3.7 K - 2.4 P (cation fractions).
fn oneill_2018(moles: &PerOxide, at: Conditions) -> f64 {
    let x = cation_fractions(moles);
    let delta_qfm = at.ln_fo2 / std::f64::consts::LN_10 - Buffer::Qfm.log10_fo2_bar(at.t_k);
    10f64.powf(
        0.25 * delta_qfm - 1.36 + 2.4 * x(Oxide::CaO) + 2.0 * x(Oxide::Na2O) + 3.7 * x(Oxide::K2O)
            - 2.4 * x(Oxide::P2O5),
    )
}
