//! Derivatives of the heating by the temperatures.
//!
//! A warmer layer emits more, and absorbs otherwise: both change the light that leaves it, and this
//! change goes on through the layers above and below as any light does. So each column of the
//! matrix is one ray up and one ray down: heating u r, then r t. Where surface or layers reflect,
//! t and u are those with all that lies beyond folded in, which is exact. Accumulated in single
//! precision: good to 1e-5, more than Newton's method needs.

mod rays;

use rays::{absorb, add_halves, far, strips, weaken};

use super::Column;
use super::flux::{Fields, Transfer, Workspace, range_of};
use super::lanes::{Lanes, Lanes32, vectorised};
use super::layer::{Operators, Slopes};
use super::points::{Boundary, Illumination};
use crate::opacity::mixing::LANES;

/// Smaller derivatives are zero: they would become denormal numbers.
const TINY: f64 = 1e-25;

/// How much of the derivatives is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Derivatives {
    /// All of them.
    #[default]
    Full,
    /// At held opacities: for steps far from the solution.
    Held,
}

/// Sums over the blocks: half of the lanes, so that less goes through memory.
type Half = [f32; LANES / 2];

/// Scratch of the derivatives.
#[derive(Clone, Debug, Default)]
pub struct JacobianWorkspace {
    layers: LayerRays,
    source: Sources,
    /// \[column\]\[row\], the halves of the lanes added.
    sums: Vec<Half>,
    /// Part of the diagonal that comes from the opacity.
    own: Vec<Half>,
    pub(super) opacity_diagonal: Vec<f64>,
    /// Rays that leave the three layers around the node, up and down.
    ray_up: Vec<Lanes32>,
    ray_down: Vec<Lanes32>,
    /// Whether the opacities are held.
    held: bool,
    /// Whether a block before has left its reflections behind.
    reflects: bool,
}

/// How rays go through the layers.
#[derive(Clone, Debug, Default)]
struct LayerRays {
    e1: Vec<Lanes32>,
    e2: Vec<Lanes32>,
    e3: Vec<Lanes32>,
    /// Transmission and absorptance for a ray that comes from below, and from above.
    t_up: Vec<Lanes32>,
    u_up: Vec<Lanes32>,
    t_down: Vec<Lanes32>,
    u_down: Vec<Lanes32>,
    /// Reflectance of all above and all below the interfaces.
    above: Vec<Lanes>,
    below: Vec<Lanes>,
    /// How emission up and down becomes light going up, down, and is taken back.
    mix: Vec<[Lanes32; 5]>,
    beam_through: Vec<Lanes32>,
    beam_lost: Vec<Lanes32>,
    albedo: Lanes32,
    /// Absorptance of a layer for a ray at the edge of its strip, and transmission of the strips.
    strip_up: Vec<Lanes32>,
    strip_down: Vec<Lanes32>,
    through_up: Vec<Lanes32>,
    through_down: Vec<Lanes32>,
}

/// Derivatives of sources \[W m⁻² K⁻¹\].
#[derive(Clone, Debug, Default)]
struct Sources {
    node: Vec<Lanes32>,
    /// Of the base of the gas by the last node and the one above.
    base: [Lanes32; 2],
    surface: Lanes32,
    /// By interface: derivatives of the share of the node above by the temperatures above and below, where there is a
    /// front, and what the share is of: the difference of the sources.
    front: Vec<[f32; 2]>,
    jump: Vec<Lanes32>,
    /// Change of the light out of a layer through its absorption, up and down.
    up: Vec<Lanes32>,
    down: Vec<Lanes32>,
    beam: Vec<Lanes32>,
}

