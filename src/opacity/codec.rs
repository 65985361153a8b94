//! Compression of cross sections.
//!
//! At one wavenumber (or in one bin of a k-distribution) log10 σ is a smooth function of pressure,
//! temperature and g. It is written in orthonormal polynomials along each of these axes, the
//! coefficients are rounded to a step, and the integers, most of them zero, are deflated
//! ([`planes`]). Because the polynomials are orthonormal, rounding by a step Δ gives an rms error
//! of log10 σ of at most Δ/√12; a point whose worst error exceeds the bound is rounded more finely.
//!
//! # Accuracy
//! With [`Precision::default`]: rms ≤ 0.3 %, worst ≤ 1.2 % of σ + floor, measured by the tests of
//! this module and again for every table when it is written ([`Encoded`]).

mod basis;
mod planes;

use rayon::prelude::*;

use basis::Basis;

/// How finely values are kept.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Precision {
    /// Step of the rounded coefficients \[dex\].
    pub step_dex: f64,
    /// Largest relative error of σ + floor that any value may have.
    pub worst: f64,
    /// Cross section \[cm²\] that is added before the logarithm: below it, values fade to zero.
    pub floor_cm2: f64,
}

impl Default for Precision {
    fn default() -> Self {
        Self {
            step_dex: 0.0045,
            worst: 0.012,
            floor_cm2: 1e-36,
        }
    }
}

impl Precision {
    /// Whether the numbers can be used: positive, finite, in sensible ranges.
    pub fn is_usable(&self) -> bool {
        (1e-6..1.0).contains(&self.step_dex)
            && (1e-6..1.0).contains(&self.worst)
            && (1e-60..1e-10).contains(&self.floor_cm2)
    }
}

/// Axes of a table whose values are in the order \[pressure\]\[temperature\]\[point\]\[g\].
#[derive(Clone, Copy, Debug)]
pub struct Axes<'a> {
    /// Pressures \[bar\], ascending.
    pub pressure_bar: &'a [f64],
    /// Temperatures \[K\], ascending.
    pub temperature_k: &'a [f64],
    /// Wavenumbers, or bins.
    pub points: usize,
    /// Values of g; 1 for monochromatic tables.
    pub g: usize,
}

/// Finest step is the coarsest divided by 2 to this power.
const MOST_HALVINGS: u8 = 8;
/// Values that a table may hold: 4 GB of memory.
const MOST_VALUES: usize = 1 << 30;

impl Axes<'_> {
    /// Number of values, if it is one that can be held.
    fn values(&self) -> Option<usize> {
        let nodes = self
            .pressure_bar
            .len()
            .checked_mul(self.temperature_k.len())?;
        let spectral = self.points.checked_mul(self.g)?;
        let values = nodes.checked_mul(spectral)?;
        (values > 0 && values <= MOST_VALUES).then_some(values)
    }

    /// Coefficients of one point.
    fn block(&self) -> usize {
        self.pressure_bar.len() * self.temperature_k.len() * self.g
    }

    /// Where value (node, g) of a point stands in the table.
    fn offset(&self, node: usize, point: usize, g: usize) -> usize {
        (node * self.points + point) * self.g + g
    }

    fn bases(&self) -> [Basis; 3] {
        let ln = |axis: &[f64]| axis.iter().map(|x| x.ln()).collect::<Vec<_>>();
        let index: Vec<f64> = (0..self.g).map(|i| i as f64).collect();
        [
            Basis::new(&ln(self.pressure_bar)),
            Basis::new(&ln(self.temperature_k)),
            Basis::new(&index),
        ]
    }
}

/// A table as bytes, and what that cost in accuracy.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// The block.
    pub bytes: Vec<u8>,
    /// Rms relative error of σ + floor.
    pub rms_error: f64,
    /// Largest relative error of σ + floor.
    pub worst_error: f64,
}

/// Rounded coefficients of one point.
struct Rounded {
    halvings: u8,
    coefficients: Vec<i32>,
    square_error: f64,
    worst_error: f64,
}

