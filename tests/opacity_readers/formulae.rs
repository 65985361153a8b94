//! The closed formulae of `make_fixtures.py`.

pub const C2: f64 = 1.438_776_877;
pub const TEMPERATURE: [f64; 4] = [500.0, 1000.0, 2000.0, 3500.0];
pub const PRESSURE_BAR: [f64; 5] = [1e-6, 1e-3, 1.0, 100.0, 1000.0];
/// Molar mass of SiO in the HELIOS fixtures.
pub const MASS_SIO: f64 = 44.084;

pub fn wavenumber() -> Vec<f64> {
    (0..151).map(|i| 500.0 + 10.0 * f64::from(i)).collect()
}

pub fn edges() -> Vec<f64> {
    (0..21).map(|i| 600.0 * 1.04_f64.powi(i)).collect()
}

/// A Lorentzian band whose integral depends on temperature alone [cm2].
pub fn cross_section(nu: f64, temperature: f64, pressure_bar: f64) -> f64 {
    let width = 30.0 + 20.0 * pressure_bar / (1.0 + pressure_bar);
    let strength = 1e-18 * (temperature / 1000.0).powf(-1.5);
    strength * width / ((nu - 1230.0).powi(2) + width * width) + 1e-27
}

/// The k-distribution of a bin.
pub fn distribution(centre: f64, temperature: f64, pressure_bar: f64, g: f64) -> f64 {
    cross_section(centre, temperature, pressure_bar) * (6.0 * (g - 0.5)).exp()
}

/// Levels (v, J, E) of a rotor with two vibrational states.
pub fn levels() -> Vec<(u32, u32, f64)> {
    (0..2)
        .flat_map(|v| {
            (0..60).map(move |j| {
                let energy = 1230.0 * f64::from(v) + 0.7 * f64::from(j * (j + 1));
                (v, j, energy)
            })
        })
        .collect()
}

pub fn einstein(nu: f64, j_upper: u32, j_lower: u32) -> f64 {
    3.1e-9 * nu.powi(3) * f64::from(j_upper.max(j_lower)) / (2.0 * f64::from(j_upper) + 1.0)
}

pub fn partition(temperature: f64) -> f64 {
    levels()
        .iter()
        .map(|(_, j, e)| f64::from(2 * j + 1) * (-C2 * e / temperature).exp())
        .sum()
}

/// Lines (wavenumber, A, upper J, lower J), wavenumber ascending.
pub fn transitions() -> Vec<(f64, f64, u32, u32)> {
    let rotation = |j: u32| 0.7 * f64::from(j * (j + 1));
    let mut lines = Vec::new();
    for j in 0..60_u32 {
        for k in [j.wrapping_sub(1), j + 1] {
            if k < 60 {
                let nu = 1230.0 + rotation(j) - rotation(k);
                lines.push((nu, einstein(nu, j, k), j, k));
            }
        }
    }
    lines.sort_by(|a, b| a.0.total_cmp(&b.0));
    lines
}
