use super::*;
use crate::opacity::codec::Precision;
use crate::opacity::provenance::{Provenance, Tier};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

const WAVENUMBER: [f64; 6] = [1000.5, 1003.0, 1011.0, 1017.0, 1022.0, 1028.0];

fn provenance() -> Provenance {
    Provenance {
        tier: Tier::C,
        citation: vec!["made for this test".to_owned()],
        method: "formula".to_owned(),
        caveat: String::new(),
    }
}

/// σ = 1e-18 (T/1000)² (p)^0.5 times a number of the point.
fn table(gas: &str, axis: SpectralAxis) -> CrossSectionTable {
    let temperature_k: Vec<f64> = vec![800.0, 1200.0, 2000.0, 3500.0, 6000.0];
    let pressure_bar: Vec<f64> = vec![1e-6, 1e-4, 1e-2, 1.0];
    let mut sigma_cm2 = Vec::new();
    for p in &pressure_bar {
        for t in &temperature_k {
            for i in 0..axis.len() {
                let value: f64 = 1e-18 * (t / 1000.0).powi(2) * p.sqrt() * (1 + i) as f64;
                sigma_cm2.push(value as f32);
            }
        }
    }
    CrossSectionTable {
        gas: gas.to_owned(),
        molar_mass_g_mol: 44.0,
        temperature_k,
        pressure_bar,
        axis,
        sigma_cm2,
        provenance: provenance(),
    }
}

fn nodes() -> BandNodes {
    BandNodes {
        wavenumber_per_cm: WAVENUMBER.to_vec(),
        weight: vec![0.2, 0.3, 0.5, 0.25, 0.5, 0.25],
        balance_weight: vec![0.0, 0.4, 0.6, 0.0, 1.0, 0.0],
        edges_per_cm: vec![1000.0, 1015.0, 1030.0],
    }
}

fn bins() -> SpectralAxis {
    SpectralAxis::Bins {
        edges_per_cm: vec![1000.0, 1010.0, 1020.0, 1030.0],
        g: vec![0.25, 0.75],
        weights: vec![0.5, 0.5],
    }
}

