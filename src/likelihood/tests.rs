//! Every form against a value worked out by hand. Tolerance 1e-12; measured at most 2e-15.

mod refusals;

use std::io::Write;

use approx::assert_relative_eq;

use super::*;
use crate::config::{GaussianProcessKind, GroupBy, LikelihoodKind, PriorKind};

/// ln 2π, from its decimal expansion.
const LN_2PI: f64 = 1.837_877_066_409_345_5;

fn row(centre_um: f64, depth_ppm: f64, minus_ppm: f64, plus_ppm: f64) -> Row {
    Row {
        low_m: (centre_um - 0.05) * 1e-6,
        high_m: (centre_um + 0.05) * 1e-6,
        depth: depth_ppm * 1e-6,
        error_minus: minus_ppm * 1e-6,
        error_plus: plus_ppm * 1e-6,
        limit: Limit::None,
        instrument: "MIRI".to_owned(),
        mode: "LRS slitless".to_owned(),
        visit: "1".to_owned(),
        ..Row::default()
    }
}

fn two_rows() -> Vec<Row> {
    vec![row(5.5, 100.0, 10.0, 10.0), row(6.5, 140.0, 20.0, 20.0)]
}

fn ln_l(rows: &[Row], config: &LikelihoodConfig, depth_ppm: &[f64], nuisance: &[f64]) -> f64 {
    let noise = NoiseModel::build(rows, config).unwrap();
    let depth: Vec<f64> = depth_ppm.iter().map(|ppm| ppm * 1e-6).collect();
    let mut workspace = noise.workspace();
    // Twice, so that nothing left in the workspace can matter.
    let first = noise
        .ln_likelihood(&depth, nuisance, &mut workspace)
        .unwrap();
    let again = noise
        .ln_likelihood(&depth, nuisance, &mut workspace)
        .unwrap();
    assert_eq!(first, again);
    if noise.covariance.is_none() {
        let mut parts = vec![0.0; rows.len()];
        noise
            .ln_likelihood_pointwise(&depth, nuisance, &mut workspace, &mut parts)
            .unwrap();
        assert_relative_eq!(parts.iter().sum::<f64>(), first, max_relative = 1e-13);
    }
    first
}

/// r = (1σ, -2σ) with σ = (10, 20) ppm: -½(1 + 4) - ln 1e-5 - ln 2e-5 - ln 2π.
#[test]
fn gaussian_by_hand() {
    let expected = -2.5 - (1.0e-5_f64).ln() - (2.0e-5_f64).ln() - LN_2PI;
    let found = ln_l(
        &two_rows(),
        &LikelihoodConfig::default(),
        &[90.0, 180.0],
        &[],
    );
    assert_relative_eq!(found, expected, max_relative = 1e-12);
}

/// Errors 8 and 12 ppm average to 10 ppm; r = 10 ppm is 1σ; and the user is told.
#[test]
fn gaussian_takes_the_mean_of_asymmetric_errors_and_says_so() {
    let rows = [row(5.5, 100.0, 8.0, 12.0)];
    let config = LikelihoodConfig::default();
    let expected = -0.5 - (1.0e-5_f64).ln() - 0.5 * LN_2PI;
    assert_relative_eq!(
        ln_l(&rows, &config, &[90.0], &[]),
        expected,
        max_relative = 1e-12
    );
    let warnings = NoiseModel::build(&rows, &config)
        .unwrap()
        .warnings()
        .join("\n");
    assert!(
        warnings.contains("1 of 1 rows have asymmetric errors"),
        "{warnings}"
    );
}

