//! Starlight on the dayside: one uniform disc, or rings about the substellar point.
//!
//! Close to its star a planet sees a disc, not a point: the light does not end at 90° but fades out
//! through a penumbra, from where the star touches the horizon to where its last limb sets. The
//! star is a sphere of uniform brightness (no limb darkening), the planet a sphere that always
//! turns the same face to it; lengths are in stellar radii.
//!
//! # Source
//! Kang, Nimmo & Ding, *True Polar Wander of Lava Worlds*, appendix A, equations A1 to A13.

use std::f64::consts::{FRAC_PI_2, PI};

use crate::error::{InputError, ModelError, RejectReason};
use crate::spectrum::quadrature::LEGENDRE_3;

/// Default flux factor f of a uniform dayside: that of a dark planet without redistribution, seen
/// at eclipse.
pub const FLUX_FACTOR: f64 = 2.0 / 3.0;
/// Most rings on a dayside.
pub const MOST_RINGS: usize = 1_000;
/// Panels of three Gauss points in each smooth piece of a ring.
const PANELS: u32 = 8;

/// What reaches a point of the surface.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Incident {
    /// Flux through the surface over σT_*⁴: J of A8 and A10.
    pub flux: f64,
    /// Flux through a surface that faces each ray, over σT_*⁴: Ω/π with the solid angle Ω of the
    /// part of the star above the horizon.
    pub facing_flux: f64,
}

/// One ring about the substellar point, or the whole dayside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ring {
    /// Angle from the substellar point at which it begins \[rad\].
    pub inner_rad: f64,
    /// Angle at which it ends \[rad\].
    pub outer_rad: f64,
    /// Stellar flux through its surface over (R_*/a)² σT_*⁴, the mean over its area: conserves the
    /// energy that the planet takes in.
    pub flux: f64,
    /// The same, the mean over its share of the disc: conserves the light that is seen of a planet
    /// without redistribution, which six rings with `flux` underestimate by 1.1 %. 0 beyond 90°.
    pub disc_flux: f64,
    /// Mean cosine of the rays, weighted by their power: `flux` over the flux through surfaces that
    /// face the rays. The cosine of a beam that carries the same flux and the same mean intensity.
    pub beam_cosine: f64,
    /// Share of the disc seen at secondary eclipse, cos² inner - cos² outer; the weights of a
    /// dayside add up to 1. Zero beyond 90°.
    pub disc_weight: f64,
    /// Cosine of the emission towards the observer, the mean over its share of the disc; 0 beyond
    /// 90°.
    pub disc_cosine: f64,
    /// Share of the surface of the planet.
    pub sphere_fraction: f64,
}

/// A uniform dayside of flux factor f (above 0, at most 1): flux f, in every direction of the disc.
///
/// # Errors
/// [`InputError::Value`] for a factor outside its range.
pub fn uniform(flux_factor: f64) -> Result<Ring, InputError> {
    if !(flux_factor > 0.0 && flux_factor <= 1.0) {
        let expected = "above 0, at most 1";
        return Err(InputError::value("flux factor", flux_factor, expected));
    }
    Ok(Ring {
        inner_rad: 0.0,
        outer_rad: FRAC_PI_2,
        flux: flux_factor,
        disc_flux: flux_factor,
        beam_cosine: flux_factor,
        disc_weight: 1.0,
        disc_cosine: 2.0 / 3.0,
        sphere_fraction: 0.5,
    })
}

/// The light that a planet gets from a star of finite size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Illumination {
    distance: f64,
    radius: f64,
}

impl Illumination {
    /// A planet of R_p/R_* at a distance a/R_* between the centres.
    ///
    /// # Errors
    /// [`ModelError::Rejected`] with [`RejectReason::ImpossibleGeometry`] for a planet that touches
    /// its star or has no radius; [`ModelError::Fatal`] for values that are no numbers.
    pub fn new(scaled_semi_major_axis: f64, radius_ratio: f64) -> Result<Self, ModelError> {
        if !(scaled_semi_major_axis.is_finite() && radius_ratio.is_finite()) {
            return Err(ModelError::Fatal {
                message: format!(
                    "illumination: a/R_* = {scaled_semi_major_axis}, R_p/R_* = {radius_ratio}"
                ),
            });
        }
        if radius_ratio <= 0.0 || scaled_semi_major_axis <= 1.0 + radius_ratio {
            return Err(ModelError::Rejected(RejectReason::ImpossibleGeometry));
        }
        Ok(Self {
            distance: scaled_semi_major_axis,
            radius: radius_ratio,
        })
    }

    /// Angle from the substellar point within which the whole star is above the horizon \[rad\]:
    /// arccos((R_p + R_*)/a), A1.
    pub fn full_rad(&self) -> f64 {
        ((self.radius + 1.0) / self.distance).acos()
    }

    /// Angle beyond which it is dark \[rad\]: arccos((R_p - R_*)/a), A2.
    pub fn dark_rad(&self) -> f64 {
        ((self.radius - 1.0) / self.distance).acos()
    }

