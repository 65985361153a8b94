//! A solve allocates nothing, whatever its start.

#[path = "support/allocations.rs"]
mod allocations;

use allocations::allocations;
use magmaret::chemistry::gas::{GasSystem, Start};
use magmaret::species::{Element, GasSet, Ions, MgoGas};

#[test]
fn solves_and_derivatives_allocate_nothing() {
    use Element::{Fe, H, K, Mg, Na, O, Si};
    let elements = [H, O, Na, Mg, Si, K, Fe];
    let set = GasSet::for_elements(&elements, Ions::Include, MgoGas::default()).unwrap();
    let system = GasSystem::new(set).unwrap();
    let mut workspace = system.workspace();
    let count = system.set().len();
    let (mut dt, mut dp) = (vec![0.0; count], vec![0.0; count]);
    let dry = [0.0, 5.0, 0.1, 1.0, 1.5, 1e-3, 0.3];
    let wet = [2.0, 5.0, 0.1, 1.0, 1.5, 1e-3, 0.3];
    let before = allocations();
    let mut warm = 0;
    for step in 0..60_u32 {
        let abundances = if step % 20 < 10 { &wet } else { &dry };
        let t_k = 4000.0 - 50.0 * f64::from(step);
        let solved = system.solve(abundances, t_k, 1e-2, &mut workspace).unwrap();
        warm += usize::from(solved.start == Start::Warm);
        system
            .derivatives(&mut workspace, &mut dt, &mut dp)
            .unwrap();
    }
    assert_eq!(allocations(), before);
    assert_eq!(warm, 54);
}
