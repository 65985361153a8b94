//! Standard Gibbs energies: NASA nine-coefficient polynomials.
//!
//! ```text
//! G/RT = -a1/(2T²) + a2 (ln T + 1)/T + a3 (1 - ln T) - a4 T/2 - a5 T²/6 - a6 T³/12 - a7 T⁴/20
//!        + b1/T - b2
//! ```
//! with H(elements, 298.15 K) = 0 and a standard pressure of 1 bar, so gases, liquids and melts
//! combine directly. Declared range: [`T_MIN_K`] to [`T_MAX_K`] and the table's own; outside, the
//! nearest interval is extrapolated and [`in_range`] says so, for the caller to count. Liquids other
//! than Na and K have a constant heat capacity, so their extrapolation below the melting point is
//! smooth.
//!
//! Source: `data/nasa9.csv` (McBride, Zehe & Gordon 2002, NASA/TP-2002-211556; primary source per
//! row). Not in that table, hence not offered: FeS(g), MnO(g), NaO⁻, KO⁻, Ca⁻, TiH, FeH, Si(OH)4,
//! FeO2, MgO2, MgO⁺, SiO⁺, Mg⁻, FeO(L) of exact stoichiometry, Fe2O3(L).

use std::collections::HashMap;
use std::sync::LazyLock;

use super::element::expected_name;
use super::formula::Formula;
use crate::constants::GAS_CONSTANT;
use crate::error::{InputError, nearest};

/// Lowest temperature at which the gas data are declared valid \[K\].
pub const T_MIN_K: f64 = 500.0;
/// Highest temperature at which the data are declared valid \[K\].
pub const T_MAX_K: f64 = 6000.0;
/// Number of temperature functions of a nine-coefficient polynomial.
pub const TERMS: usize = 9;

static NASA9: &str = include_str!("data/nasa9.csv");

/// State of matter of a species.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Ideal gas.
    Gas,
    /// Pure liquid.
    Liquid,
    /// Pure solid.
    Solid,
}

/// Which enthalpy of formation MgO(g) has: the largest single uncertainty of the gas data.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum MgoGas {
    /// NASA-9 raised by 111.7 kJ/mol: equivalent to the dissociation constants of
    /// Barklem & Collet (2016, A&A 588, A96); ab initio work agrees that the tabulated value is
    /// too low (Lesar et al. 2002, J. Chem. Inf. Comput. Sci. 42, 853).
    #[default]
    Bc16,
    /// As tabulated: 32.26 kJ/mol at 298.15 K.
    Nasa,
    /// NASA-9 raised by 23.25 kJ/mol, which reproduces log10 K(Mg + ½O2 = MgO) = -1.19 + 3794/T
    /// (JANAF second edition, as fitted by Schaefer & Fegley 2004, Icarus 169, 216).
    Janaf,
}

impl MgoGas {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Bc16, Self::Nasa, Self::Janaf];

    /// Name as in run files and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bc16 => "bc16",
            Self::Nasa => "nasa",
            Self::Janaf => "janaf",
        }
    }

    /// What is added to the tabulated enthalpy of formation \[J mol⁻¹\].
    pub const fn enthalpy_shift_j_mol(self) -> f64 {
        match self {
            Self::Bc16 => 111.7e3,
            Self::Nasa => 0.0,
            Self::Janaf => 23.25e3,
        }
    }
}

/// The temperature functions that multiply (a1..a7, b1, b2) in G/RT.
pub fn gibbs_terms(t_k: f64) -> [f64; TERMS] {
    let ln_t = t_k.ln();
    let inverse = t_k.recip();
    let t2 = t_k * t_k;
    [
        -0.5 * inverse * inverse,
        (ln_t + 1.0) * inverse,
        1.0 - ln_t,
        -t_k / 2.0,
        -t2 / 6.0,
        -t2 * t_k / 12.0,
        -t2 * t2 / 20.0,
        inverse,
        -1.0,
    ]
}

/// The temperature derivatives of [`gibbs_terms`] \[K⁻¹\].
pub fn gibbs_terms_dt(t_k: f64) -> [f64; TERMS] {
    let inverse = t_k.recip();
    let t2 = t_k * t_k;
    [
        inverse * inverse * inverse,
        -t_k.ln() * inverse * inverse,
        -inverse,
        -0.5,
        -t_k / 3.0,
        -t2 / 4.0,
        -t2 * t_k / 5.0,
        -inverse * inverse,
        0.0,
    ]
}

