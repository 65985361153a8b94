//! Tables between their nodes, and means over bins.

use rayon::prelude::*;

use super::axis::BandNodes;
use crate::error::InputError;
use crate::opacity::table::{CrossSectionTable, SpectralAxis};

/// Cross section \[cm²\] that is as good as zero in the logarithms.
const TINY_CM2: f64 = 1e-40;

/// Four neighbouring nodes and their weights.
#[derive(Clone, Copy, Debug)]
struct Stencil {
    first: usize,
    count: usize,
    weights: [f64; 4],
}

impl Stencil {
    /// Lagrange's polynomial through the four nodes around `x`, fewer where the axis is shorter.
    fn new(axis: &[f64], x: f64) -> Self {
        let count = axis.len().min(4);
        let above = axis.partition_point(|node| *node < x);
        let first = above.saturating_sub(count / 2).min(axis.len() - count);
        let nodes = &axis[first..first + count];
        let mut weights = [0.0; 4];
        for (i, weight) in weights.iter_mut().enumerate().take(count) {
            *weight = (0..count)
                .filter(|j| *j != i)
                .map(|j| (x - nodes[j]) / (nodes[i] - nodes[j]))
                .product();
        }
        Self {
            first,
            count,
            weights,
        }
    }
}

/// Cross sections \[cm²\] at a temperature and a pressure: ln σ cubic in ln T and ln p, in the order
/// of the spectral axis. A table of one pressure holds for all pressures.
///
/// # Errors
/// A temperature or pressure outside the table.
pub fn row_at(
    table: &CrossSectionTable,
    temperature_k: f64,
    pressure_bar: f64,
) -> Result<Vec<f64>, InputError> {
    let stencils = Stencils::new(table, temperature_k, pressure_bar)?;
    let mut sum = vec![0.0; table.axis.len()];
    stencils.for_each(|p, t, weight| {
        for (sum, sigma) in sum.iter_mut().zip(table.row(p, t)) {
            *sum += weight * (f64::from(*sigma) + TINY_CM2).ln();
        }
    });
    for value in &mut sum {
        *value = sigma_cm2(*value);
    }
    Ok(sum)
}

/// Cross section of its logarithm.
fn sigma_cm2(ln_sigma: f64) -> f64 {
    let sigma = ln_sigma.exp() - TINY_CM2;
    if sigma > TINY_CM2 { sigma } else { 0.0 }
}

/// Nodes around a temperature and a pressure.
struct Stencils {
    temperature: Stencil,
    pressure: Stencil,
}

impl Stencils {
    fn new(
        table: &CrossSectionTable,
        temperature_k: f64,
        pressure_bar: f64,
    ) -> Result<Self, InputError> {
        let ln = |axis: &[f64]| axis.iter().map(|x| x.ln()).collect::<Vec<f64>>();
        let place = |what: &str| format!("{}, {what}", table.gas);
        inside(
            &place("temperature [K]"),
            &table.temperature_k,
            temperature_k,
        )?;
        let pressure = match table.pressure_bar.len() {
            1 => Stencil::new(&[0.0], 0.0),
            _ => {
                inside(&place("pressure [bar]"), &table.pressure_bar, pressure_bar)?;
                Stencil::new(&ln(&table.pressure_bar), pressure_bar.ln())
            }
        };
        Ok(Self {
            temperature: Stencil::new(&ln(&table.temperature_k), temperature_k.ln()),
            pressure,
        })
    }

    /// Index of pressure and temperature, and weight, of every node.
    fn for_each(&self, mut take: impl FnMut(usize, usize, f64)) {
        for p in 0..self.pressure.count {
            for t in 0..self.temperature.count {
                let weight = self.pressure.weights[p] * self.temperature.weights[t];
                take(self.pressure.first + p, self.temperature.first + t, weight);
            }
        }
    }
}

fn inside(place: &str, axis: &[f64], x: f64) -> Result<(), InputError> {
    let (low, high) = (axis[0], axis[axis.len() - 1]);
    if x >= low * (1.0 - 1e-12) && x <= high * (1.0 + 1e-12) {
        return Ok(());
    }
    Err(InputError::value(place, x, format!("{low} to {high}")))
}

