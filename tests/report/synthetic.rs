//! A nested-sampling run whose answer is known, made without a likelihood: L = exp(-r²/2) in four
//! dimensions with a prior uniform in a ball, so that the prior volume inside r is (r/R)⁴ and a new
//! point is drawn by its volume. A shear that keeps volumes bends it into a banana.

use magmaret::posterior::{Posterior, PosteriorParts};
use magmaret::sampler::Evidence;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};

/// Radius of the prior ball in units of the width of the likelihood.
const RADIUS: f64 = 12.0;
const LIVE_POINTS: usize = 400;
const NAMES: [&str; 5] = [
    "dayside_temperature_k",
    "log10_surface_pressure_pa",
    "bond_albedo",
    "offset_ppm_miri_lrs",
    "brightness_temperature_k",
];

pub struct Run {
    pub posterior: Posterior,
    pub ln_prior_volume: Vec<f64>,
    pub insertion_rank: Vec<f64>,
    /// Prior draws, row by row.
    pub prior: Vec<Vec<f64>>,
}

struct Live {
    ln_volume: f64,
    birth: f64,
}

fn ln_likelihood(ln_volume: f64) -> f64 {
    -0.5 * (RADIUS * (ln_volume / 4.0).exp()).powi(2)
}

/// A point on the sphere of prior volume exp(`ln_volume`), and what is derived from it.
fn point(ln_volume: f64, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let mut z: [f64; 4] = std::array::from_fn(|_| StandardNormal.sample(rng));
    let scale = RADIUS * (ln_volume / 4.0).exp() / z.iter().map(|v| v * v).sum::<f64>().sqrt();
    z.iter_mut().for_each(|v| *v *= scale);
    let bent = z[1] + 0.5 * (z[0] * z[0] - 1.0);
    let temperature = 2100.0 + 120.0 * z[0];
    vec![
        temperature,
        3.0 + 0.35 * bent,
        (0.3 + 0.12 * z[2] + 0.05 * z[0]).abs(),
        40.0 * z[3],
        temperature * (1.0 - 0.02 * bent),
    ]
}

pub fn run(seed: u64) -> Run {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut live: Vec<Live> = (0..LIVE_POINTS)
        .map(|_| Live {
            ln_volume: rng.random::<f64>().ln(),
            birth: f64::NEG_INFINITY,
        })
        .collect();
    let (mut dead, mut ranks) = (Vec::new(), Vec::new());
    for _ in 0..LIVE_POINTS * 14 {
        let worst = (0..live.len())
            .max_by(|a, b| live[*a].ln_volume.total_cmp(&live[*b].ln_volume))
            .unwrap();
        let old = std::mem::replace(
            &mut live[worst],
            Live {
                ln_volume: 0.0,
                birth: 0.0,
            },
        );
        let ln_volume = old.ln_volume + rng.random::<f64>().ln();
        let others = (live.iter().enumerate()).filter(|(index, _)| *index != worst);
        let rank = others
            .filter(|(_, point)| point.ln_volume > ln_volume)
            .count();
        ranks.push((rank as f64 + 0.5) / LIVE_POINTS as f64);
        live[worst] = Live {
            ln_volume,
            birth: ln_likelihood(old.ln_volume),
        };
        dead.push(old);
    }
    live.sort_by(|a, b| b.ln_volume.total_cmp(&a.ln_volume));
    dead.extend(live);
    collect(&dead, ranks, &mut rng)
}

fn collect(dead: &[Live], insertion_rank: Vec<f64>, rng: &mut ChaCha8Rng) -> Run {
    let count = dead.len();
    let ln_prior_volume: Vec<f64> = (0..count)
        .scan(0.0, |ln_volume, index| {
            *ln_volume -= 1.0 / LIVE_POINTS.min(count - index) as f64;
            Some(*ln_volume)
        })
        .collect();
    let ln_l: Vec<f64> = dead
        .iter()
        .map(|point| ln_likelihood(point.ln_volume))
        .collect();
    let ln_weight: Vec<f64> = (0..count)
        .map(|i| {
            let above = if i == 0 { 0.0 } else { ln_prior_volume[i - 1] };
            ln_l[i] + (above.exp() - ln_prior_volume[i].exp()).ln()
        })
        .collect();
    let ln_evidence = ln_weight.iter().map(|ln| ln.exp()).sum::<f64>().ln();
    let posterior = Posterior::new(PosteriorParts {
        names: NAMES.map(str::to_owned).to_vec(),
        parameter_count: 4,
        values: dead
            .iter()
            .flat_map(|dead| point(dead.ln_volume, rng))
            .collect(),
        ln_weight,
        ln_likelihood: ln_l,
        birth_ln_likelihood: dead.iter().map(|point| point.birth).collect(),
        evidence: Some(Evidence {
            ln_evidence,
            ln_evidence_error: 0.13,
            information: 7.0,
        }),
    })
    .unwrap();
    let prior = (0..3000)
        .map(|_| {
            let ln_volume = rng.random::<f64>().ln();
            point(ln_volume, rng)
        })
        .collect();
    Run {
        posterior,
        ln_prior_volume,
        insertion_rank,
        prior,
    }
}

/// ln Z of the run: L integrated over the ball, (2π)² / (π² R⁴ / 2) up to e^(-R²/2).
pub fn exact_ln_evidence() -> f64 {
    (8.0 / RADIUS.powi(4)).ln()
}
