//! Lines, areas and words on a kuva scene, in pixels from the upper left corner.

use kuva::RasterBackend;
use kuva::backend::svg::SvgBackend;
use kuva::render::color::Color;
use kuva::render::render::{PathData, Primitive, Scene, TextAnchor};

use super::{Destination, Written};
use crate::config::FigureFormat;
use crate::error::InputError;
use crate::report::write_atomic;

/// Pixels of a PNG per nominal pixel.
const PNG_SCALE: f32 = 2.0;

pub(super) type Rgb = (u8, u8, u8);

pub(super) const BLACK: Rgb = (25, 25, 25);
pub(super) const GREY: Rgb = (120, 120, 120);
pub(super) const LIGHT_GREY: Rgb = (222, 222, 222);
pub(super) const BLUE: Rgb = (0, 114, 178);
pub(super) const VERMILION: Rgb = (213, 94, 0);
pub(super) const GREEN: Rgb = (0, 158, 115);
pub(super) const ORANGE: Rgb = (230, 159, 0);
pub(super) const PURPLE: Rgb = (204, 121, 167);

/// `colour` mixed with white: 0 is white, 1 is the colour itself.
pub(super) fn tint(colour: Rgb, share: f64) -> Rgb {
    let mix = |part: u8| (255.0 + share * (f64::from(part) - 255.0)).round() as u8;
    (mix(colour.0), mix(colour.1), mix(colour.2))
}

/// Lengths of dash and gap.
pub(super) type Dash = (f64, f64);

pub(super) const DASHED: Dash = (6.0, 4.0);
pub(super) const DOTTED: Dash = (1.8, 3.0);

/// A stroke.
#[derive(Clone, Copy)]
pub(super) struct Stroke {
    pub colour: Rgb,
    pub width: f64,
    pub dash: Option<Dash>,
}

impl Stroke {
    pub fn solid(colour: Rgb, width: f64) -> Self {
        Self {
            colour,
            width,
            dash: None,
        }
    }

    pub fn dashed(colour: Rgb, width: f64, dash: Dash) -> Self {
        Self {
            colour,
            width,
            dash: Some(dash),
        }
    }
}

#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// Shape of a data point.
#[derive(Clone, Copy)]
pub(super) enum Marker {
    Circle,
    Square,
    Diamond,
    Triangle,
}

impl Marker {
    /// The shapes in turn.
    pub fn of(index: usize) -> Self {
        [Self::Circle, Self::Square, Self::Diamond, Self::Triangle][index % 4]
    }
}

pub(super) struct Canvas {
    scene: Scene,
    name: &'static str,
    clips: usize,
}

fn colour(rgb: Rgb) -> Color {
    Color::Rgb(rgb.0, rgb.1, rgb.2)
}

/// Width of a line of DejaVu Sans \[pixels\], from the mean advance of each kind of sign, within
/// some 5 %; kuva keeps its own measure to itself.
pub(super) fn text_width(text: &str, size: u32) -> f64 {
    let advance = |sign: char| match sign {
        'i' | 'j' | 'l' | 'I' | '\'' | '|' => 0.29,
        ' ' | '.' | ',' | ':' | ';' => 0.32,
        '(' | ')' | '[' | ']' | 'f' | 't' | 'r' | '-' => 0.39,
        'm' => 0.97,
        'w' | 'M' | 'W' | '+' | '−' | '±' | '=' | '<' | '>' | '×' => 0.85,
        '₀'..='₉' | '⁰' | '¹' | '²' | '³' | '⁴'..='⁹' | '⁻' => 0.40,
        'A'..='Z' => 0.70,
        _ => 0.61,
    };
    f64::from(size) * text.chars().map(advance).sum::<f64>()
}

impl Canvas {
    /// A white canvas; `name` is the stem of the files and part of the ids inside an SVG.
    pub fn new(name: &'static str, width: f64, height: f64) -> Self {
        let mut scene = Scene::new(width, height);
        scene.font_family = Some("DejaVu Sans, Verdana, Arial, Helvetica, sans-serif".to_owned());
        Self {
            scene,
            name,
            clips: 0,
        }
    }

