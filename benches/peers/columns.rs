//! Our half of `benches/peers/spectra.py` and `equilibrium.py`: reads `cases.json` of the folder in
//! `MAGMARET_PEER_FOLDER`, writes `results.json` there: depths in bins \[ppm\], columns in
//! equilibrium, and seconds of its one thread.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use magmaret::constants::STEFAN_BOLTZMANN;
use magmaret::error::ModelError;
use magmaret::opacity::mixing::{GasTable, Layers, Mixture};
use magmaret::opacity::read::{Content, Options, open};
use magmaret::transfer::{
    Angles, Boundary, Column, ColumnModel, Diffusivity, Emission, Equilibrium, EquilibriumOptions,
    SpectralPoints, Transfer, View, Workspace,
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Input {
    gases: Vec<String>,
    /// Of every gas.
    mole_fraction: f64,
    mean_molar_mass_g_mol: f64,
    gravity_m_s2: f64,
    /// Of the cells, one around every point of the tables.
    edges_per_cm: Vec<f64>,
    /// Equally many points each.
    bins: usize,
    star_k: f64,
    radius_ratio: f64,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    tables: Vec<PathBuf>,
    interface_pa: Vec<f64>,
    layer_pa: Vec<f64>,
    temperature_k: Vec<f64>,
    surface_k: f64,
    angles: usize,
    repeats: usize,
    /// Points that share a Planck function.
    #[serde(default = "one")]
    points_per_band: usize,
    /// Solve for the temperatures under this irradiation.
    irradiation_k: Option<f64>,
    /// To this imbalance.
    imbalance: Option<f64>,
}

fn one() -> usize {
    1
}

#[derive(Default, Serialize)]
struct Outcome {
    depth_ppm: Vec<f64>,
    temperature_k: Vec<f64>,
    surface_k: f64,
    imbalance: f64,
    iterations: usize,
    /// Of the processor, mean of the repeats.
    seconds: f64,
    /// Of the clock, the fastest of the repeats.
    best_seconds: f64,
}

/// Gases at constant mole fractions on fixed pressures.
struct Gases<'a> {
    input: &'a Input,
    case: &'a Case,
    tables: &'a [GasTable],
    mixture: Mixture,
    pressure_bar: Vec<f64>,
    mean_molar_mass_g_mol: Vec<f64>,
    mole_fraction: Vec<f64>,
}

impl<'a> Gases<'a> {
    fn new(input: &'a Input, case: &'a Case, tables: &'a [GasTable]) -> Self {
        let layers = case.layer_pa.len();
        Self {
            input,
            case,
            tables,
            mixture: Mixture::default(),
            pressure_bar: case.layer_pa.iter().map(|p| 1e-5 * p).collect(),
            mean_molar_mass_g_mol: vec![input.mean_molar_mass_g_mol; layers],
            mole_fraction: vec![input.mole_fraction; layers * tables.len()],
        }
    }
}

impl ColumnModel for Gases<'_> {
    fn layers(&self) -> usize {
        self.case.layer_pa.len()
    }

    fn points(&self) -> usize {
        self.input.edges_per_cm.len() - 1
    }

    fn follows_surface(&self) -> bool {
        false
    }

    fn fill(
        &mut self,
        temperature_k: &[f64],
        _surface_temperature_k: f64,
        column: &mut Column,
    ) -> Result<(), ModelError> {
        let interface = &self.case.interface_pa;
        column.interface_pressure_pa.clone_from(interface);
        column.pressure_pa.clone_from(&self.case.layer_pa);
        column.mass_kg_m2.clear();
        let mass = |pair: &[f64]| (pair[1] - pair[0]) / self.input.gravity_m_s2;
        column.mass_kg_m2.extend(interface.windows(2).map(mass));
        let layers = Layers {
            temperature_k,
            pressure_bar: &self.pressure_bar,
            mean_molar_mass_g_mol: &self.mean_molar_mass_g_mol,
            mole_fraction: &self.mole_fraction,
        };
        let extinction = &mut column.extinction;
        self.mixture.extinction(self.tables, &layers, extinction);
        Ok(())
    }
}

fn read(gas: &str, path: &Path) -> GasTable {
    match open(path, &Options::new(gas)).expect("a table") {
        Content::Table(table) => GasTable::new(&table).expect("a sound table"),
        _ => panic!("{} holds no cross sections", path.display()),
    }
}

fn spectral_points(edges: &[f64], per_band: usize) -> SpectralPoints {
    let bands: Vec<f64> = edges.iter().step_by(per_band).copied().collect();
    let band: Vec<usize> = (0..edges.len() - 1).map(|i| i / per_band).collect();
    let width = |low: usize, high: usize| edges[high] - edges[low];
    let weight: Vec<f64> = (band.iter().enumerate())
        .map(|(i, band)| width(i, i + 1) / width(band * per_band, (band + 1) * per_band))
        .collect();
    SpectralPoints::from_parts(&bands, &band, &weight).expect("whole bands")
}

/// Seconds that this thread has had a processor, in steps of some milliseconds; of the clock where
/// the system does not tell.
fn processor_s(since: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| since.elapsed().as_secs_f64(), |ns| 1e-9 * ns)
}

