//! The strength cut.

use rayon::prelude::*;

use super::Options;
use crate::opacity::line::LineList;
use crate::opacity::source::LineGas;

/// Bins of the strength cut per unit of ln ν̃.
const BINS: f64 = 50.0;

/// What the strength cut did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pruning {
    /// Lines of the gas.
    pub lines: usize,
    /// Lines kept.
    pub kept: usize,
    /// Largest share of the integrated strength that was lost, over the temperatures of interest
    /// and R = 50 bins.
    pub strength_lost: f64,
}

/// The lists with the lines kept, and their wing cut-offs.
pub(super) fn prune(
    gas: &LineGas,
    temperature_k: &[f64],
    options: &Options,
) -> (Vec<(LineList, f64)>, Pruning) {
    let lines = gas.lists.iter().map(|list| list.lines.len()).sum();
    let mut kept: Vec<Vec<bool>> = Vec::new();
    let cut = options.strength_cut > 0.0 && !temperature_k.is_empty();
    for list in &gas.lists {
        kept.push(vec![!cut; list.lines.len()]);
    }
    if cut {
        for t in temperature_k {
            keep_at(gas, *t, options.strength_cut, &mut kept);
        }
    }
    let strength_lost = if cut {
        let lost = temperature_k.iter().map(|t| lost_at(gas, *t, &kept));
        lost.fold(0.0, f64::max)
    } else {
        0.0
    };
    let lists: Vec<_> = gas
        .lists
        .iter()
        .zip(&kept)
        .map(|(list, kept)| {
            let mut slim = LineList {
                lines: Vec::new(),
                ..list.clone()
            };
            let chosen = list.lines.iter().zip(kept).filter(|(_, kept)| **kept);
            slim.lines.extend(chosen.map(|(line, _)| *line));
            (slim, options.cutoff_of(gas, list))
        })
        .collect();
    let kept = lists.iter().map(|(list, _)| list.lines.len()).sum();
    (
        lists,
        Pruning {
            lines,
            kept,
            strength_lost,
        },
    )
}

fn bin(wavenumber_per_cm: f64) -> i64 {
    (wavenumber_per_cm.ln() * BINS).floor() as i64
}

/// Line of a gas at one temperature: its bin, strength, list and index.
type Ranked = (i64, f64, u32, u32);

fn ranked(gas: &LineGas, temperature_k: f64) -> Vec<Ranked> {
    let mut all: Vec<Ranked> = Vec::new();
    for (i, list) in gas.lists.iter().enumerate() {
        all.par_extend(list.lines.par_iter().enumerate().map(|(j, line)| {
            let strength = list.strength_cm(line, temperature_k);
            (bin(line.wavenumber_per_cm), strength, i as u32, j as u32)
        }));
    }
    all
}

/// Marks every line but the weakest of each bin that together hold less than the cut.
fn keep_at(gas: &LineGas, temperature_k: f64, cut: f64, kept: &mut [Vec<bool>]) {
    let mut all = ranked(gas, temperature_k);
    all.par_sort_unstable_by(|a, b| {
        a.0.cmp(&b.0)
            .then(a.1.total_cmp(&b.1))
            .then((a.2, a.3).cmp(&(b.2, b.3)))
    });
    for bin in all.chunk_by(|a, b| a.0 == b.0) {
        let total: f64 = bin.iter().map(|line| line.1).sum();
        let mut sum = 0.0;
        for (_, strength, list, line) in bin {
            sum += strength;
            if sum > cut * total {
                kept[*list as usize][*line as usize] = true;
            }
        }
    }
}

/// Largest share of the strength of a bin that the lines not kept hold.
fn lost_at(gas: &LineGas, temperature_k: f64, kept: &[Vec<bool>]) -> f64 {
    let mut sums = std::collections::BTreeMap::<i64, (f64, f64)>::new();
    for (bin, strength, list, line) in ranked(gas, temperature_k) {
        let (lost, total) = sums.entry(bin).or_default();
        *total += strength;
        if !kept[list as usize][line as usize] {
            *lost += strength;
        }
    }
    sums.values()
        .filter(|(_, total)| *total > 0.0)
        .map(|(lost, total)| lost / total)
        .fold(0.0, f64::max)
}
