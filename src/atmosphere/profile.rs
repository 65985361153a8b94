//! Temperature profiles that are given and not solved for: isothermal, Guillot 2010, free nodes, a
//! file.

mod config;
mod monotone;

use crate::error::InputError;
use crate::spectrum::columns::Columns;
use crate::units::PA_PER_BAR;

pub use crate::config::{ProfileConfig, ProfileKind};
pub use monotone::MonotoneCubic;

/// Temperatures that a profile may hold \[K\].
pub const TEMPERATURE_RANGE_K: (f64, f64) = (10.0, 20_000.0);

/// The irradiated grey atmosphere of Guillot (2010).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guillot {
    /// Irradiation temperature T_irr = T_* (R_*/a)^(1/2) \[K\].
    pub irradiation_temperature_k: f64,
    /// Internal temperature T_int \[K\].
    pub internal_temperature_k: f64,
    /// Grey absorption of the planet's own light κ_th \[m² kg⁻¹\].
    pub infrared_opacity_m2_kg: f64,
    /// Absorption of starlight over that of the planet's light, γ = κ_v/κ_th.
    pub gamma: f64,
    /// Share of the irradiation that the column gets, f: 1 at the substellar point, 2/3 for the
    /// dayside as seen at eclipse without redistribution, 1/2 and 1/4 for the means over dayside
    /// and planet.
    pub flux_factor: f64,
}

impl Guillot {
    /// Temperature \[K\] at an optical depth τ of the planet's own light, >= 0.
    ///
    /// T⁴ = (3 T_int⁴/4) (2/3 + τ)
    ///    + (3 T_irr⁴/4) f \[2/3 + 1/(γ√3) + (γ/√3 - 1/(γ√3)) exp(-γ τ √3)\]
    ///
    /// # Source
    /// Guillot (2010), A&A 520, A27, equation 29: Eddington closures, starlight averaged over
    /// angles (μ = 1/√3).
    pub fn temperature_k(&self, tau: f64) -> f64 {
        let root = 3.0_f64.sqrt();
        let gamma = self.gamma;
        let slant = gamma * root;
        let star =
            2.0 / 3.0 + slant.recip() + (gamma / root - slant.recip()) * (-slant * tau).exp();
        let internal = self.internal_temperature_k.powi(4) * (2.0 / 3.0 + tau);
        let irradiated = self.irradiation_temperature_k.powi(4) * self.flux_factor * star;
        (0.75 * (internal + irradiated)).sqrt().sqrt()
    }
}

/// A temperature for every pressure.
#[derive(Clone, Debug, PartialEq)]
pub enum Profile {
    /// One temperature \[K\].
    Isothermal(f64),
    /// An irradiated grey atmosphere; τ = κ_th p/g.
    Guillot(Guillot),
    /// Temperature \[K\] against ln p \[Pa\]: monotone between its points, constant beyond.
    Nodes(MonotoneCubic),
}

impl Profile {
    /// The profile of a run file.
    ///
    /// # Errors
    /// [`InputError`] for a key that is missing, that does not belong to the kind of profile, or
    /// whose value is out of range; and for a file that is no profile.
    pub fn from_config(config: &ProfileConfig) -> Result<Self, InputError> {
        config.check_keys()?;
        match config.kind {
            ProfileKind::Isothermal => {
                let temperature = config.required("temperature_k", config.temperature_k)?;
                temperature_within("atmosphere.profile.temperature_k", temperature)?;
                Ok(Self::Isothermal(temperature))
            }
            ProfileKind::Guillot => Ok(Self::Guillot(config.guillot()?)),
            ProfileKind::Nodes => {
                let pressure = config.required("pressure_bar", config.pressure_bar.as_ref())?;
                let temperature =
                    config.required("node_temperature_k", config.node_temperature_k.as_ref())?;
                nodes(pressure, temperature)
            }
            ProfileKind::File => {
                let path = config.required("file", config.file.as_ref())?;
                let columns = Columns::from_path(path, Some(["pressure_bar", "temperature_k"]))?;
                from_columns(&columns)
            }
        }
    }

