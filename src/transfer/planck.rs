//! Flux of a black body in bands of wavenumber.

use super::lanes::{exp, vectorised};
use crate::constants::{SECOND_RADIATION_CM_K, STEFAN_BOLTZMANN};

/// π⁴/15, the integral of x³/(eˣ - 1) from zero to infinity.
const WHOLE: f64 = 6.493_939_402_266_829;
/// Below this x the integral from zero is a power series, above it one of exponentials.
const SWITCH: f64 = 1.0;

/// Flux π∫B_ν dν \[W m⁻²\] of a black body between two wavenumbers.
///
/// (15/π⁴) σT⁴ ∫ x³/(eˣ - 1) dx with x = hcν̃/kT.
///
/// # Arguments
/// * `low_per_cm`, `high_per_cm`: edges \[cm⁻¹\], 0 and infinity allowed, ascending
/// * `temperature_k`: T \[K\], > 0
///
/// # Accuracy
/// 1e-13 relative of the band for a width of a hundredth of the wavenumber: power series with
/// Bernoulli numbers below x = 1, exponential series above.
///
/// # Source
/// Widger & Woodall (1976), Bull. Amer. Meteor. Soc. 57, 1217-1219 (exponential series).
pub fn band_flux_w_m2(low_per_cm: f64, high_per_cm: f64, temperature_k: f64) -> f64 {
    let low = SECOND_RADIATION_CM_K * low_per_cm / temperature_k;
    let high = SECOND_RADIATION_CM_K * high_per_cm / temperature_k;
    let (scaled, shift) = scaled_integral(low, high);
    STEFAN_BOLTZMANN * temperature_k.powi(4) * scaled * (-shift).exp() / WHOLE
}

/// ∫ x³/(eˣ - 1) dx times e^shift, and the shift, which keeps the number from underflow.
fn scaled_integral(low: f64, high: f64) -> (f64, f64) {
    if low >= SWITCH {
        let rest = if high.is_finite() {
            (low - high).exp() * scaled_above(high)
        } else {
            0.0
        };
        return (scaled_above(low) - rest, low);
    }
    if high <= SWITCH {
        return (below(high) - below(low), 0.0);
    }
    let above = if high.is_finite() {
        (-high).exp() * scaled_above(high)
    } else {
        0.0
    };
    (WHOLE - above - below(low), 0.0)
}

/// e^x times the integral from x to infinity.
fn scaled_above(x: f64) -> f64 {
    let mut sum = 0.0;
    for n in 1..60 {
        let n = f64::from(n);
        let damping = (-(n - 1.0) * x).exp();
        sum += damping * (x * x * x / n + 3.0 * x * x / (n * n) + (6.0 * x + 6.0 / n) / n.powi(3));
        if damping < 1e-18 {
            break;
        }
    }
    sum
}

/// The integral from 0 to x <= 1: Σ Bₙ xⁿ⁺³ / (n! (n + 3)).
fn below(x: f64) -> f64 {
    const C: [f64; 9] = [
        1.0 / 60.0,
        -1.0 / 5040.0,
        1.0 / 272_160.0,
        -1.0 / 13_305_600.0,
        1.0 / 622_702_080.0,
        -691.0 / 19_615_115_520_000.0,
        7.0 / (6.0 * 87_178_291_200.0 * 17.0),
        -3617.0 / (510.0 * 20_922_789_888_000.0 * 19.0),
        43_867.0 / (798.0 * 6_402_373_705_728_000.0 * 21.0),
    ];
    let x2 = x * x;
    let even = C.iter().rev().fold(0.0, |sum, c| sum * x2 + c);
    x * x2 * (1.0 / 3.0 - x / 8.0 + x2 * even)
}

/// x⁴/(eˣ - 1) times e^shift.
fn scaled_edge(x: f64, shift: f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return 0.0;
    }
    x.powi(4) * (shift - x).exp() / -(-x).exp_m1()
}

