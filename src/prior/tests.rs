//! Every prior: transform and distribution function are inverse, the density integrates to one and
//! is the slope of the transform, the support holds, and bad input is refused by key.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use approx::assert_relative_eq;
use proptest::prelude::*;

use super::JointPrior;
use crate::config::{ParameterConfig, PriorKind};

/// A prior of one parameter `x` from the text of its table.
fn one(table: &str) -> JointPrior {
    joint(&["x"], &format!("[x]\n{table}"))
}

fn entries(text: &str) -> BTreeMap<String, ParameterConfig> {
    toml::from_str(text).unwrap()
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn joint(wanted: &[&str], text: &str) -> JointPrior {
    JointPrior::build(&names(wanted), &entries(text)).unwrap()
}

fn refused(wanted: &[&str], text: &str) -> String {
    JointPrior::build(&names(wanted), &entries(text))
        .unwrap_err()
        .to_string()
}

fn map(prior: &JointPrior, unit: &[f64]) -> Vec<f64> {
    let mut theta = vec![f64::NAN; prior.names().len()];
    prior.transform(unit, &mut theta);
    theta
}

fn back(prior: &JointPrior, theta: &[f64]) -> Vec<f64> {
    let mut unit = vec![f64::NAN; prior.unit_dim()];
    assert!(prior.unit_of(theta, &mut unit), "{theta:?}");
    unit
}

const CONTINUOUS: [&str; 20] = [
    "prior = 'uniform'\nlow = -3.0\nhigh = 5.0",
    "prior = 'log_uniform'\nlow = 1e-8\nhigh = 10.0",
    "prior = 'normal'\nmean = 2.0\nstd = 0.3",
    "prior = 'truncated_normal'\nmean = 0.0\nstd = 1.0\nlow = -1.0\nhigh = 2.0",
    "prior = 'truncated_normal'\nmean = 0.0\nstd = 1.0\nlow = 30.0",
    "prior = 'truncated_normal'\nmean = 0.0\nstd = 1.0\nlow = 30.0\nhigh = 30.05",
    "prior = 'truncated_normal'\nmean = 0.0\nstd = 1.0\nhigh = -50.0",
    "prior = 'truncated_normal'\nmean = 100.0\nstd = 20.0\nlow = 0.0",
    "prior = 'truncated_normal'\nmean = 1.0\nstd = 1.0\nlow = -60.0\nhigh = 1.2",
    "prior = 'half_normal'\nstd = 3.0",
    "prior = 'half_normal'\nstd = 3.0\nlow = -1.0",
    "prior = 'log_normal'\nmean = -1.0\nstd = 0.8",
    "prior = 'beta'\nalpha = 2.0\nbeta = 5.0",
    "prior = 'beta'\nalpha = 1.5\nbeta = 1.2\nlow = -2.0\nhigh = 6.0",
    "prior = 'beta'\nalpha = 0.6\nbeta = 0.4",
    "prior = 'beta'\nalpha = 1.0\nbeta = 3.5",
    "prior = 'beta'\nalpha = 4.0\nbeta = 1.0",
    "prior = 'beta'\nalpha = 300.0\nbeta = 40.0",
    "prior = 'normal'\nmean = -1e6\nstd = 1e-2",
    "prior = 'truncated_normal'\nmean = 3340.0\nstd = 150.0\nlow = 3040.0\nhigh = 3640.0",
];

/// Gauss-Legendre rule of three points on (a, b).
fn gauss(a: f64, b: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (middle, half) = (0.5 * (a + b), 0.5 * (b - a));
    let shift = half * 0.6_f64.sqrt();
    half / 9.0 * (5.0 * f(middle - shift) + 8.0 * f(middle) + 5.0 * f(middle + shift))
}

#[test]
fn transform_then_distribution_function_is_the_identity() {
    for table in CONTINUOUS {
        let prior = one(table);
        for unit in [1e-9, 1e-3, 0.1, 0.37, 0.5, 0.77, 0.999, 1.0 - 1e-9] {
            let theta = map(&prior, &[unit]);
            let found = back(&prior, &theta)[0];
            // Rounding of x near a limit, seen through the slope of the distribution function.
            let rounding = 4.0 * f64::EPSILON * theta[0].abs() * prior.ln_density(&theta).exp();
            assert!(
                (found - unit).abs() < 1e-11 * unit + rounding,
                "{table}: {unit} came back as {found}"
            );
        }
    }
}

/// ∫ p dx between quantiles u and v is v - u. 3000 panels from logit u = -9 to 9, three points
/// each; tolerance 1e-7 of the whole.
#[test]
fn density_integrates_to_the_probability_between_quantiles() {
    for table in CONTINUOUS {
        let prior = one(table);
        let unit = |i: i32| 1.0 / (1.0 + (9.0 - 18.0 * f64::from(i) / 3000.0).exp());
        let edge = |i: i32| map(&prior, &[unit(i)])[0];
        let total: f64 = (0..3000)
            .map(|i| gauss(edge(i), edge(i + 1), |x| prior.ln_density(&[x]).exp()))
            .sum();
        let expected = unit(3000) - unit(0);
        assert!(
            (total - expected).abs() < 1e-7,
            "{table}: {total} {expected}"
        );
    }
}

/// du/dx = p: central difference of the transform, relative tolerance 2e-5.
#[test]
fn density_is_the_slope_of_the_transform() {
    for table in CONTINUOUS {
        let prior = one(table);
        for unit in [0.01, 0.2, 0.5, 0.9] {
            let h = 1e-5;
            let slope = (map(&prior, &[unit + h])[0] - map(&prior, &[unit - h])[0]) / (2.0 * h);
            let density = prior.ln_density(&map(&prior, &[unit])).exp();
            let rounding = f64::EPSILON * map(&prior, &[unit])[0].abs() * density / h;
            assert!(
                (slope * density - 1.0).abs() < 2e-5 + rounding,
                "{table}: {unit} {slope} {density}"
            );
        }
    }
}

#[test]
fn the_edges_of_the_cube_are_finite_and_inside_the_support() {
    for table in CONTINUOUS {
        let prior = one(table);
        let (low, high) = prior.support(0);
        let mut last = f64::NEG_INFINITY;
        for unit in [0.0, f64::MIN_POSITIVE, 1e-300, 0.5, 1.0 - f64::EPSILON, 1.0] {
            let x = map(&prior, &[unit])[0];
            assert!(
                x.is_finite() && low <= x && x <= high,
                "{table}: {unit} gave {x}"
            );
            assert!(x >= last, "{table}: not rising at {unit}");
            last = x;
        }
        for outside in [low - 1.0, high + 1.0] {
            if outside.is_finite() {
                assert_eq!(prior.ln_density(&[outside]), f64::NEG_INFINITY, "{table}");
            }
        }
        assert_eq!(prior.ln_density(&[f64::NAN]), f64::NEG_INFINITY, "{table}");
    }
}

/// Medians and densities by hand.
#[test]
fn values_by_hand() {
    // Log-uniform on 0.5..2: median 1, density there 1/ln 4.
    let prior = one("prior = 'log_uniform'\nlow = 0.5\nhigh = 2.0");
    assert_relative_eq!(map(&prior, &[0.5])[0], 1.0, max_relative = 1e-15);
    assert_relative_eq!(
        prior.ln_density(&[1.0]),
        -(4.0_f64.ln().ln()),
        max_relative = 1e-14
    );
    // Normal: 1.959_963_984_540_054 σ at 0.975; at the mean 1/(σ √2π).
    let prior = one("prior = 'normal'\nmean = 2.0\nstd = 0.5");
    assert_relative_eq!(
        map(&prior, &[0.975])[0],
        2.979_981_992_270_027,
        max_relative = 1e-14
    );
    let expected = 2.0_f64.ln() - 0.918_938_533_204_672_8;
    assert_relative_eq!(prior.ln_density(&[2.0]), expected, max_relative = 1e-14);
    // Half-normal: its median is the 0.75 quantile of the normal, 0.674_489_750_196_082 σ.
    let prior = one("prior = 'half_normal'\nstd = 2.0");
    assert_relative_eq!(
        map(&prior, &[0.5])[0],
        1.348_979_500_392_163_5,
        max_relative = 1e-14
    );
    // Above 30σ the tail is exponential to first order: median 30 + ln 2 / 30 - ...; 60-digit
    // value of mpmath 1.3.0: root of Q(x) = Q(30)/2.
    let prior = one("prior = 'truncated_normal'\nmean = 0.0\nstd = 1.0\nlow = 30.0");
    assert_relative_eq!(map(&prior, &[0.5])[0], FAR_MEDIAN, max_relative = 1e-14);
}

const FAR_MEDIAN: f64 = 30.023_070_467_827_31;

#[test]
fn discrete_values_take_intervals_as_wide_as_their_weights() {
    let prior = one("prior = 'discrete'\nvalues = [3.0, 1.0, 2.0]\nweights = [1.0, 2.0, 1.0]");
    for (unit, expected) in [
        (0.0, 3.0),
        (0.24, 3.0),
        (0.26, 1.0),
        (0.74, 1.0),
        (0.76, 2.0),
        (1.0, 2.0),
    ] {
        assert_eq!(map(&prior, &[unit])[0], expected);
    }
    assert_relative_eq!(prior.ln_density(&[1.0]).exp(), 0.5);
    assert_relative_eq!(prior.ln_density(&[2.0]).exp(), 0.25);
    assert_eq!(prior.ln_density(&[1.5]), f64::NEG_INFINITY);
    assert_eq!(prior.support(0), (1.0, 3.0));
    assert_relative_eq!(back(&prior, &[1.0])[0], 0.5);
    assert_eq!(
        map(&one("prior = 'discrete'\nvalues = [7.0]"), &[0.3])[0],
        7.0
    );
}

/// Points of Richtmyer's lattice: fractional parts of i √2, i √3, i √5.
fn lattice(dim: usize, count: usize) -> impl Iterator<Item = Vec<f64>> {
    (1..=count).map(move |i| {
        [2.0, 3.0, 5.0][..dim]
            .iter()
            .map(|prime| (i as f64 * f64::sqrt(*prime)).fract())
            .collect()
    })
}

const DIRICHLET: &str = "[melt]\nprior = 'dirichlet'\nnames = ['a', 'b', 'c']\n\
                         concentration = [2.0, 0.8, 3.0]";

/// The marginals are Beta(α_i, Σα - α_i): mean α_i/A and variance α_i (A - α_i) / (A² (A + 1)).
#[test]
fn dirichlet_sums_to_one_and_has_beta_marginals() {
    let prior = joint(&["a", "b", "c"], DIRICHLET);
    assert_eq!((prior.unit_dim(), prior.free_names().len()), (2, 3));
    let (alpha, total) = ([2.0, 0.8, 3.0], 5.8);
    let count = 40_000;
    let (mut mean, mut square) = ([0.0; 3], [0.0; 3]);
    let mut below = [0.0; 3];
    let thirds: Vec<f64> = alpha
        .iter()
        .map(|a| super::Beta::new(*a, total - a).quantile_pair(1.0 / 3.0).0)
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
    let prior = joint(&["a", "b", "c"], LOG_RATIO);
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
    let prior = joint(&["a", "b", "c"], NORMAL);
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
        let prior = joint(&["a", "b", "c"], text);
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
        let prior = joint(&["a", "b", "c"], text);
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

#[test]
fn samples_of_one_column_interpolate_between_their_values() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("posterior.csv");
    // Equal values merge: 1 (weight 2), 3 (weight 1), 7 (weight 1); masses 1.5 and 1 of 2.5.
    std::fs::write(
        &path,
        "# run 1\nweight,x,y\n1,1,5\n1,3,5\n1,7,4\n1,1,6\n0,99,1\n",
    )
    .unwrap();
    let prior = one(&format!("prior = 'samples'\nfile = '{}'", path.display()));
    assert_eq!(prior.support(0), (1.0, 7.0));
    assert_relative_eq!(map(&prior, &[0.3])[0], 2.0, max_relative = 1e-14);
    assert_relative_eq!(map(&prior, &[0.8])[0], 5.0, max_relative = 1e-14);
    assert_relative_eq!(prior.ln_density(&[2.0]).exp(), 0.3, max_relative = 1e-14);
    assert_relative_eq!(prior.ln_density(&[5.0]).exp(), 0.1, max_relative = 1e-14);
    assert_eq!(prior.ln_density(&[99.0]), f64::NEG_INFINITY);
    for unit in [0.0, 0.123, 0.6, 0.77, 1.0] {
        let found = back(&prior, &map(&prior, &[unit]))[0];
        assert!((found - unit).abs() < 1e-14);
    }

    // Rows: (1, 5), (1, 6), (3, 5), (7, 4), a quarter each, by the first column.
    let text = format!(
        "[block]\nprior = 'samples'\nnames = ['x', 'y']\nfile = '{}'",
        path.display()
    );
    let prior = joint(&["y", "x"], &text);
    assert_eq!(prior.unit_dim(), 1);
    assert_eq!(map(&prior, &[0.0]), [5.0, 1.0]);
    assert_eq!(map(&prior, &[0.3]), [6.0, 1.0]);
    assert_eq!(map(&prior, &[1.0]), [4.0, 7.0]);
    assert_relative_eq!(prior.ln_density(&[5.0, 3.0]).exp(), 0.25);
    assert_eq!(prior.ln_density(&[4.0, 3.0]), f64::NEG_INFINITY);
    assert_eq!(prior.support(0), (4.0, 6.0));
    assert_relative_eq!(back(&prior, &[5.0, 3.0])[0], 0.625);

    let message = refused(
        &["z"],
        &format!("[z]\nprior='samples'\nfile='{}'", path.display()),
    );
    assert!(
        message.contains("found columns weight, x, y; expected a column `z`"),
        "{message}"
    );
    std::fs::write(&path, "weight,x\n1,2\n-1,3\n").unwrap();
    let message = refused(
        &["x"],
        &format!("[x]\nprior='samples'\nfile='{}'", path.display()),
    );
    assert!(
        message.contains("line 3, column `weight`: found `-1`"),
        "{message}"
    );
    std::fs::write(&path, "x\n2\n2\n").unwrap();
    let message = refused(
        &["x"],
        &format!("[x]\nprior='samples'\nfile='{}'", path.display()),
    );
    assert!(
        message.contains("at least two different values"),
        "{message}"
    );
}

#[test]
fn fixed_and_tied_parameters_follow() {
    let prior = joint(
        &["a", "b", "c", "d"],
        "c = 3\n[a]\nequal_to = 'd'\n[b]\nequal_to = 'c'\n[d]\nprior = 'uniform'\nlow = 0\nhigh = 2\n\
         source = 'a thesis'\nassumed = true",
    );
    assert_eq!(map(&prior, &[0.25]), [0.5, 3.0, 3.0, 0.5]);
    assert_eq!(prior.names(), ["a", "b", "c", "d"]);
    assert_eq!(prior.free_names(), ["d"]);
    assert_eq!(prior.unit_dim(), 1);
    assert_eq!(
        [0, 1, 2, 3].map(|index| prior.support(index)),
        [(0.0, 2.0), (3.0, 3.0), (3.0, 3.0), (0.0, 2.0)]
    );
    assert_relative_eq!(prior.ln_density(&[9.0, 9.0, 9.0, 1.0]), -(2.0_f64.ln()));
    assert_eq!(
        prior.describe(),
        [
            "a: equal to d",
            "b: equal to c",
            "c: fixed at 3",
            "d: uniform, 0 .. 2 [assumed] (a thesis)",
        ]
    );
    // A chain of ties ends at the free parameter.
    let prior = joint(
        &["a", "b", "c"],
        "[a]\nequal_to = 'b'\n[b]\nequal_to = 'c'\n[c]\nprior = 'normal'\nmean = 1\nstd = 1",
    );
    assert_eq!(map(&prior, &[0.5]), [1.0, 1.0, 1.0]);
}

#[test]
fn bad_input_is_refused_by_key() {
    for (table, wanted) in [
        (
            "prior='uniform'\nlow=0",
            "parameters.x.high: found nothing; expected the keys of `uniform`: `low`, `high`",
        ),
        (
            "prior='uniform'\nlow=0\nhigh=1\nstd=2",
            "parameters.x.std: found 2.0; expected the keys of `uniform`",
        ),
        (
            "prior='uniform'\nlow=1\nhigh=1",
            "parameters.x.high: found 1; expected a number above `low` (1)",
        ),
        (
            "prior='uniform'\nlow=nan\nhigh=1",
            "parameters.x.low: found NaN; expected a finite number",
        ),
        (
            "prior='log_uniform'\nlow=0\nhigh=1",
            "parameters.x.low: found 0; expected a number above 0",
        ),
        (
            "prior='normal'\nmean=0\nstd=-1",
            "parameters.x.std: found -1; expected a number above 0",
        ),
        (
            "prior='truncated_normal'\nmean=0\nstd=1",
            "parameters.x.low: found nothing; expected `low`, `high` or both",
        ),
        (
            "prior='beta'\nalpha=0\nbeta=1",
            "parameters.x.alpha: found 0",
        ),
        (
            "prior='discrete'\nvalues=[]",
            "parameters.x.values: found an empty list",
        ),
        (
            "prior='discrete'\nvalues=[1.0,1.0]",
            "parameters.x.values: found 1 twice",
        ),
        (
            "prior='discrete'\nvalues=[1.0,2.0]\nweights=[1.0]",
            "parameters.x.weights: found 1 numbers; expected 2 numbers",
        ),
        (
            "prior='discrete'\nvalues=[1.0,2.0]\nweights=[1.0,0.0]",
            "found 0 (member 2); expected finite numbers above 0",
        ),
        (
            "prior='dirichlet'\nnames=['x']\nconcentration=[1.0]",
            "parameters.x.names: found 1 names; expected at least 2",
        ),
        (
            "fixed=1\nlow=0",
            "parameters.x.low: found 0.0; expected no other key beside `fixed`",
        ),
        (
            "fixed=inf",
            "parameters.x.fixed: found inf; expected a finite number",
        ),
        (
            "low=0",
            "parameters.x.prior: found nothing; expected a distribution, or one of",
        ),
        ("equal_to='y'", "parameters.x.equal_to: found `y`"),
        (
            "equal_to='x'",
            "parameters.x.equal_to: found a chain of ties that returns to itself",
        ),
        ("file='no/such.toml'", "cannot read `no/such.toml`"),
        ("prior='samples'", "parameters.x.file: found nothing"),
    ] {
        let message = refused(&["x"], &format!("[x]\n{table}"));
        assert!(message.contains(wanted), "{table}: {message}");
    }
    let message = refused(&["bond_albedo"], "bond_albdo = 0.3");
    assert!(
        message.contains("(did you mean `bond_albedo`?)"),
        "{message}"
    );
    assert!(
        message.starts_with("parameters.bond_albdo: found"),
        "{message}"
    );
    let message = refused(&["x", "y"], "x = 1");
    assert!(
        message.starts_with("parameters.y: found nothing; expected a prior"),
        "{message}"
    );
    let message = refused(&["x", "y"], "[x]\nequal_to = 'y'\n[y]\nequal_to = 'x'");
    assert!(message.contains("returns to itself"), "{message}");
    let message = refused(&["a", "b", "c"], &format!("a = 1\n{DIRICHLET}"));
    assert!(message.contains("a second prior for `a`"), "{message}");
    let message = refused(&["a", "b"], DIRICHLET);
    assert!(
        message.starts_with("parameters.melt.names: found `c`"),
        "{message}"
    );
    for (matrix, wanted) in [
        (
            "[[1.0, 0.0]]",
            "found 1 rows of lengths [2]; expected 2 rows of 2",
        ),
        (
            "[[1.0, 0.5], [0.4, 1.0]]",
            "found 0.5 in row 1, column 2; expected a symmetric matrix",
        ),
        (
            "[[1.0, 2.0], [2.0, 1.0]]",
            "found a matrix that fails at row 2; expected a positive",
        ),
    ] {
        let text = format!(
            "[k]\nprior='correlated_normal'\nnames=['a','b']\nmeans=[0.0,0.0]\ncovariance={matrix}"
        );
        let message = refused(&["a", "b"], &text);
        assert!(message.contains(wanted), "{message}");
    }
}

#[test]
fn a_prior_file_holds_one_table_and_names_itself_in_messages() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.toml");
    let text = format!("[x]\nfile = '{}'", path.display());
    std::fs::write(
        &path,
        "prior = 'uniform'\nlow = 0.0\nhigh = 0.4\nsource = 's'\n",
    )
    .unwrap();
    let prior = joint(&["x"], &text);
    assert_eq!(prior.support(0), (0.0, 0.4));
    assert!(prior.describe()[0].contains("p.toml"));
    // A relative path inside is relative to the prior file.
    std::fs::write(folder.path().join("s.csv"), "x\n1\n2\n").unwrap();
    std::fs::write(&path, "prior = 'samples'\nfile = 's.csv'\n").unwrap();
    assert_eq!(joint(&["x"], &text).support(0), (1.0, 2.0));

    std::fs::write(&path, "prior = 'uniform'\nlow = 0.0\nhigh = -1.0\n").unwrap();
    let message = refused(&["x"], &text);
    assert!(message.starts_with("parameters.x.high (`"), "{message}");
    assert!(message.contains("p.toml`): found -1"), "{message}");
    std::fs::write(&path, "file = 'other.toml'\n").unwrap();
    assert!(refused(&["x"], &text).contains("does not point to another"));
    std::fs::write(&path, "prior = 'unifrom'\n").unwrap();
    assert!(refused(&["x"], &text).contains("cannot parse"));
    let message = refused(&["x"], &format!("{text}\nlow = 1.0"));
    assert!(message.contains("no other key beside `file`"), "{message}");
}

