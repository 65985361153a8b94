//! What an instrument makes of a spectrum: throughput curves and the integral over a bin.
//!
//! An eclipse depth in a bin is a ratio of two photon counts,
//!
//! depth = (R_p/R_*)² ∫ F_p η λ dλ / ∫ F_* η λ dλ,
//!
//! over the edges of the bin, with the throughput η(λ) in electrons per photon (the factor λ turns
//! energy into photons). It is not the mean of the monochromatic ratio, and not its value at the
//! centre of the bin.
//!
//! The finite resolving power of a spectrometer is not modelled: edges are taken as sharp. That is
//! harmless for bins much wider than a resolution element (MIRI LRS: R about 100, 0.05 to 0.1 µm,
//! against bins of 0.3 to 0.7 µm).

mod bins;
mod passband;

pub use bins::{BinIntegrator, BinSpec, CELLS_PER_E_FOLD};
pub use passband::Passband;
