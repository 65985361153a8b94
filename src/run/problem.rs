//! One model set against the data: prior, forward model and noise joined into a sampler's target.

use crate::error::ModelError;
use crate::forward::ForwardModel;
use crate::likelihood::{NoiseModel, NoiseWorkspace};
use crate::prior::JointPrior;
use crate::sampler::Target;

/// ln L on the unit cube of one model. Parameters: those of the model first, then those of the
/// noise.
pub struct Problem<M> {
    /// The planet model.
    pub model: M,
    /// The noise model.
    pub noise: NoiseModel,
    /// The joint prior of both.
    pub prior: JointPrior,
    /// Number of bins.
    pub bins: usize,
}

/// Working memory of one thread.
pub struct ProblemWorkspace<W> {
    theta: Vec<f64>,
    depth: Vec<f64>,
    model: W,
    noise: NoiseWorkspace,
}

impl<M: ForwardModel> Problem<M> {
    /// How many of the parameters are the model's.
    pub fn model_parameters(&self) -> usize {
        self.model.parameter_names().len()
    }

    /// ln L at given parameters.
    ///
    /// # Errors
    /// As the model and the noise model.
    pub fn ln_likelihood_at(
        &self,
        workspace: &mut ProblemWorkspace<M::Workspace>,
    ) -> Result<f64, ModelError> {
        let (of_model, of_noise) = workspace.theta.split_at(self.model_parameters());
        self.model
            .eclipse_depth(of_model, &mut workspace.model, &mut workspace.depth)?;
        let ln_likelihood =
            self.noise
                .ln_likelihood(&workspace.depth, of_noise, &mut workspace.noise)?;
        if ln_likelihood.is_nan() {
            return Err(ModelError::Fatal {
                message: format!(
                    "ln L is not a number at {:?} = {:?}",
                    self.prior.names(),
                    workspace.theta
                ),
            });
        }
        Ok(ln_likelihood)
    }
}

impl<M: ForwardModel> Target for Problem<M> {
    type Workspace = ProblemWorkspace<M::Workspace>;

    fn dim(&self) -> usize {
        self.prior.unit_dim()
    }

    fn workspace(&self) -> Self::Workspace {
        ProblemWorkspace {
            theta: vec![0.0; self.prior.names().len()],
            depth: vec![0.0; self.bins],
            model: self.model.workspace(),
            noise: self.noise.workspace(),
        }
    }

    fn ln_likelihood(
        &self,
        unit: &[f64],
        workspace: &mut Self::Workspace,
    ) -> Result<f64, ModelError> {
        self.prior.transform(unit, &mut workspace.theta);
        self.ln_likelihood_at(workspace)
    }
}
