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

/// With faint lines far away, so that the list is summed level by level.
fn crowded(mut lines: Vec<Line>) -> LineList {
    let far = lines[0].wavenumber_per_cm / 100.0;
    lines.extend((0..10).map(|i| line(far + f64::from(i), 1e-30)));
    list(lines)
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

/// Worst and mean relative error against the exact sum at every `stride`-th point from `low` to
/// `high` that holds at least 1e-6 of the mean of the R = 100 bin around it.
fn errors(gas: &LineGas, t: f64, p: f64, grid: &FineGrid, range: [f64; 2]) -> (f64, f64) {
    let fast = on_grid(gas, t, p, grid);
    let index: Vec<usize> = (0..grid.len())
        .step_by(97)
        .filter(|i| (range[0]..range[1]).contains(&grid.wavenumber_per_cm(*i)))
        .collect();
    let nu: Vec<f64> = index.iter().map(|i| grid.wavenumber_per_cm(*i)).collect();
    let mut exact = vec![0.0; nu.len()];
    at_points(gas, t, p, &nu, &ALL, &mut exact);
    let half = (0.005 / grid.step()) as usize;
    let (mut worst, mut sum, mut count) = (0.0_f64, 0.0, 0);
    for (i, exact) in index.iter().zip(&exact) {
        let bin = &fast[i.saturating_sub(half)..(i + half).min(fast.len())];
        let mean = bin.iter().map(|s| f64::from(*s)).sum::<f64>() / bin.len() as f64;
        if *exact > 1e-6 * mean && *exact > 1e-36 {
            let error = (f64::from(fast[*i]) / exact - 1.0).abs();
            worst = worst.max(error);
            sum += error;
            count += 1;
        }
    }
    (worst, sum / f64::from(count.max(1)))
}

/// Temperatures \[K\] and pressures \[bar\] of the checks against the exact sum.
const STATES: [(f64, f64); 6] = [
    (800.0, 1e-8),
    (2500.0, 1e-4),
    (1500.0, 0.1),
    (3000.0, 1.0),
    (2000.0, 10.0),
    (6000.0, 1000.0),
];

#[test]
fn the_engine_agrees_with_the_exact_sum() {
    for (t, p) in STATES {
        for (low, high) in [(700.0, 1000.0), (9000.0, 11_000.0)] {
            let gas = gas(vec![random_list(1, 2000, low, high)], 100.0);
            let grid = FineGrid::new(low - 90.0, high + 90.0, 5e5).expect("limits");
            let (worst, mean) = errors(&gas, t, p, &grid, [low - 50.0, high + 50.0]);
            // Measured 4.5e-4 at worst, 3.5e-5 on average.
            assert!(mean < 1e-4, "{t} K, {p} bar, {low}: mean {mean:e}");
            assert!(worst < 1e-3, "{t} K, {p} bar, {low}: worst {worst:e}");
        }
    }
}

/// As [`random_list`], all with one pressure width, natural widths of up to `natural` of the wavenumber,
/// and every third line wide.
fn even_list(seed: u64, count: usize, low: f64, high: f64, natural: f32) -> LineList {
    let mut list = random_list(seed, count, low, high);
    for (i, line) in list.lines.iter_mut().enumerate() {
        line.half_width_per_cm_bar = 0.07;
        line.width_exponent = 0.5;
        let nu = line.wavenumber_per_cm as f32;
        let share = line.natural_half_width_per_cm * 1e6;
        line.natural_half_width_per_cm = nu * if i % 3 == 0 { 1e-4 } else { share * natural };
    }
    list
}

#[test]
fn gathered_lines_agree_with_the_exact_sum() {
    for (t, p) in STATES {
        for (low, high, natural) in [
            (240.0, 420.0, 0.0),
            (700.0, 1000.0, 0.0),
            (700.0, 1000.0, 1e-8),
            (9000.0, 11_000.0, 1e-9),
            (60_000.0, 61_000.0, 1e-8),
        ] {
            let list = even_list(1, 4_000, low, high, natural);
            let gas = gas(vec![list], 100.0);
            let grid = FineGrid::new(low * 0.9, high * 1.1, 8e5).expect("limits");
            let prepared = Prepared::new(&gas, &[t], &ALL).expect("valid options");
            assert_eq!(prepared.at(t, &grid).lines_on_their_own(), 0);
            let (worst, mean) = errors(&gas, t, p, &grid, [low * 0.95, high * 1.05]);
            // Measured 1.6e-3 at worst (where the cut-off of a strong line falls), 3.4e-5 on average.
            assert!(mean < 1e-4, "{t} K, {p} bar, {low}: mean {mean:e}");
            assert!(worst < 3e-3, "{t} K, {p} bar, {low}: worst {worst:e}");
        }
    }
}

#[test]
fn wide_wings_of_few_strong_lines() {
    let lines = || vec![line(16_970.0, 1e-12), line(35_060.0, 1e-11)];
    let grid = FineGrid::new(12_000.0, 40_000.0, 3e5).expect("limits");
    // Measured: 5.1e-4 and 3.3e-5 level by level, 7e-7 and 1e-7 point by point.
    for (strong, bounds) in [
        (crowded(lines()), [1e-3, 1e-4]),
        (list(lines()), [2e-6, 1e-6]),
    ] {
        let gas = gas(vec![strong.with_wing_cutoff_per_cm(4500.0)], 100.0);
        for p in [1e-8, 1e-2, 100.0] {
            for range in [[12_500.0, 21_400.0], [30_700.0, 39_500.0]] {
                let (worst, mean) = errors(&gas, 3000.0, p, &grid, range);
                let fits = worst < bounds[0] && mean < bounds[1];
                assert!(fits, "{p}: {worst:e} {mean:e}");
            }
        }
    }
}

#[test]
fn the_area_is_the_strength_less_the_cut_wings() {
    let gas = gas(vec![crowded(vec![line(2000.0, 1e-18)])], 25.0);
    let grid = FineGrid::new(1970.0, 2030.0, 1e6).expect("limits");
    for (t, p) in [
        (1000.0, 1e-6),
        (2500.0, 0.3),
        (3000.0, 30.0),
        (800.0, 300.0),
    ] {
        let sigma = on_grid(&gas, t, p, &grid);
        let area: f64 = (0..grid.len())
            .map(|i| f64::from(sigma[i]) * grid.wavenumber_per_cm(i) * grid.step())
            .sum();
        let source = &gas.lists[0];
        let line = source.lines.last().expect("a line");
        let gamma = lorentz_half_width_per_cm(line, t, p);
        let expected = source.strength_cm(line, t) * (1.0 - lost_wing(gamma, 25.0));
        // Measured 1.3e-4 at worst.
        assert!(
            (area / expected - 1.0).abs() < 3e-4,
            "{t} {p}: {area:e} {expected:e}"
        );
    }
}

#[test]
fn the_bits_do_not_depend_on_threads() {
    let lists = vec![
        random_list(5, 3000, 900.0, 1500.0),
        even_list(7, 60_000, 900.0, 1500.0, 1e-8),
    ];
    let gas = gas(lists, 100.0);
    let grid = FineGrid::new(850.0, 1550.0, 8e5).expect("limits");
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("threads")
            .install(|| on_grid(&gas, 1800.0, 0.02, &grid))
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn band_means_do_not_depend_on_the_pressure() {
    let gas = gas(vec![random_list(9, 4000, 900.0, 1500.0)], 100.0);
    let grid = FineGrid::new(700.0, 1700.0, 1e6).expect("limits");
    let mean = |p: f64| -> Vec<f64> {
        let sigma = on_grid(&gas, 2000.0, p, &grid);
        let per_bin = (1.0 / 20.0 / grid.step()) as usize;
        sigma
            .chunks(per_bin)
            .map(|bin| bin.iter().map(|s| f64::from(*s)).sum())
            .collect()
    };
    let (low, high) = (mean(1e-7), mean(0.05));
    let total: f64 = low.iter().sum();
    for (a, b) in low.iter().zip(&high) {
        // The wings of the neighbours cross the edges of the bins.
        assert!((a - b).abs() < 0.02 * a + 1e-3 * total, "{a:e} {b:e}");
    }
    let all: f64 = high.iter().sum();
    assert!((all / total - 1.0).abs() < 2e-3, "{}", all / total);
}

#[test]
fn nothing_beyond_the_cutoff() {
    let grid = FineGrid::new(900.0, 1500.0, 3e5).expect("limits");
    // What the interpolation of the smooth part leaves: measured 2e-5 of the edge level by level,
    // nothing point by point.
    let lines = || vec![line(1200.0, 1e-18)];
    for (list, share) in [(crowded(lines()), 1e-4), (list(lines()), 0.0)] {
        let sigma = on_grid(&gas(vec![list], 100.0), 2000.0, 1.0, &grid);
        let edge = sigma[grid.position(1299.9) as usize];
        for (i, sigma) in sigma.iter().enumerate() {
            let distance = (grid.wavenumber_per_cm(i) - 1200.0).abs();
            if distance > 100.0 {
                assert!(*sigma <= share * edge, "{distance}: {sigma:e} {edge:e}");
            } else {
                assert!(*sigma > 0.9 * edge);
            }
        }
    }
}

#[test]
fn the_strength_cut_keeps_its_word() {
    let gas = gas(vec![random_list(3, 5000, 900.0, 1500.0)], 100.0);
    let temperatures = [800.0, 2000.0, 6000.0];
    let options = Options {
        strength_cut: 1e-4,
        ..Options::default()
    };
    let prepared = Prepared::new(&gas, &temperatures, &options).expect("valid options");
    let pruning = prepared.pruning();
    assert_eq!(pruning.lines, 5000);
    assert!(pruning.kept < 4500, "{pruning:?}");
    assert!(pruning.strength_lost > 0.0 && pruning.strength_lost <= 1e-4);
    // A line that is strong at one temperature only stays.
    let cold = Prepared::new(&gas, &temperatures[..1], &options).expect("valid options");
    assert!(cold.pruning().kept < pruning.kept);
}

#[test]
fn refusals_name_what_is_wrong() {
    let gas = gas(vec![list(vec![line(1200.0, 1e-18)])], 0.0);
    let error = Prepared::new(&gas, &[1000.0], &Options::default()).expect_err("no cut-off");
    assert!(error.to_string().contains("wing cut-off"), "{error}");
    assert!(FineGrid::new(100.0, 50.0, 1e6).is_err());
    assert!(FineGrid::new(100.0, 500.0, 100.0).is_err());
}
