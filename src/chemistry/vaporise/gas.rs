//! Gas sets above a dry melt: NASA-9, or the constants of the MAGMA code.

use serde::{Deserialize, Serialize};

use crate::error::InputError;
use crate::melt::magma_constants::{MagmaSet, Reduced, entries, reduced};
use crate::species::thermo::TERMS;
use crate::species::{Element, Formula, GasRecord, GasSet, Ions, MgoGas, Species};

/// Where the Gibbs energies of the gases come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GasData {
    /// NASA-9: one source for surface and atmosphere.
    Nasa9,
    /// MAGMA, Schaefer & Fegley 2004.
    MagmaSf04,
    /// MAGMA with the gas reactions of Fegley & Cameron 1987, as in Seidler et al. 2024.
    MagmaFc87,
}

impl GasData {
    /// Name in outputs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nasa9 => "nasa9",
            Self::MagmaSf04 => "magma_sf04",
            Self::MagmaFc87 => "magma_fc87",
        }
    }

    /// The gas set of `elements` with O.
    ///
    /// # Errors
    /// Data that are not as they should be (never with the embedded tables).
    pub fn gas_set(
        self,
        elements: &[Element],
        ions: Ions,
        mgo: MgoGas,
    ) -> Result<GasSet, InputError> {
        match self {
            Self::Nasa9 => GasSet::for_elements(elements, ions, mgo),
            Self::MagmaSf04 => magma_gas_set(MagmaSet::Sf04, elements, ions),
            Self::MagmaFc87 => magma_gas_set(MagmaSet::Fc87, elements, ions),
        }
    }
}

/// Temperatures over which the constants of MAGMA were fitted \[K\].
const MAGMA_RANGE_K: (f64, f64) = (1500.0, 5000.0);

/// Atoms, O2 and the electron: what the other species are measured from.
const REFERENCES: [&str; 10] = ["O2", "Si", "Mg", "Fe", "Al", "Ca", "Ti", "Na", "K", "e-"];

fn magma_gas_set(set: MagmaSet, elements: &[Element], ions: Ions) -> Result<GasSet, InputError> {
    let names = entries(set).iter().map(|(name, _)| *name);
    let gases = names.filter(|name| !name.ends_with("(l)"));
    let mut records = Vec::new();
    for name in REFERENCES.into_iter().chain(gases) {
        let formula = Formula::parse("magma_reactions.csv", name)?;
        let wanted = formula.counts().iter().all(|(e, _)| elements.contains(e));
        if wanted && (ions == Ions::Include || formula.charge() == 0) {
            records.push(magma_record(set, name, formula)?);
        }
    }
    GasSet::from_records(records)
}

/// G/RT on the NASA-9 scale of gaseous atoms, O2 and the electron, in NASA-9 form.
fn magma_record(set: MagmaSet, name: &str, formula: Formula) -> Result<GasRecord, InputError> {
    let shift = reduced(set, name)
        .ok_or_else(|| InputError::value("magma_reactions.csv", name, "a species of the table"))?;
    let mut low = [0.0; TERMS];
    let mut high = [0.0; TERMS];
    let mut add = |anchor: &str, factor: f64| -> Result<(), InputError> {
        let species = Species::find(anchor)?;
        for (sum, c) in low.iter_mut().zip(species.coefficients(999.0)) {
            *sum += factor * c;
        }
        for (sum, c) in high.iter_mut().zip(species.coefficients(1000.0)) {
            *sum += factor * c;
        }
        Ok(())
    };
    for (element, count) in formula.counts() {
        if *element == Element::O {
            add("O2", 0.5 * count)?;
        } else {
            add(element.symbol(), *count)?;
        }
    }
    add("e-", -f64::from(formula.charge()))?;
    Ok(GasRecord {
        name: name.to_owned(),
        low: with_shift(low, shift),
        high: with_shift(high, shift),
        formula,
        range_k: MAGMA_RANGE_K,
    })
}

/// Adds ln 10 (a + b/T).
fn with_shift(mut c: [f64; TERMS], shift: Reduced) -> [f64; TERMS] {
    c[7] += std::f64::consts::LN_10 * shift.b_k;
    c[8] -= std::f64::consts::LN_10 * shift.a;
    c
}
