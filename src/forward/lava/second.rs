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
    /// Largest difference of a depth there over the depth.
    pub relative_depth_difference: f64,
}

/// Where another start leads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OtherStart {
    /// To the same solution.
    Same,
    /// To none.
    Nowhere,
    /// To a second one.
    Second(SecondEquilibrium),
}

impl OtherStart {
    /// The second solution, if there is one.
    pub fn second(self) -> Option<SecondEquilibrium> {
        match self {
            Self::Second(second) => Some(second),
            Self::Same | Self::Nowhere => None,
        }
    }
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
    /// Seeks the dayside anew, from one temperature everywhere, a tenth below that of its surface.
    pub fn from_other_start(&self, parameters: &LavaParameters, dayside: &Dayside) -> OtherStart {
        let mut rings = dayside.rings.iter();
        let Some((layers_k, surface_k)) = rings.find_map(super::RingState::temperatures) else {
            return OtherStart::Same;
        };
        let start_k = OTHER_START * surface_k;
        let start = vec![start_k; layers_k.len()];
        let Ok(other) = self.dayside_from(parameters, Some((&start, start_k))) else {
            return OtherStart::Nowhere;
        };
        let (temperature_difference_k, pressure_bar) = hottest_difference(dayside, &other);
        if temperature_difference_k <= SAME_K {
            return OtherStart::Same;
        }
        let [depth_difference_ppm, relative_depth_difference] = depth_differences(dayside, &other);
        OtherStart::Second(SecondEquilibrium {
            temperature_difference_k,
            pressure_bar,
            depth_difference_ppm,
            relative_depth_difference,
        })
    }
}

/// Largest difference of a temperature \[K\], and the pressure there \[bar\].
fn hottest_difference(one: &Dayside, two: &Dayside) -> (f64, f64) {
    let mut largest = (0.0, 0.0);
    for (one, two) in one.rings.iter().zip(&two.rings) {
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
    largest
}

/// Largest difference of a depth \[ppm\], and of a depth over itself.
fn depth_differences(one: &Dayside, two: &Dayside) -> [f64; 2] {
    let (first, second) = (one.depth(), two.depth());
    let bands = one.edges_per_cm.windows(2).zip(first.iter().zip(&second));
    let seen = bands.filter(|(edges, _)| {
        let um = 1e4 / (0.5 * (edges[0] + edges[1]));
        (RANGE_UM[0]..=RANGE_UM[1]).contains(&um)
    });
    seen.fold([0.0, 0.0], |[ppm, part], (_, (a, b))| {
        let apart = (a - b).abs();
        [f64::max(ppm, 1e6 * apart), f64::max(part, apart / a)]
    })
}
