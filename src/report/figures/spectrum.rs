//! Eclipse depth or brightness temperature against wavelength: data, posterior bands, other models
//! and residuals.

use super::canvas::{
    Anchor, BLACK, BLUE, Canvas, DASHED, DOTTED, GREEN, GREY, Marker, ORANGE, PURPLE, Rgb, Stroke,
    VERMILION, text_width, tint,
};
use super::frame::{Frame, LABEL_SIZE, extremes, padded, ticks, usable_range};
use super::{Destination, Label, Written};
use crate::error::InputError;

const LEFT: f64 = 92.0;
const WIDTH: f64 = 680.0;
const LEGEND_ROW: f64 = 20.0;
/// Tones of the 95 % and the 68 % band.
const BAND_TONES: [f64; 2] = [0.16, 0.36];

/// One bin of the data, in the unit of the figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataBin {
    /// Shorter edge \[µm\].
    pub wavelength_low_um: f64,
    /// Longer edge \[µm\].
    pub wavelength_high_um: f64,
    /// Measured value; NaN is not drawn (a brightness temperature of a negative depth).
    pub value: f64,
    /// 1σ downwards, positive.
    pub error_minus: f64,
    /// 1σ upwards, positive.
    pub error_plus: f64,
    /// What the bin belongs to (instrument, visit): one marker shape for each.
    pub group: String,
}

/// Quantiles of the posterior at wavelengths, or in the bins in the order of the data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Band {
    /// Wavelengths, rising \[µm\]; empty for a band by bin.
    pub wavelength_um: Vec<f64>,
    /// 2.5 % quantile.
    pub q025: Vec<f64>,
    /// 16 % quantile.
    pub q16: Vec<f64>,
    /// Median.
    pub q50: Vec<f64>,
    /// 84 % quantile.
    pub q84: Vec<f64>,
    /// 97.5 % quantile.
    pub q975: Vec<f64>,
}

/// The median of a model that the result is compared with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelCurve {
    /// What it is ("black body").
    pub name: String,
    /// Wavelengths, rising \[µm\].
    pub wavelength_um: Vec<f64>,
    /// Its median there.
    pub median: Vec<f64>,
}

/// What the two spectral figures show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpectralFigure {
    /// Name of the model whose posterior is drawn.
    pub model: String,
    /// The data.
    pub data: Vec<DataBin>,
    /// Posterior at the resolution of the model.
    pub native: Option<Band>,
    /// Posterior in the bins, in the order of the data.
    pub binned: Option<Band>,
    /// Other models.
    pub others: Vec<ModelCurve>,
}

/// `spectrum.svg|png`: eclipse depth \[ppm\] with bin widths and asymmetric errors, the posterior
/// median with its 68 and 95 % bands both at native resolution (filled) and in the bins (boxes),
/// the medians of other models, and below (data - median) / σ, where σ is the error on the side of
/// the model.
///
/// # Errors
/// [`InputError::Write`].
pub fn spectrum(
    input: &SpectralFigure,
    destination: Destination<'_>,
) -> Result<Written, InputError> {
    draw(
        input,
        "spectrum",
        &Label::new("eclipse depth", "ppm"),
        true,
        destination,
    )
}

/// `brightness_temperature.svg|png`: the same panel without residuals, values in kelvin.
///
/// # Errors
/// [`InputError::Write`].
pub fn brightness_temperature(
    input: &SpectralFigure,
    destination: Destination<'_>,
) -> Result<Written, InputError> {
    let label = Label::new("brightness temperature", "K");
    draw(input, "brightness_temperature", &label, false, destination)
}

