//! Tables of others on the grid of an opacity set, through the file and back.

use magmaret::opacity::codec::Precision;
use magmaret::opacity::read::import::add_table;
use magmaret::opacity::read::{self, Content, Options};
use magmaret::opacity::set::{BandNodes, SetWriter, Sort};
use magmaret::opacity::{CrossSectionTable, OpacitySet, Provenance, SpectralAxis, Tier};

use super::fixture;
use super::formulae::{cross_section, distribution};

const BANDS: usize = 20;
const PER_BAND: usize = 6;

fn provenance() -> Provenance {
    Provenance {
        tier: Tier::C,
        citation: Vec::new(),
        method: "synthetic".to_owned(),
        caveat: String::new(),
    }
}

/// A set of MgO from 900 to 1500 cm-1, 800 to 4000 K, 1e-4 to 10 bar.
fn base() -> OpacitySet {
    let edges: Vec<f64> = (0..=BANDS)
        .map(|band| 900.0 * (5.0_f64 / 3.0).powf(band as f64 / BANDS as f64))
        .collect();
    let mut nodes = BandNodes {
        wavenumber_per_cm: Vec::new(),
        weight: Vec::new(),
        balance_weight: Vec::new(),
        edges_per_cm: edges.clone(),
    };
    for pair in edges.windows(2) {
        for i in 0..PER_BAND {
            let share = (i as f64 + 0.5) / PER_BAND as f64;
            nodes
                .wavenumber_per_cm
                .push(pair[0] + (pair[1] - pair[0]) * share);
            nodes.balance_weight.push([0.5, 0.0, 0.5, 0.0, 0.0, 0.0][i]);
            nodes.weight.push([0.3, 0.2, 0.2, 0.15, 0.1, 0.05][i]);
        }
    }
    let table = |axis: SpectralAxis| CrossSectionTable {
        gas: "MgO".to_owned(),
        molar_mass_g_mol: 40.304,
        temperature_k: vec![800.0, 1500.0, 2500.0, 4000.0],
        pressure_bar: vec![1e-4, 1e-2, 1.0, 10.0],
        sigma_cm2: vec![1e-20; 16 * axis.len()],
        axis,
        provenance: provenance(),
    };
    let points = table(SpectralAxis::Points(nodes.wavenumber_per_cm.clone()));
    let bins = table(SpectralAxis::Bins {
        edges_per_cm: edges,
        g: vec![0.3, 0.8],
        weights: vec![0.6, 0.4],
    });
    let mut writer = SetWriter::new(Vec::new());
    writer.add_nodes(&nodes);
    writer
        .add_gas(&[points, bins], None, Precision::default())
        .unwrap();
    OpacitySet::from_bytes("base", writer.finish().unwrap()).unwrap()
}

fn imported(source: &CrossSectionTable) -> (OpacitySet, OpacitySet) {
    let base = base();
    let mut writer = SetWriter::new(Vec::new());
    writer.carry_over(&base, "MgO").unwrap();
    let report = add_table(&mut writer, &base, source, Precision::default()).unwrap();
    assert_eq!(report.share_of_nodes_without_data, 0.0);
    let set = OpacitySet::from_bytes("new", writer.finish().unwrap()).unwrap();
    (base, set)
}

/// Weighted mean of the nodes of a band.
fn band_mean(row: &[f32], nodes: &BandNodes, band: usize) -> f64 {
    nodes
        .nodes(band)
        .map(|node| f64::from(row[node]) * nodes.weight[node])
        .sum()
}

#[test]
fn a_k_table_becomes_nodes_and_bins() {
    let name = "28Si-16O__Test.R50_5-16mu.ktable.petitRADTRANS.h5";
    let Content::Table(source) = read::open(&fixture(name), &Options::new("SiO")).unwrap() else {
        panic!("not a table");
    };
    // The bins of the fixture end at 600 x 1.04^20 = 1314 cm-1, before the set does.
    let base = base();
    let mut writer = SetWriter::new(Vec::new());
    let report = add_table(&mut writer, &base, &source, Precision::default()).unwrap();
    let share = (1500.0_f64 / (600.0 * 1.04_f64.powi(20))).ln() / (5.0_f64 / 3.0).ln();
    assert!((report.share_of_bins_without_data - share).abs() < 1e-6);
    // Nodes of the set within the source, and the last temperature of the source.
    assert_eq!(report.temperature_k, [800.0, 1500.0, 2500.0, 3500.0]);
    assert_eq!(report.pressure_bar, [1e-4, 1e-2, 1.0, 10.0]);
    assert!(
        report.caveat.contains("random overlap"),
        "{}",
        report.caveat
    );
    let set = OpacitySet::from_bytes("new", writer.finish().unwrap()).unwrap();
    let nodes = set.band_nodes().unwrap().unwrap();
    let sampled = set.table("SiO", Sort::Sampled).unwrap();
    let bins = set.table("SiO", Sort::KDistribution).unwrap();
    assert_eq!(sampled.provenance.tier, Tier::User);
    let (ip, it) = (2, 3);
    for band in 0..14 {
        let from_nodes = band_mean(sampled.row(ip, it), &nodes, band);
        let k = &bins.row(ip, it)[2 * band..2 * band + 2];
        let from_bins = 0.6 * f64::from(k[0]) + 0.4 * f64::from(k[1]);
        // The compression errs by 1.2 % at most.
        assert!((from_nodes / from_bins - 1.0).abs() < 0.02, "{band}");
        // Between the values of the source's bins that overlap the band, at its own 3500 K, 1 bar.
        let (low, high) = (nodes.edges_per_cm[band], nodes.edges_per_cm[band + 1]);
        let mean = |nu: f64| {
            (0..100)
                .map(|i| distribution(nu, 3500.0, 1.0, (f64::from(i) + 0.5) / 100.0) / 100.0)
                .sum::<f64>()
        };
        let around: Vec<f64> = (0..9)
            .map(|i| mean(low / 1.04 + (high * 1.04 - low / 1.04) * f64::from(i) / 8.0))
            .collect();
        let least = around.iter().copied().fold(f64::INFINITY, f64::min);
        let most = around.iter().copied().fold(0.0, f64::max);
        assert!(
            from_bins > 0.95 * least && from_bins < 1.05 * most,
            "{band}"
        );
    }
}

