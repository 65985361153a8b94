use super::*;
use crate::melt::Composition;
use crate::melt::OXIDES;
use crate::melt::composition::{MolarMasses, shipped};

/// sum_j nu_ij a_j = F_i for every oxide of every shipped melt, and 0 < gamma <= 1; measured 4e-15.
#[test]
fn every_oxide_is_accounted_for() {
    let model = Imcc {
        liquids: LiquidData::Magma,
        own_ferric_iron: true,
    };
    let mut state = MeltState::default();
    for row in shipped() {
        let melt = Composition::named(row.name, MolarMasses::Magma)
            .unwrap()
            .moles_all_ferrous();
        for t_k in [1000.0, 2000.0, 3500.0, 6000.0] {
            let at = Conditions { t_k, ln_fo2: -5.0 };
            model.evaluate(&melt, at, &mut state).unwrap();
            let (fractions, _) = basis_fractions(&melt).unwrap();
            let mut sums: Vector = state.imcc.x.map(f64::exp);
            for (complex, amount) in COMPLEXES.iter().zip(&state.imcc.amount) {
                for (i, nu) in complex.nu() {
                    sums[*i] += nu * amount;
                }
            }
            for i in (0..BASIS).filter(|i| fractions[*i] > 0.0) {
                let error = sums[i] / fractions[i] - 1.0;
                assert!(error.abs() < 1e-12, "{} {t_k} {i}: {error:e}", row.name);
                assert!(state.imcc.x[i] <= fractions[i].ln());
            }
        }
    }
}

/// One oxide alone is the pure liquid, apart from the iron oxides of its own.
#[test]
fn a_pure_liquid_has_activity_one() {
    let model = Imcc {
        liquids: LiquidData::Nasa9,
        own_ferric_iron: false,
    };
    let mut state = MeltState::default();
    for oxide in BASIS_OXIDES {
        let mut moles = [0.0; OXIDES];
        moles[oxide.index()] = 2.0;
        let at = Conditions {
            t_k: 2500.0,
            ln_fo2: -9.0,
        };
        model.evaluate(&moles, at, &mut state).unwrap();
        assert!(state.potentials.ln_activity[oxide.index()].abs() < 1e-12);
    }
    let nothing = model.evaluate(
        &[0.0; OXIDES],
        Conditions {
            t_k: 2500.0,
            ln_fo2: 0.0,
        },
        &mut state,
    );
    assert_eq!(nothing, Err(MeltError::Empty { model: "imcc" }));
}

/// 20 000 random melts over six decades converge from a cold start; measured: at most 60 steps.
#[test]
fn random_melts_converge_cold() {
    use rand::{RngExt, SeedableRng};
    let mut rng = rand::rngs::ChaCha8Rng::seed_from_u64(1);
    let model = Imcc {
        liquids: LiquidData::Magma,
        own_ferric_iron: true,
    };
    let mut state = MeltState::default();
    let mut most = 0;
    for _ in 0..20_000 {
        let mut moles = [0.0; OXIDES];
        for oxide in BASIS_OXIDES {
            if rng.random::<f64>() < 0.9 {
                moles[oxide.index()] = 10f64.powf(-6.0 * rng.random::<f64>());
            }
        }
        if moles.iter().all(|amount| *amount == 0.0) {
            continue;
        }
        state.forget();
        let at = Conditions {
            t_k: 1000.0 + 5000.0 * rng.random::<f64>(),
            ln_fo2: -60.0 + 70.0 * rng.random::<f64>(),
        };
        model.evaluate(&moles, at, &mut state).unwrap();
        most = most.max(state.iterations);
    }
    println!("most steps: {most}");
    assert!(most < 100, "{most}");
}
