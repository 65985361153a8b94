//! Triplet states of MgO: the a³Π rotation-vibration band, b³Σ⁺–a³Π in the near infrared, and the
//! near-ultraviolet systems c³Σ⁺–a³Π and d³Δ–a³Π with their singlet twins C¹Σ⁻–A¹Π and D¹Δ–A¹Π.
//!
//! More than half of the MgO molecules at 2500 K are in a³Π (Tₑ 2623 cm⁻¹). Spin-forbidden bands to
//! the singlets are left out.
//!
//! # Model
//! Hund's case (a) sub-bands. a³Π is split by A Λ Σ with A = -64 cm⁻¹ (Ikeda et al. 1977), d³Δ is
//! given the same splitting (the hole in the 2pπ shell of oxygen makes both), b and c none.
//! Λ doubling, spin-spin and spin-rotation terms are neglected. Potentials and moments are the
//! files in `data/curves_mgo_triplet/`, whose `PROVENANCE.md` tells how good they are.

use super::diatomic::{
    Component, Curve, Dipole, EmoRecord, End, Isotopologue, Levels, RadialGrid, State, System,
    Term, line_list, parse_data,
};
use super::line::LineList;
use super::mgo::Model;
use super::partition::PartitionFunction;
use crate::error::InputError;

/// Spin-orbit constant of a³Π \[cm⁻¹\], energy A Λ Σ (Ikeda, Wong, Harris & Field 1977, J. Mol.
/// Spectrosc. 68, 452: -64 ± 1).
const SPIN_ORBIT_PER_CM: f64 = -64.0;
/// 2Σ of the components of a triplet Π or Δ.
const TWO_SIGMA: [i32; 3] = [-2, 0, 2];
const CURVES: &str = include_str!("data/curves_mgo_triplet/mgo_triplet.toml");

/// Name and text of an embedded table.
type Table = (&'static str, &'static str);
const A_DIPOLE: Table = (
    "a_dipole.csv",
    include_str!("data/curves_mgo_triplet/a_dipole.csv"),
);
const B_A: Table = (
    "b_a_moment.csv",
    include_str!("data/curves_mgo_triplet/b_a_moment.csv"),
);
const C_A: Table = (
    "c_a_moment.csv",
    include_str!("data/curves_mgo_triplet/c_a_moment.csv"),
);
const D_A: Table = (
    "d_a_moment.csv",
    include_str!("data/curves_mgo_triplet/d_a_moment.csv"),
);
const SINGLET_C_A: Table = (
    "singlet_c_a_moment.csv",
    include_str!("data/curves_mgo_triplet/singlet_c_a_moment.csv"),
);
const SINGLET_D_A: Table = (
    "singlet_d_a_moment.csv",
    include_str!("data/curves_mgo_triplet/singlet_d_a_moment.csv"),
);

/// Potentials of the data file.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Curves {
    a: EmoRecord,
    b: EmoRecord,
    c: EmoRecord,
    d: EmoRecord,
    singlet_c: EmoRecord,
    singlet_d: EmoRecord,
}

impl Curves {
    fn read() -> Result<Self, InputError> {
        parse_data("data/curves_mgo_triplet/mgo_triplet.toml", CURVES)
    }
}

/// Size of the calculation, shared by all states.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// Highest J.
    pub j_max: u32,
    /// J = 0 functions that make the basis of every J.
    pub basis: usize,
    /// Highest energy of a level of a³Π \[cm⁻¹ above the minimum of X\].
    pub lower_ceiling_per_cm: f64,
}

impl Default for Size {
    /// J up to 230, 45 functions, a³Π up to 22 000 cm⁻¹: its dissociation limit (21 645 + 390).
    fn default() -> Self {
        Self {
            j_max: 230,
            basis: 45,
            lower_ceiling_per_cm: 22_000.0,
        }
    }
}

/// Height above the minimum of an upper state to which its levels are kept \[cm⁻¹\].
const UPPER_SPAN_PER_CM: f64 = 16_000.0;

/// Levels of the triplets a, b, c, d, by Ω component.
#[derive(Clone, Debug)]
pub struct Triplets {
    a: Vec<Levels>,
    b: Vec<Levels>,
    c: Vec<Levels>,
    d: Vec<Levels>,
}

impl Triplets {
    /// The states of an isotopologue at their full size.
    ///
    /// # Errors
    /// As [`Triplets::solve`].
    pub fn of(isotopologue: Isotopologue) -> Result<Self, InputError> {
        Self::solve(&own_grid()?, isotopologue.reduced_mass_u(), Size::default())
    }

