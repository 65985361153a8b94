//! Every figure from realistic data and from odd data. `MAGMARET_FIGURES` names a folder in which
//! the figures are kept.

use std::path::{Path, PathBuf};

use magmaret::config::FigureFormat;
use magmaret::report::Label;
use magmaret::report::figures::{
    Band, DataBin, Destination, InsertionRanks, Marginal, ModelCurve, SpectralFigure, Trace,
    brightness_temperature, corner, insertion_rank, prior_posterior, spectrum, trace,
};

use crate::synthetic::{self, Run};

const BOTH: [FigureFormat; 2] = [FigureFormat::Svg, FigureFormat::Png];

/// Depth \[ppm\] of a featureless planet, and one with a band at 9 µm.
fn depth_ppm(wavelength_um: f64, band: f64) -> f64 {
    let planck =
        |temperature_k: f64| 1.0 / ((14_387.77 / wavelength_um / temperature_k).exp() - 1.0);
    let depth = 1.0e6 * 1.6e-4 * planck(2100.0) / planck(5200.0);
    depth * (1.0 - band * (-0.5 * ((wavelength_um - 9.0) / 0.6_f64).powi(2)).exp())
}

fn band(wavelength_um: Vec<f64>, median: impl Fn(f64) -> f64) -> Band {
    let of = |shift: f64| -> Vec<f64> {
        wavelength_um
            .iter()
            .map(|x| median(*x) * (1.0 + shift * (0.04 + 0.01 * (x - 5.0))))
            .collect()
    };
    Band {
        q025: of(-2.0),
        q16: of(-1.0),
        q50: of(0.0),
        q84: of(1.0),
        q975: of(2.0),
        wavelength_um,
    }
}

/// Eight MIRI LRS bins and one photometric point.
fn spectral(scale: impl Fn(f64) -> f64 + Copy, unit: f64) -> SpectralFigure {
    let noise = [0.6, -0.9, 0.2, 1.4, -0.4, -1.7, 0.8, -0.2, 0.9];
    let centres = [5.5, 6.3, 7.1, 7.9, 8.7, 9.5, 10.3, 11.1, 12.8];
    let data: Vec<DataBin> = (centres.iter().zip(noise).enumerate())
        .map(|(index, (centre, noise))| {
            let sigma = unit * (4.0 + 0.8 * (centre - 5.0_f64));
            DataBin {
                wavelength_low_um: centre - if index == 8 { 1.2 } else { 0.4 },
                wavelength_high_um: centre + if index == 8 { 1.2 } else { 0.4 },
                value: scale(depth_ppm(*centre, 0.15)) + noise * sigma,
                error_minus: sigma,
                error_plus: 1.4 * sigma,
                group: if index == 8 {
                    "MIRI F1280W"
                } else {
                    "MIRI LRS, visit 1"
                }
                .to_owned(),
            }
        })
        .collect();
    let fine: Vec<f64> = (0..300).map(|i| 4.8 + 9.5 * f64::from(i) / 299.0).collect();
    let curve = |name: &str, f: &dyn Fn(f64) -> f64| ModelCurve {
        name: name.to_owned(),
        wavelength_um: fine.clone(),
        median: fine.iter().map(|x| f(*x)).collect(),
    };
    SpectralFigure {
        model: "silicate atmosphere".to_owned(),
        data,
        native: Some(band(fine.clone(), |x| scale(depth_ppm(x, 0.15)))),
        binned: Some(band(centres.to_vec(), |x| scale(depth_ppm(x, 0.14)))),
        others: vec![
            curve("black body", &|x| scale(0.95 * depth_ppm(x, 0.0))),
            curve("bare rock", &|x| scale(1.12 * depth_ppm(x, 0.02))),
        ],
    }
}

fn marginals<'a>(run: &Run, values: &'a [Vec<f64>], prior: &'a [Vec<f64>]) -> Vec<Marginal<'a>> {
    (run.posterior.names().iter().zip(values).zip(prior))
        .map(|((name, values), prior)| Marginal {
            label: Label::from_name(name),
            values,
            prior,
            density: None,
        })
        .collect()
}

fn check(written: &[PathBuf]) {
    assert_eq!(written.len(), 2);
    let svg = std::fs::read_to_string(&written[0]).unwrap();
    assert!(svg.starts_with("<svg viewBox") && svg.trim_end().ends_with("</svg>"));
    assert!(
        !svg.contains("NaN") && !svg.contains("inf\""),
        "{}",
        written[0].display()
    );
    assert!(std::fs::read(&written[1]).unwrap().starts_with(b"\x89PNG"));
}

