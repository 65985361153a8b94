//! Line lists larger than memory: weak lines are dropped while reading, and what is lost is counted.
//!
//! The spectrum is divided into windows of resolving power 200. A line stays if at one of the
//! temperatures of interest its strength reaches `cut` times that of the strongest line of its
//! window. The strongest line is known only at the end; one seen so far is never stronger, so
//! that lines dropped on the way would not have stayed either, and the result does not depend on
//! the order of the file.

use crate::constants::SECOND_RADIATION_CM_K;
use crate::opacity::{Line, PartitionFunction};

/// Temperatures at which a line must matter to stay \[K\].
pub const TEMPERATURES_K: [f64; 3] = [1000.0, 2500.0, 4500.0];
/// Resolving power of the windows.
const RESOLVING_POWER: f64 = 200.0;
/// The windows start here \[cm⁻¹\]; lines below share the first.
const FIRST_PER_CM: f64 = 1.0;
/// Windows up to 10⁶ cm⁻¹; lines beyond share the last.
const WINDOWS: usize = 2765;
/// The cut rises by this factor when too many lines stay.
const RISE: f64 = 3.0;

/// What a reduction dropped.
#[derive(Clone, Debug, PartialEq)]
pub struct Reduction {
    /// Lines read.
    pub read: u64,
    /// Lines that stay.
    pub kept: u64,
    /// Relative strength below which lines were dropped.
    pub cut: f64,
    /// Share of the total strength that was dropped, at each of [`TEMPERATURES_K`].
    pub lost: [f64; 3],
    /// Largest share lost in a window, among windows with at least 1e-6 of the strongest one.
    pub worst_lost: [f64; 3],
}

impl Reduction {
    /// In words, for the provenance.
    pub fn in_words(&self) -> String {
        if self.kept == self.read {
            return format!("{} lines, all kept", self.read);
        }
        let percent = |share: &[f64; 3]| {
            share
                .iter()
                .map(|lost| format!("{:.2e}", lost * 100.0))
                .collect::<Vec<_>>()
                .join(", ")
        };
        format!(
            "{} of {} lines kept (those of {:.1e} of the strongest at R = 200 or more at 1000, 2500 \
             or 4500 K); strength lost at these temperatures {} %, in the worst window {} %",
            self.kept,
            self.read,
            self.cut,
            percent(&self.lost),
            percent(&self.worst_lost)
        )
    }
}

#[derive(Clone, Copy, Default)]
struct Window {
    largest: [f64; 3],
    total: [f64; 3],
}

/// Takes lines one by one.
pub(super) struct Reducer {
    cut: f64,
    most_lines: usize,
    factor: [f64; 3],
    windows: Vec<Window>,
    lines: Vec<Line>,
    read: u64,
}

impl Reducer {
    pub(super) fn new(partition: &PartitionFunction, cut: f64, most_lines: usize) -> Self {
        Self {
            cut,
            most_lines: most_lines.max(1),
            factor: TEMPERATURES_K.map(|t| 1.0 / partition.value(t)),
            windows: vec![Window::default(); WINDOWS],
            lines: Vec::new(),
            read: 0,
        }
    }

    fn window(line: &Line) -> usize {
        let place = (line.wavenumber_per_cm / FIRST_PER_CM).ln() * RESOLVING_POWER;
        (place.max(0.0) as usize).min(WINDOWS - 1)
    }

    fn strength(&self, line: &Line) -> [f64; 3] {
        let mut strength = self.factor;
        for (s, t) in strength.iter_mut().zip(TEMPERATURES_K) {
            let beta = SECOND_RADIATION_CM_K / t;
            *s *= f64::from(line.weight_cm)
                * (-beta * f64::from(line.lower_energy_per_cm)).exp()
                * -(-beta * line.wavenumber_per_cm).exp_m1();
        }
        strength
    }

    pub(super) fn push(&mut self, line: Line) {
        self.read += 1;
        let strength = self.strength(&line);
        let window = &mut self.windows[Self::window(&line)];
        let mut stays = false;
        for (k, s) in strength.into_iter().enumerate() {
            window.total[k] += s;
            window.largest[k] = window.largest[k].max(s);
            stays |= s >= self.cut * window.largest[k];
        }
        if stays {
            self.lines.push(line);
        }
        if self.lines.len() >= 2 * self.most_lines {
            self.prune();
            while self.lines.len() > self.most_lines {
                self.cut = RISE * self.cut.max(1e-12);
                self.prune();
            }
        }
    }