    /// Solves all states of an isotopologue of MgO. Energies count from the minimum of X¹Σ⁺.
    ///
    /// # Errors
    /// As [`State::solve`]; an embedded file that cannot be read.
    pub fn solve(grid: &RadialGrid, reduced_mass_u: f64, size: Size) -> Result<Self, InputError> {
        let curves = Curves::read()?;
        let solve = |name: &str, entry: &EmoRecord, term: Term, ceiling_per_cm: f64| {
            let split = f64::from(term.lambda.min(1) * term.two_sigma) / 2.0;
            State {
                name: name.into(),
                potential: entry.into(),
                term,
                offset_per_cm: SPIN_ORBIT_PER_CM * split,
                j_max: size.j_max,
                basis: size.basis,
                ceiling_per_cm,
            }
            .solve(grid, reduced_mass_u)
        };
        let split = |name: &str, entry: &EmoRecord, lambda: i32, ceiling: f64| {
            TWO_SIGMA
                .iter()
                .map(|s| solve(name, entry, Term::case_a(lambda, 2, *s), ceiling))
                .collect::<Result<Vec<_>, _>>()
        };
        // A triplet sigma state: the component with sigma = 0, then that with |sigma| = 1.
        let sigma = |name: &str, entry: &EmoRecord, ceiling: f64| {
            [0, 2]
                .iter()
                .map(|s| solve(name, entry, Term::case_a(0, 2, *s), ceiling))
                .collect::<Result<Vec<_>, _>>()
        };
        let top = |entry: &EmoRecord| entry.minimum_per_cm + UPPER_SPAN_PER_CM;
        Ok(Self {
            a: split("a", &curves.a, 1, size.lower_ceiling_per_cm)?,
            b: sigma("b", &curves.b, top(&curves.b))?,
            c: sigma("c", &curves.c, top(&curves.c))?,
            d: split("d", &curves.d, 2, top(&curves.d))?,
        })
    }

    /// Share of a³Π and b³Σ⁺ in the partition function, energies counted from `zero_per_cm` above
    /// the minimum of X (statistical weights 2S+1 and parity included, no nuclear spin).
    pub fn partition(&self, temperature_k: f64, zero_per_cm: f64) -> f64 {
        self.a
            .iter()
            .chain(&self.b)
            .map(|levels| levels.partition(temperature_k, zero_per_cm))
            .sum()
    }

    /// a–a: rotation and vibration within each component of a³Π.
    ///
    /// # Errors
    /// An embedded file that cannot be read.
    pub fn vibration(&self) -> Result<Vec<System<'_>>, InputError> {
        let dipole = moment(A_DIPOLE, End::Linear)?;
        self.a
            .iter()
            .map(|a| Ok(System::new("a-a", a, a, &dipole)?.with_max_delta_v(HIGHEST_OVERTONE)))
            .collect()
    }

    /// b–a, in the near infrared.
    ///
    /// # Errors
    /// As [`Triplets::vibration`].
    pub fn near_infrared(&self) -> Result<Vec<System<'_>>, InputError> {
        let systems = self.to_a_pi("b-a", &self.b, &moment(B_A, End::Hold)?)?;
        Ok(scaled(systems, NEAR_INFRARED_STRENGTH))
    }

    /// c–a and d–a, near 0.37 to 0.39 µm.
    ///
    /// # Errors
    /// As [`Triplets::vibration`].
    pub fn near_ultraviolet(&self) -> Result<Vec<System<'_>>, InputError> {
        let mut systems = self.to_a_pi("c-a", &self.c, &moment(C_A, End::Hold)?)?;
        let dipole = moment(D_A, End::Hold)?;
        for (d, a) in self.d.iter().zip(&self.a) {
            systems.push(System::new("d-a", d, a, &dipole)?);
        }
        Ok(scaled(systems, ULTRAVIOLET_STRENGTH))
    }

    /// Sub-bands between a triplet Σ state (Σ = 0 first) and a³Π.
    fn to_a_pi<'a>(
        &'a self,
        name: &str,
        sigma: &'a [Levels],
        dipole: &Dipole,
    ) -> Result<Vec<System<'a>>, InputError> {
        self.a
            .iter()
            .map(|a| {
                let upper = &sigma[usize::from(a.term().two_sigma != 0)];
                System::new(name, upper, a, dipole)
            })
            .collect()
    }
}

/// Levels of C¹Σ⁻ and D¹Δ.
#[derive(Clone, Debug)]
pub struct UltravioletSinglets {
    c: Levels,
    d: Levels,
}

