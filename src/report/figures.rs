//! Figures of a run, each as SVG and/or PNG.
//!
//! kuva gives the scene and the two back ends (SVG text, pixels with the DejaVu Sans that it
//! carries); the panels are laid out here, because a corner plot with shared axes, quantile lines
//! and dashed priors is beyond its ready-made plots. Colours are those of Okabe & Ito (2008, Color
//! Universal Design), told apart with any colour vision. SVG files name the font and do not carry
//! it (1 MB each); PNG files are drawn at twice the nominal size. kuva 0.6 draws upright text in PNG
//! files somewhat bold (it blends the smoothed edge of rotated text onto black); SVG has no such
//! fault.

mod atmosphere;
mod canvas;
mod corner;
mod cross_sections;
mod density;
mod fine_spectrum;
mod frame;
mod insertion_rank;
mod marginals;
mod preference;
mod pressures;
mod profile_bands;
mod spectrum;
mod sweep;
mod trace;

use std::path::{Path, PathBuf};

use super::Label;
use crate::config::FigureFormat;
use crate::prior::MarginalDensity;

pub use atmosphere::{EmissionSpectrum, LayerMap, ProfileCurve, emission, layer_map, profile};
pub use corner::corner;
pub use cross_sections::{CrossSectionCurve, cross_sections};
pub use fine_spectrum::{BinnedDepth, fine_spectrum};
pub use insertion_rank::{InsertionRanks, insertion_rank};
pub use marginals::prior_posterior;
pub use preference::{PreferenceBars, bin_preference};
pub use pressures::{PressureAxis, partial_pressures};
pub use profile_bands::{ProfileBands, profile_bands};
pub use spectrum::{Band, DataBin, ModelCurve, SpectralFigure, brightness_temperature, spectrum};
pub use sweep::{AtmosphereCurve, atmospheres};
pub use trace::{Trace, trace};

/// Where a figure goes.
#[derive(Clone, Copy, Debug)]
pub struct Destination<'a> {
    /// Folder, made if it does not exist.
    pub folder: &'a Path,
    /// The formats to write.
    pub formats: &'a [FigureFormat],
}

/// One quantity of the posterior beside its prior.
#[derive(Clone, Debug)]
pub struct Marginal<'a> {
    /// How it is written on an axis.
    pub label: Label,
    /// Its value in each sample.
    pub values: &'a [f64],
    /// Draws from its prior, or for a derived quantity from the prior that the others imply; of
    /// equal weight, any number of them, none for no prior curve.
    pub prior: &'a [f64],
    /// The density of its prior where that is known, to be drawn instead of that of the draws.
    pub density: Option<MarginalDensity<'a>>,
}

/// The files that a figure was written to.
pub type Written = Vec<PathBuf>;
