//! Ideal mixing of complex components: the activity model of the MAGMA code (Fegley & Cameron 1987;
//! Schaefer & Fegley 2004), solved as a strictly convex problem.
//!
//! Complexes have activities a_j = K_j prod_i a_i^nu_ij, and sum_j nu_ij a_j = F_i for each oxide, the
//! free oxide included. With x_i = ln a_i this is grad Phi = 0 for
//! Phi(x) = sum_j exp(ln K_j + nu_j . x) - F . x. Activities are moles per mole of oxides, so that
//! 0 < gamma <= 1.

use std::sync::LazyLock;

use super::magma_constants::{MagmaSet, reduced};
use super::{
    Conditions, LiquidData, MeltError, MeltModel, MeltState, OxidePotentials, PerOxide,
    check_temperature,
};
use crate::species::Oxide;

/// Number of oxides of the model.
pub const BASIS: usize = 8;

/// Oxides of the model.
pub const BASIS_OXIDES: [Oxide; BASIS] = [
    Oxide::SiO2,
    Oxide::MgO,
    Oxide::FeO,
    Oxide::CaO,
    Oxide::Al2O3,
    Oxide::TiO2,
    Oxide::Na2O,
    Oxide::K2O,
];
const FEO: usize = 2;

/// Newton steps before the solve gives up; cold starts need about 20.
const MAX_ITERATIONS: u32 = 200;
/// The last step that still counts as moving; convergence is quadratic, so the error left is about ten
/// times its square.
const STEP_TOLERANCE: f64 = 3e-8;
/// Relative residual below which the last solution is a better start than a cold one.
const NEAR: f64 = 10.0;
/// Longest step in any ln a_i.
const MAX_STEP: f64 = 4.0;

type Vector = [f64; BASIS];
type Matrix = [[f64; BASIS]; BASIS];

/// Most oxides in one complex.
const MAX_TERMS: usize = 4;

/// One complex: log10 K = a + b/T + c/T² from the oxides, and an exponent of fO2.
#[derive(Clone, Debug)]
struct Complex {
    /// Basis index (ascending) and stoichiometric number.
    terms: [(usize, f64); MAX_TERMS],
    /// How many of the terms count.
    len: usize,
    /// Oxides that must be present, as bits.
    needs: u32,
    a: f64,
    b_k: f64,
    c_k2: f64,
    fo2_exponent: f64,
}

impl Complex {
    fn nu(&self) -> &[(usize, f64)] {
        &self.terms[..self.len]
    }

    fn ln_k(&self, at: Conditions) -> f64 {
        let inverse = 1.0 / at.t_k;
        std::f64::consts::LN_10 * (self.a + inverse * (self.b_k + inverse * self.c_k2))
            + self.fo2_exponent * at.ln_fo2
    }

    fn d_ln_k_dt(&self, t_k: f64) -> f64 {
        let inverse = 1.0 / t_k;
        -std::f64::consts::LN_10 * inverse * inverse * (self.b_k + 2.0 * inverse * self.c_k2)
    }
}

static COMPLEXES: LazyLock<Vec<Complex>> = LazyLock::new(|| {
    let mut list = parse_complexes(include_str!("data/imcc_complexes.csv"));
    list.extend(ferric_complexes());
    list
});
/// The last two complexes hold ferric iron.
const FERRIC: usize = 2;

/// Parses the embedded table; its form is fixed by a test.
fn parse_complexes(text: &str) -> Vec<Complex> {
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|row| {
        let cells: Vec<&str> = row.split(',').collect();
        let nu = cells[1].split_whitespace().map(|term| {
            let (oxide, count) = term.split_once(':').expect("oxide:count");
            let index = BASIS_OXIDES
                .iter()
                .position(|basis| basis.name() == oxide)
                .expect("complexes are made of the oxides of the basis");
            (index, count.parse().expect("counts are numbers"))
        });
        let number = |i: usize| cells[i].parse().expect("the embedded table holds numbers");
        complex(nu.collect(), [number(2), number(3), 0.0], 0.0)
    })
    .collect()
}

