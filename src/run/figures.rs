//! The figures of a run, from its results.

use super::RunError;
use super::model_run::ModelRun;
use super::model_set::ModelSet;
use super::predictive::{Bands, Predictive};
use super::profiles::Profiles;
use crate::config::FigureFormat;
use crate::forward::Scene;
use crate::report::Label;
use crate::report::figures::{
    Band, DataBin, Destination, InsertionRanks, Marginal, ModelCurve, PreferenceBars, ProfileBands,
    SpectralFigure, Trace, bin_preference, brightness_temperature, corner, insertion_rank,
    prior_posterior, profile_bands, spectrum, trace,
};
use crate::spectrum::brightness_temperature as brightness_temperature_k;
use crate::units::{M_PER_UM, RATIO_PER_PPM};

/// Writes every figure of the model `index`; the others appear as curves.
///
/// # Errors
/// [`crate::error::InputError::Write`].
pub fn write_figures(
    runs: &[ModelRun<'_>],
    predictives: &[Predictive],
    index: usize,
    formats: &[FigureFormat],
) -> Result<(), RunError> {
    if formats.is_empty() {
        return Ok(());
    }
    let run = &runs[index];
    let folder = run.folder.join("figures");
    let destination = Destination {
        folder: &folder,
        formats,
    };
    let columns = Columns::of(run);
    let weights = run.posterior.weights();
    let free = columns.marginals(run, |name| {
        run.model.problem.prior.free_names().contains(name)
    });
    let moving = columns.moving(run);
    corner(&free, weights, destination)?;
    prior_posterior(&moving, weights, destination)?;
    let trace_input = Trace {
        ln_prior_volume: &run.samples.ln_prior_volume,
        ln_likelihood: run.posterior.ln_likelihood(),
        weights,
        columns: &free,
    };
    trace(trace_input, destination)?;
    if run.insertion_p_value.is_some() {
        let ranks = InsertionRanks {
            ranks: &run.samples.insertion_rank,
            p_value: run.insertion_p_value,
        };
        insertion_rank(ranks, destination)?;
    }
    spectrum(&depth_figure(runs, predictives, index), destination)?;
    brightness_temperature(&temperature_figure(runs, predictives, index), destination)?;
    Ok(())
}

/// Writes the figure of temperatures and gases, where there is a gas.
///
/// # Errors
/// [`crate::error::InputError::Write`].
pub fn write_profiles(
    profiles: &Profiles,
    run: &ModelRun<'_>,
    formats: &[FigureFormat],
) -> Result<(), RunError> {
    let folder = run.folder.join("figures");
    let destination = Destination {
        folder: &folder,
        formats,
    };
    let bands = ProfileBands {
        pressure_bar: &profiles.pressure_bar,
        temperature_k: &profiles.temperature_k,
        mole_fraction: &profiles.mole_fraction,
    };
    if !formats.is_empty() {
        profile_bands(&bands, destination)?;
    }
    Ok(())
}

/// Writes the figure of which bins prefer which model, where there are models to compare.
///
/// # Errors
/// [`crate::error::InputError::Write`].
pub fn write_preference(
    set: &ModelSet<'_>,
    main: &ModelRun<'_>,
    formats: &[FigureFormat],
) -> Result<(), RunError> {
    let models = set.preferences();
    let best = models.iter().max_by(|a, b| a.1.total.total_cmp(&b.1.total));
    let Some((best, _, trusted)) = best.filter(|_| !formats.is_empty()) else {
        return Ok(());
    };
    let bars: Vec<PreferenceBars> = (models.iter())
        .filter(|(name, ..)| name != best)
        .map(|(name, difference, reliable)| PreferenceBars {
            name: plain_name(name),
            difference: difference.by_bin.clone(),
            reliable: (reliable.iter().zip(trusted))
                .map(|(own, of_best)| *own && *of_best)
                .collect(),
        })
        .collect();
    let edges: Vec<[f64; 2]> = (main.setup.observation.rows.iter())
        .map(|row| [row.low_m / M_PER_UM, row.high_m / M_PER_UM])
        .collect();
    let folder = main.folder.join("figures");
    let destination = Destination {
        folder: &folder,
        formats,
    };
    bin_preference(&plain_name(best), &edges, &bars, destination)?;
    Ok(())
}

/// The columns of a posterior, taken apart once.
struct Columns(Vec<Vec<f64>>);

impl Columns {
    fn of(run: &ModelRun<'_>) -> Self {
        Self(
            (0..run.posterior.names().len())
                .map(|column| run.posterior.column(column))
                .collect(),
        )
    }

    fn marginals<'a>(
        &'a self,
        run: &'a ModelRun<'_>,
        wanted: impl Fn(&String) -> bool,
    ) -> Vec<Marginal<'a>> {
        let parameters = run.posterior.parameter_count();
        let law = &run.model.problem.prior;
        (run.posterior.names().iter().enumerate())
            .filter(|(_, name)| wanted(name))
            .map(|(column, name)| Marginal {
                label: Label::from_name(name),
                values: &self.0[column],
                prior: &run.prior_columns[column],
                density: (column < parameters)
                    .then(|| law.marginal(column))
                    .flatten(),
            })
            .collect()
    }

    /// Parameters and derived quantities that are not constant.
    fn moving<'a>(&'a self, run: &'a ModelRun<'_>) -> Vec<Marginal<'a>> {
        let constant = |values: &[f64]| values.iter().all(|value| *value == values[0]);
        let names = run.posterior.names();
        self.marginals(run, |name| {
            names
                .iter()
                .position(|own| own == name)
                .is_some_and(|at| !constant(&self.0[at]))
        })
    }
}

