//! Light in the lanes of one block.

use super::{Fields, SCATTERING_ALBEDO, SCATTERING_DEPTH};
use crate::opacity::mixing::LANES;
use crate::transfer::lanes::{Lanes, transmission, vectorised};
use crate::transfer::layer::Operators;

/// Whether scattering counts in any lane.
pub(super) fn scatters(absorption: &[f32], scattering: &[f32], half: &[f64]) -> bool {
    let (mut depth, mut albedo) = ([0.0; LANES], [0.0; LANES]);
    scattering_of(absorption, scattering, half, &mut depth, &mut albedo);
    (depth.iter().zip(&albedo))
        .any(|(depth, albedo)| *albedo > SCATTERING_ALBEDO as f32 && *depth > SCATTERING_DEPTH)
}

vectorised! {
    /// Scattering depth of the column and largest albedo of a layer, lane by lane.
    fn scattering_of(
        absorption: &[f32],
        scattering: &[f32],
        half: &[f64],
        depth: &mut Lanes,
        albedo: &mut [f32; LANES],
    ) {
        let rows = (absorption.as_chunks::<LANES>().0.iter())
            .zip(scattering.as_chunks::<LANES>().0)
            .zip(half.as_chunks::<LANES>().0);
        for ((a, s), half) in rows {
            for i in 0..LANES {
                depth[i] += f64::from(s[i]) * half[i];
                let own = s[i] / (a[i] + s[i]).max(f32::MIN_POSITIVE);
                albedo[i] = if own > albedo[i] { own } else { albedo[i] };
            }
        }
    }
}

vectorised! {
    /// Interface i lies between nodes i - 1 and i; the top one has the first node.
    pub(in crate::transfer) fn interfaces(node: &[Lanes], upper: &[f64], interface: &mut [Lanes]) {
        interface[0] = node[0];
        for i in 1..node.len() {
            let (w, above, below) = (upper[i], &node[i - 1], &node[i]);
            for ((out, above), below) in interface[i].iter_mut().zip(above).zip(below) {
                *out = w * above + (1.0 - w) * below;
            }
        }
    }
}

vectorised! {
    pub(super) fn emission(
        operators: &Operators,
        node: &[Lanes],
        interface: &[Lanes],
        emit_up: &mut [Lanes],
        emit_down: &mut [Lanes],
    ) {
        let layers = node.len();
        let (e1, e2, e3) = (&operators.e1[..layers], &operators.e2[..layers], &operators.e3[..layers]);
        let (emit_up, emit_down) = (&mut emit_up[..layers], &mut emit_down[..layers]);
        let interface = &interface[..layers + 1];
        for l in 0..layers {
            let (top, bottom) = (&interface[l], &interface[l + 1]);
            for i in 0..LANES {
                let own = e2[l][i] * node[l][i];
                emit_up[l][i] = e1[l][i].mul_add(top[i], e3[l][i].mul_add(bottom[i], own));
                emit_down[l][i] = e3[l][i].mul_add(top[i], e1[l][i].mul_add(bottom[i], own));
            }
        }
    }
}

vectorised! {
    /// The beam at the interfaces; `ratio` turns D Δm/2 into Δm/µ.
    pub(super) fn beam(
        absorption: &[f32],
        scattering: Option<&[f32]>,
        half: &[f64],
        ratio: f64,
        fields: &mut Fields,
    ) {
        let through = fields.beam_through.as_flattened_mut();
        let lost = fields.beam_lost.as_flattened_mut();
        for i in 0..half.len() {
            let scattered = scattering.map_or(0.0, |s| s[i]);
            let x = f64::from(absorption[i] + scattered) * half[i] * ratio;
            (through[i], lost[i]) = transmission(x);
        }
        for l in 0..fields.beam_through.len() {
            for i in 0..LANES {
                fields.beam[l + 1][i] = fields.beam[l][i] * fields.beam_through[l][i];
            }
        }
    }
}

