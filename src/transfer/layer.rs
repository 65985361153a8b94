//! What a layer does to light: transmission, reflection, absorption and emission.
//!
//! A layer is two halves with a source linear in optical depth in each where they are thick: Planck functions at the
//! interface above, at the node and at the interface below. In fluxes (F = πI for the two streams)
//!
//! U_top = t U_bottom + r V_top + E_up, with E_up = e₁ B_top + e₂ B_node + e₃ B_bottom, and V alike
//! from below with e₁ and e₃ exchanged. u = 1 - t - r = e₁ + e₂ + e₃ is the absorptance, and the
//! heating of the layer is u (V_top + U_bottom) - E_up - E_down: no difference of fluxes.
//!
//! # Source
//! Two streams with diffusivity D and isotropic scattering: dU/dτ = γ₁U - γ₂V - D(1 - ω)πB with
//! γ₁ = D(1 - ω/2), γ₂ = Dω/2. For D = 2 these are the hemispheric means of Toon et al. (1989), JGR
//! 94, 16287, table 1, and the equations of Heng, Malik & Kitzmann (2018), ApJS 237, 29, with E = 1
//! (no improved two-stream correction). The slab is written here so that neither the thin nor the
//! conservative limit cancels.

use super::lanes::{
    Lanes, Lanes32, SERIES, SERIES32, near_weight_ratio, near_weight_ratio_with,
    near_weight_ratio_with32, transmission, transmission32, vectorised,
};

/// Operators of the layers of a block.
#[derive(Clone, Debug, Default)]
pub(super) struct Operators {
    /// Transmission.
    pub t: Vec<Lanes>,
    /// Absorptance.
    pub u: Vec<Lanes>,
    /// Weight of the near interface.
    pub e1: Vec<Lanes>,
    /// Weight of the node.
    pub e2: Vec<Lanes>,
    /// Weight of the far interface.
    pub e3: Vec<Lanes>,
    /// Reflection; written for scattering blocks alone.
    pub r: Vec<Lanes>,
}

/// Derivatives of the operators by the temperature of the layer, through its absorption \[K⁻¹\].
#[derive(Clone, Debug, Default)]
pub(super) struct Slopes {
    pub t: Vec<Lanes32>,
    pub e1: Vec<Lanes32>,
    pub e2: Vec<Lanes32>,
    pub e3: Vec<Lanes32>,
    pub r: Vec<Lanes32>,
}

impl Operators {
    pub fn resize(&mut self, layers: usize) {
        for array in [
            &mut self.t,
            &mut self.u,
            &mut self.e1,
            &mut self.e2,
            &mut self.e3,
            &mut self.r,
        ] {
            array.resize(layers, Default::default());
        }
    }

    /// Without scattering; `half` is D Δm/2 of each layer, lane by lane.
    pub fn absorbing(&mut self, kappa: &[f32], half: &[f64]) {
        absorbing(
            kappa,
            half,
            self.t.as_flattened_mut(),
            self.u.as_flattened_mut(),
            self.e1.as_flattened_mut(),
            self.e2.as_flattened_mut(),
            self.e3.as_flattened_mut(),
        );
    }

    /// With isotropic scattering.
    pub fn scattering(&mut self, kappa: &[f32], scattering: &[f32], half: &[f64]) {
        scatter(kappa, scattering, half, self);
    }
}

impl Slopes {
    pub fn resize(&mut self, layers: usize) {
        for array in [
            &mut self.t,
            &mut self.e1,
            &mut self.e2,
            &mut self.e3,
            &mut self.r,
        ] {
            array.resize(layers, Default::default());
        }
    }

    /// Without scattering, and the operators with them.
    pub fn absorbing(
        &mut self,
        operators: &mut Operators,
        kappa: &[f32],
        per_k: &[f32],
        half: &[f64],
    ) {
        absorbing_with_slopes(kappa, per_k, half, operators, self);
    }