impl Transfer {
    /// Derivatives of the heating of the layers and of the surface, and the heating itself.
    ///
    /// The column keeps its pressures; absorption follows the temperature of its layer by
    /// `absorption_per_k`. For a beam that is scattered or reflected, the change of the beam alone
    /// is followed, not that of its reflection.
    ///
    /// # Arguments
    /// As [`Transfer::fluxes`]; `jacobian` gets (layers + 1)² numbers \[W m⁻² K⁻¹\], row by row: row
    /// l is the heating of layer l (the last the surface), column j the temperature of layer j.
    ///
    /// # Errors
    /// As [`Transfer::fluxes`].
    #[allow(clippy::too_many_arguments)]
    pub fn jacobian(
        &self,
        column: &Column,
        temperature_k: &[f64],
        surface_temperature_k: f64,
        boundary: &Boundary,
        derivatives: Derivatives,
        workspace: &mut Workspace,
        scratch: &mut JacobianWorkspace,
        fluxes: &mut super::Fluxes,
        jacobian: &mut Vec<f64>,
    ) -> Result<(), crate::error::ModelError> {
        self.prepare(
            column,
            temperature_k,
            surface_temperature_k,
            boundary,
            workspace,
        )?;
        workspace.clear_sums();
        let layers = temperature_k.len();
        scratch.resize(layers);
        scratch.held = derivatives == Derivatives::Held;
        if scratch.held {
            scratch.source.up.fill([0.0; LANES]);
            scratch.source.down.fill([0.0; LANES]);
        }
        for block in 0..self.points.blocks.len() {
            let scatters = self.solve_block(column, boundary, block, !scratch.held, workspace);
            workspace.add_block();
            self.differentiate(column, boundary, block, scatters, workspace, scratch);
        }
        let m = layers + 1;
        jacobian.resize(m * m, 0.0);
        for (j, column) in scratch.sums.chunks_exact(m).enumerate() {
            for (l, lanes) in column.iter().enumerate() {
                jacobian[l * m + j] = lanes.iter().map(|x| f64::from(*x)).sum::<f64>();
            }
        }
        let own = scratch
            .own
            .iter()
            .map(|lanes| lanes.iter().map(|x| f64::from(*x)).sum::<f64>());
        scratch.opacity_diagonal.clear();
        scratch.opacity_diagonal.extend(own);
        workspace.collect(boundary.internal_flux_w_m2, fluxes)
    }

    /// Adds the derivatives of a block that was solved.
    fn differentiate(
        &self,
        column: &Column,
        boundary: &Boundary,
        block: usize,
        scatters: bool,
        workspace: &mut Workspace,
        scratch: &mut JacobianWorkspace,
    ) {
        let range = range_of(block, column);
        let absorption = &column.extinction.absorption[range.clone()];
        let per_k = &column.extinction.absorption_per_k[range.clone()];
        let half = &workspace.half;
        if scatters {
            scratch.reflects = true;
            if !scratch.held {
                let scattering = &column.extinction.scattering[range];
                let (operators, slopes) = (&workspace.operators, &mut workspace.slopes);
                slopes.scattering(operators, absorption, scattering, per_k, half);
            }
        } else if scratch.reflects {
            workspace.operators.r.fill([0.0; LANES]);
            workspace.slopes.r.fill([0.0; LANES]);
            scratch.reflects = false;
        }
        self.slopes_of_sources(block, workspace, &mut scratch.source);
        let rays = &mut scratch.layers;
        if !scratch.held {
            through_absorption(&workspace.slopes, &workspace.fields, &mut scratch.source);
        }
        single(&workspace.operators, rays);
        let coupled = scatters || workspace.fields.albedo.iter().any(|a| *a > 0.0);
        rays.albedo = workspace.fields.albedo.map(|a| a as f32);
        if coupled {
            couple(&workspace.operators, &workspace.fields.albedo, rays);
        } else {
            rays.t_down.copy_from_slice(&rays.t_up);
            rays.u_down.copy_from_slice(&rays.u_up);
        }
        strips(rays);
        scratch.add_own();
        scratch.near(coupled, &workspace.upper);
        scratch.surface_column(coupled);
        let (up, down) = (&scratch.ray_up, &scratch.ray_down);
        far(&mut scratch.sums, &scratch.layers, up, down);
        let beam = boundary.illumination;
        if let (Illumination::Beam { cosine }, false) = (beam, scratch.held) {
            let ratio = 2.0 / (self.diffusivity * cosine);
            beam_slopes(
                per_k,
                half,
                ratio,
                &workspace.fields,
                &mut scratch.layers,
                &mut scratch.source,
            );
            scratch.beam_column();
        }
    }

    fn slopes_of_sources(&self, block: usize, workspace: &Workspace, source: &mut Sources) {
        let bands = self.points.bands();
        let block = &self.points.blocks[block];
        let pick = |row: usize, factor: f64, out: &mut Lanes32| {
            let row = &workspace.planck_per_k[row * bands..(row + 1) * bands];
            for ((out, band), weight) in out.iter_mut().zip(&block.band).zip(&block.weight) {
                let value = row[*band] * weight;
                *out = if value > TINY {
                    (factor * value) as f32
                } else {
                    0.0
                };
            }
        };
        let layers = source.node.len();
        for (layer, node) in source.node.iter_mut().enumerate() {
            pick(layer, 1.0, node);
        }
        pick(layers, workspace.base.per_last, &mut source.base[0]);
        pick(layers, workspace.base.per_upper, &mut source.base[1]);
        pick(layers + 1, 1.0, &mut source.surface);
        let nodes = &workspace.fields.node;
        for i in 1..layers {
            source.front[i] = workspace.upper_per_k[i].map(|slope| slope as f32);
            if source.front[i] != [0.0; 2] {
                source.jump[i] = std::array::from_fn(|k| (nodes[i - 1][k] - nodes[i][k]) as f32);
            }
        }
    }
}

