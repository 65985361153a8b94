//! What a level carries of gathered lines.
//!
//! With u = ln(ν̃/ν̃₀) the distance from a line in Doppler widths is X = (eᵘ - 1)/r, the same for all
//! lines of a list; only y = γ/α follows the wavenumber. So within a block of cells one table serves:
//! for every node around a cell the part of the line as a polynomial in its place within the cell, and
//! the slope of that polynomial in y. Sums over lines then are sums over moments ([`super::cells`]).

use super::cells::{Cell, FINE_ORDERS, Gathered, NARROW, ORDERS};
use super::grid::{FineGrid, Level, REACH};
use super::level::{CORE, WINDOW, level_range};
use super::profile::{Edge, Profile, SMALL_Y, WING_SQUARED, Wing, core_rational, core_small_y};
use crate::opacity::mixing::{LANES, vectorised};

/// Largest width of a block in ln ν̃.
const BLOCK: f64 = 0.021;
/// Nodes on either side of a cell that a table may cover, in whole groups of lanes.
const NODES: usize = (2 * REACH + 1).next_multiple_of(LANES) + LANES;

/// Squared distances X² of the nodes around a cell at the places of the interpolation within it.
#[derive(Clone, Debug)]
struct Distances {
    step: f64,
    /// \[place\]\[node from -[`REACH`] on\].
    squared: Vec<f32>,
    /// Coefficient m of the polynomial through values at the places: \[m\]\[place\].
    coefficients: Vec<f32>,
    orders: usize,
}

impl Distances {
    fn new(step: f64, ratio: f64, orders: usize) -> Self {
        let places = places(orders);
        let mut squared = Vec::with_capacity(orders * NODES);
        for place in &places {
            squared.extend((0..NODES).map(|node| {
                let steps = node as f64 - REACH as f64 - 0.5 - place;
                let x = (step * steps).exp_m1() / ratio;
                (x * x) as f32
            }));
        }
        Self {
            step,
            squared,
            coefficients: coefficients(&places),
            orders,
        }
    }
}

/// Chebyshev nodes of \[-1/2, 1/2\].
fn places(count: usize) -> Vec<f64> {
    (0..count)
        .map(|q| 0.5 * (std::f64::consts::PI * (q as f64 + 0.5) / count as f64).cos())
        .collect()
}

/// Power coefficients of the Lagrange polynomials, \[power\]\[place\].
fn coefficients(places: &[f64]) -> Vec<f32> {
    let n = places.len();
    let mut out = vec![0.0; n * n];
    for (q, place) in places.iter().enumerate() {
        let mut polynomial = vec![0.0; n];
        polynomial[0] = 1.0;
        for other in places.iter().filter(|other| *other != place) {
            for m in (0..n).rev() {
                let lower = if m > 0 { polynomial[m - 1] } else { 0.0 };
                polynomial[m] = (lower - other * polynomial[m]) / (place - other);
            }
        }
        for (m, value) in polynomial.iter().enumerate() {
            out[m * n + q] = *value as f32;
        }
    }
    out
}

/// Cells that share a table.
#[derive(Clone, Copy, Debug)]
struct Block {
    /// y of the pressure in the middle, and with the natural width of the law.
    pressure_y: f64,
    y: f64,
    /// Cut-off in Doppler widths.
    cutoff: f64,
    finest: u8,
    coarsest: u8,
    /// Continuation at the cut-off and its slope in y.
    pedestal: [f64; 4],
    pedestal_slope: [f64; 4],
}

/// Step in y from which slopes are taken: what differences within a block come to.
fn step_in_y(y: f64) -> f64 {
    NARROW + 0.5 * BLOCK * y
}

fn unit_line(y: f64) -> Profile {
    Profile {
        centre: 1.0,
        position: 0.0,
        alpha: 1.0,
        gamma: y as f32,
        strength: 0.5 * std::f32::consts::PI * std::f32::consts::FRAC_2_SQRT_PI,
        finest: 0,
        coarsest: 0,
    }
}

impl Block {
    fn new(lines: &Gathered, pressure_bar: f64, nu: f64, zone_nu: f64, grid: &FineGrid) -> Self {
        let gamma = lines.law.pressure_width_per_cm_bar(lines.temperature_k) * pressure_bar;
        let y_at = |nu: f64| gamma / (lines.ratio * nu);
        let alpha = lines.ratio * zone_nu;
        let width = alpha * (y_at(zone_nu) + lines.law.natural_y);
        let (finest, coarsest) = level_range(grid.levels(), zone_nu, alpha, width, lines.cutoff);
        let (pressure_y, y) = (y_at(nu), y_at(nu) + lines.law.natural_y);
        let cutoff = lines.cutoff / (lines.ratio * nu);
        let step = step_in_y(y);
        let [low, high] = [y, y + step].map(|y| {
            let edge = Wing::new(&unit_line(y)).taylor(cutoff as f32);
            edge.t.map(f64::from)
        });
        Self {
            pressure_y,
            y,
            cutoff,
            finest,
            coarsest,
            pedestal: low,
            pedestal_slope: std::array::from_fn(|i| (high[i] - low[i]) / step),
        }
    }
}