    /// With scattering: differences from the `operators` at hand for a ten-thousandth more absorption,
    /// good to 1e-4, more than Newton's method needs.
    pub fn scattering(
        &mut self,
        operators: &Operators,
        kappa: &[f32],
        scattering: &[f32],
        per_k: &[f32],
        half: &[f64],
    ) {
        scatter_slopes(operators, kappa, scattering, per_k, half, self);
    }
}

/// Fourth power of the half-layer depth Dτ at which the source is half way from flat to linear, at
/// a depth of 0.1.
const LINEAR: f64 = 1e-4;

/// Largest half-layer depth that the share is made of: beyond it is one.
const THICK: f64 = 1e3;

/// Writes [`linearity`] and [`emission_weights`] for one precision.
macro_rules! weights {
    ($float:ty, $linearity:ident, $emission_weights:ident, $ratio:ident, $series:expr) => {
        /// Share of the linear source: 0 for thin, 1 for thick halves. A thin layer with a linear
        /// source would shine with the temperature of its neighbours and could find no balance of its
        /// own next to a jump; its emission is that of the node, to the same order. Thick layers need
        /// the gradient.
        ///
        /// Returns 1/x (of the end of the series where x is less), the share x⁴/(x⁴ + c) and
        /// c/(x⁴ + c), with one division.
        #[inline(always)]
        fn $linearity(x: $float) -> [$float; 3] {
            let linear = LINEAR as $float;
            let bounded = x.max($series);
            let x2 = x.min(THICK as $float) * x.min(THICK as $float);
            let sum = x2 * x2 + linear;
            let both = 1.0 / (bounded * sum);
            let share = bounded * both;
            [sum * both, x2 * x2 * share, linear * share]
        }

        /// Weights e₁, e₂, e₃ of a layer of two halves of depth x, which each let `through` and absorb.
        #[inline(always)]
        fn $emission_weights(x: $float, through: $float, absorbed: $float) -> [$float; 3] {
            let [inverse, bend, _] = $linearity(x);
            let a = x * $ratio(x, absorbed, inverse);
            let b = absorbed - a;
            let (near, far) = (bend * a, bend * b);
            [
                near,
                (absorbed - near) + through * (absorbed - far),
                through * far,
            ]
        }
    };
}

weights!(
    f64,
    linearity,
    emission_weights,
    near_weight_ratio_with,
    SERIES
);
weights!(
    f32,
    linearity32,
    emission_weights32,
    near_weight_ratio_with32,
    SERIES32
);

/// Transmission of an absorbing layer and its weights e₁, e₂, e₃, in single precision; x is the depth
/// of half of it.
#[inline(always)]
pub(super) fn absorbing_layer(x: f32) -> (f32, [f32; 3]) {
    // Thicker than anything, and far from where products overflow.
    let x = x.min(1e9);
    let (through, absorbed) = transmission32(x);
    (through * through, emission_weights32(x, through, absorbed))
}

vectorised! {
    wide
    fn absorbing(
        kappa: &[f32],
        half: &[f64],
        t: &mut [f64],
        u: &mut [f64],
        e1: &mut [f64],
        e2: &mut [f64],
        e3: &mut [f64],
    ) {
        let n = kappa.len();
        let (half, t, u) = (&half[..n], &mut t[..n], &mut u[..n]);
        let (e1, e2, e3) = (&mut e1[..n], &mut e2[..n], &mut e3[..n]);
        for i in 0..n {
            let x = f64::from(kappa[i]) * half[i];
            let (through, absorbed) = transmission(x);
            t[i] = through * through;
            u[i] = absorbed * (1.0 + through);
            [e1[i], e2[i], e3[i]] = emission_weights(x, through, absorbed);
        }
    }
}

