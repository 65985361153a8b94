//! The equations: element balances between gas and melt as functions of the element potentials.
//!
//! Unknowns x: λ_H, λ_C, λ_N, λ_S, λ_Cl and δ, the shift of λ_O from its reference value (ln fO2 =
//! ln fO2_ref + 2 δ). Every gas is ln p_s = base_s + Σ_k c_sk x_k, where the rock elements at fixed
//! oxide potentials are folded into base and into c_s,O: the oxygen of the gas beyond the oxides of its
//! metals (SiO: -1, Na: -1/2, MgO: 0).
//!
//! Moles of gas: n_s = (4πR²/g) p_s P/Σ p m (a thin column, the mass of which is P·4πR²/g whatever
//! its composition). Moles in the melt: w_l M_melt/m_l for every dissolved component l.
//! The system is square; the residual of an element is ln(found/target), that of oxygen
//! ln(surplus/deficit).

pub use crate::melt::solubility::MAX_LAW_PRESSURE_BAR as MAX_PRESSURE_BAR;
use crate::melt::solubility::{Prepared, Surroundings};

/// Number of unknowns: H, C, N, S, Cl and oxygen.
pub const UNKNOWNS: usize = 6;
/// Index of the oxygen shift.
pub const OXYGEN: usize = 5;

/// One value per unknown.
pub type Vector = [f64; UNKNOWNS];
/// Derivatives: row per equation, column per unknown.
pub type Matrix = [Vector; UNKNOWNS];

/// A gas at one temperature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gas {
    /// ln p (bar) at x = 0.
    pub base: f64,
    /// Atoms of H, C, N, S, Cl; oxygen beyond the oxides of its metals.
    pub counts: Vector,
    /// Molar mass \[kg mol⁻¹\].
    pub molar_mass: f64,
}

/// A component in the melt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dissolved {
    /// The law at this temperature.
    pub law: Prepared,
    /// Index of the gas whose fugacity it takes.
    pub gas: usize,
    /// Atoms of H, C, N, S, Cl and oxygen beyond oxides, per mole of the component.
    pub counts: Vector,
    /// Molar mass \[kg mol⁻¹\].
    pub molar_mass: f64,
}

/// What is known of one element.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Target {
    /// The element is not there; its species neither.
    #[default]
    Absent,
    /// Moles in gas and melt together.
    Moles(f64),
    /// Σ n p over the gas \[bar\].
    PressureBar(f64),
}

/// Iron of the melt that takes up or gives oxygen: ln(Fe³⁺/Fe²⁺) = slope ln fO2 + intercept.
///
/// Every published ferric model has this form at fixed T and composition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IronBuffer {
    /// Fe²⁺ and Fe³⁺ together \[mol\].
    pub iron_mol: f64,
    /// d ln(Fe³⁺/Fe²⁺)/d ln fO2.
    pub slope: f64,
    /// ln(Fe³⁺/Fe²⁺) at fO2 = 1 bar.
    pub intercept: f64,
    /// Fe³⁺/(Fe²⁺ + Fe³⁺) before any exchange with the gas.
    pub initial_ferric_fraction: f64,
}

impl IronBuffer {
    /// Fe³⁺/(Fe²⁺ + Fe³⁺) at `ln_fo2`.
    pub fn ferric_fraction(&self, ln_fo2: f64) -> f64 {
        1.0 / (1.0 + (-(self.slope * ln_fo2 + self.intercept)).exp())
    }
}

/// How oxygen is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OxygenBalance {
    /// O atoms that one atom of H, C, N, S, Cl brings along (1/2 per H for H2O, 2 per C for CO2).
    pub carrier: Vector,
    /// Iron that takes part.
    pub iron: Option<IronBuffer>,
}

/// One problem at one temperature.
#[derive(Clone, Debug, Default)]
pub struct System {
    /// The gas.
    pub gases: Vec<Gas>,
    /// The melt.
    pub dissolved: Vec<Dissolved>,
    /// H, C, N, S, Cl.
    pub targets: [Target; OXYGEN],
    /// `None`: fO2 is imposed.
    pub oxygen: Option<OxygenBalance>,
    /// ln fO2 (bar) at δ = 0.
    pub ln_fo2: f64,
    /// Column mass per pressure 4πR²/g \[kg bar⁻¹\].
    pub column_kg_per_bar: f64,
    /// Mass of melt \[kg\].
    pub melt_kg: f64,
    /// log10 fO2 of the iron-wüstite buffer at 1 bar, for the laws.
    pub log10_iw: f64,
    /// Its rise with pressure \[dex bar⁻¹\].
    pub iw_slope_per_bar: f64,
}

