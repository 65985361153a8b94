//! Synthetic columns: a few gases whose cross sections have the shapes of lava vapours.

use magmaret::error::{ModelError, RejectReason};
use magmaret::opacity::mixing::LANES;
use magmaret::opacity::set::BandNodes;
use magmaret::transfer::{Boundary, Column, ColumnModel, SpectralPoints};

/// Range of ln T over which abundances follow temperature.
const BEND: f64 = 0.6;

/// Numbers from 0 to 1: xorshift64*.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        let mut random = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        for _ in 0..8 {
            random.next();
        }
        random
    }

    pub fn next(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }
}

/// Bands of equal ratio from 200 to 100 000 cm⁻¹ (0.1 to 50 µm) with nodes of equal weight.
pub fn nodes(bands: usize, per_band: usize) -> BandNodes {
    let edges_per_cm: Vec<f64> = (0..=bands)
        .map(|i| 200.0 * 500_f64.powf(i as f64 / bands as f64))
        .collect();
    let mut wavenumber_per_cm = Vec::new();
    for pair in edges_per_cm.windows(2) {
        for i in 0..per_band {
            let share = (i as f64 + 0.5) / per_band as f64;
            wavenumber_per_cm.push(pair[0] + share * (pair[1] - pair[0]));
        }
    }
    BandNodes {
        weight: vec![1.0 / per_band as f64; wavenumber_per_cm.len()],
        balance_weight: vec![1.0 / per_band as f64; wavenumber_per_cm.len()],
        wavenumber_per_cm,
        edges_per_cm,
    }
}

/// A gas: cross section per mass of each point, and how its share follows temperature.
#[derive(Clone)]
pub struct Gas {
    pub kappa: Vec<f32>,
    /// d ln x/d ln T.
    pub exponent: f64,
}

/// A column of such gases.
#[derive(Clone)]
pub struct Synthetic {
    pub gases: Vec<Gas>,
    pub points: usize,
    pub layers: usize,
    pub top_pa: f64,
    /// At T₀, if it follows the surface.
    pub base_pa: f64,
    pub gravity: f64,
    /// Latent heat and T₀ \[K\]: the base pressure goes as exp(-L (1/T - 1/T₀)).
    pub latent_k: Option<[f64; 2]>,
    pub scattering: Vec<f32>,
}

impl Synthetic {
    /// One grey gas.
    pub fn grey(points: usize, layers: usize, top_pa: f64, base_pa: f64, kappa: f32) -> Self {
        Self {
            gases: vec![Gas {
                kappa: vec![kappa; points],
                exponent: 0.0,
            }],
            points,
            layers,
            top_pa,
            base_pa,
            gravity: 10.0,
            latent_k: None,
            scattering: Vec::new(),
        }
    }

    /// Lava vapour: a wall in the ultraviolet, a window, blocks in the visible, bands in the
    /// infrared over a background.
    pub fn lava(nodes: &BandNodes, layers: usize, base_pa: f64, random: &mut Random) -> Self {
        let points = nodes.wavenumber_per_cm.len();
        let mut shapes = vec![vec![0.0_f32; points]; 4];
        let wall = random.between(2.0, 4.5);
        let window = random.between(-4.0, -2.0);
        let background = random.between(-2.5, 0.5);
        let bands = [random.between(0.0, 3.5), random.between(0.0, 2.5)];
        let visible = random.between(-2.0, 1.5);
        for (i, wavenumber) in nodes.wavenumber_per_cm.iter().enumerate() {
            let um = 1e4 / wavenumber;
            let spread = 4.0 * (random.next() - 0.5);
            let bump = |centre: f64, width: f64| (-((um - centre) / width).powi(2)).exp();
            shapes[0][i] = if um < 0.3 {
                10_f64.powf(wall + 0.5 * spread)
            } else {
                0.0
            } as f32;
            shapes[1][i] = if (0.5..1.0).contains(&um) {
                10_f64.powf(visible + spread) as f32
            } else {
                10_f64.powf(window) as f32
            };
            shapes[2][i] = if um > 1.0 {
                10_f64.powf(background + spread) as f32
            } else {
                0.0
            };
            let lines = bands[0] * bump(9.0, 0.9) + bands[1] * bump(4.3, 0.3);
            shapes[3][i] =
                (10_f64.powf(0.3 * spread + lines) - 10_f64.powf(0.3 * spread)) as f32 * 0.1;
        }
        Self {
            gases: (shapes.into_iter())
                .map(|kappa| Gas {
                    kappa,
                    exponent: random.between(-5.0, 5.0),
                })
                .collect(),
            points,
            layers,
            top_pa: 1e-3,
            base_pa,
            gravity: random.between(5.0, 30.0),
            latent_k: None,
            scattering: Vec::new(),
        }
    }
}

