//! Lines of one width law gathered into cells.
//!
//! Cell i of a level reaches from node i to the next. Of its lines only the moments Σ s δᵐ remain,
//! with the distance δ from the middle of the cell in its widths, |δ| ≤ 1/2: whatever a level carries
//! of a line ([`super::kernel`]) is a polynomial in δ to rounding. The moments of the coarser levels
//! follow from the finer ones, and none depends on the pressure.

use rayon::prelude::*;

use super::grid::{COARSENING, FineGrid, REACH};
use super::level::{CORE, widest};
use super::lorentz_half_width_per_cm;
use crate::opacity::line::{Line, LineList};
use crate::opacity::voigt::doppler_ratio;

/// Moments of the strength in a cell of the finest level. Ten hold a Gaussian core to 1e-4 of its own
/// value out to four widths where the Doppler width is [`LEAST_DOPPLER`] steps.
pub(super) const FINE_ORDERS: usize = 10;
/// Moments of the strength at the other levels, and of the extra width at all.
pub(super) const ORDERS: usize = 6;
/// Doppler 1/e half widths in steps of the finest level below which lines are summed one by one.
const LEAST_DOPPLER: f64 = 1.2;
/// Fewer lines of one width law are summed one by one.
const FEWEST: usize = 1_000;
/// Lines whose natural width is below this share of the Doppler width go together: a width enters to
/// first order in its difference from that of the cell, the error is half the square of this.
pub(super) const NARROW: f64 = 0.01;
/// Largest cut-off over the wavenumber of lines that are gathered.
const WIDEST_CUTOFF: f64 = 0.94;
/// Lines gathered at a stretch.
const STRETCH: usize = 1 << 14;

/// Moments of the lines of a cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// First node, counted from the first point of the grid.
    pub index: i32,
    /// Σ s δᵐ with s = S/(α √π), in the scale of the sums.
    pub strength: [f32; FINE_ORDERS],
    /// Σ s y δᵐ with the natural width over the Doppler width less that of the law, y.
    pub width: [f32; ORDERS],
}

/// What the widths of lines have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct WidthLaw {
    half_width_per_cm_bar: f32,
    width_exponent: f32,
    /// Natural half width over the Doppler width, zero for narrow lines.
    pub natural_y: f64,
}

impl WidthLaw {
    fn of(line: &Line, ratio: f64) -> Self {
        let natural = f64::from(line.natural_half_width_per_cm) / (ratio * line.wavenumber_per_cm);
        Self {
            half_width_per_cm_bar: line.half_width_per_cm_bar,
            width_exponent: line.width_exponent,
            natural_y: if natural <= NARROW { 0.0 } else { natural },
        }
    }

    /// Whether a line of the second law can be gathered with lines of this one.
    fn takes(&self, other: &Self) -> bool {
        self.half_width_per_cm_bar == other.half_width_per_cm_bar
            && self.width_exponent == other.width_exponent
            && (self.natural_y == other.natural_y
                || (self.natural_y > 0.0
                    && (other.natural_y / self.natural_y - 1.0).abs() < 1e-3 * NARROW))
    }

    /// Pressure half width over the pressure \[cm⁻¹ bar⁻¹\].
    pub fn pressure_width_per_cm_bar(&self, temperature_k: f64) -> f64 {
        let line = Line {
            wavenumber_per_cm: 1.0,
            lower_energy_per_cm: 0.0,
            weight_cm: 0.0,
            half_width_per_cm_bar: self.half_width_per_cm_bar,
            width_exponent: self.width_exponent,
            natural_half_width_per_cm: 0.0,
        };
        lorentz_half_width_per_cm(&line, temperature_k, 1.0)
    }
}

/// Lines of one list and width law at a temperature.
#[derive(Clone, Debug)]
pub(super) struct Gathered {
    pub law: WidthLaw,
    /// Doppler 1/e half width over the wavenumber.
    pub ratio: f64,
    pub temperature_k: f64,
    /// Wing cut-off \[cm⁻¹\].
    pub cutoff: f64,
    /// Cells of each level, ascending.
    pub levels: Vec<Vec<Cell>>,
}

