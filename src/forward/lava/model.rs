//! The lava model in a likelihood.
//!
//! A call solves the dayside exactly and integrates its spectrum over the bins
//! ([`crate::forward::bands`]), each band with the shape of a black body of the temperature of the dayside.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use rayon::prelude::*;

use super::anchors::{Anchor, Anchors, RingStart};
use super::forecast::Features;
use super::ring::{Ground, RingState, Scratch, Sky, Start, bare_temperature_k};
use super::{Lava, LavaParameters, effective_temperature_k};
use crate::atmosphere::illumination::Ring;
use crate::atmosphere::surface_gas::SurfaceGas;
use crate::config::{DaysideKind, RunConfig};
use crate::error::{InputError, ModelError, RejectReason};
use crate::forward::bands::{BandLight, BandScene, band_contrast, ranges_um};
use crate::forward::scene::{self, Geometry, Scene, finite};
use crate::forward::{ColumnProfile, Conventions, ForwardModel, Spectrum};
use crate::instrument::BinSpec;
use crate::spectrum::Star;
use crate::transfer::Effort;

/// Volatiles in the order of their parameters, whose names are `log10_<name>_bar`.
pub const VOLATILE_NAMES: [&str; 4] = ["hydrogen", "carbon", "nitrogen", "sulfur"];
/// log10 of a partial pressure \[bar\] at and below which there is none of the element.
pub const LOG10_NONE: f64 = -12.0;
/// Spectra that are kept for the derived quantities and figures.
const MOST_KEPT: usize = 200_000;
/// log10 of the base pressure \[bar\] and of the mass of the column \[kg m⁻²\] that stand for nothing.
const LOG10_NOTHING: f64 = -12.0;

const DERIVED: [&str; 13] = [
    "temperature_ratio",
    "maximum_dayside_temperature_k",
    "dayside_temperature_k",
    "surface_temperature_k",
    "top_temperature_k",
    "minimum_temperature_k",
    "log10_base_pressure_bar",
    "log10_column_mass_kg_m2",
    "log10_fo2_bar",
    "band_contrast_psi",
    "ferric_fraction",
    "metal_saturated",
    "bare_disc_fraction",
];

/// What a point of parameter space gives.
#[derive(Clone, Debug)]
struct Light {
    depth: Vec<f64>,
    derived: [f64; DERIVED.len()],
    light: BandLight,
    effort: Effort,
}

/// Lava as a [`ForwardModel`].
#[derive(Debug)]
pub struct LavaModel {
    lava: Lava,
    bands: BandScene,
    parameters: Vec<String>,
    derived: Vec<String>,
    anchors: Anchors,
    kept: Mutex<HashMap<Vec<u64>, Arc<Light>>>,
}

/// Working memory of one thread.
#[derive(Clone, Debug)]
pub struct LavaWorkspace {
    scene: scene::Workspace,
    scratch: Scratch,
    start_k: Vec<f64>,
}

/// Sums over the rings of a disc.
#[derive(Clone, Debug, Default)]
struct Disc {
    band_w_m2: Vec<f64>,
    total_w_m2: f64,
    bare_fraction: f64,
    effort: Effort,
}

