//! What stands above the surface: pressures, temperatures, composition, and the light that falls on it.

pub mod grid;
pub mod hydrostatic;
pub mod illumination;
pub mod profile;
pub mod column;
pub mod surface_gas;
