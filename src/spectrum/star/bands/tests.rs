use approx::assert_relative_eq;

use super::*;
use crate::spectrum::PiecewiseLinear;

fn logarithmic(low: f64, high: f64, bands: usize) -> Vec<f64> {
    (0..=bands)
        .map(|i| low * (high / low).powf(i as f64 / bands as f64))
        .collect()
}

fn bands(star: &Star, temperature_k: f64, edges: &[f64], scale: FluxScale) -> Vec<f64> {
    let mut out = vec![0.0; edges.len() - 1];
    star.band_fluxes(temperature_k, edges, scale, &mut out)
        .unwrap();
    out
}

fn planck_table(temperature_k: f64, low_m: f64, high_m: f64, points: u32) -> PiecewiseLinear {
    let x: Vec<f64> = (0..points)
        .map(|i| low_m * (high_m / low_m).powf(f64::from(i) / f64::from(points - 1)))
        .collect();
    let y = x.iter().map(|&x| planck_flux(x, temperature_k)).collect();
    PiecewiseLinear::new(x, y).unwrap()
}

/// Shares of σT⁴ below λT. Source: Incropera & DeWitt, *Fundamentals of Heat and Mass Transfer*,
/// table 12.1 (σ = 5.670e-8, c₁ = 3.742e8, c₂ = 14388: up to 6e-5 of the share; measured 3.7e-5). A ζ with a wrong digit or a term
/// left out of the exponential series fails the quadrature below.
#[test]
fn shares_of_a_black_body_are_those_of_the_books() {
    for (lambda_t_um_k, share) in [
        (1_000.0, 0.000_321),
        (2_000.0, 0.066_728),
        (3_000.0, 0.273_232),
        (4_000.0, 0.480_877),
        (5_000.0, 0.633_747),
        (8_000.0, 0.856_288),
    ] {
        let found = planck_fraction(1e4 / lambda_t_um_k, f64::INFINITY, 1.0);
        assert!((found - share).abs() < 6e-5, "{lambda_t_um_k}: {found}");
    }
    // Radiative-transfer range of a 5770 K star: shares below 0.244, 0.3 and 0.5 µm.
    for (um, share, tolerance) in [
        (0.244, 8.1e-3, 1e-4),
        (0.3, 3.2e-2, 5e-4),
        (0.5, 0.25, 5e-3),
    ] {
        let found = planck_fraction(1e4 / um, f64::INFINITY, 5_770.0);
        assert!((found - share).abs() < tolerance, "{um}: {found}");
    }
}

/// Both series against a quadrature of 3e5 points, on either side of the switch and across it.
/// Measured 3e-11 of the band, the quadrature's own
/// error.
#[test]
fn both_series_are_the_integral() {
    for (low, high) in [
        (0.01, 0.05),
        (0.5, 1.4),
        (1.4, 1.6),
        (1.49, 1.51),
        (3.0, 3.01),
        (20.0, 30.0),
    ] {
        let steps = 300_000;
        let width = (high - low) / f64::from(steps);
        let sum: f64 = (0..steps)
            .map(|i| low + (f64::from(i) + 0.5) * width)
            .map(|u: f64| u.powi(3) / u.exp_m1() * width)
            .sum();
        let per_cm = |x: f64| x / SECOND_RADIATION_CM_K;
        let found = planck_fraction(per_cm(low), per_cm(high), 1.0);
        assert_relative_eq!(found, NORM * sum, max_relative = 1e-9);
    }
    let seam = fraction_below(SERIES_SWITCH) + fraction_above(SERIES_SWITCH);
    assert!((seam - 1.0).abs() < 1e-14, "{seam}");
}

/// Nothing is lost at any cut of the range, for a black body and for a table.
#[test]
fn tails_go_to_the_edge_bands() {
    let black = Star::black_body(5_000.0);
    let sun = Star::embedded(Some("sun_g2"), 5_777.0).unwrap();
    for (star, temperature_k) in [(&black, 5_000.0), (&black, 4_000.0), (&sun, 5_777.0)] {
        let whole: f64 = bands(star, temperature_k, &[1.0, 1e6], FluxScale::AsIs)[0];
        for (low, high, count) in [(200.0, 1e5, 400), (1e3, 2e4, 7), (5e3, 6e3, 1)] {
            let edges = logarithmic(low, high, count);
            let found = bands(star, temperature_k, &edges, FluxScale::AsIs);
            assert_relative_eq!(found.iter().sum::<f64>(), whole, max_relative = 1e-12);
        }
    }
    let sigma_t4 = STEFAN_BOLTZMANN * 5_000_f64.powi(4);
    let edges = logarithmic(200.0, 1e5, 400);
    let found: f64 = bands(&black, 5_000.0, &edges, FluxScale::AsIs).iter().sum();
    assert_relative_eq!(found, sigma_t4, max_relative = 1e-13);
}

