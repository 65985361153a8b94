//! Eight values of the profile of one line at a time.
//!
//! Written for the vectoriser: no branch inside a group of eight, no fused multiply-add, so that
//! every instruction set gives the same bits.

/// Nodes handled together.
pub(super) const GROUP: usize = 8;

/// Squared distance from the centre, in Doppler widths, beyond which the asymptotic series holds.
pub(super) const WING_SQUARED: f32 = 49.0;

/// A line at one temperature and pressure.
#[derive(Clone, Copy, Debug)]
pub(super) struct Profile {
    /// Centre \[cm⁻¹\].
    pub centre: f64,
    /// Position of the centre in steps of the fine grid.
    pub position: f64,
    /// Doppler 1/e half width \[cm⁻¹\].
    pub alpha: f32,
    /// Lorentz half width \[cm⁻¹\].
    pub gamma: f32,
    /// Strength, in the scale of the sums.
    pub strength: f32,
    /// Finest level that it needs.
    pub finest: u8,
    /// Coarsest level, where the cut-off lies.
    pub coarsest: u8,
}

/// Asymptotic series of the profile in v = 1/(d² + γ²): A v (1 + c₂v + c₃v² + c₄v³ + c₅v⁴), from
/// w(z) ~ i/√π (1/z + 1/(2z³) + 3/(4z⁵) + …), DLMF 7.12.1. At seven Doppler widths the next term
/// is 1.1e-4 of the whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wing {
    amplitude: f32,
    gamma2: f32,
    c: [f32; 4],
}

impl Wing {
    pub fn new(line: &Profile) -> Self {
        let (a2, g2) = (line.alpha * line.alpha, line.gamma * line.gamma);
        Self {
            amplitude: line.strength * line.gamma * std::f32::consts::FRAC_1_PI,
            gamma2: g2,
            c: [
                1.5 * a2,
                3.75 * a2 * a2 - 2.0 * g2 * a2,
                -15.0 * g2 * a2 * a2,
                12.0 * (g2 * a2) * (g2 * a2),
            ],
        }
    }

    /// Value at a squared distance.
    #[inline(always)]
    pub fn at(&self, d2: f32) -> f32 {
        let v = 1.0 / (d2 + self.gamma2);
        let [c2, c3, c4, c5] = self.c;
        self.amplitude * v * (1.0 + v * (c2 + v * (c3 + v * (c4 + v * c5))))
    }

    /// Taylor polynomial in d²/W² - 1 at the distance W.
    pub fn taylor(&self, distance: f32) -> Edge {
        let w2 = distance * distance;
        let v = 1.0 / (w2 + self.gamma2);
        let e = w2 * v;
        let [c2, c3, c4, c5] = self.c;
        let n = [1.0, c2 * v, c3 * v * v, c4 * v * v * v, c5 * v * v * v * v];
        // vⁿ = v₁ⁿ Σ C(n+k-1, k) (-e)ᵏ (d²/W² - 1)ᵏ.
        let a = self.amplitude * v;
        let t = [
            a * (n[0] + n[1] + n[2] + n[3] + n[4]),
            -a * e * (n[0] + 2.0 * n[1] + 3.0 * n[2] + 4.0 * n[3] + 5.0 * n[4]),
            a * e * e * (n[0] + 3.0 * n[1] + 6.0 * n[2] + 10.0 * n[3] + 15.0 * n[4]),
            -a * e * e * e * (n[0] + 4.0 * n[1] + 10.0 * n[2] + 20.0 * n[3] + 35.0 * n[4]),
        ];
        Edge {
            squared: w2,
            inverse: 1.0 / w2,
            t,
        }
    }
}

/// Smooth continuation of a wing inward from a distance W: a polynomial in d²/W² - 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    /// W².
    pub squared: f32,
    inverse: f32,
    /// Coefficients.
    pub t: [f32; 4],
}

impl Edge {
    /// Nothing at all: what a line cut inside its core continues with.
    pub fn nothing(distance: f32) -> Self {
        let squared = distance * distance;
        Self {
            squared,
            inverse: 1.0 / squared,
            t: [0.0; 4],
        }
    }

    #[inline(always)]
    pub fn at(&self, d2: f32) -> f32 {
        let w = d2 * self.inverse - 1.0;
        self.t[0] + w * (self.t[1] + w * (self.t[2] + w * self.t[3]))
    }
}

/// Squared distances of a group of nodes from a centre.
#[inline(always)]
pub(super) fn squared_distances(nu: &[f64; GROUP], centre: f64) -> [f32; GROUP] {
    std::array::from_fn(|i| {
        let d = (nu[i] - centre) as f32;
        d * d
    })
}

