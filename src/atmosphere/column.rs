//! Column of gas above a melt: pressures, composition and extinction for given temperatures.
//!
//! The surface gives pressure and elements of the gas ([`SurfaceGas`]); both follow its temperature. In
//! every layer the gas is in equilibrium at the layer's own T and p with the elements of the surface;
//! nothing condenses out. The mass absorption coefficient of the mixture is
//!
//! κ = Σᵢ xᵢ σᵢ(T, p) / m̄,
//!
//! and its whole derivative at constant pressure, with xᵢ and m̄ following T as the equilibrium does,
//!
//! dκ/dT = Σᵢ (xᵢ/m̄) (∂σᵢ/∂T + σᵢ (∂ ln xᵢ/∂T - ∂ ln m̄/∂T)).
//!
//! Between two temperatures of a table ln σ is linear in 1/T: dκ/dT steps at a node of the table, κ does not.

mod absorbers;
mod binned;
mod chemistry;
mod given;
mod moist;
mod report;
mod scattering;
mod stack;
mod tables;

pub use absorbers::{Absorber, AbsorberOptions, Absorbers, balance_nodes};
pub use binned::{BinnedAbsorbers, KnownLayers};
pub use given::GivenColumn;
pub use report::{AbsorberUse, ColumnReport, WithoutOpacity};
pub use tables::CONTINUA;

use std::sync::Arc;

use chemistry::Composition;
use moist::{Parcel, VapourCurve};
use stack::Stack;

use super::surface_gas::SurfaceGas;
use crate::chemistry::gas::{GasSystem, PRESSURE_RANGE_BAR};
use crate::error::{InputError, ModelError, RejectReason};
use crate::transfer::{Column, ColumnModel};

/// Largest surface pressure \[bar\]: the gas is taken as ideal.
pub const MOST_PRESSURE_BAR: f64 = 1e5;

/// C_p/R of a monatomic gas.
const LEAST_HEAT_CAPACITY_R: f64 = 2.5;

/// Shape of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColumnOptions {
    /// Number of layers.
    pub layers: usize,
    /// Pressure at the top of the grid \[bar\]; the highest layer reaches on to zero pressure.
    pub top_pressure_bar: f64,
    /// Gravity \[m s⁻²\].
    pub gravity_m_s2: f64,
}

impl Default for ColumnOptions {
    /// Eighty layers from 1e-8 bar, gravity of the Earth.
    fn default() -> Self {
        Self {
            layers: 80,
            top_pressure_bar: 1e-8,
            gravity_m_s2: 9.81,
        }
    }
}

impl ColumnOptions {
    fn check(&self) -> Result<(), InputError> {
        let refuse =
            |place: &str, found: f64, expected| Err(InputError::value(place, found, expected));
        if self.layers == 0 {
            return refuse("layers of the column", 0.0, "one or more");
        }
        let (low, high) = PRESSURE_RANGE_BAR;
        let top = self.top_pressure_bar;
        if !(top >= low && top < high) {
            return refuse("top of the column [bar]", top, "1e-20 to 1e6");
        }
        let gravity = self.gravity_m_s2;
        if !(gravity > 0.0 && gravity.is_finite()) {
            return refuse("gravity [m s-2]", gravity, "a positive number");
        }
        Ok(())
    }
}

/// Which adiabat a column names ([`Column::adiabat`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Adiabat {
    /// None.
    #[default]
    Unnamed,
    /// ∇_ad = R/C_p with C_p = Σ x_s C_p,s of the gas at constant composition: no reaction, no condensation.
    Dry,
    /// Where rock vapour is saturated the pseudoadiabat that its latent heat makes, elsewhere the dry one.
    ///
    /// Saturated is a layer in which the vapour pressure of the melt at the temperature of the layer, with the
    /// composition and the redox state of the surface, lies below what the vapour would have with its share at the
    /// base. Where fO2 is imposed O and O2 do not condense. The latent heat is that of this curve: with fO2 on a buffer
    /// it holds the heat of the buffer, some 24 RT for SiO at 2500 K on iron-wüstite in the place of 36. The
    /// composition of the layers stays that of the base, also for C_p; the condensate has no opacity and falls out.
    Moist,
}

/// What stands above a surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SurfaceState {
    /// A column of gas with this pressure at its base.
    Gas {
        /// Base pressure \[bar\].
        pressure_bar: f64,
    },
    /// The vapour pressure lies below the top of the grid: bare rock or melt.
    Bare {
        /// Vapour pressure \[bar\].
        pressure_bar: f64,
    },
}

