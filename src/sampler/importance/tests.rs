use std::f64::consts::PI;

use super::*;
use crate::sampler::Progress;

/// Says nothing and never stops.
struct Silent;

impl Observer for Silent {
    fn on_batch(&mut self, _: &Progress) -> bool {
        true
    }
}

/// Stops after every block.
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

fn settings(live_points: usize, target: usize) -> ImportanceSettings {
    ImportanceSettings {
        live_points,
        batch: 100.min(live_points / 2),
        target_effective_samples: target,
        discard_exploration: false,
        max_likelihood_calls: 200_000,
    }
}

fn run<T: Target>(settings: &ImportanceSettings, target: &T, seed: u64) -> SampleSet {
    let mut run = ImportanceRun::new(settings.clone(), target.dim(), seed).unwrap();
    assert_eq!(run.advance(target, &mut Silent).unwrap(), Status::Finished);
    run.finish()
}

fn kish(samples: &SampleSet) -> f64 {
    samples
        .ln_weight
        .iter()
        .map(|w| (2.0 * w).exp())
        .sum::<f64>()
        .recip()
}

/// (ln Z less the truth) over the quoted error.
fn pull(samples: &SampleSet, truth: f64) -> f64 {
    let evidence = samples.evidence.unwrap();
    (evidence.ln_evidence - truth) / evidence.ln_evidence_error
}

fn ln_normal(z: f64, sigma: f64) -> f64 {
    -0.5 * (z / sigma).powi(2) - (sigma * (2.0 * PI).sqrt()).ln()
}

/// A Gaussian of width 0.05, well inside the cube: ln Z = 0.
fn gaussian(unit: &[f64]) -> Result<f64, ModelError> {
    Ok(unit.iter().map(|x| ln_normal(x - 0.5, 0.05)).sum())
}

/// Measured ln Z and quoted error: see `sampler_zoo_importance_table`, which has many seeds.
#[test]
fn gaussians_in_two_five_and_eight_dimensions() {
    for (dim, live_points) in [(2, 200), (5, 300), (8, 300)] {
        let samples = run(&settings(live_points, 2_000), &Closure(dim, gaussian), 1);
        assert!(samples.converged);
        assert!(kish(&samples) >= 1_999.0, "{}", kish(&samples));
        assert!(
            pull(&samples, 0.0).abs() < 4.0,
            "{dim}: {:?}",
            samples.evidence
        );
        let evidence = samples.evidence.unwrap();
        assert!(evidence.ln_evidence_error < 0.05);
        let total: f64 = samples.ln_weight.iter().map(|w| w.exp()).sum();
        assert!((total - 1.0).abs() < 1e-9);
        let moment = |power: i32| -> f64 {
            (samples.ln_weight.iter().zip(samples.unit.chunks(dim)))
                .map(|(w, row)| w.exp() * ((row[0] - 0.5) / 0.05).powi(power))
                .sum()
        };
        assert!(moment(1).abs() < 0.1 && (moment(2) - 1.0).abs() < 0.15);
        let truth = -(dim as f64) * (0.5 + (0.05 * (2.0 * PI).sqrt()).ln());
        assert!((evidence.information - truth).abs() < 0.2);
    }
}

/// Forty runs in two dimensions, exploration kept and left out: the quoted error is honest.
/// Measured rms of the pulls: 1.08 and 0.96.
#[test]
fn pulls_have_unit_scatter() {
    for discard_exploration in [false, true] {
        let settings = ImportanceSettings {
            discard_exploration,
            ..settings(100, 500)
        };
        let pulls: Vec<f64> = (0..20)
            .map(|seed| pull(&run(&settings, &Closure(2, gaussian), seed), 0.0))
            .collect();
        let rms = (pulls.iter().map(|p| p * p).sum::<f64>() / 20.0).sqrt();
        println!("discard {discard_exploration}: rms of pulls {rms:.2}");
        assert!((0.5..1.5).contains(&rms), "{rms}: {pulls:?}");
    }
}

/// Two modes of different width and weight: both are found, with their shares.
#[test]
fn two_modes_keep_their_shares() {
    let target = Closure(3, |unit: &[f64]| {
        let mode = |centre: f64, sigma: f64, share: f64| {
            share.ln()
                + unit
                    .iter()
                    .map(|x| ln_normal(x - centre, sigma))
                    .sum::<f64>()
        };
        Ok(ln_add_exp(mode(0.25, 0.02, 0.3), mode(0.7, 0.04, 0.7)))
    });
    let samples = run(&settings(400, 2_000), &target, 2);
    assert!(pull(&samples, 0.0).abs() < 4.0, "{:?}", samples.evidence);
    let first: f64 = (samples.ln_weight.iter().zip(samples.unit.chunks(3)))
        .filter(|(_, row)| row[0] < 0.45)
        .map(|(w, _)| w.exp())
        .sum();
    assert!((first - 0.3).abs() < 0.05, "{first}");
}

