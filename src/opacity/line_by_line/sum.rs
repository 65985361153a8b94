//! The sum of the lines of a gas on the fine grid.

use rayon::prelude::*;

use super::cells::{Gathered, gather};
use super::grid::{FineGrid, MARGIN, REACH};
use super::interpolation::add_interpolated;
use super::kernel::{AtPressure, Geometry, Table};
use super::level::{Task, add_lines, level_range, scratch_len};
use super::pedestal::{Pedestal, add_pedestals};
use super::profile::Profile;
use super::{Shape, lorentz_half_width_per_cm};
use crate::opacity::line::{Line, LineList};
use crate::opacity::mixing::LANES;
use crate::opacity::voigt::doppler_ratio;

/// Power of two that brings cross sections in cm² into the middle of single precision.
const SCALE: f64 = (1_u128 << 80) as f64;
/// Nodes of a chunk at the finest level and at all others.
const FINE_CHUNK: usize = 16_384;
const COARSE_CHUNK: usize = 1_024;
/// Lists of at most so many lines (resonance lines, whose wings reach far) are summed point by point:
/// beyond its cut-off a line then leaves exactly nothing.
const FEW_LINES: usize = 8;

/// Scratch of [`AtTemperature::cross_section`]; one per caller, reused. It keeps 4/3 bytes per point
/// of the grid and 32 bytes per line that is summed on its own.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// Sums of the levels from the second on, each with its margin.
    levels: Vec<Vec<f32>>,
    /// Lines of each list, ascending.
    profiles: Vec<Vec<Profile>>,
}

/// Lines of a list that are summed one by one.
#[derive(Clone, Debug)]
struct Single<'a> {
    list: &'a LineList,
    lines: Vec<Line>,
    cutoff: f64,
}

/// Lines of a gas at a temperature.
///
/// Lines of one width law (the same pressure broadening, natural widths that are small or the same
/// share of the wavenumber), from a thousand on, are gathered into cells of the grid: at most
/// 70 bytes per point. The others are summed one by one.
#[derive(Clone, Debug)]
pub struct AtTemperature<'a> {
    grid: &'a FineGrid,
    temperature_k: f64,
    singles: Vec<Single<'a>>,
    gathered: Vec<(Gathered, Geometry)>,
}

impl<'a> AtTemperature<'a> {
    pub(super) fn new(
        lists: &'a [(LineList, f64)],
        temperature_k: f64,
        grid: &'a FineGrid,
    ) -> Self {
        let mut singles = Vec::new();
        let mut gathered = Vec::new();
        for (list, cutoff) in lists {
            let scale = SCALE * list.strength_factor(temperature_k);
            let (own, lines) = gather(list, *cutoff, temperature_k, scale, grid);
            gathered.extend(own.into_iter().map(|lines| {
                let geometry = Geometry::new(grid, lines.ratio);
                (lines, geometry)
            }));
            singles.push(Single {
                list,
                lines,
                cutoff: *cutoff,
            });
        }
        Self {
            grid,
            temperature_k,
            singles,
            gathered,
        }
    }

