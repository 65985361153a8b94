//! A sketch of the points of a balance: a fifth of them at most, for the way to an equilibrium.
//!
//! Heating is a sum over all wavelengths, so that far fewer points than those of narrow bands give it within some per cent.
//! Neighbouring bands are taken together, and a few of their points get weights that reproduce transmissions in columns like those
//! that are to be solved (optimal spectral sampling, Moncet et al. 2008, J. Atmos. Sci. 65, 3917). The sketch is there for steps and
//! their matrices; where a column is in equilibrium is judged by all points.

use std::sync::Arc;

use rayon::prelude::*;

use super::Points;
use crate::constants::STEFAN_BOLTZMANN;
use crate::error::InputError;
use crate::opacity::mixing::LANES;
use crate::opacity::selection::{Training, few};
use crate::transfer::{Boundary, Column, SpectralPoints};

/// Bands of the whole to one group.
const BANDS: usize = 4;
/// Most points of a group.
const MOST_POINTS: usize = 12;
/// Rms error that a group may add to the absorption of a path at all wavelengths together, as a part of it.
const ERROR: f64 = 5e-4;
/// Temperature of a star whose light is absorbed \[K\].
const STAR_K: f64 = 5500.0;
/// Paths end at every interface and begin so many layers above, or at the top.
const PATHS: [usize; 3] = [1, 4, usize::MAX];

/// Fewer points, in groups of bands.
#[derive(Clone, Debug)]
pub(in crate::forward) struct Sketch {
    pub points: Points,
    /// Group of each band of the whole.
    group: Vec<usize>,
}

impl Sketch {
    /// A sketch of `whole` for columns like these, at these temperatures of their layers \[K\].
    ///
    /// # Errors
    /// As [`SpectralPoints::from_parts`].
    pub fn new(whole: &Points, columns: &[(Column, Vec<f64>)]) -> Result<Self, InputError> {
        let points = whole.transfer.points();
        let group: Vec<usize> = (0..points.bands()).map(|band| band / BANDS).collect();
        let groups = group.last().map_or(0, |last| last + 1);
        let mut of_group: Vec<Vec<usize>> = vec![Vec::new(); groups];
        for point in 0..points.points() {
            of_group[group[points.band(point)]].push(point);
        }
        let slant = whole.transfer.diffusivity();
        let parts: Vec<Part> = (of_group.into_par_iter().enumerate())
            .map(|(index, members)| Part::new(points, index, members, columns, slant))
            .collect();
        let absorbed = absorbed_in_all(&parts);
        let few: Vec<Vec<(usize, f64)>> = (parts.par_iter())
            .map(|part| few(&part.training(&absorbed), ERROR, MOST_POINTS))
            .collect();
        let (mut chosen, mut band, mut weight) = (Vec::new(), Vec::new(), Vec::new());
        for (index, (part, few)) in parts.iter().zip(few).enumerate() {
            for (member, share) in few {
                chosen.push(part.members[member]);
                band.push(index);
                weight.push(share);
            }
        }
        let edges = points.edges_per_cm();
        let group_edges: Vec<f64> = (edges[..edges.len() - 1].iter().step_by(BANDS))
            .chain(edges.last())
            .copied()
            .collect();
        let own = SpectralPoints::from_parts(&group_edges, &band, &weight)?;
        Ok(Self {
            points: Points {
                transfer: whole.transfer.on(own),
                absorbers: Arc::new(whole.absorbers.at(&chosen)),
            },
            group,
        })
    }

    /// What enters the column, in the groups.
    pub fn boundary(&self, whole: &Boundary) -> Boundary {
        let groups = self.points.transfer.points().bands();
        let mut stellar_flux_w_m2 = vec![0.0; groups];
        let mut surface_albedo = vec![0.0; groups];
        let bands = whole.stellar_flux_w_m2.iter().zip(&whole.surface_albedo);
        for (group, (flux, albedo)) in self.group.iter().zip(bands) {
            stellar_flux_w_m2[*group] += flux;
            // The albedo is the same at all wavelengths.
            surface_albedo[*group] = *albedo;
        }
        Boundary {
            stellar_flux_w_m2,
            surface_albedo,
            ..whole.clone()
        }
    }
}

