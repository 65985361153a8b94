//! Cross sections of gases against wavelength.

use super::canvas::{
    Anchor, BLUE, Canvas, DASHED, DOTTED, GREEN, GREY, ORANGE, PURPLE, Rgb, Stroke, VERMILION,
    text_width,
};
use super::frame::{Frame, LABEL_SIZE, TICK_SIZE, Ticks, extremes, fitting_ticks, usable_range};
use super::{Destination, Written};
use crate::error::InputError;

/// Decades shown below the largest cross section.
const DECADES: f64 = 14.0;
/// Width of a legend column \[pixels\].
const COLUMN: f64 = 116.0;
const LEGEND_ROW: f64 = 20.0;

/// One gas of the figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CrossSectionCurve {
    /// Formula and tier, as `SiO (A)`.
    pub name: String,
    /// Wavelengths \[µm\], ascending.
    pub wavelength_um: Vec<f64>,
    /// Mean cross section per molecule \[cm²\]; NaN is not drawn.
    pub cross_section_cm2: Vec<f64>,
}

/// `cross_sections.svg|png`: log10 of the cross sections against wavelength (logarithmic), with a
/// line of words on temperature, pressure and resolution.
///
/// # Errors
/// [`InputError::Value`] without a positive cross section, [`InputError::Write`].
pub fn cross_sections(
    curves: &[CrossSectionCurve],
    conditions: &str,
    destination: Destination<'_>,
) -> Result<Written, InputError> {
    let logarithm = |value: &f64| {
        if *value > 0.0 {
            value.log10()
        } else {
            f64::NAN
        }
    };
    let values = curves.iter().flat_map(|curve| &curve.cross_section_cm2);
    let [_, highest] = extremes(values.map(logarithm));
    let wavelengths = curves.iter().flat_map(|curve| &curve.wavelength_um);
    let x = usable_range(extremes(wavelengths.map(|um| um.log10())));
    if !highest.is_finite() {
        return Err(InputError::value(
            "figure of cross sections",
            "no positive value",
            "a range in which one of the gases absorbs",
        ));
    }
    let names = curves
        .iter()
        .map(|curve| text_width(&curve.name, TICK_SIZE) + 44.0);
    let column = names.fold(COLUMN, f64::max);
    let width = 680.0;
    let per_row = ((width / column) as usize).max(1);
    let top = 20.0 + LEGEND_ROW * curves.len().div_ceil(per_row) as f64;
    let frame = Frame {
        left: 78.0,
        top,
        width,
        height: 420.0,
        x,
        y: usable_range([(highest - DECADES).floor(), (highest + 0.5).ceil()]),
    };
    let mut canvas = Canvas::new("cross_sections", 790.0, top + 480.0);
    draw_curves(&mut canvas, &frame, curves);
    frame.border(&mut canvas);
    frame.x_ticks(&mut canvas, &wavelength_ticks(frame.x), true, 14.0);
    let y_ticks = fitting_ticks(frame.y, frame.height, 8, true);
    frame.y_ticks(&mut canvas, &y_ticks, true, 0.0);
    frame.y_label(
        &mut canvas,
        "log10 cross section (cm² per molecule)",
        48.0,
        8.0,
    );
    frame.x_label(&mut canvas, "wavelength (µm)", 0.0);
    let at = (frame.right() - 8.0, frame.top + 18.0);
    canvas.text(at, conditions, LABEL_SIZE - 2, Anchor::End, GREY);
    for (index, curve) in curves.iter().enumerate() {
        let x = frame.left + column * (index % per_row) as f64;
        let y = 14.0 + LEGEND_ROW * (index / per_row) as f64;
        draw_key(&mut canvas, (x, y), &curve.name, stroke_of(index));
    }
    canvas.write(destination)
}

fn draw_curves(canvas: &mut Canvas, frame: &Frame, curves: &[CrossSectionCurve]) {
    frame.clip(canvas);
    for (index, curve) in curves.iter().enumerate() {
        let points = curve.wavelength_um.iter().zip(&curve.cross_section_cm2);
        let points: Vec<(f64, f64)> = points
            .map(|(um, sigma)| {
                // Far below the panel is as good as zero, and drawable.
                let y = sigma.max(1e-99).log10().max(frame.y[0] - 5.0);
                frame.point(um.log10(), if sigma.is_nan() { f64::NAN } else { y })
            })
            .collect();
        canvas.polyline(&points, stroke_of(index));
    }
    canvas.end_clip();
}

