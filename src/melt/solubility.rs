//! Solubility of volatiles in silicate melt: a named table of published laws, with the ranges of
//! their experiments.
//!
//! Every law gives the mass fraction w \[ppmw\] of one or two dissolved components from the fugacity
//! f \[bar\] of one gas:
//!
//! ```text
//! ln w = k(T) + b ln f + kp P + ks √P_GPa + ko ln fO2 + ki ΔIW
//! ```
//!
//! (the carbonate law of Dixon et al. 1995 maps this expression once more, see [`Form`]). Numbers,
//! ranges and source of each row: `solubility/data/laws.csv`. A law used outside the range of its
//! experiments is not refused but named by [`Law::extrapolations`]: nearly every use on a lava
//! planet is an extrapolation in temperature, and the caller must be able to report it.
//!
//! Ranges: P inside a law is limited to [`MAX_LAW_PRESSURE_BAR`]; an empty range in the table means
//! unknown, never flagged.

mod table;

use std::f64::consts::LN_10;
use std::sync::LazyLock;

use serde::Serialize;

use crate::error::{InputError, nearest};
use crate::species::{Element, Formula};

/// Highest pressure that enters the pressure terms of a law \[bar\]; beyond it the terms stay
/// constant, so that a trial step of a solver stays finite. Far outside every calibration.
pub const MAX_LAW_PRESSURE_BAR: f64 = 1.0e6;

/// Value of y beyond which the carbonate law is continued as a power law (0.83 is its pole).
const CARBONATE_JOIN: f64 = 0.4;

static TABLE: LazyLock<Vec<Law>> = LazyLock::new(|| {
    table::parse(include_str!("solubility/data/laws.csv"))
        .expect("the embedded table parses; a test reads every row")
});

/// How the linear expression ln y becomes a concentration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Form {
    /// w = y.
    Power,
    /// w = 10⁴ · 4400 y/(36.6 - 44 y): mole fraction of carbonate to ppmw of CO2 (Dixon et al. 1995);
    /// continued as a power law above y = 0.4 (93 wt%).
    Carbonate,
    /// The same with the partial pressure in place of the total one, as CALLIOPE does.
    CarbonatePartial,
}

/// One dissolved component of a law.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// Name in words, `sulfide`.
    pub name: String,
    /// Whose mass fraction the law gives, `S` or `H2O`.
    pub dissolved: Formula,
    /// O atoms beyond the oxides of the melt per formula of `dissolved`: 1 for H2O, -1 for S²⁻,
    /// which takes the place of an O²⁻.
    pub oxygen: f64,
    /// Shape of the law.
    pub form: Form,
    coefficients: Coefficients,
    /// Ranges of the experiments.
    pub range: Range,
    /// Paper and equation.
    pub source: String,
}

/// Published numbers of a component, see the head of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Coefficients {
    /// 1 or ln 10.
    base: f64,
    factor: f64,
    unit_bar: f64,
    exponent: f64,
    c0: f64,
    c1: f64,
    p0: f64,
    p1: f64,
    p2: f64,
    fo2: f64,
    diw: f64,
}

/// Conditions of the experiments behind a law; NaN-free, open ends are infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Temperature \[K\].
    pub temperature_k: (f64, f64),
    /// Fugacity of the gas \[bar\].
    pub fugacity_bar: (f64, f64),
    /// Total pressure \[bar\].
    pub pressure_bar: (f64, f64),
}

/// A named solubility law.
#[derive(Clone, Debug, PartialEq)]
pub struct Law {
    /// Name in run files and results, `h2o_peridotite_sossi2023`.
    pub name: String,
    /// Gas whose fugacity it takes.
    pub gas: String,
    /// What the gas becomes in the melt.
    pub components: Vec<Component>,
}

/// What the laws need to know besides the fugacity of the gas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Surroundings {
    /// Total pressure \[bar\].
    pub pressure_bar: f64,
    /// ln of the oxygen fugacity in bar.
    pub ln_fo2: f64,
    /// log10 fO2 \[bar\] of the iron-wüstite buffer at 1 bar.
    pub log10_iw: f64,
    /// Its rise with pressure \[dex bar⁻¹\] (0 where the law is used with the buffer at 1 bar).
    pub iw_slope_per_bar: f64,
}