vectorised! {
    /// Light out of a layer changes with its absorption.
    fn through_absorption(slopes: &Slopes, fields: &Fields, source: &mut Sources) {
        let n = source.up.len();
        let (t, r) = (&slopes.t[..n], &slopes.r[..n]);
        let (e1, e2, e3) = (&slopes.e1[..n], &slopes.e2[..n], &slopes.e3[..n]);
        let (up, down) = (&fields.up[..n + 1], &fields.down[..n + 1]);
        let (node, interface) = (&fields.node[..n], &fields.interface[..n + 1]);
        let (out_up, out_down) = (&mut source.up[..n], &mut source.down[..n]);
        for l in 0..n {
            for i in 0..LANES {
                let (below, above) = (up[l + 1][i] as f32, down[l][i] as f32);
                let (top, bottom) = (interface[l][i] as f32, interface[l + 1][i] as f32);
                let own = e2[l][i] * node[l][i] as f32;
                let (t, r) = (t[l][i], r[l][i]);
                let emits_up = e1[l][i].mul_add(top, e3[l][i].mul_add(bottom, own));
                let emits_down = e3[l][i].mul_add(top, e1[l][i].mul_add(bottom, own));
                out_up[l][i] = t.mul_add(below, r.mul_add(above, emits_up));
                out_down[l][i] = t.mul_add(above, r.mul_add(below, emits_down));
            }
        }
    }
}

vectorised! {
    /// Operators in single precision.
    fn single(operators: &Operators, rays: &mut LayerRays) {
        let pairs = [
            (&operators.t, &mut rays.t_up),
            (&operators.u, &mut rays.u_up),
            (&operators.e1, &mut rays.e1),
            (&operators.e2, &mut rays.e2),
            (&operators.e3, &mut rays.e3),
        ];
        for (from, to) in pairs {
            for (from, to) in from.as_flattened().iter().zip(to.as_flattened_mut()) {
                *to = *from as f32;
            }
        }
    }
}

vectorised! {
    /// Folds the reflections above and below into the operators.
    fn couple(operators: &Operators, albedo: &Lanes, rays: &mut LayerRays) {
        let n = rays.t_up.len();
        rays.above[0] = [0.0; LANES];
        rays.below[n] = *albedo;
        for l in 0..n {
            for i in 0..LANES {
                let (t, r) = (operators.t[l][i], operators.r[l][i]);
                let above = rays.above[l][i];
                rays.above[l + 1][i] = r + t * t * above / (1.0 - r * above);
            }
        }
        for l in (0..n).rev() {
            for i in 0..LANES {
                let (t, r) = (operators.t[l][i], operators.r[l][i]);
                let below = rays.below[l + 1][i];
                rays.below[l][i] = r + t * t * below / (1.0 - r * below);
            }
        }
        for l in 0..n {
            for i in 0..LANES {
                let (t, r, u) = (operators.t[l][i], operators.r[l][i], operators.u[l][i]);
                let (above, below) = (rays.above[l][i], rays.below[l + 1][i]);
                let up = t / (1.0 - r * above);
                let down = t / (1.0 - r * below);
                rays.t_up[l][i] = up as f32;
                rays.u_up[l][i] = (u * (1.0 + above * up)) as f32;
                rays.t_down[l][i] = down as f32;
                rays.u_down[l][i] = (u * (1.0 + below * down)) as f32;
                // Emission p up and q down, reflected between what is above and below.
                let inverse = 1.0 / ((1.0 - r * below) * (1.0 - r * above) - t * t * above * below);
                let [pp, pq] = [(1.0 - r * below) * inverse, t * below * inverse];
                let [qq, qp] = [(1.0 - r * above) * inverse, t * above * inverse];
                let mix = &mut rays.mix[l];
                mix[0][i] = pp as f32;
                mix[1][i] = pq as f32;
                mix[2][i] = qp as f32;
                mix[3][i] = qq as f32;
                // Light that comes back is absorbed: u (above p* + below q*).
                mix[4][i] = u as f32;
            }
        }
    }
}

