//! Limits and identities of the bare rock.

use approx::assert_relative_eq;

use super::*;
use crate::forward::BlackBody;
use crate::instrument::Passband;
use crate::spectrum::PiecewiseLinear;

const STAR_K: f64 = 3_535.0;
const RADIUS_RATIO: f64 = 0.0148;
const SCALED_AXIS: f64 = 3.34;
const TAIL: [f64; 3] = [RADIUS_RATIO, SCALED_AXIS, STAR_K];
/// Thermal emission and starlight of a hot planet, edges in µm.
const EDGES_UM: [(f64, f64); 4] = [(0.6, 1.0), (3.0, 4.0), (5.0, 12.0), (13.0, 17.0)];

fn with_bins<T>(build: impl FnOnce(&[BinSpec<'_>]) -> T) -> T {
    let passband = Passband::flat("flat");
    let bins = EDGES_UM.map(|(low_um, high_um)| BinSpec {
        low_m: low_um * 1e-6,
        high_m: high_um * 1e-6,
        passband: &passband,
    });
    build(&bins)
}

fn rock_of(star: Star, options: BareRockOptions) -> BareRock {
    with_bins(|bins| BareRock::new(star, bins, options).unwrap())
}

fn rock(options: BareRockOptions) -> BareRock {
    rock_of(Star::black_body(STAR_K), options)
}

fn grey_surface(albedo: f64) -> Surface {
    let curve = PiecewiseLinear::new(vec![1e-7, 5e-5], vec![albedo; 2]).unwrap();
    let star = Star::black_body(STAR_K);
    Surface::Tabulated(TabulatedSurface::new(curve, &star).unwrap())
}

fn theta(own: &[f64]) -> Vec<f64> {
    own.iter().chain(&TAIL).copied().collect()
}

fn depths(model: &impl ForwardModel, theta: &[f64]) -> Vec<f64> {
    let mut depth = vec![0.0; EDGES_UM.len()];
    model
        .eclipse_depth(theta, &mut model.workspace(), &mut depth)
        .unwrap();
    depth
}

fn derived(model: &impl ForwardModel, theta: &[f64]) -> Vec<f64> {
    let mut values = vec![0.0; model.derived_names().len()];
    model
        .derived(theta, &mut model.workspace(), &mut values)
        .unwrap();
    values
}

/// By definition T_max is the temperature of a black surface with f = 2/3; full
/// redistribution lowers it by (3/8)^1/4, and an albedo by (1 - A)^1/4.
#[test]
fn temperatures_follow_the_energy_balance() {
    let model = rock(BareRockOptions::default());
    let day = |f, albedo, emissivity| derived(&model, &theta(&[f, albedo, emissivity]));
    let hottest = day(2.0 / 3.0, 0.0, 1.0);
    assert_eq!(hottest[1], 1.0);
    let maximum_k = STAR_K / SCALED_AXIS.sqrt() * (2.0_f64 / 3.0).powf(0.25);
    assert_relative_eq!(hottest[0], maximum_k, max_relative = 1e-13);
    assert_relative_eq!(
        day(0.25, 0.0, 1.0)[1],
        0.375_f64.powf(0.25),
        max_relative = 1e-13
    );
    assert_relative_eq!(day(0.25, 0.0, 1.0)[0], hottest[3], max_relative = 1e-13);
    assert_relative_eq!(
        day(2.0 / 3.0, 0.5, 1.0)[1],
        0.5_f64.powf(0.25),
        max_relative = 1e-13
    );
    // Kirchhoff: with ε = 1 - A the temperature does not feel A.
    assert_relative_eq!(day(2.0 / 3.0, 0.4, 0.6)[1], 1.0, max_relative = 1e-13);
}

/// A planet as hot as its star covers it like a patch: the depth is the area ratio in every
/// bin.
#[test]
fn a_planet_as_hot_as_its_star_has_the_depth_of_its_area() {
    let star = Star::black_body(STAR_K);
    let model = with_bins(|bins| BlackBody::new(star, bins).unwrap());
    for depth in depths(&model, &[STAR_K, RADIUS_RATIO, SCALED_AXIS, STAR_K]) {
        assert_relative_eq!(depth, RADIUS_RATIO.powi(2), max_relative = 1e-12);
    }
}

/// A bare rock is a black body at its own dayside temperature, times its emissivity.
#[test]
fn a_bare_rock_is_a_black_body_of_its_temperature() {
    let model = rock(BareRockOptions::default());
    let point = theta(&[0.5, 0.2, 0.8]);
    let day_k = derived(&model, &point)[0];
    let star = Star::black_body(STAR_K);
    let black = with_bins(|bins| BlackBody::new(star, bins).unwrap());
    let expected = depths(&black, &theta(&[day_k]));
    for (found, expected) in depths(&model, &point).iter().zip(expected) {
        assert_relative_eq!(*found, 0.8 * expected, max_relative = 1e-12);
    }
}

/// A tabulated surface that is grey is the grey model with ε = 1 - A_B. Tolerance 1e-6;
/// measured 2e-13.
#[test]
fn a_grey_table_is_the_grey_model() {
    for (reflected_light, local_equilibrium) in
        [(false, false), (true, false), (false, true), (true, true)]
    {
        let options = |surface| BareRockOptions {
            surface,
            reflected_light,
            local_equilibrium,
        };
        let own: &[f64] = if local_equilibrium { &[] } else { &[0.6] };
        let tabulated = rock(options(grey_surface(0.3)));
        let grey = rock(options(Surface::Grey));
        let point = theta(own);
        let grey_point = theta(&[own, &[0.3, 0.7]].concat());
        for (found, expected) in (depths(&tabulated, &point).iter()).zip(depths(&grey, &grey_point))
        {
            assert_relative_eq!(*found, expected, max_relative = 1e-6);
        }
        let (found, expected) = (derived(&tabulated, &point), derived(&grey, &grey_point));
        assert_relative_eq!(found[0], expected[0], max_relative = 1e-9);
        assert_relative_eq!(found[4], 0.3, max_relative = 1e-12);
    }
}

/// Local equilibrium radiates as much as f = 2/3: ∫ 2 μ T⁴ dμ = (2/3) T_ss⁴. Its depth is
/// larger at short wavelengths (the substellar point outshines the mean) and smaller at long.
#[test]
fn local_equilibrium_has_the_bolometric_mean_of_two_thirds() {
    let local = rock(BareRockOptions {
        local_equilibrium: true,
        ..BareRockOptions::default()
    });
    assert_eq!(local.parameter_names()[0], "bond_albedo");
    let values = derived(&local, &theta(&[0.1, 0.9]));
    assert_relative_eq!(values[1], (0.9_f64 / 0.9).powf(0.25), max_relative = 1e-13);
    let uniform = rock(BareRockOptions::default());
    let spread = depths(&local, &theta(&[0.0, 1.0]));
    let flat = depths(&uniform, &theta(&[2.0 / 3.0, 0.0, 1.0]));
    assert!(spread[0] > 1.1 * flat[0]);
    assert!(spread[3] < flat[3]);
}

/// Six rings against sixty-four, 500 to 2700 K at the substellar point, from 3 µm. Measured
/// 2.8e-8.
#[test]
fn six_rings_are_enough() {
    let (few, many) = (gauss_power_law(RING_POINTS, 7.0), gauss_power_law(64, 7.0));
    let mean = |rule: &[(f64, f64)], wavelength_m, substellar_k: f64| -> f64 {
        (rule.iter())
            .map(|(u, weight)| weight * planck_flux(wavelength_m, substellar_k * u))
            .sum()
    };
    let mut worst = 0.0_f64;
    for (wavelength_m, substellar_k) in [(3e-6, 2_700.0), (5e-6, 1_000.0), (1e-5, 500.0)] {
        let ratio =
            mean(&few, wavelength_m, substellar_k) / mean(&many, wavelength_m, substellar_k);
        worst = worst.max((ratio - 1.0).abs());
    }
    assert!(worst < 1e-7, "{worst:e}");
}

/// What the surface reflects is A_g (R_p/a)² in every bin, with A_g = 2/3 A.
#[test]
fn reflected_light_is_that_of_a_lambert_sphere() {
    let dark = rock(BareRockOptions::default());
    let bright = rock(BareRockOptions {
        reflected_light: true,
        ..BareRockOptions::default()
    });
    let point = theta(&[0.4, 0.3, 1.0]);
    let added = 2.0 / 3.0 * 0.3 * (RADIUS_RATIO / SCALED_AXIS).powi(2);
    for (bright, dark) in depths(&bright, &point).iter().zip(depths(&dark, &point)) {
        assert_relative_eq!(bright - dark, added, max_relative = 1e-9);
    }
}

/// hc ≪ λkT: the depth tends to (R_p/R_*)² T_day/T_*. At 1 to 1.1 cm and 3000 K the next
/// term of the series is hc/2λkT (1/T_day - 1/T_*) T < 1e-3.
#[test]
fn long_waves_give_the_ratio_of_temperatures() {
    let passband = Passband::flat("flat");
    let bins = [BinSpec {
        low_m: 1.0e-2,
        high_m: 1.1e-2,
        passband: &passband,
    }];
    let model = BlackBody::new(Star::black_body(STAR_K), &bins).unwrap();
    let mut depth = [0.0];
    model
        .eclipse_depth(&theta(&[1_500.0]), &mut model.workspace(), &mut depth)
        .unwrap();
    let limit = RADIUS_RATIO.powi(2) * 1_500.0 / STAR_K;
    assert_relative_eq!(depth[0], limit, max_relative = 1e-3);
}

/// A table of a black body is that black body, and follows the temperature of the star. The
/// chords of 4000 points lie 1e-6 above the curve.
#[test]
fn a_tabulated_black_body_is_the_black_body() {
    let x: Vec<f64> = (0..4_000)
        .map(|i| 1e-7 * (1e3_f64).powf(f64::from(i) / 3_999.0))
        .collect();
    let y = x.iter().map(|&x| planck_flux(x, STAR_K)).collect();
    let star = Star::from_table(PiecewiseLinear::new(x, y).unwrap(), STAR_K, "test");
    let tabulated = rock_of(star, BareRockOptions::default());
    let black = rock(BareRockOptions::default());
    for star_k in [STAR_K, 1.04 * STAR_K] {
        let point = [0.6, 0.1, 1.0, RADIUS_RATIO, SCALED_AXIS, star_k];
        let expected = depths(&black, &point);
        for (found, expected) in depths(&tabulated, &point).iter().zip(expected) {
            assert_relative_eq!(*found, expected, max_relative = 3e-5);
        }
        let grid = [4.0e-6, 4.1e-6, 4.2e-6];
        let (mut of_table, mut of_black) = (Spectrum::default(), Spectrum::default());
        tabulated.spectrum(&point, &grid, &mut of_table).unwrap();
        black.spectrum(&point, &grid, &mut of_black).unwrap();
        // The mean over 0.1 µm lies above the value at its centre by 1/24 (0.1/4)² 4 · 5.
        for (found, expected) in of_table.star_flux.iter().zip(&of_black.star_flux) {
            assert_relative_eq!(*found, *expected, max_relative = 6e-2);
        }
        assert_relative_eq!(
            of_table.star_flux[1],
            of_black.star_flux[1],
            max_relative = 6e-4
        );
    }
}

#[test]
fn a_star_table_must_cover_the_bins() {
    let table = PiecewiseLinear::new(vec![5e-7, 1.5e-5], vec![1.0, 1.0]).unwrap();
    let star = Star::from_table(table, STAR_K, "short.txt");
    let message =
        with_bins(|bins| BareRock::new(star, bins, BareRockOptions::default()).unwrap_err())
            .to_string();
    assert!(
        message.contains("short.txt") && message.contains("bin 4"),
        "{message}"
    );
}

#[test]
fn unphysical_points_are_rejected_by_name() {
    let model = rock(BareRockOptions::default());
    let good = theta(&[0.6, 0.1, 1.0]);
    let reason = |index: usize, value: f64| {
        let mut point = good.clone();
        point[index] = value;
        let mut depth = vec![0.0; EDGES_UM.len()];
        model.eclipse_depth(&point, &mut model.workspace(), &mut depth)
    };
    let rejected = |reason| Err(ModelError::Rejected(reason));
    assert_eq!(reason(0, 0.0), rejected(RejectReason::NoEnergyBalance));
    assert_eq!(reason(1, 1.0), rejected(RejectReason::NoEnergyBalance));
    assert_eq!(reason(2, 0.0), rejected(RejectReason::NoEnergyBalance));
    assert_eq!(reason(3, -0.1), rejected(RejectReason::ImpossibleGeometry));
    assert_eq!(reason(4, 1.01), rejected(RejectReason::ImpossibleGeometry));
    assert_eq!(
        reason(4, 1e6),
        rejected(RejectReason::TemperatureOutOfRange)
    );
    assert_eq!(
        reason(5, 10.0),
        rejected(RejectReason::TemperatureOutOfRange)
    );
    assert!(matches!(reason(5, f64::NAN), Err(ModelError::Fatal { .. })));
}

/// The monochromatic spectrum, averaged over a bin by hand, is the depth of the bin.
#[test]
fn the_spectrum_is_the_bin_in_the_small() {
    let model = rock(BareRockOptions {
        reflected_light: true,
        local_equilibrium: true,
        ..BareRockOptions::default()
    });
    let point = theta(&[0.2, 0.9]);
    let steps = 2_000;
    let (low, high) = (EDGES_UM[1].0 * 1e-6, EDGES_UM[1].1 * 1e-6);
    let grid: Vec<f64> = (0..steps)
        .map(|i| low + (high - low) * (f64::from(i) + 0.5) / f64::from(steps))
        .collect();
    let mut spectrum = Spectrum::default();
    model.spectrum(&point, &grid, &mut spectrum).unwrap();
    let photons = |flux: &[f64]| -> f64 { flux.iter().zip(&grid).map(|(f, x)| f * x).sum() };
    let by_hand =
        RADIUS_RATIO.powi(2) * photons(&spectrum.planet_flux) / photons(&spectrum.star_flux);
    assert_relative_eq!(depths(&model, &point)[1], by_hand, max_relative = 1e-6);
    let i = 700;
    assert_relative_eq!(
        spectrum.eclipse_depth[i],
        RADIUS_RATIO.powi(2) * spectrum.planet_flux[i] / spectrum.star_flux[i]
    );
}
