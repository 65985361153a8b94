//! Priors: from the unit cube to parameters, with density and support.
//!
//! A [`JointPrior`] covers every parameter that model and likelihood want. Each is free (alone or
//! in a block of several), fixed, or tied to another. Sampling is done in the unit cube, in which
//! the prior is flat: coordinate u maps to the value below which the probability is u.
//!
//! Coordinates are clamped to the open interval before use, from the least positive normal number
//! to the greatest number below one, so that 0 and 1 give the outermost finite values and never
//! NaN.
//!
//! Densities are natural logarithms with respect to the product of the parameters themselves,
//! in their own units; for a composition of K fractions, with respect to the first K - 1; for
//! `discrete` and for rows of samples they are probabilities.

mod beta;
mod build;
pub(crate) mod cholesky;
mod correlated_normal;
mod dirichlet;
pub(crate) mod gamma;
mod joint;
mod keys;
mod log_ratio;
pub(crate) mod normal;
mod retained;
mod sample_file;
mod samples;
#[cfg(test)]
mod tests;
mod truncated_normal;
mod univariate;

use std::collections::BTreeMap;

use crate::config::ParameterConfig;
use crate::error::InputError;
use joint::Law;
use univariate::Univariate;

pub(crate) use beta::Beta;

/// The prior of every parameter of a run, in the order in which model and likelihood want them.
#[derive(Clone, Debug, PartialEq)]
pub struct JointPrior {
    names: Vec<String>,
    blocks: Vec<Block>,
    /// Parameter and its constant.
    fixed: Vec<(usize, f64)>,
    /// Parameter and the free or fixed one that it copies.
    ties: Vec<(usize, usize)>,
    unit_dim: usize,
    free_names: Vec<String>,
    description: Vec<String>,
}

/// Parameters with a distribution of their own, and where their unit coordinates begin.
#[derive(Clone, Debug, PartialEq)]
struct Block {
    first_unit: usize,
    indices: Vec<usize>,
    law: Law,
}

/// The prior of a parameter that is flat between two limits, in itself or in its logarithm.
#[derive(Clone, Copy, Debug)]
pub struct FlatPrior<'a>(&'a Univariate);

impl FlatPrior<'_> {
    /// Probability below `x`, which rises evenly from 0 to 1 over the range.
    pub fn unit(&self, x: f64) -> f64 {
        self.0.cdf(x)
    }

    /// The distribution in words.
    pub fn describe(&self) -> String {
        self.0.describe()
    }
}

/// The density of one free parameter whatever the others.
#[derive(Clone, Copy, Debug)]
pub struct MarginalDensity<'a> {
    law: &'a Law,
    member: usize,
}

impl MarginalDensity<'_> {
    /// The density at `x` \[1 / unit of the parameter\]; 0 outside the support.
    pub fn at(&self, x: f64) -> f64 {
        self.law.marginal_density(self.member, x).unwrap_or(0.0)
    }
}

impl Block {
    fn units(&self) -> std::ops::Range<usize> {
        self.first_unit..self.first_unit + self.law.unit_dim()
    }

    fn values(&self, theta: &[f64]) -> Vec<f64> {
        self.indices.iter().map(|index| theta[*index]).collect()
    }
}

impl JointPrior {
    /// Builds the prior of the parameters `wanted`, in that order, from `entries`: parameter name
    /// -> distribution, or any key -> a joint distribution of the parameters in its `names`.
    /// Every wanted name must have an entry (the caller fills in defaults).
    ///
    /// # Errors
    /// [`InputError`] with the place `parameters.NAME.key`: a key that is missing, superfluous or
    /// out of range; a name that nothing wants (with the nearest known one); a name given twice;
    /// a tie to itself or to nothing; a file that cannot be used.
    pub fn build(
        wanted: &[String],
        entries: &BTreeMap<String, ParameterConfig>,
    ) -> Result<Self, InputError> {
        build::joint_prior(wanted, entries)
    }

