//! Rovibrational lines of an asymmetric top, by diagonalisation J by J.
//!
//! Watson's A-reduced Hamiltonian to fourth order (Watson 1977, Vibrational Spectra and Structure 6, 1)
//! in the symmetric-top basis of the representation Iʳ (z = a, x = b, y = c), split by the functions of
//! Wang, (|K⟩ plus or minus |-K⟩)/√2 with s = 0 or 1, and by the parity of K. Line strengths from the
//! matrix elements of the direction cosines (Townes & Schawlow 1955, table 4-4), between the functions
//! of the lower and of the upper vibrational state; over all lines from a level they sum to 2J + 1.
//!
//! Sign of a function under the twofold axis b: (-1)^(J+s).

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use super::linear_triatomic::hoenl_london;

/// Constants of a vibrational state \[cm⁻¹\].
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotor {
    /// A ≥ B.
    pub a: f64,
    /// B ≥ C.
    pub b: f64,
    /// C.
    pub c: f64,
    /// Δ_J.
    pub delta_j: f64,
    /// Δ_JK.
    pub delta_jk: f64,
    /// Δ_K.
    pub delta_k: f64,
    /// δ_J.
    pub small_delta_j: f64,
    /// δ_K.
    pub small_delta_k: f64,
}

/// Axis of the dipole moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Axis {
    /// Along a (least moment of inertia).
    A,
    /// Along b.
    B,
    /// Along c.
    C,
}

/// Which levels exist for identical spinless nuclei exchanged by the axis b.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spin {
    /// All, as for distinct nuclei.
    All,
    /// J + s even in the lower state.
    Even,
    /// J + s odd in the lower state.
    Odd,
}

/// Highest quantum numbers.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extent {
    /// Highest J of the lower state.
    pub j: u32,
    /// Highest |K| of the basis.
    pub k: u32,
}

/// Rotational part of a line.
#[derive(Clone, Copy, Debug)]
pub struct RotationLine {
    /// Rotational energy of the upper less that of the lower level \[cm⁻¹\].
    pub shift_per_cm: f64,
    /// Rotational energy of the lower level \[cm⁻¹\].
    pub lower_per_cm: f64,
    /// Line strength for a moment of one; its sum over lines from a level is 2J + 1.
    pub strength: f64,
    /// J of the lower level.
    pub j: u32,
}

/// Functions of one J, one parity of K and one s.
struct Block {
    /// K of the basis.
    k: Vec<i32>,
    energy: DVector<f64>,
    states: DMatrix<f64>,
}

impl Rotor {
    fn diagonal(&self, jj: f64, k: f64) -> f64 {
        let k2 = k * k;
        0.5 * (self.b + self.c) * jj + (self.a - 0.5 * (self.b + self.c)) * k2
            - self.delta_j * jj * jj
            - self.delta_jk * jj * k2
            - self.delta_k * k2 * k2
    }

    /// ⟨K+2|H|K⟩.
    fn coupling(&self, jj: f64, k: f64) -> f64 {
        let ladder = (jj - k * (k + 1.0)) * (jj - (k + 1.0) * (k + 2.0));
        let strength = 0.25 * (self.b - self.c)
            - self.small_delta_j * jj
            - 0.5 * self.small_delta_k * (k * k + (k + 2.0) * (k + 2.0));
        strength * ladder.max(0.0).sqrt()
    }

    fn block(&self, j: i32, odd_k: bool, s: i32, k_max: i32) -> Block {
        let jj = f64::from(j) * f64::from(j + 1);
        let first = if odd_k { 1 } else { 2 * s };
        let k: Vec<i32> = (first..=j.min(k_max)).step_by(2).collect();
        let n = k.len();
        let mut h = DMatrix::zeros(n, n);
        for (i, k) in k.iter().enumerate() {
            let x = f64::from(*k);
            h[(i, i)] = self.diagonal(jj, x);
            if *k == 1 {
                let sign = if s == 0 { 1.0 } else { -1.0 };
                h[(i, i)] += sign * self.coupling(jj, -1.0);
            }
            if i + 1 < n {
                let root = if *k == 0 {
                    std::f64::consts::SQRT_2
                } else {
                    1.0
                };
                let w = root * self.coupling(jj, x);
                h[(i + 1, i)] = w;
                h[(i, i + 1)] = w;
            }
        }
        if n == 0 {
            return Block {
                k,
                energy: DVector::zeros(0),
                states: h,
            };
        }
        let eigen = SymmetricEigen::new(h);
        Block {
            k,
            energy: eigen.eigenvalues,
            states: eigen.eigenvectors,
        }
    }

