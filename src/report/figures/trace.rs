//! The run as the sampler saw it: ln L and the parameters against prior volume.

use super::canvas::{Anchor, BLACK, BLUE, Canvas, LIGHT_GREY, Rgb, Stroke, tint};
use super::density::shown_range;
use super::frame::{Frame, LABEL_SIZE, extremes, fitting_ticks, padded, ticks, usable_range};
use super::{Destination, Marginal, Written};
use crate::error::InputError;
use crate::posterior::WeightedSample;

/// Most points drawn in a panel; beyond it every n-th is taken.
const MOST_POINTS: usize = 1600;
/// Most parameters that get a panel.
const MOST_COLUMNS: usize = 10;
const LEFT: f64 = 128.0;
const WIDTH: f64 = 560.0;
const GAP: f64 = 12.0;

/// What the trace figure shows.
#[derive(Clone, Copy, Debug)]
pub struct Trace<'a> {
    /// ln of the prior volume inside each sample's contour; empty for an ensemble, whose samples
    /// are shown in their order instead.
    pub ln_prior_volume: &'a [f64],
    /// ln L of each sample.
    pub ln_likelihood: &'a [f64],
    /// Posterior weight of each sample.
    pub weights: &'a [f64],
    /// The parameters.
    pub columns: &'a [Marginal<'a>],
}

/// `trace.svg|png`: on top ln L (line or points) and the posterior weight (filled, scaled to the
/// panel) against ln X, and below each parameter of the samples, the darker the more they weigh.
/// ln L is shown from twenty times the distance between its maximum and its posterior median below
/// the maximum.
///
/// # Errors
/// [`InputError::Write`].
pub fn trace(input: Trace<'_>, destination: Destination<'_>) -> Result<Written, InputError> {
    let count = input.ln_likelihood.len().min(input.weights.len());
    let nested = !input.ln_prior_volume.is_empty();
    let x: Vec<f64> = if nested {
        input.ln_prior_volume.to_vec()
    } else {
        (0..count).map(|index| index as f64).collect()
    };
    let [low, high] = usable_range(extremes(x.iter().copied()));
    // The run goes on from left to right: ln X falls.
    let x_range = if nested { [high, low] } else { [low, high] };
    let columns = &input.columns[..input.columns.len().min(MOST_COLUMNS)];
    let heights = 170.0 + columns.len() as f64 * (96.0 + GAP);
    let mut canvas = Canvas::new("trace", LEFT + WIDTH + 24.0, 40.0 + heights + 62.0);
    let words = if nested {
        "filled: posterior weight (scaled); points: darker weighs more"
    } else {
        "points: darker weighs more"
    };
    canvas.text((LEFT, 26.0), words, LABEL_SIZE - 1, Anchor::Start, BLACK);
    let mut frame = Frame {
        left: LEFT,
        top: 40.0,
        width: WIDTH,
        height: 170.0,
        x: x_range,
        y: likelihood_range(input.ln_likelihood, input.weights),
    };
    likelihood_panel(&mut canvas, frame, &x, &input, nested);
    finish_panel(&mut canvas, frame, "ln L", columns.is_empty(), nested);
    for (index, column) in columns.iter().enumerate() {
        frame.top = frame.bottom() + GAP;
        frame.height = 96.0;
        let sample = WeightedSample::new(column.values, &vec![1.0; column.values.len()]);
        frame.y = padded(shown_range(&sample), 0.04);
        frame.clip(&mut canvas);
        weighted_points(&mut canvas, frame, &x, column.values, input.weights);
        canvas.end_clip();
        let last = index + 1 == columns.len();
        finish_panel(&mut canvas, frame, &column.label.axis(), last, nested);
    }
    canvas.write(destination)
}

