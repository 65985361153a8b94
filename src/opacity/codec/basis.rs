//! Discrete orthonormal polynomials on the nodes of an axis.

/// Polynomials p₀..pₙ₋₁ with Σ_x pᵢ(x) pⱼ(x) = δᵢⱼ over the n nodes.
pub(super) struct Basis {
    /// \[degree\]\[node\].
    rows: Vec<f64>,
    nodes: usize,
}

impl Basis {
    /// By Gram-Schmidt, twice, on xᵏ made from the polynomial before; degrees that do not stand on
    /// their own (equal nodes in a damaged file) are zero.
    pub(super) fn new(x: &[f64]) -> Self {
        let n = x.len();
        let (low, high) = (x[0], x[n - 1]);
        let scaled = |i: usize| {
            if high > low {
                2.0 * (x[i] - low) / (high - low) - 1.0
            } else {
                0.0
            }
        };
        let mut rows = vec![0.0; n * n];
        for degree in 0..n {
            let mut row: Vec<f64> = match degree {
                0 => vec![1.0; n],
                _ => (0..n)
                    .map(|i| scaled(i) * rows[(degree - 1) * n + i])
                    .collect(),
            };
            for _ in 0..2 {
                for known in rows[..degree * n].chunks_exact(n) {
                    let overlap: f64 = row.iter().zip(known).map(|(a, b)| a * b).sum();
                    for (a, b) in row.iter_mut().zip(known) {
                        *a -= overlap * b;
                    }
                }
            }
            let norm = row.iter().map(|a| a * a).sum::<f64>().sqrt();
            let scale = if norm > 1e-9 { 1.0 / norm } else { 0.0 };
            for (kept, value) in rows[degree * n..(degree + 1) * n].iter_mut().zip(&row) {
                *kept = value * scale;
            }
        }
        Self { rows, nodes: n }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes
    }

    /// Values to coefficients along the first axis of `block` \[node\]\[stride\].
    pub(super) fn forward(&self, block: &mut [f64], stride: usize) {
        self.apply(block, stride, |degree, node| {
            self.rows[degree * self.nodes + node]
        });
    }

    /// Coefficients to values along the first axis of `block` \[degree\]\[stride\].
    pub(super) fn inverse(&self, block: &mut [f64], stride: usize) {
        self.apply(block, stride, |node, degree| {
            self.rows[degree * self.nodes + node]
        });
    }

    fn apply(&self, block: &mut [f64], stride: usize, matrix: impl Fn(usize, usize) -> f64) {
        let input = block.to_vec();
        for (row, out) in block.chunks_exact_mut(stride).enumerate() {
            out.fill(0.0);
            for (column, values) in input.chunks_exact(stride).enumerate() {
                let factor = matrix(row, column);
                for (sum, value) in out.iter_mut().zip(values) {
                    *sum += factor * value;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_orthonormal_and_compact() {
        let x: Vec<f64> = [800.0_f64, 930.0, 1090.0, 1500.0, 2000.0, 3500.0, 6000.0]
            .iter()
            .map(|t| t.ln())
            .collect();
        let basis = Basis::new(&x);
        let original: Vec<f64> = x.iter().map(|x| 3.0 - 2.0 * x + 0.5 * x * x).collect();
        let mut block = original.clone();
        basis.forward(&mut block, 1);
        assert!(block[3..].iter().all(|c| c.abs() < 1e-12), "{block:?}");
        basis.inverse(&mut block, 1);
        for (a, b) in block.iter().zip(&original) {
            assert!((a - b).abs() < 1e-12);
        }
    }
}
