//! A ring without gas.

use super::Lava;
use crate::transfer::{Boundary, Emission};

impl Lava {
    /// Light of a bare surface: its own and what it reflects of the star.
    pub(super) fn bare_emission(
        &self,
        surface_temperature_k: f64,
        boundary: &Boundary,
    ) -> Emission {
        let black = self.points().black_body_w_m2(surface_temperature_k);
        let band_w_m2: Vec<f64> = black
            .iter()
            .zip(&boundary.surface_albedo)
            .zip(&boundary.stellar_flux_w_m2)
            .map(|((black, albedo), star)| (1.0 - albedo) * black + albedo * star)
            .collect();
        Emission::of_surface(band_w_m2)
    }
}
