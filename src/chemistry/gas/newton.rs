//! Newton iteration in the logarithms of the components.
//!
//! Unknowns: y = ln x of the components and ln h (atoms per gas particle). Equations: Σ ν x = h b
//! per component and Σ x = 1. All derivatives come from one matrix, the Hessian Σ ν νᵀ x, which is
//! positive definite: one Cholesky factor and two right-hand sides give the step.
//!
//! Where a component's sum has the sign of its target the equation is used as ln Σνx = ln h b
//! (same matrix, other right-hand side): for a sum that one species dominates this is linear in
//! the unknowns, so overshoots of many orders of magnitude cost one iteration instead of one per
//! factor e.

use super::linear;
use super::workspace::GasWorkspace;

/// Longest step in any ln variable.
const STEP_MAX: f64 = 5.0;
/// A step this small is applied and is the last: what remains is of the order of its square.
const STEP_DONE: f64 = 3e-6;
/// A component this much rarer than the species made of it is replaced.
const DOMINANCE: f64 = 1e4;

impl GasWorkspace {
    /// Iterates from the present unknowns. `Ok(iterations)` or `Err(iterations)`.
    pub(super) fn newton(&mut self, max_iterations: u32) -> Result<u32, u32> {
        let mut reselections = 0;
        for iteration in 1..=max_iterations {
            self.update_fractions();
            self.accumulate();
            if !self.components_dominate() && reselections < max_iterations {
                reselections += 1;
                if !self.choose_components() {
                    return Err(iteration);
                }
                self.accumulate();
            }
            self.right_hand_sides();
            let n = self.width;
            linear::factor(&mut self.hessian, &mut self.scale, n);
            let step_h = self.newton_step();
            let mut longest = step_h.abs();
            for step in &self.step[..n] {
                longest = longest.max(step.abs());
            }
            if !longest.is_finite() {
                return Err(iteration);
            }
            if longest < STEP_DONE {
                self.apply_last(step_h);
                return Ok(iteration);
            }
            let damping = (STEP_MAX / longest).min(1.0);
            for (y, step) in self.y.iter_mut().zip(&self.step[..n]) {
                *y += damping * step;
            }
            self.ln_h += damping * step_h;
        }
        Err(max_iterations)
    }

    /// Whether no component is much rarer than the species that hold it.
    fn components_dominate(&self) -> bool {
        let n = self.width;
        self.basis
            .iter()
            .enumerate()
            .all(|(c, s)| self.hessian[c * n + c] <= DOMINANCE * self.x[*s])
    }

    /// Residuals, and the column of ln h, per component.
    fn right_hand_sides(&mut self) {
        let h = self.ln_h.exp();
        for c in 0..self.width {
            let target = h * self.targets[c];
            let sum = self.sums[c];
            if target > 0.0 && sum > 0.5 * self.magnitudes[c] {
                self.column[c] = sum;
                self.residual[c] = sum * (sum / target).ln();
            } else {
                self.column[c] = target;
                self.residual[c] = sum - target;
            }
        }
    }

    /// Writes the step of y to `step` and returns that of ln h. `hessian` holds the factor.
    fn newton_step(&mut self) -> f64 {
        let n = self.width;
        for (step, residual) in self.step[..n].iter_mut().zip(&self.residual) {
            *step = -residual;
        }
        let (factor, scale) = (&self.hessian, &self.scale);
        linear::solve(factor, scale, n, &mut self.step[..n]);
        linear::solve(factor, scale, n, &mut self.column[..n]);
        let along_step = dot(&self.sums[..n], &self.step);
        let along_column = dot(&self.sums[..n], &self.column);
        let excess = self.total_x * self.total_x.ln();
        let step_h = if along_column > 1e-12 * self.total_x {
            (-excess - along_step) / along_column
        } else {
            0.0
        };
        for (step, column) in self.step[..n].iter_mut().zip(&self.column) {
            *step += step_h * column;
        }
        step_h
    }

    /// Applies a step so small that the species follow it to second order.
    fn apply_last(&mut self, step_h: f64) {
        self.ln_h += step_h;
        for (y, step) in self.y.iter_mut().zip(&self.step[..self.width]) {
            *y += step;
        }
        for s in 0..self.active.len() {
            let mut change = 0.0;
            for &(c, nu) in &self.exponents[self.rows[s]..self.rows[s + 1]] {
                change += nu * self.step[c];
            }
            self.ln_x[s] += change;
            self.x[s] *= 1.0 + change * (1.0 + 0.5 * change);
        }
    }

    /// Largest relative violation of a conserved quantity, its index, and Σx - 1.
    pub(super) fn violations(&mut self) -> (f64, usize, f64) {
        let n = self.width;
        let h = self.ln_h.exp();
        let mut worst = (0.0_f64, 0);
        for e in 0..n {
            let (mut sum, mut magnitude) = (0.0, 0.0);
            for (s, x) in self.x.iter().enumerate() {
                let count = self.counts[s * n + e];
                sum += count * x;
                magnitude += count.abs() * x;
            }
            let violation = (sum - h * self.totals[e]).abs() / magnitude;
            if violation > worst.0 || violation.is_nan() {
                worst = (violation, e);
            }
        }
        (worst.0, worst.1, self.x.iter().sum::<f64>() - 1.0)
    }
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
