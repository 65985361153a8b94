//! Presets: a melt model, gas data and conventions of redox under one name.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::gas::GasData;
use super::{NO_OFFSET, Vaporiser};
use crate::error::{InputError, nearest};
use crate::melt::composition::MolarMasses;
use crate::melt::constant::ConstantGamma;
use crate::melt::ferric::FerricIron;
use crate::melt::imcc::Imcc;
use crate::melt::iron::{IronOptions, Metal};
use crate::melt::melts::Melts;
use crate::melt::{LiquidData, MeltModel, PerOxide};
use crate::species::{Element, Ions, MgoGas, Oxide};

/// A named set of choices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Preset {
    /// MELTS liquid with NASA-9 gases, Kress & Carmichael ferric iron, pure iron saturation: the default.
    #[default]
    MeltsNasa9,
    /// What reproduces Seidler et al. 2024: IMCC, gas constants of Fegley & Cameron 1987, the metal
    /// recipe of their code, the model's own ferric iron. IW of Hirschmann 2008.
    Seidler2024,
    /// MAGMA as published by Schaefer & Fegley 2004, with metal saturation and renormalisation.
    Magma2004,
    /// Constant activity coefficients relative to the pure liquids of NASA-9; 1 where none is given.
    UserGamma,
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 4] = [
        Self::MeltsNasa9,
        Self::Seidler2024,
        Self::Magma2004,
        Self::UserGamma,
    ];

    /// Name in run files and outputs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MeltsNasa9 => "melts_nasa9",
            Self::Seidler2024 => "seidler2024",
            Self::Magma2004 => "magma2004",
            Self::UserGamma => "user_gamma",
        }
    }

    /// The preset called `name`.
    ///
    /// # Errors
    /// [`InputError::Value`] with the nearest known name.
    pub fn from_name(name: &str) -> Result<Self, InputError> {
        let found = Self::ALL.into_iter().find(|preset| preset.name() == name);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name);
            let hint = nearest(name, names)
                .map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
            InputError::value("preset", format!("`{name}`{hint}"), names.join(", "))
        })
    }

    /// The choices that the name stands for.
    pub fn settings(self) -> Settings {
        let magma = Settings {
            melt: MeltChoice::Imcc,
            gas: GasData::MagmaSf04,
            liquids: LiquidData::Magma,
            mgo: MgoGas::Janaf,
            ions: Ions::Include,
            iron: IronOptions {
                ferric: FerricIron::MeltModel,
                metal: Metal::Saturation,
            },
            molar_masses: MolarMasses::Magma,
            log10_activity_offset: NO_OFFSET,
            gamma: Vec::new(),
        };
        match self {
            Self::Magma2004 => magma,
            Self::Seidler2024 => Settings {
                gas: GasData::MagmaFc87,
                iron: IronOptions {
                    ferric: FerricIron::MeltModel,
                    metal: Metal::Seidler2024,
                },
                ..magma
            },
            Self::MeltsNasa9 | Self::UserGamma => Settings {
                melt: match self {
                    Self::UserGamma => MeltChoice::UserGamma,
                    _ => MeltChoice::Melts,
                },
                gas: GasData::Nasa9,
                liquids: LiquidData::Nasa9,
                mgo: MgoGas::Bc16,
                iron: IronOptions {
                    ferric: FerricIron::KressCarmichael1991,
                    metal: Metal::Saturation,
                },
                molar_masses: MolarMasses::Iupac,
                ..magma
            },
        }
    }
}

/// Which activity model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MeltChoice {
    /// Ghiorso & Sack 1995.
    Melts,
    /// Ideal mixing of complex components (MAGMA).
    Imcc,
    /// Constant activity coefficients.
    UserGamma,
}

impl MeltChoice {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Melts, Self::Imcc, Self::UserGamma];

    /// Name in run files and outputs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Melts => "melts",
            Self::Imcc => "imcc",
            Self::UserGamma => "user_gamma",
        }
    }
}

