//! The MELTS liquid (Ghiorso & Sack 1995): a symmetric regular solution of silicate components.
//!
//! mu_i = mu0_i(T) + R' T ln X_i + sum_j W_ij X_j - 1/2 sum_jk W_jk X_j X_k, with R' = 8.3143 in the mixing
//! term as in the model's own calibration. The W do not depend on T or p. The domain is where every
//! component's mole fraction is zero or positive: in effect n_SiO2 > 1/2 (n_MgO + n_FeO) + n_CaO + n_Na2O + 2 n_K2O.
//! Calibrated on natural melts below about 2000 K; every use above extrapolates.

use std::sync::LazyLock;

use super::{
    Conditions, LiquidData, MeltError, MeltModel, MeltState, OxidePotentials, PerOxide,
    check_temperature,
};
use crate::constants::GAS_CONSTANT;
use crate::species::Oxide;

/// Number of components.
const COMPONENTS: usize = 13;

/// Components in the order of the oxides that they bring: component i holds oxide i of
/// [`Oxide::ALL`].
const NAMES: [&str; COMPONENTS] = [
    "SiO2",
    "TiO2",
    "Al2O3",
    "Fe2O3",
    "MgCr2O4",
    "Fe2SiO4",
    "MnSi0.5O2",
    "Mg2SiO4",
    "NiSi0.5O2",
    "CaSiO3",
    "Na2SiO3",
    "KAlSiO4",
    "Ca3(PO4)2",
];

/// Gas constant of the mixing term \[J mol⁻¹ K⁻¹\], as in the calibration of the model.
const MIXING_GAS_CONSTANT: f64 = 8.3143;
/// Mole fraction of the SiO2 component below which the model is marginal: it loses its buffer.
pub const MARGINAL_SILICA: f64 = 0.02;

type PerComponent = [f64; COMPONENTS];

/// One end-member.
#[derive(Clone, Copy, Debug)]
struct EndMember {
    h298_j: f64,
    s298_j_k: f64,
    k: [f64; 4],
    l1: f64,
    l2: f64,
    lambda_t_k: f64,
    lambda_dh_j: f64,
    fusion_t_k: f64,
    fusion_s_j_k: f64,
    liquid_cp_j_k: f64,
}

/// Standard temperature of the end-members \[K\].
const T_REF_K: f64 = 298.15;

impl EndMember {
    /// Enthalpy \[J/mol\] and entropy \[J/mol/K\] of the liquid at its fusion temperature.
    fn at_fusion(&self) -> (f64, f64) {
        let t = self.fusion_t_k;
        let [k0, k1, k2, k3] = self.k;
        let h = |t: f64| k0 * t + 2.0 * k1 * t.sqrt() - k2 / t - k3 / (2.0 * t * t);
        let s = |t: f64| {
            k0 * t.ln() - 2.0 * k1 / t.sqrt() - k2 / (2.0 * t * t) - k3 / (3.0 * t.powi(3))
        };
        let mut enthalpy = self.h298_j + h(t) - h(T_REF_K);
        let mut entropy = self.s298_j_k + s(t) - s(T_REF_K);
        if self.lambda_t_k > 0.0 {
            let (l1, l2) = (self.l1, self.l2);
            // Integrals of T (l1 + l2 T)² and of (l1 + l2 T)².
            let h = |t: f64| {
                l1 * l1 * t * t / 2.0 + 2.0 * l1 * l2 * t.powi(3) / 3.0 + l2 * l2 * t.powi(4) / 4.0
            };
            let s = |t: f64| l1 * l1 * t + l1 * l2 * t * t + l2 * l2 * t.powi(3) / 3.0;
            let end = self.lambda_t_k;
            enthalpy += h(end) - h(T_REF_K) + self.lambda_dh_j;
            entropy += s(end) - s(T_REF_K) + self.lambda_dh_j / end;
        }
        (
            enthalpy + t * self.fusion_s_j_k,
            entropy + self.fusion_s_j_k,
        )
    }
}

/// A liquid above its reference point: constant heat capacity.
#[derive(Clone, Copy, Debug)]
struct Liquid {
    t0_k: f64,
    h0_j: f64,
    s0_j_k: f64,
    cp_j_k: f64,
}

impl Liquid {
    /// mu0 and H0 \[J/mol\] at `t_k`.
    fn potential(&self, t_k: f64) -> (f64, f64) {
        let enthalpy = self.h0_j + self.cp_j_k * (t_k - self.t0_k);
        let entropy = self.s0_j_k + self.cp_j_k * (t_k / self.t0_k).ln();
        (enthalpy - t_k * entropy, enthalpy)
    }

