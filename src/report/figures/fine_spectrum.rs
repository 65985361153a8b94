//! An eclipse spectrum in fine bins with the bands over it.

use super::canvas::{Anchor, BLUE, Canvas, Stroke, VERMILION};
use super::cross_sections::many_or_few_ticks;
use super::frame::{Frame, TICK_SIZE, extremes, fitting_ticks, padded, usable_range};
use super::{Destination, Written};
use crate::error::InputError;

/// Longest over shortest wavelength from which on the axis is logarithmic.
const LOG_FROM: f64 = 3.0;
/// Pixels per decade from which on every whole number of micrometres has room.
const MANY_FROM: f64 = 600.0;
/// Room for the legend above the panel \[pixels\].
const TOP: f64 = 40.0;

/// Eclipse depths in bins that touch each other.
#[derive(Clone, Debug, Default)]
pub struct BinnedDepth {
    /// Name in the legend.
    pub name: String,
    /// Edges of the bins \[µm\], ascending, one more than bins.
    pub edges_um: Vec<f64>,
    /// Eclipse depth of each \[ppm\].
    pub depth_ppm: Vec<f64>,
}

/// `spectrum_fine.svg|png`: eclipse depth against wavelength over the range of `fine`, each bin a step: a thin
/// line, and `bands` over it. The axis is logarithmic where it spans a factor of three or more.
///
/// # Errors
/// [`InputError::Value`] for depths that do not fit their edges, or none; [`InputError::Write`].
pub fn fine_spectrum(
    fine: &BinnedDepth,
    bands: &BinnedDepth,
    destination: Destination<'_>,
) -> Result<Written, InputError> {
    for curve in [fine, bands] {
        if curve.depth_ppm.is_empty() || curve.edges_um.len() != curve.depth_ppm.len() + 1 {
            return Err(InputError::value(
                "figure of the fine spectrum",
                format!("{} depths", curve.depth_ppm.len()),
                format!("one to each of {} edges but the last", curve.edges_um.len()),
            ));
        }
    }
    let [low_um, high_um] = usable_range(extremes(fine.edges_um.iter().copied()));
    let is_log = low_um > 0.0 && high_um >= LOG_FROM * low_um;
    let at = |um: f64| if is_log { um.log10() } else { um };
    let frame = Frame {
        left: 78.0,
        top: TOP,
        width: 860.0,
        height: 380.0,
        x: [at(low_um), at(high_um)],
        y: usable_range(padded(extremes(fine.depth_ppm.iter().copied()), 0.05)),
    };
    let mut canvas = Canvas::new("spectrum_fine", 970.0, TOP + 440.0);
    let curves = [
        (fine, Stroke::solid(BLUE, 0.7)),
        (bands, Stroke::solid(VERMILION, 1.3)),
    ];
    frame.clip(&mut canvas);
    for (curve, stroke) in curves {
        let steps: Vec<(f64, f64)> = (curve.edges_um.windows(2).zip(&curve.depth_ppm))
            .filter(|(edges, _)| edges[1] > low_um && edges[0] < high_um)
            .flat_map(|(edges, depth)| [(edges[0], *depth), (edges[1], *depth)])
            .map(|(um, depth)| frame.point(at(um), depth))
            .collect();
        canvas.polyline(&steps, stroke);
    }
    canvas.end_clip();
    frame.border(&mut canvas);
    let ticks = if is_log {
        many_or_few_ticks(frame.x, frame.width > MANY_FROM * (frame.x[1] - frame.x[0]))
    } else {
        fitting_ticks(frame.x, frame.width, 10, false)
    };
    frame.x_ticks(&mut canvas, &ticks, true, 14.0);
    frame.x_label(&mut canvas, "wavelength (µm)", 0.0);
    let ticks = fitting_ticks(frame.y, frame.height, 8, true);
    frame.y_ticks(&mut canvas, &ticks, true, 0.0);
    frame.y_label(&mut canvas, "eclipse depth (ppm)", 52.0, 8.0);
    for (index, (curve, stroke)) in curves.into_iter().enumerate() {
        let (left, y) = (frame.left + 170.0 * index as f64, 0.5 * TOP);
        canvas.line((left, y), (left + 28.0, y), stroke);
        let at = (left + 34.0, y + 0.36 * f64::from(TICK_SIZE));
        canvas.text(at, &curve.name, TICK_SIZE, Anchor::Start, stroke.colour);
    }
    canvas.write(destination)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::FigureFormat;

    fn bins(name: &str, count: i32, range_um: [f64; 2]) -> BinnedDepth {
        let step = (range_um[1] / range_um[0]).powf(f64::from(count).recip());
        BinnedDepth {
            name: name.to_owned(),
            edges_um: (0..=count).map(|i| range_um[0] * step.powi(i)).collect(),
            depth_ppm: (0..count)
                .map(|i| 100.0 + 20.0 * (0.3 * f64::from(i)).sin())
                .collect(),
        }
    }

    #[test]
    fn both_curves_are_named_and_bins_without_edges_refused() {
        let folder = tempfile::tempdir().unwrap();
        let destination = Destination {
            folder: folder.path(),
            formats: &[FigureFormat::Svg],
        };
        for (range_um, tick) in [([2.0, 20.0], ">5<"), ([8.0, 10.0], ">8.4<")] {
            let (fine, bands) = (bins("fine", 500, range_um), bins("coarse", 40, [1.0, 30.0]));
            fine_spectrum(&fine, &bands, destination).unwrap();
            let text = std::fs::read_to_string(folder.path().join("spectrum_fine.svg")).unwrap();
            for words in [">fine<", ">coarse<", "wavelength (µm)", tick] {
                assert!(text.contains(words), "{words}");
            }
        }
        let mut short = bins("short", 5, [2.0, 4.0]);
        short.depth_ppm.pop();
        let refused = fine_spectrum(&short, &bins("coarse", 5, [2.0, 4.0]), destination);
        assert!(refused.unwrap_err().to_string().contains("4 depths"));
        let none = BinnedDepth::default();
        assert!(fine_spectrum(&none, &none, destination).is_err());
    }
}