/// Compresses cross sections \[cm²\] in the order of [`Axes`]. The bytes do not depend on the
/// number of threads.
///
/// # Errors
/// In words: a shape that does not fit the values, precision out of range.
pub fn encode(axes: Axes<'_>, sigma_cm2: &[f32], precision: Precision) -> Result<Encoded, String> {
    if axes.values() != Some(sigma_cm2.len()) || !precision.is_usable() {
        return Err(format!(
            "{} values for {} pressures, {} temperatures, {} points, {} g, {precision:?}",
            sigma_cm2.len(),
            axes.pressure_bar.len(),
            axes.temperature_k.len(),
            axes.points,
            axes.g
        ));
    }
    let bases = axes.bases();
    let rounded: Vec<Rounded> = (0..axes.points)
        .into_par_iter()
        .map(|point| round_point(axes, &bases, sigma_cm2, precision, point))
        .collect();
    let squares: f64 = rounded.iter().map(|point| point.square_error).sum();
    let worst_error = rounded.iter().fold(0.0, |w, p| p.worst_error.max(w));
    let halvings: Vec<u8> = rounded.iter().map(|point| point.halvings).collect();
    let order = planes::order([axes.pressure_bar.len(), axes.temperature_k.len(), axes.g]);
    let bytes = planes::pack(&halvings, &order, |point, k| rounded[point].coefficients[k]);
    Ok(Encoded {
        bytes,
        rms_error: (squares / sigma_cm2.len() as f64).sqrt(),
        worst_error,
    })
}

fn round_point(
    axes: Axes<'_>,
    bases: &[Basis; 3],
    sigma_cm2: &[f32],
    precision: Precision,
    point: usize,
) -> Rounded {
    let nodes = axes.block() / axes.g;
    let mut logarithm = vec![0.0; axes.block()];
    for node in 0..nodes {
        for g in 0..axes.g {
            let sigma = f64::from(sigma_cm2[axes.offset(node, point, g)]);
            logarithm[node * axes.g + g] = (sigma + precision.floor_cm2).log10();
        }
    }
    let mut exact = logarithm.clone();
    transform(bases, &mut exact, Basis::forward);
    let mut back = vec![0.0; exact.len()];
    for halvings in 0..=MOST_HALVINGS {
        let step = step(precision, halvings);
        let coefficients: Vec<i32> = exact.iter().map(|c| (c / step).round() as i32).collect();
        for (value, integer) in back.iter_mut().zip(&coefficients) {
            *value = f64::from(*integer) * step;
        }
        transform(bases, &mut back, Basis::inverse);
        let (mut square_error, mut worst_error) = (0.0, 0.0_f64);
        for (a, b) in back.iter().zip(&logarithm) {
            let error = ((a - b) * std::f64::consts::LN_10).exp_m1();
            square_error += error * error;
            worst_error = worst_error.max(error.abs());
        }
        if worst_error <= precision.worst || halvings == MOST_HALVINGS {
            return Rounded {
                halvings,
                coefficients,
                square_error,
                worst_error,
            };
        }
    }
    unreachable!("the last halving returns")
}

fn step(precision: Precision, halvings: u8) -> f64 {
    precision.step_dex / f64::from(1_u32 << halvings.min(MOST_HALVINGS))
}

/// Applies the bases along pressure, temperature and g of one block.
fn transform(bases: &[Basis; 3], block: &mut [f64], one: impl Fn(&Basis, &mut [f64], usize)) {
    let [pressure, temperature, g] = bases;
    let row = temperature.len() * g.len();
    one(pressure, block, row);
    for part in block.chunks_exact_mut(row) {
        one(temperature, part, g.len());
    }
    if g.len() > 1 {
        for part in block.chunks_exact_mut(g.len()) {
            one(g, part, 1);
        }
    }
}

/// The cross sections \[cm²\] of a block made by [`encode`], in the order of [`Axes`].
///
/// # Errors
/// In words: a block that is cut off, damaged, or of another shape; never a panic.
pub fn decode(axes: Axes<'_>, bytes: &[u8], precision: Precision) -> Result<Vec<f32>, String> {
    let values = axes.values().ok_or("axes without values or too long")?;
    if !precision.is_usable() {
        return Err(format!("precision out of range: {precision:?}"));
    }
    let order = planes::order([axes.pressure_bar.len(), axes.temperature_k.len(), axes.g]);
    // Before memory is taken: a real block has at least a bit for some hundred values.
    if values / 8192 > bytes.len() {
        return Err(format!("{} bytes for {values} values", bytes.len()));
    }
    let packed = planes::unpack(bytes, axes.points, &order)?;
    if packed.halvings.iter().any(|h| *h > MOST_HALVINGS) {
        return Err("a step that this version does not know".to_owned());
    }
    let bases = axes.bases();
    let block = axes.block();
    let mut by_point = vec![0.0_f32; values];
    by_point
        .par_chunks_exact_mut(block)
        .enumerate()
        .for_each_init(
            || vec![0.0; block],
            |work, (point, out)| {
                let step = step(precision, packed.halvings[point]);
                for (k, value) in work.iter_mut().enumerate() {
                    *value = f64::from(packed.coefficient(point, k)) * step;
                }
                transform(&bases, work, Basis::inverse);
                for (sigma, logarithm) in out.iter_mut().zip(&*work) {
                    *sigma = sigma_of(*logarithm, precision.floor_cm2);
                }
            },
        );
    Ok(transposed(axes, &by_point))
}

