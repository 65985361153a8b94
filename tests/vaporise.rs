//! Vaporisation: laws, published statements, and small fixtures of independent computations.

use magmaret::chemistry::vaporise::{Preset, Redox, Settings, Surface, VaporiseError, Vaporiser};
use magmaret::error::{ModelError, RejectReason};
use magmaret::melt::buffer::Buffer;
use magmaret::melt::composition::MolarMasses;
use magmaret::melt::ferric::FerricIron;
use magmaret::melt::iron::{IronOptions, Metal};
use magmaret::melt::{Composition, Conditions, MeltError, MeltState, PerOxide};
use magmaret::species::{Ions, MgoGas, Oxide};

const LN_10: f64 = std::f64::consts::LN_10;
const IW: Buffer = Buffer::IwHirschmann2008;

fn moles(name: &str) -> PerOxide {
    *Composition::named(name, MolarMasses::Magma)
        .unwrap()
        .mole_fractions()
}

fn at(vaporiser: &Vaporiser, name: &str, t_k: f64, redox: Redox) -> Surface {
    let mut surface = vaporiser.surface();
    vaporiser
        .evaluate(&moles(name), t_k, redox, &mut surface)
        .unwrap();
    surface
}

fn log10_p(vaporiser: &Vaporiser, surface: &Surface, species: &str) -> f64 {
    surface.ln_pressure[vaporiser.gas().index_of(species).unwrap()] / LN_10
}

/// All iron ferrous, no metal: what the reference computations assume.
fn plain(preset: Preset) -> Settings {
    Settings {
        iron: IronOptions {
            ferric: FerricIron::Off,
            metal: Metal::Off,
        },
        ..preset.settings()
    }
}

