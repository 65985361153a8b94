//! What cannot be meant is refused with the row, the column and the accepted words.

use magmaret::config::{FileConfig, TableFormat};
use magmaret::observation::parse;
use magmaret::units::DepthUnit;

use crate::formats::{COLUMNS, EUREKA, EXOTEDRF, OWN, SPARTA, SPARTA_HAND, archive, archive_table};
use crate::undeclared;

/// The message of a refused text, which must hold every word.
fn refused(text: &str, file: &FileConfig, words: &[&str]) {
    let message = match parse(text.as_bytes(), file) {
        Ok(parsed) => panic!("read {} rows of:\n{text}", parsed.rows.len()),
        Err(error) => error.to_string(),
    };
    for word in words {
        assert!(message.contains(word), "no `{word}` in: {message}");
    }
}

fn own_with(row_2: &str) -> String {
    OWN.replace("6.0,6.5,120.5,12.25,13", row_2)
}

#[test]
fn each_fault_of_a_row_has_its_own_error_with_row_line_and_column() {
    let file = undeclared("t.csv");
    let row = "`t.csv`, row 2 (line 4)";
    for (cells, words) in [
        ("6.0,6.5,NaN,12,13", ["depth_ppm", "NaN", "finite"]),
        ("6.0,6.5,inf,12,13", ["depth_ppm", "inf", "finite"]),
        ("6.0,6.5,1e400,12,13", ["depth_ppm", "1e400", "finite"]),
        ("6.0,6.5,,12,13", ["depth_ppm", "\"\"", "finite"]),
        (
            "6.0,6.5,120,-12,13",
            ["err_minus_ppm", "negative", "above 0"],
        ),
        ("6.0,6.5,120,12,0", ["err_plus_ppm", "zero", "above 0"]),
        ("6.0,6.5,120,,", ["err_minus_ppm", "\"\"", "finite"]),
        (
            "6.0,6.0,120,12,13",
            ["wave_lo_um", "zero width", "low < high"],
        ),
        (
            "6.5,6.0,120,12,13",
            ["wave_lo_um", "6.5 to 6", "low < high"],
        ),
        ("6000,6500,120,12,13", ["6000", "micrometres", "nm"]),
        ("5.9,6.5,120,12,13", ["5.9", "overlaps", "row 1 (line 3)"]),
        ("5.0,5.4,120,12,13", ["5", "after", "rising"]),
    ] {
        refused(&own_with(cells), &file, &words);
        refused(&own_with(cells), &file, &[row]);
    }
}

#[test]
fn wrong_words_and_columns_of_the_own_format_are_named() {
    let file = undeclared("t.csv");
    refused(
        &OWN.replace(",user,x", ",rumour,x"),
        &file,
        &["quality", "rumour", "table, abstract"],
    );
    refused(
        &OWN.replace("depth_ppm", "depth_pm"),
        &file,
        &["column 3", "depth_pm", "did you mean `depth_ppm`"],
    );
    refused(&OWN.replace(",source", ""), &file, &["column 12", "source"]);
    refused(
        &OWN.replace("user,,2,", "user,,two,"),
        &file,
        &["n_eclipses", "two"],
    );
    refused(
        &OWN.replace("user,user", ",user"),
        &file,
        &["instrument", "nothing"],
    );
    refused(
        &OWN.replace("user,x\n", "user\n"),
        &file,
        &["t.csv", "line: 4"],
    );
    let head = OWN.lines().take(2).collect::<Vec<_>>().join("\n");
    refused(&head, &file, &["no data rows"]);
    refused("", &file, &["no data"]);
    let mut contradicted = file.clone();
    contradicted.depth_unit = Some(DepthUnit::Percent);
    refused(OWN, &contradicted, &["depth_unit", "Percent", "Ppm"]);
}

#[test]
fn a_missing_unit_or_width_names_the_column_and_the_accepted_words() {
    let file = undeclared("t.txt");
    refused(
        &COLUMNS.replace("depth_percent", "depth"),
        &file,
        &[
            "column `depth`",
            "no unit",
            "ppm, percent, fraction",
            "depth_unit",
        ],
    );
    refused(
        &COLUMNS.replace("half_width_um", "bin_width_um"),
        &file,
        &["column `bin_width_um`", "bin_width", "half, full"],
    );
    refused(
        &EXOTEDRF.replace("yval, unit: ppm", "yval"),
        &file,
        &["`yval`", "no unit", "ppm, percent, fraction"],
    );
    refused(
        &EXOTEDRF.replace("waveMin, unit: um", "waveMin, unit: nm"),
        &file,
        &["waveMin", "nm"],
    );
    refused(
        &COLUMNS.replace("depth_percent", "depth_um"),
        &file,
        &["depth_um", "length", "ppm, percent, fraction"],
    );
}

#[test]
fn an_ambiguous_format_is_refused_with_the_accepted_words() {
    let words = [
        "format",
        "magmaret, nasa_archive, eureka, sparta, exotedrf, columns",
    ];
    let file = undeclared("t.txt");
    refused(
        "5.75 0.25 0.01 0.001\n6.25 0.25 0.01 0.001\n",
        &file,
        &words,
    );
    refused("# %ECSV 1.0\na b\n1 2\n", &file, &words);
    refused("one two three\n1 2 3\n", &file, &words);
    let mut columns = file.clone();
    columns.format = Some(TableFormat::Columns);
    refused(
        "5.75 0.25 0.01 0.001\n",
        &columns,
        &["columns", "wavelength, wavelength_low"],
    );
    columns.columns = Some(vec!["wavelength".into(), "flux".into()]);
    refused(
        "5.75 0.25\n",
        &columns,
        &["flux", "wavelength, wavelength_low"],
    );
    columns.columns = Some(vec!["wavelength".into(), "depth_ppm".into()]);
    refused("5.75 100\n", &columns, &["no error column"]);
}