/// The table at other temperatures \[K\] and pressures \[bar\], by [`row_at`]: nodes so dense that
/// σ may then be taken as linear between them. Where a wing follows the pressure, nodes h dex apart
/// leave an error of (2.3 h)²/8: four to the decade, 4 %.
///
/// # Errors
/// Nodes outside the table or not in ascending order.
pub fn resampled(
    table: &CrossSectionTable,
    temperature_k: &[f64],
    pressure_bar: &[f64],
) -> Result<CrossSectionTable, InputError> {
    let points = table.axis.len();
    let logarithms: Vec<f32> = (table.sigma_cm2.par_iter())
        .map(|sigma| (f64::from(*sigma) + TINY_CM2).ln() as f32)
        .collect();
    let mut nodes = Vec::with_capacity(pressure_bar.len() * temperature_k.len());
    for p in pressure_bar {
        for t in temperature_k {
            nodes.push(Stencils::new(table, *t, *p)?);
        }
    }
    let mut values = vec![0.0_f32; nodes.len() * points];
    values
        .par_chunks_exact_mut(points)
        .zip(&nodes)
        .for_each_init(
            || vec![0.0_f64; points],
            |sum, (out, stencils)| {
                sum.fill(0.0);
                stencils.for_each(|p, t, weight| {
                    let start = (p * table.temperature_k.len() + t) * points;
                    for (sum, ln) in sum.iter_mut().zip(&logarithms[start..start + points]) {
                        *sum += weight * f64::from(*ln);
                    }
                });
                for (sigma, ln) in out.iter_mut().zip(&*sum) {
                    *sigma = sigma_cm2(*ln) as f32;
                }
            },
        );
    let result = CrossSectionTable {
        temperature_k: temperature_k.to_vec(),
        pressure_bar: pressure_bar.to_vec(),
        sigma_cm2: values,
        ..table.clone()
    };
    result.validate(&format!("{}, resampled", table.gas))?;
    Ok(result)
}

/// Means of a row of cross sections over bins (edges \[cm⁻¹\], ascending), over ln ν̃; NaN where the
/// axis does not reach. Nodes need their weights.
pub fn mean_in_bins(
    axis: &SpectralAxis,
    nodes: Option<&BandNodes>,
    row: &[f64],
    edges_per_cm: &[f64],
) -> Vec<f64> {
    let (own_edges, means): (Vec<f64>, Vec<f64>) = match (axis, nodes) {
        (
            SpectralAxis::Bins {
                edges_per_cm,
                weights,
                ..
            },
            _,
        ) => {
            let mean = |k: &[f64]| k.iter().zip(weights).map(|(k, w)| k * w).sum();
            let means = row.chunks_exact(weights.len()).map(mean).collect();
            (edges_per_cm.clone(), means)
        }
        (SpectralAxis::Points(_), Some(nodes)) => {
            let mean = |band: usize| {
                let nodes_of = nodes.nodes(band);
                let weights = &nodes.weight[nodes_of.clone()];
                row[nodes_of].iter().zip(weights).map(|(s, w)| s * w).sum()
            };
            let means = (0..nodes.bands()).map(mean).collect();
            (nodes.edges_per_cm.clone(), means)
        }
        (SpectralAxis::Points(wavenumber), None) => (cells(wavenumber), row.to_vec()),
    };
    edges_per_cm
        .windows(2)
        .map(|bin| mean_over(&own_edges, &means, bin[0], bin[1]))
        .collect()
}

/// Cells around points: borders halfway in ln ν̃.
fn cells(wavenumber: &[f64]) -> Vec<f64> {
    let middle = wavenumber.windows(2).map(|pair| (pair[0] * pair[1]).sqrt());
    let last = wavenumber.len() - 1;
    std::iter::once(wavenumber[0])
        .chain(middle)
        .chain(std::iter::once(wavenumber[last]))
        .collect()
}

/// Mean of a staircase over a bin that it covers.
fn mean_over(edges: &[f64], values: &[f64], low: f64, high: f64) -> f64 {
    let last = edges.len() - 1;
    if low < edges[0] * (1.0 - 1e-9) || high > edges[last] * (1.0 + 1e-9) {
        return f64::NAN;
    }
    let first = edges.partition_point(|edge| *edge <= low).clamp(1, last) - 1;
    let (mut sum, mut width) = (0.0, 0.0);
    for step in first..last {
        let overlap = (edges[step + 1].min(high) / edges[step].max(low)).ln();
        if overlap > 0.0 {
            sum += overlap * values[step];
            width += overlap;
        }
        if edges[step + 1] >= high {
            break;
        }
    }
    sum / width
}
