//! From the grid of a file to the grid of an opacity set.
//!
//! # Temperature and pressure
//! ln σ linear in 1/T and in ln p (σ itself where a neighbour is zero). Nothing is extrapolated:
//! beyond the range of the source its last value stands, the range is returned with the table for
//! the manifest, and so is the number of nodes beyond it.
//!
//! # Spectrum
//! All shares of a bin are shares of ln ν̃. Where a source has no data the cross section is zero;
//! that share is returned.
//!
//! * Points to nodes: ln σ interpolated in ln ν̃. Refused below [`LEAST_RESOLVING_POWER`], where
//!   the samples of a band are too few to stand for its lines.
//! * Points or bins to bins: the values of all samples, or the parts of all k-distributions, that
//!   overlap the bin are sorted and averaged over the parts of its quadrature, weighted by the
//!   overlap. Means are kept; nothing is assumed about overlap between gases.
//! * Bins to nodes: a k-distribution does not say at which wavenumber a value stands. The
//!   distribution of the band is cut into parts as wide as the weights of its nodes, and these are
//!   dealt to the nodes in an order that depends on the gas and the band and on nothing else.
//!   The means over a band are kept; between gases it is the assumption of random overlap.

use crate::error::InputError;
use crate::opacity::set::BandNodes;
use crate::opacity::{CrossSectionTable, SpectralAxis};

/// Fewest samples per unit of ln ν̃ that can stand for a spectrum at the nodes.
pub const LEAST_RESOLVING_POWER: f64 = 10_000.0;

/// Temperatures and pressures of a set.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// Temperatures \[K\], ascending.
    pub temperature_k: &'a [f64],
    /// Pressures \[bar\], ascending.
    pub pressure_bar: &'a [f64],
}

/// A table on the grid of a set.
#[derive(Clone, Debug, PartialEq)]
pub struct Regridded {
    /// The table.
    pub table: CrossSectionTable,
    /// Range of the source \[K\].
    pub source_range_k: [f64; 2],
    /// Range of the source \[bar\].
    pub source_range_bar: [f64; 2],
    /// Nodes (T, p) beyond the range, where the last value of the source stands.
    pub nodes_held: usize,
    /// Share of nodes, or of ln ν̃, for which the source has no data.
    pub share_without_data: f64,
}

/// Resolving power of the samples of a table at the widest step within a range \[cm⁻¹\].
fn resolving_power(wavenumber: &[f64], range: [f64; 2]) -> f64 {
    wavenumber
        .windows(2)
        .filter(|pair| pair[1] > range[0] && pair[0] < range[1])
        .map(|pair| 1.0 / (pair[1] / pair[0]).ln())
        .fold(f64::INFINITY, f64::min)
}

fn check_resolution(gas: &str, nu: &[f64], edges: &[f64]) -> Result<(), InputError> {
    let found = resolving_power(nu, [edges[0], edges[edges.len() - 1]]);
    if nu.len() > 1 && found >= LEAST_RESOLVING_POWER {
        return Ok(());
    }
    Err(InputError::value(
        format!("cross sections of {gas}"),
        format!("samples at R = {found:.0}"),
        format!("R = {LEAST_RESOLVING_POWER} or more (or a k-table)"),
    ))
}

/// The cross sections at the nodes of a sampled set.
///
/// # Errors
/// Samples that are too coarse; edges, nodes and weights that do not fit one another.
pub fn sampled(
    source: &CrossSectionTable,
    nodes: &BandNodes,
    target: Target<'_>,
) -> Result<Regridded, InputError> {
    check_nodes(nodes)?;
    let count = nodes.wavenumber_per_cm.len();
    let mut without = 0.0;
    let rows = match &source.axis {
        SpectralAxis::Points(nu) => {
            check_resolution(&source.gas, nu, &nodes.edges_per_cm)?;
            let (first, last) = (nu[0], nu[nu.len() - 1]);
            let outside = |x: &&f64| **x < first || **x > last;
            without = nodes.wavenumber_per_cm.iter().filter(outside).count() as f64 / count as f64;
            map_rows(source, count, |row, out| {
                for (value, x) in out.iter_mut().zip(&nodes.wavenumber_per_cm) {
                    *value = at(nu, row, *x);
                }
            })
        }
        SpectralAxis::Bins { .. } => {
            let orders = orders(nodes, &source.gas);
            let overlaps = overlaps(source, &nodes.edges_per_cm, &mut without);
            map_rows(source, count, |row, out| {
                deal(source, row, nodes, &overlaps, &orders, out);
            })
        }
    };
    let axis = SpectralAxis::Points(nodes.wavenumber_per_cm.clone());
    finish(source, axis, rows, target, without)
}