/// The temperature functions that multiply (a1..a7, b1, b2) in Cp/R.
pub fn heat_capacity_terms(t_k: f64) -> [f64; TERMS] {
    let inverse = t_k.recip();
    let t2 = t_k * t_k;
    [
        inverse * inverse,
        inverse,
        1.0,
        t_k,
        t2,
        t2 * t_k,
        t2 * t2,
        0.0,
        0.0,
    ]
}

/// Scalar product of coefficients and temperature functions.
#[inline]
pub fn evaluate(coefficients: &[f64; TERMS], terms: &[f64; TERMS]) -> f64 {
    coefficients.iter().zip(terms).map(|(c, t)| c * t).sum()
}

/// One interval of a species' polynomial.
#[derive(Clone, Debug)]
struct Interval {
    t_min_k: f64,
    t_max_k: f64,
    /// a1..a7, b1, b2.
    coefficients: [f64; TERMS],
}

/// A row of the table.
#[derive(Clone, Debug)]
struct Record {
    name: String,
    formula: Formula,
    phase: Phase,
    intervals: Vec<Interval>,
    reference: String,
}

struct Table {
    records: Vec<Record>,
    /// The three variants of MgO(g) share a name: here stands the default.
    by_name: HashMap<String, u16>,
    mgo: [u16; MgoGas::ALL.len()],
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    Table::parse(NASA9).expect("the embedded table parses; a test reads every row")
});

impl Table {
    fn parse(text: &str) -> Result<Self, InputError> {
        let mut records: Vec<Record> = Vec::new();
        let place = "species/data/nasa9.csv";
        let rows = text.lines().enumerate();
        for (index, line) in rows.filter(|(_, l)| !l.starts_with('#')).skip(1) {
            let place = format!("{place} line {}", index + 1);
            let fields: Vec<&str> = line.split(',').collect();
            if fields.len() != 14 {
                return Err(InputError::value(place, fields.len(), "14 fields"));
            }
            let interval = parse_interval(&place, &fields[2..13])?;
            match records.last_mut() {
                Some(last) if last.name == fields[0] => last.intervals.push(interval),
                _ => records.push(Record {
                    name: fields[0].to_owned(),
                    formula: Formula::parse(&place, without_phase(fields[0]))?,
                    phase: parse_phase(&place, fields[1])?,
                    intervals: vec![interval],
                    reference: format!("NASA/TP-2002-211556, {}", fields[13]),
                }),
            }
        }
        Ok(Self::with_mgo_variants(records))
    }

    /// Appends the shifted MgO(g) records and makes the index of names.
    fn with_mgo_variants(mut records: Vec<Record>) -> Self {
        let mut by_name: HashMap<String, u16> = HashMap::new();
        for (index, record) in (0..).zip(&records) {
            by_name.insert(record.name.clone(), index);
        }
        let tabulated = by_name.get("MgO").copied().unwrap_or(0);
        let mgo = MgoGas::ALL.map(|choice| {
            if choice == MgoGas::Nasa {
                return tabulated;
            }
            let mut shifted = records[usize::from(tabulated)].clone();
            for interval in &mut shifted.intervals {
                interval.coefficients[7] += choice.enthalpy_shift_j_mol() / GAS_CONSTANT;
            }
            shifted.reference = format!(
                "{} + {} kJ/mol",
                shifted.reference,
                choice.enthalpy_shift_j_mol() / 1000.0
            );
            records.push(shifted);
            u16::try_from(records.len() - 1).expect("the table has a few hundred rows")
        });
        by_name.insert("MgO".to_owned(), mgo[MgoGas::default() as usize]);
        Self {
            records,
            by_name,
            mgo,
        }
    }
}

/// `SiO2` of `SiO2(L)`: a last parenthesis with the name of a phase is not of the formula.
fn without_phase(name: &str) -> &str {
    const PHASES: [&str; 17] = [
        "L", "cr", "a", "b", "c", "d", "gr", "an", "a-qz", "b-qz", "b-crt", "I", "I'", "II", "III",
        "IV", "V",
    ];
    name.strip_suffix(')')
        .and_then(|inside| inside.rsplit_once('('))
        .filter(|(_, phase)| PHASES.contains(phase))
        .map_or(name, |(formula, _)| formula)
}

fn parse_phase(place: &str, word: &str) -> Result<Phase, InputError> {
    match word {
        "gas" => Ok(Phase::Gas),
        "liquid" => Ok(Phase::Liquid),
        "solid" => Ok(Phase::Solid),
        _ => Err(InputError::value(place, word, "gas, liquid or solid")),
    }
}

