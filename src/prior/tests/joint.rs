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

const RETAINED: &str = "[block]\nprior = 'correlated_normal'\nnames = ['b', 'a', 'c']\n\
                        means = [1.0, -2.0, 0.5]\nretained = [0.2, 1.0]\n\
                        covariance = [[4.0, 1.2, -0.3], [1.2, 1.0, 0.1], [-0.3, 0.1, 0.25]]";

/// By hand: log10 of a share q flat from 0.2 to 1 has the mean \[q log10 q - q/ln 10\]/0.8 = (0.139794 - 0.347436)/0.8 =
/// -0.259552, and independent as it is it leaves the covariances with the others.
#[test]
fn a_share_that_is_left_moves_the_last_alone() {
    let prior = build(&["a", "b", "c"], RETAINED);
    assert!(prior.describe()[0].contains("a share of 0.2 to 1 left"));
    let count = 60_000;
    let mut sums = [0.0; 4];
    for unit in lattice(3, count) {
        let theta = map(&prior, &unit);
        let (a, b, c) = (theta[0] + 2.0, theta[1] - 1.0, theta[2] - 0.5);
        for (sum, term) in sums.iter_mut().zip([b, c, a * c, b * c]) {
            *sum += term / count as f64;
        }
    }
    for (found, expected) in sums.iter().zip([0.0, -0.259_552, 0.1, -0.3]) {
        assert!((found - expected).abs() < 8e-3, "{sums:?}");
    }
}

/// The density of one parameter whatever the others: of draws in a tenth of a standard deviation.
#[test]
fn marginal_densities_count_the_draws() {
    for (text, known) in [(NORMAL, true), (RETAINED, true), (DIRICHLET, false)] {
        let prior = build(&["a", "b", "c"], text);
        for index in 0..3 {
            let marginal = prior.marginal(index);
            assert_eq!(marginal.is_some(), known);
            let Some(marginal) = marginal else { continue };
            let (at, half, count) = ([-1.7, 1.9, 0.3][index], 0.1, 60_000);
            let near = lattice(3, count)
                .filter(|unit| (map(&prior, unit)[index] - at).abs() < half)
                .count();
            let expected = near as f64 / count as f64 / (2.0 * half);
            let found = (0..100)
                .map(|i| marginal.at(at + half * (0.02 * (f64::from(i) + 0.5) - 1.0)))
                .sum::<f64>()
                / 100.0;
            assert!((found / expected - 1.0).abs() < 0.03, "{found} {expected}");
        }
    }
    let one = build(
        &["a", "b"],
        "a = 3.0\n[b]\nprior = 'uniform'\nlow = 1\nhigh = 5",
    );
    assert!(one.marginal(0).is_none());
    let flat = one.marginal(1).unwrap();
    assert_eq!([0.9, 1.1, 5.1].map(|x| flat.at(x)), [0.0, 0.25, 0.0]);
}

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
    for (text, free) in [(DIRICHLET, 2), (LOG_RATIO, 2), (NORMAL, 3), (RETAINED, 3)] {
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
    for text in [DIRICHLET, LOG_RATIO, NORMAL, RETAINED] {
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
