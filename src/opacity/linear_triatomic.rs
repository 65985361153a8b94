//! Rovibrational lines of a linear symmetric triatomic X-Y-X (CO2, SiO2) from constants.
//!
//! # Levels
//! G(v₁, v₂ˡ, v₃) = Σ ωᵢ(vᵢ + dᵢ/2) + Σ xᵢⱼ(vᵢ + dᵢ/2)(vⱼ + dⱼ/2) + g₂₂ l², d = (1, 2, 1)
//! (Herzberg 1945, Infrared and Raman Spectra, eq. II,281). Levels of equal P = 2v₁ + v₂, l and v₃
//! form a polyad; its Fermi resonance ⟨v₁, v₂|H|v₁-1, v₂+2⟩ = c √(v₁((v₂+2)² - l²)) is diagonalised
//! (Herzberg 1945, II,290). Rotation: F = Bᵥ(J(J+1) - l²) - D(J(J+1) - l²)², Bᵥ averaged over the
//! mixed state. l-type doubling and Coriolis resonances are left out (shifts of a few cm⁻¹ at
//! J ~ 100, below the resolution R ≤ 200 that this is for).
//!
//! # Spin statistics
//! Identical spinless ends (¹⁶O): l = 0 levels have even J if v₃ is even and odd J if v₃ is odd;
//! of the two components of l > 0 exactly one exists at each J.
//!
//! # Intensities
//! Harmonic matrix elements of a dipole expansion, spread over the mixed states, with the factors of
//! Hönl and London for a linear molecule (parallel and perpendicular). The harmonic sum rule holds:
//! net of stimulated emission the strength of all bands with Δv₃ = 1 together does not depend on the
//! temperature (as does that of Δv₂ = 1), apart from the factor ν̃ of the shifted hot bands.
//!
//! # Number of lines
//! Bands from lower levels below [`Cuts::single_per_cm`] stand line by line. Hotter bands are
//! gathered: those of like lower energy and origin become one band with the summed strength and the
//! mean energy, and of its lines every `stride`-th J is kept with `stride` times the weight. The
//! strength is kept (better than 0.2 %), as is the contour down to about 4B × stride ~ 5 cm⁻¹; finer
//! structure of the hot bands is a sample of the true one (far fewer, stronger lines), so that at low
//! pressure the windows between lines come out too clear. Lower levels above
//! [`Cuts::lower_per_cm`] are lost; [`LinearLines::lost_share`] says how much.

use std::collections::BTreeMap;
use std::f64::consts::PI;

use nalgebra::DMatrix;

mod levels;

pub use levels::{Constants, PartitionLevel};

use self::levels::{Polyad, PolyadKey};
use super::line::Line;
use crate::constants::{SECOND_RADIATION_CM_K, SPEED_OF_LIGHT};
use crate::error::InputError;

/// A g' = `EINSTEIN` ν̃³ S with ν̃ in cm⁻¹ and the line strength S in Debye²: 64π⁴/(3h) in these units
/// \[s⁻¹ cm³ D⁻²\]; 3.136187e-7 from CODATA 2022 (1 D = 1e-18 statC cm).
pub const EINSTEIN: f64 = 3.136_187e-7;

/// Weight of a line \[cm\] from its wavenumber \[cm⁻¹\] and line strength \[D²\]:
/// A g'/(8π c ν̃²).
pub(crate) fn line_weight_cm(wavenumber_per_cm: f64, strength_debye2: f64) -> f64 {
    EINSTEIN * wavenumber_per_cm * strength_debye2 / (8.0 * PI * 100.0 * SPEED_OF_LIGHT)
}

/// One term of the dipole moment: a change of quanta and its moment.
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DipoleTerm {
    /// Changes of v₁, v₂, v₃ from the lower to the upper basis function.
    pub change: [i32; 3],
    /// Moment between the lowest pair of levels that the term connects \[D\]; for v₂ ± 1 that of one
    /// of the two components.
    pub moment_debye: f64,
}

/// Where levels and lines end.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cuts {
    /// Highest vibrational energy of the partition function \[cm⁻¹\].
    pub partition_per_cm: f64,
    /// Highest vibrational energy of a lower level \[cm⁻¹\].
    pub lower_per_cm: f64,
    /// Bands from above this energy are gathered \[cm⁻¹\].
    pub single_per_cm: f64,
    /// Width of a class of lower energy \[cm⁻¹\].
    pub energy_class_per_cm: f64,
    /// Width of a class of band origin \[cm⁻¹\].
    pub origin_class_per_cm: f64,
    /// Every how many J a line of a gathered band stands, 1 to 20.
    pub stride: u32,
    /// Highest rotational energy \[cm⁻¹\].
    pub rotation_per_cm: f64,
    /// Share of the strength of each kind of band that dropping its weakest lines may cost.
    pub lost_strength: f64,
}

