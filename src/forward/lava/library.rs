//! Starts for columns of which nothing is known yet: a forecast learned once from columns all over the
//! space of stars, melts and volatiles, shipped with the program.
//!
//! It decides where an iteration begins, and so which of two equilibria is found: a start that leads nowhere is given up for one
//! that needs no knowledge. Written by
//! `cargo test --release --lib library::tests::write -- --ignored --nocapture`.

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use super::forecast::Forecast;
use super::{Lava, LavaParameters};

/// The forecast, in postcard.
const BYTES: &[u8] = include_bytes!("library/starts.bin");

/// The shipped forecast; none where the file is not one, which a test excludes.
fn shipped() -> Option<&'static Forecast> {
    static SHIPPED: OnceLock<Option<Forecast>> = OnceLock::new();
    SHIPPED
        .get_or_init(|| {
            let forecast: Forecast = postcard::from_bytes(BYTES).ok()?;
            forecast.solutions().map(|_| forecast)
        })
        .as_ref()
}

/// The forecast in words: where a column has two equilibria, it decides which one is found.
pub(super) fn description() -> String {
    let solutions = shipped().and_then(Forecast::solutions).unwrap_or(0);
    let hash = blake3::hash(BYTES).to_hex();
    format!("forecast from {solutions} columns ({})", &hash[..8])
}

impl Lava {
    /// Temperatures of layers and surface to start a column from, the temperature of a bare surface
    /// being `bare_k`.
    pub(super) fn likely_start(
        &self,
        parameters: &LavaParameters,
        bare_k: f64,
        layers: usize,
    ) -> Option<(Vec<f64>, f64)> {
        let features = self.features(parameters, bare_k).ok()?;
        let mut own_k = Vec::new();
        let surface_k = shipped()?.temperatures(&features, bare_k, &mut own_k)?;
        Some((resampled(&own_k, layers), surface_k))
    }
}

/// The same profile with another number of layers: linear between the middles of the layers.
pub(super) fn resampled(values: &[f64], layers: usize) -> Vec<f64> {
    let (own, last) = (values.len() as f64, values.len().saturating_sub(1));
    let at = |layer: usize| {
        let place = (layer as f64 + 0.5) * own / layers as f64 - 0.5;
        let below = (place.max(0.0) as usize).min(last);
        let share = (place - below as f64).clamp(0.0, 1.0);
        let above = (below + 1).min(last);
        values[below] + share * (values[above] - values[below])
    };
    (0..layers).map(at).collect()
}