fn parse_interval(place: &str, fields: &[&str]) -> Result<Interval, InputError> {
    let mut values = [0.0; TERMS + 2];
    for (value, field) in values.iter_mut().zip(fields) {
        *value = field
            .parse()
            .map_err(|_| InputError::value(place, field, "a number"))?;
    }
    let mut coefficients = [0.0; TERMS];
    coefficients.copy_from_slice(&values[2..]);
    Ok(Interval {
        t_min_k: values[0],
        t_max_k: values[1],
        coefficients,
    })
}

/// A species of the table, by index. Names are as in NASA's table with ordinary capitals:
/// `SiO`, `Al2O3(L)`, `Na+`, `e-`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Species(u16);

impl Species {
    /// The species of this name; `MgO` means [`MgoGas::default`].
    ///
    /// # Errors
    /// An unknown name, with the nearest known one.
    pub fn find(name: &str) -> Result<Self, InputError> {
        let found = TABLE.by_name.get(name).copied().map(Self);
        found.ok_or_else(|| {
            let known = TABLE.by_name.keys().map(String::as_str);
            InputError::value(
                "species",
                format_args!("`{name}`"),
                expected_name("a species of the NASA-9 table", nearest(name, known)),
            )
        })
    }

    /// The species of this name, with a choice for MgO(g).
    ///
    /// # Errors
    /// An unknown name, with the nearest known one.
    pub fn find_with(name: &str, mgo: MgoGas) -> Result<Self, InputError> {
        if name == "MgO" {
            return Ok(Self::mgo_gas(mgo));
        }
        Self::find(name)
    }

    /// MgO(g) with this enthalpy of formation.
    pub fn mgo_gas(choice: MgoGas) -> Self {
        Self(TABLE.mgo[choice as usize])
    }

    /// Every species, MgO(g) once with the given choice.
    pub fn all(mgo: MgoGas) -> impl Iterator<Item = Self> {
        (0..)
            .zip(&TABLE.records)
            .map(|(index, _)| Self(index))
            .filter(move |s| s.name() != "MgO" || *s == Self::mgo_gas(mgo))
    }

    fn record(self) -> &'static Record {
        &TABLE.records[usize::from(self.0)]
    }

    /// Name, as `SiO2(L)`.
    pub fn name(self) -> &'static str {
        &self.record().name
    }

    /// Atoms and charge.
    pub fn formula(self) -> &'static Formula {
        &self.record().formula
    }

    /// State of matter.
    pub fn phase(self) -> Phase {
        self.record().phase
    }

    /// Where the coefficients come from.
    pub fn reference(self) -> &'static str {
        &self.record().reference
    }

    /// Temperatures at which the data are declared valid \[K\].
    pub fn range_k(self) -> (f64, f64) {
        let intervals = &self.record().intervals;
        let low = intervals.first().map_or(T_MIN_K, |i| i.t_min_k);
        let high = intervals.last().map_or(T_MAX_K, |i| i.t_max_k);
        (low.max(T_MIN_K), high.min(T_MAX_K))
    }

    /// Coefficients a1..a7, b1, b2 of the interval that holds `t_k`, or of the nearest one.
    pub fn coefficients(self, t_k: f64) -> &'static [f64; TERMS] {
        let intervals = &self.record().intervals;
        let inside = intervals.iter().find(|i| t_k < i.t_max_k);
        let interval = inside.or(intervals.last());
        &interval.expect("every record has an interval").coefficients
    }
}

/// G°/RT of a species at `t_k` \[K\]; H(elements, 298.15 K) = 0, 1 bar.
pub fn gibbs_rt(species: Species, t_k: f64) -> f64 {
    evaluate(species.coefficients(t_k), &gibbs_terms(t_k))
}

/// d(G°/RT)/dT = -H°/(RT²) \[K⁻¹\].
pub fn d_gibbs_rt_dt(species: Species, t_k: f64) -> f64 {
    evaluate(species.coefficients(t_k), &gibbs_terms_dt(t_k))
}

/// H°/RT of a species at `t_k` \[K\]; H(elements, 298.15 K) = 0.
pub fn enthalpy_rt(species: Species, t_k: f64) -> f64 {
    -t_k * d_gibbs_rt_dt(species, t_k)
}

/// Whether `t_k` is inside the declared range of the species' data.
pub fn in_range(species: Species, t_k: f64) -> bool {
    let (low, high) = species.range_k();
    (low..=high).contains(&t_k)
}

#[cfg(test)]
mod tests;
