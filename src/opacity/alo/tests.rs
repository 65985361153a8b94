use super::super::multiplet::tests::small_model;
use super::super::multiplet::Molecule;
use super::*;

#[test]
fn look() {
    let model = small_model(MODEL, 60);
    let alo = Molecule::solve(&model, &model.isotopologues[0]).expect("solved");
    for v in 0..3 {
        println!("X {v} {:.3} A {:.3} {:.3} B {:.3}", alo.energy("X", 0, v, 1), alo.energy("A", 0, v, 1),alo.energy("A", 1, v, 3), alo.energy("B", 0, v, 1));
        println!("tau B {:.3} {:.3} A {:.3} {:.3} us", alo.lifetime_ns("B", 0, v, 1), alo.lifetime_ns("B", 1, v, 11), alo.lifetime_ns("A", 0, v, 3)/1e3, alo.lifetime_ns("A", 1, v, 3)/1e3);
    }
    println!("B-X {:?}", alo.band(("B", 0, 0, 11), ("X", 0)));
    println!("A-X {:?}", alo.band(("A", 0, 0, 11), ("X", 0)));
}

#[test]
fn whole() {
    let gas = lines(&Options::default()).expect("lines");
    for list in &gas.lists {
        println!("{} {} lines Q(2500) {} Q(296) {} Q(3000) {}", list.label, list.lines.len(), list.partition.value(2500.0), list.partition.value(300.0), list.partition.value(3000.0));
    }
}
