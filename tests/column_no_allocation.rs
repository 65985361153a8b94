//! Filling a column allocates nothing after the first time.

#[path = "column/common.rs"]
mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{column, dry, iron_wustite, profile, wet};
use magmaret::transfer::{Column, ColumnModel};

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
fn filling_again_allocates_nothing() {
    for surface in [dry(iron_wustite(1.0)), wet(iron_wustite(1.0))] {
        let mut model = column(surface, 20);
        let mut out = Column::default();
        let profiles: Vec<Vec<f64>> = (0..6)
            .map(|i| profile(20, 2000.0 + 300.0 * f64::from(i)))
            .collect();
        model.fill(&profiles[0], 2500.0, &mut out).unwrap();
        let before = ALLOCATIONS.load(Ordering::Relaxed);
        for (i, t_k) in profiles.iter().enumerate() {
            if i == 3 {
                model.forget();
            }
            model.fill(t_k, 2500.0 + 30.0 * i as f64, &mut out).unwrap();
        }
        assert_eq!(ALLOCATIONS.load(Ordering::Relaxed), before);
    }
}