    /// What reaches the surface at an angle θ from the substellar point \[rad\], 0 to π.
    ///
    /// With ρ² = a² + R_p² - 2 a R_p cos θ, cos α = sin β = (a cos θ - R_p)/ρ and sin φ = R_*/ρ:
    /// J = sin²φ cos α in full light (A8), and in the penumbra
    /// J = sin²φ cos α (π - δ₂ + sin δ₂ cos δ₂)/π + (δ₁ - sin δ₁ cos δ₁)/π (A10), where
    /// cos δ₁ = cos φ/cos β (A11) and cos δ₂ = tan β/tan φ (A12). The solid angle follows from
    /// Gauss and Bonnet: Ω = π + 2 arcsin(sin β/sin φ) - 2 cos φ (π - δ₂).
    ///
    /// The angles are formed from w² = sin²φ - sin²β (sin δ₁ = w/cos β, sin δ₂ = w/(cos β sin φ)),
    /// which keeps their digits where the star is small.
    pub fn incident(&self, theta_rad: f64) -> Incident {
        let cosine = theta_rad.cos();
        let (a, d) = (self.radius, self.distance);
        let rho = (d * d + a * a - 2.0 * a * d * cosine).sqrt();
        let sin_beta = (d * cosine - a) / rho;
        let sin_phi = rho.recip();
        let square = sin_phi * sin_phi;
        let cos_phi = (1.0 - square).sqrt();
        if sin_beta >= sin_phi {
            return Incident {
                flux: square * sin_beta,
                facing_flux: 2.0 * square / (1.0 + cos_phi),
            };
        }
        if sin_beta <= -sin_phi {
            return Incident::default();
        }
        let w = ((sin_phi - sin_beta) * (sin_phi + sin_beta)).sqrt();
        let delta_1 = w.atan2(cos_phi);
        let delta_2 = w.atan2(sin_beta * cos_phi);
        let above = PI - delta_2;
        let flux = square * sin_beta * (above + delta_2.sin() * delta_2.cos())
            + (delta_1 - delta_1.sin() * delta_1.cos());
        let omega = PI + 2.0 * (sin_beta / sin_phi).asin() - 2.0 * cos_phi * above;
        // Rounding alone can make them negative, at the very edge of the dark.
        Incident {
            flux: (flux / PI).max(0.0),
            facing_flux: (omega / PI).max(0.0),
        }
    }

    /// Writes rings of equal width in angle over the visible dayside (0 to 90°), as many as `out`
    /// holds.
    pub fn rings(&self, out: &mut [Ring]) {
        let width = FRAC_PI_2 / out.len() as f64;
        for (i, ring) in out.iter_mut().enumerate() {
            *ring = self.ring(width * i as f64, width * (i + 1) as f64);
        }
    }

    /// As [`Illumination::rings`], in a vector of its own.
    ///
    /// # Errors
    /// [`InputError::Value`] unless there are 1 to [`MOST_RINGS`].
    pub fn ring_vector(&self, count: usize) -> Result<Vec<Ring>, InputError> {
        if !(1..=MOST_RINGS).contains(&count) {
            let expected = format!("1 to {MOST_RINGS}");
            return Err(InputError::value("rings on the dayside", count, expected));
        }
        let mut rings = vec![self.ring(0.0, FRAC_PI_2); count];
        self.rings(&mut rings);
        Ok(rings)
    }

    /// The ring beyond the limb, from 90° to the edge of the dark, which is lit but not seen at
    /// eclipse.
    pub fn beyond_limb(&self) -> Ring {
        self.ring(FRAC_PI_2, self.dark_rad())
    }

    /// One ring between two angles from the substellar point \[rad\], 0 <= inner < outer <= π.
    pub fn ring(&self, inner_rad: f64, outer_rad: f64) -> Ring {
        let mut edges = [inner_rad, self.full_rad(), self.dark_rad(), outer_rad];
        for edge in &mut edges {
            *edge = edge.clamp(inner_rad, outer_rad);
        }
        let mut flux = 0.0;
        let mut facing_flux = 0.0;
        let mut seen_flux = 0.0;
        for piece in edges.windows(2) {
            let half = 0.5 * (piece[1] - piece[0]) / f64::from(PANELS);
            for panel in 0..PANELS {
                let centre = piece[0] + half * f64::from(2 * panel + 1);
                for (x, weight) in LEGENDRE_3 {
                    let theta = centre + half * x;
                    let incident = self.incident(theta);
                    let area = weight * half * theta.sin();
                    flux += area * incident.flux;
                    facing_flux += area * incident.facing_flux;
                    seen_flux += 2.0 * theta.cos().max(0.0) * area * incident.flux;
                }
            }
        }
        let area = inner_rad.cos() - outer_rad.cos();
        // The cosine of a rounded right angle is no exact zero.
        let seen = |rad: f64| if rad < FRAC_PI_2 { rad.cos() } else { 0.0 };
        let (inner, outer) = (seen(inner_rad), seen(outer_rad));
        let disc_weight = inner * inner - outer * outer;
        Ring {
            inner_rad,
            outer_rad,
            flux: flux / area * self.distance.powi(2),
            disc_flux: if disc_weight > 0.0 {
                seen_flux / disc_weight * self.distance.powi(2)
            } else {
                0.0
            },
            beam_cosine: if facing_flux > 0.0 {
                flux / facing_flux
            } else {
                0.0
            },
            disc_weight,
            disc_cosine: if disc_weight > 0.0 {
                2.0 / 3.0 * (inner.powi(3) - outer.powi(3)) / disc_weight
            } else {
                0.0
            },
            sphere_fraction: 0.5 * area,
        }
    }
}

#[cfg(test)]
mod tests;
