//! The iteration.

use super::{
    AT_REST, BALANCED, CAREFUL, CHORD, CHORD_LIKELY, CLIP, CLOSE, Equilibrium, FIRST_DAMPING,
    HALVINGS, HASTE, LIGHT, ModelError, NEAR, PACE, Problem, RejectReason, Residual, STALL, STALLS,
    STIFFNESS, SURFACE_STEP, TURNING, TURNS,
};
use crate::transfer::{ColumnModel, Derivatives};

impl Equilibrium {
    pub(super) fn run<M: ColumnModel>(
        &mut self,
        problem: &mut Problem<M>,
    ) -> Result<(), ModelError> {
        let mut likely = self.begin(problem)?;
        let mut stalls = 0;
        loop {
            let imbalance = self.imbalance(problem);
            self.history.push(Residual {
                imbalance,
                correction_k: largest(&self.correction),
                damping: self.damping,
            });
            if self.done(problem) {
                return Ok(());
            }
            if self.effort.iterations >= problem.options.max_iterations {
                return Err(ModelError::Rejected(RejectReason::NoRadiativeEquilibrium));
            }
            let before = self.norm();
            self.choose(before);
            // Close to the solution a chord is likely to do.
            let mut fresh = self.advance(problem, before > likely)?;
            likely = CHORD_LIKELY;
            let moved = self.moved();
            self.effort.iterations += 1;
            // What the old matrix asks for now: how well it still fits.
            self.correct(problem);
            if self.done(problem) {
                continue;
            }
            let fits = self.norm() < CHORD * before && self.damping == 0.0;
            if !(fits || fresh) {
                self.differentiate(problem)?;
                fresh = true;
            }
            if fresh {
                self.relax(moved, stalls);
                self.factor(problem)?;
                self.correct(problem);
                stalls = if self.norm() > STALL * before {
                    stalls + 1
                } else {
                    0
                };
            }
        }
    }

    /// First matrix and correction. Returns the rms relative correction below which the next step
    /// is tried as a chord.
    fn begin<M: ColumnModel>(&mut self, problem: &mut Problem<M>) -> Result<f64, ModelError> {
        self.detail = Derivatives::Held;
        self.damping = 0.0;
        self.turns = 0;
        self.close = false;
        let reuse = problem.options.reuse_matrix && self.factors.are_of(self.temperature_k.len());
        if reuse {
            self.trial_k.clone_from(&self.temperature_k);
            self.evaluate(problem, false)?;
        } else {
            self.differentiate(problem)?;
            self.factor(problem)?;
        }
        self.correct(problem);
        Ok(if reuse { f64::INFINITY } else { CHORD_LIKELY })
    }

    /// Whether the opacities follow the temperatures in the next matrix.
    fn choose(&mut self, correction: f64) {
        let settled = self.damping == 0.0 || self.relative_heating() < BALANCED;
        self.close = correction < CLOSE && settled;
        self.detail = if correction < NEAR && settled {
            Derivatives::Full
        } else {
            Derivatives::Held
        };
    }

    pub(super) fn done<M>(&self, problem: &Problem<M>) -> bool {
        self.damping < LIGHT
            && self.imbalance(problem) <= problem.options.imbalance
            && largest(&self.correction) < problem.options.correction_k
    }

    /// Chooses the pseudo-time term: none while Newton's method gets on; else one with which the
    /// temperatures move by a fifth in a step, less as they settle.
    fn relax(&mut self, moved: f64, stalls: usize) {
        if self.damping > 0.0 {
            // What hardly moves turns by rounding alone, and would be damped without end.
            let turned = self.direction < 0.0 && moved > TURNING;
            self.turns += usize::from(turned);
            let least = if self.turns > TURNS { CAREFUL } else { HASTE };
            self.damping *= if turned {
                3.0
            } else {
                (moved / PACE).clamp(least, 2.0)
            };
            if self.damping < LIGHT || moved < AT_REST {
                self.damping = 0.0;
            }
        } else if stalls >= STALLS {
            self.damping = FIRST_DAMPING;
            // It is not measured by the step that it replaces.
            self.last_move.fill(0.0);
        }
    }