fn draw(
    input: &SpectralFigure,
    name: &'static str,
    label: &Label,
    residuals: bool,
    destination: Destination<'_>,
) -> Result<Written, InputError> {
    let entries = legend_entries(input);
    let rows = legend_rows(&entries);
    let top = 22.0 + LEGEND_ROW * rows.len() as f64;
    let main = Frame {
        left: LEFT,
        top,
        width: WIDTH,
        height: 320.0,
        x: wavelength_range(input),
        y: value_range(input),
    };
    let below = if residuals { 130.0 } else { 0.0 };
    let height = main.bottom() + below + 50.0;
    let mut canvas = Canvas::new(name, LEFT + WIDTH + 24.0, height);
    draw_legend(&mut canvas, &rows);

    main.clip(&mut canvas);
    draw_native(&mut canvas, main, input);
    draw_others(&mut canvas, main, input);
    draw_binned(&mut canvas, main, input);
    draw_data(&mut canvas, main, input);
    canvas.end_clip();
    main.border(&mut canvas);
    let x_ticks = ticks(main.x, 8);
    main.x_ticks(&mut canvas, &x_ticks, !residuals, 12.0);
    let y_ticks = ticks(main.y, 6);
    main.y_ticks(&mut canvas, &y_ticks, true, 4.0);
    main.y_label(
        &mut canvas,
        &format!("{}{}", label.axis(), y_ticks.factor),
        64.0,
        0.0,
    );
    let lowest = if residuals {
        residual_panel(&mut canvas, main, input)
    } else {
        main
    };
    lowest.x_label(&mut canvas, "wavelength [µm]", 0.0);
    canvas.write(destination)
}

/// The data and a margin; without data, the curves.
fn wavelength_range(input: &SpectralFigure) -> [f64; 2] {
    let edges = (input.data.iter()).flat_map(|bin| [bin.wavelength_low_um, bin.wavelength_high_um]);
    let of_data = extremes(edges);
    let range = if of_data[0].is_finite() {
        of_data
    } else {
        extremes(
            input
                .native
                .iter()
                .flat_map(|band| band.wavelength_um.iter().copied()),
        )
    };
    padded(usable_range(range), 0.04)
}

fn value_range(input: &SpectralFigure) -> [f64; 2] {
    let shown = wavelength_range(input);
    let data = (input.data.iter())
        .flat_map(|bin| [bin.value - bin.error_minus, bin.value + bin.error_plus]);
    let inside = |wavelength: &[f64], values: &[f64]| -> Vec<f64> {
        (wavelength.iter().zip(values))
            .filter(|(x, _)| (shown[0]..=shown[1]).contains(*x))
            .map(|(_, y)| *y)
            .collect()
    };
    let native = (input.native.iter()).flat_map(|band| {
        [
            inside(&band.wavelength_um, &band.q16),
            inside(&band.wavelength_um, &band.q84),
        ]
    });
    let others = input
        .others
        .iter()
        .map(|model| inside(&model.wavelength_um, &model.median));
    let curves = native.chain(others).flatten();
    let binned = (input.binned.iter())
        .flat_map(|band| [&band.q025, &band.q975])
        .flatten()
        .copied();
    padded(
        usable_range(extremes(data.chain(curves).chain(binned))),
        0.07,
    )
}

/// The filled bands and the median at the resolution of the model.
fn draw_native(canvas: &mut Canvas, frame: Frame, input: &SpectralFigure) {
    let Some(band) = &input.native else {
        return;
    };
    for ((low, high), tone) in [(&band.q025, &band.q975), (&band.q16, &band.q84)]
        .into_iter()
        .zip(BAND_TONES)
    {
        // Strips between neighbours: a gap in the values leaves a gap in the band.
        let points: Vec<_> = (band.wavelength_um.iter().zip(low).zip(high)).collect();
        for part in
            points.split(|((x, low), high)| ![**x, **low, **high].iter().all(|v| v.is_finite()))
        {
            let upper = part.iter().map(|((x, _), high)| frame.point(**x, **high));
            let lower = part
                .iter()
                .rev()
                .map(|((x, low), _)| frame.point(**x, **low));
            canvas.polygon(&upper.chain(lower).collect::<Vec<_>>(), tint(BLUE, tone));
        }
    }
    let median: Vec<_> = (band.wavelength_um.iter().zip(&band.q50))
        .map(|(x, y)| frame.point(*x, *y))
        .collect();
    canvas.polyline(&median, Stroke::solid(BLUE, 1.6));
}

fn other_stroke(index: usize) -> Stroke {
    let colours: [Rgb; 4] = [VERMILION, GREEN, PURPLE, ORANGE];
    let dash = if index.is_multiple_of(2) {
        DASHED
    } else {
        DOTTED
    };
    Stroke::dashed(colours[index % 4], 2.0, dash)
}

fn draw_others(canvas: &mut Canvas, frame: Frame, input: &SpectralFigure) {
    for (index, model) in input.others.iter().enumerate() {
        let line: Vec<_> = (model.wavelength_um.iter().zip(&model.median))
            .map(|(x, y)| frame.point(*x, *y))
            .collect();
        canvas.polyline(&line, other_stroke(index));
    }
}

