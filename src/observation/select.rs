//! Which rows of the files a run uses, and what to warn about.

use std::collections::BTreeSet;

use super::{KNOWN_MODES, Quality, Row, nearest};
use crate::config::ObservationConfig;
use crate::error::InputError;
use crate::units::M_PER_UM;

/// Key of a label, the labels wanted (all if empty), and the label of a row.
type LabelList<'a> = (&'static str, &'a [String], fn(&Row) -> &str);

/// The rows that pass `select` and lie wholly inside `wavelength_range_um`.
pub(super) fn select(rows: Vec<Row>, config: &ObservationConfig) -> Result<Vec<Row>, InputError> {
    let select = &config.select;
    let lists: [LabelList; 4] = [
        ("instrument", &select.instrument, |row| &row.instrument),
        ("mode", &select.mode, |row| &row.mode),
        ("visit", &select.visit, |row| &row.visit),
        ("reduction", &select.reduction, |row| &row.reduction),
    ];
    for (key, wanted, label) in lists {
        let known: BTreeSet<&str> = rows.iter().map(label).collect();
        if let Some(unknown) = wanted.iter().find(|word| !known.contains(word.as_str())) {
            return Err(unknown_label(key, unknown, &known));
        }
    }
    for word in &select.drop_quality {
        if Quality::from_name(word).is_none() {
            return Err(InputError::value(
                "observation.select.drop_quality",
                format!("`{word}`"),
                Quality::ACCEPTED,
            ));
        }
    }
    let inside = |row: &Row| {
        config.wavelength_range_um.is_none_or(|[low_um, high_um]| {
            low_um * M_PER_UM <= row.low_m && row.high_m <= high_um * M_PER_UM
        })
    };
    let passes = |row: &&Row| {
        lists.iter().all(|(_, wanted, label)| {
            wanted.is_empty() || wanted.iter().any(|word| word == label(row))
        }) && !select
            .drop_quality
            .iter()
            .any(|word| word == row.quality.name())
            && inside(row)
    };
    let kept: Vec<Row> = rows.iter().filter(passes).cloned().collect();
    if kept.is_empty() {
        return Err(InputError::value(
            "observation.select and observation.wavelength_range_um",
            "a selection that keeps no row",
            format!(
                "labels and a range that occur together in the files: {}",
                labels(&rows)
            ),
        ));
    }
    Ok(kept)
}

fn unknown_label(key: &str, unknown: &str, known: &BTreeSet<&str>) -> InputError {
    let hint = nearest(unknown, known.iter().copied())
        .map(|name| format!(" (did you mean `{name}`?)"))
        .unwrap_or_default();
    let list: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
    InputError::value(
        format!("observation.select.{key}"),
        format!("`{unknown}`"),
        format!("a label of the files: {}{hint}", list.join(", ")),
    )
}

/// Every combination of labels, with its range and quality.
fn labels(rows: &[Row]) -> String {
    let mut groups: Vec<([&str; 4], Quality, f64, f64)> = Vec::new();
    for row in rows {
        match groups
            .iter_mut()
            .find(|(group, quality, ..)| *group == row.group() && *quality == row.quality)
        {
            Some((_, _, low, high)) => {
                *low = low.min(row.low_m);
                *high = high.max(row.high_m);
            }
            None => groups.push((row.group(), row.quality, row.low_m, row.high_m)),
        }
    }
    if groups.is_empty() {
        return "none (the files hold no usable row)".to_owned();
    }
    let describe = |([instrument, mode, visit, reduction], quality, low, high): &(
        [&str; 4],
        Quality,
        f64,
        f64,
    )| {
        format!(
            "instrument `{instrument}` mode `{mode}` visit `{visit}` reduction `{reduction}` quality `{}` {:.4}-{:.4} µm",
            quality.name(),
            low / M_PER_UM,
            high / M_PER_UM
        )
    };
    groups.iter().map(describe).collect::<Vec<_>>().join("; ")
}

/// Warnings about the rows that are used: doubtful figures, labels without a built-in throughput.
pub(super) fn warnings(rows: &[Row]) -> Vec<String> {
    let mut warnings = Vec::new();
    for quality in [Quality::Digest, Quality::Outreach] {
        let sources: BTreeSet<&str> = rows
            .iter()
            .filter(|row| row.quality == quality)
            .map(|row| row.source.as_str())
            .collect();
        if !sources.is_empty() {
            warnings.push(format!(
                "rows of quality `{}` are used ({}): not checked against a paper; drop them with \
                 observation.select.drop_quality",
                quality.name(),
                sources.into_iter().collect::<Vec<_>>().join(", ")
            ));
        }
    }
    let modes: BTreeSet<(&str, &str)> = rows
        .iter()
        .map(|row| (row.instrument.as_str(), row.mode.as_str()))
        .collect();
    for (instrument, mode) in modes {
        if (instrument, mode) == ("user", "user") {
            warnings.push(
                "no instrument and mode declared: labelled user/user, without a throughput curve"
                    .to_owned(),
            );
        } else if !KNOWN_MODES.contains(&(instrument, mode)) {
            let known: Vec<String> = KNOWN_MODES
                .iter()
                .map(|(instrument, mode)| format!("{instrument}/{mode}"))
                .collect();
            let hint = nearest(
                &format!("{instrument}/{mode}"),
                known.iter().map(String::as_str),
            )
            .map(|name| format!("; did you mean {name}?"))
            .unwrap_or_default();
            warnings.push(format!(
                "{instrument}/{mode} has no built-in throughput curve{hint}"
            ));
        }
    }
    warnings
}
