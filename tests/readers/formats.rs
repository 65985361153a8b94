//! One spectrum in every format gives the same bits.

use magmaret::config::TableFormat;
use magmaret::observation::{Limit, Quality, parse};
use magmaret::units::{DepthUnit, WidthKind};

use crate::{bits, declared, undeclared};

/// Three bins of 0.5 µm that touch, 100, 120.5 and 80 ppm, asymmetric errors.
pub const OWN: &str = "\
# a comment
wave_lo_um,wave_hi_um,depth_ppm,err_minus_ppm,err_plus_ppm,instrument,mode,visit,n_eclipses,reduction,quality,source
5.5,6.0,100,10,11,user,user,,2,own,user,\"a table, typed\"
6.0,6.5,120.5,12.25,13,user,user,,,own,user,x
6.5,7.0,80,9,9.3,user,user,,,own,user,x
";

pub const EUREKA: &str = "\
# %ECSV 1.0
# ---
# datatype:
# - {name: wavelength, datatype: float64}
# - {name: bin_width, datatype: float64}
# - {name: fp_value, datatype: float64}
# - {name: fp_errorneg, datatype: float64}
# - {name: fp_errorpos, datatype: float64}
# schema: astropy-2.0
wavelength bin_width fp_value fp_errorneg fp_errorpos
5.75 0.25 0.0001 1e-05 1.1e-05
6.25 0.25 0.0001205 1.225e-05 1.3e-05
6.75 0.25 8e-05 9e-06 9.3e-06
";

pub const SPARTA: &str = "\
#min_wavelength max_wavelength depth_med depth_lower_err depth_upper_err t_med lnprob
5.5 6.0 0.0001 1e-05 1.1e-05 3.1 -5
6.0 6.5 0.0001205 1.225e-05 1.3e-05 3.1 -5
#min_wavelength max_wavelength depth_med depth_lower_err depth_upper_err t_med lnprob
6.5 7.0 8e-05 9e-06 9.3e-06 3.1 -5
";

pub const SPARTA_HAND: &str = "\
bins_short\tbins_long   bins_center    eclipse_depth    depth_err
5.5\t6.0 5.74\t\t100 10
6.0 6.5 6.24  120.5 12.25
6.5 7.0 6.74\t80 9
";

pub const EXOTEDRF: &str = "\
# %ECSV 1.0
# ---
# delimiter: ','
# datatype:
# - {name: instrname, datatype: string}
# - {name: wave, unit: um, datatype: float64}
# - {name: waveMin, unit: um, datatype: float64}
# - {name: waveMax, unit: um, datatype: float64}
# - {name: yval, unit: ppm, datatype: float64,
#   description: depth}
# - {name: yerrLow, unit: ppm, datatype: float64}
# - {name: yerrUpp, unit: ppm, datatype: float64}
# - {name: ignore, datatype: bool}
# meta: !!omap
# - {spectype: dppm}
# schema: astropy-2.0
instrname,wave,waveMin,waveMax,yval,yerrLow,yerrUpp,ignore
\"MIRI, LRS\",5.25,5.0,5.5,1,1,1,True
MIRI_LRS,5.75,5.5,6.0,100.0,10.0,11.0,False
MIRI_LRS,6.25,6.0,6.5,120.5,12.25,13.0,False
MIRI_LRS,6.75,6.5,7.0,80.0,9.0,9.3,False
";

pub const COLUMNS: &str = "\
# wavelength_um half_width_um depth_percent error_minus_percent error_plus_percent
5.75 0.25 0.01 0.001 0.0011
6.25 0.25 0.01205 0.001225 0.0013
6.75 0.25 0.008 0.0009 0.00093
";

/// An archive table with the given columns: name, type, unit, null word and cells.
pub fn archive_table(columns: &[[&str; 7]]) -> String {
    let mut text = String::from(
        "\\PL_NAME = 'Test b'\n\\SPEC_TYPE = Eclipse\n\\INSTRUMENT = Mid-Infrared Instrument (MIRI)\n\
         \\REFERENCE = D&eacute;sert et al. 2030\n",
    );
    let width = |column: &[&str; 7]| {
        column
            .iter()
            .map(|cell| cell.chars().count())
            .max()
            .unwrap()
            + 1
    };
    for line in 0..7 {
        let bar = if line < 4 { '|' } else { ' ' };
        for column in columns {
            text.push(bar);
            text.push_str(&format!("{:>1$}", column[line], width(column)));
        }
        text.push(bar);
        text.push('\n');
    }
    text
}

