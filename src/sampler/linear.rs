//! Small dense lower-triangular algebra on row-major slices, without allocation in inner loops.

/// Cholesky factor in place: the lower triangle of the symmetric `matrix` becomes L with
/// L Lᵀ = matrix, and the upper triangle 0. Returns false when the matrix is not positive definite.
pub(super) fn cholesky(matrix: &mut [f64], dim: usize) -> bool {
    for i in 0..dim {
        for j in 0..=i {
            let mut sum = matrix[i * dim + j];
            for k in 0..j {
                sum -= matrix[i * dim + k] * matrix[j * dim + k];
            }
            if i == j {
                if !(sum > 0.0 && sum.is_finite()) {
                    return false;
                }
                matrix[i * dim + i] = sum.sqrt();
            } else {
                matrix[i * dim + j] = sum / matrix[j * dim + j];
            }
        }
        matrix[i * dim + i + 1..(i + 1) * dim].fill(0.0);
    }
    true
}

/// Inverse of a lower-triangular matrix.
pub(super) fn inverse_lower(lower: &[f64], dim: usize) -> Vec<f64> {
    let mut inverse = vec![0.0; dim * dim];
    for j in 0..dim {
        inverse[j * dim + j] = lower[j * dim + j].recip();
        for i in j + 1..dim {
            let sum: f64 = (j..i)
                .map(|k| lower[i * dim + k] * inverse[k * dim + j])
                .sum();
            inverse[i * dim + j] = -sum / lower[i * dim + i];
        }
    }
    inverse
}

/// `out = lower · vector`.
pub(super) fn multiply_lower(lower: &[f64], vector: &[f64], out: &mut [f64]) {
    let dim = vector.len();
    for (i, value) in out.iter_mut().enumerate() {
        *value = lower[i * dim..=i * dim + i]
            .iter()
            .zip(vector)
            .map(|(a, b)| a * b)
            .sum();
    }
}

/// |lower · (point - centre)|².
pub(super) fn squared_distance(lower: &[f64], point: &[f64], centre: &[f64]) -> f64 {
    let dim = centre.len();
    let mut total = 0.0;
    for i in 0..dim {
        let row = &lower[i * dim..=i * dim + i];
        let mut sum = 0.0;
        for (k, value) in row.iter().enumerate() {
            sum += value * (point[k] - centre[k]);
        }
        total += sum * sum;
    }
    total
}

/// Whether |lower · (point - centre)|² ≤ 1; stops at the row that decides it.
pub(super) fn is_within_unit_distance(lower: &[f64], point: &[f64], centre: &[f64]) -> bool {
    let dim = centre.len();
    let mut total = 0.0;
    for i in 0..dim {
        let row = &lower[i * dim..=i * dim + i];
        let mut sum = 0.0;
        for (k, value) in row.iter().enumerate() {
            sum += value * (point[k] - centre[k]);
        }
        total += sum * sum;
        if total > 1.0 {
            return false;
        }
    }
    total <= 1.0
}

/// Mean and covariance (divided by the number of points) of the rows `members` of `unit`.
///
/// The diagonal is raised by 1e-10 of itself and by 1e-28, so that points in a plane still have a
/// Cholesky factor; both are far below what a constrained region of 1e-12 of the cube needs.
pub(super) fn covariance(unit: &[f64], dim: usize, members: &[usize]) -> (Vec<f64>, Vec<f64>) {
    let inverse_count = 1.0 / members.len().max(1) as f64;
    let mut mean = vec![0.0; dim];
    for &member in members {
        for (sum, value) in mean.iter_mut().zip(&unit[member * dim..]) {
            *sum += value * inverse_count;
        }
    }
    let mut matrix = vec![0.0; dim * dim];
    for &member in members {
        let row = &unit[member * dim..(member + 1) * dim];
        for i in 0..dim {
            let offset = (row[i] - mean[i]) * inverse_count;
            for j in 0..=i {
                matrix[i * dim + j] += offset * (row[j] - mean[j]);
            }
        }
    }
    for i in 0..dim {
        matrix[i * dim + i] += 1e-10 * matrix[i * dim + i] + 1e-28;
        for j in 0..i {
            matrix[j * dim + i] = matrix[i * dim + j];
        }
    }
    (mean, matrix)
}

/// ln(eᵃ + eᵇ) without overflow.
pub(super) fn ln_add_exp(a: f64, b: f64) -> f64 {
    let high = a.max(b);
    if high == f64::NEG_INFINITY {
        return high;
    }
    high + (a.min(b) - high).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn factor_and_inverse_undo_each_other() {
        let mut lower = vec![4.0, 2.0, 0.4, 2.0, 5.0, 1.0, 0.4, 1.0, 3.0];
        let matrix = lower.clone();
        assert!(cholesky(&mut lower, 3));
        let inverse = inverse_lower(&lower, 3);
        for i in 0..3 {
            for j in 0..3 {
                let back: f64 = (0..3).map(|k| lower[i * 3 + k] * lower[j * 3 + k]).sum();
                assert_relative_eq!(back, matrix[i * 3 + j], max_relative = 1e-14);
                let one: f64 = (0..3).map(|k| lower[i * 3 + k] * inverse[k * 3 + j]).sum();
                assert_relative_eq!(one, f64::from(u8::from(i == j)), epsilon = 1e-14);
            }
        }
        assert!(!cholesky(&mut [1.0, 2.0, 2.0, 1.0], 2));
    }

    #[test]
    fn ln_add_exp_holds_at_the_ends() {
        assert_relative_eq!(ln_add_exp(0.0, 0.0), 2_f64.ln(), max_relative = 1e-15);
        assert_relative_eq!(ln_add_exp(1e4, -1e4), 1e4);
        assert_eq!(
            ln_add_exp(f64::NEG_INFINITY, f64::NEG_INFINITY),
            f64::NEG_INFINITY
        );
    }
}
