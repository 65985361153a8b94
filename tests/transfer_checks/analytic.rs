//! Closed forms.

use magmaret::transfer::*;

use crate::support::{Gas, Random, Synthetic, nodes, starlight};

const SIGMA: f64 = 5.670_374_419e-8;

/// Everything that one solution of the transfer needs.
struct Bench {
    transfer: Transfer,
    workspace: Workspace,
    column: Column,
    fluxes: Fluxes,
    equilibrium: Equilibrium,
}

impl Bench {
    fn new(bands: usize, per_band: usize, diffusivity: Diffusivity) -> Self {
        let points = SpectralPoints::new(&nodes(bands, per_band)).unwrap();
        Self {
            transfer: Transfer::new(points, diffusivity),
            workspace: Workspace::default(),
            column: Column::default(),
            fluxes: Fluxes::default(),
            equilibrium: Equilibrium::default(),
        }
    }

    fn fluxes(&mut self, model: &mut Synthetic, boundary: &Boundary, layers: &[f64], surface: f64) {
        model.fill(layers, surface, &mut self.column).unwrap();
        let (workspace, fluxes) = (&mut self.workspace, &mut self.fluxes);
        self.transfer
            .fluxes(&self.column, layers, surface, boundary, workspace, fluxes)
            .unwrap();
    }

    fn solve(&mut self, model: &mut Synthetic, boundary: &Boundary, start: f64, imbalance: f64) {
        let options = EquilibriumOptions {
            imbalance,
            ..EquilibriumOptions::default()
        };
        let layers = vec![start; model.layers];
        self.equilibrium
            .solve(&self.transfer, model, boundary, &layers, start, options)
            .unwrap();
    }
}

/// Same temperature everywhere: F↑ = πB, no heating. Measured 2e-14; of the emission pass, which is in
/// single precision, 2e-8 with and without scattering. Its short form gives the same flux.
#[test]
fn an_isothermal_column_is_a_black_body() {
    let mut bench = Bench::new(60, 5, Diffusivity::Hemispheric);
    let mut model = Synthetic::lava(&nodes(60, 5), 50, 1e5, &mut Random::new(1));
    let boundary = Boundary::dark(60);
    bench.fluxes(&mut model, &boundary, &[2400.0; 50], 2400.0);
    let exact = SIGMA * 2400_f64.powi(4);
    for up in &bench.fluxes.up_w_m2 {
        assert!((up / bench.fluxes.surface_emission_w_m2 - 1.0).abs() < 1e-12);
        assert!((up / exact - 1.0).abs() < 1e-10);
    }
    // Light from above is missing: with it nothing heats.
    let mut closed = Boundary::dark(60);
    closed.stellar_flux_w_m2 = bench.transfer.points().black_body_w_m2(2400.0);
    bench.fluxes(&mut model, &closed, &[2400.0; 50], 2400.0);
    for (heating, emission) in (bench.fluxes.heating_w_m2.iter()).zip(&bench.fluxes.emission_w_m2) {
        assert!(heating.abs() < 1e-10 * emission, "{heating} {emission}");
    }
    let (mut emission, angles) = (Emission::default(), Angles::new(4).unwrap());
    let view = View {
        column: &bench.column,
        temperature_k: &[2400.0; 50],
        surface_temperature_k: 2400.0,
        boundary: &boundary,
        angles: &angles,
    };
    bench
        .transfer
        .emission(&view, &mut bench.workspace, &mut emission)
        .unwrap();
    let sum: f64 = emission.band_w_m2.iter().sum();
    println!("emission pass {:.1e}", sum / exact - 1.0);
    assert!((sum / exact - 1.0).abs() < 1e-6, "{sum}");
    let mut short = Emission::default();
    bench
        .transfer
        .outgoing(&view, &mut bench.workspace, &mut short)
        .unwrap();
    for (short, long) in short.band_w_m2.iter().zip(&emission.band_w_m2) {
        assert!((short / long - 1.0).abs() < 2e-6, "{short} {long}");
    }
    assert!(short.contribution_w_m2.is_empty() && short.photosphere_pa.is_empty());
    // Between walls of one temperature scattering changes nothing, in any direction.
    model.scattering = vec![1e-3; model.points];
    bench.fluxes(&mut model, &closed, &[2400.0; 50], 2400.0);
    bench
        .transfer
        .emission(
            &View {
                column: &bench.column,
                temperature_k: &[2400.0; 50],
                surface_temperature_k: 2400.0,
                boundary: &closed,
                angles: &angles,
            },
            &mut bench.workspace,
            &mut emission,
        )
        .unwrap();
    let sum: f64 = emission.band_w_m2.iter().sum();
    println!("with scattering {:.1e}", sum / exact - 1.0);
    assert!((sum / exact - 1.0).abs() < 1e-6, "{sum}");
    let parts: f64 = emission.contribution(20).iter().sum();
    assert!((parts - 1.0).abs() < 1e-12);
}

