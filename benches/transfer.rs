//! Radiative transfer on one core: `cargo bench --bench transfer`.
//!
//! A synthetic lava vapour of 80 layers and 8060 points: its column, fluxes, derivatives, and the
//! equilibrium from an isothermal start and from a solution nearby.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use magmaret::transfer::{
    Column, ColumnModel, Derivatives, Diffusivity, Equilibrium, EquilibriumOptions, Fluxes,
    JacobianWorkspace, SpectralPoints, Transfer, Workspace,
};

#[path = "../tests/transfer_checks/support.rs"]
#[allow(dead_code)]
mod support;

use support::{Random, Synthetic, nodes, starlight};

const LAYERS: usize = 80;
const START_K: f64 = 2500.0;

fn transfer(criterion: &mut Criterion) {
    let nodes = nodes(403, 20);
    let transfer = Transfer::new(
        SpectralPoints::new(&nodes).unwrap(),
        Diffusivity::Hemispheric,
    );
    let mut model = Synthetic::lava(&nodes, LAYERS, 1e4, &mut Random::new(3));
    let boundary = starlight(transfer.points(), 5770.0, START_K);
    let start = [START_K; LAYERS];
    let mut equilibrium = Equilibrium::default();
    let mut solve =
        |model: &mut Synthetic, start: &[f64], surface: f64, boundary: &_, reuse_matrix| {
            let options = EquilibriumOptions {
                reuse_matrix,
                ..EquilibriumOptions::default()
            };
            equilibrium
                .solve(&transfer, model, boundary, start, surface, options)
                .unwrap();
            (
                equilibrium.temperature_k().to_vec(),
                equilibrium.surface_temperature_k(),
            )
        };
    let (solution, surface) = solve(&mut model, &start, START_K, &boundary, false);
    let warmer = starlight(transfer.points(), 5770.0, 1.02 * START_K);

    let mut group = criterion.benchmark_group("transfer");
    group.sample_size(20);
    let (mut column, mut fluxes) = (Column::default(), Fluxes::default());
    group.bench_function("synthetic column", |bench| {
        bench.iter(|| {
            model
                .fill(black_box(&solution), surface, &mut column)
                .unwrap()
        });
    });
    let (mut workspace, mut scratch) = (Workspace::default(), JacobianWorkspace::default());
    group.bench_function("fluxes", |bench| {
        bench.iter(|| {
            transfer
                .fluxes(
                    &column,
                    black_box(&solution),
                    surface,
                    &boundary,
                    &mut workspace,
                    &mut fluxes,
                )
                .unwrap();
        });
    });
    let mut jacobian = Vec::new();
    group.bench_function("fluxes and derivatives", |bench| {
        bench.iter(|| {
            transfer
                .jacobian(
                    &column,
                    black_box(&solution),
                    surface,
                    &boundary,
                    Derivatives::Full,
                    &mut workspace,
                    &mut scratch,
                    &mut fluxes,
                    &mut jacobian,
                )
                .unwrap();
        });
    });
    group.bench_function("equilibrium, cold", |bench| {
        bench.iter(|| solve(&mut model, black_box(&start), START_K, &boundary, false));
    });
    // Two per cent in temperature, eight in flux: a step of a sampler.
    group.bench_function("equilibrium, warm", |bench| {
        bench.iter(|| solve(&mut model, black_box(&solution), surface, &warmer, true));
    });
    group.finish();
}

criterion_group!(benches, transfer);
criterion_main!(benches);
