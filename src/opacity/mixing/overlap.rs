//! Random overlap of k-distributions.
//!
//! Where the lines of two gases fall independently within a bin, the distribution of the sum of
//! their opacities is the convolution of the two distributions: all pairs kᵢ + kⱼ with the weights
//! wᵢ wⱼ (Lacis & Oinas 1991, JGR 96, 9027). Amundsen et al. (2017), A&A 598, A97, sort the pairs
//! and bring them back to the abscissae. Here they fall into a histogram uniform in the bits of
//! the float, that is nearly in ln k, which needs no sorting; each cell of the quadrature then
//! takes the mean of its share of the histogram, so that the mean opacity is kept.

use super::sampled::{Node, locate_all};
use super::{Clamped, Extinction, GasTable, LANES, Layers, vectorised};
use crate::error::InputError;

/// Most abscissae of a quadrature.
const MOST: usize = 32;
/// Bins of the histogram.
const BINS: usize = 128;
/// Range of the histogram: 2⁻⁴⁰ of its largest value; smaller pairs fall into the first bin.
const OCTAVES: u32 = 40;
/// A gas whose strongest k is below this share of the weakest k of the others is added at equal g.
const NEGLIGIBLE: f32 = 1e-4;

/// Random overlap on one quadrature.
#[derive(Clone, Debug)]
pub struct RandomOverlap {
    weights: Vec<f32>,
}

/// Mixture of k-distributions; keeps its scratch.
#[derive(Clone, Debug)]
pub struct OverlapMixture {
    overlap: RandomOverlap,
    nodes: Vec<Node>,
    clamped: Vec<Clamped>,
    /// k and ∂k/∂T of one layer: of the mixture, and of the gas that comes to it.
    mixed: [Vec<f32>; 2],
    gas: [Vec<f32>; 2],
}

impl OverlapMixture {
    /// For tables with this quadrature.
    pub fn new(overlap: RandomOverlap) -> Self {
        Self {
            overlap,
            nodes: Vec::new(),
            clamped: Vec::new(),
            mixed: [Vec::new(), Vec::new()],
            gas: [Vec::new(), Vec::new()],
        }
    }

    /// Absorption of the mixture and its derivative, the points being bins times abscissae;
    /// scattering is set to zero. Returns the layers that left the table of each gas.
    ///
    /// # Panics
    /// The tables must share their bins and have the quadrature of the mixture; the slices of
    /// `layers` must fit each other.
    pub fn extinction(
        &mut self,
        tables: &[GasTable],
        layers: &Layers,
        out: &mut Extinction,
    ) -> &[Clamped] {
        let points = tables.first().map_or(0, GasTable::points);
        let n = self.overlap.len();
        let same = tables.iter().all(|table| table.points() == points);
        assert!(
            same && points.is_multiple_of(n),
            "tables of whole bins on one axis"
        );
        locate_all(tables, layers, &mut self.nodes, &mut self.clamped);
        let count = layers.temperature_k.len();
        out.reset(points, count);
        let padded = points.next_multiple_of(LANES);
        for array in self.mixed.iter_mut().chain(&mut self.gas) {
            array.resize(padded, 0.0);
        }
        for layer in 0..count {
            for (gas, table) in tables.iter().enumerate() {
                let node = &self.nodes[gas * count + layer];
                let [k, slope] = if gas == 0 {
                    &mut self.mixed
                } else {
                    &mut self.gas
                };
                interpolate(table, node, k, slope);
                if gas > 0 {
                    self.mix_bins(points);
                }
            }
            let [k, slope] = &self.mixed;
            for block in 0..points.div_ceil(LANES) {
                let (from, to) = (block * LANES, (block * count + layer) * LANES);
                out.absorption[to..to + LANES].copy_from_slice(&k[from..from + LANES]);
                out.absorption_per_k[to..to + LANES].copy_from_slice(&slope[from..from + LANES]);
            }
        }
        &self.clamped
    }

    fn mix_bins(&mut self, points: usize) {
        let n = self.overlap.len();
        let [k, slope] = &mut self.mixed;
        let [other, other_slope] = &self.gas;
        for bin in (0..points).step_by(n) {
            self.overlap.mix(
                &mut k[bin..bin + n],
                &mut slope[bin..bin + n],
                &other[bin..bin + n],
                &other_slope[bin..bin + n],
            );
        }
    }
}

vectorised! {
    /// Values of a gas at a layer, block after block.
    fn interpolate(table: &GasTable, node: &Node, k: &mut [f32], slope: &mut [f32]) {
        let (k, _) = k.as_chunks_mut::<LANES>();
        let (slope, _) = slope.as_chunks_mut::<LANES>();
        for (block, (k, slope)) in k.iter_mut().zip(slope).enumerate() {
            (*k, *slope) = ([0.0; LANES], [0.0; LANES]);
            table.cell(block, node).add(node, k, slope);
        }
    }
}

