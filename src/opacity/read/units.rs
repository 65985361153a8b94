//! Units as files write them, and the checks that the numbers can be in them.

use crate::error::InputError;

/// Avogadro constant \[mol⁻¹\], exact (SI 2019).
pub(super) const AVOGADRO: f64 = 6.022_140_76e23;
/// Pressures that a table of an atmosphere can hold \[bar\]. A table in Pa read as bar, or the
/// reverse, leaves this range unless it spans less than five decades well inside.
const PRESSURE_RANGE_BAR: (f64, f64) = (0.99e-9, 1.01e4);
/// Temperatures that a table can hold \[K\].
const TEMPERATURE_RANGE_K: (f64, f64) = (10.0, 50_000.0);
/// Highest wavenumber \[cm⁻¹\]: 10 nm.
const HIGHEST_WAVENUMBER_PER_CM: f64 = 1.0e6;
/// An axis in cm⁻¹ that ends below this is one in µm: 100 µm is beyond every table of lines.
const LOWEST_LAST_WAVENUMBER_PER_CM: f64 = 100.0;
/// Largest cross section of a table \[cm²\] lies between these: the weakest quadrupole bands and
/// an unbroadened resonance line.
const PEAK_RANGE_CM2: (f64, f64) = (1.0e-30, 1.0e-8);

/// Unit of a pressure axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PressureUnit {
    /// 10⁵ Pa.
    Bar,
    /// 10⁻³ bar.
    Millibar,
    /// Pascal.
    Pascal,
    /// 101 325 Pa.
    Atmosphere,
    /// dyn cm⁻² = 0.1 Pa.
    DynePerSquareCm,
}

impl PressureUnit {
    /// Reads a name: `bar`, `mbar`, `hPa`, `Pa`, `atm`, `dyn/cm2`, `barye`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match squeeze(text).as_str() {
            "bar" | "bars" => Self::Bar,
            "mbar" | "millibar" | "hpa" => Self::Millibar,
            "pa" | "pascal" => Self::Pascal,
            "atm" => Self::Atmosphere,
            "dyn/cm2" | "dyncm-2" | "dyne/cm2" | "ba" | "barye" => Self::DynePerSquareCm,
            _ => return None,
        })
    }

    /// One unit in bar.
    pub const fn bar(self) -> f64 {
        match self {
            Self::Bar => 1.0,
            Self::Millibar => 1.0e-3,
            Self::Pascal => 1.0e-5,
            Self::Atmosphere => 1.013_25,
            Self::DynePerSquareCm => 1.0e-6,
        }
    }
}

/// Unit of the cross sections of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrossSectionUnit {
    /// cm² per molecule.
    Cm2,
    /// m² per molecule.
    M2,
    /// cm² per gram of the gas.
    Cm2PerGram,
    /// m² per kilogram of the gas.
    M2PerKilogram,
}

impl CrossSectionUnit {
    /// Reads a name: `cm^2/molecule`, `m^2`, `cm2 g-1`, `m2/kg`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match squeeze(text).as_str() {
            "cm2/molecule" | "cm2/molec" | "cm2" | "cm2molecule-1" => Self::Cm2,
            "m2/molecule" | "m2/molec" | "m2" | "m2molecule-1" => Self::M2,
            "cm2/g" | "cm2g-1" => Self::Cm2PerGram,
            "m2/kg" | "m2kg-1" => Self::M2PerKilogram,
            _ => return None,
        })
    }

    /// One unit in cm² per molecule of a gas of this molar mass \[g mol⁻¹\].
    pub fn cm2(self, molar_mass_g_mol: f64) -> f64 {
        match self {
            Self::Cm2 => 1.0,
            Self::M2 => 1.0e4,
            Self::Cm2PerGram => molar_mass_g_mol / AVOGADRO,
            Self::M2PerKilogram => 10.0 * molar_mass_g_mol / AVOGADRO,
        }
    }
}

/// Unit of a spectral axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SpectralUnit {
    /// cm⁻¹.
    PerCm,
    /// Micrometre.
    Micrometre,
    /// Centimetre.
    Centimetre,
}

impl SpectralUnit {
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match squeeze(text).as_str() {
            "cm-1" | "1/cm" | "wavenumber" | "kayser" => Self::PerCm,
            "um" | "micron" | "microns" | "micrometer" | "µm" => Self::Micrometre,
            "cm" => Self::Centimetre,
            _ => return None,
        })
    }

    /// Wavenumber \[cm⁻¹\] of a value on the axis.
    pub(super) fn per_cm(self, value: f64) -> f64 {
        match self {
            Self::PerCm => value,
            Self::Micrometre => 1.0e4 / value,
            Self::Centimetre => 1.0 / value,
        }
    }
}

