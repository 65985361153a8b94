//! The pressure grid: equal steps of ln p between the top and the surface.
//!
//! The interfaces stand at p_i = p_top (p_s/p_top)^(i/N), i = 0 (top) to N (surface), so that they
//! follow a surface pressure that moves while an equation is solved, at a fixed number of layers.

use crate::error::{InputError, ModelError};
use crate::units::PA_PER_BAR;

/// Default pressure of the top of the grid \[Pa\]: 1e-8 bar, where the opacity tables end.
pub const TOP_PA: f64 = 1.0e-8 * PA_PER_BAR;
/// Default, and least, number of layers per decade of pressure.
pub const LAYERS_PER_DECADE: f64 = 10.0;

/// What stands above the surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// A column of gas.
    Atmosphere,
    /// The surface pressure is not above the top of the grid: a planet without atmosphere. Nothing
    /// was written.
    BelowTop,
}

/// A grid of fixed top and fixed number of layers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    top_pa: f64,
    layers: usize,
}

impl Grid {
    /// A grid of [`LAYERS_PER_DECADE`] from [`TOP_PA`] to `largest_base_pa`, the largest surface
    /// pressure that is expected \[Pa\].
    ///
    /// # Errors
    /// As [`Grid::with_resolution`].
    pub fn new(largest_base_pa: f64) -> Result<Self, InputError> {
        Self::with_resolution(TOP_PA, largest_base_pa, LAYERS_PER_DECADE)
    }

    /// A grid with at least `layers_per_decade` (10 to 1000) for every surface pressure from
    /// `top_pa` to `largest_base_pa` \[Pa\]. A larger surface pressure is taken too, with fewer
    /// layers per decade ([`Grid::layers_per_decade`]).
    ///
    /// # Errors
    /// [`InputError::Value`] for pressures that are not positive and ascending, or a resolution
    /// outside its range.
    pub fn with_resolution(
        top_pa: f64,
        largest_base_pa: f64,
        layers_per_decade: f64,
    ) -> Result<Self, InputError> {
        if !(top_pa > 0.0 && top_pa.is_finite()) {
            let expected = "a positive pressure in Pa";
            return Err(InputError::value("top of the atmosphere", top_pa, expected));
        }
        if !(largest_base_pa > top_pa && largest_base_pa.is_finite()) {
            return Err(InputError::value(
                "largest surface pressure",
                format!("{largest_base_pa} Pa"),
                format!("more than the top of the atmosphere, {top_pa} Pa"),
            ));
        }
        if !(LAYERS_PER_DECADE..=1_000.0).contains(&layers_per_decade) {
            return Err(InputError::value(
                "layers per decade of pressure",
                layers_per_decade,
                format!("{LAYERS_PER_DECADE} to 1000"),
            ));
        }
        // A quotient of two powers of ten must not be rounded up to one layer more.
        let exact = layers_per_decade * (largest_base_pa / top_pa).log10();
        let layers = (exact * (1.0 - 1.0e-12)).ceil().max(1.0);
        Ok(Self {
            top_pa,
            layers: layers as usize,
        })
    }

    /// A grid of a given number of layers (1 or more), however deep the surface lies.
    ///
    /// # Errors
    /// [`InputError::Value`] for a top that is not positive, or no layer.
    pub fn of_layers(top_pa: f64, layers: usize) -> Result<Self, InputError> {
        if !(top_pa > 0.0 && top_pa.is_finite()) {
            let expected = "a positive pressure in Pa";
            return Err(InputError::value("top of the atmosphere", top_pa, expected));
        }
        if layers == 0 {
            return Err(InputError::value("layers", 0, "one or more"));
        }
        Ok(Self { top_pa, layers })
    }

    /// Number of layers N.
    pub fn layers(&self) -> usize {
        self.layers
    }

    /// Pressure of the top of the grid \[Pa\].
    pub fn top_pa(&self) -> f64 {
        self.top_pa
    }

    /// Layers per decade of pressure at a surface pressure above the top \[Pa\].
    pub fn layers_per_decade(&self, surface_pressure_pa: f64) -> f64 {
        self.layers as f64 / (surface_pressure_pa / self.top_pa).log10()
    }

    /// d ln p / d ln p_s at interface `i`: i/N.
    pub fn interface_sigma(&self, i: usize) -> f64 {
        i as f64 / self.layers as f64
    }