    fn of(member: &EndMember) -> Self {
        let (h0_j, s0_j_k) = member.at_fusion();
        Self {
            t0_k: member.fusion_t_k,
            h0_j,
            s0_j_k,
            cp_j_k: member.liquid_cp_j_k,
        }
    }

    /// SiO2: a glass heat capacity up to 1480 K, then 81.373 J/mol/K, no fusion step (Ghiorso & Sack
    /// 1995).
    fn silica() -> Self {
        const GLASS_T_K: f64 = 1480.0;
        let h =
            |t: f64| 127.200 * t - 10.777e-3 * t * t / 2.0 - 4.3127e5 / t - 2.0 * 1463.8 * t.sqrt();
        let s = |t: f64| {
            127.200 * t.ln() - 10.777e-3 * t - 4.3127e5 / (2.0 * t * t) + 2.0 * 1463.8 / t.sqrt()
        };
        Self {
            t0_k: GLASS_T_K,
            h0_j: -901_554.0 + h(GLASS_T_K) - h(T_REF_K),
            s0_j_k: 48.475 + s(GLASS_T_K) - s(T_REF_K),
            cp_j_k: 81.373,
        }
    }
}

static LIQUIDS: LazyLock<[Liquid; COMPONENTS]> = LazyLock::new(|| {
    let members = parse_end_members(include_str!("data/melts_endmembers.csv"));
    NAMES.map(|name| {
        if name == "SiO2" {
            return Liquid::silica();
        }
        let (_, member) = members
            .iter()
            .find(|(known, _)| *known == name)
            .expect("the embedded table has every end-member");
        Liquid::of(member)
    })
});

static W_J_MOL: LazyLock<[PerComponent; COMPONENTS]> =
    LazyLock::new(|| parse_interactions(include_str!("data/melts_w.csv")));

/// Parses the embedded table; its form is fixed by a test.
fn parse_end_members(text: &str) -> Vec<(&str, EndMember)> {
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|row| {
        let cells: Vec<&str> = row.split(',').collect();
        let n = |i: usize| cells[i].parse().expect("the embedded table holds numbers");
        let member = EndMember {
            h298_j: n(1),
            s298_j_k: n(2),
            k: [n(3), n(4), n(5), n(6)],
            l1: n(7),
            l2: n(8),
            lambda_t_k: n(9),
            lambda_dh_j: n(10),
            fusion_t_k: n(11),
            fusion_s_j_k: n(12),
            liquid_cp_j_k: n(13),
        };
        (cells[0], member)
    })
    .collect()
}

/// Parses the embedded table; its form is fixed by a test.
fn parse_interactions(text: &str) -> [PerComponent; COMPONENTS] {
    let mut w = [[0.0; COMPONENTS]; COMPONENTS];
    let index = |name: &str| NAMES.iter().position(|known| *known == name);
    for row in text.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let pair = index(cells[0]).zip(index(cells[1]));
        let (i, j) = pair.expect("the embedded table names components");
        let value = cells[2].parse().expect("the embedded table holds numbers");
        w[i][j] = value;
        w[j][i] = value;
    }
    w
}

/// Standard potentials at the last temperature.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndMembers {
    t_k: f64,
    mu0_rt: PerComponent,
    h0_rt: PerComponent,
}

impl EndMembers {
    fn update(&mut self, t_k: f64) {
        if self.t_k == t_k {
            return;
        }
        let rt = GAS_CONSTANT * t_k;
        for (i, liquid) in LIQUIDS.iter().enumerate() {
            let (mu, h) = liquid.potential(t_k);
            self.mu0_rt[i] = mu / rt;
            self.h0_rt[i] = h / rt;
        }
        self.t_k = t_k;
    }
}

/// The model.
#[derive(Clone, Copy, Debug, Default)]
pub struct Melts {
    /// Pure liquid oxides to which the reported activities refer (potentials do not depend on it).
    pub liquids: LiquidData,
}

