//! A panel: its place on the canvas, its two ranges, its ticks and labels.

use super::canvas::{Anchor, BLACK, Canvas, GREY, Stroke, text_width};

/// Size of the numbers on an axis.
pub(super) const TICK_SIZE: u32 = 12;
/// Size of the words on an axis.
pub(super) const LABEL_SIZE: u32 = 14;

/// A panel of a figure.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
    /// Limits of the horizontal axis.
    pub x: [f64; 2],
    /// Limits of the vertical axis, lower first.
    pub y: [f64; 2],
}

/// Tick positions, what is written at them, and the factor taken out of the numbers (" ×10⁵").
pub(super) struct Ticks {
    pub at: Vec<f64>,
    pub texts: Vec<String>,
    pub factor: String,
}

/// Widens a range without width, mends one that is not finite, and leaves the others.
pub(super) fn usable_range([low, high]: [f64; 2]) -> [f64; 2] {
    if !(low.is_finite() && high.is_finite()) {
        return [0.0, 1.0];
    }
    // A width must be a number too, and its ticks must not be subnormal.
    let (low, high) = (low.min(high).max(-1e300), low.max(high).min(1e300));
    let scale = low.abs().max(high.abs());
    // Below this the ticks could not be told apart.
    if high - low > (1e-9 * scale).max(1e-290) {
        [low, high]
    } else {
        let half = if scale > 1e-280 { 0.05 * scale } else { 1.0 };
        [low - half, high + half]
    }
}

/// The range widened by `share` of its width on either side.
pub(super) fn padded([low, high]: [f64; 2], share: f64) -> [f64; 2] {
    let pad = share * (high - low);
    [low - pad, high + pad]
}

/// Smallest and largest finite value; NaN where there is none.
pub(super) fn extremes(values: impl IntoIterator<Item = f64>) -> [f64; 2] {
    (values.into_iter())
        .filter(|value| value.is_finite())
        .fold([f64::NAN; 2], |[low, high], value| {
            [low.min(value), high.max(value)]
        })
}

/// Round numbers within a range, about `target` of them.
pub(super) fn ticks(range: [f64; 2], target: usize) -> Ticks {
    let [low, high] = usable_range(range);
    let rough = (high - low) / target.max(1) as f64;
    let power = 10_f64.powf(rough.log10().floor());
    let (multiple, decimals_more) = [(1.0, 0), (2.0, 0), (2.5, 1), (5.0, 0), (10.0, 0)]
        .into_iter()
        .find(|(multiple, _)| multiple * power >= 0.999 * rough)
        .unwrap_or((10.0, 0));
    let step = multiple * power;
    let first = (low / step - 1e-9).ceil();
    let count = (((high / step + 1e-9).floor() - first).max(-1.0) + 1.0).min(50.0) as usize;
    let at: Vec<f64> = (0..count)
        .map(|index| (first + index as f64) * step)
        .collect();

    let largest = low.abs().max(high.abs());
    let exponent = largest.log10().floor() as i32;
    let taken_out = if (-3..5).contains(&exponent) {
        0
    } else {
        exponent
    };
    let unit = 10_f64.powi(taken_out);
    let places = decimals_more - (step * (1.0 + 1e-12) / unit).log10().floor() as i32;
    let decimals = places.clamp(0, 12) as usize;
    let texts = at
        .iter()
        .map(|value| number(value / unit, decimals))
        .collect();
    let factor = if taken_out == 0 {
        String::new()
    } else {
        format!(" ×10{}", superscript(taken_out))
    };
    Ticks { at, texts, factor }
}

/// As many ticks (up to `most`) as have room for their numbers along `length` pixels, the numbers
/// side by side or, for a vertical axis, above one another.
pub(super) fn fitting_ticks(range: [f64; 2], length: f64, most: usize, vertical: bool) -> Ticks {
    let mut target = most;
    loop {
        let found = ticks(range, target);
        let needed: f64 = if vertical {
            1.7 * f64::from(TICK_SIZE) * found.at.len() as f64
        } else {
            found
                .texts
                .iter()
                .map(|text| text_width(text, TICK_SIZE) + 7.0)
                .sum()
        };
        if needed <= length || target <= 2 {
            return found;
        }
        target -= 1;
    }
}

/// A number with a true minus sign, and no minus before zero.
pub(super) fn number(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|byte| byte == b'0' || byte == b'.') => rest.to_owned(),
        Some(rest) => format!("−{rest}"),
        None => text,
    }
}

fn superscript(number: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    (number.to_string().bytes())
        .map(|byte| {
            if byte == b'-' {
                '⁻'
            } else {
                DIGITS[usize::from(byte - b'0') % 10]
            }
        })
        .collect()
}

impl Frame {
    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// Pixel of a value on the horizontal axis.
    pub fn px(&self, x: f64) -> f64 {
        self.left + self.width * (x - self.x[0]) / (self.x[1] - self.x[0])
    }

    /// Pixel of a value on the vertical axis.
    pub fn py(&self, y: f64) -> f64 {
        self.bottom() - self.height * (y - self.y[0]) / (self.y[1] - self.y[0])
    }

    pub fn point(&self, x: f64, y: f64) -> (f64, f64) {
        (self.px(x), self.py(y))
    }

    pub fn clip(&self, canvas: &mut Canvas) {
        canvas.begin_clip(self.left, self.top, self.width, self.height);
    }

    /// The box around the panel.
    pub fn border(&self, canvas: &mut Canvas) {
        let (left, top, right, bottom) = (self.left, self.top, self.right(), self.bottom());
        let corners = [
            (left, top),
            (right, top),
            (right, bottom),
            (left, bottom),
            (left, top),
        ];
        canvas.polyline(&corners, Stroke::solid(BLACK, 1.0));
    }