    /// Cross section \[cm² per molecule\] at every point of the grid, within 1e-3 of
    /// [`super::at_points`] (3e-5 on average), except near the cut-off of a line: of gathered lines it
    /// holds to a thousandth of itself, and just beyond that of a line of a long list that is far
    /// stronger than all that follow up to 1e-4 of its value there remains. Runs on the current rayon
    /// pool; the bits do not depend on the number of threads.
    ///
    /// # Panics
    /// `out_cm2` must have the length of the grid.
    pub fn cross_section(&self, pressure_bar: f64, workspace: &mut Workspace, out_cm2: &mut [f32]) {
        let grid = self.grid;
        assert_eq!(out_cm2.len(), grid.len(), "one value per point of the grid");
        self.fill_profiles(pressure_bar, &mut workspace.profiles);
        let (few, lists): (Vec<List>, Vec<List>) = workspace
            .profiles
            .iter()
            .zip(&self.singles)
            .map(|(profiles, single)| (profiles.as_slice(), single.cutoff))
            .partition(|(profiles, _)| profiles.len() <= FEW_LINES);
        let gathered: Vec<AtPressure> = self
            .gathered
            .iter()
            .map(|(lines, geometry)| AtPressure::new(lines, geometry, pressure_bar, grid))
            .collect();
        let sources = Sources {
            grid,
            lists: &lists,
            gathered: &gathered,
        };
        let levels = grid.levels();
        workspace.levels.resize(levels.len() - 1, Vec::new());
        for (sums, level) in workspace.levels.iter_mut().zip(&levels[1..]) {
            sums.resize(level.len + 2 * MARGIN, 0.0);
        }
        sources.sum_levels(&mut workspace.levels, out_cm2);
        for finer in (0..workspace.levels.len().saturating_sub(1)).rev() {
            let (fine, coarse) = workspace.levels.split_at_mut(finer + 1);
            fine[finer]
                .par_chunks_mut(COARSE_CHUNK)
                .enumerate()
                .for_each(|(i, out)| add_interpolated(&coarse[0], i * COARSE_CHUNK, out));
        }
        let coarse = workspace.levels.first();
        out_cm2
            .par_chunks_mut(FINE_CHUNK)
            .enumerate()
            .for_each(|(i, out)| {
                let first = i * FINE_CHUNK;
                if let Some(coarse) = coarse {
                    add_interpolated(coarse, first + MARGIN, out);
                }
                let nu = levels[0].wavenumbers(first + MARGIN + REACH, out.len());
                sources.add_pedestals(nu, out);
                for value in out.iter_mut() {
                    *value = value.max(0.0);
                }
                for (profiles, cutoff) in &few {
                    add_exactly(profiles, *cutoff, nu, out);
                }
                for value in out {
                    *value *= (1.0 / SCALE) as f32;
                }
            });
    }

    /// Lines that are not gathered.
    pub fn lines_on_their_own(&self) -> usize {
        self.singles.iter().map(|single| single.lines.len()).sum()
    }

    fn fill_profiles(&self, pressure_bar: f64, profiles: &mut Vec<Vec<Profile>>) {
        let (grid, temperature_k) = (self.grid, self.temperature_k);
        profiles.resize(self.singles.len(), Vec::new());
        for (out, single) in profiles.iter_mut().zip(&self.singles) {
            let list = single.list;
            let ratio = doppler_ratio(temperature_k, list.molar_mass_g_mol);
            let factor = SCALE * list.strength_factor(temperature_k);
            let beta = crate::constants::SECOND_RADIATION_CM_K / temperature_k;
            single
                .lines
                .par_iter()
                .with_min_len(4096)
                .map(|line| {
                    let centre = line.wavenumber_per_cm;
                    let alpha = ratio * centre;
                    let gamma = lorentz_half_width_per_cm(line, temperature_k, pressure_bar);
                    let strength = factor
                        * f64::from(line.weight_cm)
                        * (-beta * f64::from(line.lower_energy_per_cm)).exp()
                        * -(-beta * centre).exp_m1();
                    let (finest, coarsest) =
                        level_range(grid.levels(), centre, alpha, gamma, single.cutoff);
                    Profile {
                        centre,
                        position: grid.position(centre),
                        alpha: alpha as f32,
                        gamma: gamma as f32,
                        strength: strength as f32,
                        finest,
                        coarsest,
                    }
                })
                .collect_into_vec(out);
        }
    }
}

/// Lines of a list and their cut-off \[cm⁻¹\].
type List<'a> = (&'a [Profile], f64);

/// Adds lines at ascending wavenumbers, each point on its own.
fn add_exactly(lines: &[Profile], cutoff: f64, nu: &[f64], out: &mut [f32]) {
    for line in lines {
        let shape = Shape {
            centre: line.centre,
            alpha: f64::from(line.alpha),
            gamma: f64::from(line.gamma),
            cutoff,
        };
        let strength = || f64::from(line.strength);
        shape.each_point(nu, strength, |i, sigma| out[i] += sigma as f32);
    }
}

/// All that is summed level by level at a pressure.
struct Sources<'a> {
    grid: &'a FineGrid,
    lists: &'a [List<'a>],
    gathered: &'a [AtPressure<'a>],
}

