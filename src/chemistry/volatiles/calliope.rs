//! The conventions of CALLIOPE 26.5.3, for comparison: eleven gases whose equilibria are straight
//! lines in 1/T, its molar masses, its constant of gravitation.
//!
//! Source: fwl-calliope 26.5.3 (constants re-typed). Validity of the lines: 1500-3000 K (JANAF fits),
//! 900-2000 K for SO2.

use crate::error::InputError;
use crate::species::{Formula, GasRecord, GasSet, thermo::TERMS};

/// log10 K = slope/T + intercept.
#[derive(Clone, Copy)]
struct Line {
    slope: f64,
    intercept: f64,
}

/// H2O = H2 + ½ O2, fit to JANAF 1500-3000 K.
const HYDROGEN: Line = Line {
    slope: -13_152.477_779_978_302,
    intercept: 3.038_586_383_273_608,
};
/// CO2 = CO + ½ O2, fit to JANAF 1500-3000 K.
const CARBON_MONOXIDE: Line = Line {
    slope: -14_467.511_400_133_637,
    intercept: 4.348_135_473_316_284,
};
/// CO2 + 2 H2 = CH4 + O2, Schaefer & Fegley.
const METHANE: Line = Line {
    slope: -16_276.0,
    intercept: -5.473_8,
};
/// S2 + 2 O2 = 2 SO2.
const SULFUR_DIOXIDE: Line = Line {
    slope: 37_774.0,
    intercept: -7.612_8,
};
/// S2 + 2 H2 = 2 H2S (coefficients to seven digits: pressures agree to 1e-6).
const HYDROGEN_SULFIDE: Line = Line {
    slope: 13_462.03,
    intercept: -7.245_461,
};
/// N2 + 3 H2 = 2 NH3 (the same).
const AMMONIA: Line = Line {
    slope: 5_328.03,
    intercept: -11.984_761,
};

/// Temperatures of the fits \[K\].
const RANGE_K: (f64, f64) = (1500.0, 3000.0);

/// Name and molar mass \[kg mol⁻¹\].
const GASES: [(&str, f64); 11] = [
    ("H2O", 0.018_015_28),
    ("CO2", 0.044_01),
    ("O2", 0.031_999),
    ("H2", 0.002_015_88),
    ("CH4", 0.016_04),
    ("CO", 0.028_01),
    ("N2", 0.028_014),
    ("S2", 0.064_1),
    ("SO2", 0.064_066),
    ("H2S", 0.034_1),
    ("NH3", 0.017_031),
];

/// G/RT = b1/T - b2 of each gas, with H2O, CO2, N2, S2 and O2 as references.
fn gibbs(name: &str) -> (f64, f64) {
    let of = |line: Line, factor: f64| {
        let ln10 = std::f64::consts::LN_10;
        (-factor * ln10 * line.slope, factor * ln10 * line.intercept)
    };
    let plus = |a: (f64, f64), b: (f64, f64), n: f64| (a.0 + n * b.0, a.1 + n * b.1);
    let h2 = of(HYDROGEN, 1.0);
    match name {
        "H2" => h2,
        "CO" => of(CARBON_MONOXIDE, 1.0),
        "CH4" => plus(of(METHANE, 1.0), h2, 2.0),
        "SO2" => of(SULFUR_DIOXIDE, 0.5),
        "H2S" => plus(of(HYDROGEN_SULFIDE, 0.5), h2, 1.0),
        "NH3" => plus(of(AMMONIA, 0.5), h2, 1.5),
        _ => (0.0, 0.0),
    }
}

/// The eleven gases.
///
/// # Errors
/// Never; the list is fixed.
pub(super) fn gas_set() -> Result<GasSet, InputError> {
    let mut records = Vec::with_capacity(GASES.len());
    for (name, _) in GASES {
        let (b1, b2) = gibbs(name);
        let mut coefficients = [0.0; TERMS];
        coefficients[7] = b1;
        coefficients[8] = b2;
        records.push(GasRecord {
            name: name.to_owned(),
            formula: Formula::parse("CALLIOPE gases", name)?,
            low: coefficients,
            high: coefficients,
            range_k: RANGE_K,
        });
    }
    GasSet::from_records(records)
}

/// Molar mass of a gas in these conventions \[kg mol⁻¹\].
pub(super) fn molar_mass(name: &str) -> Option<f64> {
    GASES
        .iter()
        .find(|(gas, _)| *gas == name)
        .map(|(_, mass)| *mass)
}
