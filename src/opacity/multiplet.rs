//! Line lists of molecules with several electronic states and spin multiplets.
//!
//! A data file names the potentials, spin-orbit constants and moments; the levels come from
//! [`super::diatomic`] in Hund's case (a), one sub-state for each spin component, with the spin
//! uncoupling of the energies added. Strengths are those of case (a): between components of equal
//! Σ only, so that the strength of a band is right and its satellite branches are absent.

mod model;
mod selection;
mod uncoupling;

use std::f64::consts::PI;

use rayon::prelude::*;

use self::model::{Isotopologue, Model, StateRecord};
use self::selection::{Candidate, Census, Cut, Fate, Gathering, Probe};
use self::uncoupling::Uncoupling;
use super::diatomic::{
    Component, LIGHT_CM_S, Levels, Lifetimes, PRESSURE_HALF_WIDTH_PER_CM_BAR,
    PRESSURE_WIDTH_EXPONENT, RadialGrid, State, System, Term, Transition, reduced_mass_u,
};
use super::line::{Line, LineList};
use super::partition::PartitionFunction;
use super::provenance::Provenance;
use super::source::LineGas;
use crate::error::InputError;

/// Choices of a list made by this module.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Largest share of the strength of any bin at R = 200 that weak lines may hold which are
    /// gathered into broad ones, at 1000, 2500, 4000 and 6000 K. Zero keeps every line, `None` takes
    /// the choice of the molecule.
    pub gathered: Option<f64>,
    /// Pressure half width at 296 K \[cm⁻¹ bar⁻¹\], for all lines.
    pub half_width_per_cm_bar: f64,
    /// Exponent of the pressure width.
    pub width_exponent: f64,
}

impl Default for Options {
    /// The molecule's choice, and the widths of [`PRESSURE_HALF_WIDTH_PER_CM_BAR`].
    fn default() -> Self {
        Self {
            gathered: None,
            half_width_per_cm_bar: PRESSURE_HALF_WIDTH_PER_CM_BAR,
            width_exponent: PRESSURE_WIDTH_EXPONENT,
        }
    }
}

impl Options {
    fn check(&self) -> Result<(), InputError> {
        let refuse = |key: &str, found: f64, expected: &str| {
            Err(InputError::value(key, found.to_string(), expected))
        };
        if let Some(gathered) = self.gathered
            && !(0.0..1.0).contains(&gathered)
        {
            return refuse("gathered", gathered, "a share from 0 to below 1");
        }
        if !(self.half_width_per_cm_bar >= 0.0 && self.half_width_per_cm_bar.is_finite()) {
            return refuse(
                "half_width_per_cm_bar",
                self.half_width_per_cm_bar,
                "a width that is not negative",
            );
        }
        if !self.width_exponent.is_finite() {
            return refuse("width_exponent", self.width_exponent, "a finite exponent");
        }
        Ok(())
    }
}

/// All lines of the molecule that a data file describes.
pub(super) fn lines(name: &str, text: &str, options: &Options) -> Result<LineGas, InputError> {
    options.check()?;
    lines_of(&Model::parse(name, text)?, options)
}

pub(super) fn lines_of(model: &Model, options: &Options) -> Result<LineGas, InputError> {
    let gathered = options.gathered.unwrap_or(model.gathered);
    let mut census = Census::default();
    let mut parts = Vec::new();
    for isotopologue in &model.isotopologues {
        let molecule = Molecule::solve(model, isotopologue)?;
        let partition = molecule.partition()?;
        let probe = Probe::new(&partition, isotopologue.abundance);
        let candidates = molecule.candidates(&probe)?;
        census.add(&probe, &candidates);
        parts.push(Part {
            isotopologue,
            partition,
            probe,
            candidates,
        });
    }
    let lists = select(parts, &census.cut(gathered), options);
    Ok(LineGas {
        gas: model.gas.clone(),
        molar_mass_g_mol: model.molar_mass_g_mol,
        lists,
        wing_cutoff_per_cm: model.wing_cutoff_per_cm,
        provenance: Provenance {
            tier: model.tier,
            citation: model.citation.clone(),
            method: format!(
                "generated from potential and moment curves; Hund's case (a), J up to {}; weak lines, at most {} \
                 of the strength of any bin at R = 200, gathered into broad ones",
                model.grid.j_max, gathered
            ),
            caveat: model.caveat.clone(),
        },
    })
}

