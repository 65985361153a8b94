//! From the axes and values of a file to a table in the order and units of this product.

use super::units::{check_peak, check_pressure, check_temperature, check_wavenumber};
use super::{Options, label};
use crate::error::InputError;
use crate::opacity::{CrossSectionTable, Provenance, SpectralAxis, Tier};

/// An axis as it stands in the file.
pub(super) struct Axis {
    /// File and dataset.
    pub place: String,
    /// Values in the product's unit, ascending or descending.
    pub values: Vec<f64>,
}

/// A table whose axes may descend.
pub(super) struct RawTable {
    /// File and dataset of the cross sections.
    pub place: String,
    /// Pressures \[bar\].
    pub pressure: Axis,
    /// Temperatures \[K\].
    pub temperature: Axis,
    /// Wavenumbers of the points, or of the edges of bins \[cm⁻¹\].
    pub wavenumber: Axis,
    /// Abscissae and weights of a k-distribution.
    pub quadrature: Option<(Vec<f64>, Vec<f64>)>,
    /// Cross sections \[cm²\], \[pressure\]\[temperature\]\[spectral\]\[g\].
    pub sigma_cm2: Vec<f32>,
}

impl RawTable {
    /// Turns descending axes round and checks everything by content.
    pub(super) fn finish(
        mut self,
        options: &Options,
        molar_mass_g_mol: f64,
        source: Source,
    ) -> Result<CrossSectionTable, InputError> {
        self.turn()?;
        check_temperature(&self.temperature.place, &self.temperature.values)?;
        check_pressure(&self.pressure.place, &self.pressure.values)?;
        check_wavenumber(&self.wavenumber.place, &self.wavenumber.values)?;
        let axis = match self.quadrature {
            None => SpectralAxis::Points(self.wavenumber.values),
            Some((g, weights)) => SpectralAxis::Bins {
                edges_per_cm: self.wavenumber.values,
                g,
                weights,
            },
        };
        let table = CrossSectionTable {
            gas: options.gas.clone(),
            molar_mass_g_mol,
            temperature_k: self.temperature.values,
            pressure_bar: self.pressure.values,
            axis,
            sigma_cm2: self.sigma_cm2,
            provenance: source.provenance(),
        };
        table.validate(&self.place)?;
        check_peak(&self.place, &table.sigma_cm2)?;
        check_growth(&self.place, &table)?;
        check_strength(&self.place, &table)?;
        Ok(table)
    }

    /// Every axis ascending, the values with it.
    fn turn(&mut self) -> Result<(), InputError> {
        let per_bin = self.quadrature.as_ref().map_or(1, |(g, _)| g.len());
        let spectral = match self.quadrature {
            None => self.wavenumber.values.len(),
            Some(_) => self.wavenumber.values.len().saturating_sub(1),
        };
        let (np, nt) = (self.pressure.values.len(), self.temperature.values.len());
        let expected = [np, nt, spectral, per_bin]
            .iter()
            .try_fold(1_usize, |total, n| total.checked_mul(*n));
        if expected != Some(self.sigma_cm2.len()) || self.sigma_cm2.is_empty() {
            return Err(InputError::value(
                &self.place,
                format!("{} cross sections", self.sigma_cm2.len()),
                format!("{np} pressures x {nt} temperatures x {spectral} x {per_bin}"),
            ));
        }
        if make_ascending(&mut self.pressure)? {
            reverse(&mut self.sigma_cm2, nt * spectral * per_bin);
        }
        if make_ascending(&mut self.temperature)? {
            for row in self.sigma_cm2.chunks_exact_mut(nt * spectral * per_bin) {
                reverse(row, spectral * per_bin);
            }
        }
        if make_ascending(&mut self.wavenumber)? {
            for row in self.sigma_cm2.chunks_exact_mut(spectral * per_bin) {
                reverse(row, per_bin);
            }
        }
        Ok(())
    }
}