/// σ₋ = 10, σ₊ = 20 ppm. Model 20 ppm above the datum: 1σ₊; 20 ppm below: 2σ₋.
/// ln √(2/π) = ½ ln 2 - ½ ln π = -0.225 791 352 644 727 4 by decimals.
#[test]
fn two_piece_normal_by_hand() {
    let config = LikelihoodConfig {
        kind: LikelihoodKind::TwoPieceNormal,
        ..LikelihoodConfig::default()
    };
    let rows = [row(5.5, 100.0, 10.0, 20.0)];
    let norm = -0.225_791_352_644_727_43 - (3.0e-5_f64).ln();
    assert_relative_eq!(
        ln_l(&rows, &config, &[120.0], &[]),
        norm - 0.5,
        max_relative = 1e-12
    );
    assert_relative_eq!(
        ln_l(&rows, &config, &[80.0], &[]),
        norm - 2.0,
        max_relative = 1e-12
    );
}

/// ν = 4: Γ(5/2)/Γ(2) = (3/4)√π, so the density at t is (3/8)(1 + t²/4)^(-5/2) / σ.
/// With σ = 10 ppm and t = 2: 3/8 · 2^(-5/2) / 1e-5.
#[test]
fn student_t_by_hand() {
    let config = LikelihoodConfig {
        kind: LikelihoodKind::StudentT,
        degrees_of_freedom: 4.0,
        ..LikelihoodConfig::default()
    };
    let rows = [row(5.5, 100.0, 10.0, 10.0)];
    let expected = (0.375 / 2.0_f64.powf(2.5) / 1.0e-5).ln();
    assert_relative_eq!(
        ln_l(&rows, &config, &[80.0], &[]),
        expected,
        max_relative = 1e-12
    );
}

/// A limit at 100 ppm with σ = 10 ppm: a model at the limit has ½; a model 2σ above an upper
/// limit Φ(-2) = 0.022 750 131 948 179 21 (mpmath); far below it 1. Lower limits are mirrored.
#[test]
fn limits_by_hand() {
    let mut rows = [row(5.5, 100.0, 30.0, 10.0)];
    let config = LikelihoodConfig::default();
    let phi_minus_two = 0.022_750_131_948_179_21_f64;
    rows[0].limit = Limit::Upper;
    for (model_ppm, expected) in [(100.0, 0.5_f64.ln()), (120.0, phi_minus_two.ln())] {
        let found = ln_l(&rows, &config, &[model_ppm], &[]);
        assert_relative_eq!(found, expected, max_relative = 1e-12);
    }
    assert!(ln_l(&rows, &config, &[0.0], &[]).abs() < 1e-20);
    // The lower limit takes the error towards smaller depths, 30 ppm.
    rows[0].limit = Limit::Lower;
    let found = ln_l(&rows, &config, &[40.0], &[]);
    assert_relative_eq!(found, phi_minus_two.ln(), max_relative = 1e-12);
}

/// ν = 2 has P(T < t) = ½ + t / (2 √(2 + t²)): at t = -1, ½ - 1/(2√3); and ν = 1 far out
/// P(T < -t) = atan(1/t)/π.
#[test]
fn limits_with_student_t_by_hand() {
    let mut rows = [row(5.5, 100.0, 10.0, 10.0)];
    rows[0].limit = Limit::Upper;
    let mut config = LikelihoodConfig {
        kind: LikelihoodKind::StudentT,
        degrees_of_freedom: 2.0,
        ..LikelihoodConfig::default()
    };
    let expected = (0.5 - 0.5 / 3.0_f64.sqrt()).ln();
    assert_relative_eq!(
        ln_l(&rows, &config, &[110.0], &[]),
        expected,
        max_relative = 1e-12
    );
    let expected = (0.5 + 0.5 / 3.0_f64.sqrt()).ln();
    assert_relative_eq!(
        ln_l(&rows, &config, &[90.0], &[]),
        expected,
        max_relative = 1e-12
    );
    config.degrees_of_freedom = 1.0;
    let expected = ((1.0e-6_f64).atan() / std::f64::consts::PI).ln();
    let found = ln_l(&rows, &config, &[1.0e7 + 100.0], &[]);
    assert_relative_eq!(found, expected, max_relative = 1e-12);
}

