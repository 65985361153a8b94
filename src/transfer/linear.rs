//! Dense linear systems of the size of a column.

/// LU factors of a square matrix, rows scaled by their largest element, with partial pivoting.
#[derive(Clone, Debug, Default)]
pub(super) struct Factors {
    size: usize,
    lu: Vec<f64>,
    scale: Vec<f64>,
    pivot: Vec<usize>,
}

impl Factors {
    /// Factors the matrix, given row by row. False where it is singular or not finite.
    pub fn factor(&mut self, matrix: &[f64], size: usize) -> bool {
        self.size = size;
        self.lu.clear();
        self.lu.extend_from_slice(matrix);
        self.scale.clear();
        self.pivot.clear();
        for row in self.lu.chunks_exact_mut(size) {
            let largest = row.iter().fold(0.0_f64, |a, b| a.max(b.abs()));
            if !(largest > 0.0 && largest.is_finite()) {
                return false;
            }
            let inverse = 1.0 / largest;
            row.iter_mut().for_each(|x| *x *= inverse);
            self.scale.push(inverse);
        }
        (0..size).all(|k| self.eliminate(k))
    }

    fn eliminate(&mut self, k: usize) -> bool {
        let n = self.size;
        let largest = |a: &usize, b: &usize| {
            let (a, b) = (self.lu[a * n + k].abs(), self.lu[b * n + k].abs());
            a.total_cmp(&b)
        };
        let pivot = (k..n).max_by(largest).unwrap_or(k);
        self.pivot.push(pivot);
        if pivot != k {
            let (above, below) = self.lu.split_at_mut(pivot * n);
            above[k * n..(k + 1) * n].swap_with_slice(&mut below[..n]);
        }
        let (above, below) = self.lu.split_at_mut((k + 1) * n);
        let row = &above[k * n..];
        let diagonal = row[k];
        if !(diagonal.abs() > 0.0 && diagonal.is_finite()) {
            return false;
        }
        let inverse = 1.0 / diagonal;
        for other in below.chunks_exact_mut(n) {
            let factor = other[k] * inverse;
            other[k] = factor;
            if factor != 0.0 {
                for (x, y) in other[k + 1..].iter_mut().zip(&row[k + 1..]) {
                    *x -= factor * y;
                }
            }
        }
        true
    }

    /// Whether factors of this size are at hand.
    pub fn are_of(&self, size: usize) -> bool {
        self.size == size && self.pivot.len() == size
    }

    /// Replaces the right-hand side by the solution.
    pub fn solve(&self, x: &mut [f64]) {
        let n = self.size;
        for (x, scale) in x.iter_mut().zip(&self.scale) {
            *x *= scale;
        }
        for (k, pivot) in self.pivot.iter().enumerate() {
            x.swap(k, *pivot);
        }
        for k in 0..n {
            let row = &self.lu[k * n..k * n + k];
            let sum: f64 = row.iter().zip(&x[..k]).map(|(a, b)| a * b).sum();
            x[k] -= sum;
        }
        for k in (0..n).rev() {
            let row = &self.lu[k * n + k + 1..(k + 1) * n];
            let sum: f64 = row.iter().zip(&x[k + 1..]).map(|(a, b)| a * b).sum();
            x[k] = (x[k] - sum) / self.lu[k * n + k];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A matrix that needs its pivots. Measured 4e-15.
    #[test]
    fn a_solution_solves() {
        let n = 17;
        let matrix: Vec<f64> = (0..n * n)
            .map(|i| {
                let (row, column) = (i / n, i % n);
                let noise = ((i * 7919 + 13) % 1009) as f64 / 1009.0 - 0.5;
                if row == column {
                    0.0
                } else {
                    noise * 10_f64.powi(row as i32 - 8)
                }
            })
            .collect();
        let exact: Vec<f64> = (0..n).map(|i| 1.0 + i as f64).collect();
        let mut x: Vec<f64> = (matrix.chunks(n))
            .map(|row| row.iter().zip(&exact).map(|(a, b)| a * b).sum())
            .collect();
        let mut factors = Factors::default();
        assert!(factors.factor(&matrix, n));
        factors.solve(&mut x);
        for (found, exact) in x.iter().zip(&exact) {
            assert!((found / exact - 1.0).abs() < 1e-11, "{found} {exact}");
        }
        assert!(!factors.factor(&vec![0.0; n * n], n));
        assert!(!factors.factor(&vec![1.0; n * n], n));
    }
}
