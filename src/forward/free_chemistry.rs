//! A free atmosphere: mole fractions constant with height and a parametric T(p), as the usual free
//! retrievals have. It knows no melt, no chemistry and no energy balance; what it fits better than
//! lava is what the self-consistent model misses.
//!
//! Temperatures of the air stand at the surface, at the top of the grid and at the geometric mean of the two
//! pressures; between them T is a monotone cubic in ln p. The surface has a temperature of its own. What
//! the named gases leave of the gas is N2, which scatters (Rayleigh) and absorbs nothing unless the
//! opacity set has pairs with it. The disc is alike everywhere. The light of the star that surface and
//! gas send back is in the flux, with two thirds of the irradiation at the substellar point: what a
//! Lambert sphere has at full phase. The column is that of [`crate::atmosphere::column`], the spectrum
//! a pass of [`crate::transfer`] as the lava model makes it.

mod build;
mod priors;

pub use priors::free_chemistry_parameters;

use super::bands::{BandLight, BandScene, band_contrast, brightness_temperature_k};
use super::points::Points;
use super::scene::{self, Geometry, PLANET_RANGE_K, Scene, finite, within};
use super::{ColumnProfile, Conventions, ForwardModel, Spectrum};
use crate::atmosphere::column::GivenColumn;
use crate::atmosphere::illumination::uniform;
use crate::atmosphere::profile::{MonotoneCubic, Profile};
use crate::config::{AtmosphereConfig, StarlightKind};
use crate::error::{ModelError, RejectReason};
use crate::spectrum::{FluxScale, Star};
use crate::transfer::{Angles, Boundary, Column, Emission, Illumination, View, Workspace};
use crate::units::PA_PER_BAR;

/// The gas that fills what the others leave.
const FILLER: &str = "N2";
/// Flux that the uniform disc gets, over that at the substellar point.
const FLUX_FACTOR: f64 = 2.0 / 3.0;
/// Parameters before the mole fractions.
const FIRST: [&str; 5] = [
    "log10_base_pressure_bar",
    "surface_temperature_k",
    "base_temperature_k",
    "middle_temperature_k",
    "top_temperature_k",
];
/// Parameters behind them.
const LAST: [&str; 5] = [
    "surface_albedo",
    "gravity_m_s2",
    "radius_ratio",
    "scaled_semi_major_axis",
    "stellar_temperature_k",
];
const DERIVED: [&str; 7] = [
    "brightness_temperature_k",
    "sio_band_brightness_temperature_k",
    "mgo_band_brightness_temperature_k",
    "band_contrast_psi",
    "log10_column_mass_kg_m2",
    "mean_molar_mass_g_mol",
    "maximum_dayside_temperature_k",
];

/// A free atmosphere above a surface.
///
/// Parameters, in order: `log10_base_pressure_bar`; `surface_temperature_k`, `base_temperature_k`,
/// `middle_temperature_k`, `top_temperature_k` (50 to 10 000 K); `log10_<gas>` of the mole fraction of
/// each gas of `model.free_gases`, in lower case; `surface_albedo` (0 to 1), `gravity_m_s2`,
/// `radius_ratio`, `scaled_semi_major_axis`, `stellar_temperature_k` (1000 to 20 000 K). Mole fractions
/// that sum to more than one are a rejected point. A base above the top of the grid is a bare surface.
///
/// Derived: `brightness_temperature_k` of the bands behind the bins, of the SiO band (8.5 to 9.5 µm) and of
/// the MgO band (5.5 to 6.5 µm): the temperature of the black body with the same flux there;
/// `band_contrast_psi`; `log10_column_mass_kg_m2`; `mean_molar_mass_g_mol`;
/// `maximum_dayside_temperature_k` (black surface, no redistribution).
#[derive(Debug)]
pub struct FreeChemistry {
    atmosphere: AtmosphereConfig,
    star: Star,
    points: Points,
    angles: Angles,
    bands: BandScene,
    /// Bands behind the bins, in the SiO band and in the MgO band, with their shares.
    brightness_bands: [Vec<(usize, f64)>; 3],
    /// Names of the gases, the filler last.
    gases: Vec<String>,
    molar_masses_g_mol: Vec<f64>,
    /// The column that every thread begins with.
    column: GivenColumn,
    parameters: Vec<String>,
    derived: Vec<String>,
    conventions: Conventions,
}

/// Working memory of one thread.
#[derive(Clone, Debug)]
pub struct FreeChemistryWorkspace {
    scene: scene::Workspace,
    model: GivenColumn,
    column: Column,
    transfer: Workspace,
    emission: Emission,
}

