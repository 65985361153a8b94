//! Errors that several stages share.
//!
//! Two kinds, never mixed: [`InputError`] is the user's to mend and ends the run before anything is
//! written (exit code 2); [`ModelError`] belongs to one point of parameter space.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Something that the user gave cannot be used. The message says where, what was found and what
/// is accepted.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum InputError {
    /// A file that cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file that cannot be written.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file whose syntax is wrong; the message carries line and column.
    #[error("cannot parse `{}`: {message}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Line, column, what was found and what is accepted.
        message: String,
    },
    /// A value that parses but cannot be meant.
    #[error("{place}: found {found}; expected {expected}")]
    Value {
        /// File and row, or the key in the run file.
        place: String,
        /// What stands there.
        found: String,
        /// What is accepted.
        expected: String,
    },
}

impl InputError {
    /// A value that parses but cannot be meant.
    pub fn value(place: impl Display, found: impl Display, expected: impl Display) -> Self {
        Self::Value {
            place: place.to_string(),
            found: found.to_string(),
            expected: expected.to_string(),
        }
    }

    /// A file that cannot be read.
    pub fn read(path: &Path, source: std::io::Error) -> Self {
        Self::Read {
            path: path.to_owned(),
            source,
        }
    }

    /// A file that cannot be written.
    pub fn write(path: &Path, source: std::io::Error) -> Self {
        Self::Write {
            path: path.to_owned(),
            source,
        }
    }

    /// A file whose syntax is wrong.
    pub fn parse(path: &Path, message: impl Display) -> Self {
        Self::Parse {
            path: path.to_owned(),
            message: message.to_string(),
        }
    }
}

/// Why a point of parameter space has no likelihood: a state with a name, counted and reported.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RejectReason {
    /// The geometry cannot be: a planet inside its star, a negative radius.
    ImpossibleGeometry,
    /// The energy balance has no solution (absorbed or emitted power not positive).
    NoEnergyBalance,
    /// A temperature outside the range in which the model is defined.
    TemperatureOutOfRange,
    /// The noise model is not positive definite at these hyper-parameters.
    CovarianceNotPositive,
    /// The test target itself forbids the point (sampler tests).
    Forbidden,
    /// The melt model cannot describe the composition (a component would be negative).
    MeltOutsideDomain,
    /// An oxygen fugacity outside the range in which the gas is described.
    OxygenFugacityOutOfRange,
    /// A gas so dense that it is not described.
    PressureOutOfRange,
    /// No temperatures were found at which every layer is in radiative balance.
    NoRadiativeEquilibrium,
    /// Mole fractions that sum to more than one.
    MoleFractionsAboveOne,
    /// The equilibrium of a gas was not found.
    NoGasEquilibrium,
}

impl RejectReason {
    /// Every reason, in the order of their codes.
    pub const ALL: [Self; 11] = [
        Self::ImpossibleGeometry,
        Self::NoEnergyBalance,
        Self::TemperatureOutOfRange,
        Self::CovarianceNotPositive,
        Self::Forbidden,
        Self::MeltOutsideDomain,
        Self::OxygenFugacityOutOfRange,
        Self::PressureOutOfRange,
        Self::NoRadiativeEquilibrium,
        Self::MoleFractionsAboveOne,
        Self::NoGasEquilibrium,
    ];

    /// Name as it stands in `summary.json`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ImpossibleGeometry => "impossible_geometry",
            Self::NoEnergyBalance => "no_energy_balance",
            Self::TemperatureOutOfRange => "temperature_out_of_range",
            Self::CovarianceNotPositive => "covariance_not_positive",
            Self::Forbidden => "forbidden",
            Self::MeltOutsideDomain => "melt_outside_domain",
            Self::OxygenFugacityOutOfRange => "oxygen_fugacity_out_of_range",
            Self::PressureOutOfRange => "pressure_out_of_range",
            Self::NoRadiativeEquilibrium => "no_radiative_equilibrium",
            Self::MoleFractionsAboveOne => "mole_fractions_above_one",
            Self::NoGasEquilibrium => "no_gas_equilibrium",
        }
    }
}

/// Why one evaluation gave no number.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The point is unphysical: the sampler goes on without it.
    #[error("rejected: {}", .0.name())]
    Rejected(RejectReason),
    /// A fault that more sampling cannot mend (a NaN, say): the run ends and prints this.
    #[error("{message}")]
    Fatal {
        /// What happened, with the parameters.
        message: String,
    },
}

/// The candidate nearest to `name` by Jaro-Winkler similarity, for "did you mean".
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::jaro_winkler(&wanted, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(similarity, _)| *similarity > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_finds_a_misspelt_name_and_nothing_for_nonsense() {
        let known = ["bond_albedo", "radius_ratio"];
        assert_eq!(nearest("bond_albdo", known), Some("bond_albedo"));
        assert_eq!(nearest("zzz", known), None);
    }

    #[test]
    fn every_reason_is_listed_with_its_own_name() {
        let mut names: Vec<_> = RejectReason::ALL
            .iter()
            .map(|reason| reason.name())
            .collect();
        names.dedup();
        assert_eq!(names.len(), RejectReason::ALL.len());
    }
}
