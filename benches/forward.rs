//! One call of each null model, and the integrals over the bins alone.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use magmaret::forward::{BareRock, BareRockOptions, BlackBody, ForwardModel};
use magmaret::instrument::{BinIntegrator, BinSpec, Passband};
use magmaret::spectrum::Star;

/// A range of MIRI LRS, 5.0 to 12.0 µm, in equal bins.
fn bins(passband: &Passband, count: u32) -> Vec<BinSpec<'_>> {
    let width_m = 7.0e-6 / f64::from(count);
    (0..count)
        .map(|i| BinSpec {
            low_m: 5.0e-6 + width_m * f64::from(i),
            high_m: 5.0e-6 + width_m * f64::from(i + 1),
            passband,
        })
        .collect()
}

/// Alternates two points, so that the star is computed anew in every call.
fn call<'a, M: ForwardModel>(
    model: &'a M,
    thetas: &'a [Vec<f64>; 2],
    count: usize,
) -> impl FnMut() + 'a {
    let mut workspace = model.workspace();
    let mut depth = vec![0.0; count];
    let mut turn = 0;
    move || {
        turn = 1 - turn;
        model
            .eclipse_depth(black_box(&thetas[turn]), &mut workspace, &mut depth)
            .expect("the point is physical");
        black_box(&depth);
    }
}

fn forward(c: &mut Criterion) {
    let passband = Passband::embedded("miri/lrs_slitless").expect("an embedded curve");
    let star = || Star::black_body(3_535.0);
    for count in [1_u32, 8, 28] {
        let bins = bins(&passband, count);
        let black_body = BlackBody::new(star(), &bins).expect("bins inside the passband");
        let thetas = [3_500.0, 3_570.0].map(|star_k| vec![1_700.0, 0.0148, 3.34, star_k]);
        c.bench_function(&format!("black_body/{count}"), |b| {
            b.iter(call(&black_body, &thetas, count as usize));
        });
        for (name, local_equilibrium) in [("bare_rock", false), ("bare_rock_local", true)] {
            let options = BareRockOptions {
                local_equilibrium,
                ..BareRockOptions::default()
            };
            let model = BareRock::new(star(), &bins, options).expect("bins inside the passband");
            let thetas = [3_500.0, 3_570.0].map(|star_k| {
                let all = [0.6, 0.1, 0.95, 0.0148, 3.34, star_k];
                all[usize::from(local_equilibrium)..].to_vec()
            });
            c.bench_function(&format!("{name}/{count}"), |b| {
                b.iter(call(&model, &thetas, count as usize));
            });
        }
        let integrator = BinIntegrator::new(&bins).expect("bins inside the passband");
        let nodes = integrator.wavelengths_m().len();
        let (planet, star) = (vec![1.0; nodes], vec![100.0; nodes]);
        let mut depth = vec![0.0; count as usize];
        c.bench_function(&format!("bin_integration/{count}"), |b| {
            b.iter(|| integrator.depths(black_box(&planet), &star, 2.2e-4, &mut depth));
        });
    }
}

criterion_group!(benches, forward);
criterion_main!(benches);
