//! The spectral grid of an opacity set: bands, fine points within them, bins of k-distributions.
//!
//! Everything is uniform in ln ν̃, so that a band holds the same number of Doppler widths
//! everywhere; band means are means over ln ν̃.

use super::line_by_line;
use crate::error::InputError;

/// Longest wavelength of the default set is 50 µm, shortest 0.1 µm \[cm⁻¹\].
pub const RANGE_PER_CM: [f64; 2] = [200.0, 100_000.0];
/// Bands of the default set: resolving power 100.
pub const BANDS: usize = 622;
/// Fine points per band: at 2500 K one to the Doppler half width of SiO at half maximum.
pub const POINTS_PER_BAND: usize = 4000;
/// Bins of the k-distributions per band where spectra are observed.
pub const BINS_PER_BAND: usize = 10;
/// Bins per band elsewhere.
pub const COARSE_BINS_PER_BAND: usize = 2;
/// Where spectra are observed: 2 to 20 µm \[cm⁻¹\].
pub const SPECTRA_PER_CM: [f64; 2] = [500.0, 5000.0];

/// Temperatures of the tables \[K\]: ratio 1.17.
pub const TEMPERATURE_K: [f64; 14] = [
    800.0, 930.0, 1090.0, 1270.0, 1490.0, 1740.0, 2030.0, 2370.0, 2770.0, 3230.0, 3770.0, 4400.0,
    5140.0, 6000.0,
];

/// Pressures of the tables \[bar\].
pub const PRESSURE_BAR: [f64; 10] = [1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0, 1000.0];

/// Bands of equal width in ln ν̃, each with equally spaced fine points.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BandGrid {
    /// Ends \[cm⁻¹\].
    pub range_per_cm: [f64; 2],
    /// Number of bands.
    pub bands: usize,
    /// Fine points per band.
    pub points_per_band: usize,
}

impl Default for BandGrid {
    fn default() -> Self {
        Self {
            range_per_cm: RANGE_PER_CM,
            bands: BANDS,
            points_per_band: POINTS_PER_BAND,
        }
    }
}

impl BandGrid {
    /// Number of fine points.
    pub const fn len(&self) -> usize {
        self.bands * self.points_per_band
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The fine points as the line-by-line sum wants them.
    ///
    /// # Errors
    /// Limits that are not positive and ascending, no points.
    pub fn fine(&self) -> Result<line_by_line::FineGrid, InputError> {
        let step = self.step();
        let first = self.wavenumber_per_cm(0);
        // Half a step short of the last point, which the grid then reaches by rounding up.
        let high = first * (step * (self.len() as f64 - 1.5)).exp();
        let grid = line_by_line::FineGrid::new(first, high, 1.0 / step)?;
        if grid.len() == self.len() {
            return Ok(grid);
        }
        Err(InputError::value(
            "grid of bands",
            format!("{} fine points", grid.len()),
            self.len(),
        ))
    }

    /// Step of the fine points in ln ν̃.
    pub fn step(&self) -> f64 {
        let [low, high] = self.range_per_cm;
        (high / low).ln() / self.len() as f64
    }

    fn at(&self, fraction: f64) -> f64 {
        let [low, high] = self.range_per_cm;
        low * (fraction * (high / low).ln()).exp()
    }

    /// Wavenumber of a fine point \[cm⁻¹\], in the middle (of ln ν̃) of its cell.
    pub fn wavenumber_per_cm(&self, point: usize) -> f64 {
        self.at((point as f64 + 0.5) / self.len() as f64)
    }

    /// Edges of the bands \[cm⁻¹\].
    pub fn band_edges_per_cm(&self) -> Vec<f64> {
        (0..=self.bands).map(|band| self.edge(band, 0, 1)).collect()
    }

    /// Lower edge of part `part` of `parts` of a band.
    fn edge(&self, band: usize, part: usize, parts: usize) -> f64 {
        match (band + part / parts, part % parts) {
            (0, 0) => self.range_per_cm[0],
            (last, 0) if last == self.bands => self.range_per_cm[1],
            (band, part) => self.at((band * parts + part) as f64 / (self.bands * parts) as f64),
        }
    }

    /// Indices of the fine points of a band.
    pub const fn points_of(&self, band: usize) -> std::ops::Range<usize> {
        band * self.points_per_band..(band + 1) * self.points_per_band
    }
}

/// Bins of k-distributions: bands in equal parts, more where spectra are observed.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Bins {
    /// Parts of a band that overlaps `fine_per_cm`.
    pub per_band: usize,
    /// Parts of the other bands.
    pub elsewhere: usize,
    /// Where spectra are observed \[cm⁻¹\].
    pub fine_per_cm: [f64; 2],
}

impl Default for Bins {
    fn default() -> Self {
        Self {
            per_band: BINS_PER_BAND,
            elsewhere: COARSE_BINS_PER_BAND,
            fine_per_cm: SPECTRA_PER_CM,
        }
    }
}

impl Bins {
    /// Parts of a band of the grid.
    pub fn parts(&self, grid: &BandGrid, band: usize) -> usize {
        let (low, high) = (grid.edge(band, 0, 1), grid.edge(band + 1, 0, 1));
        if high > self.fine_per_cm[0] && low < self.fine_per_cm[1] {
            self.per_band
        } else {
            self.elsewhere
        }
    }

    /// Edges of all bins \[cm⁻¹\], ascending.
    pub fn edges_per_cm(&self, grid: &BandGrid) -> Vec<f64> {
        let mut edges = vec![grid.range_per_cm[0]];
        for band in 0..grid.bands {
            let parts = self.parts(grid, band);
            edges.extend((1..=parts).map(|part| grid.edge(band, part, parts)));
        }
        edges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_and_bins_cover_the_range_without_gaps() {
        let grid = BandGrid::default();
        let edges = grid.band_edges_per_cm();
        assert_eq!(edges.len(), BANDS + 1);
        assert_eq!([edges[0], edges[BANDS]], RANGE_PER_CM);
        let resolution = 0.5 * (edges[1] + edges[0]) / (edges[1] - edges[0]);
        assert!(resolution > 100.0 && resolution < 100.2, "{resolution}");
        let bins = Bins::default().edges_per_cm(&grid);
        assert!(bins.windows(2).all(|pair| pair[0] < pair[1]));
        for edge in &edges {
            assert!(bins.contains(edge), "{edge} is no edge of a bin");
        }
        // 5 um: resolving power 1000.
        let bin = bins.partition_point(|edge| *edge < 2000.0);
        let width = bins[bin] - bins[bin - 1];
        assert!(2000.0 / width > 1000.0, "{width}");
    }

    #[test]
    fn fine_points_lie_within_their_band() {
        let grid = BandGrid {
            range_per_cm: [1000.0, 1100.0],
            bands: 10,
            points_per_band: 160,
        };
        let edges = grid.band_edges_per_cm();
        let fine = grid.fine().unwrap();
        assert!((fine.wavenumber_per_cm(1599) / grid.wavenumber_per_cm(1599) - 1.0).abs() < 1e-13);
        for band in 0..10 {
            for point in grid.points_of(band) {
                let point = grid.wavenumber_per_cm(point);
                assert!(point > edges[band] && point < edges[band + 1]);
            }
        }
    }
}
