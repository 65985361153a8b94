use super::*;

const AT: Surroundings = Surroundings {
    pressure_bar: 3_028.526_614_321_627_8,
    ln_fo2: -3.053_620_769_567_622_5 * LN_10,
    log10_iw: -7.053_620_769_567_622_5,
    iw_slope_per_bar: 0.0,
};

fn ppmw(name: &str, t_k: f64, f_bar: f64, at: &Surroundings) -> f64 {
    Law::find(name).unwrap().ppmw(t_k, f_bar.ln(), at)
}

/// atmodeller 1.0.2 case 16 (2000 K, IW+4): concentrations of every law at the fugacities and the
/// pressure printed there. Measured margin: 2e-6 (N2, whose row is the sum of two), 1e-12 the others;
/// CH4 1.9e-4 (atmodeller counts P from 1 bar).
#[test]
fn laws_give_the_concentrations_of_atmodeller() {
    let cases = [
        (
            "h2o_peridotite_glass_sossi2023",
            2_393.841_847_799_347_3,
            31_655.706_311_270_904,
            1e-12,
        ),
        (
            "co2_basalt_dixon1995",
            500.142_639_006_455,
            150.337_260_341_739_52,
            1e-12,
        ),
        (
            "co_basalt_armstrong2015",
            22.204_067_507_423_893,
            1.891_137_281_867_679_7,
            1e-12,
        ),
        (
            "ch4_basalt_ardia2013",
            5.908_172_964_927_381e-6,
            4.557_862_748_186_267_5e-8,
            3e-4,
        ),
        (
            "h2_basalt_hirschmann2012",
            23.200_101_941_786_5,
            65.545_504_336_106_6,
            1e-12,
        ),
        (
            "s2_basalt_boulliung2023",
            0.050_349_132_627_330_984,
            44.592_105_473_660_936,
            1e-12,
        ),
    ];
    for (name, f_bar, expected, tolerance) in cases {
        let got = ppmw(name, 2000.0, f_bar, &AT);
        assert!(
            (got / expected - 1.0).abs() < tolerance,
            "{name}: {got} against {expected}"
        );
    }
}

/// CALLIOPE 26.5.3 case 0 (2000 K, IW-4, 72.8 bar), dissolved kg over 3.99823e24 kg of melt.
/// Measured margin: 1e-12.
#[test]
fn laws_give_the_concentrations_of_calliope() {
    let at = Surroundings {
        pressure_bar: 72.807_523_853_837_11,
        ln_fo2: -11.407_823_842_131_364 * LN_10,
        log10_iw: -7.407_823_842_131_364,
        iw_slope_per_bar: 0.0,
    };
    let mantle_kg = 3.998_233_224_901_847e24;
    let cases = [
        (
            "h2o_peridotite_sossi2023",
            0.274_581_459_839_323_14,
            1.097_829_800_761_883e21,
        ),
        (
            "co2_basalt_dixon1995_partial",
            0.048_126_928_771_962_53,
            8.791_614_630_516_606e16,
        ),
        (
            "co_basalt_armstrong2015",
            31.672_317_495_537_804,
            1.494_524_147_071_617_6e19,
        ),
        (
            "ch4_basalt_ardia2013",
            0.487_835_317_149_488_5,
            2.661_402_226_554_419_6e16,
        ),
        (
            "n2_dasgupta2022",
            0.056_670_083_494_716_32,
            7.379_712_200_274_289e18,
        ),
        (
            "s2_gaillard2022",
            3.908_573_912_327_883e-9,
            7.996_295_053_435_923e20,
        ),
    ];
    for (name, f_bar, kg) in cases {
        let got = ppmw(name, 2000.0, f_bar, &at) * 1e-6 * mantle_kg;
        assert!(
            (got / kg - 1.0).abs() < 1e-12,
            "{name}: {got:e} against {kg:e}"
        );
    }
}

/// Lichtenberg et al. 2021: H2O at 100 bar dissolves to 1.05 wt%, the Sossi law to 0.52 wt% (design note).
#[test]
fn henry_laws_in_pascal_agree_with_the_note() {
    assert!((ppmw("h2o_lichtenberg2021", 2000.0, 100.0, &AT) / 1.05e4 - 1.0).abs() < 0.01);
    assert!((ppmw("h2o_peridotite_sossi2023", 2000.0, 100.0, &AT) / 5.2e3 - 1.0).abs() < 0.01);
    assert!((ppmw("co2_lichtenberg2021", 2000.0, 1000.0, &AT) / 307.0 - 1.0).abs() < 0.26);
    assert!((ppmw("co_lichtenberg2021", 2000.0, 1000.0, &AT) / 16.0 - 1.0).abs() < 0.01);
}

