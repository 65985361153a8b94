//! Mantles that planets of nearby stars would have: a population for a prior of the melt composition.
//!
//! A star stands for its rocky planets: the ratios of Si, Al, Ca, Ti and Fe to Mg by number are those of the star, and all
//! that is not in the core is oxide. With \[X/Mg\] the log10 of a ratio over that of the Sun, the mantle has, per
//! mole of MgO,
//!
//! n(SiO2) = (Si/Mg)☉ 10^\[Si/Mg\], n(Al2O3) = ½ (Al/Mg)☉ 10^\[Al/Mg\], ..., n(FeO) = q (Fe/Mg)☉ 10^\[Fe/Mg\],
//!
//! where 1 - q of the iron is in the core, q flat between two limits (1 a planet without a core, 0 a
//! mantle without iron). The \[X/Mg\] are jointly normal; mean and covariance are in `data/stellar_population.csv`, with their source.
//!
//! # Limits
//! No element is lost on the way from the star to the planet and no silicon goes to the core, both of which lower
//! SiO2/MgO: of the mean it is 1.38 by mass, 1.24 in the Earth's mantle, 1.12 in the coreless planet of Seidler et al. 2024
//! (CORL), who scale the same catalogue by the ratios of Sun to Earth. The scatter, 0.11 to 0.13 dex, holds the
//! differences between the works behind the catalogue: of 79 solar twins measured alike (Bedell et al. 2018, ApJ 865, 68) it is
//! 0.02 to 0.05 dex. Na2O and K2O, volatile on the way, stand to MgO as in the bulk silicate Earth (`bse`).

use std::sync::LazyLock;

use super::composition::{Composition, MolarMasses};
use super::{OXIDES, PerOxide};
use crate::error::InputError;
use crate::species::Oxide;

/// Oxides of the population, in the order of its means; iron is the last.
pub const POPULATION_OXIDES: [Oxide; 5] = [
    Oxide::SiO2,
    Oxide::Al2O3,
    Oxide::CaO,
    Oxide::TiO2,
    Oxide::FeO,
];
/// Stars behind it.
pub const STARS: usize = 3897;
/// Atoms of magnesium of the Sun per 10⁶ of silicon (Lodders et al. 2009).
const SOLAR_MAGNESIUM: f64 = 1.03e6;

/// Statistics of the ratios to magnesium.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// Ratios of the Sun by number, of the cations of [`POPULATION_OXIDES`] to Mg.
    pub solar: [f64; 5],
    /// Means of \[X/Mg\] \[dex\].
    pub means_dex: [f64; 5],
    /// Their covariance \[dex²\].
    pub covariance_dex2: [[f64; 5]; 5],
}

static POPULATION: LazyLock<Population> =
    LazyLock::new(|| parse(include_str!("data/stellar_population.csv")));

/// The population of nearby stars.
pub fn nearby_stars() -> &'static Population {
    &POPULATION
}

/// Parses the embedded table; its form is fixed by a test.
fn parse(text: &str) -> Population {
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    let mut found = Population {
        solar: [0.0; 5],
        means_dex: [0.0; 5],
        covariance_dex2: [[0.0; 5]; 5],
    };
    for (i, row) in rows.enumerate() {
        let mut numbers = (row.split(',').skip(1))
            .map(|cell| -> f64 { cell.parse().expect("the embedded table holds numbers") });
        let mut next = || numbers.next().expect("a row of seven numbers");
        found.solar[i] = next() / SOLAR_MAGNESIUM;
        found.means_dex[i] = next();
        found.covariance_dex2[i] = std::array::from_fn(|_| next());
    }
    found
}