    /// The four blocks of a J: (even K, s 0), (even, 1), (odd, 0), (odd, 1).
    fn blocks(&self, j: i32, k_max: i32) -> [Block; 4] {
        [(false, 0), (false, 1), (true, 0), (true, 1)].map(|(odd, s)| self.block(j, odd, s, k_max))
    }

    /// All energies of a J, ascending \[cm⁻¹\].
    pub fn energies_per_cm(&self, j: u32) -> Vec<f64> {
        let mut all: Vec<f64> = self
            .blocks(j as i32, j as i32)
            .iter()
            .flat_map(|b| b.energy.iter().copied().collect::<Vec<_>>())
            .collect();
        all.sort_by(f64::total_cmp);
        all
    }
}

/// ⟨J', K+dk| Φ |J, K⟩ √(2J+1 normalised) for symmetric-top functions.
fn amplitude(axis: Axis, j: f64, k: f64, dk: f64, dj: i32) -> f64 {
    let factor = hoenl_london_signed(j, k, dk, dj);
    match axis {
        Axis::A if dj == 0 => factor.sqrt() * k.signum(),
        Axis::A => factor.sqrt(),
        Axis::B => (0.5 * factor).sqrt() * branch_sign(dk, dj),
        // Φ_y = ∓i Φ_x for K → K ± 1.
        Axis::C => -dk * (0.5 * factor).sqrt() * branch_sign(dk, dj),
    }
}

fn branch_sign(dk: f64, dj: i32) -> f64 {
    match dj {
        1 => -dk,
        0 => 1.0,
        _ => dk,
    }
}

/// The factor of Hönl and London for K of either sign.
fn hoenl_london_signed(j: f64, k: f64, dk: f64, dj: i32) -> f64 {
    if k < 0.0 {
        hoenl_london(j, -k, -dk, dj)
    } else {
        hoenl_london(j, k, dk, dj)
    }
}

/// s of the upper function, given that of the lower one.
fn upper_s(axis: Axis, s: i32, dj: i32) -> i32 {
    let flips = match axis {
        Axis::A => dj == 0,
        Axis::B => dj != 0,
        Axis::C => dj == 0,
    };
    if flips { 1 - s } else { s }
}

/// Matrix of the direction cosine between two blocks (rows: upper functions).
fn cosine(axis: Axis, j: i32, dj: i32, lower: &Block, upper: &Block) -> DMatrix<f64> {
    let mut matrix = DMatrix::zeros(upper.k.len(), lower.k.len());
    let steps: &[i32] = match axis {
        Axis::A => &[0],
        Axis::B | Axis::C => &[-1, 1],
    };
    for (column, k) in lower.k.iter().enumerate() {
        for dk in steps {
            let Some(row) = upper.k.iter().position(|u| *u == k + dk) else {
                continue;
            };
            let value = amplitude(axis, f64::from(j), f64::from(*k), f64::from(*dk), dj);
            // |0⟩ is not a sum of two functions.
            let root = if *dk != 0 && (*k == 0 || k + dk == 0) {
                std::f64::consts::SQRT_2
            } else {
                1.0
            };
            matrix[(row, column)] = root * value;
        }
    }
    matrix
}

/// Lines of a band between two vibrational states, those with strength / (2J + 1) above `least`.
pub fn rotation_lines(
    lower: &Rotor,
    upper: &Rotor,
    axis: Axis,
    spin: Spin,
    extent: Extent,
    least: f64,
) -> Vec<RotationLine> {
    let k_max = extent.k as i32;
    let mut lines = Vec::new();
    let mut uppers: Vec<[Block; 4]> = vec![upper.blocks(0, k_max), upper.blocks(1, k_max)];
    for j in 0..=extent.j as i32 {
        let lowers = lower.blocks(j, k_max);
        // `uppers` holds J - 1 (where there is one), J and J + 1.
        for dj in [-1, 0, 1] {
            let place = if j == 0 { dj } else { dj + 1 };
            let Some(target) = usize::try_from(place).ok().and_then(|i| uppers.get(i)) else {
                continue;
            };
            for (index, from) in lowers.iter().enumerate() {
                let (odd, s) = (index / 2, (index % 2) as i32);
                let exists = match spin {
                    Spin::All => true,
                    Spin::Even => (j + s) % 2 == 0,
                    Spin::Odd => (j + s) % 2 == 1,
                };
                if !exists {
                    continue;
                }
                let odd_upper = if axis == Axis::A { odd } else { 1 - odd };
                let to = &target[2 * odd_upper + upper_s(axis, s, dj) as usize];
                pair_lines(&mut lines, axis, (j, dj), from, to, least);
            }
        }
        if j > 0 {
            uppers.remove(0);
        }
        uppers.push(upper.blocks(j + 2, k_max));
    }
    lines
}

