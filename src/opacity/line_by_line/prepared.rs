//! The lines of a gas that matter.

use super::Options;
use super::grid::FineGrid;
use super::pruning::{Pruning, prune};
use super::sum::{AtTemperature, Workspace};
use crate::error::InputError;
use crate::opacity::line::LineList;
use crate::opacity::source::LineGas;

/// Lines of one gas after the strength cut.
#[derive(Clone, Debug)]
pub struct Prepared {
    lists: Vec<(LineList, f64)>,
    pruning: Pruning,
}

impl Prepared {
    /// Drops the lines that are negligible at all of the temperatures \[K\] ([`Pruning`]).
    ///
    /// # Errors
    /// A wing cut-off that is not positive and finite, a strength cut outside 0 to 1, temperatures
    /// that are not positive and finite.
    pub fn new(
        gas: &LineGas,
        temperature_k: &[f64],
        options: &Options,
    ) -> Result<Self, InputError> {
        options.validate(gas)?;
        if let Some(t) = temperature_k.iter().find(|t| !(**t > 0.0 && t.is_finite())) {
            return Err(InputError::value(
                format!("line by line, {}, temperature [K]", gas.gas),
                t,
                "positive finite temperatures",
            ));
        }
        let (lists, pruning) = prune(gas, temperature_k, options);
        Ok(Self { lists, pruning })
    }

    /// What the strength cut did.
    pub fn pruning(&self) -> Pruning {
        self.pruning
    }

    /// The lines at a temperature \[K\], for any pressure. Strengths and places within the grid
    /// are worked out here, once for all pressures.
    pub fn at<'a>(&'a self, temperature_k: f64, grid: &'a FineGrid) -> AtTemperature<'a> {
        AtTemperature::new(&self.lists, temperature_k, grid)
    }

    /// [`AtTemperature::cross_section`] at one temperature.
    ///
    /// # Panics
    /// `out_cm2` must have the length of the grid.
    pub fn cross_section(
        &self,
        temperature_k: f64,
        pressure_bar: f64,
        grid: &FineGrid,
        workspace: &mut Workspace,
        out_cm2: &mut [f32],
    ) {
        self.at(temperature_k, grid)
            .cross_section(pressure_bar, workspace, out_cm2);
    }
}
