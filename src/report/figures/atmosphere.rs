//! An atmosphere and its light: temperatures and gases against pressure, the eclipse spectrum, and maps
//! over wavelength and pressure.

use super::canvas::{
    Anchor, BLACK, BLUE, Canvas, DASHED, DOTTED, GREEN, GREY, ORANGE, PURPLE, Rgb, Stroke,
    VERMILION, tint,
};
use super::cross_sections::wavelength_ticks;
use super::frame::{Frame, LABEL_SIZE, TICK_SIZE, extremes, fitting_ticks, padded, usable_range};
use super::{Destination, Written};
use crate::error::InputError;

/// Gases that are drawn: the most abundant anywhere.
const MOST_GASES: usize = 12;
/// Decades of mole fraction that are shown.
const DECADES: f64 = 8.0;
/// Shades of a map.
const SHADES: usize = 24;

/// One column of the dayside.
#[derive(Clone, Debug, Default)]
pub struct ProfileCurve {
    /// Name in the legend; none for the only one.
    pub name: String,
    /// Pressures of the layers \[bar\], from the top.
    pub pressure_bar: Vec<f64>,
    /// Their temperatures \[K\].
    pub temperature_k: Vec<f64>,
    /// Temperature of the surface \[K\].
    pub surface_temperature_k: f64,
    /// Mole fractions by gas.
    pub mole_fraction: Vec<(String, Vec<f64>)>,
}

/// `profile.svg|png`: temperature against pressure of every column (circles: the surface), and the
/// mole fractions of the first.
///
/// # Errors
/// [`InputError::Value`] without a column, [`InputError::Write`].
pub fn profile(
    columns: &[ProfileCurve],
    destination: Destination<'_>,
) -> Result<Written, InputError> {
    let Some(first) = columns.first() else {
        return Err(InputError::value(
            "figure of the profile",
            "no column",
            "one or more",
        ));
    };
    let log = |values: &[f64]| values.iter().map(|p| p.log10()).collect::<Vec<f64>>();
    // Downwards: the axis is the negative logarithm.
    let pressures = columns
        .iter()
        .flat_map(|c| c.pressure_bar.iter().map(|p| -p.log10()));
    let y = usable_range(padded(extremes(pressures), 0.02));
    let temperatures = columns
        .iter()
        .flat_map(|c| c.temperature_k.iter().chain([&c.surface_temperature_k]));
    let left = Frame {
        left: 78.0,
        top: 20.0,
        width: 300.0,
        height: 420.0,
        x: usable_range(padded(extremes(temperatures.copied()), 0.05)),
        y,
    };
    let mut canvas = Canvas::new("profile", 872.0, 510.0);
    left.clip(&mut canvas);
    for (index, column) in columns.iter().enumerate() {
        let colour = COLOURS[index % COLOURS.len()];
        let points: Vec<(f64, f64)> = (column.temperature_k.iter().zip(log(&column.pressure_bar)))
            .map(|(t, p)| left.point(*t, -p))
            .collect();
        canvas.polyline(&points, Stroke::solid(colour, 1.8));
        let base = column.pressure_bar.last().map_or(f64::NAN, |p| -p.log10());
        canvas.dots(
            &[left.point(column.surface_temperature_k, base)],
            4.0,
            colour,
        );
    }
    canvas.end_clip();
    left.border(&mut canvas);
    left.x_ticks(
        &mut canvas,
        &fitting_ticks(left.x, left.width, 6, false),
        true,
        14.0,
    );
    pressure_axis(&mut canvas, &left, true);
    left.x_label(&mut canvas, "temperature (K)", 0.0);
    mole_fractions(&mut canvas, first, y);
    canvas.write(destination)
}

const COLOURS: [Rgb; 5] = [BLUE, VERMILION, GREEN, PURPLE, ORANGE];

fn stroke_of(index: usize) -> Stroke {
    let colour = COLOURS[index % COLOURS.len()];
    match index / COLOURS.len() {
        0 => Stroke::solid(colour, 1.6),
        1 => Stroke::dashed(colour, 1.6, DASHED),
        _ => Stroke::dashed(colour, 1.6, DOTTED),
    }
}

/// Numbers of a pressure axis that counts downwards.
pub(super) fn pressure_axis(canvas: &mut Canvas, frame: &Frame, numbers: bool) {
    let mut ticks = fitting_ticks(frame.y, frame.height, 9, true);
    ticks.texts = ticks
        .at
        .iter()
        .map(|y| super::frame::number(-y, 0))
        .collect();
    frame.y_ticks(canvas, &ticks, numbers, 0.0);
    if numbers {
        frame.y_label(canvas, "log10 pressure (bar)", 48.0, 8.0);
    }
}

