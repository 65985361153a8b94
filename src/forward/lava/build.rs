//! From the run file to the model.

use std::sync::Arc;

use super::{GivenProfile, Lava, LavaParameters, refuse};
use crate::atmosphere::surface_gas::{SurfaceGas, Volatiles};
use crate::chemistry::vaporise::gas::GasData;
use crate::chemistry::vaporise::{MeltChoice, Preset, Redox, Settings};
use crate::chemistry::volatiles::inventory::{Amount, Inventory};
use crate::chemistry::volatiles::model::VolatileModel;
use crate::config::{ConvectionKind, MeltConfig, PointsKind, RunConfig};
use crate::error::InputError;
use crate::forward::Conventions;
use crate::forward::points::{NodeChoice, Points, diffusivity, opacity_set};
use crate::melt::buffer::Buffer;
use crate::melt::composition::{Basis, Composition, MolarMasses, oxide_named};
use crate::opacity::OpacitySet;
use crate::species::MgoGas;
use crate::spectrum::Star;
use crate::transfer::Angles;

impl Lava {
    /// Reads melt and opacities and brings them together.
    ///
    /// # Arguments
    /// * `volatiles` - whether the gas may hold H, C, N and S.
    /// * `ranges_um` - wavelengths of the spectra \[µm\]; none for all of the set.
    ///
    /// # Errors
    /// Names that are not known; a profile that cannot be; an opacity set without the nodes of the energy balance, or that
    /// cannot be read; a composition that does not add up.
    pub fn new(
        config: &RunConfig,
        star: Star,
        volatiles: bool,
        ranges_um: Option<&[[f64; 2]]>,
    ) -> Result<Self, InputError> {
        let melt = &config.melt;
        let buffer = Buffer::from_name(&melt.buffer)?;
        let vaporiser = Arc::new(settings(melt)?.build()?);
        let composition = composition(melt, vaporiser.molar_masses())?;
        let volatiles = volatiles
            .then(|| VolatileModel::above(&vaporiser, &[]).map(Arc::new))
            .transpose()?;
        let gas = match &volatiles {
            Some(model) => model.gas_set(),
            None => vaporiser.gas(),
        };
        let (set, nodes) = opacity_set(&config.opacity)?;
        let diffusivity = diffusivity(config.atmosphere.diffusivity);
        let without: Vec<&str> = config.opacity.without.iter().map(String::as_str).collect();
        let points = |choice: &NodeChoice| {
            Points::new(&set, gas, &config.opacity, choice, diffusivity)?.without(&without)
        };
        let balance = match config.atmosphere.points {
            PointsKind::All => NodeChoice::all(&nodes),
            PointsKind::Balance => NodeChoice::of_balance(&nodes),
        };
        let spectra = match ranges_um {
            None => NodeChoice::all(&nodes),
            Some(ranges_um) => NodeChoice::within(&nodes, ranges_um),
        };
        let spectra = points(&spectra)?;
        let mut conventions = conventions(config, &set, &star, vaporiser.settings());
        conventions.insert("opacity_tiers".to_owned(), spectra.tiers());
        conventions.insert("composition".to_owned(), composition_name(melt));
        if config.atmosphere.convection == ConvectionKind::Dry {
            conventions.insert("convection".to_owned(), "dry".to_owned());
        }
        let profile = config.atmosphere.profile.as_ref();
        if profile.is_some() {
            let words = "given, not in radiative equilibrium".to_owned();
            conventions.insert("temperatures".to_owned(), words);
        }
        Ok(Self {
            given: profile.map(GivenProfile::new).transpose()?,
            balance: points(&balance)?,
            spectra,
            conventions,
            melt: melt.clone(),
            atmosphere: config.atmosphere.clone(),
            buffer,
            composition,
            volatiles,
            vaporiser,
            star,
            angles: Angles::new(Angles::DEFAULT)?,
        })
    }

    /// The melt of `parameters`.
    pub(super) fn melt_of(&self, parameters: &LavaParameters) -> Result<Composition, InputError> {
        let factors = parameters.oxide_factors();
        if factors.iter().all(|(_, dex)| *dex == 0.0) {
            return Ok(self.composition.clone());
        }
        self.composition.depleted(&factors)
    }

