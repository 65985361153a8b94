use std::io::Write;

use approx::assert_relative_eq;
use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Result<Profile, String> {
    let config: ProfileConfig = toml::from_str(text).map_err(|error| error.to_string())?;
    Profile::from_config(&config).map_err(|error| error.to_string())
}

const GUILLOT: &str = "kind = 'guillot'\nirradiation_temperature_k = 2500.0\n\
                       infrared_opacity_m2_kg = 1e-3\ngamma = 0.4\n";

#[test]
fn sections_are_read_and_come_back_from_their_own_text() {
    assert_eq!(
        parse("kind = 'isothermal'\ntemperature_k = 2000.0"),
        Ok(Profile::Isothermal(2_000.0))
    );
    let Ok(Profile::Guillot(guillot)) = parse(GUILLOT) else {
        panic!("no profile of Guillot");
    };
    assert_eq!(guillot.internal_temperature_k, 30.0);
    assert_relative_eq!(guillot.flux_factor, 2.0 / 3.0);
    let config: ProfileConfig = toml::from_str(GUILLOT).unwrap();
    let again: ProfileConfig = toml::from_str(&toml::to_string(&config).unwrap()).unwrap();
    assert_eq!(again, config);
}

fn assert_refused(cases: &[(&str, &str, &str)]) {
    for (text, place, expected) in cases {
        let message = parse(text).unwrap_err();
        assert!(
            message.contains(place) && message.contains(expected),
            "{text}: {message}"
        );
    }
}

#[test]
fn errors_name_the_key_and_what_is_accepted() {
    assert_refused(&[
        ("kind = 'isotermal'", "isotermal", "isothermal"),
        (
            "kind = 'isothermal'\ntemprature_k = 1.0",
            "temprature_k",
            "temperature_k",
        ),
        ("kind = 'isothermal'", "profile.temperature_k", "nothing"),
        (
            "kind = 'isothermal'\ntemperature_k = -1.0",
            "profile.temperature_k",
            "20000 K",
        ),
        (
            "kind = 'isothermal'\ntemperature_k = nan",
            "profile.temperature_k",
            "20000 K",
        ),
        (
            "kind = 'isothermal'\ntemperature_k = 1e3\ngamma = 1.0",
            "profile.gamma",
            "does not use",
        ),
        (
            "kind = 'guillot'",
            "profile.irradiation_temperature_k",
            "gamma",
        ),
        (
            &format!("{GUILLOT}flux_factor = 1.5"),
            "profile.flux_factor",
            "0 to 1",
        ),
        (&GUILLOT.replace("0.4", "0"), "profile.gamma", "0.000001"),
        (&GUILLOT.replace("0.4", "-1.0"), "profile.gamma", "0.000001"),
    ]);
}

#[test]
fn nodes_and_files_that_are_none_are_refused() {
    assert_refused(&[
        (
            "kind = 'nodes'\npressure_bar = [1e-3, 1.0]",
            "node_temperature_k",
            "nothing",
        ),
        (
            "kind = 'nodes'\npressure_bar = [1e-3, 1.0]\nnode_temperature_k = [1e3]",
            "node_temperature_k",
            "as many",
        ),
        (
            "kind = 'nodes'\npressure_bar = [1.0, 1e-3]\nnode_temperature_k = [1e3, 2e3]",
            "pressure_bar[1]",
            "before",
        ),
        (
            "kind = 'nodes'\npressure_bar = [0.0, 1e-3]\nnode_temperature_k = [1e3, 2e3]",
            "pressure_bar[0]",
            "positive",
        ),
        ("kind = 'file'", "profile.file", "nothing"),
        (
            "kind = 'file'\nfile = 'absent.csv'",
            "absent.csv",
            "cannot read",
        ),
    ]);
}

fn file(text: &str) -> Result<Profile, String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    parse(&format!(
        "kind = 'file'\nfile = '{}'",
        file.path().display()
    ))
}