pub fn archive() -> String {
    archive_table(&[
        [
            "CENTRALWAVELNG",
            "double",
            "microns",
            "null",
            "5.75",
            "6.25",
            "6.75",
        ],
        [
            "BANDWIDTH",
            "double",
            "microns",
            "null",
            "0.5",
            "0.5",
            "0.5",
        ],
        [
            "ESPECLIPDEP",
            "double",
            "percent",
            "null",
            "0.01",
            "0.01205",
            "0.008",
        ],
        [
            "ESPECLIPDEPERR1",
            "double",
            "percent",
            "null",
            "0.0011",
            "0.0013",
            "0.00093",
        ],
        [
            "ESPECLIPDEPERR2",
            "double",
            "percent",
            "null",
            "-0.001",
            "-0.001225",
            "-0.0009",
        ],
        ["ESPECLIPDEPLIM", "int", "", "null", "0", "0", "null"],
        ["ESPBRITEMP", "double", "K", "null", "null", "null", "null"],
        [
            "ESPECLIPDEP_AUTHORS",
            "char",
            "",
            "null",
            "D&eacute;sert et al.",
            "A B",
            "null",
        ],
    ])
}

#[test]
fn the_same_spectrum_has_the_same_bits_in_every_format() {
    let own = parse(OWN.as_bytes(), &undeclared("own.csv")).unwrap();
    assert_eq!(own.format, TableFormat::Magmaret);
    let reference = bits(&own.rows);
    // Typed independently: 5.5 µm, 6.0 µm, 100 ppm, 10 ppm, 11 ppm.
    assert_eq!(
        reference[0],
        [5.5 * 1.0e-6, 6.0 * 1.0e-6, 1.0e-4, 1.0e-5, 1.1e-5].map(f64::to_bits)
    );
    let archive = archive();
    for (text, format) in [
        (EUREKA, TableFormat::Eureka),
        (SPARTA, TableFormat::Sparta),
        (EXOTEDRF, TableFormat::Exotedrf),
        (COLUMNS, TableFormat::Columns),
        (archive.as_str(), TableFormat::NasaArchive),
    ] {
        for text in [
            text.to_owned(),
            text.replace('\n', "\r\n"),
            format!("\u{feff}{text}"),
        ] {
            let parsed = parse(text.as_bytes(), &undeclared("other.txt")).unwrap();
            assert_eq!(parsed.format, format);
            assert_eq!(bits(&parsed.rows), reference, "{format:?}");
            assert!(parsed.rows.iter().all(|row| row.quality == Quality::User));
        }
    }
}

#[test]
fn formats_with_one_error_column_agree_with_each_other() {
    let hand = parse(SPARTA_HAND.as_bytes(), &undeclared("hand.txt")).unwrap();
    assert_eq!(hand.format, TableFormat::Sparta);
    let reference = bits(&hand.rows);
    let own = parse(OWN.as_bytes(), &undeclared("own.csv")).unwrap();
    for (row, own) in reference.iter().zip(bits(&own.rows)) {
        assert_eq!(row[..4], own[..4]);
        assert_eq!(row[3], row[4]);
    }
    // petitRADTRANS (wavelength, width, depth, error), fractions, comma.
    let mut petit = undeclared("petit.csv");
    petit.columns = Some(
        ["wavelength", "width", "depth", "error"]
            .map(str::to_owned)
            .to_vec(),
    );
    petit.depth_unit = Some(DepthUnit::Fraction);
    petit.bin_width = Some(WidthKind::Full);
    let text = "5.75,0.5,1e-4,1e-5\n6.25,0.5,1.205e-4,1.225e-5\n6.75,0.5,8e-5,9e-6\n";
    assert_eq!(
        bits(&parse(text.as_bytes(), &petit).unwrap().rows),
        reference
    );
    // TauREx (wavelength, spectrum, error, width), and without widths.
    let mut taurex = petit.clone();
    taurex.columns = Some(
        ["wavelength", "depth", "error", "width"]
            .map(str::to_owned)
            .to_vec(),
    );
    let text = "5.75 1e-4 1e-5 0.5\n6.25 1.205e-4 1.225e-5 0.5\n6.75 8e-5 9e-6 0.5\n";
    assert_eq!(
        bits(&parse(text.as_bytes(), &taurex).unwrap().rows),
        reference
    );
    taurex.columns = Some(["wavelength", "depth", "error"].map(str::to_owned).to_vec());
    let text = "5.75 1e-4 1e-5\n6.25 1.205e-4 1.225e-5\n6.75 8e-5 9e-6\n";
    let parsed = parse(text.as_bytes(), &taurex).unwrap();
    assert_eq!(bits(&parsed.rows), reference);
    assert!(
        parsed.warnings[0].contains("halfway"),
        "{:?}",
        parsed.warnings
    );
    // Nanometres and a header with brackets.
    let text = "wave_lo_nm wave_hi_nm depth[ppm] err\n5500 6000 100 10\n6000 6500 120.5 12.25\n6500 7000 80 9\n";
    assert_eq!(
        bits(&parse(text.as_bytes(), &undeclared("nm.txt")).unwrap().rows),
        reference
    );
}

