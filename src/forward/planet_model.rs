//! Any planet model, as a run file asks for it.

use super::free_chemistry::{FreeChemistry, FreeChemistryWorkspace};
use super::lava::{DescribedLava, LavaModel, LavaWorkspace};
use super::null_model::NullModel;
use super::scene::{Scene, Workspace};
use super::{ColumnProfile, Conventions, ForwardModel, Spectrum};
use crate::config::{ModelKind, RunConfig};
use crate::error::{InputError, ModelError};
use crate::instrument::BinSpec;
use crate::spectrum::Star;

/// A null model, lava or a free atmosphere.
#[derive(Debug)]
pub enum PlanetModel {
    /// Black body or bare rock.
    Null(Box<NullModel>),
    /// Magma with its vapour, with or without volatiles.
    Lava(Box<DescribedLava>),
    /// Free mole fractions and temperatures.
    Free(Box<FreeChemistry>),
}

/// Working memory of one thread of any of them.
#[derive(Clone, Debug)]
pub enum PlanetWorkspace {
    /// Of a null model.
    Null(Workspace),
    /// Of lava.
    Lava(Box<LavaWorkspace>),
    /// Of a free atmosphere.
    Free(Box<FreeChemistryWorkspace>),
}

impl PlanetModel {
    /// The model `kind` of a run file for a star and the bins of an observation.
    ///
    /// # Errors
    /// As [`NullModel::new`], [`LavaModel::new`] and [`FreeChemistry::new`].
    pub fn new(
        kind: ModelKind,
        config: &RunConfig,
        star: Star,
        bins: &[BinSpec<'_>],
    ) -> Result<Self, InputError> {
        if kind.is_lava() {
            let volatiles = kind.has_volatiles();
            let model = DescribedLava::new(config, star, bins, volatiles)?;
            return Ok(Self::Lava(Box::new(model)));
        }
        if kind == ModelKind::FreeChemistry {
            let model = FreeChemistry::new(config, star, bins)?;
            return Ok(Self::Free(Box::new(model)));
        }
        let model = NullModel::new(kind, &config.model.surface, star, bins)?;
        Ok(Self::Null(Box::new(model)))
    }

    /// Star and bins.
    pub fn scene(&self) -> &Scene {
        match self {
            Self::Null(model) => model.scene(),
            Self::Lava(model) => model.model().scene(),
            Self::Free(model) => model.scene(),
        }
    }

    /// Lava, if it is.
    pub fn lava(&self) -> Option<&LavaModel> {
        match self {
            Self::Null(_) | Self::Free(_) => None,
            Self::Lava(model) => Some(model.model()),
        }
    }

    /// Lava, if it is, to be prepared.
    pub fn lava_mut(&mut self) -> Option<&mut LavaModel> {
        match self {
            Self::Null(_) | Self::Free(_) => None,
            Self::Lava(model) => Some(model.model_mut()),
        }
    }

    /// Conventions of a model with a gas, and the name under which they go.
    pub fn conventions(&self) -> Option<(&'static str, &Conventions)> {
        match self {
            Self::Null(_) => None,
            Self::Lava(model) => Some(("lava", model.conventions())),
            Self::Free(model) => Some(("free_chemistry", model.conventions())),
        }
    }

    /// Whether [`PlanetModel::profile`] may give something.
    pub const fn has_profile(&self) -> bool {
        !matches!(self, Self::Null(_))
    }

    /// The column of a point (of lava the one at the substellar point); `None` for a bare surface.
    ///
    /// # Errors
    /// As a call of the likelihood.
    pub fn profile(
        &self,
        theta: &[f64],
        workspace: &mut PlanetWorkspace,
    ) -> Result<Option<ColumnProfile>, ModelError> {
        match (self, workspace) {
            (Self::Null(_), _) => Ok(None),
            (Self::Lava(model), PlanetWorkspace::Lava(own)) => model.model().profile(theta, own),
            (Self::Free(model), PlanetWorkspace::Free(own)) => model.profile(theta, own),
            _ => Err(foreign_memory()),
        }
    }
}

/// A call with the memory of another model: a fault of the program, not of the point.
fn foreign_memory() -> ModelError {
    ModelError::Fatal {
        message: "the working memory belongs to another model".to_owned(),
    }
}

impl ForwardModel for PlanetModel {
    type Workspace = PlanetWorkspace;

    fn parameter_names(&self) -> &[String] {
        match self {
            Self::Null(model) => model.parameter_names(),
            Self::Lava(model) => model.parameter_names(),
            Self::Free(model) => model.parameter_names(),
        }
    }

    fn derived_names(&self) -> &[String] {
        match self {
            Self::Null(model) => model.derived_names(),
            Self::Lava(model) => model.derived_names(),
            Self::Free(model) => model.derived_names(),
        }
    }

    fn is_costly(&self) -> bool {
        match self {
            Self::Null(model) => model.is_costly(),
            Self::Lava(model) => model.is_costly(),
            Self::Free(model) => model.is_costly(),
        }
    }

    fn workspace(&self) -> PlanetWorkspace {
        match self {
            Self::Null(model) => PlanetWorkspace::Null(model.workspace()),
            Self::Lava(model) => PlanetWorkspace::Lava(Box::new(model.workspace())),
            Self::Free(model) => PlanetWorkspace::Free(Box::new(model.workspace())),
        }
    }

    fn eclipse_depth(
        &self,
        theta: &[f64],
        workspace: &mut PlanetWorkspace,
        depth: &mut [f64],
    ) -> Result<(), ModelError> {
        match (self, workspace) {
            (Self::Null(model), PlanetWorkspace::Null(own)) => {
                model.eclipse_depth(theta, own, depth)
            }
            (Self::Lava(model), PlanetWorkspace::Lava(own)) => {
                model.eclipse_depth(theta, own, depth)
            }
            (Self::Free(model), PlanetWorkspace::Free(own)) => {
                model.eclipse_depth(theta, own, depth)
            }
            _ => Err(foreign_memory()),
        }
    }

    fn derived(
        &self,
        theta: &[f64],
        workspace: &mut PlanetWorkspace,
        values: &mut [f64],
    ) -> Result<(), ModelError> {
        match (self, workspace) {
            (Self::Null(model), PlanetWorkspace::Null(own)) => model.derived(theta, own, values),
            (Self::Lava(model), PlanetWorkspace::Lava(own)) => model.derived(theta, own, values),
            (Self::Free(model), PlanetWorkspace::Free(own)) => model.derived(theta, own, values),
            _ => Err(foreign_memory()),
        }
    }

    fn spectrum(
        &self,
        theta: &[f64],
        wavelengths_m: &[f64],
        out: &mut Spectrum,
    ) -> Result<(), ModelError> {
        match self {
            Self::Null(model) => model.spectrum(theta, wavelengths_m, out),
            Self::Lava(model) => model.spectrum(theta, wavelengths_m, out),
            Self::Free(model) => model.spectrum(theta, wavelengths_m, out),
        }
    }
}
