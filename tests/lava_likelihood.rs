//! The lava model in the likelihood: starts, order of calls, cost.

use std::path::Path;
use std::time::Instant;

use magmaret::config::RunConfig;
use magmaret::forward::ForwardModel;
use magmaret::run::{RunObserver, Setup, prepare_starts};
use magmaret::sampler::{Progress, Target};

struct Silent;

impl RunObserver for Silent {
    fn on_message(&mut self, _: &str) {}
    fn on_model(&mut self, _: &str) {}
    fn on_progress(&mut self, _: &Progress) -> bool {
        true
    }
}

fn setup(anchors: usize, atmosphere: &str) -> Setup {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = format!(
        r#"
seed = 1
[system]
name = "55 Cnc e"
[observation]
files = ["{}"]
[star]
spectrum = "embedded"
name = "55_cnc_g8"
[model]
kind = "{}"
[atmosphere]
anchors = {anchors}
{atmosphere}
"#,
        root.join("observations/55cnce_broadband.csv").display(),
        std::env::var("KIND").unwrap_or("lava".to_owned()),
    );
    let config = RunConfig::from_text(&text, Path::new("run.toml")).unwrap();
    let mut setup = Setup::new(&config).unwrap();
    prepare_starts(&mut setup, &mut Silent).unwrap();
    setup
}

/// Points of the unit cube away from the anchors.
fn points(count: usize, dim: usize) -> Vec<Vec<f64>> {
    (0..count)
        .map(|i| {
            (0..dim)
                .map(|d| (0.31 + 0.618_034 * (i * 7 + d * 3 + i * d) as f64).fract())
                .collect()
        })
        .collect()
}

fn values(setup: &Setup, points: &[Vec<f64>]) -> Vec<Option<f64>> {
    let problem = &setup.models[0].problem;
    let mut workspace = problem.workspace();
    (points.iter())
        .map(|unit| problem.ln_likelihood(unit, &mut workspace).ok())
        .collect()
}

/// What a start decides is below 1e-3 in ln L, and the order of the calls decides nothing. Measured
/// with 50 layers: see the assertion's message when it fails.
#[test]
fn starts_change_nothing_that_counts() {
    let atmosphere = "layers = 40";
    let (cold, warm) = (setup(0, atmosphere), setup(6, atmosphere));
    let points = points(4, cold.models[0].problem.dim());
    let of_cold = values(&cold, &points);
    let of_warm = values(&warm, &points);
    for (a, b) in of_cold.iter().zip(&of_warm) {
        let (a, b) = (a.unwrap(), b.unwrap());
        assert!((a - b).abs() < 1e-3, "{a} {b}");
    }
    // The same starts, the calls the other way round.
    let again = setup(6, atmosphere);
    let turned: Vec<Vec<f64>> = points.iter().rev().cloned().collect();
    let mut of_turned = values(&again, &turned);
    of_turned.reverse();
    assert_eq!(of_warm, of_turned);
}

#[test]
#[ignore = "seconds to minutes: prints what a call costs"]
fn cost_of_a_call() {
    let env = |name: &str, default: &str| std::env::var(name).unwrap_or(default.to_owned());
    let anchors = env("ANCHORS", "64").parse().unwrap();
    let started = Instant::now();
    let setup = setup(anchors, &env("ATMOSPHERE", ""));
    println!(
        "{anchors} anchors: {:.1} s",
        started.elapsed().as_secs_f64()
    );
    let problem = &setup.models[0].problem;
    let points = points(env("CASES", "40").parse().unwrap(), problem.dim());
    let mut workspace = problem.workspace();
    let mut theta = vec![0.0; problem.prior.names().len()];
    let started = Instant::now();
    for unit in &points {
        let begun = Instant::now();
        let value = problem.ln_likelihood(unit, &mut workspace);
        problem.prior.transform(unit, &mut theta);
        let of_model = &theta[..problem.model_parameters()];
        let effort = problem.model.lava().unwrap().effort(of_model);
        println!(
            "{:6.1} ms {effort:?} {value:?} {:.2?}",
            1e3 * begun.elapsed().as_secs_f64(),
            &theta[..4]
        );
    }
    let mean = started.elapsed().as_secs_f64() / points.len() as f64;
    println!(
        "mean {:.1} ms; {} parameters",
        1e3 * mean,
        problem.model.parameter_names().len()
    );
}