/// The three inflations bring 10 ppm to 20 ppm (s = 2), to 26 ppm (j = 24) and to √2 10 ppm
/// (10^b = 1e-10); r = 10 ppm.
#[test]
fn inflations_by_hand() {
    let rows = [row(5.5, 100.0, 10.0, 10.0)];
    for (kind, value, sigma, name) in [
        (
            InflationKind::Multiplicative,
            2.0,
            2.0e-5_f64,
            "error_scale_miri_lrs_slitless",
        ),
        (
            InflationKind::Quadrature,
            24.0,
            2.6e-5,
            "jitter_ppm_miri_lrs_slitless",
        ),
        (
            InflationKind::TenToB,
            -10.0,
            2.0e-10_f64.sqrt(),
            "log10_variance_b_miri_lrs_slitless",
        ),
    ] {
        let config = LikelihoodConfig {
            error_inflation: kind,
            ..LikelihoodConfig::default()
        };
        let expected = -0.5 * (1.0e-5 / sigma).powi(2) - sigma.ln() - 0.5 * LN_2PI;
        let found = ln_l(&rows, &config, &[110.0], &[value]);
        assert_relative_eq!(found, expected, max_relative = 1e-12);
        let noise = NoiseModel::build(&rows, &config).unwrap();
        assert_eq!(noise.parameter_names(), [name]);
        let (default_name, prior) = &noise.default_parameters()[0];
        assert_eq!(default_name, name);
        assert!(prior.assumed && prior.source.is_some());
    }
}

/// Offset +20 ppm and scale 1.5: a model of 80 ppm predicts 140 ppm, 2σ above 120 ppm.
#[test]
fn offset_and_scale_by_hand() {
    let rows = [row(5.5, 120.0, 10.0, 10.0)];
    let config = LikelihoodConfig {
        offset_by: GroupBy::Instrument,
        scale_by: GroupBy::Visit,
        ..LikelihoodConfig::default()
    };
    let noise = NoiseModel::build(&rows, &config).unwrap();
    assert_eq!(
        noise.parameter_names(),
        [
            "offset_ppm_miri_lrs_slitless",
            "depth_scale_miri_lrs_slitless_visit_1"
        ]
    );
    let expected = -2.0 - (1.0e-5_f64).ln() - 0.5 * LN_2PI;
    let found = ln_l(&rows, &config, &[80.0], &[20.0, 1.5]);
    assert_relative_eq!(found, expected, max_relative = 1e-12);
}

/// Two visits and a second instrument: each row meets its own parameters.
#[test]
fn parameters_of_instrument_and_visit_go_to_their_rows() {
    let mut rows = [two_rows(), two_rows()].concat();
    rows[2].visit = "Visit 2".to_owned();
    rows[3].instrument = "NIRCam".to_owned();
    rows[3].mode = "F444W".to_owned();
    rows[3].visit = String::new();
    let config = LikelihoodConfig {
        offset_by: GroupBy::Visit,
        error_inflation: InflationKind::Multiplicative,
        error_inflation_by: GroupBy::Instrument,
        ..LikelihoodConfig::default()
    };
    let noise = NoiseModel::build(&rows, &config).unwrap();
    assert_eq!(
        noise.parameter_names(),
        [
            "offset_ppm_miri_lrs_slitless_visit_1",
            "offset_ppm_miri_lrs_slitless_visit_2",
            "offset_ppm_nircam_f444w",
            "error_scale_miri_lrs_slitless",
            "error_scale_nircam_f444w",
        ]
    );
    // Offsets bring every prediction to the datum; σ = 10 s, 20 s, 10 s, 20 t with s = 2, t = 3.
    let expected = -(2.0e-5_f64 * 4.0e-5 * 2.0e-5 * 6.0e-5).ln() - 2.0 * LN_2PI;
    let found = ln_l(
        &rows,
        &config,
        &[99.0, 139.0, 98.0, 137.0],
        &[1.0, 2.0, 3.0, 2.0, 3.0],
    );
    assert_relative_eq!(found, expected, max_relative = 1e-12);
}