    /// Largest relative change of a temperature in the last step, and whether it went on in the
    /// direction of the one before.
    fn moved(&mut self) -> f64 {
        self.direction = 0.0;
        let mut largest = 0.0_f64;
        self.last_move.resize(self.temperature_k.len(), 0.0);
        let pairs = self.trial_k.iter().zip(&self.temperature_k);
        for ((old, new), last) in pairs.zip(&mut self.last_move) {
            let change = new / old - 1.0;
            self.direction += change * *last;
            *last = change;
            largest = largest.max(change.abs());
        }
        largest
    }

    /// Rms of the heating over what the layers exchange.
    fn relative_heating(&self) -> f64 {
        let fluxes = &self.fluxes;
        let sum: f64 = (fluxes.heating_w_m2.iter().zip(&fluxes.emission_w_m2))
            .map(|(heating, emission)| (heating / (heating.abs() + emission)).powi(2))
            .sum();
        (sum / fluxes.heating_w_m2.len() as f64).sqrt()
    }

    /// Size of the correction, relative to the temperatures.
    pub(super) fn norm(&self) -> f64 {
        let sum: f64 = (self.correction.iter().zip(&self.temperature_k))
            .map(|(d, t)| (d / t).clamp(-CLIP, CLIP).powi(2))
            .sum();
        (sum / self.correction.len() as f64).sqrt()
    }

