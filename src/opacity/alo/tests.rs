use super::super::multiplet::tests::{air_angstrom, mean_cm2, small_model};
use super::super::multiplet::{Molecule, lines_of};
use super::*;

#[test]
fn look() {
    let model = small_model(MODEL, 60);
    let alo = Molecule::solve(&model, &model.isotopologues[0]).expect("levels");
    for v in 0..3 {
        println!("X {v} {:.3} B {:.3}", alo.energy("X", 0, v, 1), alo.energy("B", 0, v, 1));
        println!("A {:.3} {:.3}", alo.energy("A", 0, v, 1), alo.energy("A", 1, v, 3));
        println!("tau B {:.3} A {:.3}", alo.lifetime_ns("B", 0, v, 1), alo.lifetime_ns("A", 0, v, 3)/1e3);
    }
    let peak = (1..58).map(|j| alo.energy("B", 0, 0, 2 * j + 3) - alo.energy("X", 0, 0, 2 * j + 1)).fold(0.0, f64::max);
    println!("head {}", air_angstrom(peak));
    for (u, k, l) in [("B", 0, "X"), ("B", 1, "X"), ("A", 0, "X"), ("A", 1, "X")] {
        println!("{u} {k} {:?} {}", alo.band((u, k, 0, 11), (l, 0)), (0..16).map(|v| alo.band((u, k, 0, 11), (l, v)).1).sum::<f64>());
    }
}

#[test]
fn cross_sections() {
    let model = small_model(MODEL, 230);
    let gas = lines(&Options::default()).expect("lines");
    let all = lines_of(&model, &Options { gathered: Some(0.0), ..Options::default() }).expect("lines");
    println!("{} {} lines", gas.lists[0].lines.len(), all.lists[0].lines.len());
    for t in [300.0, 1000.0, 2000.0, 3000.0, 5000.0, 6000.0] {
        println!("Q {t} {}", gas.lists[0].partition.value(t));
    }
    for um in [0.3, 0.4,0.45, 0.484, 0.507, 0.534, 0.6, 0.7, 0.8, 1.0, 1.2, 1.65,2.0,2.5, 3.0, 4.0,5.0,6.0, 8.0, 10.0, 12.0, 15.0] {
        println!("{um} {:.3e} {:.3e} {:.3e}   {:.4} {:.4} {:.4}", mean_cm2(&gas, um, 1500.0), mean_cm2(&gas, um, 2500.0), mean_cm2(&gas, um, 4000.0), mean_cm2(&all, um, 1500.0)/mean_cm2(&gas, um, 1500.0), mean_cm2(&all, um, 2500.0)/mean_cm2(&gas, um, 2500.0), mean_cm2(&all, um, 4000.0)/mean_cm2(&gas, um, 4000.0));
    }
}
