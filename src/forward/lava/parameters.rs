//! The numbers of the lava model.

use super::model::LOG10_NONE;
use crate::error::InputError;
use crate::forward::Orbit;
use crate::melt::{OXIDES, PerOxide};
use crate::species::Oxide;

/// Oxides whose activity may be off.
const ACTIVITY_OXIDES: [Oxide; 3] = [Oxide::SiO2, Oxide::FeO, Oxide::MgO];
/// Gases whose opacity may be off: those of tiers B and C that shape the spectra of magma vapours.
const SCALED_GASES: [&str; 6] = ["SiO", "SiO2", "MgO", "TiO", "AlO", "CaO"];

/// One point of parameter space.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct LavaParameters {
    /// log10 fO2 relative to the buffer \[dex\]; of no account for congruent evaporation.
    pub delta_iw: f64,
    /// f of a uniform dayside: 1/4 (all of the planet shines alike) to 2/3 (nothing is carried).
    pub heat_redistribution: f64,
    /// Temperature of a black surface in balance with what falls on it \[K\], T_* (R_*/a)^(1/2) f^(1/4), from which f
    /// then follows; 0 to leave it to `heat_redistribution`.
    pub irradiation_temperature_k: f64,
    /// Albedo of the melt at all wavelengths.
    pub surface_albedo: f64,
    /// T_int \[K\].
    pub internal_temperature_k: f64,
    /// Depletion of Na and K in the melt \[dex\], 0 or less.
    pub alkali_depletion_dex: f64,
    /// log10 of the factor on SiO2 of the composition of the run file \[dex\]; all oxides are then
    /// brought to a sum of one. Normal priors on these are a logistic-normal prior of the composition.
    pub sio2_dex: f64,
    /// The same for TiO2.
    pub tio2_dex: f64,
    /// The same for Al2O3.
    pub al2o3_dex: f64,
    /// The same for FeO, which counts all iron.
    pub feo_dex: f64,
    /// The same for MgO.
    pub mgo_dex: f64,
    /// The same for CaO.
    pub cao_dex: f64,
    /// log10 of a factor on the activities of SiO2, FeO and MgO \[dex\]: the error of the melt model.
    pub activity_dex: [f64; 3],
    /// What is added to the enthalpy of formation of MgO(g) \[kJ mol⁻¹\]; the choices of
    /// [`crate::species::MgoGas`] span 112.
    pub mgo_gas_kj_mol: f64,
    /// log10 of a factor on the opacities of SiO, SiO2, MgO, TiO, AlO and CaO \[dex\].
    pub opacity_dex: [f64; 6],
    /// log10 of a factor on the flux of the star below 0.3 µm \[dex\].
    pub stellar_uv_dex: f64,
    /// Elemental partial pressure of hydrogen \[bar\].
    pub hydrogen_bar: f64,
    /// Elemental partial pressure of carbon \[bar\].
    pub carbon_bar: f64,
    /// Elemental partial pressure of nitrogen \[bar\].
    pub nitrogen_bar: f64,
    /// Elemental partial pressure of sulfur \[bar\].
    pub sulfur_bar: f64,
    /// R_p/R_*.
    pub radius_ratio: f64,
    /// a/R_*.
    pub scaled_semi_major_axis: f64,
    /// T_* \[K\].
    pub stellar_temperature_k: f64,
    /// Gravity \[m s⁻²\].
    pub gravity_m_s2: f64,
}

