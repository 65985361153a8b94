//! The sampler zoo: nested sampling on problems with known evidence, many seeds each.
//!
//! A small part runs in continuous integration. The whole runs with
//! `cargo test --release --test sampler_zoo -- --ignored`, and writes `tests/sampler_zoo/RESULTS.md`.

mod behaviour;
mod census;
mod problems;

use census::{Cell, Limits};
use magmaret::config::{Kernel, SamplerConfig, SamplerKind};

/// First seed of the acceptance table; tuning used seeds below one million.
const ACCEPTANCE_SEED: u64 = 7_000_000;
/// First seed of the re-test that each cell is allowed once.
const RETEST_SEED: u64 = 8_000_000;
/// First seed of the hundred runs in ten dimensions.
const HUNDRED_SEED: u64 = 10_000_000;
/// First seed of the runs in continuous integration.
const CI_SEED: u64 = 9_000_000;

/// The settings of the zoo: the defaults, but for a stop that wastes less on the tail, and 2000
/// live points from ten dimensions on. Fewer leave rosen10 a bias of -0.2 in ln Z (measured with
/// 500 and 1000); calls per effective sample do not depend on their number.
fn zoo_config(dim: usize) -> SamplerConfig {
    SamplerConfig {
        live_points: if dim < 10 { 500 } else { 2_000 },
        delta_ln_z: 0.1,
        ..SamplerConfig::default()
    }
}

/// What each problem is held to.
fn limits(name: &str, runs: usize) -> Limits {
    let calls_per_effective_sample = match name {
        "gauss2" | "gauss5" | "eggbox2" | "shells2" | "loggamma2" | "rosen2" => 10.0,
        "gauss10" => 110.0,
        "rosen10" => 125.0,
        "loggamma10" => 80.0,
        _ => f64::INFINITY,
    };
    // [0.79, 1.21] is 3 sigma of a scatter from 100 runs; the same 3 sigma for the fewer runs of
    // continuous integration.
    let scatter = 3.0 / (2.0 * (runs as f64 - 1.0)).sqrt();
    Limits {
        calls_per_effective_sample,
        scatter_ratio: if runs >= 100 {
            [0.79, 1.21]
        } else {
            [1.0 - scatter, 1.0 + scatter]
        },
    }
}