/// Largest [`Cuts::stride`]: lines of a contour are then some 30 cm⁻¹ apart.
const LARGEST_STRIDE: u32 = 20;

/// Width of every line.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Width {
    /// Half width at 296 K \[cm⁻¹ bar⁻¹\].
    pub half_width_per_cm_bar: f32,
    /// Exponent n.
    pub exponent: f32,
}

/// A vibrational band.
#[derive(Clone, Copy, Debug)]
struct Band {
    lower: f64,
    origin: f64,
    b_lower: f64,
    b_upper: f64,
    l: i32,
    dl: i32,
    /// Squared moment with the multiplicity of a band that stands alone \[D²\].
    moment2: f64,
    /// v₃ of the lower level is odd.
    odd: bool,
}

impl Band {
    /// Whether lower and upper level at these J exist together.
    fn exists(&self, j: i32, j_upper: i32) -> bool {
        let odd = i32::from(self.odd);
        let lower = self.l != 0 || j % 2 == odd;
        // Only parallel bands change v₃ here.
        let odd_upper = if self.dl == 0 { 1 - odd } else { odd };
        lower && (self.l + self.dl != 0 || j_upper % 2 == odd_upper)
    }

    /// What is left of the multiplicity when the missing J are averaged over.
    fn mean_share(&self) -> f64 {
        if self.l == 0 || self.l + self.dl == 0 {
            0.5
        } else {
            1.0
        }
    }
}

/// Factor of Hönl and London of a linear molecule, Σ over the branches = 2J + 1.
///
/// `l` of the lower level, `dl` its change (0, ±1), `dj` = J' - J''. Zero where no such level exists.
/// Source: Herzberg 1945, eqs. IV,52 to IV,55, here normalised to 2J + 1.
pub fn hoenl_london(j: f64, l: f64, dl: f64, dj: i32) -> f64 {
    if j < l || (dj == 0 && j == 0.0) || j + f64::from(dj) < (l + dl).abs() {
        return 0.0;
    }
    if dl == 0.0 {
        return match dj {
            1 => ((j + 1.0).powi(2) - l * l) / (j + 1.0),
            0 => (2.0 * j + 1.0) * l * l / (j * (j + 1.0)),
            _ => (j * j - l * l) / j,
        };
    }
    let s = dl * l;
    match dj {
        1 => (j + 2.0 + s) * (j + 1.0 + s) / (2.0 * (j + 1.0)),
        0 => (j + 1.0 + s) * (j - s) * (2.0 * j + 1.0) / (2.0 * j * (j + 1.0)),
        _ => (j - 1.0 - s) * (j - s) / (2.0 * j),
    }
}

/// Harmonic matrix element of a dipole term from (v₁, v₂ˡ, v₃), in units of its moment; `dl` is the
/// change of l. `None` where the upper function does not exist.
fn element(term: &DipoleTerm, v: [i32; 3], l: i32, dl: i32) -> Option<f64> {
    let upper = [
        v[0] + term.change[0],
        v[1] + term.change[1],
        v[2] + term.change[2],
    ];
    if upper.iter().any(|v| *v < 0) || upper[1] < l + dl || l + dl < 0 {
        return None;
    }
    let stretch = |v: i32, change: i32| -> f64 {
        let lower = v.min(v + change);
        let product: i32 = (1..=change.abs()).map(|k| lower + k).product();
        let unit: i32 = (1..=change.abs()).product();
        (f64::from(product) / f64::from(unit)).sqrt()
    };
    let bend = match (term.change[1], dl) {
        (0, 0) => 1.0,
        (1, _) => (f64::from(v[1] + dl * l + 2) / 2.0).sqrt(),
        (2, 0) => f64::from((v[1] + 2) * (v[1] + 2) - l * l).sqrt() / 2.0,
        (-2, 0) => f64::from(v[1] * v[1] - l * l).sqrt() / 2.0,
        _ => return None,
    };
    Some(bend * stretch(v[0], term.change[0]) * stretch(v[2], term.change[2]))
}

