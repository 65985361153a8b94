//! What the choice of constants changes: NASA-9 (the default) against FastChem's (JANAF 1998,
//! Barklem & Collet 2016), per species.
//!
//! The table is `tests/data/nasa9_minus_fastchem.csv`. It is checked against the folder named by
//! MAGMARET_REFERENCE_DIR and rewritten with MAGMARET_UPDATE_TABLES set; skipped without the folder.

use std::f64::consts::LN_10;
use std::fmt::Write as _;
use std::path::Path;

use magmaret::chemistry::gas::{GasSystem, fastchem};
use magmaret::species::thermo::gibbs_rt;
use magmaret::species::{Element, Formula, GasRecord, GasSet, Ions, MgoGas, Phase, Species};

const TABLE: &str = "tests/data/nasa9_minus_fastchem.csv";
const T_K: [f64; 6] = [1500.0, 2000.0, 2500.0, 3000.0, 3500.0, 4000.0];
const LOG10_P_BAR: [i32; 6] = [-8, -6, -4, -2, 0, 2];

/// log10 abundances of the tables `fastchem4_vapIW`, `fastchem4_vapIWm4` and of CHONS + rock.
fn mixtures() -> [Vec<(Element, f64)>; 3] {
    use Element::{Al, C, Ca, Fe, H, K, Mg, N, Na, O, S, Si, Ti};
    let rock = vec![
        (O, 12.0),
        (Si, 11.9441),
        (Mg, 11.5402),
        (Fe, 11.5202),
        (Ca, 7.4433),
        (Al, 7.5406),
        (Ti, 7.1514),
        (Na, 12.9380),
        (K, 9.2823),
    ];
    let reduced = vec![
        (O, 12.0),
        (Si, 11.9999),
        (Mg, 11.5886),
        (Fe, 11.1995),
        (Ca, 7.4719),
        (Al, 7.9085),
        (Ti, 6.1504),
        (Na, 11.9834),
        (K, 8.3193),
    ];
    let mut both = rock.clone();
    both.extend([(H, 11.7), (C, 11.6), (N, 10.5), (S, 10.8)]);
    [rock, reduced, both]
}

/// Formation from neutral atoms (and electrons) with NASA-9: log10 K.
fn nasa9_log10_k(species: Species, t_k: f64) -> f64 {
    let atom = |name: &str| gibbs_rt(Species::find(name).unwrap(), t_k);
    let formula = species.formula();
    let mut from = -f64::from(formula.charge()) * atom("e-");
    for (element, count) in formula.counts() {
        from += count * atom(element.symbol());
    }
    (from - gibbs_rt(species, t_k)) / LN_10
}

fn fastchem_log10_k(record: &GasRecord, t_k: f64) -> f64 {
    let set = GasSet::from_records(vec![record.clone()]).unwrap();
    let mut gibbs = [0.0];
    set.gibbs_rt(t_k, &mut gibbs);
    -gibbs[0] / LN_10
}

/// Mean and largest difference of log10 x over the grid where x > 1e-9, per species.
fn mole_fraction_differences(records: &[GasRecord]) -> Vec<(String, f64, f64)> {
    let mut found: Vec<(String, Vec<f64>)> = Vec::new();
    for mixture in mixtures() {
        let elements: Vec<Element> = mixture.iter().map(|(e, _)| *e).collect();
        let ours = GasSet::for_elements(&elements, Ions::Include, MgoGas::default()).unwrap();
        let theirs = fastchem::gas_set(records, &elements, Ions::Include).unwrap();
        let abundances: Vec<f64> = ours
            .elements()
            .iter()
            .map(|e| mixture.iter().find(|(known, _)| known == e).unwrap().1)
            .map(|log10| 10_f64.powf(log10 - 12.0))
            .collect();
        let systems = [ours, theirs].map(|set| GasSystem::new(set).unwrap());
        let pairs = pairs(systems[0].set(), systems[1].set());
        let mut workspaces = systems.each_ref().map(GasSystem::workspace);
        for t_k in T_K {
            for p_bar in LOG10_P_BAR.map(|log10| 10_f64.powi(log10)) {
                for (system, workspace) in systems.iter().zip(&mut workspaces) {
                    system.solve(&abundances, t_k, p_bar, workspace).unwrap();
                }
                let x = |k: usize, s: usize| workspaces[k].ln_mole_fractions()[s] / LN_10;
                for &(s, t) in &pairs {
                    if x(1, t) < -9.0 {
                        continue;
                    }
                    let name = systems[0].set().name(s);
                    let difference = x(0, s) - x(1, t);
                    match found.iter_mut().find(|(known, _)| known == name) {
                        Some((_, list)) => list.push(difference),
                        None => found.push((name.to_owned(), vec![difference])),
                    }
                }
            }
        }
    }
    found
        .into_iter()
        .map(|(name, list)| {
            let mean = list.iter().sum::<f64>() / list.len() as f64;
            let largest = list.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
            (name, mean, largest)
        })
        .collect()
}