/// One point of parameter space, checked.
struct Point {
    geometry: Geometry,
    base_pressure_bar: f64,
    surface_temperature_k: f64,
    /// At the base, in the middle and at the top \[K\].
    air_temperature_k: [f64; 3],
    /// In the order of the gases, the filler last; they sum to one.
    mole_fraction: Vec<f64>,
    surface_albedo: f64,
    gravity_m_s2: f64,
}

/// What a point gives.
struct Light {
    geometry: Geometry,
    light: BandLight,
    derived: [f64; DERIVED.len()],
}

impl FreeChemistry {
    /// Star and bins.
    pub const fn scene(&self) -> &Scene {
        self.bands.scene()
    }

    /// Conventions that move the answer, by name.
    pub const fn conventions(&self) -> &Conventions {
        &self.conventions
    }

    /// Pressures, temperatures and mole fractions of a point; `None` for a bare surface.
    ///
    /// # Errors
    /// As a call of the likelihood.
    pub fn profile(
        &self,
        theta: &[f64],
        workspace: &mut FreeChemistryWorkspace,
    ) -> Result<Option<ColumnProfile>, ModelError> {
        let point = self.point(theta)?;
        if self.is_bare(&point) {
            return Ok(None);
        }
        self.fill(&point, workspace)?;
        let layers = self.atmosphere.layers;
        let constant = |(name, x): (&String, &f64)| (name.clone(), vec![*x; layers]);
        Ok(Some(ColumnProfile {
            base_pressure_bar: point.base_pressure_bar,
            pressure_bar: workspace.model.pressure_bar().to_vec(),
            temperature_k: workspace.model.temperature_k().to_vec(),
            mole_fraction: (self.gases.iter().zip(&point.mole_fraction))
                .map(constant)
                .collect(),
        }))
    }

    /// The numbers behind `theta`.
    fn point(&self, theta: &[f64]) -> Result<Point, ModelError> {
        let geometry = Geometry::new(theta)?;
        let (first, rest) = theta.split_at(FIRST.len().min(theta.len()));
        let (gases, last) = rest.split_at((self.gases.len() - 1).min(rest.len()));
        let (&[log10_bar, surface_k, base_k, middle_k, top_k], &[albedo, gravity, ..]) =
            (first, last)
        else {
            return Err(ModelError::Fatal {
                message: format!("too few parameters: {theta:?}"),
            });
        };
        for temperature_k in &first[1..] {
            within(*temperature_k, PLANET_RANGE_K)?;
        }
        check(
            "surface_albedo",
            albedo,
            "0 to 1",
            (0.0..=1.0).contains(&albedo),
        )?;
        check("gravity_m_s2", gravity, "a positive number", gravity > 0.0)?;
        let mut mole_fraction: Vec<f64> = gases.iter().map(|x| 10_f64.powf(*x)).collect();
        let rest = 1.0 - mole_fraction.iter().sum::<f64>();
        if rest < 0.0 {
            return Err(ModelError::Rejected(RejectReason::MoleFractionsAboveOne));
        }
        mole_fraction.push(rest);
        Ok(Point {
            geometry,
            base_pressure_bar: 10_f64.powf(log10_bar),
            surface_temperature_k: surface_k,
            air_temperature_k: [base_k, middle_k, top_k],
            mole_fraction,
            surface_albedo: albedo,
            gravity_m_s2: gravity,
        })
    }

    fn is_bare(&self, point: &Point) -> bool {
        point.base_pressure_bar <= self.atmosphere.top_pressure_bar
    }

    /// Writes the column of a point with gas into the workspace.
    fn fill(
        &self,
        point: &Point,
        workspace: &mut FreeChemistryWorkspace,
    ) -> Result<(), ModelError> {
        let ln_pa = |bar: f64| (bar * PA_PER_BAR).ln();
        let top = ln_pa(self.atmosphere.top_pressure_bar);
        let base = ln_pa(point.base_pressure_bar);
        let [base_k, middle_k, top_k] = point.air_temperature_k;
        let nodes = MonotoneCubic::new(
            vec![top, 0.5 * (top + base), base],
            vec![top_k, middle_k, base_k],
        );
        // Only a base that is the top but for rounding has no nodes.
        let profile = match nodes {
            Some(nodes) => Profile::Nodes(nodes),
            None => Profile::Isothermal(base_k),
        };
        workspace.model.fill(
            point.base_pressure_bar,
            point.gravity_m_s2,
            &point.mole_fraction,
            &profile,
            &mut workspace.column,
        )
    }

    /// What the star sends in.
    fn boundary(&self, point: &Point, starlight_w_m2: &[f64]) -> Result<Boundary, ModelError> {
        let disc = uniform(FLUX_FACTOR)
            .map_err(|_| ModelError::Rejected(RejectReason::ImpossibleGeometry))?;
        let factor = disc.flux / point.geometry.scaled_semi_major_axis.powi(2);
        Ok(Boundary {
            stellar_flux_w_m2: starlight_w_m2.iter().map(|w_m2| factor * w_m2).collect(),
            illumination: match self.atmosphere.starlight {
                StarlightKind::Diffuse => Illumination::Diffuse,
                StarlightKind::Beam => Illumination::Beam {
                    cosine: disc.beam_cosine,
                },
            },
            // The temperature of the surface is given.
            internal_flux_w_m2: 0.0,
            surface_albedo: vec![point.surface_albedo; starlight_w_m2.len()],
        })
    }

