//! The analytic derivatives against central differences of the heating.

use magmaret::transfer::*;

use crate::support::{Random, Synthetic, nodes, starlight};

const LAYERS: usize = 24;

/// Heating of layers and surface.
fn heating(
    transfer: &Transfer,
    model: &mut Synthetic,
    boundary: &Boundary,
    temperature_k: &[f64],
) -> Vec<f64> {
    let (surface, layers) = temperature_k.split_last().unwrap();
    let (mut column, mut fluxes) = (Column::default(), Fluxes::default());
    model.fill(layers, *surface, &mut column).unwrap();
    let mut workspace = Workspace::default();
    transfer
        .fluxes(
            &column,
            layers,
            *surface,
            boundary,
            &mut workspace,
            &mut fluxes,
        )
        .unwrap();
    let mut heating = fluxes.heating_w_m2;
    heating.push(fluxes.surface_heating_w_m2);
    heating
}

/// Largest difference of a column from differences of fourth order, over its largest element.
fn worst(model: &mut Synthetic, boundary: &Boundary, transfer: &Transfer) -> f64 {
    worst_of_wave([700.0, 0.35], model, boundary, transfer)
}

/// The same with a height \[K\] and a frequency of the wave in the temperatures.
fn worst_of_wave(
    [height_k, frequency]: [f64; 2],
    model: &mut Synthetic,
    boundary: &Boundary,
    transfer: &Transfer,
) -> f64 {
    let temperature_k: Vec<f64> = (0..=LAYERS)
        .map(|i| 2300.0 + height_k * (frequency * i as f64).cos() + 10.0 * i as f64)
        .collect();
    let (surface, layers) = temperature_k.split_last().unwrap();
    let (mut column, mut fluxes) = (Column::default(), Fluxes::default());
    model.fill(layers, *surface, &mut column).unwrap();
    let (mut workspace, mut scratch) = (Workspace::default(), JacobianWorkspace::default());
    let mut jacobian = Vec::new();
    transfer
        .jacobian(
            &column,
            layers,
            *surface,
            boundary,
            Derivatives::Full,
            &mut workspace,
            &mut scratch,
            &mut fluxes,
            &mut jacobian,
        )
        .unwrap();
    let m = LAYERS + 1;
    let mut worst = 0.0_f64;
    for j in 0..m {
        let step = 4e-3 * temperature_k[j];
        let mut at = |steps: f64| {
            let mut moved = temperature_k.clone();
            moved[j] += steps * step;
            heating(transfer, model, boundary, &moved)
        };
        let (a, b, c, d) = (at(-2.0), at(-1.0), at(1.0), at(2.0));
        let exact: Vec<f64> = (0..m)
            .map(|l| (a[l] - 8.0 * b[l] + 8.0 * c[l] - d[l]) / (12.0 * step))
            .collect();
        let scale = exact.iter().fold(0.0_f64, |s, x| s.max(x.abs()));
        for l in 0..m {
            let error = (jacobian[l * m + j] - exact[l]).abs() / scale;
            if error > 1e-3 {
                println!(
                    "row {l} column {j}: {} for {}",
                    jacobian[l * m + j],
                    exact[l]
                );
            }
            worst = worst.max(error);
        }
    }
    worst
}

fn transfer(diffusivity: Diffusivity) -> Transfer {
    let points = SpectralPoints::new(&nodes(60, 5)).unwrap();
    Transfer::new(points, diffusivity)
}

fn model(base_pa: f64) -> Synthetic {
    Synthetic::lava(&nodes(60, 5), LAYERS, base_pa, &mut Random::new(5))
}

/// Black surface, diffuse star, thin and thick. Measured 2e-5, the rounding of the opacities in the
/// differences.
#[test]
fn without_reflection() {
    for base_pa in [1e2, 1e5] {
        let transfer = transfer(Diffusivity::Hemispheric);
        let boundary = starlight(transfer.points(), 5770.0, 2500.0);
        let worst = worst(&mut model(base_pa), &boundary, &transfer);
        println!("base {base_pa} Pa: {worst:.1e}");
        assert!(worst < 1e-4, "{worst}");
    }
}

/// Temperatures that jump from layer to layer.
#[test]
fn across_fronts() {
    let transfer = transfer(Diffusivity::Hemispheric);
    let boundary = starlight(transfer.points(), 5770.0, 2500.0);
    let mut model = model(1e5);
    let worst = worst_of_wave([900.0, 0.7], &mut model, &boundary, &transfer);
    println!("fronts: {worst:.1e}");
    assert!(worst < 2e-3, "{worst}");
}

#[test]
fn with_a_beam() {
    let transfer = transfer(Diffusivity::Elsasser);
    let mut boundary = starlight(transfer.points(), 5770.0, 2500.0);
    boundary.illumination = Illumination::Beam { cosine: 0.6 };
    let worst = worst(&mut model(1e4), &boundary, &transfer);
    println!("beam: {worst:.1e}");
    assert!(worst < 1e-4, "{worst}");
}

#[test]
fn with_a_surface_that_reflects() {
    let transfer = transfer(Diffusivity::Hemispheric);
    let mut boundary = starlight(transfer.points(), 5770.0, 2500.0);
    boundary.surface_albedo.fill(0.4);
    let worst = worst(&mut model(1e4), &boundary, &transfer);
    println!("albedo: {worst:.1e}");
    assert!(worst < 1e-4, "{worst}");
}

#[test]
fn with_scattering() {
    let transfer = transfer(Diffusivity::Hemispheric);
    let mut boundary = starlight(transfer.points(), 5770.0, 2500.0);
    boundary.surface_albedo.fill(0.2);
    let mut model = model(1e4);
    model.scattering = (0..model.points).map(|i| 1e-3 * (i % 7) as f32).collect();
    let worst = worst(&mut model, &boundary, &transfer);
    println!("scattering: {worst:.1e}");
    assert!(worst < 1e-4, "{worst}");
}
