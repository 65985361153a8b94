//! The embedded stellar spectra: how they were thinned, and what that costs. The spectra that they
//! were thinned from are found through MAGMARET_REFERENCE_DIR; without it only the tables are tested.
//!
//! A table that is not the one made here is written beside the build as `<name>.csv`; to take it,
//! copy it to `src/spectrum/data`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use magmaret::constants::{ASTRONOMICAL_UNIT, SOLAR_RADIUS};
use magmaret::opacity::atom::vacuum_wavelength_angstrom;
use magmaret::spectrum::quadrature::{LEGENDRE_2, integrate};
use magmaret::spectrum::{EMBEDDED_STARS, FluxScale, PiecewiseLinear, Star, planck_flux};

/// A stretch of the table: from where \[µm\], and points per unit of ln λ from there on.
type Stretch = (f64, f64);

struct Recipe {
    name: &'static str,
    head: &'static str,
    stretches: &'static [Stretch],
    end_um: f64,
    temperature_k: f64,
    original: &'static str,
    allowed: [(f64, f64); 6],
    raw: fn(&Path) -> PiecewiseLinear,
}

/// At most 400 points each. 0.2 to 0.5 µm, where SiO absorbs and the lines crowd, has the most.
const RECIPES: [Recipe; 3] = [
    Recipe {
        name: "sun_g2",
        head: "# source: C. A. Gueymard (2004), The sun's total and spectral irradiance, Solar Energy 76, \
               423-453 (table of May 2003, solar constant 1366.1 W/m2)\n\
               # Flux through the surface of the Sun: irradiance at 1 au times (au/R_sun)^2, vacuum \
               wavelengths (air above 0.28 um in the original).\n\
               # Thinned from 2081 points to the means under overlapping triangles, which keep the \
               integral; relative to a black body of 5777 K straight between the points.\n\
               # Light below 0.1 um (4e-6 of the whole) is left out; beyond 2.98 um black body.\n",
        stretches: &[(0.1, 50.0), (0.2, 200.0), (0.5, 120.0), (1.0, 85.0)],
        end_um: 2.98,
        temperature_k: 5_777.0,
        original: "sun_gueymard_2003_modified.txt",
        allowed: ALLOWED_OF_G,
        raw: raw_sun,
    },
    Recipe {
        name: "55_cnc_g8",
        head: "# source: host spectrum of 55 Cnc e in the models of Zilinskas et al. (2022), arXiv:2202.04759 \
               (observed ultraviolet and a PHOENIX model)\n\
               # Flux through the surface of the star, 5177 K by its integral.\n\
               # Thinned from 15206 points to the means under overlapping triangles, which keep the \
               integral; relative to a black body of 5177 K straight between the points.\n",
        stretches: &[
            (0.1, 50.0),
            (0.2, 200.0),
            (0.5, 90.0),
            (1.0, 60.0),
            (3.0, 25.0),
            (6.0, 8.0),
        ],
        end_um: 199.0,
        temperature_k: 5_177.0,
        original: "55Cnc_stel_spec.dat",
        allowed: ALLOWED_OF_G,
        raw: raw_lavaplanets,
    },
    Recipe {
        name: "toi_1807_k3",
        head: "# source: host spectrum of TOI-1807 b in the models of Zilinskas et al. (2022), arXiv:2202.04759\n\
               # Up to 0.56 um the observed light of HD 85512 (K6V) in the MUSCLES survey (France et al. 2016, \
               ApJ 820, 89; Youngblood et al. 2016, ApJ 824, 101; Loyd et al. 2016, ApJ 824, 102) times one \
               number; a PHOENIX model beyond. 0.134 to 0.139 um hold one value (7e-6 of the light).\n\
               # Flux through the surface of the star, 4714 K by its integral.\n\
               # Thinned from 15206 points to the means under overlapping triangles, which keep the \
               integral; relative to a black body of 4714 K straight between the points.\n",
        stretches: &[
            (0.1, 50.0),
            (0.2, 200.0),
            (0.5, 90.0),
            (1.0, 60.0),
            (3.0, 25.0),
            (6.0, 8.0),
        ],
        end_um: 199.0,
        temperature_k: 4_714.0,
        original: "TOI-1807_stel_spec.dat",
        allowed: ALLOWED_OF_K,
        raw: raw_lavaplanets,
    },
];

fn two_columns(path: &Path) -> Vec<(f64, f64)> {
    let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    (text.lines())
        .filter_map(|line| {
            let mut fields = line.split_whitespace().map(str::parse::<f64>);
            match (fields.next(), fields.next()) {
                (Some(Ok(x)), Some(Ok(y))) => Some((x, y)),
                _ => None,
            }
        })
        .collect()
}

