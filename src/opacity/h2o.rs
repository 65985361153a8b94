//! Water vapour: lines from rows of a HITRAN list that the user owns. (CH4 has no default opacity at all:
//! no list of it can be shipped and no band model of it would be sound; import a table.)
//!
//! # What ships
//! HITRAN asks that the article of the edition be cited (hitran.org/citepolicy). Whether its rows may be
//! handed on was not confirmed, so no row of it is in this crate: get them from hitran.org. What this
//! crate carries are partition sums at a few temperatures, as facts with their source; a table of cross
//! sections computed from a list is a derived product and must name the list and the edition, as
//! `provenance` does.
//!
//! # Strengths
//! The temperature-free weight comes from the strength at 296 K,
//! weight = S₂₉₆ Q(296) / (abundance e^{-c₂E''/296} (1 - e^{-c₂ν̃/296})), so that the list's own S comes back
//! at 296 K. Rows without a lower energy (-1 in HITRAN) cannot be scaled and are left out.
//!
//! # Wings
//! Cut at 25 cm⁻¹, the convention of water (Clough, Kneizys & Davies 1989, Atmos. Res. 23, 229): beyond it
//! a continuum is defined, which is not here.

use super::line::{Line, LineList, WIDTH_REFERENCE_K};
use super::partition::PartitionFunction;
use super::provenance::{Provenance, Tier};
use super::source::LineGas;
use crate::constants::SECOND_RADIATION_CM_K;
use crate::error::InputError;

const DATA: &str = include_str!("data/h2o.toml");

/// Wing cut-off \[cm⁻¹\].
const WING_CUTOFF_PER_CM: f64 = 25.0;
/// Bars per standard atmosphere, exact.
const BAR_PER_ATM: f64 = 1.013_25;

/// One row of a HITRAN list of water (molecule 1), in the units of the 160-character format.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HitranRecord {
    /// Local number of the isotopologue in HITRAN order, 1 (H2-16O) to 7 (D2-16O).
    pub isotopologue: u8,
    /// Transition wavenumber in vacuum \[cm⁻¹\].
    pub wavenumber_per_cm: f64,
    /// Strength at 296 K \[cm per molecule\], terrestrial abundance of the isotopologue included.
    pub strength_296_cm: f64,
    /// Einstein coefficient A \[s⁻¹\]; zero where the list has none. Gives the natural width only.
    pub einstein_a_per_s: f64,
    /// Half width at half maximum in air at 296 K \[cm⁻¹ atm⁻¹\].
    pub air_half_width_per_cm_atm: f64,
    /// Exponent n of the width, γ ∝ (296 K/T)ⁿ.
    pub width_exponent: f64,
    /// Energy of the lower level \[cm⁻¹\]; negative (HITRAN: -1) where it is unknown.
    pub lower_energy_per_cm: f64,
    /// Statistical weight g' of the upper level, nuclear spin included; zero where unknown.
    pub upper_weight: f64,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    citation: Vec<String>,
    gas_molar_mass_g_mol: f64,
    caveat: String,
    temperature_k: Vec<f64>,
    isotopologue: Vec<Isotopologue>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Isotopologue {
    label: String,
    abundance: f64,
    molar_mass_g_mol: f64,
    q: Vec<f64>,
}

fn data() -> Result<Data, InputError> {
    toml::from_str(DATA).map_err(|e| InputError::value("data/h2o.toml", e, "the constants of H2O"))
}

/// Cubic Hermite interpolation of ln Q in ln T with the slopes of the parabola through three nodes;
/// beyond the ends straight on.
fn interpolate(x: &[f64], y: &[f64], at: f64) -> f64 {
    let last = x.len() - 1;
    let secant = |i: usize| (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
    let slope = |i: usize| match i {
        0 => secant(0),
        i if i == last => secant(last - 1),
        i => {
            let (before, after) = (x[i] - x[i - 1], x[i + 1] - x[i]);
            (secant(i - 1) * after + secant(i) * before) / (before + after)
        }
    };
    if at <= x[0] {
        return y[0] + slope(0) * (at - x[0]);
    }
    if at >= x[last] {
        return y[last] + slope(last) * (at - x[last]);
    }
    let high = x.partition_point(|node| *node < at).clamp(1, last);
    let low = high - 1;
    let h = x[high] - x[low];
    let u = (at - x[low]) / h;
    let (a, b) = (slope(low) * h, slope(high) * h);
    let rise = y[high] - y[low];
    // Hermite cubic from value, slope and rise.
    y[low] + u * (a + u * (3.0 * rise - 2.0 * a - b + u * (a + b - 2.0 * rise)))
}

/// Q(T) of an isotopologue of water in HITRAN order, 1 to 7, nuclear spin included; TIPS-2021, good to
/// 1e-3 between 100 and 5000 K, extrapolated beyond.
///
/// # Errors
/// A number outside 1 to 7.
pub fn partition(isotopologue: u8) -> Result<PartitionFunction, InputError> {
    let data = data()?;
    partition_of(&data, isotopologue)
}

fn partition_of(data: &Data, isotopologue: u8) -> Result<PartitionFunction, InputError> {
    let entry = entry(data, isotopologue, "isotopologue of water")?;
    let x: Vec<f64> = data.temperature_k.iter().map(|t| t.ln()).collect();
    let y: Vec<f64> = entry.q.iter().map(|q| q.ln()).collect();
    if x.len() != y.len() || x.len() < 3 {
        return Err(InputError::value(
            "data/h2o.toml",
            format!("{} values of Q", y.len()),
            format!("{}, one per temperature", x.len()),
        ));
    }
    PartitionFunction::sampled(|t| interpolate(&x, &y, t.ln()).exp())
}

fn entry<'a>(
    data: &'a Data,
    isotopologue: u8,
    place: &str,
) -> Result<&'a Isotopologue, InputError> {
    usize::from(isotopologue)
        .checked_sub(1)
        .and_then(|i| data.isotopologue.get(i))
        .ok_or_else(|| {
            InputError::value(
                place,
                isotopologue,
                format!("1 to {}, HITRAN order", data.isotopologue.len()),
            )
        })
}