/// Gathered lines at a pressure.
#[derive(Clone, Debug)]
pub(super) struct AtPressure<'a> {
    pub lines: &'a Gathered,
    distances: &'a [Distances],
    /// Level of the blocks; the coarser levels have blocks of one cell.
    level: usize,
    /// For that level and each coarser one: index of the first block, and the blocks.
    blocks: Vec<(i32, Vec<Block>)>,
}

/// Distances of all levels, for [`AtPressure::new`].
#[derive(Clone, Debug)]
pub(super) struct Geometry(Vec<Distances>);

impl Geometry {
    pub fn new(grid: &FineGrid, ratio: f64) -> Self {
        let orders = |level: usize| if level == 0 { FINE_ORDERS } else { ORDERS };
        let levels = grid.levels().iter().enumerate();
        Self(
            levels
                .map(|(index, level)| Distances::new(level.step, ratio, orders(index)))
                .collect(),
        )
    }
}

impl<'a> AtPressure<'a> {
    pub fn new(
        lines: &'a Gathered,
        geometry: &'a Geometry,
        pressure_bar: f64,
        grid: &FineGrid,
    ) -> Self {
        let levels = grid.levels();
        let last = levels.len() - 1;
        let level = levels.iter().rposition(|l| l.step <= BLOCK).unwrap_or(0);
        let start = grid.wavenumber_per_cm(0);
        let middle =
            |level: &Level, index: i32| start * (level.step * (f64::from(index) + 0.5)).exp();
        let blocks = (level..=last)
            .map(|at| {
                let cells = &lines.levels[at];
                let first = cells.first().map_or(0, |cell| cell.index);
                let end = cells.last().map_or(0, |cell| cell.index + 1);
                let block = |index: i32| {
                    let nu = middle(&levels[at], index);
                    let zone = middle(&levels[last], index >> (2 * (last - at)));
                    Block::new(lines, pressure_bar, nu, zone, grid)
                };
                (first, (first..end).map(block).collect())
            })
            .collect();
        Self {
            lines,
            distances: &geometry.0,
            level,
            blocks,
        }
    }

    /// Index of the block of a cell.
    fn block_of(&self, level: usize, cell: &Cell) -> i32 {
        cell.index >> (2 * self.level.saturating_sub(level))
    }

    fn block(&self, level: usize, index: i32) -> &Block {
        let (first, blocks) = &self.blocks[level.max(self.level) - self.level];
        &blocks[(index - first) as usize]
    }

    /// Distance in ln ν̃ of the middle of a cell from that of its block.
    fn distance_of(&self, level: usize, index: i32, cell: &Cell) -> f64 {
        let shift = 2 * self.level.saturating_sub(level);
        let middle = (f64::from(index) + 0.5) * f64::from(1_u32 << shift);
        self.distances[level].step * (f64::from(cell.index) + 0.5 - middle)
    }

    /// Adds the parts that a level carries to nodes from `origin` on. The scratch has [`LANES`] values
    /// to spare at its end.
    pub fn add(&self, level: usize, origin: i64, scratch: &mut [f32], table: &mut Table) {
        let end = origin + (scratch.len() - LANES) as i64;
        let cells = &self.lines.levels[level];
        let first = cells.partition_point(|cell| i64::from(cell.index) < origin);
        let last = cells.partition_point(|cell| i64::from(cell.index) < end);
        let runs = cells[first..last.max(first)]
            .chunk_by(|a, b| self.block_of(level, a) == self.block_of(level, b));
        for run in runs {
            let index = self.block_of(level, &run[0]);
            let block = self.block(level, index);
            if !(block.finest..=block.coarsest).contains(&(level as u8)) {
                continue;
            }
            table.fill(&self.distances[level], &self.shape(level, block));
            let step = self.distances[level].step;
            let first_distance = self.distance_of(level, index, &run[0]);
            let place = Place {
                origin,
                step,
                first_distance,
                pressure_y: block.pressure_y,
            };
            add_cells(run, table, &place, level == 0, scratch);
        }
    }

