//! ExoMol line lists: `.states`, `.trans` (one or split), `.pf`, `.broad`, `.def` or `.def.json`,
//! plain or `.bz2`.
//!
//! # Layout
//! `ISO__SET.states`: number, E \[cm⁻¹\], g, J, then, where the definition says so, uncertainty and
//! lifetime \[s\], then labels. `ISO__SET.trans` or `ISO__SET__NNNNN-NNNNN.trans`: number of the
//! upper state, of the lower state, A \[s⁻¹\], and in some sets ν̃. `ISO__SET.pf`: T, Q.
//! `ISO__BROADENER.broad`: code, γ \[cm⁻¹ bar⁻¹\] at 296 K, n, J''. (Tennyson et al. 2016, J. Mol.
//! Spectrosc. 327, 73; Barton et al. 2017, JQSRT 203, 490.)
//!
//! # Checks
//! The sum over the states must be the partition function of the list where both are complete
//! (a mismatch betrays another set or another convention for nuclear spin); ν̃, where listed, must
//! be the difference of the energies. States are held in memory (16 to 24 bytes each), transitions
//! are read one by one and reduced ([`super::reduce`]).

mod broadening;
mod definition;
mod states;

use std::path::{Path, PathBuf};

use broadening::Broadening;
use definition::Definition;
use states::States;

use super::label::{check_label, check_mass};
use super::reduce::{Reducer, Reduction};
use super::text::{Lines, number, partition_function};
use super::{Options, files_in};
use crate::constants::SPEED_OF_LIGHT;
use crate::error::InputError;
use crate::opacity::{Line, LineGas, LineList, Provenance, Tier};
use crate::species::Formula;

/// Wing cut-off \[cm⁻¹\], as for all molecules (Seidler et al. 2024, section 2.3).
const WING_CUTOFF_PER_CM: f64 = 100.0;
/// A listed wavenumber may differ from that of the states by this \[cm⁻¹\] and this relative part
/// (files print few digits).
const WAVENUMBER_TOLERANCE: (f64, f64) = (0.02, 1.0e-6);
/// Energies are printed to 1e-6 cm⁻¹: a difference this little below zero is none.
const DEGENERATE_PER_CM: f64 = 1.0e-3;

/// Files of one line list.
#[derive(Clone, Debug, PartialEq)]
struct Files {
    /// `ISO__SET`.
    stem: String,
    states: PathBuf,
    transitions: Vec<PathBuf>,
    partition: PathBuf,
    broadening: Vec<PathBuf>,
    definition: Option<PathBuf>,
}

/// Reads a line list: a folder, or one of its files (the others are looked for beside it).
///
/// # Errors
/// File and line of what cannot be read; files that are missing or ambiguous; a list of another
/// gas; states, partition function and transitions that do not belong together.
pub fn read(path: &Path, options: &Options) -> Result<LineGas, InputError> {
    read_counted(path, options).map(|(gas, _)| gas)
}

/// Reads a line list and returns what the reduction dropped.
///
/// # Errors
/// As [`read`].
pub fn read_counted(path: &Path, options: &Options) -> Result<(LineGas, Reduction), InputError> {
    let files = Files::find(path)?;
    let place = format!("`{}`", files.states.display());
    check_label(&place, &options.gas, &files.stem)?;
    let formula_mass = Formula::parse("name of the gas", &options.gas)?.molar_mass_g_mol();
    let definition = match &files.definition {
        Some(path) => Definition::read(path)?,
        None => Definition::default(),
    };
    let molar_mass_g_mol = options
        .molar_mass_g_mol
        .or(definition.molar_mass_g_mol)
        .unwrap_or(formula_mass);
    check_mass(&place, formula_mass, molar_mass_g_mol)?;
    let partition = partition_function(&files.partition)?;
    let states = States::read(&files.states, definition.lifetime_column)?;
    states.check_partition(&files.states, &partition)?;
    let broadening = Broadening::choose(&files.broadening, options, &definition)?;
    let mut reducer = Reducer::new(&partition, options.strength_cut, options.most_lines);
    for path in &files.transitions {
        transitions(path, &states, &broadening, &mut reducer)?;
    }
    let (lines, reduction) = reducer.finish();
    if lines.is_empty() {
        return Err(InputError::value(place, "no transition", "at least one"));
    }
    let (first, last) = partition.range_k();
    let provenance = Provenance {
        tier: Tier::User,
        citation: definition.citation.clone(),
        method: format!("ExoMol line list {}, {}", files.stem, broadening.in_words()),
        caveat: format!(
            "{}; one isotopologue stands for the gas; partition function of {first:.0} to {last:.0} K",
            reduction.in_words()
        ),
    };
    let list = LineList::new(files.stem, molar_mass_g_mol, 1.0, partition, lines);
    let gas = LineGas {
        gas: options.gas.clone(),
        molar_mass_g_mol,
        lists: vec![list],
        wing_cutoff_per_cm: WING_CUTOFF_PER_CM,
        provenance,
    };
    Ok((gas, reduction))
}

