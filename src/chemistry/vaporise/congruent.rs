//! Congruent (stoichiometric) vaporisation: fO2 such that the vapour holds the oxygen of the oxides
//! that its metals left.
//!
//! With e_s the oxygen of species s beyond that of its oxides, every term e_s p_s goes as fO2^(e_s/2) at fixed
//! activities, so the balance is monotone in ln fO2 and has one root. Solved as ln(excess) = ln(missing) by
//! Newton inside a bracket; the activities follow fO2 through ferric iron. Ions count as their
//! atoms.

use super::{LOG10_FO2_RANGE_BAR, Surface, VaporiseError, Vaporiser, without_metal};
use crate::melt::PerOxide;

const MAX_ITERATIONS: u32 = 100;
/// ln of excess over missing oxygen on which the solve ends.
const TOLERANCE: f64 = 1e-12;

impl Vaporiser {
    pub(super) fn congruent(
        &self,
        moles: &PerOxide,
        surface: &mut Surface,
    ) -> Result<(), VaporiseError> {
        let ln_10 = std::f64::consts::LN_10;
        let (mut low, mut high) = (LOG10_FO2_RANGE_BAR.0 * ln_10, LOG10_FO2_RANGE_BAR.1 * ln_10);
        let iron = without_metal(self.settings.iron);
        // A warm start from the last point if there is one, else the middle of common values.
        let mut l = if surface.ln_fo2 == 0.0 {
            -7.0
        } else {
            surface.ln_fo2.clamp(low + 1.0, high - 1.0)
        };
        let mut residual = f64::INFINITY;
        for _ in 0..MAX_ITERATIONS {
            self.melt_at(moles, l, iron, surface)?;
            self.pressures(surface);
            let (value, slope) = self.oxygen_balance(surface);
            residual = value;
            if value.abs() < TOLERANCE {
                return Ok(());
            }
            if value > 0.0 {
                high = l;
            } else {
                low = l;
            }
            let newton = l - value / slope;
            let next = if newton > low && newton < high {
                newton
            } else {
                0.5 * (low + high)
            };
            // The last digit of ln fO2 moves by rounding only.
            if (next - l).abs() < 1e-14 * l.abs().max(1.0) {
                return Ok(());
            }
            l = next;
        }
        Err(VaporiseError::Congruent {
            t_k: surface.t_k,
            log10_fo2_bar: l / ln_10,
            residual,
            iterations: MAX_ITERATIONS,
        })
    }

    /// ln(excess oxygen / missing oxygen) and its derivative by ln fO2 at fixed activities.
    fn oxygen_balance(&self, surface: &Surface) -> (f64, f64) {
        let (mut excess, mut missing) = (0.0, 0.0);
        let (mut d_excess, mut d_missing) = (0.0, 0.0);
        // The largest term, so that nothing underflows together.
        let top = surface
            .ln_pressure
            .iter()
            .copied()
            .fold(f64::NEG_INFINITY, f64::max);
        for (ln_p, e) in surface.ln_pressure.iter().zip(&self.oxygen_excess) {
            let term = e * (ln_p - top).exp();
            if term > 0.0 {
                excess += term;
                d_excess += 0.5 * e * term;
            } else {
                missing -= term;
                d_missing -= 0.5 * e * term;
            }
        }
        let value = excess.ln() - missing.ln();
        (value, d_excess / excess - d_missing / missing)
    }
}

#[cfg(test)]
mod tests {
    use crate::chemistry::vaporise::{Preset, Redox};
    use crate::melt::Composition;

    /// Oxygen atoms over metal atoms in the vapour, from the formulae alone, are those of the oxides.
    #[test]
    fn the_vapour_has_the_oxygen_of_its_oxides() {
        for preset in [Preset::MeltsNasa9, Preset::Magma2004] {
            let vaporiser = preset.settings().build().unwrap();
            let melt = Composition::named("bse", vaporiser.molar_masses()).unwrap();
            let mut surface = vaporiser.surface();
            vaporiser
                .evaluate(
                    melt.mole_fractions(),
                    2500.0,
                    Redox::Congruent,
                    &mut surface,
                )
                .unwrap();
            let gas = vaporiser.gas();
            let (mut oxygen, mut owed) = (0.0, 0.0);
            for s in 0..gas.len() {
                let p = surface.ln_pressure[s].exp();
                for (element, n) in gas.formula(s).counts() {
                    match element.symbol() {
                        "O" => oxygen += n * p,
                        "Si" | "Ti" => owed += 2.0 * n * p,
                        "Al" | "Cr" => owed += 1.5 * n * p,
                        "Na" | "K" => owed += 0.5 * n * p,
                        "P" => owed += 2.5 * n * p,
                        _ => owed += n * p,
                    }
                }
            }
            assert!(
                (oxygen / owed - 1.0).abs() < 1e-11,
                "{}",
                oxygen / owed - 1.0
            );
        }
    }
}
