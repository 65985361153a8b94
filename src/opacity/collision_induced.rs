//! Collision-induced absorption of a pair of gases, read from HITRAN `.cia` files.
//!
//! No default table ships: the coefficients of N₂-N₂, O₂-O₂, CO₂-CO₂ and H₂-H₂ are tables of
//! thousands of numbers (HITRAN, Karman et al. 2019, Icarus 328, 160), not facts to re-type. Absorption
//! of these pairs matters below about 1000 K and above 1 bar.

use std::path::Path;

mod read;

use crate::constants::BOLTZMANN;
use crate::error::InputError;

/// One spectral band: coefficients on a grid of temperature and wavenumber.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Wavenumbers \[cm⁻¹\], ascending.
    pub wavenumber_per_cm: Vec<f64>,
    /// Temperatures \[K\], ascending.
    pub temperature_k: Vec<f64>,
    /// Coefficient k \[cm⁵ molecule⁻²\], order \[temperature\]\[wavenumber\].
    pub coefficient_cm5: Vec<f64>,
}

impl Band {
    /// k \[cm⁵ molecule⁻²\]: linear in wavenumber and temperature; zero outside the wavenumbers, held at
    /// the ends of the temperatures.
    fn coefficient_cm5(&self, wavenumber_per_cm: f64, temperature_k: f64) -> f64 {
        let nodes = &self.wavenumber_per_cm;
        let Some((low, share)) = bracket(nodes, wavenumber_per_cm) else {
            return 0.0;
        };
        let row = |t: usize| {
            let values = &self.coefficient_cm5[t * nodes.len()..(t + 1) * nodes.len()];
            match share {
                0.0 => values[low],
                _ => values[low] + share * (values[low + 1] - values[low]),
            }
        };
        let last = self.temperature_k.len() - 1;
        let held = temperature_k.clamp(self.temperature_k[0], self.temperature_k[last]);
        match bracket(&self.temperature_k, held) {
            Some((t, share)) if share > 0.0 => row(t) + share * (row(t + 1) - row(t)),
            Some((t, _)) => row(t),
            None => 0.0,
        }
    }
}

/// Index of the node below and the share of the way to the next; `None` outside.
fn bracket(nodes: &[f64], at: f64) -> Option<(usize, f64)> {
    let high = nodes.partition_point(|node| *node <= at);
    let low = high.checked_sub(1)?;
    if nodes[low] == at {
        return Some((low, 0.0));
    }
    let next = nodes.get(high)?;
    Some((low, (at - nodes[low]) / (next - nodes[low])))
}

/// Collision-induced absorption of one pair of gases.
#[derive(Clone, Debug, PartialEq)]
pub struct CollisionInduced {
    /// Formulae of the two gases, as they stand in the file.
    pub pair: (String, String),
    /// The bands; where they overlap they add.
    pub bands: Vec<Band>,
    /// Coefficients that were negative (noise of a measurement) and count as zero.
    pub negative_set_to_zero: usize,
}

impl CollisionInduced {
    /// Reads a HITRAN `.cia` file.
    ///
    /// Blocks of one wavenumber grid become one [`Band`]. Negative coefficients down to -5 % of the
    /// maximum of their block are noise of a measurement: they count as zero, and their number is kept
    /// in [`CollisionInduced::negative_set_to_zero`] for the report.
    ///
    /// # Errors
    /// A file that cannot be read; with file and line: a header that is not one, a block that ends
    /// early, another pair of gases, values that are not numbers, NaN or infinite, wavenumbers that do
    /// not ascend or do not span what the header says, a maximum that differs from the header's, a
    /// temperature that comes twice, a coefficient more negative than noise.
    pub fn read(path: &Path) -> Result<Self, InputError> {
        let text = std::fs::read_to_string(path).map_err(|e| InputError::read(path, e))?;
        Self::parse(&path.display().to_string(), &text)
    }

    /// Reads the text of a `.cia` file; `place` names it in errors.
    ///
    /// # Errors
    /// As [`CollisionInduced::read`].
    pub fn parse(place: &str, text: &str) -> Result<Self, InputError> {
        read::parse(place, text)
    }

    /// k \[cm⁵ molecule⁻²\]: linear in wavenumber and temperature, zero outside the bands. Temperatures
    /// beyond those of a band take its nearest: see [`CollisionInduced::range_k`].
    pub fn coefficient_cm5(&self, wavenumber_per_cm: f64, temperature_k: f64) -> f64 {
        self.bands
            .iter()
            .map(|band| band.coefficient_cm5(wavenumber_per_cm, temperature_k))
            .sum()
    }

    /// Temperatures that every band covers \[K\].
    pub fn range_k(&self) -> (f64, f64) {
        self.bands
            .iter()
            .fold((0.0, f64::INFINITY), |(low, high), band| {
                let last = band.temperature_k.len() - 1;
                (
                    f64::max(low, band.temperature_k[0]),
                    f64::min(high, band.temperature_k[last]),
                )
            })
    }

    /// Extinction \[m⁻¹\] of the pair at partial pressures \[Pa\]: k n₁ n₂, n = p/kT.
    pub fn extinction_per_m(
        &self,
        wavenumber_per_cm: f64,
        temperature_k: f64,
        partial_pressure_pa: (f64, f64),
    ) -> f64 {
        let per_cm3 = |pressure: f64| pressure / (BOLTZMANN * temperature_k) * 1.0e-6;
        let (first, second) = partial_pressure_pa;
        100.0
            * self.coefficient_cm5(wavenumber_per_cm, temperature_k)
            * per_cm3(first)
            * per_cm3(second)
    }
}

#[cfg(test)]
mod tests;