/// Lines of water from rows of a HITRAN list (any order, any subset).
///
/// # Errors
/// Names the row (counted from 1): no row at all; an isotopologue outside 1 to 7; a wavenumber or strength
/// that is not positive and finite; a width that is negative or not finite.
pub fn from_hitran(records: &[HitranRecord]) -> Result<LineGas, InputError> {
    let data = data()?;
    if records.is_empty() {
        return Err(InputError::value(
            "water",
            "no rows",
            "at least one row of a HITRAN list",
        ));
    }
    let mut lines: Vec<Vec<Line>> = data.isotopologue.iter().map(|_| Vec::new()).collect();
    let partitions: Vec<PartitionFunction> = (1..=data.isotopologue.len() as u8)
        .map(|i| partition_of(&data, i))
        .collect::<Result<_, _>>()?;
    let mut unknown = 0_usize;
    for (index, record) in records.iter().enumerate() {
        check(&data, record, index + 1)?;
        if record.lower_energy_per_cm < 0.0 {
            unknown += 1;
            continue;
        }
        let which = usize::from(record.isotopologue) - 1;
        let abundance = data.isotopologue[which].abundance;
        lines[which].push(line(record, abundance, &partitions[which]));
    }
    let lists: Vec<LineList> = data
        .isotopologue
        .iter()
        .zip(partitions)
        .zip(lines)
        .filter(|(_, lines)| !lines.is_empty())
        .map(|((entry, partition), lines)| {
            LineList::new(
                entry.label.clone(),
                entry.molar_mass_g_mol,
                entry.abundance,
                partition,
                lines,
            )
        })
        .collect();
    Ok(LineGas {
        gas: "H2O".to_owned(),
        molar_mass_g_mol: data.gas_molar_mass_g_mol,
        lists,
        wing_cutoff_per_cm: WING_CUTOFF_PER_CM,
        provenance: Provenance {
            tier: Tier::C,
            citation: data.citation,
            method: format!(
                "HITRAN rows: {} read, {unknown} without lower energy left out; widths in air",
                records.len()
            ),
            caveat: data.caveat,
        },
    })
}

fn check(data: &Data, record: &HitranRecord, row: usize) -> Result<(), InputError> {
    let place = format!("HITRAN list of water, row {row}");
    entry(data, record.isotopologue, &format!("{place}, isotopologue"))?;
    let positive = |x: f64| x > 0.0 && x.is_finite();
    for (name, value) in [
        ("wavenumber", record.wavenumber_per_cm),
        ("strength", record.strength_296_cm),
    ] {
        if !positive(value) {
            return Err(InputError::value(
                format!("{place}, {name}"),
                value,
                "a positive finite number",
            ));
        }
    }
    for (name, value) in [
        ("air half width", record.air_half_width_per_cm_atm),
        ("Einstein coefficient", record.einstein_a_per_s),
    ] {
        if !(value >= 0.0 && value.is_finite()) {
            return Err(InputError::value(
                format!("{place}, {name}"),
                value,
                "a finite number, not negative",
            ));
        }
    }
    if record.width_exponent.is_finite() && record.lower_energy_per_cm.is_finite() {
        return Ok(());
    }
    Err(InputError::value(
        format!("{place}, width exponent or lower energy"),
        "a value that is not finite",
        "finite numbers",
    ))
}

