//! Choice of the components.
//!
//! Element potentials are the textbook unknowns, but their Newton matrix is as ill-conditioned as
//! the gas is one-sided: where all Si and nearly all O are SiO, the free oxygen is a difference of
//! two equal numbers. With the most abundant independent species as components the same
//! difference is taken once, exactly, in the stoichiometry (Smith & Missen 1982, *Chemical
//! Reaction Equilibrium Analysis*, optimised stoichiometry), and the matrix stays near diagonal.

use super::linear;
use super::workspace::GasWorkspace;

/// Entries of the stoichiometric matrix below this are rounding of zero.
const ZERO: f64 = 1e-11;

impl GasWorkspace {
    /// Chooses the most abundant independent active species as components (greedily, which is
    /// optimal for linear independence) and rewrites everything in terms of them.
    ///
    /// Returns `false` if the species do not span the conserved quantities.
    pub(super) fn choose_components(&mut self) -> bool {
        let n = self.width;
        self.order.clear();
        self.order.extend(0..self.active.len());
        let ln_x = &self.ln_x;
        self.order
            .sort_unstable_by(|&a, &b| ln_x[b].total_cmp(&ln_x[a]).then(a.cmp(&b)));
        self.basis.clear();
        self.pivots.clear();
        for &candidate in &self.order {
            let accepted = self.basis.len();
            let (reduced, rest) = self.square.split_at_mut(accepted * n);
            let row = &mut rest[..n];
            row.copy_from_slice(&self.counts[candidate * n..(candidate + 1) * n]);
            for (echelon, &pivot) in reduced.chunks_exact(n).zip(&self.pivots) {
                let factor = row[pivot];
                if factor != 0.0 {
                    for (value, e) in row.iter_mut().zip(echelon) {
                        *value -= factor * e;
                    }
                }
            }
            let Some(pivot) = largest(row) else { continue };
            let reciprocal = row[pivot].recip();
            row.iter_mut().for_each(|value| *value *= reciprocal);
            self.basis.push(candidate);
            self.pivots.push(pivot);
            if self.basis.len() == n {
                break;
            }
        }
        self.basis.len() == n && self.express_in_components()
    }

    /// Rewrites stoichiometry, totals, constants and unknowns for the present `basis`; the new
    /// unknowns are the present `ln_x` of the components.
    pub(super) fn express_in_components(&mut self) -> bool {
        let n = self.width;
        for (c, &s) in self.basis.iter().enumerate() {
            self.square[c * n..(c + 1) * n].copy_from_slice(&self.counts[s * n..(s + 1) * n]);
        }
        if !linear::invert(&mut self.square, &mut self.inverse, n) {
            return false;
        }
        self.rows.clear();
        self.exponents.clear();
        self.rows.push(0);
        for s in 0..self.active.len() {
            let row = &mut self.column[..n];
            row.fill(0.0);
            for (e, &count) in self.counts[s * n..(s + 1) * n].iter().enumerate() {
                if count != 0.0 {
                    for (value, inverse) in row.iter_mut().zip(&self.inverse[e * n..(e + 1) * n]) {
                        *value += count * inverse;
                    }
                }
            }
            for (c, &value) in row.iter().enumerate() {
                let whole = value.round();
                let value = if (value - whole).abs() < ZERO {
                    whole
                } else {
                    value
                };
                if value != 0.0 {
                    self.exponents.push((c, value));
                }
            }
            self.rows.push(self.exponents.len());
        }
        for (c, &s) in self.basis.iter().enumerate() {
            self.y[c] = self.ln_x[s];
        }
        self.update_targets();
        self.update_constants();
        true
    }

    /// Totals of the conserved quantities in terms of the components.
    pub(super) fn update_targets(&mut self) {
        let n = self.width;
        for c in 0..n {
            let sum: f64 = (0..n)
                .map(|e| self.totals[e] * self.inverse[e * n + c])
                .sum();
            self.targets[c] = if sum.abs() < 1e-17 { 0.0 } else { sum };
        }
    }
}

/// Index of the largest entry by magnitude, `None` if all are rounding of zero.
fn largest(row: &[f64]) -> Option<usize> {
    let mut best = 0;
    for (index, value) in row.iter().enumerate() {
        if value.abs() > row[best].abs() {
            best = index;
        }
    }
    (row[best].abs() > 1e-9).then_some(best)
}
