//! Spin uncoupling: the rotation mixes the spin components of a multiplet.

use nalgebra::{DMatrix, SymmetricEigen};

use crate::opacity::diatomic::Levels;

/// Change of the level energies \[cm⁻¹\], by component, 2J and v.
#[derive(Clone, Debug)]
pub(in crate::opacity) struct Uncoupling {
    /// By component, then step of J, then v.
    shift_per_cm: Vec<Vec<Vec<f64>>>,
}

impl Uncoupling {
    /// None: every energy stays.
    pub fn none() -> Self {
        Self {
            shift_per_cm: Vec::new(),
        }
    }

    /// For the spin components of one state with Λ > 0, in ascending order of Σ.
    ///
    /// At each J and v the matrix with the energies of the components on its diagonal and
    /// -B √(S(S+1) - Σ(Σ+1)) √(J(J+1) - Ω(Ω+1)) beside it is diagonalised (Hund's case between a and
    /// b, e.g. Herzberg 1950, section V.1); B is the slope of the energy in J(J+1). The n-th
    /// eigenvalue belongs to the component with the n-th energy.
    pub fn of(components: &[Levels], j_max: u32) -> Self {
        let parity = components
            .first()
            .map_or(0, |levels| levels.term().two_omega().rem_euclid(2));
        let mut shift_per_cm = vec![Vec::new(); components.len()];
        for step in 0..=j_max as i32 {
            let two_j = 2 * step + parity;
            let mut block = vec![Vec::new(); components.len()];
            for v in 0.. {
                let present: Vec<(usize, f64)> = components
                    .iter()
                    .enumerate()
                    .filter_map(|(k, levels)| Some((k, levels.energy_per_cm(v, two_j)?)))
                    .collect();
                if present.is_empty() {
                    break;
                }
                let shifts = mix(components, &present, v, two_j);
                for ((k, _), shift) in present.iter().zip(shifts) {
                    // A level that another component lacks at this v keeps its energy.
                    block[*k].resize(v, 0.0);
                    block[*k].push(shift);
                }
            }
            for (all, part) in shift_per_cm.iter_mut().zip(block) {
                all.push(part);
            }
        }
        Self { shift_per_cm }
    }

    /// Shift of the level (v, 2J) of a component \[cm⁻¹\].
    pub fn shift_per_cm(&self, component: usize, v: usize, two_j: i32) -> f64 {
        self.shift_per_cm
            .get(component)
            .and_then(|blocks| blocks.get(usize::try_from(two_j / 2).ok()?)?.get(v))
            .copied()
            .unwrap_or(0.0)
    }
}

/// Shifts of the components that exist at (v, 2J).
fn mix(components: &[Levels], present: &[(usize, f64)], v: usize, two_j: i32) -> Vec<f64> {
    let mut matrix = DMatrix::zeros(present.len(), present.len());
    for (row, (_, energy)) in present.iter().enumerate() {
        matrix[(row, row)] = *energy;
    }
    for row in 1..present.len() {
        let (lower, upper) = (&components[present[row - 1].0], &components[present[row].0]);
        let term = lower.term();
        if upper.term().two_sigma != term.two_sigma + 2 {
            continue;
        }
        let rotation = 0.5 * (slope(lower, v, two_j) + slope(upper, v, two_j));
        let element =
            -rotation * ladder(term.two_spin, term.two_sigma) * ladder(two_j, term.two_omega());
        matrix[(row, row - 1)] = element;
        matrix[(row - 1, row)] = element;
    }
    let mut mixed: Vec<f64> = SymmetricEigen::new(matrix)
        .eigenvalues
        .iter()
        .copied()
        .collect();
    mixed.sort_by(f64::total_cmp);
    let mut order: Vec<usize> = (0..present.len()).collect();
    order.sort_by(|a, b| present[*a].1.total_cmp(&present[*b].1));
    let mut shifts = vec![0.0; present.len()];
    for (rank, k) in order.into_iter().enumerate() {
        shifts[k] = mixed[rank] - present[k].1;
    }
    shifts
}

/// √(M(M+1) - m(m+1)) of doubled quantum numbers.
fn ladder(two_total: i32, two_projection: i32) -> f64 {
    let square = |two: i32| f64::from(two) / 2.0 * (f64::from(two) / 2.0 + 1.0);
    (square(two_total) - square(two_projection)).max(0.0).sqrt()
}

/// dE/d\[J(J+1)\] of a level: its rotational constant \[cm⁻¹\].
fn slope(levels: &Levels, v: usize, two_j: i32) -> f64 {
    let product = |two: i32| f64::from(two) / 2.0 * (f64::from(two) / 2.0 + 1.0);
    let at = |two: i32| {
        levels
            .energy_per_cm(v, two)
            .map(|energy| (product(two), energy))
    };
    let here = at(two_j);
    let pair = (at(two_j - 2).or(here), at(two_j + 2).or(here));
    match pair {
        (Some((x0, e0)), Some((x1, e1))) if x1 > x0 => (e1 - e0) / (x1 - x0),
        _ => 0.0,
    }
}