/// Where a table comes from, in words.
pub(super) struct Source {
    /// Name of the format.
    pub format: &'static str,
    /// File or folder name.
    pub name: String,
    /// Papers named in the file.
    pub citation: Vec<String>,
    /// What was found beyond the documented layout.
    pub notes: Vec<String>,
}

impl Source {
    fn provenance(self) -> Provenance {
        Provenance {
            tier: Tier::User,
            citation: self.citation,
            method: format!("{} `{}`", self.format, self.name),
            caveat: self.notes.join("; "),
        }
    }
}

/// Blocks of `length` values in reverse order.
fn reverse(values: &mut [f32], length: usize) {
    let blocks = values.len() / length;
    for block in 0..blocks / 2 {
        let (head, tail) = values.split_at_mut((blocks - 1 - block) * length);
        head[block * length..(block + 1) * length].swap_with_slice(&mut tail[..length]);
    }
}

/// Turns a descending axis round; true if it did.
fn make_ascending(axis: &mut Axis) -> Result<bool, InputError> {
    let values = &mut axis.values;
    let descends = values.len() > 1 && values[0] > values[values.len() - 1];
    if descends {
        values.reverse();
    }
    let wrong = (0..values.len()).find(|&i| {
        !values[i].is_finite() || values[i] <= 0.0 || (i > 0 && values[i] <= values[i - 1])
    });
    match wrong {
        Some(i) => {
            let index = if descends { values.len() - 1 - i } else { i };
            Err(InputError::value(
                format!("{}, index {index}", axis.place),
                format!("{} after conversion", values[i]),
                "positive finite values that all ascend or all descend",
            ))
        }
        None => Ok(descends),
    }
}

/// Cross sections of a k-distribution grow with g.
fn check_growth(place: &str, table: &CrossSectionTable) -> Result<(), InputError> {
    /// Writers interpolate in temperature and pressure, which may disturb the order a little.
    const SLACK: f32 = 1.02;
    let SpectralAxis::Bins { g, .. } = &table.axis else {
        return Ok(());
    };
    for (bin, values) in table.sigma_cm2.chunks_exact(g.len()).enumerate() {
        if let Some(k) = (1..g.len()).find(|&k| values[k] * SLACK < values[k - 1]) {
            return Err(InputError::value(
                format!("{place}, bin {bin} (counted over all nodes), g index {k}"),
                format!("{} cm2 after {} cm2", values[k], values[k - 1]),
                "cross sections that grow with g; is the axis of g where the file says it is?",
            ));
        }
    }
    Ok(())
}

/// The integral over the spectrum is a sum of line strengths, which depend on temperature and not
/// on pressure: where a square grid of (p, T) shows the opposite, its axes are swapped.
fn check_strength(place: &str, table: &CrossSectionTable) -> Result<(), InputError> {
    /// Variation along pressure over variation along temperature beyond which they are swapped.
    const SWAPPED: f64 = 3.0;
    let (np, nt) = (table.pressure_bar.len(), table.temperature_k.len());
    if np != nt || np < 2 {
        return Ok(());
    }
    let ln: Vec<f64> = (0..np * nt)
        .map(|node| integral(table, node / nt, node % nt).max(1e-60).ln())
        .collect();
    let step = |a: usize, b: usize| (ln[a] - ln[b]).abs();
    let (mut along_p, mut along_t) = (0.0, 0.0);
    for i in 0..np {
        for j in 1..np {
            along_t += step(i * nt + j, i * nt + j - 1);
            along_p += step(j * nt + i, (j - 1) * nt + i);
        }
    }
    if along_p > SWAPPED * along_t + 1e-6 {
        return Err(InputError::value(
            place,
            format!(
                "{np} pressures and as many temperatures, and an integrated cross section that \
                 varies {:.1} times more along pressure than along temperature",
                along_p / along_t
            ),
            "axes in the order pressure, temperature: the integral depends on temperature alone",
        ));
    }
    Ok(())
}