    /// d ln p / d ln p_s of layer `l`: (l + 1/2)/N.
    pub fn layer_sigma(&self, l: usize) -> f64 {
        (l as f64 + 0.5) / self.layers as f64
    }

    /// Writes the pressures of the interfaces (N + 1) and of the layers (N) \[Pa\], top first.
    ///
    /// The pressure of a layer is the geometric mean of those of its interfaces. The top layer
    /// stands for all the gas above it as well: its mass reaches to zero pressure, and its upper
    /// interface only marks where ln p begins.
    ///
    /// # Errors
    /// [`ModelError::Fatal`] for a surface pressure that is no number.
    ///
    /// # Panics
    /// If a slice has another length.
    pub fn fill_pressures(
        &self,
        surface_pressure_pa: f64,
        interface_pressure_pa: &mut [f64],
        pressure_pa: &mut [f64],
    ) -> Result<Base, ModelError> {
        assert_eq!(interface_pressure_pa.len(), self.layers + 1);
        assert_eq!(pressure_pa.len(), self.layers);
        if surface_pressure_pa.is_nan() || surface_pressure_pa == f64::INFINITY {
            return Err(ModelError::Fatal {
                message: format!("the surface pressure is {surface_pressure_pa} Pa"),
            });
        }
        if surface_pressure_pa <= self.top_pa {
            return Ok(Base::BelowTop);
        }
        let depth = (surface_pressure_pa / self.top_pa).ln();
        for (i, interface) in interface_pressure_pa.iter_mut().enumerate() {
            *interface = self.top_pa * (depth * self.interface_sigma(i)).exp();
        }
        // Whatever the rounding of the exponential, the ends are exact.
        interface_pressure_pa[0] = self.top_pa;
        interface_pressure_pa[self.layers] = surface_pressure_pa;
        for (l, pressure) in pressure_pa.iter_mut().enumerate() {
            *pressure = self.top_pa * (depth * self.layer_sigma(l)).exp();
        }
        Ok(Base::Atmosphere)
    }