fn matrix_file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn with_matrix(file: &tempfile::NamedTempFile) -> LikelihoodConfig {
    LikelihoodConfig {
        covariance_file: Some(file.path().to_owned()),
        ..LikelihoodConfig::default()
    }
}

/// ln of a two-dimensional normal by the closed form with the determinant written out; all ppm.
fn two_by_two(c11: f64, c12: f64, c22: f64, r1: f64, r2: f64) -> f64 {
    let (c11, c12, c22) = (c11 * 1e-12, c12 * 1e-12, c22 * 1e-12);
    let (r1, r2) = (r1 * 1e-6, r2 * 1e-6);
    let determinant = c11 * c22 - c12 * c12;
    let chi_squared = (c22 * r1 * r1 - 2.0 * c12 * r1 * r2 + c11 * r2 * r2) / determinant;
    -0.5 * chi_squared - 0.5 * determinant.ln() - LN_2PI
}

/// C = (100 120; 120 400) ppm², r = (10, -20) ppm: det = 25600, rᵀ adj r = 40000 + 48000 + 40000 =
/// 128000, χ² = 5. With s = 2: C → 4 C. With j = 10 ppm: (200 120; 120 500).
#[test]
fn covariance_matrix_by_hand() {
    let file = matrix_file("# two bins\n100,120\n120,400\n");
    let rows = two_rows();
    let mut config = with_matrix(&file);
    let model = [90.0, 160.0];
    let expected = -2.5 - 0.5 * (25_600.0e-24_f64).ln() - LN_2PI;
    assert_relative_eq!(
        ln_l(&rows, &config, &model, &[]),
        expected,
        max_relative = 1e-12
    );

    config.error_inflation = InflationKind::Multiplicative;
    let expected = -0.625 - 0.5 * (16.0 * 25_600.0e-24_f64).ln() - LN_2PI;
    assert_relative_eq!(
        ln_l(&rows, &config, &model, &[2.0]),
        expected,
        max_relative = 1e-12
    );

    let expected = two_by_two(200.0, 120.0, 500.0, 10.0, -20.0);
    config.error_inflation = InflationKind::Quadrature;
    assert_relative_eq!(
        ln_l(&rows, &config, &model, &[10.0]),
        expected,
        max_relative = 1e-12
    );
    config.error_inflation = InflationKind::TenToB;
    assert_relative_eq!(
        ln_l(&rows, &config, &model, &[-10.0]),
        expected,
        max_relative = 1e-12
    );
    let warnings = NoiseModel::build(&rows, &config)
        .unwrap()
        .warnings()
        .join("\n");
    assert!(
        warnings.contains("in place of the quoted errors"),
        "{warnings}"
    );
}

/// Bins 1 µm apart, a = 15 ppm, l = 2 µm: k = e^(-½), and for Matérn 3/2 (1 + √3/2) e^(-√3/2).
#[test]
fn gaussian_process_by_hand() {
    let rows = two_rows();
    let root = 0.5 * 3.0_f64.sqrt();
    for (kind, correlation) in [
        (GaussianProcessKind::Exponential, (-0.5_f64).exp()),
        (GaussianProcessKind::Matern32, (1.0 + root) * (-root).exp()),
    ] {
        let config = LikelihoodConfig {
            gaussian_process: kind,
            ..LikelihoodConfig::default()
        };
        let noise = NoiseModel::build(&rows, &config).unwrap();
        assert_eq!(
            noise.parameter_names(),
            ["gp_amplitude_ppm", "gp_length_um"]
        );
        let expected = two_by_two(
            100.0 + 225.0,
            225.0 * correlation,
            400.0 + 225.0,
            10.0,
            -20.0,
        );
        let found = ln_l(&rows, &config, &[90.0, 160.0], &[15.0, 2.0]);
        assert_relative_eq!(found, expected, max_relative = 1e-12);
    }
}