/// Every file in `priors/` builds, and says where it comes from.
#[test]
fn shipped_priors_build_and_have_a_source() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("priors");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let config: ParameterConfig =
            toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert!(config.source.is_some(), "{}", path.display());
        let wanted = config.names.clone().unwrap_or_else(|| names(&["x"]));
        let entry = ParameterConfig {
            file: Some(path.clone()),
            ..ParameterConfig::default()
        };
        let entries = BTreeMap::from([("x".to_owned(), entry)]);
        let prior = JointPrior::build(&wanted, &entries).unwrap();
        assert!(prior.unit_dim() > 0, "{}", path.display());
        count += 1;
    }
    assert!(count >= 4, "{count} files");
}

/// Blocks keep their order in the cube whatever the order of the entries.
#[test]
fn unit_coordinates_follow_the_order_of_the_wanted_names() {
    let mut text = String::new();
    for name in ["c", "a", "b"] {
        write!(text, "[{name}]\nprior = 'uniform'\nlow = 0\nhigh = 1\n").unwrap();
    }
    let prior = joint(&["b", "c", "a"], &text);
    assert_eq!(map(&prior, &[0.1, 0.2, 0.3]), [0.1, 0.2, 0.3]);
    assert_eq!(
        ParameterConfig::uniform(0.0, 1.0).prior,
        Some(PriorKind::Uniform)
    );
}