    /// Largest imbalance over the incoming flux.
    pub(super) fn imbalance<M>(&self, problem: &Problem<M>) -> f64 {
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
    pub(super) fn differentiate<M: ColumnModel>(
        &mut self,
        problem: &mut Problem<M>,
    ) -> Result<(), ModelError> {
        let (surface, layers) = self.temperature_k.split_last().unwrap_or((&0.0, &[]));
        let model = &mut *problem.model;
        model.want_slopes(self.detail == Derivatives::Full);
        model.fill(layers, *surface, &mut self.column)?;
        self.trial_k.clear();
        self.trial_k.extend_from_slice(&self.temperature_k);
        self.derivatives(problem)?;
        self.follow(problem)?;
        self.convect(problem, [false, true])
    }

    /// Heating and derivatives at the trial, whose column is at hand.
    fn derivatives<M: ColumnModel>(&mut self, problem: &mut Problem<M>) -> Result<(), ModelError> {
        let (surface, layers) = self.trial_k.split_last().unwrap_or((&0.0, &[]));
        problem.transfer.jacobian(
            &self.column,
            layers,
            *surface,
            problem.boundary,
            self.detail,
            &mut self.workspace,
            &mut self.jacobian_workspace,
            &mut self.fluxes,
            &mut self.jacobian,
        )?;
        self.effort.jacobians += 1;
        self.effort.evaluations += 1;
        Ok(())
    }

    fn follow<M: ColumnModel>(&mut self, problem: &mut Problem<M>) -> Result<(), ModelError> {
        let free = problem.options.fixed_surface_k.is_none();
        if problem.model.follows_surface() && free {
            self.follow_surface(problem)?;
        }
        Ok(())
    }

    /// The column of the surface temperature where all pressures follow it: a difference.
    fn follow_surface<M: ColumnModel>(
        &mut self,
        problem: &mut Problem<M>,
    ) -> Result<(), ModelError> {
        let (surface, layers) = self.temperature_k.split_last().unwrap_or((&0.0, &[]));
        let mut step = SURFACE_STEP * surface;
        let column = &mut self.other_column;
        problem.model.want_slopes(false);
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
        self.jacobian[m * m - 1] =
            (self.other_fluxes.surface_heating_w_m2 - self.fluxes.surface_heating_w_m2) / step;
        Ok(())
    }

    pub(super) fn factor<M>(&mut self, problem: &Problem<M>) -> Result<(), ModelError> {
        let m = self.temperature_k.len();
        self.matrix.clear();
        self.matrix.extend_from_slice(&self.jacobian);
        // Opacities that run ahead of the temperature would turn the step around: it would seek a
        // balance that no column keeps. Close to a solution they no longer do.
        let opacity: &[f64] = if self.close {
            &[]
        } else {
            &self.jacobian_workspace.opacity_diagonal
        };
        for (i, opacity) in opacity.iter().enumerate() {
            let diagonal = &mut self.matrix[i * m + i];
            *diagonal = diagonal.min(STIFFNESS * (*diagonal - opacity));
        }
        if self.damping > 0.0 {
            let surface = [self.fluxes.surface_emission_w_m2];
            let emission = self.fluxes.emission_w_m2.iter().chain(&surface);
            for (i, (emission, temperature)) in emission.zip(&self.temperature_k).enumerate() {
                self.matrix[i * m + i] -= self.damping * 4.0 * emission / temperature;
            }
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
    pub(super) fn correct<M>(&mut self, problem: &Problem<M>) {
        self.correction.clear();
        self.correction
            .extend(self.fluxes.heating_w_m2.iter().map(|h| -h));
        self.correction.push(match problem.options.fixed_surface_k {
            None => -self.fluxes.surface_heating_w_m2,
            Some(_) => 0.0,
        });
        self.factors.solve(&mut self.correction);
    }

    /// Takes the step, shorter where the model refuses. Returns whether the derivatives are those
    /// of where it leads.
    fn advance<M: ColumnModel>(
        &mut self,
        problem: &mut Problem<M>,
        derivatives: bool,
    ) -> Result<bool, ModelError> {
        let mut share = 1.0;
        for halving in 0..=HALVINGS {
            self.trial_k.clear();
            let pairs = self.temperature_k.iter().zip(&self.correction);
            self.trial_k
                .extend(pairs.map(|(t, d)| t + share * d.clamp(-CLIP * t, CLIP * t)));
            match self.evaluate(problem, derivatives) {
                Ok(()) => {
                    std::mem::swap(&mut self.temperature_k, &mut self.trial_k);
                    if derivatives {
                        self.follow(problem)?;
                        self.convect(problem, [false, true])?;
                    }
                    return Ok(derivatives);
                }
                Err(ModelError::Rejected(_)) if halving < HALVINGS => share *= 0.5,
                Err(error) => return Err(error),
            }
        }
        Err(ModelError::Rejected(RejectReason::NoRadiativeEquilibrium))
    }

    /// Heating at the trial.
    pub(super) fn evaluate<M: ColumnModel>(
        &mut self,
        problem: &mut Problem<M>,
        derivatives: bool,
    ) -> Result<(), ModelError> {
        let (surface, layers) = self.trial_k.split_last().unwrap_or((&0.0, &[]));
        let model = &mut *problem.model;
        model.want_slopes(derivatives && self.detail == Derivatives::Full);
        model.fill(layers, *surface, &mut self.column)?;
        if derivatives {
            return self.derivatives(problem);
        }
        self.effort.evaluations += 1;
        problem.transfer.fluxes(
            &self.column,
            layers,
            *surface,
            problem.boundary,
            &mut self.workspace,
            &mut self.fluxes,
        )?;
        self.convect(problem, [true, false])
    }

    /// Adds convection to the heating, of the trial or of where we stand, and to the derivatives.
    fn convect<M>(
        &mut self,
        problem: &Problem<M>,
        [of_trial, derivatives]: [bool; 2],
    ) -> Result<(), ModelError> {
        if !problem.options.convection {
            return Ok(());
        }
        let temperature_k = if of_trial {
            &self.trial_k
        } else {
            &self.temperature_k
        };
        if self.column.adiabat.len() + 1 != temperature_k.len() {
            return Err(ModelError::Fatal {
                message: "convection in a column without an adiabat".to_owned(),
            });
        }
        (self.convection).fill(&self.column, temperature_k, problem.incoming);
        let upward = self.convection.flux_w_m2();
        for (heating, flux) in (self.fluxes.heating_w_m2.iter_mut()).zip(upward.windows(2)) {
            *heating += flux[1] - flux[0];
        }
        self.fluxes.surface_heating_w_m2 -= upward.last().unwrap_or(&0.0);
        self.fluxes.convective_w_m2.extend_from_slice(upward);
        if derivatives {
            self.convection.differentiate(&mut self.jacobian);
        }
        Ok(())
    }
}

pub(super) fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |a, b| a.max(b.abs()))
}
