//! One ring of the dayside.

mod balance;

pub(super) use balance::Start;

use super::model::fatal;
use super::{Lava, LavaParameters, NoDayside, effective_temperature_k};
use crate::atmosphere::column::{ColumnOptions, ColumnReport, SurfaceState, VapourColumn};
use crate::atmosphere::illumination::Ring;
use crate::atmosphere::surface_gas::SurfaceGas;
use crate::config::{DaysideKind, StarlightKind};
use crate::constants::STEFAN_BOLTZMANN;
use crate::error::{InputError, ModelError, RejectReason};
use crate::forward::points::Points;
use crate::melt::TEMPERATURE_RANGE_K;
use crate::spectrum::FluxScale;
use crate::transfer::{
    Boundary, Column, ColumnModel, Effort, Emission, Equilibrium, Illumination, Residual, View,
    Workspace,
};
use crate::units::PA_PER_BAR;

/// Share of the particles of a column below which a gas without opacity is not worth a word.
const LEAST_SHARE: f64 = 1e-3;

/// A ring and what stands above it.
#[derive(Clone, Debug)]
pub struct RingState {
    /// Where it is.
    pub ring: Ring,
    /// Stellar flux through its surface \[W m⁻²\].
    pub irradiation_w_m2: f64,
    /// Temperature of the surface \[K\].
    pub surface_temperature_k: f64,
    /// The gas, or none.
    pub sky: Sky,
    /// Light that leaves it.
    pub emission: Emission,
}

/// What stands above a ring.
#[derive(Clone, Debug)]
pub enum Sky {
    /// Nothing: solid rock, or a vapour thinner than the top of the grid.
    Bare {
        /// Vapour pressure \[bar\]; none above a solid.
        vapour_pressure_bar: Option<f64>,
    },
    /// A column of gas.
    Gas(Box<Gas>),
}

/// A column in radiative equilibrium.
#[derive(Clone, Debug)]
pub struct Gas {
    /// Pressure at the surface \[bar\].
    pub base_pressure_bar: f64,
    /// log10 fO2 at the surface \[bar\].
    pub log10_fo2_bar: f64,
    /// Whether metallic iron is there.
    pub metal_saturated: bool,
    /// Pressures of the interfaces \[bar\], from the top, one more than layers.
    pub interface_pressure_bar: Vec<f64>,
    /// Pressures of the layers \[bar\], from the top.
    pub pressure_bar: Vec<f64>,
    /// Temperatures of the layers \[K\].
    pub temperature_k: Vec<f64>,
    /// Mean molar mass of the layers \[g mol⁻¹\].
    pub mean_molar_mass_g_mol: Vec<f64>,
    /// Mole fractions of all gases in the layers.
    pub mole_fraction: Vec<(String, Vec<f64>)>,
    /// Convection upward at the interfaces \[W m⁻²\]; empty where there was none to be.
    pub convective_w_m2: Vec<f64>,
    /// What the equilibrium cost.
    pub effort: Effort,
    /// The way to it.
    pub history: Vec<Residual>,
    /// Absorbers, gases without opacity, tables exceeded.
    pub report: ColumnReport,
    column: Column,
}

impl Gas {
    /// Pressures, masses and extinction of the layers.
    pub(super) const fn column(&self) -> &Column {
        &self.column
    }
}

impl RingState {
    /// Temperatures of layers and surface, for a start nearby; none of a bare ring.
    pub fn temperatures(&self) -> Option<(&[f64], f64)> {
        match &self.sky {
            Sky::Bare { .. } => None,
            Sky::Gas(gas) => Some((&gas.temperature_k, self.surface_temperature_k)),
        }
    }
}

/// Memory of one thread for one ring after another.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    pub(super) balance: Option<VapourColumn>,
    /// Of fewer layers, to begin with.
    coarse: Option<VapourColumn>,
    coarse_equilibrium: Equilibrium,
    /// Of fewer points, for the steps on the way.
    sketch: Option<VapourColumn>,
    sketch_equilibrium: Equilibrium,
    spectra: Option<VapourColumn>,
    pub(super) equilibrium: Equilibrium,
    column: Column,
    workspace: Workspace,
    pub(super) emission: Emission,
}