impl UltravioletSinglets {
    /// Solves both states of an isotopologue of MgO. Energies count from the minimum of X¹Σ⁺.
    ///
    /// # Errors
    /// As [`Triplets::solve`].
    pub fn solve(grid: &RadialGrid, reduced_mass_u: f64, size: Size) -> Result<Self, InputError> {
        let curves = Curves::read()?;
        let solve = |name: &str, entry: &EmoRecord, term: Term| {
            State {
                name: name.into(),
                potential: entry.into(),
                term,
                offset_per_cm: 0.0,
                j_max: size.j_max,
                basis: size.basis,
                ceiling_per_cm: entry.minimum_per_cm + UPPER_SPAN_PER_CM,
            }
            .solve(grid, reduced_mass_u)
        };
        let sigma_minus = Term {
            component: Component::F,
            ..Term::singlet(0)
        };
        Ok(Self {
            c: solve("C", &curves.singlet_c, sigma_minus)?,
            d: solve("D", &curves.singlet_d, Term::singlet(2))?,
        })
    }

    /// C–A and D–A, given the levels of A¹Π on the same grid.
    ///
    /// # Errors
    /// Levels of another grid or of a state that is not ¹Π.
    pub fn systems<'a>(&'a self, a_pi: &'a Levels) -> Result<[System<'a>; 2], InputError> {
        let c = System::new("C-A", &self.c, a_pi, &moment(SINGLET_C_A, End::Hold)?)?;
        let d = System::new("D-A", &self.d, a_pi, &moment(SINGLET_D_A, End::Hold)?)?;
        Ok([c, d].map(|system| system.scaled(ULTRAVIOLET_STRENGTH)))
    }
}

/// Lists of one isotopologue, to stand beside that of the singlets: a-a with b-a, and the near
/// ultraviolet with C-A and D-A. They share the partition function and the energy zero of `model`.
///
/// # Errors
/// As [`Triplets::solve`].
pub fn lists(
    model: &Model,
    triplets: &Triplets,
    isotopologue: Isotopologue,
    floor_cm: f64,
    partition: &PartitionFunction,
) -> Result<[LineList; 2], InputError> {
    let mass = isotopologue.reduced_mass_u();
    let singlets = UltravioletSinglets::solve(model.a.grid(), mass, Size::default())?;
    let mut infrared = triplets.vibration()?;
    infrared.extend(triplets.near_infrared()?);
    let mut ultraviolet = triplets.near_ultraviolet()?;
    ultraviolet.extend(singlets.systems(&model.a)?);
    let recipe =
        |label: &str, least_cm: f64| model.recipe(label, floor_cm.max(least_cm), partition.clone());
    Ok([
        line_list(recipe(" triplets", INFRARED_FLOOR_CM), &infrared),
        line_list(
            recipe(" near ultraviolet", ULTRAVIOLET_FLOOR_CM),
            &ultraviolet,
        ),
    ])
}

/// Grid of the triplets: 0.0106 Å resolves every level up to 100 000 cm⁻¹ above the minimum.
fn own_grid() -> Result<RadialGrid, InputError> {
    RadialGrid::new(1.30, 3.40, 200)
}

/// Least strength of a line of a-a and b-a \[cm\], whatever the floor of the gas; 1e-5 of the total
/// at 2500 K is lost.
const INFRARED_FLOOR_CM: f64 = 1e-25;

/// The same for the near ultraviolet: its strong systems would have millions of lines without.
const ULTRAVIOLET_FLOOR_CM: f64 = 1e-21;

/// What the strength of b-a is multiplied with: the moment of the file is 0.21 D at 1.75 Å, a larger
/// active space gives 0.26 and orbitals averaged over a, b, c, d 0.33 D. The mean, squared.
const NEAR_INFRARED_STRENGTH: f64 = 1.6;

/// The same for the near ultraviolet (d-a: 2.66, 2.71 and 3.30 D).
const ULTRAVIOLET_STRENGTH: f64 = 1.17;

/// Largest change of v kept in a–a: the calculated dipole is not smooth enough for more.
const HIGHEST_OVERTONE: usize = 4;

fn scaled(systems: Vec<System<'_>>, factor: f64) -> Vec<System<'_>> {
    systems.into_iter().map(|s| s.scaled(factor)).collect()
}

/// A moment from an embedded table, held below its first distance.
fn moment((place, text): Table, high: End) -> Result<Dipole, InputError> {
    let curve = Curve::from_csv(place, text)?.with_ends(End::Hold, high);
    Ok(Dipole::Tabulated(curve))
}

#[cfg(test)]
mod tests;