fn depth_figure(runs: &[ModelRun<'_>], predictives: &[Predictive], index: usize) -> SpectralFigure {
    let run = &runs[index];
    let predictive = &predictives[index];
    let ppm = |depth: f64| depth / RATIO_PER_PPM;
    let data = (run.setup.observation.rows.iter())
        .map(|row| DataBin {
            wavelength_low_um: row.low_m / M_PER_UM,
            wavelength_high_um: row.high_m / M_PER_UM,
            value: ppm(row.depth),
            error_minus: ppm(row.error_minus),
            error_plus: ppm(row.error_plus),
            group: group_name(row),
        })
        .collect();
    let others = (runs.iter().zip(predictives).enumerate())
        .filter(|(other, _)| *other != index)
        .map(|(_, (run, predictive))| ModelCurve {
            name: plain_name(run.name()),
            wavelength_um: wavelengths_um(predictive),
            median: predictive.native.iter().map(|band| ppm(band[2])).collect(),
        })
        .collect();
    SpectralFigure {
        model: plain_name(run.name()),
        data,
        native: Some(band(wavelengths_um(predictive), &predictive.native, ppm)),
        binned: Some(band(centres_um(run), &predictive.bins, ppm)),
        others,
    }
}

/// Depths as brightness temperatures, all at the central values of star and orbit: the errors show
/// what the depths say, not what star and orbit add.
fn temperature_figure(
    runs: &[ModelRun<'_>],
    predictives: &[Predictive],
    index: usize,
) -> SpectralFigure {
    let run = &runs[index];
    let reading = Reading::of(run);
    let depths = depth_figure(runs, predictives, index);
    let data = (depths
        .data
        .iter()
        .zip(&run.setup.observation.rows)
        .enumerate())
    .map(|(bin, (data, row))| {
        let value = reading.of_bin(bin, row.depth);
        DataBin {
            value,
            error_minus: value - reading.of_bin(bin, row.depth - row.error_minus),
            error_plus: reading.of_bin(bin, row.depth + row.error_plus) - value,
            ..data.clone()
        }
    })
    .collect();
    let native_of = |predictive: &Predictive| -> Bands {
        (predictive.native.iter().enumerate())
            .map(|(i, band)| band.map(|depth| reading.of_depth(predictive.wavelengths_m[i], depth)))
            .collect()
    };
    let binned: Bands = (predictives[index].bins.iter().enumerate())
        .map(|(bin, band)| band.map(|depth| reading.of_bin(bin, depth)))
        .collect();
    let others = (predictives.iter().enumerate())
        .filter(|(other, _)| *other != index)
        .zip(depths.others)
        .map(|((_, predictive), curve)| ModelCurve {
            median: native_of(predictive).iter().map(|band| band[2]).collect(),
            ..curve
        })
        .collect();
    let native = native_of(&predictives[index]);
    SpectralFigure {
        model: depths.model,
        data,
        native: Some(band(
            wavelengths_um(&predictives[index]),
            &native,
            |value| value,
        )),
        binned: Some(band(centres_um(run), &binned, |value| value)),
        others,
    }
}

/// From depth to brightness temperature at the central values of star and orbit.
struct Reading<'a> {
    scene: &'a Scene,
    star_flux: Vec<f64>,
    area_ratio: f64,
    star_temperature_k: f64,
}

impl<'a> Reading<'a> {
    fn of(run: &'a ModelRun<'_>) -> Self {
        let scene = run.model.problem.model.scene();
        let orbit = &run.setup.orbit;
        let mut star_flux = vec![0.0; scene.integrator().wavelengths_m().len()];
        scene.star_flux(orbit.stellar_temperature_k.value, &mut star_flux);
        Self {
            scene,
            star_flux,
            area_ratio: orbit.radius_ratio.value.powi(2),
            star_temperature_k: orbit.stellar_temperature_k.value,
        }
    }

    /// \[K\]; 0 for a depth that no planet gives (negative, say).
    fn of_bin(&self, bin: usize, depth: f64) -> f64 {
        let integrator = self.scene.integrator();
        integrator
            .brightness_temperature(bin, depth, &self.star_flux, self.area_ratio)
            .unwrap_or(0.0)
    }

    fn of_depth(&self, wavelength_m: f64, depth: f64) -> f64 {
        let star_flux = self
            .scene
            .star()
            .flux(wavelength_m, self.star_temperature_k);
        let radiance =
            depth * star_flux.unwrap_or(f64::NAN) / self.area_ratio / std::f64::consts::PI;
        if radiance > 0.0 {
            brightness_temperature_k(wavelength_m, radiance)
        } else {
            0.0
        }
    }
}

fn band(wavelength_um: Vec<f64>, bands: &Bands, unit: impl Fn(f64) -> f64) -> Band {
    let quantile = |which: usize| bands.iter().map(|band| unit(band[which])).collect();
    Band {
        wavelength_um,
        q025: quantile(0),
        q16: quantile(1),
        q50: quantile(2),
        q84: quantile(3),
        q975: quantile(4),
    }
}

fn wavelengths_um(predictive: &Predictive) -> Vec<f64> {
    predictive
        .wavelengths_m
        .iter()
        .map(|wavelength| wavelength / M_PER_UM)
        .collect()
}

fn centres_um(run: &ModelRun<'_>) -> Vec<f64> {
    let rows = &run.setup.observation.rows;
    rows.iter()
        .map(|row| 0.5 * (row.low_m + row.high_m) / M_PER_UM)
        .collect()
}

fn group_name(row: &crate::observation::Row) -> String {
    let labels = [&row.instrument, &row.mode, &row.visit];
    let labels: Vec<&str> = labels
        .into_iter()
        .map(String::as_str)
        .filter(|label| !label.is_empty())
        .collect();
    labels.join(" ").replace('_', " ")
}

fn plain_name(name: &str) -> String {
    name.replace('_', " ")
}
