//! Derivatives of the solution by the implicit function theorem.
//!
//! At the solution Σ ν x - h b = 0 and Σ x = 1 hold for every T and p. With k = ln K of formation
//! from the components, ln x = ν·y + k; differentiating gives the Newton matrix again, with
//! Σ ν x k̇ and Σ x k̇ on the right, where ∂k/∂T = ν·∂g_B/∂T - ∂g/∂T (g = G/RT, B: components)
//! and ∂k/∂ln p = Σν - 1. One factor serves both derivatives.

use super::newton::dot;
use super::workspace::GasWorkspace;
use super::{GasSystem, linear};
use crate::error::InputError;

impl GasSystem {
    /// Writes ∂ ln x/∂T at constant p \[K⁻¹\] and ∂ ln x/∂ ln p at constant T of every species at
    /// the workspace's solution; zero for species of absent elements.
    ///
    /// # Errors
    /// A workspace that holds no solution.
    pub fn derivatives(
        &self,
        workspace: &mut GasWorkspace,
        d_ln_x_dt: &mut [f64],
        d_ln_x_d_ln_p: &mut [f64],
    ) -> Result<(), InputError> {
        if !workspace.solved {
            return Err(InputError::value(
                "derivatives",
                "a workspace without a solution",
                "a converged solve before",
            ));
        }
        self.set
            .d_gibbs_rt_dt(workspace.t_k, &mut workspace.gibbs_dt);
        workspace.factor_at_solution();
        d_ln_x_dt.fill(0.0);
        d_ln_x_d_ln_p.fill(0.0);
        workspace.differentiate(|w, s| w.constant_dt(s), d_ln_x_dt);
        workspace.differentiate(|w, s| w.constant_d_ln_p(s), d_ln_x_d_ln_p);
        Ok(())
    }
}

impl GasWorkspace {
    /// Factor of the Hessian, and its solution for the column of ln h in `column`.
    fn factor_at_solution(&mut self) {
        let n = self.width;
        self.accumulate();
        linear::factor(&mut self.hessian, &mut self.scale, n);
        self.column[..n].copy_from_slice(&self.sums[..n]);
        linear::solve(&self.hessian, &self.scale, n, &mut self.column[..n]);
    }

    fn constant_dt(&self, s: usize) -> f64 {
        let mut change = -self.gibbs_dt[self.active[s]];
        for &(c, nu) in &self.exponents[self.rows[s]..self.rows[s + 1]] {
            change += nu * self.gibbs_dt[self.active[self.basis[c]]];
        }
        change
    }

    fn constant_d_ln_p(&self, s: usize) -> f64 {
        let row = &self.exponents[self.rows[s]..self.rows[s + 1]];
        row.iter().map(|(_, nu)| nu).sum::<f64>() - 1.0
    }

    /// Derivative of ln x for the derivative `constant` of the formation constants.
    fn differentiate(&mut self, constant: impl Fn(&Self, usize) -> f64, out: &mut [f64]) {
        let n = self.width;
        self.step[..n].fill(0.0);
        let mut excess = 0.0;
        for s in 0..self.active.len() {
            let change = constant(self, s) * self.x[s];
            excess += change;
            for &(c, nu) in &self.exponents[self.rows[s]..self.rows[s + 1]] {
                self.step[c] -= nu * change;
            }
        }
        linear::solve(&self.hessian, &self.scale, n, &mut self.step[..n]);
        let along_step = dot(&self.sums[..n], &self.step);
        let along_column = dot(&self.sums[..n], &self.column);
        let d_ln_h = (-excess - along_step) / along_column;
        for (step, column) in self.step[..n].iter_mut().zip(&self.column) {
            *step += d_ln_h * column;
        }
        for s in 0..self.active.len() {
            let mut change = constant(self, s);
            for &(c, nu) in &self.exponents[self.rows[s]..self.rows[s + 1]] {
                change += nu * self.step[c];
            }
            out[self.active[s]] = change;
        }
    }
}
