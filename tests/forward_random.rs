//! Random lava planets: does every one find its equilibrium, and the same from another start?
//!
//! `cargo test --release --test forward_random -- --ignored --nocapture` (`CASES`, default 1000; `ONLY=8,37` these alone;
//! `OTHER=no` without the other start)

use std::path::Path;

use magmaret::config::RunConfig;
use magmaret::forward::{Lava, LavaParameters, OtherStart, Sky};
use magmaret::spectrum::Star;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;

const MELTS: [&str; 6] = ["bse", "corl", "ars", "terra", "herm", "xtrem"];
/// K, G and F stars \[K\].
const STARS_K: [f64; 3] = [4570.0, 5770.0, 6400.0];
/// A change of a depth by less than a hundredth is not seen in a spectrum.
const SAME_DEPTH: f64 = 0.01;
/// More steps than this are worth a line.
const MANY_STEPS: usize = 20;
/// And so many on the way, which cost a fifth or less.
const MANY_SKETCHED: usize = 60;

fn lava(melt: &str, star_k: f64, volatiles: bool) -> Lava {
    let text = format!(
        "seed = 1\n[system]\nname = '55 Cnc e'\n[model]\nkind = 'lava'\n[melt]\ncomposition = '{melt}'\nmodel = 'imcc'\n"
    );
    let config = RunConfig::from_text(&text, Path::new("random.toml")).unwrap();
    Lava::new(&config, Star::black_body(star_k), volatiles, None).unwrap()
}

fn random(rng: &mut ChaCha8Rng, star_k: f64, volatiles: bool) -> LavaParameters {
    let mut between = |low: f64, high: f64| low + (high - low) * rng.random::<f64>();
    let irradiation_k = between(1500.0, 3500.0);
    let heat_redistribution = between(0.25, 1.0);
    let mut parameters = LavaParameters {
        delta_iw: between(-6.0, 6.0),
        heat_redistribution,
        internal_temperature_k: 30.0,
        alkali_depletion_dex: between(-3.0, 0.0),
        radius_ratio: 0.01,
        // The temperature of a bare surface is the irradiation temperature.
        scaled_semi_major_axis: (heat_redistribution.sqrt() * (star_k / irradiation_k).powi(2))
            .max(1.02),
        stellar_temperature_k: star_k,
        gravity_m_s2: between(5.0, 30.0),
        ..LavaParameters::default()
    };
    if volatiles {
        parameters.hydrogen_bar = 10_f64.powf(between(-6.0, 1.5));
        parameters.carbon_bar = 10_f64.powf(between(-6.0, 1.5));
        parameters.nitrogen_bar = 10_f64.powf(between(-6.0, 1.5));
        parameters.sulfur_bar = 10_f64.powf(between(-6.0, 1.5));
    }
    parameters
}

/// The numbers of a case in short.
fn told(parameters: &LavaParameters) -> String {
    let irradiation_k = parameters.stellar_temperature_k
        * (parameters.heat_redistribution / parameters.scaled_semi_major_axis.powi(2)).powf(0.25);
    let volatile = [
        parameters.hydrogen_bar,
        parameters.carbon_bar,
        parameters.nitrogen_bar,
        parameters.sulfur_bar,
    ];
    format!(
        "{irradiation_k:.0} K, IW{:+.1}, alkalis {:.1}, g {:.0}, H C N S {volatile:.5?} bar",
        parameters.delta_iw, parameters.alkali_depletion_dex, parameters.gravity_m_s2
    )
}

/// What came of a case.
enum Outcome {
    Bare,
    /// Steps with all points and those before, and where another start leads.
    Gas([usize; 2], OtherStart),
    Failed,
}

fn outcome(lava: &Lava, case: usize, parameters: &LavaParameters) -> Outcome {
    match lava.dayside(parameters) {
        Ok(dayside) => match &dayside.rings[0].sky {
            Sky::Gas(gas) => {
                let other = match std::env::var("OTHER").as_deref() {
                    Ok("no") => OtherStart::Same,
                    _ => lava.from_other_start(parameters, &dayside),
                };
                let steps = [gas.effort.iterations, gas.effort.sketched];
                if steps[0] > MANY_STEPS || steps[1] > MANY_SKETCHED || other != OtherStart::Same {
                    let surface_k = dayside.rings[0].surface_temperature_k;
                    let told = told(parameters);
                    let bar = gas.base_pressure_bar;
                    println!(
                        "case {case}: {told}: {} steps and {} before, {surface_k:.0} K, {bar:.1e} bar; other start {other:?}",
                        steps[0], steps[1]
                    );
                }
                Outcome::Gas(steps, other)
            }
            Sky::Bare { .. } => Outcome::Bare,
        },
        Err(failed) => {
            println!("case {case}: {}: {failed}", told(parameters));
            Outcome::Failed
        }
    }
}

