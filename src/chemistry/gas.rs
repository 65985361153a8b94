//! Equilibrium of an ideal gas: element abundances, temperature and pressure give the mole
//! fraction of every species, ions and electrons included.
//!
//! Conserved are the elements and the charge. Everything is in natural logarithms, so no species
//! is too rare. A solve starts warm from the last solution in its workspace, cold from a linear
//! programme, and, should the Newton iteration fail, from a nested convex minimisation that
//! cannot; nothing is allocated. A solve that does not converge is an error with its inputs and
//! residuals, never a number.
//!
//! With FastChem's constants ([`fastchem`]) the mole fractions are FastChem's to 3e-5 dex, and to
//! 2e-7 dex where FastChem is told to converge tightly (its default leaves a gas with nearly all O in
//! SiO off by up to 0.011 dex). What the NASA-9 constants change against FastChem's stands per
//! species in `tests/data/nasa9_minus_fastchem.csv`; the largest differences of log10 K at 2000 K
//! among gases that matter above magma:
//!
//! | SiO2 | AlO2 | AlO2⁻ | Al2O2 | NaO | KO | CaO | AlOH | MgOH | CaOH | SiH3 | MgS | SiN |
//! |---|---|---|---|---|---|---|---|---|---|---|---|---|
//! | +0.44 | -0.28 | -1.24 | +0.68 | -0.58 | +0.32 | +0.16 | +1.10 | -0.44 | -0.32 | -1.37 | +2.36 | -0.64 |
//!
//! ```
//! use magmaret::chemistry::gas::GasSystem;
//! use magmaret::species::{Element, GasSet, Ions, MgoGas};
//!
//! let set = GasSet::for_elements(&[Element::O, Element::Si], Ions::Include, MgoGas::default())?;
//! let system = GasSystem::new(set)?;
//! let mut workspace = system.workspace();
//! system.solve(&[2.0, 1.0], 2500.0, 1e-3, &mut workspace)?;
//! let sio = system.set().index_of("SiO").unwrap();
//! assert!(workspace.ln_mole_fractions()[sio].exp() > 0.3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod abundances;
mod basis;
mod condensation;
mod convex;
pub mod fastchem;
mod linear;
mod newton;
mod sensitivity;
pub mod speciate;
mod start;
mod workspace;

pub use condensation::{Condensates, Supersaturation};
pub use workspace::GasWorkspace;

use thiserror::Error;

use crate::error::InputError;
use crate::species::{Element, GasSet};

/// Lowest and highest temperature that a solve accepts \[K\]. The data's own range is narrower:
/// see [`GasSet::in_range`].
pub const TEMPERATURE_RANGE_K: (f64, f64) = (200.0, 20_000.0);
/// Lowest and highest pressure that a solve accepts \[bar\].
pub const PRESSURE_RANGE_BAR: (f64, f64) = (1e-20, 1e6);

/// Share of the commonest element below which an element may be left out of a gas that is not found with
/// it: none of its gases would be seen.
const TRACE: f64 = 1e-12;

const WARM_ITERATIONS: u32 = 25;
const COLD_ITERATIONS: u32 = 100;

/// Why there is no solution.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum GasError {
    /// The inputs cannot be meant.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The iteration did not converge: everything needed to repeat it.
    #[error(
        "gas equilibrium did not converge at T = {temperature_k} K, p = {pressure_bar:e} bar after \
         {iterations} iterations: {worst_quantity} off by {conservation_residual:.2e}, sum of mole \
         fractions by {pressure_residual:.2e}; abundances {abundances:?}"
    )]
    NotConverged {
        /// Temperature \[K\].
        temperature_k: f64,
        /// Pressure \[bar\].
        pressure_bar: f64,
        /// Iterations of every stage.
        iterations: u32,
        /// Element (or `charge`) that is conserved worst.
        worst_quantity: String,
        /// Its relative violation.
        conservation_residual: f64,
        /// Σ x - 1.
        pressure_residual: f64,
        /// Abundances as given.
        abundances: Vec<(Element, f64)>,
    },
}

/// From where a solve started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// From the last solution of the workspace.
    Warm,
    /// From the linear programme.
    Cold,
    /// From the convex minimisation.
    Convex,
}

/// How a solve went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convergence {
    /// Where it started in the end.
    pub start: Start,
    /// Iterations of every stage.
    pub iterations: u32,
}

/// A set of gas species prepared for equilibrium solves.
#[derive(Clone, Debug)]
pub struct GasSystem {
    set: GasSet,
    /// Index of the free atom per element of the set.
    atoms: Vec<usize>,
    /// Index of the electron.
    electron: Option<usize>,
}

