//! Cold start: the assemblage of lowest Gibbs energy without entropy of mixing.
//!
//! Leaving out the mixing makes the problem a linear programme, min Σ nₛ(Gₛ/RT + ln p) with the
//! elements conserved, solved by the simplex method from free atoms. Its vertex has as many
//! species as conserved quantities (the first components), and its dual bounds every mole
//! fraction by one, so the Newton iteration that follows starts without overshoot.

use super::workspace::GasWorkspace;

/// Amounts below this share of the largest count as zero (charge, elements in exact proportion).
const DEGENERATE: f64 = 1e-13;

impl GasWorkspace {
    /// Sets components, unknowns and h from the linear programme. Returns `false` if the species
    /// do not span the conserved quantities.
    pub(super) fn start_cold(&mut self) -> bool {
        let n = self.width;
        let ln_p = self.ln_p_bar;
        self.basis.clear();
        self.basis.extend_from_slice(&self.atoms);
        self.tableau.clear();
        self.tableau.extend_from_slice(&self.counts);
        self.amounts.clear();
        self.amounts.extend_from_slice(&self.totals);
        self.costs.clear();
        for (s, &index) in self.active.iter().enumerate() {
            let mut cost = self.gibbs[index] + ln_p;
            for (e, count) in self.counts[s * n..(s + 1) * n].iter().enumerate() {
                if *count != 0.0 {
                    cost -= count * (self.gibbs[self.active[self.atoms[e]]] + ln_p);
                }
            }
            self.costs.push(cost);
        }
        // A bound against cycling; any basis will do as a start.
        for _ in 0..20 * n {
            if !self.pivot() {
                break;
            }
        }
        self.estimate_unknowns()
    }

    /// One step of the simplex method; `false` at the optimum.
    fn pivot(&mut self) -> bool {
        let n = self.width;
        let mut entering = 0;
        for (s, cost) in self.costs.iter().enumerate() {
            if *cost < self.costs[entering] {
                entering = s;
            }
        }
        let cost = self.costs[entering];
        if cost > -1e-9 {
            return false;
        }
        let row = &mut self.column[..n];
        row.copy_from_slice(&self.tableau[entering * n..(entering + 1) * n]);
        let mut leaving = None;
        let mut shortest = f64::INFINITY;
        for (c, value) in row.iter().enumerate() {
            if *value > 1e-9 && self.amounts[c] / value < shortest {
                shortest = self.amounts[c] / value;
                leaving = Some(c);
            }
        }
        let Some(leaving) = leaving else { return false };
        let reciprocal = row[leaving].recip();
        for (c, value) in row.iter().enumerate() {
            self.amounts[c] = (self.amounts[c] - shortest * value).max(0.0);
        }
        self.amounts[leaving] = shortest;
        self.basis[leaving] = entering;
        for (other, other_cost) in self.tableau.chunks_exact_mut(n).zip(&mut self.costs) {
            let factor = other[leaving] * reciprocal;
            if factor != 0.0 {
                for (value, entry) in other.iter_mut().zip(row.iter()) {
                    *value -= factor * entry;
                }
                other[leaving] = factor;
                *other_cost -= factor * cost;
            }
        }
        true
    }

    /// Mole fractions of the components from their amounts; where an amount is zero, from the
    /// balance of the species that need the component and those that free it.
    fn estimate_unknowns(&mut self) -> bool {
        let n = self.width;
        let total: f64 = self.amounts.iter().sum();
        self.ln_h = -total.ln();
        for c in 0..n {
            let share = self.amounts[c] / total;
            self.ln_x[self.basis[c]] = if share > DEGENERATE { share.ln() } else { 0.0 };
        }
        if !self.express_in_components() {
            return false;
        }
        for c in 0..n {
            if self.amounts[c] > DEGENERATE * total {
                continue;
            }
            self.update_fractions();
            let (mut needing, mut freeing) = (0.0, 0.0);
            for (s, x) in self.x.iter().enumerate() {
                for &(d, nu) in &self.exponents[self.rows[s]..self.rows[s + 1]] {
                    if d == c && nu > 0.0 {
                        needing += nu * x;
                    } else if d == c {
                        freeing -= nu * x;
                    }
                }
            }
            let ratio: f64 = freeing / needing;
            self.y[c] = if ratio > 0.0 { 0.5 * ratio.ln() } else { -50.0 };
        }
        self.update_fractions();
        true
    }
}
