//! A forecast of the temperatures of a column from those of others.
//!
//! Kernel ridge regression of ln(T/T_bare) of every layer and of the surface, with T_bare the temperature
//! of a bare surface: a Gaussian of the distance between [`Features`] as kernel.

use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

use super::{Lava, LavaParameters};
use crate::error::InputError;
use crate::melt::buffer::Buffer;
use crate::species::Oxide;

/// Number of features.
const FEATURES: usize = 29;
/// Oxides of the melt that count, and the change of log10 of the mole fraction that matters \[dex\].
const OXIDE_UNITS_DEX: [(Oxide, f64); 8] = [
    (Oxide::SiO2, 0.2),
    (Oxide::TiO2, 0.5),
    (Oxide::Al2O3, 0.5),
    (Oxide::FeO, 0.5),
    (Oxide::MgO, 0.2),
    (Oxide::CaO, 0.5),
    (Oxide::Na2O, 0.7),
    (Oxide::K2O, 0.7),
];
/// Less of an oxide is as good as none.
const LEAST_MOLE_FRACTION: f64 = 1e-7;
/// Less of a volatile is as good as none \[bar\].
const LEAST_VOLATILE_BAR: f64 = 1e-10;
/// Oxygen fugacity of congruent evaporation relative to the iron-wuestite buffer, roughly \[dex\].
const CONGRUENT_DELTA_IW: f64 = 2.0;

/// Coordinates in which likeness is measured, each in units of a change that matters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Features(pub [f32; FEATURES]);

impl Default for Features {
    fn default() -> Self {
        Self([0.0; FEATURES])
    }
}

impl Lava {
    /// Where a point lies, in units of changes of about equal weight for T(p).
    ///
    /// # Errors
    /// A composition that cannot be.
    pub(super) fn features(
        &self,
        parameters: &LavaParameters,
        bare_k: f64,
    ) -> Result<Features, InputError> {
        let melt = self.magma.melt_of(parameters)?;
        let delta_iw = if self.magma.melt.congruent {
            CONGRUENT_DELTA_IW
        } else {
            let buffers = [self.magma.buffer, Buffer::IwHirschmann2008];
            let [own, iw] = buffers.map(|buffer| buffer.log10_fo2_bar(bare_k));
            parameters.delta_iw + own - iw
        };
        let oxides = OXIDE_UNITS_DEX.map(|(oxide, unit)| {
            let fraction = melt.mole_fractions()[oxide.index()];
            fraction.max(LEAST_MOLE_FRACTION).log10() / unit
        });
        let volatiles = [
            parameters.hydrogen_bar,
            parameters.carbon_bar,
            parameters.nitrogen_bar,
            parameters.sulfur_bar,
        ];
        let surface = [
            delta_iw / 0.5,
            bare_k.ln() / 0.03,
            parameters.surface_albedo / 0.2,
            parameters.gravity_m_s2.ln() / 0.3,
            parameters.stellar_temperature_k / 1000.0,
            parameters.mgo_gas_kj_mol / 20.0,
            parameters.stellar_uv_dex / 0.5,
            f64::from(u8::from(parameters.has_volatiles())) * 4.0,
        ];
        let activities = (parameters.activity_dex.iter().zip([0.2, 0.5, 0.2])).map(|(x, u)| x / u);
        let opacities = parameters.opacity_dex.iter().map(|dex| dex / 0.5);
        let volatiles = (volatiles.iter()).map(|bar| bar.max(LEAST_VOLATILE_BAR).log10() / 0.5);
        let mut features = Features::default();
        let all = (surface.into_iter().chain(oxides))
            .chain(activities)
            .chain(opacities)
            .chain(volatiles);
        for (feature, value) in features.0.iter_mut().zip(all) {
            *feature = value as f32;
        }
        Ok(features)
    }
}

/// How far likeness reaches, and how far it is believed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Kernel {
    /// Width in units of the features.
    pub width: f32,
    /// Share of the variance that is taken for noise.
    pub ridge: f32,
}

impl Kernel {
    fn of(&self, a: &[f32], b: &[f32]) -> f32 {
        let squared: f32 = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
        (-0.5 * squared / (self.width * self.width)).exp()
    }
}

/// What was learned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Forecast {
    kernel: Kernel,
    /// \[solution\]\[feature\]
    features: Vec<f32>,
    /// Mean of ln(T/T_bare), layers and then surface.
    mean: Vec<f32>,
    /// \[solution\]\[layer or surface\]
    weights: Vec<f32>,
}

impl Forecast {
    /// Learns from features and ln(T/T_bare); nothing from nothing.
    pub fn learn(solved: Vec<(Features, Vec<f64>)>, kernel: Kernel) -> Option<Self> {
        let (features, ratios): (Vec<Features>, Vec<Vec<f64>>) = solved.into_iter().unzip();
        let (count, width) = (features.len(), ratios.first()?.len());
        let mean: Vec<f64> = (0..width)
            .map(|i| ratios.iter().map(|row| row[i]).sum::<f64>() / count as f64)
            .collect();
        let centred = DMatrix::from_fn(count, width, |row, i| ratios[row][i] - mean[i]);
        let gram = DMatrix::from_fn(count, count, |i, j| {
            let noise = if i == j { kernel.ridge } else { 0.0 };
            f64::from(kernel.of(&features[i].0, &features[j].0) + noise)
        });
        let weights = gram.cholesky()?.solve(&centred).transpose();
        Some(Self {
            kernel,
            features: features.iter().flat_map(|one| one.0).collect(),
            mean: mean.iter().map(|value| *value as f32).collect(),
            weights: weights.iter().map(|value| *value as f32).collect(),
        })
    }

    /// Number of solutions, where the parts fit each other.
    pub fn solutions(&self) -> Option<usize> {
        let count = self.features.len() / FEATURES;
        let fits = count > 0
            && self.mean.len() > 1
            && self.features.len() == count * FEATURES
            && self.weights.len() == count * self.mean.len();
        fits.then_some(count)
    }

    /// Temperatures of the layers that were learned \[K\] into `layers_k`; returns that of the surface
    /// \[K\].
    pub fn temperatures(
        &self,
        features: &Features,
        bare_k: f64,
        layers_k: &mut Vec<f64>,
    ) -> Option<f64> {
        layers_k.clear();
        layers_k.extend(self.mean.iter().map(|value| f64::from(*value)));
        let solutions =
            (self.features.chunks_exact(FEATURES)).zip(self.weights.chunks_exact(self.mean.len()));
        for (of_solution, weights) in solutions {
            let share = f64::from(self.kernel.of(of_solution, &features.0));
            for (sum, weight) in layers_k.iter_mut().zip(weights) {
                *sum += share * f64::from(*weight);
            }
        }
        for value in layers_k.iter_mut() {
            *value = bare_k * value.exp();
        }
        layers_k.pop()
    }
}
