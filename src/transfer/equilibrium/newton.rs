//! The iteration.

use super::{
    CHORD, CLIP, Equilibrium, HALVINGS, ModelError, Problem, RejectReason, Residual, SURFACE_STEP,
};
use crate::transfer::ColumnModel;

impl Equilibrium {
    pub(super) fn run<M: ColumnModel>(&mut self, problem: &mut Problem<M>) -> Result<(), ModelError> {
        let damping = 0.0;
        self.opacity_share = 0.0;
        self.differentiate(problem)?;
        self.factor(problem, damping)?;
        self.correct(problem);
        loop {
            let imbalance = self.imbalance(problem);
            let correction_k = largest(&self.correction);
            self.history.push(Residual {
                imbalance,
                correction_k,
                damping,
            });
            if imbalance <= problem.options.imbalance && correction_k < problem.options.correction_k {
                return Ok(());
            }
            if self.effort.iterations >= problem.options.max_iterations {
                return Err(ModelError::Rejected(RejectReason::NoRadiativeEquilibrium));
            }
            let before = self.norm();
            self.advance(problem)?;
            self.effort.iterations += 1;
            // What the old matrix asks for now: how well it still fits.
            self.correct(problem);
            let fits = self.norm() < CHORD * before;
            let done = self.imbalance(problem) <= problem.options.imbalance
                && largest(&self.correction) < problem.options.correction_k;
            if !(fits || done) {
                self.opacity_share = if before < 0.06 { 1.0 } else { 0.0 };
                self.differentiate(problem)?;
                self.factor(problem, damping)?;
                self.correct(problem);
            }
        }
    }

    /// Size of the correction, relative to the temperatures.
    fn norm(&self) -> f64 {
        let sum: f64 = (self.correction.iter().zip(&self.temperature_k))
            .map(|(d, t)| (d / t).clamp(-CLIP, CLIP).powi(2))
            .sum();
        (sum / self.correction.len() as f64).sqrt()
    }

    /// Largest imbalance over the incoming flux.
    fn imbalance<M>(&self, problem: &Problem<M>) -> f64 {
        let internal = problem.boundary.internal_flux_w_m2;
        match problem.options.fixed_surface_k {
            None => self.fluxes.imbalance_w_m2(internal) / problem.incoming,
            Some(_) => {
                let mut sum: f64 = 0.0;
                let mut worst = 0.0_f64;
                for heating in &self.fluxes.heating_w_m2 {
                    sum += heating;
                    worst = worst.max(sum.abs());
                }
                worst / problem.incoming
            }
        }
    }

    /// Heating and its derivatives where we stand.
    fn differentiate<M: ColumnModel>(&mut self, problem: &mut Problem<M>) -> Result<(), ModelError> {
        let (surface, layers) = self.temperature_k.split_last().unwrap_or((&0.0, &[]));
        problem.model.fill(layers, *surface, &mut self.column)?;
        problem.transfer.jacobian(
            &self.column,
            layers,
            *surface,
            problem.boundary,
            self.opacity_share,
            &mut self.workspace,
            &mut self.jacobian_workspace,
            &mut self.fluxes,
            &mut self.jacobian,
        )?;
        self.effort.jacobians += 1;
        self.effort.evaluations += 1;
        let free = problem.options.fixed_surface_k.is_none();
        if problem.model.follows_surface() && free {
            self.follow_surface(problem)?;
        }
        Ok(())
    }

    /// The column of the surface temperature where all pressures follow it: a difference.
    fn follow_surface<M: ColumnModel>(&mut self, problem: &mut Problem<M>) -> Result<(), ModelError> {
        let (surface, layers) = self.temperature_k.split_last().unwrap_or((&0.0, &[]));
        let mut step = SURFACE_STEP * surface;
        let column = &mut self.other_column;
        if problem.model.fill(layers, surface + step, column).is_err() {
            step = -step;
            problem.model.fill(layers, surface + step, column)?;
        }
        problem.transfer.fluxes(
            column,
            layers,
            surface + step,
            problem.boundary,
            &mut self.workspace,
            &mut self.other_fluxes,
        )?;
        self.effort.evaluations += 1;
        let m = layers.len() + 1;
        let rows = (self.other_fluxes.heating_w_m2.iter()).zip(&self.fluxes.heating_w_m2);
        for (row, (other, here)) in rows.enumerate() {
            self.jacobian[row * m + m - 1] = (other - here) / step;
        }
        self.jacobian[m * m - 1] = (self.other_fluxes.surface_heating_w_m2
            - self.fluxes.surface_heating_w_m2)
            / step;
        Ok(())
    }

    fn factor<M>(&mut self, problem: &Problem<M>, damping: f64) -> Result<(), ModelError> {
        let m = self.temperature_k.len();
        self.matrix.clear();
        self.matrix.extend_from_slice(&self.jacobian);
        for i in 0..m {
            self.matrix[i * m + i] -= damping * self.jacobian[i * m + i].abs();
        }
        if problem.options.fixed_surface_k.is_some() {
            self.matrix[m * (m - 1)..].fill(0.0);
            self.matrix[m * m - 1] = 1.0;
        }
        if self.factors.factor(&self.matrix, m) {
            return Ok(());
        }
        Err(ModelError::Rejected(RejectReason::NoRadiativeEquilibrium))
    }

    /// Correction that the matrix at hand asks for.
    fn correct<M>(&mut self, problem: &Problem<M>) {
        self.correction.clear();
        self.correction.extend(self.fluxes.heating_w_m2.iter().map(|h| -h));
        self.correction.push(match problem.options.fixed_surface_k {
            None => -self.fluxes.surface_heating_w_m2,
            Some(_) => 0.0,
        });
        self.factors.solve(&mut self.correction);
    }

    /// Takes the step, shorter where the model refuses.
    fn advance<M: ColumnModel>(&mut self, problem: &mut Problem<M>) -> Result<(), ModelError> {
        let mut share = 1.0;
        for halving in 0..=HALVINGS {
            self.trial_k.clear();
            self.trial_k.extend((self.temperature_k.iter().zip(&self.correction)).map(
                |(t, d)| t + share * d.clamp(-CLIP * t, CLIP * t),
            ));
            let (surface, layers) = self.trial_k.split_last().unwrap_or((&0.0, &[]));
            let outcome = match problem.model.fill(layers, *surface, &mut self.column) {
                Ok(()) => problem.transfer.fluxes(
                    &self.column,
                    layers,
                    *surface,
                    problem.boundary,
                    &mut self.workspace,
                    &mut self.fluxes,
                ),
                Err(error) => Err(error),
            };
            self.effort.evaluations += 1;
            match outcome {
                Ok(()) => {
                    std::mem::swap(&mut self.temperature_k, &mut self.trial_k);
                    return Ok(());
                }
                Err(ModelError::Rejected(_)) if halving < HALVINGS => share *= 0.5,
                Err(error) => return Err(error),
            }
        }
        Err(ModelError::Rejected(RejectReason::NoRadiativeEquilibrium))
    }
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |a, b| a.max(b.abs()))
}
