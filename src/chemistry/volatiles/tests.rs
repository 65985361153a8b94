//! Properties of the solver: closure on random draws, derivatives, the fallback.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::inventory::{Amount, Inventory};
use super::model::{Mode, Scratch, VolatileModel};
use super::outgas::{
    Carriers, Memory, OxygenClosure, Redox, Request, VolatileError, outgas_with, solve,
};
use super::planet::Planet;
use super::system::{
    Frozen, IronBuffer, OXYGEN, OxygenBalance, System, UNKNOWNS, Vector, Workspace,
};
use super::{fallback, solver};
use crate::melt::buffer::Buffer;

fn log_uniform(rng: &mut ChaCha8Rng, low: f64, high: f64) -> f64 {
    (low.ln() + rng.random::<f64>() * (high / low).ln()).exp()
}

/// Budgets over eight decades (each absent once in ten), 0.3-10 Earth masses, any melt fraction,
/// 1000-5000 K, IW-6 to IW+4.
pub(super) fn draw(rng: &mut ChaCha8Rng, mode: Mode) -> Request {
    let mut amount = |low: f64, high: f64| {
        if rng.random::<f64>() < 0.1 {
            0.0
        } else {
            log_uniform(rng, low, high)
        }
    };
    let inventory = Inventory {
        hydrogen: Amount::Oceans(amount(1e-6, 300.0)),
        carbon: Amount::Kilograms(amount(1e13, 1e23)),
        nitrogen: Amount::MantlePpmw(amount(1e-4, 1e3)),
        sulfur: Amount::MantlePpmw(amount(1e-3, 1e4)),
        chlorine: match mode {
            Mode::Nasa9 => Amount::MantlePpmw(amount(1e-4, 1e3)),
            _ => Amount::Absent,
        },
    };
    let mass = log_uniform(rng, 0.3, 10.0);
    let molten = rng.random::<f64>() > 0.1;
    Request {
        inventory,
        planet: Planet::from_earth_units(mass, mass.powf(0.27), rng.random_range(0.2..0.6)),
        melt_fraction: if molten {
            log_uniform(rng, 1e-3, 1.0)
        } else {
            0.0
        },
        redox: Redox::DeltaBuffer {
            dex: rng.random_range(-6.0..4.0),
            buffer: Buffer::IwHirschmann2008,
        },
        ..Request::earth(mode, rng.random_range(1000.0..5000.0), 0.0)
    }
}

/// Gas plus melt = budget to 1e-12, recomputed from the answer itself. Measured: worst 2e-14, mean 4.4
/// evaluations, at most 20; the fallback is never needed.
#[test]
fn every_element_is_conserved_on_ten_thousand_draws() {
    for (mode, draws) in [
        (Mode::Nasa9, 10_000),
        (Mode::Calliope, 3_000),
        (Mode::Atmodeller, 3_000),
    ] {
        let model = VolatileModel::new(mode).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut memory = Memory::default();
        for index in 0..draws {
            let request = draw(&mut rng, mode);
            let result = outgas_with(&model, &request, &mut memory).unwrap();
            assert!(
                result.closure < 1e-12,
                "{mode:?} draw {index}: {:e}",
                result.closure
            );
            assert!(result.total_pressure_bar.is_finite());
        }
    }
}

/// Absent, empty and used memory give the same bits.
#[test]
fn the_answer_does_not_depend_on_what_the_memory_held() {
    let model = VolatileModel::new(Mode::Nasa9).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let mut used = Memory::default();
    for _ in 0..50 {
        let request = draw(&mut rng, Mode::Nasa9);
        let again = outgas_with(&model, &request, &mut used).unwrap();
        let fresh = outgas_with(&model, &request, &mut Memory::default()).unwrap();
        assert_eq!(again, fresh);
    }
}

fn system_of(request: &Request, model: &VolatileModel) -> System {
    let mut memory = Memory::default();
    solve(model, request, &mut memory).unwrap();
    memory.system
}

/// Analytic against central differences, every equation and unknown, free and frozen, with the
/// oxygen balance on. Measured: 4e-8.
#[test]
fn the_jacobian_matches_differences() {
    let model = VolatileModel::new(Mode::Nasa9).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut workspace = Workspace::default();
    for _ in 0..20 {
        let mut request = draw(&mut rng, Mode::Nasa9);
        request.melt_fraction = 0.3;
        let mut system = system_of(&request, &model);
        let mut carrier = [0.0; UNKNOWNS];
        carrier[0] = 0.5;
        carrier[1] = 1.0;
        let iron = IronBuffer {
            iron_mol: 1e22,
            slope: 0.2,
            intercept: 1.0,
            initial_ferric_fraction: 0.03,
        };
        system.oxygen = Some(OxygenBalance {
            carrier,
            iron: Some(iron),
        });
        let solution = solver::solve(&system, None, &mut workspace);
        let at: Vector = std::array::from_fn(|k| solution.x[k] + 0.3);
        let frozen = Frozen {
            moles_per_bar: 1e20,
            law_pressure_bar: 30.0,
        };
        for frozen in [None, Some(frozen)] {
            let here = system.evaluate(&at, frozen, &mut workspace);
            let active = workspace.active().to_vec();
            for &k in &active {
                let h = 1e-5;
                let moved = |sign: f64| {
                    let mut x = at;
                    x[k] += sign * h;
                    x
                };
                let up = system.evaluate(&moved(1.0), frozen, &mut workspace);
                let down = system.evaluate(&moved(-1.0), frozen, &mut workspace);
                for &row in &active {
                    let difference = (up.residual(row) - down.residual(row)) / (2.0 * h);
                    let error = (here.slope(row, k) - difference).abs();
                    assert!(error < 1e-6, "row {row} unknown {k}: {error:e}");
                }
            }
        }
    }
}