/// The k-distributions in the bins of a set.
///
/// # Errors
/// Samples that are too coarse; edges or weights that cannot be meant.
pub fn distributed(
    source: &CrossSectionTable,
    edges_per_cm: &[f64],
    g: &[f64],
    weights: &[f64],
    target: Target<'_>,
) -> Result<Regridded, InputError> {
    if edges_per_cm.len() < 2 || weights.is_empty() || g.len() != weights.len() {
        return Err(InputError::value(
            "bins of the set",
            format!("{} edges, {} weights", edges_per_cm.len(), weights.len()),
            "at least one bin and one weight for each abscissa",
        ));
    }
    if let SpectralAxis::Points(nu) = &source.axis {
        check_resolution(&source.gas, nu, edges_per_cm)?;
    }
    let mut without = 0.0;
    let overlaps = overlaps(source, edges_per_cm, &mut without);
    let count = weights.len();
    let rows = map_rows(source, (edges_per_cm.len() - 1) * count, |row, out| {
        let mut pieces = Vec::new();
        for (overlap, part) in overlaps.iter().zip(out.chunks_exact_mut(count)) {
            overlap.gather(source, row, &mut pieces);
            means(&pieces, weights, part);
        }
    });
    let axis = SpectralAxis::Bins {
        edges_per_cm: edges_per_cm.to_vec(),
        g: g.to_vec(),
        weights: weights.to_vec(),
    };
    finish(source, axis, rows, target, without)
}

fn check_nodes(nodes: &BandNodes) -> Result<(), InputError> {
    let (bands, count) = (nodes.bands(), nodes.wavenumber_per_cm.len());
    let dealt: usize = (0..bands).map(|band| nodes.nodes(band).len()).sum();
    if bands > 0 && count > 0 && nodes.weight.len() == count && dealt == count {
        return Ok(());
    }
    Err(InputError::value(
        "nodes of the set",
        format!(
            "{bands} bands, {count} nodes, {} weights",
            nodes.weight.len()
        ),
        "nodes and weights for every band",
    ))
}

/// Order in which the nodes of each band are dealt parts of a distribution: sorted by a hash of
/// gas, band and place in the band.
fn orders(nodes: &BandNodes, gas: &str) -> Vec<Vec<usize>> {
    (0..nodes.bands())
        .map(|band| {
            let range = nodes.nodes(band);
            let first = range.start;
            let mut keyed: Vec<([u8; 32], usize)> = range
                .map(|node| {
                    let text = format!("{gas} {band} {}", node - first);
                    (*blake3::hash(text.as_bytes()).as_bytes(), node)
                })
                .collect();
            keyed.sort_unstable();
            keyed.into_iter().map(|(_, node)| node).collect()
        })
        .collect()
}

/// ln σ linear in ln ν̃; zero outside the table, linear in σ beside a zero.
fn at(nu: &[f64], row: &[f32], x: f64) -> f32 {
    let last = nu.len() - 1;
    if x < nu[0] || x > nu[last] {
        return 0.0;
    }
    let high = nu.partition_point(|node| *node < x).clamp(1, last);
    let share = (x / nu[high - 1]).ln() / (nu[high] / nu[high - 1]).ln();
    blend(&[(1.0 - share, row[high - 1]), (share, row[high])])
}

/// Weighted geometric mean, or the arithmetic one where a value that counts is zero.
fn blend(terms: &[(f64, f32)]) -> f32 {
    let counts = |term: &&(f64, f32)| term.0 > 0.0;
    if terms.iter().filter(counts).all(|(_, value)| *value > 0.0) {
        let ln: f64 = terms
            .iter()
            .filter(counts)
            .map(|(weight, value)| weight * f64::from(*value).ln())
            .sum();
        ln.exp() as f32
    } else {
        terms
            .iter()
            .map(|(weight, value)| weight * f64::from(*value))
            .sum::<f64>() as f32
    }
}

