//! Every fixture gives the numbers of the formulae.

use magmaret::opacity::read::{self, Content, Format, Options};
use magmaret::opacity::{CrossSectionTable, LineGas, SpectralAxis};

use super::fixture;
use super::formulae::{
    C2, MASS_SIO, PRESSURE_BAR, TEMPERATURE, cross_section, distribution, edges, einstein, levels,
    partition, transitions, wavenumber,
};

/// Single precision, and one more rounding where a unit was converted.
const FLOAT32: f64 = 2.5e-7;

fn table(name: &str, options: &Options) -> CrossSectionTable {
    match read::open(&fixture(name), options) {
        Ok(Content::Table(table)) => table,
        other => panic!("{name}: {other:?}"),
    }
}

fn lines(name: &str, options: &Options) -> LineGas {
    match read::open(&fixture(name), options) {
        Ok(Content::Lines(gas)) => gas,
        other => panic!("{name}: {other:?}"),
    }
}

/// HELIOS files hold cm2/g for the molar mass of the fixtures.
fn helios_options() -> Options {
    Options {
        molar_mass_g_mol: Some(MASS_SIO),
        ..Options::new("SiO")
    }
}

fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (a, b) in found.iter().zip(expected) {
        assert!((a / b - 1.0).abs() < tolerance, "{a} {b}");
    }
}

/// Compares all values of a table with `expected(p, T, spectral index, g)`; returns the worst.
fn compare(
    table: &CrossSectionTable,
    tolerance: f64,
    expected: impl Fn(f64, f64, usize, f64) -> f64,
) {
    let g = match &table.axis {
        SpectralAxis::Points(_) => vec![0.0],
        SpectralAxis::Bins { g, .. } => g.clone(),
    };
    for (ip, p) in table.pressure_bar.iter().enumerate() {
        for (it, t) in table.temperature_k.iter().enumerate() {
            for (i, found) in table.row(ip, it).iter().enumerate() {
                let value = expected(*p, *t, i / g.len(), g[i % g.len()]);
                let error = (f64::from(*found) / value - 1.0).abs();
                assert!(
                    error < tolerance,
                    "{p} bar, {t} K, {i}: {found:e} {value:e}"
                );
            }
        }
    }
}

fn points(table: &CrossSectionTable) -> &[f64] {
    match &table.axis {
        SpectralAxis::Points(nu) => nu,
        SpectralAxis::Bins { .. } => panic!("bins"),
    }
}

fn check_points(table: &CrossSectionTable, tolerance: f64) {
    close(points(table), &wavenumber(), 1e-12);
    close(&table.pressure_bar, &PRESSURE_BAR, 1e-12);
    close(&table.temperature_k, &TEMPERATURE, 1e-12);
    let nu = wavenumber();
    compare(table, tolerance, |p, t, i, _| cross_section(nu[i], t, p));
}

fn check_bins(table: &CrossSectionTable, tolerance: f64) {
    let SpectralAxis::Bins {
        edges_per_cm,
        weights,
        ..
    } = &table.axis
    else {
        panic!("points");
    };
    let edges = edges();
    close(edges_per_cm, &edges, 1e-12);
    assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    close(&table.pressure_bar, &PRESSURE_BAR, 1e-12);
    compare(table, tolerance, |p, t, i, g| {
        distribution(0.5 * (edges[i] + edges[i + 1]), t, p, g)
    });
}

#[test]
fn cross_sections_of_h5py_and_exo_k() {
    for name in [
        "SiO.TauREx.h5",
        "xtable_SiO_bar_cm2.h5",
        "xtable_SiO_Pa_m2.h5",
    ] {
        assert_eq!(read::detect(&fixture(name)).unwrap(), Format::ExoMolOp);
        let table = table(name, &Options::new("SiO"));
        check_points(&table, FLOAT32);
        assert_eq!(table.provenance.citation, ["10.0000/synthetic"]);
    }
}

#[test]
fn k_tables_of_h5py_and_exo_k() {
    for name in [
        "28Si-16O__Test.R50_5-16mu.ktable.petitRADTRANS.h5",
        "ktable_SiO_bar_cm2.h5",
        "ktable_SiO_Pa_m2.h5",
    ] {
        assert_eq!(read::detect(&fixture(name)).unwrap(), Format::KTable);
        check_bins(&table(name, &Options::new("SiO")), FLOAT32);
    }
}

#[test]
fn binary_and_text_of_helios_k() {
    let binary = table("helios_k", &helios_options());
    assert_eq!(binary.temperature_k, [500.0, 1500.0]);
    close(
        &binary.pressure_bar,
        &[1e-8, 10.0_f64.powf(-10.0 / 3.0), 10.0],
        1e-12,
    );
    // The point at zero wavenumber is left out.
    let nu: Vec<f64> = (1..200).map(|i| 10.0 * f64::from(i)).collect();
    close(points(&binary), &nu, 1e-12);
    compare(&binary, FLOAT32, |p, t, i, _| cross_section(nu[i], t, p));
    let text = table("helios_k_text", &helios_options());
    let nu: Vec<f64> = (0..51).map(|i| 1000.0 + 10.0 * f64::from(i)).collect();
    close(points(&text), &nu, 1e-12);
    // Ten digits in the text.
    compare(&text, FLOAT32, |p, t, i, _| cross_section(nu[i], t, p));
}

