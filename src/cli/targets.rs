//! `magmaret targets`.

use std::process::ExitCode;

use super::Common;

pub(super) fn run(common: Common) -> anyhow::Result<ExitCode> {
    let targets = crate::run::targets()?;
    if common.json {
        println!("{}", serde_json::to_string_pretty(&targets)?);
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "{:<14} {:>9} {:>9} {:>7} {:>7} {:>9} {:>7} {:>12}",
        "planet", "Teff [K]", "Rp/R*", "a/R*", "Ks", "Tmax [K]", "ESM", "LRS [ppm]"
    );
    for target in targets {
        println!(
            "{:<14} {:>9.0} {:>9.5} {:>7.3} {:>7} {:>9.0} {:>7} {:>12.1}",
            target.name,
            target.stellar_temperature_k,
            target.radius_ratio,
            target.scaled_semi_major_axis,
            target
                .ks_magnitude
                .map_or("-".to_owned(), |k| format!("{k:.2}")),
            target.maximum_dayside_temperature_k,
            target
                .emission_metric
                .map_or("-".to_owned(), |esm| format!("{esm:.1}")),
            target.bare_rock_depth_ppm,
        );
    }
    println!(
        "\nTmax: zero albedo, no redistribution. ESM: Kempton et al. 2018, eq. 4. LRS: depth of a \
         rock at Tmax in 5-12 um, black-body star."
    );
    Ok(ExitCode::SUCCESS)
}
