//! The data file of a molecule: states, moments, isotopologues.

use std::sync::Arc;

use serde::Deserialize;

use crate::error::InputError;
use crate::opacity::diatomic::{Boundary, Curve, Dipole, Emo, End, Potential};
use crate::opacity::provenance::Tier;

/// Spectroscopic model of a diatomic molecule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::opacity) struct Model {
    pub gas: String,
    pub molar_mass_g_mol: f64,
    pub tier: Tier,
    pub citation: Vec<String>,
    pub caveat: String,
    pub wing_cutoff_per_cm: f64,
    /// Default of [`super::Options::gathered`].
    pub gathered: f64,
    pub grid: Grid,
    pub isotopologues: Vec<Isotopologue>,
    pub states: Vec<StateRecord>,
    pub systems: Vec<SystemRecord>,
}

/// Radial grid and extent of the levels.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::opacity) struct Grid {
    pub low_angstrom: f64,
    pub high_angstrom: f64,
    pub points: usize,
    pub basis: usize,
    pub j_max: u32,
    /// Highest energy of a lower level \[cm⁻¹\].
    pub lower_ceiling_per_cm: f64,
    /// Highest energy of any level \[cm⁻¹\].
    pub upper_ceiling_per_cm: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::opacity) struct Isotopologue {
    pub label: String,
    pub masses_u: [f64; 2],
    pub abundance: f64,
}

/// One electronic state.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::opacity) struct StateRecord {
    pub name: String,
    pub lambda: i32,
    /// 2S + 1.
    pub multiplicity: i32,
    /// Spin-orbit energy of the component Σ = S, A Λ S \[cm⁻¹\].
    #[serde(default)]
    pub spin_orbit_per_cm: f64,
    emo: Option<EmoRecord>,
    table: Option<Table>,
}

/// Extended Morse oscillator whose power and number of coefficients may change at rₑ.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EmoRecord {
    minimum: f64,
    asymptote: f64,
    re: f64,
    power_inside: i32,
    power_outside: i32,
    terms_inside: usize,
    b: Vec<f64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    r: Vec<f64>,
    value: Vec<f64>,
}

/// Moment between two states, or of one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::opacity) struct SystemRecord {
    pub upper: String,
    pub lower: String,
    /// Whether levels of `lower` above those of `upper` emit as well.
    #[serde(default)]
    pub both_ways: bool,
    pub max_delta_v: Option<usize>,
    arctan: Option<ArctanRecord>,
    crossing: Option<CrossingRecord>,
    table: Option<Table>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ArctanRecord {
    r0: f64,
    s0: f64,
    k: f64,
}

/// Permanent moment near an avoided crossing of an ionic and a neutral configuration.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CrossingRecord {
    m0: f64,
    d0: f64,
    k0: f64,
    t0: f64,
    l1: f64,
    l2: f64,
}

impl CrossingRecord {
    /// w (t₀ r + l₁/r + l₂/r³), w = q/(q + 4), q = (√(4 + x²) + x)², x = m₀ (r - d₀)(r - k₀).
    fn value(&self, r: f64) -> f64 {
        let x = self.m0 * (r - self.d0) * (r - self.k0);
        let q = ((4.0 + x * x).sqrt() + x).powi(2);
        q / (q + 4.0) * (self.t0 * r + self.l1 / r + self.l2 / r.powi(3))
    }
}

impl Model {
    /// Reads a data file that is part of the program.
    pub fn parse(name: &str, text: &str) -> Result<Self, InputError> {
        toml::from_str(text)
            .map_err(|error| InputError::value(name, error.to_string(), "a molecular model"))
    }

    /// Index of a state.
    pub fn state(&self, name: &str) -> Result<usize, InputError> {
        self.states
            .iter()
            .position(|state| state.name == name)
            .ok_or_else(|| {
                InputError::value(
                    format!("states of {}", self.gas),
                    format!("no state {name}"),
                    "a state named by a system",
                )
            })
    }
}

impl StateRecord {
    /// The potential curve \[cm⁻¹\].
    pub fn potential(&self) -> Result<Potential, InputError> {
        match (&self.emo, &self.table) {
            (Some(emo), None) => Ok(emo.potential()),
            (None, Some(table)) => Ok(Potential::Tabulated(
                table.curve(&format!("potential of {}", self.name), End::Cubic)?,
            )),
            _ => Err(InputError::value(
                format!("potential of {}", self.name),
                "none or two",
                "one of emo and table",
            )),
        }
    }
}

impl EmoRecord {
    fn potential(&self) -> Potential {
        let side = |power: i32, terms: usize| Emo {
            minimum_per_cm: self.minimum,
            depth_per_cm: self.asymptote - self.minimum,
            equilibrium_angstrom: self.re,
            power,
            coefficients: self.b[..terms.min(self.b.len())].to_vec(),
            terms_inside: None,
        };
        let inside = side(self.power_inside, self.terms_inside);
        let outside = side(self.power_outside, self.b.len());
        let re = self.re;
        Potential::Function(Arc::new(move |r| {
            if r <= re {
                inside.value(r)
            } else {
                outside.value(r)
            }
        }))
    }
}

impl Table {
    fn curve(&self, place: &str, end: End) -> Result<Curve, InputError> {
        Curve::new(place, &self.r, &self.value, Boundary::NotAKnot, (end, end))
    }
}

impl SystemRecord {
    /// The moment \[D\].
    pub fn dipole(&self) -> Result<Dipole, InputError> {
        let place = format!("moment of {}-{}", self.upper, self.lower);
        match (self.arctan, self.crossing, &self.table) {
            (Some(arctan), None, None) => Ok(Dipole::Arctan {
                centre_angstrom: arctan.r0,
                step_debye: arctan.s0,
                steepness_per_angstrom: arctan.k,
            }),
            (None, Some(crossing), None) => {
                Ok(Dipole::Function(Arc::new(move |r| crossing.value(r))))
            }
            (None, None, Some(table)) => Ok(Dipole::Tabulated(table.curve(&place, End::Hold)?)),
            _ => Err(InputError::value(
                place,
                "none or several",
                "one of arctan, crossing and table",
            )),
        }
    }
}
