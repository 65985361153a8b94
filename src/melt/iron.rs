//! Iron between silicate and metal at given fO2: ferrous, ferric and metallic.
//!
//! The silicate is first evaluated with all iron in it. If the melt would be supersaturated in metal
//! (activity of pure liquid iron above 1), iron leaves the silicate until that activity is 1, and the oxides left are
//! renormalised (the activity model sees mole fractions of what is silicate). The switch is a kink
//! in every iron pressure at the saturation point.

use serde::{Deserialize, Serialize};

use super::ferric::FerricIron;
use super::{Conditions, MeltError, MeltModel, MeltState, PerOxide};
use crate::species::Oxide;

/// What happens when the melt is supersaturated in metallic iron.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Metal {
    /// Nothing: the silicate keeps its iron, whatever the fO2.
    Off,
    /// Pure liquid iron saturates with activity 1 and the silicate is renormalised.
    #[default]
    Saturation,
    /// The recipe that reproduces the published table of Seidler et al. 2024: the mole fraction of FeO is
    /// set to the saturated activity, the other fractions stay as they were. p(Fe) is then gamma_FeO times that
    /// over pure iron. Only for the preset of that name.
    Seidler2024,
}

/// How iron is shared out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IronOptions {
    /// Ferric iron.
    pub ferric: FerricIron,
    /// Metallic iron.
    pub metal: Metal,
}

/// How iron is shared out at one point.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct IronState {
    /// Metal coexists with the silicate.
    pub metal_saturated: bool,
    /// Metallic iron per mole of oxides of the whole (all iron as FeO).
    pub metal_mole_fraction: f64,
    /// Fe³⁺ over the iron of the silicate.
    pub ferric_fraction: f64,
}

/// Start of the next search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// ln of the share of iron that stays in the silicate: 0 without metal.
    ln_left: f64,
    /// d ln a_Fe / d ln(iron in the silicate).
    slope: f64,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            ln_left: 0.0,
            slope: 1.0,
        }
    }
}

/// ln a_Fe on which the saturated solve ends.
const TOLERANCE: f64 = 1e-11;
const MAX_ITERATIONS: u32 = 60;

/// Potentials of a melt with `moles` of oxides (any scale, all iron counts) at given fO2; `offset`
/// \[log10\] is added to the activities and takes part in the saturation test.
///
/// # Errors
/// Whatever the melt model returns; [`MeltError::NotConverged`] for the amount of metal.
pub fn equilibrate(
    model: &dyn MeltModel,
    moles: &PerOxide,
    at: Conditions,
    options: IronOptions,
    offset: &PerOxide,
    state: &mut MeltState,
) -> Result<IronState, MeltError> {
    let total: f64 = moles.iter().sum();
    let mut all = moles.map(|amount| amount / total);
    all[Oxide::FeO.index()] += 2.0 * all[Oxide::Fe2O3.index()];
    all[Oxide::Fe2O3.index()] = 0.0;
    let melt = Melt {
        model,
        all,
        whole: all.iter().sum(),
        at,
        ferric: options.ferric,
        offset,
    };
    let iron = melt.all[Oxide::FeO.index()];
    if options.metal == Metal::Saturation && iron > 0.0 {
        return melt.saturate(iron, state);
    }
    let iron_state = IronState {
        ferric_fraction: melt.evaluate(iron, state)?,
        ..IronState::default()
    };
    if options.metal == Metal::Seidler2024 && iron > 0.0 && melt.ln_iron_activity(state) > 0.0 {
        return melt.seidler_recipe(state);
    }
    Ok(iron_state)
}

struct Melt<'a> {
    model: &'a dyn MeltModel,
    /// Moles with all iron as FeO.
    all: PerOxide,
    whole: f64,
    at: Conditions,
    ferric: FerricIron,
    offset: &'a PerOxide,
}

