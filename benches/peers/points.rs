//! Our half of `benches/peers/fastchem.py`: median microseconds per solve on the points of the
//! FastChem tables, one line per mixture: `timing NAME SPECIES COLD WARM`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use magmaret::chemistry::gas::{GasSystem, GasWorkspace, fastchem};
use magmaret::species::{Element, GasRecord, Ions};

const REPEATS: usize = 20;

type Mixture = Vec<(Element, f64)>;

fn read_table(path: &Path) -> (Mixture, Vec<(f64, f64)>) {
    let text = fs::read_to_string(path).expect("the reference folder holds the table");
    let mut lines = text.lines().skip(1);
    let head = lines.next().expect("line 2 holds the abundances");
    let mixture = head.split_once("(O=12):").expect("on the scale O = 12").1;
    let mixture = mixture
        .split_whitespace()
        .map(|word| {
            let (symbol, value) = word.split_once('=').expect("SYMBOL=VALUE");
            let log10: f64 = value.parse().expect("a number");
            let element = Element::from_symbol(symbol).expect("a known element");
            (element, 10_f64.powf(log10 - 12.0))
        })
        .collect();
    let points = lines
        .skip(1)
        .map(|line| {
            let mut fields = line.split(',').map(|v| v.parse().expect("a number"));
            let mut next = || fields.next().expect("two columns");
            (next(), next())
        })
        .collect();
    (mixture, points)
}

/// Median over points of the median over repeats \[µs\].
fn time(points: &[(f64, f64)], mut solve: impl FnMut(usize, bool) -> f64) -> f64 {
    let mut medians: Vec<f64> = (0..points.len())
        .map(|point| {
            let mut times: Vec<f64> = (0..REPEATS).map(|_| solve(point, true)).collect();
            solve(point, false);
            median(&mut times)
        })
        .collect();
    median(&mut medians)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn report(name: &str, records: &[GasRecord], mixture: &Mixture, points: &[(f64, f64)]) {
    let elements: Vec<Element> = mixture.iter().map(|(e, _)| *e).collect();
    let set = fastchem::gas_set(records, &elements, Ions::Include).expect("a set");
    let abundances: Vec<f64> = set
        .elements()
        .iter()
        .map(|e| {
            mixture
                .iter()
                .find(|(known, _)| known == e)
                .expect("given")
                .1
        })
        .collect();
    let system = GasSystem::new(set).expect("with its atoms");
    let solve = |point: usize, workspace: &mut GasWorkspace| {
        let (t_k, p_bar) = points[point];
        let start = Instant::now();
        system
            .solve(&abundances, t_k, p_bar, workspace)
            .expect("convergence");
        start.elapsed().as_secs_f64() * 1e6
    };
    let mut workspace = system.workspace();
    let cold = time(points, |point, _| {
        workspace.forget();
        solve(point, &mut workspace)
    });
    // Each repeat goes back to the previous point's solution.
    let mut previous = system.workspace();
    let warm = time(points, |point, timed| {
        if timed {
            workspace.clone_from(&previous);
            solve(point, &mut workspace)
        } else {
            solve(point, &mut previous)
        }
    });
    println!("timing {name} {} {cold:.3} {warm:.3}", system.set().len());
}

fn main() {
    let Some(folder) = std::env::var_os("MAGMARET_REFERENCE_DIR") else {
        println!("skipped: MAGMARET_REFERENCE_DIR is not set");
        return;
    };
    let folder = PathBuf::from(folder).join("vaporisation");
    let records = fastchem::read(&folder.join("fastchem_logK.dat")).expect("constants");
    let table = |name: &str| read_table(&folder.join(format!("fastchem4_{name}.csv")));
    for name in ["vapIW", "vapIWm4", "CHONS"] {
        let (mixture, points) = table(name);
        report(name, &records, &mixture, &points);
    }
    let (mut mixture, points) = table("CHONS");
    let (rock, _) = table("vapIW");
    mixture.extend(rock.into_iter().filter(|(e, _)| *e != Element::O));
    report("CHONS_rock", &records, &mixture, &points);
}