    /// The gas above the melt of `parameters`.
    pub(super) fn gas_above(&self, parameters: &LavaParameters) -> Result<SurfaceGas, InputError> {
        let moles = *self.melt_of(parameters)?.mole_fractions();
        let redox = if self.melt.congruent {
            Redox::Congruent
        } else {
            Redox::Delta(self.buffer, parameters.delta_iw)
        };
        let mgo = ("MgO", 1e3 * parameters.mgo_gas_kj_mol);
        let activities = parameters.activity_factors();
        let vaporiser = if mgo.1 == 0.0 && activities.is_none() {
            self.vaporiser.clone()
        } else {
            Arc::new(self.vaporiser.altered(mgo, &activities.unwrap_or_default()))
        };
        let Some(model) = &self.volatiles else {
            return Ok(SurfaceGas::dry(vaporiser, moles, redox));
        };
        let model = if mgo.1 == 0.0 {
            model.clone()
        } else {
            Arc::new(model.altered(mgo))
        };
        let inventory = Inventory {
            hydrogen: amount(parameters.hydrogen_bar),
            carbon: amount(parameters.carbon_bar),
            nitrogen: amount(parameters.nitrogen_bar),
            sulfur: amount(parameters.sulfur_bar),
            chlorine: Amount::Absent,
        };
        let volatiles = Volatiles::partial_pressures(inventory);
        SurfaceGas::with_model(vaporiser, model, moles, redox, &volatiles)
    }
}

fn amount(bar: f64) -> Amount {
    if bar > 0.0 {
        Amount::PressureBar(bar)
    } else {
        Amount::Absent
    }
}

fn settings(melt: &MeltConfig) -> Result<Settings, InputError> {
    let mut settings = Preset::from_name(&melt.preset)?.settings();
    if let Some(name) = &melt.model {
        let known = MeltChoice::ALL.into_iter().find(|one| one.name() == name);
        settings.melt = known.ok_or_else(|| {
            refuse(
                "melt.model",
                name,
                MeltChoice::ALL.map(MeltChoice::name).join(", "),
            )
        })?;
    }
    if let Some(name) = &melt.mgo_gas {
        if settings.gas != GasData::Nasa9 {
            let found = format!("`{name}` with the preset `{}`", melt.preset);
            let expected = "none: the gas data of this preset have an MgO(g) of their own";
            return Err(InputError::value("melt.mgo_gas", found, expected));
        }
        let known = MgoGas::ALL.into_iter().find(|one| one.name() == name);
        settings.mgo =
            known.ok_or_else(|| refuse("melt.mgo_gas", name, "bc16, nasa or janaf".to_owned()))?;
    }
    Ok(settings)
}

fn composition(melt: &MeltConfig, masses: MolarMasses) -> Result<Composition, InputError> {
    let (amounts, basis) = match (melt.wt_percent.is_empty(), melt.mol_percent.is_empty()) {
        (true, true) => return Composition::named(&melt.composition, masses),
        (false, true) => (&melt.wt_percent, Basis::WtPercent),
        (true, false) => (&melt.mol_percent, Basis::MolPercent),
        (false, false) => {
            let expected = "one of them";
            return Err(InputError::value(
                "[melt]",
                "wt_percent and mol_percent",
                expected,
            ));
        }
    };
    for name in amounts.keys() {
        oxide_named(name)?;
    }
    let amounts = amounts.iter().map(|(name, value)| (name.as_str(), *value));
    Composition::from_amounts(amounts.collect::<Vec<_>>(), basis, false, masses)
}

fn composition_name(melt: &MeltConfig) -> String {
    let own = |unit: &str, amounts: &std::collections::BTreeMap<String, f64>| {
        let amounts = amounts
            .iter()
            .map(|(oxide, amount)| format!("{oxide} {amount}"));
        format!("{} {unit}", amounts.collect::<Vec<_>>().join(", "))
    };
    match (melt.wt_percent.is_empty(), melt.mol_percent.is_empty()) {
        (false, _) => own("wt %", &melt.wt_percent),
        (true, false) => own("mol %", &melt.mol_percent),
        (true, true) => melt.composition.clone(),
    }
}

fn conventions(
    config: &RunConfig,
    set: &OpacitySet,
    star: &Star,
    settings: &Settings,
) -> Conventions {
    let melt = &config.melt;
    let atmosphere = &config.atmosphere;
    let oxygen = if melt.congruent {
        "congruent evaporation".to_owned()
    } else {
        format!("relative to {}", melt.buffer)
    };
    [
        ("oxygen_fugacity", oxygen),
        ("melt_model", settings.melt.name().to_owned()),
        ("gas_data", settings.gas.name().to_owned()),
        ("mgo_gas", settings.mgo.name().to_owned()),
        ("opacity_set", set.place().to_owned()),
        (
            "dayside",
            format!("{:?}", atmosphere.dayside).to_lowercase(),
        ),
        (
            "starlight",
            format!("{:?}", atmosphere.starlight).to_lowercase(),
        ),
        ("diffusivity", atmosphere.diffusivity.to_string()),
        (
            "points_of_the_balance",
            format!("{:?}", atmosphere.points).to_lowercase(),
        ),
        ("star", star.description()),
        ("starts", super::library::description()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect()
}