/// x/(1 - e^(-x)), 1 at zero.
fn bose(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        1.0
    } else {
        x / -(-x).exp_m1()
    }
}

/// ln of the band flux \[W m⁻²\] with its first two derivatives by ln T.
fn ln_flux(low_per_cm: f64, high_per_cm: f64, temperature_k: f64) -> [f64; 3] {
    let low = SECOND_RADIATION_CM_K * low_per_cm / temperature_k;
    let high = SECOND_RADIATION_CM_K * high_per_cm / temperature_k;
    let (integral, shift) = scaled_integral(low, high);
    let (f_low, f_high) = (scaled_edge(low, shift), scaled_edge(high, shift));
    // d/dlnT moves the edges: dx = -x dlnT.
    let first = (f_low - f_high) / integral;
    let second = (f_high * (4.0 - bose(high)) - f_low * (4.0 - bose(low))) / integral;
    let scale = (STEFAN_BOLTZMANN / WHOLE).ln() + 4.0 * temperature_k.ln();
    [
        scale + integral.ln() - shift,
        4.0 + first,
        second - first * first,
    ]
}

/// Lowest temperature of the tables \[K\].
pub(super) const COLDEST_K: f64 = 20.0;
/// Highest \[K\].
pub(super) const HOTTEST_K: f64 = 30_000.0;
/// Distance of the nodes in ln T.
const STEP: f64 = 0.05;

/// Band fluxes at all temperatures: ln flux in ln T as quintic Hermite polynomials through the
/// exact integrals and their exact derivatives; 1e-11 relative where the band carries a millionth
/// of the power or more. The first band reaches down to zero wavenumber, the last up to infinity,
/// so that nothing of σT⁴ is lost.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct BandPlanck {
    bands: usize,
    /// \[node\]\[value, slope, curvature\]\[band\], in steps of ln T.
    nodes: Vec<f64>,
}

impl BandPlanck {
    pub fn new(edges_per_cm: &[f64]) -> Self {
        let bands = edges_per_cm.len() - 1;
        let count = ((HOTTEST_K / COLDEST_K).ln() / STEP).ceil() as usize + 1;
        let mut nodes = vec![0.0; count * 3 * bands];
        for (node, rows) in nodes.chunks_exact_mut(3 * bands).enumerate() {
            let temperature_k = COLDEST_K * (STEP * node as f64).exp();
            for band in 0..bands {
                let (low, high) = outer_edges(edges_per_cm, band);
                let [y, d, c] = ln_flux(low, high, temperature_k);
                rows[band] = y;
                rows[bands + band] = STEP * d;
                rows[2 * bands + band] = STEP * STEP * c;
            }
        }
        Self { bands, nodes }
    }

    /// Writes πB \[W m⁻²\] and its derivative \[W m⁻² K⁻¹\] for every band.
    pub fn fill(&self, temperature_k: f64, flux: &mut [f64], per_k: &mut [f64]) {
        let place = (temperature_k / COLDEST_K).ln() / STEP;
        let last = self.nodes.len() / (3 * self.bands) - 2;
        let node = (place.max(0.0) as usize).min(last);
        let pair = &self.nodes[node * 3 * self.bands..(node + 2) * 3 * self.bands];
        let fraction = place - node as f64;
        interpolate(pair, fraction, 1.0 / (STEP * temperature_k), flux, per_k);
    }
}

/// Edges of a band, the first and last with their tails.
pub(super) fn outer_edges(edges_per_cm: &[f64], band: usize) -> (f64, f64) {
    let low = if band == 0 { 0.0 } else { edges_per_cm[band] };
    let high = if band + 2 == edges_per_cm.len() {
        f64::INFINITY
    } else {
        edges_per_cm[band + 1]
    };
    (low, high)
}