/// Lines of a molecule and what the cuts cost.
#[derive(Clone, Debug)]
pub struct LinearLines {
    /// The lines, in no order.
    pub lines: Vec<Line>,
    /// Vibrational levels of the partition function.
    pub levels: Vec<PartitionLevel>,
    /// Bands below the limit of single bands, and gathered ones.
    pub bands: (usize, usize),
    cut_per_cm: f64,
}

impl LinearLines {
    /// Share of the molecules whose vibrational level lies above the cut of lower levels.
    pub fn lost_share(&self, temperature_k: f64) -> f64 {
        let beta = SECOND_RADIATION_CM_K / temperature_k;
        let weight = |l: &PartitionLevel| l.share * (-beta * l.energy_per_cm).exp() / l.b_per_cm;
        let all: f64 = self.levels.iter().map(weight).sum();
        let above: f64 = self
            .levels
            .iter()
            .filter(|l| l.energy_per_cm > self.cut_per_cm)
            .map(weight)
            .sum();
        above / all
    }
}

/// Lines of a linear symmetric triatomic.
///
/// # Errors
/// Constants that give no levels, a rotational constant that is not positive, or a dipole term that
/// the engine does not know (known: Δv₂ = 1 with no other change; Δv₂ = 0, ±2 with an odd Δv₃).
pub fn lines(
    place: &str,
    constants: &Constants,
    dipole: &[DipoleTerm],
    cuts: &Cuts,
    width: Width,
) -> Result<LinearLines, InputError> {
    check(place, constants, dipole, cuts)?;
    let polyads = constants.polyads(cuts.partition_per_cm.max(cuts.lower_per_cm));
    let (mut lines, mut counts) = (Vec::new(), (0, 0));
    for step in steps(dipole) {
        let bands = bands_of(constants, &polyads, step, dipole, cuts);
        let (single, gathered) = gather(bands, cuts);
        counts = (counts.0 + single.len(), counts.1 + gathered.len());
        let mut of_step = Vec::new();
        for band in &single {
            band_lines(&mut of_step, constants, band, (1, 0), cuts, width);
        }
        let stride = cuts.stride;
        for (index, band) in gathered.iter().enumerate() {
            // Neighbouring classes start at other J, so that their lines interleave.
            let offset = (index as u32 * 5 + stride / 2) % stride;
            band_lines(&mut of_step, constants, band, (stride, offset), cuts, width);
        }
        prune(&mut of_step, cuts.lost_strength);
        lines.append(&mut of_step);
    }
    Ok(LinearLines {
        lines,
        levels: constants.partition_levels(cuts.partition_per_cm),
        bands: counts,
        cut_per_cm: cuts.lower_per_cm,
    })
}

/// All bands of one kind.
fn bands_of(
    constants: &Constants,
    polyads: &BTreeMap<PolyadKey, Polyad>,
    step: Step,
    dipole: &[DipoleTerm],
    cuts: &Cuts,
) -> Vec<Band> {
    let mut bands = Vec::new();
    for (key, lower) in polyads {
        if lower.energy.iter().all(|e| *e >= cuts.lower_per_cm) {
            continue;
        }
        let Some(upper) = polyads_upper(constants, polyads, *key, step) else {
            continue;
        };
        let moment = moments(lower, &upper, *key, step, dipole);
        let mixed = if lower.mix.is_empty() || upper.mix.is_empty() {
            moment
        } else {
            lower.mix.transpose() * moment * &upper.mix
        };
        collect_bands(&mut bands, lower, &upper, *key, step, &mixed, cuts);
    }
    bands
}

fn check(
    place: &str,
    constants: &Constants,
    dipole: &[DipoleTerm],
    cuts: &Cuts,
) -> Result<(), InputError> {
    if !(constants.b0_per_cm > 0.0 && constants.omega_per_cm.iter().all(|w| *w > 0.0)) {
        return Err(InputError::value(
            place,
            format!(
                "B = {}, omega = {:?}",
                constants.b0_per_cm, constants.omega_per_cm
            ),
            "positive rotational constant and wavenumbers",
        ));
    }
    let known = |t: &DipoleTerm| match t.change {
        [0, 1, 0] => true,
        [_, 0 | 2 | -2, dv3] => dv3 % 2 == 1,
        _ => false,
    };
    if let Some(term) = dipole
        .iter()
        .find(|t| !known(t) || !t.moment_debye.is_finite())
    {
        return Err(InputError::value(
            place,
            format!("dipole term {:?}", term.change),
            "[0, 1, 0], or a change of v2 of 0 or 2 with an odd change of v3",
        ));
    }
    if !(cuts.energy_class_per_cm > 0.0 && cuts.origin_class_per_cm > 0.0) {
        return Err(InputError::value(
            place,
            format!("{cuts:?}"),
            "positive class widths",
        ));
    }
    check_lower(place, cuts.lower_per_cm, cuts.partition_per_cm)?;
    if !(1..=LARGEST_STRIDE).contains(&cuts.stride) {
        return Err(InputError::value(
            format!("{place}, stride"),
            cuts.stride,
            format!("1 to {LARGEST_STRIDE}"),
        ));
    }
    Ok(())
}

