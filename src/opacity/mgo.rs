//! MgO: X¹Σ⁺, A¹Π and B¹Σ⁺ with all systems between them.
//!
//! The main absorber of the middle infrared is not the vibration of X but the electronic system
//! A-X, whose upper state lies only 3500 cm⁻¹ up. Transition moments are SA-CASSCF (own
//! calculations; lifetime of B 20.6 ns, measured 21.5 ± 1.8, 22.5 ± 1.5 and 32.7 ± 1.7 ns: review in
//! Li et al. 2019, MNRAS 486, 2351). The triplets are a separate generator; they share the
//! partition function and the energy zero of this one ([`Model::recipe`]).

use serde::Deserialize;

use super::diatomic::isotope::{MAGNESIUM, mean_molar_mass_g_mol};
use super::diatomic::{
    Curve, Dipole, EmoRecord, Isotopologue, Levels, PRESSURE_HALF_WIDTH_PER_CM_BAR,
    PRESSURE_WIDTH_EXPONENT, Potential, RadialGrid, Recipe, State, System, Term,
    WING_CUTOFF_PER_CM, line_list, parse_data,
};
use super::mgo_triplet::{self, Triplets};
use super::molecular_partition::barklem_collet;
use super::partition::PartitionFunction;
use super::provenance::{Provenance, Tier};
use super::source::LineGas;
use crate::constants::SECOND_RADIATION_CM_K;
use crate::error::InputError;

/// Largest |Δv| within X and within A: beyond, the moments are noise of the splined dipoles.
const MAX_DELTA_V: usize = 4;

/// Shape of the potentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Potentials {
    /// NEVPT2 curves shifted and scaled to the measured Tₑ, rₑ and ωₑ; their ωₑxₑ is too small.
    AbInitio,
    /// Extended Morse curves through the measured constants: better positions for v ≤ 6.
    Emo,
}

/// Source of Q(T).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Partition {
    /// Own levels of X, A, B, a³Π and b³Σ⁺.
    Levels,
    /// Barklem & Collet (2016), for ²⁴MgO; other isotopologues by their reduced mass. Equal to the
    /// levels at 3000 K, 7 % above them at 1500 K: the table puts a³Π at 2400 cm⁻¹, measured at 2623.
    BarklemCollet,
    /// Own levels of X, A, B and constants of a³Π with classical rotation (5 % lower at 3000 K).
    Singlets,
}

/// What may be chosen.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Shape of the potentials.
    pub potentials: Potentials,
    /// Source of Q(T).
    pub partition: Partition,
    /// All isotopes of magnesium, or ²⁴Mg alone standing for the whole gas.
    pub isotopologues: bool,
    /// Lines that stay below this at 1000, 2500, 4500 and 6000 K are left out \[cm per molecule of
    /// the gas\].
    pub floor_cm: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            potentials: Potentials::Emo,
            partition: Partition::Levels,
            isotopologues: true,
            floor_cm: 1e-28,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    x: EmoRecord,
    a: EmoRecord,
    b: EmoRecord,
    triplet: TripletSum,
}

/// Constants of a³Π for the sum over states.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TripletSum {
    #[allow(dead_code, reason = "read by the test of the data files")]
    tier: Tier,
    #[allow(dead_code, reason = "read by the test of the data files")]
    citation: String,
    weight: f64,
    minimum_per_cm: f64,
    we_per_cm: f64,
    wexe_per_cm: f64,
    be_per_cm: f64,
    vibrations: u32,
}

impl TripletSum {
    /// The constants of ²⁴MgO for a reduced mass that is larger by a factor.
    fn scaled(mut self, heavier: f64) -> Self {
        self.we_per_cm /= heavier.sqrt();
        self.wexe_per_cm /= heavier;
        self.be_per_cm /= heavier;
        self
    }

    /// Vibrations summed, rotation classical.
    fn partition(&self, temperature_k: f64, zero_per_cm: f64) -> f64 {
        let beta = SECOND_RADIATION_CM_K / temperature_k;
        let vibration: f64 = (0..self.vibrations)
            .map(|v| {
                let half = f64::from(v) + 0.5;
                let energy =
                    self.minimum_per_cm + half * (self.we_per_cm - self.wexe_per_cm * half);
                (-beta * (energy - zero_per_cm)).exp()
            })
            .sum();
        self.weight * vibration / (beta * self.be_per_cm)
    }
}