proptest! {
    /// The transform rises with the coordinate and stays inside the limits, for any numbers.
    #[test]
    fn truncated_normal_rises_and_stays_inside(
        mean in -50.0..50.0_f64,
        ln_std in -3.0..3.0_f64,
        low in -60.0..60.0_f64,
        ln_width in -8.0..5.0_f64,
        u in 0.0..1.0_f64,
        v in 0.0..1.0_f64,
    ) {
        let (std, high) = (ln_std.exp(), low + ln_width.exp());
        let prior = one(&format!(
            "prior='truncated_normal'\nmean={mean:?}\nstd={std:?}\nlow={low:?}\nhigh={high:?}"
        ));
        let (x, y) = (map(&prior, &[u.min(v)])[0], map(&prior, &[u.max(v)])[0]);
        prop_assert!(low <= x && x <= y && y <= high, "{x} {y}");
        prop_assert!(prior.ln_density(&[x]).is_finite());
    }

    /// A composition sums to one whatever its concentrations.
    #[test]
    fn dirichlet_sums_to_one(
        concentration in prop::collection::vec(0.05..50.0_f64, 2..8),
        seed in prop::collection::vec(0.0..1.0_f64, 8),
    ) {
        let all: Vec<String> = (0..concentration.len()).map(|i| format!("x{i}")).collect();
        let text = format!(
            "[k]\nprior='dirichlet'\nnames={all:?}\nconcentration={concentration:?}"
        );
        let prior = JointPrior::build(&all, &entries(&text)).unwrap();
        let theta = map(&prior, &seed[..prior.unit_dim()]);
        prop_assert!((theta.iter().sum::<f64>() - 1.0).abs() < 1e-14);
        prop_assert!(theta.iter().all(|x| *x >= 0.0));
    }
}
