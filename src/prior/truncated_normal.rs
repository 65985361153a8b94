//! Normal distribution between two limits, accurate however far the limits lie from the mean.

use super::normal;

/// Normal with `mean` and `std` restricted to `low`..`high` (either may be infinite).
#[derive(Clone, Debug, PartialEq)]
pub struct TruncatedNormal {
    mean: f64,
    std: f64,
    low: f64,
    high: f64,
    /// Limits in units of σ.
    a: f64,
    b: f64,
    /// ln Φ at the limits, of the mirrored interval where `a` is positive.
    ln_lower: f64,
    ln_upper: f64,
    ln_mass: f64,
}

impl TruncatedNormal {
    /// `std` > 0 and `low` < `high`, as the builder has checked.
    pub fn new(mean: f64, std: f64, low: f64, high: f64) -> Self {
        let (a, b) = ((low - mean) / std, (high - mean) / std);
        let (left, right) = if a > 0.0 { (-b, -a) } else { (a, b) };
        Self {
            mean,
            std,
            low,
            high,
            a,
            b,
            ln_lower: normal::ln_cdf(left),
            ln_upper: normal::ln_cdf(right),
            ln_mass: normal::ln_mass(a, b),
        }
    }

    /// x with Φ(x) = (1-u) Φ(a) + u Φ(b), in whichever tail keeps its digits.
    pub fn quantile(&self, unit: f64) -> f64 {
        let z = if self.a > 0.0 {
            -self.lower_tail(1.0 - unit)
        } else if self.b <= 0.0 {
            self.lower_tail(unit)
        } else {
            let below = (1.0 - unit) * normal::cdf(self.a) + unit * normal::cdf(self.b);
            if below <= 0.5 {
                normal::quantile(below)
            } else {
                let above = (1.0 - unit) * normal::cdf(-self.a) + unit * normal::cdf(-self.b);
                -normal::quantile(above)
            }
        };
        (self.mean + self.std * z).clamp(self.low, self.high)
    }

    /// The quantile of an interval that lies below 0, from ln Φ of its limits.
    fn lower_tail(&self, unit: f64) -> f64 {
        let share = unit + (1.0 - unit) * (self.ln_lower - self.ln_upper).exp();
        normal::quantile_of_ln(self.ln_upper + share.ln())
    }

    /// Probability below `x`.
    pub fn cdf(&self, x: f64) -> f64 {
        if x <= self.low {
            0.0
        } else if x >= self.high {
            1.0
        } else {
            let z = (x - self.mean) / self.std;
            (normal::ln_mass(self.a, z) - self.ln_mass).exp()
        }
    }

    /// ln of the density.
    pub fn ln_density(&self, x: f64) -> f64 {
        if x < self.low || x > self.high {
            return f64::NEG_INFINITY;
        }
        let z = (x - self.mean) / self.std;
        normal::ln_pdf(z) - self.std.ln() - self.ln_mass
    }

    /// Limits.
    pub fn support(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// One line for `check`.
    pub fn describe(&self) -> String {
        format!(
            "normal, mean {}, std {}, cut to {} .. {}",
            self.mean, self.std, self.low, self.high
        )
    }
}