fn mole_fractions(canvas: &mut Canvas, column: &ProfileCurve, y: [f64; 2]) {
    let frame = Frame {
        left: 412.0,
        top: 20.0,
        width: 320.0,
        height: 420.0,
        x: [-DECADES, 0.0],
        y,
    };
    let most = |x: &[f64]| x.iter().copied().fold(0.0, f64::max);
    let mut gases: Vec<&(String, Vec<f64>)> = column.mole_fraction.iter().collect();
    gases.sort_by(|a, b| most(&b.1).total_cmp(&most(&a.1)));
    gases.truncate(MOST_GASES);
    frame.clip(canvas);
    for (index, (_, x)) in gases.iter().enumerate() {
        let points: Vec<(f64, f64)> = (x.iter().zip(&column.pressure_bar))
            .map(|(x, p)| frame.point(x.max(1e-99).log10().max(-DECADES - 2.0), -p.log10()))
            .collect();
        canvas.polyline(&points, stroke_of(index));
    }
    canvas.end_clip();
    frame.border(canvas);
    frame.x_ticks(
        canvas,
        &fitting_ticks(frame.x, frame.width, 8, false),
        true,
        14.0,
    );
    pressure_axis(canvas, &frame, false);
    frame.x_label(canvas, "log10 mole fraction", 0.0);
    for (index, (name, _)) in gases.iter().enumerate() {
        let y = frame.top + 12.0 + 22.0 * index as f64;
        let stroke = stroke_of(index);
        canvas.line((frame.right() + 14.0, y), (frame.right() + 42.0, y), stroke);
        let at = (frame.right() + 48.0, y + 0.36 * f64::from(TICK_SIZE));
        canvas.text(at, name, TICK_SIZE, Anchor::Start, stroke.colour);
    }
}

/// The light of a dayside.
#[derive(Clone, Debug, Default)]
pub struct EmissionSpectrum {
    /// Wavelengths \[µm\], ascending.
    pub wavelength_um: Vec<f64>,
    /// Eclipse depth \[ppm\].
    pub depth_ppm: Vec<f64>,
    /// Brightness temperature \[K\].
    pub brightness_temperature_k: Vec<f64>,
}

/// `emission.svg|png`: eclipse depth and brightness temperature against wavelength.
///
/// # Errors
/// [`InputError::Write`].
pub fn emission(
    spectrum: &EmissionSpectrum,
    range_um: [f64; 2],
    destination: Destination<'_>,
) -> Result<Written, InputError> {
    let shown = |i: &usize| (range_um[0]..=range_um[1]).contains(&spectrum.wavelength_um[*i]);
    let chosen: Vec<usize> = (0..spectrum.wavelength_um.len()).filter(shown).collect();
    let mut canvas = Canvas::new("emission", 760.0, 600.0);
    let panels = [
        (&spectrum.depth_ppm, "eclipse depth (ppm)", 20.0, 250.0),
        (
            &spectrum.brightness_temperature_k,
            "brightness temperature (K)",
            286.0,
            250.0,
        ),
    ];
    for (index, (values, label, top, height)) in panels.into_iter().enumerate() {
        let frame = Frame {
            left: 78.0,
            top,
            width: 650.0,
            height,
            x: usable_range(range_um.map(f64::log10)),
            y: usable_range(padded(extremes(chosen.iter().map(|i| values[*i])), 0.06)),
        };
        let points: Vec<(f64, f64)> = (chosen.iter())
            .map(|i| frame.point(spectrum.wavelength_um[*i].log10(), values[*i]))
            .collect();
        frame.clip(&mut canvas);
        canvas.polyline(&points, Stroke::solid(BLUE, 1.4));
        canvas.end_clip();
        frame.border(&mut canvas);
        frame.x_ticks(&mut canvas, &wavelength_ticks(frame.x), index == 1, 14.0);
        let ticks = fitting_ticks(frame.y, frame.height, 6, true);
        frame.y_ticks(&mut canvas, &ticks, true, 0.0);
        frame.y_label(&mut canvas, label, 52.0, 8.0);
        if index == 1 {
            frame.x_label(&mut canvas, "wavelength (µm)", 0.0);
        }
    }
    canvas.write(destination)
}

/// A quantity over wavelength and pressure.
#[derive(Clone, Debug, Default)]
pub struct LayerMap {
    /// Edges of the bands \[µm\], ascending.
    pub edges_um: Vec<f64>,
    /// Pressures at the edges of the layers \[bar\], from the top.
    pub edges_bar: Vec<f64>,
    /// 0 (white) to 1 (dark), \[band\]\[layer\].
    pub shade: Vec<f64>,
    /// A line over it: pressure per band \[bar\].
    pub line_bar: Vec<Option<f64>>,
}

