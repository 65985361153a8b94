//! The melt below: its composition, and the gas that it gives off.

use std::sync::Arc;

use super::{LavaParameters, refuse};
use crate::atmosphere::surface_gas::{SurfaceGas, Volatiles};
use crate::chemistry::vaporise::gas::GasData;
use crate::chemistry::vaporise::{MeltChoice, Preset, Redox, Settings, Vaporiser};
use crate::chemistry::volatiles::inventory::{Amount, Inventory};
use crate::chemistry::volatiles::model::VolatileModel;
use crate::config::{MeltConfig, PopulationKind};
use crate::error::InputError;
use crate::melt::buffer::Buffer;
use crate::melt::composition::{Basis, Composition, MolarMasses, oxide_named};
use crate::melt::population::nearby_stars;
use crate::species::{GasSet, MgoGas};

/// What is the same of the melt and its gas at every point.
#[derive(Clone, Debug)]
pub struct Magma {
    pub(super) melt: MeltConfig,
    pub(super) buffer: Buffer,
    pub(super) vaporiser: Arc<Vaporiser>,
    /// Where the gas may hold H, C, N and S.
    pub(super) volatiles: Option<Arc<VolatileModel>>,
    pub(super) composition: Composition,
}

impl Magma {
    /// Reads the section of a run file.
    ///
    /// # Arguments
    /// * `volatiles` - whether the gas may hold H, C, N and S.
    ///
    /// # Errors
    /// Names that are not known; a composition that does not add up.
    pub(super) fn new(melt: &MeltConfig, volatiles: bool) -> Result<Self, InputError> {
        let vaporiser = Arc::new(settings(melt)?.build()?);
        Ok(Self {
            buffer: Buffer::from_name(&melt.buffer)?,
            composition: composition(melt, vaporiser.molar_masses())?,
            volatiles: volatiles
                .then(|| VolatileModel::above(&vaporiser, &[]).map(Arc::new))
                .transpose()?,
            vaporiser,
            melt: melt.clone(),
        })
    }

    /// The gases above the melt.
    pub(super) fn gas_set(&self) -> &GasSet {
        match &self.volatiles {
            Some(model) => model.gas_set(),
            None => self.vaporiser.gas(),
        }
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
    if let Some(PopulationKind::NearbyStars) = melt.population {
        return nearby_stars().mean_mantle();
    }
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