#[test]
fn transmission_tables_are_refused_by_name() {
    let file = undeclared("t.txt");
    let word = ["transmission"];
    refused(
        &archive().replace("SPEC_TYPE = Eclipse", "SPEC_TYPE = Transmission"),
        &file,
        &word,
    );
    let columns = [
        "CENTRALWAVELNG",
        "double",
        "microns",
        "null",
        "5.75",
        "6.25",
        "6.75",
    ];
    let depth = ["PL_TRANDEP", "double", "percent", "null", "1", "1", "1"];
    let table = archive_table(&[columns, depth]).replace("\\SPEC_TYPE = Eclipse\n", "");
    refused(&table, &file, &["transmission", "PL_TRANDEP"]);
    refused(
        &EUREKA.replace("fp_", "rp^2_"),
        &file,
        &["transmission", "rp^2"],
    );
    refused(
        &SPARTA_HAND.replace("eclipse_depth", "transit_depth"),
        &file,
        &word,
    );
    refused(&SPARTA.replace("depth_", "rp_"), &file, &word);
    refused(
        &COLUMNS.replace("depth_percent", "transit_depth_ppm"),
        &file,
        &word,
    );
}

#[test]
fn a_slipped_unit_is_named_by_its_size() {
    let file = undeclared("t.txt");
    // 100 ppm written as ppm in a file whose format means fractions, and the other way round.
    let ppm = "wavelength bin_width fp_value fp_errorneg fp_errorpos\n5.75 0.25 100 10 10\n6.25 0.25 120 10 10\n";
    refused(
        &format!("# %ECSV 1.0\n{ppm}"),
        &file,
        &["median depth", "fraction", "depth_unit"],
    );
    let fraction = OWN
        .replace("100,10,11", "1e-4,1e-5,1e-5")
        .replace("120.5,12.25,13", "1e-4,1e-5,1e-5")
        .replace("80,9,9.3", "1e-4,1e-5,1e-5");
    refused(&fraction, &file, &["median depth", "read as ppm"]);
    // A depth near zero with an error of ppm size is a measurement.
    let faint = own_with("6.0,6.5,0.01,12,13")
        .replace("100,10", "-0.02,10")
        .replace("80,9", "0.03,9");
    assert_eq!(parse(faint.as_bytes(), &file).unwrap().rows.len(), 3);
}

#[test]
fn archive_cells_are_checked() {
    let file = undeclared("t.tbl");
    let table = archive();
    refused(
        &table.replace(" -0.001225", "  0.001225"),
        &file,
        &["row 2", "ESPECLIPDEPERR2", "negative"],
    );
    refused(
        &table.replace("0.01205", "   null"),
        &file,
        &["row 2", "ESPECLIPDEP`", "null"],
    );
    refused(
        &table.replace("BANDWIDTH", "BANDWITHX"),
        &file,
        &["BANDWIDTH"],
    );
    refused(
        &table.replace("5.75 ", "5.750"),
        &file,
        &["row 1", "under the `|`"],
    );
    refused(&table.replace("|", " "), &file, &["`|`"]);
    refused("\\A = 1\n1 2 3\n", &file, &["format"]);
}

#[test]
fn widths_are_checked_before_the_question_half_or_full() {
    let file = undeclared("t.txt");
    for (width, kind) in [("0.0", "zero"), ("-0.25", "negative")] {
        let cells = format!("6.25 {width}");
        refused(
            &EUREKA.replace("6.25 0.25", &cells),
            &file,
            &["row 2", "bin_width", kind],
        );
        refused(
            &COLUMNS.replace("6.25 0.25", &cells),
            &file,
            &["row 2", "half_width_um", kind],
        );
    }
    refused(
        &archive().replacen("  0.5 ", "  0.0 ", 1),
        &file,
        &["row 1", "BANDWIDTH", "zero"],
    );
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let file = undeclared("t.bin");
    let message = parse(&[0x35, 0xff, 0xfe], &file).unwrap_err().to_string();
    assert!(
        message.contains("UTF-8") && message.contains("byte 1"),
        "{message}"
    );
}

#[test]
fn twice_the_same_column_or_a_short_line_is_refused() {
    let file = undeclared("t.txt");
    refused(
        &SPARTA.replace("6.0 6.5 0.0001205", "6.0 6.5"),
        &file,
        &["row 2", "6 cells", "7"],
    );
    refused(
        &EUREKA.replace("6.25 0.25", "6.25"),
        &file,
        &["row 2", "4 cells", "5"],
    );
    refused(
        &COLUMNS.replace("6.25 0.25", "6.25"),
        &file,
        &["row 2", "4 cells", "5"],
    );
    refused(
        &EXOTEDRF.replace("yerrUpp,ignore", "yval,ignore"),
        &file,
        &["yval", "twice"],
    );
    refused(
        &COLUMNS.replace("error_plus", "error_minus"),
        &file,
        &["second column"],
    );
    let second = SPARTA.replacen("t_med", "u_med", 1);
    refused(&second, &file, &["second header"]);
}