/// No gas to speak of: the surface balances what it absorbs, T⁴ = (F_*(1 - A) + F_int)/(σ(1 - A)),
/// and a thin grey layer what comes from both sides, 2 σT⁴ = F_* + F↑. Measured 3e-12.
#[test]
fn a_transparent_column_leaves_the_surface_alone() {
    let mut bench = Bench::new(60, 2, Diffusivity::Hemispheric);
    let mut model = Synthetic::grey(120, 30, 1e-3, 1e3, 1e-15);
    let mut boundary = starlight(bench.transfer.points(), 5000.0, 2000.0);
    boundary.surface_albedo.fill(0.3);
    let star: f64 = boundary.stellar_flux_w_m2.iter().sum();
    bench.solve(&mut model, &boundary, 1800.0, 1e-12);
    let internal = boundary.internal_flux_w_m2;
    let found = SIGMA * bench.equilibrium.surface_temperature_k().powi(4);
    let exact = (star * 0.7 + internal) / 0.7;
    assert!((found / exact - 1.0).abs() < 1e-10, "{found} {exact}");
    let up = 0.7 * exact + 0.3 * star;
    for t in bench.equilibrium.temperature_k() {
        let found = 2.0 * SIGMA * t.powi(4);
        assert!((found / (star + up) - 1.0).abs() < 1e-9, "{t}");
    }
}

/// A thin slab over a mirror: each side sends DτπB, and the mirror returns its half. Measured 1e-12.
#[test]
fn a_thin_slab_shines_with_its_depth() {
    for diffusivity in [
        Diffusivity::Hemispheric,
        Diffusivity::Elsasser,
        Diffusivity::Quadrature,
    ] {
        let mut bench = Bench::new(40, 2, diffusivity);
        let depth = 1e-12;
        let mut model = Synthetic::grey(80, 20, 1e-3, 1e3, (depth / 100.0) as f32);
        let mut mirror = Boundary::dark(40);
        mirror.surface_albedo.fill(1.0);
        bench.fluxes(&mut model, &mirror, &[2500.0; 20], 2500.0);
        let black: f64 = bench.transfer.points().black_body_w_m2(2500.0).iter().sum();
        let depth = f64::from((depth / 100.0) as f32) * 100.0;
        let exact = 2.0 * diffusivity.value() * depth * black;
        assert!((bench.fluxes.up_w_m2[0] / exact - 1.0).abs() < 1e-10);
    }
}

/// Thick and with πB linear in depth: F = (2/D) dπB/dτ in the middle. Measured 3e-8.
#[test]
fn a_thick_column_diffuses() {
    let mut bench = Bench::new(60, 2, Diffusivity::Quadrature);
    let mut model = Synthetic::grey(120, 60, 1.0, 1e6, 1e-2);
    let depth = |pressure: f64| 1e-2 * pressure / 10.0;
    let (base, slope) = (SIGMA * 1500_f64.powi(4), 1e3);
    model
        .fill(&[2000.0; 60], 2000.0, &mut bench.column)
        .unwrap();
    let pressure = bench.column.interface_pressure_pa.clone();
    let layers: Vec<f64> = (pressure.windows(2).enumerate())
        .map(|(i, pair)| {
            let top = if i == 0 { 0.0 } else { pair[0] };
            ((base + slope * depth(0.5 * (top + pair[1]))) / SIGMA).powf(0.25)
        })
        .collect();
    bench.fluxes(
        &mut model,
        &Boundary::dark(60),
        &layers,
        *layers.last().unwrap(),
    );
    let exact = 2.0 / 3_f64.sqrt() * slope;
    for i in 45..56 {
        let net = bench.fluxes.up_w_m2[i] - bench.fluxes.down_w_m2[i];
        assert!((net / exact - 1.0).abs() < 1e-4, "{i}: {net} {exact}");
    }
}