vectorised! {
    fn beam_slopes(
        per_k: &[f32],
        half: &[f64],
        ratio: f64,
        fields: &Fields,
        rays: &mut LayerRays,
        source: &mut Sources,
    ) {
        for l in 0..source.beam.len() {
            for i in 0..LANES {
                let dx = f64::from(per_k[l * LANES + i]) * half[l * LANES + i] * ratio;
                source.beam[l][i] = (-dx * fields.beam[l + 1][i]) as f32;
                rays.beam_through[l][i] = fields.beam_through[l][i] as f32;
                rays.beam_lost[l][i] = fields.beam_lost[l][i] as f32;
            }
        }
    }
}

/// A source times a number, added.
#[inline(always)]
fn add(out: &mut Lanes32, factor: f32, weight: &Lanes32, source: &Lanes32) {
    for i in 0..LANES {
        out[i] = (factor * weight[i]).mul_add(source[i], out[i]);
    }
}

impl JacobianWorkspace {
    fn resize(&mut self, n: usize) {
        let rays = &mut self.layers;
        for array in [
            &mut rays.e1,
            &mut rays.e2,
            &mut rays.e3,
            &mut rays.t_up,
            &mut rays.u_up,
            &mut rays.t_down,
            &mut rays.u_down,
            &mut rays.beam_through,
            &mut rays.beam_lost,
            &mut rays.strip_up,
            &mut rays.strip_down,
            &mut rays.through_up,
            &mut rays.through_down,
            &mut self.source.node,
            &mut self.source.up,
            &mut self.source.down,
            &mut self.source.beam,
        ] {
            array.resize(n, Default::default());
        }
        self.source.front.resize(n + 1, Default::default());
        self.source.jump.resize(n + 1, Default::default());
        rays.mix.resize(n, Default::default());
        rays.above.resize(n + 1, Default::default());
        rays.below.resize(n + 1, Default::default());
        self.ray_up.resize(n + 1, Default::default());
        self.ray_down.resize(n + 1, Default::default());
        self.reflects = true;
        self.own.clear();
        self.own.resize(n, Default::default());
        self.sums.clear();
        self.sums.resize((n + 1) * (n + 1), Default::default());
    }

    /// The part of the diagonal that comes from the opacity.
    fn add_own(&mut self) {
        let sources = self.source.up.iter().zip(&self.source.down);
        for (own, (up, down)) in self.own.iter_mut().zip(sources) {
            add_halves(own, &up.map(|x| -x));
            add_halves(own, &down.map(|x| -x));
        }
    }

    /// The node and its two neighbours, which share the interfaces.
    fn near(&mut self, coupled: bool, upper: &[f64]) {
        let m = self.layers.t_up.len() + 1;
        for (j, sums) in self.sums.chunks_exact_mut(m).enumerate().take(m - 1) {
            let rays = (&mut self.ray_up[j], &mut self.ray_down[j]);
            near_node(j, coupled, upper, &self.layers, &self.source, sums, rays);
        }
    }

    /// The surface: its emission, less what comes back.
    fn surface_column(&mut self, coupled: bool) {
        let n = self.layers.t_up.len();
        let sums = &mut self.sums[n * (n + 1)..];
        let mut ray = self.source.surface;
        let mut balance = [0.0; LANES];
        for i in 0..LANES {
            let albedo = self.layers.albedo[i];
            let emitted = (1.0 - albedo) * ray[i];
            let above = if coupled {
                self.layers.above[n][i] as f32
            } else {
                0.0
            };
            ray[i] = emitted / (1.0 - albedo * above);
            balance[i] = (1.0 - albedo) * above * ray[i] - emitted;
        }
        add_halves(&mut sums[n], &balance);
        absorb::<false>(&mut sums[n - 1..n], &self.layers.u_up[n - 1..n], &ray);
        weaken(&mut ray, &self.layers.t_up[n - 1]);
        self.ray_up[n] = ray;
        self.ray_down[n] = [0.0; LANES];
    }

    /// What a change of the absorption of the beam does to the layer and to all below.
    fn beam_column(&mut self) {
        let rays = &self.layers;
        let n = rays.t_up.len();
        for (j, sums) in self.sums.chunks_exact_mut(n + 1).enumerate().take(n) {
            let mut ray = self.source.beam[j];
            add_halves(&mut sums[j], &ray.map(|x| -x));
            add_halves(&mut self.own[j], &ray.map(|x| -x));
            for l in j + 1..n {
                absorb::<false>(&mut sums[l..=l], &rays.beam_lost[l..=l], &ray);
                weaken(&mut ray, &rays.beam_through[l]);
            }
            for (ray, albedo) in ray.iter_mut().zip(&rays.albedo) {
                *ray *= 1.0 - albedo;
            }
            add_halves(&mut sums[n], &ray);
        }
    }
}

