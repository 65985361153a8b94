//! A table of equilibrium compositions over temperatures and pressures.

use std::collections::BTreeMap;
use std::f64::consts::LN_10;
use std::path::PathBuf;

use serde::Serialize;

use super::{Condensates, GasError, GasSystem, fastchem};
use crate::error::InputError;
use crate::species::{Element, GasSet, Ions, MgoGas, Species};

/// Which equilibrium constants are used.
#[derive(Clone, Debug)]
pub enum Constants {
    /// The NASA-9 table, with a choice for MgO(g).
    Nasa9(MgoGas),
    /// A file in FastChem's logK format.
    FastChem(PathBuf),
}

/// What is to be computed.
#[derive(Clone, Debug)]
pub struct Request {
    /// Atoms per element, any common scale.
    pub abundances: Vec<(Element, f64)>,
    /// Temperatures \[K\].
    pub temperatures_k: Vec<f64>,
    /// Pressures \[bar\].
    pub pressures_bar: Vec<f64>,
    /// Equilibrium constants.
    pub constants: Constants,
    /// With or without ions.
    pub ions: Ions,
}

/// A condensate that the gas is supersaturated with.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SupersaturatedRow {
    /// Name of the liquid or solid.
    pub name: &'static str,
    /// log10 of the saturation ratio.
    pub log10_saturation: f64,
    /// Whether its data are used outside their range.
    pub extrapolated: bool,
}

/// The gas at one temperature and pressure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Temperature \[K\].
    pub temperature_k: f64,
    /// Pressure \[bar\].
    pub pressure_bar: f64,
    /// log10 mole fraction per species.
    pub log10_mole_fraction: BTreeMap<String, f64>,
    /// Mean molar mass \[g mol⁻¹\].
    pub mean_molar_mass_g_mol: f64,
    /// Condensates that would form, most supersaturated first; the gas is not depleted of them.
    pub supersaturated: Vec<SupersaturatedRow>,
}

/// The rows, temperature by temperature, and what the reader must know.
#[derive(Clone, Debug, PartialEq)]
pub struct Speciation {
    /// One row per temperature and pressure.
    pub rows: Vec<Row>,
    /// Conventions that may surprise, data used outside their range.
    pub warnings: Vec<String>,
}

/// Solves every combination of temperature and pressure, each from its neighbour.
///
/// # Errors
/// Elements without data; temperatures, pressures or abundances that a solve refuses; a solve
/// that does not converge, with its inputs and residuals.
pub fn speciate(request: &Request) -> Result<Speciation, GasError> {
    let (elements, amounts): (Vec<_>, Vec<_>) = request.abundances.iter().copied().unzip();
    let system = GasSystem::new(gas_set(&request.constants, &elements, request.ions)?)?;
    let set = system.set();
    let mut abundances = vec![0.0; set.elements().len()];
    for (element, amount) in elements.iter().zip(amounts) {
        if let Some(column) = set.element_index(*element) {
            abundances[column] = amount;
        }
    }
    let condensates = Condensates::new(&system);
    let mut workspace = system.workspace();
    let mut rows = Vec::new();
    let mut outside = 0;
    for &temperature_k in &request.temperatures_k {
        outside += usize::from(!set.in_range(temperature_k));
        for &pressure_bar in &request.pressures_bar {
            system.solve(&abundances, temperature_k, pressure_bar, &mut workspace)?;
            let supersaturated = condensates
                .supersaturated(&system, &workspace)
                .into_iter()
                .map(|found| SupersaturatedRow {
                    name: found.species.name(),
                    log10_saturation: found.ln_saturation / LN_10,
                    extrapolated: found.extrapolated,
                })
                .collect();
            let log10 = workspace.ln_mole_fractions().iter().map(|v| v / LN_10);
            rows.push(Row {
                temperature_k,
                pressure_bar,
                log10_mole_fraction: set
                    .names()
                    .map(str::to_owned)
                    .zip(log10)
                    .filter(|(_, value)| value.is_finite())
                    .collect(),
                mean_molar_mass_g_mol: workspace.mean_molar_mass_g_mol(set.molar_masses_g_mol()),
                supersaturated,
            });
        }
    }
    let mut warnings = Vec::new();
    if outside > 0 {
        let (low, high) = set.range_k();
        warnings.push(format!(
            "{outside} temperatures outside {low} to {high} K, the range of the data: extrapolated"
        ));
    }
    Ok(Speciation { rows, warnings })
}

