//! Tables of one gas.

use rayon::prelude::*;

use super::{Options, lines_of};
use crate::error::InputError;
use crate::opacity::grid::BandGrid;
use crate::opacity::kdistribution::Quadrature;
use crate::opacity::line_by_line::{FineGrid, Prepared, Pruning, Workspace};
use crate::opacity::set::BandNodes;
use crate::opacity::source::LineGas;
use crate::opacity::table::{CrossSectionTable, SpectralAxis};

/// What is to be computed for a gas.
pub(super) struct Plan<'a> {
    gas: &'a LineGas,
    options: &'a Options,
    wavenumber_per_cm: Vec<f64>,
    /// Fine points of the nodes.
    nodes: Vec<usize>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        gas: &'a LineGas,
        nodes: &BandNodes,
        options: &'a Options,
    ) -> Result<Self, InputError> {
        Ok(Self {
            gas,
            options,
            nodes: fine_points(nodes, &options.grid)?,
            wavenumber_per_cm: nodes.wavenumber_per_cm.clone(),
        })
    }

    /// Sampled table and k-distributions, and what the strength cut did.
    pub(super) fn run(
        &self,
        fine: &FineGrid,
        scratch: &mut Workspace,
        step_done: &mut dyn FnMut(),
    ) -> Result<([CrossSectionTable; 2], Pruning), InputError> {
        let options = self.options;
        let pressures = &options.pressure_bar;
        let temperatures = options.temperature_k.len();
        let bins = SpectralAxis::Bins {
            edges_per_cm: options.bins.edges_per_cm(&options.grid),
            g: options.quadrature.g.clone(),
            weights: options.quadrature.weights.clone(),
        };
        let (points, width) = (self.nodes.len(), bins.len());
        let mut sampled = vec![0.0; pressures.len() * temperatures * points];
        let mut k = vec![0.0; pressures.len() * temperatures * width];
        let mut sigma_cm2 = vec![0.0_f32; fine.len()];
        let mut pruning = Pruning::default();
        for (t, temperature_k) in options.temperature_k.iter().enumerate() {
            let cut = lines_of(self.gas, options);
            let lines = Prepared::new(self.gas, &[*temperature_k], &cut)?;
            pruning = most(pruning, lines.pruning());
            let lines = lines.at(*temperature_k, fine);
            for (p, pressure_bar) in pressures.iter().enumerate() {
                lines.cross_section(*pressure_bar, scratch, &mut sigma_cm2);
                let node = p * temperatures + t;
                let row = &mut sampled[node * points..(node + 1) * points];
                for (value, point) in row.iter_mut().zip(&self.nodes) {
                    *value = sigma_cm2[*point];
                }
                let row = &mut k[node * width..(node + 1) * width];
                reduce_bins(options, &mut sigma_cm2, row);
                step_done();
            }
        }
        let points = SpectralAxis::Points(self.wavenumber_per_cm.clone());
        Ok(([self.table(points, sampled), self.table(bins, k)], pruning))
    }

    fn table(&self, axis: SpectralAxis, sigma_cm2: Vec<f32>) -> CrossSectionTable {
        CrossSectionTable {
            gas: self.gas.gas.clone(),
            molar_mass_g_mol: self.gas.molar_mass_g_mol,
            temperature_k: self.options.temperature_k.clone(),
            pressure_bar: self.options.pressure_bar.clone(),
            axis,
            sigma_cm2,
            provenance: self.gas.provenance.clone(),
        }
    }
}

/// The temperature that needs most lines, and the largest loss at any.
fn most(a: Pruning, b: Pruning) -> Pruning {
    Pruning {
        lines: a.lines.max(b.lines),
        kept: a.kept.max(b.kept),
        strength_lost: a.strength_lost.max(b.strength_lost),
    }
}

/// The k-distributions of all bins; the cross sections are left in another order.
fn reduce_bins(options: &Options, sigma_cm2: &mut [f32], k: &mut [f32]) {
    let (grid, quadrature) = (&options.grid, &options.quadrature);
    let per_band: Vec<Vec<f32>> = sigma_cm2
        .par_chunks_exact_mut(grid.points_per_band)
        .enumerate()
        .map(|(band, points)| reduce_band(points, options.bins.parts(grid, band), quadrature))
        .collect();
    for (out, value) in k.iter_mut().zip(per_band.iter().flatten()) {
        *out = *value;
    }
}

fn reduce_band(points: &mut [f32], parts: usize, quadrature: &Quadrature) -> Vec<f32> {
    let mut k = vec![0.0; parts * quadrature.len()];
    let n = points.len();
    for (part, out) in k.chunks_exact_mut(quadrature.len()).enumerate() {
        let points = &mut points[part * n / parts..(part + 1) * n / parts];
        quadrature.reduce(points, out);
    }
    k
}

/// Fine points of nodes.
fn fine_points(nodes: &BandNodes, grid: &BandGrid) -> Result<Vec<usize>, InputError> {
    nodes
        .wavenumber_per_cm
        .iter()
        .map(|wavenumber| {
            let position = (wavenumber / grid.range_per_cm[0]).ln() / grid.step() - 0.5;
            let point = position.round().max(0.0) as usize;
            let exact = point < grid.len() && (position - point as f64).abs() < 1e-3;
            exact.then_some(point).ok_or_else(|| {
                InputError::value(
                    "nodes of the set to continue",
                    format!("{wavenumber} cm-1"),
                    "a point of the fine grid: select the nodes anew",
                )
            })
        })
        .collect()
}
