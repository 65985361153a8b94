//! Lifetimes, sum rules and band means against an independent calculation in another language (sinc
//! DVR and line factors of singlets times the spin weight, `PROVENANCE.md` of the curves) and as
//! regression values.

use super::*;
use crate::opacity::diatomic::{Lifetimes, Recipe, line_list, reduced_mass_u};
use crate::opacity::{LineList, PartitionFunction};

/// Zero point of X¹Σ⁺ \[cm⁻¹\]: we/2 - wexe/4 of 785.06 and 5.18.
const ZERO_PER_CM: f64 = 391.2;
/// Q(2500 K) of the independent calculation, all levels of X, A, a, b.
const Q_2500: f64 = 28_732.0;

fn grid() -> RadialGrid {
    RadialGrid::new(1.30, 3.6, 300).expect("ascending")
}

fn mass_u() -> f64 {
    reduced_mass_u(23.985_041_697, 15.994_914_619)
}

fn triplets() -> Triplets {
    Triplets::solve(&grid(), mass_u(), Size::default()).expect("embedded data")
}

fn list(systems: &[System<'_>]) -> LineList {
    let recipe = Recipe {
        label: "24Mg16O".into(),
        molar_mass_g_mol: 39.98,
        abundance: 1.0,
        partition: PartitionFunction::new(&[1000.0, 2500.0, 6000.0], &[2600.0, Q_2500, 4.0e5])
            .expect("ascending"),
        zero_per_cm: ZERO_PER_CM,
        floor_cm: 1e-28,
        half_width_per_cm_bar: 0.07,
        width_exponent: 0.5,
    };
    line_list(recipe, systems)
}

/// Mean cross section over λ ± 5 % at 2500 K \[cm²\].
fn band(list: &LineList, wavelength_um: f64) -> f64 {
    let (low, high) = (1e4 / (1.05 * wavelength_um), 1e4 / (0.95 * wavelength_um));
    let sum: f64 = list
        .lines
        .iter()
        .filter(|l| l.wavenumber_per_cm > low && l.wavenumber_per_cm < high)
        .map(|l| list.strength_cm(l, 2500.0))
        .sum();
    sum / (high - low)
}

fn total(list: &LineList) -> f64 {
    list.lines.iter().map(|l| list.strength_cm(l, 2500.0)).sum()
}

#[test]
fn print_reference() {
    let t = triplets();
    for temperature in [1500.0, 2500.0, 3000.0] {
        println!("Q {temperature} {}", t.partition(temperature, ZERO_PER_CM));
    }
    let lists = [
        list(&t.vibration().expect("data")),
        list(&t.near_infrared().expect("data")),
        list(&t.near_ultraviolet().expect("data")),
    ];
    for l in &lists {
        println!("{} lines, total {:e}", l.lines.len(), total(l));
    }
    for um in [
        0.33, 0.34, 0.35, 0.36, 0.37, 0.38, 0.39, 0.4, 0.42, 0.45, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5,
        1.75, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 12.0, 15.0,
    ] {
        println!(
            "{um} a-a {:.3e} b-a {:.3e} uv {:.3e}",
            band(&lists[0], um),
            band(&lists[1], um),
            band(&lists[2], um)
        );
    }
    let systems = t.near_infrared().expect("data");
    for b in &t.b {
        let lifetimes = Lifetimes::of(b, &systems);
        for v in 0..5 {
            println!("b {v} {:e}", lifetimes.lifetime_s(v, 20));
        }
    }
    let systems = t.near_ultraviolet().expect("data");
    for u in t.c.iter().chain(&t.d) {
        println!(
            "{} {:e}",
            u.name(),
            Lifetimes::of(u, &systems).lifetime_s(0, 20)
        );
    }
}
