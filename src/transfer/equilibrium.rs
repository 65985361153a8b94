//! Radiative equilibrium: every layer takes up as much as it gives off.
//!
//! Newton's method for the temperatures of the layers and of the surface, with the analytic
//! derivatives. Steps are bounded to 0.3 T. Where the matrix of the step before still contracts it
//! is used again (a chord). Where the heating does not fall, the step is one of implicit
//! pseudo-time, whose length grows as the heating falls (switched evolution relaxation, Kelley &
//! Keyes 1998, SIAM J. Numer. Anal. 35, 508): it follows the cooling of the column and so cannot
//! cycle.

use convection::Convection;

use super::flux::{Fluxes, Transfer, Workspace};
use super::jacobian::{Derivatives, JacobianWorkspace};
use super::linear::Factors;
use super::points::Boundary;
use super::{Column, ColumnModel};
use crate::error::{ModelError, RejectReason};

/// Largest change of a temperature in one step, relative.
const CLIP: f64 = 0.3;
/// Halvings of a step that the model refuses.
const HALVINGS: usize = 10;
/// Step of the surface temperature for the difference of the whole column, relative.
const SURFACE_STEP: f64 = 1e-4;
/// A chord is taken where the correction shrank to this share of the one before.
const CHORD: f64 = 0.2;
/// Rms relative correction below which it is tried before the matrix is made anew.
const CHORD_LIKELY: f64 = 0.02;
/// Rms relative correction below which the opacities follow the temperature in the matrix. Farther
/// away their derivative times the imbalance of the layer would turn the step around.
const NEAR: f64 = 0.06;
/// Rms relative correction below which the matrix is taken as it is ([`STIFFNESS`]).
const CLOSE: f64 = 3e-3;
/// A correction that keeps more than this share of the one before is a stall.
const STALL: f64 = 0.8;
/// Stalls in a row at which pseudo-time begins. (Two: the second step goes astray, and takes twice as many to undo.)
const STALLS: usize = 1;
/// First weight of the pseudo-time term.
const FIRST_DAMPING: f64 = 0.3;
/// Relative change of the hottest-headed temperature that a pseudo-time step aims at.
const PACE: f64 = 0.2;
/// Relative change of a temperature above which a step back means that the one before was too long.
const TURNING: f64 = 3e-3;
/// Least share of the pseudo-time term that a step keeps.
const HASTE: f64 = 0.2;
/// Turnings after which it keeps more: fronts that hop from layer to layer come to rest only if they are given time.
const TURNS: usize = 3;
const CAREFUL: f64 = 0.6;
/// Relative change of all temperatures below which pseudo-time has come to rest.
const AT_REST: f64 = 3e-4;
/// Rms of heating over emission below which the opacities follow in the pseudo-time steps as well.
const BALANCED: f64 = 0.02;
/// Least share of the derivative at held opacities that the diagonal keeps.
const STIFFNESS: f64 = 0.2;
/// Pseudo-time term below which it is left out.
const LIGHT: f64 = 2e-3;

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EquilibriumOptions {
    /// Largest |F_net - F_int| at any interface over all that comes in.
    pub imbalance: f64,
    /// Largest temperature correction that is still to come \[K\].
    pub correction_k: f64,
    /// Most steps.
    pub max_iterations: usize,
    /// A given surface temperature \[K\]: its balance is then left out, and the imbalance is
    /// measured by the heating of the layers.
    pub fixed_surface_k: Option<f64>,
    /// Begin with the matrix of the last solution, for starts close to it. It is made anew as soon
    /// as it does not contract. The result then depends, within the tolerance, on what was solved
    /// before.
    pub reuse_matrix: bool,
    /// Convection where the column is steeper than the adiabat that it names
    /// ([`Column::adiabat`]): radiative-convective equilibrium.
    pub convection: bool,
}

impl Default for EquilibriumOptions {
    fn default() -> Self {
        Self {
            imbalance: 1e-6,
            correction_k: 0.05,
            max_iterations: 100,
            fixed_surface_k: None,
            reuse_matrix: false,
            convection: false,
        }
    }
}

impl EquilibriumOptions {
    /// 1e-8 of the incoming flux.
    pub fn strict() -> Self {
        Self {
            imbalance: 1e-8,
            ..Self::default()
        }
    }
}

/// One point of the way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Residual {
    /// Largest |F_net - F_int| over the incoming flux.
    pub imbalance: f64,
    /// Largest correction that Newton's method asks for \[K\].
    pub correction_k: f64,
    /// Weight of the pseudo-time term (0: a Newton step).
    pub damping: f64,
}

/// What the solution cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Effort {
    /// Steps taken.
    pub iterations: usize,
    /// Flux evaluations, with those of the derivatives.
    pub evaluations: usize,
    /// Matrices of derivatives.
    pub jacobians: usize,
    /// Steps on the way with fewer points or layers; their evaluations and matrices are not counted above.
    pub sketched: usize,
}

impl std::ops::AddAssign for Effort {
    fn add_assign(&mut self, other: Self) {
        self.iterations += other.iterations;
        self.evaluations += other.evaluations;
        self.jacobians += other.jacobians;
        self.sketched += other.sketched;
    }
}

