//! Opacities: lines generated from spectroscopic constants, cross sections, and the tables that
//! the atmosphere reads.
//!
//! # Units
//! Spectroscopy speaks in wavenumbers: \[cm⁻¹\], cross sections in \[cm²\] per molecule of the
//! gas, pressures of tables in \[bar\]; every name says so. Extinction leaves this module in SI.
//!
//! # Gases with lines of their own
//! Quality as [`Tier`] defines it, for R ≤ 200 and 1500 to 3500 K; the whole caveat is in the provenance of a gas.
//!
//! | gas | tier | method | main caveat |
//! |---|---|---|---|
//! | SiO | B | diatomic, CCSD(T) dipole | A–X (0.2 to 0.3 µm) uncertain by a factor 2.8 |
//! | MgO | B | diatomic, own CASSCF moments | nothing sound below 0.36 µm |
//! | CO | A | diatomic, semi-empirical dipole | infrared with Δv ≤ 4 alone |
//! | TiO | B | diatomic multiplets, published model | states do not mix: some cm⁻¹, tens near crossings |
//! | AlO | B | diatomic multiplets, published model | C and D states (below 0.35 µm) absent |
//! | CaO | C | diatomic multiplets, published model | states that perturb each other do not mix |
//! | SiO2 | C | linear band model | ν₃ may lie 0.15 µm off |
//! | CO2 | C | linear band model | strengths fitted to a k-table at 300 K; ¹³CO₂ absent |
//! | SO2 | C | asymmetric-top band model | strengths fitted to a k-table at 300 K; hot bands harmonic |
//! | H2O | C | HITRAN rows given | hot lines missing above 1200 K |
//! | O | B | Kurucz line list | no photoionisation |
//! | Na | B | Kurucz line list | far wings Lorentzian |
//! | Mg | B | Kurucz line list | far wings Lorentzian |
//! | Mg+ | B | Kurucz line list | far wings Lorentzian |
//! | Al | B | Kurucz line list | far wings Lorentzian |
//! | Si | B | Kurucz line list | no photoionisation |
//! | K | B | Kurucz line list | far wings Lorentzian |
//! | Ca | B | Kurucz line list | far wings Lorentzian |
//! | Ca+ | B | Kurucz line list | far wings Lorentzian |
//! | Ti | B | Kurucz line list | no photoionisation |
//! | Ti+ | B | Kurucz line list | no photoionisation |
//! | Fe | B | Kurucz line list | no photoionisation |
//! | Fe+ | B | Kurucz line list | no photoionisation |
//!
//! Which numbers were checked against which second source, and which could not be, stands in
//! `data/constants_sources.csv`.

pub mod alo;
pub mod asymmetric_top;
pub mod atom;
pub mod build;
pub mod cao;
pub mod co2;
pub mod co;
pub mod codec;
pub mod collision_induced;
pub mod compare;
pub mod continuum;
pub mod diatomic;
pub mod embedded;
pub mod gases;
pub mod grid;
pub mod h2o;
pub mod kdistribution;
pub mod line;
pub mod line_by_line;
pub mod linear_triatomic;
pub mod mgo;
pub mod mgo_triplet;
pub mod mixing;
pub mod molecular_partition;
mod multiplet;
pub mod partition;
pub mod provenance;
pub mod rayleigh;
pub mod read;
pub mod selection;
pub mod set;
pub mod sio2;
pub mod sio;
pub mod so2;
pub mod source;
pub mod table;
mod tabulated;
pub mod tio;
pub mod voigt;

pub use line::{Line, LineList};
pub use partition::PartitionFunction;
pub use provenance::{Provenance, Tier};
pub use set::OpacitySet;
pub use source::LineGas;
pub use table::{CrossSectionTable, SpectralAxis};

#[cfg(test)]
mod tests {
    use super::gases::{Choices, GENERATORS, WATER};

    /// Gas and tier of the rows of the table above.
    fn rows() -> Vec<(&'static str, &'static str)> {
        include_str!("opacity.rs")
            .lines()
            .filter_map(|line| line.strip_prefix("//! | "))
            .filter_map(|row| {
                let mut cells = row.split('|').map(str::trim);
                Some((cells.next()?, cells.next()?))
            })
            .skip(1)
            .collect()
    }

    #[test]
    fn the_table_names_every_gas_and_no_other() {
        let named: Vec<&str> = rows().iter().map(|row| row.0).collect();
        let mut known: Vec<&str> = GENERATORS.iter().map(|one| one.gas).collect();
        let molecules = known.iter().position(|gas| *gas == "O").expect("an atom");
        known.insert(molecules, WATER);
        assert_eq!(named, known);
    }

    #[test]
    #[ignore = "makes the lines of all gases, half a minute; validation of the table above"]
    fn the_tiers_of_the_table_are_those_of_the_gases() {
        for (gas, tier) in rows() {
            let Some(generator) = GENERATORS.iter().find(|one| one.gas == gas) else {
                continue;
            };
            let lines = generator.lines(&Choices::default()).expect("shipped data");
            assert_eq!(format!("{:?}", lines.provenance.tier), tier, "{gas}");
        }
    }
}
