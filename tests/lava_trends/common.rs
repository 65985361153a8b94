//! Models and measures of the trends.

use std::path::Path;
use std::sync::OnceLock;

use magmaret::config::RunConfig;
use magmaret::forward::{Dayside, Gas, Lava, LavaParameters, Sky};
use magmaret::spectrum::Star;

/// Effective temperature of the Sun of `sun_g2` \[K\].
pub const SUN_K: f64 = 5777.0;
/// Oxygen fugacities of the series \[dex from IW\].
pub const DELTA_IW: [f64; 7] = [-6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0];
/// The gases, atoms and oxides of Seidler et al. (2024), section 2.3, beside which the set has these.
pub const NOT_IN_PAPER: &str = "without = ['Al', 'AlO', 'Ca', 'CaO']";
/// Vaporisation of the paper: IMCC, constants of Fegley & Cameron (1987).
pub const MELT_OF_PAPER: &str = "preset = 'seidler2024'";

/// A model of 40 layers (against 160, which moves no bin of R = 30 from 5 to 12 µm by more than 0.3 ppm:
/// `RESULTS.md`).
pub fn model(composition: &str, melt: &str, opacity: &str, star: Star) -> Lava {
    model_with("layers = 40", composition, melt, opacity, star)
}

pub fn model_with(
    atmosphere: &str,
    composition: &str,
    melt: &str,
    opacity: &str,
    star: Star,
) -> Lava {
    let text = format!(
        "seed = 1\n[system]\nname = '55 Cnc e'\n[model]\nkind = 'lava'\n\
         [melt]\ncomposition = '{composition}'\n{melt}\n[opacity]\n{opacity}\n\
         [atmosphere]\n{atmosphere}\n"
    );
    let config = RunConfig::from_text(&text, Path::new("trends.toml")).unwrap();
    Lava::new(&config, star, false, None).unwrap()
}

pub fn sun() -> Star {
    Star::embedded(Some("sun_g2"), SUN_K).unwrap()
}

/// An Earth whose bare surface would have `irradiation_k`, around a star of `star_k` and the size of the Sun.
pub fn earth(irradiation_k: f64, star_k: f64, delta_iw: f64) -> LavaParameters {
    LavaParameters {
        delta_iw,
        heat_redistribution: 1.0,
        surface_albedo: 0.0,
        internal_temperature_k: 30.0,
        alkali_depletion_dex: 0.0,
        hydrogen_bar: 0.0,
        carbon_bar: 0.0,
        nitrogen_bar: 0.0,
        sulfur_bar: 0.0,
        radius_ratio: 0.009_168,
        scaled_semi_major_axis: (star_k / irradiation_k).powi(2),
        stellar_temperature_k: star_k,
        gravity_m_s2: 9.81,
        ..LavaParameters::default()
    }
}

/// One atmosphere.
#[derive(Clone, Debug)]
pub struct Case {
    pub dayside: Dayside,
}

impl Case {
    pub fn new(lava: &Lava, parameters: &LavaParameters) -> Self {
        let dayside = lava
            .dayside(parameters)
            .unwrap_or_else(|error| panic!("{parameters:?}: {error}"));
        Self { dayside }
    }

    /// Changes of mean depths by SiO at the same temperatures \[ppm\].
    pub fn sio_ppm<const N: usize>(
        &self,
        lava: &Lava,
        parameters: &LavaParameters,
        ranges_um: [[f64; 2]; N],
    ) -> [f64; N] {
        let ring = &self.dayside.rings[0];
        let without = lava.without_each(parameters, ring).unwrap();
        let (_, flux) = without.iter().find(|(name, _)| name == "SiO").unwrap();
        let mut dark = self.dayside.clone();
        dark.planet_w_m2.clone_from(flux);
        ranges_um.map(|range| 1e6 * (self.dayside.mean_depth(range) - dark.mean_depth(range)))
    }

    pub fn gas(&self) -> &Gas {
        match &self.dayside.rings[0].sky {
            Sky::Gas(gas) => gas,
            Sky::Bare { .. } => panic!("bare"),
        }
    }

    pub fn surface_k(&self) -> f64 {
        self.dayside.rings[0].surface_temperature_k
    }

    /// Temperature of the top layer over that of the surface \[K\].
    pub fn inversion_k(&self) -> f64 {
        self.gas().temperature_k[0] - self.surface_k()
    }

    /// Coldest layer: how much colder than the surface \[K\], and its pressure \[bar\].
    pub fn cold_trap(&self) -> (f64, f64) {
        let gas = self.gas();
        let layers = gas.temperature_k.iter().zip(&gas.pressure_bar);
        let (t, p) = layers.min_by(|a, b| a.0.total_cmp(b.0)).unwrap();
        (self.surface_k() - t, *p)
    }

    pub fn depth_ppm(&self, range_um: [f64; 2]) -> f64 {
        1e6 * self.dayside.mean_depth(range_um)
    }

    /// Temperature at a pressure \[bar\], on straight lines in its logarithm; none below the base.
    pub fn temperature_k(&self, bar: f64) -> Option<f64> {
        let gas = self.gas();
        let below = gas.pressure_bar.partition_point(|p| *p < bar);
        let (p, t) = (&gas.pressure_bar, &gas.temperature_k);
        if below == 0 || below == p.len() {
            return None;
        }
        let share = (bar / p[below - 1]).ln() / (p[below] / p[below - 1]).ln();
        Some(t[below - 1] + share * (t[below] - t[below - 1]))
    }
}

/// The model of the paper: its vaporisation and gases, TERRA, the Sun.
pub fn model_of_paper() -> &'static Lava {
    static MODEL: OnceLock<Lava> = OnceLock::new();
    MODEL.get_or_init(|| model("terra", MELT_OF_PAPER, NOT_IN_PAPER, sun()))
}

/// Earths at these oxygen fugacities.
pub fn series(irradiation_k: f64, delta_iw: &[f64]) -> Vec<Case> {
    (delta_iw.iter())
        .map(|delta_iw| Case::new(model_of_paper(), &earth(irradiation_k, SUN_K, *delta_iw)))
        .collect()
}

/// [`series`] at 2500 K and [`DELTA_IW`], computed once.
pub fn series_2500() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| series(2500.0, &DELTA_IW))
}