/// Which spectral values of the source lie in a bin, and with which share of it.
struct Overlap {
    /// Index of a sample or of a source bin, and its share of the bin.
    parts: Vec<(usize, f64)>,
    /// Share of the bin without data.
    without: f64,
}

impl Overlap {
    /// (value, share) of everything in the bin, by ascending value.
    fn gather(&self, source: &CrossSectionTable, row: &[f32], pieces: &mut Vec<(f32, f64)>) {
        pieces.clear();
        if self.without > 0.0 {
            pieces.push((0.0, self.without));
        }
        match &source.axis {
            SpectralAxis::Points(_) => {
                pieces.extend(self.parts.iter().map(|(i, share)| (row[*i], *share)));
            }
            SpectralAxis::Bins { weights, .. } => {
                let n = weights.len();
                for (bin, share) in &self.parts {
                    let values = &row[bin * n..(bin + 1) * n];
                    pieces.extend(values.iter().zip(weights).map(|(k, w)| (*k, w * share)));
                }
            }
        }
        pieces.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    }
}

/// Overlaps of the source's cells (bins, or the surroundings of samples) with target bins.
fn overlaps(source: &CrossSectionTable, edges: &[f64], without: &mut f64) -> Vec<Overlap> {
    let cells: Vec<f64> = match &source.axis {
        SpectralAxis::Bins { edges_per_cm, .. } => edges_per_cm.iter().map(|e| e.ln()).collect(),
        SpectralAxis::Points(nu) => {
            let ln: Vec<f64> = nu.iter().map(|x| x.ln()).collect();
            let middle = ln.windows(2).map(|pair| 0.5 * (pair[0] + pair[1]));
            let last = ln[ln.len() - 1];
            std::iter::once(ln[0]).chain(middle).chain([last]).collect()
        }
    };
    let mut uncovered = 0.0;
    let all = edges
        .windows(2)
        .map(|edge| {
            let (low, high) = (edge[0].ln(), edge[1].ln());
            let start = cells.partition_point(|cell| *cell <= low).saturating_sub(1);
            let mut parts = Vec::new();
            let mut covered = 0.0;
            for i in start..cells.len() - 1 {
                if cells[i] >= high {
                    break;
                }
                let width = cells[i + 1].min(high) - cells[i].max(low);
                if width > 0.0 {
                    parts.push((i, width / (high - low)));
                    covered += width / (high - low);
                }
            }
            let without = if covered < 1.0 - 1e-9 {
                1.0 - covered
            } else {
                0.0
            };
            uncovered += without * (high - low);
            Overlap { parts, without }
        })
        .collect();
    *without = uncovered / (edges[edges.len() - 1] / edges[0]).ln();
    all
}

/// Means of sorted (value, share) over consecutive parts of these widths.
fn means(pieces: &[(f32, f64)], widths: &[f64], out: &mut [f32]) {
    let total: f64 = pieces.iter().map(|piece| piece.1).sum();
    let of_widths: f64 = widths.iter().sum();
    let mut next = pieces.iter();
    let (mut value, mut left) = (0.0, 0.0);
    for (width, mean) in widths.iter().zip(out) {
        let width = width / of_widths * total;
        let (mut wanted, mut sum) = (width, 0.0);
        while wanted > 0.0 {
            if left <= 0.0 {
                match next.next() {
                    Some(piece) => (value, left) = (f64::from(piece.0), piece.1),
                    // Rounding: the last value fills what is left.
                    None => left = wanted,
                }
            }
            let take = f64::min(left, wanted);
            sum += take * value;
            left -= take;
            wanted -= take;
        }
        *mean = if width > 0.0 {
            (sum / width) as f32
        } else {
            value as f32
        };
    }
}

