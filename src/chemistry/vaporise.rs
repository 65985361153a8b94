//! Vaporisation of a silicate melt: partial pressures of every gas above it, from element potentials.
//!
//! The melt gives mu_i of each oxide and fO2 gives lambda_O = 1/2 (g_O2 + ln fO2), all over RT. Then
//! lambda_M = (mu_MxOy - y lambda_O)/x and ln p_s = sum_e n_es lambda_e - z_s phi - G_s/RT, with the electron
//! potential phi from charge neutrality. At a given fO2 nothing is iterated: the melt is an infinite
//! reservoir in metals, open in oxygen. Ideal gas; pressures in bar.

pub mod congruent;
pub mod gas;
pub mod preset;
pub mod table;

use std::sync::Arc;

use thiserror::Error;

use crate::error::{ModelError, RejectReason};
use crate::melt::buffer::Buffer;
use crate::melt::composition::MolarMasses;
use crate::melt::iron::{IronOptions, IronState, Metal, equilibrate};
use crate::melt::{Conditions, MeltError, MeltModel, MeltState, OXIDES, PerOxide};
use crate::species::{Element, GasSet, Oxide};
pub use preset::{MeltChoice, Preset, Settings};

/// log10 fO2 \[bar\] that is accepted.
pub const LOG10_FO2_RANGE_BAR: (f64, f64) = (-60.0, 6.0);
/// fO2 above which the ideal gas is no longer a fair description \[bar\]; a warning, not an error.
pub const IDEAL_GAS_LIMIT_BAR: f64 = 100.0;

/// Stands for the potential of an element that the melt does not hold: finite, so that 0 times it
/// is 0.
const ABSENT: f64 = -1.0e200;

/// How the oxygen fugacity is fixed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Redox {
    /// log10 of the absolute fugacity in bar.
    Log10Fo2Bar(f64),
    /// Distance in dex from a named buffer at 1 bar.
    Delta(Buffer, f64),
    /// The vapour has the oxygen of the oxides that evaporate; metal saturation is off.
    Congruent,
}

/// Why there are no pressures.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum VaporiseError {
    /// The melt has no potentials.
    #[error(transparent)]
    Melt(#[from] MeltError),
    /// fO2 outside [`LOG10_FO2_RANGE_BAR`].
    #[error(
        "log10 fO2 = {log10_fo2_bar} bar is outside {} to {}",
        LOG10_FO2_RANGE_BAR.0,
        LOG10_FO2_RANGE_BAR.1
    )]
    OxygenFugacity {
        /// What was asked.
        log10_fo2_bar: f64,
    },
    /// The oxygen balance of the vapour has no root in the range.
    #[error(
        "the oxygen balance of congruent vaporisation did not converge at {t_k} K: ln ratio of oxygen in excess to oxygen missing {residual:e} at log10 fO2 {log10_fo2_bar} after {iterations} steps"
    )]
    Congruent {
        /// Temperature \[K\].
        t_k: f64,
        /// Last fO2.
        log10_fo2_bar: f64,
        /// Residual there.
        residual: f64,
        /// Steps made.
        iterations: u32,
    },
}

impl From<VaporiseError> for ModelError {
    /// Outside a domain the point is rejected and counted; a solve without an answer ends the run
    /// with its residuals and inputs.
    fn from(error: VaporiseError) -> Self {
        let reason = match &error {
            VaporiseError::Melt(MeltError::OutsideDomain { .. } | MeltError::Empty { .. }) => {
                RejectReason::MeltOutsideDomain
            }
            VaporiseError::Melt(MeltError::Temperature { .. }) => {
                RejectReason::TemperatureOutOfRange
            }
            VaporiseError::OxygenFugacity { .. } => RejectReason::OxygenFugacityOutOfRange,
            VaporiseError::Melt(MeltError::NotConverged { .. })
            | VaporiseError::Congruent { .. } => {
                return Self::Fatal {
                    message: error.to_string(),
                };
            }
        };
        Self::Rejected(reason)
    }
}

/// A melt model with a gas set: everything that does not change from point to point.
#[derive(Clone, Debug)]
pub struct Vaporiser {
    model: Arc<dyn MeltModel>,
    gas: GasSet,
    settings: Settings,
    /// Oxide that fixes each element of the gas set.
    oxide_of: Vec<Source>,
    /// Oxygen of a species beyond that of the oxides its metals come from.
    oxygen_excess: Vec<f64>,
    charged: Vec<usize>,
}

/// Where an element's potential comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Source {
    /// fO2.
    Oxygen,
    /// An oxide of the melt: index, cations and oxygens per formula unit.
    Oxide(usize, f64, f64),
    /// Nothing in a dry melt.
    Nothing,
}