fn small_set() -> Vec<u8> {
    let mut writer = SetWriter::new(vec![("wing_cutoff_per_cm".into(), "100".into())]);
    writer.add_nodes(&nodes());
    for gas in ["SiO", "MgO"] {
        let sampled = table(gas, SpectralAxis::Points(WAVENUMBER.to_vec()));
        let lines = LineRecord {
            kept: 10,
            dropped: 2,
            lost_strength: 1e-7,
        };
        let tables = [sampled, table(gas, bins())];
        writer
            .add_gas(&tables, Some(lines), Precision::default())
            .unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn what_is_written_is_read() {
    let set = OpacitySet::from_bytes("test", small_set()).unwrap();
    assert_eq!(set.gases().collect::<Vec<_>>(), ["MgO", "SiO"]);
    assert_eq!(set.manifest().axes.len(), 2);
    assert_eq!(set.band_nodes().unwrap(), Some(nodes()));
    for sort in [Sort::Sampled, Sort::KDistribution] {
        let read = set.table("SiO", sort).unwrap();
        let original = match sort {
            Sort::Sampled => table("SiO", SpectralAxis::Points(WAVENUMBER.to_vec())),
            Sort::KDistribution => table("SiO", bins()),
        };
        assert_eq!(read.axis, original.axis);
        assert_eq!(read.provenance, original.provenance);
        for (a, b) in read.sigma_cm2.iter().zip(&original.sigma_cm2) {
            assert!((a / b - 1.0).abs() < 0.025, "{a:e} {b:e}");
        }
    }
    let message = set.table("SIO", Sort::Sampled).unwrap_err().to_string();
    assert!(message.contains("SiO"), "{message}");
}

#[test]
fn a_gas_is_carried_over_byte_for_byte() {
    let bytes = small_set();
    let set = OpacitySet::from_bytes("test", bytes.clone()).unwrap();
    let mut writer = SetWriter::new(set.manifest().options.clone());
    writer.carry_over(&set, "SiO").unwrap();
    writer.carry_over(&set, "MgO").unwrap();
    assert!(writer.carry_over(&set, "MgO").is_err());
    assert_eq!(writer.finish().unwrap(), bytes);
}

#[test]
fn other_files_versions_and_stumps_are_refused_by_name() {
    let bytes = small_set();
    let refused = |bytes: Vec<u8>| {
        let error = OpacitySet::from_bytes("some.opk", bytes).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("some.opk"), "{message}");
        message
    };
    assert!(refused(b"PK..".to_vec()).contains("magmaopk"));
    let mut newer = bytes.clone();
    newer[8] = 2;
    assert!(refused(newer).contains("version 2"));
    for cut in 0..bytes.len() {
        refused(bytes[..cut].to_vec());
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(refused(longer).contains("added"));
}

/// A file of this manifest and these blocks, with the right blake3.
fn assembled(manifest: &[u8], blocks: &[u8]) -> Vec<u8> {
    let mut file = MAGIC.to_vec();
    file.extend_from_slice(&VERSION.to_le_bytes());
    file.extend_from_slice(&(manifest.len() as u64).to_le_bytes());
    file.extend_from_slice(blake3::hash(manifest).as_bytes());
    file.extend_from_slice(manifest);
    file.extend_from_slice(blocks);
    file
}

/// Reads everything; errors are fine, panics and bad numbers are not.
fn read_all(bytes: Vec<u8>) -> bool {
    let Ok(set) = OpacitySet::from_bytes("mutated", bytes) else {
        return false;
    };
    let gases: Vec<String> = set.gases().map(str::to_owned).collect();
    let mut sound = set.band_nodes().is_ok();
    for gas in gases {
        for sort in [Sort::Sampled, Sort::KDistribution] {
            match set.table(&gas, sort) {
                Ok(table) => assert!(table.sigma_cm2.iter().all(|s| s.is_finite())),
                Err(_) => sound = false,
            }
        }
    }
    sound
}

#[test]
fn ten_thousand_damaged_files_give_no_panic() {
    let good = small_set();
    assert!(read_all(good.clone()));
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    for _ in 0..5000 {
        let mut bad = good.clone();
        for _ in 0..rng.random_range(1..4) {
            let at = rng.random_range(0..bad.len());
            bad[at] = rng.random();
        }
        if bad != good {
            assert!(!read_all(bad));
        }
    }
    // With checksums that fit, so that what lies behind them is reached.
    let set = OpacitySet::from_bytes("good", good.clone()).unwrap();
    let text = good[HEAD..set.start].to_vec();
    let blocks = good[set.start..].to_vec();
    for _ in 0..5000 {
        let (mut manifest, mut blocks) = (text.clone(), blocks.clone());
        let at = rng.random_range(0..manifest.len());
        if rng.random() {
            manifest[at] = b"0123456789,.-e[]{}\"x"[rng.random_range(0..20)];
        } else {
            let record = set.manifest.blocks().nth(rng.random_range(0..6)).unwrap();
            let range = record.offset as usize..(record.offset + record.bytes) as usize;
            blocks[rng.random_range(range.clone())] = rng.random();
            let hash = blake3::hash(&blocks[range]).to_hex().to_string();
            let replaced = String::from_utf8(manifest).unwrap();
            manifest = replaced.replace(&record.blake3, &hash).into_bytes();
        }
        read_all(assembled(&manifest, &blocks));
    }
}

#[test]
fn interpolation_gives_wings_and_boltzmann_factors_exactly_and_refuses_the_outside() {
    let mut table = table("SiO", bins());
    let width = table.axis.len();
    for (node, row) in table.sigma_cm2.chunks_exact_mut(width).enumerate() {
        let (p, t) = (table.pressure_bar[node / 5], table.temperature_k[node % 5]);
        for (i, sigma) in row.iter_mut().enumerate() {
            *sigma = (1e-18 * p * (-9000.0 / t).exp() * (1 + i) as f64) as f32;
        }
    }
    let row = row_at(&table, 1500.0, 3e-4).unwrap();
    for (i, sigma) in row.iter().enumerate() {
        let expected = 1e-18 * 3e-4 * (-6.0_f64).exp() * (1 + i) as f64;
        assert!((sigma / expected - 1.0).abs() < 1e-5, "{sigma:e}");
    }
    assert!(row_at(&table, 700.0, 1e-3).is_err());
    assert!(row_at(&table, 1500.0, 2.0).is_err());
}

#[test]
fn means_in_bins_weigh_by_overlap() {
    // Bins of 2 values each: means 1.5, 3.5, 5.5.
    let row = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let whole = mean_in_bins(&bins(), None, &row, &[1000.0, 1010.0, 1030.0, 1040.0]);
    assert!((whole[0] - 1.5).abs() < 1e-12);
    let (first, second) = ((1020.0_f64 / 1010.0).ln(), (1030.0_f64 / 1020.0).ln());
    let expected = (3.5 * first + 5.5 * second) / (first + second);
    assert!((whole[1] - expected).abs() < 1e-12);
    assert!(whole[2].is_nan());
    let axis = SpectralAxis::Points(WAVENUMBER.to_vec());
    let bands = mean_in_bins(&axis, Some(&nodes()), &row, &[1000.0, 1015.0, 1030.0]);
    assert!((bands[0] - 2.3).abs() < 1e-12 && (bands[1] - 5.0).abs() < 1e-12);
}

#[test]
fn pairs_come_back_exactly_and_are_carried_over() {
    use crate::opacity::collision_induced::{Band, CollisionInduced};
    let pair = CollisionInduced {
        pair: ("N2".to_owned(), "CO2".to_owned()),
        bands: vec![Band {
            wavenumber_per_cm: vec![10.0, 20.0, 35.5],
            temperature_k: vec![200.0, 400.0],
            coefficient_cm5: vec![1e-45, 2e-45, 0.0, 3e-46, 4e-46, 5e-47],
        }],
        negative_set_to_zero: 2,
    };
    let mut writer = SetWriter::default();
    writer.add_pair(&pair, "N2-CO2.cia");
    let set = OpacitySet::from_bytes("a set", writer.finish().unwrap()).unwrap();
    assert_eq!(set.pair("N2-CO2").unwrap(), pair);
    let message = set.pair("N2-CO").unwrap_err().to_string();
    assert!(message.contains("`N2-CO2`"), "{message}");

    let mut other = SetWriter::default();
    other.carry_over_pairs(&set).unwrap();
    let again = OpacitySet::from_bytes("another", other.finish().unwrap()).unwrap();
    assert_eq!(again.pair("N2-CO2").unwrap(), pair);
    assert_eq!(again.pairs()[0].source, "N2-CO2.cia");
}