/// Rows of two visits, out of order in wavelength: two independent blocks of two.
#[test]
fn gaussian_process_stays_within_a_visit_and_follows_the_wavelength() {
    let mut rows = [two_rows(), two_rows()].concat();
    rows[2].visit = "2".to_owned();
    rows[3].visit = "2".to_owned();
    rows.swap(1, 2);
    rows.swap(0, 1);
    // Now: 5.5 µm visit 2, 5.5 µm visit 1, 6.5 µm visit 1, 6.5 µm visit 2.
    let config = LikelihoodConfig {
        gaussian_process: GaussianProcessKind::Exponential,
        error_inflation: InflationKind::Multiplicative,
        ..LikelihoodConfig::default()
    };
    let k = 225.0 * (-0.5_f64).exp();
    let expected =
        two_by_two(625.0, k, 1825.0, 5.0, 7.0) + two_by_two(625.0, k, 1825.0, 10.0, -20.0);
    let found = ln_l(
        &rows,
        &config,
        &[95.0, 90.0, 160.0, 133.0],
        &[2.0, 15.0, 2.0],
    );
    assert_relative_eq!(found, expected, max_relative = 1e-12);
}

/// A covariance whose kernel is filled by products equals one of direct exponentials, over 28 bins
/// of uneven spacing. Tolerance 1e-12; measured 3e-16.
#[test]
fn gaussian_process_of_many_bins_equals_the_direct_matrix() {
    let rows: Vec<Row> = (0..28)
        .map(|i| {
            let i = f64::from(i);
            row(5.0 + 0.25 * i + 0.01 * (i * i) % 0.2, 100.0 + i, 20.0, 20.0)
        })
        .collect();
    let depth_ppm: Vec<f64> = (0..28).map(|i| 100.0 + 30.0 * f64::from(i).sin()).collect();
    let config = LikelihoodConfig {
        gaussian_process: GaussianProcessKind::Matern32,
        ..LikelihoodConfig::default()
    };
    let found = ln_l(&rows, &config, &depth_ppm, &[30.0, 0.6]);

    let residual = nalgebra::DVector::from_fn(28, |i, _| rows[i].depth * 1e6 - depth_ppm[i]);
    let centre = |i: usize| 0.5e6 * (rows[i].low_m + rows[i].high_m);
    let matrix = nalgebra::DMatrix::from_fn(28, 28, |i, j| {
        let x = 3.0_f64.sqrt() * (centre(i) - centre(j)).abs() / 0.6;
        900.0 * (1.0 + x) * (-x).exp() + if i == j { 400.0 } else { 0.0 }
    });
    let lu = matrix.lu();
    let chi_squared = residual.dot(&lu.solve(&residual).unwrap());
    let ln_determinant = lu.determinant().ln() - 28.0 * 1.0e12_f64.ln();
    let expected = -0.5 * (chi_squared + ln_determinant + 28.0 * LN_2PI);
    assert_relative_eq!(found, expected, max_relative = 1e-12);
}