/// Lower case without blanks, `^`, `**`, `_`, `$`, braces; a middle dot is dropped.
fn squeeze(text: &str) -> String {
    text.trim_end_matches('\0')
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '^' | '*' | '_' | '$' | '{' | '}' | '·'))
        .collect()
}

/// Pressures \[bar\] in the range of atmospheres.
pub(super) fn check_pressure(place: &str, bar: &[f64]) -> Result<(), InputError> {
    check_range(
        place,
        bar,
        PRESSURE_RANGE_BAR,
        "bar after conversion",
        "pressures of 1e-9 to 1e4 bar; is the unit Pa where it says bar, or the reverse?",
    )
}

/// Temperatures \[K\] that a table can hold.
pub(super) fn check_temperature(place: &str, kelvin: &[f64]) -> Result<(), InputError> {
    check_range(
        place,
        kelvin,
        TEMPERATURE_RANGE_K,
        "K",
        "temperatures of 10 to 50000 K",
    )
}

/// Wavenumbers \[cm⁻¹\], ascending, that are not wavelengths in disguise.
pub(super) fn check_wavenumber(place: &str, per_cm: &[f64]) -> Result<(), InputError> {
    let last = per_cm.iter().copied().fold(0.0, f64::max);
    if (LOWEST_LAST_WAVENUMBER_PER_CM..=HIGHEST_WAVENUMBER_PER_CM).contains(&last) {
        return Ok(());
    }
    Err(InputError::value(
        place,
        format!("an axis that ends at {last} cm-1"),
        "wavenumbers that end between 100 and 1e6 cm-1; is the axis a wavelength?",
    ))
}

/// The largest cross section is that of a gas.
pub(super) fn check_peak(place: &str, sigma_cm2: &[f32]) -> Result<(), InputError> {
    let peak = sigma_cm2
        .iter()
        .fold(0.0_f64, |peak, s| peak.max(f64::from(*s)));
    if (PEAK_RANGE_CM2.0..=PEAK_RANGE_CM2.1).contains(&peak) {
        return Ok(());
    }
    Err(InputError::value(
        place,
        format!("a largest cross section of {peak:e} cm2 per molecule after conversion"),
        "1e-30 to 1e-8 cm2; is the unit per gram, or m2, where it says cm2 per molecule?",
    ))
}

fn check_range(
    place: &str,
    values: &[f64],
    range: (f64, f64),
    unit: &str,
    expected: &str,
) -> Result<(), InputError> {
    match values
        .iter()
        .position(|value| !(range.0..=range.1).contains(value))
    {
        Some(index) => Err(InputError::value(
            format!("{place}, index {index}"),
            format!("{} {unit}", values[index]),
            expected,
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_units() {
        for text in ["cm^2/molecule", "cm^2/molec", "cm2 molecule^-1", "cm**2"] {
            assert_eq!(CrossSectionUnit::parse(text), Some(CrossSectionUnit::Cm2));
        }
        assert_eq!(
            CrossSectionUnit::parse("cm^2 g^-1"),
            Some(CrossSectionUnit::Cm2PerGram)
        );
        assert_eq!(PressureUnit::parse("Pa"), Some(PressureUnit::Pascal));
        assert_eq!(PressureUnit::parse("hPa"), Some(PressureUnit::Millibar));
        assert_eq!(PressureUnit::parse("torr"), None);
        assert_eq!(SpectralUnit::parse("cm^-1"), Some(SpectralUnit::PerCm));
    }

    #[test]
    fn one_gram_holds_avogadro_over_molar_mass_molecules() {
        // Water: 1 cm2/g = 18.015 / 6.02214e23 = 2.99146e-23 cm2 per molecule, by hand.
        let one = CrossSectionUnit::Cm2PerGram.cm2(18.015);
        assert!((one / 2.991_46e-23 - 1.0).abs() < 1e-5);
        assert!((CrossSectionUnit::M2PerKilogram.cm2(18.015) / one - 10.0).abs() < 1e-12);
    }

    #[test]
    fn pascal_taken_for_bar_is_refused() {
        assert!(check_pressure("t", &[1.0e-8, 1.0e3]).is_ok());
        assert!(check_pressure("t", &[1.0e-3, 1.0e8]).is_err());
        assert!(check_pressure("t", &[1.0e-13, 1.0e-2]).is_err());
    }
}