/// Species of the same formula in both sets; isomers in the order of their stability at 2000 K.
fn pairs(ours: &GasSet, theirs: &GasSet) -> Vec<(usize, usize)> {
    let ranked = |set: &GasSet, formula: &Formula| -> Vec<usize> {
        let mut gibbs = vec![0.0; set.len()];
        set.gibbs_rt(2000.0, &mut gibbs);
        let mut isomers: Vec<usize> = (0..set.len())
            .filter(|s| set.formula(*s) == formula)
            .collect();
        isomers.sort_by(|a, b| gibbs[*a].total_cmp(&gibbs[*b]));
        isomers
    };
    (0..ours.len())
        .filter_map(|s| {
            let formula = ours.formula(s);
            let rank = ranked(ours, formula).iter().position(|k| *k == s)?;
            Some((s, *ranked(theirs, formula).get(rank)?))
        })
        .collect()
}

fn table(records: &[GasRecord]) -> String {
    let differences = mole_fraction_differences(records);
    let mut text = String::from(
        "# NASA-9 (MgO: bc16) minus FastChem's constants (logK.dat of commit ae67cbd), in dex.\n\
         # log10_k: formation from neutral atoms and electrons at 2000 and 3000 K. log10_x: mole fraction, mean and\n\
         # largest magnitude where x > 1e-9, over 1500-4000 K, 1e-8-1e2 bar, in bulk-silicate-Earth vapour (dIW 0 and\n\
         # -4 at 2500 K) and the former with C, H, O, N, S; empty where x stays below.\n\
         species,fastchem_name,log10_k_2000k,log10_k_3000k,log10_x_mean,log10_x_largest\n",
    );
    let ours: Vec<Species> = Species::all(MgoGas::default())
        .filter(|s| s.phase() == Phase::Gas)
        .collect();
    let our_set = GasSet::from_species(ours.iter().copied()).unwrap();
    let their_set = GasSet::from_records(records.to_vec()).unwrap();
    for (s, t) in pairs(&our_set, &their_set) {
        let (species, record) = (ours[s], &records[t]);
        let k = |t_k: f64| nasa9_log10_k(species, t_k) - fastchem_log10_k(record, t_k);
        let _ = write!(
            text,
            "{},{},{:.3},{:.3},",
            species.name(),
            record.name,
            k(2000.0),
            k(3000.0)
        );
        match differences
            .iter()
            .find(|(known, _, _)| known == species.name())
        {
            Some((_, mean, largest)) => {
                let _ = writeln!(text, "{mean:.3},{largest:.3}");
            }
            None => text.push_str(",\n"),
        }
    }
    text
}

#[test]
fn the_table_of_differences_is_current() {
    let Some(folder) = std::env::var_os("MAGMARET_REFERENCE_DIR") else {
        println!("skipped: MAGMARET_REFERENCE_DIR is not set");
        return;
    };
    let constants = Path::new(&folder).join("vaporisation/fastchem_logK.dat");
    let text = table(&fastchem::read(&constants).unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(TABLE);
    if std::env::var_os("MAGMARET_UPDATE_TABLES").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let shipped = std::fs::read_to_string(&path).unwrap();
    assert_eq!(shipped.lines().count(), text.lines().count());
    for (ours, theirs) in shipped.lines().zip(text.lines()) {
        for (a, b) in ours.split(',').zip(theirs.split(',')) {
            match (a.parse::<f64>(), b.parse::<f64>()) {
                // One unit of the last digit: the rounding of another machine.
                (Ok(a), Ok(b)) => assert!((a - b).abs() < 0.0015, "{ours}\n{theirs}"),
                _ => assert_eq!(a, b, "{ours}"),
            }
        }
    }
}

/// log10 K differences that the literature survey of the constants found independently (2000 and
/// 3000 K, FastChem's minus NASA-9, of formation from atom and O2, so up to the common O2).
#[test]
fn known_differences_are_in_the_table() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(TABLE)).unwrap();
    let row = |name: &str| -> Vec<f64> {
        let head = format!("{name},");
        let line = text.lines().find(|l| l.starts_with(&head)).unwrap();
        line.split(',')
            .skip(2)
            .take(2)
            .map(|v| v.parse().unwrap())
            .collect()
    };
    for (name, cold, hot) in [
        ("SiO", -0.04, -0.03),
        ("SiO2", 0.44, 0.30),
        ("FeO", 0.0, 0.0),
    ] {
        let found = row(name);
        assert!(
            (found[0] - cold).abs() < 0.02 && (found[1] - hot).abs() < 0.02,
            "{name} {found:?}"
        );
    }
    // MgO(g) with the same dissociation energy as FastChem's.
    assert!(
        row("MgO").iter().all(|v| v.abs() < 0.05),
        "{:?}",
        row("MgO")
    );
}
