//! Interpolation in the tables of the gases, and their sum.

use std::f64::consts::LN_2;
use std::sync::Arc;

use super::{Clamped, Extinction, LANES, Layers, vectorised};
use crate::constants::{BOLTZMANN, GAS_CONSTANT};
use crate::error::InputError;
use crate::opacity::table::{CrossSectionTable, Side, TINY_CM2, bracket, fraction};

/// m² to the cm².
pub(crate) const M2_PER_CM2: f64 = 1e-4;

/// Codes of the points of a block at one node; never across two lines of the cache.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(32))]
pub(super) struct Row([u16; LANES]);

/// Sums of a layer at the points of a block: κ and ∂κ/∂T.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(64))]
struct Sums {
    absorption: [f32; LANES],
    per_k: [f32; LANES],
}

/// Table of one gas as the sum reads it: \[block\]\[pressure\]\[temperature\]\[lane\], so that
/// what a block of points needs lies together.
#[derive(Clone, Debug)]
pub struct GasTable {
    gas: String,
    temperature_k: Vec<f64>,
    inverse_temperature_per_k: Vec<f64>,
    ln_pressure: Vec<f64>,
    points: usize,
    /// log2 of the cross section per molecule over [`TINY_CM2`], in units of `step`: in two bytes, to
    /// half a thousandth, more of it stays close to the processor.
    codes: Arc<Vec<Row>>,
    step: f32,
    /// Blocks in which the gas absorbs at all.
    absorbs: Vec<bool>,
}

/// Place of a layer in a table.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Node {
    /// Row of the node of lower pressure and temperature within a block.
    pub offset: usize,
    /// Rows from it to the node of higher pressure.
    pub up: usize,
    /// Rows to the node of higher temperature.
    pub right: usize,
    /// Weight of the higher pressure.
    pub pressure: f32,
    /// Weight of the higher temperature.
    pub temperature: f32,
    /// From σ over [`TINY_CM2`] to κ \[m² kg⁻¹\].
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
        let log2 = |sigma: f32| (f64::from(sigma).max(TINY_CM2) / TINY_CM2).log2();
        let largest = table.sigma_cm2.iter().fold(0.0_f32, |a, b| a.max(*b));
        let step = log2(largest).max(1.0) / f64::from(u16::MAX);
        let mut codes = vec![Row::default(); points.div_ceil(LANES) * nodes];
        for node in 0..nodes {
            let row = table.row(node / temperatures, node % temperatures);
            for (block, values) in row.chunks(LANES).enumerate() {
                for (out, sigma) in codes[block * nodes + node].0.iter_mut().zip(values) {
                    *out = (log2(*sigma) / step).round() as u16;
                }
            }
        }
        Ok(Self {
            absorbs: absorbing(&codes, nodes),
            gas: table.gas.clone(),
            temperature_k: table.temperature_k.clone(),
            inverse_temperature_per_k: table.temperature_k.iter().map(|t| 1.0 / t).collect(),
            ln_pressure: table.pressure_bar.iter().map(|p| p.ln()).collect(),
            points,
            codes: Arc::new(codes),
            step: step as f32,
        })
    }

    /// The same at some of its points.
    ///
    /// # Panics
    /// They must be points of the table.
    pub fn at(&self, points: &[usize]) -> Self {
        let nodes = self.temperature_k.len() * self.ln_pressure.len();
        let mut codes = vec![Row::default(); points.len().div_ceil(LANES) * nodes];
        for (to, from) in points.iter().enumerate() {
            let rows = codes[to / LANES * nodes..].iter_mut();
            for (row, own) in rows.zip(self.block(from / LANES)) {
                row.0[to % LANES] = own.0[from % LANES];
            }
        }
        Self {
            absorbs: absorbing(&codes, nodes),
            codes: Arc::new(codes),
            points: points.len(),
            ..self.clone()
        }
    }

    /// Formula of the gas.
    pub fn gas(&self) -> &str {
        &self.gas
    }

    /// Number of spectral points, or of bins times abscissae.
    pub fn points(&self) -> usize {
        self.points
    }

    /// Rows of a block.
    fn block(&self, block: usize) -> &[Row] {
        let len = self.temperature_k.len() * self.ln_pressure.len();
        &self.codes[block * len..(block + 1) * len]
    }

    /// The cell of a block in which a layer lies.
    #[inline(always)]
    pub(super) fn cell(&self, block: usize, node: &Node) -> Cell {
        Cell::new(self.block(block), node, self.step)
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
            offset: ip * row + it,
            up: up * row,
            right,
            pressure: fp as f32,
            temperature: ft as f32,
            factor: (TINY_CM2 * factor) as f32,
            slope: slope as f32,
            change: 0.0,
        }
    }
}