fn gas_set(constants: &Constants, elements: &[Element], ions: Ions) -> Result<GasSet, InputError> {
    match constants {
        Constants::Nasa9(mgo) => {
            if let Some(unknown) = elements.iter().find(|e| Species::find(e.symbol()).is_err()) {
                let known: Vec<&str> = Element::ALL
                    .iter()
                    .map(|e| e.symbol())
                    .filter(|symbol| Species::find(symbol).is_ok())
                    .collect();
                return Err(InputError::value(
                    "abundances",
                    format!("{unknown}, without data in the NASA-9 table"),
                    known.join(", "),
                ));
            }
            GasSet::for_elements(elements, ions, *mgo)
        }
        Constants::FastChem(path) => fastchem::gas_set(&fastchem::read(path)?, elements, ions),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        Request {
            abundances: vec![(Element::O, 3.0), (Element::Si, 1.0), (Element::Na, 0.1)],
            temperatures_k: vec![1500.0, 2500.0],
            pressures_bar: vec![1e-4, 1.0],
            constants: Constants::Nasa9(MgoGas::default()),
            ions: Ions::Include,
        }
    }

    #[test]
    fn rows_come_temperature_by_temperature_and_sum_to_one() {
        let result = speciate(&request()).unwrap();
        assert!(result.warnings.is_empty());
        let places: Vec<_> = result
            .rows
            .iter()
            .map(|r| (r.temperature_k, r.pressure_bar))
            .collect();
        assert_eq!(
            places,
            [(1500.0, 1e-4), (1500.0, 1.0), (2500.0, 1e-4), (2500.0, 1.0)]
        );
        for row in &result.rows {
            let sum: f64 = row
                .log10_mole_fraction
                .values()
                .map(|v| 10_f64.powf(*v))
                .sum();
            approx::assert_relative_eq!(sum, 1.0, epsilon = 1e-10);
            assert!(row.mean_molar_mass_g_mol > 20.0 && row.mean_molar_mass_g_mol < 60.0);
        }
        assert_eq!(result.rows[1].supersaturated[0].name, "SiO2(b-crt)");
    }

    #[test]
    fn json_has_the_promised_keys() {
        let result = speciate(&request()).unwrap();
        let json = serde_json::to_value(&result.rows).unwrap();
        let row = &json[2];
        assert_eq!(row["temperature_k"], 2500.0);
        assert_eq!(row["pressure_bar"], 1e-4);
        assert!(row["log10_mole_fraction"]["SiO"].as_f64().unwrap() < 0.0);
        assert!(row["mean_molar_mass_g_mol"].as_f64().is_some());
    }

    #[test]
    fn use_outside_the_range_is_said_and_missing_data_refused() {
        let mut hot = request();
        hot.temperatures_k = vec![400.0, 7000.0, 3000.0];
        let result = speciate(&hot).unwrap();
        assert!(
            result.warnings[0].starts_with("2 temperatures"),
            "{:?}",
            result.warnings
        );
        let mut exotic = request();
        exotic.abundances.push((Element::Zn, 1e-6));
        let error = speciate(&exotic).unwrap_err().to_string();
        assert!(error.contains("Zn") && error.contains("Na"), "{error}");
        let mut cold = request();
        cold.temperatures_k = vec![50.0];
        assert!(speciate(&cold).is_err());
    }
}