/// exp(-u) of 0 ≤ u, flushed below exp(-80): Cody & Waite (1980) reduction, Taylor polynomial of
/// degree 6 in |r| ≤ ln2/2 (2e-7 relative).
#[inline(always)]
fn exp_minus(u: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0;
    let x = -(if u < 80.0 { u } else { 80.0 });
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * 0.693_359_4) + n * 2.121_944_4e-4;
    let p = 1.0
        + r * (1.0
            + r * (0.5
                + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r * (1.0 / 720.0))))));
    let power = shifted
        .to_bits()
        .wrapping_sub(ROUND.to_bits())
        .wrapping_add(127)
        << 23;
    p * f32::from_bits(power)
}

/// 2x F(x) - 1 with Dawson's integral F, as a function of x² ≤ 52: rational fit of our own to
/// 1e-5 of the larger of its value and 0.02.
#[inline(always)]
fn dawson_part(u: f32) -> f32 {
    const P: [f32; 7] = [
        -1.000_001_7,
        1.244_918_3,
        -0.102_121_42,
        0.017_373_35,
        8.379_845_5e-4,
        2.249_932_5e-5,
        1.923_289e-5,
    ];
    const Q: [f32; 8] = [
        1.0,
        0.755_204_8,
        0.278_198_5,
        0.068_678_93,
        0.010_234_59,
        2.308_962_2e-3,
        -2.597_766_2e-5,
        3.855_686_8e-5,
    ];
    let p = P[0] + u * (P[1] + u * (P[2] + u * (P[3] + u * (P[4] + u * (P[5] + u * P[6])))));
    let q = Q[0]
        + u * (Q[1] + u * (Q[2] + u * (Q[3] + u * (Q[4] + u * (Q[5] + u * (Q[6] + u * Q[7]))))));
    p / q
}

/// Largest y of the expansion in y.
pub(super) const SMALL_Y: f32 = 0.12;

/// K(x, y) for x² ≤ 52 and y ≤ 0.12: Taylor series in y (Harris 1948, ApJ 108, 112), the
/// coefficients from K being harmonic.
#[inline(always)]
pub(super) fn core_small_y(u: f32, y: f32) -> f32 {
    const TWO_OVER_SQRT_PI: f32 = std::f32::consts::FRAC_2_SQRT_PI;
    let y2 = y * y;
    let even = 1.0 + y2 * (1.0 - 2.0 * u) + y2 * y2 * (0.5 + u * (u * (2.0 / 3.0) - 2.0));
    let g = dawson_part(if u < 52.0 { u } else { 52.0 });
    let odd = g * (1.0 + y2 * (1.0 - u * (2.0 / 3.0))) + y2 * (1.0 / 3.0);
    exp_minus(u) * even + TWO_OVER_SQRT_PI * y * odd
}

/// K(x, y) for y ≥ 0.12: Weideman (1994), SIAM J. Numer. Anal. 31, 1497, with 16 terms. In single
/// precision good to 1.2e-5 within |z| ≤ 7.
#[inline(always)]
pub(super) fn core_rational(x2: f32, y: f32) -> f32 {
    const L: f32 = 3.363_585_7;
    const A: [f32; 16] = [
        1.748_395_9,
        1.362_240_8,
        0.886_447_8,
        0.469_290_9,
        0.191_241_73,
        0.051_822_402,
        3.682_567_3e-3,
        -3.881_015_2e-3,
        -1.527_659_7e-3,
        8.703_158_4e-5,
        2.107_105_7e-4,
        2.170_986_8e-5,
        -2.734_640_5e-5,
        -5.584_233_4e-6,
        3.981_287_6e-6,
        9.939_322_5e-7,
    ];
    const FRAC_1_SQRT_PI: f32 = 0.564_189_6;
    let x = x2.sqrt();
    let shifted = L + y;
    let inverse = 1.0 / (shifted * shifted + x2);
    // 1/(L - iz) and Z = (L + iz)/(L - iz).
    let (ir, ii) = (shifted * inverse, x * inverse);
    let (zr, zi) = ((L * L - y * y - x2) * inverse, 2.0 * L * x * inverse);
    let (mut pr, mut pi) = (A[15], 0.0);
    for a in A[..15].iter().rev() {
        let next = pr * zr - pi * zi + a;
        pi = pr * zi + pi * zr;
        pr = next;
    }
    let sr = 2.0 * (pr * ir - pi * ii) + FRAC_1_SQRT_PI;
    let si = 2.0 * (pr * ii + pi * ir);
    sr * ir - si * ii
}