/// Blocks of so many rows in which anything absorbs.
fn absorbing(codes: &[Row], nodes: usize) -> Vec<bool> {
    let absorbs = |block: &[Row]| block.iter().flat_map(|row| row.0).any(|code| code > 0);
    codes.chunks(nodes).map(absorbs).collect()
}

/// Sum of sampled cross sections; keeps its scratch.
#[derive(Clone, Debug, Default)]
pub struct Mixture {
    /// \[gas\]\[layer\].
    nodes: Vec<Node>,
    clamped: Vec<Clamped>,
    /// Of each gas.
    paths: Vec<Path>,
    /// Of the block at hand, by layer.
    sums: Vec<Sums>,
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
        self.extinction_of(tables, layers, Slopes::AtFixedGas, out)
    }

    /// Absorption alone: the derivative keeps values of no meaning.
    ///
    /// # Panics
    /// As [`Mixture::extinction`].
    pub fn absorption(
        &mut self,
        tables: &[GasTable],
        layers: &Layers,
        out: &mut Extinction,
    ) -> &[Clamped] {
        self.extinction_of(tables, layers, Slopes::None, out)
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
        self.extinction_of(tables, layers, Slopes::Following(ln_weight_per_k), out)
    }

    fn extinction_of(
        &mut self,
        tables: &[GasTable],
        layers: &Layers,
        slopes: Slopes<'_>,
        out: &mut Extinction,
    ) -> &[Clamped] {
        let points = tables.first().map_or(0, GasTable::points);
        let same = tables.iter().all(|table| table.points == points);
        assert!(same, "tables on one spectral axis");
        locate_all(tables, layers, &mut self.nodes, &mut self.clamped);
        let count = layers.temperature_k.len();
        if let Slopes::Following(changes) = slopes {
            assert_eq!(changes.len(), self.nodes.len(), "one per layer and gas");
            for (node, change) in self.nodes.iter_mut().zip(changes) {
                node.change = *change as f32;
            }
        }
        out.reset_but_absorption(points, count);
        self.paths.resize_with(tables.len(), Path::default);
        self.sums.resize(count, Sums::default());
        let per_block = count * LANES;
        if per_block > 0 && points > 0 {
            for (path, nodes) in self.paths.iter_mut().zip(self.nodes.chunks(count)) {
                path.follow(nodes);
            }
            let blocks = out
                .absorption
                .chunks_mut(per_block)
                .zip(out.absorption_per_k.chunks_mut(per_block));
            let of_block = match slopes {
                Slopes::None => sum_block_alone,
                _ => sum_block,
            };
            for (block, (absorption, per_k)) in blocks.enumerate() {
                of_block(
                    tables,
                    block,
                    &self.nodes,
                    &self.paths,
                    &mut self.sums,
                    absorption,
                    per_k,
                );
            }
        }
        &self.clamped
    }
}

/// Derivatives that are wanted with an absorption.
#[derive(Clone, Copy, Debug)]
enum Slopes<'a> {
    None,
    /// At these mole fractions.
    AtFixedGas,
    /// With mole fractions that follow: ∂ ln(x/m̄)/∂T \[K⁻¹\].
    Following(&'a [f64]),
}

