//! SO2: ν₁, ν₂, ν₃, 2ν₁ and ν₁ + ν₃ with hot bands, by the asymmetric top.
//!
//! The bands from the ground state stand line by line, with the constants of both vibrational states.
//! Hot bands have the same rotational structure, shifted by the anharmonic constants and with harmonic
//! strengths Π (vᵢ + 1); their lines are gathered: those of like shift and energy become one. Below
//! 1700 cm⁻¹ each level keeps its own contour (1 cm⁻¹ wide classes), above, levels of like energy
//! and origin share one (3 cm⁻¹ within 10 cm⁻¹). Strengths add exactly.
//!
//! Spin: identical spinless oxygen, so half of the levels exist: even J + s where v₃ is even.

use std::collections::BTreeMap;

use super::asymmetric_top::{Axis, Extent, RotationLine, Rotor, Spin, rotation_lines};
use super::line::{Line, LineList};
use super::linear_triatomic::{Width, check_lower, line_weight_cm, prune};
use super::partition::PartitionFunction;
use super::provenance::{Provenance, Tier};
use super::source::LineGas;
use crate::constants::SECOND_RADIATION_CM_K;
use crate::error::InputError;

const DATA: &str = include_str!("data/so2.toml");

/// Wing cut-off \[cm⁻¹\]; Seidler et al. (2024), section 2.3.
const WING_CUTOFF_PER_CM: f64 = 100.0;
/// Classes of a fine contour: shift and lower energy \[cm⁻¹\].
const FINE_PER_CM: (f64, f64) = (1.0, 400.0);
/// Classes of a coarse contour \[cm⁻¹\].
const COARSE_PER_CM: (f64, f64) = (3.0, 1200.0);
/// Highest J that the options may ask for: the matrices grow with it.
const HIGHEST_J: u32 = 400;
/// Smallest strength of a line relative to 2J + 1.
const LEAST: f64 = 1e-3;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    citation: Vec<String>,
    molar_mass_g_mol: f64,
    gas_molar_mass_g_mol: f64,
    caveat: String,
    fundamental_per_cm: [f64; 3],
    x_per_cm: [f64; 6],
    alpha_a_per_cm: [f64; 3],
    alpha_b_per_cm: [f64; 3],
    alpha_c_per_cm: [f64; 3],
    rotor: Rotor,
    band: Vec<Band>,
    width: Width,
    cuts: Cuts,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Band {
    change: [u32; 3],
    axis: Axis,
    strength_cm: f64,
}

#[derive(Clone, Copy, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Cuts {
    partition_per_cm: f64,
    lower_per_cm: f64,
    fine_per_cm: f64,
    energy_class_per_cm: f64,
    origin_class_per_cm: f64,
    lost_strength: f64,
    extent: Extent,
}

/// Choices of the generator; the default is that of the data file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Highest J, 1 to 400, and K, 1 to J (default: the data file, 200 and 80).
    pub extent: Option<Extent>,
    /// Highest vibrational energy of a lower level \[cm⁻¹\], at most that of the levels of Q (default: the data file, 20 000).
    pub lower_per_cm: Option<f64>,
}

impl Data {
    fn parse() -> Result<Self, InputError> {
        toml::from_str(DATA)
            .map_err(|e| InputError::value("data/so2.toml", e, "the constants of SO2"))
    }

    /// Term value above the ground level \[cm⁻¹\], from the fundamentals and the x.
    fn term_per_cm(&self, v: [u32; 3]) -> f64 {
        let n = v.map(f64::from);
        let (f, x) = (self.fundamental_per_cm, self.x_per_cm);
        // n ν + x_ii n(n - 1) + x_ij n_i n_j: equal to the usual expansion, counted from v = 0.
        (0..3).map(|i| n[i] * f[i]).sum::<f64>()
            + x[0] * n[0] * (n[0] - 1.0)
            + x[3] * n[1] * (n[1] - 1.0)
            + x[5] * n[2] * (n[2] - 1.0)
            + x[1] * n[0] * n[1]
            + x[2] * n[0] * n[2]
            + x[4] * n[1] * n[2]
    }

    /// Vibrational levels below an energy, with it \[cm⁻¹\].
    fn levels(&self, limit_per_cm: f64) -> Vec<([u32; 3], f64)> {
        let mut levels = Vec::new();
        let most = |i: usize| (1.6 * limit_per_cm / self.fundamental_per_cm[i]) as u32 + 1;
        for v1 in 0..=most(0) {
            for v2 in 0..=most(1) {
                for v3 in 0..=most(2) {
                    let v = [v1, v2, v3];
                    let energy = self.term_per_cm(v);
                    if energy < limit_per_cm && self.rises(v) {
                        levels.push((v, energy));
                    }
                }
            }
        }
        levels.sort_by(|a, b| a.1.total_cmp(&b.1));
        levels
    }

