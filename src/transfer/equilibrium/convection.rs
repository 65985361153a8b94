//! Convection where a column is unstable: a flux that grows steeply with the excess of the lapse over the
//! adiabat, in the same Newton system as the radiation.
//!
//! With ∇ = d ln T/d ln p between two nodes (the last time between the lowest node and the surface) and ∇_ad
//! of the gas the flux upward is
//!
//! F = F_in h(x), x = (∇/∇_ad - 1)/[`EXCESS`],
//!
//! h = 0 below zero, x - δ/2 above δ, and x²/2δ between. So convection carries all that comes in, F_in, at
//! one per cent beyond the adiabat: what mixing length theory gives too, whose excess is less still where
//! gas is dense. Where the column is stable nothing is changed. A moist adiabat follows the temperature of its
//! layer, and the flux with it: ∂F/∂∇_ad = -F_in h' ∇/(∇_ad² [`EXCESS`]).

use crate::transfer::Column;

/// Excess of ∇ over ∇_ad, relative, at which convection carries all of the incoming flux.
const EXCESS: f64 = 0.01;
/// δ: part of it over which the flux sets in.
const ONSET: f64 = 0.1;

/// Convective fluxes and their derivatives.
#[derive(Clone, Debug, Default)]
pub(super) struct Convection {
    /// Upward at the interfaces, the last one at the surface \[W m⁻²\].
    flux_w_m2: Vec<f64>,
    /// By the temperature above and below each interface \[W m⁻² K⁻¹\].
    per_upper: Vec<f64>,
    per_lower: Vec<f64>,
}

/// h and its derivative.
fn onset(x: f64) -> (f64, f64) {
    if x <= 0.0 {
        (0.0, 0.0)
    } else if x < ONSET {
        (0.5 * x * x / ONSET, x / ONSET)
    } else {
        (x - 0.5 * ONSET, 1.0)
    }
}

impl Convection {
    /// Fluxes at temperatures of the layers and, last, of the surface \[K\], in a column that names its
    /// adiabat.
    pub fn fill(&mut self, column: &Column, temperature_k: &[f64], incoming_w_m2: f64) {
        let surface = temperature_k.len() - 1;
        for array in [
            &mut self.flux_w_m2,
            &mut self.per_upper,
            &mut self.per_lower,
        ] {
            array.clear();
            array.resize(surface + 1, 0.0);
        }
        let pressure = |node: usize| match column.pressure_pa.get(node) {
            Some(pa) => *pa,
            None => column.interface_pressure_pa[surface],
        };
        for lower in 1..=surface {
            let (above_k, below_k) = (temperature_k[lower - 1], temperature_k[lower]);
            let adiabat = match column.adiabat.get(lower) {
                Some(own) => 0.5 * (column.adiabat[lower - 1] + own),
                None => column.adiabat[lower - 1],
            };
            let span = (pressure(lower) / pressure(lower - 1)).ln();
            let scale = 1.0 / (span * adiabat * EXCESS);
            let ratio = (below_k / above_k).ln() * scale;
            let (flux, slope) = onset(ratio - EXCESS.recip());
            let slope = incoming_w_m2 * slope;
            // An adiabat that steepens with its layer takes flux away.
            let by_adiabat = |layer: usize, share: f64| {
                let per_k = column.adiabat_per_k.get(layer).unwrap_or(&0.0);
                -slope * ratio * share * per_k / adiabat
            };
            let share = if lower < column.adiabat.len() {
                0.5
            } else {
                1.0
            };
            self.flux_w_m2[lower] = incoming_w_m2 * flux;
            self.per_upper[lower] = -slope * scale / above_k + by_adiabat(lower - 1, share);
            self.per_lower[lower] = slope * scale / below_k + by_adiabat(lower, share);
        }
    }

    /// Upward at the interfaces, the last one at the surface \[W m⁻²\].
    pub fn flux_w_m2(&self) -> &[f64] {
        &self.flux_w_m2
    }

    /// Adds the derivatives of the heating to a matrix of as many rows as fluxes.
    pub fn differentiate(&self, jacobian: &mut [f64]) {
        let m = self.flux_w_m2.len();
        for lower in 1..m {
            // What leaves the lower node enters the upper.
            for (row, sign) in [(lower - 1, 1.0), (lower, -1.0)] {
                jacobian[row * m + lower - 1] += sign * self.per_upper[lower];
                jacobian[row * m + lower] += sign * self.per_lower[lower];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(layers: usize) -> Column {
        let at = |i: f64| 1e2 * 10_f64.powf(4.0 * i / layers as f64);
        Column {
            interface_pressure_pa: (0..=layers).map(|i| at(i as f64)).collect(),
            pressure_pa: (0..layers).map(|i| at(i as f64 + 0.5)).collect(),
            adiabat: vec![0.25; layers],
            ..Column::default()
        }
    }

    /// On an adiabat nothing moves; one per cent beyond it the flux is what comes in, less the onset; the
    /// derivatives are those of differences.
    #[test]
    fn the_flux_is_that_of_the_excess_over_the_adiabat() {
        let mut column = column(12);
        let surface_pa = column.interface_pressure_pa[12];
        let pressure_pa = column.pressure_pa.clone();
        let profile = |gradient: f64| -> Vec<f64> {
            let nodes = pressure_pa.iter().chain([&surface_pa]);
            nodes
                .map(|pa| 2000.0 * (pa / surface_pa).powf(gradient))
                .collect()
        };
        let mut convection = Convection::default();
        convection.fill(&column, &profile(0.2499), 1e5);
        assert!(convection.flux_w_m2().iter().all(|flux| *flux == 0.0));
        convection.fill(&column, &profile(0.25 * 1.01), 1e5);
        for flux in &convection.flux_w_m2()[1..] {
            assert!((flux / 1e5 - 0.95).abs() < 1e-9, "{flux}");
        }
        let here = profile(0.25 * 1.004);
        differences(&column, &here, 0.0);
        // One that follows the temperature.
        column.adiabat_per_k = vec![3e-5; 12];
        differences(&column, &here, 3e-5);
    }

    /// The derivatives are those of differences, with an adiabat that moves by `per_k` from what it is here.
    fn differences(column: &Column, here: &[f64], per_k: f64) {
        let heating = |convection: &Convection, row: usize| {
            let flux = convection.flux_w_m2();
            flux.get(row + 1).unwrap_or(&0.0) - flux[row]
        };
        let mut convection = Convection::default();
        convection.fill(column, here, 1e5);
        let mut matrix = vec![0.0; 13 * 13];
        convection.differentiate(&mut matrix);
        for node in 0..13 {
            let mut sides = [1e-3, -1e-3].map(|step| {
                let mut there = here.to_vec();
                there[node] += step;
                let mut moved = column.clone();
                if let Some(adiabat) = moved.adiabat.get_mut(node) {
                    *adiabat += per_k * step;
                }
                let mut other = Convection::default();
                other.fill(&moved, &there, 1e5);
                other
            });
            for row in 0..13 {
                let [more, less] = &mut sides;
                let slope = (heating(more, row) - heating(less, row)) / 2e-3;
                let found = matrix[row * 13 + node];
                assert!(
                    (found - slope).abs() < 1e-3 * (1.0 + slope.abs()),
                    "{row} {node}"
                );
            }
        }
    }
}