/// A name, its range and where it stands.
type Entry = (&'static str, [f64; 2], fn(&mut LavaParameters) -> &mut f64);

impl LavaParameters {
    const ENTRIES: [Entry; 31] = [
        ("delta_iw", [-12.0, 12.0], |p| &mut p.delta_iw),
        ("heat_redistribution", [1e-3, 1.0], |p| {
            &mut p.heat_redistribution
        }),
        ("irradiation_temperature_k", [0.0, 1e4], |p| {
            &mut p.irradiation_temperature_k
        }),
        ("surface_albedo", [0.0, 0.99], |p| &mut p.surface_albedo),
        ("internal_temperature_k", [0.0, 2000.0], |p| {
            &mut p.internal_temperature_k
        }),
        ("alkali_depletion_dex", [-30.0, 0.0], |p| {
            &mut p.alkali_depletion_dex
        }),
        ("sio2_dex", [-4.0, 4.0], |p| &mut p.sio2_dex),
        ("tio2_dex", [-30.0, 4.0], |p| &mut p.tio2_dex),
        ("al2o3_dex", [-4.0, 4.0], |p| &mut p.al2o3_dex),
        ("feo_dex", [-30.0, 4.0], |p| &mut p.feo_dex),
        ("mgo_dex", [-4.0, 4.0], |p| &mut p.mgo_dex),
        ("cao_dex", [-4.0, 4.0], |p| &mut p.cao_dex),
        ("sio2_activity_dex", [-3.0, 3.0], |p| &mut p.activity_dex[0]),
        ("feo_activity_dex", [-3.0, 3.0], |p| &mut p.activity_dex[1]),
        ("mgo_activity_dex", [-3.0, 3.0], |p| &mut p.activity_dex[2]),
        ("mgo_gas_kj_mol", [-100.0, 100.0], |p| &mut p.mgo_gas_kj_mol),
        ("sio_opacity_dex", [-3.0, 3.0], |p| &mut p.opacity_dex[0]),
        ("sio2_opacity_dex", [-3.0, 3.0], |p| &mut p.opacity_dex[1]),
        ("mgo_opacity_dex", [-3.0, 3.0], |p| &mut p.opacity_dex[2]),
        ("tio_opacity_dex", [-3.0, 3.0], |p| &mut p.opacity_dex[3]),
        ("alo_opacity_dex", [-3.0, 3.0], |p| &mut p.opacity_dex[4]),
        ("cao_opacity_dex", [-3.0, 3.0], |p| &mut p.opacity_dex[5]),
        ("stellar_uv_dex", [-3.0, 3.0], |p| &mut p.stellar_uv_dex),
        ("hydrogen_bar", [0.0, 1e4], |p| &mut p.hydrogen_bar),
        ("carbon_bar", [0.0, 1e4], |p| &mut p.carbon_bar),
        ("nitrogen_bar", [0.0, 1e4], |p| &mut p.nitrogen_bar),
        ("sulfur_bar", [0.0, 1e4], |p| &mut p.sulfur_bar),
        ("radius_ratio", [1e-4, 1.0], |p| &mut p.radius_ratio),
        ("scaled_semi_major_axis", [1.0, 1e5], |p| {
            &mut p.scaled_semi_major_axis
        }),
        ("stellar_temperature_k", [1000.0, 20_000.0], |p| {
            &mut p.stellar_temperature_k
        }),
        ("gravity_m_s2", [0.5, 200.0], |p| &mut p.gravity_m_s2),
    ];

    /// Vapour of the composition as it stands around a measured star: full irradiation, no volatiles,
    /// black surface. The gravity is no number where mass and radius are not known.
    pub fn of_orbit(orbit: &Orbit) -> Self {
        Self {
            heat_redistribution: 2.0 / 3.0,
            internal_temperature_k: 30.0,
            radius_ratio: orbit.radius_ratio.value,
            scaled_semi_major_axis: orbit.scaled_semi_major_axis.value,
            stellar_temperature_k: orbit.stellar_temperature_k.value,
            gravity_m_s2: orbit.gravity_m_s2.unwrap_or(f64::NAN),
            ..Self::default()
        }
    }

    /// Names of all parameters.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::ENTRIES.iter().map(|(name, _, _)| *name)
    }

    /// Names of what is not known of melt, gases, opacities and star: errors of the model, 0 for none.
    pub fn nuisances() -> impl Iterator<Item = &'static str> {
        let first = Self::names().position(|name| name == "sio2_activity_dex");
        let last = Self::names().position(|name| name == "stellar_uv_dex");
        let count = last.zip(first).map_or(0, |(last, first)| last + 1 - first);
        Self::names().skip(first.unwrap_or(0)).take(count)
    }

    /// Sets one by name; `place` stands in messages.
    ///
    /// # Errors
    /// An unknown name, with the nearest; a value outside its range.
    pub fn set(&mut self, place: &str, name: &str, value: f64) -> Result<(), InputError> {
        let Some((_, [low, high], field)) = Self::ENTRIES.iter().find(|(n, _, _)| *n == name)
        else {
            let hint = crate::error::nearest(name, Self::names())
                .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            let all: Vec<&str> = Self::names().collect();
            let expected = format!("one of {}{hint}", all.join(", "));
            return Err(InputError::value(place, format!("`{name}`"), expected));
        };
        if !(value >= *low && value <= *high) {
            let expected = format!("{low} to {high}");
            return Err(InputError::value(
                format!("{place}, {name}"),
                value,
                expected,
            ));
        }
        *field(self) = value;
        Ok(())
    }

    /// Numbers by the names that a likelihood gives them: `log10_<name>` of a parameter stands for 10 to
    /// that power, or for none at and below [`LOG10_NONE`]. The heat redistribution is 2/3 if it is not named.
    ///
    /// # Errors
    /// As [`LavaParameters::set`].
    pub fn from_named(names: &[String], values: &[f64]) -> Result<Self, InputError> {
        let mut parameters = Self {
            heat_redistribution: 2.0 / 3.0,
            ..Self::default()
        };
        for (name, value) in names.iter().zip(values) {
            match name.strip_prefix("log10_") {
                Some(_) if *value <= LOG10_NONE => {}
                Some(linear) => parameters.set("parameters", linear, 10_f64.powf(*value))?,
                None => parameters.set("parameters", name, *value)?,
            }
        }
        Ok(parameters)
    }

    /// f of a uniform dayside: its own or that of the irradiation temperature, which may be beyond 1.
    pub fn flux_factor(&self) -> f64 {
        if self.irradiation_temperature_k == 0.0 {
            return self.heat_redistribution;
        }
        let share = self.irradiation_temperature_k / self.stellar_temperature_k;
        share.powi(4) * self.scaled_semi_major_axis.powi(2)
    }

    /// Factors on the oxides of the composition \[dex\].
    pub(super) fn oxide_factors(&self) -> [(Oxide, f64); 8] {
        [
            (Oxide::SiO2, self.sio2_dex),
            (Oxide::TiO2, self.tio2_dex),
            (Oxide::Al2O3, self.al2o3_dex),
            (Oxide::FeO, self.feo_dex),
            (Oxide::MgO, self.mgo_dex),
            (Oxide::CaO, self.cao_dex),
            (Oxide::Na2O, self.alkali_depletion_dex),
            (Oxide::K2O, self.alkali_depletion_dex),
        ]
    }

    /// Factors on the activities of oxides \[dex\], if any is not one.
    pub(super) fn activity_factors(&self) -> Option<PerOxide> {
        let mut all = [0.0; OXIDES];
        for (oxide, dex) in ACTIVITY_OXIDES.iter().zip(self.activity_dex) {
            all[oxide.index()] = dex;
        }
        (self.activity_dex != [0.0; 3]).then_some(all)
    }

    /// Factor on the opacity of a gas.
    pub(super) fn opacity_factor(&self, gas: &str) -> f64 {
        let place = SCALED_GASES.iter().position(|name| *name == gas);
        place.map_or(1.0, |i| 10_f64.powf(self.opacity_dex[i]))
    }

    /// Whether there is any volatile.
    pub fn has_volatiles(&self) -> bool {
        let volatile = [
            self.hydrogen_bar,
            self.carbon_bar,
            self.nitrogen_bar,
            self.sulfur_bar,
        ];
        volatile.iter().any(|bar| *bar > 0.0)
    }
}
