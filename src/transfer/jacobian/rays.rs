//! Rays through the layers.

use super::{Half, LayerRays};
use crate::opacity::mixing::LANES;
use crate::transfer::lanes::{Lanes32, vectorised};

/// Layers to a strip; at each a ray is looked at whether it has died away.
const STRIP: usize = 8;
/// A ray this much below its start has.
const DEAD: f32 = 1e-5;

vectorised! {
    /// Strips of layers: a ray that crosses one is multiplied once, not layer by layer.
    pub(super) fn strips(rays: &mut LayerRays) {
        let n = rays.t_up.len();
        for (strip, start) in (0..n).step_by(STRIP).enumerate() {
            let end = (start + STRIP).min(n);
            let mut through = [1.0_f32; LANES];
            for l in (start..end).rev() {
                let (t, u) = (&rays.t_up[l], &rays.u_up[l]);
                for i in 0..LANES {
                    rays.strip_up[l][i] = u[i] * through[i];
                    through[i] *= t[i];
                }
            }
            rays.through_up[strip] = through;
            let mut through = [1.0_f32; LANES];
            for l in start..end {
                let (t, u) = (&rays.t_down[l], &rays.u_down[l]);
                for i in 0..LANES {
                    rays.strip_down[l][i] = u[i] * through[i];
                    through[i] *= t[i];
                }
            }
            rays.through_down[strip] = through;
        }
    }
}

/// The rays through all layers but the three around their node.
pub(super) fn far(sums: &mut [Half], rays: &LayerRays, ray_up: &[Lanes32], ray_down: &[Lanes32]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        // SAFETY: the processor has the instructions that the function is compiled for.
        unsafe { far_avx2(sums, rays, ray_up, ray_down) };
        return;
    }
    far_any::<false>(sums, rays, ray_up, ray_down);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn far_avx2(sums: &mut [Half], rays: &LayerRays, ray_up: &[Lanes32], ray_down: &[Lanes32]) {
    far_any::<true>(sums, rays, ray_up, ray_down);
}

#[inline(always)]
fn far_any<const AVX2: bool>(
    sums: &mut [Half],
    rays: &LayerRays,
    ray_up: &[Lanes32],
    ray_down: &[Lanes32],
) {
    let n = rays.t_up.len();
    for (j, sums) in sums.chunks_exact_mut(n + 1).enumerate() {
        go_up::<AVX2>(&mut sums[..j.saturating_sub(1)], rays, ray_up[j]);
        let mut end = [0.0; LANES];
        if j + 2 < n {
            end = go_down::<AVX2>(&mut sums[..n], j + 2, rays, ray_down[j]);
        } else if j < n {
            end = ray_down[j];
        }
        for (end, albedo) in end.iter_mut().zip(&rays.albedo) {
            *end *= 1.0 - albedo;
        }
        add_halves(&mut sums[n], &end);
    }
}

/// One instruction, which `f32::max` with its care for NaN is not.
#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// The largest of all lanes.
#[inline(always)]
fn strongest(ray: &Lanes32) -> f32 {
    let mut largest = [0.0_f32; LANES / 2];
    for i in 0..LANES / 2 {
        largest[i] = larger(ray[i].abs(), ray[i + LANES / 2].abs());
    }
    let mut width = LANES / 4;
    while width > 0 {
        for i in 0..width {
            largest[i] = larger(largest[i], largest[i + width]);
        }
        width /= 2;
    }
    largest[0]
}

#[inline(always)]
fn lives(ray: &Lanes32, cut: f32) -> bool {
    let mut any = false;
    for x in ray {
        any |= x.abs() > cut;
    }
    any
}

#[inline(always)]
pub(super) fn add_halves(sum: &mut Half, value: &Lanes32) {
    for i in 0..LANES / 2 {
        sum[i] += value[i] + value[i + LANES / 2];
    }
}

/// Adds the products of a ray with the absorptances of layers.
#[inline(always)]
pub(super) fn absorb<const AVX2: bool>(sums: &mut [Half], absorptance: &[Lanes32], ray: &Lanes32) {
    #[cfg(target_arch = "x86_64")]
    if AVX2 {
        // SAFETY: only functions compiled for AVX2 set the parameter.
        unsafe { absorb_avx2(sums, absorptance, ray) };
        return;
    }
    for (sum, u) in sums.iter_mut().zip(absorptance) {
        for i in 0..LANES / 2 {
            let half = u[i].mul_add(ray[i], sum[i]);
            sum[i] = u[i + LANES / 2].mul_add(ray[i + LANES / 2], half);
        }
    }
}

/// The same by hand: left to itself the compiler transposes the lanes and takes three times as long.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2,fma")]
fn absorb_avx2(sums: &mut [Half], absorptance: &[Lanes32], ray: &Lanes32) {
    use std::arch::x86_64::{_mm256_fmadd_ps, _mm256_loadu_ps, _mm256_storeu_ps};
    let load = |values: &[f32], start: usize| {
        let values: &Half = values[start..].first_chunk().expect("eight lanes");
        // SAFETY: eight numbers lie there.
        unsafe { _mm256_loadu_ps(values.as_ptr()) }
    };
    let (low, high) = (load(ray, 0), load(ray, LANES / 2));
    for (sum, u) in sums.iter_mut().zip(absorptance) {
        let half = _mm256_fmadd_ps(load(u, 0), low, load(sum, 0));
        let total = _mm256_fmadd_ps(load(u, LANES / 2), high, half);
        // SAFETY: the sum has room for eight numbers.
        unsafe { _mm256_storeu_ps(sum.as_mut_ptr(), total) };
    }
}

#[inline(always)]
pub(super) fn weaken(ray: &mut Lanes32, t: &Lanes32) {
    for i in 0..LANES {
        ray[i] *= t[i];
    }
}

/// Through all layers of `sums`, from the lowest up.
#[inline(always)]
fn go_up<const AVX2: bool>(sums: &mut [Half], rays: &LayerRays, mut ray: Lanes32) {
    let cut = DEAD * strongest(&ray);
    let whole = sums.len() / STRIP;
    for l in (whole * STRIP..sums.len()).rev() {
        absorb::<AVX2>(&mut sums[l..=l], &rays.u_up[l..=l], &ray);
        weaken(&mut ray, &rays.t_up[l]);
    }
    for strip in (0..whole).rev() {
        if !lives(&ray, cut) {
            return;
        }
        let layers = strip * STRIP..(strip + 1) * STRIP;
        absorb::<AVX2>(&mut sums[layers.clone()], &rays.strip_up[layers], &ray);
        weaken(&mut ray, &rays.through_up[strip]);
    }
}

/// Through the layers from `first` down; what reaches the surface.
#[inline(always)]
fn go_down<const AVX2: bool>(
    sums: &mut [Half],
    first: usize,
    rays: &LayerRays,
    mut ray: Lanes32,
) -> Lanes32 {
    let cut = DEAD * strongest(&ray);
    let start = first.next_multiple_of(STRIP).min(sums.len());
    for l in first..start {
        absorb::<AVX2>(&mut sums[l..=l], &rays.u_down[l..=l], &ray);
        weaken(&mut ray, &rays.t_down[l]);
    }
    for begin in (start..sums.len()).step_by(STRIP) {
        if !lives(&ray, cut) {
            return [0.0; LANES];
        }
        let end = (begin + STRIP).min(sums.len());
        absorb::<AVX2>(&mut sums[begin..end], &rays.strip_down[begin..end], &ray);
        weaken(&mut ray, &rays.through_down[begin / STRIP]);
    }
    ray
}