/// Every choice of the vaporisation. Start from a preset and change what differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Activity model.
    pub melt: MeltChoice,
    /// Gas data.
    pub gas: GasData,
    /// Pure liquids that turn the activities of IMCC and `user_gamma` into potentials.
    pub liquids: LiquidData,
    /// MgO(g) of the NASA-9 gases.
    pub mgo: MgoGas,
    /// Whether ions and electrons are in the gas.
    pub ions: Ions,
    /// Ferric and metallic iron.
    pub iron: IronOptions,
    /// Molar masses for compositions in mass per cent.
    pub molar_masses: MolarMasses,
    /// delta log10 a of each oxide, added to the model's.
    pub log10_activity_offset: PerOxide,
    /// Activity coefficients of `user_gamma`; 1 where none is given.
    pub gamma: Vec<(Oxide, f64)>,
}

impl Settings {
    /// Makes the vaporiser.
    ///
    /// # Errors
    /// Contradictory choices: gas data of MAGMA with liquids of NASA-9 or the reverse, activity
    /// coefficients with another model, a non-finite offset, the metal recipe of Seidler with
    /// another melt model.
    pub fn build(self) -> Result<Vaporiser, InputError> {
        self.check()?;
        let model: Arc<dyn MeltModel> = match self.melt {
            MeltChoice::Melts => Arc::new(Melts {
                liquids: self.liquids,
            }),
            MeltChoice::Imcc => Arc::new(Imcc {
                liquids: self.liquids,
                own_ferric_iron: self.iron.ferric == FerricIron::MeltModel,
            }),
            MeltChoice::UserGamma => Arc::new(ConstantGamma::new(
                self.gamma.iter().copied(),
                self.liquids,
            )?),
        };
        let mut elements = vec![Element::O];
        for oxide in Oxide::ALL.into_iter().filter(|oxide| model.knows(*oxide)) {
            if !elements.contains(&oxide.cation()) {
                elements.push(oxide.cation());
            }
        }
        let gas = self.gas.gas_set(&elements, self.ions, self.mgo)?;
        Ok(Vaporiser::assemble(model, gas, self))
    }

    fn check(&self) -> Result<(), InputError> {
        let magma_gas = self.gas != GasData::Nasa9;
        if magma_gas != (self.liquids == LiquidData::Magma) {
            return Err(InputError::value(
                "vaporisation",
                format!(
                    "gas data {} with liquids {:?}",
                    self.gas.name(),
                    self.liquids
                ),
                "gases and pure liquids of one source",
            ));
        }
        if magma_gas && self.melt == MeltChoice::Melts {
            return Err(InputError::value(
                "vaporisation",
                format!("melt model melts with gas data {}", self.gas.name()),
                "gas data nasa9 (the MELTS potentials are on its scale)",
            ));
        }
        if !self.gamma.is_empty() && self.melt != MeltChoice::UserGamma {
            return Err(InputError::value(
                "vaporisation",
                format!("activity coefficients with melt model {}", self.melt.name()),
                "melt model user_gamma",
            ));
        }
        if self.iron.metal == Metal::Seidler2024 && self.melt != MeltChoice::Imcc {
            return Err(InputError::value(
                "vaporisation",
                format!(
                    "metal recipe seidler2024 with melt model {}",
                    self.melt.name()
                ),
                "melt model imcc",
            ));
        }
        if self.iron.ferric == FerricIron::MeltModel && self.melt != MeltChoice::Imcc {
            return Err(InputError::value(
                "vaporisation",
                format!(
                    "ferric iron melt_model with melt model {}",
                    self.melt.name()
                ),
                "melt model imcc, or one of the empirical ferric models",
            ));
        }
        if let Some(bad) = self.log10_activity_offset.iter().find(|v| !v.is_finite()) {
            return Err(InputError::value(
                "activity offset",
                bad,
                "a finite number of dex",
            ));
        }
        Ok(())
    }
}
