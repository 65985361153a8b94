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
        assert!(
            matches!(ground, Ok(Ground::Gas(effort)) if effort.sketched > 0 && effort.jacobians == 0)
        );
        let layers_k = scratch.equilibrium.temperature_k().to_vec();
        let surface_k = scratch.equilibrium.surface_temperature_k();
        let whole = scratch.equilibrium.fluxes().clone();

        let sketch = lava.sketch.as_ref().unwrap();
        let few = sketch.points.transfer.points().points();
        assert!(few * 4 < lava.balance.transfer.points().points(), "{few}");
        let mut column = Column::default();
        let model = scratch.sketch.as_mut().unwrap();
        model.fill(&layers_k, surface_k, &mut column).unwrap();
        let mut fluxes = Fluxes::default();
        let transfer = &sketch.points.transfer;
        let lit = sketch.boundary(&boundary);
        (transfer.fluxes(
            &column,
            &layers_k,
            surface_k,
            &lit,
            &mut Workspace::default(),
            &mut fluxes,
        ))
        .unwrap();
        let pairs = fluxes.heating_w_m2.iter().zip(&whole.heating_w_m2);
        for ((own, all), emission) in pairs.zip(&whole.emission_w_m2) {
            worst_heating = worst_heating.max((own - all).abs() / emission);
        }

        let mut alone = Equilibrium::default();
        let options = EquilibriumOptions::default();
        let near_k: Vec<f64> = layers_k.iter().map(|t| 1.01 * t).collect();
        let model = scratch.balance.as_mut().unwrap();
        (alone.solve(
            &lava.balance.transfer,
            model,
            &boundary,
            &near_k,
            surface_k,
            options,
        ))
        .unwrap();
        for (a, b) in alone.temperature_k().iter().zip(&layers_k) {
            worst_k = worst_k.max((a - b).abs());
        }
    }
    println!(
        "heating within {worst_heating:.4} of the emission, temperatures within {worst_k:.4} K"
    );
    assert!(
        worst_heating < 0.1 && worst_k < 0.1,
        "{worst_heating} {worst_k}"
    );
}
