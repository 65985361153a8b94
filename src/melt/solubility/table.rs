//! Reader of the table of laws.

use std::f64::consts::LN_10;

use super::{Coefficients, Component, Form, Law, Range};
use crate::error::InputError;
use crate::species::Formula;

const PLACE: &str = "melt/solubility/data/laws.csv";

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    law: String,
    gas: String,
    component: String,
    dissolved: String,
    oxygen: f64,
    form: String,
    log: String,
    factor: f64,
    unit_bar: f64,
    b: f64,
    c0: f64,
    c1: f64,
    p0: f64,
    p1: f64,
    p2: f64,
    fo2: f64,
    diw: f64,
    t_min: Option<f64>,
    t_max: Option<f64>,
    f_min: Option<f64>,
    f_max: Option<f64>,
    p_min: Option<f64>,
    p_max: Option<f64>,
    source: String,
}

impl Row {
    fn component(&self, place: &str) -> Result<Component, InputError> {
        let form = match self.form.as_str() {
            "power" => Form::Power,
            "carbonate" => Form::Carbonate,
            "carbonate_partial" => Form::CarbonatePartial,
            other => {
                return Err(InputError::value(
                    place,
                    other,
                    "power, carbonate or carbonate_partial",
                ));
            }
        };
        let base = match self.log.as_str() {
            "e" => 1.0,
            "10" => LN_10,
            other => return Err(InputError::value(place, other, "e or 10")),
        };
        let span = |low: Option<f64>, high: Option<f64>| {
            (low.unwrap_or(0.0), high.unwrap_or(f64::INFINITY))
        };
        Ok(Component {
            name: self.component.clone(),
            dissolved: Formula::parse(place, &self.dissolved)?,
            oxygen: self.oxygen,
            form,
            coefficients: Coefficients {
                base,
                factor: self.factor,
                unit_bar: self.unit_bar,
                exponent: self.b,
                c0: self.c0,
                c1: self.c1,
                p0: self.p0,
                p1: self.p1,
                p2: self.p2,
                fo2: self.fo2,
                diw: self.diw,
            },
            range: Range {
                temperature_k: span(self.t_min, self.t_max),
                fugacity_bar: span(self.f_min, self.f_max),
                pressure_bar: span(self.p_min, self.p_max),
            },
            source: self.source.clone(),
        })
    }
}

pub(super) fn parse(text: &str) -> Result<Vec<Law>, InputError> {
    let mut laws: Vec<Law> = Vec::new();
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    for (index, row) in reader.deserialize::<Row>().enumerate() {
        let place = format!("{PLACE} data row {}", index + 1);
        let row = row.map_err(|error| InputError::value(&place, error, "a law"))?;
        let component = row.component(&place)?;
        match laws.iter_mut().find(|law| law.name == row.law) {
            Some(law) => law.components.push(component),
            None => laws.push(Law {
                name: row.law,
                gas: row.gas,
                components: vec![component],
            }),
        }
    }
    Ok(laws)
}
