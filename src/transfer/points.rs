//! Spectral points in bands, and what enters the column from outside.

use super::lanes::Lanes;
use super::planck::{BandPlanck, band_flux_w_m2, outer_edges};
use crate::error::InputError;
use crate::opacity::mixing::LANES;
use crate::opacity::set::BandNodes;

/// Bands and weights of the spectral points, blocked as
/// [`Extinction`](crate::opacity::mixing::Extinction) is.
#[derive(Clone, Debug, PartialEq)]
pub struct SpectralPoints {
    points: usize,
    edges_per_cm: Vec<f64>,
    pub(super) blocks: Vec<Block>,
    pub(super) planck: BandPlanck,
}

/// One block of points. Lanes beyond the last point have weight zero.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Block {
    pub band: [usize; LANES],
    pub weight: Lanes,
}

impl SpectralPoints {
    /// Points of sampled cross sections.
    ///
    /// # Errors
    /// As [`Self::from_parts`].
    pub fn new(nodes: &BandNodes) -> Result<Self, InputError> {
        let band: Vec<usize> = (0..nodes.bands())
            .flat_map(|band| nodes.nodes(band).map(move |_| band))
            .collect();
        Self::from_parts(&nodes.edges_per_cm, &band, &nodes.weight)
    }

    /// Points that belong to bands in any way: k-distributions have one per bin and abscissa.
    ///
    /// # Arguments
    /// * `edges_per_cm`: edges of the bands \[cm⁻¹\], ascending, positive
    /// * `band`: the band of each point
    /// * `weight`: weight of each point; those of a band sum to one
    ///
    /// # Errors
    /// Edges that do not ascend; a band without points or beyond the edges; weights that are
    /// negative or do not sum to one within 1e-6.
    pub fn from_parts(
        edges_per_cm: &[f64],
        band: &[usize],
        weight: &[f64],
    ) -> Result<Self, InputError> {
        let place = "spectral points";
        let ascending = edges_per_cm.windows(2).all(|pair| pair[0] < pair[1]);
        let finite = edges_per_cm.iter().all(|e| e.is_finite() && *e > 0.0);
        if edges_per_cm.len() < 2 || !ascending || !finite {
            let expected = "two or more ascending positive edges of bands";
            return Err(InputError::value(place, "other edges", expected));
        }
        let bands = edges_per_cm.len() - 1;
        if band.len() != weight.len() || band.iter().any(|band| *band >= bands) {
            let found = format!("{} bands for {} weights", band.len(), weight.len());
            let expected = format!("a band below {bands} for each weight");
            return Err(InputError::value(place, found, expected));
        }
        let mut sum = vec![0.0; bands];
        for (band, weight) in band.iter().zip(weight) {
            sum[*band] += if *weight >= 0.0 { *weight } else { f64::NAN };
        }
        if let Some(wrong) = sum
            .iter()
            .position(|sum| sum.is_nan() || (sum - 1.0).abs() >= 1e-6)
        {
            let found = format!("weights that sum to {} in band {wrong}", sum[wrong]);
            let expected = "weights of zero or more that sum to one";
            return Err(InputError::value(place, found, expected));
        }
        let blocks = (band.chunks(LANES).zip(weight.chunks(LANES)))
            .map(|(bands, weights)| {
                let mut block = Block {
                    band: [bands[0]; LANES],
                    weight: [0.0; LANES],
                };
                block.band[..bands.len()].copy_from_slice(bands);
                for (lane, (band, weight)) in bands.iter().zip(weights).enumerate() {
                    // Exactly one per band, so that σT⁴ is met.
                    block.weight[lane] = weight / sum[*band];
                }
                block
            })
            .collect();
        Ok(Self {
            points: band.len(),
            edges_per_cm: edges_per_cm.to_vec(),
            blocks,
            planck: BandPlanck::new(edges_per_cm),
        })
    }

    /// Number of points.
    pub fn points(&self) -> usize {
        self.points
    }

    /// Number of bands.
    pub fn bands(&self) -> usize {
        self.edges_per_cm.len() - 1
    }

    /// Edges of the bands \[cm⁻¹\], ascending.
    pub fn edges_per_cm(&self) -> &[f64] {
        &self.edges_per_cm
    }

