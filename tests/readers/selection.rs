//! Selection, several files, the summary and the warnings.

use magmaret::config::{FileConfig, ObservationConfig};
use magmaret::observation::Observation;

use crate::formats::{EUREKA, OWN};
use crate::{observations, one_file};

fn wasp43b() -> ObservationConfig {
    one_file(observations().join("wasp43b_miri_lrs_phases.csv"))
}

fn message(config: &ObservationConfig) -> String {
    Observation::read(config).unwrap_err().to_string()
}

#[test]
fn rows_are_selected_by_label_and_by_whole_bins() {
    let mut config = wasp43b();
    config.select.visit = vec!["phase_0.50".to_owned()];
    config.wavelength_range_um = Some([5.0, 10.6]);
    let observation = Observation::read(&config).unwrap();
    // 11 bins end at or below 10.5 µm; the bin 10.5-11.0 is not whole.
    assert_eq!(observation.rows.len(), 11);
    assert!(observation.rows.iter().all(|row| row.visit == "phase_0.50"));
    assert!(
        observation.summary.contains("keeps 11 of 56"),
        "{}",
        observation.summary
    );
    assert!(
        observation.warnings.is_empty(),
        "{:?}",
        observation.warnings
    );
}

#[test]
fn the_summary_says_what_was_read() {
    let observation = crate::shipped("ltt1445ab_miri_lrs_8bin.csv");
    for word in [
        "8 bins",
        "miri/lrs_slitless",
        "5.0759-10.6152 µm",
        "median depth 49.0 ppm",
        "median error 15.5 ppm",
    ] {
        assert!(
            observation.summary.contains(word),
            "no {word} in {}",
            observation.summary
        );
    }
}

#[test]
fn a_selection_that_keeps_nothing_lists_the_labels() {
    let mut config = wasp43b();
    config.select.visit = vec!["phase_0.5".to_owned()];
    let text = message(&config);
    assert!(
        text.contains("`phase_0.50`") && text.contains("did you mean"),
        "{text}"
    );
    let mut config = wasp43b();
    config.wavelength_range_um = Some([1.0, 2.0]);
    let text = message(&config);
    assert!(
        text.contains("visit `phase_0.75`") && text.contains("5.0000-12.0000 µm"),
        "{text}"
    );
    let mut config = wasp43b();
    config.select.drop_quality = vec!["rumour".to_owned()];
    assert!(message(&config).contains("outreach"));
}

#[test]
fn files_of_one_visit_may_not_overlap_and_visits_may() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    std::fs::write(&path, EUREKA).unwrap();
    let file = |visit: &str| FileConfig {
        visit: Some(visit.to_owned()),
        instrument: Some("miri".to_owned()),
        mode: Some("lrs_slitles".to_owned()),
        ..FileConfig::from_path(path.clone())
    };
    let mut config = one_file(path.clone());
    config.files = vec![file("one"), file("one")];
    let text = message(&config);
    assert!(text.contains("visit"), "{text}");
    config.files = vec![file("one"), file("two")];
    let observation = Observation::read(&config).unwrap();
    assert_eq!(observation.rows.len(), 6);
    assert_eq!(observation.files.len(), 2);
    assert!(
        observation.warnings[0].contains("did you mean miri/lrs_slitless"),
        "{:?}",
        observation.warnings
    );
}

#[test]
fn doubtful_rows_warn_and_can_be_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, OWN.replace("user,x", "digest,somebody")).unwrap();
    let mut config = one_file(path);
    let observation = Observation::read(&config).unwrap();
    assert!(
        observation
            .warnings
            .iter()
            .any(|text| text.contains("`digest`") && text.contains("somebody"))
    );
    config.select.drop_quality = vec!["digest".to_owned()];
    let observation = Observation::read(&config).unwrap();
    assert_eq!(observation.rows.len(), 1);
    assert!(
        !observation
            .warnings
            .iter()
            .any(|text| text.contains("digest"))
    );
}

#[test]
fn a_missing_file_is_named() {
    assert!(message(&one_file("nowhere.csv".into())).contains("nowhere.csv"));
}
