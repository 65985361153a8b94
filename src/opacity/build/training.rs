//! Choice of the nodes of all bands.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;

use super::{Options, lines_of};
use crate::error::InputError;
use crate::opacity::gases::largest_partial_pressure_bar;
use crate::opacity::grid::BandGrid;
use crate::opacity::line_by_line::{FineGrid, Prepared, Workspace};
use crate::opacity::selection::{Nodes, Tolerance, Training, select};
use crate::opacity::set::BandNodes;
use crate::opacity::source::LineGas;

/// Candidates are every so many fine points.
const CANDIDATE_STRIDE: usize = 8;
/// Band means of transmissions that the columns of a training have.
const TARGETS: [f64; 6] = [0.95, 0.8, 0.6, 0.4, 0.2, 0.06];
/// Mixtures per temperature and pressure.
const MIXTURES: usize = 2;
/// Weight of a mixture against a pure gas.
const MIXTURE_WEIGHT: f64 = 1.5;
/// Optical depth in the middle of the band means below which a gas is left out of a band.
const RELEVANT: f64 = 0.02;

/// Column per pressure \[cm⁻² bar⁻¹\]: three times that of an atmosphere of 40 g/mol at 20 m/s².
pub const COLUMN_PER_CM2_BAR: f64 = 2.3e25;

/// Largest column of a gas that can matter above a pressure \[cm⁻²\].
pub fn largest_column_per_cm2(gas: &str, pressure_bar: f64) -> f64 {
    COLUMN_PER_CM2_BAR * pressure_bar.min(largest_partial_pressure_bar(gas))
}

/// The nodes and how well they fit.
#[derive(Clone, Debug)]
pub struct Selected {
    /// Nodes of all bands.
    pub nodes: BandNodes,
    /// Rms error of the transmissions of the training, all bands together.
    pub rms_error: f64,
    /// Largest error in any band.
    pub worst_error: f64,
    /// Bands that did not meet the tolerance with the most nodes that were allowed.
    pub short_bands: usize,
}

/// Cross sections in 16 bits: relative steps of 1e-3.
struct Compact(Vec<u16>);

impl Compact {
    const LN_LOW: f64 = -92.1; // 1e-40
    const STEP: f64 = 1.0e-3;

    fn pack(sigma_cm2: &[f32]) -> Self {
        let code = |sigma: &f32| {
            let steps = (f64::from(*sigma).max(1e-41).ln() - Self::LN_LOW) / Self::STEP;
            steps.clamp(0.0, f64::from(u16::MAX)) as u16
        };
        Self(sigma_cm2.iter().map(code).collect())
    }

    fn unpack(&self) -> Vec<f32> {
        let value = |code: &u16| match code {
            0 => 0.0,
            _ => (Self::LN_LOW + (f64::from(*code) + 0.5) * Self::STEP).exp() as f32,
        };
        self.0.iter().map(value).collect()
    }
}

/// Cross sections of one gas at one temperature and pressure, band by band where they matter.
struct Spectrum {
    state: usize,
    most_per_cm2: f64,
    bands: Vec<Option<Compact>>,
}

/// Trains and chooses.
pub(super) fn select_nodes(
    gases: &[LineGas],
    fine: &FineGrid,
    options: &Options,
    step_done: &mut dyn FnMut(&str),
) -> Result<Selected, InputError> {
    let mut spectra = Vec::new();
    let mut scratch = Workspace::default();
    let mut sigma_cm2 = vec![0.0_f32; fine.len()];
    for gas in gases {
        let cut = lines_of(gas, options);
        let mut states = options.training.iter().enumerate().peekable();
        while let Some((_, (temperature_k, _))) = states.peek() {
            let temperature_k = *temperature_k;
            let prepared = Prepared::new(gas, &[temperature_k], &cut)?;
            let lines = prepared.at(temperature_k, fine);
            let same = |(_, (t, _)): &(usize, &(f64, f64))| *t == temperature_k;
            while let Some((state, (_, pressure_bar))) = states.next_if(same) {
                lines.cross_section(*pressure_bar, &mut scratch, &mut sigma_cm2);
                let most_per_cm2 = largest_column_per_cm2(&gas.gas, *pressure_bar);
                spectra.push(Spectrum {
                    state,
                    most_per_cm2,
                    bands: bands_of(&sigma_cm2, most_per_cm2, options),
                });
                step_done(&gas.gas);
            }
        }
    }
    let nodes: Vec<Nodes> = (0..options.grid.bands)
        .into_par_iter()
        .map(|band| {
            let training = train(&spectra, band, options);
            select(&training, tolerance_of(band, options))
        })
        .collect();
    Ok(assemble(&nodes, &options.grid, options))
}

/// The bands that a gas can leave a mark on.
fn bands_of(sigma_cm2: &[f32], most_per_cm2: f64, options: &Options) -> Vec<Option<Compact>> {
    sigma_cm2
        .par_chunks_exact(options.grid.points_per_band)
        .map(|band| relevant(band, most_per_cm2).then(|| Compact::pack(band)))
        .collect()
}

