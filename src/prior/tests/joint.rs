//! Compositions and correlated parameters.

use approx::assert_relative_eq;

use super::{DIRICHLET, back, build, map};

/// Points of Richtmyer's lattice: fractional parts of i √2, i √3, i √5.
fn lattice(dim: usize, count: usize) -> impl Iterator<Item = Vec<f64>> {
    (1..=count).map(move |i| {
        [2.0, 3.0, 5.0][..dim]
            .iter()
            .map(|prime| (i as f64 * f64::sqrt(*prime)).fract())
            .collect()
    })
}

/// The marginals are Beta(α_i, Σα - α_i): mean α_i/A and variance α_i (A - α_i) / (A² (A + 1)).
#[test]
fn dirichlet_sums_to_one_and_has_beta_marginals() {
    let prior = build(&["a", "b", "c"], DIRICHLET);
    assert_eq!((prior.unit_dim(), prior.free_names().len()), (2, 3));
    let (alpha, total) = ([2.0, 0.8, 3.0], 5.8);
    let count = 40_000;
    let (mut mean, mut square) = ([0.0; 3], [0.0; 3]);
    let mut below = [0.0; 3];
    let thirds: Vec<f64> = alpha
        .iter()
        .map(|a| {
            crate::prior::Beta::new(*a, total - a)
                .quantile_pair(1.0 / 3.0)
                .0
        })
        .collect();
    for unit in lattice(2, count) {
        let theta = map(&prior, &unit);
        assert!((theta.iter().sum::<f64>() - 1.0).abs() < 4.0 * f64::EPSILON);
        for i in 0..3 {
            mean[i] += theta[i] / count as f64;
            square[i] += theta[i] * theta[i] / count as f64;
            below[i] += f64::from(u8::from(theta[i] < thirds[i])) / count as f64;
        }
    }
    for i in 0..3 {
        assert_relative_eq!(mean[i], alpha[i] / total, max_relative = 1e-3);
        let variance = alpha[i] * (total - alpha[i]) / (total * total * (total + 1.0));
        assert_relative_eq!(square[i] - mean[i] * mean[i], variance, max_relative = 3e-3);
        assert!((below[i] - 1.0 / 3.0).abs() < 2e-3, "{below:?}");
    }
    // Γ(5.8) / (Γ(2) Γ(0.8) Γ(3)) · 0.3 · 0.5^(-0.2) · 0.2², where Γ(5.8) / Γ(0.8) is a product
    // of five factors, Γ(2) = 1 and Γ(3) = 2.
    let expected = 4.8 * 3.8 * 2.8 * 1.8 * 0.8 / 2.0 * 0.3 * 0.5_f64.powf(-0.2) * 0.04;
    let found = prior.ln_density(&[0.3, 0.5, 0.2]).exp();
    assert_relative_eq!(found, expected, max_relative = 1e-12);
    assert_eq!(prior.ln_density(&[0.3, 0.5, 0.3]), f64::NEG_INFINITY);
    assert_eq!(prior.ln_density(&[-0.1, 0.5, 0.6]), f64::NEG_INFINITY);
}

const LOG_RATIO: &str = "[melt]\nprior = 'centred_log_ratio'\nnames = ['a', 'b', 'c']\n\
                         means = [1.0, 0.2, -1.2]\nstds = [0.5, 1.0, 0.7]";

/// c = H y has means m (they sum to zero) and covariance H diag(s²) H.
#[test]
fn centred_log_ratios_have_the_stated_moments() {
    let prior = build(&["a", "b", "c"], LOG_RATIO);
    assert_eq!(prior.unit_dim(), 2);
    let variance = [0.25, 1.0, 0.49];
    let count = 40_000;
    let (mut mean, mut product) = ([0.0; 3], [[0.0; 3]; 3]);
    for unit in lattice(2, count) {
        let theta = map(&prior, &unit);
        assert!((theta.iter().sum::<f64>() - 1.0).abs() < 4.0 * f64::EPSILON);
        let ln: Vec<f64> = theta.iter().map(|x| x.ln()).collect();
        let centre = ln.iter().sum::<f64>() / 3.0;
        for i in 0..3 {
            mean[i] += (ln[i] - centre) / count as f64;
            for j in 0..3 {
                product[i][j] += (ln[i] - centre) * (ln[j] - centre) / count as f64;
            }
        }
    }
    let total: f64 = variance.iter().sum();
    for i in 0..3 {
        assert!((mean[i] - [1.0, 0.2, -1.2][i]).abs() < 2e-3, "{mean:?}");
        for j in 0..3 {
            let own = if i == j { variance[i] } else { 0.0 };
            let expected = own - (variance[i] + variance[j]) / 3.0 + total / 9.0;
            let found = product[i][j] - mean[i] * mean[j];
            assert!(
                (found - expected).abs() < 5e-3,
                "{i} {j}: {found} {expected}"
            );
        }
    }
}

