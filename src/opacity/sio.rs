//! SiO: the rotation-vibration spectrum of X¹Σ⁺ and the ultraviolet systems A¹Π-X and E¹Σ⁺-X.
//!
//! Potentials are extended Morse curves through the constants of Huber & Herzberg (1979); the
//! dipole of X is CCSD(T), the transition moments SA-CASSCF (own calculations). The infrared bands
//! agree with measured and earlier computed strengths within a few percent; levels are right to
//! 0.15 cm⁻¹ for v ≤ 4 and may be off by some cm⁻¹ above v ≈ 10; the overtone is
//! uncertain by 40 %. The lifetime of the A state is not settled (values from 10 to 50 ns are in
//! circulation); the moment here gives 26.6 ns.

use serde::Deserialize;

use super::diatomic::isotope::{SILICON, mean_molar_mass_g_mol};
use super::diatomic::{
    Curve, Dipole, EmoRecord, Isotopologue, Levels, PRESSURE_HALF_WIDTH_PER_CM_BAR,
    PRESSURE_WIDTH_EXPONENT, RadialGrid, Recipe, State, System, Term, WING_CUTOFF_PER_CM,
    line_list, parse_data,
};
use super::line::LineList;
use super::partition::PartitionFunction;
use super::provenance::{Provenance, Tier};
use super::source::LineGas;
use crate::error::InputError;

/// Overtones above this |Δv| within X are left out: with a spline through 13 dipoles they are
/// noise (cross sections below 1e-24 cm², shortward of 2.7 µm).
const MAX_DELTA_V: usize = 3;

/// What may be chosen.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Multiplies the strength of A-X. The default 1.7 is the geometric mean between the moment
    /// computed here (lifetime 26.6 ns, scale 1) and the shortest lifetime in circulation (9.6 ns,
    /// scale 2.8), whose original source could not be checked. Sensible range 1 to 2.8: moments computed by
    /// other methods stand for 0.64 to 1.87, larger active spaces for 0.9 to 1.
    pub uv_scale: f64,
    /// Multiplies the strength of E-X (computed lifetime 6.9 ns). Sensible range 0.65 to 1.3.
    pub e_x_scale: f64,
    /// All isotopes of silicon, or ²⁸Si alone standing for the whole gas.
    pub isotopologues: bool,
    /// Lines that stay below this at 1000, 2500, 4500 and 6000 K are left out \[cm per molecule of
    /// the gas\].
    pub floor_cm: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            uv_scale: 1.7,
            e_x_scale: 1.0,
            isotopologues: true,
            floor_cm: 1e-28,
        }
    }
}

impl Options {
    fn check(&self) -> Result<(), InputError> {
        for (key, value) in [("uv_scale", self.uv_scale), ("e_x_scale", self.e_x_scale)] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(InputError::value(
                    format!("SiO, {key}"),
                    value,
                    "a positive factor",
                ));
            }
        }
        if self.floor_cm >= 0.0 {
            return Ok(());
        }
        Err(InputError::value(
            "SiO, floor_cm",
            self.floor_cm,
            "zero or a positive strength in cm",
        ))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    x: EmoRecord,
    a: EmoRecord,
    e: EmoRecord,
}

/// The three electronic states of one isotopologue.
#[derive(Clone, Debug)]
pub struct Model {
    isotopologue: Isotopologue,
    /// X¹Σ⁺.
    pub x: Levels,
    /// A¹Π.
    pub a: Levels,
    /// E¹Σ⁺.
    pub e: Levels,
    dipole_x: Dipole,
    moment_ax: Dipole,
    moment_ex: Dipole,
}

