//! What follows from a point beside its light: masses, depths, temperatures of bands, core formation.
//!
//! | name | what | equation and range |
//! |---|---|---|
//! | `log10_volatile_pressure_bar` | pressure at the surface of all gases that hold H, C, N or S \[bar\], oxides and hydroxides of metals among them | log10 Σ p_s; -12 for none; models with volatiles alone |
//! | `log10_atmosphere_mass_kg` | mass of the gas if a column like that of the dayside stood everywhere \[kg\] (half of it if the nightside is bare) | log10(4π R_p² p/g), R_p = (R_p/R_*) R_*; where the radius of the star is known |
//! | `log10_atmosphere_mass_fraction` | the same over the mass of the planet, g R_p²/G | log10(4π G p/g²) |
//! | `log10_minimum_ocean_depth_m` | depth of melt that holds as much oxygen as the gas above \[m\] | [`MeltReservoir::oxygen_depth_m`]; -12 to 8 |
//! | `log10_redox_ocean_depth_m` | depth of melt whose iron can make good what the gas has too much or too little of oxygen \[m\] | [`MeltReservoir::redox_depth_m`]; -12 to 8; dry gas above a melt with iron alone |
//! | `core_formation_delta_iw` | fO2 at which a mantle of this composition stood in equilibrium with a core of pure iron, at 2000 K and 1 bar, to IW of Hirschmann 2008 \[dex\] | [`core_formation::delta_iw`]; a melt with iron alone |
//! | `brightness_temperature_k` | temperature of the black body with the same flux in the bins of the observation, a wavelength that several share counted once \[K\] | ∫ F dλ = ∫ π B(T) dλ |
//! | `sio_band_brightness_temperature_k` | the same from 8.5 to 9.5 µm \[K\] | |
//! | `mgo_band_brightness_temperature_k` | the same from 5.5 to 6.5 µm \[K\] | |
//!
//! Of rings, pressures and melt are those of the substellar one. A surface without gas has the column that stands
//! for none (1e-12 kg m⁻²), no volatiles and depths of 1e-12 m. The composition of the gas is that at the
//! surface, which the column has throughout. Volatiles have no redox depth: how oxidised they came is not known.
//! The brightness temperatures take the spectrum in the bands of the opacity set (R = 100).

use super::model::{LOG10_NONE, LavaModel, fatal};
use super::{Lava, LavaParameters};
use crate::atmosphere::surface_gas::SurfaceGas;
use crate::chemistry::volatiles::planet::GRAVITATIONAL_CONSTANT;
use crate::config::RunConfig;
use crate::constants::SOLAR_RADIUS;
use crate::error::{InputError, ModelError};
use crate::forward::bands::{CONTRAST_BANDS_UM, temperature_of_flux_k};
use crate::forward::{ForwardModel, Spectrum};
use crate::instrument::BinSpec;
use crate::melt::core_formation::{self, Core};
use crate::melt::reservoir::MeltReservoir;
use crate::observation::System;
use crate::species::{Element, Oxide};
use crate::spectrum::{Star, planck_flux};
use crate::units::{M_PER_UM, PA_PER_BAR};

/// log10 of a pressure \[bar\], a column \[kg m⁻²\] or a depth \[m\] that stands for nothing.
const LOG10_NOTHING: f64 = LOG10_NONE;
/// log10 of the depth \[m\] that stands for any that no planet has: 1e5 km.
const LOG10_BOTTOMLESS: f64 = 8.0;
/// Elements of the volatiles.
const VOLATILE: [Element; 4] = [Element::H, Element::C, Element::N, Element::S];
/// Points per e-fold of wavelength in the integrals over bands: three per band of R = 100.
const POINTS_PER_E_FOLD: f64 = 300.0;

/// One of the quantities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quantity {
    VolatilePressure,
    AtmosphereMass,
    AtmosphereMassFraction,
    OceanDepth,
    RedoxDepth,
    CoreFormation,
    /// Which of the bands.
    Brightness(usize),
}

/// Names of the bands: the bins, SiO, MgO.
const BRIGHTNESS: [&str; 3] = [
    "brightness_temperature_k",
    "sio_band_brightness_temperature_k",
    "mgo_band_brightness_temperature_k",
];

