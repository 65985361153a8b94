//! The resonance lines whose wings reach far.

/// A strong line from the ground term.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResonanceLine {
    /// Atom or ion.
    pub atom: &'static str,
    /// Wavelength in air \[Å\].
    pub wavelength_angstrom: f64,
    /// Measured decay rate of the upper level \[s⁻¹\].
    pub decay_rate_per_s: f64,
}

const fn resonance(
    atom: &'static str,
    wavelength_angstrom: f64,
    decay_rate_per_s: f64,
) -> ResonanceLine {
    ResonanceLine {
        atom,
        wavelength_angstrom,
        decay_rate_per_s,
    }
}

/// Lines that get [`super::Options::resonance_wing_cutoff_per_cm`] and a measured natural width. Decay
/// rates: Morton (2003), ApJS 149, 205; K: NIST Atomic Spectra Database; Al: sum of both lines of the
/// upper level.
pub const RESONANCE_LINES: [ResonanceLine; 12] = [
    resonance("Na", 5889.951, 6.157e7),
    resonance("Na", 5895.924, 6.139e7),
    resonance("K", 7664.899, 3.80e7),
    resonance("K", 7698.965, 3.75e7),
    resonance("Mg", 2852.126, 5.00e8),
    resonance("Ca", 4226.728, 2.20e8),
    resonance("Al", 3944.006, 1.57e8),
    resonance("Al", 3961.520, 1.57e8),
    resonance("Ca+", 3933.663, 1.444e8),
    resonance("Ca+", 3968.469, 1.409e8),
    resonance("Mg+", 2795.528, 2.625e8),
    resonance("Mg+", 2802.705, 2.595e8),
];

/// The resonance line at a wavelength \[Å\], if there is one.
pub(super) fn find(atom: &str, wavelength_angstrom: f64) -> Option<&'static ResonanceLine> {
    RESONANCE_LINES.iter().find(|line| {
        line.atom == atom && (line.wavelength_angstrom - wavelength_angstrom).abs() < 0.02
    })
}