/// Solver with its scratch and the last solution.
#[derive(Clone, Debug, Default)]
pub struct Equilibrium {
    /// Temperatures of the layers and, last, of the surface \[K\].
    temperature_k: Vec<f64>,
    column: Column,
    fluxes: Fluxes,
    history: Vec<Residual>,
    effort: Effort,
    workspace: Workspace,
    jacobian_workspace: JacobianWorkspace,
    jacobian: Vec<f64>,
    matrix: Vec<f64>,
    factors: Factors,
    trial_k: Vec<f64>,
    detail: Derivatives,
    damping: f64,
    /// Turnings in pseudo-time.
    turns: usize,
    /// Whether the solution is so close that the whole matrix is believed.
    close: bool,
    direction: f64,
    last_move: Vec<f64>,
    correction: Vec<f64>,
    /// Steps behind, of the solution with a guide.
    steps: Vec<Vec<f64>>,
    /// Temperatures of the least imbalance, if it found none \[K\].
    best_k: Vec<f64>,
    other_column: Column,
    other_fluxes: Fluxes,
    convection: Convection,
}

/// What one solution works on.
struct Problem<'a, M> {
    transfer: &'a Transfer,
    model: &'a mut M,
    boundary: &'a Boundary,
    options: EquilibriumOptions,
    incoming: f64,
}

impl Equilibrium {
    /// Temperatures of the layers \[K\].
    pub fn temperature_k(&self) -> &[f64] {
        &self.temperature_k[..self.temperature_k.len().saturating_sub(1)]
    }

    /// Temperature of the surface \[K\]; 0 before the first solution.
    pub fn surface_temperature_k(&self) -> f64 {
        self.temperature_k.last().copied().unwrap_or(0.0)
    }

    /// The column at these temperatures.
    pub fn column(&self) -> &Column {
        &self.column
    }

    /// Its fluxes.
    pub fn fluxes(&self) -> &Fluxes {
        &self.fluxes
    }

    /// The way to the last solution, or to where it was given up.
    pub fn history(&self) -> &[Residual] {
        &self.history
    }

    /// What the last solution cost.
    pub fn effort(&self) -> Effort {
        self.effort
    }

    /// Solves from given temperatures.
    ///
    /// # Arguments
    /// * `start_k`: of the layers \[K\]; `surface_start_k`: of the surface \[K\]. A solution nearby
    ///   is the warm start.
    ///
    /// # Errors
    /// [`RejectReason::NoRadiativeEquilibrium`] after `max_iterations` steps ([`Self::history`] tells
    /// how it went), or where no light comes in; what the model refuses at the start;
    /// [`ModelError::Fatal`] for a boundary or column that does not fit, or that names no adiabat where
    /// there is convection.
    pub fn solve<M: ColumnModel>(
        &mut self,
        transfer: &Transfer,
        model: &mut M,
        boundary: &Boundary,
        start_k: &[f64],
        surface_start_k: f64,
        options: EquilibriumOptions,
    ) -> Result<Effort, ModelError> {
        let surface_k = options.fixed_surface_k.unwrap_or(surface_start_k);
        let mut problem = Problem {
            transfer,
            incoming: self.stand_at(boundary, start_k, surface_k)?,
            model,
            boundary,
            options,
        };
        let outcome = self.run(&mut problem);
        problem.model.want_slopes(true);
        outcome.map(|()| self.effort)
    }

    /// Stands at these temperatures, with nothing behind it; returns the light that comes in \[W m⁻²\].
    fn stand_at(
        &mut self,
        boundary: &Boundary,
        layers_k: &[f64],
        surface_k: f64,
    ) -> Result<f64, ModelError> {
        self.history.clear();
        self.effort = Effort::default();
        self.temperature_k.clear();
        self.temperature_k.extend_from_slice(layers_k);
        self.temperature_k.push(surface_k);
        let incoming_w_m2 = boundary.incoming_w_m2();
        if incoming_w_m2.is_nan() || incoming_w_m2 <= 0.0 {
            return Err(ModelError::Rejected(RejectReason::NoRadiativeEquilibrium));
        }
        Ok(incoming_w_m2)
    }

    /// Takes temperatures as they stand, with their column and fluxes, and seeks no equilibrium;
    /// [`Self::history`] then has their imbalance alone.
    ///
    /// # Arguments
    /// As [`Self::solve`].
    ///
    /// # Errors
    /// [`RejectReason::NoRadiativeEquilibrium`] where no light comes in; what the model refuses;
    /// [`ModelError::Fatal`] for a boundary or column that does not fit.
    pub fn stay<M: ColumnModel>(
        &mut self,
        transfer: &Transfer,
        model: &mut M,
        boundary: &Boundary,
        layers_k: &[f64],
        surface_k: f64,
    ) -> Result<(), ModelError> {
        let incoming_w_m2 = self.stand_at(boundary, layers_k, surface_k)?;
        self.effort.evaluations = 1;
        model.fill(layers_k, surface_k, &mut self.column)?;
        let (column, workspace) = (&self.column, &mut self.workspace);
        transfer.fluxes(
            column,
            layers_k,
            surface_k,
            boundary,
            workspace,
            &mut self.fluxes,
        )?;
        let net_w_m2 = self.fluxes.imbalance_w_m2(boundary.internal_flux_w_m2);
        self.history.push(Residual {
            imbalance: net_w_m2 / incoming_w_m2,
            correction_k: 0.0,
            damping: 0.0,
        });
        Ok(())
    }
}

mod convection;
mod newton;
mod refine;
