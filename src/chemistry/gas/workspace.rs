//! Working memory of one thread.

use super::GasSystem;

/// Working memory and last solution of a [`GasSystem`]; reused, so that a solve allocates nothing.
///
/// "Active" species are those made of the elements that are present. "Components" are as many
/// active species as there are conserved quantities (elements and charge), chosen among the most
/// abundant that are independent; every other species is a product of powers of them.
#[derive(Clone, Debug)]
pub struct GasWorkspace {
    /// Whether `y` and `ln_h` hold a solution.
    pub(super) solved: bool,
    /// Temperature \[K\] of `gibbs`; NaN if none.
    pub(super) t_k: f64,
    pub(super) ln_p_bar: f64,
    /// Abundances as given, one per element of the set; empty before the first solve.
    pub(super) abundances: Vec<f64>,
    /// Abundances without traces, where a gas was not found with them.
    pub(super) common: Vec<f64>,
    /// G/RT of every species of the set.
    pub(super) gibbs: Vec<f64>,
    /// d(G/RT)/dT of every species of the set.
    pub(super) gibbs_dt: Vec<f64>,
    /// Number of conserved quantities: active elements, and charge if there are ions.
    pub(super) width: usize,
    /// Element index per conserved quantity; the charge, if any, comes last and is not listed.
    pub(super) elements: Vec<usize>,
    /// Amounts of the conserved quantities, summing to one; the charge is zero.
    pub(super) totals: Vec<f64>,
    /// Indices of the active species in the set.
    pub(super) active: Vec<usize>,
    /// Row per active species, column per conserved quantity (electrons for the charge).
    pub(super) counts: Vec<f64>,
    /// Active-species index of the free atoms and the electron, per conserved quantity.
    pub(super) atoms: Vec<usize>,
    /// Active-species index per component.
    pub(super) basis: Vec<usize>,
    /// Inverse of the components' rows of `counts`: (conserved quantity, component).
    pub(super) inverse: Vec<f64>,
    /// Totals in terms of the components.
    pub(super) targets: Vec<f64>,
    /// Species as products of components, compressed rows: `exponents[rows[s]..rows[s + 1]]`.
    pub(super) rows: Vec<usize>,
    pub(super) exponents: Vec<(usize, f64)>,
    /// ln of the formation constant from components, in mole fractions.
    pub(super) ln_k: Vec<f64>,
    pub(super) ln_x: Vec<f64>,
    pub(super) x: Vec<f64>,
    /// ln mole fraction of the components.
    pub(super) y: Vec<f64>,
    /// ln of the atoms (in the normalisation of `totals`) per gas particle.
    pub(super) ln_h: f64,
    /// Hessian and then its factor.
    pub(super) hessian: Vec<f64>,
    pub(super) scale: Vec<f64>,
    /// Σ ν x and Σ |ν| x per component.
    pub(super) sums: Vec<f64>,
    pub(super) magnitudes: Vec<f64>,
    pub(super) total_x: f64,
    pub(super) step: Vec<f64>,
    pub(super) column: Vec<f64>,
    pub(super) residual: Vec<f64>,
    /// Dense scratch, species by components.
    pub(super) tableau: Vec<f64>,
    pub(super) costs: Vec<f64>,
    pub(super) amounts: Vec<f64>,
    pub(super) order: Vec<usize>,
    pub(super) pivots: Vec<usize>,
    pub(super) square: Vec<f64>,
    /// Scattered to all species of the set.
    pub(super) ln_mole_fraction: Vec<f64>,
}