vectorised! {
    /// No scattering: down, then up.
    pub(super) fn sweep(operators: &Operators, fields: &mut Fields) {
        let layers = fields.emit_up.len();
        let t = &operators.t[..layers];
        let (emit_up, emit_down) = (&fields.emit_up[..layers], &fields.emit_down[..layers]);
        let (up, down) = (&mut fields.up[..layers + 1], &mut fields.down[..layers + 1]);
        let mut light = fields.star;
        for l in 0..layers {
            down[l] = light;
            for ((light, t), emitted) in light.iter_mut().zip(&t[l]).zip(&emit_down[l]) {
                *light = light.mul_add(*t, *emitted);
            }
        }
        down[layers] = light;
        for (i, light) in light.iter_mut().enumerate() {
            let albedo = fields.albedo[i];
            let reflected = albedo * (*light + fields.beam[layers][i]);
            *light = (1.0 - albedo) * fields.surface[i] + reflected;
        }
        for l in (0..layers).rev() {
            up[l + 1] = light;
            for ((light, t), emitted) in light.iter_mut().zip(&t[l]).zip(&emit_up[l]) {
                *light = light.mul_add(*t, *emitted);
            }
        }
        up[0] = light;
    }
}

vectorised! {
    /// With scattering: reflectance and emission of all that lies below, then down.
    pub(super) fn add_layers(operators: &Operators, fields: &mut Fields) {
        let layers = fields.emit_up.len();
        for i in 0..LANES {
            let albedo = fields.albedo[i];
            fields.below[layers][i] = albedo;
            fields.below_emits[layers][i] =
                (1.0 - albedo) * fields.surface[i] + albedo * fields.beam[layers][i];
        }
        for l in (0..layers).rev() {
            for i in 0..LANES {
                let (t, r) = (operators.t[l][i], operators.r[l][i]);
                let (reflects, emits) = (fields.below[l + 1][i], fields.below_emits[l + 1][i]);
                let bounced = t / (1.0 - r * reflects);
                fields.below[l][i] = r + t * reflects * bounced;
                fields.below_emits[l][i] =
                    fields.emit_up[l][i] + bounced * (emits + reflects * fields.emit_down[l][i]);
            }
        }
        fields.down[0] = fields.star;
        for l in 0..layers {
            for i in 0..LANES {
                let (t, r) = (operators.t[l][i], operators.r[l][i]);
                let (reflects, emits) = (fields.below[l + 1][i], fields.below_emits[l + 1][i]);
                let down = fields.down[l][i];
                fields.up[l][i] = fields.below[l][i] * down + fields.below_emits[l][i];
                fields.down[l + 1][i] =
                    (t * down + r * emits + fields.emit_down[l][i]) / (1.0 - r * reflects);
            }
        }
        for i in 0..LANES {
            fields.up[layers][i] =
                fields.below[layers][i] * fields.down[layers][i] + fields.below_emits[layers][i];
        }
    }
}

vectorised! {
    /// Adds the heating of the layers.
    pub(super) fn heat(
        operators: &Operators,
        fields: &Fields,
        heating: &mut [Lanes],
        emitted: &mut [Lanes],
    ) {
        let layers = heating.len();
        let emitted = &mut emitted[..layers];
        let (u, up, down) = (&operators.u[..layers], &fields.up[..layers + 1], &fields.down[..layers]);
        let (emit_up, emit_down) = (&fields.emit_up[..layers], &fields.emit_down[..layers]);
        let (beam, lost) = (&fields.beam[..layers], &fields.beam_lost[..layers]);
        for l in 0..layers {
            for i in 0..LANES {
                let gain = u[l][i].mul_add(down[l][i] + up[l + 1][i], beam[l][i] * lost[l][i]);
                let loss = emit_up[l][i] + emit_down[l][i];
                heating[l][i] += gain - loss;
                emitted[l][i] += loss;
            }
        }
    }
}

vectorised! {
    pub(super) fn add_fluxes(fields: &Fields, up: &mut [Lanes], down: &mut [Lanes]) {
        let n = up.len();
        let (fields_up, fields_down, beam) = (&fields.up[..n], &fields.down[..n], &fields.beam[..n]);
        let down = &mut down[..n];
        for l in 0..n {
            for i in 0..LANES {
                up[l][i] += fields_up[l][i];
                down[l][i] += fields_down[l][i] + beam[l][i];
            }
        }
    }
}
