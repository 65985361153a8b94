//! Vibrational levels of a linear symmetric triatomic and its partition function.

use std::collections::BTreeMap;

use nalgebra::{DMatrix, SymmetricEigen};

use crate::constants::SECOND_RADIATION_CM_K;

/// Spectroscopic constants \[cm⁻¹\].
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constants {
    /// ω₁, ω₂, ω₃.
    pub omega_per_cm: [f64; 3],
    /// x₁₁, x₁₂, x₁₃, x₂₂, x₂₃, x₃₃.
    pub x_per_cm: [f64; 6],
    /// g₂₂.
    pub g22_per_cm: f64,
    /// c of the Fermi resonance; zero where there is none.
    pub fermi_per_cm: f64,
    /// B of the ground state.
    pub b0_per_cm: f64,
    /// α₁, α₂, α₃: Bᵥ = B₀ - Σ αᵢ vᵢ.
    pub alpha_per_cm: [f64; 3],
    /// D.
    pub d_per_cm: f64,
}

/// Key of a polyad: P = 2v₁ + v₂, l, v₃.
pub(super) type PolyadKey = (i32, i32, i32);

/// Levels that share P, l and v₃.
#[derive(Clone)]
pub(super) struct Polyad {
    /// (v₁, v₂) of the basis functions.
    pub(super) basis: Vec<(i32, i32)>,
    /// Energies above the ground state \[cm⁻¹\].
    pub(super) energy: Vec<f64>,
    /// Columns: mixed states in the basis; empty where there is no resonance.
    pub(super) mix: DMatrix<f64>,
    /// B of the mixed states \[cm⁻¹\].
    pub(super) b: Vec<f64>,
}

impl Constants {
    /// G above the ground level \[cm⁻¹\] without the resonance.
    pub fn term_per_cm(&self, v: [i32; 3], l: i32) -> f64 {
        let absolute = |v: [i32; 3], l: i32| {
            let s = [
                f64::from(v[0]) + 0.5,
                f64::from(v[1]) + 1.0,
                f64::from(v[2]) + 0.5,
            ];
            let x = self.x_per_cm;
            let linear: f64 = self.omega_per_cm.iter().zip(s).map(|(w, s)| w * s).sum();
            linear
                + x[0] * s[0] * s[0]
                + x[1] * s[0] * s[1]
                + x[2] * s[0] * s[2]
                + x[3] * s[1] * s[1]
                + x[4] * s[1] * s[2]
                + x[5] * s[2] * s[2]
                + self.g22_per_cm * f64::from(l * l)
        };
        absolute(v, l) - absolute([0; 3], 0)
    }

    pub(super) fn polyad(&self, (p, l, v3): PolyadKey) -> Polyad {
        let basis: Vec<(i32, i32)> = (l..=p)
            .rev()
            .filter(|v2| (p - v2) % 2 == 0)
            .map(|v2| ((p - v2) / 2, v2))
            .collect();
        let n = basis.len();
        let diagonal: Vec<f64> = basis
            .iter()
            .map(|(v1, v2)| self.term_per_cm([*v1, *v2, v3], l))
            .collect();
        let (energy, mix) = if self.fermi_per_cm == 0.0 {
            (diagonal, DMatrix::zeros(0, 0))
        } else {
            let mut h = DMatrix::from_diagonal(&diagonal.into());
            for (i, (v1, v2)) in basis.iter().enumerate().skip(1) {
                // `basis` runs from v₁ = 0 upwards: the neighbour before has v₁ - 1, v₂ + 2.
                let w = self.fermi_per_cm * f64::from(v1 * ((v2 + 2) * (v2 + 2) - l * l)).sqrt();
                h[(i, i - 1)] = w;
                h[(i - 1, i)] = w;
            }
            let eigen = SymmetricEigen::new(h);
            (
                eigen.eigenvalues.iter().copied().collect(),
                eigen.eigenvectors,
            )
        };
        let a = self.alpha_per_cm;
        let pure: Vec<f64> = basis
            .iter()
            .map(|(v1, v2)| {
                let loss = a[0] * f64::from(*v1) + a[1] * f64::from(*v2) + a[2] * f64::from(v3);
                self.b0_per_cm - loss
            })
            .collect();
        let b = if mix.is_empty() {
            pure
        } else {
            (0..n)
                .map(|k| (0..n).map(|i| mix[(i, k)].powi(2) * pure[i]).sum())
                .collect()
        };
        Polyad {
            basis,
            energy,
            mix,
            b,
        }
    }

