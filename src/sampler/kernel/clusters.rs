//! Clusters of the live points, each with a covariance of its own.
//!
//! A curved valley is straight within a cluster, so steps drawn from the covariance of the cluster
//! a point lies in are several times longer there than steps from the covariance of all points.
//! The cluster of a point is that of the nearest centre, a function of the point alone, so the
//! proposals are reversible with the usual ratio.

use super::neighbour_order;
use crate::sampler::linear::{cholesky, covariance, inverse_lower, multiply_lower};
use crate::sampler::point::Points;

/// Rounds of k-means.
const ROUNDS: usize = 6;
/// Points per cluster, per dimension.
const POINTS_PER_DIM: usize = 6;
/// Most clusters.
const MAX_CLUSTERS: usize = 20;
/// Weight of the covariance of all points in that of a cluster, per degree of freedom.
const SHRINKAGE: f64 = 0.05;

/// One cluster.
pub(in crate::sampler) struct Cluster {
    pub centre: Vec<f64>,
    pub factor: Vec<f64>,
    pub inverse: Vec<f64>,
    /// ln of the determinant of `factor`.
    pub ln_determinant: f64,
}

/// The clusters of one batch.
pub(in crate::sampler) struct Clusters {
    /// Maps the cube to the frame in which all points together have unit covariance.
    whitening: Vec<f64>,
    /// Centres in that frame, one after the other.
    whitened_centres: Vec<f64>,
    parts: Vec<Cluster>,
}

impl Clusters {
    /// Clusters of the rows `members` of `live`, with `factor` the Cholesky factor of their
    /// covariance.
    pub fn new(live: &Points, members: &[usize], factor: &[f64]) -> Self {
        let dim = live.dim;
        let whitening = inverse_lower(factor, dim);
        let count = (members.len() / (POINTS_PER_DIM * dim).max(20)).clamp(1, MAX_CLUSTERS);
        let mut ordered = members.to_vec();
        neighbour_order(live, &mut ordered);
        let mut whitened = vec![0.0; ordered.len() * dim];
        for (row, &member) in whitened.chunks_exact_mut(dim).zip(&ordered) {
            multiply_lower(&whitening, live.row(member), row);
        }
        let mut assigned: Vec<usize> = (0..ordered.len())
            .map(|index| index * count / ordered.len())
            .collect();
        let mut centres = vec![0.0; count * dim];
        for _ in 0..ROUNDS {
            mean_of_each(&whitened, &assigned, dim, &mut centres);
            for (row, cluster) in whitened.chunks_exact(dim).zip(&mut assigned) {
                *cluster = nearest(&centres, row);
            }
        }
        let (_, whole) = covariance(&live.unit, dim, members);
        let parts = (0..count)
            .map(|cluster| {
                let own: Vec<usize> = (ordered.iter().zip(&assigned))
                    .filter(|(_, assigned)| **assigned == cluster)
                    .map(|(member, _)| *member)
                    .collect();
                Cluster::new(live, &own, &whole, factor)
            })
            .collect();
        Self {
            whitening,
            whitened_centres: centres,
            parts,
        }
    }

    /// Index of the cluster of `point`; `scratch` has the length of the point.
    pub fn index_of(&self, point: &[f64], scratch: &mut [f64]) -> usize {
        if self.parts.len() == 1 {
            return 0;
        }
        multiply_lower(&self.whitening, point, scratch);
        nearest(&self.whitened_centres, scratch)
    }

    pub fn part(&self, index: usize) -> &Cluster {
        &self.parts[index]
    }

    pub fn len(&self) -> usize {
        self.parts.len()
    }
}

impl Cluster {
    /// The covariance of `members`, drawn towards a tenth of that of all points (`whole`, with
    /// its Cholesky factor) the more, the fewer the members.
    fn new(live: &Points, members: &[usize], whole: &[f64], whole_factor: &[f64]) -> Self {
        let dim = live.dim;
        let (centre, mut matrix) = covariance(&live.unit, dim, members);
        let count = members.len() as f64;
        let trust = count / (count + dim as f64);
        for (value, all) in matrix.iter_mut().zip(whole) {
            *value = trust * *value + (1.0 - trust) * SHRINKAGE * all;
        }
        let factor = if cholesky(&mut matrix, dim) {
            matrix
        } else {
            whole_factor.to_vec()
        };
        Self {
            centre,
            inverse: inverse_lower(&factor, dim),
            ln_determinant: (0..dim).map(|i| factor[i * dim + i].ln()).sum(),
            factor,
        }
    }
}

/// Mean of the rows of each cluster; a cluster without rows keeps its centre.
fn mean_of_each(rows: &[f64], assigned: &[usize], dim: usize, centres: &mut [f64]) {
    let mut sums = vec![0.0; centres.len()];
    let mut counts = vec![0_u32; centres.len() / dim];
    for (row, &cluster) in rows.chunks_exact(dim).zip(assigned) {
        counts[cluster] += 1;
        for (sum, value) in sums[cluster * dim..].iter_mut().zip(row) {
            *sum += value;
        }
    }
    for (cluster, &count) in counts.iter().enumerate() {
        if count > 0 {
            for k in cluster * dim..(cluster + 1) * dim {
                centres[k] = sums[k] / f64::from(count);
            }
        }
    }
}

fn nearest(centres: &[f64], point: &[f64]) -> usize {
    let mut best = (0, f64::INFINITY);
    for (index, centre) in centres.chunks_exact(point.len()).enumerate() {
        let distance: f64 = centre
            .iter()
            .zip(point)
            .map(|(a, b)| (a - b) * (a - b))
            .sum();
        if distance < best.1 {
            best = (index, distance);
        }
    }
    best.0
}
