//! Files that cannot be meant are refused with file, dataset, and what was found.

use std::fs;
use std::path::{Path, PathBuf};

use hdf5_pure::{AttrValue, FileBuilder};
use magmaret::opacity::read::{self, Content, CrossSectionUnit, Options, PressureUnit};

use super::fixture;
use super::formulae::cross_section;

/// A table of cross sections, right unless a test changes something.
struct Table {
    pressure: Vec<f64>,
    pressure_unit: Option<&'static str>,
    temperature: Vec<f64>,
    axis: Vec<f64>,
    axis_unit: Option<&'static str>,
    values: Vec<f64>,
    shape: Vec<u64>,
    unit: Option<&'static str>,
    mass: f64,
}

impl Table {
    fn new(np: usize, nt: usize) -> Self {
        let pressure: Vec<f64> = (0..np).map(|i| 10.0_f64.powi(i as i32 - 4)).collect();
        let temperature: Vec<f64> = (0..nt).map(|i| 500.0 + 700.0 * i as f64).collect();
        let axis: Vec<f64> = (0..50).map(|i| 800.0 + 20.0 * f64::from(i)).collect();
        let mut values = Vec::new();
        for p in &pressure {
            for t in &temperature {
                values.extend(axis.iter().map(|nu| cross_section(*nu, *t, *p)));
            }
        }
        Self {
            shape: vec![np as u64, nt as u64, 50],
            pressure,
            pressure_unit: Some("bar"),
            temperature,
            axis,
            axis_unit: Some("cm^-1"),
            values,
            unit: Some("cm^2/molecule"),
            mass: 43.97,
        }
    }

    fn write(&self, folder: &Path) -> PathBuf {
        let mut file = FileBuilder::new();
        let mut add = |name: &str, values: &[f64], shape: &[u64], unit: Option<&str>| {
            let dataset = file.create_dataset(name);
            dataset.with_f64_data(values).with_shape(shape);
            if let Some(unit) = unit {
                dataset.set_attr("units", AttrValue::String(unit.to_owned()));
            }
        };
        let one = |axis: &[f64]| [axis.len() as u64];
        add(
            "p",
            &self.pressure,
            &one(&self.pressure),
            self.pressure_unit,
        );
        add("t", &self.temperature, &one(&self.temperature), Some("K"));
        add("bin_edges", &self.axis, &one(&self.axis), self.axis_unit);
        add("mol_mass", &[self.mass], &[1], None);
        add("xsecarr", &self.values, &self.shape, self.unit);
        let path = folder.join("table.h5");
        fs::write(&path, file.finish().unwrap()).unwrap();
        path
    }
}

/// The message with which a table is refused.
fn refusal(table: &Table, options: &Options) -> String {
    let folder = tempfile::tempdir().unwrap();
    match read::open(&table.write(folder.path()), options) {
        Ok(_) => panic!("accepted"),
        Err(error) => error.to_string(),
    }
}

fn refused_for(change: impl FnOnce(&mut Table), words: &[&str]) {
    let mut table = Table::new(5, 4);
    change(&mut table);
    let message = refusal(&table, &Options::new("SiO"));
    for word in words {
        assert!(message.contains(word), "`{word}` not in: {message}");
    }
}