vectorised! {
    fn near_node(
        j: usize,
        coupled: bool,
        upper: &[f64],
        rays: &LayerRays,
        source: &Sources,
        sums: &mut [Half],
        out: (&mut Lanes32, &mut Lanes32),
    ) {
        let n = rays.t_up.len();
        let (mut up, mut down) = ([[0.0_f32; LANES]; 3], [[0.0_f32; LANES]; 3]);
        let mut heat = [[0.0_f32; LANES]; 3];
        let layers = j.saturating_sub(1)..(j + 2).min(n);
        for k in layers.clone() {
            let place = k + 1 - j;
            let (up, down, heat) = (&mut up[place], &mut down[place], &mut heat[place]);
            emitted(j, k, upper, rays, source, up, down);
            for i in 0..LANES {
                heat[i] = -(up[i] + down[i]);
            }
            if coupled {
                reflect(k, rays, up, down, heat);
            }
        }
        let mut ray = [0.0_f32; LANES];
        for k in layers.clone().rev() {
            cross(&rays.t_up[k], &rays.u_up[k], &up[k + 1 - j], &mut heat[k + 1 - j], &mut ray);
        }
        *out.0 = ray;
        let mut ray = [0.0_f32; LANES];
        for k in layers.clone() {
            let place = k + 1 - j;
            cross(&rays.t_down[k], &rays.u_down[k], &down[place], &mut heat[place], &mut ray);
            add_halves(&mut sums[k], &heat[place]);
        }
        *out.1 = ray;
    }
}

/// A ray through a layer that emits as well.
#[inline(always)]
fn cross(t: &Lanes32, u: &Lanes32, emits: &Lanes32, heat: &mut Lanes32, ray: &mut Lanes32) {
    for i in 0..LANES {
        heat[i] = u[i].mul_add(ray[i], heat[i]);
    }
    for i in 0..LANES {
        ray[i] = ray[i].mul_add(t[i], emits[i]);
    }
}

/// Change of the emission of layer k, up and down, with the temperature of node j.
#[inline(always)]
fn emitted(
    j: usize,
    k: usize,
    upper: &[f64],
    rays: &LayerRays,
    source: &Sources,
    up: &mut Lanes32,
    down: &mut Lanes32,
) {
    let n = rays.t_up.len();
    let node = &source.node[j];
    let (e1, e2, e3) = (&rays.e1[k], &rays.e2[k], &rays.e3[k]);
    let share = |interface: usize| {
        if interface == 0 {
            1.0
        } else if j < interface {
            upper[interface] as f32
        } else {
            1.0 - upper[interface] as f32
        }
    };
    let front = |interface: usize| source.front[interface][usize::from(j >= interface)];
    if j <= k {
        // The interface above.
        add(up, share(k), e1, node);
        add(down, share(k), e3, node);
        if front(k) != 0.0 {
            add(up, front(k), e1, &source.jump[k]);
            add(down, front(k), e3, &source.jump[k]);
        }
    }
    if k + 1 == n {
        let base = &source.base[usize::from(j + 1 < n)];
        add(up, 1.0, e3, base);
        add(down, 1.0, e1, base);
    } else if j >= k {
        add(up, share(k + 1), e3, node);
        add(down, share(k + 1), e1, node);
        if front(k + 1) != 0.0 {
            add(up, front(k + 1), e3, &source.jump[k + 1]);
            add(down, front(k + 1), e1, &source.jump[k + 1]);
        }
    }
    if j == k {
        add(up, 1.0, e2, node);
        add(down, 1.0, e2, node);
        for i in 0..LANES {
            up[i] += source.up[k][i];
            down[i] += source.down[k][i];
        }
    }
}

/// Emission with the reflections above and below; what comes back heats the layer.
#[inline(always)]
fn reflect(k: usize, rays: &LayerRays, up: &mut Lanes32, down: &mut Lanes32, sum: &mut Lanes32) {
    let [pp, pq, qp, qq, u] = &rays.mix[k];
    for i in 0..LANES {
        let (p, q) = (up[i], down[i]);
        up[i] = pp[i] * p + pq[i] * q;
        down[i] = qp[i] * p + qq[i] * q;
        let back = rays.above[k][i] as f32 * up[i] + rays.below[k + 1][i] as f32 * down[i];
        sum[i] += u[i] * back;
    }
}