    fn shape(&self, level: usize, block: &Block) -> Shape {
        let at = level as u8;
        let ratio = self.lines.ratio;
        let window = |level: usize| {
            let nodes = WINDOW as f64 * self.distances[level].step / ratio;
            nodes.max(f64::from(CORE))
        };
        let outer = if at == block.coarsest {
            block.cutoff
        } else {
            window(level)
        };
        Shape {
            y: block.y,
            inner: (at > block.finest).then(|| window(level - 1) as f32),
            outer: outer as f32,
            reach: [-(-outer * ratio).ln_1p(), (outer * ratio).ln_1p()],
        }
    }

    /// Cells as single lines for what remains at their cut-offs: centre \[cm⁻¹\], cut-off of the
    /// continuation \[cm⁻¹\] and its coefficients.
    pub fn pedestals(
        &self,
        grid: &FineGrid,
        range_per_cm: [f64; 2],
        mut push: impl FnMut(f64, f64, [f64; 4]),
    ) {
        let start = grid.wavenumber_per_cm(0);
        let node = |nu: f64| (nu / start).ln();
        // Cells of a thousandth of the cut-off.
        let wanted = 1e-3 * self.lines.cutoff / range_per_cm[1];
        let levels = &grid.levels()[..=self.level];
        let level = levels.iter().rposition(|l| l.step <= wanted).unwrap_or(0);
        let step = levels[level].step;
        let [low, high] = range_per_cm.map(|nu| (node(nu) / step - 0.5).floor() as i32);
        let cells = &self.lines.levels[level];
        let first = cells.partition_point(|cell| cell.index < low - 1);
        let end = cells.partition_point(|cell| cell.index <= high + 1);
        for cell in &cells[first..end.max(first)] {
            let index = self.block_of(level, cell);
            let block = self.block(level, index);
            let s = f64::from(cell.strength[0]);
            if s <= 0.0 {
                continue;
            }
            let place = f64::from(cell.strength[1]) / s;
            let centre = start * (step * (f64::from(cell.index) + 0.5 + place)).exp();
            let away = self.distance_of(level, index, cell) + step * place;
            let extra = f64::from(cell.width[0]) / s + block.pressure_y * (-away).exp_m1();
            let t =
                std::array::from_fn(|i| s * (block.pedestal[i] + extra * block.pedestal_slope[i]));
            push(centre, block.cutoff * self.lines.ratio * centre, t);
        }
    }
}

/// What a table is made for.
#[derive(Clone, Copy, Debug)]
struct Shape {
    y: f64,
    /// Half width of the window of the finer level in Doppler widths; none where the core is due.
    inner: Option<f32>,
    /// Half width of the window of this level.
    outer: f32,
    /// The same in ln ν̃, to the left and to the right.
    reach: [f64; 2],
}

/// Polynomials of the nodes around a cell.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// Node of the first column, from the cell.
    first: i64,
    /// Columns.
    len: usize,
    /// Values at the places: \[place\]\[column\] for two widths.
    values: Vec<f32>,
    /// \[power\]\[column\]: orders of the part, then of its slope in y. The columns are followed by
    /// [`LANES`] zeros.
    rows: Vec<f32>,
    stride: usize,
}

impl Table {
    fn fill(&mut self, distances: &Distances, shape: &Shape) {
        let nodes = |reach: f64| ((reach / distances.step).min(REACH as f64 - 1.0)).floor() as i64;
        let (left, right) = (nodes(shape.reach[0]), nodes(shape.reach[1]) + 1);
        self.first = -left;
        self.len = (left + right + 1) as usize;
        let columns = self.len.next_multiple_of(LANES);
        self.stride = columns + LANES;
        let orders = distances.orders;
        self.values.clear();
        self.values.resize(2 * orders * columns, 0.0);
        self.rows.clear();
        self.rows.resize((orders + ORDERS) * self.stride, 0.0);
        let offset = REACH - left as usize;
        let step = step_in_y(shape.y);
        let lines = [shape.y, shape.y + step].map(unit_line);
        let (low, high) = self.values.split_at_mut(orders * columns);
        let small = lines[1].gamma <= SMALL_Y;
        for (line, values) in lines.iter().zip([&mut *low, &mut *high]) {
            for place in 0..orders {
                let squared = &distances.squared[place * NODES + offset..][..columns];
                let out = &mut values[place * columns..(place + 1) * columns];
                evaluate(line, small, shape, squared, out);
            }
        }
        // The slope replaces the second values.
        let scale = (1.0 / step) as f32;
        for (high, low) in high.iter_mut().zip(low.iter()) {
            *high = scale * (*high - *low);
        }
        let (rows, slopes) = self.rows.split_at_mut(orders * self.stride);
        to_powers(low, &distances.coefficients, columns, self.stride, rows);
        to_powers(high, &distances.coefficients, columns, self.stride, slopes);
        for row in self.rows.chunks_mut(self.stride) {
            row[self.len..].fill(0.0);
        }
    }
}