#[test]
fn tables_of_helios() {
    let table_k = table("SiO_opac_ip_kdistr.h5", &helios_options());
    let SpectralAxis::Bins {
        edges_per_cm,
        weights,
        ..
    } = &table_k.axis
    else {
        panic!("points");
    };
    close(edges_per_cm, &edges(), 1e-12);
    assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    // Gauss-Legendre with 8 points on (0, 1): 0.050614268 is the first weight (Abramowitz &
    // Stegun, table 25.4, halved).
    assert!((weights[0] - 0.050_614_268_145).abs() < 1e-11);
    let edges = edges();
    compare(&table_k, FLOAT32, |p, t, i, g| {
        // Centres are the middles in wavelength.
        let centre = 2.0 / (1.0 / edges[i] + 1.0 / edges[i + 1]);
        distribution(centre, t, p, g)
    });
    check_points(&table("SiO_opac_sampling.h5", &helios_options()), FLOAT32);
}

#[test]
fn k_table_of_clima() {
    // log10 in single precision: 1e-6 in the logarithm of 1e-20.
    check_table_of_clima(&table("SiO.h5", &Options::new("SiO")), 5e-6);
}

fn check_table_of_clima(table: &CrossSectionTable, tolerance: f64) {
    let edges = edges();
    let SpectralAxis::Bins { edges_per_cm, .. } = &table.axis else {
        panic!("points");
    };
    close(edges_per_cm, &edges, 1e-12);
    close(&table.pressure_bar, &PRESSURE_BAR, 1e-12);
    // The file holds the weights alone; the abscissae of the fixture are Gauss-Legendre.
    let abscissae = [
        0.019_855_071_751,
        0.101_666_761_293,
        0.237_233_795_042,
        0.408_282_678_752,
        0.591_717_321_248,
        0.762_766_204_958,
        0.898_333_238_707,
        0.980_144_928_249,
    ];
    for (ip, p) in table.pressure_bar.iter().enumerate() {
        for (it, t) in table.temperature_k.iter().enumerate() {
            for (i, found) in table.row(ip, it).iter().enumerate() {
                let centre = 0.5 * (edges[i / 8] + edges[i / 8 + 1]);
                let value = distribution(centre, *t, *p, abscissae[i % 8]);
                assert!((f64::from(*found) / value - 1.0).abs() < tolerance);
            }
        }
    }
}

#[test]
fn collision_induced_absorption_of_exo_k() {
    let Content::Pair(pair) = read::open(&fixture("N2-CO2.cia.h5"), &Options::new("N2")).unwrap()
    else {
        panic!("not a pair");
    };
    assert_eq!(pair.pair, ("N2".to_owned(), "CO2".to_owned()));
    let band = &pair.bands[0];
    for (it, t) in [200.0, 400.0, 800.0].into_iter().enumerate() {
        for (i, nu) in band.wavenumber_per_cm.iter().enumerate() {
            let found = band.coefficient_cm5[it * band.wavenumber_per_cm.len() + i];
            let expected = 1e-44 * (-nu / t).exp();
            assert!((found / expected - 1.0).abs() < FLOAT32);
        }
    }
}

#[test]
fn line_list_of_exomol() {
    let gas = lines("exomol", &Options::new("SiO"));
    let list = &gas.lists[0];
    let expected = transitions();
    assert_eq!(list.lines.len(), expected.len());
    for (line, (nu, a, j, k)) in list.lines.iter().zip(&expected) {
        assert!((line.wavenumber_per_cm - nu).abs() < 1e-9);
        // A has five digits in the file.
        let strength =
            a * f64::from(2 * j + 1) / (8.0 * std::f64::consts::PI * 2.997_924_58e10 * nu * nu);
        assert!((f64::from(line.weight_cm) / strength - 1.0).abs() < 6e-5);
        let held = f64::from(*k).min(29.0);
        assert!((f64::from(line.half_width_per_cm_bar) - (0.08 - 0.001 * held)).abs() < 1e-7);
        assert!((f64::from(line.width_exponent) - (0.6 - 0.005 * held)).abs() < 6e-4);
    }
    assert!((list.partition.value(1000.0) / partition(1000.0) - 1.0).abs() < 1e-6);
    assert!(
        gas.provenance.method.contains("H2"),
        "{}",
        gas.provenance.method
    );
    assert!(levels().len() == 120 && einstein(1000.0, 1, 0) > 0.0);
}

#[test]
fn lines_of_hitran() {
    let options = Options {
        partition_function: Some(fixture("SO2_like.q.txt")),
        strength_cut: 0.0,
        ..Options::new("SO2")
    };
    let gas = lines("SO2_like.par", &options);
    let list = &gas.lists[0];
    assert!((list.abundance - 0.945_677_7).abs() < 1e-9);
    let expected = transitions();
    assert_eq!(list.lines.len(), expected.len());
    for (line, (nu, a, j, k)) in list.lines.iter().zip(&expected) {
        let lower = 0.7 * f64::from(k * (k + 1));
        for t in [296.0, 1000.0, 3000.0] {
            let strength = 0.945_678 * a * f64::from(2 * j + 1)
                / (8.0 * std::f64::consts::PI * 2.997_924_58e10 * nu * nu)
                * (-C2 * lower / t).exp()
                * -(-C2 * nu / t).exp_m1()
                / partition(t);
            let found = list.strength_cm(line, t);
            // Strengths have four digits in the file, Q(T) is interpolated.
            assert!(
                (found / strength - 1.0).abs() < 7e-4,
                "{nu} {t} {found:e} {strength:e}"
            );
        }
        // 0.1 per atm.
        assert!((f64::from(line.half_width_per_cm_bar) - 0.1 / 1.013_25).abs() < 1e-7);
    }
}
