//! Interpolation in the tables of the gases, and their sum.

use std::f64::consts::LN_2;
use std::sync::Arc;

use super::{Clamped, Extinction, LANES, Layers};
use crate::constants::{BOLTZMANN, GAS_CONSTANT};
use crate::error::InputError;
use crate::opacity::table::{CrossSectionTable, Side, TINY_CM2, bracket, fraction};

/// m² to the cm².
pub(crate) const M2_PER_CM2: f64 = 1e-4;
/// log2 of [`TINY_CM2`].
const LOG2_TINY: f32 = -109.623_63;
/// Below this σ counts as zero.
const NOTHING: f32 = LOG2_TINY + 1e-3;

/// Table of one gas as the sum reads it: \[block\]\[pressure\]\[temperature\]\[lane\], so that
/// what a block of points needs lies together.
#[derive(Clone, Debug)]
pub struct GasTable {
    gas: String,
    temperature_k: Vec<f64>,
    inverse_temperature_per_k: Vec<f64>,
    ln_pressure: Vec<f64>,
    points: usize,
    /// log2 of the cross section per molecule \[cm²\].
    log2_sigma: Arc<Vec<f32>>,
    /// Blocks in which the gas absorbs at all.
    absorbs: Vec<bool>,
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
    /// Weight of the higher temperature.
    pub temperature: f32,
    /// From σ \[cm²\] to κ \[m² kg⁻¹\].
    pub factor: f32,
    /// ln 2 times the derivative of the weight by the temperature \[K⁻¹\].
    pub slope: f32,
    /// Derivative of the logarithm of the factor by the temperature \[K⁻¹\].
    pub change: f32,
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
        let mut log2_sigma = vec![LOG2_TINY; points.div_ceil(LANES) * nodes * LANES];
        for node in 0..nodes {
            let row = table.row(node / temperatures, node % temperatures);
            for (block, values) in row.chunks(LANES).enumerate() {
                let start = (block * nodes + node) * LANES;
                for (out, sigma) in log2_sigma[start..].iter_mut().zip(values) {
                    *out = f64::from(*sigma).max(TINY_CM2).log2() as f32;
                }
            }
        }
        let absorbs = log2_sigma
            .chunks(nodes * LANES)
            .map(|block| block.iter().any(|log2| *log2 > NOTHING))
            .collect();
        Ok(Self {
            absorbs,
            gas: table.gas.clone(),
            temperature_k: table.temperature_k.clone(),
            inverse_temperature_per_k: table.temperature_k.iter().map(|t| 1.0 / t).collect(),
            ln_pressure: table.pressure_bar.iter().map(|p| p.ln()).collect(),
            points,
            log2_sigma: Arc::new(log2_sigma),
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
        &self.log2_sigma[block * len..(block + 1) * len]
    }

    /// Where a layer lies, with the factor that turns σ into κ.
    fn locate(
        &self,
        temperature_k: f64,
        ln_pressure: f64,
        factor: f64,
        clamped: &mut Clamped,
    ) -> Node {
        let (it, at) = bracket(&self.temperature_k, temperature_k);
        let (ip, ap) = bracket(&self.ln_pressure, ln_pressure);
        clamped.cold += u32::from(at == Side::Below);
        clamped.hot += u32::from(at == Side::Above);
        clamped.thin += u32::from(ap == Side::Below);
        clamped.dense += u32::from(ap == Side::Above);
        let row = self.temperature_k.len();
        let right = usize::from(row > 1);
        let up = usize::from(self.ln_pressure.len() > 1);
        let inverse = 1.0 / temperature_k;
        let ft = fraction(&self.inverse_temperature_per_k, it, inverse);
        let fp = fraction(&self.ln_pressure, ip, ln_pressure);
        let slope = if at == Side::Inside && row > 1 {
            let width = self.inverse_temperature_per_k[it + 1] - self.inverse_temperature_per_k[it];
            -LN_2 * inverse * inverse / width
        } else {
            0.0
        };
        Node {
            offset: (ip * row + it) * LANES,
            up: up * row * LANES,
            right: right * LANES,
            pressure: [(1.0 - fp) as f32, fp as f32],
            temperature: ft as f32,
            factor: factor as f32,
            slope: slope as f32,
            change: 0.0,
        }
    }
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
        self.extinction_of(tables, layers, None, out)
    }