    /// Whether each mode's next quantum still lies higher: beyond, the expansion has no meaning.
    fn rises(&self, v: [u32; 3]) -> bool {
        let energy = self.term_per_cm(v);
        (0..3).all(|i| {
            let mut next = v;
            next[i] += 1;
            self.term_per_cm(next) > energy
        })
    }

    fn rotor(&self, v: [u32; 3]) -> Rotor {
        let loss = |alpha: [f64; 3]| -> f64 { (0..3).map(|i| alpha[i] * f64::from(v[i])).sum() };
        Rotor {
            a: self.rotor.a - loss(self.alpha_a_per_cm),
            b: self.rotor.b - loss(self.alpha_b_per_cm),
            c: self.rotor.c - loss(self.alpha_c_per_cm),
            ..self.rotor
        }
    }

    /// Q(T): direct sum over the vibrational levels, with the rotational Q of each in the classical
    /// limit with its first quantum correction (Watson 1988, Mol. Phys. 65, 1377), half of it for the
    /// spin. The growth of A with v₂ is held at 40 % of A, where the linear α has long failed.
    fn partition(&self, levels: &[([u32; 3], f64)], temperature_k: f64) -> f64 {
        let beta = SECOND_RADIATION_CM_K / temperature_k;
        levels
            .iter()
            .map(|(v, energy)| {
                let mut r = self.rotor(*v);
                r.a = r.a.clamp(0.6 * self.rotor.a, 1.4 * self.rotor.a);
                r.b = r.b.max(0.8 * self.rotor.b);
                r.c = r.c.max(0.8 * self.rotor.c);
                let quantum =
                    2.0 * (r.a + r.b + r.c) - r.b * r.c / r.a - r.a * r.c / r.b - r.a * r.b / r.c;
                let classical = (std::f64::consts::PI / (r.a * r.b * r.c * beta.powi(3))).sqrt();
                0.5 * classical * (1.0 + beta * quantum / 12.0) * (-beta * energy).exp()
            })
            .sum()
    }
}

/// Rotational lines gathered by shift and lower energy.
fn contour(lines: &[RotationLine], (shift, energy): (f64, f64)) -> Vec<RotationLine> {
    let mut classes: BTreeMap<(i64, i64), (f64, f64, f64)> = BTreeMap::new();
    for line in lines {
        let key = (
            (line.shift_per_cm / shift).floor() as i64,
            (line.lower_per_cm / energy).floor() as i64,
        );
        let class = classes.entry(key).or_default();
        class.0 += line.strength;
        class.1 += line.strength * line.shift_per_cm;
        class.2 += line.strength * line.lower_per_cm;
    }
    classes
        .into_values()
        .map(|(s, shift, lower)| RotationLine {
            shift_per_cm: shift / s,
            lower_per_cm: lower / s,
            strength: s,
            j: 0,
        })
        .collect()
}

/// Π (vᵢ + 1)...(vᵢ + Δᵢ)/Δᵢ!: harmonic growth of a hot band.
fn growth(v: [u32; 3], change: [u32; 3]) -> f64 {
    let mut product = 1.0;
    for (v, change) in v.into_iter().zip(change) {
        for k in 1..=change {
            product *= f64::from(v + k) / f64::from(k);
        }
    }
    product
}

/// One vibrational band or a class of them: lower energy, origin, squared moment relative to the cold band.
#[derive(Clone, Copy, Default)]
struct Source {
    lower: f64,
    origin: f64,
    share: f64,
}

/// Hot bands of a cold one: each below the limit of fine contours, then classes of the others.
fn sources(data: &Data, levels: &[([u32; 3], f64)], band: &Band) -> (Vec<Source>, Vec<Source>) {
    let (mut fine, mut classes) = (Vec::new(), BTreeMap::<(i64, i64), Source>::new());
    let cuts = &data.cuts;
    for (v, lower) in levels.iter().skip(1) {
        let upper = std::array::from_fn(|i| v[i] + band.change[i]);
        let source = Source {
            lower: *lower,
            origin: data.term_per_cm(upper) - lower,
            share: growth(*v, band.change),
        };
        if *lower < cuts.fine_per_cm {
            fine.push(source);
            continue;
        }
        let key = (
            (lower / cuts.energy_class_per_cm).floor() as i64,
            (source.origin / cuts.origin_class_per_cm).floor() as i64,
        );
        let class = classes.entry(key).or_default();
        class.share += source.share;
        class.lower += source.share * source.lower;
        class.origin += source.share * source.origin;
    }
    let coarse = classes.into_values().map(|c| Source {
        lower: c.lower / c.share,
        origin: c.origin / c.share,
        share: c.share,
    });
    (fine, coarse.collect())
}

