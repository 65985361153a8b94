//! The guaranteed way: nested bisection around a convex problem.
//!
//! With the moles of gas per bar and the pressure inside the laws held fixed, the balances are the
//! gradient of a strictly convex function of the potentials: a sum of exponentials ln p_s = base + c·x,
//! and of the integrals of laws that rise with their fugacity. Newton along that gradient with a line
//! search on the directional derivative converges from anywhere. Two scalars remain: the mean molar
//! mass, bracketed by the lightest and the heaviest gas, and the pressure in the laws, bracketed by
//! 0 and the limit of the laws. Both are bisected (intermediate value theorem), then the full Newton
//! polishes. The proof needs targets in moles; with an element given as a pressure and another in
//! moles a dissolved gas of both breaks the symmetry, and the method is only very likely to work.

use super::solver::{eliminate, start};
use super::system::{
    Balance, Frozen, MAX_PRESSURE_BAR, OXYGEN, System, UNKNOWNS, Vector, Workspace,
};

const OUTER_STEPS: u32 = 40;
const INNER_ITERATIONS: u32 = 200;
/// Bound on the work: a problem without a solution must end.
const MAX_EVALUATIONS: u32 = 50_000;
const LINE_STEPS: u32 = 40;
const INNER_TOLERANCE: f64 = 1.0e-9;
/// Far below the solution the function is flat and a Newton step is astronomically long.
const MAX_STEP: f64 = 4.0;

/// Where the bisection ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bracketed {
    pub(super) x: Vector,
    pub(super) evaluations: u32,
}

struct Search<'a> {
    system: &'a System,
    workspace: &'a mut Workspace,
    x: Vector,
    evaluations: u32,
}

/// A starting point close to the solution.
pub(super) fn bracket(system: &System, cold: Vector, workspace: &mut Workspace) -> Bracketed {
    let mut search = Search {
        system,
        workspace,
        x: cold,
        evaluations: 0,
    };
    let depends_on_pressure = !search.workspace.melt().is_empty();
    if depends_on_pressure {
        let (mut low, mut high) = (1.0e-12_f64.ln(), MAX_PRESSURE_BAR.ln());
        for _ in 0..OUTER_STEPS {
            let middle = 0.5 * (low + high);
            let found = search.solve_at_pressure(middle.exp()).pressure_bar;
            if found.ln() > middle {
                low = middle;
            } else {
                high = middle;
            }
            if high - low < 1.0e-6 {
                break;
            }
        }
    } else {
        search.solve_at_pressure(1.0);
    }
    Bracketed {
        x: search.x,
        evaluations: search.evaluations,
    }
}

impl Search<'_> {
    /// Bisects the mean molar mass at a given pressure in the laws.
    fn solve_at_pressure(&mut self, law_pressure_bar: f64) -> Balance {
        let masses = || self.system.gases.iter().map(|gas| gas.molar_mass);
        let mut low = masses().fold(f64::INFINITY, f64::min);
        let mut high = masses().fold(0.0, f64::max);
        let mut balance = Balance::default();
        for _ in 0..OUTER_STEPS {
            let middle = 0.5 * (low + high);
            let frozen = Frozen {
                moles_per_bar: self.system.column_kg_per_bar / middle,
                law_pressure_bar,
            };
            balance = self.convex(frozen);
            if balance.mean_molar_mass > middle {
                low = middle;
            } else {
                high = middle;
            }
            if high - low < 1.0e-7 * high {
                break;
            }
        }
        balance
    }

    /// Gradient of the convex function: found minus target, oxygen without the carriers.
    fn gradient(&self, balance: &Balance) -> Vector {
        let mut gradient = [0.0; UNKNOWNS];
        for &row in self.workspace.active() {
            gradient[row] = balance.plus[row] - balance.minus[row];
        }
        if let Some(oxygen) = &self.system.oxygen {
            let carried: f64 = (0..OXYGEN).map(|e| oxygen.carrier[e] * gradient[e]).sum();
            gradient[OXYGEN] += carried;
        }
        gradient
    }

    fn hessian_step(&self, balance: &Balance, gradient: &Vector) -> Option<Vector> {
        let active = self.workspace.active();
        let mut a = [[0.0; UNKNOWNS]; UNKNOWNS];
        let mut b = [0.0; UNKNOWNS];
        for (i, &row) in active.iter().enumerate() {
            // Rows are scaled by their size; the solution of the linear system is the same.
            let size = balance.plus[row] + balance.minus[row];
            b[i] = -gradient[row] / size;
            for (j, &k) in active.iter().enumerate() {
                let mut slope = balance.d_plus[row][k] - balance.d_minus[row][k];
                if let (OXYGEN, Some(oxygen)) = (row, &self.system.oxygen) {
                    slope += (0..OXYGEN)
                        .map(|e| oxygen.carrier[e] * balance.d_plus[e][k])
                        .sum::<f64>();
                }
                a[i][j] = slope / size;
            }
        }
        let solved = eliminate(&mut a, &mut b, active.len())?;
        let mut step = [0.0; UNKNOWNS];
        for (i, &k) in active.iter().enumerate() {
            step[k] = solved[i];
        }
        Some(step)
    }

    fn evaluate(&mut self, x: &Vector, frozen: Frozen) -> Balance {
        self.evaluations += 1;
        self.system.evaluate(x, Some(frozen), self.workspace)
    }

    /// Minimises the convex function from the current point.
    fn convex(&mut self, frozen: Frozen) -> Balance {
        if self.x.iter().any(|v| !v.is_finite()) {
            self.x = start(self.system, self.workspace);
        }
        let mut balance = self.evaluate(&self.x.clone(), frozen);
        for _ in 0..INNER_ITERATIONS {
            let active = self.workspace.active();
            let open = active
                .iter()
                .map(|&row| balance.residual(row).abs())
                .fold(0.0, f64::max);
            if open < INNER_TOLERANCE || self.evaluations > MAX_EVALUATIONS {
                break;
            }
            let gradient = self.gradient(&balance);
            let Some(step) = self.hessian_step(&balance, &gradient) else {
                break;
            };
            balance = self.line_search(&gradient, &step, frozen);
        }
        balance
    }

    /// Shortens the step until the slope along it is no longer steeply positive.
    fn line_search(&mut self, gradient: &Vector, step: &Vector, frozen: Frozen) -> Balance {
        let along = |g: &Vector| g.iter().zip(step).map(|(g, s)| g * s).sum::<f64>();
        let initial = along(gradient);
        let largest = step.iter().fold(0.0_f64, |m, s| m.max(s.abs()));
        let mut factor = (MAX_STEP / largest).min(1.0);
        let from = self.x;
        let mut balance = Balance::default();
        for _ in 0..LINE_STEPS {
            let trial: Vector = std::array::from_fn(|k| from[k] + factor * step[k]);
            balance = self.evaluate(&trial, frozen);
            self.x = trial;
            if along(&self.gradient(&balance)) <= 0.5 * initial.abs() {
                break;
            }
            factor *= 0.5;
        }
        balance
    }
}
