//! Cost of one likelihood and of one prior transform.

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use magmaret::config::{
    GaussianProcessKind, InflationKind, LikelihoodConfig, LikelihoodKind, ParameterConfig,
};
use magmaret::likelihood::NoiseModel;
use magmaret::observation::{Limit, Row};
use magmaret::prior::JointPrior;

/// MIRI LRS bins from 5 to 12 µm.
fn rows(count: u32) -> Vec<Row> {
    let width_m = 7.0e-6 / f64::from(count);
    (0..count)
        .map(|i| Row {
            low_m: 5.0e-6 + width_m * f64::from(i),
            high_m: 5.0e-6 + width_m * f64::from(i + 1),
            depth: 1.0e-4,
            error_minus: 2.0e-5,
            error_plus: 2.5e-5,
            limit: Limit::None,
            instrument: "miri".to_owned(),
            mode: "lrs_slitless".to_owned(),
            visit: "1".to_owned(),
            ..Row::default()
        })
        .collect()
}

fn likelihood(c: &mut Criterion) {
    let plain = LikelihoodConfig::default();
    let inflated = LikelihoodConfig {
        error_inflation: InflationKind::Multiplicative,
        ..plain.clone()
    };
    let two_piece = LikelihoodConfig {
        kind: LikelihoodKind::TwoPieceNormal,
        ..plain.clone()
    };
    let student = LikelihoodConfig {
        kind: LikelihoodKind::StudentT,
        ..plain.clone()
    };
    let exponential = LikelihoodConfig {
        gaussian_process: GaussianProcessKind::Exponential,
        ..plain.clone()
    };
    let matern = LikelihoodConfig {
        gaussian_process: GaussianProcessKind::Matern32,
        ..plain.clone()
    };
    let mut group = c.benchmark_group("likelihood");
    for (name, bins, config, nuisance) in [
        ("gaussian_8", 8, &plain, &[][..]),
        ("gaussian_28", 28, &plain, &[][..]),
        ("gaussian_inflated_28", 28, &inflated, &[1.3][..]),
        ("two_piece_28", 28, &two_piece, &[][..]),
        ("student_t_28", 28, &student, &[][..]),
        ("gp_exponential_28", 28, &exponential, &[20.0, 0.5][..]),
        ("gp_matern32_28", 28, &matern, &[20.0, 0.5][..]),
    ] {
        let noise = NoiseModel::build(&rows(bins), config).expect("the rows above are valid");
        let depth = vec![1.1e-4; noise.bins()];
        let mut workspace = noise.workspace();
        group.bench_function(name, |b| {
            b.iter(|| noise.ln_likelihood(black_box(&depth), black_box(nuisance), &mut workspace));
        });
    }
    group.finish();
}

fn prior(c: &mut Criterion) {
    let mut group = c.benchmark_group("prior_transform");
    let melt = "[melt]\nnames = ['a', 'b', 'c', 'd', 'e']\n";
    for (name, wanted, text) in [
        (
            "uniform_normal_log_uniform",
            vec!["x", "y", "z"],
            "[x]\nprior = 'uniform'\nlow = 0.0\nhigh = 1.0\n[y]\nprior = 'normal'\nmean = 0.0\n\
             std = 1.0\n[z]\nprior = 'log_uniform'\nlow = 0.5\nhigh = 2.0"
                .to_owned(),
        ),
        (
            "truncated_normal",
            vec!["x"],
            "[x]\nprior = 'truncated_normal'\nmean = 0.0\nstd = 1.0\nlow = -1.0".to_owned(),
        ),
        (
            "truncated_normal_30_sigma",
            vec!["x"],
            "[x]\nprior = 'truncated_normal'\nmean = 0.0\nstd = 1.0\nlow = 30.0".to_owned(),
        ),
        (
            "beta",
            vec!["x"],
            "[x]\nprior = 'beta'\nalpha = 2.0\nbeta = 5.0".to_owned(),
        ),
        (
            "dirichlet_5",
            vec!["a", "b", "c", "d", "e"],
            format!("{melt}prior = 'dirichlet'\nconcentration = [2.0, 0.7, 1.5, 1.0, 3.0]"),
        ),
        (
            "centred_log_ratio_5",
            vec!["a", "b", "c", "d", "e"],
            format!(
                "{melt}prior = 'centred_log_ratio'\nmeans = [1.0, 0.0, 0.0, -1.0, 0.0]\n\
                 stds = [1.0, 1.0, 1.0, 1.0, 0.5]"
            ),
        ),
    ] {
        let wanted: Vec<String> = wanted.into_iter().map(str::to_owned).collect();
        let entries: BTreeMap<String, ParameterConfig> =
            toml::from_str(&text).expect("the text above is valid");
        let prior = JointPrior::build(&wanted, &entries).expect("the priors above are valid");
        let unit: Vec<f64> = [0.3, 0.8, 0.55, 0.1][..prior.unit_dim()].to_vec();
        let mut theta = vec![0.0; wanted.len()];
        group.bench_function(name, |b| {
            b.iter(|| prior.transform(black_box(&unit), black_box(&mut theta)));
        });
    }
    group.finish();
}

criterion_group!(benches, likelihood, prior);
criterion_main!(benches);
