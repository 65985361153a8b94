//! Constant activity coefficients: a_i = gamma_i x_i with x_i the mole fraction of the oxide.

use super::{
    Conditions, LiquidData, MeltError, MeltModel, MeltState, OXIDES, OxidePotentials, PerOxide,
    check_temperature,
};
use crate::error::InputError;
use crate::species::Oxide;

/// The model: the coefficients are the user's, relative to the pure liquid oxides.
#[derive(Clone, Debug)]
pub struct ConstantGamma {
    gamma: PerOxide,
    liquids: LiquidData,
}

impl ConstantGamma {
    /// A model with these coefficients; oxides that are not named have 1 (ideal).
    ///
    /// # Errors
    /// A coefficient that is not positive, an oxide named twice, or one without data of its pure
    /// liquid (MnO, NiO, P2O5).
    pub fn new(
        gamma: impl IntoIterator<Item = (Oxide, f64)>,
        liquids: LiquidData,
    ) -> Result<Self, InputError> {
        let mut given = [None; OXIDES];
        for (oxide, value) in gamma {
            let place = format!("user_gamma, {}", oxide.name());
            if !(value.is_finite() && value > 0.0) {
                return Err(InputError::value(
                    place,
                    value,
                    "a positive activity coefficient",
                ));
            }
            if !has_liquid(oxide) {
                return Err(InputError::value(
                    place,
                    value,
                    "an oxide with data of its pure liquid (not MnO, NiO, P2O5)",
                ));
            }
            if given[oxide.index()].replace(value).is_some() {
                return Err(InputError::value(
                    place,
                    "a second value",
                    "each oxide once",
                ));
            }
        }
        Ok(Self {
            gamma: given.map(|value| value.unwrap_or(1.0)),
            liquids,
        })
    }
}

const fn has_liquid(oxide: Oxide) -> bool {
    !matches!(oxide, Oxide::MnO | Oxide::NiO | Oxide::P2O5)
}

impl MeltModel for ConstantGamma {
    fn name(&self) -> &'static str {
        "user_gamma"
    }

    fn knows(&self, oxide: Oxide) -> bool {
        has_liquid(oxide)
    }

    fn evaluate(
        &self,
        moles: &PerOxide,
        at: Conditions,
        state: &mut MeltState,
    ) -> Result<(), MeltError> {
        check_temperature(at.t_k)?;
        state.pure.update(self.liquids, at.t_k);
        state.iterations = 0;
        let total: f64 = Oxide::ALL
            .iter()
            .filter(|oxide| self.knows(**oxide))
            .map(|oxide| moles[oxide.index()])
            .sum();
        if total <= 0.0 {
            return Err(MeltError::Empty { model: self.name() });
        }
        state.potentials = OxidePotentials::default();
        for (i, oxide) in Oxide::ALL.iter().enumerate() {
            if moles[i] > 0.0 && self.knows(*oxide) {
                let ln_activity = (self.gamma[i] * moles[i] / total).ln();
                state.potentials.ln_activity[i] = ln_activity;
                state.potentials.mu_rt[i] = state.pure.gibbs_rt[i] + ln_activity;
            }
        }
        Ok(())
    }

    fn differentiate(&self, moles: &PerOxide, _: Conditions, state: &mut MeltState) {
        for (i, oxide) in Oxide::ALL.iter().enumerate() {
            if moles[i] > 0.0 && self.knows(*oxide) {
                state.potentials.dmu_rt_dt[i] = state.pure.d_gibbs_rt_dt[i];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activities_are_gamma_times_fraction() {
        let model = ConstantGamma::new([(Oxide::FeO, 1.7)], LiquidData::Nasa9).unwrap();
        let mut moles = [0.0; OXIDES];
        moles[Oxide::FeO.index()] = 1.0;
        moles[Oxide::MgO.index()] = 3.0;
        let mut state = MeltState::default();
        let at = Conditions {
            t_k: 2500.0,
            ln_fo2: -10.0,
        };
        model.evaluate(&moles, at, &mut state).unwrap();
        assert!((state.potentials.ln_activity[Oxide::FeO.index()].exp() - 0.425).abs() < 1e-14);
        assert!((state.potentials.ln_activity[Oxide::MgO.index()].exp() - 0.75).abs() < 1e-14);
        assert!(ConstantGamma::new([(Oxide::FeO, -1.0)], LiquidData::Nasa9).is_err());
        assert!(ConstantGamma::new([(Oxide::P2O5, 1.0)], LiquidData::Nasa9).is_err());
    }
}
