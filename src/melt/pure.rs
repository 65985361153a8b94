//! Gibbs energies of the pure liquid oxides, of pure liquid iron and of O2, in units of RT.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::magma_constants::{MagmaSet, Reduced, reduced};
use super::{OXIDES, PerOxide};
use crate::species::thermo::{TERMS, evaluate, gibbs_terms, gibbs_terms_dt};
use crate::species::{Oxide, Species};

/// Where the Gibbs energies of the pure liquids come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiquidData {
    /// NASA-9 liquids. FeO(l) and Fe2O3(l), which that table lacks, follow from its Fe and O2 with the
    /// constants of MAGMA (log10 K of FeO(l) = Fe(l) + 1/2 O2 is 2.24 - 12006/T).
    #[default]
    Nasa9,
    /// The vaporisation constants of MAGMA, anchored on the NASA-9 gaseous atoms and O2, so that the gas
    /// constants of MAGMA go with them exactly.
    Magma,
}

/// Coefficients in the NASA-9 form a1..a7, b1, b2.
pub(crate) type Coefficients = [f64; TERMS];

/// A temperature at which every melt is: selects the interval of the tables (1000-6000 K; liquids
/// have one).
const MELT_T_K: f64 = 2500.0;

/// Gibbs energies at one temperature.
#[derive(Clone, Debug)]
pub struct PureLiquids {
    /// G/RT of the pure liquid oxides; NaN where there are no data (MnO, NiO, P2O5).
    pub gibbs_rt: PerOxide,
    /// d(G/RT)/dT \[K⁻¹\].
    pub d_gibbs_rt_dt: PerOxide,
    /// G/RT of pure liquid iron.
    pub iron_gibbs_rt: f64,
    /// G/RT of O2.
    pub oxygen_gibbs_rt: f64,
    at: Option<(LiquidData, f64)>,
}

impl Default for PureLiquids {
    fn default() -> Self {
        Self {
            gibbs_rt: [f64::NAN; OXIDES],
            d_gibbs_rt_dt: [0.0; OXIDES],
            iron_gibbs_rt: f64::NAN,
            oxygen_gibbs_rt: f64::NAN,
            at: None,
        }
    }
}

impl PureLiquids {
    /// Evaluates at `t_k` \[K\] unless the last evaluation was there.
    pub fn update(&mut self, data: LiquidData, t_k: f64) {
        if self.at == Some((data, t_k)) {
            return;
        }
        let table: &Table = match data {
            LiquidData::Nasa9 => &NASA9,
            LiquidData::Magma => &MAGMA,
        };
        let (terms, terms_dt) = (gibbs_terms(t_k), gibbs_terms_dt(t_k));
        for (i, coefficients) in table.oxides.iter().enumerate() {
            if let Some(coefficients) = coefficients {
                self.gibbs_rt[i] = evaluate(coefficients, &terms);
                self.d_gibbs_rt_dt[i] = evaluate(coefficients, &terms_dt);
            } else {
                self.gibbs_rt[i] = f64::NAN;
                self.d_gibbs_rt_dt[i] = f64::NAN;
            }
        }
        self.iron_gibbs_rt = evaluate(&table.iron, &terms);
        self.oxygen_gibbs_rt = evaluate(&table.oxygen, &terms);
        self.at = Some((data, t_k));
    }

    /// ln of the activity of metallic iron over a melt with `feo_mu_rt` = mu_FeO/RT at `ln_fo2`:
    /// FeO(l) = Fe(l) + 1/2 O2. Above 0 the melt is supersaturated in metal.
    pub fn ln_iron_activity(&self, feo_mu_rt: f64, ln_fo2: f64) -> f64 {
        feo_mu_rt - self.saturated_feo_mu_rt(ln_fo2)
    }

    /// mu_FeO/RT in equilibrium with pure liquid iron at `ln_fo2`.
    pub fn saturated_feo_mu_rt(&self, ln_fo2: f64) -> f64 {
        self.iron_gibbs_rt + 0.5 * (self.oxygen_gibbs_rt + ln_fo2)
    }
}

struct Table {
    oxides: [Option<Coefficients>; OXIDES],
    iron: Coefficients,
    oxygen: Coefficients,
}