/// Stroke and name of a curve in the legend.
fn draw_key(canvas: &mut Canvas, (x, y): (f64, f64), name: &str, stroke: Stroke) {
    canvas.line((x, y), (x + 28.0, y), stroke);
    let at = (x + 34.0, y + 0.36 * f64::from(TICK_SIZE));
    canvas.text(at, name, TICK_SIZE, Anchor::Start, stroke.colour);
}

fn stroke_of(index: usize) -> Stroke {
    const COLOURS: [Rgb; 5] = [BLUE, VERMILION, GREEN, PURPLE, ORANGE];
    let colour = COLOURS[index % COLOURS.len()];
    match index / COLOURS.len() {
        0 => Stroke::solid(colour, 1.4),
        1 => Stroke::dashed(colour, 1.4, DASHED),
        2 => Stroke::dashed(colour, 1.4, DOTTED),
        _ => Stroke::solid(super::canvas::tint(colour, 0.45), 1.4),
    }
}

/// Wavelengths \[µm\] that are written on an axis of log10 µm: 1, 2, 5 of each decade, every whole
/// number where the axis spans less than one.
pub(super) fn wavelength_ticks([low, high]: [f64; 2]) -> Ticks {
    many_or_few_ticks([low, high], high - low < 0.7)
}

/// The same with every whole number or without, as the width of the panel allows.
pub(super) fn many_or_few_ticks([low, high]: [f64; 2], many: bool) -> Ticks {
    let steps: &[f64] = if many {
        &[1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]
    } else {
        &[1.0, 2.0, 5.0]
    };
    let (mut at, mut texts) = (Vec::new(), Vec::new());
    for decade in low.floor() as i32..=high.ceil() as i32 {
        for step in steps {
            let value = step * 10_f64.powi(decade);
            if (low - 1e-9..=high + 1e-9).contains(&value.log10()) {
                at.push(value.log10());
                // Ten digits hide the rounding of 0.1 + 0.2 kind and print 12 as 12.
                texts.push(format!("{}", (value * 1e10).round() / 1e10));
            }
        }
    }
    if at.len() < 2 {
        return super::frame::ticks([low, high], 2);
    }
    Ticks {
        at,
        texts,
        factor: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::FigureFormat;

    #[test]
    fn gases_are_drawn_and_named() {
        let wavelength_um: Vec<f64> = (0..200).map(|i| 0.1 * 1.032_f64.powi(i)).collect();
        let curve = |name: &str, scale: f64| CrossSectionCurve {
            name: name.to_owned(),
            cross_section_cm2: wavelength_um
                .iter()
                .map(|um| scale * 1e-20 / (1.0 + (um - 8.0).powi(2)))
                .collect(),
            wavelength_um: wavelength_um.clone(),
        };
        let curves: Vec<_> = [
            "SiO (A)", "MgO (C)", "TiO (B)", "CO (A)", "Fe (A)", "Na (A)",
        ]
        .iter()
        .enumerate()
        .map(|(i, name)| curve(name, 0.1_f64.powi(i as i32)))
        .collect();
        let folder = tempfile::tempdir().unwrap();
        let destination = Destination {
            folder: folder.path(),
            formats: &[FigureFormat::Svg],
        };
        let written = cross_sections(&curves, "2500 K, 0.1 bar", destination).unwrap();
        let text = std::fs::read_to_string(&written[0]).unwrap();
        for word in ["SiO (A)", "Na (A)", "wavelength", "0.2", "50", "2500 K"] {
            assert!(text.contains(word), "{word}");
        }
        assert!(cross_sections(&[curve("CO", 0.0)], "", destination).is_err());
    }

    #[test]
    fn ticks_of_a_narrow_axis_are_whole_numbers() {
        let ticks = wavelength_ticks([5.0_f64.log10(), 12.0_f64.log10()]);
        assert_eq!(ticks.texts, ["5", "6", "7", "8", "9", "10"]);
    }
}
