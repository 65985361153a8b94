//! Prior against posterior, one small panel for each quantity.

use super::canvas::{Anchor, BLACK, BLUE, Canvas, DASHED, Stroke, VERMILION, tint};
use super::corner::{draw_prior, fill_curve, value_above};
use super::density::{density_1d, prior_curve, shown_range};
use super::frame::{Frame, LABEL_SIZE, fitting_ticks, usable_range, wrap};
use super::{Destination, Marginal, Written};
use crate::error::InputError;
use crate::posterior::{WeightedSample, information_gain};

const PANEL_WIDTH: f64 = 200.0;
const PANEL_HEIGHT: f64 = 120.0;
const GAP_X: f64 = 30.0;
const GAP_Y: f64 = 92.0;
const LEFT: f64 = 40.0;
const TOP: f64 = 64.0;

/// `prior_posterior.svg|png`: for each parameter and derived quantity the posterior filled and the
/// prior (for derived quantities the one that the others imply) dashed, both scaled to the height of
/// the panel, over the range of both; with the median, its 16 and 84 % quantiles, and the
/// information gained.
///
/// # Errors
/// [`InputError::Write`].
pub fn prior_posterior(
    columns: &[Marginal<'_>],
    weights: &[f64],
    destination: Destination<'_>,
) -> Result<Written, InputError> {
    let across = columns.len().clamp(1, 4);
    let down = columns.len().div_ceil(across).max(1);
    let label_lines =
        |column: &Marginal<'_>| wrap(&column.label.axis(), PANEL_WIDTH, LABEL_SIZE).len();
    let lines = columns.iter().map(label_lines).max().unwrap_or(1) as f64;
    let pitch = PANEL_HEIGHT + GAP_Y + 17.0 * (lines - 1.0);
    let width = LEFT + across as f64 * (PANEL_WIDTH + GAP_X);
    let height = TOP + down as f64 * pitch - 34.0;
    let mut canvas = Canvas::new("prior_posterior", width.max(480.0), height);
    for (index, column) in columns.iter().enumerate() {
        let frame = Frame {
            left: LEFT + (index % across) as f64 * (PANEL_WIDTH + GAP_X),
            top: TOP + (index / across) as f64 * pitch,
            width: PANEL_WIDTH,
            height: PANEL_HEIGHT,
            x: [0.0, 1.0],
            y: [0.0, 1.1],
        };
        panel(&mut canvas, frame, column, weights);
        if index % across == 0 {
            frame.y_label(&mut canvas, "density / peak", 12.0, 0.0);
        }
    }
    legend(&mut canvas);
    canvas.write(destination)
}

fn panel(canvas: &mut Canvas, frame: Frame, column: &Marginal<'_>, weights: &[f64]) {
    let sample = WeightedSample::new(column.values, weights);
    let prior = WeightedSample::new(column.prior, &vec![1.0; column.prior.len()]);
    let mut range = shown_range(&sample);
    if !prior.values().is_empty() {
        let of_prior = shown_range(&prior);
        range = [range[0].min(of_prior[0]), range[1].max(of_prior[1])];
    }
    let frame = Frame {
        x: usable_range(range),
        ..frame
    };
    let curve = density_1d(&sample, frame.x);
    let peak = curve
        .iter()
        .map(|point| point.1)
        .fold(0.0, f64::max)
        .max(f64::MIN_POSITIVE);
    let scaled: Vec<_> = curve.iter().map(|(x, y)| (*x, y / peak)).collect();
    frame.clip(canvas);
    fill_curve(canvas, frame, &scaled, tint(BLUE, 0.3));
    let line: Vec<_> = scaled.iter().map(|(x, y)| frame.point(*x, *y)).collect();
    canvas.polyline(&line, Stroke::solid(BLUE, 1.6));
    let curve = prior_curve(column, frame.x);
    let prior_peak = curve.iter().map(|point| point.1).fold(0.0, f64::max);
    if prior_peak > 0.0 {
        draw_prior(canvas, frame, &curve, 1.0 / prior_peak);
    }
    canvas.end_clip();
    frame.border(canvas);
    let marks = fitting_ticks(frame.x, frame.width, 6, false);
    frame.x_ticks(canvas, &marks, true, 0.5 * GAP_X - 4.0);
    frame.x_label(
        canvas,
        &format!("{}{}", column.label.axis(), marks.factor),
        0.0,
    );
    value_above(canvas, frame, &sample.summary());
    let gain = information_gain(&sample, column.prior);
    if gain.is_finite() {
        let at = (frame.right(), frame.top - 9.0);
        canvas.text(at, &format!("{gain:.1} nat"), 11, Anchor::End, BLACK);
    }
}

fn legend(canvas: &mut Canvas) {
    let y = 18.0;
    canvas.line((LEFT, y), (LEFT + 24.0, y), Stroke::solid(BLUE, 1.8));
    canvas.text(
        (LEFT + 31.0, y + 4.0),
        "posterior",
        LABEL_SIZE - 1,
        Anchor::Start,
        BLACK,
    );
    let left = LEFT + 118.0;
    canvas.line(
        (left, y),
        (left + 24.0, y),
        Stroke::dashed(VERMILION, 1.8, DASHED),
    );
    let words = "prior (implied, for derived quantities)";
    canvas.text(
        (left + 31.0, y + 4.0),
        words,
        LABEL_SIZE - 1,
        Anchor::Start,
        BLACK,
    );
}
