//! Lists of numbers on the command line.

use crate::error::InputError;

/// Most points of one sweep.
const MAX_POINTS: f64 = 1e5;

/// One number, a comma list, or `start:stop:step` with both ends.
///
/// # Errors
/// Anything else, with `place`.
pub(super) fn values(place: &str, text: &str) -> Result<Vec<f64>, InputError> {
    let mut values = Vec::new();
    for part in text.split(',') {
        let numbers: Option<Vec<f64>> = part
            .split(':')
            .map(|number| number.trim().parse().ok().filter(|v: &f64| v.is_finite()))
            .collect();
        match numbers.as_deref() {
            Some([value]) => values.push(*value),
            Some([start, stop, step]) if *step != 0.0 && (stop - start) / step >= 0.0 => {
                let steps = ((stop - start) / step + 1e-9).floor();
                if steps > MAX_POINTS {
                    return Err(InputError::value(
                        place,
                        format_args!("`{text}`"),
                        format_args!("at most {MAX_POINTS} points"),
                    ));
                }
                // A whole number of at most MAX_POINTS.
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let steps = steps as u32;
                values.extend((0..=steps).map(|i| start + f64::from(i) * step));
            }
            _ => {
                return Err(InputError::value(
                    place,
                    format_args!("`{text}`"),
                    "a number, a comma list, or start:stop:step with a step towards stop",
                ));
            }
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::values;

    #[test]
    fn sweeps_hold_both_ends() {
        assert_eq!(
            values("x", "1500:2500:500").unwrap(),
            [1500.0, 2000.0, 2500.0]
        );
        assert_eq!(values("x", "-6:6:0.5").unwrap().len(), 25);
        assert_eq!(values("x", "1e-8, 1").unwrap(), [1e-8, 1.0]);
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in [
            "",
            "a",
            "1:2",
            "1:2:0",
            "1:2:-1",
            "1:2:3:4",
            "nan",
            "1,,2",
            "0:1e9:1e-3",
        ] {
            assert!(
                values("--t", bad).unwrap_err().to_string().contains("--t"),
                "{bad}"
            );
        }
    }
}
