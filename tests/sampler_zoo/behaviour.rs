//! Properties of single runs: the same for any number of threads, resumed or straight, extended;
//! plateaus and rejected regions; prior volumes.

use std::f64::consts::PI;

use magmaret::config::{Kernel, SamplerConfig, SamplerKind};
use magmaret::error::{ModelError, RejectReason};
use magmaret::sampler::{
    EnsembleRun, EnsembleSettings, Extension, NestedRun, NestedSettings, Observer, Progress,
    SampleSet, Status, Target,
};
use rayon::prelude::*;

use crate::census::Silent;
use crate::problems;

/// Stops after every batch.
struct StopEachTime;

impl Observer for StopEachTime {
    fn on_batch(&mut self, _: &Progress) -> bool {
        false
    }
}

/// A target made of a closure.
struct Closure<F>(usize, F);

impl<F: Fn(&[f64]) -> Result<f64, ModelError> + Sync> Target for Closure<F> {
    type Workspace = ();

    fn dim(&self) -> usize {
        self.0
    }

    fn workspace(&self) {}

    fn ln_likelihood(&self, unit: &[f64], (): &mut ()) -> Result<f64, ModelError> {
        self.1(unit)
    }
}

fn small(kernel: Kernel) -> NestedSettings {
    NestedSettings::from_config(&SamplerConfig {
        live_points: 60,
        kernel,
        delta_ln_z: 0.1,
        ..SamplerConfig::default()
    })
}

fn straight<T: Target>(settings: &NestedSettings, target: &T, seed: u64) -> SampleSet {
    let mut run = NestedRun::new(settings.clone(), target.dim(), seed).unwrap();
    assert_eq!(run.advance(target, &mut Silent).unwrap(), Status::Finished);
    run.finish()
}

#[test]
fn sampler_zoo_one_two_and_eight_threads_give_the_same_bits() {
    let problem = problems::named("banana6");
    for kernel in [
        Kernel::Auto,
        Kernel::Ellipsoids,
        Kernel::RandomWalk,
        Kernel::Slice,
    ] {
        let with = |threads: usize| {
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap()
                .install(|| straight(&small(kernel), &problem, 3))
        };
        let one = with(1);
        assert_eq!(one, with(2), "{kernel:?}, 2 threads");
        assert_eq!(one, with(8), "{kernel:?}, 8 threads");
    }
    let ensemble = |threads: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
            .install(|| {
                let settings = EnsembleSettings {
                    walkers: 20,
                    steps: 50,
                    max_likelihood_calls: u64::MAX,
                };
                let mut run = EnsembleRun::new(settings, 6, 3).unwrap();
                run.advance(&problem, &mut Silent).unwrap();
                run.finish()
            })
    };
    assert_eq!(ensemble(1), ensemble(2));
    assert_eq!(ensemble(1), ensemble(8));
}

/// Stopped, stored and read back after every single batch, a run ends with the same bits.
#[test]
fn sampler_zoo_resuming_at_every_batch_changes_nothing() {
    let problem = problems::named("gauss2");
    let mut dynamic = small(Kernel::RandomWalk);
    dynamic.target_effective_samples = Some(600);
    for settings in [
        small(Kernel::Auto),
        small(Kernel::RandomWalk),
        small(Kernel::Slice),
        dynamic,
    ] {
        let mut run = NestedRun::new(settings.clone(), 2, 5).unwrap();
        while run.advance(&problem, &mut StopEachTime).unwrap() == Status::Interrupted {
            run = NestedRun::from_bytes(&run.to_bytes().unwrap()).unwrap();
        }
        assert_eq!(run.finish(), straight(&settings, &problem, 5));
    }
    let settings = EnsembleSettings {
        walkers: 8,
        steps: 30,
        max_likelihood_calls: u64::MAX,
    };
    let mut whole = EnsembleRun::new(settings.clone(), 2, 5).unwrap();
    whole.advance(&problem, &mut Silent).unwrap();
    let mut run = EnsembleRun::new(settings, 2, 5).unwrap();
    while run.advance(&problem, &mut StopEachTime).unwrap() == Status::Interrupted {
        run = EnsembleRun::from_bytes(&run.to_bytes().unwrap()).unwrap();
    }
    assert_eq!(run.finish(), whole.finish());
}