/// One isotopologue before the choice of lines.
struct Part<'a> {
    isotopologue: &'a Isotopologue,
    partition: PartitionFunction,
    probe: Probe,
    candidates: Vec<Candidate>,
}

/// One list for each isotopologue and one of the gathered lines of all, which has the mass and the
/// partition function of the first isotopologue.
fn select(mut parts: Vec<Part<'_>>, cut: &Cut, options: &Options) -> Vec<LineList> {
    let mut gathering = Gathering::default();
    for part in &mut parts {
        let probe = part.probe;
        part.candidates.retain(|line| match cut.fate(&probe, line) {
            Fate::Kept => true,
            Fate::Gathered => {
                gathering.add(&probe, line);
                false
            }
            Fate::Dropped => false,
        });
    }
    let line = |candidate: &Candidate| Line {
        wavenumber_per_cm: candidate.wavenumber_per_cm,
        lower_energy_per_cm: candidate.lower_energy_per_cm,
        weight_cm: candidate.weight_cm,
        half_width_per_cm_bar: options.half_width_per_cm_bar as f32,
        width_exponent: options.width_exponent as f32,
        natural_half_width_per_cm: candidate.natural_half_width_per_cm,
    };
    let list = |label: &str, part: &Part<'_>, candidates: &[Candidate]| {
        LineList::new(
            label,
            molar_mass_g_mol(part.isotopologue),
            part.isotopologue.abundance,
            part.partition.clone(),
            candidates.iter().map(line).collect(),
        )
    };
    let mut lists: Vec<LineList> = parts
        .iter()
        .map(|part| list(&part.isotopologue.label, part, &part.candidates))
        .collect();
    if let Some(first) = parts.first() {
        let broad = gathering.lines(&first.probe);
        if !broad.is_empty() {
            let label = format!("{} weak lines", first.isotopologue.label);
            lists.push(list(&label, first, &broad).with_wing_cutoff_per_cm(GATHERED_WING_PER_CM));
        }
    }
    lists
}

/// Atomic mass units are g/mol within 1e-9.
fn molar_mass_g_mol(isotopologue: &Isotopologue) -> f64 {
    isotopologue.masses_u.iter().sum()
}

/// One electronic state, solved.
struct Solved {
    /// Spin components, ascending in Σ; for Λ = 0 the parity components.
    components: Vec<Levels>,
    uncoupling: Uncoupling,
}

/// One isotopologue, solved.
pub(super) struct Molecule<'a> {
    model: &'a Model,
    states: Vec<Solved>,
    zero_per_cm: f64,
}

/// A system between two components and where these are found.
struct Band<'m> {
    system: System<'m>,
    upper: (usize, usize),
    lower: (usize, usize),
}

impl<'a> Molecule<'a> {
    pub(super) fn solve(model: &'a Model, isotopologue: &Isotopologue) -> Result<Self, InputError> {
        let grid = &model.grid;
        let radial = RadialGrid::new(grid.low_angstrom, grid.high_angstrom, grid.points)?;
        let [first, second] = isotopologue.masses_u;
        let mass = reduced_mass_u(first, second);
        let solved: Vec<_> = model
            .states
            .par_iter()
            .map(|record| Solved::solve(model, record, &radial, mass))
            .collect();
        let states = solved.into_iter().collect::<Result<Vec<_>, _>>()?;
        let zero_per_cm = states
            .iter()
            .flat_map(|state| {
                let shift = &state.uncoupling;
                state.components.iter().enumerate().map(move |(k, levels)| {
                    let two_j = levels.term().two_omega().abs();
                    levels.lowest_per_cm() + shift.shift_per_cm(k, 0, two_j)
                })
            })
            .fold(f64::INFINITY, f64::min);
        Ok(Self {
            model,
            states,
            zero_per_cm,
        })
    }

