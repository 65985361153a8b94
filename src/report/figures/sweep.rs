//! Several atmospheres in one figure: their temperatures against pressure and their eclipse depths.

use super::atmosphere::pressure_axis;
use super::canvas::{Anchor, BLUE, Canvas, GREY, Rgb, Stroke, VERMILION, text_width};
use super::cross_sections::wavelength_ticks;
use super::frame::{Frame, TICK_SIZE, extremes, fitting_ticks, padded, usable_range};
use super::{Destination, Written};
use crate::error::InputError;

/// Top and height of both panels.
const TOP: f64 = 20.0;
const HEIGHT: f64 = 420.0;

/// One atmosphere.
#[derive(Clone, Debug, Default)]
pub struct AtmosphereCurve {
    /// Name in the legend.
    pub name: String,
    /// Pressures of the layers \[bar\], from the top.
    pub pressure_bar: Vec<f64>,
    /// Their temperatures \[K\].
    pub temperature_k: Vec<f64>,
    /// Temperature of the surface \[K\], drawn as a dot at the last pressure.
    pub surface_temperature_k: f64,
    /// Wavelengths \[µm\], ascending.
    pub wavelength_um: Vec<f64>,
    /// Eclipse depth \[ppm\].
    pub depth_ppm: Vec<f64>,
}

/// `<name>.svg|png`: temperature against pressure (dots: the surface) and eclipse depth against wavelength
/// of every atmosphere, from blue for the first to vermilion for the last.
///
/// # Errors
/// [`InputError::Value`] without an atmosphere, [`InputError::Write`].
pub fn atmospheres(
    name: &'static str,
    curves: &[AtmosphereCurve],
    range_um: [f64; 2],
    destination: Destination<'_>,
) -> Result<Written, InputError> {
    if curves.is_empty() {
        let place = "figure of atmospheres";
        return Err(InputError::value(place, "none", "one or more"));
    }
    let names = curves
        .iter()
        .map(|curve| text_width(&curve.name, TICK_SIZE));
    let width = 930.0 + names.fold(0.0, f64::max);
    let mut canvas = Canvas::new(name, width, 510.0);
    draw_profiles(&mut canvas, curves);
    let right = draw_depths(&mut canvas, curves, range_um);
    for (index, curve) in curves.iter().enumerate() {
        let y = TOP + 12.0 + 22.0 * index as f64;
        let colour = colour_of(index, curves.len());
        let stroke = Stroke::solid(colour, 2.2);
        canvas.line((right + 14.0, y), (right + 38.0, y), stroke);
        let at = (right + 44.0, y + 0.36 * f64::from(TICK_SIZE));
        canvas.text(at, &curve.name, TICK_SIZE, Anchor::Start, colour);
    }
    canvas.write(destination)
}

/// From blue over grey to vermilion.
fn colour_of(index: usize, count: usize) -> Rgb {
    let place = index as f64 / (count.max(2) - 1) as f64;
    let mix = |from: Rgb, to: Rgb, share: f64| {
        let one = |a: u8, b: u8| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round();
        (
            one(from.0, to.0) as u8,
            one(from.1, to.1) as u8,
            one(from.2, to.2) as u8,
        )
    };
    if place < 0.5 {
        mix(BLUE, GREY, 2.0 * place)
    } else {
        mix(GREY, VERMILION, 2.0 * place - 1.0)
    }
}