/// A lower stop continues the run: the same as if it had been asked for at once.
#[test]
fn sampler_zoo_a_lower_stop_continues_the_same_run() {
    let problem = problems::named("gauss2");
    let mut run = NestedRun::new(small(Kernel::Auto), 2, 8).unwrap();
    run.advance(&problem, &mut Silent).unwrap();
    let before = run.likelihood_calls();
    let extension = Extension {
        delta_ln_z: Some(0.001),
        ..Extension::default()
    };
    run.extend(&extension).unwrap();
    assert!(!run.is_finished());
    assert_eq!(
        run.advance(&problem, &mut Silent).unwrap(),
        Status::Finished
    );
    assert!(run.likelihood_calls() > before);
    let lower = NestedSettings {
        delta_ln_z: 0.001,
        ..small(Kernel::Auto)
    };
    assert_eq!(run.finish(), straight(&lower, &problem, 8));
    let higher = Extension {
        delta_ln_z: Some(0.1),
        ..Extension::default()
    };
    assert!(run.extend(&higher).is_err());
}

/// Three times as many points added: half of the error, and no bias.
#[test]
fn sampler_zoo_added_live_points_shrink_the_error_as_a_square_root() {
    let problem = problems::named("gauss2");
    let runs = 60;
    let pairs: Vec<(f64, f64, f64)> = (0..runs)
        .into_par_iter()
        .map(|seed| {
            let mut run = NestedRun::new(small(Kernel::Auto), 2, 100 + seed).unwrap();
            run.advance(&problem, &mut Silent).unwrap();
            let before = run.finish().evidence.unwrap().ln_evidence_error;
            let extension = Extension {
                live_points: Some(180),
                ..Extension::default()
            };
            run.extend(&extension).unwrap();
            assert_eq!(
                run.advance(&problem, &mut Silent).unwrap(),
                Status::Finished
            );
            assert_eq!(run.live_points(), 240);
            let after = run.finish().evidence.unwrap();
            (
                before,
                after.ln_evidence_error,
                after.ln_evidence - problem.ln_evidence,
            )
        })
        .collect();
    let mean = |value: &dyn Fn(&(f64, f64, f64)) -> f64| {
        pairs.iter().map(value).sum::<f64>() / runs as f64
    };
    let (before, after) = (mean(&|p| p.0), mean(&|p| p.1));
    assert!(
        (after / before - 0.5).abs() < 0.05,
        "{before} became {after}"
    );
    let bias = mean(&|p| p.2);
    let scatter = mean(&|p| (p.2 - bias).powi(2)).sqrt();
    assert!(
        bias.abs() < 3.0 * scatter / (runs as f64).sqrt(),
        "bias {bias}"
    );
    // 3 sigma of a scatter from 60 runs is 27 %.
    assert!(
        (0.73..1.27).contains(&(scatter / after)),
        "{scatter} against {after}"
    );
}

fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (count - 1.0);
    (mean, (variance / count).sqrt())
}

fn deviations<T: Target>(kernel: Kernel, target: &T, truth: f64, runs: u64) -> Vec<f64> {
    (0..runs)
        .into_par_iter()
        .map(|seed| {
            let samples = straight(&small(kernel), target, 1_000 + seed);
            samples.evidence.unwrap().ln_evidence - truth
        })
        .collect()
}

