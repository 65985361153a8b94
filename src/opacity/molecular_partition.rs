//! Internal partition functions of diatomic molecules: Barklem & Collet (2016), A&A 588, A96.
//!
//! # Conventions of the table
//! * Zero of energy: the lowest rovibrational level of the electronic ground state, so that Q of CO
//!   goes to 1 at 0 K.
//! * Nuclear spin: not counted for unlike nuclei (the convention of stellar atmospheres; the tables
//!   of ExoMol and HITRAN are larger by the product of 2I + 1 over the nuclei, 6 for AlO). For like
//!   nuclei the weights of even and odd levels are divided by (2I+1)², so that H₂ starts at 0.25.
//! * Ω components: split by the spin-orbit constant where the table goes to 2(2Λ+1) at 0 K (TiO: 10),
//!   degenerate where it goes to 2(2S+1)(2Λ+1) (NaO: 12, FeO: 50).
//!
//! A line list may use this Q only if its weights follow the same convention.
//!
//! # Accuracy
//! The nodes of the table lie 1000 K apart above 2000 K. A cubic spline in ln Q against ln T joins
//! them; against a Dunham sum of SiO levels, taken at the same nodes, it is right to 3e-4.

use super::partition::PartitionFunction;
use super::tabulated;

/// The table, one row per molecule.
const TABLE: &str = include_str!("data/molecular_partition.csv");

/// Q(T) of a diatomic molecule by its formula, e.g. `MgO`, 100 to 10 000 K; `None` if the table has
/// no such molecule.
pub fn barklem_collet(formula: &str) -> Option<PartitionFunction> {
    tabulated::partition_function(TABLE, formula)
}

/// Formulae of the molecules in the table.
pub fn molecules() -> impl Iterator<Item = &'static str> {
    tabulated::names(TABLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_molecule_of_the_table_is_usable_and_no_other() {
        assert_eq!(molecules().count(), 30);
        for name in molecules() {
            assert!(barklem_collet(name).is_some(), "{name}");
        }
        assert!(barklem_collet("SiO2").is_none());
        assert!(barklem_collet("molecule").is_none());
    }

    #[test]
    fn nodes_of_the_table_come_back() {
        // Barklem & Collet (2016) at 1500 and 3000 K.
        for (name, t_k, q) in [
            ("SiO", 1500.0, 2098.81),
            ("SiO", 3000.0, 6636.5),
            ("MgO", 3000.0, 49_238.0),
            ("CO", 3000.0, 1717.06),
            ("NaO", 2000.0, 47_672.5),
        ] {
            let found = barklem_collet(name).map_or(f64::NAN, |p| p.value(t_k));
            // Measured 8e-6: the digits of this list and the 1 % grid.
            assert!((found / q - 1.0).abs() < 5e-5, "{name} {t_k} K: {found}");
        }
    }

    /// SiO levels: Dunham constants of Huber & Herzberg (1979), direct sum.
    fn sio(t_k: f64) -> f64 {
        let mut q = 0.0;
        for v in 0..60 {
            let x = f64::from(v) + 0.5;
            let g = 1241.544 * x - 5.966 * x * x - (1241.544 * 0.5 - 5.966 * 0.25);
            let b = 0.726_751_2 - 0.005_037_7 * x;
            q += (0..400)
                .map(f64::from)
                .map(|j| {
                    let n = j * (j + 1.0);
                    (2.0 * j + 1.0) * (-1.438_776_9 * (g + b * n - 9.92e-7 * n * n) / t_k).exp()
                })
                .sum::<f64>();
        }
        q
    }

    #[test]
    fn spline_between_the_nodes() {
        let nodes = [
            50.0, 70.0, 100.0, 130.0, 170.0, 200.0, 250.0, 300.0, 500.0, 700.0, 1000.0, 1500.0,
            2000.0, 3000.0, 4000.0, 5000.0, 6000.0, 7000.0, 8000.0, 9000.0, 10_000.0,
        ];
        let q = nodes.map(sio);
        let table = tabulated::spline(&nodes, &q).expect("positive");
        for t_k in [400.0, 850.0, 1250.0, 1750.0, 2500.0, 3500.0, 5500.0] {
            let error = table.value(t_k) / sio(t_k) - 1.0;
            assert!(error.abs() < 3e-4, "{t_k} K: {error:e}");
        }
    }
}