/// Results and memory of one thread. Made once, then nothing is allocated.
#[derive(Clone, Debug)]
pub struct Surface {
    /// Temperature \[K\].
    pub t_k: f64,
    /// ln fO2 (bar).
    pub ln_fo2: f64,
    /// Iron between silicate and metal.
    pub iron: IronState,
    /// The melt: oxide potentials and activities.
    pub melt: MeltState,
    /// Element potentials lambda_e / RT in the order of the gas set's elements; -1e200 where absent.
    pub lambda: Vec<f64>,
    /// Electron potential over RT.
    pub electron: f64,
    /// ln p_s (bar) in the order of the gas set; minus infinity where absent.
    pub ln_pressure: Vec<f64>,
    gibbs_rt: Vec<f64>,
    gibbs_t_k: f64,
}

impl Surface {
    /// Total pressure \[bar\].
    pub fn total_pressure_bar(&self) -> f64 {
        self.ln_pressure.iter().map(|ln_p| ln_p.exp()).sum()
    }

    /// log10 fO2 (bar).
    pub fn log10_fo2_bar(&self) -> f64 {
        self.ln_fo2 / std::f64::consts::LN_10
    }
}

impl Vaporiser {
    /// Combines a melt model and a gas set.
    pub(crate) fn assemble(model: Arc<dyn MeltModel>, gas: GasSet, settings: Settings) -> Self {
        let oxide_of: Vec<Source> = gas.elements().iter().map(|e| source_of(*e)).collect();
        let excess = |s: usize| {
            let counts = gas.counts_of(s).iter().zip(&oxide_of);
            counts
                .map(|(n, source)| match source {
                    Source::Oxygen => *n,
                    Source::Oxide(_, cations, oxygens) => -n * oxygens / cations,
                    Source::Nothing => 0.0,
                })
                .sum()
        };
        Self {
            oxygen_excess: (0..gas.len()).map(excess).collect(),
            charged: (0..gas.len())
                .filter(|s| gas.charges()[*s] != 0.0)
                .collect(),
            oxide_of,
            model,
            gas,
            settings,
        }
    }

    /// The same with the enthalpy of formation of a gas raised by `gas_j_mol` \[J mol⁻¹\] and the activities
    /// of oxides multiplied (`log10_activity`, dex, on top of those of the settings): what is not known
    /// of the data, as nuisances. A gas that is not in the set changes nothing.
    pub fn altered(&self, (gas, gas_j_mol): (&str, f64), log10_activity: &PerOxide) -> Self {
        let mut altered = self.clone();
        altered.gas.raise_enthalpy(gas, gas_j_mol);
        let offsets = &mut altered.settings.log10_activity_offset;
        for (offset, dex) in offsets.iter_mut().zip(log10_activity) {
            *offset += dex;
        }
        altered
    }

    /// The gas species, in the order of [`Surface::ln_pressure`].
    pub const fn gas(&self) -> &GasSet {
        &self.gas
    }

    /// The melt model.
    pub fn model(&self) -> &dyn MeltModel {
        self.model.as_ref()
    }

    /// The choices that made this.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Molar masses for compositions in mass per cent.
    pub const fn molar_masses(&self) -> MolarMasses {
        self.settings.molar_masses
    }

    /// An empty workspace.
    pub fn surface(&self) -> Surface {
        Surface {
            t_k: 0.0,
            ln_fo2: 0.0,
            iron: IronState::default(),
            melt: MeltState::default(),
            lambda: vec![ABSENT; self.gas.elements().len()],
            electron: 0.0,
            ln_pressure: vec![f64::NEG_INFINITY; self.gas.len()],
            gibbs_rt: vec![0.0; self.gas.len()],
            gibbs_t_k: 0.0,
        }
    }

    /// Oxides of `moles` that the melt model leaves out.
    pub fn ignored_oxides(&self, moles: &PerOxide) -> impl Iterator<Item = Oxide> {
        let moles = *moles;
        Oxide::ALL
            .into_iter()
            .filter(move |oxide| moles[oxide.index()] > 0.0 && !self.model.knows(*oxide))
    }

