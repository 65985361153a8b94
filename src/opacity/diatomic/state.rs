//! Rotation-vibration levels of one electronic state.

use nalgebra::{DMatrix, DVector, SymmetricEigen};
use rayon::prelude::*;

use super::ROTATION_U_ANGSTROM2_PER_CM;
use super::potential::Potential;
use crate::constants::SECOND_RADIATION_CM_K;
use crate::error::InputError;

/// Equidistant points on which the radial functions live. They vanish beyond its ends, so both
/// must lie well inside the walls of the potential at the highest energy wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct RadialGrid {
    r_angstrom: Vec<f64>,
}

impl RadialGrid {
    /// `points` from `low_angstrom` to `high_angstrom`, both included.
    ///
    /// # Errors
    /// Ends not positive or not ascending, fewer than ten points.
    pub fn new(low_angstrom: f64, high_angstrom: f64, points: usize) -> Result<Self, InputError> {
        let ordered = low_angstrom > 0.0 && high_angstrom > low_angstrom;
        if !(ordered && high_angstrom.is_finite() && points >= 10) {
            return Err(InputError::value(
                "radial grid",
                format!("{points} points from {low_angstrom} to {high_angstrom} angstrom"),
                "at least ten points between two positive ascending distances",
            ));
        }
        let step = (high_angstrom - low_angstrom) / (points - 1) as f64;
        Ok(Self {
            r_angstrom: (0..points)
                .map(|i| low_angstrom + step * i as f64)
                .collect(),
        })
    }

    /// The points \[Å\].
    pub fn r_angstrom(&self) -> &[f64] {
        &self.r_angstrom
    }

    /// Kinetic energy plus potential for J = 0 in the sinc basis \[cm⁻¹\].
    fn hamiltonian(&self, potential: &Potential, reduced_mass_u: f64) -> DMatrix<f64> {
        let r = &self.r_angstrom;
        let step = r[1] - r[0];
        let scale = ROTATION_U_ANGSTROM2_PER_CM / (reduced_mass_u * step * step);
        DMatrix::from_fn(r.len(), r.len(), |i, k| {
            if i == k {
                return scale * std::f64::consts::PI.powi(2) / 3.0 + potential.value(r[i]);
            }
            let distance = i.abs_diff(k);
            let sign = if distance.is_multiple_of(2) {
                1.0
            } else {
                -1.0
            };
            scale * sign * 2.0 / (distance * distance) as f64
        })
    }
}

/// Which parity components of the levels a state stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    /// Both, with the same energy (Λ doubling neglected).
    Both,
    /// The e levels only (all of ¹Σ⁺).
    E,
    /// The f levels only (all of ¹Σ⁻).
    F,
}

/// Quantum numbers of a state of Hund's case (a), doubled where they can be half-integer, and the
/// rotational energy that goes with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// Λ, zero or positive.
    pub lambda: i32,
    /// 2S.
    pub two_spin: i32,
    /// 2Σ, relative to the sign of Λ. For Λ = 0 the sign does not matter.
    pub two_sigma: i32,
    /// Parity components.
    pub component: Component,
    /// 2(N - J), when the rotational energy is B N(N+1) as in case (b): -1 for the e and +1 for the
    /// f levels of ²Σ⁺. Without it, case (a): B [J(J+1) - Ω² + S(S+1) - Σ²].
    pub two_n_minus_two_j: Option<i32>,
}

impl Term {
    /// ¹Σ⁺ for Λ = 0, ¹Π and so on with both parities otherwise.
    pub const fn singlet(lambda: i32) -> Self {
        Self::case_a(lambda, 0, 0)
    }

    /// A spin component of a multiplet, 2S and 2Σ.
    pub const fn case_a(lambda: i32, two_spin: i32, two_sigma: i32) -> Self {
        let component = if lambda == 0 && two_sigma == 0 {
            Component::E
        } else {
            Component::Both
        };
        Self {
            lambda,
            two_spin,
            two_sigma,
            component,
            two_n_minus_two_j: None,
        }
    }

    /// The e or f levels of ²Σ⁺ with the energies of case (b).
    pub const fn doublet_sigma(component: Component) -> Self {
        let shift = match component {
            Component::Both => None,
            Component::E => Some(-1),
            Component::F => Some(1),
        };
        Self {
            lambda: 0,
            two_spin: 1,
            two_sigma: 1,
            component,
            two_n_minus_two_j: shift,
        }
    }

    /// 2Ω, with its sign relative to Λ.
    pub const fn two_omega(&self) -> i32 {
        2 * self.lambda + self.two_sigma
    }

    /// Parity components that the state stands for, 1 or 2.
    pub const fn components(&self) -> u32 {
        match self.component {
            Component::Both => 2,
            Component::E | Component::F => 1,
        }
    }