impl Files {
    fn find(path: &Path) -> Result<Self, InputError> {
        let folder = if path.is_dir() {
            path.to_owned()
        } else {
            match path.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
                _ => PathBuf::from("."),
            }
        };
        let place = format!("folder `{}`", folder.display());
        let all = files_in(&folder)?;
        let given = if path.is_dir() {
            None
        } else {
            Some(plain(path))
        };
        let mut stems: Vec<String> = all
            .iter()
            .filter_map(|file| plain(file).strip_suffix(".states").map(str::to_owned))
            .filter(|stem| {
                given
                    .as_ref()
                    .is_none_or(|name| name.starts_with(stem.as_str()))
            })
            .collect();
        stems.dedup();
        match &stems[..] {
            [stem] => Self::of(&place, stem, &all),
            _ => Err(InputError::value(
                place,
                format!("{} line lists ({})", stems.len(), stems.join(", ")),
                "the .states file of one line list",
            )),
        }
    }

    /// The files of `stem` among all files of the folder.
    fn of(place: &str, stem: &str, all: &[PathBuf]) -> Result<Self, InputError> {
        let one = |suffix: &str| {
            all.iter()
                .find(|file| plain(file) == format!("{stem}{suffix}"))
        };
        let needed = |suffix: &str| {
            one(suffix).cloned().ok_or_else(|| {
                InputError::value(place, format!("no {stem}{suffix}"), "the whole line list")
            })
        };
        let transitions = matching(all, |name| {
            name.ends_with(".trans")
                && (name == format!("{stem}.trans") || name.starts_with(&format!("{stem}__")))
        });
        let names: Vec<String> = transitions.iter().map(|file| plain(file)).collect();
        check_transitions(place, &names)?;
        let isotopologue = stem.split("__").next().unwrap_or(stem);
        Ok(Self {
            states: needed(".states")?,
            transitions,
            partition: needed(".pf")?,
            broadening: matching(all, |name| {
                name.ends_with(".broad") && name.starts_with(&format!("{isotopologue}__"))
            }),
            definition: one(".def.json").or_else(|| one(".def")).cloned(),
            stem: stem.to_owned(),
        })
    }
}

/// Name of a file without `.bz2`.
fn plain(file: &Path) -> String {
    let name = super::file_name(file);
    name.strip_suffix(".bz2").unwrap_or(&name).to_owned()
}

fn matching(all: &[PathBuf], fits: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    all.iter()
        .filter(|file| fits(&plain(file)))
        .cloned()
        .collect()
}

/// Split transition files join without gap, and none comes both plain and packed.
fn check_transitions(place: &str, names: &[String]) -> Result<(), InputError> {
    let refuse = |found: String, expected: &str| Err(InputError::value(place, found, expected));
    if names.is_empty() {
        return refuse("no .trans file".to_owned(), "at least one");
    }
    let mut sorted = names.to_vec();
    sorted.sort();
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        return refuse(format!("{} plain and packed", pair[0]), "each file once");
    }
    if names.len() == 1 {
        return Ok(());
    }
    let mut ranges = Vec::new();
    for name in &sorted {
        let range = name
            .trim_end_matches(".trans")
            .rsplit("__")
            .next()
            .and_then(|text| text.split_once('-'))
            .and_then(|(a, b)| Some((a.parse::<u32>().ok()?, b.parse::<u32>().ok()?)));
        match range {
            Some(range) => ranges.push(range),
            None => return refuse(name.clone(), "files named SET__NNNNN-NNNNN.trans"),
        }
    }
    ranges.sort_unstable();
    match ranges.windows(2).find(|pair| pair[0].1 != pair[1].0) {
        Some(pair) => refuse(
            format!(
                "transitions to {} cm-1, then from {} cm-1",
                pair[0].1, pair[1].0
            ),
            "files that join",
        ),
        None => Ok(()),
    }
}

