use super::super::multiplet::tests::small_model;
use super::super::multiplet::Molecule;
use super::*;

#[test]
fn look() {
    let model = small_model(MODEL, 60);
    let tio = Molecule::solve(&model, &model.isotopologues[0]).expect("solved");
    for k in 0..3 {
        println!("X {k} {:.3} {:.3}", tio.energy("X", k, 0, 2*(k as i32+1)), tio.energy("X", k, 1, 2*(k as i32+1)));
    }
    for (s, k, j) in [("A", 0, 4), ("A", 1, 6), ("A", 2, 8), ("B", 0, 2), ("B", 1, 2), ("B", 2, 4), ("C", 0, 2), ("C", 1, 4), ("C", 2, 6), ("E", 0, 2), ("E", 1, 2), ("c", 0, 6), ("f", 0, 4), ("b", 0, 2)] {
        println!("{s} {k} E0 {:.2} tau {:.3} {:.3}", tio.energy(s, k, 0, j), tio.lifetime_ns(s, k, 0, j), tio.lifetime_ns(s, k, 1, j));
    }
    for (s, k, l) in [("A", 1, "X"), ("B", 1, "X"), ("C", 1, "X"), ("E", 1, "X"), ("c", 0, "a"), ("f", 0, "a"), ("b", 0, "a"), ("b", 0, "d")] {
        println!("{s}-{l} f00, FC {:?}", tio.band((s, k, 0, 8), (l, 0)));
    }
    println!("A(1-0) X {:?}", tio.band(("X", 0, 1, 8), ("X", 0)));
}

#[test]
fn whole() {
    let gas = lines(&Options::default()).expect("lines");
    for list in &gas.lists {
        println!("{} {} lines Q(2500) {} Q(296) {} Q(3000) {}", list.label, list.lines.len(), list.partition.value(2500.0), list.partition.value(300.0), list.partition.value(3000.0));
    }
}
