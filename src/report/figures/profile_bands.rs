//! Temperatures and gases against pressure, as the posterior has them.

use super::atmosphere::pressure_axis;
use super::canvas::{Anchor, BLACK, BLUE, Canvas, Rgb, Stroke, tint};
use super::frame::{Frame, TICK_SIZE, extremes, fitting_ticks, padded, usable_range};
use super::{Destination, Written};
use crate::error::InputError;

/// Decades of mole fraction that are shown.
const DECADES: f64 = 8.0;
/// Gases that are drawn.
const MOST_GASES: usize = 7;
/// Width of their panels and of the room between.
const PANEL: f64 = 84.0;
const GAP: f64 = 10.0;
/// Tones of the 95 % and the 68 % band.
const TONES: [f64; 2] = [0.18, 0.42];

/// Quantiles (2.5, 16, 50, 84, 97.5 %) against pressure.
#[derive(Clone, Debug, Default)]
pub struct ProfileBands<'a> {
    /// Pressures \[bar\], ascending.
    pub pressure_bar: &'a [f64],
    /// Of the temperature \[K\].
    pub temperature_k: &'a [[f64; 5]],
    /// Of the mole fraction by gas, the most abundant first.
    pub mole_fraction: &'a [(String, Vec<[f64; 5]>)],
}

/// `profile.svg|png`: bands of the temperature, and the mole fractions of the main gases, a panel each: median, 68
/// and 95 %. Nothing is written without a pressure.
///
/// # Errors
/// [`InputError::Write`].
pub fn profile_bands(
    bands: &ProfileBands<'_>,
    destination: Destination<'_>,
) -> Result<Written, InputError> {
    if bands.pressure_bar.len() < 2 {
        return Ok(Written::new());
    }
    let depth: Vec<f64> = bands.pressure_bar.iter().map(|p| -p.log10()).collect();
    let y = usable_range(padded(extremes(depth.iter().copied()), 0.02));
    let ends = bands
        .temperature_k
        .iter()
        .flat_map(|band| [band[0], band[4]]);
    let left = Frame {
        left: 78.0,
        top: 28.0,
        width: 300.0,
        height: 420.0,
        x: usable_range(padded(extremes(ends), 0.05)),
        y,
    };
    let mut canvas = Canvas::new("profile", 1080.0, 510.0);
    left.clip(&mut canvas);
    for (tone, [low, high]) in TONES.into_iter().zip([[0, 4], [1, 3]]) {
        fill(
            &mut canvas,
            &left,
            (bands.temperature_k, &depth),
            [low, high],
            tint(BLUE, tone),
        );
    }
    line(
        &mut canvas,
        &left,
        (bands.temperature_k, &depth),
        Stroke::solid(BLUE, 1.8),
    );
    canvas.end_clip();
    left.border(&mut canvas);
    let ticks = fitting_ticks(left.x, left.width, 6, false);
    left.x_ticks(&mut canvas, &ticks, true, 14.0);
    pressure_axis(&mut canvas, &left, true);
    left.x_label(&mut canvas, "temperature (K)", 0.0);
    gases(&mut canvas, bands, &depth, y);
    canvas.write(destination)
}

/// A narrow panel for each gas.
fn gases(canvas: &mut Canvas, bands: &ProfileBands<'_>, depth: &[f64], y: [f64; 2]) {
    let shown = bands.mole_fraction.iter().take(MOST_GASES).enumerate();
    for (index, (name, rows)) in shown {
        let frame = Frame {
            left: 412.0 + (PANEL + GAP) * index as f64,
            top: 28.0,
            width: PANEL,
            height: 420.0,
            x: [-DECADES, 0.0],
            y,
        };
        let log = |x: f64| x.max(1e-99).log10().max(-DECADES - 2.0);
        let logs: Vec<[f64; 5]> = rows.iter().map(|row| row.map(log)).collect();
        frame.clip(canvas);
        for (tone, ends) in TONES.into_iter().zip([[0, 4], [1, 3]]) {
            fill(canvas, &frame, (&logs, depth), ends, tint(BLUE, tone));
        }
        line(canvas, &frame, (&logs, depth), Stroke::solid(BLUE, 1.8));
        canvas.end_clip();
        frame.border(canvas);
        let ticks = fitting_ticks(frame.x, frame.width, 3, false);
        frame.x_ticks(canvas, &ticks, true, 6.0);
        pressure_axis(canvas, &frame, false);
        let at = (frame.left + 0.5 * PANEL, frame.top - 6.0);
        canvas.text(at, name, TICK_SIZE, Anchor::Middle, BLACK);
        if index == MOST_GASES / 2 {
            frame.x_label(canvas, "log10 mole fraction", 0.0);
        }
    }
}

/// Quantiles and where they stand.
type Rows<'a> = (&'a [[f64; 5]], &'a [f64]);

fn fill(
    canvas: &mut Canvas,
    frame: &Frame,
    (rows, depth): Rows,
    [low, high]: [usize; 2],
    fill: Rgb,
) {
    let side = |which: usize| rows.iter().zip(depth).map(move |(row, y)| (row[which], *y));
    let outline: Vec<(f64, f64)> = side(low)
        .chain(side(high).rev())
        .map(|(x, y)| frame.point(x, y))
        .collect();
    canvas.polygon(&outline, fill);
}

fn line(canvas: &mut Canvas, frame: &Frame, (rows, depth): Rows, stroke: Stroke) {
    let points: Vec<(f64, f64)> = (rows.iter().zip(depth))
        .map(|(row, y)| frame.point(row[2], *y))
        .collect();
    canvas.polyline(&points, stroke);
}
