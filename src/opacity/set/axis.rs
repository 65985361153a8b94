//! Spectral axes as blocks: 64-bit numbers, byte planes apart, deflated.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::manifest::{AxisKind, AxisRecord};
use crate::error::InputError;
use crate::opacity::table::SpectralAxis;

/// Nodes of the sampled cross sections: which band each belongs to, and its weight there.
#[derive(Clone, Debug, PartialEq)]
pub struct BandNodes {
    /// Wavenumbers \[cm⁻¹\], ascending.
    pub wavenumber_per_cm: Vec<f64>,
    /// Weights; those of a band sum to one.
    pub weight: Vec<f64>,
    /// Weights for the energy balance, zero at most nodes; those of a band sum to one.
    pub balance_weight: Vec<f64>,
    /// Edges of the bands \[cm⁻¹\], ascending; one more than bands.
    pub edges_per_cm: Vec<f64>,
}

impl BandNodes {
    /// Nodes of a band.
    pub fn nodes(&self, band: usize) -> std::ops::Range<usize> {
        let below = |edge: f64| self.wavenumber_per_cm.partition_point(|w| *w < edge);
        below(self.edges_per_cm[band])..below(self.edges_per_cm[band + 1])
    }

    /// Number of bands.
    pub fn bands(&self) -> usize {
        self.edges_per_cm.len().saturating_sub(1)
    }

    /// Every band has nodes, whose positive weights sum to one; none lies outside.
    fn check(&self, place: &str) -> Result<(), InputError> {
        let mut seen = 0;
        for band in 0..self.bands() {
            let nodes = self.nodes(band);
            let sum: f64 = self.weight[nodes.clone()].iter().sum();
            let positive = self.weight[nodes.clone()].iter().all(|w| *w > 0.0);
            let balance = &self.balance_weight[nodes.clone()];
            let whole = (balance.iter().sum::<f64>() - 1.0).abs() < 1e-6;
            let balanced = whole && balance.iter().all(|w| *w >= 0.0);
            if !(positive && balanced && (sum - 1.0).abs() < 1e-6) {
                return Err(InputError::value(
                    format!("{place}, band {band}"),
                    format!("{} nodes whose weights sum to {sum}", nodes.len()),
                    "positive weights that sum to one",
                ));
            }
            seen += nodes.len();
        }
        if seen == self.wavenumber_per_cm.len() {
            return Ok(());
        }
        Err(InputError::value(
            place,
            format!(
                "{} nodes outside the bands",
                self.wavenumber_per_cm.len() - seen
            ),
            "every node within a band",
        ))
    }
}

/// Numbers to a block.
pub(super) fn pack(numbers: &[f64]) -> Vec<u8> {
    let bytes: Vec<[u8; 8]> = numbers.iter().map(|x| x.to_bits().to_be_bytes()).collect();
    let planes: Vec<u8> = (0..8)
        .flat_map(|plane| bytes.iter().map(move |number| number[plane]))
        .collect();
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(&planes)
        .expect("writing to memory does not fail");
    encoder.finish().expect("writing to memory does not fail")
}

/// Numbers of a block; `Manifest::check` has bounded their count.
pub(super) fn unpack(count: usize, block: &[u8], place: &str) -> Result<Vec<f64>, InputError> {
    let mut planes = Vec::new();
    DeflateDecoder::new(block)
        .take(8 * count as u64 + 1)
        .read_to_end(&mut planes)
        .map_err(|error| InputError::value(place, error, "a deflated block"))?;
    if planes.len() != 8 * count {
        let found = format!("{} bytes", planes.len());
        return Err(InputError::value(place, found, format!("{}", 8 * count)));
    }
    let number = |i: usize| {
        let mut bytes = [0; 8];
        for (plane, byte) in bytes.iter_mut().enumerate() {
            *byte = planes[plane * count + i];
        }
        f64::from_bits(u64::from_be_bytes(bytes))
    };
    Ok((0..count).map(number).collect())
}

pub(super) fn read_axis(
    record: &AxisRecord,
    block: &[u8],
    place: &str,
) -> Result<SpectralAxis, InputError> {
    let mut numbers = unpack(record.kind.numbers().unwrap_or(0), block, place)?;
    let axis = match &record.kind {
        AxisKind::Points { .. } => SpectralAxis::Points(numbers),
        AxisKind::Nodes { points, .. } => {
            numbers.truncate(*points);
            SpectralAxis::Points(numbers)
        }
        AxisKind::Bins { g, weights, .. } => SpectralAxis::Bins {
            edges_per_cm: numbers,
            g: g.clone(),
            weights: weights.clone(),
        },
    };
    axis.validate(place)?;
    Ok(axis)
}

pub(super) fn read_nodes(
    record: &AxisRecord,
    block: &[u8],
    place: &str,
) -> Result<BandNodes, InputError> {
    let numbers = unpack(record.kind.numbers().unwrap_or(0), block, place)?;
    let AxisKind::Nodes { points, .. } = record.kind else {
        return Err(InputError::value(place, "no weights", "nodes with weights"));
    };
    let nodes = BandNodes {
        wavenumber_per_cm: numbers[..points].to_vec(),
        weight: numbers[points..2 * points].to_vec(),
        balance_weight: numbers[2 * points..3 * points].to_vec(),
        edges_per_cm: numbers[3 * points..].to_vec(),
    };
    SpectralAxis::Points(nodes.wavenumber_per_cm.clone()).validate(place)?;
    SpectralAxis::Points(nodes.edges_per_cm.clone()).validate(place)?;
    nodes.check(place)?;
    Ok(nodes)
}
