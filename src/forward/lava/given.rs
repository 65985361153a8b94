//! A dayside whose temperatures are given: gas above the melt, fluxes and spectrum, no equilibrium.

use super::ring::{Ground, Scratch};
use super::{Lava, LavaParameters, NoDayside};
use crate::atmosphere::column::{SurfaceState, VapourColumn};
use crate::atmosphere::grid::Grid;
use crate::atmosphere::profile::Profile;
use crate::atmosphere::surface_gas::SurfaceGas;
use crate::config::{ProfileConfig, ProfileKind};
use crate::error::{InputError, ModelError, RejectReason};
use crate::melt::TEMPERATURE_RANGE_K;
use crate::transfer::Boundary;
use crate::units::PA_PER_BAR;

/// Step in which the foot of a profile is sought \[K\].
const FOOT_STEP_K: f64 = 25.0;
/// Halvings of that step: below 1e-9 K.
const FOOT_HALVINGS: usize = 36;

/// The profile of a run file.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenProfile {
    profile: Profile,
    kind: ProfileKind,
    /// Temperature of the surface \[K\], where it has one of its own.
    surface_temperature_k: Option<f64>,
}

impl GivenProfile {
    /// From the section of a run file.
    ///
    /// # Errors
    /// Those of [`Profile::from_config`]; a surface temperature that no melt and no rock has.
    pub(super) fn new(config: &ProfileConfig) -> Result<Self, InputError> {
        let profile = Profile::from_config(config)?;
        let most_k = TEMPERATURE_RANGE_K.1;
        match config.surface_temperature_k {
            Some(k) if !(10.0..=most_k).contains(&k) => Err(InputError::value(
                "atmosphere.profile.surface_temperature_k",
                k,
                format!("10 to {most_k} K"),
            )),
            surface_temperature_k => Ok(Self {
                profile,
                kind: config.kind,
                surface_temperature_k,
            }),
        }
    }

    /// Kind as in the run file.
    pub const fn kind(&self) -> ProfileKind {
        self.kind
    }

    /// Temperature of the surface \[K\]: its own, or that of the foot, where the profile meets the
    /// vapour pressure of the melt, T = T_profile(p_vapour(T)); of several the hottest. Where all of the
    /// profile is too cold for a melt, its temperature at the top.
    fn surface_k(
        &self,
        column: &mut VapourColumn,
        top_pa: f64,
        gravity_m_s2: f64,
    ) -> Result<f64, ModelError> {
        if let Some(k) = self.surface_temperature_k {
            return Ok(k);
        }
        let (low_k, high_k) = TEMPERATURE_RANGE_K;
        // Above zero where the surface would be hotter than the profile; none outside the melt model.
        let mut excess = |k: f64| {
            let (SurfaceState::Gas { pressure_bar } | SurfaceState::Bare { pressure_bar }) =
                column.surface_state(k).ok()?;
            let pressure_pa = (pressure_bar * PA_PER_BAR).max(top_pa);
            Some(k - self.profile.temperature_k(pressure_pa, gravity_m_s2))
        };
        let steps = ((high_k - low_k) / FOOT_STEP_K).floor() as usize;
        let mut hotter_k = None;
        for k in (0..=steps).map(|step| high_k - FOOT_STEP_K * step as f64) {
            match (excess(k), hotter_k) {
                (Some(e), _) if e > 0.0 => hotter_k = Some(k),
                (Some(_), Some(above_k)) => return Ok(bisect(&mut excess, k, above_k)),
                // Hotter than any melt that the model knows.
                (Some(_), None) => break,
                (None, _) => {}
            }
        }
        if hotter_k.is_none() {
            return Err(ModelError::Rejected(RejectReason::TemperatureOutOfRange));
        }
        Ok(self.profile.temperature_k(top_pa, gravity_m_s2))
    }
}

/// Root between a temperature of no excess and one of some \[K\].
fn bisect(excess: &mut impl FnMut(f64) -> Option<f64>, mut low_k: f64, mut high_k: f64) -> f64 {
    for _ in 0..FOOT_HALVINGS {
        let middle_k = 0.5 * (low_k + high_k);
        if excess(middle_k).is_some_and(|e| e > 0.0) {
            high_k = middle_k;
        } else {
            low_k = middle_k;
        }
    }
    0.5 * (low_k + high_k)
}

impl Lava {
    /// The profile that is given, if one is.
    pub const fn given_profile(&self) -> Option<&GivenProfile> {
        self.given.as_ref()
    }

    /// A ring at given temperatures, with its fluxes but no equilibrium: the scratch has both.
    pub(super) fn place(
        &self,
        given: &GivenProfile,
        parameters: &LavaParameters,
        boundary: &Boundary,
        surface: &SurfaceGas,
        scratch: &mut Scratch,
    ) -> Result<Ground, NoDayside> {
        let gravity_m_s2 = parameters.gravity_m_s2;
        let top_pa = self.atmosphere.top_pressure_bar * PA_PER_BAR;
        let slot = &mut scratch.balance;
        let column = self.column(slot, surface, &self.balance, parameters)?;
        let surface_temperature_k = given.surface_k(column, top_pa, gravity_m_s2)?;
        if surface_temperature_k < TEMPERATURE_RANGE_K.0 {
            return Ok(Ground::bare(surface_temperature_k, None));
        }
        let pressure_bar = match column.surface_state(surface_temperature_k)? {
            SurfaceState::Bare { pressure_bar } => {
                return Ok(Ground::bare(surface_temperature_k, Some(pressure_bar)));
            }
            SurfaceState::Gas { pressure_bar } => pressure_bar,
        };
        let layers = self.atmosphere.layers;
        let grid = Grid::of_layers(top_pa, layers).map_err(|error| ModelError::Fatal {
            message: error.to_string(),
        })?;
        let (mut interface_pa, mut layer_pa) = (vec![0.0; layers + 1], vec![0.0; layers]);
        grid.fill_pressures(pressure_bar * PA_PER_BAR, &mut interface_pa, &mut layer_pa)?;
        let mut layers_k = vec![0.0; layers];
        given.profile.fill(&layer_pa, gravity_m_s2, &mut layers_k);
        let transfer = &self.balance.transfer;
        let equilibrium = &mut scratch.equilibrium;
        equilibrium.stay(transfer, column, boundary, &layers_k, surface_temperature_k)?;
        Ok(Ground::Gas(equilibrium.effort()))
    }
}
