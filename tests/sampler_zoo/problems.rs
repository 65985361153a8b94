//! Problems with known evidence.
//!
//! Truths: Gaussians analytically, -d ln(width); the others by quadrature (eggbox and shells on
//! fine grids, log-gamma by its own normalisation, Rosenbrock by a transfer matrix of 4001 nodes,
//! banana as a one-dimensional integral).

use std::f64::consts::PI;

use magmaret::error::{ModelError, RejectReason};
use magmaret::sampler::Target;

/// ln L of a problem, in its own coordinates.
type LnLikelihood = fn(&[f64]) -> Result<f64, ModelError>;

/// One problem: a box and ln L on it.
#[derive(Clone, Copy)]
pub struct Problem {
    pub name: &'static str,
    pub dim: usize,
    low: f64,
    high: f64,
    pub ln_evidence: f64,
    ln_likelihood: LnLikelihood,
}

impl Target for Problem {
    type Workspace = Vec<f64>;

    fn dim(&self) -> usize {
        self.dim
    }

    fn workspace(&self) -> Vec<f64> {
        vec![0.0; self.dim]
    }

    fn ln_likelihood(&self, unit: &[f64], theta: &mut Vec<f64>) -> Result<f64, ModelError> {
        for (value, u) in theta.iter_mut().zip(unit) {
            *value = self.low + (self.high - self.low) * u;
        }
        (self.ln_likelihood)(theta)
    }
}

/// All problems of the zoo.
pub fn all() -> Vec<Problem> {
    let gauss = |name, dim: usize| Problem {
        name,
        dim,
        low: -10.0,
        high: 10.0,
        ln_evidence: -(dim as f64) * 20_f64.ln(),
        ln_likelihood: correlated_gaussian,
    };
    let make = |name, dim, [low, high]: [f64; 2], ln_evidence, ln_likelihood| Problem {
        name,
        dim,
        low,
        high,
        ln_evidence,
        ln_likelihood,
    };
    vec![
        gauss("gauss2", 2),
        gauss("gauss5", 5),
        gauss("gauss10", 10),
        gauss("gauss20", 20),
        make("eggbox2", 2, [0.0, 10.0 * PI], 235.8559, eggbox),
        make("shells2", 2, [-6.0, 6.0], -1.7456, shells),
        make("shells10", 10, [-6.0, 6.0], -14.5905, shells),
        make("loggamma2", 2, [0.0, 1.0], 0.0, log_gamma),
        make("loggamma10", 10, [0.0, 1.0], 0.0, log_gamma),
        make("rosen2", 2, [-5.0, 5.0], -5.8041, rosenbrock),
        make("rosen10", 10, [-5.0, 5.0], -43.1083, rosenbrock),
        make("rosen20", 20, [-5.0, 5.0], -90.2655, rosenbrock),
        make("banana6", 6, [-5.0, 5.0], -14.551, banana_rejected),
        make("banana6_tied", 6, [-5.0, 5.0], -14.551, banana_tied),
        make("banana6_untied", 6, [-5.0, 5.0], -14.551, banana_untied),
    ]
}

/// The problem of this name.
pub fn named(name: &str) -> Problem {
    all()
        .into_iter()
        .find(|problem| problem.name == name)
        .expect("a problem of the zoo")
}

fn ln_add_exp(a: f64, b: f64) -> f64 {
    let high = a.max(b);
    high + (a.min(b) - high).exp().ln_1p()
}

fn ln_normal(z: f64, sigma: f64) -> f64 {
    -0.5 * (z / sigma).powi(2) - (sigma * (2.0 * PI).sqrt()).ln()
}

/// Unit Gaussian with all correlations 0.9.
fn correlated_gaussian(x: &[f64]) -> Result<f64, ModelError> {
    const CORRELATION: f64 = 0.9;
    let dim = x.len() as f64;
    let rest = 1.0 - CORRELATION;
    let spread = rest + dim * CORRELATION;
    let ln_determinant = (dim - 1.0) * rest.ln() + spread.ln();
    let (sum, square) = x
        .iter()
        .fold((0.0, 0.0), |(sum, square), v| (sum + v, square + v * v));
    let chi_squared = square / rest - CORRELATION / (rest * spread) * sum * sum;
    Ok(-0.5 * (dim * (2.0 * PI).ln() + ln_determinant + chi_squared))
}

fn eggbox(x: &[f64]) -> Result<f64, ModelError> {
    Ok((2.0 + (0.5 * x[0]).cos() * (0.5 * x[1]).cos()).powi(5))
}

/// Two shells of radius 2 and width 0.1, 7 apart.
fn shells(x: &[f64]) -> Result<f64, ModelError> {
    let rest: f64 = x[1..].iter().map(|v| v * v).sum();
    let shell = |centre: f64| ln_normal((rest + (x[0] - centre).powi(2)).sqrt() - 2.0, 0.1);
    Ok(ln_add_exp(shell(3.5), shell(-3.5)))
}

/// Four modes in two coordinates, skewed and Gaussian factors in the others.
fn log_gamma(x: &[f64]) -> Result<f64, ModelError> {
    const SCALE: f64 = 1.0 / 30.0;
    let skewed = |x: f64, mode: f64| {
        let z = (x - mode) / SCALE;
        z - z.exp() - SCALE.ln()
    };
    let (third, two_thirds) = (1.0 / 3.0, 2.0 / 3.0);
    let mut total = -2.0 * 2_f64.ln()
        + ln_add_exp(skewed(x[0], third), skewed(x[0], two_thirds))
        + ln_add_exp(
            ln_normal(x[1] - third, SCALE),
            ln_normal(x[1] - two_thirds, SCALE),
        );
    let last_skewed = (x.len() + 2) / 2;
    for (i, &value) in x.iter().enumerate().skip(2) {
        total += if i < last_skewed {
            skewed(value, two_thirds)
        } else {
            ln_normal(value - two_thirds, SCALE)
        };
    }
    Ok(total)
}

fn rosenbrock(x: &[f64]) -> Result<f64, ModelError> {
    Ok(-x
        .windows(2)
        .map(|pair| 100.0 * (pair[1] - pair[0] * pair[0]).powi(2) + (1.0 - pair[0]).powi(2))
        .sum::<f64>())
}

fn banana(x: &[f64]) -> f64 {
    ln_normal(x[0], 1.5)
        + ln_normal(x[1] - 0.5 * x[0] * x[0], 0.1)
        + ln_normal(x[2] - 0.3 * x[1], 0.1)
        + ln_normal(x[3] - 0.5 * x[0], 0.1)
        + ln_normal(x[4], 0.2)
        + ln_normal(x[5], 0.2)
}

fn beyond_the_edge(x: &[f64]) -> bool {
    x[0] <= -0.5 || x[1] >= 1.2
}

/// The region beyond the edges is rejected.
fn banana_rejected(x: &[f64]) -> Result<f64, ModelError> {
    if beyond_the_edge(x) {
        return Err(ModelError::Rejected(RejectReason::Forbidden));
    }
    Ok(banana(x))
}

/// The region beyond the edges is a plateau of one finite value.
fn banana_tied(x: &[f64]) -> Result<f64, ModelError> {
    Ok(if beyond_the_edge(x) { -1e28 } else { banana(x) })
}

/// The region beyond the edges has values of its own, all far below the rest.
fn banana_untied(x: &[f64]) -> Result<f64, ModelError> {
    Ok(if beyond_the_edge(x) {
        -1e28 * (10.0 + x[0] + 0.37 * x[1] + 0.11 * x[4])
    } else {
        banana(x)
    })
}