/// Half of the cube rejected: ln Z = ln(1/2) for L = 1 elsewhere, and ln(1/2) + ln(1 - e⁻¹) for an
/// exponential.
#[test]
fn sampler_zoo_a_rejected_half_of_the_cube_counts_as_volume() {
    let halves = |unit: &[f64]| {
        if unit[0] < 0.5 {
            return Err(ModelError::Rejected(RejectReason::ImpossibleGeometry));
        }
        Ok(0.0)
    };
    let exponential = |unit: &[f64]| halves(unit).map(|_| -unit[1]);
    for kernel in [Kernel::Auto, Kernel::RandomWalk, Kernel::Slice] {
        let flat = deviations(kernel, &Closure(3, halves), 0.5_f64.ln(), 60);
        let (bias, error) = mean_and_error(&flat);
        assert!(bias.abs() < 3.0 * error, "{kernel:?} flat {bias} ± {error}");
        let truth = 0.5_f64.ln() + (1.0 - (-1.0_f64).exp()).ln();
        let sloped = deviations(kernel, &Closure(3, exponential), truth, 60);
        let (bias, error) = mean_and_error(&sloped);
        assert!(
            bias.abs() < 3.0 * error,
            "{kernel:?} sloped {bias} ± {error}"
        );
    }
    let samples = straight(&small(Kernel::Auto), &Closure(3, halves), 1);
    assert!(samples.rejected[&RejectReason::ImpossibleGeometry] > 20);
    assert!(samples.unit.chunks(3).all(|unit| unit[0] >= 0.5));
}

/// A wedding cake: ln L = the number of nested cubes of sides 0.6^k that hold the point, k = 1..8.
/// Every value is a plateau. Z = 1 + Σ (e^k - e^(k-1)) 0.6^(d k).
#[test]
fn sampler_zoo_a_cake_of_plateaus_has_its_evidence() {
    const DIM: usize = 2;
    let cake = |unit: &[f64]| {
        let radius = unit
            .iter()
            .map(|u| (2.0 * u - 1.0).abs())
            .fold(0.0, f64::max);
        Ok((1..=8).take_while(|&k| radius < 0.6_f64.powi(k)).count() as f64)
    };
    let truth = (1..=8)
        .map(|k| (f64::from(k).exp() - f64::from(k - 1).exp()) * 0.6_f64.powi(k * DIM as i32))
        .fold(1.0_f64, |sum, term| sum + term)
        .ln();
    for kernel in [Kernel::Ellipsoids, Kernel::RandomWalk, Kernel::Slice] {
        let (bias, error) = mean_and_error(&deviations(kernel, &Closure(DIM, cake), truth, 80));
        assert!(bias.abs() < 3.0 * error, "{kernel:?} {bias} ± {error}");
    }
}

/// The whole cube at one value: ln Z is that value, exactly up to what the last points leave.
#[test]
fn sampler_zoo_a_flat_likelihood_gives_its_value() {
    let samples = straight(&small(Kernel::Auto), &Closure(2, |_: &[f64]| Ok(-3.0)), 2);
    let evidence = samples.evidence.unwrap();
    assert!((evidence.ln_evidence + 3.0).abs() < 1e-3, "{evidence:?}");
    assert!(evidence.ln_evidence_error < 1e-2 && evidence.information < 1e-3);
}