fn draw_profiles(canvas: &mut Canvas, curves: &[AtmosphereCurve]) {
    let pressures = curves
        .iter()
        .flat_map(|c| c.pressure_bar.iter().map(|p| -p.log10()));
    let temperatures = curves
        .iter()
        .flat_map(|c| c.temperature_k.iter().chain([&c.surface_temperature_k]));
    let frame = Frame {
        left: 78.0,
        top: TOP,
        width: 320.0,
        height: HEIGHT,
        x: usable_range(padded(extremes(temperatures.copied()), 0.05)),
        y: usable_range(padded(extremes(pressures), 0.02)),
    };
    frame.clip(canvas);
    for (index, curve) in curves.iter().enumerate() {
        let colour = colour_of(index, curves.len());
        let points: Vec<(f64, f64)> = (curve.temperature_k.iter().zip(&curve.pressure_bar))
            .map(|(t, p)| frame.point(*t, -p.log10()))
            .collect();
        canvas.polyline(&points, Stroke::solid(colour, 1.8));
        let base = curve.pressure_bar.last().map_or(f64::NAN, |p| -p.log10());
        let dot = frame.point(curve.surface_temperature_k, base);
        canvas.dots(&[dot], 4.0, colour);
    }
    canvas.end_clip();
    frame.border(canvas);
    let ticks = fitting_ticks(frame.x, frame.width, 6, false);
    frame.x_ticks(canvas, &ticks, true, 14.0);
    pressure_axis(canvas, &frame, true);
    frame.x_label(canvas, "temperature (K)", 0.0);
}

/// Draws the depths and returns the right edge of their panel.
fn draw_depths(canvas: &mut Canvas, curves: &[AtmosphereCurve], range_um: [f64; 2]) -> f64 {
    let shown = |c: &AtmosphereCurve| -> Vec<(f64, f64)> {
        (c.wavelength_um.iter().zip(&c.depth_ppm))
            .filter(|(um, _)| (range_um[0]..=range_um[1]).contains(*um))
            .map(|(um, ppm)| (um.log10(), *ppm))
            .collect()
    };
    let all = curves.iter().flat_map(|c| shown(c).into_iter());
    let frame = Frame {
        left: 474.0,
        top: TOP,
        width: 400.0,
        height: HEIGHT,
        x: usable_range(range_um.map(f64::log10)),
        y: usable_range(padded(extremes(all.map(|(_, ppm)| ppm)), 0.06)),
    };
    frame.clip(canvas);
    for (index, curve) in curves.iter().enumerate() {
        let points: Vec<(f64, f64)> = (shown(curve).into_iter())
            .map(|(x, y)| frame.point(x, y))
            .collect();
        canvas.polyline(&points, Stroke::solid(colour_of(index, curves.len()), 1.5));
    }
    canvas.end_clip();
    frame.border(canvas);
    frame.x_ticks(canvas, &wavelength_ticks(frame.x), true, 14.0);
    let ticks = fitting_ticks(frame.y, frame.height, 8, true);
    frame.y_ticks(canvas, &ticks, true, 0.0);
    frame.y_label(canvas, "eclipse depth (ppm)", 48.0, 8.0);
    frame.x_label(canvas, "wavelength (µm)", 0.0);
    frame.right()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::FigureFormat;

    #[test]
    fn figure_names_every_atmosphere_and_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let destination = Destination {
            folder: folder.path(),
            formats: &[FigureFormat::Svg],
        };
        let curve = |name: &str| AtmosphereCurve {
            name: name.to_owned(),
            pressure_bar: vec![1e-6, 1e-4, 1e-2],
            temperature_k: vec![3000.0, 2500.0, 2600.0],
            surface_temperature_k: 2650.0,
            wavelength_um: vec![5.0, 8.0, 12.0],
            depth_ppm: vec![100.0, 150.0, 140.0],
        };
        let curves = [curve("IW−4"), curve("IW"), curve("IW+4")];
        atmospheres("sweep", &curves, [3.0, 15.0], destination).unwrap();
        let text = std::fs::read_to_string(folder.path().join("sweep.svg")).unwrap();
        assert!(text.contains("IW−4") && text.contains("eclipse depth (ppm)"));
        assert!(atmospheres("sweep", &[], [3.0, 15.0], destination).is_err());
        assert_eq!((colour_of(0, 3), colour_of(2, 3)), (BLUE, VERMILION));
        assert_eq!(colour_of(0, 1), BLUE);
    }
}