impl Melt<'_> {
    /// Evaluates the silicate that holds `iron` moles of FeO; returns its ferric fraction.
    fn evaluate(&self, iron: f64, state: &mut MeltState) -> Result<f64, MeltError> {
        let mut silicate = self.all;
        silicate[Oxide::FeO.index()] = iron;
        let ferric = if self.model.has_own_ferric_iron() || iron == 0.0 {
            0.0
        } else {
            self.ferric.fraction(&silicate, self.at)
        };
        silicate[Oxide::FeO.index()] = iron * (1.0 - ferric);
        silicate[Oxide::Fe2O3.index()] = 0.5 * iron * ferric;
        self.model.evaluate(&silicate, self.at, state)?;
        state.potentials.add_log10_activity(self.offset);
        Ok(if self.model.has_own_ferric_iron() {
            self.model.own_ferric_fraction(state)
        } else {
            ferric
        })
    }

    fn ln_iron_activity(&self, state: &MeltState) -> f64 {
        let feo = state.potentials.mu_rt[Oxide::FeO.index()];
        state.pure.ln_iron_activity(feo, self.at.ln_fo2)
    }

    /// Iron left in the silicate: all of it if a_Fe is then at most 1, else where a_Fe = 1. Secant in
    /// u = ln(iron in the silicate), where ln a_Fe has a slope near 1, inside a bracket, from the
    /// share of the last point.
    fn saturate(&self, iron: f64, state: &mut MeltState) -> Result<IronState, MeltError> {
        let all = iron.ln();
        let (mut high, mut low) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut u = all + state.iron.ln_left;
        let mut slope = state.iron.slope;
        let mut last: Option<(f64, f64)> = None;
        for _ in 0..MAX_ITERATIONS {
            let ferric_fraction = self.evaluate(if u == all { iron } else { u.exp() }, state)?;
            let f = self.ln_iron_activity(state);
            let saturated = f.abs() < TOLERANCE || high - low < 1e-14;
            if saturated || (u == all && f <= 0.0) {
                state.iron = Memory {
                    ln_left: u - all,
                    slope,
                };
                return Ok(IronState {
                    metal_saturated: u < all,
                    metal_mole_fraction: (iron - u.exp()).max(0.0) / self.whole,
                    ferric_fraction,
                });
            }
            if f > 0.0 {
                high = u;
            } else {
                low = u;
            }
            let secant = last.map_or(f64::NAN, |(u0, f0)| (f - f0) / (u - u0));
            if secant.is_finite() && secant > 0.1 {
                slope = secant;
            }
            last = Some((u, f));
            let mut next = (u - f / slope).min(all);
            if next >= high || next <= low {
                let top = high.min(all);
                next = if low.is_finite() {
                    0.5 * (low + top)
                } else {
                    top - 2.0
                };
            }
            u = next;
        }
        state.iron = Memory::default();
        Err(MeltError::NotConverged {
            what: "the amount of metallic iron",
            t_k: self.at.t_k,
            ln_fo2: self.at.ln_fo2,
            residual: last.map_or(f64::NAN, |(_, f)| f.abs()),
            iterations: MAX_ITERATIONS,
            moles: Box::new(self.all),
        })
    }

    /// x_FeO = saturated activity, other fractions unchanged and the sum below 1.
    fn seidler_recipe(&self, state: &mut MeltState) -> Result<IronState, MeltError> {
        let feo = Oxide::FeO.index();
        let saturated = (state.pure.saturated_feo_mu_rt(self.at.ln_fo2)
            - state.pure.gibbs_rt[feo]
            - self.offset[feo] * std::f64::consts::LN_10)
            .exp();
        let mut silicate = self.all;
        silicate[feo] = saturated * self.whole;
        // The iron that left counts in the normalisation: inert Fe2O3 takes its place.
        let filler = Oxide::Fe2O3.index();
        silicate[filler] = (self.all[feo] - silicate[feo]).max(0.0);
        self.model.evaluate(&silicate, self.at, state)?;
        state.potentials.add_log10_activity(self.offset);
        state.potentials.mu_rt[filler] = f64::NEG_INFINITY;
        state.potentials.ln_activity[filler] = f64::NEG_INFINITY;
        Ok(IronState {
            metal_saturated: true,
            metal_mole_fraction: self.all[feo] / self.whole - saturated,
            ferric_fraction: self.model.own_ferric_fraction(state),
        })
    }
}
