//! Gauss quadrature.

use nalgebra::{DMatrix, SymmetricEigen};

/// Abscissae and weights of the two-point Gauss-Legendre rule on \[-1, 1\]: exact for cubics.
pub const LEGENDRE_2: [(f64, f64); 2] = [
    (-0.577_350_269_189_625_8, 1.0),
    (0.577_350_269_189_625_8, 1.0),
];

/// Abscissae and weights of the three-point Gauss-Legendre rule on \[-1, 1\]: exact to degree 5.
pub const LEGENDRE_3: [(f64, f64); 3] = [
    (-0.774_596_669_241_483_4, 5.0 / 9.0),
    (0.0, 8.0 / 9.0),
    (0.774_596_669_241_483_4, 5.0 / 9.0),
];

/// ∫ f dx from `low` to `high` by a rule on \[-1, 1\].
pub fn integrate(rule: &[(f64, f64)], low: f64, high: f64, mut f: impl FnMut(f64) -> f64) -> f64 {
    let (centre, half) = (0.5 * (low + high), 0.5 * (high - low));
    rule.iter()
        .map(|&(x, weight)| weight * f(centre + half * x))
        .sum::<f64>()
        * half
}

/// Gauss-Jacobi rule for the mean over 0 < u < 1 with the density (β + 1) u^β: pairs (u, weight),
/// the weights summing to one. Exact for polynomials of degree 2 `points` - 1.
///
/// # Source
/// Golub & Welsch (1969), Math. Comp. 23, 221-230: eigenvalues of the Jacobi matrix of the monic
/// polynomials orthogonal to (1 + x)^β on \[-1, 1\], u = (1 + x)/2.
pub fn gauss_power_law(points: usize, beta: f64) -> Vec<(f64, f64)> {
    let mut jacobi = DMatrix::zeros(points, points);
    for i in 0..points {
        let n = i as f64;
        let s = 2.0 * n + beta;
        jacobi[(i, i)] = if i == 0 {
            beta / (beta + 2.0)
        } else {
            beta * beta / (s * (s + 2.0))
        };
        if i > 0 {
            let product = n * (n + beta);
            let off = 2.0 * product / (s * ((s + 1.0) * (s - 1.0)).sqrt());
            jacobi[(i, i - 1)] = off;
            jacobi[(i - 1, i)] = off;
        }
    }
    let eigen = SymmetricEigen::new(jacobi);
    let mut rule: Vec<(f64, f64)> = (0..points)
        .map(|i| {
            let weight = eigen.eigenvectors[(0, i)].powi(2);
            (0.5 * (1.0 + eigen.eigenvalues[i]), weight)
        })
        .collect();
    rule.sort_by(|a, b| a.0.total_cmp(&b.0));
    rule
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn the_power_law_rule_is_exact_to_its_degree() {
        for beta in [0.0, 7.0] {
            let rule = gauss_power_law(5, beta);
            for degree in 0..10 {
                let found: f64 = rule.iter().map(|(u, w)| w * u.powi(degree)).sum();
                let exact = (beta + 1.0) / (beta + 1.0 + f64::from(degree));
                assert_relative_eq!(found, exact, max_relative = 1e-13);
            }
        }
    }

    #[test]
    fn the_legendre_rules_are_exact_to_their_degree() {
        let cubic = integrate(&LEGENDRE_2, 1.0, 3.0, |x| x * x * x);
        assert_relative_eq!(cubic, 20.0, max_relative = 1e-14);
        let quintic = integrate(&LEGENDRE_3, 0.0, 2.0, |x| x.powi(5));
        assert_relative_eq!(quintic, 64.0 / 6.0, max_relative = 1e-14);
    }
}
