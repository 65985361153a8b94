//! Gas equilibrium on random mixtures: every solve converges and conserves what it must.

use magmaret::chemistry::gas::{GasSystem, GasWorkspace, Start};
use magmaret::species::{Element, GasSet, Ions, MgoGas};
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

const ROCK: [Element; 9] = [
    Element::O,
    Element::Si,
    Element::Mg,
    Element::Fe,
    Element::Ca,
    Element::Al,
    Element::Ti,
    Element::Na,
    Element::K,
];
const VOLATILES: [Element; 4] = [Element::H, Element::C, Element::N, Element::S];

/// Largest relative violation of an element, of the charge, and of Σx = 1.
fn violation(system: &GasSystem, abundances: &[f64], workspace: &GasWorkspace) -> f64 {
    let set = system.set();
    let x: Vec<f64> = workspace
        .ln_mole_fractions()
        .iter()
        .map(|v| v.exp())
        .collect();
    let total: f64 = x.iter().sum();
    let width = abundances.len();
    let mut atoms = vec![0.0; width];
    let (mut charge, mut charges) = (0.0, 1e-300);
    for (s, x) in x.iter().enumerate() {
        for (sum, count) in atoms.iter_mut().zip(set.counts_of(s)) {
            *sum += count * x;
        }
        charge += set.charges()[s] * x;
        charges += set.charges()[s].abs() * x;
    }
    let h = atoms.iter().sum::<f64>() / abundances.iter().sum::<f64>();
    let mut worst = (total - 1.0).abs().max(charge.abs() / charges);
    for (sum, abundance) in atoms.iter().zip(abundances) {
        if *abundance > 0.0 {
            worst = worst.max((sum / (h * abundance) - 1.0).abs());
        }
    }
    worst
}

struct Tally {
    worst: f64,
    starts: [usize; 3],
    iterations: u32,
    most: u32,
}

fn run(cases: usize, seed: u64) -> Tally {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut systems = Vec::new();
    for volatiles in [false, true] {
        let mut elements = ROCK.to_vec();
        if volatiles {
            elements.extend(VOLATILES);
        }
        for ions in [Ions::Exclude, Ions::Include] {
            let set = GasSet::for_elements(&elements, ions, MgoGas::default()).unwrap();
            let system = GasSystem::new(set).unwrap();
            let workspace = system.workspace();
            systems.push((system, workspace));
        }
    }
    let mut tally = Tally {
        worst: 0.0,
        starts: [0; 3],
        iterations: 0,
        most: 0,
    };
    for case in 0..cases {
        let (system, workspace) = &mut systems[case % 4];
        let t_k = 800.0 + 5200.0 * rng.random::<f64>();
        let p_bar = 10_f64.powf(-10.0 + 13.0 * rng.random::<f64>());
        let abundances: Vec<f64> = (0..system.set().elements().len())
            .map(|_| 10_f64.powf(-8.0 * rng.random::<f64>()))
            .collect();
        workspace.forget();
        let solved = system
            .solve(&abundances, t_k, p_bar, workspace)
            .unwrap_or_else(|e| panic!("case {case} (seed {seed}): {e}"));
        let off = violation(system, &abundances, workspace);
        assert!(
            off < 1e-10,
            "case {case} (seed {seed}): conserved to {off:.2e}"
        );
        tally.worst = tally.worst.max(off);
        tally.iterations += solved.iterations;
        tally.most = tally.most.max(solved.iterations);
        tally.starts[match solved.start {
            Start::Warm => 0,
            Start::Cold => 1,
            Start::Convex => 2,
        }] += 1;
    }
    tally
}

fn report(tally: &Tally, cases: usize) {
    println!(
        "{cases} cases: conserved to {:.1e}; starts (warm, cold, convex) {:?}; iterations mean {:.1}, most {}",
        tally.worst,
        tally.starts,
        f64::from(tally.iterations) / cases as f64,
        tally.most
    );
}

#[test]
fn random_mixtures_converge_and_conserve() {
    let tally = run(2000, 1);
    report(&tally, 2000);
}

/// Elements absent at random or in exact proportion, twenty elements, beyond the range of the data.
#[test]
fn odd_mixtures_converge_and_conserve() {
    let rare = [
        Element::He,
        Element::F,
        Element::P,
        Element::Cl,
        Element::Cr,
        Element::Mn,
        Element::Ni,
    ];
    let elements = [&ROCK[..], &VOLATILES, &rare].concat();
    let set = GasSet::for_elements(&elements, Ions::Include, MgoGas::default()).unwrap();
    let system = GasSystem::new(set).unwrap();
    let mut workspace = system.workspace();
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for case in 0..600 {
        let t_k = 300.0 + 9700.0 * rng.random::<f64>();
        let p_bar = 10_f64.powf(-14.0 + 19.0 * rng.random::<f64>());
        let mut abundances: Vec<f64> = (0..elements.len())
            .map(|_| match (case % 2, rng.random::<f64>() < 0.5) {
                (_, true) => 0.0,
                (0, _) => f64::from(rng.random_range(1..4)),
                _ => 10_f64.powf(-15.0 * rng.random::<f64>()),
            })
            .collect();
        abundances[0] = 1.0;
        workspace.forget();
        system
            .solve(&abundances, t_k, p_bar, &mut workspace)
            .unwrap_or_else(|e| panic!("case {case}: {e}"));
        let off = violation(&system, &abundances, &workspace);
        assert!(off < 1e-10, "case {case}: conserved to {off:.2e}");
    }
}

/// The acceptance run of 20,000 (about a minute in a debug build).
#[test]
#[ignore = "long; the quick subset runs always"]
fn twenty_thousand_random_mixtures_converge_and_conserve() {
    let tally = run(20_000, 2);
    report(&tally, 20_000);
}
