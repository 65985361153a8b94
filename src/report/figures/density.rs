//! Smoothed densities of weighted samples, in one and two dimensions.

use super::Marginal;
use super::frame::{extremes, usable_range};
use crate::posterior::{WeightedSample, kish_sample_size};

/// Cells of a density in one dimension.
pub(super) const CELLS_1D: usize = 200;
/// Width of the kernel for draws of a prior over that for a posterior.
const PRIOR_WIDENING: f64 = 2.0;
/// Cells of a density along each of two dimensions.
pub(super) const CELLS_2D: usize = 60;

/// Density in one dimension at the middles of [`CELLS_1D`] cells of `range` \[1 / unit\].
///
/// A Gaussian kernel of Silverman's (1986, eq. 3.31) width, 0.9 min(σ, IQR/1.34) n^(-1/5) with the
/// Kish n, divided by the part of the kernel that lies between the extremes of the sample, so that
/// a density cut off by its prior stays upright there; it is 0 outside the extremes.
pub(super) fn density_1d(sample: &WeightedSample, range: [f64; 2]) -> Vec<(f64, f64)> {
    smoothed(sample, range, 1.0)
}

/// The density of a prior: exact where it is known, else that of its draws, with a kernel wider than that
/// of a posterior: a few hundred draws of a costly model are all there may be, and what a prior
/// implies is smooth.
pub(super) fn prior_curve(column: &Marginal<'_>, range: [f64; 2]) -> Vec<(f64, f64)> {
    if column.prior.is_empty() {
        return Vec::new();
    }
    if let Some(density) = &column.density {
        let cell = (range[1] - range[0]) / CELLS_1D as f64;
        let middles = (0..CELLS_1D).map(|index| range[0] + (index as f64 + 0.5) * cell);
        return middles.map(|x| (x, density.at(x))).collect();
    }
    let sample = WeightedSample::new(column.prior, &vec![1.0; column.prior.len()]);
    if sample.values().is_empty() {
        return Vec::new();
    }
    smoothed(&sample, range, PRIOR_WIDENING)
}

/// [`density_1d`] with a kernel `widening` times as wide.
fn smoothed(sample: &WeightedSample, range: [f64; 2], widening: f64) -> Vec<(f64, f64)> {
    let cell = (range[1] - range[0]) / CELLS_1D as f64;
    let middle = |index: usize| range[0] + (index as f64 + 0.5) * cell;
    let mut mass = vec![0.0; CELLS_1D];
    for (value, weight) in sample.values().iter().zip(sample.weights()) {
        // A value at the upper edge is in the last cell: all of those of a quantity that is 0 or 1 are at an edge.
        if (range[0]..=range[1]).contains(value) {
            let index = ((value - range[0]) / cell) as usize;
            mass[index.min(CELLS_1D - 1)] += weight;
        }
    }
    let [low, high] = extremes(sample.values().iter().copied());
    let width = (widening * silverman_width(sample)).max(0.5 * cell);
    let reach = ((4.0 * width / cell).ceil() as usize).min(CELLS_1D);
    (0..CELLS_1D)
        .map(|index| {
            let x = middle(index);
            if !(x >= low - cell && x <= high + cell) {
                return (x, 0.0);
            }
            let (mut sum, mut inside) = (0.0, 0.0);
            for other in index as isize - reach as isize..=(index + reach) as isize {
                let at = range[0] + (other as f64 + 0.5) * cell;
                let kernel = (-0.5 * ((at - x) / width).powi(2)).exp();
                if at >= low - 0.5 * cell && at <= high + 0.5 * cell {
                    inside += kernel;
                }
                if let Some(mass) = usize::try_from(other).ok().and_then(|o| mass.get(o)) {
                    sum += kernel * mass;
                }
            }
            (
                x,
                if inside > 0.0 {
                    sum / (inside * cell)
                } else {
                    0.0
                },
            )
        })
        .collect()
}

fn silverman_width(sample: &WeightedSample) -> f64 {
    let size = kish_sample_size(sample.weights()).max(1.0);
    let quartiles = (sample.quantile(0.75) - sample.quantile(0.25)) / 1.34;
    let spread = if quartiles > 0.0 {
        sample.std().min(quartiles)
    } else {
        sample.std()
    };
    0.9 * spread * size.powf(-0.2)
}

/// The range that a panel shows of a sample: from the 0.1 % to the 99.9 % quantile, a twentieth
/// more on either side, but not past the extremes.
pub(super) fn shown_range(sample: &WeightedSample) -> [f64; 2] {
    let [low, high] = extremes(sample.values().iter().copied());
    let (q_low, q_high) = (sample.quantile(0.001), sample.quantile(0.999));
    let pad = 0.05 * (q_high - q_low);
    usable_range([(q_low - pad).max(low), (q_high + pad).min(high)])
}

/// Density in two dimensions on [`CELLS_2D`]² cells, `values[row * CELLS_2D + column]` with rows
/// from the lower edge upwards, in arbitrary units.
pub(super) struct Density2d {
    pub values: Vec<f64>,
}

