//! A second equilibrium of the same dayside.
//!
//! Columns with volatiles may have two: molecules that cool a cold layer hold it cold; a hot one has broken them
//! up and stays hot under the ultraviolet of the star. Which of them a planet has depends on its past.

use super::{Dayside, Lava, LavaParameters};

/// Temperatures that differ by less are those of the same solution \[K\].
const SAME_K: f64 = 0.5;
/// The other start: one temperature everywhere, this share of that of the surface.
const OTHER_START: f64 = 0.9;
/// Wavelengths in which depths are compared \[µm\].
const RANGE_UM: [f64; 2] = [1.0, 20.0];

/// How far the second solution lies from the first.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct SecondEquilibrium {
    /// Largest difference of a temperature \[K\].
    pub temperature_difference_k: f64,
    /// Pressure there \[bar\].
    pub pressure_bar: f64,
    /// Largest difference of a depth from 1 to 20 µm \[ppm\].
    pub depth_difference_ppm: f64,
}

impl std::fmt::Display for SecondEquilibrium {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "there is a second equilibrium: from another start temperatures differ by up to {:.0} K (at {:.0e} bar) and \
             depths from 1 to 20 um by up to {:.2} ppm",
            self.temperature_difference_k, self.pressure_bar, self.depth_difference_ppm
        )
    }
}

impl Lava {
    /// Seeks the dayside anew, from one temperature everywhere, a tenth below that of its surface. `None`
    /// where that leads to the same or nowhere.
    pub fn second_equilibrium(
        &self,
        parameters: &LavaParameters,
        dayside: &Dayside,
    ) -> Option<SecondEquilibrium> {
        let (layers_k, surface_k) = dayside
            .rings
            .iter()
            .find_map(super::RingState::temperatures)?;
        let start_k = OTHER_START * surface_k;
        let start = vec![start_k; layers_k.len()];
        let other = self
            .dayside_from(parameters, Some((&start, start_k)))
            .ok()?;
        let mut largest = (0.0, 0.0);
        for (one, two) in dayside.rings.iter().zip(&other.rings) {
            let (super::Sky::Gas(one), super::Sky::Gas(two)) = (&one.sky, &two.sky) else {
                continue;
            };
            let pairs = one.temperature_k.iter().zip(&two.temperature_k);
            for ((a, b), bar) in pairs.zip(&one.pressure_bar) {
                if (a - b).abs() > largest.0 {
                    largest = ((a - b).abs(), *bar);
                }
            }
        }
        let (temperature_difference_k, pressure_bar) = largest;
        (temperature_difference_k > SAME_K).then(|| SecondEquilibrium {
            temperature_difference_k,
            pressure_bar,
            depth_difference_ppm: depth_difference_ppm(dayside, &other),
        })
    }
}

fn depth_difference_ppm(one: &Dayside, two: &Dayside) -> f64 {
    let (first, second) = (one.depth(), two.depth());
    let bands = one.edges_per_cm.windows(2).zip(first.iter().zip(&second));
    bands
        .filter(|(edges, _)| {
            let um = 1e4 / (0.5 * (edges[0] + edges[1]));
            (RANGE_UM[0]..=RANGE_UM[1]).contains(&um)
        })
        .map(|(_, (a, b))| 1e6 * (a - b).abs())
        .fold(0.0, f64::max)
}