impl GasSystem {
    /// Prepares a set. It must hold the free atom of each of its elements, and the electron if it
    /// holds ions.
    ///
    /// # Errors
    /// A missing atom or electron.
    pub fn new(set: GasSet) -> Result<Self, InputError> {
        let bare = |charge: i8, element: Option<Element>| {
            (0..set.len()).find(|&s| {
                let formula = set.formula(s);
                let atoms = formula.counts();
                formula.charge() == charge
                    && match element {
                        Some(element) => atoms == [(element, 1.0)],
                        None => atoms.is_empty(),
                    }
            })
        };
        let mut atoms = Vec::new();
        for &element in set.elements() {
            atoms.push(bare(0, Some(element)).ok_or_else(|| {
                InputError::value("gas species", format!("no free {element}"), "every atom")
            })?);
        }
        let electron = bare(-1, None);
        let ions = set.charges().iter().any(|charge| *charge != 0.0);
        if ions && electron.is_none() {
            return Err(InputError::value(
                "gas species",
                "ions without `e-`",
                "the electron among them",
            ));
        }
        Ok(Self {
            set,
            atoms,
            electron,
        })
    }

    /// The species.
    pub const fn set(&self) -> &GasSet {
        &self.set
    }

    /// Working memory for one thread.
    pub fn workspace(&self) -> GasWorkspace {
        GasWorkspace::new(self)
    }

    /// Solves for the mole fractions; they stay in the workspace
    /// ([`GasWorkspace::ln_mole_fractions`]).
    ///
    /// `abundances`: atoms per element in the order of [`GasSet::elements`], any common scale;
    /// zero removes the element.
    ///
    /// Starts warm if the workspace holds a solution for the same elements. A gas that is not found is tried
    /// again without the elements of which there is less than 1e-12 of the commonest.
    ///
    /// # Errors
    /// [`GasError::Input`]: abundances negative, all zero or not one per element; temperature or
    /// pressure outside [`TEMPERATURE_RANGE_K`], [`PRESSURE_RANGE_BAR`].
    /// [`GasError::NotConverged`].
    pub fn solve(
        &self,
        abundances: &[f64],
        t_k: f64,
        p_bar: f64,
        workspace: &mut GasWorkspace,
    ) -> Result<Convergence, GasError> {
        self.check(abundances, t_k, p_bar)?;
        let outcome = self.solve_for(abundances, t_k, p_bar, workspace);
        let least = TRACE * abundances.iter().fold(0.0, |most: f64, a| most.max(*a));
        let is_trace = |a: &f64| *a > 0.0 && *a <= least;
        if !matches!(outcome, Err(GasError::NotConverged { .. }))
            || !abundances.iter().any(is_trace)
        {
            return outcome;
        }
        let mut common = std::mem::take(&mut workspace.common);
        common.clear();
        common.extend(
            abundances
                .iter()
                .map(|a| if is_trace(a) { 0.0 } else { *a }),
        );
        workspace.forget();
        let without = self.solve_for(&common, t_k, p_bar, workspace);
        workspace.common = common;
        without.or(outcome)
    }

    fn solve_for(
        &self,
        abundances: &[f64],
        t_k: f64,
        p_bar: f64,
        workspace: &mut GasWorkspace,
    ) -> Result<Convergence, GasError> {
        self.set_abundances(abundances, workspace);
        if t_k != workspace.t_k {
            self.set.gibbs_rt(t_k, &mut workspace.gibbs);
            workspace.t_k = t_k;
        }
        workspace.ln_p_bar = p_bar.ln();
        let outcome = workspace.converge();
        workspace.solved = outcome.is_ok();
        match outcome {
            Ok(convergence) => {
                for (&index, &ln_x) in workspace.active.iter().zip(&workspace.ln_x) {
                    workspace.ln_mole_fraction[index] = ln_x;
                }
                Ok(convergence)
            }
            Err(iterations) => Err(self.not_converged(p_bar, iterations, workspace)),
        }
    }

    fn check(&self, abundances: &[f64], t_k: f64, p_bar: f64) -> Result<(), InputError> {
        let elements = self.set.elements();
        if abundances.len() != elements.len() {
            let expected = format!("{}, one per element", elements.len());
            return Err(InputError::value("abundances", abundances.len(), expected));
        }
        for (element, value) in elements.iter().zip(abundances) {
            if !(value.is_finite() && *value >= 0.0) {
                let place = format_args!("abundance of {element}");
                return Err(InputError::value(place, value, "zero or a positive number"));
            }
        }
        if abundances.iter().all(|value| *value == 0.0) {
            return Err(InputError::value(
                "abundances",
                "all zero",
                "at least one element",
            ));
        }
        for (place, value, (low, high)) in [
            ("temperature in K", t_k, TEMPERATURE_RANGE_K),
            ("pressure in bar", p_bar, PRESSURE_RANGE_BAR),
        ] {
            if !(low..=high).contains(&value) {
                let expected = format!("{low:e} to {high:e}");
                return Err(InputError::value(place, value, expected));
            }
        }
        Ok(())
    }

