//! From births and deaths to prior volumes, weights and the evidence.

use crate::sampler::Evidence;
use crate::sampler::linear::ln_add_exp;
use crate::sampler::point::{Contour, Points};

/// Volumes and weights of all points, in the order of their deaths.
pub(super) struct Sweep {
    /// Indices of the points from the lowest to the highest.
    pub order: Vec<usize>,
    /// Normalised ln posterior weight, -∞ for rejected points.
    pub ln_weight: Vec<f64>,
    /// ln of the expected prior volume inside each point's contour.
    pub ln_prior_volume: Vec<f64>,
    pub evidence: Evidence,
}

impl Sweep {
    /// At the death of a point among n live ones the volume shrinks by t with E\[ln t\] = -1/n
    /// and Var\[ln t\] = 1/n² (Skilling 2006); n counts the points born below and not yet dead.
    ///
    /// The error is the first-order one: ∂ln Z / ∂ln t_i = (1/Z) ∫₀^{X_i} (L - L_i) dX.
    pub fn new(points: &Points) -> Self {
        let order = points.sorted();
        let mut births: Vec<Contour> = points.birth.clone();
        births.sort_unstable_by(Contour::order);
        let mut ln_prior_volume = Vec::with_capacity(order.len());
        let mut ln_weight = Vec::with_capacity(order.len());
        let mut live_at_death = Vec::with_capacity(order.len());
        let (mut born, mut ln_volume, mut ln_evidence) = (0, 0.0_f64, f64::NEG_INFINITY);
        for (dead, &index) in order.iter().enumerate() {
            let place = points.place[index];
            while born < births.len() && place.is_above(&births[born]) {
                born += 1;
            }
            // At least the dying point itself is alive, for each was born below its own place.
            let live = (born - dead.min(born)).max(1) as f64;
            let shell = ln_volume + (-(-1.0 / live).exp_m1()).ln();
            ln_volume -= 1.0 / live;
            let weight = place.ln_likelihood + shell;
            ln_evidence = ln_add_exp(ln_evidence, weight);
            live_at_death.push(live);
            ln_prior_volume.push(ln_volume);
            ln_weight.push(weight);
        }
        let (mut information, mut variance, mut above) = (0.0, 0.0, 0.0);
        for (rank, &index) in order.iter().enumerate().rev() {
            let ln_likelihood = points.place[index].ln_likelihood;
            if ln_evidence == f64::NEG_INFINITY {
                break;
            }
            ln_weight[rank] -= ln_evidence;
            let inside = (ln_likelihood + ln_prior_volume[rank] - ln_evidence).exp();
            let sensitivity: f64 = (above - inside) / live_at_death[rank];
            variance += sensitivity * sensitivity;
            let weight = ln_weight[rank].exp();
            above += weight;
            if weight > 0.0 {
                information += weight * (ln_likelihood - ln_evidence);
            }
        }
        Self {
            order,
            ln_weight,
            ln_prior_volume,
            evidence: Evidence {
                ln_evidence,
                ln_evidence_error: variance.sqrt(),
                information: information.max(0.0),
            },
        }
    }

    /// The contour below which the fraction `mass` of the posterior lies.
    pub fn quantile(&self, points: &Points, mass: f64) -> Option<Contour> {
        let mut sum = 0.0;
        let rank = self.ln_weight.iter().position(|weight| {
            sum += weight.exp();
            sum >= mass
        })?;
        Some(points.place[self.order[rank]])
    }

    /// Kish's effective sample size of the weights: (Σw)² / Σw².
    pub fn effective_samples(&self) -> f64 {
        let (sum, square) = self.ln_weight.iter().fold((0.0, 0.0), |(sum, square), w| {
            let weight = w.exp();
            (sum + weight, square + weight * weight)
        });
        if square > 0.0 {
            sum * sum / square
        } else {
            0.0
        }
    }
}