static NASA9: LazyLock<Table> = LazyLock::new(|| {
    let iron = nasa9("Fe(L)").expect("the table has liquid iron");
    let oxygen = nasa9("O2").expect("the table has O2");
    let oxides = Oxide::ALL.map(|oxide| match oxide {
        Oxide::FeO => {
            let of = |name| reduced(MagmaSet::Sf04, name).expect("the table has the iron phases");
            let (liquid, metal) = (of("FeO(l)"), of("Fe(l)"));
            let shift = Reduced {
                a: liquid.a - metal.a,
                b_k: liquid.b_k - metal.b_k,
            };
            Some(shifted(&combined(&[(1.0, &iron), (0.5, &oxygen)]), shift))
        }
        Oxide::Fe2O3 => anchored(MagmaSet::Sf04, "Fe2O3(l)", oxide),
        _ => nasa9(&format!("{}(L)", oxide.name())),
    });
    Table {
        oxides,
        iron,
        oxygen,
    }
});

static MAGMA: LazyLock<Table> = LazyLock::new(|| {
    let oxides =
        Oxide::ALL.map(|oxide| anchored(MagmaSet::Sf04, &format!("{}(l)", oxide.name()), oxide));
    let metal = reduced(MagmaSet::Sf04, "Fe(l)").expect("the table has liquid iron");
    Table {
        oxides,
        iron: shifted(&nasa9("Fe").expect("the table has Fe"), metal),
        oxygen: nasa9("O2").expect("the table has O2"),
    }
});

/// NASA-9 coefficients at melt temperatures.
fn nasa9(name: &str) -> Option<Coefficients> {
    Species::find(name)
        .ok()
        .map(|species| *species.coefficients(MELT_T_K))
}

/// sum of factor times coefficients.
pub(crate) fn combined(terms: &[(f64, &Coefficients)]) -> Coefficients {
    std::array::from_fn(|i| terms.iter().map(|(factor, c)| factor * c[i]).sum())
}

/// Adds ln 10 (a + b/T): b1 multiplies 1/T and b2 counts negative.
pub(crate) fn shifted(coefficients: &Coefficients, shift: Reduced) -> Coefficients {
    let mut out = *coefficients;
    out[7] += std::f64::consts::LN_10 * shift.b_k;
    out[8] -= std::f64::consts::LN_10 * shift.a;
    out
}

/// An oxide of the MAGMA table on the NASA-9 scale of gaseous atoms and O2.
fn anchored(set: MagmaSet, name: &str, oxide: Oxide) -> Option<Coefficients> {
    let value = reduced(set, name)?;
    let atom = nasa9(oxide.cation().symbol())?;
    let oxygen = nasa9("O2")?;
    let anchor = combined(&[(oxide.cations(), &atom), (0.5 * oxide.oxygens(), &oxygen)]);
    Some(shifted(&anchor, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// log10 K of FeO(l) = Fe(l) + 1/2 O2 is 2.24 - 12006/T in both tables; margin 1e-12.
    #[test]
    fn iron_saturation_is_the_same_in_both_tables() {
        for data in [LiquidData::Nasa9, LiquidData::Magma] {
            let mut pure = PureLiquids::default();
            pure.update(data, 2500.0);
            let ln_k = pure.gibbs_rt[Oxide::FeO.index()] - pure.saturated_feo_mu_rt(0.0);
            let log10_k = ln_k / std::f64::consts::LN_10;
            assert!(
                (log10_k - (2.24 - 12_006.0 / 2500.0)).abs() < 1e-11,
                "{data:?}: {log10_k}"
            );
        }
    }

    /// Pure liquids of MAGMA against NASA-9, vaporisation to atom + O2, at 2000/3000 K in dex
    /// (design note); measured margin 0.006.
    #[test]
    fn the_two_tables_differ_as_documented() {
        let table = [
            (Oxide::SiO2, 0.05, -0.12),
            (Oxide::MgO, 0.02, -0.09),
            (Oxide::CaO, 0.08, -0.15),
            (Oxide::Al2O3, -0.23, -0.07),
            (Oxide::TiO2, -0.20, -0.10),
            (Oxide::Na2O, -0.53, -0.47),
            (Oxide::K2O, -0.13, 0.06),
        ];
        for (oxide, cold, hot) in table {
            for (t_k, expected) in [(2000.0, cold), (3000.0, hot)] {
                let g = |data| {
                    let mut pure = PureLiquids::default();
                    pure.update(data, t_k);
                    pure.gibbs_rt[oxide.index()]
                };
                let dex = (g(LiquidData::Magma) - g(LiquidData::Nasa9)) / std::f64::consts::LN_10;
                assert!(
                    (dex - expected).abs() < 0.011,
                    "{} {t_k}: {dex}",
                    oxide.name()
                );
            }
        }
    }
}