impl LavaModel {
    /// The model of a run file for a star and the bins of an observation.
    ///
    /// # Arguments
    /// * `volatiles` - whether the gas may hold H, C, N and S; each is then a parameter.
    ///
    /// # Errors
    /// As [`Lava::new`] and [`Scene::new`].
    pub fn new(
        config: &RunConfig,
        star: Star,
        bins: &[BinSpec<'_>],
        volatiles: bool,
    ) -> Result<Self, InputError> {
        config.without_forward_sections()?;
        let scene = Scene::new(star.clone(), bins)?;
        let lava = Lava::new(config, star, volatiles, Some(&ranges_um(bins)))?;
        Ok(Self {
            parameters: parameter_names(config, volatiles),
            derived: DERIVED.map(str::to_owned).to_vec(),
            bands: BandScene::new(scene, lava.points()),
            anchors: Anchors::default(),
            kept: Mutex::default(),
            lava,
        })
    }

    /// The atmosphere behind the likelihood.
    pub(super) const fn lava(&self) -> &Lava {
        &self.lava
    }

    /// Star and bins.
    pub fn scene(&self) -> &Scene {
        self.bands.scene()
    }

    /// Conventions that move the answer, by name.
    pub const fn conventions(&self) -> &Conventions {
        self.lava.conventions()
    }

    /// Solves `points` (rows of parameters) from cold and keeps them as starts for all calls to come.
    /// Returns how many have no solution.
    ///
    /// # Errors
    /// [`ModelError::Fatal`] alone: a fault that is no property of a point.
    pub fn prepare(&mut self, points: &[Vec<f64>]) -> Result<usize, ModelError> {
        self.anchors = Anchors::default();
        let solved: Vec<Option<Anchor>> = points
            .par_iter()
            .map_init(
                || self.workspace(),
                |workspace, theta| match self.solve(theta, workspace) {
                    Ok((_, anchor)) => Ok(Some(anchor)),
                    Err(ModelError::Rejected(_)) => Ok(None),
                    Err(fatal) => Err(fatal),
                },
            )
            .collect::<Result<_, ModelError>>()?;
        let failed = solved.iter().filter(|anchor| anchor.is_none()).count();
        let solved: Vec<Anchor> = solved.into_iter().flatten().collect();
        self.anchors = Anchors::new(&solved);
        Ok(failed)
    }

    /// What the equilibria of a point cost, if it was computed.
    pub fn effort(&self, theta: &[f64]) -> Option<Effort> {
        self.kept().get(&key_of(theta)).map(|light| light.effort)
    }

    /// The numbers behind `theta`.
    pub(super) fn numbers(&self, theta: &[f64]) -> Result<LavaParameters, ModelError> {
        LavaParameters::from_named(&self.parameters, theta).map_err(fatal)
    }

    fn solve(
        &self,
        theta: &[f64],
        workspace: &mut LavaWorkspace,
    ) -> Result<(Light, Anchor), ModelError> {
        let geometry = Geometry::new(theta)?;
        let parameters = self.numbers(theta)?;
        let lava = &self.lava;
        let starlight = lava.starlight(&parameters)?;
        let rings = lava.rings(&parameters)?;
        let surface = lava.surface_gas(&parameters)?;
        let mut disc = Disc::default();
        let mut anchor = Anchor {
            features: Features::default(),
            rings: Vec::new(),
        };
        let mut derived = [0.0; DERIVED.len()];
        for (index, ring) in rings.iter().enumerate() {
            let ground = self.ring(
                (&parameters, &surface),
                &starlight,
                (index, ring),
                &mut anchor,
                &mut disc,
                workspace,
            )?;
            if index == 0 {
                describe(&parameters, &ground, workspace, &mut derived);
            }
        }
        derived[12] = disc.bare_fraction;
        let dayside_k = effective_temperature_k(disc.total_w_m2);
        let maximum_k = geometry.maximum_dayside_temperature();
        (derived[0], derived[1], derived[2]) = (dayside_k / maximum_k, maximum_k, dayside_k);
        // The bolometric factor on the star cancels in the ratio of two bands.
        let edges = lava.points().edges_per_cm();
        derived[9] = band_contrast(edges, &disc.band_w_m2, &starlight[1]);
        let light = self.observe(&geometry, &disc, derived, workspace);
        finite(&light.depth, theta)?;
        finite(&light.derived, theta)?;
        Ok((light, anchor))
    }

    /// The column of the substellar ring, or the one that stands for all; `None` where it is bare.
    ///
    /// # Errors
    /// As a call of the likelihood.
    pub fn profile(
        &self,
        theta: &[f64],
        workspace: &mut LavaWorkspace,
    ) -> Result<Option<ColumnProfile>, ModelError> {
        Ok(match self.substellar(theta, workspace)?.sky {
            Sky::Bare { .. } => None,
            Sky::Gas(gas) => Some(ColumnProfile {
                base_pressure_bar: gas.base_pressure_bar,
                pressure_bar: gas.pressure_bar,
                temperature_k: gas.temperature_k,
                mole_fraction: gas.mole_fraction,
            }),
        })
    }

    /// The substellar ring at a point, or the column that stands for all.
    fn substellar(
        &self,
        theta: &[f64],
        workspace: &mut LavaWorkspace,
    ) -> Result<RingState, ModelError> {
        let parameters = self.numbers(theta)?;
        let lava = &self.lava;
        let starlight = lava.starlight(&parameters)?;
        let rings = lava.rings(&parameters)?;
        let ring = *rings
            .first()
            .ok_or(ModelError::Rejected(RejectReason::ImpossibleGeometry))?;
        let bare_k = bare_temperature_k(
            &parameters,
            &lava.boundary(&parameters, &starlight[0], &ring)?,
        );
        let start_k = &mut workspace.start_k;
        let features = lava.features(&parameters, bare_k).map_err(fatal)?;
        let start = self.anchors.start(&features, 0, bare_k, start_k);
        let start = start.map(|(layers_k, k)| Start::Near(layers_k, k));
        lava.ring(&parameters, &starlight, ring, start, &mut workspace.scratch)
            .map_err(|none| none.error)
    }

    /// Settles a ring and adds its light to the disc and its temperatures to the anchor.
    fn ring(
        &self,
        (parameters, surface): (&LavaParameters, &SurfaceGas),
        starlight: &[Vec<f64>; 2],
        (index, ring): (usize, &Ring),
        anchor: &mut Anchor,
        disc: &mut Disc,
        workspace: &mut LavaWorkspace,
    ) -> Result<Ground, ModelError> {
        let lava = &self.lava;
        let boundary = lava.boundary(parameters, &starlight[0], ring)?;
        let bare_k = bare_temperature_k(parameters, &boundary);
        if index == 0 {
            anchor.features = lava.features(parameters, bare_k).map_err(fatal)?;
        }
        let start_k = &mut workspace.start_k;
        let start = self.anchors.start(&anchor.features, index, bare_k, start_k);
        let start = start.map(|(layers_k, k)| Start::Near(layers_k, k));
        let scratch = &mut workspace.scratch;
        let ground = lava
            .settle(parameters, &boundary, surface, start, scratch)
            .map_err(|none| none.error)?;
        let (total_w_m2, solution): (f64, RingStart) = match ground {
            Ground::Bare { .. } => {
                disc.bare_fraction += ring.disc_weight;
                let incoming_w_m2 = boundary.incoming_w_m2();
                (incoming_w_m2, None)
            }
            Ground::Gas(effort) => {
                disc.effort += effort;
                let equilibrium = &scratch.equilibrium;
                let up_w_m2 = equilibrium.fluxes().up_w_m2.first();
                let layers_k = equilibrium.temperature_k().to_vec();
                let solution = (layers_k, equilibrium.surface_temperature_k());
                (up_w_m2.copied().unwrap_or(0.0), Some(solution))
            }
        };
        anchor.rings.push((bare_k, solution));
        let boundary = lava.boundary(parameters, &starlight[1], ring)?;
        lava.shine(parameters, &boundary, surface, &ground, scratch, false)?;
        disc.total_w_m2 += ring.disc_weight * total_w_m2;
        let bands = &scratch.emission.band_w_m2;
        disc.band_w_m2.resize(bands.len(), 0.0);
        for (sum, flux) in disc.band_w_m2.iter_mut().zip(bands) {
            *sum += ring.disc_weight * flux;
        }
        Ok(ground)
    }

    /// From bands to bins.
    fn observe(
        &self,
        geometry: &Geometry,
        disc: &Disc,
        derived: [f64; DERIVED.len()],
        workspace: &mut LavaWorkspace,
    ) -> Light {
        let points = self.lava.points();
        let light = BandLight::new(points, &disc.band_w_m2, derived[2]);
        Light {
            depth: self.bands.depths(geometry, &light, &mut workspace.scene),
            derived,
            light,
            effort: disc.effort,
        }
    }

    /// What `theta` gives, computed once. A point gives the same whenever it is computed, so that
    /// keeping it changes no result.
    fn light(
        &self,
        theta: &[f64],
        workspace: &mut LavaWorkspace,
    ) -> Result<Arc<Light>, ModelError> {
        let key = key_of(theta);
        if let Some(known) = self.kept().get(&key) {
            return Ok(known.clone());
        }
        let light = Arc::new(self.solve(theta, workspace)?.0);
        let mut kept = self.kept();
        if kept.len() < MOST_KEPT {
            kept.insert(key, light.clone());
        }
        Ok(light)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<Vec<u64>, Arc<Light>>> {
        // What is kept is whole even where another thread panicked.
        self.kept
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A fault that is no property of a point.
pub(super) fn fatal(error: InputError) -> ModelError {
    ModelError::Fatal {
        message: error.to_string(),
    }
}

/// Parameters under which a point is kept.
fn key_of(theta: &[f64]) -> Vec<u64> {
    theta.iter().map(|value| value.to_bits()).collect()
}

/// Numbers of the substellar ring, or of the one that stands for all.
fn describe(
    parameters: &LavaParameters,
    ground: &Ground,
    workspace: &LavaWorkspace,
    derived: &mut [f64; DERIVED.len()],
) {
    let scratch = &workspace.scratch;
    match (ground, scratch.surface_gas()) {
        (Ground::Gas(_), Some(gas)) => {
            let layers_k = scratch.equilibrium.temperature_k();
            let melt = gas.surface();
            derived[3] = scratch.equilibrium.surface_temperature_k();
            derived[4] = layers_k.first().copied().unwrap_or(0.0);
            derived[5] = layers_k.iter().fold(f64::INFINITY, |a, b| a.min(*b));
            derived[6] = gas.pressure_bar().log10();
            derived[7] =
                (gas.pressure_bar() * crate::units::PA_PER_BAR / parameters.gravity_m_s2).log10();
            derived[8] = melt.log10_fo2_bar();
            derived[10] = melt.iron.ferric_fraction;
            derived[11] = f64::from(u8::from(melt.iron.metal_saturated));
        }
        _ => {
            if let Ground::Bare {
                surface_temperature_k,
                vapour_pressure_bar,
            } = ground
            {
                derived[3..6].fill(*surface_temperature_k);
                derived[6] =
                    vapour_pressure_bar.map_or(LOG10_NOTHING, |p| p.log10().max(LOG10_NOTHING));
            }
            derived[7] = LOG10_NOTHING;
        }
    }
}

fn parameter_names(config: &RunConfig, volatiles: bool) -> Vec<String> {
    let mut names = Vec::new();
    if !config.melt.congruent {
        names.push("delta_iw".to_owned());
    }
    if config.atmosphere.dayside == DaysideKind::Uniform {
        names.push(super::priors::redistribution_name(config).to_owned());
    }
    let own = [
        "surface_albedo",
        "internal_temperature_k",
        "alkali_depletion_dex",
        "sio2_dex",
        "tio2_dex",
        "al2o3_dex",
        "feo_dex",
        "mgo_dex",
        "cao_dex",
    ];
    names.extend(own.map(str::to_owned));
    names.extend(LavaParameters::nuisances().map(str::to_owned));
    if volatiles {
        names.extend(VOLATILE_NAMES.map(|name| format!("log10_{name}_bar")));
    }
    let last = [
        "gravity_m_s2",
        "radius_ratio",
        "scaled_semi_major_axis",
        "stellar_temperature_k",
    ];
    names.extend(last.map(str::to_owned));
    names
}

impl ForwardModel for LavaModel {
    type Workspace = LavaWorkspace;

    fn parameter_names(&self) -> &[String] {
        &self.parameters
    }

    fn derived_names(&self) -> &[String] {
        &self.derived
    }

    fn is_costly(&self) -> bool {
        true
    }

    fn workspace(&self) -> LavaWorkspace {
        LavaWorkspace {
            scene: self.scene().workspace(0),
            scratch: Scratch::default(),
            start_k: Vec::new(),
        }
    }

    fn eclipse_depth(
        &self,
        theta: &[f64],
        workspace: &mut LavaWorkspace,
        depth: &mut [f64],
    ) -> Result<(), ModelError> {
        depth.copy_from_slice(&self.light(theta, workspace)?.depth);
        Ok(())
    }

    fn derived(
        &self,
        theta: &[f64],
        workspace: &mut LavaWorkspace,
        values: &mut [f64],
    ) -> Result<(), ModelError> {
        values.copy_from_slice(&self.light(theta, workspace)?.derived);
        Ok(())
    }

    fn spectrum(
        &self,
        theta: &[f64],
        wavelengths_m: &[f64],
        out: &mut Spectrum,
    ) -> Result<(), ModelError> {
        let light = self.light(theta, &mut self.workspace())?;
        let geometry = Geometry::new(theta)?;
        self.bands
            .spectrum(&geometry, &light.light, wavelengths_m, out)
    }
}