fn complex(mut nu: Vec<(usize, f64)>, coefficients: [f64; 3], fo2_exponent: f64) -> Complex {
    nu.sort_by_key(|(i, _)| *i);
    let mut terms = [(0, 0.0); MAX_TERMS];
    terms[..nu.len()].copy_from_slice(&nu);
    let [a, b_k, c_k2] = coefficients;
    Complex {
        terms,
        len: nu.len(),
        needs: nu.iter().map(|(i, _)| 1 << i).sum(),
        a,
        b_k,
        c_k2,
        fo2_exponent,
    }
}

/// Fe2O3 and Fe3O4 as complexes of 2 and 3 FeO at the given fO2.
fn ferric_complexes() -> [Complex; FERRIC] {
    let of = |name| reduced(MagmaSet::Sf04, name).expect("the embedded table has the iron oxides");
    // 2 FeO(l) + 1/2 O2 = Fe2O3(l): log10 K = 2 g(FeO) - g(Fe2O3).
    let (ferrous, ferric) = (of("FeO(l)"), of("Fe2O3(l)"));
    let a = 2.0 * ferrous.a - ferric.a;
    let b_k = 2.0 * ferrous.b_k - ferric.b_k;
    // FeO + Fe2O3 = Fe3O4 (Schaefer & Fegley 2004 listing).
    let magnetite = [
        a - 0.438_589_454_4,
        b_k + 4_303.815_517_543_6,
        -3_105_020.522_338_605_5,
    ];
    [
        complex(vec![(FEO, 2.0)], [a, b_k, 0.0], 0.5),
        complex(vec![(FEO, 3.0)], magnetite, 0.5),
    ]
}

/// Memory of the last solution. Owned by the caller inside [`MeltState`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Workspace {
    x: Vector,
    /// Oxides present in the last solution, as bits; 0 before the first.
    present: u32,
    ln_k: Vec<f64>,
    amount: Vec<f64>,
    /// Mole fraction of all oxidised iron.
    iron: f64,
}

impl Workspace {
    pub(crate) fn forget(&mut self) {
        self.present = 0;
    }
}

/// The model.
#[derive(Clone, Copy, Debug)]
pub struct Imcc {
    /// Gibbs energies of the pure liquid oxides that turn activities into potentials.
    pub liquids: LiquidData,
    /// Whether the model's own Fe2O3 and Fe3O4 take part (they underestimate ferric iron tenfold at
    /// IW+3.5; the presets that reproduce MAGMA use them).
    pub own_ferric_iron: bool,
}

