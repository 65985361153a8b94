//! SiO2: the bands ν₃ (7.1 µm, parallel) and ν₂ (37 µm, perpendicular) with all their hot bands.
//!
//! Double-harmonic intensities: summed over the hot bands and net of stimulated emission, the strength
//! of each mode is the same at every temperature, but for the wavenumber of the hot bands in the line
//! weight (ν₃ loses about 5 % at 2500 K because its hot bands lie lower). ν₁ is not infrared-active.

use super::line::LineList;
use super::linear_triatomic::{self, Constants, Cuts, DipoleTerm, Width, line_weight_cm};
use super::partition::PartitionFunction;
use super::provenance::{Provenance, Tier};
use super::source::LineGas;
use crate::error::InputError;

const DATA: &str = include_str!("data/sio2.toml");

/// Wing cut-off \[cm⁻¹\]; Seidler et al. (2024), section 2.3.
const WING_CUTOFF_PER_CM: f64 = 100.0;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    citation: Vec<String>,
    molar_mass_g_mol: f64,
    gas_molar_mass_g_mol: f64,
    fundamental_per_cm: [f64; 3],
    x_per_cm: [f64; 6],
    g22_per_cm: f64,
    fermi_per_cm: f64,
    b0_per_cm: f64,
    alpha_per_cm: [f64; 3],
    d_per_cm: f64,
    strength_nu2_cm: f64,
    strength_nu3_cm: f64,
    caveat: String,
    width: Width,
    cuts: Cuts,
}

/// Choices of the generator; the default is that of the data file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Every how many J a line of a hot band stands, 1 to 20 (default: the data file, 5).
    pub stride: Option<u32>,
    /// Highest vibrational energy of a lower level \[cm⁻¹\], at most that of the levels of Q (default: the data file, 24 000).
    pub lower_per_cm: Option<f64>,
}

fn data() -> Result<Data, InputError> {
    toml::from_str(DATA)
        .map_err(|e| InputError::value("data/sio2.toml", e, "the constants of SiO2"))
}

/// Harmonic wavenumbers such that the fundamentals come out as given.
fn constants(data: &Data) -> Constants {
    let (v, x) = (data.fundamental_per_cm, data.x_per_cm);
    Constants {
        omega_per_cm: [
            v[0] - 2.0 * x[0] - x[1] - 0.5 * x[2],
            v[1] - 3.0 * x[3] - 0.5 * x[1] - 0.5 * x[4] - data.g22_per_cm,
            v[2] - 2.0 * x[5] - 0.5 * x[2] - x[4],
        ],
        x_per_cm: x,
        g22_per_cm: data.g22_per_cm,
        fermi_per_cm: data.fermi_per_cm,
        b0_per_cm: data.b0_per_cm,
        alpha_per_cm: data.alpha_per_cm,
        d_per_cm: data.d_per_cm,
    }
}

