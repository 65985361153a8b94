//! Melt compositions: shipped by name, or given by the user in a declared basis.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{OXIDES, PerOxide};
use crate::error::{InputError, nearest};
use crate::species::Oxide;

/// Largest distance of a sum from 100 % that is taken as rounding \[% of the sum\].
pub const SUM_TOLERANCE_PERCENT: f64 = 2.0;

/// What the numbers of a composition mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Mass per cent of oxides; the sum is expected to be 100.
    WtPercent,
    /// Mole per cent of oxides; the sum is expected to be 100.
    MolPercent,
    /// Mole fractions of oxides; the sum is expected to be 1.
    MolFraction,
}

impl Basis {
    /// Accepted names.
    pub const ACCEPTED: &'static str = "wt_percent, mol_percent, mol_fraction";

    /// The sum that a complete analysis has.
    pub const fn complete(self) -> f64 {
        match self {
            Self::WtPercent | Self::MolPercent => 100.0,
            Self::MolFraction => 1.0,
        }
    }
}

/// Molar masses that turn mass into moles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MolarMasses {
    /// IUPAC 2021 abridged.
    #[default]
    Iupac,
    /// The masses inside MAGMA (presets `seidler2024` and `magma2004`); they differ by about 1e-5.
    Magma,
}

impl MolarMasses {
    /// Molar mass of an oxide \[g/mol\].
    pub fn of(self, oxide: Oxide) -> f64 {
        match (self, oxide) {
            (Self::Magma, Oxide::SiO2) => 60.084,
            (Self::Magma, Oxide::Al2O3) => 101.961,
            (Self::Magma, Oxide::TiO2) => 79.865,
            (Self::Magma, Oxide::Fe2O3) => 159.689,
            (Self::Magma, Oxide::FeO) => 71.845,
            (Self::Magma, Oxide::MgO) => 40.304,
            (Self::Magma, Oxide::CaO) => 56.077,
            (Self::Magma, Oxide::Na2O) => 61.979,
            (Self::Magma, Oxide::K2O) => 94.195,
            _ => oxide.molar_mass_g_mol(),
        }
    }
}

/// A melt: mole fractions of oxides that sum to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Composition {
    fractions: PerOxide,
}

impl Composition {
    /// From moles of oxides on any scale.
    ///
    /// # Errors
    /// A negative or non-finite amount, or nothing at all.
    pub fn from_moles(moles: &PerOxide) -> Result<Self, InputError> {
        for (oxide, amount) in Oxide::ALL.iter().zip(moles) {
            if !(amount.is_finite() && *amount >= 0.0) {
                return Err(InputError::value(
                    format!("melt composition, {}", oxide.name()),
                    amount,
                    "an amount that is zero or positive",
                ));
            }
        }
        let total: f64 = moles.iter().sum();
        if total <= 0.0 {
            return Err(InputError::value(
                "melt composition",
                "all amounts zero",
                "at least one oxide with a positive amount",
            ));
        }
        Ok(Self {
            fractions: moles.map(|amount| amount / total),
        })
    }

    /// From named amounts, as in a run file.
    ///
    /// # Arguments
    /// * `amounts` - oxide and amount in `basis`; an oxide may stand once.
    /// * `normalise` - accept any sum and scale it to the whole.
    ///
    /// # Errors
    /// Unknown oxide (with the nearest known name), an oxide given twice, a negative amount, nothing
    /// at all, or a sum further than [`SUM_TOLERANCE_PERCENT`] from the whole.
    pub fn from_amounts<'a>(
        amounts: impl IntoIterator<Item = (&'a str, f64)>,
        basis: Basis,
        normalise: bool,
        masses: MolarMasses,
    ) -> Result<Self, InputError> {
        let mut given = [None; OXIDES];
        for (name, amount) in amounts {
            let slot = &mut given[oxide_named(name)?.index()];
            if slot.replace(amount).is_some() {
                return Err(InputError::value(
                    "melt composition",
                    format!("`{name}` twice"),
                    "each oxide once",
                ));
            }
        }
        let values = given.map(|amount| amount.unwrap_or(0.0));
        // The sign is checked before the sum, so that the message names the oxide.
        let moles = std::array::from_fn(|i| match basis {
            Basis::WtPercent => values[i] / masses.of(Oxide::ALL[i]),
            Basis::MolPercent | Basis::MolFraction => values[i],
        });
        let composition = Self::from_moles(&moles)?;
        let sum: f64 = values.iter().sum();
        let away_percent = (sum / basis.complete() - 1.0).abs() * 100.0;
        if away_percent > SUM_TOLERANCE_PERCENT && !normalise {
            return Err(InputError::value(
                "melt composition",
                format!("amounts that sum to {sum}"),
                format!(
                    "a sum within {SUM_TOLERANCE_PERCENT} % of {}, or `normalise = true`",
                    basis.complete()
                ),
            ));
        }
        Ok(composition)
    }

