//! Either null model, as a run file asks for it.

use crate::config::{ModelKind, SurfaceConfig};
use crate::error::{InputError, ModelError};
use crate::forward::bare_rock::{BareRock, BareRockOptions, Surface};
use crate::forward::black_body::BlackBody;
use crate::forward::scene::{Scene, Workspace};
use crate::forward::surface::TabulatedSurface;
use crate::forward::{ForwardModel, Spectrum};
use crate::instrument::BinSpec;
use crate::spectrum::Star;

/// Black body or bare rock.
#[derive(Clone, Debug)]
pub enum NullModel {
    /// One free dayside temperature.
    BlackBody(BlackBody),
    /// Dayside temperature from the energy balance.
    BareRock(BareRock),
}

impl NullModel {
    /// The model of a run file for a star and the bins of an observation; `surface` counts for
    /// the bare rock alone.
    ///
    /// # Errors
    /// As [`Scene::new`] and [`TabulatedSurface::from_path`].
    pub fn new(
        kind: ModelKind,
        surface: &SurfaceConfig,
        star: Star,
        bins: &[BinSpec<'_>],
    ) -> Result<Self, InputError> {
        Ok(match kind {
            ModelKind::BlackBody => Self::BlackBody(BlackBody::new(star, bins)?),
            ModelKind::BareRock => {
                let options = BareRockOptions {
                    surface: match &surface.emissivity_file {
                        Some(path) => Surface::Tabulated(TabulatedSurface::from_path(path, &star)?),
                        None => Surface::Grey,
                    },
                    reflected_light: surface.reflected_light,
                    local_equilibrium: surface.local_equilibrium,
                };
                Self::BareRock(BareRock::new(star, bins, options)?)
            }
        })
    }

    /// Star and bins.
    pub fn scene(&self) -> &Scene {
        match self {
            Self::BlackBody(model) => model.scene(),
            Self::BareRock(model) => model.scene(),
        }
    }
}

/// Hands a call to whichever model it is.
macro_rules! either {
    ($self:ident, $model:ident => $call:expr) => {
        match $self {
            NullModel::BlackBody($model) => $call,
            NullModel::BareRock($model) => $call,
        }
    };
}

impl ForwardModel for NullModel {
    type Workspace = Workspace;

    fn parameter_names(&self) -> &[String] {
        either!(self, model => model.parameter_names())
    }

    fn derived_names(&self) -> &[String] {
        either!(self, model => model.derived_names())
    }

    fn workspace(&self) -> Workspace {
        either!(self, model => model.workspace())
    }

    fn eclipse_depth(
        &self,
        theta: &[f64],
        workspace: &mut Workspace,
        depth: &mut [f64],
    ) -> Result<(), ModelError> {
        either!(self, model => model.eclipse_depth(theta, workspace, depth))
    }

    fn derived(
        &self,
        theta: &[f64],
        workspace: &mut Workspace,
        values: &mut [f64],
    ) -> Result<(), ModelError> {
        either!(self, model => model.derived(theta, workspace, values))
    }

    fn spectrum(
        &self,
        theta: &[f64],
        wavelengths_m: &[f64],
        out: &mut Spectrum,
    ) -> Result<(), ModelError> {
        either!(self, model => model.spectrum(theta, wavelengths_m, out))
    }
}
