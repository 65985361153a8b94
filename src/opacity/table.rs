//! Cross sections of one gas on a grid of pressure, temperature and wavenumber.

use super::provenance::Provenance;
use crate::error::InputError;

/// Cross section \[cm²\] that is as good as zero: no column of an atmosphere shows it. Interpolation
/// in logarithms starts there.
pub const TINY_CM2: f64 = 1e-33;

/// The spectral axis of a table.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum SpectralAxis {
    /// Monochromatic values at wavenumbers \[cm⁻¹\], ascending.
    Points(Vec<f64>),
    /// k-distributions in bins.
    Bins {
        /// Edges of the bins \[cm⁻¹\], ascending; one more than bins.
        edges_per_cm: Vec<f64>,
        /// Abscissae g of the quadrature, ascending in (0, 1).
        g: Vec<f64>,
        /// Weights of the quadrature, summing to one.
        weights: Vec<f64>,
    },
}

impl SpectralAxis {
    /// Values per pressure and temperature: points, or bins times abscissae.
    pub fn len(&self) -> usize {
        match self {
            Self::Points(wavenumber) => wavenumber.len(),
            Self::Bins {
                edges_per_cm, g, ..
            } => edges_per_cm.len().saturating_sub(1) * g.len(),
        }
    }

    /// Whether there is nothing on it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Checks that it ascends and that weights sum to one.
    ///
    /// # Errors
    /// Names `place`, the quantity and the index.
    pub fn validate(&self, place: &str) -> Result<(), InputError> {
        match self {
            Self::Points(wavenumber) => ascending(place, "wavenumber [cm-1]", wavenumber),
            Self::Bins {
                edges_per_cm,
                g,
                weights,
            } => {
                ascending(place, "bin edge [cm-1]", edges_per_cm)?;
                quadrature(place, g, weights)
            }
        }
    }
}

/// Cross sections of one gas, as read from a file or computed.
#[derive(Clone, Debug, PartialEq)]
pub struct CrossSectionTable {
    /// Formula of the gas, as [`crate::species::Formula`] reads it.
    pub gas: String,
    /// Molar mass \[g mol⁻¹\].
    pub molar_mass_g_mol: f64,
    /// Temperatures \[K\], ascending.
    pub temperature_k: Vec<f64>,
    /// Pressures \[bar\], ascending.
    pub pressure_bar: Vec<f64>,
    /// Wavenumbers, or bins with a quadrature in g.
    pub axis: SpectralAxis,
    /// Cross section per molecule \[cm²\], order \[pressure\]\[temperature\]\[point\] or
    /// \[pressure\]\[temperature\]\[bin\]\[g\].
    pub sigma_cm2: Vec<f32>,
    /// Where it comes from.
    pub provenance: Provenance,
}

impl CrossSectionTable {
    /// Checks what every reader and generator must deliver.
    ///
    /// # Errors
    /// Names `place`, the axis and the index: an axis that is empty, does not ascend or is not
    /// positive and finite; weights that do not sum to one within 1e-3; a length that does not fit;
    /// a cross section that is NaN, infinite or negative.
    pub fn validate(&self, place: &str) -> Result<(), InputError> {
        ascending(place, "temperature [K]", &self.temperature_k)?;
        ascending(place, "pressure [bar]", &self.pressure_bar)?;
        self.axis.validate(place)?;
        let expected = self.temperature_k.len() * self.pressure_bar.len() * self.axis.len();
        if self.sigma_cm2.len() != expected || expected == 0 {
            return Err(InputError::value(
                format!("{place}, {}", self.gas),
                format!("{} cross sections", self.sigma_cm2.len()),
                format!("{expected}: pressures x temperatures x spectral values"),
            ));
        }
        match self
            .sigma_cm2
            .iter()
            .position(|s| !(s.is_finite() && *s >= 0.0))
        {
            Some(index) => Err(InputError::value(
                format!("{place}, {}, {}", self.gas, self.position(index)),
                format!("{} cm2", self.sigma_cm2[index]),
                "finite cross sections, not negative",
            )),
            None => Ok(()),
        }
    }

    /// Offset of the row of spectral values at a node.
    pub fn row(&self, pressure: usize, temperature: usize) -> &[f32] {
        let n = self.axis.len();
        let start = (pressure * self.temperature_k.len() + temperature) * n;
        &self.sigma_cm2[start..start + n]
    }

    /// Where in the grid a flat index lies, in words.
    fn position(&self, index: usize) -> String {
        let n = self.axis.len();
        let (node, value) = (index / n, index % n);
        let (ip, it) = (
            node / self.temperature_k.len(),
            node % self.temperature_k.len(),
        );
        format!(
            "pressure {ip} ({} bar), temperature {it} ({} K), spectral index {value}",
            self.pressure_bar[ip], self.temperature_k[it]
        )
    }
}

/// Where a value lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Side {
    /// Below the axis.
    Below,
    /// Within it.
    Inside,
    /// Above it.
    Above,
}

/// Interval of an ascending axis that `x` belongs to, and the side that it lies on.
pub(super) fn bracket(axis: &[f64], x: f64) -> (usize, Side) {
    let last = axis.len() - 1;
    // Rounding of ln p at the ends is not outside.
    let slack = 1e-9 * x.abs().max(1.0);
    let side = if x < axis[0] - slack {
        Side::Below
    } else if x > axis[last] + slack {
        Side::Above
    } else {
        Side::Inside
    };
    if last == 0 {
        return (0, side);
    }
    let low = axis.partition_point(|node| *node <= x).clamp(1, last) - 1;
    (low, side)
}

/// How far `x` is on the way from node `low` to the next, 0 to 1.
pub(super) fn fraction(axis: &[f64], low: usize, x: f64) -> f64 {
    match axis.get(low + 1) {
        Some(next) => ((x - axis[low]) / (next - axis[low])).clamp(0.0, 1.0),
        None => 0.0,
    }
}

fn ascending(place: &str, name: &str, axis: &[f64]) -> Result<(), InputError> {
    if axis.is_empty() {
        return Err(InputError::value(
            format!("{place}, {name}"),
            "no value",
            "at least one",
        ));
    }
    let wrong = (0..axis.len())
        .find(|&i| !(axis[i] > 0.0 && axis[i].is_finite() && (i == 0 || axis[i] > axis[i - 1])));
    match wrong {
        Some(i) => Err(InputError::value(
            format!("{place}, {name}, index {i}"),
            axis[i],
            "positive finite values in ascending order",
        )),
        None => Ok(()),
    }
}

fn quadrature(place: &str, g: &[f64], weights: &[f64]) -> Result<(), InputError> {
    ascending(place, "g", g)?;
    let total: f64 = weights.iter().sum();
    let fits = weights.len() == g.len() && g[g.len() - 1] < 1.0 + 1e-9;
    if fits && weights.iter().all(|w| *w > 0.0) && (total - 1.0).abs() < 1e-3 {
        return Ok(());
    }
    Err(InputError::value(
        format!("{place}, weights of the k-distribution"),
        format!(
            "{} weights summing to {total} for {} abscissae",
            weights.len(),
            g.len()
        ),
        "one positive weight per abscissa, summing to one, abscissae below one",
    ))
}
