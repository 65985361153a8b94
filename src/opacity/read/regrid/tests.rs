use super::*;
use crate::opacity::{Provenance, Tier};

fn table(axis: SpectralAxis, value: impl Fn(f64, f64, usize) -> f64) -> CrossSectionTable {
    let (temperature_k, pressure_bar) = (vec![500.0, 1000.0, 3000.0], vec![1e-4, 1.0]);
    let n = axis.len();
    let mut sigma_cm2 = Vec::new();
    for p in &pressure_bar {
        for t in &temperature_k {
            sigma_cm2.extend((0..n).map(|i| value(*p, *t, i) as f32));
        }
    }
    CrossSectionTable {
        gas: "SiO".to_owned(),
        molar_mass_g_mol: 44.084,
        temperature_k,
        pressure_bar,
        axis,
        sigma_cm2,
        provenance: Provenance {
            tier: Tier::User,
            citation: Vec::new(),
            method: String::new(),
            caveat: String::new(),
        },
    }
}

const TARGET: Target<'static> = Target {
    temperature_k: &[800.0, 2000.0, 4000.0],
    pressure_bar: &[1e-6, 1e-2, 1.0],
};

/// R = 20 000 from 950 to 1250 cm-1.
fn fine() -> Vec<f64> {
    let steps = (20_000.0 * (1250.0_f64 / 950.0).ln()) as usize;
    (0..steps)
        .map(|i| 950.0 * (i as f64 / 20_000.0).exp())
        .collect()
}

fn edges() -> Vec<f64> {
    (0..=10)
        .map(|i| 1000.0 * (f64::from(i) / 100.0).exp())
        .collect()
}

/// Mean over g of a bin.
fn mean(values: &[f32], weights: &[f64]) -> f64 {
    values
        .iter()
        .zip(weights)
        .map(|(k, w)| f64::from(*k) * w)
        .sum()
}

#[test]
fn temperature_and_pressure_follow_the_law_and_are_held_beyond() {
    let law = |p: f64, t: f64| 1e-20 * (-2000.0 / t).exp() * p.powf(0.3);
    let source = table(SpectralAxis::Points(fine()), |p, t, _| law(p, t));
    let nodes = BandNodes {
        edges_per_cm: vec![1000.0, 1030.0],
        wavenumber_per_cm: vec![1010.0, 1020.0],
        weight: vec![0.5, 0.5],
        balance_weight: vec![0.5, 0.5],
    };
    let found = sampled(&source, &nodes, TARGET).expect("fine enough");
    // 4000 K at three pressures, 1e-6 bar at the two other temperatures.
    assert_eq!(found.nodes_held, 5);
    assert_eq!(found.source_range_k, [500.0, 3000.0]);
    assert_eq!(found.share_without_data, 0.0);
    for (ip, p) in TARGET.pressure_bar.iter().enumerate() {
        for (it, t) in TARGET.temperature_k.iter().enumerate() {
            let expected = law(p.max(1e-4), t.min(3000.0));
            let value = f64::from(found.table.row(ip, it)[0]);
            assert!((value / expected - 1.0).abs() < 1e-6, "{p} {t}");
        }
    }
}

#[test]
fn samples_become_distributions_that_keep_the_mean() {
    let nu = fine();
    let line = |i: usize| 1e-20 * (3.0 * (i as f64 * 12.9898).sin()).exp();
    let source = table(SpectralAxis::Points(nu.clone()), |_, _, i| line(i));
    let weights = [0.3, 0.4, 0.2, 0.1];
    let g = [0.15, 0.5, 0.8, 0.95];
    let edges = edges();
    let found = distributed(&source, &edges, &g, &weights, TARGET).expect("fine enough");
    let row = found.table.row(0, 0);
    for (bin, values) in row.chunks(4).enumerate() {
        assert!(values.windows(2).all(|pair| pair[0] <= pair[1]));
        // 200 samples per bin, those at the edges cut.
        let inside: Vec<f64> = (0..nu.len())
            .filter(|i| nu[*i] > edges[bin] && nu[*i] < edges[bin + 1])
            .map(line)
            .collect();
        let expected = inside.iter().sum::<f64>() / inside.len() as f64;
        assert!((mean(values, &weights) / expected - 1.0).abs() < 0.02);
    }
    let coarse: Vec<f64> = (0..100).map(|i| 950.0 + 3.0 * f64::from(i)).collect();
    let source = table(SpectralAxis::Points(coarse), |_, _, _| 1e-20);
    let error = distributed(&source, &edges, &g, &weights, TARGET).expect_err("R = 330");
    assert!(error.to_string().contains("R = 33"), "{error}");
}

