//! Default priors of the null models, and of what others share with them.

use crate::config::{ModelKind, ParameterConfig, PriorKind, SurfaceConfig};
use crate::forward::scene::{PLANET_RANGE_K, STAR_RANGE_K};

/// Widths where no error is known, as parts of the value: T_eff 2 %, R_p/R_* 2.5 %, a/R_* 2.5 %.
const ASSUMED_WIDTH: [(&str, f64); 3] = [
    ("radius_ratio", 0.025),
    ("scaled_semi_major_axis", 0.025),
    ("stellar_temperature_k", 0.02),
];

/// A quantity of the system: value, 1σ error if one is known, and source.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Central value.
    pub value: f64,
    /// 1σ error.
    pub sigma: Option<f64>,
    /// Where both come from.
    pub source: String,
}

/// What the null models need to know of star and orbit.
#[derive(Clone, Debug, PartialEq)]
pub struct Orbit {
    /// R_p/R_*.
    pub radius_ratio: Measured,
    /// a/R_*.
    pub scaled_semi_major_axis: Measured,
    /// Effective temperature of the star \[K\].
    pub stellar_temperature_k: Measured,
    /// Gravity of the planet \[m s⁻²\], where mass and radius are known.
    pub gravity_m_s2: Option<f64>,
}

/// The default prior of every parameter of a model, in the order of its `theta`.
///
/// Star and orbit: normal, cut off at zero below (at the range of the model for the temperature
/// of the star, at contact for a/R_*); a missing error becomes a declared width and `assumed`.
/// `heat_redistribution`: uniform 1/4 to 2/3. `bond_albedo`: uniform 0 to 1. `emissivity`: 1,
/// fixed. `dayside_temperature_k`: uniform, 100 K to 1.5 T_max.
pub fn default_parameters(
    kind: ModelKind,
    surface: &SurfaceConfig,
    orbit: &Orbit,
) -> Vec<(String, ParameterConfig)> {
    let mut parameters = match kind {
        ModelKind::BlackBody => vec![("dayside_temperature_k", dayside_prior(orbit))],
        // Their own are of `lava_parameters` and `free_chemistry_parameters`.
        ModelKind::Lava
        | ModelKind::LavaVolatiles
        | ModelKind::ThickAtmosphere
        | ModelKind::FreeChemistry => Vec::new(),
        ModelKind::BareRock => {
            let mut own = Vec::new();
            if !surface.local_equilibrium {
                own.push((
                    "heat_redistribution",
                    ParameterConfig::uniform(0.25, 2.0 / 3.0),
                ));
            }
            if surface.emissivity_file.is_none() {
                own.push(("bond_albedo", ParameterConfig::uniform(0.0, 1.0)));
                own.push(("emissivity", ParameterConfig::fixed(1.0)));
            }
            own
        }
    };
    let limits = [
        (0.0, None),
        (1.0 + orbit.radius_ratio.value, None),
        (STAR_RANGE_K.0, Some(STAR_RANGE_K.1)),
    ];
    let measured = [
        &orbit.radius_ratio,
        &orbit.scaled_semi_major_axis,
        &orbit.stellar_temperature_k,
    ];
    for (((name, width), measured), (low, high)) in
        ASSUMED_WIDTH.into_iter().zip(measured).zip(limits)
    {
        parameters.push((name, nuisance_prior(measured, width, low, high)));
    }
    (parameters.into_iter())
        .map(|(name, config)| (name.to_owned(), config))
        .collect()
}

/// Albedo of a molten surface, `assumed`.
pub(super) fn surface_albedo_prior() -> ParameterConfig {
    ParameterConfig {
        assumed: true,
        source: Some(
            "twice the upper limit for lava and its glass, 0.1, of Essack et al. (2020)".to_owned(),
        ),
        ..ParameterConfig::uniform(0.0, 0.2)
    }
}

/// The gravity of the system, fixed; without one nothing, which the run file must fill.
pub(super) fn gravity_prior(orbit: &Orbit) -> ParameterConfig {
    ParameterConfig {
        fixed: orbit.gravity_m_s2,
        ..ParameterConfig::default()
    }
}

fn dayside_prior(orbit: &Orbit) -> ParameterConfig {
    let maximum_k = orbit.stellar_temperature_k.value
        * orbit.scaled_semi_major_axis.value.sqrt().recip()
        * (2.0_f64 / 3.0).powf(0.25);
    // A planet so cold that 1.5 T_max is near 100 K still gets an interval.
    let high_k = (1.5 * maximum_k).clamp(200.0, PLANET_RANGE_K.1);
    ParameterConfig::uniform(100.0, high_k)
}

fn nuisance_prior(
    measured: &Measured,
    assumed_width: f64,
    low: f64,
    high: Option<f64>,
) -> ParameterConfig {
    let known = measured.sigma.filter(|sigma| *sigma > 0.0);
    let std = known.unwrap_or(assumed_width * measured.value);
    let source = if known.is_some() {
        measured.source.clone()
    } else {
        format!(
            "value: {}; width {} % assumed, no error known",
            measured.source,
            100.0 * assumed_width
        )
    };
    ParameterConfig {
        prior: Some(PriorKind::TruncatedNormal),
        mean: Some(measured.value),
        std: Some(std),
        low: Some(low),
        high,
        source: Some(source),
        assumed: known.is_none(),
        ..ParameterConfig::default()
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    fn orbit() -> Orbit {
        let measured = |value, sigma| Measured {
            value,
            sigma,
            source: "test".to_owned(),
        };
        Orbit {
            radius_ratio: measured(0.015, Some(0.0003)),
            scaled_semi_major_axis: measured(3.34, None),
            stellar_temperature_k: measured(3_535.0, None),
            gravity_m_s2: None,
        }
    }

    #[test]
    fn a_missing_error_is_assumed_and_says_so() {
        let all = default_parameters(ModelKind::BlackBody, &SurfaceConfig::default(), &orbit());
        let names: Vec<_> = all.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "dayside_temperature_k",
                "radius_ratio",
                "scaled_semi_major_axis",
                "stellar_temperature_k"
            ]
        );
        assert!(!all[1].1.assumed);
        assert_eq!(all[1].1.std, Some(0.0003));
        assert!(all[2].1.assumed);
        assert_relative_eq!(all[2].1.std.unwrap(), 0.0835, max_relative = 1e-12);
        assert!(all[2].1.source.as_ref().unwrap().contains("assumed"));
        assert_relative_eq!(all[3].1.std.unwrap(), 70.7, max_relative = 1e-12);
        // T_max of GJ 367 b is 1748 K (system table of this project).
        assert_relative_eq!(all[0].1.high.unwrap(), 1.5 * 1_748.0, max_relative = 1e-3);
    }
}