    /// Q(T), direct sum over the levels; the trace, and so nearly Q, does not feel the uncoupling.
    pub(super) fn partition(&self) -> Result<PartitionFunction, InputError> {
        PartitionFunction::sampled(|t| {
            self.states
                .iter()
                .flat_map(|state| &state.components)
                .map(|levels| levels.partition(t, self.zero_per_cm))
                .sum()
        })
    }

    /// Every pair of components that a moment joins.
    fn bands(&self) -> Result<Vec<Band<'_>>, InputError> {
        let mut bands = Vec::new();
        for record in &self.model.systems {
            let dipole = record.dipole()?;
            let (upper, lower) = (
                self.model.state(&record.upper)?,
                self.model.state(&record.lower)?,
            );
            let mut ways = vec![(upper, lower)];
            if record.both_ways {
                ways.push((lower, upper));
            }
            for (upper, lower) in ways {
                for (ku, lu) in self.states[upper].components.iter().enumerate() {
                    for (kl, ll) in self.states[lower].components.iter().enumerate() {
                        if !joined(lu.term(), ll.term()) {
                            continue;
                        }
                        let name = format!("{}-{}", lu.name(), ll.name());
                        let system = System::new(name, lu, ll, &dipole)?
                            .with_max_delta_v(record.max_delta_v.unwrap_or(usize::MAX));
                        bands.push(Band {
                            system,
                            upper: (upper, ku),
                            lower: (lower, kl),
                        });
                    }
                }
            }
        }
        Ok(bands)
    }

    /// Lines that reach [`FLOOR_CM`] somewhere.
    fn candidates(&self, probe: &Probe) -> Result<Vec<Candidate>, InputError> {
        let bands = self.bands()?;
        let systems: Vec<System<'_>> = bands.iter().map(|band| band.system.clone()).collect();
        let decay: Vec<Vec<Lifetimes>> = self
            .states
            .iter()
            .map(|state| {
                let of = |levels| Lifetimes::of(levels, &systems);
                state.components.iter().map(of).collect()
            })
            .collect();
        let of_band = |band: &Band<'_>| -> Vec<Candidate> {
            let kept = band.system.transitions(|transition| {
                let lower = transition.lower_energy_per_cm - self.zero_per_cm;
                let strengths =
                    probe.strengths_cm(transition.wavenumber_per_cm, lower, transition.weight_cm());
                lower < self.model.grid.lower_ceiling_per_cm
                    && strengths.iter().any(|s| *s > FLOOR_CM)
            });
            let rate = |(state, k): (usize, usize), v, two_j| {
                let lifetimes: &Lifetimes = &decay[state][k];
                lifetimes.rate_per_s(v, two_j)
            };
            kept.iter()
                .map(|transition| {
                    let decay_per_s = rate(band.upper, transition.v_upper, transition.two_j_upper)
                        + rate(band.lower, transition.v_lower, transition.two_j_lower);
                    self.shifted(band, transition, decay_per_s)
                })
                .collect()
        };
        let parts: Vec<Vec<Candidate>> = bands.par_iter().map(of_band).collect();
        Ok(parts.concat())
    }

    /// A transition with the spin uncoupling of both levels; A g'/(8π c ν̃²) goes as ν̃.
    fn shifted(&self, band: &Band<'_>, transition: &Transition, decay_per_s: f64) -> Candidate {
        let shift = |(state, k): (usize, usize), v, two_j| {
            self.states[state].uncoupling.shift_per_cm(k, v, two_j)
        };
        let up = shift(band.upper, transition.v_upper, transition.two_j_upper);
        let down = shift(band.lower, transition.v_lower, transition.two_j_lower);
        let wavenumber = (transition.wavenumber_per_cm + up - down).max(LOWEST_PER_CM);
        let lower = transition.lower_energy_per_cm + down - self.zero_per_cm;
        Candidate {
            wavenumber_per_cm: wavenumber,
            lower_energy_per_cm: lower as f32,
            weight_cm: (transition.weight_cm() * wavenumber / transition.wavenumber_per_cm) as f32,
            natural_half_width_per_cm: (decay_per_s / (4.0 * PI * LIGHT_CM_S)) as f32,
        }
    }
}