    fn prune(&mut self) {
        let mut lines = std::mem::take(&mut self.lines);
        lines.retain(|line| {
            let window = &self.windows[Self::window(line)];
            let strength = self.strength(line);
            (0..3).any(|k| strength[k] >= self.cut * window.largest[k])
        });
        self.lines = lines;
    }

    pub(super) fn finish(mut self) -> (Vec<Line>, Reduction) {
        self.prune();
        while self.lines.len() > self.most_lines {
            self.cut = RISE * self.cut.max(1e-12);
            self.prune();
        }
        let mut kept = vec![[0.0; 3]; WINDOWS];
        for line in &self.lines {
            let strength = self.strength(line);
            for (sum, s) in kept[Self::window(line)].iter_mut().zip(strength) {
                *sum += s;
            }
        }
        let (mut lost, mut worst_lost) = ([0.0; 3], [0.0; 3]);
        for k in 0..3 {
            let total: f64 = self.windows.iter().map(|w| w.total[k]).sum();
            let strongest = self.windows.iter().fold(0.0, |m: f64, w| m.max(w.total[k]));
            if total > 0.0 {
                let stays: f64 = kept.iter().map(|sum| sum[k]).sum();
                lost[k] = (1.0 - stays / total).max(0.0);
            }
            for (window, sum) in self.windows.iter().zip(&kept) {
                if window.total[k] > 1e-6 * strongest {
                    worst_lost[k] = f64::max(worst_lost[k], 1.0 - sum[k] / window.total[k]);
                }
            }
        }
        let reduction = Reduction {
            read: self.read,
            kept: self.lines.len() as u64,
            cut: self.cut,
            lost,
            worst_lost,
        };
        (self.lines, reduction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(wavenumber_per_cm: f64, weight_cm: f32) -> Line {
        Line {
            wavenumber_per_cm,
            lower_energy_per_cm: 0.0,
            weight_cm,
            half_width_per_cm_bar: 0.07,
            width_exponent: 0.5,
            natural_half_width_per_cm: 0.0,
        }
    }

    fn reduce(lines: &[Line], cut: f64, most: usize) -> (Vec<Line>, Reduction) {
        let q = PartitionFunction::new(&[100.0, 5000.0], &[10.0, 10.0]).expect("two rows");
        let mut reducer = Reducer::new(&q, cut, most);
        for line in lines {
            reducer.push(*line);
        }
        reducer.finish()
    }

    #[test]
    fn weak_lines_go_and_are_counted_in_any_order() {
        // Window of 1000 cm-1: strengths 1, 1e-3 and 1e-8; a window of its own at 2000 cm-1.
        let mut lines = vec![
            line(1000.1, 1e-8),
            line(1000.2, 1.0),
            line(1000.3, 1e-3),
            line(2000.0, 1e-9),
        ];
        let (kept, reduction) = reduce(&lines, 1e-6, 100);
        assert_eq!((kept.len(), reduction.read, reduction.kept), (3, 4, 3));
        for lost in reduction.worst_lost {
            // 1e-8 of 1.001 is lost; nu differs by 1e-4 within the window.
            assert!((lost / (1e-8 / 1.001) - 1.0).abs() < 2e-4, "{lost:e}");
        }
        lines.reverse();
        assert_eq!(reduce(&lines, 1e-6, 100).1, reduction);
    }

    #[test]
    fn too_many_lines_raise_the_cut() {
        let lines: Vec<Line> = (0..1000)
            .map(|i| {
                line(
                    1000.0 + 0.001 * f64::from(i),
                    10.0_f32.powf(-0.01 * i as f32),
                )
            })
            .collect();
        let (kept, reduction) = reduce(&lines, 1e-12, 100);
        assert!(kept.len() <= 100 && kept.len() > 20, "{}", kept.len());
        assert!(reduction.cut > 1e-2 && reduction.lost[0] > 0.0);
    }
}