/// Grey, heated from below: T⁴ = T_eff⁴ (1 + Dτ)/2, and a surface hotter by T_eff⁴/2.
/// Tolerance 1e-3 at ten layers a decade; measured 1.6e-4.
#[test]
fn a_grey_column_heated_from_below() {
    for diffusivity in [Diffusivity::Hemispheric, Diffusivity::Quadrature] {
        let d = diffusivity.value();
        let mut bench = Bench::new(60, 2, diffusivity);
        let mut model = Synthetic::grey(120, 70, 1e-2, 1e5, 1e-3);
        let mut boundary = Boundary::dark(60);
        boundary.internal_flux_w_m2 = SIGMA * 1500_f64.powi(4);
        bench.solve(&mut model, &boundary, 1500.0, 1e-9);
        let mut above = 0.0;
        let mut worst = 0.0_f64;
        for (t, mass) in
            (bench.equilibrium.temperature_k().iter()).zip(&bench.equilibrium.column().mass_kg_m2)
        {
            let tau = 1e-3_f32 as f64 * (above + 0.5 * mass);
            above += mass;
            let exact = 1500.0 * (0.5 * (1.0 + d * tau)).powf(0.25);
            worst = worst.max((t / exact - 1.0).abs());
        }
        let exact = 1500.0 * (1.0 + 0.5 * d * 1e-3_f32 as f64 * above).powf(0.25);
        let surface = bench.equilibrium.surface_temperature_k() / exact - 1.0;
        println!("grey, D = {d:.2}: layers {worst:.1e}, surface {surface:.1e}");
        assert!(worst < 1e-3 && surface.abs() < 1e-3);
    }
}

/// Two opacities, γκ for the star and κ for the planet (Guillot 2010, A&A 520, A27, with the closure
/// of the two streams): for diffuse light
/// σT⁴ = F_int(1 + Dτ)/2 + F_*/2 [1 + 1/γ + (γ - 1/γ) e^(-Dγτ)], and Dγ -> γ/µ for a beam.
/// Tolerance 0.2 % of T; measured 8e-4.
#[test]
fn a_picket_fence_with_star_light() {
    for gamma in [0.1, 0.5, 3.0, 30.0] {
        for beam in [None, Some(0.5), Some(1.0)] {
            let mut bench = Bench::new(60, 2, Diffusivity::Hemispheric);
            // The wall against which γ = 30 stops the star needs finer layers.
            let layers = if gamma > 10.0 { 160 } else { 80 };
            let mut model = Synthetic::grey(120, layers, 1e-3, 1e5, 1e-3);
            // The star shines in the last band alone, far from where the planet does.
            model.gases[0].kappa[118] = (1e-3 * gamma) as f32;
            model.gases[0].kappa[119] = (1e-3 * gamma) as f32;
            let mut boundary = Boundary::dark(60);
            boundary.stellar_flux_w_m2[59] = SIGMA * 2000_f64.powi(4);
            boundary.internal_flux_w_m2 = SIGMA * 400_f64.powi(4);
            let mut rate = 2.0 * gamma;
            if let Some(cosine) = beam {
                boundary.illumination = Illumination::Beam { cosine };
                rate = gamma / cosine;
            }
            bench.solve(&mut model, &boundary, 2000.0, 1e-8);
            let (star, internal) = (boundary.stellar_flux_w_m2[59], boundary.internal_flux_w_m2);
            let ratio = rate / 2.0;
            let (mut above, mut worst) = (0.0, 0.0_f64);
            for (t, mass) in (bench.equilibrium.temperature_k().iter())
                .zip(&bench.equilibrium.column().mass_kg_m2)
            {
                let tau = 1e-3 * (above + 0.5 * mass);
                above += mass;
                let decay = (ratio - 1.0 / ratio) * (-rate * tau).exp();
                let light = star * (1.0 + 1.0 / ratio + decay) + internal * (1.0 + 2.0 * tau);
                let exact = (0.5 * light / SIGMA).powf(0.25);
                worst = worst.max((t / exact - 1.0).abs());
            }
            println!("picket fence, γ = {gamma}, beam {beam:?}: {worst:.1e}");
            assert!(worst < 2e-3, "{worst}");
        }
    }
}