/// A group of bands, and what its points absorb on the paths.
struct Part {
    members: Vec<usize>,
    /// \[path\]\[member\]
    absorbed: Vec<f32>,
    /// By path: means over the group, and shares of the group in the light of the lowest layer and of the star.
    mean: Vec<f64>,
    light: Vec<[f64; 2]>,
}

impl Part {
    fn new(
        points: &SpectralPoints,
        index: usize,
        members: Vec<usize>,
        columns: &[(Column, Vec<f64>)],
        slant: f64,
    ) -> Self {
        let first = index * BANDS;
        let bands = first..(first + BANDS).min(points.bands());
        let light_of = |t_k: f64| -> Vec<f64> {
            let all = STEFAN_BOLTZMANN * t_k.powi(4);
            (bands.clone())
                .map(|band| points.band_black_body_w_m2(band, t_k) / all)
                .collect()
        };
        let of_star: f64 = light_of(STAR_K).iter().sum();
        let mut part = Self {
            members,
            absorbed: Vec::new(),
            mean: Vec::new(),
            light: Vec::new(),
        };
        for (column, temperature_k) in columns {
            let depths = part.depths(column, slant);
            for (layer, t_k) in temperature_k.iter().enumerate() {
                let light = light_of(*t_k);
                let sum: f64 = light.iter().sum::<f64>().max(f64::MIN_POSITIVE);
                let weights: Vec<f64> = (part.members.iter())
                    .map(|point| light[points.band(*point) - first] / sum * points.weight(*point))
                    .collect();
                for above in PATHS {
                    let from = (layer + 1).saturating_sub(above);
                    let absorbed = |depth: &Vec<f64>| -(depth[from] - depth[layer + 1]).exp_m1();
                    let pairs = depths.iter().zip(&weights);
                    part.mean
                        .push(pairs.map(|(depth, w)| w * absorbed(depth)).sum());
                    part.light.push([sum, of_star]);
                    part.absorbed
                        .extend(depths.iter().map(|depth| absorbed(depth) as f32));
                }
            }
        }
        part
    }

    /// Slant optical depths of the members from the top to every interface.
    fn depths(&self, column: &Column, slant: f64) -> Vec<Vec<f64>> {
        let layers = column.mass_kg_m2.len();
        let of_point = |point: &usize| {
            let mut depth = vec![0.0];
            for (layer, mass_kg_m2) in column.mass_kg_m2.iter().enumerate() {
                let place = (point / LANES * layers + layer) * LANES + point % LANES;
                let kappa = f64::from(column.extinction.absorption[place]);
                depth.push(depth[layer] + slant * kappa * mass_kg_m2);
            }
            depth
        };
        self.members.iter().map(of_point).collect()
    }

    /// What the weights have to reproduce: errors count as parts of what all groups absorb on a path.
    fn training(&self, absorbed_in_all: &[[f64; 2]]) -> Training {
        let mut training = Training::new(self.members.len());
        let rows = self.absorbed.chunks_exact(self.members.len());
        let paths = self.mean.iter().zip(&self.light).zip(absorbed_in_all);
        for (row, ((mean, light), all)) in rows.zip(paths) {
            let weight = (light[0] / all[0]).max(light[1] / all[1]);
            if weight.is_finite() {
                training.push(row.iter().copied(), *mean, weight);
            }
        }
        training
    }
}

/// Shares of the light of the path and of the star that all groups absorb on each path.
fn absorbed_in_all(parts: &[Part]) -> Vec<[f64; 2]> {
    let paths = parts.first().map_or(0, |part| part.mean.len());
    let mut all = vec![[0.0; 2]; paths];
    for part in parts {
        for ((sum, mean), light) in all.iter_mut().zip(&part.mean).zip(&part.light) {
            sum[0] += mean * light[0];
            sum[1] += mean * light[1];
        }
    }
    all
}
