//! The factor on the ultraviolet of a star.

use super::Star;
use super::embedded::on_fine_grid;
use crate::error::InputError;
use crate::spectrum::PiecewiseLinear;

/// Wavelength below which the factor holds \[m\]. The wall of SiO, which drives the inversion of a
/// reduced atmosphere, lies at 0.2 to 0.31 µm.
pub const UV_EDGE_M: f64 = 0.3e-6;
/// Factors that are taken.
pub const UV_SCALE_RANGE: (f64, f64) = (0.0, 1_000.0);

/// Width of the step at the edge, relative to the wavelength.
const STEP: f64 = 1.0e-9;

impl Star {
    /// The same star with its flux below 0.3 µm times a factor. Black bodies with a factor other
    /// than 1 become tables, whose flux is right to 1e-4 at 0.1 µm and 1e-5 from 0.5 µm on.
    ///
    /// Real stars differ there from black bodies by factors of two to a hundred (line blanketing
    /// takes light away, the chromosphere adds some), and vary.
    ///
    /// # Errors
    /// [`InputError::Value`] for a factor outside 0 to 1000.
    pub fn with_uv_scale(mut self, uv_scale: f64) -> Result<Self, InputError> {
        let (low, high) = UV_SCALE_RANGE;
        if !(low..=high).contains(&uv_scale) {
            let expected = format!("{low} to {high}");
            return Err(InputError::value("star.uv_scale", uv_scale, expected));
        }
        if uv_scale == 1.0 {
            return Ok(self);
        }
        let temperature_k = self.effective_temperature_k;
        let place = "star.uv_scale";
        let refuse = || InputError::value(place, "fluxes out of range", "a smaller factor");
        let table = (self.table.take())
            .or_else(|| on_fine_grid(&[], temperature_k, |_| 1.0))
            .ok_or_else(refuse)?;
        if table.range().0 >= UV_EDGE_M {
            let found = format!(
                "{uv_scale} for a spectrum that begins at {} µm",
                table.range().0 * 1e6
            );
            return Err(InputError::value(
                place,
                found,
                "1: there is nothing to scale",
            ));
        }
        self.table = Some(scaled(&table, uv_scale).ok_or_else(refuse)?);
        self.uv_scale *= uv_scale;
        self.notes.push(format!(
            "the flux of the star below 0.3 µm is {} times that of its spectrum (star.uv_scale)",
            self.uv_scale
        ));
        Ok(self)
    }

    /// Factor on the flux below 0.3 µm.
    pub fn uv_scale(&self) -> f64 {
        self.uv_scale
    }
}

/// The table with a step at the edge.
fn scaled(table: &PiecewiseLinear, uv_scale: f64) -> Option<PiecewiseLinear> {
    let below_edge = UV_EDGE_M * (1.0 - STEP);
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for (&knot, &flux) in table.x().iter().zip(table.y()) {
        if knot < below_edge {
            x.push(knot);
            y.push(flux * uv_scale);
        }
    }
    x.push(below_edge);
    y.push(table.value(below_edge) * uv_scale);
    if table.range().1 > UV_EDGE_M {
        x.push(UV_EDGE_M);
        y.push(table.value(UV_EDGE_M));
    }
    for (&knot, &flux) in table.x().iter().zip(table.y()) {
        if knot > UV_EDGE_M {
            x.push(knot);
            y.push(flux);
        }
    }
    PiecewiseLinear::new(x, y)
}