/// Nothing absorbs: the net flux is the same everywhere, and a black surface below sends back what
/// R = (Dτ/2)/(1 + Dτ/2) says. Measured 2e-15.
#[test]
fn conservative_scattering_conserves() {
    for beam in [false, true] {
        let mut bench = Bench::new(40, 2, Diffusivity::Hemispheric);
        let mut model = Synthetic::grey(80, 40, 1e-3, 1e5, 0.0);
        model.scattering = vec![3e-4; 80];
        let mut boundary = starlight(bench.transfer.points(), 5770.0, 2500.0);
        if beam {
            boundary.illumination = Illumination::Beam { cosine: 0.4 };
        }
        bench.fluxes(&mut model, &boundary, &[2000.0; 40], 25.0);
        let fluxes = &bench.fluxes;
        let net = |i: usize| fluxes.down_w_m2[i] - fluxes.up_w_m2[i];
        for i in 0..=40 {
            assert!((net(i) / net(0) - 1.0).abs() < 1e-10, "{i}");
        }
        if !beam {
            // Dτ/2 = 3e-4 · 1e5/10.
            let half = f64::from(3e-4_f32) * 1e4;
            let exact = half / (1.0 + half);
            let found = fluxes.up_w_m2[0] / fluxes.down_w_m2[0];
            assert!((found / exact - 1.0).abs() < 1e-7, "{found} {exact}");
        }
    }
}

/// Differences of the net flux are the heating, at every layer, with scattering and without.
#[test]
fn heating_is_the_divergence_of_the_flux() {
    let mut bench = Bench::new(60, 5, Diffusivity::Hemispheric);
    for (scattering, beam) in [(0.0, false), (0.0, true), (1e-3, false), (1e-3, true)] {
        let mut model = Synthetic::lava(&nodes(60, 5), 50, 1e5, &mut Random::new(2));
        if scattering > 0.0 {
            model.scattering = vec![scattering; model.points];
        }
        let mut boundary = starlight(bench.transfer.points(), 5770.0, 2500.0);
        boundary.surface_albedo.fill(0.2);
        if beam {
            boundary.illumination = Illumination::Beam { cosine: 0.5 };
        }
        let layers: Vec<f64> = (0..50).map(|i| 3500.0 - 30.0 * f64::from(i)).collect();
        bench.fluxes(&mut model, &boundary, &layers, 2400.0);
        let fluxes = &bench.fluxes;
        let net = |i: usize| fluxes.up_w_m2[i] - fluxes.down_w_m2[i];
        for (layer, heating) in fluxes.heating_w_m2.iter().enumerate() {
            let difference = net(layer + 1) - net(layer);
            assert!(
                (difference - heating).abs() < 1e-12 * fluxes.down_w_m2[0],
                "{layer}"
            );
        }
        let surface = boundary.internal_flux_w_m2 - net(50);
        assert!((surface - fluxes.surface_heating_w_m2).abs() < 1e-12 * fluxes.down_w_m2[0]);
    }
}

/// 1e-8 of the irradiation at every interface in the strict mode.
#[test]
fn the_strict_mode_is_strict() {
    let mut bench = Bench::new(60, 5, Diffusivity::Hemispheric);
    let mut model = Synthetic::lava(&nodes(60, 5), 70, 1e4, &mut Random::new(3));
    let boundary = starlight(bench.transfer.points(), 5770.0, 2500.0);
    let strict = EquilibriumOptions::strict().imbalance;
    bench.solve(&mut model, &boundary, 2500.0, strict);
    let worst = bench
        .equilibrium
        .fluxes()
        .imbalance_w_m2(boundary.internal_flux_w_m2);
    assert!(worst < 1e-8 * boundary.incoming_w_m2());
}