#[test]
#[ignore = "minutes: a thousand atmospheres"]
fn random_planets_find_their_equilibrium() {
    let cases: usize = (std::env::var("CASES").ok())
        .and_then(|n| n.parse().ok())
        .unwrap_or(1000);
    let kinds = MELTS.len() * 2;
    let wanted: Vec<usize> = (std::env::var("ONLY").unwrap_or_default().split(','))
        .filter_map(|n| n.parse().ok())
        .collect();
    // One model at a time: each holds tables of its own.
    let outcomes: Vec<Outcome> = (0..kinds)
        .flat_map(|kind| {
            let (melt, volatiles) = (MELTS[kind / 2], kind % 2 == 1);
            let star_k = STARS_K[(kind / 2) % STARS_K.len()];
            if !wanted.is_empty() && !wanted.iter().any(|case| case % kinds == kind) {
                return Vec::new();
            }
            let lava = lava(melt, star_k, volatiles);
            let own: Vec<Outcome> = (kind..cases)
                .into_par_iter()
                .step_by(kinds)
                .filter(|case| wanted.is_empty() || wanted.contains(case))
                .map(|case| {
                    let mut rng = ChaCha8Rng::seed_from_u64(case as u64);
                    outcome(&lava, case, &random(&mut rng, star_k, volatiles))
                })
                .collect();
            report(&format!("{melt}, {star_k} K, volatiles {volatiles}"), &own);
            own
        })
        .collect();
    let failed = report("all", &outcomes);
    // Measured of 1000: 1 failed (case 849). Steps with all points: median 3, 90 % 4, 99 % 16, five above 20, most 57; of vapours
    // alone at most 8. On the way before, with fewer points or layers: median 6, 90 % 21, 99 % 80, most 265. From another start:
    // 910 the same, 84 another equilibrium (none of 495 vapours; 53 to be seen in the spectrum), 1 none. 5 minutes on two cores.
    assert!(failed * 500 <= cases, "{failed} of {cases} found none");
    let mut steps: Vec<usize> = (outcomes.iter())
        .filter_map(|outcome| match outcome {
            Outcome::Gas(steps, _) => Some(steps[0]),
            _ => None,
        })
        .collect();
    steps.sort_unstable();
    let at = |part: usize| steps.get(steps.len() * part / 100).copied().unwrap_or(0);
    assert!(at(50) <= 9 || !wanted.is_empty(), "median {}", at(50));
    assert!(
        at(99) <= MANY_STEPS || !wanted.is_empty(),
        "99 % {}",
        at(99)
    );
}

/// Median, 90 %, 99 % and the most, in words.
fn quantiles(mut steps: Vec<usize>) -> String {
    steps.sort_unstable();
    let at = |part: usize| steps.get(steps.len() * part / 100).copied().unwrap_or(0);
    let most = steps.last().copied().unwrap_or(0);
    format!(
        "median {}, 90 % {}, 99 % {}, most {most}",
        at(50),
        at(90),
        at(99)
    )
}

/// Prints a line and returns how many failed.
fn report(name: &str, outcomes: &[Outcome]) -> usize {
    let (mut steps, mut bare, mut failed) = (Vec::new(), 0, 0);
    let (mut same, mut other, mut seen, mut lost) = (0, 0, 0, 0);
    for one in outcomes {
        match one {
            Outcome::Bare => bare += 1,
            Outcome::Failed => failed += 1,
            Outcome::Gas(own, start) => {
                steps.push(*own);
                match start {
                    OtherStart::Same => same += 1,
                    OtherStart::Second(second) => {
                        other += 1;
                        seen += usize::from(second.relative_depth_difference > SAME_DEPTH);
                    }
                    OtherStart::Nowhere => lost += 1,
                }
            }
        }
    }
    println!(
        "{name}: {} cases, {} with gas, {bare} bare, {failed} failed; steps: {}; on the way before: {}; from another start: \
         {same} the same, {other} another ({seen} to be seen in the spectrum), {lost} none",
        outcomes.len(),
        steps.len(),
        quantiles(steps.iter().map(|own: &[usize; 2]| own[0]).collect()),
        quantiles(steps.iter().map(|own| own[1]).collect()),
    );
    failed
}
