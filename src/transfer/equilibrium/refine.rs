//! The last steps with the matrix of another solution.

use super::newton::largest;
use super::{
    Boundary, CLIP, ColumnModel, Derivatives, Effort, Equilibrium, EquilibriumOptions, ModelError,
    Problem, RejectReason, Residual, Transfer,
};

/// A correction, and an imbalance, that keep more than this share of those before: the matrix is of no use here.
const OF_NO_USE: f64 = 0.9;
/// Most steps.
const MOST_STEPS: usize = 12;

impl Equilibrium {
    /// One more step, with all derivatives, from the solution at hand: its matrix is what [`Self::refine`] needs of a guide.
    /// Column and fluxes stay those before the step.
    ///
    /// # Errors
    /// As [`Self::solve`].
    pub fn sharpen<M: ColumnModel>(
        &mut self,
        transfer: &Transfer,
        model: &mut M,
        boundary: &Boundary,
        options: EquilibriumOptions,
    ) -> Result<Effort, ModelError> {
        let mut problem = Problem {
            transfer,
            incoming: boundary.incoming_w_m2(),
            model,
            boundary,
            options,
        };
        self.effort = Effort {
            iterations: 1,
            ..Effort::default()
        };
        (self.detail, self.close, self.damping) = (Derivatives::Full, true, 0.0);
        self.differentiate(&mut problem)?;
        problem.model.want_slopes(true);
        self.factor(&problem)?;
        self.correct(&problem);
        for (t, d) in self.temperature_k.iter_mut().zip(&self.correction) {
            *t += d.clamp(-CLIP * *t, CLIP * *t);
        }
        Ok(self.effort)
    }

    /// Solves from the temperatures of a `guide` that was [sharpened](Self::sharpen) on other points, with its matrix.
    ///
    /// # Errors
    /// [`RejectReason::NoRadiativeEquilibrium`] where that matrix does not lead on: then the temperatures are those of
    /// the least imbalance. Else as [`Self::solve`].
    pub fn refine<M: ColumnModel>(
        &mut self,
        transfer: &Transfer,
        model: &mut M,
        boundary: &Boundary,
        guide: &Self,
        options: EquilibriumOptions,
    ) -> Result<Effort, ModelError> {
        let (layers_k, surface_k) = (guide.temperature_k(), guide.surface_temperature_k());
        let mut problem = Problem {
            transfer,
            incoming: self.stand_at(boundary, layers_k, surface_k)?,
            model,
            boundary,
            options,
        };
        let outcome = self.follow_guide(&mut problem, guide);
        problem.model.want_slopes(true);
        outcome.map(|()| self.effort)
    }

    /// Broyden's method (Kelley 1995, Iterative Methods for Linear and Nonlinear Equations, algorithm brsol): steps
    /// behind correct the matrix where it is wrong.
    fn follow_guide<M: ColumnModel>(
        &mut self,
        problem: &mut Problem<M>,
        guide: &Self,
    ) -> Result<(), ModelError> {
        self.damping = 0.0;
        self.factors.clone_from(&guide.factors);
        self.trial_k.clone_from(&self.temperature_k);
        let (mut before, mut best) = ([f64::INFINITY; 2], f64::INFINITY);
        for behind in 0..MOST_STEPS {
            self.evaluate(problem, false)?;
            std::mem::swap(&mut self.temperature_k, &mut self.trial_k);
            self.correct(problem);
            self.learn(behind);
            self.history.push(Residual {
                imbalance: self.imbalance(problem),
                correction_k: largest(&self.correction),
                damping: 0.0,
            });
            if self.done(problem) {
                return Ok(());
            }
            // A layer that hardly emits may ask for much where the balance gains all the same.
            let here = [self.norm(), self.imbalance(problem)];
            if behind == 0 || here[1] < best {
                best = here[1];
                self.best_k.clone_from(&self.temperature_k);
            }
            if !(here[0] < OF_NO_USE * before[0] || here[1] < OF_NO_USE * before[1]) {
                break;
            }
            before = here;
            self.step(behind);
            self.effort.iterations += 1;
        }
        self.temperature_k.clone_from(&self.best_k);
        Err(ModelError::Rejected(RejectReason::NoRadiativeEquilibrium))
    }

    /// Improves the correction by what the steps behind have shown.
    fn learn(&mut self, behind: usize) {
        for (last, next) in (0..behind).map(|i| (i, i + 1)) {
            let step = &self.steps[last];
            let along = dot(step, &self.correction) / dot(step, step);
            if next < behind {
                for (c, s) in self.correction.iter_mut().zip(&self.steps[next]) {
                    *c += along * s;
                }
            } else if along < 1.0 {
                self.correction.iter_mut().for_each(|c| *c /= 1.0 - along);
            }
        }
    }

    /// Takes the step and keeps it.
    fn step(&mut self, behind: usize) {
        if self.steps.len() == behind {
            self.steps.push(Vec::new());
        }
        let step = &mut self.steps[behind];
        step.clear();
        let pairs = self.temperature_k.iter().zip(&self.correction);
        step.extend(pairs.map(|(t, d)| d.clamp(-CLIP * t, CLIP * t)));
        self.trial_k.clear();
        let pairs = self.temperature_k.iter().zip(&*step);
        self.trial_k.extend(pairs.map(|(t, d)| t + d));
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