/// ∫σ dν̃ at a node \[cm\].
fn integral(table: &CrossSectionTable, pressure: usize, temperature: usize) -> f64 {
    let row = table.row(pressure, temperature);
    match &table.axis {
        SpectralAxis::Points(nu) => (1..nu.len())
            .map(|i| 0.5 * f64::from(row[i] + row[i - 1]) * (nu[i] - nu[i - 1]))
            .sum(),
        SpectralAxis::Bins {
            edges_per_cm: edges,
            weights,
            ..
        } => row
            .chunks_exact(weights.len())
            .zip(edges.windows(2))
            .map(|(k, edge)| {
                let mean: f64 = k.iter().zip(weights).map(|(k, w)| f64::from(*k) * w).sum();
                mean * (edge[1] - edge[0])
            })
            .sum(),
    }
}

/// Which axis of a dataset is which, by the lengths. `documented` names the axes in the order of
/// the format's description. Returns for each documented axis its place in the dataset.
///
/// # Errors
/// The shape fits no order, or several but not the documented one.
pub(super) fn axis_order(
    place: &str,
    shape: &[usize],
    documented: &[(&str, usize)],
) -> Result<Vec<usize>, InputError> {
    let rank = documented.len();
    let refuse = |expected: String| {
        Err(InputError::value(
            place,
            format!("shape {shape:?}"),
            expected,
        ))
    };
    let listed: Vec<String> = documented
        .iter()
        .map(|(name, length)| format!("{name} = {length}"))
        .collect();
    let expected = format!("axes {}", listed.join(", "));
    if shape.len() != rank {
        return refuse(expected);
    }
    if shape
        .iter()
        .zip(documented)
        .all(|(n, (_, length))| n == length)
    {
        return Ok((0..rank).collect());
    }
    let mut fitting = Vec::new();
    permutations(&mut (0..rank).collect(), 0, &mut |order| {
        if (0..rank).all(|axis| shape[order[axis]] == documented[axis].1) {
            fitting.push(order.to_vec());
        }
    });
    match fitting.len() {
        1 => Ok(fitting.remove(0)),
        0 => refuse(expected),
        _ => refuse(expected + ", in that order (the lengths leave several others)"),
    }
}

fn permutations(order: &mut Vec<usize>, start: usize, visit: &mut impl FnMut(&[usize])) {
    if start == order.len() {
        visit(order);
    }
    for other in start..order.len() {
        order.swap(start, other);
        permutations(order, start + 1, visit);
        order.swap(start, other);
    }
}

/// Values with the axes in the order `order` (see [`axis_order`]).
pub(super) fn transpose(values: Vec<f32>, shape: &[usize], order: &[usize]) -> Vec<f32> {
    if order.windows(2).all(|pair| pair[0] < pair[1]) {
        return values;
    }
    let rank = shape.len();
    let mut stride = vec![1; rank];
    for axis in (1..rank).rev() {
        stride[axis - 1] = stride[axis] * shape[axis];
    }
    let mut index = vec![0; rank];
    let mut sorted = Vec::with_capacity(values.len());
    for _ in 0..values.len() {
        let offset: usize = (0..rank)
            .map(|axis| index[axis] * stride[order[axis]])
            .sum();
        sorted.push(values[offset]);
        for axis in (0..rank).rev() {
            index[axis] += 1;
            if index[axis] < shape[order[axis]] {
                break;
            }
            index[axis] = 0;
        }
    }
    sorted
}

/// Molar mass of the gas asked for, after the file's own label and mass have been compared.
pub(super) fn checked_mass(
    options: &Options,
    label: Option<(&str, &str)>,
    mass: Option<(&str, f64)>,
) -> Result<f64, InputError> {
    if let Some((place, text)) = label {
        label::check_label(place, &options.gas, text)?;
    }
    let own = label::molar_mass(&options.gas, options.molar_mass_g_mol)?;
    match mass {
        Some((place, found)) => label::check_mass(place, own, found).map(|()| found),
        None => Ok(own),
    }
}

#[cfg(test)]
mod tests;
