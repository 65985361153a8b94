//! Interpolation in the tables of the gases, and their sum.

use super::{Clamped, Extinction, LANES, Layers};
use crate::constants::{BOLTZMANN, GAS_CONSTANT};
use crate::error::InputError;
use crate::opacity::table::CrossSectionTable;

/// m² to the cm².
const M2_PER_CM2: f64 = 1e-4;

/// Table of one gas as the sum reads it: \[block\]\[pressure\]\[temperature\]\[lane\], so that
/// what a block of points needs lies together.
#[derive(Clone, Debug)]
pub struct GasTable {
    gas: String,
    temperature_k: Vec<f64>,
    ln_pressure: Vec<f64>,
    points: usize,
    /// \[cm²\] per molecule.
    sigma: Vec<f32>,
}

/// Place of a layer in a table.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Node {
    /// Offset of the node of lower pressure and temperature within a block.
    pub offset: usize,
    /// Offset from it to the node of higher pressure.
    pub up: usize,
    /// Offset to the node of higher temperature.
    pub right: usize,
    /// Weights of the lower and higher pressure.
    pub pressure: [f32; 2],
    /// Weights of the lower and higher temperature, times the factor of the layer.
    pub temperature: [f32; 2],
    /// The factor over the distance of the temperatures \[K⁻¹\].
    pub slope: f32,
}

impl GasTable {
    /// Takes the cross sections over.
    ///
    /// # Errors
    /// Those of [`CrossSectionTable::validate`].
    pub fn new(table: &CrossSectionTable) -> Result<Self, InputError> {
        table.validate("table of cross sections")?;
        let points = table.axis.len();
        let (pressures, temperatures) = (table.pressure_bar.len(), table.temperature_k.len());
        let nodes = pressures * temperatures;
        let mut sigma = vec![0.0; points.div_ceil(LANES) * nodes * LANES];
        for node in 0..nodes {
            let row = table.row(node / temperatures, node % temperatures);
            for (block, values) in row.chunks(LANES).enumerate() {
                let start = (block * nodes + node) * LANES;
                sigma[start..start + values.len()].copy_from_slice(values);
            }
        }
        Ok(Self {
            gas: table.gas.clone(),
            temperature_k: table.temperature_k.clone(),
            ln_pressure: table.pressure_bar.iter().map(|p| p.ln()).collect(),
            points,
            sigma,
        })
    }

    /// Formula of the gas.
    pub fn gas(&self) -> &str {
        &self.gas
    }

    /// Number of spectral points, or of bins times abscissae.
    pub fn points(&self) -> usize {
        self.points
    }

    /// Values of a block.
    pub(super) fn block(&self, block: usize) -> &[f32] {
        let len = self.temperature_k.len() * self.ln_pressure.len() * LANES;
        &self.sigma[block * len..(block + 1) * len]
    }

