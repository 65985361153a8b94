//! Internal partition functions.

use crate::error::InputError;

/// Q(T) of one isotopologue: a table, interpolated linearly in ln Q against ln T, held beyond its
/// ends by the slope of the last interval.
///
/// With nodes 2 % apart in T the interpolation error of a molecule stays below 1e-4; tables made
/// here use [`PartitionFunction::sampled`], tables of others come with their own spacing.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionFunction {
    ln_temperature: Vec<f64>,
    ln_value: Vec<f64>,
}

impl PartitionFunction {
    /// From a table of T \[K\] and Q.
    ///
    /// # Errors
    /// Fewer than two rows, lengths that differ, temperatures that do not ascend or are not
    /// positive, Q not positive and finite.
    pub fn new(temperature_k: &[f64], value: &[f64]) -> Result<Self, InputError> {
        let refuse = |found: String, expected: &str| {
            Err(InputError::value("partition function", found, expected))
        };
        if temperature_k.len() != value.len() || temperature_k.len() < 2 {
            return refuse(
                format!(
                    "{} temperatures, {} values",
                    temperature_k.len(),
                    value.len()
                ),
                "as many values as temperatures, at least two",
            );
        }
        if let Some(row) = (0..value.len()).find(|&i| {
            let steps_up = i == 0 || temperature_k[i] > temperature_k[i - 1];
            !(steps_up && temperature_k[i] > 0.0 && temperature_k[i].is_finite())
        }) {
            return refuse(
                format!("temperature {} K in row {}", temperature_k[row], row + 1),
                "positive temperatures in ascending order",
            );
        }
        if let Some(row) = value.iter().position(|q| !(*q > 0.0 && q.is_finite())) {
            return refuse(
                format!("Q = {} in row {}", value[row], row + 1),
                "a positive finite partition function",
            );
        }
        Ok(Self {
            ln_temperature: temperature_k.iter().map(|t| t.ln()).collect(),
            ln_value: value.iter().map(|q| q.ln()).collect(),
        })
    }

    /// From a function of T \[K\], sampled at `LOW_K` to `HIGH_K` in steps of 1 %.
    ///
    /// # Errors
    /// As [`PartitionFunction::new`], if the function leaves the positive numbers.
    pub fn sampled(q: impl Fn(f64) -> f64) -> Result<Self, InputError> {
        let steps = ((Self::HIGH_K / Self::LOW_K).ln() / Self::STEP).ceil() as usize;
        let temperature_k: Vec<f64> = (0..=steps)
            .map(|i| Self::LOW_K * (Self::STEP * i as f64).exp())
            .collect();
        let value: Vec<f64> = temperature_k.iter().map(|t| q(*t)).collect();
        Self::new(&temperature_k, &value)
    }

    /// Lowest temperature of [`PartitionFunction::sampled`] \[K\].
    pub const LOW_K: f64 = 100.0;
    /// Highest temperature of [`PartitionFunction::sampled`] \[K\].
    pub const HIGH_K: f64 = 10_000.0;
    /// Step in ln T of [`PartitionFunction::sampled`].
    const STEP: f64 = 0.01;

    /// Q at a temperature \[K\].
    pub fn value(&self, temperature_k: f64) -> f64 {
        let x = temperature_k.ln();
        let last = self.ln_temperature.len() - 1;
        let high = self
            .ln_temperature
            .partition_point(|node| *node < x)
            .clamp(1, last);
        let (x0, x1) = (self.ln_temperature[high - 1], self.ln_temperature[high]);
        let (y0, y1) = (self.ln_value[high - 1], self.ln_value[high]);
        (y0 + (y1 - y0) * (x - x0) / (x1 - x0)).exp()
    }

    /// First and last temperature of the table \[K\].
    pub fn range_k(&self) -> (f64, f64) {
        let last = self.ln_temperature.len() - 1;
        (
            self.ln_temperature[0].exp(),
            self.ln_temperature[last].exp(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sampled_function_comes_back() {
        // Rigid rotor times harmonic oscillator, like SiO.
        let q = |t: f64| t / 1.0456 / (1.0 - (-1778.0 / t).exp());
        let table = PartitionFunction::sampled(q).expect("positive");
        for t in [100.0, 296.0, 1234.5, 2500.0, 9999.0] {
            // Measured 1.3e-5 at worst.
            assert!((table.value(t) / q(t) - 1.0).abs() < 5e-5, "{t} K");
        }
    }

    #[test]
    fn bad_tables_are_refused() {
        for (t, q) in [
            (vec![1.0], vec![1.0]),
            (vec![1.0, 1.0], vec![1.0, 1.0]),
            (vec![-1.0, 1.0], vec![1.0, 1.0]),
            (vec![1.0, 2.0], vec![1.0, f64::NAN]),
            (vec![1.0, 2.0, 3.0], vec![1.0, 0.0, 1.0]),
        ] {
            assert!(PartitionFunction::new(&t, &q).is_err());
        }
    }
}
