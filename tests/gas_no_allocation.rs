//! A solve allocates nothing, whatever its start.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use magmaret::chemistry::gas::{GasSystem, Start};
use magmaret::species::{Element, GasSet, Ions, MgoGas};

struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on to the system allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

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
    let before = ALLOCATIONS.load(Ordering::Relaxed);
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
    assert_eq!(ALLOCATIONS.load(Ordering::Relaxed), before);
    assert_eq!(warm, 54);
}
