//! Silicate melt: from composition and temperature to the chemical potential of every oxide.
//!
//! Conventions: potentials are divided by RT and refer to the elements at 298.15 K (H = 0) and 1 bar,
//! as the NASA-9 tables do, so that melt and gas combine without a shift. `ln_activity` refers to
//! the pure liquid oxide. Composition is moles of oxides; all iron counts as FeO + 2 Fe2O3.
//! Pressure terms are left out: below 1 kbar they move a potential by about 5 J/mol per bar.

pub mod buffer;
pub mod composition;
pub mod constant;
pub mod core_formation;
pub mod density;
pub mod ferric;
pub mod imcc;
pub mod iron;
pub mod magma_constants;
pub mod melts;
pub mod population;
pub mod pure;
pub mod reservoir;
pub mod solubility;
pub mod solidification;

use std::fmt::Debug;

use thiserror::Error;

use crate::species::Oxide;
pub use composition::{Basis, Composition};
pub use pure::{LiquidData, PureLiquids};

/// Number of melt oxides that are known.
pub const OXIDES: usize = Oxide::ALL.len();

/// One value per oxide, in the order of [`Oxide::ALL`].
pub type PerOxide = [f64; OXIDES];

/// Temperatures in which the melt models may be used \[K\]: they are extrapolated above about 2000 K by
/// every user of them; below 1000 K no silicate of the shipped list is liquid.
pub const TEMPERATURE_RANGE_K: (f64, f64) = (1000.0, 6000.0);

/// State of the surface at which a melt is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conditions {
    /// Temperature \[K\], within [`TEMPERATURE_RANGE_K`].
    pub t_k: f64,
    /// ln of the oxygen fugacity in bar; only models with ferric complexes of their own use it.
    pub ln_fo2: f64,
}

/// What a melt model returns.
#[derive(Clone, Debug, PartialEq)]
pub struct OxidePotentials {
    /// mu_i / RT; minus infinity where the oxide is absent.
    pub mu_rt: PerOxide,
    /// d(mu_i / RT)/dT at fixed composition of the silicate and fixed fO2 \[K⁻¹\], once
    /// [`MeltModel::differentiate`] has run; zero where the oxide is absent.
    pub dmu_rt_dt: PerOxide,
    /// ln a_i relative to the pure liquid oxide; minus infinity where the oxide is absent, NaN where
    /// no data of the pure liquid exist (MnO, NiO, P2O5).
    pub ln_activity: PerOxide,
}

impl Default for OxidePotentials {
    fn default() -> Self {
        Self {
            mu_rt: [f64::NEG_INFINITY; OXIDES],
            dmu_rt_dt: [0.0; OXIDES],
            ln_activity: [f64::NEG_INFINITY; OXIDES],
        }
    }
}

impl OxidePotentials {
    /// Adds `offset` \[log10\] to the activities: mu_i/RT and ln a_i move by `offset * ln 10`.
    pub fn add_log10_activity(&mut self, offset: &PerOxide) {
        for (i, shift) in offset.iter().enumerate() {
            self.mu_rt[i] += shift * std::f64::consts::LN_10;
            self.ln_activity[i] += shift * std::f64::consts::LN_10;
        }
    }
}

/// Results and memory of the last evaluation (warm start). Owned by the caller, one per thread.
#[derive(Clone, Debug, Default)]
pub struct MeltState {
    /// Result of the last evaluation.
    pub potentials: OxidePotentials,
    /// Pure liquids at the temperature of the last evaluation.
    pub pure: PureLiquids,
    /// Newton steps of the last evaluation (0 for closed forms).
    pub iterations: u32,
    /// The last point's iron in the silicate.
    pub(crate) iron: iron::Memory,
    pub(crate) imcc: imcc::Workspace,
    pub(crate) end_members: melts::EndMembers,
}

impl MeltState {
    /// Forgets the last solution, so that the next evaluation starts cold.
    pub fn forget(&mut self) {
        self.imcc.forget();
        self.iron = iron::Memory::default();
    }
}

/// Whether `state.potentials` holds a result.
pub type MeltResult = Result<(), MeltError>;

/// A silicate liquid.
pub trait MeltModel: Debug + Send + Sync {
    /// Name as it stands in outputs.
    fn name(&self) -> &'static str;

    /// Whether the model knows `oxide`. What it does not know is left out and reported.
    fn knows(&self, oxide: Oxide) -> bool;

    /// Whether ferric iron is part of the model (then `moles` carries all iron as FeO).
    fn has_own_ferric_iron(&self) -> bool {
        false
    }

    /// Fe³⁺ over the iron of the silicate at the last solution, for models with ferric iron of
    /// their own; else 0.
    fn own_ferric_fraction(&self, _: &MeltState) -> f64 {
        0.0
    }

    /// Fills `mu_rt` and `ln_activity` of `state.potentials` for `moles` of oxides (any scale, none
    /// negative).
    ///
    /// # Errors
    /// [`MeltError`]: outside the domain of the model, nothing to evaluate, or no convergence.
    fn evaluate(&self, moles: &PerOxide, at: Conditions, state: &mut MeltState) -> MeltResult;

    /// Fills `dmu_rt_dt` of `state.potentials`, analytically; `state` is that of
    /// [`Self::evaluate`] with the same arguments. Apart, because the search for metallic iron needs it once
    /// only.
    fn differentiate(&self, moles: &PerOxide, at: Conditions, state: &mut MeltState);
}

/// Why a melt has no potentials.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum MeltError {
    /// A component of the model would be negative: the model cannot describe this melt.
    #[error(
        "the {model} melt model cannot describe this composition: component {component} has mole fraction {mole_fraction:.4} (it must not be negative); use the imcc model"
    )]
    OutsideDomain {
        /// Melt model.
        model: &'static str,
        /// Component with the most negative mole fraction.
        component: &'static str,
        /// Its mole fraction.
        mole_fraction: f64,
    },
    /// No oxide of the composition is known to the model.
    #[error("the {model} melt model knows none of the oxides given")]
    Empty {
        /// Melt model.
        model: &'static str,
    },
    /// Temperature outside [`TEMPERATURE_RANGE_K`].
    #[error("temperature {t_k} K is outside the {}-{} K of the melt models", TEMPERATURE_RANGE_K.0, TEMPERATURE_RANGE_K.1)]
    Temperature {
        /// Temperature asked \[K\].
        t_k: f64,
    },
    /// The solver stopped without an answer.
    #[error(
        "{what} did not converge at {t_k} K, ln fO2 {ln_fo2}: residual {residual:e} after {iterations} steps; moles of oxides {moles:?}"
    )]
    NotConverged {
        /// Which equation.
        what: &'static str,
        /// Temperature \[K\].
        t_k: f64,
        /// ln fO2 (bar).
        ln_fo2: f64,
        /// Largest relative residual left.
        residual: f64,
        /// Steps made.
        iterations: u32,
        /// The melt.
        moles: Box<PerOxide>,
    },
}

/// Refuses temperatures in which no melt model is defined.
///
/// # Errors
/// [`MeltError::Temperature`], also for NaN.
pub fn check_temperature(t_k: f64) -> Result<(), MeltError> {
    if t_k >= TEMPERATURE_RANGE_K.0 && t_k <= TEMPERATURE_RANGE_K.1 {
        Ok(())
    } else {
        Err(MeltError::Temperature { t_k })
    }
}