/// Photon-weighted depths \[ppm\]. The outermost bands carry the tails of the Planck function and
/// are left out.
fn depths(input: &Input, points: &SpectralPoints, emission: &Emission) -> Vec<f64> {
    let star = points.black_body_w_m2(input.star_k);
    let per_bin = points.points() / input.bins;
    let sum = |bin: usize, flux: &dyn Fn(usize) -> f64| -> f64 {
        (bin * per_bin..(bin + 1) * per_bin)
            .filter(|i| (1..points.bands() - 1).contains(&points.band(*i)))
            .map(|i| {
                let middle = (input.edges_per_cm[i] * input.edges_per_cm[i + 1]).sqrt();
                flux(i) * points.weight(i) / middle
            })
            .sum()
    };
    (0..input.bins)
        .map(|bin| {
            let planet = sum(bin, &|i| emission.point_w_m2[i]);
            let ratio = planet / sum(bin, &|i| star[points.band(i)]);
            1e6 * input.radius_ratio.powi(2) * ratio
        })
        .collect()
}

fn spectrum(input: &Input, case: &Case, transfer: &Transfer, tables: &[GasTable]) -> Outcome {
    let mut model = Gases::new(input, case, tables);
    let boundary = Boundary::dark(transfer.points().bands());
    let angles = Angles::new(case.angles).expect("1 to 32 angles");
    let (mut column, mut emission) = (Column::default(), Emission::default());
    let mut workspace = Workspace::default();
    let mut solve = |shift: f64| {
        let layers: Vec<f64> = case.temperature_k.iter().map(|t| t + shift).collect();
        let surface = case.surface_k + shift;
        model.fill(&layers, surface, &mut column).expect("a column");
        transfer
            .emission(
                &View {
                    column: &column,
                    temperature_k: &layers,
                    surface_temperature_k: surface,
                    boundary: &boundary,
                    angles: &angles,
                },
                &mut workspace,
                &mut emission,
            )
            .expect("a spectrum");
    };
    solve(1.0);
    let began = Instant::now();
    let start = processor_s(began);
    let mut best_seconds = f64::INFINITY;
    for i in 0..case.repeats.max(1) {
        let one = Instant::now();
        solve((i % 10) as f64);
        best_seconds = best_seconds.min(one.elapsed().as_secs_f64());
    }
    let seconds = (processor_s(began) - start) / case.repeats.max(1) as f64;
    solve(0.0);
    Outcome {
        depth_ppm: depths(input, transfer.points(), &emission),
        seconds,
        best_seconds,
        ..Outcome::default()
    }
}

fn equilibrium(
    input: &Input,
    case: &Case,
    transfer: &Transfer,
    tables: &[GasTable],
    irradiation_k: f64,
) -> Outcome {
    let mut model = Gases::new(input, case, tables);
    let mut boundary = Boundary::dark(transfer.points().bands());
    boundary.stellar_flux_w_m2 = transfer.points().black_body_w_m2(input.star_k);
    let scale = STEFAN_BOLTZMANN * irradiation_k.powi(4) / boundary.incoming_w_m2();
    let flux = boundary.stellar_flux_w_m2.iter_mut();
    flux.for_each(|flux| *flux *= scale);
    let mut options = EquilibriumOptions::default();
    options.imbalance = case.imbalance.unwrap_or(options.imbalance);
    let mut solver = Equilibrium::default();
    let mut solve = || {
        let (start_k, surface_k) = (&case.temperature_k, case.surface_k);
        solver
            .solve(transfer, &mut model, &boundary, start_k, surface_k, options)
            .expect("an equilibrium");
    };
    solve();
    let began = Instant::now();
    let start = processor_s(began);
    (0..case.repeats).for_each(|_| solve());
    let seconds = (processor_s(began) - start) / case.repeats.max(1) as f64;
    Outcome {
        temperature_k: solver.temperature_k().to_vec(),
        surface_k: solver.surface_temperature_k(),
        imbalance: solver.fluxes().imbalance_w_m2(0.0) / boundary.incoming_w_m2(),
        iterations: solver.effort().iterations,
        seconds,
        ..Outcome::default()
    }
}

fn main() {
    let Some(folder) = std::env::var_os("MAGMARET_PEER_FOLDER").map(PathBuf::from) else {
        println!("skipped: MAGMARET_PEER_FOLDER is not set");
        return;
    };
    let text = std::fs::read_to_string(folder.join("cases.json")).expect("cases.json");
    let input: Input = serde_json::from_str(&text).expect("cases as synthetic.py writes them");
    let mut tables: BTreeMap<&[PathBuf], Vec<GasTable>> = BTreeMap::new();
    let mut outcomes = BTreeMap::new();
    for case in &input.cases {
        let tables = tables.entry(&case.tables).or_insert_with(|| {
            let files = input.gases.iter().zip(&case.tables);
            files.map(|(gas, path)| read(gas, path)).collect()
        });
        let points = spectral_points(&input.edges_per_cm, case.points_per_band);
        let transfer = Transfer::new(points, Diffusivity::Hemispheric);
        let outcome = match case.irradiation_k {
            Some(irradiation_k) => equilibrium(&input, case, &transfer, tables, irradiation_k),
            None => spectrum(&input, case, &transfer, tables),
        };
        outcomes.insert(&case.name, outcome);
    }
    let text = serde_json::to_string(&outcomes).expect("finite numbers");
    std::fs::write(folder.join("results.json"), text).expect("a folder to write to");
}
