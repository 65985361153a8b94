//! Lines of atoms and of four ions: O, Na, Mg, Mg⁺, Al, Si, K, Ca, Ca⁺, Ti, Ti⁺, Fe, Fe⁺.
//!
//! # Data
//! Positions, levels, oscillator strengths and van der Waals widths are those of Kurucz (2017),
//! list gfall08oct17, from 0.1 to 50 µm; the ultraviolet multiplets of Si I carry the laboratory
//! strengths of Den Hartog et al. (2023), 0.13 to 0.25 dex weaker. The head of `data/atoms.csv` says
//! what was kept, `data/atoms/select_lines.py` makes it. The lines left out carry less than 1.5e-4 of the
//! strength of any species at 1500 to 5000 K, and at most 1 % of any bin of R = 50 up to 3000 K; at
//! 5000 K they are half of the strength in the weakest bins (1e-7 of the strongest) of Fe and Mg.
//!
//! The list was distributed with one level per line, the upper one for about half of the lines.
//! The lower level was found by asking which of E + hν and E - hν is a level that other lines of the
//! species reach too. Of 3140 lines in the laboratory compilation linemake (Placco et al. 2021) 3131
//! have the same lower level, seven are other lines beside, and two were corrected by it. Components of
//! hyperfine structure and isotopes, which repeat the full oscillator strength there (six times for
//! Na D₂, eighteen for K D₂), are one line.
//!
//! # Ions
//! In a gas of O, Na, Fe, Si, Mg, K with Al, Ca, Ti (1, 0.32, 0.1, 0.2, 0.03, 0.03; 3e-3, 1e-3, 1e-3)
//! the equilibrium of this crate gives, ion over atom:
//!
//! | T \[K\] | p \[bar\] | Ca⁺/Ca | Ti⁺/Ti | Mg⁺/Mg | Fe⁺/Fe |
//! |---|---|---|---|---|---|
//! | 3000 | 1e-3 | 0.003 | 2e-4 | 7e-6 | 2e-6 |
//! | 3000 | 1e-5 | 0.04 | 0.003 | 1e-4 | 3e-5 |
//! | 3500 | 1e-5 | 0.96 | 0.10 | 0.006 | 0.002 |
//! | 4000 | 1e-5 | 15 | 2.0 | 0.18 | 0.07 |
//! | 4500 | 1e-3 | 1.6 | 0.27 | 0.03 | 0.013 |
//!
//! so Ca⁺ and Ti⁺ matter from 3000 K in the upper layers, Mg⁺ and Fe⁺ from 4000 K. All four ship.
//! Na⁺ and K⁺ are the main ions but have no lines longward of 0.1 µm from their ground state.

mod air;
mod broadening;
mod data;
mod resonance;

pub use air::vacuum_wavelength_angstrom;
pub use broadening::Perturber;
pub use resonance::{RESONANCE_LINES, ResonanceLine};

use std::f64::consts::PI;

use super::line::{Line, LineList};
use super::partition::PartitionFunction;
use super::provenance::{Provenance, Tier};
use super::source::LineGas;
use super::tabulated;
use crate::constants::{CLASSICAL_ELECTRON_RADIUS, ELECTRONVOLT_PER_CM};
use crate::error::InputError;
use crate::species::Formula;

/// Atoms and ions with lines here.
pub const ATOMS: [&str; 13] = [
    "O", "Na", "Mg", "Mg+", "Al", "Si", "K", "Ca", "Ca+", "Ti", "Ti+", "Fe", "Fe+",
];

/// Integrated cross section of a transition with g f = 1: π e²/(m_e c²) = π r_e \[cm\], 8.8528e-13.
pub const STRENGTH_PER_GF_CM: f64 = PI * CLASSICAL_ELECTRON_RADIUS * 100.0;

const PARTITION: &str = include_str!("data/atomic_partition.csv");

/// Choices of the generator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// What broadens the lines by collisions.
    pub perturber: Perturber,
    /// Reach of the wings of ordinary lines \[cm⁻¹\].
    pub wing_cutoff_per_cm: f64,
    /// Reach of the wings of [`RESONANCE_LINES`] \[cm⁻¹\].
    pub resonance_wing_cutoff_per_cm: f64,
}

impl Default for Options {
    /// Mineral gas, 100 cm⁻¹, and 4500 cm⁻¹ for the resonance lines (the cut that Na and K in
    /// exoplanet models commonly have, e.g. the petitRADTRANS line lists).
    fn default() -> Self {
        Self {
            perturber: Perturber::MINERAL,
            wing_cutoff_per_cm: 100.0,
            resonance_wing_cutoff_per_cm: 4500.0,
        }
    }
}

