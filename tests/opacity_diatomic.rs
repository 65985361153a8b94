//! Cross sections of MgO and SiO against the reference program (golden tables of the design notes).
//!
//! A cross section here is a histogram: line strengths in a band over its width. Golden values:
//! own reference program (numpy), `tests/data/diatomic/*_xsec_R200_2500K.csv` and the tables of
//! band means made with it, at 2500 K for one isotopologue.

use magmaret::constants::SECOND_RADIATION_CM_K;
use magmaret::opacity::diatomic::isotope::{Isotope, MAGNESIUM, SILICON};
use magmaret::opacity::diatomic::{Isotopologue, System, Transition};
use magmaret::opacity::{mgo, sio};

const TEMPERATURE_K: f64 = 2500.0;

/// Lines above 1e-28 cm as (wavenumber, strength), wavenumber ascending.
type Lines = Vec<(f64, f64)>;

fn strengths(system: &System<'_>, zero_per_cm: f64, partition: f64) -> Lines {
    let beta = SECOND_RADIATION_CM_K / TEMPERATURE_K;
    let strength = |t: &Transition| {
        let boltzmann = (-beta * (t.lower_energy_per_cm - zero_per_cm)).exp();
        -t.weight_cm() * boltzmann * (-beta * t.wavenumber_per_cm).exp_m1() / partition
    };
    let mut lines: Lines = system
        .transitions(|t| strength(t) > 1e-28)
        .iter()
        .map(|t| (t.wavenumber_per_cm, strength(t)))
        .collect();
    lines.sort_by(|a, b| a.0.total_cmp(&b.0));
    lines
}

/// All systems in one list.
fn merged(systems: &[(&str, Lines)]) -> Lines {
    let mut all: Lines = systems
        .iter()
        .flat_map(|(_, lines)| lines.clone())
        .collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all
}

/// Mean cross section between two wavelengths \[um\].
fn band(lines: &[(f64, f64)], low_um: f64, high_um: f64) -> f64 {
    widened_band(lines, low_um, high_um, 0.0)
}

/// The same with lines outside the band by `margin_per_cm` counted as inside.
fn widened_band(lines: &[(f64, f64)], low_um: f64, high_um: f64, margin_per_cm: f64) -> f64 {
    let (from, to) = (1e4 / high_um, 1e4 / low_um);
    let below = |limit: f64| lines.partition_point(|(line, _)| *line < limit);
    let inside = &lines[below(from - margin_per_cm)..below(to + margin_per_cm)];
    inside.iter().map(|(_, strength)| strength).sum::<f64>() / (to - from)
}

fn check_bands(lines: &[(f64, f64)], golden: &[(f64, f64)], tolerance: f64, what: &str) {
    for (centre_um, expected) in golden {
        let found = band(lines, centre_um * 0.95, centre_um * 1.05);
        let error = found / expected - 1.0;
        println!("{what} {centre_um} um: {found:.4e}, golden {expected:.4e}, {error:+.2e}");
        assert!(
            error.abs() < tolerance,
            "{what} {centre_um} um: {found:e} {expected:e}"
        );
    }
}

/// How far a line may stray over the edge of a bin: the edges of the files have six decimals in um.
const EDGE_PER_CM: f64 = 1e-3;

/// Every bin of a file where the golden value is above 1e-22 cm2.
fn check_bins(text: &str, systems: &[(&str, Lines)], tolerance: f64) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let column = |name: &str| {
        header
            .iter()
            .position(|h| h == name)
            .expect("a known column")
    };
    let rows: Vec<Vec<f64>> = reader
        .records()
        .map(|row| {
            row.expect("a row")
                .iter()
                .map(|f| f.parse().expect("a number"))
                .collect()
        })
        .collect();
    let (mut compared, mut strayed, mut worst) = (0, 0, 0.0_f64);
    for (name, lines) in systems {
        let golden = column(&format!("sigma_{name}"));
        for row in rows.iter().filter(|row| row[golden] > 1e-22) {
            compared += 1;
            let error = band(lines, row[0], row[1]) / row[golden] - 1.0;
            if error.abs() < tolerance {
                worst = worst.max(error.abs());
                continue;
            }
            strayed += 1;
            let bound = |margin| widened_band(lines, row[0], row[1], margin) / row[golden];
            let (low, high) = (bound(-EDGE_PER_CM), bound(EDGE_PER_CM));
            println!(
                "{name} at {} um: {error:+.3}, between {low:.3} and {high:.3}",
                row[0]
            );
            assert!(
                low < 1.0 + tolerance && high > 1.0 - tolerance,
                "{name} at {} um",
                row[0]
            );
        }
    }
    println!("{compared} bins, worst {worst:.2e}, {strayed} with a line at the edge");
    assert!(strayed * 100 < compared, "{strayed} of {compared}");
}

/// The main isotopologue with the reduced mass of the reference program, 7e-6 off for MgO: enough
/// to carry a strong line over the edge of a bin.
fn reference_isotopologue(elements: &[Isotope], reduced_mass_u: f64) -> Isotopologue {
    let mut pair = Isotopologue::oxides(elements, false)[0];
    pair.first.mass_u = reduced_mass_u * pair.second.mass_u / (pair.second.mass_u - reduced_mass_u);
    pair
}

