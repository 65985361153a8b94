//! A density that learns: a mixture of normal distributions in the probits of the unit cube.
//!
//! The probit x = Φ⁻¹(u) makes of a coordinate that the data leave free a standard normal one, which a
//! mixture describes exactly, and has no edges. The density in the cube is that of x over Π φ(x).

use nalgebra::{DMatrix, SymmetricEigen};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};
use statrs::function::erf::{erfc, erfc_inv};
use std::f64::consts::{PI, SQRT_2};

use crate::sampler::linear::{
    cholesky, inverse_lower, ln_add_exp, multiply_lower, squared_distance,
};

/// Rounds of expectation and maximisation after each split.
const ROUNDS: usize = 25;
/// A component more must lower the misfit of points that it was not fitted to by this factor.
const WORTH_A_COMPONENT: f64 = 0.97;
/// Splits tried beyond the last one that paid.
const PATIENCE: usize = 3;
/// Share of the draws that came before in the density that a fit is judged by: they fill its tails.
const DEFENCE: f64 = 0.2;
/// Factor on covariances, and the term in (dim + 1) over the samples behind one: tails that are too thin
/// cost more than ones too thick.
const INFLATION: f64 = 1.05;
/// Fewest effective samples of a component, over the dimensions and one.
const LEAST_SAMPLES: f64 = 1.5;
/// Effective samples that correlations of zero count as.
const UNCORRELATED: f64 = 2.0;

/// A mixture of normal distributions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Mixture {
    dim: usize,
    components: Vec<Normal>,
}

/// One component.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Normal {
    share: f64,
    mean: Vec<f64>,
    /// Cholesky factor of the covariance, and its inverse.
    lower: Vec<f64>,
    inverse: Vec<f64>,
    /// ln of share times density at the mean.
    ln_peak: f64,
    /// Covariance over that of the points.
    factor: f64,
}

/// Weighted points that a mixture is fitted to.
#[derive(Clone, Debug, Default)]
pub(super) struct Cloud {
    pub dim: usize,
    /// Their numbers among all points.
    pub index: Vec<usize>,
    /// Probits, row by row.
    pub probit: Vec<f64>,
    /// Weights; they sum to one.
    pub weight: Vec<f64>,
    /// ln of the density that is sought, in the cube.
    pub ln_target: Vec<f64>,
    /// ln of the density of the draws so far, in the cube.
    pub ln_drawn: Vec<f64>,
}

/// x = Φ⁻¹(u), within ±8.2 above and -37 below.
pub(super) fn probit(u: f64) -> f64 {
    if u < 0.5 {
        -SQRT_2 * erfc_inv(2.0 * u.max(1e-300))
    } else {
        SQRT_2 * erfc_inv(2.0 * (1.0 - u).max(1e-16))
    }
}

/// ln Π φ(x).
fn ln_normal(x: &[f64]) -> f64 {
    let square: f64 = x.iter().map(|x| x * x).sum();
    -0.5 * (square + x.len() as f64 * (2.0 * PI).ln())
}

impl Normal {
    /// From a share, a mean and a covariance; `None` when that is not positive definite.
    fn new(share: f64, mean: Vec<f64>, mut covariance: Vec<f64>) -> Option<Self> {
        let dim = mean.len();
        if !cholesky(&mut covariance, dim) {
            return None;
        }
        let inverse = inverse_lower(&covariance, dim);
        let ln_root: f64 = (0..dim).map(|k| covariance[k * dim + k].ln()).sum();
        let ln_peak = share.ln() - ln_root - 0.5 * dim as f64 * (2.0 * PI).ln();
        let sound = ln_peak.is_finite() && inverse.iter().all(|value| value.is_finite());
        sound.then_some(Self {
            share,
            mean,
            lower: covariance,
            inverse,
            ln_peak,
            factor: 1.0,
        })
    }

    /// ln of share times density at a probit.
    fn ln_density(&self, x: &[f64]) -> f64 {
        self.ln_peak - 0.5 * squared_distance(&self.inverse, x, &self.mean)
    }

    /// The same without the point itself, which has the part ω of the component: its mean moves away by
    /// 1/(1 - ω), its covariance S becomes (S - c v vᵀ)/(1 - ω) with c = ω/(1 - ω) and v the distance from
    /// the mean (Sherman & Morrison).
    fn ln_density_without(&self, x: &[f64], part: f64) -> f64 {
        let rest = 1.0 - part;
        let squared = self.factor * squared_distance(&self.inverse, x, &self.mean);
        let left = 1.0 - part / rest * squared;
        if !(rest > 0.0 && left > 0.0) {
            return f64::NEG_INFINITY;
        }
        let dim = self.mean.len() as f64;
        let distance = squared / (rest * left * self.factor);
        self.ln_peak + rest.ln() - 0.5 * (left.ln() - dim * rest.ln() + distance)
    }
}