/// A table from the surface up is the same profile as one from the top down, and as its nodes.
#[test]
fn a_file_is_read_in_either_order() {
    let down = file("pressure_bar,temperature_k\n1e-6,2600\n1e-3,2400\n1,2900\n").unwrap();
    let up = file("# note\npressure_bar,temperature_k\n1,2900\n1e-3,2400\n1e-6,2600\n").unwrap();
    let nodes = parse(
        "kind = 'nodes'\npressure_bar = [1e-6, 1e-3, 1.0]\nnode_temperature_k = [2600.0, 2400.0, 2900.0]",
    );
    assert_eq!(down, up);
    assert_eq!(nodes, Ok(up));
    let mut found = [0.0; 4];
    down.fill(&[1e-9, 1e-1, 100.0, 1e7], 10.0, &mut found);
    // Measured 5e-13 K.
    for (found, exact) in found.iter().zip([2_600.0, 2_600.0, 2_400.0, 2_900.0]) {
        assert!((found - exact).abs() < 1e-9, "{found}");
    }
    for (text, place) in [
        ("1,2000\n2,2000\n", "header"),
        (
            "pressure_bar,temperature_k\n1,2000\n2,2000\n2,3000\n",
            "line 4",
        ),
        (
            "pressure_bar,temperature_k\n3,2000\n1,2000\n2,3000\n",
            "line 4",
        ),
        (
            "pressure_bar,temperature_k\n1,2000\n-2,2000\n3,2000\n",
            "line 3",
        ),
        ("pressure_bar,temperature_k\n1,2000\n2,1e9\n", "line 3"),
        ("pressure_bar,temperature_k\n1,2000\n", "at least 2"),
    ] {
        let message = file(text).unwrap_err();
        assert!(message.contains(place), "{text}: {message}");
    }
}

/// Two values worked out by hand. τ = 0, no internal heat, f = 1, γ = √3:
/// T⁴ = (3/4) T_irr⁴ (2/3 + 1/3 + 1 - 1/3) = (5/4) T_irr⁴. γ = 1, f = 1/4, any τ: the exponential
/// drops out, T⁴ = (3/16) T_irr⁴ (2/3 + 1/√3) + (3/4) T_int⁴ (2/3 + τ).
#[test]
fn guillot_at_points_that_are_known() {
    let mut guillot = Guillot {
        irradiation_temperature_k: 2_000.0,
        internal_temperature_k: 0.0,
        infrared_opacity_m2_kg: 1.0e-3,
        gamma: 3.0_f64.sqrt(),
        flux_factor: 1.0,
    };
    let expected = 2_000.0 * 1.25_f64.powf(0.25);
    assert_relative_eq!(guillot.temperature_k(0.0), expected, max_relative = 1e-14);
    guillot.gamma = 1.0;
    guillot.flux_factor = 0.25;
    guillot.internal_temperature_k = 500.0;
    for tau in [0.0, 0.3, 40.0] {
        let star = 3.0 / 16.0 * 1.6e13 * (2.0 / 3.0 + 3.0_f64.sqrt().recip());
        let expected = (star + 0.75 * 6.25e10 * (2.0 / 3.0 + tau)).powf(0.25);
        assert_relative_eq!(guillot.temperature_k(tau), expected, max_relative = 1e-14);
    }
    // τ = κ p/g = 1e-3 * 3000/10.
    let profile = Profile::Guillot(guillot);
    assert_eq!(
        profile.temperature_k(3_000.0, 10.0),
        guillot.temperature_k(0.3)
    );
}

proptest! {
    /// Guillot's equation solves the moment equations it came from. With mean intensity J of the
    /// planet's light, J_v = √3 f σT_irr⁴/(4π) exp(-γ√3 τ) of the star's and σT⁴/π = J + γ J_v:
    /// dJ/dτ = 3 H with 4π H = σ(T_int⁴ + f T_irr⁴ exp(-γ√3 τ)), and J = 2 H at the top.
    /// Central differences; measured 6e-10 of the largest term. A γ for a 1/γ anywhere fails.
    #[test]
    fn guillot_is_in_radiative_equilibrium(
        ln_gamma in -3.0..3.0_f64,
        tau in 0.01..5.0_f64,
        internal in 0.0..1_500.0_f64,
        flux_factor in 0.25..1.0_f64,
    ) {
        let guillot = Guillot {
            irradiation_temperature_k: 2_000.0,
            internal_temperature_k: internal,
            infrared_opacity_m2_kg: 1.0,
            gamma: ln_gamma.exp(),
            flux_factor,
        };
        let slant = guillot.gamma * 3.0_f64.sqrt();
        let star = |tau: f64| flux_factor * 1.6e13 * (-slant * tau).exp();
        // 4π/σ times J and H.
        let mean = |tau: f64| 4.0 * guillot.temperature_k(tau).powi(4) - slant * star(tau);
        let flux = |tau: f64| internal.powi(4) + star(tau);
        let scale = slant * slant * star(tau) + flux(0.0);
        let step = 1e-4 / (1.0 + slant);
        let slope = (mean(tau + step) - mean(tau - step)) / (2.0 * step);
        prop_assert!((slope - 3.0 * flux(tau)).abs() < 1e-6 * scale);
        prop_assert!((mean(0.0) - 2.0 * flux(0.0)).abs() < 1e-12 * scale);
    }
}