impl ColumnModel for Synthetic {
    fn layers(&self) -> usize {
        self.layers
    }

    fn points(&self) -> usize {
        self.points
    }

    fn follows_surface(&self) -> bool {
        self.latent_k.is_some()
    }

    fn fill(
        &mut self,
        temperature_k: &[f64],
        surface_temperature_k: f64,
        column: &mut Column,
    ) -> Result<(), ModelError> {
        let n = self.layers;
        let base_pa = match self.latent_k {
            None => self.base_pa,
            Some([latent, reference]) => {
                let slope = 1.0 / surface_temperature_k - 1.0 / reference;
                // All of it has gone up at 1e6 Pa.
                let vapour = self.base_pa * (-latent * slope).exp();
                vapour / (1.0 + 1e-6 * vapour)
            }
        };
        if base_pa < 3.0 * self.top_pa || base_pa > 1e8 {
            return Err(ModelError::Rejected(RejectReason::TemperatureOutOfRange));
        }
        let step = (base_pa / self.top_pa).ln() / n as f64;
        column.interface_pressure_pa.clear();
        column
            .interface_pressure_pa
            .extend((0..=n).map(|i| self.top_pa * (step * i as f64).exp()));
        column.pressure_pa.clear();
        column.mass_kg_m2.clear();
        for pair in column.interface_pressure_pa.windows(2) {
            let top = if pair[0] == self.top_pa { 0.0 } else { pair[0] };
            column.pressure_pa.push((pair[0] * pair[1]).sqrt());
            column.mass_kg_m2.push((pair[1] - top) / self.gravity);
        }
        let extinction = &mut column.extinction;
        extinction.reset(self.points, n);
        for (layer, t) in temperature_k.iter().enumerate() {
            let shares: Vec<[f32; 2]> = (self.gases.iter())
                .map(|gas| {
                    // A power law around 2500 K that levels off at both ends.
                    let bend = ((t / 2500.0).ln() / BEND).tanh();
                    let x = (gas.exponent * BEND * bend).exp();
                    [
                        x as f32,
                        (x * gas.exponent * (1.0 - bend * bend) / t) as f32,
                    ]
                })
                .collect();
            for block in 0..self.points.div_ceil(LANES) {
                let points = block * LANES..((block + 1) * LANES).min(self.points);
                let start = (block * n + layer) * LANES;
                let kappa = &mut extinction.absorption[start..start + LANES];
                let per_k = &mut extinction.absorption_per_k[start..start + LANES];
                for (gas, [x, dx]) in self.gases.iter().zip(&shares) {
                    let rows = kappa.iter_mut().zip(per_k.iter_mut());
                    for ((kappa, per_k), k) in rows.zip(&gas.kappa[points.clone()]) {
                        *kappa += x * k;
                        *per_k += dx * k;
                    }
                }
            }
            if !self.scattering.is_empty() {
                extinction.add_scattering(layer, &self.scattering);
            }
        }
        Ok(())
    }
}

/// A black-body star of this temperature that gives σT⁴.
pub fn starlight(points: &SpectralPoints, star_k: f64, irradiation_k: f64) -> Boundary {
    let mut boundary = Boundary::dark(points.bands());
    let factor = (irradiation_k / star_k).powi(4);
    boundary.stellar_flux_w_m2 = points.black_body_w_m2(star_k);
    boundary
        .stellar_flux_w_m2
        .iter_mut()
        .for_each(|flux| *flux *= factor);
    boundary.internal_flux_w_m2 = 5.670_374_419e-8 * 30_f64.powi(4);
    boundary
}
