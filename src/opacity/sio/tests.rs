//! SiO against measured constants and against the reference code (golden values of the design
//! notes, made with an independent program).

use super::*;
use crate::opacity::diatomic::Lifetimes;

fn model() -> Model {
    Model::solve(Isotopologue::oxides(&SILICON, false)[0]).expect("the data of the crate")
}

fn close(found: f64, expected: f64, relative: f64, what: &str) {
    let error = (found / expected - 1.0).abs();
    assert!(
        error < relative,
        "{what}: {found} against {expected}, {error:.2e}"
    );
}

#[test]
fn lifetimes_strengths_and_sums_are_the_golden_ones() {
    let model = model();
    let options = Options {
        uv_scale: 1.0,
        ..Options::default()
    };
    let systems = model.systems(&options).expect("the states of the model");
    let a = Lifetimes::of(&model.a, &systems);
    for (v, golden) in [26.645, 26.864, 27.097, 27.344, 27.607]
        .into_iter()
        .enumerate()
    {
        close(1e9 * a.lifetime_s(v, 2), golden, 0.005, "tau A [ns]");
    }
    let e = Lifetimes::of(&model.e, &systems);
    for (v, golden) in [6.911, 7.046, 7.187, 7.334, 7.486].into_iter().enumerate() {
        close(1e9 * e.lifetime_s(v, 0), golden, 0.005, "tau E [ns]");
    }
    // Note, section 3.1: sum of R and P from J' = 1.
    let bands = systems[0].transitions(|t| t.two_j_upper == 2);
    for (upper, lower, golden) in [(1, 0, 6.49), (2, 1, 12.47), (3, 2, 17.96), (2, 0, 0.245)] {
        let sum: f64 = bands
            .iter()
            .filter(|t| t.v_upper == upper && t.v_lower == lower)
            .map(|t| t.einstein_a_per_s)
            .sum();
        close(sum, golden, 0.01, "A [1/s]");
    }
    // Own figures, then Barklem & Collet (2016) at 1500 and 3000 K.
    for (t, golden) in [(1500.0, 2098.949), (2500.0, 4829.623), (3000.0, 6637.990)] {
        close(model.partition(t), golden, 1e-3, "Q");
    }
    for (t, golden) in [(1500.0, 2098.81), (3000.0, 6636.53)] {
        close(model.partition(t), golden, 1e-3, "Q of Barklem & Collet");
    }
}

/// Levels from the Dunham coefficients of Campbell et al. (1995), ApJS 101, 237, J = 0, 5, 10, 15, 19.
#[test]
fn levels_are_the_measured_ones() {
    const GOLDEN: [[f64; 5]; 5] = [
        [0.0, 21.726_48, 79.658_49, 173.7817, 275.1226],
        [1229.595, 1251.170, 1308.700, 1402.169, 1502.805],
        [2447.241, 2468.666, 2525.793, 2618.608, 2718.540],
        [3652.938, 3674.212, 3730.937, 3823.099, 3922.328],
        [4846.686, 4867.809, 4924.133, 5015.643, 5114.169],
    ];
    let model = model();
    let zero = model.x.lowest_per_cm();
    let mut square = 0.0;
    for (v, row) in GOLDEN.iter().enumerate() {
        for (golden, two_j) in row.iter().zip([0, 10, 20, 30, 38]) {
            let found = model.x.energy_per_cm(v, two_j).expect("low v") - zero;
            println!("v = {v}, J = {}: {:+.3}", two_j / 2, found - golden);
            square += (found - golden).powi(2) / 25.0;
        }
    }
    let rms = square.sqrt();
    assert!(rms < 0.1, "{rms}");
}

/// Every number of the data file comes with a citation.
#[test]
fn the_data_file_names_its_sources() {
    let data: Data = parse_data("sio.toml", include_str!("../data/sio/sio.toml")).expect("sound");
    for record in [data.x, data.a, data.e] {
        assert!(record.citation.contains("Huber & Herzberg") && record.tier <= Tier::B);
    }
}

#[test]
fn options_out_of_range_are_refused() {
    for options in [
        Options {
            uv_scale: 0.0,
            ..Options::default()
        },
        Options {
            e_x_scale: f64::NAN,
            ..Options::default()
        },
        Options {
            floor_cm: -1.0,
            ..Options::default()
        },
    ] {
        assert!(lines(&options).is_err());
    }
}

#[test]
fn the_list_knows_its_isotopes_and_widths() {
    let gas = lines(&Options {
        floor_cm: 1e-24,
        ..Options::default()
    })
    .expect("the data of the crate");
    let total: f64 = gas.lists.iter().map(|list| list.abundance).sum();
    assert!((total - 1.0).abs() < 1e-12);
    assert!(
        (gas.molar_mass_g_mol - 44.080).abs() < 0.01,
        "{}",
        gas.molar_mass_g_mol
    );
    let labels: Vec<&str> = gas.lists.iter().map(|list| list.label.as_str()).collect();
    assert_eq!(labels, ["28Si16O", "29Si16O", "30Si16O"]);
    // 1.7 / (4 pi c 26.6 ns) = 1.7e-4 cm-1 for A-X.
    let widest = gas.lists[0]
        .lines
        .iter()
        .filter(|line| line.wavenumber_per_cm > 40_000.0)
        .map(|line| line.natural_half_width_per_cm)
        .fold(0.0, f32::max);
    assert!((1.6e-4..5e-4).contains(&widest), "{widest}");
    // Strength of the fundamental at 2500 K, all isotopes; note 3.1: 5.36e-18.
    let fundamental: f64 = gas
        .lists
        .iter()
        .flat_map(|list| {
            list.lines
                .iter()
                .map(|line| (line, list.strength_cm(line, 2500.0)))
        })
        .filter(|(line, _)| (700.0..1700.0).contains(&line.wavenumber_per_cm))
        .map(|(_, strength)| strength)
        .sum();
    close(fundamental, 5.36e-18, 0.01, "strength of the fundamental");
}
