use super::*;
use crate::opacity::line::{Line, LineList};
use crate::opacity::line_by_line::Prepared;
use crate::opacity::partition::PartitionFunction;
use crate::opacity::provenance::Provenance;
use crate::opacity::selection::Tolerance;
use crate::opacity::set::{Sort, mean_in_bins, row_at};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// Random lines between 980 and 1120 cm⁻¹.
fn synthetic(gas: &str, seed: u64, lines: usize) -> LineGas {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let lines = (0..lines)
        .map(|_| Line {
            wavenumber_per_cm: 980.0 + 140.0 * rng.random::<f64>(),
            lower_energy_per_cm: 9000.0 * rng.random::<f32>(),
            weight_cm: 1e-17 * (-7.0 * rng.random::<f32>()).exp(),
            half_width_per_cm_bar: 0.07,
            width_exponent: 0.5,
            natural_half_width_per_cm: 0.0,
        })
        .collect();
    let partition = PartitionFunction::sampled(|t| t / 0.7 / (1.0 - (-1100.0 / t).exp())).unwrap();
    LineGas {
        gas: gas.to_owned(),
        molar_mass_g_mol: 44.0,
        lists: vec![LineList::new(gas, 44.0, 1.0, partition, lines)],
        wing_cutoff_per_cm: 25.0,
        provenance: Provenance {
            tier: Tier::C,
            citation: vec!["random lines".to_owned()],
            method: "random".to_owned(),
            caveat: String::new(),
        },
    }
}

fn options() -> Options {
    Options {
        grid: BandGrid {
            range_per_cm: [1000.0, 1100.0],
            bands: 8,
            points_per_band: 4800,
        },
        temperature_k: vec![900.0, 1300.0, 1900.0, 2800.0, 4100.0],
        pressure_bar: vec![1e-4, 1e-3, 1e-2, 0.1, 1.0],
        training: vec![(1300.0, 1e-3), (2800.0, 1e-3), (1300.0, 1.0), (2800.0, 1.0)],
        tolerance: Tolerance {
            rms: 0.004,
            worst: 0.012,
            most_nodes: 30,
            ..Tolerance::default()
        },
        ..Options::default()
    }
}

fn gases() -> Vec<LineGas> {
    vec![synthetic("SiO", 1, 150), synthetic("MgO", 2, 1500)]
}

fn make(gases: &[LineGas], nodes: NodeSource) -> Vec<u8> {
    let built = build(gases, None, nodes, &options(), &mut |_| {}).unwrap();
    built.writer.finish().unwrap()
}

#[test]
fn transmissions_are_those_of_the_line_by_line_sum() {
    let gases = gases();
    let options = options();
    let set = OpacitySet::from_bytes("built", make(&gases, NodeSource::Select)).unwrap();
    let nodes = set.band_nodes().unwrap().unwrap();
    let fine = options.grid.fine().unwrap();
    let (mut sum, mut count, mut worst) = ([0.0; 2], 0.0, [0.0_f64; 2]);
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for gas in &gases {
        let lines = Prepared::new(gas, &options.temperature_k, &options.lines).unwrap();
        let tables = [Sort::Sampled, Sort::KDistribution].map(|s| set.table(&gas.gas, s).unwrap());
        for _ in 0..8 {
            let t = 900.0 * (4100.0_f64 / 900.0).powf(rng.random());
            let p = 10_f64.powf(-4.0 + 4.0 * rng.random::<f64>());
            let column = 10_f64.powf(18.0 + 4.0 * rng.random::<f64>());
            let mut exact = vec![0.0; fine.len()];
            lines.cross_section(t, p, &fine, &mut Workspace::default(), &mut exact);
            let transmit = |s: f64| (-column * s).exp();
            for (which, table) in tables.iter().enumerate() {
                let row: Vec<f64> = row_at(table, t, p)
                    .unwrap()
                    .into_iter()
                    .map(transmit)
                    .collect();
                let edges = options.grid.band_edges_per_cm();
                let means = mean_in_bins(&table.axis, Some(&nodes), &row, &edges);
                for (band, mean) in means.iter().enumerate() {
                    let points = &exact[options.grid.points_of(band)];
                    let truth: f64 = points.iter().map(|s| transmit(f64::from(*s))).sum::<f64>()
                        / points.len() as f64;
                    sum[which] += (mean - truth).abs();
                    worst[which] = worst[which].max((mean - truth).abs());
                    count += 0.5;
                }
            }
        }
    }
    let mean = sum.map(|s| s / count);
    println!(
        "{} nodes, mean {mean:?}, worst {worst:?}",
        nodes.wavenumber_per_cm.len()
    );
    assert!(mean.iter().all(|m| *m < 0.01), "{mean:?}");
    // Measured 0.037 (nodes of columns that they were not chosen for) and 0.018.
    assert!(worst[0] < 0.045 && worst[1] < 0.03, "{worst:?}");
}

#[test]
fn a_rebuild_gives_the_same_bytes_for_any_number_of_threads() {
    let gases = [synthetic("SiO", 1, 30)];
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| make(&gases, NodeSource::Select))
    };
    let first = with(1);
    assert_eq!(first, with(3));
    // And with its own nodes; a gas that is carried over is the same bytes too.
    let set = OpacitySet::from_bytes("first", first.clone()).unwrap();
    let nodes = set.band_nodes().unwrap().unwrap();
    assert_eq!(first, make(&gases, NodeSource::Reuse(nodes.clone())));
    let names = ["SiO".to_owned()];
    let source = NodeSource::Reuse(nodes);
    let built = build(&[], Some((&set, &names)), source, &options(), &mut |_| {}).unwrap();
    assert!(built.gases[0].seconds.is_none());
    assert_eq!(first, built.writer.finish().unwrap());
}

#[test]
fn nodes_that_are_not_on_the_grid_are_refused() {
    let nodes = BandNodes {
        wavenumber_per_cm: vec![1000.123],
        weight: vec![1.0],
        balance_weight: vec![1.0],
        edges_per_cm: vec![1000.0, 1100.0],
    };
    let gases = [synthetic("SiO", 1, 3)];
    let source = NodeSource::Reuse(nodes);
    assert!(build(&gases, None, source, &options(), &mut |_| {}).is_err());
}