/// Enclosed volumes themselves (after UltraNest's test): the volume inside each dead point's
/// contour is known, and so is its logarithm's scatter.
#[test]
fn sampler_zoo_prior_volumes_are_those_of_the_contours() {
    let ball = |dim: usize| match dim {
        2 => PI,
        3 => 4.0 / 3.0 * PI,
        _ => unreachable!(),
    };
    let distance = |unit: &[f64]| unit.iter().map(|u| (u - 0.5).powi(2)).sum::<f64>().sqrt();
    let gaussian = |unit: &[f64]| Ok(-0.5 * (distance(unit) / 0.02).powi(2));
    let pyramid = |unit: &[f64]| {
        let side = unit.iter().map(|u| (u - 0.5).abs()).fold(0.0, f64::max);
        Ok(-side.ln())
    };
    let shell = |unit: &[f64]| Ok(-0.5 * ((distance(unit) - 0.3) / 0.01).powi(2));
    // ln of the volume with a larger ln L, valid once the contour lies inside the cube.
    let gaussian_volume =
        |ln_likelihood: f64| (ball(3) * (0.02 * (-2.0 * ln_likelihood).sqrt()).powi(3)).ln();
    let pyramid_volume = |ln_likelihood: f64| 3.0 * (2.0 * (-ln_likelihood).exp()).ln();
    let shell_volume = |ln_likelihood: f64| {
        let width = 0.01 * (-2.0 * ln_likelihood).sqrt();
        (ball(2) * 4.0 * 0.3 * width).ln()
    };
    for kernel in [Kernel::Ellipsoids, Kernel::RandomWalk, Kernel::Slice] {
        check_volumes(kernel, &Closure(3, gaussian), gaussian_volume);
        check_volumes(kernel, &Closure(3, pyramid), pyramid_volume);
        check_volumes(kernel, &Closure(2, shell), shell_volume);
    }
}

/// At ln X ≈ -4, over 60 runs: no bias beyond 3 standard errors, and a scatter of √(4/N).
fn check_volumes<T: Target>(kernel: Kernel, target: &T, ln_volume: impl Fn(f64) -> f64 + Sync) {
    const LEVEL: f64 = -4.0;
    let settings = NestedSettings {
        live_points: 100,
        batch: 10,
        ..small(kernel)
    };
    let errors: Vec<f64> = (0..60_u64)
        .into_par_iter()
        .map(|seed| {
            let mut run = NestedRun::new(settings.clone(), target.dim(), 400 + seed).unwrap();
            run.advance(target, &mut Silent).unwrap();
            let samples = run.finish();
            let at = samples
                .ln_prior_volume
                .iter()
                .position(|&ln_x| ln_x < LEVEL)
                .unwrap();
            samples.ln_prior_volume[at] - ln_volume(samples.ln_likelihood[at])
        })
        .collect();
    let (bias, error) = mean_and_error(&errors);
    assert!(bias.abs() < 3.0 * error, "{kernel:?}: {bias} ± {error}");
    let ratio = error * 60.0_f64.sqrt() / (-LEVEL / 100.0).sqrt();
    // 3 sigma of a scatter from 60 runs is 27 %; stratified starts make it a little smaller.
    assert!((0.6..1.3).contains(&ratio), "{kernel:?}: {ratio}");
}

#[test]
fn sampler_zoo_a_nan_is_fatal_and_names_the_point() {
    let target = Closure(2, |unit: &[f64]| {
        Ok(if unit[0] > 0.9 { f64::NAN } else { 0.0 })
    });
    let mut run = NestedRun::new(small(Kernel::Auto), 2, 1).unwrap();
    let error = run.advance(&target, &mut Silent).unwrap_err().to_string();
    assert!(error.contains("NaN") && error.contains("[0.9"), "{error}");
}

#[test]
fn sampler_zoo_the_call_limit_stops_and_can_be_raised() {
    let problem = problems::named("gauss2");
    let settings = NestedSettings {
        max_likelihood_calls: 300,
        ..small(Kernel::Auto)
    };
    let mut run = NestedRun::new(settings, 2, 4).unwrap();
    assert_eq!(
        run.advance(&problem, &mut Silent).unwrap(),
        Status::CallLimit
    );
    assert!(!run.finish().converged);
    let extension = Extension {
        max_likelihood_calls: Some(1_000_000),
        ..Extension::default()
    };
    run.extend(&extension).unwrap();
    assert_eq!(
        run.advance(&problem, &mut Silent).unwrap(),
        Status::Finished
    );
    let unlimited = straight(&small(Kernel::Auto), &problem, 4);
    assert_eq!(run.finish(), unlimited);
}

