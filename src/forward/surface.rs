//! Surfaces with a measured reflectance: what they absorb of a star and what they emit.

use std::path::Path;

use crate::constants::STEFAN_BOLTZMANN;
use crate::error::InputError;
use crate::forward::scene::{PLANET_RANGE_K, STAR_RANGE_K};
use crate::spectrum::columns::Columns;
use crate::spectrum::quadrature::LEGENDRE_2;
use crate::spectrum::{PiecewiseLinear, PlanckGrid, Star, pieces};
use crate::units::M_PER_UM;

/// Wavelengths between which a black body counts as whole \[m\]: the light of 20 000 K below and of
/// 50 K beyond is less than 1e-6 of its total.
const WHOLE_SPECTRUM_M: (f64, f64) = (2.0e-8, 5.0e-3);
/// Points of the logarithmic grid over it.
const SPECTRUM_POINTS: u32 = 1_000;
/// Points of the table of emitted power.
const PLANET_POINTS: usize = 512;
/// Points of the table of the Bond albedo.
const STAR_POINTS: usize = 128;

/// A surface given by its hemispherical reflectance A(λ); by Kirchhoff's law it emits with
/// ε(λ) = 1 - A(λ). Outside its table the reflectance keeps its end values.
///
/// Emitted power ∫ ε π B_λ(T) dλ and Bond albedo ∫ A F_* dλ / ∫ F_* dλ (over every wavelength of
/// the star) are tabulated once against ln T, so that a call only looks them up.
///
/// # Accuracy
/// The look-up of T is linear in logarithms: exact for a grey surface, below 1e-5 of T for the step
/// functions of the tests; that of the Bond albedo is cubic in ln T_*.
#[derive(Clone, Debug)]
pub struct TabulatedSurface {
    albedo: PiecewiseLinear,
    ln_power: Vec<f64>,
    bond_albedo: Vec<f64>,
}

impl TabulatedSurface {
    /// Reads `wavelength_um,albedo`.
    ///
    /// # Errors
    /// [`InputError`] with the line for anything but positive, strictly monotonic wavelengths and
    /// albedos of 0 to 1, some below 1.
    pub fn from_path(path: &Path, star: &Star) -> Result<Self, InputError> {
        let columns = Columns::from_path(path, Some(["wavelength_um", "albedo"]))?.ascending()?;
        columns.second_within(0.0, 1.0, "an albedo of 0 to 1")?;
        let x = (columns.rows.iter())
            .map(|row| row.first * M_PER_UM)
            .collect();
        let y = columns.rows.iter().map(|row| row.second).collect();
        let refuse = |found: &str| InputError::value(&columns.place, found, "a usable albedo");
        let albedo =
            PiecewiseLinear::new(x, y).ok_or_else(|| refuse("wavelengths out of range"))?;
        Self::new(albedo, star).ok_or_else(|| refuse("a surface that absorbs or emits nothing"))
    }

    /// `albedo`: A(λ) against wavelength \[m\]. `None` where the surface absorbs nothing of the
    /// star or emits nothing.
    pub fn new(albedo: PiecewiseLinear, star: &Star) -> Option<Self> {
        let (low, high) = WHOLE_SPECTRUM_M;
        let log_grid = |i: u32| low * (high / low).powf(f64::from(i) / f64::from(SPECTRUM_POINTS));
        let grid: Vec<f64> = (0..=SPECTRUM_POINTS).map(log_grid).collect();
        let flat = PiecewiseLinear::new(grid, vec![1.0; SPECTRUM_POINTS as usize + 1])?;

        let (nodes, weights) = nodes(&[&albedo, &flat], low, high);
        let planck = PlanckGrid::new(&nodes);
        let reflectance: Vec<f64> = nodes.iter().map(|&x| albedo.value(x)).collect();
        let mut flux = vec![0.0; nodes.len()];
        let mut mean_albedo = |temperature_k: f64| {
            planck.flux(temperature_k, &mut flux);
            weighted_mean(&weights, &flux, &reflectance)
        };

        let ln_power = (0..PLANET_POINTS)
            .map(|i| {
                let temperature_k = log_point(PLANET_RANGE_K, i, PLANET_POINTS);
                let emissivity = 1.0 - mean_albedo(temperature_k);
                (emissivity * STEFAN_BOLTZMANN).ln() + 4.0 * temperature_k.ln()
            })
            .collect::<Vec<f64>>();
        let bond_albedo: Vec<f64> = match star.table() {
            None => (0..STAR_POINTS)
                .map(|i| mean_albedo(log_point(STAR_RANGE_K, i, STAR_POINTS)))
                .collect(),
            Some(table) => bond_albedo_of_table(&albedo, star, table),
        };
        let usable = ln_power.iter().all(|value| value.is_finite())
            && bond_albedo.iter().all(|&albedo| albedo < 1.0);
        usable.then_some(Self {
            albedo,
            ln_power,
            bond_albedo,
        })
    }

