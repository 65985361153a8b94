use std::io::Write;

use approx::assert_relative_eq;

use super::*;

fn planck_table(temperature_k: f64, points: u32) -> PiecewiseLinear {
    let x: Vec<f64> = (0..points)
        .map(|i| 1.0e-7 * (1.0e4_f64).powf(f64::from(i) / f64::from(points - 1)))
        .collect();
    let y = x.iter().map(|&x| planck_flux(x, temperature_k)).collect();
    PiecewiseLinear::new(x, y).unwrap()
}

fn config(file: &tempfile::NamedTempFile) -> StarConfig {
    StarConfig {
        spectrum: StarKind::File,
        file: Some(file.path().to_owned()),
        wavelength_unit: Some("um".to_owned()),
        flux_unit: Some("w_m2_um".to_owned()),
        ..StarConfig::default()
    }
}

fn write(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

/// The same black body written in every unit, and at a distance, is the same star.
#[test]
fn every_unit_leads_to_the_same_flux() {
    let table = planck_table(4_000.0, 300);
    let radius_m = 5.0e8;
    for (unit_m, wavelength_unit) in WAVELENGTH_UNITS.map(|(name, m)| (m, name)) {
        for flux_unit in FLUX_UNITS.map(|(name, _)| name).into_iter().chain(["jy"]) {
            for distance_m in [None, Some(1.5e11)] {
                let dilution = distance_m.map_or(1.0, |d: f64| (radius_m / d).powi(2));
                let text: String = (table.x().iter().zip(table.y()))
                    .map(|(&x, &y)| {
                        let si = match flux_unit {
                            "w_m2_m" => y,
                            "w_m2_um" => y * 1e-6,
                            "w_m2_nm" => y * 1e-9,
                            "erg_s_cm2_cm" => y * 1e7 * 1e-4 * 1e-2,
                            "erg_s_cm2_angstrom" => y * 1e7 * 1e-4 * 1e-10,
                            _ => y * x * x / SPEED_OF_LIGHT * 1e26,
                        };
                        format!("{:e} {:e}\n", x / unit_m, si * dilution)
                    })
                    .collect();
                let file = write(&text);
                let config = StarConfig {
                    wavelength_unit: Some(wavelength_unit.to_owned()),
                    flux_unit: Some(flux_unit.to_owned()),
                    flux_distance_m: distance_m,
                    ..config(&file)
                };
                let star = Star::from_config(&config, 4_000.0, Some(radius_m)).unwrap();
                assert_relative_eq!(
                    star.flux(table.x()[150], 4_000.0).unwrap(),
                    table.y()[150],
                    max_relative = 1e-9
                );
                assert!(star.warnings().is_empty(), "{:?}", star.warnings());
            }
        }
    }
}

/// 0.1 to 1000 µm holds all of a 4000 K black body; measured 1.0003 with 300 points.
#[test]
fn the_whole_table_is_integrated() {
    let star = Star::from_table(planck_table(4_000.0, 300), 4_000.0, "test");
    assert_relative_eq!(star.bolometric_ratio(), 1.0, max_relative = 1e-3);
    let hotter = Star::from_table(planck_table(4_000.0, 300), 4_400.0, "test");
    assert!(hotter.warnings()[0].contains("0.683"));
}

/// Cells that tile the table hold its whole flux.
#[test]
fn resampling_conserves_flux() {
    let star = Star::from_table(planck_table(3_000.0, 77), 3_000.0, "test");
    let table = star.table().unwrap();
    let (low, high) = table.range();
    let edges: Vec<f64> = (0..=13)
        .map(|i| low + (high - low) * (f64::from(i) / 13.0).powi(3))
        .collect();
    let sum: f64 = (edges.windows(2))
        .map(|cell| star.mean_flux(cell[0], cell[1]).unwrap() * (cell[1] - cell[0]))
        .sum();
    assert_relative_eq!(sum, table.total(), max_relative = 1e-13);
    assert!(star.mean_flux(0.5 * low, high).is_none());
}

/// A tabulated black body scaled to another temperature is the black body there.
#[test]
fn a_table_follows_its_temperature_as_a_black_body() {
    let star = Star::from_table(planck_table(4_000.0, 50), 4_000.0, "test");
    let wavelength_m = star.table().unwrap().x()[20];
    assert_relative_eq!(
        star.flux(wavelength_m, 4_200.0).unwrap(),
        planck_flux(wavelength_m, 4_200.0),
        max_relative = 1e-12
    );
}

#[test]
fn errors_say_what_is_accepted() {
    let file = write("1 2\n2 3\n");
    let good = config(&file);
    let refused = |config: &StarConfig, radius_m| {
        Star::from_config(config, 4_000.0, radius_m)
            .unwrap_err()
            .to_string()
    };
    let mut bad = good.clone();
    bad.wavelength_unit = Some("nn".to_owned());
    assert!(refused(&bad, None).contains("um, nm, angstrom, cm, m"));
    let mut bad = good.clone();
    bad.flux_unit = None;
    assert!(refused(&bad, None).contains("erg_s_cm2_cm"));
    let mut bad = good.clone();
    bad.flux_distance_m = Some(1.5e11);
    assert!(refused(&bad, None).contains("radius"));
    assert!(refused(&bad, Some(2.0e11)).contains("flux_distance_m"));
    let negative = write("1 2\n2 -3\n");
    assert!(refused(&config(&negative), None).contains("line 2"));
    let dark = write("1 0\n2 0\n");
    assert!(refused(&config(&dark), None).contains("some light"));
    let mut bad = good.clone();
    bad.file = None;
    assert!(refused(&bad, None).contains("star.file"));
    let mut bad = good;
    bad.spectrum = StarKind::BlackBody;
    assert!(refused(&bad, None).contains("spectrum"));
}

/// Which kinds take which keys, and what is known.
#[test]
fn embedded_stars_are_named_and_other_keys_refused() {
    let star_of = |text: &str, temperature_k: f64| {
        let config: StarConfig = toml::from_str(text).unwrap();
        Star::from_config(&config, temperature_k, None)
    };
    let refused = |text: &str| star_of(text, 5_777.0).unwrap_err().to_string();
    assert!(refused("spectrum = 'embedded'").contains("sun_g2, 55_cnc_g8, toi_1807_k3"));
    assert!(refused("spectrum = 'embedded'\nname = 'sun_g3'").contains("did you mean `sun_g2`"));
    assert!(refused("name = 'sun_g2'").contains("embedded"));
    assert!(refused("spectrum = 'embedded'\nname = 'sun_g2'\nfile = 'a'").contains("file"));
    for scale in ["-1.0", "nan", "inf", "1001.0"] {
        assert!(refused(&format!("uv_scale = {scale}")).contains("star.uv_scale"));
    }
    let sun = star_of("spectrum = 'embedded'\nname = 'sun_g2'", 5_777.0).unwrap();
    assert!(sun.warnings().is_empty(), "{:?}", sun.warnings());
    assert!(sun.description().contains("Gueymard"));
    let cool = star_of("spectrum = 'embedded'\nname = 'sun_g2'", 4_570.0).unwrap();
    assert!(cool.warnings()[0].contains("4570"), "{:?}", cool.warnings());
    assert_eq!(cool.effective_temperature_k(), 5_777.0);
}

/// A factor is said aloud, does not pass for a wrong unit, and leaves a star without it as it was.
#[test]
fn the_ultraviolet_factor_is_reported() {
    let star = Star::black_body(6_000.0);
    assert_eq!(star.clone().with_uv_scale(1.0).unwrap(), star);
    let bright = star.clone().with_uv_scale(10.0).unwrap();
    assert!(bright.bolometric_ratio() > 1.2);
    let warnings = bright.warnings();
    assert!(
        warnings.len() == 1 && warnings[0].contains("uv_scale"),
        "{warnings:?}"
    );
    assert!(bright.description().starts_with("black body at"));
    assert!(bright.description().contains("times 10 below 0.3"));
    // Measured 3e-6 at 5 µm, 1.1e-4 at 0.1 µm.
    for (um, factor, tolerance) in [(5.0, 1.0, 1e-4), (0.5, 1.0, 1e-4), (0.1, 10.0, 5e-4)] {
        let found = bright.flux(um * 1e-6, 6_000.0).unwrap();
        let exact = factor * planck_flux(um * 1e-6, 6_000.0);
        assert_relative_eq!(found, exact, max_relative = tolerance);
    }
    let infrared = Star::from_table(planck_table(4_000.0, 20), 4_000.0, "test");
    assert!(infrared.with_uv_scale(2.0).is_ok());
    let x = vec![1e-6, 2e-6];
    let infrared = PiecewiseLinear::new(x, vec![1.0, 1.0]).unwrap();
    let star = Star::from_table(infrared, 4_000.0, "test");
    assert!(star.with_uv_scale(2.0).is_err());
}