vectorised! {
    wide
    fn absorbing_with_slopes(
        kappa: &[f32],
        per_k: &[f32],
        half: &[f64],
        operators: &mut Operators,
        slopes: &mut Slopes,
    ) {
        let n = kappa.len();
        let (half, per_k) = (&half[..n], &per_k[..n]);
        let t = &mut operators.t.as_flattened_mut()[..n];
        let u = &mut operators.u.as_flattened_mut()[..n];
        let e1 = &mut operators.e1.as_flattened_mut()[..n];
        let e2 = &mut operators.e2.as_flattened_mut()[..n];
        let e3 = &mut operators.e3.as_flattened_mut()[..n];
        let dt = &mut slopes.t.as_flattened_mut()[..n];
        let de1 = &mut slopes.e1.as_flattened_mut()[..n];
        let de2 = &mut slopes.e2.as_flattened_mut()[..n];
        let de3 = &mut slopes.e3.as_flattened_mut()[..n];
        for i in 0..n {
            let x = f64::from(kappa[i]) * half[i];
            let dx = f64::from(per_k[i]) * half[i];
            let (through, absorbed) = transmission(x);
            let [inverse, bend, flat] = linearity(x);
            let ratio = near_weight_ratio_with(x, absorbed, inverse);
            let a = x * ratio;
            let b = absorbed - a;
            let (near, far) = (bend * a, bend * b);
            t[i] = through * through;
            u[i] = absorbed * (1.0 + through);
            e1[i] = near;
            e2[i] = (absorbed - near) + through * (absorbed - far);
            e3[i] = through * far;
            // da/dx = b/x, and (1 - e^(-x))/x = 1 - a.
            let da = 1.0 - a - ratio;
            let db = through - da;
            // d(share)/dx = 4 share (1 - share)/x, which is nothing for small x.
            let dbend = 4.0 * bend * flat * inverse;
            let (dnear, dfar) = (dbend * a + bend * da, dbend * b + bend * db);
            let own = through - dnear + through * (through - dfar - absorbed + far);
            dt[i] = (-2.0 * through * through * dx) as f32;
            de1[i] = (dnear * dx) as f32;
            de2[i] = (own * dx) as f32;
            de3[i] = (through * (dfar - far) * dx) as f32;
        }
    }
}

vectorised! {
    wide
    fn scatter(kappa: &[f32], scattering: &[f32], half: &[f64], operators: &mut Operators) {
        let n = kappa.len();
        let (scattering, half) = (&scattering[..n], &half[..n]);
        let t = &mut operators.t.as_flattened_mut()[..n];
        let u = &mut operators.u.as_flattened_mut()[..n];
        let e1 = &mut operators.e1.as_flattened_mut()[..n];
        let e2 = &mut operators.e2.as_flattened_mut()[..n];
        let e3 = &mut operators.e3.as_flattened_mut()[..n];
        let r = &mut operators.r.as_flattened_mut()[..n];
        for i in 0..n {
            let slab = Slab::new(f64::from(kappa[i]), f64::from(scattering[i]), half[i]);
            (t[i], u[i], r[i]) = (slab.t, slab.u, slab.r);
            (e1[i], e2[i], e3[i]) = (slab.e1, slab.e2, slab.e3);
        }
    }
}

vectorised! {
    fn scatter_slopes(
        operators: &Operators,
        kappa: &[f32],
        scattering: &[f32],
        per_k: &[f32],
        half: &[f64],
        slopes: &mut Slopes,
    ) {
        let n = kappa.len();
        let (scattering, half, per_k) = (&scattering[..n], &half[..n], &per_k[..n]);
        let t = &operators.t.as_flattened()[..n];
        let e1 = &operators.e1.as_flattened()[..n];
        let e2 = &operators.e2.as_flattened()[..n];
        let e3 = &operators.e3.as_flattened()[..n];
        let r = &operators.r.as_flattened()[..n];
        let dt = &mut slopes.t.as_flattened_mut()[..n];
        let de1 = &mut slopes.e1.as_flattened_mut()[..n];
        let de2 = &mut slopes.e2.as_flattened_mut()[..n];
        let de3 = &mut slopes.e3.as_flattened_mut()[..n];
        let dr = &mut slopes.r.as_flattened_mut()[..n];
        for i in 0..n {
            let (k, s) = (f64::from(kappa[i]), f64::from(scattering[i]));
            // Where there is next to no absorption the step is one of the scattering.
            let step = 1e-4 * (k + 1e-3 * s) + 1e-30;
            let more = Slab::new(k + step, s, half[i]);
            let scale = f64::from(per_k[i]) / step;
            dt[i] = (scale * (more.t - t[i])) as f32;
            de1[i] = (scale * (more.e1 - e1[i])) as f32;
            de2[i] = (scale * (more.e2 - e2[i])) as f32;
            de3[i] = (scale * (more.e3 - e3[i])) as f32;
            dr[i] = (scale * (more.r - r[i])) as f32;
        }
    }
}

