//! Filling a column allocates nothing after the first time.

#[path = "support/allocations.rs"]
mod allocations;
#[path = "column/common.rs"]
mod common;

use allocations::allocations;
use common::{column, dry, iron_wustite, profile, wet};
use magmaret::atmosphere::column::Adiabat;
use magmaret::transfer::{Column, ColumnModel};

#[test]
fn filling_again_allocates_nothing() {
    for (surface, named) in [
        (dry(iron_wustite(1.0)), Adiabat::Unnamed),
        (wet(iron_wustite(1.0)), Adiabat::Unnamed),
        (wet(iron_wustite(1.0)), Adiabat::Moist),
    ] {
        let mut model = column(surface, 20);
        model.name_adiabat(named);
        let mut out = Column::default();
        let profiles: Vec<Vec<f64>> = (0..6)
            .map(|i| profile(20, 2000.0 + 300.0 * f64::from(i)))
            .collect();
        model.fill(&profiles[0], 2500.0, &mut out).unwrap();
        let before = allocations();
        for (i, t_k) in profiles.iter().enumerate() {
            if i == 3 {
                model.forget();
            }
            model.fill(t_k, 2500.0 + 30.0 * i as f64, &mut out).unwrap();
        }
        assert_eq!(allocations(), before);
    }
}
