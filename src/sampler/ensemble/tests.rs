//! Known answers, threads and interruptions.

use super::*;

/// Normal of standard deviation σ around a centre of the cube; rejected in one corner.
struct Normal {
    sigma: [f64; 2],
    rejects_below: f64,
}

impl Target for Normal {
    type Workspace = ();

    fn dim(&self) -> usize {
        2
    }

    fn workspace(&self) {}

    fn ln_likelihood(&self, unit: &[f64], (): &mut ()) -> Result<f64, ModelError> {
        if unit[0] < self.rejects_below {
            return Err(ModelError::Rejected(RejectReason::Forbidden));
        }
        Ok(-0.5 * unit.iter().zip(self.sigma).map(|(u, s)| ((u - 0.5) / s).powi(2)).sum::<f64>())
    }
}

struct StopAfter(u64);

impl Observer for StopAfter {
    fn on_batch(&mut self, progress: &Progress) -> bool {
        progress.iteration < self.0
    }
}

fn run(steps: usize) -> EnsembleRun {
    EnsembleRun::new(EnsembleSettings { walkers: 32, steps }, 2, 7).unwrap()
}

/// Mean and variance of an uncorrelated normal, and of one that is cut in half: the moments of
/// |x| are σ √(2/π) and σ² (1 - 2/π). Tolerance four standard errors of the effective samples.
#[test]
fn moments_of_a_normal_and_of_half_a_normal() {
    for (rejects_below, mean, variance) in [
        (0.0, 0.5, 0.01),
        (0.5, 0.5 + 0.1 * (2.0 / std::f64::consts::PI).sqrt(), 0.01 * (1.0 - 2.0 / std::f64::consts::PI)),
    ] {
        let target = Normal {
            sigma: [0.1, 0.02],
            rejects_below,
        };
        let mut run = run(8_000);
        assert_eq!(run.advance(&target, &mut StopAfter(u64::MAX)).unwrap(), Status::Finished);
        let samples = run.finish();
        assert!(samples.converged, "tau {:?} R {:?}", run.correlation_times(), run.r_hats());
        assert_eq!(samples.rejected.contains_key(&RejectReason::Forbidden), rejects_below > 0.0);
        let first: Vec<f64> = samples.unit.iter().step_by(2).copied().collect();
        let independent = first.len() as f64 / samples.correlation_time.unwrap();
        let found = first.iter().sum::<f64>() / first.len() as f64;
        let spread = first.iter().map(|x| (x - found).powi(2)).sum::<f64>() / first.len() as f64;
        let error = (variance / independent).sqrt();
        assert!((found - mean).abs() < 4.0 * error, "mean {found} +- {error}, expected {mean}");
        let error = variance * (2.0 / independent).sqrt();
        assert!((spread - variance).abs() < 5.0 * error, "variance {spread} +- {error}");
    }
}

#[test]
fn threads_and_interruptions_change_nothing() {
    let target = Normal {
        sigma: [0.1, 0.3],
        rejects_below: 0.2,
    };
    let mut straight = run(60);
    straight.advance(&target, &mut StopAfter(u64::MAX)).unwrap();
    for threads in [1, 2, 8] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut stopped = run(60);
        for stop in 1..=60 {
            pool.install(|| stopped.advance(&target, &mut StopAfter(stop))).unwrap();
            stopped = EnsembleRun::from_bytes(&stopped.to_bytes().unwrap()).unwrap();
        }
        assert_eq!(stopped, straight, "{threads} threads");
    }
}

/// An autoregressive series x' = φ x + noise has τ = (1 + φ)/(1 - φ): 19 for φ = 0.9.
#[test]
fn correlation_time_of_an_autoregressive_series() {
    let (phi, walkers, steps) = (0.9, 16, 20_000);
    let address = StreamAddress {
        seed: 1,
        segment: 0,
        batch: 0,
        chain: 0,
    };
    let mut rng = address.generator();
    let mut state = vec![0.0; walkers];
    let mut values = Vec::new();
    for _ in 0..steps {
        for x in &mut state {
            *x = phi * *x + rng.random::<f64>() - 0.5;
            values.push(*x);
        }
    }
    let time = integrated_correlation_time(&values, walkers);
    assert!((time / 19.0 - 1.0).abs() < 0.05, "{time}");
    assert!((split_r_hat(&values, walkers) - 1.0).abs() < 0.01);
    for (at, value) in values.iter_mut().enumerate() {
        *value += (at % walkers) as f64;
    }
    assert!(split_r_hat(&values, walkers) > 3.0, "walkers far apart must show");
}

#[test]
fn damaged_states_and_unfit_settings_are_refused() {
    let mut run = run(10);
    run.unit = vec![2.0; 64];
    run.ln_likelihood = vec![0.0; 32];
    assert!(EnsembleRun::from_bytes(&run.to_bytes().unwrap()).is_err());
    assert!(EnsembleRun::from_bytes(b"abc").is_err());
    let settings = EnsembleSettings { walkers: 4, steps: 10 };
    assert!(EnsembleRun::new(settings, 3, 0).is_err());
}
