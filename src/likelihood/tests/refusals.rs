//! What is rejected, what is fatal and what is refused.

use super::*;

fn refused(rows: &[Row], config: &LikelihoodConfig) -> String {
    NoiseModel::build(rows, config).unwrap_err().to_string()
}

#[test]
fn unusable_hyperparameters_reject_and_unusable_depths_are_fatal() {
    let rows = two_rows();
    let mut config = LikelihoodConfig {
        gaussian_process: GaussianProcessKind::Exponential,
        ..LikelihoodConfig::default()
    };
    let noise = NoiseModel::build(&rows, &config).unwrap();
    let mut workspace = noise.workspace();
    let depth = [1e-4, 1e-4];
    for length_um in [0.0, -1.0, f64::NAN] {
        let found = noise.ln_likelihood(&depth, &[10.0, length_um], &mut workspace);
        assert_eq!(found, Err(NOT_POSITIVE));
    }
    config.gaussian_process = GaussianProcessKind::None;
    config.error_inflation = InflationKind::Multiplicative;
    let noise = NoiseModel::build(&rows, &config).unwrap();
    let mut workspace = noise.workspace();
    let found = noise.ln_likelihood(&depth, &[0.0], &mut workspace);
    assert_eq!(found, Err(NOT_POSITIVE));
    for (depth, nuisance) in [
        (&[1e-4, f64::NAN][..], &[1.0][..]),
        (&[1e-4][..], &[1.0][..]),
        (&[1e-4, 1e-4][..], &[][..]),
    ] {
        let found = noise.ln_likelihood(depth, nuisance, &mut workspace);
        assert!(matches!(found, Err(ModelError::Fatal { .. })), "{found:?}");
    }
}

#[test]
fn combinations_without_a_likelihood_are_refused_by_key() {
    let rows = two_rows();
    let file = matrix_file("100,0\n0,400\n");
    for kind in [LikelihoodKind::TwoPieceNormal, LikelihoodKind::StudentT] {
        let mut config = LikelihoodConfig {
            kind,
            gaussian_process: GaussianProcessKind::Matern32,
            ..LikelihoodConfig::default()
        };
        let message = refused(&rows, &config);
        assert!(message.starts_with("likelihood.kind: found `"), "{message}");
        assert!(
            message.contains("`likelihood.gaussian_process`"),
            "{message}"
        );
        config.gaussian_process = GaussianProcessKind::None;
        config.covariance_file = Some(file.path().to_owned());
        assert!(refused(&rows, &config).contains("`likelihood.covariance_file`"));
    }
    let mut config = with_matrix(&file);
    config.gaussian_process = GaussianProcessKind::Exponential;
    assert!(refused(&rows, &config).starts_with("likelihood.gaussian_process: found"));
    config.covariance_file = None;
    let mut limited = two_rows();
    limited[1].limit = Limit::Upper;
    let message = refused(&limited, &config);
    assert!(
        message.contains("a limit in row 2 of those used"),
        "{message}"
    );
    assert!(refused(&rows[..1], &config).contains("no instrument and visit with bins"));
    let config = LikelihoodConfig {
        error_inflation: InflationKind::TenToB,
        error_inflation_by: GroupBy::None,
        ..LikelihoodConfig::default()
    };
    assert!(refused(&rows, &config).starts_with("likelihood.error_inflation_by: found `none`"));
    let config = LikelihoodConfig {
        kind: LikelihoodKind::StudentT,
        degrees_of_freedom: 0.0,
        ..LikelihoodConfig::default()
    };
    assert!(refused(&rows, &config).starts_with("likelihood.degrees_of_freedom: found 0"));
}

#[test]
fn unusable_rows_are_refused_by_row() {
    let config = LikelihoodConfig::default();
    assert!(refused(&[], &config).contains("no rows"));
    for (change, wanted) in [
        (
            (|row: &mut Row| row.error_minus = 0.0) as fn(&mut Row),
            "row 2 of those used, error towards smaller depths: found 0",
        ),
        (
            |row| row.error_plus = f64::NAN,
            "error towards greater depths: found NaN",
        ),
        (|row| row.depth = f64::INFINITY, "depth: found inf"),
        (|row| row.high_m = row.low_m, "lower bin edge"),
    ] {
        let mut rows = two_rows();
        change(&mut rows[1]);
        let message = refused(&rows, &config);
        assert!(message.contains(wanted), "{message}");
    }
    let mut rows = two_rows();
    rows[1].mode = "LRS-slitless".to_owned();
    let config = LikelihoodConfig {
        offset_by: GroupBy::Instrument,
        ..config
    };
    assert!(refused(&rows, &config).contains("both make the parameter name"));
}

#[test]
fn unusable_covariance_files_are_refused_by_row_and_column() {
    for (text, wanted) in [
        ("100,120\n", "found 1 rows; expected 2"),
        ("100,120\n120\n", "row 2: found 1 numbers; expected 2"),
        ("100,120\n120,x\n", "row 2, column 2: found `x`"),
        ("100,120\n121,400\n", "row 2, column 1: found 121 ppm²"),
        (
            "-1,0\n0,400\n",
            "row 1, column 1: found a variance of -1 ppm²",
        ),
        (
            "100,300\n300,400\n",
            "row 2: found a matrix that is not positive definite",
        ),
    ] {
        let file = matrix_file(text);
        let message = refused(&two_rows(), &with_matrix(&file));
        assert!(message.contains(wanted), "{message}");
    }
    let config = LikelihoodConfig {
        covariance_file: Some("no/such/file.csv".into()),
        ..LikelihoodConfig::default()
    };
    assert!(refused(&two_rows(), &config).contains("cannot read `no/such/file.csv`"));
}

/// Every default is a prior that the prior module takes.
#[test]
fn default_parameters_make_a_joint_prior() {
    for inflation in [
        InflationKind::Multiplicative,
        InflationKind::Quadrature,
        InflationKind::TenToB,
    ] {
        let config = LikelihoodConfig {
            error_inflation: inflation,
            error_inflation_by: GroupBy::Visit,
            offset_by: GroupBy::Visit,
            scale_by: GroupBy::Instrument,
            gaussian_process: GaussianProcessKind::Matern32,
            ..LikelihoodConfig::default()
        };
        let noise = NoiseModel::build(&two_rows(), &config).unwrap();
        let entries = noise.default_parameters().into_iter().collect();
        let prior = crate::prior::JointPrior::build(noise.parameter_names(), &entries).unwrap();
        assert_eq!(prior.unit_dim(), 5);
        let (_, offset) = &noise.default_parameters()[0];
        assert_eq!(offset.prior, Some(PriorKind::Normal));
        // The upper of the two middle errors, 10 and 20 ppm.
        assert_relative_eq!(offset.std.unwrap(), 20.0, max_relative = 1e-12);
        let mut theta = [0.0; 5];
        prior.transform(&[0.5; 5], &mut theta);
        let mut workspace = noise.workspace();
        noise
            .ln_likelihood(&[1e-4, 1e-4], &theta, &mut workspace)
            .unwrap();
    }
}
