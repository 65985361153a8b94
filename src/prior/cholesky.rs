//! Cholesky factor of a small symmetric matrix, in place and without allocation.

/// Replaces the lower triangle of `matrix` (row-major, `dim` × `dim`) by L with L Lᵀ = matrix; the
/// upper triangle is neither read nor written.
///
/// # Errors
/// The index of the first row whose pivot is not positive.
pub fn factorise(matrix: &mut [f64], dim: usize) -> Result<(), usize> {
    for i in 0..dim {
        let (done, rest) = matrix.split_at_mut(i * dim);
        let row = &mut rest[..=i];
        for j in 0..i {
            let above = &done[j * dim..j * dim + j + 1];
            row[j] = (row[j] - dot(&row[..j], &above[..j])) / above[j];
        }
        let pivot = row[i] - dot(&row[..i], &row[..i]);
        // Written so that NaN fails too.
        if !(pivot > 0.0 && pivot.is_finite()) {
            return Err(i);
        }
        row[i] = pivot.sqrt();
    }
    Ok(())
}

/// Replaces `vector` by L⁻¹ vector.
pub fn solve_lower(factor: &[f64], dim: usize, vector: &mut [f64]) {
    for i in 0..dim {
        let row = &factor[i * dim..i * dim + i + 1];
        vector[i] = (vector[i] - dot(&row[..i], &vector[..i])) / row[i];
    }
}

/// Replaces `vector` by L⁻ᵀ vector.
pub fn solve_upper(factor: &[f64], dim: usize, vector: &mut [f64]) {
    for i in (0..dim).rev() {
        vector[i] /= factor[i * dim + i];
        let value = vector[i];
        for (entry, coefficient) in vector[..i].iter_mut().zip(&factor[i * dim..i * dim + i]) {
            *entry -= coefficient * value;
        }
    }
}

/// ln det (L Lᵀ) / 2 = Σ ln L_ii.
pub fn half_ln_determinant(factor: &[f64], dim: usize) -> f64 {
    (0..dim).map(|i| factor[i * dim + i].ln()).sum()
}

/// Σ a_i b_i with four running sums, so that the additions overlap.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a_fours, b_fours) = (a.chunks_exact(4), b.chunks_exact(4));
    let tail: f64 = a_fours
        .remainder()
        .iter()
        .zip(b_fours.remainder())
        .map(|(x, y)| x * y)
        .sum();
    let mut sums = [0.0; 4];
    for (x, y) in a_fours.zip(b_fours) {
        for (sum, (left, right)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += left * right;
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + tail
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    /// (4 2; 2 5) = L Lᵀ with L = (2 0; 1 2): determinant 16, and L⁻¹ (2, 5) = (1, 2), by hand.
    #[test]
    fn two_by_two_by_hand() {
        let mut matrix = [4.0, f64::NAN, 2.0, 5.0];
        factorise(&mut matrix, 2).unwrap();
        assert_eq!((matrix[0], matrix[2], matrix[3]), (2.0, 1.0, 2.0));
        assert_relative_eq!(half_ln_determinant(&matrix, 2), 4.0_f64.ln());
        let mut vector = [2.0, 5.0];
        solve_lower(&matrix, 2, &mut vector);
        assert_eq!(vector, [1.0, 2.0]);
        // Lᵀ x = (1, 2): x₂ = 1, x₁ = (1 - 1)/2 = 0.
        solve_upper(&matrix, 2, &mut vector);
        assert_eq!(vector, [0.0, 1.0]);
    }

    #[test]
    fn names_the_row_that_is_not_positive() {
        let mut matrix = [1.0, 0.0, 2.0, 1.0];
        assert_eq!(factorise(&mut matrix, 2), Err(1));
        assert_eq!(factorise(&mut [f64::NAN], 1), Err(0));
    }
}