impl Density2d {
    /// Kernel density with a Gaussian kernel of 0.8 of the covariance of the sample times n^(-1/3)
    /// (Scott's rule narrowed, since a curved posterior is wider than any of its parts), divided by
    /// the part of the kernel inside the panel.
    pub fn new(
        x: &[f64],
        y: &[f64],
        weights: &[f64],
        x_range: [f64; 2],
        y_range: [f64; 2],
    ) -> Self {
        let cells = CELLS_2D as f64;
        let scale =
            |value: f64, range: [f64; 2]| cells * (value - range[0]) / (range[1] - range[0]);
        let mut mass = vec![0.0; CELLS_2D * CELLS_2D];
        // Weight, means and second moments, in cells.
        let (mut total, mut squares, mut sums) = (0.0, 0.0, [0.0; 5]);
        for ((x, y), weight) in x.iter().zip(y).zip(weights) {
            let (u, v) = (scale(*x, x_range), scale(*y, y_range));
            if (0.0..cells).contains(&u) && (0.0..cells).contains(&v) && *weight > 0.0 {
                mass[v as usize * CELLS_2D + u as usize] += weight;
                total += weight;
                squares += weight * weight;
                let (u, v) = (u - 0.5 * cells, v - 0.5 * cells);
                for (sum, term) in sums.iter_mut().zip([u, v, u * u, u * v, v * v]) {
                    *sum += weight * term;
                }
            }
        }
        let size = if squares > 0.0 {
            total * total / squares
        } else {
            1.0
        };
        let [u, v, uu, uv, vv] = sums.map(|sum| if total > 0.0 { sum / total } else { 0.0 });
        let factor = 0.8 * size.powf(-1.0 / 3.0);
        // At least a third of a cell, so that the kernel is never a point.
        let (a, c) = (factor * (uu - u * u) + 0.1, factor * (vv - v * v) + 0.1);
        let b = (factor * (uv - u * v)).clamp(-0.97 * (a * c).sqrt(), 0.97 * (a * c).sqrt());
        Self {
            values: smooth(&mass, a, b, c),
        }
    }

    /// The density above which a share of the mass lies.
    pub fn level(&self, share: f64) -> f64 {
        let mut sorted = self.values.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let total: f64 = sorted.iter().sum();
        let mut held = 0.0;
        for value in sorted {
            held += value;
            if held >= share * total {
                return value;
            }
        }
        0.0
    }

    /// Density at a place in cells from the lower left corner, linear between the middles.
    pub fn at(&self, u: f64, v: f64) -> f64 {
        let edge = (CELLS_2D - 1) as f64;
        let (u, v) = ((u - 0.5).clamp(0.0, edge), (v - 0.5).clamp(0.0, edge));
        let (i, j) = (
            (u as usize).min(CELLS_2D - 2),
            (v as usize).min(CELLS_2D - 2),
        );
        let (s, t) = (u - i as f64, v - j as f64);
        let value = |i: usize, j: usize| self.values[j * CELLS_2D + i];
        (1.0 - t) * ((1.0 - s) * value(i, j) + s * value(i + 1, j))
            + t * ((1.0 - s) * value(i, j + 1) + s * value(i + 1, j + 1))
    }

    /// Segments of the line of equal density, in cells (marching squares on the middles of cells).
    pub fn contour(&self, level: f64) -> Vec<[(f64, f64); 2]> {
        let mut segments = Vec::new();
        for j in 0..CELLS_2D - 1 {
            for i in 0..CELLS_2D - 1 {
                let corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)];
                let mut crossings = Vec::with_capacity(4);
                for edge in 0..4 {
                    let ((i0, j0), (i1, j1)) = (corners[edge], corners[(edge + 1) % 4]);
                    let from = self.values[j0 * CELLS_2D + i0];
                    let to = self.values[j1 * CELLS_2D + i1];
                    if (from > level) != (to > level) {
                        let share = (level - from) / (to - from);
                        let between =
                            |a: usize, b: usize| a as f64 + share * (b as f64 - a as f64) + 0.5;
                        crossings.push((between(i0, i1), between(j0, j1)));
                    }
                }
                segments.extend(crossings.chunks_exact(2).map(|pair| [pair[0], pair[1]]));
            }
        }
        segments
    }
}