impl Mixture {
    /// Fits at most `most` components; their number is that with which one half of the points describes the
    /// other best. `None` when there are too few points for one.
    pub fn fit(cloud: &Cloud, most: usize) -> Option<Self> {
        let (one, other): (Vec<usize>, Vec<usize>) =
            (0..cloud.weight.len()).partition(|index| index % 2 == 0);
        let all: Vec<usize> = (0..cloud.weight.len()).collect();
        let whole = Self::single(cloud, &all)?;
        let Some(mut trial) = Self::single(cloud, &one).filter(|_| most > 1) else {
            return Some(whole);
        };
        let (mut best, mut chosen) = (trial.misfit(cloud, &other), 1);
        for count in 2..=most {
            let Some(next) = trial.split(cloud, &one) else {
                break;
            };
            trial = next;
            let misfit = trial.misfit(cloud, &other);
            if misfit < WORTH_A_COMPONENT * best {
                (best, chosen) = (misfit, count);
            } else if count >= chosen + PATIENCE {
                break;
            }
        }
        let mut mixture = whole;
        for _ in 1..chosen {
            match mixture.split(cloud, &all) {
                Some(next) => mixture = next,
                None => break,
            }
        }
        Some(mixture)
    }

    /// Components.
    pub fn len(&self) -> usize {
        self.components.len()
    }

    /// Draws a point of the cube.
    pub fn draw(&self, generator: &mut ChaCha8Rng, normals: &mut [f64], out: &mut [f64]) {
        let mut left: f64 = generator.random();
        let last = self.components.len() - 1;
        let pick = self.components[..last].iter().position(|component| {
            left -= component.share;
            left < 0.0
        });
        let component = &self.components[pick.unwrap_or(last)];
        for value in normals.iter_mut() {
            *value = StandardNormal.sample(generator);
        }
        multiply_lower(&component.lower, normals, out);
        for (value, mean) in out.iter_mut().zip(&component.mean) {
            *value = 0.5 * erfc(-(*value + mean) / SQRT_2);
        }
    }

    /// ln of the density at a point of the cube with the given probits.
    pub fn ln_density(&self, x: &[f64]) -> f64 {
        let sum = self.components.iter().fold(f64::NEG_INFINITY, |sum, one| {
            ln_add_exp(sum, one.ln_density(x))
        });
        sum - ln_normal(x)
    }

    /// ln of the density at each point of the cloud that it was fitted to, had it been fitted without that
    /// point: what the points say of a density that knows them is biased.
    pub fn ln_density_without_each(&self, cloud: &Cloud) -> Vec<f64> {
        let all: Vec<usize> = (0..cloud.weight.len()).collect();
        let belongs = self.expect(cloud, &all);
        let rows = cloud.weight.iter().zip(belongs.chunks_exact(self.len()));
        rows.enumerate()
            .map(|(index, (weight, belongs))| {
                let x = cloud.row(index);
                let parts = self.components.iter().zip(belongs);
                let sum = parts.fold(f64::NEG_INFINITY, |sum, (one, part)| {
                    ln_add_exp(sum, one.ln_density_without(x, weight * part / one.share))
                });
                sum - ln_normal(x)
            })
            .collect()
    }