impl Sources<'_> {
    /// The sums of all levels, each in chunks of its own: the work of a chunk depends on nothing else.
    fn sum_levels(&self, sums: &mut [Vec<f32>], out_cm2: &mut [f32]) {
        let fine = out_cm2
            .chunks_mut(FINE_CHUNK)
            .enumerate()
            .map(|(i, chunk)| (0, MARGIN + i * FINE_CHUNK, chunk));
        let coarse = sums.iter_mut().enumerate().flat_map(|(i, sums)| {
            sums.chunks_mut(COARSE_CHUNK)
                .enumerate()
                .map(move |(j, chunk)| (i + 1, j * COARSE_CHUNK, chunk))
        });
        let tasks: Vec<_> = coarse.chain(fine).collect();
        tasks.into_par_iter().with_max_len(1).for_each_init(
            || (Vec::new(), Table::default()),
            |(scratch, table), (level, first, chunk)| {
                self.sum_chunk(level, first, chunk, scratch, table);
            },
        );
    }

    fn sum_chunk(
        &self,
        index: usize,
        first: usize,
        chunk: &mut [f32],
        scratch: &mut Vec<f32>,
        table: &mut Table,
    ) {
        let len = scratch_len(chunk.len());
        scratch.clear();
        scratch.resize(len + LANES, 0.0);
        let levels = self.grid.levels();
        let level = &levels[index];
        let origin = first as i64 - (MARGIN + REACH) as i64;
        let nu = level.wavenumbers(first, len);
        for (lines, cutoff) in self.lists {
            let task = Task {
                level,
                index,
                origin,
                nu,
                cutoff: *cutoff,
                coarsest: index + 1 == levels.len(),
            };
            add_lines(&task, within_reach(lines, &task), &mut scratch[..len]);
        }
        for lines in self.gathered {
            lines.add(index, origin, scratch, table);
        }
        chunk.copy_from_slice(&scratch[REACH..REACH + chunk.len()]);
    }

    /// What remains of all lines at their cut-offs.
    fn add_pedestals(&self, nu: &[f64], out: &mut [f32]) {
        let (low, high, origin) = (nu[0], nu[nu.len() - 1], nu[nu.len() / 2]);
        let mut pedestals = Vec::new();
        for (lines, cutoff) in self.lists {
            let first = lines.partition_point(|l| l.centre + cutoff < low);
            let end = lines.partition_point(|l| l.centre - cutoff <= high);
            pedestals.clear();
            pedestals.extend(lines[first..end.max(first)].iter().map(|line| {
                let t = line.pedestal(*cutoff).t.map(f64::from);
                Pedestal::new(line.centre, *cutoff, t, *cutoff, origin)
            }));
            add_pedestals(&pedestals, *cutoff, origin, nu, out);
        }
        for lines in self.gathered {
            let cutoff = lines.lines.cutoff;
            pedestals.clear();
            lines.pedestals(
                self.grid,
                [(low - cutoff).max(1.0), high + cutoff],
                |centre, window, t| {
                    pedestals.push(Pedestal::new(centre, window, t, cutoff, origin));
                },
            );
            add_pedestals(&pedestals, cutoff, origin, nu, out);
        }
    }
}

/// The lines that a level may carry into the scratch of a task.
fn within_reach<'a>(lines: &'a [Profile], task: &Task) -> &'a [Profile] {
    let (low, high) = (task.nu[0], task.nu[task.nu.len() - 1]);
    // A window is 30 nodes or seven Doppler widths, at most 112 nodes of the finest level of a
    // line, and never more than the cut-off.
    let (mut from, mut to) = (low - task.cutoff, high + task.cutoff);
    if !task.coarsest {
        let ratio = (REACH as f64 * task.level.step).min(0.99);
        from = from.max(low * (1.0 - ratio));
        to = to.min(high / (1.0 - ratio));
    }
    let first = lines.partition_point(|l| l.centre < from);
    let end = lines.partition_point(|l| l.centre <= to);
    &lines[first..end.max(first)]
}