fn accepted(table: &Table, options: &Options) -> magmaret::opacity::CrossSectionTable {
    let folder = tempfile::tempdir().unwrap();
    match read::open(&table.write(folder.path()), options) {
        Ok(Content::Table(table)) => table,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_unchanged_table_is_read() {
    let table = accepted(&Table::new(5, 4), &Options::new("SiO"));
    assert_eq!(
        (table.pressure_bar.len(), table.temperature_k.len()),
        (5, 4)
    );
}

#[test]
fn units_that_are_missing_or_unknown() {
    refused_for(|t| t.pressure_unit = None, &["table.h5", "`p`", "units"]);
    refused_for(|t| t.pressure_unit = Some("torr"), &["`p`", "torr"]);
    refused_for(|t| t.unit = None, &["`xsecarr`", "units"]);
    refused_for(|t| t.unit = Some("barn"), &["`xsecarr`", "barn"]);
    refused_for(
        |t| t.axis_unit = Some("furlong"),
        &["`bin_edges`", "furlong"],
    );
    refused_for(|t| t.axis_unit = None, &["`bin_edges`", "units"]);
    let mut table = Table::new(5, 4);
    (table.pressure_unit, table.unit) = (None, None);
    let options = Options {
        pressure_unit: Some(PressureUnit::Bar),
        cross_section_unit: Some(CrossSectionUnit::Cm2),
        ..Options::new("SiO")
    };
    accepted(&table, &options);
}

#[test]
fn numbers_that_cannot_be_in_their_unit() {
    // Pa labelled bar, bar labelled Pa.
    refused_for(
        |t| t.pressure.iter_mut().for_each(|p| *p *= 1e5),
        &["`p`", "index 4", "Pa"],
    );
    refused_for(
        |t| {
            t.pressure.iter_mut().for_each(|p| *p *= 0.1);
            t.pressure_unit = Some("Pa");
        },
        &["`p`", "index 0"],
    );
    // Micron labelled cm-1, cm2/g labelled cm2, cm2 labelled cm2/g.
    refused_for(
        |t| t.axis.iter_mut().for_each(|nu| *nu = 1e4 / *nu),
        &["`bin_edges`", "wavelength"],
    );
    refused_for(
        |t| t.values.iter_mut().for_each(|s| *s *= 6e23 / 44.0),
        &["`xsecarr`", "gram"],
    );
    refused_for(|t| t.unit = Some("cm^2/g"), &["`xsecarr`", "largest"]);
    refused_for(
        |t| t.temperature.iter_mut().for_each(|kelvin| *kelvin *= 1e-3),
        &["`t`", "index 0"],
    );
}

#[test]
fn wavelengths_and_descending_axes_are_turned() {
    let straight = accepted(&Table::new(5, 4), &Options::new("SiO"));
    let mut table = Table::new(5, 4);
    // Ascending wavelengths in micron: descending wavenumbers.
    table.axis = table.axis.iter().rev().map(|nu| 1e4 / nu).collect();
    table.axis_unit = Some("micron");
    for row in table.values.chunks_mut(50) {
        row.reverse();
    }
    let mut turned = accepted(&table, &Options::new("SiO"));
    assert_eq!(turned.sigma_cm2, straight.sigma_cm2);
    turned.axis.clone_from(&straight.axis);
    assert_eq!(turned, straight);
    let mut table = Table::new(5, 4);
    table.pressure.reverse();
    table.values = table.values.chunks(200).rev().flatten().copied().collect();
    assert_eq!(accepted(&table, &Options::new("SiO")), straight);
}

#[test]
fn axes_that_do_not_ascend() {
    refused_for(|t| t.pressure.swap(1, 2), &["`p`", "index 2"]);
    refused_for(|t| t.temperature[2] = f64::NAN, &["`t`", "index 2"]);
    refused_for(|t| t.axis[7] = t.axis[6], &["`bin_edges`", "index 7"]);
}

#[test]
fn values_that_are_no_cross_sections() {
    refused_for(
        |t| t.values[123] = f64::NAN,
        &["NaN", "pressure 0", "temperature 2", "index 23"],
    );
    refused_for(|t| t.values[999] = -1e-20, &["-0.0000", "pressure 4"]);
    refused_for(|t| t.values[0] = f64::INFINITY, &["inf"]);
}

#[test]
fn axes_are_told_by_their_lengths() {
    let straight = accepted(&Table::new(5, 4), &Options::new("SiO"));
    let swap = |table: &mut Table, np: usize, nt: usize| {
        let mut swapped = Vec::new();
        for it in 0..nt {
            for ip in 0..np {
                let start = (ip * nt + it) * 50;
                swapped.extend_from_slice(&table.values[start..start + 50]);
            }
        }
        table.values = swapped;
        table.shape = vec![nt as u64, np as u64, 50];
    };
    let mut table = Table::new(5, 4);
    swap(&mut table, 5, 4);
    let mut found = accepted(&table, &Options::new("SiO"));
    assert!(found.provenance.caveat.contains("order"));
    found.provenance.caveat.clear();
    assert_eq!(found, straight);
    // As many pressures as temperatures: the strengths tell.
    let mut table = Table::new(4, 4);
    accepted(&table, &Options::new("SiO"));
    swap(&mut table, 4, 4);
    let message = refusal(&table, &Options::new("SiO"));
    assert!(message.contains("more along pressure"), "{message}");
    refused_for(
        |t| t.shape = vec![5, 2, 100],
        &["`xsecarr`", "pressure = 5"],
    );
    refused_for(|t| t.shape = vec![20, 50], &["`xsecarr`"]);
}

#[test]
fn tables_of_another_gas() {
    let message = refusal(&Table::new(5, 4), &Options::new("TiO"));
    assert!(
        message.contains("`mol_mass`") && message.contains("63.866"),
        "{message}"
    );
    for (name, word) in [("SiO.TauREx.h5", "mol_name"), ("exomol", "28Si-16O")] {
        let error = read::open(&fixture(name), &Options::new("MgO"))
            .map(drop)
            .unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
    }
    let options = Options {
        partition_function: Some(fixture("SO2_like.q.txt")),
        ..Options::new("CO2")
    };
    let error = read::open(&fixture("SO2_like.par"), &options)
        .map(drop)
        .unwrap_err();
    assert!(error.to_string().contains("SO2"), "{error}");
}

#[test]
fn missing_datasets_and_truncated_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = FileBuilder::new();
    file.create_dataset("xsecarr").with_f64_data(&[1.0]);
    let path = folder.path().join("alone.h5");
    fs::write(&path, file.finish().unwrap()).unwrap();
    let error = read::open(&path, &Options::new("SiO"))
        .map(drop)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("alone.h5") && error.contains("units"),
        "{error}"
    );
    for name in [
        "SiO.TauREx.h5",
        "ktable_SiO_Pa_m2.h5",
        "SiO_opac_ip_kdistr.h5",
        "SiO.h5",
    ] {
        let whole = fs::read(fixture(name)).unwrap();
        for part in [whole.len() / 2, whole.len() - 100] {
            let path = folder.path().join(name);
            fs::write(&path, &whole[..part]).unwrap();
            assert!(
                read::open(&path, &Options::new("SiO")).is_err(),
                "{name} {part}"
            );
        }
    }
}