/// Lines of SiO2.
///
/// # Errors
/// Options outside what the engine accepts.
pub fn lines(options: &Options) -> Result<LineGas, InputError> {
    let data = data()?;
    let constants = constants(&data);
    let nu = data.fundamental_per_cm;
    let dipole = [
        DipoleTerm {
            change: [0, 0, 1],
            moment_debye: (data.strength_nu3_cm / line_weight_cm(nu[2], 1.0)).sqrt(),
        },
        DipoleTerm {
            // Two components share the strength.
            change: [0, 1, 0],
            moment_debye: (0.5 * data.strength_nu2_cm / line_weight_cm(nu[1], 1.0)).sqrt(),
        },
    ];
    let mut cuts = data.cuts;
    cuts.stride = options.stride.unwrap_or(cuts.stride);
    cuts.lower_per_cm = options.lower_per_cm.unwrap_or(cuts.lower_per_cm);
    let made = linear_triatomic::lines("SiO2", &constants, &dipole, &cuts, data.width)?;
    let partition = PartitionFunction::sampled(|t| constants.partition(&made.levels, t))?;
    let method = format!(
        "linear triatomic, {} single and {} gathered bands; lower levels to {} cm-1 (lost at 2500 K: {:.1e} of the molecules)",
        made.bands.0,
        made.bands.1,
        cuts.lower_per_cm,
        made.lost_share(2500.0)
    );
    Ok(LineGas {
        gas: "SiO2".to_owned(),
        molar_mass_g_mol: data.gas_molar_mass_g_mol,
        lists: vec![LineList::new(
            "28Si16O2 nu2, nu3",
            data.molar_mass_g_mol,
            1.0,
            partition,
            made.lines,
        )],
        wing_cutoff_per_cm: WING_CUTOFF_PER_CM,
        provenance: Provenance {
            tier: Tier::C,
            citation: data.citation,
            method,
            caveat: data.caveat,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Net strength in a range \[cm per molecule\] and its mean wavenumber \[cm⁻¹\].
    fn band(list: &LineList, range: std::ops::Range<f64>, temperature_k: f64) -> (f64, f64) {
        let (mut sum, mut moment) = (0.0, 0.0);
        for line in list
            .lines
            .iter()
            .filter(|l| range.contains(&l.wavenumber_per_cm))
        {
            let s = list.strength_cm(line, temperature_k);
            sum += s;
            moment += s * line.wavenumber_per_cm;
        }
        (sum, moment / sum)
    }

    #[test]
    fn options_out_of_range_are_refused() {
        let refused = |options: Options, key: &str| {
            let message = lines(&options).expect_err("out of range").to_string();
            assert!(message.contains(key), "{message}");
        };
        for stride in [0, 21] {
            let options = Options {
                stride: Some(stride),
                ..Options::default()
            };
            refused(options, "stride");
        }
        for lower in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e5] {
            let options = Options {
                lower_per_cm: Some(lower),
                ..Options::default()
            };
            refused(options, "lower_per_cm");
        }
    }

    #[test]
    fn bands_have_the_ab_initio_strengths_at_every_temperature() {
        let gas = lines(&Options::default()).expect("shipped constants");
        let list = &gas.lists[0];
        // 68 and 146 km/mol; measured -0.3 % and +0.3 % at 296 K.
        let (nu3, centre) = band(list, 700.0..3000.0, 296.0);
        let (nu2, _) = band(list, 1.0..700.0, 296.0);
        assert!((nu3 / 1.13e-17 - 1.0).abs() < 0.01, "{nu3:e}");
        assert!((nu2 / 2.43e-17 - 1.0).abs() < 0.01, "{nu2:e}");
        assert!((centre - 1413.0).abs() < 3.0, "{centre}");
        // Hot: conserved but for the wavenumber of the hot bands (nu3 -5.4 %, centre 1347).
        let (hot3, hot_centre) = band(list, 700.0..3000.0, 2500.0);
        let (hot2, _) = band(list, 1.0..700.0, 2500.0);
        assert!(
            (hot3 / 1.13e-17 - hot_centre / 1416.0).abs() < 0.01,
            "{hot3:e}"
        );
        assert!((hot2 / 2.43e-17 - 1.0).abs() < 0.02, "{hot2:e}");
        assert!((1340.0..1360.0).contains(&hot_centre), "{hot_centre}");
        assert!(
            (100_000..1_000_000).contains(&list.lines.len()),
            "{}",
            list.lines.len()
        );
    }

    #[test]
    fn the_cold_band_peaks_where_theory_says() {
        // P and R maxima of the fundamental are sqrt(8 B k T) apart (Herzberg 1945): 19.3 cm-1 at 296 K.
        let gas = lines(&Options {
            lower_per_cm: Some(1.0),
            ..Options::default()
        })
        .expect("shipped constants");
        let list = &gas.lists[0];
        let strongest = |range: std::ops::Range<f64>| {
            list.lines
                .iter()
                .filter(|l| range.contains(&l.wavenumber_per_cm))
                .max_by(|a, b| {
                    list.strength_cm(a, 296.0)
                        .total_cmp(&list.strength_cm(b, 296.0))
                })
                .map(|l| l.wavenumber_per_cm)
                .expect("lines")
        };
        let apart = strongest(1416.0..1500.0) - strongest(1300.0..1416.0);
        let theory = (8.0_f64 * 0.227 * 296.0 / 1.438_777).sqrt();
        assert!((apart - theory).abs() < 1.0, "{apart} {theory}");
        // No Q branch, and every second J is missing: neighbours lie 4B apart.
        assert!(
            list.lines
                .iter()
                .all(|l| (l.wavenumber_per_cm - 1416.0).abs() > 0.4 || l.wavenumber_per_cm < 700.0)
        );
    }

    #[test]
    fn partition_is_rotor_times_oscillators() {
        // Without anharmonicity Q = T/(2 c2 B) x 1/(1-e1) x 1/(1-e2)^2 x 1/(1-e3); the x add 0.2 % at 296 K.
        let gas = lines(&Options::default()).expect("shipped constants");
        let t = 296.0;
        let u = 1.438_777 / t;
        let mode = |w: f64| 1.0 / (1.0 - (-u * w).exp());
        let q = t / (2.0 * 1.438_777 * 0.227) * mode(990.6) * mode(273.0).powi(2) * mode(1416.0);
        let found = gas.lists[0].partition.value(t);
        assert!((found / q - 1.0).abs() < 0.01, "{found} {q}");
    }
}
