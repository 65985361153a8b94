//! How deep a magma ocean must be for its oxygen to outweigh that of the gas above it.
//!
//! The melt is taken as an infinite reservoir everywhere else. Two depths say when that can hold, both from the
//! conservation of oxygen per unit area:
//!
//! - **All oxygen** ([`MeltReservoir::oxygen_depth_m`]), after App. G of Seidler et al. (2024, Eqs. 27 and
//!   28), who set the column density of the gas p/(m̄ g) against that of the O2 in the melt ρ z x_O2/m_melt, with a rough
//!   x_O2 for a melt half of whose atoms are oxygen. Here the atoms are counted on both sides: z_O = N_O / n_O, with
//!   N_O the moles of oxygen atoms in the gas per m², and n_O = ρ Σ x_i o_i / Σ x_i M_i those per m³ of melt (o_i oxygens
//!   and M_i mass of a formula unit). As in the paper, an ocean that buffers is at least ten times as deep.
//! - **Redox** ([`MeltReservoir::redox_depth_m`]): what the gas takes away changes the melt only as far as
//!   it is not made of whole oxides. Per m² the gas has N_ex moles of oxygen atoms beyond those of the oxides (iron as
//!   FeO) of its metals: O and O2 have it in excess, SiO, Mg, Fe or Na leave it behind. If N_ex > 0 it comes from
//!   the ferric iron, FeO1.5 -> FeO + O/2; if N_ex < 0 ferrous iron takes it up. The depth is that
//!   whose iron would all be used: z = N_ex / (n_Fe3+/2), or -N_ex / (n_Fe2+/2). Metal that coexists
//!   with the silicate is not counted, and makes the ocean that is needed shallower.

use super::density::density_kg_m3;
use super::iron::IronState;
use super::{OXIDES, PerOxide};
use crate::species::Oxide;

/// What a cubic metre of silicate melt holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeltReservoir {
    /// Density \[kg m⁻³\].
    pub density_kg_m3: f64,
    /// Oxygen atoms of all oxides \[mol m⁻³\].
    pub oxygen_mol_m3: f64,
    /// Fe³⁺ \[mol m⁻³\].
    pub ferric_mol_m3: f64,
    /// Fe²⁺ \[mol m⁻³\].
    pub ferrous_mol_m3: f64,
}

impl MeltReservoir {
    /// The silicate of a melt whose iron is shared out as in `iron`.
    ///
    /// # Arguments
    /// * `moles` - oxides with all iron as FeO, on any scale.
    /// * `t_k` - temperature \[K\].
    ///
    /// `None` for a melt without a density.
    pub fn new(moles: &PerOxide, iron: &IronState, t_k: f64) -> Option<Self> {
        let total: f64 = moles.iter().sum();
        let mut silicate: PerOxide = moles.map(|amount| amount / total);
        let left = silicate[Oxide::FeO.index()] - iron.metal_mole_fraction;
        let ferric = left.max(0.0) * iron.ferric_fraction;
        let ferrous = left.max(0.0) - ferric;
        silicate[Oxide::FeO.index()] = ferrous;
        silicate[Oxide::Fe2O3.index()] += 0.5 * ferric;
        let density_kg_m3 = density_kg_m3(&silicate, t_k)?;
        let sum = |of: fn(Oxide) -> f64| -> f64 {
            (0..OXIDES).map(|i| silicate[i] * of(Oxide::ALL[i])).sum()
        };
        // Moles of the whole per m³.
        let per_m3 = density_kg_m3 / (1e-3 * sum(Oxide::molar_mass_g_mol));
        Some(Self {
            density_kg_m3,
            oxygen_mol_m3: per_m3 * sum(Oxide::oxygens),
            ferric_mol_m3: per_m3 * ferric,
            ferrous_mol_m3: per_m3 * ferrous,
        })
    }

    /// Depth \[m\] at which the melt holds as much oxygen as the gas: see the module.
    ///
    /// # Arguments
    /// * `gas_mol_m2` - oxygen atoms of the gas per unit area \[mol m⁻²\], 0 or more.
    pub fn oxygen_depth_m(&self, gas_mol_m2: f64) -> f64 {
        gas_mol_m2 / self.oxygen_mol_m3
    }