/// Convolution with a Gaussian of covariance (a, b; b, c) in cells².
fn smooth(mass: &[f64], a: f64, b: f64, c: f64) -> Vec<f64> {
    let determinant = a * c - b * b;
    let reach_of = |variance: f64| ((3.0 * variance.sqrt()).ceil() as isize).min(CELLS_2D as isize);
    let (reach_u, reach_v) = (reach_of(a), reach_of(c));
    let mut kernel = Vec::new();
    for dv in -reach_v..=reach_v {
        for du in -reach_u..=reach_u {
            let (u, v) = (du as f64, dv as f64);
            let distance = (c * u * u - 2.0 * b * u * v + a * v * v) / determinant;
            kernel.push((du, dv, (-0.5 * distance).exp()));
        }
    }
    let side = CELLS_2D as isize;
    let mut smoothed = vec![0.0; mass.len()];
    let mut inside = vec![0.0; mass.len()];
    for j in 0..side {
        for i in 0..side {
            let source = mass[(j * side + i) as usize];
            for &(du, dv, weight) in &kernel {
                let (u, v) = (i + du, j + dv);
                if (0..side).contains(&u) && (0..side).contains(&v) {
                    let target = (v * side + u) as usize;
                    inside[target] += weight;
                    smoothed[target] += weight * source;
                }
            }
        }
    }
    for (value, inside) in smoothed.iter_mut().zip(inside) {
        *value /= inside;
    }
    smoothed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uniform(count: usize) -> WeightedSample {
        let values: Vec<f64> = (0..count)
            .map(|i| (i as f64 + 0.5) / count as f64)
            .collect();
        WeightedSample::new(&values, &vec![1.0; count])
    }

    /// A uniform density is 1 up to its edges: for evenly spaced values exactly.
    #[test]
    fn a_cut_off_density_stays_upright_at_its_edge() {
        for (x, density) in density_1d(&uniform(4000), [0.0, 1.0]) {
            assert!((density - 1.0).abs() < 1e-9, "{x}: {density}");
        }
        let outside = density_1d(&uniform(4000), [-1.0, 2.0]);
        assert!(
            outside
                .iter()
                .all(|(x, density)| (-0.1..1.1).contains(x) || *density == 0.0)
        );
    }

    /// A quarter of the mass at 0 and three quarters at 1, the edges of the range: heights as 1 to 3.
    #[test]
    fn values_at_both_edges_count() {
        let sample = WeightedSample::new(&[0.0, 1.0], &[0.25, 0.75]);
        let curve = density_1d(&sample, [0.0, 1.0]);
        let (first, last) = (curve[0].1, curve[CELLS_1D - 1].1);
        assert!((last / first - 3.0).abs() < 0.3, "{first} {last}");
    }

    /// 300 draws of a flat prior: a straight line where the prior is known, to a rounding; else within a few per
    /// cent of one.
    #[test]
    fn a_known_prior_is_drawn_as_it_is() {
        let entries = "[x]\nprior = 'uniform'\nlow = 0\nhigh = 1";
        let entries = toml::from_str(entries).unwrap();
        let law = crate::prior::JointPrior::build(&["x".to_owned()], &entries).unwrap();
        // Uneven on purpose: fractional parts of the squares of i √2.
        let draws: Vec<f64> = (0..300)
            .map(|i| (f64::from(i * i) * std::f64::consts::SQRT_2).fract())
            .collect();
        let marginal = |density| Marginal {
            label: crate::report::Label::from_name("x"),
            values: &[],
            prior: &draws,
            density,
        };
        let off = |column: &Marginal<'_>| {
            let curve = prior_curve(column, [0.0, 1.0]);
            let each = curve.iter().map(|(_, y)| (y - 1.0).abs());
            each.fold(0.0, f64::max)
        };
        assert!(off(&marginal(law.marginal(0))) < 1e-12);
        assert!(off(&marginal(None)) < 0.25);
        let none = Marginal {
            prior: &[],
            ..marginal(law.marginal(0))
        };
        assert!(prior_curve(&none, [0.0, 1.0]).is_empty());
    }

    /// Levels of a bivariate normal: 39.35 % within 1σ (density e^(-1/2) of the peak). The
    /// smoothing flattens the peak: measured 0.612 against 0.607.
    #[test]
    fn level_of_the_one_sigma_contour() {
        let grid: Vec<f64> = (0..200)
            .map(|i| -4.0 + 8.0 * (f64::from(i) + 0.5) / 200.0)
            .collect();
        let (mut x, mut y, mut w) = (Vec::new(), Vec::new(), Vec::new());
        for a in &grid {
            for b in &grid {
                x.push(*a);
                y.push(*b);
                w.push((-0.5 * (a * a + b * b)).exp());
            }
        }
        let density = Density2d::new(&x, &y, &w, [-4.0, 4.0], [-4.0, 4.0]);
        let ratio = density.level(1.0 - (-0.5_f64).exp()) / density.at(30.0, 30.0);
        assert!((ratio - (-0.5_f64).exp()).abs() < 0.02, "{ratio}");
    }

    #[test]
    fn nothing_to_show_gives_no_number_that_is_not_one() {
        let empty = WeightedSample::new(&[], &[]);
        assert!(
            density_1d(&empty, [0.0, 1.0])
                .iter()
                .all(|(_, density)| *density == 0.0)
        );
        let density = Density2d::new(&[1.0], &[1.0], &[1.0], [0.0, 2.0], [0.0, 2.0]);
        assert!(density.values.iter().all(|value| value.is_finite()));
    }
}
