//! Density of a silicate liquid at 1 bar from partial molar volumes.
//!
//! ρ = Σ x_i M_i / Σ x_i V_i(T), V_i(T) = V_i(T_ref) + dV_i/dT (T - T_ref): an ideal mixture in volume.
//!
//! # Accuracy
//! The volumes were measured below about 1900 K; beyond, the lines are extrapolated. From 2000 to 3500 K the density of molten mantle rock falls from 2710 to 2340 kg m⁻³.
//! Cr2O3, MnO, NiO and P2O5, which have no volume in the table, are left out of mass and volume alike.
//!
//! # Source
//! Lange & Carmichael (1987, Geochim. Cosmochim. Acta 51, 2931), Lange (1997, Contrib. Mineral. Petrol. 130,
//! 1), Liu & Lange (2006, Am. Mineral. 91, 385), Guo et al. (2014, Earth Planet. Sci. Lett. 388, 283), as collected by Iacovino
//! & Till (2019, Volcanica 2, 1); `data/molar_volumes.csv`.

use std::sync::LazyLock;

use super::{OXIDES, PerOxide};
use crate::species::Oxide;

/// Volume of an oxide in the liquid.
#[derive(Clone, Copy, Debug, PartialEq)]
struct MolarVolume {
    /// \[cm³ mol⁻¹\] at the reference.
    volume_cm3_mol: f64,
    /// \[K\].
    reference_k: f64,
    /// \[cm³ mol⁻¹ K⁻¹\].
    expansion_cm3_mol_k: f64,
}

static VOLUMES: LazyLock<[Option<MolarVolume>; OXIDES]> =
    LazyLock::new(|| parse(include_str!("data/molar_volumes.csv")));

/// Parses the embedded table; its form is fixed by a test.
fn parse(text: &str) -> [Option<MolarVolume>; OXIDES] {
    let mut volumes = [None; OXIDES];
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    for row in rows {
        let cells: Vec<&str> = row.splitn(6, ',').collect();
        let number = |column: usize| -> f64 {
            let number = cells[column].parse();
            number.expect("the embedded table holds numbers")
        };
        let oxide = Oxide::ALL.iter().find(|oxide| oxide.name() == cells[0]);
        volumes[oxide.expect("the embedded table names oxides").index()] = Some(MolarVolume {
            volume_cm3_mol: number(1),
            reference_k: number(3),
            expansion_cm3_mol_k: number(4),
        });
    }
    volumes
}

/// Density of a melt \[kg m⁻³\] at 1 bar; see the module for the equation and its range.
///
/// # Arguments
/// * `moles` - oxides on any scale, Fe2O3 apart from FeO.
/// * `t_k` - temperature \[K\], within [`TEMPERATURE_RANGE_K`](super::TEMPERATURE_RANGE_K).
///
/// `None` where no oxide has a volume.
pub fn density_kg_m3(moles: &PerOxide, t_k: f64) -> Option<f64> {
    let (mut grams, mut cm3) = (0.0, 0.0);
    for (oxide, volume) in Oxide::ALL.iter().zip(VOLUMES.iter()) {
        if let Some(volume) = volume {
            let amount = moles[oxide.index()];
            let warmer_k = t_k - volume.reference_k;
            grams += amount * oxide.molar_mass_g_mol();
            cm3 += amount * (volume.volume_cm3_mol + volume.expansion_cm3_mol_k * warmer_k);
        }
    }
    // g cm⁻³ to kg m⁻³.
    (cm3 > 0.0).then(|| 1e3 * grams / cm3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::melt::composition::{Composition, MolarMasses};

    fn density(amounts: &[(Oxide, f64)], t_k: f64) -> f64 {
        let mut moles = [0.0; OXIDES];
        for (oxide, amount) in amounts {
            moles[oxide.index()] = *amount;
        }
        density_kg_m3(&moles, t_k).unwrap()
    }

    /// By hand. MgSiO3 at 1773 K: (60.084 + 40.304)/(26.86 + 12.02) = 2.5820 g cm⁻³; at 2773 K the volume of
    /// MgO is 15.29: 100.388/42.15 = 2.3817. Diopside at 1773 K: (40.304 + 56.077 + 2·60.084)/(12.02
    /// + 16.90 + 53.72) = 2.6204.
    #[test]
    fn densities_by_hand() {
        let enstatite = [(Oxide::MgO, 1.0), (Oxide::SiO2, 1.0)];
        let diopside = [(Oxide::MgO, 2.0), (Oxide::CaO, 2.0), (Oxide::SiO2, 4.0)];
        for (amounts, t_k, expected) in [
            (&enstatite[..], 1773.0, 2582.0),
            (&enstatite[..], 2773.0, 2381.7),
            (&diopside[..], 1773.0, 2620.4),
        ] {
            let found = density(amounts, t_k);
            assert!((found - expected).abs() < 0.2, "{found}, {expected}");
        }
    }

    /// The numbers in the text of the module; heat makes lighter, iron heavier.
    #[test]
    fn molten_mantle_rock() {
        let bse = Composition::named("bse", MolarMasses::Iupac).unwrap();
        let of = |melt: &Composition, t_k| density_kg_m3(melt.mole_fractions(), t_k).unwrap();
        assert!((of(&bse, 2000.0) - 2706.0).abs() < 2.0);
        assert!((of(&bse, 3500.0) - 2339.2).abs() < 2.0);
        let iron_rich = Composition::named("corl", MolarMasses::Iupac).unwrap();
        assert!(of(&iron_rich, 2500.0) > 1.1 * of(&bse, 2500.0));
    }

    #[test]
    fn every_oxide_of_the_common_melts_has_a_volume() {
        let without: Vec<&str> = (Oxide::ALL.iter().zip(VOLUMES.iter()))
            .filter(|(_, volume)| volume.is_none())
            .map(|(oxide, _)| oxide.name())
            .collect();
        assert_eq!(without, ["Cr2O3", "MnO", "NiO", "P2O5"]);
        assert_eq!(density_kg_m3(&[0.0; OXIDES], 2000.0), None);
    }
}