/// Splits the lines of a list (those that reach the grid) into gathered ones and others.
pub(super) fn gather(
    list: &LineList,
    cutoff: f64,
    temperature_k: f64,
    scale: f64,
    grid: &FineGrid,
) -> (Vec<Gathered>, Vec<Line>) {
    let lines = lines_in_reach(list, cutoff, grid);
    let ratio = doppler_ratio(temperature_k, list.molar_mass_g_mol);
    if lines.len() < FEWEST || ratio < LEAST_DOPPLER * grid.step() {
        return (Vec::new(), lines.to_vec());
    }
    let near = |line: &Line| fits(cutoff / line.wavenumber_per_cm, ratio, grid);
    let laws = laws_of(lines, ratio);
    let law_of = |line: &Line| {
        let own = WidthLaw::of(line, ratio);
        near(line)
            .then(|| laws.iter().position(|law| law.takes(&own)))
            .flatten()
    };
    let others = lines.par_iter().filter(|line| law_of(line).is_none());
    let others = others.copied().collect();
    let gathered = laws
        .iter()
        .enumerate()
        .map(|(number, law)| {
            let own = |line: &Line| law_of(line) == Some(number);
            let cells = |line: &Line| moments_of(line, law, ratio, scale, temperature_k);
            Gathered {
                law: *law,
                ratio,
                temperature_k,
                cutoff,
                levels: levels_of(fine_cells(lines, grid, own, cells), grid.levels().len()),
            }
        })
        .collect();
    (gathered, others)
}

/// Whether a table can hold a line: the window of its coarsest level, which holds the cut-off (as a
/// share of the wavenumber), stays within reach of the nodes and well outside the core.
fn fits(cutoff: f64, ratio: f64, grid: &FineGrid) -> bool {
    let coarsest = grid.levels().iter().find(|l| widest(l.step) >= cutoff);
    coarsest.is_some_and(|level| {
        let left = -(-cutoff).ln_1p() / level.step;
        cutoff < WIDEST_CUTOFF
            && left < (REACH - 8) as f64
            && cutoff > 2.0 * f64::from(CORE) * ratio
    })
}

fn lines_in_reach<'a>(list: &'a LineList, cutoff: f64, grid: &FineGrid) -> &'a [Line] {
    let low = grid.wavenumber_per_cm(0) - cutoff;
    let high = grid.wavenumber_per_cm(grid.len() - 1) + cutoff;
    let first = list.lines.partition_point(|l| l.wavenumber_per_cm < low);
    let end = list.lines.partition_point(|l| l.wavenumber_per_cm <= high);
    &list.lines[first..end]
}

/// The width laws that enough lines follow.
fn laws_of(lines: &[Line], ratio: f64) -> Vec<WidthLaw> {
    const MOST: usize = 8;
    let mut laws: Vec<(WidthLaw, usize)> = Vec::new();
    for line in lines {
        let own = WidthLaw::of(line, ratio);
        match laws.iter().position(|(law, _)| law.takes(&own)) {
            Some(place) => laws[place].1 += 1,
            None if laws.len() < MOST => laws.push((own, 1)),
            None => {}
        }
    }
    laws.retain(|(_, count)| *count >= FEWEST);
    laws.into_iter().map(|(law, _)| law).collect()
}

/// s of a line and s times its extra width.
fn moments_of(
    line: &Line,
    law: &WidthLaw,
    ratio: f64,
    scale: f64,
    temperature_k: f64,
) -> (f64, f64) {
    let alpha = ratio * line.wavenumber_per_cm;
    let beta = crate::constants::SECOND_RADIATION_CM_K / temperature_k;
    let s = scale
        * f64::from(line.weight_cm)
        * (-beta * f64::from(line.lower_energy_per_cm)).exp()
        * -(-beta * line.wavenumber_per_cm).exp_m1()
        / (alpha * std::f64::consts::PI.sqrt());
    let extra = f64::from(line.natural_half_width_per_cm) / alpha - law.natural_y;
    (s, s * extra)
}

/// Sums in double precision of the cell at hand.
struct Sums {
    index: i32,
    strength: [f64; FINE_ORDERS],
    width: [f64; ORDERS],
}

impl Sums {
    const fn new(index: i32) -> Self {
        Self {
            index,
            strength: [0.0; FINE_ORDERS],
            width: [0.0; ORDERS],
        }
    }