/// A component at one temperature, ready for the inner loop of a solver.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prepared {
    k: f64,
    exponent: f64,
    pressure: f64,
    sqrt_pressure: f64,
    ln_fo2: f64,
    diw: f64,
    form: Form,
}

/// A concentration and its derivatives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Concentration {
    /// Mass fraction of the dissolved component \[ppmw\].
    pub ppmw: f64,
    /// d ppmw / d ln f.
    pub d_ln_f: f64,
    /// d ppmw / d P \[bar⁻¹\].
    pub d_pressure: f64,
    /// d ppmw / d ln fO2.
    pub d_ln_fo2: f64,
}

impl Component {
    /// The law at temperature `t_k` \[K\].
    pub fn at(&self, t_k: f64) -> Prepared {
        let c = &self.coefficients;
        Prepared {
            k: c.factor.ln() + c.base * (c.c0 + c.c1 / t_k) - c.exponent * c.unit_bar.ln(),
            exponent: c.exponent,
            pressure: c.base * (c.p0 + c.p1 / t_k),
            sqrt_pressure: c.base * c.p2 / t_k,
            // log fO2 in the base of the law times the base: ln fO2 in both cases.
            ln_fo2: c.fo2,
            diw: if c.base == 1.0 { c.diw } else { c.diw * LN_10 },
            form: self.form,
        }
    }
}

impl Prepared {
    /// Concentration at ln f (bar).
    ///
    /// # Accuracy
    /// Analytic derivatives; ln w is limited to 200 so that a wild trial point gives no infinity.
    pub fn concentration(&self, ln_f: f64, at: &Surroundings) -> Concentration {
        let partial = self.form == Form::CarbonatePartial;
        let asked = if partial { ln_f.exp() } else { at.pressure_bar };
        let pressure = asked.min(MAX_LAW_PRESSURE_BAR);
        let root_gpa = (pressure * 1.0e-4).sqrt();
        let delta_iw = at.ln_fo2 / LN_10 - at.log10_iw - at.iw_slope_per_bar * (pressure - 1.0);
        let ln_y = self.k
            + self.exponent * ln_f
            + self.pressure * pressure
            + self.sqrt_pressure * root_gpa
            + self.ln_fo2 * at.ln_fo2
            + self.diw * delta_iw;
        let mut slope_pressure = 0.0;
        if pressure < MAX_LAW_PRESSURE_BAR {
            slope_pressure = self.pressure - self.diw * at.iw_slope_per_bar;
            if self.sqrt_pressure != 0.0 {
                slope_pressure += self.sqrt_pressure * 0.5e-4 / root_gpa.max(1.0e-12);
            }
        }
        let (ppmw, slope) = self.form.value(ln_y.min(200.0));
        let mut d_ln_f = self.exponent;
        if partial {
            d_ln_f += slope_pressure * pressure;
            slope_pressure = 0.0;
        }
        Concentration {
            ppmw,
            d_ln_f: ppmw * slope * d_ln_f,
            d_pressure: ppmw * slope * slope_pressure,
            d_ln_fo2: ppmw * slope * (self.ln_fo2 + self.diw / LN_10),
        }
    }

    /// ln f at which the component alone holds `ppmw`, pressure terms left out (a starting point).
    pub fn ln_fugacity_for(&self, ppmw: f64, ln_fo2: f64, log10_iw: f64) -> f64 {
        let ln_y = match self.form {
            Form::Power => ppmw.ln(),
            Form::Carbonate | Form::CarbonatePartial => {
                let w = ppmw * 1.0e-4;
                (36.6 * w / (4400.0 + 44.0 * w)).ln()
            }
        };
        let redox = self.ln_fo2 * ln_fo2 + self.diw * (ln_fo2 / LN_10 - log10_iw);
        (ln_y - self.k - redox) / self.exponent
    }
}

