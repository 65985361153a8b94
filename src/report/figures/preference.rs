//! Which bins prefer which model.

use super::canvas::{
    Anchor, BLACK, BLUE, Canvas, GREEN, ORANGE, PURPLE, Rgb, VERMILION, text_width, tint,
};
use super::frame::{Frame, LABEL_SIZE, extremes, padded, ticks, usable_range};
use super::{Destination, Written};
use crate::error::InputError;

const LEFT: f64 = 84.0;
const WIDTH: f64 = 680.0;
const LEGEND_ROW: f64 = 20.0;
/// Tone of a bar that cannot be trusted.
const FAINT: f64 = 0.35;
/// Part of a bin that its bars fill.
const FILLED: f64 = 0.8;

/// One model against the best of all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PreferenceBars {
    /// What it is ("black body").
    pub name: String,
    /// elpd of each bin less that of the best model \[nats\]: positive where the bin prefers this one.
    pub difference: Vec<f64>,
    /// Whether the estimate of that bin can be trusted; the others are drawn faintly.
    pub reliable: Vec<bool>,
}

/// `bin_preference.svg|png`: a bar for each bin and model, upwards where the bin prefers the model to
/// the `best` of the run and downwards where it does not. Nothing is written without a model to set
/// against the best.
///
/// # Arguments
/// * `edges_um` - lower and upper edge of each bin \[µm\]
///
/// # Errors
/// [`InputError::Write`].
pub fn bin_preference(
    best: &str,
    edges_um: &[[f64; 2]],
    models: &[PreferenceBars],
    destination: Destination<'_>,
) -> Result<Written, InputError> {
    if models.is_empty() {
        return Ok(Written::new());
    }
    let top = 22.0 + LEGEND_ROW * models.len() as f64;
    let values = models.iter().flat_map(|model| model.difference.iter());
    let frame = Frame {
        left: LEFT,
        top,
        width: WIDTH,
        height: 260.0,
        x: padded(
            usable_range(extremes(edges_um.iter().flatten().copied())),
            0.02,
        ),
        y: padded(usable_range(extremes(values.copied().chain([0.0]))), 0.08),
    };
    let mut canvas = Canvas::new("bin_preference", LEFT + WIDTH + 24.0, frame.bottom() + 50.0);
    draw_legend(&mut canvas, models);
    frame.clip(&mut canvas);
    for (index, model) in models.iter().enumerate() {
        draw_bars(&mut canvas, frame, edges_um, model, (index, models.len()));
    }
    frame.horizontal(&mut canvas, 0.0, 1.2);
    canvas.end_clip();
    frame.border(&mut canvas);
    frame.x_ticks(&mut canvas, &ticks(frame.x, 8), true, 12.0);
    let y_ticks = ticks(frame.y, 6);
    frame.y_ticks(&mut canvas, &y_ticks, true, 4.0);
    let label = format!("elpd against {best} [nats]{}", y_ticks.factor);
    frame.y_label(&mut canvas, &label, 58.0, 0.0);
    frame.x_label(&mut canvas, "wavelength [µm]", 0.0);
    canvas.write(destination)
}

fn colour(index: usize) -> Rgb {
    [VERMILION, BLUE, GREEN, PURPLE, ORANGE][index % 5]
}

/// The bars of one model, beside those of the others in each bin.
fn draw_bars(
    canvas: &mut Canvas,
    frame: Frame,
    edges_um: &[[f64; 2]],
    model: &PreferenceBars,
    (index, count): (usize, usize),
) {
    let zero = frame.py(0.0);
    let bins = edges_um.iter().zip(&model.difference).zip(&model.reliable);
    for ((edges, difference), reliable) in bins {
        let [low, high] = edges.map(|edge| frame.px(edge));
        let width = FILLED * (high - low) / count as f64;
        let left = low + 0.5 * (1.0 - FILLED) * (high - low) + width * index as f64;
        let end = frame.py(*difference);
        let tone = if *reliable { 1.0 } else { FAINT };
        let fill = tint(colour(index), tone);
        canvas.rectangle(left, zero.min(end), width, (end - zero).abs(), fill);
    }
}

fn draw_legend(canvas: &mut Canvas, models: &[PreferenceBars]) {
    for (index, model) in models.iter().enumerate() {
        let y = 18.0 + LEGEND_ROW * index as f64;
        canvas.rectangle(LEFT, y - 9.0, 26.0, 10.0, colour(index));
        let at = (LEFT + 34.0, y);
        canvas.text(at, &model.name, LABEL_SIZE - 1, Anchor::Start, BLACK);
        if model.reliable.contains(&false) {
            let beyond = LEFT + 34.0 + text_width(&model.name, LABEL_SIZE - 1) + 20.0;
            canvas.rectangle(beyond, y - 9.0, 26.0, 10.0, tint(colour(index), FAINT));
            let words = "estimate not reliable";
            let at = (beyond + 34.0, y);
            canvas.text(at, words, LABEL_SIZE - 1, Anchor::Start, BLACK);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::FigureFormat;

    #[test]
    fn bars_are_named_and_a_single_model_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let destination = Destination {
            folder: folder.path(),
            formats: &[FigureFormat::Svg],
        };
        let edges = [[5.0, 6.0], [6.0, 8.0]];
        let model = PreferenceBars {
            name: "black body".to_owned(),
            difference: vec![-1.5, 0.4],
            reliable: vec![true, false],
        };
        bin_preference("lava", &edges, &[model], destination).unwrap();
        let text = std::fs::read_to_string(folder.path().join("bin_preference.svg")).unwrap();
        for words in ["black body", "elpd against lava", "not reliable"] {
            assert!(text.contains(words), "{words}");
        }
        assert!(
            bin_preference("lava", &edges, &[], destination)
                .unwrap()
                .is_empty()
        );
    }
}
