//! The fallback that cannot fail to converge: nested convex minimisation.
//!
//! At fixed h the equations Σ ν x = h b are the stationarity of f(y) = Σ x(y) - h b·y, a strictly
//! convex function that grows in every direction, so damped Newton with a sufficient-decrease test
//! reaches its only minimum from anywhere. The pressure that belongs to h, X(h) = Σ x, rises
//! with h: a bracketed one-dimensional root.

use super::linear;
use super::newton::dot;
use super::workspace::GasWorkspace;

const INNER_MAX: u32 = 400;
const OUTER_MAX: u32 = 80;

impl GasWorkspace {
    /// Solves to about 1e-8 from the present unknowns; the Newton iteration polishes.
    /// Returns the number of inner iterations, as an error if a limit was hit.
    pub(super) fn solve_convex(&mut self) -> Result<u32, u32> {
        // No gas particle holds fewer than 0.05 or more than 50 atoms on average.
        let (mut low, mut high) = (0.05_f64.ln(), 50.0_f64.ln());
        self.ln_h = self.ln_h.clamp(low, high);
        let mut iterations = 0;
        for _ in 0..OUTER_MAX {
            iterations += self.minimise().map_err(|more| iterations + more)?;
            let ln_total = self.total_x.ln();
            if ln_total.abs() < 1e-8 {
                return Ok(iterations);
            }
            if ln_total > 0.0 {
                high = self.ln_h;
            } else {
                low = self.ln_h;
            }
            // d ln X / d ln h, from the factor at the minimum.
            let n = self.width;
            let h = self.ln_h.exp();
            for (column, target) in self.column[..n].iter_mut().zip(&self.targets) {
                *column = h * target;
            }
            linear::solve(&self.hessian, &self.scale, n, &mut self.column[..n]);
            let slope = dot(&self.sums[..n], &self.column) / self.total_x;
            let newton = self.ln_h - ln_total / slope;
            self.ln_h = if newton > low && newton < high {
                newton
            } else {
                0.5 * (low + high)
            };
        }
        Err(iterations)
    }

    /// Minimises f at the present h.
    fn minimise(&mut self) -> Result<u32, u32> {
        let n = self.width;
        let h = self.ln_h.exp();
        self.update_fractions();
        for iteration in 1..=INNER_MAX {
            if !self.choose_components() {
                return Err(iteration);
            }
            self.accumulate();
            for c in 0..n {
                self.residual[c] = self.sums[c] - h * self.targets[c];
                self.step[c] = -self.residual[c];
            }
            linear::factor(&mut self.hessian, &mut self.scale, n);
            linear::solve(&self.hessian, &self.scale, n, &mut self.step[..n]);
            let slope = dot(&self.residual[..n], &self.step);
            let longest = self.step[..n].iter().fold(0.0_f64, |m, s| m.max(s.abs()));
            if longest < 1e-9 {
                return Ok(iteration);
            }
            let start = self.total_x - h * dot(&self.targets[..n], &self.y);
            let mut length = (20.0 / longest).min(1.0);
            self.square[..n].copy_from_slice(&self.y[..n]);
            loop {
                for c in 0..n {
                    self.y[c] = self.square[c] + length * self.step[c];
                }
                self.update_fractions();
                let total: f64 = self.x.iter().sum();
                let value = total - h * dot(&self.targets[..n], &self.y);
                // The second condition ends the search where rounding hides the decrease.
                if value <= start + 1e-4 * length * slope || length * longest < 1e-7 {
                    break;
                }
                length *= 0.5;
            }
        }
        Err(INNER_MAX)
    }
}