/// Next to a solution its matrix does: the same temperatures without derivatives.
#[test]
fn a_warm_start_needs_no_derivatives() {
    let mut bench = Bench::new(60, 5, Diffusivity::Hemispheric);
    let mut model = Synthetic::lava(&nodes(60, 5), 60, 1e4, &mut Random::new(3));
    let boundary = starlight(bench.transfer.points(), 5770.0, 2505.0);
    bench.solve(&mut model, &boundary, 2500.0, 1e-8);
    let exact = bench.equilibrium.temperature_k().to_vec();
    let first = starlight(bench.transfer.points(), 5770.0, 2500.0);
    bench.solve(&mut model, &first, 2500.0, 1e-6);
    let start = bench.equilibrium.temperature_k().to_vec();
    let surface = bench.equilibrium.surface_temperature_k();
    let options = EquilibriumOptions {
        reuse_matrix: true,
        ..EquilibriumOptions::default()
    };
    let (transfer, solver) = (&bench.transfer, &mut bench.equilibrium);
    let effort = solver
        .solve(transfer, &mut model, &boundary, &start, surface, options)
        .unwrap();
    assert_eq!(effort.jacobians, 0, "{effort:?}");
    // Measured 0.01 K.
    for (found, exact) in solver.temperature_k().iter().zip(&exact) {
        assert!((found - exact).abs() < 0.1, "{found} {exact}");
    }
}

/// A given surface temperature: the layers balance, the surface takes what it takes.
#[test]
fn a_fixed_surface_stays() {
    let mut bench = Bench::new(60, 5, Diffusivity::Hemispheric);
    let mut model = Synthetic::lava(&nodes(60, 5), 50, 1e4, &mut Random::new(4));
    let boundary = starlight(bench.transfer.points(), 5770.0, 2500.0);
    let options = EquilibriumOptions {
        fixed_surface_k: Some(2000.0),
        ..EquilibriumOptions::default()
    };
    bench
        .equilibrium
        .solve(
            &bench.transfer,
            &mut model,
            &boundary,
            &[2300.0; 50],
            0.0,
            options,
        )
        .unwrap();
    let fluxes = bench.equilibrium.fluxes();
    assert_eq!(bench.equilibrium.surface_temperature_k(), 2000.0);
    let total: f64 = fluxes.heating_w_m2.iter().sum();
    assert!(total.abs() < 1e-6 * boundary.incoming_w_m2());
    assert!(fluxes.surface_heating_w_m2.abs() > 1e-3 * boundary.incoming_w_m2());
}

/// 10 against 20 layers a decade: below 5 K everywhere that both have, 5 a decade for the record.
#[test]
fn layers_are_enough() {
    let nodes = nodes(80, 6);
    let mut bench = Bench::new(80, 6, Diffusivity::Hemispheric);
    let boundary = starlight(bench.transfer.points(), 5770.0, 2500.0);
    let mut profile = |per_decade: usize| {
        let mut model = Synthetic::lava(&nodes, 7 * per_decade, 1e4, &mut Random::new(3));
        bench.solve(&mut model, &boundary, 2500.0, 1e-7);
        let pressure: Vec<f64> = bench
            .equilibrium
            .column()
            .pressure_pa
            .iter()
            .map(|p| p.ln())
            .collect();
        let at = |ln_p: f64| {
            let i = pressure
                .partition_point(|p| *p < ln_p)
                .clamp(1, pressure.len() - 1);
            let share = (ln_p - pressure[i - 1]) / (pressure[i] - pressure[i - 1]);
            let t = bench.equilibrium.temperature_k();
            t[i - 1] + share * (t[i] - t[i - 1])
        };
        let mut values: Vec<f64> = (0..60).map(|i| at(-5.5 + 0.24 * f64::from(i))).collect();
        values.push(bench.equilibrium.surface_temperature_k());
        values
    };
    let (coarse, middle, fine) = (profile(5), profile(10), profile(20));
    let worst = |a: &[f64]| {
        a.iter()
            .zip(&fine)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max)
    };
    println!(
        "layers: 5 a decade {:.2} K, 10 {:.2} K off 20",
        worst(&coarse),
        worst(&middle)
    );
    assert!(worst(&middle) < 5.0);
}