    /// Takes new abundances into the workspace; other elements than before restart it.
    fn set_abundances(&self, abundances: &[f64], workspace: &mut GasWorkspace) {
        if workspace.abundances == abundances {
            return;
        }
        let pattern = |values: &[f64], others: &[f64]| {
            values.len() == others.len()
                && values
                    .iter()
                    .zip(others)
                    .all(|(a, b)| (*a > 0.0) == (*b > 0.0))
        };
        let same_elements = pattern(&workspace.abundances, abundances);
        workspace.abundances.clear();
        workspace.abundances.extend_from_slice(abundances);
        if !same_elements {
            self.activate(workspace);
            workspace.solved = false;
        }
        let sum: f64 = abundances.iter().sum();
        workspace.totals.clear();
        for &e in &workspace.elements {
            workspace.totals.push(abundances[e] / sum);
        }
        workspace.totals.resize(workspace.width, 0.0);
        if workspace.solved {
            workspace.update_targets();
        }
    }

    /// Lists the species that the present elements can form.
    fn activate(&self, workspace: &mut GasWorkspace) {
        let present = |e: usize| workspace.abundances[e] > 0.0;
        workspace.elements.clear();
        workspace
            .elements
            .extend((0..workspace.abundances.len()).filter(|e| present(*e)));
        let possible = |s: usize| {
            let counts = self.set.counts_of(s);
            counts
                .iter()
                .enumerate()
                .all(|(e, count)| *count == 0.0 || present(e))
        };
        let charges = self.set.charges();
        let charged = (0..self.set.len()).any(|s| charges[s] > 0.0 && possible(s));
        workspace.active.clear();
        workspace
            .active
            .extend((0..self.set.len()).filter(|&s| (charged || charges[s] == 0.0) && possible(s)));
        workspace.width = workspace.elements.len() + usize::from(charged);
        workspace.counts.clear();
        for &s in &workspace.active {
            let counts = self.set.counts_of(s);
            for &e in &workspace.elements {
                workspace.counts.push(counts[e]);
            }
            if charged {
                workspace.counts.push(-charges[s]);
            }
        }
        workspace.atoms.clear();
        let elements = workspace.elements.iter().map(|e| self.atoms[*e]);
        for atom in elements.chain(self.electron.filter(|_| charged)) {
            let position = workspace.active.iter().position(|s| *s == atom);
            workspace
                .atoms
                .push(position.expect("an atom of a present element is active"));
        }
        let species = workspace.active.len();
        for list in [&mut workspace.ln_k, &mut workspace.ln_x, &mut workspace.x] {
            list.clear();
            list.resize(species, 0.0);
        }
        workspace.ln_mole_fraction.fill(f64::NEG_INFINITY);
    }

    fn not_converged(
        &self,
        pressure_bar: f64,
        iterations: u32,
        workspace: &mut GasWorkspace,
    ) -> GasError {
        let (conservation_residual, worst, pressure_residual) = workspace.violations();
        let elements = self.set.elements();
        GasError::NotConverged {
            temperature_k: workspace.t_k,
            pressure_bar,
            iterations,
            worst_quantity: workspace
                .elements
                .get(worst)
                .map_or("charge", |e| elements[*e].symbol())
                .to_owned(),
            conservation_residual,
            pressure_residual,
            abundances: elements
                .iter()
                .copied()
                .zip(workspace.abundances.iter().copied())
                .collect(),
        }
    }
}

impl GasWorkspace {
    /// Warm, then cold, then convex.
    fn converge(&mut self) -> Result<Convergence, u32> {
        let mut iterations = 0;
        if self.solved {
            self.update_constants();
            match self.newton(WARM_ITERATIONS) {
                Ok(more) => {
                    return Ok(Convergence {
                        start: Start::Warm,
                        iterations: more,
                    });
                }
                Err(more) => iterations += more,
            }
        }
        if !self.start_cold() {
            return Err(iterations);
        }
        match self.newton(COLD_ITERATIONS) {
            Ok(more) => {
                return Ok(Convergence {
                    start: Start::Cold,
                    iterations: iterations + more,
                });
            }
            Err(more) => iterations += more,
        }
        if !self.start_cold() {
            return Err(iterations);
        }
        match self.solve_convex() {
            Ok(more) => iterations += more,
            Err(more) => return Err(iterations + more),
        }
        match self.newton(COLD_ITERATIONS) {
            Ok(more) => Ok(Convergence {
                start: Start::Convex,
                iterations: iterations + more,
            }),
            Err(more) => Err(iterations + more),
        }
    }
}

#[cfg(test)]
mod tests;