fn draw_all(run: &Run, folder: &Path) {
    let destination = Destination {
        folder,
        formats: &BOTH,
    };
    let columns = run.posterior.names().len();
    let values: Vec<Vec<f64>> = (0..columns)
        .map(|column| run.posterior.column(column))
        .collect();
    let prior: Vec<Vec<f64>> = (0..columns)
        .map(|column| run.prior.iter().map(|row| row[column]).collect())
        .collect();
    let all = marginals(run, &values, &prior);
    let parameters = &all[..run.posterior.parameter_count()];
    let weights = run.posterior.weights();
    check(&corner(parameters, weights, destination).unwrap());
    check(&prior_posterior(&all, weights, destination).unwrap());
    for (name, count) in [("one", 1), ("ten", 10)] {
        let columns: Vec<_> = all.iter().cycle().take(count).cloned().collect();
        let folder = folder.join(name);
        let destination = Destination {
            folder: &folder,
            formats: &BOTH,
        };
        check(&corner(&columns, weights, destination).unwrap());
        check(&prior_posterior(&columns, weights, destination).unwrap());
    }
    let input = Trace {
        ln_prior_volume: &run.ln_prior_volume,
        ln_likelihood: run.posterior.ln_likelihood(),
        weights,
        columns: parameters,
    };
    check(&trace(input, destination).unwrap());
    let one = folder.join("one");
    let elsewhere = Destination {
        folder: &one,
        formats: &BOTH,
    };
    let ensemble = Trace {
        ln_prior_volume: &[],
        columns: &parameters[..1],
        ..input
    };
    check(&trace(ensemble, elsewhere).unwrap());
    let mut photometry = spectral(|depth| depth, 1.0);
    photometry.data.drain(..8);
    photometry.binned = Some(band(vec![12.8], |x| depth_ppm(x, 0.14)));
    check(&spectrum(&photometry, elsewhere).unwrap());
    let ranks = InsertionRanks {
        ranks: &run.insertion_rank,
        p_value: Some(0.431),
    };
    check(&insertion_rank(ranks, destination).unwrap());
    check(&spectrum(&spectral(|depth| depth, 1.0), destination).unwrap());
    let mut temperatures = spectral(|depth_ppm| 300.0 + 30.0 * depth_ppm, 30.0);
    temperatures.data[5].value = f64::NAN;
    check(&brightness_temperature(&temperatures, destination).unwrap());
}

#[test]
fn figures_of_a_realistic_run() {
    let run = synthetic::run(3);
    let folder = tempfile::tempdir().unwrap();
    let kept = std::env::var_os("MAGMARET_FIGURES").map(PathBuf::from);
    draw_all(&run, kept.as_deref().unwrap_or(folder.path()));
}

/// Nothing here may panic or write a number that is none.
#[test]
fn figures_of_odd_data() {
    let folder = tempfile::tempdir().unwrap();
    let destination = Destination {
        folder: folder.path(),
        formats: &BOTH,
    };
    let cases: [(&[f64], &[f64]); 7] = [
        (&[], &[]),
        (&[1.0], &[1.0]),
        (&[2.0, 2.0, 2.0], &[0.2, 0.3, 0.5]),
        (&[f64::NAN, f64::INFINITY], &[0.5, 0.5]),
        (&[0.0, 1e300, -1e300], &[0.0, 1.0, 0.0]),
        (&[1.0, 2.0], &[0.0, 0.0]),
        (&[1e-12, 2e-12, 3e-12], &[0.3, 0.3, 0.4]),
    ];
    let impossible = [f64::NEG_INFINITY; 3];
    for (values, weights) in cases {
        let marginal = |prior| Marginal {
            label: Label::from_name("a_$b_k"),
            values,
            prior,
            density: None,
        };
        for columns in [
            vec![],
            vec![marginal(&[][..])],
            vec![marginal(&[1.0][..]), marginal(values), marginal(values)],
        ] {
            check(&corner(&columns, weights, destination).unwrap());
            check(&prior_posterior(&columns, weights, destination).unwrap());
            for ln_prior_volume in [&[][..], values] {
                for ln_likelihood in [values, &impossible[..values.len()]] {
                    let input = Trace {
                        ln_prior_volume,
                        ln_likelihood,
                        weights,
                        columns: &columns,
                    };
                    check(&trace(input, destination).unwrap());
                }
            }
        }
        check(
            &insertion_rank(
                InsertionRanks {
                    ranks: values,
                    p_value: None,
                },
                destination,
            )
            .unwrap(),
        );
    }
}

#[test]
fn spectra_of_odd_data() {
    let folder = tempfile::tempdir().unwrap();
    let destination = Destination {
        folder: folder.path(),
        formats: &BOTH,
    };
    let one = SpectralFigure {
        data: vec![DataBin {
            wavelength_low_um: 13.5,
            wavelength_high_um: 16.5,
            value: 50.0,
            ..DataBin::default()
        }],
        binned: Some(Band::default()),
        ..SpectralFigure::default()
    };
    let mut without_value = one.clone();
    without_value.data[0].value = f64::NAN;
    for input in [SpectralFigure::default(), one, without_value] {
        check(&spectrum(&input, destination).unwrap());
        check(&brightness_temperature(&input, destination).unwrap());
    }
}
