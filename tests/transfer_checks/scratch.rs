use crate::support::*;
use magmaret::transfer::*;
#[repr(C)]
struct Ts {
    s: i64,
    n: i64,
}
unsafe extern "C" {
    fn clock_gettime(c: i32, t: *mut Ts) -> i32;
}
#[derive(Clone, Copy)]
struct Instant(f64);
impl Instant {
    fn now() -> Instant {
        let mut t = Ts { s: 0, n: 0 };
        unsafe {
            clock_gettime(3, &mut t);
        }
        Instant(t.s as f64 + t.n as f64 * 1e-9)
    }
    fn elapsed(&self) -> El {
        El(Instant::now().0 - self.0)
    }
}
struct El(f64);
impl El {
    fn as_secs_f64(&self) -> f64 {
        self.0
    }
}
#[test]
fn try_it() {
    let nodes = nodes(403, 20);
    let points = SpectralPoints::new(&nodes).unwrap();
    let transfer = Transfer::new(points, Diffusivity::Hemispheric);
    for (base, tirr) in [(1e2, 2500.0), (1e4, 2500.0), (1e6, 3000.0)] {
        let mut model = Synthetic::lava(&nodes, 80, base, &mut Random::new(3));
        let boundary = starlight(transfer.points(), 5770.0, tirr);
        let (mut w, mut jw, mut f, mut j, mut c) = (
            Workspace::default(),
            JacobianWorkspace::default(),
            Fluxes::default(),
            vec![],
            Column::default(),
        );
        let t = vec![tirr; 80];
        model.fill(&t, tirr, &mut c).unwrap();
        let mut best = [1e9f64; 3];
        for _ in 0..8 {
            let a = Instant::now();
            model.fill(&t, tirr, &mut c).unwrap();
            best[0] = best[0].min(a.elapsed().as_secs_f64());
            let a = Instant::now();
            transfer
                .fluxes(&c, &t, tirr, &boundary, &mut w, &mut f)
                .unwrap();
            best[1] = best[1].min(a.elapsed().as_secs_f64());
            let a = Instant::now();
            transfer
                .jacobian(
                    &c, &t, tirr, &boundary, 1.0, &mut w, &mut jw, &mut f, &mut j,
                )
                .unwrap();
            best[2] = best[2].min(a.elapsed().as_secs_f64());
        }
        println!(
            "fill {:.2} fluxes {:.2} jacobian {:.2} ms",
            best[0] * 1e3,
            best[1] * 1e3,
            best[2] * 1e3
        );
        let mut e = Equilibrium::default();
        let a = Instant::now();
        let r = e.solve(
            &transfer,
            &mut model,
            &boundary,
            &t,
            tirr,
            EquilibriumOptions {
                max_iterations: 30,
                ..Default::default()
            },
        );
        println!("{:?} {:.1} ms", r, a.elapsed().as_secs_f64() * 1e3);
        for h in e.history() {
            println!("   {:.2e} {:.2e}", h.imbalance, h.correction_k);
        }
        println!(
            "{:.0?} {:.0}",
            e.temperature_k().iter().step_by(8).collect::<Vec<_>>(),
            e.surface_temperature_k()
        );
    }
}