impl Population {
    /// The mantle of given ratios of a star: see the module.
    ///
    /// # Arguments
    /// * `ratios_dex` - \[X/Mg\] in the order of [`POPULATION_OXIDES`] \[dex\].
    /// * `iron_left` - q, the part of the iron that is not in the core, 0 to 1.
    ///
    /// # Errors
    /// Ratios or a part that are no numbers.
    pub fn mantle(&self, ratios_dex: &[f64; 5], iron_left: f64) -> Result<Composition, InputError> {
        let earth = Composition::named("bse", MolarMasses::Iupac)?;
        let earth = earth.mole_fractions();
        let mut moles: PerOxide = [0.0; OXIDES];
        moles[Oxide::MgO.index()] = 1.0;
        for alkali in [Oxide::Na2O, Oxide::K2O] {
            moles[alkali.index()] = earth[alkali.index()] / earth[Oxide::MgO.index()];
        }
        for (i, oxide) in POPULATION_OXIDES.iter().enumerate() {
            let atoms = self.solar[i] * 10_f64.powf(ratios_dex[i]);
            moles[oxide.index()] = atoms / oxide.cations();
        }
        moles[Oxide::FeO.index()] *= iron_left;
        Composition::from_moles(&moles)
    }

    /// The mantle of the mean of the population with all of its iron.
    ///
    /// # Errors
    /// As [`Population::mantle`].
    pub fn mean_mantle(&self) -> Result<Composition, InputError> {
        self.mantle(&self.means_dex, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: per mole of MgO (40.304 g) 0.970874·10^-0.0203 = 0.92654 SiO2 (55.668 g), ½·0.082136·10^-0.0335 =
    /// 0.038020 Al2O3 (3.8765), 0.058641·10^-0.0227 = 0.055655 CaO (3.1209), 0.0023981·10^-0.0158 = 0.0023124 TiO2
    /// (0.18468), 0.823301·10^-0.0539 = 0.72720 FeO (52.245). With the alkalis of `bse`, 0.349 and 0.031 on 36.76
    /// of MgO, 0.38265 and 0.03399 g: 155.816 g in all.
    #[test]
    fn the_mean_mantle_by_hand() {
        let melt = nearby_stars().mean_mantle().unwrap();
        let wt = melt.wt_percent(MolarMasses::Iupac);
        for (oxide, grams) in [
            (Oxide::SiO2, 55.668),
            (Oxide::Al2O3, 3.8765),
            (Oxide::CaO, 3.1209),
            (Oxide::TiO2, 0.184_68),
            (Oxide::FeO, 52.245),
            (Oxide::MgO, 40.304),
            (Oxide::Na2O, 0.382_65),
            (Oxide::K2O, 0.033_99),
        ] {
            let (found, expected) = (wt[oxide.index()], 100.0 * grams / 155.816);
            assert!(
                (found / expected - 1.0).abs() < 3e-4,
                "{} {found} {expected}",
                oxide.name()
            );
        }
        // As told in the text of the module.
        let ratio = wt[Oxide::SiO2.index()] / wt[Oxide::MgO.index()];
        assert!((ratio - 1.38).abs() < 0.005);
    }

    /// Iron in the core leaves all other ratios; a star richer in silicon has more SiO2.
    #[test]
    fn core_and_star_move_what_they_should() {
        let population = nearby_stars();
        let of = |dex: f64, left: f64, oxide: Oxide| {
            let mut ratios = population.means_dex;
            ratios[0] += dex;
            let melt = population.mantle(&ratios, left).unwrap();
            let fractions = *melt.mole_fractions();
            fractions[oxide.index()] / fractions[Oxide::MgO.index()]
        };
        let change = of(0.0, 0.25, Oxide::FeO) / of(0.0, 1.0, Oxide::FeO);
        assert!((change - 0.25).abs() < 1e-12);
        let same = of(0.0, 0.25, Oxide::SiO2) / of(0.0, 1.0, Oxide::SiO2);
        assert!((same - 1.0).abs() < 1e-12);
        let change = of(0.3, 1.0, Oxide::SiO2) / of(0.0, 1.0, Oxide::SiO2);
        assert!((change / 10_f64.powf(0.3) - 1.0).abs() < 1e-12);
        assert_eq!(of(0.0, 0.0, Oxide::FeO), 0.0);
    }

    /// Symmetric, and its own scatter as told in the text of the module.
    #[test]
    fn the_covariance_is_one() {
        let covariance = nearby_stars().covariance_dex2;
        for (i, row) in covariance.iter().enumerate() {
            let std_dex = row[i].sqrt();
            assert!((0.105..0.13).contains(&std_dex), "{std_dex}");
            for (j, value) in row.iter().enumerate() {
                assert!((value - covariance[j][i]).abs() < 1e-15);
            }
        }
    }
}