#[test]
fn mgo_has_the_golden_cross_sections() {
    let isotopologue = reference_isotopologue(&MAGNESIUM, 9.595_843_4);
    let model = mgo::Model::solve(isotopologue, mgo::Potentials::AbInitio).expect("crate data");
    let partition = model.partition_of_levels(TEMPERATURE_K);
    let systems: Vec<(&str, Lines)> = ["X-X", "A-A", "A-X", "X-A", "B-X", "B-A"]
        .into_iter()
        .zip(model.systems().expect("states of the model"))
        .map(|(name, system)| (name, strengths(&system, model.zero_per_cm(), partition)))
        .collect();
    let all = merged(&systems);
    // Note, table 2.5: all systems, then the A-X part.
    let total = [
        (0.5, 1.96e-17),
        (0.6, 5.37e-19),
        (0.7, 8.3e-20),
        (1.0, 1.20e-20),
        (1.5, 1.80e-19),
        (2.0, 2.69e-19),
        (2.5, 3.34e-19),
        (3.0, 2.65e-19),
        (4.0, 1.23e-19),
        (5.0, 3.18e-20),
        (6.0, 4.12e-20),
        (7.0, 1.02e-20),
        (8.0, 4.56e-21),
        (9.0, 9.3e-21),
        (10.0, 1.05e-20),
        (12.0, 7.8e-21),
        (15.0, 1.35e-20),
    ];
    check_bands(&all, &total, 0.05, "MgO");
    let electronic = [
        (1.0, 1.19e-20),
        (5.0, 3.14e-20),
        (6.0, 4.06e-20),
        (9.0, 8.65e-21),
        (10.0, 9.79e-21),
        (12.0, 5.71e-21),
        (15.0, 1.98e-21),
    ];
    check_bands(&systems[2].1, &electronic, 0.05, "MgO A-X");
    let sum = |index: usize| systems[index].1.iter().map(|(_, s)| s).sum::<f64>();
    for (index, golden) in [(4, 3.78e-14), (5, 4.47e-15), (2, 1.26e-15), (3, 1.02e-18)] {
        let error = sum(index) / golden - 1.0;
        assert!(error.abs() < 0.02, "{index}: {:e}", sum(index));
    }
    let file = include_str!("data/diatomic/mgo_xsec_R200_2500K.csv");
    // 1368 bins, measured 0.8 % at worst.
    check_bins(file, &systems, 0.10);
    check_bins(file, &[("total_cm2", all)], 0.10);
}

#[test]
fn sio_has_the_golden_cross_sections() {
    let isotopologue = reference_isotopologue(&SILICON, 10.176_698_4);
    let model = sio::Model::solve(isotopologue).expect("crate data");
    let options = sio::Options {
        uv_scale: 1.0,
        ..sio::Options::default()
    };
    let partition = model.partition(TEMPERATURE_K);
    let zero = model.x.lowest_per_cm();
    let systems: Vec<(&str, Lines)> = ["X-X", "A-X", "E-X"]
        .into_iter()
        .zip(model.systems(&options).expect("states of the model"))
        .map(|(name, system)| (name, strengths(&system, zero, partition)))
        .collect();
    let all = merged(&systems);
    // Note, table 3.3, where above 1e-23 cm2.
    let total = [
        (0.22, 1.454e-17),
        (0.25, 2.93e-18),
        (0.30, 8.68e-21),
        (0.35, 4.44e-23),
        (4.0, 2.906e-22),
        (5.0, 1.14e-23),
        (8.0, 2.168e-20),
        (9.0, 1.727e-20),
        (10.0, 1.892e-21),
    ];
    check_bands(&all, &total, 0.05, "SiO");
    check_bands(&systems[1].1, &[(0.22, 1.426e-17)], 0.05, "SiO A-X");
    check_bands(&systems[2].1, &[(0.22, 2.78e-19)], 0.05, "SiO E-X");
    // High overtones, shortward of 2.5 um, are noise and floored to zero.
    assert_eq!(band(&systems[0].1, 0.5, 2.0), 0.0);
    let file = include_str!("data/diatomic/sio_xsec_R200_2500K.csv");
    // Measured 2.6 % at worst.
    check_bins(file, &systems, 0.10);
    check_bins(file, &[("total_cm2", all)], 0.10);
}

/// Not a test of correctness: prints how long the whole lists take and how many lines they have.
#[test]
#[ignore = "prints figures"]
fn sizes_and_times() {
    let report = |gas: magmaret::opacity::LineGas, started: std::time::Instant| {
        let lines: usize = gas.lists.iter().map(|list| list.lines.len()).sum();
        println!("{}: {lines} lines in {:.2?}", gas.gas, started.elapsed());
    };
    for all in [false, true] {
        let started = std::time::Instant::now();
        let options = mgo::Options {
            isotopologues: all,
            ..mgo::Options::default()
        };
        report(mgo::lines(&options).expect("crate data"), started);
        let started = std::time::Instant::now();
        let options = sio::Options {
            isotopologues: all,
            ..sio::Options::default()
        };
        report(sio::lines(&options).expect("crate data"), started);
        let started = std::time::Instant::now();
        let options = magmaret::opacity::co::Options {
            isotopologues: all,
            ..Default::default()
        };
        report(
            magmaret::opacity::co::lines(&options).expect("crate data"),
            started,
        );
    }
}
