use super::*;
use crate::opacity::codec::Precision;
use crate::opacity::provenance::{Provenance, Tier};
use crate::opacity::set::{BandNodes, SetWriter};
use crate::opacity::table::SpectralAxis;

/// k-distributions from 4.9 to 12.5 µm: 1e-20 cm² with a line shape, times `factor` of the wavelength.
fn table(gas: &str, factor: Factor) -> CrossSectionTable {
    let edges_per_cm: Vec<f64> = (0..=60)
        .map(|i| 800.0 * (2040.0_f64 / 800.0).powf(f64::from(i) / 60.0))
        .collect();
    let (temperature_k, pressure_bar) = (vec![1000.0, 2000.0, 4000.0], vec![1e-5, 1.0]);
    let mut sigma_cm2 = Vec::new();
    for _ in &pressure_bar {
        for t in &temperature_k {
            for bin in edges_per_cm.windows(2) {
                let um = 1e4 / (bin[0] * bin[1]).sqrt();
                let mean = 1e-20 * (t / 2000.0) * factor(um);
                sigma_cm2.extend([0.5 * mean as f32, 1.5 * mean as f32]);
            }
        }
    }
    CrossSectionTable {
        gas: gas.to_owned(),
        molar_mass_g_mol: 44.0,
        temperature_k,
        pressure_bar,
        axis: SpectralAxis::Bins {
            edges_per_cm,
            g: vec![0.25, 0.75],
            weights: vec![0.5, 0.5],
        },
        sigma_cm2,
        provenance: Provenance {
            tier: Tier::C,
            citation: vec!["made for this test".to_owned()],
            method: "formula".to_owned(),
            caveat: String::new(),
        },
    }
}

type Factor = fn(f64) -> f64;

fn set(name: &str, gases: &[(&str, Factor)]) -> OpacitySet {
    let mut writer = SetWriter::new(Vec::new());
    for (gas, factor) in gases {
        let table = table(gas, *factor);
        writer
            .add_gas(&[table], None, Precision::default())
            .unwrap();
    }
    OpacitySet::from_bytes(name, writer.finish().unwrap()).unwrap()
}

fn choices() -> Choices {
    Choices {
        ranges_um: vec![[5.0, 12.0]],
        resolution: 30.0,
        temperature_k: vec![1500.0],
        pressure_bar: vec![1e-3],
        ..Choices::default()
    }
}

#[test]
fn a_set_agrees_with_itself() {
    let one = set("a", &[("SiO", |_| 1.0)]);
    let found = compare(&one, &one, &choices()).unwrap();
    let row = &found.rows[0];
    // ln(12/5) x 30 = 26.3.
    assert_eq!((row.bins, row.one_sided_bins), (26, 0));
    assert_eq!(row.mean_abs_log10, Some(0.0));
    assert_eq!(row.mean_ratio, Some(1.0));
    assert!(found.only_in_a.is_empty() && found.skipped.is_empty());
}

/// Sampled cross sections at three nodes in each of ten bands, `sigma_cm2` at all of them.
fn sampled(name: &str, sigma_cm2: f32) -> OpacitySet {
    let edges_per_cm: Vec<f64> = (0..=10).map(|i| 800.0 + 124.0 * f64::from(i)).collect();
    let wavenumber_per_cm: Vec<f64> = edges_per_cm[..10]
        .iter()
        .flat_map(|edge| [20.0, 60.0, 110.0].map(|step| edge + step))
        .collect();
    let mut table = table("SiO", |_| 1.0);
    table.axis = SpectralAxis::Points(wavenumber_per_cm.clone());
    table.sigma_cm2 = vec![sigma_cm2; 6 * 30];
    let mut writer = SetWriter::new(Vec::new());
    writer.add_nodes(&BandNodes {
        wavenumber_per_cm,
        weight: [0.2, 0.3, 0.5].repeat(10),
        balance_weight: [0.0, 1.0, 0.0].repeat(10),
        edges_per_cm,
    });
    writer
        .add_gas(&[table], None, Precision::default())
        .unwrap();
    OpacitySet::from_bytes(name, writer.finish().unwrap()).unwrap()
}

#[test]
fn sampled_cross_sections_compare_with_k_distributions() {
    let bins = set("bins", &[("SiO", |_| 1.0)]);
    let choices = Choices {
        temperature_k: vec![2000.0],
        ..choices()
    };
    let found = compare(&sampled("nodes", 5e-21), &bins, &choices).unwrap();
    let row = &found.rows[0];
    assert_eq!((row.bins, row.one_sided_bins), (26, 0));
    assert!((row.mean_ratio.unwrap() - 2.0).abs() < 0.04, "{row:?}");
}