/// Q(T) of an atom or ion of [`ATOMS`]: Barklem & Collet (2016), A&A 588, A96, Table 8; electronic
/// levels only, zero at the ground level. `None` for any other name.
pub fn partition_function(atom: &str) -> Option<PartitionFunction> {
    tabulated::partition_function(PARTITION, atom)
}

/// Lines of an atom or ion by its formula, e.g. `Na` or `Ca+`: one list of ordinary lines, one of
/// resonance lines where there are any.
///
/// # Accuracy
/// Oscillator strengths of the strong lines agree with laboratory values within 10 %; of the weak
/// predicted ones nothing better than a factor of two is known. Van der Waals widths: a factor of
/// 1.5 ([`Perturber`]). Natural widths: measured for the resonance lines, classical else.
///
/// # Errors
/// An atom without lines here; cut-offs that are not positive and finite.
pub fn lines(atom: &str, options: &Options) -> Result<LineGas, InputError> {
    for (key, cutoff) in [
        ("wing_cutoff_per_cm", options.wing_cutoff_per_cm),
        (
            "resonance_wing_cutoff_per_cm",
            options.resonance_wing_cutoff_per_cm,
        ),
    ] {
        if !(cutoff > 0.0 && cutoff.is_finite()) {
            return Err(InputError::value(key, cutoff, "a positive finite distance"));
        }
    }
    let Some(partition) = partition_function(atom) else {
        return Err(InputError::value(
            "atomic lines",
            atom,
            format!("one of {}", ATOMS.join(", ")),
        ));
    };
    let molar_mass_g_mol = Formula::parse("atomic lines", atom)?.molar_mass_g_mol();
    let (mut ordinary, mut resonance) = (Vec::new(), Vec::new());
    for record in data::records().filter(|record| record.species == atom) {
        let measured = resonance::find(atom, record.wavelength_angstrom);
        let line = line(&record, measured, molar_mass_g_mol, &options.perturber);
        if measured.is_some() {
            resonance.push(line);
        } else {
            ordinary.push(line);
        }
    }
    let list = |label: &str, lines| {
        let label = format!("{atom} {label}");
        LineList::new(label, molar_mass_g_mol, 1.0, partition.clone(), lines)
    };
    let mut lists = vec![list("lines", ordinary)];
    if !resonance.is_empty() {
        lists.push(
            list("resonance lines", resonance)
                .with_wing_cutoff_per_cm(options.resonance_wing_cutoff_per_cm),
        );
    }
    Ok(LineGas {
        gas: atom.to_owned(),
        molar_mass_g_mol,
        lists,
        wing_cutoff_per_cm: options.wing_cutoff_per_cm,
        provenance: provenance(atom, options),
    })
}

fn line(
    record: &data::Record<'_>,
    measured: Option<&ResonanceLine>,
    molar_mass_g_mol: f64,
    perturber: &Perturber,
) -> Line {
    let wavenumber = 1.0e8 / vacuum_wavelength_angstrom(record.wavelength_angstrom);
    let natural = measured.map_or_else(
        || broadening::classical_half_width_per_cm(wavenumber),
        |line| broadening::half_width_per_cm(line.decay_rate_per_s),
    );
    let gamma6 = 10.0_f64.powf(record.log10_gamma6);
    Line {
        wavenumber_per_cm: wavenumber,
        lower_energy_per_cm: (record.lower_energy_ev * ELECTRONVOLT_PER_CM) as f32,
        weight_cm: (STRENGTH_PER_GF_CM * 10.0_f64.powf(record.log10_gf)) as f32,
        half_width_per_cm_bar: perturber.half_width_per_cm_bar(gamma6, molar_mass_g_mol) as f32,
        width_exponent: broadening::WIDTH_EXPONENT as f32,
        natural_half_width_per_cm: natural as f32,
    }
}

fn provenance(atom: &str, options: &Options) -> Provenance {
    let mut citation = vec![
        "Kurucz (2017), gfall08oct17".to_owned(),
        "Barklem & Collet (2016), A&A 588, A96".to_owned(),
    ];
    if atom == "Si" {
        citation.push("Den Hartog et al. (2023), ApJS 265, 42".to_owned());
    }
    Provenance {
        tier: Tier::B,
        citation,
        method: format!(
            "atomic lines, van der Waals widths by Unsoeld's theory for a perturber of {} A^3 and \
             {} g/mol, wings to {} cm-1 ({} cm-1 for resonance lines)",
            options.perturber.polarisability_cubic_angstrom,
            options.perturber.molar_mass_g_mol,
            options.wing_cutoff_per_cm,
            options.resonance_wing_cutoff_per_cm
        ),
        caveat: "Far wings are Lorentzian up to the cut-off, without quasi-molecular satellites; \
                 photoionisation is not included."
            .to_owned(),
    }
}

#[cfg(test)]
mod tests;