    /// A shipped composition, with the molar masses of `masses`.
    ///
    /// # Errors
    /// Unknown name, with the nearest known one and the whole list.
    pub fn named(name: &str, masses: MolarMasses) -> Result<Self, InputError> {
        let wanted = name.to_lowercase().replace('-', "_");
        let found = SHIPPED.iter().find(|shipped| {
            shipped.name == wanted || shipped.aliases.iter().any(|alias| *alias == wanted)
        });
        let Some(shipped) = found else {
            let names: Vec<&str> = SHIPPED.iter().map(|shipped| shipped.name).collect();
            let hint = nearest(name, names.iter().copied())
                .map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
            return Err(InputError::value(
                "melt",
                format!("`{name}`{hint}"),
                names.join(", "),
            ));
        };
        Self::from_amounts(
            Oxide::ALL
                .iter()
                .map(|oxide| (oxide.name(), shipped.wt_percent[oxide.index()])),
            Basis::WtPercent,
            true,
            masses,
        )
    }

    /// Mole fractions of the oxides as given (Fe2O3 apart from FeO); they sum to 1.
    pub const fn mole_fractions(&self) -> &PerOxide {
        &self.fractions
    }

    /// Moles with all iron as FeO (FeO + 2 Fe2O3), not renormalised.
    pub fn moles_all_ferrous(&self) -> PerOxide {
        let mut moles = self.fractions;
        moles[Oxide::FeO.index()] += 2.0 * moles[Oxide::Fe2O3.index()];
        moles[Oxide::Fe2O3.index()] = 0.0;
        moles
    }

    /// Mass per cent of the oxides.
    pub fn wt_percent(&self, masses: MolarMasses) -> PerOxide {
        let grams: PerOxide = std::array::from_fn(|i| self.fractions[i] * masses.of(Oxide::ALL[i]));
        let total: f64 = grams.iter().sum();
        grams.map(|g| 100.0 * g / total)
    }

    /// The melt with each oxide's moles multiplied by its factor (depletion below 1, enrichment
    /// above), then renormalised: the activity model must see fractions that sum to 1.
    ///
    /// # Errors
    /// A negative or non-finite factor, or nothing left.
    pub fn scaled(&self, factors: &PerOxide) -> Result<Self, InputError> {
        Self::from_moles(&std::array::from_fn(|i| self.fractions[i] * factors[i]))
    }

    /// [`Self::scaled`] by a depletion in dex: `(Oxide::Na2O, -2.0)` leaves a hundredth of the sodium.
    ///
    /// # Errors
    /// As [`Self::scaled`].
    pub fn depleted(&self, log10_factors: &[(Oxide, f64)]) -> Result<Self, InputError> {
        let mut factors = [1.0; OXIDES];
        for (oxide, log10_factor) in log10_factors {
            factors[oxide.index()] *= 10f64.powf(*log10_factor);
        }
        self.scaled(&factors)
    }
}

/// The oxide called `name`.
///
/// # Errors
/// [`InputError::Value`] with the nearest known oxide.
pub fn oxide_named(name: &str) -> Result<Oxide, InputError> {
    let found = Oxide::ALL
        .into_iter()
        .find(|oxide| oxide.name().eq_ignore_ascii_case(name));
    found.ok_or_else(|| {
        let names = Oxide::ALL.map(Oxide::name);
        let hint =
            nearest(name, names).map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
        InputError::value(
            "melt composition",
            format!("oxide `{name}`{hint}"),
            names.join(", "),
        )
    })
}

/// A row of the shipped table.
#[derive(Clone, Debug)]
pub struct Shipped {
    /// Name.
    pub name: &'static str,
    /// Other names of the same row.
    pub aliases: Vec<&'static str>,
    /// Mass per cent as published, in the order of [`Oxide::ALL`].
    pub wt_percent: PerOxide,
    /// Source.
    pub source: &'static str,
}