    /// What is wrong with a mixture read from a file, if anything.
    pub fn fault(&self, dim: usize) -> Option<&'static str> {
        let square = dim.checked_mul(dim);
        let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
        let sound = self.dim == dim
            && !self.components.is_empty()
            && self.components.iter().all(|one| {
                (0.0..=1.0).contains(&one.share)
                    && one.ln_peak.is_finite()
                    && one.mean.len() == dim
                    && Some(one.lower.len()) == square
                    && Some(one.inverse.len()) == square
                    && finite(&one.mean)
                    && finite(&one.lower)
                    && finite(&one.inverse)
            });
        (!sound).then_some("an ill-formed mixture")
    }

    fn single(cloud: &Cloud, members: &[usize]) -> Option<Self> {
        Self::maximise(cloud, members, &vec![1.0; members.len()])
    }

    /// Components from the shares that each has in each point, `belongs`\[member\]\[component\]; those with
    /// too little behind them are left out. `None` if all are.
    fn maximise(cloud: &Cloud, members: &[usize], belongs: &[f64]) -> Option<Self> {
        let (dim, width) = (cloud.dim, belongs.len() / members.len().max(1));
        let whole: f64 = members.iter().map(|&i| cloud.weight[i]).sum();
        let mut components: Vec<Normal> = (0..width)
            .filter_map(|k| {
                let weight = |m: usize| cloud.weight[members[m]] * belongs[m * width + k];
                let weights: Vec<f64> = (0..members.len()).map(weight).collect();
                moments(cloud, members, &weights, whole)
            })
            .collect();
        let total: f64 = components.iter().map(|one| one.share).sum();
        for one in &mut components {
            one.share /= total;
            one.ln_peak -= total.ln();
        }
        (!components.is_empty()).then_some(Self { dim, components })
    }

    /// Shares of the components in each member.
    fn expect(&self, cloud: &Cloud, members: &[usize]) -> Vec<f64> {
        let mut belongs = Vec::with_capacity(members.len() * self.len());
        for &index in members {
            let first = belongs.len();
            let x = cloud.row(index);
            belongs.extend(self.components.iter().map(|one| one.ln_density(x)));
            let row = &mut belongs[first..];
            let highest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = row.iter().map(|ln| (ln - highest).exp()).sum();
            for ln in row {
                *ln = (*ln - highest).exp() / sum;
            }
        }
        belongs
    }

    /// Splits the component that describes its points worst, across the direction in which it does, and
    /// lets all of them settle.
    fn split(&self, cloud: &Cloud, members: &[usize]) -> Option<Self> {
        let width = self.len();
        let belongs = self.expect(cloud, members);
        let ratio: Vec<f64> = members
            .iter()
            .map(|&i| cloud.weight[i] * cloud.ratio(self, i, 0.0))
            .collect();
        let misfit = |k: usize| -> f64 {
            let sum: f64 = (0..members.len())
                .map(|m| ratio[m] * belongs[m * width + k])
                .sum();
            sum - self.components[k].share
        };
        let misfits: Vec<f64> = (0..width).map(misfit).collect();
        let worst = (0..width).max_by(|&a, &b| misfits[a].total_cmp(&misfits[b]))?;
        let weights: Vec<f64> = (0..members.len())
            .map(|m| ratio[m] * belongs[m * width + worst])
            .collect();
        let side = self.components[worst].side(cloud, members, &weights);
        let mut wider = Vec::with_capacity(members.len() * (width + 1));
        for (row, &above) in belongs.chunks_exact(width).zip(&side) {
            wider.extend_from_slice(row);
            let first = wider.len() - width;
            wider.push(if above { row[worst] } else { 0.0 });
            if above {
                wider[first + worst] = 0.0;
            }
        }
        let mut next = Self::maximise(cloud, members, &wider)?;
        for _ in 0..ROUNDS {
            let belongs = next.expect(cloud, members);
            next = Self::maximise(cloud, members, &belongs)?;
        }
        (next.len() > width).then_some(next)
    }

    /// ⟨target / density⟩ over the target, the calls per effective sample that the mixture, with draws as
    /// before beside it, would cost; by the members.
    fn misfit(&self, cloud: &Cloud, members: &[usize]) -> f64 {
        let (mut sum, mut whole) = (0.0, 0.0);
        for &index in members {
            sum += cloud.weight[index] * cloud.ratio(self, index, DEFENCE);
            whole += cloud.weight[index];
        }
        sum / whole
    }
}

impl Normal {
    /// On which side of the plane through the weighted mean, across the direction of largest weighted
    /// spread (in units of the component's own), each member lies.
    fn side(&self, cloud: &Cloud, members: &[usize], weights: &[f64]) -> Vec<bool> {
        let dim = cloud.dim;
        let (mut shifted, mut white) = (vec![0.0; dim], vec![0.0; members.len() * dim]);
        for (&index, row) in members.iter().zip(white.chunks_exact_mut(dim)) {
            for ((value, x), mean) in shifted.iter_mut().zip(cloud.row(index)).zip(&self.mean) {
                *value = x - mean;
            }
            multiply_lower(&self.inverse, &shifted, row);
        }
        let whole: f64 = weights.iter().sum();
        let mut mean = vec![0.0; dim];
        let mut second = DMatrix::<f64>::zeros(dim, dim);
        for (row, weight) in white.chunks_exact(dim).zip(weights) {
            for i in 0..dim {
                mean[i] += weight / whole * row[i];
                for j in 0..dim {
                    second[(i, j)] += weight / whole * row[i] * row[j];
                }
            }
        }
        let eigen = SymmetricEigen::new(second);
        let axis = eigen.eigenvectors.column(eigen.eigenvalues.imax());
        let along = |row: &[f64]| -> f64 { (0..dim).map(|k| axis[k] * (row[k] - mean[k])).sum() };
        white
            .chunks_exact(dim)
            .map(|row| along(row) > 0.0)
            .collect()
    }
}