/// Histogram of pairs: weight, weight times k, weight times ∂k/∂T; the fourth value fills up a
/// register.
struct Histogram {
    bins: [[f32; 4]; BINS],
}

impl RandomOverlap {
    /// With the weights of the abscissae, which sum to one.
    ///
    /// # Errors
    /// No weight, more than 32, one that is not positive, a sum that is off by more than 1e-3.
    pub fn new(weights: &[f64]) -> Result<Self, InputError> {
        let total: f64 = weights.iter().sum();
        let fits = (1..=MOST).contains(&weights.len()) && weights.iter().all(|w| *w > 0.0);
        if !(fits && (total - 1.0).abs() < 1e-3) {
            return Err(InputError::value(
                "weights of the k-distributions",
                format!("{} weights summing to {total}", weights.len()),
                "1 to 32 positive weights, summing to one",
            ));
        }
        Ok(Self {
            weights: weights.iter().map(|w| (w / total) as f32).collect(),
        })
    }

    /// Number of abscissae.
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// Never: a quadrature has at least one abscissa.
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// Mixes a gas into the sum: k ascending in g, with its derivative. The derivative of the
    /// mixture at fixed g is the mean of the derivatives of the pairs that have that k.
    ///
    /// # Panics
    /// Every slice must have one value per abscissa.
    pub fn mix(&self, k: &mut [f32], per_k: &mut [f32], other: &[f32], other_per_k: &[f32]) {
        let n = self.weights.len();
        let fits = [k.len(), per_k.len(), other.len(), other_per_k.len()];
        assert!(fits.iter().all(|len| *len == n), "one value per abscissa");
        let last = n - 1;
        if other[last] <= NEGLIGIBLE * k[0] || k[last] <= NEGLIGIBLE * other[0] {
            for i in 0..n {
                k[i] += other[i];
                per_k[i] += other_per_k[i];
            }
            return;
        }
        let mut histogram = Histogram {
            bins: [[0.0; 4]; BINS],
        };
        histogram.fill(&self.weights, (k, per_k), (other, other_per_k));
        histogram.rebin(&self.weights, k, per_k);
    }
}

impl Histogram {
    fn fill(&mut self, weights: &[f32], one: (&[f32], &[f32]), two: (&[f32], &[f32])) {
        let last = weights.len() - 1;
        let high = (one.0[last] + two.0[last]).to_bits();
        let low = (one.0[0] + two.0[0])
            .to_bits()
            .max(high.saturating_sub(OCTAVES << 23));
        let scale = (BINS - 2) as f32 / (high.saturating_sub(low)).max(1) as f32;
        let mut bin = [0_u32; MOST];
        let mut sum = [0.0_f32; MOST];
        for ((wi, k), slope) in weights.iter().zip(one.0).zip(one.1) {
            for ((sum, bin), other) in sum.iter_mut().zip(&mut bin).zip(two.0) {
                *sum = k + other;
                let above = (sum.to_bits() as i32 - low as i32).max(0);
                // Adding 2²³ leaves the whole part in the low bits.
                *bin = (above as f32 * scale + 8_388_608.0).to_bits();
            }
            let pairs = sum.iter().zip(&bin).zip(weights).zip(two.1);
            for (((sum, bin), wj), other_slope) in pairs {
                let w = wi * wj;
                let pair = [w, w * sum, w * (slope + other_slope), 0.0];
                let bin = &mut self.bins[*bin as usize % BINS];
                for (bin, value) in bin.iter_mut().zip(pair) {
                    *bin += value;
                }
            }
        }
    }

    /// Cells of the quadrature filled from below: each takes as much of the histogram as it has
    /// weight, and the mean of what it took.
    fn rebin(&self, weights: &[f32], k: &mut [f32], per_k: &mut [f32]) {
        let (mut cell, mut room) = (0, weights[0]);
        let (mut sum, mut slope) = (0.0, 0.0);
        let last = weights.len() - 1;
        for [weight, k_sum, slope_sum, _] in self.bins {
            if weight <= 0.0 {
                continue;
            }
            let mut left = weight;
            let (mean, mean_slope) = (k_sum / left, slope_sum / left);
            while left > room && cell < last {
                k[cell] = (sum + room * mean) / weights[cell];
                per_k[cell] = (slope + room * mean_slope) / weights[cell];
                left -= room;
                cell += 1;
                room = weights[cell];
                (sum, slope) = (0.0, 0.0);
            }
            sum += left * mean;
            slope += left * mean_slope;
            room -= left;
        }
        // Rounding may leave the last cell a little short or over.
        let taken = (weights[last] - room).max(0.1 * weights[last]);
        if cell == last {
            k[last] = sum / taken;
            per_k[last] = slope / taken;
        }
    }
}