/// \[point\]\[node\]\[g\] to \[node\]\[point\]\[g\].
fn transposed(axes: Axes<'_>, by_point: &[f32]) -> Vec<f32> {
    let (block, g) = (axes.block(), axes.g);
    let mut table = vec![0.0; by_point.len()];
    table
        .par_chunks_exact_mut(axes.points * g)
        .enumerate()
        .for_each(|(node, row)| {
            for (point, out) in row.chunks_exact_mut(g).enumerate() {
                let start = point * block + node * g;
                out.copy_from_slice(&by_point[start..start + g]);
            }
        });
    table
}

/// Cross section of a logarithm; what drowns in the floor is zero, what no table holds is finite.
fn sigma_of(logarithm: f64, floor_cm2: f64) -> f32 {
    let sigma = (logarithm.min(0.0) * std::f64::consts::LN_10).exp() - floor_cm2;
    if sigma > 0.1 * floor_cm2 {
        sigma as f32
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRESSURE_BAR: [f64; 6] = [1e-8, 1e-6, 1e-4, 1e-2, 1.0, 100.0];
    const TEMPERATURE_K: [f64; 5] = [800.0, 1300.0, 2100.0, 3500.0, 6000.0];

    /// Lorentz wing or core of a line, Boltzmann factor: what tables hold.
    fn sample(points: usize, g: usize) -> Vec<f32> {
        let mut values = Vec::new();
        for p in PRESSURE_BAR {
            for t in TEMPERATURE_K {
                for point in 0..points {
                    for i in 0..g {
                        let phase = (point as f64 * 0.7).sin();
                        let width = 1e-3 + 0.02 * p;
                        let offset = 0.3 * (1.1 + phase) / (1 + i) as f64;
                        let energy = 9000.0 * (1.0 + (point as f64 * 0.31).cos());
                        let strength = 1e-19 * (-1.4388 * energy / t).exp();
                        let zero = point % 11 == 3;
                        let sigma = strength * width / (offset * offset + width * width);
                        values.push(if zero { 0.0 } else { sigma as f32 });
                    }
                }
            }
        }
        values
    }

    fn axes(points: usize, g: usize) -> Axes<'static> {
        Axes {
            pressure_bar: &PRESSURE_BAR,
            temperature_k: &TEMPERATURE_K,
            points,
            g,
        }
    }

    #[test]
    fn values_come_back_within_the_bounds() {
        for g in [1, 4] {
            let (axes, values) = (axes(200, g), sample(200, g));
            let precision = Precision::default();
            let encoded = encode(axes, &values, precision).unwrap();
            let back = decode(axes, &encoded.bytes, precision).unwrap();
            let (mut square, mut worst) = (0.0, 0.0_f64);
            for (a, b) in back.iter().zip(&values) {
                assert_eq!(*a == 0.0, *b == 0.0, "{a:e} {b:e}");
                if *b > 0.0 {
                    let error = f64::from(*a) / f64::from(*b) - 1.0;
                    square += error * error;
                    worst = worst.max(error.abs());
                }
            }
            let rms = (square / values.len() as f64).sqrt();
            // Measured 0.19 % and 1.05 % (g = 1).
            assert!(rms < 0.003, "rms {rms}");
            assert!(worst < 0.0121, "worst {worst}");
            assert!(encoded.rms_error < 0.003 && encoded.worst_error <= 0.012);
        }
    }

    #[test]
    fn bytes_do_not_depend_on_the_number_of_threads() {
        let values = sample(64, 2);
        let make = |threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| {
                encode(axes(64, 2), &values, Precision::default())
                    .unwrap()
                    .bytes
            })
        };
        assert_eq!(make(1), make(3));
    }

    #[test]
    fn damage_is_refused_or_gives_finite_values() {
        use rand::rngs::ChaCha8Rng;
        use rand::{RngExt, SeedableRng};
        let precision = Precision::default();
        let good = encode(axes(40, 2), &sample(40, 2), precision)
            .unwrap()
            .bytes;
        for cut in 0..good.len() {
            assert!(
                decode(axes(40, 2), &good[..cut], precision).is_err(),
                "{cut}"
            );
        }
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for _ in 0..2000 {
            let mut bad = good.clone();
            let at = rng.random_range(0..bad.len());
            bad[at] = rng.random();
            if let Ok(values) = decode(axes(40, 2), &bad, precision) {
                assert!(values.iter().all(|v| v.is_finite() && *v >= 0.0));
            }
        }
        assert!(decode(axes(41, 2), &good, precision).is_err());
        assert!(decode(axes(usize::MAX, 2), &good, precision).is_err());
    }
}
