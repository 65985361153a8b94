//! Tables for the terminal, as plain text.

use super::summary::{ModelEvidence, SummaryColumn};

/// A table of parameters or derived quantities: median, distances to the 16 and 84 % quantiles, the
/// 95 % interval, and the information gained where it is known. Empty text for no rows.
pub fn parameter_table<'a>(
    columns: impl IntoIterator<Item = (&'a String, &'a SummaryColumn)>,
) -> String {
    let mut rows =
        vec![["", "median", "-1σ", "+1σ", "2.5 %", "97.5 %", "gain [nat]"].map(str::to_owned)];
    for (name, column) in columns {
        let distance = |from: Option<f64>, to: Option<f64>| match (from, to) {
            (Some(from), Some(to)) => Some(to - from),
            _ => None,
        };
        let down = distance(column.q16, column.q50);
        let up = distance(column.q50, column.q84);
        let scale = [down, up].into_iter().flatten().fold(0.0, f64::max);
        let shown = |number: Option<f64>| number.map_or("-".to_owned(), |n| to_scale(n, scale));
        let gain = column.information_gain_nats.map_or("-".to_owned(), |gain| {
            let mark = if column.constrained == Some(false) {
                " (unconstrained)"
            } else {
                ""
            };
            format!("{gain:.2}{mark}")
        });
        let numbers = [column.q50, down, up, column.q025, column.q975].map(shown);
        let [median, down, up, low, high] = numbers;
        rows.push([name.clone(), median, down, up, low, high, gain]);
    }
    if rows.len() == 1 {
        String::new()
    } else {
        aligned(&rows)
    }
}

/// A table of compared models: ln Z with its error, the difference to the best, and the odds of the
/// best against each for equal prior odds, exp(-Δ ln Z). Odds are given as they are: no scale of
/// words ("strong", "decisive") is laid over them.
pub fn evidence_table(models: &[ModelEvidence]) -> String {
    let mut rows = vec![
        [
            "model",
            "free",
            "ln Z",
            "error",
            "Δ ln Z",
            "max ln L",
            "odds of the best",
        ]
        .map(str::to_owned),
    ];
    for model in models {
        let shown = |number: Option<f64>| number.map_or("-".to_owned(), |n| format!("{n:.2}"));
        rows.push([
            model.model.clone(),
            model.free_parameters.to_string(),
            shown(model.ln_evidence),
            shown(model.ln_evidence_error),
            shown(model.delta_ln_evidence),
            shown(model.max_ln_likelihood),
            model.delta_ln_evidence.map_or("-".to_owned(), odds),
        ]);
    }
    if rows.len() == 1 {
        String::new()
    } else {
        aligned(&rows)
    }
}

/// Odds for a difference of ln Z of at most 0: "3.2 : 1", and a power of ten beyond a million.
pub fn odds(delta_ln_evidence: f64) -> String {
    let ln = -delta_ln_evidence;
    if ln > 1.0e6_f64.ln() {
        format!("10^{:.1} : 1", ln / std::f64::consts::LN_10)
    } else if ln >= 100.0_f64.ln() {
        format!("{:.0} : 1", ln.exp())
    } else {
        format!("{:.1} : 1", ln.exp())
    }
}

/// A number with two digits of `scale`; exponents where it is very large or small.
fn to_scale(number: f64, scale: f64) -> String {
    let largest = number.abs().max(scale);
    if largest > 0.0 && !(1.0e-4..1.0e7).contains(&largest) {
        return format!("{number:.3e}");
    }
    let decimals = if scale > 0.0 {
        (1.0 - scale.log10().floor()).clamp(0.0, 8.0) as usize
    } else {
        4
    };
    format!("{number:.decimals$}")
}

/// Columns of equal width, the first to the left and the others to the right.
fn aligned<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let mut text = String::new();
    for row in rows {
        let mut line = format!("{:<1$}", row[0], widths[0]);
        for (cell, width) in row.iter().zip(widths).skip(1) {
            line.push_str(&format!("  {cell:>width$}"));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_aligned_and_rounded_to_their_errors() {
        let column = SummaryColumn {
            q025: Some(1873.21),
            q16: Some(1986.4),
            q50: Some(2103.3),
            q84: Some(2226.0),
            q975: Some(2341.0),
            information_gain_nats: Some(0.1),
            constrained: Some(false),
            ..SummaryColumn::default()
        };
        let rows = [
            ("dayside_temperature_k".to_owned(), column),
            ("x".to_owned(), SummaryColumn::default()),
        ];
        let table = parameter_table(rows.iter().map(|(name, column)| (name, column)));
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(
            lines[1].split_whitespace().collect::<Vec<_>>(),
            [
                "dayside_temperature_k",
                "2103",
                "117",
                "123",
                "1873",
                "2341",
                "0.10",
                "(unconstrained)"
            ]
        );
        assert_eq!(lines[2].split_whitespace().count(), 7);
        assert_eq!(parameter_table([]), "");
    }

    /// exp(1.2) = 3.3, exp(7) = 1096.6, 20 / ln 10 = 8.7.
    #[test]
    fn odds_are_plain() {
        for (delta, words) in [
            (0.0, "1.0 : 1"),
            (-1.2, "3.3 : 1"),
            (-7.0, "1097 : 1"),
            (-20.0, "10^8.7 : 1"),
        ] {
            assert_eq!(odds(delta), words);
        }
    }

    #[test]
    fn a_model_without_evidence_has_dashes() {
        let table = evidence_table(&[ModelEvidence {
            model: "a".to_owned(),
            ..ModelEvidence::default()
        }]);
        assert!(table.lines().nth(1).is_some_and(|line| line.contains('-')));
    }
}
