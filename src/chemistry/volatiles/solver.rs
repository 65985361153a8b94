//! Damped Newton in the element potentials, from a start that is an upper bound of each.
//!
//! Start: the largest λ_e at which no single gas and no single dissolved component would hold more
//! than the whole budget of e; gases of several volatiles (CH4, HCN) then pull down the scarcest of
//! their elements. Steps are limited to 2 in any unknown and halved until the residuals fall. If that
//! stops, ln fO2 is bisected where oxygen is balanced, and then the nested bisection of
//! `fallback` takes over.

use super::fallback;
use super::system::{Balance, Matrix, OXYGEN, System, Target, UNKNOWNS, Vector, Workspace};

/// A solution closes every balance to this (relative).
pub const CLOSURE: f64 = 1.0e-12;
/// Newton goes on below [`CLOSURE`] while it gains, down to the noise of f64.
const POLISH: f64 = 2.0e-14;
/// ln fO2 (bar) in which a balance of oxygen is looked for: 10^-60 to 10^8 bar.
const LN_FO2_RANGE: (f64, f64) = (-138.0, 18.4);
/// Width of the shift of λ_O on which bisection hands over to Newton.
const OXYGEN_WIDTH: f64 = 1.0e-6;
const MAX_STEP: f64 = 2.0;
const MAX_ITERATIONS: u32 = 100;
const MAX_HALVINGS: u32 = 6;
const MAX_PULLS: u32 = 60;
/// Mean molar mass assumed for the start \[kg mol⁻¹\].
const START_MOLAR_MASS: f64 = 0.03;

/// Where the solver arrived.
#[derive(Clone, Copy, Debug)]
pub struct Solution {
    /// Element potentials and oxygen shift; unused entries are 0.
    pub x: Vector,
    /// Sums there.
    pub balance: Balance,
    /// Largest |ln(found/target)|.
    pub residual: f64,
    /// Evaluations spent.
    pub evaluations: u32,
    /// Whether the bracketing fallback was needed.
    pub bracketed: bool,
}

impl Solution {
    /// Whether every balance closes to [`CLOSURE`].
    pub fn is_closed(&self) -> bool {
        self.residual <= CLOSURE
    }
}

/// Solves `system`. `guess`: potentials of a neighbouring solution, or nothing for a cold start.
/// The result may not be closed: ask [`Solution::is_closed`].
pub fn solve(system: &System, guess: Option<&Vector>, workspace: &mut Workspace) -> Solution {
    system.prepare(workspace);
    let start = guess.map_or_else(|| start(system, workspace), |x| masked(x, workspace));
    let mut solution = newton(system, start, workspace);
    if solution.is_closed() || workspace.active().is_empty() {
        return solution;
    }
    let mut spent = solution.evaluations;
    let cold = self::start(system, workspace);
    if system.oxygen.is_some() {
        match bisect_oxygen(system, cold, &mut spent, workspace) {
            Bisection::NoRoot => {
                solution.evaluations = spent;
                return solution;
            }
            Bisection::Near(x) => {
                solution = newton(system, x, workspace);
                solution.evaluations += spent;
                solution.bracketed = true;
                if solution.is_closed() {
                    return solution;
                }
                spent = solution.evaluations;
            }
            Bisection::Unknown => {}
        }
    }
    let bracket = fallback::bracket(system, cold, workspace);
    solution = newton(system, bracket.x, workspace);
    solution.evaluations += spent + bracket.evaluations;
    solution.bracketed = true;
    solution
}

/// Outcome of the bisection of ln fO2.
enum Bisection {
    /// A point next to the root.
    Near(Vector),
    /// The oxygen balance has one sign over all of [`LN_FO2_RANGE`]: no solution exists.
    NoRoot,
    /// A solve with fO2 imposed failed on the way.
    Unknown,
}