/// Way of the layers through the table of a gas, the same in every block.
#[derive(Clone, Debug, Default)]
struct Path {
    /// Where runs of layers end that lie in one cell.
    ends: Vec<u32>,
    /// Rows that the layers need, ascending.
    rows: Vec<u32>,
}

impl Path {
    fn follow(&mut self, nodes: &[Node]) {
        self.ends.clear();
        self.rows.clear();
        // As much as any temperatures may need, so that nothing grows later.
        self.ends.reserve(nodes.len());
        self.rows.reserve(4 * nodes.len());
        for (layer, node) in nodes.iter().enumerate() {
            if nodes.get(layer + 1).map(|next| next.offset) == Some(node.offset) {
                continue;
            }
            self.ends.push(layer as u32 + 1);
            let corners = [0, node.right, node.up, node.up + node.right];
            self.rows
                .extend(corners.map(|corner| (node.offset + corner) as u32));
        }
        self.rows.sort_unstable();
        self.rows.dedup();
    }
}

/// Places of all layers in all tables, \[gas\]\[layer\], and what left them.
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
            let place = gas * count + layer;
            nodes[place] = table.locate(
                layers.temperature_k[layer],
                ln_pressure,
                per_mass * layers.mole_fraction[place],
                &mut clamped[gas],
            );
        }
    }
}

/// Mass of a molecule \[kg\] from the molar mass \[g mol⁻¹\]; k/R is one over Avogadro's number.
pub(crate) fn molecule_kg(molar_mass_g_mol: f64) -> f64 {
    1e-3 * molar_mass_g_mol * BOLTZMANN / GAS_CONSTANT
}

vectorised! {
    wide
    /// κ and ∂κ/∂T of a block.
    fn sum_block(
        tables: &[GasTable],
        block: usize,
        nodes: &[Node],
        paths: &[Path],
        sums: &mut [Sums],
        absorption: &mut [f32],
        per_k: &mut [f32],
    ) {
        add_gases::<true>(tables, block, nodes, paths, sums);
        let (absorption, _) = absorption.as_chunks_mut::<LANES>();
        let (per_k, _) = per_k.as_chunks_mut::<LANES>();
        for ((sums, absorption), per_k) in sums.iter().zip(absorption).zip(per_k) {
            *absorption = sums.absorption;
            *per_k = sums.per_k;
        }
    }
}

vectorised! {
    wide
    /// κ of a block.
    fn sum_block_alone(
        tables: &[GasTable],
        block: usize,
        nodes: &[Node],
        paths: &[Path],
        sums: &mut [Sums],
        absorption: &mut [f32],
        _per_k: &mut [f32],
    ) {
        add_gases::<false>(tables, block, nodes, paths, sums);
        let (absorption, _) = absorption.as_chunks_mut::<LANES>();
        for (sums, absorption) in sums.iter().zip(absorption) {
            *absorption = sums.absorption;
        }
    }
}

/// Gas by gas, down the layers. What the next block needs is called for on the way: its rows lie
/// apart, and waiting for them was half of the time.
#[inline(always)]
fn add_gases<const SLOPES: bool>(
    tables: &[GasTable],
    block: usize,
    nodes: &[Node],
    paths: &[Path],
    sums: &mut [Sums],
) {
    sums.fill(Sums::default());
    let gases = tables.iter().zip(nodes.chunks_exact(sums.len())).zip(paths);
    for ((table, nodes), path) in gases {
        if !table.absorbs[block] {
            continue;
        }
        let next = match table.absorbs.get(block + 1) {
            Some(true) => table.block(block + 1),
            _ => &[],
        };
        let mut ahead = path.rows.chunks(path.rows.len().div_ceil(path.ends.len()));
        let mut from = 0;
        for end in &path.ends {
            for row in ahead.next().unwrap_or(&[]) {
                prefetch(next, *row);
            }
            let run = from..*end as usize;
            let cell = table.cell(block, &nodes[from]);
            for (sums, node) in sums[run.clone()].iter_mut().zip(&nodes[run]) {
                if SLOPES {
                    cell.add(node, &mut sums.absorption, &mut sums.per_k);
                } else {
                    cell.add_alone(node, &mut sums.absorption);
                }
            }
            from = *end as usize;
        }
    }
}

