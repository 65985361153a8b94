//! One stage of the search.

use super::{ROUGH, Stage};
use crate::atmosphere::column::VapourColumn;
use crate::error::ModelError;
use crate::forward::lava::{Lava, NoDayside};
use crate::transfer::{
    Boundary, Column, ColumnModel, Effort, Equilibrium, EquilibriumOptions, Transfer,
};

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

    fn want_slopes(&mut self, wanted: bool) {
        self.column.want_slopes(wanted);
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
pub(super) struct Search<'a> {
    pub lava: &'a Lava,
    pub stage: Stage,
    pub transfer: &'a Transfer,
    pub equilibrium: &'a mut Equilibrium,
    pub column: &'a mut VapourColumn,
    pub boundary: &'a Boundary,
    pub spent: &'a mut Effort,
}

/// Whether there is an equilibrium; none is no error.
pub(super) fn found<T>(outcome: Result<T, NoDayside>) -> Result<bool, NoDayside> {
    match outcome {
        Ok(_) => Ok(true),
        Err(none) if matches!(none.error, ModelError::Rejected(_)) => Ok(false),
        Err(none) => Err(none),
    }
}

impl Search<'_> {
    /// Whether these temperatures lead to an equilibrium.
    pub fn attempt(
        &mut self,
        temperatures: (&[f64], f64),
        max_iterations: usize,
    ) -> Result<bool, NoDayside> {
        self.leads(|search| search.solve(temperatures, None, max_iterations))
    }

    /// Whether a way leads to an equilibrium. If not, nothing of it is kept.
    pub fn leads(
        &mut self,
        way: impl FnOnce(&mut Self) -> Result<(), NoDayside>,
    ) -> Result<bool, NoDayside> {
        let leads = found(way(self))?;
        if !leads {
            self.column.forget();
        }
        Ok(leads)
    }

    /// One more step, whose matrix can guide others.
    pub fn sharpen(&mut self) -> Result<(), NoDayside> {
        let options = self.options(None, 1);
        let (transfer, boundary) = (self.transfer, self.boundary);
        let result = (self.equilibrium).sharpen(transfer, self.column, boundary, options);
        self.count();
        Ok(result.map(|_| ())?)
    }

    /// Number of layers.
    pub fn layers(&self) -> usize {
        self.column.layers()
    }

    /// Where it stands: temperatures of the layers and of the surface \[K\].
    pub fn temperatures(&self) -> (&[f64], f64) {
        let equilibrium = &*self.equilibrium;
        (
            equilibrium.temperature_k(),
            equilibrium.surface_temperature_k(),
        )
    }

    /// From one temperature everywhere. A column whose vapour is held ([`Held`]) is brought into equilibrium first;
    /// the vapour follows its surface step by step until both nearly agree, and then in the Newton system.
    /// (From one temperature at once, reduced vapours do not converge: their pressure rises fifty-fold
    /// with 300 K.)
    pub fn begin_anew(&mut self, bare_k: f64) -> Result<(), NoDayside> {
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

    fn options(&self, held_k: Option<f64>, max_iterations: usize) -> EquilibriumOptions {
        let goal = self.lava.goal(self.stage);
        let (imbalance, correction_k) = match held_k {
            None => goal,
            Some(_) => (goal.0.max(ROUGH.0), goal.1.max(ROUGH.1)),
        };
        EquilibriumOptions {
            imbalance,
            correction_k,
            max_iterations,
            convection: self.lava.convects(),
            ..EquilibriumOptions::default()
        }
    }

    /// Solves from temperatures of layers and surface, the vapour held at that of a melt or following.
    pub fn solve(
        &mut self,
        (layers_k, surface_k): (&[f64], f64),
        held_k: Option<f64>,
        max_iterations: usize,
    ) -> Result<(), NoDayside> {
        let options = self.options(held_k, max_iterations);
        let transfer = self.transfer;
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
        self.count();
        match result {
            Ok(_) => Ok(()),
            Err(error) => Err(NoDayside {
                error,
                history: self.equilibrium.history().to_vec(),
            }),
        }
    }

    /// Counts what the solver has spent.
    fn count(&mut self) {
        let effort = self.equilibrium.effort();
        match self.stage {
            Stage::Whole => *self.spent += effort,
            _ => self.spent.sketched += effort.iterations,
        }
    }
}
