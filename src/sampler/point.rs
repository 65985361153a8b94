//! Points, the order between them, and their evaluation.
//!
//! ln L alone does not order points: values tie, and rejected points have none. Each point
//! therefore carries a label, uniform in \[0, 1), drawn afresh with it, and points are ordered by
//! (ln L, label), with ln L = -∞ for rejected points. In that order there are no ties, and the
//! prior volume above any point shrinks as nested sampling assumes, plateaus and rejected regions
//! included.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::Target;
use crate::error::{ModelError, RejectReason};

/// A place in the order of points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Contour {
    /// ln L; -∞ for a rejected point.
    pub ln_likelihood: f64,
    /// The random label that orders equal ln L.
    pub label: f64,
}

impl Contour {
    /// Below every point.
    pub const WHOLE_PRIOR: Self = Self {
        ln_likelihood: f64::NEG_INFINITY,
        label: -1.0,
    };

    /// The order of points.
    pub fn order(&self, other: &Self) -> Ordering {
        self.ln_likelihood
            .total_cmp(&other.ln_likelihood)
            .then(self.label.total_cmp(&other.label))
    }

    /// Strictly above.
    pub fn is_above(&self, other: &Self) -> bool {
        self.order(other) == Ordering::Greater
    }

    /// Whether this is a rejected point.
    pub fn is_rejected(&self) -> bool {
        self.ln_likelihood == f64::NEG_INFINITY
    }

    /// Neither NaN nor +∞, and the label in range.
    pub fn is_valid(&self) -> bool {
        self.ln_likelihood < f64::INFINITY && (-1.0..=1.0).contains(&self.label)
    }
}

/// A list of points, each in columns: coordinates, place in the order, birth contour, and the
/// number under which it was created in its segment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Points {
    pub dim: usize,
    pub unit: Vec<f64>,
    pub place: Vec<Contour>,
    pub birth: Vec<Contour>,
    pub number: Vec<u32>,
}

impl Points {
    pub fn new(dim: usize) -> Self {
        Self {
            dim,
            ..Self::default()
        }
    }

    pub fn len(&self) -> usize {
        self.place.len()
    }

    pub fn row(&self, index: usize) -> &[f64] {
        &self.unit[index * self.dim..(index + 1) * self.dim]
    }

    pub fn push(&mut self, unit: &[f64], place: Contour, birth: Contour, number: u32) {
        self.unit.extend_from_slice(unit);
        self.place.push(place);
        self.birth.push(birth);
        self.number.push(number);
    }

    /// Copies the point `index` of `other` to the end.
    pub fn push_from(&mut self, other: &Self, index: usize) {
        self.push(
            other.row(index),
            other.place[index],
            other.birth[index],
            other.number[index],
        );
    }

    /// Copies all points of `other` to the end.
    pub fn extend_from(&mut self, other: &Self) {
        self.unit.extend_from_slice(&other.unit);
        self.place.extend_from_slice(&other.place);
        self.birth.extend_from_slice(&other.birth);
        self.number.extend_from_slice(&other.number);
    }

    pub fn replace(
        &mut self,
        index: usize,
        unit: &[f64],
        place: Contour,
        birth: Contour,
        number: u32,
    ) {
        self.unit[index * self.dim..(index + 1) * self.dim].copy_from_slice(unit);
        self.place[index] = place;
        self.birth[index] = birth;
        self.number[index] = number;
    }

    /// Indices from the lowest point to the highest.
    pub fn sorted(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_unstable_by(|&a, &b| self.place[a].order(&self.place[b]).then(a.cmp(&b)));
        order
    }

    /// What is wrong with points read from a file, if anything.
    pub fn fault(&self, dim: usize) -> Option<&'static str> {
        if self.dim != dim
            || self.birth.len() != self.place.len()
            || self.number.len() != self.place.len()
            || Some(self.unit.len()) != self.place.len().checked_mul(dim)
        {
            return Some("columns of different lengths");
        }
        if !self.unit.iter().all(|value| (0.0..=1.0).contains(value)) {
            return Some("a coordinate outside the unit cube");
        }
        if !self.place.iter().chain(&self.birth).all(Contour::is_valid) {
            return Some("an impossible ln L or label");
        }
        if !self
            .place
            .iter()
            .zip(&self.birth)
            .all(|(place, birth)| place.is_above(birth))
        {
            return Some("a point below the contour in which it was drawn");
        }
        None
    }
}

/// ln L with its bookkeeping, for one chain.
pub(super) struct Evaluator<'a, T: Target> {
    pub target: &'a T,
    pub workspace: &'a mut T::Workspace,
    pub calls: u64,
    pub rejected: BTreeMap<RejectReason, u64>,
}

impl<'a, T: Target> Evaluator<'a, T> {
    pub fn new(target: &'a T, workspace: &'a mut T::Workspace) -> Self {
        Self {
            target,
            workspace,
            calls: 0,
            rejected: BTreeMap::new(),
        }
    }

    /// ln L, with -∞ for a rejected point.
    ///
    /// # Errors
    /// [`ModelError::Fatal`] from the target, or for a ln L of NaN or +∞, which names the point.
    #[inline]
    pub fn ln_likelihood(&mut self, unit: &[f64]) -> Result<f64, ModelError> {
        self.calls += 1;
        match self.target.ln_likelihood(unit, self.workspace) {
            Ok(value) if value.is_finite() => Ok(value),
            Ok(f64::NEG_INFINITY) => Ok(self.reject(RejectReason::Forbidden)),
            Ok(value) => Err(ModelError::Fatal {
                message: format!("ln L is {value} at the unit-cube point {unit:?}"),
            }),
            Err(ModelError::Rejected(reason)) => Ok(self.reject(reason)),
            Err(fatal) => Err(fatal),
        }
    }

    fn reject(&mut self, reason: RejectReason) -> f64 {
        *self.rejected.entry(reason).or_insert(0) += 1;
        f64::NEG_INFINITY
    }
}

/// Refuses a target of another dimension than the run's.
pub fn check_dim<T: Target>(target: &T, dim: usize) -> Result<(), ModelError> {
    if target.dim() == dim {
        return Ok(());
    }
    Err(ModelError::Fatal {
        message: format!(
            "the target has {} parameters and the run {dim}",
            target.dim()
        ),
    })
}

/// Lends `work` a working memory out of `pool`, which grows to one for each thread.
pub fn with_workspace<T: Target, R>(
    target: &T,
    pool: &Mutex<Vec<T::Workspace>>,
    work: impl FnOnce(&mut T::Workspace) -> R,
) -> R {
    let free = || pool.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = free().pop();
    let mut workspace = kept.unwrap_or_else(|| target.workspace());
    let result = work(&mut workspace);
    free().push(workspace);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_order_equal_likelihoods_and_rejected_points_lie_lowest() {
        let at = |ln_likelihood, label| Contour {
            ln_likelihood,
            label,
        };
        assert!(at(1.0, 0.2).is_above(&at(1.0, 0.1)));
        assert!(!at(1.0, 0.2).is_above(&at(1.0, 0.2)));
        assert!(at(-1e300, 0.0).is_above(&at(f64::NEG_INFINITY, 0.9)));
        assert!(at(f64::NEG_INFINITY, 0.0).is_above(&Contour::WHOLE_PRIOR));
    }
}
