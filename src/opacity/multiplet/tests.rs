//! What the tests of the molecules share, and the sum rules.

use super::*;
use crate::opacity::diatomic::{Dipole, EINSTEIN_A_DEBYE};

/// Atomic units: f = 1.4992 (g'/g'') A/ν̃², A in s⁻¹, ν̃ in cm⁻¹ (m_e c/(8π² e²) in these units).
const ABSORPTION_F: f64 = 1.499_2;

/// The model of a file without its limits on J and energy being those of the product.
pub(in crate::opacity) fn small_model(text: &str, j_max: u32) -> Model {
    let mut model = Model::parse("test", text).expect("the file of the product");
    model.grid.j_max = j_max;
    model
}

impl Molecule<'_> {
    /// Energy above the lowest level \[cm⁻¹\].
    pub(in crate::opacity) fn energy(&self, state: &str, k: usize, v: usize, two_j: i32) -> f64 {
        let solved = &self.states[self.model.state(state).expect("a state")];
        let energy = solved.components[k].energy_per_cm(v, two_j);
        energy.expect("a level") + solved.uncoupling.shift_per_cm(k, v, two_j) - self.zero_per_cm
    }

    /// Radiative lifetime of a level \[ns\].
    pub(in crate::opacity) fn lifetime_ns(
        &self,
        state: &str,
        k: usize,
        v: usize,
        two_j: i32,
    ) -> f64 {
        let bands = self.bands().expect("a valid model");
        let systems: Vec<_> = bands.iter().map(|band| band.system.clone()).collect();
        let solved = &self.states[self.model.state(state).expect("a state")];
        1e9 * Lifetimes::of(&solved.components[k], &systems).lifetime_s(v, two_j)
    }

    /// Absorption oscillator strength and Franck-Condon factor of the band v' - v'' in the
    /// components `ku`, `kl`, summed over the lower levels of one upper level.
    pub(in crate::opacity) fn band(
        &self,
        (upper, ku, v_upper, two_j): (&str, usize, usize, i32),
        (lower, v_lower): (&str, usize),
    ) -> (f64, f64) {
        let (mut a, mut overlap) = (0.0, 0.0);
        let mut place = 0.0;
        let (su, sl) = (
            self.model.state(upper).expect("a state"),
            self.model.state(lower).expect("a state"),
        );
        for band in self.bands().expect("a valid model") {
            if band.upper != (su, ku) || band.lower.0 != sl {
                continue;
            }
            let pick = |t: &Transition| {
                t.v_upper == v_upper && t.v_lower == v_lower && t.two_j_upper == two_j
            };
            for transition in band.system.transitions(pick) {
                a += transition.einstein_a_per_s;
                place = transition.wavenumber_per_cm;
            }
            let unit = Dipole::polynomial(1.6, &[1.0], 0.5, 5.0);
            let plain = System::new("unit", band.system.upper(), band.system.lower(), &unit)
                .expect("the same states");
            for transition in plain.transitions(pick) {
                overlap += transition.einstein_a_per_s
                    / (EINSTEIN_A_DEBYE * transition.wavenumber_per_cm.powi(3));
            }
        }
        let weight = |lambda: i32| if lambda == 0 { 1.0 } else { 2.0 };
        let [lambda_u, lambda_l] = [su, sl].map(|s| self.model.states[s].lambda);
        let f = ABSORPTION_F * a / place.powi(2) * weight(lambda_u) / weight(lambda_l);
        (f, overlap)
    }
}
