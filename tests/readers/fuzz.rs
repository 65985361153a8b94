//! No bytes make a reader panic, and what it accepts is sound.

use magmaret::config::{FileConfig, TableFormat};
use magmaret::observation::{System, parse};
use magmaret::units::{DepthUnit, WidthKind};
use proptest::prelude::*;

use crate::formats::{COLUMNS, EUREKA, EXOTEDRF, OWN, SPARTA, SPARTA_HAND, archive};
use crate::{declared, undeclared};

const FORMATS: [TableFormat; 6] = [
    TableFormat::Magmaret,
    TableFormat::NasaArchive,
    TableFormat::Eureka,
    TableFormat::Sparta,
    TableFormat::Exotedrf,
    TableFormat::Columns,
];

fn fixture(index: usize) -> String {
    match index {
        0 => OWN.to_owned(),
        1 => archive(),
        2 => EUREKA.to_owned(),
        3 => SPARTA.to_owned(),
        4 => SPARTA_HAND.to_owned(),
        5 => EXOTEDRF.to_owned(),
        _ => COLUMNS.to_owned(),
    }
}

/// Reads in every way; a panic fails the test, and so does an unsound row.
fn read_every_way(bytes: &[u8]) {
    let mut files: Vec<FileConfig> = vec![undeclared("fuzz")];
    files.extend(FORMATS.map(declared));
    let mut columns = declared(TableFormat::Columns);
    columns.columns = Some(
        ["wavelength", "width", "depth", "error"]
            .map(str::to_owned)
            .to_vec(),
    );
    columns.depth_unit = Some(DepthUnit::Ppm);
    columns.bin_width = Some(WidthKind::Half);
    files.push(columns.clone());
    columns.columns = Some(["wavelength", "depth", "error"].map(str::to_owned).to_vec());
    files.push(columns);
    for file in &files {
        let Ok(parsed) = parse(bytes, file) else {
            continue;
        };
        for row in &parsed.rows {
            assert!(0.0 < row.low_m && row.low_m < row.high_m && row.high_m.is_finite());
            assert!(row.depth.is_finite());
            assert!(row.error_minus > 0.0 && row.error_minus.is_finite());
            assert!(row.error_plus > 0.0 && row.error_plus.is_finite());
            assert!(!row.instrument.is_empty() && !row.mode.is_empty());
        }
    }
}

/// Pieces that go in: single bytes, and texts that readers stumble over.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => any::<u8>().prop_map(|byte| vec![byte]),
        2 => prop::sample::select(vec![
            "1e400", "-1e400", "NaN", "inf", "1e-400", "0", "-", "e", "|", "\\", "#", "\"", ",", "\r\n", "\n",
            "\u{feff}", "é", "&", "&#", ";", "null", " ", "\t", "9e99999999999999999999", "0e9999999999",
            "unit:", "name:", "{", "}", "True", "_value", "%ECSV", "delimiter: ','",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_tables_never_panic(
        index in 0..7_usize,
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..6_usize, piece()), 1..8),
    ) {
        let mut bytes = fixture(index).into_bytes();
        for (at, removed, piece) in edits {
            let start = at.index(bytes.len() + 1);
            let end = (start + removed).min(bytes.len());
            bytes.splice(start..end, piece);
        }
        read_every_way(&bytes);
    }

    #[test]
    fn shuffled_lines_and_cuts_never_panic(
        index in 0..7_usize,
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..24),
        cut in any::<prop::sample::Index>(),
    ) {
        let text = fixture(index);
        let lines: Vec<&str> = text.lines().collect();
        let mut shuffled: Vec<u8> = Vec::new();
        for at in order {
            shuffled.extend_from_slice(at.get(&lines).as_bytes());
            shuffled.push(b'\n');
        }
        read_every_way(&shuffled);
        read_every_way(&text.as_bytes()[..cut.index(text.len())]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_every_way(&bytes);
        let _ = System::from_text(&String::from_utf8_lossy(&bytes), "x.toml".as_ref());
    }

    #[test]
    fn arbitrary_numbers_never_panic(
        cells in prop::collection::vec(any::<f64>(), 0..40),
        width in 1..8_usize,
        comma in any::<bool>(),
    ) {
        let delimiter = if comma { "," } else { " " };
        let lines: Vec<String> = cells
            .chunks(width)
            .map(|row| row.iter().map(f64::to_string).collect::<Vec<_>>().join(delimiter))
            .collect();
        read_every_way(lines.join("\n").as_bytes());
    }
}
