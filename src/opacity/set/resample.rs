//! Tables between their nodes, and means over bins.

use super::axis::BandNodes;
use crate::error::InputError;
use crate::opacity::table::{CrossSectionTable, SpectralAxis, TINY_CM2, bracket, fraction};

/// Cross sections \[cm²\] at a temperature and a pressure, in the order of the spectral axis: ln σ
/// linear in 1/T and ln p, as [`crate::opacity::mixing`] does it. A table of one pressure holds for
/// all pressures.
///
/// # Errors
/// A temperature or pressure outside the table.
pub fn row_at(
    table: &CrossSectionTable,
    temperature_k: f64,
    pressure_bar: f64,
) -> Result<Vec<f64>, InputError> {
    let place = |what: &str| format!("{}, {what}", table.gas);
    inside(
        &place("temperature [K]"),
        &table.temperature_k,
        temperature_k,
    )?;
    if table.pressure_bar.len() > 1 {
        inside(&place("pressure [bar]"), &table.pressure_bar, pressure_bar)?;
    }
    let inverse: Vec<f64> = table.temperature_k.iter().map(|t| 1.0 / t).collect();
    let ln_pressure: Vec<f64> = table.pressure_bar.iter().map(|p| p.ln()).collect();
    let (t, _) = bracket(&table.temperature_k, temperature_k);
    let (p, _) = bracket(&ln_pressure, pressure_bar.ln());
    let ft = fraction(&inverse, t, 1.0 / temperature_k);
    let fp = fraction(&ln_pressure, p, pressure_bar.ln());
    // A table of one node has no next one.
    let next = |low: usize, axis: &[f64]| (low + 1).min(axis.len() - 1);
    let (t_next, p_next) = (next(t, &inverse), next(p, &ln_pressure));
    let corners = [
        (p, t, (1.0 - fp) * (1.0 - ft)),
        (p, t_next, (1.0 - fp) * ft),
        (p_next, t, fp * (1.0 - ft)),
        (p_next, t_next, fp * ft),
    ];
    let mut sum = vec![0.0; table.axis.len()];
    for (p, t, weight) in corners {
        for (sum, sigma) in sum.iter_mut().zip(table.row(p, t)) {
            *sum += weight * f64::from(*sigma).max(TINY_CM2).ln();
        }
    }
    for value in &mut sum {
        let sigma = value.exp();
        *value = if sigma > 1.001 * TINY_CM2 { sigma } else { 0.0 };
    }
    Ok(sum)
}

fn inside(place: &str, axis: &[f64], x: f64) -> Result<(), InputError> {
    let (low, high) = (axis[0], axis[axis.len() - 1]);
    if x >= low * (1.0 - 1e-12) && x <= high * (1.0 + 1e-12) {
        return Ok(());
    }
    Err(InputError::value(place, x, format!("{low} to {high}")))
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