impl Melts {
    /// Mole fractions of the components, in the order SiO2, TiO2, Al2O3, Fe2O3, MgCr2O4, Fe2SiO4,
    /// MnSi0.5O2, Mg2SiO4, NiSi0.5O2, CaSiO3, Na2SiO3, KAlSiO4, Ca3(PO4)2.
    ///
    /// # Errors
    /// [`MeltError::OutsideDomain`] with the most negative component; [`MeltError::Empty`].
    pub fn component_fractions(moles: &PerOxide) -> Result<PerComponent, MeltError> {
        let of = |oxide: Oxide| moles[oxide.index()];
        let magnesium = of(Oxide::MgO) - of(Oxide::Cr2O3);
        let calcium = of(Oxide::CaO) - 3.0 * of(Oxide::P2O5);
        let (sodium, potassium) = (of(Oxide::Na2O), of(Oxide::K2O));
        let paired = of(Oxide::FeO) + magnesium + of(Oxide::MnO) + of(Oxide::NiO);
        let mut n = [
            of(Oxide::SiO2) - 0.5 * paired - calcium - sodium - 2.0 * potassium,
            of(Oxide::TiO2),
            of(Oxide::Al2O3) - potassium,
            of(Oxide::Fe2O3),
            of(Oxide::Cr2O3),
            0.5 * of(Oxide::FeO),
            of(Oxide::MnO),
            0.5 * magnesium,
            of(Oxide::NiO),
            calcium,
            sodium,
            2.0 * potassium,
            of(Oxide::P2O5),
        ];
        let total: f64 = n.iter().sum();
        if total.is_nan() || total <= 0.0 {
            return Err(MeltError::Empty { model: "melts" });
        }
        n.iter_mut().for_each(|x| *x /= total);
        let worst = (0..COMPONENTS).fold(0, |w, i| if n[i] < n[w] { i } else { w });
        if n[worst] < 0.0 {
            return Err(MeltError::OutsideDomain {
                model: "melts",
                component: NAMES[worst],
                mole_fraction: n[worst],
            });
        }
        Ok(n)
    }
}

impl MeltModel for Melts {
    fn name(&self) -> &'static str {
        "melts"
    }

    fn knows(&self, _: Oxide) -> bool {
        true
    }

    fn evaluate(
        &self,
        moles: &PerOxide,
        at: Conditions,
        state: &mut MeltState,
    ) -> Result<(), MeltError> {
        check_temperature(at.t_k)?;
        let x = Self::component_fractions(moles)?;
        state.pure.update(self.liquids, at.t_k);
        state.end_members.update(at.t_k);
        state.iterations = 0;
        let mu_rt = oxide_values(&component_potentials(&x, at.t_k, &state.end_members));
        state.potentials = OxidePotentials::default();
        for (i, amount) in moles.iter().enumerate() {
            // An oxide may be wholly bound in another's component (MgO in MgCr2O4): then its
            // potential has no limit here, and it counts as absent.
            if *amount > 0.0 && mu_rt[i].is_finite() {
                state.potentials.mu_rt[i] = mu_rt[i];
                state.potentials.ln_activity[i] = mu_rt[i] - state.pure.gibbs_rt[i];
            }
        }
        Ok(())
    }

    fn differentiate(&self, moles: &PerOxide, at: Conditions, state: &mut MeltState) {
        let Ok(x) = Self::component_fractions(moles) else {
            return;
        };
        // d(mu/RT)/dT = -H/(RT²): the W do not depend on T and the ideal term of mu/RT is constant.
        let mixing = mixing_enthalpy_rt(&x, at.t_k);
        let h = std::array::from_fn(|i| state.end_members.h0_rt[i] + mixing[i]);
        let h_rt = oxide_values(&h);
        for (i, derivative) in state.potentials.dmu_rt_dt.iter_mut().enumerate() {
            if state.potentials.mu_rt[i].is_finite() {
                *derivative = -h_rt[i] / at.t_k;
            }
        }
    }
}

/// Partial excess enthalpy over RT of each component: sum_j W_ij X_j - 1/2 sum_jk W_jk X_j X_k.
fn mixing_enthalpy_rt(x: &PerComponent, t_k: f64) -> PerComponent {
    let rt = GAS_CONSTANT * t_k;
    let interaction: PerComponent =
        std::array::from_fn(|i| W_J_MOL[i].iter().zip(x).map(|(w, x)| w * x).sum());
    let excess: f64 = 0.5 * interaction.iter().zip(x).map(|(w, x)| w * x).sum::<f64>();
    interaction.map(|of_i| (of_i - excess) / rt)
}

/// mu/RT of each component.
fn component_potentials(x: &PerComponent, t_k: f64, standard: &EndMembers) -> PerComponent {
    let mixing = mixing_enthalpy_rt(x, t_k);
    let ideal = MIXING_GAS_CONSTANT / GAS_CONSTANT;
    std::array::from_fn(|i| standard.mu0_rt[i] + mixing[i] + ideal * x[i].ln())
}