impl MeltModel for Imcc {
    fn name(&self) -> &'static str {
        "imcc"
    }

    fn knows(&self, oxide: Oxide) -> bool {
        BASIS_OXIDES.contains(&oxide) || oxide == Oxide::Fe2O3
    }

    fn has_own_ferric_iron(&self) -> bool {
        self.own_ferric_iron
    }

    /// Two ferric ions in each of Fe2O3 and Fe3O4.
    fn own_ferric_fraction(&self, state: &MeltState) -> f64 {
        let amounts = &state.imcc.amount;
        if !self.own_ferric_iron || state.imcc.iron == 0.0 || amounts.len() < FERRIC {
            return 0.0;
        }
        let ferric: f64 = amounts[amounts.len() - FERRIC..].iter().sum();
        2.0 * ferric / state.imcc.iron
    }

    /// Fe2O3 among `moles` is inert: it dilutes but forms no complexes.
    fn evaluate(
        &self,
        moles: &PerOxide,
        at: Conditions,
        state: &mut MeltState,
    ) -> Result<(), MeltError> {
        check_temperature(at.t_k)?;
        let (fractions, present) =
            basis_fractions(moles).ok_or(MeltError::Empty { model: "imcc" })?;
        let count = COMPLEXES.len() - if self.own_ferric_iron { 0 } else { FERRIC };
        let problem = Problem {
            complexes: &COMPLEXES[..count],
            fractions,
            present,
        };
        state.iterations =
            problem
                .solve(at, &mut state.imcc)
                .map_err(|(residual, iterations)| MeltError::NotConverged {
                    what: "the activity model (imcc)",
                    t_k: at.t_k,
                    ln_fo2: at.ln_fo2,
                    residual,
                    iterations,
                    moles: Box::new(*moles),
                })?;
        state.imcc.iron = fractions[FEO];
        state.pure.update(self.liquids, at.t_k);
        fill(state, present, inert_fraction(moles));
        Ok(())
    }

    fn differentiate(&self, moles: &PerOxide, at: Conditions, state: &mut MeltState) {
        let Some((fractions, present)) = basis_fractions(moles) else {
            return;
        };
        let problem = Problem {
            complexes: &COMPLEXES[..state.imcc.amount.len()],
            fractions,
            present,
        };
        let derivative = problem.temperature_derivative(at, &state.imcc);
        let MeltState {
            potentials, pure, ..
        } = state;
        for (i, oxide) in BASIS_OXIDES.iter().enumerate() {
            if present & (1 << i) != 0 {
                let o = oxide.index();
                potentials.dmu_rt_dt[o] = pure.d_gibbs_rt_dt[o] + derivative[i];
            }
        }
        if inert_fraction(moles) > 0.0 {
            let o = Oxide::Fe2O3.index();
            potentials.dmu_rt_dt[o] = pure.d_gibbs_rt_dt[o];
        }
    }
}

/// Mole fractions in the basis and the oxides present as bits; `None` if nothing is known.
fn basis_fractions(moles: &PerOxide) -> Option<(Vector, u32)> {
    let mut fractions: Vector = std::array::from_fn(|i| moles[BASIS_OXIDES[i].index()]);
    let total: f64 = fractions.iter().sum();
    if total <= 0.0 {
        return None;
    }
    let whole = total + moles[Oxide::Fe2O3.index()];
    fractions.iter_mut().for_each(|f| *f /= whole);
    let present = (0..BASIS)
        .filter(|i| fractions[*i] > 0.0)
        .map(|i| 1 << i)
        .sum();
    Some((fractions, present))
}

/// Mole fraction of Fe2O3, inert here.
fn inert_fraction(moles: &PerOxide) -> f64 {
    let known = BASIS_OXIDES.iter().map(|oxide| moles[oxide.index()]);
    let ferric = moles[Oxide::Fe2O3.index()];
    ferric / (ferric + known.sum::<f64>())
}

fn fill(state: &mut MeltState, present: u32, ferric: f64) {
    let MeltState {
        potentials,
        pure,
        imcc,
        ..
    } = state;
    *potentials = OxidePotentials::default();
    let mut set = |o: usize, ln_activity: f64| {
        potentials.ln_activity[o] = ln_activity;
        potentials.mu_rt[o] = pure.gibbs_rt[o] + ln_activity;
    };
    for (i, oxide) in BASIS_OXIDES.iter().enumerate() {
        if present & (1 << i) != 0 {
            set(oxide.index(), imcc.x[i]);
        }
    }
    if ferric > 0.0 {
        set(Oxide::Fe2O3.index(), ferric.ln());
    }
}

/// The convex problem at one composition.
struct Problem<'a> {
    complexes: &'a [Complex],
    fractions: Vector,
    present: u32,
}