/// Calls for a row, if there is one.
#[inline(always)]
fn prefetch(rows: &[Row], row: u32) {
    #[cfg(target_arch = "x86_64")]
    if let Some(row) = rows.get(row as usize) {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: a hint; the address is that of a value.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(std::ptr::from_ref(row).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (rows, row);
}

/// x = log2(σ/[`TINY_CM2`]) of the lanes of a block between four nodes: with the weights f of the higher pressure and
/// g of the higher temperature, x = base + f pressure + g (temperature + f both).
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Cell {
    base: [f32; LANES],
    pressure: [f32; LANES],
    temperature: [f32; LANES],
    both: [f32; LANES],
}

impl Cell {
    #[inline(always)]
    fn new(codes: &[Row], node: &Node, step: f32) -> Self {
        let row = |offset: usize| codes[node.offset + offset].0;
        let (r00, r01) = (row(0), row(node.right));
        let (r10, r11) = (row(node.up), row(node.up + node.right));
        let zero = [0.0; LANES];
        let mut cell = Self {
            base: zero,
            pressure: zero,
            temperature: zero,
            both: zero,
        };
        for i in 0..LANES {
            let [c00, c01, c10, c11] = [r00[i], r01[i], r10[i], r11[i]].map(i32::from);
            cell.base[i] = step * c00 as f32;
            cell.pressure[i] = step * (c10 - c00) as f32;
            cell.temperature[i] = step * (c01 - c00) as f32;
            cell.both[i] = step * (c11 - c10 - c01 + c00) as f32;
        }
        cell
    }

    /// Adds κ = factor · 2^x and ∂κ/∂T; a σ that is as good as zero, x = 0, is zero.
    #[inline(always)]
    pub(super) fn add(&self, node: &Node, kappa: &mut [f32; LANES], slope: &mut [f32; LANES]) {
        for i in 0..LANES {
            let low = node.pressure.mul_add(self.pressure[i], self.base[i]);
            let rise = node.pressure.mul_add(self.both[i], self.temperature[i]);
            let x = node.temperature.mul_add(rise, low);
            // (A condition around the product would gather the factor lane by lane.)
            let power = exp2(x);
            let term = node.factor * if x > 0.0 { power } else { 0.0 };
            kappa[i] += term;
            slope[i] = term.mul_add(node.slope.mul_add(rise, node.change), slope[i]);
        }
    }

    /// Adds κ alone, to the same bits.
    #[inline(always)]
    fn add_alone(&self, node: &Node, kappa: &mut [f32; LANES]) {
        for (i, kappa) in kappa.iter_mut().enumerate() {
            let low = node.pressure.mul_add(self.pressure[i], self.base[i]);
            let rise = node.pressure.mul_add(self.both[i], self.temperature[i]);
            let x = node.temperature.mul_add(rise, low);
            let power = exp2(x);
            *kappa += node.factor * if x > 0.0 { power } else { 0.0 };
        }
    }
}

/// 2^x for 0 <= x < 128, relative error below 3e-6.
#[inline(always)]
fn exp2(x: f32) -> f32 {
    // Adding this number leaves the nearest integer in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    // 2^f for |f| <= 1/2: the polynomial of least relative error.
    const C: [f32; 5] = [
        0.999_999_3,
        0.693_121_8,
        0.240_247_45,
        0.055_917_86,
        0.009_570_102,
    ];
    let shifted = x + ROUND;
    let f = x - (shifted - ROUND);
    let series = (C[4].mul_add(f, C[3]))
        .mul_add(f, C[2])
        .mul_add(f, C[1])
        .mul_add(f, C[0]);
    // The integer goes into the exponent.
    f32::from_bits(series.to_bits().wrapping_add(shifted.to_bits() << 23))
}