    /// Depth \[m\] whose iron could make good the oxygen that the gas has too much or too little: see
    /// the module. Infinite without such iron, 0 where nothing is to be made good.
    ///
    /// # Arguments
    /// * `excess_mol_m2` - oxygen atoms of the gas beyond those of its oxides \[mol m⁻²\], of either sign.
    pub fn redox_depth_m(&self, excess_mol_m2: f64) -> f64 {
        let capacity_mol_m3 = if excess_mol_m2 > 0.0 {
            0.5 * self.ferric_mol_m3
        } else {
            0.5 * self.ferrous_mol_m3
        };
        if excess_mol_m2 == 0.0 {
            0.0
        } else {
            excess_mol_m2.abs() / capacity_mol_m3
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moles(amounts: &[(Oxide, f64)]) -> PerOxide {
        let mut moles = [0.0; OXIDES];
        for (oxide, amount) in amounts {
            moles[oxide.index()] = *amount;
        }
        moles
    }

    const IRON: IronState = IronState {
        metal_saturated: false,
        metal_mole_fraction: 0.0,
        ferric_fraction: 0.25,
    };

    /// By hand, MgO + SiO2 at 1773 K: 2582.0 kg m⁻³ over 100.388 g for three oxygens, 7.7160e4 mol m⁻³. A
    /// column of 1 bar of O2 at 10 m s⁻² is 1e4 kg m⁻² or 6.2502e5 mol of O: 8.100 m.
    #[test]
    fn one_bar_of_oxygen_by_hand() {
        let melt = moles(&[(Oxide::MgO, 2.0), (Oxide::SiO2, 2.0)]);
        let reservoir = MeltReservoir::new(&melt, &IRON, 1773.0).unwrap();
        assert!((reservoir.oxygen_mol_m3 / 7.7160e4 - 1.0).abs() < 1e-4);
        let gas_mol_m2 = 2.0 * 1e4 / 31.998e-3;
        let depth_m = reservoir.oxygen_depth_m(gas_mol_m2);
        assert!((depth_m - 8.100).abs() < 2e-3, "{depth_m}");
        // Proportional to the pressure.
        let tenfold = reservoir.oxygen_depth_m(10.0 * gas_mol_m2);
        assert!((tenfold / depth_m - 10.0).abs() < 1e-12);
        assert_eq!(reservoir.oxygen_depth_m(0.0), 0.0);
        // No iron, no redox.
        assert_eq!(reservoir.redox_depth_m(1.0), f64::INFINITY);
        assert_eq!(reservoir.redox_depth_m(-1.0), f64::INFINITY);
    }

    /// By hand, FeO + SiO2 with a quarter of the iron ferric at 1723 K, per mole of the two: 0.375 FeO,
    /// 0.0625 Fe2O3, 0.5 SiO2 weigh 26.942 + 9.980 + 30.042 = 66.964 g (to 1e-3) and fill 4.755 + 2.594 + 13.43 =
    /// 20.779 cm³: 3222.7 kg m⁻³ and 4.8126e4 of these moles per m³. Oxygens 0.375 + 0.1875 + 1 = 1.5625.
    #[test]
    fn iron_in_two_states_by_hand() {
        let melt = moles(&[(Oxide::FeO, 1.0), (Oxide::SiO2, 1.0)]);
        let found = MeltReservoir::new(&melt, &IRON, 1723.0).unwrap();
        let per_m3 = 4.8126e4;
        for (found, expected) in [
            (found.density_kg_m3, 3222.7),
            (found.oxygen_mol_m3, 1.5625 * per_m3),
            (found.ferric_mol_m3, 0.125 * per_m3),
            (found.ferrous_mol_m3, 0.375 * per_m3),
            (found.redox_depth_m(1e3), 1e3 / (0.0625 * per_m3)),
            (found.redox_depth_m(-1e3), 1e3 / (0.1875 * per_m3)),
        ] {
            assert!((found / expected - 1.0).abs() < 2e-4, "{found} {expected}");
        }
        assert_eq!(found.redox_depth_m(0.0), 0.0);
    }

    /// Iron that is metal is not in the silicate, and neither is its oxygen.
    #[test]
    fn metal_is_left_out() {
        let melt = moles(&[(Oxide::FeO, 0.2), (Oxide::SiO2, 0.4), (Oxide::MgO, 0.4)]);
        let with_metal = IronState {
            metal_saturated: true,
            metal_mole_fraction: 0.2,
            ferric_fraction: 0.1,
        };
        let found = MeltReservoir::new(&melt, &with_metal, 1773.0).unwrap();
        let without = moles(&[(Oxide::SiO2, 0.5), (Oxide::MgO, 0.5)]);
        let expected = MeltReservoir::new(&without, &IronState::default(), 1773.0).unwrap();
        assert!((found.oxygen_mol_m3 / expected.oxygen_mol_m3 - 1.0).abs() < 1e-12);
        assert!(found.ferrous_mol_m3 < 1e-9);
    }
}
