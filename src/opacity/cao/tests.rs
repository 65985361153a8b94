use super::super::multiplet::Molecule;
use super::super::multiplet::tests::{mean_cm2, small_model};
use super::*;

#[test]
fn look() {
    let model = small_model(MODEL, 30);
    let cao = Molecule::solve(&model, &model.isotopologues[0]).expect("levels");
    for v in 0..3 {
        println!("X {v} {:.3} A' {:.3} A {:.3} a {:.3} b {:.3}", cao.energy("X", 0, v, 0), cao.energy("A'", 0, v, 2), cao.energy("A", 0, v, 0), cao.energy("a", 1, v, 2), cao.energy("b", 0, v, 0));
        println!("tau A {:.3} A' {:.3}", cao.lifetime_ns("A", 0, v, 0), cao.lifetime_ns("A'", 0, v, 2)/1e3);
    }
    println!("rot {:.3}", cao.energy("X", 0, 0, 2));
}

#[test]
fn cross_sections() {
    let gas = lines(&Options::default()).expect("lines");
    println!("{} lines", gas.lists[0].lines.len());
    for t in [300.0, 1000.0, 2000.0, 3000.0, 5000.0, 6000.0] {
        println!("Q {t} {}", gas.lists[0].partition.value(t));
    }
    for um in [0.4,0.5, 0.6, 0.7, 0.8,0.866, 1.0, 1.2, 1.65,2.0,2.5, 3.0, 4.0,5.0,6.0, 8.0, 10.0, 12.0,13.7, 15.0] {
        println!("{um} {:.3e} {:.3e} {:.3e}", mean_cm2(&gas, um, 1500.0), mean_cm2(&gas, um, 2500.0), mean_cm2(&gas, um, 4000.0));
    }
}
