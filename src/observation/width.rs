//! From centres and widths to bin edges, and the question half or full.

use super::Parsed;
use super::number::At;
use crate::error::InputError;
use crate::units::WidthKind;

/// Relative tolerance within which the spacing of two neighbours shows that their bins touch.
const SPACING_TOLERANCE: f64 = 0.1;

/// A centre and a width \[µm\], and where they stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct CentredBin<'a> {
    pub at: At<'a>,
    pub centre_um: f64,
    pub width_um: f64,
}

/// What the spacing of the centres says about a width column: the bins touch if it is read as the
/// returned kind, for every pair of neighbours, and do not if it is read as the other kind.
pub(super) fn kind_from_spacing(bins: &[CentredBin]) -> Option<WidthKind> {
    if bins.len() < 2 {
        return None;
    }
    let touch_if = |scale: f64| {
        bins.windows(2).all(|pair| {
            let reach = scale * (pair[0].width_um + pair[1].width_um);
            let spacing = pair[1].centre_um - pair[0].centre_um;
            (spacing - reach).abs() <= SPACING_TOLERANCE * reach
        })
    };
    if touch_if(0.5) {
        Some(WidthKind::Full)
    } else if touch_if(1.0) {
        Some(WidthKind::Half)
    } else {
        None
    }
}

/// The kind to use: declared (or known from the column name); else, where the format has a
/// `customary` one, what the spacing shows or that; else an error. What was concluded is noted for
/// the summary.
pub(super) fn resolve(
    declared: Option<WidthKind>,
    bins: &[CentredBin],
    customary: Option<WidthKind>,
    column: &str,
    parsed: &mut Parsed,
) -> Result<WidthKind, InputError> {
    let shown = kind_from_spacing(bins);
    let word = |kind| match kind {
        WidthKind::Half => "half",
        WidthKind::Full => "full",
    };
    if let Some(declared) = declared {
        if let Some(shown) = shown.filter(|shown| *shown != declared) {
            parsed.warnings.push(format!(
                "column `{column}` is declared the {} width, but the bins would touch exactly if it \
                 were the {} width",
                word(declared),
                word(shown)
            ));
        }
        return Ok(declared);
    }
    let Some(customary) = customary else {
        return Err(InputError::value(
            bins.first()
                .map_or_else(|| format!("column `{column}`"), |bin| bin.at.place(column)),
            "a width that may be the half or the full one",
            format!(
                "`bin_width` of the file declared as one of {}",
                WidthKind::ACCEPTED
            ),
        ));
    };
    let kind = shown.unwrap_or(customary);
    let why = match shown {
        Some(_) => "because the bins then touch",
        None => "as this format writes it",
    };
    parsed.notes.push(format!(
        "column `{column}` taken as the {} width, {why}",
        word(kind)
    ));
    if kind != customary {
        parsed.warnings.push(format!(
            "column `{column}` is taken as the {} width although the format writes the {} width: \
             the spacing of the bins shows it; declare `bin_width` to be sure",
            word(kind),
            word(customary)
        ));
    }
    Ok(kind)
}

/// Edges \[m\] of a centred bin.
pub(super) fn edges(
    bin: &CentredBin,
    kind: WidthKind,
    column: &str,
) -> Result<[f64; 2], InputError> {
    let half_um = match kind {
        WidthKind::Half => bin.width_um,
        WidthKind::Full => 0.5 * bin.width_um,
    };
    bin.at
        .bin(column, bin.centre_um - half_um, bin.centre_um + half_um)
}
