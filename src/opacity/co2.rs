//! CO2: fundamentals ν₂ (15 µm) and ν₃ (4.3 µm), the combination bands at 2.7 and 2.0 µm and the
//! difference bands at 9.4 and 10.4 µm, with hot bands and the Fermi resonance by explicit
//! diagonalisation of the polyads.
//!
//! Not here: Herman-Wallis factors, l-type doubling, isotopologues other than ¹²C¹⁶O₂, the bands
//! below 1.9 µm and the weak forbidden ones.

use super::line::LineList;
use super::linear_triatomic::{self, Constants, Cuts, DipoleTerm, Width};
use super::partition::PartitionFunction;
use super::provenance::{Provenance, Tier};
use super::source::LineGas;
use crate::error::InputError;

const DATA: &str = include_str!("data/co2.toml");

/// Wing cut-off \[cm⁻¹\]; Seidler et al. (2024), section 2.3.
const WING_CUTOFF_PER_CM: f64 = 100.0;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    citation: Vec<String>,
    molar_mass_g_mol: f64,
    gas_molar_mass_g_mol: f64,
    caveat: String,
    constants: Constants,
    dipole: Vec<DipoleTerm>,
    width: Width,
    cuts: Cuts,
}

/// Choices of the generator; the default is that of the data file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Every how many J a line of a hot band stands, 1 to 20 (default: the data file, 6).
    pub stride: Option<u32>,
    /// Highest vibrational energy of a lower level \[cm⁻¹\], at most that of the levels of Q (default: the data file, 22 000).
    pub lower_per_cm: Option<f64>,
}

fn data() -> Result<Data, InputError> {
    toml::from_str(DATA).map_err(|e| InputError::value("data/co2.toml", e, "the constants of CO2"))
}

/// Lines of CO2.
///
/// # Errors
/// Options outside what the engine accepts.
pub fn lines(options: &Options) -> Result<LineGas, InputError> {
    let data = data()?;
    let mut cuts = data.cuts;
    cuts.stride = options.stride.unwrap_or(cuts.stride);
    cuts.lower_per_cm = options.lower_per_cm.unwrap_or(cuts.lower_per_cm);
    let made = linear_triatomic::lines("CO2", &data.constants, &data.dipole, &cuts, data.width)?;
    let partition = PartitionFunction::sampled(|t| data.constants.partition(&made.levels, t))?;
    let method = format!(
        "linear triatomic with Fermi polyads, {} single and {} gathered bands; lower levels to {} cm-1 (lost at 2500 K: {:.1e} of the molecules)",
        made.bands.0,
        made.bands.1,
        cuts.lower_per_cm,
        made.lost_share(2500.0)
    );
    Ok(LineGas {
        gas: "CO2".to_owned(),
        molar_mass_g_mol: data.gas_molar_mass_g_mol,
        lists: vec![LineList::new(
            "12C16O2 band model",
            data.molar_mass_g_mol,
            1.0,
            partition,
            made.lines,
        )],
        wing_cutoff_per_cm: WING_CUTOFF_PER_CM,
        provenance: Provenance {
            tier: Tier::C,
            citation: data.citation,
            method,
            caveat: data.caveat,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_out_of_range_are_refused() {
        let refused = |options: Options, key: &str| {
            let message = lines(&options).expect_err("out of range").to_string();
            assert!(message.contains(key), "{message}");
        };
        for stride in [0, 21] {
            let options = Options {
                stride: Some(stride),
                ..Options::default()
            };
            refused(options, "stride");
        }
        for lower in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e5] {
            let options = Options {
                lower_per_cm: Some(lower),
                ..Options::default()
            };
            refused(options, "lower_per_cm");
        }
    }

    #[test]
    fn levels_are_the_band_origins_of_hitran() {
        let constants = data().expect("shipped").constants;
        // (P, l, v3), levels [cm-1]: HITRAN; measured 1.0 at worst.
        let levels = [
            ((1, 1, 0), vec![667.380]),
            ((2, 2, 0), vec![1335.132]),
            ((2, 0, 0), vec![1285.408, 1388.184]),
            ((3, 1, 0), vec![1932.470, 2076.856]),
            ((0, 0, 1), vec![2349.143]),
            ((2, 0, 1), vec![3612.842, 3714.783]),
            ((4, 0, 1), vec![4853.623, 4977.835, 5099.660]),
            ((0, 0, 3), vec![6972.577]),
        ];
        for ((p, l, v3), expected) in levels {
            let found = constants.levels_per_cm(p, l, v3);
            for (f, e) in found.iter().zip(&expected) {
                assert!((f - e).abs() < 1.2, "{p} {l} {v3}: {f} {e}");
            }
        }
    }

    #[test]
    fn partition_is_that_of_tips() {
        // TIPS-2021, 12C16O2; measured +0.01, +0.1, +0.4, +1.0, +5.9 %.
        let gas = lines(&Options {
            lower_per_cm: Some(1.0),
            ..Options::default()
        })
        .expect("shipped");
        let q = &gas.lists[0].partition;
        for (t, tips, tolerance) in [
            (296.0, 286.10, 0.001),
            (1000.0, 2838.47, 0.003),
            (2000.0, 24578.61, 0.008),
            (2500.0, 55817.49, 0.015),
            (4000.0, 359312.86, 0.07),
        ] {
            assert!(
                (q.value(t) / tips - 1.0).abs() < tolerance,
                "{t}: {}",
                q.value(t)
            );
        }
    }

    #[test]
    fn regions_absorb_what_hitemp_does() {
        // Integrals [cm per molecule] over regions of a HITEMP-2010 table; the engine was fitted to the row
        // at 300 K, those at 1000 and 2000 K are predictions.
        let gas = lines(&Options::default()).expect("shipped");
        let list = &gas.lists[0];
        let sum = |range: std::ops::Range<f64>, t: f64| -> f64 {
            list.lines
                .iter()
                .filter(|l| range.contains(&l.wavenumber_per_cm))
                .map(|l| list.strength_cm(l, t))
                .sum()
        };
        for (range, t, expected, tolerance) in [
            (495.0..875.0, 300.0, 9.06e-18, 0.02),
            (2200.0..2494.0, 300.0, 9.98e-17, 0.01),
            (3425.0..3760.0, 300.0, 2.76e-18, 0.02),
            (4540.0..5370.0, 300.0, 5.70e-20, 0.03),
            (495.0..875.0, 1000.0, 9.06e-18, 0.02),
            (2200.0..2494.0, 1000.0, 9.83e-17, 0.02),
            (3425.0..3760.0, 1000.0, 3.20e-18, 0.03),
            (875.0..1108.0, 1000.0, 1.31e-19, 0.20),
            (2200.0..2397.0, 2000.0, 8.23e-17, 0.05),
            (2050.0..2200.0, 2000.0, 1.13e-17, 0.20),
            (3425.0..3760.0, 2000.0, 4.02e-18, 0.03),
        ] {
            let found = sum(range.clone(), t);
            assert!(
                (found / expected - 1.0).abs() < tolerance,
                "{range:?} {t} K: {found:e} {expected:e}"
            );
        }
        assert!(list.lines.len() < 1_000_000, "{}", list.lines.len());
    }
}
