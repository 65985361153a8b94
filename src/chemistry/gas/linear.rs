//! Small dense linear algebra on caller-owned memory.

/// Cholesky factor of the symmetric matrix `matrix` (order `n`, row-major, lower triangle used),
/// after scaling to a unit diagonal; the factor overwrites `matrix`, the scales go to `scale`.
///
/// Returns the smallest pivot of the scaled matrix: 1 for an orthogonal system, towards 0 as it
/// becomes singular. Pivots are floored at 1e-15, so the solution is always finite.
pub(super) fn factor(matrix: &mut [f64], scale: &mut [f64], n: usize) -> f64 {
    const FLOOR: f64 = 1e-15;
    for i in 0..n {
        let diagonal = matrix[i * n + i];
        scale[i] = if diagonal > 0.0 {
            diagonal.sqrt().recip()
        } else {
            1.0
        };
    }
    let mut smallest = f64::INFINITY;
    for i in 0..n {
        let (above, from_row) = matrix.split_at_mut(i * n);
        let row = &mut from_row[..n];
        for j in 0..i {
            let other = &above[j * n..j * n + j + 1];
            let mut sum = row[j] * scale[i] * scale[j];
            for (a, b) in row[..j].iter().zip(&other[..j]) {
                sum -= a * b;
            }
            // The diagonal of the factor is stored inverted.
            row[j] = sum * other[j];
        }
        let mut pivot = row[i] * scale[i] * scale[i];
        for a in &row[..i] {
            pivot -= a * a;
        }
        smallest = smallest.min(pivot);
        row[i] = pivot.max(FLOOR).sqrt().recip();
    }
    smallest
}

/// Solves with the factor of [`factor`]; `x` holds the right-hand side and then the solution.
pub(super) fn solve(factor: &[f64], scale: &[f64], n: usize, x: &mut [f64]) {
    for i in 0..n {
        let row = &factor[i * n..i * n + i + 1];
        let mut sum = x[i] * scale[i];
        for (a, b) in row[..i].iter().zip(&x[..i]) {
            sum -= a * b;
        }
        x[i] = sum * row[i];
    }
    for i in (0..n).rev() {
        let solved = x[i] * factor[i * n + i];
        x[i] = solved;
        for (j, value) in x[..i].iter_mut().enumerate() {
            *value -= factor[i * n + j] * solved;
        }
    }
    for (value, s) in x[..n].iter_mut().zip(scale) {
        *value *= s;
    }
}

/// Inverts `matrix` (order `n`, row-major) into `inverse` by Gauss-Jordan elimination with partial
/// pivoting; `matrix` is destroyed. Returns `false` for a singular matrix.
pub(super) fn invert(matrix: &mut [f64], inverse: &mut [f64], n: usize) -> bool {
    inverse[..n * n].fill(0.0);
    for i in 0..n {
        inverse[i * n + i] = 1.0;
    }
    for column in 0..n {
        let mut pivot = column;
        for row in column + 1..n {
            if matrix[row * n + column].abs() > matrix[pivot * n + column].abs() {
                pivot = row;
            }
        }
        if matrix[pivot * n + column].abs() < 1e-9 {
            return false;
        }
        if pivot != column {
            for k in 0..n {
                matrix.swap(pivot * n + k, column * n + k);
                inverse.swap(pivot * n + k, column * n + k);
            }
        }
        let reciprocal = matrix[column * n + column].recip();
        for k in 0..n {
            matrix[column * n + k] *= reciprocal;
            inverse[column * n + k] *= reciprocal;
        }
        for row in 0..n {
            let factor = matrix[row * n + column];
            if row != column && factor != 0.0 {
                for k in 0..n {
                    matrix[row * n + k] -= factor * matrix[column * n + k];
                    inverse[row * n + k] -= factor * inverse[column * n + k];
                }
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cholesky_solves_a_badly_scaled_system() {
        let original = [4e20, 1e5, 0.0, 1e5, 2e-10, 1e-11, 0.0, 1e-11, 3.0];
        let mut matrix = original;
        let mut scale = [0.0; 3];
        let pivot = factor(&mut matrix, &mut scale, 3);
        assert!(pivot > 0.1);
        let wanted = [1e-10, 1e5, -7.0];
        let mut x = [0.0; 3];
        for i in 0..3 {
            x[i] = (0..3).map(|j| original[i * 3 + j] * wanted[j]).sum();
        }
        solve(&matrix, &scale, 3, &mut x);
        for i in 0..3 {
            approx::assert_relative_eq!(x[i], wanted[i], max_relative = 1e-14);
        }
    }

    #[test]
    fn inverse_times_matrix_is_one_and_singular_is_said() {
        let original = [0.0, 2.0, 1.0, 1.0, 0.0, 3.0, 1.0, 1.0, 1.0];
        let mut inverse = [0.0; 9];
        assert!(invert(&mut original.clone(), &mut inverse, 3));
        for i in 0..3 {
            for j in 0..3 {
                let product: f64 = (0..3)
                    .map(|k| original[i * 3 + k] * inverse[k * 3 + j])
                    .sum();
                approx::assert_abs_diff_eq!(product, f64::from(u8::from(i == j)), epsilon = 1e-14);
            }
        }
        assert!(!invert(&mut [1.0, 2.0, 2.0, 4.0], &mut inverse, 2));
    }
}
