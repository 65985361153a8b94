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
            ModelKind::Lava
            | ModelKind::LavaVolatiles
            | ModelKind::ThickAtmosphere
            | ModelKind::FreeChemistry => {
                return Err(InputError::value(
                    "null model",
                    kind.name(),
                    "`black_body` or `bare_rock`",
                ));
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::forward::{Measured, Orbit, default_parameters};
    use crate::instrument::Passband;

    fn build(kind: ModelKind, surface: &SurfaceConfig) -> Result<NullModel, InputError> {
        let passband = Passband::embedded("miri/f1500w").unwrap();
        let bins = [BinSpec {
            low_m: 1.36e-5,
            high_m: 1.65e-5,
            passband: &passband,
        }];
        NullModel::new(kind, surface, Star::black_body(2_566.0), &bins)
    }

    fn albedo_file(text: &str) -> (tempfile::NamedTempFile, SurfaceConfig) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let surface = SurfaceConfig {
            emissivity_file: Some(file.path().to_owned()),
            ..SurfaceConfig::default()
        };
        (file, surface)
    }

    /// The default priors name the parameters of the model, in its order, whatever the surface.
    #[test]
    fn default_priors_fit_every_model() {
        let measured = |value| Measured {
            value,
            sigma: None,
            source: "test".to_owned(),
        };
        let orbit = Orbit {
            radius_ratio: measured(0.086),
            scaled_semi_major_axis: measured(20.8),
            stellar_temperature_k: measured(2_566.0),
            gravity_m_s2: None,
        };
        let (_file, tabulated) = albedo_file("wavelength_um,albedo\n0.3,0.1\n20,0.2\n");
        for surface in [SurfaceConfig::default(), tabulated] {
            for local_equilibrium in [false, true] {
                let surface = SurfaceConfig {
                    local_equilibrium,
                    ..surface.clone()
                };
                for kind in [ModelKind::BlackBody, ModelKind::BareRock] {
                    let model = build(kind, &surface).unwrap();
                    let priors = default_parameters(kind, &surface, &orbit);
                    let names: Vec<_> = priors.iter().map(|(name, _)| name.clone()).collect();
                    assert_eq!(names, model.parameter_names());
                    let theta: Vec<f64> = (priors.iter())
                        .map(|(_, prior)| {
                            (prior.mean.or(prior.fixed))
                                .unwrap_or_else(|| 0.5 * (prior.low.unwrap() + prior.high.unwrap()))
                        })
                        .collect();
                    let mut workspace = model.workspace();
                    let mut depth = [0.0];
                    model
                        .eclipse_depth(&theta, &mut workspace, &mut depth)
                        .unwrap();
                    assert!((1e-5..2e-3).contains(&depth[0]), "{depth:?}");
                }
            }
        }
    }

    #[test]
    fn albedo_files_are_checked_line_by_line() {
        for (text, wanted) in [
            ("wavelength_um,albedo\n1,0.1\n2,1.2\n", "line 3"),
            (
                "wavelength_um,emissivity\n1,0.1\n2,0.2\n",
                "wavelength_um,albedo",
            ),
            (
                "wavelength_um,albedo\n1,1\n2,1\n",
                "absorbs or emits nothing",
            ),
        ] {
            let (_file, surface) = albedo_file(text);
            let message = build(ModelKind::BareRock, &surface)
                .unwrap_err()
                .to_string();
            assert!(message.contains(wanted), "{message}");
        }
    }
}