/// In each bin the 68 % box, the 95 % box fainter, and the median.
fn draw_binned(canvas: &mut Canvas, frame: Frame, input: &SpectralFigure) {
    let Some(band) = &input.binned else {
        return;
    };
    for (index, bin) in input.data.iter().enumerate() {
        let [left, right] = [bin.wavelength_low_um, bin.wavelength_high_um].map(|x| frame.px(x));
        let at = |values: &Vec<f64>| frame.py(values.get(index).copied().unwrap_or(f64::NAN));
        for (low, high, share) in [(&band.q025, &band.q975, 0.5), (&band.q16, &band.q84, 1.0)] {
            let (low, high) = (at(low), at(high));
            let corners = [
                (left, low),
                (right, low),
                (right, high),
                (left, high),
                (left, low),
            ];
            canvas.polyline(&corners, Stroke::solid(tint(BLUE, share), 1.3));
        }
        canvas.line(
            (left, at(&band.q50)),
            (right, at(&band.q50)),
            Stroke::solid(BLUE, 2.6),
        );
    }
}

fn groups(input: &SpectralFigure) -> Vec<&str> {
    let mut groups: Vec<&str> = Vec::new();
    for bin in &input.data {
        if !groups.contains(&bin.group.as_str()) {
            groups.push(&bin.group);
        }
    }
    groups
}

/// One marker with its error bars; `scale` turns a value into a pixel.
fn data_point(
    canvas: &mut Canvas,
    frame: Frame,
    bin: &DataBin,
    [low, value, high]: [f64; 3],
    marker: Marker,
) {
    let x = frame.px(0.5 * (bin.wavelength_low_um + bin.wavelength_high_um));
    let y = frame.py(value);
    let stroke = Stroke::solid(BLACK, 1.6);
    canvas.line((x, frame.py(low)), (x, frame.py(high)), stroke);
    canvas.line(
        (frame.px(bin.wavelength_low_um), y),
        (frame.px(bin.wavelength_high_um), y),
        stroke,
    );
    canvas.marker((x, y), marker, 4.6, (255, 255, 255));
    canvas.marker((x, y), marker, 3.6, BLACK);
}

fn draw_data(canvas: &mut Canvas, frame: Frame, input: &SpectralFigure) {
    let groups = groups(input);
    for bin in input.data.iter().filter(|bin| bin.value.is_finite()) {
        let marker = Marker::of(
            groups
                .iter()
                .position(|name| *name == bin.group)
                .unwrap_or(0),
        );
        let ends = [
            bin.value - bin.error_minus,
            bin.value,
            bin.value + bin.error_plus,
        ];
        data_point(canvas, frame, bin, ends, marker);
    }
}

/// (data - median) / σ in each bin: from the band by bin, or without one from the native median at
/// the middle of the bin.
fn residual(input: &SpectralFigure, index: usize) -> f64 {
    let bin = &input.data[index];
    let middle = 0.5 * (bin.wavelength_low_um + bin.wavelength_high_um);
    let model = match (&input.binned, &input.native) {
        (Some(band), _) => band.q50.get(index).copied().unwrap_or(f64::NAN),
        (None, Some(band)) => interpolate(&band.wavelength_um, &band.q50, middle),
        (None, None) => f64::NAN,
    };
    let difference = bin.value - model;
    let sigma = if difference > 0.0 {
        bin.error_minus
    } else {
        bin.error_plus
    };
    difference / sigma
}

fn interpolate(x: &[f64], y: &[f64], at: f64) -> f64 {
    let above = x.partition_point(|x| *x < at);
    if above == 0 || above >= x.len().min(y.len()) {
        return f64::NAN;
    }
    let share = (at - x[above - 1]) / (x[above] - x[above - 1]);
    y[above - 1] + share * (y[above] - y[above - 1])
}