    /// The entries to build from, out of what the user wrote and the defaults: adds the default of
    /// every wanted parameter that no entry rules, and leaves out entries that rule only
    /// parameters of `others` (those of a model that this one is compared with).
    ///
    /// # Errors
    /// [`InputError`] if a prior file that an entry names cannot be read.
    pub fn entries_with_defaults(
        wanted: &[String],
        others: &[String],
        entries: &BTreeMap<String, ParameterConfig>,
        defaults: &[(String, ParameterConfig)],
    ) -> Result<BTreeMap<String, ParameterConfig>, InputError> {
        build::entries_with_defaults(wanted, others, entries, defaults)
    }

    /// Number of unit-cube coordinates.
    pub fn unit_dim(&self) -> usize {
        self.unit_dim
    }

    /// Every parameter, in the order of `theta`.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The parameters that are neither fixed nor tied, in the order of `theta`. A composition of K
    /// fractions has K names here and K - 1 unit coordinates.
    pub fn free_names(&self) -> &[String] {
        &self.free_names
    }

    /// Writes the parameters at a point of the unit cube to `theta`; allocates nothing.
    ///
    /// `unit` has [`JointPrior::unit_dim`] and `theta` as many numbers as there are names.
    pub fn transform(&self, unit: &[f64], theta: &mut [f64]) {
        debug_assert_eq!(unit.len(), self.unit_dim, "unit coordinates");
        debug_assert_eq!(theta.len(), self.names.len(), "parameters");
        for block in &self.blocks {
            block
                .law
                .transform(&unit[block.units()], &block.indices, theta);
        }
        for (index, value) in &self.fixed {
            theta[*index] = *value;
        }
        for (index, source) in &self.ties {
            theta[*index] = theta[*source];
        }
    }

    /// The unit-cube coordinates of a point, written to `unit`: the inverse of
    /// [`JointPrior::transform`]. False where the prior excludes the point. For `discrete` and
    /// for rows of samples it is the middle of the value's interval.
    pub fn unit_of(&self, theta: &[f64], unit: &mut [f64]) -> bool {
        let mut inside = true;
        for block in &self.blocks {
            inside &= block
                .law
                .unit_of(&block.values(theta), &mut unit[block.units()]);
        }
        inside
    }

    /// ln of the prior density of the free parameters; -∞ outside the support. Fixed and tied
    /// parameters have no part in it.
    pub fn ln_density(&self, theta: &[f64]) -> f64 {
        self.blocks
            .iter()
            .map(|block| block.law.ln_density(&block.values(theta)))
            .sum()
    }

    /// Least and greatest value of parameter `index`, infinite where there is none.
    pub fn support(&self, index: usize) -> (f64, f64) {
        let index = self
            .ties
            .iter()
            .find(|(tied, _)| *tied == index)
            .map_or(index, |(_, source)| *source);
        if let Some((_, value)) = self.fixed.iter().find(|(fixed, _)| *fixed == index) {
            return (*value, *value);
        }
        self.blocks
            .iter()
            .find_map(|block| {
                let member = block.indices.iter().position(|member| *member == index)?;
                Some(block.law.support(member))
            })
            .unwrap_or((f64::NEG_INFINITY, f64::INFINITY))
    }

    /// The prior of parameter `index` where it is free and flat; `None` for any other.
    pub fn flat(&self, index: usize) -> Option<FlatPrior<'_>> {
        (self.blocks.iter())
            .find(|block| block.indices == [index])
            .and_then(|block| match &block.law {
                Law::One(law @ (Univariate::Uniform { .. } | Univariate::LogUniform { .. })) => {
                    Some(FlatPrior(law))
                }
                _ => None,
            })
    }

    /// The density of parameter `index` whatever the others, where it is free or tied to one that is, and where
    /// there is a formula: not for `discrete`, rows of `samples` and fractions of a composition.
    pub fn marginal(&self, index: usize) -> Option<MarginalDensity<'_>> {
        let tie = self.ties.iter().find(|(tied, _)| *tied == index);
        let index = tie.map_or(index, |(_, source)| *source);
        self.blocks.iter().find_map(|block| {
            let member = block.indices.iter().position(|own| *own == index)?;
            // Whether there is a formula does not depend on the value.
            block.law.marginal_density(member, 0.0)?;
            Some(MarginalDensity {
                law: &block.law,
                member,
            })
        })
    }

    /// One line per entry, in words, with its source, for `check`.
    pub fn describe(&self) -> &[String] {
        &self.description
    }
}