impl Form {
    /// (w, d ln w / d ln y).
    fn value(self, ln_y: f64) -> (f64, f64) {
        let carbonate = |y: f64| {
            let rest = 36.6 - 44.0 * y;
            (4.4e7 * y / rest, 36.6 / rest)
        };
        match self {
            Self::Power => (ln_y.exp(), 1.0),
            Self::Carbonate | Self::CarbonatePartial => {
                let y = ln_y.exp();
                if y <= CARBONATE_JOIN {
                    return carbonate(y);
                }
                let (w, slope) = carbonate(CARBONATE_JOIN);
                (w * (slope * (ln_y - CARBONATE_JOIN.ln())).exp(), slope)
            }
        }
    }
}

impl Law {
    /// Every law of the table.
    pub fn all() -> &'static [Self] {
        &TABLE
    }

    /// The law called `name`.
    ///
    /// # Errors
    /// An unknown name, with the nearest known one and the list.
    pub fn find(name: &str) -> Result<&'static Self, InputError> {
        TABLE.iter().find(|law| law.name == name).ok_or_else(|| {
            let names = || TABLE.iter().map(|law| law.name.as_str());
            let hint = nearest(name, names())
                .map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
            let known: Vec<_> = names().collect();
            InputError::value(
                "solubility law",
                format!("`{name}`{hint}"),
                known.join(", "),
            )
        })
    }

    /// Mass fraction of the gas' elements in the melt, all components together \[ppmw\].
    pub fn ppmw(&self, t_k: f64, ln_f: f64, at: &Surroundings) -> f64 {
        let parts = self.components.iter();
        parts.map(|c| c.at(t_k).concentration(ln_f, at).ppmw).sum()
    }

    /// Where this use leaves the range of the experiments, in words; empty inside it.
    ///
    /// # Arguments
    /// * `t_k` - temperature \[K\]; `fugacity_bar` - of the gas; `pressure_bar` - total.
    pub fn extrapolations(&self, t_k: f64, fugacity_bar: f64, pressure_bar: f64) -> Vec<String> {
        let range = self.range();
        let f = format!("f({})", self.gas);
        [
            ("T", t_k, range.temperature_k, "K"),
            (f.as_str(), fugacity_bar, range.fugacity_bar, "bar"),
            ("P", pressure_bar, range.pressure_bar, "bar"),
        ]
        .into_iter()
        .filter(|(_, value, (low, high), _)| value < low || value > high)
        .map(|(what, value, (low, high), unit)| {
            let bounds = match (low.is_finite() && low > 0.0, high.is_finite()) {
                (true, true) if low == high => format!("measured at {low} {unit}"),
                (true, true) => format!("measured at {low}-{high} {unit}"),
                (false, _) => format!("measured up to {high} {unit}"),
                (true, false) => format!("measured from {low} {unit}"),
            };
            let value = if (1.0e-3..1.0e6).contains(&value) {
                format!("{value:.3}")
            } else {
                format!("{value:.3e}")
            };
            format!("{}: {what} = {value} {unit}, {bounds}", self.name)
        })
        .collect()
    }

    /// Ranges common to the components.
    pub fn range(&self) -> Range {
        let meet = |a: (f64, f64), b: (f64, f64)| (a.0.max(b.0), a.1.min(b.1));
        let open = Range {
            temperature_k: (0.0, f64::INFINITY),
            fugacity_bar: (0.0, f64::INFINITY),
            pressure_bar: (0.0, f64::INFINITY),
        };
        self.components.iter().fold(open, |range, c| Range {
            temperature_k: meet(range.temperature_k, c.range.temperature_k),
            fugacity_bar: meet(range.fugacity_bar, c.range.fugacity_bar),
            pressure_bar: meet(range.pressure_bar, c.range.pressure_bar),
        })
    }

    /// The elements that the law dissolves.
    pub fn elements(&self) -> Vec<Element> {
        let mut found: Vec<Element> = self
            .components
            .iter()
            .flat_map(|c| c.dissolved.counts().iter().map(|(element, _)| *element))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

#[cfg(test)]
mod tests;