/// A thin curved valley with a rejected half: ln Z = ln ½ by symmetry.
#[test]
fn a_banana_with_a_rejected_half() {
    let target = Closure(3, |unit: &[f64]| {
        if unit[2] > 0.5 {
            return Err(ModelError::Rejected(RejectReason::Forbidden));
        }
        let x = (unit[0] - 0.5) / 0.1;
        Ok(ln_normal(x, 1.0) - 0.1_f64.ln()
            + ln_normal(unit[1] - 0.3 - 0.03 * x * x, 0.01)
            + ln_normal(unit[2] - 0.5, 0.05))
    });
    let samples = run(&settings(400, 2_000), &target, 3);
    assert!(
        pull(&samples, 0.5_f64.ln()).abs() < 4.0,
        "{:?}",
        samples.evidence
    );
    let rejected = samples.rejected[&RejectReason::Forbidden];
    assert_eq!(
        rejected + samples.ln_weight.len() as u64,
        samples.likelihood_calls
    );
}

/// A ball of one high value in a cube of one low value: ties above and below.
#[test]
fn a_plateau_ends_the_exploration() {
    let target = Closure(2, |unit: &[f64]| {
        let inside = (unit[0] - 0.4).hypot(unit[1] - 0.5) < 0.1;
        Ok(if inside { 10.0 } else { 0.0 })
    });
    let samples = run(&settings(200, 1_000), &target, 4);
    let area = PI * 0.01;
    let truth = (area * 10_f64.exp() + 1.0 - area).ln();
    assert!(pull(&samples, truth).abs() < 4.0, "{:?}", samples.evidence);
    println!("{} calls on two plateaus", samples.likelihood_calls);
    assert!(samples.likelihood_calls < 10_000);
    let flat = run(&settings(200, 1_000), &Closure(2, |_: &[f64]| Ok(-3.0)), 4);
    println!("{:?}", flat.evidence);
    assert!(pull(&flat, -3.0).abs() < 4.0);
    assert!((flat.evidence.unwrap().ln_evidence + 3.0).abs() < 0.05);
    assert!(flat.likelihood_calls < 2_000);
}

/// Coordinates without a say cost little: they are bounded by their sides, not by ellipsoids.
#[test]
fn free_coordinates_get_a_box() {
    let target = Closure(7, |unit: &[f64]| gaussian(&unit[..2]));
    let samples = run(&settings(300, 2_000), &target, 5);
    println!("{} calls", samples.likelihood_calls);
    assert!(pull(&samples, 0.0).abs() < 4.0, "{:?}", samples.evidence);
    assert!(
        samples.likelihood_calls < 15_000,
        "{}",
        samples.likelihood_calls
    );
}

/// One and two threads, straight and resumed from bytes after every block: the same samples.
#[test]
fn threads_and_interruptions_leave_no_trace() {
    let target = Closure(3, gaussian);
    let settings = settings(120, 600);
    let straight = run(&settings, &target, 6);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    assert_eq!(pool.install(|| run(&settings, &target, 6)), straight);
    let mut state = ImportanceRun::new(settings, 3, 6).unwrap();
    while state.advance(&target, &mut StopEachTime).unwrap() == Status::Interrupted {
        let bytes = state.to_bytes().unwrap();
        state = ImportanceRun::from_bytes(&bytes).unwrap();
        assert_eq!(state.to_bytes().unwrap(), bytes);
    }
    assert_eq!(state.finish(), straight);
    // Further, from where it ended.
    state.extend(5_000, 200_000).unwrap();
    assert!(!state.finish().converged);
    assert_eq!(
        state.advance(&target, &mut Silent).unwrap(),
        Status::Finished
    );
    assert!(kish(&state.finish()) >= 4_999.0);
    assert!(state.extend(10, 200_000).is_err());
}

/// The call limit, a fault of the model and damaged bytes.
#[test]
fn limits_and_faults_are_told() {
    let target = Closure(2, gaussian);
    let few = ImportanceSettings {
        max_likelihood_calls: 300,
        ..settings(100, 500)
    };
    let mut state = ImportanceRun::new(few.clone(), 2, 7).unwrap();
    assert_eq!(
        state.advance(&target, &mut Silent).unwrap(),
        Status::CallLimit
    );
    let samples = state.finish();
    assert!(!samples.converged && samples.evidence.is_some());
    assert_eq!(samples.likelihood_calls, 300);
    let before = state.clone();
    state.extend(500, 1_000).unwrap();
    let faulty = Closure(2, |_: &[f64]| Ok(f64::NAN));
    assert!(state.advance(&faulty, &mut Silent).is_err());
    assert_eq!(state.points, before.points);
    let bytes = state.to_bytes().unwrap();
    assert!(ImportanceRun::from_bytes(&bytes[..bytes.len() / 2]).is_err());
    let mut damaged = state.clone();
    damaged.points.shell[0] = 99;
    assert!(damaged.validate().is_err());
    assert!(ImportanceRun::new(settings(20, 500), 2, 7).is_err());
    let empty = ImportanceRun::new(few, 2, 7).unwrap().finish();
    assert!(empty.evidence.is_none() && empty.unit.is_empty());
}
