//! A melt changed by solidification: the second parametrisation of depletion, beside free factors
//! per oxide ([`super::Composition::depleted`]).
//!
//! f_i = (1 - chi) + chi D_i / (F + D_i (1 - F)), then renormalised: chi = 0 is the unchanged melt, chi = 1
//! the remelted cumulate after the residual liquid (fraction F, equilibrium crystallisation) was lost.

use super::{Composition, OXIDES, PerOxide};
use crate::error::InputError;

/// Mixing and solidification.
#[derive(Clone, Debug, PartialEq)]
pub struct Solidification {
    /// Share of remelted cumulate, chi, 0 to 1.
    pub cumulate_share: f64,
    /// Fraction of liquid that was left when it was lost, F, above 0 and up to 1.
    pub residual_liquid_fraction: f64,
    /// Solid/melt partition coefficients D_i, zero or positive. The user's: none are shipped, because
    /// no confirmed set for planetary mantles at these conditions was found.
    pub partition_coefficient: PerOxide,
}

impl Solidification {
    /// Factor by which each oxide's moles change before renormalisation.
    ///
    /// # Errors
    /// A value outside its range.
    pub fn factors(&self) -> Result<PerOxide, InputError> {
        let (chi, liquid) = (self.cumulate_share, self.residual_liquid_fraction);
        if !(0.0..=1.0).contains(&chi) {
            return Err(InputError::value(
                "solidification, cumulate_share",
                chi,
                "0 to 1",
            ));
        }
        if !(liquid > 0.0 && liquid <= 1.0) {
            return Err(InputError::value(
                "solidification, residual_liquid_fraction",
                liquid,
                "above 0 and up to 1",
            ));
        }
        let mut factors = [1.0; OXIDES];
        for (factor, d) in factors.iter_mut().zip(self.partition_coefficient) {
            if !(d.is_finite() && d >= 0.0) {
                return Err(InputError::value(
                    "solidification, partition_coefficient",
                    d,
                    "zero or positive",
                ));
            }
            *factor = (1.0 - chi) + chi * d / (liquid + d * (1.0 - liquid));
        }
        Ok(factors)
    }

    /// The changed melt, renormalised.
    ///
    /// # Errors
    /// As [`Self::factors`], or nothing left.
    pub fn apply(&self, melt: &Composition) -> Result<Composition, InputError> {
        melt.scaled(&self.factors()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::melt::composition::MolarMasses;
    use crate::species::Oxide;

    #[test]
    fn limits_of_solidification() {
        let melt = Composition::named("bse", MolarMasses::Iupac).unwrap();
        let mut d = [1.0; OXIDES];
        d[Oxide::Na2O.index()] = 0.01;
        let step = |chi, liquid| Solidification {
            cumulate_share: chi,
            residual_liquid_fraction: liquid,
            partition_coefficient: d,
        };
        // chi = 0: nothing changes; F = 1: the solid that forms first has D times the melt's share.
        assert_eq!(step(0.0, 0.3).factors().unwrap(), [1.0; OXIDES]);
        assert!((step(1.0, 1.0).factors().unwrap()[Oxide::Na2O.index()] - 0.01).abs() < 1e-15);
        // Nearly everything solid: the cumulate is the whole.
        assert!((step(1.0, 1e-9).factors().unwrap()[Oxide::Na2O.index()] - 1.0).abs() < 1e-6);
        assert!(
            step(1.0, 0.5).apply(&melt).unwrap().mole_fractions()[Oxide::Na2O.index()]
                < melt.mole_fractions()[Oxide::Na2O.index()]
        );
        assert!(step(1.1, 0.5).factors().is_err());
        assert!(step(0.5, 0.0).factors().is_err());
    }
}
