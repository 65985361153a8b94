//! Every prior: transform and distribution function are inverse, the density integrates to one and
//! is the slope of the transform, the support holds, and bad input is refused by key.

mod building;
mod joint;

use std::collections::BTreeMap;

use approx::assert_relative_eq;
use proptest::prelude::*;

use super::JointPrior;
use crate::config::ParameterConfig;

/// A prior of one parameter `x` from the text of its table.
fn one(table: &str) -> JointPrior {
    build(&["x"], &format!("[x]\n{table}"))
}

fn entries(text: &str) -> BTreeMap<String, ParameterConfig> {
    toml::from_str(text).unwrap()
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn build(wanted: &[&str], text: &str) -> JointPrior {
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

const DIRICHLET: &str = "[melt]\nprior = 'dirichlet'\nnames = ['a', 'b', 'c']\n\
                         concentration = [2.0, 0.8, 3.0]";

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
