//! Column above a melt on one core: `cargo bench --bench column`.
//!
//! Vapour of bulk silicate Earth at 2700 K over 80 layers: gas at the surface, equilibrium and derivatives of
//! a layer, and whole fillings from a neighbouring state and from nothing. Opacities: the set that the
//! program carries, or the file in `MAGMARET_OPACITY_SET`.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use magmaret::atmosphere::column::{
    AbsorberOptions, Absorbers, ColumnOptions, VapourColumn, balance_nodes,
};
use magmaret::atmosphere::surface_gas::SurfaceGas;
use magmaret::chemistry::gas::GasSystem;
use magmaret::chemistry::vaporise::{Preset, Redox};
use magmaret::melt::buffer::Buffer;
use magmaret::melt::composition::Composition;
use magmaret::opacity::OpacitySet;
use magmaret::transfer::{Column, ColumnModel};

const LAYERS: usize = 80;
const SURFACE_K: f64 = 2700.0;

fn opacities() -> OpacitySet {
    match std::env::var("MAGMARET_OPACITY_SET") {
        Ok(file) => OpacitySet::read(Path::new(&file)),
        Err(_) => OpacitySet::embedded(),
    }
    .unwrap()
}

fn surface() -> SurfaceGas {
    let vaporiser = Arc::new(Preset::MeltsNasa9.settings().build().unwrap());
    let moles = Composition::named("bse", vaporiser.molar_masses())
        .unwrap()
        .moles_all_ferrous();
    let redox = Redox::Delta(Buffer::IwHirschmann2008, 0.0);
    SurfaceGas::dry(vaporiser, moles, redox)
}

/// An inversion: `top` at the top, 2600 K at the base.
fn profile(top: f64) -> Vec<f64> {
    let height = |i: usize| 1.0 - (i as f64 + 0.5) / LAYERS as f64;
    let at = |h: f64| 2600.0 - 1200.0 * h + (top - 1400.0) * h * h * h;
    (0..LAYERS).map(|i| at(height(i))).collect()
}

fn chemistry(criterion: &mut Criterion) {
    let mut surface = surface();
    let mut group = criterion.benchmark_group("column");
    group.bench_function("surface_gas", |b| {
        let mut t_k = SURFACE_K;
        b.iter(|| {
            t_k = if t_k > SURFACE_K {
                SURFACE_K
            } else {
                SURFACE_K + 1.0
            };
            surface.evaluate(black_box(t_k)).unwrap();
        });
    });
    surface.evaluate(SURFACE_K).unwrap();
    let system = GasSystem::new(surface.gas_set().clone()).unwrap();
    let species = system.set().len();
    let mut workspace = system.workspace();
    let (mut dt, mut dp) = (vec![0.0; species], vec![0.0; species]);
    let mut step = 0;
    group.bench_function(format!("layer_{species}_species_30_k_apart"), |b| {
        b.iter(|| {
            step = (step + 1) % 10;
            let t_k = 2300.0 + 30.0 * f64::from(i32::abs(step - 5));
            system
                .solve(surface.abundances(), t_k, 1e-4, &mut workspace)
                .unwrap();
            system
                .derivatives(&mut workspace, &mut dt, &mut dp)
                .unwrap();
            black_box(&dt);
        });
    });
    group.finish();
}

fn filling(criterion: &mut Criterion) {
    let set = opacities();
    let nodes = balance_nodes(&set.band_nodes().unwrap().unwrap());
    let (one, two) = (profile(3000.0), profile(3050.0));
    let mut column = Column::default();
    let mut group = criterion.benchmark_group("fill");
    group.sample_size(50);
    let surface = surface();
    let options = AbsorberOptions::default();
    let absorbers = Absorbers::new(&set, surface.gas_set(), &nodes, options).unwrap();
    let count = absorbers.list().len();
    let name = format!("{count}_absorbers_{}_points", nodes.len());
    let shape = ColumnOptions {
        layers: LAYERS,
        ..ColumnOptions::default()
    };
    let mut model = VapourColumn::new(surface, Arc::new(absorbers), shape).unwrap();
    let mut odd = false;
    group.bench_function(format!("warm_{name}"), |b| {
        b.iter(|| {
            odd = !odd;
            let t_k = if odd { &one } else { &two };
            model.fill(t_k, SURFACE_K, &mut column).unwrap();
        });
    });
    group.bench_function(format!("cold_{name}"), |b| {
        b.iter(|| {
            model.forget();
            model.fill(&one, SURFACE_K, &mut column).unwrap();
        });
    });
    group.finish();
}

criterion_group!(benches, chemistry, filling);
criterion_main!(benches);