/// More nodes where spectra are wanted, marked by the finer bins.
fn tolerance_of(band: usize, options: &Options) -> Tolerance {
    let mut tolerance = options.tolerance;
    if options.bins.parts(&options.grid, band) > options.bins.elsewhere {
        tolerance.most_nodes = tolerance.most_nodes_of_spectra;
    }
    tolerance
}

/// Whether a gas can leave a mark on a band.
fn relevant(band: &[f32], column_per_cm2: f64) -> bool {
    let mean = band.iter().map(|s| f64::from(*s)).sum::<f64>() / band.len() as f64;
    mean * column_per_cm2 > RELEVANT
}

/// The cases of one band.
fn train(spectra: &[Spectrum], band: usize, options: &Options) -> Training {
    let points = options.grid.points_per_band;
    let stride = CANDIDATE_STRIDE.min(points);
    let mut training = Training::new(points.div_ceil(stride));
    let mut rng = ChaCha8Rng::seed_from_u64(band as u64);
    for state in 0..options.training.len() {
        let mut depths = Vec::new();
        for spectrum in spectra.iter().filter(|s| s.state == state) {
            let Some(sigma) = spectrum.bands[band].as_ref().map(Compact::unpack) else {
                continue;
            };
            let most = spectrum.most_per_cm2;
            push_columns(&mut training, &sigma, most, 1.0);
            let column = column_for(&sigma, 0.5, most).unwrap_or(most);
            depths.push(
                sigma
                    .iter()
                    .map(|s| (f64::from(*s) * column) as f32)
                    .collect::<Vec<_>>(),
            );
        }
        if depths.len() < 2 {
            continue;
        }
        for _ in 0..MIXTURES {
            let mut mixture = vec![0.0_f32; points];
            for depth in &depths {
                let share = (-4.0 * rng.random::<f64>()).exp() as f32;
                for (sum, tau) in mixture.iter_mut().zip(depth) {
                    *sum += share * tau;
                }
            }
            push_columns(&mut training, &mixture, 1e4, MIXTURE_WEIGHT);
        }
    }
    training
}

/// Adds the transmissions of several columns of an absorber.
fn push_columns(training: &mut Training, sigma: &[f32], most: f64, weight: f64) {
    for target in TARGETS {
        let Some(column) = column_for(sigma, target, most) else {
            continue;
        };
        let column = column as f32;
        let transmission = |s: &f32| (-column * s).exp();
        let mean = sigma
            .iter()
            .map(|s| f64::from(transmission(s)))
            .sum::<f64>()
            / sigma.len() as f64;
        let candidates = sigma.iter().step_by(CANDIDATE_STRIDE);
        training.push(candidates.map(transmission), mean, weight);
    }
}

/// Column at which the band mean of the transmission is `target`, from the candidates; `None` if
/// more than `most` were needed.
fn column_for(sigma: &[f32], target: f64, most: f64) -> Option<f64> {
    let sample: Vec<f32> = sigma.iter().copied().step_by(CANDIDATE_STRIDE).collect();
    let mean = |column: f64| {
        let column = column as f32;
        sample.iter().map(|s| (-column * s).exp()).sum::<f32>() / sample.len() as f32
    };
    let wanted = target as f32;
    if mean(most) > wanted {
        return None;
    }
    let (mut low, mut high) = (most.ln() - 60.0, most.ln());
    for _ in 0..18 {
        let middle = 0.5 * (low + high);
        if mean(middle.exp()) > wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some((0.5 * (low + high)).exp())
}

fn assemble(chosen: &[Nodes], grid: &BandGrid, options: &Options) -> Selected {
    let (mut wavenumber_per_cm, mut weight) = (Vec::new(), Vec::new());
    let mut balance_weight = Vec::new();
    let (mut square, mut worst_error, mut short_bands) = (0.0, 0.0_f64, 0);
    for (band, nodes) in chosen.iter().enumerate() {
        let first = grid.points_of(band).start;
        for (candidate, w) in nodes.candidates.iter().zip(&nodes.weights) {
            let point = first + candidate * CANDIDATE_STRIDE;
            wavenumber_per_cm.push(grid.wavenumber_per_cm(point));
            weight.push(*w);
        }
        balance_weight.extend_from_slice(&nodes.balance_weights);
        square += nodes.rms_error * nodes.rms_error;
        worst_error = worst_error.max(nodes.worst_error);
        let tolerance = options.tolerance;
        if nodes.rms_error > tolerance.rms || nodes.worst_error > tolerance.worst {
            short_bands += 1;
        }
    }
    Selected {
        nodes: BandNodes {
            wavenumber_per_cm,
            weight,
            balance_weight,
            edges_per_cm: grid.band_edges_per_cm(),
        },
        rms_error: (square / grid.bands as f64).sqrt(),
        worst_error,
        short_bands,
    }
}
