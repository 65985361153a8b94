//! What remains of the lines at their cut-offs, with sharp edges.
//!
//! Within the cut-off c each line leaves a polynomial of third degree in d²/c² - 1. The sum over
//! the lines that reach a point is a polynomial of sixth degree in the wavenumber, updated when a
//! line comes or goes.

/// Coefficients of a polynomial of sixth degree.
const TERMS: usize = 7;

/// What one line leaves within its cut-off: a polynomial in (ν̃ - origin)/c.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pedestal {
    centre: f64,
    a: [f64; TERMS],
}

impl Pedestal {
    /// From the coefficients of a polynomial in d²/W² - 1, for the cut-off c.
    pub fn new(centre: f64, window: f64, t: [f64; 4], cutoff: f64, origin: f64) -> Self {
        let [t0, t1, t2, t3] = t;
        // In powers of d/c, then moved from the centre of the line to the origin.
        let ratio = (cutoff / window).powi(2);
        let mut a = [
            t0 - t1 + t2 - t3,
            0.0,
            ratio * (t1 - 2.0 * t2 + 3.0 * t3),
            0.0,
            ratio * ratio * (t2 - 3.0 * t3),
            0.0,
            ratio * ratio * ratio * t3,
        ];
        let shift = (origin - centre) / cutoff;
        for low in 0..TERMS - 1 {
            for k in (low..TERMS - 1).rev() {
                a[k] += shift * a[k + 1];
            }
        }
        Self { centre, a }
    }
}

/// Sum of polynomials.
#[derive(Clone, Copy, Debug, Default)]
struct Remainder {
    a: [f64; TERMS],
    lines: usize,
}

impl Remainder {
    fn enter(&mut self, line: &Pedestal) {
        for (sum, a) in self.a.iter_mut().zip(line.a) {
            *sum += a;
        }
        self.lines += 1;
    }

    fn leave(&mut self, line: &Pedestal) {
        self.lines -= 1;
        if self.lines == 0 {
            *self = Self::default();
            return;
        }
        for (sum, a) in self.a.iter_mut().zip(line.a) {
            *sum -= a;
        }
    }

    #[inline(always)]
    fn at(&self, x: f64) -> f64 {
        self.a.iter().rev().fold(0.0, |sum, a| sum * x + a)
    }
}

/// Adds what ascending lines leave at ascending wavenumbers.
pub(super) fn add_pedestals(
    lines: &[Pedestal],
    cutoff: f64,
    origin: f64,
    nu: &[f64],
    out: &mut [f32],
) {
    // Lines that reach the first point: the first not left behind, the first not yet come.
    let mut gone = lines.partition_point(|l| l.centre + cutoff < nu[0]);
    let mut come = lines.partition_point(|l| l.centre - cutoff <= nu[0]);
    let mut sum = Remainder::default();
    for line in &lines[gone..come] {
        sum.enter(line);
    }
    let scale = 1.0 / cutoff;
    let mut start = 0;
    while start < nu.len() {
        let arrival = lines.get(come).map_or(f64::INFINITY, |l| l.centre - cutoff);
        let departure = if gone < come {
            lines[gone].centre + cutoff
        } else {
            f64::INFINITY
        };
        let free = nu[start..].iter();
        let end = start
            + free
                .take_while(|nu| **nu < arrival && **nu <= departure)
                .count();
        if sum.lines > 0 {
            for (out, nu) in out[start..end].iter_mut().zip(&nu[start..end]) {
                *out += sum.at((nu - origin) * scale) as f32;
            }
        }
        start = end;
        if start < nu.len() {
            if nu[start] > departure {
                sum.leave(&lines[gone]);
                gone += 1;
            } else {
                sum.enter(&lines[come]);
                come += 1;
            }
        }
    }
}
