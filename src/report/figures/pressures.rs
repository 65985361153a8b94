//! Partial pressures above a melt against temperature or fO2.

use super::canvas::{
    Anchor, BLACK, BLUE, Canvas, DASHED, DOTTED, GREEN, GREY, ORANGE, PURPLE, Rgb, Stroke,
    VERMILION,
};
use super::frame::{Frame, LABEL_SIZE, TICK_SIZE, extremes, fitting_ticks, ticks, usable_range};
use super::{Destination, Written};
use crate::chemistry::vaporise::table::Row;
use crate::error::InputError;

/// Gases that are drawn: those among this many most abundant somewhere in the sweep.
const TOP_AT_A_POINT: usize = 7;
/// Most curves.
const MOST_CURVES: usize = 14;
/// Decades shown below the highest pressure.
const DECADES: f64 = 11.0;

/// What stands on the horizontal axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PressureAxis {
    /// Distance from the iron-wüstite buffer \[dex\].
    DeltaIw,
    /// Surface temperature \[K\].
    Temperature,
}

impl PressureAxis {
    /// The axis along which a sweep moves more; temperature if it moves along both.
    pub fn of(rows: &[Row]) -> Self {
        let [low, high] = extremes(rows.iter().map(|row| row.temperature_k));
        if high > low {
            Self::Temperature
        } else {
            Self::DeltaIw
        }
    }

    fn value(self, row: &Row) -> f64 {
        match self {
            Self::DeltaIw => row.delta_iw,
            Self::Temperature => row.temperature_k,
        }
    }
}

/// `partial_pressures.svg|png`: log10 of the partial pressures and of the total (black) against
/// temperature or dIW; grey where metallic iron coexists.
///
/// # Errors
/// [`InputError::Value`] for fewer than two rows or a sweep over both, [`InputError::Write`].
pub fn partial_pressures(
    rows: &[Row],
    axis: PressureAxis,
    destination: Destination<'_>,
) -> Result<Written, InputError> {
    if rows.len() < 2 {
        return Err(InputError::value(
            "figure of partial pressures",
            rows.len(),
            "two points or more",
        ));
    }
    let mut rows: Vec<&Row> = rows.iter().collect();
    rows.sort_by(|a, b| axis.value(a).total_cmp(&axis.value(b)));
    let x: Vec<f64> = rows.iter().map(|row| axis.value(row)).collect();
    if x.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(InputError::value(
            "figure of partial pressures",
            "a sweep over temperature and fO2 at once",
            "a sweep over one of them",
        ));
    }
    let total: Vec<f64> = rows
        .iter()
        .map(|row| row.total_pressure_bar.log10())
        .collect();
    let [_, highest] = extremes(total.iter().copied());
    let frame = Frame {
        left: 78.0,
        top: 20.0,
        width: 560.0,
        height: 420.0,
        x: usable_range(extremes(x.iter().copied())),
        y: usable_range([highest + 0.6 - DECADES, highest + 0.6]),
    };
    let mut canvas = Canvas::new("partial_pressures", 740.0, 510.0);
    metal_band(&mut canvas, frame, &rows, &x);
    curves(&mut canvas, frame, &rows, &x, &total);
    finish(&mut canvas, frame, axis, rows[0]);
    canvas.write(destination)
}

/// The gases and the total, with their names.
fn curves(canvas: &mut Canvas, frame: Frame, rows: &[&Row], x: &[f64], total: &[f64]) {
    let mut labels = Vec::new();
    frame.clip(canvas);
    for (index, name) in shown(rows).into_iter().enumerate() {
        let values: Vec<f64> = rows
            .iter()
            .map(|row| row.log10_pressure_bar.get(&name).unwrap_or(f64::NAN))
            .collect();
        let stroke = stroke_of(index);
        draw(canvas, frame, x, &values, stroke);
        let seen = values.iter().rposition(|value| *value > frame.y[0]);
        match seen {
            Some(last) if last + 1 == values.len() => {
                labels.push((frame.py(values[last]), name, stroke.colour));
            }
            // A curve that leaves the panel below is named where it leaves.
            Some(last) => {
                let (x, y) = frame.point(x[last], values[last]);
                canvas.text(
                    (x + 6.0, y - 4.0),
                    &name,
                    TICK_SIZE,
                    Anchor::Start,
                    stroke.colour,
                );
            }
            None => {}
        }
    }
    draw(canvas, frame, x, total, Stroke::solid(BLACK, 2.4));
    canvas.end_clip();
    if let Some(last) = total.last() {
        labels.push((frame.py(*last), "total".to_owned(), BLACK));
    }
    write_labels(canvas, frame, labels);
}

/// The gases to draw, the most abundant first.
fn shown(rows: &[&Row]) -> Vec<String> {
    let mut chosen: Vec<(String, f64)> = Vec::new();
    for row in rows {
        let mut gases = row.log10_pressure_bar.0.clone();
        gases.sort_by(|a, b| b.1.total_cmp(&a.1));
        for (name, log10_p) in gases.into_iter().take(TOP_AT_A_POINT) {
            match chosen.iter_mut().find(|(known, _)| *known == name) {
                Some(entry) => entry.1 = entry.1.max(log10_p),
                None => chosen.push((name, log10_p)),
            }
        }
    }
    chosen.sort_by(|a, b| b.1.total_cmp(&a.1));
    chosen.truncate(MOST_CURVES);
    chosen.into_iter().map(|(name, _)| name).collect()
}