/// From an absurd start the nested bisection lands close enough for Newton, at the same answer.
#[test]
fn the_fallback_finds_the_same_solution_from_anywhere() {
    let model = VolatileModel::new(Mode::Nasa9).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let mut workspace = Workspace::default();
    for index in 0..12 {
        let system = system_of(&draw(&mut rng, Mode::Nasa9), &model);
        let expected = solver::solve(&system, None, &mut workspace);
        assert!(!expected.bracketed);
        let active = workspace.active().to_vec();
        let mut start = [0.0; UNKNOWNS];
        for &k in &active {
            start[k] = expected.x[k] + rng.random_range(-60.0..60.0);
        }
        let bracket = fallback::bracket(&system, start, &mut workspace);
        for &k in &active {
            let error = (bracket.x[k] - expected.x[k]).abs();
            assert!(
                error < 1e-3,
                "draw {index} unknown {k}: {error:e} after {}",
                bracket.evaluations
            );
        }
        let polished = solver::solve(&system, Some(&bracket.x), &mut workspace);
        assert!(polished.is_closed() && !polished.bracketed);
        for &k in &active {
            assert!((polished.x[k] - expected.x[k]).abs() < 1e-9);
        }
    }
}

/// A warm start from a neighbour ends at the same answer.
#[test]
fn a_warm_start_saves_evaluations_and_changes_nothing() {
    let model = VolatileModel::new(Mode::Nasa9).unwrap();
    let mut memory = Memory::default();
    let inventory = Inventory {
        hydrogen: Amount::Oceans(1.0),
        carbon: Amount::MassPerHydrogen(1.0),
        ..Inventory::default()
    };
    let request = |t_k| Request {
        inventory,
        ..Request::earth(Mode::Nasa9, t_k, -1.0)
    };
    let neighbour = solve(&model, &request(2000.0), &mut memory).unwrap();
    let cold = solve(&model, &request(2005.0), &mut memory).unwrap();
    let warm = solver::solve(&memory.system, Some(&neighbour.x), &mut memory.workspace);
    assert!(warm.is_closed() && warm.evaluations <= cold.evaluations);
    for k in 0..OXYGEN {
        assert!((warm.x[k] - cold.x[k]).abs() < 1e-11);
    }
}

/// Filling twice gives the same system (the scratch memory carries nothing over).
#[test]
fn a_system_is_a_function_of_its_arguments() {
    let model = VolatileModel::new(Mode::Nasa9).unwrap();
    let mut scratch = Scratch::default();
    let (mut a, mut b) = (System::default(), System::default());
    model.fill(2000.0, -15.0, None, &mut scratch, &mut a);
    model.fill(3000.0, -10.0, None, &mut scratch, &mut b);
    model.fill(2000.0, -15.0, None, &mut scratch, &mut b);
    assert_eq!(a.gases, b.gases);
    assert_eq!(a.dissolved, b.dissolved);
}

/// A random iron of the melt and what the volatiles bring along.
fn draw_closure(rng: &mut ChaCha8Rng) -> OxygenClosure {
    let iron = IronBuffer {
        iron_mol: log_uniform(rng, 1e18, 1e25),
        slope: 0.2,
        intercept: rng.random_range(-3.0..3.0),
        initial_ferric_fraction: log_uniform(rng, 1e-4, 1.0),
    };
    let carriers = if rng.random() {
        Carriers::OXIDISED
    } else {
        Carriers::REDUCED
    };
    OxygenClosure::Conserved(carriers, iron)
}

/// Oxygen balanced with iron. Of 20,000 draws none is refused; 2.9 % need the bisection of ln fO2, at
/// most 2464 evaluations.
#[test]
fn a_balance_of_oxygen_with_iron_always_closes() {
    let model = VolatileModel::new(Mode::Nasa9).unwrap();
    let mut memory = Memory::default();
    let mut rng = ChaCha8Rng::seed_from_u64(21);
    let mut bracketed = 0;
    for _ in 0..3000 {
        let mut request = draw(&mut rng, Mode::Nasa9);
        request.closure = draw_closure(&mut rng);
        let solution = solve(&model, &request, &mut memory).unwrap();
        bracketed += u32::from(solution.bracketed);
    }
    assert!(bracketed > 0, "the draws must reach the bisection");
}

/// Carbon without oxygen has no gas to be in among eleven: no number, residuals instead, and soon.
#[test]
fn a_balance_without_a_solution_ends_soon() {
    let mut request = Request::earth(Mode::Calliope, 2500.0, 0.0);
    request.inventory.carbon = Amount::Kilograms(1e20);
    let iron = IronBuffer {
        iron_mol: 1e18,
        slope: 0.2,
        intercept: 0.0,
        initial_ferric_fraction: 0.01,
    };
    request.closure = OxygenClosure::Conserved(Carriers::REDUCED, iron);
    let model = VolatileModel::new(Mode::Calliope).unwrap();
    let error = solve(&model, &request, &mut Memory::default()).unwrap_err();
    let VolatileError::NotClosed {
        residuals,
        evaluations,
        ..
    } = error
    else {
        panic!("{error}")
    };
    assert_eq!(residuals.len(), 2);
    assert!(evaluations < 10_000, "{evaluations}");
}