/// Deals the distribution of every band to its nodes.
fn deal(
    source: &CrossSectionTable,
    row: &[f32],
    nodes: &BandNodes,
    overlaps: &[Overlap],
    orders: &[Vec<usize>],
    out: &mut [f32],
) {
    let (mut pieces, mut widths, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (overlap, order) in overlaps.iter().zip(orders) {
        overlap.gather(source, row, &mut pieces);
        widths.clear();
        widths.extend(order.iter().map(|node| nodes.weight[*node]));
        values.clear();
        values.resize(order.len(), 0.0);
        means(&pieces, &widths, &mut values);
        for (node, value) in order.iter().zip(&values) {
            out[*node] = *value;
        }
    }
}

/// Converts the spectrum of every node (p, T) of the source.
fn map_rows(
    source: &CrossSectionTable,
    count: usize,
    convert: impl Fn(&[f32], &mut [f32]),
) -> Vec<f32> {
    let n = source.axis.len();
    let mut rows = vec![0.0; source.sigma_cm2.len() / n * count];
    for (row, out) in source
        .sigma_cm2
        .chunks_exact(n)
        .zip(rows.chunks_exact_mut(count))
    {
        convert(row, out);
    }
    rows
}

/// Neighbours of a value on an axis and the share of the upper one; held beyond the ends.
fn bracket(axis: &[f64], x: f64) -> (usize, usize, f64) {
    let last = axis.len() - 1;
    if last == 0 {
        return (0, 0, 0.0);
    }
    let high = axis.partition_point(|node| *node < x).clamp(1, last);
    let share = (x - axis[high - 1]) / (axis[high] - axis[high - 1]);
    (high - 1, high, share.clamp(0.0, 1.0))
}

fn finish(
    source: &CrossSectionTable,
    axis: SpectralAxis,
    rows: Vec<f32>,
    target: Target<'_>,
    share_without_data: f64,
) -> Result<Regridded, InputError> {
    let count = axis.len();
    // -1/T ascends with T.
    let inverse: Vec<f64> = source.temperature_k.iter().map(|t| -1.0 / t).collect();
    let ln_pressure: Vec<f64> = source.pressure_bar.iter().map(|p| p.ln()).collect();
    let nt = inverse.len();
    let ends = |axis: &[f64]| [axis[0], axis[axis.len() - 1]];
    let (range_k, range_bar) = (ends(&source.temperature_k), ends(&source.pressure_bar));
    let within =
        |x: f64, range: [f64; 2]| x >= range[0] * (1.0 - 1e-9) && x <= range[1] * (1.0 + 1e-9);
    let mut nodes_held = 0;
    let mut sigma_cm2 =
        Vec::with_capacity(target.temperature_k.len() * target.pressure_bar.len() * count);
    for p in target.pressure_bar {
        let (p0, p1, fp) = bracket(&ln_pressure, p.ln());
        for t in target.temperature_k {
            let (t0, t1, ft) = bracket(&inverse, -1.0 / t);
            nodes_held += usize::from(!(within(*t, range_k) && within(*p, range_bar)));
            let corner = |p: usize, t: usize| &rows[(p * nt + t) * count..(p * nt + t + 1) * count];
            let (a, b, c, d) = (
                corner(p0, t0),
                corner(p0, t1),
                corner(p1, t0),
                corner(p1, t1),
            );
            for i in 0..count {
                sigma_cm2.push(blend(&[
                    ((1.0 - fp) * (1.0 - ft), a[i]),
                    ((1.0 - fp) * ft, b[i]),
                    (fp * (1.0 - ft), c[i]),
                    (fp * ft, d[i]),
                ]));
            }
        }
    }
    let table = CrossSectionTable {
        gas: source.gas.clone(),
        molar_mass_g_mol: source.molar_mass_g_mol,
        temperature_k: target.temperature_k.to_vec(),
        pressure_bar: target.pressure_bar.to_vec(),
        axis,
        sigma_cm2,
        provenance: source.provenance.clone(),
    };
    table.validate(&format!("{} on the grid of the set", source.gas))?;
    Ok(Regridded {
        table,
        source_range_k: range_k,
        source_range_bar: range_bar,
        nodes_held,
        share_without_data,
    })
}

#[cfg(test)]
mod tests;