    /// Where a layer lies, with the factor that turns σ into κ.
    fn locate(
        &self,
        temperature_k: f64,
        ln_pressure: f64,
        factor: f64,
        clamped: &mut Clamped,
    ) -> Node {
        let (it, ft, at) = bracket(&self.temperature_k, temperature_k);
        let (ip, fp, ap) = bracket(&self.ln_pressure, ln_pressure);
        clamped.cold += u32::from(at == Side::Below);
        clamped.hot += u32::from(at == Side::Above);
        clamped.thin += u32::from(ap == Side::Below);
        clamped.dense += u32::from(ap == Side::Above);
        let row = self.temperature_k.len();
        let right = usize::from(row > 1);
        let up = usize::from(self.ln_pressure.len() > 1);
        let slope = if at == Side::Inside && row > 1 {
            factor / (self.temperature_k[it + 1] - self.temperature_k[it])
        } else {
            0.0
        };
        Node {
            offset: (ip * row + it) * LANES,
            up: up * row * LANES,
            right: right * LANES,
            pressure: [(1.0 - fp) as f32, fp as f32],
            temperature: [(factor * (1.0 - ft)) as f32, (factor * ft) as f32],
            slope: slope as f32,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Side {
    Below,
    Inside,
    Above,
}

/// Interval of an ascending axis, the fraction within it (0 to 1) and the side that the value
/// lies on.
fn bracket(axis: &[f64], x: f64) -> (usize, f64, Side) {
    let last = axis.len() - 1;
    // Rounding of ln p at the ends is not outside.
    let slack = 1e-9 * x.abs().max(1.0);
    let side = if x < axis[0] - slack {
        Side::Below
    } else if x > axis[last] + slack {
        Side::Above
    } else {
        Side::Inside
    };
    if last == 0 {
        return (0, 0.0, side);
    }
    let low = axis.partition_point(|node| *node <= x).clamp(1, last) - 1;
    let fraction = (x - axis[low]) / (axis[low + 1] - axis[low]);
    (low, fraction.clamp(0.0, 1.0), side)
}

/// Sum of sampled cross sections; keeps its scratch.
#[derive(Clone, Debug, Default)]
pub struct Mixture {
    /// \[layer\]\[gas\].
    nodes: Vec<Node>,
    clamped: Vec<Clamped>,
}

impl Mixture {
    /// Absorption of the mixture and its derivative; scattering is set to zero. Returns the
    /// layers that left the table of each gas.
    ///
    /// # Panics
    /// The tables must share one spectral axis; the slices of `layers` must fit each other.
    pub fn extinction(
        &mut self,
        tables: &[GasTable],
        layers: &Layers,
        out: &mut Extinction,
    ) -> &[Clamped] {
        let points = tables.first().map_or(0, GasTable::points);
        let same = tables.iter().all(|table| table.points == points);
        assert!(same, "tables on one spectral axis");
        locate_all(tables, layers, &mut self.nodes, &mut self.clamped);
        let count = layers.temperature_k.len();
        out.reset(points, count);
        let per_block = count * LANES;
        if per_block > 0 && points > 0 {
            let blocks = out
                .absorption
                .chunks_mut(per_block)
                .zip(out.absorption_per_k.chunks_mut(per_block));
            for (block, (absorption, per_k)) in blocks.enumerate() {
                sum_block(tables, block, &self.nodes, absorption, per_k);
            }
        }
        &self.clamped
    }
}

/// Places of all layers in all tables, \[layer\]\[gas\], and what left them.
pub(super) fn locate_all(
    tables: &[GasTable],
    layers: &Layers,
    nodes: &mut Vec<Node>,
    clamped: &mut Vec<Clamped>,
) {
    let (count, gases) = (layers.temperature_k.len(), tables.len());
    let fits = layers.pressure_bar.len() == count
        && layers.mean_molar_mass_g_mol.len() == count
        && layers.mole_fraction.len() == count * gases;
    assert!(fits, "one value per layer and gas");
    clamped.clear();
    clamped.resize(gases, Clamped::default());
    nodes.clear();
    nodes.resize(count * gases, Node::default());
    for layer in 0..count {
        let ln_pressure = layers.pressure_bar[layer].ln();
        let per_mass = M2_PER_CM2 / molecule_kg(layers.mean_molar_mass_g_mol[layer]);
        for (gas, table) in tables.iter().enumerate() {
            nodes[layer * gases + gas] = table.locate(
                layers.temperature_k[layer],
                ln_pressure,
                per_mass * layers.mole_fraction[gas * count + layer],
                &mut clamped[gas],
            );
        }
    }
}

/// Mass of a molecule \[kg\] from the molar mass \[g mol⁻¹\]; k/R is one over Avogadro's number.
fn molecule_kg(molar_mass_g_mol: f64) -> f64 {
    1e-3 * molar_mass_g_mol * BOLTZMANN / GAS_CONSTANT
}

fn sum_block(
    tables: &[GasTable],
    block: usize,
    nodes: &[Node],
    absorption: &mut [f32],
    per_k: &mut [f32],
) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has the instructions that the function is compiled for.
        unsafe { sum_block_avx2(tables, block, nodes, absorption, per_k) };
        return;
    }
    sum_block_any(tables, block, nodes, absorption, per_k);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn sum_block_avx2(
    tables: &[GasTable],
    block: usize,
    nodes: &[Node],
    absorption: &mut [f32],
    per_k: &mut [f32],
) {
    sum_block_any(tables, block, nodes, absorption, per_k);
}

/// Layer by layer, the sums of the sixteen lanes in registers. No fused multiply-add: every
/// instruction set gives the same bits.
#[inline(always)]
fn sum_block_any(
    tables: &[GasTable],
    block: usize,
    nodes: &[Node],
    absorption: &mut [f32],
    per_k: &mut [f32],
) {
    let (absorption, _) = absorption.as_chunks_mut::<LANES>();
    let (per_k, _) = per_k.as_chunks_mut::<LANES>();
    let rows = absorption.iter_mut().zip(per_k);
    for ((absorption, per_k), nodes) in rows.zip(nodes.chunks_exact(tables.len())) {
        let (mut kappa, mut slope) = ([0.0_f32; LANES], [0.0_f32; LANES]);
        for (table, node) in tables.iter().zip(nodes) {
            add_interpolated(table.block(block), node, &mut kappa, &mut slope);
        }
        *absorption = kappa;
        *per_k = slope;
    }
}

/// Adds factor · σ and factor · ∂σ/∂T of the lanes of a block.
#[inline(always)]
pub(super) fn add_interpolated(
    sigma: &[f32],
    node: &Node,
    kappa: &mut [f32; LANES],
    slope: &mut [f32; LANES],
) {
    let row = |offset: usize| -> &[f32; LANES] {
        sigma[offset..]
            .first_chunk()
            .expect("a node is a whole block of lanes")
    };
    let (r00, r01) = (row(node.offset), row(node.offset + node.right));
    let (r10, r11) = (
        row(node.offset + node.up),
        row(node.offset + node.up + node.right),
    );
    let ([pl, ph], [tl, th]) = (node.pressure, node.temperature);
    for i in 0..LANES {
        let low = pl * r00[i] + ph * r10[i];
        let high = pl * r01[i] + ph * r11[i];
        kappa[i] += tl * low + th * high;
        slope[i] += node.slope * (high - low);
    }
}