/// Copies a folder of fixtures, with `change` applied to one file.
fn changed(folder: &str, file: &str, change: impl Fn(Vec<u8>) -> Vec<u8>) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(fixture(folder)).unwrap() {
        let from = entry.unwrap().path();
        let name = from.file_name().unwrap();
        let bytes = fs::read(&from).unwrap();
        let bytes = if name == file { change(bytes) } else { bytes };
        fs::write(copy.path().join(name), bytes).unwrap();
    }
    copy
}

fn folder_refusal(folder: &tempfile::TempDir) -> String {
    read::open(folder.path(), &Options::new("SiO"))
        .map(drop)
        .unwrap_err()
        .to_string()
}

#[test]
fn helios_k_files_that_are_big_endian_truncated_or_missing() {
    let name = "Out_00000_02000_00500_n333.bin";
    let swapped = changed("helios_k", name, |bytes| {
        bytes
            .chunks(4)
            .flat_map(|word| word.iter().rev().copied())
            .collect()
    });
    let message = folder_refusal(&swapped);
    assert!(
        message.contains(name) && message.contains("big-endian"),
        "{message}"
    );
    let short = changed("helios_k", name, |bytes| bytes[..720].to_vec());
    let message = folder_refusal(&short);
    assert!(
        message.contains(name) && message.contains("truncated"),
        "{message}"
    );
    let half = changed("helios_k", name, |bytes| bytes[..400].to_vec());
    assert!(folder_refusal(&half).contains("the same 199 wavenumbers"));
    let gap = changed("helios_k", name, |bytes| bytes);
    fs::remove_file(gap.path().join(name)).unwrap();
    assert!(folder_refusal(&gap).contains("no file for 500 K"));
    let text = "Out_SiO_01000_01500_00500_n800.dat";
    let cut = changed("helios_k_text", text, |bytes| bytes[..26 * 20].to_vec());
    assert!(folder_refusal(&cut).contains(text));
}

#[test]
fn line_lists_whose_parts_do_not_belong_together() {
    let replace = |file: &str, from: &str, to: &str| {
        changed("exomol", file, |bytes| {
            String::from_utf8(bytes)
                .unwrap()
                .replacen(from, to, 1)
                .into_bytes()
        })
    };
    let states = "28Si-16O__Test.states";
    let shifted = replace(states, "1230.000000", "1231.000000");
    assert!(folder_refusal(&shifted).contains("the difference of the states"));
    let doubled = changed("exomol", "28Si-16O__Test.pf", |bytes| {
        let text = String::from_utf8(bytes).unwrap();
        let rows = text.lines().map(|line| {
            let mut fields = line.split_whitespace().map(|f| f.parse::<f64>().unwrap());
            let (t, q) = (fields.next().unwrap(), fields.next().unwrap());
            format!("{t} {}\n", 6.0 * q)
        });
        rows.collect::<String>().into_bytes()
    });
    assert!(folder_refusal(&doubled).contains("nuclear spin"));
    let gone = changed("exomol", states, |bytes| bytes);
    fs::remove_file(gone.path().join("28Si-16O__Test.pf")).unwrap();
    assert!(folder_refusal(&gone).contains("28Si-16O__Test.pf"));
    let packed = changed("exomol", "28Si-16O__Test__01230-02500.trans.bz2", |bytes| {
        bytes[..bytes.len() / 2].to_vec()
    });
    assert!(folder_refusal(&packed).contains(".trans.bz2"));
}

#[test]
fn hitran_rows_that_are_cut_and_a_partition_function_of_another_gas() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(fixture("SO2_like.par")).unwrap();
    let options = |table: PathBuf| Options {
        partition_function: Some(table),
        ..Options::new("SO2")
    };
    let path = folder.path().join("cut.par");
    fs::write(&path, &text[..161 * 7 + 80]).unwrap();
    let error = read::open(&path, &options(fixture("SO2_like.q.txt")))
        .map(drop)
        .unwrap_err();
    assert!(error.to_string().contains("line 8"), "{error}");
    let other = folder.path().join("q.txt");
    fs::write(&other, "100 40\n296 120\n5000 20000\n").unwrap();
    let error = read::open(&fixture("SO2_like.par"), &options(other))
        .map(drop)
        .unwrap_err();
    assert!(error.to_string().contains("implied"), "{error}");
    let error = read::open(&fixture("SO2_like.par"), &Options::new("SO2"))
        .map(drop)
        .unwrap_err();
    assert!(error.to_string().contains("partition function"), "{error}");
}