/// Bisects ln fO2 around the solve with fO2 imposed.
fn bisect_oxygen(
    system: &System,
    cold: Vector,
    spent: &mut u32,
    workspace: &mut Workspace,
) -> Bisection {
    let mut x = cold;
    let mut surplus = |shift: f64, x: &mut Vector| {
        x[OXYGEN] = shift;
        let imposed = workspace.without_oxygen(|workspace| {
            let warm = newton(system, *x, workspace);
            *spent += warm.evaluations;
            if warm.is_closed() {
                return warm;
            }
            let again = newton(system, at_shift(cold, shift), workspace);
            *spent += again.evaluations;
            again
        });
        *x = imposed.x;
        let closed = imposed.is_closed();
        closed.then(|| system.evaluate(x, None, workspace).residual(OXYGEN))
    };
    let shift = |ln_fo2: f64| 0.5 * (ln_fo2 - system.ln_fo2);
    let (mut low, mut high) = (shift(LN_FO2_RANGE.0), shift(LN_FO2_RANGE.1));
    while high - low > OXYGEN_WIDTH {
        let middle = 0.5 * (low + high);
        // Where the imposed solve fails nothing is known: try a little higher.
        let sign = surplus(middle, &mut x).or_else(|| surplus(middle + 0.1, &mut x));
        match sign {
            Some(sign) if sign > 0.0 => high = middle,
            Some(_) => low = middle,
            None => return Bisection::Unknown,
        }
    }
    if low > shift(LN_FO2_RANGE.0) && high < shift(LN_FO2_RANGE.1) {
        Bisection::Near(x)
    } else {
        Bisection::NoRoot
    }
}

fn at_shift(mut x: Vector, shift: f64) -> Vector {
    x[OXYGEN] = shift;
    x
}

fn masked(x: &Vector, workspace: &Workspace) -> Vector {
    let mut kept = [0.0; UNKNOWNS];
    for &k in workspace.active() {
        kept[k] = x[k];
    }
    kept
}

/// Sum of squares and maximum of the residuals.
pub(super) fn norms(balance: &Balance, active: &[usize]) -> (f64, f64) {
    let mut sum = 0.0;
    let mut largest = 0.0_f64;
    for &row in active {
        let r = balance.residual(row);
        sum += r * r;
        // A NaN must not pass for a small residual.
        largest = if r.is_nan() {
            f64::INFINITY
        } else {
            largest.max(r.abs())
        };
    }
    (if sum.is_nan() { f64::INFINITY } else { sum }, largest)
}

fn newton(system: &System, start: Vector, workspace: &mut Workspace) -> Solution {
    let mut x = start;
    let mut balance = system.evaluate(&x, None, workspace);
    let mut evaluations = 1;
    let (mut merit, mut residual) = norms(&balance, workspace.active());
    for _ in 0..MAX_ITERATIONS {
        if residual <= POLISH || !residual.is_finite() {
            break;
        }
        let Some(step) = newton_step(&balance, workspace.active()) else {
            break;
        };
        let largest = step.iter().fold(0.0_f64, |m, s| m.max(s.abs()));
        let mut factor = (MAX_STEP / largest).min(1.0);
        let mut accepted = None;
        for _ in 0..=MAX_HALVINGS {
            let trial: Vector = std::array::from_fn(|k| x[k] + factor * step[k]);
            let at_trial = system.evaluate(&trial, None, workspace);
            evaluations += 1;
            let (trial_merit, trial_residual) = norms(&at_trial, workspace.active());
            if trial_merit < merit {
                accepted = Some((trial, at_trial, trial_merit, trial_residual));
                break;
            }
            if residual <= CLOSURE {
                break;
            }
            factor *= 0.5;
        }
        let Some((trial, at_trial, trial_merit, trial_residual)) = accepted else {
            break;
        };
        (x, balance, merit, residual) = (trial, at_trial, trial_merit, trial_residual);
    }
    // The last trial may have been refused: pressures must belong to x.
    balance = if evaluations > 1 {
        system.evaluate(&x, None, workspace)
    } else {
        balance
    };
    Solution {
        x,
        balance,
        residual,
        evaluations,
        bracketed: false,
    }
}

/// Solves J dx = -r; `None` if J is singular or not finite.
fn newton_step(balance: &Balance, active: &[usize]) -> Option<Vector> {
    let n = active.len();
    let mut a = [[0.0; UNKNOWNS]; UNKNOWNS];
    let mut b = [0.0; UNKNOWNS];
    for (i, &row) in active.iter().enumerate() {
        b[i] = -balance.residual(row);
        for (j, &k) in active.iter().enumerate() {
            a[i][j] = balance.slope(row, k);
        }
    }
    let solved = eliminate(&mut a, &mut b, n)?;
    let mut step = [0.0; UNKNOWNS];
    for (i, &k) in active.iter().enumerate() {
        step[k] = solved[i];
    }
    Some(step)
}