fn push_lines(
    lines: &mut Vec<Line>,
    rotation: &[RotationLine],
    source: Source,
    moment2: f64,
    width: Width,
) {
    for r in rotation {
        let wavenumber = source.origin + r.shift_per_cm;
        if wavenumber <= 1.0 {
            continue;
        }
        let strength = moment2 * source.share * r.strength;
        lines.push(Line {
            wavenumber_per_cm: wavenumber,
            lower_energy_per_cm: (source.lower + r.lower_per_cm) as f32,
            weight_cm: line_weight_cm(wavenumber, strength) as f32,
            half_width_per_cm_bar: width.half_width_per_cm_bar,
            width_exponent: width.exponent,
            natural_half_width_per_cm: 0.0,
        });
    }
}

fn check_extent(extent: Extent) -> Result<(), InputError> {
    if (1..=HIGHEST_J).contains(&extent.j) && (1..=extent.j).contains(&extent.k) {
        return Ok(());
    }
    Err(InputError::value(
        "SO2, extent",
        format!("J to {}, K to {}", extent.j, extent.k),
        format!("J of 1 to {HIGHEST_J}, K of 1 to J"),
    ))
}

/// Lines of a band and its hot bands.
fn band_lines(
    data: &Data,
    lower_levels: &[([u32; 3], f64)],
    band: &Band,
    extent: Extent,
) -> Vec<Line> {
    let rotation = rotation_lines(
        &data.rotor([0; 3]),
        &data.rotor(band.change),
        band.axis,
        Spin::Even,
        extent,
        LEAST,
    );
    let origin = data.term_per_cm(band.change);
    let moment2 = band.strength_cm / line_weight_cm(origin, 1.0);
    let ground = Source {
        lower: 0.0,
        origin,
        share: 1.0,
    };
    let mut lines = Vec::new();
    push_lines(&mut lines, &rotation, ground, moment2, data.width);
    let (fine, coarse) = sources(data, lower_levels, band);
    for (sources, classes) in [(fine, FINE_PER_CM), (coarse, COARSE_PER_CM)] {
        let shape = contour(&rotation, classes);
        for source in sources {
            push_lines(&mut lines, &shape, source, moment2, data.width);
        }
    }
    prune(&mut lines, data.cuts.lost_strength);
    lines
}

