//! Cholesky factor of a small symmetric matrix, in place and without allocation.
//!
//! The factor is the upper triangle U with Uᵀ U = A, row by row, so that the inner loops run along
//! rows and do not wait for one another.

/// Replaces the upper triangle of `matrix` (row-major, `dim` × `dim`) by U with Uᵀ U = matrix; the
/// lower triangle is neither read nor written.
///
/// # Errors
/// The index of the first row whose pivot is not positive.
pub fn factorise(matrix: &mut [f64], dim: usize) -> Result<(), usize> {
    for k in 0..dim {
        let (done, below) = matrix.split_at_mut((k + 1) * dim);
        let row = &mut done[k * dim + k..];
        // Written so that NaN fails too.
        if !(row[0] > 0.0 && row[0].is_finite()) {
            return Err(k);
        }
        let pivot = row[0].sqrt();
        let inverse = pivot.recip();
        row[0] = pivot;
        for entry in &mut row[1..] {
            *entry *= inverse;
        }
        for (step, other) in below.chunks_exact_mut(dim).enumerate() {
            let factor = row[1 + step];
            let entries = &mut other[k + 1 + step..];
            for (entry, value) in entries.iter_mut().zip(&row[1 + step..]) {
                *entry -= factor * value;
            }
        }
    }
    Ok(())
}

/// Replaces `vector` by U⁻ᵀ vector.
pub fn solve_transposed(factor: &[f64], dim: usize, vector: &mut [f64]) {
    for i in 0..dim {
        let (head, tail) = vector.split_at_mut(i + 1);
        head[i] /= factor[i * dim + i];
        let value = head[i];
        for (entry, coefficient) in tail.iter_mut().zip(&factor[i * dim + i + 1..]) {
            *entry -= coefficient * value;
        }
    }
}

/// Replaces `vector` by U⁻¹ vector.
pub fn solve(factor: &[f64], dim: usize, vector: &mut [f64]) {
    for i in (0..dim).rev() {
        let row = &factor[i * dim + i..(i + 1) * dim];
        vector[i] = (vector[i] - dot(&row[1..], &vector[i + 1..dim])) / row[0];
    }
}

/// Row `i` of Uᵀ times a vector: Σ_(j ≤ i) U_ji vector(j).
pub fn transposed_row(factor: &[f64], dim: usize, i: usize, vector: impl Fn(usize) -> f64) -> f64 {
    (0..=i).map(|j| factor[j * dim + i] * vector(j)).sum()
}

/// ½ ln det (Uᵀ U) = Σ ln U_ii.
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

    /// (4 2; 2 5) = Uᵀ U with U = (2 1; 0 2): determinant 16, and U⁻ᵀ (2, 5) = (1, 2), by hand.
    #[test]
    fn two_by_two_by_hand() {
        let mut matrix = [4.0, 2.0, f64::NAN, 5.0];
        factorise(&mut matrix, 2).unwrap();
        assert_eq!((matrix[0], matrix[1], matrix[3]), (2.0, 1.0, 2.0));
        assert_relative_eq!(half_ln_determinant(&matrix, 2), 4.0_f64.ln());
        assert_eq!(transposed_row(&matrix, 2, 1, |j| [3.0, 5.0][j]), 13.0);
        let mut vector = [2.0, 5.0];
        solve_transposed(&matrix, 2, &mut vector);
        assert_eq!(vector, [1.0, 2.0]);
        // U x = (1, 2): x₂ = 1, x₁ = (1 - 1)/2 = 0.
        solve(&matrix, 2, &mut vector);
        assert_eq!(vector, [0.0, 1.0]);
    }

    #[test]
    fn names_the_row_that_is_not_positive() {
        let mut matrix = [1.0, 2.0, 0.0, 1.0];
        assert_eq!(factorise(&mut matrix, 2), Err(1));
        assert_eq!(factorise(&mut [f64::NAN], 1), Err(0));
    }
}