    /// As [`Grid::fill_pressures`], and the masses of the layers (N) \[kg m⁻²\] at constant gravity
    /// \[m s⁻²\], m_l = (p_{l+1} - p_l)/g with p_0 taken as zero: Σ m g = p_s.
    /// `hydrostatic` has them for a gravity that falls with altitude.
    ///
    /// # Errors
    /// As [`Grid::fill_pressures`], and for a gravity that is not positive.
    ///
    /// # Panics
    /// If a slice has another length.
    pub fn fill(
        &self,
        surface_pressure_pa: f64,
        gravity_m_s2: f64,
        interface_pressure_pa: &mut [f64],
        pressure_pa: &mut [f64],
        mass_kg_m2: &mut [f64],
    ) -> Result<Base, ModelError> {
        assert_eq!(mass_kg_m2.len(), self.layers);
        if !(gravity_m_s2 > 0.0 && gravity_m_s2.is_finite()) {
            return Err(ModelError::Fatal {
                message: format!("the gravity is {gravity_m_s2} m/s2"),
            });
        }
        let base = self.fill_pressures(surface_pressure_pa, interface_pressure_pa, pressure_pa)?;
        if base == Base::Atmosphere {
            let mut above_pa = 0.0;
            for (mass, &below_pa) in mass_kg_m2.iter_mut().zip(&interface_pressure_pa[1..]) {
                *mass = (below_pa - above_pa) / gravity_m_s2;
                above_pa = below_pa;
            }
        }
        Ok(base)
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    use super::*;

    struct Filled {
        interface: Vec<f64>,
        layer: Vec<f64>,
        mass: Vec<f64>,
        base: Base,
    }

    fn filled(grid: &Grid, surface_pa: f64, gravity: f64) -> Filled {
        let n = grid.layers();
        let (mut interface, mut layer, mut mass) = (vec![0.0; n + 1], vec![0.0; n], vec![0.0; n]);
        let base = grid
            .fill(surface_pa, gravity, &mut interface, &mut layer, &mut mass)
            .unwrap();
        Filled {
            interface,
            layer,
            mass,
            base,
        }
    }

    /// 1e-8 bar to 0.1 bar in 70 layers, to 10 bar in 90: HELIOS with ten layers per decade.
    #[test]
    fn ten_layers_per_decade() {
        assert_eq!(Grid::new(0.1 * PA_PER_BAR).unwrap().layers(), 70);
        assert_eq!(Grid::new(10.0 * PA_PER_BAR).unwrap().layers(), 90);
        assert_eq!(Grid::new(11.0 * PA_PER_BAR).unwrap().layers(), 91);
        let fine = Grid::with_resolution(TOP_PA, 10.0 * PA_PER_BAR, 20.0).unwrap();
        assert_eq!(fine.layers(), 180);
        assert_relative_eq!(fine.layers_per_decade(1.0e6), 20.0, max_relative = 1e-12);
    }

    #[test]
    fn interfaces_are_equal_steps_of_the_logarithm_with_exact_ends() {
        let grid = Grid::new(1.0e5).unwrap();
        let column = filled(&grid, 3_000.0, 10.0);
        assert_eq!(column.base, Base::Atmosphere);
        assert_eq!(column.interface[0], TOP_PA);
        assert_eq!(column.interface[grid.layers()], 3_000.0);
        let step = (3_000.0 / TOP_PA).powf(1.0 / grid.layers() as f64);
        for (l, pair) in column.interface.windows(2).enumerate() {
            assert_relative_eq!(pair[1] / pair[0], step, max_relative = 1e-12);
            let mean = (pair[0] * pair[1]).sqrt();
            assert_relative_eq!(column.layer[l], mean, max_relative = 1e-12);
        }
    }

    /// Central differences of a step of 1e-6 in ln p_s.
    #[test]
    fn sigma_is_the_derivative_to_the_surface_pressure() {
        let grid = Grid::new(1.0e5).unwrap();
        let (low, high) = (
            filled(&grid, 500.0 * (-1.0e-6_f64).exp(), 10.0),
            filled(&grid, 500.0 * 1.0e-6_f64.exp(), 10.0),
        );
        for l in 0..grid.layers() {
            let difference = (high.layer[l] / low.layer[l]).ln() / 2.0e-6;
            assert!((difference - grid.layer_sigma(l)).abs() < 1e-8);
            let difference = (high.interface[l] / low.interface[l]).ln() / 2.0e-6;
            assert!((difference - grid.interface_sigma(l)).abs() < 1e-8);
        }
    }

    #[test]
    fn a_surface_pressure_at_the_top_is_a_bare_planet() {
        let grid = Grid::new(1.0e5).unwrap();
        for surface_pa in [TOP_PA, 0.0, -1.0, 1e-30] {
            let column = filled(&grid, surface_pa, 10.0);
            assert_eq!(column.base, Base::BelowTop);
            assert!(
                column.interface.iter().all(|&p| p == 0.0),
                "nothing written"
            );
        }
        let thin = filled(&grid, TOP_PA * (1.0 + 1e-9), 10.0);
        assert_eq!(thin.base, Base::Atmosphere);
        assert_relative_eq!(
            thin.mass.iter().sum::<f64>(),
            TOP_PA / 10.0,
            max_relative = 1e-8
        );
        let (mut i, mut l) = (vec![0.0; 101], vec![0.0; 100]);
        let grid = Grid::new(100.0 * PA_PER_BAR).unwrap();
        for surface_pa in [f64::NAN, f64::INFINITY] {
            assert!(grid.fill_pressures(surface_pa, &mut i, &mut l).is_err());
        }
        assert!(
            grid.fill(1.0, 0.0, &mut i, &mut l, &mut [0.0; 100])
                .is_err()
        );
    }

    #[test]
    fn impossible_grids_are_refused() {
        let refusal = |top, base, per| {
            Grid::with_resolution(top, base, per)
                .unwrap_err()
                .to_string()
        };
        assert!(refusal(0.0, 1.0, 10.0).contains("positive"));
        assert!(refusal(1.0, 1.0, 10.0).contains("top of the atmosphere"));
        assert!(refusal(f64::NAN, 1.0, 10.0).contains("positive"));
        assert!(refusal(1.0, 10.0, 9.0).contains("10 to 1000"));
    }

    proptest! {
        /// Σ m g = p_s: no mass is lost above the top. The tolerance is rounding.
        #[test]
        fn no_mass_is_lost(log10_pa in -2.9..7.0_f64, gravity in 1.0..40.0_f64) {
            let grid = Grid::new(1.0e7).unwrap();
            let surface_pa = 10_f64.powf(log10_pa);
            let column = filled(&grid, surface_pa, gravity);
            let weight: f64 = column.mass.iter().map(|mass| mass * gravity).sum();
            prop_assert!((weight / surface_pa - 1.0).abs() < 1e-13);
            prop_assert!(column.mass.iter().all(|&mass| mass > 0.0));
            prop_assert!(column.interface.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
