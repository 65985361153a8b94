//! Tables for the terminal, as plain text.

use super::summary::{ModelEvidence, PriorSensitivity, SummaryColumn};
use crate::posterior::MassRatio;

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
            "error",
            "max ln L",
            "odds of the best",
        ]
        .map(str::to_owned),
    ];
    for model in models {
        rows.push([
            model.model.clone(),
            model.free_parameters.to_string(),
            shown(model.ln_evidence),
            shown(model.ln_evidence_error),
            shown(model.delta_ln_evidence),
            shown(model.delta_ln_evidence_error),
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

/// A table of models by elpd_loo: the sum, its difference to the largest with the standard error of
/// that difference, and in how many bins no other model predicts better. Empty for models without.
pub fn elpd_table(models: &[ModelEvidence]) -> String {
    let mut known: Vec<&ModelEvidence> =
        (models.iter().filter(|model| model.elpd_loo.is_some())).collect();
    let difference = |model: &ModelEvidence| model.delta_elpd_loo.unwrap_or(f64::NEG_INFINITY);
    known.sort_by(|a, b| difference(b).total_cmp(&difference(a)));
    let head = [
        "model",
        "elpd",
        "Δ elpd",
        "error",
        "bins won",
        "not reliable",
    ];
    let mut rows = vec![head.map(str::to_owned)];
    for model in known {
        let count = |count: Option<u64>| count.map_or("-".to_owned(), |n| n.to_string());
        rows.push([
            model.model.clone(),
            shown(model.elpd_loo),
            shown(model.delta_elpd_loo),
            shown(model.delta_elpd_loo_error),
            count(model.bins_won),
            count(model.unreliable_bins),
        ]);
    }
    if rows.len() == 1 {
        String::new()
    } else {
        aligned(&rows)
    }
}

/// A table of what priors half as wide would do to ln Z, and on which side of the range more room
/// would raise it. Empty text for no entries.
pub fn prior_table(entries: &[PriorSensitivity]) -> String {
    let head = [
        "",
        "half width",
        "lower half",
        "upper half",
        "more room raises ln Z",
    ];
    let mut rows = vec![head.map(str::to_owned)];
    for entry in entries {
        let width = &entry.width;
        let change = |part: MassRatio| match part.error {
            Some(error) => format!("{:.2} ± {error:.2}", part.ln_ratio),
            None => format!("< {:.2}", part.ln_ratio),
        };
        let side = |limit: MassRatio, name: &str| match limit.favours_room() {
            Some(true) => format!("{name}: yes"),
            Some(false) => format!("{name}: no"),
            None => format!("{name}: ?"),
        };
        rows.push([
            entry.parameter.clone(),
            change(width.central_half),
            change(width.lower_half),
            change(width.upper_half),
            format!(
                "{}, {}",
                side(width.lower_edge, "below"),
                side(width.upper_edge, "above")
            ),
        ]);
    }
    if rows.len() == 1 {
        String::new()
    } else {
        aligned(&rows)
    }
}

/// Two decimals, or a dash.
pub fn shown(number: Option<f64>) -> String {
    number.map_or("-".to_owned(), |n| format!("{n:.2}"))
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
    fn models_are_sorted_by_what_they_predict() {
        let model = |name: &str, delta| ModelEvidence {
            model: name.to_owned(),
            elpd_loo: Some(50.0 + delta),
            delta_elpd_loo: Some(delta),
            ..ModelEvidence::default()
        };
        let table = elpd_table(&[
            model("worse", -2.0),
            ModelEvidence::default(),
            model("best", 0.0),
        ]);
        let names: Vec<&str> = (table.lines().skip(1))
            .filter_map(|line| line.split_whitespace().next())
            .collect();
        assert_eq!(names, ["best", "worse"]);
        assert_eq!(elpd_table(&[ModelEvidence::default()]), "");
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