    fn push(&mut self, primitive: Primitive) {
        self.scene.elements.push(primitive);
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: Stroke) {
        self.polyline(&[from, to], stroke);
    }

    /// A line through points; where one is not finite the line is interrupted.
    pub fn polyline(&mut self, points: &[(f64, f64)], stroke: Stroke) {
        for part in points.split(|point| !(point.0.is_finite() && point.1.is_finite())) {
            // The back end starts every segment with a dash anew, which makes short segments
            // solid: dashes are cut here.
            let pieces = match stroke.dash {
                None => vec![part.to_vec()],
                Some(dash) => cut_into_dashes(part, dash),
            };
            for points in pieces.into_iter().filter(|piece| piece.len() > 1) {
                self.push(Primitive::PolyLine {
                    points,
                    stroke: colour(stroke.colour),
                    stroke_width: stroke.width,
                    stroke_dasharray: None,
                });
            }
        }
    }

    /// A filled area without an outline; nothing where a corner is not finite.
    pub fn polygon(&mut self, points: &[(f64, f64)], fill: Rgb) {
        let finite = points
            .iter()
            .all(|point| point.0.is_finite() && point.1.is_finite());
        if points.len() < 3 || !finite {
            return;
        }
        let mut d = String::new();
        for (index, (x, y)) in points.iter().enumerate() {
            d.push_str(&format!(
                "{}{x:.2} {y:.2} ",
                if index == 0 { 'M' } else { 'L' }
            ));
        }
        d.push('Z');
        self.push(Primitive::Path(Box::new(PathData {
            d,
            fill: Some(colour(fill)),
            stroke: Color::None,
            stroke_width: 0.0,
            opacity: None,
            stroke_dasharray: None,
        })));
    }

    /// A filled rectangle; nothing where a number is not finite.
    pub fn rectangle(&mut self, left: f64, top: f64, width: f64, height: f64, fill: Rgb) {
        if [left, top, width, height]
            .iter()
            .all(|number| number.is_finite())
        {
            self.push(Primitive::Rect {
                x: left,
                y: top,
                width,
                height,
                fill: colour(fill),
                stroke: None,
                stroke_width: None,
                opacity: None,
            });
        }
    }