impl Quantity {
    const fn name(self) -> &'static str {
        match self {
            Self::VolatilePressure => "log10_volatile_pressure_bar",
            Self::AtmosphereMass => "log10_atmosphere_mass_kg",
            Self::AtmosphereMassFraction => "log10_atmosphere_mass_fraction",
            Self::OceanDepth => "log10_minimum_ocean_depth_m",
            Self::RedoxDepth => "log10_redox_ocean_depth_m",
            Self::CoreFormation => "core_formation_delta_iw",
            Self::Brightness(band) => BRIGHTNESS[band],
        }
    }
}

/// What the quantities need that is the same at every point.
#[derive(Debug)]
pub(super) struct Quantities {
    list: Vec<Quantity>,
    stellar_radius_m: Option<f64>,
    /// Nodes of all bands \[m\], and where those of each begin and end.
    wavelengths_m: Vec<f64>,
    bands: Vec<Band>,
    /// Columns of the model's own derived quantities: surface temperature, column mass, dayside
    /// temperature.
    columns: [usize; 3],
}

/// Nodes of a band and their widths \[m\].
#[derive(Clone, Debug, PartialEq)]
struct Band {
    first: usize,
    width_m: Vec<f64>,
}

/// Gas and melt at the surface of a point.
struct Base {
    /// Partial pressures of gases with H, C, N or S \[bar\].
    volatile_bar: f64,
    /// Oxygen atoms per unit area \[mol m⁻²\].
    oxygen_mol_m2: f64,
    /// Those beyond the oxides of the metals \[mol m⁻²\].
    excess_mol_m2: f64,
    melt: Option<MeltReservoir>,
}

