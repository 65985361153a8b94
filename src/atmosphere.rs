//! What stands above the surface: pressures, temperatures, composition, and the light that falls on it.
