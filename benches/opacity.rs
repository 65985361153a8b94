//! Opacities on one core: `cargo bench --bench opacity`.
//!
//! Mixing of 12 sampled gases over 80 layers and 8000 points; random overlap of two
//! k-distributions by histogram and, for comparison, by sorting the pairs; one line-by-line
//! cross section of 20 000 lines.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use magmaret::opacity::line_by_line::{FineGrid, Options, Prepared, Workspace};
use magmaret::opacity::mixing::overlap::RandomOverlap;
use magmaret::opacity::mixing::{Extinction, GasTable, Layers, Mixture};
use magmaret::opacity::{
    CrossSectionTable, Line, LineGas, LineList, PartitionFunction, Provenance, SpectralAxis, Tier,
};

const GASES: usize = 12;
const LAYERS: usize = 80;
const POINTS: usize = 8000;
const LINES: usize = 20_000;

fn provenance() -> Provenance {
    Provenance {
        tier: Tier::User,
        citation: Vec::new(),
        method: "synthetic".into(),
        caveat: String::new(),
    }
}

fn table(gas: usize) -> GasTable {
    let temperature_k: Vec<f64> = (0..17).map(|i| 800.0 * 1.134_f64.powi(i)).collect();
    let pressure_bar: Vec<f64> = (-8..4).map(|i| 10_f64.powi(i)).collect();
    let nodes = temperature_k.len() * pressure_bar.len();
    let sigma_cm2 = (0..nodes * POINTS)
        .map(|i| 1e-22 * (1 + (i * 7 + gas) % 1000) as f32)
        .collect();
    GasTable::new(&CrossSectionTable {
        gas: "SiO".into(),
        molar_mass_g_mol: 44.0,
        temperature_k,
        pressure_bar,
        axis: SpectralAxis::Points((0..POINTS).map(|i| 200.0 + i as f64).collect()),
        sigma_cm2,
        provenance: provenance(),
    })
    .unwrap()
}

fn mixing(criterion: &mut Criterion) {
    let tables: Vec<GasTable> = (0..GASES).map(table).collect();
    let height = |i: usize| i as f64 / (LAYERS - 1) as f64;
    let temperature_k: Vec<f64> = (0..LAYERS)
        .map(|i| 2400.0 + 900.0 * (9.0 * height(i)).sin())
        .collect();
    let pressure_bar: Vec<f64> = (0..LAYERS)
        .map(|i| 10_f64.powf(-8.0 + 9.0 * height(i)))
        .collect();
    let layers = Layers {
        temperature_k: &temperature_k,
        pressure_bar: &pressure_bar,
        mean_molar_mass_g_mol: &[40.0; LAYERS],
        mole_fraction: &[1.0 / GASES as f64; GASES * LAYERS],
    };
    let (mut mixture, mut out) = (Mixture::default(), Extinction::default());
    let mut group = criterion.benchmark_group("mixing");
    group.throughput(Throughput::Elements((GASES * LAYERS * POINTS) as u64));
    group.bench_function("12_gases_80_layers_8000_points", |b| {
        b.iter(|| {
            black_box(mixture.extinction(&tables, &layers, &mut out));
        });
    });
    group.finish();
}

/// The pairs sorted and interpolated back, as Amundsen et al. (2017) describe.
fn sorted(k: &mut [f32], other: &[f32], g: &[f32], w: &[f32], pairs: &mut Vec<(f32, f32)>) {
    pairs.clear();
    for (a, wa) in k.iter().zip(w) {
        pairs.extend(other.iter().zip(w).map(|(b, wb)| (a + b, wa * wb)));
    }
    pairs.sort_unstable_by_key(|pair| pair.0.to_bits());
    let (mut middle, mut next) = (0.5 * pairs[0].1, 0);
    while next < g.len() && g[next] <= middle {
        k[next] = pairs[0].0;
        next += 1;
    }
    for pair in pairs.windows(2) {
        let end = middle + 0.5 * (pair[0].1 + pair[1].1);
        while next < g.len() && g[next] <= end {
            let f = (g[next] - middle) / (end - middle);
            k[next] = pair[0].0 * (1.0 - f) + pair[1].0 * f;
            next += 1;
        }
        middle = end;
    }
    let last = pairs[pairs.len() - 1].0;
    k[next..].fill(last);
}

fn overlap(criterion: &mut Criterion) {
    // Equal weights: the cost does not depend on them.
    const NG: usize = 16;
    let weights = [1.0 / NG as f64; NG];
    let w = weights.map(|w| w as f32);
    let g: Vec<f32> = (0..NG).map(|i| (i as f32 + 0.5) / NG as f32).collect();
    let k = |from: f32, width: f32| -> Vec<f32> {
        g.iter()
            .map(|g| 10_f32.powf(from + width * g + 2.0 * g.powi(12)))
            .collect()
    };
    let (one, two, zero) = (k(-3.0, 3.1), k(-2.5, 2.3), [0.0; NG]);
    let mixer = RandomOverlap::new(&weights).unwrap();
    let mut group = criterion.benchmark_group("random_overlap_16");
    group.bench_function("histogram_with_derivative", |b| {
        b.iter(|| {
            let (mut k, mut slope) = (one.clone(), zero);
            mixer.mix(&mut k, &mut slope, black_box(&two), &zero);
            k
        });
    });
    let mut pairs = Vec::with_capacity(NG * NG);
    group.bench_function("sort", |b| {
        b.iter(|| {
            let mut k = one.clone();
            sorted(&mut k, black_box(&two), &g, &w, &mut pairs);
            k
        });
    });
    group.finish();
}

fn line_by_line(criterion: &mut Criterion) {
    let (low, high) = (900.0_f64, 1400.0_f64);
    let lines = (0..LINES)
        .map(|i| {
            let golden = (0.618_033_988_749_895 * i as f64).fract();
            Line {
                wavenumber_per_cm: low + (high - low) * i as f64 / LINES as f64,
                lower_energy_per_cm: 20_000.0 * golden as f32,
                weight_cm: 1e-20,
                half_width_per_cm_bar: 0.07,
                width_exponent: 0.5,
                natural_half_width_per_cm: 1e-7,
            }
        })
        .collect();
    let partition = PartitionFunction::new(&[100.0, 1e4], &[100.0, 1e4]).unwrap();
    let gas = LineGas {
        gas: "SiO".into(),
        molar_mass_g_mol: 44.0,
        lists: vec![LineList::new("synthetic", 44.0, 1.0, partition, lines)],
        wing_cutoff_per_cm: 100.0,
        provenance: provenance(),
    };
    let grid = FineGrid::new(700.0, 1600.0, 5e5).unwrap();
    let prepared = Prepared::new(&gas, &[2000.0], &Options::default()).unwrap();
    let mut workspace = Workspace::default();
    let mut sigma = vec![0.0; grid.len()];
    let mut group = criterion.benchmark_group("line_by_line");
    group.sample_size(20);
    group.throughput(Throughput::Elements(LINES as u64));
    for (name, pressure_bar) in [("1e-6_bar", 1e-6), ("0.1_bar", 0.1), ("10_bar", 10.0)] {
        group.bench_function(name, |b| {
            b.iter(|| {
                prepared.cross_section(2000.0, pressure_bar, &grid, &mut workspace, &mut sigma);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, mixing, overlap, line_by_line);
criterion_main!(benches);