    /// Whether the reflected state is the same one: Λ = 0 and Σ = 0.
    pub(super) const fn is_own_mirror(&self) -> bool {
        self.lambda == 0 && self.two_sigma == 0
    }

    /// What multiplies B(r) at a value of 2J.
    fn rotation(&self, two_j: i32) -> f64 {
        if let Some(shift) = self.two_n_minus_two_j {
            let n = f64::from(two_j + shift) / 2.0;
            return n * (n + 1.0);
        }
        let square = |two_m: i32| f64::from(two_m * two_m) / 4.0;
        let product = |two_m: i32| f64::from(two_m) / 2.0 * (f64::from(two_m) / 2.0 + 1.0);
        product(two_j) - square(self.two_omega()) + product(self.two_spin) - square(self.two_sigma)
    }

    /// # Errors
    /// Quantum numbers that do not fit together.
    fn check(&self, name: &str) -> Result<(), InputError> {
        let spins = self.two_spin >= self.two_sigma.abs()
            && (self.two_spin - self.two_sigma) % 2 == 0
            && self.lambda >= 0;
        let single = !self.is_own_mirror() || self.component != Component::Both;
        if spins && single {
            return Ok(());
        }
        Err(InputError::value(
            format!("state {name}"),
            format!("{self:?}"),
            "lambda >= 0, |sigma| <= S in whole steps, one parity where lambda = sigma = 0",
        ))
    }
}

/// What defines the levels of one electronic state or sub-state.
#[derive(Clone, Debug)]
pub struct State {
    /// Name in messages and labels, e.g. `A`.
    pub name: String,
    /// Potential curve.
    pub potential: Potential,
    /// Quantum numbers.
    pub term: Term,
    /// Added to every energy \[cm⁻¹\], e.g. the spin-orbit energy A Λ Σ.
    pub offset_per_cm: f64,
    /// Highest J (J - 1/2 for half-integer J).
    pub j_max: u32,
    /// How many J = 0 functions form the basis of every J.
    pub basis: usize,
    /// Energy above the zero of the potentials up to which levels are kept \[cm⁻¹\].
    pub ceiling_per_cm: f64,
}

impl State {
    /// Solves the radial problem for every J, in parallel over J.
    ///
    /// # Errors
    /// Quantum numbers that do not fit together, a basis larger than the grid, a reduced mass that
    /// is not positive, a potential that is not finite on the grid.
    pub fn solve(&self, grid: &RadialGrid, reduced_mass_u: f64) -> Result<Levels, InputError> {
        self.check(grid, reduced_mass_u)?;
        let solved = SymmetricEigen::new(grid.hamiltonian(&self.potential, reduced_mass_u));
        let order = ascending(&solved.eigenvalues);
        let columns: Vec<_> = order[..self.basis]
            .iter()
            .map(|k| solved.eigenvectors.column(*k).into_owned())
            .collect();
        let functions = DMatrix::from_columns(&columns);
        let origin = DVector::from_iterator(
            self.basis,
            order[..self.basis].iter().map(|k| solved.eigenvalues[*k]),
        );
        let mut weighted = functions.clone();
        for (mut row, r) in weighted.row_iter_mut().zip(&grid.r_angstrom) {
            row *= ROTATION_U_ANGSTROM2_PER_CM / (reduced_mass_u * r * r);
        }
        let rotor = functions.tr_mul(&weighted);
        let parity = self.term.two_omega().rem_euclid(2);
        let blocks = (0..=self.j_max as i32)
            .into_par_iter()
            .map(|step| self.block(2 * step + parity, &origin, &rotor))
            .collect();
        Ok(Levels {
            name: self.name.clone(),
            term: self.term,
            grid: grid.clone(),
            functions,
            blocks,
        })
    }

    /// Levels of one J, none below |Ω|.
    fn block(&self, two_j: i32, origin: &DVector<f64>, rotor: &DMatrix<f64>) -> Block {
        let empty = Block {
            energy_per_cm: Vec::new(),
            vectors: DMatrix::zeros(self.basis, 0),
        };
        let n_exists = two_j + self.term.two_n_minus_two_j.unwrap_or(0) >= 0;
        if two_j < self.term.two_omega().abs() || !n_exists {
            return empty;
        }
        let mut matrix = rotor * self.term.rotation(two_j);
        for (k, energy) in origin.iter().enumerate() {
            matrix[(k, k)] += energy;
        }
        let solved = SymmetricEigen::new(matrix);
        let order: Vec<usize> = ascending(&solved.eigenvalues)
            .into_iter()
            .filter(|k| solved.eigenvalues[*k] + self.offset_per_cm < self.ceiling_per_cm)
            .collect();
        if order.is_empty() {
            return empty;
        }
        let columns: Vec<_> = order
            .iter()
            .map(|k| solved.eigenvectors.column(*k).into_owned())
            .collect();
        Block {
            energy_per_cm: order
                .iter()
                .map(|k| solved.eigenvalues[*k] + self.offset_per_cm)
                .collect(),
            vectors: DMatrix::from_columns(&columns),
        }
    }