/// Column of vapour, and of volatiles, above a melt; with the memory of one thread.
///
/// Layers start from their last solution. What that changes in a mole fraction is below 1e-10 (measured);
/// [`VapourColumn::forget`] makes the next result independent of all before, to the last bit.
#[derive(Clone, Debug)]
pub struct VapourColumn {
    stack: Stack,
    surface: SurfaceGas,
    state: Option<SurfaceState>,
    composition: Composition,
    /// Whether the derivative of the absorption is wanted.
    slopes: bool,
    named: Adiabat,
    /// Heat capacities of the species; empty as long as no adiabat was named.
    heat_capacity_r: Vec<f64>,
    vapour_curve: VapourCurve,
}

impl VapourColumn {
    /// Combines a surface, absorbers that were made for its gases, and a grid.
    ///
    /// # Errors
    /// Options that cannot be; absorbers of another gas, or none; a gas without its free atoms.
    pub fn new(
        surface: SurfaceGas,
        absorbers: Arc<Absorbers>,
        options: ColumnOptions,
    ) -> Result<Self, InputError> {
        let gas = surface.gas_set();
        let stack = Stack::new(gas, absorbers, options)?;
        let system = Arc::new(GasSystem::new(gas.clone())?);
        Ok(Self {
            composition: Composition::new(system, options.layers),
            stack,
            surface,
            state: None,
            slopes: true,
            named: Adiabat::Unnamed,
            heat_capacity_r: Vec::new(),
            vapour_curve: VapourCurve::default(),
        })
    }

    /// Puts the column on another surface with the same gases (their enthalpies may differ), under
    /// another gravity \[m s⁻²\], and forgets everything before.
    ///
    /// # Errors
    /// A gravity that cannot be; a surface with other gases.
    pub fn stand_on(&mut self, surface: SurfaceGas, gravity_m_s2: f64) -> Result<(), InputError> {
        let options = ColumnOptions {
            gravity_m_s2,
            ..self.stack.options
        };
        options.check()?;
        if surface.gas_set().len() != self.surface.gas_set().len() {
            return Err(InputError::value(
                "surface below the column",
                "other gases",
                "the gases of the column",
            ));
        }
        if surface.gas_set() != self.composition.gas_set() {
            let system = Arc::new(GasSystem::new(surface.gas_set().clone())?);
            self.composition = Composition::new(system, options.layers);
        }
        (self.stack.options, self.surface, self.state) = (options, surface, None);
        self.vapour_curve.clear();
        self.forget();
        Ok(())
    }

    /// Multiplies the absorption of each absorber by a factor, found by its name; scattering stays.
    pub fn scale_absorbers(&mut self, factor: impl Fn(&str) -> f64) {
        let stack = &mut self.stack;
        for (value, absorber) in stack.factor.iter_mut().zip(stack.absorbers.list()) {
            *value = factor(&absorber.name);
        }
    }

    /// Which adiabat the column names ([`Column::adiabat`]).
    pub fn name_adiabat(&mut self, named: Adiabat) {
        self.named = named;
        if named != Adiabat::Unnamed {
            self.heat_capacity_r
                .resize(self.surface.gas_set().len(), 0.0);
        }
    }

    fn write_adiabat(&mut self, column: &mut Column) -> Result<(), ModelError> {
        column.adiabat.clear();
        column.adiabat_per_k.clear();
        if self.named == Adiabat::Unnamed {
            return Ok(());
        }
        let gas = self.surface.gas_set();
        for (layer, t_k) in self.stack.temperature_k.iter().enumerate() {
            gas.heat_capacity_r(*t_k, &mut self.heat_capacity_r);
            let fractions = self.composition.layer(layer);
            let pairs = fractions.iter().zip(&self.heat_capacity_r);
            let sum: f64 = pairs.map(|(x, c)| x * c).sum();
            // Beyond the data a polynomial may fall below what translation alone has.
            column.adiabat.push(sum.max(LEAST_HEAT_CAPACITY_R).recip());
        }
        if self.named == Adiabat::Moist {
            self.moisten(column)?;
        }
        Ok(())
    }

    /// Puts the moist adiabat in the place of the dry one where vapour condenses.
    fn moisten(&mut self, column: &mut Column) -> Result<(), ModelError> {
        let vapour_bar = self.surface.condensable_at_surface_bar();
        let ln_base_bar = self.surface.pressure_bar().ln();
        let ln_share = vapour_bar.ln() - ln_base_bar;
        let curve = self.vapour_curve.of(&mut self.surface)?;
        let layers = self.stack.temperature_k.iter();
        for ((t_k, bar), adiabat) in layers
            .zip(self.stack.pressure_bar())
            .zip(&mut column.adiabat)
        {
            let ln_pressure_bar = bar.ln();
            let parcel = Parcel {
                dry: *adiabat,
                ln_unsaturated_bar: ln_share + ln_pressure_bar,
                ln_pressure_bar,
                ln_below: ln_base_bar - ln_pressure_bar,
            };
            let (gradient, per_k) = parcel.adiabat(curve, *t_k);
            *adiabat = gradient;
            column.adiabat_per_k.push(per_k);
        }
        Ok(())
    }