/// The singlet states of one isotopologue.
#[derive(Clone, Debug)]
pub struct Model {
    isotopologue: Isotopologue,
    /// X¹Σ⁺.
    pub x: Levels,
    /// A¹Π.
    pub a: Levels,
    /// B¹Σ⁺.
    pub b: Levels,
    triplet: TripletSum,
    moments: Moments,
}

#[derive(Clone, Debug)]
struct Moments {
    x: Dipole,
    a: Dipole,
    ax: Dipole,
    bx: Dipole,
    ba: Dipole,
}

impl Moments {
    fn read() -> Result<Self, InputError> {
        let table = |place: &str, text| Curve::from_csv(place, text).map(Dipole::Tabulated);
        Ok(Self {
            x: table("mgo/x_dipole.csv", include_str!("data/mgo/x_dipole.csv"))?,
            a: table("mgo/a_dipole.csv", include_str!("data/mgo/a_dipole.csv"))?,
            ax: table("mgo/ax_moment.csv", include_str!("data/mgo/ax_moment.csv"))?,
            bx: table("mgo/bx_moment.csv", include_str!("data/mgo/bx_moment.csv"))?,
            ba: table("mgo/ba_moment.csv", include_str!("data/mgo/ba_moment.csv"))?,
        })
    }
}

impl Model {
    /// Solves the states of one isotopologue.
    ///
    /// # Errors
    /// Only if the data of the crate were damaged.
    pub fn solve(isotopologue: Isotopologue, potentials: Potentials) -> Result<Self, InputError> {
        let data: Data = parse_data("data/mgo/mgo.toml", include_str!("data/mgo/mgo.toml"))?;
        let grid = RadialGrid::new(1.30, 3.6, 420)?;
        let mass = isotopologue.reduced_mass_u();
        let state = |name: &str, record: &EmoRecord, table, lambda, (j_max, basis, ceiling)| {
            State {
                name: name.into(),
                potential: match potentials {
                    Potentials::Emo => record.into(),
                    Potentials::AbInitio => Potential::Tabulated(Curve::from_csv(name, table)?),
                },
                term: Term::singlet(lambda),
                offset_per_cm: 0.0,
                j_max,
                basis,
                ceiling_per_cm: ceiling,
            }
            .solve(&grid, mass)
        };
        let low = (230, 60, 26_000.0);
        let high = (200, 45, 40_000.0);
        Ok(Self {
            isotopologue,
            x: state(
                "X",
                &data.x,
                include_str!("data/mgo/x_potential.csv"),
                0,
                low,
            )?,
            a: state(
                "A",
                &data.a,
                include_str!("data/mgo/a_potential.csv"),
                1,
                low,
            )?,
            b: state(
                "B",
                &data.b,
                include_str!("data/mgo/b_potential.csv"),
                0,
                high,
            )?,
            triplet: data.triplet.scaled(heavier_than_main(&isotopologue)),
            moments: Moments::read()?,
        })
    }