impl Problem<'_> {
    fn has(&self, i: usize) -> bool {
        self.present & (1 << i) != 0
    }

    fn takes_part(&self, complex: &Complex) -> bool {
        complex.needs & !self.present == 0
    }

    /// Solves from the last solution if it is near, else cold. Returns the steps made, or the
    /// residual and the steps.
    fn solve(&self, at: Conditions, work: &mut Workspace) -> Result<u32, (f64, u32)> {
        work.ln_k.clear();
        work.ln_k
            .extend(self.complexes.iter().map(|complex| complex.ln_k(at)));
        work.amount.resize(self.complexes.len(), 0.0);
        if work.present == self.present {
            let solved = self.newton(work, NEAR);
            if solved.is_ok() {
                return solved;
            }
        }
        work.x = self.cold_start(&work.ln_k);
        let solved = self.newton(work, f64::INFINITY);
        work.present = if solved.is_ok() { self.present } else { 0 };
        solved
    }

    /// Largest residual of an oxide relative to its amount.
    fn residual(&self, gradient: &Vector) -> f64 {
        (0..BASIS)
            .filter(|i| self.has(*i))
            .map(|i| (gradient[i] / self.fractions[i]).abs())
            .fold(0.0, f64::max)
    }

    /// Newton with Cholesky and Armijo from `work.x`, whose residual must be below `limit`.
    fn newton(&self, work: &mut Workspace, limit: f64) -> Result<u32, (f64, u32)> {
        let mut phi = self.phi(&work.x, &work.ln_k, &mut work.amount);
        let mut residual = f64::INFINITY;
        for iteration in 1..=MAX_ITERATIONS {
            let (gradient, mut hessian) = self.derivatives(&work.x, &work.amount);
            residual = self.residual(&gradient);
            let mut step = gradient.map(|g| -g);
            let too_far = iteration == 1 && residual > limit;
            if too_far || !residual.is_finite() || !cholesky_solve(&mut hessian, &mut step) {
                break;
            }
            let longest = step.iter().fold(0.0_f64, |m, s| m.max(s.abs()));
            let slope: f64 = gradient.iter().zip(&step).map(|(g, s)| g * s).sum();
            let mut scale = (MAX_STEP / longest).min(1.0);
            let start = work.x;
            // The decrease of a trace oxide drowns in the rounding of Phi: so much is forgiven.
            let slack = 8.0 * f64::EPSILON * (1.0 + phi.abs());
            loop {
                work.x = std::array::from_fn(|i| start[i] + scale * step[i]);
                let trial = self.phi(&work.x, &work.ln_k, &mut work.amount);
                if trial <= phi + 1e-4 * scale * slope + slack {
                    phi = trial;
                    break;
                }
                scale *= 0.5;
                if scale < 1e-10 {
                    return Err((residual, iteration));
                }
            }
            if longest < STEP_TOLERANCE {
                return Ok(iteration);
            }
        }
        Err((residual, MAX_ITERATIONS))
    }

    /// A point below every constraint: each complex alone uses at most its share of each oxide.
    fn cold_start(&self, ln_k: &[f64]) -> Vector {
        let mut x: Vector = std::array::from_fn(|i| {
            if self.has(i) {
                self.fractions[i].ln()
            } else {
                0.0
            }
        });
        // Pull down the scarcest oxide of the complex with the largest overshoot.
        for _ in 0..60 {
            let mut worst = (0.0, 0, 0.0);
            for (complex, ln_k) in self.complexes.iter().zip(ln_k) {
                if !self.takes_part(complex) {
                    continue;
                }
                let ln_amount = ln_k + complex.nu().iter().map(|(i, nu)| nu * x[*i]).sum::<f64>();
                for (i, nu) in complex.nu() {
                    let overshoot = ln_amount + nu.ln() - self.fractions[*i].ln();
                    if overshoot > worst.0 {
                        worst = (overshoot, *i, *nu);
                    }
                }
            }
            if worst.0 < 0.1 {
                break;
            }
            x[worst.1] -= worst.0 / worst.2;
        }
        x
    }

    /// Phi, and the amounts of the complexes.
    fn phi(&self, x: &Vector, ln_k: &[f64], amount: &mut [f64]) -> f64 {
        let mut phi = 0.0;
        for i in (0..BASIS).filter(|i| self.has(*i)) {
            phi += x[i].exp() - self.fractions[i] * x[i];
        }
        for ((complex, ln_k), amount) in self.complexes.iter().zip(ln_k).zip(amount) {
            *amount = 0.0;
            if self.takes_part(complex) {
                let mut exponent = *ln_k;
                for (i, nu) in complex.nu() {
                    exponent += nu * x[*i];
                }
                *amount = exponent.exp();
                phi += *amount;
            }
        }
        phi
    }

    /// Gradient and lower triangle of the Hessian; absent oxides have a unit row.
    fn derivatives(&self, x: &Vector, amount: &[f64]) -> (Vector, Matrix) {
        let mut gradient = [0.0; BASIS];
        let mut hessian = [[0.0; BASIS]; BASIS];
        for i in 0..BASIS {
            if self.has(i) {
                let free = x[i].exp();
                gradient[i] = free - self.fractions[i];
                hessian[i][i] = free;
            } else {
                hessian[i][i] = 1.0;
            }
        }
        for (complex, amount) in self.complexes.iter().zip(amount) {
            if *amount == 0.0 {
                continue;
            }
            for (n, (i, nu_i)) in complex.nu().iter().enumerate() {
                let weight = nu_i * amount;
                gradient[*i] += weight;
                for (k, nu_k) in &complex.nu()[..=n] {
                    hessian[*i][*k] += weight * nu_k;
                }
            }
        }
        (gradient, hessian)
    }

    /// d ln a / dT at fixed composition and fO2: H dx/dT = - sum_j nu_j a_j d ln K_j/dT.
    fn temperature_derivative(&self, at: Conditions, work: &Workspace) -> Vector {
        let (_, mut hessian) = self.derivatives(&work.x, &work.amount);
        let mut right = [0.0; BASIS];
        for (complex, amount) in self.complexes.iter().zip(&work.amount) {
            let change = amount * complex.d_ln_k_dt(at.t_k);
            for (i, nu) in complex.nu() {
                right[*i] -= nu * change;
            }
        }
        for i in (0..BASIS).filter(|i| !self.has(*i)) {
            right[i] = 0.0;
        }
        // The Hessian at a solution is positive definite; a failure leaves zeros.
        if cholesky_solve(&mut hessian, &mut right) {
            right
        } else {
            [0.0; BASIS]
        }
    }
}

