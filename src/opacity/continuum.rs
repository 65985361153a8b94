//! Continua: the negative hydrogen ion here, O₂ in [`schumann_runge`].
//!
//! H⁻: John (1988), A&A 193, 189.
//!
//! Both absorption coefficients are per hydrogen atom and per unit of electron pressure,
//! κ \[cm⁴ dyn⁻¹\] with stimulated emission taken off, so that the extinction is
//! κ n(H) P_e \[cm⁻¹\], n(H) in cm⁻³ and P_e = n_e k T in dyn cm⁻² (1 dyn cm⁻² = 1e-6 bar).
//! [`extinction_per_m`] does it in SI. If the number of H⁻ ions is known, as from the gas equilibrium
//! of this crate, [`photodetachment_cm2`] is the cross section per ion.
//!
//! The coefficients were compared between six public codes that re-typed them; they agree but for
//! single digits (n = 5 of C: -1863.864 in five, -1863.865 in one).

pub mod schumann_runge;

use crate::constants::{BOLTZMANN, SECOND_RADIATION_CM_K};

/// Threshold of photodetachment \[µm\], John (1988), equation 3.
pub const THRESHOLD_UM: f64 = 1.6419;
/// Shortest wavelength of the bound-free fit \[µm\].
pub const BOUND_FREE_MIN_UM: f64 = 0.125;
/// Shortest wavelength of the free-free fit \[µm\]; none is the longest.
pub const FREE_FREE_MIN_UM: f64 = 0.1823;
/// Temperatures of the fits \[K\]; outside, the nearest end of the range serves in the free-free fit.
pub const TEMPERATURE_RANGE_K: (f64, f64) = (1400.0, 10_080.0);

/// C_n of John (1988), equation 5.
const BOUND_FREE: [f64; 6] = [152.519, 49.534, -118.858, 92.536, -34.194, 4.982];

/// A_n to F_n of John (1988), Table 3a: above 0.3645 µm.
const FREE_FREE_LONG: [[f64; 6]; 6] = [
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [2483.346, 285.827, -2054.291, 2827.776, -1341.537, 208.952],
    [
        -3449.889, -1158.382, 8746.523, -11485.632, 5303.609, -812.939,
    ],
    [
        2200.040, 2427.719, -13651.105, 16755.524, -7510.494, 1132.738,
    ],
    [
        -696.271, -1841.400, 8624.970, -10051.530, 4400.067, -655.020,
    ],
    [88.283, 444.517, -1863.864, 2095.288, -901.788, 132.985],
];

/// John (1988), Table 3b: 0.1823 to 0.3645 µm.
const FREE_FREE_SHORT: [[f64; 6]; 6] = [
    [518.1021, -734.8666, 1021.1775, -479.0721, 93.1373, -6.4285],
    [
        473.2636, 1443.4137, -1977.3395, 922.3575, -178.9275, 12.3600,
    ],
    [
        -482.2089, -737.1616, 1096.8827, -521.1341, 101.7963, -7.0571,
    ],
    [115.5291, 169.6374, -245.6490, 114.2430, -21.9972, 1.5097],
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
];

/// Cross section of photodetachment per H⁻ ion \[cm²\], without stimulated emission:
/// 1e-18 λ³ x³ Σ C_n x^(n-1), x² = 1/λ - 1/λ₀, λ in µm; John (1988), equation 4.
///
/// Zero longward of the threshold and shortward of 0.125 µm.
///
/// # Accuracy
/// Within 4 % of the calculation of McLaughlin et al. (2017) from 0.2 to 1.5 µm.
pub fn photodetachment_cm2(wavenumber_per_cm: f64) -> f64 {
    let wavelength_um = 1.0e4 / wavenumber_per_cm;
    if !(BOUND_FREE_MIN_UM..THRESHOLD_UM).contains(&wavelength_um) {
        return 0.0;
    }
    let x = (1.0 / wavelength_um - 1.0 / THRESHOLD_UM).sqrt();
    let sum = BOUND_FREE.iter().rev().fold(0.0, |sum, c| sum * x + c);
    1.0e-18 * (wavelength_um * x).powi(3) * sum
}

/// Bound-free coefficient \[cm⁴ dyn⁻¹\] per hydrogen atom and electron pressure, ions in equilibrium
/// with atoms and electrons: 0.750 T^(-5/2) exp(α/(λ₀T)) (1 - exp(-α/(λT))) σ; John (1988), equation 3
/// (with α = hc/k = 1.4388e4 µm K; the paper prints 1.439e8).
pub fn bound_free_cm4_dyn(wavenumber_per_cm: f64, temperature_k: f64) -> f64 {
    let threshold_per_cm = 1.0e4 / THRESHOLD_UM;
    let beta = SECOND_RADIATION_CM_K / temperature_k;
    0.750
        * temperature_k.powf(-2.5)
        * (beta * threshold_per_cm).exp()
        * -(-beta * wavenumber_per_cm).exp_m1()
        * photodetachment_cm2(wavenumber_per_cm)
}

