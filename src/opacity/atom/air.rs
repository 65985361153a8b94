//! Wavelengths in air and in vacuum.

/// Wavelengths above this are in air in the line list \[Å\].
const AIR_ABOVE_ANGSTROM: f64 = 2000.0;

/// Refractive index of standard air minus one at a vacuum wavelength \[Å\]: Ciddor (1996), Applied
/// Optics 35, 1566, equation 1 (15 °C, 101 325 Pa, 450 ppm CO₂). Measured from 0.23 to 1.69 µm, and
/// without resonance in the range used. The coefficients stand alike in ten public codes.
fn refractivity(vacuum_angstrom: f64) -> f64 {
    let square = (1.0e4 / vacuum_angstrom).powi(2);
    0.057_921_05 / (238.018_5 - square) + 0.001_679_17 / (57.362 - square)
}

/// Vacuum wavelength \[Å\] of a wavelength that is given as tables of lines do: in air above 2000 Å, in
/// vacuum below.
///
/// The formula wants the vacuum wavelength; three steps of iteration leave an error below 1e-12.
pub fn vacuum_wavelength_angstrom(wavelength_angstrom: f64) -> f64 {
    if wavelength_angstrom <= AIR_ABOVE_ANGSTROM {
        return wavelength_angstrom;
    }
    (0..3).fold(wavelength_angstrom, |vacuum, _| {
        wavelength_angstrom * (1.0 + refractivity(vacuum))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_the_atomic_spectra_database() {
        // NIST ASD, air and vacuum wavelengths of Na D2 and of He I 10829 (as re-typed by several
        // codes), which use Peck & Reeder (1972): 1.3e-8 of the wavelength apart from Ciddor.
        for (air, vacuum) in [
            (5_889.950_954, 5_891.583_264),
            (10_829.091_14, 10_832.057_472),
        ] {
            assert!((vacuum_wavelength_angstrom(air) - vacuum).abs() < 2.5e-8 * vacuum);
        }
        assert_eq!(vacuum_wavelength_angstrom(1302.168), 1302.168);
    }
}