/// What a ring came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Ground {
    /// No gas: temperature of the surface \[K\] and vapour pressure \[bar\], none above a solid.
    Bare {
        surface_temperature_k: f64,
        vapour_pressure_bar: Option<f64>,
    },
    /// A column in equilibrium; the scratch has it.
    Gas(Effort),
}

impl Ground {
    /// No gas above a surface \[K\]; a vapour pressure \[bar\] unless it is solid.
    pub(super) const fn bare(surface_temperature_k: f64, vapour_pressure_bar: Option<f64>) -> Self {
        Self::Bare {
            surface_temperature_k,
            vapour_pressure_bar,
        }
    }
}

impl Lava {
    /// Solves a ring, from the temperatures `start` if there are any.
    pub(super) fn ring(
        &self,
        parameters: &LavaParameters,
        [of_balance, of_spectra]: &[Vec<f64>; 2],
        ring: Ring,
        start: Option<Start<'_>>,
        scratch: &mut Scratch,
    ) -> Result<RingState, NoDayside> {
        let boundary = self.boundary(parameters, of_balance, &ring)?;
        let surface = self.surface_gas(parameters)?;
        let ground = self.settle(parameters, &boundary, &surface, start, scratch)?;
        let boundary = self.boundary(parameters, of_spectra, &ring)?;
        self.shine(parameters, &boundary, &surface, &ground, scratch, true)?;
        let irradiation_w_m2 = boundary.stellar_flux_w_m2.iter().sum();
        let emission = scratch.emission.clone();
        Ok(match ground {
            Ground::Bare {
                surface_temperature_k,
                vapour_pressure_bar,
            } => RingState {
                ring,
                irradiation_w_m2,
                surface_temperature_k,
                sky: Sky::Bare {
                    vapour_pressure_bar,
                },
                emission,
            },
            Ground::Gas(effort) => RingState {
                ring,
                irradiation_w_m2,
                surface_temperature_k: scratch.equilibrium.surface_temperature_k(),
                sky: Sky::Gas(Box::new(scratch.gas(effort)?)),
                emission,
            },
        })
    }

    /// Temperatures of a ring: bare ground, or gas in radiative equilibrium from `start`; or as given.
    pub(super) fn settle(
        &self,
        parameters: &LavaParameters,
        boundary: &Boundary,
        surface: &SurfaceGas,
        start: Option<Start<'_>>,
        scratch: &mut Scratch,
    ) -> Result<Ground, NoDayside> {
        if let Some(given) = &self.given {
            return self.place(given, parameters, boundary, surface, scratch);
        }
        let surface_temperature_k = bare_temperature_k(parameters, boundary);
        if surface_temperature_k < TEMPERATURE_RANGE_K.0 {
            return Ok(Ground::bare(surface_temperature_k, None));
        }
        let slot = &mut scratch.balance;
        let column = self.column(slot, surface, &self.balance, parameters)?;
        if let SurfaceState::Bare { pressure_bar } = column.surface_state(surface_temperature_k)? {
            return Ok(Ground::bare(surface_temperature_k, Some(pressure_bar)));
        }
        let bare_k = surface_temperature_k;
        let effort = self.balanced(parameters, boundary, surface, bare_k, start, scratch)?;
        Ok(Ground::Gas(effort))
    }