impl Model {
    /// Solves the states of one isotopologue.
    ///
    /// # Errors
    /// Only if the data of the crate were damaged.
    pub fn solve(isotopologue: Isotopologue) -> Result<Self, InputError> {
        let data: Data = parse_data("data/sio/sio.toml", include_str!("data/sio/sio.toml"))?;
        let grid = RadialGrid::new(1.20, 2.75, 420)?;
        let mass = isotopologue.reduced_mass_u();
        let state = |name: &str, record: &EmoRecord, lambda, j_max, basis, ceiling_per_cm| {
            State {
                name: name.into(),
                potential: record.into(),
                term: Term::singlet(lambda),
                offset_per_cm: 0.0,
                j_max,
                basis,
                ceiling_per_cm,
            }
            .solve(&grid, mass)
        };
        let table = |place: &str, text| Curve::from_csv(place, text).map(Dipole::Tabulated);
        Ok(Self {
            isotopologue,
            x: state("X", &data.x, 0, 260, 60, 42_000.0)?,
            a: state("A", &data.a, 1, 230, 45, 64_000.0)?,
            e: state("E", &data.e, 0, 230, 45, 72_000.0)?,
            dipole_x: table("sio/x_dipole.csv", include_str!("data/sio/x_dipole.csv"))?,
            moment_ax: table("sio/ax_moment.csv", include_str!("data/sio/ax_moment.csv"))?,
            moment_ex: table("sio/ex_moment.csv", include_str!("data/sio/ex_moment.csv"))?,
        })
    }

    /// The systems X-X, A-X and E-X.
    ///
    /// # Errors
    /// None with the states of this model.
    pub fn systems(&self, options: &Options) -> Result<Vec<System<'_>>, InputError> {
        Ok(vec![
            System::new("X-X", &self.x, &self.x, &self.dipole_x)?.with_max_delta_v(MAX_DELTA_V),
            System::new("A-X", &self.a, &self.x, &self.moment_ax)?.scaled(options.uv_scale),
            System::new("E-X", &self.e, &self.x, &self.moment_ex)?.scaled(options.e_x_scale),
        ])
    }

    /// Q at a temperature \[K\]: the levels of X; A and E lie too high to matter below 6000 K.
    pub fn partition(&self, temperature_k: f64) -> f64 {
        self.x.partition(temperature_k, self.x.lowest_per_cm())
    }

    fn list(&self, options: &Options) -> Result<LineList, InputError> {
        let recipe = Recipe {
            label: self.isotopologue.label(),
            molar_mass_g_mol: self.isotopologue.molar_mass_g_mol(),
            abundance: self.isotopologue.abundance,
            partition: PartitionFunction::sampled(|t| self.partition(t))?,
            zero_per_cm: self.x.lowest_per_cm(),
            floor_cm: options.floor_cm / self.isotopologue.abundance,
            half_width_per_cm_bar: PRESSURE_HALF_WIDTH_PER_CM_BAR,
            width_exponent: PRESSURE_WIDTH_EXPONENT,
        };
        Ok(line_list(recipe, &self.systems(options)?))
    }
}

/// Lines of SiO.
///
/// # Errors
/// Options out of range.
pub fn lines(options: &Options) -> Result<LineGas, InputError> {
    options.check()?;
    let isotopologues = Isotopologue::oxides(&SILICON, options.isotopologues);
    let lists = isotopologues
        .iter()
        .map(|isotopologue| Model::solve(*isotopologue)?.list(options))
        .collect::<Result<_, _>>()?;
    Ok(LineGas {
        gas: "SiO".into(),
        molar_mass_g_mol: mean_molar_mass_g_mol(&isotopologues),
        lists,
        wing_cutoff_per_cm: WING_CUTOFF_PER_CM,
        provenance: provenance(options),
    })
}

fn provenance(options: &Options) -> Provenance {
    Provenance {
        tier: Tier::B,
        citation: vec![
            "Huber & Herzberg (1979), Constants of Diatomic Molecules".into(),
            "own CCSD(T) dipole and SA-CASSCF transition moments".into(),
        ],
        method: format!(
            "levels and lines from potentials and dipoles; A-X x {}, E-X x {}",
            options.uv_scale, options.e_x_scale
        ),
        caveat: "fundamental (7.5-10 um) tier A, 5 %; 10-12 um 15 %; overtone (4 um) 40 %; \
                 ultraviolet tier C: A-X uncertain by a factor 2.8, E-X by 1.5; nothing above the \
                 E state (below 0.2 um) and no higher overtones (below 2.7 um)"
            .into(),
    }
}

#[cfg(test)]
mod tests;
