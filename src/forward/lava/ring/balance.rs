//! The search for the equilibrium of a column.
//!
//! From temperatures nearby Newton's method leads there at once. From farther away a column of a quarter of the layers
//! is brought into equilibrium first, whose steps cost a fifth, and all layers begin at what it found.

use super::{Lava, LavaParameters, NoDayside, Scratch};
use crate::atmosphere::column::{Adiabat, VapourColumn};
use crate::atmosphere::surface_gas::SurfaceGas;
use crate::config::ConvectionKind;
use crate::error::ModelError;
use crate::forward::lava::library::resampled;
use crate::transfer::{Boundary, Column, ColumnModel, Effort, Equilibrium, EquilibriumOptions};

/// Most steps from a start that was foretold: good ones take fewer than ten.
const START_STEPS: usize = 30;
/// Most steps of one solution without.
const MOST_STEPS: usize = 100;
/// Most steps of one solution with a held vapour.
const MOST_HELD: usize = 40;
/// First temperature of the melt below a held vapour, over that of a bare surface.
const HELD_START: f64 = 0.9;
/// Most steps of a held vapour.
const HELD_STEPS: usize = 8;
/// Difference of the surface from the melt of a held vapour at which the vapour may follow \[K\].
const HELD_CLOSE_K: f64 = 10.0;
/// Layers to one of the coarse column.
const COARSENING: usize = 4;
/// Fewest layers of a coarse column.
const FEWEST_LAYERS: usize = 10;
/// Largest imbalance, and correction still to come \[K\], of a column that is only to begin with.
const ROUGH: (f64, f64) = (1e-3, 20.0);

/// Temperatures to begin at \[K\]: of the layers and of the surface.
#[derive(Clone, Copy, Debug)]
pub(in crate::forward::lava) enum Start<'a> {
    /// Of a solution nearby, or foretold from many.
    Near(&'a [f64], f64),
    /// Of no particular likeness.
    Far(&'a [f64], f64),
}

/// A column whose vapour stays that of one temperature of the melt.
struct Held<'a> {
    column: &'a mut VapourColumn,
    surface_k: f64,
}

impl ColumnModel for Held<'_> {
    fn layers(&self) -> usize {
        self.column.layers()
    }

    fn points(&self) -> usize {
        self.column.points()
    }

    fn follows_surface(&self) -> bool {
        false
    }

    fn fill(
        &mut self,
        temperature_k: &[f64],
        _surface_temperature_k: f64,
        column: &mut Column,
    ) -> Result<(), ModelError> {
        self.column.fill(temperature_k, self.surface_k, column)
    }
}

/// What a solver works on, and what it has spent.
struct Search<'a> {
    lava: &'a Lava,
    equilibrium: &'a mut Equilibrium,
    column: &'a mut VapourColumn,
    boundary: &'a Boundary,
    /// Largest imbalance, and correction still to come \[K\].
    goal: (f64, f64),
    spent: &'a mut Effort,
}

impl Lava {
    /// Radiative equilibrium of the column in the scratch, whose bare surface would have `bare_k`.
    pub(super) fn balanced(
        &self,
        parameters: &LavaParameters,
        boundary: &Boundary,
        surface: &SurfaceGas,
        bare_k: f64,
        start: Option<Start<'_>>,
        scratch: &mut Scratch,
    ) -> Result<Effort, NoDayside> {
        let mut spent = Effort::default();
        let likely = match start {
            Some(Start::Near(layers_k, surface_k)) => {
                let mut fine = self.fine(parameters, boundary, surface, scratch, &mut spent)?;
                if fine.attempt((layers_k, surface_k), START_STEPS)? {
                    return Ok(spent);
                }
                None
            }
            Some(Start::Far(layers_k, surface_k)) => Some((layers_k.to_vec(), surface_k)),
            None => self.likely_start(parameters, bare_k, self.atmosphere.layers),
        };
        // First from what is likely, if anything is, then anew.
        for start in likely.iter().map(Some).chain([None]) {
            let mut coarse = self.coarse(parameters, boundary, surface, scratch, &mut spent)?;
            let found = match start {
                Some((layers_k, surface_k)) => {
                    let few_k = resampled(layers_k, coarse.column.layers());
                    coarse.attempt((&few_k, *surface_k), START_STEPS)?
                }
                None => coarse.leads(|search| search.begin_anew(bare_k))?,
            };
            let begin = if found {
                let found = &*coarse.equilibrium;
                let layers_k = resampled(found.temperature_k(), self.atmosphere.layers);
                Some((layers_k, found.surface_temperature_k()))
            } else {
                start.cloned()
            };
            let mut fine = self.fine(parameters, boundary, surface, scratch, &mut spent)?;
            if let Some((layers_k, surface_k)) = begin
                && fine.attempt((&layers_k, surface_k), START_STEPS)?
            {
                return Ok(spent);
            }
        }
        let mut fine = self.fine(parameters, boundary, surface, scratch, &mut spent)?;
        fine.begin_anew(bare_k)?;
        Ok(spent)
    }