/// A line that stays weaker than this per molecule of the gas \[cm\] at each probe temperature is
/// never looked at: 100 of them per cm⁻¹ make 1e-27 cm².
const FLOOR_CM: f64 = 1e-29;

/// Wing cut-off of the gathered lines \[cm⁻¹\]: twenty half widths at 0.33 um, 3 % of the strength
/// lies beyond.
const GATHERED_WING_PER_CM: f64 = 300.0;

/// Smallest wavenumber of a line \[cm⁻¹\].
const LOWEST_PER_CM: f64 = 1.0;

impl Solved {
    fn solve(
        model: &Model,
        record: &StateRecord,
        radial: &RadialGrid,
        mass: f64,
    ) -> Result<Self, InputError> {
        let excited = model
            .systems
            .iter()
            .any(|system| system.upper == record.name && system.lower != record.name);
        let potential = record.potential()?;
        let components = terms(record)?
            .into_iter()
            .map(|term| {
                State {
                    name: record.name.clone(),
                    potential: potential.clone(),
                    term,
                    offset_per_cm: spin_orbit_per_cm(record, &term),
                    j_max: model.grid.j_max,
                    basis: model.grid.basis,
                    ceiling_per_cm: if excited {
                        model.grid.upper_ceiling_per_cm
                    } else {
                        model.grid.lower_ceiling_per_cm
                    },
                }
                .solve(radial, mass)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let uncoupling = if record.lambda > 0 && record.multiplicity > 1 {
            Uncoupling::of(&components, model.grid.j_max)
        } else {
            Uncoupling::none()
        };
        Ok(Self {
            components,
            uncoupling,
        })
    }
}

/// Spin components of a state, ascending in Σ, or the parity components of ¹Σ⁺ and ²Σ⁺.
fn terms(record: &StateRecord) -> Result<Vec<Term>, InputError> {
    let two_spin = record.multiplicity - 1;
    match (record.lambda, two_spin) {
        (0, 0) => Ok(vec![Term::singlet(0)]),
        (0, 1) => Ok(vec![
            Term::doublet_sigma(Component::E),
            Term::doublet_sigma(Component::F),
        ]),
        // The pair of parities of Σ = 1 and the single level of Σ = 0.
        (0, 2) => Ok(vec![Term::case_a(0, 2, 0), Term::case_a(0, 2, 2)]),
        (lambda, two_spin) if lambda > 0 && (0..=2 * lambda).contains(&two_spin) => Ok((0
            ..=two_spin)
            .map(|k| Term::case_a(lambda, two_spin, 2 * k - two_spin))
            .collect()),
        _ => Err(InputError::value(
            format!("state {}", record.name),
            format!(
                "lambda {}, multiplicity {}",
                record.lambda, record.multiplicity
            ),
            "sigma states up to triplets, others with S <= lambda",
        )),
    }
}

/// A Λ Σ from A Λ S \[cm⁻¹\].
fn spin_orbit_per_cm(record: &StateRecord, term: &Term) -> f64 {
    if term.two_spin == 0 {
        return 0.0;
    }
    record.spin_orbit_per_cm * f64::from(term.two_sigma) / f64::from(term.two_spin)
}

/// Whether two components can be joined: equal spin projections, up to the sign where Λ = 0.
fn joined(upper: &Term, lower: &Term) -> bool {
    if upper.lambda > 0 && lower.lambda > 0 {
        upper.two_sigma == lower.two_sigma
    } else {
        upper.two_sigma.abs() == lower.two_sigma.abs()
    }
}

#[cfg(test)]
pub(super) mod tests;