fn pair_lines(
    lines: &mut Vec<RotationLine>,
    axis: Axis,
    (j, dj): (i32, i32),
    from: &Block,
    to: &Block,
    least: f64,
) {
    if from.k.is_empty() || to.k.is_empty() {
        return;
    }
    let matrix = to.states.transpose() * cosine(axis, j, dj, from, to) * &from.states;
    let floor = least * f64::from(2 * j + 1);
    for (column, lower) in from.energy.iter().enumerate() {
        for (row, upper) in to.energy.iter().enumerate() {
            let strength = matrix[(row, column)].powi(2);
            if strength > floor {
                lines.push(RotationLine {
                    shift_per_cm: upper - lower,
                    lower_per_cm: *lower,
                    strength,
                    j: j as u32,
                });
            }
        }
    }
}

/// Rotational partition function of existing levels, summed to `extent`: Σ (2J + 1) e^{-E/kT}.
pub fn rotational_sum(rotor: &Rotor, spin: Spin, extent: Extent, beta_cm: f64) -> f64 {
    let mut sum = 0.0;
    for j in 0..=extent.j as i32 {
        for (index, block) in rotor.blocks(j, extent.k as i32).iter().enumerate() {
            let s = (index % 2) as i32;
            let exists = match spin {
                Spin::All => true,
                Spin::Even => (j + s) % 2 == 0,
                Spin::Odd => (j + s) % 2 == 1,
            };
            if exists {
                let boltzmann: f64 = block.energy.iter().map(|e| (-beta_cm * e).exp()).sum();
                sum += f64::from(2 * j + 1) * boltzmann;
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGID: Rotor = Rotor {
        a: 2.027,
        b: 0.344,
        c: 0.2935,
        delta_j: 0.0,
        delta_jk: 0.0,
        delta_k: 0.0,
        small_delta_j: 0.0,
        small_delta_k: 0.0,
    };

    #[test]
    fn levels_of_low_j_are_the_closed_forms() {
        // J = 1: A + B, A + C, B + C. J = 2: 4A + B + C, A + 4B + C, A + B + 4C and
        // 2(A+B+C) -+ 2 sqrt((B-C)^2 + (A-C)(A-B)) (Townes & Schawlow 1955, table 4-1).
        let Rotor { a, b, c, .. } = RIGID;
        let close = |found: Vec<f64>, mut expected: Vec<f64>| {
            expected.sort_by(f64::total_cmp);
            for (f, e) in found.iter().zip(&expected) {
                assert!((f - e).abs() < 1e-12 * (1.0 + e), "{f} {e}");
            }
        };
        close(RIGID.energies_per_cm(1), vec![a + b, a + c, b + c]);
        let root = 2.0 * ((b - c).powi(2) + (a - c) * (a - b)).sqrt();
        let mean = 2.0 * (a + b + c);
        close(
            RIGID.energies_per_cm(2),
            vec![
                4.0 * a + b + c,
                a + 4.0 * b + c,
                a + b + 4.0 * c,
                mean - root,
                mean + root,
            ],
        );
    }

    #[test]
    fn strengths_from_a_level_sum_to_its_weight() {
        // Sum rule: per level 2J + 1, so per J (2J + 1)^2; the upper state has other constants.
        let upper = Rotor { a: 2.006, ..RIGID };
        for axis in [Axis::A, Axis::B, Axis::C] {
            let extent = Extent { j: 12, k: 20 };
            let lines = rotation_lines(&RIGID, &upper, axis, Spin::All, extent, 0.0);
            for j in 0..=12_u32 {
                let sum: f64 = lines.iter().filter(|l| l.j == j).map(|l| l.strength).sum();
                let weight = f64::from((2 * j + 1).pow(2));
                assert!((sum / weight - 1.0).abs() < 1e-12, "{axis:?} {j} {sum}");
            }
        }
    }

    #[test]
    fn three_axes_agree_in_a_spherical_top() {
        // A = B = C: the a-, b- and c-type spectra of a J must be the same. They differ if the relative
        // signs of the matrix elements are wrong, once A, B, C are nearly equal.
        let rotor = Rotor {
            a: 1.0 + 1e-9,
            b: 1.0,
            c: 1.0 - 1e-9,
            ..RIGID
        };
        let extent = Extent { j: 4, k: 9 };
        let sums: Vec<Vec<f64>> = [Axis::A, Axis::B, Axis::C]
            .iter()
            .map(|axis| {
                let lines = rotation_lines(&rotor, &rotor, *axis, Spin::All, extent, 0.0);
                // Sum of squared strengths of the Q branch, a quantity that depends on the functions.
                (1..=4)
                    .map(|j| {
                        lines
                            .iter()
                            .filter(|l| l.j == j && l.shift_per_cm.abs() < 0.5)
                            .map(|l| l.strength)
                            .sum()
                    })
                    .collect()
            })
            .collect();
        for ((a, b), c) in sums[0].iter().zip(&sums[1]).zip(&sums[2]) {
            assert!((a - b).abs() < 1e-6 && (a - c).abs() < 1e-6);
        }
    }

    #[test]
    fn relabelling_the_axes_gives_the_same_spectrum() {
        // The oblate labelling: exchange the constants of a and c. The c-type spectrum of (A, B, C) must
        // be the a-type spectrum of (C, B, A), line by line: this fixes all relative signs.
        let other = Rotor {
            a: RIGID.c,
            c: RIGID.a,
            ..RIGID
        };
        let swapped = Rotor {
            a: RIGID.b,
            b: RIGID.a,
            ..RIGID
        };
        let extent = Extent { j: 6, k: 12 };
        let spectrum = |rotor: &Rotor, axis| {
            let mut lines: Vec<(f64, f64)> =
                rotation_lines(rotor, rotor, axis, Spin::All, extent, 1e-9)
                    .iter()
                    .map(|l| (l.shift_per_cm + 1e-3 * l.lower_per_cm, l.strength))
                    .collect();
            lines.sort_by(|x, y| x.0.total_cmp(&y.0));
            lines
        };
        for (rotor, from, to) in [
            (other, Axis::C, Axis::A),
            (other, Axis::B, Axis::B),
            (swapped, Axis::B, Axis::A),
            (swapped, Axis::C, Axis::C),
        ] {
            let (x, y) = (spectrum(&RIGID, from), spectrum(&rotor, to));
            let moment = |lines: &[(f64, f64)], power: i32| -> f64 {
                lines.iter().map(|(p, s)| p.powi(power) * s).sum()
            };
            for power in [0, 1, 2, 3] {
                let (a, b) = (moment(&x, power), moment(&y, power));
                assert!((a - b).abs() < 1e-8 * (1.0 + a.abs()), "{from:?} {power}");
            }
            // And nonlinear in the strengths.
            let square = |l: &[(f64, f64)]| -> f64 { l.iter().map(|(_, s)| s * s).sum() };
            assert!(
                (square(&x) - square(&y)).abs() < 1e-8 * square(&x),
                "{from:?}"
            );
        }
    }

    #[test]
    fn a_nearly_symmetric_top_shows_parallel_selection() {
        let rotor = Rotor {
            b: 0.3,
            c: 0.3 - 1e-9,
            ..RIGID
        };
        let extent = Extent { j: 8, k: 20 };
        let lines = rotation_lines(&rotor, &rotor, Axis::A, Spin::All, extent, 1e-9);
        // ΔK = 0 only: every shift is 0 or ±2B(J + 1).
        for line in &lines {
            let steps = line.shift_per_cm / 0.6;
            assert!((steps - steps.round()).abs() < 1e-6, "{line:?}");
        }
    }

    #[test]
    fn half_of_the_levels_exist_for_spinless_ends() {
        let extent = Extent { j: 40, k: 40 };
        let sum = |spin| rotational_sum(&RIGID, spin, extent, 0.02);
        let all = sum(Spin::All);
        assert!((sum(Spin::Even) / all - 0.5).abs() < 1e-3);
        assert!((sum(Spin::Even) + sum(Spin::Odd) - all).abs() < 1e-9 * all);
    }
}