impl Quantities {
    /// The quantities of a model.
    ///
    /// # Errors
    /// As [`System::load`].
    pub(super) fn new(
        config: &RunConfig,
        star: &Star,
        bins: &[BinSpec<'_>],
        model: &LavaModel,
        volatiles: bool,
    ) -> Result<Self, InputError> {
        let radius = System::load(&config.system)?.stellar_radius_rsun;
        let stellar_radius_m = radius.map(|radius| radius.value * SOLAR_RADIUS);
        let composition = &model.lava().magma.composition;
        let iron = composition.moles_all_ferrous()[Oxide::FeO.index()] > 0.0;
        let mut list = vec![Quantity::AtmosphereMassFraction, Quantity::OceanDepth];
        for (wanted, quantity) in [
            (volatiles, Quantity::VolatilePressure),
            (stellar_radius_m.is_some(), Quantity::AtmosphereMass),
            (iron && !volatiles, Quantity::RedoxDepth),
            (iron, Quantity::CoreFormation),
        ] {
            if wanted {
                list.push(quantity);
            }
        }
        let column = |name: &str| {
            let place = model.derived_names().iter().position(|own| own == name);
            place.ok_or_else(|| InputError::value("derived quantities", name, "those of lava"))
        };
        let mut found = Self {
            list,
            stellar_radius_m,
            wavelengths_m: Vec::new(),
            bands: Vec::new(),
            columns: [
                column("surface_temperature_k")?,
                column("log10_column_mass_kg_m2")?,
                column("dayside_temperature_k")?,
            ],
        };
        found.add_bands(star, bins);
        Ok(found)
    }

    /// The bands that the star covers.
    fn add_bands(&mut self, star: &Star, bins: &[BinSpec<'_>]) {
        let known_m = star
            .table()
            .map_or((0.0, f64::INFINITY), |table| table.range());
        let bins = bins.iter().map(|bin| [bin.low_m, bin.high_m]).collect();
        let [sio, mgo] = CONTRAST_BANDS_UM.map(|band| vec![band.map(|um| um * M_PER_UM)]);
        for (index, ranges_m) in [bins, sio, mgo].into_iter().enumerate() {
            let ranges_m: Vec<[f64; 2]> = union(ranges_m);
            let inside = |[low, high]: &[f64; 2]| known_m.0 <= *low && *high <= known_m.1;
            if ranges_m.is_empty() || !ranges_m.iter().all(inside) {
                continue;
            }
            let (nodes, width_m) = nodes(&ranges_m);
            self.list.push(Quantity::Brightness(index));
            self.bands.push(Band {
                first: self.wavelengths_m.len(),
                width_m,
            });
            self.wavelengths_m.extend(nodes);
        }
    }

    /// Their names, in the order of [`Quantities::write`].
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        self.list.iter().map(|quantity| quantity.name().to_owned())
    }

    /// Writes the quantities of `theta`, whose other derived quantities the model has written to `own`.
    ///
    /// # Errors
    /// As a call of the likelihood; [`ModelError::Fatal`] for one that is no number.
    pub(super) fn write(
        &self,
        model: &LavaModel,
        theta: &[f64],
        own: &[f64],
        out: &mut [f64],
    ) -> Result<(), ModelError> {
        let parameters = model.numbers(theta)?;
        let [surface_k, log10_column, dayside_k] = self.columns.map(|column| own[column]);
        let base = if log10_column > LOG10_NOTHING {
            base(model.lava(), &parameters, surface_k)?
        } else {
            Base::NOTHING
        };
        let mut spectrum = Spectrum::default();
        model.spectrum(theta, &self.wavelengths_m, &mut spectrum)?;
        let mut bands = self.bands.iter();
        for (value, quantity) in out.iter_mut().zip(&self.list) {
            *value = match quantity {
                Quantity::VolatilePressure => log10_of(base.volatile_bar),
                Quantity::AtmosphereMass => {
                    let radius_m =
                        parameters.radius_ratio * self.stellar_radius_m.unwrap_or(f64::NAN);
                    log10_column + (4.0 * std::f64::consts::PI * radius_m * radius_m).log10()
                }
                Quantity::AtmosphereMassFraction => {
                    log10_column + log10_mass_fraction_per_kg_m2(parameters.gravity_m_s2)
                }
                Quantity::OceanDepth => {
                    base.log10_depth(|melt, base| melt.oxygen_depth_m(base.oxygen_mol_m2))
                }
                Quantity::RedoxDepth => {
                    base.log10_depth(|melt, base| melt.redox_depth_m(base.excess_mol_m2))
                }
                Quantity::CoreFormation => core_formation_delta_iw(model.lava(), &parameters)?,
                Quantity::Brightness(_) => bands.next().map_or(f64::NAN, |band| {
                    band.brightness_temperature_k(&self.wavelengths_m, &spectrum, dayside_k)
                }),
            };
            if !value.is_finite() {
                let message = format!("{} is no number at {theta:?}", quantity.name());
                return Err(ModelError::Fatal { message });
            }
        }
        Ok(())
    }
}

/// Gas and melt below a column.
fn base(lava: &Lava, parameters: &LavaParameters, surface_k: f64) -> Result<Base, ModelError> {
    let mut gas = lava.surface_gas(parameters)?;
    gas.evaluate(surface_k)?;
    let melt = lava.magma.melt_of(parameters).map_err(fatal)?;
    let iron = gas.surface().iron;
    let melt = MeltReservoir::new(&melt.moles_all_ferrous(), &iron, surface_k);
    Ok(Base::new(&gas, parameters.gravity_m_s2, melt))
}

fn core_formation_delta_iw(lava: &Lava, parameters: &LavaParameters) -> Result<f64, ModelError> {
    let pure_iron = Core {
        silicon_wt_percent: 0.0,
    };
    let melt = lava.magma.melt_of(parameters).map_err(fatal)?;
    core_formation::delta_iw(&melt, pure_iron).map_err(fatal)
}

impl Base {
    const NOTHING: Self = Self {
        volatile_bar: 0.0,
        oxygen_mol_m2: 0.0,
        excess_mol_m2: 0.0,
        melt: None,
    };