fn raw_sun(path: &Path) -> PiecewiseLinear {
    let rows = two_columns(path);
    let to_surface = (ASTRONOMICAL_UNIT / SOLAR_RADIUS).powi(2);
    let (x, y) = (rows.iter())
        .map(|&(nm, flux)| {
            let vacuum_nm = if nm > 280.0 {
                vacuum_wavelength_angstrom(10.0 * nm) / 10.0
            } else {
                nm
            };
            (vacuum_nm * 1e-9, flux * 1e9 * to_surface)
        })
        .unzip();
    PiecewiseLinear::new(x, y).unwrap()
}

fn raw_lavaplanets(path: &Path) -> PiecewiseLinear {
    let rows = two_columns(path);
    // cm, and erg s⁻¹ cm⁻³ = 0.1 W m⁻³.
    let (x, y) = rows
        .iter()
        .map(|&(cm, flux)| (cm * 1e-2, flux * 0.1))
        .unzip();
    PiecewiseLinear::new(x, y).unwrap()
}

/// The knots \[µm\], as they are printed.
fn knots(recipe: &Recipe) -> Vec<f64> {
    let mut knots = Vec::new();
    for (i, &(low, density)) in recipe.stretches.iter().enumerate() {
        let high = recipe
            .stretches
            .get(i + 1)
            .map_or(recipe.end_um, |next| next.0);
        let steps = ((high / low).ln() * density).round();
        knots.extend((0..steps as u32).map(|j| low * (high / low).powf(f64::from(j) / steps)));
    }
    knots.push(recipe.end_um);
    (knots.iter())
        .map(|um| format!("{um:.5}").parse().unwrap())
        .collect()
}

/// Mean of the raw spectrum over a black body under the triangle of each knot, times the black body
/// at the knot: the sum over triangles is the whole, so the integral is kept.
fn thinned(recipe: &Recipe, raw: &PiecewiseLinear) -> String {
    let knots: Vec<f64> = knots(recipe).iter().map(|um| um * 1e-6).collect();
    let mut flux = vec![0.0; knots.len()];
    let mut planck = vec![0.0; knots.len()];
    for (i, cell) in knots.windows(2).enumerate() {
        let mut low = cell[0];
        for &high in raw.knots_between(cell[0], cell[1]).iter().chain([&cell[1]]) {
            let mut add = |side: usize, share: &dyn Fn(f64) -> f64| {
                flux[side] += integrate(&LEGENDRE_2, low, high, |x| raw.value(x) * share(x));
                planck[side] += integrate(&LEGENDRE_2, low, high, |x| {
                    planck_flux(x, recipe.temperature_k) * share(x)
                });
            };
            let rise = |x: f64| (x - cell[0]) / (cell[1] - cell[0]);
            add(i, &|x| 1.0 - rise(x));
            add(i + 1, &rise);
            low = high;
        }
    }
    let mut text = format!("{}wavelength_um,flux_w_m2_um\n", recipe.head);
    for (i, &x) in knots.iter().enumerate() {
        let value = flux[i] / planck[i] * planck_flux(x, recipe.temperature_k) * 1e-6;
        let _ = writeln!(text, "{:.5},{value:.4e}", x * 1e6);
    }
    text
}

fn embedded(name: &str) -> Star {
    let entry = EMBEDDED_STARS
        .iter()
        .find(|star| star.name == name)
        .unwrap();
    Star::embedded(Some(name), entry.effective_temperature_k).unwrap()
}

/// Largest and root mean square relative error of the flux in bands of a resolving power.
fn band_errors(star: &Star, raw: &PiecewiseLinear, range_um: (f64, f64), power: f64) -> (f64, f64) {
    let (low, high) = (range_um.0 * 1e-6, range_um.1 * 1e-6);
    let bands = ((high / low).ln() * power).round().max(1.0);
    let edge = |i: f64| low * (high / low).powf(i / bands);
    let table = star.table().unwrap();
    let (mut worst, mut square) = (0.0_f64, 0.0);
    for i in 0..bands as u32 {
        let (a, b) = (edge(f64::from(i)), edge(f64::from(i) + 1.0));
        let error = table.integral(a, b) / raw.integral(a, b) - 1.0;
        worst = worst.max(error.abs());
        square += error * error;
    }
    (worst, (square / bands).sqrt())
}