#[test]
fn fine_cross_sections_are_read_off_at_the_nodes() {
    let nu: Vec<f64> = (0..12_000)
        .map(|i| 880.0 * (f64::from(i) / 20_000.0).exp())
        .collect();
    let (temperature_k, pressure_bar) = (vec![500.0, 1500.0, 3000.0], vec![1e-5, 1e-2, 100.0]);
    let mut sigma_cm2 = Vec::new();
    for p in &pressure_bar {
        for t in &temperature_k {
            sigma_cm2.extend(nu.iter().map(|nu| cross_section(*nu, *t, *p) as f32));
        }
    }
    let source = CrossSectionTable {
        gas: "SiO".to_owned(),
        molar_mass_g_mol: 44.084,
        temperature_k,
        pressure_bar,
        axis: SpectralAxis::Points(nu),
        sigma_cm2,
        provenance: provenance(),
    };
    let (base, set) = imported(&source);
    // What was there before is there byte for byte.
    assert_eq!(
        set.gas("MgO").unwrap().tables[0].block.blake3,
        base.gas("MgO").unwrap().tables[0].block.blake3
    );
    let table = set.table("SiO", Sort::Sampled).unwrap();
    assert_eq!(table.temperature_k, [800.0, 1500.0, 2500.0, 3000.0]);
    let SpectralAxis::Points(nodes) = &table.axis else {
        panic!("bins");
    };
    // 1500 K and 0.01 bar are nodes of the source.
    for (i, nu) in nodes.iter().enumerate() {
        let expected = cross_section(*nu, 1500.0, 1e-2);
        let found = f64::from(table.row(1, 1)[i]);
        assert!(
            (found / expected - 1.0).abs() < 0.015,
            "{nu} {found:e} {expected:e}"
        );
    }
}

#[test]
fn coarse_samples_and_grids_that_do_not_overlap_are_refused() {
    let base = base();
    let refusal = |source: &CrossSectionTable| {
        let mut writer = SetWriter::new(Vec::new());
        add_table(&mut writer, &base, source, Precision::default())
            .unwrap_err()
            .to_string()
    };
    let Content::Table(mut source) =
        read::open(&fixture("SiO.TauREx.h5"), &Options::new("SiO")).unwrap()
    else {
        panic!("not a table");
    };
    // Steps of 10 cm-1 at 900 cm-1: R = 90.
    let message = refusal(&source);
    assert!(
        message.contains("R = 9") && message.contains("10000"),
        "{message}"
    );
    source.temperature_k = vec![100.0, 200.0, 300.0, 400.0];
    let message = refusal(&source);
    assert!(
        message.contains("temperature") && message.contains("800 to 4000"),
        "{message}"
    );
}

#[test]
fn the_command_writes_a_set_that_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let base_file = folder.path().join("base.opk");
    let mut writer = SetWriter::new(Vec::new());
    let base = base();
    writer.carry_over(&base, "MgO").unwrap();
    std::fs::write(&base_file, writer.finish().unwrap()).unwrap();
    let out = folder.path().join("mine.opk");
    let command = |gas: &str| {
        let mut command = assert_cmd::Command::cargo_bin("magmaret").unwrap();
        command
            .args(["opacity", "import", "--json", "--gas", gas, "--out"])
            .arg(&out)
            .arg("--set")
            .arg(&base_file)
            .arg(fixture("ktable_SiO_Pa_m2.h5"));
        command
    };
    let done = command("SiO").assert().success();
    let report: serde_json::Value = serde_json::from_slice(&done.get_output().stdout).unwrap();
    assert_eq!(report["gas"], "SiO");
    assert_eq!(report["temperature_k"][3], 3500.0);
    let set = OpacitySet::read(&out).unwrap();
    assert_eq!(set.gases().collect::<Vec<_>>(), ["MgO", "SiO"]);
    set.table("SiO", Sort::Sampled).unwrap();
    // Another gas than the file's.
    let failed = command("TiO").assert().code(2);
    let message = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
    assert!(
        message.contains("mol_name") && message.contains("TiO"),
        "{message}"
    );
}
