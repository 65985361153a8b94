//! A call of the lava likelihood on one core: `cargo bench --bench equilibrium`.
//!
//! The K2-141 b mock of MIRI LRS with 80 layers (criteria for the equilibrium alone: 60 ms of which nothing near is known, 20 ms with
//! solutions nearby): melt, vapour, radiative equilibrium, spectrum of 28 bins, likelihood, each call at a point that was
//! not computed before. `cold` has no anchors, `warm` 64 of them, computed before. And a dayside of six rings (0.3 s).
//!
//! Measured, medians on an AMD EPYC of two cores: cold 44, warm 40 ms; 40 layers 26 and 21 ms; six rings 290 ms. Before there were
//! sketches, in one run with them at a slower hour: 138 against 54, 117 against 47, 890 against 345 ms.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use magmaret::config::{DaysideKind, RunConfig};
use magmaret::run::{RunObserver, Setup, prepare_starts};
use magmaret::sampler::{Progress, Target};

struct Silent;

impl RunObserver for Silent {
    fn on_message(&mut self, _: &str) {}
    fn on_model(&mut self, _: &str) {}
    fn on_progress(&mut self, _: &Progress) -> bool {
        true
    }
}

fn setup(layers: usize, anchors: usize, dayside: DaysideKind) -> Setup {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs/k2141b_lrs_mock.toml");
    let mut config = RunConfig::from_path(&path).unwrap();
    config.model.compare_with.clear();
    config.atmosphere.layers = layers;
    config.atmosphere.anchors = anchors;
    config.atmosphere.dayside = dayside;
    config.atmosphere.rings = 6;
    let mut setup = Setup::new(&config).unwrap();
    prepare_starts(&mut setup, &mut Silent).unwrap();
    setup
}

/// Calls at one point of the unit cube after another.
fn calls(setup: &Setup) -> impl FnMut() {
    let problem = &setup.models[0].problem;
    let mut workspace = problem.workspace();
    let mut unit = vec![0.5; problem.dim()];
    let mut turn = 0_u32;
    move || {
        turn += 1;
        for (d, u) in unit.iter_mut().enumerate() {
            // Roots of primes: no two of them in step.
            let root = [2.0_f64, 3.0, 5.0, 7.0, 11.0, 13.0, 17.0, 19.0, 23.0, 29.0][d % 10].sqrt();
            *u = 0.1 + 0.8 * (root * f64::from(turn)).fract();
        }
        let _ = black_box(problem.ln_likelihood(black_box(&unit), &mut workspace));
    }
}

fn equilibrium(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("call");
    group.sample_size(60);
    for layers in [80, 40] {
        for (name, anchors) in [("cold", 0), ("warm", 64)] {
            let setup = setup(layers, anchors, DaysideKind::Uniform);
            let mut call = calls(&setup);
            group.bench_function(format!("{name}_{layers}_layers"), |b| b.iter(&mut call));
        }
    }
    let rings = setup(80, 0, DaysideKind::Rings);
    let mut call = calls(&rings);
    group.bench_function("cold_six_rings_80_layers", |b| b.iter(&mut call));
    group.finish();
}

criterion_group!(benches, equilibrium);
criterion_main!(benches);