fn residual_panel(canvas: &mut Canvas, main: Frame, input: &SpectralFigure) -> Frame {
    let residuals: Vec<f64> = (0..input.data.len())
        .map(|index| residual(input, index))
        .collect();
    let largest = residuals
        .iter()
        .filter(|r| r.is_finite())
        .fold(2.4_f64, |l, r| l.max(r.abs() + 1.2));
    let frame = Frame {
        top: main.bottom() + 14.0,
        height: 116.0,
        y: [-largest, largest],
        ..main
    };
    frame.clip(canvas);
    let [top, bottom] = [frame.py(1.0), frame.py(-1.0)];
    canvas.rectangle(frame.left, top, frame.width, bottom - top, tint(GREY, 0.2));
    frame.horizontal(canvas, 0.0, 1.2);
    let groups = groups(input);
    for (bin, residual) in input
        .data
        .iter()
        .zip(&residuals)
        .filter(|(_, r)| r.is_finite())
    {
        let marker = Marker::of(
            groups
                .iter()
                .position(|name| *name == bin.group)
                .unwrap_or(0),
        );
        data_point(
            canvas,
            frame,
            bin,
            [residual - 1.0, *residual, residual + 1.0],
            marker,
        );
    }
    canvas.end_clip();
    frame.border(canvas);
    frame.x_ticks(canvas, &ticks(frame.x, 8), true, 12.0);
    frame.y_ticks(canvas, &ticks(frame.y, 4), true, 2.0);
    frame.y_label(canvas, "residual [σ]", 64.0, 0.0);
    frame
}

/// What a legend entry shows beside its words.
#[derive(Clone, Copy)]
enum Sample {
    Data(usize),
    Line(Stroke),
    Fill([f64; 2]),
    Box,
}

fn legend_entries(input: &SpectralFigure) -> Vec<(Sample, String)> {
    let mut entries = Vec::new();
    for (index, group) in groups(input).iter().enumerate() {
        let words = if group.is_empty() { "data" } else { group };
        entries.push((Sample::Data(index), words.to_owned()));
    }
    let model = if input.model.is_empty() {
        "posterior"
    } else {
        &input.model
    };
    if input.native.is_some() {
        entries.push((
            Sample::Line(Stroke::solid(BLUE, 1.8)),
            format!("{model}, median"),
        ));
        entries.push((Sample::Fill(BAND_TONES), "68 and 95 %".to_owned()));
    }
    if input.binned.is_some() {
        entries.push((Sample::Box, "in bins".to_owned()));
    }
    for (index, other) in input.others.iter().enumerate() {
        entries.push((Sample::Line(other_stroke(index)), other.name.clone()));
    }
    entries
}

/// Entries in rows that fit the width, each with its distance from the left.
fn legend_rows(entries: &[(Sample, String)]) -> Vec<Vec<(f64, Sample, &str)>> {
    let mut rows: Vec<Vec<(f64, Sample, &str)>> = Vec::new();
    let mut used = f64::INFINITY;
    for (sample, words) in entries {
        let width = 34.0 + text_width(words, LABEL_SIZE - 1) + 22.0;
        if used + width > WIDTH + 22.0 {
            rows.push(Vec::new());
            used = 0.0;
        }
        if let Some(row) = rows.last_mut() {
            row.push((used, *sample, words));
        }
        used += width;
    }
    rows
}

fn draw_legend(canvas: &mut Canvas, rows: &[Vec<(f64, Sample, &str)>]) {
    for (index, row) in rows.iter().enumerate() {
        let y = 18.0 + LEGEND_ROW * index as f64;
        for (used, sample, words) in row {
            let (left, right) = (LEFT + used, LEFT + used + 26.0);
            match sample {
                Sample::Data(group) => {
                    canvas.line((left, y), (right, y), Stroke::solid(BLACK, 1.6));
                    canvas.marker((left + 13.0, y), Marker::of(*group), 3.8, BLACK);
                }
                Sample::Line(stroke) => canvas.line((left, y), (right, y), *stroke),
                Sample::Fill(tones) => {
                    canvas.rectangle(left, y - 7.0, 26.0, 14.0, tint(BLUE, tones[0]));
                    canvas.rectangle(left, y - 3.5, 26.0, 7.0, tint(BLUE, tones[1]));
                }
                Sample::Box => {
                    let corners = [
                        (left, y - 5.0),
                        (right, y - 5.0),
                        (right, y + 5.0),
                        (left, y + 5.0),
                        (left, y - 5.0),
                    ];
                    canvas.polyline(&corners, Stroke::solid(BLUE, 1.6));
                    canvas.line((left, y), (right, y), Stroke::solid(BLUE, 2.6));
                }
            }
            canvas.text(
                (right + 7.0, y + 4.5),
                words,
                LABEL_SIZE - 1,
                Anchor::Start,
                BLACK,
            );
        }
    }
}
