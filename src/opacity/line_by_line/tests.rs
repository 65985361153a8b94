use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::opacity::partition::PartitionFunction;
use crate::opacity::provenance::{Provenance, Tier};

fn gas(lists: Vec<LineList>, cutoff: f64) -> LineGas {
    LineGas {
        gas: "SiO".into(),
        molar_mass_g_mol: 44.0,
        lists,
        wing_cutoff_per_cm: cutoff,
        provenance: Provenance {
            tier: Tier::User,
            citation: Vec::new(),
            method: "synthetic".into(),
            caveat: String::new(),
        },
    }
}

fn list(lines: Vec<Line>) -> LineList {
    let partition =
        PartitionFunction::new(&[100.0, 1000.0, 1e4], &[100.0, 1000.0, 1e4]).expect("ascending");
    LineList::new("synthetic", 44.0, 1.0, partition, lines)
}

fn line(wavenumber_per_cm: f64, weight_cm: f64) -> Line {
    Line {
        wavenumber_per_cm,
        lower_energy_per_cm: 500.0,
        weight_cm: weight_cm as f32,
        half_width_per_cm_bar: 0.07,
        width_exponent: 0.5,
        natural_half_width_per_cm: 1e-7,
    }
}

/// Lines thrown evenly in ln ν̃, strengths over nine decades, energies to 20000 cm⁻¹.
fn random_list(seed: u64, count: usize, low: f64, high: f64) -> LineList {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let lines = (0..count)
        .map(|_| Line {
            wavenumber_per_cm: low * (rng.random::<f64>() * (high / low).ln()).exp(),
            lower_energy_per_cm: 20_000.0 * rng.random::<f32>(),
            weight_cm: 10f32.powf(-16.0 - 9.0 * rng.random::<f32>()),
            half_width_per_cm_bar: 0.03 + 0.1 * rng.random::<f32>(),
            width_exponent: 0.4 + 0.4 * rng.random::<f32>(),
            natural_half_width_per_cm: 1e-6 * rng.random::<f32>(),
        })
        .collect();
    list(lines)
}

const ALL: Options = Options {
    wing_cutoff_per_cm: None,
    strength_cut: 0.0,
};

fn on_grid(gas: &LineGas, t: f64, p: f64, grid: &FineGrid) -> Vec<f32> {
    let prepared = Prepared::new(gas, &[t], &ALL).expect("valid options");
    let mut out = vec![0.0; grid.len()];
    prepared.cross_section(t, p, grid, &mut Workspace::default(), &mut out);
    out
}

/// Worst and mean relative error against the exact sum at every `stride`-th point that holds at
/// least 1e-6 of the mean of the R = 100 bin around it.
fn errors(gas: &LineGas, t: f64, p: f64, grid: &FineGrid, stride: usize) -> (f64, f64) {
    let fast = on_grid(gas, t, p, grid);
    let index: Vec<usize> = (0..grid.len()).step_by(stride).collect();
    let nu: Vec<f64> = index.iter().map(|i| grid.wavenumber_per_cm(*i)).collect();
    let mut exact = vec![0.0; nu.len()];
    at_points(gas, t, p, &nu, &ALL, &mut exact);
    let half = (0.005 / grid.step()) as usize;
    let (mut worst, mut sum, mut count) = (0.0_f64, 0.0, 0);
    let mut at = (0.0, 0.0);
    for (i, exact) in index.iter().zip(&exact) {
        let bin = &fast[i.saturating_sub(half)..(i + half).min(fast.len())];
        let mean = bin.iter().map(|s| f64::from(*s)).sum::<f64>() / bin.len() as f64;
        if *exact > 1e-6 * mean && *exact > 0.0 {
            let error = (f64::from(fast[*i]) / exact - 1.0).abs();
            if error > worst {
                at = (grid.wavenumber_per_cm(*i), *exact);
            }
            worst = worst.max(error);
            sum += error;
            count += 1;
        }
    }
    eprintln!("worst at {at:?}");
    (worst, sum / f64::from(count.max(1)))
}

#[test]
fn the_engine_agrees_with_the_exact_sum() {
    for (t, p) in [
        (800.0, 1e-8),
        (2500.0, 1e-4),
        (1500.0, 0.1),
        (3000.0, 1.0),
        (2000.0, 10.0),
        (6000.0, 1000.0),
    ] {
        for (low, high) in [(700.0, 1000.0), (9000.0, 11_000.0)] {
            let gas = gas(vec![random_list(1, 3000, low, high)], 100.0);
            let grid = FineGrid::new(low - 150.0, high + 150.0, 5e5).expect("limits");
            let (worst, mean) = errors(&gas, t, p, &grid, 97);
            eprintln!("{t} {p} {low}: {worst:e} {mean:e}");
        }
    }
}