    /// Light that leaves the top, into the workspace.
    fn shine(
        &self,
        point: &Point,
        boundary: &Boundary,
        workspace: &mut FreeChemistryWorkspace,
    ) -> Result<(), ModelError> {
        if self.is_bare(point) {
            let surface_k = point.surface_temperature_k;
            workspace.emission = self.points.bare_emission(surface_k, boundary);
            return Ok(());
        }
        self.fill(point, workspace)?;
        self.points.transfer.outgoing(
            &View {
                column: &workspace.column,
                temperature_k: workspace.model.temperature_k(),
                surface_temperature_k: point.surface_temperature_k,
                boundary,
                angles: &self.angles,
            },
            &mut workspace.transfer,
            &mut workspace.emission,
        )
    }

    /// What `theta` gives.
    fn solve(
        &self,
        theta: &[f64],
        workspace: &mut FreeChemistryWorkspace,
    ) -> Result<Light, ModelError> {
        let point = self.point(theta)?;
        let geometry = point.geometry;
        let star_k = geometry.stellar_temperature_k;
        let scale = FluxScale::Bolometric;
        let starlight_w_m2 = self.points.star_bands(&self.star, star_k, scale)?;
        let boundary = self.boundary(&point, &starlight_w_m2)?;
        self.shine(&point, &boundary, workspace)?;
        let points = self.points.transfer.points();
        let band_w_m2 = &workspace.emission.band_w_m2;
        let surface_k = point.surface_temperature_k;
        let [all, sio, mgo] = &self.brightness_bands;
        let brightness_k =
            |bands: &[(usize, f64)]| brightness_temperature_k(points, bands, band_w_m2, surface_k);
        let masses = self.molar_masses_g_mol.iter().zip(&point.mole_fraction);
        let derived = [
            brightness_k(all),
            brightness_k(sio),
            brightness_k(mgo),
            band_contrast(points.edges_per_cm(), band_w_m2, &starlight_w_m2),
            // Of the parameter, which stays a number where the pressure is none.
            theta[0] + (PA_PER_BAR / point.gravity_m_s2).log10(),
            masses.map(|(mass, x)| mass * x).sum(),
            geometry.maximum_dayside_temperature(),
        ];
        finite(&derived, theta)?;
        Ok(Light {
            geometry,
            light: BandLight::new(points, band_w_m2, derived[0]),
            derived,
        })
    }
}

/// A parameter outside what can be meant: a prior that reaches too far.
fn check(name: &str, found: f64, expected: &str, good: bool) -> Result<(), ModelError> {
    if good {
        return Ok(());
    }
    Err(ModelError::Fatal {
        message: format!("parameters.{name}: found {found}; expected {expected}"),
    })
}

impl ForwardModel for FreeChemistry {
    type Workspace = FreeChemistryWorkspace;

    fn parameter_names(&self) -> &[String] {
        &self.parameters
    }

    fn derived_names(&self) -> &[String] {
        &self.derived
    }

    fn is_costly(&self) -> bool {
        true
    }

    fn workspace(&self) -> FreeChemistryWorkspace {
        FreeChemistryWorkspace {
            scene: self.scene().workspace(0),
            model: self.column.clone(),
            column: Column::default(),
            transfer: Workspace::default(),
            emission: Emission::default(),
        }
    }

    fn eclipse_depth(
        &self,
        theta: &[f64],
        workspace: &mut FreeChemistryWorkspace,
        depth: &mut [f64],
    ) -> Result<(), ModelError> {
        let Light {
            geometry, light, ..
        } = self.solve(theta, workspace)?;
        depth.copy_from_slice(&self.bands.depths(&geometry, &light, &mut workspace.scene));
        finite(depth, theta)
    }

    fn derived(
        &self,
        theta: &[f64],
        workspace: &mut FreeChemistryWorkspace,
        values: &mut [f64],
    ) -> Result<(), ModelError> {
        values.copy_from_slice(&self.solve(theta, workspace)?.derived);
        Ok(())
    }

    fn spectrum(
        &self,
        theta: &[f64],
        wavelengths_m: &[f64],
        out: &mut Spectrum,
    ) -> Result<(), ModelError> {
        let Light {
            geometry, light, ..
        } = self.solve(theta, &mut self.workspace())?;
        self.bands.spectrum(&geometry, &light, wavelengths_m, out)
    }
}
