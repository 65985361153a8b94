//! The corner plot: every pair of parameters and every parameter alone.

use super::canvas::{
    Anchor, BLACK, BLUE, Canvas, DASHED, GREY, Rgb, Stroke, VERMILION, text_width, tint,
};
use super::density::{CELLS_2D, Density2d, density_1d, prior_curve, shown_range};
use super::frame::{Frame, fitting_ticks, number, wrap};
use super::{Destination, Marginal, Written};
use crate::error::InputError;
use crate::posterior::{ColumnSummary, WeightedSample};

/// Shares of the mass inside the two contours: those of 1σ and 2σ of a bivariate normal.
const CONTOUR_MASS: [f64; 2] = [0.393_469, 0.864_665];
/// Most parameters that fit.
const MOST_COLUMNS: usize = 10;
/// Space between panels.
const GAP: f64 = 9.0;
/// Size of the value above a marginal.
const VALUE_SIZE: u32 = 14;

/// `corner.svg|png`: below the diagonal the density of each pair with the contours that hold 39 %
/// and 86 % of it (1σ and 2σ of a bivariate normal); on the diagonal the density of each parameter
/// with its 16, 50 and 84 % quantiles, the prior dashed at the same scale of area, and median and
/// quantile distances written above. The first ten columns are shown.
///
/// # Errors
/// [`InputError::Write`].
pub fn corner(
    columns: &[Marginal<'_>],
    weights: &[f64],
    destination: Destination<'_>,
) -> Result<Written, InputError> {
    let columns = &columns[..columns.len().min(MOST_COLUMNS)];
    let count = columns.len().max(1);
    let side = match count {
        1 => 260.0,
        2..=4 => 150.0,
        5 | 6 => 125.0,
        _ => 105.0,
    };
    let samples: Vec<WeightedSample> = columns
        .iter()
        .map(|column| WeightedSample::new(column.values, weights))
        .collect();
    let ranges: Vec<[f64; 2]> = samples.iter().map(shown_range).collect();
    let label_lines = |column: &Marginal<'_>| wrap(&column.label.axis(), side, 14).len();
    let lines = columns.iter().map(label_lines).max().unwrap_or(1) as f64;
    let (left, top) = (75.0 + 17.0 * lines, 34.0);
    let extent = count as f64 * side + (count - 1) as f64 * GAP;
    let height = top + extent + 52.0 + 17.0 * lines;
    let mut canvas = Canvas::new("corner", (left + extent + 16.0).max(330.0), height);
    for row in 0..columns.len() {
        for column in 0..=row {
            let frame = Frame {
                left: left + column as f64 * (side + GAP),
                top: top + row as f64 * (side + GAP),
                width: side,
                height: side,
                x: ranges[column],
                y: ranges[row],
            };
            if row == column {
                diagonal(&mut canvas, frame, &columns[row], &samples[row]);
            } else {
                pair(
                    &mut canvas,
                    frame,
                    [&columns[column], &columns[row]],
                    weights,
                );
            }
            let (bottom, leftmost) = (row + 1 == columns.len(), column == 0 && row > 0);
            axes(
                &mut canvas,
                frame,
                [&columns[column], &columns[row]],
                [bottom, leftmost],
            );
        }
    }
    legend(&mut canvas, left + extent, top, columns);
    canvas.write(destination)
}

fn axes(
    canvas: &mut Canvas,
    frame: Frame,
    [x, y]: [&Marginal<'_>; 2],
    [bottom, leftmost]: [bool; 2],
) {
    frame.border(canvas);
    let x_ticks = fitting_ticks(frame.x, frame.width, 5, false);
    frame.x_ticks(canvas, &x_ticks, bottom, 0.5 * GAP);
    if bottom {
        frame.x_label(
            canvas,
            &format!("{}{}", x.label.axis(), x_ticks.factor),
            0.0,
        );
    }
    if leftmost || (frame.y != frame.x) {
        let y_ticks = fitting_ticks(frame.y, frame.height, 5, true);
        frame.y_ticks(canvas, &y_ticks, leftmost, 0.5 * GAP);
        if leftmost {
            frame.y_label(
                canvas,
                &format!("{}{}", y.label.axis(), y_ticks.factor),
                58.0,
                0.0,
            );
        }
    }
}

fn diagonal(canvas: &mut Canvas, frame: Frame, column: &Marginal<'_>, sample: &WeightedSample) {
    let posterior = density_1d(sample, frame.x);
    let peak = posterior.iter().map(|point| point.1).fold(0.0, f64::max);
    let frame = Frame {
        y: [0.0, if peak > 0.0 { 1.12 * peak } else { 1.0 }],
        ..frame
    };
    let summary = sample.summary();
    frame.clip(canvas);
    fill_curve(canvas, frame, &posterior, tint(BLUE, 0.25));
    let curve: Vec<_> = posterior.iter().map(|(x, y)| frame.point(*x, *y)).collect();
    canvas.polyline(&curve, Stroke::solid(BLUE, 1.6));
    for (quantile, width) in [(summary.q16, 1.0), (summary.q50, 1.5), (summary.q84, 1.0)] {
        let height = frame.height / 1.12;
        let (x, bottom) = (frame.px(quantile), frame.bottom());
        canvas.line(
            (x, bottom),
            (x, bottom - height),
            Stroke::solid(tint(BLACK, 0.75), width),
        );
    }
    draw_prior(canvas, frame, &prior_curve(column, frame.x), 1.0);
    canvas.end_clip();
    value_above(canvas, frame, &summary);
}

/// The area under a curve.
pub(super) fn fill_curve(canvas: &mut Canvas, frame: Frame, curve: &[(f64, f64)], fill: Rgb) {
    if let (Some(first), Some(last)) = (curve.first(), curve.last()) {
        let mut area = vec![frame.point(first.0, 0.0)];
        area.extend(curve.iter().map(|(x, y)| frame.point(*x, *y)));
        area.push(frame.point(last.0, 0.0));
        canvas.polygon(&area, fill);
    }
}

/// The dashed prior: a curve of [`prior_curve`] times `scale`.
pub(super) fn draw_prior(canvas: &mut Canvas, frame: Frame, prior: &[(f64, f64)], scale: f64) {
    if !prior.is_empty() {
        let curve: Vec<_> = (prior.iter())
            .map(|(x, y)| frame.point(*x, y * scale))
            .collect();
        canvas.polyline(&curve, Stroke::dashed(VERMILION, 1.6, DASHED));
    }
}

/// Median with the distances to the 84 % (above) and 16 % (below) quantiles.
pub(super) fn value_above(canvas: &mut Canvas, frame: Frame, summary: &ColumnSummary) {
    if !summary.q50.is_finite() {
        return;
    }
    let (up, down) = (summary.q84 - summary.q50, summary.q50 - summary.q16);
    let least = up.min(down);
    let error = if least > 0.0 { least } else { up.max(down) };
    // Two digits of the smaller distance.
    let decimals = if error > 0.0 {
        (1.0 - error.log10().floor()).clamp(0.0, 8.0) as usize
    } else {
        3
    };
    let median = number(summary.q50, decimals);
    let distances = [
        format!("+{}", number(up, decimals)),
        format!("−{}", number(down, decimals)),
    ];
    let small = VALUE_SIZE - 4;
    let small_width = distances
        .iter()
        .map(|text| text_width(text, small))
        .fold(0.0, f64::max);
    let width = text_width(&median, VALUE_SIZE);
    let left = frame.left + 0.5 * (frame.width - width - small_width - 3.0);
    let y = frame.top - 9.0;
    canvas.text((left, y), &median, VALUE_SIZE, Anchor::Start, BLACK);
    let right = left + width + 3.0;
    canvas.text((right, y - 6.0), &distances[0], small, Anchor::Start, BLACK);
    canvas.text((right, y + 5.0), &distances[1], small, Anchor::Start, BLACK);
}

fn pair(canvas: &mut Canvas, frame: Frame, [x, y]: [&Marginal<'_>; 2], weights: &[f64]) {
    let density = Density2d::new(x.values, y.values, weights, frame.x, frame.y);
    frame.clip(canvas);
    let levels = CONTOUR_MASS.map(|mass| density.level(mass));
    for (level, share) in [(levels[1], 0.22), (levels[0], 0.5)] {
        canvas.rectangles(&area_above(frame, &density, level), tint(BLUE, share));
    }
    let cell = frame.width / CELLS_2D as f64;
    let place = |(u, v): (f64, f64)| (frame.left + cell * u, frame.bottom() - cell * v);
    for level in levels {
        for [from, to] in density.contour(level) {
            canvas.line(place(from), place(to), Stroke::solid(BLUE, 1.2));
        }
    }
    canvas.end_clip();
}

/// The part of a panel in which the density is above a level, in strips of one pixel.
fn area_above(frame: Frame, density: &Density2d, level: f64) -> Vec<[f64; 4]> {
    let cell = frame.width / CELLS_2D as f64;
    let mut strips = Vec::new();
    if level <= 0.0 {
        return strips;
    }
    for row in 0..frame.height as usize {
        let v = (frame.height - row as f64 - 0.5) / cell;
        let mut start = None;
        for step in 0..=frame.width as usize {
            let inside =
                step < frame.width as usize && density.at((step as f64 + 0.5) / cell, v) > level;
            match (inside, start) {
                (true, None) => start = Some(step),
                (false, Some(from)) => {
                    let top = frame.top + row as f64;
                    // A little higher than a pixel: no seams when scaled.
                    strips.push([frame.left + from as f64, top, (step - from) as f64, 1.2]);
                    start = None;
                }
                _ => {}
            }
        }
    }
    strips
}

/// Above the diagonal, where nothing else is; with one column there is no room, and no need.
fn legend(canvas: &mut Canvas, right: f64, top: f64, columns: &[Marginal<'_>]) {
    if columns.len() < 3 {
        return;
    }
    let with_prior = columns.iter().any(|column| !column.prior.is_empty());
    let left = right - 168.0;
    let mut y = top + 12.0;
    let mut entry = |stroke: Stroke, text: &str| {
        canvas.line((left, y - 4.0), (left + 24.0, y - 4.0), stroke);
        canvas.text((left + 32.0, y), text, 12, Anchor::Start, BLACK);
        y += 18.0;
    };
    entry(Stroke::solid(BLUE, 1.8), "posterior: 39 %, 86 %");
    entry(Stroke::solid(GREY, 1.2), "16, 50, 84 % quantiles");
    if with_prior {
        entry(Stroke::dashed(VERMILION, 1.6, DASHED), "prior");
    }
}