    /// The reflectance A(λ).
    pub fn albedo(&self) -> &PiecewiseLinear {
        &self.albedo
    }

    /// Bond albedo under the star at an effective temperature (1000 to 20 000 K).
    pub fn bond_albedo(&self, stellar_temperature_k: f64) -> f64 {
        let last = STAR_POINTS - 1;
        let (low_k, high_k) = STAR_RANGE_K;
        let position = (stellar_temperature_k / low_k).ln() / (high_k / low_k).ln() * last as f64;
        // Lagrange through the four points about the position.
        let first = (position.max(1.0) as usize - 1).min(last - 3);
        let x = position - first as f64;
        let weight = [
            -(x - 1.0) * (x - 2.0) * (x - 3.0) / 6.0,
            x * (x - 2.0) * (x - 3.0) / 2.0,
            -x * (x - 1.0) * (x - 3.0) / 2.0,
            x * (x - 1.0) * (x - 2.0) / 6.0,
        ];
        (weight.iter().zip(&self.bond_albedo[first..first + 4]))
            .map(|(weight, albedo)| weight * albedo)
            .sum()
    }

    /// Temperature \[K\] at which the surface emits `power` \[W m⁻²\]; `None` outside 50 to
    /// 10 000 K.
    pub fn temperature(&self, power: f64) -> Option<f64> {
        let ln_power = power.ln();
        let after = self.ln_power.partition_point(|&value| value <= ln_power);
        if after == 0 || after == PLANET_POINTS {
            return None;
        }
        let (p0, p1) = (self.ln_power[after - 1], self.ln_power[after]);
        let position = (after - 1) as f64 + (ln_power - p0) / (p1 - p0);
        let (low_k, high_k) = PLANET_RANGE_K;
        Some(low_k * ((high_k / low_k).ln() * position / (PLANET_POINTS - 1) as f64).exp())
    }
}

/// Point `i` of `n` in equal steps of the logarithm.
fn log_point(range: (f64, f64), i: usize, n: usize) -> f64 {
    range.0 * (range.1 / range.0).powf(i as f64 / (n - 1) as f64)
}

/// Two Gauss nodes on each straight piece of the curves.
fn nodes(curves: &[&PiecewiseLinear], low: f64, high: f64) -> (Vec<f64>, Vec<f64>) {
    pieces(curves, low, high)
        .flat_map(|(a, b)| {
            LEGENDRE_2.map(|(x, weight)| {
                let half = 0.5 * (b - a);
                (0.5 * (a + b) + half * x, half * weight)
            })
        })
        .unzip()
}

fn weighted_mean(weights: &[f64], flux: &[f64], values: &[f64]) -> f64 {
    let (mut sum, mut total) = (0.0, 0.0);
    for ((weight, flux), value) in weights.iter().zip(flux).zip(values) {
        sum += weight * flux * value;
        total += weight * flux;
    }
    sum / total
}

