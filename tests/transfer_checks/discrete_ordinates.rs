//! Grey columns for `benches/peers/disort.py`, which solves them with many streams.

use std::fmt::Write;

use magmaret::transfer::*;

use crate::support::Synthetic;

const SIGMA: f64 = 5.670_374_419e-8;
const LAYERS: usize = 60;

/// Name, opacity \[m² kg⁻¹\], scattering, temperatures at top and base and of the surface \[K\],
/// diffuse star \[K\].
const CASES: [(&str, f32, f32, [f64; 4]); 7] = [
    (
        "thin, warm surface",
        1e-5,
        0.0,
        [2000.0, 2000.0, 2500.0, 0.0],
    ),
    ("tau 1, cold top", 1e-3, 0.0, [1800.0, 2500.0, 2500.0, 0.0]),
    ("tau 1, inversion", 1e-3, 0.0, [3500.0, 2300.0, 2500.0, 0.0]),
    ("tau 10, cold top", 1e-2, 0.0, [1500.0, 2800.0, 2800.0, 0.0]),
    ("tau 1, star", 1e-3, 0.0, [2500.0, 2300.0, 2400.0, 2500.0]),
    (
        "tau 2, half scattered, star",
        1e-3,
        1e-3,
        [2500.0, 2300.0, 2400.0, 2500.0],
    ),
    (
        "tau 5, mostly scattered, star",
        5e-4,
        4.5e-3,
        [2500.0, 2300.0, 2400.0, 2500.0],
    ),
];

/// Writes depths, sources and our fluxes as JSON to the file of `MAGMARET_DISORT_FILE`.
#[test]
#[ignore = "writes the input of benches/peers/disort.py"]
fn columns_for_discrete_ordinates() {
    let Some(path) = std::env::var_os("MAGMARET_DISORT_FILE") else {
        println!("skipped: MAGMARET_DISORT_FILE is not set");
        return;
    };
    let mut text = String::from("[");
    for (name, kappa, scattering, [top, base, surface, star]) in CASES {
        let mut model = Synthetic::grey(1, LAYERS, 1e-2, 1e4, kappa);
        model.scattering = vec![scattering];
        let share = |i: f64| i / LAYERS as f64;
        let layers: Vec<f64> = (0..LAYERS)
            .map(|i| top + (base - top) * share(i as f64 + 0.5))
            .collect();
        let mut column = Column::default();
        model.fill(&layers, surface, &mut column).unwrap();
        let mut boundary = Boundary::dark(1);
        boundary.stellar_flux_w_m2[0] = SIGMA * star.powi(4);
        let mut depth = 0.0;
        let tau: Vec<f64> = (column.mass_kg_m2.iter())
            .map(|mass| {
                depth += mass * f64::from(kappa + scattering);
                depth
            })
            .collect();
        let flux = |t: &f64| SIGMA * t.powi(4);
        let source: Vec<f64> = layers.iter().map(flux).collect();
        write!(
            text,
            "{}{{\"name\":\"{name}\",\"tau\":{tau:?},\"omega\":{:?},\"source\":{source:?},\
             \"mass\":{:?},\"surface\":{:?},\"star\":{:?}",
            if text.len() > 1 { ",\n" } else { "" },
            f64::from(scattering) / f64::from(kappa + scattering),
            column.mass_kg_m2,
            flux(&surface),
            boundary.stellar_flux_w_m2[0],
        )
        .unwrap();
        for (key, diffusivity) in [
            ("2", Diffusivity::Hemispheric),
            ("1.66", Diffusivity::Elsasser),
            ("sqrt3", Diffusivity::Quadrature),
        ] {
            let points = SpectralPoints::from_parts(&[1.0, 1e6], &[0], &[1.0]).unwrap();
            let transfer = Transfer::new(points, diffusivity);
            let (mut workspace, mut fluxes) = (Workspace::default(), Fluxes::default());
            transfer
                .fluxes(
                    &column,
                    &layers,
                    surface,
                    &boundary,
                    &mut workspace,
                    &mut fluxes,
                )
                .unwrap();
            let (up, down) = (&fluxes.up_w_m2, &fluxes.down_w_m2);
            write!(text, ",\"{key}\":{{\"up\":{up:?},\"down\":{down:?}}}").unwrap();
        }
        let points = SpectralPoints::from_parts(&[1.0, 1e6], &[0], &[1.0]).unwrap();
        let transfer = Transfer::new(points, Diffusivity::Hemispheric);
        let (mut workspace, mut emission) = (Workspace::default(), Emission::default());
        let angles = Angles::new(Angles::DEFAULT).unwrap();
        transfer
            .emission(
                &View {
                    column: &column,
                    temperature_k: &layers,
                    surface_temperature_k: surface,
                    boundary: &boundary,
                    angles: &angles,
                },
                &mut workspace,
                &mut emission,
            )
            .unwrap();
        write!(text, ",\"emission\":{:?}}}", emission.band_w_m2[0]).unwrap();
    }
    text.push(']');
    std::fs::write(path, text).unwrap();
}