/// Lines of SO2.
///
/// # Errors
/// Options out of range; a data file that does not parse.
pub fn lines(options: &Options) -> Result<LineGas, InputError> {
    let data = Data::parse()?;
    let extent = options.extent.unwrap_or(data.cuts.extent);
    let lower_limit = options.lower_per_cm.unwrap_or(data.cuts.lower_per_cm);
    check_lower("SO2", lower_limit, data.cuts.partition_per_cm)?;
    check_extent(extent)?;
    let all_levels = data.levels(data.cuts.partition_per_cm);
    let lower_levels = data.levels(lower_limit);
    let of_band = |band| band_lines(&data, &lower_levels, band, extent);
    let lines = data.band.iter().flat_map(of_band).collect();
    let partition = PartitionFunction::sampled(|t| data.partition(&all_levels, t))?;
    let method = format!(
        "asymmetric top, J to {}, K to {}; {} lower vibrational levels to {lower_limit} cm-1",
        extent.j,
        extent.k,
        lower_levels.len()
    );
    Ok(LineGas {
        gas: "SO2".to_owned(),
        molar_mass_g_mol: data.gas_molar_mass_g_mol,
        lists: vec![LineList::new(
            "32S16O2 band model",
            data.molar_mass_g_mol,
            1.0,
            partition,
            lines,
        )],
        wing_cutoff_per_cm: WING_CUTOFF_PER_CM,
        provenance: Provenance {
            tier: Tier::C,
            citation: data.citation,
            method,
            caveat: data.caveat,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_the_band_centres() {
        let data = Data::parse().expect("shipped");
        for (v, centre) in [
            ([2, 0, 0], 2295.8),
            ([1, 1, 0], 1666.3),
            ([1, 0, 1], 2499.9),
            ([0, 2, 0], 1035.1),
            ([0, 1, 1], 1875.8),
            ([0, 0, 2], 2713.4),
        ] {
            assert!((data.term_per_cm(v) - centre).abs() < 0.15, "{v:?}");
        }
    }

    #[test]
    fn partition_is_that_of_tips() {
        // TIPS-2021, 32S16O2; measured -0.4, -1.0, -0.7, -0.3, +1.6 %.
        let data = Data::parse().expect("shipped");
        let levels = data.levels(data.cuts.partition_per_cm);
        for (t, tips) in [
            (296.0, 6339.36),
            (1000.0, 99239.23),
            (2000.0, 945986.27),
            (2500.0, 2142341.5),
            (4000.0, 13371562.0),
        ] {
            let q = data.partition(&levels, t);
            assert!((q / tips - 1.0).abs() < 0.02, "{t} {q} {tips}");
        }
    }

    #[test]
    fn the_classical_rotor_is_the_sum_over_levels() {
        let data = Data::parse().expect("shipped");
        let rigid = Rotor {
            delta_j: 0.0,
            delta_jk: 0.0,
            delta_k: 0.0,
            small_delta_j: 0.0,
            small_delta_k: 0.0,
            ..data.rotor
        };
        let beta = SECOND_RADIATION_CM_K / 200.0;
        let extent = Extent { j: 80, k: 40 };
        let sum = crate::opacity::asymmetric_top::rotational_sum(&rigid, Spin::Even, extent, beta);
        let classical = data.partition(&[([0; 3], 0.0)], 200.0);
        assert!((sum / classical - 1.0).abs() < 1e-3, "{sum} {classical}");
    }

    #[test]
    fn bands_have_their_strengths_and_their_type() {
        let small = Options {
            extent: Some(Extent { j: 90, k: 40 }),
            lower_per_cm: Some(6000.0),
        };
        let gas = lines(&small).expect("shipped");
        let list = &gas.lists[0];
        let sum = |range: std::ops::Range<f64>, t: f64| -> f64 {
            list.lines
                .iter()
                .filter(|l| range.contains(&l.wavenumber_per_cm))
                .map(|l| list.strength_cm(l, t))
                .sum()
        };
        // Data file; measured within 0.6 %.
        for (range, expected) in [
            (380.0..720.0, 4.53e-18),
            (940.0..1275.0, 3.95e-18),
            (1275.0..1450.0, 3.03e-17),
            (2397.0..2645.0, 6.0e-19),
        ] {
            let found = sum(range.clone(), 300.0);
            assert!(
                (found / expected - 1.0).abs() < 0.015,
                "{range:?} {found:e}"
            );
        }
        // a-type nu3 has a strong centre, b-type nu1 a hole (within 1 cm-1, against 8 cm-1 aside).
        let density = |centre: f64, half: f64| sum(centre - half..centre + half, 300.0) / half;
        assert!(density(1362.0, 2.0) > 0.4 * density(1354.0, 2.0));
        assert!(density(1151.7, 1.0) < density(1160.0, 1.0));
        // Harmonic: the strength of nu3 is nearly the same hot, but its centre moves.
        let hot = sum(1200.0..1450.0, 1000.0);
        assert!((hot / 3.03e-17 - 1.0).abs() < 0.05, "{hot:e}");
    }

    #[test]
    fn options_out_of_range_are_refused() {
        for (j, k) in [(0, 0), (10, 0), (10, 11), (401, 80)] {
            let options = Options {
                extent: Some(Extent { j, k }),
                lower_per_cm: Some(1.0),
            };
            let message = lines(&options).expect_err("out of range").to_string();
            assert!(message.contains("extent"), "{message}");
        }
        for lower in [0.0, f64::NAN, f64::INFINITY] {
            let options = Options {
                extent: Some(Extent { j: 2, k: 1 }),
                lower_per_cm: Some(lower),
            };
            let message = lines(&options).expect_err("out of range").to_string();
            assert!(message.contains("lower_per_cm"), "{message}");
        }
    }

    #[test]
    fn a_contour_keeps_the_strength() {
        let line = |shift: f64, strength: f64| RotationLine {
            shift_per_cm: shift,
            lower_per_cm: 10.0 * shift,
            strength,
            j: 0,
        };
        let made = contour(
            &[line(0.1, 1.0), line(0.3, 3.0), line(7.0, 2.0)],
            (0.5, 300.0),
        );
        assert_eq!(made.len(), 2);
        assert!((made.iter().map(|l| l.strength).sum::<f64>() - 6.0).abs() < 1e-12);
        assert!((made[0].shift_per_cm - 0.25).abs() < 1e-12);
        assert!((growth([1, 2, 0], [1, 0, 1]) - 2.0).abs() < 1e-12);
        assert!((growth([1, 0, 0], [2, 0, 0]) - 3.0).abs() < 1e-12);
    }
}