const NORMAL: &str = "[block]\nprior = 'correlated_normal'\nnames = ['b', 'a', 'c']\n\
                      means = [1.0, -2.0, 0.5]\n\
                      covariance = [[4.0, 1.2, -0.3], [1.2, 1.0, 0.1], [-0.3, 0.1, 0.25]]";

#[test]
fn correlated_normal_has_the_stated_covariance_in_the_order_of_its_names() {
    let prior = build(&["a", "b", "c"], NORMAL);
    let count = 60_000;
    let (mut mean, mut product) = ([0.0; 3], [[0.0; 3]; 3]);
    let order = [1, 0, 2];
    let means = [1.0, -2.0, 0.5];
    for unit in lattice(3, count) {
        let theta = map(&prior, &unit);
        for i in 0..3 {
            let left = theta[order[i]] - means[i];
            mean[i] += left / count as f64;
            for j in 0..3 {
                product[i][j] += left * (theta[order[j]] - means[j]) / count as f64;
            }
        }
    }
    let covariance = [[4.0, 1.2, -0.3], [1.2, 1.0, 0.1], [-0.3, 0.1, 0.25]];
    for i in 0..3 {
        assert!(mean[i].abs() < 2e-3, "{mean:?}");
        for j in 0..3 {
            let scale = f64::sqrt(covariance[i][i] * covariance[j][j]);
            let miss = product[i][j] - covariance[i][j];
            assert!(miss.abs() < 1e-2 * scale, "{product:?}");
        }
    }
    // At the mean the density is 1/√((2π)³ det); det = 4·(0.25 - 0.01) - 1.2·(0.3 + 0.03)
    // - 0.3·(0.12 + 0.3) = 0.438.
    let expected = -3.0 * 0.918_938_533_204_672_8 - 0.5 * 0.438_f64.ln();
    assert_relative_eq!(
        prior.ln_density(&[-2.0, 1.0, 0.5]),
        expected,
        max_relative = 1e-13
    );
}

/// |det du/dθ| over the independent parameters equals the density, by central differences.
#[test]
fn density_of_joint_priors_is_the_jacobian_of_the_transform() {
    for (text, free) in [(DIRICHLET, 2), (LOG_RATIO, 2), (NORMAL, 3)] {
        let prior = build(&["a", "b", "c"], text);
        for unit in lattice(prior.unit_dim(), 5) {
            let h = 1e-5;
            let jacobian = nalgebra::DMatrix::from_fn(free, free, |row, column| {
                let (mut up, mut down) = (unit.clone(), unit.clone());
                up[column] += h;
                down[column] -= h;
                (map(&prior, &up)[row] - map(&prior, &down)[row]) / (2.0 * h)
            });
            let product =
                jacobian.determinant().abs() * prior.ln_density(&map(&prior, &unit)).exp();
            assert!((product - 1.0).abs() < 1e-5, "{text}: {product}");
        }
    }
}

#[test]
fn joint_priors_invert_and_hold_at_the_corners_of_the_cube() {
    for text in [DIRICHLET, LOG_RATIO, NORMAL] {
        let prior = build(&["a", "b", "c"], text);
        for unit in lattice(prior.unit_dim(), 50) {
            for (found, expected) in back(&prior, &map(&prior, &unit)).iter().zip(&unit) {
                assert_relative_eq!(found, expected, max_relative = 1e-10);
            }
        }
        for corner in [0.0, 1.0] {
            let theta = map(&prior, &vec![corner; prior.unit_dim()]);
            assert!(
                theta.iter().all(|value| value.is_finite()),
                "{text}: {theta:?}"
            );
        }
    }
}