fn stroke_of(index: usize) -> Stroke {
    const COLOURS: [Rgb; 5] = [BLUE, VERMILION, GREEN, PURPLE, ORANGE];
    let colour = COLOURS[index % COLOURS.len()];
    match index / COLOURS.len() {
        0 => Stroke::solid(colour, 1.8),
        1 => Stroke::dashed(colour, 1.8, DASHED),
        _ => Stroke::dashed(colour, 1.8, DOTTED),
    }
}

/// A curve in its unbroken parts; far below the panel is as good as minus infinity, and drawable.
fn draw(canvas: &mut Canvas, frame: Frame, x: &[f64], values: &[f64], stroke: Stroke) {
    let points: Vec<(f64, f64)> = x.iter().copied().zip(values.iter().copied()).collect();
    for part in points.split(|(_, value)| !value.is_finite()) {
        if part.len() > 1 {
            let line: Vec<_> = part
                .iter()
                .map(|(x, value)| frame.point(*x, *value))
                .map(|(x, y)| (x, y.min(frame.bottom() + 1000.0)))
                .collect();
            canvas.polyline(&line, stroke);
        }
    }
}

/// Shades the runs of points at which metallic iron coexists.
fn metal_band(canvas: &mut Canvas, frame: Frame, rows: &[&Row], x: &[f64]) {
    let mut start = None;
    for (index, row) in rows.iter().enumerate() {
        match (row.metal_saturated, start) {
            (true, None) => start = Some(x[index]),
            (false, Some(from)) => {
                band(canvas, frame, from, x[index - 1]);
                start = None;
            }
            _ => {}
        }
    }
    if let (Some(from), Some(to)) = (start, x.last()) {
        band(canvas, frame, from, *to);
    }
}

fn band(canvas: &mut Canvas, frame: Frame, from: f64, to: f64) {
    let (left, right) = (frame.px(from), frame.px(to));
    canvas.rectangle(left, frame.top, right - left, frame.height, (240, 240, 240));
    canvas.text(
        (left + 6.0, frame.top + 16.0),
        "with metal",
        TICK_SIZE,
        Anchor::Start,
        GREY,
    );
}

/// Names at the right ends of the curves, moved apart where they would overlap.
fn write_labels(canvas: &mut Canvas, frame: Frame, mut labels: Vec<(f64, String, Rgb)>) {
    let step = 1.15 * f64::from(TICK_SIZE);
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut lowest = f64::NEG_INFINITY;
    for (y, _, _) in &mut labels {
        *y = y.max(frame.top).max(lowest + step);
        lowest = *y;
    }
    // What ran out of the panel moves up again.
    let mut limit = frame.bottom() + 4.0;
    for (y, _, _) in labels.iter_mut().rev() {
        *y = y.min(limit);
        limit = *y - step;
    }
    for (y, name, colour) in labels {
        let at = (frame.right() + 8.0, y + 0.36 * f64::from(TICK_SIZE));
        canvas.text(at, &name, TICK_SIZE, Anchor::Start, colour);
    }
}

fn finish(canvas: &mut Canvas, frame: Frame, axis: PressureAxis, row: &Row) {
    frame.border(canvas);
    let x_ticks = ticks(frame.x, 7);
    frame.x_ticks(canvas, &x_ticks, true, 14.0);
    let y_ticks = fitting_ticks(frame.y, frame.height, 8, true);
    frame.y_ticks(canvas, &y_ticks, true, 0.0);
    frame.y_label(canvas, "log10 partial pressure (bar)", 48.0, 8.0);
    let words = match axis {
        PressureAxis::DeltaIw => format!(
            "ΔIW (dex, {}) at {:.0} K",
            row.conventions.buffer, row.temperature_k
        ),
        PressureAxis::Temperature => "surface temperature (K)".to_owned(),
    };
    frame.x_label(canvas, &words, 0.0);
    let conventions = format!(
        "{}, {}",
        row.conventions.melt_model, row.conventions.gas_data
    );
    let at = (frame.right() - 8.0, frame.bottom() - 10.0);
    canvas.text(at, &conventions, LABEL_SIZE - 2, Anchor::End, GREY);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chemistry::vaporise::{Preset, Redox};
    use crate::config::FigureFormat;
    use crate::melt::Composition;
    use crate::melt::buffer::Buffer;

    #[test]
    fn a_sweep_over_fo2_is_drawn_with_its_gases() {
        let vaporiser = Preset::MeltsNasa9.settings().build().unwrap();
        let melt = Composition::named("bse", vaporiser.molar_masses()).unwrap();
        let buffer = Buffer::default();
        let redox: Vec<Redox> = (-12..=12)
            .map(|i| Redox::Delta(buffer, 0.5 * f64::from(i)))
            .collect();
        let rows = vaporiser
            .sweep(melt.mole_fractions(), &[2500.0], &redox, buffer)
            .unwrap();
        assert_eq!(PressureAxis::of(&rows), PressureAxis::DeltaIw);
        let folder = tempfile::tempdir().unwrap();
        let destination = Destination {
            folder: folder.path(),
            formats: &[FigureFormat::Svg],
        };
        let written = partial_pressures(&rows, PressureAxis::of(&rows), destination).unwrap();
        let text = std::fs::read_to_string(&written[0]).unwrap();
        for word in ["SiO", "O2", "Na", "total", "with metal", "ΔIW"] {
            assert!(text.contains(word), "{word}");
        }
        assert!(partial_pressures(&rows[..1], PressureAxis::DeltaIw, destination).is_err());
        let both = [rows.clone(), rows].concat();
        assert!(partial_pressures(&both, PressureAxis::DeltaIw, destination).is_err());
    }
}