#[test]
fn the_spacing_of_the_bins_tells_half_from_full_for_eureka_and_is_said() {
    let half = parse(EUREKA.as_bytes(), &undeclared("e.txt")).unwrap();
    assert!(
        half.notes.iter().any(|note| note.contains("half width")),
        "{:?}",
        half.notes
    );
    let text = EUREKA.replace(" 0.25 ", " 0.5 ");
    let full = parse(text.as_bytes(), &undeclared("e.txt")).unwrap();
    assert!(
        full.notes.iter().any(|note| note.contains("full width")),
        "{:?}",
        full.notes
    );
    assert_eq!(bits(&half.rows), bits(&full.rows));
    assert!(
        full.warnings[0].contains("declare `bin_width`"),
        "{:?}",
        full.warnings
    );
    // Declared full where the spacing shows half: obeyed, with a warning.
    let mut declared = undeclared("e.txt");
    declared.bin_width = Some(WidthKind::Full);
    let parsed = parse(EUREKA.as_bytes(), &declared).unwrap();
    assert_eq!(parsed.rows[0].low_m, 5.625 * 1.0e-6);
    assert!(
        parsed.warnings[0].contains("half width"),
        "{:?}",
        parsed.warnings
    );
    // Bins with gaps show nothing: the half width that Eureka! writes, and the summary says so.
    let gaps = EUREKA.replace("0.25 ", "0.1 ");
    let parsed = parse(gaps.as_bytes(), &undeclared("e.txt")).unwrap();
    assert_eq!(parsed.rows[0].low_m, 5.65 * 1.0e-6);
    assert!(
        parsed
            .notes
            .iter()
            .any(|note| note.contains("as this format writes it")),
        "{:?}",
        parsed.notes
    );
}

#[test]
fn sparta_edges_may_fall_and_the_common_header_is_pointed_out() {
    let falling = SPARTA
        .replace("5.5 6.0", "6.0 5.5")
        .replace("6.5 7.0", "7.0 6.5");
    let parsed = parse(falling.as_bytes(), &undeclared("s.txt")).unwrap();
    let rising = parse(SPARTA.as_bytes(), &undeclared("s.txt")).unwrap();
    assert_eq!(bits(&parsed.rows), bits(&rising.rows));
    assert!(parsed.notes[0].contains("2 bins"), "{:?}", parsed.notes);
    assert!(
        rising.warnings[0].contains("transits and eclipses"),
        "{:?}",
        rising.warnings
    );
}

#[test]
fn limits_and_eclipse_numbers_are_kept() {
    let text = OWN
        .replace("quality,source", "quality,source,limit")
        .replace("typed\"", "typed\",")
        .replace("user,x", "user,x,upper");
    let parsed = parse(text.as_bytes(), &declared(TableFormat::Magmaret)).unwrap();
    let limits: Vec<Limit> = parsed.rows.iter().map(|row| row.limit).collect();
    assert_eq!(limits, [Limit::None, Limit::Upper, Limit::Upper]);
    assert_eq!(parsed.rows[0].n_eclipses, Some(2));
    assert_eq!(parsed.rows[1].n_eclipses, None);
    assert_eq!(parsed.rows[0].source, "a table, typed");

    let text = archive().replace("  0 ", "  1 ");
    let parsed = parse(text.as_bytes(), &undeclared("a.tbl")).unwrap();
    assert_eq!(parsed.rows[0].limit, Limit::Upper);
    assert!(
        parsed.warnings[0].contains("upper limit"),
        "{:?}",
        parsed.warnings
    );
    assert!(
        parsed.notes.iter().any(|note| note.contains("Désert")),
        "{:?}",
        parsed.notes
    );
}

#[test]
fn rows_marked_ignore_are_left_out_and_counted() {
    let parsed = parse(EXOTEDRF.as_bytes(), &undeclared("t.ecsv")).unwrap();
    assert_eq!(parsed.unusable, 1);
    assert!(parsed.notes[0].contains("`ignore`"), "{:?}", parsed.notes);
}