vectorised! {
    fn interpolate(pair: &[f64], t: f64, slope: f64, flux: &mut [f64], per_k: &mut [f64]) {
        let bands = flux.len();
        let mut rows = pair.chunks_exact(bands);
        let mut row = || rows.next().unwrap_or(&[]);
        let (y0, d0, c0, y1, d1, c1) = (row(), row(), row(), row(), row(), row());
        let (d0, c0, y1) = (&d0[..bands], &c0[..bands], &y1[..bands]);
        let (d1, c1, per_k) = (&d1[..bands], &c1[..bands], &mut per_k[..bands]);
        for i in 0..y0.len().min(bands) {
            let half = 0.5 * c0[i];
            let value = y1[i] - y0[i] - d0[i] - half;
            let first = d1[i] - d0[i] - c0[i];
            let second = 0.5 * (c1[i] - c0[i]);
            let k3 = 10.0 * value - 4.0 * first + second;
            let k4 = 7.0 * first - 15.0 * value - 2.0 * second;
            let k5 = 6.0 * value - 3.0 * first + second;
            let y = y0[i] + t * (d0[i] + t * (half + t * (k3 + t * (k4 + t * k5))));
            let dy = d0[i] + t * (c0[i] + t * (3.0 * k3 + t * (4.0 * k4 + t * (5.0 * k5))));
            let b = exp(y);
            flux[i] = b;
            per_k[i] = b * dy * slope;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fractions of σT⁴ below λT of Modest, Radiative Heat Transfer, appendix C (four digits):
    /// 2898 µm K: 0.250 05 (Wien's law); 4107 µm K: half of the power.
    #[test]
    fn fractions_of_the_power_are_those_of_the_books() {
        let below = |product_um_k: f64| {
            let per_cm = 1e4 / (product_um_k / 1000.0);
            band_flux_w_m2(per_cm, f64::INFINITY, 1000.0) / (STEFAN_BOLTZMANN * 1e12)
        };
        assert!(
            (below(2897.77) - 0.250_05).abs() < 2e-5,
            "{}",
            below(2897.77)
        );
        assert!((below(4107.26) - 0.5).abs() < 2e-5, "{}", below(4107.26));
        assert!((below(10_000.0) - 0.914_16).abs() < 1e-5);
        assert!((below(1000.0) - 0.000_320_7).abs() < 2e-6);
    }

    #[test]
    fn the_parts_are_the_whole() {
        let edges: Vec<f64> = (0..200).map(|i| 100.0 * 1.036_f64.powi(i)).collect();
        let planck = BandPlanck::new(&edges);
        let (mut flux, mut per_k) = (vec![0.0; 199], vec![0.0; 199]);
        for temperature_k in [25.0, 333.3, 1700.0, 2512.0, 6000.0, 29_000.0_f64] {
            planck.fill(temperature_k, &mut flux, &mut per_k);
            let sigma_t3 = STEFAN_BOLTZMANN * temperature_k.powi(3);
            let sum: f64 = flux.iter().sum();
            let slope: f64 = per_k.iter().sum();
            assert!(
                (sum / (sigma_t3 * temperature_k) - 1.0).abs() < 1e-10,
                "{temperature_k}"
            );
            assert!(
                (slope / (4.0 * sigma_t3) - 1.0).abs() < 1e-8,
                "{temperature_k}"
            );
            for (band, value) in flux.iter().enumerate() {
                let (low, high) = outer_edges(&edges, band);
                let exact = band_flux_w_m2(low, high, temperature_k);
                // Measured 1e-12 where it counts.
                assert!(
                    (value - exact).abs() < 1e-10 * exact + 1e-16 * sum,
                    "{band} {temperature_k}"
                );
            }
        }
    }

    /// Both series at the switch. Measured 2e-15.
    #[test]
    fn the_two_series_meet() {
        let exponential = WHOLE - (-1.0_f64).exp() * scaled_above(1.0);
        assert!((exponential / below(1.0) - 1.0).abs() < 1e-14);
    }
}