/// Given r₂, r₁ is normal with mean C₁₂ r₂ / C₂₂ and variance C₁₁ - C₁₂² / C₂₂.
#[test]
fn pointwise_density_of_correlated_rows_is_the_conditional() {
    let file = matrix_file("100,120\n120,400\n");
    let mut config = with_matrix(&file);
    config.error_inflation = InflationKind::Multiplicative;
    let noise = NoiseModel::build(&two_rows(), &config).unwrap();
    let mut out = [0.0; 2];
    noise
        .ln_likelihood_pointwise(
            &[90.0e-6, 160.0e-6],
            &[2.0],
            &mut noise.workspace(),
            &mut out,
        )
        .unwrap();
    // C of s = 2: (400 480; 480 1600) ppm²; r = (10, -20) ppm. Mean 480·(-20)/1600 = -6 ppm,
    // variance 400 - 480²/1600 = 256 ppm²: r₁ lies 16 ppm = 1σ off.
    let expected = -0.5 - (16.0e-6_f64).ln() - 0.5 * LN_2PI;
    assert_relative_eq!(out[0], expected, max_relative = 1e-12);
    // Mean 480·10/400 = 12 ppm, variance 1600 - 480²/400 = 1024: r₂ lies 32 ppm = 1σ off.
    let expected = -0.5 - (32.0e-6_f64).ln() - 0.5 * LN_2PI;
    assert_relative_eq!(out[1], expected, max_relative = 1e-12);
}

/// Rows 10 ppm below and 20 ppm above their data: with two-piece errors (8, 12) ppm and (20, 25)
/// ppm that is 10/8 and -20/25; with a process of 15 ppm the errors are √(100 + 225), √(22.5² + 225).
#[test]
fn standardised_residuals_by_hand() {
    let rows = [row(5.5, 100.0, 8.0, 12.0), row(6.5, 140.0, 20.0, 25.0)];
    let mut config = LikelihoodConfig {
        kind: LikelihoodKind::TwoPieceNormal,
        ..LikelihoodConfig::default()
    };
    let found = |config: &LikelihoodConfig, nuisance: &[f64]| {
        let noise = NoiseModel::build(&rows, config).unwrap();
        let mut out = [0.0; 2];
        noise
            .standardised_residuals(&[90e-6, 160e-6], nuisance, &mut noise.workspace(), &mut out)
            .unwrap();
        out
    };
    let out = found(&config, &[]);
    assert_relative_eq!(out[0], 1.25, max_relative = 1e-12);
    assert_relative_eq!(out[1], -0.8, max_relative = 1e-12);
    config.kind = LikelihoodKind::Gaussian;
    config.gaussian_process = GaussianProcessKind::Exponential;
    let out = found(&config, &[15.0, 1.0]);
    assert_relative_eq!(out[0], 10.0 / 325.0_f64.sqrt(), max_relative = 1e-12);
    assert_relative_eq!(out[1], -20.0 / 731.25_f64.sqrt(), max_relative = 1e-12);
}

/// ∫ L dy = 1 over the datum: 20000 midpoints over ±40σ (Gaussian shapes), for every shape.
/// Tolerance 1e-6, for the corner of the two-piece form.
#[test]
fn every_shape_is_normalised_over_the_data() {
    for (kind, tolerance) in [
        (LikelihoodKind::Gaussian, 1e-9),
        (LikelihoodKind::TwoPieceNormal, 1e-6),
        // Beyond ±2000σ a t of 4 degrees holds 5e-12.
        (LikelihoodKind::StudentT, 1e-6),
    ] {
        let config = LikelihoodConfig {
            kind,
            error_inflation: InflationKind::Quadrature,
            ..LikelihoodConfig::default()
        };
        let noise = NoiseModel::build(&[row(5.5, 0.0, 8.0, 13.0)], &config).unwrap();
        let mut workspace = noise.workspace();
        let half_ppm = if kind == LikelihoodKind::StudentT {
            20_000.0
        } else {
            400.0
        };
        let step_ppm = half_ppm / 20_000.0;
        let total: f64 = (0..40_000)
            .map(|i| (f64::from(i) + 0.5) * step_ppm - half_ppm)
            // Only y - μ matters, so the model is moved instead of the datum.
            .map(|shift_ppm| {
                noise
                    .ln_likelihood(&[shift_ppm * 1e-6], &[5.0], &mut workspace)
                    .unwrap()
                    .exp()
                    * step_ppm
                    * 1e-6
            })
            .sum();
        assert_relative_eq!(total, 1.0, max_relative = tolerance);
    }
}
