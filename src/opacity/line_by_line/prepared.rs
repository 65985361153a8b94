//! The lines of a gas that matter, and their sum on the fine grid.

use rayon::prelude::*;

use super::grid::{FineGrid, Level, MARGIN, REACH};
use super::interpolation::add_interpolated;
use super::level::{Task, WINDOW, add_lines, scratch_len};
use super::pedestal::add_pedestals;
use super::profile::Profile;
use super::pruning::{Pruning, prune};
use super::{Options, Shape, lorentz_half_width_per_cm};
use crate::error::InputError;
use crate::opacity::line::LineList;
use crate::opacity::source::LineGas;
use crate::opacity::voigt::doppler_ratio;

/// Power of two that brings cross sections in cm² into the middle of single precision.
const SCALE: f64 = (1_u128 << 80) as f64;
/// Nodes of a chunk at the finest level and at all others.
const FINE_CHUNK: usize = 16_384;
const COARSE_CHUNK: usize = 1_024;
/// Lists of at most so many lines (resonance lines, whose wings reach far) are summed point by point:
/// beyond its cut-off a line then leaves exactly nothing.
const FEW_LINES: usize = 8;

/// Lines of one gas after the strength cut.
#[derive(Clone, Debug)]
pub struct Prepared {
    lists: Vec<(LineList, f64)>,
    pruning: Pruning,
}

/// Scratch of [`Prepared::cross_section`]; one per caller, reused. It keeps 4/3 bytes per point of
/// the grid and 32 bytes per line.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// Sums of the levels from the second on, each with its margin.
    levels: Vec<Vec<f32>>,
    /// Lines of each list, ascending.
    profiles: Vec<Vec<Profile>>,
}

impl Prepared {
    /// Drops the lines that are negligible at all of the temperatures \[K\] ([`Pruning`]).
    ///
    /// # Errors
    /// A wing cut-off that is not positive and finite, a strength cut outside 0 to 1, temperatures
    /// that are not positive and finite.
    pub fn new(
        gas: &LineGas,
        temperature_k: &[f64],
        options: &Options,
    ) -> Result<Self, InputError> {
        options.validate(gas)?;
        if let Some(t) = temperature_k.iter().find(|t| !(**t > 0.0 && t.is_finite())) {
            return Err(InputError::value(
                format!("line by line, {}, temperature [K]", gas.gas),
                t,
                "positive finite temperatures",
            ));
        }
        let (lists, pruning) = prune(gas, temperature_k, options);
        Ok(Self { lists, pruning })
    }

    /// What the strength cut did.
    pub fn pruning(&self) -> Pruning {
        self.pruning
    }

    /// Cross section \[cm² per molecule\] at every point of the grid, within 1e-3 of
    /// [`super::at_points`] (3e-5 on average), except just beyond the cut-off of a line of a long list
    /// that is far stronger than all that follow: there up to 1e-4 of its value at the cut-off
    /// remains. Runs on the current rayon pool; the bits do not depend on the number of threads.
    ///
    /// # Panics
    /// `out_cm2` must have the length of the grid.
    pub fn cross_section(
        &self,
        temperature_k: f64,
        pressure_bar: f64,
        grid: &FineGrid,
        workspace: &mut Workspace,
        out_cm2: &mut [f32],
    ) {
        assert_eq!(out_cm2.len(), grid.len(), "one value per point of the grid");
        self.fill_profiles(temperature_k, pressure_bar, grid, &mut workspace.profiles);
        let (few, lists): (Vec<List>, Vec<List>) = workspace
            .profiles
            .iter()
            .zip(&self.lists)
            .map(|(profiles, (_, cutoff))| (profiles.as_slice(), *cutoff))
            .partition(|(profiles, _)| profiles.len() <= FEW_LINES);
        let levels = grid.levels();
        workspace.levels.resize(levels.len() - 1, Vec::new());
        for (sums, level) in workspace.levels.iter_mut().zip(&levels[1..]) {
            sums.resize(level.len + 2 * MARGIN, 0.0);
        }
        sum_levels(grid, &lists, &mut workspace.levels, out_cm2);
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
                for (profiles, cutoff) in &lists {
                    add_pedestals(profiles, *cutoff, nu, out);
                }
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

    fn fill_profiles(
        &self,
        temperature_k: f64,
        pressure_bar: f64,
        grid: &FineGrid,
        profiles: &mut Vec<Vec<Profile>>,
    ) {
        profiles.resize(self.lists.len(), Vec::new());
        for (out, (list, cutoff)) in profiles.iter_mut().zip(&self.lists) {
            let ratio = doppler_ratio(temperature_k, list.molar_mass_g_mol);
            let reach = |nu: f64| {
                (
                    list.lines
                        .partition_point(|l| l.wavenumber_per_cm < nu - cutoff),
                    list.lines
                        .partition_point(|l| l.wavenumber_per_cm <= nu + cutoff),
                )
            };
            let first = reach(grid.wavenumber_per_cm(0)).0;
            let end = reach(grid.wavenumber_per_cm(grid.len() - 1)).1;
            let factor = SCALE * list.strength_factor(temperature_k);
            let beta = crate::constants::SECOND_RADIATION_CM_K / temperature_k;
            list.lines[first..end]
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
                        level_range(grid.levels(), centre, alpha, gamma, *cutoff);
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

/// Finest and coarsest level that a line needs: the finest resolves its core (a quarter of the
/// Doppler and a sixth of the Lorentz width: interpolation error 1e-4), the window of the coarsest
/// holds the cut-off.
fn level_range(levels: &[Level], centre: f64, alpha: f64, gamma: f64, cutoff: f64) -> (u8, u8) {
    let last = levels.len() - 1;
    let coarsest = levels
        .iter()
        .position(|l| 2.0 * WINDOW as f64 * l.step * centre >= cutoff)
        .unwrap_or(last);
    if cutoff < f64::from(super::level::CORE) * alpha {
        return (0, 0);
    }
    let resolved = (alpha / 4.0).max(gamma / 6.0);
    let finest = levels[..=coarsest]
        .iter()
        .rposition(|l| l.step * centre <= resolved)
        .unwrap_or(0);
    (finest as u8, coarsest as u8)
}

/// The sums of all levels, each in chunks of its own: the work of a chunk depends on nothing else.
fn sum_levels(grid: &FineGrid, lists: &[List], sums: &mut [Vec<f32>], out_cm2: &mut [f32]) {
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
    tasks
        .into_par_iter()
        .for_each_init(Vec::new, |scratch, (index, first, chunk)| {
            scratch.clear();
            scratch.resize(scratch_len(chunk.len()), 0.0);
            let level = &grid.levels()[index];
            let nu = level.wavenumbers(first, scratch.len());
            for (lines, cutoff) in lists {
                let task = Task {
                    level,
                    index,
                    origin: first as i64 - (MARGIN + REACH) as i64,
                    nu,
                    cutoff: *cutoff,
                    coarsest: index + 1 == grid.levels().len(),
                };
                add_lines(&task, within_reach(lines, &task), scratch);
            }
            chunk.copy_from_slice(&scratch[REACH..REACH + chunk.len()]);
        });
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