    /// Temperature \[K\] at a pressure \[Pa\]. `gravity_m_s2` turns pressure into the column mass of
    /// [`Profile::Guillot`]; the others do not look at it.
    pub fn temperature_k(&self, pressure_pa: f64, gravity_m_s2: f64) -> f64 {
        match self {
            Self::Isothermal(temperature_k) => *temperature_k,
            Self::Guillot(guillot) => {
                guillot.temperature_k(guillot.infrared_opacity_m2_kg * pressure_pa / gravity_m_s2)
            }
            Self::Nodes(nodes) => nodes.value(pressure_pa.ln()),
        }
    }

    /// Writes the temperature \[K\] at each pressure \[Pa\].
    pub fn fill(&self, pressure_pa: &[f64], gravity_m_s2: f64, temperature_k: &mut [f64]) {
        for (out, &pressure_pa) in temperature_k.iter_mut().zip(pressure_pa) {
            *out = self.temperature_k(pressure_pa, gravity_m_s2);
        }
    }
}

fn temperature_within(place: &str, temperature_k: f64) -> Result<(), InputError> {
    let (low, high) = TEMPERATURE_RANGE_K;
    if (low..=high).contains(&temperature_k) {
        return Ok(());
    }
    let expected = format!("{low} to {high} K");
    Err(InputError::value(place, temperature_k, expected))
}

fn pressure_positive(place: &str, pressure_bar: f64) -> Result<(), InputError> {
    if pressure_bar > 0.0 && pressure_bar.is_finite() {
        return Ok(());
    }
    let expected = "a positive pressure in bar";
    Err(InputError::value(place, pressure_bar, expected))
}

/// The profile through nodes in ascending order of pressure.
fn nodes(pressure_bar: &[f64], temperature_k: &[f64]) -> Result<Profile, InputError> {
    if pressure_bar.len() != temperature_k.len() || pressure_bar.len() < 2 {
        return Err(InputError::value(
            "atmosphere.profile.node_temperature_k",
            format!(
                "{} temperatures for {} pressures",
                temperature_k.len(),
                pressure_bar.len()
            ),
            "as many temperatures as pressures, 2 or more",
        ));
    }
    for (i, (&pressure, &temperature)) in pressure_bar.iter().zip(temperature_k).enumerate() {
        pressure_positive(&format!("atmosphere.profile.pressure_bar[{i}]"), pressure)?;
        temperature_within(
            &format!("atmosphere.profile.node_temperature_k[{i}]"),
            temperature,
        )?;
        if i > 0 && pressure <= pressure_bar[i - 1] {
            return Err(InputError::value(
                format!("atmosphere.profile.pressure_bar[{i}]"),
                pressure,
                format!("more than the pressure before, {}", pressure_bar[i - 1]),
            ));
        }
    }
    through(
        pressure_bar,
        temperature_k,
        "atmosphere.profile.pressure_bar",
    )
}

/// The profile of a table of either order; its rows are named in errors by their lines.
fn from_columns(columns: &Columns) -> Result<Profile, InputError> {
    let mut rows: Vec<_> = columns.rows.iter().collect();
    if rows[0].first > rows[rows.len() - 1].first {
        rows.reverse();
    }
    for (i, row) in rows.iter().enumerate() {
        let place = format!("{}, line {}", columns.place, row.line);
        pressure_positive(&place, row.first)?;
        temperature_within(&place, row.second)?;
        if i > 0 && row.first <= rows[i - 1].first {
            let line = row.line.max(rows[i - 1].line);
            return Err(InputError::value(
                format!("{}, line {line}", columns.place),
                format!("pressure {}", row.first),
                "a strictly monotonic first column",
            ));
        }
    }
    let (pressure, temperature): (Vec<f64>, Vec<f64>) =
        rows.iter().map(|row| (row.first, row.second)).unzip();
    through(&pressure, &temperature, &columns.place)
}

fn through(
    pressure_bar: &[f64],
    temperature_k: &[f64],
    place: &str,
) -> Result<Profile, InputError> {
    let ln_pa = (pressure_bar.iter())
        .map(|bar| (bar * PA_PER_BAR).ln())
        .collect();
    // Pressures that differ by rounding alone may have one logarithm.
    MonotoneCubic::new(ln_pa, temperature_k.to_vec())
        .map(Profile::Nodes)
        .ok_or_else(|| InputError::value(place, "pressures too close", "distinct pressures"))
}

#[cfg(test)]
mod tests;