    /// What stands above a surface of this temperature \[K\].
    ///
    /// # Errors
    /// Those of [`SurfaceGas::evaluate`].
    pub fn surface_state(&mut self, temperature_k: f64) -> Result<SurfaceState, ModelError> {
        self.state = None;
        self.surface.evaluate(temperature_k)?;
        let pressure_bar = self.surface.pressure_bar();
        if pressure_bar.is_nan() || pressure_bar > MOST_PRESSURE_BAR {
            return Err(ModelError::Rejected(RejectReason::PressureOutOfRange));
        }
        let state = if pressure_bar > self.stack.options.top_pressure_bar {
            SurfaceState::Gas { pressure_bar }
        } else {
            SurfaceState::Bare { pressure_bar }
        };
        self.state = Some(state);
        Ok(state)
    }

    /// What stood above the surface at the last call; `None` where there was no answer.
    pub const fn state(&self) -> Option<SurfaceState> {
        self.state
    }

    /// Forgets every solution: the next result depends on nothing before it.
    pub fn forget(&mut self) {
        self.composition.forget();
    }

    /// Takes the gas of the layers from another column on the same surface, which gets the own one for it: layers
    /// of the same temperature and pressure are not solved again. Nothing is taken from one of other layers or gases.
    pub fn take_gas(&mut self, other: &mut Self) {
        if self.composition.is_like(&other.composition) {
            std::mem::swap(&mut self.composition, &mut other.composition);
        }
    }

    /// The gas at the surface.
    pub const fn surface(&self) -> &SurfaceGas {
        &self.surface
    }

    /// The absorbers.
    pub fn absorbers(&self) -> &Absorbers {
        &self.stack.absorbers
    }

    /// Shape of the column.
    pub const fn options(&self) -> &ColumnOptions {
        &self.stack.options
    }

    /// Mole fractions of a layer at the last filling, in the order of the gases of the surface.
    ///
    /// # Panics
    /// `layer` must be one of the column.
    pub fn mole_fractions(&self, layer: usize) -> &[f64] {
        self.composition.layer(layer)
    }

    /// Name and mole fraction in every layer of every gas, at the last filling.
    pub fn mole_fractions_by_name(&self) -> impl Iterator<Item = (&str, Vec<f64>)> {
        let of = move |s: usize| move |layer| self.composition.layer(layer)[s];
        let names = self.surface.gas_set().names().enumerate();
        names.map(move |(s, name)| (name, (0..self.stack.options.layers).map(of(s)).collect()))
    }

    /// Mean molar mass of the layers \[g mol⁻¹\] at the last filling.
    pub fn mean_molar_mass_g_mol(&self) -> &[f64] {
        &self.composition.mean_molar_mass
    }
}

impl ColumnModel for VapourColumn {
    fn layers(&self) -> usize {
        self.stack.options.layers
    }

    fn points(&self) -> usize {
        self.stack.absorbers.wavenumber_per_cm().len()
    }

    fn follows_surface(&self) -> bool {
        true
    }

    fn want_slopes(&mut self, wanted: bool) {
        self.slopes = wanted;
    }

    /// Writes the column; allocates nothing once it has run with the same `column`.
    ///
    /// # Errors
    /// [`ModelError::Rejected`]: those of [`SurfaceGas::evaluate`]; a layer outside 200 to 20 000 K; a bare
    /// surface, which is [`RejectReason::TemperatureOutOfRange`] with [`VapourColumn::state`] telling so.
    /// [`RejectReason::NoGasEquilibrium`]: a layer whose equilibrium was not found, not even without the
    /// elements of which it has less than 1e-12.
    ///
    /// # Panics
    /// One temperature per layer.
    fn fill(
        &mut self,
        temperature_k: &[f64],
        surface_temperature_k: f64,
        column: &mut Column,
    ) -> Result<(), ModelError> {
        self.stack.temperature_k.copy_from_slice(temperature_k);
        let base_bar = match self.surface_state(surface_temperature_k)? {
            SurfaceState::Gas { pressure_bar } => pressure_bar,
            SurfaceState::Bare { .. } => {
                return Err(ModelError::Rejected(RejectReason::TemperatureOutOfRange));
            }
        };
        self.stack.write_grid(base_bar, column)?;
        self.composition.solve(
            self.surface.abundances(),
            &self.stack.temperature_k,
            self.stack.pressure_bar(),
            self.slopes,
        )?;
        let gas = self.composition.fractions();
        self.stack
            .extinction(&gas, self.slopes, &mut column.extinction);
        self.write_adiabat(column)
    }
}