/// Fixes column factor and pressure of the laws: the convex part of the problem (see `fallback`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frozen {
    /// Moles of gas per bar of partial pressure.
    pub moles_per_bar: f64,
    /// Total pressure in the laws \[bar\].
    pub law_pressure_bar: f64,
}

/// Sums of one evaluation. Rows that are not active are not filled.
#[derive(Clone, Copy, Debug, Default)]
pub struct Balance {
    /// Amount found per equation (oxygen: surplus). Moles, or bar for a pressure target.
    pub plus: Vector,
    /// Target (oxygen: deficit).
    pub minus: Vector,
    /// d plus/d x.
    pub d_plus: Matrix,
    /// d minus/d x.
    pub d_minus: Matrix,
    /// Total pressure \[bar\].
    pub pressure_bar: f64,
    /// Mean molar mass \[kg mol⁻¹\].
    pub mean_molar_mass: f64,
}

/// Partial pressures and the lists of what takes part. Owned by the caller, reused between solves.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// Partial pressure of every gas \[bar\]; 0 where an element is absent.
    pub pressure: Vec<f64>,
    /// Gases whose pressure depends on an active unknown.
    moving: Vec<usize>,
    /// Dissolved components of present gases.
    melt: Vec<usize>,
    /// Active unknowns.
    active: [usize; UNKNOWNS],
    active_count: usize,
    fixed_pressure: f64,
    fixed_mass: f64,
}

impl Workspace {
    /// Indices of the active unknowns.
    pub fn active(&self) -> &[usize] {
        &self.active[..self.active_count]
    }

    /// Runs `solve` with the oxygen shift held where it is, although oxygen is balanced.
    pub(super) fn without_oxygen<T>(&mut self, solve: impl FnOnce(&mut Self) -> T) -> T {
        let all = self.active_count;
        // Oxygen is the last of the active unknowns.
        if self.active().last() == Some(&OXYGEN) {
            self.active_count -= 1;
        }
        let result = solve(self);
        self.active_count = all;
        result
    }

    /// Gases whose pressure depends on an active unknown.
    pub fn moving(&self) -> &[usize] {
        &self.moving
    }

    /// Dissolved components that take part.
    pub fn melt(&self) -> &[usize] {
        &self.melt
    }
}

impl System {
    /// Whether unknown `k` is solved for.
    pub fn is_active(&self, k: usize) -> bool {
        if k == OXYGEN {
            self.oxygen.is_some()
        } else {
            self.targets[k] != Target::Absent
        }
    }

    fn is_present(&self, counts: &Vector) -> bool {
        (0..OXYGEN).all(|e| counts[e] == 0.0 || self.targets[e] != Target::Absent)
    }

    /// Sorts gases into absent, fixed and moving, and computes the fixed ones.
    pub fn prepare(&self, workspace: &mut Workspace) {
        workspace.pressure.clear();
        workspace.pressure.resize(self.gases.len(), 0.0);
        workspace.moving.clear();
        workspace.melt.clear();
        workspace.active_count = 0;
        for k in (0..UNKNOWNS).filter(|&k| self.is_active(k)) {
            workspace.active[workspace.active_count] = k;
            workspace.active_count += 1;
        }
        workspace.fixed_pressure = 0.0;
        workspace.fixed_mass = 0.0;
        for (index, gas) in self.gases.iter().enumerate() {
            if gas.base == f64::NEG_INFINITY || !self.is_present(&gas.counts) {
                continue;
            }
            if workspace.active().iter().any(|&k| gas.counts[k] != 0.0) {
                workspace.moving.push(index);
            } else {
                let p = gas.base.exp();
                workspace.pressure[index] = p;
                workspace.fixed_pressure += p;
                workspace.fixed_mass += p * gas.molar_mass;
            }
        }
        if self.melt_kg > 0.0 {
            let present = |d: &Dissolved| self.is_present(&self.gases[d.gas].counts);
            let parts = self.dissolved.iter().enumerate();
            workspace
                .melt
                .extend(parts.filter(|(_, d)| present(d)).map(|(l, _)| l));
        }
    }