/// Central differences; measured margin 2e-7.
#[test]
fn derivatives_match_differences() {
    let h = 1e-5;
    for law in Law::all() {
        for component in &law.components {
            let prepared = component.at(1900.0);
            let at = Surroundings {
                pressure_bar: 700.0,
                ln_fo2: -15.0,
                log10_iw: -7.7,
                iw_slope_per_bar: 2e-5,
            };
            let ln_f = 3.0;
            let c = prepared.concentration(ln_f, &at);
            let slope = |f: &dyn Fn(f64) -> f64| (f(h) - f(-h)) / (2.0 * h);
            let by_f = slope(&|d| prepared.concentration(ln_f + d, &at).ppmw);
            let by_p = slope(&|d| {
                let pressure_bar = at.pressure_bar * (1.0 + d);
                prepared
                    .concentration(ln_f, &Surroundings { pressure_bar, ..at })
                    .ppmw
            }) / at.pressure_bar;
            let by_o = slope(&|d| {
                let ln_fo2 = at.ln_fo2 + d;
                prepared
                    .concentration(ln_f, &Surroundings { ln_fo2, ..at })
                    .ppmw
            });
            let scale = c.ppmw;
            assert!((c.d_ln_f - by_f).abs() < 1e-6 * scale, "{} ln f", law.name);
            assert!(
                (c.d_pressure - by_p).abs() * 700.0 < 1e-6 * scale,
                "{} P",
                law.name
            );
            assert!((c.d_ln_fo2 - by_o).abs() < 1e-6 * scale, "{} fO2", law.name);
        }
    }
}

#[test]
fn the_carbonate_law_rises_smoothly_through_its_continuation() {
    let join = CARBONATE_JOIN.ln();
    let (below, above) = (
        Form::Carbonate.value(join - 1e-9),
        Form::Carbonate.value(join + 1e-9),
    );
    assert!((above.0 / below.0 - 1.0).abs() < 1e-8);
    assert!((above.1 / below.1 - 1.0).abs() < 1e-8);
    assert!(Form::Carbonate.value(30.0).0 > above.0);
}

#[test]
fn a_starting_fugacity_inverts_the_law_at_low_pressure() {
    for law in Law::all() {
        let prepared = law.components[0].at(2000.0);
        let at = Surroundings {
            pressure_bar: 0.0,
            ..AT
        };
        let ln_f = prepared.ln_fugacity_for(123.0, at.ln_fo2, at.log10_iw);
        let got = prepared.concentration(ln_f, &at).ppmw;
        let expected_margin = if law.components[0].form == Form::CarbonatePartial {
            0.1
        } else {
            1e-9
        };
        assert!(
            (got / 123.0 - 1.0).abs() < expected_margin,
            "{}: {got}",
            law.name
        );
    }
}

#[test]
fn use_outside_the_experiments_is_named() {
    let law = Law::find("h2o_peridotite_sossi2023").unwrap();
    assert!(law.extrapolations(2173.0, 0.01, 1.0).is_empty());
    let named = law.extrapolations(2500.0, 10.0, 100.0);
    assert_eq!(named.len(), 3);
    assert!(
        named[1].contains("f(H2O) = 10") && named[1].contains("0.027 bar"),
        "{}",
        named[1]
    );
    assert!(
        Law::find("h2o_basalt_wilson1981")
            .unwrap()
            .extrapolations(5000.0, 1e4, 1e4)
            .is_empty()
    );
}

#[test]
fn a_misspelt_law_is_refused_with_the_nearest_name() {
    let message = Law::find("h2o_peridotite_sosi2023")
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("did you mean `h2o_peridotite_sossi2023`"),
        "{message}"
    );
}

#[test]
fn every_row_names_its_source_and_has_a_positive_exponent() {
    assert_eq!(Law::all().len(), 31);
    for law in Law::all() {
        assert!(Formula::parse("gas", &law.gas).is_ok());
        for component in &law.components {
            assert!(
                component.source.contains("19") || component.source.contains("20"),
                "{}",
                law.name
            );
            assert!(component.coefficients.exponent > 0.0);
            assert!(!law.elements().is_empty());
        }
    }
}