    /// Band of a point.
    ///
    /// # Panics
    /// `point` must be below [`Self::points`].
    pub fn band(&self, point: usize) -> usize {
        self.blocks[point / LANES].band[point % LANES]
    }

    /// Weight of a point in its band.
    ///
    /// # Panics
    /// `point` must be below [`Self::points`].
    pub fn weight(&self, point: usize) -> f64 {
        self.blocks[point / LANES].weight[point % LANES]
    }

    /// Width of a band in wavelength \[m\]: a flux per band over it is one per metre. The first and
    /// the last band carry the tails of the Planck function besides.
    ///
    /// # Panics
    /// `band` must be below [`Self::bands`].
    pub fn width_m(&self, band: usize) -> f64 {
        1e-2 / self.edges_per_cm[band] - 1e-2 / self.edges_per_cm[band + 1]
    }

    /// Flux πB of a black body in every band \[W m⁻²\]; the first band reaches to zero wavenumber,
    /// the last to infinity.
    ///
    /// # Arguments
    /// * `temperature_k`: T \[K\], > 0
    pub fn black_body_w_m2(&self, temperature_k: f64) -> Vec<f64> {
        (0..self.bands())
            .map(|band| self.band_black_body_w_m2(band, temperature_k))
            .collect()
    }

    /// The same of one band.
    ///
    /// # Panics
    /// `band` must be below [`Self::bands`].
    pub fn band_black_body_w_m2(&self, band: usize, temperature_k: f64) -> f64 {
        let (low, high) = outer_edges(&self.edges_per_cm, band);
        band_flux_w_m2(low, high, temperature_k)
    }
}

/// How the light of the star comes in.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Illumination {
    /// From all directions alike, as the default of HELIOS has it.
    #[default]
    Diffuse,
    /// As a beam: the cosine of its angle to the vertical, 0 < µ <= 1.
    Beam {
        /// µ.
        cosine: f64,
    },
}

/// What enters a column from above and below.
#[derive(Clone, Debug, PartialEq)]
pub struct Boundary {
    /// Stellar flux through a horizontal surface at the top, per band \[W m⁻²\].
    pub stellar_flux_w_m2: Vec<f64>,
    /// How it comes in.
    pub illumination: Illumination,
    /// Flux from the interior \[W m⁻²\].
    pub internal_flux_w_m2: f64,
    /// Albedo of the surface per band, 0 to 1; the emissivity is one less it.
    pub surface_albedo: Vec<f64>,
}

impl Boundary {
    /// No star, no internal flux, a black surface.
    pub fn dark(bands: usize) -> Self {
        Self {
            stellar_flux_w_m2: vec![0.0; bands],
            illumination: Illumination::Diffuse,
            internal_flux_w_m2: 0.0,
            surface_albedo: vec![0.0; bands],
        }
    }

    /// Refuses what cannot be.
    ///
    /// # Errors
    /// Lengths other than `bands`; a negative flux, an albedo outside 0 to 1, a cosine outside
    /// 0 to 1, no energy at all.
    pub fn check(&self, bands: usize) -> Result<(), InputError> {
        let place = "boundary of the column";
        let refuse = |found: String, expected: &str| Err(InputError::value(place, found, expected));
        let lengths = [self.stellar_flux_w_m2.len(), self.surface_albedo.len()];
        if lengths != [bands, bands] {
            return refuse(format!("{lengths:?} bands"), &format!("{bands}"));
        }
        let flux = |x: &f64| x.is_finite() && *x >= 0.0;
        let all = self.stellar_flux_w_m2.iter().all(flux) && flux(&self.internal_flux_w_m2);
        if !all {
            return refuse("a negative flux".into(), "fluxes of zero or more");
        }
        if let Some(albedo) = self
            .surface_albedo
            .iter()
            .find(|a| !(0.0..=1.0).contains(*a))
        {
            return refuse(format!("a surface albedo of {albedo}"), "0 to 1");
        }
        match self.illumination {
            Illumination::Beam { cosine } if !(cosine > 0.0 && cosine <= 1.0) => {
                refuse(format!("a beam of cosine {cosine}"), "above 0, at most 1")
            }
            _ => Ok(()),
        }
    }

    /// All that comes in \[W m⁻²\], the scale of errors.
    pub fn incoming_w_m2(&self) -> f64 {
        self.stellar_flux_w_m2.iter().sum::<f64>() + self.internal_flux_w_m2
    }
}