/// Gaussian elimination with partial pivoting on the leading n x n block.
pub(super) fn eliminate(a: &mut Matrix, b: &mut Vector, n: usize) -> Option<Vector> {
    for column in 0..n {
        let pivot =
            (column..n).max_by(|&i, &j| a[i][column].abs().total_cmp(&a[j][column].abs()))?;
        if !(a[pivot][column].abs() > 0.0 && a[pivot][column].is_finite()) {
            return None;
        }
        a.swap(column, pivot);
        b.swap(column, pivot);
        for row in column + 1..n {
            let factor = a[row][column] / a[column][column];
            let pivot_row = a[column];
            for (value, above) in a[row][column..n].iter_mut().zip(&pivot_row[column..n]) {
                *value -= factor * above;
            }
            b[row] -= factor * b[column];
        }
    }
    let mut x = [0.0; UNKNOWNS];
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|k| a[row][k] * x[k]).sum();
        x[row] = (b[row] - known) / a[row][row];
    }
    x[..n].iter().all(|v| v.is_finite()).then_some(x)
}

/// Moles per bar of gas and target of element `e`, for the start.
fn scale(system: &System, e: usize) -> (f64, f64) {
    match system.targets[e] {
        Target::Moles(moles) => (system.column_kg_per_bar / START_MOLAR_MASS, moles),
        Target::PressureBar(bar) => (1.0, bar),
        Target::Absent => (1.0, 0.0),
    }
}

/// The volatile of a species that holds no other.
fn only_volatile(counts: &Vector) -> Option<usize> {
    let mut found = (0..OXYGEN).filter(|&e| counts[e] != 0.0);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Upper bounds of the potentials.
pub(super) fn start(system: &System, workspace: &Workspace) -> Vector {
    let mut bound = [f64::INFINITY; UNKNOWNS];
    for &index in workspace.moving() {
        let gas = &system.gases[index];
        if let Some(e) = only_volatile(&gas.counts) {
            let (per_bar, target) = scale(system, e);
            let ln_p = (target / (per_bar * gas.counts[e])).ln();
            bound[e] = bound[e].min((ln_p - gas.base) / gas.counts[e]);
        }
    }
    for &index in workspace.melt() {
        let part = &system.dissolved[index];
        let gas = &system.gases[part.gas];
        if let Some(e) = only_volatile(&gas.counts)
            && let Target::Moles(target) = system.targets[e]
        {
            let ppmw = target / part.counts[e] * part.molar_mass / system.melt_kg * 1.0e6;
            // More than pure volatile is no bound worth having.
            if ppmw < 1.0e6 {
                let ln_f = part
                    .law
                    .ln_fugacity_for(ppmw, system.ln_fo2, system.log10_iw);
                bound[e] = bound[e].min((ln_f - gas.base) / gas.counts[e]);
            }
        }
    }
    let mut x = [0.0; UNKNOWNS];
    for &k in workspace.active() {
        if bound[k].is_finite() {
            x[k] = bound[k];
        }
    }
    pull_down(system, workspace, &mut x);
    x
}

/// Lowers the scarcest element of the gas that exceeds its elements most, until none does.
fn pull_down(system: &System, workspace: &Workspace, x: &mut Vector) {
    for _ in 0..MAX_PULLS {
        let mut worst: (f64, usize, f64) = (1.0e-3, OXYGEN, 1.0);
        for &index in workspace.moving() {
            let counts = &system.gases[index].counts;
            if only_volatile(counts).is_some() {
                continue;
            }
            let ln_p = system.ln_pressure(index, x);
            for e in (0..OXYGEN).filter(|&e| counts[e] > 0.0) {
                let (per_bar, target) = scale(system, e);
                let excess = ln_p + (counts[e] * per_bar / target).ln();
                if excess > worst.0 {
                    worst = (excess, e, counts[e]);
                }
            }
        }
        let (excess, e, count) = worst;
        if e == OXYGEN {
            return;
        }
        x[e] -= excess / count;
    }
}