/// Whether the highest energy of a lower level is one that the levels of Q reach \[cm⁻¹\].
pub(crate) fn check_lower(place: &str, lower: f64, partition: f64) -> Result<(), InputError> {
    if lower > 0.0 && lower <= partition {
        return Ok(());
    }
    Err(InputError::value(
        format!("{place}, lower_per_cm"),
        lower,
        format!("above 0, at most {partition} (the limit of the levels of Q)"),
    ))
}

/// Change of P, l and v₃ of a group of dipole terms.
type Step = (i32, i32, i32);

fn step_of(term: &DipoleTerm) -> (i32, i32) {
    (2 * term.change[0] + term.change[1], term.change[2])
}

fn steps(dipole: &[DipoleTerm]) -> Vec<Step> {
    let mut all = Vec::new();
    for term in dipole {
        let (dp, dv3) = step_of(term);
        if term.change[1].abs() == 1 {
            all.extend([(dp, 1, dv3), (dp, -1, dv3)]);
        } else {
            all.push((dp, 0, dv3));
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// The upper polyad: from the store, or made where it lies above its limit.
fn polyads_upper<'a>(
    constants: &Constants,
    polyads: &'a BTreeMap<PolyadKey, Polyad>,
    (p, l, v3): PolyadKey,
    (dp, dl, dv3): Step,
) -> Option<std::borrow::Cow<'a, Polyad>> {
    let key = (p + dp, l + dl, v3 + dv3);
    if key.0 < 0 || key.1 < 0 || key.2 < 0 || key.0 < key.1 {
        return None;
    }
    Some(match polyads.get(&key) {
        Some(polyad) => std::borrow::Cow::Borrowed(polyad),
        None => std::borrow::Cow::Owned(constants.polyad(key)),
    })
}

/// Moments between the basis functions of two polyads (rows: lower) \[D\].
fn moments(
    lower: &Polyad,
    upper: &Polyad,
    (_, l, v3): PolyadKey,
    (dp, dl, dv3): Step,
    dipole: &[DipoleTerm],
) -> DMatrix<f64> {
    let mut moment = DMatrix::<f64>::zeros(lower.basis.len(), upper.basis.len());
    for (i, (v1, v2)) in lower.basis.iter().enumerate() {
        for term in dipole.iter().filter(|t| step_of(t) == (dp, dv3)) {
            if (term.change[1].abs() == 1) != (dl != 0) {
                continue;
            }
            let target = (v1 + term.change[0], v2 + term.change[1]);
            let column = upper.basis.iter().position(|b| *b == target);
            if let (Some(j), Some(e)) = (column, element(term, [*v1, *v2, v3], l, dl)) {
                moment[(i, j)] += e * term.moment_debye;
            }
        }
    }
    moment
}

fn collect_bands(
    bands: &mut Vec<Band>,
    lower: &Polyad,
    upper: &Polyad,
    (_, l, v3): PolyadKey,
    (_, dl, _): Step,
    mixed: &DMatrix<f64>,
    cuts: &Cuts,
) {
    // l = 0 and l = 1 meet in one combination of the two components of l = 1.
    let multiplicity = if dl != 0 && (l == 0 || l + dl == 0) {
        2.0
    } else {
        1.0
    };
    for (i, energy) in lower.energy.iter().enumerate() {
        for (k, upper_energy) in upper.energy.iter().enumerate() {
            let origin = upper_energy - energy;
            let moment2 = multiplicity * mixed[(i, k)].powi(2);
            if *energy < cuts.lower_per_cm && origin > 1.0 && moment2 > 0.0 {
                bands.push(Band {
                    lower: *energy,
                    origin,
                    b_lower: lower.b[i],
                    b_upper: upper.b[k],
                    l,
                    dl,
                    moment2,
                    odd: v3 % 2 == 1,
                });
            }
        }
    }
}

/// Sums of the bands of one class, weighted by strength.
#[derive(Default)]
struct Class {
    moment2: f64,
    lower: f64,
    origin: f64,
    b_lower: f64,
    b_upper: f64,
    l2: f64,
}

fn gather(bands: Vec<Band>, cuts: &Cuts) -> (Vec<Band>, Vec<Band>) {
    let (single, hot): (Vec<Band>, Vec<Band>) = bands
        .into_iter()
        .partition(|b| b.lower < cuts.single_per_cm);
    let mut classes: BTreeMap<(i32, i64, i64), Class> = BTreeMap::new();
    for band in hot {
        let key = (
            band.dl,
            (band.lower / cuts.energy_class_per_cm).floor() as i64,
            (band.origin / cuts.origin_class_per_cm).floor() as i64,
        );
        let class = classes.entry(key).or_default();
        let w = band.moment2 * band.mean_share();
        class.moment2 += w;
        class.lower += w * band.lower;
        class.origin += w * band.origin;
        class.b_lower += w * band.b_lower;
        class.b_upper += w * band.b_upper;
        class.l2 += w * f64::from(band.l * band.l);
    }
    let gathered = classes
        .into_iter()
        .map(|((dl, _, _), c)| Band {
            lower: c.lower / c.moment2,
            origin: c.origin / c.moment2,
            b_lower: c.b_lower / c.moment2,
            b_upper: c.b_upper / c.moment2,
            // At least 2, so that no J is missing: the share is in the moment already.
            l: ((c.l2 / c.moment2).sqrt().round() as i32).max(2),
            dl,
            moment2: c.moment2,
            odd: false,
        })
        .collect();
    (single, gathered)
}

fn band_lines(
    lines: &mut Vec<Line>,
    constants: &Constants,
    band: &Band,
    (stride, offset): (u32, u32),
    cuts: &Cuts,
    width: Width,
) {
    let (l, upper_l) = (f64::from(band.l), f64::from(band.l + band.dl));
    let mut j = band.l + offset as i32;
    loop {
        let x = f64::from(j);
        let rotation = constants.rotation_per_cm(band.b_lower, x, l);
        if rotation > cuts.rotation_per_cm {
            break;
        }
        for dj in [-1, 0, 1] {
            let factor = hoenl_london(x, l, f64::from(band.dl), dj);
            let upper = constants.rotation_per_cm(band.b_upper, x + f64::from(dj), upper_l);
            let wavenumber = band.origin + upper - rotation;
            if factor <= 0.0 || wavenumber <= 1.0 || !band.exists(j, j + dj) {
                continue;
            }
            let strength = band.moment2 * factor * f64::from(stride);
            lines.push(Line {
                wavenumber_per_cm: wavenumber,
                lower_energy_per_cm: (band.lower + rotation) as f32,
                weight_cm: line_weight_cm(wavenumber, strength) as f32,
                half_width_per_cm_bar: width.half_width_per_cm_bar,
                width_exponent: width.exponent,
                natural_half_width_per_cm: 0.0,
            });
        }
        j += stride as i32;
    }
}

/// Drops the weakest lines: at 300, 1000 and 3000 K those dropped together make up at most `share` of the
/// strength of the list.
pub(crate) fn prune(lines: &mut Vec<Line>, share: f64) {
    if share <= 0.0 || lines.is_empty() {
        return;
    }
    let size = |line: &Line, t: f64| {
        let beta = SECOND_RADIATION_CM_K / t;
        f64::from(line.weight_cm)
            * (-beta * f64::from(line.lower_energy_per_cm)).exp()
            * -(-beta * line.wavenumber_per_cm).exp_m1()
    };
    let thresholds = [300.0, 1000.0, 3000.0].map(|t| {
        let mut sizes: Vec<f64> = lines.iter().map(|l| size(l, t)).collect();
        sizes.sort_unstable_by(f64::total_cmp);
        let allowed = share * sizes.iter().sum::<f64>();
        let mut lost = 0.0;
        let first = sizes.iter().position(|s| {
            lost += s;
            lost > allowed
        });
        (t, first.map_or(0.0, |i| sizes[i]))
    });
    lines.retain(|line| thresholds.iter().any(|(t, least)| size(line, *t) >= *least));
}

#[cfg(test)]
mod tests;