/// The Milne problem: discrete ordinates of 16 streams in closed form (Chandrasekhar 1950, Radiative
/// Transfer, section 25) reproduce the Hopf function (q(0) = 1/√3, q(∞) = 0.710 446); the emission
/// pass turns their source into σT_eff⁴; the two streams of the equilibrium are off by what is
/// known: T⁴ = (1 + Dτ)/2 against 3/4 (τ + q).
#[test]
fn the_milne_problem() {
    let hopf = hopf(8);
    assert!(
        (hopf(0.0) - 1.0 / 3_f64.sqrt()).abs() < 1e-4,
        "{}",
        hopf(0.0)
    );
    assert!((hopf(50.0) - 0.710_446).abs() < 1e-4, "{}", hopf(50.0));
    let mut bench = Bench::new(60, 2, Diffusivity::Hemispheric);
    let mut model = Synthetic::grey(120, 140, 1e-2, 1e5, 3e-3);
    model
        .fill(&[2000.0; 140], 2000.0, &mut bench.column)
        .unwrap();
    let mut above = 0.0;
    let layers: Vec<f64> = (bench.column.mass_kg_m2.iter())
        .map(|mass| {
            let tau = 3e-3 * (above + 0.5 * mass);
            above += mass;
            1500.0 * (0.75 * (tau + hopf(tau))).powf(0.25)
        })
        .collect();
    let surface = 1500.0 * (0.75 * (3e-3 * above + hopf(30.0) + 2.0 / 3.0)).powf(0.25);
    model.fill(&layers, surface, &mut bench.column).unwrap();
    let (mut emission, angles) = (Emission::default(), Angles::new(16).unwrap());
    let boundary = Boundary::dark(60);
    bench
        .transfer
        .emission(
            &View {
                column: &bench.column,
                temperature_k: &layers,
                surface_temperature_k: surface,
                boundary: &boundary,
                angles: &angles,
            },
            &mut bench.workspace,
            &mut emission,
        )
        .unwrap();
    let sum: f64 = emission.band_w_m2.iter().sum();
    let error = sum / (SIGMA * 1500_f64.powi(4)) - 1.0;
    println!("Milne: flux of the emission pass {error:.1e}");
    assert!(error.abs() < 1e-3, "{error}");
    // T of the two streams over that of Milne at the top and deep down.
    for (d, top, deep) in [(2.0, 1.0366, 1.0746), (3_f64.sqrt(), 1.0366, 1.0366)] {
        let ratio = |tau: f64| (0.5 * (1.0 + d * tau) / (0.75 * (tau + hopf(tau)))).powf(0.25);
        assert!((ratio(0.0) - top).abs() < 1e-3, "{}", ratio(0.0));
        assert!((ratio(1e4) - deep).abs() < 1e-3, "{}", ratio(1e4));
    }
}

/// Hopf function of 2n streams: q = Q + Σ L e^(-kτ), with nothing coming in from above.
fn hopf(n: usize) -> impl Fn(f64) -> f64 {
    let rule: Vec<(f64, f64)> = magmaret::spectrum::quadrature::gauss_power_law(n, 0.0);
    // 1 = Σ a/(1 - k²µ²), a root between the poles 1/µ from above.
    let mut cosines: Vec<f64> = rule.iter().map(|(u, _)| *u).collect();
    cosines.sort_by(|a, b| b.total_cmp(a));
    let characteristic = |k: f64| {
        rule.iter()
            .map(|(u, a)| a / (1.0 - k * k * u * u))
            .sum::<f64>()
            - 1.0
    };
    let roots: Vec<f64> = (cosines.windows(2))
        .map(|pair| {
            let (mut low, mut high) = (1.0 / pair[0], 1.0 / pair[1]);
            for _ in 0..200 {
                let middle = 0.5 * (low + high);
                // From minus infinity behind a pole to plus infinity before the next.
                if characteristic(middle) < 0.0 {
                    low = middle
                } else {
                    high = middle
                }
            }
            0.5 * (low + high)
        })
        .collect();
    let matrix = nalgebra::DMatrix::from_fn(n, n, |i, j| match j {
        0 => 1.0,
        _ => 1.0 / (1.0 - roots[j - 1] * cosines[i]),
    });
    let right = nalgebra::DVector::from_fn(n, |i, _| cosines[i]);
    let solution = matrix.lu().solve(&right).unwrap();
    move |tau: f64| {
        let decay = (roots.iter().enumerate()).map(|(i, k)| solution[i + 1] * (-k * tau).exp());
        solution[0] + decay.sum::<f64>()
    }
}