    fn check(&self, grid: &RadialGrid, reduced_mass_u: f64) -> Result<(), InputError> {
        self.term.check(&self.name)?;
        let points = grid.r_angstrom.len();
        if self.basis == 0 || self.basis > points {
            return Err(InputError::value(
                format!("state {}", self.name),
                format!("{} basis functions", self.basis),
                format!("1 to {points}, the points of the grid"),
            ));
        }
        if !(reduced_mass_u > 0.0 && reduced_mass_u.is_finite()) {
            return Err(InputError::value(
                format!("state {}", self.name),
                format!("reduced mass {reduced_mass_u} u"),
                "a positive mass",
            ));
        }
        let wild = grid
            .r_angstrom
            .iter()
            .find(|r| !self.potential.value(**r).is_finite());
        match wild {
            Some(r) => Err(InputError::value(
                format!("state {}", self.name),
                format!("V = {} cm-1 at {r} angstrom", self.potential.value(*r)),
                "a finite potential on the whole grid",
            )),
            None => Ok(()),
        }
    }
}

/// Indices of the eigenvalues, lowest first.
fn ascending(eigenvalues: &DVector<f64>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..eigenvalues.len()).collect();
    order.sort_by(|a, b| eigenvalues[*a].total_cmp(&eigenvalues[*b]));
    order
}

/// Levels of one J.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Energies \[cm⁻¹\], ascending: index v for a single well.
    pub energy_per_cm: Vec<f64>,
    /// Columns: the levels in the basis of J = 0 functions.
    pub vectors: DMatrix<f64>,
}

/// Levels of one electronic state with their radial functions.
#[derive(Clone, Debug)]
pub struct Levels {
    pub(super) name: String,
    pub(super) term: Term,
    pub(super) grid: RadialGrid,
    /// Columns: the basis functions on the grid.
    pub(super) functions: DMatrix<f64>,
    /// One block for each J, from 0 or 1/2 on.
    pub(super) blocks: Vec<Block>,
}

impl Levels {
    /// Name of the state.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Quantum numbers of the state.
    pub fn term(&self) -> &Term {
        &self.term
    }

    /// 2J of a block.
    pub(super) fn two_j(&self, block: usize) -> i32 {
        2 * block as i32 + self.term.two_omega().rem_euclid(2)
    }

    /// Block of a value of 2J.
    pub(super) fn block(&self, two_j: i32) -> Option<(usize, &Block)> {
        let parity = self.term.two_omega().rem_euclid(2);
        if two_j < 0 || two_j.rem_euclid(2) != parity {
            return None;
        }
        let index = (two_j / 2) as usize;
        self.blocks.get(index).map(|block| (index, block))
    }

    /// Energy of the level (v, 2J) above the zero of the potentials \[cm⁻¹\].
    pub fn energy_per_cm(&self, v: usize, two_j: i32) -> Option<f64> {
        self.block(two_j)
            .and_then(|(_, block)| block.energy_per_cm.get(v).copied())
    }

    /// Lowest energy \[cm⁻¹\], infinite if the ceiling leaves no level.
    pub fn lowest_per_cm(&self) -> f64 {
        self.blocks
            .iter()
            .flat_map(|block| block.energy_per_cm.first())
            .fold(f64::INFINITY, |low, energy| low.min(*energy))
    }

    /// Number of levels, a parity pair counted once.
    pub fn len(&self) -> usize {
        self.blocks.iter().map(|b| b.energy_per_cm.len()).sum()
    }

    /// Whether the ceiling leaves no level.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Statistical weight of a level: parity components times 2J+1.
    pub fn degeneracy(&self, two_j: i32) -> f64 {
        f64::from(self.term.components()) * f64::from(two_j + 1)
    }

    /// Part of the partition function, Σ g exp(-c₂(E - zero)/T), temperature in K.
    pub fn partition(&self, temperature_k: f64, zero_per_cm: f64) -> f64 {
        let beta = SECOND_RADIATION_CM_K / temperature_k;
        self.blocks
            .iter()
            .enumerate()
            .map(|(index, block)| {
                let sum: f64 = block
                    .energy_per_cm
                    .iter()
                    .map(|energy| (-beta * (energy - zero_per_cm)).exp())
                    .sum();
                self.degeneracy(self.two_j(index)) * sum
            })
            .sum()
    }
}
