use crate::support::*;
use magmaret::transfer::*;
use std::time::Instant;
#[test]
fn try_it() {
    let nodes = nodes(403, 20);
    let points = SpectralPoints::new(&nodes).unwrap();
    let transfer = Transfer::new(points, Diffusivity::Hemispheric);
    for (base, tirr) in [(1e2, 2500.0), (1e4, 2500.0), (1e6, 3000.0)] {
        let mut model = Synthetic::lava(&nodes, 80, base, &mut Random::new(3));
        let boundary = starlight(transfer.points(), 5770.0, tirr);
        let (mut w, mut jw, mut f, mut j, mut c) = (Workspace::default(), JacobianWorkspace::default(), Fluxes::default(), vec![], Column::default());
        let t = vec![tirr; 80];
        model.fill(&t, tirr, &mut c).unwrap();
        let mut best=[1e9f64;3];
        for _ in 0..8 {
            let a = Instant::now(); model.fill(&t, tirr, &mut c).unwrap(); best[0]=best[0].min(a.elapsed().as_secs_f64());
            let a = Instant::now(); transfer.fluxes(&c, &t, tirr, &boundary, &mut w, &mut f).unwrap(); best[1]=best[1].min(a.elapsed().as_secs_f64());
            let a = Instant::now(); transfer.jacobian(&c, &t, tirr, &boundary, 1.0, &mut w, &mut jw, &mut f, &mut j).unwrap(); best[2]=best[2].min(a.elapsed().as_secs_f64());
        }
        println!("fill {:.2} fluxes {:.2} jacobian {:.2} ms", best[0]*1e3, best[1]*1e3, best[2]*1e3);
        let mut e = Equilibrium::default();
        let a = Instant::now();
        let r = e.solve(&transfer, &mut model, &boundary, &t, tirr, EquilibriumOptions{max_iterations:30,..Default::default()});
        println!("{:?} {:.1} ms", r, a.elapsed().as_secs_f64()*1e3);
        for h in e.history() { println!("   {:.2e} {:.2e}", h.imbalance, h.correction_k); }
        println!("{:.0?} {:.0}", e.temperature_k().iter().step_by(8).collect::<Vec<_>>(), e.surface_temperature_k());
    }
}