    /// The search with all layers.
    fn fine<'a>(
        &'a self,
        parameters: &LavaParameters,
        boundary: &'a Boundary,
        surface: &SurfaceGas,
        scratch: &'a mut Scratch,
        spent: &'a mut Effort,
    ) -> Result<Search<'a>, ModelError> {
        let correction_k = EquilibriumOptions::default().correction_k;
        let goal = (self.atmosphere.tolerance, correction_k);
        let column = self.column(&mut scratch.balance, surface, &self.balance, parameters)?;
        let equilibrium = &mut scratch.equilibrium;
        Ok(self.search(column, equilibrium, boundary, goal, spent))
    }

    /// The search with few of them.
    fn coarse<'a>(
        &'a self,
        parameters: &LavaParameters,
        boundary: &'a Boundary,
        surface: &SurfaceGas,
        scratch: &'a mut Scratch,
        spent: &'a mut Effort,
    ) -> Result<Search<'a>, ModelError> {
        let all = self.atmosphere.layers;
        let layers = (all / COARSENING).max(FEWEST_LAYERS).min(all);
        let slot = &mut scratch.coarse;
        let column = self.column_of(layers, slot, surface, &self.balance, parameters)?;
        let equilibrium = &mut scratch.coarse_equilibrium;
        Ok(self.search(column, equilibrium, boundary, ROUGH, spent))
    }

    fn search<'a>(
        &'a self,
        column: &'a mut VapourColumn,
        equilibrium: &'a mut Equilibrium,
        boundary: &'a Boundary,
        goal: (f64, f64),
        spent: &'a mut Effort,
    ) -> Search<'a> {
        column.name_adiabat(self.adiabat());
        Search {
            lava: self,
            equilibrium,
            column,
            boundary,
            goal,
            spent,
        }
    }

    pub(super) fn convects(&self) -> bool {
        self.adiabat() != Adiabat::Unnamed
    }

    fn adiabat(&self) -> Adiabat {
        match self.atmosphere.convection {
            ConvectionKind::Off => Adiabat::Unnamed,
            ConvectionKind::Dry => Adiabat::Dry,
            ConvectionKind::Moist => Adiabat::Moist,
        }
    }
}

impl Search<'_> {
    /// Whether these temperatures lead to an equilibrium.
    fn attempt(
        &mut self,
        temperatures: (&[f64], f64),
        max_iterations: usize,
    ) -> Result<bool, NoDayside> {
        self.leads(|search| search.solve(temperatures, None, max_iterations))
    }

    /// Whether a way leads to an equilibrium. If not, nothing of it is kept.
    fn leads(
        &mut self,
        way: impl FnOnce(&mut Self) -> Result<(), NoDayside>,
    ) -> Result<bool, NoDayside> {
        match way(self) {
            Ok(()) => Ok(true),
            Err(none) if matches!(none.error, ModelError::Rejected(_)) => {
                self.column.forget();
                Ok(false)
            }
            Err(none) => Err(none),
        }
    }

    /// From one temperature everywhere. A column whose vapour is held ([`Held`]) is brought into equilibrium first;
    /// the vapour follows its surface step by step until both nearly agree, and then in the Newton system.
    /// (From one temperature at once, reduced vapours do not converge: their pressure rises fifty-fold
    /// with 300 K.)
    fn begin_anew(&mut self, bare_k: f64) -> Result<(), NoDayside> {
        let (mut layers_k, mut surface_k) = (vec![bare_k; self.column.layers()], bare_k);
        let mut held_k = HELD_START * bare_k;
        for _ in 0..HELD_STEPS {
            let temperatures = (layers_k.as_slice(), surface_k);
            // A way that was given up led closer all the same.
            let whole = self.leads(|search| search.solve(temperatures, Some(held_k), MOST_HELD))?;
            layers_k = self.equilibrium.temperature_k().to_vec();
            surface_k = self.equilibrium.surface_temperature_k();
            if !whole || (surface_k - held_k).abs() < HELD_CLOSE_K {
                break;
            }
            held_k = 0.5 * (held_k + surface_k);
        }
        self.solve((&layers_k, surface_k), None, MOST_STEPS)
    }

    /// Solves from temperatures of layers and surface, the vapour held at that of a melt or following.
    fn solve(
        &mut self,
        (layers_k, surface_k): (&[f64], f64),
        held_k: Option<f64>,
        max_iterations: usize,
    ) -> Result<(), NoDayside> {
        let (imbalance, correction_k) = match held_k {
            None => self.goal,
            Some(_) => (self.goal.0.max(ROUGH.0), self.goal.1.max(ROUGH.1)),
        };
        let options = EquilibriumOptions {
            imbalance,
            correction_k,
            max_iterations,
            convection: self.lava.convects(),
            ..EquilibriumOptions::default()
        };
        let transfer = &self.lava.balance.transfer;
        let (equilibrium, boundary) = (&mut *self.equilibrium, self.boundary);
        let column = &mut *self.column;
        let result = match held_k {
            None => equilibrium.solve(transfer, column, boundary, layers_k, surface_k, options),
            Some(held_k) => {
                let mut held = Held {
                    column,
                    surface_k: held_k,
                };
                equilibrium.solve(transfer, &mut held, boundary, layers_k, surface_k, options)
            }
        };
        let effort = equilibrium.effort();
        self.spent.iterations += effort.iterations;
        self.spent.evaluations += effort.evaluations;
        self.spent.jacobians += effort.jacobians;
        match result {
            Ok(_) => Ok(()),
            Err(error) => Err(NoDayside {
                error,
                history: equilibrium.history().to_vec(),
            }),
        }
    }
}
