//! From the run file to the model.

use super::priors::{free_gases, parameter_names};
use super::{DERIVED, FILLER, FLUX_FACTOR, FreeChemistry};
use crate::atmosphere::column::{Absorbers, CONTINUA, ColumnOptions, GivenColumn};
use crate::config::{OpacityConfig, RunConfig};
use crate::error::InputError;
use crate::forward::Conventions;
use crate::forward::bands::{BandScene, CONTRAST_BANDS_UM, bands_within, ranges_um};
use crate::forward::points::{NodeChoice, Points, diffusivity, opacity_set};
use crate::forward::scene::Scene;
use crate::instrument::BinSpec;
use crate::opacity::OpacitySet;
use crate::species::{GasSet, MgoGas};
use crate::spectrum::Star;
use crate::transfer::Angles;
use crate::units::M_PER_UM;

/// Where the gases stand in a run file.
const PLACE: &str = "model.free_gases";

impl FreeChemistry {
    /// The model of a run file for a star and the bins of an observation.
    ///
    /// # Errors
    /// Gases that are not known, that the opacity set does not have, or none; an opacity set without
    /// sampled nodes or that cannot be read; those of [`Scene::new`].
    pub fn new(config: &RunConfig, star: Star, bins: &[BinSpec<'_>]) -> Result<Self, InputError> {
        config.without_forward_sections()?;
        let scene = Scene::new(star.clone(), bins)?;
        let gas = gas_set(&free_gases(config))?;
        let (set, nodes) = opacity_set(&config.opacity)?;
        let choice = NodeChoice::within(&nodes, &ranges_um(bins));
        let diffusivity = diffusivity(config.atmosphere.diffusivity);
        let points = Points::new(&set, &gas, &config.opacity, &choice, diffusivity)?;
        check_absorbers(&set, &gas, &points.absorbers)?;
        let without = transparent(&set, &config.opacity, &points.absorbers)?;
        let points = points.without(&without)?;
        let options = ColumnOptions {
            layers: config.atmosphere.layers,
            top_pressure_bar: config.atmosphere.top_pressure_bar,
            ..ColumnOptions::default()
        };
        let column = GivenColumn::new(&gas, points.absorbers.clone(), options)?;
        let bands = BandScene::new(scene, points.transfer.points());
        let edges = points.transfer.points().edges_per_cm();
        let of_bins: Vec<[f64; 2]> = (bins.iter())
            .map(|bin| [bin.low_m / M_PER_UM, bin.high_m / M_PER_UM])
            .collect();
        let [sio, mgo] = CONTRAST_BANDS_UM.map(|range| bands_within(edges, &[range]));
        Ok(Self {
            brightness_bands: [bands_within(edges, &of_bins), sio, mgo],
            conventions: conventions(config, &set, &gas, &points),
            gases: gas.names().map(str::to_owned).collect(),
            molar_masses_g_mol: gas.molar_masses_g_mol().to_vec(),
            parameters: parameter_names(config),
            derived: DERIVED.map(str::to_owned).to_vec(),
            atmosphere: config.atmosphere.clone(),
            angles: Angles::new(Angles::DEFAULT)?,
            star,
            points,
            bands,
            column,
        })
    }
}

/// The gases of the column, the filler last.
fn gas_set(free: &[&str]) -> Result<GasSet, InputError> {
    if free.is_empty() {
        return Err(InputError::value(PLACE, "no gas", "one or more"));
    }
    if free.contains(&FILLER) {
        let expected = "other gases: it is what they leave";
        return Err(InputError::value(PLACE, format!("`{FILLER}`"), expected));
    }
    let names: Vec<&str> = free.iter().copied().chain([FILLER]).collect();
    // Of no account here: the enthalpy of MgO.
    let gas = GasSet::from_names(&names, MgoGas::default()).map_err(at_place)?;
    match (0..gas.len()).find(|s| gas.formula(*s).charge() != 0) {
        Some(ion) => {
            let found = format!("`{}`", gas.name(ion));
            Err(InputError::value(PLACE, found, "neutral gases"))
        }
        None => Ok(gas),
    }
}

/// A refusal of the gases, with the key of the run file for its place.
fn at_place(error: InputError) -> InputError {
    match error {
        InputError::Value {
            found, expected, ..
        } => InputError::value(PLACE, found, expected),
        other => other,
    }
}

/// Refuses a gas that would take part without an effect.
fn check_absorbers(
    set: &OpacitySet,
    gas: &GasSet,
    absorbers: &Absorbers,
) -> Result<(), InputError> {
    let absorbs = |name: &str| absorbers.list().iter().any(|one| one.name == name);
    match gas.names().find(|name| *name != FILLER && !absorbs(name)) {
        Some(name) => {
            let found = format!("`{name}`, which the opacity set does not have");
            let all: Vec<&str> = set.gases().collect();
            Err(InputError::value(PLACE, found, all.join(", ")))
        }
        None => Ok(()),
    }
}

/// Absorbers that `opacity.without` takes away and that are here at all: the other models of the run
/// may have more gases.
fn transparent<'a>(
    set: &OpacitySet,
    config: &'a OpacityConfig,
    absorbers: &Absorbers,
) -> Result<Vec<&'a str>, InputError> {
    let is_here = |name: &str| absorbers.list().iter().any(|one| one.name == name);
    let is_known = |name: &str| {
        set.gases().any(|gas| gas == name)
            || set.pairs().iter().any(|pair| pair.name() == name)
            || CONTINUA.contains(&name)
    };
    let names = || config.without.iter().map(String::as_str);
    if let Some(unknown) = names().find(|name| !is_here(name) && !is_known(name)) {
        let all: Vec<&str> = set.gases().collect();
        let found = format!("`{unknown}`");
        return Err(InputError::value("opacity.without", found, all.join(", ")));
    }
    Ok(names().filter(|name| is_here(name)).collect())
}

fn conventions(config: &RunConfig, set: &OpacitySet, gas: &GasSet, points: &Points) -> Conventions {
    let atmosphere = &config.atmosphere;
    let gases: Vec<&str> = gas.names().filter(|name| *name != FILLER).collect();
    [
        (
            "mole_fractions",
            format!("{}: constant with height", gases.join(", ")),
        ),
        (
            "filler",
            format!("{FILLER} makes up the rest; it scatters and has no absorption of its own"),
        ),
        (
            "temperatures",
            format!(
                "monotone cubic in ln p through the base, the middle in ln p and the top at {:e} bar; the \
                 surface has a temperature of its own",
                atmosphere.top_pressure_bar
            ),
        ),
        (
            "dayside",
            format!(
                "the disc alike everywhere; reflected light of {FLUX_FACTOR:.3} of the substellar flux"
            ),
        ),
        (
            "starlight",
            format!("{:?}", atmosphere.starlight).to_lowercase(),
        ),
        ("opacity_set", set.place().to_owned()),
        ("opacity_tiers", points.tiers()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect()
}
