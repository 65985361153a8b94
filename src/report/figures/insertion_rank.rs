//! Histogram of insertion ranks.

use super::canvas::{Anchor, BLACK, BLUE, Canvas, GREY, Stroke, VERMILION, tint};
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
    let ranks = || {
        input
            .ranks
            .iter()
            .copied()
            .filter(|rank| (0.0..=1.0).contains(rank))
    };
    let total = ranks().count() as f64;
    let bins = ((total / 25.0) as usize).clamp(5, 25);
    let mut counts = vec![0.0; bins];
    for rank in ranks() {
        counts[((rank * bins as f64) as usize).min(bins - 1)] += 1.0;
    }
    let share = 1.0 / bins as f64;
    let expected = total * share;
    let sigma = (total * share * (1.0 - share)).sqrt();
    let highest = counts
        .iter()
        .copied()
        .fold(expected + 3.0 * sigma, f64::max);
    let frame = Frame {
        left: 84.0,
        top: 44.0,
        width: 460.0,
        height: 260.0,
        x: [0.0, 1.0],
        y: [0.0, (1.1 * highest).max(1.0)],
    };
    let mut canvas = Canvas::new("insertion_rank", 570.0, 366.0);
    let bars: Vec<[f64; 4]> = (counts.iter().enumerate())
        .map(|(index, count)| {
            let (left, top) = frame.point(index as f64 * share, *count);
            [
                left + 0.5,
                top,
                frame.width * share - 1.0,
                frame.bottom() - top,
            ]
        })
        .collect();
    for (sigmas, tone) in [(2.0, 0.16), (1.0, 0.34)] {
        let top = frame.py(expected + sigmas * sigma);
        let bottom = frame.py((expected - sigmas * sigma).max(0.0));
        canvas.rectangle(frame.left, top, frame.width, bottom - top, tint(GREY, tone));
    }
    outline(&mut canvas, &bars, frame.bottom());
    let middle = frame.py(expected);
    let across = [(frame.left, middle), (frame.right(), middle)];
    canvas.line(
        across[0],
        across[1],
        Stroke::dashed(VERMILION, 1.8, (6.0, 4.0)),
    );
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
    let title = format!("{total:.0} insertions{p_value}; dashed: uniform; bands: 68, 95 %");
    canvas.text(
        (frame.left, frame.top - 14.0),
        &title,
        LABEL_SIZE,
        Anchor::Start,
        BLACK,
    );
    canvas.write(destination)
}

/// The stepped outline of the bars.
fn outline(canvas: &mut Canvas, bars: &[[f64; 4]], bottom: f64) {
    let mut steps = Vec::with_capacity(2 * bars.len() + 2);
    for (index, [left, top, width, _]) in bars.iter().enumerate() {
        if index == 0 {
            steps.push((left - 0.5, bottom));
        }
        steps.push((left - 0.5, *top));
        steps.push((left + width + 0.5, *top));
    }
    if let Some([left, _, width, _]) = bars.last() {
        steps.push((left + width + 0.5, bottom));
    }
    canvas.polyline(&steps, Stroke::solid(BLUE, 1.8));
}