/// `<name>.svg|png`: a map of shades, with a line (the photosphere, say) and words below.
///
/// # Errors
/// [`InputError::Value`] for a map that does not fit its edges, [`InputError::Write`].
pub fn layer_map(
    name: &'static str,
    map: &LayerMap,
    range_um: [f64; 2],
    words: &str,
    destination: Destination<'_>,
) -> Result<Written, InputError> {
    let bands = map.edges_um.len().saturating_sub(1);
    let layers = map.edges_bar.len().saturating_sub(1);
    if bands == 0 || layers == 0 || map.shade.len() != bands * layers {
        let found = format!("{} shades", map.shade.len());
        return Err(InputError::value(
            "map of layers",
            found,
            format!("{bands} x {layers}"),
        ));
    }
    let frame = Frame {
        left: 78.0,
        top: 34.0,
        width: 650.0,
        height: 420.0,
        x: usable_range(range_um.map(f64::log10)),
        y: usable_range(extremes(map.edges_bar.iter().map(|p| -p.log10()))),
    };
    let mut canvas = Canvas::new(name, 760.0, 530.0);
    frame.clip(&mut canvas);
    draw_shades(&mut canvas, &frame, map);
    let centre = |band: usize| (map.edges_um[band] * map.edges_um[band + 1]).sqrt().log10();
    let line: Vec<(f64, f64)> = (map.line_bar.iter().enumerate())
        .map(|(band, bar)| match bar {
            Some(bar) => frame.point(centre(band), -bar.log10()),
            None => (f64::NAN, f64::NAN),
        })
        .collect();
    canvas.polyline(&line, Stroke::solid(VERMILION, 1.2));
    canvas.end_clip();
    frame.border(&mut canvas);
    frame.x_ticks(&mut canvas, &wavelength_ticks(frame.x), true, 14.0);
    pressure_axis(&mut canvas, &frame, true);
    frame.x_label(&mut canvas, "wavelength (µm)", 0.0);
    canvas.text(
        (frame.left, 20.0),
        words,
        LABEL_SIZE - 2,
        Anchor::Start,
        GREY,
    );
    canvas.line(
        (frame.left, frame.bottom()),
        (frame.right(), frame.bottom()),
        Stroke::solid(BLACK, 1.0),
    );
    canvas.write(destination)
}

fn draw_shades(canvas: &mut Canvas, frame: &Frame, map: &LayerMap) {
    let layers = map.edges_bar.len() - 1;
    let mut by_shade = vec![Vec::new(); SHADES];
    for (edges, shades) in map.edges_um.windows(2).zip(map.shade.chunks_exact(layers)) {
        let [left, right] = [edges[0], edges[1]].map(|um| frame.px(um.log10()));
        if right < frame.left || left > frame.right() {
            continue;
        }
        for (edges, shade) in map.edges_bar.windows(2).zip(shades) {
            let rank = (shade.clamp(0.0, 1.0) * SHADES as f64).ceil() as usize;
            if rank > 0 {
                let [top, bottom] = [edges[0], edges[1]].map(|bar| frame.py(-bar.log10()));
                by_shade[rank - 1].push([left, top, right - left, bottom - top]);
            }
        }
    }
    for (rank, rectangles) in by_shade.iter().enumerate() {
        canvas.rectangles(rectangles, tint(BLUE, (rank + 1) as f64 / SHADES as f64));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::FigureFormat;

    #[test]
    fn figures_are_written_and_a_map_that_does_not_fit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let destination = Destination {
            folder: folder.path(),
            formats: &[FigureFormat::Svg],
        };
        let column = ProfileCurve {
            pressure_bar: vec![1e-6, 1e-4, 1e-2],
            temperature_k: vec![3000.0, 2500.0, 2600.0],
            surface_temperature_k: 2650.0,
            mole_fraction: vec![("SiO".to_owned(), vec![0.1, 0.2, 0.3])],
            ..ProfileCurve::default()
        };
        profile(&[column], destination).unwrap();
        let text = std::fs::read_to_string(folder.path().join("profile.svg")).unwrap();
        assert!(text.contains("SiO") && text.contains("temperature (K)"));
        assert!(profile(&[], destination).is_err());
        let mut map = LayerMap {
            edges_um: vec![1.0, 2.0, 4.0],
            edges_bar: vec![1e-6, 1e-3, 1.0],
            shade: vec![0.0, 0.5, 1.0, 0.2],
            line_bar: vec![Some(1e-2), None],
        };
        layer_map("contribution", &map, [1.0, 4.0], "words", destination).unwrap();
        map.shade.pop();
        let refused = layer_map("contribution", &map, [1.0, 4.0], "words", destination);
        assert!(refused.unwrap_err().to_string().contains("3 shades"));
    }
}