    /// Light of a ring that has settled, into the scratch, with or without the `detail` of where it comes
    /// from.
    pub(super) fn shine(
        &self,
        parameters: &LavaParameters,
        boundary: &Boundary,
        surface: &SurfaceGas,
        ground: &Ground,
        scratch: &mut Scratch,
        detail: bool,
    ) -> Result<(), ModelError> {
        if let Ground::Bare {
            surface_temperature_k,
            ..
        } = ground
        {
            scratch.emission = self.spectra.bare_emission(*surface_temperature_k, boundary);
            return Ok(());
        }
        let slot = &mut scratch.spectra;
        let model = self.column(slot, surface, &self.spectra, parameters)?;
        if let Some(balance) = &mut scratch.balance {
            // Its last gas is that of the same temperatures.
            model.take_gas(balance);
        }
        model.want_slopes(false);
        let temperature_k = scratch.equilibrium.temperature_k();
        let surface_temperature_k = scratch.equilibrium.surface_temperature_k();
        model.fill(temperature_k, surface_temperature_k, &mut scratch.column)?;
        let view = View {
            column: &scratch.column,
            temperature_k,
            surface_temperature_k,
            boundary,
            angles: &self.angles,
        };
        let transfer = &self.spectra.transfer;
        let (workspace, emission) = (&mut scratch.workspace, &mut scratch.emission);
        if detail {
            transfer.emission(&view, workspace, emission)
        } else {
            transfer.outgoing(&view, workspace, emission)
        }
    }

    pub(super) fn surface_gas(
        &self,
        parameters: &LavaParameters,
    ) -> Result<SurfaceGas, ModelError> {
        self.magma.gas_above(parameters).map_err(fatal)
    }

    /// The column in `slot`, made if there is none, on this surface.
    pub(super) fn column<'a>(
        &self,
        slot: &'a mut Option<VapourColumn>,
        surface: &SurfaceGas,
        points: &Points,
        parameters: &LavaParameters,
    ) -> Result<&'a mut VapourColumn, ModelError> {
        self.column_of(self.atmosphere.layers, slot, surface, points, parameters)
    }

    /// The same with another number of layers.
    pub(super) fn column_of<'a>(
        &self,
        layers: usize,
        slot: &'a mut Option<VapourColumn>,
        surface: &SurfaceGas,
        points: &Points,
        parameters: &LavaParameters,
    ) -> Result<&'a mut VapourColumn, ModelError> {
        let fatal = |error: InputError| ModelError::Fatal {
            message: error.to_string(),
        };
        let gravity_m_s2 = parameters.gravity_m_s2;
        if let Some(column) = slot {
            column
                .stand_on(surface.clone(), gravity_m_s2)
                .map_err(fatal)?;
        } else {
            let options = ColumnOptions {
                layers,
                top_pressure_bar: self.atmosphere.top_pressure_bar,
                gravity_m_s2,
            };
            let column = VapourColumn::new(surface.clone(), points.absorbers.clone(), options);
            *slot = Some(column.map_err(fatal)?);
        }
        let column = slot.as_mut().ok_or_else(|| ModelError::Fatal {
            message: "no column".to_owned(),
        })?;
        column.scale_absorbers(|gas| parameters.opacity_factor(gas));
        Ok(column)
    }

    /// What enters the column of a ring under this flux through the surface of the star.
    pub(super) fn boundary(
        &self,
        parameters: &LavaParameters,
        starlight_w_m2: &[f64],
        ring: &Ring,
    ) -> Result<Boundary, ModelError> {
        let flux = match self.atmosphere.dayside {
            DaysideKind::Uniform => ring.flux,
            // Of rings the mean over what is seen of them.
            DaysideKind::Rings => ring.disc_flux,
        };
        let factor = flux / parameters.scaled_semi_major_axis.powi(2);
        if flux.is_nan() || flux <= 0.0 {
            return Err(ModelError::Rejected(RejectReason::NoEnergyBalance));
        }
        Ok(Boundary {
            stellar_flux_w_m2: starlight_w_m2.iter().map(|w_m2| factor * w_m2).collect(),
            illumination: match self.atmosphere.starlight {
                StarlightKind::Diffuse => Illumination::Diffuse,
                StarlightKind::Beam => Illumination::Beam {
                    cosine: ring.beam_cosine,
                },
            },
            internal_flux_w_m2: STEFAN_BOLTZMANN * parameters.internal_temperature_k.powi(4),
            surface_albedo: vec![parameters.surface_albedo; starlight_w_m2.len()],
        })
    }

    /// Spectra of a ring with one absorber left out at the same temperatures: name and flux per band
    /// \[W m⁻²\]. Empty for a bare ring.
    ///
    /// # Errors
    /// Those of the ring itself.
    pub fn without_each(
        &self,
        parameters: &LavaParameters,
        state: &RingState,
    ) -> Result<Vec<(String, Vec<f64>)>, ModelError> {
        let Sky::Gas(gas) = &state.sky else {
            return Ok(Vec::new());
        };
        let surface = self.surface_gas(parameters)?;
        let starlight_w_m2 = self.star_bands(parameters, &self.spectra, FluxScale::Bolometric)?;
        let boundary = self.boundary(parameters, &starlight_w_m2, &state.ring)?;
        let (mut workspace, mut emission) = (Workspace::default(), Emission::default());
        let mut column = gas.column.clone();
        let mut found = Vec::new();
        for one in self.spectra.absorbers.list() {
            let Ok(points) = self.spectra.without(&[&one.name]) else {
                continue;
            };
            let mut slot = None;
            let model = self.column(&mut slot, &surface, &points, parameters)?;
            model.want_slopes(false);
            model.fill(&gas.temperature_k, state.surface_temperature_k, &mut column)?;
            points.transfer.outgoing(
                &View {
                    column: &column,
                    temperature_k: &gas.temperature_k,
                    surface_temperature_k: state.surface_temperature_k,
                    boundary: &boundary,
                    angles: &self.angles,
                },
                &mut workspace,
                &mut emission,
            )?;
            found.push((one.name.clone(), emission.band_w_m2.clone()));
        }
        Ok(found)
    }
}