    /// The systems X-X, A-A, A-X, X-A (X levels above those of A), B-X and B-A.
    ///
    /// # Errors
    /// None with the states of this model.
    pub fn systems(&self) -> Result<Vec<System<'_>>, InputError> {
        let (x, a, b, m) = (&self.x, &self.a, &self.b, &self.moments);
        Ok(vec![
            System::new("X-X", x, x, &m.x)?.with_max_delta_v(MAX_DELTA_V),
            System::new("A-A", a, a, &m.a)?.with_max_delta_v(MAX_DELTA_V),
            System::new("A-X", a, x, &m.ax)?,
            System::new("X-A", x, a, &m.ax)?,
            System::new("B-X", b, x, &m.bx)?,
            System::new("B-A", b, a, &m.ba)?,
        ])
    }

    /// Energy of the lowest level above the minimum of X \[cm⁻¹\]: zero of the partition function.
    pub fn zero_per_cm(&self) -> f64 {
        self.x.lowest_per_cm()
    }

    /// Q of the isotopologue from the source chosen; `triplets` are of the same isotopologue.
    ///
    /// # Errors
    /// A partition function that leaves the positive numbers.
    pub fn partition(
        &self,
        source: Partition,
        triplets: &Triplets,
    ) -> Result<PartitionFunction, InputError> {
        match source {
            Partition::Levels => {
                let zero = self.zero_per_cm();
                PartitionFunction::sampled(|t| {
                    self.partition_of_singlets(t) + triplets.partition(t, zero)
                })
            }
            Partition::BarklemCollet => self.tabulated_partition(),
            Partition::Singlets => PartitionFunction::sampled(|t| self.partition_of_levels(t)),
        }
    }

    /// Share of X, A and B in Q.
    fn partition_of_singlets(&self, temperature_k: f64) -> f64 {
        let zero = self.zero_per_cm();
        [&self.x, &self.a, &self.b]
            .map(|levels| levels.partition(temperature_k, zero))
            .iter()
            .sum()
    }

    /// Q from the levels of X, A, B and the constants of a³Π, temperature in K.
    pub fn partition_of_levels(&self, temperature_k: f64) -> f64 {
        self.triplet.partition(temperature_k, self.zero_per_cm())
            + self.partition_of_singlets(temperature_k)
    }

    /// What a list of this isotopologue needs; also for the triplet system, whose potentials count
    /// from the minimum of X.
    pub fn recipe(&self, label: &str, floor_cm: f64, partition: PartitionFunction) -> Recipe {
        Recipe {
            label: format!("{}{label}", self.isotopologue.label()),
            molar_mass_g_mol: self.isotopologue.molar_mass_g_mol(),
            abundance: self.isotopologue.abundance,
            partition,
            zero_per_cm: self.zero_per_cm(),
            floor_cm: floor_cm / self.isotopologue.abundance,
            half_width_per_cm_bar: PRESSURE_HALF_WIDTH_PER_CM_BAR,
            width_exponent: PRESSURE_WIDTH_EXPONENT,
        }
    }

    /// Barklem & Collet, times the ratio that the reduced mass gives.
    fn tabulated_partition(&self) -> Result<PartitionFunction, InputError> {
        let Some(table) = barklem_collet("MgO") else {
            return Err(InputError::value(
                "partition functions of diatomic molecules",
                "no MgO",
                "a row of MgO",
            ));
        };
        PartitionFunction::sampled(|t| self.mass_ratio(t) * table.value(t))
    }

    /// Q over that of ²⁴MgO for a rigid rotor and a harmonic oscillator with the frequency of a³Π,
    /// which holds most of the population.
    fn mass_ratio(&self, temperature_k: f64) -> f64 {
        let heavier = heavier_than_main(&self.isotopologue);
        let quantum = SECOND_RADIATION_CM_K / temperature_k * self.triplet.we_per_cm;
        heavier * (-quantum * heavier.sqrt()).exp_m1() / (-quantum).exp_m1()
    }
}

/// Reduced mass over that of ²⁴MgO.
fn heavier_than_main(isotopologue: &Isotopologue) -> f64 {
    let main = Isotopologue::oxides(&MAGNESIUM, false)[0];
    isotopologue.reduced_mass_u() / main.reduced_mass_u()
}

/// Lines of the singlet systems of MgO.
///
/// # Errors
/// Options out of range.
pub fn lines(options: &Options) -> Result<LineGas, InputError> {
    if options.floor_cm.is_nan() || options.floor_cm < 0.0 {
        return Err(InputError::value(
            "MgO, floor_cm",
            options.floor_cm,
            "zero or a positive strength in cm",
        ));
    }
    let isotopologues = Isotopologue::oxides(&MAGNESIUM, options.isotopologues);
    let mut lists = Vec::new();
    for isotopologue in &isotopologues {
        let model = Model::solve(*isotopologue, options.potentials)?;
        let triplets = Triplets::of(*isotopologue)?;
        let partition = model.partition(options.partition, &triplets)?;
        let recipe = model.recipe("", options.floor_cm, partition.clone());
        lists.push(line_list(recipe, &model.systems()?));
        lists.extend(mgo_triplet::lists(
            &model,
            &triplets,
            *isotopologue,
            options.floor_cm,
            &partition,
        )?);
    }
    Ok(LineGas {
        gas: "MgO".into(),
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
            "own SA-CASSCF(6e,10o)/NEVPT2 curves and transition moments".into(),
            "Huber & Herzberg (1979), Constants of Diatomic Molecules".into(),
            "Barklem & Collet (2016), A&A 588, A96".into(),
        ],
        method: format!(
            "levels and lines of X, A, B from potentials ({:?}) and moments; Q: {:?}",
            options.potentials, options.partition
        ),
        caveat: "A-X 25 % in strength, B-X 10 %; single bins at R = 200 up to 50 % at band heads; \
                 30 % beyond 9 um and around 1 and 8 um; b3Sigma+-a3Pi a factor 1.6; \
                 0.36 to 0.41 um (c-a, d-a, C-A, D-A) 30 %; nothing sound below 0.36 um \
                 (e, E, F, G states absent)"
            .into(),
    }
}

#[cfg(test)]
mod tests;
