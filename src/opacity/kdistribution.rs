//! k-distributions: cross sections of a bin, sorted, at the abscissae of a quadrature in g.
//!
//! g(k) is the share of the bin (in ln ν̃) where the cross section is below k; the transmission of a
//! column N is Σ w_i exp(-N k(g_i)) (Lacis & Oinas 1991, J. Geophys. Res. 96, 9027). Here k_i is the
//! mean of the sorted values over the i-th part of g, of width w_i: the mean cross section of the
//! bin is kept exactly, and with it the emission of thin layers.

/// Quadrature in g: parts of (0, 1).
#[derive(Clone, Debug, PartialEq)]
pub struct Quadrature {
    /// Middle of each part.
    pub g: Vec<f64>,
    /// Width of each part; they sum to one.
    pub weights: Vec<f64>,
}

/// Abscissae and weights of the four-point Gauss-Legendre rule on (0, 1), in the order of g
/// (Abramowitz & Stegun 1964, table 25.4).
const GAUSS_4: [f64; 4] = [
    0.173_927_422_568_727,
    0.326_072_577_431_273,
    0.326_072_577_431_273,
    0.173_927_422_568_727,
];

impl Quadrature {
    /// Parts whose widths are the weights of two four-point Gauss-Legendre rules, on (0, `split`)
    /// and (`split`, 1).
    pub fn split_gauss(split: f64) -> Self {
        let low = GAUSS_4.iter().map(|w| w * split);
        let high = GAUSS_4.iter().map(|w| w * (1.0 - split));
        Self::from_weights(low.chain(high).collect())
    }

    /// Parts of these widths, which sum to one.
    pub fn from_weights(weights: Vec<f64>) -> Self {
        let mut below = 0.0;
        let g = weights
            .iter()
            .map(|w| {
                below += w;
                below - 0.5 * w
            })
            .collect();
        Self { g, weights }
    }

    /// Number of parts.
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// Sorts the cross sections of a bin and writes their means over the parts to `out`.
    pub fn reduce(&self, sigma_cm2: &mut [f32], out: &mut [f32]) {
        sigma_cm2.sort_unstable_by(f32::total_cmp);
        let n = sigma_cm2.len() as f64;
        let mut begin = 0.0_f64;
        for (weight, mean) in self.weights.iter().zip(out) {
            let end = (begin + weight * n).min(n);
            *mean = (integral(sigma_cm2, begin, end) / (end - begin)) as f32;
            begin = end;
        }
    }
}

impl Default for Quadrature {
    fn default() -> Self {
        Self::split_gauss(0.9)
    }
}

/// Integral of a staircase over positions `begin` to `end`, in steps.
fn integral(steps: &[f32], begin: f64, end: f64) -> f64 {
    let last = steps.len() - 1;
    let (first, final_step) = ((begin as usize).min(last), (end as usize).min(last));
    if first == final_step {
        return f64::from(steps[first]) * (end - begin);
    }
    let whole: f64 = steps[first + 1..final_step]
        .iter()
        .map(|k| f64::from(*k))
        .sum();
    whole
        + f64::from(steps[first]) * ((first + 1) as f64 - begin)
        + f64::from(steps[final_step]) * (end - final_step as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_kept_and_the_order_ascends() {
        let quadrature = Quadrature::default();
        assert!((quadrature.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let mut sigma: Vec<f32> = (0..977)
            .map(|i| (8.0 * (f64::from(i) * 12.9898).sin()).exp() as f32)
            .collect();
        let mean = sigma.iter().map(|s| f64::from(*s)).sum::<f64>() / 977.0;
        let mut k = vec![0.0; quadrature.len()];
        quadrature.reduce(&mut sigma, &mut k);
        assert!(k.windows(2).all(|pair| pair[0] <= pair[1]));
        let kept: f64 = k
            .iter()
            .zip(&quadrature.weights)
            .map(|(k, w)| f64::from(*k) * w)
            .sum();
        assert!((kept / mean - 1.0).abs() < 1e-6);
    }

    #[test]
    fn transmissions_of_an_elsasser_like_bin_are_those_of_all_points() {
        // Lines of width 0.02 of the spacing: centre to wing a factor 2500.
        let line = |i: usize| {
            let x = (i as f64 + 0.5) / 4000.0 - 0.5;
            (1.0 / (x * x + 4e-4)) as f32
        };
        let all: Vec<f32> = (0..4000).map(line).collect();
        let quadrature = Quadrature::default();
        let mut k = vec![0.0; quadrature.len()];
        quadrature.reduce(&mut all.clone(), &mut k);
        let mut worst = 0.0_f64;
        for step in 0..60 {
            let column = 10_f64.powf(-5.0 + 0.1 * f64::from(step));
            let exact: f64 = all
                .iter()
                .map(|s| (-column * f64::from(*s)).exp())
                .sum::<f64>()
                / 4000.0;
            let sum: f64 = k
                .iter()
                .zip(&quadrature.weights)
                .map(|(k, w)| w * (-column * f64::from(*k)).exp())
                .sum();
            worst = worst.max((sum - exact).abs());
        }
        assert!(worst < 0.02, "{worst}");
    }
}
