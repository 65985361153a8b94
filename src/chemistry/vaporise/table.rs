//! Sweeps over temperature and fO2, as rows that are printed or written as JSON.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{IDEAL_GAS_LIMIT_BAR, Redox, Surface, VaporiseError, Vaporiser};
use crate::melt::PerOxide;
use crate::melt::buffer::Buffer;
use crate::melt::melts::{MARGINAL_SILICA, Melts};
use crate::species::Oxide;

/// Names and values in order, written as a JSON object.
#[derive(Clone, Debug, PartialEq)]
pub struct Named(pub Vec<(String, f64)>);

impl Named {
    /// The value under `name`.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| *value)
    }
}

impl Serialize for Named {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Choices that move the numbers.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Conventions {
    /// Activity model.
    pub melt_model: &'static str,
    /// Gas data.
    pub gas_data: &'static str,
    /// MgO(g) of NASA-9; absent with other gas data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mgo_gas: Option<crate::species::MgoGas>,
    /// Ferric iron model.
    pub ferric_iron: &'static str,
    /// Metallic iron.
    pub metal: crate::melt::iron::Metal,
    /// Buffer of `delta_iw`.
    pub buffer: &'static str,
}

/// One point.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Row {
    /// Surface temperature \[K\].
    pub temperature_k: f64,
    /// log10 fO2 (bar).
    pub log10_fo2_bar: f64,
    /// Distance from the iron-wüstite buffer named in the conventions \[dex\].
    pub delta_iw: f64,
    /// Sum of all partial pressures \[bar\].
    pub total_pressure_bar: f64,
    /// log10 of the partial pressures (bar); species that the melt cannot supply are left out.
    pub log10_pressure_bar: Named,
    /// Activities relative to the pure liquid oxides; oxides that are absent or without data of their
    /// liquid are left out.
    pub activity: Named,
    /// Metallic iron coexists.
    pub metal_saturated: bool,
    /// Metallic iron per mole of oxides.
    pub metal_mole_fraction: f64,
    /// Fe³⁺ over the iron of the silicate.
    pub ferric_fraction: f64,
    /// Choices that move the numbers.
    pub conventions: Conventions,
    /// What limits the trust in this row.
    pub warnings: Vec<String>,
}

impl Vaporiser {
    /// Every temperature with every redox state, temperatures outermost. The workspace is carried from point to
    /// point; the result does not depend on it beyond 1e-11.
    ///
    /// # Errors
    /// The first point without a result.
    pub fn sweep(
        &self,
        moles: &PerOxide,
        temperatures_k: &[f64],
        redox: &[Redox],
        buffer: Buffer,
    ) -> Result<Vec<Row>, VaporiseError> {
        let mut surface = self.surface();
        let mut rows = Vec::with_capacity(temperatures_k.len() * redox.len());
        for t_k in temperatures_k {
            for redox in redox {
                self.evaluate(moles, *t_k, *redox, &mut surface)?;
                rows.push(self.row(moles, *redox, buffer, &surface));
            }
        }
        Ok(rows)
    }

    /// The last result of `surface` as a row.
    pub fn row(&self, moles: &PerOxide, redox: Redox, buffer: Buffer, surface: &Surface) -> Row {
        let log10 = |ln: f64| ln / std::f64::consts::LN_10;
        let pressures = self.gas().names().zip(&surface.ln_pressure);
        let activities = Oxide::ALL.iter().zip(&surface.melt.potentials.ln_activity);
        Row {
            temperature_k: surface.t_k,
            log10_fo2_bar: surface.log10_fo2_bar(),
            delta_iw: surface.log10_fo2_bar() - buffer.log10_fo2_bar(surface.t_k),
            total_pressure_bar: surface.total_pressure_bar(),
            log10_pressure_bar: Named(
                pressures
                    .filter(|(_, ln_p)| ln_p.is_finite())
                    .map(|(name, ln_p)| (name.to_owned(), log10(*ln_p)))
                    .collect(),
            ),
            activity: Named(
                activities
                    .filter(|(_, ln_a)| ln_a.is_finite())
                    .map(|(oxide, ln_a)| (oxide.name().to_owned(), ln_a.exp()))
                    .collect(),
            ),
            metal_saturated: surface.iron.metal_saturated,
            metal_mole_fraction: surface.iron.metal_mole_fraction,
            ferric_fraction: surface.iron.ferric_fraction,
            conventions: self.conventions(buffer),
            warnings: self.warnings(moles, redox, surface),
        }
    }

    /// The choices of this vaporiser by name.
    pub fn conventions(&self, buffer: Buffer) -> Conventions {
        let settings = self.settings();
        Conventions {
            melt_model: self.model().name(),
            gas_data: settings.gas.name(),
            mgo_gas: (settings.gas == super::gas::GasData::Nasa9).then_some(settings.mgo),
            ferric_iron: settings.iron.ferric.name(),
            metal: settings.iron.metal,
            buffer: buffer.name(),
        }
    }

    fn warnings(&self, moles: &PerOxide, redox: Redox, surface: &Surface) -> Vec<String> {
        let mut warnings = Vec::new();
        let ignored: Vec<&str> = self.ignored_oxides(moles).map(Oxide::name).collect();
        if !ignored.is_empty() {
            warnings.push(format!(
                "the {} melt model leaves out {}",
                self.model().name(),
                ignored.join(", ")
            ));
        }
        if !self.gas().in_range(surface.t_k) {
            let (low, high) = self.gas().range_k();
            warnings.push(format!(
                "gas data extrapolated: declared for {low}-{high} K"
            ));
        }
        if surface.ln_fo2.exp() > IDEAL_GAS_LIMIT_BAR {
            warnings.push(format!(
                "fO2 above {IDEAL_GAS_LIMIT_BAR} bar: an ideal gas is a poor description"
            ));
        }
        if redox == Redox::Congruent && self.settings().iron.metal != crate::melt::iron::Metal::Off
        {
            warnings.push("congruent vaporisation: metal saturation is off".to_owned());
        }
        if self.model().name() == "melts"
            && let Ok(x) = Melts::component_fractions(moles)
            && x[0] < MARGINAL_SILICA
        {
            warnings.push(format!(
                "marginal for melts: mole fraction of the SiO2 component {:.4} (below {MARGINAL_SILICA})",
                x[0]
            ));
        }
        warnings
    }
}
