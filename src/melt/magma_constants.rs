//! The constants of the MAGMA code in one form: log10 of formation from gaseous atoms and O2.
//!
//! A reaction sum(lhs) = sum(rhs) with log10 K = a + b/T gives each row's new species a reduced Gibbs
//! energy g = G/(RT ln 10) = a' + b'/T in which gaseous atoms, O2 and the electron are zero.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// Which gas constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MagmaSet {
    /// Schaefer & Fegley 2004.
    Sf04,
    /// The same with the gas reactions of Fegley & Cameron 1987, as Seidler et al. 2024 use them.
    Fc87,
}

/// G/(RT ln 10) = a + b_k/T relative to gaseous atoms and O2.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reduced {
    /// Constant term.
    pub a: f64,
    /// Coefficient of 1/T \[K\].
    pub b_k: f64,
}

impl Reduced {
    /// G/RT at `t_k` and its temperature derivative \[K⁻¹\].
    pub fn gibbs_rt(self, t_k: f64) -> (f64, f64) {
        let ln_10 = std::f64::consts::LN_10;
        (
            ln_10 * (self.a + self.b_k / t_k),
            -ln_10 * self.b_k / (t_k * t_k),
        )
    }

    fn plus(self, factor: f64, other: Self) -> Self {
        Self {
            a: self.a + factor * other.a,
            b_k: self.b_k + factor * other.b_k,
        }
    }
}

/// A species of the table: name, `(l)` suffix for liquids, and its reduced Gibbs energy.
pub type Entry = (&'static str, Reduced);

/// The species of `set`: references (atoms, O2, e-) are not listed.
pub fn entries(set: MagmaSet) -> &'static [Entry] {
    match set {
        MagmaSet::Sf04 => &SF04,
        MagmaSet::Fc87 => &FC87,
    }
}

/// The reduced Gibbs energy of a species; zero for the references.
pub fn reduced(set: MagmaSet, name: &str) -> Option<Reduced> {
    if is_reference(name) {
        return Some(Reduced::default());
    }
    entries(set)
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| *value)
}

/// Gaseous atoms other than O, molecular oxygen and the electron.
fn is_reference(name: &str) -> bool {
    matches!(
        name,
        "O2" | "e-" | "Si" | "Mg" | "Fe" | "Ca" | "Al" | "Ti" | "Na" | "K"
    )
}

const TABLE: &str = include_str!("data/magma_reactions.csv");
static SF04: LazyLock<Vec<Entry>> = LazyLock::new(|| parse(TABLE, "sf04", Vec::new()));
static FC87: LazyLock<Vec<Entry>> = LazyLock::new(|| parse(TABLE, "fc87", SF04.clone()));

/// Adds the rows of `set` to `known`, replacing species that stand there already. The table is
/// embedded; its form is fixed by a test.
fn parse(text: &'static str, set: &str, mut known: Vec<Entry>) -> Vec<Entry> {
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    for row in rows.filter(|row| row.split(',').next() == Some(set)) {
        let cells: Vec<&'static str> = row.split(',').collect();
        let number = |i: usize| cells[i].parse().expect("the embedded table holds numbers");
        let log10_k = Reduced {
            a: number(2),
            b_k: number(3),
        };
        let (name, value) = solve(cells[1], log10_k, &known);
        match known.iter_mut().find(|(known, _)| *known == name) {
            Some(entry) => entry.1 = value,
            None => known.push((name, value)),
        }
    }
    known
}

/// The one species that a reaction determines: the product of a formation, else the liquid that
/// vaporises.
fn solve(reaction: &'static str, log10_k: Reduced, known: &[Entry]) -> Entry {
    let (left, right) = reaction
        .split_once(" = ")
        .expect("a reaction has two sides");
    let terms =
        |side: &'static str, sign: f64| side.split(" + ").map(move |term| parse_term(term, sign));
    let all: Vec<(&'static str, f64)> = terms(left, -1.0).chain(terms(right, 1.0)).collect();
    let value_of = |name: &str| known.iter().find(|(k, _)| *k == name).map(|(_, v)| *v);
    // A new species first; failing that the last product (a row of a replacing set).
    let target = all
        .iter()
        .find(|(name, _)| !is_reference(name) && value_of(name).is_none())
        .or(all.last())
        .expect("a reaction has terms");
    // log10 K = - sum nu g, hence g_target = -(log10 K + sum over the others) / nu_target.
    let mut total = log10_k;
    for (name, nu) in all.iter().filter(|(name, _)| name != &target.0) {
        total = total.plus(*nu, value_of(name).unwrap_or_default());
    }
    (
        target.0,
        Reduced {
            a: -total.a / target.1,
            b_k: -total.b_k / target.1,
        },
    )
}

fn parse_term(term: &'static str, sign: f64) -> (&'static str, f64) {
    match term.split_once(' ') {
        Some((count, name)) => (
            name,
            sign * count.parse::<f64>().expect("a leading number is a count"),
        ),
        None => (term, sign),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FeO(l) = Fe(l) + 1/2 O2: log10 K = 2.24 - 12006/T, the arithmetic of the design note; exact.
    #[test]
    fn iron_oxidation_constant_follows_from_the_table() {
        let oxide = reduced(MagmaSet::Sf04, "FeO(l)").unwrap();
        let metal = reduced(MagmaSet::Sf04, "Fe(l)").unwrap();
        assert!((oxide.a - metal.a - 2.24).abs() < 1e-12);
        assert!((oxide.b_k - metal.b_k + 12_006.0).abs() < 1e-8);
    }

    #[test]
    fn every_row_parses_and_the_older_set_replaces_seven_gases() {
        assert_eq!(entries(MagmaSet::Sf04).len(), 33);
        assert_eq!(entries(MagmaSet::Fc87).len(), 33);
        let changed = entries(MagmaSet::Sf04)
            .iter()
            .zip(entries(MagmaSet::Fc87))
            .filter(|(a, b)| a != b)
            .count();
        assert_eq!(changed, 7);
    }
}