/// A layer that scatters.
#[derive(Clone, Copy, Debug)]
struct Slab {
    t: f64,
    u: f64,
    r: f64,
    e1: f64,
    e2: f64,
    e3: f64,
}

impl Slab {
    /// `half` is D Δm/2. No branch: written for vectors.
    #[inline(always)]
    fn new(absorption: f64, scattering: f64, half: f64) -> Self {
        let extinction = absorption + scattering;
        let depth = extinction * half;
        // √(1 - ω)
        let share = absorption / extinction.max(f64::MIN_POSITIVE);
        let epsilon = if extinction > 0.0 { share.sqrt() } else { 1.0 };
        let x = epsilon * depth;
        let (through, absorbed) = transmission(x);
        // (1 - e^(-x))/x
        let thick = absorbed / x.max(SERIES);
        let thin = 1.0 - x * near_weight_ratio(x, absorbed);
        let mean = if x > SERIES { thick } else { thin };
        // ζ∓ = (1 ∓ ε)/2 and V = (1 - e^(-2x))/ε: finite for ε = 0.
        let (minus, plus) = (0.5 * (1.0 - epsilon), 0.5 * (1.0 + epsilon));
        let v = depth * mean * (1.0 + through);
        let inverse = 1.0 / (1.0 + minus * minus * v);
        let (t, r) = (through * inverse, minus * plus * v * inverse);
        let u = absorbed * (epsilon + minus * absorbed) * inverse;
        let b =
            (far_excess(x, mean, through, absorbed) + 0.5 * epsilon * mean * absorbed) * inverse;
        let a = u - b;
        let [_, bend, _] = linearity(depth);
        let (near, far) = (bend * a, bend * b);
        // Two equal halves, one above the other.
        let tau = t / (1.0 - r * r);
        Self {
            t: t * tau,
            r: r + t * tau * r,
            u: u * (1.0 + t / (1.0 - r)),
            e1: near + tau * r * far,
            e2: (u - near) + tau * (u - far) * (1.0 + r),
            e3: tau * far,
        }
    }
}

/// g - e^(-x) - g (1 - e^(-x))/2 with g = (1 - e^(-x))/x, which is x²/6 for small x:
/// Σ (-x)ⁿ (2ⁿ - n - 1)/(n + 1)!.
#[inline(always)]
fn far_excess(x: f64, mean: f64, through: f64, absorbed: f64) -> f64 {
    const C: [f64; 7] = [
        247.0 / 362_880.0,
        -120.0 / 40_320.0,
        57.0 / 5040.0,
        -26.0 / 720.0,
        11.0 / 120.0,
        -4.0 / 24.0,
        1.0 / 6.0,
    ];
    let bounded = x.min(0.1);
    let mut sum = -502.0 / 3_628_800.0;
    for c in C {
        sum = bounded.mul_add(sum, c);
    }
    let series = bounded * bounded * sum;
    let direct = mean - through - 0.5 * mean * absorbed;
    if x > 0.1 { direct } else { series }
}