    /// Partial pressures above a melt of `moles` of oxides (any scale, all iron counts).
    ///
    /// # Arguments
    /// * `t_k` - surface temperature, 1000-6000 K.
    /// * `redox` - log10 fO2 within [`LOG10_FO2_RANGE_BAR`].
    ///
    /// # Errors
    /// [`VaporiseError`]; `surface` then holds no result.
    pub fn evaluate(
        &self,
        moles: &PerOxide,
        t_k: f64,
        redox: Redox,
        surface: &mut Surface,
    ) -> Result<(), VaporiseError> {
        crate::melt::check_temperature(t_k)?;
        if surface.gibbs_t_k != t_k {
            self.gas.gibbs_rt(t_k, &mut surface.gibbs_rt);
            surface.gibbs_t_k = t_k;
        }
        surface.t_k = t_k;
        let log10_fo2_bar = match redox {
            Redox::Log10Fo2Bar(value) => value,
            Redox::Delta(buffer, dex) => buffer.log10_fo2_bar(t_k) + dex,
            Redox::Congruent => return self.congruent(moles, surface),
        };
        // Written so that NaN is refused too.
        if !(log10_fo2_bar >= LOG10_FO2_RANGE_BAR.0 && log10_fo2_bar <= LOG10_FO2_RANGE_BAR.1) {
            return Err(VaporiseError::OxygenFugacity { log10_fo2_bar });
        }
        let ln_fo2 = log10_fo2_bar * std::f64::consts::LN_10;
        self.melt_at(moles, ln_fo2, self.settings.iron, surface)?;
        self.pressures(surface);
        Ok(())
    }

    /// The melt and the element potentials at `ln_fo2`.
    fn melt_at(
        &self,
        moles: &PerOxide,
        ln_fo2: f64,
        iron: IronOptions,
        surface: &mut Surface,
    ) -> Result<(), VaporiseError> {
        let at = Conditions {
            t_k: surface.t_k,
            ln_fo2,
        };
        let offset = &self.settings.log10_activity_offset;
        surface.iron = equilibrate(self.model(), moles, at, iron, offset, &mut surface.melt)?;
        surface.ln_fo2 = ln_fo2;
        self.element_potentials(surface);
        Ok(())
    }

    fn element_potentials(&self, surface: &mut Surface) {
        let oxygen = 0.5 * (surface.melt.pure.oxygen_gibbs_rt + surface.ln_fo2);
        let mu_rt = &surface.melt.potentials.mu_rt;
        for (lambda, source) in surface.lambda.iter_mut().zip(&self.oxide_of) {
            *lambda = match *source {
                Source::Oxygen => oxygen,
                Source::Oxide(i, cations, oxygens) if mu_rt[i].is_finite() => {
                    (mu_rt[i] - oxygens * oxygen) / cations
                }
                Source::Oxide(..) | Source::Nothing => ABSENT,
            };
        }
    }

    /// ln p of every species from the element potentials.
    fn pressures(&self, surface: &mut Surface) {
        let width = surface.lambda.len();
        let rows = self.gas.counts().chunks_exact(width);
        let species = surface.ln_pressure.iter_mut().zip(&surface.gibbs_rt);
        for ((ln_p, gibbs), row) in species.zip(rows) {
            let sum: f64 = row.iter().zip(&surface.lambda).map(|(n, l)| n * l).sum();
            *ln_p = if sum < 0.1 * ABSENT {
                f64::NEG_INFINITY
            } else {
                sum - gibbs
            };
        }
        self.neutralise(surface);
    }

    /// Charge neutrality with single charges: e^(2 phi) = sum of cations / sum of anions at phi = 0.
    fn neutralise(&self, surface: &mut Surface) {
        let charges = self.gas.charges();
        let sum_of = |sign: f64, ln_p: &[f64]| {
            let of_sign = || self.charged.iter().filter(|s| charges[**s] == sign);
            let top = of_sign()
                .map(|s| ln_p[*s])
                .fold(f64::NEG_INFINITY, f64::max);
            if top == f64::NEG_INFINITY {
                return top;
            }
            top + of_sign().map(|s| (ln_p[*s] - top).exp()).sum::<f64>().ln()
        };
        if self.charged.is_empty() {
            return;
        }
        let cations = sum_of(1.0, &surface.ln_pressure);
        let anions = sum_of(-1.0, &surface.ln_pressure);
        surface.electron = 0.5 * (cations - anions);
        for s in &self.charged {
            // Without cations there is no charge at all.
            surface.ln_pressure[*s] = if surface.electron.is_finite() {
                surface.ln_pressure[*s] - charges[*s] * surface.electron
            } else {
                f64::NEG_INFINITY
            };
        }
    }
}

/// The melt oxide of an element.
fn source_of(element: Element) -> Source {
    if element == Element::O {
        return Source::Oxygen;
    }
    let oxide = Oxide::ALL
        .into_iter()
        .find(|oxide| oxide.cation() == element && *oxide != Oxide::Fe2O3);
    oxide.map_or(Source::Nothing, |oxide| {
        Source::Oxide(oxide.index(), oxide.cations(), oxide.oxygens())
    })
}

/// No offset of any activity.
pub const NO_OFFSET: PerOxide = [0.0; OXIDES];

/// Iron without metal, the ferric model kept: what congruent vaporisation uses.
const fn without_metal(iron: IronOptions) -> IronOptions {
    IronOptions {
        ferric: iron.ferric,
        metal: Metal::Off,
    }
}
