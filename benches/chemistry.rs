//! Gas equilibrium on one core: `cargo bench --bench chemistry`.
//!
//! The sets of 58 and 221 species are FastChem's (read from MAGMARET_REFERENCE_DIR, skipped
//! without it); those of the NASA-9 table always run. Warm: down a profile of 100 layers, each
//! from its neighbour, time per layer. Cold: every layer from nothing.

use std::hint::black_box;
use std::path::PathBuf;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use magmaret::chemistry::gas::{GasSystem, GasWorkspace, fastchem};
use magmaret::species::{Element, GasSet, Ions, MgoGas};

const LAYERS: usize = 100;

/// log10 abundances (O = 12) of bulk-silicate-Earth vapour at 2500 K, dIW 0 (MELTS, NASA-9), and
/// a round mix of volatiles.
const ROCK: [(Element, f64); 9] = [
    (Element::O, 12.0),
    (Element::Na, 12.9380),
    (Element::Mg, 11.5402),
    (Element::Al, 7.5406),
    (Element::Si, 11.9441),
    (Element::K, 9.2823),
    (Element::Ca, 7.4433),
    (Element::Ti, 7.1514),
    (Element::Fe, 11.5202),
];
const VOLATILES: [(Element, f64); 4] = [
    (Element::H, 11.7),
    (Element::C, 11.6),
    (Element::N, 10.5),
    (Element::S, 10.8),
];

struct Case {
    name: String,
    system: GasSystem,
    abundances: Vec<f64>,
}

impl Case {
    fn new(name: &str, set: GasSet, mixture: &[(Element, f64)]) -> Self {
        let log10 = |e: &Element| mixture.iter().find(|(known, _)| known == e).unwrap().1;
        Self {
            name: format!("{name}_{}", set.len()),
            abundances: set
                .elements()
                .iter()
                .map(|e| 10_f64.powf(log10(e) - 12.0))
                .collect(),
            system: GasSystem::new(set).unwrap(),
        }
    }

    fn layer(&self, layer: usize, workspace: &mut GasWorkspace) {
        // From 2800 K at 1 bar to 1500 K at 1e-8 bar.
        let height = layer as f64 / (LAYERS - 1) as f64;
        let (t_k, p_bar) = (2800.0 - 1300.0 * height, 10_f64.powf(-8.0 * height));
        let solved = self
            .system
            .solve(&self.abundances, t_k, p_bar, workspace)
            .unwrap();
        black_box(solved);
    }
}

fn cases() -> Vec<Case> {
    let both: Vec<_> = ROCK.iter().chain(&VOLATILES).copied().collect();
    let mut cases = Vec::new();
    for (name, mixture) in [("nasa9_rock", &ROCK[..]), ("nasa9_chons_rock", &both[..])] {
        let elements: Vec<Element> = mixture.iter().map(|(e, _)| *e).collect();
        let set = GasSet::for_elements(&elements, Ions::Include, MgoGas::default()).unwrap();
        cases.push(Case::new(name, set, mixture));
    }
    let Some(folder) = std::env::var_os("MAGMARET_REFERENCE_DIR") else {
        return cases;
    };
    let path = PathBuf::from(folder).join("vaporisation/fastchem_logK.dat");
    let records = fastchem::read(&path).unwrap();
    for (name, mixture) in [
        ("fastchem_rock", &ROCK[..]),
        ("fastchem_chons_rock", &both[..]),
    ] {
        let elements: Vec<Element> = mixture.iter().map(|(e, _)| *e).collect();
        let set = fastchem::gas_set(&records, &elements, Ions::Include).unwrap();
        cases.push(Case::new(name, set, mixture));
    }
    cases
}

fn layers(criterion: &mut Criterion) {
    for case in cases() {
        let mut group = criterion.benchmark_group(&case.name);
        group.throughput(Throughput::Elements(LAYERS as u64));
        let mut workspace = case.system.workspace();
        group.bench_function("warm_100_layers", |bencher| {
            bencher.iter(|| (0..LAYERS).for_each(|l| case.layer(l, &mut workspace)));
        });
        group.bench_function("cold_100_layers", |bencher| {
            bencher.iter(|| {
                for layer in 0..LAYERS {
                    workspace.forget();
                    case.layer(layer, &mut workspace);
                }
            });
        });
    }
}

criterion_group!(benches, layers);
criterion_main!(benches);
