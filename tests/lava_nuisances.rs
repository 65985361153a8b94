//! What is not known of melt, gases, opacities and star, as parameters of the lava model: each is what a
//! choice in the run file would be.

use std::path::Path;

use magmaret::chemistry::vaporise::{Preset, Redox};
use magmaret::config::RunConfig;
use magmaret::forward::{Dayside, Lava, LavaParameters};
use magmaret::melt::buffer::Buffer;
use magmaret::melt::composition::Composition;
use magmaret::species::Oxide;
use magmaret::spectrum::Star;

fn lava(sections: &str, uv_scale: f64) -> Lava {
    let text = format!(
        "seed = 1\n[observation]\nfiles = [\"none.csv\"]\n[system]\nname = \"55 Cnc e\"\n[model]\nkind = \"lava\"\n[atmosphere]\nlayers = 30\n{sections}\n"
    );
    let config = RunConfig::from_text(&text, Path::new("run.toml")).unwrap();
    let star = Star::embedded(Some("55_cnc_g8"), 5172.0).unwrap();
    let star = star.with_uv_scale(uv_scale).unwrap();
    Lava::new(&config, star, false, None).unwrap()
}

fn planet() -> LavaParameters {
    LavaParameters {
        delta_iw: -2.0,
        heat_redistribution: 2.0 / 3.0,
        internal_temperature_k: 30.0,
        radius_ratio: 0.0182,
        scaled_semi_major_axis: 3.52,
        stellar_temperature_k: 5172.0,
        gravity_m_s2: 22.0,
        ..LavaParameters::default()
    }
}

fn changed(name: &str, value: f64) -> LavaParameters {
    let mut parameters = planet();
    parameters.set("test", name, value).unwrap();
    parameters
}

/// Largest difference of the depths between 4 and 20 µm \[ppm\].
fn difference_ppm(a: &Dayside, b: &Dayside) -> f64 {
    let (of_a, of_b) = (a.depth(), b.depth());
    (a.edges_per_cm.windows(2).zip(of_a.iter().zip(&of_b)))
        .filter(|(edges, _)| edges[0] > 500.0 && edges[1] < 2500.0)
        .map(|(_, (a, b))| 1e6 * (a - b).abs())
        .fold(0.0, f64::max)
}

#[test]
fn the_irradiation_temperature_is_that_of_its_redistribution() {
    let lava = lava("", 1.0);
    let black_k = 5172.0 * (2.0 / 3.0_f64).powf(0.25) / 3.52_f64.sqrt();
    let by_f = lava.dayside(&planet()).unwrap();
    let by_t = lava
        .dayside(&changed("irradiation_temperature_k", black_k))
        .unwrap();
    let warmer = lava
        .dayside(&changed("irradiation_temperature_k", 1.01 * black_k))
        .unwrap();
    let (same, moved) = (difference_ppm(&by_f, &by_t), difference_ppm(&by_f, &warmer));
    assert!(same < 1e-4 && moved > 0.5, "{same} of {moved} ppm");
    // All of the light of the star at the substellar point is not enough.
    let impossible = changed(
        "irradiation_temperature_k",
        1.5_f64.powf(0.25) * 1.001 * black_k,
    );
    assert!(lava.dayside(&impossible).is_err());
}

#[test]
fn the_enthalpy_of_mgo_gas_is_that_of_the_choice() {
    let (bc16, janaf) = (lava("", 1.0), lava("[melt]\nmgo_gas = \"janaf\"", 1.0));
    let chosen = janaf.dayside(&planet()).unwrap();
    let shifted = bc16
        .dayside(&changed("mgo_gas_kj_mol", 23.25 - 111.7))
        .unwrap();
    let plain = bc16.dayside(&planet()).unwrap();
    let (same, moved) = (
        difference_ppm(&chosen, &shifted),
        difference_ppm(&chosen, &plain),
    );
    // Measured 1.3e-5 of 7.7 ppm: they start from other forecasts and end within the tolerance of the equilibrium.
    assert!(same < 1e-4 && moved > 1.0, "{same} of {moved} ppm");
}

#[test]
fn the_ultraviolet_factor_is_that_of_the_star() {
    let (plain, bright) = (lava("", 1.0), lava("", 10_f64.powf(0.4)));
    let chosen = bright.dayside(&planet()).unwrap();
    let scaled = plain.dayside(&changed("stellar_uv_dex", 0.4)).unwrap();
    let unscaled = plain.dayside(&planet()).unwrap();
    let (same, moved) = (
        difference_ppm(&chosen, &scaled),
        difference_ppm(&chosen, &unscaled),
    );
    // Measured 1.5e-4 of 0.47 ppm: the step at 0.3 µm falls into a band.
    assert!(same < 1e-3 * moved && moved > 0.3, "{same} of {moved} ppm");
}

#[test]
fn a_thousandth_of_an_opacity_is_nearly_none() {
    let (with, without) = (lava("", 1.0), lava("[opacity]\nwithout = [\"SiO\"]", 1.0));
    let none = without.dayside(&planet()).unwrap();
    let little = with.dayside(&changed("sio_opacity_dex", -3.0)).unwrap();
    let all = with.dayside(&planet()).unwrap();
    let (left, whole) = (difference_ppm(&none, &little), difference_ppm(&none, &all));
    // Measured 7.8 of 53 ppm: the bands are saturated.
    assert!(left < 0.15 * whole && whole > 5.0, "{left} of {whole} ppm");
    let double = with.dayside(&changed("sio_opacity_dex", 0.3)).unwrap();
    let half = with.dayside(&changed("sio_opacity_dex", -0.3)).unwrap();
    let sio = |dayside: &Dayside| dayside.mean_depth([8.5, 9.5]);
    assert!(sio(&half) < sio(&all) && sio(&all) < sio(&double));
}

#[test]
fn activity_factors_are_those_of_the_settings() {
    let plain = Preset::default().settings().build().unwrap();
    let composition = Composition::named("bse", plain.molar_masses()).unwrap();
    let mut offsets = [0.0; magmaret::melt::OXIDES];
    offsets[Oxide::FeO.index()] = 0.3;
    offsets[Oxide::SiO2.index()] = -0.1;
    let mut settings = Preset::default().settings();
    settings.log10_activity_offset = offsets;
    let (chosen, altered) = (
        settings.build().unwrap(),
        plain.altered(("MgO", 0.0), &offsets),
    );
    let pressures = |vaporiser: &magmaret::chemistry::vaporise::Vaporiser| {
        let mut surface = vaporiser.surface();
        let redox = Redox::Delta(Buffer::from_name("iw_hirschmann2008").unwrap(), 1.0);
        let moles = composition.mole_fractions();
        vaporiser
            .evaluate(moles, 2500.0, redox, &mut surface)
            .unwrap();
        surface.ln_pressure
    };
    assert_eq!(pressures(&chosen), pressures(&altered));
    assert_ne!(pressures(&chosen), pressures(&plain));
    let lava = lava("", 1.0);
    let (a, b) = (
        lava.dayside(&planet()),
        lava.dayside(&changed("feo_activity_dex", 0.3)),
    );
    assert!(difference_ppm(&a.unwrap(), &b.unwrap()) > 0.01);
}
