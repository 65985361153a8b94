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

    /// Writes the means over the parts to `out`; the cross sections of the bin are left in another
    /// order, partly sorted.
    pub fn reduce(&self, sigma_cm2: &mut [f32], out: &mut [f32]) {
        let n = sigma_cm2.len();
        let mut rest = sigma_cm2;
        // What of the first value in `rest` is used up, and where `rest` begins.
        let (mut used, mut start, mut below) = (0.0_f64, 0, 0.0_f64);
        let last = self.weights.len() - 1;
        for (part, (weight, mean)) in self.weights.iter().zip(out).enumerate() {
            below += weight * n as f64;
            let width = weight * n as f64;
            let whole = if part == last {
                n
            } else {
                (below as usize).min(n - 1)
            } - start;
            // The part before has put the smallest value first.
            let first = rest.first().map_or(0.0, |k| f64::from(*k));
            if whole < rest.len() {
                rest.select_nth_unstable_by(whole, f32::total_cmp);
            }
            let (here, after) = rest.split_at_mut(whole);
            let sum: f64 = here.iter().map(|k| f64::from(*k)).sum();
            let share = if part == last {
                0.0
            } else {
                below - (start + whole) as f64
            };
            let border = after.first().map_or(0.0, |k| f64::from(*k));
            *mean = ((sum - used * first + share * border) / width) as f32;
            (used, start, rest) = (share, start + whole, after);
        }
    }
}

impl Default for Quadrature {
    fn default() -> Self {
        Self::split_gauss(0.9)
    }
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
        let mut sorted = sigma.clone();
        sorted.sort_unstable_by(f32::total_cmp);
        quadrature.reduce(&mut sigma, &mut k);
        // The first part by hand: 0.9 x 0.1739 of 977 values.
        let width = quadrature.weights[0] * 977.0;
        let sum: f64 = sorted[..152].iter().map(|s| f64::from(*s)).sum();
        let first = (sum + (width - 152.0) * f64::from(sorted[152])) / width;
        assert!((f64::from(k[0]) / first - 1.0).abs() < 1e-6);
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
