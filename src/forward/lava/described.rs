//! The lava model with the quantities that follow from a point beside its light.

use super::model::{LavaModel, LavaWorkspace};
use super::quantities::Quantities;
use crate::config::RunConfig;
use crate::error::{InputError, ModelError};
use crate::forward::{Conventions, ForwardModel, Spectrum};
use crate::instrument::BinSpec;
use crate::spectrum::Star;

/// [`LavaModel`] with more derived quantities: those of `quantities.rs` after its own. They are of
/// account for samples of the posterior and draws of the prior alone; the likelihood is the model's.
#[derive(Debug)]
pub struct DescribedLava {
    model: LavaModel,
    quantities: Quantities,
    derived: Vec<String>,
    conventions: Conventions,
}

impl DescribedLava {
    /// The model of a run file for a star and the bins of an observation.
    ///
    /// # Arguments
    /// * `volatiles` - whether the gas may hold H, C, N and S; each is then a parameter.
    ///
    /// # Errors
    /// As [`LavaModel::new`]; a system that cannot be read.
    pub fn new(
        config: &RunConfig,
        star: Star,
        bins: &[BinSpec<'_>],
        volatiles: bool,
    ) -> Result<Self, InputError> {
        let model = LavaModel::new(config, star.clone(), bins, volatiles)?;
        let quantities = Quantities::new(config, &star, bins, &model, volatiles)?;
        let own = model.derived_names().iter().cloned();
        let mut conventions = model.conventions().clone();
        conventions.extend(told().map(|(name, words)| (name.to_owned(), words.to_owned())));
        Ok(Self {
            derived: own.chain(quantities.names()).collect(),
            conventions,
            quantities,
            model,
        })
    }

    /// The model itself.
    pub const fn model(&self) -> &LavaModel {
        &self.model
    }

    /// The model itself, to be prepared.
    pub const fn model_mut(&mut self) -> &mut LavaModel {
        &mut self.model
    }

    /// Conventions that move the answer, by name.
    pub const fn conventions(&self) -> &Conventions {
        &self.conventions
    }
}

/// Conventions of the quantities.
const fn told() -> [(&'static str, &'static str); 3] {
    [
        (
            "atmosphere_mass",
            "a column like that of the dayside (of rings the substellar one) over the whole planet",
        ),
        (
            "ocean_depths",
            "minimum: as much oxygen in the melt as in the gas (Seidler et al. 2024, App. G; to buffer, ten \
             times as deep); redox: the iron of the melt makes good the oxygen of the gas beyond its oxides",
        ),
        (
            "core_formation",
            "mantle of the composition of the melt against pure iron at 2000 K and 1 bar (Seidler et al. \
             2024, App. C), to IW of Hirschmann 2008",
        ),
    ]
}

impl ForwardModel for DescribedLava {
    type Workspace = LavaWorkspace;

    fn parameter_names(&self) -> &[String] {
        self.model.parameter_names()
    }

    fn derived_names(&self) -> &[String] {
        &self.derived
    }

    fn is_costly(&self) -> bool {
        self.model.is_costly()
    }

    fn workspace(&self) -> LavaWorkspace {
        self.model.workspace()
    }

    fn eclipse_depth(
        &self,
        theta: &[f64],
        workspace: &mut LavaWorkspace,
        depth: &mut [f64],
    ) -> Result<(), ModelError> {
        self.model.eclipse_depth(theta, workspace, depth)
    }

    fn derived(
        &self,
        theta: &[f64],
        workspace: &mut LavaWorkspace,
        values: &mut [f64],
    ) -> Result<(), ModelError> {
        let (own, more) = values.split_at_mut(self.model.derived_names().len());
        self.model.derived(theta, workspace, own)?;
        self.quantities.write(&self.model, theta, own, more)
    }

    fn spectrum(
        &self,
        theta: &[f64],
        wavelengths_m: &[f64],
        out: &mut Spectrum,
    ) -> Result<(), ModelError> {
        self.model.spectrum(theta, wavelengths_m, out)
    }
}
