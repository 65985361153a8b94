//! Column above a melt on one core: `cargo bench --bench column`.
//!
//! Vapour of bulk silicate Earth at 2700 K over 80 layers: gas at the surface, equilibrium and derivatives of
//! a layer, and whole fillings from a neighbouring state and from nothing; the spectrum of MIRI LRS from an
//! atmosphere that is known (criterion: 5 ms). Opacities: the set that the program carries, or the file in
//! `MAGMARET_OPACITY_SET`.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use magmaret::atmosphere::column::{
    AbsorberOptions, Absorbers, ColumnOptions, GivenColumn, VapourColumn, balance_nodes,
};
use magmaret::atmosphere::profile::{MonotoneCubic, Profile};
use magmaret::atmosphere::surface_gas::SurfaceGas;
use magmaret::chemistry::gas::GasSystem;
use magmaret::chemistry::vaporise::{Preset, Redox};
use magmaret::melt::buffer::Buffer;
use magmaret::melt::composition::Composition;
use magmaret::opacity::OpacitySet;
use magmaret::opacity::set::BandNodes;
use magmaret::transfer::{
    Angles, Boundary, Column, ColumnModel, Diffusivity, Emission, SpectralPoints, Transfer, View,
    Workspace,
};

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

/// Nodes of the bands that reach into MIRI LRS, 5 to 12 µm, with their bands.
fn lrs(nodes: &BandNodes) -> (Vec<usize>, SpectralPoints) {
    let edges = &nodes.edges_per_cm;
    let inside = |band: &usize| edges[*band] < 2000.0 && edges[*band + 1] > 1e4 / 12.0;
    let bands: Vec<usize> = (0..nodes.bands()).filter(inside).collect();
    let (first, last) = (bands[0], bands[bands.len() - 1]);
    let chosen: Vec<usize> = bands.iter().flat_map(|band| nodes.nodes(*band)).collect();
    let band: Vec<usize> = bands
        .iter()
        .flat_map(|band| nodes.nodes(*band).map(move |_| band - first))
        .collect();
    let weight: Vec<f64> = chosen.iter().map(|node| nodes.weight[*node]).collect();
    let points = SpectralPoints::from_parts(&edges[first..=last + 1], &band, &weight).unwrap();
    (chosen, points)
}

/// Flux at four angles in the bands of LRS: from extinctions that are known, and with them from temperatures and
/// mole fractions.
fn spectrum(criterion: &mut Criterion) {
    let set = opacities();
    let (nodes, points) = lrs(&set.band_nodes().unwrap().unwrap());
    let surface = surface();
    let gas = surface.gas_set().clone();
    let absorbers = Absorbers::new(&set, &gas, &nodes, AbsorberOptions::default()).unwrap();
    let absorbers = Arc::new(absorbers);
    let shape = ColumnOptions {
        layers: LAYERS,
        ..ColumnOptions::default()
    };
    let temperature_k = profile(3000.0);
    let mut model = VapourColumn::new(surface, absorbers.clone(), shape).unwrap();
    let mut column = Column::default();
    model.fill(&temperature_k, SURFACE_K, &mut column).unwrap();
    let mole_fraction: Vec<f64> = (0..LAYERS)
        .flat_map(|layer| model.mole_fractions(layer).to_vec())
        .collect();
    let base_bar = model.surface().pressure_bar();
    let ln_pa = column.pressure_pa.iter().map(|pa| pa.ln()).collect();
    let given = Profile::Nodes(MonotoneCubic::new(ln_pa, temperature_k.clone()).unwrap());
    let mut known = GivenColumn::new(&gas, absorbers, shape).unwrap();
    let boundary = Boundary::dark(points.bands());
    let count = points.points();
    let transfer = Transfer::new(points, Diffusivity::Hemispheric);
    let angles = Angles::new(4).unwrap();
    let (mut workspace, mut emission) = (Workspace::default(), Emission::default());
    let mut group = criterion.benchmark_group("lrs_spectrum");
    for opacities_too in [false, true] {
        let what = if opacities_too { "with" } else { "without" };
        group.bench_function(format!("{what}_opacities_{count}_points"), |b| {
            b.iter(|| {
                if opacities_too {
                    known
                        .fill(base_bar, 9.81, &mole_fraction, &given, &mut column)
                        .unwrap();
                }
                let view = View {
                    column: black_box(&column),
                    temperature_k: &temperature_k,
                    surface_temperature_k: SURFACE_K,
                    boundary: &boundary,
                    angles: &angles,
                };
                (transfer.outgoing(&view, &mut workspace, &mut emission)).unwrap();
            });
        });
    }
    group.finish();
}

criterion_group!(benches, chemistry, filling, spectrum);
criterion_main!(benches);