fn line(record: &HitranRecord, abundance: f64, partition: &PartitionFunction) -> Line {
    let beta = SECOND_RADIATION_CM_K / WIDTH_REFERENCE_K;
    let population = (-beta * record.lower_energy_per_cm).exp();
    let stimulated = -(-beta * record.wavenumber_per_cm).exp_m1();
    let weight = record.strength_296_cm * partition.value(WIDTH_REFERENCE_K)
        / (abundance * population * stimulated);
    Line {
        wavenumber_per_cm: record.wavenumber_per_cm,
        lower_energy_per_cm: record.lower_energy_per_cm as f32,
        weight_cm: weight as f32,
        half_width_per_cm_bar: (record.air_half_width_per_cm_atm / BAR_PER_ATM) as f32,
        width_exponent: record.width_exponent as f32,
        // γ_N = A/(4πc), the part of this transition alone: far below the Doppler width.
        natural_half_width_per_cm: (record.einstein_a_per_s
            / (4.0 * std::f64::consts::PI * 100.0 * crate::constants::SPEED_OF_LIGHT))
            as f32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row 7210.474082 cm-1 of HITRAN-2012 (Rothman et al. 2013).
    const ROW: HitranRecord = HitranRecord {
        isotopologue: 1,
        wavenumber_per_cm: 7210.474082,
        strength_296_cm: 2.410e-28,
        einstein_a_per_s: 8.668e-2,
        air_half_width_per_cm_atm: 0.0608,
        width_exponent: 0.56,
        lower_energy_per_cm: 2841.4304,
        upper_weight: 19.0,
    };

    /// Isotopologue, temperature \[K\], Q of TIPS-2021.
    const TIPS: [(u8, f64, f64); 15] = [
        (1, 225.0, 116.01981),
        (1, 650.0, 584.49048),
        (1, 1450.0, 2522.42568),
        (1, 2500.0, 9452.63985),
        (1, 4700.0, 68075.88145),
        (2, 225.0, 116.99363),
        (2, 650.0, 589.65123),
        (2, 1450.0, 2541.41958),
        (2, 2500.0, 9347.75745),
        (2, 4700.0, 63446.22088),
        (4, 225.0, 573.54862),
        (4, 650.0, 2951.31616),
        (4, 1450.0, 13827.79246),
        (4, 2500.0, 56692.87935),
        (4, 4700.0, 404026.32298),
    ];

    #[test]
    fn q_between_the_nodes_is_that_of_tips() {
        // TIPS-2021 (Gamache et al. 2021) at temperatures that are not nodes; measured 4e-4 at worst.
        for (iso, t, q) in TIPS {
            let value = partition(iso).expect("known").value(t);
            assert!((value / q - 1.0).abs() < 1e-3, "{iso} {t} K: {value} {q}");
        }
        assert!(partition(0).is_err() && partition(8).is_err());
    }

    #[test]
    fn the_strength_of_the_row_comes_back_and_a_agrees_with_it() {
        let gas = from_hitran(&[ROW]).expect("a good row");
        let list = &gas.lists[0];
        let line = list.lines[0];
        let strength = list.strength_cm(&line, 296.0);
        assert!(
            (strength / ROW.strength_296_cm - 1.0).abs() < 1e-5,
            "{strength:e}"
        );
        // A g'/(8 pi c nu^2) must be the same weight: the row's own A and S are rounded to 1e-3.
        let weight = ROW.einstein_a_per_s * ROW.upper_weight
            / (8.0 * std::f64::consts::PI * 2.997_924_58e10 * ROW.wavenumber_per_cm.powi(2));
        assert!((f64::from(line.weight_cm) / weight - 1.0).abs() < 5e-3);
        assert!((f64::from(line.half_width_per_cm_bar) - 0.0608 / 1.01325).abs() < 1e-7);
    }

    #[test]
    fn bad_rows_are_named() {
        let broken = [
            HitranRecord {
                isotopologue: 9,
                ..ROW
            },
            HitranRecord {
                wavenumber_per_cm: -1.0,
                ..ROW
            },
            HitranRecord {
                strength_296_cm: f64::NAN,
                ..ROW
            },
            HitranRecord {
                air_half_width_per_cm_atm: -0.1,
                ..ROW
            },
        ];
        for record in broken {
            let error = from_hitran(&[ROW, record]).expect_err("a bad row");
            assert!(error.to_string().contains("row 2"), "{error}");
        }
        assert!(from_hitran(&[]).is_err());
    }

    #[test]
    fn rows_without_a_lower_energy_are_left_out_and_counted() {
        let unknown = HitranRecord {
            lower_energy_per_cm: -1.0,
            ..ROW
        };
        let gas = from_hitran(&[ROW, unknown]).expect("good rows");
        assert_eq!(gas.lists[0].lines.len(), 1);
        assert!(gas.provenance.method.contains("2 read, 1 without"));
    }

    #[test]
    fn stimulated_emission_counts_at_long_waves() {
        let far = HitranRecord {
            wavenumber_per_cm: 50.0,
            ..ROW
        };
        let gas = from_hitran(&[far]).expect("a good row");
        let list = &gas.lists[0];
        let strength = list.strength_cm(&list.lines[0], 296.0);
        assert!((strength / far.strength_296_cm - 1.0).abs() < 1e-5);
    }
}