    /// The same with mole fractions that follow the temperature: the derivative is the whole one at
    /// constant pressure.
    ///
    /// # Arguments
    /// * `ln_weight_per_k` - ∂ ln(x/m̄)/∂T \[K⁻¹\], \[gas\]\[layer\].
    ///
    /// # Panics
    /// As [`Mixture::extinction`].
    pub fn extinction_following(
        &mut self,
        tables: &[GasTable],
        layers: &Layers,
        ln_weight_per_k: &[f64],
        out: &mut Extinction,
    ) -> &[Clamped] {
        self.extinction_of(tables, layers, Some(ln_weight_per_k), out)
    }

    fn extinction_of(
        &mut self,
        tables: &[GasTable],
        layers: &Layers,
        ln_weight_per_k: Option<&[f64]>,
        out: &mut Extinction,
    ) -> &[Clamped] {
        let points = tables.first().map_or(0, GasTable::points);
        let same = tables.iter().all(|table| table.points == points);
        assert!(same, "tables on one spectral axis");
        locate_all(tables, layers, &mut self.nodes, &mut self.clamped);
        let count = layers.temperature_k.len();
        if let Some(changes) = ln_weight_per_k {
            assert_eq!(
                changes.len(),
                count * tables.len(),
                "one value per layer and gas"
            );
            for (i, node) in self.nodes.iter_mut().enumerate() {
                let (layer, gas) = (i / tables.len(), i % tables.len());
                node.change = changes[gas * count + layer] as f32;
            }
        }
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
pub(crate) fn molecule_kg(molar_mass_g_mol: f64) -> f64 {
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
            if !table.absorbs[block] {
                continue;
            }
            add_interpolated(table.block(block), node, &mut kappa, &mut slope);
        }
        *absorption = kappa;
        *per_k = slope;
    }
}

/// Adds κ = factor · σ and ∂κ/∂T of the lanes of a block.
#[inline(always)]
pub(super) fn add_interpolated(
    log2_sigma: &[f32],
    node: &Node,
    kappa: &mut [f32; LANES],
    slope: &mut [f32; LANES],
) {
    let row = |offset: usize| -> &[f32; LANES] {
        log2_sigma[offset..]
            .first_chunk()
            .expect("a node is a whole block of lanes")
    };
    let (r00, r01) = (row(node.offset), row(node.offset + node.right));
    let (r10, r11) = (
        row(node.offset + node.up),
        row(node.offset + node.up + node.right),
    );
    let [pl, ph] = node.pressure;
    for i in 0..LANES {
        let low = pl * r00[i] + ph * r10[i];
        let rise = pl * r01[i] + ph * r11[i] - low;
        let term = node.factor * exp2(low + node.temperature * rise);
        kappa[i] += term;
        slope[i] += term * (node.slope * rise + node.change);
    }
}

/// 2^x, relative error below 3e-7; zero for a σ that is as good as zero.
#[inline(always)]
fn exp2(x: f32) -> f32 {
    // Adding this number leaves the nearest integer in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let shifted = x.max(LOG2_TINY) + ROUND;
    let f = x.max(LOG2_TINY) - (shifted - ROUND);
    // Taylor series of exp(f ln 2): |f| <= 1/2.
    const C: [f32; 6] = [
        std::f32::consts::LN_2,
        0.240_226_5,
        0.055_504_11,
        0.009_618_129,
        0.001_333_355_8,
        0.000_154_035_3,
    ];
    let series = C[0] + f * (C[1] + f * (C[2] + f * (C[3] + f * (C[4] + f * C[5]))));
    let power = f32::from_bits(shifted.to_bits().wrapping_add(127) << 23);
    if x > NOTHING {
        power * (1.0 + f * series)
    } else {
        0.0
    }
}
