//! CO: the rotation-vibration spectrum of X¹Σ⁺.
//!
//! No ultraviolet: the fourth positive system (A¹Π-X, 0.11-0.2 µm) is left out for want of a
//! sourced transition moment.

use serde::Deserialize;

use super::diatomic::isotope::{CARBON, OXYGEN, mean_molar_mass_g_mol};
use super::diatomic::{
    Dipole, Isotopologue, Levels, PRESSURE_HALF_WIDTH_PER_CM_BAR, PRESSURE_WIDTH_EXPONENT,
    Potential, RadialGrid, Recipe, State, System, Term, WING_CUTOFF_PER_CM, line_list, parse_data,
};
use super::line::LineList;
use super::partition::PartitionFunction;
use super::provenance::{Provenance, Tier};
use super::source::LineGas;
use crate::error::InputError;

/// Largest |Δv|: the bands whose measured strengths fix the dipole function.
const MAX_DELTA_V: usize = 4;

/// What may be chosen.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// ¹²C¹⁶O, ¹³C¹⁶O and ¹²C¹⁸O, or the first alone standing for the whole gas.
    pub isotopologues: bool,
    /// Lines that stay below this at 1000, 2500, 4500 and 6000 K are left out \[cm per molecule of
    /// the gas\].
    pub floor_cm: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            isotopologues: true,
            floor_cm: 1e-28,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    potential: PotentialRecord,
    dipole: DipoleRecord,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PotentialRecord {
    #[allow(dead_code, reason = "read by the test of the data files")]
    tier: Tier,
    citation: String,
    scale_per_cm: f64,
    equilibrium_angstrom: f64,
    coefficients: Vec<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DipoleRecord {
    #[allow(dead_code, reason = "read by the test of the data files")]
    tier: Tier,
    citation: String,
    equilibrium_angstrom: f64,
    coefficients: Vec<f64>,
    low_angstrom: f64,
    high_angstrom: f64,
}

impl Data {
    fn read() -> Result<Self, InputError> {
        parse_data("data/co/co.toml", include_str!("data/co/co.toml"))
    }

    /// The polynomial in (r - rₑ)/rₑ as one in r - rₑ.
    fn dipole(&self) -> Dipole {
        let record = &self.dipole;
        let re = record.equilibrium_angstrom;
        let coefficients: Vec<f64> = record
            .coefficients
            .iter()
            .zip(0..)
            .map(|(a, power)| a / re.powi(power))
            .collect();
        Dipole::polynomial(re, &coefficients, record.low_angstrom, record.high_angstrom)
    }
}

/// The isotopologues of CO that matter.
pub fn isotopologues(all: bool) -> Vec<Isotopologue> {
    let pairs = [(0, 0), (1, 0), (0, 1)];
    let kept = if all { &pairs[..] } else { &pairs[..1] };
    let share = |(c, o): (usize, usize)| CARBON[c].share * OXYGEN[o].share;
    let total: f64 = kept.iter().map(|pair| share(*pair)).sum();
    kept.iter()
        .map(|pair| Isotopologue {
            first: CARBON[pair.0],
            second: OXYGEN[pair.1],
            abundance: share(*pair) / total,
        })
        .collect()
}

/// The ground state of one isotopologue.
#[derive(Clone, Debug)]
pub struct Model {
    isotopologue: Isotopologue,
    /// X¹Σ⁺.
    pub x: Levels,
    dipole: Dipole,
}

impl Model {
    /// Solves the ground state of one isotopologue.
    ///
    /// # Errors
    /// Only if the data of the crate were damaged.
    pub fn solve(isotopologue: Isotopologue) -> Result<Self, InputError> {
        let data = Data::read()?;
        let dipole = data.dipole();
        let state = State {
            name: "X".into(),
            potential: Potential::Spf {
                minimum_per_cm: 0.0,
                scale_per_cm: data.potential.scale_per_cm,
                equilibrium_angstrom: data.potential.equilibrium_angstrom,
                coefficients: data.potential.coefficients,
            },
            term: Term::singlet(0),
            offset_per_cm: 0.0,
            j_max: 160,
            basis: 50,
            ceiling_per_cm: 46_000.0,
        };
        Ok(Self {
            isotopologue,
            x: state.solve(
                &RadialGrid::new(0.78, 2.2, 360)?,
                isotopologue.reduced_mass_u(),
            )?,
            dipole,
        })
    }

    /// The system X-X.
    ///
    /// # Errors
    /// None with the states of this model.
    pub fn system(&self) -> Result<System<'_>, InputError> {
        Ok(System::new("X-X", &self.x, &self.x, &self.dipole)?.with_max_delta_v(MAX_DELTA_V))
    }

    /// Q at a temperature \[K\].
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
        Ok(line_list(recipe, &[self.system()?]))
    }
}

/// Lines of CO.
///
/// # Errors
/// Options out of range.
pub fn lines(options: &Options) -> Result<LineGas, InputError> {
    if options.floor_cm.is_nan() || options.floor_cm < 0.0 {
        return Err(InputError::value(
            "CO, floor_cm",
            options.floor_cm,
            "zero or a positive strength in cm",
        ));
    }
    let isotopologues = isotopologues(options.isotopologues);
    let lists = isotopologues
        .iter()
        .map(|isotopologue| Model::solve(*isotopologue)?.list(options))
        .collect::<Result<_, _>>()?;
    let data = Data::read()?;
    Ok(LineGas {
        gas: "CO".into(),
        molar_mass_g_mol: mean_molar_mass_g_mol(&isotopologues),
        lists,
        wing_cutoff_per_cm: WING_CUTOFF_PER_CM,
        provenance: Provenance {
            tier: Tier::A,
            citation: vec![data.dipole.citation, data.potential.citation],
            method: "levels and lines from a potential and a dipole function".into(),
            caveat: "infrared bands with |dv| <= 4 only; the ultraviolet (below 0.2 um) is absent"
                .into(),
        },
    })
}

#[cfg(test)]
mod tests;