/// dIW at which metal first forms, by bisection.
fn saturation(vaporiser: &Vaporiser, name: &str, t_k: f64) -> f64 {
    let (mut low, mut high) = (-8.0, 2.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if at(vaporiser, name, t_k, Redox::Delta(IW, middle))
            .iron
            .metal_saturated
        {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// p ~ fO2^slope: reduced vapours and unchanged oxides, at constant activities.
#[test]
fn pressures_follow_their_power_of_fo2() {
    for preset in [Preset::MeltsNasa9, Preset::Magma2004] {
        let vaporiser = plain(preset).build().unwrap();
        let low = at(&vaporiser, "bse", 2500.0, Redox::Delta(IW, -1.0));
        let high = at(&vaporiser, "bse", 2500.0, Redox::Delta(IW, 3.0));
        for (species, slope) in [
            ("SiO", -0.5),
            ("Mg", -0.5),
            ("Fe", -0.5),
            ("TiO", -0.5),
            ("Ca", -0.5),
            ("Si", -1.0),
            ("Al", -0.75),
            ("Na", -0.25),
            ("K", -0.25),
            ("AlO", -0.25),
            ("NaO", 0.25),
            ("O", 0.5),
            ("MgO", 0.0),
            ("SiO2", 0.0),
            ("FeO", 0.0),
            ("CaO", 0.0),
            ("TiO2", 0.0),
        ] {
            let got =
                (log10_p(&vaporiser, &high, species) - log10_p(&vaporiser, &low, species)) / 4.0;
            assert!(
                (got - slope).abs() < 1e-11,
                "{}, {species}: {got}",
                preset.name()
            );
        }
    }
}

/// The total pressure has its minimum between the reduced and the oxygen regime.
#[test]
fn total_pressure_has_one_minimum_between_iw_minus_1_and_plus_2_5() {
    for preset in [Preset::MeltsNasa9, Preset::Magma2004, Preset::Seidler2024] {
        let vaporiser = preset.settings().build().unwrap();
        for t_k in [2000.0, 2500.0, 3000.0] {
            let total = |i: i32| {
                at(
                    &vaporiser,
                    "terra",
                    t_k,
                    Redox::Delta(IW, f64::from(i) * 0.1),
                )
                .total_pressure_bar()
            };
            let values: Vec<f64> = (-60..=60).map(total).collect();
            let minima: Vec<usize> = (1..120)
                .filter(|i| values[*i] < values[i - 1] && values[*i] < values[i + 1])
                .collect();
            let at_dex = minima[0] as f64 * 0.1 - 6.0;
            assert_eq!(minima.len(), 1, "{} {t_k}: {minima:?}", preset.name());
            assert!(
                (-1.0..=2.5).contains(&at_dex),
                "{} {t_k}: {at_dex}",
                preset.name()
            );
        }
    }
}

/// Metal saturation at 2500 K with all oxidised iron ferrous (design note, independent computation): BSE -1.99
/// (MELTS) and -3.24 (IMCC). Measured: -1.991, -3.244. Kress & Carmichael moves MELTS to -2.004.
#[test]
fn metal_saturation_of_the_shipped_melts() {
    let ferrous = Settings {
        iron: IronOptions {
            ferric: FerricIron::Off,
            metal: Metal::Saturation,
        },
        ..Preset::MeltsNasa9.settings()
    };
    let melts = ferrous.build().unwrap();
    let kress_carmichael = Preset::MeltsNasa9.settings().build().unwrap();
    let imcc = Preset::Magma2004.settings().build().unwrap();
    for (vaporiser, name, t_k, expected) in [
        (&melts, "bse", 2000.0, -1.97),
        (&melts, "bse", 2500.0, -1.99),
        (&melts, "bse", 3000.0, -2.03),
        (&melts, "terra", 2500.0, -1.99),
        (&kress_carmichael, "bse", 2500.0, -1.99),
        (&imcc, "bse", 2000.0, -3.03),
        (&imcc, "bse", 2500.0, -3.24),
        (&imcc, "bse", 3000.0, -3.38),
        (&imcc, "terra", 2500.0, -3.31),
        (&imcc, "ars", 2500.0, -2.35),
        (&imcc, "corl", 2500.0, -1.95),
    ] {
        let got = saturation(vaporiser, name, t_k);
        assert!(
            (got - expected).abs() < 0.03,
            "{name} at {t_k} K: {got} against {expected}"
        );
    }
}

/// Below saturation p(Fe) is that over pure iron whatever the fO2, the total of oxides is kept, and the
/// pressures join without a jump at the kink.
#[test]
fn iron_pressure_is_constant_under_metal_and_continuous() {
    for preset in [Preset::MeltsNasa9, Preset::Magma2004] {
        let vaporiser = preset.settings().build().unwrap();
        let iron = |d| {
            log10_p(
                &vaporiser,
                &at(&vaporiser, "bse", 2500.0, Redox::Delta(IW, d)),
                "Fe",
            )
        };
        assert!((iron(-6.0) - iron(-4.0)).abs() < 1e-10);
        let kink = saturation(&vaporiser, "bse", 2500.0);
        assert!((iron(kink - 1e-7) - iron(kink + 1e-7)).abs() < 1e-6);
        let surface = at(&vaporiser, "bse", 2500.0, Redox::Delta(IW, -5.0));
        assert!(surface.iron.metal_saturated && surface.iron.metal_mole_fraction > 0.05);
        let feo = surface.melt.potentials.mu_rt[Oxide::FeO.index()];
        assert!(
            surface
                .melt
                .pure
                .ln_iron_activity(feo, surface.ln_fo2)
                .abs()
                < 1e-10
        );
    }
}

/// Congruent BSE at 2000/3000 K, metal and ferric iron off, MgO(g) of NASA-9 (design note, independent
/// computation): log10 fO2 and log10 P; measured margins below 0.0006 (digits given) but 0.0003 for fO2.
#[test]
fn congruent_bse() {
    let nasa = Settings {
        mgo: MgoGas::Nasa,
        ions: Ions::Exclude,
        ..plain(Preset::MeltsNasa9)
    };
    let melts = nasa.build().unwrap();
    let imcc = plain(Preset::Magma2004).build().unwrap();
    for (vaporiser, t_k, fo2, total) in [
        (&melts, 2000.0, -4.444, -3.721),
        (&melts, 3000.0, -1.237, -0.539),
        (&imcc, 2000.0, -4.449, -3.722),
        (&imcc, 3000.0, -1.567, -0.825),
    ] {
        let surface = at(vaporiser, "bse", t_k, Redox::Congruent);
        assert!(
            (surface.log10_fo2_bar() - fo2).abs() < 6e-4,
            "{t_k}: {}",
            surface.log10_fo2_bar()
        );
        let got = surface.total_pressure_bar().log10();
        assert!((got - total).abs() < 6e-4, "{t_k}: {got}");
    }
}

/// Own fixture: points of independent computations (IMCC: TERRA 1800 K dIW -4 with metal; MELTS: TERRA 1600 K dIW
/// -2), so that the suite tests the numbers without the reference folder. Margin: the printed digits.
#[test]
fn fixtures_of_independent_computations() {
    let imcc = Preset::Magma2004.settings().build().unwrap();
    let surface = at(&imcc, "terra", 1800.0, Redox::Delta(IW, -4.0));
    for (species, value) in [
        ("O2", -12.565914),
        ("O", -10.191846),
        ("SiO", -4.692935),
        ("SiO2", -9.304225),
        ("Mg", -4.736411),
        ("MgO", -10.101590),
        ("Fe", -4.596667),
        ("FeO", -8.421291),
        ("AlO2", -16.919744),
        ("TiO", -12.024830),
    ] {
        let got = log10_p(&imcc, &surface, species);
        assert!((got - value).abs() < 6e-7, "{species}: {got}");
    }
    assert!((surface.iron.metal_mole_fraction - 3.86301330e-2).abs() < 1e-9);
    for (oxide, value) in [
        (Oxide::SiO2, -2.80864876),
        (Oxide::FeO, -4.26659162),
        (Oxide::CaO, -9.59492334),
    ] {
        let got = surface.melt.potentials.ln_activity[oxide.index()];
        assert!((got - value).abs() < 1e-8, "{}: {got}", oxide.name());
    }
    let melts = Settings {
        mgo: MgoGas::Nasa,
        ions: Ions::Exclude,
        ..plain(Preset::MeltsNasa9)
    }
    .build()
    .unwrap();
    let surface = at(&melts, "terra", 1600.0, Redox::Delta(IW, -2.0));
    for (species, value) in [
        ("O2", -12.460030),
        ("SiO", -7.114923),
        ("SiO2", -10.368496),
        ("Si3", -35.041526),
        ("MgO", -11.544276),
        ("Fe", -5.906490),
        ("FeO", -9.181833),
        ("TiO2", -12.856029),
    ] {
        let got = log10_p(&melts, &surface, species);
        assert!((got - value).abs() < 6e-7, "{species}: {got}");
    }
    let rt = magmaret::constants::GAS_CONSTANT * 1600.0;
    for (oxide, kilojoule) in [
        (Oxide::SiO2, -1078.007920),
        (Oxide::FeO, -465.078917),
        (Oxide::TiO2, -1185.868997),
    ] {
        let got = surface.melt.potentials.mu_rt[oxide.index()] * rt;
        assert!(
            (got - 1000.0 * kilojoule).abs() < 6e-4,
            "{}: {got}",
            oxide.name()
        );
    }
}

#[test]
fn legacy_magma_output_for_komatiite() {
    // Fortran MAGMA, komatiite at 1613 K (as listed in the repository MAGPy): the code stops at 1e-5 dex and adjusts
    // Fe2O3 by a factor; measured differences up to 0.4 %.
    let vaporiser = plain(Preset::Magma2004).build().unwrap();
    let surface = at(&vaporiser, "komatiite", 1613.0, Redox::Congruent);
    for (species, p) in [
        ("O2", 3.305211e-7),
        ("SiO", 1.157865e-10),
        ("Mg", 3.811191e-11),
        ("Fe", 9.134543e-10),
        ("FeO", 6.408905e-10),
        ("Na", 1.339677e-6),
        ("K", 1.682789e-10),
    ] {
        let got = 10f64.powf(log10_p(&vaporiser, &surface, species));
        assert!((got / p - 1.0).abs() < 0.01, "{species}: {}", got / p);
    }
}

/// Sums of charges vanish, and ions do not move the neutral gases.
#[test]
fn the_vapour_is_neutral() {
    for preset in [Preset::MeltsNasa9, Preset::Magma2004] {
        let vaporiser = preset.settings().build().unwrap();
        let without = Settings {
            ions: Ions::Exclude,
            ..preset.settings()
        }
        .build()
        .unwrap();
        for t_k in [1200.0, 2500.0, 4000.0] {
            let surface = at(&vaporiser, "bse", t_k, Redox::Delta(IW, 0.0));
            let (mut charge, mut ions) = (0.0, 0.0);
            for (z, ln_p) in vaporiser.gas().charges().iter().zip(&surface.ln_pressure) {
                charge += z * ln_p.exp();
                ions += z.abs() * ln_p.exp();
            }
            assert!(
                ions > 0.0 && (charge / ions).abs() < 1e-12,
                "{t_k}: {charge:e} of {ions:e}"
            );
            let neutral = at(&without, "bse", t_k, Redox::Delta(IW, 0.0));
            assert_eq!(
                log10_p(&vaporiser, &surface, "Na"),
                log10_p(&without, &neutral, "Na")
            );
        }
    }
}

/// d(mu/RT)/dT against central differences at fixed fO2; measured 2e-9 relative.
#[test]
fn potentials_have_their_temperature_derivative() {
    for preset in [Preset::MeltsNasa9, Preset::Magma2004, Preset::UserGamma] {
        let vaporiser = preset.settings().build().unwrap();
        let melt = moles("bse");
        let at_t = |t_k: f64| {
            let mut state = MeltState::default();
            let conditions = Conditions { t_k, ln_fo2: -9.0 };
            let model = vaporiser.model();
            model.evaluate(&melt, conditions, &mut state).unwrap();
            model.differentiate(&melt, conditions, &mut state);
            state.potentials
        };
        let (middle, low, high) = (at_t(2500.0), at_t(2499.5), at_t(2500.5));
        for oxide in Oxide::ALL {
            let i = oxide.index();
            if middle.mu_rt[i].is_finite() {
                let numeric = high.mu_rt[i] - low.mu_rt[i];
                let relative = middle.dmu_rt_dt[i] / numeric - 1.0;
                assert!(
                    relative.abs() < 1e-6,
                    "{} {}: {relative:e}",
                    preset.name(),
                    oxide.name()
                );
            }
        }
    }
}

/// Warm and cold starts end at the same point, in either order, whatever was solved before.
#[test]
fn warm_start_does_not_move_the_answer() {
    let vaporiser = Preset::Magma2004.settings().build().unwrap();
    let mut warm = vaporiser.surface();
    for name in ["bse", "xtrem", "upper_crust", "corl", "morb"] {
        for (t_k, d) in [(1800.0, -5.0), (3500.0, 4.0), (1500.0, 0.0)] {
            vaporiser
                .evaluate(&moles(name), t_k, Redox::Delta(IW, d), &mut warm)
                .unwrap();
            let cold = at(&vaporiser, name, t_k, Redox::Delta(IW, d));
            for (a, b) in warm.ln_pressure.iter().zip(&cold.ln_pressure) {
                assert!(a == b || (a - b).abs() < 1e-9, "{name} {t_k} {d}: {a} {b}");
            }
        }
    }
}

/// A point outside a domain is rejected with a reason of its own, never an answer of another model.
#[test]
fn points_outside_the_domain_are_rejected_with_their_reason() {
    let vaporiser = Preset::MeltsNasa9.settings().build().unwrap();
    let mut surface = vaporiser.surface();
    for (name, t_k, redox, reason) in [
        (
            "xtrem",
            2500.0,
            Redox::Delta(IW, 0.0),
            RejectReason::MeltOutsideDomain,
        ),
        (
            "bse",
            900.0,
            Redox::Delta(IW, 0.0),
            RejectReason::TemperatureOutOfRange,
        ),
        (
            "bse",
            2500.0,
            Redox::Log10Fo2Bar(9.0),
            RejectReason::OxygenFugacityOutOfRange,
        ),
    ] {
        let error = vaporiser
            .evaluate(&moles(name), t_k, redox, &mut surface)
            .unwrap_err();
        assert_eq!(ModelError::from(error), ModelError::Rejected(reason));
    }
}

#[test]
fn melts_names_the_component_that_is_negative() {
    let vaporiser = Preset::MeltsNasa9.settings().build().unwrap();
    let mut surface = vaporiser.surface();
    for name in ["ars", "corl", "xtrem"] {
        let error = vaporiser
            .evaluate(&moles(name), 2500.0, Redox::Delta(IW, 0.0), &mut surface)
            .unwrap_err();
        assert!(error.to_string().contains("component SiO2"), "{error}");
    }
    let mut melt = moles("bse");
    melt[Oxide::K2O.index()] = 0.03;
    let error = vaporiser.model().evaluate(
        &melt,
        Conditions {
            t_k: 2500.0,
            ln_fo2: 0.0,
        },
        &mut MeltState::default(),
    );
    assert!(
        matches!(
            error,
            Err(MeltError::OutsideDomain {
                component: "Al2O3",
                ..
            })
        ),
        "{error:?}"
    );
}

/// An offset of log10 a moves its own gases by as much, and the saturation point by twice that.
#[test]
fn activity_offsets_act_on_their_gases() {
    let mut settings = Preset::MeltsNasa9.settings();
    let before = settings.clone().build().unwrap();
    settings.log10_activity_offset[Oxide::SiO2.index()] = 0.3;
    settings.log10_activity_offset[Oxide::FeO.index()] = -0.2;
    settings.log10_activity_offset[Oxide::K2O.index()] = 1.0;
    let after = settings.build().unwrap();
    let (a, b) = (
        at(&before, "bse", 2500.0, Redox::Delta(IW, 0.0)),
        at(&after, "bse", 2500.0, Redox::Delta(IW, 0.0)),
    );
    for (species, shift) in [("SiO", 0.3), ("Fe", -0.2), ("K", 0.5), ("Mg", 0.0)] {
        let got = log10_p(&after, &b, species) - log10_p(&before, &a, species);
        assert!((got - shift).abs() < 1e-11, "{species}: {got}");
    }
    let moved = saturation(&after, "bse", 2500.0) - saturation(&before, "bse", 2500.0);
    assert!((moved + 0.4).abs() < 0.02, "{moved}");
}

#[test]
fn out_of_range_and_contradictory_settings_are_refused() {
    let vaporiser = Preset::MeltsNasa9.settings().build().unwrap();
    let mut surface = vaporiser.surface();
    let mut refuse = |t_k, redox| {
        vaporiser
            .evaluate(&moles("bse"), t_k, redox, &mut surface)
            .unwrap_err()
            .to_string()
    };
    assert!(refuse(900.0, Redox::Delta(IW, 0.0)).contains("900 K"));
    assert!(refuse(f64::NAN, Redox::Congruent).contains("NaN"));
    assert!(refuse(2500.0, Redox::Log10Fo2Bar(7.0)).contains("log10 fO2 = 7"));
    assert!(refuse(2500.0, Redox::Log10Fo2Bar(f64::NAN)).contains("NaN"));
    let base = Preset::Magma2004.settings();
    let melts = Preset::MeltsNasa9.settings();
    for settings in [
        Settings {
            melt: magmaret::chemistry::vaporise::MeltChoice::Melts,
            ..base.clone()
        },
        Settings {
            liquids: magmaret::melt::LiquidData::Nasa9,
            ..base.clone()
        },
        Settings {
            gamma: vec![(Oxide::FeO, 1.7)],
            ..base
        },
        Settings {
            iron: IronOptions {
                ferric: FerricIron::MeltModel,
                metal: Metal::Off,
            },
            ..melts.clone()
        },
        Settings {
            iron: IronOptions {
                ferric: FerricIron::Off,
                metal: Metal::Seidler2024,
            },
            ..melts
        },
    ] {
        assert!(settings.build().is_err());
    }
}

/// +500 K multiplies the pressure by about 20 (Seidler et al. 2024) on the hot side of the range; at 2000 K it is
/// 240, as in the published table itself (Mg: 266). Measured 14 from 3000 to 3500 K, 45 from 2500 to 3000 K.
#[test]
fn pressure_rises_with_temperature_as_published() {
    let vaporiser = Preset::Seidler2024.settings().build().unwrap();
    let total = |t_k| at(&vaporiser, "terra", t_k, Redox::Delta(IW, -4.0)).total_pressure_bar();
    for (low, range) in [
        (2000.0, 200.0..300.0),
        (2500.0, 40.0..50.0),
        (3000.0, 10.0..20.0),
    ] {
        let ratio: f64 = total(low + 500.0) / total(low);
        assert!(range.contains(&ratio), "{low}: {ratio}");
    }
}

/// Kress & Carmichael and Borisov for BSE (design note, independent computation), to the digits given.
#[test]
fn ferric_iron_of_bse() {
    for (model, values) in [
        (FerricIron::KressCarmichael1991, [0.041, 0.171, 0.390]),
        (FerricIron::Borisov2018, [0.060, 0.253, 0.527]),
    ] {
        for (d, expected) in [0.0, 3.5, 6.0].into_iter().zip(values) {
            let conditions = Conditions {
                t_k: 2500.0,
                ln_fo2: (IW.log10_fo2_bar(2500.0) + d) * LN_10,
            };
            let got = model.fraction(&moles("bse"), conditions);
            assert!((got - expected).abs() < 6e-4, "{} {d}: {got}", model.name());
        }
    }
}

/// The ferric complexes of MAGMA for BSE at 2500 K (design note, independent computation), to the digits given:
/// ten times less than the empirical models at IW+3.5, above 10 % only near IW+6 (Seidler et al. 2024).
#[test]
fn ferric_iron_of_magma() {
    let vaporiser = Preset::Magma2004.settings().build().unwrap();
    for (d, expected, margin) in [(0.0, 0.0002, 6e-5), (3.5, 0.013, 6e-4), (6.0, 0.154, 6e-4)] {
        let got = at(&vaporiser, "bse", 2500.0, Redox::Delta(IW, d))
            .iron
            .ferric_fraction;
        assert!((got - expected).abs() < margin, "{d}: {got}");
    }
}

#[test]
fn a_sweep_gives_rows_that_serialise_in_order() {
    let vaporiser = Preset::MeltsNasa9.settings().build().unwrap();
    let redox = [-3.0, 0.0].map(|d| Redox::Delta(IW, d));
    let rows = vaporiser
        .sweep(&moles("bse"), &[2000.0, 2500.0], &redox, IW)
        .unwrap();
    assert_eq!(rows.len(), 4);
    assert!(rows[0].metal_saturated && !rows[3].metal_saturated);
    assert!((rows[1].delta_iw).abs() < 1e-12 && rows[2].temperature_k == 2500.0);
    let json = serde_json::to_value(&rows[3]).unwrap();
    for key in [
        "log10_fo2_bar",
        "delta_iw",
        "total_pressure_bar",
        "log10_pressure_bar",
        "activity",
        "metal_saturated",
        "warnings",
    ] {
        assert!(json.get(key).is_some(), "{key}");
    }
    assert!(json["log10_pressure_bar"]["SiO"].is_f64() && json["activity"]["SiO2"].is_f64());
    assert!(rows[3].log10_pressure_bar.get("CrO").is_none());
}

/// An alkali-rich melt with every oxide of the formulae against a separate evaluation by hand (seven digits), and
/// MORB on QFM at 1573 K, inside the calibrations, where the four models lie between 0.09 and 0.16.
#[test]
fn ferric_models_against_a_separate_evaluation() {
    let mut melt = [0.0; Oxide::ALL.len()];
    for (oxide, amount) in [
        (Oxide::SiO2, 0.45),
        (Oxide::TiO2, 0.02),
        (Oxide::Al2O3, 0.10),
        (Oxide::FeO, 0.07),
        (Oxide::Fe2O3, 0.01),
        (Oxide::MgO, 0.12),
        (Oxide::CaO, 0.12),
        (Oxide::Na2O, 0.05),
        (Oxide::K2O, 0.04),
        (Oxide::P2O5, 0.01),
    ] {
        melt[oxide.index()] = amount;
    }
    let rich = Conditions {
        t_k: 1700.0,
        ln_fo2: -7.0 * LN_10,
    };
    let morb = Conditions {
        t_k: 1573.0,
        ln_fo2: Buffer::Qfm.log10_fo2_bar(1573.0) * LN_10,
    };
    for (model, expected) in [
        (FerricIron::KressCarmichael1991, 0.136_582_3),
        (FerricIron::Borisov2018, 0.148_140_4),
        (FerricIron::Hirschmann2022, 0.174_977_5),
        (FerricIron::Oneill2018, 0.099_256_3),
    ] {
        let got = model.fraction(&melt, rich);
        assert!((got - expected).abs() < 1e-7, "{}: {got}", model.name());
        let on_qfm = model.fraction(&moles("morb"), morb);
        assert!((0.09..0.16).contains(&on_qfm), "{}: {on_qfm}", model.name());
    }
}

/// Random melts, temperatures and fugacities, with metal and without: everything that the model accepts has an
/// answer, pressures are not NaN, and metal never stays supersaturated.
#[test]
fn random_points_have_an_answer() {
    use rand::{RngExt, SeedableRng};
    let mut rng = rand::rngs::ChaCha8Rng::seed_from_u64(7);
    for preset in Preset::ALL {
        let vaporiser = preset.settings().build().unwrap();
        let mut surface = vaporiser.surface();
        let mut answered = 0;
        for _ in 0..3000 {
            let mut melt = moles("bse");
            for amount in &mut melt {
                *amount *= 10f64.powf(2.0 * rng.random::<f64>() - 1.5);
            }
            let t_k = 1000.0 + 5000.0 * rng.random::<f64>();
            let redox = Redox::Delta(IW, -8.0 + 12.0 * rng.random::<f64>());
            match vaporiser.evaluate(&melt, t_k, redox, &mut surface) {
                Ok(()) => answered += 1,
                Err(
                    VaporiseError::Melt(MeltError::OutsideDomain { .. })
                    | VaporiseError::OxygenFugacity { .. },
                ) => {
                    continue;
                }
                Err(other) => panic!("{}: {other}", preset.name()),
            }
            assert!(
                surface
                    .ln_pressure
                    .iter()
                    .all(|ln_p| !ln_p.is_nan() && *ln_p < 200.0)
            );
            let feo = surface.melt.potentials.mu_rt[Oxide::FeO.index()];
            let ln_iron = surface.melt.pure.ln_iron_activity(feo, surface.ln_fo2);
            // The recipe of Seidler 2024 leaves gamma_FeO, not 1.
            assert!(
                preset == Preset::Seidler2024 || ln_iron < 1e-9,
                "{}: {ln_iron}",
                preset.name()
            );
        }
        assert!(answered > 200, "{}: {answered}", preset.name());
    }
}
