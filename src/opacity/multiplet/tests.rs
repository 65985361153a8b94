//! What the tests of the molecules share; spin uncoupling and gathering.

use super::*;
use crate::opacity::diatomic::{Dipole, EINSTEIN_A_DEBYE, Potential};

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

    /// Absorption oscillator strength and Franck-Condon factor of the band v' - v'' from one upper
    /// level; the factor is that of the spherical moment, twice the overlap if Λ changes with both
    /// Λ > 0.
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

/// Mean cross section per molecule of the gas \[cm²\] in the bin at R = 200 around a wavelength
/// \[um\]: strengths over width, no profiles.
pub(in crate::opacity) fn mean_cm2(gas: &LineGas, wavelength_um: f64, temperature_k: f64) -> f64 {
    let centre = 1e4 / wavelength_um;
    let (low, high) = (centre * (1.0 - 0.0025), centre * (1.0 + 0.0025));
    let strength: f64 = gas
        .lists
        .iter()
        .map(|list| {
            let inside = |line: &&Line| (low..high).contains(&line.wavenumber_per_cm);
            let strength = |line| list.strength_cm(line, temperature_k);
            list.lines.iter().filter(inside).map(strength).sum::<f64>()
        })
        .sum();
    strength / (high - low)
}

/// Wavelength in air \[Å\] of a vacuum wavenumber, Edlen (1953), J. Opt. Soc. Am. 43, 339.
pub(in crate::opacity) fn air_angstrom(wavenumber_per_cm: f64) -> f64 {
    let square = (wavenumber_per_cm * 1e-4).powi(2);
    let n = 1.0 + 6.4328e-5 + 2.949_81e-2 / (146.0 - square) + 2.554e-4 / (41.0 - square);
    1e8 / wavenumber_per_cm / n
}

/// Without spin-orbit coupling a triplet is Hund's case (b): the three levels of one J are those of
/// the spin-free state at N = J-1, J and J+1.
#[test]
fn without_spin_orbit_coupling_the_spin_is_free() {
    let grid = RadialGrid::new(1.3, 2.2, 120).expect("a grid");
    let mass = reduced_mass_u(47.947_941, 15.994_915);
    let solve = |term| {
        State {
            name: "test".into(),
            potential: Potential::Emo(crate::opacity::diatomic::Emo::morse(
                0.0, 55_410.0, 1.65, 1.87,
            )),
            term,
            offset_per_cm: 0.0,
            j_max: 60,
            basis: 25,
            ceiling_per_cm: 12_000.0,
        }
        .solve(&grid, mass)
        .expect("levels")
    };
    let triplet: Vec<Levels> = [-2, 0, 2]
        .map(|two_sigma| solve(Term::case_a(1, 2, two_sigma)))
        .into();
    let free = solve(Term::singlet(1));
    let uncoupling = Uncoupling::of(&triplet, 60);
    for (v, two_j) in [(0, 10), (0, 80), (2, 40)] {
        let mut mixed: Vec<f64> = (0..3)
            .map(|k| {
                let energy = triplet[k].energy_per_cm(v, two_j).expect("a level");
                energy + uncoupling.shift_per_cm(k, v, two_j)
            })
            .collect();
        mixed.sort_by(f64::total_cmp);
        for (energy, two_n) in mixed.iter().zip([two_j - 2, two_j, two_j + 2]) {
            let expected = free.energy_per_cm(v, two_n).expect("a level");
            // Measured: 0.0034 cm^-1 at J = 40, from centrifugal distortion; the shifts are 41 cm^-1.
            assert!(
                (energy - expected).abs() < 0.02,
                "v {v}, 2J {two_j}: {energy} {expected}"
            );
        }
    }
}

#[test]
fn options_out_of_range_are_refused() {
    for options in [
        Options {
            gathered: Some(1.0),
            ..Options::default()
        },
        Options {
            half_width_per_cm_bar: -0.1,
            ..Options::default()
        },
        Options {
            width_exponent: f64::NAN,
            ..Options::default()
        },
    ] {
        assert!(lines("x", "", &options).is_err());
    }
    assert!(lines("x", "gas = 3", &Options::default()).is_err());
}