/// Grey: depth κp/g at every interface, the photosphere where it is 2/3.
#[test]
fn the_photosphere_of_a_grey_column() {
    let mut bench = Bench::new(5, 2, Diffusivity::Hemispheric);
    let mut model = Synthetic::grey(10, 60, 1e-3, 1e5, 1e-3);
    let layers = [2000.0; 60];
    model.fill(&layers, 2000.0, &mut bench.column).unwrap();
    let (mut emission, angles) = (Emission::default(), Angles::new(4).unwrap());
    let boundary = Boundary::dark(5);
    let (column, workspace) = (&bench.column, &mut bench.workspace);
    bench
        .transfer
        .emission(
            &View {
                column,
                temperature_k: &layers,
                surface_temperature_k: 2000.0,
                boundary: &boundary,
                angles: &angles,
            },
            workspace,
            &mut emission,
        )
        .unwrap();
    for (i, pressure) in column.interface_pressure_pa.iter().enumerate().skip(1) {
        let exact = 1e-3 * pressure / 10.0;
        let found = emission.optical_depth[2 * 61 + i];
        assert!((found / exact - 1.0).abs() < 1e-6, "{i}: {found} {exact}");
    }
    // τ = 2/3 at 6667 Pa; linear in ln p between interfaces. Measured 4e-3.
    let found = emission.photosphere_pa[2].unwrap();
    assert!((found / 6667.0 - 1.0).abs() < 0.01, "{found}");
    let contribution = emission.contribution(2);
    let peak = (0..60)
        .max_by(|a, b| contribution[*a].total_cmp(&contribution[*b]))
        .unwrap();
    let pressure = column.pressure_pa[peak];
    assert!((3e3..2e4).contains(&pressure), "{pressure}");
}

/// What cannot be is refused with its place.
#[test]
fn bad_boundaries_are_refused() {
    let good = Boundary::dark(3);
    assert!(good.check(3).is_ok());
    assert!(good.check(4).is_err());
    for spoil in [
        |b: &mut Boundary| b.surface_albedo[1] = 1.5,
        |b: &mut Boundary| b.surface_albedo[0] = f64::NAN,
        |b: &mut Boundary| b.stellar_flux_w_m2[2] = -1.0,
        |b: &mut Boundary| b.internal_flux_w_m2 = f64::INFINITY,
        |b: &mut Boundary| b.illumination = Illumination::Beam { cosine: 0.0 },
    ] {
        let mut bad = good.clone();
        spoil(&mut bad);
        assert!(bad.check(3).is_err(), "{bad:?}");
    }
    assert!(SpectralPoints::from_parts(&[1.0, 2.0], &[0], &[0.5]).is_err());
    assert!(SpectralPoints::from_parts(&[2.0, 1.0], &[0], &[1.0]).is_err());
    assert!(SpectralPoints::from_parts(&[1.0, 2.0], &[1], &[1.0]).is_err());
    assert!(Angles::new(0).is_err());
    let gas = Gas {
        kappa: vec![f32::NAN; 2],
        exponent: 0.0,
    };
    let mut bench = Bench::new(1, 2, Diffusivity::Hemispheric);
    let mut model = Synthetic::grey(2, 5, 1.0, 1e3, 0.0);
    model.gases[0] = gas;
    model.fill(&[1000.0; 5], 1000.0, &mut bench.column).unwrap();
    let boundary = Boundary::dark(1);
    let mut run = |layers: &[f64]| {
        let (workspace, fluxes) = (&mut bench.workspace, &mut bench.fluxes);
        bench
            .transfer
            .fluxes(&bench.column, layers, 1000.0, &boundary, workspace, fluxes)
    };
    assert!(run(&[1000.0; 5]).is_err());
    assert!(run(&[1e5; 5]).is_err());
    assert!(run(&[1000.0; 4]).is_err());
}