/// Free-free coefficient \[cm⁴ dyn⁻¹\] per hydrogen atom and electron pressure:
/// 1e-29 Σ (5040/T)^((n+1)/2) (λ²A_n + B_n + C_n/λ + D_n/λ² + E_n/λ³ + F_n/λ⁴); John (1988), equation 6.
///
/// Zero shortward of 0.1823 µm; temperatures are held within [`TEMPERATURE_RANGE_K`].
///
/// # Accuracy
/// Within 2.5 % of the table of Bell & Berrington (1987) that it was made from, at the points tested.
pub fn free_free_cm4_dyn(wavenumber_per_cm: f64, temperature_k: f64) -> f64 {
    let wavelength_um = 1.0e4 / wavenumber_per_cm;
    let table = match wavelength_um {
        l if l >= 0.3645 => &FREE_FREE_LONG,
        l if l >= FREE_FREE_MIN_UM => &FREE_FREE_SHORT,
        _ => return 0.0,
    };
    let (coldest, hottest) = TEMPERATURE_RANGE_K;
    let root = (5040.0 / temperature_k.clamp(coldest, hottest)).sqrt();
    let inverse = 1.0 / wavelength_um;
    // (5040/T)^((n+1)/2), from n = 1.
    let mut power = root * root;
    let mut sum = 0.0;
    for [a, b, c, d, e, f] in table {
        let polynomial = (((f * inverse + e) * inverse + d) * inverse + c) * inverse + b;
        sum += power * (a * wavelength_um * wavelength_um + polynomial);
        power *= root;
    }
    (1.0e-29 * sum).max(0.0)
}

/// Extinction of H⁻, bound-free and free-free \[m⁻¹\], from the number densities of hydrogen atoms and
/// electrons \[m⁻³\].
pub fn extinction_per_m(
    wavenumber_per_cm: f64,
    temperature_k: f64,
    hydrogen_per_m3: f64,
    electrons_per_m3: f64,
) -> f64 {
    // Pa to dyn cm-2 is 10, m-3 to cm-3 1e-6, cm-1 to m-1 100.
    let electron_pressure_dyn_cm2 = 10.0 * electrons_per_m3 * BOLTZMANN * temperature_k;
    let coefficient = bound_free_cm4_dyn(wavenumber_per_cm, temperature_k)
        + free_free_cm4_dyn(wavenumber_per_cm, temperature_k);
    coefficient * electron_pressure_dyn_cm2 * hydrogen_per_m3 * 1.0e-6 * 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_free_is_the_table_of_bell_and_berrington() {
        // Bell & Berrington (1987), J. Phys. B 20, 801, Table 1 [1e-26 cm4/dyn]: wavelength [A],
        // theta = 5040/T, value.
        for (wavelength_a, theta, expected) in [
            (9113.0, 1.0, 0.576),
            (9113.0, 2.0, 1.06),
            (18_227.0, 1.0, 2.17),
            (18_227.0, 1.6, 3.20),
            (45_567.0, 1.2, 15.3),
            (91_134.0, 0.6, 32.4),
            (151_890.0, 1.0, 144.0),
            (151_890.0, 3.6, 388.0),
            (4557.0, 1.0, 0.161),
            (3038.0, 1.0, 0.0789),
            (2278.0, 2.0, 0.110),
        ] {
            let found = free_free_cm4_dyn(1.0e8 / wavelength_a, 5040.0 / theta);
            let ratio = found / (expected * 1.0e-26);
            assert!(
                (ratio - 1.0).abs() < 0.025,
                "{wavelength_a} {theta}: {ratio}"
            );
        }
    }

    #[test]
    fn photodetachment_against_a_second_calculation() {
        // McLaughlin et al. (2017), J. Phys. B 50, 114001, at their photon energies [eV], [Mb].
        for (energy_ev, expected) in MCLAUGHLIN {
            let found = photodetachment_cm2(energy_ev * crate::constants::ELECTRONVOLT_PER_CM);
            let ratio = found / (expected * 1.0e-18);
            assert!((ratio - 1.0).abs() < 0.04, "{energy_ev} eV: {ratio}");
        }
        assert_eq!(photodetachment_cm2(1.0e4 / 1.65), 0.0);
        assert_eq!(photodetachment_cm2(1.0e4 / 0.12), 0.0);
    }

    #[test]
    fn bound_free_holds_the_ions_of_the_saha_equation() {
        // n(H-)/(n(H) n_e) = (1/4) (h^2/2 pi m k T)^(3/2) exp(E/kT), E = 0.7542 eV; John's form at
        // 3000 and 6000 K.
        for t_k in [3000.0, 6000.0] {
            let wavenumber = 1.0e4 / 0.85;
            let thermal = crate::constants::PLANCK.powi(2)
                / (2.0 * std::f64::consts::PI * crate::constants::ELECTRON_MASS * BOLTZMANN * t_k);
            let ions_m3 = 0.25 * thermal.powf(1.5) * (0.7542 * 11_604.518 / t_k).exp();
            // cm3 per atom and electron, then per electron pressure.
            let per_dyn = ions_m3 * 1.0e6 / (BOLTZMANN * 1.0e7 * t_k);
            let stimulated = -(-SECOND_RADIATION_CM_K * wavenumber / t_k).exp_m1();
            let expected = per_dyn * stimulated * photodetachment_cm2(wavenumber);
            let ratio = bound_free_cm4_dyn(wavenumber, t_k) / expected;
            // John's constants are rounded to three digits.
            assert!((ratio - 1.0).abs() < 0.01, "{t_k}: {ratio}");
        }
    }

    #[test]
    fn units_of_the_extinction() {
        let (t_k, wavenumber) = (4000.0, 1.0e4);
        let kappa = bound_free_cm4_dyn(wavenumber, t_k) + free_free_cm4_dyn(wavenumber, t_k);
        // 1e17 atoms and 1e13 electrons per cm3: P_e = 1e13 * 1.380649e-16 * 4000 = 5.5226 dyn cm-2.
        let per_cm = kappa * 5.522_596 * 1.0e17;
        let found = extinction_per_m(wavenumber, t_k, 1.0e23, 1.0e19);
        assert!((found / (100.0 * per_cm) - 1.0).abs() < 1e-9);
    }

    const MCLAUGHLIN: [(f64, f64); 6] = [
        (0.8494, 10.288),
        (1.0005, 26.099),
        (1.4998, 39.459),
        (2.0005, 34.854),
        (3.0005, 23.810),
        (5.0005, 12.699),
    ];
}