fn finish_panel(canvas: &mut Canvas, frame: Frame, label: &str, last: bool, nested: bool) {
    frame.border(canvas);
    let [from, to] = frame.x;
    let x_ticks = ticks([from.min(to), from.max(to)], 6);
    frame.x_ticks(canvas, &x_ticks, last, 14.0);
    let y_ticks = fitting_ticks(frame.y, frame.height, 5, true);
    frame.y_ticks(canvas, &y_ticks, true, 0.0);
    frame.y_label(canvas, &format!("{label}{}", y_ticks.factor), 62.0, 8.0);
    if last {
        let words = if nested {
            "ln X (prior volume)"
        } else {
            "sample"
        };
        frame.x_label(canvas, &format!("{words}{}", x_ticks.factor), 0.0);
    }
}

fn likelihood_range(ln_likelihood: &[f64], weights: &[f64]) -> [f64; 2] {
    let [low, high] = extremes(ln_likelihood.iter().copied());
    let median = WeightedSample::new(ln_likelihood, weights).quantile(0.5);
    let shown = (high - 20.0 * (high - median).max(0.5)).max(low);
    let [low, high] = usable_range([shown, high]);
    [low, high + 0.06 * (high - low)]
}

fn likelihood_panel(canvas: &mut Canvas, frame: Frame, x: &[f64], input: &Trace<'_>, nested: bool) {
    frame.clip(canvas);
    if nested {
        weight_area(canvas, frame, x, input.weights);
        let line: Vec<_> = (thinned(x.len().min(input.ln_likelihood.len())))
            .map(|index| frame.point(x[index], input.ln_likelihood[index]))
            // Far below the panel is as good as -∞, and drawable.
            .map(|(x, y)| (x, y.min(frame.bottom() + 1000.0)))
            .collect();
        canvas.polyline(&line, Stroke::solid(BLACK, 1.6));
    } else {
        weighted_points(canvas, frame, x, input.ln_likelihood, input.weights);
    }
    canvas.end_clip();
}

/// Posterior mass per step of ln X, scaled to nine tenths of the panel.
fn weight_area(canvas: &mut Canvas, frame: Frame, x: &[f64], weights: &[f64]) {
    const BINS: usize = 140;
    let [from, to] = frame.x;
    let mut mass = [0.0; BINS];
    for (x, weight) in x.iter().zip(weights) {
        let place = (x - from) / (to - from) * BINS as f64;
        if place.is_finite() && weight.is_finite() {
            mass[(place.max(0.0) as usize).min(BINS - 1)] += weight;
        }
    }
    let peak = mass.iter().copied().fold(0.0, f64::max);
    if peak <= 0.0 {
        return;
    }
    let bin = frame.width / BINS as f64;
    let bars: Vec<[f64; 4]> = (mass.iter().enumerate())
        .map(|(index, mass)| {
            let height = 0.9 * frame.height * mass / peak;
            [
                frame.left + index as f64 * bin,
                frame.bottom() - height,
                bin + 0.3,
                height,
            ]
        })
        .collect();
    canvas.rectangles(&bars, tint(BLUE, 0.3));
}

/// Rows to draw, at most [`MOST_POINTS`].
fn thinned(count: usize) -> impl Iterator<Item = usize> {
    (0..count).step_by(count.div_ceil(MOST_POINTS).max(1))
}

/// Points in four tones, the heaviest on top.
fn weighted_points(canvas: &mut Canvas, frame: Frame, x: &[f64], y: &[f64], weights: &[f64]) {
    let count = x.len().min(y.len()).min(weights.len());
    let peak = weights.iter().copied().fold(0.0, f64::max);
    let tones: [(f64, Rgb); 4] = [
        (0.0, LIGHT_GREY),
        (0.01, tint(BLUE, 0.4)),
        (0.2, tint(BLUE, 0.75)),
        (0.5, (0, 70, 130)),
    ];
    for (tone, (above, colour)) in tones.iter().enumerate() {
        let below = tones.get(tone + 1).map_or(f64::INFINITY, |next| next.0);
        let points: Vec<_> = thinned(count)
            .filter(|index| (*above..below).contains(&(weights[*index] / peak)))
            .map(|index| frame.point(x[index], y[index]))
            .filter(|(x, y)| x.is_finite() && y.is_finite())
            .collect();
        canvas.dots(&points, 1.5, *colour);
    }
}