    /// ln p (bar) of a gas at `x`.
    #[inline]
    pub fn ln_pressure(&self, gas: usize, x: &Vector) -> f64 {
        let gas = &self.gases[gas];
        gas.base + dot(&gas.counts, x)
    }

    /// ln fO2 (bar) at `x`.
    pub fn ln_fo2_at(&self, x: &Vector) -> f64 {
        self.ln_fo2 + 2.0 * x[OXYGEN]
    }

    /// Weight of `counts` in equation `row`.
    #[inline]
    fn weight(&self, row: usize, counts: &Vector) -> f64 {
        if row < OXYGEN {
            return counts[row];
        }
        let carrier = self.oxygen.as_ref().map_or([0.0; UNKNOWNS], |o| o.carrier);
        counts[OXYGEN] - (0..OXYGEN).map(|e| carrier[e] * counts[e]).sum::<f64>()
    }

    /// Evaluates all balances and their derivatives at `x`; partial pressures go to the workspace.
    pub fn evaluate(
        &self,
        x: &Vector,
        frozen: Option<Frozen>,
        workspace: &mut Workspace,
    ) -> Balance {
        let mut total = workspace.fixed_pressure;
        let mut mass = workspace.fixed_mass;
        let (mut d_total, mut d_mass) = ([0.0; UNKNOWNS], [0.0; UNKNOWNS]);
        for i in 0..workspace.moving.len() {
            let index = workspace.moving[i];
            let gas = &self.gases[index];
            let p = (gas.base + dot(&gas.counts, x)).exp();
            workspace.pressure[index] = p;
            total += p;
            mass += p * gas.molar_mass;
            for k in 0..UNKNOWNS {
                d_total[k] += gas.counts[k] * p;
                d_mass[k] += gas.counts[k] * p * gas.molar_mass;
            }
        }
        let mut balance = Balance {
            pressure_bar: total,
            mean_molar_mass: mass / total,
            ..Balance::default()
        };
        self.add_gas(workspace, &mut balance);
        let moles_per_bar =
            frozen.map_or(self.column_kg_per_bar * total / mass, |f| f.moles_per_bar);
        let mut d_ln_factor = [0.0; UNKNOWNS];
        if frozen.is_none() {
            d_ln_factor = std::array::from_fn(|k| d_total[k] / total - d_mass[k] / mass);
        }
        self.scale_gas(workspace, moles_per_bar, &d_ln_factor, &mut balance);
        let pressure = frozen.map_or(total, |f| f.law_pressure_bar);
        let d_pressure = if frozen.is_some() {
            [0.0; UNKNOWNS]
        } else {
            d_total
        };
        self.add_melt(x, workspace, pressure, &d_pressure, &mut balance);
        self.add_targets(x, workspace, &mut balance);
        balance
    }

    /// Sums over the gas, in bar. Fixed gases have no weight in any active equation.
    fn add_gas(&self, workspace: &Workspace, balance: &mut Balance) {
        for &index in &workspace.moving {
            let gas = &self.gases[index];
            let p = workspace.pressure[index];
            for &row in workspace.active() {
                let weight = self.weight(row, &gas.counts);
                if weight != 0.0 {
                    balance.add(row, weight * p, |k| gas.counts[k]);
                }
            }
        }
    }

    /// Bar to moles, except where the target is a pressure.
    fn scale_gas(
        &self,
        workspace: &Workspace,
        factor: f64,
        d_ln_factor: &Vector,
        balance: &mut Balance,
    ) {
        for &row in workspace.active() {
            if row < OXYGEN && matches!(self.targets[row], Target::PressureBar(_)) {
                continue;
            }
            for (sum, slope) in [
                (&mut balance.plus[row], &mut balance.d_plus[row]),
                (&mut balance.minus[row], &mut balance.d_minus[row]),
            ] {
                for (value, d_ln) in slope.iter_mut().zip(d_ln_factor) {
                    *value = factor * (*value + *sum * d_ln);
                }
                *sum *= factor;
            }
        }
    }