impl Cloud {
    fn row(&self, index: usize) -> &[f64] {
        &self.probit[index * self.dim..(index + 1) * self.dim]
    }

    /// Target over (1 - defence) mixture + defence · draws so far.
    fn ratio(&self, mixture: &Mixture, index: usize, defence: f64) -> f64 {
        let own = mixture.ln_density(self.row(index)) + (1.0 - defence).ln();
        let drawn = self.ln_drawn[index] + defence.ln();
        (self.ln_target[index] - ln_add_exp(own, drawn))
            .min(50.0)
            .exp()
    }
}

/// A component from weights of the members: mean and covariance, correlations drawn towards zero where
/// there is little behind them. `None` with too few effective samples.
fn moments(cloud: &Cloud, members: &[usize], weights: &[f64], whole: f64) -> Option<Normal> {
    let dim = cloud.dim;
    let sum: f64 = weights.iter().sum();
    let square: f64 = weights.iter().map(|w| w * w).sum();
    let effective = sum * sum / square;
    if effective.is_nan() || effective < LEAST_SAMPLES * (dim + 1) as f64 {
        return None;
    }
    let mut mean = vec![0.0; dim];
    for (&index, weight) in members.iter().zip(weights) {
        for (value, x) in mean.iter_mut().zip(cloud.row(index)) {
            *value += weight / sum * x;
        }
    }
    let mut covariance = vec![0.0; dim * dim];
    for (&index, weight) in members.iter().zip(weights) {
        let x = cloud.row(index);
        for i in 0..dim {
            let one = weight / sum * (x[i] - mean[i]);
            for j in 0..=i {
                covariance[i * dim + j] += one * (x[j] - mean[j]);
            }
        }
    }
    let factor = INFLATION + (dim + 1) as f64 / effective;
    let correlation = effective / (effective + UNCORRELATED);
    for i in 0..dim {
        for j in 0..=i {
            let kept = if i == j { 1.0 } else { correlation };
            covariance[i * dim + j] *= factor * kept;
            covariance[j * dim + i] = covariance[i * dim + j];
        }
    }
    let normal = Normal::new(sum / whole, mean, covariance)?;
    Some(Normal { factor, ..normal })
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    /// Draws of a mixture of two narrow normals in three dimensions, one of them correlated, as a cloud
    /// of equal weights.
    fn cloud(count: usize) -> (Mixture, Cloud) {
        let one = Normal::new(
            0.3,
            vec![-1.0, 0.5, 0.0],
            vec![0.04, 0.0, 0.0, 0.0, 0.09, 0.0, 0.0, 0.0, 1.0],
        );
        let two = Normal::new(
            0.7,
            vec![1.0, -0.5, 0.0],
            vec![0.04, 0.0, 0.0, 0.03, 0.04, 0.0, 0.0, 0.0, 1.0],
        );
        let truth = Mixture {
            dim: 3,
            components: vec![one.unwrap(), two.unwrap()],
        };
        let mut generator = ChaCha8Rng::seed_from_u64(1);
        let (mut normals, mut unit) = (vec![0.0; 3], vec![0.0; 3]);
        let mut cloud = Cloud {
            dim: 3,
            ..Cloud::default()
        };
        for _ in 0..count {
            truth.draw(&mut generator, &mut normals, &mut unit);
            let x: Vec<f64> = unit.iter().map(|u| probit(*u)).collect();
            let ln_density = truth.ln_density(&x);
            cloud.probit.extend(x);
            cloud.weight.push((count as f64).recip());
            cloud.ln_target.push(ln_density);
            cloud.ln_drawn.push(ln_density);
        }
        (truth, cloud)
    }

    /// Measured: two components, misfit 1.01.
    #[test]
    fn two_modes_need_two_components() {
        let (truth, cloud) = cloud(2_000);
        let found = Mixture::fit(&cloud, 8).unwrap();
        let all: Vec<usize> = (0..2_000).collect();
        let misfit = found.misfit(&cloud, &all);
        let single = Mixture::fit(&cloud, 1).unwrap().misfit(&cloud, &all);
        println!(
            "{} components, misfit {misfit:.3}, of one {single:.1}",
            found.len()
        );
        assert!((2..=3).contains(&found.len()) && misfit < 1.05 && single > 2.0);
        assert!((truth.misfit(&cloud, &all) - 1.0).abs() < 1e-9);
    }

    /// The density integrates to one over the cube, and draws follow it: the mean over uniform points, and
    /// the mean of the inverse over draws. Measured 0.99 and 1.00.
    #[test]
    fn the_density_is_that_of_the_draws() {
        let wide = Normal::new(1.0, vec![0.4, -0.3], vec![1.2, 0.0, 0.5, 0.8]).unwrap();
        let mixture = Mixture {
            dim: 2,
            components: vec![wide],
        };
        let density = |unit: &[f64]| {
            let x: Vec<f64> = unit.iter().map(|u| probit(*u)).collect();
            mixture.ln_density(&x).exp()
        };
        let mut generator = ChaCha8Rng::seed_from_u64(2);
        let count = 40_000;
        let (mut uniform, mut drawn) = (0.0, 0.0);
        let (mut normals, mut unit) = (vec![0.0; 2], vec![0.0; 2]);
        for _ in 0..count {
            let point: [f64; 2] = [generator.random(), generator.random()];
            uniform += density(&point) / f64::from(count);
            mixture.draw(&mut generator, &mut normals, &mut unit);
            if unit.iter().all(|u| (0.1..0.9).contains(u)) {
                drawn += density(&unit).recip() / f64::from(count) / 0.64;
            }
        }
        println!("{uniform:.3} {drawn:.3}");
        assert!((uniform - 1.0).abs() < 0.05 && (drawn - 1.0).abs() < 0.03);
    }

    /// A density fitted to few points is too high at these; that without each point is as high as at fresh
    /// ones. Mean ln density, one normal in six dimensions, 60 points, forty times. Measured -8.23 at its own
    /// points, -8.68 without each, -8.77 at fresh ones.
    #[test]
    fn points_do_not_judge_the_density_that_knows_them() {
        let identity: Vec<f64> = (0..36).map(|i| f64::from(u8::from(i % 7 == 0))).collect();
        let truth = Mixture {
            dim: 6,
            components: vec![Normal::new(1.0, vec![0.0; 6], identity).unwrap()],
        };
        let mut generator = ChaCha8Rng::seed_from_u64(3);
        let (mut normals, mut unit) = (vec![0.0; 6], vec![0.0; 6]);
        let mut draw = || -> Vec<f64> {
            truth.draw(&mut generator, &mut normals, &mut unit);
            unit.iter().map(|u| probit(*u)).collect()
        };
        let (mut own, mut without, mut fresh) = (0.0, 0.0, 0.0);
        for _ in 0..40 {
            let mut cloud = Cloud {
                dim: 6,
                weight: vec![60_f64.recip(); 60],
                ln_target: vec![0.0; 60],
                ln_drawn: vec![0.0; 60],
                ..Cloud::default()
            };
            for _ in 0..60 {
                cloud.probit.extend(draw());
            }
            let found = Mixture::fit(&cloud, 1).unwrap();
            for (index, ln_density) in found.ln_density_without_each(&cloud).iter().enumerate() {
                let normal = ln_normal(cloud.row(index));
                own += (found.ln_density(cloud.row(index)) + normal) / 2_400.0;
                without += (ln_density + normal) / 2_400.0;
                let x = draw();
                fresh += (found.ln_density(&x) + ln_normal(&x)) / 2_400.0;
            }
        }
        println!("own {own:.3}, without {without:.3}, fresh {fresh:.3}");
        assert!(own > fresh + 0.3 && (without - fresh).abs() < 0.15);
    }

    #[test]
    fn too_few_points_make_no_mixture() {
        let (_, cloud) = cloud(5);
        assert!(Mixture::fit(&cloud, 3).is_none());
        assert!(Mixture::fit(&Cloud::default(), 3).is_none());
        for u in [0.0, 1e-200, 0.3, 0.5, 0.9, 1.0] {
            assert!(probit(u).is_finite());
        }
        let x = probit(0.975);
        assert!((x - 1.959_963_984_540_054).abs() < 1e-9, "{x}");
    }
}