#[test]
fn factors_come_back() {
    let a = set("a", &[("SiO", |_| 1.0), ("MgO", |_| 1.0), ("CO", |_| 1.0)]);
    let b = set(
        "b",
        &[
            ("SiO", |um| if um > 8.5 { 10.0 } else { 1.0 }),
            ("MgO", |_| 0.1),
            ("TiO", |_| 1.0),
        ],
    );
    let found = compare(&a, &b, &choices()).unwrap();
    assert_eq!(found.only_in_a, ["CO"]);
    assert_eq!(found.only_in_b, ["TiO"]);
    let row = |gas: &str| found.rows.iter().find(|row| row.gas == gas).unwrap();
    let close = |found: Option<f64>, expected: f64| {
        // The tables are kept to a per cent.
        assert!(
            (found.unwrap() - expected).abs() < 0.02,
            "{found:?} {expected}"
        );
    };
    close(row("MgO").mean_abs_log10, 1.0);
    close(row("MgO").mean_ratio, 0.1);
    close(row("SiO").largest_abs_log10, 1.0);
    assert!(row("SiO").largest_at_um.unwrap() > 8.4);
    // ln(12/8.5)/ln(12/5) = 0.394 of the bins are tenfold: within one bin of 26.
    assert!((row("SiO").mean_abs_log10.unwrap() - 0.394).abs() < 0.04);
    assert!((row("SiO").mean_ratio.unwrap() - (1.0 + 9.0 * 0.394)).abs() < 0.36);
}

#[test]
fn faint_bins_do_not_count_and_one_sided_ones_are_told() {
    let a = set("a", &[("SiO", |um| if um > 8.5 { 1e-9 } else { 1.0 })]);
    let b = set("b", &[("SiO", |um| if um > 8.5 { 1e-8 } else { 1.0 })]);
    let row = &compare(&a, &b, &choices()).unwrap().rows[0];
    assert!((14..18).contains(&row.bins), "{}", row.bins);
    assert!(row.largest_abs_log10.unwrap() < 0.02);
    let all = Choices {
        faint: 0.0,
        ..choices()
    };
    let row = &compare(&a, &b, &all).unwrap().rows[0];
    assert!((row.largest_abs_log10.unwrap() - 1.0).abs() < 0.02);
    let c = set("c", &[("SiO", |um| if um > 8.5 { 0.0 } else { 1.0 })]);
    let d = set("d", &[("SiO", |_| 1.0)]);
    let row = &compare(&c, &d, &choices()).unwrap().rows[0];
    assert!(row.one_sided_bins > 8 && row.bins > 13, "{row:?}");
}

#[test]
fn what_a_set_does_not_reach_is_told() {
    let one = set("some set", &[("SiO", |_| 1.0)]);
    let wide = Choices {
        ranges_um: vec![[5.0, 12.0], [0.1, 0.4]],
        temperature_k: vec![1500.0, 9000.0],
        ..choices()
    };
    let found = compare(&one, &one, &wide).unwrap();
    assert_eq!(found.rows.len(), 1);
    assert!(
        found
            .skipped
            .iter()
            .any(|s| s.contains("9000") && s.contains("some set"))
    );
    assert!(found.skipped.iter().any(|s| s.contains("0.1 to 0.4")));
}

#[test]
fn choices_out_of_range_are_refused() {
    let one = set("a", &[("SiO", |_| 1.0)]);
    let refused = |choices: Choices, key: &str| {
        let message = compare(&one, &one, &choices).unwrap_err().to_string();
        assert!(message.contains(key), "{message}");
    };
    for range in [
        [0.0, 1.0],
        [2.0, 1.0],
        [1.0, f64::INFINITY],
        [f64::NAN, 1.0],
    ] {
        let ranges_um = vec![range];
        refused(
            Choices {
                ranges_um,
                ..choices()
            },
            "range_um",
        );
    }
    for resolution in [0.0, f64::NAN, 1e9] {
        refused(
            Choices {
                resolution,
                ..choices()
            },
            "resolution",
        );
    }
    for faint in [-0.1, 1.0, f64::NAN] {
        refused(Choices { faint, ..choices() }, "faint");
    }
    let gases = vec!["FeO".to_owned()];
    refused(Choices { gases, ..choices() }, "FeO");
}