/// A target that allows nothing ends as stuck, without samples and without a panic.
#[test]
fn sampler_zoo_a_target_that_rejects_everything_is_reported() {
    let nothing = Closure(1, |_: &[f64]| {
        Err(ModelError::Rejected(RejectReason::NoEnergyBalance))
    });
    let settings = NestedSettings {
        live_points: 20,
        batch: 10,
        max_likelihood_calls: 200_000,
        ..small(Kernel::Auto)
    };
    let mut run = NestedRun::new(settings, 1, 1).unwrap();
    let status = run.advance(&nothing, &mut Silent).unwrap();
    assert!(matches!(status, Status::Stuck | Status::CallLimit));
    let samples = run.finish();
    assert!(samples.ln_weight.is_empty() && !samples.converged);
}

/// Bytes cut or altered anywhere give an error or a valid state, never a panic.
#[test]
fn sampler_zoo_damaged_states_are_refused_without_a_panic() {
    let problem = problems::named("gauss2");
    let mut run = NestedRun::new(small(Kernel::Auto), 2, 5).unwrap();
    for _ in 0..12 {
        run.advance(&problem, &mut StopEachTime).unwrap();
    }
    let bytes = run.to_bytes().unwrap();
    for length in (0..bytes.len()).step_by(97) {
        assert!(NestedRun::from_bytes(&bytes[..length]).is_err());
    }
    for position in (0..bytes.len()).step_by(7) {
        let mut damaged = bytes.clone();
        damaged[position] ^= 0x91;
        if let Ok(mut run) = NestedRun::from_bytes(&damaged) {
            let _ = run.finish();
            let _ = run.advance(&problem, &mut StopEachTime);
        }
    }
}

/// The ensemble as a cross-check: moments of a Gaussian, and its own account of convergence.
#[test]
fn sampler_zoo_ensemble_finds_the_moments_of_a_gaussian() {
    let gaussian = Closure(3, |unit: &[f64]| {
        Ok(-0.5 * unit.iter().map(|u| ((u - 0.4) / 0.05).powi(2)).sum::<f64>())
    });
    let settings = EnsembleSettings {
        walkers: 40,
        steps: 6_000,
        max_likelihood_calls: u64::MAX,
    };
    let mut run = EnsembleRun::new(settings, 3, 1).unwrap();
    assert_eq!(
        run.advance(&gaussian, &mut Silent).unwrap(),
        Status::Finished
    );
    let (samples, diagnostics) = (run.finish(), run.diagnostics());
    assert!(
        samples.converged && samples.evidence.is_none(),
        "{diagnostics:?}"
    );
    assert!(
        (0.3..0.8).contains(&diagnostics.acceptance),
        "{diagnostics:?}"
    );
    let count = samples.ln_weight.len() as f64;
    for k in 0..3 {
        let values = || samples.unit.iter().skip(k).step_by(3);
        let mean = values().sum::<f64>() / count;
        let sigma = (values().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt();
        let error = 0.05 / diagnostics.effective_samples.sqrt();
        assert!((mean - 0.4).abs() < 4.0 * error, "{mean} ± {error}");
        assert!((sigma - 0.05).abs() < 4.0 * error, "{sigma}");
    }
}

/// Dynamic nested sampling reaches its target and says so.
#[test]
fn sampler_zoo_dynamic_reaches_the_effective_samples_asked_for() {
    let settings = NestedSettings::from_config(&SamplerConfig {
        kind: SamplerKind::DynamicNested,
        live_points: 100,
        target_effective_samples: 2_000,
        ..SamplerConfig::default()
    });
    let samples = straight(&settings, &problems::named("loggamma2"), 1);
    let square: f64 = samples.ln_weight.iter().map(|w| (2.0 * w).exp()).sum();
    assert!(samples.converged && square.recip() >= 2_000.0);
    let total: f64 = samples.ln_weight.iter().map(|w| w.exp()).sum();
    assert!((total - 1.0).abs() < 1e-12);
}