/// Solves `matrix` x = `right` in place for a symmetric positive definite matrix, scaled by its
/// diagonal (K2O activities of 1e-17 stand beside SiO2). False if it is not positive definite.
fn cholesky_solve(matrix: &mut Matrix, right: &mut Vector) -> bool {
    let scale: Vector = std::array::from_fn(|i| 1.0 / matrix[i][i].sqrt());
    for i in 0..BASIS {
        right[i] *= scale[i];
        for k in 0..=i {
            let mut sum = matrix[i][k] * scale[i] * scale[k];
            let products = matrix[i][..k]
                .iter()
                .zip(&matrix[k][..k])
                .map(|(a, b)| a * b);
            sum -= products.sum::<f64>();
            if i == k {
                if sum.is_nan() || sum <= 0.0 {
                    return false;
                }
                matrix[i][i] = sum.sqrt();
            } else {
                matrix[i][k] = sum / matrix[k][k];
            }
        }
    }
    for i in 0..BASIS {
        for k in 0..i {
            right[i] -= matrix[i][k] * right[k];
        }
        right[i] /= matrix[i][i];
    }
    for i in (0..BASIS).rev() {
        for k in i + 1..BASIS {
            right[i] -= matrix[k][i] * right[k];
        }
        right[i] /= matrix[i][i];
    }
    for i in 0..BASIS {
        right[i] *= scale[i];
    }
    true
}

#[cfg(test)]
mod tests;