/// Oxide values from component values: the transpose of the definition of the components.
fn oxide_values(c: &PerComponent) -> PerOxide {
    let of = |oxide: Oxide| c[oxide.index()];
    let silica = of(Oxide::SiO2);
    let magnesia = 0.5 * (of(Oxide::MgO) - silica);
    let lime = of(Oxide::CaO) - silica;
    let alumina = of(Oxide::Al2O3);
    Oxide::ALL.map(|oxide| match oxide {
        Oxide::SiO2 => silica,
        Oxide::TiO2 | Oxide::Fe2O3 => of(oxide),
        Oxide::Al2O3 => alumina,
        Oxide::Cr2O3 => of(oxide) - magnesia,
        Oxide::FeO => 0.5 * (of(oxide) - silica),
        Oxide::MgO => magnesia,
        Oxide::MnO | Oxide::NiO => of(oxide) - 0.5 * silica,
        Oxide::CaO => lime,
        Oxide::Na2O => of(oxide) - silica,
        Oxide::K2O => 2.0 * of(oxide) - alumina - 2.0 * silica,
        Oxide::P2O5 => of(oxide) - 3.0 * lime,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::melt::Composition;
    use crate::melt::composition::MolarMasses;

    /// mu0 at 2000/3000 K \[J/mol\] (design note, independent computation); margin 0.05 (the digits given).
    #[test]
    fn end_members_have_their_check_values() {
        for (name, cold, hot) in [
            ("SiO2", -1_126_989.6, -1_317_516.3),
            ("Al2O3", -1_993_090.6, -2_344_379.5),
            ("TiO2", -1_194_757.8, -1_441_519.0),
            ("Mg2SiO4", -2_678_878.9, -3_193_199.8),
        ] {
            let i = NAMES.iter().position(|known| *known == name).unwrap();
            for (t_k, expected) in [(2000.0, cold), (3000.0, hot)] {
                let (mu, _) = LIQUIDS[i].potential(t_k);
                assert!((mu - expected).abs() < 0.06, "{name} {t_k}: {mu}");
            }
        }
    }

    /// Component activities of BSE at 2000/3000 K (design note, independent computation), to the digits
    /// given (four figures: 2e-3 relative).
    #[test]
    fn components_of_bse_have_their_activities() {
        let melt = Composition::named("bse", MolarMasses::Magma).unwrap();
        let x = Melts::component_fractions(melt.mole_fractions()).unwrap();
        for (name, cold, hot) in [
            ("SiO2", 0.2948, 0.2651),
            ("Mg2SiO4", 0.504, 0.5247),
            ("Fe2SiO4", 0.0287, 0.03869),
            ("CaSiO3", 0.02757, 0.03951),
            ("Na2SiO3", 2.554e-4, 7.709e-4),
            ("KAlSiO4", 1.638e-3, 1.301e-3),
            ("Al2O3", 8.72e-3, 1.605e-2),
            ("TiO2", 4.06e-3, 3.78e-3),
        ] {
            let i = NAMES.iter().position(|known| *known == name).unwrap();
            for (t_k, expected) in [(2000.0, cold), (3000.0, hot)] {
                let mut standard = EndMembers::default();
                standard.update(t_k);
                let mu = component_potentials(&x, t_k, &standard);
                let activity = (mu[i] - standard.mu0_rt[i]).exp();
                assert!(
                    (activity / expected - 1.0).abs() < 2.5e-3,
                    "{name} {t_k}: {activity}"
                );
            }
        }
    }

    /// Gibbs-Duhem: sum n_i dmu_i = 0 along any change of composition; measured 1e-9.
    #[test]
    fn potentials_satisfy_gibbs_duhem() {
        let melt = *Composition::named("bse", MolarMasses::Iupac)
            .unwrap()
            .mole_fractions();
        let mu_of = |moles: &PerOxide| {
            let mut state = MeltState::default();
            let at = Conditions {
                t_k: 2300.0,
                ln_fo2: -10.0,
            };
            Melts::default().evaluate(moles, at, &mut state).unwrap();
            state.potentials.mu_rt
        };
        for oxide in [Oxide::SiO2, Oxide::FeO, Oxide::K2O] {
            let moved = |factor: f64| {
                let mut moles = melt;
                moles[oxide.index()] *= factor;
                mu_of(&moles)
            };
            let (low, high) = (moved(1.0 - 1e-5), moved(1.0 + 1e-5));
            let present = (0..melt.len()).filter(|i| melt[*i] > 0.0);
            let sum: f64 = present.map(|i| melt[i] * (high[i] - low[i]) / 2e-5).sum();
            // The ideal term carries R' = 8.3143, which keeps the relation.
            assert!(sum.abs() < 1e-8, "{}: {sum:e}", oxide.name());
        }
    }
}
