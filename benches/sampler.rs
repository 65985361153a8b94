//! Overhead of the samplers per likelihood call, on a likelihood that costs next to nothing.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use magmaret::config::{Kernel, SamplerConfig};
use magmaret::error::ModelError;
use magmaret::sampler::{NestedRun, NestedSettings, Observer, Progress, Target};

/// An uncorrelated Gaussian of width 0.02 at the centre of the cube.
struct Gaussian(usize);

impl Target for Gaussian {
    type Workspace = ();

    fn dim(&self) -> usize {
        self.0
    }

    fn workspace(&self) {}

    fn ln_likelihood(&self, unit: &[f64], (): &mut ()) -> Result<f64, ModelError> {
        let square: f64 = unit.iter().map(|u| (u - 0.5) * (u - 0.5)).sum();
        Ok(-0.5 * square / (0.02 * 0.02))
    }
}

struct Silent;

impl Observer for Silent {
    fn on_batch(&mut self, _: &Progress) -> bool {
        true
    }
}

fn run(kernel: Kernel, dim: usize) -> NestedRun {
    let settings = NestedSettings::from_config(&SamplerConfig {
        kernel,
        ..SamplerConfig::default()
    });
    let mut run = NestedRun::new(settings, dim, 1).expect("the settings fit the problem");
    run.advance(&Gaussian(dim), &mut Silent)
        .expect("the target never fails");
    run
}

/// Whole runs; the throughput is in likelihood calls.
fn nested_sampling(c: &mut Criterion) {
    let mut group = c.benchmark_group("sampler");
    group.sample_size(10);
    for (name, kernel, dim) in [
        ("ellipsoids_5", Kernel::Ellipsoids, 5),
        ("ellipsoids_10", Kernel::Ellipsoids, 10),
        ("random_walk_10", Kernel::RandomWalk, 10),
        ("slice_10", Kernel::Slice, 10),
    ] {
        group.throughput(Throughput::Elements(run(kernel, dim).likelihood_calls()));
        group.bench_function(name, |b| b.iter(|| run(kernel, dim)));
    }
    group.finish();
}

criterion_group!(benches, nested_sampling);
criterion_main!(benches);
