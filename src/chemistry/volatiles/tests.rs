//! Properties of the solver: closure on random draws, limits, the fallback.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::inventory::{Amount, Inventory};
use super::model::{Mode, VolatileModel};
use super::outgas::{Memory, Redox, Request, solve};
use super::planet::Planet;
use crate::melt::buffer::Buffer;

fn log_uniform(rng: &mut ChaCha8Rng, low: f64, high: f64) -> f64 {
    (low.ln() + rng.random::<f64>() * (high / low).ln()).exp()
}

fn draw(rng: &mut ChaCha8Rng, mode: Mode) -> Request {
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
        chlorine: if mode == Mode::Nasa9 {
            Amount::MantlePpmw(amount(1e-4, 1e3))
        } else {
            Amount::Absent
        },
    };
    let mass = log_uniform(rng, 0.3, 10.0);
    Request {
        inventory,
        planet: Planet::from_earth_units(mass, mass.powf(0.27), rng.random_range(0.2..0.6)),
        melt_fraction: if rng.random::<f64>() < 0.1 { 0.0 } else { log_uniform(rng, 1e-3, 1.0) },
        redox: Redox::DeltaBuffer {
            dex: rng.random_range(-6.0..6.0),
            buffer: Buffer::IwHirschmann2008,
        },
        ..Request::earth(mode, rng.random_range(1000.0..5000.0), 0.0)
    }
}

#[test]
fn random_draws() {
    for mode in Mode::ALL {
        let model = VolatileModel::new(mode).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut memory = Memory::default();
        let (mut evals, mut bracketed, mut fail, mut most) = (0u64, 0, 0, 0);
        let mut worst = 0.0_f64;
        let t0 = std::time::Instant::now();
        for i in 0..10_000 {
            let request = draw(&mut rng, mode);
            match solve(&model, &request, &mut memory) {
                Ok(s) => {
                    evals += u64::from(s.evaluations);
                    most = most.max(s.evaluations);
                    worst = worst.max(s.residual);
                    if s.bracketed {
                        bracketed += 1;
                        if bracketed < 4 { println!("bracketed {i} {request:?} {s:?}"); }
                    }
                }
                Err(e) => {
                    fail += 1;
                    if fail < 4 {
                        println!("{e}");
                    }
                }
            }
        }
        println!("{mode:?}: mean evals {} max {most} bracketed {bracketed} fail {fail} worst {worst:e} {:?}", evals as f64 / 1e4, t0.elapsed());
    }
}
