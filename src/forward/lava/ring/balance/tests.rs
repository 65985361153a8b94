use std::path::Path;

use super::*;
use crate::config::RunConfig;
use crate::forward::lava::ring::Ground;
use crate::spectrum::Star;
use crate::transfer::{Column, ColumnModel, Equilibrium, Fluxes, Workspace};

fn lava(melt: &str, volatiles: bool) -> Lava {
    let text = format!(
        "seed = 1\n[system]\nname = '55 Cnc e'\n[model]\nkind = 'lava'\n[melt]\ncomposition = '{melt}'\n[atmosphere]\nlayers = 40\n"
    );
    let config = RunConfig::from_text(&text, Path::new("sketch.toml")).unwrap();
    Lava::new(&config, Star::black_body(5200.0), volatiles, None).unwrap()
}

fn planet(delta_iw: f64, hydrogen_bar: f64) -> LavaParameters {
    LavaParameters {
        delta_iw,
        heat_redistribution: 0.6,
        internal_temperature_k: 30.0,
        gravity_m_s2: 20.0,
        radius_ratio: 0.02,
        scaled_semi_major_axis: 3.5,
        stellar_temperature_k: 5200.0,
        hydrogen_bar,
        ..LavaParameters::default()
    }
}

/// Largest difference of the heating of a layer by the sketch from that by all points, over what the layer emits.
fn heating_error(lava: &Lava, boundary: &Boundary, scratch: &mut Scratch) -> f64 {
    let sketch = lava.sketch.as_ref().unwrap();
    let few = sketch.points.transfer.points().points();
    assert!(few * 4 < lava.balance.transfer.points().points(), "{few}");
    let layers_k = scratch.equilibrium.temperature_k();
    let surface_k = scratch.equilibrium.surface_temperature_k();
    let mut column = Column::default();
    let model = scratch.sketch.as_mut().unwrap();
    model.fill(layers_k, surface_k, &mut column).unwrap();
    let (mut fluxes, mut workspace) = (Fluxes::default(), Workspace::default());
    let lit = sketch.boundary(boundary);
    let transfer = &sketch.points.transfer;
    (transfer.fluxes(
        &column,
        layers_k,
        surface_k,
        &lit,
        &mut workspace,
        &mut fluxes,
    ))
    .unwrap();
    let whole = scratch.equilibrium.fluxes();
    let pairs = fluxes.heating_w_m2.iter().zip(&whole.heating_w_m2);
    pairs
        .zip(&whole.emission_w_m2)
        .map(|((own, all), emission)| (own - all).abs() / emission)
        .fold(0.0, f64::max)
}

/// Largest difference of a temperature that all points find alone, from a start nearby \[K\].
fn alone_error_k(lava: &Lava, boundary: &Boundary, scratch: &mut Scratch) -> f64 {
    let layers_k = scratch.equilibrium.temperature_k();
    let surface_k = scratch.equilibrium.surface_temperature_k();
    let mut alone = Equilibrium::default();
    let options = EquilibriumOptions::default();
    let near_k: Vec<f64> = layers_k.iter().map(|t| 1.01 * t).collect();
    let model = scratch.balance.as_mut().unwrap();
    let transfer = &lava.balance.transfer;
    (alone.solve(transfer, model, boundary, &near_k, surface_k, options)).unwrap();
    let pairs = alone.temperature_k().iter().zip(layers_k);
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// At the equilibrium of all points, found by way of the sketch: the sketch heats each layer as they do, within parts of
/// what the layer emits; and from a start nearby, all points alone find the same temperatures.
#[test]
fn a_sketch_leads_where_all_points_lead() {
    let (mut worst_heating, mut worst_k) = (0.0_f64, 0.0_f64);
    for (melt, delta_iw, hydrogen_bar) in [
        ("bse", -3.0, 0.0),
        ("herm", 1.0, 0.0),
        ("bse", 3.0, 0.0),
        ("bse", 0.0, 1.0),
    ] {
        let lava = lava(melt, hydrogen_bar > 0.0);
        let parameters = planet(delta_iw, hydrogen_bar);
        let ring = lava.rings(&parameters).unwrap()[0];
        let starlight = lava.starlight(&parameters).unwrap();
        let boundary = lava.boundary(&parameters, &starlight[0], &ring).unwrap();
        let surface = lava.surface_gas(&parameters).unwrap();
        let mut scratch = Scratch::default();
        let ground = lava.settle(&parameters, &boundary, &surface, None, &mut scratch);
        let Ok(Ground::Gas(effort)) = ground else {
            panic!("{ground:?}");
        };
        assert!(effort.sketched > 0 && effort.jacobians == 0, "{effort:?}");
        worst_heating = worst_heating.max(heating_error(&lava, &boundary, &mut scratch));
        worst_k = worst_k.max(alone_error_k(&lava, &boundary, &mut scratch));
    }
    println!("heating within {worst_heating:.4}, temperatures within {worst_k:.4} K");
    // Measured 0.030 and 0.029 K, which two solutions within the goal may be apart.
    assert!(
        worst_heating < 0.06 && worst_k < 0.06,
        "{worst_heating} {worst_k}"
    );
}