vectorised! {
    wide
    /// Powers from values at the places; as many rows as there is room for.
    fn to_powers(
        values: &[f32],
        coefficients: &[f32],
        columns: usize,
        stride: usize,
        rows: &mut [f32],
    ) {
        let orders = values.len() / columns;
        for (row, factors) in rows.chunks_mut(stride).zip(coefficients.chunks(orders)) {
            for (values, factor) in values.chunks(columns).zip(factors) {
                for (sum, value) in row.iter_mut().zip(values) {
                    *sum = factor.mul_add(*value, *sum);
                }
            }
        }
    }
}

vectorised! {
    wide
    /// The part of a line of unit strength at squared distances.
    fn evaluate(line: &Profile, small: bool, shape: &Shape, squared: &[f32], out: &mut [f32]) {
        let wing = Wing::new(line);
        let outer = wing.taylor(shape.outer);
        match shape.inner {
            Some(inner) => {
                let inner = wing.taylor(inner);
                for (out, d2) in out.iter_mut().zip(squared) {
                    let (far, near) = (wing.at(*d2), inner.at(*d2));
                    *out = within(if *d2 < inner.squared { near } else { far }, &outer, *d2);
                }
            }
            None if line.gamma * line.gamma >= WING_SQUARED => {
                for (out, d2) in out.iter_mut().zip(squared) {
                    *out = within(wing.at(*d2), &outer, *d2);
                }
            }
            None if small => {
                for (out, d2) in out.iter_mut().zip(squared) {
                    let (far, core) = (wing.at(*d2), core_small_y(*d2, line.gamma));
                    *out = within(if *d2 > WING_SQUARED { far } else { core }, &outer, *d2);
                }
            }
            None => {
                for (out, d2) in out.iter_mut().zip(squared) {
                    let (far, core) = (wing.at(*d2), core_rational(*d2, line.gamma));
                    *out = within(if *d2 > WING_SQUARED { far } else { core }, &outer, *d2);
                }
            }
        }
    }
}

/// A value less its continuation, nothing beyond the window.
#[inline(always)]
fn within(value: f32, outer: &Edge, d2: f32) -> f32 {
    let part = value - outer.at(d2);
    if d2 <= outer.squared { part } else { 0.0 }
}

/// Where cells stand.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Node of the first value of the scratch.
    origin: i64,
    step: f64,
    /// Distance in ln ν̃ of the first cell from the middle of the block.
    first_distance: f64,
    pressure_y: f64,
}

vectorised! {
    wide
    /// Adds cells of a block.
    fn add_cells(cells: &[Cell], table: &Table, place: &Place, fine: bool, scratch: &mut [f32]) {
        if fine {
            add_cells_of::<FINE_ORDERS>(cells, table, place, scratch);
        } else {
            add_cells_of::<ORDERS>(cells, table, place, scratch);
        }
    }
}

#[inline(always)]
fn add_cells_of<const N: usize>(cells: &[Cell], table: &Table, place: &Place, scratch: &mut [f32]) {
    let len = (scratch.len() - LANES) as i64;
    let stride = table.stride;
    let step = place.step as f32;
    for cell in cells {
        let since = f64::from(cell.index - cells[0].index);
        let away = place.first_distance + place.step * since;
        // exp(-away) - 1 of what is below a hundredth, and the pressure width of the cell with it.
        let less = -away * (1.0 - away * (0.5 - away * (1.0 / 6.0 - away / 24.0)));
        let change = (place.pressure_y * less) as f32;
        let drift = -(place.pressure_y * (1.0 + less)) as f32 * step;
        let mut width = [0.0_f32; ORDERS];
        for (m, width) in width.iter_mut().enumerate() {
            let shifted = drift.mul_add(cell.strength[m + 1], cell.width[m]);
            *width = change.mul_add(cell.strength[m], shifted);
        }
        let start = i64::from(cell.index) - place.origin + table.first;
        let from = start.max(0);
        let to = (start + table.len as i64).min(len);
        if to <= from {
            continue;
        }
        let (from, count, skip) = (from as usize, (to - from) as usize, (from - start) as usize);
        for group in 0..count.div_ceil(LANES) {
            let Some(out) = scratch[from + group * LANES..].first_chunk_mut::<LANES>() else {
                break;
            };
            let column = skip + group * LANES;
            let mut sum = *out;
            let factors = cell.strength[..N].iter().chain(&width);
            for (m, factor) in factors.enumerate() {
                let Some(row) = table.rows[m * stride + column..].first_chunk::<LANES>() else {
                    break;
                };
                for (sum, row) in sum.iter_mut().zip(row) {
                    *sum = factor.mul_add(*row, *sum);
                }
            }
            *out = sum;
        }
    }
}
