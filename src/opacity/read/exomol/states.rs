//! The `.states` file.

use std::path::Path;

use crate::constants::SECOND_RADIATION_CM_K;
use crate::error::InputError;
use crate::opacity::PartitionFunction;
use crate::opacity::read::text::{Lines, number};

/// One state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct State {
    pub energy_per_cm: f64,
    pub weight: f32,
    pub j: f32,
    /// Inverse lifetime \[s⁻¹\], zero where none is listed.
    pub decay_per_s: f32,
}

/// All states of a list, found by their numbers.
pub(super) struct States {
    first: u64,
    states: Vec<State>,
    /// Numbers, where they do not count up by one.
    numbers: Option<Vec<u64>>,
}

impl States {
    pub(super) fn read(path: &Path, lifetime_column: Option<usize>) -> Result<Self, InputError> {
        let mut lines = Lines::open(path)?;
        let mut states: Vec<State> = Vec::new();
        let (mut first, mut last) = (0_u64, 0_u64);
        let mut numbers: Option<Vec<u64>> = None;
        while let Some(text) = lines.next_line()? {
            if text.trim().is_empty() {
                continue;
            }
            let Some((id, state)) = State::parse(text, lifetime_column) else {
                let found = format!("`{text}`");
                return Err(lines.refuse(
                    &found,
                    "number, energy [cm-1], weight (positive), J and labels",
                ));
            };
            if states.is_empty() {
                first = id;
            } else if id <= last {
                return Err(lines.refuse(&format!("state {id} after {last}"), "ascending numbers"));
            } else if id != last + 1 && numbers.is_none() {
                numbers = Some((first..first + states.len() as u64).collect());
            }
            if let Some(numbers) = &mut numbers {
                numbers.push(id);
            }
            last = id;
            states.push(state);
        }
        if states.is_empty() {
            return Err(InputError::value(
                format!("`{}`", path.display()),
                "no state",
                "at least one",
            ));
        }
        Ok(Self {
            first,
            states,
            numbers,
        })
    }

    /// The state of a number.
    pub(super) fn get(&self, number: u64) -> Option<&State> {
        let index = match &self.numbers {
            None => usize::try_from(number.checked_sub(self.first)?).ok()?,
            Some(numbers) => numbers.binary_search(&number).ok()?,
        };
        self.states.get(index)
    }

    /// Compares the sum over the states with the partition function at the lowest temperatures
    /// from 300 K on, where every list is complete.
    pub(super) fn check_partition(
        &self,
        path: &Path,
        partition: &PartitionFunction,
    ) -> Result<(), InputError> {
        /// Lists differ from their partition functions by less than this at 300 K.
        const TOLERANCE: f64 = 0.03;
        let temperature_k = partition.range_k().0.max(300.0);
        let sum: f64 = self
            .states
            .iter()
            .map(|state| {
                let x = SECOND_RADIATION_CM_K * state.energy_per_cm / temperature_k;
                f64::from(state.weight) * (-x).exp()
            })
            .sum();
        let listed = partition.value(temperature_k);
        if (sum / listed - 1.0).abs() < TOLERANCE {
            return Ok(());
        }
        Err(InputError::value(
            format!("`{}`", path.display()),
            format!("states that sum to Q({temperature_k:.0} K) = {sum:.4}"),
            format!(
                "{listed:.4}, the partition function of the list, within 3 % (another set, or \
                 another convention for nuclear spin?)"
            ),
        ))
    }
}

impl State {
    fn parse(text: &str, lifetime_column: Option<usize>) -> Option<(u64, Self)> {
        let mut fields = text.split_ascii_whitespace();
        let id: u64 = number(fields.next())?;
        let energy_per_cm: f64 = number(fields.next())?;
        let weight: f32 = number(fields.next())?;
        let j: f32 = number(fields.next())?;
        let possible = energy_per_cm.is_finite()
            && energy_per_cm.abs() < 1e7
            && weight > 0.0
            && weight < 1e6
            && (0.0..1e4).contains(&j);
        if !possible {
            return None;
        }
        let decay_per_s = match lifetime_column {
            None => 0.0,
            Some(column) => {
                // Four columns are read; states that do not decay list `inf` or `NaN`.
                let lifetime: f32 = number(fields.nth(column.checked_sub(4)?))?;
                if lifetime > 0.0 { 1.0 / lifetime } else { 0.0 }
            }
        };
        let state = Self {
            energy_per_cm,
            weight,
            j,
            decay_per_s: if decay_per_s < 1e15 { decay_per_s } else { 0.0 },
        };
        (id < u64::MAX).then_some((id, state))
    }
}
