//! Physical and astronomical constants in SI, each with its source.
//!
//! CODATA 2022: Mohr, Newell, Taylor & Tiesinga (2025), Rev. Mod. Phys. 97, 025002.
//! IAU 2015 B3: Prsa et al. (2016), AJ 152, 41 (nominal solar and planetary conversion constants).
//! IAU 2012 B2: Resolution B2 of the XXVIII General Assembly (astronomical unit).

/// Planck constant h \[J s\]. CODATA 2022, exact in the SI of 2019.
pub const PLANCK: f64 = 6.626_070_15e-34;
/// Speed of light in vacuum c \[m s⁻¹\]. Exact.
pub const SPEED_OF_LIGHT: f64 = 299_792_458.0;
/// Boltzmann constant k \[J K⁻¹\]. CODATA 2022, exact in the SI of 2019.
pub const BOLTZMANN: f64 = 1.380_649e-23;
/// Stefan-Boltzmann constant σ \[W m⁻² K⁻⁴\]. CODATA 2022: 2π⁵k⁴/(15h³c²), exact, truncated at 10 digits.
pub const STEFAN_BOLTZMANN: f64 = 5.670_374_419e-8;
/// Nominal solar radius \[m\]. IAU 2015 B3.
pub const SOLAR_RADIUS: f64 = 6.957e8;
/// Nominal solar mass parameter GM \[m³ s⁻²\]. IAU 2015 B3.
pub const SOLAR_MASS_PARAMETER: f64 = 1.327_124_4e20;
/// Nominal terrestrial equatorial radius \[m\]. IAU 2015 B3.
pub const EARTH_RADIUS: f64 = 6.3781e6;
/// Nominal terrestrial mass parameter GM \[m³ s⁻²\]. IAU 2015 B3.
pub const EARTH_MASS_PARAMETER: f64 = 3.986_004e14;
/// Astronomical unit \[m\]. IAU 2012 B2, exact.
pub const ASTRONOMICAL_UNIT: f64 = 1.495_978_707e11;
/// Molar gas constant R \[J mol⁻¹ K⁻¹\]. CODATA 2022, exact in the SI of 2019 (k N_A).
pub const GAS_CONSTANT: f64 = 8.314_462_618_153_24;
/// Second radiation constant hc/k in the unit of spectroscopy \[cm K\]: E/kT = c₂ Ẽ/T for a wavenumber Ẽ
/// in cm⁻¹. Exact in the SI of 2019.
pub const SECOND_RADIATION_CM_K: f64 = 100.0 * PLANCK * SPEED_OF_LIGHT / BOLTZMANN;
/// Elementary charge e \[C\]. Exact in the SI of 2019.
pub const ELEMENTARY_CHARGE: f64 = 1.602_176_634e-19;
/// Electron mass m_e \[kg\]. CODATA 2022.
pub const ELECTRON_MASS: f64 = 9.109_383_713_9e-31;
/// Vacuum electric permittivity ε₀ \[F m⁻¹\]. CODATA 2022.
pub const VACUUM_PERMITTIVITY: f64 = 8.854_187_818_8e-12;
/// Classical electron radius e²/(4π ε₀ m_e c²) \[m\]. CODATA 2022.
pub const CLASSICAL_ELECTRON_RADIUS: f64 = 2.817_940_320_5e-15;
/// Bohr radius \[m\]. CODATA 2022.
pub const BOHR_RADIUS: f64 = 5.291_772_105_44e-11;
/// Wavenumber of one electronvolt e/(hc) in the unit of spectroscopy \[cm⁻¹\]. Exact in the SI of 2019.
pub const ELECTRONVOLT_PER_CM: f64 = ELEMENTARY_CHARGE / (100.0 * PLANCK * SPEED_OF_LIGHT);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_electron_radius_follows_from_its_definition() {
        let radius = ELEMENTARY_CHARGE * ELEMENTARY_CHARGE
            / (4.0 * std::f64::consts::PI * VACUUM_PERMITTIVITY * ELECTRON_MASS)
            / (SPEED_OF_LIGHT * SPEED_OF_LIGHT);
        // Measured 2e-11.
        assert!((radius / CLASSICAL_ELECTRON_RADIUS - 1.0).abs() < 2e-10);
        // CODATA 2022 lists 8065.543 937...
        assert!((ELECTRONVOLT_PER_CM / 8_065.543_937 - 1.0).abs() < 1e-10);
    }
}
