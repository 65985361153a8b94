//! Volatile partition: one solve from budgets to partial pressures, on one core. Target below 20 us.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use magmaret::chemistry::vaporise::{Preset, Redox as MeltRedox};
use magmaret::chemistry::volatiles::inventory::{Amount, Inventory};
use magmaret::chemistry::volatiles::model::{Mode, VolatileModel};
use magmaret::chemistry::volatiles::outgas::{Memory, Redox, Request, solve};
use magmaret::chemistry::volatiles::rock::RockPotentials;
use magmaret::chemistry::volatiles::solver;
use magmaret::melt::Composition;

fn inventory() -> Inventory {
    Inventory {
        hydrogen: Amount::Oceans(1.0),
        carbon: Amount::MassPerHydrogen(1.0),
        nitrogen: Amount::MantlePpmw(2.0),
        sulfur: Amount::MantlePpmw(200.0),
        ..Inventory::default()
    }
}

fn volatiles(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("volatiles");
    for mode in Mode::ALL {
        let model = VolatileModel::new(mode).expect("the embedded tables are complete");
        let request = Request {
            inventory: inventory(),
            ..Request::earth(mode, 2000.0, 0.0)
        };
        let mut memory = Memory::default();
        group.bench_function(
            format!("{}_{}_gases", mode.name(), model.gas_set().len()),
            |b| {
                b.iter(|| {
                    solve(&model, black_box(&request), &mut memory)
                        .expect("a plain case")
                        .x
                });
            },
        );
    }
    group.finish();
}

fn with_rock_vapour(criterion: &mut Criterion) {
    let vaporiser = Preset::MeltsNasa9
        .settings()
        .build()
        .expect("the embedded tables are complete");
    let melt = Composition::named("bse", vaporiser.molar_masses()).expect("a shipped name");
    let model = VolatileModel::above(&vaporiser, Mode::Nasa9.laws())
        .expect("the embedded tables are complete");
    let mut surface = vaporiser.surface();
    let redox = MeltRedox::Log10Fo2Bar(-4.0);
    vaporiser
        .evaluate(melt.mole_fractions(), 2500.0, redox, &mut surface)
        .expect("a plain melt");
    let request = Request {
        inventory: inventory(),
        redox: Redox::LnFo2(surface.ln_fo2),
        rock: Some(RockPotentials::from_surface(&vaporiser, &surface)),
        ..Request::earth(Mode::Nasa9, 2500.0, 0.0)
    };
    let mut memory = Memory::default();
    let mut group = criterion.benchmark_group("volatiles_with_rock_vapour");
    group.bench_function(format!("{}_gases", model.gas_set().len()), |b| {
        b.iter(|| {
            solve(&model, black_box(&request), &mut memory)
                .expect("a plain case")
                .x
        });
    });
    group.bench_function("solver_alone", |b| {
        b.iter(|| solver::solve(black_box(&memory.system), None, &mut memory.workspace).x);
    });
    group.finish();
}

criterion_group!(benches, volatiles, with_rock_vapour);
criterion_main!(benches);
