//! Histogram of insertion ranks.

use super::canvas::{Anchor, BLACK, BLUE, Canvas, DASHED, GREY, Stroke, VERMILION, tint};
use super::frame::{Frame, LABEL_SIZE, ticks};
use super::{Destination, Written};
use crate::error::InputError;

/// What the insertion-rank figure shows.
#[derive(Clone, Copy, Debug)]
pub struct InsertionRanks<'a> {
    /// Rank of each new point among the live points, scaled to (0, 1).
    pub ranks: &'a [f64],
    /// p-value of the test of uniformity, where it was made.
    pub p_value: Option<f64>,
}

/// `insertion_rank.svg|png`: histogram of the ranks with the uniform expectation and its 68 and
/// 95 % bands (normal limit of the binomial count of a bin); the p-value in the title (Fowlie,
/// Handley & Su 2020, MNRAS 497, 5256).
///
/// # Errors
/// [`InputError::Write`].
pub fn insertion_rank(
    input: InsertionRanks<'_>,
    destination: Destination<'_>,
) -> Result<Written, InputError> {
    let histogram = Histogram::new(input.ranks);
    let highest = (histogram.counts.iter().copied())
        .fold(histogram.expected + 3.0 * histogram.sigma, f64::max);
    let frame = Frame {
        left: 84.0,
        top: 44.0,
        width: 460.0,
        height: 260.0,
        x: [0.0, 1.0],
        y: [0.0, (1.1 * highest).max(1.0)],
    };
    let mut canvas = Canvas::new("insertion_rank", 570.0, 366.0);
    draw_histogram(&mut canvas, frame, &histogram);
    frame.border(&mut canvas);
    frame.x_ticks(&mut canvas, &ticks(frame.x, 5), true, 12.0);
    let y_ticks = ticks(frame.y, 5);
    frame.y_ticks(&mut canvas, &y_ticks, true, 6.0);
    frame.x_label(&mut canvas, "insertion rank / number of live points", 0.0);
    let y_label = format!("points per bin{}", y_ticks.factor);
    frame.y_label(&mut canvas, &y_label, 62.0, 0.0);
    let p_value = match input.p_value {
        Some(p) if p.is_finite() => format!(", p = {p:.3}"),
        _ => String::new(),
    };
    let total = histogram.total;
    let title = format!("{total:.0} insertions{p_value}; dashed: uniform; bands: 68, 95 %");
    let at = (frame.left, frame.top - 14.0);
    canvas.text(at, &title, LABEL_SIZE, Anchor::Start, BLACK);
    canvas.write(destination)
}

/// Counts of the ranks in bins of equal width, and what uniform ranks would give.
struct Histogram {
    counts: Vec<f64>,
    total: f64,
    expected: f64,
    sigma: f64,
}

impl Histogram {
    fn new(ranks: &[f64]) -> Self {
        let ranks = || (ranks.iter().copied()).filter(|rank| (0.0..=1.0).contains(rank));
        let total = ranks().count() as f64;
        let bins = ((total / 25.0) as usize).clamp(5, 25);
        let mut counts = vec![0.0; bins];
        for rank in ranks() {
            counts[((rank * bins as f64) as usize).min(bins - 1)] += 1.0;
        }
        let share = 1.0 / bins as f64;
        Self {
            counts,
            total,
            expected: total * share,
            sigma: (total * share * (1.0 - share)).sqrt(),
        }
    }
}

fn draw_histogram(canvas: &mut Canvas, frame: Frame, histogram: &Histogram) {
    for (sigmas, tone) in [(2.0, 0.16), (1.0, 0.34)] {
        let spread = sigmas * histogram.sigma;
        let top = frame.py(histogram.expected + spread);
        let bottom = frame.py((histogram.expected - spread).max(0.0));
        canvas.rectangle(frame.left, top, frame.width, bottom - top, tint(GREY, tone));
    }
    let mut steps = vec![(frame.left, frame.bottom())];
    for (index, count) in histogram.counts.iter().enumerate() {
        let y = frame.py(*count);
        let edge = |index: usize| frame.px(index as f64 / histogram.counts.len() as f64);
        steps.extend([(edge(index), y), (edge(index + 1), y)]);
    }
    steps.push((frame.right(), frame.bottom()));
    canvas.polyline(&steps, Stroke::solid(BLUE, 1.8));
    let middle = frame.py(histogram.expected);
    let stroke = Stroke::dashed(VERMILION, 1.8, DASHED);
    canvas.line((frame.left, middle), (frame.right(), middle), stroke);
}