impl Scratch {
    /// What is to be told of the column that was solved last.
    fn gas(&self, effort: Effort) -> Result<Gas, ModelError> {
        let Some(model) = &self.spectra else {
            return Err(ModelError::Fatal {
                message: "a ring without its column".to_owned(),
            });
        };
        let melt = model.surface().surface();
        let column = &self.column;
        Ok(Gas {
            base_pressure_bar: model.surface().pressure_bar(),
            log10_fo2_bar: melt.log10_fo2_bar(),
            metal_saturated: melt.iron.metal_saturated,
            interface_pressure_bar: (column.interface_pressure_pa.iter())
                .map(|p| p / PA_PER_BAR)
                .collect(),
            pressure_bar: column.pressure_pa.iter().map(|p| p / PA_PER_BAR).collect(),
            mean_molar_mass_g_mol: model.mean_molar_mass_g_mol().to_vec(),
            mole_fraction: model
                .mole_fractions_by_name()
                .map(|(name, x)| (name.to_owned(), x))
                .collect(),
            history: self.equilibrium.history().to_vec(),
            convective_w_m2: self.equilibrium.fluxes().convective_w_m2.clone(),
            report: model.report(LEAST_SHARE),
            temperature_k: self.equilibrium.temperature_k().to_vec(),
            effort,
            column: column.clone(),
        })
    }

    /// The gas at the surface of the column that was solved last.
    pub(super) fn surface_gas(&self) -> Option<&SurfaceGas> {
        self.spectra.as_ref().map(VapourColumn::surface)
    }
}

/// Temperature of a surface without gas \[K\].
pub(super) fn bare_temperature_k(parameters: &LavaParameters, boundary: &Boundary) -> f64 {
    let irradiation_w_m2: f64 = boundary.stellar_flux_w_m2.iter().sum();
    let absorbed = (1.0 - parameters.surface_albedo) * irradiation_w_m2;
    effective_temperature_k(
        (absorbed + boundary.internal_flux_w_m2) / (1.0 - parameters.surface_albedo),
    )
}