impl GasWorkspace {
    pub(super) fn new(system: &GasSystem) -> Self {
        let species = system.set.len();
        let width = system.set.elements().len() + 1;
        let list = |length: usize| Vec::with_capacity(length);
        Self {
            solved: false,
            t_k: f64::NAN,
            ln_p_bar: f64::NAN,
            abundances: list(width),
            common: list(width),
            gibbs: vec![0.0; species],
            gibbs_dt: vec![0.0; species],
            width: 0,
            elements: Vec::with_capacity(width),
            totals: list(width),
            active: Vec::with_capacity(species),
            counts: list(species * width),
            atoms: Vec::with_capacity(width),
            basis: Vec::with_capacity(width),
            inverse: vec![0.0; width * width],
            targets: vec![0.0; width],
            rows: Vec::with_capacity(species + 1),
            exponents: Vec::with_capacity(species * width),
            ln_k: list(species),
            ln_x: list(species),
            x: list(species),
            y: vec![0.0; width],
            ln_h: 0.0,
            hessian: vec![0.0; width * width],
            scale: vec![0.0; width],
            sums: vec![0.0; width],
            magnitudes: vec![0.0; width],
            total_x: 0.0,
            step: vec![0.0; width],
            column: vec![0.0; width],
            residual: vec![0.0; width],
            tableau: list(species * width),
            costs: list(species),
            amounts: list(width),
            order: Vec::with_capacity(species),
            pivots: Vec::with_capacity(width),
            square: vec![0.0; width * width],
            ln_mole_fraction: vec![f64::NEG_INFINITY; species],
        }
    }

    /// Forgets the last solution: the next solve starts cold and depends on nothing before it.
    pub fn forget(&mut self) {
        self.solved = false;
    }

    /// ln mole fraction of every species of the set at the last solution; -∞ for species of
    /// absent elements.
    pub fn ln_mole_fractions(&self) -> &[f64] {
        &self.ln_mole_fraction
    }

    /// Mean molar mass \[g mol⁻¹\] at the last solution, with the molar masses of the set.
    pub fn mean_molar_mass_g_mol(&self, molar_masses_g_mol: &[f64]) -> f64 {
        self.active
            .iter()
            .zip(&self.x)
            .map(|(index, x)| molar_masses_g_mol[*index] * x)
            .sum()
    }

    /// Updates ln K of formation from the components at the present T and p.
    pub(super) fn update_constants(&mut self) {
        let ln_p = self.ln_p_bar;
        for (s, &index) in self.active.iter().enumerate() {
            let mut value = -(self.gibbs[index] + ln_p);
            for &(c, nu) in &self.exponents[self.rows[s]..self.rows[s + 1]] {
                value += nu * (self.gibbs[self.active[self.basis[c]]] + ln_p);
            }
            self.ln_k[s] = value;
        }
    }

    /// Mole fractions from those of the components.
    pub(super) fn update_fractions(&mut self) {
        // Far above any pressure that a capped step can reach; keeps the sums finite.
        const LN_X_MAX: f64 = 300.0;
        for s in 0..self.active.len() {
            let mut value = self.ln_k[s];
            for &(c, nu) in &self.exponents[self.rows[s]..self.rows[s + 1]] {
                value += nu * self.y[c];
            }
            self.ln_x[s] = value;
            self.x[s] = value.min(LN_X_MAX).exp();
        }
    }

    /// Sums over species: X = Σx, Σνx, Σ|ν|x and the Hessian Σ ν νᵀ x.
    pub(super) fn accumulate(&mut self) {
        let n = self.width;
        self.hessian[..n * n].fill(0.0);
        self.sums[..n].fill(0.0);
        self.magnitudes[..n].fill(0.0);
        self.total_x = 0.0;
        for s in 0..self.active.len() {
            let x = self.x[s];
            self.total_x += x;
            let row = &self.exponents[self.rows[s]..self.rows[s + 1]];
            for (k, &(c, nu)) in row.iter().enumerate() {
                let weighted = nu * x;
                self.sums[c] += weighted;
                self.magnitudes[c] += weighted.abs();
                // Rows are sorted by component: this is the lower triangle.
                let line = &mut self.hessian[c * n..c * n + c + 1];
                for &(d, other) in &row[..=k] {
                    line[d] += weighted * other;
                }
            }
        }
    }
}
