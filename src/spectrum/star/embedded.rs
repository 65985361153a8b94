//! The stellar spectra that the program carries.

use super::Star;
use crate::error::{InputError, nearest};
use crate::spectrum::columns::Columns;
use crate::spectrum::{PiecewiseLinear, planck_flux};
use crate::units::M_PER_UM;

/// One spectrum: flux through the surface of the star at up to 400 points thinned from a published
/// spectrum.
///
/// # Accuracy
/// The integral is that of the original to 2e-6. Bands of R = 50 of the G stars differ from it by 1 to 1.5 % rms
/// (3 % at most) from 0.2 to 0.5 µm and 0.2 to 0.4 % (1.8 %) from 0.5 to 1 µm; those of the K star by 7 % (28 %,
/// Mg II) from 0.2 to 0.3 µm, where it has 4e-4 of its light, 2 % (5 %) to 0.5 µm and 0.8 % (4 %) to 1 µm.
/// Bands of R = 30 differ by 0.1 % from 1 to 3 µm. Below 0.2 µm only sums over tens of nanometres are held
/// (Lyman α is spread out; 4 % of TOI-1807).
/// The Sun ends at 2.98 µm, beyond which it goes on as a black body: by the likeness of 55 Cnc some
/// 15 % too bright from 5 µm on, and the eclipse depths as much too small. The ultraviolet of TOI-1807 is that of a
/// quiet older star: the young star itself is likely to have more (`uv_scale`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EmbeddedStar {
    /// Name in the run file.
    pub name: &'static str,
    /// Effective temperature of the spectrum \[K\].
    pub effective_temperature_k: f64,
    /// Where it comes from, for the output.
    pub source: &'static str,
    /// The table, `wavelength_um,flux_w_m2_um`.
    text: &'static str,
}

/// The spectra, by name.
pub const EMBEDDED_STARS: [EmbeddedStar; 3] = [
    // 5777 K: the solar constant of that spectrum, 1366.1 W m⁻², at the nominal radius.
    EmbeddedStar {
        name: "sun_g2",
        effective_temperature_k: 5_777.0,
        source: "Sun (G2): Gueymard (2004), Solar Energy 76, 423, thinned; black body beyond 2.98 µm",
        text: include_str!("../data/sun_g2.csv"),
    },
    // 5177 K: the integral of the spectrum.
    EmbeddedStar {
        name: "55_cnc_g8",
        effective_temperature_k: 5_177.0,
        source: "55 Cnc (G8): host spectrum of Zilinskas et al. (2022, arXiv:2202.04759), thinned",
        text: include_str!("../data/55_cnc_g8.csv"),
    },
    // 4714 K: the integral of the spectrum. Its light from 0.11 to 0.56 µm is that of HD 85512 (K6V) in
    // the MUSCLES survey times one number (found to 1 % in steps of 5 to 20 nm).
    EmbeddedStar {
        name: "toi_1807_k3",
        effective_temperature_k: 4_714.0,
        source: "TOI-1807 (K3): host spectrum of the models of Zilinskas et al. (2022, arXiv:2202.04759), \
                 ultraviolet of HD 85512 (K6V, MUSCLES: France et al. 2016), thinned",
        text: include_str!("../data/toi_1807_k3.csv"),
    },
];

/// Header of the tables.
const HEADER: [&str; 2] = ["wavelength_um", "flux_w_m2_um"];
/// Range of the fine grid \[m\]: below and beyond it lies less than 1e-8 of the light of these stars.
const FINE_RANGE_M: (f64, f64) = (2.0e-8, 5.0e-3);
/// Points of the fine grid per unit of ln λ.
const FINE_PER_E_FOLD: f64 = 500.0;
/// Relative difference of effective temperatures that passes without a note.
const SAME_STAR: f64 = 0.05;

impl EmbeddedStar {
    /// The points of the table \[m, W m⁻² m⁻¹\].
    ///
    /// # Errors
    /// [`InputError`] if the table that was built in is no table.
    pub fn points(&self) -> Result<(Vec<f64>, Vec<f64>), InputError> {
        let columns = Columns::from_text(self.text, self.name, Some(HEADER))?.ascending()?;
        columns.second_within(0.0, f64::MAX, "a flux of 0 or more")?;
        Ok((columns.rows.iter())
            .map(|row| (row.first * M_PER_UM, row.second / M_PER_UM))
            .unzip())
    }
}

impl Star {
    /// An embedded spectrum by name. It is read as a ratio to the black body of its own effective
    /// temperature, straight between the points and constant beyond them, so that a few points hold
    /// a smooth spectrum. `system_temperature_k` is the temperature of the star that it stands for
    /// \[K\]; where that is another the warnings say so.
    ///
    /// # Errors
    /// [`InputError::Value`] for no name or one that is not known.
    pub fn embedded(name: Option<&str>, system_temperature_k: f64) -> Result<Self, InputError> {
        let names = || EMBEDDED_STARS.iter().map(|star| star.name);
        let Some(star) = (EMBEDDED_STARS.iter()).find(|star| Some(star.name) == name) else {
            let found = name.map_or("nothing".to_owned(), |name| {
                let hint = nearest(name, names())
                    .map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"));
                format!("`{name}`{hint}")
            });
            let accepted = names().collect::<Vec<_>>().join(", ");
            return Err(InputError::value(
                "star.name",
                found,
                format!("one of {accepted}"),
            ));
        };
        let own_k = star.effective_temperature_k;
        let (x, flux) = star.points()?;
        let ratio = (x.iter().zip(&flux))
            .map(|(&x, &flux)| flux / planck_flux(x, own_k))
            .collect();
        let ratio = PiecewiseLinear::new(x, ratio).ok_or_else(|| {
            InputError::value(star.name, "wavelengths out of order", "ascending ones")
        })?;
        let table = on_fine_grid(ratio.x(), own_k, |x| ratio.value(x))
            .ok_or_else(|| InputError::value(star.name, "fluxes out of range", "finite ones"))?;
        let mut built = Self::from_table(table, own_k, star.source);
        if (system_temperature_k / own_k - 1.0).abs() > SAME_STAR {
            built.notes.push(format!(
                "the spectrum `{}` of a star of {own_k} K stands for one of \
                 {system_temperature_k:.0} K: its lines and its ultraviolet are not that star's",
                star.name
            ));
        }
        Ok(built)
    }
}

/// `ratio` times the black body of `temperature_k`, at the points of a fine grid and at `knots`
/// (ascending) \[m, W m⁻² m⁻¹\]; `None` where the fluxes are no finite numbers.
pub(super) fn on_fine_grid(
    knots: &[f64],
    temperature_k: f64,
    ratio: impl Fn(f64) -> f64,
) -> Option<PiecewiseLinear> {
    let (low, high) = FINE_RANGE_M;
    let steps = ((high / low).ln() * FINE_PER_E_FOLD).ceil();
    let mut x: Vec<f64> = (0..=steps as u32)
        .map(|i| low * (high / low).powf(f64::from(i) / steps))
        .chain(knots.iter().copied().filter(|x| (low..=high).contains(x)))
        .collect();
    x.sort_by(f64::total_cmp);
    x.dedup();
    let y = (x.iter())
        .map(|&x| ratio(x) * planck_flux(x, temperature_k))
        .collect();
    PiecewiseLinear::new(x, y)
}