    /// Energies of the mixed levels of a polyad above the ground level \[cm⁻¹\], ascending.
    pub fn levels_per_cm(&self, p: i32, l: i32, v3: i32) -> Vec<f64> {
        let mut energy = self.polyad((p, l, v3)).energy;
        energy.sort_by(f64::total_cmp);
        energy
    }

    /// All polyads with a level below an energy \[cm⁻¹\].
    ///
    /// A mode ends where its next quantum would lie lower: beyond, the expansion has no meaning.
    pub(super) fn polyads(&self, limit_per_cm: f64) -> BTreeMap<PolyadKey, Polyad> {
        let mut all = BTreeMap::new();
        let mut v3 = 0;
        while self.rises([0, 0, v3], 2) && self.term_per_cm([0, 0, v3], 0) < limit_per_cm {
            let mut p = 0;
            // Pure bending is the lowest of a polyad but for its resonance; one polyad of margin.
            while self.rises([0, p, v3], 1)
                && self.term_per_cm([0, p, v3], p % 2) < 1.02 * limit_per_cm + 300.0
            {
                for l in (p % 2..=p).step_by(2) {
                    let polyad = self.polyad((p, l, v3));
                    if polyad.energy.iter().any(|e| *e < limit_per_cm) {
                        all.insert((p, l, v3), polyad);
                    }
                }
                p += 1;
            }
            v3 += 1;
        }
        all
    }

    /// Whether the next quantum of a mode lies higher.
    fn rises(&self, v: [i32; 3], mode: usize) -> bool {
        let mut next = v;
        next[mode] += 1;
        self.term_per_cm(next, v[1] % 2) > self.term_per_cm(v, v[1] % 2)
    }

    /// Rotational energy \[cm⁻¹\] with the B of the level.
    pub(super) fn rotation_per_cm(&self, b: f64, j: f64, l: f64) -> f64 {
        let x = j * (j + 1.0) - l * l;
        b * x - self.d_per_cm * x * x
    }

    /// Vibrational energies \[cm⁻¹\], B and statistical share (1/2 for l = 0, one for l > 0) of the
    /// levels below an energy: what Q(T) sums.
    pub fn partition_levels(&self, limit_per_cm: f64) -> Vec<PartitionLevel> {
        let mut levels = Vec::new();
        for ((_, l, _), polyad) in self.polyads(limit_per_cm) {
            for (energy, b) in polyad.energy.iter().zip(&polyad.b) {
                if *energy < limit_per_cm {
                    levels.push(PartitionLevel {
                        energy_per_cm: *energy,
                        b_per_cm: *b,
                        share: if l == 0 { 0.5 } else { 1.0 },
                    });
                }
            }
        }
        levels
    }

    /// Q(T) of those levels: Σ share e^{-c₂G/T} q_rot with
    /// q_rot = (T/c₂B)(1 + c₂B/3T + 2DT/c₂B²), the high-temperature sum over J (error below 1e-5
    /// where T > 30 c₂B).
    pub fn partition(&self, levels: &[PartitionLevel], temperature_k: f64) -> f64 {
        let beta = SECOND_RADIATION_CM_K / temperature_k;
        levels
            .iter()
            .map(|level| {
                let b = level.b_per_cm;
                let distortion = 2.0 * self.d_per_cm / (b * b * beta);
                level.share * (-beta * level.energy_per_cm).exp() / (beta * b)
                    * (1.0 + beta * b / 3.0 + distortion)
            })
            .sum()
    }
}

/// A vibrational level as the partition function needs it.
#[derive(Clone, Copy, Debug)]
pub struct PartitionLevel {
    /// Energy above the ground level \[cm⁻¹\].
    pub energy_per_cm: f64,
    /// Rotational constant \[cm⁻¹\].
    pub b_per_cm: f64,
    /// Share of its 2J + 1 ladder that exists, both components of l together.
    pub share: f64,
}