    fn surroundings(&self, x: &Vector, pressure_bar: f64) -> Surroundings {
        Surroundings {
            pressure_bar,
            ln_fo2: self.ln_fo2_at(x),
            log10_iw: self.log10_iw,
            iw_slope_per_bar: self.iw_slope_per_bar,
        }
    }

    fn add_melt(
        &self,
        x: &Vector,
        workspace: &Workspace,
        pressure_bar: f64,
        d_pressure: &Vector,
        balance: &mut Balance,
    ) {
        let at = self.surroundings(x, pressure_bar);
        for &index in &workspace.melt {
            let part = &self.dissolved[index];
            let gas = &self.gases[part.gas];
            let c = part.law.concentration(self.ln_pressure(part.gas, x), &at);
            let moles = 1.0e-6 * self.melt_kg / part.molar_mass;
            let mut slope: Vector = std::array::from_fn(|k| {
                moles * (c.d_ln_f * gas.counts[k] + c.d_pressure * d_pressure[k])
            });
            slope[OXYGEN] += moles * 2.0 * c.d_ln_fo2;
            for &row in workspace.active() {
                if row < OXYGEN && matches!(self.targets[row], Target::PressureBar(_)) {
                    continue;
                }
                let weight = self.weight(row, &part.counts);
                if weight != 0.0 {
                    balance.add_with(row, weight, moles * c.ppmw, &slope);
                }
            }
        }
    }

    /// Targets, and the iron of the melt.
    fn add_targets(&self, x: &Vector, workspace: &Workspace, balance: &mut Balance) {
        for &row in workspace.active() {
            if row < OXYGEN {
                match self.targets[row] {
                    Target::Moles(amount) | Target::PressureBar(amount) => {
                        balance.minus[row] = amount
                    }
                    Target::Absent => {}
                }
            } else if let Some(iron) = self.oxygen.and_then(|o| o.iron) {
                let ferric = iron.ferric_fraction(self.ln_fo2_at(x));
                let half = 0.5 * iron.iron_mol;
                balance.plus[row] += half * ferric;
                balance.d_plus[row][OXYGEN] += half * ferric * (1.0 - ferric) * 2.0 * iron.slope;
                balance.minus[row] += half * iron.initial_ferric_fraction;
            }
        }
    }

    /// Mass fraction of a dissolved component \[ppmw\] at a solution.
    pub fn ppmw(&self, index: usize, x: &Vector, pressure_bar: f64) -> f64 {
        let part = &self.dissolved[index];
        let at = self.surroundings(x, pressure_bar);
        part.law
            .concentration(self.ln_pressure(part.gas, x), &at)
            .ppmw
    }
}

impl Balance {
    /// Adds `amount` (signed) whose logarithmic derivatives are `d_ln(k)`.
    #[inline]
    fn add(&mut self, row: usize, amount: f64, d_ln: impl Fn(usize) -> f64) {
        let (sum, slope, size) = if amount > 0.0 {
            (&mut self.plus[row], &mut self.d_plus[row], amount)
        } else {
            (&mut self.minus[row], &mut self.d_minus[row], -amount)
        };
        *sum += size;
        for (k, value) in slope.iter_mut().enumerate() {
            *value += size * d_ln(k);
        }
    }

    /// Adds `weight * amount`, where `slope` holds the derivatives of `amount` > 0.
    #[inline]
    fn add_with(&mut self, row: usize, weight: f64, amount: f64, slope: &Vector) {
        let (sum, d_sum) = if weight > 0.0 {
            (&mut self.plus[row], &mut self.d_plus[row])
        } else {
            (&mut self.minus[row], &mut self.d_minus[row])
        };
        *sum += weight.abs() * amount;
        for (value, d) in d_sum.iter_mut().zip(slope) {
            *value += weight.abs() * d;
        }
    }

    /// ln(found/target) of equation `row`.
    #[inline]
    pub fn residual(&self, row: usize) -> f64 {
        self.plus[row].ln() - self.minus[row].ln()
    }

    /// d residual/d x_k.
    #[inline]
    pub fn slope(&self, row: usize, k: usize) -> f64 {
        self.d_plus[row][k] / self.plus[row] - self.d_minus[row][k] / self.minus[row]
    }
}

#[inline]
fn dot(a: &Vector, b: &Vector) -> f64 {
    let mut sum = 0.0;
    for k in 0..UNKNOWNS {
        sum += a[k] * b[k];
    }
    sum
}
