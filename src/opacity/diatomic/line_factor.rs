//! Hönl-London factors.

/// Change of J in absorption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    /// J' = J'' - 1.
    P,
    /// J' = J''.
    Q,
    /// J' = J'' + 1.
    R,
}

impl Branch {
    /// All three.
    pub const ALL: [Self; 3] = [Self::P, Self::Q, Self::R];

    /// 2(J' - J'').
    pub const fn two_delta_j(self) -> i32 {
        match self {
            Self::P => -2,
            Self::Q => 0,
            Self::R => 2,
        }
    }
}

/// (2J'+1)(2J''+1) ( J' 1 J''; -Ω' Ω'-Ω'' Ω'' )² of an absorption line from J'' (Hönl & London
/// 1925; Whiting et al. 1980, J. Mol. Spectrosc. 80, 249), zero if Ω changes by more than one.
///
/// All quantum numbers are doubled; Ω carries its sign. For each J'' the three branches sum to
/// 2J''+1, for each J' to 2J'+1.
pub fn line_strength_factor(
    branch: Branch,
    two_j_lower: i32,
    two_omega_upper: i32,
    two_omega_lower: i32,
) -> f64 {
    let two_j_upper = two_j_lower + branch.two_delta_j();
    let exists = two_j_lower >= two_omega_lower.abs() && two_j_upper >= two_omega_upper.abs();
    if !exists || (two_j_lower == 0 && two_j_upper == 0) {
        return 0.0;
    }
    let j = f64::from(two_j_lower) / 2.0;
    let omega = f64::from(two_omega_lower) / 2.0;
    match two_omega_upper - two_omega_lower {
        0 => match branch {
            Branch::P => (j * j - omega * omega) / j,
            Branch::Q => (2.0 * j + 1.0) * omega * omega / (j * (j + 1.0)),
            Branch::R => ((j + 1.0).powi(2) - omega * omega) / (j + 1.0),
        },
        2 => perpendicular(branch, j, omega),
        -2 => perpendicular(branch, j, -omega),
        _ => 0.0,
    }
}

/// Ω' = Ω'' + 1.
fn perpendicular(branch: Branch, j: f64, omega: f64) -> f64 {
    match branch {
        Branch::P => (j - omega) * (j - omega - 1.0) / (2.0 * j),
        Branch::Q => (j + omega + 1.0) * (j - omega) * (2.0 * j + 1.0) / (2.0 * j * (j + 1.0)),
        Branch::R => (j + omega + 1.0) * (j + omega + 2.0) / (2.0 * (j + 1.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sum rules of the 3j symbol over the upper and over the lower levels, integer and half-integer
    /// J, Σ to Φ with any spin.
    #[test]
    fn the_branches_sum_to_the_statistical_weight() {
        for two_omega in -9..=9 {
            for step in [-2, 0, 2] {
                for two_j in (i32::abs(two_omega)..60).step_by(2) {
                    let absorbed: f64 = Branch::ALL
                        .iter()
                        .map(|b| line_strength_factor(*b, two_j, two_omega + step, two_omega))
                        .sum();
                    assert!((absorbed - f64::from(two_j + 1)).abs() < 1e-10);
                    let emitted: f64 = Branch::ALL
                        .iter()
                        .filter(|b| two_j - b.two_delta_j() >= 0)
                        .map(|b| {
                            let lower = two_j - b.two_delta_j();
                            line_strength_factor(*b, lower, two_omega, two_omega + step)
                        })
                        .sum();
                    assert!((emitted - f64::from(two_j + 1)).abs() < 1e-10);
                }
            }
        }
    }
}