    fn cell(&self) -> Cell {
        Cell {
            index: self.index,
            strength: self.strength.map(|x| x as f32),
            width: self.width.map(|x| x as f32),
        }
    }
}

/// Cells of the finest level: the lines in stretches of fixed length, cells on a border joined.
fn fine_cells(
    lines: &[Line],
    grid: &FineGrid,
    own: impl Fn(&Line) -> bool + Sync,
    moments: impl Fn(&Line) -> (f64, f64) + Sync,
) -> Vec<Cell> {
    let stretch = |lines: &[Line]| {
        let mut cells = Vec::new();
        let mut sums: Option<Sums> = None;
        for line in lines.iter().filter(|line| own(line)) {
            let position = grid.position(line.wavenumber_per_cm);
            let node = position.floor();
            let (index, delta) = (node as i32, position - node - 0.5);
            if sums.as_ref().is_none_or(|sums| sums.index != index) {
                cells.extend(sums.map(|sums| sums.cell()));
                sums = Some(Sums::new(index));
            }
            let Some(sums) = sums.as_mut() else { continue };
            let (s, w) = moments(line);
            let mut power = 1.0;
            for m in 0..FINE_ORDERS {
                sums.strength[m] += s * power;
                if m < ORDERS {
                    sums.width[m] += w * power;
                }
                power *= delta;
            }
        }
        cells.extend(sums.map(|sums| sums.cell()));
        cells
    };
    let parts: Vec<Vec<Cell>> = lines.par_chunks(STRETCH).map(stretch).collect();
    let mut cells: Vec<Cell> = Vec::with_capacity(parts.iter().map(Vec::len).sum());
    for part in parts {
        for cell in part {
            match cells.last_mut() {
                Some(last) if last.index == cell.index => {
                    for (a, b) in last.strength.iter_mut().zip(cell.strength) {
                        *a += b;
                    }
                    for (a, b) in last.width.iter_mut().zip(cell.width) {
                        *a += b;
                    }
                }
                _ => cells.push(cell),
            }
        }
    }
    cells
}

fn levels_of(fine: Vec<Cell>, count: usize) -> Vec<Vec<Cell>> {
    let mut levels = vec![fine];
    while levels.len() < count {
        let coarser = coarser(&levels[levels.len() - 1]);
        levels.push(coarser);
    }
    levels
}

/// Moments about the middles of the cells of the next level: with δ = a + δ'/4,
/// Σ s δᵐ = Σᵢ C(m, i) aᵐ⁻ⁱ 4⁻ⁱ Σ s δ'ⁱ.
fn coarser(cells: &[Cell]) -> Vec<Cell> {
    let shifts = shifts();
    let group = COARSENING as i32;
    cells
        .chunk_by(|a, b| a.index.div_euclid(group) == b.index.div_euclid(group))
        .map(|children| {
            let mut sums = Sums::new(children[0].index.div_euclid(group));
            for child in children {
                let shift = &shifts[child.index.rem_euclid(group) as usize];
                for (m, row) in shift.iter().enumerate() {
                    for (i, factor) in row.iter().enumerate().take(m + 1) {
                        sums.strength[m] += factor * f64::from(child.strength[i]);
                        sums.width[m] += factor * f64::from(child.width[i]);
                    }
                }
            }
            sums.cell()
        })
        .collect()
}

/// C(m, i) aᵐ⁻ⁱ 4⁻ⁱ of the four children.
fn shifts() -> [[[f64; ORDERS]; ORDERS]; COARSENING] {
    let mut shifts = [[[0.0; ORDERS]; ORDERS]; COARSENING];
    for (child, shift) in shifts.iter_mut().enumerate() {
        let a = (child as f64 + 0.5) / COARSENING as f64 - 0.5;
        for (m, row) in shift.iter_mut().enumerate() {
            let mut binomial = 1.0;
            for (i, value) in row.iter_mut().enumerate().take(m + 1) {
                let powers = a.powi((m - i) as i32) / (COARSENING as f64).powi(i as i32);
                *value = binomial * powers;
                binomial *= (m - i) as f64 / (i + 1) as f64;
            }
        }
    }
    shifts
}
