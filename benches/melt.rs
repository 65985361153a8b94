//! Melt and dry surface gas on one core: cold start, warm start (a neighbouring point), with metal.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use magmaret::chemistry::vaporise::{Preset, Redox};
use magmaret::melt::Composition;
use magmaret::melt::buffer::Buffer;

fn surface_gas(c: &mut Criterion) {
    let mut group = c.benchmark_group("surface_gas");
    for preset in [Preset::MeltsNasa9, Preset::Magma2004] {
        let vaporiser = preset.settings().build().expect("presets are consistent");
        let melt = Composition::named("bse", vaporiser.molar_masses()).expect("bse is shipped");
        let moles = *melt.mole_fractions();
        let mut surface = vaporiser.surface();
        for (state, delta_iw) in [("ferrous", 0.0), ("metal", -4.0)] {
            group.bench_function(format!("{}/{state}/cold", preset.name()), |b| {
                b.iter(|| {
                    surface.melt.forget();
                    let redox = Redox::Delta(Buffer::IwHirschmann2008, black_box(delta_iw));
                    vaporiser.evaluate(&moles, black_box(2500.0), redox, &mut surface)
                });
            });
            // A step of a sampler: T, fO2 and composition all move.
            let mut step = 0_u32;
            group.bench_function(format!("{}/{state}/warm", preset.name()), |b| {
                b.iter(|| {
                    step = (step + 1) % 7;
                    let shift = f64::from(step);
                    let redox = Redox::Delta(Buffer::IwHirschmann2008, delta_iw + 0.02 * shift);
                    let mut moved = moles;
                    moved[0] *= 1.0 + 0.005 * shift;
                    vaporiser.evaluate(&moved, black_box(2500.0 + 5.0 * shift), redox, &mut surface)
                });
            });
        }
        group.bench_function(format!("{}/congruent/warm", preset.name()), |b| {
            b.iter(|| {
                vaporiser.evaluate(&moles, black_box(2500.0), Redox::Congruent, &mut surface)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, surface_gas);
criterion_main!(benches);