/// Every shipped composition.
pub fn shipped() -> &'static [Shipped] {
    &SHIPPED
}

static SHIPPED: LazyLock<Vec<Shipped>> =
    LazyLock::new(|| parse_shipped(include_str!("data/compositions.csv")));

/// Parses the embedded table; its form is fixed by a test.
fn parse_shipped(text: &'static str) -> Vec<Shipped> {
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let header: Vec<&str> = lines
        .next()
        .map_or(Vec::new(), |line| line.split(',').collect());
    lines.map(|line| parse_row(&header, line)).collect()
}

fn parse_row(header: &[&str], line: &'static str) -> Shipped {
    let cells: Vec<&'static str> = line.splitn(header.len(), ',').collect();
    let mut wt_percent = [0.0; OXIDES];
    for (column, cell) in header.iter().zip(&cells) {
        if let Some(oxide) = Oxide::ALL.into_iter().find(|oxide| oxide.name() == *column) {
            wt_percent[oxide.index()] = cell.parse().expect("the embedded table holds numbers");
        }
    }
    Shipped {
        name: cells[0],
        aliases: cells[1].split_whitespace().collect(),
        wt_percent,
        source: cells[header.len() - 1],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_composition_parses_and_names_its_source() {
        assert!(shipped().len() >= 13);
        for row in shipped() {
            let sum: f64 = row.wt_percent.iter().sum();
            assert!((96.0..=101.0).contains(&sum), "{}: {sum}", row.name);
            assert!(row.source.len() > 10, "{}", row.name);
            let melt = Composition::named(row.name, MolarMasses::Iupac).unwrap();
            let total: f64 = melt.mole_fractions().iter().sum();
            assert!((total - 1.0).abs() < 1e-14);
            for alias in &row.aliases {
                assert_eq!(Composition::named(alias, MolarMasses::Iupac).unwrap(), melt);
            }
        }
    }

    #[test]
    fn bad_compositions_are_refused_with_the_reason() {
        let refuse = |amounts: &[(&str, f64)], normalise| {
            Composition::from_amounts(
                amounts.iter().copied(),
                Basis::WtPercent,
                normalise,
                MolarMasses::Iupac,
            )
            .unwrap_err()
            .to_string()
        };
        assert!(refuse(&[("SiO", 100.0)], false).contains("did you mean `SiO2`"));
        assert!(refuse(&[("SiO2", -1.0), ("MgO", 101.0)], false).contains("SiO2"));
        assert!(refuse(&[("SiO2", 0.0)], true).contains("all amounts zero"));
        assert!(refuse(&[("SiO2", 45.0), ("MgO", 30.0)], false).contains("sum to 75"));
        assert!(refuse(&[("SiO2", 50.0), ("sio2", 50.0)], false).contains("twice"));
        assert!(refuse(&[("SiO2", f64::NAN)], true).contains("NaN"));
        assert!(
            Composition::named("trra", MolarMasses::Iupac)
                .unwrap_err()
                .to_string()
                .contains("`terra`")
        );
    }

    #[test]
    fn wt_percent_comes_back() {
        let melt = Composition::from_amounts(
            [("SiO2", 45.0), ("MgO", 30.0)],
            Basis::WtPercent,
            true,
            MolarMasses::Iupac,
        )
        .unwrap();
        let back = melt.wt_percent(MolarMasses::Iupac);
        assert!((back[Oxide::SiO2.index()] - 60.0).abs() < 1e-12);
        assert!((back[Oxide::MgO.index()] - 40.0).abs() < 1e-12);
    }

    #[test]
    fn depletion_is_renormalised() {
        let melt = Composition::named("bse", MolarMasses::Iupac).unwrap();
        let poor = melt
            .depleted(&[(Oxide::Na2O, -2.0), (Oxide::FeO, -1.0)])
            .unwrap();
        let ratio = |c: &Composition, a: Oxide, b: Oxide| {
            c.mole_fractions()[a.index()] / c.mole_fractions()[b.index()]
        };
        assert!((poor.mole_fractions().iter().sum::<f64>() - 1.0).abs() < 1e-14);
        let change = ratio(&poor, Oxide::Na2O, Oxide::MgO) / ratio(&melt, Oxide::Na2O, Oxide::MgO);
        assert!((change - 0.01).abs() < 1e-14);
    }
}
