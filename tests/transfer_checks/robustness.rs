//! Random atmospheres all converge.

use magmaret::transfer::*;

use crate::support::{Random, Synthetic, nodes, starlight};

#[test]
fn random_atmospheres_converge() {
    let nodes = nodes(80, 6);
    let transfer = Transfer::new(SpectralPoints::new(&nodes).unwrap(), Diffusivity::Hemispheric);
    let mut equilibrium = Equilibrium::default();
    let mut iterations = Vec::new();
    let mut failed = 0;
    let cases = std::env::var("CASES").map_or(400, |c| c.parse().unwrap());
    for seed in 0..cases {
        let mut random = Random::new(seed);
        let decades = random.between(-0.5, 6.0);
        let base_pa = 10_f64.powf(decades);
        let layers = (10.0 * (decades + 3.0)) as usize;
        let mut model = Synthetic::lava(&nodes, layers, base_pa, &mut random);
        let mut irradiation_k = random.between(1500.0, 3500.0);
        if seed % 3 == 2 {
            // As the vapour of a silicate melt: 1e-3 to 1e-1 bar at 2500 K.
            model.latent_k = Some([45_000.0, 2500.0]);
            model.base_pa = 10_f64.powf(random.between(2.0, 4.0));
            irradiation_k = irradiation_k.max(1800.0);
        }
        let star_k = random.between(4000.0, 6500.0);
        let mut boundary = starlight(transfer.points(), star_k, irradiation_k);
        if seed % 4 == 3 {
            boundary.illumination = Illumination::Beam { cosine: random.between(0.3, 1.0) };
        }
        if seed % 5 == 4 {
            boundary.surface_albedo.fill(random.between(0.0, 0.5));
        }
        let start = vec![irradiation_k; layers];
        let result = equilibrium.solve(
            &transfer,
            &mut model,
            &boundary,
            &start,
            irradiation_k,
            EquilibriumOptions::default(),
        );
        match result {
            Ok(effort) if effort.iterations <= 20 => iterations.push(effort.iterations),
            error => {
                failed += 1;
                let exps: Vec<_> = model.gases.iter().map(|g| g.exponent).collect();
                println!("{seed}: {error:?} {exps:.1?} base {base_pa:.0} irr {irradiation_k:.0} latent {:?}", model.latent_k);
                println!("    T {:.0?} {:.0}", equilibrium.temperature_k(), equilibrium.surface_temperature_k());
                if true { for h in equilibrium.history().iter().skip(0).take(50) {
                    println!("    {:.1e} {:.1e} {:.1e}", h.imbalance, h.correction_k, h.damping);
                } }
            }
        }
    }
    iterations.sort_unstable();
    println!(
        "{} of {cases} converged, median {} and worst {} iterations; above 20: {}; {:?}",
        iterations.len(),
        iterations[iterations.len() / 2],
        iterations[iterations.len() - 1],
        iterations.iter().filter(|i| **i > 20).count(),
        &iterations[iterations.len()*9/10..]
    );
    assert_eq!(failed, 0);
}