    /// Filled rectangles (left, top, width, height) of one colour that make up one area: without
    /// smoothed edges in SVG, which would show as seams between them.
    pub fn rectangles(&mut self, rectangles: &[[f64; 4]], fill: Rgb) {
        let side = |index: usize| rectangles.iter().map(|sides| sides[index]).collect();
        self.push(Primitive::GroupStart {
            transform: None,
            title: None,
            extra_attrs: Some(r#"shape-rendering="crispEdges""#.to_owned()),
        });
        self.push(Primitive::RectBatch {
            x: side(0),
            y: side(1),
            w: side(2),
            h: side(3),
            fills: vec![colour(fill); rectangles.len()],
        });
        self.push(Primitive::GroupEnd);
    }

    pub fn dots(&mut self, points: &[(f64, f64)], radius: f64, fill: Rgb) {
        let finite = || {
            points
                .iter()
                .filter(|point| point.0.is_finite() && point.1.is_finite())
        };
        self.push(Primitive::CircleBatch {
            cx: finite().map(|point| point.0).collect(),
            cy: finite().map(|point| point.1).collect(),
            r: radius,
            fill: colour(fill),
            fill_opacity: None,
            stroke: None,
            stroke_width: None,
        });
    }

    pub fn marker(&mut self, (x, y): (f64, f64), marker: Marker, radius: f64, fill: Rgb) {
        let r = radius;
        match marker {
            Marker::Circle => self.dots(&[(x, y)], r, fill),
            Marker::Square => {
                self.rectangle(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r, fill);
            }
            Marker::Diamond => {
                let d = 1.3 * r;
                self.polygon(&[(x - d, y), (x, y - d), (x + d, y), (x, y + d)], fill);
            }
            Marker::Triangle => {
                let d = 1.25 * r;
                self.polygon(
                    &[(x - d, y + 0.8 * d), (x, y - d), (x + d, y + 0.8 * d)],
                    fill,
                );
            }
        }
    }

    pub fn text(&mut self, (x, y): (f64, f64), text: &str, size: u32, anchor: Anchor, fill: Rgb) {
        self.rotated_text((x, y), text, size, anchor, fill, None);
    }

    /// Text that reads from below upwards.
    pub fn upward_text(&mut self, at: (f64, f64), text: &str, size: u32, fill: Rgb) {
        self.rotated_text(at, text, size, Anchor::Middle, fill, Some(-90.0));
    }

    fn rotated_text(
        &mut self,
        (x, y): (f64, f64),
        text: &str,
        size: u32,
        anchor: Anchor,
        fill: Rgb,
        rotate: Option<f64>,
    ) {
        if !(x.is_finite() && y.is_finite()) {
            return;
        }
        self.push(Primitive::Text {
            x,
            y,
            // A dollar sign would start mathematics.
            content: text.replace('$', "\\$"),
            size,
            anchor: match anchor {
                Anchor::Start => TextAnchor::Start,
                Anchor::Middle => TextAnchor::Middle,
                Anchor::End => TextAnchor::End,
            },
            rotate,
            bold: false,
            color: Some(colour(fill)),
        });
    }

    /// Keeps what follows inside a rectangle until [`Canvas::end_clip`].
    pub fn begin_clip(&mut self, left: f64, top: f64, width: f64, height: f64) {
        let id = format!("{}-clip-{}", self.name, self.clips);
        self.clips += 1;
        self.scene.defs.push(format!(
            r#"<clipPath id="{id}"><rect x="{left:.2}" y="{top:.2}" width="{width:.2}" height="{height:.2}"/></clipPath>"#
        ));
        self.push(Primitive::ClipStart {
            x: left,
            y: top,
            width,
            height,
            id,
        });
    }

    pub fn end_clip(&mut self) {
        self.push(Primitive::ClipEnd);
    }

    /// Writes the figure in each format.
    pub fn write(self, destination: Destination<'_>) -> Result<Written, InputError> {
        let mut written = Vec::new();
        for format in destination.formats {
            let (suffix, content) = match format {
                FigureFormat::Svg => ("svg", Ok(self.svg().into_bytes())),
                FigureFormat::Png => (
                    "png",
                    RasterBackend::new()
                        .with_scale(PNG_SCALE)
                        .render_scene(&self.scene),
                ),
            };
            let path = destination.folder.join(self.name).with_extension(suffix);
            let content = content
                .map_err(|message| InputError::write(&path, std::io::Error::other(message)))?;
            write_atomic(&path, &content)?;
            written.push(path);
        }
        Ok(written)
    }

    /// The SVG, with a view box so that it can be shown at any size.
    fn svg(&self) -> String {
        let view = format!(
            "<svg viewBox=\"0 0 {} {}\" ",
            self.scene.width, self.scene.height
        );
        SvgBackend::new()
            .render_scene(&self.scene)
            .replacen("<svg ", &view, 1)
    }
}

/// The dashes along a line through `points`.
fn cut_into_dashes(points: &[(f64, f64)], (dash, gap): Dash) -> Vec<Vec<(f64, f64)>> {
    let mut pieces = Vec::new();
    let Some(first) = points.first() else {
        return pieces;
    };
    let (mut drawing, mut left, mut piece) = (true, dash, vec![*first]);
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let length = (to.0 - from.0).hypot(to.1 - from.1);
            if length <= left {
                left -= length;
                piece.push(to);
                break;
            }
            let share = left / length;
            from = (
                from.0 + share * (to.0 - from.0),
                from.1 + share * (to.1 - from.1),
            );
            piece.push(from);
            if drawing {
                pieces.push(std::mem::take(&mut piece));
            }
            drawing = !drawing;
            left = if drawing { dash } else { gap };
            piece = vec![from];
        }
    }
    if drawing {
        pieces.push(piece);
    }
    pieces
}