/// Bond albedo under a tabulated star, over all of its table.
fn bond_albedo_of_table(
    albedo: &PiecewiseLinear,
    star: &Star,
    table: &PiecewiseLinear,
) -> Vec<f64> {
    let (low, high) = table.range();
    let (nodes, weights) = nodes(&[albedo, table], low, high);
    let reflectance: Vec<f64> = nodes.iter().map(|&x| albedo.value(x)).collect();
    (0..STAR_POINTS)
        .map(|i| {
            let temperature_k = log_point(STAR_RANGE_K, i, STAR_POINTS);
            let flux: Vec<f64> = (nodes.iter())
                .map(|&x| star.flux(x, temperature_k).unwrap_or(0.0))
                .collect();
            weighted_mean(&weights, &flux, &reflectance)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;
    use crate::spectrum::planck_flux;

    fn step(edge_um: f64, below: f64, above: f64) -> PiecewiseLinear {
        let x = [0.1, edge_um, edge_um + 0.001, 50.0].map(|um| um * 1e-6);
        PiecewiseLinear::new(x.to_vec(), vec![below, below, above, above]).unwrap()
    }

    fn plain(low_m: f64, high_m: f64, temperature_k: f64) -> f64 {
        let steps = 20_000;
        let width = (high_m / low_m).ln() / f64::from(steps);
        (0..steps)
            .map(|i| low_m * ((f64::from(i) + 0.5) * width).exp())
            .map(|x| planck_flux(x, temperature_k) * x * width)
            .sum()
    }

    /// A mirror above 3 µm: the Bond albedo is the share of the star's light beyond 3 µm, by a
    /// plain sum. Tolerance 1e-5; measured 4e-8.
    #[test]
    fn bond_albedo_is_the_mean_over_the_whole_star() {
        let star = Star::black_body(3_300.0);
        let surface = TabulatedSurface::new(step(3.0, 0.0, 0.5), &star).unwrap();
        let share = 0.5 * plain(3.0005e-6, 5e-3, 3_300.0) / plain(1e-7, 5e-3, 3_300.0);
        assert_relative_eq!(surface.bond_albedo(3_300.0), share, max_relative = 1e-5);
    }

    /// The same for a table of that black body.
    #[test]
    fn a_tabulated_star_gives_the_albedo_of_its_black_body() {
        let x: Vec<f64> = (0..4_000)
            .map(|i| 5e-8 * (1e4_f64).powf(f64::from(i) / 3_999.0))
            .collect();
        let y = x.iter().map(|&x| planck_flux(x, 3_300.0)).collect();
        let table = PiecewiseLinear::new(x, y).unwrap();
        let tabulated = Star::from_table(table, 3_300.0, "test");
        let of = |star: &Star| TabulatedSurface::new(step(3.0, 0.1, 0.5), star).unwrap();
        for temperature_k in [3_300.0, 3_400.0] {
            assert_relative_eq!(
                of(&tabulated).bond_albedo(temperature_k),
                of(&Star::black_body(3_300.0)).bond_albedo(temperature_k),
                max_relative = 1e-4
            );
        }
    }

    /// The temperature balances the power by a plain sum over the step. Tolerance 1e-5 of T;
    /// measured 5.2e-6 at 700 K, where the step lies on the slope of the emission.
    #[test]
    fn the_temperature_balances_the_power() {
        let star = Star::black_body(3_300.0);
        let surface = TabulatedSurface::new(step(5.0, 0.9, 0.05), &star).unwrap();
        for temperature_k in [120.0, 700.0, 2_600.0] {
            let power = 0.1 * plain(2e-8, 5.0005e-6, temperature_k)
                + 0.95 * plain(5.0005e-6, 5e-3, temperature_k);
            let found_k = surface.temperature(power).unwrap();
            assert_relative_eq!(found_k, temperature_k, max_relative = 1e-5);
        }
        assert!(surface.temperature(1e-9).is_none());
        assert!(surface.temperature(1e12).is_none());
    }

    #[test]
    fn a_mirror_is_no_surface() {
        let star = Star::black_body(3_300.0);
        assert!(TabulatedSurface::new(step(5.0, 1.0, 1.0), &star).is_none());
    }
}