    /// Tick marks along the lower edge, and the numbers where `numbers` asks for them. Numbers that
    /// would stick out by more than `overhang` pixels are left out.
    pub fn x_ticks(&self, canvas: &mut Canvas, ticks: &Ticks, numbers: bool, overhang: f64) {
        for (value, text) in ticks.at.iter().zip(&ticks.texts) {
            let x = self.px(*value);
            let edge = self.bottom();
            canvas.line((x, edge), (x, edge - 5.0), Stroke::solid(BLACK, 1.0));
            let half = 0.5 * text_width(text, TICK_SIZE);
            let fits = x - half > self.left - overhang && x + half < self.right() + overhang;
            if numbers && fits {
                let at = (x, edge + 6.0 + f64::from(TICK_SIZE));
                canvas.text(at, text, TICK_SIZE, Anchor::Middle, BLACK);
            }
        }
    }

    /// Tick marks along the left edge, and the numbers where `numbers` asks for them. Gives the
    /// width of the widest number.
    pub fn y_ticks(&self, canvas: &mut Canvas, ticks: &Ticks, numbers: bool, overhang: f64) -> f64 {
        let mut widest = 0.0_f64;
        for (value, text) in ticks.at.iter().zip(&ticks.texts) {
            let y = self.py(*value);
            canvas.line(
                (self.left, y),
                (self.left + 5.0, y),
                Stroke::solid(BLACK, 1.0),
            );
            let half = 0.4 * f64::from(TICK_SIZE);
            let fits = y - half > self.top - overhang && y + half < self.bottom() + overhang;
            if numbers && fits {
                canvas.text(
                    (self.left - 6.0, y + half),
                    text,
                    TICK_SIZE,
                    Anchor::End,
                    BLACK,
                );
                widest = widest.max(text_width(text, TICK_SIZE));
            }
        }
        widest
    }

    /// Words below the lower edge, broken into lines that fit the panel.
    pub fn x_label(&self, canvas: &mut Canvas, label: &str, room: f64) {
        let middle = self.left + 0.5 * self.width;
        let first = self.bottom() + 12.0 + f64::from(TICK_SIZE + LABEL_SIZE);
        for (line, words) in wrap(label, self.width + room, LABEL_SIZE)
            .iter()
            .enumerate()
        {
            let y = first + 1.2 * f64::from(LABEL_SIZE) * line as f64;
            canvas.text((middle, y), words, LABEL_SIZE, Anchor::Middle, BLACK);
        }
    }

    /// Words left of the panel, reading upwards and ending `distance` pixels from it.
    pub fn y_label(&self, canvas: &mut Canvas, label: &str, distance: f64, room: f64) {
        let middle = self.top + 0.5 * self.height;
        let lines = wrap(label, self.height + room, LABEL_SIZE);
        for (line, words) in lines.iter().enumerate() {
            let back = (lines.len() - 1 - line) as f64;
            let x = self.left - distance - 1.2 * f64::from(LABEL_SIZE) * back;
            canvas.upward_text((x, middle), words, LABEL_SIZE, BLACK);
        }
    }

    /// A faint horizontal line across the panel.
    pub fn horizontal(&self, canvas: &mut Canvas, y: f64, width: f64) {
        let y = self.py(y);
        canvas.line(
            (self.left, y),
            (self.right(), y),
            Stroke::solid(GREY, width),
        );
    }
}

/// Words in lines no wider than `width` where a single word allows it.
pub(super) fn wrap(text: &str, width: f64, size: u32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line} {word}"), size) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_carry_their_decimals() {
        assert_eq!(
            ticks([0.0, 1.0], 5).texts,
            ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
        assert_eq!(ticks([-120.0, 90.0], 5).texts, ["−100", "−50", "0", "50"]);
        assert_eq!(ticks([-300.0, 300.0], 3).texts, ["−200", "0", "200"]);
        assert_eq!(
            ticks([-400.0, 400.0], 4).texts,
            ["−400", "−200", "0", "200", "400"]
        );
        assert_eq!(ticks([-300.0, 300.0], 2).texts, ["0"]);
        assert_eq!(ticks([0.1, 1.0], 3).texts, ["0.5", "1.0"]);
        assert_eq!(ticks([0.1, 0.85], 3).texts, ["0.25", "0.50", "0.75"]);
        let small = ticks([0.0, 4.0e-6], 4);
        assert_eq!(small.texts, ["0", "1", "2", "3", "4"]);
        assert_eq!(small.factor, " ×10⁻⁶");
    }

    #[test]
    fn odd_ranges_become_usable() {
        assert_eq!(usable_range([f64::NAN, 1.0]), [0.0, 1.0]);
        assert_eq!(usable_range([0.0, 0.0]), [-1.0, 1.0]);
        assert_eq!(usable_range([2.0, 1.0]), [1.0, 2.0]);
        for range in [
            [3.0, 3.0],
            [1e300, 1e300],
            [f64::MIN, f64::MAX],
            [-5e-324, 5e-324],
            [1e15, 1e15 + 1.0],
        ] {
            let found = ticks(range, 4);
            assert!(found.at.len() < 50 && found.texts.len() == found.at.len());
        }
    }

    #[test]
    fn long_labels_are_broken_between_words() {
        assert_eq!(wrap("brightness temperature [K]", 110.0, 14).len(), 3);
        assert_eq!(wrap("ab", 1.0, 14), ["ab"]);
        assert!(wrap("", 1.0, 14).is_empty());
    }
}