/// A tabulated black body has the bands of the black body: at its temperature, at another, and
/// where it is continued beyond its ends. Measured 2e-4 at 0.13 µm and 5e-7 from
/// 0.4 µm on: the straight lines between 3000 points.
#[test]
fn a_table_of_a_black_body_has_its_bands() {
    let edges = logarithmic(400.0, 8e4, 60);
    for (low_m, high_m) in [(1e-7, 1e-3), (4e-7, 3e-6)] {
        let star = Star::from_table(planck_table(5_000.0, low_m, high_m, 3_000), 5_000.0, "test");
        for temperature_k in [5_000.0, 5_300.0] {
            let exact = bands(
                &Star::black_body(5_000.0),
                temperature_k,
                &edges,
                FluxScale::AsIs,
            );
            let found = bands(&star, temperature_k, &edges, FluxScale::AsIs);
            for (found, exact) in found.iter().zip(&exact) {
                assert_relative_eq!(found, exact, max_relative = 1e-3);
            }
        }
    }
}

/// The scaled bands add up to σT⁴ and keep their ratios.
#[test]
fn scaled_bands_add_up_to_the_effective_temperature() {
    let star = Star::from_table(planck_table(5_000.0, 1e-7, 1e-3, 500), 5_200.0, "test");
    let edges = logarithmic(400.0, 8e4, 9);
    for temperature_k in [5_200.0, 4_900.0] {
        let plain = bands(&star, temperature_k, &edges, FluxScale::AsIs);
        let scaled = bands(&star, temperature_k, &edges, FluxScale::Bolometric);
        let sigma_t4 = STEFAN_BOLTZMANN * temperature_k.powi(4);
        assert_relative_eq!(scaled.iter().sum::<f64>(), sigma_t4, max_relative = 1e-13);
        assert!((plain.iter().sum::<f64>() / sigma_t4 - 1.0).abs() > 0.1);
        for (scaled, plain) in scaled.iter().zip(&plain) {
            assert_relative_eq!(
                scaled / plain,
                sigma_t4 / plain_total(&star, temperature_k, &edges),
                max_relative = 1e-12
            );
        }
    }
}

fn plain_total(star: &Star, temperature_k: f64, edges: &[f64]) -> f64 {
    bands(star, temperature_k, edges, FluxScale::AsIs)
        .iter()
        .sum()
}

/// A factor on the ultraviolet moves the bands below 0.3 µm (above 33 333 cm⁻¹) and no other.
#[test]
fn the_ultraviolet_factor_ends_at_three_tenths_of_a_micrometre() {
    let edges = [200.0, 1e4, 2.5e4, 1e6 / 30.0, 4e4, 1e5];
    let sun = || Star::embedded(Some("sun_g2"), 5_777.0).unwrap();
    for star in [Star::black_body(5_777.0), sun()] {
        let plain = bands(&star, 5_777.0, &edges, FluxScale::AsIs);
        let scaled = star.with_uv_scale(3.0).unwrap();
        let found = bands(&scaled, 5_777.0, &edges, FluxScale::AsIs);
        for (i, factor) in [1.0, 1.0, 1.0, 3.0, 3.0].into_iter().enumerate() {
            // 1e-4 is the straight lines of the tabulated black body.
            assert_relative_eq!(found[i], factor * plain[i], max_relative = 1e-4);
        }
        let at = |um: f64| scaled.flux(um * 1e-6, 5_777.0).unwrap();
        assert!(at(0.29999) / at(0.30001) > 2.5);
    }
}

#[test]
fn edges_that_are_none_are_refused() {
    let star = Star::black_body(5_000.0);
    let mut out = [0.0; 2];
    for edges in [
        &[1.0, 2.0][..],
        &[1.0, 2.0, 2.0],
        &[3.0, 2.0, 1.0],
        &[-1.0, 2.0, 3.0],
        &[1.0, f64::NAN, 3.0],
        &[1.0, 2.0, f64::INFINITY],
    ] {
        assert!(
            star.band_fluxes(5_000.0, edges, FluxScale::AsIs, &mut out)
                .is_err()
        );
    }
    assert!(
        star.band_fluxes(5_000.0, &[1.0], FluxScale::AsIs, &mut [])
            .is_err()
    );
    assert!(
        star.band_fluxes(0.0, &[1.0, 2.0, 3.0], FluxScale::AsIs, &mut out)
            .is_err()
    );
}