#[test]
fn the_tables_are_the_thinned_spectra_and_keep_their_bands() {
    let Ok(folder) = std::env::var("MAGMARET_REFERENCE_DIR") else {
        println!("skipped: MAGMARET_REFERENCE_DIR is not set");
        return;
    };
    let folder = PathBuf::from(folder).join("stars");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/spectrum/data");
    let recipes = || {
        (RECIPES
            .iter()
            .map(|recipe| (recipe, folder.join(recipe.original))))
        .filter(|(_, path)| {
            if !path.exists() {
                println!("skipped: {} is not there", path.display());
            }
            path.exists()
        })
    };
    let mut others = Vec::new();
    for (recipe, path) in recipes() {
        let text = thinned(recipe, &(recipe.raw)(&path));
        let file = format!("{}.csv", recipe.name);
        if std::fs::read_to_string(shipped.join(&file)).unwrap_or_default() != text {
            let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&file);
            std::fs::write(&made, text).unwrap();
            others.push(made);
        }
    }
    assert!(
        others.is_empty(),
        "not what the recipe gives: see {others:?}"
    );
    for (recipe, path) in recipes() {
        let raw = (recipe.raw)(&path);
        let star = embedded(recipe.name);
        let (low, high) = (0.1e-6, recipe.end_um * 1e-6);
        let whole = star.table().unwrap().integral(low, high) / raw.integral(low, high) - 1.0;
        println!("{}: whole {whole:.1e}", recipe.name);
        assert!(whole.abs() < 1e-4);
        for ((range_um, power), (worst_allowed, rms_allowed)) in
            BANDS.into_iter().zip(recipe.allowed)
        {
            let range_um = (range_um.0, range_um.1.min(0.99 * recipe.end_um));
            if range_um.0 >= range_um.1 {
                continue;
            }
            let (worst, rms) = band_errors(&star, &raw, range_um, power);
            println!("{range_um:?} um at R = {power}: worst {worst:.4}, rms {rms:.4}");
            assert!(
                worst < worst_allowed && rms < rms_allowed,
                "{}",
                recipe.name
            );
        }
    }
}

/// Range \[µm\] and resolving power of the bands.
const BANDS: [((f64, f64), f64); 6] = [
    ((0.1, 0.2), 3.0),
    ((0.2, 0.3), 50.0),
    ((0.3, 0.5), 50.0),
    ((0.5, 1.0), 50.0),
    ((1.0, 3.0), 30.0),
    ((3.0, 30.0), 10.0),
];

/// Largest and rms relative error allowed in each. Measured on the Sun: 0.002, 0.002; 0.019, 0.010; 0.018, 0.008;
/// 0.006, 0.002; 0.001, 0.001. On 55 Cnc: 0.002, 0.002; 0.031, 0.015; 0.029, 0.014; 0.018, 0.004; 0.004, 0.001;
/// 0.002, 0.001.
const ALLOWED_OF_G: [(f64, f64); 6] = [
    (0.004, 0.004),
    (0.04, 0.02),
    (0.035, 0.018),
    (0.022, 0.006),
    (0.005, 0.002),
    (0.003, 0.001_5),
];

/// Emission lines stand out of the ultraviolet of a K dwarf (Mg II makes the worst band), which is 5e-4 of its light.
/// Measured on TOI-1807: 0.041, 0.029; 0.28, 0.066; 0.054, 0.018; 0.041, 0.008; 0.004, 0.001; 0.003, 0.001.
const ALLOWED_OF_K: [(f64, f64); 6] = [
    (0.05, 0.035),
    (0.35, 0.08),
    (0.065, 0.022),
    (0.05, 0.01),
    (0.005, 0.002),
    (0.003, 0.001_5),
];

/// What holds without the originals: size, sum, and how far real stars are from black bodies. The
/// ratios in the ultraviolet were measured on the originals against a black body of T_eff.
#[test]
fn the_tables_are_small_and_whole_and_dark_in_the_ultraviolet() {
    for (name, ratios) in [
        (
            "sun_g2",
            [(0.20, 0.25, 0.18), (0.25, 0.30, 0.43), (0.5, 1.0, 1.01)],
        ),
        (
            "55_cnc_g8",
            [(0.20, 0.25, 0.086), (0.25, 0.30, 0.31), (0.5, 1.0, 0.99)],
        ),
        (
            "toi_1807_k3",
            [
                (0.20, 0.25, 0.0131),
                (0.25, 0.30, 0.0597),
                (0.5, 1.0, 0.995),
            ],
        ),
    ] {
        let entry = EMBEDDED_STARS
            .iter()
            .find(|star| star.name == name)
            .unwrap();
        let (x, flux) = entry.points().unwrap();
        assert!(x.len() <= 400 && x.len() == flux.len(), "{}", x.len());
        assert!(flux.iter().all(|&flux| flux > 0.0));
        let star = embedded(name);
        let t = entry.effective_temperature_k;
        println!(
            "{name}: {} points, {:.5} σT⁴",
            x.len(),
            star.bolometric_ratio()
        );
        assert!((star.bolometric_ratio() - 1.0).abs() < 5e-3);
        assert!(star.warnings().is_empty());
        for (low_um, high_um, known) in ratios {
            // The band of interest is the middle one: the outer two take the tails.
            let edges = [1e3, 1e4 / high_um, 1e4 / low_um, 2e5];
            let of = |star: &Star| {
                let mut out = [0.0; 3];
                star.band_fluxes(t, &edges, FluxScale::AsIs, &mut out)
                    .unwrap();
                out[1]
            };
            let ratio = of(&star) / of(&Star::black_body(t));
            assert!(
                (ratio / known - 1.0).abs() < 0.03,
                "{name} {low_um}: {ratio}"
            );
        }
    }
}
