//! Integers of all points, coefficient by coefficient, as deflated bytes.
//!
//! Coefficients of the same total degree have similar sizes and share a deflate stream. An integer
//! is folded to a natural number (0, -1, 1, -2, ...) and written as one byte; 255 says that the
//! rest follows, in groups of seven bits, in a second stream. Where neighbouring points resemble
//! each other, differences are written instead.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// Escape byte.
const MORE: u8 = 255;

/// Coefficients grouped by total degree, lowest first.
pub(super) fn order(shape: [usize; 3]) -> Vec<Vec<usize>> {
    let [a, b, c] = shape;
    let mut groups = vec![Vec::new(); (a + b + c).saturating_sub(2)];
    for i in 0..a {
        for j in 0..b {
            for k in 0..c {
                groups[i + j + k].push((i * b + j) * c + k);
            }
        }
    }
    groups
}

/// Deflates the halvings and the integers of all points.
pub(super) fn pack(
    halvings: &[u8],
    order: &[Vec<usize>],
    integer: impl Fn(usize, usize) -> i32,
) -> Vec<u8> {
    let points = halvings.len();
    let mut bytes = Vec::new();
    append(&mut bytes, halvings);
    for group in order {
        let (mut flags, mut small, mut large) = (Vec::new(), Vec::new(), Vec::new());
        for &k in group {
            let plain: Vec<i32> = (0..points).map(|point| integer(point, k)).collect();
            let steps: Vec<i32> = (0..points)
                .map(|point| match point {
                    0 => plain[0],
                    _ => plain[point].wrapping_sub(plain[point - 1]),
                })
                .collect();
            let differences = cost(&steps) < cost(&plain);
            flags.push(u8::from(differences));
            for value in if differences { steps } else { plain } {
                write_integer(value, &mut small, &mut large);
            }
        }
        append(&mut bytes, &flags);
        append(&mut bytes, &small);
        append(&mut bytes, &large);
    }
    bytes
}

/// About the bits that a sequence needs.
fn cost(values: &[i32]) -> f64 {
    values
        .iter()
        .map(|v| (1.0 + f64::from(*v).abs()).log2())
        .sum()
}

fn write_integer(value: i32, small: &mut Vec<u8>, large: &mut Vec<u8>) {
    let folded = (value.wrapping_shl(1) ^ (value >> 31)) as u32;
    match u8::try_from(folded) {
        Ok(byte) if byte < MORE => small.push(byte),
        _ => {
            small.push(MORE);
            let mut rest = folded - u32::from(MORE);
            while rest >= 128 {
                large.push((rest & 127) as u8 | 128);
                rest >>= 7;
            }
            large.push(rest as u8);
        }
    }
}

fn read_integer(byte: u8, large: &mut std::slice::Iter<'_, u8>) -> Option<i32> {
    let mut folded = u32::from(byte);
    if byte == MORE {
        let mut rest = 0_u32;
        for shift in (0..).step_by(7) {
            let part = *large.next()?;
            rest |= u32::from(part & 127).checked_shl(shift)?;
            if part < 128 {
                break;
            }
        }
        folded = folded.checked_add(rest)?;
    }
    Some((folded >> 1) as i32 ^ -((folded & 1) as i32))
}

/// Appends a length (32 bits, little endian) and the deflated bytes.
fn append(bytes: &mut Vec<u8>, content: &[u8]) {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(content)
        .expect("writing to memory does not fail");
    let deflated = encoder.finish().expect("writing to memory does not fail");
    let length = u32::try_from(deflated.len()).expect("a section is far below 4 GB");
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&deflated);
}

/// What [`pack`] was given.
pub(super) struct Unpacked {
    pub halvings: Vec<u8>,
    /// \[coefficient\]\[point\].
    integers: Vec<i32>,
}

impl Unpacked {
    pub(super) fn coefficient(&self, point: usize, k: usize) -> i32 {
        self.integers[k * self.halvings.len() + point]
    }
}

/// Reads a block of [`pack`].
pub(super) fn unpack(
    mut bytes: &[u8],
    points: usize,
    order: &[Vec<usize>],
) -> Result<Unpacked, String> {
    let halvings = section(&mut bytes, points, "steps")?;
    if halvings.len() != points {
        return Err(format!("steps of {} points, not {points}", halvings.len()));
    }
    let coefficients: usize = order.iter().map(Vec::len).sum();
    let mut integers = vec![0; coefficients * points];
    for (degree, group) in order.iter().enumerate() {
        let what = format!("coefficients of degree {degree}");
        let flags = section(&mut bytes, group.len(), &what)?;
        let small = section(&mut bytes, group.len() * points, &what)?;
        let large = section(&mut bytes, group.len() * points * 5, &what)?;
        if flags.len() != group.len() || small.len() != group.len() * points {
            return Err(format!("{what} are incomplete"));
        }
        let mut rest = large.iter();
        for ((&k, row), flag) in group.iter().zip(small.chunks_exact(points)).zip(flags) {
            let plane = &mut integers[k * points..(k + 1) * points];
            let mut before = 0_i32;
            for (value, byte) in plane.iter_mut().zip(row) {
                let read = read_integer(*byte, &mut rest);
                *value = read.ok_or_else(|| format!("{what} are damaged"))?;
                if flag == 1 {
                    *value = value.wrapping_add(before);
                    before = *value;
                }
            }
        }
        if rest.next().is_some() {
            return Err(format!("{what} are damaged"));
        }
    }
    if bytes.is_empty() {
        Ok(Unpacked { halvings, integers })
    } else {
        Err(format!("{} bytes too many", bytes.len()))
    }
}

/// Takes a section of at most `most` bytes off the front.
fn section(bytes: &mut &[u8], most: usize, what: &str) -> Result<Vec<u8>, String> {
    let short = || format!("{what} are cut off");
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(short)?;
    let length = u32::from_le_bytes(*length) as usize;
    if length > rest.len() {
        return Err(short());
    }
    let (deflated, rest) = rest.split_at(length);
    *bytes = rest;
    let mut content = Vec::new();
    DeflateDecoder::new(deflated)
        .take(most as u64 + 1)
        .read_to_end(&mut content)
        .map_err(|error| format!("{what}: {error}"))?;
    if content.len() > most {
        return Err(format!("{what} are too long"));
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_any_size_come_back() {
        let values = [
            0,
            -1,
            1,
            126,
            127,
            -128,
            128,
            300,
            -70_000,
            i32::MAX,
            i32::MIN,
        ];
        let (mut small, mut large) = (Vec::new(), Vec::new());
        for value in values {
            write_integer(value, &mut small, &mut large);
        }
        let mut rest = large.iter();
        for (byte, value) in small.iter().zip(values) {
            assert_eq!(read_integer(*byte, &mut rest), Some(value));
        }
    }
}