fn transitions(
    path: &Path,
    states: &States,
    broadening: &Broadening,
    reducer: &mut Reducer,
) -> Result<(), InputError> {
    let mut lines = Lines::open(path)?;
    while let Some(text) = lines.next_line()? {
        if text.trim().is_empty() {
            continue;
        }
        match line(text, states, broadening) {
            Ok(Some(line)) => reducer.push(line),
            Ok(None) => {}
            Err((found, expected)) => return Err(lines.refuse(&found, &expected)),
        }
    }
    Ok(())
}

/// The line of a row; `None` for a transition that absorbs nothing; else what was found and
/// expected.
fn line(
    text: &str,
    states: &States,
    broadening: &Broadening,
) -> Result<Option<Line>, (String, String)> {
    let refuse = |found: String, expected: &str| Err((found, expected.to_owned()));
    let mut fields = text.split_ascii_whitespace();
    let (upper, lower) = (number(fields.next()), number(fields.next()));
    let (Some(upper), Some(lower), Some(a)) = (upper, lower, number::<f64>(fields.next())) else {
        let expected = "upper state, lower state, A [s-1] and perhaps wavenumber";
        return refuse(format!("`{text}`"), expected);
    };
    let (Some(up), Some(low)) = (states.get(upper), states.get(lower)) else {
        let found = format!("states {upper} and {lower}");
        return refuse(found, "numbers that the .states file holds");
    };
    let nu = up.energy_per_cm - low.energy_per_cm;
    if !(0.0..1e12).contains(&a) {
        return refuse(format!("A = {a:e} s-1"), "0 to 1e12 s-1");
    }
    if let Some(text) = fields.next() {
        let (absolute, relative) = WAVENUMBER_TOLERANCE;
        let agrees = |value: f64| (value - nu).abs() <= absolute + relative * nu;
        if !number(Some(text)).is_some_and(agrees) {
            let expected = format!("{nu:.6} cm-1, the difference of the states");
            return refuse(format!("wavenumber {text}"), &expected);
        }
    }
    if nu <= -DEGENERATE_PER_CM {
        let found = format!("an upper state {} cm-1 below the lower", -nu);
        return refuse(found, "upper state first");
    }
    // Degenerate pairs stand in some sets; they absorb nothing.
    if a == 0.0 || nu <= 0.0 {
        return Ok(None);
    }
    let (width, exponent) = broadening.at(low.j, up.j);
    let per_weight = 8.0 * std::f64::consts::PI * 100.0 * SPEED_OF_LIGHT;
    let natural = 1.0 / (4.0 * std::f64::consts::PI * 100.0 * SPEED_OF_LIGHT);
    Ok(Some(Line {
        wavenumber_per_cm: nu,
        lower_energy_per_cm: low.energy_per_cm as f32,
        weight_cm: (a * f64::from(up.weight) / (per_weight * nu * nu)) as f32,
        half_width_per_cm_bar: width,
        width_exponent: exponent,
        natural_half_width_per_cm: (natural * f64::from(up.decay_per_s + low.decay_per_s)) as f32,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_files_must_join() {
        let names = |list: &[&str]| list.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let good = names(&["X__S__00000-01000.trans", "X__S__01000-02000.trans"]);
        assert!(check_transitions("t", &good).is_ok());
        let gap = names(&["X__S__00000-01000.trans", "X__S__02000-03000.trans"]);
        assert!(check_transitions("t", &gap).is_err());
        let twice = names(&["X__S.trans", "X__S.trans"]);
        assert!(check_transitions("t", &twice).is_err());
        assert!(check_transitions("t", &[]).is_err());
    }
}
