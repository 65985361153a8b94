//! `magmaret targets`.

use std::fmt::Write;
use std::process::ExitCode;

use super::{Common, emit, emit_json};

pub(super) fn run(common: Common) -> anyhow::Result<ExitCode> {
    let targets = crate::run::targets()?;
    if common.json {
        emit_json(&targets)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = format!(
        "{:<14} {:>9} {:>9} {:>7} {:>7} {:>9} {:>7} {:>12}\n",
        "planet", "Teff [K]", "Rp/R*", "a/R*", "Ks", "Tmax [K]", "ESM", "LRS [ppm]"
    );
    let dash = |number: Option<f64>, digits: usize| {
        number.map_or("-".to_owned(), |number| format!("{number:.digits$}"))
    };
    for target in targets {
        writeln!(
            text,
            "{:<14} {:>9.0} {:>9.5} {:>7.3} {:>7} {:>9.0} {:>7} {:>12.1}",
            target.name,
            target.stellar_temperature_k,
            target.radius_ratio,
            target.scaled_semi_major_axis,
            dash(target.ks_magnitude, 2),
            target.maximum_dayside_temperature_k,
            dash(target.emission_metric, 1),
            target.bare_rock_depth_ppm,
        )?;
    }
    text.push_str(
        "\nTmax: zero albedo, no redistribution. ESM: Kempton et al. 2018, eq. 4. LRS: depth of a \
         rock at Tmax in 5-12 um, black-body star.\n",
    );
    emit(&text)?;
    Ok(ExitCode::SUCCESS)
}