    /// Of a gas at its last evaluation.
    fn new(gas: &SurfaceGas, gravity_m_s2: f64, melt: Option<MeltReservoir>) -> Self {
        let set = gas.gas_set();
        let atoms = || set.elements().iter().zip(gas.abundances());
        let mass_g_mol: f64 = atoms().map(|(e, b)| b * e.molar_mass_g_mol()).sum();
        let column_kg_m2 = gas.pressure_bar() * PA_PER_BAR / gravity_m_s2;
        let particles_mol_m2 = column_kg_m2 / (1e-3 * mass_g_mol);
        let oxygen: f64 = (atoms().filter(|(element, _)| **element == Element::O))
            .map(|(_, b)| b)
            .sum();
        let in_oxides: f64 = atoms().map(|(e, b)| b * oxygens_per_atom(*e)).sum();
        let holds = |s: usize| {
            (set.elements().iter().zip(set.counts_of(s)))
                .any(|(element, count)| *count > 0.0 && VOLATILE.contains(element))
        };
        let pressures = gas.partial_pressures_bar().iter().enumerate();
        Self {
            volatile_bar: pressures.filter(|(s, _)| holds(*s)).map(|(_, p)| p).sum(),
            oxygen_mol_m2: particles_mol_m2 * oxygen,
            excess_mol_m2: particles_mol_m2 * (oxygen - in_oxides),
            melt,
        }
    }

    fn log10_depth(&self, depth_m: impl Fn(&MeltReservoir, &Self) -> f64) -> f64 {
        let depth_m = self.melt.as_ref().map_or(0.0, |melt| depth_m(melt, self));
        log10_of(depth_m).min(LOG10_BOTTOMLESS)
    }
}

impl Band {
    /// See the module.
    fn brightness_temperature_k(
        &self,
        wavelengths_m: &[f64],
        spectrum: &Spectrum,
        guess_k: f64,
    ) -> f64 {
        let nodes = self.first..self.first + self.width_m.len();
        let sum = |flux: &dyn Fn(usize) -> f64| -> f64 {
            let terms = nodes.clone().zip(&self.width_m);
            terms.map(|(node, width_m)| width_m * flux(node)).sum()
        };
        let black_body = |t_k: f64| sum(&|node| planck_flux(wavelengths_m[node], t_k));
        temperature_of_flux_k(sum(&|node| spectrum.planet_flux[node]), black_body, guess_k)
    }
}

/// log10, not below what stands for nothing.
fn log10_of(amount: f64) -> f64 {
    amount.log10().max(LOG10_NOTHING)
}

/// log10 of 4π G/g \[m² kg⁻¹\]: the mass of a gas everywhere as a part of the mass of the planet, for a
/// column of 1 kg m⁻². 4π R² m over g R²/G does not hold the radius.
fn log10_mass_fraction_per_kg_m2(gravity_m_s2: f64) -> f64 {
    (4.0 * std::f64::consts::PI * GRAVITATIONAL_CONSTANT / gravity_m_s2).log10()
}

/// Oxygen atoms that an atom takes with it into the melt, iron as FeO; 0 for one that no oxide of melts has.
fn oxygens_per_atom(element: Element) -> f64 {
    let oxide = Oxide::ALL
        .into_iter()
        .find(|oxide| oxide.cation() == element && *oxide != Oxide::Fe2O3);
    oxide.map_or(0.0, |oxide| oxide.oxygens() / oxide.cations())
}

/// Ranges in ascending order, those that overlap or touch made one.
fn union(mut ranges: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    ranges.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let mut joined: Vec<[f64; 2]> = Vec::new();
    for [low, high] in ranges {
        match joined.last_mut() {
            Some(last) if low <= last[1] => last[1] = last[1].max(high),
            _ => joined.push([low, high]),
        }
    }
    joined
}

/// Wavelengths in the middle of cells that are even in ln λ, and the widths of the cells.
fn nodes(ranges_m: &[[f64; 2]]) -> (Vec<f64>, Vec<f64>) {
    let (mut nodes, mut widths) = (Vec::new(), Vec::new());
    for [low, high] in ranges_m {
        let cells = (POINTS_PER_E_FOLD * (high / low).ln()).ceil().max(1.0);
        let step = (high / low).ln() / cells;
        for cell in 0..cells as usize {
            let edge = |i: usize| low * (step * i as f64).exp();
            nodes.push(0.5 * (edge(cell) + edge(cell + 1)));
            widths.push(edge(cell + 1) - edge(cell));
        }
    }
    (nodes, widths)
}
