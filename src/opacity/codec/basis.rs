//! Principal components of the columns of a table.

use nalgebra::{DMatrix, SymmetricEigen};
use rayon::prelude::*;

/// Components are kept in 16 bits: fractions of this.
const SCALE: f64 = 32_767.0;
/// Columns that are summed one after the other.
const CHUNK: usize = 256;

/// Mean and orthonormal components (but for their rounding), the largest variance first.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Basis {
    nodes: usize,
    mean: Vec<f32>,
    /// \[component\]\[node\].
    components: Vec<i16>,
    /// The same, unpacked.
    rows: Vec<f64>,
}

impl Basis {
    /// All components of columns \[column\]\[node\]. The sums have a fixed order, whatever the
    /// number of threads.
    pub(super) fn learn(columns: &[f64], nodes: usize) -> Self {
        let count = (columns.len() / nodes).max(1) as f64;
        let mut mean = vec![0.0; nodes];
        for column in columns.chunks_exact(nodes) {
            for (sum, value) in mean.iter_mut().zip(column) {
                *sum += value / count;
            }
        }
        let partial: Vec<DMatrix<f64>> = columns
            .par_chunks(CHUNK * nodes)
            .map(|part| {
                let rows = part.len() / nodes;
                let centred = DMatrix::from_fn(nodes, rows, |i, j| part[j * nodes + i] - mean[i]);
                &centred * centred.transpose()
            })
            .collect();
        let mut covariance = DMatrix::zeros(nodes, nodes);
        for part in &partial {
            covariance += part;
        }
        let eigen = SymmetricEigen::new(covariance);
        let mut order: Vec<usize> = (0..nodes).collect();
        order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]));
        let components = order
            .iter()
            .flat_map(|k| {
                eigen
                    .eigenvectors
                    .column(*k)
                    .iter()
                    .copied()
                    .collect::<Vec<_>>()
            })
            .map(|value| (value * SCALE).round() as i16)
            .collect();
        Self::new(mean.iter().map(|m| *m as f32).collect(), components)
    }

    /// From what is kept.
    pub(super) fn new(mean: Vec<f32>, components: Vec<i16>) -> Self {
        Self {
            nodes: mean.len(),
            rows: components.iter().map(|c| f64::from(*c) / SCALE).collect(),
            mean,
            components,
        }
    }

    /// Number of components.
    pub(super) fn len(&self) -> usize {
        self.components.len() / self.nodes
    }

    /// Keeps the first components.
    pub(super) fn truncate(&mut self, count: usize) {
        self.components.truncate(count * self.nodes);
        self.rows.truncate(count * self.nodes);
    }

    /// Mean, then components, little endian.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mean = self.mean.iter().flat_map(|m| m.to_le_bytes());
        let components = self.components.iter().flat_map(|c| c.to_le_bytes());
        mean.chain(components).collect()
    }

    /// Reads [`Basis::to_bytes`]; `None` if it is another length or not finite.
    pub(super) fn from_bytes(bytes: &[u8], nodes: usize) -> Option<Self> {
        let (mean, components) = bytes.split_at_checked(4 * nodes)?;
        if components.len() % (2 * nodes) != 0 || components.len() > 2 * nodes * nodes {
            return None;
        }
        let (mean, _) = mean.as_chunks::<4>();
        let mean: Vec<f32> = mean.iter().map(|b| f32::from_le_bytes(*b)).collect();
        let (components, _) = components.as_chunks::<2>();
        let components = components.iter().map(|b| i16::from_le_bytes(*b)).collect();
        let finite = mean.iter().all(|m| m.is_finite());
        finite.then(|| Self::new(mean, components))
    }

    /// Coefficients of a column.
    pub(super) fn project(&self, column: &[f64], coefficients: &mut [f64]) {
        for (coefficient, row) in coefficients
            .iter_mut()
            .zip(self.rows.chunks_exact(self.nodes))
        {
            *coefficient = row
                .iter()
                .zip(column.iter().zip(&self.mean))
                .map(|(u, (value, mean))| u * (value - f64::from(*mean)))
                .sum();
        }
    }

    /// Column of integers times a step.
    pub(super) fn compose(&self, integers: &[i32], step: f64, out: &mut [f64]) {
        for (value, mean) in out.iter_mut().zip(&self.mean) {
            *value = f64::from(*mean);
        }
        for (integer, row) in integers.iter().zip(self.rows.chunks_exact(self.nodes)) {
            if *integer != 0 {
                let factor = f64::from(*integer) * step;
                for (value, u) in out.iter_mut().zip(row) {
                    *value += factor * u;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_of_two_parameters_has_two_components() {
        let nodes = 9;
        let columns: Vec<f64> = (0..500)
            .flat_map(|i| {
                let (a, b) = ((0.3 * f64::from(i)).sin(), (0.7 * f64::from(i)).cos());
                (0..nodes).map(move |j| 5.0 + a * j as f64 + b * (j as f64 * 0.5).exp())
            })
            .collect();
        let basis = Basis::learn(&columns, nodes);
        let mut coefficients = vec![0.0; nodes];
        for column in columns.chunks_exact(nodes) {
            basis.project(column, &mut coefficients);
            assert!(
                coefficients[2..].iter().all(|c| c.abs() < 2e-2),
                "{coefficients:?}"
            );
        }
        let read = Basis::from_bytes(&basis.to_bytes(), nodes).unwrap();
        assert_eq!(read, basis);
        assert!(Basis::from_bytes(&basis.to_bytes()[1..], nodes).is_none());
    }
}