/// Light scattered out of a beam by a layer: fluxes up at its top and down at its bottom per unit
/// of direct flux at its top.
///
/// The particular solution has a pole where the beam decays as the diffuse light does (k = 1/µ);
/// within 1e-5 of it ω is moved away by as much, an error of 1e-5 in a term that is scattered.
///
/// # Arguments
/// * `depth`: optical depth of the layer; `omega`: its single-scattering albedo
/// * `slope`: 1/µ of the beam; `diffusivity`: D
/// * `t`, `r`: transmission and reflection of the layer
pub(super) fn scattered_beam(
    depth: f64,
    omega: f64,
    slope: f64,
    diffusivity: f64,
    [t, r]: [f64; 2],
) -> [f64; 2] {
    let s2 = slope * slope;
    let mut pole = diffusivity * diffusivity * (1.0 - omega) - s2;
    if pole.abs() < 1e-5 * s2 {
        pole = if pole < 0.0 { -1e-5 * s2 } else { 1e-5 * s2 };
    }
    let source = 0.5 * omega * slope / pole;
    let (up, down) = (
        source * (diffusivity - slope),
        source * (diffusivity + slope),
    );
    let through = (-slope * depth).exp();
    [
        up * (1.0 - t * through) - r * down,
        down * (through - t) - r * up * through,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numerical solution of the two-stream equations by stacking thin slabs would repeat the code;
    /// the closed limits do not: no scattering, conservative (T = 1/(1 + Dτ/2)), and the sum.
    #[test]
    fn slabs_have_their_limits() {
        for half in [1e-12, 1e-5, 0.03, 0.7, 12.0, 900.0] {
            let grey = Slab::new(1.0, 0.0, half);
            let mut plain = Operators::default();
            plain.resize(1);
            plain.absorbing(&[1.0; 16], &[half; 16]);
            for (found, exact) in [
                (grey.t, plain.t[0][0]),
                (grey.u, plain.u[0][0]),
                (grey.e1, plain.e1[0][0]),
                (grey.e2, plain.e2[0][0]),
                (grey.e3, plain.e3[0][0]),
            ] {
                assert!(
                    (found - exact).abs() <= 1e-11 * exact,
                    "{half}: {found} {exact}"
                );
            }
            let white = Slab::new(0.0, 1.0, half);
            assert!((white.t * (1.0 + half) - 1.0).abs() < 1e-12, "{half}");
            assert!((white.r + white.t - 1.0).abs() < 1e-14);
            assert_eq!(white.u, 0.0);
            for omega in [0.01, 0.3, 0.9, 1.0 - 1e-9] {
                let slab = Slab::new(1.0 - omega, omega, half);
                assert!(
                    (slab.t + slab.r + slab.u - 1.0).abs() < 1e-13,
                    "{half} {omega}"
                );
                let sum = slab.e1 + slab.e2 + slab.e3;
                assert!((sum - slab.u).abs() < 1e-12 * slab.u, "{half} {omega}");
                assert!(slab.e1 > 0.0 && slab.e2 > 0.0 && slab.e3 >= 0.0);
            }
        }
    }

    /// Thick and scattering: albedo of a half space (1 - ε)/(1 + ε).
    #[test]
    fn a_half_space_reflects_as_known() {
        for omega in [0.1, 0.9, 0.999_f64] {
            let epsilon = (1.0 - omega).sqrt();
            let slab = Slab::new(1.0 - omega, omega, 1e5);
            let exact = (1.0 - epsilon) / (1.0 + epsilon);
            assert!((slab.r / exact - 1.0).abs() < 1e-12, "{omega}");
        }
    }

    /// A conservative layer gives back what it takes from the beam.
    #[test]
    fn a_scattered_beam_conserves_energy() {
        for depth in [1e-6, 0.1, 3.0] {
            for slope in [1.0, 1.6, 2.0, 2.000_001, 7.0] {
                let slab = Slab::new(0.0, 1.0, depth);
                let [up, down] = scattered_beam(depth, 1.0, slope, 2.0, [slab.t, slab.r]);
                let lost = -(-slope * depth).exp_m1();
                assert!((up + down - lost).abs() < 1e-12, "{depth} {slope}");
                assert!(up > 0.0 && down > 0.0);
            }
        }
    }
}