/// A cheap selection on every commit: the same limits with fewer runs.
#[test]
fn sampler_zoo_quick_selection_meets_its_limits() {
    let cells: Vec<Cell> = [
        ("gauss2", 20),
        ("eggbox2", 20),
        ("shells2", 20),
        ("loggamma2", 20),
        ("rosen2", 20),
        ("gauss5", 20),
        ("banana6", 20),
        ("banana6_tied", 20),
        ("gauss10", 8),
        ("loggamma10", 8),
        ("rosen10", 8),
    ]
    .into_iter()
    .map(|(name, runs)| {
        let problem = problems::named(name);
        let config = zoo_config(problem.dim);
        census::run_cell(&problem, &config, CI_SEED, runs, &limits(name, runs))
    })
    .collect();
    for cell in &cells {
        println!("{}", cell.row(""));
    }
    let failed: Vec<_> = cells
        .iter()
        .filter(|cell| !cell.failures.is_empty())
        .map(|cell| format!("{}: {}", cell.name, cell.failures.join(", ")))
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Every kernel, not only the one that `auto` takes.
#[test]
fn sampler_zoo_every_kernel_finds_the_evidence() {
    for (kernel, name) in [
        (Kernel::Ellipsoids, "gauss5"),
        (Kernel::RandomWalk, "gauss5"),
        (Kernel::Slice, "gauss5"),
        (Kernel::RandomWalk, "banana6_tied"),
        (Kernel::Slice, "banana6_tied"),
    ] {
        let config = SamplerConfig {
            kernel,
            ..zoo_config(5)
        };
        let limits = Limits {
            calls_per_effective_sample: f64::INFINITY,
            ..limits(name, 20)
        };
        let cell = census::run_cell(&problems::named(name), &config, CI_SEED, 20, &limits);
        println!("{kernel:?} {}", cell.row(""));
        assert!(
            cell.failures.is_empty(),
            "{kernel:?} {name}: {:?}",
            cell.failures
        );
    }
}

/// Dynamic nested sampling agrees and gives more effective samples per call.
#[test]
fn sampler_zoo_dynamic_nested_sampling_is_unbiased() {
    let config = SamplerConfig {
        kind: SamplerKind::DynamicNested,
        target_effective_samples: 8_000,
        ..zoo_config(5)
    };
    for name in ["gauss5", "loggamma2", "banana6"] {
        let cell = census::run_cell(
            &problems::named(name),
            &config,
            CI_SEED,
            20,
            &limits(name, 20),
        );
        println!("dynamic {}", cell.row(""));
        assert!(cell.failures.is_empty(), "{name}: {:?}", cell.failures);
        assert!(cell.effective_samples >= 8_000.0);
    }
}

/// The full table.
#[test]
#[ignore = "minutes; writes tests/sampler_zoo/RESULTS.md"]
fn sampler_zoo_full_table_meets_its_limits() {
    let mut rows = Vec::new();
    let mut failed = Vec::new();
    let mut all = problems::all();
    // The cheap ones first; the table is written anew after each row.
    all.sort_by_key(|problem| problem.dim);
    for problem in all {
        let config = zoo_config(problem.dim);
        let runs = if problem.dim <= 6 { 100 } else { 20 };
        // The stated band, whatever the number of runs: with 20 an honest error misses it in one
        // case of five.
        let limits = Limits {
            scatter_ratio: [0.79, 1.21],
            ..limits(problem.name, runs)
        };
        for (seed, remark) in [(ACCEPTANCE_SEED, ""), (RETEST_SEED, " (re-test)")] {
            let cell = census::run_cell(&problem, &config, seed, runs, &limits);
            println!("{}", cell.row(remark));
            rows.push(cell.row(remark));
            census::write_results(&zoo_config(1), ACCEPTANCE_SEED, RETEST_SEED, &rows);
            if cell.failures.is_empty() {
                break;
            }
            if seed == RETEST_SEED {
                failed.push(format!("{}: {}", cell.name, cell.failures.join(", ")));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// A hundred fresh seeds in ten dimensions: with twenty, an honest error misses the band of the
/// table in one case of five.
#[test]
#[ignore = "minutes"]
fn sampler_zoo_ten_dimensions_with_a_hundred_seeds() {
    let mut failed = Vec::new();
    for name in ["gauss10", "shells10", "loggamma10", "rosen10"] {
        let problem = problems::named(name);
        let config = zoo_config(problem.dim);
        let limits = limits(name, 100);
        let cell = census::run_cell(&problem, &config, HUNDRED_SEED, 100, &limits);
        println!("{}", cell.row(" (100 seeds)"));
        if !cell.failures.is_empty() {
            failed.push(format!("{name}: {}", cell.failures.join(", ")));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Importance nested sampling beside the table above: bias, quoted error and calls per effective
/// sample, exploration kept and left out.
#[test]
#[ignore = "minutes"]
fn sampler_zoo_importance_table() {
    for (name, live_points, runs) in [
        ("gauss2", 500, 20),
        ("shells2", 500, 20),
        ("eggbox2", 500, 20),
        ("loggamma2", 500, 20),
        ("rosen2", 500, 20),
        ("gauss5", 500, 20),
        ("banana6", 500, 20),
        ("gauss10", 500, 20),
        ("shells10", 500, 10),
        ("loggamma10", 500, 10),
    ] {
        for discard_exploration in [false, true] {
            let config = SamplerConfig {
                kind: SamplerKind::Importance,
                live_points,
                discard_exploration,
                target_effective_samples: 5_000,
                max_likelihood_calls: 300_000,
                ..SamplerConfig::default()
            };
            let limits = Limits {
                calls_per_effective_sample: f64::INFINITY,
                ..limits(name, runs)
            };
            let start = std::time::Instant::now();
            let cell = census::run_cell(&problems::named(name), &config, CI_SEED, runs, &limits);
            let kept = if discard_exploration {
                "discarded"
            } else {
                "kept"
            };
            let remark = format!(" ({live_points} live, exploration {kept})");
            println!(
                "{} {:.1} s",
                cell.row(&remark),
                start.elapsed().as_secs_f64()
            );
        }
    }
}