/// A k-table in bins of R = 150 whose edges are those of nobody else.
fn k_table() -> CrossSectionTable {
    let axis = SpectralAxis::Bins {
        edges_per_cm: (0..60)
            .map(|i| 990.0 * (f64::from(i) / 150.0).exp())
            .collect(),
        g: vec![0.25, 0.7, 0.95],
        weights: vec![0.5, 0.4, 0.1],
    };
    table(axis, |p, t, i| {
        1e-22 * (1.0 + i as f64) * [1.0, 10.0, 200.0][i % 3] * p.powf(0.1) / t
    })
}

#[test]
fn distributions_are_merged_by_overlap() {
    let source = k_table();
    let SpectralAxis::Bins {
        edges_per_cm,
        weights,
        ..
    } = &source.axis
    else {
        panic!("bins");
    };
    let target = edges();
    let new_weights = [0.25, 0.25, 0.3, 0.15, 0.05];
    let g = [0.1, 0.4, 0.6, 0.8, 0.9];
    let found = distributed(&source, &target, &g, &new_weights, TARGET).expect("bins");
    // The node 1 bar, 2000 K lies between source nodes: compare at 1 bar, by interpolating.
    let own = Target {
        temperature_k: &source.temperature_k,
        pressure_bar: &source.pressure_bar,
    };
    let same = distributed(&source, &target, &g, &new_weights, own).expect("bins");
    assert_eq!(same.nodes_held, 0);
    assert_eq!(found.table.temperature_k, TARGET.temperature_k);
    let row = source.row(1, 2);
    for bin in 0..10 {
        let mut expected = 0.0;
        for i in 0..edges_per_cm.len() - 1 {
            let low = edges_per_cm[i].max(target[bin]).ln();
            let high = edges_per_cm[i + 1].min(target[bin + 1]).ln();
            let share = (high - low).max(0.0) * 100.0;
            expected += share * mean(&row[3 * i..3 * i + 3], weights);
        }
        let values = &same.table.row(1, 2)[5 * bin..5 * bin + 5];
        assert!(
            (mean(values, &new_weights) / expected - 1.0).abs() < 1e-6,
            "{bin}"
        );
        assert!(values.windows(2).all(|pair| pair[0] <= pair[1]));
    }
}

#[test]
fn dealing_keeps_band_means_in_an_order_of_the_gas() {
    let source = k_table();
    let band_edges = edges();
    let per_band = 16;
    let wavenumber: Vec<f64> = (0..10 * per_band)
        .map(|i| 1000.0 * ((f64::from(i as u32) + 0.5) / (100.0 * per_band as f64)).exp())
        .collect();
    let weights: Vec<f64> = (0..10 * per_band)
        .map(|i| (1.0 + (i % per_band) as f64) / (per_band * (per_band + 1) / 2) as f64)
        .collect();
    let nodes = BandNodes {
        edges_per_cm: band_edges.clone(),
        wavenumber_per_cm: wavenumber,
        weight: weights.clone(),
        balance_weight: weights.clone(),
    };
    let own = Target {
        temperature_k: &source.temperature_k,
        pressure_bar: &source.pressure_bar,
    };
    let dealt = sampled(&source, &nodes, own).expect("bins");
    let whole = distributed(&source, &band_edges, &[0.5], &[1.0], own).expect("bins");
    for (ip, it) in [(0, 0), (1, 2)] {
        let (row, means) = (dealt.table.row(ip, it), whole.table.row(ip, it));
        for (band, expected) in means.iter().enumerate().take(10) {
            let range = band * per_band..(band + 1) * per_band;
            let found = mean(&row[range.clone()], &weights[range]);
            assert!((found / f64::from(*expected) - 1.0).abs() < 1e-6);
        }
    }
    // The same order at every temperature and pressure, another one for another gas.
    let ranks = |table: &CrossSectionTable, ip, it| {
        let row = &table.row(ip, it)[..per_band];
        let mut order: Vec<usize> = (0..per_band).collect();
        order.sort_by(|a, b| row[*a].total_cmp(&row[*b]));
        order
    };
    assert_eq!(ranks(&dealt.table, 0, 0), ranks(&dealt.table, 1, 2));
    let other = CrossSectionTable {
        gas: "MgO".to_owned(),
        ..source.clone()
    };
    let other = sampled(&other, &nodes, own).expect("bins");
    assert_ne!(ranks(&dealt.table, 0, 0), ranks(&other.table, 0, 0));
}

#[test]
fn what_the_source_does_not_cover_is_zero_and_counted() {
    let source = k_table();
    let edges = [900.0, 990.0, 1000.0];
    let found = distributed(&source, &edges, &[0.5], &[1.0], TARGET).expect("bins");
    let share = (990.0_f64 / 900.0).ln() / (1000.0_f64 / 900.0).ln();
    assert!((found.share_without_data - share).abs() < 1e-9);
    assert_eq!(found.table.row(0, 0)[0], 0.0);
    assert!(found.table.row(0, 0)[1] > 0.0);
}
